"""Terms to SymPy. The conventions are those of `derivations.evaluation.symbolic`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.evaluation.symbolic import implicit, matrices
from derivations.evaluation.symbolic.implicit import LargestEigenvalue, PseudoInverse, SmallestEigenvalue
from derivations.evaluation.symbolic.matrices import VARIABLE, Expression, applied, elementwise, product
from derivations.evaluation.symbolic.statements import boolean, relational
from derivations.evaluation.symbolic.vocabulary import FUNCTIONS, label, natural, signed_symbols, size
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Assumption
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.implicit import ArgMin, EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Expectation
from derivations.language.shapes import show_dim, show_shape, sides
from derivations.language.terms import Relation, Statement, Symbol, Term
from derivations.language.traversal import dimensions, subterms, symbols

__all__ = ["to_sympy"]

Known: TypeAlias = Mapping[Symbol, Expression]
"""The scalars that do not stand for themselves: those with a known sign, and the parameter of an author's function."""


def to_sympy(value: Term | Statement, given: Iterable[Assumption] = ()) -> Expression:
    """The SymPy expression that means the term: a scalar expression, or a matrix expression of the term's shape; of a statement the
    SymPy Boolean.

    Args:
        value: the term or statement.
        given: assumptions; ``x > 0`` and the like make a scalar x positive, negative, nonnegative, nonpositive or nonzero.

    Raises:
        UnsupportedError: SymPy has no counterpart, cannot be trusted with it, or knows it to be no real number.
        DeclarationError: one name stands for two things, or the assumptions contradict each other.
    """
    _check_names(value)
    known = signed_symbols(given)
    return boolean(value, lambda term: _finite(term, known)) if isinstance(value, Statement) else _finite(value, known)


def _finite(term: Term, known: Known) -> Expression:
    expression = _expression(term, known)
    if expression.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise UnsupportedError(f"SymPy makes {expression} of {term}, which is infinite or has no value, at least in one case")
    return expression


def _expression(term: Term, known: Known) -> Expression:
    """The conversion of a term with its parts; a scalar term becomes a scalar expression, also where SymPy has a (1, 1) matrix."""
    writer = _WRITERS.get(type(term))
    if writer is None:
        reason = f"; {_REASONS[type(term)]}" if type(term) in _REASONS else ""
        raise UnsupportedError(f"{type(term).__name__} has no counterpart in SymPy{reason}")
    result = writer(term, known)
    if term.shape:
        return result
    if result.is_Matrix:
        return sympy.Trace(result)
    if result.is_extended_real is False:
        raise UnsupportedError(f"{term} is nowhere real; SymPy makes it {result}")
    return result


def _check_names(term: Term | Statement) -> None:
    """One name, one thing: symbols that print alike would be confused by whoever reads the expression, lambdify included.

    Raises:
        DeclarationError: two things share a name.
    """
    owners: dict[str, object] = {}
    counters = {part.counter for part in subterms(term) if isinstance(part, op.Series)}
    for owner in (*symbols(term), *dimensions(term), *counters):
        if owners.setdefault(owner.name, owner) != owner:
            raise DeclarationError(f"the name {owner.name} stands for two things in {term}")
    for index in {index for part in subterms(term) for index in (part.free | {part.index} if isinstance(part, op.Sum) else part.free)}:
        if index.name in owners:
            raise DeclarationError(f"the name {index} stands for an index and for something else in {term}")
    if len({index.name for index in term.free}) != len(term.free):
        raise DeclarationError(f"one name stands for two indices in {term}: {', '.join(sorted(f'{i} = 1 … {show_dim(i.dim)}' for i in term.free))}")


# ---------------------------------------------------------------------------------------------------------------- leaves


def _number(term: tm.Number, known: Known) -> Expression:
    return sympy.Rational(term.value.numerator, term.value.denominator)


def _symbol(term: tm.Symbol, known: Known) -> Expression:
    if not term.shape:
        return known.get(term, sympy.Symbol(term.name, **{term.field: True}))
    _require_real(term, term.field)
    return sympy.MatrixSymbol(term.name, *map(size, term.shape))


