"""Reports: JSON that meets its schema and loses nothing, and tables that fit their terminal, whatever the verdicts are."""

from __future__ import annotations

import io
import json
import re
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from derivations.catalogue import Topic
from derivations.checking import Reports
from derivations.language.assumptions import equal, full_column_rank, positive, tends_to
from derivations.language.claims import Derivation, Step, claim
from derivations.language.constructors import counter, define, dimensions, family, index, iterate, matrix, norm, scalar, sum_over, vector, zeros
from derivations.language.terms import Relation
from derivations.language.verdicts import Counterexample, Evidence, MutantCount, Report, Result, Status, Verdict, Witness, exit_code
from derivations.reports.json_report import as_json, schema, summary
from derivations.reports.outline import listed, shown
from derivations.reports.terminal import as_text

n, d = dimensions("n d")
X, w, y, beta = matrix("X", n, d), vector("w", d), vector("y", n), scalar("beta")
CLAIM = claim(norm(X @ w - y) ** 2 / beta, "=", norm(y - X @ w) ** 2 / beta, positive(beta))
HALF = ((Fraction(1, 2),),)
VALUES = (("X", ((Fraction(1), Fraction(0)),)), ("w", ((Fraction(2),), (Fraction(-1, 3),))), ("beta", HALF), ("x", (HALF, HALF)))
WITNESS = Witness((("n", 1), ("d", 2)), VALUES, frozenset(("beta", "x")))
COUNTEREXAMPLE = Counterexample(WITNESS, HALF, (("1.313 ± 1e-20",),))
k = counter("k")
shrinking = tends_to((1 - beta) ** k, 0)
STATEMENT = claim(shrinking, "iff", (beta > 0) & (beta < 2))
TRUTHS = Counterexample(Witness((), (("beta", HALF),), frozenset(("beta",))), (("true",),), (("false",),), "iff")

words = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs")) | st.sampled_from("∇‖αβᵀ≠"), max_size=60)
numbers = st.floats(0, 1e6, allow_nan=False)
errors = numbers | st.just(float("inf")) | st.just(float("nan"))
counts_of = st.integers(0, 99)
evidence = st.builds(Evidence, counts_of, errors, numbers, words, words, counts_of, counts_of, words, counts_of, st.none() | counts_of)
verdicts = st.builds(
    Verdict,
    status=st.sampled_from(Status),
    method=words,
    reason=words,
    conditions=st.lists(words, max_size=2).map(tuple),
    missing_assumptions=st.lists(words, max_size=2).map(tuple),
    lemmas=st.lists(words, max_size=2).map(tuple),
    witness=st.none() | st.just(WITNESS),
    counterexample=st.sampled_from((None, COUNTEREXAMPLE, TRUTHS)),
    evidence=st.none() | evidence,
    correction=st.none() | st.just(X @ w),
    hint=words,
    milliseconds=numbers,
    alarm=st.just("") | words,
)
counts = st.builds(MutantCount, *[st.integers(0, 99)] * 3, survivors=st.lists(words, max_size=2).map(tuple), median_milliseconds=numbers)
results = st.builds(Result, words, st.sampled_from((CLAIM, STATEMENT)), verdicts, st.none() | counts)
reports = st.lists(
    st.builds(Report, words, words, words, st.lists(results, min_size=1, max_size=4).map(tuple), st.lists(words, max_size=2).map(tuple)), max_size=3
).map(Reports)


def report(*verdicts: Verdict, mutants: MutantCount | None = None) -> Reports:
    found = tuple(Result(f"step {number}", CLAIM, verdict, mutants) for number, verdict in enumerate(verdicts))
    return Reports([Report("topic", "name", "Title", found, ("sheet/1",))])


def text(found: Reports, width: int = 80, colours: bool = False) -> str:
    terminal = Console(width=width, file=io.StringIO(), force_terminal=True, color_system="standard", highlight=False)
    return as_text(found, 1.25, terminal if colours else Console(width=width, file=io.StringIO(), highlight=False))


# ---------------------------------------------------------------------------------------------------------------------- JSON


