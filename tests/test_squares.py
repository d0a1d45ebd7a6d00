"""Inequalities by sums of squares: true ones proved, false ones refuted, and none proved without its assumption."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import (
    Assumption,
    full_column_rank,
    full_row_rank,
    invertible,
    nonnegative,
    nonzero,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
)
from derivations.language.claims import claim
from derivations.language.constructors import column_vector, dimensions, family, index, inverse, matrix, norm, scalars, sum_over, trace, vector
from derivations.language.terms import Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

n, d = dimensions("n d")
i = index("i", n)
a, b = scalars("a b")
X, S, P = matrix("X", n, d), matrix("S", n, n), matrix("P", n, n)
A, B = matrix("A", n, d), matrix("B", n, d)
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
    (norm(A + B, "F") ** 2, "<=", 2 * norm(A, "F") ** 2 + 2 * norm(B, "F") ** 2, ()),
    (2 * trace(A.T @ B), "<=", norm(A, "F") ** 2 + norm(B, "F") ** 2, ()),
    (trace(A.T @ S @ A) + trace(B.T @ S @ B), ">=", 2 * trace(A.T @ S @ B), (positive_semidefinite(S),)),
    (a * u.T @ u + a * v.T @ v, ">=", 2 * a * u.T @ v, (nonnegative(a),)),
    (a**3 * u.T @ u + b**2, ">=", 0 * a, (nonnegative(a),)),
]
NOT_ZERO, OTHER_NOT_ZERO = positive(norm(u) ** 2), positive(norm(t))
STRICT: list[tuple[Term, str, Term, tuple[Assumption, ...], Assumption]] = [
    (norm(u) ** 2 + norm(v) ** 2, ">", u.T @ v, (), NOT_ZERO),
    (u.T @ v, "<", norm(u) ** 2 + norm(v) ** 2, (), NOT_ZERO),
    (norm(X @ u) ** 2 + a**2, ">", 0 * a, (NOT_ZERO,), full_column_rank(X)),
    (norm(X @ u) ** 2 + b * norm(u) ** 2, ">", 0 * a, (NOT_ZERO,), positive(b)),
    (t.T @ S @ t, ">", 0 * a, (OTHER_NOT_ZERO,), positive_definite(S)),
    (t.T @ S @ t, ">", 0 * a, (OTHER_NOT_ZERO, positive_semidefinite(S)), invertible(S)),
    (u.T @ X.T @ S @ X @ u, ">", 0 * a, (NOT_ZERO, positive_definite(S)), full_column_rank(X)),
    (a**2 + 2 * b**2, ">", 2 * a * b, (), nonzero(b)),
    (a**2 * norm(u) ** 2, ">", 0 * a, (NOT_ZERO,), nonzero(a)),
    (trace(A.T @ S @ A), ">", 0 * a, (positive_definite(S),), positive(norm(A, "F"))),
    (norm(A + B, "F") ** 2 + norm(A - B, "F") ** 2, ">", norm(A, "F") ** 2, (), nonzero(norm(A, "F"))),
    (norm(column_vector(a, b)) ** 2, ">", a * b, (), positive(norm(column_vector(a, b)))),
]
"""Each with the assumption without which it is false."""


@pytest.mark.parametrize("number", range(len(TRUE)))
def test_true_inequality_is_proved(number: int) -> None:
    left, relation, right, given = TRUE[number]
    assert judge(claim(left, relation, right, given)).status is Status.PROVED


@pytest.mark.parametrize("number", range(len(TRUE)))
def test_turned_inequality_is_refuted(number: int) -> None:
    left, relation, right, given = TRUE[number]
    assert judge(claim(left, {">=": "<", "<=": ">"}[relation], right, given)).status is Status.REFUTED


@pytest.mark.parametrize("number", range(len(STRICT)))
def test_strict_inequality_is_proved_with_its_assumption_and_refuted_without(number: int) -> None:
    left, relation, right, given, needed = STRICT[number]
    assert judge(claim(left, relation, right, (*given, needed))).status is Status.PROVED
    assert judge(claim(left, relation, right, given)).status is Status.REFUTED


@pytest.mark.parametrize(
    ("left", "right", "given"),
    [
        (norm(t) ** 2, t.T @ P @ t, (projection(P), OTHER_NOT_ZERO)),
        (norm(t) ** 2 + norm(y) ** 2, 2 * t.T @ P @ y + (y - t).T @ P @ (y - t), (projection(P), OTHER_NOT_ZERO)),
        (norm(X @ u) ** 2, 0 * a, (full_row_rank(X), NOT_ZERO)),
        (norm(u - v) ** 2, 0 * a, (NOT_ZERO, positive(norm(v)))),
        (a**2 * b**2, 0 * a, (nonzero(a),)),
        (norm(A @ u) ** 2 + norm(B @ u) ** 2, 0 * a, (full_column_rank(X), NOT_ZERO)),
    ],
)
def test_what_is_only_not_negative_is_refuted_where_it_should_be_positive(left: Term, right: Term, given: tuple[Assumption, ...]) -> None:
    assert judge(claim(left, ">", right, given)).status is Status.REFUTED
    assert judge(claim(left, ">=", right, given)).status is Status.PROVED


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
