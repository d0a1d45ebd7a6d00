"""Initial weights, expectations and comparators in torch, against what shares nothing with them: moments, difference quotients, sorting."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import prod, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from derivations.catalogue import initialization, sorting_networks
from derivations.catalogue.initialization import he_deviations_in_numbers
from derivations.catalogue.sorting_networks import EIGHT, FOUR
from derivations.language.errors import DeclarationError
from derivations.language.terms import as_term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge
from numeric.comparison import rounding_bound
from numeric.devices import NumericError, available_devices, generator
from numeric.initialization import GAINS, deviation, glorot_bound, layer_gradient_norms, normal_weights, uniform_weights
from numeric.noise import gaussian_expectation, monte_carlo
from numeric.sorting import comparator_weights, compared

devices = pytest.mark.parametrize("device", available_devices())

# ------------------------------------------------------------------------------------------------------- initial weights


@given(st.integers(1, 4000), st.integers(1, 4000))
def test_bounds_and_deviations_are_those_of_the_topic_and_of_torch(inputs: int, outputs: int) -> None:
    assert glorot_bound(inputs, outputs) == pytest.approx(float(initialization.glorot_bound(as_term(inputs), as_term(outputs))))
    for gain in GAINS.values():
        assert deviation(inputs, gain) == pytest.approx(float(initialization.he_std(as_term(inputs), as_term(Fraction(gain)))))
    layer = torch.empty(outputs % 40 + 1, inputs % 40 + 1)
    assert float(torch.nn.init.xavier_uniform_(layer).abs().max()) <= glorot_bound(layer.shape[1], layer.shape[0]) * (1 + 1e-6)
    assert pytest.approx(GAINS["relu"]) == torch.nn.init.calculate_gain("relu")


def test_drawn_weights_have_the_deviation_that_was_asked_for() -> None:
    """The sample deviation of 10⁶ draws errs by its own deviation, at most 0.1%; five of them are exceeded once in a million."""
    shape = (10, 200, 500)
    for weights, expected in (
        (normal_weights(shape, 0.3, generator(1)), 0.3),
        (uniform_weights(shape, 0.3, generator(2)), 0.3 / sqrt(3)),
    ):
        assert weights.shape == shape
        assert float(weights.std()) == pytest.approx(expected, rel=5e-3)
        assert float(weights.mean()) == pytest.approx(0, abs=5 * expected / 1000)
    assert torch.equal(normal_weights(shape, 1, generator(7)), normal_weights(shape, 1, generator(7)))
    assert float(uniform_weights(shape, 0.3, generator(2)).abs().max()) <= 0.3


@pytest.mark.parametrize("fans", [(3072, 50), (2,), (8, 18, 5)])
def test_deviations_in_numbers_are_proved(fans: tuple[int, ...]) -> None:
    derivation = he_deviations_in_numbers(fans, decimals=14)
    assert [judge(made).status for made in derivation.claims] == [Status.PROVED] * len(fans)
    if fans == (3072, 50):
        assert "2551551815399/100000000000000" in repr(derivation.claims[0])
        assert "1/5" in repr(derivation.claims[1])


@pytest.mark.parametrize("fans", [(), (0,), (3, 3)])
def test_fans_that_make_no_sense_are_refused(fans: tuple[int, ...]) -> None:
    with pytest.raises(DeclarationError, match="expected different positive fans"):
        he_deviations_in_numbers(fans)


def batch(samples: int, inputs: int, classes: int, seed: int) -> tuple[Tensor, Tensor]:
    X = torch.randn(samples, inputs, generator=generator(seed), dtype=torch.float64)
    return X, functional.one_hot(torch.arange(samples) % classes, classes).double()


@devices
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh"])
@settings(max_examples=10)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 2**32))
def test_the_norm_of_a_layer_is_the_slope_along_its_gradient(activation: str, device: str, widths: list[int], seed: int) -> None:
    X, T = (tensor.to(device) for tensor in batch(3, widths[0], widths[-1], seed))
    weights = [normal_weights((outputs, inputs), 1, generator(seed)).to(device) for inputs, outputs in pairwise(widths)]
    norms = layer_gradient_norms(X, T, weights, activation)
    assert norms.shape == (len(weights),)

    def loss(*layers: Tensor) -> Tensor:
        h = X
        for W in layers[:-1]:
            h = {"identity": h @ W.mT, "relu": (h @ W.mT).clamp(min=0), "tanh": torch.tanh(h @ W.mT)}[activation]
        scores = h @ layers[-1].mT
        return (torch.logsumexp(scores, 1) - (scores * T).sum(1)).mean()

    for place, norm in enumerate(norms):
        leaves = [W.clone().requires_grad_(k == place) for k, W in enumerate(weights)]
        loss(*leaves).backward()  # type: ignore[no-untyped-call]
        slope = leaves[place].grad
        assert slope is not None
        torch.testing.assert_close(norm, slope.square().sum().sqrt(), rtol=1e-9, atol=1e-12)


def test_gradients_vanish_with_small_weights_and_are_even_with_the_bound_of_glorot() -> None:
    """Eight layers with tanh, 784 inputs, hidden layers of width 50 and 10 classes."""
    widths = [784, *[50] * 7, 10]
    X, T = batch(64, widths[0], widths[-1], 0)
    X = X / 4  # about the size of an image's mean square

    def norms(bound: Callable[[int, int], float]) -> Tensor:
        source = generator(3)
        weights = [uniform_weights((outputs, inputs), bound(inputs, outputs), source) for inputs, outputs in pairwise(widths)]
        return layer_gradient_norms(X, T, weights, "tanh")

    small, even = norms(lambda inputs, outputs: 0.01), norms(glorot_bound)
    assert float(small[0] / small[-1]) < 10 * float(even[0] / even[-1])
    assert float(small.max()) < 1e-6  # each of seven layers shrinks by about √(50/3)/100, forward or back
    assert 0.05 < float(even.min() / even.max())


# ----------------------------------------------------------------------------------------------------------- expectations


def moment(power: int) -> int:
    """E z^power: (power − 1)·(power − 3)⋯1 for even powers, 0 for odd ones."""
    return 0 if power % 2 else prod(range(power - 1, 0, -2))


@devices
@given(st.lists(st.integers(0, 5), min_size=1, max_size=3))
def test_expectations_of_products_are_products_of_moments(device: str, powers: list[int]) -> None:
    exponents = torch.tensor(powers, dtype=torch.float64, device=device)
    found = gaussian_expectation(lambda z: (z**exponents).prod(1), len(powers), 3, device=device)
    assert float(found) == pytest.approx(prod(map(moment, powers)), abs=1e-9)


@devices
def test_noise_on_the_data_adds_a_penalty_on_the_weights(device: str) -> None:
    """E ‖(X + σZ)w − y‖² = ‖Xw − y‖² + nσ²‖w‖², of degree 2 in each of six variables."""
    X, w, y = (torch.randn(*shape, generator=generator(5), dtype=torch.float64).to(device) for shape in ((3, 2), (2,), (3,)))
    found = gaussian_expectation(lambda z: ((X + 0.5 * z.reshape(-1, 3, 2)) @ w - y).square().sum(1), 6, 2, device=device)
    torch.testing.assert_close(found, (X @ w - y).square().sum() + 3 * 0.25 * w.square().sum())


@devices
@given(st.integers(0, 2**32))
@settings(max_examples=10)
def test_sample_means_lie_within_six_standard_errors(device: str, seed: int) -> None:
    """Beyond six once in 5·10⁸ times, of a normal distribution, which a mean of 10⁴ is close to."""

    def values(z: Tensor) -> Tensor:
        return torch.stack([z[:, 0] * z[:, 1], z[:, 0] ** 2, torch.tanh(z[:, 1])], 1)

    mean, error = monte_carlo(values, 2, 10_000, generator(seed), device=device)
    exact = torch.tensor([0.0, 1, 0], dtype=torch.float64, device=device)
    assert mean.shape == error.shape == (3,)
    assert bool(((mean - exact).abs() <= 6 * error).all())
    torch.testing.assert_close(error[:2].cpu(), torch.tensor([0.01, sqrt(2) / 100], dtype=torch.float64), rtol=0.2, atol=0)


# ----------------------------------------------------------------------------------------------------------- comparators


@devices
@pytest.mark.parametrize("comparators", [FOUR, EIGHT], ids=["4", "8"])
@given(st.data(), st.integers(1, 6))
@settings(max_examples=20)
def test_sorting_networks_sort_and_prefixes_do_not(comparators: list[tuple[int, int]], device: str, data: st.DataObject, rows: int) -> None:
    size = max(map(max, comparators))
    numbers = data.draw(st.lists(st.lists(st.integers(-5, 5), min_size=size, max_size=size), min_size=rows, max_size=rows))
    x = torch.tensor(numbers, dtype=torch.float64, device=device)
    assert torch.equal(compared(x, comparators), x.sort(1).values)
    bits = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * size).to(device)
    assert not torch.equal(compared(bits, comparators[:-1]), bits.sort(1).values)


@st.composite
def layers(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """A number of lines, and comparators on different ones of them, either way round."""
    size = draw(st.integers(2, 7))
    lines = draw(st.permutations(range(1, size + 1)))
    count = draw(st.integers(0, size // 2))
    return size, [(lines[2 * k], lines[2 * k + 1]) for k in range(count)]


@devices
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@given(layers(), st.integers(0, 2**32))
@settings(max_examples=25)
def test_the_weights_of_a_layer_do_what_its_comparators_do(
    dtype: torch.dtype, device: str, layer: tuple[int, list[tuple[int, int]]], seed: int
) -> None:
    size, comparators = layer
    x = torch.randn(4, size, generator=generator(seed), dtype=torch.float64).to(device, dtype)
    W_1, W_2 = comparator_weights(comparators, size, dtype=dtype, device=device)
    assert W_1.shape == (2 * size, size)
    assert W_2.shape == (size, 2 * size)
    made = functional.relu(x @ W_1.mT) @ W_2.mT
    bound = rounding_bound(4 * size, dtype) * 4 * float(x.abs().max())  # sums of 2·size products, of magnitudes up to twice the largest
    assert float((made - compared(x, comparators)).abs().max()) <= bound


def test_the_weights_of_one_comparator_are_those_of_the_topic() -> None:
    found = sorting_networks.comparator_weights()
    for weights, name in zip(comparator_weights([(1, 2)], 2), ("W_1", "W_2"), strict=True):
        assert weights.tolist() == [[float(entry) for entry in row] for row in found[name].tolist()]


def test_what_is_no_number_spreads_over_the_lines_it_is_compared_on() -> None:
    assert compared(torch.tensor([1.0, torch.nan, 0.0, 2.0]), [(1, 2), (4, 3)]).isnan().tolist() == [True, True, False, False]


# --------------------------------------------------------------------------------------------------------------- refusals

one = torch.ones(2, 3, dtype=torch.float64)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: deviation(0), "fan is 0 and gain is 1.0; expected positive"),
        (lambda: glorot_bound(3, 0), "3 inputs and 0 outputs"),
        (lambda: normal_weights((3,), 1, generator(0)), r"the shape is \(3,\); expected \(…, outputs, inputs\)"),
        (lambda: uniform_weights((3, 2), -1, generator(0)), "bound is -1"),
        (lambda: layer_gradient_norms(one, one, [one], "relu"), r"T has shape \(2, 3\); expected \(N, K_F\) with N = 2, K_F = 2"),
        (lambda: layer_gradient_norms(one, one, [one.mT @ one], "sine"), "'sine' is no activation; expected one of identity, leaky_relu"),
        (lambda: layer_gradient_norms(one, one, [], "relu"), "weights is empty"),
        (lambda: gaussian_expectation(lambda z: z, 2, 0), "a rule of 0 nodes"),
        (lambda: gaussian_expectation(lambda z: z, 0, 3), "3 nodes in each of 0 variables"),
        (lambda: gaussian_expectation(lambda z: z, 30, 3), "at most 4194304 points"),
        (lambda: gaussian_expectation(torch.sum, 1, 3), r"gives shape \(\) for 3 points; expected \(3, …\)"),
        (lambda: monte_carlo(lambda z: z, 1, 1, generator(0)), "1 samples of 1 variables"),
        (lambda: compared(one, [(1, 4)]), r"the comparator \(1, 4\); expected two different lines from 1 to 3"),
        (lambda: compared(one, [(2, 2)]), r"the comparator \(2, 2\)"),
        (lambda: compared(one[0, 0], []), r"x has shape \(\)"),
        (lambda: comparator_weights([(1, 2), (2, 3)], 3), "share a line"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(NumericError, match=message):
        call()
