"""How far rounding may put the closed forms of `numeric.descent` from the exact iterates of the same data: first-order bounds, in the 2-norm.

The computed thin SVD is that of a matrix X + ΔX with ‖ΔX‖ of a few u σ_max. The iterate depends on X through an even function e of its singular
values, applied to w_0, and an odd one s, applied to y. Their divided differences at any two singular values (and their negatives, and 0 where a
basis needs more vectors than X has) are at most about D_f = max_i (|f′(σ_i)| + |f(σ_i)|/σ_i), whence

    ‖error‖ ≤ c u (‖w_0‖ + σ_max (D_e ‖w_0‖ + D_s ‖y‖)).

For gradient descent at α = 1/σ_max² and data whose condition number is κ: σ_max D_e ≤ 3 min(k, κ), and σ_max² D_s ≤ 3 min(k, κ²), which is felt as
min(k, κ) too, relative to ‖w_k‖, unless y is nearly orthogonal to the left singular vectors of the small singular values. Where the rank is below
min(n, d), singular values up to the cutoff may be hidden, and s′(0) = kα multiplies the cutoff: such a bound grows with k without end.

Sources: N. J. Higham, Functions of Matrices, 2008, theorem 3.9; V. Noferini, A formula for the Fréchet derivative of a generalized matrix
function, SIAM J. Matrix Anal. Appl. 38, 2017. The constants: `benchmarks/descent_errors.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor

from numeric.descent import (
    Modes,
    Number,
    Steps,
    descent_response,
    momentum_response,
    momentum_step,
    number_of_each,
    rank_cutoff,
    step_counts,
    weight_of_each,
)
from numeric.devices import unit_roundoff

__all__ = ["gradient_descent_error", "momentum_error"]

DECOMPOSITION = 64
"""c: roundings of the size u σ_max that the singular value decomposition amounts to."""
POWERING = 8
"""Roundings of a state's own size in each step that is not yet forgotten."""


@torch.no_grad()
def gradient_descent_error(X: Tensor, y: Tensor, w_0: Tensor, learning_rate: Number, steps: Steps) -> Tensor:
    """A bound on ‖computed − exact‖ for `numeric.descent.gradient_descent`: () for each problem (…), or (…, m) for m numbers of steps; float64.

    Raises:
        NumericError: as `numeric.descent.gradient_descent`.
    """
    modes, counts = Modes.of(X, y, w_0), step_counts(steps)
    alpha = number_of_each("learning_rate", learning_rate, X)
    computed = modes.moved(w_0, *descent_response(modes.singular_values, alpha, counts), counts)
    sigma, alpha = modes.singular_values.double(), alpha.double()
    even, odd = descent_response(sigma, alpha, counts)
    k = torch.tensor([float(count) for count in counts], dtype=torch.float64, device=X.device)[:, None]
    slope = 2 * alpha.abs() * k * torch.exp(torch.xlogy((k - 1).clamp(min=0), (1 - alpha * sigma * sigma).abs()))
    bound = _decomposition_error(X, y, w_0, sigma, (even, slope * sigma), (odd, slope), hidden=alpha.abs() * k)
    return _finished(bound, computed, steps)


@torch.no_grad()
def momentum_error(X: Tensor, y: Tensor, w_0: Tensor, learning_rate: Number, beta: Number, steps: Steps) -> Tensor:
    """A bound on ‖computed − exact‖ for `numeric.descent.momentum`: () for each problem (…), or (…, m) for m numbers of steps; float64.

    To the error of the decomposition it adds that of the powers: in each step that is not yet forgotten, of which there are
    min(k, 1/(1 − ρ)) for a mode of spectral radius ρ, a few roundings of the largest state (ηz, w) on the way.

    Raises:
        NumericError: as `numeric.descent.momentum`.
    """
    modes, counts = Modes.of(X, y, w_0), step_counts(steps)
    eta, weight = number_of_each("learning_rate", learning_rate, X), weight_of_each(beta, X)
    computed = modes.moved(w_0, *momentum_response(modes.singular_values, eta, weight, counts), counts)
    sigma, eta, weight = modes.singular_values.double(), eta.double(), weight.double()
    even, odd = momentum_response(sigma, eta, weight, counts)
    even_slope, odd_slope = _momentum_slopes(sigma[..., 0, :], eta[..., 0], weight[..., 0], counts)
    k = torch.tensor([float(count) for count in counts], dtype=torch.float64, device=X.device)[:, None]
    bound = _decomposition_error(X, y, w_0, sigma, (even, even_slope.abs()), (odd, odd_slope.abs()), hidden=eta.abs() * k)
    bound = bound + POWERING * unit_roundoff(X.dtype) * _powering_error(modes, eta[..., 0], weight[..., 0], counts)
    return _finished(bound, computed, steps)


