"""Ranges: an interval that encloses every entry of a term, under the assumptions. Sound, not tight; by interval arithmetic.

Enough to see that a softmax is positive, that 1 − σ(z) lies in (0, 1), that ‖x‖² + ε > 0 for ε > 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Assumption
from derivations.language.functions import facts
from derivations.language.implicit import EigenvalueModuli, Rank, SpectralRadius
from derivations.language.laws import Expectation
from derivations.language.operators import squared_norm
from derivations.language.shapes import sides
from derivations.language.terms import Dimension, Number, Relation, Symbol, Term
from derivations.language.traversal import depends_on, is_real

__all__ = ["ANY", "Range", "Ranges"]

Bound = Fraction | float


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers between two bounds; each bound belongs to the range or not."""

    low: Bound = -inf
    high: Bound = inf
    low_closed: bool = False
    high_closed: bool = False

    @property
    def positive(self) -> bool:
        """Whether every number in it is > 0."""
        return self.low > 0 or (self.low == 0 and not self.low_closed)

    @property
    def nonnegative(self) -> bool:
        """Whether every number in it is ≥ 0."""
        return self.low >= 0

    @property
    def nonzero(self) -> bool:
        """Whether 0 is not in it."""
        return self.positive or (-self).positive

    @property
    def empty(self) -> bool:
        """Whether no number is in it."""
        return self.low > self.high or (self.low == self.high and not (self.low_closed and self.high_closed))

    def __neg__(self) -> Range:
        return Range(-self.high, -self.low, self.high_closed, self.low_closed)

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high, self.low_closed and other.low_closed, self.high_closed and other.high_closed)

    def __mul__(self, other: Range) -> Range:
        corners = [_corner(a, b) for a in self.ends for b in other.ends]
        low = min(value for value, _ in corners)
        high = max(value for value, _ in corners)
        return Range(low, high, (low, True) in corners, (high, True) in corners)

    @property
    def ends(self) -> tuple[tuple[Bound, bool], tuple[Bound, bool]]:
        """Both bounds, each with whether it is attained."""
        return (self.low, self.low_closed), (self.high, self.high_closed)

    def meet(self, other: Range) -> Range:
        """The numbers in both."""
        low = max(self.low, other.low)
        high = min(self.high, other.high)
        return Range(
            low,
            high,
            all(r.low < low or r.low_closed for r in (self, other)),
            all(r.high > high or r.high_closed for r in (self, other)),
        )

    def join(self, other: Range) -> Range:
        """The least range that holds both."""
        low, high = min(self.low, other.low), max(self.high, other.high)
        return Range(low, high, (low, True) in (self.ends[0], other.ends[0]), (high, True) in (self.ends[1], other.ends[1]))

    def reciprocal(self) -> Range:
        """1/x for x ≠ 0 in the range."""
        if self.positive:
            return Range(_inverse(self.high), _inverse(self.low), self.high_closed and self.high != inf, self.low_closed)
        if (-self).positive:
            return -(-self).reciprocal()
        return ANY

    def times_count(self) -> Range:
        """The sum of one or more numbers from the range."""
        return Range(
            self.low if self.low >= 0 else -inf,
            self.high if self.high <= 0 else inf,
            self.low_closed and self.low >= 0,
            self.high_closed and self.high <= 0,
        )


ANY = Range()
POSITIVE = Range(Fraction(0), inf)
NONNEGATIVE = Range(Fraction(0), inf, True)
_OPEN_UNIT = Range(Fraction(0), Fraction(1))
_UNIT = Range(Fraction(0), Fraction(1), True, True)
_ZERO = Range(Fraction(0), Fraction(0), True, True)


def _corner(a: tuple[Bound, bool], b: tuple[Bound, bool]) -> tuple[Bound, bool]:
    for mine, other in ((a, b), (b, a)):
        if mine[0] == 0:
            return Fraction(0), mine[1] or (other[0] == 0 and other[1])
    return a[0] * b[0], a[1] and b[1]


