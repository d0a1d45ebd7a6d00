"""Squared norms of per-sample weight gradients: by forming each gradient, and by its two factors.

A layer z = W x with error z̄ = ∂L/∂z has the weight gradient z̄ xᵀ (H, d). Naive: N·H·d numbers are formed; factored: ‖z̄‖² ‖x‖², N·(H + d).
(I. Goodfellow, Efficient per-example gradient computations, arXiv:1510.01799, 2015.)
"""

from __future__ import annotations

from torch import Tensor

from numeric.checks import check_shapes

__all__ = ["factored_squared_norms", "naive_squared_norms"]


def naive_squared_norms(errors: Tensor, inputs: Tensor) -> Tensor:
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
