"""The eigenvalues of the matrix by which a step with momentum multiplies one coordinate: when they are real, where they are equal, how large.

Model: one coordinate with the singular value σ > 0 of the data, and the matrix R = [[1 − β, 2βσ²], [−η(1 − β), 1 − 2ηβσ²]] of a step with
0 < β ≤ 1 and a learning rate η.
Loss: as in a step with momentum in singular coordinates: ‖Xw − y‖², without the half.
Convention: moduli are absolute values, also of eigenvalues that are not real, in ascending order; the spectral radius is the largest one.
Reference: G. Goh, Why Momentum Really Works, Distill (2017); R. Horn and C. Johnson, Matrix Analysis, 2nd ed. (2013), section 1.2.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.momentum.coordinates import beta, eta, momentum_matrix_of, sigma, t
from derivations.language.assumptions import equal, positive, real_eigenvalues, tends_to
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    column_vector,
    define,
    det,
    eigenvalue_moduli,
    entry,
    identity,
    ones,
    scalar,
    spectral_radius,
    trace,
    zeros,
)
from derivations.language.functions import abs_, sqrt
from derivations.language.terms import Term, as_term

__all__ = [
    "characteristic_polynomial", "discriminant", "entries", "largest_learning_rate", "largest_rate_of", "repeated_root_learning_rates",
    "repeated_root_rates_of", "smallest_spectral_radius",
]

lambda_ = scalar("lambda")


def _trace(beta: Term, eta: Term, sigma: Term) -> Term:
    return 2 - beta - 2 * eta * beta * sigma**2


def _polynomial(lambda_: Term, beta: Term, eta: Term, sigma: Term) -> Term:
    return lambda_**2 - _trace(beta, eta, sigma) * lambda_ + (1 - beta)


def _discriminant(beta: Term, eta: Term, sigma: Term) -> Term:
    return _trace(beta, eta, sigma) ** 2 - 4 * (1 - beta)


def repeated_root_rates_of(beta: Term, square: Term) -> tuple[Term, Term]:
    """(1 ∓ √(1 − β))²/(2βσ²) for the square of a singular value, the smaller one first."""
    root = sqrt(1 - beta)
    return (1 - root) ** 2 / (2 * beta * square), (1 + root) ** 2 / (2 * beta * square)


def largest_rate_of(beta: Term, square: Term) -> Term:
    """(2 − β)/(βσ²) for the square of a singular value."""
    return (2 - beta) / (beta * square)


def characteristic_polynomial(lambda_: Term = lambda_, beta: Term = beta, eta: Term = eta, sigma: Term = sigma) -> Any:
    """λ² − (2 − β − 2ηβσ²)λ + (1 − β), which is zero at the eigenvalues of the matrix of a step: a scalar."""
    return sympy_object(_polynomial(lambda_, beta, eta, sigma))


def discriminant(beta: Term = beta, eta: Term = eta, sigma: Term = sigma) -> Any:
    """(2 − β − 2ηβσ²)² − 4(1 − β), which is not negative exactly if the eigenvalues are real: a scalar."""
    return sympy_object(_discriminant(beta, eta, sigma))


def repeated_root_learning_rates(beta: Term = beta, sigma: Term = sigma) -> tuple[Any, Any]:
    """(1 − √(1 − β))²/(2βσ²) and (1 + √(1 − β))²/(2βσ²), the learning rates at which both eigenvalues are equal, for 0 < β ≤ 1 and σ > 0.

    At the first one they are √(1 − β), at the second one −√(1 − β).
    """
    first, second = repeated_root_rates_of(beta, sigma**2)
    return sympy_object(first), sympy_object(second)


def largest_learning_rate(beta: Term = beta, sigma: Term = sigma) -> Any:
    """(2 − β)/(βσ²): every smaller positive learning rate makes the coordinate converge, for 0 < β ≤ 1 and σ > 0; a scalar."""
    return sympy_object(largest_rate_of(beta, sigma**2))


def smallest_spectral_radius(beta: Term = beta) -> Any:
    """√(1 − β), the modulus of both eigenvalues between the two learning rates at which they are equal, for 0 < β ≤ 1: a scalar."""
    return sympy_object(sqrt(1 - beta))


in_order = ((beta > 0) & (beta <= 1), positive(sigma))
R, s = define("R", momentum_matrix_of(beta, eta, sigma**2)), define("s", sqrt(1 - beta))
Delta = define("Delta", _discriminant(beta, eta, sigma))
low, high = (define(name, rate) for name, rate in zip(("eta_1", "eta_2"), repeated_root_rates_of(beta, sigma**2), strict=True))
larger, smaller = (define(name, (_trace(beta, eta, sigma) + sign * sqrt(Delta)) / 2) for name, sign in (("lambda_1", 1), ("lambda_2", -1)))
in_range = (eta > 0) & (eta < largest_rate_of(beta, sigma**2))

_polynomial_steps = (
    Step.of("trace", trace(R), "=", _trace(beta, eta, sigma), reason="sum of the diagonal"),
    Step.of("determinant", det(R), "=", 1 - beta, reason="product of the diagonal less that of the others; the learning rate cancels"),
    Step.of("characteristic polynomial", det(lambda_ * identity(2) - R), "=", _polynomial(lambda_, beta, eta, sigma),
            reason="the determinant of a matrix with two rows"),
    Step.of("real exactly when the discriminant is not negative", real_eigenvalues(R), "iff", Delta >= 0, reason="quadratic formula"),
    Step.of("the first root", det(larger * identity(2) - R), "=", 0, given=(Delta >= 0,), reason="quadratic formula"),
    Step.of("the second root", det(smaller * identity(2) - R), "=", 0, given=(Delta >= 0,), reason="likewise, with the other sign"),
    Step.of("product of the eigenvalues", larger * smaller, "=", 1 - beta, given=(Delta >= 0,), reason="difference of two squares"),
    Step.of("the discriminant as a product", Delta, "=", ((1 - s) ** 2 - 2 * eta * beta * sigma**2) * ((1 + s) ** 2 - 2 * eta * beta * sigma**2),
            given=(beta <= 1,), reason="difference of two squares"),
)

R_low, R_high = (define(name, momentum_matrix_of(beta, rate, sigma**2)) for name, rate in (("R_1", low), ("R_2", high)))
D_low, D_high = define("D_1", R_low - s * identity(2)), define("D_2", R_high + s * identity(2))
v_low, v_high = column_vector(2 * beta * sigma**2, s * (1 - s)), column_vector(2 * beta * sigma**2, -s * (1 + s))

_repeated_steps = (
    Step.of("where the eigenvalues are equal", equal(Delta, 0), "iff", equal(eta, low) | equal(eta, high), reason="one of the two factors is zero"),
    Step.of("the double root at the smaller rate", det(lambda_ * identity(2) - R_low), "=", (lambda_ - s) ** 2,
            reason="the trace is twice the root there"),
    Step.of("the double root at the larger rate", det(lambda_ * identity(2) - R_high), "=", (lambda_ + s) ** 2,
            reason="the trace is minus twice the root there"),
    Step.of("an eigenvector at the smaller rate", R_low @ v_low, "=", s * v_low, reason="the matrix put in"),
    Step.of("an eigenvector at the larger rate", R_high @ v_high, "=", -s * v_high, reason="the matrix put in"),
    Step.of("what is left at the smaller rate", entry(D_low, 1, 2), ">", 0, reason="so the matrix is no multiple of the identity"),
    Step.of("its square", D_low @ D_low, "=", zeros(2, 2), reason="theorem of Cayley and Hamilton: so there is one line of eigenvectors"),
    Step.of("what is left at the larger rate", entry(D_high, 1, 2), ">", 0, reason="likewise"),
    Step.of("its square at the larger rate", D_high @ D_high, "=", zeros(2, 2), reason="likewise"),
)

_region_steps = (
    Step.of("where the eigenvalues are real", real_eigenvalues(R), "iff", (eta <= low) | (eta >= high),
            reason="both factors of the discriminant have one sign"),
    Step.of("their moduli between", eigenvalue_moduli(R), "=", s * ones(2), given=((eta >= low) & (eta <= high),),
            reason="conjugate numbers have one modulus, the root of their product"),
    Step.of("the spectral radius between", spectral_radius(R), "=", s, given=((eta >= low) & (eta <= high),), reason="both moduli are this one"),
    Step.of("no spectral radius is smaller", spectral_radius(R), ">=", s, reason="the product of both moduli is the determinant"),
    Step.of("where it is the smallest", equal(spectral_radius(R), s), "iff", (eta >= low) & (eta <= high),
            reason="two real eigenvalues that differ have different moduli, or opposite signs"),
    Step.of("where the spectral radius is below 1", spectral_radius(R) < 1, "iff", in_range,
            reason="the absolute value of the trace is below 2 - beta"),
    Step.of("powers of the matrix", tends_to(R**t, zeros(2, 2)), "iff", in_range, reason="they vanish for a spectral radius below 1 only"),
    Step.of("the larger of the two rates lies in the range", high, "<", largest_rate_of(beta, sigma**2), reason="the root is smaller than 1"),
)

R_plain, rho = define("R", momentum_matrix_of(as_term(1), eta, sigma**2)), define("rho", 1 - 2 * eta * sigma**2)

_plain_steps = (
    Step.of("the matrix", det(lambda_ * identity(2) - R_plain), "=", lambda_ * (lambda_ - rho),
            reason="the velocity is forgotten: its column is zero"),
    Step.of("moduli", eigenvalue_moduli(R_plain), "=", column_vector(0, abs_(rho)),
            reason="the eigenvalues are 0 and the factor of gradient descent"),
    Step.of("they are real", Delta, ">=", 0, given=(equal(beta, 1),), reason="the discriminant is the square of the factor"),
    Step.of("powers of the matrix", tends_to(R_plain**t, zeros(2, 2)), "iff", abs_(rho) < 1, reason="the largest modulus decides"),
)

entries = (
    Derivation(
        "Eigenvalues of the momentum matrix",
        _polynomial_steps,
        questions=("cs182-hw2/2c",),
    ),
    Derivation(
        "Learning rates with a repeated eigenvalue",
        _repeated_steps,
        questions=("cs182-hw2/2d",),
        given=in_order,
        notes="The matrix cannot be diagonalised there, so that a coordinate decays as t times the power of the root, not as the power alone.",
    ),
    Derivation(
        "Real and complex eigenvalues with momentum",
        _region_steps,
        questions=("cs182-hw2/2e", "cs182-hw2/2f"),
        given=in_order,
        notes="For β = 1 both ends of the interval coincide, and between them there is one learning rate, with which one step is exact.",
    ),
    Derivation(
        "Momentum with β = 1 is gradient descent",
        _plain_steps,
        questions=("cs182-hw2/2c",),
        given=(positive(sigma),),
    ),
)
