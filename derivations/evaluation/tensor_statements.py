"""Statements on a batch of floating-point instances: where they are certainly true, and where they are certainly false."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import reduce
from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from derivations.evaluation.batches import singular_spread
from derivations.evaluation.instances import standings
from derivations.evaluation.subgradients import Membership, membership
from derivations.evaluation.tensor_limits import Followed, followed, tends_to
from derivations.evaluation.tensor_minimisers import solution
from derivations.evaluation.tensor_properties import property_truth
from derivations.evaluation.tensor_subgradients import inequalities
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import Tracked, standing_of, summary, tells_zero
from derivations.evaluation.truths import CONNECTIVES, Truth
from derivations.language.assumptions import Every, Property, positive_semidefinite
from derivations.language.claims import limit_counter
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ArgMin
from derivations.language.kinks import Subdifferential
from derivations.language.laws import Independent, Law
from derivations.language.operators import Apply, Softmax
from derivations.language.terms import Index, Relation, Statement, Term
from derivations.language.traversal import subterms
from numeric.comparison import rounding_bound
from numeric.devices import unit_roundoff

__all__ = ["Judge", "Side", "side_of"]


class Doubt(Enum):
    """Whether two values that rounding does not tell apart may differ after all."""

    NEVER = "what was searched for is found"
    BY_CHANCE = "drawn values may come so near, if seldom"
    ALWAYS = "functions that saturate bring different values as near as one likes"


class Side(NamedTuple):
    """A value, with what is known of it at each instance (batch,).

    Attributes:
        defined: it has a value: no step on the way is singular, or so nearly that rounding leaves nothing of it.
        clear: rounding does not decide: no step on the way is nearly singular, no kink or jump is so near that it may have been crossed.
    """

    value: Tracked
    scale: Tensor
    defined: Tensor
    clear: Tensor


def side_of(value: Tracked, *, measured: bool = False) -> Side:
    """The value, with what its history says; `measured` where it is to be seen how far it is from another one."""
    found = summary(value)
    return Side(value, found.scale, *standing_of(found, value.roundings, value.tensor.dtype, measured=measured))


class Judge:
    """Says where statements are true on one batch; what it was asked once it remembers, so that variants of a claim cost what is new in them."""

    def __init__(self, run: TensorInterpreter) -> None:
        self._run = run
        self._leaves: dict[object, Truth] = {}
        self._sequences: dict[object, Followed] = {}
        self._worst_condition: Tensor | None = None

    def everywhere(self, statement: Statement) -> Truth:
        """The statement for every value of its free indices."""
        return self._at_all(statement, standings(statement.free, self._run.batch.sizes))

    def truth(self, statement: Statement) -> Truth:
        """The statement for the indices where they stand.

        Raises:
            UnsupportedError: a kind of statement, or of limit or minimiser, that floating-point numbers cannot judge.
        """
        match statement:
            case Relation(Statement() as left, symbol, Statement() as right):
                return CONNECTIVES[symbol](self.truth(left), self.truth(right))
            case Every(index, inner):
                return self._at_all(inner, [{index: place} for place in range(1, self._run.size(index.dim) + 1)])
        key = self._here(statement)
        if key not in self._leaves:
            self._leaves[key] = self._leaf(statement)
        return self._leaves[key]

    def _here(self, value: Term | Statement) -> object:
        """A term or statement with its indices where they stand."""
        return value, tuple((index, self._run.positions[index]) for index in sorted(value.free, key=lambda index: index.name))

    def _sequence(self, term: Term, relation: Relation) -> Followed:
        key = self._here(term)
        if key not in self._sequences:
            self._sequences[key] = followed(self._run, term, limit_counter(relation))
        return self._sequences[key]

    def _at_all(self, statement: Statement, places: list[dict[Index, int]]) -> Truth:
        before = dict(self._run.positions)
        truths = []
        for place in places:
            self._run.positions.update(place)
            truths.append(self.truth(statement))
        self._run.positions.clear()
        self._run.positions.update(before)
        true, false, outside = (torch.stack(masks) for masks in zip(*truths, strict=True))
        return Truth(true.all(0), false.any(0), outside.any(0))

    def _leaf(self, statement: Statement) -> Truth:
        match statement:
            case Property():
                return property_truth(self._run, statement, self.worst_condition)
            case Relation(Term() as left, "->", Term() as right):
                return tends_to(self._run, self._sequence(left, statement), self._run.value(right))
            case Relation(Term() as point, "in", ArgMin() as problem):
                return self._is_minimiser(point, problem)
            case Law() | Independent():
                return self._possible(statement)
            case Relation(_, "in", Subdifferential()) if (stated := membership(statement)) is not None:
                return self._is_subgradient(stated)
            case Relation(Term() as left, symbol, Term() as right) if symbol in _DECISIONS:
                doubting = Doubt.ALWAYS if _saturates(left, right) else Doubt.BY_CHANCE
                return self._compared(side_of(self._run.value(left)), symbol, side_of(self._run.value(right)), doubting)
        raise UnsupportedError(f"{statement} cannot be checked on floating-point instances")

    def _possible(self, stated: Law | Independent) -> Truth:
        """Whether a law has a meaning; names can always be independent."""
        truth = Truth(*(torch.full((self._run.batch.count,), value, device=self._run.batch.device) for value in (True, False, False)))
        for needed in _needed(stated) if isinstance(stated, Law) else ():
            truth = truth & self.truth(needed)
        return truth

    def _is_minimiser(self, point: Term, problem: ArgMin) -> Truth:
        """The function at the point against its least value, and the constraints there."""
        found, stated = solution(self._run, problem), side_of(self._run.value(point))
        least, there = (self._run.placed(problem.variable, value.tensor) for value in (found.point, stated.value))
        best, reached = (side_of(_after(value, run.value(problem.function))) for value, run in ((found.point, least), (stated.value, there)))
        truth = self._compared(reached, "=", best, Doubt.NEVER)
        for constraint in problem.constraints:
            left, right = (side_of(_after(stated.value, there.value(side))) for side in (constraint.left, constraint.right) if isinstance(side, Term))
            truth = truth & self._compared(left, constraint.symbol, right, Doubt.NEVER)
        return truth & Truth.inside(found.exists, ~found.exists, stated.defined, side_of(found.point).clear)

    def _is_subgradient(self, stated: Membership) -> Truth:
        """False where the inequality of subgradients fails at some place; true where it holds at each of those that were tried."""
        truths = [self._compared(side_of(left), ">=", side_of(right), Doubt.NEVER) for left, right in inequalities(self._run, stated)]
        return reduce(Truth.__and__, truths)

    def _compared(self, left: Side, symbol: str, right: Side, doubt: Doubt) -> Truth:
        """Two sides entry by entry: what differs by no more than rounding counts as equal, unless there is doubt; what differs by more is told
        from a margin on.
        """
        dtype, roundings = left.value.tensor.dtype, left.value.roundings + right.value.roundings
        slack = rounding_bound(roundings + 1, dtype) if roundings else 0.0  # what was not rounded is exact
        margin = max(slack, sqrt(unit_roundoff(dtype))) if roundings else 0.0
        size = torch.maximum(left.scale, right.scale)[:, None]
        first, second = (side.value.tensor.detach().double().flatten(1) for side in (left, right))
        gap, reach = second - first, slack * size / torch.maximum(first.abs(), second.abs()).clamp(min=1)
        equal = gap.abs() <= slack * size
        if doubt is Doubt.BY_CHANCE:
            equal &= tells_zero(reach, self.worst_condition[:, None], dtype)
        elif doubt is Doubt.ALWAYS:
            equal &= slack == 0
        holds, fails = _DECISIONS[symbol](_Entries(gap > margin * size, equal, gap < -margin * size))
        return Truth.inside(holds.all(1), fails.any(1), left.defined & right.defined, left.clear & right.clear)

    @property
    def worst_condition(self) -> Tensor:
        """(batch,): see `singular_spread`."""
        if self._worst_condition is None:
            self._worst_condition = singular_spread(self._run.batch)[0]
        return self._worst_condition


def _needed(law: Law) -> tuple[Statement, ...]:
    """What the parameters of a law must meet."""
    match law.kind, law.parameters:
        case ("gaussian" | "moments", (_, spread)) if spread.shape:
            return (positive_semidefinite(spread),)
        case ("gaussian" | "moments", (_, spread)) | ("symmetric_law" | "mean_square", (spread,)):
            return (spread >= 0,)
        case "uniform", (low, high):
            return (low <= high,)
        case "bernoulli", (probability,):
            return probability >= 0, probability <= 1
    return ()


def _saturates(*terms: Term) -> bool:
    """Whether a function that is nearly constant for large arguments stands in a term."""
    return any(isinstance(part, Softmax) or (isinstance(part, Apply) and part.function.name in _SATURATING) for part in subterms(terms))


_SATURATING = ("exp", "sigmoid", "tanh")


def _after(value: Tracked, result: Tracked) -> Tracked:
    """A result that was computed at a value, with the value's history."""
    return Tracked(result.tensor, value.roundings + result.roundings, (value, result))


# ----------------------------------------------------------------------------------------------------------- comparisons


class _Entries(NamedTuple):
    """Masks (batch, k): where an entry of the left side is certainly less than that of the right one, equal to it, more than it."""

    less: Tensor
    equal: Tensor
    more: Tensor


_DECISIONS: dict[str, Callable[[_Entries], tuple[Tensor, Tensor]]] = {
    "=": lambda found: (found.equal, found.less | found.more),
    "!=": lambda found: (found.less | found.more, found.equal),
    "<": lambda found: (found.less, found.equal | found.more),
    "<=": lambda found: (found.less | found.equal, found.more),
    ">": lambda found: (found.more, found.equal | found.less),
    ">=": lambda found: (found.more | found.equal, found.less),
}
"""(batch, k) both: where a relation certainly holds in an entry, and where it certainly fails."""
