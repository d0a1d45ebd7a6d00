"""SymPy's matrix expressions to terms. Shapes are checked by the typing of terms."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from hashlib import sha256

import sympy
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.evaluation.symbolic.implicit import EigenvalueModuli, LargestEigenvalue, PseudoInverse, SmallestEigenvalue, SpectralRadius
from derivations.evaluation.symbolic.matrices import VARIABLE, Expression
from derivations.evaluation.symbolic.scalar_reader import product, summed, total
from derivations.evaluation.symbolic.scope import Reader, Scope, refuse
from derivations.evaluation.symbolic.vocabulary import FUNCTIONS
from derivations.language import constructors as make
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.functions import define_function
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Position, Term

__all__ = ["MATRIX_READERS"]

# ---------------------------------------------------------------------------------------------------------------- leaves


def _matrix_symbol(expression: Expression, scope: Scope) -> Term:
    scope.own(expression.name, expression)
    return make.matrix(expression.name, *map(scope.size, expression.shape))


def _identity(expression: Expression, scope: Scope) -> Term:
    return tm.Identity(scope.size(expression.shape[0]))


def _filled(constructor: Callable[[Dim, Dim], Term]) -> Reader:
    return lambda expression, scope: constructor(*map(scope.size, expression.shape))


def _dense(expression: Expression, scope: Scope) -> Term:
    return tm.Literal(tuple(tuple(scope.read_all(row)) for row in expression.tolist()))


# --------------------------------------------------------------------------------------------------------------- algebra


def _mat_add(expression: Expression, scope: Scope) -> Term:
    return total(scope.read_all(expression.args))


def _mat_mul(expression: Expression, scope: Scope) -> Term:
    coefficient, factors = expression.as_coeff_matrices()
    return product(sympy.Mul.make_args(coefficient), reduce(tm.MatMul, scope.read_all(factors)), scope)


def _mat_pow(expression: Expression, scope: Scope) -> Term:
    base, exponent = expression.args
    if exponent.is_integer is not True:
        refuse(expression, "the exponent of a matrix must be an integer or a dimension")
    return tm.Power(scope.read(base), scope.read(exponent))


def _hadamard_product(expression: Expression, scope: Scope) -> Term:
    return reduce(tm.Hadamard, scope.read_all(expression.args))


def _hadamard_power(expression: Expression, scope: Scope) -> Term:
    base, exponent = expression.args
    if not exponent.is_Integer:
        refuse(expression, "the exponent of an entrywise power must be an integer")
    return tm.HadamardPower(scope.read(base), int(exponent))


def _unary(node: Callable[[Term], Term]) -> Reader:
    """An operation that leaves a scalar as it is."""

    def read(expression: Expression, scope: Scope) -> Term:
        operand = scope.read(expression.args[0])
        return node(operand) if operand.shape else operand

    return read


def _inverse(expression: Expression, scope: Scope) -> Term:
    operand = scope.read(expression.arg)
    return tm.Inverse(operand) if operand.shape else 1 / operand


def _diag(expression: Expression, scope: Scope) -> Term:
    vector = scope.read(expression.args[0])
    return tm.Diag(tm.Transpose(vector) if sides(vector.shape)[0] == 1 else vector)


# ------------------------------------------------------------------------------------------------- entries and functions


def _matrix_element(expression: Expression, scope: Scope) -> Term:
    operand = scope.read(expression.parent)
    row, column = (scope.position(place, dim) for place, dim in zip((expression.i, expression.j), sides(operand.shape), strict=True))
    return tm.Entry(operand, row, column) if operand.shape else operand


def _matrix_slice(expression: Expression, scope: Scope) -> Term:
    term = scope.read(expression.parent)
    rows, columns = sides(term.shape)
    row = _cut(expression, expression.rowslice, expression.parent.shape[0], rows, scope)
    column = _cut(expression, expression.colslice, expression.parent.shape[1], columns, scope)
    if row is not None:
        term = tm.Row(term, row)
    return term if column is None else tm.Column(term, column)


def _cut(expression: Expression, bounds: Expression, length: Expression, dim: Dim, scope: Scope) -> Position | None:
    """The one position that a slice leaves; None if it leaves all of them."""
    start, stop, step = bounds
    if (start, stop, step) == (0, length, 1):
        return None
    if stop - start != 1:
        refuse(expression, "a slice must be one row, one column, or the whole")
    return scope.position(start, dim)


def _function_matrix(expression: Expression, scope: Scope) -> Term:
    """A sum of matrices, given by its entries."""
    entry, place = expression.lamda.expr, expression.lamda.variables
    if type(entry) is sympy.Sum and type(entry.function) is MatrixElement:
        matrix, row, column = entry.function.args
        if (row, column) == place and not matrix.has(*place) and matrix.shape == expression.shape:
            return summed(matrix, entry.limits, scope)
    return refuse(expression, "its entry (r, c) must be the sum of the entries (r, c) of matrices of its shape")


def _elementwise(expression: Expression, scope: Scope) -> Term:
    operand = scope.read(expression.expr)
    if len(expression.function.variables) != 1:
        refuse(expression, "a function that is applied elementwise must have one variable")
    value = expression.function.expr.xreplace({expression.function.variables[0]: VARIABLE})
    if value == VARIABLE:
        return operand
    if isinstance(value, sympy.Pow) and value.base == VARIABLE and value.exp.is_Integer:
        return tm.HadamardPower(operand, int(value.exp))
    name = next((name for name, image in FUNCTIONS.items() if image(VARIABLE) == value), None)
    return (_authors_function(expression, value, scope) if name is None else op.Function(name))(operand)


def _authors_function(expression: Expression, value: Expression, scope: Scope) -> op.Function:
    """A function of one variable that has no name here; it is named after its value, so that one value has one name."""
    if value.free_symbols - {VARIABLE}:
        refuse(expression, "a function that is applied elementwise may depend on its variable only")
    digest = sha256(sympy.srepr(value.xreplace({VARIABLE: sympy.Symbol("t")})).encode()).hexdigest()[:8]
    parameter = make.scalar(f"t_{digest}")
    return define_function(f"f_{digest}", parameter, scope.binding(VARIABLE, parameter).read(value))


MATRIX_READERS: dict[type, Reader] = {
    sympy.MatrixSymbol: _matrix_symbol,
    sympy.Identity: _identity,
    sympy.OneMatrix: _filled(make.ones),
    sympy.ZeroMatrix: _filled(make.zeros),
    sympy.ImmutableDenseMatrix: _dense,
    sympy.MutableDenseMatrix: _dense,
    sympy.MatAdd: _mat_add,
    sympy.MatMul: _mat_mul,
    sympy.MatPow: _mat_pow,
    sympy.HadamardProduct: _hadamard_product,
    sympy.HadamardPower: _hadamard_power,
    sympy.Transpose: _unary(tm.Transpose),
    sympy.Trace: _unary(tm.Trace),
    sympy.Determinant: _unary(tm.Determinant),
    sympy.DiagonalOf: _unary(tm.Diagonal),
    sympy.DiagonalMatrix: _unary(lambda operand: tm.Diag(tm.Diagonal(operand))),
    sympy.DiagMatrix: _diag,
    sympy.Inverse: _inverse,
    PseudoInverse: lambda expression, scope: tm.PseudoInverse(scope.read(expression.arg)),
    LargestEigenvalue: _unary(make.largest_eigenvalue),
    SmallestEigenvalue: _unary(make.smallest_eigenvalue),
    EigenvalueModuli: _unary(make.eigenvalue_moduli),
    SpectralRadius: _unary(make.spectral_radius),
    MatrixElement: _matrix_element,
    sympy.MatrixSlice: _matrix_slice,
    sympy.FunctionMatrix: _function_matrix,
    ElementwiseApplyFunction: _elementwise,
}
"""By the exact class: a subclass (a random matrix, say) means something else."""
