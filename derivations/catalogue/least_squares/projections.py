"""The projection behind least squares: the hat matrix, which makes fitted values of targets.

Model: data X (n, d) of full column rank and targets y (n, 1); ŵ = (XᵀX)⁻¹Xᵀy, the fitted values are Xŵ, the residual is y − Xŵ.
Loss: ‖Xw − y‖², least at ŵ. H = X(XᵀX)⁻¹Xᵀ (n, n) projects onto the columns of X, I − H onto what is orthogonal to them.
Convention: a projection is a symmetric matrix that equals its square.
Reference: S. Boyd and L. Vandenberghe, Introduction to Applied Linear Algebra (2018), chapter 12; for the trace D. C. Hoaglin and
R. E. Welsch, The hat matrix in regression and ANOVA, The American Statistician 32 (1978).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.least_squares.normal_equations import minimiser_of
from derivations.catalogue.least_squares.squared_error import X, d, n, y
from derivations.language.assumptions import full_column_rank
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import define, identity, inverse, norm, trace, zeros
from derivations.language.terms import Term

__all__ = ["entries", "fitted_values", "hat_matrix", "hat_matrix_of"]


def hat_matrix_of(X: Term) -> Term:
    """X(XᵀX)⁻¹Xᵀ: shape (n, n)."""
    return X @ inverse(X.T @ X) @ X.T


def hat_matrix(X: Term = X) -> Any:
    """X(XᵀX)⁻¹Xᵀ, the projection onto the columns of X (n, d) of full column rank: shape (n, n)."""
    return sympy_object(hat_matrix_of(X))


def fitted_values(X: Term = X, y: Term = y) -> Any:
    """X(XᵀX)⁻¹Xᵀy, the combination of the columns of X (n, d) that is nearest to y: shape (n, 1)."""
    return sympy_object(hat_matrix_of(X) @ y)


H = define("H", hat_matrix_of(X))
hat_w = define("hat_w", minimiser_of(X, y))
complement = identity(n) - H

_steps = (
    Step.of("fitted values", X @ hat_w, "=", H @ y, reason="the minimiser put in"),
    Step.of("residual", y - X @ hat_w, "=", complement @ y, reason="fitted values"),
    Step.of("symmetric", H.T, "=", H, reason="the Gram matrix is symmetric, and so is its inverse"),
    Step.of("idempotent", H @ H, "=", H, reason="in the middle the Gram matrix cancels its inverse"),
    Step.of("the columns of the data stay", H @ X, "=", X, reason="the Gram matrix cancels its inverse"),
    Step.of("the complement is idempotent", complement @ complement, "=", complement, reason="the mixed terms and the square are the hat matrix"),
    Step.of("the complement takes the columns to zero", complement @ X, "=", zeros(n, d), reason="the columns of the data stay"),
    Step.of("the residual is orthogonal to the columns", X.T @ (y - X @ hat_w), "=", zeros(d), reason="the transpose of the step before"),
    Step.of("the residual is orthogonal to the fitted values", (X @ hat_w).T @ (y - X @ hat_w), "=", 0, reason="these combine the columns"),
    Step.of("theorem of Pythagoras", norm(y) ** 2, "=", norm(H @ y) ** 2 + norm(complement @ y) ** 2,
            reason="the targets are the sum of fitted values and residual"),
    Step.of("the least squared error", norm(X @ hat_w - y) ** 2, "=", y.T @ complement @ y, reason="the complement is a projection"),
    Step.of("trace, turned", trace(H), "=", trace(inverse(X.T @ X) @ (X.T @ X)), reason="the trace of a product does not change when it is turned"),
    Step.of("trace", trace(H), "=", d, reason="the trace of the identity"),
    Step.of("trace of the complement", trace(complement), "=", n - d, reason="the trace is linear"),
)

entries = (
    Derivation(
        "The projection onto the columns of the data",
        _steps,
        questions=("csc413-a1/1.2.1",),
        given=(full_column_rank(X),),
    ),
)
