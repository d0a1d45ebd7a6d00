"""How terms are written: one engine, driven by a table of notation, for every language that terms are written in.

A table says how each operator is spelled, how tightly the result holds together, and how tightly each operand must hold
together to stand without brackets. The engine looks up and puts brackets; a language adds its table and the spelling of the
nodes that are no plain operators. Terms are written from their parts upwards, without recursion: deep terms and shared parts
cost no more than others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from derivations.language.assumptions import Every, Property
from derivations.language.laws import Independent, Law
from derivations.language.operators import Named
from derivations.language.terms import Relation, Statement, Term, parts

__all__ = ["CLOSED", "CONNECTED", "WHOLE", "Fixity", "Notation", "Piece", "Writer"]

WHOLE: Final = 3
"""How tightly a statement holds together that no connective joins."""

CONNECTED = {"iff": (0, 1), "implies": (0, 1), "or": (1, WHOLE), "and": (2, WHOLE)}
"""Of each connective: how tightly what it joins holds together, and how tightly a side must, to stand without brackets. A chain of one
"and" or "or" needs none.
"""

CLOSED: Final = 99
"""The tail of a text that takes in nothing written after it."""


class Fixity(Enum):
    """Where the sign of an operator stands."""

    INFIX = "left sign right"
    PREFIX = "sign operand"
    POSTFIX = "operand sign"
    CALL = "sign(operand, …)"
    GROUPS = "sign{operand}…"


@dataclass(frozen=True, slots=True)
class Notation:
    """How an operator is written.

    Attributes:
        sign: the sign or macro; of an infix operator with the spaces around it.
        precedence: how tightly the result holds together; a larger number is tighter.
        operands: the least precedence of each operand that stands without brackets (none for a call or groups, which enclose them).
        chains: whether a left operand of the same precedence stands without brackets: ``a - b - c`` is ``(a - b) - c``.
    """

    sign: str
    fixity: Fixity
    precedence: int
    operands: tuple[int, ...] = ()
    chains: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A written term or statement.

    Attributes:
        level: how tightly it holds together.
        tail: what stands at its end reaches over operators of this precedence and tighter ones, as the sum in ``a Σ_i b`` would
            over a further factor, and ``∀i: x_i > 0`` over ``∧ b > 0``.
    """

    text: str
    level: int
    tail: int = CLOSED


