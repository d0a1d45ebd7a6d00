"""Random claims about limits and spectra: what is proved must hold at instances of its own, which are evaluated without eigenvalues."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from derivations.language.assumptions import every, full_column_rank, full_row_rank, invertible, nonzero, positive_definite, symmetric, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    dimensions,
    eigenvalues,
    entry,
    identity,
    index,
    inverse,
    iterate,
    largest_eigenvalue,
    matrix,
    pseudo_inverse,
    scalars,
    series,
    smallest_eigenvalue,
    vector,
    zeros,
)
from derivations.language.errors import DeclarationError
from derivations.language.functions import abs_
from derivations.language.terms import Relation, Statement, Term, as_term
from derivations.language.verdicts import Status
from derivations.proof.refutation import holds_at, trials
from derivations.proof.sampling import Sampler
from derivations.proof.verification import judge

n, d = dimensions("n d")
k, m, i = counter("k"), counter("m"), index("i", d)
X, S = matrix("X", n, d), matrix("S", d, d)
w, w_0, y, v = vector("w", d), vector("w_0", d), vector("y", n), vector("v", d)
alpha, a, b, c, s = scalars("alpha a b c s")
generous = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def check(made: Claim, seen: Counter[Status] | None = None) -> None:
    """What is proved holds at ten more instances, and no verdict is an alarm."""
    verdict = judge(made)
    if seen is None:
        event(verdict.status.value)
    else:
        seen[verdict.status] += 1
    assert not verdict.alarm, f"{made}\n{verdict}"
    if verdict.status is Status.PROVED:
        for trial in trials(Sampler(made, seed=7), 10):
            assert holds_at(made, trial) is not False, f"{made} at {trial.instance}"


def assumptions(*choices: Statement) -> st.SearchStrategy[tuple[Statement, ...]]:
    return st.lists(st.sampled_from(choices), unique_by=repr, max_size=3).map(tuple)


# ---------------------------------------------------------------------------------------------------------------- scalars

bases = st.sampled_from([a, b, a * b, 1 - a, 1 - 2 * a * b**2, -a, a**2])
coefficients = st.sampled_from([alpha, 1 + alpha, alpha * a, c, a - 1, 1 / (1 - a)])


@st.composite
def sequences(draw: st.DrawFn, depth: int = 2) -> Term:
    if depth == 0 or draw(st.booleans()):
        base, part = draw(bases), draw(coefficients)
        sums = [series(m, k, base**m), series(m, k + 1, part * base**m)]
        return draw(st.sampled_from([base**k, part * base ** (k + 1), *sums, part, iterate("s", k, c, s, base * s + part)]))
    left, right = draw(sequences(depth - 1)), draw(sequences(depth - 1))
    return draw(st.sampled_from([left + right, left - right, left * right, draw(coefficients) * left]))


limits = st.sampled_from([as_term(0), as_term(0), as_term(1), c, alpha, 1 / (1 - a), alpha / (1 - b), c + alpha, c / (a * b), 1 / (2 * a * b**2)])
on_scalars = assumptions(abs_(a) < 1, abs_(b) < 1, a > 0, a < 1, b > 0, b < 1, abs_(1 - 2 * a * b**2) < 1, nonzero(c), a < 1 / b**2)


@generous
@given(sequences(), limits, on_scalars)
def test_limits_of_scalars(sequence: Term, limit: Term, given_: tuple[Relation, ...]) -> None:
    try:
        made = claim(sequence, "->", limit, given_)
    except DeclarationError:
        return  # the sequence does not contain the counter
    check(made)


regions = st.sampled_from([abs_(a) < 1, (a > 0) & (a < 1), (a > -1) & (a < 1), (a > 0) & (a < 1 / b**2), (a >= 0) & (a <= 1), nonzero(b) & (a < 2)])


@generous
@given(sequences(depth=0), limits, regions, on_scalars, st.sampled_from(["iff", "implies"]))
def test_regions_of_convergence_of_scalars(sequence: Term, limit: Term, region: Statement, given_: tuple[Relation, ...], relation: str) -> None:
    try:
        made = claim(tends_to(sequence, limit), relation, region, given_)
    except DeclarationError:
        return  # as above
    check(made)


# --------------------------------------------------------------------------------------------------------------- matrices

A, G = X.T @ X, X @ X.T
M, N = identity(d) - alpha * A, identity(n) - alpha * G
largest, smallest = largest_eigenvalue(A), smallest_eigenvalue(A)
step = w - alpha * X.T @ (X @ w - y)
vectors = st.sampled_from(
    [
        (iterate("w", k, w_0, w, step), [w_0, zeros(d), pseudo_inverse(X) @ y, inverse(A) @ X.T @ y, X.T @ inverse(G) @ y,
                                         pseudo_inverse(X) @ y + (identity(d) - pseudo_inverse(X) @ X) @ w_0]),
        (iterate("w", k, zeros(d), w, step), [pseudo_inverse(X) @ y, inverse(A) @ X.T @ y, X.T @ inverse(G) @ y, zeros(d)]),
        (M**k @ w_0, [zeros(d), w_0, w_0 - pseudo_inverse(X) @ X @ w_0]),
        (series(m, k, M**m) @ X.T @ y, [pseudo_inverse(X) @ y / alpha, inverse(A) @ X.T @ y / alpha]),
        (X @ M**k @ w_0, [zeros(n), X @ w_0]),
        (N**k @ y, [zeros(n), y - X @ pseudo_inverse(X) @ y]),
        (M**k @ X.T @ y, [zeros(d)]),
    ]
)  # fmt: skip
on_data = assumptions(
    full_column_rank(X), full_row_rank(X), alpha > 0, alpha < 2 / largest, alpha * largest < 2, alpha * largest <= 2, alpha * largest < 1,
    alpha * smallest < 2, smallest > 0, alpha * largest_eigenvalue(G) < 2,
)  # fmt: skip


@generous
@given(vectors.flatmap(lambda pair: st.tuples(st.just(pair[0]), st.sampled_from(pair[1]))), on_data)
def test_limits_of_vectors(sides: tuple[Term, Term], given_: tuple[Statement, ...]) -> None:
    check(claim(sides[0], "->", sides[1], given_))  # type: ignore[arg-type]


value = entry(eigenvalues(A), i)
spectral = st.sampled_from(
    [
        tends_to(M**k, zeros(d, d)), tends_to(M**k @ X.T, zeros(d, n)), tends_to(N**k, zeros(n, n)), full_column_rank(X), full_row_rank(X),
        invertible(A), positive_definite(A), positive_definite(G), every(i, abs_(1 - alpha * value) < 1), every(i, value > 0),
        every(i, abs_(1 - alpha * value) <= 1), smallest > 0, largest > 0, (alpha > 0) & (alpha * largest < 2), (alpha > 0) & (alpha * largest <= 2),
        alpha * largest < 2, alpha > 0, (alpha > 0) & (alpha * smallest < 2), full_column_rank(X) & (alpha > 0) & (alpha * largest < 2),
    ]
)  # fmt: skip


@generous
@given(spectral, spectral, st.sampled_from(["iff", "implies", "or", "and"]), on_data)
def test_statements_about_spectra(left: Statement, right: Statement, relation: str, given_: tuple[Statement, ...]) -> None:
    check(claim(left, relation, right, given_))  # type: ignore[arg-type]


symmetric_statements = st.sampled_from(
    [
        tends_to(S**k, zeros(d, d)), tends_to((identity(d) - alpha * S) ** k @ v, zeros(d)), positive_definite(S), invertible(S),
        every(i, abs_(entry(eigenvalues(S), i)) < 1), (largest_eigenvalue(S) < 1) & (smallest_eigenvalue(S) > -1), largest_eigenvalue(S) > 0,
        smallest_eigenvalue(S) > 0, every(i, entry(eigenvalues(S), i) > 0), alpha * largest_eigenvalue(S) < 2, alpha > 0,
    ]
)  # fmt: skip


@generous
@given(symmetric_statements, symmetric_statements, st.sampled_from(["iff", "implies", "or", "and"]), assumptions(positive_definite(S), alpha > 0))
def test_statements_about_a_symmetric_matrix(left: Statement, right: Statement, relation: str, given_: tuple[Statement, ...]) -> None:
    check(claim(left, relation, right, (symmetric(S), *given_)))  # type: ignore[arg-type]


def test_the_attack_reaches_all_verdicts() -> None:
    seen: Counter[Status] = Counter()
    for left in (tends_to(M**k, zeros(d, d)), full_column_rank(X), positive_definite(A)):
        for right in (every(i, abs_(1 - alpha * value) < 1), every(i, value > 0), smallest > 0):
            check(claim(left, "iff", right), seen)
    assert seen[Status.PROVED] >= 3
    assert seen[Status.REFUTED] >= 3
