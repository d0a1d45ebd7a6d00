"""Random batches, drawn in float64 on the CPU, so that a seed means the same instances on every device.

Magnitudes stay within [1/4, 7/4]: far from zero (where quotients, roots and kinks lie) and from overflow in 16 bits.
"""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor

from numeric.devices import NumericError

__all__ = ["bounded", "independent", "orthogonal", "positive_definite", "positive_semidefinite", "projection", "signed", "symmetric"]

Size: TypeAlias = tuple[int, int, int, int]
SMALLEST, LARGEST = 0.25, 1.75


def signed(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) of either sign; every third instance is positive throughout, for logarithms and roots."""
    values = bounded(shape, None, None, generator)
    signs = torch.randint(0, 2, shape, generator=generator, dtype=torch.float64) * 2 - 1
    signs[:, 2::3] = 1
    return values * signs


def bounded(shape: Size, lower: Tensor | None, upper: Tensor | None, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) strictly between the bounds (broadcastable); without an upper one above the lower, and the reverse.

    Without any bound: positive.
    """
    uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
    distance = SMALLEST + (LARGEST - SMALLEST) * uniform
    if lower is not None and upper is not None:
        return lower + (upper - lower) * (0.05 + 0.9 * uniform)
    if upper is not None:
        return upper - distance
    return distance if lower is None else lower + distance


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


def positive_semidefinite(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, n), symmetric bit by bit, of every rank from 0 to n: B Bᵀ/n, where columns of B are 0.

    Raises:
        NumericError: the matrices are not square.
    """
    _check_square("positive semidefinite", shape)
    factor = signed(shape, generator) * _first_columns(shape, generator)
    return symmetric(factor @ factor.mT / shape[2])


def orthogonal(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, n), of both determinants: Q of the QR factorisation of a normal matrix, with random signs of its columns.

    Uniform over the orthogonal group (Mezzadri, How to generate random matrices from the classical compact groups, 2007).

    Raises:
        NumericError: the matrices are not square.
    """
    _check_square("orthogonal", shape)
    q: Tensor = torch.linalg.qr(torch.randn(shape, generator=generator, dtype=torch.float64))[0]
    return q * (torch.randint(0, 2, (*shape[:2], 1, shape[3]), generator=generator) * 2 - 1)


def projection(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, n, n), symmetric bit by bit: orthogonal projections of every rank from 0 to n.

    Raises:
        NumericError: the matrices are not square.
    """
    _check_square("projection", shape)
    basis = orthogonal(shape, generator) * _first_columns(shape, generator)
    return symmetric(basis @ basis.mT)


def independent(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, rows, columns) of full rank; every fourth instance is close to a lower one, by a factor from 1/4 to 1/64."""
    values = signed(shape, generator)
    lines = values if shape[2] >= shape[3] else values.mT  # its columns are to be independent
    if lines.shape[3] > 1:
        distance = 2.0 ** -torch.randint(2, 7, (*shape[:2], 1, 1), generator=generator).double()
        lines[:, 3::4, :, -1:] = lines[:, 3::4, :, :1] + distance[:, 3::4] * lines[:, 3::4, :, -1:]
    return values


def _first_columns(shape: Size, generator: torch.Generator) -> Tensor:
    """(members, batch, 1, n): 1 in the first r places, with a rank r from 0 to n for each matrix."""
    rank = torch.randint(0, shape[3] + 1, (*shape[:2], 1, 1), generator=generator)
    return (torch.arange(shape[3]) < rank).double()


def _check_square(kind: str, shape: Size) -> None:
    if shape[2] != shape[3]:
        raise NumericError(f"{kind} matrices are square; {shape[2]} × {shape[3]} was asked for")
