"""Fair timing: contestants take turns, round by round in rotating order, and are compared within a round; a busy machine troubles all alike."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

import torch

from numeric.devices import resolve_device

__all__ = ["Contestant", "Row", "arguments", "installed", "machine", "matrix_products", "peak_memory", "race", "report"]


@dataclass(frozen=True)
class Contestant:
    """Something to time. A slow one may do a part of the work: its times are multiplied by `scale`. A fast one runs several times at once."""

    name: str
    run: Callable[[], object]
    scale: float = 1.0
    repeat: int = 1


@dataclass(frozen=True)
class Row:
    """What was measured of one contestant: seconds, and ratios within a round to the reference and to the floor."""

    name: str
    scale: float
    least: float
    median: float
    quartiles: tuple[float, float]
    to_reference: float
    to_floor: float | None


CLOCKS = {"wall": perf_counter, "processor": process_time}
"""The processor time of all threads of this process is nearly blind to the others; on a GPU it means nothing."""


def race(contestants: list[Contestant], options: argparse.Namespace, *, floor: str | None = None) -> list[Row]:
    """Time all contestants; the first of them that is not the floor is the reference, this library."""
    times: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for contestant in contestants:
        contestant.run()  # to warm up
    for number in range(options.rounds):
        start = number % len(contestants)
        for contestant in contestants[start:] + contestants[:start]:
            times[contestant.name].append(contestant.scale * seconds(contestant, options))
    reference = next(contestant.name for contestant in contestants if contestant.name != floor)
    return [
        Row(
            contestant.name,
            contestant.scale,
            min(times[contestant.name]),
            median(times[contestant.name]),
            (quantiles(times[contestant.name], n=4)[0], quantiles(times[contestant.name], n=4)[2]),
            within_rounds(times[contestant.name], times[reference]),
            within_rounds(times[contestant.name], times[floor]) if floor else None,
        )
        for contestant in contestants
    ]


def within_rounds(times: list[float], others: list[float]) -> float:
    """The median of the ratios of the same round."""
    return median(time / other for time, other in zip(times, others, strict=True))


def seconds(contestant: Contestant, options: argparse.Namespace) -> float:
    """The time of one call, of several in a row; of a GPU's work too."""
    synchronize(options.device)
    start = CLOCKS[options.clock]()
    for _ in range(contestant.repeat):
        contestant.run()
    synchronize(options.device)
    return (CLOCKS[options.clock]() - start) / contestant.repeat


def synchronize(device: torch.device) -> None:
    """Wait for what was started on a GPU."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def matrix_products(operations: float, rows: int, inner: int, columns: int, dtype: torch.dtype, device: torch.device) -> Contestant:
    """The floor: so many operations (a multiplication and an addition each) at the rate of torch's matrix product of that shape."""
    left, right = torch.rand(rows, inner, dtype=dtype, device=device), torch.rand(inner, columns, dtype=dtype, device=device)
    out = torch.empty(rows, columns, dtype=dtype, device=device)
    products = operations / (rows * inner * columns)
    whole = max(1, min(30, round(products)))

    def run() -> None:
        for _ in range(whole):
            torch.mm(left, right, out=out)

    return Contestant("floor: matrix products alone", run, products / whole)


def peak_memory(run: Callable[[], object], small: Callable[[], object], device: torch.device) -> int | None:
    """Bytes at the peak of a call above what was held before it, its result included; None where the system does not tell (off Linux).

    A small call of the same kind goes ahead and loads the code. Measure first of all: a process seldom gives memory back.
    """
    small()
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        run()
        return torch.cuda.max_memory_allocated(device) - before
    if not Path("/proc/self/clear_refs").exists():
        return None
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak starts anew
    before = resident("VmRSS")
    run()
    return max(0, resident("VmHWM") - before)


def resident(field: str) -> int:
    """Bytes of this process in memory, now (VmRSS) or at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(field))


def installed(module: str) -> bool:
    """Whether an optional peer is here to compare with."""
    return importlib.util.find_spec(module) is not None


def machine(device: torch.device) -> str:
    """What was measured on, and how busy it was."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{platform.machine()} CPU, {torch.get_num_threads()} threads"
    busy = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} cores busy" if hasattr(os, "getloadavg") else "load unknown"
    return f"{name}; torch {torch.__version__}; {busy} when it began"


def report(title: str, rows: list[Row], options: argparse.Namespace) -> None:
    """A Markdown table on the terminal, and a line of JSON where a file is wanted."""
    print(f"\n{title}\n\n| | median | quartiles | × this library | × floor |\n|---|---|---|---|---|")
    for row in rows:
        part = "" if row.scale == 1 else " *"
        floor = "" if row.to_floor is None else f"{row.to_floor:.3g}"
        low, high = map(time_text, row.quartiles)
        print(f"| {row.name}{part} | {time_text(row.median)} | {low} – {high} | {row.to_reference:.3g} | {floor} |", flush=True)
    if options.json:
        with Path(options.json).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"title": title, "rows": [asdict(row) for row in rows]}) + "\n")


def time_text(value: float) -> str:
    """Three digits and a unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def arguments(description: str | None) -> argparse.Namespace:
    """The options that all benchmarks share; the device is resolved, the number of threads set."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0] if description else None)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, to see that everything runs")
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: cpu)")
    parser.add_argument("--threads", type=int, help="threads of torch and JAX (default: as they choose)")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="processor: for a busy machine, whatever the threads (default: wall)")
    parser.add_argument("--rounds", type=int, help="rounds of each race (default: 9, or 3 with --quick)")
    parser.add_argument("--json", metavar="FILE", help="append each table as a line of JSON")
    options = parser.parse_args()
    options.device = resolve_device(options.device)
    options.rounds = options.rounds or (3 if options.quick else 9)
    if options.clock == "processor" and options.device.type != "cpu":
        parser.error("a GPU's work takes no processor time; use --clock wall")
    if options.threads:
        torch.set_num_threads(options.threads)
        os.environ["NPROC"] = str(options.threads)  # as many for JAX, which reads it when it is imported
    print(machine(options.device))
    print(f"{options.clock.capitalize()} time. Ratios are medians of the ratios within a round. * timed on a part of the work, and multiplied.")
    return options
