"""Inequalities by sums of squares: true ones proved, false ones refuted, and none proved without its assumption."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import Assumption, full_column_rank, full_row_rank, positive_semidefinite, projection
from derivations.language.claims import claim
from derivations.language.constructors import dimensions, family, index, inverse, matrix, norm, scalars, sum_over, vector
from derivations.language.terms import Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

n, d = dimensions("n d")
i = index("i", n)
a, b = scalars("a b")
X, S, P = matrix("X", n, d), matrix("S", n, n), matrix("P", n, n)
u, v, w, y, t = vector("u", d), vector("v", d), vector("w", d), vector("y", n), vector("t", n)
x, mu = family("x", n, d), vector("mu", d)
mean = sum_over(i, x[i]) / n
minimiser = inverse(X.T @ X) @ X.T @ y
least_norm = X.T @ inverse(X @ X.T) @ t

TRUE: list[tuple[Term, str, Term, tuple[Assumption, ...]]] = [
    (a**2 + b**2, ">=", 2 * a * b, ()),
    (u.T @ X.T @ X @ u, ">=", 0 * a, ()),
    (2 * u.T @ v, "<=", norm(u) ** 2 + norm(v) ** 2, ()),
    (norm(a * u + b * v) ** 2, "<=", 2 * a**2 * norm(u) ** 2 + 2 * b**2 * norm(v) ** 2, ()),
    (norm(u + v) ** 2 + norm(u - v) ** 2, ">=", norm(u) ** 2, ()),
    (t.T @ S @ t, ">=", 0 * a, (positive_semidefinite(S),)),
    (t.T @ P @ t, ">=", 0 * a, (projection(P),)),
    (u.T @ X.T @ S @ X @ u, ">=", 0 * a, (positive_semidefinite(S),)),
    (sum_over(i, norm(x[i] - mu) ** 2), ">=", sum_over(i, norm(x[i] - mean) ** 2), ()),
    (norm(X @ w - y) ** 2, ">=", norm(X @ minimiser - y) ** 2, (full_column_rank(X),)),
    (norm(least_norm) ** 2, "<=", norm(w) ** 2, (full_row_rank(X), Relation(X @ w, "=", t))),
]


@pytest.mark.parametrize("number", range(len(TRUE)))
def test_true_inequality_is_proved(number: int) -> None:
    left, relation, right, given = TRUE[number]
    assert judge(claim(left, relation, right, given)).status is Status.PROVED


@pytest.mark.parametrize("number", range(len(TRUE)))
def test_turned_inequality_is_refuted(number: int) -> None:
    left, relation, right, given = TRUE[number]
    assert judge(claim(left, {">=": "<", "<=": ">"}[relation], right, given)).status is Status.REFUTED


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        (a**2 + b**2, ">=", 3 * a * b),
        (u.T @ v, ">=", 0 * a),
        (norm(u + v) ** 2, "<=", norm(u) ** 2 + norm(v) ** 2),
        (t.T @ S @ t, ">=", 0 * a),
        (norm(least_norm) ** 2, "<=", norm(w) ** 2),
        (norm(X @ w - y) ** 2, ">=", norm(X @ w) ** 2),
    ],
)
def test_false_inequality_is_refuted(left: Term, relation: str, right: Term) -> None:
    assert judge(claim(left, relation, right)).status is Status.REFUTED
