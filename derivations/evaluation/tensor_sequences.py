"""The rules of `TensorInterpreter` for sequences: powers, series and recurrences, also where each instance has a count of its own.

So the terms of a sequence for many counts are found at once. A recurrence is run step by step; where its step is affine and the counts are
large, the map of one step is measured, at zero and at the unit vectors, and run 1, 2, 4, … times at once by squaring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivations.evaluation.instances import matrix_size
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.measures import degree
from derivations.evaluation.tensor_algebra import ALGEBRA, TRANSCENDENTAL
from derivations.evaluation.tracking import Tracked, grouped, summarised, summary
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.implicit import ArgMin
from derivations.language.laws import Expectation
from derivations.language.terms import Dimension, Term, parts
from derivations.language.traversal import depends_on, symbols

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["MOST_TERMS", "SEQUENCES", "TooLong", "is_affine", "measured_step"]

FEW = 64
"""So many steps or terms are run one by one, as the definition says."""
MOST_TERMS = 1 << 9
"""The most terms of a series, and the most steps of a recurrence that are run one by one."""


class TooLong(EvaluationError):
    """A sequence that would have to be followed too far, step by step."""


# ---------------------------------------------------------------------------------------------------------------- powers


def _power(run: TensorInterpreter, node: tm.Power) -> Tracked:
    """A power whose exponent is an integer ≥ 0 of each instance's own; the others as elsewhere."""
    exponent = run.value(node.exponent)
    if symbols(node.exponent) or not exponent.varies or not _is_natural(exponent.tensor):
        return ALGEBRA[tm.Power](run, node)
    base, counts = run.value(node.base), exponent.tensor[:, 0, 0].long()
    most = int(counts.max())
    if not node.base.shape:
        tensor = torch.pow(base.tensor, exponent.tensor)
        return Tracked(tensor, most * base.roundings + TRANSCENDENTAL, (base,))
    n = base.tensor.shape[1]
    identity = torch.eye(n, dtype=base.tensor.dtype, device=base.tensor.device).expand_as(base.tensor)
    tensor, largest = _repeated(base.tensor, identity, counts)
    return Tracked(tensor, most * (base.roundings + n), (base,), (largest,))


def _is_natural(tensor: Tensor) -> bool:
    return bool(((tensor == tensor.floor()) & (tensor >= 0)).all())


