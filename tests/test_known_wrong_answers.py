"""Claims on which a computer algebra system answers silently wrong, raises, or cannot decide: here each is decided rightly.

The wrong answers are SymPy 1.14's: a gradient of 0, an array that means something else, sums of unlike shapes, lost conditions.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from derivations.language.assumptions import Assumption, full_column_rank, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    column_vector,
    define,
    det,
    diag,
    dimensions,
    gradient,
    hadamard,
    hadamard_power,
    identity,
    inverse,
    jacobian,
    matrix,
    maximum,
    minimum,
    norm,
    ones,
    scalar,
    scalars,
    softmax,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import ShapeError
from derivations.language.functions import abs_, exp, log, relu, sign, sqrt, tanh
from derivations.language.terms import Term
from derivations.language.verdicts import Status
from derivations.proof.verification import judge

n, d, h = dimensions("n d h")
X, W_1, W_2 = matrix("X", n, d), matrix("W_1", h, d), matrix("W_2", n, h)
w, y, x, b_1, c, u = vector("w", d), vector("y", n), vector("x", d), vector("b_1", h), vector("c", d), vector("u", h)
A, B, C = (matrix(name, d, d) for name in "ABC")
lam, t, p, q = scalar("lambda"), *scalars("t p q")
I = identity(d)  # noqa: E741 (the identity's own letter)
residual = X @ w - y
hat = X @ inverse(X.T @ X) @ X.T
hidden = tanh(W_1 @ x + b_1)
output = define("output", W_2 @ hidden)
squared = norm(output - y) ** 2
ridge = inverse(X.T @ X + lam * I) @ X.T @ y


def slope(function: Term, variable: Term, right: Term, wrong: Term, *given: Assumption) -> tuple[Claim, Claim]:
    """The gradient with the right and with the wrong answer."""
    left = gradient(function, variable)
    return claim(left, "=", right, given), claim(left, "=", wrong, given)


GRADIENTS: dict[str, tuple[Claim, Claim]] = {
    "W1: a sum of traces": slope(trace(residual.T @ residual) + lam * trace(w.T @ w), w, 2 * X.T @ residual + 2 * lam * w, zeros(d)),
    "W2: log of a trace": slope(log(trace(w.T @ w)), w, 2 * w / (w.T @ w), zeros(d)),
    "W3: exp of a trace": slope(exp(-trace(w.T @ w)), w, -2 * exp(-w.T @ w) * w, zeros(d)),
    "W4: log of a determinant": slope(log(det(A)), A, inverse(A).T, zeros(d, d)),
    "W5: an entry of a 1×1 product": slope(residual.T @ residual, w, 2 * X.T @ residual, zeros(d)),
    "W6: tanh under a trace": slope(
        trace(u.T @ tanh(W_1 @ x + b_1)), b_1, hadamard(u, ones(h) - hadamard_power(hidden, 2)), trace(u.T @ hidden) * ones(h)
    ),
    "E4: root of a trace": slope(sqrt(trace(w.T @ w)), w, w / norm(w), 2 * w / norm(w)),
    "E5: the L1 loss": slope(norm(residual, 1), w, X.T @ sign(residual), sign(residual).T @ X @ ones(d) * w),
    "E6: two layers, by the first": slope(
        y.T @ (W_2 @ hidden), W_1, hadamard(W_2.T @ y, ones(h) - hadamard_power(hidden, 2)) @ x.T, hadamard(W_2.T @ y, hidden) @ x.T
    ),
    "E6: two layers, by the input": slope(
        y.T @ (W_2 @ hidden), x, W_1.T @ hadamard(W_2.T @ y, ones(h) - hadamard_power(hidden, 2)), W_1.T @ (W_2.T @ y)
    ),
    "E7: a Hadamard product": slope(c.T @ hadamard(w, w), w, 2 * hadamard(c, w), hadamard(c, w)),
    "E7: a Hadamard power": slope(c.T @ hadamard_power(w, 3), w, 3 * hadamard(c, hadamard_power(w, 2)), 3 * hadamard_power(w, 2)),
    "E8: log-sum-exp": slope(log(ones(d).T @ exp(w)), w, softmax(w), exp(w)),
    "E8: cross entropy": slope(-c.T @ log(softmax(w)), w, (ones(d).T @ c) * softmax(w) - c, softmax(w) - c),
    "E9: a squared tanh loss, by the bias": slope(
        squared, b_1, 2 * hadamard(W_2.T @ (output - y), tanh.prime(W_1 @ x + b_1)), 2 * W_2.T @ (output - y)
    ),
    "E9: a squared tanh loss, by the weights": slope(
        squared, W_1, 2 * hadamard(W_2.T @ (output - y), tanh.prime(W_1 @ x + b_1)) @ x.T, 2 * W_2.T @ (output - y) @ x.T
    ),
    "M1: two Frobenius norms": slope(trace(A.T @ A) + trace(B.T @ B), A, 2 * A, zeros(d, d)),
    "M1: two traces": slope(trace(A) + trace(A @ A), A, I + 2 * A.T, zeros(d, d)),
    "M1: the square of a trace": slope(trace(I - A) ** 2, A, -2 * trace(I - A) * I, zeros(d, d)),
    "M1: the square of a trace, expanded": slope(
        trace(I) ** 2 - 2 * trace(I) * trace(A) + trace(A) ** 2, A, 2 * (trace(A) - d) * I, zeros(d, d)
    ),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_right_gradient_is_proved(name: str) -> None:
    right, _ = GRADIENTS[name]
    verdict = judge(right)
    assert verdict.status is Status.PROVED, verdict
    assert not verdict.alarm


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_wrong_gradient_is_refuted(name: str) -> None:
    _, wrong = GRADIENTS[name]
    verdict = judge(wrong)
    assert verdict.status is Status.REFUTED, verdict
    assert verdict.counterexample is not None
    assert not verdict.alarm


def test_a_vector_has_a_jacobian() -> None:
    slopes = diag(ones(h) - hadamard_power(hidden, 2))
    assert judge(claim(jacobian(W_2 @ hidden, x), "=", W_2 @ slopes @ W_1)).status is Status.PROVED
    assert judge(claim(jacobian(W_2 @ hidden, x), "=", W_2 @ diag(hidden) @ W_1)).status is Status.REFUTED


ILL_TYPED: dict[str, Callable[[], Term]] = {
    "W7: a column minus a row": lambda: X.T @ X @ w - y.T @ X,
    "W8: (n, d) times (n, 1)": lambda: X @ y,
    "W9: (n, d) plus (d, d)": lambda: X + A,
    "M1: a row plus a column": lambda: (w.T @ X.T - y.T) @ X.T + X.T @ (X @ w - y),
    "M2: a product of unlike sizes": lambda: X @ y + y,
    "M2: a sum of unlike sizes": lambda: X @ w + w,
}


@pytest.mark.parametrize("name", ILL_TYPED)
def test_unlike_shapes_are_an_error(name: str) -> None:
    with pytest.raises(ShapeError, match=r"has shape|cannot"):
        ILL_TYPED[name]()


def test_unlike_sides_are_refuted_by_typing() -> None:
    verdict = judge(claim(gradient(residual.T @ residual, w), "=", 2 * (residual.T @ X)))
    assert verdict.status is Status.REFUTED
    assert verdict.method == "typing"


UNDECIDED_THERE: dict[str, tuple[Term, Term, tuple[Assumption, ...]]] = {
    "1c: the hat matrix is idempotent": (hat @ hat - hat, zeros(n, n), ()),
    "1c: the trace of the hat matrix": (trace(hat), d, ()),
    "1c: cyclic trace": (trace(A @ B) - trace(B @ A), 0 * t, ()),
    "1c: trace of the transpose": (trace(A @ B) - trace(B.T @ A.T), 0 * t, ()),
    "1c: an inner product is symmetric": (w.T @ c - c.T @ w, 0 * t, ()),
    "1c: a factor shared by a sum": (A @ inverse(A + B) + B @ inverse(A + B), I, ()),
    "1c: ridge normal equations": ((X.T @ X + lam * I) @ ridge, X.T @ y, (positive(lam),)),
    "1c: push-through": (inverse(X.T @ X + lam * I) @ X.T, X.T @ inverse(X @ X.T + lam * identity(n)), (positive(lam),)),
    "1c: tanh by exp": (tanh(t / 2), 2 / (1 + exp(-t)) - 1, ()),
    "1c: the larger of two": (maximum(p, q), (p + q + abs_(p - q)) / 2, ()),
    "1c: larger and smaller": (maximum(p, q) + minimum(p, q), p + q, ()),
    "1c: soft threshold": (relu(t) - relu(-t), t, ()),
    "1c: |t| by cases": (cases((t > 0, t), otherwise=-t), maximum(t, -t), ()),
    "M3: cyclic trace of three": (trace(A @ B @ C), trace(C @ A @ B), ()),
    "M3: a square of a sum": ((A + B) ** 2, A**2 + A @ B + B @ A + B**2, ()),
    "M3: least squares, expanded": (norm(residual) ** 2, w.T @ X.T @ X @ w - 2 * y.T @ X @ w + y.T @ y, ()),
    "M3: a resolvent": (inverse(I + A) @ A, I - inverse(I + A), ()),
    "M3: transposed product": ((A @ B).T, B.T @ A.T, ()),
    "M3: inverse and transpose": (inverse(A).T, inverse(A.T), ()),
}


@pytest.mark.parametrize("name", UNDECIDED_THERE)
def test_what_was_left_open_is_proved(name: str) -> None:
    left, right, given = UNDECIDED_THERE[name]
    verdict = judge(claim(left, "=", right, given))
    assert verdict.status is Status.PROVED, verdict
    assert not verdict.alarm


FALSE_BUT_ONLY_NOT_SHOWN: dict[str, tuple[Term, Term]] = {
    "transposed product, in order": ((A @ B).T, A.T @ B.T),
    "anti-cyclic trace": (trace(A @ B @ C), trace(A @ C @ B)),
    "a square of a sum, as of numbers": ((A + B) ** 2, A**2 + 2 * A @ B + B**2),
    "inverse of a sum": (inverse(A + B), inverse(A) + inverse(B)),
    "determinant of a sum": (det(A + B), det(A) + det(B)),
    "a literal sum": (column_vector(p, q) + column_vector(q, p), (p - q) * ones(2)),
}


@pytest.mark.parametrize("name", FALSE_BUT_ONLY_NOT_SHOWN)
def test_what_was_only_not_shown_is_refuted(name: str) -> None:
    left, right = FALSE_BUT_ONLY_NOT_SHOWN[name]
    assert judge(claim(left, "=", right)).status is Status.REFUTED


def test_an_inverse_that_cancels_leaves_its_condition() -> None:
    """XᵀX(XᵀX)⁻¹ = I fails for n < d, where XᵀX is singular: cancelling must say so."""
    stated = claim(X.T @ X @ inverse(X.T @ X), "=", I)
    assert judge(stated).conditions == ("X.T @ X invertible",)
    assert judge(claim(X.T @ X @ inverse(X.T @ X), "=", I, full_column_rank(X))).conditions == ()
    assert judge(claim(X @ inverse(X.T @ X) @ X.T, "=", identity(n))).status is Status.REFUTED
