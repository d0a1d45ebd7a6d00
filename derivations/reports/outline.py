"""What there is, as plain text: a topic with its derivations, a derivation with its steps, and how each of them is proved."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from derivations.catalogue import Topic
from derivations.language.claims import Claim, Derivation
from derivations.language.shapes import show_dim, show_shape
from derivations.language.terms import Family, Term
from derivations.language.traversal import named, symbols
from derivations.language.verdicts import Explanation

__all__ = ["explained", "listed", "shown"]


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
    yield from _wrapped(", ".join(derivation.questions), width, "answers  ", "         ")
    yield from _wrapped(", ".join(_declarations(derivation)), width, "with     ", "         ")
    for number, definition in enumerate(_definitions(derivation)):
        yield from _wrapped(definition, width, "         " if number else "where    ", "           ")
    yield from _wrapped(", ".join(map(repr, derivation.given)), width, "given    ", "         ")
    for number, step in enumerate(derivation.steps, 1):
        yield from _wrapped(step.title, width, f"{number:3}. ", "     ")
        yield from _claim_lines(step.claim, width)
        yield from _wrapped(step.reason, width, "     because ", "             ")
    yield from _wrapped(derivation.notes, width, "note: ", "      ")


def _claim_lines(claim: Claim, width: int) -> Iterator[str]:
    left, right = f"{claim.left}", f"{claim.relation} {claim.right}"
    if len(left) + len(right) + 8 <= width:
        left, right = f"{left} {right}", ""
    yield from _wrapped(left, width, "       ", "         ")
    yield from _wrapped(right, width, "         ", "           ")
    yield from _wrapped(", ".join(map(repr, claim.given)), width, "     given ", "           ")


def _explanation_lines(topic: Topic, derivation: Derivation, explanations: Sequence[Explanation], width: int) -> Iterator[str]:
    yield f"{topic.name}/{derivation.name}"
    yield from _wrapped(derivation.title, width)
    for number, (step, explanation) in enumerate(zip(derivation.steps, explanations, strict=True), 1):
        yield from _wrapped(step.title, width, f"{number:3}. ", "     ")
        yield from _claim_lines(explanation.claim, width)
        for line in explanation.lines:
            indent = " " * (5 + 2 * line.level)
            yield from _wrapped(f"{line.content}", width, f"{indent}{line.kind:<{_KIND}}  ", " " * (_KIND + 2) + indent)


_KIND = 14
"""How wide the column of the kinds of lines is."""


def _declarations(derivation: Derivation) -> Iterator[str]:
    """The symbols with their shapes, in order of their names."""
    for symbol in sorted(symbols(_terms(derivation)), key=lambda symbol: symbol.name):
        axes = "".join(f"[1…{show_dim(axis)}]" for axis in symbol.axes) if isinstance(symbol, Family) else ""
        yield f"{symbol.name}{axes} {show_shape(symbol.size)}"


def _definitions(derivation: Derivation) -> Iterator[str]:
    """The named intermediate quantities with what they mean, those that others are made of first."""
    for quantity in sorted(named(_terms(derivation)).values(), key=lambda quantity: len(named(quantity.body))):
        yield f"{quantity} = {quantity.body}"


def _terms(derivation: Derivation) -> list[Term]:
    return [term for claim in derivation.claims for term in claim.terms]


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text in lines; none for no text."""
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False)
