"""Terms: the typed expressions of the language. They are frozen, picklable, and never evaluate or simplify themselves.

Every node knows its `shape` and its `free` indices, both computed once from its parts; a node whose parts do not fit raises
`ShapeError`. Equality is structural (``==`` compares spelling, not meaning; meaning is what a claim is for), while ``< <= > >=``
build relations. This module holds the base class, the leaves and the algebra; the nodes with a binder, a branch or a
derivative are in `derivations.language.operators`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar, dataclass_transform

from derivations.language.errors import DeclarationError, ShapeError, UnsupportedError
from derivations.language.shapes import (
    SCALAR,
    Dim,
    Shape,
    normalized,
    product_shape,
    require_scalar,
    require_square,
    require_vector,
    same_shape,
    show_dim,
    show_shape,
    sides,
)

Operand: TypeAlias = "Term | int | Fraction"

_Node = TypeVar("_Node", bound="Term")


@dataclass_transform(frozen_default=True, eq_default=False)
def node(cls: type[_Node]) -> type[_Node]:
    """Decorate the class of a node: a frozen dataclass with slots, compared and hashed by `Term`."""
    return dataclass(frozen=True, eq=False, repr=False, slots=True)(cls)


@dataclass(frozen=True, slots=True)
class Index:
    """A name that runs over 1 … dim: bound by a sum, or free, and then a claim holds for each of its values."""

    name: str
    dim: Dim

    def __repr__(self) -> str:
        return self.name


Position = Index | int
"""Where an entry stands: a symbolic index, or an integer counted from 1."""


class Term:
    """Base class of all terms.

    Attributes:
        shape: ``()`` or ``(rows, columns)``.
        free: the indices that occur and are not bound inside.
    """

    __slots__ = ("_hash", "_parts", "_values", "free", "shape")
    __match_args__: tuple[str, ...] = ()
    shape: Shape
    free: frozenset[Index]
    _hash: int
    _parts: tuple[Term, ...]
    _values: tuple[Any, ...]

    def __post_init__(self) -> None:
        values = tuple(getattr(self, name) for name in self.__match_args__)
        set_ = object.__setattr__
        set_(self, "_values", values)
        set_(self, "_parts", tuple(parts_in(values)))
        set_(self, "_hash", hash((type(self).__name__, values)))
        set_(self, "free", self._free(values))
        set_(self, "shape", self._shape())

    def _shape(self) -> Shape:
        raise NotImplementedError(f"{type(self).__name__} does not say its shape")

    def _free(self, values: tuple[Any, ...]) -> frozenset[Index]:
        return free_in(values)

    def values(self) -> tuple[Any, ...]:
        """The fields, in the order of the constructor."""
        return self._values

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term):
            return NotImplemented
        if type(self) is not type(other) or self._hash != other._hash or self._values != other._values:
            return False
        object.__setattr__(other, "_values", self._values)  # shared parts are compared once, not once for every way that leads to them
        return True

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Term], tuple[Any, ...]]:
        return type(self), self.values()

    def __repr__(self) -> str:
        from derivations.language.writing import text

        return text(self)

    def __add__(self, other: Operand) -> Term:
        return Add(self, as_term(other))

    def __radd__(self, other: Operand) -> Term:
        return Add(as_term(other), self)

    def __sub__(self, other: Operand) -> Term:
        return Subtract(self, as_term(other))

    def __rsub__(self, other: Operand) -> Term:
        return Subtract(as_term(other), self)

    def __neg__(self) -> Term:
        return Negate(self)

    def __mul__(self, other: Operand) -> Term:
        return Multiply(self, as_term(other))

    def __rmul__(self, other: Operand) -> Term:
        return Multiply(as_term(other), self)

    def __truediv__(self, other: Operand) -> Term:
        return Divide(self, as_term(other))

    def __rtruediv__(self, other: Operand) -> Term:
        return Divide(as_term(other), self)

    def __matmul__(self, other: Operand) -> Term:
        return MatMul(self, as_term(other))

    def __rmatmul__(self, other: Operand) -> Term:
        return MatMul(as_term(other), self)

    def __pow__(self, exponent: Operand) -> Term:
        return Power(self, as_term(exponent))

    def __rpow__(self, base: Operand) -> Term:
        return Power(as_term(base), self)

    @property
    def T(self) -> Term:
        """The transpose."""
        return Transpose(self)

    def __lt__(self, other: Operand) -> Relation:
        return Relation(self, "<", as_term(other))

    def __le__(self, other: Operand) -> Relation:
        return Relation(self, "<=", as_term(other))

    def __gt__(self, other: Operand) -> Relation:
        return Relation(self, ">", as_term(other))

    def __ge__(self, other: Operand) -> Relation:
        return Relation(self, ">=", as_term(other))


ORDERINGS = ("<", "<=", ">", ">=")
CONNECTIVES = ("and", "or", "iff", "implies")
RELATIONS = ("=", "!=", *ORDERINGS, *CONNECTIVES, "->", "in")


class Statement:
    """Base class of what is true or false at an instance: relations, properties, and statements for every index.

    ``(eta > 0) & (eta < 1)`` says both, ``|`` at least one. A statement has no truth value by itself; a claim is judged.
    """

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def values(self) -> tuple[Any, ...]:
        """The fields, in the order of the constructor."""
        return tuple(getattr(self, name) for name in self.__match_args__)

    @property
    def free(self) -> frozenset[Index]:
        """The indices that occur and are not bound inside."""
        return free_in(self.values())

    def __and__(self, other: Statement) -> Relation:
        return Relation(self, "and", other)

    def __or__(self, other: Statement) -> Relation:
        return Relation(self, "or", other)

    def __bool__(self) -> bool:
        raise DeclarationError(f"{self} is a statement, not a truth value; write 0 < x <= 1 as (x > 0) & (x <= 1)")

    def __repr__(self) -> str:
        from derivations.language.writing import text

        return text(self)


@dataclass(frozen=True, slots=True, repr=False)
class Relation(Statement):
    """``left symbol right`` with `symbol` one of `RELATIONS`. Between matrices it holds if it holds in every entry
    (``!=`` too: no entry of the one equals that of the other). ``->`` says that the left side tends to the right one as the counter in it
    grows. The sides of ``and``, ``or``, ``iff`` and ``implies`` are statements.
    """

    left: Term | Statement
    symbol: str
    right: Term | Statement

    def __post_init__(self) -> None:
        if self.symbol not in RELATIONS:
            raise DeclarationError(f"{self.symbol!r} is no relation; expected one of {' '.join(RELATIONS)}")
        connective = self.symbol in CONNECTIVES
        for side in (self.left, self.right):
            if isinstance(side, Term) == connective:
                raise DeclarationError(f"the sides of {self.symbol!r} must be {'statements' if connective else 'terms'}; found {side}")


def as_term(value: object) -> Term:
    """Numbers become `Number` terms; terms stay.

    Raises:
        DeclarationError: anything else; a float too, since its decimal spelling is not its value.
    """
    if isinstance(value, Term):
        return value
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Number(Fraction(value))
    if isinstance(value, float):
        raise DeclarationError(f"{value} is a float; write the exact number, as an integer or as Fraction(numerator, denominator)")
    raise DeclarationError(f"{value!r} ({type(value).__name__}) is no term; expected a term, an integer or a Fraction")


def free_in(value: object) -> frozenset[Index]:
    """The free indices of a field's value."""
    if isinstance(value, Term):
        return value.free
    if isinstance(value, Index):
        return frozenset((value,))
    if isinstance(value, tuple):
        return frozenset().union(*map(free_in, value))
    if isinstance(value, Statement):
        return value.free
    return frozenset()


