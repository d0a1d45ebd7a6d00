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

__all__ = ["Batch", "batch_of"]


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
        values = {key: tensor[mask] for key, tensor in self.values.items()}
        origins = {key: Summary(*(each[mask] for each in origin)) for key, origin in self.origins.items()}
        return replace(self, values=values, count=int(mask.sum()), origins=origins)

    def computed(self, quantity: Quantity, tensor: Tensor, origin: Summary) -> Batch:
        """The batch with a value that was computed from the others."""
        return replace(self, values={**self.values, quantity: tensor}, origins={**self.origins, quantity: origin})


def batch_of(instances: Sequence[Instance], dtype: torch.dtype, device: torch.device) -> Batch:
    """Exact instances of equal sizes, rounded to a dtype."""

    def rounded(key: Quantity) -> Tensor:
        rows = [[[float(entry) for entry in row] for row in instance.values[key]] for instance in instances]
        return torch.tensor(rows, dtype=dtype, device=device)

    first = instances[0]
    return Batch(first.sizes, {key: rounded(key) for key in first.values}, len(instances), dtype, device)
