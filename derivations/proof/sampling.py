"""Exact rational instances that meet the assumptions of a claim.

Values that an assumption bounds or shapes are constructed (interval, nonzero, symmetric, positive definite, invertible); what
relates several names is met by drawing again. An assumption that no instance is found for makes the claim undecided, never
proved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import cycle, product
from random import Random
from typing import Any

from flint import ctx

from derivations.evaluation.arrays import AlgebraicInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.fields import exact_number
from derivations.evaluation.instances import Entries, Instance, Quantity, assumed_rank, family_positions, length, matrix_size, rank_fits
from derivations.evaluation.interpreter import EvaluationError, Imprecise, Inexact
from derivations.evaluation.statements import holds
from derivations.language.assumptions import Assumption, Property
from derivations.language.claims import Claim, assumption_terms, relations_in
from derivations.language.implicit import EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.laws import Law
from derivations.language.random_names import unvalued, with_parameters
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Dimension, Family, Index, Member, PseudoInverse, Relation, Symbol, Term
from derivations.language.traversal import subterms, symbols
from derivations.proof.constructions import CONSTRUCTORS, OF_ANY_ORDER, Rows, of_low_rank, of_rank, with_rational_spectrum
from derivations.proof.drawing_order import Rule, drawing_order, free_dimensions, numeric_bounds
from derivations.proof.intervals import Border, simplest_between, solution
from derivations.proof.ranges import ANY, Range, Ranges

__all__ = ["Sampler", "Size", "meets", "precise"]

_TRIES = 40
_ANY_PLACE = 3  # a spread: plain numbers from anywhere within the bounds, where the usual small ones meet no assumption
_TRIES_FOR_SIZES = 8
_BITS = 128
_BORDERS = 3  # one draw of so many visits the border of a comparison
_CHANCES = 1 << 10  # which of the laws that are possible; the simplest ones with the smallest entries
_FORMS = ("free", "rational spectrum", "low rank")
_SMALL = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3")))
Size = dict[Dimension, int]


def precise(bits: int = _BITS) -> Any:
    """A context in which balls have this many bits."""
    return ctx.workprec(bits)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What the assumptions say of one name alone."""

    inside: Range = ANY
    nonzero: bool = False
    kinds: frozenset[str] = frozenset()
    rank: Dim | None = None

    def admits(self, value: Fraction) -> bool:
        point = Range(value, value, True, True)
        return not self.inside.meet(point).empty and not (self.nonzero and value == 0)


