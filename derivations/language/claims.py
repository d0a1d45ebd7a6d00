"""Claims, steps and derivations: plain records, the two sides kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from derivations.language.assumptions import Assumption, Property
from derivations.language.errors import DeclarationError
from derivations.language.operators import Apply, Function, Iterate, Named, at_positions, substitute
from derivations.language.shapes import show_shape
from derivations.language.terms import CONNECTIVES, RELATIONS, Dimension, Family, Index, Operand, Position, Relation, Symbol, Term, as_term
from derivations.language.traversal import dimensions, subterms, symbols

__all__ = ["Claim", "Derivation", "Statement", "Step", "assumption_terms", "check_names", "claim", "substituted"]

Statement: TypeAlias = Term | Relation
"""What may stand on a side of a claim: a term, or (of ⇔ and ⇒) a relation."""


@dataclass(frozen=True, slots=True)
class Claim:
    """``left relation right``, for all values that meet the assumptions `given`.

    Free indices are quantified too: the claim holds for each of their values.

    Raises:
        DeclarationError: an unknown relation, or sides that it cannot relate.
    """

    left: Statement
    relation: str
    right: Statement
    given: tuple[Assumption, ...] = ()

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise DeclarationError(f"{self.relation!r} is no relation; expected one of {' '.join(RELATIONS)}")
        connective = self.relation in CONNECTIVES
        for side in self.statements:
            if isinstance(side, Term) == connective:
                raise DeclarationError(f"the sides of {self.relation!r} must be {'relations' if connective else 'terms'}; found {side}")

    @property
    def statements(self) -> tuple[Statement, Statement]:
        """Both sides."""
        return self.left, self.right

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every top-level term of the claim, those of its assumptions included."""
        sides: list[Term] = []
        for side in self.statements:
            sides += [side] if isinstance(side, Term) else _relation_terms(side)
        return (*sides, *(term for assumption in self.given for term in assumption_terms(assumption)))

    def __repr__(self) -> str:
        given = f"  given {', '.join(map(repr, self.given))}" if self.given else ""
        return f"{self.left!r} {self.relation} {self.right!r}{given}"


def claim(left: Operand | Relation, relation: str, right: Operand | Relation, given: Assumption | tuple[Assumption, ...] = ()) -> Claim:
    """One's own claim: ``claim(gradient(norm(X @ w - y)**2, w), "=", 2 * X.T @ (X @ w - y))``.

    Raises:
        DeclarationError: an unknown relation, or one name used for two things.
    """
    assumptions = given if isinstance(given, tuple) else (given,)
    made = Claim(_statement(left), relation, _statement(right), assumptions)
    check_names(made)
    return made


def substituted(made: Claim, replacements: dict[Term, Term]) -> Claim:
    """The claim with symbols replaced throughout, in its assumptions too."""

    def in_statement(statement: Statement) -> Statement:
        if isinstance(statement, Term):
            return substitute(statement, replacements)
        return Relation(in_statement(statement.left), statement.symbol, in_statement(statement.right))

    def in_assumption(assumption: Assumption) -> Assumption:
        if isinstance(assumption, Property):
            return Property(assumption.kind, substitute(assumption.term, replacements))
        return Relation(in_statement(assumption.left), assumption.symbol, in_statement(assumption.right))

    return Claim(in_statement(made.left), made.relation, in_statement(made.right), tuple(map(in_assumption, made.given)))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: a title, one claim, and the reason a reader is given."""

    title: str
    claim: Claim
    reason: str = ""

    @classmethod
    def of(
        cls,
        title: str,
        left: Operand | Relation,
        relation: str,
        right: Operand | Relation,
        *,
        reason: str = "",
        given: tuple[Assumption, ...] = (),
    ) -> Step:
        """A step from the two sides of its claim."""
        return cls(title, claim(left, relation, right, given), reason)


@dataclass(frozen=True, slots=True)
class Derivation:
    """A result with the steps that lead to it: an entry of the catalogue, or a person's own.

    Attributes:
        questions: the questions of the course sheets that it answers, as "sheet/question".
        given: assumptions that every step shares.
        notes: what a reader should know beside the steps, in plain words.
    """

    title: str
    steps: tuple[Step, ...]
    questions: tuple[str, ...] = ()
    given: tuple[Assumption, ...] = ()
    notes: str = ""

    def __post_init__(self) -> None:
        if not self.steps:
            raise DeclarationError(f"the derivation {self.title!r} has no steps")

    @property
    def name(self) -> str:
        """The title as one word, for addresses such as ``momentum/eigenvalues-of-the-momentum-matrix``."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claim of each step, under the shared assumptions too."""
        return tuple(replace(step.claim, given=tuple(dict.fromkeys((*self.given, *step.claim.given)))) for step in self.steps)


