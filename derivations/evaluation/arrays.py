"""Evaluation with exact rationals, real algebraic numbers or balls: dense matrices of field entries, gradients by dual numbers.

This is the second opinion on every proof (rule 4), so it shares no formula with `derivations.proof`: products are loops, the
inverse is Gaussian elimination, the determinant is expansion by minors, derivatives are dual numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, mul, sub
from typing import Any, TypeVar

from flint import fmpq

from derivations.evaluation.algebraic import RealRoot
from derivations.evaluation.algebraic_spectra import are_rational
from derivations.evaluation.duals import Dual, partial
from derivations.evaluation.elimination import certainly_nonzero, reduced_echelon
from derivations.evaluation.fields import ALGEBRAIC, BALLS, EXACT, Field
from derivations.evaluation.instances import Entries, Instance, stored
from derivations.evaluation.interpreter import Inexact, Interpreter, OutsideDomain
from derivations.evaluation.logarithms import Logarithm
from derivations.evaluation.polynomials import Polynomial
from derivations.evaluation.spectra import eigenvalue_moduli, eigenvalues
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ArgMin, EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Expectation
from derivations.language.operators import squared_norm, variable_base
from derivations.language.shapes import Shape, sides
from derivations.language.terms import Dimension, Relation, Term

__all__ = [
    "AlgebraicInterpreter", "Array", "ArrayInterpreter", "BallInterpreter", "ExactInterpreter", "exactly", "most_exact", "relation_holds", "table",
    "times",
]


@dataclass(frozen=True, slots=True)
class Array:
    """A dense matrix: entries row by row."""

    rows: int
    columns: int
    entries: tuple[Any, ...]

    def at(self, row: int, column: int) -> Any:
        """The entry at a row and a column, counted from 0."""
        return self.entries[row * self.columns + column]

    def map(self, change: Callable[[Any], Any]) -> Array:
        """`change` of every entry."""
        return Array(self.rows, self.columns, tuple(map(change, self.entries)))

    def zip(self, other: Array, combine: Callable[[Any, Any], Any]) -> Array:
        """Entry by entry with another array of the same size."""
        return Array(self.rows, self.columns, tuple(map(combine, self.entries, other.entries)))

    @property
    def scalar(self) -> Any:
        """The only entry of a 1×1 array."""
        (entry,) = self.entries
        return entry

    @property
    def transposed(self) -> Array:
        """The transpose."""
        return table(self.columns, self.rows, lambda row, column: self.at(column, row))


def table(rows: int, columns: int, entry: Callable[[int, int], Any]) -> Array:
    """The array of entry(row, column), counted from 0."""
    return Array(rows, columns, tuple(entry(row, column) for row in range(rows) for column in range(columns)))


class ArrayInterpreter(Interpreter[Array]):
    """Evaluates with entries from a field."""

    field: Field

    def __init__(self, instance: Instance, seeds: tuple[tuple[object, int], ...] = ()) -> None:
        super().__init__(instance)
        self.seeds = seeds

    def plus(self, left: Array, right: Array) -> Array:
        """The sum of two arrays."""
        return left.zip(right, add)

    def matrix_size(self, shape: Shape) -> tuple[int, int]:
        """Rows and columns of a shape at this instance."""
        rows, columns = sides(shape)
        return self.size(rows), self.size(columns)

    def constant(self, value: int) -> Array:
        """An integer as a 1×1 array."""
        return Array(1, 1, (self.field.number(value),))

    def given(self, term: tm.Symbol | tm.Member) -> Array:
        """The instance's value of a symbol or a family member, varied if it is a seed."""
        key: Any = self.quantity(term)
        if key in self.bound:  # a member of a family that is random here
            return self.bound[key]
        place = (term.family, stored(term.family, key[1], self.instance.sizes)) if isinstance(term, tm.Member) else key
        entries: Entries = self.instance.values[place]
        return self.varied(key, Array(len(entries), len(entries[0]), tuple(self.field.number(x) for row in entries for x in row)))

    def varied(self, key: object, value: Array, seeds: tuple[tuple[object, int], ...] | None = None) -> Array:
        """The value, made a dual number of each level at which its quantity is a seed, or of those alone that are given."""
        for seed, level in self.seeds if seeds is None else seeds:
            if seed == key:
                value = self.moved(value, level)
        return value

    def moved(self, value: Array, level: int) -> Array:
        """The value as dual numbers of a level: each entry moves by an infinitesimal of its own."""
        zero, one = self.field.number(0), self.field.number(1)
        return Array(value.rows, value.columns, tuple(entry + Dual(level, zero, {k: one}) for k, entry in enumerate(value.entries)))

    def natural(self, term: Term) -> int:
        """See `Interpreter`."""
        whole = _as_integer(self.value(term).scalar)
        if whole is None or whole < 0:
            raise OutsideDomain(f"{term} is no integer ≥ 0 here")
        return whole

    def within(self, bindings: Mapping[object, Array]) -> ArrayInterpreter:
        """See `Interpreter`."""
        inner = self.nested(self.seeds)
        for symbol, value in (self.bound | dict(bindings)).items():
            inner.bind(symbol, value)
        return inner

    def nested(self, seeds: tuple[tuple[object, int], ...]) -> ArrayInterpreter:
        """An interpreter of the same instance in which these quantities are varied, and nothing is bound."""
        inner = type(self)(self.instance, seeds)
        inner.positions = self.positions
        return inner

    def minor(self, matrix: Array, size: int) -> Any:
        """The leading principal minor of a size."""
        return _determinant_of(self, [[matrix.at(i, j) for j in range(size)] for i in range(size)])

    def derivative(self, function: Term, variable: Term, order: int = 1) -> tuple[Array, tuple[int, ...]]:
        """The function's value with its variable varied, once for each order, and the levels used."""
        base = variable_base(variable)
        key = self.quantity(base)  # type: ignore[arg-type]
        levels = tuple(len(self.seeds) + 1 + k for k in range(order))
        seeds = tuple((key, level) for level in levels)
        nested = self.nested(self.seeds + seeds)
        for name, value in self.bound.items():
            nested.bind(name, nested.varied(name, value, seeds))
        return nested.value(function), levels


