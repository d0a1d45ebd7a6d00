"""Random floating-point instances that meet a claim's assumptions.

Bounds, symmetry, definiteness, equations that give a symbol's value and systems of linear equations are built into the draw, which
makes the assumptions likely; every assumption is then checked on the drawn instances, and those that fail one are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import product, repeat
from math import sqrt
from random import Random
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from derivations.evaluation.batches import Batch
from derivations.evaluation.instances import Quantity, family_positions, matrix_size
from derivations.evaluation.tensor_functions import COMPARISONS
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import Tracked, scale, smallest, summary
from derivations.language.assumptions import Assumption, Property
from derivations.language.claims import assumption_terms
from derivations.language.errors import UnsupportedError
from derivations.language.operators import Gradient, Jacobian
from derivations.language.shapes import sides
from derivations.language.terms import ORDERINGS, Dimension, Entry, Family, Index, Inverse, Member, Relation, Symbol, Term
from derivations.language.traversal import dimensions, symbols
from numeric.comparison import difference, largest, rounding_bound
from numeric.devices import unit_roundoff
from numeric.draws import bounded, independent, orthogonal, positive_definite, positive_semidefinite, projection, signed, symmetric

__all__ = ["ROUNDED", "Recipe", "assignments", "draw", "property_roundings", "recipe_for", "standings"]

Owner: TypeAlias = Symbol | Family
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
SIZES = range(2, 6)
ATTEMPTS = 12  # assignments of unequal sizes
DRAWN_SIZES = 200  # of which so many are drawn, since few may fit
MOST_OVERSAMPLING = 64


class Bound(NamedTuple):
    """All entries of an owner stand in an ordering to a constant."""

    owner: Owner
    ordering: str
    constant: Term


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to draw, and how.

    Attributes:
        dimensions: what needs a size.
        owners: the symbols and families.
        bounds: the bounds of owners.
        properties: those of owners, as (kind, owner).
        definitions: symbols whose value an equation gives, each without the help of a later one.
        systems: of the other equations left = right between vectors or scalars, left − right and a symbol to solve it for.
        given: all assumptions.
    """

    dimensions: tuple[Dimension, ...]
    owners: tuple[Owner, ...]
    bounds: tuple[Bound, ...]
    properties: Set[tuple[str, Owner]]
    definitions: Mapping[Symbol, Term]
    systems: tuple[tuple[Term, Symbol], ...]
    given: tuple[Assumption, ...]

    @property
    def oversampling(self) -> int:
        """How many times more instances are drawn than wanted: 4 times for each assumption that is met by chance only."""
        by_chance = len(self.given) - len(self.bounds) - len(self.properties) - len(self.definitions) - len(self.systems)
        return min(1 << 2 * by_chance, MOST_OVERSAMPLING)


    def fits(self, sizes: Mapping[Dimension, int]) -> bool:
        """Whether matrices of these sizes can have the ranks that are assumed."""
        for assumption in self.given:
            if isinstance(assumption, Property) and assumption.kind in ("full column rank", "full row rank"):
                rows, columns = matrix_size(assumption.term.shape, sizes)
                if rows != columns and (rows < columns) == (assumption.kind == "full column rank"):
                    return False
        return True


def recipe_for(terms: Iterable[Term], given: tuple[Assumption, ...]) -> Recipe:
    """How to draw what occurs in the terms and the assumptions.

    Raises:
        UnsupportedError: a quantity is complex.
    """
    everything = (*terms, *(term for assumption in given for term in assumption_terms(assumption)))
    owners = sorted(symbols(everything), key=lambda owner: owner.name)
    for owner in owners:
        if owner.field != "real":
            raise UnsupportedError(f"{owner} is {owner.field}; floating-point instances are drawn of real quantities only")
    definitions = _definitions(given)
    return Recipe(
        tuple(sorted(dimensions(everything), key=lambda dim: dim.name)),
        tuple(owners),
        tuple(filter(None, map(_bound, given))),
        set(filter(None, map(_property, given))),
        definitions,
        tuple(_systems(given, definitions)),
        given,
    )


def _bound(assumption: Assumption) -> Bound | None:
    """The bound that an assumption is, if it is one; that of an entry or member is taken for all entries and members."""
    if not isinstance(assumption, Relation) or assumption.symbol not in ORDERINGS:
        return None
    left, ordering, right = assumption.left, assumption.symbol, assumption.right
    if not isinstance(left, Term) or not isinstance(right, Term):
        return None
    if not symbols(left):
        left, ordering, right = right, FLIPPED[ordering], left
    target = left.operand if isinstance(left, Entry) else left
    if symbols(right) or right.free or not isinstance(target, Symbol | Member):
        return None
    return Bound(target.family if isinstance(target, Member) else target, ordering, right)