class Writer(ABC):
    """Writes the terms of one text. A language gives the table, the signs of relations, and its own brackets.

    Args:
        longest: no piece of text is longer; the middle of a longer one is left out. None: everything is written.
    """

    table: Mapping[type[Term], Notation]
    relations: Mapping[str, str]

    def __init__(self, longest: int | None = None) -> None:
        self._longest = longest
        self._pieces: dict[Term, Piece] = {}

    @abstractmethod
    def spell(self, term: Term) -> Piece:
        """The term, whose parts are written already; the default of a language is `composed`."""

    @abstractmethod
    def bracketed(self, text: str) -> str:
        """The text in brackets."""

    def joined(self, notation: Notation, left: str, right: str) -> str:
        """An infix operator between its operands."""
        return f"{left}{notation.sign}{right}"

    @abstractmethod
    def property(self, stated: Property) -> Piece:
        """The property of a matrix."""

    @abstractmethod
    def every(self, stated: Every) -> Piece:
        """A statement for each value of an index."""

    @abstractmethod
    def law(self, stated: Law) -> Piece:
        """How a name is distributed."""

    @abstractmethod
    def independence(self, stated: Independent) -> Piece:
        """That names are independent."""

    def sign(self, relation: Relation) -> str:
        """The sign between the sides of a relation."""
        return self.relations[relation.symbol]

    def write(self, value: Term | Statement) -> str:
        """The text of a term or statement."""
        return (self.piece(value) if isinstance(value, Term) else self.clause(value)).text

    # --------------------------------------------------------------------------------------------------- statements

    def clause(self, statement: Statement) -> Piece:
        """The written statement.

        Raises:
            NotImplementedError: a kind of statement without a text.
        """
        match statement:
            case Relation():
                return self.related(statement)[1]
            case Property():
                return self.property(statement)
            case Every():
                return self.every(statement)
            case Law():
                return self.law(statement)
            case Independent():
                return self.independence(statement)
        raise NotImplementedError(f"{type(self).__name__} has no text for {type(statement).__name__}")

    def sides(self, relation: Relation) -> tuple[str, str]:
        """Both sides of a relation, in brackets where they need them beside its sign."""
        return self.related(relation)[0]

    def related(self, relation: Relation) -> tuple[tuple[str, str], Piece]:
        """Both sides of a relation as they stand in it, and the whole."""
        match relation:
            case Relation(Statement() as left, symbol, Statement() as right):
                return self.connected(symbol, self.sign(relation), self.clause(left), self.clause(right))
            case Relation(Term() as left, _, Term() as right):
                sides = self.piece(left).text, self.piece(right).text
                return sides, Piece(f"{sides[0]} {self.sign(relation)} {sides[1]}", WHOLE)
        raise NotImplementedError(f"{type(self).__name__} has no text for a relation between a term and a statement")

    def connected(self, symbol: str, sign: str, left: Piece, right: Piece) -> tuple[tuple[str, str], Piece]:
        """Two statements joined by a connective."""
        level, need = CONNECTED[symbol]
        chained = left.level == level and symbol in ("and", "or")
        first = left.text if (left.level >= need or chained) and level < left.tail else self.bracketed(left.text)
        last, tail = (right.text, right.tail) if right.level >= need else (self.bracketed(right.text), CLOSED)
        return (first, last), Piece(f"{first} {sign} {last}", level, tail)

    # -------------------------------------------------------------------------------------------------------- terms

    def piece(self, term: Term) -> Piece:
        """The written term."""
        stack = [term]
        while stack:
            missing = [part for part in _written_parts(stack[-1]) if part not in self._pieces]
            if missing:
                stack += missing
            elif (top := stack.pop()) not in self._pieces:
                self._pieces[top] = self._clipped(self.spell(top))
        return self._pieces[term]

    def _clipped(self, piece: Piece) -> Piece:
        if self._longest is None or len(piece.text) <= self._longest:
            return piece
        half = self._longest // 2
        return Piece(f"{piece.text[:half]} … {piece.text[-half:]}", piece.level, piece.tail)

    # ------------------------------------------------------------------------------------------------- by the table

    def composed(self, term: Term) -> Piece:
        """An operator with its operands, as the table says.

        Raises:
            NotImplementedError: the table has no such node.
        """
        if type(term) not in self.table:
            raise NotImplementedError(f"{type(self).__name__} has no notation for {type(term).__name__}")
        notation = self.table[type(term)]
        match notation.fixity, tuple(parts(term)):
            case Fixity.INFIX, (left, right):
                return self._infix(notation, left, right)
            case Fixity.PREFIX, (operand,):
                return self.prefixed(notation, notation.sign, operand)
            case Fixity.POSTFIX, (operand,):
                return Piece(self.operand(operand, notation.operands[0]) + notation.sign, notation.precedence)
            case Fixity.GROUPS, operands:
                return Piece(notation.sign + "".join(f"{{{self.write(operand)}}}" for operand in operands), notation.precedence)
            case Fixity.CALL, _:
                return Piece(notation.sign + self.bracketed(self.arguments(term.values())), notation.precedence)
        raise NotImplementedError(f"{type(term).__name__} has not the operands of a {notation.fixity.name} notation")

    def arguments(self, values: tuple[object, ...]) -> str:
        """The arguments of a call."""
        return ", ".join(self.argument(value) for value in values)

    def argument(self, value: object) -> str:
        """One argument of a call: a term, a statement, or a position."""
        return self.write(value) if isinstance(value, Term | Statement) else str(value)

    def operand(self, operand: Term, need: int) -> str:
        """An operand that stands first or alone, in brackets if it does not hold together as tightly as needed."""
        piece = self.piece(operand)
        return piece.text if piece.level >= need else self.bracketed(piece.text)

    def prefixed(self, notation: Notation, sign: str, operand: Term) -> Piece:
        """A prefix operator, its sign written out, with its operand: its tail is all that its operand may hold."""
        text, tail = self._later(operand, notation.operands[0])
        return Piece(f"{sign}{text}", notation.precedence, min(tail, notation.operands[0]))

    def _infix(self, notation: Notation, left: Term, right: Term) -> Piece:
        first = self.piece(left)
        holds = first.level >= notation.operands[0] or (notation.chains and first.level == notation.precedence)
        text = first.text if holds and notation.precedence < first.tail else self.bracketed(first.text)
        last, tail = self._later(right, notation.operands[1])
        return Piece(self.joined(notation, text, last), notation.precedence, tail)

    def _later(self, operand: Term, need: int) -> tuple[str, int]:
        """An operand that stands after a sign, and its tail; one that begins with a minus is bracketed too."""
        piece = self.piece(operand)
        if piece.level >= need and not piece.text.startswith("-"):
            return piece.text, piece.tail
        return self.bracketed(piece.text), CLOSED


def _written_parts(term: Term) -> tuple[Term, ...]:
    """The parts that show in the text: of a named quantity none, it is written by its name."""
    return () if isinstance(term, Named) else tuple(parts(term))
