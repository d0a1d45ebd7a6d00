"""Claims, steps and derivations: plain records, the two sides kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from derivations.language.assumptions import Assumption, Property, conjuncts
from derivations.language.definitions import at_start, generic
from derivations.language.errors import DeclarationError, ShapeError
from derivations.language.implicit import ArgMin
from derivations.language.laws import Independent, Law, with_laws
from derivations.language.operators import Apply, Function, Iterate, Named, substitute
from derivations.language.random_names import check_random_names
from derivations.language.shapes import show_shape
from derivations.language.terms import (
    Dimension,
    Family,
    Index,
    Operand,
    Relation,
    Statement,
    Symbol,
    Term,
    as_term,
    map_parts,
    parts_in,
)
from derivations.language.traversal import depends_on, dimensions, subterms, symbols

__all__ = ["Claim", "Derivation", "Side", "Step", "assumption_terms", "check_names", "claim", "limit_counter", "relations_in", "substituted"]

Side: TypeAlias = Term | Statement
"""What may stand on a side of a claim: a term, or (of a connective) a statement."""


@dataclass(frozen=True, slots=True)
class Claim:
    """``left relation right``, for all values that meet the assumptions `given`.

    Free indices are quantified too: the claim holds for each of their values. Laws that are given are told to the expectations inside.

    Raises:
        DeclarationError: an unknown relation, or sides that it cannot relate.
    """

    left: Side
    relation: str
    right: Side
    given: tuple[Assumption, ...] = ()

    def __post_init__(self) -> None:
        Relation(self.left, self.relation, self.right)
        given = tuple(_assumption(part) for given in self.given for part in conjuncts(given))
        if laws := tuple(law for law in given if isinstance(law, Law | Independent)):
            tell: Callable[[Term], Term] = lambda term: with_laws(term, laws)  # noqa: E731
            for side in ("left", "right"):
                object.__setattr__(self, side, map_parts(getattr(self, side), tell))
            given = tuple(each if isinstance(each, Law | Independent) else map_parts(each, tell) for each in given)
        object.__setattr__(self, "given", given)

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides."""
        return self.left, self.right

    @property
    def statement(self) -> Relation:
        """The claim without its assumptions."""
        return Relation(self.left, self.relation, self.right)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every top-level term of the claim, those of its assumptions included."""
        return tuple(parts_in((self.left, self.right, self.given)))

    def __repr__(self) -> str:
        given = f"  given {', '.join(map(repr, self.given))}" if self.given else ""
        return f"{self.statement!r}{given}"


def claim(left: Operand | Statement, relation: str, right: Operand | Statement, given: Assumption | tuple[Assumption, ...] = ()) -> Claim:
    """One's own claim: ``claim(gradient(norm(X @ w - y)**2, w), "=", 2 * X.T @ (X @ w - y))``.

    Raises:
        DeclarationError: an unknown relation, or one name used for two things.
    """
    assumptions = given if isinstance(given, tuple) else (given,)
    made = Claim(_side(left), relation, _side(right), assumptions)
    check_names(made)
    return made


def substituted(made: Claim, replacements: dict[Term, Term]) -> Claim:
    """The claim with symbols replaced throughout, in its assumptions too."""
    left, right, given = map_parts((made.left, made.right, made.given), lambda term: substitute(term, replacements))
    return Claim(left, made.relation, right, given)


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
        left: Operand | Statement,
        relation: str,
        right: Operand | Statement,
        *,
        reason: str = "",
        given: Assumption | tuple[Assumption, ...] = (),
    ) -> Step:
        """A step from the two sides of its claim."""
        made = Claim(_side(left), relation, _side(right), given if isinstance(given, tuple) else (given,))
        check_names(made, complete=False)
        return cls(title, made, reason)


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
    return list(parts_in(assumption))


def relations_in(statement: Statement) -> Iterator[Relation]:
    """The relations between terms that a statement is made of."""
    if isinstance(statement, Relation) and isinstance(statement.left, Term):
        yield statement
    for part in statement.values():
        if isinstance(part, Statement):
            yield from relations_in(part)


def limit_counter(relation: Relation) -> Dimension:
    """The counter that grows in ``left -> right``.

    Raises:
        DeclarationError: there is none, or more than one, or the limit depends on it.
    """
    if not isinstance(relation.left, Term) or not isinstance(relation.right, Term):
        raise DeclarationError(f"{relation} relates no terms")
    counters = sorted((dim for dim in dimensions(relation.left) if not dim.least), key=lambda dim: dim.name)
    if len(counters) != 1:
        found = f"the counters {', '.join(dim.name for dim in counters)}" if counters else "none"
        raise DeclarationError(f"in {relation} the left side must contain one counter, which grows; found {found}")
    if depends_on(relation.right, counters[0]):
        raise DeclarationError(f"in {relation} the limit depends on the counter {counters[0]}, which grows")
    return counters[0]


def _assumption(statement: Statement) -> Assumption:
    """Raises:
    DeclarationError: the statement is neither a relation nor a property, nor about laws.
    """
    if not isinstance(statement, Relation | Property | Law | Independent):
        raise DeclarationError(f"{statement} is no assumption; expected relations, properties, laws and independence")
    return statement


def _side(value: Operand | Statement) -> Side:
    return value if isinstance(value, Statement) else as_term(value)


def check_names(checked: Claim, complete: bool = True) -> None:
    """One name, one thing: symbols, families, dimensions, functions and named quantities share one name space. A limit has one counter.
    Every random name has a law, unless the claim is not complete yet: a step may owe its laws to the derivation.

    Raises:
        DeclarationError: a name stands for two things; a limit, a minimiser or an assumption depends on what is bound in a side; a law is missing.
        ShapeError: an assumption, or a part of the statement, relates different shapes.
    """
    for relation in (relation for stated in (checked.statement, *checked.given) for relation in relations_in(stated)):
        _check_binders(relation)
        if relation != checked.statement:  # whether the claim itself is well typed is a matter of its verdict
            _check_shapes(relation)
    for term in subterms(checked.statement):
        if isinstance(term, ArgMin):
            _check_assumed(term, checked.given)
    if complete:
        check_random_names(checked.statement, checked.given)
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
            own(term.name, at_start(term), f"a sequence with the step {term.step}")
        if isinstance(term, Named):
            own(*_definition(term), f"a quantity defined as {term.body}")


def _check_shapes(relation: Relation) -> None:
    left, right = relation.left, relation.right
    if isinstance(left, Term) and isinstance(right, Term) and left.shape != right.shape:
        shapes = f"the left side has shape {show_shape(left.shape)}, the right side has shape {show_shape(right.shape)}"
        hint = "; zeros(…) and ones(…) have shapes" if () in (left.shape, right.shape) else ""
        raise ShapeError(f"{relation} relates different shapes: {shapes}{hint}")


def _check_binders(relation: Relation) -> None:
    if relation.symbol == "->":
        limit_counter(relation)
    for side, other in ((relation.left, relation.right), (relation.right, relation.left)):
        if isinstance(side, ArgMin) and isinstance(other, Term) and depends_on(other, side.variable):
            raise DeclarationError(f"in {relation} the minimiser depends on {side.variable}, over which it is one")


def _check_assumed(problem: ArgMin, given: tuple[Assumption, ...]) -> None:
    for assumption in given:
        if any(depends_on(term, problem.variable) for term in assumption_terms(assumption)):
            variable = problem.variable
            raise DeclarationError(f"the assumption {assumption} speaks of {variable}, which is bound in {problem}; make it a constraint there")


def _definition(term: Named) -> tuple[str, Named]:
    """A name and the definition behind it, free of the letters of its indices; each fixed position is a name of its own."""
    fixed = [position for position in term.positions if not isinstance(position, Index)]
    lettered = generic(term)
    return (f"{term.name}[{', '.join(map(str, lettered.positions))}]" if fixed else term.name), lettered


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
