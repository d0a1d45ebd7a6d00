"""Real algebraic numbers: arithmetic against mpmath and SymPy, exact signs, their spelling, and eigenvalues made of them."""

from __future__ import annotations

import json
import operator
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy
from flint import acb, ctx, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from strategies import claims

from derivations.evaluation.algebraic import RealRoot, as_number, nth_root, real_root, root_of
from derivations.evaluation.algebraic_spectra import algebraic_eigenvalues, algebraic_moduli, has_real_roots_only
from derivations.evaluation.arrays import AlgebraicInterpreter, BallInterpreter
from derivations.evaluation.fields import ALGEBRAIC, EXACT, exact_number
from derivations.evaluation.interpreter import EvaluationError, Inexact
from derivations.evaluation.spectra import eigenvalue_moduli, eigenvalues, has_real_eigenvalues
from derivations.language.algebraic import AlgebraicNumber
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Term
from derivations.proof.sampling import Sampler

DIGITS = 60
small = st.fractions(-3, 3, max_denominator=4)
positive = st.fractions(Fraction(1, 4), 3, max_denominator=4)


def flint(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


@dataclass(frozen=True)
class Both:
    """One number twice: as an algebraic number, and as a decimal one of many digits."""

    exact: Any
    decimal: Any

    def combined(self, operation: Callable[[Any, Any], Any], other: Both) -> Both:
        return Both(operation(self.exact, other.exact), operation(self.decimal, other.decimal))


@st.composite
def surds(draw: st.DrawFn) -> Both:
    """A rational plus a rational times a root of degree 2 or 3."""
    with mp.workdps(DIGITS):
        start, factor, inside, degree = draw(small), draw(small), draw(positive), draw(st.sampled_from([2, 2, 3]))
        root = nth_root(flint(inside), degree)
        decimal = (mpf(inside.numerator) / inside.denominator) ** (mpf(1) / degree)
        sum_ = mpf(start.numerator) / start.denominator + decimal * factor.numerator / factor.denominator
        return Both(flint(start) + flint(factor) * root, sum_)


def enclosed(value: Any) -> Any:
    """The middle of a narrow enclosure."""
    number = exact_number(value)
    if isinstance(number, Fraction):
        return mpf(number.numerator) / number.denominator
    return (mpf(number.low.numerator) / number.low.denominator + mpf(number.high.numerator) / number.high.denominator) / 2


def agree(both: Both) -> bool:
    with mp.workdps(DIGITS):
        return bool(abs(enclosed(both.exact) - both.decimal) <= mpf(10) ** -6 * max(1, abs(both.decimal)))


@given(surds(), surds(), st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]))
@settings(max_examples=60)
def test_arithmetic_is_that_of_decimal_numbers(first: Both, second: Both, operation: Callable[[Any, Any], Any]) -> None:
    assume(second.exact != 0)
    with mp.workdps(DIGITS):
        assert agree(first.combined(operation, second))


@given(surds(), surds(), small)
@settings(max_examples=30)
def test_the_laws_of_a_field_hold_exactly(a: Both, b: Both, factor: Fraction) -> None:
    x, y = a.exact, b.exact
    assume(all(isinstance(value, fmpq) or value.polynomial.degree() <= 2 for value in (x, y)))
    z = x * x + flint(factor)
    assert x + y - y == x
    assert x * (y + z) - x * y == x * z
    assert y == 0 or x / y * y == x


@given(surds(), surds())
@settings(max_examples=60)
def test_signs_are_exact(a: Both, b: Both) -> None:
    difference = a.exact - b.exact
    with mp.workdps(DIGITS):
        gap = a.decimal - b.decimal
        expected = 0 if abs(gap) < mpf(10) ** (10 - DIGITS) else int(gap > 0) - int(gap < 0)
    assert ALGEBRAIC.sign(difference) == expected
    assert (a.exact == b.exact) == (expected == 0)


def test_what_is_zero_is_known_to_be_zero() -> None:
    two, three, six = (nth_root(fmpq(value), 2) for value in (2, 3, 6))
    assert two * three - six == 0
    assert nth_root(5 + 2 * six, 2) - two - three == 0
    assert isinstance(two * two, fmpq)
    assert ALGEBRAIC.sign(nth_root(fmpq(10**40 + 1), 2) - 10**20) == 1  # the difference is 5e-21


