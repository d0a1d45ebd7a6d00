"""Verdicts and reports: plain, picklable records. Each status says what it establishes and what it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from derivations.language.algebraic import ExactNumber
from derivations.language.claims import Claim
from derivations.language.terms import Term

__all__ = ["Counterexample", "Evidence", "Explanation", "Line", "Report", "Result", "Status", "Value", "Verdict", "Witness", "exit_code"]


class Status(Enum):
    """What became of a claim."""

    PROVED = "proved"  # true for every shape and value that meets the assumptions and lies in the domain of both sides
    SUPPORTED = "supported"  # no counterexample among the instances tried; not a proof
    REFUTED = "refuted"  # a counterexample, re-checked; or ill-typed, with both shapes
    UNDECIDED = "undecided"  # the reason, and what is left over; not false
    UNREADABLE = "unreadable"  # what was found, where, and what was expected; not wrong


Value: TypeAlias = tuple[tuple[ExactNumber | str, ...], ...]
"""A matrix of exact entries, or of printed balls ("1.313 ± 1e-20"); a scalar is ((x,),)."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete instance: sizes of the dimensions, values of indices, of symbols, and of families (one value for each member).

    Attributes:
        scalars: the names whose values are numbers; those of the others are matrices, even where they have one entry.
    """

    sizes: tuple[tuple[str, int], ...]
    values: tuple[tuple[str, tuple[Value, ...] | Value], ...] = ()
    scalars: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A witness that refutes, with the values of both sides there.

    Attributes:
        relation: the one between the values that was claimed, and does not hold.
    """

    witness: Witness
    left: Value
    right: Value
    relation: str = "="


@dataclass(frozen=True, slots=True)
class Evidence:
    """What floating-point evaluation by torch saw.

    Attributes:
        instances: how many instances were compared.
        hard: how many of them have a badly conditioned matrix, or one of deficient rank.
        worst_error: the largest difference of the sides, relative to the largest magnitude met on the way.
        bound: how large it may be from rounding alone.
        false: of a statement that is true or false at an instance, at how many it is false; None of two sides that are compared.
        mutants: how many wrong variants of the claim the same instances were put to.
        mutants_caught: how many of them fell outside the bound; evidence has power if all did.
        note: why there is no evidence, where there is none.
    """

    instances: int = 0
    worst_error: float = 0.0
    bound: float = 0.0
    device: str = ""
    dtype: str = ""
    mutants: int = 0
    mutants_caught: int = 0
    note: str = ""
    hard: int = 0
    false: int | None = None

    @property
    def agrees(self) -> bool:
        """Whether both sides agreed, or the statement was true, on every instance."""
        return self.instances > 0 and (self.worst_error <= self.bound if self.false is None else self.false == 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status with its evidence.

    Attributes:
        method: what established it.
        reason: why it is refuted without a counterexample, or undecided; with what is left over.
        conditions: what the domain of the claim adds to its assumptions.
        missing_assumptions: of a refuted claim, what would make it true.
        lemmas: the cited theorems that the proof rests on.
        correction: the right-hand side that would be right, where one was derived.
        hint: the one small edit that would make a refuted claim true, in words.
        alarm: a proof and an evaluation contradict each other: a fault of this program.
    """

    status: Status
    method: str = ""
    reason: str = ""
    conditions: tuple[str, ...] = ()
    missing_assumptions: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()
    witness: Witness | None = None
    counterexample: Counterexample | None = None
    evidence: Evidence | None = None
    correction: Term | None = None
    hint: str = ""
    milliseconds: float = 0.0
    alarm: str = ""

    def __repr__(self) -> str:
        from derivations.language.writing import verdict_text

        return verdict_text(self)


@dataclass(frozen=True, slots=True)
class MutantCount:
    """What became of the wrong variants of a claim: an equivalent one is proved, a surviving one is neither refuted nor proved."""

    total: int = 0
    refuted: int = 0
    equivalent: int = 0
    survivors: tuple[str, ...] = ()
    median_milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """A claim of a derivation with its verdict."""

    title: str
    claim: Claim
    verdict: Verdict
    mutants: MutantCount | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one derivation or document, in its order."""

    topic: str
    name: str
    title: str
    results: tuple[Result, ...]
    questions: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def __repr__(self) -> str:
        from derivations.language.writing import report_text

        return report_text(self)


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of an explanation.

    Attributes:
        kind: what the content is: "normal form", "in direction V", "equation", "base", …
        level: how deep it stands: a line explains the last one before it that stands less deep.
    """

    kind: str
    content: str | Term | Claim
    level: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a claim, and how: what a proof used, in the order in which a reader can follow it."""

    claim: Claim
    verdict: Verdict
    lines: tuple[Line, ...] = ()

    def of_kind(self, kind: str) -> tuple[str | Term | Claim, ...]:
        """The contents of all lines of a kind."""
        return tuple(line.content for line in self.lines if line.kind == kind)

    def __repr__(self) -> str:
        return "\n".join([repr(self.claim), *(f"{'  ' * (line.level + 1)}{line.kind}: {line.content}" for line in self.lines)])


def exit_code(verdicts: list[Verdict]) -> int:
    """4 alarm, else 2 unreadable, else 1 refuted, else 3 undecided or supported, else 0."""
    statuses = {verdict.status for verdict in verdicts}
    if any(verdict.alarm for verdict in verdicts):
        return 4
    for status, code in ((Status.UNREADABLE, 2), (Status.REFUTED, 1), (Status.UNDECIDED, 3), (Status.SUPPORTED, 3)):
        if status in statuses:
            return code
    return 0
