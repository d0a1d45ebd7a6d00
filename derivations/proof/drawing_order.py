"""In which order the names of a claim are drawn: what bounds a name comes before it.

``eta < 1 / sigma**2`` is affine in eta, so sigma is drawn first; then it leaves an interval for eta. Chance alone would seldom meet several
such relations, hardly ever an equation, and never the border of a comparison, where ``<`` and ``<=`` differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.measures import degree
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Assumption, Every, Property
from derivations.language.claims import Claim, limit_counter, relations_in
from derivations.language.shapes import sides
from derivations.language.terms import ORDERINGS, Dimension, Family, Number, Relation, Statement, Symbol, Term
from derivations.language.traversal import dimensions, symbols
from derivations.proof.intervals import Border
from derivations.proof.ranges import Ranges

__all__ = ["Rule", "demands", "drawing_order", "free_dimensions", "numeric_bounds"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is known of a name when it is drawn.

    Attributes:
        equations: differences, affine in the name, that are 0 by assumption.
        borders: comparisons of a scalar that are assumed.
        compared: comparisons of a scalar that the claim makes: at these borders ``<`` and ``<=`` differ.
    """

    equations: tuple[Term, ...] = ()
    borders: tuple[Border, ...] = ()
    compared: tuple[Border, ...] = ()


def numeric_bounds(given: Sequence[Assumption]) -> Ranges:
    """The ranges that the assumptions give, with what follows along a chain: 0 < a and a < b give 0 < b."""
    known = Ranges(given)
    compared = [(small, less, large) for assumption in given for small, less, large in demands(assumption) if less != "="]
    for _ in compared:
        carried = [relation for small, less, large in compared for relation in _carried(known, small, less, large)]
        wider = Ranges((*given, *carried))
        if wider.given == known.given:
            break
        known = wider
    return known


def _carried(known: Ranges, small: Term, less: str, large: Term) -> Iterator[Relation]:
    """What ``small < large`` gives for a name on either side, from the range of the other side."""
    (low, low_closed), (high, high_closed) = known.of(small).ends[0], known.of(large).ends[1]
    if isinstance(large, Symbol) and isinstance(low, Fraction):
        yield Relation(large, ">=" if low_closed and less == "<=" else ">", Number(low))
    if isinstance(small, Symbol) and isinstance(high, Fraction):
        yield Relation(small, "<=" if high_closed and less == "<=" else "<", Number(high))


@dataclass(frozen=True, slots=True)
class _Link:
    """``left symbol right`` between names.

    Attributes:
        names: all whose values it needs, also through equations that give values.
        assumed: whether it is assumed; else the claim makes the comparison.
    """

    left: Term
    symbol: str
    right: Term
    names: frozenset[Symbol | Family]
    assumed: bool

    @property
    def difference(self) -> Term:
        """What is compared with 0."""
        return self.left - self.right

    @property
    def is_equation(self) -> bool:
        """Whether it is one that must hold."""
        return self.assumed and self.symbol == "="

    def solves(self, name: Symbol) -> bool:
        """Whether, by its form, it can be solved for a name."""
        if name not in symbols((self.left, self.right)) or (name.shape and not self.is_equation):
            return False
        try:
            return degree(self.left, (name,)) <= 1 and degree(self.right, (name,)) <= 1
        except EvaluationError:
            return False  # not affine by its form


def drawing_order(
    claim: Claim,
    written: Collection[Term],
    names: Collection[Symbol | Family],
    sizes: Collection[Dimension],
    given_values: Sequence[tuple[Symbol, Term]],
) -> dict[Symbol, Rule]:
    """The names that are drawn after all others, in their order, each with its rule.

    Args:
        claim: whose assumptions and comparisons are looked at.
        written: every term in it.
        names: what has a value of its own in an instance of the claim.
        sizes: the dimensions that have.
        given_values: the symbols that equations give their values, one after the other, with their terms.
    """
    sources: dict[Symbol | Family, frozenset[Symbol | Family]] = {}
    for symbol, term in given_values:
        sources[symbol] = frozenset().union(*(sources.get(name, {name}) for name in symbols(term)))

    def link(left: Term, relation: str, right: Term, assumed: bool) -> _Link:
        needed = frozenset[Symbol | Family]().union(*(sources.get(name, {name}) for name in symbols((left, right))))
        return _Link(left, relation, right, needed, assumed)

    links = [link(*found, True) for given in claim.given if not _gives_value(given, sources) for found in demands(given)]
    links += [link(*found, False) for found in _compared(claim, written) if _is_closed(found, names, sizes)]
    ranges = Ranges(claim.given)
    bounded = {*ranges.given, *ranges.nonzero, *(given.term for given in claim.given if isinstance(given, Property))}
    open_ = _open_names(links, bounded)
    order: list[tuple[Symbol, Rule]] = []
    while open_:
        last = max(open_, key=lambda name: _fitness(name, links, name in bounded))
        order.insert(0, (last, _rule(last, [found for found in links if last in found.names and found.solves(last)])))
        links = [found for found in links if last not in found.names]
        open_.remove(last)
    return {name: rule for name, rule in order if rule != Rule()}


def _open_names(links: list[_Link], bounded: Collection[Term]) -> set[Symbol]:
    """The scalars in relations, and the vectors and matrices that equations can be solved for and nothing else is known of."""
    found: set[Symbol] = set()
    for link in links:
        for name in link.names:
            if isinstance(name, Symbol) and (not name.shape or (link.is_equation and name not in bounded and link.solves(name))):
                found.add(name)
    return found


