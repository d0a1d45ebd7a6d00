"""Mutants: which slips are made in a claim, which are none because they leave a truth true, and that the wrong ones are refuted."""

from __future__ import annotations

from random import Random

import pytest
from strategies import SHAPES, A, Maker, X, c, i, n, u, v, w, x, y

from derivations.language.assumptions import every, full_column_rank, full_row_rank, nonnegative, positive, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    argmin,
    counter,
    entry,
    gradient,
    hadamard,
    index,
    indicator,
    inverse,
    iterate,
    norm,
    ones,
    pseudo_inverse,
    scalar,
    softmax,
    sum_over,
    trace,
)
from derivations.language.functions import abs_, exp, log, relu, sigmoid, tanh
from derivations.language.terms import Relation, Statement, as_term
from derivations.language.verdicts import Status
from derivations.proof.mutants import KINDS, mutants
from derivations.proof.verification import judge, judge_mutants

k, j, eta = counter("k"), index("j", n), scalar("eta")
in_range = (eta > 0) & (eta < 1)
shrinking, growing = (iterate("x", k, y, x, step) for step in (x - eta * x, x + eta * x))

LEAST_SQUARES = claim(gradient(norm(X @ w - u) ** 2, w), "=", 2 * X.T @ (X @ w - u))
CONVERGES = claim(tends_to(shrinking, 0), "iff", in_range)
HAS_RANK = claim(every(j, entry(u, j) > 0), "iff", full_column_rank(X) & (x >= y))
solution, solutions = pseudo_inverse(X) @ u, argmin(norm(X @ w - u) ** 2, w)
SOLUTION = claim(solution, "in", solutions)


def slips(stated: Claim, kind: str) -> list[Statement]:
    """The statements of all mutants of a kind."""
    return [mutant.claim.statement for mutant in mutants(stated, 10**6) if mutant.kind == kind]


def test_mutants_are_a_mixture_of_kinds_in_one_order() -> None:
    found = mutants(LEAST_SQUARES)
    assert len({mutant.kind for mutant in found}) >= 4
    assert all(mutant.claim.left == LEAST_SQUARES.left and mutant.claim.right != LEAST_SQUARES.right for mutant in found)
    assert all(mutant.description.startswith(f"{mutant.kind}: ") and mutant.description.isprintable() for mutant in found)
    assert [mutant.claim for mutant in mutants(LEAST_SQUARES, most=3)] == [mutant.claim for mutant in found[:3]]


def test_no_mutant_has_equal_sides() -> None:
    assert all(mutant.claim.left != mutant.claim.right for mutant in mutants(claim(u, "=", -u)))


def _converges_iff(right: Statement) -> Relation:
    return Relation(CONVERGES.left, "iff", right)


SLIPS: dict[str, tuple[Claim, str, Statement]] = {
    "strict for weak": (claim(x**2, ">=", 0), "border", x**2 > 0),
    "turned": (claim(x**2, ">=", 0), "relation", x**2 < 0),
    "a strict range made weak": (CONVERGES, "border", _converges_iff((eta >= 0) & (eta < 1))),
    "a range turned": (CONVERGES, "relation", _converges_iff((eta > 0) & (eta >= 1))),
    "a bound doubled": (CONVERGES, "factor", _converges_iff((eta > 0) & (eta < 2 * as_term(1)))),
    "one bound only": (CONVERGES, "statement", _converges_iff(eta > 0)),
    "the other bound only": (CONVERGES, "statement", _converges_iff(eta < 1)),
    "another limit": (CONVERGES, "number", Relation(tends_to(shrinking, 1), "iff", in_range)),
    "a sign in the recurrence": (CONVERGES, "recurrence", Relation(tends_to(growing, 0), "iff", in_range)),
    "the rank of the rows": (HAS_RANK, "statement", Relation(HAS_RANK.left, "iff", full_row_rank(X) & (x >= y))),
    "no rank": (HAS_RANK, "statement", Relation(HAS_RANK.left, "iff", x >= y)),
    "for every index": (HAS_RANK, "border", Relation(every(j, entry(u, j) >= 0), "iff", HAS_RANK.right)),
    "no absolute value": (claim(abs_(x) < 1, "iff", (x < 1) & (x > -1)), "function", Relation(x < 1, "iff", (x < 1) & (x > -1))),
    "half a premise": (claim(in_range, "implies", eta**2 < 1), "statement", Relation(eta < 1, "implies", eta**2 < 1)),
    "a weak premise": (claim(in_range, "implies", eta**2 < 1), "border", Relation((eta > 0) & (eta <= 1), "implies", eta**2 < 1)),
    "half a conclusion": (claim(x > 1, "implies", (x > 1) | (x < 0)), "statement", Relation(x > 1, "implies", x < 0)),
    "another minimiser": (SOLUTION, "factor", Relation(2 * solution, "in", solutions)),
    "of a closed form": (claim(shrinking, "=", (1 - eta) ** k * y), "exponent", Relation(shrinking, "=", (1 - eta) ** (k + 1) * y)),
}


