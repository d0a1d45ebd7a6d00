"""Exact matrices with a property, each made of a matrix of any entries: as many kinds of them as there are kinds of entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import TypeAlias

__all__ = ["CONSTRUCTORS", "OF_ANY_ORDER", "Rows", "of_low_rank", "of_rank", "with_rational_spectrum"]

Rows: TypeAlias = list[list[Fraction]]
"""A matrix, row by row."""


def _symmetric(matrix: Rows) -> Rows:
    """The upper triangle, mirrored."""
    return [[matrix[min(i, j)][max(i, j)] for j in range(len(matrix))] for i in range(len(matrix))]


def _gram_plus_identity(matrix: Rows) -> Rows:
    """B Bᵀ + I is symmetric positive definite."""
    return [[entry + int(i == j) for j, entry in enumerate(row)] for i, row in enumerate(_gram(matrix))]


def _gram(matrix: Rows) -> Rows:
    return _product(matrix, _flipped(matrix))


def _semidefinite(matrix: Rows) -> Rows:
    """B Bᵀ, with a zero row in B where its first entry is not positive, is positive semidefinite of any rank."""
    return _gram([[entry if row[0] > 0 else Fraction(0) for entry in row] for row in matrix])


def _invertible(matrix: Rows) -> Rows:
    """L U with unit lower L and an upper U without zeros on the diagonal is invertible."""
    n = len(matrix)
    lower = [[matrix[i][j] if j < i else Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    upper = [[matrix[i][j] if j > i else (matrix[i][j] or Fraction(1)) * int(i == j) for j in range(n)] for i in range(n)]
    return _product(lower, upper)


def _similar_to_triangular(matrix: Rows) -> Rows:
    """L T L⁻¹ with the upper triangle T has the diagonal for its eigenvalues; L is made of the entries below it, one after the other."""
    n = len(matrix)
    result = [[entry if j >= i else Fraction(0) for j, entry in enumerate(row)] for i, row in enumerate(matrix)]
    for line, column in combinations(range(n)[::-1], 2):
        factor = matrix[line][column]
        result[line] = [entry + factor * other for entry, other in zip(result[line], result[column], strict=True)]
        for row in result:
            row[column] -= factor * row[line]
    return result


def _tall(matrix: Rows) -> Rows:
    """An invertible square on top of the rest has full column rank; with fewer rows than columns nothing has."""
    n = len(matrix[0])
    return [*_invertible(matrix[:n]), *matrix[n:]] if len(matrix) >= n else matrix


def _wide(matrix: Rows) -> Rows:
    return _flipped(_tall(_flipped(matrix)))


def _orthonormal(matrix: Rows) -> Rows:
    """The first columns of a product of reflections I − 2vvᵀ/vᵀv, one along each column v; the first one negated where the last entry is < 0.

    Every orthogonal matrix is such a product (Cartan & Dieudonné), and of rational ones with rational v; so signed permutations and both
    determinants are among them.
    """
    columns = len(matrix[0])
    result = [[Fraction(int(i == j)) for j in range(columns)] for i in range(len(matrix))]
    for v in _flipped(matrix):
        square = sum((entry * entry for entry in v), Fraction(0))
        if square:
            shares = [2 * sum((v[i] * row[j] for i, row in enumerate(result)), Fraction(0)) / square for j in range(columns)]
            result = [[entry - v[i] * shares[j] for j, entry in enumerate(row)] for i, row in enumerate(result)]
    turn = -1 if matrix[-1][-1] < 0 else 1
    return [[row[0] * turn, *row[1:]] for row in result]


def _projection(matrix: Rows) -> Rows:
    """The projection onto the columns whose first entry is positive: of any rank, from 0 to all."""
    return _onto([column for column in _flipped(matrix) if column[0] > 0], len(matrix))


def _onto(columns: Sequence[list[Fraction]], n: int) -> Rows:
    """The orthogonal projection onto the span of some vectors of n entries, one after the other (Gram & Schmidt)."""
    result = [[Fraction(0)] * n for _ in range(n)]
    for column in columns:
        rest = [x - sum((result[i][j] * column[j] for j in range(n)), Fraction(0)) for i, x in enumerate(column)]
        square = sum((x * x for x in rest), Fraction(0))
        if square:
            result = [[result[i][j] + rest[i] * rest[j] / square for j in range(n)] for i in range(n)]
    return result


def _product(left: Rows, right: Rows) -> Rows:
    return [[sum((row[k] * right[k][j] for k in range(len(right))), Fraction(0)) for j in range(len(right[0]))] for row in left]


def _flipped(matrix: Rows) -> Rows:
    return [list(column) for column in zip(*matrix, strict=True)]


CONSTRUCTORS: dict[str, Callable[[Rows], Rows]] = {
    "positive definite": _gram_plus_identity,
    "orthogonal": _orthonormal,
    "orthonormal columns": _orthonormal,
    "projection": _projection,
    "positive semidefinite": _semidefinite,
    "invertible": _invertible,
    "full column rank": _tall,
    "full row rank": _wide,
    "symmetric": _symmetric,
    "real eigenvalues": _similar_to_triangular,
}
"""How a matrix with a property is made of any matrix; of several properties the first is made, and the others are tested."""

OF_ANY_ORDER = ("invertible", "full column rank", "full row rank")
"""The properties that do not depend on the order of rows and columns; it is drawn, since the constructors prefer one."""


def of_rank(left: Rows, right: Rows, kinds: frozenset[str]) -> Rows:
    """A matrix (n, d) of rank r, made of matrices (n, r) and (r, d) of any entries; with the first of the properties that can be kept."""
    construct = next((construct for kind, construct in _OF_RANK.items() if kind in kinds), None)
    tall = _tall(left)
    return construct(tall) if construct is not None else _product(tall, _wide(right))


def _signed_gram(matrix: Rows) -> Rows:
    """B D Bᵀ with a diagonal D of signs, negative where the first entry of the row of B is."""
    signs = [-1 if row[0] < 0 else 1 for row in matrix[: len(matrix[0])]]
    return _product([[entry * sign for entry, sign in zip(row, signs, strict=True)] for row in matrix], _flipped(matrix))


_OF_RANK: dict[str, Callable[[Rows], Rows]] = {
    "projection": lambda matrix: _onto(_flipped(matrix), len(matrix)),
    "positive semidefinite": _gram,
    "symmetric": _signed_gram,
}
"""How a matrix with a property is made of one with independent columns, whose rank it has."""


def of_low_rank(matrix: Rows) -> Rows:
    """A matrix (n, d) of rank less than n and d: of its columns, or rows if they are fewer, two are alike, or one is zero; or all is zero."""
    if len(matrix) < len(matrix[0]):
        return _flipped(of_low_rank(_flipped(matrix)))
    first, last = matrix[0][0] > 0, matrix[-1][-1] > 0
    if len(matrix[0]) > 1 and first:
        return [[*row[:-1], row[0]] for row in matrix]
    return [[entry if last and j else Fraction(0) for j, entry in enumerate(row)] for row in matrix]


def with_rational_spectrum(matrix: Rows, basis: Rows, kinds: frozenset[str]) -> Rows | None:
    """X = D B (n, d) with D of the diagonal of a matrix (n, d), and B (d, d) whose rows are orthogonal: so XXᵀ is diagonal, and XᵀX has the
    same eigenvalues, besides zeros. Of a symmetric kind BᵀDB, which has those of D BBᵀ. None where the properties need another form.
    """
    if kinds & {"orthogonal", "orthonormal columns", "projection", "real eigenvalues"}:
        return None
    turn = _orthogonal_rows(basis)
    diagonal = [[entry if i == j else Fraction(0) for j, entry in enumerate(row)] for i, row in enumerate(matrix)]
    if kinds & {"invertible", "full column rank", "full row rank", "positive definite"}:
        diagonal = [[entry or Fraction(int(i == j)) for j, entry in enumerate(row)] for i, row in enumerate(diagonal)]
    if kinds & {"positive definite", "positive semidefinite"}:
        diagonal = [[abs(entry) for entry in row] for row in diagonal]
    if kinds & {"symmetric", "positive definite", "positive semidefinite"}:
        return _product(_flipped(turn), _product(diagonal, turn))
    return _product(diagonal, turn)


def _orthogonal_rows(basis: Rows) -> Rows:
    """Integer rows, orthogonal to each other: those of a product of reflections along columns of signs, made whole; two of them p, q may be
    made p + q, p − q.
    """
    turn = _orthonormal([[Fraction((entry > 0) - (entry < 0)) for entry in row] for row in basis])
    whole = lcm(*(entry.denominator for row in turn for entry in row))
    rows = [[entry * whole for entry in row] for row in turn]
    if basis[0][0] > 0 and len(rows) > 1:
        first, second, *rest = rows
        return [[p + q for p, q in zip(first, second, strict=True)], [p - q for p, q in zip(first, second, strict=True)], *rest]
    return rows
