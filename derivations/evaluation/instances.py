"""Instances: concrete sizes and exact values for the names of a claim. Every number system evaluates at the same instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from derivations.language.shapes import Dim, Shape, sides
from derivations.language.terms import Dimension, Family, Index, Symbol

__all__ = ["Entries", "Instance", "family_positions", "matrix_size"]

Entries: TypeAlias = tuple[tuple[Fraction, ...], ...]
"""The rows of a matrix; a scalar is ((x,),)."""

Quantity: TypeAlias = Symbol | tuple[Family, tuple[int, ...]]
"""What has a value of its own: a symbol, or a member of a family at integer positions."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Sizes of the dimensions, exact entries of symbols and family members, and values of the claim's free indices."""

    sizes: Mapping[Dimension, int]
    values: Mapping[Quantity, Entries]
    positions: Mapping[Index, int]

    def size(self, dim: Dim) -> int:
        """The integer that a dimension stands for here."""
        return dim if isinstance(dim, int) else self.sizes[dim]  # type: ignore[index]


def matrix_size(shape: Shape, sizes: Mapping[Dimension, int]) -> tuple[int, int]:
    """Rows and columns as integers."""
    rows, columns = sides(shape)
    return (
        rows if isinstance(rows, int) else sizes[rows],  # type: ignore[index]
        columns if isinstance(columns, int) else sizes[columns],  # type: ignore[index]
    )


def family_positions(family: Family, sizes: Mapping[Dimension, int]) -> list[tuple[int, ...]]:
    """Every position of a family, in order."""
    return list(product(*(range(1, (axis if isinstance(axis, int) else sizes[axis]) + 1) for axis in family.axes)))  # type: ignore[index]
