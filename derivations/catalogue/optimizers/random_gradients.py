"""Adam under random gradients of one mean: what its moments are on average, and that the corrected ones are unbiased.

Model: of one weight, at every step a random gradient g, with the same means E g and E g² at all steps; nothing else is known of it. The moments
m and v before the step are random too, and may depend on it. A step takes m to β₁m + (1 − β₁)g and v to β₂v + (1 − β₂)g². Both are 0 at first.
Loss: any whose gradients are drawn so, as from samples of the data at weights that hardly move.
Convention: expectations are over all that is random. Where steps are counted, the mean of a moment follows the mean of its step.
Reference: D. Kingma and J. Ba, Adam: A method for stochastic optimization, ICLR 2015, section 3.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import counter, define, iterate, scalars
from derivations.language.laws import expectation, random_variable, variance
from derivations.language.terms import Operand, Term, as_term

__all__ = ["entries", "share_of_the_mean"]

t = counter("t")
g, m, v, state, beta_1, beta_2 = scalars("g m v s beta_1 beta_2")


def share_of_the_mean(beta: Term = beta_1, t: Term = t) -> Any:
    """1 − β^t: the share of the mean gradient that a running average from zero has after t steps, and by which Adam divides it: a scalar."""
    return sympy_object(1 - beta**t)


mean, mean_square, zero = expectation(g, g), expectation(g**2, g), as_term(0)


def _running_mean(name: str, beta: Term, each: Term, t: Operand = t) -> Term:
    """The mean of a running average from zero after t steps, at which what is averaged has the mean `each`."""
    return iterate(name, t, zero, state, beta * state + (1 - beta) * each)


first, second = _running_mean("mu", beta_1, mean), _running_mean("nu", beta_2, mean_square)
hat_m = define("hat_m", _running_mean("mu", beta_1, mean, t + 1) / (1 - beta_1 ** (t + 1)))
hat_v = define("hat_v", _running_mean("nu", beta_2, mean_square, t + 1) / (1 - beta_2 ** (t + 1)))

_steps = (
    Step.of("mean of the next first moment", expectation(beta_1 * m + (1 - beta_1) * g, m, g), "=", beta_1 * expectation(m, m) + (1 - beta_1) * mean,
            reason="the expectation is linear, however the moment depends on the gradient"),
    Step.of("mean of the next second moment", expectation(beta_2 * v + (1 - beta_2) * g**2, v, g), "=",
            beta_2 * expectation(v, v) + (1 - beta_2) * mean_square, reason="likewise, with the square of the gradient"),
    Step.of("first moment on average", first, "=", (1 - beta_1**t) * mean, reason="induction; the first moment is zero"),
    Step.of("second moment on average", second, "=", (1 - beta_2**t) * mean_square, reason="induction"),
    Step.of("what is missing without correction", mean - first, "=", beta_1**t * mean, reason="the average starts at zero"),
    Step.of("it vanishes with time", mean - first, "->", 0, reason="the powers of a number below one vanish"),
    Step.of("the corrected first moment is unbiased", hat_m, "=", mean, reason="divided by the sum of its weights"),
    Step.of("the corrected second moment is unbiased", hat_v, "=", mean_square, reason="likewise"),
    Step.of("what noise adds to the second moment", mean_square, "=", mean**2 + variance(g, g), reason="the mean square by mean and variance"),
)  # fmt: skip

entries = (
    Derivation(
        "Adam under random gradients",
        _steps,
        questions=("cs182-hw2/nb",),
        given=((beta_1 >= 0) & (beta_1 < 1), (beta_2 >= 0) & (beta_2 < 1), random_variable(g), random_variable(m), random_variable(v)),
        notes="By the first two steps the means obey the recurrences of the others. Noise makes the second moment larger, and the steps shorter.",
    ),
)
