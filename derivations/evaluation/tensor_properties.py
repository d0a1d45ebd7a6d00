"""Properties of floating-point matrices: where they certainly hold, up to rounding of what has them exactly, and where they certainly fail.

Eigenvalues and singular values are moved by an error E of the matrix by no more than |E|₂ (Weyl's inequality), so that the sign of one
that is larger than the rounding error is certain. A rank counts as full where it is far from a lower one, as everywhere in this evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor

from derivations.evaluation.tensor_algebra import LAPACK
from derivations.evaluation.tensor_spectra import complex_eigenvalues
from derivations.evaluation.tracking import Tracked, scale, standing_of, summary, tells_zero
from derivations.evaluation.truths import Truth
from derivations.language.assumptions import Property
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Inverse, Term
from numeric.comparison import difference, rounding_bound
from numeric.devices import unit_roundoff

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["ROUNDED", "property_roundings", "property_truth"]

ROUNDED = ("orthogonal", "orthonormal columns", "projection", "positive semidefinite")
"""The properties that a drawn matrix has up to rounding only."""


def property_roundings(rows: int) -> int:
    """The roundings behind a matrix that has a property up to rounding only: of n terms in each entry of its square, four times over."""
    return 4 * (rows + 1)


def property_truth(run: TensorInterpreter, stated: Property, worst_condition: Tensor) -> Truth:
    """Where the matrix has the property, and where it has not; it fails by an eigenvalue or a singular value 0 only where no matrix of the
    batch is so badly conditioned (batch,) that another one passes for 0.

    Raises:
        UnsupportedError: a property that has no test.
    """
    if stated.kind not in _TESTS:
        raise UnsupportedError(f"{stated} cannot be checked on floating-point instances")
    value = run.value(stated.term)
    holds, fails = _TESTS[stated.kind](_Tested(run, stated.term, value, worst_condition))
    return Truth.inside(holds, fails, *standing_of(summary(value), value.roundings, run.batch.dtype))


Masks: TypeAlias = tuple[Tensor, Tensor]
"""(batch,) both: where a property holds, and where it fails."""


@dataclass(frozen=True, slots=True)
class _Tested:
    """A matrix (batch, n, …) of which a property is tested."""

    run: TensorInterpreter
    term: Term
    value: Tracked
    worst_condition: Tensor

    @property
    def tensor(self) -> Tensor:
        """The matrix."""
        return self.value.tensor

    @property
    def finite(self) -> Tensor:
        """The matrix in float64, of which an algorithm may be asked; what is no number in it, its scale tells."""
        return torch.nan_to_num(self.tensor.double())

    @property
    def noise(self) -> Tensor:
        """(batch,): how far rounding may take an eigenvalue or a singular value, which are computed in float64."""
        n = max(self.tensor.shape[1:])
        return n * scale(self.value) * (rounding_bound(self.value.roundings, self.tensor.dtype) + rounding_bound(LAPACK * n, torch.float64))

    def vanishes(self, least: Tensor) -> Tensor:
        """(batch,): whether an eigenvalue or a singular value is 0."""
        return (least.abs() <= self.noise) & tells_zero(self.noise / scale(self.value), self.worst_condition, self.tensor.dtype)

    def equal(self, left: Tensor, right: Tensor, roundings: int) -> Masks:
        """Whether two matrices made of this one are equal up to so many roundings, or certainly not."""
        distance, size = difference(left, right.expand_as(left)), scale(self.value)
        slack = rounding_bound(roundings, self.tensor.dtype)
        return distance <= slack * size, distance > max(slack, sqrt(unit_roundoff(self.tensor.dtype))) * size


def _both(first: Masks, second: Masks) -> Masks:
    return first[0] & second[0], first[1] | second[1]


def _symmetric(tested: _Tested) -> Masks:
    return tested.equal(tested.tensor, tested.tensor.mT, 2 * tested.value.roundings)


def _definite(tested: _Tested) -> Masks:
    least: Tensor = torch.linalg.eigvalsh(tested.finite)[:, 0]
    return _both(_symmetric(tested), (least > tested.noise, (least < -tested.noise) | tested.vanishes(least)))


def _semidefinite(tested: _Tested) -> Masks:
    """Up to rounding: an eigenvalue 0 may have become negative."""
    least: Tensor = torch.linalg.eigvalsh(tested.finite)[:, 0]
    rounded = rounding_bound(tested.value.roundings + property_roundings(tested.tensor.shape[1]), tested.tensor.dtype)
    slack = torch.maximum(tested.noise, rounded * scale(tested.value))
    return _both(_symmetric(tested), (least >= -slack, least < -slack))


def _orthonormal(tested: _Tested) -> Masks:
    """QᵀQ = I."""
    gram = tested.tensor.mT @ tested.tensor
    identity = torch.eye(gram.shape[1], dtype=gram.dtype, device=gram.device)
    return tested.equal(gram, identity, tested.value.roundings + property_roundings(tested.tensor.shape[1]))


def _projection(tested: _Tested) -> Masks:
    """Symmetric, and P² = P."""
    roundings = tested.value.roundings + property_roundings(tested.tensor.shape[1])
    return _both(_symmetric(tested), tested.equal(tested.tensor @ tested.tensor, tested.tensor, roundings))


def _invertible(tested: _Tested) -> Masks:
    """The condition of the inverse is far from what rounding would make of a singular matrix."""
    holds = summary(tested.run.value(Inverse(tested.term))).condition < 1 / sqrt(unit_roundoff(tested.tensor.dtype))
    return holds, tested.vanishes(torch.linalg.svdvals(tested.finite)[:, -1])


def _full_rank(tested: _Tested, long: bool) -> Masks:
    """The singular values, likewise; `long` where there must be no more columns than rows."""
    rows, columns = tested.tensor.shape[1:]
    if rows != columns and (rows > columns) != long:
        fails = torch.ones(len(tested.tensor), dtype=torch.bool, device=tested.tensor.device)
        return ~fails, fails
    values = torch.linalg.svdvals(tested.finite)
    return values[:, -1] > sqrt(unit_roundoff(tested.tensor.dtype)) * values[:, 0], tested.vanishes(values[:, -1])


def _real_eigenvalues(tested: _Tested) -> Masks:
    """A real eigenvalue alone in the disc that its error spans is real, since the conjugate of one would lie there too."""
    values, magnified = complex_eigenvalues(tested.run, tested.value)
    reach = magnified * tested.noise.cpu()[:, None]
    apart = (values[:, :, None] - values[:, None, :]).abs() > reach[:, :, None] + reach[:, None, :]
    alone = (apart | torch.eye(values.shape[1], dtype=torch.bool)).all(2)
    holds, fails = (alone & (values.imag == 0)).all(1), (values.imag.abs() > 2 * reach).any(1)
    return holds.to(tested.tensor.device), fails.to(tested.tensor.device)


_TESTS: dict[str, Callable[[_Tested], Masks]] = {
    "symmetric": _symmetric,
    "positive definite": _definite,
    "positive semidefinite": _semidefinite,
    "orthogonal": _orthonormal,
    "orthonormal columns": _orthonormal,
    "projection": _projection,
    "invertible": _invertible,
    "real eigenvalues": _real_eigenvalues,
    "full column rank": lambda tested: _full_rank(tested, long=True),
    "full row rank": lambda tested: _full_rank(tested, long=False),
}
