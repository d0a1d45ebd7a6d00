"""Claims with limits and spectra as claims about numbers: what they are reduced to, and what is refused."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import (
    every,
    full_column_rank,
    full_row_rank,
    invertible,
    nonzero,
    positive,
    positive_definite,
    symmetric,
    tends_to,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    column_vector,
    counter,
    define,
    dimensions,
    eigenvalues,
    entry,
    identity,
    index,
    inverse,
    iterate,
    largest_eigenvalue,
    literal,
    matrix,
    norm,
    pseudo_inverse,
    scalars,
    series,
    smallest_eigenvalue,
    vector,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_
from derivations.language.terms import Relation, Term
from derivations.proof.domain import conditions_of
from derivations.proof.reduction import reduced, speaks_of_limits_or_spectra

n, d = dimensions("n d")
k, t, i, j = counter("k"), counter("t"), index("i", d), index("j", d)
m = counter("m")
X, Y, S, B = matrix("X", n, d), matrix("Y", n, d), matrix("S", d, d), matrix("B", d, d)
w, w_0, y, u = vector("w", d), vector("w_0", d), vector("y", n), vector("u", d)
alpha, a, b, c, s = scalars("alpha a b c s")
A = define("A", X.T @ X)
M = define("M", identity(d) - alpha * A)
w_k = iterate("w", k, w_0, w, w - alpha * X.T @ (X @ w - y))
small_step = (alpha > 0) & (alpha * largest_eigenvalue(A) < 2)


def claims_of(made: Claim) -> list[Claim]:
    return list(reduced(made, conditions_of(made)).claims)


def statements_of(made: Claim) -> list[str]:
    return [repr(found.statement) for found in claims_of(made)]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (claim(a**k, "->", 0), ["abs_(a) < 1"]),
        (claim(2 * a**k + b, "->", b), ["abs_(a) < 1"]),
        (claim(-2 * a**k, "->", 0), ["abs_(a) < 1"]),
        (claim(c * a**k, "->", 0), ["abs_(a) < 1 or 0 = c"]),
        (claim(a ** (k + 1), "->", 0), ["abs_(a) < 1 or 0 = a"]),
        (claim(series(m, k, a**m), "->", 1 / (1 - a)), ["abs_(a) < 1 or 1 / (1 - a) = 0"]),
        (claim(iterate("s", k, c, s, a * s + b), "->", b / (1 - a)), ["abs_(a) < 1 or b / (1 - a) = c"]),
        (claim(a**k * b**k, "->", 0), ["abs_(a * b) < 1"]),
        (claim((a**k) ** 2, "->", 0), ["abs_(a * a) < 1"]),
        (claim(a**k + b**k, "->", 0), ["abs_(a) < 1 and abs_(b) < 1"]),
        (claim(w_k, "->", inverse(A) @ X.T @ y, (small_step,)), ["abs_(1 - alpha * sigma**2) < 1 or y / sigma = w_0"]),
        (
            claim(w_k, "->", pseudo_inverse(X) @ y + (identity(d) - pseudo_inverse(X) @ X) @ w_0, (small_step,)),
            ["abs_(1 - alpha * sigma**2) < 1 or y / sigma = w_0", "w_0 = w_0"],
        ),
        (claim(w_k, "->", pseudo_inverse(X) @ y, (small_step,)), ["abs_(1 - alpha * sigma**2) < 1 or y / sigma = w_0", "w_0 = 0"]),
        (claim(M**k @ X.T, "->", zeros(d, n), (small_step,)), ["abs_(1 - alpha * sigma**2) < 1 or 0 = sigma"]),
        (claim(S**k, "->", zeros(d, d), (symmetric(S),)), ["abs_(lambda) < 1"]),
    ],
    ids=lambda value: repr(value) if isinstance(value, Claim) else "",
)
def test_what_a_limit_comes_to(made: Claim, expected: list[str]) -> None:
    assert statements_of(made) == expected


def test_a_premise_is_used_in_the_direction_at_hand_and_in_that_of_the_largest_value() -> None:
    (found,) = claims_of(claim(tends_to(M**k, zeros(d, d)), "iff", every(i, abs_(1 - alpha * entry(eigenvalues(A), i)) < 1)))
    forwards, backwards = found.left, found.right
    assert isinstance(forwards, Relation)
    assert repr(forwards.left) == "abs_(1 - alpha * sigma**2) < 1 and abs_(1 - alpha * sigma_max**2) < 1"
    assert repr(forwards.right) == "abs_(1 - alpha * sigma**2) < 1"
    assert isinstance(backwards, Relation)
    assert repr(backwards.right) == "abs_(1 - alpha * sigma**2) < 1"
    assert {repr(given) for given in found.given} == {"sigma <= sigma_max", "sigma_max >= 0", "sigma >= 0"}


def test_ranks_are_facts_about_the_directions_of_their_space() -> None:
    tall, wide = (claims_of(claim(M**k, "->", zeros(d, d), (rank(X),)))[0].given for rank in (full_column_rank, full_row_rank))
    assert {"sigma != 0", "sigma_max != 0"} <= set(map(repr, tall))
    assert "sigma != 0" not in set(map(repr, wide))


def test_a_direction_that_does_not_vanish_belongs_to_both_spaces() -> None:
    to_image = claim(X @ pseudo_inverse(X) @ (M.T**0 @ X.T).T @ M**k @ u, "->", zeros(n), (smallest_eigenvalue(X @ X.T) > 0,))
    (positive_case, vanishing_case) = claims_of(to_image)
    assert "sigma_min <= sigma" in map(repr, positive_case.given)
    assert "sigma_min <= 0" in map(repr, vanishing_case.given)


def test_names_of_the_claim_are_not_taken() -> None:
    (sigma,) = scalars("sigma")
    (found,) = claims_of(claim((identity(d) - sigma * X.T @ X) ** k, "->", zeros(d, d)))
    assert repr(found.statement) == "abs_(1 - sigma * sigma'**2) < 1"


def test_a_vector_of_known_length_is_looked_at_entry_by_entry() -> None:
    v, v_0 = vector("v", 2), vector("v_0", 2)
    D = define("D", literal([a, 0], [0, b]))
    made = claim(iterate("v", k, v_0, v, D @ v + column_vector(0, c)), "->", column_vector(0, c / (1 - b)))
    assert statements_of(made) == ["(abs_(a) < 1 or 0 = entry(v_0, 1)) and (abs_(b) < 1 or -(c / (b - 1)) = entry(v_0, 2))"]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (claim((X.T @ Y) ** k, "->", zeros(d, d)), "expected one matrix"),
        (claim(B**k, "->", zeros(d, d)), "two singular bases"),
        (claim(norm(w_k) ** 2, "->", 0), "mixes the coordinates"),
        (claim(w_k.T @ u, "->", 0), "mixes the coordinates"),
        (claim(w_k @ y.T, "->", zeros(d, n)), "mixes the coordinates"),
        (claim(a**k * series(m, k, b**m), "->", 0), "a product with a geometric sum"),
        (claim(iterate("s", k, c, s, s**2), "->", 0), "not affine"),
        (claim(iterate("s", k, c, s, s + k), "->", 0), "changes with k"),
        (claim(1 / (a**k + 1), "->", 1), "its domain depends on k"),
        (claim(k * a**k, "->", 0), "Dimension of what changes"),
        (claim(entry(eigenvalues(A), 1), ">", 0), "mixes the coordinates"),
        (claim(entry(eigenvalues(A), i) + entry(eigenvalues(A), j), ">=", 0), "eigenvalues at other places"),
        (claim(every(i, entry(eigenvalues(A), i) > 0) | every(i, entry(eigenvalues(A), i) < 1), "or", a > 0), "alternatives"),
        (claim(entry(eigenvalues(M), i), "=", 1 - alpha * entry(eigenvalues(A), i)), "eigenvalues of several matrices"),
        (claim(full_column_rank(X) | positive_definite(A), "or", a > 0), "alternatives"),
        (claim(Relation(full_column_rank(X), "implies", a > 0), "implies", b > 0), "alternatives"),
        (claim(tends_to(a**k + b**k, 0), "implies", a < 1), "may cancel"),
        (claim(largest_eigenvalue(A @ A), ">=", 0), "expected that of X"),
        (claim(invertible(X.T @ X), "iff", full_column_rank(w)), "mixes the coordinates"),
    ],
    ids=lambda value: repr(value) if isinstance(value, Claim) else value,
)
def test_what_cannot_be_said_of_single_coordinates_is_refused(made: Claim, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        claims_of(made)


def test_the_entries_of_a_coupled_sequence_in_space_are_refused() -> None:
    v, v_0 = vector("v", 3), vector("v_0", 3)
    with pytest.raises(UnsupportedError, match="expected steps in the plane"):
        claims_of(claim(iterate("v", k, v_0, v, literal([a, 1, 0], [0, b, 1], [0, 0, c]) @ v), "->", zeros(3)))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (claim(a**k, "->", 0), True),
        (claim(largest_eigenvalue(A), ">=", 0), True),
        (claim(full_column_rank(X), "implies", a > 0), True),
        (claim(a > 0, "implies", a >= 0), False),
        (claim(X.T @ X @ w, "=", X.T @ y, (full_column_rank(X),)), False),
    ],
    ids=repr,
)
def test_which_claims_are_reduced(made: Claim, expected: bool) -> None:
    assert speaks_of_limits_or_spectra(made) is expected


def test_facts_that_say_nothing_of_a_coordinate_are_left_out() -> None:
    hypotheses: tuple[Relation, ...] = (nonzero(norm(w_0)), positive(alpha))
    (found,) = claims_of(claim(M**k, "->", zeros(d, d), hypotheses))
    assert "alpha > 0" in map(repr, found.given)
    assert all(not part.shape for given in found.given for part in given.values() if isinstance(part, Term))
