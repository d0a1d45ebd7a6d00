"""Robust regression: the sum of absolute residuals, when it is least, its linear program, and the median.

Model: ŷ = Xβ with data X (n, d), coefficients β (d, 1), targets y (n, 1); the residual is r = Xβ − y.
Loss: f(β) = ‖y − Xβ‖₁ = Σ_i |y_i − x_iᵀβ|. It has no minimiser in closed form: it is linear between the kinks at which a residual is 0, so its
gradient, where it has one, takes finitely many values and need not vanish anywhere.
Convention: s ∈ Sign(r) means −1 ≤ s_i ≤ 1 and s_i r_i = |r_i|: s_i is the sign of r_i, or where that is 0 any number from −1 to 1. A median has at
most half of the numbers below it, and at most half above.
Reference: S. Boyd and L. Vandenberghe, Convex Optimization (2004), sections 6.1 and 5.2; R. Koenker, Quantile Regression (2005), section 1.3.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import equal
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    argmin,
    define,
    dimensions,
    entry,
    gradient,
    hadamard,
    index,
    indicator,
    matrix,
    maximum,
    minimum,
    norm,
    ones,
    scalar,
    scalars,
    subdifferential,
    sum_over,
    vector,
    zeros,
)
from derivations.language.functions import abs_, sign
from derivations.language.shapes import sides
from derivations.language.terms import Relation, Term, as_term

__all__ = ["absolute_loss", "dual_value", "entries", "linear_program", "loss_gradient"]

n, d = dimensions("n d")
i = index("i", n)
X, y, beta, b = matrix("X", n, d), vector("y", n), vector("beta", d), vector("b", d)
r, s, t, u, q = vector("r", n), vector("s", n), vector("t", n), vector("u", n), vector("q", n)
tau = scalar("tau")
one, zero = ones(n), zeros(n)


def _f(b: Term) -> Term:
    return norm(y - X @ b, 1)


def absolute_loss(X: Term = X, y: Term = y, beta: Term = beta) -> Any:
    """1ᵀ|y − Xβ|, the sum of the absolute residuals: a scalar."""
    return sympy_object(ones(*sides(y.shape)).T @ abs_(y - X @ beta))


def loss_gradient(X: Term = X, y: Term = y, beta: Term = beta) -> Any:
    """Xᵀ sign(Xβ − y), the gradient of ‖y − Xβ‖₁ where no residual is 0: shape (d, 1)."""
    return sympy_object(X.T @ sign(X @ beta - y))


def dual_value(y: Term = y, s: Term = s) -> Any:
    """−yᵀs, a lower bound on ‖y − Xb‖₁ for every b if Xᵀs = 0 and no entry of s is beyond ±1: a scalar."""
    return sympy_object(-y.T @ s)


def linear_program(X: Term = X, y: Term = y) -> tuple[Any, Any, Any]:
    """The c (d + n, 1), A (2n, d + n) and b (2n, 1) with which least absolute deviations are: minimise cᵀz over A z ≤ b, where z is β above t.

    That is 1ᵀt over −t ≤ Xβ − y ≤ t, with z free. In numbers, `as_explicit` makes of them what a solver of linear programs takes.
    """
    import sympy

    data, targets = (sympy_object(part) if part.shape else sympy.ImmutableMatrix([[sympy_object(part)]]) for part in (X, y))
    rows, columns = data.shape
    identity = sympy.Identity(rows)
    c = sympy.BlockMatrix([[sympy.ZeroMatrix(columns, 1)], [sympy.OneMatrix(rows, 1)]])
    A = sympy.BlockMatrix([[data, -identity], [-data, -identity]])
    return c, A, sympy.BlockMatrix([[targets], [-targets]])


# ------------------------------------------------------------------------------------------------------------------ the loss

_loss_steps = (
    Step.of("the loss by samples", _f(beta), "=", sum_over(i, abs_(entry(y, i) - entry(X @ beta, i))), reason="definition of the 1-norm"),
    Step.of("gradient", gradient(_f(beta), beta), "=", X.T @ sign(X @ beta - y),
            reason="the derivative of the absolute value is the sign, where no residual is 0"),
    Step.of("convex", _f(tau * b + (1 - tau) * beta), "<=", tau * _f(b) + (1 - tau) * _f(beta), given=(tau >= 0, tau <= 1),
            reason="triangle inequality, sample by sample"),
    Step.of("a subgradient everywhere", X.T @ sign(X @ beta - y), "in", subdifferential(_f(beta), beta),
            reason="where a residual is 0, its sign, 0, lies between -1 and 1"),
    Step.of("above its tangents", _f(b), ">=", _f(beta) + sign(X @ beta - y).T @ (X @ (b - beta)),
            reason="an absolute value is at least the number times any sign"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------- by all directions

_rate = sign(r).T @ u + indicator(Relation(r, "=", zero)).T @ abs_(u)
_small_enough = Relation(tau * hadamard(indicator(Relation(r, "!=", zero)), abs_(u)), "<=", abs_(r))

_direction_steps = (
    Step.of("never below the rate of change", norm(r + u, 1), ">=", norm(r, 1) + _rate,
            reason="sample by sample; where the residual is 0 both sides are the same"),
    Step.of("a rate that is not negative proves optimality", norm(r + u, 1), ">=", norm(r, 1), given=(Relation(_rate, ">=", as_term(0)),),
            reason="the step before, for every u = Xv: no direction goes down"),
    Step.of("a small step, where no residual is 0", norm(r + tau * u, 1), "=", norm(r, 1) + tau * (sign(r).T @ u),
            given=(tau > 0, Relation(tau * abs_(u), "<=", abs_(r))), reason="no residual changes its sign"),
    Step.of("a negative rate disproves optimality", norm(r + tau * u, 1), "<", norm(r, 1),
            given=(tau > 0, _small_enough, Relation(_rate, "<", as_term(0))), reason="residuals keep their signs, and those that are 0 become tau u"),
)  # fmt: skip

# ---------------------------------------------------------------------------------------------------------- by one certificate

_is_bounded = (Relation(s, "<=", one), Relation(s, ">=", -one))
_is_stationary = equal(X.T @ s, zeros(d))

_bound_steps = (
    Step.of("a bound that is linear", _f(b), ">=", s.T @ (X @ b - y), given=_is_bounded, reason="entry by entry: |r| is at least s r"),
    Step.of("the bound does not depend on b", s.T @ (X @ b - y), "=", -y.T @ s, given=(_is_stationary,), reason="the part with b vanishes"),
    Step.of("a bound on the loss everywhere", _f(b), ">=", -y.T @ s, given=(*_is_bounded, _is_stationary), reason="the steps before"),
)  # fmt: skip

sign_of_residual = define("s", maximum(minimum(q, one), -one))
residual = define("r", q - sign_of_residual)
targets = define("y", X @ beta - residual)
_certified = equal(X.T @ sign_of_residual, zeros(d))
q_i, r_i, s_i = scalars("q_i r_i s_i")


def _cut(q: Term) -> Term:
    return maximum(minimum(q, as_term(1)), as_term(-1))


_certificate_steps = (
    Step.of("what is cut off has the sign of what is left", _cut(q_i) * (q_i - _cut(q_i)), "=", abs_(q_i - _cut(q_i)),
            reason="what is left of q, cut at -1 and 1, is in Sign(r) for what is cut off, r: beyond 1 it is 1, below -1 it is -1"),
    Step.of("all signs are found so", _cut(s_i + r_i), "=", s_i, given=(s_i <= 1, s_i >= -1, equal(s_i * r_i, abs_(r_i))),
            reason="of any residual r with s in Sign(r), s is what is left of q = s + r"),
    Step.of("a bound on the loss everywhere", norm(targets - X @ b, 1), ">=", -targets.T @ sign_of_residual, given=(_certified,),
            reason="entry by entry: |r| is at least s r, and the part with b vanishes"),
    Step.of("it is attained", norm(targets - X @ beta, 1), "=", -targets.T @ sign_of_residual, given=(_certified,),
            reason="entry by entry: s r = |r|"),
    Step.of("the coefficients are optimal", norm(targets - X @ b, 1), ">=", norm(targets - X @ beta, 1), given=(_certified,),
            reason="the steps before: no b has a smaller loss"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------- the linear program

_is_feasible = (Relation(X @ b - y, "<=", t), Relation(-t, "<=", X @ b - y))
_sizes = abs_(X @ b - y)

_program_steps = (
    Step.of("the upper rows", Relation(entry(X @ b - t, i), "<=", entry(y, i)), "iff", Relation(entry(X @ b - y, i), "<=", entry(t, i)),
            reason="y and t change sides"),
    Step.of("the lower rows", Relation(entry(-X @ b - t, i), "<=", entry(-y, i)), "iff", Relation(entry(-t, i), "<=", entry(X @ b - y, i)),
            reason="y and Xb change sides"),
    Step.of("both rows together", Relation(entry(X @ b - y, i), "<=", entry(t, i)) & Relation(entry(-t, i), "<=", entry(X @ b - y, i)), "iff",
            Relation(entry(_sizes, i), "<=", entry(t, i)), reason="t bounds the residual on both sides"),
    Step.of("its value is no smaller", one.T @ t, ">=", _f(b), given=_is_feasible, reason="each entry of t is at least the absolute residual"),
    Step.of("the absolute residuals meet the upper rows", X @ b - y, "<=", _sizes, reason="a number is at most its absolute value"),
    Step.of("the absolute residuals meet the lower rows", -_sizes, "<=", X @ b - y, reason="a number is at least minus its absolute value"),
    Step.of("with them it is equal", one.T @ _sizes, "=", _f(b), reason="definition of the 1-norm: so both problems have one value"),
)  # fmt: skip

# ---------------------------------------------------------------------------------------------------------------- the median

number = entry(y, i)
m, p = scalars("beta b")


def _distances(b: Term) -> Term:
    return sum_over(i, abs_(number - b))


_below, _above = sum_over(i, indicator(number < m)), sum_over(i, indicator(number > m))
_few_below, _few_above = Relation(2 * _below, "<=", as_term(n)), Relation(2 * _above, "<=", as_term(n))
_none_between = Relation((number - m) * (number - p), ">=", as_term(0))

_median_steps = (
    Step.of("it is the loss for one column of ones", norm(y - p * one, 1), "=", _distances(p),
            reason="definition of the 1-norm"),
    Step.of("a step to the right", _distances(p) - _distances(m), ">=", (p - m) * (n - 2 * _above),
            reason="each number above comes nearer by at most the step, each other one goes away by the step"),
    Step.of("a step to the left", _distances(p) - _distances(m), ">=", (m - p) * (n - 2 * _below),
            reason="each number below comes nearer by at most the step, each other one goes away by the step"),
    Step.of("a median is optimal", _distances(p), ">=", _distances(m), given=(_few_below, _few_above),
            reason="to the right and to the left the bound is not negative"),
    Step.of("too many above", _distances(p), "<", _distances(m), given=(p > m, _none_between, Relation(2 * _above, ">", as_term(n))),
            reason="a step to the right as far as the next number changes the loss by just that bound"),
    Step.of("too many below", _distances(p), "<", _distances(m), given=(p < m, _none_between, Relation(2 * _below, ">", as_term(n))),
            reason="a step to the left as far as the next number changes the loss by just that bound"),
)  # fmt: skip

y_1, y_2, y_3, y_4, y_5 = scalars("y_1 y_2 y_3 y_4 y_5")


def _total_distance(numbers: tuple[Term, ...], b: Term) -> Term:
    return reduce(add, (abs_(number - b) for number in numbers))


_three, _four, _five = (y_1, y_2, y_3), (y_1, y_2, y_3, y_4), (y_1, y_2, y_3, y_4, y_5)
_outer = (y_1 <= y_2, y_3 <= y_4)

_few_numbers_steps = (
    Step.of("three numbers", argmin(_total_distance(_three, p), p), "=", y_2, given=(y_1 <= y_2, y_2 <= y_3),
            reason="the outer two have the same total distance from all points between them, and a larger one from others"),
    Step.of("four numbers, between the middle ones", _total_distance(_four, p), ">=", _total_distance(_four, m),
            given=(*_outer, y_2 <= m, m <= y_3), reason="both outer and both inner numbers have their least total distance there"),
    Step.of("four numbers, left of the middle ones", _total_distance(_four, y_2), "<", _total_distance(_four, m),
            given=(y_2 <= y_3, y_3 <= y_4, m < y_2), reason="three of them come nearer on the way to the second"),
    Step.of("four numbers, right of the middle ones", _total_distance(_four, y_3), "<", _total_distance(_four, m),
            given=(y_1 <= y_2, y_2 <= y_3, m > y_3), reason="three of them come nearer on the way to the third"),
    Step.of("five numbers", argmin(_total_distance(_five, p), p), "=", y_3, given=(*_outer, y_2 <= y_3, y_4 <= y_5),
            reason="the outer pairs have their least total distance between them, and the middle number at itself"),
)  # fmt: skip

entries = (
    Derivation(
        "The sum of absolute residuals",
        _loss_steps,
        questions=("nyu-dl-hw1/2a",),
        notes="There is no closed form for its minimiser: the gradient is constant between kinks, and the minimiser lies at one of them.",
    ),
    Derivation(
        "Least absolute deviations by all directions",
        _direction_steps,
        questions=("nyu-dl-hw1/2b",),
        notes="Here r is the residual at the coefficients and u = Xv its change in a direction v. The coefficients are optimal exactly if the rate "
        "of change is not negative in any direction.",
    ),
    Derivation(
        "A bound on the sum of absolute residuals",
        _bound_steps,
        questions=("nyu-dl-hw1/2b",),
        notes="The bound for the best s is the dual problem: maximise -y.T s over the s with X.T s = 0 and entries from -1 to 1.",
    ),
    Derivation(
        "Least absolute deviations by a certificate",
        _certificate_steps,
        questions=("nyu-dl-hw1/2b",),
        notes="Coefficients are optimal if X.T s = 0 for some s in Sign(X beta - y). The converse, that optimal coefficients have such an s, is the "
        "duality of linear programs, or the sum rule for subgradients; here it is shown by directions.",
    ),
    Derivation("The linear program of least absolute deviations", _program_steps, questions=("nyu-dl-hw1/2c",)),
    Derivation(
        "The median minimises the sum of distances",
        _median_steps,
        questions=("nyu-dl-hw1/2d",),
        notes="Among finitely many numbers there is always a step so short that none lies between its ends.",
    ),
    Derivation("The median of three, four and five numbers", _few_numbers_steps, questions=("nyu-dl-hw1/2d",)),
)
