"""What to draw for a claim, and in which order: read off its assumptions, and off the comparisons in it.

An assumption that bounds a symbol by what is drawn before it is met by the draw. A comparison in the claim is a border: the symbol is
drawn on both sides of it, so that the claim is tried where the comparison holds and where it fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from itertools import chain
from typing import NamedTuple, TypeAlias

from derivations.evaluation.instances import assumed_rank, rank_fits
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.measures import degree
from derivations.language.assumptions import Assumption, Property
from derivations.language.claims import relations_in
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.laws import Independent, Law
from derivations.language.operators import Apply, Function, Gradient, Hessian, Jacobian, substitute
from derivations.language.shapes import Dim, sides
from derivations.language.terms import ORDERINGS, Dimension, Entry, Family, Index, Member, Number, Relation, Statement, Symbol, Term, parts_in
from derivations.language.traversal import dimensions, subterms, symbols

__all__ = ["Bound", "Equation", "Owner", "Plan", "Recipe", "recipe_for"]

Owner: TypeAlias = Symbol | Family
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
MOST_OVERSAMPLING = 64
MOST_BORDERS = 16
"""Of one symbol; of more, some pieces between them would get no instance."""


class Bound(NamedTuple):
    """All entries of an owner stand in an ordering to a limit; in the opposite one where the slope, if there is one, is negative."""

    ordering: str
    limit: Term
    slope: Term | None = None


class Equation(NamedTuple):
    """What gives a symbol its value: a term that is its value, or one that is 0 at it."""

    symbol: Symbol
    term: Term
    solved: bool

    @property
    def owners(self) -> frozenset[Owner]:
        """All that it speaks of."""
        return symbols((self.symbol, self.term))


@dataclass(frozen=True, slots=True)
class Plan:
    """How a symbol or family is drawn, when all before it are: within bounds, on both sides of borders, or by an equation."""

    owner: Owner
    bounds: tuple[Bound, ...] = ()
    borders: tuple[Bound, ...] = ()
    equation: Equation | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to draw, and how.

    Attributes:
        dimensions: what needs a size.
        plans: of all symbols and families, in the order in which they are drawn.
        properties: those of owners, as (kind, owner).
        ranks: the ranks that are assumed of owners.
        imposed: equations inside the claim, each of which is made true at some instances.
        given: all assumptions.
        by_chance: those of them that are not built into the draw.
    """

    dimensions: tuple[Dimension, ...]
    plans: tuple[Plan, ...]
    properties: Set[tuple[str, Owner]]
    ranks: Mapping[Owner, Dim]
    imposed: tuple[Equation, ...]
    given: tuple[Assumption, ...]
    by_chance: Set[Assumption]

    @property
    def oversampling(self) -> int:
        """How many times more instances are drawn than wanted: 4 times for each assumption that is met by chance only."""
        return min(1 << 2 * len(self.by_chance), MOST_OVERSAMPLING)

    def fits(self, sizes: Mapping[Dimension, int]) -> bool:
        """Whether matrices of these sizes can have the ranks that are assumed."""
        return all(rank_fits(assumption, sizes) for assumption in self.given)


def recipe_for(
    terms: Iterable[Term], given: tuple[Assumption, ...], statements: Iterable[Statement] = (), unvalued: Set[Owner] = frozenset()
) -> Recipe:
    """How to draw what occurs in the terms and the assumptions, so that the statements are true at some instances and false at others.
    The first one is the claim, of which the equations are made true at some; the others are variants of it. What is unvalued is not drawn.

    Raises:
        UnsupportedError: a quantity is complex.
    """
    everything = (*terms, *parts_in(given))
    owners = sorted(symbols(everything) - unvalued, key=lambda owner: owner.name)
    for owner in owners:
        if owner.field != "real":
            raise UnsupportedError(f"{owner} is {owner.field}; floating-point instances are drawn of real quantities only")
    compared = [tuple(relations_in(statement)) for statement in statements]
    equations, properties, ranks = dict(_equations(given)), dict(_properties(given)), dict(_ranks(given))
    fixed = frozenset().union(*(equation.owners for equation in equations.values()), (owner for _, owner in properties.values()))
    settled = {equation.symbol for equation in equations.values()}
    links = [
        *(_Link(_Role.EQUATION, equation.owners, {equation.symbol: equation}, source) for source, equation in equations.items()),
        *(link for assumption in given if isinstance(assumption, Relation) for link in _links(assumption, _Role.ASSUMED, settled, assumption)),
        *(link for relation in dict.fromkeys(chain(*compared)) for link in _links(relation, _Role.BORDER, settled)),
    ]
    plans, built_in = _arranged(owners, links, settled)
    return Recipe(
        tuple(sorted(dimensions(everything), key=lambda dim: dim.name)),
        tuple(plans),
        set(properties.values()),
        dict(ranks.values()),
        tuple(_alone(*compared[:1], fixed=fixed)),
        given,
        {assumption for assumption in given if assumption not in {*properties, *ranks, *built_in} and not _is_always_met(assumption)},
    )


