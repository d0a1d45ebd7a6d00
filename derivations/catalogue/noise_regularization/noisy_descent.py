"""Gradient descent on one weight with fresh noise at every step: what becomes of the mean of the weight, where it converges, and to what.

Model: x̃w with x̃ = x + N, one weight w, a number x, a target y and noise N of mean 0 and variance σ². The noise of a step is independent of the
weight before it, which is random itself, for it is made of the noise of earlier steps. Nothing else is known of either.
Loss: L = ½(x̃w − y)², with the step w ← w − η dL/dw at the noise of the step.
Convention: w_t is the weight after t steps, N the noise of the step that follows, and μ_t the expectation of w_t. A power with exponent 0 is 1.
Reference: C. M. Bishop, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7 (1995).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import equal, nonzero, positive, tends_to
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, counter, define, gradient, iterate, scalars
from derivations.language.functions import abs_
from derivations.language.laws import expectation, independent, moments, random_variable
from derivations.language.terms import Relation, Term

__all__ = ["entries", "largest_step_size", "limit_of_the_mean", "mean_factor", "mean_weight"]

half = Fraction(1, 2)
t = counter("t")
x, y, w, N, sigma, eta = scalars("x y w N sigma eta")
w_t, mu, mu_0 = scalars("w_t mu mu_0")


def _square(x: Term, sigma: Term) -> Term:
    return x**2 + sigma**2


def _mean_factor(x: Term, sigma: Term, eta: Term) -> Term:
    return 1 - eta * _square(x, sigma)


def _limit(x: Term, y: Term, sigma: Term) -> Term:
    return x * y / _square(x, sigma)


def mean_factor(x: Term = x, sigma: Term = sigma, eta: Term = eta) -> Any:
    """1 − η(x² + σ²), by which a step multiplies the distance of the mean from its limit: a scalar."""
    return sympy_object(_mean_factor(x, sigma, eta))


def mean_weight(mu_0: Term = mu_0, x: Term = x, y: Term = y, sigma: Term = sigma, eta: Term = eta, t: Term = t) -> Any:
    """The expectation of the weight after t steps from one of expectation μ_0, where x² + σ² > 0: a scalar."""
    limit = _limit(x, y, sigma)
    return sympy_object(limit + _mean_factor(x, sigma, eta) ** t * (mu_0 - limit))


def largest_step_size(x: Term = x, sigma: Term = sigma) -> Any:
    """2/(x² + σ²): the mean converges from every start for the step sizes between 0 and this one. A scalar."""
    return sympy_object(2 / _square(x, sigma))


def limit_of_the_mean(x: Term = x, y: Term = y, sigma: Term = sigma) -> Any:
    """xy/(x² + σ²), to which the expectation of the weight tends for step sizes in the range: a scalar."""
    return sympy_object(_limit(x, y, sigma))


tilde_x = define("tilde_x", x + N)
loss = half * (tilde_x * w_t - y) ** 2
after_step = w_t - eta * tilde_x * (tilde_x * w_t - y)
square, rho = _square(x, sigma), define("rho", _mean_factor(x, sigma, eta))

_mean_steps = (
    Step.of("derivative", gradient(loss, w_t), "=", tilde_x * (tilde_x * w_t - y), reason="chain rule"),
    Step.of("a step", w_t - eta * gradient(loss, w_t), "=", after_step, reason="the derivative put in"),
    Step.of("a step, sorted", after_step, "=", (1 - eta * tilde_x**2) * w_t + eta * tilde_x * y, reason="the weight factored out"),
    Step.of("mean of the noisy number", expectation(tilde_x, N), "=", x, reason="the noise has mean zero"),
    Step.of("mean of its square", expectation(tilde_x**2, N), "=", square, reason="the squared mean plus the variance"),
    Step.of("mean of a step, the weight given", expectation(after_step, N), "=", rho * w_t + eta * x * y,
            reason="the noise is independent of the weight, which is a constant to it"),
    Step.of("mean of the product", expectation(tilde_x**2 * w_t, w_t, N), "=", square * expectation(w_t, w_t),
            reason="the expectation of a product of independent numbers is the product of theirs"),
    Step.of("mean of the next weight", expectation(after_step, w_t, N), "=", rho * expectation(w_t, w_t) + eta * x * y,
            reason="the expectation is linear"),
)  # fmt: skip

limit = define("mu_star", _limit(x, y, sigma))
means = iterate("mu", t, mu_0, mu, rho * mu + eta * x * y)
in_range = (eta > 0) & (eta < 2 / square)

_limit_steps = (
    Step.of("the limit is a fixed point", rho * limit + eta * x * y, "=", limit, reason="what a step takes off it, it puts back"),
    Step.of("distance after a step", rho * mu + eta * x * y - limit, "=", rho * (mu - limit), reason="the fixed point subtracted"),
    Step.of("distance after t steps", means - limit, "=", rho**t * (mu_0 - limit), reason="induction: each step multiplies it by one factor"),
    Step.of("step sizes with a small factor", abs_(rho) < 1, "iff", in_range, reason="the factor lies between -1 and 1, solved for the step size"),
    Step.of("where the mean converges", tends_to(means, limit), "iff", in_range, given=(Relation(mu_0, "!=", limit),),
            reason="a geometric sequence tends to zero for such factors only"),
    Step.of("from any start", means, "->", limit, given=(in_range,), reason="a multiple of zero tends to zero as well"),
)  # fmt: skip

least = y / x
mean_loss = half * ((x * w - y) ** 2 + sigma**2 * w**2)

_shrinkage_steps = (
    Step.of("expected loss", expectation(half * (tilde_x * w - y) ** 2, N), "=", mean_loss, reason="the cross term vanishes"),
    Step.of("its minimiser is the limit", argmin(mean_loss, w), "=", limit, reason="the derivative vanishes there only"),
    Step.of("the limit by that without noise", limit, "=", x**2 / square * least, given=(nonzero(x),),
            reason="numerator and denominator times the number"),
    Step.of("the limit is shrunk", abs_(limit), "<=", abs_(least), given=(nonzero(x),), reason="the factor lies between 0 and 1"),
    Step.of("where it is not", equal(limit, least), "iff", equal(sigma, 0) | equal(y, 0), given=(nonzero(x),),
            reason="the factor is 1, or both are 0"),
    Step.of("noise shrinks strictly", abs_(limit), "<", abs_(least), given=(nonzero(x), nonzero(y), nonzero(sigma)),
            reason="the factor is below 1"),
    Step.of("the range of step sizes is smaller", 2 / square, "<=", 2 / x**2, given=(nonzero(x),),
            reason="the denominator has grown by the variance"),
)  # fmt: skip

entries = (
    Derivation(
        "The mean of one weight under a noisy step",
        _mean_steps,
        questions=("cs182-hw2/3b",),
        given=(moments(N, 0, sigma**2), random_variable(w_t), independent(w_t, N)),
    ),
    Derivation(
        "Convergence of the mean under noisy steps",
        _limit_steps,
        questions=("cs182-hw2/3c",),
        given=(positive(square),),
        notes="By the derivation before, the means obey this recurrence. The mean alone settles: noise keeps moving the weight itself.",
    ),
    Derivation(
        "Noisy steps against steps without noise",
        _shrinkage_steps,
        questions=("cs182-hw2/3d",),
        given=(moments(N, 0, sigma**2), positive(square)),
        notes="Without noise the weights tend to the target over the number.",
    ),
)
