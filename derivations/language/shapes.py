"""Shapes with symbolic dimensions, and the rules by which operators combine them.

A shape is ``()`` for a scalar or ``(rows, columns)`` for a matrix; a vector is ``(n, 1)``. A dimension is an integer ≥ 1 or a
symbol for one. Two different symbols are different dimensions, even where an instance may give them the same value.
``(1, 1)`` reads as a scalar: `normalized` is the one place where that happens.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from derivations.language.errors import ShapeError


class SymbolicDimension(Protocol):
    """What a shape needs to know of a symbolic dimension: its name. Equality and hash are by name."""

    @property
    def name(self) -> str:
        """Its name."""


Dim: TypeAlias = int | SymbolicDimension
Shape: TypeAlias = tuple[()] | tuple[Dim, Dim]

SCALAR: Shape = ()


def normalized(rows: Dim, columns: Dim) -> Shape:
    """The shape (rows, columns), where (1, 1) is a scalar."""
    return SCALAR if rows == 1 and columns == 1 else (rows, columns)


def sides(shape: Shape) -> tuple[Dim, Dim]:
    """Rows and columns; a scalar counts as (1, 1)."""
    return shape if shape else (1, 1)


def show_dim(dim: Dim) -> str:
    """``n`` or ``3``."""
    return str(dim) if isinstance(dim, int) else dim.name


def show_shape(shape: Shape) -> str:
    """``scalar`` or ``(n, d)``."""
    return f"({show_dim(shape[0])}, {show_dim(shape[1])})" if shape else "scalar"


def same_shape(operation: str, left: Shape, right: Shape, names: tuple[object, object]) -> Shape:
    """The common shape of both operands of an entrywise operation.

    Raises:
        ShapeError: they differ.
    """
    if left == right:
        return left
    hint = ""
    if left and right and left == (right[1], right[0]):
        hint = f"; did you mean {_wrapped(names[1])}.T?"
    elif not left or not right:
        hint = "; to add a scalar to every entry write scalar * ones(rows, columns)"
    raise ShapeError(f"{names[0]} has shape {show_shape(left)}, {names[1]} has shape {show_shape(right)}: cannot {operation}{hint}")


def product_shape(left: Shape, right: Shape, names: tuple[object, object]) -> Shape:
    """The shape of the matrix product; a scalar counts as (1, 1).

    Raises:
        ShapeError: the inner dimensions differ.
    """
    (rows, inner), (inner_right, columns) = sides(left), sides(right)
    if inner == inner_right:
        return normalized(rows, columns)
    hint = ""
    if not left or not right:
        hint = "; to scale by a scalar write *"
    elif rows == inner_right:
        hint = f"; did you mean {_wrapped(names[0])}.T @ {names[1]}?"
    elif inner == columns:
        hint = f"; did you mean {names[0]} @ {_wrapped(names[1])}.T?"
    raise ShapeError(f"{names[0]} has shape {show_shape(left)}, {names[1]} has shape {show_shape(right)}: cannot multiply{hint}")


def require_scalar(role: str, shape: Shape, name: object) -> None:
    """Raises:
    ShapeError: `name`, which plays `role`, is not a scalar.
    """
    if shape:
        raise ShapeError(f"{role} must be a scalar; {name} has shape {show_shape(shape)}")


def require_square(role: str, shape: Shape, name: object) -> None:
    """Raises:
    ShapeError: `name`, which plays `role`, is not square (a scalar is).
    """
    rows, columns = sides(shape)
    if rows != columns:
        raise ShapeError(f"{role} needs a square matrix; {name} has shape {show_shape(shape)}")


def require_vector(role: str, shape: Shape, name: object) -> None:
    """Raises:
    ShapeError: `name`, which plays `role`, is not a column vector (a scalar is one with a single entry).
    """
    if sides(shape)[1] != 1:
        raise ShapeError(f"{role} needs a column vector; {name} has shape {show_shape(shape)}")


def _wrapped(name: object) -> str:
    text = str(name)
    return text if text.isidentifier() else f"({text})"