def _property(assumption: Assumption) -> tuple[str, Owner] | None:
    """The property of an owner that an assumption is, if it is one; of a family, that of every member."""
    match assumption:
        case Property(kind, Symbol() as symbol):
            return kind, symbol
        case Property(kind, Member(family, positions)) if all(isinstance(position, Index) for position in positions):
            return kind, family
    return None


def _definitions(given: tuple[Assumption, ...]) -> dict[Symbol, Term]:
    """The equations that can be read as "this symbol has this value" one after the other; no value uses a symbol that gets its own later."""
    found: dict[Symbol, Term] = {}
    used: set[Owner] = set()
    for left, right in _equations(given):
        for symbol, value in ((left, right), (right, left)):
            if isinstance(symbol, Symbol) and symbol not in {*found, *used, *symbols(value)} and not value.free:
                found[symbol] = value
                used |= symbols(value)
                break
    return found


def _systems(given: tuple[Assumption, ...], definitions: Mapping[Symbol, Term]) -> Iterator[tuple[Term, Symbol]]:
    """The equations between vectors or scalars that define nothing, each with the first symbol in it that no other equation settles."""
    settled: set[Owner] = {*definitions, *symbols(definitions.values())}
    for left, right in _equations(given):
        if (left, right) in definitions.items() or (right, left) in definitions.items() or (left - right).free or sides(left.shape)[1] != 1:
            continue
        shaped = (owner for owner in symbols((left, right)) - settled if isinstance(owner, Symbol) and (owner.size or not left.shape))
        unknown = min((owner for owner in shaped if sides(owner.size)[1] == 1), key=lambda owner: owner.name, default=None)
        if unknown is not None:
            settled |= symbols((left, right))
            yield left - right, unknown


def _equations(given: tuple[Assumption, ...]) -> Iterator[tuple[Term, Term]]:
    for assumption in given:
        match assumption:
            case Relation(Term() as left, "=", Term() as right):
                yield left, right


# ----------------------------------------------------------------------------------------------------------------- sizes


def assignments(recipe: Recipe, seed: int) -> Iterator[dict[Dimension, int]]:
    """Sizes to try: pairwise distinct ones from 2 up, in different orders; then equal ones, for claims that hold of square matrices only.

    Of the distinct ones only those that fit the assumed ranks.
    """
    dims = recipe.dimensions
    if not dims:
        yield from repeat({}, ATTEMPTS)
        return
    random = Random(seed)
    sizes_only = [dim for dim in dims if dim.least]
    counters = [dim for dim in dims if not dim.least]
    pool = range(SIZES.start, max(SIZES.stop, SIZES.start + len(sizes_only)))
    drawn = [random.sample(pool, len(sizes_only)) for _ in range(DRAWN_SIZES)]
    orders = [tuple(order) for sizes in drawn for order in (sizes, sizes[::-1]) if recipe.fits(dict(zip(sizes_only, order, strict=True)))]
    equal = [(size,) * len(sizes_only) for size in SIZES]
    for number, sizes in enumerate(dict.fromkeys((*orders[:ATTEMPTS], *equal)) if sizes_only else [()] * ATTEMPTS):
        counts = {counter: (2, 3, 1, 4, 0, 5)[(number + place) % 6] for place, counter in enumerate(counters)}
        yield dict(zip(sizes_only, sizes, strict=True)) | counts


def standings(free: Iterable[Index], sizes: Mapping[Dimension, int]) -> list[dict[Index, int]]:
    """Every way in which free indices can stand."""
    indices = sorted(free, key=lambda index: index.name)
    ranges = (range(1, (index.dim if isinstance(index.dim, int) else sizes[index.dim]) + 1) for index in indices)  # type: ignore[index]
    return [dict(zip(indices, positions, strict=True)) for positions in product(*ranges)]


# ----------------------------------------------------------------------------------------------------------------- draws


