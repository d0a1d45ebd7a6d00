"""Operation counts: the closed forms of the catalogue are what real runs of the algorithms multiply, counted while they run."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import linear

from derivations.catalogue import gradient_norms, jacobians
from derivations.catalogue._multiplications import entries_of
from derivations.catalogue._multiplications import multiplications as multiplications_of
from derivations.language.constructors import counter, det, diag, dimensions, hadamard, hadamard_power, iterate, matrix, norm, scalar, vector
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Term, as_term
from numeric.devices import NumericError
from numeric.gradient_norms import factored_squared_norms, materialised_squared_norms
from numeric.jacobians import Mode, jacobian
from numeric.jacobians import multiplications as numeric_multiplications
from numeric.operation_counts import MultiplicationCounter, multiplications

sizes = st.integers(1, 4)


def draw(*size: int) -> Tensor:
    return torch.rand(size, dtype=torch.float64, generator=torch.Generator().manual_seed(sum(size)))


def at(function: Any, *numbers: int) -> int:
    """What a function of the catalogue gives for numbers."""
    return int(function(*map(as_term, numbers)))


class Network:
    """f(x) = W_F tanh(W_L … tanh(W_1 x)), and the two orders in which its Jacobian is multiplied."""

    def __init__(self, D: int, K: int, P: int, L: int) -> None:
        self.weights = [draw(K, D), *(draw(K, K) for _ in range(L - 1))]
        self.output = draw(P, K)
        self.x = draw(D)

    def value(self, x: Tensor) -> Tensor:
        for W in self.weights:
            x = torch.tanh(W @ x)
        return self.output @ x

    def slopes(self) -> list[Tensor]:
        found, x = [], self.x
        for W in self.weights:
            x = torch.tanh(W @ x)
            found.append(1 - x * x)
        return found

    def forward(self, slopes: list[Tensor]) -> Tensor:
        product = slopes[0][:, None] * self.weights[0]
        for W, slope in zip(self.weights[1:], slopes[1:], strict=True):
            product = slope[:, None] * (W @ product)
        return self.output @ product

    def reverse(self, slopes: list[Tensor]) -> Tensor:
        product = self.output
        for W, slope in zip(self.weights[::-1], slopes[::-1], strict=True):
            product = (product * slope) @ W
        return product


@given(sizes, sizes, sizes, sizes)
@settings(max_examples=25)
def test_the_counts_of_a_jacobian_are_those_of_real_runs(D: int, K: int, P: int, L: int) -> None:
    network = Network(D, K, P, L)
    slopes = network.slopes()
    expected = torch.func.jacrev(network.value)(network.x)
    torch.testing.assert_close(network.forward(slopes), expected)
    torch.testing.assert_close(network.reverse(slopes), expected)
    assert multiplications(network.value, network.x) == at(jacobians.primal_multiplications, D, K, P, L)
    by_forward, by_reverse = multiplications(network.forward, slopes), multiplications(network.reverse, slopes)
    assert by_forward == at(jacobians.forward_multiplications, D, K, P, L) + at(jacobians.forward_scalings, D, K, L)
    assert by_reverse == at(jacobians.reverse_multiplications, D, K, P, L) + at(jacobians.reverse_scalings, P, K, L)
    assert by_reverse - by_forward == (P - D) * K * ((L - 1) * K + L)
    assert (by_reverse < by_forward) == (P < D)


@given(sizes, sizes)
@settings(max_examples=10)
def test_a_network_of_square_layers_with_one_output_takes_the_powers_of_the_course(M: int, N: int) -> None:
    network = Network(M, M, 1, N)
    slopes = network.slopes()
    assert multiplications(network.forward, slopes) == (N - 1) * M**3 + M**2 + N * M**2
    assert multiplications(network.reverse, slopes) == N * M**2 + N * M
    assert multiplications(network.value, network.x) == N * M**2 + M


@given(sizes, sizes, sizes)
@settings(max_examples=25)
def test_the_counts_of_a_backward_pass_are_those_of_autograd(N: int, K: int, D: int) -> None:
    """Of a network of linear layers, so that there are no slopes."""
    weights, inputs = [draw(D, D).requires_grad_() for _ in range(K)], draw(N, D).requires_grad_()

    def passed() -> Tensor:
        h = inputs
        for W in weights:
            h = linear(h, W)
        return h

    outputs = passed()
    assert multiplications(passed) == at(gradient_norms.forward_multiplications, N, K, D)
    both = multiplications(lambda: torch.autograd.grad(outputs, (inputs, *weights), torch.ones_like(outputs), retain_graph=True))
    assert both == at(gradient_norms.backward_multiplications, N, K, D)
    errors = multiplications(lambda: torch.autograd.grad(outputs, inputs, torch.ones_like(outputs)))
    assert errors == at(gradient_norms.error_multiplications, N, K, D)


@given(sizes, sizes, sizes)
@settings(max_examples=25)
def test_the_counts_of_the_norms_are_those_of_both_ways_to_them(N: int, K: int, D: int) -> None:
    errors, inputs = [draw(N, D) for _ in range(K)], [draw(N, D) + 1 for _ in range(K)]
    gradients = [error[:, :, None] * x[:, None, :] for error, x in zip(errors, inputs, strict=True)]
    assert multiplications(lambda: [gradient.square() for gradient in gradients]) == at(gradient_norms.norm_multiplications, N, K, D)
    by_factors = multiplications(lambda: [error.square().sum(1) * x.square().sum(1) for error, x in zip(errors, inputs, strict=True)])
    assert by_factors == at(gradient_norms.norm_multiplications_by_factors, N, K, D)
    factored = multiplications(lambda: [factored_squared_norms(error, x) for error, x in zip(errors, inputs, strict=True)])
    assert factored == by_factors
    naive = multiplications(lambda: [materialised_squared_norms(error, x) for error, x in zip(errors, inputs, strict=True)])
    assert naive == 2 * N * K * D**2  # the gradients, and their squares


@given(sizes, sizes, sizes, sizes, sizes)
@settings(max_examples=25)
def test_the_batched_jacobians_multiply_as_often_as_they_say(N: int, D: int, K: int, P: int, L: int) -> None:
    widths = (D, *[K] * L, P)
    weights = [draw(after, before) for before, after in pairwise(widths)]
    modes: tuple[Mode, ...] = ("forward", "reverse")
    for mode in modes:
        assert multiplications(lambda mode=mode: jacobian(draw(N, D), weights, mode=mode)) == N * numeric_multiplications(widths)[mode]


def entrywise() -> Tensor:
    return draw(3, 2) * 2.0


@pytest.mark.parametrize(
    ("computation", "count"),
    [
        (lambda: draw(2, 3) @ draw(3, 4), 24),
        (lambda: draw(2, 3) @ draw(3), 6),
        (lambda: draw(3) @ draw(3), 3),
        (lambda: draw(5, 2, 3) @ draw(5, 3, 4), 120),
        (lambda: linear(draw(2, 3), draw(4, 3), draw(4)), 24),
        (lambda: draw(3, 1) * draw(1, 4), 12),
        (lambda: draw(3) ** 2, 3),
        (lambda: draw(3, 2).T + 1 - draw(2, 3), 0),
        (lambda: draw(2, 3).tanh().relu().sum(), 0),
    ],
)  # fmt: skip
def test_each_operator_counts_what_it_multiplies(computation: Any, count: int) -> None:
    plain = computation()
    with MultiplicationCounter() as counted:
        found = computation()
    torch.testing.assert_close(found, plain)
    assert counted.count == count


@pytest.mark.parametrize(("function", "count"), [(torch.tanh, 6), (torch.sigmoid, 6), (torch.relu, 0)])
def test_slopes_are_counted_and_right(function: Any, count: int) -> None:
    z = (draw(3) - 0.5).requires_grad_()
    value = function(z)
    error = draw(3)
    (plain,) = torch.autograd.grad(value, z, error, retain_graph=True)
    with MultiplicationCounter() as counted:
        (found,) = torch.autograd.grad(value, z, error)
    torch.testing.assert_close(found, plain)
    assert counted.count == count


@pytest.mark.parametrize(
    "computation",
    [
        lambda: torch.linalg.inv(draw(2, 2)),
        lambda: draw(2) ** 3,
        lambda: draw(2) / 3,
        lambda: torch.add(draw(2), draw(2), alpha=2),
        lambda: draw(2).cos(),
    ],
)
def test_what_is_not_known_is_refused(computation: Any) -> None:
    with pytest.raises(NumericError, match="is met"):
        multiplications(computation)


a, b, c = dimensions("a b c")
A, B, v = matrix("A", a, b), matrix("B", b, c), vector("v", a)
n = counter("n")
S, T = matrix("S", a, a), matrix("T", a, a)


@pytest.mark.parametrize(
    ("term", "products", "scalings"),
    [
        (A @ B, a * b * c, as_term(0)),
        (B.T @ A.T, c * b * a, as_term(0)),
        (diag(v) @ A, as_term(0), a * b),
        (hadamard(A, A), as_term(0), a * b),
        (hadamard_power(A, 2), as_term(0), a * b),
        (norm(v) ** 2, as_term(0), as_term(a)),
        (scalar("r") * A + A, as_term(0), a * b),
    ],
)  # fmt: skip
def test_a_term_takes_what_the_shapes_of_its_factors_say(term: Term, products: Term, scalings: Term) -> None:
    found = multiplications_of(term)
    assert (found.products, found.scalings) == (products, scalings)


def test_a_sequence_takes_what_each_of_its_steps_takes() -> None:
    found = multiplications_of(iterate("T", n, S @ S, T, S @ T)).products
    assert found == a * a * a + multiplications_of(iterate("T", n, S, T, S @ T)).products


def test_a_term_whose_cost_is_not_known_is_refused() -> None:
    for term in (det(S), hadamard_power(S, 3), norm(v), norm(v) ** 4):
        with pytest.raises(UnsupportedError, match="how many multiplications"):
            multiplications_of(term)


def test_what_is_stored_is_every_entry_of_every_term() -> None:
    assert entries_of(A, v, scalar("r")) == a * b + a + 1
