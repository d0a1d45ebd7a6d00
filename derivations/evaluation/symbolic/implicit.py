"""Expressions that SymPy lacks, of what a matrix is known by and no formula gives: the pseudo-inverse, an extreme eigenvalue.

They stay as they are until `doit` finds the entries of the matrix. Nothing here knows terms.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr

__all__ = ["LargestEigenvalue", "PseudoInverse", "SmallestEigenvalue"]


class PseudoInverse(MatrixExpr):  # type: ignore[misc]
    """A⁺ (d, n) of a matrix expression A (n, d)."""

    @property
    def arg(self) -> Any:
        """A."""
        return self.args[0]

    @property
    def shape(self) -> tuple[Any, Any]:
        """Columns and rows of A."""
        return self.arg.shape[1], self.arg.shape[0]

    def as_explicit(self) -> Any:
        """The matrix of entries."""
        return self.arg.as_explicit().pinv()

    def doit(self, **hints: Any) -> Any:
        """The matrix of entries where A has entries."""
        matrix = self.arg.doit(**hints) if hints.get("deep", True) else self.arg
        return matrix.pinv() if isinstance(matrix, sympy.MatrixBase) else PseudoInverse(matrix)

    def _entry(self, i: Any, j: Any, **_: Any) -> Any:
        return MatrixElement(self, i, j)

    def _eval_derivative(self, variable: Any) -> Any:
        raise NotImplementedError("the derivative of a pseudo-inverse")

    def _eval_transpose(self) -> Any:
        return PseudoInverse(sympy.Transpose(self.arg).doit())

    def _latex(self, printer: Any) -> str:
        return rf"\left({printer._print(self.arg)}\right)^{{+}}"


class _ExtremeEigenvalue(sympy.Expr):  # type: ignore[misc]
    """An eigenvalue of a symmetric matrix expression A (n, n)."""

    is_real = True
    is_commutative = True
    chosen: Any
    sign: str

    def doit(self, **hints: Any) -> Any:
        """Its value where A has entries."""
        matrix = self.args[0].doit(**hints) if hints.get("deep", True) else self.args[0]
        return type(self).chosen(*matrix.eigenvals()) if isinstance(matrix, sympy.MatrixBase) else self.func(matrix)

    def _latex(self, printer: Any) -> str:
        return rf"\lambda_{{{self.sign}}}\left({printer._print(self.args[0])}\right)"


class LargestEigenvalue(_ExtremeEigenvalue):
    """The largest eigenvalue of a symmetric matrix expression."""

    chosen, sign = sympy.Max, r"\max"


class SmallestEigenvalue(_ExtremeEigenvalue):
    """The smallest eigenvalue of a symmetric matrix expression."""

    chosen, sign = sympy.Min, r"\min"