def draw(recipe: Recipe, sizes: Mapping[Dimension, int], count: int, dtype: torch.dtype, device: torch.device, generator: torch.Generator) -> Batch:
    """At most `count` instances that meet every assumption; fewer, or none, where too few of those drawn do.

    Raises:
        UnsupportedError: an assumption that cannot be checked.
    """
    drawn = count * recipe.oversampling
    values: dict[Quantity, Tensor] = {}
    for owner in recipe.owners:
        quantities = [owner] if isinstance(owner, Symbol) else [(owner, position) for position in family_positions(owner, sizes)]
        size = (len(quantities), drawn, *matrix_size(owner.size, sizes))
        values.update(zip(quantities, _entries(recipe, owner, size, sizes, generator).to(device, dtype), strict=True))
    batch = Batch(sizes, values, drawn, dtype, device)
    for symbol, definition in recipe.definitions.items():
        value = TensorInterpreter(batch).value(definition)
        batch = batch.computed(symbol, value.tensor, summary(value))
    for residual, unknown in recipe.systems:
        batch = _solved(batch, residual, unknown)
    if not recipe.given:
        return batch
    run = TensorInterpreter(batch)
    meeting = torch.stack([_met(run, assumption) for assumption in recipe.given]).all(0)
    return batch.select(meeting & (meeting.cumsum(0) <= count))


def _solved(batch: Batch, residual: Term, unknown: Symbol) -> Batch:
    """The batch with the unknown (rows, 1) moved to the nearest solution of residual = 0, by Newton steps: one is exact for an affine residual."""
    for _ in range(2):  # the second takes off what the first one rounds
        run = TensorInterpreter(batch)
        slope = run.value(Jacobian(residual, unknown)).tensor if residual.shape else run.value(Gradient(residual, unknown)).tensor.mT
        value, inverse = run.value(residual), torch.linalg.pinv(torch.nan_to_num(slope.double()))
        found = summary(value)
        condition = max(inverse.shape[1:]) * largest([inverse.flatten(1)]) * largest([slope.flatten(1)])
        step = (inverse @ value.tensor.double()).to(batch.dtype)
        batch = batch.computed(unknown, batch.values[unknown] - step, found._replace(condition=torch.maximum(condition, found.condition)))
    return batch


def _entries(recipe: Recipe, owner: Owner, size: tuple[int, int, int, int], sizes: Mapping[Dimension, int], generator: torch.Generator) -> Tensor:
    """Values (members, batch, rows, columns) of a symbol (one member) or a family, in float64 on the CPU."""
    kind = next((kind for kind in _DRAWS if (kind, owner) in recipe.properties), None)
    if kind in _STRUCTURED:
        return _DRAWS[kind](size, generator)
    constants = TensorInterpreter(Batch(sizes, {}, 1, torch.float64, torch.device("cpu")))
    limits = [(bound.ordering, constants.value(bound.constant).tensor) for bound in recipe.bounds if bound.owner == owner]
    lower, upper = ([limit for ordering, limit in limits if ordering in kinds] for kinds in ((">", ">="), ("<", "<=")))
    values = (_DRAWS[kind] if kind else signed)(size, generator)
    if limits:
        values = bounded(size, torch.stack(lower).amax(0) if lower else None, torch.stack(upper).amin(0) if upper else None, generator)
    return symmetric(values) if ("symmetric", owner) in recipe.properties else values


_DRAWS = {
    "orthogonal": orthogonal,
    "projection": projection,
    "positive definite": positive_definite,
    "positive semidefinite": positive_semidefinite,
    "invertible": independent,
    "full column rank": independent,
    "full row rank": independent,
}
"""How a matrix with a property is drawn; of several properties the first counts, and the others are met by chance."""
_STRUCTURED = ("orthogonal", "projection", "positive definite", "positive semidefinite")
"""The properties that leave no room for bounds on the entries."""
ROUNDED = ("orthogonal", "projection", "positive semidefinite")
"""The properties that a drawn matrix has up to rounding only."""


# ---------------------------------------------------------------------------------------------------------------- checks


def _met(run: TensorInterpreter, assumption: Assumption) -> Tensor:
    """(batch,): whether the instance meets the assumption, for every value of its free indices."""
    free = assumption.term.free if isinstance(assumption, Property) else frozenset().union(*(term.free for term in assumption_terms(assumption)))
    met = []
    for standing in standings(free, run.batch.sizes):
        run.positions.update(standing)
        met.append(_property_holds(run, assumption) if isinstance(assumption, Property) else _relation_holds(run, assumption))
    return torch.stack(met).all(0)


