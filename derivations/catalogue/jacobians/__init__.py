"""Jacobians of deep networks with any number of layers, by forward mode and by reverse mode, and what either multiplies.

Model: f(x) = W_F h_n, h_0 = tanh(U x), h_(l+1) = tanh(W_(l+1) h_l), for x (D, 1), U (K, D), W_l (K, K), W_F (P, K) and any n ≥ 0: L = n + 1 layers.
Loss: none; the results hold for the Jacobian (out, in) of the network itself.
Convention: a product takes as many multiplications as there are triples of a row, an inner index and a column.
Reference: A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), chapter 3.
"""

from derivations.catalogue.jacobians import deep_networks, operation_counts
from derivations.catalogue.jacobians.deep_networks import layer_jacobian
from derivations.catalogue.jacobians.operation_counts import (
    forward_multiplications,
    forward_scalings,
    primal_multiplications,
    reverse_multiplications,
    reverse_scalings,
)

__all__ = [
    "entries",
    "forward_multiplications",
    "forward_scalings",
    "layer_jacobian",
    "primal_multiplications",
    "reverse_multiplications",
    "reverse_scalings",
]

entries = (*deep_networks.entries, *operation_counts.entries)