def _is_always_met(assumption: Assumption) -> bool:
    return isinstance(assumption, Independent) or (isinstance(assumption, Law) and not assumption.parameters)


# ------------------------------------------------------------------------------------------------------------- properties


def _properties(given: tuple[Assumption, ...]) -> Iterator[tuple[Assumption, tuple[str, Owner]]]:
    """The assumptions that state a property of an owner; of a family, that of every member."""
    for assumption in given:
        owner = _owner(assumption.term) if isinstance(assumption, Property) else None
        if isinstance(assumption, Property) and owner is not None:
            yield assumption, (assumption.kind, owner)


def _ranks(given: tuple[Assumption, ...]) -> Iterator[tuple[Assumption, tuple[Owner, Dim]]]:
    """The assumptions that state the rank of an owner."""
    for assumption in given:
        found = assumed_rank(assumption)
        owner = _owner(found[0]) if found is not None else None
        if found is not None and owner is not None:
            yield assumption, (owner, found[1])


def _owner(term: Term) -> Owner | None:
    """The symbol, or the family of which it is any member."""
    match term:
        case Symbol():
            return term
        case Member(family, positions) if all(isinstance(position, Index) for position in positions):
            return family
    return None


# -------------------------------------------------------------------------------------------------------------- equations


def _equations(given: Iterable[Statement], fixed: Set[Owner] = frozenset()) -> Iterator[tuple[Relation, Equation]]:
    """The equations that can be read as "this symbol has this value", one after the other: no value uses a symbol that gets its own later.
    Then those between vectors or scalars that define nothing, each with the first symbol in it that no other equation settles. What is fixed
    gets no value.
    """
    found: dict[Relation, Equation] = {}
    settled: set[Owner] = set(fixed)
    stated = [each for each in given if isinstance(each, Relation) and each.symbol == "=" and assumed_rank(each) is None]
    for relation in stated:
        for symbol, value in ((relation.left, relation.right), (relation.right, relation.left)):
            if isinstance(symbol, Symbol) and isinstance(value, Term) and symbol not in {*settled, *symbols(value)} and not value.free:
                found[relation] = Equation(symbol, value, solved=True)
                settled |= found[relation].owners
                break
    yield from found.items()
    for relation in stated:
        left, right = relation.left, relation.right
        if relation in found or not isinstance(left, Term) or not isinstance(right, Term) or relation.free or sides(left.shape)[1] != 1:
            continue
        shaped = (owner for owner in symbols((left, right)) - settled if isinstance(owner, Symbol) and (owner.size or not left.shape))
        unknown = min((owner for owner in shaped if sides(owner.size)[1] == 1), key=lambda owner: owner.name, default=None)
        if unknown is not None:
            settled |= symbols((left, right))
            yield relation, Equation(unknown, left - right, solved=False)


def _alone(compared: Iterable[Relation] = (), *, fixed: Set[Owner]) -> list[Equation]:
    """Each equation that gives the value of a symbol by itself, since to make one true the others need not be; one with a derivative only where
    there is no plainer one.
    """
    alone = dict.fromkeys(equation for relation in compared for _, equation in _equations((relation,), fixed))
    plain = [equation for equation in alone if not any(isinstance(term, Gradient | Jacobian | Hessian) for term in subterms(equation.term))]
    return plain or list(alone)


# ------------------------------------------------------------------------------------------------------ bounds and order


class _Role(IntEnum):
    """What a link is; the number says how much it matters that the draw sees to it."""

    BORDER = 1
    IMPLIED = 3
    ASSUMED = 10
    EQUATION = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Link:
    """What ties owners together, and for which of them the draw can see to it once the others are drawn; else it is left to chance.

    Attributes:
        source: the assumption that it is, or is a part of.
    """

    role: _Role
    owners: frozenset[Owner]
    solutions: Mapping[Owner, Bound | Equation]
    source: Assumption | None = None


