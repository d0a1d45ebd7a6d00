"""The pages that are made of the code are what the code makes of them now."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType

import pytest
from documents import ROOT

from derivations.catalogue import TOPICS
from derivations.evaluation.arrays import ExactInterpreter
from derivations.language.terms import Add, Term
from derivations.language.writing import TextWriter


def generator() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("generate_pages", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


generate = generator()


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    """Every page by its path."""
    return dict(generate.pages())


@pytest.mark.parametrize("path", [*(f"topics/{name}.md" for name in (*TOPICS, "README")), "coverage.md"])
def test_each_page_is_up_to_date(path: str, pages: dict[Path, str]) -> None:
    page = ROOT / "docs" / path
    assert page.exists(), "run `python docs/generate.py`"
    assert page.read_text("utf-8") == pages[page], "run `python docs/generate.py`"


def test_there_is_a_page_for_each_topic_and_no_other() -> None:
    assert {path.stem for path in (ROOT / "docs" / "topics").glob("*.md")} == {*TOPICS, "README"}


def test_every_node_is_on_the_page() -> None:
    nodes = generate.nodes()
    assert set(ExactInterpreter.rules) <= set(nodes)
    assert len({node.__name__ for node in nodes}) == len(nodes)
    assert all(issubclass(node, Term) and inspect.getdoc(node) for node in nodes)


def test_a_node_that_loses_a_rule_loses_its_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    line = next(line for line in generate._coverage_lines() if line.startswith("| `Add` |"))
    monkeypatch.delitem(ExactInterpreter.rules, Add)
    monkeypatch.setattr(TextWriter, "table", {})
    monkeypatch.setattr(generate, "_kind_lines", lambda: iter(()))
    fewer = next(line for line in generate._coverage_lines() if line.startswith("| `Add` |"))
    assert line.count("●") - fewer.count("●") == 4  # exact, algebraic and balls have one table


def test_every_kind_of_claim_is_judged_right(pages: dict[Path, str]) -> None:
    rows = pages[ROOT / "docs" / "coverage.md"].partition("## Kinds of claims")[2].splitlines()[6:]
    assert len(rows) == len(list(generate._kinds()))
    assert all(row.endswith("| refuted | agrees |") for row in rows)
    assert not any("| undecided |" in row or "| supported |" in row for row in rows)
