"""Numbers against a reduced claim, lifted to a matrix or a sequence: what is false gets a counterexample, what is true keeps none."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import every, full_column_rank, nonzero, positive, symmetric, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    dimensions,
    eigenvalues,
    entry,
    identity,
    index,
    iterate,
    largest_eigenvalue,
    matrix,
    scalars,
    smallest_eigenvalue,
    vector,
    zeros,
)
from derivations.language.functions import abs_
from derivations.proof.lifting import lifted
from derivations.proof.refutation import Trial, holds_at
from derivations.proof.sampling import meets

n, d = dimensions("n d")
k, i = counter("k"), index("i", d)
alpha, r, v, v_0 = scalars("alpha r v v_0")
X, S, w, w_0, y = matrix("X", n, d), matrix("S", d, d), vector("w", d), vector("w_0", d), vector("y", n)
A = X.T @ X
M = identity(d) - alpha * A
powers_vanish = tends_to(M**k, zeros(d, d))
in_range = (alpha > 0) & (alpha * largest_eigenvalue(A) < 2)
descent = iterate("w", k, w_0, w, w - alpha * X.T @ (X @ w - y))
shrinking = iterate("v", k, v_0, v, r * v)

FALSE: dict[str, Claim] = {
    "no rank": claim(powers_vanish, "iff", in_range),
    "half the range": claim(powers_vanish, "iff", (alpha > 0) & (alpha * largest_eigenvalue(A) < 1), full_column_rank(X)),
    "the end of the range": claim(powers_vanish, "iff", (alpha > 0) & (alpha * largest_eigenvalue(A) <= 2), full_column_rank(X)),
    "the smallest eigenvalue": claim(powers_vanish, "iff", (alpha > 0) & (alpha * smallest_eigenvalue(A) < 2), full_column_rank(X)),
    "eigenvalues of a symmetric matrix": claim(tends_to(S**k, zeros(d, d)), "iff", every(i, entry(eigenvalues(S), i) < 1), symmetric(S)),
    "another limit": claim(descent, "->", w_0, in_range),
    "a sequence of numbers": claim(tends_to(shrinking, 0), "iff", (r < 1) & (r > 0), nonzero(v_0)),
    "a sequence from zero": claim(tends_to(shrinking, 0), "iff", abs_(r) < 1),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_claim_gets_a_counterexample(name: str) -> None:
    stated = FALSE[name]
    found = [instance for instance in lifted(stated) if meets(instance, stated.given)]
    assert any(holds_at(stated, Trial(instance)) is False for instance in found)


TRUE: dict[str, Claim] = {
    "with rank": claim(powers_vanish, "iff", in_range, full_column_rank(X)),
    "eigenvalues of a symmetric matrix": claim(tends_to(S**k, zeros(d, d)), "iff", every(i, abs_(entry(eigenvalues(S), i)) < 1), symmetric(S)),
    "a sequence of numbers": claim(tends_to(shrinking, 0), "iff", abs_(r) < 1, nonzero(v_0)),
    "no sequence": claim(r**2, ">=", 0, positive(r)),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_claim_gets_none(name: str) -> None:
    assert not list(lifted(TRUE[name]))
