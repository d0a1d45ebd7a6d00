"""Numbers of z3 that are told what they are: quotients, roots, powers, logarithms and exponentials, which it has no word for.

Each is an unknown real number with facts about it. Equal arguments have one value. Every fact holds wherever the arguments lie in the domain
of the operation; elsewhere the unknown may be any number, so that a branch which is not reached says nothing. (z3's own division is total too,
but by a function that its decision procedure for the reals does not have.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

__all__ = ["Unknowns"]

ROOTS = "a root is not negative, and its power is the number that it is the root of"
POWERS = "|r^t| = |r|^t, which is 1 for t = 0, and for r ≠ 0 its logarithm is t log |r|"
LOGARITHM = "the logarithm increases, is 0 at 1, and makes sums of products"
EXPONENTIAL = "exp is positive, makes products of sums, and the logarithm undoes it"


class Unknowns:
    """Numbers of z3 in a context of their own: what is said of one claim does not depend on any other.

    Attributes:
        z3: the module, which is loaded where it is first used.
        told: what z3 must be told of the unknowns, as formulas; `all_told` adds how logarithms compare.
        facts: the same in words, each once.
    """

    def __init__(self) -> None:
        import z3

        self.z3: Any = z3
        self.context = z3.Context()
        self.told: list[Any] = []
        self.facts: dict[str, None] = {}
        self._derived: dict[tuple[str, *tuple[int, ...]], tuple[Any, ...]] = {}
        self._logarithms: dict[int, tuple[Any, Any]] = {}

    @property
    def has_logarithms(self) -> bool:
        """Whether logarithms occur."""
        return bool(self._logarithms)

    def all_told(self) -> list[Any]:
        """All that is to be told of the unknowns up to now: how any two logarithms compare, too."""
        one = (self.number(1), self.number(0))
        pairs = combinations([*self._logarithms.values(), one], 2) if self._logarithms else ()
        return [*self.told, *(self._same_order(*first, *second) for first, second in pairs)]

    def _same_order(self, u: Any, log_u: Any, v: Any, log_v: Any) -> Any:
        ordered = self.all_of((u < v) == (log_u < log_v), (u == v) == (log_u == log_v))
        return self.z3.Implies(self.all_of(u > 0, v > 0), ordered)

    def all_of(self, *formulas: Any) -> Any:
        """That all of them hold."""
        return self.z3.And(*formulas, self.z3.BoolVal(True, self.context))

    def are_linear(self, formulas: Iterable[Any]) -> bool:
        """Whether formulas are made of linear comparisons only, with branches and connectives."""
        goal = self.z3.Goal(ctx=self.context)
        goal.add(*formulas)
        (simplified,) = self.z3.Tactic("simplify", ctx=self.context)(goal)
        return bool(self.z3.Probe("is-qflra", self.context)(simplified))

    def number(self, value: Fraction | int) -> Any:
        """A rational number."""
        return self.z3.RealVal(str(value), self.context)

    def fresh(self) -> Any:
        """A new unknown."""
        return self.z3.FreshReal(ctx=self.context)

    def choose(self, condition: Any, first: Any, second: Any) -> Any:
        """The one where the condition holds, else the other."""
        return self.z3.If(condition, first, second)

    def absolute(self, x: Any) -> Any:
        """|x|."""
        return self.choose(x >= 0, x, -x)

    def sign(self, x: Any) -> Any:
        """1, 0 or -1."""
        return self.choose(x > 0, self.number(1), self.choose(x < 0, self.number(-1), self.number(0)))

    def quotient(self, x: Any, y: Any) -> Any:
        """x / y, where y ≠ 0."""

        def make() -> Iterator[Any]:
            q = self.fresh()
            yield q
            yield self.z3.Implies(y != 0, q * y == x)

        return x / y if self.z3.is_rational_value(y) and y.as_fraction() != 0 else self._once("quotient", make, x, y)

    def root(self, x: Any, degree: int) -> Any:
        """The root of a degree, where x ≥ 0."""

        def make() -> Iterator[Any]:
            r = self.fresh()
            yield r
            yield self.z3.Implies(x >= 0, self.all_of(r >= 0, r**degree == x))

        self.facts[ROOTS] = None
        return self._once(f"root {degree}", make, x)

    def logarithm_of(self, x: Any) -> Any:
        """log x, where x > 0."""
        if x.get_id() not in self._logarithms:
            self._logarithms[x.get_id()] = x, self.fresh()
        self.facts[LOGARITHM] = None
        return self._logarithms[x.get_id()][1]

    def magnitude_of_power(self, size: Any, exponent: Any) -> Any:
        """size^exponent for a size ≥ 0 and an exponent ≥ 0, or for a size > 0 and any exponent."""

        def make() -> Iterator[Any]:
            m = self.fresh()
            yield m
            yield self.z3.Implies(self.z3.Or(size > 0, exponent >= 0), m >= 0)
            yield self.z3.Implies(exponent == 0, m == 1)
            yield self.z3.Implies(self.all_of(size == 0, exponent > 0), m == 0)
            positive = self.all_of(m > 0, self.logarithm_of(m) == exponent * self.logarithm_of(size))
            yield self.z3.Implies(size > 0, positive)

        self.facts[POWERS] = None
        return self._once("magnitude", make, size, exponent)

    def signed_power(self, x: Any, size: Any, exponent: Any) -> Any:
        """x^t for a counter t, which is |x|^t or its negative."""

        def make() -> Iterator[Any]:
            m, p = self.magnitude_of_power(size, exponent), self.fresh()
            yield p
            yield self.z3.Or(p == m, p == -m)
            yield self.z3.Implies(self.z3.Or(x >= 0, exponent == 0), p == m)

        return self._once("power", make, x, exponent)

    def exponential_of(self, x: Any) -> Any:
        """exp x, as a number whose logarithm is x."""

        def make() -> Iterator[Any]:
            e = self.fresh()
            self._logarithms[e.get_id()] = e, x
            yield e
            yield e > 0

        self.facts[EXPONENTIAL] = None
        return self._once("exp", make, x)

    def is_logarithm(self, x: Any, log_x: Any) -> Any:
        """Tell that log x, where x > 0, is this."""
        self.told.append(self.z3.Implies(x > 0, self.logarithm_of(x) == log_x))
        return x

    def _once(self, kind: str, make: Callable[[], Iterator[Any]], *arguments: Any) -> Any:
        """The value that `make` yields first; what it yields then is told of it. Equal arguments, which are kept, have one value."""
        key = (kind, *(argument.get_id() for argument in arguments))
        if key not in self._derived:
            value, *facts = make()
            self._derived[key] = (value, *arguments)
            self.told += facts
        return self._derived[key][0]
