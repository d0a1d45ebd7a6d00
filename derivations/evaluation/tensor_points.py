"""Points at which polynomials in independent numbers of mean 0 are evaluated, so that a weighted sum is their expectation: as few as possible.

A polynomial of degree D needs no point at which more than t = ⌊D/2⌋ of the numbers are off their mean: where more than t are multiplied, one of
them stands alone, and its mean is 0. So with E_S, the expectation over the numbers in S while the others are 0,
E f = Σ_{|S| ≤ t} (−1)^(t − |S|) C(k − |S| − 1, t − |S|) E_S f. Where some numbers are independent of the others, the expectation may be taken over
one after the other, with the degree in each.
"""

from __future__ import annotations

from functools import reduce
from itertools import combinations, product
from math import comb, prod
from typing import TypeAlias

import torch
from torch import Tensor

from derivations.evaluation.interpreter import EvaluationError
from derivations.language.terms import Term

__all__ = ["Block", "TooManyPoints", "points_of"]

MOST_POINTS = 1 << 13

Block: TypeAlias = tuple[tuple[int, ...], int]
"""How many nodes each of some numbers has, and how many of the numbers are off their mean at most."""


class TooManyPoints(EvaluationError):
    """An expectation that takes more points at these sizes than are tried."""


def points_of(ways: list[list[Block]], node: Term) -> tuple[Tensor, Tensor]:
    """For each point the places (points, k) of the nodes, −1 where a number is 0, and its coefficient (points,); by the way that takes fewest
    of those that cut the same numbers into blocks.

    Raises:
        TooManyPoints: even that takes too many.
    """
    fewest, blocks = min(((prod(_count(*block) for block in way), way) for way in ways), key=lambda counted: counted[0])
    if fewest > MOST_POINTS:
        raise TooManyPoints(f"{node} takes more than {MOST_POINTS} points here")
    return reduce(_crossed, (_of_block(*block) for block in blocks))


def _count(sizes: tuple[int, ...], order: int) -> int:
    """The number of points at which at most so many numbers are off their mean, or of all outcomes."""
    if order == len(sizes):
        return prod(sizes)
    ways = [1] + [0] * order  # to choose a node for so many numbers
    for size in sizes:
        ways = [ways[0], *(ways[many] + size * ways[many - 1] for many in range(1, order + 1))]
    return sum(ways)


def _of_block(sizes: tuple[int, ...], order: int) -> tuple[Tensor, Tensor]:
    k = len(sizes)
    few = ((chosen, _coefficient(k, size, order)) for size in range(order + 1) for chosen in combinations(range(k), size))
    subsets = [(range(k), 1)] if order == k else few
    pairs = [(chosen, nodes, c) for chosen, c in subsets if c for nodes in product(*(range(sizes[number]) for number in chosen))]
    places = torch.full((len(pairs), k), -1)
    for row, (chosen, nodes, _) in enumerate(pairs):
        places[row, list(chosen)] = torch.tensor(nodes, dtype=torch.long)
    return places, torch.tensor([c for _, _, c in pairs], dtype=torch.float64)


def _crossed(first: tuple[Tensor, Tensor], second: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Every point of one block with every point of another."""
    (places, coefficients), (more, others) = first, second
    crossed = torch.cat([places.repeat_interleave(len(more), 0), more.repeat(len(places), 1)], 1)
    return crossed, (coefficients[:, None] * others).flatten()


def _coefficient(k: int, size: int, order: int) -> int:
    return (-1 if (order - size) % 2 else 1) * comb(k - size - 1, order - size)
