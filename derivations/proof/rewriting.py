"""The rules of the normal form, one for each function whose products are more than wiring. See `algebra` for what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Factor, Slots, embeddings
from derivations.proof.positivity import is_certainly_nonzero
from derivations.proof.tensors import Atom, Tensor

if TYPE_CHECKING:
    from derivations.proof.algebra import Algebra

__all__ = ["LAST_RULES", "RULES", "Replacement", "Rewriting"]

Replacement: TypeAlias = tuple[Coefficient, list[Factor], list[tuple[int, int]]]
"""Coefficient, factors, and pairs of slots to merge."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What a monomial is replaced by: a sum of replacements.

    Attributes:
        consumed: summed edges that are gone with a whole sum that was replaced. Any other edge that a replacement no longer
            touches is still summed over, and counts its length.
    """

    replacements: list[Replacement]
    consumed: frozenset[int] = frozenset()


def _same(factors: list[Factor], place: int) -> list[int]:
    return [k for k, factor in enumerate(factors) if factor == factors[place]]


def _tanh_rule(algebra: Algebra, factors: list[Factor], place: int, free: Slots) -> Rewriting | None:
    twins = _same(factors, place)
    if len(twins) < 2:
        return None
    number, slots = factors[place]
    rest = [factor for k, factor in enumerate(factors) if k not in twins[:2]]
    slope = algebra.atom(Atom("tanh slope", algebra.atoms[number].dims, None, algebra.atoms[number].argument))
    one = Coefficient.number(1)
    return Rewriting([(one, rest, []), (-one, [*rest, (slope, slots)], [])])


def _sign_rule(algebra: Algebra, factors: list[Factor], place: int, free: Slots) -> Rewriting | None:
    """sign² = 1 where the argument is not 0; sign³ = sign, and z·sign(z)² = z, everywhere."""
    twins = _same(factors, place)[:3]
    if len(twins) < 2:
        return None
    if len(twins) > 2 or factors[place][0] in algebra.nonzero:
        return Rewriting([(Coefficient.number(1), [factor for k, factor in enumerate(factors) if k not in twins[:2]], [])])
    return _beside_its_argument(algebra, factors, twins, free)


def _beside_its_argument(algebra: Algebra, factors: list[Factor], twins: list[int], free: Slots) -> Rewriting | None:
    """z·s² = z for the sign s of z, so lead·s² = (z − rest·s²) / coefficient of the lead, where z = lead + rest."""
    number, slots = factors[twins[0]]
    argument = algebra.atoms[number].argument
    if argument is None:
        return None
    lead = max(argument.terms, key=lambda network: (len(network[0]), network))
    if not lead[0] or not is_certainly_nonzero(algebra, argument.terms[lead]):
        return None
    others = [(-1, ()) if k in twins else factor for k, factor in enumerate(factors)]
    found = embeddings(lead, slots, others, free, algebra.is_symmetric)
    if found is None:
        return None
    if len(argument.terms) == 1:
        return Rewriting([(Coefficient.number(1), [factor for k, factor in enumerate(factors) if k not in twins], [])])
    scale = Coefficient.number(1) / argument.terms[lead]
    whole = Tensor(argument.axes, {network: c * scale for network, c in argument})
    rest = Tensor(argument.axes, {network: -c * scale for network, c in argument if network != lead})
    summed = frozenset(edge for k in found for edge in factors[k][1] if edge not in slots)
    return Rewriting([*algebra.spliced(factors, {*found, *twins}, whole, slots), *algebra.spliced(factors, found, rest, slots)], summed)


def _sqrt_rule(algebra: Algebra, factors: list[Factor], place: int, free: Slots) -> Rewriting | None:
    twins = _same(factors, place)
    argument = algebra.atoms[factors[place][0]].argument
    if len(twins) < 2 or argument is None:
        return None
    return Rewriting(algebra.spliced(factors, twins[:2], argument, factors[place][1]))


def _exp_rule(algebra: Algebra, factors: list[Factor], place: int, free: Slots) -> Rewriting | None:
    slots = factors[place][1]
    twin = next((k for k, (n, s) in enumerate(factors) if k != place and algebra.atoms[n].kind == "exp" and sorted(s) == sorted(slots)), None)
    if twin is None:
        return None
    first, second = algebra.atoms[factors[place][0]].argument, algebra.atoms[factors[twin][0]].argument
    if first is None or second is None:
        return None
    aligned = algebra.relabel(second, {label: first.labels[slots.index(slot)] for label, slot in zip(second.labels, factors[twin][1], strict=True)})
    return Rewriting(algebra.spliced(factors, {place, twin}, algebra.apply("exp", algebra.add(first, aligned)), factors[place][1]))


def _reciprocal_rule(algebra: Algebra, factors: list[Factor], place: int, free: Slots) -> Rewriting | None:
    """(lead + rest)·(1/Z) = 1, so lead·(1/Z) = (1 − rest·(1/Z)) / coefficient of the lead."""
    number, slots = factors[place]
    argument = algebra.atoms[number].argument
    if argument is None:
        return None
    lead = max((n for n, c in argument if n[0] and c.constant is not None), key=lambda network: (len(network[0]), network), default=None)
    if lead is None:
        return None
    if (lowered := _negative_power(algebra, factors, place)) is not None:
        return lowered
    found = embeddings(lead, slots, [f if k != place else (-1, ()) for k, f in enumerate(factors)], free, algebra.is_symmetric)
    if found is None:
        return None
    scale = Coefficient.number(1) / argument.terms[lead]
    remainder = Tensor(argument.axes, {network: -c * scale for network, c in argument if network != lead})
    without = [factor for k, factor in enumerate(factors) if k not in found and k != place]
    summed = frozenset(edge for k in found for edge in factors[k][1] if edge not in slots)
    return Rewriting([(scale, without, []), *algebra.spliced(factors, found, remainder, slots)], summed)


def _negative_power(algebra: Algebra, factors: list[Factor], place: int) -> Rewriting | None:
    """For Z = c + d·exp V and q > 0: exp(−qV)·(1/Z) = (exp(−qV) − d·exp((1 − q)V)·(1/Z)) / c, so that no negative power stays."""
    number, slots = factors[place]
    z = algebra.atoms[number].argument
    constants = [network for network in z.terms if not network[0] and network[1] == tuple(range(len(slots)))] if z is not None else []
    if z is None or len(z.terms) != 2 or len(constants) != 1:
        return None
    (power,) = (network for network in z.terms if network != constants[0])
    base = algebra.atoms[power[0][0][0]]
    if len(power[0]) != 1 or base.kind != "exp" or base.argument is None or power[0][0][1] != power[1]:
        return None
    for other, there in factors:
        atom = algebra.atoms[other]
        if atom.kind != "exp" or there != slots or atom.argument is None or not _negative_multiple(atom.argument, base.argument):
            continue
        scale = Coefficient.number(1) / z.terms[constants[0]]
        without = [factor for k, factor in enumerate(factors) if k != place]
        raised = algebra.spliced(factors, (), Tensor(z.axes, {power: -z.terms[power] * scale}), slots)
        return Rewriting([(scale, without, []), *raised])
    return None


def _negative_multiple(w: Tensor, v: Tensor) -> bool:
    """Whether W = −qV for a rational q > 0."""
    if w.axes != v.axes or w.terms.keys() != v.terms.keys():
        return False
    ratios = {(w.terms[network] / v.terms[network]).constant for network in v.terms}
    (ratio,) = ratios if len(ratios) == 1 else (None,)
    return ratio is not None and ratio < 0


RULES: dict[str, Callable[[Algebra, list[Factor], int, Slots], Rewriting | None]] = {
    "tanh": _tanh_rule,
    "tanh slope": lambda algebra, factors, place, free: None,
    "sign": _sign_rule,
    "sqrt": _sqrt_rule,
    "exp": _exp_rule,
    "log": lambda algebra, factors, place, free: None,
    "entrywise geometric sum": lambda algebra, factors, place, free: None,
}
LAST_RULES: dict[str, Callable[[Algebra, list[Factor], int, Slots], Rewriting | None]] = {"reciprocal": _reciprocal_rule}
"""The elementwise functions that may be atoms, each with its rule; all of them specialise at fixed positions and on diagonals."""
