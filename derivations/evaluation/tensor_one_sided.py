"""One-sided derivatives in `TensorInterpreter`: derivatives by autograd at three points a little forward, extrapolated back to the point itself.

Between the point and these there is no kink, unless one happens to lie nearer than the step; then the three disagree, and the instance does not
count. Of a function that is a cubic polynomial on each piece the extrapolation is exact; of others its error is of the third order in the
step, whose cube is the unit roundoff.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivations.evaluation.tracking import Tracked, behind, scale
from derivations.language.errors import UnsupportedError
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.terms import Term
from numeric.devices import unit_roundoff

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["KINKS"]

_SLOPE = 4
"""A gradient costs at most so many times its function (Griewank & Walther, Evaluating Derivatives, 2008, section 3.3)."""
_POINTS = ((1.0, 1 / 3), (0.5, -2.0), (0.25, 8 / 3))
"""Parts of the step, with the weights that extrapolate a parabola through these points to 0."""
_LINEAR = (0.0, -1.0, 2.0)
"""The weights that extrapolate the line through the last two."""
_WEIGHT = 16
"""More than the sum of the weights' magnitudes, and as much again for what the extrapolation leaves."""


def _one_sided(run: TensorInterpreter, node: OneSidedDerivative) -> Tracked:
    bound = run.bound_in(node)
    if run.recording or bound:
        raise UnsupportedError(f"{node} inside of {'a derivative' if run.recording else f'what binds {bound[0]}'}")
    direction, here = run.value(node.direction), run.value(node.variable)
    nearest = unit_roundoff(run.batch.dtype) ** (1 / 3)
    longest = direction.tensor.abs().flatten(1).amax(1)
    reach = nearest * (1 + here.tensor.abs().flatten(1).amax(1)) / torch.where(longest > 0, longest, 1.0)
    found = [_slope(run, node, direction.tensor, (part * reach)[:, None, None]) for part, _ in _POINTS]
    slopes = torch.stack([slope.tensor for slope in found])
    tensor, linear = (_weighted(slopes, weights) for weights in ([weight for _, weight in _POINTS], _LINEAR))
    value = Tracked(tensor, _WEIGHT * (max(slope.roundings for slope in found) + direction.roundings + 1), (*found, direction))
    apart = (tensor - linear).abs().flatten(1).amax(1).double()
    clearance = torch.where(apart <= nearest * scale(value), torch.inf, 0.0).double()
    return Tracked(value.tensor, value.roundings, value.operands, clearances=(clearance,))


def _weighted(tensors: Tensor, weights: tuple[float, ...] | list[float]) -> Tensor:
    return torch.einsum("k,k...->...", torch.tensor(weights, dtype=tensors.dtype, device=tensors.device), tensors)


def _slope(run: TensorInterpreter, node: OneSidedDerivative, direction: Tensor, reach: Tensor) -> Tracked:
    """The derivative along the direction at the point moved by so much of it: entry by entry of the function."""
    inner, motion = run.displaced(node.variable, reach * direction)
    value = inner.value(node.function)
    history, rows = behind(value), range(value.tensor.shape[1])
    columns = range(value.tensor.shape[2])
    found = [[inner.slope(value.tensor[:, row, column].sum(), motion, history) for column in columns] for row in rows]
    products = [[(slope.detach() * direction) for slope, _ in each] for each in found]
    tensor = torch.stack([torch.stack([product.flatten(1).sum(1) for product in each], 1) for each in products], 1)
    terms = tuple(product for each in products for product in each)
    adjoints = tuple(adjoint.detach() for each in found for _, met in each for adjoint in met)
    return Tracked(tensor, _SLOPE * (value.roundings + 1) + direction[0].numel(), (value,), (*terms, *adjoints))


def _subgradients(run: TensorInterpreter, node: Subdifferential) -> Tracked:
    raise UnsupportedError(f"{node} is a set: it stands alone on the right of a claim g in subdifferential(f, x)")


KINKS: dict[type[Term], Callable[..., Tracked]] = {OneSidedDerivative: _one_sided, Subdifferential: _subgradients}
