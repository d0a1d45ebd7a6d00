"""Initial weights: the bound of Glorot, the standard deviation of He, and what one layer and many make of a variance.

Model: a layer z = Wx with W (n_out, n_in), whose entries are drawn independently with mean 0, from U(−d, d) or another distribution.
Loss: any. A linear layer multiplies the mean square of a coordinate by n_in Var W going forward, and by n_out Var W going back.
Convention: the fan is the number of inputs n_in, or of outputs n_out. The gain is 1 for a linear layer, and √2 before ReLU.
Reference: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010); K. He, X. Zhang, S. Ren and
J. Sun, Delving deep into rectifiers (2015).
"""

from derivations.catalogue.initialization import layers, scales
from derivations.catalogue.initialization.layers import backward_mean_square, forward_mean_square, relu_mean_square
from derivations.catalogue.initialization.scales import glorot_bound, he_deviations_in_numbers, he_std, largest_vanishing_bound, uniform_variance

__all__ = [
    "backward_mean_square",
    "entries",
    "forward_mean_square",
    "glorot_bound",
    "he_deviations_in_numbers",
    "he_std",
    "largest_vanishing_bound",
    "relu_mean_square",
    "uniform_variance",
]

entries = (
    *layers.entries,
    *scales.entries,
)
