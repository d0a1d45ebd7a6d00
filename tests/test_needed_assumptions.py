"""Every assumption of a step's own is needed: without it the claim is false, or not proved, or a condition of its domain takes its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derivations.catalogue import TOPICS, topic
from derivations.language.assumptions import Assumption
from derivations.language.claims import Claim, Derivation
from derivations.language.laws import Independent, Law
from derivations.language.verdicts import Status
from derivations.proof.verification import Budget, judge

_BRIEF = Budget(explain=False)

FOR_OTHER_NUMBERS = ("between the points", "slope left of 0 without a threshold", "slope right of 0 without a threshold")
"""Steps that are made for any numbers, and state what some of these need."""


def own(derivation: Derivation) -> list[tuple[str, Claim, Assumption]]:
    """The assumptions of single steps that may be left out: without a law there would be no claim."""
    return [
        (step.title, claim, given)
        for step, claim in zip(derivation.steps, derivation.claims, strict=True)
        for given in step.claim.given
        if not isinstance(given, Law | Independent) and step.title not in FOR_OTHER_NUMBERS
    ]


WITH_OWN = [pytest.param(entry, id=f"{name}/{entry.name}") for name in TOPICS for entry in topic(name).derivations if own(entry)]


@pytest.mark.parametrize("derivation", WITH_OWN)
def test_every_assumption_of_a_step_is_needed(derivation: Derivation) -> None:
    for title, claim, given in own(derivation):
        without = judge(replace(claim, given=tuple(other for other in claim.given if other != given)), _BRIEF)
        if without.status is Status.PROVED:
            assert set(without.conditions) - set(judge(claim, _BRIEF).conditions), f"{title}: it is proved without {given}, too"


@pytest.mark.parametrize("derivation", WITH_OWN)
def test_no_step_repeats_what_all_share(derivation: Derivation) -> None:
    for step in derivation.steps:
        assert not set(step.claim.given) & set(derivation.given), step.title


def test_the_exemptions_stand_for_steps_that_are_there() -> None:
    titles = {step.title for name in TOPICS for entry in topic(name).derivations for step in entry.steps if step.claim.given}
    assert titles.issuperset(FOR_OTHER_NUMBERS)
