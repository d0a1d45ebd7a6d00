"""Gradient descent on two coordinates, a large and a small one: they do not mix, and one step size serves both.

Model: Σw with weights w (2, 1), targets y (2, 1) and Σ = diag(σ_ℓ, σ_s), both factors positive; start w_0 (2, 1), step size η.
Loss: L = ‖Σw − y‖², without the half, with the step w ← w − η∇L. It is least at w* = (y_1/σ_ℓ, y_2/σ_s).
Convention: the iterates are numbered from 0; a power with exponent 0 is 1. A gradient has the shape of its variable.
Reference: S. Boyd and L. Vandenberghe, Convex Optimization (2004), section 9.3 (a quadratic problem with two variables).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.gradient_descent.one_coordinate import error_factor_of
from derivations.language.assumptions import positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    column_vector,
    counter,
    define,
    entry,
    gradient,
    identity,
    iterate,
    literal,
    norm,
    scalars,
    vector,
    zeros,
)
from derivations.language.terms import Term

__all__ = ["entries", "two_coordinate_iterate", "two_coordinate_matrix"]

t = counter("t")
sigma_l, sigma_s, eta = scalars("sigma_l sigma_s eta")
w, w_0, y = vector("w", 2), vector("w_0", 2), vector("y", 2)


def _matrix(sigma_l: Term, sigma_s: Term, eta: Term) -> Term:
    return literal([error_factor_of(sigma_l, eta), 0], [0, error_factor_of(sigma_s, eta)])


def _minimiser(y: Term, sigma_l: Term, sigma_s: Term) -> Term:
    return column_vector(entry(y, 1) / sigma_l, entry(y, 2) / sigma_s)


def _distance(w_0: Term, y: Term, sigma_l: Term, sigma_s: Term, eta: Term, t: Term) -> Term:
    coordinates = ((1, sigma_l), (2, sigma_s))
    return column_vector(*(error_factor_of(sigma, eta) ** t * (entry(w_0, j) - entry(y, j) / sigma) for j, sigma in coordinates))


def two_coordinate_matrix(sigma_l: Term = sigma_l, sigma_s: Term = sigma_s, eta: Term = eta) -> Any:
    """diag(1 − 2ησ_ℓ², 1 − 2ησ_s²), by which a step multiplies the distance from the minimiser: shape (2, 2)."""
    return sympy_object(_matrix(sigma_l, sigma_s, eta))


def two_coordinate_iterate(
    w_0: Term = w_0, y: Term = y, sigma_l: Term = sigma_l, sigma_s: Term = sigma_s, eta: Term = eta, t: Term = t
) -> Any:
    """The weights after t steps from w_0, each coordinate as in `coordinate_iterate`: shape (2, 1)."""
    return sympy_object(_minimiser(y, sigma_l, sigma_s) + _distance(w_0, y, sigma_l, sigma_s, eta, t))


Sigma = define("Sigma", literal([sigma_l, 0], [0, sigma_s]))
M = define("M", identity(2) - 2 * eta * Sigma**2)
w_star = define("w_star", _minimiser(y, sigma_l, sigma_s))
after_step = w - 2 * eta * Sigma @ (Sigma @ w - y)


def _loss(w: Term) -> Term:
    return norm(Sigma @ w - y) ** 2


_descended = w - eta * gradient(_loss(w), w)

_step_steps = (
    Step.of("gradient", gradient(_loss(w), w), "=", 2 * Sigma @ (Sigma @ w - y), reason="gradient of the squared norm; the matrix is symmetric"),
    Step.of("a step", _descended, "=", M @ w + 2 * eta * Sigma @ y, reason="the gradient put in; the weights factored out"),
    Step.of("its matrix", M, "=", _matrix(sigma_l, sigma_s, eta), reason="the square of a diagonal matrix"),
    Step.of("the loss by coordinates", _loss(w), "=", (sigma_l * entry(w, 1) - entry(y, 1)) ** 2 + (sigma_s * entry(w, 2) - entry(y, 2)) ** 2,
            reason="definition of the norm"),
    *(
        Step.of(f"a step of the {name} coordinate", entry(_descended, j), "=",
                error_factor_of(sigma, eta) * entry(w, j) + 2 * eta * sigma * entry(y, j), reason="the matrix is diagonal")
        for name, j, sigma in (("large", 1, sigma_l), ("small", 2, sigma_s))
    ),
)

_distance_steps = (
    Step.of("the gradient vanishes", gradient(_loss(w_star), w_star), "=", zeros(2), reason="there both products are the targets"),
    Step.of("distance after a step", after_step - w_star, "=", _matrix(sigma_l, sigma_s, eta) @ (w - w_star),
            reason="the minimiser is a fixed point"),
    Step.of("distance after t steps", iterate("w", t, w_0, w, after_step) - w_star, "=", _distance(w_0, y, sigma_l, sigma_s, eta, t),
            reason="induction: each coordinate has its own factor"),
)

entries = (
    Derivation("A step of gradient descent on two coordinates", _step_steps),
    Derivation(
        "Distances of two coordinates",
        _distance_steps,
        given=(positive(sigma_l), positive(sigma_s)),
        notes="For which step sizes both distances tend to zero, and which one is the faster, is not shown here.",
    ),
)