def _repeated(step: Tensor, start: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
    """Steps (batch, n, n) applied to starts (batch, n, m), as often as the counts (batch,) say, by squaring; and what the rounding error is
    relative to (batch, 1): an error of one factor is passed on times the other one.
    """
    identity = torch.eye(step.shape[1], dtype=step.dtype, device=step.device)
    of_step, of_start = _largest(step), _largest(start)
    while bool(counts.any()):
        odd = counts & 1 > 0
        passed = torch.maximum(_sums(step) * of_start, of_step * _sums(start.mT))
        start = torch.where(odd[:, None, None], step @ start, start)
        of_start = torch.where(odd[:, None], passed, of_start)
        counts = counts >> 1
        more = counts > 0  # what is not needed does not overflow
        of_step = torch.where(more[:, None], of_step * torch.maximum(_sums(step), _sums(step.mT)), of_step)
        step = torch.where(more[:, None, None], step @ step, identity)
    return start, of_start


def _largest(tensor: Tensor) -> Tensor:
    return tensor.detach().abs().flatten(1).amax(1, keepdim=True)


def _sums(matrices: Tensor) -> Tensor:
    """(batch, 1): the largest sum of magnitudes in a row."""
    return matrices.detach().abs().sum(2).amax(1, keepdim=True)


# ------------------------------------------------------------------------------------------------------------ recurrences


def _iterate(run: TensorInterpreter, node: op.Iterate) -> Tracked:
    counts = run.naturals(node.count)
    most = int(counts.max())
    if most <= FEW and not run.value(node.count).varies:
        return run.iterated(node)
    if most > FEW and is_affine(node):
        return _by_squaring(run, node, counts)
    if most > MOST_TERMS:
        raise TooLong(f"{most} steps of {node}, one by one")
    values = run.terms_of(node, most)
    places = torch.arange(run.batch.count, device=counts.device)
    tensor = torch.stack([value.tensor for value in values])[counts, places]
    return Tracked(tensor, values[-1].roundings, tuple(values))


def is_affine(node: op.Iterate) -> bool:
    """Whether the form of the step shows that it is affine in the states, and the same each time."""
    try:
        return node.counter is None and degree(node.step, node.states) <= 1
    except EvaluationError:
        return False


def measured_step(run: TensorInterpreter, node: op.Iterate) -> tuple[Tracked, Tracked]:
    """The map (batch, m, m) of one step of a recurrence with an affine step, from the entries of the last terms, the oldest first, to
    those of the next ones, and what it adds (batch, m, 1).
    """
    rows, columns = matrix_size(node.shape, run.batch.sizes)
    size, order, count = rows * columns, len(node.states), run.batch.count
    m = size * order
    points = torch.cat([torch.zeros(1, m), torch.eye(m)]).to(run.batch.device, run.batch.dtype)
    places = torch.arange(count, device=run.batch.device).repeat_interleave(m + 1)
    states = points.repeat(count, 1).reshape(-1, order, rows, columns)
    inner = run.taken(places).within({state: Tracked(states[:, place]) for place, state in enumerate(node.states)})
    value = inner.value(node.step)
    found = grouped(summary(value), places, count)
    images = value.tensor.reshape(count, m + 1, size)
    older = torch.eye(m, dtype=images.dtype, device=images.device)[size:].expand(count, m - size, m)
    step = torch.cat([older, (images[:, 1:] - images[:, :1]).mT], 1)
    added = torch.cat([torch.zeros_like(older[:, :, :1]), images[:, 0, :, None]], 1)
    return summarised(step, 2 * value.roundings + 1, found), summarised(added, value.roundings, found)


def _by_squaring(run: TensorInterpreter, node: op.Iterate, counts: Tensor) -> Tracked:
    step, added = measured_step(run, node)
    initials = [run.value(initial) for initial in node.initials]
    start = torch.cat([initial.tensor.flatten(1) for initial in initials], 1)[:, :, None]
    m = step.tensor.shape[1]
    constant = torch.zeros_like(start[:, :1])
    moved = torch.cat([torch.cat([step.tensor, added.tensor], 2), torch.cat([constant.expand(-1, 1, m), constant + 1], 2)], 1)
    result, largest = _repeated(moved, torch.cat([start, constant + 1], 1), counts)
    tensor = result[:, : m // len(initials), 0].reshape(initials[0].tensor.shape)
    roundings = max(initial.roundings for initial in initials) + int(counts.max()) * (step.roundings + m + 1)
    return Tracked(tensor, roundings, (step, added, *initials), (largest,))


# ---------------------------------------------------------------------------------------------------------------- series


def _series(run: TensorInterpreter, node: op.Series) -> Tracked:
    """Term by term; of many terms, or of a number of terms that differs between the instances, all at once."""
    lengths = run.naturals(node.length)
    most = int(lengths.max())
    if most <= FEW and not run.value(node.length).varies:
        return run.series(node)
    if most > MOST_TERMS:
        raise TooLong(f"{most} terms of {node}")
    count, device = run.batch.count, run.batch.device
    places = torch.arange(count, device=device).repeat_interleave(lengths)
    numbers = torch.arange(len(places), device=device) - (lengths.cumsum(0) - lengths)[places]
    inner = run.taken(places)
    for part in _constants(node.body, node.counter):
        inner.bind(part, run.at_places(run.value(part), places))
    value = inner.within({node.counter: Tracked(numbers.to(run.batch.dtype)[:, None, None])}).value(node.body)
    zeros = value.tensor.new_zeros(count, *value.tensor.shape[1:])
    total, sizes = zeros.index_add(0, places, value.tensor), zeros.index_add(0, places, value.tensor.detach().abs())
    found = grouped(summary(value), places, count)
    return summarised(total, value.roundings + most, found._replace(magnitude=torch.maximum(found.magnitude, _largest(sizes)[:, 0].double())))


def _constants(term: Term, counter: Dimension) -> Iterator[Term]:
    """The outermost subterms that are the same for every value of the counter, and mean the same wherever they stand; none in a branch,
    which may not be taken.
    """
    if parts(term) and not term.free and not depends_on(term, counter):
        yield term
    elif not isinstance(term, op.Series | op.Iterate | op.Cases | ArgMin | Expectation):
        for part in parts(term):
            yield from _constants(part, counter)


SEQUENCES: dict[type[Term], Callable[..., Tracked]] = {tm.Power: _power, op.Iterate: _iterate, op.Series: _series}