def _identity(run: ArrayInterpreter, node: tm.Identity) -> Array:
    n, one, zero = run.size(node.dim), run.field.number(1), run.field.number(0)
    return table(n, n, lambda row, column: one if row == column else zero)


def _filled(run: ArrayInterpreter, node: tm.Filled) -> Array:
    entry = run.field.number(node.entry)
    return table(run.size(node.rows), run.size(node.columns), lambda row, column: entry)


def _unit(run: ArrayInterpreter, node: tm.Unit) -> Array:
    position = run.position(node.position)
    return table(run.size(node.dim), 1, lambda row, column: run.field.number(int(row + 1 == position)))


def _literal(run: ArrayInterpreter, node: tm.Literal) -> Array:
    return Array(len(node.rows), len(node.rows[0]), tuple(run.value(entry).scalar for row in node.rows for entry in row))


def _scaled(run: ArrayInterpreter, node: tm.Multiply) -> Array:
    left, right = run.value(node.left), run.value(node.right)
    return right.map(lambda entry: left.scalar * entry) if not node.left.shape else left.map(lambda entry: entry * right.scalar)


def _quotient(run: ArrayInterpreter, node: tm.Divide) -> Array:
    divisor = run.value(node.right).scalar
    return run.value(node.left).map(lambda entry: run.field.divide(entry, divisor))


def times(left: Array, right: Array) -> Array:
    """The matrix product."""
    inner = range(left.columns)
    return table(left.rows, right.columns, lambda row, column: reduce(add, (left.at(row, k) * right.at(k, column) for k in inner)))


def _power(run: ArrayInterpreter, node: tm.Power) -> Array:
    if (squared := squared_norm(node)) is not None:
        operand, half = squared
        return Array(1, 1, (_integer_power(run, _square_sum(run.value(operand)), half),))
    base, exponent = run.value(node.base), run.value(node.exponent).scalar
    whole = _as_integer(exponent)
    if whole is not None:
        if base.rows == 1:
            return base.map(lambda entry: _integer_power(run, entry, whole))
        factor = base if whole >= 0 else _inverse_of(run, base)
        return _repeated(times, _identity_like(run, base), factor, abs(whole))
    if base.rows != 1:
        raise UnsupportedError(f"a matrix to the power {node.exponent}, which is no integer")
    if not isinstance(exponent, Dual) and exponent == run.field.number(1) / 2:
        return base.map(lambda entry: run.field.apply("sqrt", entry))
    return base.map(lambda entry: _real_power(run, entry, exponent))


