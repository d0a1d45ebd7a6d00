"""Terms to SymPy and back, at random values: the meaning stays, judged by an interpreter of terms that only these tests use."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derivations.evaluation.symbolic import from_sympy, to_sympy
from derivations.language import constructors as make
from derivations.language import functions as fn
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.functions import define_function
from derivations.language.shapes import Shape, sides
from derivations.language.terms import Family, Index, Relation, Symbol, Term

n, d = make.dimensions("n d")
i, j = make.index("i", n), make.index("j", n)
k, m = make.counter("k"), make.counter("m")
a, b = make.scalars("a b")
w, v, y = make.vector("w", d), make.vector("v", d), make.vector("y", n)
X, A, B = make.matrix("X", n, d), make.matrix("A", d, d), make.matrix("B", d, d)
s, x = make.family("s", n), make.family("x", n, d)
swish = define_function("swish", a, a * fn.sigmoid(a))
LABEL = sympy.Symbol("i", integer=True, nonnegative=True)

# --------------------------------------------------------------------------------- an interpreter of terms, for the tests

Values = dict[Any, Any]
"""Integers for dimensions and indices; rows of fractions for symbols, and for the members of families by position. A family of
vectors is also given as the matrix whose rows are the members, for that is what it becomes in SymPy."""

mpmath.mp.dps = 40


class UndefinedError(Exception):
    """The term has no value at these values."""


def _snapped(value: Any) -> Any:
    """Rounding aside, zero is zero: it decides the signs."""
    return mpmath.mpf(0) if abs(value) < 1e-25 else value


def _sign(value: Any) -> int:
    return int(mpmath.sign(_snapped(value)))


def _require(condition: bool) -> None:
    if not condition:
        raise UndefinedError("outside the domain")


def _quotient(left: Any, right: Any) -> Any:
    _require(_sign(right) != 0)
    return left / right


def _checked(function: Callable[[Any], Any], domain: Callable[[int], bool]) -> Callable[[Any], Any]:
    def at(value: Any) -> Any:
        _require(domain(_sign(value)))
        return function(value)

    return at


ENTRYWISE: dict[str, Callable[[Any], Any]] = {
    "tanh": mpmath.tanh,
    "exp": mpmath.exp,
    "sigmoid": lambda z: mpmath.exp(z) / (mpmath.exp(z) + 1),
    "log": _checked(mpmath.log, lambda sign: sign > 0),
    "sqrt": _checked(mpmath.sqrt, lambda sign: sign >= 0),
    "reciprocal": lambda z: _quotient(1, z),
    "relu": lambda z: z if _sign(z) > 0 else mpmath.mpf(0),
    "abs": lambda z: z if _sign(z) >= 0 else -z,
    "sign": _sign,
}
SLOPES: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda z: 1 / mpmath.cosh(z) ** 2,
    "exp": mpmath.exp,
    "sigmoid": lambda z: 1 / (2 * mpmath.cosh(z / 2)) ** 2,
    "relu": _checked(lambda z: int(z > 0), lambda sign: sign != 0),
    "abs": _checked(_sign, lambda sign: sign != 0),
    "sign": _checked(lambda z: 0, lambda sign: sign != 0),
}
HOLDS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def table(rows: int, columns: int, entry: Callable[[int, int], Any]) -> Any:
    return mpmath.matrix([[entry(r, c) for c in range(columns)] for r in range(rows)])


def value_of(term: Term, at: Values) -> Any:
    """The value as a matrix; a scalar is (1, 1)."""
    result = mpmath.matrix(_value(term, at)).apply(_snapped)
    _require(all(abs(entry) < at.get("limit", mpmath.inf) for entry in result))
    return result


def _value(term: Term, at: Values) -> Any:
    def of(part: Any) -> Any:
        return value_of(part, at)

    def size(dim: Any) -> int:
        return dim if isinstance(dim, int) else int(at[dim])

    def place(position: Any) -> int:
        return int(at[position] if isinstance(position, Index) else position) - 1

    def zip_with(left: Any, right: Any, combine: Callable[[Any, Any], Any]) -> Any:
        one, other = of(left), of(right)
        return table(one.rows, one.cols, lambda r, c: combine(one[r, c], other[r, c]))

    match term:
        case tm.Number(value):
            return [[mpmath.mpf(value.numerator) / value.denominator]]
        case tm.Dimension():
            return [[size(term)]]
        case tm.Symbol():
            return at[term]
        case tm.Member(family, positions):
            return at[family][tuple(map(place, positions))]
        case tm.Identity(dim):
            return mpmath.eye(size(dim))
        case tm.Filled(rows, columns, entry):
            return table(size(rows), size(columns), lambda r, c: entry)
        case tm.Unit(dim, position):
            return table(size(dim), 1, lambda r, c: int(r == place(position)))
        case tm.Delta(left, right):
            return [[int(place(left) == place(right))]]
        case tm.Literal(rows):
            return [[of(entry)[0] for entry in row] for row in rows]
        case tm.Add(left, right):
            return of(left) + of(right)
        case tm.Subtract(left, right):
            return of(left) - of(right)
        case tm.Negate(operand):
            return -of(operand)
        case tm.Multiply(left, right):
            return of(left)[0] * of(right) if not left.shape else of(left) * of(right)[0]
        case tm.Divide(left, right):
            return of(left).apply(lambda entry: _quotient(entry, of(right)[0]))
        case tm.MatMul(left, right):
            return of(left) * of(right)
        case tm.Power(base, exponent) if mpmath.isint(of(exponent)[0]):
            return _power(of(base), int(of(exponent)[0]))
        case tm.Power(base, exponent):
            _require(_sign(of(base)[0]) > 0)
            return [[of(base)[0] ** of(exponent)[0]]]
        case tm.Transpose(operand):
            return of(operand).T
        case tm.Inverse(operand):
            return _power(of(operand), -1)
        case tm.Hadamard(left, right):
            return zip_with(left, right, lambda one, other: one * other)
        case tm.HadamardPower(base, exponent):
            return of(base).apply(lambda entry: entry**exponent if exponent >= 0 else _quotient(1, entry**-exponent))
        case tm.Trace(operand):
            matrix = of(operand)
            return [[sum(matrix[k, k] for k in range(matrix.rows))]]
        case tm.Determinant(operand):
            return [[_determinant(of(operand))]]
        case tm.Diag(operand):
            return mpmath.diag(list(of(operand)))
        case tm.Diagonal(operand):
            matrix = of(operand)
            return table(matrix.rows, 1, lambda r, c: matrix[r, r])
        case tm.Norm(operand, kind):
            sizes = [abs(entry) for entry in of(operand)]
            return [[mpmath.sqrt(sum(entry**2 for entry in sizes)) if kind in "2F" else sum(sizes) if kind == "1" else max(sizes)]]
        case tm.Entry(operand, row, column):
            return [[of(operand)[place(row), place(column)]]]
        case tm.Row(operand, row):
            return of(operand)[place(row), :]
        case tm.Column(operand, column):
            return of(operand)[:, place(column)]
        case op.Apply(op.Function(name, parameter, body), argument, order):
            if parameter is not None and body is not None:
                assert order == 0
                return of(argument).apply(lambda entry: value_of(body, {parameter: mpmath.matrix([[entry]])})[0])
            return of(argument).apply((SLOPES if order else ENTRYWISE)[name])
        case op.Maximum(left, right):
            return zip_with(left, right, max)
        case op.Minimum(left, right):
            return zip_with(left, right, min)
        case op.Softmax(argument, axis):
            powers = of(argument).apply(mpmath.exp)
            return table(powers.rows, powers.cols, lambda r, c: powers[r, c] / sum(powers[:, c] if axis == 0 else powers[r, :]))
        case op.Indicator(Relation(left, symbol, right)):
            return zip_with(left, right, lambda one, other: int(HOLDS[symbol](_sign(one - other))))
        case op.Cases(branches, otherwise):
            for condition, chosen in branches:
                if HOLDS[condition.symbol](_sign((of(condition.left) - of(condition.right))[0])):
                    return of(chosen)
            return of(otherwise)
        case op.Sum(index, body):
            values = [value_of(body, {**at, index: k}) for k in range(1, size(index.dim) + 1)]
            return sum(values[1:], values[0])
        case op.Series(counter, length, body):
            count = int(of(length)[0])
            values = [value_of(body, {**at, counter: k}) for k in range(count)]
            return sum(values, mpmath.zeros(*map(size, sides(body.shape))))
        case op.Named(_, _, body):
            return of(body)
    raise NotImplementedError(type(term).__name__)


def _determinant(matrix: Any) -> Any:
    if matrix.rows == 1:
        return matrix[0, 0]
    minors = [[[matrix[r, c] for c in range(matrix.cols) if c != k] for r in range(1, matrix.rows)] for k in range(matrix.cols)]
    return sum((-1) ** k * matrix[0, k] * _determinant(mpmath.matrix(minor)) for k, minor in enumerate(minors))


def _power(base: Any, exponent: int) -> Any:
    _require(exponent >= 0 or _sign(_determinant(base)) != 0)
    return base**exponent if exponent else mpmath.eye(base.rows)


# ------------------------------------------------------------------------------------------- the value of a SymPy object


def sympy_value(expression: Any, at: Values) -> Any:
    """The value by SymPy's own rules, every matrix made explicit from the leaves up; a matrix, (1, 1) for a scalar."""
    atoms: dict[Any, Any] = {}
    for key, given_value in at.items():
        match key:
            case Family(name, _, ()):
                atoms[name] = [sympy.Rational(rows[0][0]) for rows in given_value.values()]
            case Index():
                atoms[LABEL] = sympy.Integer(given_value - 1)
            case tm.Dimension():
                atoms[to_sympy(key)] = sympy.Integer(given_value)
            case Symbol():
                atoms[to_sympy(key)] = sympy.ImmutableMatrix(given_value) if key.shape else sympy.Rational(given_value[0][0])
    result = _explicit(expression, atoms)
    rows = result.tolist() if result.is_Matrix else [[result]]
    return mpmath.matrix([[mpmath.mpmathify(sympy.N(entry, mpmath.mp.dps)) for entry in row] for row in rows])


