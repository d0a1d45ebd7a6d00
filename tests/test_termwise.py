"""Sums compared term by term: the terms add up to the sides, what follows is proved, what does not is refuted."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import ExactInterpreter
from derivations.language.assumptions import Assumption, equal, nonnegative, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import define, dimensions, entry, family, hadamard, index, matrix, norm, ones, scalars, sum_over, vector
from derivations.language.functions import abs_, exp, log, tanh
from derivations.language.operators import Sum
from derivations.language.terms import Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.sampling import Sampler
from derivations.proof.termwise import compares_sums, term_by_term
from derivations.proof.verification import judge

n, d = dimensions("n d")
i, j, p = index("i", n), index("j", n), index("p", d)
a, b, c = scalars("a b c")
s, t = family("s", n), family("t", n)
u, v, w, X = vector("u", n), vector("v", n), vector("w", d), matrix("X", n, d)

SIDES: tuple[Term, ...] = (
    sum_over(i, s[i] * a),
    sum_over(j, s[j] ** 2),
    -sum_over(i, t[i]) / 3 + b,
    a * sum_over(i, abs_(s[i])) - 2,
    norm(u, 1),
    norm(u - v) ** 2,
    u.T @ v,
    ones(n).T @ hadamard(u, v),
    v.T @ (X @ w),
    norm(X @ w - u, 1) * Fraction(1, 2),
    define("f", sum_over(i, s[i]) / n),
    sum_over(i, sum_over(p, entry(X, i, p))),
)


@given(st.sampled_from(SIDES), st.sampled_from(SIDES), st.integers(0, 99))
def test_the_terms_add_up_to_the_sides(left: Term, right: Term, seed: int) -> None:
    stated = Claim(left, "<", right)
    assert compares_sums(stated)
    part = term_by_term(stated)
    sampler = Sampler(stated, seed)
    drawn = sampler.draw(Random(seed).choice(list(sampler.sizes(3))), 1)
    assert drawn is not None
    run = ExactInterpreter(drawn)
    (index_of_terms,) = part.statement.free
    for side, summand in zip(stated.sides, part.sides, strict=True):
        assert isinstance(side, Term)
        assert isinstance(summand, Term)
        assert run.value(Sum(index_of_terms, summand)).scalar == run.value(side).scalar


bounded = (s[i] <= 1, s[i] >= -1)
PROVED: tuple[tuple[Term, str, Term | int, tuple[Assumption, ...]], ...] = (
    (sum_over(i, s[i] * abs_(t[i])), "<=", sum_over(i, abs_(t[i])), bounded),
    (sum_over(i, exp(-a * s[i])), ">", sum_over(j, exp(-b * s[j])), (a < b, positive(s[i]))),
    (sum_over(i, log(1 + exp(-(a + 1) * s[i]))) / n, "<", sum_over(i, log(1 + exp(-a * s[i]))) / n, (positive(s[i]),)),
    (norm(u - v, 1), ">=", hadamard(u - v, ones(n)).T @ ones(n), ()),
    (norm(u, 1), ">=", u.T @ v, (Relation(v, "<=", ones(n)), Relation(v, ">=", -ones(n)))),
    (u.T @ v, "<=", (norm(u) ** 2 + norm(v) ** 2) / 2, ()),
    (sum_over(i, tanh(s[i])), "<", n, ()),
    (norm(X @ w - u, 1), "<=", norm(X @ w, 1) + norm(u, 1), ()),
)  # fmt: skip


@pytest.mark.parametrize("case", PROVED, ids=str)
def test_what_holds_for_every_term_is_proved_of_the_sums(case: tuple[Term, str, Term | int, tuple[Assumption, ...]]) -> None:
    left, relation, right, assumed = case
    verdict = judge(claim(left, relation, right, assumed))
    assert verdict.status is Status.PROVED, verdict


@pytest.mark.parametrize(
    ("left", "relation", "right", "assumed"),
    [
        (sum_over(i, s[i] * abs_(t[i])), "<", sum_over(i, abs_(t[i])), bounded),
        (sum_over(i, s[i]), "<=", sum_over(i, t[i]), (s[i] <= t[i] + 1,)),
        (sum_over(i, exp(-a * s[i])), ">", sum_over(i, exp(-b * s[i])), (a < b, nonnegative(s[i]))),
        (norm(u, 1), ">=", u.T @ v, (Relation(v, "<=", 2 * ones(n)), Relation(v, ">=", -ones(n)))),
        (sum_over(i, abs_(s[i])), "<=", 1, (abs_(s[i]) <= 1,)),
    ],
)
def test_what_fails_is_refuted(left: Term, relation: str, right: Term, assumed: tuple[Assumption, ...]) -> None:
    assert judge(claim(left, relation, right, assumed)).status is Status.REFUTED


def test_sums_over_different_indices_are_not_compared() -> None:
    assert not compares_sums(Claim(sum_over(i, s[i]), "<=", sum_over(p, entry(w, p))))
    assert not compares_sums(Claim(sum_over(i, s[i]), "->", sum_over(i, t[i])))
    assert not compares_sums(Claim(sum_over(i, s[i]) * sum_over(i, t[i]), "<=", a))


def test_an_index_that_is_free_outside_is_another_one() -> None:
    """Σ_i s_i ≤ Σ_i t_i + s_i: the free i of the last term is not that of the sums."""
    part = term_by_term(Claim(sum_over(i, s[i]), "<=", sum_over(i, t[i]) + s[i]))
    assert len(part.statement.free) == 2
    verdict = judge(claim(sum_over(i, s[i]), "<=", sum_over(i, t[i]) + s[i], (equal(t[i], 0),)))
    assert verdict.status is Status.REFUTED


def test_sums_of_semidefinite_matrices_are_semidefinite() -> None:
    x, z = family("x", n, d), vector("z", d)
    form = z.T @ sum_over(i, exp(s[i]) * (x[i] @ x[i].T)) @ z
    assert judge(claim(form, ">=", 0)).method == "definiteness"
    assert judge(claim(form, ">", 0)).status is Status.REFUTED
    assert judge(claim(z.T @ sum_over(i, s[i] * (x[i] @ x[i].T)) @ z, ">=", 0)).status is Status.REFUTED
    assert judge(claim(0, "<=", form)).status is Status.PROVED