def _finished(bound: Tensor, computed: Tensor, steps: Steps) -> Tensor:
    """The bounds (…, m), infinite where the iterates (…, m, d) are or where a bound overflows; without m for one number of steps."""
    bound = torch.where(computed.isfinite().all(-1), bound.nan_to_num(nan=torch.inf), torch.inf)
    return bound[..., 0] if isinstance(steps, int) else bound


def _decomposition_error(
    X: Tensor, y: Tensor, w_0: Tensor, sigma: Tensor, even: tuple[Tensor, Tensor], odd: tuple[Tensor, Tensor], hidden: Tensor
) -> Tensor:
    """(…, m), for e and |e′|, and s and |s′|, (…, m, r) each; hidden (…, m, 1) is |s′(0)|."""
    start, target, largest = (torch.linalg.vector_norm(vector.double(), dim=-1)[..., None] for vector in (w_0, y, sigma[..., 0, :1]))
    kept = sigma > 0
    differences = [((value.abs() / sigma + slope).masked_fill(~kept, 0)).amax(-1) for value, slope in (even, odd)]
    bound: Tensor = DECOMPOSITION * unit_roundoff(X.dtype) * (start + largest * (differences[0] * start + differences[1] * target))
    cutoff = rank_cutoff(X, sigma[..., 0, :])
    return bound + torch.where(kept.all(-1), 0, (hidden[..., 0] * cutoff) * target)


def _momentum_slopes(sigma: Tensor, eta: Tensor, beta: Tensor, steps: list[int]) -> tuple[Tensor, Tensor]:
    """e′ and s′ (…, m, r): the powers of [[R, R′], [0, R]] are [[R^k, (R^k)′], [0, R^k]], with ′ the derivative with respect to σ."""
    step = momentum_step(sigma, eta, beta)
    pull, push, zero = 2 * eta * beta * sigma, (eta * beta).expand_as(sigma), torch.zeros_like(sigma)
    slope = torch.stack([torch.stack(row, -1) for row in ([zero, pull, -push], [zero, -pull, push], [zero, zero, zero])], -2)
    blocks = torch.cat([torch.cat([step, slope], -1), torch.cat([torch.zeros_like(step), step], -1)], -2)
    powers = torch.stack([torch.linalg.matrix_power(blocks, k) for k in steps], -4)
    return powers[..., 1, 4], powers[..., 1, 5]


def _powering_error(modes: Modes, eta: Tensor, beta: Tensor, steps: list[int]) -> Tensor:
    """(…, m): the remembered steps of each mode, times how much of a rounding a later step may see, times the largest state; over the modes a norm.

    Both are taken at 0, 1, 2, 4, … and k steps; where a mode grows, relative to ρ^steps, since a rounding late on grows for the remaining steps only.
    """
    sigma, start, target = (values[..., 0, :].double() for values in (modes.singular_values, modes.start, modes.target))
    half_trace, determinant = 1 - (beta + eta * beta * sigma**2) / 2, 1 - beta
    radius = torch.where(half_trace**2 < determinant, determinant.sqrt(), half_trace.abs() + (half_trace**2 - determinant).clamp(min=0).sqrt())
    memory, growth = torch.where(sigma > 0, 1 / (1 - radius).clamp(min=0), 0), radius.clamp(min=1)
    initial = torch.stack([torch.zeros_like(start), start, torch.ones_like(start)], -1)[..., None]
    step = momentum_step(sigma, eta, beta)
    step[..., :2, 2] *= target[..., None]
    bounds = []
    for k in steps:
        powers = [step]
        for _ in range(1, k.bit_length()):
            powers.append(powers[-1] @ powers[-1])
        met = torch.stack([torch.linalg.matrix_power(step, 0), torch.linalg.matrix_power(step, k), *(powers if k else [])])
        counts = [0, k, *(2**bit for bit in range(k.bit_length()))]
        shrunk = torch.stack([growth**-count for count in counts])
        largest = (shrunk * torch.linalg.vector_norm((met @ initial)[..., :2, 0], dim=-1)).amax(0)
        seen = (shrunk * torch.linalg.vector_norm(met[..., 1, :2], dim=-1)).amax(0)
        bounds.append(torch.linalg.vector_norm((8 + memory.clamp(max=k)) * growth**k * seen * largest, dim=-1))
    return torch.stack(bounds, -1)