def _explicit(expression: Any, atoms: dict[Any, Any]) -> Any:
    def of(part: Any) -> Any:
        return _explicit(part, atoms)

    match expression:
        case _ if expression in atoms:
            return atoms[expression]
        case sympy.Indexed():
            return atoms[expression.base.label.name][int(of(expression.indices[0]))]
        case sympy.MatrixBase():
            return sympy.ImmutableMatrix(expression.applyfunc(of))
        case sympy.Sum():
            *inner, (variable, first, last) = expression.limits
            body = sympy.Sum(expression.function, *inner) if inner else expression.function
            return sum((_explicit(body, {**atoms, variable: sympy.Integer(k)}) for k in range(of(first), of(last) + 1)), start=sympy.Integer(0))
        case ElementwiseApplyFunction():
            (variable,), body = expression.function.variables, expression.function.expr
            return of(expression.expr).applyfunc(lambda entry: _explicit(body, {**atoms, variable: entry}))
        case sympy.FunctionMatrix():
            row, column = expression.lamda.variables
            return sympy.ImmutableMatrix(*map(of, expression.shape), lambda r, c: _explicit(expression.lamda.expr, {**atoms, row: r, column: c}))
        case sympy.Piecewise():
            return of(next(branch.expr for branch in expression.args if of(branch.cond) == sympy.true))
        case _ if not expression.args:
            return expression
    rebuilt = expression.func(*map(of, expression.args))
    if isinstance(rebuilt, sympy.MatrixExpr):
        return sympy.ImmutableMatrix(rebuilt.as_explicit().applyfunc(_rounded))
    return _rounded(rebuilt.doit()) if isinstance(rebuilt, sympy.Expr) else rebuilt


