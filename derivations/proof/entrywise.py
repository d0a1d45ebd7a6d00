"""Entries of matrices in terms of the entries of their parts."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from operator import add

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.shapes import sides
from derivations.language.terms import Entry, Number, Position, Term

__all__ = ["entry_of", "row_times_column"]

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
            return row_times_column(matrix, row, column)
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
    return None


def row_times_column(product: tm.MatMul, row: Position, column: Position) -> Term | None:
    """An entry of a product as the sum that it is; None for a length that is no number, or too large to write out."""
    length = sides(product.left.shape)[1]
    if not isinstance(length, int) or length > _LONGEST:
        return None
    return reduce(add, (Entry(product.left, row, k) * Entry(product.right, k, column) for k in range(1, length + 1)))
