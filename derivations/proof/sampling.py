"""Exact rational instances that meet the assumptions of a claim.

Values that an assumption bounds or shapes are constructed (interval, nonzero, symmetric, positive definite, invertible); what
relates several names is met by drawing again. An assumption that no instance is found for makes the claim undecided, never
proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any

from flint import ctx

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Entries, Instance, Quantity, family_positions, matrix_size
from derivations.evaluation.interpreter import EvaluationError, Inexact
from derivations.evaluation.statements import holds
from derivations.language.assumptions import Assumption, Property
from derivations.language.claims import Claim, assumption_terms
from derivations.language.shapes import Dim
from derivations.language.terms import Dimension, Family, Index, Member, Relation, Symbol, Term
from derivations.language.traversal import dimensions, symbols
from derivations.proof.ranges import ANY, Range, Ranges

__all__ = ["Sampler", "Size", "meets", "precise"]

_TRIES = 40
_TRIES_FOR_SIZES = 8
_RANKS = {"full column rank": 1, "full row rank": -1}
_BITS = 128
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

    def admits(self, value: Fraction) -> bool:
        point = Range(value, value, True, True)
        return not self.inside.meet(point).empty and not (self.nonzero and value == 0)


class Sampler:
    """Draws instances of a claim.

    Attributes:
        names: the symbols and families of the claim, sorted by name.
        dimensions: its symbolic dimensions, sorted by name.
        indices: the free indices of its sides.
    """

    def __init__(self, claim: Claim, seed: int = 0) -> None:
        self.claim = claim
        self.names = sorted(symbols(claim.terms), key=lambda symbol: symbol.name)
        self.dimensions = sorted(dimensions(claim.terms), key=lambda dim: dim.name)
        self.indices = sorted(claim.statement.free, key=lambda index: index.name)
        self.random = Random(seed)
        ranges = Ranges(claim.given)
        self._given_values = _given_values(claim.given)
        self._bounds = {name: _bounds(name, claim.given, ranges) for name in self.names}

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

    def distinct_sizes(self) -> Size:
        """Sizes 2 or 3, different as far as possible, in random order; counters 0 … 4."""
        sizes: Size = {}
        for _ in range(_TRIES_FOR_SIZES):
            start = self.random.randrange(2)
            order = self.random.sample(self.dimensions, len(self.dimensions))
            sizes = {dim: 2 + (start + k) % 2 if dim.least else self.random.randrange(5) for k, dim in enumerate(order)}
            if self.fits(sizes):
                break
        return sizes

    def fits(self, sizes: Size) -> bool:
        """Whether the sizes allow the assumed ranks: independent columns need as many rows, and independent rows as many columns."""
        for given in self.claim.given:
            if isinstance(given, Property) and given.kind in _RANKS:
                rows, columns = matrix_size(given.term.shape, sizes)
                if (rows - columns) * _RANKS[given.kind] < 0:
                    return False
        return True

    def draw(self, sizes: Size, spread: int) -> Instance | None:
        """An instance with these sizes that meets the assumptions; None if none was found in a fixed number of tries.

        Spread 0 takes the smallest values, 1 small fractions, 2 values of many digits.
        """
        for _ in range(_TRIES if self.fits(sizes) else 0):
            values: dict[Quantity, Entries] = {}
            for name in self.names:
                rows, columns = matrix_size(name.size, sizes)
                keys: list[Quantity] = [(name, p) for p in family_positions(name, sizes)] if isinstance(name, Family) else [name]
                for key in keys:
                    values[key] = self._matrix(self._bounds[name], rows, columns, spread)
            positions = {index: self.random.randint(1, _size(index, sizes)) for index in self.indices}
            instance = self.completed(Instance(sizes, values, positions))
            if instance is not None and meets(instance, self.claim.given):
                return instance
        return None

    def completed(self, instance: Instance) -> Instance | None:
        """The instance with the value of each symbol that an equation gives; None where that is undefined or irrational."""
        for symbol, term in self._given_values:
            try:
                value = ExactInterpreter(instance).value(term)
            except EvaluationError:
                return None  # outside the domain of the equation, or not rational: not an instance that can be used
            rows = tuple(tuple(rational(value.at(i, j)) for j in range(value.columns)) for i in range(value.rows))
            instance = replace(instance, values={**instance.values, symbol: rows})
        return instance

    def _matrix(self, bounds: _Bounds, rows: int, columns: int, spread: int) -> Entries:
        matrix = [[self.number(bounds, spread) for _ in range(columns)] for _ in range(rows)]
        for kind, construct in _CONSTRUCTORS.items():
            if kind in bounds.kinds:
                matrix = construct(matrix)
                break
        return tuple(map(tuple, matrix))

    def number(self, bounds: _Bounds, spread: int) -> Fraction:
        """A number within bounds."""
        if spread < 2 and (pool := _small(bounds, 4 if spread == 0 else len(_SMALL)) or _small(bounds, len(_SMALL))):
            return self.random.choice(pool)
        return _inside(bounds, self.random, 1 << 31 if spread == 2 else 8)


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
    for system in (ExactInterpreter, BallInterpreter):
        try:
            run = system(instance)
            return holds(run, assumption)
        except Inexact:
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
    return _Bounds(inside, any(map(is_name, ranges.nonzero)), kinds)


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
    """A random number in the interval: of the form low + (high − low)·k/parts, or within 4 of a single bound."""
    low, high = bounds.inside.low, bounds.inside.high
    if low == high:
        return Fraction(low)
    floor = Fraction(low) if low > -1 << 62 else (Fraction(high) if high < 1 << 62 else Fraction(2)) - 4
    ceiling = Fraction(high) if high < 1 << 62 else max(floor, Fraction(-2)) + 4
    value = floor + (ceiling - floor) * Fraction(random.randint(1, parts - 1), parts)
    return value if bounds.admits(value) else floor + (ceiling - floor) * Fraction(1, 3)


# ------------------------------------------------------------------------------------------- constructors of assumptions

_Matrix = list[list[Fraction]]


def _symmetric(matrix: _Matrix) -> _Matrix:
    """The upper triangle, mirrored."""
    return [[matrix[min(i, j)][max(i, j)] for j in range(len(matrix))] for i in range(len(matrix))]


def _gram_plus_identity(matrix: _Matrix) -> _Matrix:
    """B Bᵀ + I is symmetric positive definite."""
    gram = _product(matrix, _flipped(matrix))
    return [[entry + int(i == j) for j, entry in enumerate(row)] for i, row in enumerate(gram)]


def _triangular_product(matrix: _Matrix) -> _Matrix:
    """L U with unit lower L and an upper U without zeros on the diagonal is invertible."""
    n = len(matrix)
    lower = [[matrix[i][j] if j < i else Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    upper = [[matrix[i][j] if j > i else (matrix[i][j] or Fraction(1)) * int(i == j) for j in range(n)] for i in range(n)]
    return _product(lower, upper)


def _gram(matrix: _Matrix) -> _Matrix:
    """B Bᵀ, with a zero row in B where its first entry is not positive, is positive semidefinite of any rank."""
    kept = [[entry if row[0] > 0 else Fraction(0) for entry in row] for row in matrix]
    return _product(kept, _flipped(kept))


def _orthogonal(matrix: _Matrix) -> _Matrix:
    """The reflection I − 2vvᵀ/vᵀv along the first column; its first column negated where the last entry is < 0: both determinants."""
    n = len(matrix)
    v = [row[0] for row in matrix]
    square = sum((entry * entry for entry in v), Fraction(0)) or Fraction(1)
    reflection = [[Fraction(int(i == j)) - 2 * v[i] * v[j] / square for j in range(n)] for i in range(n)]
    turn = -1 if matrix[-1][-1] < 0 else 1
    return [[entry * (turn if j == 0 else 1) for j, entry in enumerate(row)] for row in reflection]


def _projection(matrix: _Matrix) -> _Matrix:
    """The projection onto the columns whose first entry is positive: of any rank, from 0 to all."""
    n = len(matrix)
    result = [[Fraction(0)] * n for _ in range(n)]
    for column in (column for column in _flipped(matrix) if column[0] > 0):
        rest = [x - sum((result[i][j] * column[j] for j in range(n)), Fraction(0)) for i, x in enumerate(column)]
        square = sum((x * x for x in rest), Fraction(0))
        if square:
            result = [[result[i][j] + rest[i] * rest[j] / square for j in range(n)] for i in range(n)]
    return result


def _tall(matrix: _Matrix) -> _Matrix:
    """An invertible square on top of the rest has full column rank; with fewer rows than columns nothing has."""
    n = len(matrix[0])
    return [*_triangular_product([row[:] for row in matrix[:n]]), *matrix[n:]] if len(matrix) >= n else matrix


def _wide(matrix: _Matrix) -> _Matrix:
    return _flipped(_tall(_flipped(matrix)))


def _product(left: _Matrix, right: _Matrix) -> _Matrix:
    return [[sum((row[k] * right[k][j] for k in range(len(right))), Fraction(0)) for j in range(len(right[0]))] for row in left]


def _flipped(matrix: _Matrix) -> _Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


_CONSTRUCTORS: dict[str, Callable[[_Matrix], _Matrix]] = {
    "positive definite": _gram_plus_identity,
    "orthogonal": _orthogonal,
    "projection": _projection,
    "positive semidefinite": _gram,
    "invertible": _triangular_product,
    "full column rank": _tall,
    "full row rank": _wide,
    "symmetric": _symmetric,
}
"""How a matrix with a property is made of any matrix; of several properties the first is made, and the others are tested."""