def _member(term: tm.Member, known: Known) -> Expression:
    family = term.family
    if family.is_numbered:
        raise UnsupportedError(f"{term}: {family} has a member for every integer; give the one that is meant a name of its own, and convert that")
    axes = tuple(map(size, family.axes))
    _require_real(family, family.field)
    if not term.shape:
        return sympy.Indexed(sympy.IndexedBase(sympy.Symbol(family.name, real=True), shape=axes), *map(label, term.places))
    rows, columns = sides(term.shape)
    if len(axes) != 1 or columns != 1:
        raise UnsupportedError(f"the family {family} of {show_shape(term.shape)}: only scalars, and vectors with one sample axis, are supported")
    return matrices.transpose(matrices.row(sympy.MatrixSymbol(family.name, *axes, size(rows)), label(term.places[0])))


def _require_real(owner: object, field: str) -> None:
    if field != "real":
        raise UnsupportedError(f"{owner} is {field}; SymPy knows the field of scalars only, and would read it as real")


def _identity(term: tm.Identity, known: Known) -> Expression:
    return sympy.Identity(size(term.dim)) if term.shape else sympy.Integer(1)


def _filled(term: tm.Filled, known: Known) -> Expression:
    if not term.shape:
        return sympy.Integer(term.entry)
    return (sympy.OneMatrix if term.entry else sympy.ZeroMatrix)(*map(size, term.shape))


def _unit(term: tm.Unit, known: Known) -> Expression:
    return matrices.column(sympy.Identity(size(term.dim)), label(term.position)) if term.shape else sympy.Integer(1)


def _delta(term: tm.Delta, known: Known) -> Expression:
    dims = [position.dim for position in (term.left, term.right) if isinstance(position, tm.Index)]
    ranges = [(0, size(dim) - 1) for dim in dims[:1]]
    return sympy.KroneckerDelta(label(term.left), label(term.right), *ranges)


def _literal(term: tm.Literal, known: Known) -> Expression:
    rows = [[_expression(entry, known) for entry in row] for row in term.rows]
    return sympy.ImmutableDenseMatrix(rows) if term.shape else rows[0][0]


# --------------------------------------------------------------------------------------------------------------- algebra


def _both(combine: Callable[[Expression, Expression], Expression]) -> Writer:
    """An operation on two parts that means the same for scalars and for matrices."""
    return lambda term, known: combine(_expression(term.left, known), _expression(term.right, known))


def _either(of_matrices: Callable[..., Expression], of_scalars: Callable[..., Expression]) -> Writer:
    """An operation on all parts that SymPy writes in one way for matrices and in another for scalars."""
    return lambda term, known: (of_matrices if term.shape else of_scalars)(*(_expression(part, known) for part in tm.parts(term)))


def _unary(of_matrix: Callable[[Expression], Expression], of_scalar: Callable[[Expression], Expression] = lambda operand: operand) -> Writer:
    """An operation on one matrix; most leave a scalar as it is."""

    def write(term: Any, known: Known) -> Expression:
        operand = _expression(term.operand, known)
        return (of_matrix if operand.is_Matrix else of_scalar)(operand)

    return write


def _pseudo_inverse(term: tm.PseudoInverse, known: Known) -> Expression:
    operand = _expression(term.operand, known)
    return PseudoInverse(operand) if operand.is_Matrix else _piecewise((1 / operand, sympy.Ne(operand, 0)), (sympy.Integer(0), sympy.true))


def _extreme_eigenvalue(term: ExtremeEigenvalue, known: Known) -> Expression:
    operand = _expression(term.operand, known)
    return {"max": LargestEigenvalue, "min": SmallestEigenvalue}[term.kind](operand) if operand.is_Matrix else operand


def _power(term: tm.Power, known: Known) -> Expression:
    base, exponent = _expression(term.base, known), _expression(term.exponent, known)
    if not term.shape:
        return base**exponent
    if exponent.is_integer is not True:
        raise UnsupportedError(f"{term}: the power of a matrix needs an integer exponent or a dimension; found {term.exponent}")
    return sympy.MatPow(base, exponent)


def _hadamard_power(term: tm.HadamardPower, known: Known) -> Expression:
    base = _expression(term.base, known)
    return sympy.HadamardPower(base, term.exponent) if term.shape else base**term.exponent


