"""Small edits: of every kind, of the term's shape, and different from it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import A, L, X, c, e, energy, i, n, s, terms, u, w, x, y

from derivations.language.constructors import (
    argmin,
    cases,
    column_vector,
    counter,
    entry,
    gradient,
    hadamard,
    hadamard_power,
    indicator,
    inverse,
    iterate,
    largest_eigenvalue,
    literal,
    maximum,
    minimum,
    norm,
    ones,
    series,
    smallest_eigenvalue,
    softmax,
    sum_over,
    trace,
    unit,
    zeros,
)
from derivations.language.functions import abs_, exp, tanh
from derivations.language.laws import expectation
from derivations.language.operators import Named
from derivations.language.terms import Term, as_term
from derivations.proof.edits import KINDS, edits, edits_inside

k, j = counter("k"), counter("j")
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
    "exponent of a counter": (A**k, "exponent", A ** (k + 1)),
    "Hadamard exponent": (hadamard_power(u, 2), "exponent", hadamard_power(u, 1)),
    "a norm not squared": (norm(u) ** 2, "exponent", norm(u)),
    "a norm squared": (norm(u), "exponent", norm(u) ** 2),
    "a name written out": (energy, "exponent", norm(w)),
    "derivative for function": (tanh(u), "function", tanh.prime(u)),
    "function for derivative": (tanh.prime(u), "function", tanh(u)),
    "without the function": (tanh(u), "function", u),
    "without the absolute value": (abs_(x), "function", x),
    "minimum for maximum": (maximum(x, y), "function", minimum(x, y)),
    "one side of a maximum": (maximum(x, y), "term", y),
    "the smallest eigenvalue for the largest": (largest_eigenvalue(A), "function", smallest_eigenvalue(A)),
    "exp for softmax": (softmax(u), "function", exp(u)),
    "a number": (3 * u, "number", 4 * u),
    "one term more": (series(j, k, A**j @ u), "index", series(j, k + 1, A**j @ u)),
    "the entry beside it": (entry(column_vector(x, y), 2), "index", entry(column_vector(x, y), 1)),
    "zeros for ones": (ones(n), "number", zeros(n)),
    "a comparison turned": (indicator(x > y), "relation", indicator(x < y)),
    "the square outside the expectation": (expectation(x**2, x), "expectation", expectation(x, x) ** 2),
    "the squared norm outside the expectation": (expectation(norm(u) ** 2, u), "expectation", norm(expectation(u, u)) ** 2),
    "an expectation taken apart": (expectation(x * y, x, y), "expectation", expectation(x, x, y) * expectation(y, x, y)),
    "inside an expectation": (expectation(x**2 + y, x), "sign", expectation(x**2 - y, x)),
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


def test_what_is_bound_and_what_is_derived_is_edited_as_a_whole() -> None:
    for whole in (gradient(norm(X @ w - u) ** 2, w), iterate("s", k, u, c, A @ c), argmin(norm(X @ w - u) ** 2, w)):
        assert {edit.kind for edit in edits(whole)} == {"sign", "factor"}
        assert not list(edits_inside(whole))


def test_a_name_is_written_out_with_a_slip() -> None:
    assert isinstance(energy, Named)
    assert [edit.result for edit in edits_inside(energy)] == [edit.result for edit in edits_inside(energy.body)] != []


def test_zero_has_no_sign_and_no_factor() -> None:
    assert {edit.kind for edit in edits(zeros(n))} == {edit.kind for edit in edits(as_term(0))} == {"number"}