def _real_power(run: ArrayInterpreter, base: Any, exponent: Any) -> Any:
    """exp(y log x); 0 where x = 0 and y > 0, which has no derivative there."""
    if not isinstance(base, Dual) and run.field.sign(base) == 0 and run.field.sign(exponent) > 0:
        return base
    return run.field.power(base, exponent)


def _as_integer(entry: Any) -> int | None:
    if isinstance(entry, Dual | Polynomial | RealRoot | Logarithm):
        return None
    if isinstance(entry, fmpq):
        return int(entry.p) if entry.q == 1 else None
    unique = entry.real.unique_fmpz() if entry.imag == 0 and entry.real.is_exact() else None
    return int(unique) if unique is not None and entry == unique else None


_Factor = TypeVar("_Factor")


def _integer_power(run: ArrayInterpreter, entry: Any, exponent: int) -> Any:
    power = _repeated(mul, run.field.number(1), entry, abs(exponent))
    return power if exponent >= 0 else run.field.divide(run.field.number(1), power)


def _repeated(multiply: Callable[[_Factor, _Factor], _Factor], one: _Factor, factor: _Factor, count: int) -> _Factor:
    """The product of so many equal factors, by squaring."""
    product = one
    while count:
        product = multiply(product, factor) if count & 1 else product
        count >>= 1
        factor = multiply(factor, factor) if count else factor
    return product


def _identity_like(run: ArrayInterpreter, matrix: Array) -> Array:
    return table(matrix.rows, matrix.rows, lambda row, column: run.field.number(int(row == column)))


def _inverse_of(run: ArrayInterpreter, matrix: Array) -> Array:
    """Gauss–Jordan elimination; the pivot is any entry that is certainly not zero."""
    n = matrix.rows
    eye = _identity_like(run, matrix)
    rows = [[matrix.at(i, j) for j in range(n)] + [eye.at(i, j) for j in range(n)] for i in range(n)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if certainly_nonzero(run.field, rows[i][k])), None)
        if pivot is None:
            raise OutsideDomain("a matrix that is to be inverted is singular")
        rows[k], rows[pivot] = rows[pivot], rows[k]
        inverse = run.field.divide(run.field.number(1), rows[k][k])
        rows[k] = [inverse * entry for entry in rows[k]]
        for i in range(n):
            if i != k:
                factor = rows[i][k]
                rows[i] = [entry - factor * above for entry, above in zip(rows[i], rows[k], strict=True)]
    return table(n, n, lambda row, column: rows[row][n + column])


def _pseudo_inverse(run: ArrayInterpreter, node: tm.PseudoInverse) -> Array:
    """For A = C F with C of full column rank and F of full row rank, A⁺ = Fᵀ (F Fᵀ)⁻¹ (Cᵀ C)⁻¹ Cᵀ.

    Source: Ben-Israel & Greville, Generalized Inverses, 2nd ed., 2003, theorem 1.5. Where the rank is not full it jumps.
    """
    matrix = run.value(node.operand)
    pivots, rows = reduced_echelon(run.field, [[matrix.at(i, j) for j in range(matrix.columns)] for i in range(matrix.rows)])
    if len(pivots) < min(matrix.rows, matrix.columns) and any(isinstance(entry, Dual) for entry in matrix.entries):
        raise OutsideDomain("a pseudo-inverse has no derivative where the rank is not full")
    if not pivots:
        return table(matrix.columns, matrix.rows, lambda row, column: run.field.number(0))
    columns = table(matrix.rows, len(pivots), lambda row, column: matrix.at(row, pivots[column]))
    factor = table(len(pivots), matrix.columns, lambda row, column: rows[row][column])
    left = times(_inverse_of(run, times(columns.transposed, columns)), columns.transposed)
    return times(times(factor.transposed, _inverse_of(run, times(factor, factor.transposed))), left)


def _determinant_of(run: ArrayInterpreter, rows: list[list[Any]]) -> Any:
    if not rows:
        return run.field.number(1)
    minors = ((-1) ** j * rows[0][j] * _determinant_of(run, [row[:j] + row[j + 1 :] for row in rows[1:]]) for j in range(len(rows)))
    return reduce(add, minors)


def _determinant(run: ArrayInterpreter, node: tm.Determinant) -> Array:
    matrix = run.value(node.operand)
    return Array(1, 1, (run.minor(matrix, matrix.rows),))


