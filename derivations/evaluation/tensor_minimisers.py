"""Minimisers in `TensorInterpreter`, found without the proof's formula: by one Newton step from 0, or between two slopes of opposite sign.

A function that is quadratic by its form has its gradient and Hessian from autograd; linear equations among the constraints leave the
directions free that their Jacobian takes to zero, and the step is by the eigenvalues of the Hessian on these. Any other function must be
of a scalar: it is tried on a grid, and the sign of its derivative closes in on the least value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from derivations.evaluation.batches import singular_spread
from derivations.evaluation.instances import matrix_size, standings
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.measures import degree
from derivations.evaluation.tensor_algebra import LAPACK, singular_values
from derivations.evaluation.tensor_functions import COMPARISONS
from derivations.evaluation.tracking import Tracked, scale, summary, tells_zero
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ArgMin
from derivations.language.operators import Gradient
from derivations.language.shapes import sides
from derivations.language.terms import ORDERINGS, Entry, Index, Relation, Term
from numeric.comparison import largest, rounding_bound
from numeric.devices import unit_roundoff

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["MINIMISERS", "Solution", "solution"]

GRID = torch.cat([-(2.0 ** torch.arange(20, -20.25, -0.25)), torch.zeros(1), 2.0 ** torch.arange(-20, 20.25, 0.25)]).double()
"""Where a function of a scalar is tried first."""
PARTS = 32  # into which the interval around the least value is cut in each round
ROUNDS = 14  # as many as take an interval of the grid down to neighbouring numbers


@dataclass(frozen=True, slots=True)
class Solution:
    """What a minimisation came to, at each instance (batch,).

    Attributes:
        point: (batch, rows, columns): a minimiser; of several, the one of least norm among them.
        exists: whether there is one.
        single: whether it is the only one.
        aside: (batch, rows, columns): a direction in which the function falls without end, or stays as it is; zero where there is none, and
            any where no point meets the constraints.
    """

    point: Tracked
    exists: Tensor
    single: Tensor
    aside: Tensor


def solution(run: TensorInterpreter, node: ArgMin) -> Solution:
    """Where the function is least.

    Raises:
        UnsupportedError: the problem is neither quadratic under linear equations, nor one of a scalar.
    """
    if run.recording:
        raise UnsupportedError(f"a derivative of {node}")
    if _is_quadratic(node):
        return _newton(run, node)
    if node.variable.shape or any(constraint.symbol not in ORDERINGS for constraint in node.constraints):
        raise UnsupportedError(f"{node}: torch minimises quadratic functions under linear equations, and functions of a scalar under inequalities")
    return _between_slopes(run, node)


def _minimiser(run: TensorInterpreter, node: ArgMin) -> Tracked:
    """The minimiser; where there are several, or none, a point aside of the one that was found: an equation claims that there is just one,
    and it is to fail there.
    """
    found = solution(run, node)
    point = found.point
    tensor = torch.where(found.single[:, None, None], point.tensor, point.tensor + found.aside * (1 + _largest(point.tensor))[:, None, None])
    return Tracked(tensor, point.roundings, (point,))


def _largest(tensor: Tensor) -> Tensor:
    return tensor.abs().flatten(1).amax(1)


# ------------------------------------------------------------------------------------------------------ quadratic functions


def _is_quadratic(node: ArgMin) -> bool:
    """By its form, and under constraints that are linear equations."""
    try:
        return degree(node.function, (node.variable,)) <= 2 and all(
            constraint.symbol == "=" and degree(_residual(constraint), (node.variable,)) <= 1 for constraint in node.constraints
        )
    except EvaluationError:
        return False


def _residual(constraint: Relation) -> Term:
    if not isinstance(constraint.left, Term) or not isinstance(constraint.right, Term):
        raise UnsupportedError(f"the constraint {constraint}")
    return constraint.left - constraint.right


def _slopes(run: TensorInterpreter, term: Term, node: ArgMin) -> Tracked:
    """(batch, m, size): the derivatives of the m entries of a term with respect to the entries of the variable."""
    i, j = (Index(f"·{place}", dim) for place, dim in enumerate(sides(term.shape)))
    slope = Gradient(Entry(term, i, j), node.variable)
    rows = []
    for standing in standings({i, j}, run.batch.sizes):
        run.positions.update(standing)
        rows.append(run.value(slope))
    tensor = torch.stack([row.tensor.flatten(1) for row in rows], 1)
    return Tracked(tensor, max(row.roundings for row in rows), tuple(rows))


def _newton(run: TensorInterpreter, node: ArgMin) -> Solution:
    """From the point of least norm that meets the equations Aw = c, along the directions that A takes to zero: for the projection P onto
    them, slope g and Hessian H it is −(PHP)⁺ P g.

    Source: Nocedal & Wright, Numerical Optimization, 2nd ed. (2006), section 16.1; the error is that of a linear system with PHP.
    """
    rows, columns = matrix_size(node.variable.shape, run.batch.sizes)
    size, batch = rows * columns, run.batch
    at_zero = run.placed(node.variable, torch.zeros(batch.count, rows, columns, dtype=batch.dtype, device=batch.device))
    slope, hessian = at_zero.value(Gradient(node.function, node.variable)), _slopes(at_zero, Gradient(node.function, node.variable), node)
    feasible = _feasible(at_zero, node, size)
    found = _along_eigenvectors(slope, hessian, feasible, singular_spread(batch)[0])
    steepest = torch.where(found.curved, 1 / found.curvatures, 0.0).amax(1)
    point = Tracked(
        found.point.reshape(-1, rows, columns).to(batch.dtype),
        slope.roundings + hessian.roundings + feasible.roundings + LAPACK * size * size,
        (slope, hessian, *feasible.operands),
        ((scale(slope) / _positive(scale(hessian)))[:, None], feasible.start.flatten(1)),
        ((size * steepest * scale(hessian) * feasible.condition).clamp(min=1),),
        (torch.where(found.doubtful, 0.0, feasible.clearance),),
    )
    exists = feasible.exists & ~found.endless
    aside = torch.where(feasible.exists[:, None, None], found.aside, 1.0).reshape(-1, rows, columns)
    return Solution(point, exists, exists & found.curved.all(1), aside.to(batch.dtype))


class _Step(NamedTuple):
    """The Newton step (batch, size, 1) in the eigenvectors of PHP, and what the function does along each.

    Attributes:
        curvatures: (batch, size): the eigenvalues; 1 for the directions that the constraints fix.
        curved: (batch, size): where they are certainly positive.
        endless: whether the function certainly falls without end.
        doubtful: whether rounding decides what it does along a direction.
        aside: (batch, size, 1): along the directions in which it is level or falls.
    """

    point: Tensor
    curvatures: Tensor
    curved: Tensor
    endless: Tensor
    doubtful: Tensor
    aside: Tensor


def _along_eigenvectors(slope: Tracked, hessian: Tracked, feasible: _Feasible, worst_condition: Tensor) -> _Step:
    size, dtype = hessian.tensor.shape[1], hessian.tensor.dtype
    nearest, start, free = unit_roundoff(dtype) ** 0.5, feasible.start, feasible.free
    H, unit = (hessian.tensor + hessian.tensor.mT).double() / 2, _positive(scale(hessian))[:, None]
    projected = free @ H @ free + unit[:, :, None] * (torch.eye(size, dtype=H.dtype, device=H.device) - free)
    curvatures, directions = torch.linalg.eigh(torch.nan_to_num(projected))
    falls = (directions.mT @ free @ (slope.tensor.reshape(-1, size, 1).double() + H @ start))[:, :, 0]
    noise = size * rounding_bound(hessian.roundings + LAPACK * size, dtype) * unit
    slack = noise * _largest(start)[:, None] + size * rounding_bound(slope.roundings + LAPACK * size, dtype) * scale(slope)[:, None]
    curved, bent, level = curvatures > noise, curvatures < -noise, falls.abs() <= slack
    point = start - directions @ torch.where(curved, falls / curvatures, 0.0)[:, :, None]
    tilted = ~curved & ~level & (falls.abs() * nearest > 2 * noise * (1 + _largest(point))[:, None])  # if it turns, then far away
    aside = torch.where(curved, 0.0, torch.where(level, 1.0, -falls.sign()))
    flat = ~curved & ~bent & tells_zero(noise / unit, worst_condition[:, None], dtype)
    doubtful = (curved & (curvatures < nearest * unit)) | ~(curved | bent | (flat & (level | tilted)))
    return _Step(point, curvatures, curved, (bent | tilted).any(1), doubtful.any(1), directions @ aside[:, :, None])


def _positive(tensor: Tensor) -> Tensor:
    return tensor.clamp(min=torch.finfo(torch.float64).tiny)


@dataclass(frozen=True, slots=True)
class _Feasible:
    """The points that meet linear equations: `start` (batch, size, 1) and what the projection `free` (batch, size, size) leaves as it is."""

    start: Tensor
    free: Tensor
    exists: Tensor
    condition: Tensor
    clearance: Tensor
    roundings: int = 0
    operands: tuple[Tracked, ...] = ()


def _feasible(at_zero: TensorInterpreter, node: ArgMin, size: int) -> _Feasible:
    count, device = at_zero.batch.count, at_zero.batch.device
    start, free = torch.zeros(count, size, 1, dtype=torch.float64, device=device), torch.eye(size, dtype=torch.float64, device=device)
    ones = torch.ones(count, dtype=torch.float64, device=device)
    if not node.constraints:
        return _Feasible(start, free.expand(count, size, size), ones > 0, ones, ones * torch.inf)
    residuals = [_residual(constraint) for constraint in node.constraints]
    values, slopes = [at_zero.value(residual) for residual in residuals], [_slopes(at_zero, residual, node) for residual in residuals]
    value = torch.cat([each.tensor.flatten(1) for each in values], 1)[:, :, None].double()
    jacobian = Tracked(torch.cat([each.tensor for each in slopes], 1), max(each.roundings for each in slopes), tuple(slopes))
    _, least, clearance = singular_values(jacobian)
    A = torch.nan_to_num(jacobian.tensor.double())
    inverse = torch.linalg.pinv(A, atol=least, rtol=torch.zeros_like(least))
    condition = (max(A.shape[1:]) * _largest(inverse) * scale(jacobian)).clamp(min=1)
    start = -inverse @ value
    operands = (jacobian, *values)
    roundings = sum(each.roundings for each in operands) + LAPACK * A.shape[1] * size
    size_of_all = largest([scale(each)[:, None] for each in values]) + scale(jacobian) * _largest(start)
    off, left = rounding_bound(roundings, at_zero.batch.dtype) * condition * size_of_all, _largest(A @ start + value)
    doubtful = (left > off) & (left < unit_roundoff(at_zero.batch.dtype) ** 0.5 * size_of_all)
    return _Feasible(start, free - inverse @ A, left <= off, condition, torch.where(doubtful, 0.0, clearance), roundings, operands)


# ---------------------------------------------------------------------------------------------------- functions of a scalar


def _between_slopes(run: TensorInterpreter, node: ArgMin) -> Solution:
    """Between a point at which the function certainly falls and one at which it certainly rises; how far apart these are in the end is
    what rounding leaves open. Outside the constraints it counts as rising away from the least value that was found.
    """
    batch = run.batch
    grid = GRID.to(batch.device, batch.dtype).expand(batch.count, -1)
    values, value = _tried(run, node, grid, node.function)
    best = values.argmin(1, keepdim=True)
    least = grid.gather(1, best)
    low = values.isfinite() & (values <= values.gather(1, best) + _uncertainty(value, values.shape))  # one of these may be the least
    places = torch.arange(grid.shape[1], device=batch.device)
    first, last = torch.where(low, places, grid.shape[1]).amin(1, keepdim=True), torch.where(low, places, -1).amax(1, keepdim=True)
    exists = values.gather(1, best)[:, 0].isfinite() & (first[:, 0] > 0) & (last[:, 0] < grid.shape[1] - 1)
    lower, upper = (grid.gather(1, place.clamp(0, grid.shape[1] - 1)) for place in (first - 1, last + 1))
    parts = torch.linspace(0, 1, PARTS + 1, dtype=batch.dtype, device=batch.device)
    roundings = value.roundings
    for _ in range(ROUNDS):
        points = lower + (upper - lower) * parts
        slopes, slope = _tried(run, node, points, Gradient(node.function, node.variable))
        roundings = slope.roundings
        sure, outside = _uncertainty(slope, slopes.shape), slopes.isinf()
        falls = torch.where(outside, points < least, slopes < -sure)
        rises = torch.where(outside, points > least, slopes > sure)
        lower = torch.where(falls, points, lower).amax(1, keepdim=True)
        upper = torch.where(rises & (points >= lower), points, upper).amin(1, keepdim=True)
    middle, apart = (lower + upper) / 2, (upper - lower)[:, 0].double() / 2
    size = torch.maximum(lower.abs(), upper.abs()).double()
    condition = (apart / (rounding_bound(roundings + 1, batch.dtype) * size[:, 0])).nan_to_num(1.0, torch.inf)
    found = torch.where(exists, torch.inf, 0.0).double()  # one outside the grid was not looked for
    point = Tracked(middle[:, :, None], roundings + 1, (), (size,), (condition.clamp(min=1),), (found,))
    return Solution(point, exists, exists, torch.ones_like(point.tensor))


def _uncertainty(value: Tracked, shape: torch.Size) -> Tensor:
    """(batch, k): how far rounding may move a scalar at k points; infinite so near to a kink that the slope may be that of the other side."""
    moved = rounding_bound(value.roundings + 1, value.tensor.dtype)
    found = summary(value)
    return torch.where(found.clearance > moved, moved * found.scale, torch.inf).reshape(shape)


def _tried(run: TensorInterpreter, node: ArgMin, points: Tensor, term: Term) -> tuple[Tensor, Tracked]:
    """(batch, k): a scalar at points (batch, k) of the variable, infinite where a constraint does not hold; and with its history, in one row."""
    count, k = points.shape
    inner = run.taken(torch.arange(count, device=points.device).repeat_interleave(k)).placed(node.variable, points.reshape(-1, 1, 1))
    value = inner.value(term)
    allowed = torch.ones(count * k, dtype=torch.bool, device=points.device)
    for constraint in node.constraints:
        left, right = (inner.value(side) for side in (constraint.left, constraint.right) if isinstance(side, Term))
        allowed &= COMPARISONS[constraint.symbol](left.tensor, right.tensor).flatten(1).all(1)
    found = torch.where(allowed, value.tensor.detach()[:, 0, 0].nan_to_num(torch.inf, torch.inf, -torch.inf), torch.inf)
    return found.reshape(count, k), value


MINIMISERS: dict[type[Term], Callable[..., Tracked]] = {ArgMin: _minimiser}
