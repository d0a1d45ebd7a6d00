"""Entries of matrices in terms of the entries of their parts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import add

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.shapes import sides
from derivations.language.terms import Entry, Index, Number, Position, Relation, Term

__all__ = ["distributed", "entry_of", "of_entries", "row_times_column"]

_LONGEST = 16


def entry_of(matrix: Term, row: Position, column: Position) -> Term | None:
    """The entry at a position as a term in entries of the parts; None where the form of the matrix does not show it."""
    if not matrix.shape:
        return matrix

    def at(part: Term) -> Term:
        return Entry(part, row, column)

    match matrix:
        case tm.Literal(rows) if isinstance(row, int) and isinstance(column, int):
            return rows[row - 1][column - 1]
        case op.Named(_, _, body):
            return at(body)
        case tm.Transpose(inner):
            return Entry(inner, column, row)
        case tm.Row(inner, position):
            return Entry(inner, position, column)
        case tm.Column(inner, position):
            return Entry(inner, row, position)
        case tm.Add(left, right) | tm.Subtract(left, right) | op.Maximum(left, right) | op.Minimum(left, right):
            return type(matrix)(at(left), at(right))
        case tm.Hadamard(left, right):
            return at(left) * at(right)
        case tm.Negate(inner):
            return -at(inner)
        case tm.MatMul():
            opened = distributed(matrix)
            return row_times_column(matrix, row, column) or (None if opened is None else at(opened))
        case tm.Multiply(left, right):
            return at(left) * right if left.shape else left * at(right)
        case tm.Divide(left, right):
            return at(left) / right
        case tm.Filled(_, _, entry):
            return Number(Fraction(entry))
        case tm.HadamardPower(base, exponent):
            return at(base) ** exponent
        case op.Apply(function, argument, order):
            return op.Apply(function, at(argument), order)
        case op.Indicator(Relation(Term() as left, symbol, Term() as right)):
            return op.Indicator(Relation(at(left), symbol, at(right)))
    return None


def row_times_column(product: tm.MatMul, row: Position, column: Position) -> Term | None:
    """An entry of a product as the sum that it is; None for a length that is no number, or too large to write out."""
    length = sides(product.left.shape)[1]
    if not isinstance(length, int) or length > _LONGEST:
        return None
    return reduce(add, (Entry(product.left, row, k) * Entry(product.right, k, column) for k in range(1, length + 1)))


def of_entries(comparison: Relation) -> Relation:
    """A comparison of matrices as that of their entries, at new indices, which stand for any; one of scalars as it is."""
    left, right = comparison.left, comparison.right
    if not isinstance(left, Term) or not isinstance(right, Term) or not left.shape:
        return comparison
    row, column = (1 if dim == 1 else Index(name, dim) for name, dim in zip(("row", "column"), sides(left.shape), strict=True))
    return Relation(Entry(left, row, column), comparison.symbol, Entry(right, row, column))


def distributed(product: tm.MatMul) -> Term | None:
    """A product with what is added in a factor, and the scalars there, taken out of it; None where there is nothing to take out."""
    left, right = product.left, product.right
    opened = _opened(left, lambda part: part @ right)
    return _opened(right, lambda part: left @ part) if opened is None else opened


def _opened(factor: Term, around: Callable[[Term], Term]) -> Term | None:
    """A linear function of a factor as the same combination of its values that the factor is of its parts."""
    match factor:
        case tm.Add(left, right) | tm.Subtract(left, right):
            return type(factor)(around(left), around(right))
        case tm.Negate(inner):
            return -around(inner)
        case tm.Multiply(left, right) if factor.shape:
            return left * around(right) if right.shape else around(left) * right
        case tm.Divide(left, right) if factor.shape:
            return around(left) / right
        case tm.Transpose(inner):
            return _opened(inner, lambda part: around(tm.Transpose(part)))
        case op.Named(_, _, body) if factor.shape:
            return _opened(body, around)
    return None
