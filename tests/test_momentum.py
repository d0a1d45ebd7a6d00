"""The topic momentum against what shares nothing with it: eigenvalues by numpy, steps by autograd, torch's own optimizer."""

from __future__ import annotations

from fractions import Fraction
from math import log, sqrt
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.catalogue import momentum
from derivations.language.errors import DeclarationError
from derivations.language.terms import as_term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

betas = st.fractions(Fraction(1, 20), 1, max_denominator=20)
singular_values = st.fractions(Fraction(1, 4), 3, max_denominator=4)
shares = st.fractions(Fraction(1, 50), Fraction(3, 2), max_denominator=50)


def number(value: Any) -> float:
    return float(value.evalf(40))


def entries_at(beta: Fraction, eta: Fraction, sigma: Fraction) -> np.ndarray:
    found = momentum.momentum_matrix(as_term(beta), as_term(eta), as_term(sigma))
    return np.array(found.tolist(), dtype=float)


@given(betas, singular_values, shares)
def test_eigenvalues_are_as_stated(beta: Fraction, sigma: Fraction, share: Fraction) -> None:
    largest = number(momentum.largest_learning_rate(as_term(beta), as_term(sigma)))
    eta = Fraction(largest).limit_denominator(1000) * share
    low, high = map(number, momentum.repeated_root_learning_rates(as_term(beta), as_term(sigma)))
    assume(all(abs(float(eta) / rate - 1) > 1e-3 for rate in (low, high, largest)))
    values = np.linalg.eigvals(entries_at(beta, eta, sigma))
    polynomial = [number(momentum.characteristic_polynomial(as_term(x), as_term(beta), as_term(eta), as_term(sigma))) for x in (0, 1, 2)]
    assert np.allclose(polynomial, [np.prod(x - values).real for x in (0, 1, 2)], atol=1e-9)
    assert bool((values.imag == 0).all()) == (float(eta) < low or float(eta) > high)
    assert (number(momentum.discriminant(as_term(beta), as_term(eta), as_term(sigma))) >= 0) == bool((values.imag == 0).all())
    if low < float(eta) < high:
        assert np.allclose(np.abs(values), number(momentum.smallest_spectral_radius(as_term(beta))), atol=1e-9)
    assert (np.abs(values).max() < 1) == (float(eta) < largest)


@given(st.integers(0, 2**32 - 1), betas, st.sampled_from([0.3, 0.9, 1.1]))
@settings(max_examples=25)
def test_steps_converge_below_the_largest_learning_rate_only(seed: int, beta: Fraction, share: float) -> None:
    random = torch.Generator().manual_seed(seed)
    X = torch.randn(6, 2, generator=random, dtype=torch.float64)
    y = torch.randn(6, generator=random, dtype=torch.float64)
    best = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
    eta = share * (2 - float(beta)) / float(beta) / float(torch.linalg.matrix_norm(X, 2)) ** 2
    w = (best + torch.tensor([1.0, -2], dtype=torch.float64)).requires_grad_()
    z = torch.zeros(2, dtype=torch.float64)
    for _ in range(4000):
        (slope,) = torch.autograd.grad(((X @ w - y) ** 2).sum(), w)
        z = (1 - float(beta)) * z + float(beta) * slope
        w = (w - eta * z).detach().requires_grad_()
        if not torch.isfinite(w).all():
            break
    assert bool((w - best).norm() < 1e-3) == (share < 1)


