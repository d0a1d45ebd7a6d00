"""Plain torch: devices and dtypes by name, draws, comparisons, and the topics' results against torch's own layers and autograd."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf, nan

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from derivations.evaluation.batches import Batch
from derivations.evaluation.instances import Quantity, family_positions, matrix_size, standings
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import scale
from derivations.language.claims import Claim
from derivations.language.operators import Gradient
from derivations.language.terms import Symbol, Term
from derivations.language.traversal import dimensions, symbols
from numeric.comparison import difference, excess, largest, rounding_bound
from numeric.derivatives import gradients
from numeric.devices import (
    DTYPES,
    NumericError,
    available_devices,
    generator,
    reproducible_arithmetic,
    resolve_device,
    resolve_dtype,
    unit_roundoff,
)
from numeric.draws import bounded, positive_definite, signed, symmetric
from numeric.gradient_norms import factored_squared_norms, materialised_squared_norms
from numeric.networks import batch_normalized, curve_network_loss, gated_network_loss, l1_tanh_loss, softmax_cross_entropy, two_layer_relu
from numeric.regression import half_squared_error

# ------------------------------------------------------------------------------------------------------ devices and dtypes


def test_the_cpu_is_always_there_and_every_listed_device_computes() -> None:
    assert available_devices()[0] == "cpu"
    for name in available_devices():
        assert torch.linalg.inv(torch.eye(2, device=resolve_device(name), dtype=torch.float64)).device.type == resolve_device(name).type


@pytest.mark.parametrize("name", ["cuda:99", "tpu", "", "CPU", "cpu:0"])
def test_a_device_that_is_not_here_is_named_with_those_that_are(name: str) -> None:
    with pytest.raises(NumericError, match=rf"device '{name}' is not available here; available: cpu"):
        resolve_device(name)


def test_cuda_devices_are_counted_and_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in (("is_available", True), ("device_count", 2), ("current_device", 1)):
        monkeypatch.setattr(torch.cuda, name, lambda answer=answer: answer)
    assert available_devices() == ["cpu", "cuda", "cuda:1"]
    assert [str(resolve_device(name)) for name in ("cuda", "cuda:0", "cuda:1")] == ["cuda:1", "cuda:0", "cuda:1"]
    with pytest.raises(NumericError, match="'cuda:2' is not available here; available: cpu, cuda, cuda:1"):
        resolve_device("cuda:2")


@pytest.mark.parametrize("name", ["int64", "double", "float8"])
def test_a_wrong_dtype_is_named_with_the_right_ones(name: str) -> None:
    with pytest.raises(NumericError, match=f"'{name}' is no dtype to compute in; expected one of float64, float32, bfloat16, float16"):
        resolve_dtype(name)


@pytest.mark.parametrize("name", DTYPES)
def test_the_unit_roundoff_is_the_largest_error_of_one_rounding(name: str) -> None:
    one, u = torch.ones((), dtype=resolve_dtype(name)), unit_roundoff(resolve_dtype(name))
    assert (one + u).item() == 1
    assert (one + 1.5 * u).item() == 1 + 2 * u


def test_arithmetic_is_made_reproducible_and_put_back() -> None:
    before = torch.get_float32_matmul_precision(), torch.get_num_threads()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.set_float32_matmul_precision("medium")
        try:
            with reproducible_arithmetic():
                assert (torch.get_float32_matmul_precision(), torch.get_num_threads()) == ("highest", 1)
            assert (torch.get_float32_matmul_precision(), torch.get_num_threads()) == ("medium", before[1])
        finally:
            torch.set_float32_matmul_precision(before[0])


# ----------------------------------------------------------------------------------------------------------------- draws


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 4))
def test_one_seed_draws_one_batch(seed: int, rows: int, columns: int) -> None:
    shape = (2, 6, rows, columns)
    first, second = (signed(shape, generator(seed)) for _ in range(2))
    assert torch.equal(first, second)
    assert first.abs().min() >= 0.25
    assert first.abs().max() <= 1.75
    assert (first[:, 2::3] > 0).all()


def test_signed_draws_have_both_signs() -> None:
    drawn = signed((1, 60, 1, 1), generator(0))[0, :, 0, 0]
    mixed = torch.cat([drawn[0::3], drawn[1::3]])
    assert 5 < int((mixed < 0).sum()) < 35


@given(st.integers(0, 2**32), st.floats(-3, 3), st.floats(0.1, 3))
def test_bounded_draws_lie_strictly_inside(seed: int, lower: float, width: float) -> None:
    low, high = torch.tensor(lower, dtype=torch.float64), torch.tensor(lower + width, dtype=torch.float64)
    shape = (1, 5, 2, 2)
    assert ((low < (both := bounded(shape, low, high, generator(seed)))) & (both < high)).all()
    assert (bounded(shape, low, None, generator(seed)) > low).all()
    assert (bounded(shape, None, high, generator(seed)) < high).all()


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_symmetric_and_definite_draws_are_so_bit_by_bit(seed: int, n: int) -> None:
    even = symmetric(signed((1, 4, n, n), generator(seed)))
    definite = positive_definite((1, 4, n, n), generator(seed))
    assert torch.equal(even, even.mT)
    assert torch.equal(definite, definite.mT)
    assert torch.linalg.eigvalsh(definite).min() > 0.49


def test_a_definite_matrix_that_is_not_square_is_refused() -> None:
    with pytest.raises(NumericError, match="2 × 3"):
        positive_definite((1, 1, 2, 3), generator(0))


# ----------------------------------------------------------------------------------------------------------- comparisons


def test_differences_are_taken_instance_by_instance_and_are_infinite_for_no_number() -> None:
    left = torch.tensor([[1.0, 2.0], [1.0, nan], [inf, 0.0], [inf, 1.0]])
    right = torch.tensor([[1.5, 2.0], [1.0, 1.0], [1.0, 0.0], [inf, 1.0]])
    assert difference(left, right).tolist() == [0.5, inf, inf, inf]
    assert excess(left, right).tolist() == [0.0, inf, inf, inf]
    assert excess(right, left).tolist()[:2] == [0.5, inf]
    assert largest([left[:1], right[:1]]).tolist() == [2.0]


def test_rounding_bounds_grow_with_the_roundings() -> None:
    assert rounding_bound(10, torch.float32) == 10 * 2.0**-24


@pytest.mark.parametrize("compare", [difference, excess])
def test_tensors_that_do_not_match_are_refused(compare: Callable[[Tensor, Tensor], Tensor]) -> None:
    with pytest.raises(NumericError, match=r"\(2, 1\) and \(2, 3\) cannot be compared"):
        compare(torch.zeros(2, 1), torch.zeros(2, 3))
    with pytest.raises(NumericError, match="on cpu and meta cannot be compared"):
        compare(torch.zeros(2, 1), torch.zeros(2, 1, device="meta"))


# ------------------------------------------------------------------------------------------------- reference computations


def random(*shape: int) -> Tensor:
    return torch.randn(shape, generator=generator(sum(shape)), dtype=torch.float64)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: half_squared_error(random(3, 2), random(3), random(3)), r"w has shape \(3,\); expected \(d\) with d = 2"),
        (lambda: half_squared_error(random(3), random(2), random(3)), r"X has shape \(3,\); expected \(n, d\)"),
        (lambda: two_layer_relu(random(2), random(3, 2), random(4, 2)), r"W_2 has shape \(4, 2\); expected \(K, H\) with H = 3"),
        (lambda: materialised_squared_norms(random(3, 2), random(4, 2)), r"inputs has shape \(4, 2\); expected \(N, d\) with N = 3"),
        (lambda: softmax_cross_entropy(random(3, 2), random(3, 2).float()), "one dtype on one device; found Z: torch.float64 on cpu, T: "),
        (lambda: softmax_cross_entropy(random(3, 2), random(3, 2).to("meta")), "found Z: torch.float64 on cpu, T: torch.float64 on meta"),
        (lambda: gradients(lambda x: 2 * x, random(2)), r"needs a scalar function; its value has shape \(2,\)"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(NumericError, match=message):
        call()


def test_gradients_of_what_a_function_ignores_are_zero() -> None:
    first, second = gradients(lambda x, y: (x**3).sum(), torch.tensor([2.0]), torch.ones(2))
    assert first.tolist() == [12.0]
    assert second.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("device", available_devices())
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32))
def test_both_ways_to_the_gradient_norms_agree_with_autograd(device: str, samples: int, outputs: int, width: int, seed: int) -> None:
    source = generator(seed)
    errors, inputs = (torch.rand(samples, size, generator=source, dtype=torch.float64).to(device) for size in (outputs, width))
    weights = torch.zeros(outputs, width, dtype=torch.float64, device=device)
    formed = torch.stack([gradients(lambda W, e=e, x=x: e @ W @ x, weights)[0].square().sum() for e, x in zip(errors, inputs, strict=True)])
    formed_by, factored_by = outputs * width + 2, outputs + width + 1  # roundings: a product squared and summed; a product of sums of squares
    bound = rounding_bound(formed_by + factored_by, torch.float64) * float(formed.max())
    for norms in (materialised_squared_norms(errors, inputs), factored_squared_norms(errors, inputs)):
        assert float((norms - formed).abs().max()) <= bound


# ------------------------------------------------------------------------------------------------- topics against torch


@dataclass(frozen=True)
class Reference:
    """A derivation of a topic (or one step of it), the names of the quantities in its model, and their loss by torch's layers."""

    topic: str
    derivation: str
    arguments: tuple[str, ...]
    loss: Callable[..., Tensor]
    step: str = ""

    def __str__(self) -> str:
        return self.derivation

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that state a gradient of the loss with respect to an argument."""
        entries = importlib.import_module(f"derivations.catalogue.{self.topic}").entries
        (found,) = (entry for entry in (each() if callable(each) else each for each in entries) if entry.name == self.derivation)
        claims = [claim for step, claim in zip(found.steps, found.claims, strict=True) if self.step in ("", step.title)]
        return tuple(claim for claim in claims if isinstance(claim.left, Gradient) and str(claim.left.variable) in self.arguments)


def gated_loss_at(*arguments: Tensor, t: int) -> Tensor:
    """The loss of the gated network at the class t, counted from 1."""
    x, W_1, W_2, W_3, W_4 = arguments
    return gated_network_loss(x, torch.eye(len(W_3)).to(x)[t - 1], W_1, W_2, W_3, W_4)


GATED = ("x", "W_1", "W_2", "W_3", "W_4")
L1_PARAMETERS = ("W_1", "b_1", "w_2", "b_2")
L1 = "gradients-of-a-tanh-network-under-the-mean-absolute-error"
REFERENCES = (
    Reference("backpropagation", f"{L1}-for-a-batch", ("X", "y", *L1_PARAMETERS), l1_tanh_loss),
    Reference("backpropagation", L1, ("x", "y", *L1_PARAMETERS), l1_tanh_loss),
    Reference("backpropagation", "errors-of-a-gated-network-with-softmax-cross-entropy", GATED, gated_loss_at),
    Reference("backpropagation", "weight-gradients-of-a-gated-network-with-softmax-cross-entropy", GATED, gated_loss_at),
    Reference(
        "backpropagation",
        "gradients-of-a-two-layer-relu-network",
        ("bar_y", "x", "W_1", "W_2"),
        lambda bar_y, x, W_1, W_2: bar_y @ two_layer_relu(x, W_1, W_2),
    ),
    Reference("backpropagation", "gradient-of-the-squared-error-by-that-of-the-network", ("x", "y", "W_H", "b_H", "W_O", "b_O"), curve_network_loss),
    Reference(
        "backpropagation",
        "gradients-of-batch-normalisation-of-several-features",
        ("G", "epsilon", "Z", "gamma", "beta"),
        lambda G, epsilon, Z, gamma, beta: (G * batch_normalized(Z, gamma, beta, epsilon.item())).sum(),
    ),
    Reference(
        "backpropagation",
        "gradient-of-softmax-cross-entropy-for-a-batch",
        ("Z", "T"),
        softmax_cross_entropy,
        "its gradient, whatever the targets sum to",
    ),
    Reference("least_squares", "gradient-of-the-least-squares-loss-by-the-chain-rule", ("X", "w", "y"), half_squared_error),
)


def batch_for(terms: list[Term], sizes: dict[str, int], seed: int, device: str) -> Batch:
    """One instance of everything that occurs; the ε of batch normalisation positive."""
    source = generator(seed)
    dims = {dim: sizes[dim.name] for dim in dimensions(terms)}
    values: dict[Quantity, Tensor] = {}
    for owner in sorted(symbols(terms), key=lambda owner: owner.name):
        quantities: list[Quantity] = [owner] if isinstance(owner, Symbol) else [(owner, place) for place in family_positions(owner, dims)]
        drawn = signed((len(quantities), 1, *matrix_size(owner.size, dims)), source).to(device)
        values |= zip(quantities, drawn.abs() if owner.name == "epsilon" else drawn, strict=True)
    return Batch(dims, values, 1, torch.float64, resolve_device(device))


def layered(value: Tensor) -> Tensor:
    """(1, rows, columns) as torch's layers take it: a column as (rows,), a scalar as ()."""
    matrix = value[0]
    return matrix if matrix.shape[1] > 1 else matrix[:, 0] if len(matrix) > 1 else matrix[0, 0]


