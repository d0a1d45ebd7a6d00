"""Matrices that are drawn to have a property have it, in all its variety, and claims about them get evidence with power."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from derivations.evaluation.evidence import NumericSettings, gather
from derivations.evaluation.recipes import recipe_for
from derivations.evaluation.sampling import assignments, draw
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import summary
from derivations.language.assumptions import (
    Assumption,
    Property,
    equal,
    full_column_rank,
    full_row_rank,
    invertible,
    orthogonal,
    orthonormal_columns,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
    singular_value_decomposition,
    symmetric,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    det,
    diag,
    dimensions,
    family,
    hadamard_power,
    identity,
    index,
    inverse,
    matrix,
    norm,
    pseudo_inverse,
    rank,
    trace,
    vector,
)
from derivations.language.terms import Operand, Relation, Term, as_term
from numeric.devices import DTYPES, NumericError, available_devices, generator, resolve_device, unit_roundoff
from numeric.draws import independent, of_rank, symmetric_of_rank
from numeric.draws import orthogonal as orthogonal_draw
from numeric.draws import orthonormal as orthonormal_draw
from numeric.draws import positive_semidefinite as semidefinite_draw
from numeric.draws import projection as projection_draw

# ----------------------------------------------------------------------------------------------------------------- draws

SEEDS, SIDES = st.integers(0, 999), st.integers(1, 6)
SQUARE = [semidefinite_draw, orthogonal_draw, projection_draw]


@given(SEEDS, SIDES)
def test_semidefinite_draws(seed: int, n: int) -> None:
    drawn = semidefinite_draw((2, 8, n, n), generator(seed))
    assert torch.equal(drawn, drawn.mT)
    assert torch.linalg.eigvalsh(drawn).min() >= -4 * n * unit_roundoff(torch.float64) * drawn.abs().max().clamp(min=1)


@given(SEEDS, SIDES)
def test_orthogonal_draws(seed: int, n: int) -> None:
    drawn = orthogonal_draw((2, 8, n, n), generator(seed))
    assert (drawn.mT @ drawn - torch.eye(n, dtype=torch.float64)).abs().max() <= 8 * n * unit_roundoff(torch.float64)


@given(SEEDS, SIDES, SIDES)
def test_orthonormal_draws(seed: int, n: int, r: int) -> None:
    if r > n:
        with pytest.raises(NumericError, match=f"no {r} columns of length {n} are orthonormal"):
            orthonormal_draw((2, 8, n, r), generator(seed))
        return
    drawn = orthonormal_draw((2, 8, n, r), generator(seed))
    assert drawn.shape == (2, 8, n, r)
    assert (drawn.mT @ drawn - torch.eye(r, dtype=torch.float64)).abs().max() <= 8 * n * unit_roundoff(torch.float64)


@given(SEEDS, SIDES, SIDES, st.integers(0, 6))
def test_draws_of_a_rank(seed: int, rows: int, columns: int, wanted: int) -> None:
    if wanted > min(rows, columns):
        with pytest.raises(NumericError, match=f"no {rows} × {columns} matrix has the rank {wanted}"):
            of_rank((1, 4, rows, columns), generator(seed), wanted)
        return
    drawn = of_rank((1, 12, rows, columns), generator(seed), wanted)
    assert torch.linalg.matrix_rank(drawn, rtol=1e-9).eq(wanted).all()


@given(SEEDS, SIDES, st.integers(0, 6))
def test_symmetric_draws_of_a_rank(seed: int, n: int, wanted: int) -> None:
    rank_of = min(n, wanted)
    drawn = symmetric_of_rank((1, 12, n, n), generator(seed), rank_of)
    positive_part, projected = (make((1, 12, n, n), generator(seed), rank_of) for make in (semidefinite_draw, projection_draw))
    for each in (drawn, positive_part, projected):
        assert torch.equal(each, each.mT)
        assert torch.linalg.matrix_rank(each, rtol=1e-14, hermitian=True).eq(rank_of).all()


def test_symmetric_draws_of_a_rank_are_not_all_semidefinite() -> None:
    least = torch.linalg.eigvalsh(symmetric_of_rank((1, 100, 4, 4), generator(0), 2)[0])[:, 0]
    assert 10 < int((least > -1e-9).sum()) < 60


@given(SEEDS, SIDES)
def test_projection_draws(seed: int, n: int) -> None:
    drawn = projection_draw((2, 8, n, n), generator(seed))
    assert torch.equal(drawn, drawn.mT)
    assert (drawn @ drawn - drawn).abs().max() <= 8 * n * unit_roundoff(torch.float64)


@given(SEEDS, SIDES, SIDES)
def test_independent_draws_have_full_rank(seed: int, rows: int, columns: int) -> None:
    drawn = independent((1, 12, rows, columns), generator(seed))[0]
    assert torch.linalg.matrix_rank(drawn).eq(min(rows, columns)).all()


@pytest.mark.parametrize("n", [1, 2, 5])
def test_every_rank_is_drawn(n: int) -> None:
    for make in (semidefinite_draw, projection_draw):
        ranks = torch.linalg.matrix_rank(make((1, 200, n, n), generator(0))[0], rtol=1e-9, hermitian=True)
        assert set(ranks.tolist()) == set(range(n + 1))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_both_determinants_are_drawn(n: int) -> None:
    determinants = torch.linalg.det(orthogonal_draw((1, 200, n, n), generator(0))[0]).round()
    assert 50 < int((determinants == 1).sum()) < 150
    assert set(determinants.tolist()) == {1.0, -1.0}


def test_an_orthogonal_matrix_may_stand_anywhere() -> None:
    drawn = orthogonal_draw((1, 4000, 3, 3), generator(0))[0]
    assert drawn.mean(0).abs().max() < 0.05
    assert (drawn**2).mean(0).sub(1 / 3).abs().max() < 0.02


@pytest.mark.parametrize(("rows", "columns"), [(5, 3), (3, 5), (4, 4)])
def test_every_fourth_matrix_is_badly_conditioned(rows: int, columns: int) -> None:
    drawn = independent((1, 400, rows, columns), generator(0))[0]
    conditions = torch.linalg.cond(drawn)
    plain = torch.cat([conditions[k::4] for k in range(3)])
    assert conditions[3::4].median() > 3 * plain.median()
    assert conditions[3::4].max() > 100


@pytest.mark.parametrize("make", [*SQUARE, independent])
def test_one_seed_draws_one_batch(make: Callable[..., Tensor]) -> None:
    first, again, other = (make((2, 3, 3, 3), generator(seed)) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("make", SQUARE)
def test_a_matrix_with_these_properties_is_square(make: Callable[..., Tensor]) -> None:
    with pytest.raises(NumericError, match="matrices are square; 2 × 3 was asked for"):
        make((1, 1, 2, 3), generator(0))


# -------------------------------------------------------------------------------------------------------------- evidence

n, d, k, r = dimensions("n d k r")
U, V, sigma = matrix("U", n, r), matrix("V", d, r), vector("sigma", r)
X, Y = matrix("X", n, d), matrix("Y", d, k)
S, Q, P, H = (matrix(name, d, d) for name in "SQPH")
w, y = vector("w", d), vector("y", n)
i = index("i", n)
F = family("F", n, d, d)
I, pinv = identity, pseudo_inverse  # noqa: E741 (the identity's own letter)

Given = tuple[Assumption, ...]
DECOMPOSED = singular_value_decomposition(X, U, sigma, V)
TABLE: list[tuple[Term, str, Operand, list[Operand], Given]] = [
    # left, relation, right, wrong right sides, assumptions
    (Q.T @ Q, "=", I(d), [2 * I(d), Q @ Q, Q], (orthogonal(Q),)),
    (Q @ Q.T @ w, "=", w, [-w, Q @ w], (orthogonal(Q),)),
    (norm(Q @ w), "=", norm(w), [norm(w) ** 2, norm(w, 1)], (orthogonal(Q),)),
    (det(Q) ** 2, "=", 1, [det(Q), -det(Q), 1 + det(Q)], (orthogonal(Q),)),
    (inverse(Q), "=", Q.T, [Q, -Q.T], (orthogonal(Q),)),
    (P @ P @ w, "=", P @ w, [w, 2 * P @ w, w - P @ w], (projection(P),)),
    ((I(d) - P) @ (I(d) - P), "=", I(d) - P, [I(d), P, I(d) + P], (projection(P),)),
    (norm(w - P @ w) ** 2, "=", norm(w) ** 2 - norm(P @ w) ** 2, [norm(w) ** 2, norm(w) ** 2 + norm(P @ w) ** 2], (projection(P),)),
    (norm(P @ w), "<=", norm(w), [norm(w) / 2], (projection(P),)),
    (trace(P), "<=", d, [1, d / as_term(2)], (projection(P),)),
    (pinv(P), "=", P, [2 * P, I(d)], (projection(P),)),
    (w.T @ S @ w, ">=", 0, [w.T @ w], (positive_semidefinite(S),)),
    (S, "=", S.T, [2 * S, S @ S], (positive_semidefinite(S),)),
    (S @ pinv(S) @ S, "=", S, [S @ S, I(d)], (positive_semidefinite(S),)),
    (trace(S), ">=", 0, [1], (positive_semidefinite(S),)),
    (inverse(S) @ S, "=", I(d), [S, 2 * I(d)], (invertible(S),)),
    (inverse(S).T, "=", inverse(S), [S], (invertible(S), symmetric(S))),
    (inverse(X.T @ X) @ X.T @ X, "=", I(d), [2 * I(d)], (full_column_rank(X),)),
    (X @ X.T @ inverse(X @ X.T), "=", I(n), [2 * I(n)], (full_row_rank(X),)),
    (pinv(X), "=", inverse(X.T @ X) @ X.T, [X.T, 2 * pinv(X)], (full_column_rank(X),)),
    (pinv(X), "=", X.T @ inverse(X @ X.T), [X.T, 2 * pinv(X)], (full_row_rank(X),)),
    (pinv(X @ Y), "=", pinv(Y) @ pinv(X), [Y.T @ X.T], (full_column_rank(X), full_row_rank(Y))),
    (pinv(X @ Y) @ X @ Y, "=", I(k), [2 * I(k)], (full_column_rank(X), full_column_rank(Y))),
    (trace(X @ pinv(X)), "=", d, [n, d + as_term(1)], (full_column_rank(X),)),
    (H @ w, "=", pinv(X) @ pinv(X).T @ w, [H @ H @ w, w], (full_column_rank(X), Relation(H, "=", inverse(X.T @ X)))),
    (H @ X.T @ X, "=", I(d), [H], (full_column_rank(X), Relation(H, "=", inverse(X.T @ X)))),
    (H @ H, "=", I(d), [H], (projection(P), Relation(H, "=", I(d) - 2 * P))),
    (F[i].T @ F[i], "=", I(d), [F[i], 2 * I(d)], (orthogonal(F[i]),)),
    (w.T @ F[i] @ w, ">=", 0, [w.T @ w], (positive_semidefinite(F[i]),)),
    (U.T @ U, "=", I(r), [2 * I(r)], (orthonormal_columns(U),)),
    (pinv(U), "=", U.T, [2 * U.T], (orthonormal_columns(U),)),
    (trace(U @ U.T), "=", r, [n, r + as_term(1)], (orthonormal_columns(U),)),
    (rank(X.T @ X), "=", r, [d, r + as_term(1)], (equal(rank(X), r),)),
    (trace(X @ pinv(X)), "=", r, [d, r + as_term(1)], (equal(rank(X), r),)),
    (trace(P), "=", 2, [d, as_term(3)], (projection(P), equal(rank(P), 2))),
    (w.T @ S @ w, ">=", 0, [w.T @ w], (positive_semidefinite(S), equal(rank(S), k))),
    (trace(pinv(S) @ S), "=", k, [d, k + as_term(1)], (symmetric(S), equal(rank(S), k))),
    (pinv(X), "=", V @ inverse(diag(sigma)) @ U.T, [X.T, 2 * pinv(X)], DECOMPOSED),
    (X.T @ X, "=", V @ diag(hadamard_power(sigma, 2)) @ V.T, [V @ diag(sigma) @ V.T], DECOMPOSED),
    (norm(X, "F") ** 2, "=", norm(sigma) ** 2, [norm(sigma)], DECOMPOSED),
]
ROWS = [pytest.param(claim(a, r, b, g), [claim(a, r, each, g) for each in wrong], id=str(claim(a, r, b, g))) for a, r, b, wrong, g in TABLE]


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("true", "wrong"), ROWS)
def test_true_claims_agree_and_every_wrong_variant_is_caught(true: Claim, wrong: list[Claim], dtype: str, device: str) -> None:
    evidence = gather(true, wrong, NumericSettings(device, dtype))
    assert evidence.agrees, evidence
    assert evidence.instances >= 30
    assert evidence.mutants_caught == len(wrong)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize(("true", "wrong"), ROWS)
def test_true_claims_do_not_fail_in_sixteen_bits(true: Claim, wrong: list[Claim], dtype: str) -> None:
    evidence = gather(true, (), NumericSettings(dtype=dtype))
    assert evidence.agrees or evidence.note, evidence


@given(st.sampled_from(TABLE), st.sampled_from(sorted(DTYPES)), st.integers(1, 10_000))
@settings(max_examples=80)
def test_no_seed_makes_a_true_claim_fail(row: tuple[Term, str, Operand, list[Operand], Given], dtype: str, seed: int) -> None:
    left, relation, right, _, assumptions = row
    evidence = gather(claim(left, relation, right, assumptions), (), NumericSettings(dtype=dtype, samples=24, seed=seed))
    assert evidence.agrees or evidence.note, evidence


HALF_TRUE: list[tuple[Term, str, Operand, Given]] = [
    # true of some matrices with the property only
    (det(Q), "=", 1, (orthogonal(Q),)),
    (det(Q), "=", -1, (orthogonal(Q),)),
    (Q, "=", Q.T, (orthogonal(Q),)),
    (P, "=", 0 * P, (projection(P),)),
    (P, "=", I(d), (projection(P),)),
    (trace(P), "=", 1, (projection(P),)),
    (S @ pinv(S), "=", I(d), (positive_semidefinite(S),)),
    (S @ S, "=", trace(S) * S, (positive_semidefinite(S),)),
    (X @ pinv(X), "=", I(n), (full_column_rank(X),)),
    (pinv(X) @ X, "=", I(d), (full_row_rank(X),)),
    (S, "=", S.T, (invertible(S),)),
    (U @ U.T, "=", I(n), (orthonormal_columns(U),)),
    (pinv(X) @ X, "=", I(d), DECOMPOSED),
]


@pytest.mark.parametrize(("left", "relation", "right", "assumptions"), HALF_TRUE, ids=str)
def test_what_holds_of_some_matrices_with_the_property_only_is_told(left: Term, relation: str, right: Operand, assumptions: Given) -> None:
    assert not gather(claim(left, relation, right, assumptions), (), NumericSettings()).agrees


@pytest.mark.parametrize(("true", "wrong"), ROWS[:8])
def test_without_the_assumption_the_claim_fails(true: Claim, wrong: list[Claim]) -> None:
    evidence = gather(replace(true, given=()), (), NumericSettings())
    assert not evidence.agrees


@pytest.mark.parametrize(
    "assumptions",
    [
        (orthogonal(Q), symmetric(Q)),
        (projection(P), positive_definite(P)),
        (positive_semidefinite(S), invertible(S)),
        (positive_semidefinite(S), Relation(trace(S), ">", as_term(1))),
        (invertible(S), positive(S)),
        (full_column_rank(X), full_row_rank(X)),
        (full_column_rank(X), positive(X)),
        (full_column_rank(X @ Y), full_column_rank(Y)),
        (orthogonal(Q @ P), orthogonal(P), Relation(Q, "=", P.T)),
        (projection(P), equal(rank(P), k)),
        (equal(rank(X), k), equal(rank(S), k), positive_semidefinite(S)),
    ],
    ids=str,
)
def test_several_assumptions_are_met_together(assumptions: Given) -> None:
    held = trace(Q + P + S) + norm(X, "F") + norm(Y, "F")
    evidence = gather(claim(held, "=", trace(S) + trace(P + Q) + norm(X, "F") + norm(Y, "F"), assumptions), (), NumericSettings())
    assert evidence.agrees, evidence
    assert evidence.instances >= 3


@pytest.mark.parametrize(
    "impossible",
    [
        (orthogonal(Q), Relation(trace(Q), ">", as_term(7))),
        (projection(P), Relation(trace(P), "<", as_term(0))),
        (positive_semidefinite(S), Relation(trace(S), "<", as_term(0))),
    ],
    ids=str,
)
def test_what_no_matrix_meets_has_no_evidence(impossible: Given) -> None:
    evidence = gather(claim(trace(Q + P + S) + 0, "=", trace(S + Q + P), impossible), (), NumericSettings())
    assert evidence.note == "none (no random instance meets the assumptions inside the domain)"


# ---------------------------------------------------------------------------------------------------- sizes, and origins


def sizes_of(assumptions: Given, seed: int) -> list[dict[Term, int]]:
    terms = [assumption.term for assumption in assumptions if isinstance(assumption, Property)]
    return list(assignments(recipe_for(terms, assumptions), seed))  # type: ignore[arg-type]


@given(SEEDS)
def test_sizes_fit_the_ranks(seed: int) -> None:
    assert all(sizes[n] >= sizes[d] for sizes in sizes_of((full_column_rank(X),), seed))
    assert all(sizes[n] <= sizes[d] for sizes in sizes_of((full_row_rank(X),), seed))
    chain = sizes_of((full_column_rank(X), full_column_rank(Y)), seed)
    assert all(sizes[n] >= sizes[d] >= sizes[k] for sizes in chain)
    assert any(sizes[n] > sizes[d] > sizes[k] for sizes in chain)
    assert all(sizes[n] == sizes[d] for sizes in sizes_of((full_column_rank(X), full_row_rank(X)), seed))
    decomposed = sizes_of(DECOMPOSED, seed)
    assert all(sizes[r] <= min(sizes[n], sizes[d]) for sizes in decomposed)
    assert any(sizes[r] < sizes[n] < sizes[d] for sizes in decomposed)
    assert any(sizes[r] < sizes[d] < sizes[n] for sizes in decomposed)
    ranked = list(assignments(recipe_for([X], (equal(rank(X), r),)), seed))
    assert ranked
    assert all(sizes[r] <= min(sizes[n], sizes[d]) for sizes in ranked)


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", sorted(DTYPES))
def test_drawn_instances_meet_their_properties_in_every_dtype(dtype: str, device: str) -> None:
    assumptions = (orthogonal(Q), projection(P), positive_semidefinite(S), full_column_rank(X))
    recipe = recipe_for([Q, P, S, X], assumptions)
    batch = draw(recipe, {n: 4, d: 3}, 40, DTYPES[dtype], resolve_device(device), generator(0))
    assert batch.count >= (40 if dtype in ("float64", "float32") else 20)  # in 16 bits a full rank is sooner in doubt
    q, p = (batch.values[symbol].double() for symbol in (Q, P))
    slack = 32 * unit_roundoff(DTYPES[dtype])
    assert _apart(q.mT @ q, torch.eye(3, dtype=torch.float64, device=q.device)) <= slack
    assert _apart(p @ p, p) <= slack


def _apart(left: Tensor, right: Tensor) -> float:
    return float((left - right).abs().max())


def test_a_value_that_an_equation_gives_keeps_the_condition_of_its_making() -> None:
    assumptions = (full_column_rank(X), Relation(H, "=", inverse(X.T @ X)))
    batch = draw(recipe_for([X, H], assumptions), {n: 4, d: 3}, 40, torch.float64, torch.device("cpu"), generator(0))
    run = TensorInterpreter(batch)
    assert torch.equal(summary(run.value(H)).condition, summary(run.value(inverse(X.T @ X))).condition)
    half = batch.select(torch.arange(40) < 20)
    assert summary(TensorInterpreter(half).value(H)).condition.shape == (20,)
    assert summary(run.value(X)).condition.max() == 1
