"""Properties of floating-point matrices: where they certainly hold, up to rounding of what has them exactly, and where they certainly fail.

Eigenvalues and singular values are moved by an error E of the matrix by no more than |E|₂ (Weyl's inequality), so that the sign of one
that is larger than the rounding error is certain. A rank counts as full where it is far from a lower one, as everywhere in this evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor

from derivations.evaluation.tensor_algebra import LAPACK
from derivations.evaluation.tensor_spectra import complex_eigenvalues
from derivations.evaluation.tracking import Tracked, scale, standing_of, summary
from derivations.evaluation.truths import Truth
from derivations.language.assumptions import Property
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Inverse
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


def property_truth(run: TensorInterpreter, stated: Property) -> Truth:
    """Where the matrix has the property, and where it has not.

    Raises:
        UnsupportedError: a property that has no test.
    """
    if stated.kind not in _TESTS:
        raise UnsupportedError(f"{stated} cannot be checked on floating-point instances")
    value = run.value(stated.term)
    holds, fails = _TESTS[stated.kind](run, value, stated)
    return Truth.inside(holds, fails, *standing_of(summary(value), value.roundings, run.batch.dtype))


Masks: TypeAlias = tuple[Tensor, Tensor]
"""(batch,) both: where a property holds, and where it fails."""


def _equal(run: TensorInterpreter, left: Tensor, right: Tensor, value: Tracked, roundings: int) -> Masks:
    """Whether two matrices made of a value are equal up to so many roundings, or certainly not."""
    distance, size = difference(left, right.expand_as(left)), scale(value)
    slack = rounding_bound(roundings, run.batch.dtype)
    return distance <= slack * size, distance > max(slack, sqrt(unit_roundoff(run.batch.dtype))) * size


def _both(first: Masks, second: Masks) -> Masks:
    return first[0] & second[0], first[1] | second[1]


def _symmetric(run: TensorInterpreter, value: Tracked, stated: Property) -> Masks:
    return _equal(run, value.tensor, value.tensor.mT, value, 2 * value.roundings)


def _definite(run: TensorInterpreter, value: Tracked, stated: Property) -> Masks:
    least, noise = _least_eigenvalue(value), _noise(run, value)
    return _both(_symmetric(run, value, stated), (least > noise, least < -noise))


def _semidefinite(run: TensorInterpreter, value: Tracked, stated: Property) -> Masks:
    """Up to rounding: an eigenvalue 0 may have become negative."""
    least, slack = _least_eigenvalue(value), torch.maximum(_noise(run, value), _slack(run, value))
    return _both(_symmetric(run, value, stated), (least >= -slack, least < -slack))


def _least_eigenvalue(value: Tracked) -> Tensor:
    finite = torch.nan_to_num(value.tensor.double())  # what is no number is not symmetric, and eigenvalues may not be asked of it
    least: Tensor = torch.linalg.eigvalsh(finite)[:, 0]
    return least


def _noise(run: TensorInterpreter, value: Tracked) -> Tensor:
    """(batch,): how far rounding may take an eigenvalue or a singular value, which are computed in float64."""
    n = max(value.tensor.shape[1:])
    return n * scale(value) * (rounding_bound(value.roundings, run.batch.dtype) + rounding_bound(LAPACK * n, torch.float64))


def _slack(run: TensorInterpreter, value: Tracked) -> Tensor:
    """(batch,): how far rounding may take a matrix (batch, n, …), or its square, from a property that it has."""
    return rounding_bound(value.roundings + property_roundings(value.tensor.shape[1]), run.batch.dtype) * scale(value)


def _orthonormal(run: TensorInterpreter, value: Tracked, stated: Property) -> Masks:
    """QᵀQ = I."""
    gram = value.tensor.mT @ value.tensor
    identity = torch.eye(gram.shape[1], dtype=gram.dtype, device=gram.device)
    return _equal(run, gram, identity, value, value.roundings + property_roundings(value.tensor.shape[1]))


def _projection(run: TensorInterpreter, value: Tracked, stated: Property) -> Masks:
    """Symmetric, and P² = P."""
    square = value.tensor @ value.tensor
    idempotent = _equal(run, square, value.tensor, value, value.roundings + property_roundings(value.tensor.shape[1]))
    return _both(_symmetric(run, value, stated), idempotent)


def _invertible(run: TensorInterpreter, value: Tracked, stated: Property) -> Masks:
    """The condition of the inverse is far from what rounding would make of a singular matrix."""
    holds = summary(run.value(Inverse(stated.term))).condition < 1 / sqrt(unit_roundoff(run.batch.dtype))
    return holds, torch.linalg.svdvals(torch.nan_to_num(value.tensor.double()))[:, -1] <= _noise(run, value)


def _full_rank(run: TensorInterpreter, value: Tracked, long: bool) -> Masks:
    """The singular values, likewise; `long` where there must be no more columns than rows."""
    tensor = torch.nan_to_num(value.tensor.double())
    rows, columns = tensor.shape[1:]
    if rows != columns and (rows > columns) != long:
        fails = torch.ones(len(tensor), dtype=torch.bool, device=tensor.device)
        return ~fails, fails
    values = torch.linalg.svdvals(tensor)
    return values[:, -1] > sqrt(unit_roundoff(run.batch.dtype)) * values[:, 0], values[:, -1] <= _noise(run, value)


def _real_eigenvalues(run: TensorInterpreter, value: Tracked, stated: Property) -> Masks:
    """A real eigenvalue alone in the disc that its error spans is real, since the conjugate of one would lie there too."""
    values, magnified = complex_eigenvalues(run, value)
    reach = magnified * _noise(run, value).cpu()[:, None]
    apart = (values[:, :, None] - values[:, None, :]).abs() > reach[:, :, None] + reach[:, None, :]
    alone = (apart | torch.eye(values.shape[1], dtype=torch.bool)).all(2)
    holds, fails = (alone & (values.imag == 0)).all(1), (values.imag.abs() > 2 * reach).any(1)
    return holds.to(value.tensor.device), fails.to(value.tensor.device)


_TESTS: dict[str, Callable[[TensorInterpreter, Tracked, Property], Masks]] = {
    "symmetric": _symmetric,
    "positive definite": _definite,
    "positive semidefinite": _semidefinite,
    "orthogonal": _orthonormal,
    "orthonormal columns": _orthonormal,
    "projection": _projection,
    "invertible": _invertible,
    "real eigenvalues": _real_eigenvalues,
    "full column rank": lambda run, value, stated: _full_rank(run, value, long=True),
    "full row rank": lambda run, value, stated: _full_rank(run, value, long=False),
}
