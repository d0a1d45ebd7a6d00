"""A gated network with a skip connection under the softmax cross-entropy.

Model: x (D, 1), z_1 = W_1 x, z_2 = W_2 x, h_1 = ReLU(z_1), h_2 = σ(z_2), g = h_1 ⊙ h_2 (H, 1), y = W_3 g + W_4 x (N, 1), y' = softmax(y).
Loss: L = −S with S = Σ_k I(t = k) log y'_k; t is the class of the sample, and I(t) its one-hot vector.
Convention: v̄ stands for ∂L/∂v, in the shape of v; v is then cut loose from what precedes it.
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.5.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_objects
from derivations.language.assumptions import positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    delta,
    diag,
    dimensions,
    entry,
    gradient,
    hadamard,
    index,
    indicator,
    jacobian,
    matrix,
    ones,
    softmax,
    sum_over,
    unit,
    vector,
)
from derivations.language.functions import log, reciprocal, relu, sigmoid
from derivations.language.terms import Term

__all__ = ["entries", "gated_network_errors", "gated_network_weight_gradients"]

D, H, N = dimensions("D H N")
t, k = index("t", N), index("k", N)
x = vector("x", D)
W_1, W_2, W_3, W_4 = matrix("W_1", H, D), matrix("W_2", H, D), matrix("W_3", N, H), matrix("W_4", N, D)

z_1, z_2 = define("z_1", W_1 @ x), define("z_2", W_2 @ x)
h_1, h_2 = define("h_1", relu(z_1)), define("h_2", sigmoid(z_2))
g = define("g", hadamard(h_1, h_2))
y = define("y", W_3 @ g + W_4 @ x)
probabilities = define("y'", softmax(y))
S = define("S", sum_over(k, delta(t, k) * entry(log(probabilities), k)), t)
L = define("L", -S, t)
one_hot = unit(N, t)

bar_probabilities = define("bar_y'", -hadamard(one_hot, reciprocal(probabilities)), t)
bar_y = define("bar_y", probabilities - one_hot, t)
bar_g = define("bar_g", W_3.T @ bar_y, t)
bar_h_1, bar_h_2 = define("bar_h_1", hadamard(bar_g, h_2), t), define("bar_h_2", hadamard(bar_g, h_1), t)
bar_z_1 = define("bar_z_1", hadamard(bar_h_1, relu.prime(z_1)), t)
bar_z_2 = define("bar_z_2", hadamard(bar_h_2, sigmoid.prime(z_2)), t)
bar_x = define("bar_x", W_1.T @ bar_z_1 + W_2.T @ bar_z_2 + W_4.T @ bar_y, t)

_weight_gradients: dict[str, Term] = {"W_1": bar_z_1 @ x.T, "W_2": bar_z_2 @ x.T, "W_3": bar_y @ g.T, "W_4": bar_y @ x.T}


def gated_network_errors() -> dict[str, Any]:
    """∂L/∂v for v = y, g, h_1, h_2, z_1, z_2 and the input x, by the name of v."""
    return sympy_objects({"y": bar_y, "g": bar_g, "h_1": bar_h_1, "h_2": bar_h_2, "z_1": bar_z_1, "z_2": bar_z_2, "x": bar_x})


def gated_network_weight_gradients() -> dict[str, Any]:
    """∂L/∂W for the four weight matrices: W_1 and W_2 (H, D), W_3 (N, H), W_4 (N, D)."""
    return sympy_objects(_weight_gradients)


entries = (
    Derivation(
        "Errors of a gated network with softmax cross-entropy",
        questions=("csc413-a1/2.1.2",),
        steps=(
            Step.of("the sum picks one class", S, "=", entry(log(probabilities), t), reason="every other term is 0"),
            Step.of("loss by the sum", gradient(L, S), "=", -1, reason="the loss is the negative sum"),
            Step.of("probabilities", gradient(L, probabilities), "=", bar_probabilities.body,
                    reason="derivative of the logarithm, at the class of the sample"),
            Step.of("Jacobian of softmax", jacobian(probabilities, y), "=", diag(probabilities) - probabilities @ probabilities.T,
                    reason="quotient rule"),
            Step.of("scores, by the chain rule", gradient(L, y), "=", (diag(probabilities) - probabilities @ probabilities.T).T @ bar_probabilities,
                    reason="transposed Jacobian times the error of the probabilities"),
            Step.of("scores", gradient(L, y), "=", bar_y.body,
                    reason="the probabilities cancel in the first part and sum the one-hot vector to 1 in the second"),
            Step.of("gated activations", gradient(L, g), "=", bar_g.body, reason="the scores are linear in them"),
            Step.of("first factor of the gate", gradient(L, h_1), "=", bar_h_1.body, reason="product rule, entry by entry"),
            Step.of("second factor of the gate", gradient(L, h_2), "=", bar_h_2.body, reason="product rule, entry by entry"),
            Step.of("slope of ReLU", relu.prime(z_1), "=", indicator(positive(z_1)), reason="1 on the right of the kink, 0 on its left"),
            Step.of("slope of the sigmoid", sigmoid.prime(z_2), "=", hadamard(h_2, ones(H) - h_2),
                    reason="derivative of the sigmoid in terms of its value"),
            Step.of("first preactivations", gradient(L, z_1), "=", bar_z_1.body, reason="ReLU acts entry by entry"),
            Step.of("second preactivations", gradient(L, z_2), "=", bar_z_2.body, reason="the sigmoid acts entry by entry"),
            Step.of("input", gradient(L, x), "=", bar_x.body, reason="three paths lead from the input to the scores; their errors add"),
        ),
    ),
    Derivation(
        "Weight gradients of a gated network with softmax cross-entropy",
        questions=("csc413-a1/2.1.2",),
        steps=tuple(
            Step.of(f"weights {weights.name}", gradient(L, weights), "=", _weight_gradients[weights.name],
                    reason="error of the product times its transposed input")
            for weights in (W_1, W_2, W_3, W_4)
        ),
    ),
)