def _trace(run: ArrayInterpreter, node: tm.Trace) -> Array:
    matrix = run.value(node.operand)
    return Array(1, 1, (reduce(add, (matrix.at(k, k) for k in range(matrix.rows))),))


def _diag(run: ArrayInterpreter, node: tm.Diag) -> Array:
    vector, zero = run.value(node.operand), run.field.number(0)
    return table(vector.rows, vector.rows, lambda row, column: vector.at(row, 0) if row == column else zero)


def _diagonal(run: ArrayInterpreter, node: tm.Diagonal) -> Array:
    matrix = run.value(node.operand)
    return table(matrix.rows, 1, lambda row, column: matrix.at(row, row))


def _square_sum(array: Array) -> Any:
    return reduce(add, (entry * entry for entry in array.entries))


def _norm(run: ArrayInterpreter, node: tm.Norm) -> Array:
    array = run.value(node.operand)
    if node.kind in ("2", "F"):
        return Array(1, 1, (run.field.apply("sqrt", _square_sum(array)),))
    sizes = [run.field.apply("abs", entry) for entry in array.entries]
    return Array(1, 1, (reduce(add if node.kind == "1" else run.field.maximum, sizes),))


def _entry(run: ArrayInterpreter, node: tm.Entry) -> Array:
    return Array(1, 1, (run.value(node.operand).at(run.position(node.row) - 1, run.position(node.column) - 1),))


def _row(run: ArrayInterpreter, node: tm.Row) -> Array:
    matrix, row = run.value(node.operand), run.position(node.row) - 1
    return table(1, matrix.columns, lambda _, column: matrix.at(row, column))


def _column(run: ArrayInterpreter, node: tm.Column) -> Array:
    matrix, column = run.value(node.operand), run.position(node.column) - 1
    return table(matrix.rows, 1, lambda row, _: matrix.at(row, column))


def _apply(run: ArrayInterpreter, node: op.Apply) -> Array:
    function, argument = node.function, run.value(node.argument)
    if function.parameter is None or function.body is None:
        return argument.map(lambda entry: run.field.apply(function.name, entry, node.order))

    def at(entry: Any, order: int) -> Any:
        if order:
            return run.field.slope_of(lambda varied: at(varied, order - 1), entry)
        return _body_at(run, function, entry)

    return argument.map(lambda entry: at(entry, node.order))


def _softmax(run: ArrayInterpreter, node: op.Softmax) -> Array:
    powers = run.value(node.argument).map(lambda entry: run.field.apply("exp", entry))
    if node.axis == 1:
        powers = powers.transposed
    sums = [reduce(add, (powers.at(row, column) for row in range(powers.rows))) for column in range(powers.columns)]
    result = table(powers.rows, powers.columns, lambda row, column: run.field.divide(powers.at(row, column), sums[column]))
    return result.transposed if node.axis == 1 else result


def _indicator(run: ArrayInterpreter, node: op.Indicator) -> Array:
    left, right = run.value(node.relation.left), run.value(node.relation.right)  # type: ignore[arg-type]

    def one_where(a: Any, b: Any) -> Any:
        sign = run.field.sign(a - b)
        if sign == 0 and (isinstance(a, Dual) or isinstance(b, Dual)):
            raise OutsideDomain("an indicator jumps where both sides are equal")
        return run.field.number(int(_SIGN_TESTS[node.relation.symbol](sign)))

    return left.zip(right, one_where)


def _cases(run: ArrayInterpreter, node: op.Cases) -> Array:
    for condition, value in node.branches:
        if any(isinstance(run.value(side).scalar, Dual) for side in (condition.left, condition.right)):  # type: ignore[arg-type]
            difference = run.value(condition.left).scalar - run.value(condition.right).scalar  # type: ignore[arg-type]
            if run.field.sign(difference) == 0:
                raise OutsideDomain("a case distinction has its border here")
        if relation_holds(run, condition):
            return run.value(value)
    return run.value(node.otherwise)


def _gradient(run: ArrayInterpreter, node: op.Gradient) -> Array:
    base = variable_base(node.variable)
    value, (level,) = run.derivative(node.function, base)
    rows, columns = run.matrix_size(base.shape)
    zero = run.field.number(0)
    full = table(rows, columns, lambda row, column: partial(value.scalar, level, row * columns + column, zero))
    return _entry_of(run, full, node.variable)


