"""Random batches, drawn in float64 on the CPU, so that a seed means the same instances on every device.

Magnitudes stay within [1/4, 7/4] mostly: far from zero (where quotients, roots and kinks lie) and from overflow in 16 bits.
"""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor

from numeric.devices import NumericError

__all__ = [
    "between_borders",
    "bounded",
    "deficient",
    "ill_conditioned",
    "independent",
    "of_rank",
    "orthogonal",
    "orthonormal",
    "positive_definite",
    "positive_semidefinite",
    "projection",
    "signed",
    "spread",
    "symmetric",
    "symmetric_of_rank",
    "triangular_in_some_basis",
]

Size: TypeAlias = tuple[int, int, int, int]
SMALLEST, LARGEST = 0.25, 1.75
CLOSE = 1e-3  # relative: between borders as near as this nothing is drawn


def signed(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) of either sign; every third instance is positive throughout, for logarithms and roots."""
    values = bounded(shape, None, None, generator)
    signs = torch.randint(0, 2, shape, generator=generator, dtype=torch.float64) * 2 - 1
    signs[:, 2::3] = 1
    return values * signs


def bounded(shape: Size, lower: Tensor | None, upper: Tensor | None, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) strictly between the bounds (broadcastable), which are infinite where there is none.

    Without an upper one it is above the lower, and the reverse, at distances that are `spread`; without any: positive.
    """
    uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
    distance = SMALLEST + (LARGEST - SMALLEST) * uniform
    if lower is not None or upper is not None:
        distance = spread(distance)
    low = torch.full((), -torch.inf, dtype=torch.float64) if lower is None else lower
    high = torch.full((), torch.inf, dtype=torch.float64) if upper is None else upper
    on_one_side = torch.where(low.isfinite(), low + distance, torch.where(high.isfinite(), high - distance, distance))
    return torch.where(low.isfinite() & high.isfinite(), low + (high - low) * (0.05 + 0.9 * uniform), on_one_side)


