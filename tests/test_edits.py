"""Small edits: of every kind, of the term's shape, and different from it; mutants of a claim are judged."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import SHAPES, A, L, Maker, X, c, e, i, n, s, terms, u, v, w, x, y, z

from derivations.language.assumptions import positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    column_vector,
    gradient,
    hadamard,
    hadamard_power,
    indicator,
    inverse,
    literal,
    norm,
    ones,
    softmax,
    sum_over,
    trace,
    unit,
    zeros,
)
from derivations.language.functions import exp, log, relu, sigmoid, tanh
from derivations.language.terms import Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.edits import KINDS, edits, mutants
from derivations.proof.verification import judge, judge_mutants

generous = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])


def results(term: Term, kind: str) -> list[Term]:
    return [edit.result for edit in edits(term) if edit.kind == kind]


@generous
@given(terms(depth=3))
def test_edits_keep_shape_and_indices_and_change_something(term: Term) -> None:
    found = [edit.result for edit in edits(term)]
    assert all(result.shape == term.shape and result.free <= term.free for result in found)
    assert term not in found
    assert len(set(found)) == len(found)
    assert {edit.kind for edit in edits(term)} <= set(KINDS)


EXPECTED: dict[str, tuple[Term, str, Term]] = {
    "sign of the whole": (X @ w, "sign", -(X @ w)),
    "sign of a summand": (u + c, "sign", u - c),
    "sign of a difference": (u - c, "sign", u + c),
    "sign of a literal": (column_vector(x, y), "sign", column_vector(-x, -y)),
    "twice": (u, "factor", 2 * u),
    "without a factor": (x * u, "factor", u),
    "without a divisor": (u / x, "factor", u),
    "times for divided by": (u / x, "factor", u * x),
    "without a Hadamard factor": (hadamard(u, c), "factor", c),
    "the mean for the sum": (sum_over(i, s[i]), "factor", sum_over(i, s[i]) / n),
    "transposed": (A @ u, "transpose", A.T @ u),
    "not transposed": (A.T @ u, "transpose", A @ u),
    "a symbol transposed": (trace(A) * A, "transpose", trace(A) * A.T),
    "a literal matrix transposed": (literal([1, x], [2, y]), "transpose", literal([1, 2], [x, y])),
    "order": (A @ inverse(A), "order", inverse(A) @ A),
    "without a term": (u + x * c, "term", u),
    "without the other term": (u - c, "term", -c),
    "without the inverse": (inverse(A), "term", A),
    "without a minus": (-u, "term", u),
    "exponent up": (x**2, "exponent", x**3),
    "exponent down": (x**2, "exponent", x**1),
    "Hadamard exponent": (hadamard_power(u, 2), "exponent", hadamard_power(u, 1)),
    "a norm not squared": (norm(u) ** 2, "exponent", norm(u)),
    "a norm squared": (norm(u), "exponent", norm(u) ** 2),
    "a name squared": (z, "exponent", hadamard(z, z)),
    "derivative for function": (tanh(u), "function", tanh.prime(u)),
    "function for derivative": (tanh.prime(u), "function", tanh(u)),
    "without the function": (tanh(u), "function", u),
    "exp for softmax": (softmax(u), "function", exp(u)),
    "a number": (3 * u, "number", 4 * u),
    "zeros for ones": (ones(n), "number", zeros(n)),
    "a comparison turned": (indicator(x > y), "relation", indicator(x < y)),
    "inside": (tanh(X @ w + u), "sign", tanh(X @ w - u)),
    "inside a branch": (cases((x > 0, y + 1), otherwise=0), "sign", cases((x > 0, y - 1), otherwise=0)),
    "inside a sum": (sum_over(i, s[i] + x), "sign", sum_over(i, s[i] - x)),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_slip_is_made(name: str) -> None:
    term, kind, result = EXPECTED[name]
    assert result in results(term, kind)


def test_every_kind_occurs_among_the_expected() -> None:
    assert {kind for _, kind, _ in EXPECTED.values()} == set(KINDS)


def test_descriptions_say_what_was_changed() -> None:
    assert all(edit.description.startswith(f"{edit.kind}: ") for edit in edits(X.T @ (X @ w - u)))
    assert all(edit.description.isprintable() for edit in edits(tanh(L @ e) + unit(2, 1)))


def test_names_and_derivatives_are_edited_as_a_whole() -> None:
    inner = gradient(norm(X @ w - u) ** 2, w)
    assert all(inner in (edit.result, *edit.result.values()) or edit.kind in ("sign", "factor") for edit in edits(inner))
    assert all(z in (edit.result, *edit.result.values()) for edit in edits(z))


# ---------------------------------------------------------------------------------------------------------------- mutants

LEAST_SQUARES = claim(gradient(norm(X @ w - u) ** 2, w), "=", 2 * X.T @ (X @ w - u))


def test_mutants_are_a_mixture_of_kinds() -> None:
    found = mutants(LEAST_SQUARES)
    assert len({mutant.description.split(":")[0] for mutant in found}) >= 4
    assert all(mutant.claim.left == LEAST_SQUARES.left and mutant.claim.right != LEAST_SQUARES.right for mutant in found)
    assert len(mutants(LEAST_SQUARES, most=3)) == 3


def test_no_mutant_has_equal_sides() -> None:
    assert all(mutant.claim.left != mutant.claim.right for mutant in mutants(claim(u, "=", -u)))


def test_a_comparison_is_turned_and_not_weakened() -> None:
    (mutant,) = mutants(claim(norm(u), ">=", 0))
    assert mutant.claim.relation == "<"
    assert mutants(claim(Relation(x, ">", y), "iff", Relation(y, "<", x))) == []


MUTATED: dict[str, Claim] = {
    "least squares": LEAST_SQUARES,
    "tanh layer": claim(gradient(c.T @ tanh(X @ w), X), "=", hadamard(c, tanh.prime(X @ w)) @ w.T),
    "sigmoid": claim(sigmoid.prime(x), "=", sigmoid(x) * (1 - sigmoid(x))),
    "log-sum-exp": claim(gradient(log(ones(n).T @ exp(u)), u), "=", softmax(u)),
    "Σ": claim(gradient(sum_over(i, norm(v[i] - w) ** 2), w), "=", 2 * sum_over(i, w - v[i])),
    "relu": claim(gradient(relu(x), x), "=", indicator(x > 0)),
    "an inverse": claim(gradient(trace(inverse(A)), A), "=", -(inverse(A) @ inverse(A)).T),
    "a comparison": claim(exp(x), ">", 0),
    "logarithms": claim(log(x * y), "=", log(x) + log(y), (positive(x), positive(y))),
}


@pytest.mark.parametrize("name", MUTATED)
def test_mutants_of_true_claims_do_not_survive(name: str) -> None:
    assert judge(MUTATED[name]).status is Status.PROVED
    count, refuted = judge_mutants(MUTATED[name])
    assert count.total > 0
    assert count.survivors == ()
    assert count.refuted == len(refuted)
    assert count.refuted + count.equivalent == count.total
    for place in refuted:
        assert judge(mutants(MUTATED[name])[place].claim).status is Status.REFUTED


def test_an_equivalent_variant_is_counted_as_such() -> None:
    """xᵀAx = xᵀAᵀx: the transposed variant is true as well."""
    stated = claim(u.T @ A @ u, "=", u.T @ (A @ u))
    count, refuted = judge_mutants(stated)
    assert count.equivalent >= 1
    assert count.survivors == ()
    others = [mutant.claim for place, mutant in enumerate(mutants(stated)) if place not in refuted]
    assert all(judge(other).status is Status.PROVED for other in others)


@pytest.mark.parametrize("seed", range(3))
def test_mutants_of_random_claims_are_judged_without_alarm(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        left = Maker(random.choice).term(random.choice(SHAPES), 2)
        count, refuted = judge_mutants(Claim(left, "=", left + 0 * left))
        assert count.total == count.refuted + count.equivalent + len(count.survivors)
        assert count.refuted == len(refuted)
