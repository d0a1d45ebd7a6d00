"""Coefficients are a field; the power rules of a ring change no value where the rules hold."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.language.errors import UnsupportedError
from derivations.proof.coefficients import Coefficient, Ring

GENERATORS = 3
few = settings(max_examples=50)
ZERO, ONE = Coefficient.number(0), Coefficient.number(1)
small = st.integers(-3, 3).map(Fraction) | st.fractions(-2, 2, max_denominator=3)
monomials = st.tuples(small, st.tuples(*(st.integers(0, 2) for _ in range(GENERATORS))))


def monomial(factor: Fraction, powers: tuple[int, ...]) -> Coefficient:
    product = Coefficient.number(factor)
    for number, power in enumerate(powers):
        for _ in range(power):
            product = product * Coefficient.generator(number)
    return product


def total(terms: list[tuple[Fraction, tuple[int, ...]]]) -> Coefficient:
    result = ZERO
    for term in terms:
        result = result + monomial(*term)
    return result


polynomials = st.lists(monomials, max_size=4).map(total)
fractions = st.tuples(polynomials, polynomials.filter(bool)).map(lambda pair: pair[0] / pair[1])
points = st.tuples(*(st.fractions(-3, 3, max_denominator=5) for _ in range(GENERATORS)))


def value(coefficient: Coefficient, point: tuple[Fraction, ...]) -> Fraction | None:
    """The value at a point; None where the denominator vanishes."""

    def at(side: Coefficient) -> Fraction:
        result = Fraction(0)
        for factor, powers in side.monomials():
            for number, power in powers.items():
                factor *= point[number] ** power
            result += factor
        return result

    under = at(Coefficient(coefficient.denominator))
    return at(Coefficient(coefficient.numerator)) / under if under else None


@few
@given(fractions, fractions, fractions)
def test_field_axioms(a: Coefficient, b: Coefficient, c: Coefficient) -> None:
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) + c == a + (b + c)
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert a + ZERO == a == a * ONE
    assert a - a == ZERO == a + -a
    assert not a or a / a == ONE
    assert not b or (a / b) * b == a


@few
@given(fractions, fractions, points)
def test_operations_are_those_of_the_values(a: Coefficient, b: Coefficient, point: tuple[Fraction, ...]) -> None:
    x, y = value(a, point), value(b, point)
    assume(x is not None and y is not None)
    assert x is not None
    assert y is not None
    assert value(a + b, point) in (x + y, None)
    assert value(a * b, point) in (x * y, None)
    assert value(-a, point) == -x
    if y:
        assert value(a / b, point) in (x / y, None)


@few
@given(fractions, fractions)
def test_equality_is_that_of_fractions(a: Coefficient, b: Coefficient) -> None:
    assert (a == b) == (not (a - b))
    assert a != b or (hash(a) == hash(b) and a.key == b.key)


@few
@given(small)
def test_constants(number: Fraction) -> None:
    assert Coefficient.number(number).constant == Coefficient.number(number).leading == number
    assert bool(Coefficient.number(number)) == (number != 0)
    assert (Coefficient.generator(0) + Coefficient.number(number)).constant is None
    assert (ONE / Coefficient.generator(0)).constant is None


def test_division_by_zero_is_refused() -> None:
    x = Coefficient.generator(0)
    for zero in (ZERO, x - x, (x + ONE) * (x - ONE) - x * x + ONE):
        with pytest.raises(UnsupportedError, match="identically zero"):
            ONE / zero


@few
@given(polynomials, polynomials)
def test_the_slope_obeys_the_product_rule(a: Coefficient, b: Coefficient) -> None:
    assert (a * b).slope(0) == a.slope(0) * b + a * b.slope(0)
    assert (a + b).slope(1) == a.slope(1) + b.slope(1)


def test_the_slope_of_a_denominator_is_refused() -> None:
    x, y = Coefficient.generator(0), Coefficient.generator(1)
    assert (x / y).slope(0) == ONE / y
    with pytest.raises(UnsupportedError, match="denominator"):
        (x / y).slope(1)


@few
@given(fractions, fractions, polynomials.filter(bool))
def test_replacing_a_generator_is_a_homomorphism(a: Coefficient, b: Coefficient, new: Coefficient) -> None:
    def moved(coefficient: Coefficient) -> Coefficient:
        return coefficient.mapped(lambda number: new if number == 1 else None)

    try:
        left, right = moved(a), moved(b)
    except UnsupportedError:
        return  # the new value makes a denominator zero
    assert moved(a + b) == left + right
    assert moved(a * b) == left * right
    assert a.mapped(lambda number: None) == a


@few
@given(fractions)
def test_generators_are_those_that_occur(a: Coefficient) -> None:
    without = a.mapped(lambda number: ONE + ONE if number not in a.generators() else None)
    assert without == a


# ------------------------------------------------------------------------------------------------------------ power rules


def ring_with(*owners: str) -> tuple[Ring, list[Coefficient]]:
    ring = Ring()
    return ring, [ring.generator(owner) for owner in owners]


def test_a_generator_is_given_at_first_sight() -> None:
    ring, (x, y) = ring_with("x", "y")
    assert ring.generator("x") == x != y
    assert ring.owners == ["x", "y"]


def test_a_full_ring_refuses() -> None:
    ring = Ring()
    with pytest.raises(UnsupportedError, match="different scalars"):
        [ring.generator(owner) for owner in range(1000)]


@few
@given(fractions, points)
def test_a_square_root_squares_to_its_argument(a: Coefficient, point: tuple[Fraction, ...]) -> None:
    ring, (_, y, _) = ring_with("root", "y", "other")
    ring.power_rule(0, 2, y * y + ONE)
    try:
        reduced = ring.reduced(a)
    except UnsupportedError:
        return
    assert Coefficient(reduced.numerator).generators().isdisjoint({0}) or max(p.get(0, 0) for _, p in reduced.monomials()) < 2
    for root in (Fraction(5, 4), Fraction(-5, 4)):  # at y = 3/4 the root of y² + 1 is rational
        here = (root, Fraction(3, 4), point[2])
        assert value(reduced, here) == value(a, here) or None in (value(reduced, here), value(a, here))


@few
@given(fractions, points, st.sampled_from((-1, 0, 1)))
def test_a_sign_keeps_its_value(a: Coefficient, point: tuple[Fraction, ...], sign: int) -> None:
    ring, (s, x, _) = ring_with("sign", "x", "y")
    ring.power_rule(0, 3, s)
    ring.multiple_rule(0, 2, x, x)
    try:
        reduced = ring.reduced(a)
    except UnsupportedError:
        return
    here = (Fraction(sign), sign * abs(point[1] or Fraction(1)), point[2])
    assert value(reduced, here) == value(a, here) or None in (value(reduced, here), value(a, here))


def test_rules_of_signs() -> None:
    ring, (s, x) = ring_with("sign", "x")
    ring.power_rule(0, 3, s)
    assert ring.reduced(s * s * s) == s
    assert ring.reduced(s * s) == s * s
    assert ring.reduced(s * s * x) == s * s * x
    ring.multiple_rule(0, 2, x, x)
    assert ring.reduced(s * s * x) == x
    assert ring.reduced(s * s * (x + ONE)) == x + s * s
    ring.power_rule(0, 2, ONE)
    assert ring.reduced(s * s) == ONE


@few
@given(fractions, points, st.sampled_from((-1, 0, 1)))
def test_the_sign_of_a_sum_keeps_its_value(a: Coefficient, point: tuple[Fraction, ...], sign: int) -> None:
    """At points where y² + x − 1 has the sign, or is 0."""
    ring, (s, x, y) = ring_with("sign", "x", "y")
    inside = y * y + x - ONE
    ring.power_rule(0, 3, s)
    ring.multiple_rule(0, 2, inside, inside)
    try:
        reduced = ring.reduced(a)
    except UnsupportedError:
        return
    here = (Fraction(sign), sign * abs(point[1] or Fraction(1)) - point[2] ** 2 + 1, point[2])
    assert value(reduced, here) == value(a, here) or None in (value(reduced, here), value(a, here))
    assert ring.reduced(reduced) == reduced


def test_a_geometric_sum_is_told_by_its_multiple() -> None:
    """(xy − 1) S = p, so xy S is S + p, however often."""
    ring, (total_, x, y, p) = ring_with("S", "x", "y", "p")
    ring.multiple_rule(0, 1, x * y - ONE, p)
    assert ring.reduced(x * y * total_) == total_ + p
    assert ring.reduced(x * x * y * y * total_ - total_) == p + x * y * p
    assert ring.reduced(x * total_ + y) == x * total_ + y
    ring.multiple_rule(0, 1, Coefficient.number(2), p)
    assert ring.reduced(total_ * total_) == p * p / Coefficient.number(4)


@few
@given(fractions.filter(bool))
def test_the_factors_multiply_to_the_whole(a: Coefficient) -> None:
    number, factors = a.factors()
    whole = Coefficient.number(number)
    for factor, power in factors:
        assert factor.leading > 0
        assert factor.constant is None
        assert factor.factors() == (Fraction(1), [(factor, 1)])
        for _ in range(abs(power)):
            whole = whole * factor if power > 0 else whole / factor
    assert whole == a
    assert len({factor.key for factor, _ in factors}) == len(factors)


def test_factors_are_irreducible() -> None:
    x, y = map(Coefficient.generator, range(2))
    assert (x * x - y * y).factors() in ((Fraction(1), [(x + y, 1), (x - y, 1)]), (Fraction(1), [(x - y, 1), (x + y, 1)]))
    assert dict(((ONE - x) * (ONE - x) * y / (x + y)).factors()[1]) == {x - ONE: 2, y: 1, x + y: -1}
    assert (x * x + ONE).factors() == (Fraction(1), [(x * x + ONE, 1)])
    assert Coefficient.number(Fraction(-2, 3)).factors() == (Fraction(-2, 3), [])
    two = Coefficient.number(2)
    assert (ONE / two - x * y / two / two).factors() == (Fraction(-1, 4), [(x * y - two, 1)])


@few
@given(st.lists(fractions.filter(bool), min_size=1, max_size=4), fractions.filter(bool))
def test_what_is_common_divides_all(found: list[Coefficient], factor: Coefficient) -> None:
    common = Coefficient.common([each * factor for each in found])
    rest = [each * factor / common for each in found]
    assert all(each.is_polynomial for each in rest)
    assert Coefficient.common(rest) == ONE


def test_a_denominator_that_a_rule_makes_zero_is_refused() -> None:
    ring, (root, x) = ring_with("root", "x")
    ring.power_rule(0, 2, x)
    with pytest.raises(UnsupportedError, match="identically zero"):
        ring.reduced(ONE / (root * root - x))
