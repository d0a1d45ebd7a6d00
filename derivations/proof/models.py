"""Instances made of the numbers that z3 finds: candidates for a counterexample, and for a witness of narrow assumptions.

They are candidates only. z3 takes logarithms, symbolic powers and traces for unknown numbers, and counters for any real numbers ≥ 0; so each
is put to the assumptions and to the claim like any other instance. An irrational number is rounded at first, in several ways, and comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count

from derivations.evaluation.instances import Entries, Instance, Quantity, family_positions, matrix_size, stored
from derivations.language.algebraic import ExactNumber
from derivations.language.claims import Claim
from derivations.language.random_names import unvalued
from derivations.language.shapes import Dim
from derivations.language.terms import Dimension, Entry, Family, Index, Member, Position, Term, linear_form
from derivations.language.traversal import dimensions, symbols
from derivations.proof.domain import conditions_of
from derivations.proof.drawing_order import free_dimensions
from derivations.proof.ranges import Ranges
from derivations.proof.regions import Model, Region, concerns, places

__all__ = ["contradicting", "instance_with", "meeting", "numbers_against"]

_LARGEST_SIZE = 100


def contradicting(claim: Claim) -> Iterator[Instance]:
    """Instances that may contradict a claim about real scalars, the simplest first."""
    return _found(claim, lambda region: region.without(claim.statement))


def meeting(claim: Claim) -> Iterator[Instance]:
    """Instances that may meet the assumptions of a claim about real scalars and lie in its domain, the simplest first."""
    return _found(claim, Region.numbers)


def numbers_against(claim: Claim) -> Iterator[dict[Term, ExactNumber]]:
    """What z3 finds to contradict a claim about real scalars: numbers for names and unknowns, the simplest first."""
    return _numbers(claim, lambda region: region.without(claim.statement))


def _found(claim: Claim, ask: Callable[[Region], Model | None]) -> Iterator[Instance]:
    made = (instance_with(claim, numbers) for numbers in _numbers(claim, ask))
    yield from {repr(instance): instance for instance in made if instance is not None}.values()


def _numbers(claim: Claim, ask: Callable[[Region], Model | None]) -> Iterator[dict[Term, ExactNumber]]:
    model = ask(Region(claim, conditions_of(claim), Ranges(claim.given))) if concerns(claim) else None
    if model is not None and model.values:
        yield from (dict(zip(model.values, numbers, strict=True)) for numbers in zip(*model.values.values(), strict=True))


def instance_with(claim: Claim, numbers: dict[Term, ExactNumber]) -> Instance | None:
    """The instance in which names and their entries have these values, and what z3 was not asked of is 1; None if it would be too large."""
    positions = _positions(claim)
    named = dimensions(claim.terms) | free_dimensions((claim.statement, *claim.given))  # "for every" may range over one that no term has
    sizes = {dim: _size(dim, numbers, positions, claim) for dim in named}
    if any(size > _LARGEST_SIZE for size in sizes.values()):
        return None
    known = {_place(term, positions, sizes): value for term, value in numbers.items()}
    values: dict[Quantity, Entries] = {}
    for name in sorted(symbols(claim.terms) - unvalued(claim.statement, claim.given), key=lambda symbol: symbol.name):
        rows, columns = matrix_size(name.size, sizes)
        keys: list[Quantity] = [(name, p) for p in family_positions(name, sizes)] if isinstance(name, Family) else [name]
        for key in keys:
            entry = [[known.get((key, i, j), Fraction(1)) for j in range(1, columns + 1)] for i in range(1, rows + 1)]
            values[key] = tuple(map(tuple, entry))
    return Instance(sizes, values, {index: positions[index] for index in claim.statement.free})


def _positions(claim: Claim) -> dict[Index, int]:
    """Different positions for different indices, none of which stands in the text as a number."""
    taken: dict[Dim, set[int]] = {}
    for position, dim in places(claim.statement):
        taken.setdefault(dim, set()).update([position] if isinstance(position, int) else [])
    found = {}
    for index in sorted(claim.statement.free, key=lambda index: index.name):
        used = taken.setdefault(index.dim, set())
        limit = index.dim if isinstance(index.dim, int) else None
        found[index] = next(position for position in count(1) if position not in used or position == limit)
        used.add(found[index])
    return found


def _size(dim: Dimension, numbers: dict[Term, ExactNumber], positions: dict[Index, int], claim: Claim) -> int:
    """The value of a dimension, rounded, or the least that has room for every position."""
    standing = [(positions[p] if isinstance(p, Index) else p) for p, of in places(claim.statement) if of == dim]
    return max(dim.least, round(float(numbers.get(dim, 0))), *standing, *([1] if not dim.least else []))


def _place(term: Term, positions: dict[Index, int], sizes: dict[Dimension, int]) -> tuple[Quantity | Term, int, int]:
    """The name and the row and column at which a number stands."""

    def at(position: Position | Term) -> int:
        if isinstance(position, Term):
            factors, constant = linear_form(position)
            return constant + sum(factor * sizes.get(dim, 0) for dim, factor in factors.items())  # a bound counter has no size
        return positions.get(position, 0) if isinstance(position, Index) else position

    inner, row, column = (term.operand, at(term.row), at(term.column)) if isinstance(term, Entry) else (term, 1, 1)
    key: Quantity | Term = (inner.family, stored(inner.family, tuple(map(at, inner.positions)), sizes)) if isinstance(inner, Member) else inner
    return key, row, column
