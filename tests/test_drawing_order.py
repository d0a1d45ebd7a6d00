"""Instances of assumptions that relate names: found every time, on the borders too, and of every rank."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.elimination import reduced_echelon
from derivations.evaluation.fields import EXACT, rational
from derivations.evaluation.instances import Entries, Instance
from derivations.evaluation.interpreter import Inexact
from derivations.language.assumptions import (
    Assumption,
    Property,
    equal,
    every,
    full_column_rank,
    nonzero,
    positive,
    positive_definite,
    symmetric,
    tends_to,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    counter,
    define,
    dimensions,
    eigenvalues,
    entry,
    family,
    identity,
    index,
    iterate,
    largest_eigenvalue,
    matrix,
    maximum,
    minimum,
    norm,
    pseudo_inverse,
    rank,
    scalar,
    scalars,
    smallest_eigenvalue,
    vector,
    zeros,
)
from derivations.language.functions import abs_, define_function, sqrt
from derivations.language.terms import Dimension, Relation, Symbol, Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.constructions import of_low_rank, with_rational_spectrum
from derivations.proof.drawing_order import drawing_order
from derivations.proof.intervals import simplest_between, solution
from derivations.proof.refutation import trials
from derivations.proof.sampling import Sampler, meets
from derivations.proof.verification import Budget, judge

n, d = dimensions("n d")
k = counter("k")
i, j = index("i", d), index("j", d)
X, A, S, G = matrix("X", n, d), matrix("A", n, n), matrix("S", d, d), matrix("G", d, d)
y, w, w_0, v, s = vector("y", n), vector("w", d), vector("w_0", d), vector("v", d), vector("s", d)
alpha, beta, eta, sigma, sigma_l, sigma_s, kappa = scalars("alpha beta eta sigma sigma_l sigma_s kappa")
largest, least = largest_eigenvalue(X.T @ X), smallest_eigenvalue(X.T @ X)
rho = define("rho", 1 - 2 * eta * sigma**2)

near_kappa = (alpha > kappa, alpha < kappa + Fraction(1, 100))

RELATED: dict[str, tuple[Assumption, ...]] = {
    "a bound": (eta > 0, eta < 1 / sigma**2),
    "a bound, closed": (eta > 0, eta <= 1 / sigma**2),
    "a bound, turned": (eta > 0, 1 / sigma**2 > eta),
    "a bound on a multiple": (eta > 0, 2 * eta * sigma**2 < 1),
    "another scalar": (sigma_s < sigma_l,),
    "a chain": (positive(sigma_s), sigma_s < sigma_l, sigma_l < sigma, eta > 0, eta < 1 / sigma**2),
    "a narrow chain": (sigma_s > 100, sigma_l - sigma_s > 1, sigma_l - sigma_s < Fraction(101, 100) + 0 * sigma_s),
    "two bounds": (positive(beta), Relation(beta, "<=", beta**0), eta < (1 - beta) / sigma**2, eta > 0),
    "an absolute value": (abs_(1 - 2 * eta * sigma**2) < 1,),
    "a definition": (abs_(rho) < 1, nonzero(sigma)),
    "the larger of two": (maximum(sigma_l, sigma_s) < eta,),
    "the smaller of two": (minimum(sigma_l, sigma_s) > eta,),
    "an eigenvalue": (alpha > 0, alpha * largest < 2),
    "an eigenvalue as a divisor": (alpha > 0, alpha < 2 / largest),
    "an eigenvalue, and a rank": (full_column_rank(X), alpha > 0, alpha * largest <= 2),
    "an eigenvalue of a definite matrix": (positive_definite(S), alpha > 0, alpha < smallest_eigenvalue(S)),
    "every entry": (eta > 0, eta * entry(s, j) ** 2 < 1),
    "an irrational bound": (eta > 0, eta < sqrt(sigma), sigma > 0),
    "a norm": (norm(w) < eta,),
    "an equation": (equal(alpha * (largest + least), 2 + 0 * alpha), full_column_rank(X)),
    "an equation of scalars": (equal(alpha + beta, sigma * eta), positive(alpha), positive(beta)),
    "an equation of vectors": (equal(X @ w, X @ w_0),),
    "normal equations": (equal(X.T @ X @ w, X.T @ y),),
    "a kernel": (equal(X @ w, zeros(n)), nonzero(w.T @ w)),
    "a matrix": (equal(S @ G, G @ S), symmetric(S)),
    "through a given value": (equal(kappa, sigma_l / sigma_s), positive(sigma_l), positive(sigma_s), *near_kappa),
    "through a value that comes late": (equal(kappa, sigma_l / sigma_s), positive(sigma_s), sigma_s < sigma_l, *near_kappa),
}


def stated(assumptions: tuple[Assumption, ...]) -> Claim:
    every_name = norm(w) ** 2 + norm(w_0) ** 2 + norm(s) ** 2 + alpha * beta * eta * sigma * sigma_l * sigma_s * kappa + norm(X @ v - y) ** 2
    return claim(every_name, "=", norm(S, "F") * norm(G, "F"), assumptions)


@pytest.mark.parametrize("name", RELATED)
def test_what_relates_names_is_met(name: str) -> None:
    """At nearly every draw, whatever the spread; a kernel needs room."""
    sampler = Sampler(stated(RELATED[name]))
    sizes: list[dict[Dimension, int]] = [{n: 1, d: 1}, {n: 3, d: 2}, {n: 2, d: 3}, {n: 3, d: 3}]
    possible = [size for size in sizes if sampler.fits(size) and (name != "a kernel" or size[n] < size[d])]
    drawn = [sampler.draw(size, spread) for size in possible for spread in (0, 1, 2) for _ in range(4)]
    found = [instance for instance in drawn if instance is not None]
    assert all(meets(instance, RELATED[name]) for instance in found)
    assert len(found) >= 0.9 * len(drawn)
    assert len({repr(instance) for instance in found}) > len(found) / 3


def attempts(assumptions: tuple[Assumption, ...]) -> float:
    """How many attempts an instance takes."""
    sampler = Sampler(stated(assumptions))
    made = [sampler._attempt({n: 3, d: 2}, 1) for _ in range(100)]
    return 100 / sum(instance is not None and meets(instance, assumptions) for instance in made)


@pytest.mark.parametrize("name", [name for name in RELATED if name != "a kernel"])
def test_by_construction_and_not_by_chance(name: str) -> None:
    assert attempts(RELATED[name]) < {"a chain": 4, "two bounds": 5, "an equation": 4}.get(name, 1.3)


@pytest.mark.parametrize("spread", [0, 1])
def test_constructed_numbers_are_plain(spread: int) -> None:
    sampler = Sampler(claim(eta, "=", sigma, (eta > 0, eta < 1 / sigma**2)))
    for _ in range(40):
        instance = sampler.draw({}, spread)
        assert instance is not None
        assert value(instance, eta).denominator <= 200


def value(instance: Instance, name: Term) -> Fraction:
    assert isinstance(name, Symbol)
    ((number,),) = instance.rational(name)
    return number


# ------------------------------------------------------------------------------------------------------------------ borders

large_factor, small_factor, as_fast = abs_(1 - eta * sigma_l**2), abs_(1 - eta * sigma_s**2), 2 / (sigma_l**2 + sigma_s**2)
small_factors, downhill = every(i, abs_(1 - alpha * entry(eigenvalues(X.T @ X), i)) < 1), (alpha > 0, full_column_rank(X))
BORDERS: dict[str, tuple[Relation, tuple[Assumption, ...], Relation]] = {
    "of a comparison": (Relation(eta < 1 / sigma**2, "implies", eta < 1), (eta > 0,), equal(eta, 1 / sigma**2)),
    "of an absolute value": (Relation(tends_to(rho**k, 0), "iff", abs_(rho) < 1), (positive(sigma),), equal(rho, -1 + 0 * eta)),
    "of two absolute values": (large_factor < small_factor, (sigma_s < sigma_l, sigma_s > 0), equal(eta, as_fast)),
    "of a maximum": (maximum(eta - sigma, sigma_l) <= 3, (), equal(eta - sigma, 3 + 0 * eta)),
    "of an assumption": (tends_to(rho**k, 0), (eta > 0, eta <= 1 / (7 * sigma**2)), equal(eta, 1 / (7 * sigma**2))),
    "of an equation in a premise": (Relation(equal(alpha, 2 / (3 + beta**2)), "implies", alpha < 1), (), equal(alpha, 2 / (3 + beta**2))),
    "of an inequality": (Relation(alpha, "!=", 7 * beta), (), equal(alpha, 7 * beta)),
    "of a branch": (equal(cases((alpha > 5 * beta, alpha), otherwise=beta), beta), (), equal(alpha, 5 * beta)),
    "of an eigenvalue": (Relation(alpha * largest < 2, "implies", alpha < 1), downhill, equal(alpha * largest, 2)),
    "of every eigenvalue": (Relation(small_factors, "iff", alpha < 5), downhill, equal(alpha * largest, 2)),
}


@pytest.mark.parametrize("name", BORDERS)
def test_borders_are_visited(name: str) -> None:
    statement, assumptions, border = BORDERS[name]
    made = Claim(statement.left, statement.symbol, statement.right, assumptions)
    drawn = [trial.instance for trial in trials(Sampler(made), 60)]
    there = [instance for instance in drawn if meets(instance, (border,))]
    assert len(there) > 3
    assert len(drawn) - len(there) > 20  # and not only these


def test_an_open_border_is_not_visited() -> None:
    sampler = Sampler(claim(tends_to(rho**k, 0), "iff", eta < 1 / sigma**2, (eta > 0, eta < 1 / sigma**2)))
    drawn = [sampler.draw({}, 1) for _ in range(60)]
    assert all(instance is not None and value(instance, eta) < 1 / value(instance, sigma) ** 2 for instance in drawn)


FALSE_ON_THE_BORDER: dict[str, Claim] = {
    "rho": claim(tends_to(rho**k, 0), "iff", (eta > 0) & (eta <= 1 / sigma**2), positive(sigma)),
    "rho, at 0": claim(tends_to(rho**k, 0), "iff", (eta >= 0) & (eta < 1 / sigma**2), positive(sigma)),
    "under a closed bound": claim(rho**k, "->", 0, (positive(sigma), eta > 0, eta <= 1 / sigma**2)),
    "as fast": claim(large_factor < small_factor, "iff", eta <= as_fast, (sigma_s > 0, sigma_s < sigma_l, eta > 0)),
    "powers": claim(tends_to((identity(d) - alpha * X.T @ X) ** k, zeros(d, d)), "iff", (alpha > 0) & (alpha * largest <= 2), full_column_rank(X)),
    "a maximum": claim(maximum(alpha, beta) < 1, "iff", (alpha <= 1) & (beta < 1)),
}


@pytest.mark.parametrize("name", FALSE_ON_THE_BORDER)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_false_on_the_border_only_is_refuted(name: str, seed: int) -> None:
    assert judge(FALSE_ON_THE_BORDER[name], Budget(seed=seed, explain=False)).status is Status.REFUTED


# ------------------------------------------------------------------------------------------------------------------- ranks

descended = iterate("w", k, w_0, w, w - alpha * X.T @ (X @ w - y))
RANKS: dict[str, Claim] = {
    "a pseudo-inverse": claim(X @ pseudo_inverse(X) @ y, "=", y),
    "a rank": claim(rank(X.T @ X), "=", rank(X)),
    "a limit": claim(descended, "->", pseudo_inverse(X) @ y, (alpha > 0, alpha * largest < 2)),
    "eigenvalues": claim(least, ">=", 0),
}


def rank_of(rows: Entries) -> int:
    return len(reduced_echelon(EXACT, [[EXACT.number(number) for number in row] for row in rows])[0])


@pytest.mark.parametrize("name", RANKS)
@pytest.mark.parametrize("seed", range(4))
def test_deficient_ranks_are_among_the_first(name: str, seed: int) -> None:
    """With matrices larger than 1 × 1, and beside full ones."""
    first = [trial.instance.values[X] for trial in trials(Sampler(RANKS[name], seed), 5)]
    larger = [rows for rows in first if len(rows) > 1 and len(rows[0]) > 1]
    assert any(rank_of(rows) < min(len(rows), len(rows[0])) for rows in larger)
    assert any(rank_of(rows) == min(len(rows), len(rows[0])) for rows in first)


@pytest.mark.parametrize("name", RANKS)
def test_many_have_rational_eigenvalues(name: str) -> None:
    spectra = []
    for trial in trials(Sampler(RANKS[name]), 30):
        try:
            spectra.append(ExactInterpreter(trial.instance).value(eigenvalues(X.T @ X)).entries)
        except Inexact:
            spectra.append(())
    assert sum(bool(spectrum) for spectrum in spectra) >= 15
    assert len({spectrum for spectrum in spectra if len(set(spectrum)) > 1}) > 4


def test_a_claim_without_ranks_keeps_its_matrices() -> None:
    drawn = [trial.instance.values[X] for trial in trials(Sampler(claim(norm(X @ w), "=", 0)), 30)]
    assert sum(rank_of(rows) < min(len(rows), len(rows[0])) for rows in drawn if len(rows) > 1 and len(rows[0]) > 1) < 8


KINDS = ["", "symmetric", "positive definite", "positive semidefinite", "invertible", "full column rank", "full row rank"]


@given(kind=st.sampled_from(KINDS), sizes=st.tuples(st.integers(2, 3), st.integers(2, 3)), seed=st.integers(0, 10_000))
def test_spectra_are_rational_and_properties_kept(kind: str, sizes: tuple[int, int], seed: int) -> None:
    random = Random(seed)
    square = kind in ("symmetric", "positive definite", "positive semidefinite", "invertible")
    height, width = {"full column rank": (max(sizes), min(sizes)), "full row rank": (min(sizes), max(sizes))}.get(kind, sizes)
    height = width if square else height

    def numbers(rows: int) -> list[list[Fraction]]:
        return [[Fraction(random.randint(-2, 2)) for _ in range(width)] for _ in range(rows)]

    made = with_rational_spectrum(numbers(height), numbers(width), frozenset((kind,)))
    assert made is not None
    entries = tuple(map(tuple, made))
    instance = Instance({n: height, d: width}, {X: entries, A: entries}, {})
    about = A if square else X
    ExactInterpreter(instance).value(eigenvalues(about.T @ about))  # raises Inexact if one is irrational
    if kind in ("symmetric", "positive definite", "positive semidefinite"):
        ExactInterpreter(instance).value(eigenvalues(A))
    if kind:
        assert meets(instance, (Property(kind, about),))


@given(st.integers(1, 3), st.integers(1, 3), st.lists(st.integers(-2, 2), min_size=9, max_size=9))
def test_low_ranks_are_low(rows: int, columns: int, numbers: list[int]) -> None:
    made = of_low_rank([[Fraction(numbers[3 * row + column]) for column in range(columns)] for row in range(rows)])
    assert (len(made), len(made[0])) == (rows, columns)
    assert rank_of(tuple(map(tuple, made))) < min(rows, columns)


# ------------------------------------------------------------------------------------------------------------ the pieces


@given(st.fractions(-5, 5, max_denominator=30), st.fractions(-5, 5, max_denominator=30))
def test_the_simplest_fraction_between(a: Fraction, b: Fraction) -> None:
    if a == b:
        return
    low, high = min(a, b), max(a, b)
    found = simplest_between(low, high)
    assert low < found < high
    for denominator in range(1, found.denominator):
        first = low.numerator * denominator // low.denominator + 1
        assert not low < Fraction(first, denominator) < high
    assert gcd(found.numerator, found.denominator) == 1


def rows(*lines: tuple[int, ...]) -> Entries:
    return tuple(tuple(map(Fraction, line)) for line in lines)


def test_equations_are_solved_with_the_guess_where_they_leave_a_choice() -> None:
    instance = Instance({n: 2, d: 3}, {X: rows((1, 0, 2), (0, 1, 0)), y: rows((3,), (4,))}, {})
    guess = rows((9,), (9,), (5,))
    assert solution(instance, w, (X @ w - y,), guess) == rows((-7,), (4,), (5,))
    assert solution(instance, w, (w - w,), guess) == guess
    assert solution(instance, w, (X @ w - y, w - zeros(d)), guess) is None
    inconsistent = Instance({n: 2, d: 1}, {X: rows((1,), (1,)), y: rows((3,), (4,))}, {})
    assert solution(inconsistent, w, (X @ w - y,), rows((1,))) is None


def order(assumptions: tuple[Assumption, ...], left: Term = eta) -> list[str]:
    made = claim(left, "=", left + 0 * sigma, assumptions)
    sampler = Sampler(made)
    written = tuple(subterms(made.terms))
    return [name.name for name in drawing_order(made, written, sampler.names, sampler.dimensions, [])]


def test_an_equation_for_every_index_is_solved_for_all_of_them() -> None:
    x, t, m = family("x", n, d), family("t", n), index("m", n)
    assumed = equal(w.T @ x[m] - t[m], 0)
    sampler = Sampler(claim(norm(w) ** 2, ">=", 0, assumed))
    found = [instance for _ in range(8) if (instance := sampler.draw({n: 2, d: 2}, 0)) is not None]
    assert found
    assert all(meets(instance, (assumed,)) for instance in found)


def test_what_bounds_comes_first() -> None:
    assert order((eta < 1 / sigma**2,)) == ["eta"]
    assert order((1 / sigma**2 > eta, sigma < 1 / alpha**2)) == ["sigma", "eta"]
    assert order((sigma_s > 0, sigma_s < sigma_l, sigma_l < sigma)) == ["sigma_l", "sigma"]
    assert order((alpha * largest < 2,)) == ["alpha"]
    assert order((equal(X @ w, y + X @ v),)) == ["w"]
    assert order((eta > 0, eta < 5)) == []  # a number bounds it: known from the start
    assert order(()) == []


def test_a_counter_that_grows_is_no_dimension_of_an_instance() -> None:
    assert Sampler(claim(rho**k, "->", 0)).dimensions == []
    assert Sampler(claim(tends_to(rho**k, 0), "iff", abs_(rho) < 1)).dimensions == []
    assert Sampler(claim(tends_to(rho**k, 0), "iff", rho**k < 1)).dimensions == [k]
    assert Sampler(claim(every(j, entry(s, j) > 0), "iff", eta > 0)).dimensions == [d]
    verdict = judge(claim(rho**k, "->", 1))
    assert verdict.counterexample is not None
    assert verdict.counterexample.witness.sizes == ()


def test_what_is_bound_in_a_function_is_no_name_to_draw() -> None:
    x = scalar("x")
    hinge = define_function("hinge", x, cases((x > 5, x), otherwise=5))
    made = claim(hinge(sigma), "=", sigma)
    assert all(rational(EXACT.number(value(trial.instance, sigma))) is not None for trial in trials(Sampler(made), 10))
    assert judge(made).status is Status.REFUTED


def test_eigenvectors_that_are_drawn_are_mostly_not_zero() -> None:
    """Au = xu has zero for its only solution u, unless x is an eigenvalue; for A it has many."""
    A, u, x = matrix("A", d, d), vector("u", d), scalar("x")
    assert order((equal(A @ u, x * u),)) == ["A"]
    drawn = [trial.instance.values[u] for trial in trials(Sampler(claim(A @ A @ u, "=", x * u, equal(A @ u, x * u))), 20)]
    assert sum(any(entry for row in rows for entry in row) for rows in drawn) > 10
