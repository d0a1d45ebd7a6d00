"""Expressions that SymPy lacks, of what a matrix is known by and no formula gives: the pseudo-inverse, an extreme eigenvalue, moduli.

They stay as they are until `doit` finds the entries of the matrix. Nothing here knows terms.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr

__all__ = ["EigenvalueModuli", "LargestEigenvalue", "PseudoInverse", "SmallestEigenvalue", "SpectralRadius"]


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


class EigenvalueModuli(MatrixExpr):  # type: ignore[misc]
    """The absolute values (n, 1) of the eigenvalues of a matrix expression A (n, n), in ascending order."""

    @property
    def arg(self) -> Any:
        """A."""
        return self.args[0]

    @property
    def shape(self) -> tuple[Any, Any]:
        """Rows of A, and 1."""
        return self.arg.shape[0], sympy.Integer(1)

    def doit(self, **hints: Any) -> Any:
        """Their column where A has entries and their order is known: that of numbers, or of two."""
        matrix = self.arg.doit(**hints) if hints.get("deep", True) else self.arg
        if not isinstance(matrix, sympy.MatrixBase):
            return EigenvalueModuli(matrix)
        found = _moduli(*(value for value, count in matrix.eigenvals().items() for _ in range(count)))
        return EigenvalueModuli(matrix) if found is None else sympy.ImmutableMatrix(found)

    def _entry(self, i: Any, j: Any, **_: Any) -> Any:
        return MatrixElement(self, i, j)

    def _eval_derivative(self, variable: Any) -> Any:
        raise NotImplementedError("the derivative of eigenvalues")

    def _latex(self, printer: Any) -> str:
        return rf"\operatorname{{moduli}}\left({printer._print(self.arg)}\right)"


_DIGITS = 30


def _moduli(*values: Any) -> list[Any] | None:
    """Absolute values in ascending order; None where that is not known: of more than two that are no numbers."""
    moduli = [sympy.Abs(value) for value in values]
    if all(modulus.is_number for modulus in moduli):
        return sorted(moduli, key=lambda modulus: sympy.re(modulus.evalf(_DIGITS)))  # a root of a cubic may be written with i
    if len(moduli) > 2:
        return None
    return [sympy.Min(*moduli), sympy.Max(*moduli)][: len(moduli)]


class _ExtremeEigenvalue(sympy.Expr):  # type: ignore[misc]
    """A real number that the eigenvalues of a matrix expression A (n, n) give; with `chosen` from a symmetric one, one of them."""

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


class SpectralRadius(_ExtremeEigenvalue):
    """The largest absolute value of an eigenvalue of any matrix expression A (n, n)."""

    @staticmethod
    def chosen(*values: Any) -> Any:
        """The largest one."""
        moduli = _moduli(*values)
        return sympy.Max(*map(sympy.Abs, values)) if moduli is None else moduli[-1]

    def _latex(self, printer: Any) -> str:
        return rf"\rho\left({printer._print(self.args[0])}\right)"
