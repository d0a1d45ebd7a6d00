"""Gradient descent and momentum on data with given singular values: the best rates, and the steps until little of the error is left.

Model: one coordinate for each singular value of the data, of which the squares of the largest and the smallest are given.
Loss: as in a step with momentum in singular coordinates: ‖Xw − y‖², without the half; gradient descent multiplies a distance by 1 − 2ησ².
Convention: the rate is the largest spectral radius of all coordinates; what is left after t steps is measured by its power.
Reference: G. Goh, Why Momentum Really Works, Distill (2017).
"""

from __future__ import annotations

from fractions import Fraction

from derivations.catalogue.momentum.coordinates import eta, momentum_matrix_of
from derivations.catalogue.momentum.eigenvalues import repeated_root_rates_of
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, define, maximum, spectral_radius
from derivations.language.functions import abs_, sqrt
from derivations.language.terms import Term, as_term

__all__ = ["momentum_in_numbers"]


def momentum_in_numbers(
    beta: Fraction = Fraction(1, 10),
    largest: Fraction = Fraction(5),
    smallest: Fraction = Fraction(1, 20),
    accuracy: Fraction = Fraction(1, 200),
) -> Derivation:
    """The best rates with and without momentum, and the steps that they need, for the squares of the largest and the smallest singular value.

    Raises:
        DeclarationError: one of the numbers lies outside its range, or no learning rate suits both coordinates.
    """
    big, small, share = as_term(largest), as_term(smallest), as_term(beta)
    slow, fast = abs_(1 - 2 * eta * big), abs_(1 - 2 * eta * small)
    rate, root = as_term((largest - smallest) / (largest + smallest)), define("s", sqrt(1 - share))
    plain = maximum(slow, fast)
    low, high = define("eta_1", repeated_root_rates_of(share, small)[0]), define("eta_2", repeated_root_rates_of(share, big)[1])
    between = (eta >= low) & (eta <= high)
    plain_steps, steps = 265, 101
    raise NotImplementedError
