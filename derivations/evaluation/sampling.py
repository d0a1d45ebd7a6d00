"""Random floating-point instances that meet a claim's assumptions.

What a recipe says of bounds, properties and equations is built into the draw, which makes the assumptions likely; every assumption is then
checked on the drawn instances, and those that fail one are dropped. A part of the matrices is badly conditioned, or of deficient rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, repeat
from math import sqrt
from random import Random

import torch
from torch import Tensor

from derivations.evaluation.batches import Batch
from derivations.evaluation.instances import Quantity, family_positions, length, matrix_size, standings
from derivations.evaluation.recipes import FLIPPED, Bound, Equation, Owner, Plan, Recipe
from derivations.evaluation.tensor_functions import COMPARISONS
from derivations.evaluation.tensor_properties import ROUNDED
from derivations.evaluation.tensor_statements import Judge
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import scale, smallest, summary
from derivations.language.assumptions import Assumption
from derivations.language.operators import Gradient, Jacobian
from derivations.language.terms import Dimension, Relation, Symbol, Term
from numeric.comparison import difference, largest, rounding_bound
from numeric.devices import unit_roundoff
from numeric.draws import (
    between_borders,
    bounded,
    deficient,
    ill_conditioned,
    independent,
    of_rank,
    orthogonal,
    orthonormal,
    positive_definite,
    positive_semidefinite,
    projection,
    signed,
    spread,
    symmetric,
    symmetric_of_rank,
    triangular_in_some_basis,
)

__all__ = ["assignments", "draw"]

SIZES = range(2, 6)
ATTEMPTS = 12  # assignments of unequal sizes
DRAWN_SIZES = 200  # of which so many are drawn, since few may fit
ILL_CONDITIONED, DEFICIENT = slice(4, None, 8), slice(6, None, 8)
"""The instances that have a badly conditioned matrix, or one of deficient rank; the matrices of a claim take turns."""
CONDITIONS = 4.0, 1e6
"""The most badly conditioned matrix, by dtype from the coarsest to the finest: its Gram matrix has a condition number of up to 10¹² in float64."""
ROUNDINGS = 1 << 13
"""So many roundings do not take the least singular value of its Gram matrix to 0."""


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
    drawn = (random.sample(pool, len(sizes_only)) for _ in range(DRAWN_SIZES))
    fitting = (tuple(order) for sizes in drawn for order in (sizes, sizes[::-1]) if recipe.fits(dict(zip(sizes_only, order, strict=True))))
    orders = list(islice(fitting, ATTEMPTS))
    equal = [(size,) * len(sizes_only) for size in SIZES if recipe.fits(dict.fromkeys(sizes_only, size))]
    for number, sizes in enumerate(dict.fromkeys((*orders, *equal)) if sizes_only else [()] * ATTEMPTS):
        counts = {counter: (2, 3, 1, 4, 0, 5)[(number + place) % 6] for place, counter in enumerate(counters)}
        yield dict(zip(sizes_only, sizes, strict=True)) | counts


# ----------------------------------------------------------------------------------------------------------------- draws


def draw(recipe: Recipe, sizes: Mapping[Dimension, int], count: int, dtype: torch.dtype, device: torch.device, generator: torch.Generator) -> Batch:
    """At most `count` instances that meet every assumption; fewer, or none, where too few of those drawn do.

    Raises:
        UnsupportedError: an assumption that cannot be checked.
    """
    drawn = count * recipe.oversampling
    batch = Batch(sizes, {}, drawn, dtype, device)
    for plan in recipe.plans:
        batch = _with(batch, recipe, plan, generator)
    turns = torch.arange(drawn, device=device) // 2 % (len(recipe.imposed) + 1)
    for turn, equation in enumerate(recipe.imposed, 1):
        batch = batch.mixed(turns == turn, _solved(batch, equation))
    if not recipe.given:
        return batch
    run = TensorInterpreter(batch)
    judge = Judge(run)
    meeting = torch.stack([_met(run, judge, assumption) for assumption in recipe.given]).all(0)
    return batch.select(meeting & (meeting.cumsum(0) <= count))


def _with(batch: Batch, recipe: Recipe, plan: Plan, generator: torch.Generator) -> Batch:
    """The batch with values for one more symbol or family."""
    owner, equation = plan.owner, plan.equation
    if equation is None or not equation.solved:
        quantities: list[Quantity] = [owner] if isinstance(owner, Symbol) else [(owner, place) for place in family_positions(owner, batch.sizes)]
        size = (len(quantities), batch.count, *matrix_size(owner.size, batch.sizes))
        for quantity, values in zip(quantities, _entries(batch, recipe, plan, size, generator).to(batch.device, batch.dtype), strict=True):
            batch = batch.given(quantity, values)
    return batch if equation is None else _solved(batch, equation)


def _solved(batch: Batch, equation: Equation) -> Batch:
    """The batch with the value that an equation gives; or with the symbol (rows, 1) moved to the nearest solution, by Newton steps: one is
    exact for an affine residual.
    """
    if equation.solved:
        value = TensorInterpreter(batch).value(equation.term)
        return batch.computed(equation.symbol, value.tensor, summary(value))
    for _ in range(2):  # the second takes off what the first one rounds
        batch = _stepped(batch, equation.symbol, equation.term)
    return batch


def _stepped(batch: Batch, symbol: Symbol, residual: Term) -> Batch:
    run = TensorInterpreter(batch)
    slope = run.value(Jacobian(residual, symbol)).tensor if residual.shape else run.value(Gradient(residual, symbol)).tensor.mT
    value, inverse = run.value(residual), torch.linalg.pinv(torch.nan_to_num(slope.double()))
    found = summary(value)
    condition = max(inverse.shape[1:]) * largest([inverse.flatten(1)]) * largest([slope.flatten(1)])
    step = (inverse @ value.tensor.double()).to(batch.dtype)
    return batch.computed(symbol, batch.values[symbol] - step, found._replace(condition=torch.maximum(condition, found.condition)))


def _entries(batch: Batch, recipe: Recipe, plan: Plan, size: tuple[int, int, int, int], generator: torch.Generator) -> Tensor:
    """Values (members, batch, rows, columns) of a symbol (one member) or a family, in float64 on the CPU."""
    owner = plan.owner
    if owner in recipe.ranks:
        draw_of_rank = next((draw for kind, draw in _DRAWS_OF_RANK.items() if (kind, owner) in recipe.properties), of_rank)
        return draw_of_rank(size, generator, length(recipe.ranks[owner], batch.sizes))
    kind = next((kind for kind in _DRAWS if (kind, owner) in recipe.properties), None)
    values = (_DRAWS[kind] if kind else signed)(size, generator)
    if not owner.size:
        values = spread(values)
    if kind in ROUNDED:
        return values
    if (plan.bounds or plan.borders) and kind != "positive definite":  # which leaves no room for bounds on the entries
        lower, upper = _interval(batch, plan, generator)
        values = torch.where(lower.isfinite() | upper.isfinite(), bounded(size, lower, upper, generator), values)
    elif min(size[2:]) > 1:
        values = _with_hard_ones(batch, recipe, owner, values, generator)
    return symmetric(values) if ("symmetric", owner) in recipe.properties else values


def _interval(batch: Batch, plan: Plan, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(batch, rows, columns), or (batch, 1, 1): what the values must lie between, in float64 on the CPU, infinite where there is no bound."""
    run = TensorInterpreter(batch)
    lower = torch.full((batch.count, 1, 1), -torch.inf, dtype=torch.float64)
    upper = -lower
    for bound in plan.bounds:
        limit, turned = _limit(run, bound)
        for ordering, where in ((bound.ordering, ~turned), (FLIPPED[bound.ordering], turned)):
            if ordering in (">", ">="):
                lower = torch.where(where, torch.maximum(lower, limit), lower)
            else:
                upper = torch.where(where, torch.minimum(upper, limit), upper)
    borders = [limit for border in plan.borders for limit in _limits_of(run, border)]
    return between_borders(lower, upper, torch.stack(borders), generator) if borders else (lower, upper)


