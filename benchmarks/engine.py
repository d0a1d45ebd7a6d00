"""How the engine does beside others, and how long judging takes: right, wrong and undecided answers, times, and how these grow.

    python benchmarks/engine.py [--quick] [--limit 10] [--rounds 5] [--write docs/benchmarks.md] [TOPIC …]

In one run: (1) the same statements put to this engine, to SymPy, and to tensorgrad and Math-Verify where they are installed: what others
state (tests/outside_*.py) and the catalogue's equations between matrices, each with a wrong variant, labelled by exact evaluation at many
instances; each answer under a time limit, in a process that is killed; (2) the time of a proof against the size of its claim; (3) the times
to judge the catalogue's claims and their wrong variants; (4) the wall time of whole processes beside what Python and torch need alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # where the statements of others are kept

import growth
import outside_derivatives
import outside_expectations
import outside_identities
import outside_sympy
from contest import Statement, answers, row
from peers import JUDGES, missing

from derivations.catalogue import TOPICS, topic
from derivations.language.claims import Claim
from derivations.language.shapes import sides
from derivations.language.terms import Symbol, Term
from derivations.language.traversal import symbols
from derivations.language.verdicts import Status
from derivations.proof.domain import conditions_of
from derivations.proof.mutants import mutants
from derivations.proof.proofs import Setting
from derivations.proof.refutation import search
from derivations.proof.sampling import Sampler
from derivations.proof.statements import premised
from derivations.proof.verification import Budget, judge

OURS = "derivations"
COLLECTIONS = (outside_derivatives, outside_identities, outside_expectations, outside_sympy)
INSTANCES = 60
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import derivations": ["-c", "import derivations"],
    "derivations --help": ["-m", "derivations", "--help"],
    "verify --no-numeric": ["-m", "derivations", "verify", "--no-numeric"],
    "import torch": ["-c", "import torch"],
    "verify": ["-m", "derivations", "verify"],
}
FLOORS = {
    "import derivations": "python -c pass",
    "derivations --help": "python -c pass",
    "verify --no-numeric": "python -c pass",
    "verify": "import torch",
}


# ------------------------------------------------------------------------------------------------------- beside the peers


def stated_by_others() -> Iterator[tuple[str, Claim, bool]]:
    """What is restated in the tests, by hand: true, and false."""
    for module in COLLECTIONS:
        for case in (*module.CASES, *getattr(module, "OPEN", ())):
            yield case.source, case.right, True
            yield f"{case.source}, wrong", case.wrong, False
        for correction in module.CORRECTIONS:
            yield correction.source, correction.mended, True
            yield f"{correction.source}, as stated", correction.stated, False


def from_the_catalogue(names: list[str]) -> Iterator[tuple[str, Claim, bool]]:
    """The equations between terms with a matrix in them, each with its first wrong variant."""
    for name in names:
        for derivation in topic(name).derivations:
            for step, claim in zip(derivation.steps, derivation.claims, strict=True):
                if claim.relation == "=" and all(isinstance(side, Term) for side in claim.sides) and _has_matrix(claim):
                    yield f"{name}: {step.title}", claim, True
                    variant = next((mutant.claim for mutant in mutants(claim) if label_of(mutant.claim) is False), None)
                    if variant is not None:
                        yield f"{name}: {step.title}, wrong", variant, False


def _has_matrix(claim: Claim) -> bool:
    return any(isinstance(symbol, Symbol) and 1 not in sides(symbol.size) for symbol in symbols(claim.terms))


def label_of(claim: Claim) -> bool | None:
    """False where exact evaluation finds a counterexample, True where none is found at many instances, None where there are none."""
    whole = Setting.of(claim, conditions_of(claim)).claim
    found = search(whole, Sampler(premised(whole), 1), INSTANCES)
    return False if found.counterexample is not None else (True if found.instances else None)


def labelled(names: list[str], every: int) -> list[Statement]:
    """The statements whose label by hand and by evaluation agree; what they do not agree on is printed."""
    statements = []
    for name, claim, label in [*stated_by_others(), *from_the_catalogue(names)][::every]:
        if (seen := label_of(claim)) is label:
            statements.append(Statement(name, claim, label))
        else:
            print(f"left out: {name}: {label} by hand, {seen} by evaluation")
    return statements


def contest(names: list[str], every: int, limit: float) -> list[str]:
    """A table of what each judge makes of the statements."""
    statements = labelled(names, every)
    true = sum(statement.label for statement in statements)
    lines = [f"{len(statements)} statements, {true} true and {len(statements) - true} false; at most {limit:g} s each.", ""]
    lines += ["| | right | wrong | undecided | too long | cannot state | median ms | worst ms | × ours | × ours where right |"]
    lines += ["|---|" + "---:|" * 9]
    present = [name for name in JUDGES if not missing(name)]
    found = answers(present, statements, limit)
    for name in JUDGES:
        if name not in present:
            lines.append(f"| {name}: left out, `pip install {missing(name).replace('_', '-')}` |" + " |" * 9)
            continue
        lines.append(row(name, statements, found[name], found[OURS]))
        for statement, answer in zip(statements, found[name], strict=True):
            if name == OURS and answer.value is not statement.label:
                print(f"not right: {statement.name}: {answer}")
            elif answer.value is (not statement.label) and name != "Math-Verify":  # which is wrong too often to be listed
                print(f"{name} is wrong: {statement.name} is {statement.label}: {statement.claim}"[:200])
    return lines


# ------------------------------------------------------------------------------------------------------------ this engine


def spread(name: str, milliseconds: list[float]) -> str:
    """One line: count, median, 90th percentile, largest."""
    tenths = quantiles(milliseconds, n=10)
    return f"| {name} | {len(milliseconds)} | {median(milliseconds):.2f} | {tenths[-1]:.2f} | {max(milliseconds):.2f} |"


def judging(names: list[str]) -> list[str]:
    """Time every claim, and every wrong variant by itself, in this process."""
    claims = [claim for name in names for derivation in topic(name).derivations for claim in derivation.claims]
    for claim in claims:
        judge(claim)  # once to warm up
    verdicts = [judge(claim) for claim in claims]
    wrong = [judge(mutant.claim, Budget(explain=False)) for claim in claims for mutant in mutants(claim)]
    return [
        "| milliseconds | count | median | 90 % | largest |",
        "|---|" + "---:|" * 4,
        spread("a proved claim", [verdict.milliseconds for verdict in verdicts if verdict.status is Status.PROVED]),
        spread("a refuted variant", [verdict.milliseconds for verdict in wrong if verdict.status is Status.REFUTED]),
        "",
        f"not proved: {sum(verdict.status is not Status.PROVED for verdict in verdicts)}",
    ]


def processes(names: list[str], rounds: int) -> list[str]:
    """Time whole processes, in turn, so that a busy machine troubles all alike."""
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for command, arguments in COMMANDS.items():
            start = perf_counter()
            chosen = names if "verify" in arguments else []
            subprocess.run([sys.executable, *arguments, *chosen], check=True, stdout=subprocess.DEVNULL)
            times[command].append(perf_counter() - start)
    lines = ["| seconds | least | median | largest | ratio of medians |", "|---|" + "---:|" * 3 + "---|"]
    for command, seconds in times.items():
        floor = FLOORS.get(command)
        ratio = f"{median(seconds) / median(times[floor]):.1f} times {floor}" if floor else ""
        lines.append(f"| {command} | {min(seconds):.3f} | {median(seconds):.3f} | {max(seconds):.3f} | {ratio} |")
    return lines


def machine() -> str:
    """What was measured on, and how busy it was."""
    peers = ", ".join(f"{name} {version(name)}" for name in ("sympy", "tensorgrad", "math-verify") if not missing(_TITLES.get(name, "")))
    busy = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} cores busy" if hasattr(os, "getloadavg") else "load unknown"
    return f"{platform.machine()} CPU, {os.cpu_count()} cores; Python {platform.python_version()}; {peers}; {busy} when it began."


_TITLES = {"tensorgrad": "tensorgrad", "math-verify": "Math-Verify"}


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", default=list(TOPICS))
    parser.add_argument("--quick", action="store_true", help="every eleventh statement, small sizes and one round, to see that everything runs")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="every K-th statement of the contest only; odd, so that both kinds remain")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for each answer of the contest (default: 10)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each process is run (default: 5)")
    parser.add_argument("--only", choices=("contest", "growth", "judging", "processes"), action="append", help="measure only this")
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the tables into this file too")
    options = parser.parse_args()
    every, rounds = (11, 1) if options.quick else (options.every, options.rounds)
    sections: dict[str, tuple[str, Callable[[], list[str]]]] = {
        "contest": ("Beside others", lambda: contest(options.topics, every, options.limit)),
        "growth": ("How the time of a proof grows", lambda: growth.table(1 if options.quick else 3, 3 if options.quick else 5)),
        "judging": ("The catalogue's claims", lambda: judging(options.topics)),
        "processes": ("Whole processes", lambda: processes(options.topics, rounds)),
    }
    report = [machine()]
    for key, (title, measure) in sections.items():
        if not options.only or key in options.only:
            report += ["", f"## {title}", "", *_EXPLAINED.get(key, ()), *measure()]
    print("\n".join(report))
    if options.write is not None:
        options.write.write_text("\n".join(["# Measurements", "", f"By `{' '.join(_command(options))}`.", "", *report, ""]), encoding="utf-8")


_EXPLAINED = {
    "contest": (
        "Equations of the Matrix Cookbook and of SymPy's own tests, each beside a wrong one, and the catalogue's equations between matrices, each",
        "beside its first wrong variant; labels are by hand and by exact evaluation, which must agree. All are asked one statement before the next.",
        "A residual that is not simplified to 0 counts as undecided, an exception of a peer too; SymPy gets the better of two spellings.",
        "Times are of what a judge can state; `× ours` is the median ratio on the same statements, `where right` on those that it decides rightly.",
        "Math-Verify, which grades answers, has no third answer; no peer can be told all assumptions, so SymPy's False counts only without.",
        "",
    ),
    "growth": (
        "Claims in families whose size grows, each proved in whole (refutation, proof, second evaluation); the exponent is fitted to the three",
        "largest sizes.",
        "",
    ),
}


def _command(options: argparse.Namespace) -> list[str]:
    every = ["--quick"] if options.quick else [f"--every {options.every}"] * (options.every > 1)
    return ["python", "benchmarks/engine.py", *every, f"--limit {options.limit:g}", *(f"--only {part}" for part in options.only or ())]


if __name__ == "__main__":
    main()
