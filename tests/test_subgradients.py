"""Subgradients: decided at an instance, refuted by a place that a person can check, proved for symbolic shapes."""

from __future__ import annotations

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
from derivations.language.terms import Number, Term
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.convexity import Curvature, curvature
from derivations.proof.verification import judge

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
