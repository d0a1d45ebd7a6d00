"""Batch normalisation: the gradients with respect to its inputs, scale and shift.

Model, of one feature z (N, 1) over a batch: mean m = (1/N) 1ᵀz, centred values c = z − m1, variance v = (1/N) cᵀc, deviation s = √(v + ε)
with ε > 0, normalised values x̂ = c/s, outputs y = γx̂ + β1. Of K features at once: the same in each column of Z (N, K).
Loss: gᵀy with the upstream gradient g (N, 1), a constant; of K features Σ_ij G_ij Y_ij with G (N, K).
Convention: v̄ stands for ∂L/∂v, in the shape of v; an intermediate quantity is cut loose from what precedes it.
Reference: S. Ioffe and C. Szegedy, Batch Normalization, ICML 2015, section 3.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object, sympy_objects
from derivations.language.assumptions import positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    diag,
    diagonal,
    dimensions,
    gradient,
    hadamard,
    hadamard_power,
    matrix,
    ones,
    scalars,
    trace,
    vector,
)
from derivations.language.functions import reciprocal, sqrt
from derivations.language.terms import Term

__all__ = ["batch_normalization_gradients", "batch_normalization_input_gradient", "entries"]

N, K = dimensions("N K")

# ----------------------------------------------------------------------------------------------------------- one feature

z, g = vector("z", N), vector("g", N)
gamma, beta, epsilon = scalars("gamma beta epsilon")
m = define("m", ones(N).T @ z / N)
c = define("c", z - m * ones(N))
v = define("v", c.T @ c / N)
s = define("s", sqrt(v + epsilon))
hat_x = define("hat_x", c / s)
y = define("y", gamma * hat_x + beta * ones(N))
normalized_loss = define("L", g.T @ y)

bar_v = define("bar_v", -gamma * g.T @ c / (2 * s**3))
bar_c = define("bar_c", gamma / s * g + 2 * bar_v / N * c)
bar_m = define("bar_m", -gamma / s * ones(N).T @ g)
_one_feature: dict[str, Term] = {
    "z": gamma / s * (g - ones(N).T @ g / N * ones(N) - hat_x.T @ g / N * hat_x),
    "gamma": hat_x.T @ g,
    "beta": ones(N).T @ g,
}


def batch_normalization_gradients() -> dict[str, Any]:
    """The gradients of batch normalisation from the upstream gradient g, by name: z (N, 1), and the scalars gamma and beta."""
    return sympy_objects(_one_feature)


_one_feature_steps = (
    Step.of("shift", gradient(normalized_loss, beta), "=", _one_feature["beta"], reason="it is added to every output"),
    Step.of("scale", gradient(normalized_loss, gamma), "=", _one_feature["gamma"], reason="it multiplies the normalised values"),
    Step.of("normalised values", gradient(normalized_loss, hat_x), "=", gamma * g, reason="the output is linear in them"),
    Step.of("deviation", gradient(normalized_loss, s), "=", -gamma * g.T @ c / s**2, reason="derivative of the reciprocal"),
    Step.of("variance", gradient(normalized_loss, v), "=", bar_v.body, reason="derivative of the root: 1/(2s)"),
    Step.of("centred values", gradient(normalized_loss, c), "=", bar_c.body, reason="directly, and through the variance"),
    Step.of("centred values sum to zero", ones(N).T @ c, "=", 0, reason="N times the mean is the sum"),
    Step.of("mean", gradient(normalized_loss, m), "=", bar_m.body,
            reason="the way through the variance adds nothing, as the centred values sum to zero"),
    Step.of("inputs, by their two ways", gradient(normalized_loss, z), "=", bar_c + bar_m / N * ones(N),
            reason="directly through the centred values, and through the mean"),
    Step.of("inputs", gradient(normalized_loss, z), "=", _one_feature["z"], reason="both parts put in, with the normalised values for c/s"),
)

# ---------------------------------------------------------------------------------------------------------- all features

Z, G = matrix("Z", N, K), matrix("G", N, K)
scales, shifts = vector("gamma", K), vector("beta", K)
centred = define("C", Z - ones(N) @ (ones(N).T @ Z) / N)
deviations = define("s", sqrt(hadamard_power(centred, 2).T @ ones(N) / N + epsilon * ones(K)))
normalized = define("hat_X", centred @ diag(reciprocal(deviations)))
outputs = define("Y", normalized @ diag(scales) + ones(N) @ shifts.T)
batch_loss = define("L", trace(G.T @ outputs))
_projected = G - ones(N) @ (ones(N).T @ G) / N - normalized @ diag(diagonal(normalized.T @ G)) / N
_all_features = _projected @ diag(hadamard(scales, reciprocal(deviations)))


def batch_normalization_input_gradient() -> Any:
    """The gradient of batch normalisation of K features with respect to its inputs Z, from the upstream gradient G: (N, K)."""
    return sympy_object(_all_features)


_all_features_steps = (
    Step.of("shifts", gradient(batch_loss, shifts), "=", G.T @ ones(N), reason="a shift is added to every output of its feature"),
    Step.of("scales", gradient(batch_loss, scales), "=", diagonal(normalized.T @ G),
            reason="a scale multiplies the normalised values of its feature"),
    Step.of("inputs", gradient(batch_loss, Z), "=", _all_features, reason="the result for one feature, in each column"),
)

entries = (
    Derivation("Gradients of batch normalisation", _one_feature_steps, questions=("nyu-dl-hw1/5",), given=(positive(epsilon),)),
    Derivation("Gradients of batch normalisation of several features", _all_features_steps, questions=("nyu-dl-hw1/5",), given=(positive(epsilon),)),
)
