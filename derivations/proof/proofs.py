"""What a method starts from and what it answers: the claim in its setting, a proof, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.random_names import with_parameters
from derivations.language.terms import Statement, Symbol, Term
from derivations.proof.domain import Condition
from derivations.proof.lemmas import ISSERLIS
from derivations.proof.normal_form import Normalizer
from derivations.proof.ranges import Ranges
from derivations.proof.tensors import Tensor

__all__ = ["Disproved", "NotProved", "Proof", "Question", "Setting"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A claim with its domain: what a method may rely on."""

    claim: Claim
    conditions: tuple[Condition, ...]
    ranges: Ranges

    @classmethod
    def of(cls, claim: Claim, conditions: tuple[Condition, ...]) -> Setting:
        """The setting of a claim, whose laws ask something of their parameters."""
        if (given := with_parameters(claim.given)) != claim.given:
            claim = replace(claim, given=given)
        return cls(claim, conditions, Ranges(claim.given))


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked about real numbers: whether the assumptions and the domain leave any for which the claim fails.

    Attributes:
        unknowns: the terms that were taken as unknown numbers, other than names and their entries.
        facts: what was told of them.
    """

    assumptions: tuple[Statement, ...] = ()
    domain: tuple[Condition, ...] = ()
    unknowns: tuple[Term, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """How a claim was proved.

    Attributes:
        setting: the claim that the method proved, which may differ from the one it was asked for by a shift.
        normalizer: with which both sides were brought to normal form, where they were.
        shift: the variable w and the s of a shift w → w + s.
        parts: of an induction, the proofs of the bases and of the step; of a claim that was split, those of its parts.
        question: of a claim about regions of real numbers, what was asked.
        readings: of a claim that was reduced to numbers, for each part what its names stand for.
    """

    method: str
    setting: Setting = field(repr=False)
    normalizer: Normalizer | None = field(default=None, repr=False)
    shift: tuple[Symbol, Term] | None = None
    parts: tuple[Proof, ...] = ()
    lemmas: tuple[str, ...] = ()
    question: Question | None = field(default=None, repr=False)
    readings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.normalizer is not None and ISSERLIS.name in self.normalizer.algebra.used - {*self.lemmas}:
            object.__setattr__(self, "lemmas", (*self.lemmas, ISSERLIS.name))


class NotProved(UnsupportedError):
    """The method ended without a proof.

    Attributes:
        residual: what is left over of left − right, where the method came that far.
    """

    def __init__(self, reason: str, residual: Tensor | None = None, normalizer: Normalizer | None = None) -> None:
        super().__init__(reason)
        self.residual, self.normalizer = residual, normalizer


class Disproved(NotProved):
    """The claim has a counterexample: no other method need be tried. The counterexample itself is for refutation to find."""