def _entry_of(run: ArrayInterpreter, full: Array, variable: Term) -> Array:
    if isinstance(variable, tm.Entry):
        return Array(1, 1, (full.at(run.position(variable.row) - 1, run.position(variable.column) - 1),))
    return full


def _jacobian(run: ArrayInterpreter, node: op.Jacobian) -> Array:
    base = variable_base(node.variable)
    value, (level,) = run.derivative(node.function, base)
    rows, columns = run.matrix_size(base.shape)
    zero = run.field.number(0)
    if isinstance(node.variable, tm.Entry):
        key = (run.position(node.variable.row) - 1) * columns + run.position(node.variable.column) - 1
        return table(value.rows, 1, lambda row, _: partial(value.at(row, 0), level, key, zero))
    return table(value.rows, rows, lambda row, column: partial(value.at(row, 0), level, column, zero))


def _hessian(run: ArrayInterpreter, node: op.Hessian) -> Array:
    value, (inner, outer) = run.derivative(node.function, node.variable, order=2)
    n, zero = run.matrix_size(node.variable.shape)[0], run.field.number(0)
    return table(n, n, lambda row, column: partial(partial(value.scalar, outer, row, zero), inner, column, zero))


_SIGN_TESTS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def relation_holds(run: ArrayInterpreter, relation: Relation) -> bool:
    """Whether a comparison holds at the instance, in every entry.

    Raises:
        Imprecise: the balls do not settle it.
        UnsupportedError: the relation is no comparison.
    """
    test = _SIGN_TESTS.get(relation.symbol)
    if test is None or not isinstance(relation.left, Term) or not isinstance(relation.right, Term):
        raise UnsupportedError(f"{relation} cannot be tested at an instance")
    left, right = run.value(relation.left), run.value(relation.right)
    decide = run.field.sign_or_complex if relation.symbol in ("=", "!=") else run.field.sign
    return all(test(decide(a - b)) for a, b in zip(left.entries, right.entries, strict=True))


def _minimisers(run: ArrayInterpreter, node: ArgMin) -> Array:
    raise UnsupportedError(f"{node} is a set: it stands alone on one side of a claim argmin(...) = point, or point in argmin(...)")


def _expectation(run: ArrayInterpreter, node: Expectation) -> Array:
    from derivations.evaluation.expectations import expectation  # which is written in terms of arrays

    return expectation(run, node)


def most_exact(run: ArrayInterpreter, term: Term) -> list[list[Any]]:
    """The rows of a term's value, rational where it is, in balls too: whether balls are equal is not known."""
    exact = exactly(run)
    try:
        value = run.value(term) if exact is None else exact.value(term)
    except Inexact:
        value = run.value(term)
    return [[value.at(i, j) for j in range(value.columns)] for i in range(value.rows)]


def _eigenvalues(run: ArrayInterpreter, node: Eigenvalues) -> Array:
    values = eigenvalues(run.field, most_exact(run, node.operand))
    return Array(len(values), 1, tuple(values))


def _extreme_eigenvalue(run: ArrayInterpreter, node: ExtremeEigenvalue) -> Array:
    values = eigenvalues(run.field, most_exact(run, node.operand))
    return Array(1, 1, (values[{"min": 0, "max": -1}[node.kind]],))


def _eigenvalue_moduli(run: ArrayInterpreter, node: EigenvalueModuli) -> Array:
    values = eigenvalue_moduli(run.field, most_exact(run, node.operand))
    return Array(len(values), 1, tuple(values))


def _spectral_radius(run: ArrayInterpreter, node: SpectralRadius) -> Array:
    return Array(1, 1, (eigenvalue_moduli(run.field, most_exact(run, node.operand))[-1],))


def _rank(run: ArrayInterpreter, node: Rank) -> Array:
    rows = most_exact(run, node.operand)
    if any(isinstance(entry, Dual) for row in rows for entry in row):
        raise OutsideDomain("a rank has no derivative")
    return run.constant(len(reduced_echelon(EXACT if are_rational(rows) else run.field, rows)[0]))


def _one_sided(run: ArrayInterpreter, node: OneSidedDerivative) -> Array:
    from derivations.evaluation.one_sided import slope_along

    direction = run.value(node.direction)
    if any(isinstance(entry, Dual) for entry in direction.entries):
        raise UnsupportedError(f"the derivative of {node}, which may jump")
    return slope_along(run, node.function, node.variable, direction)