def _norm(term: tm.Norm, known: Known) -> Expression:
    operand = _expression(term.operand, known)
    if not operand.is_Matrix:
        return applied(sympy.Abs, operand)
    if term.kind in ("2", "F"):
        return sympy.sqrt(sympy.Trace(product(matrices.transpose(operand), operand)))
    if term.kind == "1":
        return matrices.entry_sum(elementwise(sympy.Abs(VARIABLE), operand))
    rows, columns = sides(term.operand.shape)
    if not (isinstance(rows, int) and isinstance(columns, int)):
        raise UnsupportedError(f"{term}: SymPy has no maximum over the entries of shape {show_shape(term.operand.shape)}; give it integer sizes")
    return applied(sympy.Max, *(sympy.Abs(MatrixElement(operand, i, j)) for i in range(rows) for j in range(columns)))


def _entry(term: tm.Entry, known: Known) -> Expression:
    operand = _expression(term.operand, known)
    return MatrixElement(operand, label(term.row), label(term.column)) if operand.is_Matrix else operand


def _row(term: tm.Row, known: Known) -> Expression:
    if not term.shape:
        return _entry(tm.Entry(term.operand, term.row, 1), known)
    return matrices.row(_expression(term.operand, known), label(term.row))


def _column(term: tm.Column, known: Known) -> Expression:
    if not term.shape:
        return _entry(tm.Entry(term.operand, 1, term.column), known)
    return matrices.column(_expression(term.operand, known), label(term.column))


# -------------------------------------------------------------------------------- functions, branches, sums, derivatives


def _apply(term: op.Apply, known: Known) -> Expression:
    argument = _expression(term.argument, known)
    if term.order == 0 and not term.shape:
        return _value(term.function, argument)
    value = _value(term.function, VARIABLE)
    if value.has(sympy.Lambda):
        raise UnsupportedError(f"{term}: SymPy confuses the variables of {term.function} with those of the elementwise functions in its body")
    if term.order:
        # The derivatives of Max, Abs and sign hold delta functions; those of the same functions written by cases do not.
        value = value.rewrite(sympy.Piecewise).diff(VARIABLE, term.order)
    return elementwise(value, argument) if term.shape else value.xreplace({VARIABLE: argument})


def _value(function: op.Function, argument: Expression) -> Expression:
    """The function at a scalar argument."""
    if function.body is not None and function.parameter is not None:
        return _expression(function.body, {function.parameter: argument})
    if function.name not in FUNCTIONS:
        raise UnsupportedError(f"the function {function} is unknown; expected one of {', '.join(FUNCTIONS)}, or one made by define_function")
    return FUNCTIONS[function.name](argument)


def _softmax(term: op.Softmax, known: Known) -> Expression:
    return matrices.softmax(_expression(term.argument, known), term.axis) if term.shape else sympy.Integer(1)


def _indicator(term: op.Indicator, known: Known) -> Expression:
    left, right = _sides(term.relation, known)
    if not term.shape:
        return _one_where(relational(term.relation, left, right))
    return elementwise(_one_where(relational(term.relation, VARIABLE, sympy.Integer(0))), matrices.difference(left, right))


def _cases(term: op.Cases, known: Known) -> Expression:
    if term.shape:
        raise UnsupportedError(f"{term}: SymPy has no matrix that is chosen by cases, only scalars")
    branches = [(_expression(value, known), relational(condition, *_sides(condition, known))) for condition, value in term.branches]
    return _piecewise(*branches, (_expression(term.otherwise, known), sympy.true))


def _one_where(condition: Expression) -> Expression:
    return _piecewise((sympy.Integer(1), condition), (sympy.Integer(0), sympy.true))


def _piecewise(*branches: tuple[Expression, Expression]) -> Expression:
    """Unevaluated: SymPy would solve the conditions, which may take seconds."""
    return sympy.Piecewise(*branches, evaluate=False)


def _sides(relation: Relation, known: Known) -> tuple[Expression, Expression]:
    if isinstance(relation.left, Term) and isinstance(relation.right, Term):
        return _expression(relation.left, known), _expression(relation.right, known)
    raise UnsupportedError(f"the condition {relation}: expected a relation between two terms")


def _sum(term: op.Sum, known: Known) -> Expression:
    index = term.index
    if captured := next((other for other in term.body.free if other.name == index.name and other != index), None):
        ranges = " and ".join(f"{i} = 1 … {show_dim(i.dim)}" for i in (index, captured))
        raise DeclarationError(f"the sum over {index} would capture another index of that name: {ranges}; rename one")
    return matrices.sum_over(label(index), size(index.dim), _expression(term.body, known))


