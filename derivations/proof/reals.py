"""Terms and statements about real scalars in z3's language."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import prod
from operator import add
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_
from derivations.language.implicit import Rank
from derivations.language.operators import substitute
from derivations.language.shapes import sides
from derivations.language.terms import Entry, Number, Relation, Statement, Symbol, Term, as_term
from derivations.language.traversal import is_real
from derivations.proof.differentiation import slope_body
from derivations.proof.domain import is_natural
from derivations.proof.entrywise import distributed, entry_of, row_times_column
from derivations.proof.ranges import Ranges
from derivations.proof.unknowns import Unknowns

__all__ = ["COMPARISONS", "Reals", "is_about_reals"]

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
RANK = "a rank is at most the number of rows, and of columns"
EXTREMES = "the smaller and the larger of two numbers are these two in some order"
_MOST_EXPANDED = 16
"""Up to which exponent and degree of a root powers are written out."""
_LARGEST_POWER = 2000
"""Below which exponents the powers of numbers are worked out."""


def is_about_reals(statement: Statement) -> bool:
    """Whether a statement consists of comparisons between real scalars, joined by connectives."""
    match statement:
        case Relation(Statement() as left, _, Statement() as right):
            return is_about_reals(left) and is_about_reals(right)
        case Relation(Term() as left, symbol, Term() as right):
            return symbol in COMPARISONS and not left.shape and not right.shape and is_real(left) and is_real(right)
    return False


class Reals(Unknowns):
    """Terms and statements as z3's: a node that it has no word for is an unknown number in its range, one for equal terms.

    Attributes:
        names: the symbols, members and entries of symbols that stand for numbers, each with its variable.
        unknowns: the other terms that became unknown numbers, each with its variable.
    """

    def __init__(self, ranges: Ranges) -> None:
        super().__init__()
        self.names: dict[Term, Any] = {}
        self.unknowns: dict[Term, Any] = {}
        self._ranges = ranges
        self._values: dict[Term, Any] = {}

    # ------------------------------------------------------------------------------------------------------ statements

    def formula(self, statement: Statement) -> Any:
        """A statement about real scalars.

        Raises:
            UnsupportedError: it is about something else.
        """
        match statement:
            case Relation(Statement() as left, symbol, Statement() as right):
                first, second = self.formula(left), self.formula(right)
                return {"and": self.all_of, "or": self.z3.Or, "iff": lambda a, b: a == b, "implies": self.z3.Implies}[symbol](first, second)
            case Relation(Term() as left, symbol, Term() as right) if is_about_reals(statement):
                return COMPARISONS[symbol](self.value(left), self.value(right))
        raise UnsupportedError(f"{statement} does not compare real scalars")

    # ----------------------------------------------------------------------------------------------------------- terms

    def value(self, term: Term) -> Any:
        """A real scalar term."""
        found = self._values.get(term)
        if found is None:
            rule = _RULES.get(type(term))
            found = self._values[term] = self.unknown(term) if rule is None else rule(self, term)
        return found

    def unknown(self, term: Term) -> Any:
        """A term as an unknown number, within its range.

        Raises:
            UnsupportedError: it may be complex.
        """
        if not is_real(term):
            raise UnsupportedError(f"{term} may be complex")
        variable = self.fresh()
        (self.names if _is_name(term) else self.unknowns)[term] = variable
        inside = self._ranges.of(term)
        if isinstance(inside.low, Fraction):
            self.told.append(variable >= self.number(inside.low) if inside.low_closed else variable > self.number(inside.low))
        if isinstance(inside.high, Fraction):
            self.told.append(variable <= self.number(inside.high) if inside.high_closed else variable < self.number(inside.high))
        if self._ranges.is_nonzero(term):
            self.told.append(variable != 0)
        return variable

    def magnitude(self, term: Term) -> Term:
        """|x| as a term, without an absolute value that is not needed."""
        match term:
            case tm.Negate(inner):
                return self.magnitude(inner)
            case op.Named(_, _, body):
                return self.magnitude(body)
            case Number(value):
                return Number(abs(value))
        return term if self._ranges.of(term).nonnegative else abs_(term)


def _is_name(term: Term) -> bool:
    """Whether a term is a number of its own in an instance."""
    return isinstance(term.operand if isinstance(term, Entry) else term, Symbol | tm.Member | tm.Dimension)


# ------------------------------------------------------------------------------------------------------------------ rules


def _power(run: Reals, node: tm.Power) -> Any:
    base, exponent = node.base, node.exponent
    if isinstance(base, Number) and isinstance(exponent, Number) and exponent.value in range(_LARGEST_POWER):
        return run.number(base.value ** int(exponent.value))
    if isinstance(exponent, Number) and max(abs(exponent.value.numerator), exponent.value.denominator) <= _MOST_EXPANDED:
        return _rational_power(run, run.value(base), exponent.value)
    if isinstance(exponent, tm.Add) and is_natural(exponent):
        return run.value(base**exponent.left) * run.value(base**exponent.right)
    if not is_natural(exponent):
        return run.magnitude_of_power(run.value(base), run.value(exponent))
    size, count = run.value(run.magnitude(base)), run.value(exponent)
    return run.magnitude_of_power(size, count) if _is_even(exponent) else run.signed_power(run.value(base), size, count)


def _rational_power(run: Reals, base: Any, exponent: Fraction) -> Any:
    root = run.root(base, exponent.denominator) if exponent.denominator > 1 else base
    if exponent == 0:
        return run.number(1)
    power = prod([root] * (abs(exponent.numerator) - 1), start=root)
    return power if exponent > 0 else run.quotient(run.number(1), power)


def _is_even(exponent: Term) -> bool:
    match exponent:
        case tm.Multiply(Number(value), _) | tm.Multiply(_, Number(value)):
            return value % 2 == 0
    return False


def _logarithm(run: Reals, argument: Term) -> Any:
    """The logarithm of a term, with what the parts of a product, quotient or power say of it: log(ab) = log |a| + log |b| where ab > 0."""
    x = run.value(argument)
    value, product = run.logarithm_of(x), argument
    while isinstance(product, op.Named) or (isinstance(product, op.Apply) and product.function == abs_):
        product = product.body if isinstance(product, op.Named) else product.argument
    match product:
        case tm.Multiply(left, right):
            parts = [(left, Fraction(1)), (right, Fraction(1))]
        case tm.Divide(left, right):
            parts = [(left, Fraction(1)), (right, Fraction(-1))]
        case tm.Power(base, Number(exponent)):
            parts = [(base, exponent)]
        case _:
            return value
    sizes = [run.magnitude(part) for part, _ in parts]
    logarithms = [run.number(times) * _logarithm(run, size) for size, (_, times) in zip(sizes, parts, strict=True)]
    positive = run.all_of(x > 0, *(run.value(size) > 0 for size in sizes))
    run.told.append(run.z3.Implies(positive, value == sum(logarithms[1:], logarithms[0])))
    return value


def _exponential(run: Reals, argument: Term) -> Any:
    """Exp of a sum as a product."""
    match argument:
        case op.Named(_, _, body):
            return _exponential(run, body)
        case tm.Add(left, right):
            value = _exponential(run, left) * _exponential(run, right)
        case tm.Subtract(left, right):
            value = run.quotient(_exponential(run, left), _exponential(run, right))
        case tm.Negate(inner):
            value = run.quotient(run.number(1), _exponential(run, inner))
        case tm.Multiply(Number(factor), inner) if factor.denominator == 1 and abs(factor) <= _MOST_EXPANDED:
            value = _rational_power(run, _exponential(run, inner), factor)
        case _:
            return run.exponential_of(run.value(argument))
    return run.is_logarithm(value, run.value(argument))


def _tanh(run: Reals, argument: Term) -> Any:
    """(e² − 1)/(e² + 1) with e = exp x."""
    square = _exponential(run, argument) * _exponential(run, argument)
    return run.quotient(square - 1, square + 1)


def _sigmoid(run: Reals, argument: Term) -> Any:
    """e/(e + 1) with e = exp x."""
    e = _exponential(run, argument)
    return run.quotient(e, e + 1)


_FUNCTIONS: dict[str, Callable[[Reals, Term], Any]] = {
    "abs": lambda run, x: run.absolute(run.value(x)),
    "sign": lambda run, x: run.sign(run.value(x)),
    "relu": lambda run, x: run.choose(run.value(x) > 0, run.value(x), run.number(0)),
    "reciprocal": lambda run, x: run.quotient(run.number(1), run.value(x)),
    "sqrt": lambda run, x: run.root(run.value(x), 2),
    "log": _logarithm,
    "exp": _exponential,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
}


def _apply(run: Reals, node: op.Apply) -> Any:
    if node.function.body is None and not node.order:
        return _FUNCTIONS[node.function.name](run, node.argument)
    parameter, body = slope_body(node.function, node.order)
    return run.value(substitute(body, {parameter: node.argument}))


def _cases(run: Reals, node: op.Cases) -> Any:
    value = run.value(node.otherwise)
    for condition, branch in reversed(node.branches):
        value = run.choose(run.formula(condition), run.value(branch), value)
    return value


def _greater(run: Reals, node: op.Maximum) -> Any:
    left, right = run.value(node.left), run.value(node.right)
    return run.choose(left <= right, right, left)


def _less(run: Reals, node: op.Minimum) -> Any:
    left, right = run.value(node.left), run.value(node.right)
    return run.choose(left <= right, left, right)


def _product(run: Reals, node: tm.Multiply) -> Any:
    match node:
        case tm.Multiply(op.Apply(op.Function("exp"), left, 0), op.Apply(op.Function("exp"), right, 0)):
            return _exponential(run, left + right)
    return run.value(node.left) * run.value(node.right)


def _entrywise_product(run: Reals, node: tm.Hadamard) -> Any:
    return run.value(node.left) * run.value(node.right)


def _matrix_product(run: Reals, node: tm.MatMul) -> Any:
    """Row times column, where their length is a number; else the products of the parts of a factor."""
    if not node.left.shape and not node.right.shape:
        return run.value(node.left) * run.value(node.right)
    written = row_times_column(node, 1, 1) or distributed(node)
    return run.unknown(node) if written is None else run.value(written)


def _sum_over(run: Reals, node: op.Sum) -> Any:
    """A sum over an index that runs to a number."""
    if not isinstance(node.index.dim, int) or node.index.dim > _MOST_EXPANDED:
        return run.unknown(node)
    return run.value(reduce(add, (op.at_positions(node.body, {node.index: k}) for k in range(1, node.index.dim + 1))))


def _indicator(run: Reals, node: op.Indicator) -> Any:
    """1 or 0. Of the smaller and the larger of two numbers as many meet a condition as of the two: told, so that their order need not be tried."""

    def one_if(number: Term) -> Any:
        return run.choose(run.formula(Relation(number, symbol, right)), run.number(1), run.number(0))

    left, symbol, right = node.relation.left, node.relation.symbol, node.relation.right
    compared = _unfolded(left) if isinstance(left, Term) else None
    if isinstance(compared, op.Maximum | op.Minimum):
        first, second = compared.left, compared.right
        parts = (run.value(op.Indicator(Relation(part, symbol, right))) for part in (first, second))
        run.told.append(one_if(op.Minimum(first, second)) + one_if(op.Maximum(first, second)) == sum(parts, run.number(0)))
        run.facts[EXTREMES] = None
    return run.choose(run.formula(node.relation), run.number(1), run.number(0))


def _unfolded(term: Term) -> Term:
    """What a name or an entry stands for, where its form shows it."""
    while isinstance(term, op.Named | Entry):
        inner = term.body if isinstance(term, op.Named) else entry_of(term.operand, term.row, term.column)
        if inner is None:
            break
        term = inner
    return term


def _of_scalar(run: Reals, node: Any) -> Any:
    """What leaves a scalar as it is."""
    return run.value(node.operand) if not node.operand.shape else run.unknown(node)


def _pseudo_inverse(run: Reals, node: tm.PseudoInverse) -> Any:
    x = run.value(node.operand)
    return run.choose(x == 0, run.number(0), run.quotient(run.number(1), x))


def _entry(run: Reals, node: Entry) -> Any:
    inner = entry_of(node.operand, node.row, node.column)
    return run.unknown(node) if inner is None else run.value(inner)


def _rank(run: Reals, node: Rank) -> Any:
    """At most the number of rows, and of columns."""
    value = run.unknown(node)
    for dim in sides(node.operand.shape):
        run.told.append(value <= run.value(as_term(dim)))
    run.facts[RANK] = None
    return value


_RULES: dict[type[Term], Callable[[Reals, Any], Any]] = {
    Number: lambda run, node: run.number(node.value),
    tm.Filled: lambda run, node: run.number(node.entry),
    tm.Identity: lambda run, node: run.number(1),
    tm.Add: lambda run, node: run.value(node.left) + run.value(node.right),
    tm.Subtract: lambda run, node: run.value(node.left) - run.value(node.right),
    tm.Negate: lambda run, node: -run.value(node.operand),
    tm.Multiply: _product,
    tm.Divide: lambda run, node: run.quotient(run.value(node.left), run.value(node.right)),
    tm.MatMul: _matrix_product,
    tm.Hadamard: _entrywise_product,
    tm.Power: _power,
    tm.HadamardPower: lambda run, node: _rational_power(run, run.value(node.base), Fraction(node.exponent)),
    tm.Transpose: _of_scalar,
    tm.Trace: _of_scalar,
    tm.Determinant: _of_scalar,
    tm.Inverse: lambda run, node: run.quotient(run.number(1), run.value(node.operand)),
    tm.PseudoInverse: _pseudo_inverse,
    Rank: _rank,
    tm.Norm: lambda run, node: run.unknown(node) if node.operand.shape else run.absolute(run.value(node.operand)),
    Entry: _entry,
    op.Named: lambda run, node: run.value(node.body),
    op.Sum: _sum_over,
    op.Apply: _apply,
    op.Maximum: _greater,
    op.Minimum: _less,
    op.Cases: _cases,
    op.Indicator: _indicator,
}
