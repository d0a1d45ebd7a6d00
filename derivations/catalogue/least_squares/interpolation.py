"""Interpolation: more weights than samples, so that many w meet every target; the one of least norm, and that gradient descent keeps to it.

Model: Xw with data X (n, d) of full row rank (so n ≤ d), weights w (d, 1) and targets t (n, 1); w interpolates where Xw = t.
Loss: L = (1/n)‖Xw − t‖². Gradient descent takes the steps w ← w − α∇L. In the numbers there is one sample x with one target t.
Convention: the interpolant of least norm stands as ŵ = Xᵀ(XXᵀ)⁻¹t. The row space of X is that of all Xᵀa.
Reference: S. Boyd and L. Vandenberghe, Introduction to Applied Linear Algebra (2018), section 16.1 (least norm problem).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.least_squares.squared_error import X, d, mean_squared_error, n, t, w
from derivations.language.assumptions import equal, full_row_rank
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, define, gradient, identity, inverse, norm, scalar, vector, zeros
from derivations.language.terms import Term

__all__ = ["entries", "minimum_norm_solution", "minimum_norm_solution_of", "row_space_projection"]


def minimum_norm_solution_of(X: Term, t: Term) -> Term:
    """Xᵀ(XXᵀ)⁻¹t: shape (d, 1)."""
    return X.T @ inverse(X @ X.T) @ t


def _row_space_projection(X: Term) -> Term:
    return X.T @ inverse(X @ X.T) @ X


def minimum_norm_solution(X: Term = X, t: Term = t) -> Any:
    """Xᵀ(XXᵀ)⁻¹t, of all w with Xw = t that of least norm, for X (n, d) of full row rank: shape (d, 1)."""
    return sympy_object(minimum_norm_solution_of(X, t))


def row_space_projection(X: Term = X) -> Any:
    """Xᵀ(XXᵀ)⁻¹X, the projection onto the rows of X (n, d) of full row rank: shape (d, d)."""
    return sympy_object(_row_space_projection(X))


a, v, alpha = vector("a", n), vector("v", d), scalar("alpha")
hat_w = define("hat_w", minimum_norm_solution_of(X, t))
P = define("P", _row_space_projection(X))
interpolates, interpolates_in_row_space = (equal(X @ w, t),), (equal(X @ X.T @ a, t),)
has_rank = (full_row_rank(X),)

_minimum_norm_steps = (
    Step.of("it interpolates", X @ hat_w, "=", t, reason="the product of the data with their transpose cancels its inverse"),
    Step.of("coefficients of an interpolant in the row space", a, "=", inverse(X @ X.T) @ t, given=interpolates_in_row_space,
            reason="with independent rows the product of the data with their transpose is invertible"),
    Step.of("the only interpolant in the row space", X.T @ a, "=", hat_w, given=interpolates_in_row_space, reason="these coefficients put in"),
    Step.of("the projection is symmetric", P.T, "=", P, reason="the matrix that is inverted is symmetric"),
    Step.of("and idempotent", P @ P, "=", P, reason="in the middle a factor cancels its inverse"),
    Step.of("projection of any interpolant", P @ w, "=", hat_w, given=interpolates, reason="the targets in the place of Xw"),
    Step.of("what may be added", X @ (hat_w + (identity(d) - P) @ v), "=", t, reason="the rows of the data stay under the projection"),
    Step.of("every interpolant", w, "=", hat_w + (identity(d) - P) @ w, given=interpolates, reason="projection of any interpolant"),
    Step.of("the difference is in the null space", X @ (w - hat_w), "=", zeros(n), given=interpolates, reason="both interpolate"),
    Step.of("the difference is orthogonal to the row space", hat_w.T @ (w - hat_w), "=", 0, given=interpolates,
            reason="the row space is orthogonal to the null space"),
    Step.of("theorem of Pythagoras", norm(w) ** 2, "=", norm(hat_w) ** 2 + norm(w - hat_w) ** 2, given=interpolates,
            reason="square of a sum of orthogonal vectors"),
    Step.of("the interpolant of least norm", argmin(norm(w) ** 2, w, equal(X @ w, t)), "=", hat_w,
            reason="by the theorem of Pythagoras every other interpolant is longer"),
    Step.of("the least norm", norm(hat_w) ** 2, "=", t.T @ inverse(X @ X.T) @ t, reason="a factor cancels its inverse"),
)

at_a, at_zero = define("w", X.T @ a), define("w_0", zeros(d))
_error = X @ w - t
_slope = gradient(mean_squared_error(X, w, t), w)
_new_coefficients = a - 2 * alpha / n * (X @ X.T @ a - t)

_descent_steps = (
    Step.of("gradient in the row space", gradient(mean_squared_error(X, at_a, t), at_a), "=", 2 / n * X.T @ (X @ X.T @ a - t),
            reason="the gradient of the loss, taken there"),
    Step.of("a step stays in the row space", at_a - alpha * gradient(mean_squared_error(X, at_a, t), at_a), "=", X.T @ _new_coefficients,
            reason="distributive law"),
    Step.of("the first step from zero", at_zero - alpha * gradient(mean_squared_error(X, at_zero, t), at_zero), "=", X.T @ (2 * alpha / n * t),
            reason="zero is in the row space, with coefficients zero"),
)

_residual_steps = (
    Step.of("error after a step", X @ (w - alpha * _slope) - t, "=", (identity(n) - 2 * alpha / n * X @ X.T) @ _error,
            reason="the step put in; the error factored out"),
    Step.of("the error from the gradient", inverse(X @ X.T) @ X @ _slope, "=", 2 / n * _error, given=has_rank,
            reason="a factor cancels its inverse; where the gradient vanishes, the error does"),
    Step.of("distance in the row space", X.T @ a - hat_w, "=", X.T @ inverse(X @ X.T) @ (X @ X.T @ a - t), given=has_rank,
            reason="the targets as a product with their inverse; where the error vanishes, the distance does"),
    Step.of("distance after a step", X.T @ _new_coefficients - hat_w, "=", (identity(d) - 2 * alpha / n * X.T @ X) @ (X.T @ a - hat_w),
            given=has_rank, reason="the interpolant of least norm is a fixed point of the steps"),
)

entries = (
    Derivation(
        "The interpolant of least norm",
        _minimum_norm_steps,
        questions=("csc413-a1/1.3.2",),
        given=has_rank,
    ),
    Derivation("Gradient descent from zero stays in the row space", _descent_steps, questions=("csc413-a1/1.3.2",)),
    Derivation(
        "Errors of gradient descent in the row space",
        _residual_steps,
        questions=("csc413-a1/1.3.2",),
        notes="From zero the steps stay in the row space; there the distance from the interpolant of least norm is small where the error is.",
    ),
)
