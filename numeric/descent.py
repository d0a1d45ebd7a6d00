"""Gradient descent and momentum on ½‖Xw − y‖² after k steps: in closed form, by one thin SVD whatever k is, and step by step.

Along the singular vectors of X = U Σ Vᵀ the coordinates of w move by themselves, so that for gradient descent with the learning rate α

    w_k = w_0 + V (e ∘ Vᵀw_0 + s ∘ Uᵀy),   e_i = (1 − ασ_i²)^k − 1,   s_i = −e_i/σ_i.

It starts from w_0, so that what X maps to zero stays as it was, for data of any shape and rank. By expm1 and log1p e keeps the digits of ασ_i² that a
1 beside it would swamp. For momentum e and s are read off a power of the 3 × 3 matrix that maps (ηz, w, 1) of one mode to the next step's:
its eigenvalues would lose half of the digits where two of them coincide, and the distance from the minimiser all where σ_i is small.

Arguments are X (…, n, d), y (…, n), w_0 (…, d), all float32 or all float64, any batch shape …; a learning rate is a number or a tensor (…).
An iterate that overflows, as those do whose learning rate is outside the range of convergence, is infinite in every entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

import torch
from torch import Tensor

from numeric.checks import check_finite, check_floating, check_shapes
from numeric.devices import NumericError

__all__ = ["Modes", "Number", "Steps", "gradient_descent", "gradient_descent_by_iteration", "momentum", "momentum_by_iteration"]

Number: TypeAlias = float | Tensor
"""One for all problems of a batch, or a tensor (…) with one for each."""
Steps: TypeAlias = int | Sequence[int]
"""How many; several give a trajectory from one factorisation, along a new axis before the last."""


@torch.no_grad()
def gradient_descent(X: Tensor, y: Tensor, w_0: Tensor, learning_rate: Number, steps: Steps) -> Tensor:
    """w_k of w ← w − α Xᵀ(Xw − y): (…, d), or (…, m, d) for m numbers of steps.

    It converges for 0 < α < 2/σ_max². How far rounding may put the result off: `numeric.descent_errors.gradient_descent_error`.

    Raises:
        NumericError: shapes that do not fit, another dtype, several dtypes or devices, entries that are not finite, or a negative number of steps.
    """
    modes, counts = Modes.of(X, y, w_0), step_counts(steps)
    alpha = number_of_each("learning_rate", learning_rate, X)
    even, odd = descent_response(modes.singular_values, alpha, counts)
    return modes.moved(w_0, even, odd, steps)


@torch.no_grad()
def momentum(X: Tensor, y: Tensor, w_0: Tensor, learning_rate: Number, beta: Number, steps: Steps) -> Tensor:
    """w_k of z ← (1 − β) z + β Xᵀ(Xw − y), w ← w − ηz, from z = 0: (…, d), or (…, m, d) for m numbers of steps.

    It converges for 0 < η < 2(2 − β)/(β σ_max²); for the loss ‖Xw − y‖² halve η. β = 1 is gradient descent.
    How far rounding may put the result off: `numeric.descent_errors.momentum_error`.

    Raises:
        NumericError: as `gradient_descent`, or β is outside (0, 1].
    """
    modes, counts = Modes.of(X, y, w_0), step_counts(steps)
    eta, weight = number_of_each("learning_rate", learning_rate, X), weight_of_each(beta, X)
    even, odd = momentum_response(modes.singular_values, eta, weight, counts)
    return modes.moved(w_0, even, odd, steps)


@torch.no_grad()
def gradient_descent_by_iteration(X: Tensor, y: Tensor, w_0: Tensor, learning_rate: Number, steps: int) -> Tensor:
    """The same as `gradient_descent`, step by step through Xᵀ(Xw − y): (…, d). This is the definition.

    Raises:
        NumericError: as `gradient_descent`.
    """
    check_problem(X, y, w_0)
    alpha, w = number_of_each("learning_rate", learning_rate, X), w_0[..., None]
    for _ in range(*step_counts(steps)):
        w = w - alpha * (X.mT @ (X @ w - y[..., None]))
    return w[..., 0]


@torch.no_grad()
def momentum_by_iteration(X: Tensor, y: Tensor, w_0: Tensor, learning_rate: Number, beta: Number, steps: int) -> Tensor:
    """The same as `momentum`, step by step through Xᵀ(Xw − y): (…, d). This is the definition.

    Raises:
        NumericError: as `momentum`.
    """
    check_problem(X, y, w_0)
    eta, weight, w = number_of_each("learning_rate", learning_rate, X), weight_of_each(beta, X), w_0[..., None]
    z = torch.zeros_like(w)
    for _ in range(*step_counts(steps)):
        z = (1 - weight) * z + weight * (X.mT @ (X @ w - y[..., None]))
        w = w - eta * z
    return w[..., 0]


@dataclass(frozen=True)
class Modes:
    """A least-squares problem along the singular vectors of X. With r = min(n, d), and an axis of length 1 for the numbers of steps:"""

    singular_values: Tensor
    """(…, 1, r), descending; 0 from σ_max max(n, d) ε on, as far as which rounding may have put a 0."""
    start: Tensor
    """(…, 1, r): Vᵀw_0."""
    target: Tensor
    """(…, 1, r): Uᵀy."""
    directions: Tensor
    """(…, r, d): Vᵀ."""

    @classmethod
    def of(cls, X: Tensor, y: Tensor, w_0: Tensor) -> Modes:
        """By the thin SVD.

        Raises:
            NumericError: as `check_problem`.
        """
        check_problem(X, y, w_0)
        U, singular_values, Vh = torch.linalg.svd(X, full_matrices=False)
        negligible = singular_values <= rank_cutoff(X, singular_values)
        return cls(
            singular_values.masked_fill(negligible, 0)[..., None, :],
            (Vh @ w_0[..., None]).mT,
            (U.mT @ y[..., None]).mT,
            Vh,
        )

    def moved(self, w_0: Tensor, even: Tensor, odd: Tensor, steps: Steps) -> Tensor:
        """w_0 + V (e ∘ Vᵀw_0 + s ∘ Uᵀy) for e and s (…, m, r): (…, m, d), or (…, d) for one number of steps; infinite where it overflows."""
        w = w_0[..., None, :] + (even * self.start + odd * self.target) @ self.directions
        w = torch.where(w.isfinite().all(-1, keepdim=True), w, torch.inf)
        return w[..., 0, :] if isinstance(steps, int) else w


def rank_cutoff(X: Tensor, singular_values: Tensor) -> Tensor:
    """(…, 1): singular values up to here may be zeros and rounding: σ_max max(n, d) ε (Golub and Van Loan, Matrix Computations, 4th ed., 5.4.1)."""
    return singular_values[..., :1] * (max(X.shape[-2:]) * torch.finfo(X.dtype).eps)


def descent_response(sigma: Tensor, alpha: Tensor, steps: list[int]) -> tuple[Tensor, Tensor]:
    """e = (1 − ασ²)^k − 1 and s = −e/σ, 0 at σ = 0: sigma (…, 1, r), alpha (…, 1, 1), m steps → (…, m, r) each."""
    counts = torch.tensor([float(k) for k in steps], dtype=sigma.dtype, device=sigma.device)[:, None]
    signs = torch.tensor([1.0 - 2 * (k % 2) for k in steps], dtype=sigma.dtype, device=sigma.device)[:, None]
    rate = alpha * sigma * sigma
    shrinking = torch.expm1(counts * torch.log1p(-rate.clamp(max=0.5)))
    # from 1/2 on 1 − ασ² is as exact as ασ²; 0⁰ = 1
    alternating = torch.where(rate > 1, signs, 1) * torch.exp(torch.xlogy(counts, (1 - rate).abs())) - 1
    even = torch.where(rate < 0.5, shrinking, alternating)
    return even, torch.where(sigma > 0, -even / sigma, 0)


def momentum_response(sigma: Tensor, eta: Tensor, beta: Tensor, steps: list[int]) -> tuple[Tensor, Tensor]:
    """e and s of momentum: sigma (…, 1, r), eta and beta (…, 1, 1), m steps → (…, m, r) each."""
    step = momentum_step(sigma[..., 0, :], eta[..., 0], beta[..., 0])
    powers = torch.stack([torch.linalg.matrix_power(step, k) for k in steps], -4)
    return powers[..., 1, 1] - 1, powers[..., 1, 2]


def momentum_step(sigma: Tensor, eta: Tensor, beta: Tensor) -> Tensor:
    """(…, r, 3, 3): what maps (ηz, w, 1) of a mode with Uᵀy = 1 to the next; sigma (…, r), eta and beta (…, 1)."""
    push = eta * beta * sigma
    pull, kept = push * sigma, (1 - beta).expand_as(push)
    zero = torch.zeros_like(push)
    entries = [kept, pull, -push, -kept, 1 - pull, push, zero, zero, zero + 1]
    return torch.stack(entries, -1).reshape(*push.shape, 3, 3)


def check_problem(X: Tensor, y: Tensor, w_0: Tensor) -> None:
    """X (…, n, d), y (…, n), w_0 (…, d).

    Raises:
        NumericError: another shape, dtype or device, no row or column, or an entry that is not finite.
    """
    check_floating((torch.float32, torch.float64), X=X, y=y, w_0=w_0)
    batch = "".join(f"B_{axis} " for axis in range(X.dim() - 2))
    sizes = check_shapes({"X": f"{batch}n d", "y": f"{batch}n", "w_0": f"{batch}d"}, X=X, y=y, w_0=w_0)
    if not sizes["n"] or not sizes["d"]:
        raise NumericError(f"X has shape {tuple(X.shape)}; a least-squares problem has at least one row and one column")
    check_finite(X=X, y=y, w_0=w_0)


def step_counts(steps: Steps) -> list[int]:
    """The numbers of steps.

    Raises:
        NumericError: one is negative, not an integer, or 2⁶³ or more; or there are none.
    """
    counts = [steps] if isinstance(steps, int) else list(steps)
    for count in counts:
        if not isinstance(count, int) or not 0 <= count < 2**63:
            raise NumericError(f"the number of steps is {count!r}; expected an integer from 0 to 2⁶³ − 1")
    if not counts:
        raise NumericError("steps is empty; expected at least one number of steps")
    return counts


def number_of_each(name: str, value: Number, X: Tensor) -> Tensor:
    """(…, 1, 1), or (1, 1) for a number, which is rounded to the dtype of X (…, n, d).

    Raises:
        NumericError: a tensor of another shape, dtype or device, or not finite.
    """
    if not isinstance(value, Tensor):
        if not isfinite(value):
            raise NumericError(f"{name} is {value}; expected a finite number")
        return torch.full((1, 1), value, dtype=X.dtype, device=X.device)
    batch = "".join(f"B_{axis} " for axis in range(X.dim() - 2))
    check_shapes({"X": f"{batch}n d", name: batch}, **{"X": X, name: value})
    check_finite(**{name: value})
    return value[..., None, None]


def weight_of_each(beta: Number, X: Tensor) -> Tensor:
    """(…, 1, 1).

    Raises:
        NumericError: as `number_of_each`, or outside (0, 1].
    """
    weight = number_of_each("beta", beta, X)
    if not ((weight > 0) & (weight <= 1)).all():
        raise NumericError(f"beta is {beta}; it weighs the new gradient against the old ones, so 0 < beta <= 1")
    return weight