class Sampler:
    """Draws instances of a claim.

    Attributes:
        names: the symbols and families of the claim that have values, sorted by name; not what is random.
        dimensions: its symbolic dimensions, sorted by name; without a counter that grows in a limit, which has no value.
        indices: the free indices of its sides.
        may_vanish: the names that may be zero as a whole, as far as is known of them alone.
    """

    def __init__(self, claim: Claim, seed: int = 0) -> None:
        if (given := with_parameters(claim.given)) != claim.given:
            claim = replace(claim, given=given)
        self.claim = claim
        self.names = sorted(symbols(claim.terms) - unvalued(claim.statement, claim.given), key=lambda symbol: symbol.name)
        self.dimensions = sorted(free_dimensions((claim.statement, *claim.given)), key=lambda dim: dim.name)
        self.indices = sorted(claim.statement.free, key=lambda index: index.name)
        self.random = Random(seed)
        ranges = numeric_bounds(claim.given)
        self._given_values = _given_values(claim.given)
        self._bounds = {name: _bounds(name, claim.given, ranges) for name in self.names}
        written = tuple(subterms(claim.terms))
        self._order = drawing_order(claim, written, self.names, self.dimensions, self._given_values)
        plain = (name for name in self.names if name not in self._order and not self._bounds[name].kinds and self._bounds[name].rank is None)
        self.may_vanish = [name for name in plain if self._bounds[name].admits(Fraction(0))]
        self._has_laws = any(isinstance(given, Law) for given in claim.given)
        self._forms = cycle(_FORMS if _depends_on_rank(claim, written) else _FORMS[:1])

    @property
    def contradiction(self) -> str:
        """Why no value of a name can meet the assumptions, where that is plain."""
        for name, bounds in self._bounds.items():
            if bounds.inside.empty or (bounds.nonzero and bounds.inside.low == bounds.inside.high == 0):
                about = [repr(given) for given in self.claim.given if name in symbols(assumption_terms(given))]
                return f"the assumptions contradict each other: no {name.name} satisfies {' and '.join(about)}"
        return ""

    def sizes(self, largest: int) -> Iterator[Size]:
        """Every assignment of sizes 1 … largest that the assumed ranks allow, smallest first."""
        grid = product(*(range(dim.least, largest + 1) for dim in self.dimensions))
        for values in sorted(grid, key=lambda values: (sum(values), values)):
            sizes = dict(zip(self.dimensions, values, strict=True))
            if self.fits(sizes):
                yield sizes

    def distinct_sizes(self, pair: tuple[int, int] = (2, 3)) -> Size:
        """Either of two sizes for each dimension, different as far as possible, in random order; counters 0 … 4."""
        sizes: Size = {}
        for _ in range(_TRIES_FOR_SIZES):
            start = self.random.randrange(2)
            order = self.random.sample(self.dimensions, len(self.dimensions))
            sizes = {dim: pair[(start + k) % 2] if dim.least else self.random.randrange(5) for k, dim in enumerate(order)}
            if self.fits(sizes):
                break
        return sizes

    def fits(self, sizes: Size) -> bool:
        """Whether the sizes allow the assumed ranks."""
        return all(rank_fits(given, sizes) for given in self.claim.given)

    def draw(self, sizes: Size, spread: int, zero: Collection[Symbol | Family] = ()) -> Instance | None:
        """An instance with these sizes that meets the assumptions; None if none was found in a fixed number of tries.

        Spread 0 takes the smallest values, 1 small fractions, 2 values of many digits. Names may be made zero as a whole.
        """
        for attempt in range(_TRIES if self.fits(sizes) else 0):
            instance = self._attempt(sizes, spread if attempt < _TRIES // 2 or spread == 2 else _ANY_PLACE, zero)
            if instance is not None and meets(instance, self.claim.given):
                return instance
        return None

    def _attempt(self, sizes: Size, spread: int, zero: Collection[Symbol | Family] = ()) -> Instance | None:
        """An instance that may meet the assumptions: scalars that are bounded by others come after these."""
        form = next(self._forms)
        later = set(self._order)
        values: dict[Quantity, Entries] = {}
        for name in self.names:
            if name not in later:
                keys: list[Quantity] = [(name, p) for p in family_positions(name, sizes)] if isinstance(name, Family) else [name]
                values |= {key: _zeros(name, sizes) if name in zero else self._matrix(name, sizes, spread, form) for key in keys}
        positions = {index: self.random.randint(1, _size(index, sizes)) for index in self.indices}
        instance = Instance(sizes, values, positions, self.random.randrange(_CHANCES) if self._has_laws and spread else 0)
        for name, rule in self._order.items():
            known = self.completed(instance, later)
            value = None if known is None else self._last(name, rule, known, spread, form)
            if known is None or value is None:
                return None
            instance = replace(known, values={**known.values, name: value})
            later.remove(name)
        return self.completed(instance)

    def _last(self, name: Symbol, rule: Rule, instance: Instance, spread: int, form: str) -> Entries | None:
        """The value of a name where all that bounds it has values; None where there is none."""
        if rule.equations:
            return solution(instance, name, rule.equations, self._matrix(name, instance.sizes, spread, form))
        if name.shape:
            return self._matrix(name, instance.sizes, spread, form)
        bounds = self._bounds[name]
        inside = bounds.inside
        try:
            for border in rule.borders:
                inside = inside.meet(border.interval(instance))
        except EvaluationError:
            return None  # a bound without a value there
        bounds = replace(bounds, inside=inside)
        if inside.empty:
            return None
        if (rule.borders or rule.compared) and self.random.randrange(_BORDERS) == 0:
            ends = [Fraction(end) for end, closed in inside.ends if closed]
            places = [place for place in (*ends, *(self._place(border, instance) for border in rule.compared)) if place is not None]
            if visited := [place for place in places if bounds.admits(place)]:
                return ((self.random.choice(visited),),)
        return ((self._number(bounds, spread, _pool(bounds, spread)),),)

    def _place(self, border: Border, instance: Instance) -> Fraction | None:
        bound = {index: self.random.randint(1, _size(index, instance.sizes)) for index in sorted(border.difference.free, key=lambda i: i.name)}
        return border.place(replace(instance, positions={**bound, **instance.positions}))

    def completed(self, instance: Instance, unknown: Set[Symbol] = frozenset()) -> Instance | None:
        """The instance with the value of each symbol that an equation gives; None where that is undefined or irrational.

        What depends on unknown symbols is left as it is.
        """
        for symbol, term in self._given_values:
            if unknown & symbols(term):
                unknown = unknown | {symbol}
                continue
            run = ExactInterpreter(instance) if instance.is_rational else AlgebraicInterpreter(instance)
            try:
                value = run.value(term)
            except EvaluationError:
                return None  # outside the domain of the equation, or irrational though all else is not: not an instance that can be used
            rows = tuple(tuple(exact_number(value.at(i, j)) for j in range(value.columns)) for i in range(value.rows))
            instance = replace(instance, values={**instance.values, symbol: rows})
        return instance

    def _matrix(self, name: Symbol | Family, sizes: Mapping[Dimension, int], spread: int, form: str) -> Entries:
        """A matrix within bounds, or with the rank, or with the first of the properties that are asked for; the rest is left to chance."""
        bounds = self._bounds[name]
        rows, columns = matrix_size(name.size, sizes)
        rank = None if bounds.rank is None else length(bounds.rank, sizes)
        if rank == 0:
            return _zeros(name, sizes)
        if rank is not None:
            made = of_rank(self._rows(bounds, rows, rank, spread), self._rows(bounds, rank, columns, spread), bounds.kinds)
            return tuple(map(tuple, self._in_any_order(made, alike=bool(bounds.kinds))))
        matrix = self._rows(bounds, rows, columns, spread)
        return tuple(map(tuple, self._formed(matrix, bounds.kinds, form if 1 not in sides(name.size) else "free")))

    def _formed(self, matrix: Rows, kinds: frozenset[str], form: str) -> Rows:
        """A matrix of a form, made of one of any entries."""
        if form == "rational spectrum" and min(len(matrix), len(matrix[0])) > 1:
            basis = self._rows(_Bounds(), len(matrix[0]), len(matrix[0]), 0)
            if (formed := with_rational_spectrum(matrix, basis, kinds)) is not None:
                return formed
        if form == "low rank" and not kinds:
            return of_low_rank(matrix)
        kind = next((kind for kind in CONSTRUCTORS if kind in kinds), None)
        if kind is None:
            return matrix
        made = CONSTRUCTORS[kind](matrix)
        return self._in_any_order(made) if kind in OF_ANY_ORDER else made

    def _in_any_order(self, matrix: Rows, alike: bool = False) -> Rows:
        """The rows, and the columns, from first to last or from last to first; both alike if asked."""
        turned = self.random.random() < 0.5
        rows = matrix[::-1] if turned else matrix
        return [row[::-1] for row in rows] if (turned if alike else self.random.random() < 0.5) else rows

    def _rows(self, bounds: _Bounds, rows: int, columns: int, spread: int) -> Rows:
        pool = _pool(bounds, spread)
        return [[self._number(bounds, spread, pool) for _ in range(columns)] for _ in range(rows)]

    def _number(self, bounds: _Bounds, spread: int, pool: tuple[Fraction, ...]) -> Fraction:
        """A number within bounds, one of the pool if it has any."""
        if pool:
            return self.random.choice(pool)
        return _inside(bounds, self.random, 1 << 31) if spread == 2 else _plain(bounds, self.random)


def _zeros(name: Symbol | Family, sizes: Mapping[Dimension, int]) -> Entries:
    rows, columns = matrix_size(name.size, sizes)
    return ((Fraction(0),) * columns,) * rows


def _pool(bounds: _Bounds, spread: int) -> tuple[Fraction, ...]:
    """The small numbers within bounds that a spread prefers."""
    return () if spread >= 2 else _small(bounds, 4 if spread == 0 else len(_SMALL)) or _small(bounds, len(_SMALL))


@lru_cache(maxsize=256)
def _small(bounds: _Bounds, count: int) -> tuple[Fraction, ...]:
    """Of the first small numbers, those within bounds."""
    return tuple(filter(bounds.admits, _SMALL[:count]))


def meets(instance: Instance, assumptions: tuple[Assumption, ...]) -> bool:
    """Whether the instance certainly meets every assumption, for every value of the assumptions' free indices."""
    return all(_met(instance, assumption) for assumption in assumptions)


def _met(instance: Instance, assumption: Assumption) -> bool:
    indices = sorted(assumption.free, key=lambda index: index.name)
    for values in product(*(range(1, _size(index, instance.sizes) + 1) for index in indices)):
        standing = replace(instance, positions={**instance.positions, **dict(zip(indices, values, strict=True))})
        if not _met_at(standing, assumption):
            return False
    return True


def _met_at(instance: Instance, assumption: Assumption) -> bool:
    for system in (ExactInterpreter, BallInterpreter, AlgebraicInterpreter):
        try:
            run = system(instance)
            return holds(run, assumption)
        except (Inexact, Imprecise):
            continue
        except EvaluationError:
            return False  # undefined or open at this instance: it does not certainly meet the assumption
    return False


def _size(index: Index, sizes: Any) -> int:
    dim: Dim = index.dim
    return dim if isinstance(dim, int) else int(sizes[dim])


def _bounds(name: Symbol | Family, given: tuple[Assumption, ...], ranges: Ranges) -> _Bounds:
    """The bounds on a symbol, or on every member of a family (an assumption on x[i] with a free index speaks of all)."""

    def is_name(term: Term) -> bool:
        if isinstance(name, Symbol):
            return term == name
        return isinstance(term, Member) and term.family == name and all(isinstance(p, Index) for p in term.positions)

    inside = ANY
    for term, found in ranges.given.items():
        if is_name(term):
            inside = inside.meet(found)
    kinds = frozenset(a.kind for a in given if isinstance(a, Property) and is_name(a.term))
    ranks = (rank for matrix, rank in filter(None, map(assumed_rank, given)) if is_name(matrix))
    return _Bounds(inside, any(map(is_name, ranges.nonzero)), kinds, next(ranks, None))


def _given_values(given: tuple[Assumption, ...]) -> list[tuple[Symbol, Term]]:
    """The equations that give a symbol its value, one after the other: no term uses a symbol that gets its value later."""
    found: dict[Symbol, Term] = {}
    used: set[Symbol | Family] = set()
    for assumption in given:
        if not isinstance(assumption, Relation) or assumption.symbol != "=":
            continue
        for symbol, term in ((assumption.right, assumption.left), (assumption.left, assumption.right)):
            if isinstance(symbol, Symbol) and isinstance(term, Term) and symbol not in {*symbols(term), *found, *used} and not term.free:
                found[symbol] = term
                used |= symbols(term)
                break
    return list(found.items())


def _inside(bounds: _Bounds, random: Random, parts: int) -> Fraction:
    """A random number in the interval, of the form low + (high − low)·k/parts."""
    low, high = _ends(bounds)
    value = low + (high - low) * Fraction(random.randint(1, parts - 1), parts)
    return value if bounds.admits(value) else low + (high - low) * Fraction(1, 3)


def _plain(bounds: _Bounds, random: Random) -> Fraction:
    """A random number in the interval with a small denominator: the simplest one in an eighth of it."""
    low, high = _ends(bounds)
    if low == high:
        return low
    start = low + (high - low) * Fraction(random.randrange(8), 8)
    value = simplest_between(start, start + (high - low) / 8)
    return value if bounds.admits(value) else low + (high - low) * Fraction(1, 3)


def _ends(bounds: _Bounds) -> tuple[Fraction, Fraction]:
    """The ends of the interval; where there is none, one that lies 4 away from the other."""
    low, high = bounds.inside.low, bounds.inside.high
    least = Fraction(low) if low > -1 << 62 else (Fraction(high) if high < 1 << 62 else Fraction(2)) - 4
    return least, Fraction(high) if high < 1 << 62 else max(least, Fraction(-2)) + 4


def _depends_on_rank(claim: Claim, written: tuple[Term, ...]) -> bool:
    """Whether a claim speaks of what depends on the rank of matrices, or on their eigenvalues: these should be of several kinds."""
    limits = any(relation.symbol == "->" for relation in relations_in(claim.statement))
    return limits or any(isinstance(term, _OF_RANK_OR_SPECTRUM) for term in written)


_OF_RANK_OR_SPECTRUM = PseudoInverse | Eigenvalues | ExtremeEigenvalue | EigenvalueModuli | SpectralRadius | Rank
