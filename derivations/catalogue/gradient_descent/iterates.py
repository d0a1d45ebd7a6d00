"""Gradient descent on ½‖Xw − y‖²: the first steps, every iterate in closed form, and what becomes of its distance and its residual.

Model: Xw with data X (n, d), weights w (d, 1) and targets y (n, 1); start w_0 (d, 1), step size α.
Loss: L = ½‖Xw − y‖² with the step w ← w − α∇L, which is w ← Mw + αXᵀy with M = I − αXᵀX. The residual Xw − y has N = I − αXXᵀ in its place.
Convention: the iterates are numbered from 0; a power with exponent 0 is the identity, and a sum over i < 0 is empty.
Reference: S. Boyd and L. Vandenberghe, Convex Optimization (2004), section 9.3.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.least_squares.normal_equations import minimiser_of
from derivations.catalogue.least_squares.squared_error import X, d, half_squared_error, n, w, y
from derivations.language.assumptions import full_column_rank
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import counter, define, gradient, identity, iterate, scalar, series, vector, zeros
from derivations.language.shapes import sides
from derivations.language.terms import Term

__all__ = [
    "M", "after_step", "alpha", "entries", "hat_w", "iterate_by_distance", "iteration_matrix", "k", "second_iterate", "step", "w_0",
]

k, i = counter("k"), counter("i")
alpha, w_0, r, a = scalar("alpha"), vector("w_0", d), vector("r", n), vector("a", n)


def _iteration_matrix(X: Term, alpha: Term) -> Term:
    return identity(sides(X.shape)[1]) - alpha * X.T @ X


def _step(X: Term, w: Term, y: Term, alpha: Term) -> Term:
    return w - alpha * X.T @ (X @ w - y)


def _second_iterate(X: Term, w_0: Term, y: Term, alpha: Term) -> Term:
    M = _iteration_matrix(X, alpha)
    return M**2 @ w_0 + (identity(sides(X.shape)[1]) + M) @ (alpha * X.T @ y)


def _iterate(M: Term, start: Term, constant: Term, count: Term) -> Term:
    """M^k w_0 + Σ_{i<k} M^i c: the sequence with w_{k+1} = M w_k + c."""
    return M**count @ start + series(i, count, M**i @ constant)


def _by_distance(M: Term, start: Term, fixed_point: Term, count: Term) -> Term:
    return fixed_point + M**count @ (start - fixed_point)


def iteration_matrix(X: Term = X, alpha: Term = alpha) -> Any:
    """I − αXᵀX, by which a step multiplies the distance from the minimiser: shape (d, d)."""
    return sympy_object(_iteration_matrix(X, alpha))


def step(X: Term = X, w: Term = w, y: Term = y, alpha: Term = alpha) -> Any:
    """w − αXᵀ(Xw − y), the weights after a step: shape (d, 1)."""
    return sympy_object(_step(X, w, y, alpha))


def second_iterate(X: Term = X, w_0: Term = w_0, y: Term = y, alpha: Term = alpha) -> Any:
    """M²w_0 + (I + M)αXᵀy with M = I − αXᵀX, the weights after two steps from w_0: shape (d, 1)."""
    return sympy_object(_second_iterate(X, w_0, y, alpha))


def iterate_by_distance(X: Term = X, w_0: Term = w_0, y: Term = y, alpha: Term = alpha, k: Term = k) -> Any:
    """ŵ + M^k (w_0 − ŵ) with M = I − αXᵀX and ŵ = (XᵀX)⁻¹Xᵀy, the weights after k steps from w_0, for X (n, d) of full column rank:
    shape (d, 1).
    """
    return sympy_object(_by_distance(_iteration_matrix(X, alpha), w_0, minimiser_of(X, y), k))


M, N = define("M", _iteration_matrix(X, alpha)), define("N", identity(n) - alpha * X @ X.T)
constant = alpha * X.T @ y
after_step = _step(X, w, y, alpha)
closed = _iterate(M, w_0, constant, k)


def _descended(w: Term) -> Term:
    return w - alpha * gradient(half_squared_error(X, w, y), w)


def _weights(count: Term | int, start: Term = w_0) -> Term:
    return iterate("w", count, start, w, after_step)


w_1 = define("w_1", _descended(w_0))

_first_steps = (
    Step.of("gradient", gradient(half_squared_error(X, w, y), w), "=", X.T @ X @ w - X.T @ y, reason="gradient of half the squared residual"),
    Step.of("a step", _descended(w), "=", M @ w + constant, reason="the gradient put in; the weights factored out"),
    Step.of("first iterate", w_1, "=", M @ w_0 + constant, reason="a step from the start"),
    Step.of("second iterate", _descended(w_1), "=", M @ w_1 + constant, reason="a step from the first iterate"),
    Step.of("second iterate from the start", _descended(w_1), "=", M**2 @ w_0 + (identity(d) + M) @ constant, reason="the first iterate put in"),
    Step.of("second iterate in powers of the step size", _descended(w_1), "=",
            w_0 - 2 * alpha * X.T @ (X @ w_0 - y) + alpha**2 * X.T @ X @ X.T @ (X @ w_0 - y), reason="the square of M, expanded"),
)

_closed_form_steps = (
    Step.of("a step", _descended(w), "=", after_step, reason="gradient of half the squared residual"),
    Step.of("a step, sorted", after_step, "=", M @ w + constant, reason="the weights factored out"),
    Step.of("the sequence after one step", _weights(1), "=", M @ w_0 + constant, reason="the step, from the start"),
    Step.of("the sequence after two steps", _weights(2), "=", M**2 @ w_0 + (identity(d) + M) @ constant, reason="the step, twice"),
    Step.of("the closed form meets the recurrence", _iterate(M, w_0, constant, k + 1), "=", M @ closed + constant,
            reason="the terms move up by one power, and the constant is the new term for i = 0"),
    Step.of("closed form", _weights(k), "=", closed, reason="induction: at 0 it is the start; then the recurrence"),
)

_telescoping_steps = (
    Step.of("the sum telescopes", (identity(d) - M) @ series(i, k, M**i), "=", identity(d) - M**k,
            reason="each power but the first and the last occurs once with either sign"),
    Step.of("from the other side", series(i, k, M**i) @ (identity(d) - M), "=", identity(d) - M**k, reason="powers of one matrix commute"),
    Step.of("what multiplies the sum", identity(d) - M, "=", alpha * X.T @ X, reason="definition of M"),
    Step.of("the sum times the Gram matrix", alpha * X.T @ X @ series(i, k, M**i), "=", identity(d) - M**k, reason="both put together"),
)

hat_w = define("hat_w", minimiser_of(X, y))

_distance_steps = (
    Step.of("the minimiser is a fixed point", M @ hat_w + constant, "=", hat_w, reason="there the gradient vanishes"),
    Step.of("distance after a step", after_step - hat_w, "=", M @ (w - hat_w), reason="the fixed point subtracted on both sides"),
    Step.of("the sum, at the minimiser", series(i, k, M**i) @ (identity(d) - M) @ hat_w, "=", (identity(d) - M**k) @ hat_w,
            reason="the sum telescopes"),
    Step.of("every iterate", _weights(k), "=", _by_distance(M, w_0, hat_w, k), reason="induction: each step multiplies the distance by M"),
)

_residual_steps = (
    Step.of("residual after a step", X @ after_step - y, "=", N @ (X @ w - y), reason="the step put in; the residual factored out"),
    Step.of("the data change places with the matrix", X @ M, "=", N @ X, reason="distributive law"),
    Step.of("and with the sum of its powers", X @ series(i, k, M**i), "=", series(i, k, N**i) @ X, reason="induction: one power after the other"),
    Step.of("residual of every iterate", iterate("r", k, X @ w_0 - y, r, N @ r), "=", X @ closed - y,
            reason="induction: the residual of the closed form begins and goes on as this sequence"),
    Step.of("closed form of the residual", iterate("r", k, X @ w_0 - y, r, N @ r), "=", N**k @ (X @ w_0 - y),
            reason="induction: each step multiplies by N"),
)

_coefficient_step = a - alpha * (X @ X.T @ a - y)
_coefficients = series(i, k, N**i @ (alpha * y))

_row_space_steps = (
    Step.of("a step in the row space", M @ (X.T @ a) + constant, "=", X.T @ _coefficient_step, reason="distributive law"),
    Step.of("coefficients", iterate("a", k, zeros(n), a, _coefficient_step), "=", _coefficients,
            reason="induction: each step multiplies them by N and adds the targets times the step size"),
    Step.of("every iterate", _weights(k, define("w_0", zeros(d))), "=", X.T @ _coefficients,
            reason="induction: zero has coefficients zero, and each step takes coefficients to coefficients"),
)

entries = (
    Derivation("The first two steps of gradient descent", _first_steps, questions=("comp691-a1/5b",)),
    Derivation("Gradient descent in closed form", _closed_form_steps, questions=("comp691-a1/5c",)),
    Derivation("The sum of the powers of the iteration matrix", _telescoping_steps, questions=("comp691-a1/5c",)),
    Derivation(
        "Distance of gradient descent from the minimiser",
        _distance_steps,
        questions=("comp691-a1/5c",),
        given=(full_column_rank(X),),
        notes="So the distance after k steps is the first one, multiplied k times by M.",
    ),
    Derivation(
        "Residuals of gradient descent",
        _residual_steps,
        questions=("comp691-a1/5c",),
        notes="This holds for data of any rank: the residual after k steps is the first one, multiplied k times by N.",
    ),
    Derivation(
        "The iterates from zero in the row space",
        _row_space_steps,
        questions=("comp691-a1/5c",),
        notes="Both sequences have one closed form: the iterate after k steps is the transpose of X times the coefficients after k steps.",
    ),
)
