"""Gradient descent with momentum on the squared error: its coordinates, their eigenvalues, the range of learning rates, and the best rates.

Model: Xw with data X (n, d), weights w (d, 1), targets y (n, 1), and a velocity z (d, 1); of one coordinate the singular value σ > 0.
Loss: ‖Xw − y‖², without the half. A step takes z to (1 − β)z + β∇L(w), and then w to w − ηz, with the new z, for 0 < β ≤ 1.
Convention: a gradient has the shape of its variable. The iterates are numbered from 0.
Reference: G. Goh, Why Momentum Really Works, Distill (2017); B. Polyak, Some methods of speeding up the convergence of iteration methods (1964).
"""

from derivations.catalogue.momentum import convergence, coordinates, eigenvalues, numbers
from derivations.catalogue.momentum.convergence import heavy_ball_parameters, largest_learning_rate_for_data
from derivations.catalogue.momentum.coordinates import momentum_matrix
from derivations.catalogue.momentum.eigenvalues import (
    characteristic_polynomial,
    discriminant,
    largest_learning_rate,
    repeated_root_learning_rates,
    smallest_spectral_radius,
)
from derivations.catalogue.momentum.numbers import momentum_in_numbers

__all__ = [
    "characteristic_polynomial",
    "discriminant",
    "entries",
    "heavy_ball_parameters",
    "largest_learning_rate",
    "largest_learning_rate_for_data",
    "momentum_in_numbers",
    "momentum_matrix",
    "repeated_root_learning_rates",
    "smallest_spectral_radius",
]

entries = (
    *coordinates.entries,
    *eigenvalues.entries,
    *convergence.entries,
    *numbers.entries,
)
