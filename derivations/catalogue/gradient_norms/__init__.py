"""Norms of weight gradients, without forming the gradients; and what either way costs.

Model: a layer z = W x with W (H, d), x (d, 1) inside any network; z̄ (H, 1) is the gradient of the loss with respect to z.
Loss: what depends on W is z̄ᵀ W x with z̄ held fixed, so ∂L/∂W = z̄ xᵀ. For a batch of samples i = 1 … N: the sum of z̄_iᵀ W x_i.
Convention: a gradient has the shape of its variable; ‖·‖_F is the Frobenius norm. A norm costs H + d + 1 multiplications, not Hd.
Reference: I. Goodfellow, Efficient per-example gradient computations, arXiv:1510.01799 (2015).
"""

from derivations.catalogue.gradient_norms import costs, factors
from derivations.catalogue.gradient_norms.costs import (
    backward_multiplications,
    error_multiplications,
    forward_multiplications,
    norm_multiplications,
    norm_multiplications_by_factors,
)
from derivations.catalogue.gradient_norms.factors import squared_norm, squared_norms, weight_gradient

__all__ = [
    "backward_multiplications",
    "entries",
    "error_multiplications",
    "forward_multiplications",
    "norm_multiplications",
    "norm_multiplications_by_factors",
    "squared_norm",
    "squared_norms",
    "weight_gradient",
]

entries = (*factors.entries, *costs.entries)
