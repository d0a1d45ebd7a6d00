"""The ladder that every claim climbs: typing, refutation, proof, and the second evaluation of what was proved.

Cheapest first: a false claim mostly dies on a small instance, before a proof is tried. A proof that an evaluation contradicts is
an alarm: a fault of this program, reported as such.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import chain
from math import inf
from statistics import median
from time import perf_counter

from derivations.evaluation.arrays import ArrayInterpreter
from derivations.evaluation.interpreter import uncovered
from derivations.language.claims import Claim, check_names
from derivations.language.errors import UnsupportedError
from derivations.language.kinks import on_kinks
from derivations.language.shapes import show_shape
from derivations.language.terms import Negate, Relation, Term, Transpose
from derivations.language.traversal import subterms
from derivations.language.verdicts import MutantCount, Status, Verdict
from derivations.proof.convexity import require_convex
from derivations.proof.diagnosis import Diagnosis, diagnosed, residual_text
from derivations.proof.domain import Condition, conditions_of, implied
from derivations.proof.lifting import lifted
from derivations.proof.missing import missing_assumptions
from derivations.proof.models import contradicting, meeting
from derivations.proof.mutants import mutants
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.refutation import Search, Trial, counterexample_at, has_instance_apart, holds_at, search, search_among, trials, witness_of
from derivations.proof.sampling import Sampler
from derivations.proof.statements import needed, premised, prove
from derivations.proof.vacuity import contradiction, implications, presupposed

__all__ = ["Budget", "condition_text", "judge", "judge_mutants"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is tried, counted so that verdicts do not depend on the load of the machine.

    Attributes:
        first: instances before a proof is tried.
        after_proof: instances at which a proved claim is evaluated again.
        instances: instances in all, where there is neither a proof nor a counterexample.
        explain: whether a refuted claim is looked into for the right answer.
    """

    first: int = 5
    after_proof: int = 4
    instances: int = 60
    seed: int = 0
    explain: bool = True


def judge(claim: Claim, budget: Budget = Budget()) -> Verdict:
    """The verdict on a claim: refuted, proved and evaluated again, or undecided with the reason. Needs no torch.

    Raises:
        DeclarationError: a name stands for two things in the claim.
    """
    start = perf_counter()
    try:
        check_names(claim)
        verdict = _ill_typed(claim) or _judged(claim, budget)
    except UnsupportedError as error:
        verdict = Verdict(Status.UNDECIDED, reason=str(error))
    return replace(verdict, milliseconds=(perf_counter() - start) * 1e3)


def judge_mutants(claim: Claim, budget: Budget = Budget()) -> tuple[MutantCount, tuple[int, ...]]:
    """What became of a claim's wrong variants, and the places in `mutants(claim)` of the refuted ones.

    All are put to the same instances, so that what they share is evaluated once; only what passes there is judged in full. A
    variant that has no value anywhere (a logarithm of zero, say) is no claim and is not counted.
    """
    shared = list(trials(Sampler(premised(claim), budget.seed), budget.first + budget.after_proof))
    shared += [trial for kinked in on_kinks(premised(claim)) for trial in trials(Sampler(kinked, budget.seed), budget.first)]
    verdicts = [(mutant, _judged_mutant(mutant.claim, shared, budget)) for mutant in mutants(claim)]
    places = tuple(k for k, (_, verdict) in enumerate(verdicts) if verdict is not None and verdict.status is Status.REFUTED)
    judged = [(mutant, verdict) for mutant, verdict in verdicts if verdict is not None]
    survivors = tuple(mutant.description for mutant, verdict in judged if verdict.status not in (Status.REFUTED, Status.PROVED))
    times = [verdict.milliseconds for _, verdict in judged if verdict.status is Status.REFUTED]
    equivalent = len(judged) - len(places) - len(survivors)
    return MutantCount(len(judged), len(places), equivalent, survivors, median(times) if times else 0.0), places


