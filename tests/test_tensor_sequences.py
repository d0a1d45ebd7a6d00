"""Sequences in torch: whatever way they are run, fast or step by step, their terms are those of the definition, within the stated bound."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.batches import Batch, batch_of
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import EvaluationError, OutsideDomain
from derivations.evaluation.tensor_sequences import MOST_TERMS, TooLong, is_affine, measured_step
from derivations.evaluation.tensors import TensorInterpreter
from derivations.evaluation.tracking import Tracked, scale
from derivations.language import functions as fn
from derivations.language.constructors import counter, dimensions, iterate, matrix, scalars, series, vector
from derivations.language.terms import Term
from numeric.comparison import rounding_bound
from numeric.devices import available_devices, resolve_device

(d,) = dimensions("d")
k, m = counter("k"), counter("m")
B, v, w, c = matrix("B", d, d), vector("v", d), vector("w", d), vector("c", d)
s, t, f_0, f_1 = scalars("s t f_0 f_1")
SIZE = {d: 2, k: 0}

SEQUENCES: list[Term] = [
    B**k,
    B ** (2 * k + 1) @ v,
    s**k * v,
    B**k @ v + series(m, k, B**m @ c),
    series(m, k, s**m) * v,
    series(m, k + 1, B ** (k - m) @ c),
    iterate("u", k, v, w, B @ w + c),
    iterate("u", k + 2, v, w, w - s * (B @ w - c)),
    iterate("f", k, (s, t), (f_0, f_1), f_0 / 2 - f_1 / 3 + 1),
    iterate("u", k, B, matrix("Z", d, d), B @ matrix("Z", d, d) - B.T),
]
SQUARED = iterate("u", k, s, f_0, f_0**2 / 8 - f_0)  # whose exact terms have twice as many digits at each step
ENTRIES = st.integers(-4, 4).map(lambda quarters: Fraction(quarters, 4))


def table(rows: int, columns: int) -> st.SearchStrategy[tuple[tuple[Fraction, ...], ...]]:
    return st.tuples(*[st.tuples(*[ENTRIES] * columns)] * rows)


SHAPES = {B: (2, 2), v: (2, 1), c: (2, 1), s: (1, 1), t: (1, 1)}
INSTANCES = st.tuples(*(table(*shape) for shape in SHAPES.values())).map(lambda values: Instance(SIZE, dict(zip(SHAPES, values, strict=True)), {}))


def run_of(instance: Instance, device: str = "cpu", dtype: torch.dtype = torch.float64) -> TensorInterpreter:
    return TensorInterpreter(batch_of([instance], dtype, resolve_device(device)))


def at_counts(run: TensorInterpreter, term: Term, counts: list[int]) -> Tracked:
    """The term at several counts at once, each of which is an instance of its own."""
    inner = run.taken(torch.zeros(len(counts), dtype=torch.long, device=run.batch.device))
    numbers = torch.tensor(counts, dtype=run.batch.dtype, device=run.batch.device)
    return inner.within({k: Tracked(numbers[:, None, None])}).value(term)


def exact(instance: Instance, term: Term, count: int) -> torch.Tensor:
    value = ExactInterpreter(Instance({**instance.sizes, k: count}, instance.values, {})).value(term)
    numbers = [float(Fraction(int(entry.p), int(entry.q))) for entry in value.entries]
    return torch.tensor(numbers, dtype=torch.float64).reshape(value.rows, value.columns)


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("term", [*SEQUENCES, SQUARED], ids=str)
@given(instance=INSTANCES, counts=st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_many_counts_at_once(term: Term, device: str, instance: Instance, counts: list[int]) -> None:
    found = at_counts(run_of(instance, device), term, counts)
    bound = rounding_bound(found.roundings, torch.float64) * scale(found).cpu()
    for place, count in enumerate(counts):
        error = (found.tensor[place].cpu() - exact(instance, term, count)).abs().max()
        assert error <= bound[place]


@pytest.mark.parametrize("term", SEQUENCES, ids=str)
@settings(max_examples=20)
@given(instance=INSTANCES, count=st.integers(65, 90))
def test_far_terms(term: Term, instance: Instance, count: int) -> None:
    """By squaring and all at once, where one count is large."""
    found = at_counts(run_of(instance), term, [count, 3])
    expected = torch.stack([exact(instance, term, count), exact(instance, term, 3)])
    bound = rounding_bound(found.roundings, torch.float64) * scale(found)
    finite = torch.isfinite(bound)
    assert ((found.tensor - expected).abs().amax((1, 2)) <= bound)[finite].all()


def test_the_measured_step_is_the_matrix_of_the_step() -> None:
    batch = Batch({d: 2}, {B: torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]), c: torch.tensor([[[5.0], [6.0]]])}, 1, torch.float32, torch.device("cpu"))
    step, added = measured_step(TensorInterpreter(batch), iterate("u", k, v, w, B @ w + c))  # type: ignore[arg-type]
    assert step.tensor.tolist() == [[[1.0, 2.0], [3.0, 4.0]]]
    assert added.tensor.tolist() == [[[5.0], [6.0]]]
    fibonacci, nothing = measured_step(TensorInterpreter(batch), iterate("f", k, (s, t), (f_0, f_1), f_0 + f_1))  # type: ignore[arg-type]
    assert fibonacci.tensor.tolist() == [[[0.0, 1.0], [1.0, 1.0]]]
    assert nothing.tensor.abs().max() == 0


@pytest.mark.parametrize("step", [s * f_0 + t, f_0 / s, fn.tanh(s) * f_0, f_0 - s * (f_0 - t)], ids=str)
def test_an_affine_step_is_seen_by_its_form(step: Term) -> None:
    assert is_affine(iterate("u", k, s, f_0, step))  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [f_0**2, s / f_0, fn.tanh(f_0), fn.abs_(f_0)], ids=str)
def test_a_step_that_is_not_affine_is_not_taken_for_one(step: Term) -> None:
    assert not is_affine(iterate("u", k, s, f_0, step))  # type: ignore[arg-type]


@pytest.mark.parametrize("term", [series(m, k, s**m), iterate("u", k, s, f_0, f_0**2 / 8)], ids=str)
def test_what_can_be_followed_only_step_by_step_is_not_followed_far(term: Term) -> None:
    run = run_of(Instance({k: 0}, {s: ((Fraction(1, 2),),)}, {}))
    assert torch.isfinite(at_counts(run, term, [MOST_TERMS, 1]).tensor).all()
    with pytest.raises(TooLong, match=str(MOST_TERMS + 1)):
        at_counts(run, term, [MOST_TERMS + 1, 1])


def test_a_count_is_a_natural_number_that_no_drawn_value_decides() -> None:
    run = run_of(Instance({k: 0}, {s: ((Fraction(1, 2),),)}, {}))
    with pytest.raises(OutsideDomain, match="no integer ≥ 0"):
        at_counts(run, series(m, k - 2, s**m), [4, 1])
    with pytest.raises(EvaluationError, match="varies with the instance"):
        run.value(iterate("u", s, s, f_0, f_0))
