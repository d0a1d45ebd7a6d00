"""The same statements put to several judges, each in a process of its own that is killed where it takes too long."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter

from peers import JUDGES, CannotState

from derivations.language.claims import Claim

__all__ = ["Answer", "Statement", "answers", "row"]

_WARMING = 5
"""So many statements are asked once more before those that count, so that nobody's imports do."""
_STARTING = 120.0
"""Seconds for a process to import what its judge needs."""


@dataclass(frozen=True)
class Statement:
    """A claim, and whether it is true."""

    name: str
    claim: Claim
    label: bool


@dataclass(frozen=True)
class Answer:
    """What a judge made of a statement.

    Attributes:
        kind: "answered", "cannot state", "failed" (an exception of its own), or "too long".
    """

    kind: str
    value: bool | None = None
    seconds: float = 0.0
    note: str = ""


class Contestant:
    """A judge in a process, which is replaced by a new one when it is killed."""

    def __init__(self, judge: str, limit: float) -> None:
        self._judge, self._limit = judge, limit
        self._start()

    def ask(self, claim: Claim) -> Answer:
        """The answer, within the time limit."""
        self._connection.send(claim)
        if not self._connection.poll(self._limit):
            return self._restarted(Answer("too long", seconds=self._limit))
        try:
            answer: Answer = self._connection.recv()
        except EOFError:
            return self._restarted(Answer("failed", note="the process ended"))
        return answer

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _restarted(self, answer: Answer) -> Answer:
        self.stop()
        self._start()
        return answer

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._judge, theirs), daemon=True)
        self._process.start()
        theirs.close()
        if not self._connection.poll(_STARTING):
            raise TimeoutError(f"{self._judge} did not start within {_STARTING:.0f} seconds")
        self._connection.recv()


def answers(judges: Sequence[str], statements: Sequence[Statement], limit: float) -> dict[str, list[Answer]]:
    """Everyone's answers: all are asked one statement before the next, so that a busy machine troubles all alike."""
    contestants = {judge: Contestant(judge, limit) for judge in judges}
    found: dict[str, list[Answer]] = {judge: [] for judge in judges}
    try:
        for statement in (*statements[:_WARMING], *statements):
            for judge, contestant in contestants.items():
                found[judge].append(contestant.ask(statement.claim))
    finally:
        for contestant in contestants.values():
            contestant.stop()
    return {judge: given[_WARMING:] for judge, given in found.items()}


def _serve(judge: str, connection: Connection) -> None:
    decide = JUDGES[judge]
    connection.send("ready")
    while True:
        claim = connection.recv()
        start = perf_counter()
        try:
            answer = Answer("answered", decide(claim))
        except CannotState as reason:
            answer = Answer("cannot state", note=str(reason))
        except Exception as fault:  # whatever a peer raises is its answer to this statement, and is counted as such
            answer = Answer("failed", note=f"{type(fault).__name__}: {fault}"[:200])
        connection.send(Answer(answer.kind, answer.value, perf_counter() - start, answer.note))


def row(judge: str, statements: Sequence[Statement], found: Sequence[Answer], reference: Sequence[Answer]) -> str:
    """A line of the table. Times are of the statements that the judge can state; their ratios to ours are of the same statements."""
    pairs = list(zip(statements, found, reference, strict=True))
    stated = [(statement, answer, ours) for statement, answer, ours in pairs if answer.kind != "cannot state"]
    right = sum(answer.value is statement.label for statement, answer, _ in stated)
    wrong = sum(answer.value is (not statement.label) for statement, answer, _ in stated)
    late = sum(answer.kind == "too long" for _, answer, _ in stated)
    open_ = len(stated) - right - wrong - late
    cells = [right, wrong, open_, late, len(pairs) - len(stated)]
    times = [answer.seconds for _, answer, _ in stated]
    ratios = [answer.seconds / ours.seconds for _, answer, ours in stated]
    shared = [answer.seconds / ours.seconds for statement, answer, ours in stated if answer.value is statement.label]
    shown = [f"{1e3 * median(times):.3g}", f"{1e3 * max(times):.3g}", *(f"{median(part):.2g}" if part else "" for part in (ratios, shared))]
    return f"| {judge} | {' | '.join(map(str, cells))} | {' | '.join(shown)} |"
