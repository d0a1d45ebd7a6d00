"""Claims whose pieces are linear: one procedure decides them, for or against; sums and products of known size are written out for it."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import invertible, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    column_vector,
    dimension,
    entry,
    index,
    indicator,
    literal,
    matrix,
    maximum,
    minimum,
    scalars,
    sum_over,
    trace,
    vector,
)
from derivations.language.functions import abs_, relu
from derivations.proof import regions
from derivations.proof.domain import conditions_of
from derivations.proof.proofs import Disproved, NotProved, Proof, Setting
from derivations.proof.regions import by_linear_regions, by_regions
from derivations.proof.statements import prove

x, y, theta = scalars("x y theta")
n = dimension("n")
A = matrix("A", n, n)
v, i, j = vector("v", 3), index("i", 3), index("j", n)
W = literal([1, -1, 0], [2, 0, 3])

LINEAR = {
    "a triangle": claim(abs_(x + y), "<=", abs_(x) + abs_(y)),
    "branches": claim(cases((x < 0, -x), otherwise=x), "=", relu(x) + relu(-x)),
    "a sum over entries": claim(sum_over(i, abs_(entry(v, i))), ">=", abs_(sum_over(i, entry(v, i)))),
    "a matrix product": claim(entry(relu(W @ v), 1) - relu(-entry(W @ v, 1)), "=", entry(v, 1) - entry(v, 2)),
    "a scalar product": claim(column_vector(1, 2, 3).T @ relu(v), ">=", 0),
    "counts": claim(indicator(minimum(x, y) <= theta) + indicator(maximum(x, y) <= theta), "=", indicator(x <= theta) + indicator(y <= theta)),
}
OTHER = {"a square": claim(abs_(x**2), ">=", 2 * x - 1), "a product": claim(abs_(x * y), "=", abs_(x) * abs_(y))}


def setting(stated: Claim) -> Setting:
    return Setting.of(stated, conditions_of(stated))


@pytest.mark.parametrize("name", LINEAR)
def test_one_procedure_decides_linear_claims(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "_SOLVERS", ())
    assert isinstance(by_linear_regions(setting(LINEAR[name])), Proof)
    assert isinstance(by_regions(setting(LINEAR[name])), Proof)


@pytest.mark.parametrize("name", OTHER)
def test_other_claims_go_to_the_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(by_regions(setting(OTHER[name])), Proof)
    with pytest.raises(NotProved, match="not all pieces are linear"):
        by_linear_regions(setting(OTHER[name]))
    monkeypatch.setattr(regions, "_SOLVERS", ())
    with pytest.raises(NotProved):
        by_regions(setting(OTHER[name]))


FALSE = claim(abs_(x), "<=", maximum(x, 1))


def test_what_real_numbers_contradict_needs_no_other_method() -> None:
    with pytest.raises(Disproved, match="real numbers may contradict it: x = "):
        prove(setting(FALSE))


@pytest.mark.parametrize(
    "open_",
    [
        claim(abs_(x) + trace(A), "<=", maximum(x, 1)),  # of the trace only its range is told
        claim(abs_(x), "<=", maximum(x, 1), invertible(A)),  # nothing is told of the assumption
        claim(abs_(entry(A, j, j)), "<=", maximum(entry(A, j, j), 1)),  # one entry stands for many
        claim(abs_(x) * n, "<=", maximum(x, 1)),  # numbers are more than counts
    ],
)
def test_where_the_numbers_may_be_no_instance_others_are_asked(open_: Claim) -> None:
    with pytest.raises(NotProved) as raised:
        prove(setting(open_))
    assert not isinstance(raised.value, Disproved)


def test_an_assumption_can_save_a_claim_that_the_others_contradict() -> None:
    assert isinstance(prove(setting(claim(abs_(x), "<=", maximum(x, 1), positive(x)))), Proof)
