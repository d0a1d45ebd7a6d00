"""Jacobians of a perceptron for a batch: ∂f/∂x = W_F D_L W_L ⋯ D_1 W_1 with D_l = diag(φ′(z_l)), multiplied from either end.

Reverse mode multiplies from the left: P rows for each sample. Forward mode multiplies from the right: D columns for each sample. Neither forms a
D_l: it scales the entries. The rows (or columns) of all samples are one matrix, so that each layer is one matrix product, never a loop over samples.

Source: A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed., 2008, chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from numeric.devices import NumericError
from numeric.perceptrons import Activation, chunk_size, find_activation, hidden_values, layer_widths

__all__ = ["MEMORY", "Mode", "cheaper_mode", "jacobian", "multiplications"]

Mode: TypeAlias = Literal["forward", "reverse"]
MEMORY = 2**25
"""Bytes: what the rows or columns of the samples at work fit into by default. Larger matrices leave the caches, smaller ones keep no core busy."""


def multiplications(widths: Sequence[int]) -> dict[Mode, int]:
    """How many multiplications of numbers each mode takes for a sample, for the widths (D, K_1, …, K_L, P).

    Both compute the values Σ_(l≤L) K_l K_(l−1) and the derivatives Σ K_l. Then reverse mode takes P (Σ K_l + Σ_(l≤L) K_l K_(l−1)), and forward mode
    D (Σ K_l + Σ_(2≤l≤L) K_l K_(l−1) + P K_L). For hidden layers of one width K, reverse − forward = (P − D) K ((L − 1) K + L):
    reverse mode is the cheaper one exactly where P < D.

    Raises:
        NumericError: fewer than two widths, or a negative one.
    """
    if len(widths) < 2 or min(widths) < 0:
        raise NumericError(f"widths are {tuple(widths)}; expected (D, K_1, …, K_L, P), none negative")
    inputs, *hidden, outputs = widths
    products = [a * b for a, b in pairwise([inputs, *hidden])]
    common = sum(products) + sum(hidden)
    reverse = outputs * (sum(hidden) + sum(products))
    forward = inputs * (sum(hidden) + sum(products[1:]) + outputs * hidden[-1]) if hidden else 0
    return {"forward": common + forward, "reverse": common + reverse}


def cheaper_mode(widths: Sequence[int]) -> Mode:
    """The mode that takes fewer `multiplications`; reverse mode if both take the same.

    Raises:
        NumericError: fewer than two widths, or a negative one.
    """
    counts = multiplications(widths)
    return "forward" if counts["forward"] < counts["reverse"] else "reverse"


@torch.no_grad()
def jacobian(
    X: Tensor,
    weights: Sequence[Tensor],
    biases: Sequence[Tensor] | None = None,
    *,
    activation: str = "tanh",
    mode: Mode | None = None,
    memory: int = MEMORY,
) -> Tensor:
    """∂f/∂x at each row of X, for f(x) = W_F φ(W_L … φ(W_1 x + b_1) … + b_L) + b_F.

    X (N, D), weights [W_1 (K_1, D), …, W_L (K_L, K_(L−1)), W_F (P, K_L)], biases [b_1 (K_1,), …, b_F (P,)] or None → (N, P, D), of the dtype and on
    the device of X, without a graph. A NaN in one sample stays in that sample's Jacobian. An empty batch has the Jacobians (0, P, D).

    Args:
        X: the samples, in rows.
        weights: of all layers, the last one last.
        biases: likewise; None for none.
        activation: one of `numeric.perceptrons.ACTIVATIONS`.
        mode: None for the `cheaper_mode`.
        memory: bytes; the samples are taken in chunks whose rows or columns fit, beside the result itself.

    Raises:
        NumericError: shapes that do not fit, several dtypes or devices, no floating-point dtype, or an unknown activation or mode.
    """
    widths = layer_widths(X, weights, biases)
    if mode not in (None, *MODES):
        raise NumericError(f"{mode!r} is no mode; expected forward, reverse, or None for the cheaper one")
    chosen = mode or cheaper_mode(widths)
    carried = 2 * (widths[-1] if chosen == "reverse" else widths[0]) * max(widths[:-1])  # one before and one after a product
    size = chunk_size(len(X), X.element_size() * (carried + sum(widths)), memory)
    result = X.new_empty(len(X), widths[-1], widths[0])
    function = find_activation(activation)
    for samples, jacobians in zip(torch.split(X, size), torch.split(result, size), strict=True):
        jacobians.copy_(MODES[chosen](samples, weights, biases, function))
    return result


def _reverse(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor] | None, activation: Activation) -> Tensor:
    values = hidden_values(X, weights, biases, activation)
    rows = weights[-1].expand(len(X), *weights[-1].shape)  # (N, P, K_l), from l = L down
    for weight, value in zip(reversed(weights[:-1]), reversed(values), strict=True):
        rows = activation.pull_back(rows, value[:, None])
        rows = rows @ weight
    return rows


def _forward(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor] | None, activation: Activation) -> Tensor:
    values = hidden_values(X, weights, biases, activation)
    columns = weights[0].mT.expand(len(X), *weights[0].mT.shape)  # (N, D, K_l), from l = 1 up: the derivatives along each input in rows
    for weight, value in zip(weights[1:], values, strict=True):
        columns = activation.pull_back(columns, value[:, None])
        columns = columns @ weight.mT
    return columns.mT


MODES = {"forward": _forward, "reverse": _reverse}
