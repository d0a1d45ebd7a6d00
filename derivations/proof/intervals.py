"""What relations leave for one name, once the others have values: an interval for a scalar, or the solutions of linear equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import floor, inf
from typing import Any

from flint import acb

from derivations.evaluation.arrays import Array, ArrayInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.elimination import reduced_echelon
from derivations.evaluation.fields import EXACT, rational
from derivations.evaluation.instances import Entries, Instance, length
from derivations.evaluation.interpreter import EvaluationError, Inexact
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Index, Symbol, Term
from derivations.proof.ranges import ANY, Range

__all__ = ["Border", "simplest_between", "solution"]

_EMPTY = Range(Fraction(1), Fraction(0))
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Border:
    """``difference symbol 0`` with a comparison and a difference that is affine in a scalar, which has an interval on one side of the border."""

    name: Symbol
    difference: Term
    symbol: str

    def interval(self, instance: Instance) -> Range:
        """The values of the scalar that meet the relation, whatever its free indices; an irrational end is rounded inwards.

        Raises:
            EvaluationError: the difference has no value at the instance.
        """
        inside = ANY
        for standing in _standings(instance, self.difference.free):
            inside = inside.meet(self._interval_at(standing))
        return inside

    def place(self, instance: Instance) -> Fraction | None:
        """Where the difference is 0, with its indices as they stand; None where that is nowhere, everywhere, irrational or undefined."""
        try:
            start, slope = self._coefficients(ExactInterpreter(instance))
        except (EvaluationError, UnsupportedError):
            return None  # then there is no border that one could visit
        return rational(-start / slope) if slope != 0 else None

    def _interval_at(self, instance: Instance) -> Range:
        run: ArrayInterpreter = ExactInterpreter(instance)
        try:
            start, slope = self._coefficients(run)
        except Inexact:
            run = BallInterpreter(instance)
            start, slope = self._coefficients(run)
        sign = run.field.sign(slope)
        if sign == 0:
            start = run.field.sign(start)
            return ANY if {"<": start < 0, "<=": start <= 0, ">": start > 0, ">=": start >= 0}[self.symbol] else _EMPTY
        return _beyond(self.symbol if sign > 0 else _FLIPPED[self.symbol], -start / slope)

    def _coefficients(self, run: ArrayInterpreter) -> tuple[Any, Any]:
        """a and b of the difference a + b·name."""
        start, at_one = (run.within({self.name: run.constant(value)}).value(self.difference).scalar for value in (0, 1))
        return start, at_one - start


def _beyond(symbol: str, end: Any) -> Range:
    """The numbers that stand in a relation to an end, which may be a ball."""
    closed, below = symbol in ("<=", ">="), symbol in ("<", "<=")
    if isinstance(end, acb):
        closed, end = False, (end.real.lower() if below else end.real.upper()).fmpq()
    return Range(high=rational(end), high_closed=closed) if below else Range(low=rational(end), low_closed=closed)


def _standings(instance: Instance, free: Iterable[Index]) -> Iterator[Instance]:
    """The instance with indices at each of their places."""
    indices = sorted(free, key=lambda index: index.name)
    for places in product(*(range(1, length(index.dim, instance.sizes) + 1) for index in indices)):
        yield replace(instance, positions={**instance.positions, **dict(zip(indices, places, strict=True))})


def solution(instance: Instance, name: Symbol, differences: Sequence[Term], guess: Entries) -> Entries | None:
    """The value of a name at which differences that are affine in it are 0, with entries of the guess where they are free.

    Returns:
        None where there is none, or no rational one.
    """
    rows, columns = len(guess), len(guess[0])
    runs = [(difference, ExactInterpreter(there)) for difference in differences for there in _standings(instance, difference.free)]

    def at(place: int | None) -> list[Any]:
        value = Array(rows, columns, tuple(EXACT.number(int(k == place)) for k in range(rows * columns)))
        return [entry for difference, run in runs for entry in run.within({name: value}).value(difference).entries]

    try:
        start = at(None)
        slopes = [[a - b for a, b in zip(at(place), start, strict=True)] for place in range(rows * columns)]
    except EvaluationError:
        return None  # a coefficient has no rational value there
    equations = [[*row, -constant] for *row, constant in zip(*slopes, start, strict=True)]
    pivots, reduced = reduced_echelon(EXACT, equations)
    if rows * columns in pivots:
        return None
    found = [EXACT.number(entry) for row in guess for entry in row]
    for pivot, row in zip(pivots, reduced, strict=True):
        found[pivot] = row[-1] - sum((row[k] * found[k] for k in range(rows * columns) if k not in pivots), EXACT.number(0))
    values = list(map(rational, found))
    return tuple(tuple(values[k * columns : (k + 1) * columns]) for k in range(rows))


def simplest_between(low: Fraction | float, high: Fraction | float) -> Fraction:
    """The fraction with the least denominator strictly between two numbers, and of those the least in size (Stern and Brocot)."""
    if low < 0 < high:
        return Fraction(0)
    if high <= 0:
        return -simplest_between(-high, -low)
    whole = floor(low)
    if whole + 1 < high:
        return Fraction(whole + 1)
    return whole + 1 / simplest_between(1 / (high - whole), inf if low == whole else 1 / (low - whole))
