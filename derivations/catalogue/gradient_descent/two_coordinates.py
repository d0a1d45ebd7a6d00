"""Gradient descent on two coordinates, a large and a small one: they do not mix, one step size serves both, and one serves them best.

Model: Σw with weights w (2, 1), targets y (2, 1) and Σ = diag(σ_ℓ, σ_s), both factors positive; start w_0 (2, 1), step size η.
Loss: L = ‖Σw − y‖², without the half, with the step w ← w − η∇L. It is least at w* = (y_1/σ_ℓ, y_2/σ_s).
Convention: the iterates are numbered from 0; a power with exponent 0 is 1. A gradient has the shape of its variable. Of two coordinates
that one is the faster whose factor is smaller in absolute value; the rate is the largest absolute value of the factors.
Reference: S. Boyd and L. Vandenberghe, Convex Optimization (2004), section 9.3 (a quadratic problem with two variables).
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.gradient_descent.one_coordinate import error_factor_of
from derivations.language.assumptions import equal, positive, tends_to
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    argmin,
    column_vector,
    counter,
    define,
    entry,
    gradient,
    identity,
    iterate,
    literal,
    maximum,
    norm,
    scalars,
    vector,
    zeros,
)
from derivations.language.functions import abs_
from derivations.language.terms import Relation, Term

__all__ = ["entries", "optimal_rate", "optimal_step_size", "two_coordinate_iterate", "two_coordinate_matrix"]

t = counter("t")
sigma_l, sigma_s, sigma_i, eta = scalars("sigma_l sigma_s sigma_i eta")
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


def _optimal_step_size(sigma_l: Term, sigma_s: Term) -> Term:
    return 1 / (sigma_l**2 + sigma_s**2)


def optimal_step_size(sigma_l: Term = sigma_l, sigma_s: Term = sigma_s) -> Any:
    """1/(σ_ℓ² + σ_s²), the step size with the smallest rate for two coordinates, and for more between them: a scalar."""
    return sympy_object(_optimal_step_size(sigma_l, sigma_s))


def optimal_rate(sigma_l: Term = sigma_l, sigma_s: Term = sigma_s) -> Any:
    """(κ² − 1)/(κ² + 1) with κ = σ_ℓ/σ_s, the factor of the distances at the optimal step size, for σ_ℓ ≥ σ_s > 0: a scalar."""
    return sympy_object(_optimal_rate(sigma_l / sigma_s))


def _optimal_rate(kappa: Term) -> Term:
    return (kappa**2 - 1) / (kappa**2 + 1)


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

weights = iterate("w", t, w_0, w, after_step)
rho_l, rho_s, rho_i = (define(f"rho_{name}", error_factor_of(sigma, eta)) for name, sigma in (("l", sigma_l), ("s", sigma_s), ("i", sigma_i)))
in_range = (eta > 0) & (eta < 1 / sigma_l**2)
in_order, strictly_in_order = (sigma_s > 0, sigma_s <= sigma_l), (sigma_s > 0, sigma_s < sigma_l)
off_the_large_one = Relation(entry(w_0, 1), "!=", entry(w_star, 1))
eta_star = define("eta_star", _optimal_step_size(sigma_l, sigma_s))
kappa = define("kappa", sigma_l / sigma_s)


def _rate(*factors: Term) -> Term:
    """The largest absolute value."""
    return reduce(maximum, map(abs_, factors))


_convergence_steps = (
    Step.of("step sizes with two small factors", (abs_(rho_l) < 1) & (abs_(rho_s) < 1), "iff", in_range, reason="the larger factor decides"),
    Step.of("limit of the weights", tends_to(weights, w_star), "iff", in_range, given=(off_the_large_one,),
            reason="each distance is a multiple of the powers of its factor; where that of the large coordinate is small, so is the other"),
    Step.of("from any start", weights, "->", w_star, given=(in_range,), reason="a multiple of zero tends to zero as well"),
)

_faster_steps = (
    Step.of("where the large coordinate is faster", abs_(rho_l) < abs_(rho_s), "iff", eta < eta_star,
            reason="both factors squared: their difference has the sign of the distance between the step sizes"),
    Step.of("where the small coordinate is faster", abs_(rho_s) < abs_(rho_l), "iff", eta > eta_star, reason="likewise"),
    Step.of("where both are equally fast", equal(abs_(rho_l), abs_(rho_s)), "iff", equal(eta, eta_star), reason="there the factors are opposite"),
)

_optimum_steps = (
    Step.of("both coordinates converge with it", eta_star > 0, "and", eta_star < 1 / sigma_l**2, reason="its denominator is larger"),
    Step.of("the factors are opposite there", error_factor_of(sigma_s, eta_star), "=", -error_factor_of(sigma_l, eta_star),
            reason="common denominator"),
    Step.of("the rate there", _rate(error_factor_of(sigma_l, eta_star), error_factor_of(sigma_s, eta_star)), "=", _optimal_rate(kappa),
            reason="the factor of the small coordinate is positive there"),
    Step.of("no rate is smaller", _rate(rho_l, rho_s), ">=", _optimal_rate(kappa),
            reason="with a smaller step size the small coordinate is slower, with a larger one the large coordinate"),
    Step.of("the optimal step size", argmin(_rate(rho_l, rho_s), eta), "=", eta_star,
            reason="up to there the rate falls with the small coordinate; beyond, it grows with the large one"),
)

between = (sigma_i >= sigma_s, sigma_i <= sigma_l)

_between_steps = (
    Step.of("a factor between", abs_(rho_i), "<=", _rate(rho_l, rho_s), reason="it lies between the factors of the extremes"),
    Step.of("the rate of three coordinates", _rate(rho_l, rho_i, rho_s), "=", _rate(rho_l, rho_s), reason="the third factor adds nothing"),
    Step.of("the range of the step size", (abs_(rho_l) < 1) & (abs_(rho_i) < 1) & (abs_(rho_s) < 1), "iff", in_range,
            reason="the larger factor decides"),
    Step.of("the optimal step size", argmin(_rate(rho_l, rho_i, rho_s), eta), "=", eta_star, reason="the rate is the same function"),
)

entries = (
    Derivation("A step of gradient descent on two coordinates", _step_steps, questions=("cs182-hw2/1c",)),
    Derivation(
        "Distances of two coordinates",
        _distance_steps,
        questions=("cs182-hw2/1c",),
        given=(positive(sigma_l), positive(sigma_s)),
    ),
    Derivation(
        "Step sizes with which two coordinates converge",
        _convergence_steps,
        questions=("cs182-hw2/1c",),
        given=in_order,
        notes="The large coordinate bounds the step size; the small one then needs many steps.",
    ),
    Derivation(
        "The faster of two coordinates",
        _faster_steps,
        questions=("cs182-hw2/1d",),
        given=(*strictly_in_order, eta > 0),
        notes="Both coordinates converge for smaller step sizes, and for some larger ones: the bound for both is larger than this step size.",
    ),
    Derivation(
        "The optimal step size for two coordinates",
        _optimum_steps,
        questions=("cs182-hw2/1e",),
        given=strictly_in_order,
        notes="The optimum is taken over all real step sizes; it lies in the range in which both coordinates converge.",
    ),
    Derivation(
        "Coordinates between the large and the small one",
        _between_steps,
        questions=("cs182-hw2/1f",),
        given=(*strictly_in_order, *between),
        notes="So of any number of coordinates the largest and the smallest alone decide on the range of the step size, on the optimum and its rate.",
    ),
)
