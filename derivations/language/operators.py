"""The nodes with a function, a binder, a branch or a derivative: elementwise functions, sums, cases, gradients, named quantities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from derivations.language.errors import DeclarationError, ShapeError, UnsupportedError
from derivations.language.implicit import ArgMin
from derivations.language.laws import Expectation
from derivations.language.shapes import SCALAR, Dim, Shape, normalized, require_scalar, require_vector, same_shape, show_shape, sides
from derivations.language.terms import (
    Dimension,
    Entry,
    Index,
    Member,
    Norm,
    Number,
    Operand,
    Position,
    Power,
    Relation,
    Statement,
    Symbol,
    Term,
    as_term,
    free_in,
    map_parts,
    node,
    parts,
)


@dataclass(frozen=True, slots=True)
class Function:
    """A scalar function, applied elementwise: built in (known by name, see `derivations.language.functions`), or defined by
    its author through a parameter and a body. ``f(z)`` applies it, ``f.prime(z)`` applies its derivative.
    """

    name: str
    parameter: Symbol | None = None
    body: Term | None = None

    def __call__(self, argument: Operand) -> Term:
        """The function of every entry."""
        return Apply(self, as_term(argument))

    def prime(self, argument: Operand, order: int = 1) -> Term:
        """The derivative (of an order), applied elementwise."""
        return Apply(self, as_term(argument), order)

    def __repr__(self) -> str:
        return self.name


@node
class Apply(Term):
    """A scalar function (or its derivative of the given order) of every entry: shape of the argument."""

    function: Function
    argument: Term
    order: int = 0

    def _shape(self) -> Shape:
        return self.argument.shape

    def _free(self, values: tuple[Any, ...]) -> frozenset[Index]:
        return self.argument.free


@node
class Maximum(Term):
    """The entrywise maximum of two terms of one shape."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        return same_shape("compare entrywise", self.left.shape, self.right.shape, (self.left, self.right))