@settings(max_examples=40)
@given(reports, numbers)
def test_json_meets_its_schema(found: Reports, seconds: float) -> None:
    jsonschema.validate(json.loads(as_json(found, seconds)), schema())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def closed_objects(node: Any) -> list[dict[str, Any]]:
    found = [node] if isinstance(node, dict) and "properties" in node else []
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return found + [each for part in parts for each in closed_objects(part)]


def test_the_schema_allows_nothing_else_and_leaves_nothing_out() -> None:
    objects = closed_objects(schema())
    assert len(objects) >= 8
    for each in objects:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])


def test_json_keeps_exact_values() -> None:
    verdict = Verdict(Status.REFUTED, counterexample=COUNTEREXAMPLE, missing_assumptions=("n >= d",), hint="a factor")
    document = json.loads(as_json(report(verdict), 2.0))
    (found,) = document["results"]
    assert (found["topic"], found["name"], found["questions"]) == ("topic", "name", ["sheet/1"])
    (entry,) = found["claims"]
    assert entry["counterexample"] == {
        "values": {"n": 1, "d": 2, "X": [["1", "0"]], "w": [["2"], ["-1/3"]], "beta": [["1/2"]], "x": [[["1/2"]], [["1/2"]]]},
        "left": [["1/2"]],
        "relation": "=",
        "right": [["1.313 ± 1e-20"]],
    }
    assert entry["assumptions"] == ["beta > 0"]
    assert r"\lVert" in entry["latex"]
    assert f"{entry['left']} {entry['relation']} {entry['right']}" == repr(CLAIM.statement)
    assert document["summary"]["exit_code"] == 1


def test_json_of_a_statement_tells_what_each_side_says() -> None:
    found = Reports([Report("topic", "name", "Title", (Result("limit", STATEMENT, Verdict(Status.REFUTED, counterexample=TRUTHS)),))])
    (entry,) = json.loads(as_json(found, 1.0))["results"][0]["claims"]
    assert (entry["left"], entry["relation"], entry["right"]) == ("(1 - beta)**k -> 0", "iff", "beta > 0 and beta < 2")
    assert entry["counterexample"] == {"values": {"beta": [["1/2"]]}, "left": [["true"]], "relation": "iff", "right": [["false"]]}
    nested = claim(Relation(shrinking, "implies", beta > 0), "implies", beta > 0)
    found = Reports([Report("topic", "name", "Title", (Result("nested", nested, Verdict(Status.UNDECIDED)),))])
    assert json.loads(as_json(found, 1.0))["results"][0]["claims"][0]["left"] == "((1 - beta)**k -> 0 implies beta > 0)"


@given(reports)
def test_the_summary_counts_every_claim_once(found: Reports) -> None:
    counts = summary(found, 1.0)
    assert counts["claims"] == len(found.verdicts) == sum(counts[status.value] for status in Status)
    assert counts["exit_code"] == exit_code(found.verdicts)
    assert counts["alarms"] == sum(bool(verdict.alarm) for verdict in found.verdicts)


# ------------------------------------------------------------------------------------------------------------------ terminal


@settings(max_examples=40)
@given(reports, st.integers(30, 120))
def test_no_line_is_wider_than_the_terminal(found: Reports, width: int) -> None:
    lines = text(found, width).splitlines()
    assert max(map(len, lines), default=0) <= width
    assert all(line == line.rstrip(" ") for line in lines)


@settings(max_examples=20)
@given(reports)
def test_without_a_terminal_there_are_no_escape_codes(found: Reports) -> None:
    assert "\x1b" not in text(found)


def test_a_terminal_gets_colours() -> None:
    found = report(Verdict(Status.PROVED))
    assert "\x1b[32mproved" in text(found, colours=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text(found, colours=True))
    assert [line.rstrip() for line in plain.splitlines()] == text(found).splitlines()


