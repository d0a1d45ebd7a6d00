"""Limits by the rules for sums, products, quotients and continuous functions, for sequences without a closed form such as log(1 + exp(−km)).

Each part of a term tends to a limit, finite or infinite, which is found from those of its own parts; what changes in proportion to the counter
is a + bk, and tends to ±∞ by the sign of b. Signs are read off ranges. A limit that the rules do not show, such as that of ∞ − ∞, is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.claims import Claim, limit_counter
from derivations.language.errors import UnsupportedError
from derivations.language.shapes import sides
from derivations.language.terms import Dimension, Number, Term
from derivations.language.traversal import depends_on
from derivations.proof.ranges import Range, Ranges

__all__ = ["equation_of_limits"]


class Infinite(Enum):
    """The limits that are no numbers."""

    UP = 1
    DOWN = -1

    def __neg__(self) -> Infinite:
        return Infinite(-self.value)


Limit: TypeAlias = Term | Infinite
_ZERO, _ONE = Number(Fraction(0)), Number(Fraction(1))


def equation_of_limits(claim: Claim, ranges: Ranges) -> Claim:
    """That the limit of the left side, as the rules show it, equals the right side: from this a claim of a limit follows.

    Raises:
        UnsupportedError: the rules show no finite limit.
    """
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        raise UnsupportedError(f"{claim.statement} relates no terms")
    counter = limit_counter(claim.statement)
    if any(depends_on(part, counter) for part in tm.parts_in(claim.given)):
        raise UnsupportedError(f"an assumption speaks of the counter {counter}, which grows")
    limit = _Limits(counter, ranges).of(claim.left)
    if isinstance(limit, Infinite):
        raise UnsupportedError(f"{claim.left} tends to {'' if limit is Infinite.UP else '-'}∞")
    return Claim(limit, "=", claim.right, claim.given)


class _Limits:
    """The limits of terms as one counter grows."""

    def __init__(self, counter: Dimension, ranges: Ranges) -> None:
        self.counter, self.ranges = counter, ranges

    def of(self, term: Term) -> Limit:
        """The limit of a term.

        Raises:
            UnsupportedError: the rules do not show it.
        """
        if not depends_on(term, self.counter):
            return term
        slope = self.slope(term) if not term.shape else None
        if slope is not None and (sign := self.sign(slope)):
            return Infinite(sign)
        rule = _RULES.get(type(term))
        if rule is None:
            raise self.refusal(term)
        return rule(self, term)

    def finite(self, term: Term) -> Term:
        """A limit that is a number, or a matrix of numbers."""
        limit = self.of(term)
        if isinstance(limit, Infinite):
            raise self.refusal(term)
        return limit

    def slope(self, term: Term) -> Term | None:
        """The b of a term that is a + b·counter; None where its form does not show that it is."""
        if not depends_on(term, self.counter):
            return tm.Filled(*sides(term.shape), 0) if term.shape else _ZERO
        rule = _SLOPES.get(type(term))
        return rule(self, term) if rule is not None else None

    def sign(self, term: Term) -> int:
        """1 or -1 where every entry certainly has that sign, else 0."""
        inside: Range = self.ranges.of(term)
        return 1 if inside.positive else -1 if (-inside).positive else 0

    def refusal(self, term: Term) -> UnsupportedError:
        """Why there is no limit."""
        return UnsupportedError(f"the rules for limits do not show that of {term}")


# ------------------------------------------------------------------------------------------------------------------- slopes


def _slope_of_sum(run: _Limits, node: tm.Add | tm.Subtract) -> Term | None:
    left, right = run.slope(node.left), run.slope(node.right)
    if left is None or right is None:
        return None
    if not depends_on(node.right, run.counter):
        return left
    return right if isinstance(node, tm.Add) and not depends_on(node.left, run.counter) else type(node)(left, right)


def _slope_of_product(run: _Limits, node: Any) -> Term | None:
    """Where one factor does not change."""
    if depends_on(node.left, run.counter) and depends_on(node.right, run.counter):
        return None
    changing, kept = (node.left, node.right) if depends_on(node.left, run.counter) else (node.right, node.left)
    slope = run.slope(changing)
    if slope is None or slope == _ONE:
        return None if slope is None else kept
    product: Term = type(node)(slope, kept) if changing is node.left else type(node)(kept, slope)
    return product


def _slope_of_operand(run: _Limits, node: tm.Negate | tm.Transpose) -> Term | None:
    slope = run.slope(node.operand)
    return None if slope is None else type(node)(slope)


def _slope_of_quotient(run: _Limits, node: tm.Divide) -> Term | None:
    slope = run.slope(node.left)
    return None if slope is None or depends_on(node.right, run.counter) else slope / node.right


def _slope_of_entry(run: _Limits, node: tm.Entry) -> Term | None:
    slope = run.slope(node.operand)
    return None if slope is None else tm.Entry(slope, node.row, node.column)


_SLOPES: dict[type[Term], Callable[[_Limits, Any], Term | None]] = {
    Dimension: lambda run, node: _ONE,
    tm.Add: _slope_of_sum,
    tm.Subtract: _slope_of_sum,
    tm.Negate: _slope_of_operand,
    tm.Transpose: _slope_of_operand,
    tm.Multiply: _slope_of_product,
    tm.MatMul: _slope_of_product,
    tm.Hadamard: _slope_of_product,
    tm.Divide: _slope_of_quotient,
    tm.Entry: _slope_of_entry,
    op.Named: lambda run, node: run.slope(node.body),
}


# ------------------------------------------------------------------------------------------------------------------- limits


def _sum(run: _Limits, node: tm.Add) -> Limit:
    left, right = run.of(node.left), run.of(node.right)
    if isinstance(left, Term) and isinstance(right, Term):
        return left + right
    infinite = {limit for limit in (left, right) if isinstance(limit, Infinite)}
    if len(infinite) > 1:
        raise run.refusal(node)
    return infinite.pop()


def _negative(run: _Limits, node: tm.Negate) -> Limit:
    return -run.of(node.operand)


def _product(run: _Limits, node: tm.Multiply) -> Limit:
    left, right = run.of(node.left), run.of(node.right)
    if isinstance(left, Term) and isinstance(right, Term):
        return left * right
    signs = [limit.value if isinstance(limit, Infinite) else run.sign(limit) for limit in (left, right)]
    if node.shape or 0 in signs:
        raise run.refusal(node)
    return Infinite(signs[0] * signs[1])


def _quotient(run: _Limits, node: tm.Divide) -> Limit:
    left, right = run.of(node.left), run.of(node.right)
    if isinstance(right, Infinite):
        return run.finite(node.left) * _ZERO
    sign = run.sign(right)
    if not sign:
        raise run.refusal(node)
    return left / right if isinstance(left, Term) else Infinite(left.value * sign)


def _power(run: _Limits, node: tm.Power) -> Limit:
    """A fixed whole power, or that of a fixed number between -1 and 1 to an exponent that grows."""
    match node.exponent:
        case Number(value) if value.denominator == 1 and value > 0 and not node.shape and not isinstance(node.base, tm.Norm):
            base = run.of(node.base)
            return base**node.exponent if isinstance(base, Term) else base if value % 2 else Infinite.UP
    if node.shape or depends_on(node.base, run.counter) or run.of(node.exponent) is not Infinite.UP:
        raise run.refusal(node)
    if not run.ranges.of(node.base).meet(Range(Fraction(-1), Fraction(1))) == run.ranges.of(node.base):
        raise run.refusal(node)
    return _ZERO


def _apply(run: _Limits, node: op.Apply) -> Limit:
    limit = run.of(node.argument)
    if node.function.body is not None or node.order or node.function.name not in _AT_INFINITY:
        raise run.refusal(node)
    if isinstance(limit, Infinite):
        outer = _AT_INFINITY[node.function.name].get(limit)
        if outer is None:
            raise run.refusal(node)
        return outer
    if node.function.name in _CONTINUOUS_WHERE_POSITIVE and run.sign(limit) != 1:
        raise run.refusal(node)
    return op.Apply(node.function, limit)


_AT_INFINITY: dict[str, dict[Infinite, Limit]] = {
    "exp": {Infinite.UP: Infinite.UP, Infinite.DOWN: _ZERO},
    "log": {Infinite.UP: Infinite.UP},
    "sqrt": {Infinite.UP: Infinite.UP},
    "tanh": {Infinite.UP: _ONE, Infinite.DOWN: Number(Fraction(-1))},
    "sigmoid": {Infinite.UP: _ONE, Infinite.DOWN: _ZERO},
    "relu": {Infinite.UP: Infinite.UP, Infinite.DOWN: _ZERO},
    "abs": {Infinite.UP: Infinite.UP, Infinite.DOWN: Infinite.UP},
}
"""The continuous functions, with their limits at ±∞."""
_CONTINUOUS_WHERE_POSITIVE = ("log",)


def _sum_over(run: _Limits, node: op.Sum) -> Limit:
    """Of finitely many terms, one at least, whose limits the rules show alike."""
    limit = run.of(node.body)
    return op.Sum(node.index, limit) if isinstance(limit, Term) else limit


def _of_parts(run: _Limits, node: Any) -> Limit:
    """What is continuous in matrices, where they have a limit."""
    limit: Term = type(node)(*(run.finite(value) if isinstance(value, Term) else value for value in node.values()))
    return limit


_RULES: dict[type[Term], Callable[[_Limits, Any], Limit]] = {
    tm.Add: _sum,
    tm.Subtract: lambda run, node: _sum(run, tm.Add(node.left, -node.right)),
    tm.Negate: _negative,
    tm.Multiply: _product,
    tm.Divide: _quotient,
    tm.Power: _power,
    op.Apply: _apply,
    op.Sum: _sum_over,
    op.Named: lambda run, node: run.of(node.body),
    **dict.fromkeys((tm.MatMul, tm.Transpose, tm.Hadamard, tm.Trace, tm.Diag, tm.Diagonal, tm.Entry, tm.Row, tm.Column, tm.Norm), _of_parts),
}
