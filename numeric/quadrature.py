"""Gauss quadrature: nodes and weights (count,) with which Σ w f(x) is the mean of f for every polynomial f of degree at most 2·count − 1.

The nodes are the eigenvalues of the symmetric matrix of the recurrence of the orthogonal polynomials; the weights are the squared first entries
of its eigenvectors (G. Golub and J. Welsch, Calculation of Gauss quadrature rules, 1969). All in float64 on the CPU.
"""

from __future__ import annotations

import torch
from torch import Tensor

from numeric.devices import NumericError

__all__ = ["hermite_rule", "legendre_rule"]


def hermite_rule(count: int) -> tuple[Tensor, Tensor]:
    """For a standard normal variable: x He_k = He_{k+1} + k He_{k−1}.

    Raises:
        NumericError: the count is not positive.
    """
    return _rule(_steps(count).sqrt())


def legendre_rule(count: int) -> tuple[Tensor, Tensor]:
    """For a variable that is uniform between −1 and 1: x P_k = P_{k+1} + k²/(4k² − 1) P_{k−1}, the polynomials with leading coefficient 1.

    Raises:
        NumericError: the count is not positive.
    """
    k = _steps(count)
    return _rule(k / (4 * k**2 - 1).sqrt())


def _steps(count: int) -> Tensor:
    if count < 1:
        raise NumericError(f"a rule of {count} nodes; expected at least one")
    return torch.arange(1, count, dtype=torch.float64)


def _rule(beside: Tensor) -> tuple[Tensor, Tensor]:
    """From the entries beside the diagonal (count − 1,); on it stand zeros, as the variables are symmetric."""
    nodes, vectors = torch.linalg.eigh(torch.diag(beside, 1) + torch.diag(beside, -1))
    return nodes, vectors[0].square()
