"""Random batches, drawn in float64 on the CPU, so that a seed means the same instances on every device.

Magnitudes stay within [1/4, 7/4]: far from zero (where quotients, roots and kinks lie) and from overflow in 16 bits.
"""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor

from numeric.devices import NumericError

__all__ = ["bounded", "positive_definite", "signed", "symmetric"]

Size: TypeAlias = tuple[int, int, int, int]
SMALLEST, LARGEST = 0.25, 1.75


def signed(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) of either sign; every third instance is positive throughout, for logarithms and roots."""
    values = bounded(shape, None, None, generator)
    signs = torch.randint(0, 2, shape, generator=generator, dtype=torch.float64) * 2 - 1
    signs[:, 2::3] = 1
    return values * signs


def bounded(shape: Size, lower: Tensor | None, upper: Tensor | None, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) strictly between the bounds (broadcastable); without an upper one above the lower, and the reverse.

    Without any bound: positive.
    """
    uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
    distance = SMALLEST + (LARGEST - SMALLEST) * uniform
    if lower is not None and upper is not None:
        return lower + (upper - lower) * (0.05 + 0.9 * uniform)
    if upper is not None:
        return upper - distance
    return distance if lower is None else lower + distance


def symmetric(matrices: Tensor) -> Tensor:
    """The symmetric parts of (…, n, n): equal to their transposes bit by bit."""
    return (matrices + matrices.mT) / 2


def positive_definite(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, n), symmetric bit by bit, no eigenvalue below 1/2.

    Raises:
        NumericError: the matrices are not square.
    """
    if shape[2] != shape[3]:
        raise NumericError(f"positive definite matrices are square; {shape[2]} × {shape[3]} was asked for")
    factor = signed(shape, generator)
    return symmetric(factor @ factor.mT / shape[2] + torch.eye(shape[2], dtype=torch.float64) / 2)
