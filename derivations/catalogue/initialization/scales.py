"""Scales of initial weights: Glorot's bound and He's standard deviation in closed form, and what many layers make of a variance.

Model: a layer Wx with W (n_out, n_in), whose entries are drawn from U(−d, d), of variance d²/3, or from another distribution with mean 0.
Loss: any. A linear layer multiplies the variance of a coordinate by n_in Var W going forward, and by n_out Var W going back: see `layers`.
Convention: the fan is the number of inputs n_in, or of outputs n_out. The gain is 1 for a linear layer, and √2 before ReLU.
Reference: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010); K. He, X. Zhang, S. Ren and
J. Sun, Delving deep into rectifiers (2015).
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import equal, positive, tends_to
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import counter, define, dimension, dimensions, iterate, scalars
from derivations.language.errors import DeclarationError
from derivations.language.functions import abs_, sqrt
from derivations.language.terms import Operand, Term, as_term

__all__ = [
    "d",
    "entries",
    "glorot_bound",
    "glorot_bound_of",
    "he_deviations_in_numbers",
    "he_std",
    "largest_vanishing_bound",
    "n_in",
    "n_out",
    "uniform_variance",
    "variance_of",
]

n_in, n_out = dimensions("n_in n_out")
n, fan, t = dimension("n"), dimension("fan"), counter("t")
d, gain, s, v_0, v = scalars("d gain s v_0 v")


def variance_of(d: Term) -> Term:
    """d²/3, a scalar."""
    return d**2 / 3


def glorot_bound_of(n_in: Term, n_out: Term) -> Term:
    """√(6/(n_in + n_out)), a scalar."""
    return sqrt(6 / (n_in + n_out))


def _he_std(fan: Operand, gain: Operand) -> Term:
    return as_term(gain) / sqrt(as_term(fan))


def uniform_variance(d: Term = d) -> Any:
    """d²/3, the variance of the uniform distribution on (−d, d): a scalar."""
    return sympy_object(variance_of(d))


def glorot_bound(n_in: Term = n_in, n_out: Term = n_out) -> Any:
    """√(6/(n_in + n_out)), the d of U(−d, d) for a layer with n_in inputs and n_out outputs: a scalar."""
    return sympy_object(glorot_bound_of(n_in, n_out))


def he_std(fan: Term = fan, gain: Term = gain) -> Any:
    """gain/√fan, the standard deviation of the weights of a layer: a scalar."""
    return sympy_object(_he_std(fan, gain))


def largest_vanishing_bound(n: Term = n) -> Any:
    """√(3/n): with weights from U(−d, d) in square linear layers of width n, variances vanish with the depth below it, and grow above: a scalar."""
    return sympy_object(sqrt(3 / n))


bound = define("d", glorot_bound_of(n_in, n_out))
forward, backward = n_in * variance_of(bound), n_out * variance_of(bound)
deviation = define("s", _he_std(fan, gain))
through_layers = iterate("v", t, v_0, v, n * variance_of(d) * v)

_glorot_steps = (
    Step.of("variance of the weights", variance_of(bound), "=", 2 / (n_in + n_out), reason="a third of the squared bound"),
    Step.of("no other bound has it", equal(variance_of(s), 2 / (n_in + n_out)), "iff", equal(s, bound), given=(s > 0,),
            reason="of positive numbers only one has a given square"),
    Step.of("factor going forward", forward, "=", 2 * n_in / (n_in + n_out), reason="the variance times the number of inputs"),
    Step.of("factor going back", backward, "=", 2 * n_out / (n_in + n_out), reason="the variance times the number of outputs"),
    Step.of("their mean", (forward + backward) / 2, "=", 1, reason="what one gains, the other loses"),
    Step.of("their product", forward * backward, "<=", 1, reason="the geometric mean is at most the arithmetic one"),
    Step.of("both are kept in square layers only", equal(forward, 1) & equal(backward, 1), "iff", equal(n_in, n_out),
            reason="each is 1 exactly where the numbers of inputs and outputs agree"),
)

_he_steps = (
    Step.of("factor of a layer", fan * deviation**2, "=", gain**2, reason="the variance of the weights times the fan"),
    Step.of("before ReLU", fan * _he_std(fan, sqrt(2)) ** 2 / 2, "=", 1, reason="ReLU halves the mean square of what is symmetric about 0"),
    Step.of("as a uniform distribution", variance_of(sqrt(3) * deviation), "=", deviation**2,
            reason="the bound is the square root of three times the standard deviation"),
    Step.of("Glorot by a deviation", bound, "=", sqrt(3) * _he_std((n_in + n_out) / 2, 1),
            reason="the fan is the mean of inputs and outputs"),
)

_depth_steps = (
    Step.of("every layer", through_layers, "=", (n * variance_of(d)) ** t * v_0, reason="induction: each layer multiplies by the same factor"),
    Step.of("where variances vanish", tends_to((n * variance_of(d)) ** t, 0), "iff", d < sqrt(3 / n), given=(positive(d),),
            reason="the powers of a positive number vanish exactly if it is below 1"),
    Step.of("where they stay", n * variance_of(sqrt(3 / n)), "=", 1, reason="the factor is 1"),
    Step.of("where they grow", n * variance_of(d), ">", 1, given=(d > sqrt(3 / n),), reason="the factor is above 1"),
)


def he_deviations_in_numbers(fans: tuple[int, ...] = (3072, 50), decimals: int = 8) -> Derivation:
    """The standard deviation √(2/fan) of the weights before ReLU, for each of these fans: the fraction that it is, or so many decimals.

    Raises:
        DeclarationError: there is no fan, one is not positive or stands twice, or the number of decimals is negative.
    """
    if not fans or min(fans) < 1 or len(set(fans)) < len(fans) or decimals < 0:
        raise DeclarationError(f"fans = {fans}, decimals = {decimals}; expected different positive fans, and no negative number of decimals")
    return Derivation(
        "Initial deviations before ReLU in numbers",
        tuple(_deviation_step(fan, decimals) for fan in fans),
        questions=("cs182-hw2/nb",),
    )


def _deviation_step(fan: int, decimals: int) -> Step:
    std, variance = _he_std(fan, sqrt(2)), Fraction(2, fan)
    root = Fraction(isqrt(variance.numerator), isqrt(variance.denominator))
    if root**2 == variance:
        return Step.of(f"fan {fan}", std, "=", root, reason="its square is 2 over the fan")
    unit = Fraction(1, 10**decimals)
    nearest = (isqrt(4 * variance.numerator * 10 ** (2 * decimals) // variance.denominator) + 1) // 2 * unit
    return Step.of(f"fan {fan}, to {decimals} decimals", abs_(std - nearest), "<=", unit / 2, reason="the gain over the root of the fan")


entries = (
    Derivation(
        "Glorot's bound",
        _glorot_steps,
        questions=("comp691-a1/4", "cs182-hw2/nb"),
        notes="A compromise: only in square layers does the variance keep its size both ways. How it is multiplied is stated in the model.",
    ),
    Derivation("Deviations by gain and fan", _he_steps, questions=("cs182-hw2/nb",), notes="As many inputs make a coordinate as the fan says."),
    Derivation(
        "Variances through many layers",
        _depth_steps,
        questions=("comp691-a1/4",),
        notes="Square linear layers of width n, with the factor as stated in the model. Of width 50 they vanish for d = 1/10, and grow for d = 2.",
    ),
    he_deviations_in_numbers,
)