def _series(term: op.Series, known: Known) -> Expression:
    if term.counter in dimensions(term.length):
        raise DeclarationError(f"{term.counter} is bound in {term}, and stands in its length too; rename one")
    return matrices.sum_over(natural(term.counter.name), _expression(term.length, known), _expression(term.body, known))


def _derivative(term: op.Gradient | op.Jacobian | op.Hessian, known: Known) -> Expression:
    variable = _expression(term.variable, known) if isinstance(term.variable, Symbol) and not term.variable.shape else None
    if term.function.shape or not isinstance(variable, sympy.Symbol) or variable.is_real is not True:
        raise UnsupportedError(
            f"SymPy cannot be trusted with the {type(term).__name__.lower()} of {term.function}, {show_shape(term.function.shape)}, with respect to "
            f"{term.variable}, {show_shape(term.variable.shape)}: its matrix calculus is silently wrong; differentiate with derivations first"
        )
    return sympy.Derivative(_expression(term.function, known), (variable, 2 if isinstance(term, op.Hessian) else 1))


_REASONS: dict[type[Term], str] = {
    op.Iterate: "prove a closed form of the sequence, and convert that",
    Rank: "it knows the rank of a matrix with entries only",
    Eigenvalues: "it knows the eigenvalues of a matrix with entries only; largest_eigenvalue and smallest_eigenvalue can be converted",
    Expectation: "its random variables carry their laws themselves; prove what the expectation is, and convert that",
    OneSidedDerivative: "its Limit takes no derivative by a matrix; prove what the one-sided derivative is, and convert that",
    Subdifferential: "it has no sets of subgradients",
    ArgMin: "prove what the minimiser is, and convert that",
}
"""Why some nodes are refused, where a reader should know more than that they are."""

Writer: TypeAlias = Callable[[Any, Known], Expression]

_WRITERS: dict[type[Term], Writer] = {
    tm.Number: _number,
    tm.Dimension: lambda term, known: size(term) if term.least else natural(term.name),
    tm.Symbol: _symbol,
    tm.Member: _member,
    tm.Identity: _identity,
    tm.Filled: _filled,
    tm.Unit: _unit,
    tm.Delta: _delta,
    tm.Literal: _literal,
    tm.Add: _both(matrices.total),
    tm.Subtract: _both(matrices.difference),
    tm.Negate: lambda term, known: product(sympy.Integer(-1), _expression(term.operand, known)),
    tm.Multiply: _both(product),
    tm.MatMul: _both(product),
    tm.Divide: _both(lambda left, right: product(1 / right, left)),
    tm.Power: _power,
    tm.Transpose: _unary(matrices.transpose),
    tm.Inverse: _unary(sympy.Inverse, lambda operand: 1 / operand),
    tm.PseudoInverse: _pseudo_inverse,
    tm.Trace: _unary(sympy.Trace),
    tm.Determinant: _unary(sympy.Determinant),
    tm.Diag: _unary(matrices.diagonal_matrix),
    tm.Diagonal: _unary(matrices.diagonal),
    tm.Hadamard: _either(sympy.HadamardProduct, sympy.Mul),
    tm.HadamardPower: _hadamard_power,
    tm.Norm: _norm,
    tm.Entry: _entry,
    tm.Row: _row,
    tm.Column: _column,
    op.Apply: _apply,
    op.Maximum: _either(matrices.maximum, partial(applied, sympy.Max)),
    op.Minimum: _either(matrices.minimum, partial(applied, sympy.Min)),
    op.Softmax: _softmax,
    op.Indicator: _indicator,
    op.Cases: _cases,
    op.Sum: _sum,
    op.Series: _series,
    op.Named: lambda term, known: _expression(term.body, known),
    ExtremeEigenvalue: _extreme_eigenvalue,
    EigenvalueModuli: _unary(implicit.EigenvalueModuli, sympy.Abs),
    SpectralRadius: _unary(implicit.SpectralRadius, sympy.Abs),
    op.Gradient: _derivative,
    op.Jacobian: _derivative,
    op.Hessian: _derivative,
}
