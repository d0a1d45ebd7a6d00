"""Mutants: wrong variants of a true claim. One slip in a side, in a part of a statement, in a recurrence; or an assumption left out.

A slip that makes a statement weaker leaves a true one true, and one that makes a premise stronger does too; such are no mutants. Nor is a
strict comparison for a weak one beside transcendental functions: that both sides are equal somewhere, intervals never show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest

from derivations.language.assumptions import Every, Property
from derivations.language.claims import Claim
from derivations.language.definitions import at_start
from derivations.language.functions import is_transcendental
from derivations.language.laws import Independent, Law
from derivations.language.operators import Iterate, transform
from derivations.language.terms import ORDERINGS, Relation, Statement, Term, map_parts
from derivations.language.traversal import subterms
from derivations.proof import edits as slips
from derivations.proof.edits import Edit, edits, edits_inside

__all__ = ["KINDS", "Mutant", "mutants"]

KINDS = ("border", "statement", "recurrence", "assumption", *slips.KINDS)
_MOST = 12


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong variant of a claim.

    Attributes:
        kind: one of `KINDS`.
        describe: says what was changed, in words.
    """

    claim: Claim
    kind: str
    describe: Callable[[], str]

    @property
    def description(self) -> str:
        """What was changed, in words."""
        return f"{self.kind}: {self.describe()}"

    @property
    def shows_in_floats(self) -> bool:
        """Whether floating-point instances of the claim may tell it: all meet the assumptions, and rounding blurs the border between < and <=."""
        return self.kind not in ("assumption", "border")


def mutants(claim: Claim, most: int = _MOST) -> list[Mutant]:
    """Wrong variants of a claim, a mixture of all kinds; the same claim has the same ones in the same order. None has equal sides."""
    by_kind: dict[str, list[Mutant]] = {kind: [] for kind in KINDS}
    seen, open_borders = {claim}, is_transcendental(claim.statement)
    for mutant in chain(_of_statement(claim), _of_recurrences(claim), _of_assumptions(claim)):
        if mutant.claim not in seen and mutant.claim.left != mutant.claim.right and not (mutant.kind == "border" and open_borders):
            seen.add(mutant.claim)
            by_kind[mutant.kind].append(mutant)
    in_turn = (mutant for round_ in zip_longest(*by_kind.values()) for mutant in round_ if mutant is not None)
    return list(islice(in_turn, most))


def _of_statement(claim: Claim) -> Iterator[Mutant]:
    for slip in _slips(claim.statement, _CLAIMED):
        if isinstance(slip.result, Relation):
            yield Mutant(Claim(slip.result.left, slip.result.symbol, slip.result.right, claim.given), slip.kind, slip.describe)


def _of_recurrences(claim: Claim) -> Iterator[Mutant]:
    """A slip in the step of a sequence. Where it is compared, the slip may make a truth as well as an error."""
    for sequence in subterms(claim.statement):
        if isinstance(sequence, Iterate) and claim.relation not in ORDERINGS:
            yield from (Mutant(_with_step(claim, sequence, edit.result), "recurrence", edit.describe) for edit in edits_inside(sequence.step))


def _with_step(claim: Claim, sequence: Iterate, step: Term) -> Claim:
    """The claim with another step of a sequence, wherever a term of it stands."""
    meant = at_start(sequence)

    def other(part: Term) -> Term | None:
        return replace(part, step=step) if isinstance(part, Iterate) and at_start(part) == meant else None

    left, right = map_parts(claim.sides, lambda side: transform(side, other))
    return replace(claim, left=left, right=right)


def _of_assumptions(claim: Claim) -> Iterator[Mutant]:
    """An assumption left out; but a law, without which there would be no claim, or independence, without which one could seldom be judged."""
    for given in (given for given in claim.given if not isinstance(given, Law | Independent)):
        yield Mutant(replace(claim, given=tuple(other for other in claim.given if other != given)), "assumption", _says(f"without {given}"))


def _says(words: str) -> Callable[[], str]:
    return lambda: words


# -------------------------------------------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class _Slip:
    kind: str
    describe: Callable[[], str]
    result: Statement


@dataclass(frozen=True, slots=True)
class _Place:
    """Whether a true claim becomes doubtful where a part of it is made stronger, and where it is made weaker."""

    stronger: bool
    weaker: bool

    @property
    def turned(self) -> _Place:
        """The place of a premise."""
        return _Place(self.weaker, self.stronger)


_CLAIMED, _EITHER = _Place(True, False), _Place(True, True)
_NEGATED = {">=": "<", "<=": ">", ">": "<=", "<": ">="}
_STRICT, _WEAK = {">=": ">", "<=": "<"}, {">": ">=", "<": "<="}
_OTHER_RANK = {"full column rank": "full row rank", "full row rank": "full column rank"}


def _slips(statement: Statement, place: _Place) -> Iterator[_Slip]:
    match statement:
        case Relation(Statement() as left, symbol, Statement() as right):
            yield from _of_connective(left, symbol, right, place)
        case Relation(Term() as left, symbol, Term() as right):
            yield from _of_comparison(left, symbol, right, place) if symbol in ORDERINGS else _of_sides(left, symbol, right)
        case Every(index, inner):
            yield from (_Slip(slip.kind, slip.describe, Every(index, slip.result)) for slip in _slips(inner, place))
        case Property(kind, term) if kind in _OTHER_RANK:
            yield _Slip("statement", _says(f"{_OTHER_RANK[kind]} for {kind}"), Property(_OTHER_RANK[kind], term))


def _of_connective(left: Statement, symbol: str, right: Statement, place: _Place) -> Iterator[_Slip]:
    """A part left out, which makes "and" weaker and "or" stronger; and the slips in both sides, in turn."""
    if (symbol == "and" and place.weaker) or (symbol == "or" and place.stronger):
        yield from (_Slip("statement", _says(f"without {gone}"), kept) for gone, kept in ((right, left), (left, right)))
    places = {"iff": (_EITHER, _EITHER), "implies": (place.turned, place)}.get(symbol, (place, place))
    of_left = (replace(slip, result=Relation(slip.result, symbol, right)) for slip in _slips(left, places[0]))
    of_right = (replace(slip, result=Relation(left, symbol, slip.result)) for slip in _slips(right, places[1]))
    yield from (slip for pair in zip_longest(of_right, of_left) for slip in pair if slip is not None)


def _of_comparison(left: Term, symbol: str, right: Term, place: _Place) -> Iterator[_Slip]:
    """Strict for weak or weak for strict, and turned. Where it is claimed, edited sides may make a truth as well as an error."""
    other = {**(_STRICT if place.stronger else {}), **(_WEAK if place.weaker else {})}.get(symbol)
    for kind, changed in (("border", other), ("relation", _NEGATED[symbol])):
        if changed is not None:
            yield _Slip(kind, _says(f"{changed} for {symbol}"), Relation(left, changed, right))
    if place.stronger and place.weaker:
        yield from _edited(edits(right), lambda term: Relation(left, symbol, term))
        yield from _edited(edits(left), lambda term: Relation(term, symbol, right))


def _of_sides(left: Term, symbol: str, right: Term) -> Iterator[_Slip]:
    """Of an equation or a limit the right side is edited; of a minimiser among others that one."""
    if symbol == "in":
        yield from _edited(edits(left), lambda term: Relation(term, symbol, right))
    else:
        yield from _edited(edits(right), lambda term: Relation(left, symbol, term))


def _edited(found: Iterator[Edit], make: Callable[[Term], Statement]) -> Iterator[_Slip]:
    return (_Slip(edit.kind, edit.describe, make(edit.result)) for edit in found)
