"""Networks of comparators on tensors, and their weights as ReLU networks.

A comparator (i, j) puts the smaller of what is on the lines i and j onto i, and the larger onto j; lines are counted from 1. Where one of them is
no number, both lines carry none afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from numeric.devices import NumericError

__all__ = ["Comparators", "comparator_weights", "compared"]

Comparators: TypeAlias = Sequence[tuple[int, int]]


def compared(x: Tensor, comparators: Comparators) -> Tensor:
    """What the comparators, one after the other, make of x (…, n): shape (…, n).

    Raises:
        NumericError: a comparator does not join two of the lines.
    """
    lines = list(_checked_input(x, comparators).unbind(-1))
    for i, j in comparators:
        lines[i - 1], lines[j - 1] = torch.minimum(lines[i - 1], lines[j - 1]), torch.maximum(lines[i - 1], lines[j - 1])
    return torch.stack(lines, -1)


def comparator_weights(
    layer: Comparators, size: int, *, dtype: torch.dtype = torch.float64, device: torch.device | str = "cpu"
) -> tuple[Tensor, Tensor]:
    """W_1 (2n, n) and W_2 (n, 2n) with W_2 ReLU(W_1 x) = what a layer of comparators on different lines makes of x (n,), for n lines.

    min and max are (x_i + x_j)/2 ∓ |x_i − x_j|/2, with u = ReLU(u) − ReLU(−u) and |u| = ReLU(u) + ReLU(−u); a line without comparator is a u.

    Raises:
        NumericError: a comparator does not join two of the lines, or two of them share one.
    """
    _check(layer, size)
    busy = [line for lines in layer for line in lines]
    if len(set(busy)) < len(busy):
        raise NumericError(f"the comparators {list(layer)} share a line, so they make no single layer; put them into layers one after the other")
    unit = torch.eye(size, dtype=dtype, device=device)
    lower, upper = (unit[_places(lines[end] for lines in layer)] for end in (0, 1))
    sums, differences, idle = lower + upper, lower - upper, unit[_places(set(range(1, size + 1)) - set(busy))]
    W_1 = torch.cat([sums, -sums, differences, -differences, idle, -idle])
    W_2 = torch.cat([sums.mT / 2, -sums.mT / 2, -differences.mT / 2, -differences.mT / 2, idle.mT, -idle.mT], 1)
    return W_1, W_2


def _places(lines: Iterable[int]) -> Tensor:
    return torch.tensor([line - 1 for line in lines], dtype=torch.long)


def _checked_input(x: Tensor, comparators: Comparators) -> Tensor:
    if x.ndim < 1:
        raise NumericError(f"x has shape {tuple(x.shape)}; expected (…, n)")
    _check(comparators, x.shape[-1])
    return x


def _check(comparators: Comparators, size: int) -> None:
    for lines in comparators:
        if len(set(lines)) != 2 or not all(1 <= line <= size for line in lines):
            raise NumericError(f"the comparator {lines}; expected two different lines from 1 to {size}")
