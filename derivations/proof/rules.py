"""Equations as rewriting rules: definitions of inverses, and hypotheses. An equation D = 0 replaces its greatest network by the rest.

The greatest network is the longest one whose coefficient is certainly not zero, so that dividing by it adds no condition. Rules
are kept reduced against each other. A network is greater the more factors it has; of as many, the one with the newest atom, so that what
was defined last is expressed by what was there; ties are broken by its canonical form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Factor, Network, Slots, canonical, degrees, merged, occurrences, shifted
from derivations.proof.positivity import is_certainly_nonzero
from derivations.proof.rewriting import Rewriting
from derivations.proof.tensors import Tensor

if TYPE_CHECKING:
    from derivations.proof.algebra import Algebra

__all__ = ["Rule", "RuleBook", "size"]

_MOST_RULES = 80
_MOST_ARRANGEMENTS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """`lead` is replaced by `rest`, which has the same axes.

    Attributes:
        origin: the definition or the assumption that it states; empty for what follows from others.
        sources: the rules that it was made with.
    """

    lead: Network
    rest: Tensor
    origin: str = ""
    sources: tuple[Rule, ...] = ()

    @property
    def rearranged(self) -> Network | None:
        """The other arrangement, where the rule only rearranges its factors, as where two matrices commute."""
        if len(self.rest.terms) != 1:
            return None
        ((network, coefficient),) = self.rest
        same = sorted(number for number, _ in network[0]) == sorted(number for number, _ in self.lead[0])
        return network if same and coefficient.constant == 1 else None


class RuleBook:
    """The rules of one algebra; equations that only rearrange factors are kept apart, and lead to the least arrangement.

    Attributes:
        fired: the rules that were applied, in the order of their first use; what was applied to make other rules stands with these.
        rearranged: the equations by which factors were rearranged, or could have been.
    """

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.fired: dict[Rule, None] = {}
        self.rearranged: dict[Rule, None] = {}
        self._arrangements: list[tuple[Network, Network, Rule]] = []

    def __bool__(self) -> bool:
        return bool(self.rules or self._arrangements)

    @property
    def full(self) -> bool:
        """Whether no more rules are taken."""
        return len(self.rules) >= _MOST_RULES

    @contextmanager
    def apart(self) -> Iterator[dict[Rule, None]]:
        """What fires inside, kept apart from what fired before."""
        before, self.fired = self.fired, {}
        try:
            yield self.fired
        finally:
            self.fired = before

    def rewriting(self, algebra: Algebra, factors: Sequence[Factor], free: Slots) -> Rewriting | None:
        """The first rule that applies to a monomial, applied; where none does, the arrangement of commuting factors to which one does."""
        found = self._applied(algebra, factors, free)
        if found is not None or not self._arrangements:
            return found
        for form in self._arranged(algebra, canonical(factors, free, algebra.is_symmetric)):
            with self.apart():
                applies = self._applied(algebra, *form) is not None
            if applies:
                everything = range(len(factors))
                return Rewriting(algebra.spliced(factors, everything, Tensor((), {form: Coefficient.number(1)}), free), _summed(factors, free))
        return None

    def _applied(self, algebra: Algebra, factors: Sequence[Factor], free: Slots) -> Rewriting | None:
        present = {number for number, _ in factors}
        for rule in self.rules:
            if not all(number in present for number, _ in rule.lead[0]):
                continue
            for places, ends in occurrences(rule.lead, factors, free, algebra.is_symmetric):
                self.fired[rule] = None
                inner = frozenset(edge for place in places for edge in factors[place][1] if edge >= 0 and edge not in ends)
                return Rewriting(algebra.spliced(factors, places, rule.rest, ends), inner)
        return None

    def least(self, algebra: Algebra, network: Network) -> Network:
        """The least network among those that differ by commuting factors only."""
        return min(self._arranged(algebra, network))

    def _arranged(self, algebra: Algebra, network: Network) -> set[Network]:
        """The networks that differ by commuting factors only."""
        found, queue = {network}, [network]
        while queue and len(found) < _MOST_ARRANGEMENTS:
            factors, free = queue.pop()
            for one, other, rule in self._arrangements:
                for places, ends in occurrences(one, factors, free, algebra.is_symmetric):
                    rest = [factor for k, factor in enumerate(factors) if k not in places]
                    moved, slots = shifted(other, 1 + max(degrees(factors, free), default=0))
                    joined = merged([*rest, *moved], free, zip(slots, ends, strict=True))
                    form = canonical(*joined, algebra.is_symmetric) if joined is not None else network
                    if form not in found:
                        self.rearranged[rule] = None
                        found.add(form)
                        queue.append(form)
        return found

    def add(self, algebra: Algebra, equation: Tensor, origin: str = "", sources: Iterable[Rule] = ()) -> bool:
        """Take an equation: its tensor is zero. Whether it gave a rule; an equation without a usable greatest network gives none."""
        queue = [(equation, origin, tuple(sources))]
        added = False
        while queue and not self.full:
            equation, origin, sources = queue.pop(0)
            with self.apart() as fired:
                reduced = algebra.renormalised(equation)
            lead = _lead(algebra, reduced)
            if lead is None:
                continue
            scale = Coefficient.number(-1) / reduced.terms[lead]
            rest = algebra.scale(Tensor(reduced.axes, {n: c for n, c in reduced if n != lead}), scale)
            rule = Rule(lead, rest, origin, tuple(dict.fromkeys((*sources, *fired))))
            if (other := rule.rearranged) is not None:
                self._arrangements += [(rule.lead, other, rule), (other, rule.lead, rule)]
                algebra.forget_forms()
                added = True
                continue
            if _recurs(algebra, rule):
                continue
            added = True
            queue += [(equation_of(algebra, old), old.origin, old.sources) for old in self._displaced(algebra, rule)]
            self.rules.append(rule)
        return added

    def _displaced(self, algebra: Algebra, new: Rule) -> list[Rule]:
        """The rules whose greatest network the new rule reduces; they leave."""
        displaced = [rule for rule in self.rules if next(occurrences(new.lead, *rule.lead, algebra.is_symmetric), None) is not None]
        self.rules = [rule for rule in self.rules if rule not in displaced]
        return displaced


def _summed(factors: Sequence[Factor], free: Slots) -> frozenset[int]:
    return frozenset(edge for _, slots in factors for edge in slots if edge >= 0 and edge not in free)


def _recurs(algebra: Algebra, rule: Rule) -> bool:
    """Whether the greatest network stands inside the rest (under a sum over its free slot, say), so that the rule would never end."""
    return any(next(occurrences(rule.lead, *network, algebra.is_symmetric), None) is not None for network in rule.rest.terms)


def equation_of(algebra: Algebra, rule: Rule) -> Tensor:
    """lead − rest, which is zero."""
    return algebra.subtract(Tensor(rule.rest.axes, {rule.lead: Coefficient.number(1)}), rule.rest)


def size(network: Network) -> tuple[int, list[int], Network]:
    """By which networks are compared: the number of factors, then the newest atoms."""
    return len(network[0]), sorted((number for number, _ in network[0]), reverse=True), network


def _lead(algebra: Algebra, equation: Tensor) -> Network | None:
    """The greatest network, if it can be matched anywhere (each free slot touched) and divided by; else one that stands for an unknown."""
    if not equation:
        return None
    greatest = max(equation.terms, key=size)
    if _is_usable(algebra, greatest, equation):
        return greatest
    unknown = (network for network in equation.terms if _is_apart(algebra, network, equation) and _is_usable(algebra, network, equation))
    return max(unknown, key=size, default=None)


def _is_usable(algebra: Algebra, network: Network, equation: Tensor) -> bool:
    factors, free = network
    touched = degrees(factors)
    matchable = bool(factors) and all(slot in touched for slot in free) and len(set(free)) == len(free)
    return matchable and is_certainly_nonzero(algebra, equation.terms[network])


def _is_apart(algebra: Algebra, network: Network, equation: Tensor) -> bool:
    """Whether a symbol of the network stands nowhere else in the equation: solved for it, the equation says what the network is."""
    others = [factors for other, coefficient in equation for factors in _all_factors(algebra, other, coefficient) if other != network]
    scale = [factors for factors in _all_factors(algebra, network, equation.terms[network]) if factors is not network[0]]
    elsewhere = {number for factors in (*others, *scale) for number, _ in factors}
    return any(algebra.atoms[number].kind == "symbol" and number not in elsewhere for number, _ in network[0])


def _all_factors(algebra: Algebra, network: Network, coefficient: Coefficient) -> list[Sequence[Factor]]:
    """The factors of a network and of the scalars at it."""
    return [network[0], *(algebra.ring.owners[number][0] for number in coefficient.generators())]
