"""Irrational numbers that are roots of polynomials, as plain records."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

__all__ = ["AlgebraicNumber", "ExactNumber"]

_DIGITS = 6
_LARGEST_SQUARE = 1000
"""Squares of numbers up to this one are taken out of a root."""


@dataclass(frozen=True, slots=True)
class AlgebraicNumber:
    """An irrational real root of a polynomial that is irreducible over the rationals.

    Attributes:
        coefficients: of the polynomial, integers without a common factor, the constant first, the last one positive.
        place: which of its real roots it is, counted from 0 for the smallest one.
        low: a rational number below it, with no other root between.
        high: the same above it.
    """

    coefficients: tuple[int, ...]
    place: int
    low: Fraction = field(compare=False)
    high: Fraction = field(compare=False)

    def __float__(self) -> float:
        return float((self.low + self.high) / 2)

    def __str__(self) -> str:
        """``1 - 1/2*sqrt(2) ≈ 0.292893``, and beyond degree 2 ``root of t**3 - 2 in [1.2599210, 1.2599211]``."""
        if len(self.coefficients) == 3:
            return f"{self._surd()} ≈ {_decimal((self.low + self.high) / 2, _DIGITS)}"
        return f"root of {self._polynomial()} in [{_decimal(self.low)}, {_decimal(self.high)}]"

    def _surd(self) -> str:
        """(−b ∓ √(b² − 4ac))/2a, for the polynomial ax² + bx + c with a > 0."""
        c, b, a = self.coefficients
        factor, radicand = _without_squares(b * b - 4 * a * c)
        center, reach = Fraction(-b, 2 * a), Fraction(factor, 2 * a)
        root = f"sqrt({radicand})" if reach == 1 else f"{reach}*sqrt({radicand})"
        if not center:
            return root if self.place else f"-{root}"
        return f"{center} {'+' if self.place else '-'} {root}"

    def _polynomial(self) -> str:
        text = ""
        for power, factor in sorted(enumerate(self.coefficients), reverse=True):
            if factor:
                text += f" {'-' if factor < 0 else '+'} {_monomial(abs(factor), power)}"
        return text.removeprefix(" + ")


ExactNumber: TypeAlias = Fraction | AlgebraicNumber
"""A real number that is known exactly."""


def _monomial(factor: int, power: int) -> str:
    variable = ("", "t")[power] if power < 2 else f"t**{power}"
    return "*".join(filter(None, (str(factor) if factor != 1 or not power else "", variable)))


def _without_squares(number: int) -> tuple[int, int]:
    """f and r with f²r = number, without small squares in r."""
    factor, root = 1, 2
    while root <= _LARGEST_SQUARE and root * root <= number:
        while number % (root * root) == 0:
            number //= root * root
            factor *= root
        root += 1
    return factor, number


def _decimal(number: Fraction, digits: int = 28) -> str:
    return f"{Decimal(number.numerator) / Decimal(number.denominator):.{digits}g}"
