"""Batches: many instances of one assignment of sizes at once, as tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from derivations.evaluation.instances import Instance, Quantity, matrix_size
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.tracking import Summary
from derivations.language.terms import Dimension, Symbol
from numeric.devices import unit_roundoff

__all__ = ["Batch", "batch_of", "singular_spread"]


@dataclass(frozen=True, slots=True)
class Batch:
    """For each quantity a tensor (count, rows, columns), all of one dtype on one device.

    Attributes:
        origins: of quantities that were computed, what the history of their values comes to.

    Raises:
        EvaluationError: a tensor of another shape, dtype or device.
    """

    sizes: Mapping[Dimension, int]
    values: Mapping[Quantity, Tensor]
    count: int
    dtype: torch.dtype
    device: torch.device
    origins: Mapping[Quantity, Summary] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for quantity, tensor in self.values.items():
            shape = quantity.size if isinstance(quantity, Symbol) else quantity[0].size
            found, expected = tuple(tensor.shape), (self.count, *matrix_size(shape, self.sizes))
            if found != expected or tensor.dtype != self.dtype or tensor.device != self.device:
                raise EvaluationError(
                    f"{quantity} is a tensor {found} of {tensor.dtype} on {tensor.device}; expected {expected} of {self.dtype} on {self.device}"
                )

    def select(self, mask: Tensor) -> Batch:
        """The instances at which the mask (count,) is true."""
        return self.taken(mask.nonzero()[:, 0])

    def taken(self, places: Tensor) -> Batch:
        """The instances at the places (k,), each as often as it occurs there."""
        values = {key: tensor[places] for key, tensor in self.values.items()}
        origins = {key: Summary(*(each[places] for each in origin)) for key, origin in self.origins.items()}
        return replace(self, values=values, count=len(places), origins=origins)

    def given(self, quantity: Quantity, tensor: Tensor) -> Batch:
        """The batch with a value as it is, that no other one gave."""
        origins = {key: origin for key, origin in self.origins.items() if key != quantity}
        return replace(self, values={**self.values, quantity: tensor}, origins=origins)

    def computed(self, quantity: Quantity, tensor: Tensor, origin: Summary) -> Batch:
        """The batch with a value that was computed from the others."""
        return replace(self, values={**self.values, quantity: tensor}, origins={**self.origins, quantity: origin})

    def mixed(self, mask: Tensor, other: Batch) -> Batch:
        """The values of the other batch, of the same instances, where the mask (count,) is true, and its own elsewhere."""
        values = {key: torch.where(mask[:, None, None], other.values[key], tensor) for key, tensor in self.values.items()}
        plain = Summary.of_given(self.count, self.device)
        origins = {
            key: Summary(*(torch.where(mask, new, old) for new, old in zip(other.origins.get(key, plain), self.origins.get(key, plain), strict=True)))
            for key in {*self.origins, *other.origins}
        }
        return replace(self, values=values, origins=origins)


def batch_of(instances: Sequence[Instance], dtype: torch.dtype, device: torch.device) -> Batch:
    """Exact instances of equal sizes, rounded to a dtype."""

    def rounded(key: Quantity) -> Tensor:
        rows = [[[float(entry) for entry in row] for row in instance.values[key]] for instance in instances]
        return torch.tensor(rows, dtype=dtype, device=device)

    first = instances[0]
    return Batch(first.sizes, {key: rounded(key) for key in first.values}, len(instances), dtype, device)


def singular_spread(batch: Batch) -> tuple[Tensor, Tensor]:
    """(count,) both: the largest condition number of any matrix of a batch, singular values that are 0 up to rounding left out; and
    whether one of its matrices has such.
    """
    condition = torch.ones(batch.count, dtype=torch.float64, device=batch.device)
    deficient = torch.zeros(batch.count, dtype=torch.bool, device=batch.device)
    for tensor in batch.values.values():
        if min(tensor.shape[1:]) == 1:
            continue
        values = torch.linalg.svdvals(torch.nan_to_num(tensor.double()))
        is_zero = values <= values[:, :1] * sum(tensor.shape[1:]) * unit_roundoff(batch.dtype)
        least = torch.where(is_zero, torch.inf, values).amin(1)
        condition = torch.maximum(condition, (values[:, 0] / least).clamp(min=1))
        deficient |= is_zero.any(1)
    return condition, deficient
