r"""LaTeX of everything that the language can state: ``latex(value)``. The text needs amsmath and amssymb.

A term, a statement and a claim become mathematics, to stand between ``$`` signs; a claim is its statement alone, its
assumptions are written one by one. A step and a derivation become a fragment of a document. See `derivations.latex.terms` for
what keeps different things different; pass all that stands on one page as `among`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import singledispatch

from derivations.language.claims import Claim, Derivation, Step
from derivations.language.definitions import at_start, defining_equations, generic, sequences
from derivations.language.operators import Apply, Function, Iterate, Named
from derivations.language.terms import Family, Index, Statement, Symbol, Term
from derivations.language.traversal import dimensions, subterms, symbols
from derivations.latex.names import escaped, name
from derivations.latex.notation import COUNTS
from derivations.latex.terms import LatexWriter

__all__ = ["declaration", "latex"]

WIDE = 150
"""A display whose source is longer than this has its relation on a second line."""


@singledispatch
def latex(value: object, among: Iterable[Term | Statement] = ()) -> str:
    """The value as LaTeX. `among` are the terms beside which it stands, whose names it must not be mistaken for.

    Raises:
        TypeError: there is no notation for such a value.
    """
    raise TypeError(f"{type(value).__name__} has no LaTeX; expected a term, a statement, a claim, a step or a derivation")


@latex.register(Term)
@latex.register(Statement)
def _(value: Term | Statement, among: Iterable[Term | Statement] = ()) -> str:
    return LatexWriter((value, *among)).write(value)


@latex.register
def _(value: Claim, among: Iterable[Term | Statement] = ()) -> str:
    return " ".join(_statement(value, LatexWriter((*value.terms, *among))))


@latex.register
def _(value: Step, among: Iterable[Term | Statement] = ()) -> str:
    return "\n".join(_step(value, LatexWriter((*value.claim.terms, *among)), _Told(sequences(value.claim.terms))))


@latex.register
def _(value: Derivation, among: Iterable[Term | Statement] = ()) -> str:
    terms = [term for claim in value.claims for term in claim.terms]
    return "\n".join(_derivation(value, terms, LatexWriter((*terms, *among))))


def declaration(declared: Symbol | Family, writer: LatexWriter | None = None) -> str:
    r"""``X \in \mathbb{R}^{n \times d}``; of a family ``x_{1}, \dots, x_{n} \in \mathbb{R}^{d}``."""
    writer = writer or LatexWriter(())
    field = rf"\mathbb{{{'C' if declared.field == 'complex' else 'R'}}}"
    space = f"{field}^{{{writer.shape(declared.size)}}}" if declared.size else field
    return rf"{_members(declared, writer)} \in {space}"


def _members(declared: Symbol | Family, writer: LatexWriter) -> str:
    if isinstance(declared, Symbol):
        return name(declared.name)
    if declared.is_numbered:
        return rf"\dots, {name(declared.name)}_{{0}}, {name(declared.name)}_{{1}}, \dots"
    first, last = (",".join(places) for places in zip(*(("1", writer.dim(dim)) for dim in declared.axes), strict=True))
    return rf"{name(declared.name)}_{{{first}}}, \dots, {name(declared.name)}_{{{last}}}"


# ------------------------------------------------------------------------------------------------------------ statements


def _statement(claim: Claim, writer: LatexWriter) -> tuple[str, str, str]:
    left, right = writer.sides(claim.statement)
    return left, writer.sign(claim.statement), right


@dataclass
class _Told:
    """What the reader of a text has been told, by name.

    Attributes:
        sequences: those of the whole text, at their start, each as it is told: at its counter, if it has one.
    """

    sequences: dict[Iterate, Iterate]
    definitions: dict[str, Term | Function] = field(default_factory=dict)


def _definitions(claim: Claim, writer: LatexWriter, told: _Told) -> Iterator[str]:
    """What the named quantities, the sequences and the author's functions in the claim are, as far as it has not been told."""
    known = told.definitions
    taken = {owner.name for owner in (*symbols(claim.terms), *dimensions(claim.terms))}
    for term in subterms(claim.terms):
        match term:
            case Named(word, positions, body) if known.get(word) != generic(term):
                if word not in known or all(isinstance(position, Index) for position in positions):
                    known[word] = generic(term)
                    yield f"{writer.write(term)} = {writer.write(body)}"
            case Iterate(word) if known.get(word) != at_start(term):
                known[word] = at_start(term)
                equations = defining_equations(told.sequences.get(at_start(term), term), taken)
                sides = ((writer.write(left), writer.write(right)) for left, right in equations)
                yield from (f"{left} = {right}" for left, right in sides if left != right)
            case Apply(function) if known.get(function.name) != function and (definition := _function(function, writer)):
                known[function.name] = function
                yield definition


def _function(function: Function, writer: LatexWriter) -> str:
    if function.parameter is None or function.body is None:
        return ""
    return f"{writer.write(Apply(function, function.parameter))} = {writer.write(function.body)}"


# ------------------------------------------------------------------------------------------------------------- fragments


def _math(formulas: Iterable[str]) -> str:
    return ", ".join(f"${formula}$" for formula in formulas)


def _display(claim: Claim, writer: LatexWriter) -> list[str]:
    left, sign, right = _statement(claim, writer)
    row = f"{left} &{sign} {right}" if len(left) + len(right) <= WIDE else rf"& {left} \\ &\quad {sign} {right}"
    return [r"\begin{align*}", row, r"\end{align*}"]


def _step(step: Step, writer: LatexWriter, told: _Told) -> Iterator[str]:
    given = _math(writer.write(assumption) for assumption in step.claim.given)
    reason = escaped(step.reason)
    yield rf"\textbf{{{escaped(step.title)}}}{f' (given {given})' if given else ''}{f': {reason}' if reason else ''}"
    yield from _display(step.claim, writer)
    if where := _math(_definitions(step.claim, writer, told)):
        yield f"where {where}."


def _derivation(derivation: Derivation, terms: list[Term], writer: LatexWriter) -> Iterator[str]:
    yield rf"\subsection*{{{escaped(derivation.title)}}}"
    declared = sorted(symbols(terms), key=lambda symbol: (symbol.name.lower(), symbol.name))
    counters = sorted((dim for dim in dimensions(terms) if not dim.least), key=lambda dim: dim.name)
    if declared or counters:
        counting = (rf"{writer.dim(dim)} \in {COUNTS}" for dim in counters)
        yield f"Let {_math((*(declaration(symbol, writer) for symbol in declared), *counting))}."
    if derivation.given:
        yield f"Given {_math(writer.write(assumption) for assumption in derivation.given)}."
    yield r"\begin{enumerate}"
    told = _Told(sequences(terms))
    for step in derivation.steps:
        first, *rest = _step(step, writer, told)
        yield rf"\item {first}"
        yield from rest
    yield r"\end{enumerate}"
    if derivation.notes:
        yield escaped(derivation.notes)
