"""Coefficients of the normal form: fractions of polynomials over the rationals, on python-flint.

The generators are closed networks (scalars, dimensions, traces, xᵀy, f(scalar), …), numbered as they appear. Some obey a power
rule g^k = c (s² = x for a square root, s³ = s for a sign); `Ring.reduced` applies them. A fraction is zero if its numerator
reduces to zero: that is sound wherever the denominators, all of which stand in the claim's text, are not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from derivations.language.errors import UnsupportedError

__all__ = ["Coefficient", "Ring"]

_CAPACITY = 128
_CONTEXT = fmpq_mpoly_ctx.get([f"g{k}" for k in range(_CAPACITY)], Ordering.deglex)
_GENERATORS = _CONTEXT.gens()
_ZERO, _ONE = _CONTEXT.constant(0), _CONTEXT.constant(1)


class Coefficient:
    """numerator / denominator in lowest terms, the denominator with leading coefficient 1."""

    __slots__ = ("_key", "denominator", "numerator")

    def __init__(self, numerator: Any, denominator: Any = _ONE) -> None:
        if denominator is not _ONE:
            if denominator.is_zero():
                raise UnsupportedError("a divisor is identically zero")
            common = numerator.gcd(denominator)
            if not common.is_one():
                numerator, denominator = numerator / common, denominator / common
            lead = denominator.leading_coefficient()
            if lead != 1:
                numerator, denominator = numerator / lead, denominator / lead
            if denominator.is_one():
                denominator = _ONE
        self.numerator, self.denominator = numerator, denominator
        self._key: object = None

    @staticmethod
    def number(value: Fraction | int) -> Coefficient:
        """A rational constant."""
        return Coefficient(_CONTEXT.constant(value if isinstance(value, int) else fmpq(value.numerator, value.denominator)))

    @staticmethod
    def generator(number: int) -> Coefficient:
        """The generator of a number."""
        return Coefficient(_GENERATORS[number])

    def __add__(self, other: Coefficient) -> Coefficient:
        if self.denominator is _ONE and other.denominator is _ONE:
            return Coefficient(self.numerator + other.numerator)
        if self.denominator == other.denominator:
            return Coefficient(self.numerator + other.numerator, self.denominator)
        return Coefficient(self.numerator * other.denominator + other.numerator * self.denominator, self.denominator * other.denominator)

    def __neg__(self) -> Coefficient:
        result = Coefficient(-self.numerator)
        result.denominator = self.denominator
        return result

    def __sub__(self, other: Coefficient) -> Coefficient:
        return self + -other

    def __mul__(self, other: Coefficient) -> Coefficient:
        if self.denominator is _ONE and other.denominator is _ONE:
            return Coefficient(self.numerator * other.numerator)
        return Coefficient(self.numerator * other.numerator, self.denominator * other.denominator)

    def __truediv__(self, other: Coefficient) -> Coefficient:
        """The quotient.

        Raises:
            UnsupportedError: `other` is identically zero.
        """
        return self * Coefficient(other.denominator, other.numerator)

    def __bool__(self) -> bool:
        return not self.numerator.is_zero()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coefficient) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> object:
        """Equal for equal fractions, hashable, independent of the order of computation."""
        if self._key is None:
            self._key = (frozenset(self.numerator.to_dict().items()), frozenset(self.denominator.to_dict().items()))
        return self._key

    @property
    def constant(self) -> Fraction | None:
        """The rational number, where there are no generators."""
        if self.denominator is not _ONE or not self.numerator.is_constant():
            return None
        value = self.numerator.leading_coefficient() if self else fmpq(0)
        return Fraction(int(value.p), int(value.q))

    @property
    def leading(self) -> Fraction:
        """The leading coefficient of the numerator (0 for 0); the sign by which odd and even functions are normalised."""
        value = self.numerator.leading_coefficient() if self else fmpq(0)
        return Fraction(int(value.p), int(value.q))

    @property
    def is_polynomial(self) -> bool:
        """Whether the denominator is 1."""
        return self.denominator is _ONE

    def generators(self) -> set[int]:
        """The numbers of the generators that occur."""
        found: set[int] = set()
        for polynomial in (self.numerator, self.denominator):
            if not polynomial.is_constant():
                found.update(k for k, degree in enumerate(polynomial.degrees()) if degree > 0)
        return found

    def slope(self, number: int) -> Coefficient:
        """The partial derivative by a generator.

        Raises:
            UnsupportedError: the denominator depends on it.
        """
        if self.denominator.degrees()[number] > 0:
            raise UnsupportedError("a denominator depends on the direction of a derivative")
        return Coefficient(self.numerator.derivative(number), self.denominator)

    def monomials(self) -> Iterator[tuple[Fraction, dict[int, int]]]:
        """The numerator's terms: rational factor, and the power of each generator."""
        yield from _monomials(self.numerator)

    def mapped(self, value: Callable[[int], Coefficient | None]) -> Coefficient:
        """The fraction with generators replaced; None keeps a generator."""
        replaced = {number: new for number in self.generators() if (new := value(number)) is not None}
        if not replaced:
            return self
        return _evaluated(self.numerator, replaced) / _evaluated(self.denominator, replaced)


