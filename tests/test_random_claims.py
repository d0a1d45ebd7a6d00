"""Random claims: what is true by its making is never refuted, a slip in it is mostly found, and twins, which mean the same, agree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from random import Random
from typing import Any

import pytest
from strategies import GIVEN, LAWS, SHAPES, Maker, respelled
from twins import twins

from derivations.evaluation.evidence import NumericSettings, gather
from derivations.language.claims import Claim
from derivations.language.implicit import Eigenvalues, ExtremeEigenvalue, Rank
from derivations.language.kinks import OneSidedDerivative
from derivations.language.laws import Expectation
from derivations.language.terms import Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.edits import edits
from derivations.proof.refutation import search
from derivations.proof.sampling import Sampler
from derivations.proof.verification import Budget, judge

KINDS: dict[str, tuple[tuple[type[Term], ...], dict[str, Any]]] = {
    "plain": ((Term,), {}),
    "one-sided derivatives": ((OneSidedDerivative,), {"inverses": False, "one_sided": True}),
    "expectations": ((Expectation,), {"inverses": False, "kinks": False, "expectations": True}),
    "ranks and eigenvalues": ((Rank, Eigenvalues, ExtremeEigenvalue), {"kinks": False, "implicit": True}),
}
"""Of which nodes one stands in every claim of a kind, and which others may."""
PROVED = {"plain": 0.6, "one-sided derivatives": 0.6, "expectations": 0.6, "ranks and eigenvalues": 0.0}
REFUTED = {"plain": 0.5, "one-sided derivatives": 0.3, "expectations": 0.4, "ranks and eigenvalues": 0.4}
"""What part of the true claims must be proved, and of the slips refuted; of no rank or eigenvalue is there a normal form in general."""
_BUDGET = Budget(instances=20, explain=False)
_CLAIMS = 25


def true_claims(kind: str, seed: int) -> Iterator[Claim]:
    """Terms, each equated with another spelling of it."""
    random = Random(seed)
    given = (*GIVEN, *LAWS) if kind == "expectations" else GIVEN
    nodes, options = KINDS[kind]
    made = (Maker(random.choice, derivatives=False, counters=False, **options).term(random.choice(SHAPES), 2) for _ in count())
    for left in islice((term for term in made if any(isinstance(part, nodes) for part in subterms(term))), _CLAIMS):
        yield Claim(left, "=", respelled(random.choice, left, 2), given)


def with_a_slip(kind: str, seed: int) -> Iterator[Claim]:
    """The same with a slip, which may be none where what it changes is multiplied by zero, say."""
    random = Random(seed)
    for stated in true_claims(kind, seed):
        assert isinstance(stated.right, Term)
        if slips := list(edits(stated.right)):
            yield Claim(stated.left, "=", random.choice(slips).result, stated.given)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_true_by_its_making_is_mostly_proved_and_never_refuted(kind: str) -> None:
    verdicts = [judge(stated, _BUDGET) for stated in true_claims(kind, 0)]
    assert not any(verdict.alarm or verdict.status is Status.REFUTED for verdict in verdicts)
    assert sum(verdict.status is Status.PROVED for verdict in verdicts) >= PROVED[kind] * len(verdicts)


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_is_mostly_refuted_and_where_it_is_proved_it_is_none(kind: str) -> None:
    refuted = 0
    for stated in with_a_slip(kind, 1):
        verdict = judge(stated, _BUDGET)
        assert not verdict.alarm, stated
        refuted += verdict.status is Status.REFUTED
        if verdict.status is Status.PROVED:
            further = search(stated, Sampler(stated, seed=11), 25)
            assert further.counterexample is None, (stated, further.counterexample)
            evidence = gather(stated, (), NumericSettings(samples=16))
            assert evidence.agrees or not evidence.instances, (stated, evidence)
    assert refuted >= REFUTED[kind] * _CLAIMS


@pytest.mark.parametrize("kind", KINDS)
def test_twins_of_random_claims_are_not_judged_the_other_way(kind: str) -> None:
    """One may be undecided where the other is not; one that is proved has none that is refuted."""
    random = Random(2)
    for stated in (*true_claims(kind, 3), *with_a_slip(kind, 3)):
        verdict = judge(stated, _BUDGET)
        for name, twin in random.sample(found := list(twins(stated)), min(1, len(found))):
            other = judge(twin, _BUDGET)
            assert not other.alarm, twin
            assert {verdict.status, other.status} != {Status.PROVED, Status.REFUTED}, (name, stated, twin)
