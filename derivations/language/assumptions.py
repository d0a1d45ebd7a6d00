"""Statements beside relations, and assumptions: what is given beyond the types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from derivations.language.errors import DeclarationError
from derivations.language.laws import Independent, Law
from derivations.language.shapes import require_square, same_shape
from derivations.language.terms import Index, Operand, Relation, Statement, Term, as_term

__all__ = [
    "PROPERTIES",
    "SQUARE",
    "Assumption",
    "Every",
    "Property",
    "Requirement",
    "conjuncts",
    "equal",
    "every",
    "full_column_rank",
    "full_row_rank",
    "invertible",
    "negative",
    "nonnegative",
    "nonzero",
    "orthogonal",
    "orthonormal_columns",
    "positive",
    "positive_definite",
    "positive_semidefinite",
    "projection",
    "real_eigenvalues",
    "singular_value_decomposition",
    "symmetric",
    "tends_to",
]

SQUARE = ("symmetric", "invertible", "positive definite", "positive semidefinite", "orthogonal", "projection", "real eigenvalues")
PROPERTIES = (*SQUARE, "full column rank", "full row rank", "orthonormal columns")


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


Requirement: TypeAlias = Relation | Property
"""What can be asked of the values of an instance."""

Assumption: TypeAlias = Requirement | Law | Independent


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


def equal(left: Operand, right: Operand) -> Relation:
    """Both terms are equal: a hypothesis, such as ``equal(X @ w, t)``."""
    return Relation(as_term(left), "=", as_term(right))


def conjuncts(statement: Statement) -> Iterator[Statement]:
    """What a statement joined by "and" is made of; any other is alone."""
    match statement:
        case Relation(Statement() as left, "and", Statement() as right):
            yield from conjuncts(left)
            yield from conjuncts(right)
        case _:
            yield statement


def every(index: Index, statement: Statement) -> Every:
    """The statement for each value of the index: ``every(i, abs_(1 - alpha * entry(eigenvalues(A), i)) < 1)``."""
    return Every(index, statement)


def tends_to(left: Operand, right: Operand) -> Relation:
    """The left side tends to the right one as its counter grows: ``tends_to(rho**t, 0)``."""
    return Relation(as_term(left), "->", as_term(right))


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


def real_eigenvalues(term: Term) -> Property:
    """The matrix is square, and no root of its characteristic polynomial is other than real."""
    return Property("real eigenvalues", term)


def full_column_rank(term: Term) -> Property:
    """The columns are linearly independent, so there are at least as many rows."""
    return Property("full column rank", term)


def full_row_rank(term: Term) -> Property:
    """The rows are linearly independent, so there are at least as many columns."""
    return Property("full row rank", term)


def orthonormal_columns(term: Term) -> Property:
    """The columns have length 1 and are orthogonal to each other, UᵀU = I, so there are at least as many rows."""
    return Property("orthonormal columns", term)


def singular_value_decomposition(X: Term, U: Term, sigma: Term, V: Term) -> tuple[Assumption, ...]:
    """X = U diag(σ) Vᵀ with orthonormal columns in U and V, and every entry of σ > 0: the thin singular value decomposition.

    Every X (n, d) of rank r ≥ 1 has one, with U (n, r), σ (r, 1) and V (d, r): a claim proved under it holds for data of every rank but 0.
    (Horn & Johnson, Matrix Analysis, theorem 2.6.3.)

    Raises:
        ShapeError: the shapes do not fit.
    """
    from derivations.language.constructors import diag

    product = U @ diag(sigma) @ V.T
    same_shape("equate", X.shape, product.shape, (X, product))
    return equal(X, product), orthonormal_columns(U), orthonormal_columns(V), positive(sigma)


def _zero_like(term: Term) -> Term:
    from derivations.language.constructors import zeros

    return zeros(*term.shape)
