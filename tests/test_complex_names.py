"""Names declared complex: what is true of real numbers only is not proved of them; what holds in any field is."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import equal, full_column_rank, invertible, nonzero, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    det,
    dimensions,
    gradient,
    identity,
    inverse,
    literal,
    norm,
    pseudo_inverse,
    rank,
    scalars,
    spectral_radius,
    trace,
)
from derivations.language.functions import abs_, exp, log, sign, sqrt
from derivations.language.terms import Symbol
from derivations.language.verdicts import Status
from derivations.proof.definiteness import Definiteness, definiteness
from derivations.proof.domain import conditions_of
from derivations.proof.ranges import ANY, Ranges
from derivations.proof.verification import judge

(n,) = dimensions("n")
k = counter("k")
(x,) = scalars("x")
z, w = Symbol("z", (), "complex"), Symbol("w", (), "complex")
u = Symbol("u", (n, 1), "complex")
A, B = Symbol("A", (n, n), "complex"), Symbol("B", (n, n), "complex")

OF_REAL_NUMBERS_ONLY = {
    "a square is not negative": claim(z**2, ">=", 0),
    "one more than a square is positive": claim(z**2 + 1, ">", 0),
    "one more than a square is not zero": claim(nonzero(z**2 + 1), "and", nonzero(z**2 + 1)),
    "the square of the modulus": claim(abs_(z) ** 2, "=", z**2),
    "the root of a square": claim(sqrt(z**2), "=", abs_(z)),
    "a sign": claim(sign(z) ** 2 * z, "=", z),
    "exp is positive": claim(exp(z), ">", 0),
    "log undoes exp": claim(log(exp(z)), "=", z),
    "the sum of squares is not negative": claim(u.T @ u, ">=", 0),
    "the norm": claim(norm(u) ** 2, "=", u.T @ u),
    "the trace of a Gram matrix": claim(trace(A.T @ A), ">=", 0),
    "the rank of a Gram matrix": claim(rank(A.T @ A), "=", rank(A)),
    "Penrose's equations": claim(pseudo_inverse(A) @ A @ pseudo_inverse(A), "=", pseudo_inverse(A)),
    "a Gram matrix is invertible": claim(inverse(A.T @ A) @ A.T @ A, "=", identity(n), full_column_rank(A)),
    "a spectral radius": claim(spectral_radius(literal([z, 0], [0, z])), "=", abs_(z)),
    "a positive number": claim(z, "=", abs_(z), positive(z)),
    "a premise": claim(equal(z**2, 0), "implies", equal(z, 0)),
    "a derivative": claim(gradient(abs_(z) ** 2, z), "=", 2 * z),
}
OF_ANY_FIELD = {
    "a square of a sum": claim((z + w) ** 2, "=", z**2 + 2 * z * w + w**2),
    "a quotient": claim((z**2 - w**2) / (z - w), "=", z + w),
    "powers": claim((z * w) ** k * z, "=", z ** (k + 1) * w**k),
    "a determinant": claim(det(literal([z, w], [-w, z])), "=", z**2 + w**2),
    "a characteristic polynomial": claim(det(literal([z, 1], [0, w]) - x * identity(2)), "=", (z - x) * (w - x)),
    "a trace": claim(trace(A @ B), "=", trace(B @ A)),
    "an inverse": claim(inverse(A @ B), "=", inverse(B) @ inverse(A), (invertible(A), invertible(B))),
    "with a real root": claim(z * sqrt(2 + x**2) * sqrt(2 + x**2), "=", z * (2 + x**2)),
}


@pytest.mark.parametrize("stated", OF_REAL_NUMBERS_ONLY.values(), ids=OF_REAL_NUMBERS_ONLY)
def test_what_is_true_of_real_numbers_only_is_not_proved(stated: Claim) -> None:
    verdict = judge(stated)
    assert verdict.status in (Status.UNDECIDED, Status.REFUTED)
    assert "complex" in verdict.reason or verdict.counterexample is not None


@pytest.mark.parametrize("stated", OF_ANY_FIELD.values(), ids=OF_ANY_FIELD)
def test_what_holds_in_any_field_is_proved(stated: Claim) -> None:
    assert judge(stated).status is Status.PROVED


def test_a_divisor_that_may_vanish_is_a_condition() -> None:
    verdict = judge(claim(z / (z**2 + 1) * (z**2 + 1), "=", z))
    assert verdict.conditions == ("z**2 + 1 != 0",)


def test_a_false_equation_is_refuted() -> None:
    assert judge(claim((z + w) ** 2, "=", z**2 + w**2)).status is Status.REFUTED


def test_no_range_and_no_definiteness_is_read_off_a_complex_name() -> None:
    stated = claim(u.T @ u, "=", 0)
    ranges = Ranges(())
    assert ranges.of(u.T @ u) == ranges.of(z**2 + 1) == ANY
    assert definiteness(A.T @ A, stated, ranges) is Definiteness.UNKNOWN
    assert not conditions_of(stated)
