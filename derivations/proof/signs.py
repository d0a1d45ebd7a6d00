"""sign, |·| and relu in the normal form; all three through sign."""

from __future__ import annotations

from fractions import Fraction

from derivations.proof.algebra import Algebra
from derivations.proof.atoms import odd
from derivations.proof.coefficients import Coefficient
from derivations.proof.positivity import is_certainly_nonzero, is_positive, is_positive_coefficient
from derivations.proof.tensors import Tensor

__all__ = ["absolute", "is_known_nonzero", "know_relation", "relu", "sign_of"]


def sign_of(algebra: Algebra, z: Tensor) -> Tensor:
    """The sign: ±1 where it is known, else an atom of the argument without its positive factor."""
    if not z:
        return z
    if is_positive(algebra, z):
        return algebra.constant(1, z.axes)
    if is_positive(algebra, algebra.negate(z)):
        return algebra.constant(-1, z.axes)
    sign = odd(algebra, "sign", _without_positive_factor(algebra, z))
    number = _atom_number(algebra, sign)
    if number in algebra.known_signs:
        ((_, coefficient),) = sign
        direction = 1 if coefficient.leading > 0 else -1
        return algebra.constant(direction * algebra.known_signs[number], z.axes)
    return sign


def _without_positive_factor(algebra: Algebra, z: Tensor) -> Tensor:
    """The argument divided by a factor that is known to be positive: a number, or a positive coefficient of the lead."""
    lead = z.terms[min(z.terms)]
    if is_positive_coefficient(algebra, lead):
        return algebra.scale(z, Coefficient.number(1) / lead)
    if is_positive_coefficient(algebra, -lead):
        return algebra.scale(z, Coefficient.number(-1) / lead)
    return algebra.scale(z, 1 / abs(lead.leading))


def absolute(algebra: Algebra, z: Tensor) -> Tensor:
    """z·sign(z); where z ≥ 0 is known, z."""
    sign = algebra.apply("sign", z)
    number = _atom_number(algebra, sign)
    if number in algebra.nonnegative:
        ((_, coefficient),) = sign
        return algebra.scale(z, algebra.nonnegative[number] * (1 if coefficient.leading > 0 else -1))
    return algebra.multiply(z, sign)


def relu(algebra: Algebra, z: Tensor) -> Tensor:
    """(z + |z|)/2."""
    return algebra.scale(algebra.add(z, absolute(algebra, z)), Fraction(1, 2))


def know_relation(algebra: Algebra, z: Tensor, relation: str) -> None:
    """From now on every entry of z is known to stand in a relation to 0."""
    sign = sign_of(algebra, z)
    number = _atom_number(algebra, sign)
    if number is None:
        return
    ((_, coefficient),) = sign
    direction = (1 if coefficient.leading > 0 else -1) * (-1 if "<" in relation else 1)
    if relation in (">", "<"):
        algebra.known_signs[number] = direction
    if relation in (">=", "<="):
        algebra.nonnegative[number] = direction
    else:
        algebra.nonzero.add(number)


def is_known_nonzero(algebra: Algebra, z: Tensor) -> bool:
    """Whether a scalar is certainly not 0, or an assumption says so."""
    sign = sign_of(algebra, z)
    known = bool(algebra.as_scalar(sign).constant) or _atom_number(algebra, sign) in algebra.nonzero
    return known or is_certainly_nonzero(algebra, algebra.as_scalar(z))


def _atom_number(algebra: Algebra, tensor: Tensor) -> int | None:
    """The number of the atom that a tensor consists of, up to its sign."""
    if len(tensor.terms) != 1:
        return None
    (((factors, _), coefficient),) = tensor
    if factors:
        return factors[0][0]
    numbers = list(coefficient.generators())
    return algebra.ring.owners[numbers[0]][0][0][0] if len(numbers) == 1 else None
