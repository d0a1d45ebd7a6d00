"""Gradient descent in singular coordinates: in the right bases a step is one on a diagonal matrix, a coordinate at a time.

Model: Xw with data X = UΣVᵀ (n, d), U (n, n) and V (d, d) orthogonal, weights w (d, 1), targets y (n, 1). The singular coordinates are
w̃ = Vᵀw and ỹ = Uᵀy. Where single coordinates are followed, n = d and Σ = diag(σ).
Loss: L = ‖Xw − y‖², without the half, with the step w ← w − η∇L.
Convention: a gradient has the shape of its variable. The singular values stand in the order of the columns of U and V, in any order.
Reference: G. Strang, Linear Algebra and Its Applications, 4th ed. (2006), section 6.3 (singular value decomposition).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.gradient_descent.one_coordinate import error_factor_of
from derivations.language.assumptions import orthogonal
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    counter,
    define,
    diag,
    dimensions,
    entry,
    gradient,
    identity,
    index,
    iterate,
    matrix,
    norm,
    scalar,
    series,
    vector,
    zeros,
)
from derivations.language.terms import Relation, Term

__all__ = ["entries", "singular_step"]

n, d = dimensions("n d")
t, i, j = counter("t"), counter("i"), index("j", d)
eta, w, y, u, z, z_0 = scalar("eta"), vector("w", d), vector("y", n), vector("u", d), vector("z", d), vector("z_0", d)
U, Sigma, V = matrix("U", n, n), matrix("Sigma", n, d), matrix("V", d, d)


def _step(Sigma: Term, w: Term, y: Term, eta: Term) -> Term:
    return w - 2 * eta * Sigma.T @ (Sigma @ w - y)


def singular_step(Sigma: Term = Sigma, w: Term = w, y: Term = y, eta: Term = eta) -> Any:
    """w − 2ηΣᵀ(Σw − y), a step from w (d, 1) with targets y (n, 1), both in singular coordinates: shape (d, 1)."""
    return sympy_object(_step(Sigma, w, y, eta))


X = define("X", U @ Sigma @ V.T)
tilde_w, tilde_y = define("tilde_w", V.T @ w), define("tilde_y", U.T @ y)
loss = norm(X @ w - y) ** 2
descended = w - eta * gradient(loss, w)
M = define("M", identity(d) - 2 * eta * Sigma.T @ Sigma)

_steps = (
    Step.of("back to the weights", V @ tilde_w, "=", w, reason="the transpose of an orthogonal matrix is its inverse"),
    Step.of("residual", X @ w - y, "=", U @ (Sigma @ tilde_w - tilde_y), reason="the decomposition put in; an orthogonal matrix factored out"),
    Step.of("loss", loss, "=", norm(Sigma @ tilde_w - tilde_y) ** 2, reason="an orthogonal matrix keeps the norm"),
    Step.of("gradient", gradient(loss, w), "=", 2 * V @ Sigma.T @ (Sigma @ tilde_w - tilde_y), reason="twice the transposed data times the residual"),
    Step.of("a step", V.T @ descended, "=", _step(Sigma, tilde_w, tilde_y, eta), reason="the gradient in singular coordinates"),
    Step.of("a step, sorted", V.T @ descended, "=", M @ tilde_w + 2 * eta * Sigma.T @ tilde_y, reason="the coordinates factored out"),
    Step.of("every iterate", iterate("z", t, z_0, z, _step(Sigma, z, tilde_y, eta)), "=",
            M**t @ z_0 + series(i, t, M**i @ (2 * eta * Sigma.T @ tilde_y)), reason="induction over the steps"),
    Step.of("what the data take to zero stays", u.T @ V.T @ descended, "=", u.T @ tilde_w, given=(Relation(Sigma @ u, "=", zeros(n)),),
            reason="the gradient has no part in such a direction"),
)

square_U, square_y, sigma = matrix("U", d, d), vector("y", d), vector("sigma", d)
square_X, square_tilde_y = define("X", square_U @ diag(sigma) @ V.T), define("tilde_y", square_U.T @ square_y)
square_descended = w - eta * gradient(norm(square_X @ w - square_y) ** 2, w)

_coordinate_steps = (
    Step.of("a step", V.T @ square_descended, "=", _step(diag(sigma), tilde_w, square_tilde_y, eta), reason="a step in singular coordinates"),
    Step.of("a step of one coordinate", entry(V.T @ square_descended, j), "=",
            error_factor_of(entry(sigma, j), eta) * entry(tilde_w, j) + 2 * eta * entry(sigma, j) * entry(square_tilde_y, j),
            reason="the matrix between is diagonal"),
)

entries = (
    Derivation(
        "Gradient descent in singular coordinates",
        _steps,
        given=(orthogonal(U), orthogonal(V)),
        notes="Sigma may be any matrix here; from a singular value decomposition it is diagonal. Then a direction with the singular value 0 is one "
        "that the data take to zero.",
    ),
    Derivation(
        "Singular coordinates of square data, one by one",
        _coordinate_steps,
        given=(orthogonal(square_U), orthogonal(V)),
        notes="Each coordinate makes the steps of gradient descent on one coordinate; one with the singular value 0 keeps its value.",
    ),
)
