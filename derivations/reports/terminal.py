"""Reports for a terminal: a table for each derivation, what is wrong in full below it, and a summary.

Text from claims goes in as `Text`, so that square brackets in it are never read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivations.checking import Reports
from derivations.language.verdicts import Evidence, Report, Result, Status, Verdict
from derivations.language.writing import LONGEST, TextWriter, value_text, witness_text
from derivations.reports.json_report import summary

__all__ = ["as_text", "facts", "shown_columns"]

STYLES = {
    Status.PROVED: "green",
    Status.SUPPORTED: "yellow",
    Status.REFUTED: "bold red",
    Status.UNDECIDED: "bold yellow",
    Status.UNREADABLE: "bold red",
}


def as_text(reports: Reports, seconds: float, console: Console | None = None) -> str:
    """The reports, one block for each derivation, and a summary; `seconds` is how long they took together.

    `console` says how wide a line is and whether there are colours; by default it is the standard output.
    """
    console = console or Console(highlight=False)
    with console.capture() as capture:
        for report in reports:
            _print_report(report, console)
        for line in _summary(reports, seconds):
            console.print(Text(line))
    return re.sub(" +$", "", capture.get(), flags=re.MULTILINE)


def _print_report(report: Report, console: Console) -> None:
    address = f"{report.topic}/{report.name}" if report.topic else report.name
    console.print(Text.assemble((address, "bold")))
    questions = f"  ({', '.join(report.questions)})" if report.questions else ""
    console.print(Text(f"{report.title}{questions}"))
    console.print(_table(report, console.width), Text())
    for result in report.results:
        if result.verdict.status is not Status.PROVED or result.verdict.alarm or _without_power(result.verdict.evidence):
            console.print(Padding(_details(result), (0, 0, 1, 1)))
        for survivor in result.mutants.survivors if result.mutants else ():
            console.print(Padding(Text(f"neither refuted nor proved, of the wrong variants of {result.title!r}: {survivor}"), (0, 0, 1, 1)))


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table: its heading, what it shows of a result, and the share of the width that it may take."""

    heading: str
    cell: Callable[[Result], Text]
    ratio: int | None = None  # None: as wide as its widest cell
    least: int = 0
    most: int | None = None
    justify: JustifyMethod = "left"


def _table(report: Report, width: int) -> Table:
    """A row for each claim; where the window is too narrow for the columns, its title with all of them below it."""
    columns = shown_columns(report)
    if sum(column.least + 1 for column in columns) > width:
        return _list(report, columns)
    table = Table(box=SIMPLE_HEAD, expand=True, padding=(0, 1, 0, 0), show_edge=False)
    for column in columns:
        table.add_column(column.heading, justify=column.justify, overflow="fold", ratio=column.ratio, min_width=column.least, max_width=column.most)
    for result in report.results:
        table.add_row(*(column.cell(result) for column in columns))
    return table


def shown_columns(report: Report) -> list[_Column]:
    """The columns of a report's table, without those that would be empty."""
    verdicts = [result.verdict for result in report.results]
    return [column for column in COLUMNS if column.heading not in OPTIONAL or any(map(OPTIONAL[column.heading], verdicts))]


def _list(report: Report, columns: list[_Column]) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for result in report.results:
        facts = [f"{'if ' * (column.heading == 'if')}{cell}" for column in columns[2:] if (cell := column.cell(result).plain)]
        table.add_row(_status(result), Text("\n".join((result.title, "; ".join(facts)))))
    return table


def _status(result: Result) -> Text:
    verdict = result.verdict
    return Text("ALARM", "bold red") if verdict.alarm else Text(verdict.status.value, STYLES[verdict.status])


