"""Where torch looks for a violation of f(z) ≥ f(x) + ⟨g, z − x⟩: along the directions in which a slope of f nearby falls short of g."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from derivations.evaluation.tracking import Tracked, behind
from numeric.devices import unit_roundoff

if TYPE_CHECKING:
    from derivations.evaluation.subgradients import Membership
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["Inequality", "inequalities"]

_NEIGHBOURS = 6
_LENGTHS = (1.0, 2.0**-3, 2.0**-8)
_SEED = 0


class Inequality(NamedTuple):
    """Both sides of f(z) ≥ f(x) + ⟨g, z − x⟩ at a z for each instance."""

    left: Tracked
    right: Tracked


def inequalities(run: TensorInterpreter, stated: Membership) -> Iterator[Inequality]:
    """The inequality of subgradients at several places: beside x along g − p, for slopes p of f nearby, and along each entry."""
    g, here = run.value(stated.candidate), run.value(stated.of.variable)
    start = run.value(stated.of.function)
    size = 1 + here.tensor.detach().abs().flatten(1).amax(1)[:, None, None]
    for direction in _directions(run, stated, g.tensor.detach(), size):
        longest = direction.abs().flatten(1).amax(1)[:, None, None]
        unit = torch.where(longest > 0, direction / longest, 0.0)
        for length in _LENGTHS:
            motion = length * size * unit
            there = run.within({stated.of.variable: Tracked(here.tensor + motion, here.roundings + 1, (here,))})
            reached = there.value(stated.of.function)
            products = g.tensor * motion
            tilt = Tracked(products.flatten(1).sum(1)[:, None, None], g.roundings + products[0].numel() + 1, (g,), (products,))
            yield Inequality(Tracked(reached.tensor, reached.roundings + here.roundings + 1, (reached,)), run.plus(start, tilt))


def _directions(run: TensorInterpreter, stated: Membership, g: Tensor, size: Tensor) -> Iterator[Tensor]:
    reach = unit_roundoff(run.batch.dtype) ** (1 / 3) * size
    generator = torch.Generator().manual_seed(_SEED)
    for _ in range(_NEIGHBOURS):
        moved = torch.randn(g.shape, generator=generator, dtype=torch.float64).to(g.device, g.dtype)
        inner, motion = run.displaced(stated.of.variable, reach * moved)
        value = inner.value(stated.of.function)
        slope, _ = inner.slope(value.tensor.sum(), motion, behind(value))
        yield g - slope.detach()
    for place in range(g[0].numel()):
        unit = torch.zeros_like(g).flatten(1)
        unit[:, place] = 1
        yield unit.reshape(g.shape)
        yield -unit.reshape(g.shape)
