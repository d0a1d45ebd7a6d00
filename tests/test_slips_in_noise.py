"""What the topics with random variables must not be told: the slips that people make in expectations, and what no law gives."""

from __future__ import annotations

import re

import pytest

from derivations.catalogue.initialization.layers import W, a, bar_x, bar_z, errors, i, inputs, j, k, q, v, weights, z
from derivations.catalogue.initialization.layers import x as layer_x
from derivations.catalogue.initialization.scales import n_in, n_out
from derivations.catalogue.least_squares.noisy_targets import H, R, epsilon, hat_w, hat_w_lambda, targets, training_loss, w_star
from derivations.catalogue.least_squares.normal_equations import lambda_
from derivations.catalogue.least_squares.squared_error import X as data_X
from derivations.catalogue.least_squares.squared_error import d as p
from derivations.catalogue.least_squares.squared_error import n
from derivations.catalogue.noise_regularization.noisy_data import N, X, d, m, sigma, w, y
from derivations.catalogue.optimizers.random_gradients import beta_1, beta_2, g, state
from derivations.catalogue.optimizers.random_gradients import m as first
from derivations.catalogue.optimizers.random_gradients import v as second
from derivations.language.assumptions import equal, full_column_rank, nonzero, positive, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import argmin, counter, entry, identity, inverse, iterate, norm, ones, scalars, trace, zeros
from derivations.language.functions import abs_, relu, tanh
from derivations.language.laws import covariance, expectation, gaussian, independent, moments, random_variable, symmetric_law, uniform, variance
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

x, target, n_t, w_t, w_0, eta, lam, width = scalars("x t n_t w_t w_0 eta lambda width")
t = counter("k")

residual, noisy = X @ w - y, norm((X + N) @ w - y) ** 2
mean_loss, noise, gaussian_noise = expectation(noisy, N), moments(N, 0, sigma**2), gaussian(N, 0, sigma**2)
penalty = m * sigma**2 * norm(w) ** 2
gram = X.T @ X + m * sigma**2 * identity(d)
some = (noise, positive(sigma))
fresh = (moments(n_t, 0, sigma**2), random_variable(w_t), independent(w_t, n_t))
square = x**2 + sigma**2
after_step = w_t - eta * (x + n_t) * ((x + n_t) * w_t - target)
means = iterate("w", t, w_0, w_t, (1 - eta * square) * w_t + eta * x * target)
limit = x * target / square
off = (positive(square), nonzero(w_0 - limit))
fourth_moment, chi_squared = expectation(norm(N @ w) ** 4, N), m * (m + 2) * sigma**4 * norm(w) ** 4