def _links(relation: Relation, role: _Role, settled: Set[Owner], source: Assumption | None = None) -> Iterator[_Link]:
    """An ordering, as bounds for its owners; of an absolute value, one on each side of 0."""
    if relation.symbol not in ORDERINGS or not isinstance(relation.left, Term) or not isinstance(relation.right, Term):
        return
    border = role is _Role.BORDER
    for left, ordering, right in _unfolded(relation.left, relation.symbol, relation.right, border):
        owners = symbols((left, right))
        bounds = {owner: _bound(left, ordering, right, owner, border) for owner in owners - settled}
        yield _Link(role, owners, {owner: bound for owner, bound in bounds.items() if bound is not None}, source)


def _unfolded(left: Term, ordering: str, right: Term, border: bool) -> Iterator[tuple[Term, str, Term]]:
    """|x| < c is x < c and x > −c; the borders of |x| > c are the same."""
    if isinstance(right, Apply) and not isinstance(left, Apply):
        left, ordering, right = right, FLIPPED[ordering], left
    match left:
        case Apply(Function("abs", None), argument, 0) if border or ordering in ("<", "<="):
            yield argument, ordering, right
            yield argument, FLIPPED[ordering], -right
        case _:
            yield left, ordering, right


def _bound(left: Term, ordering: str, right: Term, owner: Owner, border: bool) -> Bound | None:
    """The ordering as a bound of an owner: where it stands alone on a side, or is a scalar of which both sides are affine functions.

    A bound of an entry or a member by a constant is taken for all entries and members. A border is one of scalars, and may have an index.
    """
    scalar = isinstance(owner, Symbol) and not owner.size
    if border and not scalar:
        return None
    for one, sign, other in ((left, ordering, right), (right, FLIPPED[ordering], left)):
        target = one.operand if isinstance(one, Entry) and not symbols(other) else one
        if owner not in symbols(other) and owner == (target.family if isinstance(target, Member) else target) and (border or not other.free):
            return Bound(sign, other)
    solvable = isinstance(owner, Symbol) and scalar and not left.shape and (border or not (left.free | right.free))
    return _affine_bound(left - right, ordering, owner) if solvable and isinstance(owner, Symbol) else None


def _affine_bound(residual: Term, ordering: str, owner: Symbol) -> Bound | None:
    """The bound of a scalar for which an affine function of it stands in an ordering to 0."""
    try:
        if degree(residual, (owner,)) != 1:
            return None
        at_zero, at_one = (substitute(residual, {owner: Number(Fraction(value))}) for value in (0, 1))
    except (EvaluationError, DeclarationError):  # no polynomial by its form; or the name is bound somewhere inside
        return None
    slope = at_one - at_zero
    return Bound(ordering, -at_zero / slope, slope)


def _arranged(owners: Iterable[Owner], links: list[_Link], settled: Set[Owner]) -> tuple[list[Plan], set[Assumption]]:
    """The owners in an order in which each link can be met by its last one, as far as there is such an order; and the assumptions met so.

    What bounds the last one from below must be less than what bounds it from above, or there is no room for it: a link of those before it
    (Fourier's elimination).
    """
    left, unmet, plans = list(owners), list(links), []
    by_chance: set[Assumption] = set()
    while left:
        last = min(reversed(left), key=lambda owner: sum(link.role for link in unmet if owner in link.owners and owner not in link.solutions))
        mine = [link for link in unmet if last in link.owners]
        by_chance |= {link.source for link in mine if last not in link.solutions and link.source is not None}
        plans.append(_plan(last, [link for link in mine if last in link.solutions]))
        unmet = [link for link in unmet if last not in link.owners]
        unmet += [link for relation in _room(plans[-1].bounds) for link in _links(relation, _Role.IMPLIED, settled)]
        left.remove(last)
    return plans[::-1], {link.source for link in links if link.source is not None} - by_chance


def _plan(owner: Owner, links: list[_Link]) -> Plan:
    solved = [(link.solutions[owner], link.role) for link in links]
    borders = dict.fromkeys(bound._replace(ordering="") for bound, role in solved if isinstance(bound, Bound) and role is _Role.BORDER)
    return Plan(
        owner,
        tuple(bound for bound, role in solved if isinstance(bound, Bound) and role is not _Role.BORDER),
        tuple(borders)[:MOST_BORDERS],
        next((equation for equation, _ in solved if isinstance(equation, Equation)), None),
    )


def _room(bounds: Iterable[Bound]) -> Iterator[Relation]:
    """That each lower bound is less than each upper one, of those that do not turn."""
    plain = [bound for bound in bounds if bound.slope is None]
    below, above = ([bound.limit for bound in plain if bound.ordering in orderings] for orderings in ((">", ">="), ("<", "<=")))
    yield from (Relation(low, "<", high) for low in below for high in above if low.shape == high.shape)
