"""Induction where a sequence stands inside other terms: what one step keeps, all steps keep; and what no such step shows."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import Assumption, equal, nonzero, orthogonal, singular_value_decomposition
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    define,
    diag,
    dimensions,
    entry,
    gradient,
    hadamard_power,
    index,
    iterate,
    matrix,
    norm,
    ones,
    scalars,
    series,
    sum_over,
    vector,
    zeros,
)
from derivations.language.operators import Iterate
from derivations.language.terms import Operand, Relation, Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.explanation import explain
from derivations.proof.induction import by_invariant
from derivations.proof.verification import judge, judge_mutants

n, d, r = dimensions("n d r")
k, i, j, m = counter("k"), counter("i"), index("j", d), index("m", r)
X, U, sigma, V = matrix("X", n, d), matrix("U", n, r), vector("sigma", r), matrix("V", d, r)
Q, A = matrix("Q", d, d), matrix("A", d, d)
y, w, w_0, u, z = vector("y", n), vector("w", d), vector("w_0", d), vector("u", d), vector("z", d)
eta, c, c_0, rho, a, b = scalars("eta c c_0 rho a b")
decomposed = singular_value_decomposition(X, U, sigma, V)
weights = iterate("w", k, w_0, w, w - eta * X.T @ (X @ w - y))
turned = iterate("z", k, Q @ w_0, z, Q @ A @ Q.T @ z)
straight = iterate("w", k, w_0, w, A @ w)
geometric = iterate("c", k, c_0, c, rho * c)
scaled = iterate("z", k, w_0, z, rho * z)
each = iterate("c", k, entry(w_0, j), c, entry(w, j) * c)
Case = tuple[Term, Operand, tuple[Assumption, ...]]

PROVED: dict[str, Case] = {
    "what the data take to zero": (u.T @ weights, u.T @ w_0, (equal(X @ u, zeros(n)),)),
    "what V takes to zero": (u.T @ weights, u.T @ w_0, (*decomposed, equal(V.T @ u, zeros(r)))),
    "the weights in another basis": (Q @ straight, turned, (orthogonal(Q),)),
    "two sequences": (Q @ straight - turned, zeros(d), (orthogonal(Q),)),
    "an entry of a sequence": (entry(scaled, j), rho**k * entry(w_0, j), ()),
    "an entry is a sequence of its own": (entry(scaled, j), iterate("c", k, entry(w_0, j), c, rho * c), ()),
    "a norm that is kept": (norm(iterate("z", k, w_0, z, Q @ z)) ** 2, norm(w_0) ** 2, (orthogonal(Q),)),
    "a coordinate": (
        entry(V.T @ weights, m),
        (1 - eta * entry(sigma, m) ** 2) ** k * entry(V.T @ w_0, m)
        + series(i, k, (1 - eta * entry(sigma, m) ** 2) ** i) * eta * entry(sigma, m) * entry(U.T @ y, m),
        decomposed,
    ),
    "of second order": (2 * iterate("F", k, (c_0, c_0 + 1), (a, b), 2 * b - a), 2 * c_0 + 2 * k, ()),
    "on both sides": (2 * geometric + c_0, geometric + c_0 + geometric, ()),
    "a sum, which says too little of its parts for an induction": (sum_over(j, each), sum_over(j, entry(w, j) ** k * entry(w_0, j)), ()),
    "a square, which does too": (geometric**2, rho**k * rho**k * c_0**2, ()),
}


@pytest.mark.parametrize("name", PROVED)
def test_what_a_step_keeps_all_steps_keep(name: str) -> None:
    left, right, given = PROVED[name]
    made = claim(left, "=", right, given)
    verdict = judge(made)
    assert verdict.status is Status.PROVED, verdict
    assert verdict.method in ("induction", "normal form")
    count, refuted = judge_mutants(made)
    assert not count.survivors
    assert refuted


def _refuted_or_open(left: Term, right: Operand, given: tuple[Assumption, ...] = ()) -> Status:
    verdict = judge(claim(left, "=", right, given))
    assert not verdict.alarm
    return verdict.status


def test_what_a_step_does_not_keep_is_refuted() -> None:
    assert _refuted_or_open(u.T @ weights, u.T @ w_0) is Status.REFUTED
    assert _refuted_or_open(Q @ straight, turned) is Status.REFUTED
    assert _refuted_or_open(entry(scaled, j), rho ** (k + 1) * entry(w_0, j)) is Status.REFUTED
    assert _refuted_or_open(norm(scaled) ** 2, norm(w_0) ** 2) is Status.REFUTED


def test_a_base_that_fails_is_refuted() -> None:
    """Each step keeps c = 0, but the first term need not be 0."""
    assert _refuted_or_open(geometric * a, 0 * geometric) is Status.REFUTED


def test_an_unknown_of_one_index_says_nothing_of_another() -> None:
    """Each sequence has a start of its own, so the entries need not be alike."""
    assert _refuted_or_open(each, iterate("b", k, entry(w_0, j), b, rho * b)) is Status.REFUTED


def claims_of(left: Term, right: Operand, *given: Assumption) -> list[Claim]:
    return by_invariant(claim(left, "=", right, given))


def test_the_step_has_unknowns_of_new_names() -> None:
    base, step = claims_of(u.T @ weights, u.T @ w_0)
    assert base.left == u.T @ w_0
    assert not any(isinstance(term, Iterate) for term in subterms(step.terms))
    hypothesis = step.given[-1]
    assert isinstance(hypothesis, Relation)
    assert hypothesis.left == u.T @ vector("w'", d)


def test_a_sequence_under_a_binder_is_left_alone() -> None:
    """Its unknown could not depend on what is bound, or varied, there."""
    inside_a_series = series(i, k, iterate("c", i, c_0, c, rho * c))
    assert not claims_of(inside_a_series + geometric, c_0)
    squared = iterate("z", k, w, z, rho * z)
    assert not claims_of(gradient(norm(squared) ** 2, w), w)
    assert not claims_of(c_0, c_0 + 1)


def test_a_gradient_through_a_sequence_is_not_lost() -> None:
    """With an unknown in its place the derivative would be 0."""
    start = iterate("z", k, w, z, z)
    assert _refuted_or_open(gradient(norm(start) ** 2, w), zeros(d)) is not Status.PROVED


def test_a_name_that_would_be_bound_leaves_the_claim_open() -> None:
    """The same with the sum outside, where nothing is bound, is proved."""
    inside, outside = (iterate("c", k, entry(w_0, j), c, step) for step in (sum_over(j, entry(w, j) * c), c * sum_over(j, entry(w, j))))
    closed = entry(w_0, j) * sum_over(j, entry(w, j)) ** k
    for left, right in ((inside, closed), (2 * inside, 2 * closed)):
        verdict = judge(claim(left, "=", right))
        assert verdict.status is Status.UNDECIDED
        assert "where it is bound" in verdict.reason
    assert judge(claim(outside, "=", closed)).status is Status.PROVED


def test_sequences_at_different_counters_are_left_alone() -> None:
    assert not claims_of(geometric, 2 * iterate("b", i, c_0, b, rho * b))
    assert not claims_of(geometric, iterate("b", k + 1, c_0, b, rho * b) * 1)


def test_an_assumption_on_the_counter_is_not_used_in_the_step() -> None:
    """It may fail one step before."""
    verdict = judge(claim(2 * geometric, "=", 2 * c_0, (equal(rho**k, ones()), nonzero(c_0))))
    assert not verdict.alarm
    assert verdict.status is not Status.PROVED


def test_base_and_step_are_told() -> None:
    told = explain(claim(u.T @ weights, "=", u.T @ w_0, equal(X @ u, zeros(n))))
    assert len(told.of_kind("base")) == 1
    assert len(told.of_kind("step")) == 1


def test_a_definition_in_the_step_does_not_reach_the_unknown() -> None:
    """The state of the sequence has the name of something that is given a value; inside the sequence it means the state."""
    named = define("P", diag(hadamard_power(w, 2)))
    verdict = judge(claim(u.T @ iterate("s", k, w_0, w, w), "=", u.T @ w_0, equal(w, named @ u)))
    assert verdict.status is Status.PROVED, verdict