def _limit(run: TensorInterpreter, bound: Bound) -> tuple[Tensor, Tensor]:
    """(batch, …): the limit, and whether the ordering turns."""
    limit = run.value(bound.limit).tensor.double().cpu()
    turned = run.value(bound.slope).tensor.cpu() < 0 if bound.slope is not None else torch.zeros_like(limit, dtype=torch.bool)
    return limit, turned


def _limits_of(run: TensorInterpreter, border: Bound) -> Iterator[Tensor]:
    """(batch, 1, 1) for each value of the free indices."""
    for standing in standings(border.limit.free, run.batch.sizes):
        run.positions.update(standing)
        yield run.value(border.limit).tensor.double().cpu()


def _with_hard_ones(batch: Batch, recipe: Recipe, owner: Owner, values: Tensor, generator: torch.Generator) -> Tensor:
    """The values of a matrix, replaced at its turns by badly conditioned ones; and by ones of deficient rank, where no rank is assumed."""
    matrices = [plan.owner for plan in recipe.plans if 1 not in plan.owner.size and plan.owner.size]
    turn, turns = matrices.index(owner), len(matrices)
    kinds = {kind for kind, of in recipe.properties if of == owner}
    ill, low = (torch.arange(values.shape[1])[places][turn::turns] for places in (ILL_CONDITIONED, DEFICIENT))
    members, _, rows, columns = values.shape
    most = min(max(CONDITIONS[0], rounding_bound(ROUNDINGS, batch.dtype) ** -0.5), CONDITIONS[1])
    definite = "positive definite" in kinds
    values[:, ill] = ill_conditioned((members, len(ill), rows, columns), generator, most, symmetric="symmetric" in kinds, definite=definite)
    if kinds <= {"symmetric"}:
        values[:, low] = deficient((members, len(low), rows, columns), generator, symmetric="symmetric" in kinds)
    return values