def parts_in(value: object) -> Iterator[Term]:
    """The terms in a field's value."""
    if isinstance(value, Term):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from parts_in(item)
    elif isinstance(value, Statement):
        yield from parts_in(value.values())


def parts(term: Term) -> tuple[Term, ...]:
    """The direct subterms, also those inside statements, branches and rows."""
    return term._parts


def map_parts(value: Any, change: Callable[[Term], Term]) -> Any:
    """A field's value with `change` applied to the terms directly in it."""
    if isinstance(value, Term):
        return change(value)
    if isinstance(value, tuple):
        return tuple(map_parts(item, change) for item in value)
    if isinstance(value, Statement):
        return type(value)(*map_parts(value.values(), change))
    return value


# ---------------------------------------------------------------------------------------------------------------- leaves


@node
class Number(Term):
    """An exact rational number."""

    value: Fraction

    def _shape(self) -> Shape:
        return SCALAR


@node
class Dimension(Term):
    """A symbol for an integer ≥ `least`. With 1 it is a size in shapes, and a scalar in terms (``1 / n``); with 0 it counts the
    steps of a sequence, in exponents and sums.
    """

    name: str
    least: int = 1

    def _shape(self) -> Shape:
        return SCALAR


@node
class Symbol(Term):
    """A named real (or, with `field` "complex", complex) scalar, vector or matrix."""

    name: str
    size: Shape = SCALAR
    field: str = "real"

    def _shape(self) -> Shape:
        return self.size


