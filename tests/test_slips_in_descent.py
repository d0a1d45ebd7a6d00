"""What least squares and gradient descent must not be told: a rank left out, and the slips that people make in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derivations.catalogue import topic
from derivations.catalogue.gradient_descent.iterates import M, after_step, alpha, hat_w, k, w_0
from derivations.catalogue.least_squares.squared_error import X, d, half_squared_error, n, w, y
from derivations.language.assumptions import Property, every, full_column_rank, nonzero, positive, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    argmin,
    counter,
    eigenvalues,
    entry,
    identity,
    index,
    inverse,
    iterate,
    largest_eigenvalue,
    norm,
    pseudo_inverse,
    scalars,
    series,
    zeros,
)
from derivations.language.functions import abs_
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

NEEDED = [
    pytest.param(made, given, id=f"{name}/{derivation.name}/{step.title}")
    for name in ("least_squares", "gradient_descent")
    for derivation in topic(name).derivations
    for step, made in zip(derivation.steps, derivation.claims, strict=True)
    for given in made.given
    if isinstance(given, Property) and given.kind.endswith("rank")
]


@pytest.mark.parametrize(("stated", "rank"), NEEDED)
def test_a_claim_that_needs_a_rank_is_not_proved_without_it(stated: Claim, rank: Property) -> None:
    """It is refuted, and the rank named as missing; or an inverse in the text needs the rank, and stands among the conditions."""
    verdict = judge(replace(stated, given=tuple(given for given in stated.given if given != rank)))
    if verdict.status is Status.PROVED:
        assert any(condition.endswith("invertible") for condition in verdict.conditions)
    else:
        assert verdict.status is Status.REFUTED, verdict.reason
        assert verdict.missing_assumptions == (repr(rank),)


t, i = counter("t"), index("i", d)
sigma, eta, v, v_0, z = scalars("sigma eta v v_0 z")
A = X.T @ X
largest = largest_eigenvalue(A)
in_range = (alpha > 0) & (alpha * largest < 2)
descent = iterate("w", k, w_0, w, after_step)
rho, v_star = 1 - 2 * eta * sigma**2, z / sigma
one_coordinate = iterate("v", t, v_0, v, v - 2 * eta * sigma * (sigma * v - z))
off = (positive(sigma), nonzero(v_0 - v_star))
loss = half_squared_error(X, w, y)
powers_vanish = tends_to(M**k, zeros(d, d))

SLIPS: dict[str, Claim] = {
    "the inverse of the wrong Gram matrix": claim(argmin(loss, w), "=", X.T @ inverse(X @ X.T) @ y),
    "the inverse of the wrong Gram matrix, as a limit": claim(descent, "->", X.T @ inverse(X @ X.T) @ y, in_range),
    "one minimiser for any rank": claim(argmin(loss, w), "=", pseudo_inverse(X) @ y),
    "one limit for any rank": claim(descent, "->", pseudo_inverse(X) @ y, in_range),
    "the kernel left out of the residual": claim(X @ descent - y, "->", zeros(n), in_range),
    "powers of any rank": claim(powers_vanish, "iff", in_range),
    "an exponent off by one": claim(descent, "=", hat_w + M ** (k + 1) @ (w_0 - hat_w), full_column_rank(X)),
    "no step size in the sum": claim(descent, "=", M**k @ w_0 + series(t, k, M**t @ X.T @ y)),
    "no step size in the factor": claim(powers_vanish, "iff", every(i, abs_(1 - entry(eigenvalues(A), i)) < 1)),
    "the wrong sign in the recurrence": claim(iterate("w", k, w_0, w, w + alpha * X.T @ (X @ w - y)), "->", hat_w, (full_column_rank(X), in_range)),
    "half the range": claim(powers_vanish, "iff", (alpha > 0) & (alpha * largest < 1), full_column_rank(X)),
    "the end of the range": claim(powers_vanish, "iff", (alpha > 0) & (alpha * largest <= 2), full_column_rank(X)),
    "no absolute value": claim(powers_vanish, "iff", every(i, 1 - alpha * entry(eigenvalues(A), i) < 1)),
    "one coordinate: no factor 2": claim(tends_to(one_coordinate, v_star), "iff", (eta > 0) & (eta < 2 / sigma**2), off),
    "one coordinate: no absolute value": claim(tends_to(rho**t, 0), "iff", rho < 1, positive(sigma)),
    "one coordinate: the end of the range": claim(tends_to(one_coordinate, v_star), "iff", (eta > 0) & (eta <= 1 / sigma**2), off),
    "one coordinate: no step at all": claim(tends_to(one_coordinate, v_star), "iff", (eta >= 0) & (eta < 1 / sigma**2), off),
    "one coordinate: any start": claim(tends_to(one_coordinate, v_star), "iff", (eta > 0) & (eta < 1 / sigma**2), positive(sigma)),
    "least norm without the constraint": claim(argmin(norm(w) ** 2, w), "=", X.T @ inverse(X @ X.T) @ y),
    "the projection onto the wrong side": claim(M**k, "->", pseudo_inverse(X) @ X, in_range),
    "a fixed point of the wrong matrix": claim((identity(d) - M) @ hat_w, "=", hat_w),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_refuted_with_a_counterexample(name: str) -> None:
    verdict = judge(SLIPS[name])
    assert verdict.status is Status.REFUTED, verdict.reason
    assert verdict.counterexample is not None
    assert not verdict.alarm


@pytest.mark.parametrize("name", ["one minimiser for any rank", "one limit for any rank"])
def test_the_missing_rank_is_named(name: str) -> None:
    assert judge(SLIPS[name]).missing_assumptions == (repr(full_column_rank(X)),)
