"""What a notebook shows: by IPython's own formatters, in a shell of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import derivations
from derivations import checking, explain, verify
from derivations.language.assumptions import positive
from derivations.language.claims import Derivation, Step, claim
from derivations.language.constructors import dimensions, gradient, matrix, norm, scalar, vector

n, d = dimensions("n d")
X, w, y, beta = matrix("X", n, d), vector("w", d), vector("y", n), scalar("beta")
WRONG = claim(gradient(norm(X @ w - y) ** 2, w), "=", X.T @ (X @ w - y))
RIGHT = claim(gradient(norm(X @ w - y) ** 2, w), "=", 2 * X.T @ (X @ w - y))


class _Nesting(HTMLParser):
    """Whether every element is closed in its turn; and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> str:
    parser = _Nesting()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser.text


@pytest.fixture(name="show")
def _show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another environment than this one IPython warns
    shell: Any = InteractiveShell()  # type: ignore[no-untyped-call]
    derivations.load_ipython_extension(shell)
    yield lambda value: shell.display_formatter.format(value)[0]
    shell.history_manager.end_session()  # it holds a database open


def test_terms_statements_and_claims_are_typeset(show: Any) -> None:
    assert show(X @ w)["text/latex"] == r"$\displaystyle X w$"
    assert show(positive(beta))["text/latex"] == r"$\displaystyle \beta > 0$"
    assert r"\nabla" in show(WRONG)["text/latex"]
    assert "text/html" not in show(WRONG)


def test_a_verdict_shows_its_counterexample(show: Any) -> None:
    text = read(show(verify(WRONG, numeric=False))["text/html"])
    assert text.startswith("refuted")
    assert "left 2, right 1" in text


def test_reports_are_tables_with_what_is_wrong_below(show: Any) -> None:
    report = verify(Derivation("Both", (Step("right", RIGHT), Step("wrong", WRONG))), numeric=False)
    for value in (report, checking.Reports((report,))):
        text = read(show(value)["text/html"])
        assert "normal form" in text
        assert "left side" in text


def test_text_is_never_markup(show: Any) -> None:
    report = verify(Derivation("<script>alert(1)</script>", (Step("a < b & c", RIGHT),)), numeric=False)
    html = show(report)["text/html"]
    assert "<script" not in html
    assert "a < b & c" in read(html)


def test_an_explanation_shows_the_lines_of_the_proof(show: Any) -> None:
    text = read(show(explain(RIGHT))["text/html"])
    assert "proved" in text
    assert r"\nabla" in text


def test_a_running_shell_is_told_at_import() -> None:
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
from derivations import scalar
assert shell.display_formatter.format(scalar("beta"))[0]["text/latex"] == r"$\\displaystyle \\beta$"
shell.history_manager.end_session()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_a_shell_the_import_loads_no_ipython() -> None:
    subprocess.run([sys.executable, "-c", "import sys, derivations; assert 'IPython' not in sys.modules"], check=True)
