"""Determinants of products, of skew-symmetric matrices, and of what their derivatives invert."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import Assumption, equal, invertible, nonzero, positive_definite, positive_semidefinite
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    det,
    dimensions,
    entry,
    gradient,
    identity,
    inverse,
    literal,
    matrix,
    norm,
    scalars,
    trace,
    unit,
    vector,
    zeros,
)
from derivations.language.functions import abs_, log, sign
from derivations.language.terms import Term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

n, d = dimensions("n d")
k = counter("k")
A, B, C = (matrix(name, n, n) for name in "ABC")
Z, V = matrix("Z", n, d), matrix("V", d, n)
a, b, x, y = vector("a", n), vector("b", n), vector("x", n), vector("y", d)
s, t, z = scalars("s t z")
I = identity(n)  # noqa: E741 (the identity's own letter)
skew = equal(A.T, -A)

EQUATIONS: dict[str, tuple[Term, Term, Term, tuple[Assumption, ...]]] = {
    "product": (det(A @ B @ A.T), det(A) ** 2 * det(B), det(A) * det(B), ()),
    "product with a Gram matrix": (det(A @ Z @ Z.T @ B), det(A) * det(B) * det(Z @ Z.T), det(A) * det(B), ()),
    "similar": (det(inverse(B) @ A @ B), det(A), det(B), (invertible(B),)),
    "power": (det(A ** (k + 1)), det(A) ** k * det(A), det(A) ** k, ()),
    "identity": (det(I), 1 + 0 * s, 0 * s, ()),
    "zero": (det(A - A), 0 * s, 1 + 0 * s, ()),
    "sum of I and rank one": (det(I + 2 * a @ b.T), 1 + 2 * a.T @ b, 1 + a.T @ b, ()),
    "a difference of rank one": (det(I - a @ a.T), 1 - norm(a) ** 2, 1 + norm(a) ** 2, ()),
    "inverse by minors": (inverse(literal([s, t], [t, z])), literal([z, -t], [-t, s]) / (s * z - t**2), literal([z, t], [t, s]) / (s * z - t**2), ()),
    "inverse of a sum of rank one": (inverse(I + a @ b.T), I - a @ b.T / (1 + a.T @ b), I - a @ b.T / (1 - a.T @ b), ()),
    "skew-symmetric": (trace(A), 0 * s, 1 + 0 * s, (skew,)),
    "skew-symmetric, transposed": (A @ A.T, -A @ A, A @ A, (equal(-A.T, A),)),
    "skew-symmetric, a gradient": (gradient(x.T @ A @ x, x), zeros(n), 2 * A @ x, (skew,)),
    "the sign of what is not negative and not 0": (sign(norm(a) ** 2), 1 + 0 * s, 0 * s, (nonzero(norm(a) ** 2),)),
    "the text inverts what the method does": (gradient(det(A), A), det(A) * inverse(A.T), det(A) * inverse(A), ()),
    "a symbolic power": (gradient(det(A**k), A), k * det(A**k) * inverse(A).T, (k + 1) * det(A**k) * inverse(A).T, ()),
    "the trace of a symbolic power": (gradient(trace(A ** (k + 2)), A), (k + 2) * (A ** (k + 1)).T, (k + 2) * (A**k).T, ()),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_right_one_is_proved_and_the_wrong_one_refuted(name: str) -> None:
    left, right, wrong, given = EQUATIONS[name]
    assert judge(claim(left, "=", right, given)).status is Status.PROVED
    assert judge(claim(left, "=", wrong, given)).status is Status.REFUTED


NOT_PROVED: dict[str, Claim] = {
    "the factors are not square": claim(det(Z @ V), "=", det(V @ Z)),
    "a unit matrix is no identity": claim(det(unit(n, 1) @ unit(n, 1).T), "=", 1),
    "a product of I and rank one is no sum": claim(det(a @ b.T), "=", 1 + a.T @ b),
    "semidefinite is not definite": claim(det(A), ">", 0, positive_semidefinite(A)),
    "off the diagonal": claim(entry(B, 1, 1), ">", entry(A, 1, 1), positive_definite(A)),
    "not 0 is not positive": claim(abs_(s), "=", s, nonzero(s)),
    "another matrix is inverted": claim(gradient(det(A), A), "=", gradient(det(A), A) @ inverse(B) @ B @ A @ inverse(B)),
}


@pytest.mark.parametrize("name", NOT_PROVED)
def test_what_is_false_is_refuted(name: str) -> None:
    assert judge(NOT_PROVED[name]).status is Status.REFUTED


def test_what_the_text_does_not_invert_the_method_may_not() -> None:
    """The right side is the derivative of det A by one entry, for singular A too; but A⁻¹ is not there to show it."""
    assert judge(claim(gradient(det(A), A) @ A.T, "=", det(A) * I)).status is not Status.PROVED


def test_positive_definite_matrices_have_positive_determinants() -> None:
    assert judge(claim(det(A), ">", 0, positive_definite(A))).status is Status.PROVED
    assert judge(claim(det(A), ">=", 0, positive_semidefinite(A))).status is Status.PROVED
    assert judge(claim(gradient(log(det(A)), A), "=", inverse(A), positive_definite(A))).status is Status.PROVED
