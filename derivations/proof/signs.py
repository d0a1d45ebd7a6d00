"""sign, |·| and relu in the normal form; all three through signs, and the sign of a product is the product of the signs."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from derivations.proof.algebra import Algebra
from derivations.proof.atoms import constant_of, is_constant, leading_sign, odd
from derivations.proof.coefficients import Coefficient
from derivations.proof.factors import Parts, argument_in, factored, function_in
from derivations.proof.positivity import is_certainly_nonzero, is_positive, is_positive_coefficient
from derivations.proof.scalar_powers import power_in, scalar_power
from derivations.proof.tensors import Tensor

__all__ = ["absolute", "by_sign", "is_known_nonnegative", "is_known_nonzero", "is_known_positive", "know_relation", "relu", "sign_of"]

_SAME_SIGN = ("reciprocal", "tanh")
"""The functions that have the sign of their argument."""


def sign_of(algebra: Algebra, z: Tensor) -> Tensor:
    """The sign of every entry: the product of the signs of its factors."""
    if not z:
        return z
    if is_positive(algebra, z):
        return algebra.constant(1, z.axes)
    number, parts = factored(algebra, z)
    if len(parts) > 1:
        algebra.used.add("sign of a product")
    return _product_of_signs(algebra, number, [(_sign_of_part(algebra, part), power) for part, power in parts], z)


def absolute(algebra: Algebra, z: Tensor) -> Tensor:
    """z·sign(z), with ±1 for the signs of the factors of which it is known on which side of 0 they never are."""
    if not z or _is_listed(algebra, z):
        return z
    number, parts = factored(algebra, z)
    if len(parts) > 1:
        algebra.used.add("sign of a product")
    sides = [(_side(algebra, part), 1) for part, power in parts if power % 2]
    return algebra.multiply(z, _product_of_signs(algebra, number, sides, z))


def relu(algebra: Algebra, z: Tensor) -> Tensor:
    """(z + |z|)/2."""
    result = algebra.scale(algebra.add(z, absolute(algebra, z)), Fraction(1, 2))
    if result:
        algebra.nonnegative.add(_standard(algebra, result).key)
    return result


def _product_of_signs(algebra: Algebra, number: Fraction, signs: list[tuple[Tensor, int]], like: Tensor) -> Tensor:
    """The product of powers of signs, which depend on whether the power is even; the sign of what is never 0 vanishes from its square."""
    result = algebra.constant(1 if number > 0 else -1, like.axes)
    for sign, power in signs:
        for _ in range(1 if power % 2 else 2):
            result = algebra.multiply(result, sign)
    return result


def _sign_of_part(algebra: Algebra, part: Tensor) -> Tensor:
    """The sign of what has no factors: ±1 where it is known, else an atom of the argument without its positive factor."""
    if is_positive(algebra, part):
        return algebra.constant(1, part.axes)
    if leading_sign(part) < 0 and is_positive(algebra, algebra.negate(part)):
        return algebra.constant(-1, part.axes)
    function = function_in(algebra, part)
    if function == "sign":
        return part
    if function in _SAME_SIGN:
        return sign_of(algebra, argument_in(algebra, part))
    power = power_in(algebra, constant_of(part)) if is_constant(part) else None
    if power is None:
        return _sign_atom(algebra, part)
    base, counter, direction = power
    inner = algebra.as_scalar(sign_of(algebra, algebra.constant(base)))
    if inner.constant is not None:
        return algebra.constant(scalar_power(algebra, inner, counter) * Coefficient.number(direction), part.axes)
    sign = _sign_atom(algebra, part)
    if is_known_nonzero(algebra, algebra.constant(base)) and (number := algebra.only_atom(sign)) is not None and number not in algebra.nonzero:
        algebra.nonzero.add(number)
        sign = _sign_atom(algebra, part)
    return sign


def _sign_atom(algebra: Algebra, part: Tensor) -> Tensor:
    sign = odd(algebra, "sign", _standard(algebra, part))
    number, direction = _signed_atom(algebra, sign)
    if number is None or number not in algebra.known_signs:
        return sign
    return algebra.constant(algebra.known_signs[number] * Coefficient.number(direction), part.axes)


def _standard(algebra: Algebra, z: Tensor) -> Tensor:
    """The tensor divided by a factor that is known to be positive: a number, or a positive coefficient of the lead."""
    lead = z.terms[min(z.terms)]
    if is_positive_coefficient(algebra, lead):
        return algebra.scale(z, Coefficient.number(1) / lead)
    if is_positive_coefficient(algebra, -lead):
        return algebra.scale(z, Coefficient.number(-1) / lead)
    return algebra.scale(z, 1 / abs(lead.leading))


# --------------------------------------------------------------------------------------------------------- what is known


def know_relation(algebra: Algebra, z: Tensor, relation: str) -> None:
    """From now on every entry of z is known to stand in a relation to 0."""
    if not z or is_positive(algebra, z):
        return
    number, parts = factored(algebra, z)
    signs = [(_sign_of_part(algebra, part), power) for part, power in parts]
    direction = (1 if number > 0 else -1) * (-1 if "<" in relation else 1) * prod(_known_sign(sign) or 1 for sign, power in signs if power % 2)
    unknown = [(sign, power) for sign, power in signs if not _known_sign(sign)]
    if relation in (">=", "<="):
        algebra.nonnegative.add(_standard(algebra, z if relation == ">=" else algebra.negate(z)).key)
        if len(unknown) == 1 and unknown[0][1] % 2:
            atom, side = _signed_atom(algebra, unknown[0][0])
            algebra.nonnegative |= {(atom, side * direction)} if atom is not None else set()
        return
    algebra.nonzero.update(atom for sign, _ in unknown if (atom := algebra.only_atom(sign)) is not None)
    if relation in (">", "<"):
        _know_sign(algebra, [sign for sign, power in unknown if power % 2], direction)


def _know_sign(algebra: Algebra, signs: list[Tensor], direction: int) -> None:
    """The product of signs of what is not 0 is known: of one its sign, of several scalars the last sign by the others."""
    if not signs or (len(signs) > 1 and not all(map(is_constant, signs))):
        return
    value = Coefficient.number(direction)
    for sign in signs[:-1]:
        value = value * constant_of(sign)
    atom, side = _signed_atom(algebra, signs[-1])
    if atom is not None:
        algebra.known_signs[atom] = value * Coefficient.number(side)


def by_sign(algebra: Algebra, z: Tensor) -> tuple[Fraction, Parts, Parts]:
    """A number, parts that are known to be positive, and parts of unknown sign, whose product a tensor (not 0) is."""
    number, parts = factored(algebra, z)
    positive: Parts = []
    unknown: Parts = []
    for part, power in parts:
        sign = _known_sign_of(algebra, part)
        number = -number if sign < 0 and power % 2 else number
        (positive if sign else unknown).append((algebra.negate(part) if sign < 0 else part, power))
    return number, positive, unknown


def _known_sign_of(algebra: Algebra, part: Tensor) -> int:
    """±1 where that is known to be the sign of what has no factors, else 0; without an atom for a sign of which nothing can be known."""
    if is_positive(algebra, part):
        return 1
    if not algebra.known_signs and not algebra.powers and leading_sign(part) > 0 and function_in(algebra, part) not in _SAME_SIGN:
        return 0
    return _known_sign(_sign_of_part(algebra, part))


def _known_sign(sign: Tensor) -> int:
    """±1 where that is the sign of every entry, else 0."""
    return int(constant_of(sign).constant or 0) if is_constant(sign) else 0


def is_known_positive(algebra: Algebra, z: Tensor) -> bool:
    """Whether every entry is > 0, certainly or by an assumption."""
    number, _, unknown = by_sign(algebra, z) if z else (Fraction(0), [], [])
    return number > 0 and not unknown


def is_known_nonzero(algebra: Algebra, z: Tensor) -> bool:
    """Whether no entry is 0, certainly or by an assumption."""
    if not z:
        return False
    if is_constant(z) and is_certainly_nonzero(algebra, constant_of(z)):
        return True
    return all(algebra.only_atom(_sign_of_part(algebra, part)) in algebra.nonzero for part, _ in by_sign(algebra, z)[2])


def is_known_nonnegative(algebra: Algebra, z: Tensor) -> bool:
    """Whether every entry is ≥ 0 by an assumption, or as a root."""
    if not z or is_positive(algebra, z) or _is_listed(algebra, z):
        return True
    return (bool(algebra.nonnegative) or function_in(algebra, z) == "sqrt") and _known_sign(_side(algebra, z)) == 1


def _side(algebra: Algebra, part: Tensor) -> Tensor:
    """The sign of what has no factors, with 1 where no entry is negative and −1 where none is positive."""
    if function_in(algebra, part) == "sqrt":
        return algebra.constant(1, part.axes)
    sign = _sign_of_part(algebra, part)
    atom, direction = _signed_atom(algebra, sign)
    known = (side for side in (1, -1) if atom is not None and (atom, side * direction) in algebra.nonnegative)
    return next((algebra.constant(side, part.axes) for side in known), sign)


def _signed_atom(algebra: Algebra, sign: Tensor) -> tuple[int | None, int]:
    """The atom that a sign consists of, and 1 or −1, by which it is multiplied."""
    return algebra.only_atom(sign), 1 if leading_sign(sign) > 0 else -1


def _is_listed(algebra: Algebra, z: Tensor) -> bool:
    return bool(algebra.nonnegative) and _standard(algebra, z).key in algebra.nonnegative
