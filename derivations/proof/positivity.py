"""What is known to be positive: sums of positive terms, products of positive factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivations.language.terms import Dimension
from derivations.proof.coefficients import Coefficient
from derivations.proof.tensors import Tensor

if TYPE_CHECKING:
    from derivations.proof.algebra import Algebra

__all__ = ["is_certainly_nonzero", "is_positive", "is_positive_coefficient"]


def is_certainly_nonzero(algebra: Algebra, coefficient: Coefficient) -> bool:
    """Whether a scalar is a number other than 0, or known to be positive or negative."""
    return bool(coefficient.constant) or is_positive_coefficient(algebra, coefficient) or is_positive_coefficient(algebra, -coefficient)


def is_positive(algebra: Algebra, z: Tensor) -> bool:
    """Whether every entry is known to be > 0: a sum of positive terms, each present in every entry."""
    return bool(z.terms) and all(
        is_positive_coefficient(algebra, coefficient)
        and _positive_factors(algebra, factors)
        and all(slot >= 0 and free.count(slot) == 1 for slot in free)
        for (factors, free), coefficient in z
    )


def is_positive_coefficient(algebra: Algebra, coefficient: Coefficient) -> bool:
    """Whether a scalar is known to be > 0: positive factors and generators throughout."""
    if not coefficient:
        return False
    sides = (Coefficient(coefficient.numerator), Coefficient(coefficient.denominator))
    return all(factor > 0 and all(_positive_generator(algebra, number) for number in powers) for side in sides for factor, powers in side.monomials())


def _positive_generator(algebra: Algebra, number: int) -> bool:
    return _positive_factors(algebra, algebra.ring.owners[number][0])


def _positive_factors(algebra: Algebra, factors: Any) -> bool:
    return all(_positive_atom(algebra, number) for number, _ in factors)


def _positive_atom(algebra: Algebra, number: int) -> bool:
    atom = algebra.atoms[number]
    if number in algebra.positive or atom.kind in ("exp", "tanh slope") or (isinstance(atom.name, Dimension) and atom.name.least > 0):
        return True
    if atom.kind in ("reciprocal", "sqrt") and atom.argument is not None:
        return is_positive(algebra, atom.argument)
    return False
