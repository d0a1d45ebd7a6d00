"""Convexity by the form of a term: affine maps, sums, nonnegative multiples, maxima, norms, and compositions that keep it.

What a function of its variable is, it must be for every value of it; so the variable is replaced by a name of which nothing is assumed.
(Grant, Boyd & Ye, Disciplined convex programming, 2006; Boyd & Vandenberghe, Convex Optimization, 2004, sections 3.2 and 3.5.)
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.kinks import Subdifferential
from derivations.language.operators import substitute
from derivations.language.shapes import sides
from derivations.language.terms import Number, Symbol, Term
from derivations.language.traversal import depends_on, subterms
from derivations.proof.definiteness import Definiteness, definiteness
from derivations.proof.ranges import Ranges

__all__ = ["Curvature", "curvature", "require_convex"]


class Curvature(Flag):
    """What a term, in each of its entries, is known to be."""

    UNKNOWN = 0
    CONVEX = 1
    CONCAVE = 2
    AFFINE = 3

    @property
    def turned(self) -> Curvature:
        """Of the negative."""
        return {Curvature.CONVEX: Curvature.CONCAVE, Curvature.CONCAVE: Curvature.CONVEX}.get(self, self)


def require_convex(claim: Claim) -> None:
    """Raises:
    UnsupportedError: the form of a function does not show that it is convex, so that its subgradients are not treated.
    """
    for term in subterms(claim.terms):
        if isinstance(term, Subdifferential) and Curvature.CONVEX not in curvature(term.function, term.variable, claim):
            reason = f"the form of {term.function} does not show that it is convex in {term.variable}, so that its subgradients are not treated"
            raise UnsupportedError(f"{reason}; expected sums, nonnegative multiples and maxima of affine terms, |·|, norms, ReLU, squares, exp")


def curvature(term: Term, variable: Term, claim: Claim) -> Curvature:
    """What a term is as a function of a variable, wherever the assumptions on all else hold."""
    free = Symbol("any value", variable.shape)  # no declared name has a space
    return _Judge(free, claim).of(substitute(term, {variable: free}))


class _Judge:
    """Curvature as a function of one variable, of which nothing is assumed."""

    def __init__(self, variable: Symbol, claim: Claim) -> None:
        self._variable, self._claim, self._ranges = variable, claim, Ranges(claim.given)

    def of(self, term: Term) -> Curvature:
        """What a term is."""
        if self.is_constant(term) or term == self._variable:
            return Curvature.AFFINE
        rule = _RULES.get(type(term))
        return Curvature.UNKNOWN if rule is None else rule(self, term)

    def is_constant(self, term: Term) -> bool:
        """Whether it does not depend on the variable."""
        return not depends_on(term, self._variable)

    def is_nonnegative(self, term: Term) -> bool:
        """Whether every entry is, for every value of the variable."""
        return self._ranges.of(term).nonnegative

    def scaled(self, factor: Term, term: Term) -> Curvature:
        """Of a term times constants, of which each entry has this sign."""
        inner = self.of(term)
        if inner is Curvature.AFFINE or self.is_nonnegative(factor):
            return inner
        return inner.turned if self.is_nonnegative(-factor) else Curvature.UNKNOWN

    def is_semidefinite(self, matrix: Term) -> bool:
        """Whether a constant matrix is positive semidefinite."""
        return self.is_constant(matrix) and definiteness(matrix, self._claim, self._ranges) >= Definiteness.SEMIDEFINITE

    def is_log_convex(self, term: Term) -> bool:
        """Whether the logarithm of a term is convex: products and sums of exp of convex terms and of positive constants."""
        match term:
            case _ if self.is_constant(term):
                return self._ranges.of(term).positive
            case op.Apply(op.Function("exp"), argument, 0):
                return Curvature.CONVEX in self.of(argument)
            case tm.Add(left, right) | tm.Multiply(left, right) | tm.Hadamard(left, right):
                return self.is_log_convex(left) and self.is_log_convex(right)
            case op.Sum(_, body) | op.Named(_, _, body):
                return self.is_log_convex(body)
        return False


# ------------------------------------------------------------------------------------------------------------------ rules


def _product(judge: _Judge, node: Any) -> Curvature:
    left, right = node.left, node.right
    if judge.is_constant(left):
        return judge.scaled(left, right)
    if judge.is_constant(right):
        return judge.scaled(right, left)
    square = left == right and judge.of(left) is Curvature.AFFINE
    return Curvature.CONVEX if square and not isinstance(node, tm.MatMul) else Curvature.UNKNOWN


def _matrix_product(judge: _Judge, node: tm.MatMul) -> Curvature:
    """uᵀu and uᵀAu with an affine vector u and A positive semidefinite are convex."""
    left, right = node.left, node.right
    if node.shape and sides(node.shape) != (1, 1):
        return _product(judge, node)
    match left:
        case tm.Transpose(operand) if operand == right and judge.of(right) is Curvature.AFFINE:
            return Curvature.CONVEX
        case tm.MatMul(tm.Transpose(operand), matrix) if operand == right and judge.of(right) is Curvature.AFFINE and judge.is_semidefinite(matrix):
            return Curvature.CONVEX
    return _product(judge, node)


def _quotient(judge: _Judge, node: tm.Divide) -> Curvature:
    return judge.scaled(node.right, node.left) if judge.is_constant(node.right) else Curvature.UNKNOWN


def _power(judge: _Judge, base: Term, exponent: Any) -> Curvature:
    """t^k is convex for even k, and rises for t ≥ 0."""
    inner = judge.of(base)
    if exponent == 1:
        return inner
    if not isinstance(exponent, int) or exponent < 1:
        return Curvature.UNKNOWN
    even = exponent % 2 == 0 and inner is Curvature.AFFINE
    return Curvature.CONVEX if even or (Curvature.CONVEX in inner and judge.is_nonnegative(base)) else Curvature.UNKNOWN


def _scalar_power(judge: _Judge, node: tm.Power) -> Curvature:
    if node.base.shape or not isinstance(node.exponent, Number) or node.exponent.value.denominator != 1:
        return Curvature.UNKNOWN
    return _power(judge, node.base, int(node.exponent.value))


def _apply(judge: _Judge, node: op.Apply) -> Curvature:
    function, argument = node.function, node.argument
    if function.parameter is not None and function.body is not None and not node.order:
        own = _Judge(function.parameter, Claim(argument, "=", argument)).of(function.body)
        return own if judge.of(argument) is Curvature.AFFINE else Curvature.UNKNOWN
    return Curvature.UNKNOWN if node.order or function.name not in _FUNCTIONS else _FUNCTIONS[function.name](judge, argument)


def _rising_convex(judge: _Judge, argument: Term) -> Curvature:
    return judge.of(argument) & Curvature.CONVEX


def _rising_concave(judge: _Judge, argument: Term) -> Curvature:
    return judge.of(argument) & Curvature.CONCAVE


def _logarithm(judge: _Judge, argument: Term) -> Curvature:
    if judge.is_log_convex(argument):
        return Curvature.CONVEX
    match argument:
        case op.Apply(op.Function("sigmoid"), inner, 0):
            return judge.of(inner) & Curvature.CONCAVE
    return _rising_concave(judge, argument)


def _size(judge: _Judge, argument: Term) -> Curvature:
    inner = judge.of(argument)
    rises = Curvature.CONVEX in inner and judge.is_nonnegative(argument)
    return Curvature.CONVEX if inner is Curvature.AFFINE or rises else Curvature.UNKNOWN


_FUNCTIONS: dict[str, Callable[[_Judge, Term], Curvature]] = {
    "abs": _size,
    "relu": _rising_convex,
    "exp": _rising_convex,
    "log": _logarithm,
    "sqrt": _rising_concave,
}


def _branches(judge: _Judge, node: op.Cases) -> Curvature:
    """Of branches that are chosen whatever the variable is."""
    if not all(judge.is_constant(side) for condition, _ in node.branches for side in tm.parts_in(condition)):
        return Curvature.UNKNOWN
    return _all(judge, *(value for _, value in node.branches), node.otherwise)


def _all(judge: _Judge, *terms: Term) -> Curvature:
    found = Curvature.AFFINE
    for term in terms:
        found &= judge.of(term)
    return found


def _linear(judge: _Judge, node: Any) -> Curvature:
    return judge.of(node.operand)


_RULES: dict[type[Term], Callable[[_Judge, Any], Curvature]] = {
    tm.Add: lambda judge, node: judge.of(node.left) & judge.of(node.right),
    tm.Subtract: lambda judge, node: judge.of(node.left) & judge.of(node.right).turned,
    tm.Negate: lambda judge, node: judge.of(node.operand).turned,
    tm.Multiply: _product,
    tm.Hadamard: _product,
    tm.MatMul: _matrix_product,
    tm.Divide: _quotient,
    tm.Power: _scalar_power,
    tm.HadamardPower: lambda judge, node: _power(judge, node.base, node.exponent),
    tm.Transpose: _linear,
    tm.Trace: _linear,
    tm.Diag: _linear,
    tm.Diagonal: _linear,
    tm.Entry: _linear,
    tm.Row: _linear,
    tm.Column: _linear,
    tm.Literal: lambda judge, node: _all(judge, *tm.parts(node)),
    tm.Norm: lambda judge, node: Curvature.CONVEX if judge.of(node.operand) is Curvature.AFFINE else Curvature.UNKNOWN,
    op.Sum: lambda judge, node: judge.of(node.body),
    op.Named: lambda judge, node: judge.of(node.body),
    op.Maximum: lambda judge, node: _all(judge, node.left, node.right) & Curvature.CONVEX,
    op.Minimum: lambda judge, node: _all(judge, node.left, node.right) & Curvature.CONCAVE,
    op.Apply: _apply,
    op.Cases: _branches,
}