def spread(sizes: Tensor) -> Tensor:
    """(members, batch, …): every fourth instance several times smaller, and every fourth several times larger."""
    factors = torch.tensor([1, 1 / 8, 1, 4], dtype=sizes.dtype).repeat(-(-sizes.shape[1] // 4))
    return sizes * factors[: sizes.shape[1], None, None]


def between_borders(lower: Tensor, upper: Tensor, borders: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Bounds (batch, 1, 1) to draw between, inside the given ones (batch, 1, 1): the borders (count, batch, 1, 1) cut the interval into pieces,
    and each instance gets one of its pieces, all equally likely. Borders outside the interval do not count, and of nearly equal ones one.
    """
    edges = torch.where((borders > lower) & (borders < upper), borders, torch.inf).sort(0).values
    apart = edges.diff(dim=0, prepend=torch.full_like(edges[:1], -torch.inf)) > CLOSE * edges.abs()
    edges = torch.where(apart, edges, torch.inf).sort(0).values
    pieces = edges.isfinite().sum(0) + 1
    piece = (torch.rand(pieces.shape, generator=generator, dtype=torch.float64) * pieces).long()
    edges = torch.cat([lower.expand_as(edges[:1]), edges, upper.expand_as(edges[:1])])
    low = edges.gather(0, piece[None])[0]
    return low, torch.where(piece == pieces - 1, upper, edges.gather(0, piece[None] + 1)[0])


def symmetric(matrices: Tensor) -> Tensor:
    """The symmetric parts of (…, n, n): equal to their transposes bit by bit."""
    return (matrices + matrices.mT) / 2


def positive_definite(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, n), symmetric bit by bit, no eigenvalue below 1/2.

    Raises:
        NumericError: the matrices are not square.
    """
    _check_square("positive definite", shape)
    factor = signed(shape, generator)
    return symmetric(factor @ factor.mT / shape[2] + torch.eye(shape[2], dtype=torch.float64) / 2)


def positive_semidefinite(shape: Size, generator: torch.Generator, rank: int | None = None) -> Tensor:
    """(members, batch, n, n), symmetric bit by bit, of the given rank, or of every one from 0 to n: B Bᵀ/n, where columns of B are 0.

    Raises:
        NumericError: the matrices are not square.
    """
    _check_square("positive semidefinite", shape)
    factor = (signed(shape, generator) if rank is None else independent(shape, generator)) * _first_columns(shape, generator, rank)
    return symmetric(factor @ factor.mT / shape[2])


def orthogonal(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, n), of both determinants: square ones of `orthonormal`.

    Raises:
        NumericError: the matrices are not square.
    """
    _check_square("orthogonal", shape)
    return orthonormal(shape, generator)


def orthonormal(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, r) with orthonormal columns: Q of the QR factorisation of a normal matrix, with random signs of its columns.

    Uniform over all such matrices (Mezzadri, How to generate random matrices from the classical compact groups, 2007).

    Raises:
        NumericError: there are more columns than rows.
    """
    if shape[2] < shape[3]:
        raise NumericError(f"no {shape[3]} columns of length {shape[2]} are orthonormal")
    q: Tensor = torch.linalg.qr(torch.randn(shape, generator=generator, dtype=torch.float64))[0]
    return q * (torch.randint(0, 2, (*shape[:2], 1, shape[3]), generator=generator) * 2 - 1)


def projection(shape: Size, generator: torch.Generator, rank: int | None = None) -> Tensor:
    """(members, batch, n, n), symmetric bit by bit: orthogonal projections of the given rank, or of every one from 0 to n.

    Raises:
        NumericError: the matrices are not square.
    """
    _check_square("projection", shape)
    basis = orthogonal(shape, generator) * _first_columns(shape, generator, rank)
    return symmetric(basis @ basis.mT)


def independent(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) of full rank; every fourth instance is close to a lower one, by a factor from 1/4 to 1/64."""
    values = signed(shape, generator)
    lines = values if shape[2] >= shape[3] else values.mT  # its columns are to be independent
    if lines.shape[3] > 1:
        distance = 2.0 ** -torch.randint(2, 7, (*shape[:2], 1, 1), generator=generator).double()
        lines[:, 3::4, :, -1:] = lines[:, 3::4, :, :1] + distance[:, 3::4] * lines[:, 3::4, :, -1:]
    return values


def triangular_in_some_basis(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, n), Q T Qᵀ with an orthogonal Q and an upper triangular T: real, with real eigenvalues, and not symmetric.

    Raises:
        NumericError: the matrices are not square.
    """
    turn = orthogonal(shape, generator)
    return turn @ signed(shape, generator).triu() @ turn.mT


def ill_conditioned(shape: Size, generator: torch.Generator, most: float, *, symmetric: bool = False, definite: bool = False) -> Tensor:
    """(members, batch, rows, columns), U diag(s) Vᵀ with singular values s from 1 down to 1/κ in equal ratios; κ is between the third root
    of the most and the most, evenly in its logarithm. A symmetric one has eigenvalues ±s, a definite one s.
    """
    rank = min(shape[2:])
    left = orthonormal((*shape[:3], rank), generator)
    right = left if symmetric or definite else orthonormal((*shape[:2], shape[3], rank), generator)
    signs = torch.randint(0, 2, (*shape[:2], 1, rank), generator=generator) * 2 - 1
    powers = (1 + 2 * torch.rand((*shape[:2], 1, 1), generator=generator, dtype=torch.float64)) / 3
    values = most ** (-powers * torch.arange(rank) / max(rank - 1, 1))
    product = left * values * (1 if definite else signs) @ right.mT
    return (product + product.mT) / 2 if symmetric or definite else product


def deficient(shape: Size, generator: torch.Generator, *, symmetric: bool = False) -> Tensor:
    """(members, batch, rows, columns) of less than full rank: A diag(±1) B with entries ±½, ±1 in thin factors A and B, and B = Aᵀ for a
    symmetric one; seldom 0. The entries are multiples of ¼ of few bits, so that the rank is exact in every dtype.

    Raises:
        NumericError: there is but one row or column.
    """
    full = min(shape[2:])
    if full < 2:
        raise NumericError(f"a {shape[2]} × {shape[3]} matrix that is not 0 has full rank")

    def dyadic(*size: int) -> Tensor:
        signs, halves = (torch.randint(0, 2, size, generator=generator).double() for _ in range(2))
        return (2 * signs - 1) * (1 + halves) / 2

    left = dyadic(*shape[:3], full - 1)
    right = left if symmetric else dyadic(*shape[:2], shape[3], full - 1)
    kept = torch.arange(full - 1) < torch.randint(1, full, (*shape[:2], 1, 1), generator=generator)
    return left * kept * dyadic(*shape[:2], 1, full - 1).sign() @ right.mT


def of_rank(shape: Size, generator: torch.Generator, rank: int) -> Tensor:
    """(members, batch, rows, columns) of a rank: A Vᵀ with independent columns of A (rows, rank) and orthonormal ones of V (columns, rank).

    Raises:
        NumericError: there are fewer rows or columns.
    """
    if rank > min(shape[2:]):
        raise NumericError(f"no {shape[2]} × {shape[3]} matrix has the rank {rank}")
    return independent((*shape[:3], rank), generator) @ orthonormal((*shape[:2], shape[3], rank), generator).mT


def symmetric_of_rank(shape: Size, generator: torch.Generator, rank: int) -> Tensor:
    """(members, batch, n, n), symmetric bit by bit, of a rank: Q D Qᵀ with orthonormal columns of Q (n, rank) and eigenvalues of either sign.

    Raises:
        NumericError: the matrices are not square, or have fewer rows.
    """
    _check_square("symmetric", shape)
    basis, values = orthonormal((*shape[:3], rank), generator), signed((*shape[:2], 1, rank), generator)
    return symmetric(basis * values @ basis.mT)


def _first_columns(shape: Size, generator: torch.Generator, rank: int | None) -> Tensor:
    """(members, batch, 1, n): 1 in the first r places, with the given rank r, or with one from 0 to n for each matrix."""
    first = torch.randint(0, shape[3] + 1, (*shape[:2], 1, 1), generator=generator) if rank is None else rank
    return (torch.arange(shape[3]) < first).double().expand(*shape[:2], 1, shape[3])


def _check_square(kind: str, shape: Size) -> None:
    if shape[2] != shape[3]:
        raise NumericError(f"{kind} matrices are square; {shape[2]} × {shape[3]} was asked for")
