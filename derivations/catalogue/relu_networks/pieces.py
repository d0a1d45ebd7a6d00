"""ReLU networks for two functions given by pieces: a hat, and the soft threshold.

Models: f(x) = W_2 ReLU(W_1 x + b_1) with one input x, hidden weights W_1 and biases b_1 (H, 1), output weights W_2 (1, H); and the ReLU of such
a network and a bias b_2, which is a second hidden layer of one unit.
Loss: none; each network equals its function.
Convention: ReLU(z) = max(z, 0); sign(0) = 0. A kink is a point at which the slope changes.
Reference: N. Parikh and S. Boyd, Proximal Algorithms (2014), section 6.5.2 (soft threshold); M. Telgarsky, Benefits of depth in neural networks
(2016), section 3 (the hat).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import Assumption, equal, nonnegative, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import argmin, cases, column_vector, define, literal, maximum, one_sided_derivative, scalars
from derivations.language.functions import abs_, relu, sign
from derivations.language.terms import Operand, Term, as_term

__all__ = ["entries", "hat", "hat_network", "one_hidden_layer", "small_hat_network", "soft_threshold", "soft_threshold_network", "x"]

x, s, w = scalars("x s w")
HALF = Fraction(1, 2)

# ------------------------------------------------------------------------------------------------------------------- a hat


def _hat(x: Term) -> Term:
    return cases((x < 0, 0), (x <= HALF, 2 * x), (x <= 1, 2 - 2 * x), otherwise=0)


def _inner_sum(x: Term) -> Term:
    return relu(2 * x) + relu(2 * x - 1) + relu(1 - 2 * x) + relu(2 - 2 * x)


def _hat_network(x: Term) -> Term:
    return relu(3 - relu(2 * x) - relu(2 * x - 1) - relu(1 - 2 * x) - relu(2 - 2 * x))


def _small_hat_network(x: Term) -> Term:
    return relu(2 * x) - 2 * relu(2 * x - 1) + relu(2 * x - 2)


def one_hidden_layer(W_1: Term, b_1: Term, W_2: Term, x: Operand) -> Term:
    """W_2 ReLU(W_1 x + b_1), without an output bias."""
    return W_2 @ relu(W_1 * x + b_1)


def hat(x: Term = x) -> Any:
    """2x on [0, 1/2], 2 − 2x on [1/2, 1], else 0: a scalar."""
    return sympy_object(_hat(x))


def hat_network(x: Term = x) -> Any:
    """The hat by a network with two hidden layers, of four units and one: a scalar."""
    return sympy_object(_hat_network(x))


def small_hat_network(x: Term = x) -> Any:
    """The hat by a network with one hidden layer of three units: a scalar."""
    return sympy_object(_small_hat_network(x))


_PIECES = (
    ("left of the hat", (x <= 0,), 3 - 4 * x, as_term(0)),
    ("on the way up", (x >= 0, x <= HALF), 3 - 2 * x, 2 * x),
    ("on the way down", (x >= HALF, x <= 1), 2 * x + 1, 2 - 2 * x),
    ("right of the hat", (x >= 1,), 4 * x - 1, as_term(0)),
)

g = define("g", _inner_sum(x))
W_1, b_1 = define("W_1", column_vector(2, 2, -2, -2)), define("b_1", column_vector(0, -1, 1, 2))
W_2, b_2 = define("W_2", literal([-1, -1, -1, -1])), define("b_2", as_term(3))
V_1, c_1, V_2 = define("W_1", column_vector(2, 2, 2)), define("b_1", column_vector(0, -1, -2)), define("W_2", literal([1, -2, 1]))

_hat_steps = (
    *(
        Step.of(f"first layer {where}", g, "=", inner, given=given, reason="each ReLU is its argument or 0 there")
        for where, given, inner, _ in _PIECES
    ),
    *(
        Step.of(f"network {where}", relu(3 - g), "=", outer, given=given, reason="3 minus the first layer, or 0 where that is negative")
        for where, given, _, outer in _PIECES
    ),
    Step.of("the network is the hat", _hat_network(x), "=", _hat(x), reason="the four pieces together"),
    Step.of("its weights", relu(one_hidden_layer(W_1, b_1, W_2, x) + b_2), "=", _hat_network(x), reason="rows times columns"),
)

_small_hat_steps = (
    Step.of("one hidden layer of three units", _small_hat_network(x), "=", _hat(x),
            reason="from the left, each unit changes the slope at its kink: by 2 at 0, by -4 at 1/2, by 2 at 1"),
    Step.of("it equals the network of five units", _small_hat_network(x), "=", _hat_network(x), reason="both are the hat"),
    Step.of("its weights", one_hidden_layer(V_1, c_1, V_2, x), "=", _small_hat_network(x), reason="rows times columns"),
    Step.of("a distance from the middle", 1 - abs_(2 * x - 1), "=", 1 - relu(2 * x - 1) - relu(1 - 2 * x),
            reason="an absolute value is the sum of two ReLUs"),
    Step.of("two hidden layers of two units and one", relu(1 - relu(2 * x - 1) - relu(1 - 2 * x)), "=", _hat(x),
            reason="1 minus twice the distance from the middle, or 0 where that is negative"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------ the soft threshold


def _soft_threshold(x: Term, s: Term) -> Term:
    return sign(x) * maximum(abs_(x) - s, 0)


def _soft_threshold_network(x: Term, s: Term) -> Term:
    return relu(x - s) - relu(-x - s)


def soft_threshold(x: Term = x, s: Term = s) -> Any:
    """sign(x) max(|x| − s, 0), for s ≥ 0: x moved towards 0 by s, and 0 if it is nearer: a scalar."""
    return sympy_object(_soft_threshold(x, s))


def soft_threshold_network(x: Term = x, s: Term = s) -> Any:
    """ReLU(x − s) − ReLU(−x − s), the soft threshold for s ≥ 0 by two hidden units: a scalar."""
    return sympy_object(_soft_threshold_network(x, s))


def _slopes_at(function: Term, kink: Operand, left: int, right: int, where: str, given: tuple[Assumption, ...] = ()) -> tuple[Step, Step]:
    """The slopes of a function of x on both sides of a kink."""
    there = (*given, equal(x, kink))
    return (
        Step.of(f"slope left of {where}", -one_sided_derivative(function, x, -1), "=", left, given=there,
                reason="at its kink a ReLU has the slope of the side to which its argument moves"),
        Step.of(f"slope right of {where}", one_sided_derivative(function, x, 1), "=", right, given=there, reason="likewise, to the right"),
    )  # fmt: skip


_slope_steps = (
    *_slopes_at(_hat_network(x), 0, 0, 2, "the foot at 0"),
    *_slopes_at(_hat_network(x), HALF, 2, -2, "the top at 1/2"),
    *_slopes_at(_hat_network(x), 1, -2, 0, "the foot at 1"),
    *_slopes_at(_small_hat_network(x), HALF, 2, -2, "the top, of the smaller network"),
    *_slopes_at(_soft_threshold_network(x, s), s, 0, 1, "the threshold", (positive(s),)),
    *_slopes_at(_soft_threshold_network(x, s), -s, 1, 0, "minus the threshold", (positive(s),)),
    *_slopes_at(_soft_threshold_network(x, as_term(0)), 0, 1, 1, "0 without a threshold"),
)

threshold = nonnegative(s)
U_1, a_1, U_2 = define("W_1", column_vector(1, -1)), define("b_1", column_vector(-s, -s)), define("W_2", literal([1, -1]))

_soft_threshold_steps = (
    Step.of("large values", _soft_threshold_network(x, s), "=", x - s, given=(threshold, x >= s), reason="the second unit is 0"),
    Step.of("values near zero", _soft_threshold_network(x, s), "=", 0, given=(x >= -s, x <= s), reason="both units are 0"),
    Step.of("large negative values", _soft_threshold_network(x, s), "=", x + s, given=(threshold, x <= -s), reason="the first unit is 0"),
    Step.of("the network is the soft threshold", _soft_threshold_network(x, s), "=", _soft_threshold(x, s), given=(threshold,),
            reason="the three pieces together"),
    Step.of("its weights", one_hidden_layer(U_1, a_1, U_2, x), "=", _soft_threshold_network(x, s), reason="rows times columns"),
    Step.of("what it minimises", argmin(HALF * (w - x) ** 2 + s * abs_(w), w), "=", _soft_threshold_network(x, s), given=(threshold,),
            reason="on either side of 0 the slope is w - x plus or minus s"),
    Step.of("a negative threshold", _soft_threshold_network(x, s), "=", 2 * x, given=(abs_(x) <= -s,),
            reason="then both units are active near zero, where the formula is x - s or x + s"),
)

entries = (
    Derivation("A hat as a ReLU network", _hat_steps, questions=("comp691-a1/3a",)),
    Derivation("Smaller ReLU networks for the hat", _small_hat_steps, questions=("comp691-a1/3a",)),
    Derivation(
        "The soft threshold as a ReLU network",
        _soft_threshold_steps,
        questions=("comp691-a1/3b",),
        notes="For a negative threshold the network is another function: the formula jumps at 0, and a sum of ReLUs is continuous.",
    ),
    Derivation(
        "Slopes at the kinks of these networks",
        _slope_steps,
        questions=("comp691-a1/3a", "comp691-a1/3b"),
        notes="At a kink there is no derivative. ReLU(x) - ReLU(-x) has none in its units at 0 either, yet it is x, and both its slopes are 1 there.",
    ),
)
