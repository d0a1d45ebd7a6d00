"""Matrices of exact numbers, for entries whose numbers may vary: rows of integers or fractions, a column has rows of one number."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from derivations.language.constructors import literal
from derivations.language.errors import DeclarationError
from derivations.language.terms import Term

__all__ = ["Rational", "Rows", "Vector", "column", "entrywise", "product", "relu_slopes", "relu_values", "squared_norm", "to_term", "transposed"]

Rational: TypeAlias = int | Fraction
Vector: TypeAlias = tuple[Rational, ...]
Rows: TypeAlias = tuple[Vector, ...]


def column(entries: Vector) -> Rows:
    """The entries as a column."""
    return tuple((entry,) for entry in entries)


def to_term(rows: Rows) -> Term:
    """The literal matrix with these rows."""
    return literal(*rows)


def transposed(rows: Rows) -> Rows:
    """The transpose."""
    return tuple(zip(*rows, strict=True))


def product(left: Rows, right: Rows) -> Rows:
    """The matrix product.

    Raises:
        DeclarationError: the inner sizes differ.
    """
    if any(len(row) != len(right) for row in left):
        raise DeclarationError(f"rows of {left} do not have the length of the columns of {right}: cannot multiply")
    return tuple(tuple(sum((a * b for a, b in zip(row, other, strict=True)), Fraction(0)) for other in transposed(right)) for row in left)


def entrywise(left: Rows, right: Rows) -> Rows:
    """The entrywise product of two matrices of one shape."""
    return tuple(tuple(a * b for a, b in zip(row, other, strict=True)) for row, other in zip(left, right, strict=True))


def squared_norm(rows: Rows) -> Rational:
    """The sum of the squared entries."""
    return sum((entry * entry for row in rows for entry in row), Fraction(0))


def relu_values(rows: Rows) -> Rows:
    """max(0, ·) of every entry."""
    return tuple(tuple(max(entry, 0) for entry in row) for row in rows)


def relu_slopes(rows: Rows) -> Rows:
    """The derivative of ReLU at every entry.

    Raises:
        DeclarationError: an entry is 0, where ReLU has no derivative.
    """
    entries = [entry for row in rows for entry in row]
    if 0 in entries:
        raise DeclarationError(f"the preactivations {', '.join(map(str, entries))} meet the kink of ReLU at 0; choose other numbers")
    return tuple(tuple(int(entry > 0) for entry in row) for row in rows)