@pytest.mark.parametrize("width", [30, 45, 64, 80, 120])
def test_a_narrow_window_loses_nothing(width: int) -> None:
    seen = Evidence(66, 3e-16, 1e-12, "cpu", "float64", 5, 5)
    verdict = Verdict(Status.PROVED, "normal form", conditions=("beta != 0",), evidence=seen, milliseconds=12.0)
    words_shown = text(report(verdict, Verdict(Status.REFUTED, "counterexample")), width).split()
    for expected in ("proved", "normal", "form", "66", "agree", "beta", "!=", "12", "ms", "refuted", "step"):
        assert expected in {word.strip(";") for word in words_shown}


def test_brackets_are_no_markup() -> None:
    verdict = Verdict(Status.UNDECIDED, reason="left over: [red]a[/red] - [b]", alarm="[/]")
    assert "left over: [red]a[/red] - [b]" in text(report(verdict))


def test_a_proved_claim_takes_one_row() -> None:
    verdict = Verdict(Status.PROVED, "normal form", evidence=Evidence(64, 3e-16, 1e-12, "cpu", "float64", 5, 5), milliseconds=2.44)
    shown = text(report(verdict, mutants=MutantCount(6, 5, 1)))
    assert re.search(r"step 0 +proved +normal form +64 agree +2\.4 ms", shown)
    assert "1 derivation, 1 claim: 1 proved; 1.2 s" in shown
    assert "5 of 6 refuted, 1 equivalent" in shown
    assert "torch (cpu, float64) agrees on 1 of 1 claim; largest relative error 3e-16" in shown
    assert " if" not in shown  # no conditions, no column for them


def test_conditions_have_a_column() -> None:
    shown = text(report(Verdict(Status.PROVED, conditions=("beta != 0",)), Verdict(Status.PROVED)))
    assert re.search(r"claim.* if ", shown)
    assert "beta != 0" in shown


def test_a_refuted_claim_is_shown_in_full() -> None:
    verdict = Verdict(Status.REFUTED, counterexample=COUNTEREXAMPLE, hint="off by 2", missing_assumptions=("n >= d",), correction=X.T @ y)
    shown = text(report(Verdict(Status.PROVED), verdict))
    at = "n = 1, d = 2, X = [[1, 0]], w = [2, -1/3]"
    for expected in (repr(CLAIM.left), "beta > 0", at, "1/2", "1.313 ± 1e-20", "off by 2", "n >= d", "X.T @ y"):
        assert expected in shown
    assert shown.count("given") == 1  # the proved claim needs no closer look


def test_evidence_for_a_statement_is_a_count_of_truths() -> None:
    true, false = Evidence(64, device="cpu", dtype="float64", hard=9, false=0), Evidence(64, device="cpu", dtype="float64", false=3)
    shown = text(report(Verdict(Status.PROVED, "regions", evidence=true), Verdict(Status.PROVED, "regions", evidence=false)))
    assert re.search(r"step 0 +proved +regions +64 true", shown)
    assert re.search(r"step 1 +proved +regions +3 false", shown)
    assert "agrees on 1 of 2 claims" in shown
    assert "9 of its 128 instances are ill-conditioned or of deficient rank" in shown


def test_evidence_that_disagrees_or_has_no_power_shows() -> None:
    differing = Evidence(64, 0.5, 1e-12, "cpu", "float64", 5, 5)
    powerless = Evidence(64, 0.0, 1e-12, "cpu", "float64", 5, 3)
    shown = text(report(Verdict(Status.PROVED, evidence=differing, alarm="the sides differ"), Verdict(Status.PROVED, evidence=powerless)))
    assert "ALARM" in shown
    assert "the sides differ" in shown
    assert "2 of 5 wrong variants agree on the same instances" in " ".join(shown.split())


def test_missing_evidence_says_why_once() -> None:
    missing = Verdict(Status.PROVED, evidence=Evidence(note="none (install derivations[torch])"))
    assert text(report(missing, missing)).count("evidence: none (install derivations[torch])") == 1


def test_a_surviving_mutant_is_named() -> None:
    assert "X @ w = w.T" in text(report(Verdict(Status.PROVED), mutants=MutantCount(3, 2, 0, ("X @ w = w.T",))))


def test_reports_have_a_readable_form_in_a_repl() -> None:
    found = report(Verdict(Status.PROVED, "normal form"))
    assert "topic/name" in repr(found)
    assert "proved" in repr(found)


