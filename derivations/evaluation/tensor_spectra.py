"""The rules of `TensorInterpreter` for eigenvalues and rank."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivations.evaluation.tensor_algebra import LAPACK, singular_values, widened
from derivations.evaluation.tracking import Tracked, scale, smallest
from derivations.language.implicit import Eigenvalues, ExtremeEigenvalue, Rank
from derivations.language.terms import Term
from numeric.comparison import difference, rounding_bound

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["SPECTRA"]


def _eigenvalues(run: TensorInterpreter, node: Eigenvalues) -> Tracked:
    """Ascending, by the symmetric QR algorithm; the condition is infinite where the matrix (n, n) is not symmetric beyond rounding.

    An error E of a symmetric matrix moves no eigenvalue by more than |E|₂, which is at most n times its largest entry, and the algorithm
    adds a modest multiple of u |A|₂. Source: H. Weyl (1912), in Horn & Johnson, Matrix Analysis, 2nd ed., corollary 4.3.15; LAPACK Users'
    Guide, 3rd ed., section 4.7.
    """
    operand = run.value(node.operand)
    n = operand.tensor.shape[1]
    finite = torch.nan_to_num(operand.tensor)  # what is no number has no eigenvalues; the scale of the operand, which is none either, says so
    values = widened(lambda matrices: torch.linalg.eigvalsh((matrices + matrices.mT) / 2), finite)
    skew = difference(finite, finite.mT) > rounding_bound(2 * operand.roundings, run.batch.dtype) * scale(operand)
    conditions = [torch.ones_like(scale(operand)).masked_fill(skew, inf)]
    if values.requires_grad and n > 1:  # an eigenvector turns by as much as the matrix moves, over the distance of its eigenvalue from the next
        conditions.append(n * scale(operand) / smallest(values.diff(dim=1)))
    return Tracked(values[:, :, None], n * (operand.roundings + LAPACK * n), (operand,), conditions=tuple(conditions))


def _extreme(run: TensorInterpreter, node: ExtremeEigenvalue) -> Tracked:
    values = run.value(Eigenvalues(node.operand))
    place = {"min": 0, "max": -1}[node.kind]
    return Tracked(values.tensor[:, [place]], values.roundings, (values,))


def _rank(run: TensorInterpreter, node: Rank) -> Tracked:
    """The number of singular values beyond the threshold of `singular_values`; it jumps where one is neither that large nor 0 up to rounding."""
    operand = run.value(node.operand)
    values, least, clearance = singular_values(operand)
    rank: Tensor = (values > least[:, None]).sum(1)
    return Tracked(rank.to(run.batch.dtype)[:, None, None], 0, (operand,), clearances=(clearance,))


SPECTRA: dict[type[Term], Callable[..., Tracked]] = {Eigenvalues: _eigenvalues, ExtremeEigenvalue: _extreme, Rank: _rank}
