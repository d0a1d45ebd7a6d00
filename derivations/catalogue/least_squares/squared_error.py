"""The squared error of a linear model: as a product, expanded, its gradient and its Hessian.

Model: ŷ = Xw with data X (n, d), weights w (d, 1), targets y (n, 1); the residual is r = Xw − y.
Loss: L = ½‖Xw − y‖². The step that belongs to it is w ← w − α∇L. For the mean squared error the targets are called t: L = (1/n)‖Xw − t‖².
Convention: a gradient has the shape of its variable; a Jacobian is (out, in).
Reference: S. Boyd and L. Vandenberghe, Introduction to Applied Linear Algebra (2018), chapter 12.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import define, dimensions, entry, index, jacobian, matrix, norm, sum_over, vector, zeros
from derivations.language.constructors import gradient as gradient_of
from derivations.language.constructors import hessian as hessian_of
from derivations.language.shapes import sides
from derivations.language.terms import Term, as_term

__all__ = ["X", "d", "entries", "expanded_loss", "gradient", "half_squared_error", "hessian", "i", "loss", "mean_squared_error", "n", "t", "w", "y"]

n, d = dimensions("n d")
i, j = index("i", n), index("j", d)
X, y, t, w, v = matrix("X", n, d), vector("y", n), vector("t", n), vector("w", d), vector("v", d)
r = define("r", X @ w - y)
half = Fraction(1, 2)


def half_squared_error(X: Term, w: Term, y: Term) -> Term:
    """½‖Xw − y‖², a scalar."""
    return half * norm(X @ w - y) ** 2


def mean_squared_error(X: Term, w: Term, t: Term) -> Term:
    """(1/n)‖Xw − t‖² with n the number of rows of X, a scalar."""
    return norm(X @ w - t) ** 2 / as_term(sides(X.shape)[0])


def _expanded_loss(X: Term, w: Term, y: Term) -> Term:
    return half * (w.T @ X.T @ X @ w - 2 * y.T @ X @ w + y.T @ y)


def _gradient(X: Term, w: Term, y: Term) -> Term:
    return X.T @ (X @ w - y)


def _hessian(X: Term) -> Term:
    return X.T @ X


def loss(X: Term = X, w: Term = w, y: Term = y) -> Any:
    """½‖Xw − y‖², a scalar."""
    return sympy_object(half_squared_error(X, w, y))


def expanded_loss(X: Term = X, w: Term = w, y: Term = y) -> Any:
    """½(wᵀXᵀXw − 2yᵀXw + yᵀy), a scalar."""
    return sympy_object(_expanded_loss(X, w, y))


def gradient(X: Term = X, w: Term = w, y: Term = y) -> Any:
    """Xᵀ(Xw − y), the gradient of ½‖Xw − y‖² with respect to w: shape (d, 1)."""
    return sympy_object(_gradient(X, w, y))


def hessian(X: Term = X) -> Any:
    """XᵀX, the second derivative of ½‖Xw − y‖² with respect to w: shape (d, d)."""
    return sympy_object(_hessian(X))


_loss, _mean_loss = half_squared_error(X, w, y), mean_squared_error(X, w, t)

_expansion_steps = (
    Step.of("the loss as a product", _loss, "=", half * (X @ w - y).T @ (X @ w - y), reason="definition of the norm"),
    Step.of("the mixed terms agree", w.T @ X.T @ y, "=", y.T @ X @ w, reason="a scalar is its own transpose"),
    Step.of("the loss, expanded", _loss, "=", _expanded_loss(X, w, y), reason="the product, and both mixed terms taken together"),
    Step.of("gradient of the quadratic part", gradient_of(w.T @ X.T @ X @ w, w), "=", 2 * X.T @ X @ w,
            reason="product rule; the matrix between is symmetric"),
    Step.of("gradient of the linear part", gradient_of(y.T @ X @ w, w), "=", X.T @ y, reason="the transpose of the row that multiplies w"),
    Step.of("gradient of the constant part", gradient_of(y.T @ y, w), "=", zeros(d), reason="it does not depend on w"),
    Step.of("gradient", gradient_of(_loss, w), "=", X.T @ X @ w - X.T @ y, reason="half the sum of the three parts"),
    Step.of("gradient, factored", X.T @ X @ w - X.T @ y, "=", _gradient(X, w, y), reason="distributive law"),
)

_chain_steps = (
    Step.of("gradient with respect to the residual", gradient_of(half * r.T @ r, r), "=", r, reason="gradient of half the squared norm"),
    Step.of("Jacobian of the residual", jacobian(r, w), "=", X, reason="the residual is affine in w"),
    Step.of("chain rule", gradient_of(half * r.T @ r, w), "=", jacobian(r, w).T @ r, reason="transposed Jacobian times the gradient behind it"),
    Step.of("gradient", gradient_of(_loss, w), "=", _gradient(X, w, y), reason="the two factors put in"),
    Step.of("one partial derivative", gradient_of(_loss, entry(w, j)), "=", sum_over(i, entry(X @ w - y, i) * entry(X, i, j)),
            reason="the entry j of the gradient"),
)

_mean_steps = (
    Step.of("the loss as a product", _mean_loss, "=", (X @ w - t).T @ (X @ w - t) / n, reason="definition of the norm"),
    Step.of("the loss, expanded", _mean_loss, "=", (w.T @ X.T @ X @ w - 2 * t.T @ X @ w + t.T @ t) / n,
            reason="the product, and both mixed terms taken together"),
    Step.of("gradient", gradient_of(_mean_loss, w), "=", (2 * X.T @ X @ w - 2 * X.T @ t) / n, reason="the gradient of each term"),
    Step.of("gradient, factored", (2 * X.T @ X @ w - 2 * X.T @ t) / n, "=", 2 * X.T @ (X @ w - t) / n, reason="distributive law"),
)

_curvature_steps = (
    Step.of("Hessian", hessian_of(_loss, w), "=", _hessian(X), reason="derivative of the gradient"),
    Step.of("the curvature along a direction", v.T @ _hessian(X) @ v, "=", norm(X @ v) ** 2, reason="regrouping"),
    Step.of("the loss is convex", norm(X @ v) ** 2, ">=", 0, reason="the curvature along every direction is a squared norm"),
    Step.of("second-order expansion is exact", half_squared_error(X, w + v, y), "=",
            _loss + v.T @ _gradient(X, w, y) + half * v.T @ _hessian(X) @ v, reason="the loss is quadratic in w"),
)

entries = (
    Derivation("Gradient of the least-squares loss", _expansion_steps, questions=("comp691-a1/5a",)),
    Derivation("Gradient of the least-squares loss by the chain rule", _chain_steps, questions=("comp691-a1/5a",)),
    Derivation("Hessian of the least-squares loss", _curvature_steps, questions=("comp691-a1/5a",)),
    Derivation("Gradient of the mean squared error", _mean_steps, questions=("csc413-a1/1.2.1",)),
)
