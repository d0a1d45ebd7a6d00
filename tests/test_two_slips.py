"""Two slips at once: a wrong variant of a wrong variant of a catalogue claim is refuted, or so proved that further evaluations confirm it."""

from __future__ import annotations

from random import Random

import pytest

from derivations.catalogue import TOPICS, topic
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.language.claims import Claim, Derivation
from derivations.language.verdicts import Status, Verdict
from derivations.proof.mutants import Mutant, mutants
from derivations.proof.refutation import search, trials
from derivations.proof.sampling import Sampler
from derivations.proof.statements import premised
from derivations.proof.verification import Budget, _judged_mutant

_PAIRS = 2
_MORE_INSTANCES = 25
_BUDGET = Budget(explain=False)

EVERY = [pytest.param(derivation, id=f"{name}/{derivation.name}") for name in TOPICS for derivation in topic(name).derivations]


def pairs(claim: Claim, random: Random, most: int = _PAIRS) -> list[tuple[Mutant, Mutant]]:
    """Some slips, each with one in what it made of the claim; two that undo each other are none."""
    first = mutants(claim, 60)
    random.shuffle(first)
    found = []
    for slip in first[: 2 * most]:
        second = [other for other in mutants(slip.claim, 60) if other.claim != claim]
        found += [(slip, random.choice(second))] if second else []
    return found[:most]


def judged(claim: Claim, shared: Claim) -> Verdict | None:
    """The verdict on a variant; None where it has no value at any instance."""
    instances = list(trials(Sampler(premised(shared), 0), _BUDGET.first + _BUDGET.after_proof))
    return _judged_mutant(claim, instances, _BUDGET)


def assert_confirmed(claim: Claim) -> None:
    """What is proved holds at further instances, exactly and in floating point."""
    further = search(claim, Sampler(premised(claim), seed=7), _MORE_INSTANCES)
    assert further.counterexample is None, (claim, further.counterexample)
    evidence = gather(claim, (), NumericSettings())
    assert evidence.agrees or not evidence.instances, (claim, evidence)


@pytest.mark.parametrize("derivation", EVERY)
def test_two_slips_are_refuted_or_truly_proved(derivation: Derivation) -> None:
    random = Random(derivation.title)
    claim = random.choice(derivation.claims)
    for first, second in pairs(claim, random):
        verdict = judged(second.claim, claim)
        if verdict is not None:
            assert not verdict.alarm, (first.description, second.description)
            if verdict.status is Status.PROVED:
                assert_confirmed(second.claim)


def test_nearly_all_pairs_of_slips_are_refuted() -> None:
    random = Random(0)
    claims = random.sample([claim for parameters in EVERY for claim in parameters.values[0].claims], 40)  # type: ignore[union-attr]
    verdicts = [judged(second.claim, claim) for claim in claims for _, second in pairs(claim, random)]
    decided = [verdict.status for verdict in verdicts if verdict is not None]
    assert decided.count(Status.REFUTED) >= 0.85 * len(decided)
    assert decided.count(Status.REFUTED) + decided.count(Status.PROVED) >= 0.97 * len(decided)
