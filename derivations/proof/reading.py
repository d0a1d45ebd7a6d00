"""Statements about one matrix, limits and spectra read as statements about numbers, in the directions of its singular bases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Every, Property, conjuncts, nonnegative, nonzero, positive
from derivations.language.claims import limit_counter
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import EigenvalueModuli, Eigenvalues, SpectralRadius
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Dimension, Index, Number, Position, Relation, Statement, Term, map_parts, parts_in
from derivations.language.traversal import depends_on, subterms, symbols
from derivations.proof.directions import Frame, Key
from derivations.proof.entries import entries_of
from derivations.proof.entrywise import entry_of
from derivations.proof.lemmas import JURY, QUADRATIC_FORMULA, Lemma
from derivations.proof.limits import Convergence, convergence
from derivations.proof.planar import contracts, discriminant, limit_of_power, limit_of_recurrence, moduli_written_out, unnamed
from derivations.proof.scalar_terms import NUMBERS
from derivations.proof.sequences import sequence_of
from derivations.proof.spectra import Base, Direction

__all__ = ["Reader", "key_of", "quantified"]


class Reader:
    """Reads statements as statements about numbers."""

    def __init__(self, frame: Frame | None = None) -> None:
        self._frame = frame
        self.lemmas: list[Lemma] = []

    def usable(self, facts: Iterable[Statement]) -> Iterator[Statement]:
        """What the facts say in the directions that are looked at; those that say nothing there are left out."""
        for fact in facts:
            try:
                yield from conjuncts(self.read(fact, conclusion=False))
            except UnsupportedError:
                continue  # to go without a fact is sound

    def read(self, statement: Statement, conclusion: bool) -> Statement:
        """A statement about numbers: as a conclusion one from which it follows, as a premise one that follows from it.

        Raises:
            UnsupportedError: there is none of a kind that is known.
        """
        match statement:
            case Relation(Statement() as left, "iff", Statement() as right):
                self._refuse_entangled(statement, conclusion)
                there = Relation(self.read(left, not conclusion), "implies", self.read(right, conclusion))
                back = Relation(self.read(right, not conclusion), "implies", self.read(left, conclusion))
                return there & back
            case Relation(Statement() as left, symbol, Statement() as right):
                self._refuse_entangled(statement, conclusion)
                turned = symbol == "implies"
                return Relation(self.read(left, conclusion != turned), symbol, self.read(right, conclusion))
            case Every(Index(_, int()) as index, inner) if not self._is_about_directions(inner):
                return _all([self.read(there, conclusion) for there in _at_each(index, inner)])
        directions = self._directions(statement, conclusion)
        read = [self._leaf(statement, here, conclusion) for here in directions]
        return _all(read)

    def _directions(self, statement: Statement, conclusion: bool) -> list[Direction | None]:
        if self._frame is None:
            return [None]
        _, any_direction = self._frame.directions[-1]
        key = key_of(statement, any_direction.base)
        if not key:
            return [any_direction]
        if not conclusion:
            return list(self._frame.within(key))
        if key not in self._frame.generic:
            raise UnsupportedError(f"{statement} is about directions of which nothing else speaks")
        return [self._frame.generic[key]]

    def _leaf(self, statement: Statement, here: Direction | None, conclusion: bool) -> Statement:
        match statement:
            case Relation(Term() as left, "->", Term() as right):
                return self._limit(statement, left, right, here, conclusion)
            case Relation(SpectralRadius(matrix), "<", Number(value)) if value == 1 and matrix.shape == (2, 2):
                self.lemmas.append(JURY)
                return _everywhere(here, contracts(matrix, NUMBERS))
            case Relation(Term() as left, symbol, Term() as right) if not left.shape:
                return _everywhere(here, Relation(self._written_out(left), symbol, self._written_out(right)))
            case Relation(Term() as left, "=", Term() as right) if left.shape in ((2, 1), (1, 2)) and _has_moduli(statement):
                places = [(1, 1), (2, 1)] if left.shape == (2, 1) else [(1, 1), (1, 2)]
                return _all([self._leaf(Relation(_opened(left, *at), "=", _opened(right, *at)), here, conclusion) for at in places])
            case Relation(Term() as left, "=", Term() as right):
                return Relation(_at(here, left), "=", _at(here, right))
            case Property("real eigenvalues", matrix):
                self.lemmas.append(QUADRATIC_FORMULA)
                return _everywhere(here, discriminant(matrix, NUMBERS) >= 0)
            case Every(index, inner) if here is not None:
                return self.read(_at_eigenvalue(inner, index, here), conclusion)
            case Property(kind, term) if here is not None and kind in _PROPERTIES:
                here.require_matrix(term)
                return _PROPERTIES[kind](here.of(term))
        raise UnsupportedError(f"{statement} is no statement about single coordinates")

    def _limit(self, statement: Relation, left: Term, right: Term, here: Direction | None, conclusion: bool) -> Statement:
        left, right = _upright(left, right)
        counter, power = limit_counter(statement), unnamed(left)
        if isinstance(power, tm.Power) and power.shape == (2, 2) and not any(owner.size for owner in symbols(power)):
            return self._settled(statement, limit_of_power(power, right, counter, NUMBERS), here, conclusion)
        if here is None and left.shape:
            before = len(self.lemmas)
            try:
                pairs = zip(entries_of(left, counter, NUMBERS), entries_of(right, counter, NUMBERS), strict=True)
                return _all([self._limit(statement, *pair, here, conclusion) for pair in pairs])
            except UnsupportedError:
                del self.lemmas[before:]
                if not isinstance(_without_constants(left, right, counter)[0], op.Iterate):
                    raise
        sequence, limit = _without_constants(_at(here, left), _at(here, right), counter)
        if isinstance(sequence, op.Iterate) and (len(sequence.states) == 2 or sequence.shape):
            return self._settled(statement, limit_of_recurrence(sequence, limit, counter, NUMBERS), None, conclusion)
        found = convergence(sequence_of(_at(here, left), counter, NUMBERS), _at(here, right), NUMBERS)
        return self._settled(statement, found, None, conclusion)

    def _settled(self, statement: Relation, found: Convergence, here: Direction | None, conclusion: bool) -> Statement:
        """What a limit comes to, with the values in a direction where they are not put in yet."""
        if not conclusion and not found.exact:
            raise UnsupportedError(f"{statement} as a premise: several geometric parts may cancel")
        self.lemmas += found.lemmas
        return _everywhere(here, found.statement)

    def _written_out(self, term: Term) -> Term:
        written = moduli_written_out(term, NUMBERS)
        if written != term:
            self.lemmas.append(QUADRATIC_FORMULA)
        return written

    def _is_about_directions(self, statement: Statement) -> bool:
        return self._frame is not None and any(isinstance(term, Eigenvalues) for term in subterms(parts_in(statement)))

    def _refuse_entangled(self, joined: Relation, conclusion: bool) -> None:
        """One direction may stand for any in several parts of a conclusion if all of them must hold; in a premise it may not be chosen.

        Raises:
            UnsupportedError: there are alternatives that each speak of all directions.
        """
        if self._frame is None:
            return
        sides = (side for side in (joined.left, joined.right) if isinstance(side, Statement))
        speaking = [any(_speaks_of_directions(part) for part in quantified(side)) for side in sides]
        if (conclusion and joined.symbol == "or" and all(speaking)) or (not conclusion and joined.symbol in ("iff", "implies") and any(speaking)):
            raise UnsupportedError(f"{joined}: alternatives that speak of all directions")


def _has_moduli(statement: Statement) -> bool:
    return any(isinstance(term, EigenvalueModuli) and term.shape == (2, 1) for term in subterms(statement))


def _opened(matrix: Term, row: Position, column: Position) -> Term:
    """An entry of a matrix as a term in entries of eigenvalue moduli, as far as the form of the matrix shows it."""

    def change(part: Term) -> Term | None:
        if not isinstance(part, tm.Entry) or isinstance(unnamed(part.operand), EigenvalueModuli):
            return None
        opened = entry_of(part.operand, part.row, part.column)
        return None if opened is None else op.transform(opened, change)

    return op.transform(tm.Entry(matrix, row, column), change)


def _upright(sequence: Term, limit: Term) -> tuple[Term, Term]:
    """A limit without what may be undone on both sides: a sign, a transpose, a factor that is a number."""
    match sequence:
        case op.Named(_, _, body):
            return _upright(body, limit)
        case tm.Negate(inner):
            return _upright(inner, -limit)
        case tm.Transpose(inner):
            return _upright(inner, limit.operand if isinstance(limit, tm.Transpose) else limit.T)
        case tm.Multiply(Number(factor), inner) | tm.Multiply(inner, Number(factor)) if factor:
            return _upright(inner, (1 / factor) * limit)
    return sequence, limit


def _without_constants(sequence: Term, limit: Term, counter: Dimension) -> tuple[Term, Term]:
    """What changes in a sum with a constant, under no name, and the limit less that constant."""
    match sequence:
        case op.Named(_, _, body):
            return _without_constants(body, limit, counter)
        case tm.Add(left, right) if not depends_on(right, counter):
            return _without_constants(left, limit - right, counter)
        case tm.Add(left, right) if not depends_on(left, counter):
            return _without_constants(right, limit - left, counter)
        case tm.Subtract(left, right) if not depends_on(right, counter):
            return _without_constants(left, limit + right, counter)
    return sequence, limit


def _at_each(index: Index, statement: Statement) -> list[Statement]:
    """A statement for each value of an index that runs to a number.

    Raises:
        UnsupportedError: the index is bound inside once more.
    """
    if not isinstance(index.dim, int) or _binds(statement, index):
        raise UnsupportedError(f"{statement} for every {index}")
    return [_standing(statement, index, place) for place in range(1, index.dim + 1)]


def _binds(statement: Statement, index: Index) -> bool:
    inner = (part for part in statement.values() if isinstance(part, Statement))
    return (isinstance(statement, Every) and statement.index == index) or any(_binds(part, index) for part in inner)


def _standing(statement: Statement, index: Index, place: int) -> Statement:
    found: Statement = map_parts(statement, lambda part: op.at_positions(part, {index: place}))
    return found


def _everywhere(here: Direction | None, statement: Statement) -> Statement:
    """A statement about numbers with the values in a direction put in."""
    found: Statement = map_parts(statement, lambda term: _at(here, term))
    return found


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
            case op.Named(_, positions, body) if index in positions:
                return op.transform(body, change)
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


# ------------------------------------------------------------------------------------------------ the spaces of a statement


def quantified(statement: Statement) -> Iterator[Statement]:
    """The parts of a statement that may speak of all directions."""
    if isinstance(statement, Relation) and isinstance(statement.left, Statement):
        for side in statement.values():
            if isinstance(side, Statement):
                yield from quantified(side)
    else:
        yield statement


def key_of(part: Statement, base: Base) -> Key:
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
