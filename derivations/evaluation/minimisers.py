"""Minimisers at an instance: a point as good or better refutes that one is a minimiser, or the only one.

At the claimed point the function is expanded to second order, by dual numbers, along the directions that the equations among the
constraints leave free. Directions that are conjugate to each other say the rest: where the curvature is positive, Newton's step leads
to the least value; along any other the function falls, or stays as it is. Of a quadratic function under linear equations this decides;
of others, further steps are tried. (Nocedal & Wright, Numerical Optimization, 2nd ed., 2006, sections 3.3, 5.1 and 16.1.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from flint import acb

from derivations.evaluation.arrays import Array, ArrayInterpreter, relation_holds
from derivations.evaluation.duals import Dual, partial, primal
from derivations.evaluation.elimination import certainly_nonzero, reduced_echelon
from derivations.evaluation.fields import Field, rational
from derivations.evaluation.instances import Entries
from derivations.evaluation.interpreter import EvaluationError, Imprecise
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ArgMin
from derivations.language.kinks import OneSidedDerivative
from derivations.language.operators import Gradient, Hessian, Jacobian
from derivations.language.terms import ORDERINGS, Relation, Statement, Term
from derivations.language.traversal import depends_on, subterms

__all__ = ["Minimality", "Rival", "minimality", "rival"]

Direction: TypeAlias = list[Any]
"""The entries of a change of the variable, row by row."""

_WHOLE = Fraction(1)
_SMALL_STEPS = (Fraction(1, 2), Fraction(1, 8), Fraction(1, 32), Fraction(1, 256))
_DENOMINATORS = (1, 8, 1 << 10)


@dataclass(frozen=True, slots=True)
class Minimality:
    """The statement that a point is a minimiser, or (`only`) the one minimiser."""

    problem: ArgMin
    point: Term
    only: bool


@dataclass(frozen=True, slots=True)
class Rival:
    """What refutes a minimiser: a better place (of the only one, one as good) that meets the constraints; or a constraint that it breaks.

    Attributes:
        place: of the variable; None where a constraint is broken.
        left: the function at the place; or the left side of the constraint.
        right: the function at the claimed point; or the right side of the constraint.
        broken: the constraint.
    """

    problem: ArgMin
    left: Array
    right: Array
    place: Entries | None = None
    broken: Relation | None = None


@lru_cache(maxsize=256)
def minimality(statement: Statement) -> Minimality | None:
    """What a statement says of a minimiser; None where neither side is one.

    Raises:
        UnsupportedError: it says something else of minimisers than what they are, or the problem is one that cannot be treated.
    """
    match statement:
        case Relation(ArgMin() as problem, "=", Term() as point) if not isinstance(point, ArgMin):
            found = Minimality(problem, point, True)
        case Relation(Term() as point, "=", ArgMin() as problem) if not isinstance(point, ArgMin):
            found = Minimality(problem, point, True)
        case Relation(Term() as point, "in", ArgMin() as problem):
            found = Minimality(problem, point, False)
        case Relation(ArgMin(), _, _) | Relation(_, _, ArgMin()):
            raise UnsupportedError(f"{statement}: of minimisers one can claim argmin(...) = point, or point in argmin(...)")
        case _:
            return None
    _check(found.problem)
    return found


def _check(problem: ArgMin) -> None:
    for term in subterms(problem):
        if isinstance(term, Gradient | Jacobian | Hessian | OneSidedDerivative) and depends_on(term, problem.variable):
            raise UnsupportedError(f"{term} in {problem}; write the derivative out, and claim separately that it is one")
    for constraint in problem.constraints:
        if constraint.free:
            names = ", ".join(sorted(index.name for index in constraint.free))
            raise UnsupportedError(f"the constraint {constraint} of {problem} has the index {names}; write it with the whole matrix")


def rival(run: ArrayInterpreter, stated: Minimality) -> Rival | None:
    """What refutes the statement at the instance; None where nothing was found.

    Raises:
        EvaluationError: the claimed point has no value there, or the function or a constraint has none at that point.
    """
    problem, point = stated.problem, run.value(stated.point)
    there = run.within({problem.variable: point})
    for constraint in problem.constraints:
        if not _may_hold(there, constraint):
            left, right = (there.value(side) for side in _sides(constraint))
            return Rival(problem, left, right, broken=constraint)
    least = there.value(problem.function)
    as_good = None
    for place in _places(run, problem, point):
        other = Array(point.rows, point.columns, tuple(map(run.field.number, place)))
        here = run.within({problem.variable: other})
        order = _order(here, problem, least.scalar) if _is_apart(run.field, other, point) else 1
        if order < int(stated.only) and (order < 0 or as_good is None):
            rows = tuple(place[k * point.columns : (k + 1) * point.columns] for k in range(point.rows))
            found = Rival(problem, here.value(problem.function), least, place=rows)
            if order < 0:
                return found
            as_good = found
    return as_good


def _sides(relation: Relation) -> tuple[Term, Term]:
    if isinstance(relation.left, Term) and isinstance(relation.right, Term):
        return relation.left, relation.right
    raise UnsupportedError(f"the constraint {relation}")


def _may_hold(there: ArrayInterpreter, constraint: Relation) -> bool:
    """Whether the claimed point meets a constraint; of an equation it is enough that the balls of both sides meet."""
    try:
        return relation_holds(there, constraint)
    except Imprecise:
        if constraint.symbol == "=":
            return True
        raise


def _order(here: ArrayInterpreter, problem: ArgMin, least: Any) -> int:
    """−1 where another point certainly meets the constraints and is better than the claimed one, 0 where it is as good, else 1."""
    try:
        feasible = all(relation_holds(here, constraint) for constraint in problem.constraints)
        return here.field.sign(here.value(problem.function).scalar - least) if feasible else 1
    except EvaluationError:
        return 1  # the function has no value there, or balls leave it open


def _is_apart(field: Field, one: Array, other: Array) -> bool:
    return any(certainly_nonzero(field, a - b) for a, b in zip(one.entries, other.entries, strict=True))


# ------------------------------------------------------------------------------------------------------------- where to look


def _places(run: ArrayInterpreter, problem: ArgMin, point: Array) -> Iterator[tuple[Fraction, ...]]:
    """The points that may be better, the most promising first."""
    bounded = any(constraint.symbol in ORDERINGS for constraint in problem.constraints)
    basis = _free(run, problem, point)
    directions = _descents(run, problem, point, basis)
    sideways = [sign for direction in basis for sign in (direction, [-entry for entry in direction])]
    further, aside = (_SMALL_STEPS, _SMALL_STEPS) if bounded or not directions else ((), _SMALL_STEPS[1:3])
    for pool, lengths in ((directions, (_WHOLE, *further)), (sideways, (_WHOLE, *aside))):
        for direction in pool:
            for length in lengths:
                yield from _written(_moved(list(point.entries), run.field.number(length), direction))


def _written(place: Direction) -> Iterator[tuple[Fraction, ...]]:
    """The place in fractions; where balls enclose it, some near their midpoints, the simplest first."""
    if not any(isinstance(entry, acb) for entry in place):
        yield tuple(map(rational, place))
        return
    for denominator in _DENOMINATORS:
        yield tuple(Fraction(float(acb(entry).real.mid())).limit_denominator(denominator) for entry in place)


def _free(run: ArrayInterpreter, problem: ArgMin, point: Array) -> list[Direction]:
    """A basis of the directions that the equations among the constraints leave free to first order; of all, where these have a kink."""
    width = len(point.entries)
    there, _, level = _varied(run, problem, point)
    zero = run.field.number(0)
    try:
        equations = [
            [primal(partial(a - b, level, k, zero)) for k in range(width)]
            for constraint in problem.constraints
            if constraint.symbol == "="
            for a, b in zip(*(there.value(side).entries for side in _sides(constraint)), strict=True)
        ]
        return _kernel(run.field, equations, width)
    except EvaluationError:
        return _kernel(run.field, [], width)


def _descents(run: ArrayInterpreter, problem: ArgMin, point: Array, basis: list[Direction]) -> list[Direction]:
    """Newton's step, then that step and further along each direction in which the function does not rise; none where it has a kink."""
    zero, places = run.field.number(0), range(len(point.entries))
    there, inner, outer = _varied(run, problem, point)
    try:
        value = there.value(problem.function).scalar
        slopes = [partial(value, outer, k, zero) for k in places]
        curvature = [[partial(slope, inner, k, zero) for k in places] for slope in slopes]
        return list(_directions(run.field, [primal(slope) for slope in slopes], curvature, basis))
    except EvaluationError:
        return []


