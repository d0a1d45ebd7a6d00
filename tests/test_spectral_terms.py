"""Eigenvalues led back to those of fewer matrices: what is proved, and what must not be."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import Assumption, positive, positive_definite, positive_semidefinite, symmetric
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    dimensions,
    eigenvalues,
    entry,
    gradient,
    hadamard_power,
    identity,
    index,
    inverse,
    largest_eigenvalue,
    matrix,
    ones,
    rank,
    scalars,
    smallest_eigenvalue,
    sum_over,
    trace,
    vector,
    zeros,
)
from derivations.language.laws import expectation, gaussian
from derivations.language.terms import Term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

n, d = dimensions("n d")
i = index("i", n)
A, B, Z = matrix("A", n, n), matrix("B", n, n), matrix("Z", n, d)
x, a = vector("x", n), vector("a", n)
c, s = scalars("c s")
I = identity(n)  # noqa: E741 (the identity's own letter)

EQUATIONS: dict[str, tuple[Term, Term, Term, tuple[Assumption, ...]]] = {
    "affine": (eigenvalues(2 * A + s * I), 2 * eigenvalues(A) + s * ones(n), 2 * eigenvalues(A) - s * ones(n), (symmetric(A),)),
    "the least of a shift": (smallest_eigenvalue(c * A - s * I), c * smallest_eigenvalue(A) - s, largest_eigenvalue(A), (symmetric(A), positive(c))),
    "a cube": (eigenvalues(A @ A @ A), hadamard_power(eigenvalues(A), 3), eigenvalues(A), (positive_semidefinite(A),)),
    "the least of an inverse": (smallest_eigenvalue(inverse(A)), 1 / largest_eigenvalue(A), 1 / smallest_eigenvalue(A), (positive_definite(A),)),
    "the mean": (sum_over(i, entry(eigenvalues(A + s * I), i)) / n, trace(A) / n + s, trace(A) / n, (symmetric(A),)),
    "a rank": (rank(Z.T @ (A + I) @ Z), rank(Z), rank(A), (positive_definite(A),)),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_right_one_is_proved_and_the_wrong_one_refuted(name: str) -> None:
    left, right, wrong, given = EQUATIONS[name]
    verdict = judge(claim(left, "=", right, given))
    assert verdict.status is Status.PROVED, verdict
    assert judge(claim(left, "=", wrong, given)).status is Status.REFUTED


SQUARE = largest_eigenvalue(x @ x.T)

NOT_PROVED: dict[str, Claim] = {
    "a negative multiple turns the order": claim(eigenvalues(-A), "=", -eigenvalues(A), symmetric(A)),
    "a multiple of unknown sign": claim(eigenvalues(c * A), "=", c * eigenvalues(A), symmetric(A)),
    "squares of what is not semidefinite": claim(eigenvalues(A @ A), "=", hadamard_power(eigenvalues(A), 2), symmetric(A)),
    "the inverse of what is not definite": claim(largest_eigenvalue(inverse(A)), "=", 1 / smallest_eigenvalue(A), symmetric(A)),
    "different matrices": claim(largest_eigenvalue(A), "=", largest_eigenvalue(B), (symmetric(A), symmetric(B))),
    "a derivative of an eigenvalue": claim(gradient(largest_eigenvalue(A), A), "=", zeros(n, n), symmetric(A)),
    "an expectation of an eigenvalue": claim(
        expectation(SQUARE * (a.T @ x) ** 2, x), "=", expectation(SQUARE, x) * a.T @ a, gaussian(x, 0, 1)
    ),
    "a semidefinite middle": claim(rank(Z.T @ A @ Z), "=", rank(Z), positive_semidefinite(A)),
}


@pytest.mark.parametrize("name", NOT_PROVED)
def test_what_is_false_is_not_proved(name: str) -> None:
    verdict = judge(NOT_PROVED[name])
    assert verdict.status is not Status.PROVED, verdict
    assert not verdict.alarm
