"""Exact iterates of gradient descent and momentum: powers of the affine map of one step in ball arithmetic, for data that are floats."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from math import inf, log10

import torch
from flint import arb, arb_mat, ctx
from torch import Tensor

from numeric.devices import generator

__all__ = ["Problems", "error", "gradient_descent_iterates", "momentum_iterates"]

PRECISION = 400  # bits: the balls must stay far smaller than a rounding error after up to 2³⁰ steps


@dataclass(frozen=True)
class Problems:
    """A batch of least-squares problems of one condition number, rounded to a dtype, with learning rates of every kind."""

    X: Tensor
    y: Tensor
    w_0: Tensor
    alpha: Tensor
    """(batch,): for gradient descent, from 1/10 of 1/σ_max² to just below 2/σ_max², and above."""
    eta: Tensor
    """(batch,): for momentum, of the same kinds, or such that the eigenvalues of one mode coincide."""
    beta: Tensor

    @classmethod
    def drawn(cls, kappa: float, count: int, size: tuple[int, int], dtype: torch.dtype, seed: int) -> Problems:
        """Singular values from 1 to 1/κ in equal ratios; y is random, in the range of X, or nearly orthogonal to it."""
        source, r = generator(seed), min(size)
        U, V = (torch.linalg.qr(torch.randn(count, length, r, generator=source, dtype=torch.float64))[0] for length in size)
        sigma = torch.logspace(0, -log10(kappa), r, dtype=torch.float64)
        X = (U * sigma) @ V.mT
        y, w_0 = (torch.randn(count, length, generator=source, dtype=torch.float64) for length in size)
        inside = (X @ torch.randn(count, size[1], 1, generator=source, dtype=torch.float64))[..., 0]
        y[1::3] = inside[1::3]
        y[2::3] -= 0.99 * (U @ (U.mT @ y[..., None]))[2::3, :, 0]
        kinds = torch.tensor([0.1, 1, 1.9, 1.999, 1.99999, 2.01], dtype=torch.float64).repeat(-(-count // 6))[:count]
        beta = torch.tensor([0.1, 0.5, 0.9, 1], dtype=torch.float64).repeat(-(-count // 4))[:count]
        coincident = (1 - (1 - beta).sqrt()) ** 2 / (beta * sigma[r // 2] ** 2)
        limit = 2 * (2 - beta) / beta
        eta = torch.where((torch.arange(count) % 7 == 0) & (coincident < limit), coincident, kinds / 2 * limit)
        return cls(*(tensor.to(dtype) for tensor in (X, y, w_0, kinds, eta, beta)))


def balls(matrix: Tensor) -> arb_mat:
    return arb_mat([[arb(entry) for entry in row] for row in matrix.tolist()])


def gradient_descent_iterates(X: Tensor, y: Tensor, w_0: Tensor, alpha: float, steps: list[int]) -> list[arb_mat]:
    """w_k (d, 1) for each number of steps, from X (n, d), y (n,), w_0 (d,)."""
    with ctx.workprec(PRECISION):
        gram, right, identity = normal_equations(X, y)
        return powers(blocks([[identity - gram * arb(alpha), right * arb(alpha)]]), balls(w_0[:, None]), steps)


def momentum_iterates(X: Tensor, y: Tensor, w_0: Tensor, eta: float, beta: float, steps: list[int]) -> list[arb_mat]:
    """w_k (d, 1) for each number of steps, from z = 0."""
    with ctx.workprec(PRECISION):
        gram, right, identity = normal_equations(X, y)
        rate, weight = arb(eta), arb(beta)
        below = [identity * -(rate * (1 - weight)), identity - gram * (rate * weight), right * (rate * weight)]
        above = [identity * (1 - weight), gram * weight, right * -weight]
        return powers(blocks([above, below]), balls(w_0[:, None]), steps)


def normal_equations(X: Tensor, y: Tensor) -> tuple[arb_mat, arb_mat, arb_mat]:
    """XᵀX, Xᵀy and the identity."""
    data, size = balls(X), X.shape[1]
    identity = arb_mat([[int(row == column) for column in range(size)] for row in range(size)])
    return data.transpose() * data, data.transpose() * balls(y[:, None]), identity


def blocks(rows: list[list[arb_mat]]) -> arb_mat:
    """The blocks of an affine map, with the row (0, …, 0, 1) below."""
    entries = [[entry for block in row for entry in block.tolist()[line]] for row in rows for line in range(row[0].nrows())]
    return arb_mat([*entries, [0] * (len(entries[0]) - 1) + [1]])


def powers(step: arb_mat, w_0: arb_mat, steps: list[int]) -> list[arb_mat]:
    """The last d coordinates before the 1 after each number of steps, from (0, …, 0, w_0, 1)."""
    size, width = w_0.nrows(), step.nrows()
    initial = arb_mat([[0]] * (width - size - 1) + w_0.tolist() + [[1]])
    found, repeated = [initial] * len(steps), step
    for bit in range(max(steps).bit_length()):
        found = [repeated * state if k >> bit & 1 else state for k, state in zip(steps, found, strict=True)]
        repeated = repeated * repeated
    return [arb_mat(state.tolist()[width - size - 1 : width - 1]) for state in found]


def error(found: Tensor, exact: arb_mat) -> tuple[float, float]:
    """‖found − exact‖ and ‖exact‖, for found (d,), infinite if it is; an assertion fails where the balls are too large to tell."""
    if not found.isfinite().all():
        return inf, inf
    with ctx.workprec(PRECISION):
        entries = list(chain.from_iterable(exact.tolist()))
        square = sum(((arb(value) - entry) ** 2 for value, entry in zip(found.tolist(), entries, strict=True)), arb(0))
        size = sum((entry**2 for entry in entries), arb(0))
        assert max(float(entry.rad()) for entry in entries) < 1e-30 * (1 + float(size.sqrt().mid()))
        return float(square.sqrt().mid()), float(size.sqrt().mid())
