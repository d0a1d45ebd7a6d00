"""Expectations over independent standard normal variables: by Gauss–Hermite quadrature, exact for polynomials, and by Monte Carlo.

A function takes z (count, d), a point in each row, and gives its values there, (count, …). Other normal variables are affine functions of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from numeric.devices import NumericError
from numeric.quadrature import hermite_rule

__all__ = ["Estimate", "gaussian_expectation", "monte_carlo"]

_MOST_POINTS = 1 << 22


class Estimate(NamedTuple):
    """A sample mean (…) and its standard error (…): the sample deviation over the root of the number of samples."""

    mean: Tensor
    standard_error: Tensor


def gaussian_expectation(
    function: Callable[[Tensor], Tensor], variables: int, count: int, *, dtype: torch.dtype = torch.float64, device: torch.device | str = "cpu"
) -> Tensor:
    """E f(z) for z of so many independent standard normal variables: the function (count^variables, variables) → (count^variables, …) gives (…).

    Exact, up to rounding, for polynomials of degree at most 2·count − 1 in each variable.

    Raises:
        NumericError: there are no variables, too many points in all, or the function gives no value for each point.
    """
    if variables < 1 or count**variables > _MOST_POINTS:
        raise NumericError(f"{count} nodes in each of {variables} variables; expected at least one variable and at most {_MOST_POINTS} points in all")
    nodes, weights = hermite_rule(count)
    grid = torch.cartesian_prod(*[nodes] * variables).reshape(-1, variables)
    products = torch.cartesian_prod(*[weights] * variables).reshape(-1, variables).prod(1)
    values = _values(function, grid.to(device, dtype))
    expectation: Tensor = torch.tensordot(products.to(values), values, 1)
    return expectation


def monte_carlo(
    function: Callable[[Tensor], Tensor],
    variables: int,
    samples: int,
    generator: torch.Generator,
    *,
    dtype: torch.dtype = torch.float64,
    device: torch.device | str = "cpu",
) -> Estimate:
    """The mean of f(z) over independent draws: the function (samples, variables) → (samples, …) gives (…). Drawn in float64 on the CPU.

    Raises:
        NumericError: there are no variables, fewer than two samples, or the function gives no value for each point.
    """
    if variables < 1 or samples < 2:
        raise NumericError(f"{samples} samples of {variables} variables; expected at least one variable and two samples")
    z = torch.randn(samples, variables, generator=generator, dtype=torch.float64)
    values = _values(function, z.to(device, dtype))
    return Estimate(values.mean(0), values.std(0) / samples**0.5)


def _values(function: Callable[[Tensor], Tensor], points: Tensor) -> Tensor:
    values = function(points)
    if values.ndim < 1 or len(values) != len(points):
        raise NumericError(f"the function gives shape {tuple(values.shape)} for {len(points)} points; expected ({len(points)}, …)")
    return values
