"""Noise as regularization: what the functions give, against sums over all outcomes of noise that is −σ or σ with equal chances."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from derivations.catalogue import noise_regularization
from derivations.language.constructors import column_vector, literal
from derivations.language.terms import as_term

small = st.integers(-4, 4)
parts = st.fractions(-2, 2, max_denominator=4)


def pairs(size: int) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
    return st.tuples(*[st.tuples(small, small)] * size)


def rational(found: Any) -> Fraction:
    return Fraction(int(found.p), int(found.q))


@given(pairs(2), st.tuples(small, small), st.tuples(small, small), st.integers(0, 3))
def test_the_expected_loss_is_the_mean_over_all_outcomes(X: Any, w: tuple[int, ...], y: tuple[int, ...], sigma: int) -> None:
    outcomes = list(product((-sigma, sigma), repeat=4))

    def loss(noise: tuple[int, ...]) -> int:
        rows = [[entry + noise[2 * i + j] for j, entry in enumerate(row)] for i, row in enumerate(X)]
        return sum((sum(entry * weight for entry, weight in zip(row, w, strict=True)) - target) ** 2 for row, target in zip(rows, y, strict=True))

    found = noise_regularization.expected_loss(literal(*X), column_vector(*w), column_vector(*y), as_term(sigma))
    assert rational(found.doit()) == Fraction(sum(map(loss, outcomes)), len(outcomes))


@given(pairs(3), st.tuples(small, small, small), st.integers(1, 3))
def test_the_minimiser_is_that_of_all_outcomes_stacked(X: Any, y: tuple[int, ...], sigma: int) -> None:
    import torch

    data, targets = torch.tensor(X, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    noise = torch.tensor(list(product((-sigma, sigma), repeat=6)), dtype=torch.float64).reshape(-1, 3, 2)
    stacked = torch.linalg.lstsq((data + noise).reshape(-1, 2), targets.repeat(len(noise))[:, None]).solution
    found = noise_regularization.minimiser(literal(*X), column_vector(*y), as_term(sigma)).doit().as_explicit()
    torch.testing.assert_close(torch.tensor(found.tolist(), dtype=torch.float64), stacked)


@given(parts, parts, parts, parts, parts, st.integers(0, 4))
def test_the_mean_weight_is_that_of_all_courses_of_the_noise(
    start: Fraction, x: Fraction, y: Fraction, sigma: Fraction, eta: Fraction, steps: int
) -> None:
    assume(x or sigma)
    total = Fraction(0)
    for noise in product((-sigma, sigma), repeat=steps):
        w = start
        for each in noise:
            w -= eta * (x + each) * ((x + each) * w - y)
        total += w
    mean = total / 2**steps
    found = noise_regularization.mean_weight(*map(as_term, (start, x, y, sigma, eta, steps)))
    assert rational(found) == mean
    limit = rational(noise_regularization.limit_of_the_mean(as_term(x), as_term(y), as_term(sigma)))
    factor = rational(noise_regularization.mean_factor(as_term(x), as_term(sigma), as_term(eta)))
    assert mean - limit == factor**steps * (start - limit)
    largest = rational(noise_regularization.largest_step_size(as_term(x), as_term(sigma)))
    assert (abs(factor) < 1) == (0 < eta < largest)
