"""What a refuted claim lacks: named where the claim's text suggests it and the claim is proved with it, and nothing else."""

from __future__ import annotations

import pytest

from derivations.language.assumptions import (
    Assumption,
    full_column_rank,
    full_row_rank,
    negative,
    nonnegative,
    nonzero,
    positive,
    tends_to,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    define,
    dimensions,
    identity,
    index,
    iterate,
    largest_eigenvalue,
    matrix,
    maximum,
    pseudo_inverse,
    rank,
    scalars,
    smallest_eigenvalue,
    vector,
    zeros,
)
from derivations.language.functions import abs_, exp, sqrt
from derivations.language.terms import Relation
from derivations.language.verdicts import Status
from derivations.proof.refutation import holds_at, trials
from derivations.proof.sampling import Sampler
from derivations.proof.verification import judge

n, d = dimensions("n d")
k, i = counter("k"), index("i", d)
X, A = matrix("X", n, d), matrix("A", n, n)
y, w, w_0, u = vector("y", n), vector("w", d), vector("w_0", d), vector("u", n)
alpha, eta, sigma, sigma_l, sigma_s, x, z, z_0 = scalars("alpha eta sigma sigma_l sigma_s x z z_0")
largest = largest_eigenvalue(X.T @ X)
rho = define("rho", 1 - 2 * eta * sigma**2)
descended = iterate("w", k, w_0, w, w - alpha * X.T @ (X @ w - y))
one_coordinate = iterate("z", k, z_0, z, z - 2 * eta * sigma * (sigma * z - x))
solved = pseudo_inverse(X) @ y
step_size = (positive(alpha), alpha * largest < 2)
large_factor, small_factor = abs_(1 - 2 * eta * sigma_l**2), abs_(1 - 2 * eta * sigma_s**2)

in_range = (eta > 0) & (eta < 1 / sigma**2)

NAMED: dict[str, tuple[Claim, tuple[str, ...]]] = {
    "the rank, of a limit": (claim(descended, "->", solved, step_size), ("X full column rank",)),
    "the rank, of powers": (claim((identity(d) - alpha * X.T @ X) ** k, "->", zeros(d, d), step_size), ("X full column rank",)),
    "the rank, of an inverse": (claim(pseudo_inverse(X) @ X, "=", identity(d)), ("X full column rank",)),
    "the other rank": (claim(X @ pseudo_inverse(X), "=", identity(n)), ("X full row rank",)),
    "the rank, of the rank": (claim(rank(X), "=", d), ("X full column rank",)),
    "the rank, of eigenvalues": (claim(smallest_eigenvalue(X.T @ X), ">", 0), ("X full column rank",)),
    "the least step size": (claim(descended, "->", solved, (full_column_rank(X), step_size[1])), ("alpha > 0",)),
    "the largest step size": (
        claim(descended, "->", solved, (full_column_rank(X), step_size[0])),
        ("alpha * largest_eigenvalue(X.T @ X) < 2",),
    ),
    "the least step": (claim(rho**k, "->", 0, (eta < 1 / sigma**2,)), ("eta > 0",)),
    "the largest step": (claim(rho**k, "->", 0, (positive(sigma), positive(eta))), ("eta < 1 / sigma**2",)),
    "the range of the step": (claim(one_coordinate, "->", x / sigma, (positive(sigma),)), ("eta > 0", "eta < 1 / sigma**2")),
    "the range, and what it needs": (claim(rho**k, "->", 0), ("sigma != 0", "eta > 0", "eta < 1 / sigma**2")),
    "the range of a factor": (claim(abs_(rho), "<", 1, (positive(sigma),)), ("eta > 0", "eta < 1 / sigma**2")),
    "one end of a region": (claim(tends_to(rho**k, 0), "iff", eta < 1 / sigma**2, (positive(sigma),)), ("eta > 0",)),
    "a sign in a region": (claim(abs_(1 - eta * sigma) < 1, "iff", (eta > 0) & (eta < 2 / sigma)), ("eta >= 0",)),
    "another start": (claim(tends_to(one_coordinate, x / sigma), "iff", in_range, positive(sigma)), ("z_0 != x / sigma",)),
    "another start, of a distance": (claim(tends_to(one_coordinate - x / sigma, 0), "iff", in_range, positive(sigma)), ("z_0 != x / sigma",)),
    "which is larger": (
        claim(large_factor, "<", small_factor, (positive(sigma_l), positive(sigma_s), positive(eta), eta < 1 / (2 * sigma_l**2))),
        ("sigma_s < sigma_l",),
    ),
    "which is larger, or equal": (claim(maximum(x, z), "=", x), ("z <= x",)),
    "a sign": (claim(sqrt(x**2), "=", x), ("x >= 0",)),
}


@pytest.mark.parametrize("name", NAMED)
def test_it_is_named(name: str) -> None:
    stated, expected = NAMED[name]
    verdict = judge(stated)
    assert verdict.status is Status.REFUTED
    assert verdict.missing_assumptions == expected


NOT_NAMED: dict[str, Claim] = {
    "nothing helps": claim(x, "=", z),
    "what is claimed is not assumed": claim(x, "<", z),
    "nor in other words": claim(2 * x, "<", z),
    "not against what is given": claim(sqrt(x**2), "=", x, negative(x)),
    "all is given already": claim(descended, "->", -solved, (full_column_rank(X), *step_size)),
    "nothing meets it": claim(x, "=", z, (z > x + 1,)),
    "true with x >= 0, but not proved": claim(exp(x), ">=", 1 + x + x**2 / 2),
    "a wrong factor": claim(abs_(rho) < 1, "iff", (eta > 0) & (eta < 2 / sigma**2), positive(sigma)),
    "a wrong limit": claim(descended, "->", w_0 + solved, step_size),
}


@pytest.mark.parametrize("name", NOT_NAMED)
def test_nothing_is_named(name: str) -> None:
    verdict = judge(NOT_NAMED[name])
    assert verdict.status is Status.REFUTED
    assert verdict.missing_assumptions == ()


@pytest.mark.parametrize("name", NAMED)
def test_with_it_there_is_no_counterexample(name: str) -> None:
    """At many more instances than were looked at, from another seed."""
    stated, expected = NAMED[name]
    repaired = Claim(stated.left, stated.relation, stated.right, (*stated.given, *map(ASSUMPTIONS.__getitem__, expected)))
    seen = [holds_at(repaired, trial) for trial in trials(Sampler(repaired, seed=77), 100)]
    assert False not in seen
    assert seen.count(True) > 20


ASSUMPTIONS: dict[str, Assumption] = {
    repr(assumption): assumption
    for assumption in (
        full_column_rank(X),
        full_row_rank(X),
        positive(alpha),
        step_size[1],
        positive(eta),
        nonnegative(eta),
        positive(sigma),
        nonzero(sigma),
        eta < 1 / sigma**2,
        sigma_s < sigma_l,
        Relation(z_0, "!=", x / sigma),
        z <= x,
        nonnegative(x),
    )
}
