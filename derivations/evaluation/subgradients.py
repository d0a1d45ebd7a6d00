"""Subgradients at an instance: decided by one-sided derivatives, with a place at which the inequality fails that a person can check.

That g is a subgradient of a convex f at x means f′(x; V) ≥ ⟨g, V⟩ for every direction V. The subgradients that are met on the way span a
polytope; the direction from its point nearest to g towards g is tried next. It refutes g, or adds a subgradient, until g is in the polytope: for
piecewise linear f after finitely many steps. (Wolfe, Finding the nearest point in a polytope, 1976; Rockafellar, Convex Analysis, 1970,
theorem 23.2.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from math import gcd, lcm
from operator import add, mul
from typing import Any, TypeAlias

from flint import acb, fmpq

from derivations.evaluation.arrays import Array, ArrayInterpreter
from derivations.evaluation.elimination import reduced_echelon
from derivations.evaluation.fields import BALLS, EXACT, rational
from derivations.evaluation.instances import Entries
from derivations.evaluation.interpreter import EvaluationError, Imprecise
from derivations.evaluation.one_sided import slope_and_subgradient
from derivations.language.errors import UnsupportedError
from derivations.language.kinks import Subdifferential
from derivations.language.operators import Gradient, Hessian, Jacobian
from derivations.language.terms import Relation, Statement, Term
from derivations.language.traversal import depends_on, subterms

__all__ = ["Finding", "Membership", "Violation", "decided", "membership"]

Point: TypeAlias = list[Any]
"""Exact rationals, in the order of a variable's entries, row by row."""

_MOST_DIRECTIONS = 40
_STEPS = tuple(Fraction(1, 2**k) for k in (0, 1, 2, 4, 8, 16, 32))
_SIMPLE = 1 << 10
_NEAR = Fraction(1, 2**80)
"""The square of a distance that rounded points cannot tell from 0."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The statement that a term is a subgradient."""

    candidate: Term
    of: Subdifferential


