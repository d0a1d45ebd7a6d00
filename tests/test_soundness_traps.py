"""Traps in which provers of real numbers are caught: total division, facts from a domain that is no fact, and claims that say nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivations.language.assumptions import Assumption, equal, nonzero, real_eigenvalues
from derivations.language.claims import Claim, claim
from derivations.language.constructors import cases, dimensions, literal, maximum, minimum, norm, scalars, vector
from derivations.language.functions import abs_, log, relu, sqrt
from derivations.language.terms import Relation, Statement
from derivations.language.verdicts import Status
from derivations.proof.explanation import explain
from derivations.proof.vacuity import contradiction
from derivations.proof.verification import judge

x, y, z, a, beta = scalars("x y z a beta")
(n,) = dimensions("n")
v = vector("v", n)
ROOT = sqrt(1 - beta)
at_zero = cases((nonzero(x), 1 / x), otherwise=3)
"""1/x, and 3 at 0: a total division would allow 7 there."""
above_zero = cases((x > 0, 1 / x), otherwise=0)
at_and_above_zero = cases((x >= 0, 1 / x), otherwise=0)
"""It has no value at 0."""


def implies(premise: Statement, conclusion: Statement) -> Relation:
    return Relation(premise, "implies", conclusion)


# ----------------------------------------------------------------------------------------------------------- total division

LEAKS = {
    "or, with a value at zero": claim(nonzero(x), "or", equal(at_zero, 7)),
    "or, the other way round": claim(equal(above_zero, 7), "or", nonzero(x)),
    "implies": claim(equal(x, 0), "implies", equal(at_zero, 7)),
    "implies, in both parts of a conclusion": claim(equal(x, 0), "implies", equal(above_zero, 0) & equal(at_zero, 7)),
    "iff": claim(equal(x, 0), "iff", equal(at_zero, 7)),
    "inside cases": claim(nonzero(x), "or", equal(cases((x >= 0, above_zero), otherwise=1 / x), 7)),
    "inside a maximum": claim(nonzero(x), "or", maximum(at_zero, above_zero) >= 7),
    "inside a minimum": claim(nonzero(x), "or", equal(minimum(at_zero, 9), 7)),
    "inside an absolute value": claim(nonzero(x), "or", equal(abs_(at_zero), 7)),
    "inside a ramp": claim(nonzero(x), "or", equal(relu(above_zero), 7)),
    "a logarithm in a branch": claim(x > 0, "or", equal(cases((x > 0, log(x)), otherwise=3), 7)),
    "a root in a branch": claim(x >= 0, "or", equal(cases((x >= 0, sqrt(x)), otherwise=3), 7)),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_division_by_zero_in_another_branch_proves_nothing(name: str) -> None:
    verdict = judge(LEAKS[name])
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample is not None
    ((_, ((value,),)),) = verdict.counterexample.witness.values
    assert value == 0 or "branch" in name


@pytest.mark.parametrize(
    "stated",
    [
        claim(nonzero(x), "or", equal(at_and_above_zero, 7)),
        claim(equal(x, 0), "implies", equal(at_and_above_zero, 7)),
        claim(equal(x, 0), "implies", equal(1 / x, 7)),
        claim(equal(x, 0), "implies", equal(maximum(1 / x, 7), 7)),
        claim(equal(x, 0), "implies", equal(1 / x, 1 / x + 1)),
        claim(x < 0, "implies", equal(sqrt(x), 5)),
        claim(x < 0, "implies", log(x) > 0),
    ],
    ids=repr,
)
def test_what_has_no_value_where_it_matters_is_not_proved(stated: Claim) -> None:
    assert judge(stated).status is Status.UNDECIDED


@pytest.mark.parametrize(
    "stated",
    [
        claim(nonzero(x), "or", equal(at_zero, 3)),
        claim(equal(x, 0), "implies", equal(at_zero, 3)),
        claim(nonzero(x), "implies", equal(at_zero * x, 1)),
    ],
    ids=repr,
)
def test_the_value_of_the_branch_that_is_taken_is_proved(stated: Claim) -> None:
    verdict = judge(stated)
    assert verdict.status is Status.PROVED
    assert not verdict.conditions


# ------------------------------------------------------------------------------------------------------------ the domain


def test_a_root_in_another_claim_says_nothing_of_its_argument() -> None:
    verdict = judge(claim(beta, "<=", 1))
    assert verdict.status is Status.REFUTED
    assert verdict.missing_assumptions == ()


CIRCULAR = {
    "and": claim(ROOT >= 0, "and", beta <= 1),
    "and, the root last": claim(beta <= 1, "and", ROOT >= 0),
    "implies": claim(equal(ROOT**2, 1 - beta), "implies", beta <= 1),
    "iff": claim(ROOT >= 0, "iff", beta <= 1),
    "with another assumption": claim(beta <= 1, "and", (ROOT >= 0) & (sqrt(2 - 2 * beta) >= 0), beta > -3),
}


@pytest.mark.parametrize("stated", CIRCULAR.values(), ids=CIRCULAR)
def test_what_only_the_domain_makes_true_is_said_to_be(stated: Claim) -> None:
    verdict = judge(stated)
    assert verdict.status is Status.PROVED  # on its domain
    assert any(">= 0" in condition for condition in verdict.conditions)
    assert "beta <= 1 by its domain alone" in verdict.conditions


def test_a_divisor_is_a_condition_and_not_a_result() -> None:
    verdict = judge(claim(equal(x / x, 1), "and", nonzero(x)))
    assert verdict.conditions == ("x != 0", "x != 0 by its domain alone")


@pytest.mark.parametrize(
    "stated",
    [
        claim(ROOT >= 0, "and", beta <= 1, beta <= 1),
        claim(ROOT >= 0, "and", beta <= 1, beta < Fraction(1, 2)),
        claim(beta <= Fraction(1, 2), "implies", (ROOT > 0) & (beta <= 1)),
    ],
    ids=repr,
)
def test_what_is_assumed_is_no_condition(stated: Claim) -> None:
    verdict = judge(stated)
    assert verdict.status is Status.PROVED
    assert verdict.conditions == ()


@pytest.mark.parametrize(
    "stated",
    [
        claim(sqrt(1 - beta) * sqrt(2 - 2 * beta), ">=", 0, beta > -5),
        claim(sqrt(1 - beta) * sqrt(2 - 2 * beta) * sqrt(3 - 3 * beta), ">=", 0, beta > -5),
        claim(sqrt(2 - 2 * beta) + sqrt(1 - beta), ">=", 0, beta > -5),
        claim(1 / x + 1 / (2 * x), "=", 3 / (2 * x), y > 0),
    ],
    ids=repr,
)
def test_conditions_that_imply_each_other_are_not_all_dropped(stated: Claim) -> None:
    assert len(judge(stated).conditions) == 1


def test_true_only_under_an_assumption_that_is_not_listed_is_refuted() -> None:
    turned = real_eigenvalues(literal([0, 1 - beta], [1, 0]))
    verdict = judge(claim(turned, "and", turned))
    assert verdict.status is Status.REFUTED
    assert judge(claim(turned, "iff", beta <= 1)).status is Status.PROVED
    verdict = judge(claim(abs_(x), "=", x))
    assert verdict.status is Status.REFUTED
    assert verdict.missing_assumptions == ("x >= 0",)


# ------------------------------------------------------------------------------------------------- claims that say nothing

CONTRADICTORY: dict[str, tuple[tuple[Assumption, ...], str]] = {
    "bounds of one name": ((x > 0, x < 0), "no x satisfies x > 0 and x < 0"),
    "an order": ((x > y, y > x), "no real numbers satisfy x > y and y > x"),
    "a circle, and what has nothing to do with it": ((a > 0, x > y, y > z, z > x), "no real numbers satisfy x > y and y > z and z > x"),
    "bounds by way of another name": ((x > 1, y > 2, x < y, y < 1), "no y satisfies y > 2 and y < 1"),
    "a square": ((x**2 < 0,), "no x satisfies x**2 < 0"),
    "a root": ((equal(sqrt(x), -1),), "no x satisfies sqrt(x) = -1"),
    "an irrational number": ((equal(x**2, 2), x**2 > 3), "no x satisfies x**2 = 2 and x**2 > 3"),
    "or": (((x > 1) | (x < -1), x**2 < 1), "no x satisfies (x > 1 or x < -1) and x**2 < 1"),
}


@pytest.mark.parametrize("name", CONTRADICTORY)
def test_the_fewest_assumptions_that_contradict_each_other_are_named(name: str) -> None:
    assumed, expected = CONTRADICTORY[name]
    verdict = judge(claim(x, "=", x + y, assumed))
    assert verdict.status is Status.UNDECIDED
    assert expected in verdict.reason
    assert ("contradict each other" in verdict.reason) == (" and " in expected)


@pytest.mark.parametrize("name", CONTRADICTORY)
def test_a_premise_that_never_holds_is_named_too(name: str) -> None:
    assumed, expected = CONTRADICTORY[name]
    premise: Statement = assumed[0]
    for part in assumed[1:]:
        premise = Relation(premise, "and", part)
    verdict = judge(claim(premise, "implies", equal(x, x + y)))
    assert verdict.status is Status.UNDECIDED
    assert f"the premise never holds: {expected}" in verdict.reason


@pytest.mark.parametrize("name", CONTRADICTORY)
def test_fewer_of_these_assumptions_do_not_contradict_each_other(name: str) -> None:
    assumed, _ = CONTRADICTORY[name]
    needless = {a > 0, x > 1, x < y}
    shown = [assumption for assumption in assumed if assumption not in needless or name in ("or",)]
    for left_out in shown:
        stated = claim(x, "=", x + y, tuple(other for other in shown if other is not left_out))
        assert not contradiction(stated)


def test_assumptions_outside_the_domain_are_named_with_it() -> None:
    verdict = judge(claim(sqrt(x), "=", x, (x < 0, y > 0)))
    assert "no x satisfies x < 0 and lies in the domain, where x >= 0" in verdict.reason


def test_a_true_part_does_not_hide_one_that_says_nothing() -> None:
    verdict = judge(claim(implies(equal(x**2, -1), equal(x, 5)), "and", implies(x > 0, x > -1)))
    assert verdict.status is Status.UNDECIDED
    assert "of the part x**2 = -1 implies x = 5: the premise never holds" in verdict.reason
    assert judge(claim(implies(equal(x**2, 25) & (x > 0), equal(x, 5)), "and", implies(x > 0, x > -1))).status is Status.PROVED


def test_premises_about_vectors_that_never_hold_are_named() -> None:
    verdict = judge(claim(norm(v) < 0, "implies", equal(v, 2 * v)))
    assert verdict.status is Status.UNDECIDED
    assert "the premise never holds: no v satisfies norm(v) < 0" in verdict.reason


def test_assumptions_that_can_be_met_are_no_contradiction() -> None:
    for assumed in ((x > y, y > z), (equal(x**2, 2),), (x**2 <= 0,), (equal(sqrt(x), 0),), ((x > 1) | (x < -1), x**2 > 1)):
        assert not contradiction(claim(x, "=", x + y, assumed))


def test_the_explanation_of_a_vacuous_claim_gives_the_reason() -> None:
    assert "x > y and y > x" in repr(explain(claim(x, "=", y, (x > y, y > x))))