def _evidence(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    if not evidence.instances:
        return "none"
    if not evidence.agrees:
        return f"differ {evidence.worst_error:.0e}" if evidence.false is None else f"{evidence.false} false"
    return f"{evidence.instances} {'weak' if _without_power(evidence) else 'agree' if evidence.false is None else 'true'}"


def _without_power(evidence: Evidence | None) -> bool:
    return evidence is not None and evidence.agrees and evidence.mutants_caught < evidence.mutants


def _time(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


COLUMNS = (
    _Column("claim", lambda result: Text(result.title), ratio=3, least=16),
    _Column("status", _status, least=9),
    _Column("method", lambda result: Text(", ".join((result.verdict.method, *result.verdict.lemmas))), least=14, most=18),
    _Column("evidence", lambda result: Text(_evidence(result.verdict.evidence)), least=8),
    _Column("if", lambda result: Text(", ".join(result.verdict.conditions)), ratio=2, least=9),
    _Column("time", lambda result: Text(_time(result.verdict.milliseconds)), least=7, justify="right"),
)
OPTIONAL: dict[str, Callable[[Verdict], object]] = {"evidence": lambda verdict: verdict.evidence, "if": lambda verdict: verdict.conditions}
"""Columns that are left out where they are empty."""


# ------------------------------------------------------------------------------------------------ what needs a closer look


def _details(result: Result) -> Table:
    """All that is known of a claim, as names and values in two columns."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts(result):
        table.add_row(Text(name, "bold"), Text(value))
    return table


def facts(result: Result) -> Iterator[tuple[str, str]]:
    """What is known of a claim, as names and values."""
    claim, verdict = result.claim, result.verdict
    yield verdict.status.value, result.title
    left, right = TextWriter(LONGEST).sides(claim.statement)
    whole = f"{left} {claim.relation} {right}"
    yield "claim", whole if len(whole) <= 60 else f"{left}\n  {claim.relation} {right}"
    found = verdict.counterexample
    known = (
        ("given", ", ".join(map(repr, claim.given))),
        ("alarm", verdict.alarm),
        ("reason", verdict.reason),
        ("at", witness_text(found.witness) if found else ""),
        ("left side", value_text(found.left) if found else ""),
        ("right side", value_text(found.right) if found else ""),
        ("missing", ", ".join(verdict.missing_assumptions)),
        ("hint", verdict.hint),
        ("right is", repr(verdict.correction) if verdict.correction is not None else ""),
        ("evidence", _weakness(verdict.evidence)),
    )
    yield from ((name, value) for name, value in known if value)


def _weakness(evidence: Evidence | None) -> str:
    if evidence is None or not _without_power(evidence):
        return evidence.note if evidence else ""
    missed = evidence.mutants - evidence.mutants_caught
    return f"{missed} of {evidence.mutants} wrong variants agree on the same instances: they do not tell right from wrong"


# --------------------------------------------------------------------------------------------------------------- summary


def _summary(reports: Reports, seconds: float) -> Iterator[str]:
    counts = summary(reports, seconds)
    found = [f"{counts[status.value]} {status.value}" for status in Status if counts[status.value]]
    yield f"{_counted(counts['derivations'], 'derivation')}, {_counted(counts['claims'], 'claim')}: {', '.join(found)}; {seconds:.1f} s"
    mutants = counts["mutants"]
    if mutants["total"]:
        equivalent = f", {mutants['equivalent']} equivalent" if mutants["equivalent"] else ""
        survivors = f", {mutants['survivors']} neither" if mutants["survivors"] else ""
        yield f"wrong variants of the proved claims: {mutants['refuted']} of {mutants['total']} refuted{equivalent}{survivors}"
    evidence = [verdict.evidence for verdict in reports.verdicts if verdict.evidence]
    if measured := [each for each in evidence if each.instances]:
        agreeing = [each for each in measured if each.agrees]
        worst = f"; largest relative error {max(each.worst_error for each in agreeing):.0e}" if agreeing else ""
        hard, instances = (sum(each) for each in zip(*((each.hard, each.instances) for each in measured), strict=True))
        yield f"torch ({measured[0].device}, {measured[0].dtype}) agrees on {len(agreeing)} of {_counted(len(measured), 'claim')}{worst}"
        if hard:
            yield f"{hard} of its {instances} instances are ill-conditioned or of deficient rank"
    for note in dict.fromkeys(each.note for each in evidence if not each.instances):
        yield f"evidence: {note}"
    if counts["alarms"]:
        yield f"{_counted(counts['alarms'], 'alarm')}: a fault of this program; please report it with the claim"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
