"""Squared norms of per-sample gradients with respect to weights and biases: by forming each gradient, and by its two factors.

A layer z = W x + b with error z̄ = ∂L/∂z has the gradients z̄ xᵀ (H, d) and z̄. Materialised, N·H·d numbers are formed; factored, ‖z̄‖² ‖x‖² takes
N·(H + d) multiplications. The errors of all samples come from one backward pass of matrix products that forms no weight gradient at all.

Source: I. Goodfellow, Efficient per-example gradient computations, arXiv:1510.01799, 2015.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from numeric.checks import check_shapes
from numeric.devices import NumericError
from numeric.perceptrons import Activation, chunk_size, find_activation, hidden_values, layer_widths, layers

__all__ = [
    "MEMORY",
    "Loss",
    "SquaredNorms",
    "factored_squared_norms",
    "half_squared_errors",
    "materialised_squared_norms",
    "naive_squared_gradient_norms",
    "squared_gradient_norms",
]

Loss: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""Outputs (N, P) and targets (N, …) to the losses (N,), each of which depends on its own sample only."""
MEMORY = 2**25
"""Bytes: what the values and errors of the samples at work fit into by default."""


class SquaredNorms(NamedTuple):
    """Of each sample's loss, the squared norms of its gradients with respect to each layer's weight and bias."""

    weights: Tensor
    """(N, layers)."""
    biases: Tensor
    """(N, layers), or (N, 0) without biases."""

    @property
    def total(self) -> Tensor:
        """(N,): the squared norm of the gradient with respect to all parameters together."""
        return self.weights.sum(1) + self.biases.sum(1)


def half_squared_errors(outputs: Tensor, targets: Tensor) -> Tensor:
    """½‖f(x) − y‖² of each sample: outputs (N, P), targets (N, P) → (N,).

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"outputs": "N P", "targets": "N P"}, outputs=outputs, targets=targets)
    return (outputs - targets).square().sum(1) / 2


def materialised_squared_norms(errors: Tensor, inputs: Tensor) -> Tensor:
    """Errors (N, H) and inputs (N, d) → (N,), through the gradients (N, H, d).

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"errors": "N H", "inputs": "N d"}, errors=errors, inputs=inputs)
    weight_gradients = errors[:, :, None] * inputs[:, None, :]
    return weight_gradients.square().sum((1, 2))


