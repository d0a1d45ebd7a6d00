"""Small ReLU networks and the piecewise linear functions that they are: a hat, the soft threshold, and the curve through given points.

Models: one input, one hidden layer of ReLU units, or two, and a linear output. Each part states its own.
Loss: none; each network equals a function that is given by pieces, or by points.
Convention: ReLU(z) = max(z, 0). A kink is a point at which the slope changes.
Reference: R. Arora, A. Basu, P. Mianjy and A. Mukherjee, Understanding deep neural networks with rectified linear units (2018).
"""

from derivations.catalogue.relu_networks import interpolation, pieces
from derivations.catalogue.relu_networks.interpolation import interpolating_network, interpolating_weights, interpolation_by_relu_network
from derivations.catalogue.relu_networks.pieces import hat, hat_network, small_hat_network, soft_threshold, soft_threshold_network

__all__ = [
    "entries",
    "hat",
    "hat_network",
    "interpolating_network",
    "interpolating_weights",
    "interpolation_by_relu_network",
    "small_hat_network",
    "soft_threshold",
    "soft_threshold_network",
]

entries = (*pieces.entries, *interpolation.entries)
