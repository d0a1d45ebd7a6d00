"""Least squares with noise on the targets: what remains as training loss, and bias and covariance of what is found, with a penalty and without.

Model: t = Xw* + ε with data X (n, d), true weights w* (d, 1) and noise ε (n, 1), whose entries are independent with mean 0 and variance σ²;
of their distribution nothing else is used. H = X(XᵀX)⁻¹Xᵀ (n, n) makes fitted values of targets, R = (XᵀX + λI)⁻¹ (d, d).
Loss: L = (1/n)‖Xŵ − t‖² at its minimiser ŵ = (XᵀX)⁻¹Xᵀt, for X of full column rank; with a penalty ŵ_λ = RXᵀt, for λ > 0 and any rank.
Convention: expectations are over the noise; data and true weights are fixed. The covariance of a vector is a matrix.
Reference: T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning (2nd ed., 2009), sections 3.2 and 3.4.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.least_squares.normal_equations import lambda_, minimiser_of, penalised_gram_of, ridge_minimiser_of
from derivations.catalogue.least_squares.projections import hat_matrix_of
from derivations.catalogue.least_squares.squared_error import X, d, i, mean_squared_error, n
from derivations.language.assumptions import full_column_rank, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import define, delta, entry, identity, index, inverse, matrix, norm, scalar, trace, vector, zeros
from derivations.language.laws import covariance, expectation, moments
from derivations.language.shapes import sides
from derivations.language.terms import Term, as_term

__all__ = ["entries", "expected_training_loss", "minimiser_covariance", "ridge_bias", "ridge_covariance"]

k = index("k", n)
sigma, w_star, epsilon, A = scalar("sigma"), vector("w_star", d), vector("epsilon", n), matrix("A", n, n)


def _expected_training_loss(X: Term, sigma: Term) -> Term:
    samples, weights = map(as_term, sides(X.shape))
    return sigma**2 / samples * (samples - weights)


def _minimiser_covariance(X: Term, sigma: Term) -> Term:
    return sigma**2 * inverse(X.T @ X)


def _ridge_bias(X: Term, w_star: Term, lambda_: Term) -> Term:
    return -lambda_ * inverse(penalised_gram_of(X, lambda_)) @ w_star


def _ridge_covariance(X: Term, sigma: Term, lambda_: Term) -> Term:
    solve = inverse(penalised_gram_of(X, lambda_))
    return sigma**2 * solve @ (X.T @ X) @ solve


def expected_training_loss(X: Term = X, sigma: Term = sigma) -> Any:
    """(σ²/n)(n − d), the expectation of the mean squared error at its minimiser, for X (n, d) of full column rank: a scalar."""
    return sympy_object(_expected_training_loss(X, sigma))


def minimiser_covariance(X: Term = X, sigma: Term = sigma) -> Any:
    """σ²(XᵀX)⁻¹, the covariance of the minimiser of the squared error, for X (n, d) of full column rank: shape (d, d)."""
    return sympy_object(_minimiser_covariance(X, sigma))


def ridge_bias(X: Term = X, w_star: Term = w_star, lambda_: Term = lambda_) -> Any:
    """−λ(XᵀX + λI)⁻¹w*, by which the mean of the ridge minimiser misses the true weights, for λ > 0: shape (d, 1)."""
    return sympy_object(_ridge_bias(X, w_star, lambda_))


def ridge_covariance(X: Term = X, sigma: Term = sigma, lambda_: Term = lambda_) -> Any:
    """σ²(XᵀX + λI)⁻¹XᵀX(XᵀX + λI)⁻¹, the covariance of the ridge minimiser, for λ > 0 and X (n, d) of any rank: shape (d, d)."""
    return sympy_object(_ridge_covariance(X, sigma, lambda_))


targets = X @ w_star + epsilon
H, hat_w = define("H", hat_matrix_of(X)), define("hat_w", minimiser_of(X, targets))
complement, gram_inverse = identity(n) - H, inverse(X.T @ X)
training_loss = mean_squared_error(X, hat_w, targets)

_noise_steps = (
    Step.of("products of two entries of the noise", expectation(entry(epsilon, i) * entry(epsilon, k), epsilon), "=", sigma**2 * delta(i, k),
            reason="different entries are independent with mean zero; of one the square has the variance for expectation"),
    Step.of("expected outer product of the noise", expectation(epsilon @ epsilon.T, epsilon), "=", sigma**2 * identity(n),
            reason="these are its entries"),
    Step.of("expected squared norm of the noise", expectation(epsilon.T @ epsilon, epsilon), "=", n * sigma**2,
            reason="its trace: one variance for every sample"),
    Step.of("expected quadratic form", expectation(epsilon.T @ A @ epsilon, epsilon), "=", sigma**2 * trace(A),
            reason="a scalar is its own trace, in which the outer product can be turned to the end"),
)  # fmt: skip

_loss_steps = (
    Step.of("the fitted values keep the signal", H @ targets, "=", X @ w_star + H @ epsilon, reason="the projection leaves the columns as they are"),
    Step.of("training residual", X @ hat_w - targets, "=", (H - identity(n)) @ epsilon, reason="the signal cancels"),
    Step.of("training loss", training_loss, "=", norm((H - identity(n)) @ epsilon) ** 2 / n, reason="the residual put in"),
    Step.of("as a quadratic form", norm((H - identity(n)) @ epsilon) ** 2, "=", epsilon.T @ complement @ epsilon,
            reason="the complement of the projection is symmetric and its own square"),
    Step.of("expected training loss by the trace", expectation(training_loss, epsilon), "=", sigma**2 / n * trace(complement),
            reason="the expectation of a quadratic form in the noise"),
    Step.of("expected training loss", expectation(training_loss, epsilon), "=", _expected_training_loss(X, sigma),
            reason="the trace of the projection is the number of weights"),
    Step.of("below the variance of the noise", expectation(training_loss, epsilon), "<", sigma**2, given=(positive(sigma),),
            reason="the weights have adapted to a part of the noise"),
)  # fmt: skip

_distribution_steps = (
    Step.of("distance from the true weights", hat_w - w_star, "=", gram_inverse @ X.T @ epsilon, reason="the Gram matrix cancels its inverse"),
    Step.of("unbiased", expectation(hat_w, epsilon), "=", w_star, reason="the distance is linear in the noise, whose mean is zero"),
    Step.of("covariance", covariance(hat_w, hat_w, epsilon), "=", _minimiser_covariance(X, sigma),
            reason="the expected outer product of the noise stands in the middle, a multiple of the identity"),
    Step.of("expected squared distance", expectation(norm(hat_w - w_star) ** 2, epsilon), "=", sigma**2 * trace(gram_inverse),
            reason="the trace of the covariance"),
    Step.of("expected squared distance of the fitted values", expectation(norm(X @ (hat_w - w_star)) ** 2, epsilon), "=", d * sigma**2,
            reason="the trace of the projection"),
    Step.of("weights and residuals are uncorrelated", covariance(hat_w, X @ hat_w - targets, epsilon), "=", zeros(d, n),
            reason="the complement of the projection takes the columns of the data to zero"),
)  # fmt: skip

_estimator_steps = (
    Step.of("expected squared residual", expectation(norm(X @ hat_w - targets) ** 2, epsilon), "=", sigma**2 * (n - d),
            reason="n times the expected training loss"),
    Step.of("an unbiased estimate of the variance", expectation(norm(X @ hat_w - targets) ** 2 / (n - d), epsilon), "=", sigma**2, given=(n > d,),
            reason="divided by the number of samples less that of the weights"),
)  # fmt: skip

ridge_gram = penalised_gram_of(X, lambda_)
R = define("R", inverse(ridge_gram))
hat_w_lambda = define("hat_w_lambda", ridge_minimiser_of(X, targets, lambda_))
bias, spread = _ridge_bias(X, w_star, lambda_), _ridge_covariance(X, sigma, lambda_)

_ridge_steps = (
    Step.of("what remains of the signal", R @ X.T @ X, "=", identity(d) - lambda_ * R,
            reason="the Gram matrix is the penalised one less the penalty"),
    Step.of("distance from the true weights", hat_w_lambda - w_star, "=", R @ X.T @ epsilon - lambda_ * R @ w_star, reason="the step before"),
    Step.of("mean", expectation(hat_w_lambda, epsilon), "=", R @ X.T @ X @ w_star, reason="the noise has mean zero"),
    Step.of("bias", expectation(hat_w_lambda, epsilon) - w_star, "=", bias, reason="what remains of the signal"),
    Step.of("covariance", covariance(hat_w_lambda, hat_w_lambda, epsilon), "=", spread,
            reason="the expected outer product of the noise is a multiple of the identity"),
    Step.of("bias and variance", expectation(norm(hat_w_lambda - w_star) ** 2, epsilon), "=", norm(bias) ** 2 + trace(spread),
            reason="a distance from a constant is that of the mean, and the spread around it"),
)  # fmt: skip

noise = moments(epsilon, 0, sigma**2)

entries = (
    Derivation(
        "Second moments of independent noise",
        _noise_steps,
        questions=("csc413-a1/1.2.2",),
        given=(noise,),
    ),
    Derivation(
        "The expected training loss under noise on the targets",
        _loss_steps,
        questions=("csc413-a1/1.2.2",),
        given=(full_column_rank(X), noise),
        notes="As many weights as samples fit the noise exactly: then the training loss is zero, whatever the noise.",
    ),
    Derivation(
        "Mean and covariance of the least-squares minimiser",
        _distribution_steps,
        questions=("csc413-a1/1.2.2",),
        given=(full_column_rank(X), noise),
    ),
    Derivation(
        "An unbiased estimate of the variance of the noise",
        _estimator_steps,
        questions=("csc413-a1/1.2.2",),
        given=(full_column_rank(X), noise),
    ),
    Derivation(
        "Bias and covariance of ridge regression",
        _ridge_steps,
        given=(noise, positive(lambda_)),
        notes="A remark: the penalty buys a smaller covariance with a bias, for data of any rank.",
    ),
)
