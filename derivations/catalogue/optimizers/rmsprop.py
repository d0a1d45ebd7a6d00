"""RMSProp: each gradient divided by the root of a running average of its squares.

Model: weights W, a gradient G and a cache C ≥ 0, all (N, D). A step takes C to ρC + (1 − ρ)G², and then W to W − αG/(√C + ε), with the new cache.
Loss: any; G is its gradient at W. Where steps are counted, G is the same at all of them.
Convention: squares, roots and quotients are entry by entry, and ε stands beside the root. Where a limit is taken, c_t is any one entry.
Reference: T. Tieleman and G. Hinton, Lecture 6.5: RMSProp, Neural Networks for Machine Learning (2012).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_objects
from derivations.catalogue.optimizers.velocity import D, G, N, W, alpha, g, t
from derivations.language.assumptions import nonnegative, nonzero, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import hadamard, hadamard_power, iterate, matrix, ones, scalars, zeros
from derivations.language.functions import abs_, reciprocal, sign, sqrt
from derivations.language.shapes import sides
from derivations.language.terms import Term

__all__ = ["direction", "entries", "rmsprop_step", "rmsprop_step_of"]

C, C_0 = matrix("C", N, D), matrix("C_0", N, D)
state = matrix("S", N, D)
rho, epsilon, kappa, c_0, c = scalars("rho epsilon kappa c_0 c")


def direction(first: Term, second: Term, epsilon: Term) -> Term:
    """m/(√v + ε), entry by entry, for matrices m and v of one shape."""
    return hadamard(first, reciprocal(sqrt(second) + epsilon * ones(*sides(second.shape))))


def rmsprop_step_of(w: Term, g: Term, c: Term, alpha: Term, rho: Term, epsilon: Term) -> dict[str, Term]:
    """ρc + (1 − ρ)g², and w − αg/(√· + ε) with that under the root, by name: both in the shape of the weights."""
    cache = _cache(g, c, rho)
    return {"c": cache, "w": w - alpha * direction(g, cache, epsilon)}


def _cache(g: Term, c: Term, rho: Term) -> Term:
    return rho * c + (1 - rho) * hadamard_power(g, 2)


def rmsprop_step(w: Term = W, g: Term = G, c: Term = C, alpha: Term = alpha, rho: Term = rho, epsilon: Term = epsilon) -> dict[str, Any]:
    """A step of RMSProp, by name: the cache c ← ρc + (1 − ρ)g² and the weights w ← w − αg/(√c + ε), with the new cache. All (N, D)."""
    return sympy_objects(rmsprop_step_of(w, g, c, alpha, rho, epsilon))


def _without_epsilon(g: Term, c: Term) -> Term:
    return hadamard(g, reciprocal(sqrt(_cache(g, c, rho))))


def _known(share: Term) -> Term:
    """g/(√share |g| + ε): the direction where the cache is a share of the squared gradient."""
    return hadamard(G, reciprocal(sqrt(share) * abs_(G) + epsilon * ones(N, D)))


squares = hadamard_power(G, 2)
cache = iterate("c", t, C_0, state, _cache(G, state, rho))
next_cache = iterate("c", t + 1, zeros(N, D), state, _cache(G, state, rho))
one_entry = iterate("c", t, c_0, c, rho * c + (1 - rho) * g**2)

_constant_steps = (
    Step.of("every cache", cache, "=", rho**t * C_0 + (1 - rho**t) * squares, reason="induction"),
    Step.of("limit of the cache", one_entry, "->", g**2, reason="the powers of rho vanish, whatever the first cache"),
    Step.of("from an empty cache", next_cache, "=", (1 - rho ** (t + 1)) * squares, reason="the first cache is zero"),
    Step.of("direction of a step", direction(G, (1 - rho ** (t + 1)) * squares, epsilon), "=", _known(1 - rho ** (t + 1)), given=(epsilon > 0,),
            reason="the root of a square is the absolute value"),
    Step.of("first step without epsilon", _without_epsilon(G, zeros(N, D)), "=", 1 / sqrt(1 - rho) * sign(G), given=(nonzero(G),),
            reason="a number over its absolute value is its sign"),
)

_scale_steps = (
    Step.of("cache of scaled gradients", _cache(kappa * G, kappa**2 * C, rho), "=", kappa**2 * _cache(G, C, rho),
            reason="squares scale by the square"),
    Step.of("direction of scaled gradients", _without_epsilon(kappa * G, kappa**2 * C), "=", _without_epsilon(G, C),
            given=(positive(C), rho > 0), reason="the root scales as the gradient does"),
    Step.of("direction of opposite gradients", _without_epsilon(-G, C), "=", -_without_epsilon(G, C), given=(positive(C), rho > 0),
            reason="the cache does not see the sign"),
    Step.of("the cache stays nonnegative", _cache(G, C, rho), ">=", zeros(N, D), given=(nonnegative(C),),
            reason="squares, with weights that are not negative"),
)

_decaying = (rho >= 0) & (rho < 1)

entries = (
    Derivation(
        "RMSProp under a constant gradient",
        _constant_steps,
        questions=("cs182-hw2/nb",),
        given=(_decaying,),
        notes="The cache is too small at first, as it starts empty; with rho = 99/100 the first step is ten times as long as the later ones.",
    ),
    Derivation(
        "RMSProp does not see the scale of the loss",
        _scale_steps,
        questions=("cs182-hw2/nb",),
        given=(_decaying, kappa > 0),
        notes="Without epsilon. With it, a loss that is kappa times as large takes kappa times the epsilon.",
    ),
)
