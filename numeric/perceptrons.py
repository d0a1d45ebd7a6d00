"""Multi-layer perceptrons in plain tensors: f(x) = W_F φ(W_L … φ(W_1 x + b_1) … + b_L) + b_F, with one activation φ between the layers.

Samples stand in rows. Weights are (out, in), the last of them W_F. No layer is a module, so that passes can be written out by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

import torch
from torch import Tensor
from torch.nn import functional

from numeric.checks import check_floating, check_shapes
from numeric.devices import NumericError

__all__ = ["ACTIVATIONS", "Activation", "chunk_size", "find_activation", "hidden_values", "layer_widths", "layers"]


@dataclass(frozen=True)
class Activation:
    """A function φ of every entry whose derivative can be told from its value, so that only values need to be kept.

    `apply_` computes φ in place; `pull_back(g, φ(z))` is g ⊙ φ′(z), with broadcasting, in one pass over memory.
    """

    apply_: Callable[[Tensor], Tensor]
    pull_back: Callable[[Tensor, Tensor], Tensor]


ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation(lambda z: z, lambda g, value: g),
    "leaky_relu": Activation(functional.leaky_relu_, lambda g, value: torch.ops.aten.leaky_relu_backward(g, value, 0.01, True)),
    "relu": Activation(torch.relu_, partial(torch.ops.aten.threshold_backward, threshold=0)),
    "sigmoid": Activation(torch.sigmoid_, torch.ops.aten.sigmoid_backward),
    "tanh": Activation(torch.tanh_, torch.ops.aten.tanh_backward),
}
"""By name. At a kink the derivative is that of torch: 0 for the ReLU at 0."""


def find_activation(name: str) -> Activation:
    """The activation of that name.

    Raises:
        NumericError: it is none of `ACTIVATIONS`.
    """
    if name not in ACTIVATIONS:
        raise NumericError(f"{name!r} is no activation; expected one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]


def layer_widths(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor] | None = None) -> list[int]:
    """The widths (D, K_1, …, K_L, P) of inputs X (N, D), weights W_l (K_l, K_(l−1)) with K_0 = D and K_F = P, and biases b_l (K_l,).

    Raises:
        NumericError: no weights, another number of biases, shapes that do not fit, several dtypes or devices, or no floating-point dtype.
    """
    if not weights:
        raise NumericError("weights is empty; a network has at least its last layer")
    if biases is not None and len(biases) != len(weights):
        raise NumericError(f"there are {len(biases)} biases for {len(weights)} weights; give one for each layer, or None")
    shapes, tensors = {"X": "N K_0"}, {"X": X}
    for number, (weight, bias) in enumerate(layers(weights, biases), start=1):
        shapes[f"weights[{number - 1}]"], tensors[f"weights[{number - 1}]"] = f"K_{number} K_{number - 1}", weight
        if bias is not None:
            shapes[f"biases[{number - 1}]"], tensors[f"biases[{number - 1}]"] = f"K_{number}", bias
    check_floating(**tensors)
    sizes = check_shapes(shapes, **tensors)
    return [sizes[f"K_{number}"] for number in range(len(weights) + 1)]


def layers(weights: Sequence[Tensor], biases: Sequence[Tensor] | None) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Each weight with its bias, or None."""
    return zip(weights, [None] * len(weights) if biases is None else biases, strict=True)


def hidden_values(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor] | None, activation: Activation) -> list[Tensor]:
    """The values (N, K_l) of the hidden layers h_l = φ(W_l h_(l−1) + b_l), for all weights but the last."""
    values = [X]
    for weight, bias in list(layers(weights, biases))[:-1]:
        values.append(activation.apply_(functional.linear(values[-1], weight, bias)))
    return values[1:]


def chunk_size(samples: int, bytes_each: int, memory: int) -> int:
    """How many samples to take at a time, in chunks of equal size that need at most so many bytes (one sample at least).

    Raises:
        NumericError: the memory is not positive.
    """
    if memory <= 0:
        raise NumericError(f"memory is {memory}; expected a positive number of bytes")
    fitting = max(1, memory // bytes_each)
    chunks = ceil(samples / fitting)
    return ceil(samples / chunks) if chunks else 1
