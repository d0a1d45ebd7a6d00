"""Initial weights of layers, and how large the gradients of each layer of a network are.

Weights are (…, outputs, inputs), drawn in float64 on the CPU, so that a seed means the same weights on every device.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import torch
from torch import Tensor
from torch.nn import functional

from numeric.checks import check_shapes
from numeric.derivatives import gradients
from numeric.devices import NumericError
from numeric.perceptrons import find_activation, hidden_values, layer_widths

__all__ = ["GAINS", "deviation", "glorot_bound", "layer_gradient_norms", "normal_weights", "uniform_weights"]

GAINS: dict[str, float] = {"identity": 1.0, "relu": sqrt(2)}
"""With which a layer before this activation keeps the mean square of what goes through it (He, Zhang, Ren and Sun, 2015)."""


def deviation(fan: float, gain: float = 1.0) -> float:
    """gain/√fan, the standard deviation of weights: the fan is the number of inputs, of outputs, or their mean.

    Raises:
        NumericError: one of them is not positive.
    """
    if not (fan > 0 and gain > 0):
        raise NumericError(f"fan is {fan} and gain is {gain}; expected positive numbers")
    return gain / sqrt(fan)


def glorot_bound(inputs: int, outputs: int) -> float:
    """√(6/(inputs + outputs)), the bound of a uniform distribution (X. Glorot and Y. Bengio, 2010, equation 16).

    Raises:
        NumericError: one of them is not positive.
    """
    if not (inputs > 0 and outputs > 0):
        raise NumericError(f"a layer with {inputs} inputs and {outputs} outputs; expected positive numbers")
    return sqrt(6 / (inputs + outputs))


def normal_weights(shape: Sequence[int], std: float, generator: torch.Generator) -> Tensor:
    """Weights (…, outputs, inputs) from the normal distribution with mean 0 and this standard deviation.

    Raises:
        NumericError: the shape has fewer than two axes, or the deviation is negative.
    """
    _check(shape, "std", std)
    return std * torch.randn(tuple(shape), generator=generator, dtype=torch.float64)


def uniform_weights(shape: Sequence[int], bound: float, generator: torch.Generator) -> Tensor:
    """Weights (…, outputs, inputs) from the uniform distribution on [−bound, bound).

    Raises:
        NumericError: the shape has fewer than two axes, or the bound is negative.
    """
    _check(shape, "bound", bound)
    return bound * (2 * torch.rand(tuple(shape), generator=generator, dtype=torch.float64) - 1)


def layer_gradient_norms(X: Tensor, T: Tensor, weights: Sequence[Tensor], activation: str) -> Tensor:
    """The Frobenius norm of each layer's gradient of the mean softmax cross-entropy: inputs X (N, n_0), target probabilities T (N, n_L) and
    weights (n_1, n_0), …, (n_L, n_(L−1)) → (L,). Every layer but the last is followed by the activation; there are no biases.

    Raises:
        NumericError: shapes that do not fit, no weights, or an activation that `numeric.perceptrons` does not know.
    """
    chosen = find_activation(activation)
    layer_widths(X, weights)
    check_shapes({"X": "N K_0", "W": "K_F K_L", "T": "N K_F"}, X=X, W=weights[-1], T=T)

    def loss(*layers: Tensor) -> Tensor:
        last_hidden = [X, *hidden_values(X, layers, None, chosen)][-1]
        return functional.cross_entropy(functional.linear(last_hidden, layers[-1]), T)

    return torch.stack([torch.linalg.matrix_norm(slope) for slope in gradients(loss, *weights)])


def _check(shape: Sequence[int], name: str, size: float) -> None:
    if len(shape) < 2:
        raise NumericError(f"the shape is {tuple(shape)}; expected (…, outputs, inputs)")
    if not 0 <= size < float("inf"):
        raise NumericError(f"{name} is {size}; expected a finite number of at least 0")
