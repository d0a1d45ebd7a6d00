"""Evaluation with torch: batches of floating-point instances, every operator by its own definition, derivatives by autograd.

A value is `Tracked`: a tensor (batch, rows, columns) with its history, from which the bound on its rounding error comes. A quantity
that is differentiated by is its value plus a perturbation of zeros, on which autograd records; so a named intermediate quantity is
cut at its name, and derivatives nest: an inner perturbation is added to an outer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import torch
from torch import Tensor

from derivations.evaluation.batches import Batch
from derivations.evaluation.instances import Instance, matrix_size, stored
from derivations.evaluation.interpreter import EvaluationError, Interpreter, OutsideDomain
from derivations.evaluation.tensor_algebra import ALGEBRA
from derivations.evaluation.tensor_expectations import EXPECTATIONS
from derivations.evaluation.tensor_functions import FUNCTIONS
from derivations.evaluation.tensor_minimisers import MINIMISERS
from derivations.evaluation.tensor_one_sided import KINKS
from derivations.evaluation.tensor_sequences import SEQUENCES
from derivations.evaluation.tensor_spectra import SPECTRA
from derivations.evaluation.tracking import Summary, Tracked, summarised, summary
from derivations.language.terms import Family, Member, Symbol, Term
from derivations.language.traversal import symbols

__all__ = ["TensorInterpreter"]


class TensorInterpreter(Interpreter[Tracked]):
    """Evaluates terms at a batch of instances.

    Attributes:
        seeds: the quantities that are varied, with their perturbations (batch, rows, columns).
        recording: whether results must be differentiable in turn.
        roundings: how many roundings lie behind the batch's own values, by symbol and family; of what is not there, none.
    """

    rules: ClassVar = {**ALGEBRA, **FUNCTIONS, **SEQUENCES, **SPECTRA, **MINIMISERS, **KINKS, **EXPECTATIONS}

    def __init__(
        self,
        batch: Batch,
        seeds: tuple[tuple[object, Tensor], ...] = (),
        *,
        recording: bool = False,
        roundings: Mapping[Symbol | Family, int] = MappingProxyType({}),
    ) -> None:
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
        key: Any = self.quantity(term)
        if key in self.bound:  # a member of a family that is random here
            return self.bound[key]
        place = (term.family, stored(term.family, key[1], self.batch.sizes)) if isinstance(term, Member) else key
        if place not in self.batch.values:
            raise EvaluationError(f"no value was given for {term}")
        terms, conditions = self._behind_given(place)
        roundings = self.roundings.get(term.family if isinstance(term, Member) else term, 0)
        return self.varied(key, Tracked(self.batch.values[place], roundings, (), terms, conditions))

    def _behind_given(self, key: object) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """The terms and conditions of a given value, where it was computed."""
        origin = self.batch.origins.get(key)  # type: ignore[call-overload]
        return ((origin.magnitude[:, None],), (origin.condition,)) if origin is not None else ((), ())

    def varied(self, key: object, value: Tracked, seeds: tuple[tuple[object, Tensor], ...] | None = None) -> Tracked:
        """The value, with the perturbations of its quantity added, or with those alone that are given."""
        for seed, perturbation in self.seeds if seeds is None else seeds:
            if seed == key:
                value = Tracked(value.tensor + perturbation, value.roundings, (value,))
        return value

    def varying(self, base: Term) -> tuple[TensorInterpreter, Tensor]:
        """An interpreter of the same instances in which the quantity is varied once more, and its perturbation."""
        key = self.quantity(base)  # type: ignore[arg-type]
        if key not in self._varying:
            size = (self.batch.count, *matrix_size(base.shape, self.batch.sizes))
            perturbation = torch.zeros(size, dtype=self.batch.dtype, device=self.batch.device, requires_grad=True)
            self._varying[key] = self._with_seed(key, perturbation), perturbation
        return self._varying[key]

    def displaced(self, base: Term, by: Tensor) -> tuple[TensorInterpreter, Tensor]:
        """An interpreter of the same instances in which the quantity is moved by a tensor (batch, rows, columns), and varied there; and the
        motion, by which one can differentiate.
        """
        motion = by.detach().clone().requires_grad_()
        return self._with_seed(self.quantity(base), motion), motion  # type: ignore[arg-type]

    def _with_seed(self, key: object, perturbation: Tensor) -> TensorInterpreter:
        inner = self._nested(self.batch, (*self.seeds, (key, perturbation)))
        for name, value in self.bound.items():
            inner.bind(name, inner.varied(name, value, ((key, perturbation),)))
        return inner

    def natural(self, term: Term) -> int:
        """See `Interpreter`; it must be the same at every instance."""
        counts = self.naturals(term)
        if (counts != counts[0]).any():
            raise EvaluationError(f"{term} varies with the instance")
        return int(counts[0])

    def naturals(self, term: Term) -> Tensor:
        """(batch,): the values of a scalar term that must be integers ≥ 0; it may depend on counters and sizes only.

        Raises:
            EvaluationError: it depends on drawn values.
            OutsideDomain: one is no integer ≥ 0.
        """
        if symbols(term):
            raise EvaluationError(f"{term} varies with the instance; only counters and sizes can say how often something is repeated")
        values = self.value(term).tensor[:, 0, 0].double()
        if ((values != values.floor()) | (values < 0)).any():
            raise OutsideDomain(f"{term} is {float(values.min()):g}, which is no integer ≥ 0")
        return values.long()

    def within(self, bindings: Mapping[object, Tracked]) -> TensorInterpreter:
        """See `Interpreter`."""
        inner = self._nested(self.batch, self.seeds)
        for symbol, value in (self.bound | dict(bindings)).items():
            inner.bind(symbol, value)
        return inner

    def restricted(self, mask: Tensor) -> TensorInterpreter:
        """An interpreter of the instances at which the mask (batch,) is true."""
        return self.taken(mask.nonzero()[:, 0])

    def taken(self, places: Tensor) -> TensorInterpreter:
        """An interpreter of the instances at the places (k,), each as often as it occurs there."""
        inner = self._nested(self.batch.taken(places), tuple((key, perturbation[places]) for key, perturbation in self.seeds))
        for symbol, value in self.bound.items():
            inner.bind(symbol, self.at_places(value, places))
        return inner

    @staticmethod
    def at_places(value: Tracked, places: Tensor) -> Tracked:
        """The value (batch, …) at the instances at the places (k,)."""
        found = summary(value)
        return summarised(value.tensor[places], value.roundings, Summary(*(each[places] for each in found)))

    def placed(self, symbol: Symbol, tensor: Tensor) -> TensorInterpreter:
        """An interpreter of the same instances in which a symbol has the value (batch, rows, columns), whatever it has here."""
        inner = self._nested(self.batch.given(symbol, tensor), self.seeds)
        for bound, value in self.bound.items():
            if bound != symbol:
                inner.bind(bound, value)
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
