"""Gradient descent with momentum on ‖Xw − y‖²: as a recurrence of second order, in other parametrisations, and where it converges.

Model: Xw with data X (n, d), weights w (d, 1) and targets y (n, 1); the first weights w_0 and w_1 (d, 1), a velocity z (d, 1).
Loss: L = ‖Xw − y‖², without the half. A step takes z to (1 − β)z + β∇L(w), and then w to w − ηz, with the new z. Heavy ball: v ← mv + ∇L(w),
w ← w − αv. Nesterov: v ← mv + ∇L(w − αmv), w ← w − αv.
Convention: a gradient has the shape of its variable. The iterates are numbered from 0. Eigenvalues stand in ascending order.
Reference: B. Polyak, Some methods of speeding up the convergence of iteration methods (1964); I. Sutskever, J. Martens, G. Dahl and G. Hinton,
On the importance of initialization and momentum in deep learning (2013).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.least_squares.normal_equations import minimiser_of
from derivations.catalogue.momentum.coordinates import beta, eta, momentum_matrix_of, t
from derivations.catalogue.momentum.eigenvalues import largest_rate_of
from derivations.language.assumptions import equal, every, full_column_rank
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    dimensions,
    eigenvalues,
    entry,
    gradient,
    index,
    iterate,
    largest_eigenvalue,
    matrix,
    norm,
    scalars,
    spectral_radius,
    vector,
)
from derivations.language.terms import Term

__all__ = ["entries", "heavy_ball_parameters", "largest_learning_rate_for_data"]

n, d = dimensions("n d")
i = index("i", d)
X, y, w, w_0, w_1, u, z, v = matrix("X", n, d), vector("y", n), *(vector(name, d) for name in ("w", "w_0", "w_1", "u", "z", "v"))
m, alpha = scalars("m alpha")


def _slope(w: Term) -> Term:
    """2Xᵀ(Xw − y), the gradient of ‖Xw − y‖²: shape (d, 1)."""
    return 2 * X.T @ (X @ w - y)


def _second_order(older: Term, newer: Term, beta: Term, eta: Term) -> Term:
    return newer + (1 - beta) * (newer - older) - eta * beta * _slope(newer)


def heavy_ball_parameters(beta: Term = beta, eta: Term = eta) -> dict[str, Any]:
    """m = 1 − β and α = ηβ, with which v ← mv + ∇L(w), w ← w − αv makes the steps of z ← (1 − β)z + β∇L(w), w ← w − ηz: scalars."""
    return {"m": sympy_object(1 - beta), "alpha": sympy_object(eta * beta)}


def largest_learning_rate_for_data(X: Term = X, beta: Term = beta) -> Any:
    """(2 − β)/(β λ_max(XᵀX)): every smaller positive learning rate makes the weights converge, for 0 < β ≤ 1 and X (n, d) of full column rank."""
    return sympy_object(largest_rate_of(beta, largest_eigenvalue(X.T @ X)))


after = define("w_next", w - eta * z)
ball = define("u", w - alpha * v)
moved = define("p", ball + m * (ball - w))
ahead, g = define("p", w - alpha * m * v), vector("g", d)
next_velocity = m * v + g

_recurrence_steps = (
    Step.of("gradient", gradient(norm(X @ w - y) ** 2, w), "=", _slope(w), reason="gradient of the squared norm"),
    Step.of("two steps", after - eta * ((1 - beta) * z + beta * _slope(after)), "=", _second_order(w, after, beta, eta),
            reason="the velocity is the last difference of the weights, over minus the learning rate"),
    Step.of("two steps of heavy ball", ball - alpha * (m * v + _slope(ball)), "=", ball + m * (ball - w) - alpha * _slope(ball),
            reason="likewise"),
    Step.of("both are the same", ball + m * (ball - w) - alpha * _slope(ball), "=", _second_order(w, ball, beta, eta),
            given=(equal(m, 1 - beta), equal(alpha, eta * beta)), reason="with this momentum and this step size"),
    Step.of("the velocities", (1 - beta) * (beta * v) + beta * _slope(w), "=", beta * ((1 - beta) * v + _slope(w)),
            reason="the averaged velocity is the other one times beta"),
)

_nesterov_steps = (
    Step.of("two steps", ball - alpha * (m * v + _slope(ball - alpha * m * v)), "=", moved - alpha * _slope(moved),
            reason="the weights are moved on by the last difference before the gradient is taken"),
    Step.of("its distance from heavy ball", ball + m * (ball - w) - alpha * _slope(ball) - (moved - alpha * _slope(moved)), "=",
            2 * alpha * m * X.T @ X @ (ball - w), reason="the gradients differ by the Hessian times the move"),
    Step.of("a step of the weights moved on", (w - alpha * next_velocity) - alpha * m * next_velocity, "=",
            ahead - alpha * (g + m * next_velocity), reason="the move before is taken back, and the next one made"),
)

G, hat_w = define("G", X.T @ X), define("hat_w", minimiser_of(X, y))
eigenvalue, largest = entry(eigenvalues(G), i), largest_eigenvalue(G)
R_i = define("R", momentum_matrix_of(beta, eta, eigenvalue), i)
weights = iterate("w", t, (w_0, w_1), (w, u), _second_order(w, u, beta, eta))
in_range = (eta > 0) & (eta < largest_rate_of(beta, largest))

_convergence_steps = (
    Step.of("only positive learning rates", every(i, spectral_radius(R_i) < 1), "implies", eta > 0, reason="each coordinate needs one"),
    Step.of("where every coordinate contracts", every(i, spectral_radius(R_i) < 1), "iff", eta < largest_rate_of(beta, largest), given=(eta > 0,),
            reason="the range of a coordinate is the smaller, the larger its eigenvalue"),
    Step.of("limit of the weights", weights, "->", hat_w, given=(in_range,),
            reason="each coordinate of the distance from the minimiser is multiplied by powers of its matrix"),
    Step.of("the range is that of gradient descent, and more", largest_rate_of(beta, largest), ">=", 1 / largest,
            reason="2 - beta is at least beta"),
)

entries = (
    Derivation(
        "Momentum in other parametrisations",
        _recurrence_steps,
        notes="So m = 1 - beta and alpha = eta beta give the same weights from the same first two.",
    ),
    Derivation(
        "Nesterov momentum",
        _nesterov_steps,
        notes="The last step is how a program keeps the weights at which it takes the gradient g, in the place of the others.",
    ),
    Derivation(
        "Convergence with momentum",
        _convergence_steps,
        questions=("cs182-hw2/2e", "cs182-hw2/2f"),
        given=((beta > 0) & (beta <= 1), full_column_rank(X)),
        notes="The start does not matter: any two first weights will do.",
    ),
)
