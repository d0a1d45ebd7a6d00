"""Eigenvalues of symmetric matrices: exact where they are rational, else certainly enclosed; by the characteristic polynomial."""

from __future__ import annotations

from typing import Any

from flint import acb, acb_mat, arb, fmpq, fmpq_mat

from derivations.evaluation.duals import Dual
from derivations.evaluation.fields import EXACT, Field, rational
from derivations.evaluation.interpreter import EvaluationError, Imprecise, Inexact, OutsideDomain

__all__ = ["eigenvalues"]


def eigenvalues(field: Field, matrix: list[list[Any]]) -> list[Any]:
    """The eigenvalues, each as often as its multiplicity, in ascending order, as entries of a field; those of the matrix (n, n) may be
    exact where the field is balls.

    Raises:
        OutsideDomain: the matrix is not symmetric, or its entries are varied.
        Inexact: the field is exact, and an eigenvalue is irrational.
        Imprecise: balls in which the eigenvalues are not found.
    """
    if any(isinstance(entry, Dual) for row in matrix for entry in row):
        raise OutsideDomain("the derivative of eigenvalues")
    if not all(_may_be_equal(matrix[i][j], matrix[j][i]) for i in range(len(matrix)) for j in range(i)):
        raise OutsideDomain("the eigenvalues of a matrix that is not symmetric")
    if isinstance(matrix[0][0], fmpq):
        rational_roots, others = _roots(matrix)
        if not others:
            return [field.number(rational(root)) for root in rational_roots]
        if field is EXACT:
            raise Inexact("an eigenvalue is irrational")
        return _ascending([*map(arb, rational_roots), *others])
    return _ascending(_enclosures(matrix))


def _may_be_equal(a: Any, b: Any) -> bool:
    """Whether exact entries are equal, or balls overlap: that a matrix of balls is symmetric is known by its form, see `proof.domain`."""
    return bool(a == b if isinstance(a, fmpq) else (a - b).contains(0))


def _roots(matrix: list[list[fmpq]]) -> tuple[list[fmpq], list[arb]]:
    """The roots of the characteristic polynomial: the rational ones in ascending order, and enclosures of the others, which are real."""
    polynomial = fmpq_mat(matrix).charpoly()
    found = [root for root, count in polynomial.roots() for _ in range(count)]
    for root in found:
        polynomial //= type(polynomial)([-root, 1])
    others: Any = polynomial.complex_roots() if polynomial.degree() else ()
    return sorted(found), [root.real for root, count in others for _ in range(count)]


def _enclosures(matrix: list[list[acb]]) -> list[arb]:
    try:
        return [value.real for value in acb_mat(matrix).eig(multiple=True)]
    except ValueError as error:
        raise Imprecise(f"the eigenvalues are not found: {error}") from error


def _ascending(enclosures: list[arb]) -> list[acb]:
    """Of numbers in [a₁, b₁] … [aₙ, bₙ], the k-th smallest lies between the k-th smallest a and the k-th smallest b."""
    if not all(enclosure.is_finite() for enclosure in enclosures):
        raise EvaluationError("an eigenvalue without finite bounds")
    lows, highs = (sorted(ends) for ends in ([e.lower() for e in enclosures], [e.upper() for e in enclosures]))
    return [acb(low if low == high else low.union(high)) for low, high in zip(lows, highs, strict=True)]
