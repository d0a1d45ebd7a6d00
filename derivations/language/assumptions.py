"""Assumptions: what is given beyond the types. Relations between terms, and properties of matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from derivations.language.errors import DeclarationError
from derivations.language.shapes import require_square
from derivations.language.terms import Relation, Term

__all__ = ["PROPERTIES", "Assumption", "Property", "invertible", "negative", "nonnegative", "nonzero", "positive", "positive_definite", "symmetric"]

PROPERTIES = ("symmetric", "invertible", "positive definite")


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a square matrix, one of `PROPERTIES`."""

    kind: str
    term: Term

    def __post_init__(self) -> None:
        if self.kind not in PROPERTIES:
            raise DeclarationError(f"{self.kind!r} is no property; expected one of {', '.join(PROPERTIES)}")
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


def symmetric(term: Term) -> Property:
    """The matrix equals its transpose."""
    return Property("symmetric", term)


def invertible(term: Term) -> Property:
    """The matrix has an inverse."""
    return Property("invertible", term)


def positive_definite(term: Term) -> Property:
    """The matrix is symmetric and xᵀ A x > 0 for every x ≠ 0."""
    return Property("positive definite", term)


def _zero_like(term: Term) -> Term:
    from derivations.language.constructors import zeros

    return zeros(*term.shape)