def _varied(run: ArrayInterpreter, problem: ArgMin, point: Array) -> tuple[ArrayInterpreter, int, int]:
    """The interpreter with the point for the variable, as dual numbers of two levels; and these."""
    zero, one = run.field.number(0), run.field.number(1)
    inner, outer = len(run.seeds) + 1, len(run.seeds) + 2
    varied = tuple(entry + Dual(inner, zero, {k: one}) + Dual(outer, zero, {k: one}) for k, entry in enumerate(point.entries))
    return run.within({problem.variable: Array(point.rows, point.columns, varied)}), inner, outer


def _kernel(field: Field, rows: list[Direction], width: int) -> list[Direction]:
    """A basis of the directions that all rows take to zero.

    Raises:
        Imprecise: balls leave their rank open.
    """
    pivots, reduced = reduced_echelon(field, rows) if rows else ([], [])
    basis = []
    for free in (k for k in range(width) if k not in pivots):
        direction = [field.number(int(k == free)) for k in range(width)]
        for pivot, row in zip(pivots, reduced, strict=True):
            direction[pivot] = -row[free]
        basis.append(direction)
    return basis


def _directions(field: Field, slope: Direction, curvature: list[Direction], basis: list[Direction]) -> Iterator[Direction]:
    """Newton's step within the span of the basis; then that step and further along each direction of no positive curvature."""
    newton = [field.number(0)] * len(slope)
    others = []
    for direction, bend in _conjugate(field, curvature, basis):
        tilt = _dot(slope, direction)
        if certainly_nonzero(field, bend) and field.sign(bend) > 0:
            newton = _moved(newton, -tilt / bend, direction)
        else:
            others.append(_moved([field.number(0)] * len(slope), -tilt if certainly_nonzero(field, tilt) else field.number(1), direction))
    yield newton
    yield from (_moved(newton, field.number(1), other) for other in others)


