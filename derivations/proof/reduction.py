"""Claims with limits, eigenvalues and ranks, reduced to claims about numbers.

A statement about every direction of a matrix's singular bases is shown for one direction that stands for any; where such a statement is a
premise, it is used in that direction and in those of the extreme values. So a premise is weakened and a conclusion strengthened, and the
claims about numbers imply the one that they are for. With a pseudo-inverse in the text, directions with singular value 0 are a case of
their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Every, Property, nonnegative, nonzero, positive
from derivations.language.claims import Claim, limit_counter
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import Eigenvalues, ExtremeEigenvalue
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Index, Relation, Statement, Symbol, Term, map_parts, parts_in
from derivations.language.traversal import subterms, symbols
from derivations.proof.directions import Frame, Key, frame_of
from derivations.proof.domain import Condition, conditions_of, implied, is_zero
from derivations.proof.entries import entries_of
from derivations.proof.lemmas import SINGULAR_COORDINATES, SPECTRAL_THEOREM, Lemma
from derivations.proof.limits import convergence
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.ranges import Ranges
from derivations.proof.scalar_terms import NUMBERS
from derivations.proof.sequences import sequence_of
from derivations.proof.spectra import Base, Direction, base_of, is_matrix

__all__ = ["Reduction", "by_reduction", "reduced", "speaks_of_limits_or_spectra"]


def by_reduction(setting: Setting, prove: Callable[[Setting], Proof]) -> Proof:
    """The proofs of the claims about numbers that imply the claim.

    Raises:
        NotProved: one of them is not proved, or has a domain that the claim does not imply.
        UnsupportedError: the claim is reduced to none.
    """
    found = reduced(setting.claim, setting.conditions)
    parts = tuple(_proof_of(claim, prove) for claim in found.claims)
    lemmas = dict.fromkeys((*(lemma.name for lemma in found.lemmas), *(name for part in parts for name in part.lemmas)))
    return Proof("reduction to numbers", setting, parts=parts, lemmas=tuple(lemmas))


def _proof_of(claim: Claim, prove: Callable[[Setting], Proof]) -> Proof:
    setting = Setting.of(claim, conditions_of(claim))
    for condition in setting.conditions:
        if not condition.guards and not implied(condition, claim, setting.ranges, setting.conditions):
            _require(condition, claim, prove)
    return prove(setting)


def _require(condition: Condition, claim: Claim, prove: Callable[[Setting], Proof]) -> None:
    """Raises:
    NotProved: the assumptions do not imply the condition.
    """
    requirement = condition.requirement
    if not isinstance(requirement, Relation):
        raise NotProved(f"the reduction to numbers needs {condition}, which is not given")
    needed = Claim(requirement.left, requirement.symbol, requirement.right, claim.given)
    inner = conditions_of(needed)
    if any(not implied(each, needed, Ranges(needed.given)) for each in inner):
        raise NotProved(f"the reduction to numbers needs {condition}, whose own domain is not given")
    prove(Setting.of(needed, inner))


@dataclass(frozen=True, slots=True)
class Reduction:
    """The claims about numbers that imply a claim, and the lemmas by which they do.

    Attributes:
        directions: for each claim, the directions that it speaks of; none where the claim was about numbers before.
    """

    claims: tuple[Claim, ...]
    lemmas: tuple[Lemma, ...]
    directions: tuple[tuple[Direction, ...], ...]


def speaks_of_limits_or_spectra(claim: Claim) -> bool:
    """Whether what a claim states, its assumptions aside, speaks of limits or spectra."""
    spectral = any(isinstance(term, Eigenvalues | ExtremeEigenvalue) for term in subterms(parts_in(claim.statement)))
    return spectral or any(isinstance(leaf, Property) or leaf.symbol == "->" for leaf in _leaves(claim.statement))


def reduced(claim: Claim, conditions: Iterable[Condition]) -> Reduction:
    """What a claim is reduced to, in every case.

    Raises:
        UnsupportedError: a part of it acts on no single coordinate, or has no limit of a kind that is known.
    """
    statement: Statement = claim.statement
    for index in sorted(statement.free, key=lambda index: index.name):
        statement = Every(index, statement)
    facts = (*claim.given, *(condition.requirement for condition in conditions if not condition.guards))
    if not any(isinstance(owner, Symbol) and is_matrix(owner) for owner in symbols(claim.terms)):
        reader = _Reader()
        scalar = reader.read(statement, conclusion=True)
        return Reduction((_claim(scalar, facts),), tuple(dict.fromkeys(reader.lemmas)), ((),))
    base = base_of(claim)
    keys = sorted({key for leaf in _quantified(statement) for key in (_key(leaf, base),) if key}, key=repr)
    lemma = SPECTRAL_THEOREM if base.symmetric else SINGULAR_COORDINATES
    claims, directions, lemmas = [], [], dict.fromkeys((lemma,))
    split = any(isinstance(term, tm.PseudoInverse | tm.Inverse) for term in subterms(claim.terms))
    for vanishing in product((False, True) if split else (None,), repeat=len(keys)):
        frame = frame_of(base, dict(zip(keys, vanishing, strict=True)), claim)
        reader = _Reader(frame)
        given = (*frame.facts, *reader.usable(facts))
        if any(map(_is_false, given)):
            continue  # there is no such direction
        claims.append(_claim(reader.read(statement, conclusion=True), given))
        directions.append(tuple(here for _, here in frame.directions))
        lemmas.update(dict.fromkeys(reader.lemmas))
    return Reduction(tuple(claims), tuple(lemmas), tuple(directions))


def _is_false(fact: Statement) -> bool:
    """Whether a fact says of 0 that it is not 0."""
    if not isinstance(fact, Relation) or fact.symbol not in ("!=", ">") or not isinstance(fact.left, Term) or not isinstance(fact.right, Term):
        return False
    return is_zero(fact.right) and Ranges(()).of(fact.left) == Ranges(()).of(fact.right)


def _claim(statement: Statement, given: Iterable[Statement]) -> Claim:
    """A statement about numbers as a claim; relations that speak of more than numbers are no use to it."""
    assumptions = tuple(each for each in dict.fromkeys(given) if isinstance(each, Relation) and not any(term.shape for term in parts_in(each)))
    if not isinstance(statement, Relation):
        raise UnsupportedError(f"nothing to show of {statement}")
    return Claim(statement.left, statement.symbol, statement.right, assumptions)


def _leaves(statement: Statement) -> Iterator[Relation | Property]:
    """The relations between terms, and the properties, that a statement is made of."""
    if isinstance(statement, Property) or (isinstance(statement, Relation) and isinstance(statement.left, Term)):
        yield statement
    for part in statement.values():
        if isinstance(part, Statement):
            yield from _leaves(part)


def _quantified(statement: Statement) -> Iterator[Statement]:
    """The parts of a statement that may speak of all directions."""
    if isinstance(statement, Relation) and isinstance(statement.left, Statement):
        for side in statement.values():
            if isinstance(side, Statement):
                yield from _quantified(side)
    else:
        yield statement


def _key(part: Statement, base: Base) -> Key:
    """The spaces over whose directions a part runs; none where it speaks of numbers only."""
    match part:
        case Property(kind, term):
            sizes = sides(term.shape)
            found: set[Dim] = set({"full column rank": sizes[1:], "full row rank": sizes[:1]}.get(kind, sizes))
        case Relation(Term() as left, _, _):
            found = set(left.shape)
        case _:
            found = set(sides(term.shape)[0] for term in subterms(parts_in(part)) if isinstance(term, Eigenvalues))
    return tuple(space for space in base.spaces if space in found)


# --------------------------------------------------------------------------------------------------------------- reading


class _Reader:
    """Reads statements as statements about numbers."""

    def __init__(self, frame: Frame | None = None) -> None:
        self._frame = frame
        self.lemmas: list[Lemma] = []

    def usable(self, facts: Iterable[Statement]) -> Iterator[Statement]:
        """What the facts say in the directions that are looked at; those that say nothing there are left out."""
        for fact in facts:
            try:
                yield from _conjuncts(self.read(fact, conclusion=False))
            except UnsupportedError:
                continue  # to go without a fact is sound

    def read(self, statement: Statement, conclusion: bool) -> Statement:
        """A statement about numbers: as a conclusion one from which it follows, as a premise one that follows from it.

        Raises:
            UnsupportedError: there is none of a kind that is known.
        """
        match statement:
            case Relation(Statement() as left, "iff", Statement() as right):
                _refuse_entangled(statement, conclusion)
                there = Relation(self.read(left, not conclusion), "implies", self.read(right, conclusion))
                back = Relation(self.read(right, not conclusion), "implies", self.read(left, conclusion))
                return there & back
            case Relation(Statement() as left, symbol, Statement() as right):
                _refuse_entangled(statement, conclusion)
                turned = symbol == "implies"
                return Relation(self.read(left, conclusion != turned), symbol, self.read(right, conclusion))
        directions = self._directions(statement, conclusion)
        read = [self._leaf(statement, here, conclusion) for here in directions]
        return _all(read)

    def _directions(self, statement: Statement, conclusion: bool) -> list[Direction | None]:
        if self._frame is None:
            return [None]
        _, any_direction = self._frame.directions[-1]
        key = _key(statement, any_direction.base)
        if not key:
            return [any_direction]
        if not conclusion:
            return list(self._frame.within(key))
        return [self._frame.generic[key]]

    def _leaf(self, statement: Statement, here: Direction | None, conclusion: bool) -> Statement:
        match statement:
            case Relation(Term() as left, "->", Term() as right):
                return self._limit(statement, left, right, here, conclusion)
            case Relation(Term() as left, symbol, Term() as right) if not left.shape or symbol == "=":
                return Relation(_at(here, left), symbol, _at(here, right))
            case Every(index, inner) if here is not None:
                return self.read(_at_eigenvalue(inner, index, here), conclusion)
            case Property(kind, term) if here is not None and kind in _PROPERTIES:
                here.require_matrix(term)
                return _PROPERTIES[kind](here.of(term))
        raise UnsupportedError(f"{statement} is no statement about single coordinates")

    def _limit(self, statement: Relation, left: Term, right: Term, here: Direction | None, conclusion: bool) -> Statement:
        counter = limit_counter(statement)
        if here is None and left.shape:
            pairs = zip(entries_of(left, counter, NUMBERS), entries_of(right, counter, NUMBERS), strict=True)
            return _all([self._limit(statement, *pair, here, conclusion) for pair in pairs])
        found = convergence(sequence_of(_at(here, left), counter, NUMBERS), _at(here, right), NUMBERS)
        if not conclusion and not found.exact:
            raise UnsupportedError(f"{statement} as a premise: several geometric parts may cancel")
        self.lemmas += found.lemmas
        return found.statement


def _refuse_entangled(joined: Relation, conclusion: bool) -> None:
    """One direction may stand for any in several parts of a conclusion if all of them must hold; in a premise it may not be chosen.

    Raises:
        UnsupportedError: there are alternatives that each speak of all directions.
    """
    speaking = [any(_speaks_of_directions(part) for part in _quantified(side)) for side in (joined.left, joined.right) if isinstance(side, Statement)]
    if (conclusion and joined.symbol == "or" and all(speaking)) or (not conclusion and joined.symbol in ("iff", "implies") and any(speaking)):
        raise UnsupportedError(f"{joined}: alternatives that speak of all directions")


def _speaks_of_directions(part: Statement) -> bool:
    return not isinstance(part, Relation) or bool(isinstance(part.left, Term) and part.left.shape)


def _at_eigenvalue(statement: Statement, index: Index, here: Direction) -> Statement:
    """The statement with the value in a direction for the eigenvalue at the index.

    Raises:
        UnsupportedError: the index, or an eigenvalue, stands elsewhere.
    """
    matrices = {part.operand for part in subterms(parts_in(statement)) if isinstance(part, Eigenvalues)}
    if len(matrices) > 1:  # the eigenvalues of another one may come in another order
        raise UnsupportedError(f"{statement}: eigenvalues of several matrices at one index")

    def change(part: Term) -> Term | None:
        match part:
            case tm.Entry(Eigenvalues(matrix), row, 1) if row == index:
                return here.of(matrix)
        return None

    found: Statement = map_parts(statement, lambda term: op.transform(term, change))
    if index in found.free or any(isinstance(part, Eigenvalues) for part in subterms(found)):
        raise UnsupportedError(f"{statement}: eigenvalues at other places than {index}, or {index} elsewhere than at eigenvalues")
    return found


_PROPERTIES: dict[str, Callable[[Term], Relation]] = {
    "full column rank": nonzero,
    "full row rank": nonzero,
    "invertible": nonzero,
    "positive definite": positive,
    "positive semidefinite": nonnegative,
}
"""What a property says of the value in every direction of the space."""


def _at(here: Direction | None, term: Term) -> Term:
    return term if here is None else here.of(term)


def _all(statements: list[Statement]) -> Statement:
    total = statements[0]
    for statement in statements[1:]:
        total = total & statement
    return total


def _conjuncts(statement: Statement) -> Iterator[Statement]:
    match statement:
        case Relation(Statement() as left, "and", Statement() as right):
            yield from _conjuncts(left)
            yield from _conjuncts(right)
        case _:
            yield statement
