"""k steps of gradient descent and of momentum on least squares: in closed form, beside the loop, numpy's loop, and powers of the affine map.

    python benchmarks/descent.py [--quick] [--device cpu] [--threads N] [--clock wall] [--rounds 9] [--json FILE]

X is (100, 20), float64. Loops are timed on a part of their steps and multiplied. How exact the results are: `benchmarks/descent_errors.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from measuring import Contestant, arguments, race, report
from torch import Tensor

from numeric.descent import gradient_descent, gradient_descent_by_iteration, momentum, momentum_by_iteration
from numeric.descent_errors import gradient_descent_error, momentum_error
from numeric.devices import generator

LOOPED = 1000
BETA = 0.1


@dataclass(frozen=True)
class Problem:
    """X (n, d), y (n,), w_0 (d,), and a learning rate at which both methods converge."""

    X: Tensor
    y: Tensor
    w_0: Tensor
    rate: float

    @classmethod
    def drawn(cls, n: int, d: int, device: torch.device) -> Problem:
        """Normally distributed."""
        source = generator(0)
        X, y, w_0 = (torch.randn(*shape, generator=source, dtype=torch.float64).to(device) for shape in ((n, d), (n,), (d,)))
        return cls(X, y, w_0, 1 / float(torch.linalg.matrix_norm(X, 2)) ** 2)

    @property
    def arguments(self) -> tuple[Tensor, Tensor, Tensor, float]:
        """As the library takes them."""
        return self.X, self.y, self.w_0, self.rate


def numpy_loop(problem: Problem, steps: int, beta: float) -> None:
    """The fastest loop: XᵀX once, no allocation in a step. With β = 1 it is gradient descent."""
    X, y, w = (tensor.cpu().numpy().copy() for tensor in (problem.X, problem.y, problem.w_0))
    gram, right, gradient, z = X.T @ X, X.T @ y, np.empty_like(w), np.zeros_like(w)
    for _ in range(steps):
        np.dot(gram, w, out=gradient)
        gradient -= right
        if beta == 1:
            gradient *= problem.rate
            w -= gradient
        else:
            gradient *= beta
            z *= 1 - beta
            z += gradient
            np.multiply(z, problem.rate, out=gradient)
            w -= gradient


def affine_power(problem: Problem, steps: int) -> Tensor:
    """The affine map of one step, squared again and again."""
    X, d = problem.X, problem.X.shape[1]
    step = torch.eye(d + 1, dtype=X.dtype, device=X.device)
    step[:d, :d] -= problem.rate * X.mT @ X
    step[:d, d] = problem.rate * X.mT @ problem.y
    power: Tensor = torch.linalg.matrix_power(step, steps)
    return power[:d] @ torch.cat([problem.w_0, torch.ones_like(problem.w_0[:1])])


def gradient_descent_race(problem: Problem, k: int) -> list[Contestant]:
    """k steps of gradient descent."""
    return [
        Contestant("this library, closed form", lambda: gradient_descent(*problem.arguments, k), repeat=20),
        Contestant("its error bound", lambda: gradient_descent_error(*problem.arguments, k), repeat=20),
        Contestant("loop in torch", lambda: gradient_descent_by_iteration(*problem.arguments, LOOPED), k / LOOPED),
        Contestant("loop in numpy, XᵀX once", lambda: numpy_loop(problem, LOOPED, 1), k / LOOPED),
        Contestant("power of the affine map", lambda: affine_power(problem, k), repeat=20),
    ]


def momentum_race(problem: Problem, k: int) -> list[Contestant]:
    """k steps of momentum."""
    return [
        Contestant("this library, closed form", lambda: momentum(*problem.arguments, BETA, k), repeat=20),
        Contestant("its error bound", lambda: momentum_error(*problem.arguments, BETA, k), repeat=5),
        Contestant("loop in torch", lambda: momentum_by_iteration(*problem.arguments, BETA, LOOPED), k / LOOPED),
        Contestant("loop in numpy, XᵀX once", lambda: numpy_loop(problem, LOOPED, BETA), k / LOOPED),
    ]


def main() -> None:
    """Print a table for each method and size."""
    options = arguments(__doc__)
    for n, d in ((100, 20),) if options.quick else ((100, 20), (1000, 200)):
        problem = Problem.drawn(n, d, options.device)
        for k in (10**6, 10**9):
            rows = race(gradient_descent_race(problem, k), options)
            report(f"Gradient descent, X ({n}, {d}), k = {k:.0e}", rows, options)
        rows = race(momentum_race(problem, 10**5), options)
        report(f"Momentum, X ({n}, {d}), k = {10**5:.0e}", rows, options)
        steps = [round(10 ** (power / 166.5)) for power in range(1000)]
        trajectory = Contestant("1000 iterates of up to 10⁶ steps", partial(gradient_descent, *problem.arguments, steps), repeat=5)
        report(f"A trajectory of gradient descent, X ({n}, {d})", race([trajectory], options), options)


if __name__ == "__main__":
    main()
