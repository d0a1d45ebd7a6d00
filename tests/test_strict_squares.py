"""Strict inequalities by squares: none that is false is proved; and what must be known not to be zero, or to take only zero to zero."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.language.assumptions import (
    Assumption,
    full_column_rank,
    full_row_rank,
    invertible,
    nonnegative,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    dimensions,
    matrix,
    norm,
    scalar,
    vector,
)
from derivations.language.terms import Relation, Term, as_term
from derivations.proof.comparisons import compare
from derivations.proof.domain import conditions_of
from derivations.proof.proofs import NotProved, Setting

n, d = dimensions("n d")
X, Q, Z = matrix("X", n, d), matrix("Q", d, d), matrix("Z", d, d)
u, v = vector("u", d), vector("v", d)
a = scalar("a")
Given = tuple[Assumption, ...]

COEFFICIENT = st.integers(-3, 3)
PREMISES: dict[str, Assumption] = {"u": positive(norm(u) ** 2), "v": Relation(norm(v), "!=", as_term(0)), "a": nonzero(a)}
GRID = list(product(range(-3, 4), repeat=3))


def is_proved(made: Claim) -> bool:
    left, right = made.sides
    assert isinstance(left, Term)
    assert isinstance(right, Term)
    try:
        compare(Setting.of(made, conditions_of(made)), left, right)
    except NotProved:
        return False
    return True


@given(st.lists(COEFFICIENT, min_size=7, max_size=7), st.sets(st.sampled_from(sorted(PREMISES))))
@settings(max_examples=120, deadline=None)
def test_no_false_strict_inequality_is_proved(numbers: Sequence[int], premises: set[str]) -> None:
    """α‖u‖² + β uᵀv + γ‖v‖² + δa² + εa + ζ, and η times ‖u‖² once more through a matrix of full column rank."""
    alpha, beta, gamma, delta, epsilon, zeta, eta_ = numbers
    form = alpha * norm(u) ** 2 + beta * u.T @ v + gamma * norm(v) ** 2 + delta * a**2 + epsilon * a + zeta + eta_ * norm(Q @ u) ** 2
    assumed = tuple(PREMISES[name] for name in sorted(premises))
    proved = is_proved(claim(form, ">", 0, (*assumed, orthogonal(Q))))

    def value(first: Fraction, second: Fraction, third: Fraction) -> Fraction:
        return (alpha + eta_) * first**2 + beta * first * second + gamma * second**2 + delta * third**2 + epsilon * third + zeta

    points = [*GRID, (beta, -2 * (alpha + eta_), 0), (2 * gamma, -beta, 0), (0, 0, Fraction(-epsilon, 2 * delta) if delta else 0)]
    meeting = [p for p in points if all(p[("u", "v", "a").index(name)] for name in premises)]
    if proved:
        assert all(value(*map(Fraction, point)) > 0 for point in meeting)


@given(st.integers(1, 3), st.integers(-3, 3), st.integers(1, 3), st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_definite_form_of_what_is_not_zero_is_proved_positive(alpha: int, beta: int, gamma: int, of_first: bool) -> None:
    assume(4 * alpha * gamma > beta**2)
    form = alpha * norm(X @ u) ** 2 + beta * (X @ u).T @ (X @ v) + gamma * norm(X @ v) ** 2
    premise = PREMISES["u" if of_first else "v"]
    assert is_proved(claim(form, ">", 0, (full_column_rank(X), premise)))
    assert not is_proved(claim(form, ">", 0, (premise,)))
    assert not is_proved(claim(form, ">", 0, (full_column_rank(X),)))


@pytest.mark.parametrize(
    ("premise", "known"),
    [
        (positive(norm(u)), True),
        (Relation(norm(u, 1), "!=", as_term(0)), True),
        (Relation(as_term(0), "<", u.T @ u), True),
        (full_column_rank(u), True),
        (positive(u), True),
        (nonzero(u), True),
        (positive(norm(u) ** 0), False),
        (nonnegative(norm(u)), False),
        (positive(norm(v)), False),
        (positive(norm(X @ u)), False),
    ],
)
def test_which_assumptions_say_that_a_vector_is_not_zero(premise: Assumption, known: bool) -> None:
    assert is_proved(claim(norm(u) ** 2, ">", 0, premise)) is known


@pytest.mark.parametrize(
    ("given_", "known"),
    [
        ((invertible(Z),), True),
        ((invertible(Z.T @ Z),), True),
        ((full_column_rank(Q @ Z),), True),
        ((full_row_rank(Z.T),), True),
        ((positive_definite(Z),), True),
        ((positive_semidefinite(Z),), False),
        ((invertible(Q),), False),
    ],
)
def test_which_assumptions_say_that_a_matrix_takes_only_zero_to_zero(given_: Given, known: bool) -> None:
    assert is_proved(claim(norm(Z @ u) ** 2, ">", 0, (*given_, positive(norm(u))))) is known