def _inverse(bound: Bound) -> Bound:
    if bound == 0:
        return inf
    return Fraction(0) if abs(bound) == inf else 1 / Fraction(bound)


_FROM_RELATION: dict[str, Callable[[Fraction], Range]] = {
    "=": lambda c: Range(c, c, True, True),
    "<": lambda c: Range(-inf, c),
    "<=": lambda c: Range(-inf, c, False, True),
    ">": lambda c: Range(c, inf),
    ">=": lambda c: Range(c, inf, True),
}
_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Ranges:
    """Ranges of terms under assumptions.

    Attributes:
        given: what the assumptions say directly of a term: its entries compared with a number.
    """

    def __init__(self, assumptions: Iterable[Assumption]) -> None:
        self.given: dict[Term, Range] = {}
        self.nonzero: set[Term] = set()
        for assumption in assumptions:
            if isinstance(assumption, Relation) and isinstance(assumption.left, Term) and isinstance(assumption.right, Term):
                self._take(assumption.left, assumption.symbol, assumption.right)
        self._memo: dict[Term, Range] = {}

    def _take(self, left: Term, symbol: str, right: Term) -> None:
        for term, relation, other in ((left, symbol, right), (right, _FLIPPED.get(symbol, ""), left)):
            bound = _constant(other)
            if bound is None:
                continue
            if relation == "!=" and bound == 0:
                self.nonzero.add(term)
            elif relation in _FROM_RELATION:
                self.given[term] = self.given.get(term, ANY).meet(_FROM_RELATION[relation](bound))

    def of(self, term: Term) -> Range:
        """A range that encloses every entry of the term."""
        found = self._memo.get(term)
        if found is None:
            rule = _RULES.get(type(term)) if is_real(term) else None
            found = rule(self, term) if rule is not None else ANY
            if term in self.given:
                found = found.meet(self.given[term])
            self._memo[term] = found
        return found

    def with_states(self, states: Iterable[Symbol], found: Range) -> Ranges:
        """The ranges inside the step of a sequence, whose states lie in a range, whatever is assumed of these names outside."""
        bound = tuple(states)
        inner = Ranges(())
        inner.given = {term: range_ for term, range_ in self.given.items() if not any(depends_on(term, state) for state in bound)}
        inner.given |= dict.fromkeys(bound, found)
        inner.nonzero = {term for term in self.nonzero if not any(depends_on(term, state) for state in bound)}
        return inner

    def is_nonzero(self, term: Term) -> bool:
        """Whether no entry of the term is 0, as far as ranges and assumptions tell."""
        return term in self.nonzero or self.of(term).nonzero


def _constant(term: Term) -> Fraction | None:
    match term:
        case Number(value):
            return value
        case tm.Negate(operand):
            inner = _constant(operand)
            return None if inner is None else -inner
        case tm.Divide(Number(over), Number(under)) if under:
            return over / under
        case tm.Filled(_, _, entry):
            return Fraction(entry)
    return None


def _product(ranges: Ranges, node: Any) -> Range:
    if node.left == node.right:
        return _square(ranges, node.left)
    if isinstance(node.left, tm.Negate):  # something may be known of the product without the sign
        return -ranges.of(type(node)(node.left.operand, node.right))
    return ranges.of(node.left) * ranges.of(node.right)


def _square(ranges: Ranges, term: Term) -> Range:
    inside = ranges.of(term)
    size = inside.join(-inside)
    square = Range(Fraction(0), size.high, True, size.high_closed)
    square = square if size.high == inf else Range(Fraction(0), size.high * size.high, True, size.high_closed)
    return square.meet(POSITIVE) if ranges.is_nonzero(term) else square


def _matmul(ranges: Ranges, node: tm.MatMul) -> Range:
    if not node.shape and (tm.Transpose(node.right) == node.left or tm.Transpose(node.left) == node.right):
        return NONNEGATIVE
    return (ranges.of(node.left) * ranges.of(node.right)).times_count()


