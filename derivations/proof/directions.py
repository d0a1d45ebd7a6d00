"""The directions in which a claim about one matrix is looked at: one that stands for any, and those of the extreme values."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.assumptions import nonnegative, nonzero, positive
from derivations.language.claims import Claim
from derivations.language.implicit import ExtremeEigenvalue
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Relation, Symbol, Term
from derivations.language.traversal import dimensions, subterms, symbols
from derivations.proof.sequences import ZERO
from derivations.proof.spectra import Base, Direction, unused

__all__ = ["Frame", "Key", "frame_of"]

Key = tuple[Dim, ...]
"""The spaces, by their sizes, that a direction belongs to: a pair of singular vectors to both, a vector of a kernel to one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The directions that are looked at, and what is known of them.

    Attributes:
        generic: for each key, the direction that stands for any.
        directions: these and those of the extreme values, each with the spaces that it belongs to.
    """

    generic: dict[Key, Direction]
    directions: tuple[tuple[Key, Direction], ...]
    facts: tuple[Relation, ...]

    def within(self, key: Key) -> list[Direction]:
        """The directions that belong to all spaces of a key."""
        return [here for spaces, here in self.directions if set(key) <= set(spaces)]


def frame_of(base: Base, vanishing: dict[Key, bool | None], claim: Claim) -> Frame:
    """The directions for these keys; where it is said, the value in one vanishes, or does not.

    A direction whose value does not vanish belongs to both spaces, and so does that of the largest value.
    """
    names = _Names(base, claim)
    most = names.symbol("_max")
    least = {space: names.symbol("_min") for space in base.spaces if _asks_for_smallest(claim, space)}
    square = 1 if base.symmetric else 2
    smallest = {space: value**square if square > 1 else value for space, value in least.items()}

    def direction(value: Term, label: str) -> Direction:
        return Direction(base, value, names.label(label), most**square if square > 1 else most, smallest)

    generic = {key: direction(ZERO if zero else names.symbol(""), "'" * place) for place, (key, zero) in enumerate(vanishing.items())}
    spaces = {key: base.spaces if zero is False else key for key, zero in vanishing.items()}
    directions = [(spaces[key], here) for key, here in generic.items()]
    facts = [fact for key, here in directions for fact in (here.value <= most, *(least[space] <= here.value for space in key if space in least))]
    facts += [(nonzero if base.symmetric else positive)(generic[key].value) for key, zero in vanishing.items() if zero is False]
    facts += [value <= most for value in least.values()]
    if not base.symmetric:
        facts += [nonnegative(value) for value in (most, *least.values(), *(generic[key].value for key, zero in vanishing.items() if zero is None))]
    extremes = [(base.spaces, direction(most, "_max")), *(((space,), direction(value, "_min")) for space, value in least.items())]
    return Frame(generic, (*directions, *extremes), tuple(facts))


def _asks_for_smallest(claim: Claim, space: Dim) -> bool:
    """Whether a smallest eigenvalue in this space occurs."""
    found = [term for term in subterms(claim.terms) if isinstance(term, ExtremeEigenvalue) and term.kind == "min"]
    return any(sides(term.operand.shape)[0] == space for term in found)


class _Names:
    """Names that the claim does not use: for singular values or eigenvalues, and for coordinates."""

    def __init__(self, base: Base, claim: Claim) -> None:
        self._word = "lambda" if base.symmetric else "sigma"
        self._vectors = [owner.name for owner in symbols(claim.terms) if isinstance(owner, Symbol) and owner.size]
        self._taken = {owner.name for owner in (*symbols(claim.terms), *dimensions(claim.terms))}

    def symbol(self, suffix: str) -> Symbol:
        """``sigma`` with a suffix."""
        name = unused(self._word + suffix, self._taken)
        self._taken.add(name)
        return Symbol(name)

    def label(self, suffix: str) -> str:
        """A suffix for the coordinates in a direction; without one, a coordinate has the name of its vector."""
        while suffix and any(vector + suffix in self._taken for vector in self._vectors):
            suffix += "'"
        self._taken |= {vector + suffix for vector in self._vectors}
        return suffix
