"""Noise as regularization: noisy data penalise the weights of least squares on average, and shrink what gradient descent finds.

Models: (X + N)w with noise N on data X (m, d), weights w (d, 1) and targets y (m, 1); one weight with fresh noise at every step.
Loss: E‖(X + N)w − y‖², over the noise; of one weight ½((x + N)w − y)² with the step w ← w − η dL/dw.
Convention: a gradient has the shape of its variable. The noise has mean 0 and variance σ², and its entries are independent of each other.
Reference: C. M. Bishop, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7 (1995).
"""

from derivations.catalogue.noise_regularization import noisy_data, noisy_descent
from derivations.catalogue.noise_regularization.noisy_data import expected_loss, minimiser
from derivations.catalogue.noise_regularization.noisy_descent import largest_step_size, limit_of_the_mean, mean_factor, mean_weight

__all__ = [
    "entries",
    "expected_loss",
    "largest_step_size",
    "limit_of_the_mean",
    "mean_factor",
    "mean_weight",
    "minimiser",
]

entries = (
    *noisy_data.entries,
    *noisy_descent.entries,
)
