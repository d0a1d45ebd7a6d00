"""The topic robust_regression and its torch side against SciPy's linear programming (HiGHS), and against all interpolating coefficients."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from derivations.catalogue import robust_regression as topic
from derivations.language.constructors import column_vector, literal, matrix, vector
from numeric.devices import NumericError
from numeric.regression import least_absolute_deviations

small = st.integers(-3, 3)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    """Integer data with ties: repeated samples, residuals that vanish by chance, numbers that occur twice."""
    d = draw(st.integers(1, 3))
    n = draw(st.integers(d, 7))
    return [[draw(small) for _ in range(d)] for _ in range(n)], [draw(small) for _ in range(n)]


def solved(X: list[list[int]], y: list[int]) -> tuple[np.ndarray, float, np.ndarray]:
    """The coefficients, the value and the signs that SciPy finds for the linear program of the topic."""
    c, A, b = (np.array(part.as_explicit(), dtype=float) for part in topic.linear_program(literal(*map(tuple, X)), column_vector(*y)))
    found = linprog(c[:, 0], A_ub=A, b_ub=b[:, 0], bounds=(None, None))
    assert found.success
    upper, lower = np.split(-found.ineqlin.marginals, 2)
    return found.x[: len(X[0])], float(found.fun), upper - lower


def assert_certified(X: np.ndarray, y: np.ndarray, coefficients: np.ndarray, signs: np.ndarray) -> None:
    """Xᵀs = 0 for an s in Sign(Xβ − y)."""
    residuals = X @ coefficients - y
    np.testing.assert_allclose(X.T @ signs, 0, atol=1e-7)
    assert (np.abs(signs) <= 1 + 1e-9).all()
    np.testing.assert_allclose(signs * residuals, np.abs(residuals), atol=1e-7)


@given(problems())
@settings(max_examples=25)
def test_the_linear_program_has_the_value_of_the_loss_and_its_dual_is_a_certificate(problem: tuple[list[list[int]], list[int]]) -> None:
    X, y = problem
    coefficients, value, signs = solved(X, y)
    data, targets = np.array(X, dtype=float), np.array(y, dtype=float)
    np.testing.assert_allclose(np.abs(targets - data @ coefficients).sum(), value, atol=1e-7)
    assert_certified(data, targets, coefficients, signs)
    np.testing.assert_allclose(-targets @ signs, value, atol=1e-7)


@given(problems())
@settings(max_examples=60)
def test_exchanges_end_at_the_value_that_scipy_finds(problem: tuple[list[list[int]], list[int]]) -> None:
    X, y = (torch.tensor(part, dtype=torch.float64) for part in problem)
    assume(int(torch.linalg.matrix_rank(X)) == X.shape[1])
    found = least_absolute_deviations(X, y)
    value = float((y - X @ found.coefficients).abs().sum())
    np.testing.assert_allclose(value, solved(*problem)[1], atol=1e-7)
    assert_certified(X.numpy(), y.numpy(), found.coefficients.numpy(), found.signs.numpy())


@given(seeds, st.integers(1, 3), st.sampled_from([torch.float64, torch.float32]))
@settings(max_examples=20)
def test_no_coefficients_that_interpolate_samples_are_better(seed: int, d: int, dtype: torch.dtype) -> None:
    random = torch.Generator().manual_seed(seed)
    X, y = torch.randn(8, d, generator=random, dtype=dtype), torch.randn(8, generator=random, dtype=dtype)
    found = least_absolute_deviations(X, y)
    rows = torch.tensor(list(combinations(range(8), d)))
    best = (y - (torch.linalg.solve(X[rows], y[rows]) @ X.T)).abs().sum(1).min()
    torch.testing.assert_close((y - X @ found.coefficients).abs().sum(), best)


@given(st.lists(small, min_size=1, max_size=9))
def test_of_one_column_of_ones_it_is_a_median(numbers: list[int]) -> None:
    y = torch.tensor(numbers, dtype=torch.float64)
    (found,) = least_absolute_deviations(torch.ones(len(numbers), 1, dtype=torch.float64), y).coefficients
    assert 2 * int((y < found).sum()) <= len(numbers)
    assert 2 * int((y > found).sum()) <= len(numbers)


def test_an_outlier_moves_the_mean_and_not_the_median() -> None:
    y = torch.tensor([1.0, 2, 3, 4, 1000])
    assert least_absolute_deviations(torch.ones(5, 1), y).coefficients.tolist() == [3]


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1.0, 2], [2, 4], [3, 6]], [1.0, 2, 3], "rank 1; expected full column rank"),
        ([[1.0, 2]], [1.0], r"shape \(1, 2\) and rank 1"),
        ([[1.0], [2]], [1.0, 2, 3], "y has shape"),
    ],
)
def test_data_without_one_solution_are_refused(X: list[list[float]], y: list[float], message: str) -> None:
    with pytest.raises(NumericError, match=message):
        least_absolute_deviations(torch.tensor(X), torch.tensor(y))


def test_the_functions_are_those_of_the_loss() -> None:
    X, y, beta = literal([1, 2], [0, -1], [3, 1]), column_vector(1, 2, -4), column_vector(2, -1)
    assert sum(abs(np.array([1, 2, -4]) - np.array([[1, 2], [0, -1], [3, 1]]) @ [2, -1])) == 11
    assert topic.absolute_loss(X, y, beta).doit().as_explicit() == 11
    assert topic.dual_value(y, column_vector(1, 0, -1)).doit() == -5
    assert topic.loss_gradient(X, y, beta).doit().as_explicit() == sp.Matrix([2, 0])
    c, A, b = topic.linear_program(matrix("X", 3, 2), vector("y", 3))
    assert (c.shape, A.shape, b.shape) == ((5, 1), (6, 5), (6, 1))
