"""Names while a SymPy expression is read: what each one stands for, and the indices that are bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn, TypeAlias

import sympy

from derivations.evaluation.symbolic.matrices import Expression
from derivations.evaluation.symbolic.vocabulary import SymbolKind, kind_of
from derivations.language import constructors as make
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.shapes import Dim
from derivations.language.terms import Dimension, Family, Index, Position, Symbol, Term
from derivations.language.traversal import dimensions

__all__ = ["BoundIndex", "Reader", "Scope", "refuse"]


def refuse(expression: Expression, reason: str) -> NoReturn:
    """Raises:
    UnsupportedError: always; with the class of the expression, the expression, and the reason.
    """
    raise UnsupportedError(f"SymPy's {type(expression).__name__} {expression} has no exact meaning here: {reason}")


@dataclass(frozen=True, slots=True)
class BoundIndex:
    """An index, and the value at which SymPy starts to count it."""

    index: Index
    first: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names of an expression stand for at one place in it.

    Attributes:
        taken: the names of everything that is not bound anywhere.
        owners: the one thing that each name stands for; shared by all places.
        bound: what the bound symbols stand for here: indices of sums, counters of series, and the parameter of a function.
        reader: reads an expression at this place.
    """

    taken: frozenset[str]
    owners: dict[str, object]
    bound: Mapping[Expression, BoundIndex | Term]
    reader: Reader

    @classmethod
    def of(cls, expression: Expression, reader: Reader) -> Scope:
        """The scope of a whole expression."""
        binders = expression.atoms(sympy.Sum, sympy.Lambda)
        variables = {variable for binder in binders for variable in binder.variables}
        return cls(frozenset(leaf.name for leaf in expression.atoms(sympy.Symbol, sympy.MatrixSymbol) - variables), {}, {}, reader)

    def read(self, expression: Expression) -> Term:
        """The term that an expression means at this place."""
        return self.reader(expression, self)

    def read_all(self, expressions: Iterable[Expression]) -> list[Term]:
        """The term of each expression."""
        return [self.read(expression) for expression in expressions]

    def own(self, name: str, owner: object) -> None:
        """Notes what the name stands for.

        Raises:
            DeclarationError: it stands for something else already, a symbol with other assumptions included.
        """
        if self.owners.setdefault(name, owner) != owner:
            raise DeclarationError(f"the name {name} stands for two SymPy objects that differ in kind, size, assumptions or range; rename one")

    def symbol(self, symbol: Expression) -> Term:
        """A scalar, a dimension, a counter, or the parameter of a function."""
        bound = self.bound.get(symbol)
        if isinstance(bound, Term):
            return bound
        kind = kind_of(symbol)
        if bound is not None or (kind is not None and kind.role == "index"):
            refuse(symbol, "an index says where an entry stands, it is no number; declare a dimension positive=True too, a counter nonnegative=True")
        if kind is None or isinstance(symbol, sympy.Dummy):
            refuse(symbol, "a symbol must be real or complex, perhaps with a sign, or an integer and positive or nonnegative, and no unbound dummy")
        self.own(symbol.name, symbol)
        constructor = {"dimension": make.dimension, "counter": make.counter}.get(kind.role)
        return constructor(symbol.name) if constructor else Symbol(make.scalar(symbol.name).name, field=kind.field)

    def size(self, expression: Expression) -> Dim:
        """A size of a matrix or the length of a sum."""
        if not self.is_size(expression):
            refuse(expression, "a size must be an integer ≥ 1, or a symbol with integer=True, positive=True")
        if expression.is_Integer:
            return int(expression)
        self.own(expression.name, expression)
        return make.dimension(expression.name)

    def is_size(self, expression: Expression) -> bool:
        """Whether the expression is an integer ≥ 1 or a dimension."""
        if expression.is_Integer:
            return bool(expression > 0)
        return type(expression) is sympy.Symbol and kind_of(expression) == SymbolKind("dimension")

    def binding(self, variable: Expression, meaning: BoundIndex | Term) -> Scope:
        """The scope in which the variable has a meaning of its own."""
        return replace(self, bound={**self.bound, variable: meaning})

    def binding_index(self, variable: Expression, first: int, length: Expression) -> tuple[Scope, Index]:
        """The scope inside a sum of that length over a variable from `first`, and its index."""
        index = make.index(self._fresh(variable.name), self.size(length))
        self.own(index.name, "an index")
        return self.binding(variable, BoundIndex(index, first)), index

    def binding_counter(self, variable: Expression, first: int) -> tuple[Scope, Dimension]:
        """The scope inside a series over a variable from `first`, and its counter, which starts at 0."""
        counter = make.counter(self._fresh(variable.name))
        self.own(counter.name, "a counter")
        return self.binding(variable, counter + first if first else counter), counter

    def _fresh(self, name: str) -> str:
        """The name, with primes if something else has it."""
        terms = [bound for bound in self.bound.values() if isinstance(bound, Term)]
        inner = {bound.index.name for bound in self.bound.values() if isinstance(bound, BoundIndex)} | {dim.name for dim in dimensions(terms)}
        while name in self.taken or name in inner:
            name += "'"
        return name

    def range_of(self, place: Expression) -> BoundIndex | None:
        """The bound index that stands in the place ``i + shift``, counted so that the place and not i starts at `first`."""
        shift, variable = place.as_coeff_Add()
        bound = self.bound.get(variable)
        return BoundIndex(bound.index, bound.first + int(shift)) if isinstance(bound, BoundIndex) and shift.is_Integer else None

    def position(self, place: Expression, dim: Dim, first: int = 0) -> Position:
        """The position, from 1, that SymPy counts from `first`, on an axis of length `dim`."""
        if place.is_Integer:
            return int(place) - first + 1
        bound = self.range_of(place)
        if bound is not None and bound.first == first:
            return bound.index
        kind = kind_of(place) if type(place) is sympy.Symbol and place not in self.bound else None
        if kind is None or kind.role not in ("index", "counter") or first != 0:
            expected = f"an integer, the index of a sum that runs from {first} over the whole axis, or a symbol with integer=True, nonnegative=True"
            refuse(place, f"a position must be {expected}")
        index = make.index(place.name, dim)
        self.own(place.name, index)
        return index

    def family(self, indexed: Expression) -> tuple[Family, tuple[int, ...]]:
        """The family that an Indexed is a member of, and the value at which SymPy starts to count each of its axes: 0 for a base
        with a shape, what the sums say for one without.
        """
        base = indexed.base
        kind = kind_of(base.label) if type(base) is sympy.IndexedBase and type(base.label) is sympy.Symbol else None
        if kind != SymbolKind("scalar"):
            refuse(indexed, "the base must be an IndexedBase whose label is a real symbol without a sign")
        if base.shape is None:
            ranges = [self.range_of(place) for place in indexed.indices]
            known = [bound for bound in ranges if bound is not None]
            if len(known) != len(ranges):
                refuse(indexed, "give the base a shape, or use indices of sums only; else the number of its members is unknown")
            axes, firsts = tuple(bound.index.dim for bound in known), tuple(bound.first for bound in known)
        else:
            axes = tuple(map(self.size, base.shape))
            firsts = (0,) * len(axes)
        family = Family(make.scalar(base.label.name).name, axes)
        self.own(family.name, (base, family, firsts))
        return family, firsts


Reader: TypeAlias = Callable[[Expression, Scope], Term]
"""Reads an expression in a scope."""
