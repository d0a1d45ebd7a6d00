"""Gradient descent in singular coordinates: for data of any rank each coordinate makes the steps of a problem with one weight.

Model: Xw with data X (n, d), weights w (d, 1), targets y (n, 1), and the thin singular value decomposition X = U diag(σ) Vᵀ with U (n, r) and
V (d, r) of orthonormal columns and σ > 0 (r, 1), so r is the rank. The singular coordinates are w̃ = Vᵀw and ỹ = Uᵀy. A direction u with
Vᵀu = 0 is one with the singular value 0: Xu = 0.
Loss: L = ‖Xw − y‖², without the half, with the step w ← w − η∇L.
Convention: a gradient has the shape of its variable. The iterates are numbered from 0: R^0 = I. The singular values stand in any order.
Reference: G. Strang, Linear Algebra and Its Applications, 4th ed. (2006), section 6.3 (singular value decomposition).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.gradient_descent.one_coordinate import error_factor_of
from derivations.language.assumptions import equal, singular_value_decomposition
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    counter,
    define,
    diag,
    dimensions,
    entry,
    gradient,
    hadamard_power,
    identity,
    index,
    iterate,
    matrix,
    norm,
    pseudo_inverse,
    rank,
    scalar,
    vector,
    zeros,
)
from derivations.language.functions import reciprocal
from derivations.language.terms import Term

__all__ = ["entries", "singular_step"]

n, d, r = dimensions("n d r")
t, j = counter("t"), index("j", r)
eta, w, w_0, y, u, c = scalar("eta"), vector("w", d), vector("w_0", d), vector("y", n), vector("u", d), scalar("c")
X, U, sigma, V = matrix("X", n, d), matrix("U", n, r), vector("sigma", r), matrix("V", d, r)
decomposition = singular_value_decomposition(X, U, sigma, V)
Sigma, coordinates, coordinate_targets = diag(sigma), vector("tilde_w", r), vector("tilde_y", r)


def _step(Sigma: Term, w: Term, y: Term, eta: Term) -> Term:
    return w - 2 * eta * Sigma.T @ (Sigma @ w - y)


def singular_step(Sigma: Term = Sigma, w: Term = coordinates, y: Term = coordinate_targets, eta: Term = eta) -> Any:
    """w − 2ηΣᵀ(Σw − y), a step from w (r, 1) with targets y (r, 1), both in singular coordinates, and Σ = diag(σ): shape (r, 1)."""
    return sympy_object(_step(Sigma, w, y, eta))


tilde_w, tilde_y = define("tilde_w", V.T @ w), define("tilde_y", U.T @ y)
sigma_j, tilde_w_j, tilde_y_j = entry(sigma, j), define("tilde_w_j", entry(V.T @ w, j), j), define("tilde_y_j", entry(U.T @ y, j), j)
rho = define("rho", error_factor_of(sigma_j, eta), j)
R = define("R", identity(r) - 2 * eta * diag(hadamard_power(sigma, 2)))
minimiser_j = tilde_y_j / sigma_j

loss = norm(X @ w - y) ** 2
descended = w - eta * gradient(loss, w)
after_step = _step(X, w, y, eta)
weights = iterate("w", t, w_0, w, after_step)

_decomposition_steps = (
    Step.of("Gram matrix", X.T @ X, "=", V @ diag(hadamard_power(sigma, 2)) @ V.T, reason="the columns of U are orthonormal"),
    Step.of("pseudo-inverse", pseudo_inverse(X), "=", V @ diag(reciprocal(sigma)) @ U.T, reason="it meets Penrose's four equations"),
    Step.of("projection onto the rows of the data", pseudo_inverse(X) @ X, "=", V @ V.T, reason="the singular values cancel"),
    Step.of("projection onto the columns of the data", X @ pseudo_inverse(X), "=", U @ U.T, reason="the singular values cancel"),
    Step.of("squared norm", norm(X, "F") ** 2, "=", norm(sigma) ** 2, reason="orthonormal columns keep norms"),
    Step.of("rank", rank(X), "=", r, reason="U and V have independent columns, and no singular value is 0"),
    Step.of("powers of the iteration matrix", (identity(d) - 2 * eta * X.T @ X) ** t, "=", identity(d) - V @ V.T + V @ R**t @ V.T,
            reason="what is orthogonal to the columns of V stays, and on these it acts as R"),
)

_step_steps = (
    Step.of("residual", U.T @ (X @ w - y), "=", Sigma @ tilde_w - tilde_y, reason="the decomposition put in"),
    Step.of("loss", loss, "=", norm(Sigma @ tilde_w - tilde_y) ** 2 + norm(y - U @ tilde_y) ** 2,
            reason="theorem of Pythagoras: what of the targets is orthogonal to the columns of U cannot be reached"),
    Step.of("gradient", gradient(loss, w), "=", 2 * V @ Sigma @ (Sigma @ tilde_w - tilde_y), reason="twice the transposed data times the residual"),
    Step.of("a step", V.T @ descended, "=", _step(Sigma, tilde_w, tilde_y, eta), reason="the gradient in singular coordinates"),
    Step.of("a step, sorted", V.T @ descended, "=", R @ tilde_w + 2 * eta * Sigma @ tilde_y, reason="the coordinates factored out"),
    Step.of("a step of one coordinate", entry(V.T @ descended, j), "=", rho * tilde_w_j + 2 * eta * sigma_j * tilde_y_j,
            reason="the matrix between is diagonal, so the coordinates do not mix"),
    Step.of("it is a step of one weight", entry(V.T @ descended, j), "=",
            tilde_w_j - eta * gradient((sigma_j * tilde_w_j - tilde_y_j) ** 2, tilde_w_j),
            reason="gradient of the loss with one weight, one factor and one target"),
    Step.of("distance after a step", entry(V.T @ descended, j) - minimiser_j, "=", rho * (tilde_w_j - minimiser_j),
            reason="the minimiser of a coordinate is a fixed point"),
)

_iterate_steps = (
    Step.of("a step", descended, "=", after_step, reason="the gradient put in"),
    Step.of("one coordinate is a sequence of its own", entry(V.T @ weights, j), "=",
            iterate("c", t, entry(V.T @ w_0, j), c, c - 2 * eta * sigma_j * (sigma_j * c - tilde_y_j)),
            reason="induction: each step takes the coordinate to the next term"),
    Step.of("every iterate of one coordinate", entry(V.T @ weights, j), "=", minimiser_j + rho**t * (entry(V.T @ w_0, j) - minimiser_j),
            reason="induction: each step multiplies the distance by one factor"),
    Step.of("every iterate", weights, "=", w_0 + V @ (identity(r) - R**t) @ (diag(reciprocal(sigma)) @ tilde_y - V.T @ w_0),
            reason="induction; only the coordinates move"),
)

_unseen_steps = (
    Step.of("its singular value is zero", X @ u, "=", zeros(n), reason="the data begin with the coordinates"),
    Step.of("the gradient has no part in it", u.T @ gradient(loss, w), "=", 0, reason="the gradient is a combination of the columns of V"),
    Step.of("a step keeps the weights there", u.T @ descended, "=", u.T @ w, reason="the step before"),
    Step.of("every iterate keeps them", u.T @ weights, "=", u.T @ w_0, reason="induction: each step keeps them"),
)

entries = (
    Derivation(
        "The data in singular coordinates",
        _decomposition_steps,
        questions=("cs182-hw2/1g",),
        given=decomposition,
    ),
    Derivation(
        "A step of gradient descent in singular coordinates",
        _step_steps,
        questions=("cs182-hw2/1g",),
        given=decomposition,
        notes="Every matrix but zero has such a decomposition, with the rank for r, so this holds for data of any rank.",
    ),
    Derivation(
        "Every iterate in singular coordinates",
        _iterate_steps,
        questions=("cs182-hw2/1g",),
        given=decomposition,
        notes="So each coordinate converges as one weight does: what is shown of one coordinate holds for each, with its own singular value.",
    ),
    Derivation(
        "Directions with the singular value zero",
        _unseen_steps,
        questions=("cs182-hw2/1g",),
        given=(*decomposition, equal(V.T @ u, zeros(r))),
        notes="Such directions complete the columns of V to a basis. The weights keep there what they began with.",
    ),
)
