"""A claim put to a batch of floating-point instances: where it counts, how far its sides lie apart, which wrong variants it exposes."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from derivations.evaluation.batches import Batch
from derivations.evaluation.instances import matrix_size
from derivations.evaluation.sampling import ROUNDED, property_roundings, standings
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import Tracked, summary
from derivations.language.assumptions import Assumption, Property
from derivations.language.claims import Claim
from derivations.language.terms import Index, Relation, Term
from numeric.comparison import difference, excess, rounding_bound
from numeric.devices import unit_roundoff

__all__ = ["Trial"]

VIOLATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "=": difference,
    "<": excess,
    "<=": excess,
    ">": lambda left, right: excess(right, left),
    ">=": lambda left, right: excess(right, left),
}


class _Side(NamedTuple):
    """A side, for all values of the free indices, with what is known of it at each instance (batch,).

    Attributes:
        defined: no step on the way is singular, or so nearly that rounding may decide.
        clear: no kink or jump is so near that rounding may have crossed it.
    """

    value: Tracked
    scale: Tensor
    defined: Tensor
    clear: Tensor


class _Comparison(NamedTuple):
    """Both sides at each instance: `error` (batch,), how far the claim is from true, relative to the scale; infinite for no number."""

    error: Tensor
    bound: float
    defined: Tensor
    clear: Tensor


def _hypothesis_roundings(batch: Batch, given: tuple[Assumption, ...]) -> int:
    """How many roundings lie behind the values that assumptions gave: an equation holds up to those of its two sides, and of the properties
    some hold up to rounding only.
    """
    run, total = TensorInterpreter(batch), 0
    for assumption in given:
        match assumption:
            case Relation(Term() as left, "=", Term() as right):
                run.positions.update(standings(left.free | right.free, batch.sizes)[0])  # as many wherever the indices stand
                total += run.value(left).roundings + run.value(right).roundings
            case Property(kind, term) if kind in ROUNDED:
                total += property_roundings(matrix_size(term.shape, batch.sizes)[0])
    return total


class Trial:
    """A claim on a batch of instances; those outside its domain, or too near to its border, do not count.

    Attributes:
        instances: how many count.
        error: how far the claim is from true at the worst of them, relative to the scale of what was met on the way.
        bound: how far rounding may put it.
    """

    def __init__(self, batch: Batch, claim: Claim) -> None:
        self._run = TensorInterpreter(batch, roundings=_hypothesis_roundings(batch, claim.given))
        self._nearest = sqrt(unit_roundoff(batch.dtype))
        self._sides: dict[tuple[Term, frozenset[Index]], _Side] = {}
        found = self._compare(claim)
        self._counts = found.defined & found.clear
        self.instances = int(self._counts.sum())
        self.error = float(found.error[self._counts].max()) if self.instances else 0.0
        self.bound = found.bound

    def catches(self, mutant: Claim) -> bool:
        """Whether the variant is wrong beyond rounding, or has no value, at an instance that counts."""
        found = self._compare(mutant)
        wrong = ~found.defined | (found.clear & (found.error > found.bound))
        return bool((self._counts & wrong).any())

    def _compare(self, claim: Claim) -> _Comparison:
        sides = [side for side in claim.sides if isinstance(side, Term)]
        free = frozenset().union(*(side.free for side in sides))
        left, right = (self._side(side, free) for side in sides)
        violation = VIOLATIONS[claim.relation](left.value.tensor, right.value.tensor)
        error = torch.where(violation > 0, violation / torch.maximum(left.scale, right.scale), violation)
        bound = rounding_bound(left.value.roundings + right.value.roundings + 1, self._run.batch.dtype)
        return _Comparison(error, bound, left.defined & right.defined, left.clear & right.clear)

    def _side(self, term: Term, free: frozenset[Index]) -> _Side:
        if (term, free) not in self._sides:
            value = self._stacked(term, free)
            found = summary(value)
            defined = torch.isfinite(found.scale) & (found.condition < 1 / self._nearest)
            self._sides[term, free] = _Side(value, found.scale, defined, found.clearance > self._nearest)
        return self._sides[term, free]

    def _stacked(self, term: Term, free: frozenset[Index]) -> Tracked:
        """(batch, rows, columns · k): the values of a term for all k standings of the indices, side by side."""
        values = []
        for standing in standings(free, self._run.batch.sizes):
            self._run.positions.update(standing)
            values.append(self._run.value(term))
        return Tracked(torch.cat([value.tensor for value in values], 2), max(value.roundings for value in values), tuple(values))