def argument(batch: Batch, name: str) -> Tensor:
    """A quantity by its name; the members of a family in rows."""
    found = [layered(value) for key, value in batch.values.items() if (key if isinstance(key, Symbol) else key[0]).name == name]
    return found[0] if any(isinstance(key, Symbol) and key.name == name for key in batch.values) else torch.stack(found)


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("reference", REFERENCES, ids=str)
@settings(max_examples=8)
@given(sizes=st.fixed_dictionaries({letter: st.integers(2, 5) for letter in "N n d D h H K".split()}), seed=st.integers(0, 2**32))
def test_the_gradients_that_a_topic_states_are_those_of_torch(reference: Reference, device: str, sizes: dict[str, int], seed: int) -> None:
    assert reference.claims
    batch = batch_for([term for claim in reference.claims for term in claim.terms], sizes, seed, device)
    run = TensorInterpreter(batch)
    arguments = [argument(batch, name) for name in reference.arguments]
    for standing in standings({index for claim in reference.claims for term in claim.terms for index in term.free}, batch.sizes):
        run.positions.update(standing)
        with reproducible_arithmetic():
            slopes = gradients(partial(reference.loss, **{index.name: place for index, place in standing.items()}), *arguments)
            for claim in reference.claims:
                assert isinstance(claim.left, Gradient)
                assert isinstance(claim.right, Term)
                stated = run.value(claim.right)
                # a formula rounds as often as is recorded, and the reverse pass of its model at most four times as often
                bound = 5 * rounding_bound(stated.roundings + 1, torch.float64) * float(scale(stated))
                slope = slopes[reference.arguments.index(str(claim.left.variable))]
                assert float((layered(stated.tensor) - slope).abs().max()) <= bound