def _rule(name: Symbol, links: list[_Link]) -> Rule:
    borders = {assumed: [Border(name, link.difference, link.symbol) for link in links if link.assumed is assumed] for assumed in (True, False)}
    equations = tuple(link.difference for link in links if link.is_equation)
    return Rule(equations, tuple(border for border in borders[True] if border.symbol != "="), tuple(borders[False]))


def _fitness(name: Symbol, links: list[_Link], bounded: bool) -> tuple[bool, bool, bool, bool, bool, int, int, int, str]:
    """How well a name is drawn last. Every assumption on it should be solved then, and something; if numbers bound it, others should rather
    follow it; a vector is what one solves for, on the left side, unless zero is mostly the only solution; and of a chain, its end.
    """
    own = [link for link in links if name in link.names]
    solved = [link for link in own if link.solves(name)]
    on_the_left = sum(name in symbols(link.left) for link in solved if link.is_equation)
    settled = all(link in solved for link in own if link.assumed)
    assumed = sum(link.assumed for link in own)
    seldom = any(_seldom_solved(link, name) for link in solved if link.is_equation)
    return settled, bool(solved), not bounded, not seldom, 1 in sides(name.size), len(solved) - len(own), on_the_left, -assumed, name.name


def _seldom_solved(link: _Link, name: Symbol) -> bool:
    """Whether an equation has few solutions for a name but zero, as Au = xu has for u, or too many equations for one number, as it has for x."""
    return bool(link.left.shape and not name.shape) or (_vanishes_with(link.left, name) and _vanishes_with(link.right, name))


def _vanishes_with(term: Term, name: Symbol) -> bool:
    """Whether a term shows by its form that it is zero where the name is."""
    match term:
        case tm.Add(left, right) | tm.Subtract(left, right):
            return _vanishes_with(left, name) and _vanishes_with(right, name)
        case tm.Multiply(left, right) | tm.MatMul(left, right) | tm.Hadamard(left, right):
            return _vanishes_with(left, name) or _vanishes_with(right, name)
        case tm.Negate(operand) | tm.Transpose(operand) | tm.Divide(operand, _) | op.Named(_, _, operand):
            return _vanishes_with(operand, name)
        case tm.Filled(_, _, entry):
            return entry == 0
        case Number(value):
            return value == 0
    return term == name


def _is_closed(found: tuple[Term, str, Term], names: Collection[Symbol | Family], sizes: Collection[Dimension]) -> bool:
    """Whether nothing occurs that is bound where the comparison comes from: the parameter of a function, the counter of a series."""
    terms = (found[0], found[2])
    return symbols(terms) <= set(names) and dimensions(terms) <= set(sizes)


def _gives_value(given: Assumption, fixed: Collection[Symbol | Family]) -> bool:
    return isinstance(given, Relation) and given.symbol == "=" and any(side in fixed for side in (given.left, given.right))


_Comparison = tuple[Term, str, Term]


def demands(given: Assumption) -> Iterator[_Comparison]:
    """What an assumption demands: |a| ≤ b is a ≤ b and −a ≤ b. (What a number says of a name is known before anything is drawn.)"""
    match given:
        case Relation(Term() as left, "=", Term() as right):
            yield left, "=", right
        case Relation(Term(shape=()) as left, symbol, Term(shape=()) as right) if symbol in ORDERINGS:
            if not any(isinstance(term, Symbol) for term in Ranges((given,)).given):
                small, less, large = (left, symbol, right) if symbol in ("<", "<=") else (right, _TURNED[symbol], left)
                yield from ((above, less, below) for above in _pieces(small, (op.Maximum, op.Apply)) for below in _pieces(large, (op.Minimum,)))


_TURNED = {">": "<", ">=": "<="}


def _compared(claim: Claim, written: Collection[Term]) -> Iterator[_Comparison]:
    """The comparisons that may change their truth from one instance to the next: not an equation that is the whole claim."""
    conditions = [term.relation for term in written if isinstance(term, op.Indicator)]
    conditions += [condition for term in written if isinstance(term, op.Cases) for condition, _ in term.branches]
    for relation in (*relations_in(claim.statement), *conditions):
        match relation:
            case Relation(Term(shape=()) as left, symbol, Term(shape=()) as right) if (symbol, relation) != ("=", claim.statement):
                choices = (op.Maximum, op.Minimum, op.Apply)
                yield from ((a, symbol, b) for a in _pieces(left, choices) for b in _pieces(right, choices) if symbol in (*ORDERINGS, "=", "!="))


@lru_cache(maxsize=1 << 12)
def _pieces(term: Term, choices: tuple[type[Term], ...]) -> tuple[Term, ...]:
    """The functions, each once, among which maxima, minima and absolute values choose, where these are of the kinds that are named."""
    match term:
        case op.Apply(op.Function("abs", None, None), argument, 0) if op.Apply in choices:
            return argument, -argument
        case op.Maximum(left, right) | op.Minimum(left, right) if isinstance(term, choices):
            return tuple(dict.fromkeys((*_pieces(left, choices), *_pieces(right, choices))))
        case op.Named(_, _, body) if len(inner := _pieces(body, choices)) > 1:
            return inner
    return (term,)


def free_dimensions(values: tuple[Term | Statement, ...]) -> set[Dimension]:
    """The dimensions of terms and statements, without the counters that grow in limits."""
    found: set[Dimension] = set()
    for value in values:
        if isinstance(value, Term):
            found |= dimensions(value)
        elif isinstance(value, Relation) and value.symbol == "->":
            found |= free_dimensions((value.left, value.right)) - {limit_counter(value)}
        else:
            found |= free_dimensions(tuple(part for part in value.values() if isinstance(part, Term | Statement)))
            found |= {value.index.dim} if isinstance(value, Every) and isinstance(value.index.dim, Dimension) else set()
    return found
