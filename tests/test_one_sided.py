"""One-sided derivatives: evaluated by infinitesimals, proved by the chain rule, both against difference quotients."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import OutsideDomain
from derivations.language import constructors as make
from derivations.language.assumptions import equal, nonzero, positive
from derivations.language.claims import claim
from derivations.language.errors import ShapeError, UnsupportedError
from derivations.language.functions import abs_, define_function, relu, sign, sqrt
from derivations.language.kinks import OneSidedDerivative
from derivations.language.terms import Symbol, Term
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.domain import conditions_of
from derivations.proof.verification import judge

n, d = make.dimensions("n d")
x, a, b, t = make.scalars("x a b t")
w, v, u = make.vector("w", 2), make.vector("v", 2), make.vector("u", d)
A = make.literal([1, -2], [3, 1])
along = make.one_sided_derivative
weight = define_function("weight", t, abs_(t) - relu(t - 1))
Values = dict[Symbol, Any]


def value(term: Term, values: Values, interpreter: type[ExactInterpreter] | type[BallInterpreter] = ExactInterpreter) -> Any:
    """The entries of a term, with lists for vectors."""
    entries: dict[Any, Any] = {name: tuple((Fraction(e),) for e in given) if name.shape else ((Fraction(given),),) for name, given in values.items()}
    return interpreter(Instance({}, entries, {})).value(term).entries


POINTS: list[tuple[Term, Values, int | Fraction]] = [
    (along(abs_(x), x, 1), {x: 0}, 1),
    (along(abs_(x), x, -1), {x: 0}, 1),
    (along(abs_(x), x, -1), {x: -2}, 1),
    (along(relu(x), x, 1), {x: 0}, 1),
    (along(relu(x), x, -1), {x: 0}, 0),
    (along(relu(x) - relu(-x), x, 1), {x: 0}, 1),
    (along(relu(x) - relu(-x), x, -1), {x: 0}, -1),
    (along(make.maximum(x, 2 * x), x, 1), {x: 0}, 2),
    (along(make.maximum(x, 2 * x), x, -1), {x: 0}, -1),
    (along(make.minimum(x, 2 * x), x, 1), {x: 0}, 1),
    (along(abs_(abs_(x) - 1), x, 1), {x: 1}, 1),
    (along(abs_(abs_(x) - 1), x, -1), {x: 1}, 1),
    (along(relu(x) ** 2, x, 3), {x: 0}, 0),
    (along(weight(x), x, 1), {x: 1}, 0),
    (along(weight(x), x, -1), {x: 1}, -1),
    (along(make.norm(w), w, v), {w: (0, 0), v: (3, -4)}, 5),
    (along(make.norm(w), w, v), {w: (3, 4), v: (3, -4)}, Fraction(-7, 5)),
    (along(make.norm(w, 1), w, v), {w: (0, 1), v: (3, -4)}, -1),
    (along(make.norm(w, "inf"), w, v), {w: (2, -2), v: (3, -4)}, 4),
    (along(make.norm(A @ w, 1), w, v), {w: (2, 1), v: (1, 1)}, 5),
    (along(abs_(x), x, x), {x: -3}, 3),
    (along(a * b, x, 1), {x: 0, a: 1, b: 2}, 0),
    (along(make.gradient(x**2, x) * relu(x), x, 1), {x: 0}, 0),
    (along(relu(make.gradient(x**2, x)), x, -1), {x: 0}, 0),
]


@pytest.mark.parametrize(("term", "at", "expected"), POINTS, ids=lambda case: str(case))
def test_values(term: Term, at: Values, expected: int | Fraction) -> None:
    assert [rational(entry) for entry in value(term, at)] == [expected]
    (ball,) = value(term, at, BallInterpreter)
    assert (ball * expected.denominator - expected.numerator).contains(0)


@pytest.mark.parametrize(
    ("term", "at"),
    [
        (along(sign(x), x, 1), {x: 0}),
        (along(sqrt(x), x, 1), {x: 0}),
        (along(relu.prime(x), x, 1), {x: 0}),
        (along(make.cases((x > 0, x), otherwise=2 * x), x, 1), {x: 0}),
        (along(make.indicator(x > 0), x, 1), {x: 0}),
        (along(make.gradient(abs_(x), x), x, 1), {x: 0}),
        (along(1 / x, x, 1), {x: 0}),
    ],
    ids=str,
)
def test_where_a_function_may_jump_there_is_none(term: Term, at: Values) -> None:
    for interpreter in (ExactInterpreter, BallInterpreter):
        with pytest.raises(OutsideDomain):
            value(term, at, interpreter)
    assert conditions_of(claim(term, "=", 0)), "the text must say so"


PIECES = st.recursive(
    st.sampled_from([x, x - 1, 1 - 2 * x, x + Fraction(1, 2)]),
    lambda inner: st.one_of(
        st.builds(lambda f, g: f + g, inner, inner),
        st.builds(lambda f, g: f - g, inner, inner),
        st.builds(lambda f, c: c * f, inner, st.sampled_from([2, -1, Fraction(1, 3)])),
        st.builds(make.maximum, inner, inner),
        st.builds(make.minimum, inner, inner),
        st.builds(lambda f: abs_(f), inner),
        st.builds(lambda f: relu(f), inner),
    ),
    max_leaves=6,
)


@given(PIECES, st.sampled_from([0, 1, -1, Fraction(1, 2), Fraction(-1, 2)]), st.sampled_from([1, -1, 2]))
def test_of_piecewise_linear_functions_it_is_the_quotient_of_small_differences(f: Term, at: Fraction, direction: int) -> None:
    """Breakpoints have denominators that a step of 2⁻⁴⁰ does not reach across."""
    step = Fraction(1, 2**40)
    here, there = value(f, {x: at})[0], value(f, {x: at + step * direction})[0]
    assert value(along(f, x, direction), {x: at})[0] == (there - here) * 2**40


def test_the_direction_has_the_shape_of_the_variable() -> None:
    with pytest.raises(ShapeError, match="in a direction"):
        along(make.norm(w), w, 1)


def test_only_names_move() -> None:
    with pytest.raises(UnsupportedError, match=r"cannot move entry\(w, 1\)"):
        along(abs_(make.entry(w, 1)), make.entry(w, 1), 1)


def test_one_in_another_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="may jump"):
        along(along(abs_(x), x, 1), x, 1)
    with pytest.raises(UnsupportedError, match="inside of a derivative"):
        value(make.gradient(a * along(abs_(x), x, 1), a), {x: 0, a: 1})


def test_a_derivative_of_one_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="may jump"):
        conditions_of(claim(make.gradient(along(abs_(x), x, 1), x), "=", 0))


def test_spelling() -> None:
    term = along(abs_(x), x, -1)
    assert str(term) == "one_sided_derivative(abs_(x), x, -1)"
    assert latex(term) == r"\partial^{+}_{x; \, -1} \, \lvert x \rvert"
    assert isinstance(term, OneSidedDerivative)


def test_a_wrong_value_at_a_kink_is_refuted_there() -> None:
    verdict = judge(claim(along(relu(x) - relu(-x), x, 1), "=", 0, equal(x, 0)))
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample is not None
    assert verdict.counterexample.left == ((Fraction(1),),)
    assert verdict.counterexample.right == ((Fraction(0),),)


def test_the_side_matters() -> None:
    assert judge(claim(along(relu(x), x, -1), "=", -along(relu(x), x, 1))).status is Status.REFUTED


def test_domain() -> None:
    assert conditions_of(claim(along(abs_(x) + make.norm(w) + make.maximum(x, a), x, 1), "=", 0)) == ()
    (condition,) = conditions_of(claim(along(sqrt(abs_(x)), x, 1), "=", 0))
    assert condition.requirement == positive(abs_(x))
    (condition,) = conditions_of(claim(along(1 / make.maximum(x, a), x, 1), "=", 0))
    assert condition.requirement == nonzero(make.maximum(x, a))
    assert conditions_of(claim(along(weight(x), x, 1), "=", 0)) == ()
    assert len(conditions_of(claim(along(relu(make.gradient(abs_(x), x)), x, 1), "=", 0))) == 1
