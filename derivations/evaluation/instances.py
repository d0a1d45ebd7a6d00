"""Instances: concrete sizes and exact values for the names of a claim. Every number system evaluates at the same instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from derivations.language.algebraic import ExactNumber
from derivations.language.assumptions import Assumption, Property
from derivations.language.errors import DeclarationError
from derivations.language.implicit import Rank
from derivations.language.shapes import Dim, Shape, sides
from derivations.language.terms import Dimension, Family, Index, Number, Relation, Symbol, Term

__all__ = ["Entries", "Instance", "assumed_rank", "family_positions", "length", "matrix_size", "rank_fits", "standings", "stored"]

Entries: TypeAlias = tuple[tuple[ExactNumber, ...], ...]
"""The rows of a matrix; a scalar is ((x,),)."""

Quantity: TypeAlias = Symbol | tuple[Family, tuple[int, ...]]
"""What has a value of its own: a symbol, or a member of a family at integer positions."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Sizes of the dimensions, exact entries of symbols and family members, and values of the claim's free indices.

    Attributes:
        chance: chooses among the laws that the declaration of a random name allows (see `expectations`).
    """

    sizes: Mapping[Dimension, int]
    values: Mapping[Quantity, Entries]
    positions: Mapping[Index, int]
    chance: int = 0

    def size(self, dim: Dim) -> int:
        """The integer that a dimension stands for here."""
        return dim if isinstance(dim, int) else self.sizes[dim]  # type: ignore[index]

    def rational(self, quantity: Quantity) -> tuple[tuple[Fraction, ...], ...]:
        """The value of a quantity that is known to be rational.

        Raises:
            DeclarationError: it is not.
        """
        return tuple(tuple(_fraction(entry) for entry in row) for row in self.values[quantity])

    @property
    def is_rational(self) -> bool:
        """Whether all entries are."""
        return all(isinstance(entry, Fraction) for rows in self.values.values() for row in rows for entry in row)


def _fraction(entry: ExactNumber) -> Fraction:
    if not isinstance(entry, Fraction):
        raise DeclarationError(f"{entry} is irrational; expected a rational entry")
    return entry


def length(dim: Dim, sizes: Mapping[Dimension, int]) -> int:
    """The integer that a dimension stands for."""
    return dim if isinstance(dim, int) else sizes[dim]  # type: ignore[index]


def matrix_size(shape: Shape, sizes: Mapping[Dimension, int]) -> tuple[int, int]:
    """Rows and columns as integers."""
    rows, columns = sides(shape)
    return length(rows, sizes), length(columns, sizes)


def assumed_rank(assumption: Assumption) -> tuple[Term, Dim] | None:
    """A matrix and its rank, a dimension or an integer, where the assumption is ``rank(A) = r``."""
    match assumption:
        case Relation(Rank(matrix), "=", Dimension() as rank) | Relation(Dimension() as rank, "=", Rank(matrix)):
            return matrix, rank
        case Relation(Rank(matrix), "=", Number(value)) | Relation(Number(value), "=", Rank(matrix)) if value.denominator == 1 and value >= 0:
            return matrix, int(value)
    return None


_BEYOND_THE_COUNTERS = 3
"""So many members more than the counters count, for positions such as k + 2."""
_LONG = {"full column rank": 1, "orthonormal columns": 1, "full row rank": -1}
"""The properties that need at least as many rows as columns (1), or the reverse (−1)."""


def rank_fits(assumption: Assumption, sizes: Mapping[Dimension, int]) -> bool:
    """Whether a matrix of these sizes can have the rank that an assumption asks for: independent columns need as many rows, and so on."""
    if isinstance(assumption, Property):
        rows, columns = matrix_size(assumption.term.shape, sizes)
        return (rows - columns) * _LONG.get(assumption.kind, 0) >= 0
    found = assumed_rank(assumption)
    return found is None or length(found[1], sizes) <= min(matrix_size(found[0].shape, sizes))


def family_positions(family: Family, sizes: Mapping[Dimension, int]) -> list[tuple[int, ...]]:
    """Every position of a family, in order; of one with a member for every integer, those of which the others are copies."""
    if family.is_numbered:
        return [(position,) for position in range(_period(sizes))]
    return list(product(*(range(1, (axis if isinstance(axis, int) else sizes[axis]) + 1) for axis in family.axes)))  # type: ignore[index]


def stored(family: Family, positions: tuple[int, ...], sizes: Mapping[Dimension, int]) -> tuple[int, ...]:
    """The position at which an instance has the value of a member. A family with a member for every integer has values that repeat: they are
    given from 0 on, and as many that those that few steps reach all differ.
    """
    return (positions[0] % _period(sizes),) if family.is_numbered else positions


def _period(sizes: Mapping[Dimension, int]) -> int:
    return _BEYOND_THE_COUNTERS + sum(size for dim, size in sizes.items() if not dim.least)


def standings(free: Iterable[Index], sizes: Mapping[Dimension, int]) -> list[dict[Index, int]]:
    """Every way in which free indices can stand."""
    indices = sorted(free, key=lambda index: index.name)
    ranges = (range(1, length(index.dim, sizes) + 1) for index in indices)
    return [dict(zip(indices, positions, strict=True)) for positions in product(*ranges)]
