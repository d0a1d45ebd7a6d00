"""SymPy's scalar expressions to terms, read over the reals: they speak of the points at which each of their parts is real."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce

import sympy
from sympy.core import numbers
from sympy.matrices.expressions.matexpr import MatrixElement

from derivations.evaluation.symbolic.matrices import Expression
from derivations.evaluation.symbolic.scope import Reader, Scope, refuse
from derivations.evaluation.symbolic.vocabulary import RELATIONALS
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.shapes import show_shape
from derivations.language.terms import Relation, Term
from derivations.language.traversal import symbols

__all__ = ["SCALAR_READERS", "product", "summed", "total"]

# --------------------------------------------------------------------------------------------------------------- algebra


def _number(expression: Expression, scope: Scope) -> Term:
    return tm.Number(Fraction(int(expression.p), int(expression.q)))


def _add(expression: Expression, scope: Scope) -> Term:
    return total(scope.read_all(expression.as_ordered_terms()))


def total(summands: Sequence[Term]) -> Term:
    """The sum, begun with a summand that has no minus sign, if there is one."""
    first = next((place for place, summand in enumerate(summands) if _negated(summand) is None), 0)
    result = summands[first]
    for summand in (*summands[:first], *summands[first + 1 :]):
        positive = _negated(summand)
        result = tm.Add(result, summand) if positive is None else tm.Subtract(result, positive)
    return result


def _negated(term: Term) -> Term | None:
    """What stands behind the minus sign of the term; None if it has none."""
    match term:
        case tm.Negate(operand):
            return operand
        case tm.Number(value) if value < 0:
            return tm.Number(-value)
    return None


def _mul(expression: Expression, scope: Scope) -> Term:
    return product(expression.as_ordered_factors(), None, scope)


def product(scalars: Iterable[Expression], matrix: Term | None, scope: Scope) -> Term:
    """The scalars times the matrix, as one fraction with its sign in front."""
    coefficient = Fraction(1)
    numerator: list[Term] = []
    denominator: list[Term] = []
    for factor in scalars:
        if factor.is_Rational:
            coefficient *= Fraction(int(factor.p), int(factor.q))
        elif isinstance(factor, sympy.Pow) and factor.exp.is_Rational and factor.exp < 0:
            denominator.append(scope.read(1 / factor))
        else:
            numerator.append(scope.read(factor))
    numerator = _with_number(abs(coefficient.numerator), [*numerator, *([] if matrix is None else [matrix])])
    quotient = reduce(tm.Multiply, numerator or [tm.Number(Fraction(1))])
    if denominator := _with_number(coefficient.denominator, denominator):
        quotient = tm.Divide(quotient, reduce(tm.Multiply, denominator))
    return tm.Negate(quotient) if coefficient < 0 else quotient


def _with_number(number: int, factors: list[Term]) -> list[Term]:
    return factors if number == 1 else [tm.Number(Fraction(number)), *factors]


def _scalars(expression: Expression, scope: Scope) -> list[Term]:
    """The arguments of a scalar function: SymPy's exp of a matrix is the matrix exponential, not exp of every entry."""
    arguments = scope.read_all(expression.args)
    if matrix := next((argument for argument in arguments if argument.shape), None):
        refuse(expression, f"its argument {matrix} has shape {show_shape(matrix.shape)}; for every entry write applyfunc")
    return arguments


def _pow(expression: Expression, scope: Scope) -> Term:
    base, exponent = expression.args
    if base.is_number and base.is_negative and exponent.is_integer is not True:
        refuse(expression, "a power of a negative number with such an exponent is not real")
    if exponent.is_Rational and exponent < 0:
        return product([expression], None, scope)
    term, power = _scalars(expression, scope)
    return _root_power(term, int(exponent.p), int(exponent.q)) if exponent.is_Rational else tm.Power(term, power)


