"""Twins of the catalogue's claims, which say the same in other words, have their verdicts."""

from __future__ import annotations

from itertools import count, islice

import pytest
from twins import TWINS, twins

from derivations.catalogue import TOPICS, topic
from derivations.language.claims import Claim
from derivations.language.verdicts import Status
from derivations.proof.verification import Budget, judge

_TWINS_OF_A_CLAIM = 2
"""Which kinds they are goes round with the place of the claim in the catalogue, so that each kind meets claims of all topics."""
_BRIEF = Budget(explain=False)
UNKNOWN = (Status.UNDECIDED, Status.SUPPORTED)

BY_THEIR_FORM = (
    "the Hessian is positive semidefinite",
    "a bound on the loss everywhere",
    "it is attained",
    "the coefficients are optimal",
    "a median is optimal",
    "too many above",
    "too many below",
    "a negative rate disproves optimality",
    "a rate that is not negative proves optimality",
    "reverse mode gives the Jacobian",
)
"""Steps that are proved by the form of their text: quadratic forms of what is definite, sums compared term by term, and a product that ends in
a sequence. A twin of theirs may be undecided, as no method sees that form in it; it is never refuted."""

_PLACE = count()
EVERY = [
    pytest.param(claim, next(_PLACE), step.title in BY_THEIR_FORM, id=f"{name}/{derivation.name}/{step.title}")
    for name in TOPICS
    for derivation in topic(name).derivations
    for step, claim in zip(derivation.steps, derivation.claims, strict=True)
]


def chosen(claim: Claim, place: int) -> list[tuple[str, Claim]]:
    """A few of the claim's twins, beginning with another one at every place."""
    kinds = list(TWINS)
    start = place % len(kinds)
    return list(islice(twins(claim, kinds[start:] + kinds[:start]), _TWINS_OF_A_CLAIM))


@pytest.mark.parametrize(("claim", "place", "by_its_form"), EVERY)
def test_a_twin_of_a_claim_is_proved(claim: Claim, place: int, by_its_form: bool) -> None:
    for kind, twin in chosen(claim, place):
        verdict = judge(twin, _BRIEF)
        assert not verdict.alarm, (kind, twin)
        assert verdict.status is Status.PROVED or (by_its_form and verdict.status in UNKNOWN), (kind, twin, verdict.reason)


def test_every_kind_of_twin_is_tried() -> None:
    tried = {kind for parameters in EVERY for kind, _ in chosen(*parameters.values[:2])}  # type: ignore[arg-type]
    assert tried == set(TWINS)