def _power(ranges: Ranges, node: tm.Power) -> Range:
    if squared_norm(node) is not None:
        return POSITIVE if ranges.is_nonzero(node.base) else NONNEGATIVE
    if node.base.shape:
        return ANY
    return _sign_of_power(ranges, node).meet(_below_one(ranges.of(node.base), ranges.of(node.exponent)))


def _sign_of_power(ranges: Ranges, node: tm.Power) -> Range:
    base, exponent = ranges.of(node.base), node.exponent
    if isinstance(exponent, Number) and exponent.value.denominator == 1 and int(exponent.value) % 2 == 0:
        return POSITIVE if ranges.is_nonzero(node.base) or exponent.value < 0 else NONNEGATIVE
    if isinstance(exponent, Number) and exponent.value == 1:
        return base
    if base.positive:
        return POSITIVE
    return NONNEGATIVE if base.nonnegative or (isinstance(exponent, Number) and exponent.value.denominator == 2) else ANY


def _below_one(base: Range, exponent: Range) -> Range:
    """Powers of a number in [0, 1]: at most 1, and at most the number itself where the exponent is at least 1."""
    if not base.nonnegative or base.high > 1 or exponent.low < 0:
        return ANY
    return Range(-inf, base.high, False, base.high_closed) if exponent.low >= 1 else Range(-inf, Fraction(1), False, True)


def _apply(ranges: Ranges, node: op.Apply) -> Range:
    argument = ranges.of(node.argument)
    known = facts(node.function)
    if known is None:
        return ANY
    if node.order:
        return POSITIVE if node.function.name in ("exp", "tanh", "sigmoid") and node.order == 1 else ANY
    if node.function.name in _ODD:
        outer = Range(Fraction(-1), Fraction(1)) if node.function.name == "tanh" else Range(Fraction(-1), Fraction(1), True, True)
        outer = ANY if node.function.name == "reciprocal" else outer
        return outer.meet(POSITIVE) if argument.positive else outer.meet(-POSITIVE) if (-argument).positive else outer
    beyond = _beyond_landmark(node.function.name, argument)
    if node.function.name == "sigmoid":
        return _OPEN_UNIT.meet(beyond)
    if known.values == "positive":
        return POSITIVE.meet(beyond)
    if known.values == "nonnegative":
        strictly = ranges.is_nonzero(node.argument) if node.function.name == "abs" else argument.positive
        return POSITIVE if strictly else NONNEGATIVE
    return beyond


_ODD = ("tanh", "sign", "reciprocal")
_LANDMARKS = {"exp": (Fraction(0), Fraction(1)), "log": (Fraction(1), Fraction(0)), "sigmoid": (Fraction(0), Fraction(1, 2))}
"""Increasing functions, each with an argument at which its value is rational."""


def _beyond_landmark(name: str, argument: Range) -> Range:
    """The values of an increasing function on that side of its landmark on which its arguments lie."""
    if name not in _LANDMARKS:
        return ANY
    place, value = _LANDMARKS[name]
    above = argument + Range(-place, -place, True, True)
    over = Range(value, inf, not above.positive) if above.nonnegative else ANY
    return over.meet(Range(-inf, value, False, not (-above).positive)) if (-above).nonnegative else over


def _cases(ranges: Ranges, node: op.Cases) -> Range:
    total = ranges.of(node.otherwise)
    for _, value in node.branches:
        total = total.join(ranges.of(value))
    return total


def _literal(ranges: Ranges, node: tm.Literal) -> Range:
    entries = [ranges.of(entry) for row in node.rows for entry in row]
    total = entries[0]
    for entry in entries[1:]:
        total = total.join(entry)
    return total


def _norm(ranges: Ranges, node: tm.Norm) -> Range:
    return POSITIVE if ranges.is_nonzero(node.operand) else NONNEGATIVE


