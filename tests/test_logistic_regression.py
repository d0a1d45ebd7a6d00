"""The topic logistic_regression against what shares nothing with it: torch's own loss, autograd, and steps of gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.catalogue import logistic_regression as topic
from derivations.language.constructors import matrix, vector

seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, n: int = 5, d: int = 3) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    X, w = torch.randn(n, d, generator=random, dtype=torch.float64), torch.randn(d, 1, generator=random, dtype=torch.float64)
    y = torch.randint(0, 2, (n, 1), generator=random).double() * 2 - 1
    return X, y, w


def at(made: Any, **values: torch.Tensor) -> np.ndarray:
    """A SymPy object of X, y and w with numbers put in; of a 1 × 1 product its entry."""
    names = {name.name: name for name in made.atoms(sp.MatrixSymbol)}
    put = made.xreplace({names[name]: sp.ImmutableMatrix(value.tolist()) for name, value in values.items()})
    return np.array((put.arg if isinstance(put, sp.Trace) else put).as_explicit(), dtype=float)


def sized(n: int, d: int) -> tuple[Any, Any, Any]:
    return matrix("X", n, d), vector("y", n), vector("w", d)


@given(seeds)
@settings(max_examples=5)
def test_loss_gradient_and_hessian_are_those_of_torch(seed: int) -> None:
    X, y, w = drawn(seed, 3, 2)

    def loss(w: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.binary_cross_entropy_with_logits(X @ w, (1 + y) / 2, reduction="sum")

    varied = w.clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(varied), varied, create_graph=True)
    curvature = torch.cat([torch.autograd.grad(entry, varied, retain_graph=True)[0].T for entry in slope.flatten()])
    np.testing.assert_allclose(at(topic.negative_log_likelihood(*sized(3, 2)), X=X, y=y, w=w)[0, 0], loss(w).item(), rtol=1e-12)
    np.testing.assert_allclose(at(topic.nll_gradient(*sized(3, 2)), X=X, y=y, w=w), slope.detach().numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(at(topic.nll_hessian(*sized(3, 2)), X=X, y=y, w=w), curvature.numpy(), rtol=1e-9, atol=1e-12)


def test_the_slope_in_the_scale_is_the_derivative_of_the_loss() -> None:
    m, c = sp.symbols("m c", real=True)
    (margin,) = topic.loss_of_margin().free_symbols
    assert sp.simplify(sp.diff(topic.loss_of_margin().subs(margin, c * m), c) - topic.slope_in_scale()) == 0


@pytest.mark.parametrize("separable", [True, False])
def test_descent_goes_on_for_ever_exactly_on_separable_data(separable: bool) -> None:
    X = torch.tensor([[1, 0], [2, 1], [-1, 1], [-2, -1], [1, 0]], dtype=torch.float64)
    y = torch.tensor([[1], [1], [-1], [-1], [1 if separable else -1]], dtype=torch.float64)
    w = torch.zeros(2, 1, dtype=torch.float64)
    lengths = []
    for _ in range(4000):
        w = w + 0.2 * X.T @ (y * torch.sigmoid(-y * (X @ w)))
        lengths.append(float(w.norm()))
    loss = float(torch.log1p(torch.exp(-y * (X @ w))).sum())
    assert (lengths[-1] > lengths[1999] + 0.1) == separable
    assert (loss < 0.05) == separable
