"""Evaluation with torch: batches of floating-point instances, every operator by its own definition, derivatives by autograd.

A value is `Tracked`: a tensor (batch, rows, columns) with its history, from which the bound on its rounding error comes. A quantity
that is differentiated by is its value plus a perturbation of zeros, on which autograd records; so a named intermediate quantity is
cut at its name, and derivatives nest: an inner perturbation is added to an outer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import torch
from torch import Tensor

from derivations.evaluation.batches import Batch
from derivations.evaluation.instances import Instance, matrix_size
from derivations.evaluation.interpreter import EvaluationError, Interpreter, OutsideDomain
from derivations.evaluation.tensor_algebra import ALGEBRA
from derivations.evaluation.tensor_functions import FUNCTIONS
from derivations.evaluation.tracking import Tracked
from derivations.language.terms import Member, Symbol, Term
from derivations.language.traversal import symbols

__all__ = ["TensorInterpreter"]


class TensorInterpreter(Interpreter[Tracked]):
    """Evaluates terms at a batch of instances.

    Attributes:
        seeds: the quantities that are varied, with their perturbations (batch, rows, columns).
        recording: whether results must be differentiable in turn.
        roundings: how many roundings lie behind the batch's own values.
    """

    rules: ClassVar = {**ALGEBRA, **FUNCTIONS}

    def __init__(self, batch: Batch, seeds: tuple[tuple[object, Tensor], ...] = (), *, recording: bool = False, roundings: int = 0) -> None:
        super().__init__(Instance(batch.sizes, {}, {}))
        self.batch = batch
        self.seeds = seeds
        self.recording = recording or bool(seeds)
        self.roundings = roundings
        self._varying: dict[object, tuple[TensorInterpreter, Tensor]] = {}

    def plus(self, left: Tracked, right: Tracked) -> Tracked:
        """The sum of two values."""
        return Tracked(left.tensor + right.tensor, left.roundings + right.roundings + 1, (left, right))

    def constant(self, tensor: Tensor, roundings: int = 0) -> Tracked:
        """A matrix (rows, columns) of numbers, the same at every instance."""
        return Tracked(tensor.to(self.batch.device, self.batch.dtype).expand(self.batch.count, *tensor.shape), roundings)

    def given(self, term: Symbol | Member) -> Tracked:
        """The value of a symbol or a family member, varied if it is a seed.

        Raises:
            EvaluationError: the batch has none.
        """
        key = self.quantity(term)
        if key not in self.batch.values:
            raise EvaluationError(f"no value was given for {term}")
        terms, conditions = self._behind_given(key)
        return self.varied(key, Tracked(self.batch.values[key], self.roundings, (), terms, conditions))  # type: ignore[index]

    def _behind_given(self, key: object) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """The terms and conditions of a given value, where it was computed."""
        origin = self.batch.origins.get(key)  # type: ignore[call-overload]
        return ((origin.magnitude[:, None],), (origin.condition,)) if origin is not None else ((), ())

    def varied(self, key: object, value: Tracked) -> Tracked:
        """The value, with the perturbations of its quantity added."""
        for seed, perturbation in self.seeds:
            if seed == key:
                value = Tracked(value.tensor + perturbation, value.roundings, (value,))
        return value

    def varying(self, base: Term) -> tuple[TensorInterpreter, Tensor]:
        """An interpreter of the same instances in which the quantity is varied once more, and its perturbation."""
        key = self.quantity(base)  # type: ignore[arg-type]
        if key not in self._varying:
            size = (self.batch.count, *matrix_size(base.shape, self.batch.sizes))
            perturbation = torch.zeros(size, dtype=self.batch.dtype, device=self.batch.device, requires_grad=True)
            self._varying[key] = self._nested(self.batch, (*self.seeds, (key, perturbation))), perturbation
        return self._varying[key]

    def natural(self, term: Term) -> int:
        """See `Interpreter`; it must not vary with the instance, so it may depend on counters and sizes only."""
        if symbols(term):
            raise EvaluationError(f"{term} varies with the instance; only counters and sizes can say how often something is repeated")
        value = float(self.value(term).tensor[0, 0, 0])
        if not value.is_integer() or value < 0:
            raise OutsideDomain(f"{term} is {value:g}, which is no integer ≥ 0")
        return int(value)

    def within(self, bindings: Mapping[Term, Tracked]) -> TensorInterpreter:
        """See `Interpreter`."""
        inner = self._nested(self.batch, self.seeds)
        for symbol, value in (self.bound | dict(bindings)).items():
            inner.bind(symbol, value)
        return inner

    def restricted(self, mask: Tensor) -> TensorInterpreter:
        """An interpreter of the instances at which the mask (batch,) is true."""
        inner = self._nested(self.batch.select(mask), tuple((key, perturbation[mask]) for key, perturbation in self.seeds))
        for symbol, value in self.bound.items():
            inner.bind(symbol, Tracked(value.tensor[mask], value.roundings))
        return inner

    def _nested(self, batch: Batch, seeds: tuple[tuple[object, Tensor], ...]) -> TensorInterpreter:
        nested = TensorInterpreter(batch, seeds, recording=self.recording, roundings=self.roundings)
        nested.positions = self.positions
        return nested

    def slope(self, total: Tensor, perturbation: Tensor, history: Iterable[Tracked]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The derivative of a total (one number) by a perturbation, and the adjoints that autograd met on its way through a history."""
        if not total.requires_grad:
            return torch.zeros_like(perturbation, requires_grad=False), ()
        met = [step.tensor for step in history if step.tensor.requires_grad]
        slope, *adjoints = torch.autograd.grad(total, [perturbation, *met], allow_unused=True, retain_graph=True, create_graph=self.recording)
        found = torch.zeros_like(perturbation, requires_grad=False) if slope is None else slope
        return found, tuple(adjoint for adjoint in adjoints if adjoint is not None)