def _judged_mutant(mutant: Claim, shared: list[Trial], budget: Budget) -> Verdict | None:
    """The verdict on a variant; None where it has no value at any instance."""
    start = perf_counter()
    try:
        failing = next((trial.instance for trial in shared if holds_at(mutant, trial) is False), None)
        found = None if failing is None else counterexample_at(mutant, failing)
        counterexample = found or _modelled(mutant, Sampler(mutant, budget.seed)).counterexample
    except UnsupportedError:
        counterexample = None  # the full judgement says what is not supported
    if counterexample is not None:
        return Verdict(Status.REFUTED, counterexample=counterexample, milliseconds=(perf_counter() - start) * 1e3)
    verdict = judge(mutant, replace(budget, first=2, after_proof=2, explain=False))
    undefined = verdict.status is Status.UNDECIDED and verdict.witness is None
    return None if undefined else verdict


def _ill_typed(claim: Claim) -> Verdict | None:
    """Two sides of different shapes cannot be related: refuted by typing, with both shapes."""
    left, right = claim.left, claim.right
    if not isinstance(left, Term) or not isinstance(right, Term) or left.shape == right.shape:
        return None
    reason = f"ill-typed: the left side has shape {show_shape(left.shape)}, the right side has shape {show_shape(right.shape)}"
    flipped = bool(left.shape and right.shape) and Transpose(right).shape == left.shape
    layout = "other layout: a gradient has the shape of its variable, a Jacobian is (out, in); transpose the right side" if flipped else ""
    return Verdict(Status.REFUTED, method="typing", reason=reason, hint=layout)


def _judged(claim: Claim, budget: Budget) -> Verdict:
    conditions = conditions_of(claim)
    require_convex(claim)
    setting = Setting.of(claim, conditions)
    sampler = Sampler(premised(claim), budget.seed)
    if sampler.contradiction:
        return Verdict(Status.UNDECIDED, reason=contradiction(claim) or sampler.contradiction)
    unknown = uncovered(subterms(claim.terms), [ArrayInterpreter])
    first = search(claim, sampler, budget.first)
    first = _also_on_kinks(first, claim, sampler, budget.first, budget)
    if first.counterexample is not None:
        return _refuted(setting, first, budget)
    try:
        if unknown:
            raise NotProved(f"no second evaluation for {', '.join(unknown['ArrayInterpreter'])}")
        proof = prove(setting)
    except UnsupportedError as reason:
        return _without_proof(setting, sampler, budget, reason)
    return _proved(setting, sampler, budget, proof, first)


def _proved(setting: Setting, sampler: Sampler, budget: Budget, proof: Proof, first: Search) -> Verdict:
    """Rules 2 and 4: a proved claim has a witness, and holds at more instances."""
    claim = setting.claim
    second = search(claim, sampler, budget.after_proof)
    if second.witness is None and first.witness is None:
        second = _with_witness(claim, sampler, budget, budget.after_proof)
    if second.counterexample is not None:
        alarm = f"proved by {proof.method}, yet an evaluation contradicts it: a fault of this program, please report it"
        return Verdict(Status.REFUTED, counterexample=second.counterexample, alarm=alarm)
    witness = second.witness or first.witness
    if witness is None:
        return Verdict(Status.UNDECIDED, reason=_vacuous(claim))
    for part in implications(claim):
        if _with_witness(part, Sampler(premised(part), budget.seed), budget, enough=1).witness is None:
            return Verdict(Status.UNDECIDED, reason=f"of the part {part.statement}: {_vacuous(part)}", witness=witness_of(witness, sampler.claim))
    equal = second.all_equal if second.instances else None
    only = (f"only for {' = '.join(equal)}",) if equal is not None and not has_instance_apart(claim, sampler, *equal) else ()
    conditions = needed(setting)
    return Verdict(
        Status.PROVED,
        method=proof.method,
        conditions=(*_texts(conditions, claim), *(f"{part} by its domain alone" for part in presupposed(claim, conditions)), *only),
        lemmas=proof.lemmas,
        witness=witness_of(witness, sampler.claim),
    )


def _refuted(setting: Setting, found: Search, budget: Budget) -> Verdict:
    diagnosis = diagnosed(setting) if budget.explain else Diagnosis()
    return Verdict(
        Status.REFUTED,
        method="counterexample",
        conditions=_printed_conditions(setting),
        counterexample=found.counterexample,
        correction=diagnosis.correction,
        hint="; ".join(filter(None, (found.told, diagnosis.hint))),
        missing_assumptions=missing_assumptions(setting.claim, found.witness) if budget.explain else (),
    )


