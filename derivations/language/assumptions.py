"""Assumptions: what is given beyond the types. Relations between terms, and properties of matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from derivations.language.errors import DeclarationError
from derivations.language.shapes import require_square
from derivations.language.terms import Operand, Relation, Term, as_term

__all__ = [
    "PROPERTIES",
    "SQUARE",
    "Assumption",
    "Property",
    "equal",
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
]

SQUARE = ("symmetric", "invertible", "positive definite", "positive semidefinite", "orthogonal", "projection")
PROPERTIES = (*SQUARE, "full column rank", "full row rank")


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a matrix, one of `PROPERTIES`; those in `SQUARE` are of square ones."""

    kind: str
    term: Term

    def __post_init__(self) -> None:
        if self.kind not in PROPERTIES:
            raise DeclarationError(f"{self.kind!r} is no property; expected one of {', '.join(PROPERTIES)}")
        if self.kind in SQUARE:
            require_square(f"the property {self.kind!r}", self.term.shape, self.term)

    def __repr__(self) -> str:
        return f"{self.term} {self.kind}"


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
