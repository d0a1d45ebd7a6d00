"""Judging claims, derivations and topics: proofs in child processes, torch evidence in this one meanwhile, one verdict for each claim."""

from __future__ import annotations

import atexit
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from threading import TIMEOUT_MAX
from types import ModuleType
from typing import Any, TypeAlias, TypedDict, Unpack, overload

from derivations.caching import Judged, VerdictCache
from derivations.catalogue import Topic, addressed, topic_of
from derivations.language.claims import Claim, Derivation, Step
from derivations.language.errors import DeclarationError, DerivationError
from derivations.language.verdicts import Evidence, Explanation, MutantCount, Report, Result, Status, Verdict
from derivations.proof.worker import Failure, Workers

__all__ = ["Reports", "Settings", "check", "close_workers", "explained", "verify"]

NO_TORCH = "none (install derivations[torch])"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to judge.

    Attributes:
        numeric: whether torch evaluates the claims too.
        device: where torch evaluates: "cpu", "cuda", "cuda:1", …; None is the CPU if torch is installed, and else no evidence.
        dtype: the floating-point type: "float64", "float32", …
        samples: how many instances torch evaluates.
        seed: of every random choice.
        jobs: how many child processes prove.
        time_limit: seconds until the child process of a claim is killed.
        mutants: whether wrong variants of each proved claim are judged too.

    Raises:
        DeclarationError: a number is out of range.
    """

    numeric: bool = True
    device: str | None = None
    dtype: str = "float64"
    samples: int = 64
    seed: int = 0
    jobs: int = 1
    time_limit: float = 10.0
    mutants: bool = True

    def __post_init__(self) -> None:
        for name, value, least in (("samples", self.samples, 1), ("seed", self.seed, 0), ("jobs", self.jobs, 1)):
            if value < least:
                raise DeclarationError(f"{name} is {value}; expected an integer ≥ {least}")
        if not 0 < self.time_limit <= TIMEOUT_MAX:
            raise DeclarationError(f"time_limit is {self.time_limit:g}; expected seconds > 0, and no infinity")


class Reports(tuple[Report, ...]):
    """The reports of several derivations, in their order."""

    __slots__ = ()

    @property
    def verdicts(self) -> list[Verdict]:
        """Every verdict, in order."""
        return [result.verdict for report in self for result in report.results]

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self))


class Options(TypedDict, total=False):
    """The keyword arguments of `verify`: see `Settings`."""

    numeric: bool
    device: str | None
    dtype: str
    samples: int
    seed: int
    jobs: int
    time_limit: float
    mutants: bool


@overload
def verify(target: Claim, **options: Unpack[Options]) -> Verdict: ...
@overload
def verify(target: Derivation, **options: Unpack[Options]) -> Report: ...
@overload
def verify(target: ModuleType | str, **options: Unpack[Options]) -> Reports: ...
def verify(target: Claim | Derivation | ModuleType | str, **options: Unpack[Options]) -> Verdict | Report | Reports:
    """Judge a claim (its `Verdict`), a derivation (its `Report`), or a topic, by its module, name or ``topic/derivation`` (its `Reports`).

    Args:
        target: what to judge.
        options: as in `Settings`: numeric, device, dtype, samples, seed, jobs, time_limit, mutants.

    Raises:
        UnknownNameError: the catalogue has no such topic or derivation.
        EvidenceError: torch does not know the device or the dtype, or an explicit device was asked for and torch is not installed.
    """
    settings = Settings(**options)
    if isinstance(target, Claim):
        (report,) = check([Topic("", "", (Derivation("claim", (Step("claim", target),)),))], settings)
        return report.results[0].verdict
    if isinstance(target, Derivation):
        return check([Topic("", "", (target,))], settings)[0]
    return check([topic_of(target) if isinstance(target, ModuleType) else addressed(target)], settings)


def check(
    topics: Sequence[Topic], settings: Settings, progress: Callable[[], None] = lambda: None, cache: VerdictCache | None = None
) -> Reports:
    """Judge every claim of every derivation; `progress` is called once for each claim. What the cache knows is not judged again."""
    entries = [(owner.name, entry) for owner in topics for entry in owner.derivations]
    claims = [claim for _, entry in entries for claim in entry.claims]
    results: dict[int, tuple[Verdict, MutantCount | None]] = {}
    with _workers(settings) as workers:
        judgements = _judgements(workers, claims, settings, cache)
        measure = _measurer(settings)  # imports torch, while the children prove
        for place, verdict, mutants, refuted in judgements:
            if measure and verdict.status is not Status.REFUTED and not verdict.alarm:
                verdict = _with_evidence(verdict, measure(claims[place], _chosen_mutants(claims[place], refuted)))
            results[place] = verdict, mutants
            progress()
    in_order = (results[place] for place in range(len(claims)))
    return Reports(_report(owner, entry, in_order) for owner, entry in entries)


def explained(topics: Sequence[Topic], settings: Settings, progress: Callable[[], None] = lambda: None) -> list[Explanation]:
    """How every claim of every derivation is proved, in their order; one that outlasts the time limit is undecided."""
    from derivations.proof.explanation import explain, without_proof

    claims = [claim for owner in topics for entry in owner.derivations for claim in entry.claims]
    found: dict[int, Explanation] = {}
    with _workers(settings) as workers:
        for place, claim in enumerate(claims):
            workers.submit(place, explain, claim, settings.seed)
        for place, answer in workers:
            found[place] = without_proof(claims[place], _failed(answer)) if isinstance(answer, Failure) else answer
            progress()
    return [found[place] for place in range(len(claims))]


def _report(owner: str, entry: Derivation, in_order: Iterator[tuple[Verdict, MutantCount | None]]) -> Report:
    pairs = zip(entry.steps, entry.claims, strict=True)
    results = tuple(Result(step.title, claim, *next(in_order)) for step, claim in pairs)
    seconds = sum(result.verdict.milliseconds for result in results) / 1000
    return Report(owner, entry.name, entry.title, results, entry.questions, seconds)


# --------------------------------------------------------------------------------------------------- in the child processes

_kept: dict[int, Workers[Any]] = {}


@contextmanager
def _workers(settings: Settings) -> Iterator[Workers[Any]]:
    """Workers for one use; kept for the next one, so that a claim in a REPL does not wait for a process to start."""
    workers = _kept.pop(settings.jobs, None) or Workers(settings.jobs)
    workers.time_limit = settings.time_limit
    try:
        yield workers
    except BaseException:  # Ctrl-C too: what they still do is of no use
        workers.close()
        raise
    if other := _kept.pop(settings.jobs, None):  # a `verify` inside this one
        other.close()
    _kept[settings.jobs] = workers


@atexit.register
def close_workers() -> None:
    """End the processes that are kept for the next call; the next call starts new ones."""
    while _kept:
        _kept.popitem()[1].close()


Judgement: TypeAlias = tuple[int, Verdict, MutantCount | None, tuple[int, ...]]
"""A claim's place, its verdict, what became of its wrong variants, and the places of the refuted ones among them."""


