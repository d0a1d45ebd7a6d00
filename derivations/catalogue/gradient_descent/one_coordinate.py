"""Gradient descent on one coordinate: each step multiplies the distance from the minimiser by one factor; when it tends to zero, and how fast.

Model: σw with one weight w, a factor σ > 0 (a singular value of the data) and a target y; start w_0, step size η.
Loss: L = (σw − y)², without the half, with the step w ← w − η dL/dw. It is least at w* = y/σ.
Convention: the iterates are numbered from 0; a power with exponent 0 is 1.
Reference: Y. Nesterov, Lectures on Convex Optimization (2018), chapter 1.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import equal, nonzero, positive, tends_to
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, counter, define, gradient, iterate, scalars
from derivations.language.functions import abs_, log
from derivations.language.terms import Relation, Term, as_term

__all__ = ["coordinate_iterate", "entries", "error_factor", "error_factor_of", "steps_to_reach"]

t = counter("t")
sigma, eta, w, w_0, y, epsilon = scalars("sigma eta w w_0 y epsilon")


def error_factor_of(sigma: Term, eta: Term) -> Term:
    """1 − 2ησ², a scalar."""
    return 1 - 2 * eta * sigma**2


def _coordinate_iterate(w_0: Term, y: Term, sigma: Term, eta: Term, t: Term) -> Term:
    return y / sigma + error_factor_of(sigma, eta) ** t * (w_0 - y / sigma)


def _step(eta: Term) -> Term:
    return w - 2 * eta * sigma * (sigma * w - y)


def _steps_to_reach(epsilon: Term, sigma: Term, eta: Term) -> Term:
    return log(epsilon) / log(abs_(error_factor_of(sigma, eta)))


def error_factor(sigma: Term = sigma, eta: Term = eta) -> Any:
    """1 − 2ησ², by which a step multiplies the distance from the minimiser: a scalar."""
    return sympy_object(error_factor_of(sigma, eta))


def coordinate_iterate(w_0: Term = w_0, y: Term = y, sigma: Term = sigma, eta: Term = eta, t: Term = t) -> Any:
    """y/σ + (1 − 2ησ²)^t (w_0 − y/σ), the weight after t steps from w_0, for σ > 0: a scalar."""
    return sympy_object(_coordinate_iterate(w_0, y, sigma, eta, t))


def steps_to_reach(epsilon: Term = epsilon, sigma: Term = sigma, eta: Term = eta) -> Any:
    """log ε / log|1 − 2ησ²|: the weight after t steps from 0 has a relative error below ε for t above this bound only, a scalar.

    For 0 < ε < 1 and 0 < η < 1/σ² with η ≠ 1/(2σ²), where one step is exact.
    """
    return sympy_object(_steps_to_reach(epsilon, sigma, eta))


rho, w_star, zero = define("rho", error_factor_of(sigma, eta)), define("w_star", y / sigma), define("w_0", as_term(0))
after_step = _step(eta)
reached = define("w_t", (1 - rho**t) * w_star)


def _loss(w: Term) -> Term:
    return (sigma * w - y) ** 2


_distance_steps = (
    Step.of("derivative", gradient(_loss(w), w), "=", 2 * sigma * (sigma * w - y), reason="chain rule"),
    Step.of("it vanishes at the minimiser", gradient(_loss(w_star), w_star), "=", 0, reason="there the product is the target"),
    Step.of("the loss by the distance", _loss(w), "=", sigma**2 * (w - w_star) ** 2, reason="the minimiser subtracted inside the square"),
    Step.of("the minimiser", argmin(_loss(w), w), "=", w_star, reason="the square is zero there only"),
    Step.of("a step", w - eta * gradient(_loss(w), w), "=", after_step, reason="the derivative put in"),
    Step.of("a step, sorted", after_step, "=", rho * w + 2 * eta * sigma * y, reason="the weight factored out"),
    Step.of("distance after a step", after_step - w_star, "=", rho * (w - w_star), reason="the minimiser is a fixed point"),
    Step.of("distance after t steps", iterate("w", t, w_0, w, after_step) - w_star, "=", rho**t * (w_0 - w_star),
            reason="induction: each step multiplies the distance by one factor"),
    Step.of("one step is exact for one step size", w - 1 / (2 * sigma**2) * gradient(_loss(w), w), "=", w_star, reason="there the factor is 0"),
)

weights, weights_from_zero = iterate("w", t, w_0, w, after_step), iterate("w", t, zero, w, after_step)
is_small = abs_(rho) < 1
in_range = (eta > 0) & (eta < 1 / sigma**2)
off_the_minimiser = (Relation(w_0, "!=", w_star),)

_convergence_steps = (
    Step.of("step sizes with a small factor", is_small, "iff", in_range, reason="the factor lies between -1 and 1, solved for the step size"),
    Step.of("powers of the factor", tends_to(rho**t, 0), "iff", is_small, reason="a geometric sequence tends to zero for such factors only"),
    Step.of("distance", tends_to(weights - w_star, 0), "iff", is_small, given=off_the_minimiser, reason="it is a multiple of the powers"),
    Step.of("limit of the weights", tends_to(weights, w_star), "iff", in_range, given=off_the_minimiser, reason="the steps before"),
    Step.of("from any start", weights, "->", w_star, given=(in_range,), reason="a multiple of zero tends to zero as well"),
    Step.of("from the minimiser nothing moves", iterate("u", t, w_star, w, after_step), "=", w_star, reason="the derivative is zero there"),
    Step.of("at the end of the range", iterate("v", t, w_0, w, _step(1 / sigma**2)), "=", w_star + (-1) ** t * (w_0 - w_star),
            reason="the factor is -1: the weights jump to the other side of the minimiser and back"),
)

is_close, iterate_is_close = (abs_(found - w_star) < epsilon * abs_(w_star) for found in (reached, weights_from_zero))
exact_step_size = 1 / (2 * sigma**2)

_relative_steps = (
    Step.of("the iterates", weights_from_zero, "=", reached, reason="induction, from zero"),
    Step.of("their distance", weights_from_zero - w_star, "=", -(rho**t) * w_star,
            reason="induction: each step multiplies the distance by one factor"),
    Step.of("relative error", (w_star - reached) / w_star, "=", rho**t, given=(nonzero(w_star),), reason="the minimiser cancels"),
    Step.of("absolute error", abs_(reached - w_star), "=", abs_(rho) ** t * abs_(w_star), reason="absolute value of the distance"),
    Step.of("close, by the factor", is_close, "iff", abs_(rho) ** t < epsilon, given=(nonzero(w_star),), reason="the minimiser cancels"),
    Step.of("where the factor vanishes", equal(rho, 0), "iff", equal(eta, exact_step_size), reason="in the middle of the range"),
    Step.of("steps to reach the accuracy", is_close, "iff", t > log(epsilon) / log(abs_(rho)),
            given=(epsilon > 0, nonzero(w_star), in_range, Relation(eta, "!=", exact_step_size)),
            reason="logarithms taken; that of the factor is negative, so the comparison turns"),
    Step.of("steps until the iterates are close", iterate_is_close, "iff", t > log(epsilon) / log(abs_(rho)),
            given=(epsilon > 0, nonzero(w_star), in_range, Relation(eta, "!=", exact_step_size)), reason="the iterates put in"),
    Step.of("one step is exact for the step size between", iterate("v", 1, zero, w, _step(exact_step_size)), "=", w_star,
            reason="there the factor is 0, and so is the distance"),
)

entries = (
    Derivation(
        "Gradient descent on one coordinate",
        _distance_steps,
        questions=("cs182-hw2/1a",),
        given=(positive(sigma),),
    ),
    Derivation(
        "Step sizes with which one coordinate converges",
        _convergence_steps,
        questions=("cs182-hw2/1a",),
        given=(positive(sigma),),
        notes="The range is sharp for every start but the minimiser itself, from which nothing moves, whatever the step size.",
    ),
    Derivation(
        "Relative error of one coordinate from zero",
        _relative_steps,
        questions=("cs182-hw2/1b",),
        given=(positive(sigma),),
        notes="The relative error has a sign here: it is the distance still to go, over the whole way. The accuracy bounds its absolute value.",
    ),
)
