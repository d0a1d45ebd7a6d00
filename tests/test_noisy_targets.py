"""Least squares with noise on the targets: what the functions give, against sums over all outcomes of noise that is −σ or σ with equal chances."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from derivations.catalogue import least_squares
from derivations.language.constructors import column_vector, literal
from derivations.language.terms import as_term

rows = st.lists(st.tuples(*[st.integers(-4, 4)] * 2), min_size=4, max_size=4)
weights = st.tuples(*[st.integers(-4, 4)] * 2)


def outcomes(data: Tensor, w_star: tuple[int, ...], sigma: int) -> Tensor:
    """The targets (n, outcomes)."""
    noise = sigma * torch.tensor(list(product((-1.0, 1.0), repeat=len(data))), dtype=torch.float64).mT
    return data @ torch.tensor(w_star, dtype=torch.float64)[:, None] + noise


def numbers(found: Any) -> Tensor:
    return torch.tensor(found.doit().as_explicit().tolist(), dtype=torch.float64)


@given(rows, weights, st.integers(1, 3))
def test_without_a_penalty(X: list[tuple[int, ...]], w_star: tuple[int, ...], sigma: int) -> None:
    data = torch.tensor(X, dtype=torch.float64)
    assume(bool(torch.linalg.matrix_rank(data) == 2))
    targets = outcomes(data, w_star, sigma)
    found = torch.linalg.lstsq(data, targets).solution
    mean_loss = float((data @ found - targets).square().mean())
    assert float(least_squares.expected_training_loss(literal(*X), as_term(sigma))) == pytest.approx(mean_loss)
    torch.testing.assert_close(numbers(least_squares.minimiser_covariance(literal(*X), as_term(sigma))), found.cov(correction=0))


@given(rows, weights, st.integers(1, 3), st.integers(1, 4))
def test_with_a_penalty(X: list[tuple[int, ...]], w_star: tuple[int, ...], sigma: int, penalty: int) -> None:
    data = torch.tensor(X, dtype=torch.float64)
    targets = outcomes(data, w_star, sigma)
    widened = torch.cat((data, penalty**0.5 * torch.eye(2))), torch.cat((targets, torch.zeros(2, targets.shape[1])))  # rows √λ I: the penalty
    found = torch.linalg.lstsq(*widened).solution
    bias = found.mean(1, keepdim=True) - torch.tensor(w_star, dtype=torch.float64)[:, None]
    terms = as_term(sigma), as_term(penalty)
    torch.testing.assert_close(numbers(least_squares.ridge_bias(literal(*X), column_vector(*w_star), terms[1])), bias)
    torch.testing.assert_close(numbers(least_squares.ridge_covariance(literal(*X), *terms)), found.cov(correction=0))
