"""Matrix expressions of SymPy: the ones that SymPy lacks, or would evaluate away. Nothing here knows terms.

Products and sums stay unevaluated: SymPy's own operators cancel (X.T*X)*(X.T*X).I and forget that X.T*X must be invertible.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache, reduce
from typing import Any, TypeAlias

import sympy
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

__all__ = [
    "VARIABLE", "Expression", "applied", "column", "diagonal", "diagonal_matrix", "difference", "elementwise", "entry_sum",
    "maximum", "minimum", "product", "row", "softmax", "sum_over", "total", "transpose",
]

Expression: TypeAlias = Any
"""A scalar expression or matrix expression of SymPy, which ships no types."""

VARIABLE = sympy.Dummy("t", real=True)
"""The variable of every function that is applied elementwise. One for all, so that equal terms give equal expressions; a dummy,
since ``subs`` would replace an ordinary symbol inside a Lambda."""


def total(left: Expression, right: Expression) -> Expression:
    """The sum of two expressions of one shape; of matrices unevaluated, and flat."""
    if not left.is_Matrix:
        return left + right
    return sympy.MatAdd(*sympy.MatAdd.make_args(left), *sympy.MatAdd.make_args(right))


def difference(left: Expression, right: Expression) -> Expression:
    """The difference of two expressions of one shape."""
    return total(left, product(sympy.Integer(-1), right))


def product(*factors: Expression) -> Expression:
    """The product of scalars and matrices, the scalars as one factor in front; of matrices unevaluated, and flat."""
    flat = [part for factor in factors for part in (factor.args if isinstance(factor, sympy.MatMul) else (factor,))]
    matrices = [part for part in flat if part.is_Matrix]
    coefficient = sympy.Mul(*(part for part in flat if not part.is_Matrix))
    if not matrices:
        return coefficient
    if coefficient != 1:
        return sympy.MatMul(coefficient, *matrices)
    return sympy.MatMul(*matrices) if len(matrices) > 1 else matrices[0]


def transpose(matrix: Expression) -> Expression:
    """The transpose; that of a transpose is the matrix itself."""
    return matrix.arg if isinstance(matrix, sympy.Transpose) else sympy.Transpose(matrix)


def diagonal(matrix: Expression) -> Expression:
    """The diagonal as a column: (M ∘ I) 1. SymPy's DiagonalOf breaks as soon as M gets explicit entries."""
    size = matrix.shape[0]
    return product(sympy.HadamardProduct(matrix, sympy.Identity(size)), sympy.OneMatrix(size, 1))


def diagonal_matrix(vector: Expression) -> Expression:
    """The diagonal matrix of a column; written (v 1ᵀ) ∘ I where v may be zero, for SymPy takes DiagMatrix(0) to be the column 0."""
    if not vector.has(sympy.ZeroMatrix):
        return sympy.DiagMatrix(vector)
    size = vector.shape[0]
    return sympy.HadamardProduct(product(vector, sympy.OneMatrix(1, size)), sympy.Identity(size))


def row(matrix: Expression, label: Expression) -> Expression:
    """The row with a label that counts from 0: shape (1, columns)."""
    if isinstance(matrix, sympy.MatrixSlice):  # SymPy cannot build a slice of a slice at a symbolic place
        return product(row(sympy.Identity(matrix.shape[0]), label), matrix)
    return sympy.MatrixSlice(matrix, (label, label + 1, 1), (0, matrix.shape[1], 1))


def column(matrix: Expression, label: Expression) -> Expression:
    """The column with a label that counts from 0: shape (rows, 1)."""
    if isinstance(matrix, sympy.MatrixSlice):
        return product(matrix, column(sympy.Identity(matrix.shape[1]), label))
    return sympy.MatrixSlice(matrix, (0, matrix.shape[0], 1), (label, label + 1, 1))


def elementwise(value: Expression, matrix: Expression) -> Expression:
    """The matrix whose entries are `value` with an entry of `matrix` for ``VARIABLE``."""
    return ElementwiseApplyFunction(sympy.Lambda(VARIABLE, value), matrix)


def entry_sum(matrix: Expression) -> Expression:
    """1ᵀ M 1 of a matrix that is a row or a column, as a scalar."""
    rows, columns = matrix.shape
    return sympy.Trace(product(sympy.OneMatrix(columns, rows), matrix))


def applied(function: Callable[..., Expression], *scalars: Expression) -> Expression:
    """Max, Min or Abs of scalars; left as it is where they hold matrices, for SymPy fails when it looks for signs in a trace."""
    return function(*scalars, evaluate=not any(scalar.has(sympy.MatrixExpr) for scalar in scalars))