def factored_squared_norms(errors: Tensor, inputs: Tensor) -> Tensor:
    """Errors (N, H) and inputs (N, d) → (N,), without forming a gradient.

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"errors": "N H", "inputs": "N d"}, errors=errors, inputs=inputs)
    return errors.square().sum(1) * inputs.square().sum(1)


METHODS = {"factored": factored_squared_norms, "materialised": materialised_squared_norms}


@torch.no_grad()
def squared_gradient_norms(
    X: Tensor,
    targets: Tensor,
    weights: Sequence[Tensor],
    biases: Sequence[Tensor] | None = None,
    *,
    activation: str = "relu",
    loss: Loss = half_squared_errors,
    method: Literal["factored", "materialised"] = "factored",
    memory: int = MEMORY,
) -> SquaredNorms:
    """‖∂L_n/∂W_l‖² and ‖∂L_n/∂b_l‖² for every sample n and layer l of f(x) = W_F φ(W_L … φ(W_1 x + b_1) … + b_L) + b_F.

    X (N, D), targets (N, …), weights [W_1 (K_1, D), …, W_F (P, K_L)], biases [b_1 (K_1,), …, b_F (P,)] or None → `SquaredNorms` of the dtype and on
    the device of X. A NaN in one sample stays in that sample's norms. An empty batch has norms (0, layers).

    Factored, the extra memory is that of the values and errors of a chunk of samples: O(chunk · (D + Σ K_l + P)).

    Args:
        X: the samples, in rows.
        targets: what the loss compares the outputs with, one for each sample.
        weights: of all layers, the last one last.
        biases: likewise; None for none.
        activation: one of `numeric.perceptrons.ACTIVATIONS`.
        loss: differentiated by autograd, with respect to the outputs only.
        method: materialised forms each gradient: slower, and of no use but to compare with.
        memory: bytes; the samples are taken in chunks whose values, errors and gradients fit.

    Raises:
        NumericError: shapes that do not fit, several dtypes or devices, no floating-point dtype, an unknown activation or method, or a loss that is
            not one number for each sample.
    """
    widths, function = layer_widths(X, weights, biases), find_activation(activation)
    _check_targets(X, targets)
    if method not in METHODS:
        raise NumericError(f"{method!r} is no method; expected one of {', '.join(METHODS)}")
    carried = sum(widths) + 2 * max(widths) + (max(weight.numel() for weight in weights) if method == "materialised" else 0)
    size = chunk_size(len(X), X.element_size() * carried, memory)
    norms = SquaredNorms(X.new_empty(len(X), len(weights)), X.new_empty(len(X), 0 if biases is None else len(weights)))
    for samples, wanted, *parts in zip(*(torch.split(tensor, size) for tensor in (X, targets, *norms)), strict=True):
        _fill(SquaredNorms(*parts), samples, wanted, weights, biases, function, loss, METHODS[method])
    return norms


def naive_squared_gradient_norms(
    X: Tensor,
    targets: Tensor,
    weights: Sequence[Tensor],
    biases: Sequence[Tensor] | None = None,
    *,
    activation: str = "relu",
    loss: Loss = half_squared_errors,
) -> SquaredNorms:
    """The same as `squared_gradient_norms`, by one backward pass of autograd for each sample, N in all: the definition.

    Raises:
        NumericError: as `squared_gradient_norms`.
    """
    layer_widths(X, weights, biases)
    function = find_activation(activation)
    _check_targets(X, targets)
    parameters = [parameter.detach().requires_grad_() for parameter in (*weights, *(biases or ()))]
    leaves, offsets = parameters[: len(weights)], parameters[len(weights) :] or None
    found = X.new_empty(len(X), len(parameters))
    for sample, target, norms in zip(torch.split(X.detach(), 1), torch.split(targets, 1), found, strict=False):
        with torch.enable_grad():
            outputs = sample
            for number, (weight, bias) in enumerate(layers(leaves, offsets)):
                outputs = functional.linear(function.apply_(outputs) if number else outputs, weight, bias)
            value = _losses(outputs, target, loss).sum()
        gradients = torch.autograd.grad(value, parameters, materialize_grads=True)
        norms.copy_(torch.stack([gradient.square().sum() for gradient in gradients]))
    return SquaredNorms(found[:, : len(weights)], found[:, len(weights) :])


def _fill(
    norms: SquaredNorms,
    X: Tensor,
    targets: Tensor,
    weights: Sequence[Tensor],
    biases: Sequence[Tensor] | None,
    activation: Activation,
    loss: Loss,
    layer_norms: Callable[[Tensor, Tensor], Tensor],
) -> None:
    """One pass forward that keeps the values, one backward through the errors: N numbers for each layer."""
    inputs = [X, *hidden_values(X, weights, biases, activation)]
    errors = _output_errors(functional.linear(inputs[-1], weights[-1], None if biases is None else biases[-1]), targets, loss)
    for layer in reversed(range(len(weights))):
        norms.weights[:, layer] = layer_norms(errors, inputs[layer])
        if biases is not None:
            norms.biases[:, layer] = errors.square().sum(1)
        if layer:
            errors = activation.pull_back(errors @ weights[layer], inputs[layer])


def _output_errors(outputs: Tensor, targets: Tensor, loss: Loss) -> Tensor:
    """∂L_n/∂f(x_n), (N, P)."""
    with torch.enable_grad():
        leaf = outputs.detach().requires_grad_()
        return torch.autograd.grad(_losses(leaf, targets, loss).sum(), leaf)[0]


def _losses(outputs: Tensor, targets: Tensor, loss: Loss) -> Tensor:
    losses = loss(outputs, targets)
    if losses.shape != (len(outputs),):
        raise NumericError(f"the loss has shape {tuple(losses.shape)}; expected one number for each sample, ({len(outputs)},)")
    return losses


def _check_targets(X: Tensor, targets: Tensor) -> None:
    if targets.dim() == 0 or len(targets) != len(X):
        raise NumericError(f"targets has shape {tuple(targets.shape)}; expected one for each of the {len(X)} samples")
    if targets.device != X.device:
        raise NumericError(f"targets is on {targets.device} and X on {X.device}; move one of them")
