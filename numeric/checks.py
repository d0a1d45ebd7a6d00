"""Named shape checks at the boundary of every reference computation."""

from __future__ import annotations

from torch import Tensor

from numeric.devices import NumericError

__all__ = ["check_alike", "check_shapes"]


def check_shapes(shapes: dict[str, str], **tensors: Tensor) -> dict[str, int]:
    """The size of each letter in shapes such as ``{"X": "n d", "w": "d"}``; an empty shape is a scalar.

    Raises:
        NumericError: a letter would need two sizes, a tensor has another number of axes, or the tensors are on several devices or of several dtypes.
    """
    sizes: dict[str, int] = {}
    for name, letters in shapes.items():
        found, wanted = tuple(tensors[name].shape), letters.split()
        if len(found) != len(wanted) or any(sizes.setdefault(letter, size) != size for letter, size in zip(wanted, found, strict=True)):
            known = ", ".join(f"{letter} = {sizes[letter]}" for letter in wanted if letter in sizes)
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
    if not model.dtype.is_floating_point:
        raise NumericError(f"{first} is of dtype {model.dtype}; expected a floating-point one, such as torch.float64")


def _check_kinds(tensors: dict[str, Tensor]) -> None:
    kinds = {f"{tensor.dtype} on {tensor.device}": name for name, tensor in tensors.items()}
    if len(kinds) > 1:
        raise NumericError(f"the tensors must be of one dtype on one device; found {', '.join(f'{name}: {kind}' for kind, name in kinds.items())}")