def _rounded(value: Any) -> Any:
    """Rationals stay exact; of everything else 40 digits, with zero for what is zero but for rounding."""
    if value.is_Rational:
        return value
    number = sympy.N(value, mpmath.mp.dps)
    return number if abs(number) >= 1e-25 else sympy.Integer(0)


def close(left: Any, right: Any) -> bool:
    """Of 40 digits, 20 may be lost in a determinant or a difference."""
    same_size = (left.rows, left.cols) == (right.rows, right.cols)
    return same_size and all(abs(one - other) <= 1e-20 * (1 + abs(one)) for one, other in zip(left, right, strict=True))


# ---------------------------------------------------------------------------------------------------------- random terms

SHAPES: tuple[Shape, ...] = ((d, 1), (n, 1), (1, d), (1, n), (n, d), (d, n), (d, d), (n, n))
SYMBOLS: dict[Shape, tuple[Term, ...]] = {(d, 1): (w, v), (n, 1): (y,), (n, d): (X,), (d, d): (A, B)}
FUNCTIONS = (fn.tanh, fn.sigmoid, fn.relu, fn.abs_, fn.sign, swish)


def numbers() -> st.SearchStrategy[Term]:
    return st.fractions(-3, 3, max_denominator=3).map(tm.Number)


def relations(strategy: st.SearchStrategy[Term]) -> st.SearchStrategy[Relation]:
    return st.builds(Relation, strategy, st.sampled_from(sorted(HOLDS)), strategy)


