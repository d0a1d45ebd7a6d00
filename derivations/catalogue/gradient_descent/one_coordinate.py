"""Gradient descent on one coordinate: each step multiplies the distance from the minimiser by one factor.

Model: σw with one weight w, a factor σ > 0 (a singular value of the data) and a target y; start w_0, step size η.
Loss: L = (σw − y)², without the half, with the step w ← w − η dL/dw. It is least at w* = y/σ.
Convention: the iterates are numbered from 0; a power with exponent 0 is 1.
Reference: Y. Nesterov, Lectures on Convex Optimization (2018), chapter 1.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import nonzero, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import counter, define, gradient, iterate, scalars
from derivations.language.terms import Term, as_term

__all__ = ["coordinate_iterate", "entries", "error_factor", "error_factor_of"]

t = counter("t")
sigma, eta, w, w_0, y = scalars("sigma eta w w_0 y")


def error_factor_of(sigma: Term, eta: Term) -> Term:
    """1 − 2ησ², a scalar."""
    return 1 - 2 * eta * sigma**2


def _coordinate_iterate(w_0: Term, y: Term, sigma: Term, eta: Term, t: Term) -> Term:
    return y / sigma + error_factor_of(sigma, eta) ** t * (w_0 - y / sigma)


def error_factor(sigma: Term = sigma, eta: Term = eta) -> Any:
    """1 − 2ησ², by which a step multiplies the distance from the minimiser: a scalar."""
    return sympy_object(error_factor_of(sigma, eta))


def coordinate_iterate(w_0: Term = w_0, y: Term = y, sigma: Term = sigma, eta: Term = eta, t: Term = t) -> Any:
    """y/σ + (1 − 2ησ²)^t (w_0 − y/σ), the weight after t steps from w_0, for σ > 0: a scalar."""
    return sympy_object(_coordinate_iterate(w_0, y, sigma, eta, t))


rho, w_star, zero = define("rho", error_factor_of(sigma, eta)), define("w_star", y / sigma), define("w_0", as_term(0))
after_step = w - 2 * eta * sigma * (sigma * w - y)
reached = define("w_t", (1 - rho**t) * w_star)


def _loss(w: Term) -> Term:
    return (sigma * w - y) ** 2


_distance_steps = (
    Step.of("derivative", gradient(_loss(w), w), "=", 2 * sigma * (sigma * w - y), reason="chain rule"),
    Step.of("it vanishes at the minimiser", gradient(_loss(w_star), w_star), "=", 0, reason="there the product is the target"),
    Step.of("the loss by the distance", _loss(w), "=", sigma**2 * (w - w_star) ** 2, reason="so it is least at the minimiser only"),
    Step.of("a step", w - eta * gradient(_loss(w), w), "=", after_step, reason="the derivative put in"),
    Step.of("a step, sorted", after_step, "=", rho * w + 2 * eta * sigma * y, reason="the weight factored out"),
    Step.of("distance after a step", after_step - w_star, "=", rho * (w - w_star), reason="the minimiser is a fixed point"),
    Step.of("distance after t steps", iterate("w", t, w_0, w, after_step) - w_star, "=", rho**t * (w_0 - w_star),
            reason="induction: each step multiplies the distance by one factor"),
    Step.of("one step is exact for one step size", w - 1 / (2 * sigma**2) * gradient(_loss(w), w), "=", w_star, reason="there the factor is 0"),
)

_relative_steps = (
    Step.of("the iterates", iterate("w", t, zero, w, after_step), "=", (1 - rho**t) * w_star, reason="induction, from zero"),
    Step.of("their distance", iterate("w", t, zero, w, after_step) - w_star, "=", -(rho**t) * w_star,
            reason="induction: each step multiplies the distance by one factor"),
    Step.of("relative error", (w_star - reached) / w_star, "=", rho**t, given=(nonzero(w_star),), reason="the minimiser cancels"),
)

entries = (
    Derivation(
        "Gradient descent on one coordinate",
        _distance_steps,
        given=(positive(sigma),),
        notes="For which step sizes the powers of the factor tend to zero is not shown here.",
    ),
    Derivation(
        "Relative error of one coordinate from zero",
        _relative_steps,
        given=(positive(sigma),),
        notes="The relative error has a sign here: it is the distance still to go, over the whole way.",
    ),
)
