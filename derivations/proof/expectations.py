"""Expectations in the normal form: of each network, what its random factors are replaced by.

Everything else is a constant. Entries of a Gaussian name are paired in every way (lemma "Isserlis' theorem"): a pair is the covariance, which
for independent entries is a variance and wiring. Of any other law that many factors are replaced whose moments it gives, and of a law of which
nothing is known the moment itself is an atom. A random name inside a function has no expectation here, unless the whole network changes its
sign with a name that has z and −z of one law: then it is 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivations.language.errors import UnsupportedError
from derivations.language.laws import Expectation, RandomName
from derivations.language.shapes import Dim
from derivations.language.traversal import symbols
from derivations.proof.coefficients import Coefficient
from derivations.proof.moments import MOMENT, UNKNOWN, Moments
from derivations.proof.networks import Factor, Slots, merged
from derivations.proof.parity import Parity
from derivations.proof.recurrences import TermOfSequence
from derivations.proof.tensors import Tensor

if TYPE_CHECKING:
    from derivations.proof.normal_form import Normalizer

__all__ = ["INDEPENDENCE", "SYMMETRY", "expected"]

INDEPENDENCE, SYMMETRY = "independence", "symmetric law"
"""What a proof may use, as it tells it."""


def expected(n: Normalizer, node: Expectation) -> Tensor:
    """The expectation of a term, in normal form.

    Raises:
        UnsupportedError: it needs more than is given of a law or of independence, or the term is no polynomial in its random entries.
    """
    body, taken = n.tensor(node.body), _Expected(n, node)
    raw = [(state.coefficient, state.factors, state.free, state.lost) for state in taken.of(body)]
    return n.algebra.normal(body.axes, raw)


@dataclass(frozen=True, slots=True)
class _State:
    """A network on its way: what it is multiplied by, and the dimensions of the summed edges that its factors may no longer touch."""

    coefficient: Coefficient
    factors: list[Factor]
    free: Slots
    lost: dict[int, Dim]


class _Expected:
    """Takes the expectation of the networks of one term."""

    def __init__(self, n: Normalizer, node: Expectation) -> None:
        self._n, self._algebra, self._node = n, n.algebra, node
        self._names: dict[int, RandomName] = {n.symbol_atom(name): name for name in node.over}
        self._inside: dict[int, frozenset[RandomName]] = {number: frozenset((name,)) for number, name in self._names.items()}
        self._moments = Moments(n, node, self._names)

    def of(self, tensor: Tensor) -> Iterator[_State]:
        """What the networks of a tensor become."""
        for (factors, free), coefficient in tensor:
            for exposed in self._exposed(_State(coefficient, list(factors), free, {})):
                yield from self._network(exposed)

    # ------------------------------------------------------------------------------------------------- what is random

    def _random(self, number: int) -> frozenset[RandomName]:
        """The names, of those over which the expectation is taken, on which an atom depends."""
        found = self._inside.get(number)
        if found is None:
            atom = self._algebra.atoms[number]
            if isinstance(atom.name, TermOfSequence):
                spelled = atom.name.spelled
                found = frozenset(name for name in self._node.over if spelled is None or name in symbols(spelled))
            else:
                found = frozenset() if atom.argument is None else self._random_in(atom.argument)
            self._inside[number] = found
        return found

    def _random_in(self, tensor: Tensor) -> frozenset[RandomName]:
        numbers = {number for factors, _ in tensor.terms for number, _ in factors}
        generators = {number for coefficient in tensor.terms.values() for number in coefficient.generators()}
        found = [self._random(number) for number in numbers] + [self._random_generator(number) for number in generators]
        return frozenset[RandomName]().union(*found)

    def _random_generator(self, number: int) -> frozenset[RandomName]:
        return frozenset[RandomName]().union(*(self._random(atom) for atom, _ in self._algebra.ring.owners[number][0]))

    def _exposed(self, state: _State) -> Iterator[_State]:
        """The network with its random scalars multiplied out into it.

        Raises:
            UnsupportedError: it is divided by one.
        """
        coefficient = state.coefficient
        random = {number for number in coefficient.generators() if self._random_generator(number)}
        if not random:
            yield state
            return
        denominator = Coefficient(coefficient.denominator)
        if random & denominator.generators():
            raise UnsupportedError(f"{self._node}: a quotient by random entries; only of polynomials in them is the expectation known here")
        for number, powers in coefficient.monomials():
            factors, outside = list(state.factors), Coefficient.number(number) / denominator
            for place, power in powers.items():
                for _ in range(power):
                    if place in random:
                        factors += self._moments.moved(self._algebra.ring.owners[place])[0]
                    else:
                        outside = outside * Coefficient.generator(place)
            yield replace(state, coefficient=outside, factors=factors)

    # ----------------------------------------------------------------------------------------------------- one network

    def _network(self, state: _State) -> Iterator[_State]:
        """A network with every random factor replaced."""
        names = frozenset[RandomName]().union(*(self._random(number) for number, _ in state.factors))
        if hidden := [number for number, _ in state.factors if number not in self._names and self._random(number)]:
            if not any(self._is_odd(state, name, names) for name in names):
                function = self._algebra.atoms[hidden[0]].kind
                raise UnsupportedError(f"{self._node}: random entries inside {function}; the expectation is known of polynomials in them")
            self._algebra.used.add(SYMMETRY)
            return
        if len(names) > 1:
            self._algebra.used.add(INDEPENDENCE if self._are_independent(names) else MOMENT)
        groups = [[name] for name in sorted(names, key=lambda name: (self._moments.law(name).kind in UNKNOWN, name.name))]
        if not self._are_independent(names):
            groups = [sorted(names, key=lambda name: name.name)]
            if known := [name for name in names if self._moments.law(name).kind != "random_variable"]:
                together = ", ".join(name.name for name in groups[0])
                raise UnsupportedError(f"{self._node}: how {known[0].name} depends on the others is not given; independent({together}) is not")
        states = [state]
        for group in groups:
            states = [after for before in states for after in self._without(before, group)]
        yield from states

    def _are_independent(self, names: Collection[RandomName]) -> bool:
        return self._node.are_independent(names)

    def _is_odd(self, state: _State, name: RandomName, names: frozenset[RandomName]) -> bool:
        """Whether a network certainly changes its sign with a name, which has z and −z of one law whatever the other names are."""
        if not self._moments.is_symmetric(name) or not self._are_independent(names):
            return False
        return Parity(self._algebra, self._n.symbol_atom(name), lambda number: name in self._random(number)).of(state.factors) == -1

    def _without(self, state: _State, names: Sequence[RandomName]) -> Iterator[_State]:
        """The network without the factors of some names: replaced by what the law says, or by the moment as an atom."""
        mine = [(number, slots) for number, slots in state.factors if self._names.get(number) in names]
        rest = [factor for factor in state.factors if self._names.get(factor[0]) not in names]
        dims = {edge: dim for number, slots in mine for edge, dim in zip(slots, self._algebra.atoms[number].dims, strict=True) if edge >= 0}
        lost = state.lost | dims
        for coefficient, factors, pairs in self._moments.of(mine):
            joined = merged([*rest, *factors], (*state.free, *lost), pairs)
            if joined is not None:
                slots = joined[1]
                summed = {edge: dim for edge, dim in zip(slots[len(state.free) :], lost.values(), strict=True) if edge >= 0}
                yield _State(state.coefficient * coefficient, list(joined[0]), slots[: len(state.free)], summed)