@pytest.mark.parametrize("name", SLIPS)
def test_each_slip_is_made(name: str) -> None:
    stated, kind, slip = SLIPS[name]
    assert slip in slips(stated, kind)


def test_an_assumption_is_left_out() -> None:
    stated = claim(x * y, ">=", 0, (nonnegative(x), nonnegative(y)))
    assert [m.claim.given for m in mutants(stated) if m.kind == "assumption"] == [(nonnegative(y),), (nonnegative(x),)]


def test_every_kind_occurs_among_the_expected() -> None:
    shown = {kind for _, kind, _ in SLIPS.values()} | {mutant.kind for mutant in mutants(LEAST_SQUARES, 10**6)}
    assert {"statement", "border", "recurrence", "relation", "function", "number", "exponent", "factor"} <= shown <= set(KINDS)


NONE: dict[str, tuple[Claim, str]] = {
    "a weaker comparison": (claim(exp(x), ">", 0), "border"),
    "an edited comparison": (claim(exp(x), ">", 0), "number"),
    "a part of what is claimed": (claim(x**2 >= 0, "and", exp(x) > 0), "statement"),
    "a stronger premise": (claim(eta >= 1, "implies", exp(x) > 0), "border"),
    "another way to a conclusion": (claim((x > 1) | (x < 0), "implies", exp(x) > 0), "statement"),
    "the sequence of a comparison": (claim(shrinking**2, ">=", 0), "recurrence"),
    "a border that intervals never show": (claim(exp(x) > y, "iff", x > log(y), positive(y)), "border"),
}


@pytest.mark.parametrize("name", NONE)
def test_what_leaves_a_truth_true_is_no_mutant(name: str) -> None:
    stated, kind = NONE[name]
    assert not slips(stated, kind)


def test_floats_tell_neither_borders_nor_assumptions() -> None:
    stated = claim(x * y, ">=", 0, (nonnegative(x), nonnegative(y)))
    assert {mutant.kind for mutant in mutants(stated) if not mutant.shows_in_floats} == {"border", "assumption"}
    assert {mutant.kind for mutant in mutants(stated) if mutant.shows_in_floats} == {"relation"}


# ------------------------------------------------------------------------------------------------------------------ judged

JUDGED: dict[str, Claim] = {
    "least squares": LEAST_SQUARES,
    "tanh layer": claim(gradient(c.T @ tanh(X @ w), X), "=", hadamard(c, tanh.prime(X @ w)) @ w.T),
    "sigmoid": claim(sigmoid.prime(x), "=", sigmoid(x) * (1 - sigmoid(x))),
    "log-sum-exp": claim(gradient(log(ones(n).T @ exp(u)), u), "=", softmax(u)),
    "Σ": claim(gradient(sum_over(i, norm(v[i] - w) ** 2), w), "=", 2 * sum_over(i, w - v[i])),
    "relu": claim(gradient(relu(x), x), "=", indicator(x > 0)),
    "an inverse": claim(gradient(trace(inverse(A)), A), "=", -(inverse(A) @ inverse(A)).T),
    "a comparison": claim(exp(x), ">", 0),
    "a weak comparison": claim(norm(u), ">=", 0),
    "logarithms": claim(log(x * y), "=", log(x) + log(y), (positive(x), positive(y))),
    "a closed form": claim(shrinking, "=", (1 - eta) ** k * y),
}


@pytest.mark.parametrize("name", JUDGED)
def test_mutants_of_true_claims_do_not_survive(name: str) -> None:
    assert judge(JUDGED[name]).status is Status.PROVED
    count, refuted = judge_mutants(JUDGED[name])
    assert count.total > 0
    assert count.survivors == ()
    assert count.refuted == len(refuted)
    assert count.refuted + count.equivalent == count.total
    for place in refuted:
        assert judge(mutants(JUDGED[name])[place].claim).status is Status.REFUTED


def test_an_equivalent_variant_is_counted_as_such() -> None:
    """xᵀAx = xᵀAᵀx: the transposed variant is true as well."""
    stated = claim(u.T @ A @ u, "=", u.T @ (A @ u))
    count, refuted = judge_mutants(stated)
    assert count.equivalent >= 1
    assert count.survivors == ()
    others = [mutant.claim for place, mutant in enumerate(mutants(stated)) if place not in refuted]
    assert all(judge(other).status is Status.PROVED for other in others)


def test_an_assumption_that_the_text_implies_may_be_left_out() -> None:
    """The inverse in the text needs the rank, so that the variant without the assumption is proved, with a condition."""
    count, _ = judge_mutants(claim(inverse(X.T @ X) @ (X.T @ X) @ w, "=", w, full_column_rank(X)))
    assert count.equivalent == 1
    assert count.survivors == ()


@pytest.mark.parametrize("seed", range(3))
def test_mutants_of_random_claims_are_judged_without_alarm(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        left = Maker(random.choice).term(random.choice(SHAPES), 2)
        count, refuted = judge_mutants(Claim(left, "=", left + 0 * left))
        assert count.total == count.refuted + count.equivalent + len(count.survivors)
        assert count.refuted == len(refuted)
