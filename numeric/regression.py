"""Least squares by torch: the loss whose gradient and Hessian the topic states."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from numeric.checks import check_shapes

__all__ = ["half_squared_error"]


def half_squared_error(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    """½‖Xw − y‖²: X (n, d), w (d,), y (n,) → ().

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"X": "n d", "w": "d", "y": "n"}, X=X, w=w, y=y)
    return functional.mse_loss(functional.linear(X, w), y, reduction="sum") / 2