NOISE: dict[str, Claim] = {
    "the number of samples dropped": claim(mean_loss, "=", norm(residual) ** 2 + sigma**2 * norm(w) ** 2, noise),
    "the variance dropped": claim(mean_loss, "=", norm(residual) ** 2 + m * norm(w) ** 2, gaussian_noise),
    "the deviation for the variance": claim(mean_loss, "=", norm(residual) ** 2 + m * sigma * norm(w) ** 2, some),
    "the number of weights for that of samples": claim(mean_loss, "=", norm(residual) ** 2 + d * sigma**2 * norm(w) ** 2, noise),
    "the square outside of the expectation": claim(mean_loss, "=", norm(expectation((X + N) @ w - y, N)) ** 2, gaussian_noise),
    "the penalty on the weights without a square": claim(mean_loss, "=", norm(residual) ** 2 + m * sigma**2 * norm(w), noise),
    "the sign of the cross term": claim(noisy, "=", norm(residual) ** 2 - 2 * residual.T @ N @ w + norm(N @ w) ** 2, gaussian_noise),
    "the cross term kept": claim(mean_loss, "=", norm(residual) ** 2 + 2 * residual.T @ X @ w + penalty, noise),
    "noise with a mean": claim(mean_loss, "=", norm(residual) ** 2 + penalty, gaussian(N, X, sigma**2)),
    "the other Gram matrix of the noise": claim(expectation(N @ N.T, N), "=", m * sigma**2 * identity(m), noise),
    "the minimiser without the number of samples": claim(
        argmin(mean_loss, w), "=", inverse(X.T @ X + sigma**2 * identity(d)) @ X.T @ y, some
    ),
    "the minimiser with a wrong sign": claim(argmin(mean_loss, w), "=", inverse(gram) @ X.T @ (-y), some),
    "the minimiser without noise": claim(argmin(mean_loss, w), "=", inverse(X.T @ X) @ X.T @ y, (*some, full_column_rank(X))),
    "ridge on the mean with the number of samples": claim(
        argmin(norm(residual) ** 2 / m + lam * norm(w) ** 2, w), "=", inverse(X.T @ X + lam * identity(d)) @ X.T @ y, positive(lam)
    ),
    "fourth moments of any noise as those of Gaussian noise": claim(fourth_moment, "=", chi_squared, noise),
    "the square of the mean": claim(expectation((x + n_t) ** 2, n_t), "=", x**2, moments(n_t, 0, sigma**2)),
    "a step without the variance": claim(
        expectation(after_step, w_t, n_t), "=", (1 - eta * x**2) * expectation(w_t, w_t) + eta * x * target, fresh
    ),
    "a step with the variance on the target": claim(
        expectation(after_step, w_t, n_t), "=", (1 - eta * square) * expectation(w_t, w_t) + eta * square * target, fresh
    ),
    "noise that depends on the weight": claim(
        expectation(after_step, w_t, n_t),
        "=",
        (1 - eta * expectation((x + n_t) ** 2, n_t)) * expectation(w_t, w_t) + eta * (x + expectation(n_t, n_t)) * target,
        (random_variable(n_t), random_variable(w_t)),
    ),
    "the range without noise": claim(tends_to(means, limit), "iff", (eta > 0) & (eta < 2 / x**2), (*off, nonzero(x))),
    "half of the range": claim(tends_to(means, limit), "iff", (eta > 0) & (eta < 1 / square), off),
    "the end of the range": claim(tends_to(means, limit), "iff", (eta > 0) & (eta <= 2 / square), off),
    "any start": claim(tends_to(means, limit), "iff", (eta > 0) & (eta < 2 / square), positive(square)),
    "the limit without noise": claim(means, "->", target / x, (nonzero(x), (eta > 0) & (eta < 2 / square))),
    "growth for shrinkage": claim(abs_(limit), ">=", abs_(target / x), nonzero(x)),
    "strict shrinkage without noise": claim(abs_(limit), "<", abs_(target / x), (nonzero(x), nonzero(target))),
}  # fmt: skip


@pytest.mark.parametrize("name", NOISE)
def test_a_slip_with_noisy_data_is_refuted(name: str) -> None:
    verdict = judge(NOISE[name])
    assert verdict.status is Status.REFUTED, verdict
    assert verdict.counterexample is not None
    assert not verdict.alarm


epsilon_law = moments(epsilon, 0, sigma**2)
data = (full_column_rank(data_X), epsilon_law)
training, excess = expectation(training_loss, epsilon), hat_w - w_star
gram_inverse = inverse(data_X.T @ data_X)
residual_norm = norm(data_X @ hat_w - targets)
penalised = (epsilon_law, positive(lambda_))

