"""One interpreter of terms for every number system.

A number system is a subclass with a table `rules`: node class → how its value is computed. The table is what rule 4 of the
design speaks of: a node that is missing in it cannot be evaluated there, loudly. What means the same in every system (sums,
named quantities, indices) stands here once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, ClassVar, Generic, TypeVar

from derivations.evaluation.instances import Instance
from derivations.language.errors import DerivationError, UnsupportedError
from derivations.language.operators import Iterate, Named, Series, Sum
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Filled, Index, Member, Number, Position, Symbol, Term, linear_form
from derivations.language.traversal import depends_on

__all__ = ["EvaluationError", "Imprecise", "Inexact", "Interpreter", "OutsideDomain", "uncovered"]

V = TypeVar("V")


class EvaluationError(DerivationError):
    """A term that has no value in this number system at this instance."""


class OutsideDomain(EvaluationError):
    """The instance lies outside the domain of the term: division by zero, logarithm of a negative number, a kink, …"""


class Inexact(EvaluationError):
    """The value is irrational; balls can enclose it."""


class Imprecise(EvaluationError):
    """A ball is too wide to decide a comparison; more bits may help."""


class Interpreter(ABC, Generic[V]):
    """Evaluates terms at one instance; V is the system's matrix (a scalar is a 1×1 one).

    Attributes:
        rules: for each node class, the function (interpreter, node) → value.
        positions: the integer at which each index stands at present.
        seeds: the quantities that are being varied, outermost first (see the systems' derivative rules).
    """

    rules: ClassVar[Mapping[type[Term], Callable[[Any, Any], Any]]]

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.positions: dict[Index, int] = dict(instance.positions)
        self.bound: dict[object, V] = {}
        self._memo: dict[object, V] = {}

    def value(self, term: Term) -> V:
        """The value of a term.

        Raises:
            OutsideDomain: the instance does not lie in the term's domain.
            Inexact, Imprecise: this system cannot say at this precision.
            UnsupportedError: the system has no rule for a node.
        """
        free = term.free
        key: object = (term, tuple((index, self.positions[index]) for index in sorted(free, key=lambda i: i.name))) if free else term
        found = self._memo.get(key)
        if found is None:
            rule = self.rules.get(type(term))
            if rule is None:
                raise UnsupportedError(f"{type(self).__name__} has no rule for {type(term).__name__} in {term}")
            found = self._memo[key] = rule(self, term)
        return found

    def bind(self, symbol: object, value: V) -> None:
        """From now on the symbol, or member of a family (see `quantity`), has this value here, and in bodies inside, whatever the instance says."""
        self.bound[symbol] = value
        self._memo[symbol] = value

    def bound_in(self, *terms: Term) -> list[Any]:
        """The names bound here on which one of the terms depends."""
        names: list[Any] = [key[0] if isinstance(key, tuple) else key for key in self.bound]
        return [name for name in names if any(depends_on(term, name) for term in terms)]

    def size(self, dim: Dim) -> int:
        """The integer that a dimension stands for."""
        return self.instance.size(dim)

    def position(self, position: Position | Term) -> int:
        """The integer that a position stands for: from 1, but for a family with a member for every integer."""
        if isinstance(position, Term):
            factors, constant = linear_form(position)
            return constant + sum(factor * self.natural(dim) for dim, factor in factors.items())
        return self.positions[position] if isinstance(position, Index) else position

    def quantity(self, term: Symbol | Member | Named) -> object:
        """The key of what the term stands for at the present positions: two terms with one key are one variable."""
        if isinstance(term, Symbol):
            return term
        owner = term.family if isinstance(term, Member) else term.name
        return owner, tuple(map(self.position, term.positions))

    @contextmanager
    def standing(self, index: Index, position: int) -> Iterator[None]:
        """Within the block, the index stands at the position."""
        before = self.positions.get(index)
        self.positions[index] = position
        try:
            yield
        finally:
            if before is None:
                del self.positions[index]
            else:
                self.positions[index] = before

    def over(self, node: Sum) -> V:
        """The rule for a sum over an index."""
        total: V | None = None
        for position in range(1, self.size(node.index.dim) + 1):
            with self.standing(node.index, position):
                value = self.value(node.body)
            total = value if total is None else self.plus(total, value)
        if total is None:
            raise UnsupportedError(f"an empty sum: {node}")
        return total

    def series(self, node: Series) -> V:
        """The rule for a sum over a counter: term by term, from 0."""
        rows, columns = sides(node.shape)
        total = self.value(Filled(rows, columns, 0))
        for number in range(self.natural(node.length)):
            total = self.plus(total, self.within({node.counter: self.value(Number(Fraction(number)))}).value(node.body))
        return total

    def iterated(self, node: Iterate) -> V:
        """The rule for a sequence: one term after the other."""
        count = self.natural(node.count)
        return self.terms_of(node, count)[count]

    def terms_of(self, node: Iterate, most: int) -> list[V]:
        """The terms of a sequence up to the one with a number, from 0; there may be more of them."""
        values, order = [self.value(initial) for initial in node.initials], len(node.states)
        while len(values) <= most:
            bindings: dict[object, V] = dict(zip(node.states, values[-order:], strict=True))
            if node.counter is not None:
                bindings[node.counter] = self.value(Number(Fraction(len(values) - order)))
            values.append(self.within(bindings).value(node.step))
        return values

    @abstractmethod
    def natural(self, term: Term) -> int:
        """The value of a scalar term that must be an integer ≥ 0.

        Raises:
            OutsideDomain: it is none.
        """

    @abstractmethod
    def within(self, bindings: Mapping[object, V]) -> Interpreter[V]:
        """An interpreter of the same instance for a body in which symbols are bound."""

    @abstractmethod
    def plus(self, left: V, right: V) -> V:
        """The sum of two values."""


def uncovered(terms: Iterable[Term], systems: Iterable[type[Interpreter[Any]]]) -> dict[str, list[str]]:
    """The node classes without a rule, by system: a term that has one cannot stand in a proved claim (rule 4)."""
    classes = {type(term) for term in terms}
    missing = {system.__name__: sorted(cls.__name__ for cls in classes - system.rules.keys()) for system in systems}
    return {system: names for system, names in missing.items() if names}