@dataclass(frozen=True, slots=True)
class Integers:
    """The axis of a family with a member for every integer, as the weights W_l of a network with any number of layers."""

    name: str = "integers"


INTEGERS = Integers()


@dataclass(frozen=True, slots=True)
class Family:
    """An indexed family of samples x_i, i = 1…n: one tensor whose first axes are the sample axes. ``x[i]`` is a member.

    Or, on the axis `INTEGERS`, one with a member for every integer: ``W[l + 1]`` for a counter l. Its members are given independently.
    """

    name: str
    axes: tuple[Dim, ...]
    size: Shape = SCALAR
    field: str = "real"

    def __getitem__(self, position: Position | Term | tuple[Position | Term, ...]) -> Term:
        positions = position if isinstance(position, tuple) else (position,)
        return Member(self, tuple(as_term(p) if self.is_numbered and isinstance(p, int) else p for p in positions))

    @property
    def is_numbered(self) -> bool:
        """Whether it has a member for every integer."""
        return self.axes == (INTEGERS,)

    def __repr__(self) -> str:
        return self.name


@node
class Member(Term):
    """The member of a family at a position: shape of the family's members. A member for every integer stands at a whole number of counters,
    sizes and integers, such as ``l + 1``.
    """

    family: Family
    positions: tuple[Position | Term, ...]

    def _shape(self) -> Shape:
        if len(self.positions) != len(self.family.axes):
            raise DeclarationError(f"{self.family} has {len(self.family.axes)} sample axes; {len(self.positions)} positions were given")
        for position, dim in zip(self.positions, self.family.axes, strict=True):
            if dim == INTEGERS and isinstance(position, Term):
                linear_form(position)
            elif dim == INTEGERS or isinstance(position, Term):
                expected = "a sum of counters and integers" if dim == INTEGERS else "an index or an integer"
                raise DeclarationError(f"{self.family}: the position {position}; expected {expected}")
            else:
                check_position(position, dim, self.family)
        return self.family.size

    @property
    def places(self) -> tuple[Position, ...]:
        """The positions in a family of samples; none in one with a member for every integer."""
        return tuple(position for position in self.positions if not isinstance(position, Term))


@node
class Identity(Term):
    """The identity matrix of shape (dim, dim)."""

    dim: Dim

    def _shape(self) -> Shape:
        return normalized(self.dim, self.dim)


@node
class Filled(Term):
    """The matrix of shape (rows, columns) with every entry 1 or every entry 0."""

    rows: Dim
    columns: Dim
    entry: int

    def _shape(self) -> Shape:
        return normalized(self.rows, self.columns)


@node
class Unit(Term):
    """The basis vector of shape (dim, 1) with a 1 at the position; the one-hot vector of a class."""

    dim: Dim
    position: Position

    def _shape(self) -> Shape:
        check_position(self.position, self.dim, "the basis vector")
        return normalized(self.dim, 1)


@node
class Delta(Term):
    """Kronecker's delta: 1 where both positions agree, else 0."""

    left: Position
    right: Position

    def _shape(self) -> Shape:
        if isinstance(self.left, Index) and isinstance(self.right, Index) and self.left.dim != self.right.dim:
            raise ShapeError(f"delta: {self.left} runs to {show_dim(self.left.dim)}, {self.right} to {show_dim(self.right.dim)}")
        return SCALAR


