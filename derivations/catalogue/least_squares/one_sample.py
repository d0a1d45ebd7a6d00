"""Interpolation of one sample in numbers: the weights that meet the target, the point of least norm among them, gradient descent from zero.

Model: xᵀw with one sample x (d, 1) and weights w (d, 1); w interpolates where xᵀw = t, on a line for d = 2.
Loss: L = (xᵀw − t)². Gradient descent takes the steps w ← w − α∇L.
Convention: the row X = xᵀ stands for the data, so that the interpolant of least norm is Xᵀ(XXᵀ)⁻¹t, a multiple of x.
Reference: S. Boyd and L. Vandenberghe, Introduction to Applied Linear Algebra (2018), section 16.1 (least norm problem).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TypeAlias

from derivations.language.assumptions import equal
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, column_vector, define, entry, gradient, inverse, literal, norm, scalars, vector, zeros
from derivations.language.errors import DeclarationError
from derivations.language.terms import Term, as_term

__all__ = ["entries", "interpolation_in_numbers"]

Rational: TypeAlias = int | Fraction

c, alpha = scalars("c alpha")


def interpolation_in_numbers(x: tuple[Rational, ...] = (1, 1), t: Rational = 3) -> Derivation:
    """The interpolants of one sample x with target t, integers or fractions; the one of least norm; and gradient descent.

    Raises:
        DeclarationError: x has fewer than two entries, or its last entry is 0: the constraint is solved for the last weight.
    """
    if len(x) < 2 or x[-1] == 0:
        raise DeclarationError(f"x = {x}; expected at least two entries, the last not 0: the constraint is solved for the last weight")
    square = Fraction(sum(value * value for value in x))
    best, least = column_vector(*(t * value / square for value in x)), t * t / square
    X, sample, weights = define("X", literal(x)), column_vector(*x), scalars(" ".join(f"w_{k}" for k in range(1, len(x) + 1)))
    w, hat_w = define("w", column_vector(*weights)), define("hat_w", X.T @ inverse(as_term(square)) * t)
    at_zero, in_span = define("w_0", zeros(len(x))), define("w_c", c * sample)
    last = t - _combination(zip(x[:-1], weights, strict=False))
    on_the_line = (equal(weights[-1], last if x[-1] == 1 else last / x[-1]),)
    v = vector("v", len(x))
    constraint = equal(_combination((value, entry(v, place)) for place, value in enumerate(x, 1)), t)
    moved = c - 2 * alpha * (square * c - t)

    def loss(at: Term) -> Term:
        return (X @ at - t) ** 2

    return Derivation(
        "Interpolation of one sample in numbers",
        questions=("csc413-a1/1.3.1",),
        notes="Two weights interpolate on a line, more on a hyperplane; the interpolant of least norm is its point nearest to zero.",
        steps=(
            Step.of("prediction", X @ w, "=", _combination(zip(x, weights, strict=True)), reason="row times column"),
            Step.of("the points of the line interpolate", X @ w, "=", t, given=on_the_line, reason="the last weight put in; the first ones are free"),
            Step.of("the row times its transpose", X @ X.T, "=", square, reason="sum of the squared entries"),
            Step.of("the formula for the least norm", hat_w.body, "=", best, reason="with the inverse of that product"),
            Step.of("it interpolates", X @ hat_w, "=", t, reason="row times column"),
            Step.of("its squared norm", norm(hat_w) ** 2, "=", least, reason="sum of the squared entries"),
            Step.of("squared norm along the line", norm(w) ** 2, "=", least + norm(w - best) ** 2, given=on_the_line,
                    reason="the line is orthogonal to the sample, and so to the interpolant of least norm"),
            Step.of("the point of least norm", argmin(norm(v) ** 2, v, constraint), "=", best,
                    reason="the excess is a square; it is zero at one point only"),
            Step.of("gradient", gradient(loss(w), w), "=", 2 * (X @ w - t) * sample, reason="chain rule: a multiple of the sample"),
            Step.of("the first step from zero", at_zero - alpha * gradient(loss(at_zero), at_zero), "=", 2 * t * alpha * sample,
                    reason="there the prediction is zero"),
            Step.of("a step stays in the span of the sample", in_span - alpha * gradient(loss(in_span), in_span), "=", moved * sample,
                    reason="a multiple of the sample is taken from a multiple of the sample"),
            Step.of("distance after a step", moved - t / square, "=", (1 - 2 * square * alpha) * (c - t / square),
                    reason="the multiple that interpolates stays where it is"),
        ),
    )


def _combination(weighted: Iterable[tuple[Rational, Term]]) -> Term:
    """The sum of the terms times their coefficients, without a coefficient 1 and without what is multiplied by 0."""
    return reduce(add, [term if coefficient == 1 else coefficient * term for coefficient, term in weighted if coefficient] or [as_term(0)])


entries = (interpolation_in_numbers,)
