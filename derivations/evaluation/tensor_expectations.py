"""The rule of `TensorInterpreter` for expectations: a weighted sum of values at points, the same for every term of one degree.

A random entry is an affine function of independent numbers of mean 0, each with the nodes and weights of a quadrature (or with its few outcomes).
What is no polynomial is summed over all outcomes, where there are finitely many; else it is sampled, and the bound on its error is that of six
standard errors, which chance exceeds once in 5·10⁸ times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, prod, sqrt
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

import torch
from torch import Tensor

from derivations.evaluation.expectations import groups
from derivations.evaluation.instances import family_positions, matrix_size
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.measures import degree
from derivations.evaluation.tensor_points import Block, points_of
from derivations.evaluation.tracking import Tracked, grouped, magnified, relative_condition, summarised, summary
from derivations.language.errors import UnsupportedError
from derivations.language.laws import Expectation, Law, RandomName
from derivations.language.terms import Family, Term
from numeric.comparison import largest
from numeric.devices import unit_roundoff
from numeric.quadrature import hermite_rule, legendre_rule

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["EXPECTATIONS"]

_SCALES = (2.0, 0.4, 3.0, 1.5, 0.7)
"""What laws leave open of their outcomes: neighbouring entries differ in it, and none is symmetric without need."""

_SAMPLES = 1 << 14
_STANDARD_ERRORS = 6

_Rule: TypeAlias = tuple[Tensor, Tensor]
"""The nodes and the weights of a number, both (batch, q), or (1, q) where they are the same at every instance."""
_Draw: TypeAlias = Callable[[int, torch.Generator], Tensor]
"""So many numbers (count,), on the CPU."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The numbers behind one name, or behind several that may depend on each other.

    Attributes:
        rules: one for each number.
        entries: from an interpreter of as many instances as there are points, and the numbers (points, k), the values of the names.
        most: the degree of the term in the numbers; None where it is no polynomial in them.
        drawn: draws a number of this shape, where no quadrature is exact and there are infinitely many outcomes.
    """

    rules: list[_Rule]
    entries: Callable[[TensorInterpreter, Tensor], dict[object, Tracked]]
    most: int | None
    drawn: _Draw | None = None

    @property
    def block(self) -> Block:
        """The numbers of this part."""
        return _block([self], self.most)


def _expectation(run: TensorInterpreter, node: Expectation) -> Tracked:
    """The weighted sum over all points; where it is differentiated, point by point, since autograd must pass through each."""
    parts = [_of_any_law(run, group) if len(group) > 1 else _part(run, node, group[0]) for group in groups(node)]
    if any(part.drawn for part in parts):
        return _sampled(run, node, parts)
    most = None if any(part.most is None for part in parts) else _degree(node, node.over)
    places, coefficients = points_of([[_block(parts, most)], [part.block for part in parts]], node)
    numbers, weights = _at([rule for part in parts for rule in part.rules], places, coefficients, run.batch.count)
    return (_one_by_one if run.recording else _at_once)(run, node, parts, numbers.to(run.batch.dtype), weights.to(run.batch.dtype))


def _degree(node: Expectation, names: Iterable[RandomName]) -> int | None:
    """The degree of the term in the entries of some names; None where it is no polynomial by its form."""
    try:
        return degree(node.body, names)
    except EvaluationError:
        return None


def _block(parts: Iterable[_Part], most: int | None) -> Block:
    sizes = tuple(nodes.shape[1] for part in parts for nodes, _ in part.rules)
    return sizes, len(sizes) if most is None else min(most // 2, len(sizes))


def _at_once(run: TensorInterpreter, node: Expectation, parts: list[_Part], numbers: Tensor, weights: Tensor) -> Tracked:
    """One batch with every point of every instance: numbers (batch, points, k), weights (batch, points)."""
    count, points = weights.shape
    places = torch.arange(count, device=weights.device).repeat_interleave(points)
    inner = run.taken(places)
    value = inner.within(_bindings(inner, parts, numbers.reshape(count * points, -1))).value(node.body)
    summands = value.tensor.reshape(count, points, *value.tensor.shape[1:]) * weights[:, :, None, None]
    found = grouped(summary(value), places, count)
    size = torch.maximum(found.magnitude, largest([summands.detach().abs().sum(1).flatten(1)]))
    return summarised(summands.sum(1), value.roundings + points + numbers.shape[2], found._replace(magnitude=size))


def _one_by_one(run: TensorInterpreter, node: Expectation, parts: list[_Part], numbers: Tensor, weights: Tensor) -> Tracked:
    total: Tracked | None = None
    for point in range(weights.shape[1]):
        value = run.within(_bindings(run, parts, numbers[:, point])).value(node.body)
        weighed = Tracked(value.tensor * weights[:, point, None, None], value.roundings + numbers.shape[2], (value,))
        total = weighed if total is None else run.plus(total, weighed)
    assert total is not None  # the point at which every number is 0 is always there
    return total


def _sampled(run: TensorInterpreter, node: Expectation, parts: list[_Part]) -> Tracked:
    """The mean over samples, the same numbers at every call; its standard error counts as so many roundings.

    Raises:
        UnsupportedError: it is differentiated, for which autograd would have to pass through each sample.
    """
    if run.recording:
        raise UnsupportedError(f"the derivative of {node}, which is sampled")
    count, source = run.batch.count, torch.Generator().manual_seed(crc32(repr(node.over).encode()))
    columns = [_drawn(part.drawn, rule, count, source) for part in parts for rule in part.rules]
    places = torch.arange(count, device=run.batch.device).repeat_interleave(_SAMPLES)
    inner = run.taken(places)
    numbers = torch.stack(columns, 2).to(run.batch.device, run.batch.dtype).reshape(count * _SAMPLES, -1)
    value = inner.within(_bindings(inner, parts, numbers)).value(node.body)
    samples = value.tensor.double().reshape(count, _SAMPLES, *value.tensor.shape[1:])
    found = grouped(summary(value), places, count)
    spread = _STANDARD_ERRORS / sqrt(_SAMPLES) * largest([samples.std(1).flatten(1)])
    relative = torch.where(found.scale > 0, spread / found.scale, 0.0).nan_to_num(posinf=0.0)
    roundings = value.roundings + _SAMPLES + ceil(float(relative.max()) / unit_roundoff(run.batch.dtype))
    return summarised(samples.mean(1).to(value.tensor.dtype), roundings, found)


def _drawn(draw: _Draw | None, rule: _Rule, count: int, source: torch.Generator) -> Tensor:
    """(count, samples): a number at every sample of each instance."""
    if draw is not None:
        return draw(count * _SAMPLES, source).reshape(count, _SAMPLES)
    nodes, weights = (each.cpu().expand(count, -1) for each in rule)
    return nodes.gather(1, torch.multinomial(weights, _SAMPLES, replacement=True, generator=source))


def _bindings(run: TensorInterpreter, parts: list[_Part], numbers: Tensor) -> dict[object, Tracked]:
    found: dict[object, Tracked] = {}
    start = 0
    for part in parts:
        end = start + len(part.rules)
        found |= part.entries(run, numbers[:, start:end])
        start = end
    return found


# ---------------------------------------------------------------------------------------------------------------- points


def _at(rules: list[_Rule], places: Tensor, coefficients: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The numbers (batch, points, k) and the weights (batch, points), in float64."""
    device = rules[0][0].device
    places, numbers, weights = places.to(device), [], coefficients.to(device).expand(count, -1)
    for column, (nodes, chances) in enumerate(rules):
        zero, one = nodes.new_zeros(len(nodes), 1), chances.new_ones(len(chances), 1)
        at = places[:, column] % (nodes.shape[1] + 1)  # −1 is the place after the last node
        numbers.append(torch.cat([nodes, zero], 1)[:, at].expand(count, -1))
        weights = weights * torch.cat([chances, one], 1)[:, at]
    return torch.stack(numbers, 2), weights


