"""Update rules: numeric steps against torch.optim, the topic's functions and numbers against those steps, and slips in the rules as claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from derivations.catalogue import optimizers
from derivations.catalogue.optimizers import adam_step_in_numbers, momentum_step_in_numbers, rmsprop_step_in_numbers
from derivations.catalogue.optimizers.adam import adam_step_of
from derivations.catalogue.optimizers.numbers import evenly_spaced
from derivations.language.claims import Claim, Derivation, claim
from derivations.language.constructors import hadamard, literal, ones
from derivations.language.errors import DeclarationError
from derivations.language.functions import reciprocal, sqrt
from derivations.language.terms import Literal, Number, Operand, Term, as_term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge
from numeric.comparison import rounding_bound
from numeric.devices import NumericError, available_devices, generator
from numeric.draws import signed
from numeric.optimizers import adam_step, momentum_step, rmsprop_step

Optimizer = Callable[[list[Tensor]], torch.optim.Optimizer]
RATE = 0.05


def memories(rule: str, like: Tensor) -> list[Tensor]:
    return [torch.zeros_like(like) for _ in range(2 if rule == "adam" else 1)]


def stepped(rule: str, weights: Tensor, gradient: Tensor, memory: Sequence[Tensor], number: int) -> tuple[Tensor, ...]:
    if rule == "adam":
        first, second = memory
        return adam_step(weights, gradient, first, second, number, learning_rate=RATE)
    return (momentum_step if rule == "momentum" else rmsprop_step)(weights, gradient, memory[0], learning_rate=RATE)


OPTIMIZERS: dict[str, Optimizer] = {
    "momentum": partial(torch.optim.SGD, lr=RATE, momentum=0.9),
    "rmsprop": partial(torch.optim.RMSprop, lr=RATE, alpha=0.99, eps=1e-8),
    "adam": partial(torch.optim.Adam, lr=RATE, betas=(0.9, 0.999), eps=1e-8),
}
LARGEST_STEP = {"momentum": 17.5, "rmsprop": 70, "adam": 22.2}
"""Bounds on a direction for gradients with entries of magnitude in [1/4, 7/4]: 7/4 over 1 − μ; over √(1 − ρ) · 1/4; (1 − β₁)/√(1 − β₂) · 7."""


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("rule", OPTIMIZERS)
@settings(max_examples=10)
@given(shape=st.lists(st.integers(1, 4), min_size=2, max_size=2), steps=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_many_steps_are_those_of_torch(rule: str, dtype: torch.dtype, device: str, shape: list[int], steps: int, seed: int) -> None:
    weights, *slopes = signed((steps + 1, 1, shape[0], shape[1]), generator(seed))[:, 0].to(device, dtype)
    parameter = weights.clone().requires_grad_()
    optimizer = OPTIMIZERS[rule]([parameter])
    memory: Sequence[Tensor] = memories(rule, weights)
    for number, slope in enumerate(slopes, 1):
        parameter.grad = slope
        optimizer.step()
        weights, *memory = stepped(rule, weights, slope, memory, number)
    # at each of so many steps: up to 8 roundings of every memory so far, which a direction takes over, and 4 of the weights
    bound = rounding_bound(steps * (8 * steps + 4), dtype) * (2 + RATE * LARGEST_STEP[rule])
    assert float((weights - parameter.detach()).abs().max()) <= bound


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_a_step_changes_nothing_in_place_and_takes_any_number_of_axes(rule: str) -> None:
    weights, slopes = signed((2, 3, 4, 5), generator(0))
    before = weights.clone(), slopes.clone(), memories(rule, weights)
    after = stepped(rule, weights, slopes, (memory := memories(rule, weights)), 1)
    assert torch.equal(weights, before[0])
    assert torch.equal(slopes, before[1])
    assert all(map(torch.equal, memory, before[2]))
    for place in range(3):
        alone = stepped(rule, weights[place], slopes[place], memories(rule, weights[place]), 1)
        assert all(torch.equal(batched[place], single) for batched, single in zip(after, alone, strict=True))


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_what_is_no_number_stays_in_its_entry(rule: str) -> None:
    weights, slope = torch.ones(3, dtype=torch.float64), torch.tensor([1.0, torch.nan, 0.0], dtype=torch.float64)
    memory: Sequence[Tensor] = memories(rule, weights)
    for number in (1, 2):
        weights, *memory = stepped(rule, weights, slope, memory, number)
        slope = torch.ones_like(slope)
        assert all(tensor.isnan().tolist() == [False, True, False] for tensor in (weights, *memory))


one = torch.ones(2, 3, dtype=torch.float64)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: momentum_step(one, one[0], one), r"gradient has shape \(3,\); expected that of weights, \(2, 3\)"),
        (lambda: rmsprop_step(one, one, one.T), r"cache has shape \(3, 2\); expected that of weights, \(2, 3\)"),
        (lambda: adam_step(one, one, one, one[:1], 1), r"second has shape \(1, 3\)"),
        (lambda: momentum_step(one, one.float(), one), "one dtype on one device; found velocity: torch.float64 on cpu, gradient: torch.float32"),
        (lambda: adam_step(one, one, one.to("meta"), one, 1), "found second: torch.float64 on cpu, first: torch.float64 on meta"),
        (lambda: rmsprop_step(one.long(), one.long(), one.long()), "weights has dtype int64; expected float64"),
        (lambda: momentum_step(one, one, one, momentum=1), "momentum is 1; expected at least 0 and less than 1"),
        (lambda: rmsprop_step(one, one, one, decay=-0.1), "decay is -0.1"),
        (lambda: adam_step(one, one, one, one, 1, decays=(0.9, 1.5)), r"decays\[1\] is 1.5"),
        (lambda: adam_step(one, one, one, one, 0), "step is 0; steps are counted from 1"),
        (lambda: adam_step(one, one, one, one, 1, epsilon=-1e-8), "epsilon is -1e-08"),
        (lambda: momentum_step(one, one, one, learning_rate=torch.inf), "learning_rate is inf"),
    ],
)
def test_what_a_step_cannot_take_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(NumericError, match=message):
        call()


# --------------------------------------------------------------------------------------------------------- in numbers


def stated(derivation: Derivation) -> list[Tensor]:
    """The matrices of numbers that the steps of a derivation claim; of a comparison, those that are compared with."""
    found = []
    for step in derivation.steps:
        left, right = step.claim.sides
        term = right if step.claim.relation == "=" else left.argument.right if isinstance(left, Term) else None  # type: ignore[attr-defined]
        assert isinstance(term, Literal)
        found.append(torch.tensor([[float(e.value) for e in row if isinstance(e, Number)] for row in term.rows], dtype=torch.float64))
    return found


def spaced(first: float, last: float) -> Tensor:
    return torch.linspace(first, last, 20, dtype=torch.float64).reshape(4, 5)


W, G, MEMORY, SECOND = spaced(-0.4, 0.6), spaced(-0.6, 0.4), spaced(0.6, 0.9), spaced(0.7, 0.5)
IN_NUMBERS: dict[str, tuple[Derivation, tuple[Tensor, ...], dict[tuple[int, int], float]]] = {
    "momentum": (
        momentum_step_in_numbers(),
        momentum_step(W, G, MEMORY, learning_rate=1e-3),
        {(0, 0): -0.39994, (1, 0): -0.137116316, (3, 4): 0.59879},
    ),
    "rmsprop": (
        rmsprop_step_in_numbers(decimals=8),
        rmsprop_step(W, G, MEMORY),
        {(0, 0): -0.39223849, (1, 2): -0.02881884, (3, 4): 0.59576619},
    ),
    "adam": (
        adam_step_in_numbers(decimals=8),
        adam_step(W, G, MEMORY, SECOND, 6, learning_rate=1e-2),
        {(0, 0): -0.40094747, (1, 3): 0.01971428, (3, 4): 0.59801459},
    ),
}


@pytest.mark.parametrize("rule", IN_NUMBERS)
def test_the_numbers_of_the_course_are_proved_and_those_of_a_step(rule: str) -> None:
    derivation, (weights, *memory), printed = IN_NUMBERS[rule]
    assert [judge(made).status for made in derivation.claims] == [Status.PROVED] * len(derivation.claims)
    *stated_memory, stated_weights = stated(derivation)
    torch.testing.assert_close(memory, stated_memory, rtol=0, atol=1e-15)  # a few roundings of numbers up to 1
    torch.testing.assert_close(weights, stated_weights, rtol=0, atol=5e-9 + 1e-15)  # half a unit of the last decimal
    for (row, column), figure in printed.items():
        assert float(stated_weights[row, column]) == pytest.approx(figure, abs=1e-9)


small = st.fractions(-2, 2, max_denominator=6)


@given(st.data(), st.integers(1, 2), st.integers(1, 2), st.integers(0, 60))
@settings(max_examples=8)
def test_a_step_in_any_numbers_is_proved(data: st.DataObject, rows: int, columns: int, before: int) -> None:
    def drawn(numbers: st.SearchStrategy[Fraction]) -> tuple[tuple[Fraction, ...], ...]:
        return data.draw(st.tuples(*[st.tuples(*[numbers] * columns)] * rows))

    w, g, m, v = drawn(small), drawn(small), drawn(small), drawn(st.fractions(0, 2, max_denominator=6))
    share = data.draw(st.fractions(0, Fraction(9, 10), max_denominator=10))
    for derivation in (
        momentum_step_in_numbers(w, g, m, mu=share),
        rmsprop_step_in_numbers(w, g, v, rho=share, epsilon=Fraction(1, 10)),
        adam_step_in_numbers(w, g, m, v, before, beta_1=share, epsilon=Fraction(1, 10)),
    ):
        for step, made in zip(derivation.steps, derivation.claims, strict=True):
            assert judge(made).status is Status.PROVED, step


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: momentum_step_in_numbers(w=((1, 2),)), "rows of the same lengths: w has 2; g has 5, 5, 5, 5"),
        (lambda: rmsprop_step_in_numbers(c=evenly_spaced(-1, 1)), "the least entry of the new cache is -"),
        (lambda: rmsprop_step_in_numbers(epsilon=0), "epsilon = 0, and the least entry"),
        (lambda: adam_step_in_numbers(beta_2=1), r"expected decay rates in \[0, 1\)"),
        (lambda: adam_step_in_numbers(steps_before=-1), "a number of steps of at least 0"),
    ],
)
def test_numbers_that_make_no_step_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        call()


# --------------------------------------------------------------------------------------- the topic against numeric steps


def evaluated(matrix: Any) -> Tensor:
    return torch.tensor([[float(entry) for entry in row] for row in matrix.doit().as_explicit().tolist()], dtype=torch.float64)


def as_literal(tensor: Tensor) -> Term:
    rows: list[list[Operand]] = [[Fraction(entry) for entry in row] for row in tensor.tolist()]
    return literal(*rows)


@given(st.integers(0, 2**32), st.integers(1, 20))
@settings(max_examples=10)
def test_the_steps_that_the_functions_give_are_the_numeric_ones(seed: int, number: int) -> None:
    w, g, m, v = signed((4, 1, 2, 3), generator(seed))[:, 0]
    v = v.abs()
    W, G, M, V = map(as_literal, (w, g, m, v))
    alpha, small, high, higher = (as_term(Fraction(value)) for value in (0.01, 1e-8, 0.9, 0.999))
    for found, (weights, *memory) in (
        (optimizers.momentum_step(W, G, M, alpha, high), momentum_step(w, g, m)),
        (optimizers.rmsprop_step(W, G, V, alpha, high, small), rmsprop_step(w, g, v, decay=0.9)),
        (optimizers.adam_step(W, G, M, V, as_term(number), alpha, high, higher, small), adam_step(w, g, m, v, number, learning_rate=0.01)),
    ):
        torch.testing.assert_close([evaluated(part) for part in found.values()], [*memory, weights])


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=20)
def test_a_constant_gradient_does_what_the_topic_says(seed: int, steps: int) -> None:
    weights, slope = signed((2, 1, 2, 3), generator(seed))[:, 0]
    v, m, s = (torch.zeros_like(weights) for _ in range(3))
    steady = moving = weights
    for number in range(1, steps + 1):
        steady, v = momentum_step(steady, slope, v)
        before = moving
        moving, m, s = adam_step(before, slope, m, s, number)
        torch.testing.assert_close(before - moving, 1e-3 * slope / (slope.abs() + 1e-8), rtol=1e-9, atol=0)
    found = optimizers.velocity_after(as_term(steps), as_literal(slope), as_term(Fraction(0.9)))
    torch.testing.assert_close(evaluated(found), v)


# ------------------------------------------------------------------------------------------------------- slips in the rules


def adam_weights(slip: str) -> Claim:
    """A step of Adam from the numbers of the course beside one with a slip: equal only if the slip does not matter."""
    w, g, m, v = (define_(rows) for rows in (W, G, MEMORY, SECOND))
    b, c, small, alpha = (as_term(Fraction(n, d)) for n, d in ((9, 10), (999, 1000), (1, 10**8), (1, 100)))
    right = adam_step_of(w, g, m, v, 6, alpha, b, c, small)
    first, second = right["m"], right["v"]
    hat_m, hat_v = first / (1 - b**6), second / (1 - c**6)
    swapped = adam_step_of(w, g, m, v, 6, alpha, c, b, small)
    turned = adam_step_of(w, g, m, v, 6, alpha, 1 - b, 1 - c, small)
    beside = small * ones(1, 5)
    wrong = {
        "epsilon under the root": w - alpha * hadamard(hat_m, reciprocal(sqrt(hat_v + beside))),
        "decay rates swapped": swapped["w"],
        "1 - beta for beta": turned["w"],
        "no correction": w - alpha * hadamard(first, reciprocal(sqrt(second) + beside)),
        "no correction of the second": w - alpha * hadamard(hat_m, reciprocal(sqrt(second) + beside)),
        "a step too few": adam_step_of(w, g, m, v, 5, alpha, b, c, small)["w"],
        "the sign": w + alpha * hadamard(hat_m, reciprocal(sqrt(hat_v) + beside)),
        "no root": w - alpha * hadamard(hat_m, reciprocal(hat_v + beside)),
        "no slip": w - hadamard(alpha * hat_m, reciprocal(sqrt(hat_v) + beside)),
    }
    return claim(right["w"], "=", wrong[slip])


def define_(rows: Tensor) -> Term:
    first, last = (Fraction(float(rows[at])).limit_denominator(10) for at in ((0, 0), (-1, -1)))
    return literal(*evenly_spaced(first, last)[:1])


SLIPS = ("epsilon under the root", "decay rates swapped", "1 - beta for beta", "no correction", "no correction of the second", "a step too few",
         "the sign", "no root")  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_in_adam_are_refuted_in_the_numbers_of_the_course(slip: str) -> None:
    assert judge(adam_weights(slip)).status is Status.REFUTED


def test_adam_without_a_slip_is_proved() -> None:
    assert judge(adam_weights("no slip")).status is Status.PROVED
