"""exp and log in the normal form: exp of a sum is a product, log of a product of positive factors is a sum."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpz

from derivations.language.errors import UnsupportedError
from derivations.proof.algebra import Algebra
from derivations.proof.atoms import atom_of, constant_of, has_sum, placed, scalar_atom, varying_labels
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Network, degrees
from derivations.proof.positivity import is_positive, is_positive_coefficient
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
    if len(z.terms) == 1 and is_positive(algebra, z):
        ((factors, free), coefficient) = next(iter(z))
        total = algebra.constant(_scalar_log(algebra, coefficient), z.axes)
        inner = degrees(factors)
        if all(inner[edge] == degrees([factor])[edge] or edge in free for factor in factors for edge in factor[1]) and not has_sum(factors, free):
            for number, slots in factors:
                alone = algebra.normal(z.axes, [(Coefficient.number(1), [(number, slots)], free, {})])
                total = algebra.add(total, _log_of_factor(algebra, number, alone))
            return total
    if not varying_labels(z, z.terms):
        return algebra.constant(_scalar_log(algebra, constant_of(z)), z.axes)
    return atom_of(algebra, "log", z)


def _log_of_factor(algebra: Algebra, number: int, alone: Tensor) -> Tensor:
    atom = algebra.atoms[number]
    if atom.kind in ("exp", "reciprocal") and atom.argument is not None:
        ((((_, slots),), free),) = alone.terms
        there = placed(algebra, atom.argument, slots, alone, free)
        return there if atom.kind == "exp" else algebra.negate(logarithm(algebra, there))
    return atom_of(algebra, "log", alone)


def _scalar_log(algebra: Algebra, argument: Coefficient) -> Coefficient:
    """Logs of the prime factors and of the positive generators, where the argument is a positive monomial."""
    over, under = Coefficient(argument.numerator), Coefficient(argument.denominator)
    total = Coefficient.number(0)
    for sign, side in ((1, over), (-1, under)):
        monomials = list(side.monomials())
        if len(monomials) != 1 or not is_positive_coefficient(algebra, side):
            return scalar_atom(algebra, "log", argument)
        factor, powers = monomials[0]
        for direction, integer in ((1, factor.numerator), (-1, factor.denominator)):
            for prime, exponent in fmpz(integer).factor():
                total = total + Coefficient.number(sign * direction * int(exponent)) * scalar_atom(algebra, "log", Coefficient.number(int(prime)))
        for number, exponent in powers.items():
            total = total + Coefficient.number(sign * exponent) * _log_of_generator(algebra, number)
    return total


def _log_of_generator(algebra: Algebra, number: int) -> Coefficient:
    factors = algebra.ring.owners[number][0]
    atom = algebra.atoms[factors[0][0]]
    if len(factors) == 1 and atom.kind == "exp" and not atom.dims and atom.argument is not None:
        return algebra.as_scalar(atom.argument)
    return scalar_atom(algebra, "log", Coefficient.generator(number))
