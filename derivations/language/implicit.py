"""Quantities that are given by what they satisfy, not by a formula: eigenvalues, the rank, a minimiser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivations.language.errors import DeclarationError
from derivations.language.shapes import SCALAR, Shape, normalized, require_scalar, require_square, sides
from derivations.language.terms import ORDERINGS, Relation, Symbol, Term, node

__all__ = ["ArgMin", "EigenvalueModuli", "Eigenvalues", "ExtremeEigenvalue", "Rank", "SpectralRadius"]

EXTREMES: dict[str, Callable[[Any], Any]] = {"max": max, "min": min}


@node
class Eigenvalues(Term):
    """The eigenvalues of a symmetric matrix (n, n), each as often as its multiplicity, in ascending order: shape (n, 1)."""

    operand: Term

    def _shape(self) -> Shape:
        require_square("the eigenvalues", self.operand.shape, self.operand)
        return normalized(sides(self.operand.shape)[0], 1)


@node
class ExtremeEigenvalue(Term):
    """The largest ("max") or smallest ("min") eigenvalue of a symmetric matrix: a scalar."""

    operand: Term
    kind: str

    def _shape(self) -> Shape:
        if self.kind not in EXTREMES:
            raise DeclarationError(f"the {self.kind!r} eigenvalue; expected one of {', '.join(EXTREMES)}")
        require_square("an eigenvalue", self.operand.shape, self.operand)
        return SCALAR


@node
class EigenvalueModuli(Term):
    """The absolute values of the eigenvalues, real or complex, of a real square matrix (n, n), each as often as its multiplicity, in ascending
    order: shape (n, 1).
    """

    operand: Term

    def _shape(self) -> Shape:
        require_square("the moduli of eigenvalues", self.operand.shape, self.operand)
        return normalized(sides(self.operand.shape)[0], 1)


@node
class SpectralRadius(Term):
    """The largest absolute value of an eigenvalue, real or complex, of a real square matrix: a scalar."""

    operand: Term

    def _shape(self) -> Shape:
        require_square("the spectral radius", self.operand.shape, self.operand)
        return SCALAR


@node
class Rank(Term):
    """The number of linearly independent columns of a matrix, which is that of its rows: a scalar."""

    operand: Term

    def _shape(self) -> Shape:
        return SCALAR


@node
class ArgMin(Term):
    """Where a scalar is least, as its variable runs over all real values that meet the constraints. The variable is bound inside.

    It is a set: an equation claims that it has one element, ``in`` that it has this one among others.
    """

    function: Term
    variable: Symbol
    constraints: tuple[Relation, ...] = ()

    def _shape(self) -> Shape:
        require_scalar("what is minimised", self.function.shape, self.function)
        if not isinstance(self.variable, Symbol):
            raise DeclarationError(f"cannot minimise over {self.variable}; expected a symbol")
        for constraint in self.constraints:
            if constraint.symbol not in ("=", "!=", *ORDERINGS):
                raise DeclarationError(f"the constraint {constraint} of a minimiser; expected an equation or a comparison")
        return self.variable.shape
