"""The thin singular value decomposition as an assumption: what follows from it for data of any rank, and what does not."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import (
    Assumption,
    Property,
    equal,
    nonzero,
    orthonormal_columns,
    positive,
    singular_value_decomposition,
)
from derivations.language.claims import claim
from derivations.language.constructors import (
    counter,
    det,
    diag,
    dimensions,
    entry,
    gradient,
    hadamard_power,
    identity,
    index,
    inverse,
    matrix,
    norm,
    pseudo_inverse,
    rank,
    scalar,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import ShapeError
from derivations.language.functions import reciprocal
from derivations.language.terms import Operand, Relation, Term
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.verification import judge, judge_mutants

n, d, r = dimensions("n d r")
k, j = counter("k"), index("j", r)
X, U, sigma, V = matrix("X", n, d), matrix("U", n, r), vector("sigma", r), matrix("V", d, r)
y, w, lam = vector("y", n), vector("w", d), scalar("lambda")
S = diag(sigma)
squares = diag(hadamard_power(sigma, 2))
pinv, I = pseudo_inverse, identity  # noqa: E741 (the identity's own letter)
decomposed = singular_value_decomposition(X, U, sigma, V)
Case = tuple[Term, Operand, tuple[Assumption, ...]]

PROVED: dict[str, Case] = {
    "pseudo-inverse": (pinv(X), V @ diag(reciprocal(sigma)) @ U.T, ()),
    "pseudo-inverse of the transpose": (pinv(X.T), U @ diag(reciprocal(sigma)) @ V.T, ()),
    "pseudo-inverse of the Gram matrix": (pinv(X.T @ X), V @ inverse(squares) @ V.T, ()),
    "pseudo-inverse of a factor": (pinv(U), U.T, ()),
    "Gram matrix": (X.T @ X, V @ squares @ V.T, ()),
    "the other Gram matrix": (X @ X.T, U @ squares @ U.T, ()),
    "projection onto the rows": (pinv(X) @ X, V @ V.T, ()),
    "projection onto the columns": (X @ pinv(X), U @ U.T, ()),
    "squared norm": (norm(X, "F") ** 2, norm(sigma) ** 2, ()),
    "trace of the Gram matrix": (trace(X.T @ X), sigma.T @ sigma, ()),
    "rank": (rank(X), r, ()),
    "rank of a factor": (rank(V), r, ()),
    "powers of the Gram matrix": ((X.T @ X) ** (k + 1), V @ squares ** (k + 1) @ V.T, ()),
    "powers of the iteration matrix": ((I(d) - lam * X.T @ X) ** k, I(d) - V @ V.T + V @ (I(r) - lam * squares) ** k @ V.T, ()),
    "a singular vector": (X @ V, U @ S, ()),
    "an entry in the bases": (entry(U.T @ X @ V, j, j), entry(sigma, j), ()),
    "ridge regression": (inverse(X.T @ X + lam * I(d)) @ X.T @ y, V @ inverse(squares + lam * I(r)) @ S @ U.T @ y, (positive(lam),)),
    "gradient": (gradient(norm(X @ w - y) ** 2, w), 2 * V @ S @ (S @ V.T @ w - U.T @ y), ()),
    "Pythagoras": (norm(y) ** 2, norm(U.T @ y) ** 2 + norm(y - U @ U.T @ y) ** 2, ()),
    "what V takes to zero": (X @ w, zeros(n), (equal(V.T @ w, zeros(r)),)),
}


@pytest.mark.parametrize("name", PROVED)
def test_it_follows(name: str) -> None:
    left, right, more = PROVED[name]
    verdict = judge(claim(left, "=", right, (*decomposed, *more)))
    assert verdict.status is Status.PROVED, verdict
    assert not verdict.conditions
    assert verdict.witness is not None


@pytest.mark.parametrize("name", PROVED)
def test_it_needs_the_decomposition(name: str) -> None:
    left, right, more = PROVED[name]
    if name != "Pythagoras" and V in {left, right}:
        return
    assert judge(claim(left, "=", right, more)).status is Status.REFUTED


REFUTED: dict[str, Case] = {
    "U has orthonormal rows": (U @ U.T, I(n), ()),
    "V has orthonormal rows": (V @ V.T, I(d), ()),
    "the rows span everything": (pinv(X) @ X, I(d), ()),
    "full rank": (rank(X), d, ()),
    "the singular values are not squared": (X.T @ X, V @ S @ V.T, ()),
    "the bases change places": (X.T @ X, U @ squares @ U.T, ()),
    "the singular values are not turned": (pinv(X), V @ S @ U.T, ()),
    "the product of the singular values": (norm(X, "F") ** 2, norm(sigma), ()),
    "powers from 0": ((X.T @ X) ** k, V @ squares**k @ V.T, ()),
    "the rest of the iteration matrix": ((I(d) - lam * X.T @ X) ** k, V @ (I(r) - lam * squares) ** k @ V.T, ()),
    "interpolation": (X @ pinv(X) @ y, y, ()),
}


@pytest.mark.parametrize("name", REFUTED)
def test_it_does_not_follow(name: str) -> None:
    left, right, more = REFUTED[name]
    verdict = judge(claim(left, "=", right, (*decomposed, *more)))
    assert verdict.status is Status.REFUTED, verdict


def test_an_inverse_of_the_gram_matrix_is_for_full_rank_only() -> None:
    verdict = judge(claim(inverse(X.T @ X) @ X.T @ X, "=", I(d), decomposed))
    assert verdict.status is Status.PROVED
    assert verdict.conditions == ("X.T @ X invertible", "only for d = r")


def test_singular_values_that_may_be_negative_need_not_vanish() -> None:
    """The pseudo-inverse needs no sign: what the reciprocal in the text presupposes is enough."""
    verdict = judge(claim(pinv(X), "=", V @ diag(reciprocal(sigma)) @ U.T, decomposed[:3]))
    assert verdict.status is Status.PROVED
    assert verdict.conditions == ("sigma != zeros(r) in every entry",)
    assert judge(claim(rank(X), "=", r, (*decomposed[:3], nonzero(sigma)))).status is Status.PROVED
    assert judge(claim(rank(X), "=", r, decomposed[:3])).status is Status.REFUTED


@pytest.mark.parametrize("dropped", range(4))
def test_every_part_of_the_assumption_is_needed(dropped: int) -> None:
    """Of the pseudo-inverse as a function of X: without what defines X, or orthonormal columns, or the sign of a root."""
    given = tuple(part for place, part in enumerate(decomposed) if place != dropped)
    right = V @ diag(reciprocal(hadamard_power(sigma, 2))) @ S @ U.T if dropped < 3 else V @ diag(reciprocal(sigma)) @ U.T * det(S) / det(S)
    verdict = judge(claim(pinv(X), "=", right, given))
    assert verdict.status is (Status.REFUTED if dropped < 3 else Status.PROVED), verdict


def test_the_slips_of_the_pseudo_inverse_are_refuted() -> None:
    count, refuted = judge_mutants(claim(pinv(X), "=", V @ diag(reciprocal(sigma)) @ U.T, decomposed))
    assert not count.survivors
    assert len(refuted) >= 5


def test_it_is_a_tuple_of_plain_assumptions() -> None:
    equation, *properties, sign = decomposed
    assert equation == equal(X, U @ diag(sigma) @ V.T)
    assert properties == [Property("orthonormal columns", U), Property("orthonormal columns", V)]
    assert isinstance(sign, Relation)
    assert sign.symbol == ">"
    assert claim(rank(X), "=", r, decomposed).given == decomposed


@pytest.mark.parametrize("wrong", [(X, U, sigma, V.T), (X.T, U, sigma, V), (X, V, sigma, V), (X, U, vector("s", n), V)])
def test_shapes_that_do_not_fit_are_refused(wrong: tuple[Term, Term, Term, Term]) -> None:
    with pytest.raises(ShapeError):
        singular_value_decomposition(*wrong)


def test_the_property_is_written() -> None:
    stated = orthonormal_columns(U)
    assert repr(stated) == "U orthonormal columns"
    assert "orthonormal columns" in latex(stated)
