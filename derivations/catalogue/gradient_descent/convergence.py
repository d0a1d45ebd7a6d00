"""Where gradient descent on ½‖Xw − y‖² goes: for which step sizes it converges, and to which of the minimisers, for data of any rank.

Model: Xw with data X (n, d), weights w (d, 1) and targets y (n, 1), called t with the mean squared error; start w_0 (d, 1), step size α.
A = XᵀX with eigenvalues λ; X⁺ is the pseudo-inverse, and I − X⁺X the projection onto the weights that X takes to zero.
Loss: L = ½‖Xw − y‖² with the step w ← w − α∇L, so that a step multiplies the distance from a minimiser by M = I − αA. For the mean
squared error (1/n)‖Xw − t‖² it multiplies by I − (2α/n)A.
Convention: eigenvalues stand in ascending order; the largest one of A is that of XXᵀ as well.
Reference: S. Boyd and L. Vandenberghe, Convex Optimization (2004), section 9.3; A. Ben-Israel and T. Greville, Generalized Inverses (2003),
chapter 3 (least squares and least norm).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.gradient_descent.iterates import M, after_step, alpha, hat_w, k, w_0
from derivations.catalogue.least_squares.interpolation import minimum_norm_solution_of
from derivations.catalogue.least_squares.squared_error import X, d, half_squared_error, mean_squared_error, n, t, w, y
from derivations.language.assumptions import every, full_column_rank, full_row_rank, tends_to
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    argmin,
    define,
    eigenvalues,
    entry,
    gradient,
    identity,
    index,
    iterate,
    largest_eigenvalue,
    pseudo_inverse,
    zeros,
)
from derivations.language.functions import abs_
from derivations.language.shapes import sides
from derivations.language.terms import Term

__all__ = ["entries", "largest_step_size", "limit_of_iterates"]

i = index("i", d)


def _limit(X: Term, w_0: Term, y: Term) -> Term:
    return pseudo_inverse(X) @ y + (identity(sides(X.shape)[1]) - pseudo_inverse(X) @ X) @ w_0


def limit_of_iterates(X: Term = X, w_0: Term = w_0, y: Term = y) -> Any:
    """X⁺y + (I − X⁺X)w_0, to which the weights tend from w_0 for 0 < α and α λ_max(XᵀX) < 2, for X (n, d) of any rank: shape (d, 1)."""
    return sympy_object(_limit(X, w_0, y))


def largest_step_size(X: Term = X) -> Any:
    """2/λ_max(XᵀX): every smaller positive step size on ½‖Xw − y‖² makes the weights converge, for X (n, d) other than zero; a scalar."""
    return sympy_object(2 / largest_eigenvalue(X.T @ X))


A, X_plus = define("A", X.T @ X), pseudo_inverse(X)
eigenvalue, largest = entry(eigenvalues(A), i), largest_eigenvalue(A)
weights, weights_from_zero = iterate("w", k, w_0, w, after_step), iterate("u", k, zeros(d), w, after_step)
is_small, in_range = abs_(1 - alpha * eigenvalue) < 1, (alpha > 0, alpha * largest < 2)
w_limit = define("w_limit", _limit(X, w_0, y))

_power_steps = (
    Step.of("powers of the matrix", tends_to(M**k, zeros(d, d)), "iff", every(i, is_small),
            reason="in an orthonormal basis of eigenvectors the power is diagonal, with the powers of these factors"),
    Step.of("positive eigenvalues", every(i, eigenvalue > 0), "iff", full_column_rank(X),
            reason="the curvature along a direction v is the squared norm of Xv"),
    Step.of("step sizes with small factors", every(i, is_small), "iff", full_column_rank(X) & (alpha > 0) & (alpha * largest < 2),
            reason="an eigenvalue 0 has the factor 1; of positive ones the largest decides"),
    Step.of("when the powers tend to zero", tends_to(M**k, zeros(d, d)), "iff", full_column_rank(X) & (alpha > 0) & (alpha * largest < 2),
            reason="both put together"),
)

_full_rank_steps = (
    Step.of("the range of the step size", tends_to(M**k, zeros(d, d)), "iff", (alpha > 0) & (alpha < 2 / largest),
            reason="all eigenvalues are positive, so that one may divide by the largest"),
    Step.of("powers of the matrix", M**k, "->", zeros(d, d), given=in_range, reason="all factors are smaller than 1 in absolute value"),
    Step.of("distance from the minimiser", weights - hat_w, "->", zeros(d), given=in_range, reason="it is the power times the first distance"),
    Step.of("limit of the weights", weights, "->", hat_w, given=in_range, reason="the distance tends to zero"),
    Step.of("the limit does not depend on the start", weights, "->", X_plus @ y, given=in_range,
            reason="with independent columns the pseudo-inverse takes the targets to the only minimiser"),
)

_any_rank_steps = (
    Step.of("a point that does not move", M @ w_limit + alpha * X.T @ y, "=", w_limit, reason="the normal equations hold there"),
    Step.of("it is a minimiser", w_limit, "in", argmin(half_squared_error(X, w, y), w), reason="there the gradient vanishes"),
    Step.of("every iterate", weights, "=", w_limit + M**k @ X_plus @ (X @ w_0 - y), reason="induction: each step multiplies the distance by M"),
)

_limit_steps = (
    Step.of("powers of the matrix", M**k, "->", identity(d) - X_plus @ X,
            reason="the factor is 1 where the data take the weights to zero; elsewhere it is smaller in absolute value"),
    Step.of("powers of the matrix in the row space", M**k @ X_plus, "->", zeros(d, n), reason="the projection takes the row space to zero"),
    Step.of("limit of the weights", weights, "->", w_limit, reason="the distance tends to zero"),
    Step.of("limit from zero", weights_from_zero, "->", X_plus @ y, reason="zero has no part that the data take to zero"),
    Step.of("limit of the residual", X @ weights - y, "->", (X @ X_plus - identity(n)) @ y,
            reason="what is left is the part of the targets that is orthogonal to the columns of the data"),
)

mean_step = w - 2 * alpha / n * X.T @ (X @ w - t)
interpolant = define("hat_w", minimum_norm_solution_of(X, t))
mean_M, mean_N = define("M", identity(d) - 2 * alpha / n * X.T @ X), define("N", identity(n) - 2 * alpha / n * X @ X.T)
mean_largest = largest_eigenvalue(X @ X.T)
mean_range, has_rank = (alpha > 0) & (alpha < n / mean_largest), (full_row_rank(X),)
fitted_weights = iterate("w", k, zeros(d), w, mean_step)

_interpolation_steps = (
    Step.of("a step", w - alpha * gradient(mean_squared_error(X, w, t), w), "=", mean_step, reason="gradient of the mean squared error"),
    Step.of("every iterate", fitted_weights, "=", interpolant - mean_M**k @ interpolant, given=has_rank,
            reason="induction: the interpolant of least norm does not move"),
    Step.of("error after a step", X @ mean_step - t, "=", mean_N @ (X @ w - t), reason="the step put in; the error factored out"),
    Step.of("powers of the matrix", tends_to(mean_N**k, zeros(n, n)), "iff", mean_range, given=has_rank,
            reason="with independent rows all eigenvalues are positive; the largest decides"),
    Step.of("limit of the error", X @ fitted_weights, "->", t, given=(*has_rank, mean_range), reason="it is the power times the targets"),
    Step.of("limit of the weights", fitted_weights, "->", interpolant, given=(*has_rank, mean_range),
            reason="they stay in the row space, where the distance is small if the error is"),
)

entries = (
    Derivation(
        "Powers of the iteration matrix",
        _power_steps,
        questions=("comp691-a1/5d",),
        notes="Where the columns of the data are dependent, the matrix keeps what the data take to zero, whatever the step size.",
    ),
    Derivation(
        "Convergence to the minimiser",
        _full_rank_steps,
        questions=("comp691-a1/5d",),
        given=(full_column_rank(X),),
    ),
    Derivation("Every iterate for data of any rank", _any_rank_steps, questions=("comp691-a1/5d",)),
    Derivation(
        "Convergence for data of any rank",
        _limit_steps,
        questions=("comp691-a1/5d",),
        given=in_range,
        notes="The limit depends on the start where the columns of the data are dependent. From zero it is the minimiser of least norm.",
    ),
    Derivation(
        "Gradient descent from zero finds the interpolant of least norm",
        _interpolation_steps,
        questions=("csc413-a1/1.3.2",),
        notes="Of all weights that interpolate, the limit is the one of least norm, though no step asks for it.",
    ),
)
