"""How a function of a tensor becomes an atom: in the least form, on the axes along which its argument varies."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

from derivations.language.errors import UnsupportedError
from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Slots, degrees
from derivations.proof.tensors import Atom, Axes, Label, Tensor

__all__ = ["atom_of", "constant_of", "has_sum", "is_constant", "leading_sign", "odd", "placed", "scalar_atom", "varying_labels"]


_MOST_PERMUTED = 3


def odd(algebra: Algebra, name: str, z: Tensor) -> Tensor:
    """The atom of an odd function, of z or −z, whichever leads with a positive coefficient."""
    return atom_of(algebra, name, z) if leading_sign(z) > 0 else algebra.negate(atom_of(algebra, name, algebra.negate(z)))


def scalar_atom(algebra: Algebra, name: str, argument: Coefficient, parameter: object = None) -> Coefficient:
    """The atom of a function of a scalar, as a coefficient."""
    return algebra.scalar_network([(algebra.atom(Atom(name, (), parameter, algebra.constant(argument))), ())])


def atom_of(algebra: Algebra, name: str, z: Tensor, parameter: object = None) -> Tensor:
    """The atom of a function (and its parameter, if it has one), on the axes along which the argument varies, numbered in the least order."""
    if any(slot < 0 for _, free in z.terms for slot in free):
        return _by_positions(algebra, name, z, parameter)
    labels = varying_labels(z, z.terms)
    if not labels:
        return algebra.constant(scalar_atom(algebra, name, constant_of(z), parameter), z.axes)
    argument, order = _least_order(algebra, z, labels)
    number = algebra.atom(Atom(name, tuple(dim for _, dim in argument.axes), parameter, argument))
    return algebra.broadcast(algebra.factor(number, order), z.axes)


def _by_positions(algebra: Algebra, name: str, z: Tensor, parameter: object) -> Tensor:
    """A function of a matrix that is given by its entries: entry by entry."""
    places = {k for _, free in z.terms for k, slot in enumerate(free) if slot < 0}
    label, dim = z.axes[min(places)]
    if not isinstance(dim, int):
        raise UnsupportedError(f"{name} of a vector with a fixed position on an axis of symbolic length")
    result = Tensor(z.axes, {})
    for position in range(1, dim + 1):
        there = algebra.wire(((label, dim),), (-position,))
        result = algebra.add(result, algebra.multiply(there, algebra.apply(name, algebra.fix(z, label, position), parameter)))
    return result


def varying_labels(z: Tensor, networks: Any) -> tuple[Label, ...]:
    """The labels along which some of the networks vary."""
    found: set[int] = set()
    for factors, free in networks:
        inner = degrees(factors)
        found |= {k for k, slot in enumerate(free) if slot < 0 or slot in inner or free.count(slot) > 1}
    return tuple(z.labels[k] for k in sorted(found))


def is_constant(z: Tensor) -> bool:
    """Whether all entries are equal, as far as the form shows."""
    return not varying_labels(z, z.terms)


def constant_of(z: Tensor) -> Coefficient:
    """The value of a tensor that does not vary along its axes."""
    (coefficient,) = z.terms.values() or (Coefficient.number(0),)
    return coefficient


def leading_sign(z: Tensor) -> Fraction:
    """The leading coefficient of the least network; its sign is what tells z from −z."""
    return z.terms[min(z.terms)].leading


def _least_order(algebra: Algebra, z: Tensor, labels: tuple[Label, ...]) -> tuple[Tensor, list[Label]]:
    """The argument on axes named "0", "1", …, in the order that gives the least tensor; and the labels in that order."""
    best: tuple[Any, Tensor, list[Label]] | None = None
    orders = permutations(labels) if 1 < len(labels) <= _MOST_PERMUTED else [labels]
    dims = dict(z.axes)
    place = {label: k for k, label in enumerate(z.labels)}
    for order in orders:
        axes: Axes = tuple((str(k), dims[label]) for k, label in enumerate(order))
        terms = {}
        for (factors, free), coefficient in z:
            terms[algebra.canonical(factors, tuple(free[place[label]] for label in order))] = coefficient
        candidate = Tensor(axes, terms)
        key = _comparable(candidate)
        if best is None or key < best[0]:
            best = key, candidate, list(order)
    if best is None:
        raise UnsupportedError("a function of no axes")
    return best[1], best[2]


def _comparable(tensor: Tensor) -> Any:
    def spelled(coefficient: Coefficient) -> Any:
        return tuple(sorted((tuple(sorted(powers.items())), factor) for factor, powers in coefficient.monomials()))

    return [str(dim) for _, dim in tensor.axes], sorted((network, spelled(coefficient)) for network, coefficient in tensor)


def placed(algebra: Algebra, tensor: Tensor, slots: Slots, z: Tensor, free: Slots) -> Tensor:
    """The tensor whose axes lie on `slots`, on the labels that z has there: constant along the other labels of z."""
    labels = dict(zip(free, z.labels, strict=True))
    return algebra.relabel(tensor, {label: labels[slot] for label, slot in zip(tensor.labels, slots, strict=True)})


def has_sum(factors: Any, free: tuple[int, ...]) -> bool:
    """Whether an edge of the network is summed over."""
    return any(edge >= 0 and edge not in free for _, slots in factors for edge in slots)
