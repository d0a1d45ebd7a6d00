"""Logarithms of positive rationals, exactly: Σ c_p log p over primes p, with rational c_p.

By unique factorization the logarithms of primes are linearly independent over the rationals, so such a sum is 0 only if all c_p are; and the
quotient of two of them is rational exactly if one is a multiple of the other. What is of neither kind is refused: where it is not a border
case, balls enclose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add, mul
from typing import Any

from flint import arb, fmpq, fmpz

from derivations.evaluation.algebraic import RealRoot, nth_root, refined
from derivations.evaluation.duals import Dual
from derivations.evaluation.interpreter import Inexact
from derivations.evaluation.polynomials import Polynomial

__all__ = ["Logarithm", "exponential", "logarithm"]

_MOST_BITS = 64
_LARGEST_EXPONENT = 100


class Logarithm:
    """Σ c_p log p, not 0: what is 0 is the rational 0.

    Attributes:
        parts: c_p ≠ 0 by p.
    """

    __slots__ = ("parts",)

    def __init__(self, parts: Mapping[int, fmpq]) -> None:
        self.parts = dict(parts)

    @property
    def sign(self) -> int:
        """−1 or 1."""

        def certain() -> int | None:
            ball = reduce(add, (arb(factor) * arb(prime).log() for prime, factor in self.parts.items()))
            return 1 if ball > 0 else -1 if ball < 0 else None

        found: int = refined(certain)
        return found

    def __neg__(self) -> Logarithm:
        return Logarithm({prime: -factor for prime, factor in self.parts.items()})

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Dual | Polynomial):
            return NotImplemented
        if isinstance(other, Logarithm):
            return _made({prime: self.parts.get(prime, fmpq(0)) + other.parts.get(prime, fmpq(0)) for prime in {*self.parts, *other.parts}})
        return self if other == 0 else _refuse("a sum of a logarithm and another number")

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Dual | Polynomial):
            return NotImplemented
        if isinstance(other, fmpq | int):
            return _made({prime: factor * other for prime, factor in self.parts.items()})
        return _refuse("a product of logarithms, or of one and an irrational number")

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Dual | Polynomial):
            return NotImplemented
        if isinstance(other, fmpq | int):
            return self * (fmpq(1) / other)
        if isinstance(other, Logarithm) and self.parts.keys() == other.parts.keys():
            ratio, *others = [factor / other.parts[prime] for prime, factor in self.parts.items()]
            if all(ratio == each for each in others):
                return ratio
        return _refuse("a quotient of logarithms that is irrational")

    def __rtruediv__(self, other: Any) -> Any:
        return other if other == 0 else _refuse("a quotient by a logarithm")


def _refuse(what: str) -> Any:
    """Raises:
    Inexact: always.
    """
    raise Inexact(what)


def _made(parts: Mapping[int, fmpq]) -> Logarithm | fmpq:
    kept = {prime: factor for prime, factor in parts.items() if factor != 0}
    if kept:
        return Logarithm(kept)
    return fmpq(0)


def logarithm(value: fmpq) -> Logarithm | fmpq:
    """The logarithm of a positive rational.

    Raises:
        Inexact: it has too many digits to be taken apart.
    """
    parts: dict[int, fmpq] = {}
    for whole, sign in ((fmpz(value.p), 1), (fmpz(value.q), -1)):
        if int(whole).bit_length() > _MOST_BITS:
            raise Inexact(f"the logarithm of {value}")
        parts |= {int(prime): fmpq(sign * count) for prime, count in whole.factor()}
    return _made(parts)


def exponential(value: Logarithm | fmpq) -> fmpq | RealRoot:
    """Π p^{c_p}.

    Raises:
        Inexact: of a rational other than 0, or of large factors.
    """
    if not isinstance(value, Logarithm):
        return fmpq(1) if value == 0 else _refuse(f"exp of {value} is not algebraic")
    if any(abs(factor) > _LARGEST_EXPONENT for factor in value.parts.values()):
        raise Inexact("exp of a large multiple of a logarithm")
    return reduce(mul, (_power(prime, factor) for prime, factor in value.parts.items()))


def _power(prime: int, exponent: fmpq) -> fmpq | RealRoot:
    return nth_root(fmpq(prime) ** int(exponent.p), int(exponent.q))