def _without_proof(setting: Setting, sampler: Sampler, budget: Budget, reason: UnsupportedError) -> Verdict:
    """A longer search; then undecided with what is left over, or supported where no method knew the claim at all."""
    longer = _also_on_kinks(_with_witness(setting.claim, sampler, budget), setting.claim, sampler, budget.instances // 2, budget)
    if longer.counterexample is None:
        modelled = _modelled(setting.claim, sampler)
        longer = modelled if modelled.counterexample is not None else longer
    if longer.counterexample is not None:
        return _refuted(setting, longer, budget)
    conditions = _printed_conditions(setting)
    if not longer.instances:
        text = f"{reason}; and {contradiction(setting.claim) or _NO_INSTANCE}"
        return Verdict(Status.UNDECIDED, reason=text, conditions=conditions)
    witness = None if longer.witness is None else witness_of(longer.witness, sampler.claim)
    text = f"{reason}; no counterexample among {longer.instances} instances"
    if isinstance(reason, NotProved):
        return Verdict(Status.UNDECIDED, reason=text + residual_text(reason), conditions=conditions, witness=witness)
    return Verdict(Status.SUPPORTED, method="sampling", reason=text, conditions=conditions, witness=witness)


def _also_on_kinks(found: Search, claim: Claim, sampler: Sampler, instances: int, budget: Budget) -> Search:
    """What was found, or a counterexample among as many instances on each kink that the claim speaks of."""
    for kinked in on_kinks(sampler.claim):
        if found.counterexample is None:
            at_kink = search(claim, Sampler(kinked, budget.seed), instances)
            found = at_kink if at_kink.counterexample is not None or found.witness is None else found
    return found


def _modelled(claim: Claim, sampler: Sampler) -> Search:
    """What the numbers say that z3 finds against the claim, or against what it is reduced to."""
    return search_among(claim, sampler, chain(contradicting(claim), lifted(claim)))


_NO_INSTANCE = "no instance was found that meets the assumptions and lies in the domain"


def _vacuous(claim: Claim) -> str:
    """Why a claim has no witness."""
    found = contradiction(claim)
    return f"{found}, so the claim is vacuous" if found else f"{_NO_INSTANCE}, so the claim may be vacuous"


def _with_witness(claim: Claim, sampler: Sampler, budget: Budget, enough: float = inf) -> Search:
    """A longer search, at last among what z3 finds, for instances that meet the assumptions."""
    found = search(claim, sampler, budget.instances, enough)
    return found if found.instances else search_among(claim, sampler, meeting(sampler.claim))


def _printed_conditions(setting: Setting) -> tuple[str, ...]:
    """The conditions that the assumptions do not imply."""
    open_ = [c for c in setting.conditions if not implied(c, setting.claim, setting.ranges, setting.conditions)]
    return _texts(open_, setting.claim)


def _texts(conditions: Collection[Condition], claim: Claim) -> tuple[str, ...]:
    """The conditions as a reader is told of them, without those that a stronger one makes superfluous."""
    strongest = (condition for condition in conditions if not any(_is_stronger(other, condition) for other in conditions))
    return tuple(dict.fromkeys(condition_text(condition, claim) for condition in strongest))


def _is_stronger(first: Condition, second: Condition) -> bool:
    """Whether the first says that something is positive of which the second says less, or not 0 of whose negative the second says so too; and
    wherever the second says it.
    """
    if not isinstance(first.requirement, Relation) or not isinstance(second.requirement, Relation):
        return False
    if not set(first.guards) <= set(second.guards):
        return False
    if second.requirement == replace(first.requirement, left=Negate(first.term)) and second.requirement.symbol == "!=":
        return True
    return first.requirement == replace(second.requirement, symbol=">") and second.requirement.symbol in (">=", "!=")


def condition_text(condition: Condition, claim: Claim) -> str:
    """A condition as a reader is told of it."""
    bound = sorted(index.name for index in condition.term.free - _free(claim))
    every = f" for every {', '.join(bound)}" if bound else ""
    entries = " in every entry" if condition.term.shape and isinstance(condition.requirement, Relation) else ""
    return f"{condition!r}{entries}{every}"


def _free(claim: Claim) -> frozenset[object]:
    return frozenset().union(*(side.free for side in claim.sides if isinstance(side, Term)))
