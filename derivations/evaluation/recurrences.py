"""Linear recurrences with constant coefficients over the rationals: the shortest one of a sequence, and whether the sequence converges.

A sequence f with Σ_j q_j f(k + j) = 0 for all k ≥ m, with q the shortest such, is a sum of p_a(k)·a^k over the roots a of q. So it converges
exactly if every root lies in the open unit disc, but for a simple root 1, which is the constant part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_poly

__all__ = ["Recurrence", "is_stable", "limit_of", "shortest_recurrence"]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Σ_j q_j f(k + j) = 0 for all k ≥ transient, where q does not vanish at 0.

    Attributes:
        polynomial: q, monic.
        transient: how many first terms are not bound by it.
    """

    polynomial: Any
    transient: int

    @property
    def order(self) -> int:
        """How many terms determine all others."""
        return int(self.polynomial.degree()) + self.transient


def shortest_recurrence(values: Sequence[fmpq]) -> Recurrence:
    """The shortest recurrence that the values obey; the sequence's own if they are at least twice as many as its order.

    Source: J. Massey, Shift-register synthesis and BCH decoding, IEEE Transactions on Information Theory 15 (1969).
    """
    zero, one = fmpq(0), fmpq(1)
    current, previous = fmpq_poly([1]), fmpq_poly([1])  # C with Σ_i C_i f(k − i) = 0, and the C before its order last grew
    order, since, previous_error = 0, 1, one
    for k, value in enumerate(values):
        coefficients = current.coeffs()
        error = sum((coefficients[i] * values[k - i] for i in range(1, len(coefficients))), value)
        if error == zero:
            since += 1
            continue
        better = current - error / previous_error * previous.left_shift(since)
        if 2 * order <= k:
            order, previous, previous_error, since = k + 1 - order, current, error, 1
        else:
            since += 1
        current = better
    return Recurrence(fmpq_poly(current.coeffs()[::-1]), order - int(current.degree()))


def limit_of(values: Sequence[fmpq], order: int) -> fmpq | None:
    """The limit of a sequence with a recurrence of at most this order, from its first terms; None where it has no limit.

    Raises:
        AssertionError: the first terms obey no recurrence of this order, or they are fewer than twice as many.
    """
    recurrence = shortest_recurrence(values)
    if len(values) < 2 * order or recurrence.order > order:
        raise AssertionError(f"{len(values)} terms with a recurrence of order {recurrence.order}, where at most {order} is known")
    polynomial = recurrence.polynomial
    if polynomial(1) != 0:
        return fmpq(0) if is_stable(polynomial) else None
    rest = polynomial // fmpq_poly([-1, 1])
    if not is_stable(rest):
        return None  # also where 1 is a multiple root
    constant = sum((factor * values[recurrence.transient + j] for j, factor in enumerate(rest.coeffs())), fmpq(0))
    return fmpq(constant / rest(1))


def is_stable(polynomial: Any) -> bool:
    """Whether every root, also a complex one, lies in the open unit disc: Schur's criterion, one degree less at each step.

    Source: I. Schur, Über Potenzreihen, die im Innern des Einheitskreises beschränkt sind, J. reine angew. Math. 148 (1918).
    """
    while polynomial.degree() > 0:
        coefficients = polynomial.coeffs()
        first, last = coefficients[0], coefficients[-1]
        if abs(first) >= abs(last):
            return False
        reduced = [last * a - first * b for a, b in zip(coefficients, coefficients[::-1], strict=True)][1:]
        polynomial = fmpq_poly([a / reduced[-1] for a in reduced])
    return True
