"""Expectations at an instance: against sums over outcomes, against moments from the literature, and against what only some laws have."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Entries, Instance
from derivations.evaluation.interpreter import EvaluationError, OutsideDomain
from derivations.evaluation.statements import holds
from derivations.language.assumptions import Assumption
from derivations.language.claims import claim
from derivations.language.constructors import define, dimensions, family, gradient, index, inverse, matrix, norm, scalars, sum_over, trace, vector
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, relu, tanh
from derivations.language.laws import (
    bernoulli,
    expectation,
    gaussian,
    independent,
    laws_in,
    mean_square,
    moments,
    random_variable,
    symmetric_law,
    uniform,
    variance,
)
from derivations.language.terms import Operand, Symbol, Term, as_term

m, d = dimensions("m d")
N, X, Sigma = matrix("N", m, d), matrix("X", m, d), matrix("Sigma", d, d)
w, mu = vector("w", d), vector("mu", d)
x, y, s, v, p, eta, scale = scalars("x y s v p eta scale")
xs = family("xs", m, d)
i = index("i", m)
SIZES = {m: 2, d: 3}
VALUES: dict[Symbol, list[list[Any]]] = {
    X: [[1, 2, 0], [0, -1, 3]],
    w: [[1], [2], [-1]],
    mu: [[1], [0], [2]],
    Sigma: [[4, 2, 0], [2, 2, 1], [0, 1, 3]],
    s: [[2]],
    v: [[3]],
    p: [[Fraction(1, 3)]],
    eta: [[Fraction(1, 2)]],
    scale: [[5]],
}


def instance(chance: int = 0) -> Instance:
    entries: dict[Symbol, Entries] = {symbol: tuple(tuple(map(Fraction, row)) for row in rows) for symbol, rows in VALUES.items()}
    return Instance(SIZES, entries, {}, chance)  # type: ignore[arg-type]


def value(term: Operand, given: Assumption | tuple[Assumption, ...], chance: int = 0) -> Fraction:
    """The exact value of a scalar under laws."""
    told = claim(as_term(term), "=", 0, given=given).left
    assert isinstance(told, Term)
    return rational(ExactInterpreter(instance(chance)).value(told).scalar)


def test_moments_of_a_gaussian() -> None:
    for k, expected in enumerate((1, 0, 3, 0, 27, 0, 405), 0):
        assert value(expectation(x**k, x), gaussian(x, 0, v)) == expected
    assert value(expectation((x - 1) ** 2, x), gaussian(x, s, v)) == 3 + (2 - 1) ** 2


def test_moments_of_matrices_with_independent_entries() -> None:
    for law in (gaussian, moments):
        assert value(expectation(trace(N.T @ N), N), law(N, 0, v)) == 2 * 3 * 3
        assert value(expectation(norm((X + N) @ w) ** 2, N), law(N, 0, v)) == 5**2 + 5**2 + 2 * 3 * 6
    assert value(expectation(trace(N.T @ N) ** 2, N), gaussian(N)) == 6**2 + 2 * 6  # a chi-squared variable with 6 degrees of freedom
    cubed = N @ N.T @ N @ N.T @ N @ N.T
    assert value(expectation(trace(cubed), N), gaussian(N)) == 6 * (2**2 + 3**2 + 3 * 6 + 3 * (2 + 3) + 4)  # third moment of a Wishart matrix


def test_a_covariance_matrix_also_a_singular_one() -> None:
    quadratic = expectation(w.T @ Sigma @ w, w)
    for law in (gaussian, moments):
        assert value(quadratic, law(w, 0, Sigma)) == 16 + 4 + 9 + 2 * (4 + 0 + 1)  # tr Σ²
        assert value(expectation(norm(w) ** 2, w), law(w, mu, Sigma)) == (4 + 2 + 3) + 5
    outer = mu @ mu.T
    assert value(expectation(w.T @ outer @ w, w), gaussian(w, 0, outer)) == 25
    with pytest.raises(OutsideDomain, match="covariance"):
        value(expectation(norm(w) ** 2, w), gaussian(w, 0, Sigma - 9 * outer))


def test_uniform_and_bernoulli() -> None:
    assert value(variance(x, x), uniform(x, -s, s)) == Fraction(4, 3)
    assert value(expectation(x**3, x), uniform(x, 0, s)) == 2
    assert value(expectation(x**5, x), bernoulli(x, p)) == Fraction(1, 3)
    assert value(variance(x, x), bernoulli(x, p)) == Fraction(2, 9)
    assert value(expectation(relu(x - s), x), bernoulli(x, p)) == 0


@pytest.mark.parametrize("chance", range(8))
def test_a_law_has_what_is_declared_whatever_is_chosen(chance: int) -> None:
    for law, mean in ((moments(N, X, v), X), (symmetric_law(N, v), 0 * X)):
        assert value(expectation(trace((N - mean).T @ (N - mean)), N), law, chance) == 18
        assert value(expectation(trace(X.T @ N), N), law, chance) == (15 if mean is X else 0)
    assert value(expectation(x**3, x), symmetric_law(x, v), chance) == 0
    assert value(expectation(relu(x) ** 2, x), symmetric_law(x, v), chance) == Fraction(3, 2)
    assert value(expectation(norm(w) ** 2, w), mean_square(w, v), chance) == 9


@pytest.mark.parametrize(
    ("term", "law"),
    [
        (expectation(x**4, x), moments(x, 0, v)),
        (expectation(x**3, x), moments(x, 0, v)),
        (expectation(x**4, x), symmetric_law(x, v)),
        (expectation(relu(x) ** 2, x), moments(x, 0, v)),
        (expectation(x, x), mean_square(x, v)),
        (expectation((w.T @ mu) ** 2, w), mean_square(w, v)),
        (expectation(x, x), random_variable(x)),
        (expectation(abs_(x), x), symmetric_law(x, v)),
    ],
    ids=str,
)
def test_what_is_not_declared_differs_from_law_to_law(term: Term, law: Assumption) -> None:
    assert len({value(term, law, chance) for chance in range(12)}) > 2


def test_a_name_has_one_law_in_every_expectation() -> None:
    given = (random_variable(x), mean_square(y, v), random_variable(w), independent(x, y))
    for chance in range(12):
        apart = value(expectation(x, x) + expectation(y, y), given, chance)
        assert value(expectation(x + y, x, y), given, chance) == apart
        both = (random_variable(x), random_variable(w))
        assert value(expectation(x + w.T @ mu, x, w), both, chance) == value(expectation(x, x) + mu.T @ expectation(w, w), both, chance)


def test_dependent_names_and_independent_ones() -> None:
    both = (random_variable(x), random_variable(y))
    product, apart = expectation(x * y, x, y), expectation(x, x) * expectation(y, y)
    assert any(value(product, both, chance) != value(apart, both, chance) for chance in range(8))
    assert all(value(product, (*both, independent(x, y)), chance) == value(apart, both, chance) for chance in range(8))
    with pytest.raises(UnsupportedError, match=r"give independent\(x, y\)"):
        value(product, (gaussian(x), random_variable(y)))


def test_families_are_random_member_by_member() -> None:
    total = sum_over(i, xs[i])
    assert value(expectation(norm(total) ** 2, xs), moments(xs, 0, v)) == 2 * 3 * 3
    assert value(expectation(norm(total - 2 * mu) ** 2, xs), gaussian(xs, mu, v)) == 18


def test_derivatives_inside_outside_and_by_a_parameter_of_the_law() -> None:
    loss = norm((X + N) @ w) ** 2
    direct = 2 * X.T @ X @ w + 2 * m * s**2 * w
    for term in (expectation(gradient(loss, w), N), gradient(expectation(loss, N), w)):
        assert value(norm(term - direct) ** 2, gaussian(N, 0, s**2)) == 0
    assert value(gradient(expectation(loss, N), s), gaussian(N, 0, s**2)) == 2 * 2 * 2 * 6
    assert value(expectation(trace(X.T @ gradient(trace(N.T @ X) ** 2, N)), N), moments(N, X, v)) == 2 * 15 * 15
    assert value(expectation(gradient(gradient(x**2 * scale**2, x), scale), x), moments(x, s, v)) == 4 * 2 * 5


def test_conditioned_step_by_step() -> None:
    step = expectation((1 - eta * (s + x) ** 2) * y, x)
    given = (moments(x, 0, v), random_variable(y), independent(x, y))
    for chance in range(4):
        expected = (1 - Fraction(1, 2) * (4 + 3)) * value(expectation(y, y), random_variable(y), chance)
        assert value(expectation(step, y), given, chance) == expected
        assert value(expectation(step.body, x, y), given, chance) == expected


def test_a_function_that_is_no_polynomial_is_summed_over_outcomes_or_refused() -> None:
    assert value(expectation(abs_(x) * y, x, y), (bernoulli(x, p), gaussian(y, s, v), independent(x, y))) == Fraction(2, 3)
    for term in (abs_(x), relu(x) ** 2, 1 / x, inverse(x * Sigma) @ mu, norm(x * mu)):
        with pytest.raises(UnsupportedError, match=r"infinitely many values"):
            value(norm(expectation(term, x)) ** 2 if term.shape else expectation(term, x), gaussian(x, 0, v))
    told = claim(expectation(tanh(x), x), "=", 0, given=gaussian(x)).left
    assert isinstance(told, Term)
    with pytest.raises(UnsupportedError, match="tanh of random entries"):
        BallInterpreter(instance()).value(told)


def test_too_large_a_polynomial_is_left_out() -> None:
    with pytest.raises(EvaluationError, match="products of monomials"):
        value(expectation(trace(N.T @ N) ** 16, N), gaussian(N))


def test_named_quantities_and_powers() -> None:
    z = define("z", N @ w)
    assert value(expectation((z.T @ z) ** 2, N), gaussian(N)) == 6**2 * (2**2 + 2 * 2)


@pytest.mark.parametrize(
    ("law", "possible", "impossible"),
    [
        (gaussian(x, s, v), {x: 7}, None),
        (gaussian(x, s, 0 * v), {x: 2}, {x: 7}),
        (moments(x, s, -v), None, {x: 2}),
        (uniform(x, -s, s), {x: 2}, {x: 3}),
        (uniform(x, s, -s), None, {x: 0}),
        (bernoulli(x, p), {x: 1}, {x: Fraction(1, 2)}),
        (bernoulli(x, s), None, {x: 1}),
        (symmetric_law(x, 0 * v), {x: 0}, {x: 1}),
        (mean_square(x, v), {x: -9}, None),
        (random_variable(x), {x: 4}, None),
    ],
    ids=str,
)
def test_a_law_holds_where_it_means_something_and_allows_the_value(law: Assumption, possible: Any, impossible: Any) -> None:
    assert law in laws_in((law,)).values()

    def allowed(values: Any) -> bool:
        here = instance()
        entries = {symbol: ((Fraction(number),),) for symbol, number in values.items()}
        try:
            return holds(ExactInterpreter(Instance(here.sizes, {**here.values, **entries}, {})), law)
        except OutsideDomain:
            return False

    assert possible is None or allowed(possible)
    assert impossible is None or not allowed(impossible)
