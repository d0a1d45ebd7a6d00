"""Tails of sequences at an instance: intervals that hold every term from some place on, for sequences that obey no linear recurrence.

The term is evaluated with the interval from a large number to ∞ for its counter, by interval arithmetic on the definitions of its nodes. So
the limit, if there is one, lies in the interval that results: what lies outside is certainly not the limit. What is a + b·counter is found
from its values at 0 and 1, lest its parts grow against each other. (R. Moore, R. Kearfott and M. Cloud, Introduction to Interval Analysis, 2009.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

from flint import acb, arb

from derivations.evaluation.arrays import Array, ArrayInterpreter, BallInterpreter
from derivations.evaluation.fields import Field
from derivations.evaluation.interpreter import EvaluationError, Imprecise, Inexact, OutsideDomain
from derivations.evaluation.measures import degree
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.algebraic import AlgebraicNumber, ExactNumber
from derivations.language.terms import Dimension, Term
from derivations.language.traversal import depends_on, subterms

__all__ = ["Tail", "needs_tail", "tail"]

_FROM = 1 << 64
"""The counter from which on a sequence is enclosed."""
_UP, _DOWN = arb.pos_inf(), arb.neg_inf()


def needs_tail(term: Term, counter: Dimension) -> bool:
    """Whether functions of the counter, or divisors, stand in a term, so that its form gives no linear recurrence."""
    return any(
        depends_on(part, counter) and (_is_smooth(part) or (isinstance(part, tm.Divide) and depends_on(part.right, counter)))
        for part in subterms(term)
    )


def _is_smooth(part: Term) -> bool:
    return isinstance(part, op.Apply) and part.function.name != "abs"


@dataclass(frozen=True, slots=True)
class Tail:
    """The numbers between two bounds, which may be infinite; the bounds are balls without a radius."""

    low: Any
    high: Any

    @classmethod
    def around(cls, *values: Any) -> Tail:
        """The least interval around balls.

        Raises:
            Imprecise: one has no bounds.
        """
        if any(value.is_nan() for value in values):
            raise Imprecise("an interval without bounds")
        lows, highs = ([_bound(value, side) for value in values] for side in ("lower", "upper"))
        return cls(min(lows), max(highs))

    def __add__(self, other: Tail) -> Tail:
        return Tail(_bound(self.low + other.low, "lower"), _bound(self.high + other.high, "upper"))

    def __neg__(self) -> Tail:
        return Tail(-self.high, -self.low)

    def __sub__(self, other: Tail) -> Tail:
        return self + -other

    def __mul__(self, other: Tail) -> Tail:
        return Tail.around(*(_product(a, b) for a in (self.low, self.high) for b in (other.low, other.high)))

    def __truediv__(self, other: Tail) -> Tail:
        """The quotient by what does not contain 0."""
        return self * Tail.around(*(arb(0) if not bound.is_finite() else 1 / bound for bound in (other.low, other.high)))

    def __str__(self) -> str:
        low, high = (bound.str(6, radius=False) for bound in (self.low, self.high))
        if not self.low.is_finite() and not self.high.is_finite():
            return "no bound"
        return f"above {low}" if not self.high.is_finite() else f"below {high}" if not self.low.is_finite() else f"{low} to {high}"

    @property
    def ball(self) -> Any:
        """A ball around the interval, if it is bounded; else the interval."""
        return acb(self.low.union(self.high)) if self.low.is_finite() and self.high.is_finite() else self


def _bound(value: Any, side: str) -> Any:
    return getattr(value, side)() if value.is_finite() else value


def _product(a: Any, b: Any) -> Any:
    return arb(0) if a == 0 or b == 0 else a * b


class _Tails(Field):
    """Intervals as entries of matrices."""

    name = "intervals"

    def number(self, value: ExactNumber | int) -> Tail:
        """See `Field`.

        Raises:
            Inexact: the number is irrational.
        """
        if isinstance(value, AlgebraicNumber):
            raise Inexact(f"{value} as an end of an interval")
        fraction = Fraction(value)
        return Tail.around(arb(fraction.numerator) / fraction.denominator)

    def sign(self, entry: Tail) -> int:
        """See `Field`."""
        if entry.low > 0 or entry.high < 0:
            return 1 if entry.low > 0 else -1
        if entry.low == 0 and entry.high == 0:
            return 0
        raise Imprecise(f"the sign of a number in {entry} is open")

    def apply(self, name: str, entry: Any, order: int = 0) -> Any:
        """See `Field`; a root needs no sign where the interval begins at 0."""
        return self.special(name, entry) if name == "sqrt" and not order and entry.low >= 0 else super().apply(name, entry, order)

    def special(self, name: str, entry: Tail) -> Tail:
        """Each function increases, so the bounds of its values are those at the bounds."""
        return Tail.around(*(self._at(name, bound) for bound in (entry.low, entry.high)))

    def _at(self, name: str, bound: Any) -> Any:
        if not bound.is_finite():
            return _AT_INFINITY[name][0 if bound < 0 else 1]
        return 1 / (1 + (-bound).exp()) if name == "sigmoid" else getattr(bound, name)()


_AT_INFINITY: dict[str, tuple[Any, Any]] = {
    "exp": (arb(0), _UP),
    "log": (_DOWN, _UP),
    "sqrt": (arb(0), _UP),
    "tanh": (arb(-1), arb(1)),
    "sigmoid": (arb(0), arb(1)),
}
"""The limits at −∞ and ∞; log and √ have no arguments below 0."""


class _TailInterpreter(ArrayInterpreter):
    """Evaluates what changes with a counter by intervals, and the rest by balls.

    Attributes:
        counter: what grows.
    """

    field = _Tails()

    def __init__(self, run: ArrayInterpreter, counter: Dimension) -> None:
        super().__init__(run.instance)
        self._balls = BallInterpreter(run.instance).within(run.bound) if isinstance(run, BallInterpreter) else BallInterpreter(run.instance)
        self._balls.positions = self.positions = run.positions
        self.counter = counter

    def value(self, term: Term) -> Array:
        """The interval of every entry.

        Raises:
            EvaluationError: a node without a rule, or a sign that is open.
        """
        if not depends_on(term, self.counter):
            return self._balls.value(term).map(_of_ball)
        if _is_affine(term, self.counter):
            return self._affine(term)
        if type(term) not in self.rules:
            raise EvaluationError(f"the tail of {term}")
        return super().value(term)

    def _affine(self, term: Term) -> Array:
        start, after = (self._balls.within({self.counter: self._balls.constant(place)}).value(term) for place in (0, 1))
        growth = self.field.number(_FROM)
        return start.zip(after, lambda a, b: _of_ball(a) + _of_ball(b - a) * Tail(growth.low, _UP))


def _of_ball(entry: Any) -> Tail:
    """Raises:
    OutsideDomain: the ball is not real.
    """
    value = acb(entry)
    if value.imag != 0:
        raise OutsideDomain(f"{value.str(8)} is not real")
    return Tail.around(value.real)


def _is_affine(term: Term, counter: Dimension) -> bool:
    try:
        return degree(term, (counter,)) <= 1
    except EvaluationError:
        return False


def _power(run: _TailInterpreter, node: tm.Power) -> Array:
    """A fixed whole power, or that of a fixed number to an exponent that grows."""
    if node.shape or isinstance(node.base, tm.Norm):
        raise EvaluationError(f"the tail of {node}")
    base = run.value(node.base).scalar
    match node.exponent:
        case tm.Number(value) if value.denominator == 1:
            power = reduce(mul, [base] * abs(int(value)), run.field.number(1))
            return Array(1, 1, (power if value >= 0 else run.field.divide(run.field.number(1), power),))
    if depends_on(node.base, run.counter):
        raise EvaluationError(f"the tail of {node}")
    return Array(1, 1, (_grown(base, run.value(node.exponent).scalar),))


def _grown(base: Tail, exponent: Tail) -> Tail:
    """The powers of a number to exponents from a positive one on: they tend to 0 where |base| < 1, and to ∞ where base > 1."""
    size = _absolute(base)
    if exponent.low > 0 and size.high < 1:
        most = _bound((exponent.low * size.high.log()).exp(), "upper") if size.high > 0 else arb(0)
        return Tail(arb(0) if base.low >= 0 else -most, most)
    if exponent.low > 0 and base.low > 1:
        return Tail(_bound((exponent.low * base.low.log()).exp(), "lower"), _UP)
    raise Imprecise(f"whether powers of a number in {base} grow is open")


def _apply(run: _TailInterpreter, node: op.Apply) -> Array:
    if node.function.body is not None or node.order:
        raise EvaluationError(f"the tail of {node}")
    piecewise = _PIECEWISE.get(node.function.name)
    return run.value(node.argument).map(piecewise or (lambda entry: run.field.apply(node.function.name, entry)))


def _absolute(entry: Tail) -> Tail:
    largest = max(-entry.low, entry.high)
    return Tail(max(entry.low, -entry.high, arb(0)), largest)


_PIECEWISE: dict[str, Callable[[Tail], Tail]] = {
    "abs": _absolute,
    "relu": lambda entry: Tail(max(entry.low, arb(0)), max(entry.high, arb(0))),
}


def _norm(run: _TailInterpreter, node: tm.Norm) -> Array:
    sizes = [_absolute(entry) for entry in run.value(node.operand).entries]
    if node.kind == "1":
        return Array(1, 1, (reduce(add, sizes),))
    if node.kind in ("2", "F"):
        return Array(1, 1, (run.field.special("sqrt", reduce(add, (size * size for size in sizes))),))
    raise EvaluationError(f"the tail of {node}")


_SHARED: tuple[type[Term], ...] = (
    tm.Add, tm.Subtract, tm.Negate, tm.Multiply, tm.Divide, tm.MatMul, tm.Transpose, tm.Hadamard, tm.Trace, tm.Diag, tm.Diagonal, tm.Entry, tm.Row,
    tm.Column, tm.Literal, op.Sum, op.Maximum, op.Minimum,
)  # fmt: skip
_OWN: dict[type[Term], Callable[[Any, Any], Array]] = {
    tm.Power: _power,
    tm.Norm: _norm,
    op.Apply: _apply,
    op.Named: lambda run, node: run.value(node.body),
}
_TailInterpreter.rules = {**{kind: ArrayInterpreter.rules[kind] for kind in _SHARED}, **_OWN}


def tail(run: ArrayInterpreter, term: Term, counter: Dimension) -> Array:
    """For each entry an interval that holds it for every large value of the counter.

    Raises:
        EvaluationError: a part has no value there, or the intervals do not settle it.
    """
    return _TailInterpreter(run, counter).value(term)
