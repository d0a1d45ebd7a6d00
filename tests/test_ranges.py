"""Ranges enclose: no sampled entry of a term lies outside its range; interval arithmetic against sampled points."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from oracle import Oracle, Undefined, many_digits, number
from strategies import GIVEN, A, X, alpha, c, cube, d, i, k, n, s, terms, u, v, w, x, y, z

from derivations.language.assumptions import Assumption, negative, nonnegative, nonzero, positive
from derivations.language.claims import claim
from derivations.language.constructors import (
    cases,
    delta,
    diag,
    entry,
    hadamard,
    identity,
    indicator,
    literal,
    maximum,
    minimum,
    norm,
    ones,
    softmax,
    sum_over,
    trace,
    unit,
    zeros,
)
from derivations.language.functions import abs_, exp, log, reciprocal, relu, sigmoid, sign, sqrt, tanh
from derivations.language.shapes import sides
from derivations.language.terms import Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.ranges import ANY, Range, Ranges
from derivations.proof.sampling import Sampler
from derivations.proof.verification import judge

generous = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
SLACK = Fraction(1, 10**20)

ASSUMPTIONS: tuple[tuple[Assumption, ...], ...] = (
    (),
    (positive(x), nonnegative(u)),
    (negative(x), Relation(y, "<=", ones())),
    (nonzero(x), nonzero(w)),
    (Relation(x, ">=", 2 * ones()), Relation(x, "<", 3 * ones()), Relation(ones(), ">", y)),
    (nonnegative(s[i]), Relation(A, "<=", zeros(n, n))),
    (Relation(x, "=", ones() / 3),),
)


@settings(generous, max_examples=150)
@given(terms(depth=2), st.sampled_from(ASSUMPTIONS), st.integers(0, 99))
def test_sampled_entries_lie_in_the_range(term: Term, extra: tuple[Assumption, ...], seed: int) -> None:
    stated = claim(term, "=", zeros(*sides(term.shape)), (*GIVEN, *extra))
    ranges = Ranges(stated.given)
    inside, nonzero_ = ranges.of(term), ranges.is_nonzero(term)
    sampler = Sampler(stated, seed)
    for spread in (0, 1, 1):
        instance = sampler.draw({dim: sampler.random.choice((1, 2, 3)) for dim in sampler.dimensions}, spread)
        if instance is None:
            continue
        with many_digits():
            try:
                entries = [entry for line in Oracle(instance).value(term) for entry in line]
            except Undefined:
                continue
            assert all(_within(entry, inside) for entry in entries), (instance, inside, entries)
            assert not nonzero_ or all(entries), (instance, entries)


def _within(value: Any, inside: Range) -> bool:
    """Whether a value of many digits lies in a range; the ends that do not belong to it are told from rounding where they are 0."""
    low = inside.low == -inf or value >= number(Fraction(inside.low) - SLACK)
    high = inside.high == inf or value <= number(Fraction(inside.high) + SLACK)
    return low and high and not (value == 0 and ((inside.low == 0 and not inside.low_closed) or (inside.high == 0 and not inside.high_closed)))


# ------------------------------------------------------------------------------------------------------ interval arithmetic

bounds: st.SearchStrategy[Fraction | float] = st.sampled_from([-inf, *map(Fraction, (-3, -2, -1, 0, 1, 2, 3)), inf])


@st.composite
def intervals(draw: st.DrawFn) -> Range:
    low, high = sorted((draw(bounds), draw(bounds)))
    found = Range(low, high, draw(st.booleans()) and low != -inf, draw(st.booleans()) and high != inf)
    assume(not found.empty and low != inf and high != -inf)
    return found


@st.composite
def members(draw: st.DrawFn, inside: Range) -> Fraction:
    """A number in a range, often an end of it."""
    low = inside.low if inside.low != -inf else (inside.high if inside.high != inf else Fraction(0)) - 5
    high = inside.high if inside.high != inf else low + 5
    share = draw(st.fractions(0, 1, max_denominator=8))
    value = Fraction(low) + (Fraction(high) - Fraction(low)) * share
    assume(contains(inside, value))
    return value


def contains(inside: Range, value: Fraction) -> bool:
    above = inside.low < value or (inside.low == value and inside.low_closed)
    return above and (value < inside.high or (value == inside.high and inside.high_closed))


OPERATIONS: dict[str, tuple[Callable[[Range, Range], Range], Callable[[Fraction, Fraction], Fraction | None]]] = {
    "sum": (lambda a, b: a + b, lambda x, y: x + y),
    "product": (lambda a, b: a * b, lambda x, y: x * y),
    "negative": (lambda a, b: -a, lambda x, y: -x),
    "reciprocal": (lambda a, b: a.reciprocal(), lambda x, y: 1 / x if x else None),
    "join, left": (lambda a, b: a.join(b), lambda x, y: x),
    "join, right": (lambda a, b: a.join(b), lambda x, y: y),
    "a sum of several": (lambda a, b: a.times_count(), lambda x, y: 3 * x),
    "a sum of one": (lambda a, b: a.times_count(), lambda x, y: x),
}


@pytest.mark.parametrize("name", OPERATIONS)
@settings(generous, max_examples=60)
@given(st.data())
def test_interval_arithmetic_encloses(name: str, data: st.DataObject) -> None:
    on_ranges, on_numbers = OPERATIONS[name]
    left, right = data.draw(intervals()), data.draw(intervals())
    value = on_numbers(data.draw(members(left)), data.draw(members(right)))
    if value is not None:
        assert contains(on_ranges(left, right), value), (left, right, value)


@generous
@given(intervals(), intervals(), st.data())
def test_the_meet_holds_what_is_in_both(left: Range, right: Range, data: st.DataObject) -> None:
    value = data.draw(members(left))
    assert contains(left.meet(right), value) == contains(right, value)


@generous
@given(intervals(), st.data())
def test_what_a_range_says_of_its_signs(inside: Range, data: st.DataObject) -> None:
    value = data.draw(members(inside))
    assert not inside.positive or value > 0
    assert not inside.nonnegative or value >= 0
    assert not inside.nonzero or value != 0


def test_an_empty_range() -> None:
    assert Range(Fraction(1), Fraction(1)).empty
    assert Range(Fraction(2), Fraction(1), True, True).empty
    assert not Range(Fraction(1), Fraction(1), True, True).empty
    assert not ANY.empty


# ----------------------------------------------------------------------------------------------------- what ranges establish

SIGNS: dict[str, tuple[Term, str, tuple[Assumption, ...]]] = {
    "exp": (exp(u), ">", ()),
    "σ below 1": (ones(n) - sigmoid(u), ">", ()),
    "softmax": (softmax(u), ">", ()),
    "softmax is at most 1": (ones(n) - softmax(u), ">=", ()),
    "a squared norm": (norm(u) ** 2, ">=", ()),
    "a squared norm and more": (norm(u) ** 2 + alpha, ">", (positive(alpha),)),
    "a norm of what is not 0": (norm(u), ">", (nonzero(u),)),
    "relu": (relu(X @ w), ">=", ()),
    "|·|": (abs_(z), ">=", ()),
    "tanh′": (tanh.prime(u), ">", ()),
    "1 − tanh²": (1 - tanh(x), ">", ()),
    "a dimension": (n - 0 * x, ">", ()),
    "a sum of squares": (x**2 + y**4 + 1, ">", ()),
    "a Gram entry": (u.T @ u, ">=", ()),
    "the larger": (maximum(x, 1), ">", ()),
    "the smaller": (-minimum(x, -2), ">", ()),
    "an indicator": (indicator(x > y), ">=", ()),
    "branches": (cases((x > 0, exp(y)), otherwise=2), ">", ()),
    "a root": (sqrt(x) + 1, ">", (nonnegative(x),)),
    "a product of signs": (x * y, "<", (positive(x), negative(y))),
    "a reciprocal": (reciprocal(x), "<", (negative(x),)),
    "every member": (sum_over(i, s[i]), ">", (positive(s[i]),)),
    "a trace": (trace(A), "<=", (Relation(A, "<=", zeros(n, n)),)),
    "not zero": (1 / (1 + exp(x)), "!=", ()),
}


@pytest.mark.parametrize("name", SIGNS)
def test_signs_that_ranges_show(name: str) -> None:
    term, relation, given_ = SIGNS[name]
    verdict = judge(claim(term, relation, zeros(*sides(term.shape)), given_))
    assert verdict.status is Status.PROVED, verdict
    assert judge(claim(-term, relation, zeros(*sides(term.shape)), given_)).status is not Status.PROVED or relation == "!="


WRONG_SIGNS: dict[str, tuple[Term, str, tuple[Assumption, ...]]] = {
    "tanh": (tanh(x), ">=", ()),
    "relu is not positive": (relu(x), ">", ()),
    "a norm may be 0": (norm(u), ">", ()),
    "sign of a nonnegative": (sign(x), ">", (nonnegative(x),)),
    "an identity has zeros": (identity(n), ">", ()),
    "diag has zeros": (diag(c), ">", (positive(c),)),
    "a unit vector": (unit(n, i), ">", ()),
    "softmax is below 1 from n = 2 on only": (ones(n) - softmax(u), ">", ()),
    "one dimension above another": (n - d + 0 * x, ">=", ()),
    "odd powers": (x**3, ">=", ()),
    "log": (log(x), ">=", (positive(x),)),
    "one member is not all": (s[k], ">", (positive(s[1]),)),
    "a literal matrix": (literal([1, x], [1, 1]), ">", ()),
    "δ": (delta(i, k), ">", ()),
    "an author's function": (cube(x), ">=", ()),
    "an entry": (entry(w, 1), ">=", ()),
    "a member of a family of vectors": (v[i], "!=", ()),
    "a Hadamard product": (hadamard(u, c), ">=", (positive(c),)),
}


@pytest.mark.parametrize("name", WRONG_SIGNS)
def test_signs_that_do_not_hold_are_refuted(name: str) -> None:
    term, relation, given_ = WRONG_SIGNS[name]
    verdict = judge(claim(term, relation, zeros(*sides(term.shape)), given_))
    assert verdict.status is Status.REFUTED, verdict
