"""Jacobians of deep networks: what forward and reverse mode multiply.

Model: f(x) = W_F h_L, h_l = tanh(W_l h_(l−1)), h_0 = x, with W_1 (K, D), W_2 … W_L (K, K) and W_F (P, K), for any number of layers L ≥ 1.
Loss: none; the results hold for the Jacobian (out, in) of the network itself.
Convention: a product takes as many multiplications as there are triples of a row, an inner index and a column.
Reference: A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), chapter 3.
"""

from derivations.catalogue.jacobians import operation_counts
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
    "primal_multiplications",
    "reverse_multiplications",
    "reverse_scalings",
]

entries = (*operation_counts.entries,)
