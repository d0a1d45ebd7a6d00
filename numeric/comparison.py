"""How far two batches of matrices lie apart, and how far rounding alone may put them apart."""

from __future__ import annotations

import torch
from torch import Tensor

from numeric.devices import NumericError, unit_roundoff

__all__ = ["difference", "excess", "largest", "rounding_bound"]


def largest(tensors: list[Tensor]) -> Tensor:
    """(batch,) in float64: the largest magnitude of any entry of tensors (batch, k); NaN where one is NaN."""
    return (tensors[0] if len(tensors) == 1 else torch.cat(tensors, 1)).abs().amax(1).double()


def difference(left: Tensor, right: Tensor) -> Tensor:
    """(batch,) in float64: the largest |left − right| of two tensors (batch, …); infinite where it is not a number.

    Raises:
        NumericError: another shape or device.
    """
    _check_pair(left, right)
    return _worst((left.detach().double() - right.detach().double()).abs())


def excess(left: Tensor, right: Tensor) -> Tensor:
    """(batch,) in float64: by how much left ≤ right fails at the worst entry, 0 where it holds; infinite where it is not a number.

    Raises:
        NumericError: another shape or device.
    """
    _check_pair(left, right)
    return _worst((left.detach().double() - right.detach().double()).clamp(min=0))


def rounding_bound(roundings: int, dtype: torch.dtype) -> float:
    """First-order forward error of a value behind which so many roundings lie, relative to the magnitudes met on the way.

    Source: γ_n = nu/(1 − nu) ≈ nu; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002, Lemma 3.1.
    """
    return roundings * unit_roundoff(dtype)


def _worst(errors: Tensor) -> Tensor:
    return torch.nan_to_num(errors.reshape(errors.shape[0], -1).amax(1), nan=torch.inf, posinf=torch.inf)


def _check_pair(left: Tensor, right: Tensor) -> None:
    if left.shape != right.shape:
        raise NumericError(f"tensors of shapes {tuple(left.shape)} and {tuple(right.shape)} cannot be compared")
    if left.device != right.device:
        raise NumericError(f"tensors on {left.device} and {right.device} cannot be compared; move one of them")
