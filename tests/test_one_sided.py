"""One-sided derivatives: evaluated by infinitesimals, proved by the chain rule, both against difference quotients."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import GIVEN, SHAPES, Maker
from strategies import w as strategy_w
from strategies import x as strategy_x
from strategies import z as strategy_z
from test_domain import instances

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import EvaluationError, OutsideDomain
from derivations.language import constructors as make
from derivations.language.assumptions import Assumption, equal, nonzero, positive
from derivations.language.claims import claim
from derivations.language.errors import ShapeError, UnsupportedError
from derivations.language.functions import abs_, define_function, exp, relu, sign, sqrt
from derivations.language.kinks import OneSidedDerivative, on_kinks
from derivations.language.terms import Relation, Symbol, Term
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.domain import conditions_of
from derivations.proof.one_sided import without_one_sided_derivatives
from derivations.proof.sampling import precise
from derivations.proof.verification import judge, judge_mutants

n, d = make.dimensions("n d")
x, a, b, t = make.scalars("x a b t")
w, v = make.vector("w", 2), make.vector("v", 2)
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
        value(make.gradient(a * along(abs_(x), x, 1), x), {x: 0, a: 1})
    with pytest.raises(UnsupportedError, match="may jump"):
        value(make.gradient(along(abs_(x), x, a), a), {x: 0, a: 1})
    assert value(make.gradient(a * along(abs_(x), x, 1), a), {x: 0, a: 1}) == (1,)


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


# -------------------------------------------------------------------------------------------------------------------- proofs

X, y, z = make.matrix("X", n, d), make.vector("y", n), make.scalar("z")
u_d, v_d = make.vector("u", d), make.vector("v", d)
at_zero = equal(x, 0)
residual = X @ u_d - y
odd = relu(z) - relu(-z)

PROVED: dict[str, tuple[Term, str, Any, tuple[Assumption, ...]]] = {
    "right derivative of the absolute value": (along(abs_(x), x, 1), "=", 1, (at_zero,)),
    "of any direction": (along(abs_(x), x, a), "=", abs_(a), (at_zero,)),
    "on both sides": (along(abs_(x), x, 1), "=", make.cases((x >= 0, 1), otherwise=-1), ()),
    "ReLU(z) - ReLU(-z) to the right": (along(odd, z, 1), "=", 1, (equal(z, 0),)),
    "ReLU(z) - ReLU(-z) to the left": (-along(odd, z, -1), "=", 1, (equal(z, 0),)),
    "maximum": (along(make.maximum(x, a), x, 1), "=", make.indicator(x >= a), ()),
    "maximum to the left": (along(make.maximum(x, a), x, -1), "=", -make.indicator(x > a), ()),
    "minimum": (along(make.minimum(x, a), x, 1), "=", make.indicator(x < a), ()),
    "of entries": (along(relu(u_d), u_d, v_d), "=", relu(v_d), (equal(u_d, make.zeros(d)),)),
    "where it is differentiable": (along(relu(u_d), u_d, v_d), "=", make.hadamard(make.indicator(u_d > make.zeros(d)), v_d), (nonzero(u_d),)),
    "norm at zero": (along(make.norm(u_d), u_d, v_d), "=", make.norm(v_d), (equal(u_d, make.zeros(d)),)),
    "norm elsewhere": (along(make.norm(u_d), u_d, v_d), "=", u_d.T @ v_d / make.norm(u_d), (make.norm(u_d) > 0,)),
    "1-norm of residuals": (
        along(make.norm(residual, 1), u_d, v_d),
        "=",
        sign(residual).T @ X @ v_d + make.ones(n).T @ make.hadamard(make.indicator(equal(residual, make.zeros(n))), abs_(X @ v_d)),
        (),
    ),
    "smooth": (along(make.norm(residual) ** 2, u_d, v_d), "=", 2 * residual.T @ X @ v_d, ()),
    "chain rule": (along(exp(abs_(x)), x, 1), "=", 1, (at_zero,)),
    "product rule": (along(x**3 * abs_(x), x, 1), "=", 4 * x**2 * abs_(x), ()),
    "of a convex function both sides add up to no less than 0": (along(abs_(x) + x, x, 1) + along(abs_(x) + x, x, -1), ">=", 0, ()),
    "author's function": (along(weight(x), x, 1), "=", 0, (equal(x, 1),)),
    "cut at a name": (along(abs_(make.define("c", x**2)), make.define("c", x**2), -1), "=", 1, (at_zero,)),
    "the direction is held fixed": (along(abs_(x), x, x), "=", abs_(x), ()),
    "it is the derivative where there is one": (along(abs_(x), x, 1), "=", make.gradient(abs_(x), x), ()),
}


@pytest.mark.parametrize("name", PROVED)
def test_proved(name: str) -> None:
    left, relation, right, assumed = PROVED[name]
    verdict = judge(claim(left, relation, right, assumed))
    assert (verdict.status, verdict.method) == (Status.PROVED, "one-sided derivatives"), verdict


def test_inside_an_equivalence() -> None:
    assert judge(claim(equal(along(abs_(x), x, 1), 1), "iff", x >= 0)).status is Status.PROVED
    assert judge(claim(equal(along(abs_(x), x, 1), 1), "iff", x > 0)).status is Status.REFUTED


@pytest.mark.parametrize("name", PROVED)
def test_variants_are_refuted(name: str) -> None:
    left, relation, right, assumed = PROVED[name]
    counted, _ = judge_mutants(claim(left, relation, right, assumed))
    assert counted.refuted + counted.equivalent == counted.total, counted.survivors
    assert counted.refuted or relation != "="


@given(st.data())
def test_what_is_written_out_has_the_same_value(data: st.DataObject) -> None:
    """At kinks above all: entries are small integers."""
    maker = Maker(lambda choices: data.draw(st.sampled_from(choices)), derivatives=False, counters=False)
    shape = data.draw(st.sampled_from(SHAPES))
    moving = data.draw(st.sampled_from([strategy_x, strategy_w, strategy_z]))
    term = along(maker.term(shape, 3), moving, maker.term(moving.shape, 1))
    try:
        (written,) = without_one_sided_derivatives((term,))
        conditions_of(claim(term, "=", term))
    except UnsupportedError:
        assume(False)
    for instance in instances(claim(term, "=", written, GIVEN), data.draw(st.integers(0, 99)), 3):
        with precise(128), suppress(EvaluationError):
            run = BallInterpreter(instance)
            found, expected = run.value(term), run.value(written)
            assert all((p - q).contains(0) for p, q in zip(found.entries, expected.entries, strict=True)), instance


def test_a_direction_is_not_captured() -> None:
    i = make.index("i", n)
    s, c = make.family("s", n), make.family("c", n)
    term = along(make.sum_over(i, abs_(s[i] * x)), x, c[i])
    with pytest.raises(UnsupportedError, match="rename it"):
        without_one_sided_derivatives((term,))


# ---------------------------------------------------------------------------------------- derivatives at kinks are not claimed


@pytest.mark.parametrize("slope", [relu.prime(z), make.gradient(relu(z), z)], ids=str)
@pytest.mark.parametrize("convention", [z > 0, z >= 0], ids=str)
def test_the_slope_of_relu_is_known_off_its_kink_only(slope: Term, convention: Relation) -> None:
    off = judge(claim(slope, "=", make.indicator(convention)))
    assert off.status is Status.PROVED
    assert off.conditions == ("z != 0",)
    at = judge(claim(slope, "=", make.indicator(convention), equal(z, 0)))
    assert at.status is Status.UNDECIDED
    assert "so the claim is vacuous" in at.reason
    assert at.witness is None


@pytest.mark.parametrize("value_there", [0, 1, 2])
def test_of_the_gradient_at_a_kink_nothing_is_proved_or_refuted(value_there: int) -> None:
    """ReLU(z) − ReLU(−z) is z, but its gradient is taken from the text."""
    verdict = judge(claim(make.gradient(odd, z), "=", value_there, equal(z, 0)))
    assert (verdict.status, verdict.counterexample) == (Status.UNDECIDED, None)
    for otherwise in (make.cases((equal(z, 0), value_there), otherwise=1),):
        assert judge(claim(make.gradient(odd, z), "=", otherwise)).conditions[0] == "z != 0"


@pytest.mark.parametrize("slope", [along(odd, z, 1), -along(odd, z, -1)], ids=str)
def test_one_sided_derivatives_decide_there(slope: Term) -> None:
    assert judge(claim(slope, "=", 1, equal(z, 0))).status is Status.PROVED
    assert judge(claim(slope, "=", 0, equal(z, 0))).status is Status.REFUTED


def test_instances_on_kinks_are_drawn() -> None:
    """Wrong at the kink alone: x is seldom exactly a."""
    wrong = claim(along(abs_(7 * x - 3 * a), x, 1), "=", 7 * sign(7 * x - 3 * a))
    verdict = judge(wrong)
    assert verdict.status is Status.REFUTED
    assert len(list(on_kinks(wrong))) == 1
    assert not list(on_kinks(claim(abs_(x), ">=", 0)))


@pytest.mark.parametrize("side", [1, -1])
def test_at_irrational_kinks(side: int) -> None:
    """|x² − 2| rises from √2 with the slope 2√2 to both sides."""
    at_root = (equal(x**2, 2), x > 0)
    right = claim(along(abs_(x**2 - 2), x, side), "=", 2 * x, at_root)
    assert judge(right).status is Status.PROVED
    wrong = judge(claim(along(abs_(x**2 - 2), x, side), "=", 2, at_root))
    assert wrong.status is Status.REFUTED


def test_an_irrational_eigenvalue_stands_beside_what_moves() -> None:
    golden = make.literal([1, 1], [1, 0])  # the smaller eigenvalue is (1 - √5)/2, which no rational number meets
    step = make.indicator(a >= make.smallest_eigenvalue(golden))
    slope = along(step * abs_(x), x, 1)
    assert judge(claim(slope, "=", step, equal(x, 0))).status in (Status.PROVED, Status.SUPPORTED)
    assert judge(claim(slope, "=", 0, equal(x, 0))).status is Status.REFUTED
