"""How many multiplications the Jacobian of a deep network takes, from the left end of its product (reverse mode) and from the right (forward).

Model: f(x) = W_F h_n, h_0 = tanh(U x), h_(l+1) = tanh(W_(l+1) h_l), for x (D, 1), U (K, D), W_l (K, K), W_F (P, K); L = n + 1 layers with a tanh.
Models of cost: only multiplications count, for one input x; a product of an (a, b) by a (b, c) matrix takes a·b·c of them, and a diagonal
factor scales rows or columns. The slopes s_l = 1 − tanh²z_l are at hand. No loss.
Convention: the Jacobian W_F diag(s_n) W_n ⋯ diag(s_0) U is (out, in); reverse mode multiplies from the left end, forward mode from the right end.
Reference: A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), sections 3.1 and 3.2.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._multiplications import Multiplications, multiplications
from derivations.catalogue._symbolic import sympy_object
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    counter,
    define,
    diag,
    dimensions,
    index,
    iterate,
    matrix,
    numbered_family,
    ones,
    scalar,
    sum_over,
    vector,
)
from derivations.language.functions import tanh
from derivations.language.operators import substitute
from derivations.language.terms import Term

__all__ = [
    "entries", "forward_multiplications", "forward_scalings", "primal_multiplications", "reverse_multiplications", "reverse_scalings",
]

a, b, c, D, K, M, P = dimensions("a b c D K M P")
depth = dimensions("L")[0]
n = counter("n")
L, N = define("L", n + 1), define("N", n + 1)


def _primal(D: Term, K: Term, P: Term, L: Term) -> Term:
    return K * D + (L - 1) * K**2 + P * K


def _forward(D: Term, K: Term, P: Term, L: Term) -> Term:
    return (L - 1) * K**2 * D + P * K * D


def _reverse(D: Term, K: Term, P: Term, L: Term) -> Term:
    return (L - 1) * P * K**2 + P * K * D


def _scalings(directions: Term, K: Term, L: Term) -> Term:
    return L * directions * K


def primal_multiplications(D: Term = D, K: Term = K, P: Term = P, L: Term = depth) -> Any:
    """KD + (L − 1)K² + PK, the multiplications of f(x) itself: a scalar."""
    return sympy_object(_primal(D, K, P, L))


def forward_multiplications(D: Term = D, K: Term = K, P: Term = P, L: Term = depth) -> Any:
    """(L − 1)K²D + PKD, the multiplications of the matrix products from the right end: a scalar."""
    return sympy_object(_forward(D, K, P, L))


def reverse_multiplications(D: Term = D, K: Term = K, P: Term = P, L: Term = depth) -> Any:
    """(L − 1)PK² + PKD, the multiplications of the matrix products from the left end: a scalar."""
    return sympy_object(_reverse(D, K, P, L))


def forward_scalings(D: Term = D, K: Term = K, L: Term = depth) -> Any:
    """LKD, the multiplications by the slopes from the right end: a scalar."""
    return sympy_object(_scalings(D, K, L))


def reverse_scalings(P: Term = P, K: Term = K, L: Term = depth) -> Any:
    """LPK, the multiplications by the slopes from the left end: a scalar."""
    return sympy_object(_scalings(P, K, L))


# What is computed, as it is computed; U is the first layer's matrix, and the slopes s_l of each layer are at hand.
t = counter("t")
x, h, s = vector("x", D), vector("h", K), numbered_family("s", K)
U, W, W_F = matrix("U", K, D), numbered_family("W", K, K), matrix("W_F", P, K)
J, R = matrix("J", K, D), matrix("R", P, K)
forward_step, reverse_step = diag(s[t + 1]) @ (W[t + 1] @ J), (R @ diag(s[n - t])) @ W[n - t]
forward_product = W_F @ iterate("J", n, diag(s[0]) @ U, J, forward_step, over=t)
reverse_product = (iterate("R", n, W_F, R, reverse_step, over=t) @ diag(s[0])) @ U
primal: Multiplications = multiplications(W_F @ iterate("h", n, tanh(U @ x), h, tanh(W[t + 1] @ h), over=t))
forward: Multiplications = multiplications(forward_product)
reverse: Multiplications = multiplications(reverse_product)
i, j, q, u, v = index("i", a), index("j", b), index("q", c), index("u", K), index("v", P)
m = scalar("m")

_rules_steps = (
    Step.of("a product of matrices", sum_over(i, sum_over(j, sum_over(q, ones()))), "=", a * b * c,
            reason="one multiplication for each row i, inner index j and column q"),
    Step.of("a diagonal matrix times a matrix", sum_over(i, sum_over(j, ones())), "=", a * b, reason="one multiplication for each entry"),
)

_primal_steps = (
    Step.of("the first layer and the output", sum_over(u, D) + sum_over(v, K), "=", multiplications(U @ x).total + multiplications(W_F @ h).total,
            reason="each unit takes as many as it has inputs"),
    Step.of("the layers between, one after the other", iterate("m", n, 0, m, m + multiplications(W[0] @ h).total), "=", (L - 1) * K**2,
            reason="induction: each of the L − 1 square layers adds K²"),
    Step.of("the whole network", primal.total, "=", _primal(D, K, P, L), reason="the sum over its layers"),
)


def _steps(mode: Multiplications, step: Term, directions: Term, products: Term) -> tuple[Step, ...]:
    """The counts of one mode, in which each product with a square layer is made for so many directions."""
    of_a_step, scalings = multiplications(step), _scalings(directions, K, L)
    return (
        Step.of("a step", of_a_step.total, "=", directions * K**2 + directions * K, reason="the shapes of its factors, and one for each entry"),
        Step.of("the steps, one after the other", iterate("m", n, 0, m, m + of_a_step.total), "=", (L - 1) * (directions * K**2 + directions * K),
                reason="induction: each of the L − 1 steps adds the same"),
        Step.of("all products", mode.products, "=", products, reason="the sum over the steps, and one product at the end"),
        Step.of("all scalings", mode.scalings, "=", scalings, reason="one for each layer"),
        Step.of("all multiplications", mode.total, "=", products + scalings, reason="products and scalings"),
    )


_by_reverse = _reverse(D, K, P, L) + _scalings(P, K, L)
_by_forward = _forward(D, K, P, L) + _scalings(D, K, L)

_comparison_steps = (
    Step.of("both give the same product", reverse_product, "=", forward_product, reason="the product of matrices is associative"),
    Step.of("their difference", reverse.total - forward.total, "=", (P - D) * K * ((L - 1) * K + L), reason="the counts of both modes, factored"),
    Step.of("the second factor is positive", K * ((L - 1) * K + L), ">", 0, reason="there is at least one layer, and one unit in it"),
    Step.of("reverse mode is cheaper for few outputs", _by_reverse < _by_forward, "iff", P < D, reason="the sign is that of P − D"),
    Step.of("forward mode is cheaper for few inputs", _by_forward < _by_reverse, "iff", D < P, reason="the sign is that of P − D"),
    Step.of("a balanced network", substitute(reverse.total, {P: D}), "=", substitute(forward.total, {P: D}),
            reason="with as many outputs as inputs both cost the same"),
)


def _at(counted: Term) -> Term:
    """A count where all layers have M units, and there is one output."""
    return substitute(counted, {D: M, K: M, P: ones()})


_square_steps = (
    Step.of("products of forward mode", _at(forward.products), "=", (N - 1) * M**3 + M**2, reason="D = K = M, P = 1 and L = N put in"),
    Step.of("scalings of forward mode", _at(forward.scalings), "=", N * M**2, reason="the same"),
    Step.of("products of reverse mode", _at(reverse.products), "=", N * M**2, reason="the same"),
    Step.of("scalings of reverse mode", _at(reverse.scalings), "=", N * M, reason="the same"),
    Step.of("the network before its output", _at(primal.total) - multiplications(vector("w", M).T @ vector("h", M)).total, "=", N * M**2,
            reason="the same, without the output's M multiplications"),
    Step.of("forward mode takes about M times as much", _at(forward.total), "=", M * _at(reverse.total) - (M**3 - M**2),
            reason="each product with a square matrix is made for M directions instead of one"),
)

entries = (
    Derivation("What multiplications are counted", _rules_steps, questions=("comp691-a1/2d",)),
    Derivation("Multiplications of a deep network", _primal_steps, questions=("comp691-a1/2d",)),
    Derivation("Multiplications of forward mode", _steps(forward, forward_step, D, _forward(D, K, P, L)), questions=("comp691-a1/2d",)),
    Derivation("Multiplications of reverse mode", _steps(reverse, reverse_step, P, _reverse(D, K, P, L)), questions=("comp691-a1/2d",)),
    Derivation(
        "Reverse mode against forward mode",
        _comparison_steps,
        questions=("comp691-a1/2d",),
        notes="The count of additions is the same up to the last ones of each sum, so the comparison is one of the work as a whole.",
    ),
    Derivation(
        "Multiplications of a network of square layers with one output",
        _square_steps,
        questions=("comp691-a1/2d",),
        notes="A diagonal factor that is stored as a full matrix and multiplied as one costs M times as much as a scaling.",
    ),
)