@cache
def scalar_terms(depth: int, inside: bool = False) -> st.SearchStrategy[Term]:
    """Scalars; `inside` a sum the index i may occur."""
    leaves = [st.sampled_from((a, b, n)), numbers()]
    if inside:
        leaves.append(st.sampled_from((s[i], make.entry(y, i), make.entry(X, i, 1), make.delta(i, 1))))
    if depth == 0:
        return st.one_of(leaves)
    one = scalar_terms(depth - 1, inside)
    conditions = relations(scalar_terms(0, inside))  # SymPy cannot have cases inside a condition
    square = st.one_of(matrix_terms((d, d), depth - 1, inside), matrix_terms((n, n), depth - 1, inside))
    vectors = st.one_of(matrix_terms((d, 1), depth - 1, inside), matrix_terms((1, n), depth - 1, inside))
    return st.one_of(
        *(st.builds(node, one, one) for node in (tm.Add, tm.Subtract, tm.Multiply, tm.Divide, op.Maximum, op.Minimum)),
        st.builds(lambda base, k: tm.Power(base, tm.as_term(k)), one, st.integers(-2, 3)),
        st.builds(lambda function, argument: function(argument), st.sampled_from((*FUNCTIONS, fn.exp, fn.sqrt, fn.log, fn.reciprocal)), one),
        st.builds(lambda name, argument: op.Function(name).prime(argument), st.sampled_from(sorted(SLOPES)), one),
        square.map(tm.Trace),
        square.map(tm.Determinant),
        vectors.flatmap(lambda vector: st.sampled_from([tm.Norm(vector, kind) for kind in ("2", "F", "1")])),
        st.builds(lambda left, right: left.T @ right, matrix_terms((n, 1), depth - 1, inside), matrix_terms((n, 1), depth - 1, inside)),
        matrix_terms((n, d), depth - 1, inside).map(lambda term: make.entry(term, i, 1) if inside else make.entry(term, 1, 1)),
        scalar_terms(depth - 1, inside=True).map(lambda body: op.Sum(i, body)),
        st.builds(op.Indicator, conditions),
        st.builds(lambda condition, value, otherwise: op.Cases(((condition, value),), otherwise), conditions, one, one),
    )


@cache
def matrix_terms(shape: Shape, depth: int, inside: bool = False) -> st.SearchStrategy[Term]:
    """Matrices of a shape."""
    rows, columns = sides(shape)
    leaves: list[Term] = [make.ones(rows, columns), make.zeros(rows, columns), *SYMBOLS.get(shape, ())]
    leaves += [term.T for term in SYMBOLS.get((columns, rows), ())]
    if rows == columns:
        leaves.append(make.identity(rows))
    if columns == 1:
        leaves.append(make.unit(rows, 1))
    if inside and shape == (d, 1):
        leaves += [x[i], make.row(X, i).T]
    if depth == 0:
        return st.sampled_from(leaves)

    def part(shape: Shape) -> st.SearchStrategy[Term]:
        return matrix_terms(shape, depth - 1, inside)

    one, scale = part(shape), scalar_terms(depth - 1, inside)
    options = [
        *(st.builds(node, one, one) for node in (tm.Add, tm.Subtract, tm.Hadamard, op.Maximum, op.Minimum)),
        one.map(tm.Negate),
        st.builds(tm.Multiply, scale, one),
        st.builds(tm.Divide, one, scale),
        part((columns, rows)).map(tm.Transpose),
        st.builds(tm.HadamardPower, one, st.sampled_from((-1, 0, 2))),
        st.builds(lambda function, argument: function(argument), st.sampled_from(FUNCTIONS), one),
        st.builds(lambda name, argument: op.Function(name).prime(argument), st.sampled_from(sorted(SLOPES)), one),
        st.builds(op.Softmax, one, st.sampled_from((0, 1))),
        st.builds(op.Indicator, relations(one)),
        matrix_terms(shape, depth - 1, inside=True).map(lambda body: op.Sum(i, body)),
        *(st.builds(tm.MatMul, part((rows, inner)), part((inner, columns))) for inner in (n, d) if rows != 1 or columns != 1),
    ]
    if rows == columns:
        options += [one.map(tm.Inverse), part((rows, 1)).map(tm.Diag)]
        options.append(st.builds(lambda base, k: tm.Power(base, tm.as_term(k)), one, st.sampled_from((-1, 0, 2))))
    elif columns == 1:
        options += [part((rows, rows)).map(tm.Diagonal), part((rows, d)).map(lambda term: make.column(term, 1))]
    elif rows == 1:
        options.append(part((n, columns)).map(lambda term: make.row(term, i if inside else 1)))
    return st.one_of(options)


