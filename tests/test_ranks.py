"""Ranks in the normal form: what leaves a rank as it is, what is known of it, and what is refuted. Each rule is tested on numbers too."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evaluation.elimination import reduced_echelon
from derivations.evaluation.fields import EXACT
from derivations.evaluation.instances import Entries
from derivations.language.assumptions import (
    Assumption,
    equal,
    full_column_rank,
    full_row_rank,
    invertible,
    nonzero,
    orthogonal,
    orthonormal_columns,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
    symmetric,
)
from derivations.language.claims import claim
from derivations.language.constructors import (
    diag,
    dimensions,
    identity,
    index,
    inverse,
    literal,
    matrix,
    norm,
    pseudo_inverse,
    rank,
    row,
    scalar,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.shapes import Dim
from derivations.language.terms import Operand, Term
from derivations.language.verdicts import Status
from derivations.proof.algebra import Algebra
from derivations.proof.elementwise import FUNCTIONS
from derivations.proof.normal_form import Normalizer
from derivations.proof.refutation import trials
from derivations.proof.sampling import Sampler
from derivations.proof.verification import Budget, judge

n, d, r = dimensions("n d r")
A, X = matrix("A", n, d), matrix("X", n, d)
B, C, P, Q, S = (matrix(name, n, n) for name in "BCPQS")
U, F = matrix("U", n, r), matrix("F", d, r)
x, w, s, c = vector("x", n), vector("w", d), vector("s", n), scalar("c")
Given = tuple[Assumption, ...]
Case = tuple[Term, str, Operand, Given]

PROVED: dict[str, Case] = {
    "of a transpose": (rank(A.T), "=", rank(A), ()),
    "of a Gram matrix": (rank(A.T @ A), "=", rank(A), ()),
    "of the other Gram matrix": (rank(A @ A.T), "=", rank(A), ()),
    "of a pseudo-inverse": (rank(pseudo_inverse(A)), "=", rank(A), ()),
    "of a projection onto a range": (rank(A @ pseudo_inverse(A)), "=", rank(A), ()),
    "of a multiple": (rank(-3 * A), "=", rank(A), ()),
    "of a multiple by a scalar": (rank(c * A), "=", rank(A), (nonzero(c),)),
    "of a difference, turned": (rank(B - C), "=", rank(C.T - B.T), ()),
    "of an identity": (rank(identity(n)), "=", n, ()),
    "of zero": (rank(zeros(n, d)), "=", 0, ()),
    "of independent columns": (rank(A), "=", d, (full_column_rank(A),)),
    "of independent rows": (rank(A), "=", n, (full_row_rank(A),)),
    "of an invertible matrix": (rank(B), "=", n, (invertible(B),)),
    "of an inverse": (rank(inverse(B)), "=", n, ()),
    "of an orthogonal matrix": (rank(Q), "=", n, (orthogonal(Q),)),
    "of a definite matrix": (rank(S), "=", n, (positive_definite(S),)),
    "of what is definite by its form": (rank(A.T @ A + c * identity(d)), "=", d, (positive(c),)),
    "of orthonormal columns": (rank(U), "=", r, (orthonormal_columns(U),)),
    "of a projection": (rank(P), "=", trace(P), (projection(P),)),
    "of the complement": (rank(identity(n) - P), "=", n - rank(P), (projection(P),)),
    "of the hat matrix": (rank(A @ inverse(A.T @ A) @ A.T), "=", d, ()),
    "trace of a projection onto a range": (trace(A @ pseudo_inverse(A)), "=", rank(A), ()),
    "trace of the one on the other side": (trace(pseudo_inverse(A) @ A), "=", rank(A), ()),
    "an invertible factor": (rank(B @ A), "=", rank(A), (invertible(B),)),
    "an inverse as a factor": (rank(inverse(B) @ A), "=", rank(A), ()),
    "independent columns on the left": (rank(A @ F), "=", rank(F), (full_column_rank(A),)),
    "independent rows on the right": (rank(A @ F), "=", rank(A), (full_row_rank(F),)),
    "a diagonal factor": (rank(diag(s) @ A), "=", rank(A), (nonzero(s),)),
    "of an outer product": (rank(x @ w.T), "=", 1, (positive(norm(x) ** 2), positive(norm(w) ** 2))),
    "of a vector": (rank(x), "=", 1, (full_column_rank(x),)),
    "assumed": (trace(A @ pseudo_inverse(A)), "=", r, (equal(rank(A), r),)),
    "assumed, of the Gram matrix": (rank(A.T @ A), "=", 2, (equal(2 * identity(1), rank(A) * identity(1)),)),
    "assumed, of a semidefinite matrix": (trace(S @ pseudo_inverse(S)), "=", 2, (positive_semidefinite(S), equal(rank(S), 2))),
    "assumed, of a symmetric matrix": (rank(S @ S), "=", r, (symmetric(S), equal(rank(S), r))),
    "at least 0": (rank(A), ">=", 0, ()),
    "at most the rows": (rank(A), "<=", n, ()),
    "at most the columns": (rank(A), "<=", d, ()),
    "at most a number of columns": (rank(matrix("T", n, 3)), "<=", 3, ()),
}


@pytest.mark.parametrize("name", PROVED)
def test_it_is_proved(name: str) -> None:
    left, relation, right, assumptions = PROVED[name]
    verdict = judge(claim(left, relation, right, assumptions))
    assert verdict.status is Status.PROVED, verdict
    assert not any("only for" in condition for condition in verdict.conditions)


REFUTED: dict[str, Case] = {
    "full without an assumption": (rank(A), "=", d, ()),
    "of a multiple that may be 0": (rank(c * A), "=", rank(A), ()),
    "of a sum": (rank(B + C), "=", rank(B) + rank(C), ()),
    "of a product": (rank(B @ C), "=", rank(C), ()),
    "of a product with independent columns on the wrong side": (rank(A @ F), "=", rank(A), (full_column_rank(A),)),
    "of a diagonal factor that may vanish": (rank(diag(s) @ A), "=", rank(A), ()),
    "of an outer product that may vanish": (rank(x @ w.T), "=", 1, ()),
    "trace of any matrix": (trace(B), "=", rank(B), ()),
    "trace of a semidefinite matrix": (trace(S), "=", rank(S), (positive_semidefinite(S),)),
    "of independent columns, by its rows": (rank(A), "=", n, (full_column_rank(A),)),
    "of orthonormal columns, by their length": (rank(U), "=", n, (orthonormal_columns(U),)),
    "assumed, of the complement": (rank(identity(n) - P), "=", r, (projection(P), equal(rank(P), r))),
    "less than the rows": (rank(A), "<", n, ()),
    "at least 1": (rank(A), ">=", 1, ()),
    "of a square": (rank(B @ B), "=", rank(B), ()),
    "of literal entries": (rank(literal([c, 0], [0, 1])), "=", 2, ()),
}


@pytest.mark.parametrize("name", REFUTED)
def test_it_is_refuted(name: str) -> None:
    left, relation, right, assumptions = REFUTED[name]
    verdict = judge(claim(left, relation, right, assumptions))
    assert verdict.status is Status.REFUTED, verdict


def test_the_missing_rank_is_named() -> None:
    assert judge(claim(rank(A @ F), "=", rank(F))).missing_assumptions == ("A full column rank",)


def test_a_rank_that_no_matrix_has_is_no_proof() -> None:
    """For a 2 × 2 matrix of rank 3 everything holds, so nothing is proved."""
    verdict = judge(claim(trace(pseudo_inverse(T := matrix("T", 2, 2)) @ T), "=", 3, equal(rank(T), 3)))
    assert verdict.status is Status.UNDECIDED
    assert verdict.witness is None


# ------------------------------------------------------------------------------------------------------- against numbers

FACTS: tuple[Given, ...] = (
    (),
    (full_column_rank(A), orthogonal(Q), invertible(B)),
    (projection(P), symmetric(S), full_row_rank(F)),
    (orthonormal_columns(U), positive_definite(S), nonzero(c)),
    (equal(rank(A), r), nonzero(s)),
)
LEAVES = (A, X, B, C, P, Q, S, U, F, diag(s), x, w)


def _random_matrix(rows: Dim, columns: Dim, depth: int, random: Random) -> Term:
    fitting = [leaf for leaf in (*LEAVES, *(leaf.T for leaf in LEAVES)) if leaf.shape == (rows, columns)]
    choice = random.random()
    if fitting and (depth == 0 or choice < 0.2):
        return random.choice(fitting)
    if depth == 0 or choice < 0.6:
        middle = random.choice((n, d, r))
        return _random_matrix(rows, middle, max(depth - 1, 0), random) @ _random_matrix(middle, columns, max(depth - 1, 0), random)
    if choice < 0.75:
        return pseudo_inverse(_random_matrix(columns, rows, depth - 1, random))
    if choice < 0.9:
        return c * _random_matrix(rows, columns, depth - 1, random)
    return _random_matrix(rows, columns, depth - 1, random) + _random_matrix(rows, columns, depth - 1, random)


@given(st.integers(0, 100_000), st.sampled_from(FACTS))
@settings(max_examples=25)
def test_no_proof_about_random_ranks_is_contradicted(seed: int, facts: Given) -> None:
    """A matrix, and matrices that often have its rank: what is proved is evaluated at further instances."""
    random = Random(seed)
    sides = random.choice(((n, d), (n, n), (d, r), (n, r)))
    operand = _random_matrix(*sides, 2, random)
    gram, by_factor = operand.T @ operand, B @ operand if sides[0] == n else operand @ F.T @ F
    for other in (operand.T, gram, pseudo_inverse(operand), operand @ pseudo_inverse(operand), _random_matrix(*sides, 1, random), by_factor):
        made = claim(rank(other), "=", rank(operand), facts)
        verdict = judge(made, Budget(first=3, after_proof=8, instances=6, explain=False))
        assert not verdict.alarm, verdict
        assert verdict.status is Status.PROVED or other not in (operand.T, gram), verdict


def _rank_of(rows: Entries) -> int:
    return len(reduced_echelon(EXACT, [[EXACT.number(entry) for entry in row] for row in rows])[0])


@given(st.integers(0, 999), st.integers(1, 4), st.integers(1, 4))
def test_the_rank_is_evaluated_by_elimination(seed: int, rows: int, columns: int) -> None:
    made = claim(rank(A), "<=", n)
    instance = Sampler(made, seed).draw({n: rows, d: columns}, seed % 3)
    assert instance is not None
    of_value = claim(rank(A), "=", _rank_of(instance.values[A]))
    trial = next(iter(trials(Sampler(made, seed), 1)))
    assert type(trial)(instance).holds(of_value)


def test_a_matrix_that_varies_with_an_index_is_refused() -> None:
    i = index("i", n)
    with pytest.raises(UnsupportedError, match="the rank of a matrix that varies with an index"):
        Normalizer(Algebra(FUNCTIONS)).tensor(rank(row(A, i).T @ row(A, i)))


def test_that_a_product_has_no_greater_rank_is_left_open() -> None:
    """True, and beyond the rules at present."""
    assert judge(claim(rank(B @ C), "<=", rank(B))).status is Status.UNDECIDED