@dataclass(frozen=True, slots=True)
class Violation:
    """What refutes a subgradient g.

    Attributes:
        place: a z with f(z) < f(x) + ⟨g, z − x⟩; or, where none was found that is certain, None.
        direction: a V with f′(x; V) < ⟨g, V⟩.
        left: f(z); or f′(x; V).
        right: f(x) + ⟨g, z − x⟩; or ⟨g, V⟩.
    """

    stated: Membership
    place: Entries | None
    direction: Entries
    left: Array
    right: Array


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a subgradient: a violation; else that there is none, `certain` or as far as was looked."""

    violation: Violation | None = None
    certain: bool = True


@lru_cache(maxsize=256)
def membership(statement: Statement) -> Membership | None:
    """What a statement says of subgradients; None where neither side is a set of them.

    Raises:
        UnsupportedError: it says something else of them than which are some, or the function is one that cannot be treated.
    """
    match statement:
        case Relation(Term() as candidate, "in", Subdifferential() as of) if candidate.shape == of.shape:
            for term in subterms(of.function):
                if isinstance(term, Gradient | Jacobian | Hessian) and depends_on(term, of.variable):
                    raise UnsupportedError(f"{term} in {of}; write the derivative out, and claim separately that it is one")
            return Membership(candidate, of)
        case Relation(Subdifferential(), _, _) | Relation(_, _, Subdifferential()):
            raise UnsupportedError(f"{statement}: of subgradients one can claim g in subdifferential(f, x), with g of the shape of x")
    return None


def decided(run: ArrayInterpreter, stated: Membership) -> Finding:
    """Whether the statement holds at the instance. The function must be convex.

    Raises:
        EvaluationError: the instance lies outside its domain.
    """
    claimed, exact = run.value(stated.candidate), run.field is not BALLS
    polytope = _Polytope()
    direction = [fmpq(int(k == 0)) for k in range(len(claimed.entries))]
    for attempt in range(_MOST_DIRECTIONS):
        moves = [run.field.number(rational(entry)) for entry in direction]
        try:
            slope = slope_and_subgradient(run, stated.of.function, stated.of.variable, moves)
        except Imprecise:
            if attempt == 0:
                raise
            return Finding(certain=False)  # to which side of a kink this direction leads is open
        if _is_less(run, slope.along, _dot(claimed.entries, moves)):
            return Finding(_violation(run, stated, claimed, direction))
        found = [p - g for p, g in zip(slope.subgradient, claimed.entries, strict=True)]
        nearest = polytope.with_point([_rounded(entry) for entry in found])
        if nearest is None or _dot(nearest, nearest) <= (0 if exact else fmpq(_NEAR.numerator, _NEAR.denominator)):
            return Finding(certain=exact and nearest is not None)
        direction = _primitive([-entry for entry in nearest] if exact else _simple([-entry for entry in nearest]))
    return Finding(certain=False)


def _is_less(run: ArrayInterpreter, left: Any, right: Any) -> bool:
    """Whether it certainly is."""
    try:
        return run.field.sign(left - right) < 0
    except Imprecise:
        return False


def _rounded(entry: Any) -> fmpq:
    """An exact entry as it is; of a ball a number in it."""
    value = Fraction(float(entry.real.mid())) if isinstance(entry, acb) else rational(entry)
    return fmpq(value.numerator, value.denominator)


def _dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return reduce(add, map(mul, left, right))


def _simple(direction: Point) -> Point:
    """Nearly the direction, in small fractions: kinks at zero stay such in balls."""
    largest = max(map(abs, direction))
    nearly = [rational(entry / largest).limit_denominator(_SIMPLE) for entry in direction]
    return [fmpq(entry.numerator, entry.denominator) for entry in nearly]


def _primitive(direction: Point) -> Point:
    """The direction in the smallest integers, which read best."""
    denominator = lcm(*(int(entry.q) for entry in direction))
    whole = [int(entry.p) * (denominator // int(entry.q)) for entry in direction]
    return [fmpq(entry, gcd(*whole)) for entry in whole]


# ------------------------------------------------------------------------------------------------ the nearest point of a polytope


class _Polytope:
    """The convex hull of points; of them the corners are kept whose face holds the point nearest to 0, with their weights."""

    def __init__(self) -> None:
        self._corners: list[Point] = []
        self._weights: Point = []

    def with_point(self, point: Point) -> Point | None:
        """The point nearest to 0 once a further point belongs to the polytope; None where it adds nothing."""
        self._corners.append(point)
        self._weights.append(fmpq(0 if self._weights else 1))
        while (wanted := self._affine_weights()) is not None:
            if all(weight > 0 for weight in wanted):
                self._weights = wanted
                return [_dot(self._weights, entries) for entries in zip(*self._corners, strict=True)]
            steps = [old / (old - new) for old, new in zip(self._weights, wanted, strict=True) if new <= 0 < old - new]
            step = min(steps, default=fmpq(0))
            moved = [old + step * (new - old) for old, new in zip(self._weights, wanted, strict=True)]
            kept = [k for k, weight in enumerate(moved) if weight > 0]
            self._corners, self._weights = [self._corners[k] for k in kept], [moved[k] for k in kept]
        return None

    def _affine_weights(self) -> Point | None:
        """The weights, of sum 1, of the point nearest to 0 in the affine hull of the corners; None where the corners are dependent."""
        size = len(self._corners)
        rows = [[fmpq(0), *(fmpq(1) for _ in range(size)), fmpq(1)]]
        rows += [[fmpq(1), *(_dot(a, b) for b in self._corners), fmpq(0)] for a in self._corners]
        pivots, reduced = reduced_echelon(EXACT, rows)
        if sorted(pivots) != list(range(size + 1)):
            return None
        solution = dict(zip(pivots, (row[-1] for row in reduced), strict=True))
        return [solution[k + 1] for k in range(size)]


# ------------------------------------------------------------------------------------------------------------------- in words


def _violation(run: ArrayInterpreter, stated: Membership, claimed: Array, direction: Point) -> Violation:
    """The direction, and the place along it that is simplest to check."""
    here = run.value(stated.of.variable)
    start = run.value(stated.of.function).scalar
    moves = [rational(entry) for entry in direction]
    for place, step in _places(here, moves):
        there = Array(here.rows, here.columns, tuple(map(run.field.number, place)))
        try:
            reached = run.within({stated.of.variable: there}).value(stated.of.function)
        except EvaluationError:
            continue  # the function has no value so far away
        line = start + _dot(claimed.entries, [run.field.number(step * move) for move in moves])
        if _is_less(run, reached.scalar, line):
            return Violation(stated, _in_rows(here, place), _in_rows(here, moves), reached, Array(1, 1, (line,)))
    slope = slope_and_subgradient(run, stated.of.function, stated.of.variable, [run.field.number(move) for move in moves])
    tilt = _dot(claimed.entries, [run.field.number(move) for move in moves])
    return Violation(stated, None, _in_rows(here, moves), Array(1, 1, (slope.along,)), Array(1, 1, (tilt,)))


def _places(here: Array, moves: Sequence[Fraction]) -> Iterator[tuple[list[Fraction], Fraction]]:
    """Points along a direction, the farthest first, each with the step to it; none where the variable is known in balls only."""
    if any(isinstance(entry, acb) and not entry.is_exact() for entry in here.entries):
        return
    start = [_as_fraction(entry) for entry in here.entries]
    yield from (([entry + step * move for entry, move in zip(start, moves, strict=True)], step) for step in _STEPS)


def _as_fraction(entry: Any) -> Fraction:
    return Fraction(float(entry.real.mid())) if isinstance(entry, acb) else rational(entry)


def _in_rows(like: Array, entries: Sequence[Fraction]) -> Entries:
    return tuple(tuple(entries[k * like.columns : (k + 1) * like.columns]) for k in range(like.rows))
