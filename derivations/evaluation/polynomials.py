"""Polynomials in random entries, over any field of entries: what an expectation is taken of, moment by moment.

A generator stands for one random number, independent of all others. A dual number may have polynomials for its value and its slopes, never
the other way round; so every coefficient is a plain field element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from derivations.evaluation.duals import Dual
from derivations.evaluation.interpreter import EvaluationError
from derivations.language.errors import UnsupportedError

__all__ = ["Generator", "NotPolynomial", "Polynomial", "generator", "replaced"]

Generator: TypeAlias = tuple[str, int]
"""The name of what is random, and a number."""

_Monomial: TypeAlias = tuple[tuple[Generator, int], ...]
"""Generators in order, each with its exponent ≥ 1."""


_MOST_PRODUCTS = 1 << 17


class NotPolynomial(UnsupportedError):
    """A function of random entries that is no polynomial in them.

    Attributes:
        generators: the random numbers that it is a function of.
    """

    def __init__(self, message: str, generators: frozenset[Generator]) -> None:
        super().__init__(message)
        self.generators = generators


class Polynomial:
    """Σ coefficient · monomial, not constant: what is constant is its coefficient alone (see `_made`)."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[_Monomial, Any]) -> None:
        self.terms = terms

    @property
    def generators(self) -> frozenset[Generator]:
        """The random numbers in it."""
        return frozenset(place for monomial in self.terms for place, _ in monomial)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        merged = dict(self.terms)
        for monomial, coefficient in (other.terms if isinstance(other, Polynomial) else {(): other}).items():
            merged[monomial] = merged[monomial] + coefficient if monomial in merged else coefficient
        return _made(merged, self)

    __radd__ = __add__

    def __neg__(self) -> Polynomial:
        return Polynomial({monomial: -coefficient for monomial, coefficient in self.terms.items()})

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Dual) else self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        product: dict[_Monomial, Any] = {}
        factors = other.terms if isinstance(other, Polynomial) else {(): other}
        if len(self.terms) * len(factors) > _MOST_PRODUCTS:
            raise EvaluationError(f"more than {_MOST_PRODUCTS} products of monomials in random entries")
        for monomial, coefficient in self.terms.items():
            for second, factor in factors.items():
                joined, term = _joined(monomial, second), coefficient * factor
                product[joined] = product[joined] + term if joined in product else term
        return _made(product, self)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Polynomial):
            raise NotPolynomial("a quotient by random entries", other.generators)
        return NotImplemented if isinstance(other, Dual) else Polynomial({monomial: term / other for monomial, term in self.terms.items()})

    def __rtruediv__(self, other: Any) -> Any:
        raise NotPolynomial("a quotient by random entries", self.generators)


def _joined(left: _Monomial, right: _Monomial) -> _Monomial:
    exponents = dict(left)
    for place, exponent in right:
        exponents[place] = exponents.get(place, 0) + exponent
    return tuple(sorted(exponents.items()))


def _made(terms: Mapping[_Monomial, Any], like: Polynomial) -> Any:
    """The polynomial, or its only coefficient where it is constant."""
    left = {monomial: coefficient for monomial, coefficient in terms.items() if not coefficient == 0}  # of a ball, != 0 says less
    if left and left.keys() != {()}:
        return Polynomial(left)
    some = next(iter(like.terms.values()))
    return left.get((), some - some)


def generator(place: Generator, one: Any) -> Polynomial:
    """The polynomial that is one generator."""
    return Polynomial({((place, 1),): one})


def replaced(entry: Any, value: Callable[[Generator, int], Any | None]) -> Any:
    """An entry with powers of generators replaced by values: by moments, say. Where the value is None, the generator stays.

    Of a dual number, its value and its slopes.
    """
    if isinstance(entry, Dual):
        return Dual(entry.level, replaced(entry.value, value), {key: replaced(slope, value) for key, slope in entry.partials.items()})
    if not isinstance(entry, Polynomial):
        return entry
    return reduce(add, (_replaced(monomial, coefficient, value) for monomial, coefficient in entry.terms.items()))


def _replaced(monomial: _Monomial, coefficient: Any, value: Callable[[Generator, int], Any | None]) -> Any:
    rest = []
    for place, exponent in monomial:
        found = value(place, exponent)
        if found is None:
            rest.append((place, exponent))
        else:
            coefficient = coefficient * found
    return _times_monomial(coefficient, tuple(rest)) if rest else coefficient


def _times_monomial(entry: Any, monomial: _Monomial) -> Any:
    if isinstance(entry, Dual):  # where a law depends on what is varied
        slopes = {key: _times_monomial(slope, monomial) for key, slope in entry.partials.items()}
        return Dual(entry.level, _times_monomial(entry.value, monomial), slopes)
    return entry if entry == 0 else Polynomial({monomial: entry})
