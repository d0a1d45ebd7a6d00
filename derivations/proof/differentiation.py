"""The one differentiator: the derivative of a term in a direction, as a term.

`directional(f, x, V)` is D f[V] = d/dt f(x + tV) at t = 0, for the variable x alone: a symbol, a member of a family (each member
moves in its own direction), or a named quantity (which is cut: it moves by V, whatever it is made of). It is linear in V. Small
enough to trust by reading; each line is a rule of Petersen & Pedersen, The Matrix Cookbook, section 2, or of a calculus course.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.constructors import indicator, ones
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, reciprocal, sign, sqrt
from derivations.language.laws import Expectation, Law
from derivations.language.operators import Function, squared_norm
from derivations.language.shapes import sides
from derivations.language.terms import Family, Member, Number, Symbol, Term
from derivations.language.traversal import depends_on, symbols
from derivations.proof.moving_sequences import derivative_of_sequence

__all__ = ["chain_rule", "direction_for", "directional", "dot", "inverted_by_determinant", "is_variable", "slope_body"]


def direction_for(variable: Term, function: Term) -> Symbol | Family:
    """A direction V of the variable's shape: a symbol, or a family where the variable has positions.

    Its name does not occur in the function: no declared name has a space, and the directions of outer derivatives are counted on.
    """
    taken = {symbol.name for symbol in symbols(function)}
    name = next(name for name in (f"direction {number}" for number in count(1)) if name not in taken)
    if isinstance(variable, Member):
        return Family(name, variable.family.axes, variable.family.size)
    if isinstance(variable, op.Named) and variable.positions:
        axes = tuple(position.dim for position in variable.positions if isinstance(position, tm.Index))
        if len(axes) < len(variable.positions):
            raise UnsupportedError(f"differentiating with respect to {variable} at a fixed position")
        return Family(name, axes, variable.shape)
    return Symbol(name, variable.shape)


def directional(term: Term, variable: Term, direction: Symbol | Family) -> Term | None:
    """D term[direction]; None where the term does not depend on the variable.

    Raises:
        UnsupportedError: a node that has no rule.
    """
    if is_variable(term, variable):
        if isinstance(direction, Symbol):
            return direction
        return Member(direction, term.positions)  # type: ignore[attr-defined]
    if not depends_on(term, variable):
        return None
    return chain_rule(term, lambda part: directional(part, variable, direction))


def chain_rule(term: Term, inner: Callable[[Term], Term | None]) -> Term | None:
    """The derivative of a node, from the derivatives `inner` of its parts, each in the direction in which that part moves.

    Raises:
        UnsupportedError: a node that has no rule.
    """
    rule = _RULES.get(type(term))
    if rule is None:
        raise UnsupportedError(f"no rule for the derivative of {type(term).__name__} in {term}")
    return rule(term, inner)


def is_variable(term: Term, variable: Term) -> bool:
    """Whether a term is the variable, or another member or occurrence of it."""
    if isinstance(variable, Member):
        return isinstance(term, Member) and term.family == variable.family
    if isinstance(variable, op.Named):
        return isinstance(term, op.Named) and term.name == variable.name
    return term == variable


# ----------------------------------------------------------------------------------------------- functions of one variable

_Z = Symbol("function's argument")  # no declared name has a space

_SLOPES: dict[str, Term] = {
    "tanh": 1 - op.Apply(Function("tanh"), _Z) ** 2,
    "sigmoid": op.Apply(Function("sigmoid"), _Z) * (1 - op.Apply(Function("sigmoid"), _Z)),
    "exp": op.Apply(Function("exp"), _Z),
    "log": reciprocal(_Z),
    "sqrt": reciprocal(2 * sqrt(_Z)),
    "reciprocal": -(reciprocal(_Z) ** 2),
    "relu": indicator(_Z > 0),
    "abs": sign(_Z),
    "sign": Number(Fraction(0)),
}
"""f′(z) off the kinks, as a term in z."""


@cache
def slope_body(function: Function, order: int) -> tuple[Symbol, Term]:
    """(z, the derivative of the given order ≥ 0 as a scalar term in z); for built-in functions order ≥ 1."""
    if order == 0 or (order == 1 and function.body is None):
        if function.body is not None and function.parameter is not None:
            return function.parameter, function.body
        return _Z, _SLOPES[function.name]
    parameter, body = slope_body(function, order - 1)
    direction = Symbol("function's direction")
    slope = directional(body, parameter, direction)
    return parameter, Number(Fraction(0)) if slope is None else op.substitute(slope, {direction: Number(Fraction(1))})


# ------------------------------------------------------------------------------------------------------------------ rules

_Part = Callable[[Term], "Term | None"]


def _sum(*summands: Term | None) -> Term | None:
    present = [summand for summand in summands if summand is not None]
    if not present:
        return None
    total = present[0]
    for summand in present[1:]:
        total = total + summand
    return total


def _times(left: Term | None, right: Term | None, product: type[Any]) -> Term | None:
    return None if left is None or right is None else product(left, right)


def _bilinear(product: type[Any]) -> Callable[[Any, _Part], Term | None]:
    return lambda node, d: _sum(_times(d(node.left), node.right, product), _times(node.left, d(node.right), product))


def _linear(node: Any, d: _Part) -> Term | None:
    inner = d(node.operand)
    return None if inner is None else type(node)(inner)


def _entrywise(slope: Term, inner: Term | None) -> Term | None:
    return None if inner is None else tm.Hadamard(slope, inner)


def _quotient(node: tm.Divide, d: _Part) -> Term | None:
    over, under = d(node.left), d(node.right)
    second = None if under is None else -(under * node.left / (node.right * node.right))
    return _sum(None if over is None else over / node.right, second)


def _power(node: tm.Power, d: _Part) -> Term | None:
    if (squared := squared_norm(node)) is not None:
        operand, half = squared
        inner = d(operand)
        if inner is None:
            return None
        outer: Term = Number(Fraction(2 * half))
        return (outer if half == 1 else outer * tm.Norm(operand, "F") ** (2 * half - 2)) * dot(operand, inner)
    if node.base.shape:
        return _matrix_power(node, d)
    base, exponent = d(node.base), d(node.exponent)
    by_base = None if base is None else node.exponent * node.base ** _less_one(node.exponent) * base
    by_exponent = None if exponent is None else node * op.Apply(Function("log"), node.base) * exponent
    return _sum(by_base, by_exponent)


def _less_one(exponent: Term) -> Term:
    return Number(exponent.value - 1) if isinstance(exponent, Number) else exponent - 1


def _matrix_power(node: tm.Power, d: _Part) -> Term | None:
    if not isinstance(node.exponent, Number) or node.exponent.value.denominator != 1 or node.exponent.value < 0:
        raise UnsupportedError(f"the derivative of the matrix power {node}")
    inner, k = d(node.base), int(node.exponent.value)
    if inner is None:
        return None
    return _sum(*(_chain([node.base] * before + [inner] + [node.base] * (k - 1 - before)) for before in range(k)))


def _chain(factors: list[Term]) -> Term:
    product = factors[0]
    for factor in factors[1:]:
        product = product @ factor
    return product


def dot(left: Term, right: Term) -> Term:
    """⟨A, B⟩ = tr(AᵀB)."""
    return tm.Trace(left.T @ right) if left.shape else left * right


def _norm(node: tm.Norm, d: _Part) -> Term | None:
    inner = d(node.operand)
    if inner is None:
        return None
    if node.kind in ("2", "F"):
        return dot(node.operand, inner) / node
    if node.kind == "1":
        return dot(sign(node.operand), inner)
    raise UnsupportedError(f"the derivative of the norm {node}")


def _inverse(node: tm.Inverse, d: _Part) -> Term | None:
    inner = d(node.operand)
    return None if inner is None else -(node @ inner @ node)


def _trace(node: tm.Trace, d: _Part) -> Term | None:
    """Linear; of a symbolic power d tr M^(k+1) = (k + 1) tr(M^k dM), since a trace is cyclic."""
    match node.operand:
        case tm.Power(base, tm.Add(tm.Dimension() as k, Number(more)) as exponent) if more.denominator == 1 and more >= 1:
            inner = d(base)
            less = k if more == 1 else k + Number(more - 1)
            return None if inner is None else exponent * tm.Trace(base**less @ inner)
    return _linear(node, d)


def _determinant(node: tm.Determinant, d: _Part) -> Term | None:
    """d det M = det(M) tr(M⁻¹ dM); of a symbolic power d det M^k = k det(M^k) tr(M⁻¹ dM)."""
    inverted, times = inverted_by_determinant(node)
    inner = d(inverted)
    return None if inner is None else times * node * tm.Trace(tm.Inverse(inverted) @ inner)


def inverted_by_determinant(node: tm.Determinant) -> tuple[Term, Term]:
    """What the derivative of a determinant inverts, and how often it counts: M and k of M^k for a counter k."""
    match node.operand:
        case tm.Power(base, tm.Dimension() as exponent):
            return base, exponent
    return node.operand, Number(Fraction(1))


def _apply(node: op.Apply, d: _Part) -> Term | None:
    return _entrywise(op.Apply(node.function, node.argument, node.order + 1), d(node.argument))


def _softmax(node: op.Softmax, d: _Part) -> Term | None:
    """D s[V] = s ∘ (V − sums of s ∘ V, repeated)."""
    inner = d(node.argument)
    if inner is None:
        return None
    rows, columns = sides(node.shape)
    weighted = tm.Hadamard(node, inner)
    sums = ones(rows, rows) @ weighted if node.axis == 0 else weighted @ ones(columns, columns)
    return weighted - tm.Hadamard(node, sums)


def _larger(node: op.Maximum | op.Minimum, d: _Part) -> Term | None:
    """(a + b ± |a − b|)/2."""
    size = op.Apply(abs_, node.left - node.right)
    extreme = node.left + node.right + size if isinstance(node, op.Maximum) else node.left + node.right - size
    inner = d(extreme)
    return None if inner is None else inner / 2


def _body(node: op.Sum, d: _Part) -> Term | None:
    inner = d(node.body)
    return None if inner is None else op.Sum(node.index, inner)


def _literal(node: tm.Literal, d: _Part) -> Term | None:
    zero = Number(Fraction(0))
    return tm.Literal(tuple(tuple(d(entry) or zero for entry in row) for row in node.rows))


def _cases(node: op.Cases, d: _Part) -> Term | None:
    """Branch by branch; a condition is constant off its border."""
    zero = tm.Filled(*sides(node.shape), 0) if node.shape else Number(Fraction(0))
    return op.Cases(tuple((condition, d(value) or zero) for condition, value in node.branches), d(node.otherwise) or zero)


def _inside_derivative(node: Any, d: _Part) -> Term | None:
    """Derivatives commute: D(∂f)[V] = ∂(D f[V])."""
    inner = d(node.function)
    return None if inner is None else type(node)(inner, node.variable)


def _expectation(node: Expectation, d: _Part) -> Term | None:
    """Under the expectation, which of polynomials in random entries is a finite sum of moments.

    Raises:
        UnsupportedError: the law of what is random depends on the variable.
    """
    for law in (law for law in node.laws if isinstance(law, Law)):
        if any(d(parameter) is not None for parameter in law.parameters):
            raise UnsupportedError(f"the derivative of {node} by what its law {law} depends on")
    inner = d(node.body)
    return None if inner is None else Expectation(inner, node.over, node.laws)


def _positioned(node: Any, d: _Part) -> Term | None:
    inner = d(node.operand)
    return None if inner is None else type(node)(inner, *node.values()[1:])


_RULES: dict[type[Term], Callable[[Any, _Part], Term | None]] = {
    tm.Add: lambda node, d: _sum(d(node.left), d(node.right)),
    tm.Subtract: lambda node, d: _sum(d(node.left), d(-node.right)),
    tm.Negate: _linear,
    tm.Multiply: _bilinear(tm.Multiply),
    tm.MatMul: _bilinear(tm.MatMul),
    tm.Hadamard: _bilinear(tm.Hadamard),
    tm.Divide: _quotient,
    tm.Power: _power,
    tm.HadamardPower: lambda node, d: _entrywise(node.exponent * tm.HadamardPower(node.base, node.exponent - 1), d(node.base)),
    tm.Transpose: _linear,
    tm.Trace: _trace,
    tm.Diag: _linear,
    tm.Diagonal: _linear,
    tm.Entry: _positioned,
    tm.Row: _positioned,
    tm.Column: _positioned,
    tm.Norm: _norm,
    tm.Inverse: _inverse,
    tm.Determinant: _determinant,
    tm.Literal: _literal,
    op.Apply: _apply,
    op.Softmax: _softmax,
    op.Maximum: _larger,
    op.Minimum: _larger,
    op.Sum: _body,
    op.Indicator: lambda node, d: None,
    op.Cases: _cases,
    op.Named: lambda node, d: d(node.body),
    op.Iterate: lambda node, d: derivative_of_sequence(node, d, directional),
    op.Gradient: _inside_derivative,
    op.Jacobian: _inside_derivative,
    op.Hessian: _inside_derivative,
    Expectation: _expectation,
}