@node
class Minimum(Term):
    """The entrywise minimum of two terms of one shape."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        return same_shape("compare entrywise", self.left.shape, self.right.shape, (self.left, self.right))


@node
class Softmax(Term):
    """exp normalised to sum 1 along an axis: 0 within each column (a vector's case), 1 within each row."""

    argument: Term
    axis: int = 0

    def _shape(self) -> Shape:
        if self.axis not in (0, 1):
            raise DeclarationError(f"softmax: axis {self.axis}; expected 0 (within each column) or 1 (within each row)")
        return self.argument.shape


@node
class Sum(Term):
    """The sum of the body over all values of an index."""

    index: Index
    body: Term

    def _shape(self) -> Shape:
        return self.body.shape

    def _free(self, values: tuple[Any, ...]) -> frozenset[Index]:
        return self.body.free - {self.index}


def _refuse_derivatives(where: str, body: Term) -> None:
    """One cannot differentiate by a name that is bound, and the step says more when it is written out.

    Raises:
        UnsupportedError: the body contains a derivative.
    """
    if isinstance(body, Gradient | Jacobian | Hessian):
        raise UnsupportedError(f"{body} in {where}; write the derivative out, and claim separately that it is one")
    for part in parts(body):
        _refuse_derivatives(where, part)


@node
class Series(Term):
    """The sum of the body for a counter from 0 to length − 1; empty, so zero, where the length is 0."""

    counter: Dimension
    length: Term
    body: Term

    def _shape(self) -> Shape:
        if self.counter.least != 0:
            raise DeclarationError(f"a series runs over a counter from 0; {self.counter} is a size")
        require_scalar("the length of a series", self.length.shape, self.length)
        _refuse_derivatives("a series", self.body)
        return self.body.shape


@node
class Iterate(Term):
    """A sequence at an index: the first terms are `initials`, each later one is `step` with the terms before it for the `states`.

    Where the step changes from one to the next, the `counter` stands in it for the number, from 0, of the first of these terms before it. The
    first terms and the recurrence alone define the sequence; the states and the counter are bound, so their names mean nothing outside.
    """

    name: str
    count: Term
    initials: tuple[Term, ...]
    states: tuple[Symbol, ...]
    step: Term
    counter: Dimension | None = None

    def _shape(self) -> Shape:
        require_scalar("the index of a sequence", self.count.shape, self.count)
        if self.counter is not None and self.counter.least != 0:
            raise DeclarationError(f"the steps of a sequence are counted from 0; {self.counter} is a size")
        _refuse_derivatives("the step of a sequence", self.step)
        if not self.initials or len(self.initials) != len(self.states):
            raise DeclarationError(f"the sequence {self.name} has {len(self.initials)} first terms for {len(self.states)} states")
        for part in (*self.initials, *self.states):
            same_shape("iterate", part.shape, self.step.shape, (part, self.step))
        return self.step.shape

    @property
    def bound(self) -> tuple[Term, ...]:
        """The names that mean something in the step alone."""
        return (*self.states, self.counter) if self.counter is not None else self.states

    def at(self, count: Term) -> Iterate:
        """The same sequence at another index."""
        return Iterate(self.name, count, self.initials, self.states, self.step, self.counter)

    def following(self, number: Term, before: Sequence[Term]) -> Term:
        """The step that follows the terms before it, of which the first has this number."""
        replacements: dict[Term, Term] = dict(zip(self.states, before, strict=True))
        return substitute(self.step, replacements if self.counter is None else {**replacements, self.counter: number})


@node
class Indicator(Term):
    """1 where the relation holds, else 0; entrywise between matrices."""

    relation: Relation

    def _shape(self) -> Shape:
        left, right = _sides_of(self.relation)
        return same_shape("compare entrywise", left.shape, right.shape, (left, right))


@node
class Cases(Term):
    """The value of the first branch whose scalar condition holds, else `otherwise`."""

    branches: tuple[tuple[Relation, Term], ...]
    otherwise: Term

    def _shape(self) -> Shape:
        shape = self.otherwise.shape
        for condition, value in self.branches:
            for side in _sides_of(condition):
                require_scalar("a condition of cases", side.shape, side)
            same_shape("choose between", value.shape, shape, (value, self.otherwise))
        return shape


@node
class Named(Term):
    """An intermediate quantity with a name of its own: means its body, and may be differentiated by, and with respect to
    (then it is cut: whatever stands after it keeps the name as an independent variable).
    """

    name: str
    positions: tuple[Position, ...]
    body: Term

    def _shape(self) -> Shape:
        bound = frozenset(position for position in self.positions if isinstance(position, Index))
        if stray := self.body.free - bound:
            names = ", ".join(sorted(index.name for index in stray))
            raise DeclarationError(f"the definition of {self.name} uses the index {names}, which {self.name} does not carry")
        return self.body.shape

    def _free(self, values: tuple[Any, ...]) -> frozenset[Index]:
        return free_in(self.positions)


def _sides_of(relation: Relation) -> tuple[Term, Term]:
    if isinstance(relation.left, Term) and isinstance(relation.right, Term):
        return relation.left, relation.right
    raise UnsupportedError(f"{relation}: a condition inside a term must compare two terms")


def squared_norm(term: Term) -> tuple[Term, int] | None:
    """(x, k) where the term is ‖x‖^(2k), a polynomial in the entries of x without the kink of the norm itself; else None."""
    match term:
        case Power(Norm(operand, "2" | "F"), Number(exponent)) if exponent.denominator == 1 and exponent > 0 and exponent % 2 == 0:
            return operand, int(exponent) // 2
    return None


# ----------------------------------------------------------------------------------------------------------- derivatives


def variable_base(variable: Term) -> Term:
    """The quantity that is varied: the variable, or the matrix that an entry is taken from.

    Raises:
        UnsupportedError: one cannot differentiate with respect to such a term.
    """
    base = variable.operand if isinstance(variable, Entry) else variable
    if isinstance(base, Member) and base.family.is_numbered:
        raise UnsupportedError(f"cannot differentiate with respect to {variable}, one of the members of {base.family}; give it a name of its own")
    if not isinstance(base, Symbol | Member | Named):
        expected = "a symbol, a member of a family, a named quantity, or an entry of one"
        raise UnsupportedError(f"cannot differentiate with respect to {variable}; expected {expected}")
    return base


@node
class Gradient(Term):
    """The gradient of a scalar in the shape of its variable; the variable is unconstrained, even if declared symmetric."""

    function: Term
    variable: Term

    def _shape(self) -> Shape:
        require_scalar("a gradient's function", self.function.shape, self.function)
        variable_base(self.variable)
        return self.variable.shape


@node
class Jacobian(Term):
    """The Jacobian (out, in) of a vector with respect to a vector."""

    function: Term
    variable: Term

    def _shape(self) -> Shape:
        variable_base(self.variable)
        for role, part in (("a Jacobian's function", self.function), ("a Jacobian's variable", self.variable)):
            require_vector(role, part.shape, part)
        return normalized(sides(self.function.shape)[0], sides(self.variable.shape)[0])


@node
class Hessian(Term):
    """The matrix (n, n) of second derivatives of a scalar with respect to a vector."""

    function: Term
    variable: Term

    def _shape(self) -> Shape:
        require_scalar("a Hessian's function", self.function.shape, self.function)
        if isinstance(self.variable, Entry):
            raise UnsupportedError(f"the Hessian with respect to the entry {self.variable}; write a gradient of a gradient")
        variable_base(self.variable)
        require_vector("a Hessian's variable", self.variable.shape, self.variable)
        n = sides(self.variable.shape)[0]
        return normalized(n, n)


# ---------------------------------------------------------------------------------------------------------- substitution

_AnyTerm = TypeVar("_AnyTerm", bound=Term)


def at_positions(term: _AnyTerm, replacement: dict[Index, Position]) -> _AnyTerm:
    """The term with free indices replaced by other positions.

    Raises:
        DeclarationError: a replacement would be captured by a sum inside.
    """
    relevant = {index: position for index, position in replacement.items() if index in term.free and index != position}
    if not relevant:
        return term
    if isinstance(term, Sum) and term.index in relevant.values():
        raise DeclarationError(f"index {term.index} is bound inside {term}; rename it before substituting")

    def change(value: Any) -> Any:
        if isinstance(value, Index):
            return relevant.get(value, value)
        if isinstance(value, Term):
            return at_positions(value, relevant)
        if isinstance(value, tuple):
            return tuple(map(change, value))
        if isinstance(value, Statement):
            return type(value)(*map(change, value.values()))
        return value

    return type(term)(*map(change, term.values()))


def transform(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """Top-down rewriting: where `change` answers a term, that stands in the place of the old one; elsewhere the parts are visited, equal ones
    once.
    """
    done: dict[Term, Term] = {}

    def rewritten(part: Term) -> Term:
        found = done.get(part)
        if found is None:
            found = done[part] = change(part) or inside(part)
        return found

    def inside(part: Term) -> Term:
        old = part.values()
        new = tuple(map_parts(value, rewritten) for value in old)
        return part if new == old else type(part)(*new)

    return rewritten(term)


def substitute(term: Term, replacements: dict[Term, Term]) -> Term:
    """The term with every occurrence of a key (a symbol, say) replaced by its value, of the same shape.

    Raises:
        ShapeError: a value has another shape than its key.
        DeclarationError: a key is bound inside, or a name in a value would be.
    """
    for old, new in replacements.items():
        if old.shape != new.shape:
            raise ShapeError(f"{old} has shape {show_shape(old.shape)}; its replacement {new} has shape {show_shape(new.shape)}")
    for binder in _binders_in(term):
        _check_binding(binder, replacements)
    return transform(term, replacements.get)


def _check_binding(binder: Term, replacements: dict[Term, Term]) -> None:
    """What is bound has no meaning outside: it is no key, and no value may come under a binder of a name in it.

    Raises:
        DeclarationError: it would.
    """
    bound = bound_by(binder)
    if key := next((name for name in bound if name in replacements), None):
        raise DeclarationError(f"{key} is bound in {binder}; rename it before substituting")
    for old, new in replacements.items():
        captured = next((name for name in bound if (name in new.free if isinstance(name, Index) else _occurs(name, new))), None)
        if captured is not None and _occurs(old, binder):
            raise DeclarationError(f"{captured} in {new}, which replaces {old}, would be bound in {binder}; rename it before substituting")


def _binders_in(term: Term) -> Iterator[Term]:
    """The distinct terms inside, the term itself included, that bind names."""
    return (part for part in _walk(term, parts) if bound_by(part))


def _walk(term: Term, inside: Callable[[Term], Iterable[Term]]) -> Iterator[Term]:
    """A term and all that is inside, each once."""
    seen, stack = {term}, [term]
    while stack:
        yield (part := stack.pop())
        for inner in inside(part):
            if inner not in seen:
                seen.add(inner)
                stack.append(inner)


def bound_by(term: Term) -> tuple[Term | Index, ...]:
    """The names that a term binds."""
    match term:
        case Sum(index, _):
            return (index,)
        case Series(counter, _, _):
            return (counter,)
        case Iterate():
            return term.bound
        case ArgMin(_, variable, _):
            return (variable,)
        case Expectation(_, over, _):
            return tuple(name for name in over if isinstance(name, Symbol))
    return ()


def _occurs(wanted: Term, term: Term) -> bool:
    """Whether a term occurs in another; a name that is bound in the whole of a part does not occur in that."""

    def binds(part: Term) -> bool:
        return isinstance(part, ArgMin | Expectation) and wanted in bound_by(part)

    return any(wanted == part and not binds(part) for part in _walk(term, lambda part: () if binds(part) else parts(part)))


__all__ = [
    "SCALAR",
    "Apply",
    "Cases",
    "Dim",
    "Function",
    "Gradient",
    "Hessian",
    "Indicator",
    "Iterate",
    "Jacobian",
    "Maximum",
    "Minimum",
    "Named",
    "Series",
    "Softmax",
    "Sum",
    "at_positions",
    "bound_by",
    "squared_norm",
    "substitute",
    "transform",
    "variable_base",
]
