"""Coefficients of the normal form: fractions of polynomials over the rationals, on python-flint.

The generators are closed networks (scalars, dimensions, traces, xᵀy, f(scalar), …), numbered as they appear. Some obey a power
rule g^k = c (s² = x for a square root, s³ = s for a sign), or a rule p·g^k = c for a polynomial p (z·s² = z for s the sign of z);
`Ring.reduced` applies them. A fraction is zero if its numerator
reduces to zero: that is sound wherever the denominators, all of which stand in the claim's text, are not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from math import gcd, lcm
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
        return isinstance(other, Coefficient) and bool(self.numerator == other.numerator and self.denominator == other.denominator)

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

    def factors(self) -> tuple[Fraction, list[tuple[Coefficient, int]]]:
        """A number and irreducible polynomials, each with its power, negative in the denominator. A factor has whole coefficients without
        a common divisor, the leading one positive.
        """
        found = [(_primitive(f), k) for f, k in _factors(self.numerator)] + [(_primitive(f), -k) for f, k in _factors(self.denominator)]
        number = self.leading
        for factor, power in found:
            number /= factor.leading**power
        return number, found

    @staticmethod
    def common(coefficients: Collection[Coefficient]) -> Coefficient:
        """What all of them (not 0) have as a factor: the quotients are polynomials with whole coefficients, and have no common divisor."""
        numbers = [number for each in coefficients if (number := each.constant) is not None]
        if len(numbers) == len(coefficients):
            return Coefficient.number(_content(numbers))
        over, under = _ZERO, _ONE
        for coefficient in coefficients:
            over = over.gcd(coefficient.numerator)
            under = under * (coefficient.denominator / under.gcd(coefficient.denominator))
        shared = Coefficient(over, under)
        return shared * Coefficient.number(_content(factor for each in coefficients for factor, _ in (each / shared).monomials()))

    def mapped(self, value: Callable[[int], Coefficient | None]) -> Coefficient:
        """The fraction with generators replaced; None keeps a generator."""
        replaced = {number: new for number in self.generators() if (new := value(number)) is not None}
        if not replaced:
            return self
        return _evaluated(self.numerator, replaced) / _evaluated(self.denominator, replaced)


def _monomials(polynomial: Any) -> Iterator[tuple[Fraction, dict[int, int]]]:
    for exponents, factor in polynomial.to_dict().items():
        yield Fraction(int(factor.p), int(factor.q)), {k: int(e) for k, e in enumerate(exponents) if e}


def _content(numbers: Iterable[Fraction]) -> Fraction:
    """The greatest number of which all are whole multiples."""
    over, under = 0, 1
    for value in numbers:
        over, under = gcd(over, value.numerator), lcm(under, value.denominator)
    return Fraction(over, under)


def _primitive(polynomial: Any) -> Coefficient:
    """The multiple with whole coefficients without a common divisor, and a positive leading one."""
    content = _content(factor for factor, _ in _monomials(polynomial))
    multiple = Coefficient(polynomial) / Coefficient.number(content)
    return multiple if multiple.leading > 0 else -multiple


def _factors(polynomial: Any) -> list[tuple[Any, int]]:
    """The irreducible factors but numbers, each with its power. One that is linear in a generator needs no search: it is its content
    times an irreducible rest.
    """
    if polynomial.is_constant():
        return []
    if len(polynomial) == 1:
        return [(_GENERATORS[number], power) for _, powers in _monomials(polynomial) for number, power in powers.items()]
    degrees = polynomial.degrees()
    for number, degree in enumerate(degrees):
        if degree == 1:
            slope = polynomial.derivative(number)
            content = slope.gcd(polynomial - slope * _GENERATORS[number])
            return _collected([(polynomial / content, 1), *_factors(content)])
    return _searched(polynomial, [number for number, degree in enumerate(degrees) if degree])


def _searched(polynomial: Any, used: list[int]) -> list[tuple[Any, int]]:
    """The factors, found among the generators that occur: factoring takes time for each that does not."""
    context = fmpq_mpoly_ctx.get([f"g{k}" for k in range(len(used))], Ordering.deglex)
    small = context.from_dict({tuple(int(exponents[k]) for k in used): factor for exponents, factor in polynomial.to_dict().items()})
    return [(factor.compose(*(_GENERATORS[k] for k in used), ctx=_CONTEXT), int(power)) for factor, power in small.factor()[1]]


def _collected(factors: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Each factor once; the first one, up to a number, may be among the others."""
    (first, power), *others = factors
    twins = [(factor, k) for factor, k in others if _primitive(factor) == _primitive(first)]
    return [(first, power + sum(k for _, k in twins)), *(each for each in others if each not in twins)]


