"""Subgradients: decided at an instance, refuted by a place that a person can check, proved for symbolic shapes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Instance
from derivations.evaluation.subgradients import decided, membership
from derivations.language import constructors as make
from derivations.language.assumptions import Assumption, equal, positive, positive_semidefinite
from derivations.language.claims import Claim, claim
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, exp, log, relu, sigmoid, sign, tanh
from derivations.language.terms import Number, Relation, Term
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.convexity import Curvature, curvature
from derivations.proof.lemmas import FERMAT, SIDES, SUBGRADIENT_CALCULUS
from derivations.proof.verification import judge, judge_mutants

n, d = make.dimensions("n d")
i = make.index("i", n)
x, a, b, lambda_ = make.scalars("x a b lambda")
w, v, y, s = make.vector("w", d), make.vector("v", d), make.vector("y", n), make.vector("s", n)
X, A = make.matrix("X", n, d), make.matrix("A", d, d)
rows, labels = make.family("x_", n, d), make.family("t", n)
residual = X @ w - y
subgradients = make.subdifferential
pair = make.vector("pair", 2)


def stated(candidate: Any, of: Term) -> Claim:
    return claim(candidate, "in", of)


def finding(candidate: Term, of: Term, values: dict[Any, Any], balls: bool = False) -> tuple[bool, bool]:
    """Whether it was refuted, and whether the answer is certain."""
    entries: dict[Any, Any] = {name: tuple((Fraction(e),) for e in given) if name.shape else ((Fraction(given),),) for name, given in values.items()}
    member = membership(stated(candidate, of).statement)
    assert member is not None
    found = decided((BallInterpreter if balls else ExactInterpreter)(Instance({}, entries, {})), member)
    return found.violation is not None, found.certain


@pytest.mark.parametrize("balls", [False, True])
@given(
    normals=st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=4),
    g=st.tuples(st.fractions(-6, 6, max_denominator=4), st.fractions(-6, 6, max_denominator=4)),
)
def test_a_zonotope_is_told_from_its_facets(normals: list[tuple[int, int]], g: tuple[Fraction, Fraction], balls: bool) -> None:
    """At 0 the subgradients of Σ |⟨a, w⟩| are the zonotope of the a; in the plane the normals of its edges are perpendicular to these, and
    where all are parallel, the line through them.
    """
    f = make.norm(make.literal(*((p, q) for p, q in normals)) @ pair, 1)
    candidate = make.column_vector(*g)
    directions = [(sign * -q, sign * p) for p, q in normals for sign in (1, -1)] + [(sign * p, sign * q) for p, q in normals for sign in (1, -1)]
    inside = all(sum(abs(p * u + q * t) for p, q in normals) >= g[0] * u + g[1] * t for u, t in directions)
    if not any(map(any, normals)):
        inside = not any(g)
    refuted, certain = finding(candidate, subgradients(f, pair), {pair: (0, 0)}, balls)
    assert refuted != inside
    assert certain or balls


@given(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), st.tuples(st.integers(-4, 4), st.integers(-4, 4)))
def test_what_is_not_refuted_meets_the_inequality_everywhere_that_was_looked(at: tuple[int, int], g: tuple[int, int]) -> None:
    first, second = make.entry(pair, 1), make.entry(pair, 2)
    f = make.maximum(abs_(first), 2 * second) + relu(first - second)

    def value(p: Fraction, q: Fraction) -> Fraction:
        return max(abs(p), 2 * q) + max(p - q, Fraction(0))

    refuted, certain = finding(make.column_vector(*g), subgradients(f, pair), {pair: at})
    grid = [Fraction(k, 2) for k in range(-8, 9)]
    here = value(Fraction(at[0]), Fraction(at[1]))
    below = any(value(p, q) < here + g[0] * (p - at[0]) + g[1] * (q - at[1]) for p, q in product(grid, grid))
    assert certain
    assert refuted or not below


REFUTED: dict[str, tuple[Any, Term, tuple[Assumption, ...], str]] = {
    "outside of the interval": (2, subgradients(abs_(x), x), (equal(x, 0),), "at z = 1 the function is 1, less than its value at x plus <g, z - x>"),
    "the other sign": (-sign(x), subgradients(abs_(x), x), (), "at z = "),
    "a factor": (2 * X.T @ sign(residual), subgradients(make.norm(residual, 1), w), (), "at z = ["),
    "too long": (2 * v, subgradients(make.norm(w), w), (equal(w, make.zeros(d)), make.norm(v) <= 1), "at z = ["),
    "of a smooth function": (x, subgradients(x**2, x), (), "at z = "),
    "of exp": (2 * exp(x), subgradients(exp(x), x), (), "at z = "),
}


@pytest.mark.parametrize("name", REFUTED)
def test_refuted_by_a_place(name: str) -> None:
    candidate, of, assumed, words = REFUTED[name]
    verdict = judge(claim(candidate, "in", of, assumed))
    assert verdict.status is Status.REFUTED
    assert words in verdict.hint
    assert verdict.counterexample is not None
    assert verdict.counterexample.relation == ">="
    left, right = verdict.counterexample.left[0][0], verdict.counterexample.right[0][0]
    assert not isinstance(left, Fraction) or not isinstance(right, Fraction) or left < right


def test_ill_typed() -> None:
    verdict = judge(stated(v.T, subgradients(make.norm(w), w)))
    assert (verdict.status, verdict.method) == (Status.REFUTED, "typing")


def test_only_membership_can_be_claimed() -> None:
    verdict = judge(claim(subgradients(abs_(x), x), "=", x))
    assert verdict.status is Status.UNDECIDED
    assert "one can claim g in subdifferential(f, x)" in verdict.reason


def test_spelling() -> None:
    assert str(stated(0, subgradients(abs_(x), x))) == "0 in subdifferential(abs_(x), x)"
    assert latex(stated(0, subgradients(abs_(x), x)).statement) == r"0 \in \partial_{x} \, \lvert x \rvert"
    with pytest.raises(UnsupportedError, match="cannot move"):
        subgradients(abs_(x), make.entry(w, 1))


# ---------------------------------------------------------------------------------------------------------------- convexity

ASSUMED = (positive(lambda_), positive(x), positive_semidefinite(A))
CURVED: list[tuple[Term, Term, Curvature]] = [
    (make.norm(residual, 1) + lambda_ * make.norm(w) ** 2, w, Curvature.CONVEX),
    (make.ones(n).T @ abs_(residual) / n, w, Curvature.CONVEX),
    (make.sum_over(i, log(1 + exp(-labels[i] * (w.T @ rows[i])))), w, Curvature.CONVEX),
    (-log(sigmoid(x)), x, Curvature.CONVEX),
    (-log(x), x, Curvature.CONVEX),
    (w.T @ A @ w, w, Curvature.CONVEX),
    (relu(x) ** 2, x, Curvature.CONVEX),
    (exp(abs_(x)), x, Curvature.CONVEX),
    (make.maximum(x**2, 1 - x), x, Curvature.CONVEX),
    (make.minimum(x, 1), x, Curvature.CONCAVE),
    (w.T @ X.T @ y, w, Curvature.AFFINE),
    (b * make.norm(w), w, Curvature.UNKNOWN),
    (x**3, x, Curvature.UNKNOWN),  # x is positive where it stands, but not everywhere
    (relu(x) - relu(-x), x, Curvature.UNKNOWN),
    (abs_(x**2 - 1), x, Curvature.UNKNOWN),
    (tanh(x), x, Curvature.UNKNOWN),
    (x * abs_(x), x, Curvature.UNKNOWN),
    (1 / x, x, Curvature.UNKNOWN),
    (make.minimum(x**2, 1), x, Curvature.UNKNOWN),
    (w.T @ make.matrix("B", d, d) @ w, w, Curvature.UNKNOWN),
]


@pytest.mark.parametrize(("f", "variable", "expected"), CURVED, ids=str)
def test_curvature(f: Term, variable: Term, expected: Curvature) -> None:
    assert curvature(f, variable, claim(f, "=", f, ASSUMED)) is expected


def test_a_named_variable_is_cut_from_what_is_known_of_it() -> None:
    cut = make.define("c", x)
    assert curvature(cut**3, cut, claim(x, "=", x, ASSUMED)) is Curvature.UNKNOWN


TERMS = st.recursive(
    st.sampled_from([x, 2 * x - 1, 1 - x, Number(Fraction(1))]),
    lambda inner: st.one_of(
        st.builds(lambda f, g: f + g, inner, inner),
        st.builds(lambda f, g: f - g, inner, inner),
        st.builds(lambda f, g: f * g, inner, inner),
        st.builds(make.maximum, inner, inner),
        st.builds(make.minimum, inner, inner),
        st.builds(lambda f: abs_(f), inner),
        st.builds(lambda f: relu(f), inner),
        st.builds(lambda f, k: f**k, inner, st.integers(2, 3)),
    ),
    max_leaves=5,
)


@given(TERMS, st.fractions(-3, 3, max_denominator=3), st.fractions(-3, 3, max_denominator=3))
def test_what_is_convex_lies_below_its_chords(f: Term, p: Fraction, q: Fraction) -> None:
    def value(at: Fraction) -> Fraction:
        return rational(ExactInterpreter(Instance({}, {x: ((at,),)}, {})).value(f).scalar)

    found, middle, mean = curvature(f, x, claim(f, "=", f)), value((p + q) / 2), (value(p) + value(q)) / 2
    assert Curvature.CONVEX not in found or middle <= mean
    assert Curvature.CONCAVE not in found or middle >= mean


def test_of_a_function_that_may_not_be_convex_nothing_is_said() -> None:
    verdict = judge(stated(1, subgradients(relu(x) - relu(-x), x)))
    assert verdict.status is Status.UNDECIDED
    assert "does not show that it is convex" in verdict.reason
    assert judge(claim(b * sign(x), "in", subgradients(b * abs_(x), x))).status is Status.UNDECIDED


# -------------------------------------------------------------------------------------------------------------------- proofs

t, u = make.vector("t", n), make.vector("u", d)
here = equal(x, 0)
r = make.define("r", residual)
margin = 1 - labels[i] * (w.T @ rows[i])
deviation = w.T @ rows[i] - labels[i]
multiplier = make.family("s", n)
lies_between = (t <= make.ones(n), t >= -make.ones(n))
filled_in = sign(residual) + make.hadamard(make.indicator(equal(residual, make.zeros(n))), t)
selected = (s <= make.ones(n), s >= -make.ones(n), equal(make.hadamard(s, residual), abs_(residual)))
l1, l1_named = make.norm(residual, 1), make.norm(r, 1)
lasso = make.norm(residual) ** 2 / 2 + lambda_ * make.norm(w, 1)

PROVED: dict[str, tuple[Any, Term, tuple[Assumption, ...]]] = {
    "sign": (1, subgradients(abs_(x), x), (here,)),
    "any number in the interval": (a, subgradients(abs_(x), x), (here, a <= 1, a >= -1)),
    "of ReLU": (a, subgradients(relu(x), x), (here, a <= 1, a >= 0)),
    "of a maximum": (-a, subgradients(make.maximum(-x, 2 * x), x), (here, a <= 1, a >= -2)),
    "of a smooth function the derivative": (2 * x, subgradients(x**2, x), ()),
    "of a square of ReLU": (2 * relu(x), subgradients(relu(x) ** 2, x), ()),
    "zero is a minimiser": (0, subgradients(abs_(x) + x**2, x), (here,)),
    "signs of residuals": (X.T @ sign(residual), subgradients(l1, w), ()),
    "multipliers": (X.T @ s, subgradients(l1, w), selected),
    "multipliers of the mean, turned": (X.T @ s / n, subgradients(make.norm(y - X @ w, 1) / n, w), selected),
    "any value at the kinks": (X.T @ filled_in, subgradients(l1, w), lies_between),
    "any value at the kinks, by name": (X.T @ make.define("s", filled_in), subgradients(l1, w), lies_between),
    "where all residuals are zero": (X.T @ t, subgradients(l1, w), (*lies_between, equal(y, X @ w))),
    "cut at the residuals": (sign(r), subgradients(l1_named, r), ()),
    "lasso": (X.T @ residual + lambda_ * sign(w), subgradients(lasso, w), (lambda_ >= 0,)),
    "lasso at zero": (-X.T @ y + lambda_ * u, subgradients(lasso, w), (lambda_ >= 0, equal(w, make.zeros(d)), u <= make.ones(d), u >= -make.ones(d))),
    "norm": (w / make.norm(w), subgradients(make.norm(w), w), ()),
    "norm at zero": (v, subgradients(make.norm(w), w), (equal(w, make.zeros(d)), make.norm(v) <= 1)),
    "norm by its dual": (v, subgradients(make.norm(w), w), (equal(v.T @ w, make.norm(w)), make.norm(v) <= 1)),
    "samples": (make.sum_over(i, sign(deviation) * rows[i]) / n, subgradients(make.sum_over(i, abs_(deviation)) / n, w), ()),
    "multipliers of samples": (
        make.sum_over(i, multiplier[i] * rows[i]) / n,
        subgradients(make.sum_over(i, abs_(deviation)) / n, w),
        (multiplier[i] <= 1, multiplier[i] >= -1, equal(multiplier[i] * deviation, abs_(deviation))),
    ),
    "hinge loss": (
        -make.sum_over(i, make.indicator(margin > 0) * labels[i] * rows[i]),
        subgradients(make.sum_over(i, relu(margin)), w),
        (),
    ),
    "hinge loss as a maximum": (
        -make.sum_over(i, make.indicator(margin > 0) * labels[i] * rows[i]),
        subgradients(make.sum_over(i, make.maximum(0, margin)), w),
        (),
    ),
    "logistic loss": (
        -make.sum_over(i, labels[i] * sigmoid(-labels[i] * (w.T @ rows[i])) * rows[i]),
        subgradients(make.sum_over(i, log(1 + exp(-labels[i] * (w.T @ rows[i])))), w),
        (),
    ),
}


@pytest.mark.parametrize("name", PROVED)
def test_proved(name: str) -> None:
    candidate, of, assumed = PROVED[name]
    verdict = judge(claim(candidate, "in", of, assumed))
    assert (verdict.status, verdict.method) == (Status.PROVED, "subgradients"), verdict
    assert set(verdict.lemmas) & {SIDES.name, SUBGRADIENT_CALCULUS.name}


@pytest.mark.parametrize("name", PROVED)
def test_wrong_variants_are_not_proved(name: str) -> None:
    """Each is refuted, or true as well; a missing bound shows only at a residual of exactly zero."""
    candidate, of, assumed = PROVED[name]
    counted, _ = judge_mutants(claim(candidate, "in", of, assumed))
    assert not counted.survivors
    assert counted.refuted


@pytest.mark.parametrize("missing", range(3))
def test_each_property_of_a_multiplier_is_needed(missing: int) -> None:
    assumed = tuple(part for place, part in enumerate(selected) if place != missing)
    assert judge(claim(X.T @ s, "in", subgradients(l1, w), assumed)).status is Status.REFUTED


def test_a_multiplier_of_what_rises_must_not_be_negative() -> None:
    """Of ||x|| at 0: −1 is one of |u|, but u = |x| is no affine argument; and of |relu(x)|, −1 is none."""
    assert judge(claim(-1, "in", subgradients(abs_(relu(x)), x), (here,))).status is Status.REFUTED
    right = claim(-X.T @ make.ones(n), "in", subgradients(l1, w), (equal(y, X @ w),))
    assert judge(right).status is Status.PROVED
    outer = make.ones(n).T @ abs_(relu(residual))
    assert judge(claim(-X.T @ make.ones(n), "in", subgradients(outer, w), (equal(y, X @ w),))).status is Status.REFUTED


def test_an_index_that_is_free_and_bound_is_refused() -> None:
    verdict = judge(claim(multiplier[i] * rows[i], "in", subgradients(make.sum_over(i, abs_(deviation)), w)))
    assert verdict.status is not Status.PROVED


@pytest.mark.parametrize("direction", ["iff", "implies"])
def test_fermats_rule(direction: str) -> None:
    stationary = Relation(make.zeros(d), "in", subgradients(l1, w))
    least = Relation(w, "in", make.argmin(make.norm(X @ v - y, 1), v))
    assert judge(claim(stationary, "iff", least)).lemmas == (FERMAT.name,)
    other = Relation(w, "in", make.argmin(make.norm(X @ v + y, 1), v))
    assert judge(claim(stationary, direction, other)).status is not Status.PROVED


@given(st.data())
def test_what_is_proved_is_never_contradicted(data: st.DataObject) -> None:
    """Subgradients guessed from multipliers of random functions: an alarm would be a fault of the proof."""

    def choose(choices: Sequence[Any]) -> Any:
        return data.draw(st.sampled_from(choices))

    affine = [x, -x, x - 1, 2 * x + 1, 1 - x]
    pieces: list[tuple[Term, Term]] = []
    for _ in range(data.draw(st.integers(1, 2))):
        u = choose(affine)
        slope = Number(Fraction({"x": 1, "-x": -1, "x - 1": 1, "2 * x + 1": 2, "1 - x": -1}[str(u)]))
        pieces.append(choose([
            (abs_(u), sign(u) * slope), (relu(u), make.indicator(u > 0) * slope), (relu(u), make.indicator(u >= 0) * slope),
            (relu(u), make.indicator(u < 0) * slope), (abs_(u), a * slope), (relu(u) ** 2, 2 * relu(u) * slope), (abs_(relu(u)), sign(u) * slope),
            (make.maximum(u, 0), make.indicator(u > 0) * slope), (exp(abs_(u)), exp(abs_(u)) * sign(u) * slope), (u**2, 2 * u * slope),
        ]))  # fmt: skip
    f, g = sum((p for p, _ in pieces[1:]), pieces[0][0]), sum((q for _, q in pieces[1:]), pieces[0][1])
    assumed = choose([(), (here,), (a <= 1, a >= -1), (here, a <= 1, a >= -1), (equal(x, 1),), (x > 0,)])
    verdict = judge(claim(g, "in", subgradients(f, x), assumed))
    assert not verdict.alarm
