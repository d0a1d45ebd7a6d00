"""Norms of per-sample gradients of perceptrons: three ways against autograd, any loss, any chunks; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import nan

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_jacobians import DEFINITIONS, SIZES, WIDTHS, network
from torch import Tensor
from torch.nn import functional

from numeric.derivatives import gradients
from numeric.devices import NumericError, available_devices, generator, reproducible_arithmetic, unit_roundoff
from numeric.gradient_norms import Loss, SquaredNorms, half_squared_errors, naive_squared_gradient_norms, squared_gradient_norms
from numeric.perceptrons import ACTIVATIONS

WAYS: dict[str, Callable[..., SquaredNorms]] = {
    "factored": squared_gradient_norms,
    "materialised": partial(squared_gradient_norms, method="materialised"),
    "naive": naive_squared_gradient_norms,
}
LOSSES: dict[str, tuple[Loss, Callable[[Tensor, Tensor], Tensor]]] = {  # of a batch; of one sample, by its definition
    "half squared error": (half_squared_errors, lambda output, target: ((output - target) ** 2).sum() / 2),
    "cross-entropy": (
        lambda outputs, targets: functional.cross_entropy(outputs, targets.argmax(1), reduction="none"),
        lambda output, target: output.logsumexp(0) - output[target.argmax()],
    ),
}


def by_definition(
    X: Tensor, targets: Tensor, weights: list[Tensor], biases: list[Tensor] | None, activation: str, loss: Callable[[Tensor, Tensor], Tensor]
) -> tuple[Tensor, Tensor]:
    """The squared norms (N, layers) and (N, layers or 0), through the gradients of each sample's loss."""

    def value(x: Tensor, target: Tensor, *parameters: Tensor) -> Tensor:
        for number in range(len(weights)):
            x = parameters[number] @ (DEFINITIONS[activation](x) if number else x) + (parameters[len(weights) + number] if biases else 0)
        return loss(x, target)

    each = [gradients(partial(value, x, target), *weights, *(biases or [])) for x, target in zip(X, targets, strict=True)]
    norms = torch.tensor([[float((gradient**2).sum()) for gradient in sample] for sample in each], dtype=X.dtype, device=X.device)
    return norms[:, : len(weights)], norms[:, len(weights) :]


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("way", WAYS)
@given(
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    widths=WIDTHS,
    samples=st.integers(1, 4),
    biased=st.booleans(),
    memory=st.integers(1, 5000),
    seed=st.integers(0, 2**32),
)
def test_the_norms_are_those_of_the_gradients_of_autograd(
    way: str, loss: str, device: str, activation: str, widths: list[int], samples: int, biased: bool, memory: int, seed: int
) -> None:
    X, weights, offsets = network(widths, samples, seed, device=device)
    targets = torch.randn(samples, widths[-1], generator=generator(seed + 1), dtype=torch.float64).to(device)
    biases, (batched, single) = offsets if biased else None, LOSSES[loss]
    limited = {} if way == "naive" else {"memory": memory}
    with reproducible_arithmetic():
        found = WAYS[way](X, targets, weights, biases, activation=activation, loss=batched, **limited)
        expected = by_definition(X, targets, weights, biases, activation, single)
        # values and errors are at most products of norms; a rounding moves them by that much times u, hence a squared norm by its square
        size = 1.0 + float(X.norm() + targets.norm() + sum(float(bias.norm()) for bias in offsets))
        for weight in weights:
            size *= 1.0 + float(torch.linalg.matrix_norm(weight))
    for norms, wanted in zip(found, expected, strict=True):
        assert norms.shape == wanted.shape == (samples, len(weights) if norms is found.weights or biased else 0)
        assert ((norms - wanted).abs() <= 100 * sum(widths) * unit_roundoff(torch.float64) * size**4).all()
        assert ((norms - wanted).abs() <= 1e-9 * wanted + 1e-12).all()
    assert torch.allclose(found.total, expected[0].sum(1) + expected[1].sum(1), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("device", available_devices())
def test_single_precision_agrees_but_for_gates_that_flip(device: str) -> None:
    X, weights, biases = network([64, 64, 64, 64, 64], 256, seed=1, device=device)
    targets = torch.zeros_like(X)
    exact = squared_gradient_norms(X, targets, weights, biases).weights
    rounded = squared_gradient_norms(X.float(), targets.float(), [weight.float() for weight in weights], [bias.float() for bias in biases]).weights
    assert rounded.dtype == torch.float32
    relative = ((rounded.double() - exact).abs() / exact).flatten()
    assert float(relative.quantile(0.99)) < 1e-5  # a pre-activation within rounding of 0 moves all norms of its sample


@pytest.mark.parametrize("way", WAYS)
def test_a_result_has_no_graph_and_leaves_its_arguments_as_they_are(way: str) -> None:
    X, weights, biases = network([3, 6, 2], 4, seed=2)
    targets = torch.ones(4, 2, dtype=torch.float64)
    copies = [tensor.clone() for tensor in (X, *weights, *biases)]
    found = WAYS[way](X.requires_grad_(), targets, [weight.requires_grad_() for weight in weights], biases)
    assert not any(norms.requires_grad for norms in found)
    assert all(tensor.grad is None and torch.equal(tensor, copy) for tensor, copy in zip((X, *weights, *biases), copies, strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_a_nan_stays_in_its_sample(way: str) -> None:
    X, weights, biases = network([3, 6, 2], 4, seed=3)
    targets = torch.ones(4, 2, dtype=torch.float64)
    clean = WAYS[way](X, targets, weights, biases, activation="tanh").weights
    X[2, 1] = nan
    found = WAYS[way](X, targets, weights, biases, activation="tanh").weights
    assert found[2].isnan().all()
    assert torch.allclose(found[[0, 1, 3]], clean[[0, 1, 3]], rtol=1e-12, atol=0)


@pytest.mark.parametrize("way", WAYS)
@given(SIZES, SIZES)
def test_an_empty_batch_has_no_norms(way: str, inputs: int, outputs: int) -> None:
    X, weights, biases = network([inputs, 4, outputs], 0, seed=4)
    found = WAYS[way](X, torch.zeros(0, outputs, dtype=torch.float64), weights, biases)
    assert [norms.shape for norms in (found.weights, found.biases, found.total)] == [(0, 2), (0, 2), (0,)]


X, WEIGHTS, BIASES = network([3, 6, 2], 4, seed=5)
Y = torch.zeros(4, 2, dtype=torch.float64)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((X, Y[:3], WEIGHTS), {}, r"targets has shape \(3, 2\); expected one for each of the 4 samples"),
        ((X, Y[0, 0], WEIGHTS), {}, r"targets has shape \(\); expected one for each"),
        ((X, Y[:, :1], WEIGHTS), {}, r"targets has shape \(.*, 1\); expected \(N, P\) with .*P = 2"),
        ((X, Y.to("meta"), WEIGHTS), {}, "targets is on meta and X on cpu"),
        ((X, Y.float(), WEIGHTS), {}, "one dtype on one device"),
        ((X.long(), Y, [weight.long() for weight in WEIGHTS]), {}, "X has dtype int64; expected float64"),
        ((X, Y, WEIGHTS[:1]), {}, r"targets has shape \(.*, 2\); expected \(N, P\) with .*P = 6"),
        ((X, Y, WEIGHTS, BIASES[:1]), {}, "1 biases for 2 weights"),
        ((X, Y, WEIGHTS), {"activation": "step"}, "'step' is no activation"),
        ((X, Y, WEIGHTS), {"loss": lambda outputs, targets: (outputs - targets).sum()}, r"the loss has shape \(\); expected one number for each"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    way: str, arguments: tuple[Tensor, Tensor, list[Tensor]], options: dict[str, str], message: str
) -> None:
    with pytest.raises(NumericError, match=message):
        WAYS[way](*arguments, **options)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(NumericError, match="'ghost' is no method; expected one of factored, materialised"):
        squared_gradient_norms(X, Y, WEIGHTS, method="ghost")  # type: ignore[arg-type]
