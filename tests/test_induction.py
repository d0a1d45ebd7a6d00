"""Counters, symbolic powers, series and sequences: closed forms by induction, and their slips refuted."""

from __future__ import annotations

import pytest

from derivations.language.claims import claim
from derivations.language.constructors import counter, define, dimensions, identity, iterate, matrix, ones, scalar, scalars, series, vector, zeros
from derivations.language.errors import DeclarationError
from derivations.language.operators import Iterate, substitute
from derivations.language.terms import Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.induction import by_recurrence
from derivations.proof.mutants import mutants
from derivations.proof.verification import judge, judge_mutants

n, d = dimensions("n d")
k, i, j = counter("k"), counter("i"), counter("j")
X, y, w_0, w = matrix("X", n, d), vector("y", n), vector("w_0", d), vector("w", d)
A, B = matrix("A", d, d), matrix("B", d, d)
alpha, r, s, u_0, u, f, g = scalars("alpha r s u_0 u f g")
M = identity(d) - alpha * X.T @ X
descent = iterate("W", k, w_0, w, w - alpha * X.T @ (X @ w - y))

PROVED: dict[str, tuple[Term, Term]] = {
    "gradient descent": (descent, M**k @ w_0 + series(i, k, M**i @ (alpha * X.T @ y))),
    "affine recurrence": (iterate("U", k, u_0, u, r * u + s), r**k * u_0 + s * series(i, k, r**i)),
    "deviation from the fixed point": (iterate("U", k, u_0, u, u - r * (u - s)) - s, (1 - r) ** k * (u_0 - s)),
    "twice the deviation, with a sign": (-2 * (define("D", iterate("U", k, u_0, u, u - r * (u - s)) - s)), -2 * (1 - r) ** k * (u_0 - s)),
    "a row": (descent.T - w_0.T, (M**k @ w_0 + series(i, k, M**i @ (alpha * X.T @ y)) - w_0).T),
    "order 2": (iterate("F", k, (zeros(), ones()), (f, g), 2 * g - f), k),
    "a power more": (M ** (k + 1), M @ M**k),
    "powers commute with their base": (M**k @ M, M @ M**k),
    "telescoping": ((M - identity(d)) @ series(i, k, M**i), M**k - identity(d)),
    "geometric sum": ((1 - r) * series(i, k, r**i), 1 - r**k),
    "powers of a transpose": (A.T**k, (A**k).T),
    "powers of products": ((A @ B) ** k @ A, A @ (B @ A) ** k),
    "powers of one matrix commute": (A**k @ A**j, A**j @ A**k),
    "shifted series": (series(i, k, r ** (i + 1)), r * series(i, k, r**i)),
    "last term split off": (series(i, k + 1, A**i), A**k + series(i, k, A**i)),
    "constant terms": (series(i, k, r), k * r),
}


@pytest.mark.parametrize("name", PROVED)
def test_closed_form_is_proved_and_its_slips_refuted(name: str) -> None:
    left, right = PROVED[name]
    made = claim(left, "=", right)
    assert judge(made).status is Status.PROVED
    count, places = judge_mutants(made)
    assert not count.survivors
    assert places
    assert bool(by_recurrence(made)) == any(isinstance(part, Iterate) for part in subterms(made.left))


@pytest.mark.parametrize(
    "right",
    [
        M ** (k + 1) @ w_0 + series(i, k, M**i @ (alpha * X.T @ y)),
        M**k @ w_0 + series(i, k + 1, M**i @ (alpha * X.T @ y)),
        M**k @ w_0 + series(i, k, M**i @ (X.T @ y)),
        M**k @ w_0 - series(i, k, M**i @ (alpha * X.T @ y)),
        M**k @ w_0 + series(i, k, M ** (i + 1) @ (alpha * X.T @ y)),
    ],
)
def test_wrong_closed_form_is_refuted_at_an_early_step(right: Term) -> None:
    verdict = judge(claim(descent, "=", right))
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample is not None
    assert dict(verdict.counterexample.witness.sizes)["k"] <= 2


def test_one_base_is_not_enough_for_order_two() -> None:
    wrong_second_term = claim(iterate("F", k, (zeros(), 2 * ones()), (f, g), 2 * g - f), "=", k)
    assert len(by_recurrence(wrong_second_term)) == 3
    assert judge(wrong_second_term).status is Status.REFUTED


def test_power_zero_is_the_identity_even_of_zero() -> None:
    assert judge(claim(r**k * 0, "=", 0 * r)).status is Status.PROVED
    assert judge(claim(series(i, k, r**i), ">", 0 * r, r > 0)).status is not Status.PROVED  # empty for k = 0


def test_a_bound_name_cannot_be_substituted() -> None:
    with pytest.raises(DeclarationError, match=r"w is bound in .*; rename it before substituting"):
        substitute(descent, {w: w_0})


def test_a_sequence_with_a_domain_of_its_own_is_not_proved() -> None:
    assert judge(claim(iterate("U", k, u_0, u, u / u * u), "=", u_0)).status is not Status.PROVED


def test_what_a_sequence_divides_by_is_a_condition_unless_it_is_bound() -> None:
    assert judge(claim(iterate("U", k, u_0, u, u + s / r), "=", u_0 + k * s / r)).conditions == ("r != 0",)
    assert judge(claim(iterate("U", k, u_0, u, u + s / d), "=", u_0 + k * s / d)).conditions == ()
    assert judge(claim(series(i, k, r / s), "=", k * r / s)).conditions == ("s != 0",)


def test_no_induction_passes_through_a_step_that_has_no_value() -> None:
    """True wherever it means something, but k = 1 is not such a place, so nothing leads from there to k = 2."""
    constant = iterate("V", k, (u_0, u_0), (f, g), g)
    assert judge(claim(constant, "=", u_0 * (k - 1) / (k - 1))).status is not Status.PROVED


def test_a_closed_form_that_is_known_needs_no_induction() -> None:
    verdict = judge(claim(iterate("V", k, u_0, u, u), "=", u_0 * (k - 1) / (k - 1)))
    assert (verdict.status, verdict.conditions) == (Status.PROVED, ("k - 1 != 0",))


def test_one_name_for_two_sequences_is_refused() -> None:
    other = iterate("W", k, w_0, w, w + w_0)
    with pytest.raises(DeclarationError, match="W stands for two things"):
        claim(descent, "=", other)


def test_mutants_of_powers_include_the_exponent() -> None:
    made = claim(M @ M ** (k + 1), "=", M ** (k + 2))
    assert any("exponent" in mutant.description or "number" in mutant.description for mutant in mutants(made))


def test_scalar_name_is_free_again_outside() -> None:
    assert judge(claim(iterate("U", k, u_0, u, u + 1), "=", u_0 + k)).status is Status.PROVED
    assert scalar("u") == u
