"""Tensors as products: of the factors of a scalar, of a network without sums, or of what all networks of a sum have in common.

Functions that take products to products (sign, |·|, √, log, powers) are brought to normal form factor by factor.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TypeAlias

from derivations.language.errors import UnsupportedError
from derivations.proof.algebra import Algebra, Monomial
from derivations.proof.atoms import constant_of, is_constant, placed
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Factor, Network
from derivations.proof.tensors import Label, Tensor

__all__ = ["Parts", "argument_in", "factored", "function_in"]

Parts: TypeAlias = list[tuple[Tensor, int]]
"""Tensors on the axes of the whole, each with its power; a negative power is one of a scalar that is not 0."""

_Factor: TypeAlias = tuple[int, tuple[Label, ...]]
"""An atom and the labels of its axes."""


def factored(algebra: Algebra, z: Tensor) -> tuple[Fraction, Parts]:
    """A number and parts whose product a tensor (not 0) is. Each part is irreducible as far as its form shows; those that lead with a
    negative coefficient are negated.
    """
    if not _is_plain(z):
        return Fraction(1), [(z, 1)]
    scalar = constant_of(z) if is_constant(z) else Coefficient.common(z.terms.values())
    number, factors = scalar.factors()
    parts: Parts = [(algebra.constant(factor, z.axes), power) for factor, power in factors]
    if is_constant(z):
        return number, parts
    shared = _shared(z)
    parts += [(algebra.broadcast(algebra.factor(atom, labels), z.axes), power) for (atom, labels), power in shared.items()]
    rest = _rest(algebra, z, scalar, shared)
    if is_constant(rest):
        return number * (constant_of(rest).constant or 1), parts
    if rest.terms[min(rest.terms)].leading < 0:
        number, rest = -number, algebra.negate(rest)
    return number, [*parts, (rest, 1)]


def function_in(algebra: Algebra, part: Tensor) -> str:
    """The name of the function that a part is; empty where it is no single function."""
    number = algebra.only_atom(part) if _is_plain(part) else None
    return algebra.atoms[number].kind if number is not None and algebra.atoms[number].argument is not None else ""


def argument_in(algebra: Algebra, part: Tensor) -> Tensor:
    """The argument of the function that a part is, on the axes of the part.

    Raises:
        UnsupportedError: it is no function.
    """
    (((factors, free), coefficient),) = part
    ((number, slots),) = factors or algebra.generator_atom(coefficient)
    argument = algebra.atoms[number].argument
    if argument is None:
        raise UnsupportedError("the argument of what is no function")
    return algebra.broadcast(placed(algebra, argument, slots, part, free), part.axes)


def _is_plain(z: Tensor) -> bool:
    """Whether no network is zero off a diagonal or off a position."""
    return all(slot >= 0 and free.count(slot) == 1 for _, free in z.terms for slot in free)


def _on_axes(network: Network, labels: tuple[Label, ...]) -> Counter[_Factor]:
    """The factors of a network that stand on its axes alone."""
    factors, free = network
    names = dict(zip(free, labels, strict=True))
    return Counter((number, tuple(names[slot] for slot in slots)) for number, slots in factors if all(slot in names for slot in slots))


def _shared(z: Tensor) -> Counter[_Factor]:
    """The factors on the axes that stand in every network."""
    first, *others = z.terms
    shared = _on_axes(first, z.labels)
    for network in others:
        if not shared:
            break
        shared &= _on_axes(network, z.labels)
    return shared


def _rest(algebra: Algebra, z: Tensor, scalar: Coefficient, shared: Counter[_Factor]) -> Tensor:
    """The tensor without the scalar and without the shared factors."""
    if not shared:
        return z if scalar.constant == 1 else algebra.scale(z, Coefficient.number(1) / scalar)
    raw: list[Monomial] = []
    for (factors, free), coefficient in z:
        names = dict(zip(free, z.labels, strict=True))
        left = Counter(shared)
        kept: list[Factor] = []
        for number, slots in factors:
            place = number, tuple(names.get(slot, "") for slot in slots)
            if left[place] > 0:
                left[place] -= 1
            else:
                kept.append((number, slots))
        raw.append((coefficient / scalar, kept, free, {}))
    return algebra.normal(z.axes, raw)
