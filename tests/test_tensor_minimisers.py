"""Minimisers by torch: those of linear algebra and of calculus, within the stated bound; none or several are not taken for one."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.batches import Batch, batch_of
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import OutsideDomain
from derivations.evaluation.tensor_minimisers import Solution, solution
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import scale, standing_of, summary
from derivations.language import functions as fn
from derivations.language.assumptions import equal
from derivations.language.constructors import (
    argmin,
    dimensions,
    family,
    gradient,
    identity,
    index,
    inverse,
    matrix,
    maximum,
    norm,
    scalars,
    sum_over,
    vector,
)
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ArgMin
from derivations.language.terms import Term
from numeric.comparison import rounding_bound
from numeric.devices import DTYPES, available_devices, generator, resolve_device, unit_roundoff
from numeric.draws import ill_conditioned

n, d, r = dimensions("n d r")
X, W, Y = matrix("X", n, d), matrix("W", d, r), matrix("Y", n, r)
w, y, q, e = vector("w", d), vector("y", n), vector("q", r), vector("e", d)
C = matrix("C", r, d)
a, s, t = scalars("a s t")
x, i = family("x", n, d), index("i", n)
SIZES = {n: 4, d: 2, r: 1}


def solved(term: Term, values: Mapping[Any, torch.Tensor], device: str = "cpu") -> Solution:
    tensors = {key: value.to(resolve_device(device)) for key, value in values.items()}
    first = next(iter(tensors.values()))
    batch = Batch(SIZES, tensors, len(first), first.dtype, first.device)
    return solution(TensorInterpreter(batch), cast(ArgMin, term))


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(8, *shape, generator=generator(seed), dtype=torch.float64)


# ----------------------------------------------------------------------------------------------------- quadratic functions

ENTRIES = st.integers(-8, 8).map(lambda quarters: Fraction(quarters, 4))


@settings(max_examples=60)
@given(st.tuples(*[st.tuples(ENTRIES, ENTRIES)] * 4), st.tuples(*[st.tuples(ENTRIES)] * 4), st.sampled_from(sorted(DTYPES)))
def test_least_squares_within_the_bound_in_every_dtype(data: tuple[tuple[Fraction, ...], ...], targets: tuple[tuple[Fraction]], name: str) -> None:
    instance, dtype = Instance(SIZES, {X: data, y: targets}, {}), DTYPES[name]
    try:
        exact = ExactInterpreter(instance).value(inverse(X.T @ X) @ X.T @ y)
    except OutsideDomain:
        assume(False)
    found = solution(TensorInterpreter(batch_of([instance], dtype, torch.device("cpu"))), cast(ArgMin, argmin(norm(X @ w - y) ** 2, w)))
    known = summary(found.point)
    if known.condition < unit_roundoff(dtype) ** -0.5 and known.clearance > unit_roundoff(dtype) ** 0.5:
        assert found.single.all()
        expected = torch.tensor([[float(Fraction(int(entry.p), int(entry.q)))] for entry in exact.entries], dtype=torch.float64)
        assert (found.point.tensor[0].double() - expected).abs().max() <= rounding_bound(found.point.roundings, dtype) * known.scale


@pytest.mark.parametrize("device", available_devices())
def test_quadratic_functions_of_every_form(device: str) -> None:
    data, targets, tensors = drawn(4, 2), drawn(4, 1, seed=1), drawn(4, 1, seed=2)
    best = torch.linalg.lstsq(data, targets).solution
    plain = {X: data, y: targets}
    for function in (norm(X @ w - y) ** 2, (X @ w - y).T @ (X @ w - y) / n, w.T @ X.T @ X @ w - 2 * y.T @ X @ w + 7):
        assert torch.allclose(solved(argmin(function, w), plain, device).point.tensor.cpu(), best)
    matrices = solved(argmin(norm(X @ W - Y, "F") ** 2, W), {X: data, Y: tensors}, device)
    assert torch.allclose(matrices.point.tensor.cpu(), torch.linalg.lstsq(data, tensors).solution)
    samples = {(x, (place,)): drawn(2, 1, seed=place) for place in range(1, 5)}
    mean = solved(argmin(sum_over(i, norm(x[i] - w) ** 2), w), samples, device)
    assert torch.allclose(mean.point.tensor.cpu(), torch.stack(list(samples.values())).mean(0))


def test_under_linear_equations_by_their_conditions() -> None:
    """∇f + Cᵀλ = 0 and Cw = q, solved as one system (Nocedal & Wright, equation 16.4)."""
    data, targets, C_, q_ = drawn(4, 2), drawn(4, 1, seed=1), drawn(1, 2, seed=3), drawn(1, 1, seed=4)
    found = solved(argmin(norm(X @ w - y) ** 2, w, equal(C @ w, q)), {X: data, y: targets, C: C_, q: q_})
    system = torch.cat([torch.cat([2 * data.mT @ data, C_.mT], 2), torch.cat([C_, torch.zeros(8, 1, 1)], 2)], 1)
    expected = torch.linalg.solve(system, torch.cat([2 * data.mT @ targets, q_], 1))[:, :2]
    assert found.single.all()
    assert torch.allclose(found.point.tensor, expected)


def test_an_ill_conditioned_problem_is_solved_as_well_as_its_bound_says() -> None:
    data = ill_conditioned((1, 200, 4, 2), generator(0), 1e3)[0]
    targets = torch.randn(200, 4, 1, generator=generator(1), dtype=torch.float64)
    found = solved(argmin(norm(X @ w - y) ** 2, w), {X: data, y: targets}).point
    better = torch.linalg.lstsq(data, targets).solution  # by the data, of which the Gram matrix has the squared condition number
    error = (found.tensor - better).abs().amax((1, 2))
    assert (error <= rounding_bound(found.roundings, torch.float64) * scale(found)).all()
    assert error.max() > 1e-13


@pytest.mark.parametrize(
    ("function", "constraints", "exists", "single"),
    [
        (norm(w) ** 2, (), True, True),
        ((C @ w - q).T @ (C @ w - q), (), True, False),  # level along what C takes to 0
        (-(norm(w) ** 2), (), False, False),
        (e.T @ w, (), False, False),
        (norm(C @ w) ** 2 + e.T @ w, (), False, False),
        ((C @ w - q).T @ (C @ w - q), (equal(e.T @ w, 1),), True, True),
        (norm(w) ** 2, (equal(C @ w, q), equal(C @ w, 2 * q)), False, False),  # no point meets both
        (-(norm(w) ** 2), (equal(identity(d) @ w, e),), True, True),  # one point is left
    ],
    ids=str,
)
def test_whether_there_is_a_minimiser_and_only_one(function: Term, constraints: tuple[object, ...], exists: bool, single: bool) -> None:
    values = {C: drawn(1, 2), q: drawn(1, 1, seed=1), e: drawn(2, 1, seed=2)}
    term = argmin(function, w, *constraints)  # type: ignore[arg-type]
    found = solved(term, values)
    assert (found.exists == exists).all()
    assert (found.single == single).all()
    run = TensorInterpreter(Batch(SIZES, values, 8, torch.float64, torch.device("cpu")))  # type: ignore[arg-type]
    aside = (run.value(term).tensor - found.point.tensor).abs().amax((1, 2)) > 1e-3
    assert (aside != single).all()


# ---------------------------------------------------------------------------------------------------- functions of a scalar

SCALAR: list[tuple[Term, tuple[object, ...], Term]] = [
    (maximum(fn.abs_(1 - a * s), fn.abs_(1 - a * t)), (), 2 / (s + t)),
    (fn.abs_(a - s), (), s),
    (fn.exp(a) - s * a, (), fn.log(s)),
    (a - s * fn.log(a), (a > 0,), s),
    ((a - s) ** 4, (), s),
    ((a - s) ** 2, (a <= -t,), -t),
    (1 / a + s * a, (a > 0,), 1 / fn.sqrt(s)),
    (fn.sqrt(1 + (a - 1000 * s) ** 2), (), 1000 * s),
]


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", sorted(DTYPES))
@pytest.mark.parametrize(("function", "constraints", "expected"), SCALAR, ids=str)
def test_functions_of_a_scalar(function: Term, constraints: tuple[object, ...], expected: Term, dtype: str, device: str) -> None:
    values = {s: drawn(1, 1).abs() + 0.1, t: drawn(1, 1, seed=1).abs() + 0.1}
    there, kind = resolve_device(device), DTYPES[dtype]
    run = TensorInterpreter(Batch({}, {key: value.to(there, kind) for key, value in values.items()}, 8, kind, there))
    found, wanted = run.value(argmin(function, a, *constraints)), run.value(expected)  # type: ignore[arg-type]
    bound = rounding_bound(found.roundings + wanted.roundings, kind) * torch.maximum(scale(found), scale(wanted))
    assert ((found.tensor - wanted.tensor).abs()[:, 0, 0].double() <= bound).all()
    if dtype == "float64" and "**4" not in str(function):  # where the fourth power is least, it is level as far as rounding can see
        assert (bound < 1e-6 * scale(wanted).clamp(min=1)).all()


@pytest.mark.parametrize("dtype", sorted(DTYPES))
@pytest.mark.parametrize(
    ("function", "expected"),
    [(maximum(fn.abs_(1 - a * s), fn.abs_(1 - a * t)), 2 / (s + t)), (fn.abs_(a * s - t), t / s), (maximum(a * s, t - a), t / (1 + s))],
    ids=str,
)
def test_near_a_kink_rounding_may_take_the_slope_of_the_other_side(function: Term, expected: Term, dtype: str) -> None:
    kind = DTYPES[dtype]
    values = {key: (torch.rand(800, 1, 1, generator=generator(seed), dtype=torch.float64) * 3 + 0.1).to(kind) for seed, key in enumerate((s, t))}
    found = TensorInterpreter(Batch({}, values, 800, kind, torch.device("cpu"))).value(argmin(function, a))  # type: ignore[arg-type]
    exact = {key: value.double() for key, value in values.items()}
    wanted = TensorInterpreter(Batch({}, exact, 800, torch.float64, torch.device("cpu"))).value(expected)  # type: ignore[arg-type]
    defined, clear = standing_of(summary(found), found.roundings, kind, measured=True)
    ratio = (found.tensor.double() - wanted.tensor).abs()[:, 0, 0] / (rounding_bound(found.roundings, kind) * scale(found))
    assert (ratio[defined & clear] <= 1).all()


@pytest.mark.parametrize("endless", [s * a + fn.exp(a), fn.exp(-a), fn.tanh(a)], ids=str)
def test_a_function_that_falls_without_end_has_no_minimiser(endless: Term) -> None:
    found = solved(argmin(endless, a), {s: drawn(1, 1).abs() + 0.1})
    assert not found.exists.any() or (summary(found.point).condition > 1e8).all()


# -------------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "refused",
    [
        argmin(norm(w), w),
        argmin(norm(w, 1) + norm(w) ** 2, w),
        argmin(norm(w) ** 2, w, C @ w >= q),
        argmin(a**4 + a, a, equal(a**2, 1)),
    ],
    ids=str,
)
def test_what_torch_does_not_minimise_is_refused(refused: Term) -> None:
    with pytest.raises(UnsupportedError, match="torch minimises quadratic functions under linear equations, and functions of a scalar"):
        solved(refused, {C: drawn(1, 2), q: drawn(1, 1, seed=1)})


def test_a_derivative_of_a_minimiser_is_refused() -> None:
    run = TensorInterpreter(Batch({}, {s: drawn(1, 1)}, 8, torch.float64, torch.device("cpu")))
    with pytest.raises(UnsupportedError, match="a derivative of argmin"):
        run.value(gradient(s * argmin((a - s) ** 2, a), s))