def _subgradients(run: ArrayInterpreter, node: Subdifferential) -> Array:
    raise UnsupportedError(f"{node} is a set: it stands alone on the right of a claim g in subdifferential(f, x)")


def _body_at(run: ArrayInterpreter, function: op.Function, entry: Any) -> Any:
    """The body of an author's function with its parameter bound to one entry."""
    if function.parameter is None or function.body is None:
        raise UnsupportedError(f"the function {function} has no body")
    bound = type(run)(run.instance)
    bound.bind(function.parameter, Array(1, 1, (entry,)))
    return bound.value(function.body).scalar


ArrayInterpreter.rules = {
    tm.Number: lambda run, node: Array(1, 1, (run.field.number(node.value),)),
    Dimension: lambda run, node: run.constant(run.size(node)),
    tm.Symbol: lambda run, node: run.given(node),
    tm.Member: lambda run, node: run.given(node),
    tm.Identity: _identity,
    tm.Filled: _filled,
    tm.Unit: _unit,
    tm.Delta: lambda run, node: run.constant(int(run.position(node.left) == run.position(node.right))),
    tm.Literal: _literal,
    tm.Add: lambda run, node: run.value(node.left).zip(run.value(node.right), add),
    tm.Subtract: lambda run, node: run.value(node.left).zip(run.value(node.right), sub),
    tm.Negate: lambda run, node: run.value(node.operand).map(lambda entry: -entry),
    tm.Multiply: _scaled,
    tm.Divide: _quotient,
    tm.MatMul: lambda run, node: times(run.value(node.left), run.value(node.right)),
    tm.Power: _power,
    tm.Transpose: lambda run, node: run.value(node.operand).transposed,
    tm.Inverse: lambda run, node: _inverse_of(run, run.value(node.operand)),
    tm.PseudoInverse: _pseudo_inverse,
    tm.Hadamard: lambda run, node: run.value(node.left).zip(run.value(node.right), mul),
    tm.HadamardPower: lambda run, node: run.value(node.base).map(lambda entry: _integer_power(run, entry, node.exponent)),
    tm.Trace: _trace,
    tm.Determinant: _determinant,
    tm.Diag: _diag,
    tm.Diagonal: _diagonal,
    tm.Norm: _norm,
    tm.Entry: _entry,
    tm.Row: _row,
    tm.Column: _column,
    op.Apply: _apply,
    op.Maximum: lambda run, node: run.value(node.left).zip(run.value(node.right), run.field.maximum),
    op.Minimum: lambda run, node: run.value(node.left).zip(run.value(node.right), lambda a, b: -run.field.maximum(-a, -b)),
    op.Softmax: _softmax,
    op.Sum: lambda run, node: run.over(node),
    op.Series: lambda run, node: run.series(node),
    op.Iterate: lambda run, node: run.iterated(node),
    op.Indicator: _indicator,
    op.Cases: _cases,
    op.Named: lambda run, node: run.varied(run.quantity(node), run.value(node.body)),
    op.Gradient: _gradient,
    op.Jacobian: _jacobian,
    op.Hessian: _hessian,
    ArgMin: _minimisers,
    Expectation: _expectation,
    OneSidedDerivative: _one_sided,
    Subdifferential: _subgradients,
    Eigenvalues: _eigenvalues,
    ExtremeEigenvalue: _extreme_eigenvalue,
    EigenvalueModuli: _eigenvalue_moduli,
    SpectralRadius: _spectral_radius,
    Rank: _rank,
}


class ExactInterpreter(ArrayInterpreter):
    """Rational numbers; raises `Inexact` where a value is irrational."""

    field = EXACT


class AlgebraicInterpreter(ArrayInterpreter):
    """Real algebraic numbers, with exact decisions; raises `Inexact` where a value is none, or of a high degree."""

    field = ALGEBRAIC


class BallInterpreter(ArrayInterpreter):
    """Complex balls at the precision of the flint context."""

    field = BALLS


def exactly(run: ArrayInterpreter) -> ExactInterpreter | None:
    """The interpreter of the same instance over the rationals; None where a name is bound to a ball, or varied."""
    if isinstance(run, ExactInterpreter) or run.bound or run.seeds:
        return run if isinstance(run, ExactInterpreter) and not run.seeds else None
    exact = ExactInterpreter(run.instance)
    exact.positions = run.positions
    return exact
