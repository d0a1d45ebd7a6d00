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
from derivations.language.assumptions import equal, real_eigenvalues
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, define, maximum, spectral_radius
from derivations.language.errors import DeclarationError
from derivations.language.functions import abs_, sqrt
from derivations.language.terms import Term, as_term

__all__ = ["entries", "momentum_in_numbers"]

_LONGEST = 2000


def momentum_in_numbers(
    beta: Fraction = Fraction(1, 10),
    largest: Fraction = Fraction(5),
    smallest: Fraction = Fraction(1, 20),
    accuracy: Fraction = Fraction(1, 200),
) -> Derivation:
    """The best rates with and without momentum and the steps until the power of the rate is below the accuracy, for the squares of the largest
    and the smallest singular value.

    Raises:
        DeclarationError: a number lies outside its range, no learning rate is best for both coordinates, or it takes too many steps.
    """
    _check(beta, largest, smallest, accuracy)
    big, small, share, kept, close = (as_term(number) for number in (largest, smallest, beta, 1 - beta, accuracy))
    plain, s = as_term((largest - smallest) / (largest + smallest)), define("s", sqrt(1 - share))
    low, high = define("eta_1", repeated_root_rates_of(share, small)[0]), define("eta_2", repeated_root_rates_of(share, big)[1])
    factors = maximum(abs_(1 - 2 * eta * big), abs_(1 - 2 * eta * small))
    slow, fast = _steps((largest - smallest) / (largest + smallest), accuracy), _steps(1 - beta, accuracy**2)
    coordinates = ("largest", big), ("smallest", small)
    radii = [spectral_radius(momentum_matrix_of(share, eta, square)) for _, square in coordinates]
    steps = (
        Step.of("the best learning rate without momentum", argmin(factors, eta), "=", 1 / (big + small),
                reason="there both factors have one absolute value"),
        Step.of("no rate without momentum is smaller", factors, ">=", plain, reason="with another learning rate one coordinate is slower"),
        *(
            Step.of(f"with momentum, the coordinate of the {name} singular value", spectral_radius(momentum_matrix_of(share, eta, square)), "=", s,
                    given=((eta >= low) & (eta <= high),), reason="its eigenvalues are conjugate, or equal at an end")
            for name, square in coordinates
        ),
        *(
            Step.of(f"real eigenvalues, for the {name} singular value", real_eigenvalues(momentum_matrix_of(share, eta, square)), "iff",
                    (eta <= first) | (eta >= second), reason="the discriminant is not negative; both ends are irrational unless 1 - beta is a square")
            for (name, square) in coordinates for first, second in (repeated_root_rates_of(share, square),)
        ),
        Step.of("the best learning rates with momentum", equal(maximum(*radii), s), "iff", (eta >= low) & (eta <= high),
                reason="outside the interval of a coordinate its eigenvalues are real, and the larger one is larger than the root"),
        Step.of("without momentum, a step too few", plain ** (slow - 1), ">=", close, reason="powers of a fraction"),
        Step.of("without momentum, enough steps", plain**slow, "<", close, reason="a step more"),
        Step.of("with momentum, a step too few", _power(s, kept, fast - 1), ">=", close, reason="the square of the rate is 1 - beta"),
        Step.of("with momentum, enough steps", _power(s, kept, fast), "<", close, reason="a step more"),
    )
    return Derivation(
        "Rates with and without momentum in numbers",
        steps,
        questions=("cs182-hw2/2g",),
        notes="The power of the rate is not yet the error: at both ends the matrix of a coordinate cannot be diagonalised, and it takes more steps.",
    )


def _check(beta: Fraction, largest: Fraction, smallest: Fraction, accuracy: Fraction) -> None:
    """Raises:
    DeclarationError: see `momentum_in_numbers`.
    """
    if not (0 < beta < 1 and 0 < smallest < largest and 0 < accuracy < 1):
        found = f"beta = {beta}, largest = {largest}, smallest = {smallest}, accuracy = {accuracy}"
        raise DeclarationError(f"{found}; expected 0 < beta < 1, 0 < smallest < largest and 0 < accuracy < 1")
    if ((2 - beta) * (largest - smallest)) ** 2 > 4 * (1 - beta) * (largest + smallest) ** 2:
        raise DeclarationError(f"with beta = {beta} no learning rate is best for both {largest} and {smallest}; choose a smaller beta")


def _steps(rate: Fraction, accuracy: Fraction) -> int:
    """The first number of steps after which the power of a rate below 1 is below the accuracy."""
    power, steps = rate, 1
    while power >= accuracy:
        power, steps = power * rate, steps + 1
        if steps > _LONGEST:
            raise DeclarationError(f"the rate {rate} takes more than {_LONGEST} steps to reach {accuracy}")
    return steps


def _power(root: Term, square: Term, steps: int) -> Term:
    """The power of a root by powers of its square."""
    whole, left_over = divmod(steps, 2)
    return square**whole * root if left_over else square**whole


entries = (momentum_in_numbers,)
