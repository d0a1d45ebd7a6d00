"""How far the closed forms of gradient descent and momentum are from the exact iterates, and how far the stated bounds lie above that.

    python benchmarks/descent_errors.py [--instances 1000] [--size 12 5] [--seed 0] [--method momentum]

The exact iterates come from powers of the affine map in ball arithmetic. Learning rates reach from a tenth of the usual one past the end of the
range of convergence; y is random, in the range of X, or nearly orthogonal to it. Ends with exit code 1 if an error exceeds its bound.
"""

from __future__ import annotations

import argparse
import sys
from math import inf
from pathlib import Path

import torch
from flint import arb_mat
from torch import Tensor

from numeric.descent import gradient_descent, gradient_descent_by_iteration, momentum, momentum_by_iteration
from numeric.descent_errors import gradient_descent_error, momentum_error
from numeric.devices import unit_roundoff

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
from descent_oracle import Problems, error, gradient_descent_iterates, momentum_iterates

STEPS = [1, 10, 1000, 10**6, 10**9]
LOOPED = 1000
CONDITIONS = {torch.float64: (1.0, 10.0, 1e2, 1e3, 1e6), torch.float32: (1.0, 10.0, 1e2, 1e3)}


def measured(found: Tensor, bounds: Tensor, iterated: Tensor, exact: list[list[arb_mat]]) -> dict[str, float]:
    """Over all iterates that do not overflow: the largest error in units of its bound, and of ‖w_k‖; the loop's likewise."""
    worst = {"error/bound": 0.0, "error/norm": 0.0, "bound/norm": 0.0, "loop/norm": 0.0}
    for instance, iterates in enumerate(exact):
        for place, iterate in enumerate(iterates):
            if not found[instance, place].isfinite().all():
                continue
            distance, size = error(found[instance, place], iterate)
            bound = float(bounds[instance, place])
            worst["error/bound"] = max(worst["error/bound"], distance / bound if bound < inf else 0)
            worst["error/norm"] = max(worst["error/norm"], distance / size)
            worst["bound/norm"] = max(worst["bound/norm"], bound / size)
            if STEPS[place] == LOOPED and iterated[instance].isfinite().all():
                worst["loop/norm"] = max(worst["loop/norm"], error(iterated[instance], iterate)[0] / size)
    return worst


def gradient_descent_row(problems: Problems) -> dict[str, float]:
    """Errors of gradient descent."""
    X, y, w_0, alpha = problems.X, problems.y, problems.w_0, problems.alpha
    data = zip(X, y, w_0, alpha.tolist(), strict=True)
    exact = [gradient_descent_iterates(*problem, STEPS) for problem in data]
    iterated = gradient_descent_by_iteration(X, y, w_0, alpha, LOOPED)
    return measured(gradient_descent(X, y, w_0, alpha, STEPS), gradient_descent_error(X, y, w_0, alpha, STEPS), iterated, exact)


def momentum_row(problems: Problems) -> dict[str, float]:
    """Errors of momentum."""
    X, y, w_0, eta, beta = problems.X, problems.y, problems.w_0, problems.eta, problems.beta
    data = zip(X, y, w_0, eta.tolist(), beta.tolist(), strict=True)
    exact = [momentum_iterates(*problem, STEPS) for problem in data]
    iterated = momentum_by_iteration(X, y, w_0, eta, beta, LOOPED)
    return measured(momentum(X, y, w_0, eta, beta, STEPS), momentum_error(X, y, w_0, eta, beta, STEPS), iterated, exact)


ROWS = {"gradient descent": gradient_descent_row, "momentum": momentum_row}


def main() -> None:
    """Print one line for each method, dtype and condition number."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--instances", type=int, default=1000)
    parser.add_argument("--size", type=int, nargs=2, default=(12, 5), metavar=("ROWS", "COLUMNS"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", choices=ROWS, help="one of the methods only")
    arguments = parser.parse_args()
    largest = 0.0
    print(f"{arguments.instances} instances each, X {tuple(arguments.size)}, k in {STEPS}; errors relative to ‖w_k‖ in units of u")
    print(f"{'method':18}{'dtype':10}{'κ':>10}{'largest error':>15}{'its loop’s':>12}{'largest bound':>15}{'bound/error ≥':>15}")
    for method in [arguments.method] if arguments.method else ROWS:
        for dtype, conditions in CONDITIONS.items():
            for kappa in conditions:
                worst = ROWS[method](Problems.drawn(kappa, arguments.instances, tuple(arguments.size), dtype, arguments.seed))
                u = unit_roundoff(dtype)
                cells = [worst[name] / u for name in ("error/norm", "loop/norm", "bound/norm")]
                slack = 1 / worst["error/bound"]
                print(f"{method:18}{str(dtype)[6:]:10}{kappa:10.0e}{cells[0]:15.3g}{cells[1]:12.3g}{cells[2]:15.3g}{slack:15.1f}", flush=True)
                largest = max(largest, worst["error/bound"])
    print(f"largest error over its bound: {largest:.2g}")
    sys.exit(largest > 1)


if __name__ == "__main__":
    main()
