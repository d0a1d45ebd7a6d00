"""Eigenvalues of matrices of real algebraic numbers, exactly: of rational matrices of any size, of irrational ones with two rows.

Whether all eigenvalues are real is decided for any matrix, by Sturm's theorem: a polynomial p with s distinct roots has s sign changes fewer
at +∞ than at −∞ in p, p′ and their negated remainders exactly if all of them are real. (S. Basu, R. Pollack and M.-F. Roy, Algorithms in Real
Algebraic Geometry, 2nd ed., 2006, theorem 2.50; the characteristic polynomial by U. Le Verrier's sums of powers.)
"""

from __future__ import annotations

from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_mat

from derivations.evaluation.algebraic import nth_root, roots_of
from derivations.evaluation.fields import ALGEBRAIC
from derivations.evaluation.interpreter import Inexact

__all__ = ["algebraic_eigenvalues", "algebraic_moduli", "are_rational", "has_real_roots_only"]


def are_rational(matrix: list[list[Any]]) -> bool:
    """Whether all entries are rationals."""
    return all(isinstance(entry, fmpq) for row in matrix for entry in row)


def algebraic_eigenvalues(matrix: list[list[Any]]) -> list[Any]:
    """The eigenvalues of a symmetric matrix, in ascending order.

    Raises:
        Inexact: it has more than two rows, and an irrational entry.
    """
    if are_rational(matrix):
        factors = fmpq_mat(matrix).charpoly().factor()[1]
        return _ascending([root for factor, count in factors for root in roots_of(factor) * count])
    trace, determinant = _invariants(matrix)
    root = nth_root(trace * trace - 4 * determinant, 2)
    return _ascending([(trace + root) / 2, (trace - root) / 2])


def algebraic_moduli(matrix: list[list[Any]]) -> list[Any]:
    """The absolute values of the eigenvalues of a matrix with two rows, in ascending order.

    Raises:
        Inexact: it has more rows.
    """
    trace, determinant = _invariants(matrix)
    inside = trace * trace - 4 * determinant
    if ALGEBRAIC.sign(inside) < 0:
        return [nth_root(determinant, 2)] * 2
    root = nth_root(inside, 2)
    return _ascending([ALGEBRAIC.apply("abs", (trace + sign * root) / 2) for sign in (1, -1)])


def _invariants(matrix: list[list[Any]]) -> tuple[Any, Any]:
    """Trace and determinant."""
    if len(matrix) == 1:
        return 2 * matrix[0][0], matrix[0][0] * matrix[0][0]
    if len(matrix) > 2:
        raise Inexact("eigenvalues of a matrix of irrational entries with more than two rows")
    (a, b), (c, d) = matrix
    return a + d, a * d - b * c


def _ascending(values: list[Any]) -> list[Any]:
    def order(a: Any, b: Any) -> int:
        return ALGEBRAIC.sign(a - b)

    return sorted(values, key=cmp_to_key(order))


# ---------------------------------------------------------------------------------------------------- polynomials, constant first


def has_real_roots_only(matrix: list[list[Any]]) -> bool:
    """Whether all eigenvalues of a matrix are real."""
    sequence = [_characteristic(matrix)]
    following: list[Any] = _derivative(sequence[0])
    while following:
        sequence.append(following)
        following = [-factor for factor in _remainder(sequence[-2], following)]
    distinct = len(sequence[0]) - len(sequence[-1])  # the last one is the greatest common divisor of p and p′
    at_plus = [ALGEBRAIC.sign(polynomial[-1]) for polynomial in sequence]
    at_minus = [sign * (-1) ** (len(polynomial) - 1) for sign, polynomial in zip(at_plus, sequence, strict=True)]
    return _changes(at_minus) - _changes(at_plus) == distinct


def _changes(signs: list[int]) -> int:
    return sum(a != b for a, b in pairwise(signs))


def _characteristic(matrix: list[list[Any]]) -> list[Any]:
    """The characteristic polynomial: M_k = A M_{k−1} + c_{n−k+1} I and c_{n−k} = −tr(A M_k)/k."""
    n = len(matrix)
    zero, one = fmpq(0), fmpq(1)
    factors: list[Any] = [one]
    power: list[list[Any]] = [[zero] * n for _ in range(n)]
    for k in range(1, n + 1):
        power = [[entry + (factors[0] if i == j else zero) for j, entry in enumerate(row)] for i, row in enumerate(power)]
        power = [[sum((matrix[i][m] * power[m][j] for m in range(n)), zero) for j in range(n)] for i in range(n)]
        trace: Any = sum((power[i][i] for i in range(n)), zero)
        factors.insert(0, -trace / k)
    return factors


def _derivative(polynomial: list[Any]) -> list[Any]:
    return [k * factor for k, factor in enumerate(polynomial) if k]


def _remainder(dividend: list[Any], divisor: list[Any]) -> list[Any]:
    """What division leaves over; empty for 0."""
    rest = dividend[:]
    while len(rest) >= len(divisor):
        quotient = rest[-1] / divisor[-1]
        shift = len(rest) - len(divisor)
        rest = [factor - quotient * divisor[k - shift] if k >= shift else factor for k, factor in enumerate(rest)][:-1]
        while rest and ALGEBRAIC.sign(rest[-1]) == 0:
            rest.pop()
    return rest