LEAST_SQUARES: dict[str, Claim] = {
    "the number of samples for that of degrees of freedom": claim(training, "=", sigma**2 / n * n, data),
    "the number of weights for that of degrees of freedom": claim(training, "=", sigma**2 / n * p, data),
    "the sum for the mean": claim(training, "=", sigma**2 * (n - p), data),
    "the trace of the hat matrix for that of the complement": claim(training, "=", sigma**2 / n * trace(H), data),
    "one variance for the squared norm": claim(expectation(epsilon.T @ epsilon, epsilon), "=", sigma**2, epsilon_law),
    "the square outside of the expectation": claim(training, "=", norm(expectation(data_X @ hat_w - targets, epsilon)) ** 2 / n, data),
    "the norm of the noise for its square": claim(expectation(norm(epsilon) ** 2, epsilon), "=", n * sigma, (epsilon_law, positive(sigma))),
    "a sign in the complement": claim(expectation(norm((H + identity(n)) @ epsilon) ** 2 / n, epsilon), "=", sigma**2 / n * (n - p), data),
    "a biased estimate": claim(expectation(residual_norm**2 / n, epsilon), "=", sigma**2, data),
    "no degrees of freedom, where there are more samples than weights": claim(
        expectation(residual_norm**2, epsilon), "=", sigma**2, (*data, n > p)
    ),
    "an estimate by one degree less": claim(expectation(residual_norm**2, epsilon), "=", sigma**2 * (n - p - 1), data),
    "the covariance by the Gram matrix": claim(covariance(hat_w, hat_w, epsilon), "=", sigma**2 * data_X.T @ data_X, data),
    "the covariance without the variance": claim(covariance(hat_w, hat_w, epsilon), "=", gram_inverse, data),
    "the covariance of a distance": claim(expectation(norm(excess) ** 2, epsilon), "=", sigma**2 * norm(gram_inverse, "F"), data),
    "ridge without a bias": claim(expectation(hat_w_lambda, epsilon), "=", w_star, penalised),
    "the sign of the bias": claim(expectation(hat_w_lambda, epsilon) - w_star, "=", lambda_ * R @ w_star, penalised),
    "the covariance of ridge by one inverse": claim(covariance(hat_w_lambda, hat_w_lambda, epsilon), "=", sigma**2 * R, penalised),
    "bias and variance with a minus": claim(
        expectation(norm(hat_w_lambda - w_star) ** 2, epsilon),
        "=",
        sigma**2 * trace(R @ data_X.T @ data_X @ R) - lambda_**2 * norm(R @ w_star) ** 2,
        penalised,
    ),
    "noise whose entries depend on each other": claim(
        expectation(epsilon.T @ epsilon, epsilon) * identity(n), "=", n * expectation(epsilon @ epsilon.T, epsilon), random_variable(epsilon)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAST_SQUARES)
def test_a_slip_with_noisy_targets_is_refuted(name: str) -> None:
    verdict = judge(LEAST_SQUARES[name])
    assert verdict.status is Status.REFUTED, verdict
    assert verdict.counterexample is not None
    assert not verdict.alarm


layer = (weights, inputs, independent(W, layer_x))
before_relu = (symmetric_law(W, v), inputs, independent(W, layer_x))
back = (weights, errors, independent(W, bar_z))
output, error = expectation(entry(z, i) ** 2, W, layer_x), expectation(entry(bar_x, j) ** 2, W, bar_z)
passed = expectation(relu(entry(z, i)) ** 2, W, layer_x)

INITIALIZATION: dict[str, Claim] = {
    "the outputs for the inputs": claim(output, "=", n_out * v * q, layer),
    "the inputs for the outputs, going back": claim(error, "=", n_in * v * q, back),
    "no fan": claim(output, "=", v * q, layer),
    "the variance twice": claim(output, "=", n_in * v**2 * q, layer),
    "the gain of ReLU left out": claim(passed, "=", n_in * v * q, before_relu),
    "the mean of ReLU squared": claim(passed, "=", expectation(relu(entry(z, i)), W, layer_x) ** 2, before_relu),
    "half of the variance, whatever the law": claim(passed, "=", output / 2, layer),
    "Glorot's variance before ReLU": claim(passed, "=", q, (*before_relu, equal(v, 1 / n_in))),
    "He's variance by the wrong fan": claim(passed, "=", q, (*before_relu, equal(v, 2 / n_out))),
    "He's variance without ReLU": claim(output, "=", q, (*layer, equal(v, 2 / n_in))),
    "weights that are not centred": claim(output, "=", n_in * v * q, (moments(W, ones(n_out, n_in), v), *layer[1:])),
    "weights that depend on the inputs": claim(
        expectation(W @ layer_x, W, layer_x), "=", expectation(W, W) @ expectation(layer_x, layer_x), (random_variable(W), random_variable(layer_x))
    ),
    "outputs that are the same": claim(expectation(entry(z, i) * entry(z, k), W, layer_x), "=", n_in * v * q, layer),
    "the width of the interval for its half": claim(variance(a, a), "=", width**2 / 3, uniform(a, -width / 2, width / 2)),
    "the bound for the deviation": claim(variance(a, a), "=", width**2, uniform(a, -width, width)),
    "a sum of deviations through layers": claim(iterate("v", t, q, v, n_in * v / 2), "=", n_in / 2 * t * q),
}  # fmt: skip


@pytest.mark.parametrize("name", INITIALIZATION)
def test_a_slip_with_random_weights_is_refuted(name: str) -> None:
    verdict = judge(INITIALIZATION[name])
    assert verdict.status is Status.REFUTED, verdict
    assert verdict.counterexample is not None
    assert not verdict.alarm


steps = counter("c")
gradients = (random_variable(g), random_variable(first), random_variable(second), beta_1 >= 0, beta_1 < 1, beta_2 >= 0, beta_2 < 1)
mean, mean_of_square = expectation(g, g), expectation(g**2, g)
average = iterate("mu", steps, 0, state, beta_1 * state + (1 - beta_1) * mean)
of_squares = iterate("nu", steps, 0, state, beta_2 * state + (1 - beta_2) * mean_of_square)

MOMENTS: dict[str, Claim] = {
    "the correction one step behind": claim(average, "=", (1 - beta_1 ** (steps + 1)) * mean, gradients),
    "no correction": claim(average, "=", mean, gradients),
    "the correction of one step for all": claim(average, "=", (1 - beta_1) * mean, gradients),
    "the rate of the other moment": claim(average, "=", (1 - beta_2**steps) * mean, gradients),
    "the rate for its power": claim(average, "=", (1 - beta_1 * steps) * mean, gradients),
    "the share left for the share reached": claim(average, "=", beta_1**steps * mean, gradients),
    "the square of the mean for the mean square": claim(of_squares, "=", (1 - beta_2**steps) * mean**2, gradients),
    "no noise": claim(mean_of_square, "=", mean**2, gradients),
    "noise that makes the square smaller": claim(mean_of_square, "=", mean**2 - variance(g, g), gradients),
    "both rates exchanged": claim(
        expectation(beta_1 * first + (1 - beta_1) * g, first, g), "=", (1 - beta_1) * expectation(first, first) + beta_1 * mean, gradients
    ),
    "a moment that is the gradient": claim(
        expectation(beta_1 * first + (1 - beta_1) * g, first, g), "=", mean, gradients
    ),
    "a product that is taken apart": claim(expectation(first * g, first, g), "=", expectation(first, first) * mean, gradients),
    "the square of a step": claim(
        expectation((beta_1 * first + (1 - beta_1) * g) ** 2, first, g),
        "=",
        (beta_1 * expectation(first, first) + (1 - beta_1) * mean) ** 2,
        gradients,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MOMENTS)
def test_a_slip_with_random_gradients_is_refuted(name: str) -> None:
    verdict = judge(MOMENTS[name])
    assert verdict.status is Status.REFUTED, verdict
    assert verdict.counterexample is not None
    assert not verdict.alarm


UNKNOWN: dict[str, tuple[Claim, str]] = {
    "taken apart over factors that may depend on each other": (
        claim(expectation((X + N).T @ (X + N) @ w, N, w), "=", gram @ expectation(w, w), (noise, random_variable(w))), r"give independent\(N, w\)"
    ),
    "inside tanh": (claim(expectation(tanh(N @ w), N), "=", tanh(zeros(m)), gaussian_noise), "tanh of random entries"),
    "inside an inverse": (claim(expectation(inverse((X + N).T @ (X + N)), N), "=", inverse(gram), some), "its domain depends on N"),
    "the mean of the minimisers": (
        claim(expectation(inverse((X + N).T @ (X + N)) @ (X + N).T @ y, N), "=", inverse(gram) @ X.T @ y, some), "its domain depends on N"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_no_law_gives_is_left_open(name: str) -> None:
    stated, reason = UNKNOWN[name]
    verdict = judge(stated)
    assert verdict.status is Status.UNDECIDED, verdict
    assert re.search(reason, verdict.reason)
    assert not verdict.alarm


def test_gaussian_noise_has_these_fourth_moments() -> None:
    """Of a Gaussian law it is so: what fails above is the law, not the formula."""
    assert judge(claim(fourth_moment, "=", chi_squared, gaussian_noise)).status is Status.PROVED
