"""Tensors that remember what they were computed from: the magnitudes on the way, the conditions, the distance to a kink.

A first-order forward error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002, ch. 3) says how far
rounding can move a value: each rounding moves one intermediate value by a relative u, and what stands after it passes that on.
Sums pass it on as it is, products times the other factor (`passed_on`); quotients, inverses, roots, logarithms and powers of e magnify
it by their condition. So the error is at most u · `roundings` · `scale`, with the scale the largest magnitude met times the largest
condition; a test measures the margin that is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor

from numeric.comparison import largest, rounding_bound
from numeric.devices import unit_roundoff

__all__ = [
    "Summary",
    "Tracked",
    "behind",
    "grouped",
    "magnified",
    "near_jump",
    "near_kink",
    "passed_on",
    "relative_condition",
    "scale",
    "smallest",
    "standing_of",
    "summarised",
    "summary",
    "tells_zero",
]


UNLIKELY = 2.0**-12
"""Relative: two drawn values are nearer to each other about so often; in 16 bits rounding errors are larger."""

LITTLE = 2.0**-6
"""Relative: what is lost of a value where its errors are still well described to first order."""


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

    @classmethod
    def of_given(cls, count: int, device: torch.device) -> Summary:
        """Of values that were not computed."""
        magnitude, condition, clearance = (torch.full((count,), value, dtype=torch.float64, device=device) for value in (0.0, 1.0, torch.inf))
        return cls(magnitude, condition, clearance)

    @property
    def scale(self) -> Tensor:
        """(batch,): what the bound on the rounding error is relative to; not finite where something on the way has no value."""
        return self.magnitude * self.condition


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
    _known: list[Summary] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "met", tuple(tensor.detach().flatten(1) for tensor in (self.tensor, *self.terms)))

    @property
    def varies(self) -> bool:
        """Whether the values at the instances differ."""
        return bool((self.tensor != self.tensor[:1]).any())

    def summary(self) -> Summary:
        """What the history comes to, from what those of the operands come to: each is asked once."""
        stack = [self]
        while stack:
            missing = [operand for operand in stack[-1].operands if not operand._known]
            if missing:
                stack += missing
            elif not (step := stack.pop())._known:
                step._known.append(step._summarised([operand._known[0] for operand in step.operands]))
        return self._known[0]

    def _summarised(self, before: list[Summary]) -> Summary:
        magnitude = largest(list(self.met))
        conditions = [*self.conditions, *(each.condition for each in before)]
        clearances = [*self.clearances, *(each.clearance for each in before)]
        return Summary(
            reduce(torch.maximum, [magnitude, *(each.magnitude for each in before)]),
            reduce(torch.maximum, conditions) if conditions else torch.ones_like(magnitude),
            reduce(torch.minimum, clearances) if clearances else torch.full_like(magnitude, torch.inf),
        )


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
    return value.summary()


def passed_on(operand: Tracked, factor: Tensor) -> tuple[Tensor, ...]:
    """(batch, …): what a product makes of the error of a factor, by the magnitude that it is relative to and the other factor (batch, …).

    A factor that is small by cancellation has an error that is not.
    """
    return (operand.summary().magnitude.to(factor.dtype).reshape(-1, *[1] * (factor.dim() - 1)) * factor.detach().abs(),) if operand.roundings else ()


def standing_of(found: Summary, roundings: int, dtype: torch.dtype, *, measured: bool = False) -> tuple[Tensor, Tensor]:
    """(batch,) both: whether a value behind which so many roundings lie exists, and whether it is far from where it would not, or would jump.

    To first order rounding moves a value by u · roundings · condition of its magnitude. Beyond 1 nothing is left of it. A condition beyond
    1/√u is near enough to a singular one to be left aside, and a kink within √u may have been crossed; where it is `measured` how far two
    values lie apart, instead of told whether they are equal, the first order is enough as long as some bits are left.
    """
    nearest, moved = unit_roundoff(dtype) ** 0.5, rounding_bound(max(roundings, 1), dtype)
    defined = torch.isfinite(found.scale) & (found.condition * moved < 1)
    most = max(1 / nearest, LITTLE / moved) if measured else 1 / nearest
    return defined, (found.condition < most) & (found.clearance > nearest)


def tells_zero(reach: Tensor, condition: Tensor, dtype: torch.dtype) -> Tensor:
    """Whether what is 0 up to a relative reach of rounding is 0: whether drawn values are unlikely to come so near by chance, and no matrix is
    so badly conditioned that a singular value, of its Gram matrix times a small step size too, is as small.
    """
    told: Tensor = (reach < min(unit_roundoff(dtype) ** 0.5, UNLIKELY)) & (64 * condition**2 * reach < 1)
    return told


def grouped(found: Summary, places: Tensor, count: int) -> Summary:
    """(count,): the worst of what is known of (k,) values, each of which belongs to the instance at its place."""

    def worst(each: Tensor, of: str, start: float) -> Tensor:
        return torch.full((count,), start, dtype=each.dtype, device=each.device).scatter_reduce(0, places, each, of)

    return Summary(worst(found.magnitude, "amax", 0.0), worst(found.condition, "amax", 1.0), worst(found.clearance, "amin", torch.inf))


def summarised(tensor: Tensor, roundings: int, found: Summary) -> Tracked:
    """A tensor (batch, …) whose history is known by what it comes to only."""
    return Tracked(tensor, roundings, (), (found.magnitude[:, None],), (found.condition,), (found.clearance,))


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
