"""The rules of `TensorInterpreter` for eigenvalues, their moduli, and rank."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivations.evaluation.tensor_algebra import LAPACK, singular_values, widened
from derivations.evaluation.tracking import Tracked, scale, smallest
from derivations.language.implicit import EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.terms import Term
from numeric.comparison import difference, rounding_bound
from numeric.devices import unit_roundoff

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["SPECTRA", "complex_eigenvalues"]


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


def complex_eigenvalues(run: TensorInterpreter, operand: Tracked) -> tuple[Tensor, Tensor]:
    """The eigenvalues (batch, n), in complex128, of real matrices (batch, n, n), and by how much each magnifies an error: (batch, n).

    To first order an error E moves a simple eigenvalue by |E|₂ |x| |y| / |yᴴx|, with its right and left eigenvectors x and y; and no eigenvalue
    lies further from all of the true ones than (2|A|)^(1−1/n) |E|^(1/n). Near a multiple one the first factor has no bound, and the second
    counts, as that of a step whose result is not certain. Source: G. Golub and C. Van Loan, Matrix Computations, 4th ed., section 7.2.2; R.
    Bhatia, Matrix Analysis (1997), theorem VIII.1.5 (Elsner).
    """
    n = operand.tensor.shape[1]
    values, right = torch.linalg.eig(torch.nan_to_num(operand.tensor.detach().double()).cpu())
    left, info = torch.linalg.inv_ex(right)
    magnified = right.norm(dim=1) * left.norm(dim=2)
    magnified = torch.where((info == 0)[:, None] & magnified.isfinite(), magnified, inf)
    u = unit_roundoff(run.batch.dtype)
    error = rounding_bound(operand.roundings + LAPACK * n, run.batch.dtype)
    most = max(2 * error ** (1 / n - 1), u**-0.5)
    return values, magnified.clamp(max=most)


def _eigenvalue_moduli(run: TensorInterpreter, node: EigenvalueModuli) -> Tracked:
    """Ascending; the k-th smallest is no further from the true k-th than the worst of them from its own."""
    operand = run.value(node.operand)
    n = operand.tensor.shape[1]
    values, magnified = complex_eigenvalues(run, operand)
    moduli = values.abs().sort(1).values.to(operand.tensor)
    condition = magnified.amax(1).to(operand.tensor.device)
    return Tracked(moduli[:, :, None], n * (operand.roundings + LAPACK * n), (operand,), conditions=(condition,))


def _spectral_radius(run: TensorInterpreter, node: SpectralRadius) -> Tracked:
    values = run.value(EigenvalueModuli(node.operand))
    return Tracked(values.tensor[:, [-1]], values.roundings, (values,))


def _rank(run: TensorInterpreter, node: Rank) -> Tracked:
    """The number of singular values beyond the threshold of `singular_values`; it jumps where one is neither that large nor 0 up to rounding."""
    operand = run.value(node.operand)
    values, least, clearance = singular_values(operand)
    rank: Tensor = (values > least[:, None]).sum(1)
    return Tracked(rank.to(run.batch.dtype)[:, None, None], 0, (operand,), clearances=(clearance,))


SPECTRA: dict[type[Term], Callable[..., Tracked]] = {
    Eigenvalues: _eigenvalues,
    ExtremeEigenvalue: _extreme,
    EigenvalueModuli: _eigenvalue_moduli,
    SpectralRadius: _spectral_radius,
    Rank: _rank,
}
