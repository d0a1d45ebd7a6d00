"""Inverses, hypotheses and properties as rules: what must be proved, what must be refuted, what must never be proved."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import (
    Assumption,
    full_column_rank,
    full_row_rank,
    invertible,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
    symmetric,
)
from derivations.language.claims import claim
from derivations.language.constructors import det, dimensions, gradient, identity, inverse, matrix, norm, ones, scalar, trace, vector, zeros
from derivations.language.functions import log
from derivations.language.operators import Softmax
from derivations.language.terms import Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

n, d, k = dimensions("n d k")
A, B, P, Q, S = (matrix(name, n, n) for name in "ABPQS")
C, U, V = matrix("C", k, k), matrix("U", n, k), matrix("V", k, n)
X, t, y, w = matrix("X", n, d), vector("t", n), vector("y", n), vector("w", d)
z, c = vector("z", k), vector("c", k)
lam = scalar("lambda")
I = identity  # noqa: E741 (the identity's own letter)
gram = X.T @ X
hat = X @ inverse(gram) @ X.T
minimiser = inverse(gram) @ X.T @ y
least_norm = X.T @ inverse(X @ X.T) @ t


def equal(left: Term, right: Term) -> Relation:
    return Relation(left, "=", right)


PROVED: dict[str, tuple[Term, Term, tuple[Assumption, ...]]] = {
    "definition": (A @ inverse(A), I(n), ()),
    "inverse of a product": (inverse(A @ B), inverse(B) @ inverse(A), ()),
    "inverse of an inverse": (inverse(inverse(A)), A, ()),
    "inverse of a transpose": (inverse(A.T), inverse(A).T, ()),
    "inverse of a multiple": (inverse(2 * A), inverse(A) / 2, ()),
    "resolvent": (inverse(A) - inverse(B), inverse(A) @ (B - A) @ inverse(B), ()),
    "normal equations": (gram @ minimiser, X.T @ y, ()),
    "hat matrix is idempotent": (hat @ hat, hat, ()),
    "trace of the hat matrix": (trace(hat), d, ()),
    "push-through": (inverse(gram + lam * I(d)) @ X.T, X.T @ inverse(X @ X.T + lam * I(n)), ()),
    "Woodbury": (inverse(A + U @ C @ V), inverse(A) - inverse(A) @ U @ inverse(inverse(C) + V @ inverse(A) @ U) @ V @ inverse(A), ()),
    "a factor shared by a sum": (A @ inverse(A + B) + B @ inverse(A + B), I(n), ()),
    "similar matrices have one trace": (trace(inverse(A) @ B @ A), trace(B), ()),
    "gradient of tr(A⁻¹B)": (gradient(trace(inverse(A) @ B), A), -(inverse(A) @ B @ inverse(A)).T, ()),
    "gradient of log det": (gradient(log(det(A)), A), inverse(A).T, ()),
    "stationary at the minimiser": (gradient(norm(X @ w - y) ** 2, w), zeros(d), (full_column_rank(X), equal(w, minimiser))),
    "Pythagoras for interpolants": (norm(w) ** 2, norm(least_norm) ** 2 + norm(w - least_norm) ** 2, (full_row_rank(X), equal(X @ w, t))),
    "orthogonal keeps norms": (norm(Q @ t) ** 2, norm(t) ** 2, (orthogonal(Q),)),
    "inverse of orthogonal": (inverse(Q), Q.T, (orthogonal(Q),)),
    "complementary projection": ((I(n) - P) @ (I(n) - P), I(n) - P, (projection(P),)),
    "an invertible projection": (P, I(n), (projection(P), invertible(P))),
    "scalar hypothesis": (gradient(-(c.T @ log(Softmax(z))), z), Softmax(z) - c, (equal(c.T @ ones(k), ones()),)),
}


@pytest.mark.parametrize("name", PROVED)
def test_identity_is_proved(name: str) -> None:
    left, right, given = PROVED[name]
    verdict = judge(claim(left, "=", right, given))
    assert verdict.status is Status.PROVED, verdict
    assert verdict.witness is not None


def test_without_the_hypothesis_the_identity_is_refuted() -> None:
    for name in ("stationary at the minimiser", "Pythagoras for interpolants", "orthogonal keeps norms", "scalar hypothesis"):
        left, right, given = PROVED[name]
        verdict = judge(claim(left, "=", right, given[:-1]))
        assert verdict.status is Status.REFUTED, (name, verdict)


REFUTED: dict[str, tuple[Term, Term, tuple[Assumption, ...]]] = {
    "inverse of a sum": (inverse(A + B), inverse(A) + inverse(B), ()),
    "order in the inverse of a product": (inverse(A @ B), inverse(A) @ inverse(B), ()),
    "trace of the hat matrix": (trace(hat), n, ()),
    "hat matrix is the identity": (hat, I(n), ()),
    "push-through with the wrong sign": (inverse(gram + lam * I(d)) @ X.T, X.T @ inverse(X @ X.T - lam * I(n)), ()),
    "gradient without transpose": (gradient(trace(inverse(A) @ B), A), -(inverse(A) @ B @ inverse(A)), ()),
    "every projection has trace 1": (trace(P), ones(), (projection(P),)),
    "every orthogonal matrix has determinant 1": (det(Q), ones(), (orthogonal(Q),)),
    "every orthogonal matrix is symmetric": (Q, Q.T, (orthogonal(Q),)),
    "every projection is the identity": (P, I(n), (projection(P),)),
    "every semidefinite matrix has determinant 0": (det(S), zeros(), (positive_semidefinite(S),)),
}


@pytest.mark.parametrize("name", REFUTED)
def test_false_identity_is_refuted(name: str) -> None:
    left, right, given = REFUTED[name]
    verdict = judge(claim(left, "=", right, given))
    assert verdict.status is Status.REFUTED, verdict
    assert verdict.counterexample is not None


def test_rank_of_the_wrong_side_leaves_the_condition_open() -> None:
    verdict = judge(claim(X @ least_norm, "=", t, full_column_rank(X)))
    assert verdict.conditions == ("X @ X.T invertible", "only for d = n")


@pytest.mark.parametrize(
    ("matrix_", "given"),
    [
        (gram, (full_column_rank(X),)),
        (X @ X.T, (full_row_rank(X),)),
        (gram + lam * I(d), (positive(lam),)),
        (S + lam * I(n), (positive(lam), positive_semidefinite(S))),
        (X.T @ S @ X, (full_column_rank(X), positive_definite(S))),
        (Q, (orthogonal(Q),)),
    ],
)
def test_definiteness_discharges_invertibility(matrix_: Term, given: tuple[Assumption, ...]) -> None:
    product = matrix_ @ inverse(matrix_)
    assert judge(claim(product, "=", I(matrix_.shape[0]), given)).conditions == ()  # type: ignore[misc]
    assert judge(claim(product, "=", I(matrix_.shape[0]), given[1:])).conditions != ()  # type: ignore[misc]


def test_symmetric_is_not_definite() -> None:
    assert judge(claim(S @ inverse(S), "=", I(n), symmetric(S))).conditions == ("S invertible",)
