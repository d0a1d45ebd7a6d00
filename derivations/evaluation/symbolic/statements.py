"""Statements to SymPy's Booleans and back: comparisons, connectives, and the properties of matrices that SymPy has predicates for.

Over matrices only ``=`` has a counterpart: SymPy orders scalars only, and its ``Ne`` of matrices says that some entry differs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import sympy

from derivations.evaluation.symbolic.matrices import Expression
from derivations.evaluation.symbolic.scope import Scope, refuse
from derivations.evaluation.symbolic.vocabulary import RELATIONALS
from derivations.language.assumptions import Every, Property
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Relation, Statement, Term

__all__ = ["STATEMENT_READERS", "boolean", "read_statement", "relational"]

_CONNECTIVES: dict[str, type] = {"and": sympy.And, "or": sympy.Or, "iff": sympy.Equivalent, "implies": sympy.Implies}
_PREDICATES: dict[str, Any] = {
    "symmetric": sympy.Q.symmetric,
    "invertible": sympy.Q.invertible,
    "orthogonal": sympy.Q.orthogonal,
    "positive definite": sympy.Q.positive_definite,
}
"""The properties with the very same meaning in SymPy."""

_UNKNOWN_RELATIONS = {
    "->": "SymPy's Limit is a value; that a limit exists and what it is is no statement there. Convert both sides apart",
    "in": "SymPy has no set of minimisers, nor of subgradients",
}


def boolean(statement: Statement, expression: Callable[[Term], Expression]) -> Expression:
    """The SymPy Boolean that means the statement; `expression` converts its terms. SymPy evaluates it as far as it always does.

    Raises:
        UnsupportedError: SymPy has no counterpart.
    """
    match statement:
        case Relation(Statement() as left, symbol, Statement() as right):
            return _CONNECTIVES[symbol](boolean(left, expression), boolean(right, expression))
        case Relation(Term() as left, _, Term() as right):
            return relational(statement, expression(left), expression(right))
        case Property(kind, term) if kind in _PREDICATES and term.shape:
            return _PREDICATES[kind](expression(term))
        case Property(kind):
            raise UnsupportedError(f"{statement}: SymPy has no predicate for this; expected a matrix that is {' or '.join(_PREDICATES)}")
        case Every(index):
            raise UnsupportedError(f"{statement}: SymPy has no statement for every {index}; convert the inner one, or prove it for a free index")
    raise UnsupportedError(f"{type(statement).__name__} has no counterpart in SymPy")


def relational(relation: Relation, left: Expression, right: Expression) -> Expression:
    """The comparison of two expressions.

    Raises:
        UnsupportedError: SymPy has no such comparison, or would lose what stands in it.
    """
    if relation.symbol not in RELATIONALS:
        reason = _UNKNOWN_RELATIONS.get(relation.symbol, f"expected one of {' '.join(RELATIONALS)}")
        raise UnsupportedError(f"{relation}: SymPy has no {relation.symbol!r}; {reason}")
    if left.is_Matrix and relation.symbol != "=":
        raise UnsupportedError(f"{relation}: SymPy compares matrices by = only; write it for the entries")
    if left.has(sympy.Piecewise) or right.has(sympy.Piecewise):
        raise UnsupportedError(f"{relation} holds cases itself: SymPy unfolds them, even out of a Lambda, and loses their variable")
    return RELATIONALS[relation.symbol](left, right)


# ---------------------------------------------------------------------------------------------------------- from SymPy


def _joined(symbol: str) -> Callable[[Expression, Scope], Statement]:
    def read(expression: Expression, scope: Scope) -> Statement:
        parts = [read_statement(part, scope) for part in expression.args]
        if len(parts) > 2 and symbol not in ("and", "or"):
            refuse(expression, "more than two statements; join them two by two")
        return reduce(lambda left, right: Relation(left, symbol, right), parts)

    return read


def _compared(symbol: str) -> Callable[[Expression, Scope], Statement]:
    def read(expression: Expression, scope: Scope) -> Statement:
        left, right = scope.read_all(expression.args)
        if symbol != "=" and (left.shape or right.shape):
            refuse(expression, "matrices are compared by Eq only")
        return Relation(left, symbol, right)

    return read


def _negated(expression: Expression, scope: Scope) -> Statement:
    """The negation of what is joined, moved inside: terms are compared, and each comparison has its opposite."""
    inner = expression.args[0]
    match inner:
        case sympy.And():
            return read_statement(sympy.Or(*map(sympy.Not, inner.args)), scope)
        case sympy.Or():
            return read_statement(sympy.And(*map(sympy.Not, inner.args)), scope)
        case sympy.Implies():
            return read_statement(sympy.And(inner.args[0], sympy.Not(inner.args[1])), scope)
        case sympy.Equivalent() if len(inner.args) == 2:
            return read_statement(sympy.Equivalent(inner.args[0], sympy.Not(inner.args[1])), scope)
    refuse(expression, "the negation of this")


def _predicate(expression: Expression, scope: Scope) -> Statement:
    kinds = {predicate: kind for kind, predicate in _PREDICATES.items()}
    if expression.function not in kinds or len(expression.arguments) != 1:
        refuse(expression, f"accepted are {', '.join(map(str, kinds))}")
    term = scope.read(expression.arguments[0])
    if not term.shape:
        refuse(expression, f"{term} is no matrix")
    return Property(kinds[expression.function], term)


STATEMENT_READERS: dict[type, Callable[[Expression, Scope], Statement]] = {
    **{cls: _joined(symbol) for symbol, cls in _CONNECTIVES.items()},
    **{cls: _compared(symbol) for symbol, cls in RELATIONALS.items()},
    sympy.Not: _negated,
    sympy.AppliedPredicate: _predicate,
}
"""By the exact class."""


def read_statement(expression: Expression, scope: Scope) -> Statement:
    """The statement that a SymPy Boolean means.

    Raises:
        UnsupportedError: it has none, or SymPy has evaluated it already.
    """
    reader = STATEMENT_READERS.get(type(expression))
    if expression in (sympy.true, sympy.false):
        refuse(expression, "SymPy has evaluated the statement away; build it with evaluate=False")
    if reader is None:
        refuse(expression, f"a statement is built of {', '.join(sorted(cls.__name__ for cls in STATEMENT_READERS))}")
    return reader(expression, scope)
