"""The fields that matrix entries may come from: exact rationals, real algebraic numbers and complex balls, and the elementwise functions on them.

A ball encloses its true value; a comparison that the ball does not settle raises `Imprecise` instead of guessing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import isqrt
from operator import mul
from typing import Any

from flint import acb, arb, fmpq

from derivations.evaluation.algebraic import RealRoot, as_number, enclosure, nth_root, root_of
from derivations.evaluation.duals import Dual, partial, primal
from derivations.evaluation.interpreter import Imprecise, Inexact, OutsideDomain
from derivations.evaluation.logarithms import Logarithm, exponential, logarithm
from derivations.evaluation.polynomials import NotPolynomial, Polynomial
from derivations.language.algebraic import AlgebraicNumber, ExactNumber

__all__ = ["ALGEBRAIC", "BALLS", "EXACT", "Algebraic", "Balls", "Exact", "Field", "exact_number", "rational"]


def rational(entry: Any) -> Fraction:
    """A plain exact entry as a fraction.

    Raises:
        Inexact: it is a ball, or irrational.
    """
    if isinstance(entry, fmpq):
        return Fraction(int(entry.p), int(entry.q))
    if isinstance(entry, int):
        return Fraction(entry)
    raise Inexact(f"{entry} is not an exact rational")


def exact_number(entry: Any) -> ExactNumber:
    """A plain exact entry, which may be algebraic, as a plain record.

    Raises:
        Inexact: it is a ball.
    """
    return as_number(entry) if isinstance(entry, RealRoot) else rational(entry)


class Field(ABC):
    """Entries with + - * / and the decisions below; an entry may also be a dual number over such."""

    name: str

    @abstractmethod
    def number(self, value: ExactNumber | int) -> Any:
        """The entry for a number.

        Raises:
            Inexact: it is irrational, and the field has rational numbers only.
        """

    @abstractmethod
    def sign(self, entry: Any) -> int:
        """−1, 0 or 1 of the entry's value.

        Raises:
            Imprecise: the ball does not settle it.
        """

    @abstractmethod
    def special(self, name: str, entry: Any) -> Any:
        """exp, log, tanh, sigmoid or sqrt of a plain entry that lies in the domain."""

    def apply(self, name: str, entry: Any, order: int = 0) -> Any:
        """A built-in function (or its derivative) of an entry.

        Raises:
            OutsideDomain: the function, or the derivative asked for, does not exist there.
        """
        if order:
            return self.slope_of(lambda varied: self.apply(name, varied, order - 1), entry)
        if isinstance(entry, Dual):
            value = self.apply(name, entry.value)
            return entry.chain(value, lambda: self._slope(name, entry.value, value))
        if isinstance(entry, Polynomial):
            raise NotPolynomial(f"{name} of random entries", entry.generators)
        if name in _PIECEWISE:
            return self.piecewise(name, entry)
        if name == "reciprocal":
            return self.divide(1, entry)
        if name == "log" and self.sign(entry) <= 0:
            raise OutsideDomain("logarithm of a number that is not positive")
        if name == "sqrt" and self.sign(entry) < 0:
            raise OutsideDomain("square root of a negative number")
        return self.special(name, entry)

    def piecewise(self, name: str, entry: Any) -> Any:
        """|x|, ReLU or the sign of a plain entry."""
        return _PIECEWISE[name](entry, self.sign(entry))

    def power(self, base: Any, exponent: Any) -> Any:
        """exp(y log x).

        Raises:
            OutsideDomain: the base is not positive.
        """
        return self.apply("exp", exponent * self.apply("log", base))

    def slope_of(self, function: Callable[[Any], Any], entry: Any) -> Any:
        """The derivative of a function of one entry, by a dual number one level above the entry's own."""
        level = entry.level + 1 if isinstance(entry, Dual) else 1_000_000
        return partial(function(Dual(level, entry, {0: self.number(1)})), level, 0, self.number(0))

    def _slope(self, name: str, entry: Any, value: Any) -> Any:
        if name in _PIECEWISE:
            sign = self.sign(entry)
            if sign == 0:
                raise OutsideDomain(f"{name} has a kink at 0")
            return _PIECEWISE_SLOPES[name](sign)
        if name == "sqrt" and self.sign(entry) == 0:
            raise OutsideDomain("the square root has no derivative at 0")
        return _SLOPES[name](entry, value)

    def divide(self, numerator: Any, denominator: Any) -> Any:
        """The quotient.

        Raises:
            OutsideDomain: the denominator is 0.
        """
        if self.sign_or_complex(denominator) == 0:
            raise OutsideDomain("division by zero")
        return numerator / denominator

    def sign_or_complex(self, entry: Any) -> int:
        """0 if the entry is zero, else not 0; also for complex entries."""
        return self.sign(entry)

    def maximum(self, left: Any, right: Any) -> Any:
        """The larger entry; at a tie of varied entries the maximum has a kink.

        Raises:
            OutsideDomain: a tie, and something is varied.
        """
        sign = self.sign(left - right)
        if sign == 0 and (isinstance(left, Dual) or isinstance(right, Dual)):
            raise OutsideDomain("max and min have a kink where both are equal")
        return left if sign >= 0 else right


