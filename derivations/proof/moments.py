"""What the factors of a random name are replaced by in an expectation, as its law says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, TypeAlias

from derivations.language.errors import UnsupportedError
from derivations.language.laws import Expectation, Law, RandomName
from derivations.language.terms import Family, Term
from derivations.proof.coefficients import Coefficient
from derivations.proof.lemmas import ISSERLIS
from derivations.proof.networks import Factor, Network, Slots, degrees, shifted
from derivations.proof.tensors import COLUMN, ROW, Atom, Label, Tensor

if TYPE_CHECKING:
    from derivations.proof.normal_form import Normalizer

__all__ = ["COVARIANCE", "MOMENT", "UNKNOWN", "Moments"]

_MOST_PAIRED = 10
_APART = 1 << 24
"""Edge numbers of what replaces factors start here."""

MOMENT = "moment"
"""The kind of the atoms of unknown moments; for a name, the laws with how often the name of each occurs."""

COVARIANCE = "covariance"
"""What a proof uses beside Isserlis' theorem, as it tells it."""

_Pairs: TypeAlias = list[tuple[int, int]]
_Replacement: TypeAlias = tuple[Coefficient, list[Factor], _Pairs]
"""What some factors are replaced by: a coefficient, other factors, and slots to merge."""

_ONE = Coefficient.number(1)


class Moments:
    """Replaces the factors of random names, whose atoms have these numbers, in an expectation."""

    def __init__(self, n: Normalizer, node: Expectation, names: Mapping[int, RandomName]) -> None:
        self._n, self._algebra, self._node, self._names = n, n.algebra, node, names
        self._fresh = _APART

    def law(self, name: RandomName) -> Law:
        """The law of a name.

        Raises:
            UnsupportedError: there is none.
        """
        law = self._node.law_of(name)
        if law is None:
            raise UnsupportedError(f"no law of {name} is given for {self._node}")
        return law

    def of(self, factors: list[Factor]) -> Iterator[_Replacement]:
        """What the factors of a name are replaced by; of several names that may depend on each other, their moment.

        Raises:
            UnsupportedError: the law does not say it.
        """
        names = {self._names[number] for number, _ in factors}
        if len(names) > 1:
            return self._unknown_moment(factors)
        law = self.law(names.pop())
        return _LAWS[law.kind](self, law, [slots for _, slots in factors])

    def is_symmetric(self, name: RandomName) -> bool:
        """Whether a name has z and −z of one law."""
        law = self.law(name)
        if law.kind == "gaussian":
            return not self._n.tensor(law.parameter("mean"))
        if law.kind == "uniform":
            return not self._scalar(law.parameter("low")) + self._scalar(law.parameter("high"))
        return law.kind == "symmetric_law"

    def moved(self, network: Network) -> Network:
        """A network on edges of its own."""
        moved = shifted(network, self._fresh)
        self._fresh += 1 + max(degrees(*network), default=0)
        return moved

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
        counts = Counter(self.law(self._names[number]) for number, _ in ordered)
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
            factors, free = self.moved(network)
            yield coefficient, list(factors), [(slot, ends[label]) for slot, label in zip(free, tensor.labels, strict=True)]


def _both(first: _Replacement, second: _Replacement) -> _Replacement:
    return first[0] * second[0], [*first[1], *second[1]], [*first[2], *second[2]]


UNKNOWN = ("mean_square", "random_variable")
"""The laws whose moments may be atoms. They come last, when the other names have wired their slots."""

_LAWS: dict[str, Callable[[Moments, Law, list[Slots]], Iterator[_Replacement]]] = {
    "gaussian": Moments.gaussian,
    "moments": Moments.moments,
    "symmetric_law": Moments.symmetric,
    "uniform": Moments.bounded,
    "bernoulli": Moments.bounded,
    "mean_square": Moments.mean_square,
    "random_variable": Moments.unknown,
}
"""What the factors of a name with a law of each kind are replaced by."""
