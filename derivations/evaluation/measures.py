"""How a term is made of what varies in it, measured by its form: its degree in some names; see `limits` for the order of its recurrence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from derivations.evaluation.interpreter import EvaluationError
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.laws import Expectation
from derivations.language.operators import squared_norm
from derivations.language.terms import Family, Number, Term
from derivations.language.traversal import depends_on

__all__ = ["RULES", "Measure", "degree"]


class Measure(ABC):
    """An upper bound on a number ≥ 0 that each term has: 0 for what does not vary, 1 for what varies itself.

    Attributes:
        varied: the names that vary; of a family, all members.
        rules: how it is found for the nodes that may vary; a node without a rule has no bound.
        what: what a term with a bound is, for messages.
    """

    rules: ClassVar[Mapping[type[Term], Callable[[Any, Any], int]]]
    what: ClassVar[str]

    def __init__(self, varied: Iterable[Term | Family]) -> None:
        self.varied = frozenset(varied)

    def of(self, term: Term) -> int:
        """The bound for a term.

        Raises:
            EvaluationError: its form gives none.
        """
        if not self.varies(term):
            return 0
        if (term.family if isinstance(term, tm.Member) and term not in self.varied else term) in self.varied:
            return 1
        rule = self.rules.get(type(term))
        if rule is None:
            raise self.refusal(term)
        return rule(self, term)

    def varies(self, *terms: Term) -> bool:
        """Whether one of the terms depends on what varies."""
        return any(depends_on(term, name) for term in terms for name in self.varied)

    def refusal(self, term: Term) -> EvaluationError:
        """Why there is no bound."""
        return EvaluationError(f"{term} is not certainly {self.what} {', '.join(sorted(map(str, self.varied)))}")

    @abstractmethod
    def sum(self, terms: Iterable[int]) -> int:
        """For a sum, from the bounds for its terms."""

    @abstractmethod
    def product(self, left: int, right: int) -> int:
        """For a product."""

    @abstractmethod
    def power(self, base: int, exponent: int) -> int:
        """For a power with a fixed integer exponent ≥ 0."""


class _Degree(Measure):
    """The degree of the entries as polynomials in the entries of what varies."""

    what = "a polynomial in"

    def sum(self, terms: Iterable[int]) -> int:
        """See `Measure`."""
        return max(terms)

    def product(self, left: int, right: int) -> int:
        """See `Measure`."""
        return left + right

    def power(self, base: int, exponent: int) -> int:
        """See `Measure`."""
        return base * exponent


def degree(term: Term, names: Iterable[Term | Family]) -> int:
    """The degree (at most) of a term's entries as polynomials in the entries of names.

    Raises:
        EvaluationError: by its form it is not certainly a polynomial.
    """
    return _Degree(names).of(term)


def _operand(measure: Measure, node: Any) -> int:
    return measure.of(node.operand)


def _sum(measure: Measure, node: tm.Add | tm.Subtract) -> int:
    return measure.sum((measure.of(node.left), measure.of(node.right)))


def _product(measure: Measure, node: tm.Multiply | tm.MatMul | tm.Hadamard) -> int:
    return measure.product(measure.of(node.left), measure.of(node.right))


def _quotient(measure: Measure, node: tm.Divide) -> int:
    if measure.varies(node.right):
        raise measure.refusal(node)
    return measure.of(node.left)


def _power(measure: Measure, node: tm.Power) -> int:
    if (squared := squared_norm(node)) is not None:
        return measure.power(measure.of(squared[0]), 2 * squared[1])
    match node.exponent:
        case Number(value) if value.denominator == 1 and value >= 0:
            return measure.power(measure.of(node.base), int(value))
    raise measure.refusal(node)


def _hadamard_power(measure: Measure, node: tm.HadamardPower) -> int:
    if node.exponent < 0:
        raise measure.refusal(node)
    return measure.power(measure.of(node.base), node.exponent)


def _literal(measure: Measure, node: tm.Literal) -> int:
    return measure.sum(measure.of(entry) for row in node.rows for entry in row)


def _cases(measure: Measure, node: op.Cases) -> int:
    """Where the conditions do not vary, one branch is taken throughout."""
    if any(measure.varies(*tm.parts_in(condition)) for condition, _ in node.branches):
        raise measure.refusal(node)
    return max(measure.of(value) for value in (*(value for _, value in node.branches), node.otherwise))


RULES: dict[type[Term], Callable[[Any, Any], int]] = {
    tm.Add: _sum,
    tm.Subtract: _sum,
    tm.Negate: _operand,
    tm.Multiply: _product,
    tm.MatMul: _product,
    tm.Hadamard: _product,
    tm.Divide: _quotient,
    tm.Power: _power,
    tm.HadamardPower: _hadamard_power,
    tm.Transpose: _operand,
    tm.Trace: _operand,
    tm.Diag: _operand,
    tm.Diagonal: _operand,
    tm.Entry: _operand,
    tm.Row: _operand,
    tm.Column: _operand,
    tm.Literal: _literal,
    op.Cases: _cases,
    op.Named: lambda measure, node: measure.of(node.body),
}
"""What is made of its parts by sums and products."""


def _repeated(measure: Measure, node: op.Series) -> int:
    if measure.varies(node.length) or node.counter in measure.varied:
        raise measure.refusal(node)
    return measure.of(node.body)


def _expectation(measure: Measure, node: Expectation) -> int:
    """The coefficients are expectations of coefficients, as long as the laws stay the same."""
    if measure.varies(*tm.parts_in(node.laws)):
        raise measure.refusal(node)
    return measure.of(node.body)


def _derivative(order: int) -> Callable[[Measure, Any], int]:
    """With respect to what varies the degree falls; otherwise the coefficients are differentiated."""

    def bound(measure: Measure, node: op.Gradient | op.Jacobian | op.Hessian) -> int:
        base = op.variable_base(node.variable)
        if base in measure.varied:
            return max(measure.of(node.function) - order, 0)
        if measure.varies(node.variable):  # a quantity by its name: the coefficients vary along
            raise measure.refusal(node)
        return measure.of(node.function)

    return bound


_Degree.rules = {
    **RULES,
    op.Sum: lambda measure, node: measure.of(node.body),
    op.Series: _repeated,
    op.Gradient: _derivative(1),
    op.Jacobian: _derivative(1),
    op.Hessian: _derivative(2),
    Expectation: _expectation,
}
