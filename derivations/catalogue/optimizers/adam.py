"""Adam: running averages of the gradients and of their squares, each divided by what its weights sum to.

Model: weights W, a gradient G and moments M and V ≥ 0, all (N, D). The step number t takes M to β₁M + (1 − β₁)G and V to β₂V + (1 − β₂)G², then
W to W − α m̂/(√v̂ + ε), with the corrected moments m̂ = M/(1 − β₁^t) and v̂ = V/(1 − β₂^t) of the new ones.
Loss: any; G is its gradient at W. Where steps are counted, G is the same at all of them.
Convention: squares, roots and quotients are entry by entry; ε stands beside the root. Steps are numbered from 1: the step after t steps is t + 1.
Reference: D. Kingma and J. Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1 and section 3.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_objects
from derivations.catalogue.optimizers.rmsprop import direction
from derivations.catalogue.optimizers.velocity import D, G, N, V, W, alpha, i, t
from derivations.language.assumptions import nonzero, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    entry,
    hadamard,
    hadamard_power,
    index,
    iterate,
    matrix,
    ones,
    scalars,
    series,
    zeros,
)
from derivations.language.functions import abs_, reciprocal, sign, sqrt
from derivations.language.terms import Operand, Term

__all__ = ["adam_step", "adam_step_of", "corrected_moments", "entries"]

M = matrix("M", N, D)
state = matrix("S", N, D)
p, q = index("p", N), index("q", D)
beta_1, beta_2, epsilon, kappa = scalars("beta_1 beta_2 epsilon kappa")


def _first(g: Term, m: Term, beta_1: Term) -> Term:
    return beta_1 * m + (1 - beta_1) * g


def _second(g: Term, v: Term, beta_2: Term) -> Term:
    return beta_2 * v + (1 - beta_2) * hadamard_power(g, 2)


def _corrected(moment: Term, beta: Term, t: Operand) -> Term:
    return moment / (1 - beta**t)


def adam_step_of(
    w: Term, g: Term, m: Term, v: Term, t: Operand, alpha: Term, beta_1: Term, beta_2: Term, epsilon: Term
) -> dict[str, Term]:
    """Both moments after the step number t, and the weights, by name: all in the shape of the weights."""
    first, second = _first(g, m, beta_1), _second(g, v, beta_2)
    return {"m": first, "v": second, "w": w - alpha * direction(_corrected(first, beta_1, t), _corrected(second, beta_2, t), epsilon)}


def adam_step(
    w: Term = W,
    g: Term = G,
    m: Term = M,
    v: Term = V,
    t: Term = t + 1,
    alpha: Term = alpha,
    beta_1: Term = beta_1,
    beta_2: Term = beta_2,
    epsilon: Term = epsilon,
) -> dict[str, Any]:
    """The step of Adam that has the number t, counted from 1, by name: the moments m and v, and the weights w. All (N, D)."""
    return sympy_objects(adam_step_of(w, g, m, v, t, alpha, beta_1, beta_2, epsilon))


def corrected_moments(m: Term = M, v: Term = V, t: Term = t + 1, beta_1: Term = beta_1, beta_2: Term = beta_2) -> dict[str, Any]:
    """m/(1 − β₁^t) and v/(1 − β₂^t) for the moments after t ≥ 1 steps, by name: both (N, D)."""
    return sympy_objects({"hat_m": _corrected(m, beta_1, t), "hat_v": _corrected(v, beta_2, t)})


def _without_epsilon(g: Term, m: Term, v: Term) -> Term:
    """The direction of the step after t steps, with ε = 0."""
    first, second = _corrected(_first(g, m, beta_1), beta_1, t + 1), _corrected(_second(g, v, beta_2), beta_2, t + 1)
    return hadamard(first, reciprocal(sqrt(second)))


squares, empty = hadamard_power(G, 2), zeros(N, D)
first, second = iterate("m", t, empty, state, _first(G, state, beta_1)), iterate("v", t, empty, state, _second(G, state, beta_2))
next_first, next_second = iterate("m", t + 1, empty, state, _first(G, state, beta_1)), iterate("v", t + 1, empty, state, _second(G, state, beta_2))
hat_m, hat_v = define("hat_m", _corrected(next_first, beta_1, t + 1)), define("hat_v", _corrected(next_second, beta_2, t + 1))
known = hadamard(G, reciprocal(abs_(G) + epsilon * ones(N, D)))

_constant_steps = (
    Step.of("weights of a running average", series(i, t, (1 - beta_1) * beta_1**i), "=", 1 - beta_1**t, reason="geometric sum"),
    Step.of("first moment", first, "=", (1 - beta_1**t) * G, reason="induction; the first moments are zero"),
    Step.of("second moment", second, "=", (1 - beta_2**t) * squares, reason="induction"),
    Step.of("corrected first moment", hat_m, "=", G, reason="divided by the sum of its weights, the average of a constant is the constant"),
    Step.of("corrected second moment", hat_v, "=", squares, reason="likewise"),
    Step.of("direction of every step", direction(hat_m, hat_v, epsilon), "=", known, given=(epsilon > 0,),
            reason="both put in; the root of a square is the absolute value"),
    Step.of("no weight moves farther than the learning rate", abs_(entry(alpha * known, p, q)), "<", alpha, given=(alpha > 0, epsilon > 0),
            reason="a number over something larger than its absolute value"),
    Step.of("direction without epsilon", hadamard(G, reciprocal(abs_(G))), "=", sign(G), given=(nonzero(G),),
            reason="a number over its absolute value is its sign"),
)

_uncorrected_steps = (
    Step.of("first step without correction", hadamard((1 - beta_1) * G, reciprocal(sqrt((1 - beta_2) * squares))), "=",
            (1 - beta_1) / sqrt(1 - beta_2) * sign(G), given=(nonzero(G),), reason="the moments after one step, from zero"),
    Step.of("it is too long", (1 - beta_1) / sqrt(1 - beta_2), ">", 1, given=(beta_2 > 1 - (1 - beta_1) ** 2,),
            reason="the second moment lags behind the first"),
)

_scale_steps = (
    Step.of("scaled gradients", _without_epsilon(kappa * G, kappa * M, kappa**2 * V), "=", _without_epsilon(G, M, V),
            reason="the moments scale by kappa and its square"),
    Step.of("opposite gradients", _without_epsilon(-G, -M, V), "=", -_without_epsilon(G, M, V), reason="the second moment does not see the sign"),
)

_decaying = ((beta_1 >= 0) & (beta_1 < 1), (beta_2 >= 0) & (beta_2 < 1))

entries = (
    Derivation(
        "Adam under a constant gradient",
        _constant_steps,
        questions=("cs182-hw2/nb",),
        given=_decaying,
        notes="So every step has the length of the learning rate, whatever the size of the gradient, as far as epsilon is small beside it.",
    ),
    Derivation(
        "Adam without the correction",
        _uncorrected_steps,
        questions=("cs182-hw2/nb",),
        given=_decaying,
        notes="With 9/10 and 999/1000 the first step would be longer by the square root of ten.",
    ),
    Derivation(
        "Adam does not see the scale of the loss",
        _scale_steps,
        questions=("cs182-hw2/nb",),
        given=(*_decaying, beta_2 > 0, positive(V), kappa > 0),
        notes="Without epsilon, at every step, from moments that scale along.",
    ),
)