# ------------------------------------------------------------------------------------------------------------------ laws


def _part(run: TensorInterpreter, node: Expectation, name: RandomName) -> _Part:
    law, most = node.law_of(name), _degree(node, [name])
    if law is None:
        raise UnsupportedError(f"no law of {name} is given for {node}")
    if law.kind == "random_variable":
        return _of_any_law(run, [name])
    rule = _RULES[law.kind]
    keys, size = _keys(run, name), matrix_size(name.size, run.batch.sizes)
    rules = [tuple(each.to(run.batch.device) for each in rule(run, law, number % prod(size), most or 0)) for number in range(len(keys) * prod(size))]

    def entries(inner: TensorInterpreter, numbers: Tensor) -> dict[object, Tracked]:
        columns = numbers.reshape(len(numbers), len(keys), *size)
        return {key: _AFFINE[law.kind](inner, law, columns[:, place]) for place, key in enumerate(keys)}

    return _Part([(nodes, weights) for nodes, weights in rules], entries, most, _DRAWN.get(law.kind) if most is None else None)


def _keys(run: TensorInterpreter, name: RandomName) -> list[object]:
    return [(name, position) for position in family_positions(name, run.batch.sizes)] if isinstance(name, Family) else [name]


def _nodes(nodes: list[float], weights: list[float]) -> _Rule:
    return torch.tensor([nodes], dtype=torch.float64), torch.tensor([weights], dtype=torch.float64)