def _pseudo_inverse(ranges: Ranges, node: tm.PseudoInverse) -> Range:
    """Of a scalar: its reciprocal where it is not 0, of the same sign; else 0."""
    inside = ranges.of(node.operand)
    if node.shape:
        return ANY
    if inside.nonzero:
        return inside.reciprocal()
    return NONNEGATIVE if inside.nonnegative else -NONNEGATIVE if (-inside).nonnegative else ANY


def _iterate(ranges: Ranges, node: op.Iterate) -> Range:
    """The sign that the first terms have, and that a step keeps, if it is the same each time."""
    if node.counter is not None:
        return ANY
    for sign in (POSITIVE, NONNEGATIVE):
        terms = [*map(ranges.of, node.initials), ranges.with_states(node.states, sign).of(node.step)]
        if all(found.meet(sign) == found for found in terms):
            return sign
    return ANY


def _rank(ranges: Ranges, node: Rank) -> Range:
    """At most the rows and the columns, where these are numbers."""
    literal = [Fraction(dim) for dim in sides(node.operand.shape) if isinstance(dim, int)]
    return Range(Fraction(0), min(literal), True, True) if literal else NONNEGATIVE


def _same(ranges: Ranges, node: Any) -> Range:
    return ranges.of(node.operand)


_RULES: dict[type[Term], Callable[[Ranges, Any], Range]] = {
    Expectation: lambda ranges, node: ranges.of(node.body),  # an interval that holds every value holds their mean
    Number: lambda ranges, node: Range(node.value, node.value, True, True),
    Dimension: lambda ranges, node: Range(Fraction(node.least), inf, True),
    tm.Filled: lambda ranges, node: Range(Fraction(node.entry), Fraction(node.entry), True, True),
    tm.Identity: lambda ranges, node: _UNIT,
    tm.Unit: lambda ranges, node: _UNIT,
    tm.Delta: lambda ranges, node: _UNIT,
    tm.Literal: _literal,
    tm.Add: lambda ranges, node: ranges.of(node.left) + ranges.of(node.right),
    tm.Subtract: lambda ranges, node: ranges.of(node.left) + -ranges.of(node.right),
    tm.Negate: lambda ranges, node: -ranges.of(node.operand),
    tm.Multiply: _product,
    tm.Hadamard: _product,
    tm.Divide: lambda ranges, node: ranges.of(node.left) * ranges.of(node.right).reciprocal(),
    tm.MatMul: _matmul,
    tm.Power: _power,
    tm.HadamardPower: lambda ranges, node: _square(ranges, node.base) if node.exponent == 2 else ANY,
    tm.Transpose: _same,
    tm.PseudoInverse: _pseudo_inverse,
    Rank: _rank,
    EigenvalueModuli: lambda ranges, node: NONNEGATIVE,
    SpectralRadius: lambda ranges, node: NONNEGATIVE,
    tm.Trace: lambda ranges, node: ranges.of(node.operand).times_count(),
    tm.Diagonal: _same,
    tm.Diag: lambda ranges, node: ranges.of(node.operand).join(_ZERO),
    tm.Entry: _same,
    tm.Row: _same,
    tm.Column: _same,
    tm.Norm: _norm,
    op.Apply: _apply,
    op.Maximum: lambda ranges, node: _greater(ranges.of(node.left), ranges.of(node.right)),
    op.Minimum: lambda ranges, node: -_greater(-ranges.of(node.left), -ranges.of(node.right)),
    op.Softmax: lambda ranges, node: Range(Fraction(0), Fraction(1), False, True),
    op.Sum: lambda ranges, node: ranges.of(node.body).times_count(),
    op.Indicator: lambda ranges, node: _UNIT,
    op.Cases: _cases,
    op.Named: lambda ranges, node: ranges.of(node.body),
    op.Iterate: _iterate,
}


def _greater(a: Range, b: Range) -> Range:
    low = max(a.low, b.low)
    high = max(a.high, b.high)
    return Range(low, high, not any(r.low == low and not r.low_closed for r in (a, b)), any(r.high == high and r.high_closed for r in (a, b)))