def _relation_holds(run: TensorInterpreter, relation: Relation) -> Tensor:
    """(batch,): equality up to rounding, inequality by more than its square root, orderings as they are."""
    if relation.symbol not in COMPARISONS or not isinstance(relation.left, Term) or not isinstance(relation.right, Term):
        raise UnsupportedError(f"the assumption {relation} cannot be checked on floating-point instances")
    left, right = run.value(relation.left), run.value(relation.right)
    size = torch.maximum(scale(left), scale(right))
    if relation.symbol == "=":
        return difference(left.tensor, right.tensor) <= rounding_bound(left.roundings + right.roundings, run.batch.dtype) * size
    if relation.symbol == "!=":
        return smallest(left.tensor - right.tensor) > sqrt(unit_roundoff(run.batch.dtype)) * size
    return COMPARISONS[relation.symbol](left.tensor, right.tensor).flatten(1).all(1)


def _property_holds(run: TensorInterpreter, assumption: Property) -> Tensor:
    """(batch,): whether the matrix has the property, up to rounding.

    Raises:
        UnsupportedError: a property that has no test.
    """
    if assumption.kind not in _TESTS:
        raise UnsupportedError(f"the assumption {assumption} cannot be checked on floating-point instances")
    return _TESTS[assumption.kind](run, assumption.term)


def _is_symmetric(run: TensorInterpreter, term: Term) -> Tensor:
    value = run.value(term)
    return difference(value.tensor, value.tensor.mT) <= rounding_bound(2 * value.roundings, run.batch.dtype) * scale(value)


def _is_definite(run: TensorInterpreter, term: Term) -> Tensor:
    """Symmetry, and the eigenvalues."""
    finite = torch.nan_to_num(run.value(term).tensor.double())  # what is no number is not symmetric, and eigenvalues may not be asked of it
    least: Tensor = torch.linalg.eigvalsh(finite)[:, 0]
    return _is_symmetric(run, term) & (least > 0)


def _is_semidefinite(run: TensorInterpreter, term: Term) -> Tensor:
    """Symmetry, and the eigenvalues up to rounding."""
    value = run.value(term)
    least: Tensor = torch.linalg.eigvalsh(torch.nan_to_num(value.tensor.double()))[:, 0]
    return _is_symmetric(run, term) & (least >= -_slack(run, value))


def _is_orthogonal(run: TensorInterpreter, term: Term) -> Tensor:
    """QᵀQ = I up to rounding."""
    value = run.value(term)
    identity = torch.eye(value.tensor.shape[1], dtype=value.tensor.dtype, device=value.tensor.device).expand_as(value.tensor)
    return difference(value.tensor.mT @ value.tensor, identity) <= _slack(run, value)


def _is_projection(run: TensorInterpreter, term: Term) -> Tensor:
    """Symmetry, and P² = P up to rounding."""
    value = run.value(term)
    return _is_symmetric(run, term) & (difference(value.tensor @ value.tensor, value.tensor) <= _slack(run, value))


def _slack(run: TensorInterpreter, value: Tracked) -> Tensor:
    """(batch,): how far rounding may take a matrix (batch, n, n), or its square, from a property that it has."""
    return rounding_bound(value.roundings + property_roundings(value.tensor.shape[1]), run.batch.dtype) * scale(value)


def property_roundings(rows: int) -> int:
    """The roundings behind a matrix that has a property up to rounding only: of n terms in each entry of its square, four times over."""
    return 4 * (rows + 1)


def _is_invertible(run: TensorInterpreter, term: Term) -> Tensor:
    """The condition of the inverse is far from what rounding would make of a singular matrix."""
    return summary(run.value(Inverse(term))).condition < 1 / sqrt(unit_roundoff(run.batch.dtype))


def _has_full_column_rank(run: TensorInterpreter, term: Term) -> Tensor:
    """The singular values, likewise."""
    tensor = torch.nan_to_num(run.value(term).tensor.double())
    if tensor.shape[1] < tensor.shape[2]:
        return torch.zeros(len(tensor), dtype=torch.bool, device=tensor.device)
    values = torch.linalg.svdvals(tensor)
    enough: Tensor = values[:, -1] > sqrt(unit_roundoff(run.batch.dtype)) * values[:, 0]
    return enough


_TESTS: dict[str, Callable[[TensorInterpreter, Term], Tensor]] = {
    "symmetric": _is_symmetric,
    "positive definite": _is_definite,
    "positive semidefinite": _is_semidefinite,
    "orthogonal": _is_orthogonal,
    "projection": _is_projection,
    "invertible": _is_invertible,
    "full column rank": _has_full_column_rank,
    "full row rank": lambda run, term: _has_full_column_rank(run, term.T),
}
