"""A claim put to a batch of floating-point instances: where it counts, how far it is from true, which wrong variants it exposes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

import torch
from torch import Tensor

from derivations.evaluation.batches import Batch, singular_spread
from derivations.evaluation.instances import matrix_size, standings
from derivations.evaluation.recipes import Owner, Recipe
from derivations.evaluation.tensor_points import TooManyPoints
from derivations.evaluation.tensor_properties import ROUNDED, property_roundings
from derivations.evaluation.tensor_statements import Judge, Side, side_of
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import Tracked
from derivations.language.assumptions import Property
from derivations.language.claims import Claim
from derivations.language.terms import Index, Relation, Statement, Term
from derivations.language.traversal import symbols
from numeric.comparison import difference, excess, rounding_bound

__all__ = ["HARD", "Trial", "is_comparison"]

HARD = 1e3
"""A larger condition number of a matrix makes an instance a hard one, and so does a deficient rank."""

VIOLATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "=": difference,
    "<": excess,
    "<=": excess,
    ">": lambda left, right: excess(right, left),
    ">=": lambda left, right: excess(right, left),
}

NEEDED = {"iff": {True, False}, "implies": {True}}
"""The truth values that the left side must take, or the claim says little: an equivalence is tried on both sides of its border, a
conclusion where its premise holds.
"""


def is_comparison(claim: Claim) -> bool:
    """Whether the claim compares two terms, so that it can be told how far it is from true; any other is a statement, true or false."""
    return claim.relation in VIOLATIONS


class _Comparison(NamedTuple):
    """Both sides at each instance: `error` (batch,), how far the claim is from true, relative to the scale; infinite for no number."""

    error: Tensor
    bound: float
    defined: Tensor
    clear: Tensor


def _hypothesis_roundings(batch: Batch, recipe: Recipe) -> dict[Owner, int]:
    """How many roundings lie behind what was not drawn as it is: a value that an equation gave meets it up to the roundings of the equation,
    and some properties are met up to rounding only. An equation that the draw did not see to may be met by any of its symbols.
    """
    behind: dict[Owner, int] = {}

    def add(owners: Iterable[Owner], roundings: int) -> None:
        behind.update({owner: behind.get(owner, 0) + roundings for owner in owners})

    def rounded(*terms: Term) -> int:
        run = TensorInterpreter(batch, roundings=behind)
        run.positions.update(standings(frozenset().union(*(term.free for term in terms)), batch.sizes)[0])  # as many wherever the indices stand
        return sum(run.value(term).roundings for term in terms)

    for assumption in recipe.given:
        match assumption:
            case Property(kind, term) if kind in ROUNDED:
                add(symbols(term), property_roundings(matrix_size(term.shape, batch.sizes)[0]))
            case Relation(Term() as left, "=", Term() as right) if assumption in recipe.by_chance:
                add(symbols((left, right)), rounded(left, right))
    for plan in recipe.plans:
        if plan.equation is not None:
            add((plan.owner,), rounded(plan.equation.term))
    imposed = [(equation.symbol, rounded(equation.term)) for equation in recipe.imposed]  # of which one at most is true at an instance
    for symbol, roundings in imposed:
        behind[symbol] = max(behind.get(symbol, 0), roundings)
    return behind


class Trial:
    """A claim on a batch of instances; those outside its domain, or too near to its border, do not count.

    Args:
        batch: the instances.
        claim: what is tried.
        recipe: how they were drawn.

    Attributes:
        instances: how many count.
        hard: how many of them have a badly conditioned matrix, or one of deficient rank.
        false: at how many it is certainly false.
        error: of a comparison, how far it is from true at the worst of them, relative to the scale of what was met on the way.
        bound: how far rounding may put it.
        met: the truth values that the left side of a connective takes at those that count.
    """

    def __init__(self, batch: Batch, claim: Claim, recipe: Recipe) -> None:
        self._run = TensorInterpreter(batch, roundings=_hypothesis_roundings(batch, recipe))
        self._judge = Judge(self._run)
        self._sides: dict[tuple[Term, frozenset[Index]], Side] = {}
        self.error = self.bound = 0.0
        self.met: set[bool] = set()
        if is_comparison(claim):
            self._try_comparison(claim)
        else:
            self._try_statement(claim)
        self.instances = int(self._counts.sum())
        condition, deficient = singular_spread(batch)
        self.hard = int((self._counts & ((condition > HARD) | deficient)).sum())

    def _try_comparison(self, claim: Claim) -> None:
        found = self._compare(claim)
        self._counts = found.defined & found.clear
        self.error, self.bound = float(torch.where(self._counts, found.error, 0.0).max()), found.bound
        self.false = int((self._counts & (found.error > found.bound)).sum())

    def _try_statement(self, claim: Claim) -> None:
        truth = self._judge.everywhere(claim.statement)
        self._counts = truth.known
        self.false = int((self._counts & truth.false).sum())
        if claim.relation in NEEDED and isinstance(claim.left, Statement):
            left = self._judge.everywhere(claim.left)
            self.met = {value for value, mask in ((True, left.true), (False, left.false)) if (mask & self._counts).any()}

    def catches(self, mutant: Claim) -> bool:
        """Whether the variant is wrong beyond rounding, or lies outside its domain, at an instance that counts."""
        with suppress(TooManyPoints):  # at these sizes: smaller ones must tell
            return self._catches(mutant)
        return False

    def _catches(self, mutant: Claim) -> bool:
        if is_comparison(mutant):
            found = self._compare(mutant)
            wrong = ~found.defined | (found.clear & (found.error > found.bound))
        else:
            truth = self._judge.everywhere(mutant.statement)
            wrong = truth.outside | truth.false
        return bool((self._counts & wrong).any())

    def _compare(self, claim: Claim) -> _Comparison:
        sides = [side for side in claim.sides if isinstance(side, Term)]
        free = frozenset().union(*(side.free for side in sides))
        left, right = (self._side(side, free) for side in sides)
        violation = VIOLATIONS[claim.relation](left.value.tensor, right.value.tensor)
        error = torch.where(violation > 0, violation / torch.maximum(left.scale, right.scale), violation)
        bound = rounding_bound(left.value.roundings + right.value.roundings + 1, self._run.batch.dtype)
        return _Comparison(error, bound, left.defined & right.defined, left.clear & right.clear)

    def _side(self, term: Term, free: frozenset[Index]) -> Side:
        if (term, free) not in self._sides:
            self._sides[term, free] = side_of(self._stacked(term, free), measured=True)
        return self._sides[term, free]

    def _stacked(self, term: Term, free: frozenset[Index]) -> Tracked:
        """(batch, rows, columns · k): the values of a term for all k standings of the indices, side by side."""
        values = []
        for standing in standings(free, self._run.batch.sizes):
            self._run.positions.update(standing)
            values.append(self._run.value(term))
        return Tracked(torch.cat([value.tensor for value in values], 2), max(value.roundings for value in values), tuple(values))