@given(st.integers(0, 2**32 - 1), betas, st.booleans())
@settings(max_examples=25)
def test_the_parameters_of_heavy_ball_are_those_of_torch(seed: int, beta: Fraction, nesterov: bool) -> None:
    """With Nesterov's momentum torch keeps the weights moved on by the velocity."""
    assume(beta < 1)
    eta = Fraction(1, 30)
    found = momentum.heavy_ball_parameters(as_term(beta), as_term(eta))
    m, alpha = number(found["m"]), number(found["alpha"])
    random = torch.Generator().manual_seed(seed)
    X, y, start = (torch.randn(*size, generator=random, dtype=torch.float64) for size in ((5, 2), (5,), (2,)))

    def slope(weights: torch.Tensor) -> torch.Tensor:
        return 2 * X.T @ (X @ weights - y)

    kept = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([kept], lr=alpha, momentum=m, nesterov=nesterov)
    w, z, v = start.clone(), torch.zeros(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    for _ in range(12):
        optimizer.zero_grad()
        torch.autograd.backward(((X @ kept - y) ** 2).sum())
        optimizer.step()
        if nesterov:
            v = m * v + slope(w - alpha * m * v)
            w = w - alpha * v
        else:
            z = (1 - float(beta)) * z + float(beta) * slope(w)
            w = w - float(eta) * z
    torch.testing.assert_close(kept.detach(), w - alpha * m * v if nesterov else w, rtol=1e-9, atol=1e-12)


def claims_of(**numbers: Fraction) -> dict[str, Any]:
    derivation = momentum.momentum_in_numbers(**numbers)
    return {step.title: claim for step, claim in zip(derivation.steps, derivation.claims, strict=True)}


def test_the_numbers_of_the_course() -> None:
    claims = claims_of()
    assert repr(claims["no rate without momentum is smaller"].right) == "99/101"
    assert repr(claims["without momentum, enough steps"].statement) == "(99/101)**265 < 1/200"
    assert repr(claims["with momentum, a step too few"].statement) == "(9/10)**50 >= 1/200"  # after 100 steps
    ends = momentum.repeated_root_learning_rates(as_term(Fraction(1, 10)), as_term(1))
    assert number(ends[0]) / 0.05 == pytest.approx(0.2634, abs=1e-4)
    assert number(ends[1]) / 5 == pytest.approx(3.7974, abs=1e-4)


accuracies = st.sampled_from([Fraction(1, 10), Fraction(1, 99)])


@given(betas, st.fractions(1, 4, max_denominator=4), st.fractions(Fraction(1, 8), 1, max_denominator=8), accuracies)
@settings(max_examples=15)
def test_other_numbers_are_proved_and_the_steps_are_those_of_logarithms(beta: Fraction, big: Fraction, small: Fraction, accuracy: Fraction) -> None:
    assume(beta < 1 and small < big)
    try:
        claims = claims_of(beta=beta, largest=big, smallest=small, accuracy=accuracy)
    except DeclarationError:
        low = (1 - sqrt(1 - beta)) ** 2 / small
        assert low > (1 + sqrt(1 - beta)) ** 2 / big
        return
    for title, claim in claims.items():
        verdict = judge(claim)
        assert verdict.status is Status.PROVED, (title, verdict.reason)
    steps = claims["without momentum, enough steps"].left.exponent.value
    assert steps == pytest.approx(log(accuracy) / log((big - small) / (big + small)), abs=1)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"beta": Fraction(1)}, "expected 0 < beta < 1"),
        ({"smallest": Fraction(6)}, "0 < smallest < largest"),
        ({"accuracy": Fraction(2)}, "0 < accuracy < 1"),
        ({"beta": Fraction(9, 10)}, "choose a smaller beta"),
        ({"beta": Fraction(1, 10**4), "smallest": Fraction(1, 1000)}, "more than 2000 steps"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(numbers: dict[str, Fraction], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        momentum.momentum_in_numbers(**numbers)


def test_at_the_ends_of_the_interval_the_error_takes_more_steps_than_the_rate() -> None:
    """The matrix of a coordinate cannot be diagonalised there."""

    def steps(eta: float) -> int:
        """After how many steps both coordinates, from 1 with no velocity, stay below the accuracy."""
        matrices = [np.array([[0.9, 0.2 * square], [-0.9 * eta, 1 - 0.2 * eta * square]]) for square in (5, 0.05)]
        states, last = [np.array([0.0, 1.0])] * 2, 0
        for count in range(1, 400):
            states = [matrix @ state for matrix, state in zip(matrices, states, strict=True)]
            last = count if max(abs(state[1]) for state in states) >= 0.005 else last
        return last + 1

    low, high = 100 * (1 - sqrt(0.9)) ** 2, (1 + sqrt(0.9)) ** 2
    assert [steps(low), steps(0.5)] == [141, 98]
    assert steps(high) > 200
