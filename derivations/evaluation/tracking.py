"""Tensors that remember what they were computed from: the magnitudes on the way, the conditions, the distance to a kink.

A first-order forward error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002, ch. 3) says how far
rounding can move a value: each rounding moves one intermediate value by a relative u, and what stands after it passes that on.
Sums and products pass it on within the magnitudes that they form themselves; quotients, inverses, roots, logarithms and powers
of e magnify it by their condition. So the error is at most u · `roundings` · `scale`, with the scale the largest magnitude met
times the largest condition. A product of several factors, one of them small by cancellation, could exceed this; `roundings`
counts generously, and a test measures the margin that is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from numeric.comparison import largest

__all__ = ["Summary", "Tracked", "behind", "magnified", "near_jump", "near_kink", "relative_condition", "scale", "smallest", "summary"]


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """A batch of matrices with its history.

    Attributes:
        tensor: (batch, rows, columns).
        roundings: how many roundings lie behind one entry at most.
        operands: what it was computed from.
        terms: tensors (batch, …) formed on the way that are no value of a subterm: what a product sums, adjoints.
        conditions: float64 tensors (batch,): by which factor this step magnifies the error of its operands beyond the magnitudes.
        clearances: float64 tensors (batch,): how far the operands are from a kink or jump of this step, relative to their scale.
        met: the tensor and the terms as (batch, k), detached.
    """

    tensor: Tensor
    roundings: int = 0
    operands: tuple[Tracked, ...] = ()
    terms: tuple[Tensor, ...] = ()
    conditions: tuple[Tensor, ...] = ()
    clearances: tuple[Tensor, ...] = ()
    met: tuple[Tensor, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "met", tuple(tensor.detach().flatten(1) for tensor in (self.tensor, *self.terms)))


class Summary(NamedTuple):
    """What the history of a value comes to at each instance; tensors (batch,) in float64.

    Attributes:
        magnitude: the largest magnitude met on the way.
        condition: the largest condition on the way, at least 1.
        clearance: the least relative distance from a kink or jump on the way; infinite where there is none.
    """

    magnitude: Tensor
    condition: Tensor
    clearance: Tensor

    @property
    def scale(self) -> Tensor:
        """(batch,): what the bound on the rounding error is relative to; not finite where something on the way has no value."""
        return self.magnitude * self.condition


def behind(value: Tracked) -> list[Tracked]:
    """Every value that this one was computed from, itself included, each once."""
    seen = {id(value)}
    found = [value]
    for step in found:
        for operand in step.operands:
            if id(operand) not in seen:
                seen.add(id(operand))
                found.append(operand)
    return found


def summary(value: Tracked) -> Summary:
    """What the history of a value comes to."""
    history = behind(value)
    magnitude = largest([tensor for step in history for tensor in step.met])
    conditions = [tensor for step in history for tensor in step.conditions]
    clearances = [tensor for step in history for tensor in step.clearances]
    return Summary(
        magnitude,
        torch.stack([torch.ones_like(magnitude), *conditions]).amax(0),
        torch.stack([torch.full_like(magnitude, torch.inf), *clearances]).amin(0),
    )


def scale(value: Tracked) -> Tensor:
    """(batch,) in float64: see `Summary`."""
    return summary(value).scale


def smallest(tensor: Tensor) -> Tensor:
    """(batch,) in float64: the smallest magnitude of any entry of a tensor (batch, …)."""
    return tensor.detach().flatten(1).abs().amin(1).double()


def relative_condition(operand: Tracked) -> Tensor:
    """(batch,): the condition of a quotient, root or logarithm: the scale of its operand over the smallest entry of it."""
    return scale(operand) / smallest(operand.tensor)


def magnified(operand: Tracked, factor: Callable[[Tracked], Tensor]) -> tuple[Tensor, ...]:
    """The conditions of a step that magnifies errors of its operand, if it has any."""
    return (factor(operand),) if operand.roundings else ()


def near_jump(operand: Tracked, distance: Tensor) -> tuple[Tensor, ...]:
    """The clearances of a step that jumps where the distance (batch,), which varies with the operand, is 0."""
    return (torch.where(distance > 0, distance / scale(operand), 0.0),)


def near_kink(operand: Tracked, distance: Tensor) -> tuple[Tensor, ...]:
    """The clearances of a continuous step with a kink, which matters only where the step is differentiated."""
    return near_jump(operand, distance) if operand.tensor.requires_grad else ()