class Exact(Field):
    """Rational numbers."""

    name = "exact rationals"

    def number(self, value: ExactNumber | int) -> Any:
        """See `Field`."""
        if isinstance(value, AlgebraicNumber):
            raise Inexact(f"{value} is irrational")
        return fmpq(value) if isinstance(value, int) else fmpq(value.numerator, value.denominator)

    def sign(self, entry: Any) -> int:
        """See `Field`."""
        value = _plain(entry)
        return int(value > 0) - int(value < 0)

    def special(self, name: str, entry: Any) -> Any:
        """Rational only for the square root of a square."""
        if name == "sqrt":
            numerator, denominator = int(entry.p), int(entry.q)
            roots = isqrt(numerator), isqrt(denominator)
            if roots[0] ** 2 == numerator and roots[1] ** 2 == denominator:
                return fmpq(*roots)
        raise Inexact(f"{name} of {entry} is not rational")


_LARGEST_EXPONENT = 100


class Algebraic(Exact):
    """Real algebraic numbers, that is rationals and irrational roots of polynomials, and logarithms of rationals. All decisions are exact."""

    name = "real algebraic numbers"

    def number(self, value: ExactNumber | int) -> Any:
        """See `Field`."""
        return root_of(value) if isinstance(value, AlgebraicNumber) else super().number(value)

    def sign(self, entry: Any) -> int:
        """See `Field`."""
        value = primal(entry)
        return value.sign if isinstance(value, RealRoot | Logarithm) else super().sign(value)

    def special(self, name: str, entry: Any) -> Any:
        """The square root, logarithms of rationals, and what undoes these."""
        if name == "exp" and isinstance(entry, fmpq | Logarithm):
            return exponential(entry)
        if isinstance(entry, Logarithm):
            raise Inexact(f"{name} of a logarithm")
        if name == "log" and isinstance(entry, fmpq):
            return logarithm(entry)
        return nth_root(entry, 2) if name == "sqrt" else super().special(name, entry)

    def power(self, base: Any, exponent: Any) -> Any:
        """The power of a root, for an exponent that is rational."""
        plain = isinstance(exponent, fmpq) and isinstance(base, fmpq | RealRoot) and abs(exponent) <= _LARGEST_EXPONENT
        if not plain or self.sign(base) <= 0:
            return super().power(base, exponent)
        root = nth_root(base, int(exponent.q))
        factors = [root if exponent > 0 else 1 / root] * abs(int(exponent.p))
        return reduce(mul, factors)


class Balls(Field):
    """Complex balls of python-flint, at the precision of the current flint context."""

    name = "complex balls"

    def number(self, value: ExactNumber | int) -> Any:
        """See `Field`."""
        if isinstance(value, AlgebraicNumber):
            return acb(enclosure(value))
        return acb(value) if isinstance(value, int) else acb(value.numerator) / acb(value.denominator)

    def sign(self, entry: Any) -> int:
        """See `Field`."""
        real = _real(entry)
        if real > 0:
            return 1
        if real < 0:
            return -1
        if real == 0:
            return 0
        raise Imprecise(f"the sign of {real.str(8)} is open")

    def sign_or_complex(self, entry: Any) -> int:
        """See `Field`."""
        value = acb(_plain(entry))
        if not value.contains(0):
            return 1
        if value == 0:
            return 0
        raise Imprecise(f"whether {value.str(8)} is zero is open")

    def piecewise(self, name: str, entry: Any) -> Any:
        """See `Field`; what is continuous has a ball of values where the sign is open too."""
        if name in _BALL_PIECES:
            return acb(_BALL_PIECES[name](_real(entry)))
        return super().piecewise(name, entry)

    def special(self, name: str, entry: Any) -> Any:
        """See `Field`."""
        return _BALL_FUNCTIONS[name](acb(entry))


def _plain(entry: Any) -> Any:
    """The field element under all levels.

    Raises:
        NotPolynomial: it is random, so it has no sign.
    """
    value = primal(entry)
    if isinstance(value, Polynomial):
        raise NotPolynomial("a comparison of, or a quotient by, random entries", value.generators)
    return value


def _real(entry: Any) -> Any:
    value = acb(_plain(entry))
    if value.imag == 0:
        return value.real
    if value.imag.contains(0):
        raise Imprecise(f"whether {value.str(8)} is real is open")
    raise OutsideDomain(f"{value.str(8)} is not real")


def _sigmoid(entry: Any) -> Any:
    return 1 / (1 + (-entry).exp())


def _tanh(entry: Any) -> Any:
    return acb(entry.real.tanh()) if entry.imag == 0 else 1 - 2 / (1 + (2 * entry).exp())


_BALL_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": lambda entry: entry.exp(),
    "log": lambda entry: entry.log(),
    "sqrt": lambda entry: entry.sqrt(),
    "tanh": _tanh,
    "sigmoid": _sigmoid,
}

_BALL_PIECES: dict[str, Callable[[Any], Any]] = {"abs": abs, "relu": lambda real: real.max(arb(0))}

_PIECEWISE: dict[str, Callable[[Any, int], Any]] = {
    "relu": lambda entry, sign: entry if sign > 0 else entry - entry,
    "abs": lambda entry, sign: entry if sign >= 0 else -entry,
    "sign": lambda entry, sign: entry - entry + sign,
}
_PIECEWISE_SLOPES: dict[str, Callable[[int], int]] = {"relu": lambda sign: int(sign > 0), "abs": lambda sign: sign, "sign": lambda sign: 0}

_SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "tanh": lambda entry, value: 1 - value * value,
    "sigmoid": lambda entry, value: value * (1 - value),
    "exp": lambda entry, value: value,
    "log": lambda entry, value: 1 / entry,
    "sqrt": lambda entry, value: 1 / (2 * value),
    "reciprocal": lambda entry, value: -(value * value),
}

EXACT, ALGEBRAIC, BALLS = Exact(), Algebraic(), Balls()
