"""exp and log in the normal form: exp of a sum is a product, log of a product of positive factors is a sum."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.errors import UnsupportedError
from derivations.proof.algebra import Algebra
from derivations.proof.atoms import atom_of, constant_of, is_constant, scalar_atom, varying_labels
from derivations.proof.coefficients import Coefficient
from derivations.proof.factors import argument_in, function_in
from derivations.proof.integers import factors_of
from derivations.proof.networks import Network
from derivations.proof.scalar_powers import power_in
from derivations.proof.signs import by_sign, is_known_positive
from derivations.proof.tensors import Atom, Label, Tensor

__all__ = ["FinerExponents", "exponential", "logarithm"]


class FinerExponents(UnsupportedError):
    """The exponents of this claim need the given common denominator; start again with it."""

    def __init__(self, denominator: int) -> None:
        super().__init__(f"exponents with the common denominator {denominator}")
        self.denominator = denominator


def exponential(algebra: Algebra, z: Tensor) -> Tensor:
    """exp of a sum is the product of the exps of its parts, one part for each set of axes."""
    parts: dict[tuple[Label, ...], dict[Network, Coefficient]] = {}
    for network, coefficient in z:
        parts.setdefault(varying_labels(z, [network]), {})[network] = coefficient
    result = algebra.constant(1, z.axes)
    for labels, terms in parts.items():
        part = Tensor(z.axes, terms)
        power = atom_of(algebra, "exp", part) if labels else algebra.constant(_scalar_exp(algebra, constant_of(part)), z.axes)
        result = algebra.multiply(result, power)
    return result


def _scalar_exp(algebra: Algebra, exponent: Coefficient) -> Coefficient:
    """Integer powers of exp(monomial / common denominator)."""
    if not exponent.is_polynomial:
        number = algebra.atom(Atom("exp", (), None, algebra.constant(exponent if exponent.leading > 0 else -exponent)))
        generator = algebra.scalar_network([(number, ())])
        return generator if exponent.leading > 0 else Coefficient.number(1) / generator
    result = Coefficient.number(1)
    for factor, powers in exponent.monomials():
        whole = factor * algebra.exponent_denominator
        if whole.denominator != 1:
            raise FinerExponents(algebra.exponent_denominator * whole.denominator)
        monomial = Coefficient.number(Fraction(1, algebra.exponent_denominator))
        for number, exponent_of in powers.items():
            for _ in range(exponent_of):
                monomial = monomial * Coefficient.generator(number)
        base = algebra.scalar_network([(algebra.atom(Atom("exp", (), None, algebra.constant(monomial))), ())])
        for _ in range(abs(int(whole))):
            result = result * base if whole > 0 else result / base
    return result


def logarithm(algebra: Algebra, z: Tensor) -> Tensor:
    """log of a product of positive factors is the sum of their logs."""
    if not z:
        return atom_of(algebra, "log", z)
    number, positive, unknown = by_sign(algebra, z)
    if number < 0 or unknown:
        return atom_of(algebra, "log", z)
    if len(positive) > 1:
        algebra.used.add("log of a product")
    total = algebra.constant(_log_of_number(algebra, number), z.axes)
    for part, power in positive:
        total = algebra.add(total, algebra.scale(_log_of_part(algebra, part), power))
    return total


def _log_of_number(algebra: Algebra, value: Fraction) -> Coefficient:
    total = Coefficient.number(0)
    for sign, side in ((1, value.numerator), (-1, value.denominator)):
        for prime, power in factors_of(side):
            total = total + Coefficient.number(sign * power) * scalar_atom(algebra, "log", Coefficient.number(prime))
    return total


def _log_of_part(algebra: Algebra, part: Tensor) -> Tensor:
    """log of what is positive and has no factors: log exp z = z, log 1/z = −log z, log x^k = k log x."""
    function = function_in(algebra, part)
    if function == "exp":
        return argument_in(algebra, part)
    if function == "reciprocal":
        return algebra.negate(logarithm(algebra, argument_in(algebra, part)))
    power = power_in(algebra, constant_of(part)) if is_constant(part) else None
    base = algebra.constant(power[0], part.axes) if power is not None else None
    if power is None or base is None or not is_known_positive(algebra, base):  # x^k > 0 for k = 0 whatever x is
        return atom_of(algebra, "log", part)
    algebra.used.add("log of a power")
    return algebra.scale(logarithm(algebra, base), algebra.dimension(power[1]))
