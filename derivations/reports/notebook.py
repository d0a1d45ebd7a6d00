"""What a notebook shows: terms, statements and claims as typeset mathematics; verdicts, reports and explanations as tables.

Displays are registered with IPython's formatters by the names of the types, so the records themselves know nothing of notebooks, and nothing is
imported before something is shown. Every text is escaped: a name or a title is never read as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any, Protocol

from derivations.language.claims import Claim
from derivations.language.terms import Statement, Term
from derivations.language.verdicts import Explanation, Report, Status, Verdict

__all__ = ["register"]


class Formatter(Protocol):
    """What is used of IPython's formatters."""

    def for_type_by_name(self, type_module: str, type_name: str, func: Callable[[Any], str]) -> Any:
        """From now on `func` shows objects of the type, and of those derived from it."""


def register(formatters: Mapping[str, Formatter]) -> None:
    """Tell IPython's formatters, by their MIME types, how to show what this package makes."""
    for kind, shown in DISPLAYS.items():
        for place, show in shown.items():
            module, _, name = place.rpartition(".")
            formatters[kind].for_type_by_name(module, name, show)


def mathematics(value: Term | Statement | Claim) -> str:
    """Displayed LaTeX; the assumptions of a claim stay in its plain text."""
    from derivations.latex.writer import latex

    return f"$\\displaystyle {latex(value)}$"


def verdict(found: Verdict) -> str:
    """The status in its colour, and all that is known below it."""
    from derivations.language.writing import verdict_text

    first, *others = verdict_text(found).split("\n  ")
    _, _, told = first.partition("  ")
    facts = (line.partition(": ") for line in others)
    return f"<div>{_status(found)}&ensp;{escape(told)}{_facts((name, value) for name, _, value in facts)}</div>"


def report(found: Report) -> str:
    """A table of the claims of a derivation, and what is not proved in full below it."""
    from derivations.reports.terminal import facts, shown_columns

    columns = shown_columns(found)
    address = "/".join(filter(None, (found.topic, found.name)))
    questions = f" ({', '.join(found.questions)})" if found.questions else ""
    headings = "".join(f"<th>{escape(column.heading)}</th>" for column in columns)
    rows = (f"<tr>{''.join(_cell(column.cell(result).plain) for column in columns)}</tr>" for result in found.results)
    table = f"<table><tr>{headings}</tr>{''.join(rows)}</table>"
    open_ = (result for result in found.results if result.verdict.status is not Status.PROVED or result.verdict.alarm)
    details = (_facts(facts(result)) for result in open_)
    return f"<div><strong>{escape(address)}</strong><br>{escape(found.title + questions)}{table}{''.join(details)}</div>"


def reports(found: Iterable[Report]) -> str:
    """The tables of several derivations, one after the other."""
    return "".join(map(report, found))


def explanation(found: Explanation) -> str:
    """The claim typeset, its verdict, and each line of the proof indented by its level."""
    lines = (f"<div style='margin-left: {2 * line.level}em'><em>{escape(line.kind)}</em>: {_content(line.content)}</div>" for line in found.lines)
    return f"<div>{_content(found.claim)}<br>{_status(found.verdict)}{''.join(lines)}</div>"


DISPLAYS: Mapping[str, Mapping[str, Callable[[Any], str]]] = {
    "text/latex": {
        "derivations.language.terms.Term": mathematics,
        "derivations.language.terms.Statement": mathematics,
        "derivations.language.claims.Claim": mathematics,
    },
    "text/html": {
        "derivations.language.verdicts.Verdict": verdict,
        "derivations.language.verdicts.Report": report,
        "derivations.checking.Reports": reports,
        "derivations.language.verdicts.Explanation": explanation,
    },
}
"""How each type is shown, by its full name, under each MIME type."""

_COLOURS = {Status.PROVED: "green", Status.REFUTED: "crimson"}


def _status(found: Verdict) -> str:
    word, colour = ("ALARM", "crimson") if found.alarm else (found.status.value, _COLOURS.get(found.status, "darkgoldenrod"))
    return f"<strong style='color: {colour}'>{word}</strong>"


def _cell(text: str) -> str:
    return f"<td style='text-align: left'>{escape(text)}</td>"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><th style='text-align: left'>{escape(name)}</th>{_cell(value)}</tr>" for name, value in facts)
    return f"<table>{rows}</table>" if rows else ""


def _content(content: str | Term | Claim) -> str:
    return escape(content if isinstance(content, str) else mathematics(content))
