"""The results of other people are decided: true ones proved, slips refuted, and where the source is wrong, that is found."""

from __future__ import annotations

from collections import Counter

import outside_derivatives
import outside_expectations
import outside_identities
import outside_sympy
import pytest
from outside_cases import Case, Correction

from derivations.language.verdicts import Status
from derivations.proof.verification import Budget, judge

COLLECTIONS = (outside_derivatives, outside_identities, outside_expectations, outside_sympy)
CASES: tuple[Case, ...] = tuple(case for module in COLLECTIONS for case in module.CASES)
CORRECTIONS: tuple[Correction, ...] = tuple(each for module in COLLECTIONS for each in module.CORRECTIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.source)
def test_a_result_is_proved_and_its_slip_refuted(case: Case) -> None:
    right, wrong = judge(case.right), judge(case.wrong, Budget(explain=False))
    assert right.status is Status.PROVED, right
    assert wrong.status is Status.REFUTED, wrong
    assert wrong.counterexample is not None
    assert not right.alarm
    assert not wrong.alarm


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda correction: correction.source)
def test_what_a_source_states_wrongly_is_refuted_and_mended(correction: Correction) -> None:
    stated, mended = judge(correction.stated), judge(correction.mended)
    assert stated.status is Status.REFUTED, stated
    assert stated.counterexample is not None
    assert not stated.alarm
    assert mended.status is Status.PROVED, mended
    assert stated.missing_assumptions == ((correction.missing,) if correction.missing else ()), stated


@pytest.mark.parametrize("case", outside_identities.OPEN, ids=lambda case: case.source)
def test_what_is_not_proved_yet_is_not_refuted(case: Case) -> None:
    right, wrong = judge(case.right), judge(case.wrong, Budget(explain=False))
    assert right.status in (Status.UNDECIDED, Status.SUPPORTED), "it is proved now: move it up to CASES"
    assert right.witness is not None
    assert wrong.status is Status.REFUTED, wrong


def test_each_source_is_cited_once() -> None:
    for module in COLLECTIONS:
        assert [source for source, times in Counter(case.source for case in module.CASES).items() if times > 1] == []


def test_a_claim_and_its_slip_differ() -> None:
    assert [case.source for case in CASES if case.right == case.wrong] == []
