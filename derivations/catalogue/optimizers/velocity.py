"""Momentum: the rule in three parametrisations, and how the velocity grows while the gradient stays the same.

Model: weights W, a gradient G and a velocity V, all (N, D). A step takes V to μV + G, and then W to W − αV, with the new velocity.
Loss: any; G is its gradient at W. Where steps are counted, G is the same at all of them.
Convention: from rest means that the first velocity is 0. The velocity after t steps is v_t. Where a limit is taken, v_t is any one entry.
Reference: I. Sutskever, J. Martens, G. Dahl and G. Hinton, On the importance of initialization and momentum in deep learning (2013).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object, sympy_objects
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import counter, dimensions, iterate, matrix, scalars, series, zeros
from derivations.language.terms import Term

__all__ = ["alpha", "constants", "effective_learning_rate", "entries", "momentum_step", "momentum_step_of", "t", "velocity_after"]

N, D = dimensions("N D")
t, i = counter("t"), counter("i")
W, G, V, V_0 = (matrix(name, N, D) for name in ("W", "G", "V", "V_0"))
mu, alpha, g, v_0, v = scalars("mu alpha g v_0 v")
state, other, older, newer = (matrix(name, N, D) for name in ("V", "U", "W_a", "W_b"))
at_rest = zeros(N, D)
constants = (mu >= 0) & (mu < 1)


def momentum_step_of(w: Term, g: Term, v: Term, alpha: Term, mu: Term) -> dict[str, Term]:
    """μv + g, and w − α times that, by name: both in the shape of the weights."""
    moved = mu * v + g
    return {"v": moved, "w": w - alpha * moved}


def momentum_step(w: Term = W, g: Term = G, v: Term = V, alpha: Term = alpha, mu: Term = mu) -> dict[str, Any]:
    """A step with momentum, by name: the velocity v ← μv + g and the weights w ← w − αv, with the new velocity. All (N, D)."""
    return sympy_objects(momentum_step_of(w, g, v, alpha, mu))


def _velocity_after(t: Term, g: Term, mu: Term) -> Term:
    return (1 - mu**t) / (1 - mu) * g


def velocity_after(t: Term = t, g: Term = G, mu: Term = mu) -> Any:
    """(1 − μ^t)/(1 − μ) g: the velocity after t steps from rest under a constant gradient g, for μ ≠ 1. Shape (N, D)."""
    return sympy_object(_velocity_after(t, g, mu))


def effective_learning_rate(alpha: Term = alpha, mu: Term = mu) -> Any:
    """α/(1 − μ): by how much of a constant gradient a step moves the weights in the end, for 0 ≤ μ < 1."""
    return sympy_object(alpha / (1 - mu))


moved = momentum_step_of(W, G, V, alpha, mu)
signed = mu * (-alpha * V) - alpha * G
velocity = iterate("v", t, V_0, state, mu * state + G)
from_rest = iterate("v", t, at_rest, state, mu * state + G)
signed_from_rest = iterate("u", t, at_rest, other, mu * other - alpha * G)
averaged_from_rest = iterate("u", t, at_rest, other, mu * other + (1 - mu) * G)
weights = iterate("w", t, (W, W - alpha * G), (older, newer), newer + mu * (newer - older) - alpha * G)
one_entry = iterate("v", t, v_0, v, mu * v + g)

_parametrisation_steps = (
    Step.of("velocity that holds the learning rate", signed, "=", -alpha * moved["v"], reason="minus the learning rate times the other velocity"),
    Step.of("its weights", W + signed, "=", moved["w"], reason="so the weights are the same"),
    Step.of("after every step", signed_from_rest, "=", -alpha * from_rest, reason="induction: a step keeps the ratio of both velocities"),
    Step.of("velocity that is an average", mu * ((1 - mu) * V) + (1 - mu) * G, "=", (1 - mu) * moved["v"],
            reason="1 - mu times the other velocity"),
    Step.of("average after every step", averaged_from_rest, "=", (1 - mu) * from_rest, reason="induction, likewise"),
    Step.of("two steps", mu * (mu * V + G) + G, "=", mu**2 * V + (1 + mu) * G, reason="a gradient counts less by a factor mu at each later step"),
)

_constant_steps = (
    Step.of("every velocity", velocity, "=", mu**t * V_0 + series(i, t, mu**i) * G, reason="induction"),
    Step.of("from rest", from_rest, "=", _velocity_after(t, G, mu), reason="geometric sum"),
    Step.of("limit of the velocity", one_entry, "->", g / (1 - mu), reason="the powers of mu vanish, whatever the first velocity"),
    Step.of("limit of a step", alpha * one_entry, "->", alpha / (1 - mu) * g, reason="the learning rate times the velocity"),
    Step.of("every weight from rest", weights, "=", W - alpha / (1 - mu) * (t - mu * (1 - mu**t) / (1 - mu)) * G,
            reason="induction over two steps; the first velocity is the first gradient"),
)

entries = (
    Derivation(
        "Momentum in three parametrisations",
        _parametrisation_steps,
        questions=("cs182-hw2/nb",),
        notes="As long as the learning rate stays the same: with a schedule, the velocity that holds it remembers the rates of the past.",
    ),
    Derivation(
        "Momentum under a constant gradient",
        _constant_steps,
        questions=("cs182-hw2/nb",),
        given=(constants,),
        notes="In the end a step is 1/(1 - mu) times as long as without momentum; with mu = 9/10 ten times.",
    ),
)
