"""A step of gradient descent with momentum in singular coordinates: each coordinate and its velocity make a step of their own.

Model: Xw with data X (n, d), weights w (d, 1), targets y (n, 1), and the thin singular value decomposition X = U diag(σ) Vᵀ with U (n, r) and
V (d, r) of orthonormal columns and σ > 0 (r, 1), so r is the rank; w* = X⁺y is a minimiser, z the velocity (d, 1). The coordinates are
x = Vᵀ(w − w*) and a = Vᵀz.
Loss: L = ‖Xw − y‖², without the half. A step takes z to (1 − β)z + β∇L(w), and then w to w − ηz, with the new z; β = 1 is gradient descent.
Convention: a gradient has the shape of its variable. The iterates are numbered from 0; R^0 = I. The singular values stand in any order.
Reference: G. Goh, Why Momentum Really Works, Distill (2017).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import singular_value_decomposition
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    column_vector,
    counter,
    define,
    diag,
    dimensions,
    entry,
    gradient,
    hadamard_power,
    index,
    iterate,
    literal,
    matrix,
    norm,
    pseudo_inverse,
    scalars,
    vector,
    zeros,
)
from derivations.language.terms import Term

__all__ = ["beta", "entries", "eta", "momentum_matrix", "momentum_matrix_of", "sigma", "t"]

n, d, r = dimensions("n d r")
t, j = counter("t"), index("j", r)
beta, eta, sigma = scalars("beta eta sigma")
X, U, singular_values, V = matrix("X", n, d), matrix("U", n, r), vector("sigma", r), matrix("V", d, r)
w, z, y = vector("w", d), vector("z", d), vector("y", n)
decomposition = singular_value_decomposition(X, U, singular_values, V)


def momentum_matrix_of(beta: Term, eta: Term, square: Term) -> Term:
    """[[1 − β, 2βσ²], [−η(1 − β), 1 − 2ηβσ²]] for the square of a singular value: shape (2, 2)."""
    return literal([1 - beta, 2 * beta * square], [-eta * (1 - beta), 1 - 2 * eta * beta * square])


def momentum_matrix(beta: Term = beta, eta: Term = eta, sigma: Term = sigma) -> Any:
    """[[1 − β, 2βσ²], [−η(1 − β), 1 − 2ηβσ²]], by which a step multiplies a coordinate of the velocity and of the distance from the minimiser,
    for 0 < β ≤ 1 and a singular value σ: shape (2, 2).
    """
    return sympy_object(momentum_matrix_of(beta, eta, sigma**2))


loss = norm(X @ w - y) ** 2
w_star = define("w_star", pseudo_inverse(X) @ y)
velocity = (1 - beta) * z + beta * gradient(loss, w)
descended = w - eta * velocity
x, a = define("x", V.T @ (w - w_star)), define("a", V.T @ z)
sigma_j = entry(singular_values, j)
x_j, a_j = entry(x, j), entry(a, j)
a_next, x_next = entry(V.T @ velocity, j), entry(V.T @ (descended - w_star), j)
R_j = define("R", momentum_matrix_of(beta, eta, sigma_j**2), j)
state, start = vector("s", 2), vector("s_0", 2)
R = define("R", momentum_matrix_of(beta, eta, sigma**2))

_step_steps = (
    Step.of("the gradient vanishes at the minimiser", X.T @ (X @ w_star - y), "=", zeros(d), reason="the normal equations hold there"),
    Step.of("gradient", V.T @ gradient(loss, w), "=", 2 * diag(hadamard_power(singular_values, 2)) @ x,
            reason="the decomposition put in; the targets are those of the minimiser, up to what is orthogonal to the columns of U"),
    Step.of("the velocity", V.T @ velocity, "=", (1 - beta) * a + 2 * beta * diag(hadamard_power(singular_values, 2)) @ x,
            reason="the gradient put in"),
    Step.of("a coordinate of the velocity", a_next, "=", (1 - beta) * a_j + 2 * beta * sigma_j**2 * x_j,
            reason="the matrix between is diagonal, so the coordinates do not mix"),
    Step.of("a coordinate of the distance", x_next, "=", x_j - eta * a_next, reason="the step itself"),
    Step.of("the same without the new velocity", x_next, "=", -eta * (1 - beta) * a_j + (1 - 2 * eta * beta * sigma_j**2) * x_j,
            reason="the coordinate of the velocity put in"),
    Step.of("both as one step", column_vector(a_next, x_next), "=", R_j @ column_vector(a_j, x_j), reason="read off row by row"),
)

_iterate_steps = (
    Step.of("every step of a coordinate", iterate("s", t, start, state, R @ state), "=", R**t @ start,
            reason="induction: each step multiplies by the matrix"),
)

entries = (
    Derivation(
        "A step with momentum in singular coordinates",
        _step_steps,
        questions=("cs182-hw2/2a", "cs182-hw2/2b"),
        given=decomposition,
        notes="Every matrix but zero has such a decomposition, with the rank for r. The velocity comes first, and the weights use the new one.",
    ),
    Derivation("Steps of one coordinate with momentum", _iterate_steps, questions=("cs182-hw2/2b",)),
)