@node
class Literal(Term):
    """A matrix given by its entries (scalars), row by row."""

    rows: tuple[tuple[Term, ...], ...]

    def _shape(self) -> Shape:
        if not self.rows or not self.rows[0] or len({len(row) for row in self.rows}) != 1:
            raise ShapeError(f"a literal matrix needs rows of one length; found lengths {[len(row) for row in self.rows]}")
        for entry in (entry for row in self.rows for entry in row):
            require_scalar("an entry of a literal matrix", entry.shape, entry)
        return normalized(len(self.rows), len(self.rows[0]))


def check_position(position: Position, dim: Dim, owner: object) -> None:
    """Raises:
    ShapeError: the position cannot lie in 1 … dim.
    """
    if isinstance(position, Index):
        if position.dim != dim:
            raise ShapeError(f"{owner}: index {position} runs to {show_dim(position.dim)}, the axis has length {show_dim(dim)}")
    elif position < 1 or (isinstance(dim, int) and position > dim):
        raise ShapeError(f"{owner}: position {position} is outside 1…{show_dim(dim)}")
    elif not isinstance(dim, int) and position > 1:
        raise UnsupportedError(f"{owner}: position {position} on an axis of symbolic length {show_dim(dim)} may not exist; use an index")


def linear_form(term: Term) -> tuple[dict[Dimension, int], int]:
    """The coefficients of the counters and sizes, none of them 0, and the constant, of a term that is an integer whatever these are.

    Raises:
        DeclarationError: the term is nothing of the kind.
    """
    match term:
        case Number(value) if value.denominator == 1:
            return {}, int(value)
        case Dimension():
            return {term: 1}, 0
        case Negate(operand):
            return _combined(({}, 0), linear_form(operand), -1)
        case Add(left, right):
            return _combined(linear_form(left), linear_form(right), 1)
        case Subtract(left, right):
            return _combined(linear_form(left), linear_form(right), -1)
        case Multiply(Number(value), other) | Multiply(other, Number(value)) if value.denominator == 1:
            return _combined(({}, 0), linear_form(other), int(value))
    raise DeclarationError(f"{term} is no whole number of counters, sizes and integers, such as l + 1")


def _combined(left: tuple[dict[Dimension, int], int], right: tuple[dict[Dimension, int], int], times: int) -> tuple[dict[Dimension, int], int]:
    sums = {dim: left[0].get(dim, 0) + times * right[0].get(dim, 0) for dim in {**left[0], **right[0]}}
    return {dim: factor for dim, factor in sums.items() if factor}, left[1] + times * right[1]


# --------------------------------------------------------------------------------------------------------------- algebra


@node
class Add(Term):
    """The sum of two terms of one shape."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        return same_shape("add", self.left.shape, self.right.shape, (self.left, self.right))


@node
class Subtract(Term):
    """The difference of two terms of one shape."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        return same_shape("subtract", self.left.shape, self.right.shape, (self.left, self.right))


@node
class Negate(Term):
    """The negative."""

    operand: Term

    def _shape(self) -> Shape:
        return self.operand.shape


@node
class Multiply(Term):
    """``*``: a scalar times anything, in either order."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        if self.left.shape and self.right.shape:
            raise ShapeError(
                f"{self.left} has shape {show_shape(self.left.shape)}, {self.right} has shape {show_shape(self.right.shape)}: * needs a scalar; "
                "write @ for the matrix product, hadamard(a, b) for the entrywise one"
            )
        return self.left.shape or self.right.shape


@node
class Divide(Term):
    """A term divided by a scalar."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        require_scalar("a divisor", self.right.shape, self.right)
        return self.left.shape


