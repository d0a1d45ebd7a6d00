"""Powers x^k of a scalar with a symbolic exponent k: the product of the powers of the factors of x.

The power of an irreducible x is x^k = 1 + (x − 1) S_k(x) with the atom S_k(x) = Σ_{i<k} x^i (see `powers`). Of a product x both exist; what
ties them is (x − 1) S_k(x) = x^k − 1, a rule of the ring.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpz

from derivations.language.terms import Dimension
from derivations.proof.algebra import Algebra
from derivations.proof.atoms import scalar_atom
from derivations.proof.coefficients import Coefficient
from derivations.proof.factors import argument_in, function_in
from derivations.proof.tensors import Atom

__all__ = ["SUM", "power_in", "scalar_power", "scalar_sum"]

SUM = "geometric sum"
"""The kind of the atoms S_k, with the counter k for a name."""

_ONE = Coefficient.number(1)


def scalar_power(algebra: Algebra, base: Coefficient, counter: Dimension) -> Coefficient:
    """x^k: the product of the powers of the factors of x; 0^k is 1 for k = 0, else 0."""
    if not base:
        return _of_irreducible(algebra, base, counter)
    number, factors = base.factors()
    powers = []
    for factor, exponent in factors:
        if number < 0 and exponent % 2 and not _is_generator(factor) and not _is_known(algebra, factor, counter):
            number, factor = -number, -factor  # so that the powers of 1 − x need none of −1
        powers.append((_of_factor(algebra, factor, counter), exponent))
    powers += [(_of_irreducible(algebra, Coefficient.number(prime), counter), exponent) for prime, exponent in _primes(number)]
    if len(powers) > 1:
        algebra.used.add("power of a product")
    return _product(powers)


def scalar_sum(algebra: Algebra, base: Coefficient, counter: Dimension) -> Coefficient:
    """S_k(x), with S_k(1) = k."""
    if base.constant == 1:
        return algebra.dimension(counter)
    power = scalar_power(algebra, base, counter)
    if power == _ONE + (base - _ONE) * (total := _sum_atom(algebra, base, counter)):
        return total
    (place,) = total.generators()
    under = Coefficient(base.denominator)
    algebra.ring.multiple_rule(place, 1, Coefficient(base.numerator) - under, under * (power - _ONE))
    return algebra.ring.reduced(total)


def power_in(algebra: Algebra, part: Coefficient) -> tuple[Coefficient, Dimension, int] | None:
    """(x, k, s) where the scalar, up to a positive number, is s x^k for an irreducible x, with s = ±1; else None."""
    for number in part.generators() & algebra.powers.keys() if algebra.powers else ():
        base, counter, power = algebra.powers[number]
        ratio = (part / power).constant
        if ratio is not None:
            return base, counter, 1 if ratio > 0 else -1
    return None


def _of_factor(algebra: Algebra, factor: Coefficient, counter: Dimension) -> Coefficient:
    """The power of an irreducible factor, by that of its negative where that is known already."""
    if not _is_known(algebra, factor, counter) and _is_known(algebra, -factor, counter):
        return _of_irreducible(algebra, Coefficient.number(-1), counter) * _of_irreducible(algebra, -factor, counter)
    part = algebra.constant(factor)
    if function_in(algebra, part) == "sign":  # (sign z)^k = sign z^k, for z = 0 too
        power = scalar_power(algebra, algebra.as_scalar(argument_in(algebra, part)), counter)
        return algebra.as_scalar(algebra.apply("sign", algebra.constant(power)))
    return _of_irreducible(algebra, factor, counter)


def _of_irreducible(algebra: Algebra, base: Coefficient, counter: Dimension) -> Coefficient:
    total = _sum_atom(algebra, base, counter)
    (place,) = total.generators()
    power = _ONE + (base - _ONE) * total
    algebra.powers[place] = base, counter, power
    return power


def _sum_atom(algebra: Algebra, base: Coefficient, counter: Dimension) -> Coefficient:
    total = scalar_atom(algebra, SUM, base, counter)
    if base.constant == -1:  # 0 or 1
        (place,) = total.generators()
        algebra.ring.power_rule(place, 2, total)
    return total


def _is_known(algebra: Algebra, base: Coefficient, counter: Dimension) -> bool:
    return algebra.known(Atom(SUM, (), counter, algebra.constant(base)))


def _is_generator(factor: Coefficient) -> bool:
    return len(factor.numerator) == 1


def _primes(number: Fraction) -> list[tuple[int, int]]:
    """−1 and the primes that a rational number is made of, each with its power."""
    over, under = (fmpz(abs(side)).factor() for side in (number.numerator, number.denominator))
    return [*([(-1, 1)] if number < 0 else []), *((int(p), int(e)) for p, e in over), *((int(p), -int(e)) for p, e in under)]


def _product(powers: list[tuple[Coefficient, int]]) -> Coefficient:
    result = _ONE
    for base, exponent in powers:
        for _ in range(abs(exponent)):
            result = result * base if exponent > 0 else result / base
    return result
