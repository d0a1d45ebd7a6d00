"""Jacobians of a tanh network for 1000 inputs: this library beside the loop with diagonal matrices, torch.func, JAX, and matrix products alone.

    python benchmarks/jacobians.py [--quick] [--device cpu] [--threads N] [--clock wall] [--rounds 9] [--json FILE]

f(x) = W_F tanh(W_L … tanh(W_1 x)), D = K = 500, P = 1, float32, without biases. Forward mode costs hundreds of times as much, so it is timed on
fewer inputs and multiplied. Then the automatic choice of the mode is put to the test where P/D is outside [1/2, 2].
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from measuring import Contestant, arguments, installed, matrix_products, peak_memory, race, report
from torch import Tensor
from torch.func import jacfwd, jacrev, vmap
from torch.nn.functional import linear

from numeric.devices import generator
from numeric.jacobians import Mode, cheaper_mode, jacobian, multiplications


@dataclass(frozen=True)
class Problem:
    """Inputs X (N, D) and weights, the last of them W_F."""

    X: Tensor
    weights: list[Tensor]

    @classmethod
    def drawn(cls, D: int, K: int, P: int, L: int, N: int, device: torch.device) -> Problem:
        """Of a size at which tanh is not saturated."""
        source, widths = generator(0), [D, *[K] * L, P]
        sizes = list(zip(widths[1:], widths, strict=False))
        weights = [(torch.randn(*size, generator=source) / size[1] ** 0.5).to(device) for size in sizes]
        return cls(torch.randn(N, D, generator=source).to(device), weights)

    def first(self, samples: int) -> Problem:
        """The same network for fewer inputs."""
        return Problem(self.X[:samples], self.weights)

    @property
    def widths(self) -> list[int]:
        """(D, K, …, K, P)."""
        return [self.X.shape[1], *(len(weight) for weight in self.weights)]


def by_diagonal_matrices(problem: Problem, mode: Mode) -> Tensor:
    """The textbook's way: one input after the other, a diagonal matrix for each layer."""
    *hidden, last = problem.weights
    jacobians = []
    for x in problem.X:
        values = [x]
        for weight in hidden:
            values.append(torch.tanh(weight @ values[-1]))
        diagonals = [torch.diag(1 - value**2) for value in values[1:]]
        if mode == "reverse":
            product = last
            for weight, diagonal in zip(reversed(hidden), reversed(diagonals), strict=True):
                product = product @ diagonal @ weight
        else:
            product = diagonals[0] @ hidden[0]
            for weight, diagonal in zip(hidden[1:], diagonals[1:], strict=True):
                product = diagonal @ (weight @ product)
            product = last @ product
        jacobians.append(product)
    return torch.stack(jacobians)


def network(x: Tensor, weights: list[Tensor]) -> Tensor:
    """F(x), as most people write it for one input."""
    *hidden, last = weights
    for weight in hidden:
        x = torch.tanh(weight @ x)
    return last @ x


def network_by_rows(x: Tensor, weights: list[Tensor]) -> Tensor:
    """F(x), by torch's own layer."""
    *hidden, last = weights
    for weight in hidden:
        x = torch.tanh(linear(x, weight))
    return linear(x, last)


def by_autograd(problem: Problem, **options: object) -> Tensor:
    """One input after the other through torch.autograd.functional."""
    function = partial(network, weights=problem.weights)
    return torch.stack([torch.autograd.functional.jacobian(function, x, **options) for x in problem.X])  # type: ignore[no-untyped-call]


def by_sum(problem: Problem) -> Tensor:
    """One backward pass of the sum over all inputs, for each output."""
    X = problem.X.detach().requires_grad_()
    outputs = network_by_rows(X, problem.weights).sum(0)
    return torch.stack([torch.autograd.grad(output, X, retain_graph=True)[0] for output in outputs], 1)


def by_torch_func(problem: Problem, transform: Callable[..., Callable[..., Tensor]], function: Callable[..., Tensor], chunk: int | None) -> Tensor:
    """Torch's own transformations."""
    return vmap(transform(function), in_dims=(0, None), chunk_size=chunk)(problem.X, problem.weights)


def by_jax(problem: Problem, mode: Mode) -> Callable[[], object]:
    """JAX, compiled; the compilation is not timed."""
    import jax

    jax.config.update("jax_platforms", "cpu" if problem.X.device.type == "cpu" else "cuda")
    X, *weights = (jax.numpy.asarray(tensor.cpu().numpy()) for tensor in (problem.X, *problem.weights))

    def function(x: object, weights: list[object]) -> object:
        *hidden, last = weights
        for weight in hidden:
            x = jax.numpy.tanh(weight @ x)  # type: ignore[operator]
        return last @ x  # type: ignore[operator]

    transform = {"forward": jax.jacfwd, "reverse": jax.jacrev}[mode]
    compiled = jax.jit(jax.vmap(transform(function), in_axes=(0, None)))
    return lambda: compiled(X, weights).block_until_ready()


