"""Sums compared with multiples of what is given of other sums: optimality by multipliers, and nothing that fails is proved."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language.assumptions import Assumption, equal, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import dimensions, family, index, indicator, matrix, norm, ones, scalars, sum_over, vector, zeros
from derivations.language.functions import abs_, sign
from derivations.language.terms import Relation, Term, as_term
from derivations.language.verdicts import Status
from derivations.proof.multiples import by_cases, by_equations
from derivations.proof.ranges import Ranges
from derivations.proof.verification import judge

n, d = dimensions("n d")
i = index("i", n)
a, b, c = scalars("a b c")
y, g = family("y", n), family("g", n)
X, s, r, t, u = matrix("X", n, d), vector("s", n), vector("r", n), vector("t", n), vector("u", n)
beta, gamma = vector("beta", d), vector("gamma", d)


def distances(b: Term) -> Term:
    return sum_over(i, abs_(y[i] - b))


above, below = sum_over(i, indicator(y[i] > a)), sum_over(i, indicator(y[i] < a))
bounded = (Relation(s, "<=", ones(n)), Relation(s, ">=", -ones(n)))
stationary = equal(X.T @ s, zeros(d))
rate = sign(r).T @ u + indicator(Relation(r, "=", zeros(n))).T @ abs_(u)

PROVED: tuple[tuple[Term, str, Term | int, tuple[Assumption, ...]], ...] = (
    (distances(b), ">=", distances(a), (2 * above <= n, 2 * below <= n)),
    (distances(b), ">", distances(a), (2 * above < n, 2 * below < n, Relation(a, "!=", b))),
    (norm(t - X @ beta, 1), ">=", -t.T @ s, (*bounded, stationary)),
    (-t.T @ s, "<=", norm(X @ beta - t, 1), (*bounded, stationary)),
    (norm(r + u, 1), ">=", norm(r, 1), (rate >= 0,)),
    (norm(r + c * u, 1), ">", norm(r, 1), (c > 0, rate > 0)),
    (sum_over(i, abs_(y[i])), ">=", 1, (sum_over(i, y[i]) >= 1,)),
    (sum_over(i, y[i] ** 2 + 1), ">", 0, (sum_over(i, g[i]) > 0,)),
    (norm(X @ beta + s) ** 2, ">=", norm(s) ** 2, (stationary,)),
)


@pytest.mark.parametrize("case", PROVED, ids=str)
def test_what_multipliers_show_is_proved(case: tuple[Term, str, Term | int, tuple[Assumption, ...]]) -> None:
    left, relation, right, assumed = case
    verdict = judge(claim(left, relation, right, assumed))
    assert verdict.status is Status.PROVED, verdict


@pytest.mark.parametrize(
    ("left", "relation", "right", "assumed"),
    [
        (distances(b), ">", distances(a), (2 * above <= n, 2 * below <= n, Relation(a, "!=", b))),
        (distances(b), ">=", distances(a), (2 * above <= n + 1, 2 * below <= n)),
        (distances(b), ">=", distances(a), (2 * above <= n,)),
        (norm(t - X @ beta, 1), ">=", 2 * t.T @ s, (*bounded, stationary)),
        (norm(t - X @ beta, 1), ">=", norm(t - X @ gamma, 1), (*bounded, stationary)),
        (norm(r + u, 1), ">", norm(r, 1), (rate >= 0,)),
        (norm(r + c * u, 1), ">=", norm(r, 1), (rate >= 0,)),
        (sum_over(i, abs_(y[i])), ">=", 2, (sum_over(i, y[i]) >= 1,)),
        (sum_over(i, g[i]), ">", 1, (sum_over(i, g[i]) > 0, positive(g[i]))),
    ],
)
def test_what_no_multiplier_shows_is_refuted(left: Term, relation: str, right: Term | int, assumed: tuple[Assumption, ...]) -> None:
    assert judge(claim(left, relation, right, assumed)).status is Status.REFUTED


def test_nothing_is_tried_where_no_sum_is_given() -> None:
    stated = Claim(distances(b), ">=", distances(a), (a <= b, positive(y[i])))
    assert not list(by_cases(stated, Ranges(stated.given)))
    assert not list(by_equations(stated))


def test_sums_of_other_lengths_are_no_multiples() -> None:
    """What is given of d numbers says nothing of n, term by term: undecided, not a fault."""
    longer = claim(norm(t, 1), ">=", norm(s, 1), (norm(beta) ** 2 > 0, equal(X.T @ s, zeros(d)), norm(beta, 1) >= norm(gamma, 1)))
    assert judge(longer).status is Status.REFUTED
    assert judge(claim(norm(X @ beta) ** 2, "<=", norm(X @ gamma) ** 2, (norm(beta - gamma) ** 2 > 0,))).status is Status.REFUTED
    assert judge(claim(norm(X @ beta, 1) * norm(gamma, 1), ">=", norm(X @ beta, 1) - 1, (norm(gamma, 1) >= 1,))).status is not Status.REFUTED


def test_one_of_the_cases_always_holds() -> None:
    stated = Claim(distances(b), ">=", distances(a), (2 * above <= n,))
    alone, split = by_cases(stated, Ranges(stated.given))
    assert [case.claim for case in alone] == [stated]
    assert {case.claim.given[-1] for case in split} == {a > b, b > a, equal(a, b)}
    assert all(case.claim.given[:-1] == stated.given for case in split)


coefficients = st.tuples(*[st.integers(-2, 2)] * 3)
RELATIONS = {"<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}


def form(weights: tuple[int, int, int], number: int) -> Term:
    """Σ_i (p y_i + q |y_i| + r) + number·a."""
    return sum_over(i, weights[0] * y[i] + weights[1] * abs_(y[i]) + weights[2]) + number * a


def value(weights: tuple[int, int, int], number: int, numbers: tuple[int, ...], at: int) -> int:
    return sum(weights[0] * each + weights[1] * abs(each) + weights[2] for each in numbers) + number * at


@given(coefficients, coefficients, st.sampled_from(sorted(RELATIONS)), st.sampled_from(sorted(RELATIONS)), st.integers(-1, 1), st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_proved_holds_at_every_point_of_a_grid(
    claimed: tuple[int, int, int], assumed: tuple[int, int, int], relation: str, given_relation: str, number: int, at_positive: bool
) -> None:
    fact = Relation(form(assumed, 0), given_relation, as_term(0))
    stated = claim(form(claimed, number), relation, 0, (fact, a > 0) if at_positive else (fact,))
    verdict = judge(stated)
    assert not verdict.alarm
    if verdict.status is Status.PROVED:
        for size in (1, 2, 3):
            for numbers in product(range(-2, 3), repeat=size):
                for at in range(1 if at_positive else -2, 3):
                    if RELATIONS[given_relation](value(assumed, 0, numbers, at), 0):
                        assert RELATIONS[relation](value(claimed, number, numbers, at), 0), (numbers, at)