def _judgements(workers: Workers[Any], claims: Sequence[Claim], settings: Settings, cache: VerdictCache | None) -> Iterator[Judgement]:
    """Start judging at once; first comes what is known, then the judgements in the order of completion."""
    from derivations.proof.verification import Budget, judge

    budget = Budget(seed=settings.seed)
    known: list[Judgement] = []
    for place, claim in enumerate(claims):
        if cache is not None and (found := cache.recall(claim, budget, settings.mutants)) is not None:
            known.append((place, *found))
        else:
            workers.submit((place, None), judge, claim, budget)
    return chain(known, _collected(workers, claims, settings, budget, cache))


def _collected(
    workers: Workers[Any], claims: Sequence[Claim], settings: Settings, budget: Any, cache: VerdictCache | None
) -> Iterator[Judgement]:
    from derivations.proof.verification import judge_mutants

    for (place, verdict), answer in workers:
        failed = isinstance(answer, Failure)
        if verdict is None:
            verdict = _failed(answer) if failed else answer
            if settings.mutants and verdict.status is Status.PROVED:
                workers.submit((place, verdict), judge_mutants, claims[place], budget)
                continue
            judged: Judged = verdict, None, ()
        elif failed:
            alarm = f"a fault while judging the wrong variants: {answer.reason}" if answer.fault else ""
            judged = replace(verdict, alarm=verdict.alarm or alarm), MutantCount(survivors=(answer.reason,)), ()
        else:
            judged = verdict, *answer
        if cache is not None and not failed and not verdict.alarm:  # what a deadline or a fault ended may end otherwise
            cache.keep(judged, claims[place], budget, settings.mutants)
        yield place, *judged


def _chosen_mutants(claim: Claim, places: tuple[int, ...]) -> tuple[Claim, ...]:
    """The wrong variants at these places that floats may tell; made again here, which is cheaper than sending them from a child process."""
    from derivations.proof.mutants import mutants

    every = mutants(claim) if places else []
    return tuple(every[place].claim for place in places if every[place].shows_in_floats)


def _failed(failure: Failure) -> Verdict:
    if failure.fault:
        return Verdict(Status.UNDECIDED, reason="the engine failed", alarm=f"a fault: {failure.reason}")
    return Verdict(Status.UNDECIDED, reason=failure.reason, milliseconds=1000 * failure.seconds)


# --------------------------------------------------------------------------------------------------------- in this process


def _measurer(settings: Settings) -> Callable[[Claim, tuple[Claim, ...]], Evidence] | None:
    """What gathers the evidence for a claim and its refuted variants; None where none is wanted.

    Raises:
        EvidenceError: see `verify`.
    """
    if not settings.numeric:
        return None
    if settings.device is None and importlib.util.find_spec("torch") is None:
        return lambda claim, mutants: Evidence(note=NO_TORCH)
    from derivations.evaluation.evidence import NumericSettings, check_settings, gather

    numeric = NumericSettings(settings.device or "cpu", settings.dtype, settings.samples, settings.seed)
    check_settings(numeric)

    def measure(claim: Claim, mutants: tuple[Claim, ...]) -> Evidence:
        try:
            return gather(claim, mutants, numeric)
        except DerivationError as refusal:
            return Evidence(note=f"none ({refusal})")

    return measure


def _with_evidence(verdict: Verdict, evidence: Evidence) -> Verdict:
    """A proof and floating-point evaluation that contradict each other are an alarm: one of the two is wrong."""
    alarm = verdict.alarm
    if verdict.status is Status.PROVED and evidence.instances and not evidence.agrees:
        found = f"the sides differ by {evidence.worst_error:.1e}, more than {evidence.bound:.1e}"
        if evidence.false is not None:
            found = f"it is false at {evidence.false} of {evidence.instances} instances"
        alarm = f"proved, but on {evidence.device} ({evidence.dtype}) {found}"
    return replace(verdict, evidence=evidence, alarm=alarm)
