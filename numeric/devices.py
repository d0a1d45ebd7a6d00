"""The devices and dtypes that exist here, by name; unit roundoff; reproducible generators and arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["DTYPES", "NumericError", "available_devices", "generator", "reproducible_arithmetic", "resolve_device", "resolve_dtype", "unit_roundoff"]

DTYPES: dict[str, torch.dtype] = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class NumericError(ValueError):
    """A device, a dtype or a tensor that cannot be used; the message says what was found and what is possible."""


def available_devices() -> list[str]:
    """The names of the devices on which every dtype and the linear algebra exist: the CPU, and each CUDA device."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return ["cpu", *(["cuda"] if count else []), *(f"cuda:{number}" for number in range(1, count))]


def resolve_device(name: str) -> torch.device:
    """The device of that name, with its number if it is one of several: ``cuda`` is the current one.

    Raises:
        NumericError: it is not here.
    """
    available = available_devices()
    if name not in available and not (name == "cuda:0" and "cuda" in available):
        raise NumericError(f"device {name!r} is not available here; available: {', '.join(available)}")
    return torch.device("cuda", torch.cuda.current_device()) if name == "cuda" else torch.device(name)


def resolve_dtype(name: str) -> torch.dtype:
    """The floating-point type of that name.

    Raises:
        NumericError: it is none of `DTYPES`.
    """
    if name not in DTYPES:
        raise NumericError(f"{name!r} is no dtype to compute in; expected one of {', '.join(DTYPES)}")
    return DTYPES[name]


def unit_roundoff(dtype: torch.dtype) -> float:
    """The largest relative error of one rounding to nearest: half the gap between 1 and the next number."""
    return torch.finfo(dtype).eps / 2


def generator(seed: int) -> torch.Generator:
    """A CPU generator: one seed draws the same numbers for every device."""
    return torch.Generator().manual_seed(seed)


@contextmanager
def reproducible_arithmetic() -> Iterator[None]:
    """Within the block, float32 products are not rounded to TF32 or bfloat16, and one thread computes; the settings come back after it.

    A GPU's faster float32 modes keep 10 or 7 bits. Handing a batch of small matrices to a second thread costs more than the work
    itself (on a busy machine milliseconds), and the number of threads may change the order of a sum.
    """
    precision, threads = torch.get_float32_matmul_precision(), torch.get_num_threads()
    torch.set_float32_matmul_precision("highest")
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(precision)
        torch.set_num_threads(threads)
