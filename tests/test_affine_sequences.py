"""Sequences by their closed forms, where no induction reaches: equal to the recurrence at every step, and no form where there is none."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import Oracle, close, many_digits

from derivations.language.assumptions import Assumption, nonnegative, positive
from derivations.language.claims import claim
from derivations.language.constructors import counter, define, dimensions, hadamard, hadamard_power, iterate, matrix, ones, scalars, zeros
from derivations.language.functions import abs_, reciprocal, sqrt
from derivations.language.operators import Iterate
from derivations.language.shapes import sides
from derivations.language.terms import Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.affine_sequences import closed_form
from derivations.proof.ranges import Ranges
from derivations.proof.sampling import Sampler
from derivations.proof.verification import judge

N, D = dimensions("N D")
t, i = counter("t"), counter("i")
G, S, X_0 = (matrix(name, N, D) for name in ("G", "S", "X_0"))
a, b, x, x_0, u = scalars("a b x x_0 u")
decaying = (a >= 0) & (a < 1)

SCALARS: tuple[Term, ...] = (a, b, 1 - a, 2 * b, a / (1 + b**2), i)
OFFSETS: tuple[Term, ...] = (G, zeros(N, D), abs_(G), i * G)


@st.composite
def affine_steps(draw: st.DrawFn) -> Term:
    """Terms that are affine in S, spelled in many ways."""
    step: Term = S
    for place in range(draw(st.integers(0, 4))):
        scalar, offset = draw(st.sampled_from(SCALARS)), draw(st.sampled_from(OFFSETS))
        step = draw(
            st.sampled_from(
                [
                    step + offset,
                    offset - step,
                    -step,
                    scalar * step,
                    step * scalar,
                    step / (1 + b**2),
                    step - scalar * S,
                    define(f"p_{place}", scalar * step),
                    S + step,
                ]
            )
        )
    return step


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(affine_steps(), st.sampled_from((t, t + 1, t + 2)), st.integers(0, 99))
def test_a_closed_form_has_the_values_of_the_recurrence(step: Term, count: Term, seed: int) -> None:
    sequence = iterate("s", count, X_0, S, step)
    assert isinstance(sequence, Iterate)
    form = closed_form(sequence)
    assert form is not None
    assert not any(isinstance(part, Iterate) for part in subterms(form))
    sampler, chosen = Sampler(claim(sequence, "=", form), seed), random.Random(seed)
    instance = sampler.draw({dim: chosen.randint(dim.least, 3) for dim in sampler.dimensions}, 1)
    assert instance is not None
    with many_digits():
        left, right = (Oracle(instance).value(term) for term in (sequence, form))
        assert all(close(p, q) for first, second in zip(left, right, strict=True) for p, q in zip(first, second, strict=True))


@pytest.mark.parametrize(
    "sequence",
    [
        iterate("s", t, x_0, x, x**2 + a),
        iterate("s", t, x_0, x, a * abs_(x)),
        iterate("s", t, x_0, x, a / x),
        iterate("s", t, x_0, x, x * (x + 1)),
        iterate("s", t, X_0, S, hadamard(S, G)),
        iterate("s", t, X_0, S, S @ ones(D) @ ones(D).T),
        iterate("s", t, x_0, x, x + t),
        iterate("s", t, t * a, x, x + a),
        iterate("s", t, (x_0, a), (x, u), x + u),
    ],
    ids=str,
)
def test_there_is_no_closed_form_where_a_step_is_not_affine_or_changes(sequence: Term) -> None:
    assert isinstance(sequence, Iterate)
    assert closed_form(sequence) is None


average = iterate("s", t + 1, zeros(N, D), S, a * S + (1 - a) * abs_(G))
of_squares = iterate("s", t + 1, zeros(N, D), S, a * S + (1 - a) * hadamard_power(G, 2))
PROVED: dict[str, tuple[Term, Term]] = {
    "in a quotient": (average / (1 - a ** (t + 1)), abs_(G)),
    "under a root": (sqrt(of_squares), sqrt(1 - a ** (t + 1)) * abs_(G)),
    "in a reciprocal": (reciprocal(average + ones(N, D)), reciprocal((1 - a ** (t + 1)) * abs_(G) + ones(N, D))),
    "steps further": (average, (1 - a) * abs_(G) + a * iterate("s", t, zeros(N, D), S, a * S + (1 - a) * abs_(G))),
}
WRONG: dict[str, tuple[Term, Term]] = {
    "a step too few": (average / (1 - a**t), abs_(G)),
    "without the divisor": (sqrt(of_squares), abs_(G)),
    "the sign": (reciprocal(average + ones(N, D)), reciprocal(ones(N, D) - (1 - a ** (t + 1)) * abs_(G))),
    "the weights changed over": (average, a * abs_(G) + a * iterate("s", t, zeros(N, D), S, a * S + (1 - a) * abs_(G))),
}


@pytest.mark.parametrize("name", PROVED)
def test_a_sequence_inside_other_terms_is_put_in(name: str) -> None:
    verdict = judge(claim(PROVED[name][0], "=", PROVED[name][1], decaying))
    assert (verdict.status, verdict.conditions) == (Status.PROVED, ())


@pytest.mark.parametrize("name", WRONG)
def test_its_slips_are_refuted(name: str) -> None:
    assert judge(claim(WRONG[name][0], "=", WRONG[name][1], decaying)).status is Status.REFUTED


# ------------------------------------------------------------------------------------------------------------------ ranges

SIGNS: dict[str, tuple[Term, str, tuple[Assumption, ...]]] = {
    "a running average": (average, ">=", (decaying,)),
    "from above 0": (iterate("s", t, ones(N, D), S, S + G), ">", (nonnegative(G),)),
    "of second order": (iterate("s", t, (a, b), (x, u), x + u), ">=", (nonnegative(a), nonnegative(b))),
    "a power below 1": (1 - a ** (t + 1), ">", (decaying,)),
    "a power at most 1": (1 - a**t, ">=", (decaying,)),
    "a square below 1": (1 - a**2, ">", (decaying,)),
    "a larger exponent": (a - a ** (t + 2), ">=", (decaying,)),
}


@pytest.mark.parametrize("name", SIGNS)
def test_signs_of_sequences_and_powers(name: str) -> None:
    term, relation, given_ = SIGNS[name]
    assert judge(claim(term, relation, zeros(*sides(term.shape)), given_)).status is Status.PROVED


WRONG_SIGNS: dict[str, tuple[Term, str, tuple[Assumption, ...]]] = {
    "a step may leave": (iterate("s", t, ones(N, D), S, S - ones(N, D)), ">=", ()),
    "of the state outside": (iterate("s", t, ones(N, D), S, S + G), ">=", (positive(S + G), positive(S))),
    "the first term": (iterate("s", t, X_0, S, abs_(S)), ">=", ()),
    "an empty average": (iterate("s", t, zeros(N, D), S, a * S + (1 - a) * abs_(G)), ">", (decaying, positive(abs_(G)))),
    "a power that may be 1": (1 - a**t, ">", (decaying,)),
    "a power of what may be 1": (1 - a ** (t + 1), ">", ((a >= 0) & (a <= 1),)),
    "a base above 1": (2 - a ** (t + 1), ">", ((a >= 0) & (a < 2),)),
    "a negative base": (1 - a ** (t + 1), ">", (a < 1,)),
}


@pytest.mark.parametrize("name", WRONG_SIGNS)
def test_signs_that_do_not_hold_are_refuted(name: str) -> None:
    term, relation, given_ = WRONG_SIGNS[name]
    assert judge(claim(term, relation, zeros(*sides(term.shape)), given_)).status is Status.REFUTED


def test_powers_lie_in_their_range() -> None:
    for low, high in ((0, 1), (0, 2)):
        inside = Ranges([a >= low, a <= high]).of(a ** (t + 1))
        assert inside.low == 0
        assert inside.high == (1 if high == 1 else float("inf"))