def _conjugate(field: Field, form: list[Direction], basis: Sequence[Direction]) -> Iterator[tuple[Direction, Any]]:
    """Directions p with the span of the basis and pᵀAq = 0 between any two, each with its pᵀAp: Lagrange's reduction of the form A."""

    def between(p: Direction, q: Direction) -> Any:
        return _dot(p, [_dot(row, q) for row in form])

    left = list(basis)
    while left:
        place = next((k for k, p in enumerate(left) if certainly_nonzero(field, between(p, p))), None)
        if place is None:
            pairs = ((a, b) for a in range(len(left)) for b in range(a) if certainly_nonzero(field, between(left[a], left[b])))
            pair = next(pairs, None)
            if pair is None:
                yield from ((p, field.number(0)) for p in left)
                return
            place = pair[0]
            left[place] = _moved(left[place], field.number(1), left[pair[1]])
        chosen = left.pop(place)
        bend = between(chosen, chosen)
        yield chosen, bend
        left = [_moved(p, -between(chosen, p) / bend, chosen) for p in left]


def _dot(left: Direction, right: Direction) -> Any:
    return sum((a * b for a, b in zip(left[1:], right[1:], strict=True)), left[0] * right[0])


def _moved(start: Direction, factor: Any, direction: Direction) -> Direction:
    return [entry + factor * change for entry, change in zip(start, direction, strict=True)]
