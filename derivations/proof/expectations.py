"""Expectations in the normal form: of each network, what its random factors are replaced by.

Everything else is a constant. Entries of a Gaussian name are paired in every way (lemma "Isserlis' theorem"): a pair is the covariance, which
for independent entries is a variance and wiring. Of any other law that many factors are replaced whose moments it gives, and of a law of which
nothing is known the moment itself is an atom. A random name inside a function has no expectation here, unless the whole network changes its
sign with a name that has z and −z of one law: then it is 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, TypeAlias

from derivations.language.errors import UnsupportedError
from derivations.language.laws import Expectation, Law, RandomName
from derivations.language.shapes import Dim
from derivations.language.terms import Family, Term
from derivations.language.traversal import symbols
from derivations.proof.coefficients import Coefficient
from derivations.proof.lemmas import ISSERLIS
from derivations.proof.networks import Factor, Slots, degrees, merged, shifted
from derivations.proof.recurrences import TermOfSequence
from derivations.proof.tensors import COLUMN, ROW, Atom, Label, Tensor

if TYPE_CHECKING:
    from derivations.proof.normal_form import Normalizer

__all__ = ["COVARIANCE", "INDEPENDENCE", "MOMENT", "SYMMETRY", "expected"]

_MOST_PAIRED = 10
_APART = 1 << 24
"""Edge numbers of what replaces factors start here."""

MOMENT = "moment"
"""The kind of the atoms of unknown moments; for a name, the laws with how often the name of each occurs."""

COVARIANCE, INDEPENDENCE, SYMMETRY = "covariance", "independence", "symmetric law"
"""What a proof may use beside Isserlis' theorem, as it tells it."""

_Pairs: TypeAlias = list[tuple[int, int]]
_Replacement: TypeAlias = tuple[Coefficient, list[Factor], _Pairs]
"""What some factors are replaced by: a coefficient, other factors, and slots to merge."""

