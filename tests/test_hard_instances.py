"""A part of the matrices is badly conditioned or of deficient rank: torch's error stays within its bound there, and evidence keeps its power."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.batches import Batch, singular_spread
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.evaluation.instances import Entries, Instance
from derivations.evaluation.recipes import recipe_for
from derivations.evaluation.sampling import draw
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import scale, standing_of, summary
from derivations.evaluation.trials import HARD
from derivations.language.assumptions import Assumption, full_column_rank, invertible, orthogonal, positive, positive_definite, symmetric
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    dimensions,
    eigenvalues,
    gradient,
    identity,
    inverse,
    matrix,
    norm,
    pseudo_inverse,
    scalars,
    smallest_eigenvalue,
    trace,
    vector,
)
from derivations.language.terms import Term
from numeric.comparison import rounding_bound
from numeric.devices import DTYPES, NumericError, available_devices, generator, resolve_device
from numeric.draws import deficient, ill_conditioned

n, d = dimensions("n d")
X, Y, S = matrix("X", n, d), matrix("Y", n, d), matrix("S", d, d)
w, y, v = vector("w", d), vector("y", n), vector("v", d)
(s,) = scalars("s")
SIZES = {n: 4, d: 3}
A, hat_w = X.T @ X, inverse(X.T @ X) @ X.T @ y

# ----------------------------------------------------------------------------------------------------------------- draws


@given(st.integers(0, 999), st.integers(2, 5), st.integers(2, 5), st.sampled_from([50.0, 1e6]))
def test_condition_numbers_are_as_wanted(seed: int, rows: int, columns: int, most: float) -> None:
    conditions = torch.linalg.cond(ill_conditioned((1, 30, rows, columns), generator(seed), most)[0])
    assert conditions.max() <= most * 1.01
    assert conditions.min() >= most ** (1 / 3) * 0.99
    assert conditions.max() > most**0.7


@given(st.integers(0, 999), st.integers(2, 5))
def test_ill_conditioned_symmetric_and_definite_matrices(seed: int, side: int) -> None:
    even = ill_conditioned((1, 20, side, side), generator(seed), 1e6, symmetric=True)
    definite = ill_conditioned((1, 20, side, side), generator(seed), 1e6, definite=True)
    assert torch.equal(even, even.mT)
    assert torch.equal(definite, definite.mT)
    assert (torch.linalg.eigvalsh(definite) > 0).all()
    assert (torch.linalg.eigvalsh(even) < 0).any()


@pytest.mark.parametrize("dtype", sorted(DTYPES))
@given(seed=st.integers(0, 999), rows=st.integers(2, 5), columns=st.integers(2, 5))
def test_a_deficient_rank_is_exact_in_every_dtype(dtype: str, seed: int, rows: int, columns: int) -> None:
    plain = deficient((1, 12, rows, columns), generator(seed))
    even = deficient((1, 12, rows, rows), generator(seed), symmetric=True)
    for matrices in (plain, even):
        assert torch.equal(matrices.to(DTYPES[dtype]).double(), matrices)
        ranks = torch.linalg.matrix_rank(matrices[0], rtol=1e-12)
        assert (ranks >= 1).sum() >= 8
        assert (ranks < min(matrices.shape[2:])).all()
    assert torch.equal(even, even.mT)


def test_a_single_column_is_not_of_deficient_rank() -> None:
    with pytest.raises(NumericError, match="4 × 1 matrix that is not 0 has full rank"):
        deficient((1, 1, 4, 1), generator(0))


def drawn(terms: list[Term], assumptions: tuple[Assumption, ...] = (), dtype: str = "float64", device: str = "cpu") -> Batch:
    return draw(recipe_for(terms, assumptions), SIZES, 80, DTYPES[dtype], resolve_device(device), generator(0))


@pytest.mark.parametrize("device", available_devices())
def test_a_part_of_the_instances_is_hard(device: str) -> None:
    condition, is_deficient = singular_spread(drawn([X, w], device=device))
    assert int(is_deficient.sum()) == 10
    assert 5 <= int((condition > 100).sum()) <= 20
    assert condition.max() > 1e4
    assert 55 <= int(((condition < 100) & ~is_deficient).sum()) <= 70  # the ordinary ones are the majority


def test_matrices_take_turns() -> None:
    batch = drawn([X, Y])
    both = [singular_spread(Batch(SIZES, {each: batch.values[each]}, 80, batch.dtype, batch.device)) for each in (X, Y)]
    hard = [(condition > 100) | is_deficient for condition, is_deficient in both]
    assert not (hard[0] & hard[1]).any()
    assert all(mask.sum() >= 7 for mask in hard)


@pytest.mark.parametrize(
    "assumptions",
    [(full_column_rank(X), invertible(S)), (positive_definite(S), full_column_rank(X)), (orthogonal(S), positive(X)), (symmetric(S),)],
    ids=str,
)
def test_hard_instances_meet_the_assumptions(assumptions: tuple[Assumption, ...]) -> None:
    batch = drawn([X, S], assumptions)
    assert batch.count >= 70
    assert singular_spread(batch)[1].any() == (assumptions == (symmetric(S),))


@pytest.mark.parametrize(("dtype", "most"), [("float64", 1.1e6), ("float32", 60), ("bfloat16", 5), ("float16", 5)])
def test_the_worst_condition_leaves_a_gram_matrix_apart_from_a_singular_one(dtype: str, most: float) -> None:
    batch = drawn([X], (full_column_rank(X),), dtype)
    hard = batch.values[X].double()[4::8] if batch.count == 80 else batch.values[X].double()[:0]
    assert len(hard) == 0 or torch.linalg.cond(hard).max() <= 1.2 * most


# ------------------------------------------------------------------------------------------------------ within the bound


def exactly(tensor: torch.Tensor) -> Entries:
    return tuple(tuple(Fraction(float(entry)) for entry in row) for row in tensor)


TERMS: list[Term] = [
    hat_w,
    pseudo_inverse(X) @ y,
    inverse(A),
    X @ inverse(A) @ X.T,
    gradient(norm(X @ w - y) ** 2, w),
    A @ inverse(A),
    trace(inverse(A) @ A),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("term", TERMS, ids=str)
@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), decades=st.integers(1, 6))
def test_errors_at_badly_conditioned_instances_stay_within_the_bound(term: Term, dtype: str, seed: int, decades: int) -> None:
    source, kind = generator(seed), DTYPES[dtype]
    values = {
        X: ill_conditioned((1, 1, 4, 3), source, 10.0**decades)[0].to(kind),
        y: torch.randn(1, 4, 1, generator=source, dtype=torch.float64).to(kind),
        w: torch.randn(1, 3, 1, generator=source, dtype=torch.float64).to(kind),
    }
    found = TensorInterpreter(Batch(SIZES, values, 1, kind, torch.device("cpu"))).value(term)  # type: ignore[arg-type]
    exact = ExactInterpreter(Instance(SIZES, {key: exactly(value[0]) for key, value in values.items()}, {})).value(term)
    numbers = torch.tensor([float(Fraction(int(entry.p), int(entry.q))) for entry in exact.entries], dtype=torch.float64)
    defined, clear = standing_of(summary(found), found.roundings, kind, measured=True)
    if defined & clear:  # else it does not count
        assert (found.tensor.flatten().double() - numbers).abs().max() <= rounding_bound(found.roundings, kind) * scale(found)


def test_the_bound_grows_with_the_condition() -> None:
    source = generator(0)
    data = torch.cat([ill_conditioned((1, 20, 4, 3), source, most)[0] for most in (1e2, 1e4, 1e6)])
    values = {X: data, y: torch.randn(60, 4, 1, generator=source, dtype=torch.float64)}
    run = TensorInterpreter(Batch(SIZES, values, 60, torch.float64, torch.device("cpu")))  # type: ignore[arg-type]
    by_gram, by_svd = (summary(run.value(term)).condition for term in (hat_w, pseudo_inverse(X) @ y))
    wanted = torch.linalg.cond(data)
    assert ((by_gram > wanted**2 / 10) & (by_gram < 100 * wanted**2)).all()
    assert ((by_svd > wanted / 10) & (by_svd < 100 * wanted)).all()


# -------------------------------------------------------------------------------------------------------------- evidence


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize(
    ("true", "least"),
    [
        (claim(gradient(norm(X @ w - y) ** 2, w), "=", 2 * X.T @ (X @ w - y)), 12),
        (claim(X @ pseudo_inverse(X) @ X, "=", X), 8),
        (claim(pseudo_inverse(A), "=", pseudo_inverse(X) @ pseudo_inverse(X).T), 4),
        (claim(inverse(A) @ A, "=", identity(d), full_column_rank(X)), 3),
        (claim(hat_w, "=", pseudo_inverse(X) @ y, full_column_rank(X)), 3),
        (claim(trace(A), "=", trace(X @ X.T)), 12),
        (claim(norm(X @ w) ** 2, ">=", 0), 12),
        (claim(eigenvalues(S + S.T), "=", 2 * eigenvalues((S + S.T) / 2)), 10),
    ],
    ids=str,
)
def test_hard_instances_count(true: Claim, least: int, device: str) -> None:
    evidence = gather(true, (), NumericSettings(device))
    assert evidence.agrees
    assert evidence.hard >= least
    assert evidence.hard < evidence.instances / 2


HIDDEN: list[Claim] = [
    # true of every matrix that is well conditioned
    claim(pseudo_inverse(X) @ X, "=", identity(d)),
    claim(smallest_eigenvalue(A), ">", Fraction(1, 10**6), full_column_rank(X)),
    claim(S @ pseudo_inverse(S), "=", identity(d)),
    claim(trace(inverse(A)), "<", 10**5 * s, (full_column_rank(X), s > 1)),
]


@pytest.mark.parametrize("wrong", HIDDEN, ids=str)
def test_what_fails_at_hard_instances_only_is_told(wrong: Claim) -> None:
    evidence = gather(wrong, (), NumericSettings())
    assert not evidence.agrees, evidence


def test_hard_is_what_is_said() -> None:
    assert HARD == 1e3
    matrices = [[[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1e-4]], [[2.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]
    values = {S: torch.tensor(matrices, dtype=torch.float64)}
    condition, is_deficient = singular_spread(Batch({d: 2}, values, 4, torch.float64, torch.device("cpu")))  # type: ignore[arg-type]
    assert is_deficient.tolist() == [True, False, False, True]
    assert condition.tolist() == pytest.approx([1, 1e4, 6.85, 1], rel=1e-2)
