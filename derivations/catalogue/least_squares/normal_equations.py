"""The minimiser of the squared error, where the data have full column rank; and with a penalty on the weights, where they have any rank.

Model: Xw with data X (n, d), weights w (d, 1) and targets y (n, 1), called t with the mean squared error. The normal equations XᵀXw = Xᵀy
say that the gradient is zero; with independent columns their solution is ŵ = (XᵀX)⁻¹Xᵀy.
Loss: ½‖Xw − y‖², or (1/n)‖Xw − t‖²; for ridge regression ½‖Xw − y‖² + ½λ‖w‖² with λ > 0.
Convention: the minimiser stands as ŵ, a name of its own; a gradient at ŵ is taken there.
Reference: S. Boyd and L. Vandenberghe, Introduction to Applied Linear Algebra (2018), chapter 12; for ridge A. E. Hoerl and R. W. Kennard,
Ridge regression: biased estimation for nonorthogonal problems, Technometrics 12 (1970).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.least_squares.squared_error import X, d, half_squared_error, mean_squared_error, n, t, w, y
from derivations.language.assumptions import full_column_rank, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, define, gradient, identity, inverse, norm, scalar, zeros
from derivations.language.shapes import sides
from derivations.language.terms import Relation, Term

__all__ = ["entries", "lambda_", "minimiser", "minimiser_of", "penalised_gram_of", "ridge_minimiser", "ridge_minimiser_of"]

half = Fraction(1, 2)
lambda_ = scalar("lambda")


def minimiser_of(X: Term, y: Term) -> Term:
    """(XᵀX)⁻¹Xᵀy: shape (d, 1)."""
    return inverse(X.T @ X) @ X.T @ y


def penalised_gram_of(X: Term, lambda_: Term) -> Term:
    """XᵀX + λI: shape (d, d)."""
    return X.T @ X + lambda_ * identity(sides(X.shape)[1])


def ridge_minimiser_of(X: Term, y: Term, lambda_: Term) -> Term:
    """(XᵀX + λI)⁻¹Xᵀy: shape (d, 1)."""
    return inverse(penalised_gram_of(X, lambda_)) @ X.T @ y


def minimiser(X: Term = X, y: Term = y) -> Any:
    """(XᵀX)⁻¹Xᵀy, at which ‖Xw − y‖² is least, for X (n, d) of full column rank: shape (d, 1)."""
    return sympy_object(minimiser_of(X, y))


def ridge_minimiser(X: Term = X, y: Term = y, lambda_: Term = lambda_) -> Any:
    """(XᵀX + λI)⁻¹Xᵀy, at which ½‖Xw − y‖² + ½λ‖w‖² is least, for λ > 0 and X (n, d) of any rank: shape (d, 1)."""
    return sympy_object(ridge_minimiser_of(X, y, lambda_))


def _minimiser_steps(loss: Callable[[Term], Term], targets: Term, hessian: Term, scaled: Callable[[Term], Term]) -> tuple[Step, ...]:
    """For a loss that is a multiple of ‖Xw − targets‖², with its Hessian; `scaled` takes the same multiple of any square."""
    best = define("hat_w", minimiser_of(X, targets))
    slope = gradient(loss(w), w)
    normal_equations = Relation(X.T @ X @ w, "=", X.T @ targets)
    excess = scaled(norm(X @ (w - best)) ** 2)
    return (
        Step.of("the Gram matrix has an inverse", inverse(X.T @ X) @ (X.T @ X), "=", identity(d), reason="the columns are independent"),
        Step.of("solution of the normal equations", X.T @ X @ best, "=", X.T @ targets, reason="the Gram matrix cancels its inverse"),
        Step.of("the only solution", w, "=", best, given=(normal_equations,), reason="both sides multiplied by the inverse of the Gram matrix"),
        Step.of("the gradient vanishes", gradient(loss(best), best), "=", zeros(d), reason="there the normal equations hold"),
        Step.of("gradient anywhere", slope, "=", hessian @ (w - best), reason="the gradient is affine and vanishes at the minimiser"),
        Step.of("one Newton step", w - inverse(hessian) @ slope, "=", best,
                reason="the inverse cancels the Hessian; where the gradient vanishes, the step is zero, so that w is the minimiser"),
        Step.of("the mixed term cancels", (w - best).T @ X.T @ (X @ best - targets), "=", 0, reason="the normal equations"),
        Step.of("completed square", loss(w), "=", loss(best) + excess, reason="square of a sum of two vectors, without the mixed term"),
        Step.of("the minimiser", argmin(loss(w), w), "=", best, reason="the excess is a square, and zero only where the weights are these"),
        Step.of("the least loss", loss(best), "=", scaled(targets.T @ (targets - X @ best)),
                reason="the residual is orthogonal to the fitted values"),
    )


def _penalised(w: Term) -> Term:
    return half_squared_error(X, w, y) + half * lambda_ * norm(w) ** 2


_gram = penalised_gram_of(X, lambda_)
_ridge = define("hat_w", ridge_minimiser_of(X, y, lambda_))
_has_penalty = (positive(lambda_),)
_dual_gram = X @ X.T + lambda_ * identity(n)

_ridge_steps = (
    Step.of("gradient", gradient(_penalised(w), w), "=", X.T @ (X @ w - y) + lambda_ * w, reason="the gradient of each term"),
    Step.of("gradient, sorted by the weights", X.T @ (X @ w - y) + lambda_ * w, "=", _gram @ w - X.T @ y, reason="distributive law"),
    Step.of("the gradient vanishes", gradient(_penalised(_ridge), _ridge), "=", zeros(d), given=_has_penalty,
            reason="the Gram matrix plus a positive multiple of the identity is invertible"),
    Step.of("completed square", _penalised(w), "=",
            _penalised(_ridge) + half * norm(X @ (w - _ridge)) ** 2 + half * lambda_ * norm(w - _ridge) ** 2, given=_has_penalty,
            reason="the mixed terms cancel, as the gradient vanishes"),
    Step.of("the minimiser", argmin(_penalised(w), w), "=", _ridge, given=_has_penalty,
            reason="the excess is a sum of squares, the last one positive everywhere else"),
    Step.of("both products", X.T @ _dual_gram, "=", _gram @ X.T, reason="distributive law"),
    Step.of("push-through identity", inverse(_gram) @ X.T, "=", X.T @ inverse(_dual_gram), given=_has_penalty,
            reason="both products, multiplied by the inverse of either side"),
    Step.of("the minimiser in the row space", _ridge, "=", X.T @ inverse(_dual_gram) @ y, given=_has_penalty, reason="push-through identity"),
)

entries = (
    Derivation(
        "The least-squares minimiser",
        _minimiser_steps(lambda w: half_squared_error(X, w, y), y, X.T @ X, lambda square: half * square),
        questions=("comp691-a1/5a",),
        given=(full_column_rank(X),),
    ),
    Derivation(
        "The minimiser of the mean squared error",
        _minimiser_steps(lambda w: mean_squared_error(X, w, t), t, 2 / n * (X.T @ X), lambda square: square / n),
        questions=("csc413-a1/1.2.1",),
        given=(full_column_rank(X),),
    ),
    Derivation(
        "Ridge regression",
        _ridge_steps,
        notes="A remark: with a penalty the minimiser exists for data of any rank, and lies in the row space of the data.",
    ),
)
