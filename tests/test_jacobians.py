"""Jacobians of perceptrons: against autograd sample by sample, in both modes and any chunks; counts of multiplications; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import nan

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from numeric.devices import NumericError, available_devices, generator, reproducible_arithmetic, unit_roundoff
from numeric.jacobians import Mode, cheaper_mode, jacobian, multiplications
from numeric.perceptrons import ACTIVATIONS, chunk_size, find_activation

SIZES = st.integers(1, 5)
WIDTHS = st.lists(SIZES, min_size=2, max_size=6)
DEFINITIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda z: z,
    "leaky_relu": functional.leaky_relu,
    "relu": functional.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def network(widths: list[int], samples: int, seed: int, device: str = "cpu") -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """Samples, weights and biases, normally distributed, in float64."""
    source = generator(seed)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=source, dtype=torch.float64).to(device)

    weights = [drawn(after, before) / before**0.5 for before, after in pairwise(widths)]
    return drawn(samples, widths[0]), weights, [drawn(width) for width in widths[1:]]


def by_autograd(X: Tensor, weights: list[Tensor], biases: list[Tensor] | None, activation: str) -> Tensor:
    """(N, P, D), one row at a time, one sample at a time."""

    def value(x: Tensor) -> Tensor:
        for number, weight in enumerate(weights):
            x = functional.linear(DEFINITIONS[activation](x) if number else x, weight, None if biases is None else biases[number])
        return x

    return torch.stack([torch.autograd.functional.jacobian(value, x) for x in X])  # type: ignore[no-untyped-call]


def test_every_activation_is_tested() -> None:
    assert DEFINITIONS.keys() == ACTIVATIONS.keys()


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("mode", ["forward", "reverse", None])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(widths=WIDTHS, samples=st.integers(1, 5), biased=st.booleans(), memory=st.integers(1, 5000), seed=st.integers(0, 2**32))
def test_the_jacobians_are_those_of_autograd(
    activation: str, mode: Mode | None, device: str, widths: list[int], samples: int, biased: bool, memory: int, seed: int
) -> None:
    X, weights, offsets = network(widths, samples, seed, device=device)
    biases = offsets if biased else None
    with reproducible_arithmetic():
        found = jacobian(X, weights, biases, activation=activation, mode=mode, memory=memory)
        expected = by_autograd(X, weights, biases, activation)
        # the sum of the magnitudes of all paths from an input to an output bounds what the roundings on the paths can amount to
        paths = weights[0].abs()
        for weight in weights[1:]:
            paths = weight.abs() @ paths
    assert found.shape == (samples, widths[-1], widths[0])
    assert ((found - expected).abs() <= 20 * sum(widths) * unit_roundoff(torch.float64) * (1 + paths)).all()


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_the_dtype_of_the_data_is_that_of_the_result(mode: Mode, dtype: torch.dtype, device: str) -> None:
    X, weights, biases = network([3, 6, 5, 2], 4, seed=1, device=device)
    rounded = jacobian(X.to(dtype), [weight.to(dtype) for weight in weights], [bias.to(dtype) for bias in biases], mode=mode)
    assert rounded.dtype == dtype
    assert float((rounded.double() - jacobian(X, weights, biases)).abs().max()) < 100 * unit_roundoff(dtype)


def test_a_result_has_no_graph_and_leaves_its_arguments_as_they_are() -> None:
    X, weights, biases = network([3, 6, 2], 4, seed=2)
    copies = [tensor.clone() for tensor in (X, *weights, *biases)]
    assert not jacobian(X.requires_grad_(), [weight.requires_grad_() for weight in weights], biases).requires_grad
    assert all(torch.equal(tensor, copy) for tensor, copy in zip((X, *weights, *biases), copies, strict=True))


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_nan_stays_in_its_sample(mode: Mode) -> None:
    X, weights, biases = network([3, 6, 2], 4, seed=3)
    clean = jacobian(X, weights, biases, mode=mode)
    X[2, 1] = nan
    found = jacobian(X, weights, biases, mode=mode)
    assert found[2].isnan().all()
    assert torch.allclose(found[[0, 1, 3]], clean[[0, 1, 3]], rtol=1e-12, atol=0)


@pytest.mark.parametrize("mode", ["forward", "reverse", None])
def test_an_empty_batch_has_no_jacobians(mode: Mode | None) -> None:
    X, weights, biases = network([3, 6, 2], 0, seed=4)
    assert jacobian(X, weights, biases, mode=mode).shape == (0, 2, 3)


# ------------------------------------------------------------------------------------------------------------------ counts


def counted(widths: list[int], mode: Mode) -> int:
    """Multiplications for one sample, each layer's written as a loop over its entries."""
    inputs, *hidden, outputs = widths
    total, before = 0, inputs
    for width in hidden:
        total += sum(before for _ in range(width)) + width  # the values, and φ′ from them
        before = width
    if mode == "reverse":
        for below, width in reversed(list(zip(widths[:-2], hidden, strict=True))):
            total += outputs * width + sum(width for _ in range(outputs) for _ in range(below))
    else:
        for width, above in zip(hidden, widths[2:], strict=True):
            total += inputs * width + sum(width for _ in range(inputs) for _ in range(above))
    return total


