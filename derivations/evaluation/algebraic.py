"""Arithmetic with real algebraic numbers: irrational roots of polynomials, whose signs are known exactly.

A number is an irreducible polynomial over the integers with the place of the root among its real roots. Sums and products are eigenvalues of
matrices made of the companion matrices A and B of two numbers: of A ⊗ I + I ⊗ B and of A ⊗ B. Which eigenvalue it is, and of which irreducible
factor of the characteristic polynomial, enclosures say, which are refined until one root is left. What is rational is a plain rational again,
so that no number of this kind is 0, and the sign is that of an enclosure. (H. Cohen, A Course in Computational Algebraic Number Theory, 1993,
section 4.2.1; python-flint has no such numbers of its own.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz_poly

from derivations.evaluation.interpreter import Inexact
from derivations.language.algebraic import AlgebraicNumber, ExactNumber

__all__ = ["RealRoot", "as_number", "enclosure", "nth_root", "real_root", "real_roots", "refined", "root_among", "root_of", "roots_of"]

_BITS = 64
_HIGHEST_DEGREE = 36
_DIGITS = 8


class RealRoot:
    """An irrational real root of an irreducible polynomial.

    Attributes:
        polynomial: over the integers, without a common factor, the leading coefficient positive.
        place: which of its real roots, counted from 0 for the smallest one.
    """

    __slots__ = ("place", "polynomial")

    def __init__(self, polynomial: fmpz_poly, place: int) -> None:
        self.polynomial, self.place = polynomial, place

    def enclosure(self) -> arb:
        """A ball of about the current precision that holds the number."""
        return _enclosures(tuple(map(int, self.polynomial.coeffs())), ctx.prec)[self.place]

    @property
    def sign(self) -> int:
        """−1 or 1: it is irrational."""
        found: int = refined(lambda: _certain_sign(self.enclosure()))
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RealRoot) and self.place == other.place and self.polynomial == other.polynomial

    def __hash__(self) -> int:
        return hash((tuple(map(int, self.polynomial.coeffs())), self.place))

    def __repr__(self) -> str:
        return str(as_number(self))

    def __neg__(self) -> RealRoot:
        return self._stretched(fmpq(-1))

    def __add__(self, other: Any) -> Any:
        if isinstance(other, fmpq | int):
            return RealRoot(_primitive(fmpq_poly(self.polynomial)(fmpq_poly([-other, 1]))), self.place)
        if not isinstance(other, RealRoot):
            return NotImplemented
        a, b = _companions(self, other)
        unit_a, unit_b = _identity(a.nrows()), _identity(b.nrows())
        return root_among((_kronecker(a, unit_b) + _kronecker(unit_a, b)).charpoly(), lambda: self.enclosure() + other.enclosure())

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, fmpq | int):
            return self._stretched(fmpq(other)) if other != 0 else fmpq(0)
        if not isinstance(other, RealRoot):
            return NotImplemented
        if self == other:
            (a,) = _companions(self)
            return root_among((a * a).charpoly(), lambda: self.enclosure() ** 2)
        return root_among(_kronecker(*_companions(self, other)).charpoly(), lambda: self.enclosure() * other.enclosure())

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self * (fmpq(1) / other)

    def __rtruediv__(self, other: Any) -> Any:
        return other * root_among(fmpq_poly(self.polynomial.coeffs()[::-1]), lambda: 1 / self.enclosure())

    def _stretched(self, factor: fmpq) -> RealRoot:
        """The number times a rational that is not 0."""
        stretched = _primitive(fmpq_poly(self.polynomial)(fmpq_poly([0, 1 / factor])))
        return RealRoot(stretched, self.place if factor > 0 else len(real_roots(stretched)) - 1 - self.place)


def nth_root(value: fmpq | RealRoot, degree: int) -> fmpq | RealRoot:
    """The root ≥ 0 of a degree ≥ 1 of a value ≥ 0."""
    if isinstance(value, RealRoot):
        _check_degree(degree * value.polynomial.degree())
        powers = fmpq_poly(value.polynomial)(fmpq_poly([0] * degree + [1]))
        return root_among(powers, lambda: value.enclosure().root(degree))
    _check_degree(degree)
    return root_among(fmpq_poly([-value, *[0] * (degree - 1), 1]), lambda: arb(value).root(degree)) if value else value


def root_among(polynomial: fmpq_poly, enclose: Callable[[], arb]) -> fmpq | RealRoot:
    """The root of a polynomial that lies in all of the enclosures, which shrink to it as the precision grows."""
    factors = [_primitive(fmpq_poly(factor)) for factor, _ in polynomial.numer().factor()[1]]

    def single() -> fmpq | RealRoot | None:
        ball = enclose()
        near = [(factor, place) for factor in factors for place, root in enumerate(real_roots(factor)) if root.overlaps(ball)]
        return _root(*near[0]) if len(near) == 1 else None

    found: fmpq | RealRoot = refined(single)
    return found


def refined(ask: Callable[[], Any]) -> Any:
    """The first answer that is not None, with ever more bits."""
    bits = _BITS
    while True:
        with ctx.workprec(bits):
            answer = ask()
        if answer is not None:
            return answer
        bits *= 2


def real_roots(polynomial: fmpz_poly) -> tuple[arb, ...]:
    """Disjoint enclosures of the real roots of an irreducible polynomial, in ascending order."""
    return _enclosures(tuple(map(int, polynomial.coeffs())), ctx.prec)


@lru_cache(maxsize=1024)
def _enclosures(coefficients: tuple[int, ...], bits: int) -> tuple[arb, ...]:
    roots: Any = fmpz_poly(list(coefficients)).complex_roots()
    found = [root.real for root, _ in roots if root.imag == 0]  # exactly 0 where a root is real
    return tuple(sorted(found, key=lambda root: root.mid()))


def enclosure(number: AlgebraicNumber) -> arb:
    """A ball of about the current precision that holds the number."""
    return _enclosures(number.coefficients, ctx.prec)[number.place]


def root_of(number: AlgebraicNumber) -> RealRoot:
    """The number, to calculate with."""
    return RealRoot(fmpz_poly(list(number.coefficients)), number.place)


def roots_of(polynomial: fmpq_poly) -> list[fmpq | RealRoot]:
    """The real roots of an irreducible polynomial, in ascending order."""
    whole = _primitive(polynomial)
    return [_root(whole, place) for place in range(len(real_roots(whole)))]


def real_root(coefficients: Sequence[int], place: int) -> ExactNumber:
    """The real root at a place, counted from 0 for the smallest, among the different ones of any polynomial; the constant stands first."""
    factors = [_primitive(fmpq_poly(factor)) for factor, _ in fmpz_poly(list(coefficients)).factor()[1]]

    def at_place() -> fmpq | RealRoot | None:
        found = [(root, factor, k) for factor in factors for k, root in enumerate(real_roots(factor))]
        found.sort(key=lambda item: item[0].mid())
        apart = all(a[0] < b[0] for a, b in pairwise(found))
        return _root(*found[place][1:]) if apart else None

    value = refined(at_place)
    return as_number(value) if isinstance(value, RealRoot) else Fraction(int(value.p), int(value.q))


def as_number(root: RealRoot) -> AlgebraicNumber:
    """The number as a plain record, with bounds of a few decimal digits."""

    def bounds() -> tuple[Fraction, Fraction] | None:
        roots = real_roots(root.polynomial)
        low, high = (_fraction(end) for end in (roots[root.place].lower(), roots[root.place].upper()))
        unit = Fraction(10) ** (_digits_before(low) - _digits_at(ctx.prec))
        below, above = low // unit * unit, -(-high // unit) * unit
        others = [other for other in roots if other is not roots[root.place]]
        apart = not any(other.upper() >= arb(_rational(below)) and other.lower() <= arb(_rational(above)) for other in others)
        return (below, above) if apart and below * above > 0 else None

    return AlgebraicNumber(tuple(map(int, root.polynomial.coeffs())), root.place, *refined(bounds))


def _digits_before(number: Fraction) -> int:
    """The least k with |number| < 10^k, or one more or less."""
    return len(str(abs(number.numerator))) - len(str(number.denominator))


def _digits_at(bits: int) -> int:
    return _DIGITS * bits // _BITS


def _root(factor: fmpz_poly, place: int) -> fmpq | RealRoot:
    if factor.degree() > 1:
        return RealRoot(factor, place)
    return fmpq(-factor[0], factor[1])


def _certain_sign(ball: arb) -> int | None:
    return 1 if ball > 0 else -1 if ball < 0 else None


def _primitive(polynomial: fmpq_poly) -> fmpz_poly:
    """The same roots, over the integers without a common factor, the leading coefficient positive."""
    whole = polynomial.numer()
    return whole // (whole.content() if whole.leading_coefficient() > 0 else -whole.content())


def _companions(*numbers: RealRoot) -> tuple[fmpq_mat, ...]:
    """Matrices of which the polynomials are the characteristic ones."""
    degree = 1
    for number in numbers:
        degree *= number.polynomial.degree()
    _check_degree(degree)
    return tuple(_companion(number.polynomial) for number in numbers)


def _companion(polynomial: fmpz_poly) -> fmpq_mat:
    size, leading = polynomial.degree(), polynomial.leading_coefficient()
    rows = [[fmpq(int(j == i + 1)) for j in range(size)] for i in range(size - 1)]
    return fmpq_mat([*rows, [-fmpq(polynomial[k], leading) for k in range(size)]])


def _check_degree(degree: int) -> None:
    """Raises:
    Inexact: it is too high to be worked with.
    """
    if degree > _HIGHEST_DEGREE:
        raise Inexact(f"an algebraic number whose degree may be {degree}")


def _identity(size: int) -> fmpq_mat:
    return fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def _kronecker(left: fmpq_mat, right: fmpq_mat) -> fmpq_mat:
    m, n = left.nrows(), right.nrows()
    return fmpq_mat(m * n, m * n, [left[i // n, j // n] * right[i % n, j % n] for i in range(m * n) for j in range(m * n)])


def _fraction(exact: arb) -> Fraction:
    value = exact.fmpq()
    return Fraction(int(value.p), int(value.q))


def _rational(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
