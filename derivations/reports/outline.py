"""What there is, as plain text: a topic with its derivations, a derivation with its steps, and how each of them is proved."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from derivations.catalogue import Topic
from derivations.language.claims import Claim, Derivation
from derivations.language.definitions import defining_equations, sequences
from derivations.language.errors import UnsupportedError
from derivations.language.shapes import show_dim, show_shape
from derivations.language.terms import INTEGERS, Family, Term
from derivations.language.traversal import dimensions, named, symbols
from derivations.language.verdicts import Explanation
from derivations.language.writing import LONGEST, BriefWriter, TextWriter
from derivations.reports.torch_source import torch_code

__all__ = ["declared", "explained", "listed", "shown"]


def listed(topic: Topic, width: int) -> str:
    """A topic: what it is about, and its derivations with the questions that they answer."""
    return "\n".join(_topic_lines(topic, width))


def shown(topic: Topic, derivation: Derivation, width: int) -> str:
    """A derivation: its symbols and definitions, what is given, then each step with its claim and its reason."""
    return "\n".join(_derivation_lines(topic, derivation, width))


def explained(topic: Topic, derivation: Derivation, explanations: Sequence[Explanation], width: int) -> str:
    """A derivation: each step with its claim, and what proves it or why nothing does."""
    return "\n".join(_explanation_lines(topic, derivation, explanations, width))


def _topic_lines(topic: Topic, width: int) -> Iterator[str]:
    yield topic.name
    yield from _wrapped(topic.summary, width, "  ", "  ")
    for derivation in topic.derivations:
        questions = f" ({', '.join(derivation.questions)})" if derivation.questions else ""
        yield from _wrapped(derivation.name + questions, width, "    ", "        ")


def _derivation_lines(topic: Topic, derivation: Derivation, width: int) -> Iterator[str]:
    yield f"{topic.name}/{derivation.name}"
    yield from _wrapped(derivation.title, width)
    yield from _listed(derivation.questions, width, "answers  ", "         ")
    yield from declared(derivation, width)
    writer = _writer(derivation)
    for number, step in enumerate(derivation.steps, 1):
        yield from _wrapped(step.title, width, f"{number:3}. ", "     ")
        yield from _claim_lines(step.claim, width, writer)
        yield from _wrapped(step.reason, width, "     because ", "             ")
    yield from _wrapped(derivation.notes, width, "note: ", "      ")


def declared(derivation: Derivation, width: int) -> Iterator[str]:
    """The symbols of a derivation with their shapes, its definitions, and what is given."""
    yield from _listed(_declarations(derivation), width, "with     ", "         ")
    writer = _writer(derivation)
    for number, definition in enumerate(_definitions(derivation, writer)):
        yield from _wrapped(definition, width, "         " if number else "where    ", "           ")
    yield from _listed(map(writer.write, derivation.given), width, "given    ", "         ")


def _claim_lines(claim: Claim, width: int, writer: TextWriter) -> Iterator[str]:
    left, right = writer.sides(claim.statement)
    right = f"{claim.relation} {right}"
    if len(left) + len(right) + 8 <= width:
        left, right = f"{left} {right}", ""
    yield from _wrapped(left, width, "       ", "         ")
    yield from _wrapped(right, width, "         ", "           ")
    yield from _listed(map(writer.write, claim.given), width, "     given ", "           ")


def _explanation_lines(topic: Topic, derivation: Derivation, explanations: Sequence[Explanation], width: int) -> Iterator[str]:
    yield f"{topic.name}/{derivation.name}"
    yield from _wrapped(derivation.title, width)
    for number, (step, explanation) in enumerate(zip(derivation.steps, explanations, strict=True), 1):
        yield from _wrapped(step.title, width, f"{number:3}. ", "     ")
        yield from _claim_lines(explanation.claim, width, TextWriter(LONGEST))
        for line in explanation.lines:
            indent = " " * (5 + 2 * line.level)
            yield from _wrapped(f"{line.content}", width, f"{indent}{line.kind:<{_KIND}}  ", " " * (_KIND + 2) + indent)
        yield from _torch_lines(explanation, width)


def _torch_lines(explanation: Explanation, width: int) -> Iterator[str]:
    """The counterexample as source, unbroken and from the first column on, so that it can be pasted; or why there is none."""
    if explanation.verdict.counterexample is None:
        return
    try:
        source = torch_code(explanation.claim, explanation.verdict)
    except UnsupportedError as refusal:
        yield from _wrapped(f"none: {refusal}", width, f"     {'in torch':<{_KIND}}  ", " " * (_KIND + 7))
    else:
        yield from ("", "# in torch:", source)


_KIND = 14
"""How wide the column of the kinds of lines is."""


def _declarations(derivation: Derivation) -> Iterator[str]:
    """The symbols with their shapes, in order of their names, then the counters."""
    terms = _terms(derivation)
    for symbol in sorted(symbols(terms), key=lambda symbol: symbol.name):
        axes = "".join("[any integer]" if axis == INTEGERS else f"[1…{show_dim(axis)}]" for axis in symbol.axes) if isinstance(symbol, Family) else ""
        yield f"{symbol.name}{axes} {show_shape(symbol.size)}"
    for dim in sorted(dimensions(terms), key=lambda dim: dim.name):
        if not dim.least:
            yield f"{dim.name} counts from 0"


def _writer(derivation: Derivation) -> TextWriter:
    """Sequences go by their name, unless a name stands for two of them in different steps."""
    found = sequences(_terms(derivation))
    return BriefWriter(LONGEST) if len({sequence.name for sequence in found}) == len(found) else TextWriter(LONGEST)


def _definitions(derivation: Derivation, writer: TextWriter) -> Iterator[str]:
    """The named intermediate quantities with what they mean, those that others are made of first; then the sequences."""
    terms = _terms(derivation)
    for quantity in sorted(named(terms).values(), key=lambda quantity: len(named(quantity.body))):
        yield f"{writer.write(quantity)} = {writer.write(quantity.body)}"
    taken = {owner.name for owner in (*symbols(terms), *dimensions(terms))}
    for sequence in sequences(terms).values() if isinstance(writer, BriefWriter) else ():
        yield ", ".join(f"{writer.write(left)} = {writer.write(right)}" for left, right in defining_equations(sequence, taken))


def _terms(derivation: Derivation) -> list[Term]:
    return [term for claim in derivation.claims for term in claim.terms]


def _listed(items: Iterable[str], width: int, first: str = "", rest: str = "") -> list[str]:
    """The items in lines, broken between them; inside one only where it is longer than a line."""
    whole = (item.replace(" ", _NO_BREAK) if len(rest) + len(item) < width else item for item in items)
    return [line.replace(_NO_BREAK, " ") for line in _wrapped(", ".join(whole), width, first, rest)]


_NO_BREAK = "\N{NO-BREAK SPACE}"


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text in lines; none for no text."""
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False)
