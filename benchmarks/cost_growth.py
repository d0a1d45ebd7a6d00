"""How times grow with each size, as a plot with fitted exponents: docs/cost_growth.svg.

    python benchmarks/cost_growth.py [--quick] [--device cpu] [--threads N] [--clock processor] [--rounds 9] (needs matplotlib)

One size grows at a time. The least time of all rounds is what counts, since a busy machine only adds to it. An exponent is the slope of a line
through the logarithms of the three largest sizes' times; beside it stands that of the number of multiplications over the same sizes, which is what
it would be without what every call costs.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import NamedTuple

import gradient_norms
import jacobians
import matplotlib
import torch
from descent import Problem
from matplotlib import pyplot
from measuring import Contestant, Row, arguments, race, report

from numeric.descent import gradient_descent, gradient_descent_by_iteration, momentum
from numeric.gradient_norms import squared_gradient_norms
from numeric.jacobians import Mode, jacobian, multiplications

FITTED = 3
TARGET = Path(__file__).resolve().parent.parent / "docs" / "cost_growth.svg"


class Point(NamedTuple):
    """Work at one size: what to run, and how many multiplications it takes, if that is known."""

    size: int
    run: Callable[[], object]
    multiplications: float | None


@dataclass(frozen=True)
class Curve:
    """One size that grows."""

    panel: str
    label: str
    points: list[Point]


def jacobian_curves(mode: Mode, base: dict[str, int], ranges: dict[str, list[int]], device: torch.device) -> list[Curve]:
    """The time of one mode against each of D, K, P, L, N."""

    def point(letter: str, size: int) -> Point:
        sizes = base | {letter: size}
        problem = jacobians.Problem.drawn(**sizes, device=device)
        count = sizes["N"] * multiplications(problem.widths)[mode]
        return Point(size, lambda: jacobian(problem.X, problem.weights, mode=mode), count)

    return [Curve(f"Jacobians, {mode} mode", letter, [point(letter, size) for size in values]) for letter, values in ranges.items()]


def norm_curves(base: dict[str, int], ranges: dict[str, list[int]], device: torch.device) -> list[Curve]:
    """The time of factored norms against N, D and K."""

    def point(letter: str, size: int) -> Point:
        sizes = base | {letter: size}
        problem = gradient_norms.Problem.drawn(**sizes, device=device)
        N, D, K = sizes["N"], sizes["D"], sizes["K"]
        return Point(size, lambda: squared_gradient_norms(*problem.arguments), N * D * D * (2 * K - 1) + 2 * N * K * D)

    return [Curve("Gradient norms, factored", letter, [point(letter, size) for size in values]) for letter, values in ranges.items()]


def descent_curves(most: int, device: torch.device) -> list[Curve]:
    """The time of k steps in closed form and by iteration."""
    problem = Problem.drawn(100, 20, device)
    closed = [10**power for power in range(1, 10)]
    looped = [10**power for power in range(1, most)]
    panel = "Descent, X (100, 20)"
    return [
        Curve(panel, "k, gradient descent", [Point(k, lambda k=k: gradient_descent(*problem.arguments, k), None) for k in closed]),  # type: ignore[misc]
        Curve(panel, "k, momentum", [Point(k, lambda k=k: momentum(*problem.arguments, 0.1, k), None) for k in closed]),  # type: ignore[misc]
        Curve(panel, "k, loop", [Point(k, lambda k=k: gradient_descent_by_iteration(*problem.arguments, k), k) for k in looped]),  # type: ignore[misc]
    ]


def curves(options: Namespace) -> list[Curve]:
    """Everything that is plotted."""
    base = {"D": 128, "K": 128, "P": 2, "L": 3, "N": 128}
    doubled = [64, 128, 256, 512] if options.quick else [64, 128, 256, 512, 1024]
    few = [4, 8, 16, 32] if options.quick else [4, 8, 16, 32, 64]
    ranges = {"D": doubled, "K": doubled, "P": few, "L": few, "N": doubled}
    return [
        *jacobian_curves("reverse", base, ranges, options.device),
        *jacobian_curves("forward", base | {"N": 8}, ranges | {"N": few}, options.device),
        *norm_curves({"N": 256, "D": 256, "K": 4}, {"N": doubled, "D": doubled, "K": few}, options.device),
        *descent_curves(4 if options.quick else 6, options.device),
    ]


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of the least-squares line through the logarithms of the last few."""
    x, y = ([log2(value) for value in column[-FITTED:]] for column in (sizes, values))
    mean = sum(x) / len(x)
    return sum((a - mean) * b for a, b in zip(x, y, strict=True)) / sum((a - mean) ** 2 for a in x)


def legend(curve: Curve, times: list[float]) -> str:
    """The exponent measured, and that of the multiplications where they are counted."""
    sizes = [point.size for point in curve.points]
    counts = [point.multiplications for point in curve.points if point.multiplications is not None]
    counted = f" (counted {exponent(sizes, counts):.2f})" if counts else ""
    return f"{curve.label}: {exponent(sizes, times):.2f}{counted}"


def plot(measured: list[tuple[Curve, list[Row]]]) -> None:
    """A panel for each algorithm."""
    matplotlib.rcParams |= {"svg.hashsalt": "cost growth", "svg.fonttype": "none"}
    panels = list(dict.fromkeys(curve.panel for curve, _ in measured))
    figure, axes = pyplot.subplots(2, 2, figsize=(14, 8), layout="constrained")
    for axis, panel in zip(axes.flat, panels, strict=True):
        for curve, rows in measured:
            if curve.panel == panel:
                times = [row.least for row in rows]
                axis.loglog([point.size for point in curve.points], times, marker="o", label=legend(curve, times))
        axis.set(title=panel, xlabel="size", ylabel="seconds, the least of all rounds")
        axis.grid(visible=True, which="major", alpha=0.3)
        axis.legend(title="what grows: exponent", fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    figure.savefig(TARGET, metadata={"Date": None})


def main() -> None:
    """Measure, print and plot."""
    options = arguments(__doc__)
    measured = []
    for curve in curves(options):
        contestants = [Contestant(str(point.size), point.run) for point in curve.points]
        rows = race(contestants, options)
        report(f"{curve.panel}; exponent of {legend(curve, [row.least for row in rows])}", rows, options)
        measured.append((curve, rows))
    plot(measured)
    print(f"\nwrote {TARGET}")


if __name__ == "__main__":
    main()
