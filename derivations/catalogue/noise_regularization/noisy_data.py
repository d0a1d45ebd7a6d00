"""Noise on the data of least squares: on average it penalises the weights, so that its minimiser is that of ridge regression.

Model: X̃w with X̃ = X + N, data X and noise N (m, d), weights w (d, 1) and targets y (m, 1). The entries of N are independent, each with mean 0
and variance σ². That is all that is used of their distribution, so that what holds for Gaussian noise holds for any other.
Loss: E‖X̃w − y‖², the expectation over the noise; for ridge regression (1/m)‖Xw − y‖² + λ‖w‖².
Convention: a gradient has the shape of its variable. The noise is drawn anew for each loss, so the weights do not depend on it.
Reference: C. M. Bishop, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7 (1995).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    argmin,
    define,
    delta,
    dimensions,
    entry,
    gradient,
    hessian,
    identity,
    index,
    inverse,
    matrix,
    norm,
    scalars,
    vector,
    zeros,
)
from derivations.language.laws import expectation, gaussian, moments
from derivations.language.shapes import sides
from derivations.language.terms import Term, as_term

__all__ = ["entries", "expected_loss", "minimiser", "sigma"]

m, d = dimensions("m d")
i, j, k = index("i", m), index("j", d), index("k", d)
X, N, w, y = matrix("X", m, d), matrix("N", m, d), vector("w", d), vector("y", m)
sigma, lambda_ = scalars("sigma lambda")


def _samples(X: Term) -> Term:
    return as_term(sides(X.shape)[0])


def _expected_loss(X: Term, w: Term, y: Term, sigma: Term) -> Term:
    return norm(X @ w - y) ** 2 + _samples(X) * sigma**2 * norm(w) ** 2


def _noisy_gram(X: Term, sigma: Term) -> Term:
    return X.T @ X + _samples(X) * sigma**2 * identity(sides(X.shape)[1])


def _minimiser(X: Term, y: Term, sigma: Term) -> Term:
    return inverse(_noisy_gram(X, sigma)) @ X.T @ y


def expected_loss(X: Term = X, w: Term = w, y: Term = y, sigma: Term = sigma) -> Any:
    """‖Xw − y‖² + mσ²‖w‖², the expectation of ‖(X + N)w − y‖² over noise of mean 0 and variance σ² on each entry of X (m, d): a scalar."""
    return sympy_object(_expected_loss(X, w, y, sigma))


def minimiser(X: Term = X, y: Term = y, sigma: Term = sigma) -> Any:
    """(XᵀX + mσ²I)⁻¹Xᵀy, at which the expected loss is least, for σ > 0 and X (m, d) of any rank: shape (d, 1)."""
    return sympy_object(_minimiser(X, y, sigma))


def _noisy_loss(w: Term) -> Term:
    return norm((X + N) @ w - y) ** 2


def _mean_loss(w: Term) -> Term:
    return expectation(_noisy_loss(w), N)


def _ridge_loss(lambda_: Term) -> Term:
    return norm(X @ w - y) ** 2 / m + lambda_ * norm(w) ** 2


residual = X @ w - y
crossed, squared_noise = residual.T @ N @ w, norm(N @ w) ** 2

_expectation_steps = (
    Step.of("noisy residual", (X + N) @ w - y, "=", residual + N @ w, reason="distributive law"),
    Step.of("the square, expanded", _noisy_loss(w), "=", norm(residual) ** 2 + 2 * crossed + squared_noise, reason="square of a sum of two vectors"),
    Step.of("the cross term vanishes", expectation(crossed, N), "=", 0, reason="the expectation is linear, and that of the noise is zero"),
    Step.of("products of two entries of the noise", expectation(entry(N, i, j) * entry(N, i, k), N), "=", sigma**2 * delta(j, k),
            reason="different entries are independent with mean zero; of one the square has the variance for expectation"),
    Step.of("expected Gram matrix of the noise", expectation(N.T @ N, N), "=", m * sigma**2 * identity(d),
            reason="each of its entries is a sum of such products, one for every sample"),
    Step.of("expected square of the noise", expectation(squared_noise, N), "=", m * sigma**2 * norm(w) ** 2,
            reason="the Gram matrix of the noise stands between the weights"),
    Step.of("expected loss", _mean_loss(w), "=", _expected_loss(X, w, y, sigma), reason="the three terms together"),
    Step.of("noise costs something on average", _mean_loss(w), ">=", norm(residual) ** 2, reason="the penalty is a multiple of a square"),
)  # fmt: skip

hat_w = define("hat_w", _minimiser(X, y, sigma))
gram = _noisy_gram(X, sigma)
has_noise = (positive(sigma),)

_minimiser_steps = (
    Step.of("expected gradient", expectation(gradient(_noisy_loss(w), w), N), "=", 2 * (gram @ w - X.T @ y),
            reason="chain rule, and the expected Gram matrix of the noisy data"),
    Step.of("gradient of the expected loss", gradient(_mean_loss(w), w), "=", expectation(gradient(_noisy_loss(w), w), N),
            reason="the loss is a polynomial in the weights, so that the expectation is taken coefficient by coefficient"),
    Step.of("expected Gram matrix of the noisy data", expectation((X + N).T @ (X + N), N), "=", gram, reason="the mixed products have mean zero"),
    Step.of("Hessian of the expected loss", hessian(_mean_loss(w), w), "=", 2 * gram, reason="derivative of the gradient"),
    Step.of("the gradient vanishes", gradient(_mean_loss(hat_w), hat_w), "=", zeros(d), given=has_noise,
            reason="the Gram matrix plus a positive multiple of the identity is invertible"),
    Step.of("completed square", _mean_loss(w), "=", _mean_loss(hat_w) + norm(X @ (w - hat_w)) ** 2 + m * sigma**2 * norm(w - hat_w) ** 2,
            given=has_noise, reason="the mixed terms cancel, as the gradient vanishes"),
    Step.of("the minimiser", argmin(_mean_loss(w), w), "=", hat_w, given=has_noise,
            reason="the excess is a sum of squares, the last one positive everywhere else"),
    Step.of("the mean over the samples", _mean_loss(w) / m, "=", _ridge_loss(sigma**2), reason="the number of samples cancels in the penalty"),
    Step.of("the minimiser of ridge regression", argmin(_ridge_loss(lambda_), w), "=",
            inverse(X.T @ X + m * lambda_ * identity(d)) @ X.T @ y, given=(positive(lambda_),), reason="the same square, completed"),
    Step.of("noise as ridge regression", argmin(_ridge_loss(sigma**2), w), "=", hat_w, given=has_noise,
            reason="the weight of the penalty is the variance of the noise"),
)  # fmt: skip

entries = (
    Derivation(
        "Gaussian noise on the data as a penalty on the weights",
        _expectation_steps,
        questions=("cs182-hw2/3a",),
        given=(gaussian(N, 0, sigma**2),),
    ),
    Derivation(
        "Noise of any distribution as a penalty on the weights",
        _expectation_steps,
        questions=("cs182-hw2/3a",),
        given=(moments(N, 0, sigma**2),),
        notes="Only the mean and the variance of the entries are given, and that they are independent.",
    ),
    Derivation(
        "The minimiser under noisy data",
        _minimiser_steps,
        questions=("cs182-hw2/3a",),
        given=(moments(N, 0, sigma**2),),
        notes="With noise the minimiser exists for data of any rank.",
    ),
)
