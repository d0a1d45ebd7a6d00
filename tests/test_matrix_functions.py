"""Powers, sums of powers and inverses of matrices that are diagonal, alike, or multiples; names that are given a value."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import (
    Assumption,
    equal,
    full_column_rank,
    invertible,
    nonzero,
    orthogonal,
    orthonormal_columns,
    positive,
    positive_definite,
    symmetric,
)
from derivations.language.claims import claim
from derivations.language.constructors import (
    column_vector,
    counter,
    det,
    diag,
    diagonal,
    dimensions,
    entry,
    gradient,
    identity,
    index,
    inverse,
    iterate,
    literal,
    matrix,
    norm,
    scalars,
    series,
    vector,
    zeros,
)
from derivations.language.functions import reciprocal
from derivations.language.shapes import sides
from derivations.language.terms import Operand, Term
from derivations.language.verdicts import Status
from derivations.proof.explanation import explain
from derivations.proof.verification import judge, judge_mutants

n, d, r = dimensions("n d r")
k, i, j = counter("k"), counter("i"), index("j", n)
A, B, G, Q, S, T = (matrix(name, n, n) for name in "ABGQST")
X, W = matrix("X", n, d), matrix("W", d, n)
U, t, v, w, x, y, s = matrix("U", n, r), vector("t", r), vector("v", n), vector("w", d), vector("x", n), vector("y", n), vector("s", 2)
a, b, c, alpha, eta = scalars("a b c alpha eta")
M, N = identity(d) - alpha * X.T @ X, identity(n) - alpha * X @ X.T
I = identity  # noqa: E741 (the identity's own letter)
Case = tuple[Term, Operand, tuple[Assumption, ...]]

PROVED: dict[str, Case] = {
    # diagonal matrices
    "a power of a literal diagonal matrix": (literal([a, 0], [0, b]) ** k, literal([a**k, 0], [0, b**k]), ()),
    "its sum of powers": (series(i, k, literal([a, 0], [0, b]) ** i), literal([series(i, k, a**i), 0], [0, series(i, k, b**i)]), ()),
    "a power of a diagonal matrix, entry by entry": (entry(diag(v) ** k, j, j), entry(v, j) ** k, ()),
    "a power of a diagonal matrix is diagonal": (diag(diagonal(diag(v) ** k)), diag(v) ** k, ()),
    "a fixed entry": (entry(diag(s) ** k, 2, 2), entry(s, 2) ** k, ()),
    "an entry off the diagonal": (entry(diag(s) ** (k + 1), 1, 2), 0, ()),
    "a power of a multiple of the identity": ((c * I(n)) ** k, c**k * I(n), ()),
    "diagonal matrices commute": (diag(v) ** k @ diag(x), diag(x) @ diag(v) ** k, ()),
    "a power with an index": (entry(v, j) ** (k + 1), entry(v, j) * entry(v, j) ** k, ()),
    "a sequence with an index": (iterate("z", k, entry(x, j), c, entry(v, j) * c), entry(v, j) ** k * entry(x, j), ()),
    "inverse of a literal diagonal matrix": (inverse(literal([a, 0], [0, b])), literal([1 / a, 0], [0, 1 / b]), (nonzero(a), nonzero(b))),
    "inverse of a diagonal matrix": (inverse(diag(v)), diag(reciprocal(v)), (nonzero(v),)),
    "a diagonal system": (inverse(literal([a, 0], [0, b])) @ s, column_vector(entry(s, 1) / a, entry(s, 2) / b), (nonzero(a), nonzero(b))),
    # matrices that are alike
    "a matrix between powers": (X @ M**k, N**k @ X, ()),
    "a matrix between sums of powers": (X @ series(i, k, M**i), series(i, k, N**i) @ X, ()),
    "powers of a product": (X @ (W @ X) ** k, (X @ W) ** k @ X, ()),
    "powers in orthonormal columns": (U.T @ (U @ diag(t) @ U.T) ** k @ U, diag(t) ** k, (orthonormal_columns(U),)),
    "an inverse in orthonormal columns": (inverse(I(n) + U @ diag(t) @ U.T) @ U, U @ inverse(I(r) + diag(t)), (orthonormal_columns(U), positive(t))),
    "powers of a similar matrix": ((Q @ A @ Q.T) ** k, Q @ A**k @ Q.T, (orthogonal(Q),)),
    "powers of a transpose": ((A.T) ** k @ x, (A**k).T @ x, ()),
    # inverses and determinants
    "inverse of a multiple": (inverse(alpha * G), inverse(G) / alpha, (nonzero(alpha), invertible(G))),
    "inverse of a multiple, on the domain": (inverse(alpha * G), inverse(G) / alpha, ()),
    "inverse of a multiple of a sum": (inverse(alpha * A + alpha * B), inverse(A + B) / alpha, ()),
    "inverse of a quotient": (inverse(G / c), c * inverse(G), ()),
    "inverse of a negative": (inverse(A - B), -inverse(B - A), ()),
    "squared determinant of an orthogonal matrix": (det(Q) ** 2, 1, (orthogonal(Q),)),
    "fourth power of it": (det(Q) ** 4 - det(Q) ** 2, 0, (orthogonal(Q),)),
    "a squared scalar that is given": (a**3, 4 * a, (equal(a**2, 4),)),
    "a circle": ((a**2 + b**2) ** 2, c**2, (equal(a**2 + b**2, c),)),
    # names that are given a value
    "a name for a product": (norm(A @ x) ** 2, x.T @ B @ x, (equal(B, A.T @ A),)),
    "a name for a minimiser": (X.T @ (X @ w - y), zeros(d), (full_column_rank(X), equal(w, inverse(X.T @ X) @ X.T @ y))),
    "one after the other": (A @ x, B @ B @ y, (equal(A, B @ G), equal(G, B), equal(y, x))),
    "a step size": (1 - 2 * eta * a**2, 0, (nonzero(a), equal(eta, 1 / (2 * a**2)))),
    "a derivative at a value": (gradient(norm(w) ** 2, w), 2 * X.T @ y, (equal(w, X.T @ y),)),
    "a name that is assumed symmetric": (S, S.T, (symmetric(S), equal(S, A @ B))),
    "a name whose value is not needed": (x.T @ S @ x, x.T @ S.T @ x, (equal(S, A @ B),)),
}


@pytest.mark.parametrize("name", PROVED)
def test_it_is_proved(name: str) -> None:
    left, right, given = PROVED[name]
    verdict = judge(claim(left, "=", right, given))
    assert verdict.status is Status.PROVED, verdict


REFUTED: dict[str, Case] = {
    "a power of a diagonal matrix to the wrong exponent": (literal([a, 0], [0, b]) ** k, literal([a**k, 0], [0, b ** (k + 1)]), ()),
    "powers of a matrix that is not diagonal": (literal([a, 1], [0, b]) ** k, literal([a**k, 1], [0, b**k]), ()),
    "powers of the wrong matrix": (X @ M**k, N ** (k + 1) @ X, ()),
    "powers of a product in the wrong order": (X @ (W @ X) ** k, (X @ W) ** k @ X @ W @ X, ()),
    "powers between matrices that are no inverses": ((Q @ A @ Q.T) ** k, Q @ A**k @ Q.T, ()),
    "powers in columns that are not orthonormal": (U.T @ (U @ diag(t) @ U.T) ** k @ U, diag(t) ** k, ()),
    "power 0 in fewer columns": ((U @ diag(t) @ U.T) ** k, U @ diag(t) ** k @ U.T, (orthonormal_columns(U),)),
    "an inverse in columns that are not orthonormal": (inverse(I(n) + U @ diag(t) @ U.T) @ U, U @ inverse(I(r) + diag(t)), (positive(t),)),
    "inverse of a multiple, multiplied": (inverse(alpha * G), alpha * inverse(G), ()),
    "determinant of an orthogonal matrix": (det(Q), 1, (orthogonal(Q),)),
    "squared determinant": (det(G) ** 2, 1, (invertible(G),)),
    "a squared scalar has one root": (a, 2, (equal(a**2, 4),)),
    "a derivative is not that of the value": (gradient(norm(w) ** 2, w), zeros(d), (equal(w, X.T @ y),)),
    "a name with another value": (A @ x, G @ y, (equal(A, B @ G), equal(G, B), equal(y, x))),
}


@pytest.mark.parametrize("name", REFUTED)
def test_it_is_refuted(name: str) -> None:
    left, right, given = REFUTED[name]
    verdict = judge(claim(left, "=", right, given))
    assert verdict.status is Status.REFUTED, verdict


@pytest.mark.parametrize("name", ["a power of a literal diagonal matrix", "a matrix between powers", "inverse of a literal diagonal matrix"])
def test_slips_are_refuted(name: str) -> None:
    left, right, given = PROVED[name]
    count, refuted = judge_mutants(claim(left, "=", right, given))
    assert not count.survivors
    assert refuted


IMPLIED: dict[str, tuple[Term, tuple[Assumption, ...]]] = {
    "of a multiple": (alpha * G, (nonzero(alpha), invertible(G))),
    "of a multiple on the right": (G * alpha, (nonzero(alpha), invertible(G))),
    "of a product": (A @ B, (invertible(A), orthogonal(B))),
    "of a power": (A**k, (invertible(A),)),
    "of an inverse": (inverse(A) @ inverse(A), (invertible(A),)),
    "of a negative transpose": (-(A.T), (invertible(A),)),
    "of a quotient": (A / 2, (positive_definite(A),)),
    "of a diagonal matrix": (diag(v), (nonzero(v),)),
    "of a sum of diagonal ones": (diag(v) + c * I(n), (positive(v), positive(c))),
    "of a literal diagonal matrix": (literal([a, 0], [0, b]), (nonzero(a), positive(b))),
}


@pytest.mark.parametrize("name", IMPLIED)
def test_its_inverse_needs_no_condition(name: str) -> None:
    matrix_, given = IMPLIED[name]
    verdict = judge(claim(inverse(matrix_) @ matrix_, "=", I(2 if name.startswith("of a literal") else n), given))
    assert verdict.status is Status.PROVED, verdict
    assert verdict.conditions == ()


@pytest.mark.parametrize(
    ("matrix_", "given"),
    [
        (alpha * G, (invertible(G),)),
        (alpha * G, (nonzero(alpha),)),
        (A @ B, (invertible(A),)),
        (X.T @ X, (nonzero(alpha),)),
        (diag(v), (nonzero(x),)),
        (diag(v) + c * I(n), (nonzero(v), nonzero(c))),
    ],
    ids=str,
)
def test_its_inverse_needs_a_condition(matrix_: Term, given: tuple[Assumption, ...]) -> None:
    size = sides(matrix_.shape)[0]
    verdict = judge(claim(inverse(matrix_) @ matrix_, "=", I(size), given))
    assert verdict.status is Status.PROVED, verdict
    assert any("invertible" in condition for condition in verdict.conditions)


def test_what_a_name_stands_for_is_told() -> None:
    told = explain(claim(norm(A @ x) ** 2, "=", x.T @ B @ x, equal(B, A.T @ A)))
    assert claim(B, "=", A.T @ A) in told.of_kind("equation")
    assert f"hypothesis {equal(B, A.T @ A)}" in told.of_kind("from")


def test_two_equations_that_define_each_other_are_no_definitions() -> None:
    """Nothing is replaced round in circles: the second one is a hypothesis."""
    verdict = judge(claim(A @ x, "=", G @ x, (equal(A, B + G), equal(B, A - G), equal(B, 0 * I(n)))))
    assert verdict.status is Status.PROVED, verdict


def test_contradictory_equations_prove_nothing() -> None:
    verdict = judge(claim(a, "=", b, (equal(a**2, 2), equal(a**2, 3))))
    assert verdict.status is Status.UNDECIDED, verdict
