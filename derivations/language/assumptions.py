"""Statements beside relations, and assumptions: what is given beyond the types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from derivations.language.errors import DeclarationError
from derivations.language.shapes import require_square
from derivations.language.terms import Index, Operand, Relation, Statement, Term, as_term

__all__ = [
    "PROPERTIES",
    "SQUARE",
    "Assumption",
    "Every",
    "Property",
    "equal",
    "every",
    "full_column_rank",
    "full_row_rank",
    "invertible",
    "negative",
    "nonnegative",
    "nonzero",
    "orthogonal",
    "positive",
    "positive_definite",
    "positive_semidefinite",
    "projection",
    "symmetric",
    "tends_to",
]

SQUARE = ("symmetric", "invertible", "positive definite", "positive semidefinite", "orthogonal", "projection")
PROPERTIES = (*SQUARE, "full column rank", "full row rank")


@dataclass(frozen=True, slots=True, repr=False)
class Property(Statement):
    """A property of a matrix, one of `PROPERTIES`; those in `SQUARE` are of square ones."""

    kind: str
    term: Term

    def __post_init__(self) -> None:
        if self.kind not in PROPERTIES:
            raise DeclarationError(f"{self.kind!r} is no property; expected one of {', '.join(PROPERTIES)}")
        if self.kind in SQUARE:
            require_square(f"the property {self.kind!r}", self.term.shape, self.term)


@dataclass(frozen=True, slots=True, repr=False)
class Every(Statement):
    """The statement for each value of an index; with an index that nothing binds, a claim says the same of its whole."""

    index: Index
    statement: Statement

    @property
    def free(self) -> frozenset[Index]:
        """The indices that occur and are not bound inside."""
        return self.statement.free - {self.index}


Assumption: TypeAlias = Relation | Property


def positive(term: Term) -> Relation:
    """Every entry of the term is > 0."""
    return Relation(term, ">", _zero_like(term))


def negative(term: Term) -> Relation:
    """Every entry of the term is < 0."""
    return Relation(term, "<", _zero_like(term))


def nonnegative(term: Term) -> Relation:
    """Every entry of the term is ≥ 0."""
    return Relation(term, ">=", _zero_like(term))


def nonzero(term: Term) -> Relation:
    """Every entry of the term is ≠ 0."""
    return Relation(term, "!=", _zero_like(term))


def equal(left: Term, right: Operand) -> Relation:
    """Both terms are equal: a hypothesis, such as ``equal(X @ w, t)``."""
    return Relation(left, "=", as_term(right))


def every(index: Index, statement: Statement) -> Every:
    """The statement for each value of the index: ``every(i, abs_(1 - alpha * entry(eigenvalues(A), i)) < 1)``."""
    return Every(index, statement)


def tends_to(left: Term, right: Operand) -> Relation:
    """The left side tends to the right one as its counter grows: ``tends_to(rho**t, 0)``."""
    return Relation(left, "->", as_term(right))


def symmetric(term: Term) -> Property:
    """The matrix equals its transpose."""
    return Property("symmetric", term)


def invertible(term: Term) -> Property:
    """The matrix has an inverse."""
    return Property("invertible", term)


def positive_definite(term: Term) -> Property:
    """The matrix is symmetric and xᵀ A x > 0 for every x ≠ 0."""
    return Property("positive definite", term)


def positive_semidefinite(term: Term) -> Property:
    """The matrix is symmetric and xᵀ A x ≥ 0 for every x."""
    return Property("positive semidefinite", term)


def orthogonal(term: Term) -> Property:
    """The matrix is square and its transpose is its inverse."""
    return Property("orthogonal", term)


def projection(term: Term) -> Property:
    """The matrix is symmetric and equals its square: an orthogonal projection."""
    return Property("projection", term)


def full_column_rank(term: Term) -> Property:
    """The columns are linearly independent, so there are at least as many rows."""
    return Property("full column rank", term)


def full_row_rank(term: Term) -> Property:
    """The rows are linearly independent, so there are at least as many columns."""
    return Property("full row rank", term)


def _zero_like(term: Term) -> Term:
    from derivations.language.constructors import zeros

    return zeros(*term.shape)
