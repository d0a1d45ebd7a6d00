"""What stands in a document between fences: Python sessions and commands, to be run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

__all__ = ["ROOT", "commands", "run_python", "timeless"]

ROOT = Path(__file__).parent.parent


def _blocks(path: str, kind: str) -> list[str]:
    text = (ROOT / path).read_text("utf-8")
    return [block for found, block in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if found == kind]


def run_python(path: str) -> tuple[int, str]:
    """How many lines of Python a document has, run as one session; and what they print otherwise than it says."""
    test = doctest.DocTestParser().get_doctest("\n".join(_blocks(path, "python")), {}, path, path, 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(test, out=report.append)
    return len(test.examples), "".join(report)


def commands(path: str) -> list[tuple[str, str]]:
    """The commands of a document, each with what it prints."""
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "\n".join(_blocks(path, "console")), re.MULTILINE)


def timeless(output: str) -> str:
    """The output without what depends on the machine: times, and the size of rounding errors."""
    return re.sub(r" *\d+(\.\d+)? m?s\b", " T", re.sub(r"\de-\d\d", "E", output)).rstrip()
