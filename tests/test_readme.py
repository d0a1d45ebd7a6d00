"""The README and the pages beside it: their Python sessions and their commands print what they say they print."""

from __future__ import annotations

import re
import shlex

import pytest
from documents import ROOT, commands, run_python, timeless

from derivations.cli import main

DOCUMENTS = ("README.md", "docs/tutorial.md", "docs/verdicts.md")
RUN = [(path, command, output) for path in DOCUMENTS for command, output in commands(path) if command.startswith(("derivations ", "cat "))]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_python_blocks_print_what_they_say(path: str) -> None:
    count, wrong = run_python(path)
    assert count > 10
    assert not wrong, wrong


@pytest.mark.parametrize(("path", "command", "output"), RUN, ids=[f"{path}: {command}" for path, command, _ in RUN])
def test_the_commands_print_what_it_says(
    path: str, command: str, output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program, *arguments = shlex.split(command)
    if program == "cat":
        (name,) = arguments
        assert (ROOT / name).read_text("utf-8").rstrip() == output.rstrip()
        return
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    main(arguments)
    assert timeless(capsys.readouterr().out) == timeless(output)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_lead_to_files(path: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / path).read_text("utf-8"))
    assert links
    for link in links:
        assert ((ROOT / path).parent / link).exists(), link


def test_the_commands_that_set_everything_up_are_two() -> None:
    setup = [command for command, _ in commands("README.md") if "pip install" in command]
    assert len(setup) == 2
    assert all("-c constraints.txt" in command for command in setup)
