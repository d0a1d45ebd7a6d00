"""How long judging takes: the catalogue's claims and their wrong variants, and the command as a whole, beside what Python and torch need alone.

    python benchmarks/engine.py [--rounds 5] [TOPIC …]

Prints, in one run: the median, 90th percentile and largest time to judge a claim (refutation, proof and second evaluation), the same for
refuting a wrong variant; and the wall time of whole processes, as medians over interleaved rounds, each also as a ratio to its floor.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import defaultdict
from statistics import median, quantiles
from time import perf_counter

from derivations.catalogue import TOPICS, topic
from derivations.language.verdicts import Status
from derivations.proof.mutants import mutants
from derivations.proof.verification import Budget, judge

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


def spread(name: str, milliseconds: list[float]) -> str:
    """One line: count, median, 90th percentile, largest."""
    tenths = quantiles(milliseconds, n=10)
    return f"{name:24} {len(milliseconds):6} {median(milliseconds):9.2f} {tenths[-1]:9.2f} {max(milliseconds):9.2f}"


def judging(names: list[str]) -> None:
    """Time every claim, and every wrong variant by itself, in this process."""
    claims = [claim for name in names for derivation in topic(name).derivations for claim in derivation.claims]
    for claim in claims:
        judge(claim)  # once to warm up
    verdicts = [judge(claim) for claim in claims]
    wrong = [judge(mutant.claim, Budget(explain=False)) for claim in claims for mutant in mutants(claim)]
    print(f"{'milliseconds':24} {'count':>6} {'median':>9} {'90 %':>9} {'largest':>9}")
    print(spread("a proved claim", [verdict.milliseconds for verdict in verdicts if verdict.status is Status.PROVED]))
    print(spread("a refuted variant", [verdict.milliseconds for verdict in wrong if verdict.status is Status.REFUTED]))
    print(f"not proved: {sum(verdict.status is not Status.PROVED for verdict in verdicts)}")


def processes(names: list[str], rounds: int) -> None:
    """Time whole processes, in turn, so that a busy machine troubles all alike."""
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for command, arguments in COMMANDS.items():
            start = perf_counter()
            chosen = names if "verify" in arguments else []
            subprocess.run([sys.executable, *arguments, *chosen], check=True, stdout=subprocess.DEVNULL)
            times[command].append(perf_counter() - start)
    print(f"\n{'seconds':24} {'least':>9} {'median':>9} {'largest':>9}   ratio of medians")
    for command, seconds in times.items():
        floor = FLOORS.get(command)
        ratio = f"{median(seconds) / median(times[floor]):6.1f} times {floor}" if floor else ""
        print(f"{command:24} {min(seconds):9.3f} {median(seconds):9.3f} {max(seconds):9.3f}   {ratio}")


def main() -> None:
    """Run both measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", default=list(TOPICS))
    parser.add_argument("--rounds", type=int, default=5, help="how often each process is run (default: 5)")
    arguments = parser.parse_args()
    judging(arguments.topics)
    processes(arguments.topics, arguments.rounds)


if __name__ == "__main__":
    main()
