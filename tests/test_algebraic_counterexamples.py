"""Claims that fail at irrational numbers only: refuted there, exactly; their true twins are proved."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from derivations.catalogue.momentum.coordinates import momentum_matrix_of
from derivations.catalogue.momentum.eigenvalues import repeated_root_rates_of
from derivations.checking import Reports
from derivations.evaluation.instances import Instance
from derivations.language.algebraic import AlgebraicNumber
from derivations.language.assumptions import Assumption, equal, real_eigenvalues
from derivations.language.claims import Claim, claim
from derivations.language.constructors import eigenvalue_moduli, entry, literal, scalars, spectral_radius
from derivations.language.functions import abs_, exp, sqrt
from derivations.language.terms import Statement, Symbol, Term, as_term
from derivations.language.traversal import symbols
from derivations.language.verdicts import Report, Result, Status, Verdict
from derivations.proof.refutation import Trial, counterexample_at, search_among
from derivations.proof.sampling import Sampler, meets
from derivations.proof.verification import judge
from derivations.reports.json_report import as_json

x, y, eta = scalars("x y eta")
root = sqrt(as_term(2))
R = momentum_matrix_of(as_term(Fraction(1, 10)), eta, as_term(5))
low, high = repeated_root_rates_of(as_term(Fraction(1, 10)), as_term(5))
s = sqrt(as_term(Fraction(9, 10)))
SQRT_2 = AlgebraicNumber((-2, 0, 1), 1, Fraction(7, 5), Fraction(3, 2))


def implies(premise: Statement, conclusion: Statement) -> Claim:
    return claim(premise, "implies", conclusion)


def iff(left: Statement, right: Statement, *given: Assumption) -> Claim:
    return claim(left, "iff", right, given)


def value_at(verdict: Verdict, name: Symbol) -> AlgebraicNumber:
    assert verdict.counterexample is not None
    ((found,),) = dict(verdict.counterexample.witness.values)[name.name]
    assert isinstance(found, AlgebraicNumber)
    return found


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (implies(equal(x**2, 2), equal(x, root)), -(2**0.5)),
        (implies(equal(x**2, 2), x > 0), -(2**0.5)),
        (implies(equal(x**2, 2), x < 0), 2**0.5),
        (iff(equal(x**2, 2), equal(x, root)), -(2**0.5)),
        (claim(x, ">", 0, equal(x**2, 2)), -(2**0.5)),
        (iff(x**2 <= 2, (x < root) & (x >= -root)), 2**0.5),
        (iff(x**2 <= 2, (x <= root) & (x > -root)), -(2**0.5)),
        (iff(x**2 < 2, (x <= root) & (x > -root)), 2**0.5),
        (iff(x**2 < 2, abs_(x) <= root), None),
        (implies(x**3 <= 2, x**3 < 2), 2 ** (1 / 3)),
        (implies(equal(x**5 - x, 1), x < 1), 1.1673039782614187),
        (implies(x**3 <= 2, x < as_term(2) ** Fraction(1, 3)), 2 ** (1 / 3)),
        (implies(equal(x**3, 4), x > as_term(2) ** Fraction(2, 3)), 4 ** (1 / 3)),
        (iff(real_eigenvalues(R), (eta < low) | (eta >= high)), (1 - 0.9**0.5) ** 2),
        (iff(real_eigenvalues(R), (eta <= low) | (eta > high)), (1 + 0.9**0.5) ** 2),
        (iff(equal(spectral_radius(R), s), (eta > low) & (eta <= high)), (1 - 0.9**0.5) ** 2),
        (iff(spectral_radius(R) > s, (eta <= low) | (eta >= high)), None),
    ],
)
def test_what_fails_at_an_irrational_number_only_is_refuted_there(stated: Claim, expected: float | None) -> None:
    verdict = judge(stated)
    assert verdict.status is Status.REFUTED
    found = float(value_at(verdict, x if x in symbols(stated.terms) else eta))
    assert expected is None or found == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    "stated",
    [
        implies(equal(x**2, 2), equal(abs_(x), root)),
        iff(equal(x**2, 2), equal(x, root) | equal(x, -root)),
        iff(x**2 <= 2, (x <= root) & (x >= -root)),
        iff(x**2 < 2, (x < root) & (x > -root)),
        implies(equal(x**5 - x, 1), x > 1),
        implies(x**3 < 2, x < as_term(2) ** Fraction(1, 3)),
        implies(equal(x**3, 4), equal(x, as_term(2) ** Fraction(2, 3))),
        iff(real_eigenvalues(R), (eta <= low) | (eta >= high)),
        iff(equal(spectral_radius(R), s), (eta >= low) & (eta <= high)),
    ],
)
def test_the_true_one_is_proved(stated: Claim) -> None:
    assert judge(stated).status is Status.PROVED


def test_a_claim_under_an_equation_without_rational_solutions_has_a_witness() -> None:
    verdict = judge(claim(x**4, "=", 4, equal(x**2, 2)))
    assert verdict.status is Status.PROVED
    assert verdict.witness is not None
    assert "sqrt(2)" in repr(verdict)


def test_a_value_that_an_assumption_gives_may_be_irrational() -> None:
    verdict = judge(claim(y, "<", 3, (equal(x**2, 2), equal(y, x + 2))))
    assert verdict.status is Status.REFUTED
    assert float(value_at(verdict, y)) == pytest.approx(2 + 2**0.5)


def test_rational_counterexamples_come_first() -> None:
    verdict = judge(implies(x**2 <= 2, x < 1))
    assert verdict.counterexample is not None
    assert dict(verdict.counterexample.witness.values)["x"] == ((Fraction(1),),)
    beta, sigma = scalars("beta sigma")
    first, second = repeated_root_rates_of(beta, sigma**2)
    M = momentum_matrix_of(beta, eta, sigma**2)
    verdict = judge(iff(real_eigenvalues(M), (eta < first) | (eta >= second), beta > 0, beta <= 1, sigma > 0))
    assert verdict.counterexample is not None
    assert all(isinstance(entry_, Fraction) for _, ((entry_,),) in verdict.counterexample.witness.values)


def test_a_verdict_with_an_irrational_number_is_plain_data_and_can_be_read() -> None:
    stated = implies(equal(x**2, 2), x > 0)
    verdict = judge(stated)
    assert pickle.loads(pickle.dumps(verdict)) == verdict
    assert "x = -sqrt(2) ≈ -1.41421:  left true, right false" in repr(verdict)
    report = Report("topic", "name", "Title", (Result("step", stated, verdict),))
    assert "-sqrt(2)" in as_json(Reports([report]), 0.0)


def test_both_sides_are_printed_in_closed_form() -> None:
    verdict = judge(claim(x + 1, "=", 1 - x, equal(x**2, 2)))
    assert verdict.counterexample is not None
    assert {str(verdict.counterexample.left[0][0]), str(verdict.counterexample.right[0][0])} == {
        "1 + sqrt(2) ≈ 2.41421", "1 - sqrt(2) ≈ -0.414214",
    }


# ------------------------------------------------------------------------------------------------------- one instance


def at(**values: AlgebraicNumber | Fraction) -> Instance:
    names = {name.name: name for name in (x, y, eta)}
    return Instance({}, {names[name]: ((value,),) for name, value in values.items()}, {})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (equal(x**2, 2), True),
        (x**2 < 2, False),
        (x**2 >= 2, True),
        (equal(1 / (x - 1), x + 1), True),
        (equal(sqrt(3 + 2 * x), 1 + x), True),
        (abs_(x - 2) > 2 - x, False),
        (real_eigenvalues(literal([x, 1], [0, x])), True),
        (real_eigenvalues(literal([x, 1], [-1, x])), False),
        (equal(entry(eigenvalue_moduli(literal([0, x], [-x, 0])), 2, 1), x), True),
    ],
)
def test_statements_are_decided_exactly(statement: Statement, expected: bool) -> None:
    stated = claim(statement, "and", statement)
    assert Trial(at(x=SQRT_2)).holds(stated) is expected


@pytest.mark.parametrize("outside", [1 / (x**2 - 2), sqrt(x**2 - 2 - x), 1 / (sqrt(x**2 + 2) - 2)])
def test_outside_the_domain_nothing_is_refuted(outside: Term) -> None:
    stated = claim(outside, "=", 7)
    assert search_among(stated, Sampler(stated), [at(x=SQRT_2)]).counterexample is None


def test_assumptions_are_checked_exactly() -> None:
    assert meets(at(x=SQRT_2), (equal(x**2, 2), x**2 <= 2, x > 1))
    assert not meets(at(x=SQRT_2), (x**2 < 2,))
    assert not meets(at(x=SQRT_2), (x**2 > 2,))


def test_a_counterexample_that_is_none_is_an_error() -> None:
    with pytest.raises(AssertionError, match="does not hold up"):
        counterexample_at(claim(x**2, "=", 2), at(x=SQRT_2))


def test_functions_without_algebraic_values_are_enclosed() -> None:
    assert Trial(at(x=SQRT_2)).holds(claim(exp(x), ">", 4))
    assert not Trial(at(x=SQRT_2)).holds(claim(exp(x), "<", 4))
    found = counterexample_at(claim(exp(x), "<", 4), at(x=SQRT_2))
    assert str(found.left[0][0]).startswith("4.113250")