def test_a_sign_is_found_however_close_two_numbers_are() -> None:
    near = Fraction(str(sympy.sqrt(2).evalf(60)))
    assert ALGEBRAIC.sign(nth_root(fmpq(2), 2) - flint(near)) == (1 if near**2 < 2 else -1)


@pytest.mark.parametrize(
    ("coefficients", "place", "expected"),
    [
        ([-2, 0, 1], 0, -(2**0.5)),
        ([-2, 0, 1], 1, 2**0.5),
        ([4, 0, -4, 0, 1], 1, 2**0.5),  # (x² − 2)²: the different roots count
        ([0, -2, 0, 1], 1, 0),  # x³ − 2x, a rational one between two irrational ones
        ([0, -2, 0, 1], 2, 2**0.5),
        ([-2, 0, 0, 1], 0, 2 ** (1 / 3)),
    ],
)
def test_roots_are_counted_from_the_smallest_one(coefficients: list[int], place: int, expected: float) -> None:
    assert float(real_root(coefficients, place)) == pytest.approx(expected)


@given(surds())
def test_a_record_has_bounds_with_no_other_root_between(both: Both) -> None:
    assume(isinstance(both.exact, RealRoot))
    number = as_number(both.exact)
    t = sympy.Symbol("t")
    polynomial = sympy.Poly(list(reversed(number.coefficients)), t)
    assert polynomial.is_irreducible
    assert polynomial.count_roots(sympy.Rational(number.low), sympy.Rational(number.high)) == 1
    assert polynomial.count_roots(None, sympy.Rational(number.low)) == number.place
    assert root_of(number) == both.exact
    assert pickle.loads(pickle.dumps(number)) == number
    assert json.loads(json.dumps(str(number))) == str(number)


@given(surds())
def test_degree_two_is_spelled_in_closed_form(both: Both) -> None:
    assume(isinstance(both.exact, RealRoot) and both.exact.polynomial.degree() == 2)
    closed, near = str(as_number(both.exact)).split(" ≈ ")
    value = sympy.sympify(closed)  # our own output
    assert abs(float(value) - float(both.decimal)) < 1e-12
    assert float(near) == pytest.approx(float(both.decimal), rel=1e-5)


def test_spelling() -> None:
    root = nth_root(fmpq(2), 2)
    assert str(exact_number(root)) == "sqrt(2) ≈ 1.41421"
    assert str(exact_number(-root)) == "-sqrt(2) ≈ -1.41421"
    assert str(exact_number(1 - root / 2)) == "1 - 1/2*sqrt(2) ≈ 0.292893"
    assert str(exact_number(nth_root(fmpq(2), 3))) == "root of t**3 - 2 in [1.259921, 1.2599211]"
    assert str(exact_number(nth_root(fmpq(3), 3) + 1)) == "root of t**3 - 3*t**2 + 3*t - 4 in [2.4422495, 2.4422496]"


def test_numbers_of_a_high_degree_are_refused() -> None:
    with pytest.raises(Inexact, match="degree"):
        sum((nth_root(fmpq(prime), 3) for prime in (2, 3, 5, 7)), fmpq(0))


def test_a_rational_field_has_no_irrational_numbers() -> None:
    with pytest.raises(Inexact, match="irrational"):
        EXACT.number(AlgebraicNumber((-2, 0, 1), 1, Fraction(1), Fraction(2)))


# ------------------------------------------------------------------------------------------------------------- eigenvalues


@st.composite
def square_matrices(draw: st.DrawFn, size: int) -> list[list[Any]]:
    """Integers, and multiples of one root."""
    root = nth_root(fmpq(draw(st.sampled_from([2, 3]))), 2)
    entries = st.tuples(st.integers(-2, 2), st.integers(-1, 1))
    return [[fmpq(whole) + fmpq(times) * root for whole, times in (draw(entries) for _ in range(size))] for _ in range(size)]


