"""Sequences inside absolute values and comparisons: replaced by closed forms that are proved of them, or left alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.instances import Instance
from derivations.language.assumptions import Assumption, nonzero, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import counter, define, iterate, matrix, scalars, vector
from derivations.language.functions import abs_
from derivations.language.operators import Iterate
from derivations.language.terms import Power, Term, as_term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.closed_forms import closed_forms, has_sequences
from derivations.proof.domain import conditions_of
from derivations.proof.explanation import explain
from derivations.proof.proofs import Setting
from derivations.proof.verification import judge

t = counter("t")
x, u, v, a, b, c, s = scalars("x u v a b c s")
factor = define("rho", 1 - 2 * a)
target = define("x_star", b / 2 / a)
descent = iterate("x", t, s, x, x - a * (2 * x - b / a))
shrinking = (a > 0, a < 1)


def setting(stated: Claim) -> Setting:
    return Setting.of(stated, conditions_of(stated))


def form_of(sequence: Term, *assumed: Assumption) -> Term | None:
    stated = claim(abs_(sequence), ">=", -1, assumed)
    return closed_forms(setting(stated)).get(sequence)


numbers = st.fractions(-3, 3, max_denominator=3)


@given(numbers, numbers, numbers, st.integers(0, 6))
def test_the_closed_form_is_the_sequence(slope: Fraction, offset: Fraction, start: Fraction, count: int) -> None:
    sequence = iterate("x", t, as_term(start), x, as_term(slope) * x + as_term(offset))
    form = form_of(sequence)
    assert (form is None) == (slope == 1)
    if form is not None:
        run = ExactInterpreter(Instance({t: count}, {}, {}))
        assert run.value(form).scalar == run.value(sequence).scalar


def test_parts_are_written_as_they_stand_in_the_claim() -> None:
    stated = claim(abs_(descent - target), "<=", abs_(factor) ** t * abs_(s - target), a > 0)
    form = closed_forms(setting(stated))[descent]
    assert factor in [term.base for term in subterms(form) if isinstance(term, Power)]
    assert target in subterms(form)


@pytest.mark.parametrize(
    "sequence",
    [
        iterate("x", t, s, x, a * x + b),  # a may be 1
        iterate("x", t, s, x, x + b),
        iterate("x", t, s, x, x**2 / 2),
        iterate("x", t, (s, c), (x, u), u / 2 + x / 4),
    ],
    ids=repr,
)
def test_what_has_no_fixed_point_that_is_known_is_left_alone(sequence: Term) -> None:
    assert form_of(sequence) is None
    assert judge(claim(abs_(sequence), "<=", abs_(s))).status is not Status.PROVED


def test_where_the_domain_says_that_there_is_one_it_is_used() -> None:
    sequence = iterate("x", t, s, x, a * x + b)
    assert form_of(sequence, nonzero(1 - a)) is not None
    stated = claim(abs_(sequence - b / (1 - a)), "<=", abs_(s - b / (1 - a)), (a > -1, a < 1))
    verdict = judge(stated)
    assert (verdict.status, verdict.method, verdict.conditions) == (Status.PROVED, "closed forms", ())


TRUE = {
    "it comes no farther away": claim(abs_(descent - target), "<=", abs_(s - target), shrinking),
    "as far as the power says": claim(abs_(descent - target), "<=", abs_(factor) ** t * abs_(s - target), shrinking),
    "it stays positive": claim(iterate("x", t, s, x, x / 2 + 1), ">", 0, positive(s)),
    "joined by and": claim(abs_(descent - target) <= abs_(s - target), "and", abs_(descent - target) >= 0, shrinking),
    "as a premise": claim(iterate("x", t, s, x, x / 2 + 1) > 2, "implies", s > 2),
}
FALSE = {
    "it comes nearer": claim(abs_(descent - target), "<", abs_(s - target), shrinking),
    "with a factor too small": claim(abs_(descent - target), "<=", abs_(factor) ** (2 * t) * abs_(s - target), shrinking),
    "without an absolute value": claim(descent - target, "<=", factor**t * abs_(s - target), shrinking),
    "beyond the range": claim(abs_(descent - target), "<=", abs_(s - target), (a > 0, a < 2)),
    "it stays below its limit": claim(iterate("x", t, s, x, x / 2 + 1), "<", 2, positive(s)),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_claim_about_a_sequence_is_proved(name: str) -> None:
    verdict = judge(TRUE[name])
    assert verdict.status is Status.PROVED
    assert not verdict.conditions


@pytest.mark.parametrize("name", FALSE)
def test_a_false_one_is_refuted(name: str) -> None:
    assert judge(FALSE[name]).status is Status.REFUTED


def test_the_explanation_shows_the_closed_form_and_its_induction() -> None:
    shown = repr(explain(TRUE["it comes no farther away"]))
    assert "closed forms" in shown
    assert "by induction" in shown


def test_sequences_of_vectors_are_no_numbers() -> None:
    w, A = vector("w", 2), matrix("A", 2, 2)
    stated = claim(iterate("w", t, vector("w_0", 2), w, A @ w), "=", vector("z", 2))
    assert not has_sequences(stated)
    assert any(isinstance(term, Iterate) for term in subterms(stated.terms))