_ONE = Coefficient.number(1)


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
        self._fresh = _APART

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
                        factors += self._moved(self._algebra.ring.owners[place])[0]
                    else:
                        outside = outside * Coefficient.generator(place)
            yield replace(state, coefficient=outside, factors=factors)

    def _moved(self, network: tuple[tuple[Factor, ...], Slots]) -> tuple[tuple[Factor, ...], Slots]:
        """The network on edges of its own."""
        moved = shifted(network, self._fresh)
        self._fresh += 1 + max(degrees(*network), default=0)
        return moved

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
        groups = [[name] for name in sorted(names, key=lambda name: (self._law(name).kind in _UNKNOWN, name.name))]
        if not self._are_independent(names):
            groups = [sorted(names, key=lambda name: name.name)]
            if known := [name for name in names if self._law(name).kind != "random_variable"]:
                together = ", ".join(name.name for name in groups[0])
                raise UnsupportedError(f"{self._node}: how {known[0].name} depends on the others is not given; independent({together}) is not")
        states = [state]
        for group in groups:
            states = [after for before in states for after in self._without(before, group)]
        yield from states

    def _are_independent(self, names: Collection[RandomName]) -> bool:
        return self._node.are_independent(names)

    def _law(self, name: RandomName) -> Law:
        law = self._node.law_of(name)
        if law is None:
            raise UnsupportedError(f"no law of {name} is given for {self._node}")
        return law

    def _without(self, state: _State, names: Sequence[RandomName]) -> Iterator[_State]:
        """The network without the factors of some names: replaced by what the law says, or by the moment as an atom."""
        mine = [(number, slots) for number, slots in state.factors if self._names.get(number) in names]
        rest = [factor for factor in state.factors if self._names.get(factor[0]) not in names]
        dims = {edge: dim for number, slots in mine for edge, dim in zip(slots, self._algebra.atoms[number].dims, strict=True) if edge >= 0}
        lost = state.lost | dims
        if len(names) > 1:
            found = self._unknown_moment(mine)
        else:
            found = _LAWS[self._law(names[0]).kind](self, self._law(names[0]), [slots for _, slots in mine])
        for coefficient, factors, pairs in found:
            joined = merged([*rest, *factors], (*state.free, *lost), pairs)
            if joined is not None:
                slots = joined[1]
                summed = {edge: dim for edge, dim in zip(slots[len(state.free) :], lost.values(), strict=True) if edge >= 0}
                yield _State(state.coefficient * coefficient, list(joined[0]), slots[: len(state.free)], summed)

    # ------------------------------------------------------------------------------------------------------------ laws

    def _scalar(self, term: Term) -> Coefficient:
        return self._algebra.as_scalar(self._n.tensor(term))

    def gaussian(self, law: Law, places: list[Slots]) -> Iterator[_Replacement]:
        """The first factor by its mean, or paired with each of the others."""
        if len(places) > _MOST_PAIRED:
            raise UnsupportedError(f"{self._node}: {len(places)} factors of {law.name} to be paired; at most {_MOST_PAIRED} are")
        if not places:
            yield _ONE, [], []
            return
        self._algebra.used.add(ISSERLIS.name if len(places) > 2 else COVARIANCE)
        first, *others = places
        for mean in self._mean(law, first):
            yield from (_both(mean, rest) for rest in self.gaussian(law, others))
        for k, second in enumerate(others):
            for pair in self._covariance(law, first, second):
                yield from (_both(pair, rest) for rest in self.gaussian(law, [*others[:k], *others[k + 1 :]]))

    def moments(self, law: Law, places: list[Slots]) -> Iterator[_Replacement]:
        """Mean and covariance, as of a Gaussian name, which higher moments are not."""
        if len(places) > 2:
            raise UnsupportedError(f"{self._node}: the moment of {len(places)} entries of {law.name}, of which mean and variance are given")
        yield from self.gaussian(law, places)

    def symmetric(self, law: Law, places: list[Slots]) -> Iterator[_Replacement]:
        """An odd number of factors changes its sign with the name, so its expectation is 0."""
        yield from () if len(places) % 2 else self.moments(law, places)

    def bounded(self, law: Law, places: list[Slots]) -> Iterator[_Replacement]:
        """Uniform entries and those that are 0 or 1: of a scalar every moment, of the entries of a matrix mean and variance."""
        if len(places) > 2 and not places[0]:
            yield self._power(law, len(places)), [], []
        else:
            yield from self.moments(law, places)

    def _power(self, law: Law, exponent: int) -> Coefficient:
        """E (c + h u)^k for u uniform in (−1, 1), where E u^j = 1/(j + 1) for even j; a number that is 0 or 1 is each of its powers."""
        if law.kind == "bernoulli":
            return self._scalar(law.parameter("probability"))
        low, high = self._scalar(law.parameter("low")), self._scalar(law.parameter("high"))
        half = Coefficient.number(Fraction(1, 2))
        centre, size, total = (low + high) * half, (high - low) * half, Coefficient.number(0)
        for j in range(0, exponent + 1, 2):
            term = Coefficient.number(Fraction(comb(exponent, j), j + 1))
            for factor in [centre] * (exponent - j) + [size] * j:
                term = term * factor
            total = total + term
        return total

    def mean_square(self, law: Law, places: list[Slots]) -> Iterator[_Replacement]:
        """The square of one entry; all else is not known."""
        if len(places) == 2 and places[0] == places[1]:
            yield self._scalar(law.parameter("mean square")), [], []
        else:
            yield from self.unknown(law, places)

    def unknown(self, law: Law, places: list[Slots]) -> Iterator[_Replacement]:
        """The moment as an atom."""
        number = self._n.symbol_atom(law.name)
        yield from self._unknown_moment([(number, slots) for slots in places])

    def _unknown_moment(self, mine: list[Factor]) -> Iterator[_Replacement]:
        """The moment of some factors, which may be of several names: the slots of one name are unordered where it occurs twice."""
        ordered = sorted(mine, key=lambda factor: self._names[factor[0]].name)
        counts = Counter(self._law(self._names[number]) for number, _ in ordered)
        dims = tuple(dim for number, _ in ordered for dim in self._algebra.atoms[number].dims)
        repeated = max(counts.values()) > 1 and bool(dims)
        if repeated and (len(counts) > 1 or len(dims) != len(ordered)):
            names = ", ".join(law.name.name for law in counts)
            raise UnsupportedError(f"{self._node}: an unknown moment of {names}, where a matrix, or one of several names, occurs twice")
        atom = self._algebra.atom(Atom(MOMENT, dims, tuple(counts.items()), symmetric=repeated))
        yield _ONE, [(atom, tuple(slot for _, slots in ordered for slot in slots))], []

    def _mean(self, law: Law, slots: Slots) -> Iterator[_Replacement]:
        """The mean at the slots of a factor."""
        if law.kind in ("gaussian", "moments"):
            yield from self._placed(self._n.tensor(law.parameter("mean")), self._ends(law, slots))
        elif law.kind == "uniform":
            centre = (self._scalar(law.parameter("low")) + self._scalar(law.parameter("high"))) * Coefficient.number(Fraction(1, 2))
            yield from [(centre, [], [])] if centre else []
        elif law.kind == "bernoulli":
            yield self._scalar(law.parameter("probability")), [], []

    def _covariance(self, law: Law, first: Slots, second: Slots) -> Iterator[_Replacement]:
        """The covariance of two entries: 0 unless they are the same one, or the entry of a covariance matrix."""
        if not law.is_joint:
            variance = self._variance(law)
            yield from [(variance, [], list(zip(first, second, strict=True)))] if variance else []
            return
        samples = len(law.name.axes) if isinstance(law.name, Family) else 0
        ends: dict[Label, int] = {ROW: first[samples], COLUMN: second[samples]}
        for coefficient, factors, pairs in self._placed(self._n.tensor(law.parameter("variance")), ends):
            yield coefficient, factors, [*pairs, *zip(first[:samples], second[:samples], strict=True)]

    def _variance(self, law: Law) -> Coefficient:
        """(b − a)²/12 of a uniform entry, p − p² of one that is 0 or 1."""
        if law.kind == "uniform":
            width = self._scalar(law.parameter("high")) - self._scalar(law.parameter("low"))
            return width * width * Coefficient.number(Fraction(1, 12))
        if law.kind == "bernoulli":
            probability = self._scalar(law.parameter("probability"))
            return probability - probability * probability
        return self._scalar(law.parameter("variance"))

    def _ends(self, law: Law, slots: Slots) -> dict[Label, int]:
        """At which slots rows and columns of a name stand; its sample axes come before them."""
        labels = [label for label, dim in zip((ROW, COLUMN), law.name.size or (1, 1), strict=True) if dim != 1]
        return dict(zip(labels, slots[len(slots) - len(labels) :], strict=True))

    def _placed(self, tensor: Tensor, ends: dict[Label, int]) -> Iterator[_Replacement]:
        """The networks of a tensor whose axes lie on the slots `ends`."""
        for network, coefficient in tensor:
            factors, free = self._moved(network)
            yield coefficient, list(factors), [(slot, ends[label]) for slot, label in zip(free, tensor.labels, strict=True)]

    # ---------------------------------------------------------------------------------------------------------- parity

    def _is_odd(self, state: _State, name: RandomName, names: frozenset[RandomName]) -> bool:
        """Whether a network certainly changes its sign with a name, which has z and −z of one law whatever the other names are."""
        return self._is_symmetric(self._law(name)) and self._are_independent(names) and self._parity(state.factors, name) == -1

    def _is_symmetric(self, law: Law) -> bool:
        if law.kind == "gaussian":
            return not self._n.tensor(law.parameter("mean"))
        if law.kind == "uniform":
            return not self._scalar(law.parameter("low")) + self._scalar(law.parameter("high"))
        return law.kind == "symmetric_law"

    def _parity(self, factors: Sequence[Factor], name: RandomName) -> int | None:
        """1 or −1, by which a network is multiplied where a name is replaced by its negative; None where that is not plain."""
        result = 1
        for number, _ in factors:
            parity = self._parity_of(number, name)
            if parity is None:
                return None
            result *= parity
        return result

    def _parity_of(self, number: int, name: RandomName) -> int | None:
        atom = self._algebra.atoms[number]
        if name not in self._random(number) or number in self._names:
            return -1 if self._names.get(number) == name else 1
        if atom.argument is None or atom.kind not in (*_ODD, *_EVEN):
            return None
        parity = self._parity_in(atom.argument, name)
        return parity if parity in (None, 1) or atom.kind in _ODD else 1 if atom.kind in _SIGNLESS else None

    def _parity_in(self, tensor: Tensor, name: RandomName) -> int | None:
        """The parity that all networks of a tensor have."""
        found = {self._parity_of_term(network[0], coefficient, name) for network, coefficient in tensor}
        return found.pop() if len(found) == 1 else None

    def _parity_of_term(self, factors: Sequence[Factor], coefficient: Coefficient, name: RandomName) -> int | None:
        parities: list[int | None] = [self._parity(factors, name)]
        for polynomial in (Coefficient(coefficient.numerator), Coefficient(coefficient.denominator)):
            found = {self._parity([f for place, k in powers.items() for f in self._algebra.ring.owners[place][0] * k], name)
                     for _, powers in polynomial.monomials()}  # fmt: skip
            parities.append(found.pop() if len(found) == 1 else None)
        return None if None in parities else parities[0] * parities[1] * parities[2]  # type: ignore[operator]


def _both(first: _Replacement, second: _Replacement) -> _Replacement:
    return first[0] * second[0], [*first[1], *second[1]], [*first[2], *second[2]]


_ODD = ("sign", "tanh")
_SIGNLESS = ("tanh slope",)
_EVEN = (*_SIGNLESS, "sqrt")
"""Functions of which the expectations exist with every moment: odd ones, even ones, and those of what is even itself."""

_UNKNOWN = ("mean_square", "random_variable")
"""The laws whose moments may be atoms. They come last, when the other names have wired their slots."""

_LAWS: dict[str, Callable[[_Expected, Law, list[Slots]], Iterator[_Replacement]]] = {
    "gaussian": _Expected.gaussian,
    "moments": _Expected.moments,
    "symmetric_law": _Expected.symmetric,
    "uniform": _Expected.bounded,
    "bernoulli": _Expected.bounded,
    "mean_square": _Expected.mean_square,
    "random_variable": _Expected.unknown,
}
"""What the factors of a name with a law of each kind are replaced by."""
