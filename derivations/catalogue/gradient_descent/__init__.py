"""Gradient descent on the squared error: its iterates in closed form, where they converge and to what, how fast, and single coordinates.

Models: Xw with data X (n, d), weights w (d, 1) and targets y (n, 1); one weight with a factor σ; two weights with a factor each;
data by their singular value decomposition. Each part states its own.
Loss: ½‖Xw − y‖² with steps w ← w − α∇L; of the coordinates (σw − y)², without the half, with steps w ← w − η∇L.
Convention: a gradient has the shape of its variable. The iterates are numbered from 0: M^0 = I, and a sum over i < 0 is empty.
Reference: S. Boyd and L. Vandenberghe, Convex Optimization (2004), section 9.3; Y. Nesterov, Lectures on Convex Optimization (2018), chapter 1.
"""

from derivations.catalogue.gradient_descent import convergence, iterates, one_coordinate, singular_coordinates, two_coordinates
from derivations.catalogue.gradient_descent.convergence import largest_step_size, limit_of_iterates
from derivations.catalogue.gradient_descent.iterates import iterate_by_distance, iteration_matrix, second_iterate, step
from derivations.catalogue.gradient_descent.one_coordinate import coordinate_iterate, error_factor, steps_to_reach
from derivations.catalogue.gradient_descent.singular_coordinates import singular_step
from derivations.catalogue.gradient_descent.two_coordinates import optimal_rate, optimal_step_size, two_coordinate_iterate, two_coordinate_matrix

__all__ = [
    "coordinate_iterate",
    "entries",
    "error_factor",
    "iterate_by_distance",
    "iteration_matrix",
    "largest_step_size",
    "limit_of_iterates",
    "optimal_rate",
    "optimal_step_size",
    "second_iterate",
    "singular_step",
    "step",
    "steps_to_reach",
    "two_coordinate_iterate",
    "two_coordinate_matrix",
]

entries = (
    *iterates.entries,
    *convergence.entries,
    *one_coordinate.entries,
    *two_coordinates.entries,
    *singular_coordinates.entries,
)