DerivationMaker: TypeAlias = Callable[..., Derivation]
"""An entry whose numbers may vary: a function of them, every parameter with a default."""


def assumption_terms(assumption: Assumption) -> list[Term]:
    """The terms that an assumption speaks of."""
    return _relation_terms(assumption) if isinstance(assumption, Relation) else [assumption.term]


def _relation_terms(relation: Relation) -> list[Term]:
    terms: list[Term] = []
    for side in (relation.left, relation.right):
        terms += [side] if isinstance(side, Term) else _relation_terms(side)
    return terms


def _statement(value: Operand | Relation) -> Statement:
    return value if isinstance(value, Relation) else as_term(value)


def check_names(checked: Claim) -> None:
    """One name, one thing: symbols, families, dimensions, functions and named quantities share one name space.

    Raises:
        DeclarationError: a name stands for two things.
    """
    owners: dict[str, object] = {}

    def own(name: str, owner: object, kind: str) -> None:
        if owners.setdefault(name, owner) != owner:
            raise DeclarationError(f"the name {name} stands for two things in {checked}: {_describe(owners[name])} and {kind}")

    for symbol in sorted(symbols(checked.terms), key=lambda s: (s.name, repr(s.size))):
        own(symbol.name, symbol, _describe(symbol))
    for dim in sorted(dimensions(checked.terms), key=lambda d: d.name):
        own(dim.name, dim, _describe(dim))
    for term in subterms(checked.terms):
        if isinstance(term, Apply) and term.function.body is not None:
            own(term.function.name, term.function, f"a function defined as {term.function.body}")
        if isinstance(term, Iterate):
            own(term.name, _sequence(term), f"a sequence with the step {term.step}")
        if isinstance(term, Named):
            own(*_definition(term), f"a quantity defined as {term.body}")


def _sequence(term: Iterate) -> Iterate:
    """The sequence behind an occurrence, at index 0."""
    return Iterate(term.name, as_term(0), term.initials, term.states, term.step)


def _definition(term: Named) -> tuple[str, Named]:
    """A name and the definition behind it, free of the letters of its indices; each fixed position is a name of its own."""
    fixed = [position for position in term.positions if not isinstance(position, Index)]
    letters: dict[Index, Position] = {p: Index(f"·{place}", p.dim) for place, p in enumerate(term.positions) if isinstance(p, Index)}
    generic = at_positions(term, letters)
    return (f"{term.name}[{', '.join(map(str, generic.positions))}]" if fixed else term.name), generic


def _describe(owner: object) -> str:
    if isinstance(owner, Iterate):
        return f"a sequence with the step {owner.step}"
    if isinstance(owner, Dimension):
        return "a dimension"
    if isinstance(owner, Symbol):
        return f"a symbol of shape {show_shape(owner.size)}"
    if isinstance(owner, Family):
        return f"a family of shape {show_shape(owner.size)}"
    if isinstance(owner, Function):
        return f"a function defined as {owner.body}"
    return f"a quantity defined as {owner.body}" if isinstance(owner, Named) else "a defined quantity"
