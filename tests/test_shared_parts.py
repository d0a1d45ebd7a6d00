"""Terms in which parts occur over and over, as in networks: the work goes by the number of different parts, not by that of ways to them.

Each of these would not end in a lifetime if some function followed every way; what is written out as text does.
"""

from __future__ import annotations

import pickle

import pytest

from derivations.language.claims import Claim, check_names, claim
from derivations.language.constructors import maximum, minimum, scalars
from derivations.language.terms import Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.domain import conditions_of
from derivations.proof.drawing_order import drawing_order
from derivations.proof.ranges import Ranges
from derivations.proof.reals import Reals
from derivations.proof.verification import judge

DEPTH = 60
x, y = scalars("x y")


def lines(depth: int = DEPTH) -> tuple[Term, Term]:
    """Two numbers after comparators between them: 2^depth ways lead from each to an input."""
    low: Term = x
    high: Term = y
    for _ in range(depth):
        low, high = minimum(low, high), maximum(low, high)
    return low, high


def ordered() -> Claim:
    return Claim(lines()[0], "<=", lines()[1])


def test_equal_terms_that_were_built_twice() -> None:
    first, second = lines(), lines()
    assert first[0] is not second[0]
    assert first == second
    assert lines()[0] != lines()[1]
    assert lines(DEPTH - 1)[0] != lines()[0]
    assert pickle.loads(pickle.dumps(first)) == second


def test_a_divisor_below_them_is_found_once() -> None:
    low: Term = x / y
    high: Term = y
    for _ in range(DEPTH):
        low, high = minimum(low, high), maximum(low, high)
    assert [repr(condition) for condition in conditions_of(claim(low, "<=", high))] == ["y != 0"]


def test_the_borders_between_them() -> None:
    stated = ordered()
    check_names(stated)
    order = drawing_order(stated, tuple(subterms(stated.terms)), [x, y], [], [])
    assert set(order) == {x, y}


def test_as_real_numbers() -> None:
    run = Reals(Ranges(()))
    run.formula(ordered().statement)
    assert set(run.names) == {x, y}


@pytest.mark.parametrize(("relation", "status"), [("<=", Status.PROVED), ("<", Status.REFUTED), (">", Status.REFUTED)])
def test_judgement(relation: str, status: Status) -> None:
    low, high = lines(DEPTH if relation == "<=" else 6)  # a refuted claim is also written out, as one types it
    assert judge(Claim(low, relation, high)).status is status