def _pure_power(polynomial: Any, number: int) -> tuple[int, Coefficient] | None:
    """(k, v) with g^k = v where the polynomial, which is q g^k + r without g in r, is zero; above k = 1, r has no higher degree than k."""
    exponent = int(polynomial.degrees()[number])
    rest = polynomial.subs({f"g{number}": 0})
    factor, lower = divmod(polynomial - rest, _GENERATORS[number] ** exponent)
    if not lower.is_zero() or not factor.is_constant() or (exponent > 1 and rest.total_degree() > exponent):
        return None
    return exponent, -Coefficient(rest) / Coefficient(factor)


def _by_power(polynomial: Any, number: int) -> dict[int, Any]:
    """What stands beside each power of a generator."""
    terms: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, factor in polynomial.to_dict().items():
        rest = (*exponents[:number], 0, *exponents[number + 1 :])
        terms.setdefault(int(exponents[number]), {})[rest] = factor
    return {power: _CONTEXT.from_dict(part) for power, part in terms.items()}


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
        equations: of these, the ones that an equation gives: the power, what it is equal to, and where the equation comes from.
    """

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self.owners: list[Any] = []
        self._rules: dict[int, tuple[int, Coefficient]] = {}
        self._multiples: dict[int, tuple[int, Any, Coefficient]] = {}
        self.used: set[int] = set()
        self.equations: dict[int, tuple[int, Coefficient, str]] = {}

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
        """From now on the equation's last generator that occurs in one power only, with a rational factor, has the value of this power that
        makes the equation zero; one that occurs linearly comes first, and of others the rest has no higher degree.
        """
        used = set(self.used)
        equation = self.reduced(equation)
        self.used = used  # what an equation is reduced by is not yet used for anything
        pure = [(number, *found) for number in equation.generators() if (found := _pure_power(equation.numerator, number)) is not None]
        free = [power for power in pure if power[1] == 1 or power[0] not in self._rules]
        if free:
            number, exponent, value = min(free, key=lambda power: (power[1] > 1, -power[0]))
            self.equations[number] = exponent, value, origin
            self.power_rule(number, exponent, value)

    def multiple_rule(self, number: int, exponent: int, multiple: Coefficient, value: Coefficient) -> None:
        """From now on multiple · generator^exponent = value, for a polynomial that does not contain the generator; as |z| sign z = z."""
        if multiple.constant:
            self.power_rule(number, exponent, value / multiple)
        else:
            self._multiples[number] = exponent, multiple.numerator, value

    def reduced(self, coefficient: Coefficient) -> Coefficient:
        """The coefficient with the rules applied, in numerator and denominator; rules of multiples in the numerator only."""
        if not self._rules and not self._multiples:
            return coefficient
        while True:
            coefficient = self._by_powers(coefficient)
            lowered = self._by_multiples(coefficient)
            if lowered is None:
                return coefficient
            coefficient = lowered

    def _by_powers(self, coefficient: Coefficient) -> Coefficient:
        while active := [k for k in coefficient.generators() if k in self._rules and self._degree(coefficient, k) >= self._rules[k][0]]:
            number = active[-1]
            self.used.add(number)
            coefficient = self._lowered(coefficient.numerator, number) / self._lowered(coefficient.denominator, number)
        return coefficient

    def _by_multiples(self, coefficient: Coefficient) -> Coefficient | None:
        """One rule of multiples applied; None where none applies."""
        for number in coefficient.generators() & self._multiples.keys():
            exponent, multiple, value = self._multiples[number]
            if coefficient.numerator.degrees()[number] < exponent:
                continue
            kept, taken = _ZERO, _ZERO
            for power, polynomial in _by_power(coefficient.numerator, number).items():
                whole, rest = divmod(polynomial, multiple) if power >= exponent else (_ZERO, polynomial)
                kept += rest * _GENERATORS[number] ** power
                taken += whole * _GENERATORS[number] ** max(power - exponent, 0)
            if not taken.is_zero():
                self.used.add(number)
                return (Coefficient(kept) + Coefficient(taken) * value) / Coefficient(coefficient.denominator)
        return None

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
