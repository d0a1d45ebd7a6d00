"""Gradients by reverse-mode differentiation, one for each argument."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from numeric.devices import NumericError

__all__ = ["gradients"]


def gradients(function: Callable[..., Tensor], *arguments: Tensor) -> tuple[Tensor, ...]:
    """The gradient of a scalar function of tensors with respect to each, in its shape; zero where the function does not depend on it.

    Raises:
        NumericError: the function's value is no scalar.
    """
    leaves = [argument.detach().clone().requires_grad_() for argument in arguments]
    value = function(*leaves)
    if value.shape != ():
        raise NumericError(f"a gradient needs a scalar function; its value has shape {tuple(value.shape)}")
    return torch.autograd.grad(value, leaves, materialize_grads=True)
