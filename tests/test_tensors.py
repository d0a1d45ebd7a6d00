"""Torch evaluates as exact rationals and balls do, within the bound that it states for its own rounding."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from derivations.evaluation.arrays import ArrayInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.batches import Batch, batch_of
from derivations.evaluation.instances import Instance, family_positions, matrix_size
from derivations.evaluation.interpreter import EvaluationError, Imprecise, OutsideDomain
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import Tracked, behind, scale, summary
from derivations.language import functions as fn
from derivations.language import implicit, kinks, laws
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.constructors import (
    cases,
    column_vector,
    counter,
    define,
    delta,
    det,
    diag,
    diagonal,
    dimensions,
    eigenvalue_moduli,
    eigenvalues,
    entry,
    family,
    gradient,
    hadamard,
    hadamard_power,
    hessian,
    identity,
    index,
    indicator,
    inverse,
    iterate,
    jacobian,
    largest_eigenvalue,
    literal,
    matrix,
    maximum,
    minimum,
    norm,
    one_sided_derivative,
    ones,
    pseudo_inverse,
    rank,
    scalars,
    series,
    smallest_eigenvalue,
    softmax,
    spectral_radius,
    sum_over,
    trace,
    unit,
    vector,
)
from derivations.language.errors import UnsupportedError
from derivations.language.shapes import SCALAR, Shape
from derivations.language.terms import Operand, Term
from derivations.language.traversal import subterms, symbols
from numeric.comparison import rounding_bound
from numeric.devices import DTYPES, available_devices, resolve_device, unit_roundoff

CPU = torch.device("cpu")
n, d = dimensions("n d")
SIZES = {n: 2, d: 3}
A, X, S = matrix("A", n, d), matrix("X", n, d), matrix("S", d, d)
v, w, y = vector("v", d), vector("w", d), vector("y", n)
s, t, z = scalars("s t z")
x, c = family("x", n, d), family("c", n)
m, q, (f_0, f_1) = counter("m"), vector("q", d), scalars("f_0 f_1")
i, j, k = index("i", n), index("j", d), index("k", d)
swish = fn.define_function("swish", z, z * fn.sigmoid(z))
bump = fn.define_function("bump", z, cases((z > 0, z**3), (z < Fraction(-2, 3), fn.exp(z)), otherwise=z / 2))


# ------------------------------------------------------------------------------------------------------------ strategies

SMOOTH = (fn.tanh, fn.sigmoid, fn.exp, swish)
KINKED = (fn.relu, fn.abs_, fn.sign, bump)
PARTIAL = (fn.log, fn.sqrt, fn.reciprocal)
EXPONENTS: tuple[Operand, ...] = (2, 3, -1, Fraction(1, 2), s)
LEAVES: dict[Shape, tuple[Term, ...]] = {
    SCALAR: (s, t, n, delta(1, 1)),
    (d, 1): (v, w, ones(d), unit(d, 1), x[1]),
    (n, 1): (y, ones(n)),
    (n, d): (A, X),
    (d, d): (S, identity(d)),
    (1, d): (v.T,),
    (d, n): (X.T,),
    (n, n): (identity(n),),
}


@st.composite
def terms(draw: st.DrawFn, shape: Shape, depth: int) -> Term:
    """A random term of the shape."""
    if depth == 0 or (shape not in (SCALAR, (d, 1), (n, 1), (n, d), (d, d)) and draw(st.booleans())):
        return draw(st.sampled_from(LEAVES[shape]))

    def part(of: Shape = shape) -> Term:
        return draw(terms(of, depth - 1))

    everywhere: list[Callable[[], Term]] = [
        lambda: part() + part(),
        lambda: part() - part(),
        lambda: -part(),
        lambda: part(SCALAR) * part(),
        lambda: part() / part(SCALAR),
        lambda: draw(st.sampled_from((*SMOOTH, *KINKED, *PARTIAL)))(part()),
        lambda: draw(st.sampled_from((*SMOOTH, *KINKED, *PARTIAL))).prime(part()),
        lambda: maximum(part(), part()),
        lambda: minimum(part(), part()),
        lambda: indicator(part() <= part()),
        lambda: cases((part(SCALAR) > part(SCALAR), part()), otherwise=part()),
        lambda: hadamard_power(part(), draw(st.integers(-2, 3))),
        lambda: define(f"h{draw(st.integers(0, 10**9))}", part()),
        lambda: sum_over(i, x[i] @ x[i].T @ part()) if shape and shape[0] == d else sum_over(i, c[i] * part()),
    ]
    if shape:
        everywhere += [lambda: hadamard(part(), part()), lambda: softmax(part(), draw(st.integers(0, 1)))]
    return draw(st.sampled_from(everywhere + _particular(draw, shape, part)))()


def _particular(draw: st.DrawFn, shape: Shape, part: Callable[[Shape], Term]) -> list[Callable[[], Term]]:
    """The nodes that make a term of this shape only."""
    if shape == SCALAR:
        return [
            lambda: tm.Number(Fraction(draw(st.integers(-6, 6)), draw(st.integers(1, 4)))),
            lambda: part(SCALAR) ** draw(st.sampled_from(EXPONENTS)),
            lambda: norm(part((d, 1)), draw(st.sampled_from(("1", "2", "inf")))) ** draw(st.integers(1, 2)),
            lambda: trace(part((d, d))),
            lambda: det(part((d, d))),
            lambda: part((1, d)) @ part((d, 1)),
            lambda: entry(part((d, d)), 1, 1),
            lambda: gradient(part(SCALAR), draw(st.sampled_from((s, entry(v, 1), entry(A, 1, 1), c[1])))),
        ]
    if shape == (d, 1):
        return [
            lambda: part((d, d)) @ part((d, 1)),
            lambda: part((n, d)).T @ part((n, 1)),
            lambda: diagonal(part((d, d))),
            lambda: tm.Column(part((n, d)).T, 1),
            lambda: tm.Row(part((n, d)), 1).T,
            lambda: gradient(part(SCALAR), draw(st.sampled_from((v, w, x[1])))),
            lambda: jacobian(part(shape), draw(st.sampled_from((s, entry(v, 1))))),
        ]
    if shape == (n, d):
        return [
            lambda: part((n, d)) @ part((d, d)),
            lambda: pseudo_inverse(part((n, d))).T,
            lambda: part((n, 1)) @ part((1, d)),
            lambda: gradient(part(SCALAR), A),
            lambda: jacobian(part((n, 1)), v),
        ]
    if shape == (d, d):
        return [
            lambda: inverse(part((d, d))),
            lambda: pseudo_inverse(part((d, d))),
            lambda: diag(part((d, 1))),
            lambda: part((d, d)) ** draw(st.sampled_from((2, -1))),
            lambda: part((d, n)) @ part((n, d)),
            lambda: hessian(part(SCALAR), v),
            lambda: jacobian(part((d, 1)), w),
        ]
    return [lambda: part((n, d)) @ part((d, 1))] if shape == (n, 1) else []


ROOTS = (SCALAR, (d, 1), (n, d), (d, d))
ENTRIES = st.integers(-14, 14).filter(bool).map(lambda eighths: Fraction(eighths, 8))  # exact in every dtype


@st.composite
def instances(draw: st.DrawFn, term: Term) -> Instance:
    """Small rational values, exact in every dtype, for what occurs in a term."""
    values: dict[Any, Any] = {}
    for owner in sorted(symbols(term), key=lambda owner: owner.name):
        rows, columns = matrix_size(owner.size, SIZES)
        for key in [owner] if isinstance(owner, tm.Symbol) else [(owner, position) for position in family_positions(owner, SIZES)]:
            values[key] = tuple(tuple(draw(ENTRIES) for _ in range(columns)) for _ in range(rows))
    return Instance(SIZES, values, {})


# ------------------------------------------------------------------------------------------------------------ comparison


def evaluated(term: Term, instance: Instance, dtype: torch.dtype = torch.float64, device: torch.device = CPU) -> Tracked:
    run = TensorInterpreter(batch_of([instance], dtype, device))
    run.positions.update(instance.positions)
    return run.value(term)


def reference(term: Term, instance: Instance) -> list[list[float]]:
    """The value by balls of 200 bits."""
    with flint.ctx.workprec(200):
        value = BallInterpreter(instance).value(term)
        return [[float(value.at(row, column).real.mid()) for column in range(value.columns)] for row in range(value.rows)]


def usable(value: Tracked) -> bool:
    """Away from kinks and nearly singular steps."""
    nearest = unit_roundoff(value.tensor.dtype) ** 0.5
    found = summary(value)
    return bool(torch.isfinite(found.scale) & (found.condition < 1 / nearest) & (found.clearance > nearest))


def error_in_bounds(value: Tracked, exact: list[list[float]]) -> tuple[float, float]:
    """The error of a value of one instance, and the bound that the value states for it."""
    error = (value.tensor[0].double().cpu() - torch.tensor(exact, dtype=torch.float64)).abs().max()
    return float(error), rounding_bound(value.roundings, value.tensor.dtype) * float(scale(value))


# ------------------------------------------------------------------------------------------------------------- agreement


def test_every_node_of_the_language_has_a_rule() -> None:
    classes = {cls for module in (tm, op, implicit, kinks, laws) for cls in vars(module).values() if isinstance(cls, type)}
    nodes = {cls for cls in classes if issubclass(cls, Term) and cls is not Term}
    assert TensorInterpreter.rules.keys() == nodes
    assert TensorInterpreter.rules.keys() == ArrayInterpreter.rules.keys()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(st.data())
def test_random_terms_agree_with_balls_within_the_bound_in_every_dtype(data: st.DataObject) -> None:
    term = data.draw(terms(data.draw(st.sampled_from(ROOTS)), data.draw(st.integers(1, 3))))
    instance = data.draw(instances(term))
    try:
        exact = reference(term, instance)
    except (OutsideDomain, Imprecise):
        assume(False)
    for dtype in DTYPES.values():
        value = evaluated(term, instance, dtype)
        if usable(value):
            error, bound = error_in_bounds(value, exact)
            assert error <= bound


def rational(owner: Any, seed: int) -> Any:
    """Entries ±1/8 … ±9/8 without a pattern, exact in every dtype."""
    rows, columns = matrix_size(owner.size, SIZES)

    def number(row: int, column: int) -> Fraction:
        magnitude = (seed * (3 + 5 * row + 7 * column) + row * row) % 9 + 1
        return Fraction(-magnitude if (seed + row + row * column) % 2 else magnitude, 8)

    return tuple(tuple(number(row, column) for column in range(columns)) for row in range(rows))


def instance_of(term: Term, **positions: int) -> Instance:
    """Fixed values for what occurs in a term, and the free indices by name."""
    values: dict[Any, Any] = {}
    for number, owner in enumerate(sorted(symbols(term), key=lambda owner: owner.name), 1):
        keys = [owner] if isinstance(owner, tm.Symbol) else [(owner, position) for position in family_positions(owner, SIZES)]
        for place, key in enumerate(keys):
            values[key] = rational(owner, number + 2 * place)
    return Instance(SIZES, values, {index: positions[index.name] for index in term.free})


kink = define("kink", S @ v)
noise = vector("noise", d)
g = define("g", S @ w)
h_i = define("h", X @ x[i], i)
through_g = norm(fn.tanh(g)) ** 2 + s * (v.T @ g)
CASES: list[Term] = [
    literal([s, 2], [t, s * t]) @ column_vector(1, t),
    column_vector(1, s),
    A - X * s + -A / t,
    inverse(S) @ v,
    det(S),
    gradient(det(S), S),
    gradient(fn.log(det(S.T @ S)), S),
    gradient(v.T @ inverse(S) @ w, S),
    pseudo_inverse(v) @ pseudo_inverse(A) * pseudo_inverse(s),
    pseudo_inverse(v @ w.T - w @ v.T),
    gradient(trace(pseudo_inverse(A) @ X), A),
    trace(A @ X.T) * trace(identity(d)),
    diag(v) @ diagonal(S),
    hadamard(A, X) @ ones(d),
    hadamard_power(A, -2),
    S**3,
    S**-2,
    (s**2) ** t,
    s ** (n - 1),
    s**-2,
    norm(v, 1) * norm(w, "inf") * norm(A, "F"),
    gradient(norm(v, "inf"), v),
    gradient(norm(v, 1), v),
    gradient(norm(v) ** 4, v),
    gradient(norm(A @ v), A),
    softmax(A, axis=1) @ softmax(S, axis=0),
    gradient(fn.log(entry(softmax(v), k)), entry(v, j)),
    jacobian(softmax(v), v),
    jacobian(fn.tanh(S @ v), entry(S, k, j)),
    maximum(A, X) - minimum(A, X),
    gradient(ones(d).T @ maximum(v, w), v),
    gradient(ones(d).T @ minimum(v, w), w),
    indicator(v > w) + indicator(v <= w) * 2,
    cases((s > 10, fn.log(s - 10)), (s < -10, 1 / s), otherwise=s**2),
    gradient(cases((s > 0, fn.sqrt(s**2)), otherwise=s**3), s),
    swish(A) + bump(X),
    swish.prime(A),
    bump.prime(X),
    op.Apply(fn.tanh, v, 2),
    op.Apply(swish, v, 2),
    op.Apply(fn.relu, v, 2),
    gradient(ones(d).T @ swish.prime(hadamard(v, w)), v),
    sum_over(i, c[i] * (x[i] @ x[i].T)) @ v,
    gradient(sum_over(i, norm(S @ x[i]) ** 2), S),
    gradient(sum_over(i, fn.tanh(v.T @ x[i])), x[i]),
    gradient(sum_over(i, fn.tanh(v.T @ x[i])), x[1]),
    series(m, 3, S**m @ v) + series(m, n, w * m),
    iterate("u", 3, v, q, S @ q + w),
    iterate("f", n, (s, t), (f_0, f_1), f_0 - 2 * f_1),
    gradient(w.T @ iterate("u", n, v, q, fn.tanh(S @ q)), v),
    gradient(norm(series(m, 3, s**m * v)) ** 2, v),
    jacobian(h_i, x[i]),
    gradient(sum_over(i, norm(h_i) ** 2), h_i),
    gradient(sum_over(i, norm(h_i) ** 2), X),
    gradient(through_g, g),
    gradient(through_g, w),
    gradient(through_g, entry(g, k)),
    hessian(through_g, g),
    hessian(through_g, w),
    jacobian(gradient(through_g, g), w),
    gradient(gradient(through_g, g).T @ v, w),
    gradient(entry(gradient(norm(A @ fn.sigmoid(v)) ** 2, v), k), entry(v, j)),
    gradient(gradient(gradient(fn.exp(s * t) * s**2, s), t), s),
    delta(k, j) * unit(d, k),
    tm.Row(A, i).T + tm.Column(S, k),
    gradient(s**2, t),
    jacobian(v, w),
    gradient(s * t, s) * gradient(n * s, s) / d,
    eigenvalues(S.T @ S),
    largest_eigenvalue(A.T @ A) * smallest_eigenvalue(S + S.T),
    eigenvalue_moduli(S) + spectral_radius(S) * v,
    rank(A.T @ A) * rank(v @ w.T),
    one_sided_derivative(fn.abs_(fn.abs_(v) - w), v, w),
    one_sided_derivative(norm(kink - S @ v, 1) + norm(kink), kink, w),
    one_sided_derivative(maximum(kink, S @ v) - fn.relu(2 * S @ v - 2 * kink), kink, w),
    one_sided_derivative(fn.exp(fn.relu(s * t)) + norm(s * A, "F"), s, -t),
    laws.with_laws(laws.expectation(norm(A @ v + A @ noise) ** 2 * hadamard(v + noise, noise), noise), (laws.gaussian(noise, w, t**2),)),
]
"""Every node at least once, most of them under a derivative too; but minimisers and subgradients, which have no value in balls."""


def test_the_examples_hold_every_node() -> None:
    without = {implicit.ArgMin, kinks.Subdifferential}
    assert {type(term) for term in subterms(CASES)} == set(TensorInterpreter.rules) - without


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("term", CASES, ids=str)
def test_examples_agree_with_balls(term: Term, device: str) -> None:
    instance = instance_of(term, i=2, k=1, j=3)
    value = evaluated(term, instance, torch.float64, resolve_device(device))
    error, bound = error_in_bounds(value, reference(term, instance))
    assert usable(value)
    assert error <= bound < 1e-8


@pytest.mark.parametrize(
    "term",
    [
        inverse(S) @ v,
        pseudo_inverse(A),
        pseudo_inverse(v @ w.T),
        pseudo_inverse(v @ w.T - w @ v.T),
        det(S),
        gradient(norm(A @ v) ** 2, A),
        hessian(norm(S @ w) ** 4, w),
        S**-2,
    ],
    ids=str,
)
def test_examples_agree_with_exact_rationals(term: Term) -> None:
    instance = instance_of(term)
    exact = ExactInterpreter(instance).value(term)
    numbers = [float(Fraction(int(number.p), int(number.q))) for number in exact.entries]
    rows = [numbers[row * exact.columns : (row + 1) * exact.columns] for row in range(exact.rows)]
    error, bound = error_in_bounds(evaluated(term, instance), rows)
    assert error <= bound


def test_a_batch_is_evaluated_instance_by_instance() -> None:
    term = gradient(cases((s > 0, norm(A @ v) ** 3), otherwise=fn.exp(s) * (v.T @ w)), v)
    many = [instance_of(term)] * 2
    ((value,),) = many[0].rational(s)
    many[1] = Instance(SIZES, {**many[0].values, s: ((-value,),)}, {})
    batch = TensorInterpreter(batch_of(many, torch.float64, CPU)).value(term).tensor
    alone = torch.cat([evaluated(term, each).tensor for each in many])
    assert torch.equal(batch, alone)
    assert not torch.allclose(batch[0], batch[1])


# ------------------------------------------------------------------------------------------------------ what is recorded


def test_a_derivative_by_a_name_under_a_derivative_by_what_defines_it() -> None:
    # ∂L/∂w = Sᵀ ∂L/∂g with the name kept, so its Jacobian in g is Sᵀ times the Hessian in g.
    mixed, chained = jacobian(gradient(through_g, w), g), S.T @ hessian(through_g, g)
    assert torch.allclose(evaluated(mixed, instance_of(mixed)).tensor, evaluated(chained, instance_of(mixed)).tensor, rtol=1e-14)


def test_a_branch_that_is_not_taken_leaves_no_trace_in_the_gradient() -> None:
    safe = gradient(cases((s > 0, fn.sqrt(s)), otherwise=-s), s)
    batch = Batch({}, {s: torch.tensor([[[4.0]], [[-1.0]]], dtype=torch.float64)}, 2, torch.float64, CPU)
    value = TensorInterpreter(batch).value(safe)
    assert value.tensor.flatten().tolist() == [0.25, -1.0]
    assert torch.isfinite(scale(value)).all()


def test_a_singular_matrix_is_seen_in_the_condition_and_not_raised() -> None:
    batch = Batch({d: 2}, {S: torch.tensor([[[1.0, 2.0], [2.0, 4.0]], [[2.0, 0.0], [0.0, 1.0]]], dtype=torch.float64)}, 2, torch.float64, CPU)
    found = summary(TensorInterpreter(batch).value(inverse(S)))
    assert found.condition[0] == torch.inf
    assert 1 <= found.condition[1] <= 8


@pytest.mark.parametrize(
    ("term", "kinked"),
    [
        (fn.relu(s), False),
        (gradient(fn.relu(s), s), True),
        (fn.relu.prime(s), True),
        (fn.sign(s), True),
        (indicator(s > 0), True),
        (gradient(maximum(s, 0), s), True),
        (gradient(norm(column_vector(s, 1), 1), s), True),
        (gradient(norm(column_vector(s, 1), "inf"), s), False),
        (cases((s > 0, s), otherwise=1), True),
        (gradient(s**2, s), False),
    ],
    ids=str,
)
def test_the_clearance_is_zero_at_a_kink_that_matters(term: Term, kinked: bool) -> None:
    batch = Batch({}, {s: torch.zeros(1, 1, 1, dtype=torch.float64)}, 1, torch.float64, CPU)
    assert bool(summary(TensorInterpreter(batch).value(term)).clearance == 0) == kinked


def test_the_magnitude_counts_what_cancels() -> None:
    batch = Batch({}, {s: torch.full((1, 1, 1), 1000.0, dtype=torch.float64)}, 1, torch.float64, CPU)
    value = TensorInterpreter(batch).value(s - s)
    assert value.tensor.item() == 0
    assert scale(value).item() == 1000
    products = TensorInterpreter(batch).value(literal([s, s]) @ literal([s], [-s]))
    assert products.tensor.item() == 0
    assert scale(products).item() == 2e6


@pytest.mark.parametrize("product", [lambda a, b: a * b, lambda a, b: a @ b, lambda a, b: hadamard(a, b), lambda a, b: a / (1 / b)])
def test_a_factor_that_is_small_by_cancellation_passes_on_an_error_that_is_not(product: Callable[[Term, Term], Term]) -> None:
    batch = Batch({}, {s: torch.full((1, 1, 1), 1e6, dtype=torch.float64)}, 1, torch.float64, CPU)
    zero = tm.Number(Fraction(1, 10)) + Fraction(2, 10) - Fraction(3, 10)
    value = TensorInterpreter(batch).value(product(product(product(zero, s), s), s))
    error, bound = abs(value.tensor.item()), rounding_bound(value.roundings, torch.float64) * scale(value).item()
    assert 1 < error <= bound


def test_a_quotient_by_a_difference_magnifies() -> None:
    batch = Batch({}, {s: torch.full((1, 1, 1), 1 + 2.0**-20, dtype=torch.float64)}, 1, torch.float64, CPU)
    assert summary(TensorInterpreter(batch).value(1 / (s - 1))).condition.item() > 2**20
    assert summary(TensorInterpreter(batch).value(1 / s)).condition.item() == 1


def test_history_holds_each_value_once() -> None:
    doubled: Term = s
    for _ in range(40):
        doubled = doubled + doubled
    batch = Batch({}, {s: torch.ones(1, 1, 1, dtype=torch.float64)}, 1, torch.float64, CPU)
    assert len(behind(TensorInterpreter(batch).value(doubled))) == 41


# ---------------------------------------------------------------------------------------------------------------- errors


def test_a_missing_value_is_named() -> None:
    with pytest.raises(EvaluationError, match="no value was given for s"):
        TensorInterpreter(Batch({}, {}, 1, torch.float64, CPU)).value(s + 1)


@pytest.mark.parametrize(("shape", "dtype"), [((1, 3, 2), torch.float64), ((2, 2, 3), torch.float64), ((1, 2, 3), torch.float32)])
def test_a_tensor_of_another_shape_or_dtype_is_refused(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    with pytest.raises(EvaluationError, match=r"A is a tensor .* expected \(1, 2, 3\) of torch.float64"):
        Batch(SIZES, {A: torch.zeros(shape, dtype=dtype)}, 1, torch.float64, CPU)


@pytest.mark.parametrize("term", [op.Function("erf")(s), S**s, S ** Fraction(1, 2)])
def test_what_has_no_rule_is_refused(term: Term) -> None:
    with pytest.raises(UnsupportedError):
        evaluated(term, instance_of(term))


def test_a_hessian_by_an_entry_is_refused_where_it_is_written() -> None:
    with pytest.raises(UnsupportedError, match="write a gradient of a gradient"):
        hessian(norm(v) ** 2, entry(v, 1))
