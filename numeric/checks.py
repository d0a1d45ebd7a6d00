"""Named checks at the boundary of every reference computation: shapes, dtypes, finite entries."""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from numeric.devices import DTYPES, NumericError

__all__ = ["check_alike", "check_finite", "check_floating", "check_shapes"]


def check_shapes(shapes: dict[str, str], **tensors: Tensor) -> dict[str, int]:
    """The size of each letter in shapes such as ``{"X": "n d", "w": "d"}``; an empty shape is a scalar.

    Raises:
        NumericError: a letter would need two sizes, a tensor has another number of axes, or the tensors are on several devices or of several dtypes.
    """
    sizes: dict[str, int] = {}
    for name, letters in shapes.items():
        found, wanted = tuple(tensors[name].shape), letters.split()
        known = ", ".join(f"{letter} = {sizes[letter]}" for letter in dict.fromkeys(wanted) if letter in sizes)
        if len(found) != len(wanted) or any(sizes.setdefault(letter, size) != size for letter, size in zip(wanted, found, strict=True)):
            raise NumericError(f"{name} has shape {found}; expected ({', '.join(wanted)}){f' with {known}' if known else ''}")
    _check_kinds(tensors)
    return sizes


def check_alike(**tensors: Tensor) -> None:
    """That tensors of any shape may be combined entry by entry.

    Raises:
        NumericError: two of them differ in shape, dtype or device, or they are no floating-point numbers.
    """
    (first, model), *others = tensors.items()
    for name, tensor in others:
        if tensor.shape != model.shape:
            raise NumericError(f"{name} has shape {tuple(tensor.shape)}; expected that of {first}, {tuple(model.shape)}")
    _check_kinds(tensors)
    check_floating(**tensors)


def _check_kinds(tensors: dict[str, Tensor]) -> None:
    kinds = {f"{tensor.dtype} on {tensor.device}": name for name, tensor in tensors.items()}
    if len(kinds) > 1:
        raise NumericError(f"the tensors must be of one dtype on one device; found {', '.join(f'{name}: {kind}' for kind, name in kinds.items())}")


def check_floating(allowed: Collection[torch.dtype] = tuple(DTYPES.values()), **tensors: Tensor) -> None:
    """That every tensor is of one of the floating-point types.

    Raises:
        NumericError: one is of another type.
    """
    for name, tensor in tensors.items():
        if tensor.dtype not in allowed:
            possible = " or ".join(str(dtype).removeprefix("torch.") for dtype in allowed)
            raise NumericError(f"{name} has dtype {str(tensor.dtype).removeprefix('torch.')}; expected {possible}: convert it with {name}.to(…)")


def check_finite(**tensors: Tensor) -> None:
    """That no entry is infinite or NaN. On a GPU this waits for the tensors to be computed.

    Raises:
        NumericError: an entry is; the message says which, and how many are.
    """
    for name, tensor in tensors.items():
        if not (finite := tensor.isfinite()).all():
            bad = (~finite).nonzero()
            place = str(bad[0].tolist()) if tensor.dim() else ""
            value, count = tensor[tuple(bad[0])].item(), f"{len(bad)} of {tensor.numel()}"
            raise NumericError(f"{name}{place} is {value}; every entry must be finite, and {count} are not")