def _monomials(polynomial: Any) -> Iterator[tuple[Fraction, dict[int, int]]]:
    for exponents, factor in polynomial.to_dict().items():
        yield Fraction(int(factor.p), int(factor.q)), {k: int(e) for k, e in enumerate(exponents) if e}


def _evaluated(polynomial: Any, replaced: dict[int, Coefficient]) -> Coefficient:
    total = Coefficient(_ZERO)
    for factor, powers in _monomials(polynomial):
        product = Coefficient.number(factor)
        for number, exponent in powers.items():
            base = replaced[number] if number in replaced else Coefficient.generator(number)
            for _ in range(exponent):
                product = product * base
        total = total + product
    return total


class Ring:
    """Numbers the generators, and knows their power rules.

    Attributes:
        used: the generators whose power rule was applied.
        equations: of these, the ones that an equation gives, each with what it is equal to and where the equation comes from.
    """

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self.owners: list[Any] = []
        self._rules: dict[int, tuple[int, Coefficient]] = {}
        self._absorbed: dict[int, dict[int, int]] = {}
        self.used: set[int] = set()
        self.equations: dict[int, tuple[Coefficient, str]] = {}

    def number_of(self, owner: object) -> int:
        """The number of the generator for a hashable owner, given at first sight.

        Raises:
            UnsupportedError: more generators than the ring holds.
        """
        number = self._numbers.get(owner)
        if number is None:
            if len(self.owners) == _CAPACITY:
                raise UnsupportedError(f"more than {_CAPACITY} different scalars in one claim")
            number = self._numbers[owner] = len(self.owners)
            self.owners.append(owner)
        return number

    def generator(self, owner: object) -> Coefficient:
        """The generator for an owner."""
        return Coefficient.generator(self.number_of(owner))

    def power_rule(self, number: int, exponent: int, value: Coefficient) -> None:
        """From now on generator^exponent = value."""
        self._rules[number] = (exponent, value)

    def assume_zero(self, equation: Coefficient, origin: str) -> None:
        """From now on the equation's last generator that occurs linearly, with a rational factor, has the value that makes it zero."""
        for number in sorted(equation.generators(), reverse=True):
            slope = Coefficient(equation.numerator.derivative(number))
            if slope.constant:
                value = Coefficient.generator(number) - Coefficient(equation.numerator) / slope
                self.equations[number] = value, origin
                self.power_rule(number, 1, value)
                return

    def absorb(self, number: int, argument: Coefficient) -> None:
        """From now on argument · generator² = argument, as for a sign; used where the argument is a single monomial."""
        monomials = list(argument.monomials())
        if argument.is_polynomial and len(monomials) == 1 and monomials[0][1]:
            self._absorbed[number] = monomials[0][1]

    def reduced(self, coefficient: Coefficient) -> Coefficient:
        """The coefficient with the power rules applied, in numerator and denominator."""
        if not self._rules:
            return coefficient
        while active := [k for k in coefficient.generators() if k in self._rules and self._degree(coefficient, k) >= self._rules[k][0]]:
            number = active[-1]
            self.used.add(number)
            coefficient = self._lowered(coefficient.numerator, number) / self._lowered(coefficient.denominator, number)
        for number in coefficient.generators() & self._absorbed.keys():
            if coefficient.numerator.degrees()[number] >= 2:
                self.used.add(number)
                coefficient = self._without_square(coefficient.numerator, number) / Coefficient(coefficient.denominator)
        return coefficient

    def _without_square(self, polynomial: Any, number: int) -> Coefficient:
        """The square of a generator left out of the monomials that its argument divides."""
        total = Coefficient(_ZERO)
        for factor, powers in _monomials(polynomial):
            if all(powers.get(other, 0) >= exponent for other, exponent in self._absorbed[number].items()) and powers.get(number, 0) >= 2:
                powers[number] -= 2
            product = Coefficient.number(factor)
            for other, exponent in powers.items():
                product = product * Coefficient(_GENERATORS[other] ** exponent)
            total = total + product
        return total

    @staticmethod
    def _degree(coefficient: Coefficient, number: int) -> int:
        return int(max(coefficient.numerator.degrees()[number], coefficient.denominator.degrees()[number]))

    def _lowered(self, polynomial: Any, number: int) -> Coefficient:
        if polynomial.degrees()[number] < self._rules[number][0]:
            return Coefficient(polynomial)
        step, value = self._rules[number]
        total = Coefficient(_ZERO)
        for factor, powers in _monomials(polynomial):
            high, low = divmod(powers.pop(number, 0), step)
            product = Coefficient.number(factor)
            for other, exponent in (*powers.items(), (number, low)):
                product = product * Coefficient(_GENERATORS[other] ** exponent)
            for _ in range(high):
                product = product * value
            total = total + product
        return total
