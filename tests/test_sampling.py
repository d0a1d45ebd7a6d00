"""Every instance meets the assumptions, whatever they are; what contradicts itself has none."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import A, L, S, X, alpha, c, d, e, f, g, i, j, n, s, u, v, w, x, y, z

from derivations.evaluation.instances import Instance
from derivations.language.assumptions import (
    Assumption,
    Property,
    full_column_rank,
    full_row_rank,
    invertible,
    negative,
    nonnegative,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
    symmetric,
)
from derivations.language.claims import claim
from derivations.language.constructors import det, entry, identity, inverse, norm, ones, sum_over, trace, zeros
from derivations.language.functions import exp, sqrt
from derivations.language.terms import Number, Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.sampling import Sampler, meets
from derivations.proof.verification import judge


def equal(left: Term, right: Term) -> Relation:
    return Relation(left, "=", right)


KINDS: dict[str, tuple[Assumption, ...]] = {
    "positive": (positive(x), positive(u), positive(X)),
    "negative": (negative(x), negative(u)),
    "nonnegative": (nonnegative(x), nonnegative(A)),
    "nonzero": (nonzero(x), nonzero(w)),
    "nonzero and one-sided": (nonzero(x), nonnegative(x), Relation(x, "<=", ones())),
    "an open interval": (positive(x), Relation(x, "<", ones())),
    "a narrow interval": (x > Fraction(1, 3), x < Fraction(1, 2)),
    "far from 0": (x > 1000, y < -1000),
    "a fixed number": (equal(x, Number(Fraction(1, 7))),),
    "turned": (Relation(zeros(), "<", x), Relation(ones(), ">=", y)),
    "symmetric": (symmetric(S),),
    "positive definite": (positive_definite(S),),
    "positive semidefinite": (positive_semidefinite(S),),
    "invertible": (invertible(A),),
    "invertible literal": (invertible(L),),
    "orthogonal": (orthogonal(A),),
    "projection": (projection(S),),
    "full column rank": (full_column_rank(X),),
    "full row rank": (full_row_rank(X),),
    "both ranks": (full_column_rank(X), full_row_rank(X)),
    "symmetric and positive": (symmetric(S), positive(S)),
    "symmetric and invertible": (symmetric(S), invertible(S)),
    "a Gram matrix": (invertible(X.T @ X),),
    "families": (positive(s[i]), nonzero(v[i]), nonnegative(f[i, j])),
    "a fixed member": (positive(s[1]), negative(g[2])),
    "an entry": (positive(entry(u, 1)), nonzero(entry(A, i, i))),
    "between names": (Relation(x, "<", y), Relation(y, "<=", alpha)),
    "between entries": (Relation(entry(u, 1), "<=", entry(u, i)),),
    "of a term": (positive(u.T @ c), nonzero(trace(A)), nonzero(det(L))),
    "given values": (equal(u, X @ w), equal(y, x**2)),
    "given values, one after the other": (equal(y, x + 1), equal(alpha, y**2)),
    "a fixed sum": (equal(x + y, ones()),),
    "irrational": (exp(x) > 2, sqrt(y) < 2),
    "an inverse": (equal(u, inverse(A) @ c),),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_instance_meets_its_assumptions(name: str) -> None:
    assumptions = KINDS[name]
    stated = claim(norm(X @ w - u) ** 2 + norm(v[i] + g[2]) ** 2 + trace(A @ S) * alpha * x * y * norm(L @ e) * s[i] * f[i, j], "=", x, assumptions)
    sampler = Sampler(stated, seed=3)
    assert not sampler.contradiction
    drawn = 0
    for spread in (0, 1, 1, 2):
        for sizes in ({n: 1, d: 1}, {n: 2, d: 3}, {n: 3, d: 2}, {n: 3, d: 3}):
            instance = sampler.draw(sizes, spread)
            if instance is not None:
                drawn += 1
                assert meets(instance, assumptions)
                assert set(instance.values) >= {x, u, w, X, A, S}
    assert drawn > 2


@pytest.mark.parametrize("kind", ["symmetric", "positive definite", "positive semidefinite", "invertible", "orthogonal", "projection"])
@given(size=st.integers(1, 3), seed=st.integers(0, 50), spread=st.integers(0, 2))
def test_constructed_matrices_have_their_property(kind: str, size: int, seed: int, spread: int) -> None:
    """Not only for some: every draw is one."""
    stated = claim(trace(A), "=", x, Property(kind, A))
    instance = Sampler(stated, seed).draw({n: size}, spread)
    assert instance is not None
    matrix = instance.rational(A)
    flipped = tuple(zip(*matrix, strict=True))

    def times(left: tuple[tuple[Fraction, ...], ...], right: tuple[tuple[Fraction, ...], ...]) -> tuple[tuple[Fraction, ...], ...]:
        return tuple(tuple(sum((a * b for a, b in zip(r, c, strict=True)), Fraction(0)) for c in zip(*right, strict=True)) for r in left)

    eye = tuple(tuple(Fraction(int(r == c)) for c in range(size)) for r in range(size))
    checks = {
        "symmetric": lambda: matrix == flipped,
        "positive definite": lambda: matrix == flipped and all(_minor(matrix, m) > 0 for m in range(1, size + 1)),
        "positive semidefinite": lambda: matrix == flipped and all(_quadratic(matrix, Random(seed + t)) >= 0 for t in range(5)),
        "invertible": lambda: _minor(matrix, size) != 0,
        "orthogonal": lambda: times(flipped, matrix) == eye,
        "projection": lambda: matrix == flipped and times(matrix, matrix) == matrix,
    }
    assert checks[kind]()


def _minor(matrix: tuple[tuple[Fraction, ...], ...], size: int) -> Fraction:
    if size == 0:
        return Fraction(1)
    rows = [row[:size] for row in matrix[:size]]
    return sum(((-1) ** c * rows[0][c] * _minor(tuple(row[:c] + row[c + 1 :] for row in rows[1:]), size - 1) for c in range(size)), Fraction(0))


def _quadratic(matrix: tuple[tuple[Fraction, ...], ...], random: Random) -> Fraction:
    vector = [Fraction(random.randint(-5, 5)) for _ in matrix]
    return sum((a * entry_ * b for a, row in zip(vector, matrix, strict=True) for entry_, b in zip(row, vector, strict=True)), Fraction(0))


def test_both_determinants_of_an_orthogonal_matrix_occur() -> None:
    sampler = Sampler(claim(det(A), "=", 1, orthogonal(A)))
    found = {_minor(instance.rational(A), 2) for _ in range(40) if (instance := sampler.draw({n: 2}, 1)) is not None}
    assert found == {1, -1}


def test_several_ranks_of_a_projection_occur() -> None:
    sampler = Sampler(claim(trace(S), "=", 1, projection(S)))
    drawn = [sampler.draw({n: size}, 0) for size in (1, 2, 3) for _ in range(20)]
    traces = {sum(row[m] for m, row in enumerate(instance.rational(S))) for instance in drawn if instance is not None}
    assert {0, 1, 2} <= traces


def test_large_entries_are_drawn() -> None:
    instance = Sampler(claim(x, "=", y)).draw({}, 2)
    assert instance is not None
    assert any(instance.rational(name)[0][0].denominator > 1000 for name in instance.values)


def test_the_same_seed_draws_the_same() -> None:
    def drawn(seed: int) -> list[Instance | None]:
        sampler = Sampler(claim(norm(X @ w), "=", x), seed)
        return [sampler.draw(sampler.distinct_sizes(), spread) for spread in (0, 1, 2)]

    assert drawn(7) == drawn(7) != drawn(8)


def test_distinct_sizes_are_distinct() -> None:
    sampler = Sampler(claim(norm(X @ w), "=", x))
    assert all(len(set(sampler.distinct_sizes().values())) == 2 for _ in range(10))


# ---------------------------------------------------------------------------------------------------------- contradictions

CONTRADICTIONS: dict[str, tuple[Assumption, ...]] = {
    "signs": (positive(x), negative(x)),
    "an empty interval": (x > 2, x < 1),
    "a point without itself": (nonnegative(x), Relation(x, "<=", zeros()), nonzero(x)),
    "two values": (equal(x, Number(Fraction(1))), equal(x, Number(Fraction(2)))),
    "vectors": (positive(u), negative(u)),
    "families": (positive(s[i]), Relation(s[i], "<", zeros())),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_plain_contradiction_is_named(name: str) -> None:
    stated = claim(norm(u) ** 2 + x + s[i], "=", norm(u) ** 2 + s[i] + x, CONTRADICTIONS[name])
    verdict = judge(stated)
    assert verdict.status is Status.UNDECIDED
    assert "contradict" in verdict.reason


HIDDEN: dict[str, tuple[Assumption, ...]] = {
    "a square": (Relation(x**2, "<", zeros()),),
    "a definite matrix": (positive_definite(S), Relation(trace(S), "<", zeros())),
    "a norm": (equal(norm(u) ** 2, -ones()),),
    "dimensions": (Relation(n, "<", ones()),),
    "ranks": (full_column_rank(X), equal(X, zeros(n, d))),
    "a chain": (Relation(x, "<", y), Relation(y, "<", z.T @ z), Relation(z.T @ z, "<", x)),
    "bounds of a vector": (positive(u), Relation(u, "<", -1 * ones(n))),
    "an orthogonal singular matrix": (orthogonal(A), equal(det(A), zeros())),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_nothing_is_proved_under_assumptions_that_nothing_meets(name: str) -> None:
    stated = claim(x + norm(X @ w) ** 2 + trace(A @ S), "=", trace(S @ A) + norm(X @ w) ** 2 + x, HIDDEN[name])
    verdict = judge(stated)
    assert verdict.status is Status.UNDECIDED, verdict
    assert verdict.witness is None


# -------------------------------------------------------------------------------------------------------------- dimensions


def only_for(verdict_conditions: tuple[str, ...]) -> list[str]:
    return [condition for condition in verdict_conditions if condition.startswith("only for")]


def test_only_where_dimensions_are_equal() -> None:
    hat = X @ inverse(X.T @ X) @ X.T
    verdict = judge(claim(hat, "=", identity(n), (invertible(X @ X.T), invertible(X.T @ X))))
    assert verdict.status is Status.PROVED
    assert only_for(verdict.conditions) == ["only for d = n"]
    assert judge(claim(hat, "=", identity(n))).status is Status.REFUTED


@pytest.mark.parametrize(
    ("left", "right", "given_"),
    [
        (X @ w + u, u + X @ w, ()),
        (ones(n).T @ sqrt(X) @ ones(d), ones(d).T @ sqrt(X).T @ ones(n), ()),
        (inverse(X.T @ X) @ X.T @ X, identity(d), (full_column_rank(X),)),
        (sum_over(i, sum_over(j, f[i, j])), sum_over(j, sum_over(i, f[i, j])), ()),
        (sqrt(X @ w), sqrt(X @ w) + 0 * u, ()),
    ],
)
def test_dimensions_that_may_differ_are_not_called_equal(left: Term, right: Term, given_: tuple[Assumption, ...]) -> None:
    verdict = judge(claim(left, "=", right, given_))
    assert verdict.status is Status.PROVED
    assert not only_for(verdict.conditions)
    assert verdict.witness is not None
