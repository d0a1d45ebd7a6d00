"""Regression by torch: the squared error, and the coefficients with the least sum of absolute residuals."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from numeric.checks import check_shapes
from numeric.devices import NumericError, unit_roundoff

__all__ = ["AbsoluteFit", "half_squared_error", "least_absolute_deviations"]

_MOST_EXCHANGES = 10_000


def half_squared_error(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    """½‖Xw − y‖²: X (n, d), w (d,), y (n,) → ().

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"X": "n d", "w": "d", "y": "n"}, X=X, w=w, y=y)
    return functional.mse_loss(functional.linear(X, w), y, reduction="sum") / 2


class AbsoluteFit(NamedTuple):
    """Coefficients with the least sum of absolute residuals, and what proves that they have it.

    Attributes:
        coefficients: (d,): β, at which d residuals or more are 0.
        signs: (n,): s with Xᵀs = 0, |s_i| ≤ 1, and s_i r_i = |r_i| for the residuals r = Xβ − y.
    """

    coefficients: Tensor
    signs: Tensor


def least_absolute_deviations(X: Tensor, y: Tensor) -> AbsoluteFit:
    """The least ‖y − Xβ‖₁ for X (n, d) of full column rank and y (n,), by the dual simplex method.

    The coefficients interpolate d samples, the basis. The signs of the other residuals fix those of the basis by Xᵀs = 0; where one of these is
    beyond ±1, its sample leaves the basis, and the one enters whose residual is first to become 0. Of several the first is taken, so that no
    basis comes back. (R. Bland, New finite pivoting rules for the simplex method, 1977; R. Koenker, Quantile Regression, 2005, section 6.2.)

    Raises:
        NumericError: shapes that do not fit, X is not of full column rank, or rounding keeps the exchanges from ending.
    """
    d = check_shapes({"X": "n d", "y": "n"}, X=X, y=y)["d"]
    slack = unit_roundoff(X.dtype) ** 0.5
    basis = _independent_rows(X)
    signs = torch.where(_interpolated(X, y, basis)[1] < 0, -1.0, 1.0).to(y)
    for _ in range(_MOST_EXCHANGES):
        coefficients, residuals = _interpolated(X, y, basis)
        signs[basis] = 0
        signs[basis] = torch.linalg.solve(X[basis].T, -X.T @ signs)
        beyond = [k for k in range(d) if abs(signs[basis[k]]) > 1 + slack]
        if not beyond:
            return AbsoluteFit(coefficients, signs.clamp(-1, 1))
        leaving = min(beyond, key=lambda k: int(basis[k]))
        side = signs[basis[leaving]].sign()
        change = X @ torch.linalg.solve(X[basis], side * torch.eye(d, dtype=X.dtype, device=X.device)[leaving])
        shrinks = signs * change < -slack * change.abs().max()
        shrinks[basis] = False
        if not shrinks.any():
            break
        steps = torch.where(shrinks, (signs * residuals).clamp(min=0) / change.abs(), torch.inf)
        signs[basis[leaving]] = side
        basis[leaving] = int((steps == steps.min()).nonzero()[0])
    raise NumericError(f"rounding keeps the exchanges from ending, X has a condition number of {float(torch.linalg.cond(X)):.1e}")


def _independent_rows(X: Tensor) -> Tensor:
    """(d,): places of rows that span the space, by the pivots of an LU decomposition."""
    n, d = X.shape
    rank = int(torch.linalg.matrix_rank(X))
    if rank < d:
        raise NumericError(f"X has shape ({n}, {d}) and rank {rank}; expected full column rank")
    permutation: Tensor = torch.linalg.lu(X)[0]
    return permutation.argmax(0)[:d]


def _interpolated(X: Tensor, y: Tensor, basis: Tensor) -> tuple[Tensor, Tensor]:
    """The coefficients (d,) that interpolate the samples of a basis, and the residuals (n,), 0 at these."""
    coefficients = torch.linalg.solve(X[basis], y[basis])
    residuals = X @ coefficients - y
    residuals[basis] = 0
    return coefficients, residuals
