"""The command line as a person meets it: what is printed where, for right input and for wrong input, and the exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from derivations import checking
from derivations.catalogue import TOPICS
from derivations.cli import main
from derivations.reports.json_report import schema

HOMEWORK = """
from derivations import Derivation, Step, dimensions, gradient, matrix, norm, vector

n, d = dimensions("n d")
X, w, y = matrix("X", n, d), vector("w", d), vector("y", n)
right = Step.of("right", gradient(norm(X @ w - y)**2, w), "=", 2 * X.T @ (X @ w - y))
wrong = Step.of("wrong", gradient(norm(X @ w - y)**2, w), "=", X.T @ (X @ w - y))
"""
RIGHT = f'{HOMEWORK}entries = (Derivation("Own", (right,), ("hw/1",)),)\n'
WRONG = f'{HOMEWORK}entries = (Derivation("Own", (right, wrong)),)\n'

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a person's module; its path."""

    def written(source: str) -> str:
        path = tmp_path / "homework.py"
        path.write_text(source, "utf-8")
        return str(path)

    return written


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, with nothing for a terminal."""
    command = [sys.executable, "-m", "derivations", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, check=False)


# --------------------------------------------------------------------------------------------------------------- list, show


def test_list_shows_every_topic_and_derivation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert re.findall(r"^\w+$", shown, re.MULTILINE) == list(TOPICS)
    assert "    norm-of-a-weight-gradient (csc413-a1/2.2.2)\n" in shown


def test_list_by_sheet_shows_only_what_answers_its_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--sheet", "comp691-a1"]) == 0
    shown = capsys.readouterr().out
    answered = re.findall(r"\(([^()]*/[^()]*)\)", shown)
    assert len(answered) > 10
    assert all("comp691-a1/" in questions for questions in answered)
    assert "gradient_norms" not in shown


def test_show_prints_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "least_squares/gradient-of-the-least-squares-loss"]) == 0
    shown = capsys.readouterr().out
    assert "with     X (n, d), w (d, 1), y (n, 1)" in shown
    assert "= X.T @ (X @ w - y)" in shown


def test_show_as_latex(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--format", "latex", "least_squares/gradient-of-the-least-squares-loss"]) == 0
    assert r"X^{\top}" in capsys.readouterr().out


@pytest.mark.parametrize("columns", ["60", "80"])
def test_everything_fits_the_terminal(columns: str) -> None:
    for arguments in (["list"], ["verify", "--no-numeric", "gradient_norms"], ["--help"], ["verify", "--help"]):
        shown = run(*arguments, COLUMNS=columns).stdout
        assert shown
        assert [line for line in shown.splitlines() if len(line) > int(columns) and " " in line.strip()] == []


# -------------------------------------------------------------------------------------------------------------------- verify


def test_a_true_module_is_proved(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", write(RIGHT)]) == 0
    shown = capsys.readouterr().out
    assert "homework/own" in shown
    assert re.search(r"right +proved .* \d+ agree", shown)


def test_a_false_claim_is_refuted_with_the_numbers(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--no-numeric", write(WRONG)]) == 1
    shown = capsys.readouterr().out
    assert re.search(r"wrong +refuted", shown)
    assert re.search(r"at +d = n = 1, X = \[1\]", shown)
    assert "factor 2" in shown


def test_wrong_variants_are_judged_only_where_there_is_evidence(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", write(RIGHT)]) == 0
    assert "wrong variants" in capsys.readouterr().out
    assert main(["verify", "--no-numeric", write(RIGHT)]) == 0
    assert "wrong variants" not in capsys.readouterr().out


@pytest.mark.usefixtures("hanging_engine")
def test_a_killed_claim_is_undecided(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--no-numeric", "--time-limit", "0.2", write(WRONG)]) == 3
    shown = capsys.readouterr().out
    assert "killed at the deadline of 0.2 s" in shown
    assert "1 derivation, 2 claims: 2 undecided" in shown


def test_json_is_what_the_schema_says(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--format", "json", write(WRONG)]) == 1
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema())
    right, wrong = document["results"][0]["claims"]
    assert right["status"] == "proved"
    assert right["evidence"]["worst_error"] <= right["evidence"]["bound"]
    assert right["witness"]["n"] >= 1
    assert wrong["counterexample"]["left"] != wrong["counterexample"]["right"]
    assert document["summary"]["refuted"] == 1


def test_several_names_and_a_derivation(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--no-numeric", "gradient_norms/norm-of-a-weight-gradient", write(RIGHT)]) == 0
    assert "2 derivations, " in capsys.readouterr().out


def test_without_torch_everything_is_proved_and_the_evidence_says_how_to_get_it(write: Write) -> None:
    hidden = "import sys; sys.modules['torch'] = None; from derivations.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", hidden, "verify", write(RIGHT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "evidence: none (install derivations[torch])" in done.stdout
    done = subprocess.run([sys.executable, "-c", hidden, "verify", "--device", "cpu", write(RIGHT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "torch is not installed" in done.stderr


def test_piped_output_has_no_colours_and_no_bar(write: Write) -> None:
    done = run("verify", "--no-numeric", write(RIGHT), TERM="xterm-256color")
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


# --------------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "least_square"], "there is no topic 'least_square'; did you mean least_squares?"),
        (["verify", "least_squares/hessian"], "has no derivation 'hessian'; did you mean hessian-of-the-least-squares-loss?"),
        (["list", "--sheet", "comp691"], "nothing here answers a question of the sheet 'comp691'; did you mean comp691-a1?"),
        (["verify", "there/is/none.py"], "there/is/none.py: there is no such file"),
        (["verify", "--device", "abacus", "gradient_norms"], "device 'abacus' is not available here; available: cpu"),
        (["verify", "--dtype", "float17", "gradient_norms"], "'float17' is no dtype"),
        (["verify", "--samples", "0"], "samples is 0; expected an integer ≥ 1"),
        (["verify", "--jobs", "0"], "jobs is 0"),
        (["verify", "--seed", "-1"], "seed is -1"),
        (["verify", "--time-limit", "0"], "time_limit is 0; expected seconds > 0, and no infinity"),
    ],
)
def test_wrong_usage_is_one_message(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("derivations: ")
    assert message in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["verfy"], ["verify", "--samples", "many"], ["show"], ["--colour"]])
def test_what_the_parser_refuses_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "usage: derivations" in capsys.readouterr().err


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "verify" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("entries = (", r"homework.py:1: SyntaxError: '\(' was never closed"),
        ("\nentries = missing", r"homework.py:2: NameError: name 'missing' is not defined"),
        ("x = 1", r"homework.py: DeclarationError: .*expected a tuple `entries` of derivations; found none"),
        ("entries = (1,)", r"an entry must be a Derivation or a function that returns one; found 1 \(int\)"),
        ("import sys\nsys.exit(0)", r"homework.py:2: SystemExit: 0"),
        (
            f"{HOMEWORK}\ndef entry():\n    return X @ y\n\nentries = (entry,)",
            r"homework.py:10: ShapeError: X has shape \(n, d\), y has shape \(n, 1\): cannot multiply; did you mean X.T @ y\?",
        ),
        (f'{HOMEWORK}bad = Step.of("bad", X, "=", vector("X", d))', r"homework.py:8: DeclarationError: the name X stands for two things"),
        (
            f'{HOMEWORK}entries = (Derivation("Own", (right,)), Derivation("own!", (right,)))',
            r"homework.py: DeclarationError: homework: the derivations 'Own' and 'own!' have one name, own",
        ),
        (
            f'{HOMEWORK}entries = (Derivation("Own", (Step.of("same", X @ w, "=", X @ w),)),)',
            r"homework.py: DeclarationError: homework/own: both sides of 'same' are X @ w; such a claim says nothing",
        ),
    ],
    ids=["syntax", "name", "no entries", "no derivation", "exit", "shapes", "one name for two", "one name for two derivations", "says nothing"],
)
def test_an_error_in_a_module_is_one_message_with_its_line(source: str, message: str, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", write(source)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.search(message, shown.err)
    assert shown.err.count("\n") == 1


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "check", interrupt)
    assert main(["verify", "gradient_norms"]) == 130
    assert capsys.readouterr().err == "derivations: interrupted\n"


def test_a_fault_of_the_program_does_not_look_like_a_verdict(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(checking, "check", fail)
    assert main(["verify", "gradient_norms"]) == 4
    assert "ZeroDivisionError: a fault" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m derivations show vector_calculus backpropagation least_squares | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 141)  # 0 where everything fitted into the pipe before it was closed
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_a_terminal_without_the_signs_of_mathematics_gets_question_marks(write: Write) -> None:
    source = RIGHT.replace("Own", "Größe ‖w‖")
    done = run("verify", "--no-numeric", write(source), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "Gr??e ?w?" in done.stdout


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--version"])
    assert done.value.code == 0
    assert re.fullmatch(r"derivations \d+\.\d+\.\d+\n", capsys.readouterr().out)