@node
class MatMul(Term):
    """``@``: the matrix product; a scalar counts as a (1, 1) matrix."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        return product_shape(self.left.shape, self.right.shape, (self.left, self.right))


@node
class Power(Term):
    """A scalar to a scalar power, or a square matrix to an integer or symbolic power."""

    base: Term
    exponent: Term

    def _shape(self) -> Shape:
        require_scalar("an exponent", self.exponent.shape, self.exponent)
        require_square("a power", self.base.shape, self.base)
        return self.base.shape


@node
class Transpose(Term):
    """The transpose."""

    operand: Term

    def _shape(self) -> Shape:
        rows, columns = sides(self.operand.shape)
        return normalized(columns, rows)


@node
class Inverse(Term):
    """The inverse of a square matrix."""

    operand: Term

    def _shape(self) -> Shape:
        require_square("the inverse", self.operand.shape, self.operand)
        return self.operand.shape


@node
class PseudoInverse(Term):
    """The Moore–Penrose pseudo-inverse A⁺ of any matrix, of the transposed shape; of a scalar, 1/x, and 0 where x = 0.

    It is the one matrix with A A⁺ A = A, A⁺ A A⁺ = A⁺, and A A⁺ and A⁺ A symmetric (Penrose 1955).
    """

    operand: Term

    def _shape(self) -> Shape:
        rows, columns = sides(self.operand.shape)
        return normalized(columns, rows)


@node
class Hadamard(Term):
    """The entrywise product of two matrices of one shape."""

    left: Term
    right: Term

    def _shape(self) -> Shape:
        return same_shape("multiply entrywise", self.left.shape, self.right.shape, (self.left, self.right))


@node
class HadamardPower(Term):
    """Every entry to an integer power."""

    base: Term
    exponent: int

    def _shape(self) -> Shape:
        return self.base.shape


@node
class Trace(Term):
    """The trace of a square matrix."""

    operand: Term

    def _shape(self) -> Shape:
        require_square("the trace", self.operand.shape, self.operand)
        return SCALAR


@node
class Determinant(Term):
    """The determinant of a square matrix."""

    operand: Term

    def _shape(self) -> Shape:
        require_square("the determinant", self.operand.shape, self.operand)
        return SCALAR


@node
class Diag(Term):
    """The diagonal matrix (n, n) of a vector (n, 1)."""

    operand: Term

    def _shape(self) -> Shape:
        require_vector("diag", self.operand.shape, self.operand)
        rows = sides(self.operand.shape)[0]
        return normalized(rows, rows)


@node
class Diagonal(Term):
    """The diagonal (n, 1) of a square matrix (n, n)."""

    operand: Term

    def _shape(self) -> Shape:
        require_square("the diagonal", self.operand.shape, self.operand)
        return normalized(sides(self.operand.shape)[0], 1)


NORMS = ("2", "F", "1", "inf")


@node
class Norm(Term):
    """A norm of a vector (kinds 2, 1, inf) or a matrix (kind F)."""

    operand: Term
    kind: str = "2"

    def _shape(self) -> Shape:
        if self.kind not in NORMS:
            raise UnsupportedError(f"norm kind {self.kind!r}; expected one of {', '.join(NORMS)}")
        if self.kind != "F" and 1 not in sides(self.operand.shape):
            matrix = f"the matrix {self.operand} of shape {show_shape(self.operand.shape)}"
            raise UnsupportedError(f"the {self.kind}-norm of {matrix}; for all entries together use kind 'F'")
        return SCALAR


@node
class Entry(Term):
    """The entry of a matrix at a row and a column, each an index or an integer from 1."""

    operand: Term
    row: Position
    column: Position

    def _shape(self) -> Shape:
        rows, columns = sides(self.operand.shape)
        check_position(self.row, rows, self.operand)
        check_position(self.column, columns, self.operand)
        return SCALAR


@node
class Row(Term):
    """A row of a matrix, as a (1, columns) matrix."""

    operand: Term
    row: Position

    def _shape(self) -> Shape:
        rows, columns = sides(self.operand.shape)
        check_position(self.row, rows, self.operand)
        return normalized(1, columns)


@node
class Column(Term):
    """A column of a matrix, as a (rows, 1) vector."""

    operand: Term
    column: Position

    def _shape(self) -> Shape:
        rows, columns = sides(self.operand.shape)
        check_position(self.column, columns, self.operand)
        return normalized(rows, 1)