_DRAWS = {
    "orthogonal": orthogonal,
    "orthonormal columns": orthonormal,
    "projection": projection,
    "positive definite": positive_definite,
    "positive semidefinite": positive_semidefinite,
    "invertible": independent,
    "full column rank": independent,
    "full row rank": independent,
    "real eigenvalues": triangular_in_some_basis,
}
"""How a matrix with a property is drawn; of several properties the first counts, and the others are met by chance."""
_DRAWS_OF_RANK = {"projection": projection, "positive semidefinite": positive_semidefinite, "symmetric": symmetric_of_rank}
"""How a matrix with a property and a rank is drawn; one without these properties is a product."""


# ---------------------------------------------------------------------------------------------------------------- checks


def _met(run: TensorInterpreter, judge: Judge, assumption: Assumption) -> Tensor:
    """(batch,): whether the instance meets the assumption, for every value of its free indices."""
    if not isinstance(assumption, Relation) or assumption.symbol not in COMPARISONS:
        return judge.everywhere(assumption).true
    met = []
    for standing in standings(assumption.free, run.batch.sizes):
        run.positions.update(standing)
        met.append(_relation_holds(run, assumption))
    return torch.stack(met).all(0)


def _relation_holds(run: TensorInterpreter, relation: Relation) -> Tensor:
    """(batch,): equality up to rounding, inequality by more than its square root, orderings as they are; a strict one of values that were
    computed is an inequality too.
    """
    left, right = (run.value(side) for side in (relation.left, relation.right) if isinstance(side, Term))
    size, roundings = torch.maximum(scale(left), scale(right)), left.roundings + right.roundings
    if relation.symbol == "=":
        return difference(left.tensor, right.tensor) <= rounding_bound(roundings, run.batch.dtype) * size
    apart = smallest(left.tensor - right.tensor) > sqrt(unit_roundoff(run.batch.dtype)) * size
    if relation.symbol == "!=":
        return apart
    ordered = COMPARISONS[relation.symbol](left.tensor, right.tensor).flatten(1).all(1)
    return ordered & apart if relation.symbol in ("<", ">") and (roundings or run.batch.origins) else ordered