# ------------------------------------------------------------------------------------------------------------------- outline

i = index("i", n)
x = family("x", n, d)
m = define("m", sum_over(i, x[i]) / n)
deviations = define("v", x[i] - m, i)
long = Step.of("a long one", sum_over(i, norm(deviations) ** 2), "=", sum_over(i, norm(x[i]) ** 2) - 2 * m.T @ sum_over(i, x[i]) + n * norm(m) ** 2)
scale = Step("with a reason", claim(norm(m / beta), "=", norm(m) / beta, positive(beta)), reason="the norm is homogeneous")
TOPIC = Topic("means", "Means of points.", (Derivation("Scatter", (long, scale), ("sheet/1",), notes="Steiner's theorem."),))


def test_a_derivation_shows_all_that_its_reader_needs() -> None:
    assert shown(TOPIC, TOPIC.derivations[0], 80) == (
        "means/scatter\n"
        "Scatter\n"
        "answers  sheet/1\n"
        "with     beta scalar, x[1…n] (d, 1)\n"
        "where    m = sum_over(i, x[i]) / n\n"
        "         v[i] = x[i] - m\n"
        "  1. a long one\n"
        "       sum_over(i, norm(v[i])**2)\n"
        "         = sum_over(i, norm(x[i])**2) - 2 * m.T @ sum_over(i, x[i]) + n *\n"
        "           norm(m)**2\n"
        "  2. with a reason\n"
        "       norm(m / beta) = norm(m) / beta\n"
        "     given beta > 0\n"
        "     because the norm is homogeneous\n"
        "note: Steiner's theorem."
    )


def test_a_topic_lists_its_questions() -> None:
    assert listed(TOPIC, 80) == "means\n  Means of points.\n    scatter (sheet/1)"


f, g, u, v = scalar("f"), scalar("g"), vector("u", d), vector("v", d)
F = iterate("F", k, (0, beta), (f, g), f + g)
step = v - beta * X.T @ (X @ v - y)
solvable = (equal(X @ u, y), full_column_rank(X))
SEQUENCES = Derivation(
    "Sequences",
    (
        Step.of("first", iterate("w", 1, zeros(d), v, step), "=", beta * X.T @ y),
        Step.of("limit", tends_to(iterate("w", k, zeros(d), v, step), u), "iff", beta * norm(X, "F") ** 2 < 2, given=solvable),
        Step.of("order two", F, ">=", 0, given=positive(beta)),
    ),
)


def test_sequences_are_told_by_their_first_terms_and_their_recurrence() -> None:
    assert shown(TOPIC, SEQUENCES, 80) == (
        "means/sequences\n"
        "Sequences\n"
        "with     X (n, d), beta scalar, u (d, 1), y (n, 1), k counts from 0\n"
        "where    w[0] = zeros(d), w[k + 1] = w[k] - beta * X.T @ (X @ w[k] - y)\n"
        "         F[0] = 0, F[1] = beta, F[k + 2] = F[k] + F[k + 1]\n"
        "  1. first\n"
        "       w[1] = beta * X.T @ y\n"
        "  2. limit\n"
        '       w[k] -> u iff beta * norm(X, "F")**2 < 2\n'
        "     given X @ u = y, X full column rank\n"
        "  3. order two\n"
        "       F[k] >= 0\n"
        "     given beta > 0"
    )


def test_a_name_for_two_sequences_is_written_out() -> None:
    other = Step.of("other", iterate("F", k, 1, f, 2 * f), ">", 0)
    told = shown(TOPIC, Derivation("Two", (*SEQUENCES.steps, other)), 80)
    assert "F[" not in told
    assert 'iterate("F", k, 1, f, 2 * f) > 0' in told


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_outline_fits(width: int) -> None:
    for derivation in (TOPIC.derivations[0], SEQUENCES):
        lines = shown(TOPIC, derivation, width).splitlines()
        assert all(len(line) <= width for line in lines)
        assert not any(line.strip().startswith("1)") for line in lines if width > 40)  # "y (n, 1)" is not broken
