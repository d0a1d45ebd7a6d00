"""Whether a statement holds at an instance."""

from __future__ import annotations

from derivations.evaluation.arrays import ArrayInterpreter, relation_holds
from derivations.evaluation.interpreter import Imprecise
from derivations.evaluation.limits import converges
from derivations.evaluation.minimisers import minimality, rival
from derivations.evaluation.properties import has_property
from derivations.evaluation.random_numbers import admits
from derivations.evaluation.subgradients import decided, membership
from derivations.language.assumptions import Every, Property
from derivations.language.errors import UnsupportedError
from derivations.language.laws import Independent, Law
from derivations.language.terms import Index, Relation, Statement

__all__ = ["holds"]


def holds(run: ArrayInterpreter, statement: Statement) -> bool:
    """Whether the statement holds at the instance, for the indices where they stand.

    Raises:
        EvaluationError: the instance lies outside its domain, or balls do not settle it.
        UnsupportedError: it cannot be tested at an instance.
    """
    match statement:
        case Relation(Statement() as left, symbol, Statement() as right):
            return _joined(run, left, symbol, right)
        case Relation(symbol="->"):
            return converges(run, statement)
        case Relation(symbol="in"):
            return _is_among(run, statement)
        case Relation():
            return relation_holds(run, statement)
        case Property():
            return has_property(run, statement)
        case Every(index, inner):
            return all(_at(run, index, position, inner) for position in range(1, run.size(index.dim) + 1))
        case Law():
            return admits(run, statement)
        case Independent():
            return True
    raise UnsupportedError(f"{type(statement).__name__} in {statement} cannot be tested at an instance")


def _is_among(run: ArrayInterpreter, statement: Relation) -> bool:
    """Whether a point is certainly a minimiser, or a subgradient; that there is no better point a search never shows.

    Raises:
        Imprecise: nothing was found against it.
    """
    if (stated := membership(statement)) is not None:
        found = decided(run, stated)
        if found.violation is None and not found.certain:
            raise Imprecise(f"whether {statement} is open")
        return found.violation is None
    if (minimal := minimality(statement)) is not None and rival(run, minimal) is not None:
        return False
    raise Imprecise(f"whether {statement} is open: no better point was found")


def _at(run: ArrayInterpreter, index: Index, position: int, statement: Statement) -> bool:
    with run.standing(index, position):
        return holds(run, statement)


def _joined(run: ArrayInterpreter, left: Statement, symbol: str, right: Statement) -> bool:
    """Both sides must have a value, except that a conclusion needs none where its premise fails."""
    first = holds(run, left)
    if symbol == "implies":
        return not first or holds(run, right)
    second = holds(run, right)
    return {"and": first and second, "or": first or second, "iff": first == second}[symbol]
