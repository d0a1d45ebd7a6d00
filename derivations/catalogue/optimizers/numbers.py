"""Steps of momentum, RMSProp and Adam in numbers: weights, gradients and memories whose entries run evenly from one number to another.

Model: 4 × 5 matrices of fractions, row by row: weights from −2/5 to 3/5, gradients from −3/5 to 2/5, memories from 3/5 to 9/10, and Adam's second
moment from 7/10 to 1/2, five steps made before; other numbers make another derivation.
Loss: any; its gradient is given.
Convention: where a root leaves no fraction, the weights are given to so many decimals: at most half a unit of the last one away.
Reference: T. Tieleman and G. Hinton, Lecture 6.5: RMSProp (2012); D. Kingma and J. Ba, Adam: A method for stochastic optimization, ICLR 2015.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

from derivations.catalogue.backpropagation.numbers import Rational, Rows, to_term
from derivations.catalogue.optimizers.adam import adam_step_of
from derivations.catalogue.optimizers.rmsprop import rmsprop_step_of
from derivations.catalogue.optimizers.velocity import momentum_step_of
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import define, ones
from derivations.language.errors import DeclarationError
from derivations.language.functions import abs_
from derivations.language.shapes import sides
from derivations.language.terms import Term, as_term

__all__ = ["adam_step_in_numbers", "entries", "evenly_spaced", "momentum_step_in_numbers", "rmsprop_step_in_numbers"]

_DIGITS = 50  # of the roots from which decimals are proposed; that they are right is what a step claims


def evenly_spaced(first: Rational, last: Rational, rows: int = 4, columns: int = 5) -> Rows:
    """A matrix of at least two entries whose entries, row by row, run evenly from the first number to the last."""
    entries = [first + Fraction(last - first) * k / (rows * columns - 1) for k in range(rows * columns)]
    return tuple(tuple(entries[columns * row : columns * (row + 1)]) for row in range(rows))


WEIGHTS, GRADIENTS = evenly_spaced(Fraction(-2, 5), Fraction(3, 5)), evenly_spaced(Fraction(-3, 5), Fraction(2, 5))
MEMORIES, SECOND_MOMENTS = evenly_spaced(Fraction(3, 5), Fraction(9, 10)), evenly_spaced(Fraction(7, 10), Fraction(1, 2))


def momentum_step_in_numbers(
    w: Rows = WEIGHTS, g: Rows = GRADIENTS, v: Rows = MEMORIES, alpha: Rational = Fraction(1, 1000), mu: Rational = Fraction(9, 10)
) -> Derivation:
    """A step with momentum from given weights, gradients and velocities: fractions in rows, all of one shape.

    Raises:
        DeclarationError: the shapes differ.
    """
    _check_shapes(w=w, g=g, v=v)
    step = momentum_step_of(**_named(w=w, g=g, v=v), alpha=as_term(alpha), mu=as_term(mu))
    velocity = _entrywise(lambda g, v: mu * v + g, g, v)
    return Derivation(
        "A step with momentum in numbers",
        (
            Step.of("velocity", step["v"], "=", to_term(velocity), reason="the momentum times the velocity, and the gradient"),
            Step.of("weights", step["w"], "=", to_term(_entrywise(lambda w, v: w - alpha * v, w, velocity)),
                    reason="less the learning rate times the new velocity"),
        ),
        questions=("cs182-hw2/nb",),
    )


def rmsprop_step_in_numbers(
    w: Rows = WEIGHTS,
    g: Rows = GRADIENTS,
    c: Rows = MEMORIES,
    alpha: Rational = Fraction(1, 100),
    rho: Rational = Fraction(99, 100),
    epsilon: Rational = Fraction(1, 10**8),
    decimals: int = 7,
) -> Derivation:
    """A step of RMSProp from given weights, gradients and caches: fractions in rows, all of one shape. The weights stand to so many decimals.

    Raises:
        DeclarationError: the shapes differ, a new cache is negative, or ε is not positive.
    """
    _check_shapes(w=w, g=g, c=c)
    step = rmsprop_step_of(**_named(w=w, g=g, c=c), alpha=as_term(alpha), rho=as_term(rho), epsilon=as_term(epsilon))
    cache = _entrywise(lambda g, c: rho * c + (1 - rho) * g**2, g, c)
    _check_root("cache", cache, epsilon)
    weights = _entrywise(lambda w, g, c: _moved(w, alpha * g, c, epsilon, decimals), w, g, cache)
    return Derivation(
        "A step of RMSProp in numbers",
        (
            Step.of("cache", step["c"], "=", to_term(cache), reason="the old cache and the squared gradients, weighted"),
            _to_decimals(step["w"], weights, decimals, "gradients over the roots of the new cache"),
        ),
        questions=("cs182-hw2/nb",),
    )


def adam_step_in_numbers(
    w: Rows = WEIGHTS,
    g: Rows = GRADIENTS,
    m: Rows = MEMORIES,
    v: Rows = SECOND_MOMENTS,
    steps_before: int = 5,
    alpha: Rational = Fraction(1, 100),
    beta_1: Rational = Fraction(9, 10),
    beta_2: Rational = Fraction(999, 1000),
    epsilon: Rational = Fraction(1, 10**8),
    decimals: int = 7,
) -> Derivation:
    """A step of Adam from given weights, gradients and moments, after so many steps: fractions in rows, all of one shape. The weights stand to
    so many decimals.

    Raises:
        DeclarationError: the shapes differ, a new second moment is negative, ε is not positive, a decay rate is not in [0, 1), or the number
            of steps is negative.
    """
    _check_shapes(w=w, g=g, m=m, v=v)
    if steps_before < 0 or not (0 <= beta_1 < 1 and 0 <= beta_2 < 1):
        found = f"beta_1 = {beta_1}, beta_2 = {beta_2}, steps_before = {steps_before}"
        raise DeclarationError(f"{found}; expected decay rates in [0, 1) and a number of steps of at least 0")
    t = steps_before + 1
    rates = {"alpha": as_term(alpha), "beta_1": as_term(beta_1), "beta_2": as_term(beta_2), "epsilon": as_term(epsilon)}
    step = adam_step_of(**_named(w=w, g=g, m=m, v=v), t=t, **rates)
    first = _entrywise(lambda g, m: beta_1 * m + (1 - beta_1) * g, g, m)
    second = _entrywise(lambda g, v: beta_2 * v + (1 - beta_2) * g**2, g, v)
    _check_root("second moment", second, epsilon)
    hat_m, hat_v = (_entrywise(lambda moment, beta=beta: moment / (1 - beta**t), moment) for moment, beta in ((first, beta_1), (second, beta_2)))
    weights = _entrywise(lambda w, m, v: _moved(w, alpha * m, v, epsilon, decimals), w, hat_m, hat_v)
    return Derivation(
        "A step of Adam in numbers",
        (
            Step.of("first moment", step["m"], "=", to_term(first), reason="the old moment and the gradients, weighted"),
            Step.of("second moment", step["v"], "=", to_term(second), reason="likewise with their squares"),
            _to_decimals(step["w"], weights, decimals, "both corrected; the first over the root of the second"),
        ),
        questions=("cs182-hw2/nb",),
        notes=f"This is the step number {t}, so the corrections divide by 1 - {beta_1}^{t} and 1 - {beta_2}^{t}.",
    )


def _named(**matrices: Rows) -> dict[str, Term]:
    return {name: define(name, to_term(rows)) for name, rows in matrices.items()}


def _to_decimals(weights: Term, rounded: Rows, decimals: int, reason: str) -> Step:
    """That weights are what they are rounded to, up to half a unit of the last decimal."""
    half_a_unit = as_term(Fraction(1, 2 * 10**decimals)) * ones(*sides(weights.shape))
    return Step.of(f"weights to {decimals} decimals", abs_(weights - to_term(rounded)), "<=", half_a_unit, reason=reason)


def _moved(weight: Rational, numerator: Rational, square: Rational, epsilon: Rational, decimals: int) -> Rational:
    """The weight less numerator/(√square + ε), rounded."""
    with localcontext(prec=_DIGITS):
        whole, numerator_, square_, epsilon_ = (Decimal(f.numerator) / f.denominator for f in map(Fraction, (weight, numerator, square, epsilon)))
        return Fraction(round(whole - numerator_ / (square_.sqrt() + epsilon_), decimals))


def _entrywise(function: Callable[..., Rational], *matrices: Rows) -> Rows:
    return tuple(tuple(function(*entries) for entries in zip(*rows, strict=True)) for rows in zip(*matrices, strict=True))


def _check_shapes(**matrices: Rows) -> None:
    shapes = {name: [len(row) for row in rows] for name, rows in matrices.items()}
    if len({tuple(lengths) for lengths in shapes.values()}) > 1:
        found = "; ".join(f"{name} has {', '.join(map(str, lengths))}" for name, lengths in shapes.items())
        raise DeclarationError(f"the matrices must have rows of the same lengths: {found}")


def _check_root(name: str, rows: Rows, epsilon: Rational) -> None:
    least = min(entry for row in rows for entry in row)
    if least < 0 or epsilon <= 0:
        raise DeclarationError(f"epsilon = {epsilon}, and the least entry of the new {name} is {least}; expected a positive and a nonnegative number")


entries = (momentum_step_in_numbers, rmsprop_step_in_numbers, adam_step_in_numbers)
