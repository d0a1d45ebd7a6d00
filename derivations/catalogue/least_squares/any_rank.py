"""Least squares for data of any rank: all minimisers, and the one of least norm among them.

Model: Xw with data X (n, d), weights w (d, 1) and targets y (n, 1), of any rank; X⁺ (d, n) is the pseudo-inverse. The normal equations
XᵀXw = Xᵀy say that the gradient is zero; I − X⁺X projects onto the weights u with Xu = 0.
Loss: ½‖Xw − y‖².
Convention: argmin is a set; an equation says that it has one element, "in" that it has this one.
Reference: A. Ben-Israel and T. Greville, Generalized Inverses (2003), chapter 3 (least squares and least norm).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.least_squares.squared_error import X, d, half_squared_error, n, w, y
from derivations.language.assumptions import equal, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, define, gradient, identity, norm, pseudo_inverse, vector, zeros
from derivations.language.terms import Term

__all__ = ["entries", "least_norm_minimiser"]

half = Fraction(1, 2)
u, v = vector("u", d), vector("v", d)


def least_norm_minimiser(X: Term = X, y: Term = y) -> Any:
    """X⁺y, of all w at which ‖Xw − y‖² is least that of least norm, for X (n, d) of any rank: shape (d, 1)."""
    return sympy_object(pseudo_inverse(X) @ y)


def _loss(w: Term) -> Term:
    return half_squared_error(X, w, y)


X_plus = pseudo_inverse(X)
hat_w = define("hat_w", X_plus @ y)
minimisers = argmin(_loss(v), v)
normal_equations = equal(X.T @ X @ w, X.T @ y)
taken_to_zero = (equal(X @ u, zeros(n)),)

_steps = (
    Step.of("solution of the normal equations", X.T @ X @ hat_w, "=", X.T @ y, reason="the projection onto the columns of the data is symmetric"),
    Step.of("the gradient vanishes", gradient(_loss(hat_w), hat_w), "=", zeros(d), reason="there the normal equations hold"),
    Step.of("completed square", _loss(w), "=", _loss(hat_w) + half * norm(X @ (w - hat_w)) ** 2, reason="the residual is orthogonal to the columns"),
    Step.of("a minimiser", hat_w, "in", minimisers, reason="the excess is a square"),
    Step.of("what may be added", hat_w + u, "in", minimisers, given=taken_to_zero, reason="the data do not see it, so the loss is the same"),
    Step.of("nothing else is one", _loss(w), ">", _loss(hat_w), given=(positive(norm(X @ (w - hat_w)) ** 2),),
            reason="the excess is positive unless the data see no difference"),
    Step.of("every solution of the normal equations", w, "=", hat_w + (identity(d) - X_plus @ X) @ w, given=(normal_equations,),
            reason="the pseudo-inverse takes the normal equations to the projection onto the rows"),
    Step.of("the sum is of orthogonal vectors", hat_w.T @ u, "=", 0, given=taken_to_zero,
            reason="the pseudo-inverse has its values in the row space"),
    Step.of("theorem of Pythagoras", norm(hat_w + u) ** 2, "=", norm(hat_w) ** 2 + norm(u) ** 2, given=taken_to_zero,
            reason="square of a sum of orthogonal vectors"),
    Step.of("the minimiser of least norm", argmin(norm(v) ** 2, v, equal(X.T @ X @ v, X.T @ y)), "=", hat_w,
            reason="by the theorem of Pythagoras every other one is longer"),
)

entries = (
    Derivation(
        "The minimisers for data of any rank",
        _steps,
        questions=("comp691-a1/5a",),
        notes="With independent columns nothing but zero is taken to zero, and the minimiser is the only one.",
    ),
)
