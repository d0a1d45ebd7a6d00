"""The README: its Python sessions and its commands print what it says they print."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from derivations.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
CONSOLE = "\n".join(block for kind, block in BLOCKS if kind == "console")
SESSIONS: list[tuple[str, str]] = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", CONSOLE, re.MULTILINE)


def test_the_python_blocks_print_what_they_say() -> None:
    source = "\n".join(block for kind, block in BLOCKS if kind == "python")
    test = doctest.DocTestParser().get_doctest(source, {}, "README.md", "README.md", 0)
    assert len(test.examples) > 10
    report: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(test, out=report.append)
    assert outcome.failed == 0, "".join(report)


def timeless(output: str) -> str:
    """The output without what depends on the machine: times, and the size of rounding errors."""
    return re.sub(r" *\d+(\.\d+)? m?s\b", " T", re.sub(r"\de-\d\d", "E", output))


@pytest.mark.parametrize(("command", "output"), [session for session in SESSIONS if session[0].startswith("derivations ")])
def test_the_commands_print_what_it_says(command: str, output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    main(shlex.split(command)[1:])
    assert timeless(capsys.readouterr().out).rstrip() == timeless(output).rstrip()


def test_the_commands_that_set_everything_up_are_two() -> None:
    setup = [command for command, _ in SESSIONS if "pip install" in command]
    assert len(setup) == 2
    assert all("-c constraints.txt" in command for command in setup)
