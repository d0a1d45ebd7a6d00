"""Tensors in normal form: sums of networks with coefficients, on labelled axes.

A label is "row", "column" or a free index; axes of length 1 do not exist. So a term of shape (n, 1) with a free index i is a
tensor with the axes i and row. All operations glue equal labels, which is the entrywise product; contraction sums over a label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from derivations.language.shapes import Dim
from derivations.language.terms import Index
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Network

__all__ = ["COLUMN", "INNER", "ROW", "Atom", "Axes", "Label", "Tensor", "sorted_axes"]

Label: TypeAlias = str | Index
ROW, COLUMN, INNER = "row", "column", "inner"
Axes: TypeAlias = tuple[tuple[Label, Dim], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """Terms on axes: each network's free slots stand in the order of the axes."""

    axes: Axes
    terms: dict[Network, Coefficient]

    def __iter__(self) -> Iterator[tuple[Network, Coefficient]]:
        return iter(self.terms.items())

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of the axes, in order."""
        return tuple(label for label, _ in self.axes)

    @property
    def key(self) -> object:
        """Equal for equal tensors, hashable."""
        return self.axes, frozenset((network, coefficient.key) for network, coefficient in self)


@dataclass(frozen=True, slots=True)
class Atom:
    """What stands at a factor: a symbol, or a function of a tensor.

    Attributes:
        kind: "symbol", or the name of the function (elementwise: one axis for each of the argument's; "inverse": two axes).
        name: of a symbol.
        argument: of a function.
    """

    kind: str
    dims: tuple[Dim, ...]
    name: object = None
    argument: Tensor | None = None
    symmetric: bool = False

    @property
    def key(self) -> object:
        """Equal for equal atoms."""
        return self.kind, self.dims, self.name, self.argument.key if self.argument is not None else None


def sorted_axes(axes: dict[Label, Dim]) -> Axes:
    """Indices by name, then row, column, inner."""
    return tuple(sorted(axes.items(), key=lambda item: (isinstance(item[0], str), _order(item[0]))))


def _order(label: Label) -> str:
    if isinstance(label, Index):
        return label.name
    return {ROW: "1", COLUMN: "2", INNER: "3"}.get(label, label)
