"""Norms of per-sample weight gradients: factored beside a training step's backward pass, N backward passes, outer products, torch.func and JAX.

    python benchmarks/gradient_norms.py [--quick] [--device cpu] [--threads N] [--clock wall] [--rounds 9] [--json FILE]

A ReLU network of K layers of width D, ½‖f(x) − y‖², float32, without biases. The floor is what the forward pass and the backward pass of the
errors cost in matrix products: 2ND²(2K − 1) operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from measuring import Contestant, arguments, installed, matrix_products, peak_memory, race, report
from torch import Tensor
from torch.func import grad, vmap
from torch.nn.functional import linear, relu

from numeric.devices import generator
from numeric.gradient_norms import naive_squared_gradient_norms, squared_gradient_norms

BUFFER = 2**24
"""Bytes of the one buffer of the best-tuned outer products: more leaves the caches."""
BATCHED = 2**28
"""Bytes of gradients that vmap may hold at a time."""


@dataclass(frozen=True)
class Problem:
    """Inputs and targets (N, D), weights K times (D, D)."""

    X: Tensor
    targets: Tensor
    weights: list[Tensor]

    @classmethod
    def drawn(cls, N: int, D: int, K: int, device: torch.device) -> Problem:
        """By He's initialisation."""
        source = generator(0)
        weights = [(torch.randn(D, D, generator=source) * (2 / D) ** 0.5).to(device) for _ in range(K)]
        X, targets = (torch.randn(N, D, generator=source).to(device) for _ in range(2))
        return cls(X, targets, weights)

    def first(self, samples: int) -> Problem:
        """The same network for fewer inputs."""
        return Problem(self.X[:samples], self.targets[:samples], self.weights)

    @property
    def arguments(self) -> tuple[Tensor, Tensor, list[Tensor]]:
        """As the library takes them."""
        return self.X, self.targets, self.weights


def loss(weights: list[Tensor], x: Tensor, target: Tensor) -> Tensor:
    """The sum over the samples."""
    for number, weight in enumerate(weights):
        x = linear(relu(x) if number else x, weight)
    return (x - target).square().sum() / 2


def training_backward(problem: Problem) -> tuple[Tensor, ...]:
    """What a step of training costs: the gradient of the sum."""
    weights = [weight.detach().requires_grad_() for weight in problem.weights]
    return torch.autograd.grad(loss(weights, problem.X, problem.targets), weights)


def by_torch_func(problem: Problem) -> Tensor:
    """Each sample's gradients, by vmap in chunks."""

    def norms(x: Tensor, target: Tensor) -> Tensor:
        return torch.stack([gradient.square().sum() for gradient in grad(loss)(problem.weights, x, target)])

    each = sum(weight.nbytes for weight in problem.weights)
    return vmap(norms, chunk_size=max(1, BATCHED // each))(problem.X, problem.targets)


class OuterProducts:
    """Outer products of errors and inputs in one buffer that stays in the caches: the fastest way found that forms the gradients."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        weight = problem.weights[0]
        self.buffer = torch.empty(max(1, BUFFER // weight.nbytes), *weight.shape, device=weight.device)

    def __call__(self) -> Tensor:
        """The squared norms (N, K)."""
        values = [self.problem.X]
        for number, weight in enumerate(self.problem.weights):
            values.append(linear(values[-1], weight))
            if number < len(self.problem.weights) - 1:
                values[-1].relu_()
        errors = values.pop() - self.problem.targets
        norms = torch.empty(len(errors), len(values), device=errors.device)
        for layer in reversed(range(len(values))):
            for first in range(0, len(errors), len(self.buffer)):
                rows = slice(first, min(first + len(self.buffer), len(errors)))
                formed = self.buffer[: rows.stop - rows.start]
                torch.mul(errors[rows, :, None], values[layer][rows, None, :], out=formed)
                norms[rows, layer] = torch.linalg.vector_norm(formed, dim=(1, 2)).square()
            errors = (errors @ self.problem.weights[layer]) * (values[layer] > 0)
        return norms


def by_jax(problem: Problem) -> Contestant:
    """JAX, compiled; the compilation is not timed."""
    import jax

    X, targets, *weights = (jax.numpy.asarray(tensor.cpu().numpy()) for tensor in (problem.X, problem.targets, *problem.weights))

    def norms(x: object, target: object) -> object:
        def value(weights: list[object]) -> object:
            h = x
            for number, weight in enumerate(weights):
                h = weight @ (jax.nn.relu(h) if number else h)  # type: ignore[operator]
            return ((h - target) ** 2).sum() / 2  # type: ignore[operator]

        return jax.numpy.stack([(gradient**2).sum() for gradient in jax.grad(value)(weights)])

    compiled = jax.jit(jax.vmap(norms))
    return Contestant("jax.jit(vmap(grad))", lambda: compiled(X, targets).block_until_ready())


def contestants(problem: Problem, part: int) -> list[Contestant]:
    """Everything; what forms gradients on a part of the inputs."""
    (N, D), K = problem.X.shape, len(problem.weights)
    few, scale = problem.first(part), N / part
    alone = matrix_products(N * D * D * (2 * K - 1), N, D, D, torch.float32, problem.X.device)
    found = [
        alone,
        Contestant("this library, factored", lambda: squared_gradient_norms(*problem.arguments)),
        Contestant("one training backward pass", lambda: training_backward(problem)),
        Contestant("N backward passes", lambda: naive_squared_gradient_norms(*few.arguments), scale),
        Contestant("vmap(grad)", lambda: by_torch_func(few), scale),
        Contestant("outer products", lambda: squared_gradient_norms(*few.arguments, method="materialised"), scale),
        Contestant("outer products, one buffer", OuterProducts(few), scale),
    ]
    if installed("jax"):
        compiled = by_jax(few)
        found.append(Contestant(compiled.name, compiled.run, scale))
    return found


def main() -> None:
    """Print one table for each size."""
    options = arguments(__doc__)
    sizes = ((64, 64, 3),) if options.quick else ((1024, 256, 4), (1024, 512, 8))
    largest = Problem.drawn(*sizes[-1], options.device)
    run, small = (partial(squared_gradient_norms, *problem.arguments) for problem in (largest, largest.first(16)))
    memory = peak_memory(run, small, options.device)
    print(f"\nThe factored way holds at most {memory / 1e6:.0f} MB more than before it." if memory is not None else "")
    for N, D, K in sizes:
        problem = Problem.drawn(N, D, K, options.device)
        rows = race(contestants(problem, N // 8), options, floor="floor: matrix products alone")
        report(f"Squared norms of weight gradients, N = {N}, D = {D}, K = {K}", rows, options)


if __name__ == "__main__":
    main()
