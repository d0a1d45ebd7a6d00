"""Logarithms of rationals: sums and quotients against mpmath, and border cases that balls leave open."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import mp, mpf

from derivations.evaluation.algebraic import nth_root
from derivations.evaluation.fields import ALGEBRAIC
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import Inexact
from derivations.evaluation.logarithms import Logarithm, logarithm
from derivations.language.assumptions import Assumption, equal, nonzero
from derivations.language.claims import claim
from derivations.language.constructors import counter, define, scalars
from derivations.language.functions import abs_, exp, log
from derivations.language.terms import Relation, Statement
from derivations.language.verdicts import Status
from derivations.proof.refutation import Trial
from derivations.proof.sampling import Sampler
from derivations.proof.verification import judge

x, y, rho, epsilon, distance = scalars("x y rho epsilon distance")
t = counter("t")
positive = st.fractions(Fraction(1, 12), 12, max_denominator=12)
factors = st.fractions(-3, 3, max_denominator=3)


def flint(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def decimal(value: Fraction) -> Any:
    return mpf(value.numerator) / value.denominator


@given(positive, positive, factors, factors)
def test_signs_are_those_of_decimal_numbers(a: Fraction, b: Fraction, p: Fraction, q: Fraction) -> None:
    with mp.workdps(40):
        exact = flint(p) * logarithm(flint(a)) + flint(q) * logarithm(flint(b))
        value = decimal(p) * mp.log(decimal(a)) + decimal(q) * mp.log(decimal(b))
        assert ALGEBRAIC.sign(exact) == (0 if abs(value) < mpf(10) ** -30 else int(mp.sign(value)))


@given(positive, st.integers(-4, 4), st.integers(1, 4))
def test_quotients_of_powers_are_rational(a: Fraction, p: int, q: int) -> None:
    assume(a != 1)
    assert logarithm(flint(a) ** p) / logarithm(flint(a) ** q) == fmpq(p, q)
    assert ALGEBRAIC.apply("exp", logarithm(flint(a)) * fmpq(p, 1)) == flint(a) ** p


@pytest.mark.parametrize(
    "refused",
    [
        lambda: logarithm(fmpq(2)) / logarithm(fmpq(3)),
        lambda: logarithm(fmpq(2)) + 1,
        lambda: 1 - logarithm(fmpq(2)),
        lambda: logarithm(fmpq(2)) * logarithm(fmpq(2)),
        lambda: 1 / logarithm(fmpq(2)),
        lambda: nth_root(fmpq(2), 2) * logarithm(fmpq(2)),
        lambda: logarithm(fmpq(2)) + nth_root(fmpq(2), 2),
        lambda: ALGEBRAIC.apply("exp", fmpq(1)),
        lambda: ALGEBRAIC.apply("log", logarithm(fmpq(2))),
        lambda: ALGEBRAIC.apply("sqrt", logarithm(fmpq(2))),
        lambda: logarithm(fmpq(2**200 + 1)),
    ],
)
def test_what_is_neither_a_logarithm_nor_algebraic_is_refused(refused: Any) -> None:
    with pytest.raises(Inexact):
        refused()


def test_the_logarithm_of_one_is_zero() -> None:
    assert logarithm(fmpq(1)) == 0
    assert isinstance(logarithm(fmpq(3, 2)), Logarithm)
    assert ALGEBRAIC.apply("exp", fmpq(0)) == 1
    assert logarithm(fmpq(4)) - 2 * logarithm(fmpq(2)) == 0


def at(**values: Fraction) -> Instance:
    names = {"x": x, "y": y}
    return Instance({t: 2}, {names[name]: ((value,),) for name, value in values.items()}, {})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (t >= log(x) / log(y), True),
        (t > log(x) / log(y), False),
        (equal(log(x), 2 * log(y)), True),
        (abs_(log(x) - 2 * log(y)) > 0, False),
        (exp(2 * log(y)) < x, False),
        (exp(log(x) / 2) <= y, True),
        (exp(x) > 1, True),
    ],
)
def test_a_border_case_is_decided(statement: Statement, expected: bool) -> None:
    for instance in (at(x=Fraction(1, 4), y=Fraction(1, 2)), at(x=Fraction(9, 25), y=Fraction(3, 5))):
        assert Trial(instance).holds(claim(statement, "and", statement)) is expected


within: tuple[Assumption, ...] = (epsilon > 0, epsilon < 1, nonzero(distance), rho > -1, rho < 1, nonzero(rho))
left = define("left", rho**t * distance)
is_close = abs_(left) < epsilon * abs_(distance)


@pytest.mark.parametrize(
    ("relation", "expected"), [(">", Status.PROVED), (">=", Status.REFUTED), ("<", Status.REFUTED), ("<=", Status.REFUTED)]
)
def test_whether_the_number_of_steps_itself_is_enough(relation: str, expected: Status) -> None:
    steps = Relation(t * 1, relation, log(epsilon) / log(abs_(rho)))
    verdict = judge(claim(is_close, "iff", steps, within))
    assert verdict.status is expected


def test_a_name_that_a_comparison_can_be_solved_for_is_drawn_last() -> None:
    """So that the border is visited, also if another name is bounded by nothing."""
    sampler = Sampler(claim(is_close, "iff", t >= log(epsilon) / log(abs_(rho)), within))
    ties = 0
    for _ in range(60):
        instance = sampler.draw({t: 2}, 1)
        assert instance is not None
        ((ratio,),), ((accuracy,),) = instance.rational(rho), instance.rational(epsilon)
        ties += accuracy == ratio**2
    assert ties >= 3