def _root_power(base: Term, numerator: int, denominator: int) -> Term:
    """base ** (numerator / denominator), with square roots as far as they go: a power with a fraction has no value at 0, a root has."""
    if denominator % 2 == 0:
        return _root_power(op.Function("sqrt")(base), numerator, denominator // 2)
    return base if numerator == denominator else tm.Power(base, tm.Number(Fraction(numerator, denominator)))


def _function(name: str) -> Reader:
    return lambda expression, scope: op.Function(name)(*_scalars(expression, scope))


def _max(expression: Expression, scope: Scope) -> Term:
    arguments = _scalars(expression, scope)
    others = [argument for argument in arguments if argument != tm.Number(Fraction(0))]
    if len(others) == 1 and len(arguments) == 2:
        return op.Function("relu")(*others)
    return reduce(op.Maximum, arguments)


def _min(expression: Expression, scope: Scope) -> Term:
    return reduce(op.Minimum, _scalars(expression, scope))


def _real_part(expression: Expression, scope: Scope) -> Term:
    """SymPy writes |exp(z)| as exp(re(z)) where it does not know that z, an entry say, is real."""
    (operand,) = _scalars(expression, scope)
    if any(symbol.field != "real" for symbol in symbols(operand)):
        refuse(expression, "the real part of a complex number is not supported")
    return operand


# --------------------------------------------------------------------------------------------------------------- branches

_RELATIONS = {relational: symbol for symbol, relational in RELATIONALS.items()}


def _piecewise(expression: Expression, scope: Scope) -> Term:
    branches = list(expression.args)
    last = next((place for place, branch in enumerate(branches) if branch.cond is sympy.true), None)
    if last is None:
        refuse(expression, "the last branch must be (value, True), so that every point has a value")
    value = scope.read(branches[last].expr)
    for branch in reversed(branches[:last]):
        value = _choice(branch.cond, scope.read(branch.expr), value, scope)
    return value


def _heaviside(expression: Expression, scope: Scope) -> Term:
    argument, at_zero = expression.args
    _scalars(expression, scope)
    below = _choice(argument < 0, tm.Number(Fraction(0)), scope.read(at_zero), scope)
    return _choice(argument > 0, tm.Number(Fraction(1)), below, scope)


def _choice(condition: Expression, value: Term, otherwise: Term, scope: Scope) -> Term:
    """The value where the condition holds, else the other one."""
    if condition in (sympy.true, sympy.false):
        return value if condition else otherwise
    if isinstance(condition, sympy.Or):
        return reduce(lambda rest, part: _choice(part, value, rest, scope), reversed(condition.args), otherwise)
    if isinstance(condition, sympy.And):
        return reduce(lambda inner, part: _choice(part, inner, otherwise, scope), reversed(condition.args), value)
    if type(condition) not in _RELATIONS:
        refuse(condition, f"a condition is built of {', '.join(cls.__name__ for cls in _RELATIONS)}, And and Or")
    left, right = _scalars(condition, scope)
    relation = Relation(left, _RELATIONS[type(condition)], right)
    if value == tm.Number(Fraction(1)) and otherwise == tm.Number(Fraction(0)):
        return op.Indicator(relation)
    if isinstance(otherwise, op.Cases):
        return op.Cases(((relation, value), *otherwise.branches), otherwise.otherwise)
    return op.Cases(((relation, value),), otherwise)


# -------------------------------------------------------------------------------------------------- indices, derivatives


def _sum(expression: Expression, scope: Scope) -> Term:
    return summed(expression.function, expression.limits, scope)


def summed(body: Expression, limits: Sequence[Expression], scope: Scope) -> Term:
    """The sum of the body; the last limit is the outermost one, as in SymPy.

    A variable that is used as a number counts the terms of a series; one that is used as a position is an index.
    """
    if not limits:
        return scope.read(body)
    *inner, (variable, first, last) = limits
    length = last - first + 1
    if not first.is_Integer or length.is_nonnegative is not True:
        refuse(limits[-1], "a sum must run from an integer to a last value, and the number of its terms must be an integer ≥ 0")
    counts = any(_counts(variable, part) for part in (body, *inner))
    if counts or (variable not in body.free_symbols and not scope.is_size(length)):
        inside, counter = scope.binding_counter(variable, int(first))
        return op.Series(counter, scope.read(length), summed(body, inner, inside))
    inside, index = scope.binding_index(variable, int(first), length)
    return op.Sum(index, summed(body, inner, inside))


def _counts(variable: Expression, expression: Expression) -> bool:
    """Whether the variable occurs as a number, and not only where an entry, a row or a member stands."""
    if variable not in expression.free_symbols:
        return False
    if isinstance(expression, sympy.Indexed | sympy.KroneckerDelta):
        return False
    parts = expression.args[:1] if isinstance(expression, MatrixElement | sympy.MatrixSlice) else expression.args
    return bool(expression == variable) or any(_counts(variable, part) for part in parts)


def _indexed(expression: Expression, scope: Scope) -> Term:
    family, firsts = scope.family(expression)
    return family[tuple(scope.position(place, dim, first) for place, dim, first in zip(expression.indices, family.axes, firsts, strict=True))]


def _kronecker_delta(expression: Expression, scope: Scope) -> Term:
    places = expression.indices
    if expression.delta_range is not None:
        first, last = expression.delta_range
        dim = scope.size(last - first + 1)
    elif bound := next(filter(None, map(scope.range_of, places)), None):
        first, dim = bound.first, bound.index.dim
    else:
        refuse(expression, "give it a range, or a position that is the index of a sum; else the number of positions is unknown")
    left, right = (scope.position(place, dim, int(first)) for place in places)
    return tm.Delta(left, right)


def _derivative(expression: Expression, scope: Scope) -> Term:
    term = scope.read(expression.expr)
    for variable, order in expression.variable_count:
        symbol = scope.read(variable)
        if not isinstance(symbol, tm.Symbol) or symbol.shape or symbol.field != "real" or type(variable) is not sympy.Symbol or not order.is_Integer:
            refuse(expression, "the derivative must be with respect to real scalar symbols, an integer number of times")
        for _ in range(int(order)):
            term = op.Gradient(term, symbol)
    return term


SCALAR_READERS: dict[type, Reader] = {
    **dict.fromkeys((sympy.Integer, sympy.Rational, numbers.Zero, numbers.One, numbers.NegativeOne, numbers.Half), _number),
    numbers.Exp1: lambda expression, scope: op.Function("exp")(1),
    sympy.Symbol: lambda expression, scope: scope.symbol(expression),
    sympy.Dummy: lambda expression, scope: scope.symbol(expression),
    sympy.Add: _add,
    sympy.Mul: _mul,
    sympy.Pow: _pow,
    sympy.exp: _function("exp"),
    sympy.log: _function("log"),
    sympy.tanh: _function("tanh"),
    sympy.Abs: _function("abs"),
    sympy.sign: _function("sign"),
    sympy.re: _real_part,
    sympy.Max: _max,
    sympy.Min: _min,
    sympy.Piecewise: _piecewise,
    sympy.Heaviside: _heaviside,
    sympy.Sum: _sum,
    sympy.Indexed: _indexed,
    sympy.KroneckerDelta: _kronecker_delta,
    sympy.Derivative: _derivative,
}
"""By the exact class: a subclass (a wildcard, say) means something else."""
