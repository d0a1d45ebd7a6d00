"""Least squares: loss and gradient, the minimisers for data of any rank, projections, noise, ridge regression, and interpolation with least norm.

Model: ŷ = Xw with data X (n, d), weights w (d, 1) and targets y (n, 1), or t where the course calls them so. Each part states its own.
Loss: ½‖Xw − y‖², or the mean squared error (1/n)‖Xw − t‖²; for ridge regression with a penalty on the weights.
Convention: a gradient has the shape of its variable; a Jacobian is (out, in). Every part that inverts a matrix states the rank it needs.
Reference: S. Boyd and L. Vandenberghe, Introduction to Applied Linear Algebra (2018), chapters 12 and 16.
"""

from derivations.catalogue.least_squares import any_rank, interpolation, noisy_targets, normal_equations, one_sample, projections, squared_error
from derivations.catalogue.least_squares.any_rank import least_norm_minimiser
from derivations.catalogue.least_squares.interpolation import minimum_norm_solution, row_space_projection
from derivations.catalogue.least_squares.noisy_targets import expected_training_loss, minimiser_covariance, ridge_bias, ridge_covariance
from derivations.catalogue.least_squares.normal_equations import minimiser, ridge_minimiser
from derivations.catalogue.least_squares.one_sample import interpolation_in_numbers
from derivations.catalogue.least_squares.projections import fitted_values, hat_matrix
from derivations.catalogue.least_squares.squared_error import expanded_loss, gradient, hessian, loss

__all__ = [
    "entries",
    "expanded_loss",
    "expected_training_loss",
    "fitted_values",
    "gradient",
    "hat_matrix",
    "hessian",
    "interpolation_in_numbers",
    "least_norm_minimiser",
    "loss",
    "minimiser",
    "minimiser_covariance",
    "minimum_norm_solution",
    "ridge_bias",
    "ridge_covariance",
    "ridge_minimiser",
    "row_space_projection",
]

entries = (
    *squared_error.entries,
    *normal_equations.entries,
    *any_rank.entries,
    *projections.entries,
    *noisy_targets.entries,
    *interpolation.entries,
    *one_sample.entries,
)