def floor(problem: Problem, mode: Mode) -> Contestant:
    """The multiplications of the mode in matrix products of the shape of its layers."""
    D, K = problem.widths[:2]
    rows = len(problem.X) if mode == "reverse" else 16 * D
    operations = len(problem.X) * multiplications(problem.widths)[mode]
    return matrix_products(operations, rows, K, K, torch.float32, problem.X.device)


def reverse_mode(problem: Problem) -> list[Contestant]:
    """Everything in reverse mode, on all inputs."""
    part = problem.first(len(problem.X) // 10)
    contestants = [
        floor(problem, "reverse"),
        Contestant("this library", lambda: jacobian(problem.X, problem.weights, mode="reverse")),
        Contestant("loop with torch.diag", lambda: by_diagonal_matrices(part, "reverse"), 10),
        Contestant("loop over autograd.functional.jacobian", lambda: by_autograd(part), 10),
        Contestant("vmap(jacrev), W @ h", lambda: by_torch_func(problem, jacrev, network, None)),
        Contestant("vmap(jacrev), F.linear", lambda: by_torch_func(problem, jacrev, network_by_rows, None)),
        Contestant("autograd.grad of the sum", lambda: by_sum(problem)),
    ]
    return contestants + ([Contestant("jax.jit(vmap(jacrev))", by_jax(problem, "reverse"))] if installed("jax") else [])


def forward_mode(problem: Problem, samples: int) -> list[Contestant]:
    """Everything in forward mode, on a part of the inputs."""
    scale = len(problem.X) / samples
    batch, few = problem.first(samples), problem.first(max(1, samples // 8))
    alone = floor(batch, "forward")
    contestants = [
        Contestant(alone.name, alone.run, alone.scale * scale),
        Contestant("this library", lambda: jacobian(batch.X, batch.weights, mode="forward"), scale),
        Contestant("loop with torch.diag", lambda: by_diagonal_matrices(few, "forward"), len(problem.X) / len(few.X)),
        Contestant("vmap(jacfwd), W @ h", lambda: by_torch_func(batch, jacfwd, network, 32), scale),
        Contestant("vmap(jacfwd), F.linear", lambda: by_torch_func(batch, jacfwd, network_by_rows, 32), scale),
    ]
    if installed("jax"):
        contestants.append(Contestant("jax.jit(vmap(jacfwd))", by_jax(problem.first(min(40, samples)), "forward"), len(problem.X) / min(40, samples)))
    return contestants


def choices(options: Namespace) -> None:
    """Both modes for several shapes; the rows where the faster one is not the one chosen are marked."""
    widths = (2, 10, 50) if options.quick else (2, 10, 100, 500)
    print("\nThe choice of the mode, L = 3, K = 100: reverse over forward, by the clock and by the multiplications\n")
    print("| D | P | measured | counted | chosen | |\n|---|---|---|---|---|---|")
    for D in widths:
        for P in widths:
            problem = Problem.drawn(D, 100, P, 3, 100 if options.quick else 1000, options.device)
            runs = [Contestant(mode, partial(jacobian, problem.X, problem.weights, mode=mode)) for mode in ("forward", "reverse")]
            reverse = race(runs, options)[1].to_reference
            counts, chosen = multiplications(problem.widths), cheaper_mode(problem.widths)
            clear = not 0.5 <= P / D <= 2
            wrong = " slower one chosen" if clear and (reverse < 1) != (chosen == "reverse") else ""
            print(f"| {D} | {P} | {reverse:.3g} | {counts['reverse'] / counts['forward']:.3g} | {chosen} |{wrong} |", flush=True)


def main() -> None:
    """Print all tables."""
    options = arguments(__doc__)
    width, inputs, depths = (100, 200, (3,)) if options.quick else (500, 1000, (3, 5, 10))
    few, one = (Problem.drawn(width, width, 1, depths[-1], samples, options.device) for samples in (32, 1))
    run, small = (partial(jacobian, problem.X, problem.weights, mode="forward") for problem in (few, one))
    memory = peak_memory(run, small, options.device)
    print(f"\nForward mode holds at most {memory / 1e6:.0f} MB more than before it, its result included." if memory is not None else "")
    for L in depths:
        problem = Problem.drawn(width, width, 1, L, inputs, options.device)
        rows = race(reverse_mode(problem), options, floor="floor: matrix products alone")
        report(f"Reverse mode, D = K = {width}, P = 1, {inputs} inputs, L = {L}", rows, options)
        samples = max(8, 160 // L)
        rows = race(forward_mode(problem, samples), options, floor="floor: matrix products alone")
        report(f"Forward mode, D = K = {width}, P = 1, {inputs} inputs (timed on {samples}), L = {L}", rows, options)
    choices(options)


if __name__ == "__main__":
    main()