def as_floats(matrix: list[list[Any]]) -> np.ndarray:
    return np.array([[float(exact_number(entry)) for entry in row] for row in matrix])


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=60)
def test_whether_eigenvalues_are_real_agrees_with_numpy(data: st.DataObject, size: int) -> None:
    matrix = data.draw(square_matrices(size))
    values = np.linalg.eigvals(as_floats(matrix))
    assume(all(abs(a.imag) > 1e-4 or abs(a.imag) < 1e-12 for a in values))
    assume(all(abs(a - b) > 1e-4 for k, a in enumerate(values) for b in values[:k]))
    assert has_real_roots_only(matrix) == bool((abs(values.imag) < 1e-9).all())


def test_double_eigenvalues_are_real() -> None:
    root, one, zero = nth_root(fmpq(2), 2), fmpq(1), fmpq(0)
    assert has_real_eigenvalues([[root, one], [zero, root]])  # defective
    assert has_real_eigenvalues([[root, one, zero], [zero, root, one], [zero, zero, root]])
    assert not has_real_eigenvalues([[root, one, zero], [-one, root, zero], [zero, zero, root]])
    assert not has_real_eigenvalues([[root, -one, one, zero], [one, root, zero, one], [zero, zero, root, -one], [zero, zero, one, root]])


@given(square_matrices(2))
@settings(max_examples=60)
def test_moduli_and_eigenvalues_agree_with_numpy(matrix: list[list[Any]]) -> None:
    floats = as_floats(matrix)
    moduli = [float(exact_number(value)) for value in algebraic_moduli(matrix)]
    assert moduli == pytest.approx(sorted(abs(np.linalg.eigvals(floats))), abs=1e-6)
    (a, b), (_, d) = matrix
    symmetric = [[a, b], [b, d]]
    values = [float(exact_number(value)) for value in algebraic_eigenvalues(symmetric)]
    assert values == pytest.approx(sorted(np.linalg.eigvalsh(as_floats(symmetric))), abs=1e-6)


@given(st.lists(st.integers(-3, 3), min_size=6, max_size=6))
def test_eigenvalues_of_rational_matrices_are_exact_roots(entries: list[int]) -> None:
    a, b, c, d, e, f = map(fmpq, entries)
    matrix = [[a, b, c], [b, d, e], [c, e, f]]
    found = eigenvalues(ALGEBRAIC, matrix)
    assert [float(exact_number(value)) for value in found] == pytest.approx(np.linalg.eigvalsh(as_floats(matrix)), abs=1e-6)
    assert all(ALGEBRAIC.sign(later - earlier) >= 0 for earlier, later in pairwise(found))


def test_moduli_beyond_two_rows_are_refused_where_they_are_irrational() -> None:
    one, zero = fmpq(1), fmpq(0)
    with pytest.raises(Inexact):
        eigenvalue_moduli(ALGEBRAIC, [[zero, zero, fmpq(2)], [one, zero, zero], [zero, one, zero]])
    assert eigenvalue_moduli(ALGEBRAIC, [[zero, zero, one], [one, zero, zero], [zero, one, zero]]) == [1, 1, 1]


# ------------------------------------------------------------------------------------------------------ whole terms


@given(claims(), st.integers(0, 2**16), st.sampled_from([2, 3]))
@settings(max_examples=100)
def test_terms_have_the_values_that_balls_enclose(stated: Claim, seed: int, inside: int) -> None:
    """With a root in the place of every entry of one: only a refusal may come instead."""
    drawn = Sampler(stated, seed).draw({dim: 2 for dim in Sampler(stated).dimensions}, 0)
    assume(drawn is not None)
    assert drawn is not None
    root = exact_number(nth_root(fmpq(inside), 2))
    values = {key: tuple(tuple(root if entry == 1 else entry for entry in row) for row in rows) for key, rows in drawn.values.items()}
    instance = replace(drawn, values=values)
    for side in (stated.left, stated.right):
        assert isinstance(side, Term)
        with ctx.workprec(200):
            try:
                exact, enclosed_ = (system(instance).value(side).entries for system in (AlgebraicInterpreter, BallInterpreter))
            except (EvaluationError, UnsupportedError):
                continue  # no value there, or none that is algebraic
            for value, ball in zip(exact, enclosed_, strict=True):
                assert ball.overlaps(acb(value.enclosure() if isinstance(value, RealRoot) else value))
