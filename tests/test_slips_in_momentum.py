"""Slips that people make with the eigenvalues of momentum: each is refuted, of symbols at a small rational instance."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivations.catalogue.momentum.coordinates import beta, eta, momentum_matrix_of, sigma
from derivations.catalogue.momentum.eigenvalues import in_order, largest_rate_of, repeated_root_rates_of
from derivations.language.assumptions import equal, real_eigenvalues, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import counter, det, eigenvalue_moduli, identity, literal, ones, scalar, spectral_radius, zeros
from derivations.language.functions import abs_, sqrt
from derivations.language.terms import Statement, Term, as_term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

t, lambda_ = counter("t"), scalar("lambda")
s = sqrt(1 - beta)
R = momentum_matrix_of(beta, eta, sigma**2)
low, high = repeated_root_rates_of(beta, sigma**2)
other_root = (1 - s) / (2 * beta * sigma**2)  # the square is forgotten
turned = literal([1 - beta, -2 * beta * sigma**2], [-eta * (1 - beta), 1 - 2 * eta * beta * sigma**2])
factor = 1 - 2 * eta * sigma**2


def iff(left: Statement, right: Statement) -> Claim:
    return claim(left, "iff", right, in_order)


SLIPS = {
    "swapped inequality": iff(real_eigenvalues(R), (eta >= low) | (eta >= high)),
    "and for or": iff(real_eigenvalues(R), (eta <= low) & (eta >= high)),
    "open lower end": iff(real_eigenvalues(R), (eta < low) | (eta >= high)),
    "open upper end": iff(real_eigenvalues(R), (eta <= low) | (eta > high)),
    "wrong root": iff(real_eigenvalues(R), (eta <= other_root) | (eta >= high)),
    "one end only": iff(real_eigenvalues(R), eta <= low),
    "complex within a closed interval": claim(spectral_radius(R), "=", s, (*in_order, eta >= low)),
    "moduli without the root": claim(eigenvalue_moduli(R), "=", (1 - beta) * ones(2), (*in_order, (eta >= low) & (eta <= high))),
    "sign off the diagonal": iff(real_eigenvalues(turned), (eta <= low) | (eta >= high)),
    "determinant with the other sign": claim(det(turned), "=", 1 - beta),
    "eigenvalue for its modulus": claim(tends_to(literal([0, 0], [0, factor]) ** t, zeros(2, 2)), "iff", factor < 1),
    "missing absolute value": claim(spectral_radius(literal([0, 0], [0, factor])), "=", factor),
    "closed end of convergence": iff(tends_to(R**t, zeros(2, 2)), (eta > 0) & (eta <= largest_rate_of(beta, sigma**2))),
    "rates of gradient descent": iff(spectral_radius(R) < 1, (eta > 0) & (eta < 1 / sigma**2)),
    "characteristic polynomial with the trace added": claim(
        det(lambda_ * identity(2) - R), "=", lambda_**2 + (2 - beta - 2 * eta * beta * sigma**2) * lambda_ + (1 - beta)
    ),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refuted_at_small_rational_numbers(slip: Claim) -> None:
    verdict = judge(slip)
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample is not None
    for _, ((value,),) in verdict.counterexample.witness.values:
        assert isinstance(value, Fraction)
        assert max(abs(value.numerator), value.denominator) <= 16


def in_numbers(share: Fraction, square: Fraction) -> tuple[Term, Term, Term]:
    return (momentum_matrix_of(as_term(share), eta, as_term(square)), *repeated_root_rates_of(as_term(share), as_term(square)))


@pytest.mark.parametrize(("share", "square"), [(Fraction(1, 10), Fraction(5)), (Fraction(1, 2), Fraction(1)), (Fraction(9, 10), Fraction(1, 20))])
@pytest.mark.parametrize("slip", ["lower", "upper", "none"])
def test_in_numbers_the_ends_are_irrational_and_belong_to_the_region(share: Fraction, square: Fraction, slip: str) -> None:
    M, first, second = in_numbers(share, square)
    below = eta < first if slip == "lower" else eta <= first
    above = eta > second if slip == "upper" else eta >= second
    verdict = judge(claim(real_eigenvalues(M), "iff", below | above))
    assert verdict.status is (Status.PROVED if slip == "none" else Status.REFUTED)


def test_the_double_root_is_at_the_ends_only() -> None:
    _, first, second = in_numbers(Fraction(1, 10), Fraction(5))
    inside = as_term(Fraction(9, 10))
    double = equal((2 - as_term(Fraction(1, 10)) - eta) ** 2, 4 * inside)  # 2ηβσ² = η
    assert judge(claim(double, "iff", equal(eta, first) | equal(eta, second))).status is Status.PROVED
    assert judge(claim(double, "iff", equal(eta, first))).status is Status.REFUTED
    assert judge(claim(double, "implies", abs_(eta) > 1)).status is Status.REFUTED
