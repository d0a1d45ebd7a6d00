"""A network with one hidden tanh layer under the mean absolute error.

Model, for each sample i = 1 … N: x_i (d, 1), z_i = W_1 x_i + b_1 (h, 1), a_i = tanh z_i, ŷ_i = w_2ᵀ a_i + b_2, a scalar.
Loss: J = (1/N) Σ_i |ŷ_i − y_i|, and s_i = sign(ŷ_i − y_i).
The same for a batch, a sample in each row: X (N, d), Z = X W_1ᵀ + 1 b_1ᵀ, A = tanh Z (N, h), ŷ = A w_2 + b_2 1, s = sign(ŷ − y) (N, 1).
Convention: a gradient has the shape of its variable; ∂J/∂a_i, say, is taken with a_i cut loose from what precedes it.
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.5.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_objects
from derivations.language.assumptions import equal
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    dimensions,
    family,
    gradient,
    hadamard,
    hadamard_power,
    index,
    matrix,
    norm,
    one_sided_derivative,
    ones,
    scalar,
    subdifferential,
    sum_over,
    vector,
)
from derivations.language.functions import abs_, sign, tanh
from derivations.language.operators import at_positions
from derivations.language.terms import Term

__all__ = ["entries", "l1_gradients"]

N, h, d = dimensions("N h d")
i, j = index("i", N), index("j", N)
W_1, b_1, w_2, b_2 = matrix("W_1", h, d), vector("b_1", h), vector("w_2", h), scalar("b_2")

inputs, targets = family("x", N, d), family("y", N)
z_i = define("z", W_1 @ inputs[i] + b_1, i)
a_i = define("a", tanh(z_i), i)
prediction_i = define("hat_y", w_2.T @ a_i + b_2, i)
s_i = define("s", sign(prediction_i - targets[i]), i)
J = define("J", sum_over(i, abs_(prediction_i - targets[i])) / N)
z_j, a_j, prediction_j, s_j = (at_positions(term, {i: j}) for term in (z_i, a_i, prediction_i, s_i))

X, y = matrix("X", N, d), vector("y", N)
Z = define("Z", X @ W_1.T + ones(N) @ b_1.T)
A = define("A", tanh(Z))
predictions = define("hat_y", A @ w_2 + b_2 * ones(N))
s = define("s", sign(predictions - y))
batch_J = define("J", norm(predictions - y, 1) / N)


def _slope(activation: Term) -> Term:
    """1 − tanh²z in terms of the activation a = tanh z, of the same shape."""
    return ones(*activation.shape) - hadamard_power(activation, 2)


def _sample_gradients() -> dict[str, Term]:
    error = s_i * hadamard(w_2, _slope(a_i))
    return {
        "b_2": sum_over(i, s_i) / N,
        "w_2": sum_over(i, s_i * a_i) / N,
        "b_1": sum_over(i, error) / N,
        "W_1": sum_over(i, error @ inputs[i].T) / N,
    }


def _batch_gradients() -> dict[str, Term]:
    error = hadamard(s @ w_2.T, _slope(A))
    return {
        "b_2": ones(N).T @ s / N,
        "w_2": A.T @ s / N,
        "b_1": error.T @ ones(N) / N,
        "W_1": error.T @ X / N,
    }


def l1_gradients() -> dict[str, Any]:
    """The gradients of J for a batch, by parameter: b_2 a scalar, w_2 (h, 1), b_1 (h, 1), W_1 (h, d)."""
    return sympy_objects(_batch_gradients())


# The last layer by itself, whatever the activations are. Of multipliers m_i that are the sign of an error where it is not 0, and any number
# from -1 to 1 where it is, one can say just that: m_i (ŷ_i − y_i) = |ŷ_i − y_i| and −1 ≤ m_i ≤ 1.
activations, m, v = matrix("A", N, h), vector("m", N), vector("v", h)
outputs = define("hat_y", activations @ w_2 + b_2 * ones(N))
last_J = define("J", norm(outputs - y, 1) / N)
between = (m >= -ones(N), m <= ones(N))
multipliers = (*between, equal(hadamard(m, outputs - y), abs_(outputs - y)))
met = equal(y, outputs)

_sample = _sample_gradients()
_batch = _batch_gradients()

entries = (
    Derivation(
        "Gradients of a tanh network under the mean absolute error",
        questions=("comp691-a1/1a", "comp691-a1/1b"),
        notes="Where a prediction meets its target the loss has a kink; any number from -1 to 1 in place of s_i then gives a subgradient.",
        steps=(
            Step.of("predictions", gradient(J, prediction_j), "=", s_j / N,
                    reason="the derivative of the absolute value is the sign; only the term i = j depends on it"),
            Step.of("output bias", gradient(J, b_2), "=", _sample["b_2"], reason="chain rule; the derivative of each prediction is 1"),
            Step.of("output weights", gradient(J, w_2), "=", _sample["w_2"], reason="chain rule; the gradient of each prediction is the activation"),
            Step.of("activations", gradient(J, a_j), "=", s_j / N * w_2, reason="chain rule; the prediction is linear in the activation"),
            Step.of("slope of tanh", tanh.prime(z_j), "=", _slope(a_j), reason="derivative of tanh in terms of its value"),
            Step.of("preactivations", gradient(J, z_j), "=", s_j / N * hadamard(w_2, _slope(a_j)), reason="tanh acts entry by entry"),
            Step.of("hidden bias", gradient(J, b_1), "=", _sample["b_1"], reason="every preactivation contains the bias once"),
            Step.of("hidden weights", gradient(J, W_1), "=", _sample["W_1"], reason="every preactivation contains the weights times its input"),
        ),
    ),
    Derivation(
        "Gradients of a tanh network under the mean absolute error, for a batch",
        questions=("comp691-a1/1a", "comp691-a1/1b"),
        steps=(
            Step.of("predictions", gradient(batch_J, predictions), "=", s / N, reason="the gradient of the 1-norm is the sign of each entry"),
            Step.of("output bias", gradient(batch_J, b_2), "=", _batch["b_2"], reason="the bias is added to each prediction"),
            Step.of("output weights", gradient(batch_J, w_2), "=", _batch["w_2"], reason="the predictions are linear in the weights"),
            Step.of("activations", gradient(batch_J, A), "=", s @ w_2.T / N, reason="each row of activations meets the same weights"),
            Step.of("preactivations", gradient(batch_J, Z), "=", hadamard(s @ w_2.T, _slope(A)) / N, reason="tanh acts entry by entry"),
            Step.of("hidden bias", gradient(batch_J, b_1), "=", _batch["b_1"], reason="the bias is added to every row: sum over the rows"),
            Step.of("hidden weights", gradient(batch_J, W_1), "=", _batch["W_1"], reason="transposed error times data"),
        ),
    ),
    Derivation(
        "Subgradients of the mean absolute error where predictions meet their targets",
        questions=("comp691-a1/1a",),
        notes="In the hidden parameters J is not convex. In those of the last layer it is, whatever the activations A are.",
        steps=(
            Step.of("predictions", m / N, "in", subdifferential(last_J, outputs), given=multipliers,
                    reason="any number from -1 to 1 is a subgradient of the absolute value at 0"),
            Step.of("output bias", ones(N).T @ m / N, "in", subdifferential(last_J, b_2), given=multipliers,
                    reason="chain rule of subgradients; the predictions are affine in the bias"),
            Step.of("output weights", activations.T @ m / N, "in", subdifferential(last_J, w_2), given=multipliers,
                    reason="chain rule of subgradients; the predictions are linear in the weights"),
            Step.of("the sign is one of them", activations.T @ sign(outputs - y) / N, "in", subdifferential(last_J, w_2),
                    reason="it is 0 where a target is met"),
            Step.of("where all targets are met", activations.T @ m / N, "in", subdifferential(last_J, w_2), given=(*between, met),
                    reason="then no sign is determined"),
            Step.of("along a direction, where all targets are met", one_sided_derivative(last_J, w_2, v), "=", norm(activations @ v, 1) / N,
                    given=(met,), reason="each error grows by the size of its prediction's motion, to whichever side"),
        ),
    ),
)