@given(WIDTHS)
def test_the_counts_are_those_of_the_loops(widths: list[int]) -> None:
    assert multiplications(widths) == {mode: counted(widths, mode) for mode in ("forward", "reverse")}


@given(SIZES, SIZES, SIZES, st.integers(1, 6))
def test_reverse_minus_forward(D: int, K: int, P: int, L: int) -> None:
    counts = multiplications([D, *[K] * L, P])
    assert counts["reverse"] - counts["forward"] == (P - D) * K * ((L - 1) * K + L)
    assert cheaper_mode([D, *[K] * L, P]) == ("reverse" if P <= D else "forward")


def test_the_counts_of_the_matrix_products_are_those_of_torch() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    widths, samples = [7, 5, 6, 4, 3], 2
    X, weights, _ = network(widths, samples, seed=5)
    elementwise = sum(widths[1:-1])
    for mode, lines in (("reverse", widths[-1]), ("forward", widths[0])):
        with FlopCounterMode(display=False) as counter:
            jacobian(X, weights, mode=mode)  # type: ignore[arg-type]
        assert counter.get_total_flops() == 2 * samples * (multiplications(widths)[mode] - (1 + lines) * elementwise)  # type: ignore[index]


# ----------------------------------------------------------------------------------------------------------------- refusals

X, WEIGHTS, BIASES = network([3, 6, 2], 4, seed=6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: jacobian(X, []), "weights is empty"),
        (lambda: jacobian(X, WEIGHTS, BIASES[:1]), "1 biases for 2 weights"),
        (lambda: jacobian(X[0], WEIGHTS), r"X has shape \(3,\); expected \(N, K_0\)"),
        (lambda: jacobian(X, [WEIGHTS[0].T, WEIGHTS[1]]), r"weights\[0\] has shape \(3, 6\); expected \(K_1, K_0\) with K_0 = 3"),
        (lambda: jacobian(X, WEIGHTS, [BIASES[0], BIASES[0]]), r"biases\[1\] has shape \(6,\); expected \(K_2\) with K_2 = 2"),
        (lambda: jacobian(X.long(), [weight.long() for weight in WEIGHTS]), r"X has dtype int64; expected float64 or float32 or bfloat16 or float16"),
        (lambda: jacobian(X.float(), WEIGHTS), "one dtype on one device; found X: torch.float32 on cpu"),
        (lambda: jacobian(X.to("meta"), WEIGHTS), "one dtype on one device; found X: torch.float64 on meta"),
        (lambda: jacobian(X, WEIGHTS, activation="step"), "'step' is no activation; expected one of identity, leaky_relu, relu, sigmoid, tanh"),
        (
            lambda: jacobian(X, WEIGHTS, mode="backward"),  # type: ignore[arg-type]
            "'backward' is no mode; expected forward, reverse, or None",
        ),
        (lambda: jacobian(X, WEIGHTS, memory=0), "memory is 0; expected a positive number of bytes"),
        (lambda: multiplications([3]), r"widths are \(3,\); expected \(D, K_1, …, K_L, P\)"),
        (lambda: multiplications([3, -1, 2]), "none negative"),
        (lambda: find_activation("Tanh"), "'Tanh' is no activation"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(NumericError, match=message):
        call()


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(1, 10**5))
def test_chunks_fit_into_memory_where_one_sample_does(samples: int, bytes_each: int, memory: int) -> None:
    size = chunk_size(samples, bytes_each, memory)
    assert 1 <= size <= max(1, samples)
    assert size * bytes_each <= memory or size == 1
