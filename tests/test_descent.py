"""Gradient descent and momentum in closed form: against iteration, against exact iterates, within their bounds; any rank; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import inf, nan

import pytest
import torch
from descent_oracle import Problems, error, gradient_descent_iterates, momentum_iterates
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from numeric.descent import gradient_descent, gradient_descent_by_iteration, momentum, momentum_by_iteration
from numeric.descent_errors import gradient_descent_error, momentum_error
from numeric.devices import NumericError, available_devices, generator, reproducible_arithmetic, unit_roundoff

SIZES = st.tuples(st.integers(1, 6), st.integers(1, 6))
DTYPES = [torch.float64, torch.float32]
SEEDS = st.integers(0, 2**32)


def drawn(*shape: int, seed: int, dtype: torch.dtype = torch.float64, device: str = "cpu") -> Tensor:
    return torch.randn(shape, generator=generator(seed), dtype=torch.float64).to(device, dtype)


def of_rank(rank: int, rows: int, columns: int, seed: int) -> Tensor:
    """Of that rank exactly: small integers, whose products are exact."""
    source = generator(seed)
    left, right = (torch.randint(-3, 4, shape, generator=source).double() for shape in ((rows, rank), (rank, columns)))
    left[:rank], right[:, :rank] = torch.eye(rank).double(), torch.eye(rank).double()
    return left @ right


# ---------------------------------------------------------------------------------------------------------- against iteration


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", DTYPES)
@given(size=SIZES, steps=st.integers(0, 60), relative=st.floats(-0.1, 2.2), beta=st.floats(0.05, 1), seed=SEEDS)
def test_the_closed_forms_are_where_iteration_arrives(
    dtype: torch.dtype, device: str, size: tuple[int, int], steps: int, relative: float, beta: float, seed: int
) -> None:
    n, d = size
    X, y, w_0 = (drawn(*shape, seed=seed + place, dtype=dtype, device=device) for place, shape in enumerate([(n, d), (n,), (d,)]))
    rate = relative / max(1e-3, float(torch.linalg.matrix_norm(X, 2)) ** 2)
    with reproducible_arithmetic():
        pairs = [
            (gradient_descent(X, y, w_0, rate, steps), gradient_descent_by_iteration(X, y, w_0, rate, steps)),
            (momentum(X, y, w_0, rate, beta, steps), momentum_by_iteration(X, y, w_0, rate, beta, steps)),
        ]
        bounds = gradient_descent_error(X, y, w_0, rate, steps), momentum_error(X, y, w_0, rate, beta, steps)
    for (found, iterated), bound in zip(pairs, bounds, strict=True):
        assert found.dtype == iterated.dtype == dtype
        # each step of the loop rounds a few times: as often as there are steps, what one evaluation of the closed form may be off
        assert float((found - iterated).double().norm()) <= (1 + steps) * float(bound)


@given(size=SIZES, seed=SEEDS, batch=st.lists(st.integers(0, 3), max_size=2))
def test_a_batch_is_its_members_each_with_its_own_rate(size: tuple[int, int], seed: int, batch: list[int]) -> None:
    n, d = size
    X, y, w_0 = (drawn(*batch, *shape, seed=seed + place) for place, shape in enumerate([(n, d), (n,), (d,)]))
    rates = drawn(*batch, seed=seed + 3).abs() / 20
    betas = torch.sigmoid(drawn(*batch, seed=seed + 4))
    steps = [0, 3, 1000]
    found, fast = gradient_descent(X, y, w_0, rates, steps), momentum(X, y, w_0, rates, betas, steps)
    errors = gradient_descent_error(X, y, w_0, rates, steps), momentum_error(X, y, w_0, rates, betas, steps)
    assert found.shape == fast.shape == (*batch, 3, d)
    assert errors[0].shape == errors[1].shape == (*batch, 3)
    for key in product(*map(range, batch)):
        for step, k in enumerate(steps):
            alone = gradient_descent(X[key], y[key], w_0[key], float(rates[key]), k)
            assert torch.allclose(found[key][step], alone, rtol=1e-7, atol=1e-7, equal_nan=True)
            alone = momentum(X[key], y[key], w_0[key], float(rates[key]), float(betas[key]), k)
            assert torch.allclose(fast[key][step], alone, rtol=1e-7, atol=1e-7, equal_nan=True)


@given(SIZES, st.integers(0, 40), st.floats(0, 0.5), SEEDS)
def test_momentum_that_forgets_at_once_is_gradient_descent(size: tuple[int, int], steps: int, rate: float, seed: int) -> None:
    X, y, w_0 = (drawn(*shape, seed=seed + place) for place, shape in enumerate([size, size[:1], size[1:]]))
    bound = gradient_descent_error(X, y, w_0, rate, steps) + momentum_error(X, y, w_0, rate, 1, steps)
    assert float((momentum(X, y, w_0, rate, 1, steps) - gradient_descent(X, y, w_0, rate, steps)).norm()) <= float(bound)


# ------------------------------------------------------------------------------------------------------ against exact iterates

STEPS = [1, 10, 1000, 10**6, 10**9]


@pytest.mark.parametrize("method", ["gradient descent", "momentum"])
@pytest.mark.parametrize("size", [(8, 3), (3, 8)])
@pytest.mark.parametrize(("dtype", "kappa"), [(torch.float64, k) for k in (1.0, 10.0, 1e3, 1e6)] + [(torch.float32, k) for k in (1.0, 10.0, 1e2)])
@settings(max_examples=2)
@given(seed=SEEDS)
def test_errors_stay_within_their_bounds(method: str, size: tuple[int, int], dtype: torch.dtype, kappa: float, seed: int) -> None:
    problems = Problems.drawn(kappa, 12, size, dtype, seed)
    X, y, w_0, alpha, eta, beta = problems.X, problems.y, problems.w_0, problems.alpha, problems.eta, problems.beta
    if method == "momentum":
        found, bounds = momentum(X, y, w_0, eta, beta, STEPS), momentum_error(X, y, w_0, eta, beta, STEPS)
        exact = [momentum_iterates(*data, STEPS) for data in zip(X, y, w_0, eta.tolist(), beta.tolist(), strict=True)]
    else:
        found, bounds = gradient_descent(X, y, w_0, alpha, STEPS), gradient_descent_error(X, y, w_0, alpha, STEPS)
        exact = [gradient_descent_iterates(*data, STEPS) for data in zip(X, y, w_0, alpha.tolist(), strict=True)]
    distances = torch.tensor([[error(w, wanted)[0] for w, wanted in zip(*pair, strict=True)] for pair in zip(found, exact, strict=True)])
    finite = found.isfinite().all(-1)
    assert finite[:, :2].all()
    assert (distances[finite] <= bounds[finite]).all()
    assert bounds[~finite].isinf().all()
    # a bound that says nothing would hold too: the worst case of these few instances comes within a factor of some hundreds
    assert float((distances[finite] / bounds[finite]).max()) > 1 / 1000


def test_no_law_in_the_condition_number_alone_holds() -> None:
    """Where y is nearly orthogonal to the range of X, the error is κ² times as large as u, relative to ‖w_k‖; the bound knows."""
    kappa, steps = 100.0, [1000, 10**9]
    problems = Problems.drawn(kappa, 6, (8, 3), torch.float64, 0)
    U = torch.linalg.svd(problems.X, full_matrices=False)[0]
    y = drawn(6, 8, 1, seed=1)
    y, w_0 = (y - U @ (U.mT @ y) + 1e-6 * U[..., :1])[..., 0], torch.zeros(6, 3, dtype=torch.float64)
    found, bounds = gradient_descent(problems.X, y, w_0, 1.0, steps), gradient_descent_error(problems.X, y, w_0, 1.0, steps)
    worst = 0.0
    for place, X in enumerate(problems.X):
        for step, exact in enumerate(gradient_descent_iterates(X, y[place], w_0[place], 1.0, steps)):
            distance, size = error(found[place, step], exact)
            assert distance <= float(bounds[place, step])
            worst = max(worst, distance / size)
    assert worst > 1000 * 16 * unit_roundoff(torch.float64) * (8 + kappa)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_bound_tells_a_cancelled_power_from_a_good_one(dtype: torch.dtype) -> None:
    """1 − (1 − ασ²)^k without expm1 and log1p loses what the bound does not allow."""
    sigma = torch.tensor([1.0, 1e-4 if dtype == torch.float32 else 1e-9], dtype=dtype)
    X, y, w_0 = torch.diag(sigma), torch.ones(2, dtype=dtype), torch.zeros(2, dtype=dtype)
    (exact,) = gradient_descent_iterates(X, y, w_0, 1.0, [3])
    careless = (1 - (1 - sigma * sigma) ** 3) / sigma * y
    bound = float(gradient_descent_error(X, y, w_0, 1.0, 3))
    assert error(gradient_descent(X, y, w_0, 1.0, 3), exact)[0] < bound
    assert error(careless, exact)[0] > bound


# ------------------------------------------------------------------------------------------- rank, range of convergence, limits


@given(st.integers(1, 3), st.integers(3, 6), st.integers(3, 6), SEEDS)
def test_deficient_data_leave_what_they_map_to_zero_as_it_was(rank: int, n: int, d: int, seed: int) -> None:
    X, y, w_0 = of_rank(rank, n, d, seed), drawn(n, seed=seed), drawn(d, seed=seed + 1)
    rate = 1 / float(torch.linalg.matrix_norm(X, 2)) ** 2
    kernel = torch.eye(d, dtype=torch.float64) - torch.linalg.pinv(X) @ X
    limit = kernel @ w_0 + torch.linalg.pinv(X) @ y
    for steps, found in ((10, gradient_descent(X, y, w_0, rate, 10)), (10**9, gradient_descent(X, y, w_0, rate, 10**9))):
        assert torch.allclose(kernel @ found, kernel @ w_0, rtol=0, atol=1e-10 * float(1 + found.norm() + w_0.norm()))
        assert torch.allclose(momentum(X, y, w_0, rate, 1, steps), found, rtol=0, atol=1e-9 * float(1 + found.norm() + w_0.norm()))
    assert torch.allclose(found, limit, rtol=0, atol=1e-9 * float(1 + limit.norm()))


def test_without_data_in_some_direction_the_bound_grows_with_the_steps() -> None:
    X, y, w_0 = of_rank(1, 3, 3, 0), drawn(3, seed=0), drawn(3, seed=1)
    rate = 1 / float(torch.linalg.matrix_norm(X, 2)) ** 2
    bounds = gradient_descent_error(X, y, w_0, rate, [10**6, 10**9])
    assert 900 < float(bounds[1] / bounds[0]) < 1001


@pytest.mark.parametrize("X", [torch.zeros(3, 2).double(), torch.zeros(2, 3).double()])
def test_data_of_zeros_leave_everything_as_it_was(X: Tensor) -> None:
    w_0 = drawn(X.shape[1], seed=0)
    y = torch.ones(len(X), dtype=torch.float64)
    assert torch.equal(gradient_descent(X, y, w_0, 0.1, 10**9), w_0)
    assert torch.equal(momentum(X, y, w_0, 0.1, 0.5, 10**9), w_0)
    assert gradient_descent_error(X, y, w_0, 0.1, 10**9).isfinite()


RUNS: dict[str, tuple[Callable[..., Tensor], Callable[..., Tensor], tuple[float, ...], float]] = {
    "gradient descent": (gradient_descent, gradient_descent_error, (), 2),
    "momentum": (momentum, momentum_error, (0.5,), 6),
}
"""The closed form, its bound, the weight, and where the range of convergence ends, in units of 1/σ_max²."""


@pytest.mark.parametrize("method", RUNS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_outside_the_range_of_convergence_iterates_grow_and_overflow_to_infinity(dtype: torch.dtype, method: str) -> None:
    X, y, w_0 = (drawn(*shape, seed=place, dtype=dtype) for place, shape in enumerate([(5, 3), (5,), (3,)]))
    run, bound, weight, end = RUNS[method]
    limit = end / float(torch.linalg.matrix_norm(X, 2)) ** 2
    assert float(run(X, y, w_0, 0.999 * limit, *weight, 10**9).abs().max()) < 100
    assert float(run(X, y, w_0, 1.1 * limit, *weight, 100).abs().max()) > 1e4
    assert float(bound(X, y, w_0, 1.1 * limit, *weight, 100)) < inf
    assert (run(X, y, w_0, 1.1 * limit, *weight, 10**9) == inf).all()
    assert float(bound(X, y, w_0, 1.1 * limit, *weight, 10**9)) == inf
    assert (run(X, y, w_0, -0.1 * limit, *weight, 10**9) == inf).all()


@given(SIZES, SEEDS)
def test_no_step_and_steps_of_length_zero_change_nothing(size: tuple[int, int], seed: int) -> None:
    X, y, w_0 = (drawn(*shape, seed=seed + place) for place, shape in enumerate([size, size[:1], size[1:]]))
    for rate, steps in ((1e3, 0), (0.0, 0), (0.0, 10**9)):
        assert torch.equal(gradient_descent(X, y, w_0, rate, steps), w_0)
        assert torch.allclose(momentum(X, y, w_0, rate, 0.5, steps), w_0, rtol=1e-14, atol=0)


def test_a_step_of_exactly_one_over_the_eigenvalue_arrives_at_once() -> None:
    X, y, w_0 = torch.eye(2).double() * 2, torch.tensor([2.0, 4.0]).double(), torch.tensor([5.0, 7.0]).double()
    for steps in (1, 2, 10**9):
        assert torch.allclose(gradient_descent(X, y, w_0, 0.25, steps), y / 2, rtol=1e-15)


def test_results_have_no_graph() -> None:
    X, y, w_0 = (drawn(*shape, seed=place).requires_grad_() for place, shape in enumerate([(5, 3), (5,), (3,)]))
    found = gradient_descent(X, y, w_0, 0.1, 5), momentum(X, y, w_0, 0.1, 0.5, 5), gradient_descent_error(X, y, w_0, 0.1, 5)
    assert not any(tensor.requires_grad for tensor in found)


# ----------------------------------------------------------------------------------------------------------------- refusals

METHODS: dict[str, Callable[..., Tensor]] = {
    "gradient_descent": gradient_descent,
    "gradient_descent_by_iteration": gradient_descent_by_iteration,
    "gradient_descent_error": gradient_descent_error,
    "momentum": lambda X, y, w_0, rate, steps: momentum(X, y, w_0, rate, 0.5, steps),
    "momentum_by_iteration": lambda X, y, w_0, rate, steps: momentum_by_iteration(X, y, w_0, rate, 0.5, steps),
    "momentum_error": lambda X, y, w_0, rate, steps: momentum_error(X, y, w_0, rate, 0.5, steps),
}
X, Y, W = drawn(5, 3, seed=0), drawn(5, seed=1), drawn(3, seed=2)
SPOILT = X.clone()
SPOILT[2, 1] = nan


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, Y, Y, 0.1, 3), r"w_0 has shape \(5,\); expected \(d\) with d = 3"),
        ((X, Y[:, None], W, 0.1, 3), r"y has shape \(5, 1\); expected \(n\) with n = 5"),
        ((Y, Y, W, 0.1, 3), r"X has shape \(5,\); expected \(n, d\)"),
        ((X[None], Y, W, 0.1, 3), r"y has shape \(5,\); expected \(B_0, n\) with B_0 = 1, n = 5"),
        ((X.long(), Y.long(), W.long(), 0.1, 3), "X has dtype int64; expected float32 or float64"),
        ((X.half(), Y.half(), W.half(), 0.1, 3), "X has dtype float16; expected float32 or float64"),
        ((X, Y.float(), W, 0.1, 3), "one dtype on one device; found w_0: torch.float64 on cpu, y: torch.float32 on cpu"),
        ((X.to("meta"), Y, W, 0.1, 3), "one dtype on one device; found .*: torch.float64 on meta"),
        ((SPOILT, Y, W, 0.1, 3), r"X\[2, 1\] is nan; every entry must be finite, and 1 of 15 are not"),
        ((X, Y, W / 0, 0.1, 3), r"w_0\[0\] is -?inf; every entry must be finite, and 3 of 3"),
        ((X[:0], Y[:0], W, 0.1, 3), r"X has shape \(0, 3\); a least-squares problem has at least one row and one column"),
        ((X, Y, W, nan, 3), r"learning_rate is nan; expected a finite number"),
        ((X, Y, W, torch.ones(2).double(), 3), r"learning_rate has shape \(2,\); expected \(\)"),
        ((X, Y, W, torch.tensor(nan).double(), 3), "learning_rate is nan; every entry must be finite"),
        ((X, Y, W, torch.tensor(0.1), 3), "one dtype on one device"),
        ((X, Y, W, 0.1, -1), "the number of steps is -1; expected an integer from 0"),
        ((X, Y, W, 0.1, 2**63), "expected an integer from 0"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(method: str, arguments: tuple[Tensor, Tensor, Tensor, float, int], message: str) -> None:
    with pytest.raises(NumericError, match=message):
        METHODS[method](*arguments)


@pytest.mark.parametrize("steps", [[], [3, 2.5], ["3"]])
def test_other_numbers_of_steps_are_refused(steps: list[int]) -> None:
    with pytest.raises(NumericError, match="steps"):
        gradient_descent(X, Y, W, 0.1, steps)


@pytest.mark.parametrize("beta", [0, -0.5, 1.5, nan])
@pytest.mark.parametrize("method", [momentum, momentum_by_iteration, momentum_error])
def test_weights_outside_their_range_are_refused(method: Callable[..., Tensor], beta: float) -> None:
    with pytest.raises(NumericError, match="beta"):
        method(X, Y, W, 0.1, beta, 3)


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_batch_has_no_iterates(method: str) -> None:
    found = METHODS[method](torch.zeros(0, 5, 3), torch.zeros(0, 5), torch.zeros(0, 3), 0.1, 3)
    assert found.shape == ((0,) if method.endswith("error") else (0, 3))
