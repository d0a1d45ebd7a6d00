"""Minimisers: true claims proved for every shape, false ones refuted by a better point that a second evaluator confirms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from oracle import EQUAL, Oracle, many_digits

from derivations.evaluation import minimisers
from derivations.evaluation.instances import Instance
from derivations.evaluation.minimisers import Minimality, minimality
from derivations.language.assumptions import (
    PROPERTIES,
    Assumption,
    equal,
    full_column_rank,
    full_row_rank,
    invertible,
    nonnegative,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
    symmetric,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    argmin,
    column_vector,
    define,
    dimensions,
    family,
    gradient,
    identity,
    index,
    inverse,
    literal,
    matrix,
    maximum,
    norm,
    pseudo_inverse,
    row,
    scalars,
    sum_over,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.functions import abs_, exp, sqrt
from derivations.language.terms import Relation, Symbol, Term, as_term
from derivations.language.traversal import dimensions as dimensions_in
from derivations.language.traversal import symbols
from derivations.language.verdicts import Counterexample, Status
from derivations.proof import comparisons, minimisation, refutation, squares, statements
from derivations.proof import nonzero as nonzero_vectors
from derivations.proof.domain import conditions_of
from derivations.proof.explanation import explain
from derivations.proof.minimisation import contrapositives, unfolded
from derivations.proof.proofs import Setting
from derivations.proof.verification import Budget, judge, judge_mutants

n, d, k = dimensions("n d k")
i = index("i", n)
X, A, B, Q, Z = matrix("X", n, d), matrix("A", d, d), matrix("B", n, n), matrix("Q", d, d), matrix("Z", d, d)
W, Y, U = matrix("W", d, k), matrix("Y", n, k), matrix("U", d, k)
w, u, v, q, y, t = vector("w", d), vector("u", d), vector("v", d), vector("q", d), vector("y", n), vector("t", n)
x, mu = family("x", n, d), vector("mu", d)
a, b, s, sigma, lambda_, eta, large, small = scalars("a b s sigma lambda eta large small")

error, penalty = norm(X @ w - y) ** 2, lambda_ * norm(w) ** 2
solution = inverse(X.T @ X) @ X.T @ y
ridge = inverse(X.T @ X + lambda_ * identity(d)) @ X.T @ y
least_norm = X.T @ inverse(X @ X.T) @ t
interpolates = equal(X @ w, t)
mean = sum_over(i, x[i]) / n
rate = maximum(abs_(1 - 2 * eta * large**2), abs_(1 - 2 * eta * small**2))
quadratic = w.T @ A @ w / 2 - q.T @ w

Given = tuple[Assumption, ...]
Case = tuple[Term, str, Term, Given]
independent, has_penalty = (full_column_rank(X),), (positive(lambda_),)

TRUE: dict[str, Case] = {
    "least squares": (argmin(error, w), "=", solution, independent),
    "least squares, the other way round": (solution, "=", argmin(error, w), independent),
    "half of it": (argmin(error / 2, w), "=", solution, independent),
    "mean squared error": (argmin(error / n, w), "=", solution, independent),
    "by the pseudo-inverse": (argmin(error, w), "=", pseudo_inverse(X) @ y, independent),
    "by names": (argmin(norm(define("r", X @ w - y)) ** 2, w), "=", define("hat_w", solution), independent),
    "of any rank, one of them": (pseudo_inverse(X) @ y, "in", argmin(error, w), ()),
    "the only one is one of them": (solution, "in", argmin(error, w), independent),
    "ridge": (argmin(error + penalty, w), "=", ridge, has_penalty),
    "ridge in the row space": (argmin(error + penalty, w), "=", X.T @ inverse(X @ X.T + lambda_ * identity(n)) @ y, has_penalty),
    "a definite penalty": (
        argmin(error + lambda_ * w.T @ A @ w, w),
        "=",
        inverse(X.T @ X + lambda_ * A) @ X.T @ y,
        (*has_penalty, positive_definite(A)),
    ),
    "generalised least squares": (
        argmin((X @ w - y).T @ B @ (X @ w - y), w),
        "=",
        inverse(X.T @ B @ X) @ X.T @ B @ y,
        (*independent, positive_definite(B)),
    ),
    "least norm": (argmin(norm(w) ** 2, w, interpolates), "=", least_norm, (full_row_rank(X),)),
    "least norm of any rank": (argmin(norm(w) ** 2, w, interpolates), "=", pseudo_inverse(X) @ t, (equal(t, X @ u),)),
    "least norm, consistent as it stands": (argmin(norm(w) ** 2, w, equal(X @ w, X @ u)), "=", pseudo_inverse(X) @ X @ u, ()),
    "nearest point of a subspace": (argmin(norm(w - u) ** 2, w, equal(X @ w, zeros(n))), "=", u - pseudo_inverse(X) @ X @ u, ()),
    "nearest point that interpolates": (
        argmin(norm(w - u) ** 2, w, interpolates),
        "=",
        u + X.T @ inverse(X @ X.T) @ (t - X @ u),
        (full_row_rank(X),),
    ),
    "rotated": (argmin(norm(Q @ w - u) ** 2, w), "=", Q.T @ u, (orthogonal(Q),)),
    "inverted": (argmin(norm(Z @ w - u) ** 2, w), "=", inverse(Z) @ u, (invertible(Z),)),
    "quadratic": (argmin(quadratic, w), "=", inverse(A) @ q, (positive_definite(A),)),
    "quadratic, one of them": (inverse(A) @ q, "in", argmin(quadratic, w), (positive_definite(A),)),
    "where the gradient vanishes": (u, "in", argmin(error, w), (equal(X.T @ (X @ u - y), zeros(d)),)),
    "where the gradient vanishes, alone": (argmin(error, w), "=", u, (*independent, equal(X.T @ (X @ u - y), zeros(d)))),
    "convex and stationary": (u, "in", argmin(quadratic, w), (positive_semidefinite(A), equal(A @ u, q))),
    "with multipliers": (argmin(norm(w) ** 2, w, equal(X @ w, X @ u)), "=", u, (equal(u, X.T @ y),)),
    "nothing else is allowed": (argmin(norm(w - v) ** 2, w, equal(w, u)), "=", u, ()),
    "nothing else has this image": (argmin(exp(q.T @ w), w, equal(X @ w, X @ u)), "=", u, independent),
    "nothing else solves the equations": (argmin(error, w, equal(Z @ w, u)), "=", inverse(Z) @ u, (invertible(Z),)),
    "mean": (argmin(sum_over(i, norm(x[i] - mu) ** 2), mu), "=", mean, ()),
    "nearest to zero": (argmin(norm(w) ** 2, w), "=", zeros(d), ()),
    "matrix": (argmin(norm(X @ W - Y, "F") ** 2, W), "=", inverse(X.T @ X) @ X.T @ Y, independent),
    "matrix of least norm": (argmin(norm(W, "F") ** 2, W, equal(X @ W, Y)), "=", X.T @ inverse(X @ X.T) @ Y, (full_row_rank(X),)),
    "matrix with a penalty": (
        argmin(norm(X @ W - Y, "F") ** 2 + lambda_ * norm(W - U, "F") ** 2, W),
        "=",
        inverse(X.T @ X + lambda_ * identity(d)) @ (X.T @ Y + lambda_ * U),
        has_penalty,
    ),
    "scalar": (argmin((sigma * s - a) ** 2, s), "=", a / sigma, (nonzero(sigma),)),
    "parabola": (argmin(a * s**2 - 2 * b * s, s), "=", b / a, (positive(a),)),
    "scaled square": (argmin((s - b) ** 2 / sigma**2, s), "=", b, (nonzero(sigma),)),
    "fourth power": (argmin((s - a) ** 4, s), "=", a, ()),
    "optimal step": (argmin(rate, eta), "=", 1 / (large**2 + small**2), (positive(small), large > small)),
    "at a bound": (argmin(s**2, s, s >= a), "=", a, (positive(a),)),
    "within bounds": (argmin((s - 1) ** 2, s, nonnegative(s), s <= a), "=", as_term(1), (a >= 1,)),
}
CONDITIONS: dict[str, tuple[Case, tuple[str, ...]]] = {
    "needs the domain of an inverse": ((argmin(error, w), "=", solution, ()), ("X.T @ X invertible",)),
    "needs the domain of a quotient": ((argmin((sigma * s - a) ** 2, s), "=", a / sigma, ()), ("sigma != 0",)),
    "a penalty that may be zero, and an inverse": (
        (argmin(error / 2 + penalty / 2, w), "=", ridge, (nonnegative(lambda_),)),
        ("(X.T @ X + lambda * identity(d)) invertible",),
    ),
    "semidefinite and invertible is definite": ((argmin(quadratic, w), "=", inverse(A) @ q, (positive_semidefinite(A),)), ("A invertible",)),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_claim_is_proved(name: str) -> None:
    verdict = judge(claim(*TRUE[name]))
    assert (verdict.status, verdict.method, verdict.conditions) == (Status.PROVED, "minimiser", ())


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_the_domain_gives_is_printed(name: str) -> None:
    made, conditions = CONDITIONS[name]
    verdict = judge(claim(*made))
    assert (verdict.status, verdict.conditions) == (Status.PROVED, conditions)


def test_a_conjunct_may_speak_of_a_minimiser() -> None:
    statement = Relation(argmin(error, w), "=", solution)
    both = claim(statement, "and", equal(X.T @ (X @ solution - y), zeros(d)), independent)
    assert judge(both).status is Status.PROVED
    wrong = claim(Relation(argmin(error, w), "=", -solution), "and", equal(X.T @ (X @ solution - y), zeros(d)), independent)
    verdict = judge(wrong)
    assert verdict.status is Status.REFUTED
    assert "at w = " in verdict.hint


# --------------------------------------------------------------------------------------------------------------- false claims

FALSE: dict[str, Case] = {
    "without the rank": (argmin(error, w), "=", pseudo_inverse(X) @ y, ()),
    "the other Gram matrix": (argmin(error, w), "=", X.T @ inverse(X @ X.T) @ y, ()),
    "not transposed": (argmin(norm(Z @ w - u) ** 2, w), "=", inverse(Z.T @ Z) @ Z @ u, (invertible(Z),)),
    "factor 2": (argmin(error, w), "=", 2 * solution, independent),
    "sign": (argmin(error, w), "=", -solution, independent),
    "factor 2, one of them": (2 * pseudo_inverse(X) @ y, "in", argmin(error, w), ()),
    "half the penalty": (argmin(error + penalty, w), "=", inverse(X.T @ X + lambda_ / 2 * identity(d)) @ X.T @ y, has_penalty),
    "a penalty that may be negative": (argmin(error + penalty, w), "=", ridge, ()),
    "a penalty that may be zero": (argmin(penalty, w), "=", zeros(d), (nonnegative(lambda_),)),
    "least norm without the rank": (argmin(norm(w) ** 2, w, interpolates), "=", pseudo_inverse(X) @ t, ()),
    "least norm, the other Gram matrix": (argmin(norm(w) ** 2, w, interpolates), "=", inverse(X.T @ X) @ X.T @ t, ()),
    "least norm, but not the least": (argmin(norm(w) ** 2, w, equal(X @ w, X @ u)), "=", u, ()),
    "without its constraint": (argmin(norm(w) ** 2, w), "=", least_norm, (full_row_rank(X),)),
    "quadratic of any sign": (argmin(quadratic, w), "=", inverse(A) @ q, (invertible(A),)),
    "stationary but not convex": (u, "in", argmin(quadratic, w), (symmetric(A), equal(A @ u, q))),
    "flat directions": (argmin(w.T @ A @ w, w), "=", zeros(d), (positive_semidefinite(A),)),
    "unbounded": (zeros(d), "in", argmin(q.T @ w, w), ()),
    "the sum for the mean": (argmin(sum_over(i, norm(x[i] - mu) ** 2), mu), "=", sum_over(i, x[i]), ()),
    "matrix without the rank": (argmin(norm(X @ W - Y, "F") ** 2, W), "=", pseudo_inverse(X) @ Y, ()),
    "matrix, factor 2": (argmin(norm(X @ W - Y, "F") ** 2, W), "=", 2 * inverse(X.T @ X) @ X.T @ Y, independent),
    "scalar without its factor": (argmin((sigma * s - a) ** 2, s), "=", a, (nonzero(sigma),)),
    "maximum for minimum": (b / a, "in", argmin(a * s**2 - 2 * b * s, s), (a < 0,)),
    "half the step": (argmin(rate, eta), "=", 1 / (2 * (large**2 + small**2)), (positive(small), large > small)),
    "twice the step": (argmin(rate, eta), "=", 2 / (large**2 + small**2), (positive(small), large > small)),
    "the step of one": (argmin(rate, eta), "=", 1 / (2 * large**2), (positive(small), large > small)),
    "the norm of another minimiser": (argmin(norm(w, 1), w, interpolates), "=", least_norm, (full_row_rank(X),)),
    "the wrong kink": (argmin(abs_(s - a) + 2 * abs_(s - b), s), "=", a, (a < b,)),
    "beyond a bound": (argmin(s**2, s, s >= a), "=", 2 * a, (positive(a),)),
    "outside a bound": (argmin(s**2, s, s >= a), "=", as_term(0), (positive(a),)),
    "at an open end": (a, "in", argmin(s, s, s > a), ()),
    "a plateau": (argmin(maximum(abs_(s), 1), s), "=", as_term(0), ()),
    "irrational": (argmin((s - sqrt(a)) ** 2, s), "=", a, (positive(a),)),
    "transcendental": (argmin(exp(s) - a * s, s), "=", a, (positive(a),)),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_claim_is_refuted_by_a_point_that_a_person_can_check(name: str) -> None:
    made = claim(*FALSE[name])
    verdict = judge(made)
    assert verdict.status is Status.REFUTED
    assert not verdict.alarm
    assert verdict.counterexample is not None
    confirm(made, verdict.counterexample)


def confirm(made: Claim, found: Counterexample) -> None:
    """The counterexample, checked with a hundred digits: the point meets the constraints and is not worse, or the claimed one breaks one."""
    stated = minimality(made.statement)
    assert stated is not None
    instance = instance_of(made, stated.problem.variable, found)
    assert all(Oracle(instance).holds(given) for given in made.given if isinstance(given, Relation))
    variable, function, constraints = stated.problem.variable, stated.problem.function, stated.problem.constraints
    with many_digits():
        point = Oracle(instance).value(stated.point)
        origin = replace(instance, values={**instance.values, variable: tuple((Fraction(0),) * len(line) for line in point)})
        there = Oracle(origin, {variable: point})
        if variable not in instance.values:
            assert not all(map(there.holds, constraints))
            return
        here = Oracle(instance)
        assert all(map(here.holds, constraints))
        better = here.scalar(function) - there.scalar(function)
        assert better <= EQUAL if stated.only else better < -EQUAL
        assert any(abs(one - other) > EQUAL for rows in zip(here.value(variable), point, strict=True) for one, other in zip(*rows, strict=True))


def instance_of(made: Claim, variable: Symbol, found: Counterexample) -> Instance:
    """The witness of a counterexample as an instance, the bound variable among its values where it has one."""
    sizes, values = dict(found.witness.sizes), dict(found.witness.values)
    entries: dict[Any, Any] = {}
    for name in (*symbols(made.terms), variable):
        if isinstance(name, Symbol):
            entries |= {name: values[name.name]} if name.name in values else {}
        else:
            entries |= {(name, (place,)): member for place, member in enumerate(values[name.name], 1)}
    return Instance({dim: sizes[dim.name] for dim in dimensions_in(made.terms)}, entries, {})


MISSING = {
    "without the rank": ("X full column rank",),
    "a penalty that may be negative": ("lambda >= 0",),
    "least norm without the rank": ("X full row rank",),
}


@pytest.mark.parametrize("name", MISSING)
def test_the_assumption_that_is_missing_is_named(name: str) -> None:
    assert judge(claim(*FALSE[name])).missing_assumptions == MISSING[name]


def told(name: str) -> str:
    return judge(claim(*FALSE[name])).hint


def test_the_counterexample_says_what_it_shows() -> None:
    assert told("factor 2").startswith("at w = [1] the function is 0, at the claimed minimiser 1")
    assert told("without the rank").startswith("at w = [1] the function is 0 too, so the claimed minimiser is not the only one")
    assert told("outside a bound").startswith("the claimed minimiser does not meet s >= a: the left side is 0, the right side 1")


def test_the_values_of_a_counterexample_are_not_taken_for_multiples_of_each_other() -> None:
    verdict = judge(claim(*FALSE["the sum for the mean"]))
    assert verdict.counterexample is not None
    assert verdict.counterexample.relation == ">"
    assert "off by the factor" not in repr(verdict)


@pytest.mark.parametrize("name", ["least squares", "of any rank, one of them", "ridge", "least norm", "mean", "scalar", "optimal step", "matrix"])
def test_every_mutant_is_refuted_or_proved(name: str) -> None:
    counts, _ = judge_mutants(claim(*TRUE[name]))
    assert counts.refuted
    assert not counts.survivors


# ----------------------------------------------------------------------------------------------------------------- unfolding


def test_a_claim_unfolds_into_what_it_means() -> None:
    made = claim(argmin(norm(w) ** 2, w, interpolates), "=", least_norm, full_row_rank(X))
    feasible, least = unfolded(made)
    assert feasible == claim(X @ least_norm, "=", t, full_row_rank(X))
    assert (least.left, least.relation, least.right) == (norm(w) ** 2, ">", norm(least_norm) ** 2)
    assert least.given == (full_row_rank(X), interpolates, positive(norm(w - least_norm) ** 2))
    (member,) = unfolded(claim(zeros(d), "in", argmin(norm(w) ** 2, w)))
    assert (member.relation, member.given) == (">=", (positive(norm(w - zeros(d)) ** 2),))
    (scalar,) = unfolded(claim(argmin(s**2, s), "=", 0))
    assert scalar.given == (Relation(s, "!=", as_term(0)),)
    assert unfolded(claim(s, "=", s * 1)) == []


def test_names_that_depend_on_the_variable_are_spelled_out() -> None:
    (least,) = unfolded(claim(*TRUE["by names"]))
    assert least.left == norm(X @ w - y) ** 2
    assert least.right == norm(X @ define("hat_w", solution) - y) ** 2


REFUSED: dict[str, Claim] = {
    "a constraint with an index": claim(argmin(norm(w) ** 2, w, equal(row(X, i) @ w, as_term(1))), "=", zeros(d)),
    "a minimiser inside a term": claim(norm(argmin(error, w)), "=", 0),
    "a minimiser among the assumptions": claim(norm(u), "=", 0, equal(argmin(norm(w) ** 2, w), u)),
    "a minimiser on both sides": claim(argmin(norm(w) ** 2, w), "=", argmin(norm(v) ** 2, v)),
    "a comparison of minimisers": claim(argmin(s**2, s), "<=", 1),
    "a minimiser in a premise": claim(equal(argmin(s**2, s), a), "implies", equal(a, 0)),
    "a derivative by the variable": claim(argmin(norm(gradient(norm(w) ** 4, w)) ** 2, w), "=", zeros(d)),
    "a domain that depends on the variable": claim(argmin(s / (s - a), s), "=", a + 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_treated_is_refused_with_its_reason(name: str) -> None:
    verdict = judge(REFUSED[name])
    assert verdict.status is Status.UNDECIDED
    assert "argmin" in verdict.reason


def test_an_assumption_on_the_variable_is_no_constraint() -> None:
    with pytest.raises(DeclarationError, match="constraint"):
        claim(argmin(s**2, s), "=", 0, positive(s))
    with pytest.raises(DeclarationError, match="depends on s"):
        claim(argmin((s - a) ** 2, s), "=", s)


def test_a_point_is_not_captured_by_a_sum() -> None:
    claimed = claim(argmin(sum_over(i, norm(x[i] - mu) ** 2), mu), "=", x[i])
    with pytest.raises(UnsupportedError):
        unfolded(claimed)
    with pytest.raises(UnsupportedError):
        unfolded(claim(x[i], "in", argmin(sum_over(i, norm(x[i] - mu) ** 2), mu)))
    assert judge(claimed).status is Status.REFUTED


def test_an_explanation_shows_the_parts_the_shift_and_what_is_not_zero() -> None:
    shown = explain(claim(*TRUE["least norm"]))
    assert shown.of_kind("proved") == ("by minimiser", "by normal form", "by sum of squares")
    assert shown.of_kind("meets its constraint") + shown.of_kind("is least") == tuple(unfolded(claim(*TRUE["least norm"])))
    assert shown.of_kind("not zero") == (w,)
    assert explain(claim(*TRUE["scalar"])).of_kind("not zero") == (sigma * s,)
    assert explain(claim(*TRUE["least squares"])).of_kind("not zero") == (X @ w,)


def test_an_explanation_says_why_no_other_point_is_allowed() -> None:
    shown = explain(claim(*TRUE["nothing else has this image"]))
    assert shown.of_kind("proved") == ("by minimiser", "by normal form", "by contradiction")
    assert shown.of_kind("given not to be zero, yet is") == (w + u - u,)


# ------------------------------------------------------------------------------------------------------------ contraposition

UNIQUE: dict[str, Claim] = {
    "least norm": claim(norm(w) ** 2 <= norm(least_norm) ** 2, "implies", equal(w, least_norm), (full_row_rank(X), interpolates)),
    "least squares": claim(w, "=", solution, (*independent, error <= norm(X @ solution - y) ** 2)),
    "no distance": claim(norm(X @ (w - u)) ** 2 <= 0, "implies", equal(w, u), independent),
    "a scalar": claim((s - a) ** 2 <= 0, "implies", equal(s, a)),
}


@pytest.mark.parametrize("name", UNIQUE)
def test_what_is_as_good_is_the_minimiser(name: str) -> None:
    assert judge(UNIQUE[name]).status is Status.PROVED


@pytest.mark.parametrize(
    "made",
    [
        claim(norm(w) ** 2 <= norm(least_norm) ** 2, "implies", equal(w, least_norm), full_row_rank(X)),
        claim(norm(X @ (w - u)) ** 2 <= 0, "implies", equal(w, u)),
        claim(norm(w) ** 2 <= norm(u) ** 2, "implies", equal(w, u)),
    ],
)
def test_what_is_as_good_need_not_be_the_minimiser(made: Claim) -> None:
    assert judge(made).status is Status.REFUTED


def test_the_contrapositive_is_a_strict_comparison() -> None:
    (found,) = contrapositives(UNIQUE["least squares"])
    assert found.relation == ">"
    assert found.given == (*independent, positive(norm(w - solution) ** 2))


def test_a_literal_matrix_may_be_minimised_over() -> None:
    form = literal([2, 1], [1, 2])
    two = vector("z", 2)
    assert judge(claim(argmin(two.T @ form @ two / 2 - two.T @ column_vector(3, 3), two), "=", column_vector(1, 1))).status is Status.PROVED
    assert judge(claim(argmin(trace(form) * norm(two) ** 2, two), "=", column_vector(0, 1))).status is Status.REFUTED


def test_a_statement_without_a_minimiser_says_nothing_of_one() -> None:
    assert minimality(Relation(s, "=", a)) is None
    assert minimality(full_column_rank(X)) is None


# ------------------------------------------------------------------------------------------------------------ planted faults

FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "every vector is not zero": lambda patch: patch.setattr(nonzero_vectors.NonzeroVectors, "is_nonzero", lambda self, network: True),
    "no vector is": lambda patch: patch.setattr(nonzero_vectors.NonzeroVectors, "is_nonzero", lambda self, network: False),
    "every matrix takes only zero to zero": lambda patch: patch.setattr(nonzero_vectors, "INDEPENDENT_COLUMNS", PROPERTIES),
    "semidefinite is definite": lambda patch: patch.setattr(comparisons, "_middles", with_definite_middles(comparisons._middles)),
    "every pivot is positive": lambda patch: patch.setattr(squares, "_is_pivot", lambda algebra, pivot, row: bool(pivot) or not row),
    "what is left may be zero": lambda patch: patch.setattr(squares, "_is_definite_on", lambda algebra, gram, halves: True),
    "every scalar is not negative": lambda patch: patch.setattr(squares, "is_known_nonnegative", lambda algebra, z: True),
    "every scalar is not zero": lambda patch: patch.setattr(squares, "is_known_nonzero", lambda algebra, z: True),
    "the point need not meet the constraints": lambda patch: patch.setattr(minimisation, "_feasible", lambda made, stated: iter(())),
    "the constraints are forgotten": lambda patch: patch.setattr(minimisation, "_least", without_constraints(minimisation._least)),
    "the point is compared with itself": lambda patch: patch.setattr(minimisation, "_apart", lambda variable, point: equal(variable, variable)),
    "no rival is looked for": lambda patch: patch.setattr(refutation, "rival", lambda run, stated: None),
    "rivals may break constraints": lambda patch: patch.setattr(minimisers, "relation_holds", lambda run, constraint: True),
    "flat directions are no rivals": lambda patch: patch.setattr(minimisers, "_order", lambda *arguments: 1),
}
BATTERY = [
    *(claim(*TRUE[name]) for name in ("least squares", "ridge", "least norm", "quadratic", "scalar", "parabola")),
    claim(t.T @ B @ t, ">", 0, (positive_definite(B), positive(norm(t)))),
]
WRONG = [
    *(claim(*FALSE[name]) for name in ("without the rank", "factor 2", "a penalty that may be zero", "least norm, but not the least", "unbounded")),
    *(claim(*FALSE[name]) for name in ("least norm without the rank", "flat directions", "maximum for minimum", "outside a bound")),
    claim(norm(X @ u) ** 2, ">", 0, (full_row_rank(X), positive(norm(u)))),
    claim(norm(u) ** 2 + a, ">=", 0),
    claim(t.T @ B @ t, ">", 0, (positive_semidefinite(B), positive(norm(t)))),
    claim(norm(u) ** 2 + norm(v) ** 2, ">", 2 * u.T @ v, positive(norm(u))),
    claim(a**2, ">", 0),
]


def with_definite_middles(middles: Any) -> Any:
    def found(setting: Setting, normalizer: Any) -> Any:
        plain = middles(setting, normalizer)
        return replace(plain, definite=plain.semidefinite)

    return found


def without_constraints(least: Any) -> Any:
    def found(made: Claim, stated: Minimality) -> Claim:
        return least(made, replace(stated, problem=replace(stated.problem, constraints=())))  # type: ignore[no-any-return]

    return found


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_a_planted_fault_is_found(fault: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "concerns", lambda stated: False)  # z3 proves what is about numbers without these rules
    if fault is not None:
        FAULTS[fault](monkeypatch)
    brief = Budget(explain=False)
    try:
        right = all(judge(made, brief).status is Status.PROVED for made in BATTERY)
        wrong = all(judge(made, brief).status is Status.REFUTED and not is_wrongly_proved(made) for made in WRONG)
        found = not (right and wrong)
    except AssertionError:
        found = True  # a counterexample that does not hold up ends the program
    assert found is (fault is not None)


def is_wrongly_proved(made: Claim) -> bool:
    try:
        statements.prove(Setting.of(made, conditions_of(made)))
    except UnsupportedError:
        return False
    return True
