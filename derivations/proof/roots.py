"""Square roots in the normal form: squares are taken out as |·|, and what is positive has a root of its own."""

from __future__ import annotations

from fractions import Fraction

from derivations.proof.algebra import Algebra
from derivations.proof.atoms import atom_of, constant_of, is_constant, scalar_atom
from derivations.proof.coefficients import Coefficient
from derivations.proof.integers import factors_of
from derivations.proof.signs import absolute, by_sign, is_known_nonnegative
from derivations.proof.tensors import Tensor

__all__ = ["square_root"]


def square_root(algebra: Algebra, z: Tensor) -> Tensor:
    """The square root of every entry: √(q²r) = |q|√r, and √(pr) = √p √r where p > 0 is known, or p ≥ 0 and r ≥ 0."""
    if not z:
        return z
    number, positive, unknown = by_sign(algebra, z)
    root = algebra.constant(_root_of_number(algebra, abs(number)), z.axes)
    inside = algebra.constant(1 if number > 0 else -1, z.axes)
    for part, power in positive:
        root = algebra.multiply(root, _power(algebra, part, power // 2))
        root = algebra.multiply(root, atom_of(algebra, "sqrt", part)) if power % 2 else root
    apart = number > 0 and all(is_known_nonnegative(algebra, part) for part, power in unknown if power % 2)
    for part, power in unknown:
        root = algebra.multiply(root, _power(algebra, absolute(algebra, part), power // 2)) if power // 2 else root
        if power % 2 and apart:
            root = algebra.multiply(root, atom_of(algebra, "sqrt", part))
        elif power % 2:
            inside = algebra.multiply(inside, part)
    if is_constant(inside) and constant_of(inside).constant == 1:
        return root
    return algebra.multiply(root, atom_of(algebra, "sqrt", inside))


def _power(algebra: Algebra, base: Tensor, exponent: int) -> Tensor:
    """A power of a tensor; a negative one of a constant."""
    if exponent >= 0:
        return algebra.power(base, exponent)
    return algebra.power(algebra.constant(Coefficient.number(1) / constant_of(base), base.axes), -exponent)


def _root_of_number(algebra: Algebra, value: Fraction) -> Coefficient:
    """√(p/q) = √(pq)/q, with squares taken out, one generator for each prime."""
    root = Coefficient.number(Fraction(1, value.denominator))
    for prime, exponent in factors_of(value.numerator * value.denominator):
        root = root * Coefficient.number(prime ** (exponent // 2))
        if exponent % 2:
            root = root * scalar_atom(algebra, "sqrt", Coefficient.number(prime))
    return root