def maximum(left: Expression, right: Expression) -> Expression:
    """The entrywise maximum: max(a, b) = (a + b + |a - b|) / 2."""
    return product(sympy.Rational(1, 2), total(total(left, right), _distance(left, right)))


def minimum(left: Expression, right: Expression) -> Expression:
    """The entrywise minimum: min(a, b) = (a + b - |a - b|) / 2."""
    return product(sympy.Rational(1, 2), difference(total(left, right), _distance(left, right)))


def _distance(left: Expression, right: Expression) -> Expression:
    return elementwise(sympy.Abs(VARIABLE), difference(left, right))


def softmax(matrix: Expression, axis: int) -> Expression:
    """exp of every entry, divided entrywise by the totals of its column (axis 0) or row (axis 1)."""
    powers = elementwise(sympy.exp(VARIABLE), matrix)
    rows, columns = matrix.shape
    totals = product(sympy.OneMatrix(rows, rows), powers) if axis == 0 else product(powers, sympy.OneMatrix(columns, columns))
    return sympy.HadamardProduct(powers, sympy.HadamardPower(totals, -1))


def sum_over(label: Expression, count: Expression, body: Expression) -> Expression:
    """Σ body over label = 0 … count - 1.

    SymPy's Sum of matrices is no matrix (it has neither a transpose nor products), so linearity moves the sum to the factors that
    depend on the label, Σᵢ A xᵢ b = A Σᵢ xᵢ b; Σᵢ xᵢ = Xᵀ1 and Σᵢ xᵢ zᵢᵀ = XᵀZ, with the samples as rows of X and Z. What is
    left over is written entry by entry.
    """
    if not body.is_Matrix:
        return sympy.Sum(body, (label, 0, count - 1))
    if label not in body.free_symbols:
        return product(count, body)
    if isinstance(body, sympy.MatAdd):
        first, *others = (sum_over(label, count, part) for part in body.args)
        return reduce(total, others, first)
    if isinstance(body, sympy.Transpose):
        return transpose(sum_over(label, count, body.arg))
    if isinstance(body, sympy.MatMul):
        return _sum_of_product(label, count, body)
    samples = _samples(label, body)
    return _sum_by_entries(label, count, body) if samples is None else product(sympy.OneMatrix(1, count), samples)


def _sum_of_product(label: Expression, count: Expression, body: Expression) -> Expression:
    coefficient, matrices = body.as_coeff_matrices()
    constant, varying = coefficient.as_independent(label, as_Add=False)
    places = [place for place, matrix in enumerate(matrices) if label in matrix.free_symbols]
    if not places:
        return product(constant, sum_over(label, count, varying), *matrices)
    first, last = places[0], places[-1] + 1
    inner = matrices[first:last]
    if varying != 1:
        summed = _sum_by_entries(label, count, product(varying, *inner))
    elif len(inner) == 1:
        summed = sum_over(label, count, inner[0])
    else:
        summed = _sum_of_outer_products(label, inner) or _sum_by_entries(label, count, product(*inner))
    return product(constant, *matrices[:first], summed, *matrices[last:])


def _sum_of_outer_products(label: Expression, factors: list[Expression]) -> Expression | None:
    """XᵀZ where the factors are xᵢ and zᵢᵀ, the samples at the label; else None."""
    if len(factors) != 2 or not isinstance(factors[0], sympy.Transpose):
        return None
    left, right = _samples(label, factors[0].arg), _samples(label, factors[1])
    return None if left is None or right is None else product(transpose(left), right)


def _samples(label: Expression, matrix: Expression) -> Expression | None:
    """The matrix whose rows are the samples, where `matrix` is its row at the label; else None."""
    if isinstance(matrix, sympy.MatrixSlice) and label not in matrix.parent.free_symbols and matrix == row(matrix.parent, label):
        return matrix.parent
    return None


def _sum_by_entries(label: Expression, count: Expression, body: Expression) -> Expression:
    if isinstance(body, sympy.FunctionMatrix):
        place, entry = body.lamda.variables, body.lamda.expr
    else:
        place = next(place for place in map(_place, itertools.count()) if not body.has(*place))
        entry = MatrixElement(body, *place)
    return sympy.FunctionMatrix(*body.shape, sympy.Lambda(place, sympy.Sum(entry, (label, 0, count - 1))))


@cache
def _place(depth: int) -> tuple[Expression, Expression]:
    """The row and column variables of a formula for entries; those of a formula inside another one differ, else they were captured."""
    return sympy.Dummy(f"r_{depth}", integer=True), sympy.Dummy(f"c_{depth}", integer=True)
