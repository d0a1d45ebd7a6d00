"""A two-layer network with hidden activation 5·ReLU, for regression and for classification.

Model: x (n, 1), z_1 = W_1 x + b_1 (H, 1), z_2 = 5 ReLU(z_1), z_3 = W_2 z_2 + b_2 (K, 1), ŷ = z_3 for regression and ŷ = σ(z_3) for
classification, with target y (K, 1).
Loss: ℓ = ‖ŷ − y‖² for regression; ℓ = −(1/K) Σ_k [y_k log ŷ_k + (1 − y_k) log(1 − ŷ_k)] for classification.
Convention: a gradient has the shape of its variable, a Jacobian is (out, in); an intermediate quantity is cut loose from what precedes it.
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), sections 6.2 and 6.5.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_objects
from derivations.language.assumptions import positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    delta,
    dimensions,
    entry,
    gradient,
    hadamard,
    identity,
    index,
    indicator,
    jacobian,
    matrix,
    maximum,
    norm,
    ones,
    sum_over,
    vector,
    zeros,
)
from derivations.language.functions import log, reciprocal, relu, sigmoid
from derivations.language.operators import Named
from derivations.language.terms import Operand, Term

__all__ = ["classification_gradients", "entries", "regression_gradients"]

n, H, K = dimensions("n H K")
m, p, q, k = index("m", n), index("p", H), index("q", H), index("k", K)
r = index("r", K)
x, y = vector("x", n), vector("y", K)
W_1, b_1, W_2, b_2 = matrix("W_1", H, n), vector("b_1", H), matrix("W_2", K, H), vector("b_2", K)
z_1 = define("z_1", W_1 @ x + b_1)
z_2 = define("z_2", 5 * relu(z_1))
z_3 = define("z_3", W_2 @ z_2 + b_2)
active = indicator(positive(z_1))

prediction = define("hat_y", z_3)
squared_error = define("ell", norm(prediction - y) ** 2)

probability = define("hat_y", sigmoid(z_3))
cross_entropy = define("ell", -sum_over(k, entry(y, k) * log(entry(probability, k)) + (1 - entry(y, k)) * log(1 - entry(probability, k))) / K)


def _gradients(hat_y: Named, at_output: Operand, at_hidden: Operand) -> dict[str, Term]:
    """The gradients by parameter where ∂ℓ/∂z_3 = `at_output` · (ŷ − y); `at_hidden` is five times that factor."""
    hidden_error = at_hidden * hadamard(W_2.T @ (hat_y - y), active)
    return {
        "W_2": at_output * (hat_y - y) @ z_2.T,
        "b_2": at_output * (hat_y - y),
        "W_1": hidden_error @ x.T,
        "b_1": hidden_error,
    }


_regression = _gradients(prediction, 2, 10)
_classification = _gradients(probability, 1 / K, 5 / K)


def regression_gradients() -> dict[str, Any]:
    """The gradients of ‖ŷ − y‖² with ŷ = z_3, by parameter: W_2 (K, H), b_2 (K, 1), W_1 (H, n), b_1 (H, 1)."""
    return sympy_objects(_regression)


def classification_gradients() -> dict[str, Any]:
    """The gradients of the binary cross-entropy with ŷ = σ(z_3), by parameter: W_2 (K, H), b_2 (K, 1), W_1 (H, n), b_1 (H, 1)."""
    return sympy_objects(_classification)


def _parameter_steps(loss: Named, gradients: dict[str, Term]) -> tuple[Step, ...]:
    return (
        Step.of("outputs", gradient(loss, z_3), "=", gradients["b_2"], reason="error of the predictions times the slope of the output function"),
        Step.of("output weights", gradient(loss, W_2), "=", gradients["W_2"], reason="error of the outputs times the transposed activations"),
        Step.of("output bias", gradient(loss, b_2), "=", gradients["b_2"], reason="the bias is added to the outputs"),
        Step.of("activations", gradient(loss, z_2), "=", W_2.T @ gradients["b_2"], reason="transposed weights times the error of the outputs"),
        Step.of("preactivations", gradient(loss, z_1), "=", gradients["b_1"],
                reason="the slope of the activation is 5 where the preactivation is positive, else 0"),
        Step.of("hidden bias", gradient(loss, b_1), "=", gradients["b_1"], reason="the bias is added to the preactivations"),
        Step.of("hidden weights", gradient(loss, W_1), "=", gradients["W_1"], reason="error of the preactivations times the transposed input"),
    )


_forward_steps = (
    Step.of("first linear layer", entry(z_1, p), "=", sum_over(m, entry(W_1, p, m) * entry(x, m)) + entry(b_1, p),
            reason="definition of the matrix product"),
    Step.of("activation", z_2, "=", 5 * maximum(zeros(H), z_1), reason="definition of ReLU"),
    Step.of("second linear layer", entry(z_3, k), "=", sum_over(p, entry(W_2, k, p) * entry(z_2, p)) + entry(b_2, k),
            reason="definition of the matrix product"),
    Step.of("prediction", prediction, "=", W_2 @ (5 * relu(W_1 @ x + b_1)) + b_2,
            reason="the layers one after the other; the output function is the identity"),
    Step.of("loss", squared_error, "=", sum_over(k, (entry(prediction, k) - entry(y, k)) ** 2), reason="definition of the Euclidean norm"),
)

_regression_steps = (
    Step.of("loss by one prediction", gradient(squared_error, entry(prediction, k)), "=", 2 * (entry(prediction, k) - entry(y, k)),
            reason="derivative of a square"),
    Step.of("loss by the predictions", gradient(squared_error, prediction), "=", 2 * (prediction - y), reason="the partial derivatives, stacked"),
    Step.of("predictions by outputs", jacobian(prediction, z_3), "=", identity(K), reason="the output function is the identity"),
    Step.of("one element of it", entry(jacobian(prediction, z_3), k, r), "=", delta(k, r), reason="1 on the diagonal, 0 elsewhere"),
    Step.of("outputs by activations", jacobian(z_3, z_2), "=", W_2, reason="the layer is linear"),
    Step.of("one activation by one preactivation", entry(jacobian(z_2, z_1), p, q), "=", 5 * delta(p, q) * indicator(entry(z_1, p) > 0),
            reason="each activation depends on its own preactivation only; slope 5 or 0"),
    *_parameter_steps(squared_error, _regression),
)

_classification_steps = (
    Step.of("loss by the probabilities, by both logarithms", gradient(cross_entropy, probability), "=",
            (hadamard(ones(K) - y, reciprocal(ones(K) - probability)) - hadamard(y, reciprocal(probability))) / K,
            reason="derivative of the logarithm; the inner derivative of the second is -1"),
    Step.of("loss by the probabilities", gradient(cross_entropy, probability), "=",
            hadamard(probability - y, reciprocal(hadamard(probability, ones(K) - probability))) / K,
            reason="both fractions over a common denominator"),
    Step.of("slope of the sigmoid", sigmoid.prime(z_3), "=", hadamard(probability, ones(K) - probability),
            reason="derivative of the sigmoid in terms of its value"),
    Step.of("chain rule", gradient(cross_entropy, z_3), "=", hadamard(gradient(cross_entropy, probability), sigmoid.prime(z_3)),
            reason="the sigmoid acts entry by entry"),
    *_parameter_steps(cross_entropy, _classification),
)

entries = (
    Derivation("Forward pass of a two-layer network for regression", _forward_steps, questions=("nyu-dl22-hw1/1.2",)),
    Derivation("Gradients of a two-layer network for regression", _regression_steps, questions=("nyu-dl22-hw1/1.3",)),
    Derivation("Gradients of a two-layer network for classification", _classification_steps, questions=("nyu-dl22-hw1/1.4",)),
)
