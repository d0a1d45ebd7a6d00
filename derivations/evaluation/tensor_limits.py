"""Limits of sequences of floating-point matrices: by following the sequence, far enough that its fate is settled.

The sequence is evaluated at counters that grow by factors of 2 and more, all at once; it tends to its limit where the distance has sunk to what
rounding leaves, and certainly does not where the distance no longer sinks. How far it must be followed is told by the map of one step: a
mode with the modulus 1 ± δ is settled after some 1/δ steps. One so near to 1 that it is not settled in the end leaves the limit open; one
that is 1 up to rounding is taken for 1, as that of a direction which a matrix of deficient rank takes to zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, log, log2, sqrt

import torch
from torch import Tensor

from derivations.evaluation.batches import singular_spread
from derivations.evaluation.tensor_algebra import LAPACK
from derivations.evaluation.tensor_sequences import MOST_TERMS, TooLong, is_affine, measured_step
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import Tracked, scale, standing_of, summary
from derivations.evaluation.truths import Truth
from derivations.language.operators import Iterate
from derivations.language.terms import Dimension, Power, Symbol, Term
from derivations.language.traversal import dimensions, subterms, symbols
from numeric.comparison import difference, rounding_bound
from numeric.devices import unit_roundoff

__all__ = ["Followed", "followed", "tends_to"]

WINDOW = 2  # counters of both parities: a sequence that alternates is not taken for one that stays
DENSE, STRIDE = 8, 3  # a sequence that grows fast overflows early
CLEARLY = 4  # times the tolerance
LITTLE = 1 / 16  # of the size: so much rounding may have added up on the way


@dataclass(frozen=True, slots=True)
class Followed:
    """A sequence at growing counters.

    Attributes:
        counters: the counters, ascending.
        terms: (counters · batch, rows, columns): its terms there.
        first: its term at 1, from which it is seen whether it has values, and how much a step rounds.
        distance: (batch,): how far the moduli of its modes are from 1 at least, those left out that are 1 up to rounding.
        at_one: (batch,): whether there are such.
    """

    counters: Tensor
    terms: Tensor
    first: Tracked
    distance: Tensor
    at_one: Tensor


def followed(run: TensorInterpreter, term: Term, counter: Dimension) -> Followed:
    """The sequence as far as its modes need to settle; one that can be followed only step by step, some hundred steps."""
    try:
        return _at(run, term, counter, _counters(unit_roundoff(run.batch.dtype) ** -0.75 / 64))
    except TooLong:
        return _at(run, term, counter, _counters(MOST_TERMS))


def _counters(most: float) -> list[int]:
    """Powers of 2 up to about the most, the larger ones further apart, and every second one less 1; enough of them to compare two windows."""
    last = max(ceil(log2(most)), 2 * WINDOW)
    powers = [*range(1, min(last, DENSE)), *range(DENSE, last, STRIDE), last]
    return [(1 << power) - place % 2 for place, power in enumerate(powers, 1)]


def _at(run: TensorInterpreter, term: Term, counter: Dimension, counters: list[int]) -> Followed:
    count, device = run.batch.count, run.batch.device
    numbers = torch.tensor(counters, dtype=torch.float64, device=device)
    at_each = Tracked(numbers.to(run.batch.dtype).repeat_interleave(count)[:, None, None])
    terms = run.taken(torch.arange(count, device=device).repeat(len(counters))).within({counter: at_each}).value(term)
    first = run.within({counter: run.constant(torch.ones(1, 1))}).value(term)
    return Followed(numbers, terms.tensor.detach(), first, *_distances_from_one(run, term))


def tends_to(run: TensorInterpreter, sequence: Followed, limit: Tracked) -> Truth:
    """Where the sequence certainly tends to the limit (batch, rows, columns), and where it certainly does not."""
    u, counters, first = unit_roundoff(run.batch.dtype), sequence.counters, sequence.first
    start, end = summary(first), summary(limit)
    distances = difference(sequence.terms, limit.tensor.repeat(len(counters), 1, 1)).reshape(len(counters), -1)
    last = distances.isfinite().long().cumprod(0).sum(0) - 1  # beyond it the sequence overflows
    now, before = (_window(distances, last - back) for back in (0, WINDOW))

    drift = rounding_bound(first.roundings + 1, run.batch.dtype) * counters[last.clamp(min=0)]
    size = torch.stack([start.magnitude, end.magnitude, _window(distances, last, len(counters))]).amax(0)
    condition = torch.stack([start.condition, end.condition, (1 / sequence.distance).clamp(min=1)]).amax(0)
    rounded = rounding_bound(first.roundings + limit.roundings + 1, run.batch.dtype) * condition
    tolerance = size * (drift.clamp(min=sqrt(u)) + rounded)

    certain = ~sequence.at_one | (singular_spread(run.batch)[0] < u**-0.25 / 16)  # else the 1 may belong to a small singular value
    held = torch.where(sequence.at_one, before / 2, before - drift * size)  # what turns, with a modulus of 1, is not always as far
    stays = certain & (now > CLEARLY * tolerance) & (now >= held)
    (exists, clear), (has_limit, limit_clear) = (standing_of(summary(each), each.roundings, run.batch.dtype) for each in (first, limit))
    settled = (last >= 2 * WINDOW - 1) & (drift < LITTLE) & (sequence.distance * counters[-1] > log(1 / sqrt(u)))
    return Truth.inside(now <= tolerance, stays, exists & has_limit, settled & clear & limit_clear)


def _window(distances: Tensor, last: Tensor, width: int = WINDOW) -> Tensor:
    """(batch,): the largest of so many distances (k, batch), the last of which is at a place."""
    place = torch.arange(len(distances), device=last.device)[:, None]
    return torch.where((place <= last) & (place > last - width), distances, 0.0).amax(0)


def _distances_from_one(run: TensorInterpreter, term: Term) -> tuple[Tensor, Tensor]:
    """(batch,) both: how far the moduli of the modes of the sequences in a term are from 1 at least, those left out that are 1 up to rounding;
    and whether there are such.
    """
    distance = torch.full((run.batch.count,), torch.inf, dtype=torch.float64, device=run.batch.device)
    at_one = torch.zeros_like(distance, dtype=torch.bool)
    for step in _steps(run, term):
        n = step.tensor.shape[1]
        moduli = torch.linalg.eigvals(torch.nan_to_num(step.tensor.detach().double()).cpu()).abs().to(distance)
        noise = n * rounding_bound(step.roundings + LAPACK * n, run.batch.dtype) * scale(step)
        apart = (moduli - 1).abs()
        near = apart <= noise[:, None]
        distance = torch.minimum(distance, torch.where(near, torch.inf, apart).amin(1))
        at_one |= near.any(1)
    return distance, at_one


def _steps(run: TensorInterpreter, term: Term) -> Iterator[Tracked]:
    """The maps of one step: of a power its base, of a recurrence with an affine step its matrix."""
    known = {key if isinstance(key, Symbol) else key[0] for key in run.batch.values}
    for part in subterms(term):
        if part.free or not symbols(part) <= known:
            continue
        match part:
            case Power(base, exponent) if _counters_in(exponent) and not _counters_in(base):
                yield run.value(base)
            case Iterate() if _counters_in(part.count) and is_affine(part) and not any(map(_counters_in, (part.step, *part.initials))):
                yield measured_step(run, part)[0]


def _counters_in(term: Term) -> list[Term]:
    return [dim for dim in dimensions(term) if not dim.least]