def _standard(rule: Callable[[int], tuple[Tensor, Tensor]]) -> Callable[[TensorInterpreter, Law, int, int], _Rule]:
    """A rule that is exact for a degree."""

    def of(run: TensorInterpreter, law: Law, number: int, most: int) -> _Rule:
        nodes, weights = rule(most // 2 + 1)
        return nodes[None], weights[None]

    return of


def _two_values(run: TensorInterpreter, law: Law, number: int, most: int) -> _Rule:
    """−s and 1/s, with the mean 0 and the variance 1; skew unless s = 1."""
    s = _SCALES[number % len(_SCALES)]
    return _nodes([-s, 1 / s], [1 / (1 + s * s), s * s / (1 + s * s)])


def _three_values(run: TensorInterpreter, law: Law, number: int, most: int) -> _Rule:
    """±r with the probability 1/2r² each, else 0."""
    r = 1 + _SCALES[number % len(_SCALES)]
    return _nodes([r, -r, 0.0], [0.5 / r**2, 0.5 / r**2, 1 - 1 / r**2])


def _zero_or_not(run: TensorInterpreter, law: Law, number: int, most: int) -> _Rule:
    """r with the probability 1/r², else 0, less the mean 1/r: the square before has the mean 1."""
    r = 1 + _SCALES[number % len(_SCALES)]
    return _nodes([r - 1 / r, -1 / r], [1 / r**2, 1 - 1 / r**2])


def _two_outcomes(run: TensorInterpreter, law: Law, number: int, most: int) -> _Rule:
    """1 with the probability p, else 0, less the mean p."""
    p = run.value(law.parameter("probability")).tensor[:, :, 0].double()
    return torch.cat([1 - p, -p], 1), torch.cat([p, 1 - p], 1)


def _around_mean(inner: TensorInterpreter, law: Law, numbers: Tensor) -> Tracked:
    """μ + √v x, or μ + L x with L Lᵀ = Σ: of the covariance the eigenvectors and the roots of the eigenvalues, since it may be singular."""
    mean, spread = (inner.value(law.parameter(role)) for role in ("mean", "variance"))
    if not law.is_joint:
        return _sum_of(mean, _root(spread), numbers)
    values, vectors = torch.linalg.eigh((spread.tensor + spread.tensor.mT) / 2)
    factor = vectors * values.clamp(min=0).sqrt()[:, None, :]
    n = factor.shape[1]
    return Tracked(mean.tensor + factor @ numbers, mean.roundings + spread.roundings + 9 * n, (mean, spread), (factor.abs() @ numbers.abs(),))


def _without_mean(inner: TensorInterpreter, law: Law, numbers: Tensor) -> Tracked:
    root = _root(inner.value(law.parameter("variance")))
    return Tracked(root.tensor * numbers, root.roundings + 1, (root,))


def _of_square(inner: TensorInterpreter, law: Law, numbers: Tensor) -> Tracked:
    """√q (x + 1/r); the mean of the k-th number is 1/r_k."""
    root = _root(inner.value(law.parameter("mean square")))
    means = torch.tensor([1 / (1 + _SCALES[k % len(_SCALES)]) for k in range(numbers[0].numel())], dtype=numbers.dtype, device=numbers.device)
    return Tracked(root.tensor * (numbers + means.reshape(numbers.shape[1:])), root.roundings + 2, (root,))


def _between(inner: TensorInterpreter, law: Law, numbers: Tensor) -> Tracked:
    low, high = (inner.value(law.parameter(role)) for role in ("low", "high"))
    tensor = (low.tensor + high.tensor) / 2 + (high.tensor - low.tensor) / 2 * numbers
    return Tracked(tensor, low.roundings + high.roundings + 4, (low, high))


def _around_chance(inner: TensorInterpreter, law: Law, numbers: Tensor) -> Tracked:
    chance = inner.value(law.parameter("probability"))
    return Tracked(chance.tensor + numbers, 2 * chance.roundings + 2, (chance,))


def _sum_of(mean: Tracked, factor: Tracked, numbers: Tensor) -> Tracked:
    moved = factor.tensor * numbers
    return Tracked(mean.tensor + moved, mean.roundings + factor.roundings + 2, (mean, factor), (moved,))


def _root(value: Tracked) -> Tracked:
    return Tracked(value.tensor.sqrt(), value.roundings + 1, (value,), conditions=magnified(value, relative_condition))


def _normal(count: int, generator: torch.Generator) -> Tensor:
    return torch.randn(count, generator=generator, dtype=torch.float64)


def _even(count: int, generator: torch.Generator) -> Tensor:
    return 2 * torch.rand(count, generator=generator, dtype=torch.float64) - 1


_DRAWN: dict[str, _Draw] = {"gaussian": _normal, "uniform": _even}
_RULES: dict[str, Callable[[TensorInterpreter, Law, int, int], _Rule]] = {
    "gaussian": _standard(hermite_rule),
    "uniform": _standard(legendre_rule),
    "moments": _two_values,
    "symmetric_law": _three_values,
    "mean_square": _zero_or_not,
    "bernoulli": _two_outcomes,
}
_AFFINE: dict[str, Callable[[TensorInterpreter, Law, Tensor], Tracked]] = {
    "gaussian": _around_mean,
    "uniform": _between,
    "moments": _around_mean,
    "symmetric_law": _without_mean,
    "mean_square": _of_square,
    "bernoulli": _around_chance,
}


def _of_any_law(run: TensorInterpreter, names: list[RandomName]) -> _Part:
    """Names that may depend on each other, of any law: each entry takes three values, in three cases that are the same for all of them."""
    sizes = [matrix_size(name.size, run.batch.sizes) for name in names]
    rule = _nodes([-1.0, 0.0, 1.0], [0.5, 0.3, 0.2])

    def entries(inner: TensorInterpreter, numbers: Tensor) -> dict[object, Tracked]:
        found: dict[object, Tracked] = {}
        for name, size in zip(names, sizes, strict=True):
            own = crc32(name.name.encode()) % 1009 / 7  # a name has one law, whichever others depend on it
            for number, key in enumerate(_keys(run, name)):
                places = torch.arange(prod(size), dtype=numbers.dtype, device=numbers.device).reshape(size) + 1 + 3 * number + own
                case = numbers[:, :, None]
                found[key] = Tracked(torch.sin(places) + torch.cos(2 * places) * case + torch.sin(5 * places) * case**2)
        return found

    return _Part([tuple(each.to(run.batch.device) for each in rule)], entries, most=None)  # type: ignore[list-item]


EXPECTATIONS: dict[type[Term], Callable[..., Tracked]] = {Expectation: _expectation}
