"""Evidence for statements: limits, regions, properties, minimisers. What is true agrees, what is wrong is told, what floats cannot tell is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evaluation.batches import Batch
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.evaluation.tensor_statements import Judge
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.truths import CONNECTIVES, Truth
from derivations.language import functions as fn
from derivations.language.assumptions import (
    Assumption,
    Every,
    equal,
    every,
    full_column_rank,
    full_row_rank,
    invertible,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
    symmetric,
    tends_to,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    argmin,
    counter,
    dimensions,
    eigenvalues,
    entry,
    gradient,
    identity,
    index,
    inverse,
    iterate,
    largest_eigenvalue,
    matrix,
    maximum,
    norm,
    ones,
    pseudo_inverse,
    rank,
    scalars,
    series,
    smallest_eigenvalue,
    trace,
    vector,
    zeros,
)
from derivations.language.terms import Relation, Statement, Term, as_term
from derivations.language.verdicts import Status, Verdict
from derivations.language.writing import verdict_text
from numeric.devices import available_devices

n, d = dimensions("n d")
k, m, t = counter("k"), counter("m"), counter("t")
X, S = matrix("X", n, d), matrix("S", d, d)
w, w_0, y, q = vector("w", d), vector("w_0", d), vector("y", n), vector("q", n)
alpha, beta, eta, sigma, rho, epsilon, s_l, s_s, a = scalars("alpha beta eta sigma rho epsilon sigma_l sigma_s a")
i = index("i", d)

A = X.T @ X
M = identity(d) - alpha * A
largest, smallest = largest_eigenvalue(A), smallest_eigenvalue(A)
weights = iterate("w", k, w_0, w, w - alpha * X.T @ (X @ w - y))
hat_w, least_norm = inverse(A) @ X.T @ y, pseudo_inverse(X) @ y
loss = norm(X @ w - y) ** 2
powers_vanish = tends_to(M**k, zeros(d, d))
region = (alpha > 0) & (alpha * largest < 2)
in_region, of_rank = (alpha > 0, alpha * largest < 2), (full_column_rank(X),)
factors_small = every(i, fn.abs_(1 - alpha * entry(eigenvalues(A), i)) < 1)
factors = (fn.abs_(1 - a * s_l**2), fn.abs_(1 - a * s_s**2))
rate = maximum(*factors)
small = (fn.abs_(rho) < 1, nonzero(rho), epsilon > 0, epsilon < 1)
scaled = 1 - 2 * eta * sigma**2

Given = tuple[Assumption, ...]
Side = Term | Statement
TABLE: list[tuple[Side, str, Side | int, list[Side | int], Given]] = [
    # left, relation, right, wrong right sides, assumptions
    (weights, "->", hat_w, [2 * hat_w, -hat_w, X.T @ y, w_0, inverse(A + identity(d)) @ X.T @ y], (*of_rank, *in_region)),
    (M**k, "->", identity(d) - pseudo_inverse(X) @ X, [zeros(d, d), identity(d), pseudo_inverse(X) @ X], in_region),
    (series(m, k, M**m) @ (alpha * X.T @ y), "->", hat_w, [2 * hat_w, X.T @ y, alpha * hat_w], (*of_rank, *in_region)),
    (powers_vanish, "iff", region, [alpha > 0, (alpha > 0) & (alpha * largest < 1), (alpha > 0) & (alpha * largest < 4)], of_rank),
    (powers_vanish, "iff", region, [(alpha < 0) & (alpha * largest < 2), (alpha > 0) | (alpha * largest < 2)], of_rank),
    (powers_vanish, "iff", region, [(alpha > 0) & (alpha * smallest < 2), (alpha > -1) & (alpha * largest < 2)], of_rank),
    (powers_vanish, "iff", full_column_rank(X) & region, [region, full_column_rank(X), full_row_rank(X) & region], ()),
    (powers_vanish, "iff", factors_small, [every(i, 1 - alpha * entry(eigenvalues(A), i) < 1)], ()),
    (powers_vanish, "iff", factors_small, [every(i, fn.abs_(1 - 2 * alpha * entry(eigenvalues(A), i)) < 1)], ()),
    (factors_small, "iff", region, [alpha > 0, (alpha > 0) & (alpha * largest < 1), (alpha > 0) & (alpha * largest < 4)], of_rank),
    (every(i, entry(eigenvalues(A), i) > 0), "iff", full_column_rank(X), [full_row_rank(X), invertible(X @ X.T)], ()),
    ((alpha > 0) & (alpha * largest < 1), "implies", powers_vanish, [alpha * largest > 1], of_rank),
    ((alpha > 0) & (alpha * largest < 4), "implies", alpha * largest < 5, [alpha * largest < 3, powers_vanish], ()),
    (fn.abs_(rho**t) < epsilon, "iff", t > fn.log(epsilon) / fn.log(fn.abs_(rho)), [t < fn.log(epsilon) / fn.log(fn.abs_(rho))], small),
    (fn.abs_(rho**t) < epsilon, "iff", t > fn.log(epsilon) / fn.log(fn.abs_(rho)), [t + 1 > fn.log(epsilon) / fn.log(fn.abs_(rho))], small),
    (tends_to(rho**t, 0), "iff", fn.abs_(rho) < 1, [rho < 1, fn.abs_(rho) < 2, fn.abs_(rho) > 1], ()),
    (tends_to(scaled**t, 0), "iff", (eta > 0) & (eta < 1 / sigma**2), [(eta > 0) & (eta < 1 / sigma), eta < 1 / sigma**2], (positive(sigma),)),
    (tends_to(scaled**t, 0), "iff", (eta > 0) & (eta < 1 / sigma**2), [(eta > 0) & (2 * eta < 1 / sigma**2)], (positive(sigma),)),
    (argmin(loss, w), "=", hat_w, [2 * hat_w, -hat_w, X.T @ y], of_rank),
    (argmin(loss + alpha * norm(w) ** 2, w), "=", inverse(A + alpha * identity(d)) @ X.T @ y, [hat_w, X.T @ y], (positive(alpha),)),
    (argmin(norm(w) ** 2, w, equal(X @ w, q)), "=", X.T @ inverse(X @ X.T) @ q, [X.T @ q, 2 * X.T @ inverse(X @ X.T) @ q], (full_row_rank(X),)),
    (argmin(norm(w - w_0) ** 2, w, equal(ones(d).T @ w, 1)), "=", w_0 + (1 - ones(d).T @ w_0) / d * ones(d), [w_0, w_0 + ones(d) / d], ()),

    (argmin(rate, a), "=", 2 / (s_l**2 + s_s**2), [1 / (s_l**2 + s_s**2), 2 / (s_l**2 - s_s**2), 1 / s_l**2], (s_s > 0, s_s < s_l)),
    (argmin(fn.exp(a) - sigma * a, a), "=", fn.log(sigma), [sigma, fn.log(sigma) / 2], (positive(sigma),)),
    (argmin((a - beta) ** 4 + (a - beta) ** 2, a), "=", beta, [-beta, 2 * beta], ()),
    (argmin((a - beta) ** 2, a, a >= beta + 1), "=", beta + 1, [beta, beta - 1], ()),
    (full_column_rank(X), "iff", Relation(rank(X), "=", d), [Relation(rank(X), "=", n), invertible(X @ X.T), Relation(rank(X) + 1, "=", d)], ()),
    (full_column_rank(X), "iff", invertible(A), [invertible(X @ X.T), positive_semidefinite(A)], ()),
    (positive_definite(S.T @ S), "iff", invertible(S), [symmetric(S)], ()),
    (Relation(rank(X), "<", d), "or", full_column_rank(X), [full_row_rank(X)], ()),
    (symmetric(A), "and", positive_semidefinite(A), [positive_definite(A), orthogonal(A), projection(A)], ()),
    (rank(A), "=", rank(X), [d, n, rank(X) + 1], ()),
    (trace(A), "=", ones(d).T @ eigenvalues(A), [largest, d * largest], ()),
    (equal(gradient(loss, w), zeros(d)), "iff", equal(A @ w, X.T @ y), [equal(A @ w, 2 * X.T @ y), equal(w, w_0)], ()),
    (equal(X @ w, zeros(n)), "iff", equal(A @ w, zeros(d)), [equal(w, zeros(d))], ()),
    (equal(*factors), "iff", equal(a, 2 / (s_l**2 + s_s**2)), [equal(a, 1 / s_l**2)], (a > 0, s_s > 0, s_s < s_l)),
    (sigma + 1, "!=", sigma, [sigma + 1], ()),
]
PAIRS = [(claim(left, relation, right, g), [claim(left, relation, each, g) for each in wrong]) for left, relation, right, wrong, g in TABLE]
PAIRS += [
    (claim(least_norm, "in", argmin(loss, w)), [claim(each, "in", argmin(loss, w)) for each in (2 * least_norm, X.T @ y, -least_norm, w_0)]),
    (claim(largest, ">=", smallest), [claim(largest, "<=", smallest), claim(largest, "=", smallest)]),
]
ROWS = [pytest.param(true, wrong, id=str(true)) for true, wrong in PAIRS]


# ------------------------------------------------------------------------------------------------------- truth and power


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("true", "wrong"), ROWS)
def test_true_statements_agree_and_every_wrong_variant_is_caught(true: Claim, wrong: list[Claim], dtype: str, device: str) -> None:
    evidence = gather(true, wrong, NumericSettings(device, dtype))
    assert evidence.agrees, evidence
    assert evidence.instances >= (20 if dtype == "float64" else 12), evidence
    assert evidence.mutants_caught == len(wrong), evidence


@settings(max_examples=120)
@given(st.sampled_from(PAIRS), st.sampled_from(["float64", "float32", "bfloat16", "float16"]), st.integers(1, 10_000))
def test_no_seed_makes_a_true_statement_fail(pair: tuple[Claim, list[Claim]], dtype: str, seed: int) -> None:
    evidence = gather(pair[0], (), NumericSettings(dtype=dtype, samples=24, seed=seed))
    assert evidence.agrees or evidence.note, evidence


WRONG: list[Claim] = [
    claim(powers_vanish, "iff", region),  # for full column rank only
    claim(weights, "->", hat_w, (alpha > 0, *of_rank)),  # for small steps only
    claim(weights, "->", least_norm, in_region),  # from a start in the row space only
    claim(M**k, "->", zeros(d, d), in_region),
    claim(argmin(loss, w), "=", least_norm),  # it is one of many, where the rank is not full
    claim(argmin(norm(w) ** 2, w, equal(X @ w, q)), "=", pseudo_inverse(X) @ y, (full_row_rank(X),)),
    claim((-1) ** t, "->", 1),
    claim((-1) ** t, "->", -1),
    claim(every(i, entry(eigenvalues(A), i) > 0), "iff", invertible(A + identity(d))),
    claim(positive_definite(A), "or", full_row_rank(X)),
    claim(invertible(S), "and", symmetric(S)),
    claim(largest, "=", trace(A)),
    claim(rank(X), "=", d),
    claim(sigma, "!=", fn.abs_(sigma)),
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_is_true_of_some_instances_only_is_told(wrong: Claim) -> None:
    evidence = gather(wrong, (), NumericSettings())
    assert evidence.instances
    assert not evidence.agrees, evidence


def test_a_wrong_variant_alone_disagrees() -> None:
    agreeing = [each for _, wrong in PAIRS for each in wrong if gather(each, (), NumericSettings()).agrees]
    assert agreeing == []


# ---------------------------------------------------------------------------------------------- what would be no evidence


@pytest.mark.parametrize(
    ("one_sided", "note"),
    [
        (claim(norm(w) ** 2 >= 0, "iff", norm(w) >= 0), "none (the left side is false at no random instance)"),
        (claim(norm(w) ** 2 < 0, "iff", norm(w) < 0), "none (the left side is true at no random instance)"),
        (claim(norm(w) ** 2 < 0, "implies", norm(w) > 1), "none (the left side is true at no random instance)"),
        (claim(powers_vanish, "iff", region, (*of_rank, *in_region)), "none (the left side is false at no random instance)"),
    ],
    ids=str,
)
def test_a_statement_is_tried_on_both_sides_of_its_border_or_not_at_all(one_sided: Claim, note: str) -> None:
    evidence = gather(one_sided, [replace(one_sided, relation="and")], NumericSettings())
    assert (evidence.note, evidence.instances, evidence.agrees) == (note, 0, False)


@pytest.mark.parametrize("indifferent", ["<", "<="])
def test_floats_do_not_tell_a_strict_comparison_from_a_weak_one(indifferent: str) -> None:
    """At the border itself rounding would decide; nothing is drawn there."""
    weak = (alpha > 0) & Relation(alpha * largest, indifferent, as_term(2))
    assert gather(claim(powers_vanish, "iff", weak, of_rank), (), NumericSettings()).agrees


@pytest.mark.parametrize("function", [fn.exp, fn.sigmoid, fn.tanh, lambda z: fn.log(1 + fn.exp(-z))])
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_values_that_a_saturating_function_brings_together_are_not_taken_for_equal(function: Callable[[Term], Term], dtype: str) -> None:
    """Of large arguments rounding leaves no difference, and there is one."""
    differs = claim(Relation(alpha, "=", beta), "iff", Relation(function(40 * alpha), "=", function(40 * beta)))
    grows = claim(Relation(alpha, "<", beta), "implies", Relation(function(40 * alpha), "!=", function(40 * beta)))
    for seed in range(20):
        for true in (differs, grows):
            evidence = gather(true, (), NumericSettings(dtype=dtype, seed=seed))
            assert evidence.agrees or evidence.note, evidence


def test_eigenvalues_of_a_matrix_that_is_not_symmetric_have_no_value() -> None:
    assert judged(equal(trace(B), largest_eigenvalue(B)), B=[[1.0, 2.0], [3.0, 4.0]]) == "-"
    assert judged(equal(trace(B) - smallest_eigenvalue(B), largest_eigenvalue(B)), B=[[1.0, 2.0], [2.0, 4.0]]) == "T"


def test_evidence_for_a_statement_reads_well() -> None:
    true, wrong = PAIRS[3]
    lines = [verdict_text(Verdict(Status.PROVED, evidence=gather(each, wrong, NumericSettings()))) for each in (true, wrong[0])]
    assert "evidence: true on " in lines[0]
    assert lines[0].endswith("3 of 3 wrong variants told apart")
    assert "evidence: FALSE on " in lines[1]


# -------------------------------------------------------------------------------------------------- leaves at an instance


def judged(statement: Statement, **values: float | list[list[float]]) -> str:
    """T, F, ? (rounding may decide) or - (no value) at one instance."""
    tensors = {name: torch.tensor(value if isinstance(value, list) else [[value]], dtype=torch.float64)[None] for name, value in values.items()}
    symbols = {symbol.name: symbol for symbol in (alpha, beta, eta, sigma, rho, matrix("B", 2, 2), vector("v", 2))}
    batch = Batch({t: 1, k: 1}, {symbols[name]: value for name, value in tensors.items()}, 1, torch.float64, torch.device("cpu"))
    true, false, outside = Judge(TensorInterpreter(batch)).everywhere(statement)
    return "-" if outside else "T" if true else "F" if false else "?"


B, v = matrix("B", 2, 2), vector("v", 2)
ROTATION, JORDAN, SHEAR = [[0.6, -0.8], [0.8, 0.6]], [[1.0, 1.0], [0.0, 1.0]], [[0.5, 9.0], [0.0, -0.5]]
PROJECTION, NILPOTENT = [[1.0, 0.0], [0.0, 0.5]], [[0.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("value", "to_zero", "to_one"),
    [
        (0.5, "T", "F"),
        (-0.999, "T", "F"),
        (1 - 1e-7, "T", "F"),
        (1 - 1e-12, "?", "?"),
        (1.0, "F", "T"),
        (-1.0, "F", "F"),
        (1 + 1e-7, "F", "F"),
        (1 + 1e-12, "?", "?"),
        (1e6, "F", "F"),
        (-3.0, "F", "F"),
        (0.0, "T", "F"),
    ],
)
def test_powers_of_a_number(value: float, to_zero: str, to_one: str) -> None:
    assert judged(tends_to(rho**t, 0), rho=value) == to_zero
    assert judged(tends_to(rho**t, 1), rho=value) == to_one
    step = iterate("u", t, 1, sigma, rho * sigma)
    assert judged(tends_to(step, 0), rho=value) == to_zero
    assert judged(tends_to(step, 1), rho=value) == to_one


@pytest.mark.parametrize(("value", "expected"), [(ROTATION, "F"), (JORDAN, "F"), (SHEAR, "T"), (PROJECTION, "F"), (NILPOTENT, "T")])
def test_powers_of_a_matrix(value: list[list[float]], expected: str) -> None:
    assert judged(tends_to(B**k, zeros(2, 2)), B=value) == expected
    assert judged(tends_to(iterate("u", k, v, vector("u", 2), B @ vector("u", 2)), zeros(2)), B=value, v=[[1.0], [1.0]]) == expected


def test_a_recurrence_that_is_not_affine_is_followed_step_by_step() -> None:
    newton = iterate("u", t, 1, sigma, (sigma + rho / sigma) / 2)
    assert judged(tends_to(newton, fn.sqrt(rho)), rho=2.0) == "T"
    assert judged(tends_to(newton, rho), rho=2.0) == "F"
    assert judged(tends_to(iterate("u", t, 1, sigma, 4 * sigma * (1 - sigma) * rho), 0), rho=0.9) == "T"


def test_quotients_of_powers_that_overflow_are_judged_before_they_do() -> None:
    assert judged(tends_to(rho**t / (2 * rho) ** t, 0), rho=7.0) == "T"


def test_a_series_is_followed_as_far_as_it_is_short() -> None:
    geometric = series(t, k, rho**t)
    assert judged(tends_to(geometric, 1 / (1 - rho)), rho=0.5) == "T"
    assert judged(tends_to(geometric, 2 / (1 - rho)), rho=0.5) == "F"
    assert judged(tends_to(geometric, 1 / (1 - rho)), rho=0.999) == "?"
    assert judged(tends_to(geometric, 1 / (1 - rho)), rho=1.5) == "F"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (sigma > rho, "T"),
        (sigma < rho, "F"),
        (sigma + 0 > sigma * 1, "F"),
        (sigma + 0 >= sigma * 1, "T"),
        (sigma * (1 + rho / 10**10) > sigma, "?"),
        (equal(sigma / 3 * 3, sigma), "T"),
        (equal(sigma, rho), "F"),
        (Relation(sigma / 3 * 3, "!=", sigma), "F"),
        (fn.log(-sigma) > 0, "-"),
        ((sigma > rho) & (fn.log(-sigma) > 0), "-"),
        (Relation(sigma < rho, "implies", fn.log(-sigma) > 0), "T"),
        (Relation(sigma > rho, "implies", fn.log(-sigma) > 0), "-"),
        ((sigma > rho) | (sigma * (1 + rho / 10**10) > sigma), "T"),
        ((sigma > rho) & (sigma * (1 + rho / 10**10) > sigma), "?"),
        (Every(index("j", 3), sigma > rho), "T"),
    ],
    ids=str,
)
def test_leaves_and_connectives(statement: Statement, expected: str) -> None:
    assert judged(statement, sigma=2.0, rho=1.0) == expected


@given(st.lists(st.sampled_from("TF?-"), min_size=2, max_size=2))
def test_connectives_know_what_both_sides_settle(values: list[str]) -> None:
    left, right = (Truth(*(torch.tensor([value == letter]) for letter in "TF-")) for value in values)
    worlds = [[letter] if letter in "TF" else ["T", "F"] for letter in values]
    meanings: dict[str, Callable[[bool, bool], bool]] = {
        "and": lambda p, q: p and q,
        "or": lambda p, q: p or q,
        "iff": lambda p, q: p == q,
        "implies": lambda p, q: not p or q,
    }
    for symbol, holds in meanings.items():
        truth, possible = CONNECTIVES[symbol](left, right), {holds(p == "T", q == "T") for p in worlds[0] for q in worlds[1]}
        if truth.known:
            assert possible == {bool(truth.true)}
        elif "-" not in values:
            assert len(possible) == 2