@st.composite
def values(draw: st.DrawFn) -> Values:
    sizes = {n: draw(st.integers(1, 3)), d: draw(st.integers(1, 3)), k: draw(st.integers(0, 3))}

    def size(dim: Any) -> int:
        return dim if isinstance(dim, int) else sizes[dim]

    def entries(shape: Shape) -> list[list[Fraction]]:
        rows, columns = map(size, sides(shape))
        row = st.lists(st.fractions(-2, 2, max_denominator=2), min_size=columns, max_size=columns)
        return draw(st.lists(row, min_size=rows, max_size=rows))

    plain = {symbol: entries(symbol.shape) for symbol in (a, b, w, v, y, X, A, B)}
    families = {family: {(k,): entries(family.size) for k in range(sizes[n])} for family in (s, x)}
    samples = [[row[0] for row in member] for member in families[x].values()]
    return {**sizes, **plain, **families, Symbol("x", (n, d)): samples}


TERMS = st.one_of(scalar_terms(2), *(matrix_terms(shape, 2) for shape in SHAPES))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TERMS, values())
def test_both_directions_keep_the_meaning(term: Term, at: Values) -> None:
    try:
        expected = value_of(term, {**at, "limit": 1000})
    except UndefinedError:
        assume(False)
    expression = to_sympy(term)
    back = from_sympy(expression)
    assert isinstance(back, Term)
    assert back.shape == term.shape
    assert close(sympy_value(expression, at), expected), expression
    assert close(value_of(back, at), expected), back


@pytest.mark.parametrize(
    "term",
    [
        make.sum_over(i, s[i] * fn.tanh(A @ x[i])),
        make.sum_over(i, A @ x[i] @ x[i].T @ B),
        make.sum_over(i, make.sum_over(j, fn.tanh(x[i] @ x[j].T))),
        make.sum_over(i, make.sum_over(j, s[i] * s[j] * make.delta(i, j))),
        make.sum_over(i, make.norm(x[i] - w) ** 3),
        make.sum_over(i, make.row(make.row(X, i).T @ y.T, 1).T),
        make.sum_over(i, make.unit(n, i) * s[i] + y) / n,
        make.define("m", make.sum_over(i, x[i]) / n),
        make.column(make.row(A, 1).T @ v.T, 1) @ make.column_vector(a).T,
        A**n + make.diag(w) - make.diagonal(A @ B) @ v.T,
        make.literal([a, 1], [2, b]) @ make.literal([n, 0], [fn.exp(a), -1]) ** 2,
        fn.relu(make.trace(fn.tanh(A))) + fn.abs_(-a * w.T @ v) + make.maximum(w.T @ v, make.entry(A, 1, 1)),
        make.cases((a > b, a), (Relation(a, "=", b), 0), otherwise=b) + make.indicator(a >= 0) * make.indicator(a <= 0),
        swish(make.hadamard_power(X, 2)) + make.softmax(X, 1),
        make.norm(make.literal([a], [b], [1]), "inf"),
        make.series(m, k, A**m) @ w + a * A**k @ w,
        make.series(m, k + 1, m * a**m) + k + make.series(m, k, make.sum_over(i, s[i] ** m)),
    ],
    ids=repr,
)
@settings(max_examples=5)
@given(at=values())
def test_chosen_terms_keep_their_meaning(term: Term, at: Values) -> None:
    expected = value_of(term, at)
    expression = to_sympy(term)
    assert close(sympy_value(expression, at), expected)
    back = from_sympy(expression)
    assert isinstance(back, Term)
    assert close(value_of(back, at), expected)
