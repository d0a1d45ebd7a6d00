"""What defines a name, as a reader is told it: of a named quantity its body, of a sequence its first terms and its recurrence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction

from derivations.language.operators import Iterate, Named, at_positions
from derivations.language.terms import Dimension, Index, Number, Position, Term
from derivations.language.traversal import dimensions, subterms

__all__ = ["at_start", "defining_equations", "generic", "sequences"]

_LETTERS = ("k", "t", "j", "m", "i", "s", "l")


def generic(term: Named) -> Named:
    """The named quantity, free of the letters of its indices: the same for each of them."""
    letters: dict[Index, Position] = {p: Index(f"·{place}", p.dim) for place, p in enumerate(term.positions) if isinstance(p, Index)}
    return at_positions(term, letters)


def at_start(term: Iterate) -> Iterate:
    """The sequence at index 0: the same for all its terms."""
    return term.at(Number(Fraction(0)))


def sequences(values: Iterable[Term]) -> dict[Iterate, Iterate]:
    """The sequences that occur, at their start, each with an occurrence: one at a counter, if there is one."""
    found: dict[Iterate, Iterate] = {}
    for term in subterms(values):
        if isinstance(term, Iterate) and (at_start(term) not in found or dimensions(term.count)):
            found[at_start(term)] = term
    return found


def defining_equations(term: Iterate, taken: Collection[str] = ()) -> list[tuple[Term, Term]]:
    """``w_0 = start`` and the like for each first term, then ``w_{k+1} = step`` with the terms before it; k is the counter at which the
    sequence stands, unless it means something else in the step; else that of the step, or a letter that is not taken.

    Raises:
        DeclarationError: a sequence inside the step binds a state of this one; rename it.
    """
    order = len(term.initials)
    meant = dimensions((term.step, *term.initials)) - {term.counter}
    counters = sorted((dim for dim in dimensions(term.count) - meant if not dim.least), key=lambda dim: dim.name)
    own = (term.counter.name,) if term.counter is not None else ()
    free = (letter for letter in (*own, *_LETTERS) if letter not in taken)
    counter = counters[0] if counters else Dimension(next(free, f"{_LETTERS[0]}'"), 0)
    before = [term.at(counter + place if place else counter) for place in range(order)]
    first = [(term.at(Number(Fraction(place))), initial) for place, initial in enumerate(term.initials)]
    return [*first, (term.at(counter + order), term.following(counter, before))]
