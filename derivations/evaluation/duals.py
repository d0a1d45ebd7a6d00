"""Dual numbers: derivatives by evaluation, over any field of entries.

A dual number v + Σ p_k ε_k carries the partial derivatives p_k of a value with respect to the entries k of the quantities varied
at its level. Levels keep nested derivatives apart: at an operation the higher level is outer, and a number of a lower level is
a constant for it. (Griewank & Walther, Evaluating Derivatives, 2008, sections 3.1 and 13.2.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Dual", "partial", "primal"]


class Dual:
    """v + Σ p_k ε_k at a level; entries v and p_k are field elements or duals of lower levels."""

    __slots__ = ("level", "partials", "value")

    def __init__(self, level: int, value: Any, partials: Mapping[int, Any]) -> None:
        self.level, self.value, self.partials = level, value, partials

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Dual) or other.level < self.level:
            return Dual(self.level, self.value + other, self.partials)
        if other.level > self.level:
            return Dual(other.level, self + other.value, other.partials)
        merged = dict(self.partials)
        for key, slope in other.partials.items():
            merged[key] = merged[key] + slope if key in merged else slope
        return Dual(self.level, self.value + other.value, merged)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(self.level, -self.value, {key: -slope for key, slope in self.partials.items()})

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Dual) or other.level < self.level:
            return Dual(self.level, self.value * other, {key: slope * other for key, slope in self.partials.items()})
        if other.level > self.level:
            return Dual(other.level, self * other.value, {key: self * slope for key, slope in other.partials.items()})
        merged = {key: slope * other.value for key, slope in self.partials.items()}
        for key, slope in other.partials.items():
            term = self.value * slope
            merged[key] = merged[key] + term if key in merged else term
        return Dual(self.level, self.value * other.value, merged)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self * (1 / other)

    def __rtruediv__(self, other: Any) -> Any:
        inverse = 1 / self.value
        return self.chain(inverse, lambda: -(inverse * inverse)) * other

    def chain(self, value: Any, slope: Callable[[], Any]) -> Dual:
        """f(self), from f and f′ at the value; f′ is asked for only where something is varied."""
        if not self.partials:
            return Dual(self.level, value, {})
        factor = slope()
        return Dual(self.level, value, {key: factor * inner for key, inner in self.partials.items()})


def primal(entry: Any) -> Any:
    """The field element under all levels."""
    while isinstance(entry, Dual):
        entry = entry.value
    return entry


def partial(entry: Any, level: int, key: int, zero: Any) -> Any:
    """The partial derivative at a level; `zero` where the entry does not depend on the key."""
    if isinstance(entry, Dual) and entry.level == level:
        return entry.partials.get(key, zero)
    return zero
