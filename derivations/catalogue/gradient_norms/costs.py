"""What the squared norms of all weight gradients cost: by forming each gradient, and by the two factors of each.

Model: h_k = f(W_k h_(k−1)) with K weight matrices W_k (D, D), for N inputs h_0 = x_i, each with its own loss.
Models of cost: only multiplications count; a product of an (a, b) by a (b, c) matrix takes a·b·c of them. The errors z̄ are passed back to the
input of every layer. No loss is fixed: the error of the outputs is given.
Convention: a count of numbers that are stored is one of real numbers; f itself, its slopes and the loss are left out of all counts.
Reference: I. Goodfellow, Efficient per-example gradient computations, arXiv:1510.01799 (2015), sections 3 and 4.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._multiplications import entries_of, multiplications
from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.gradient_norms.factors import squared_norm_of, weight_gradient_of
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import dimensions, hadamard, hadamard_power, index, matrix, sum_over, vector
from derivations.language.terms import Term

__all__ = [
    "backward_multiplications", "entries", "error_multiplications", "forward_multiplications", "norm_multiplications",
    "norm_multiplications_by_factors",
]

N, K, D = dimensions("N K D")
i, k = index("i", N), index("k", K)
W, x, bar_z, slopes = matrix("W", D, D), vector("x", D), vector("bar_z", D), vector("s", D)


def _forward(N: Term, K: Term, D: Term) -> Term:
    return N * K * D**2


def _backward(N: Term, K: Term, D: Term) -> Term:
    return 2 * N * K * D**2


def _norms_by_factors(N: Term, K: Term, D: Term) -> Term:
    return N * K * (2 * D + 1)


def forward_multiplications(N: Term = N, K: Term = K, D: Term = D) -> Any:
    """NKD², the multiplications of a forward pass of N inputs: a scalar."""
    return sympy_object(_forward(N, K, D))


def error_multiplications(N: Term = N, K: Term = K, D: Term = D) -> Any:
    """NKD², the multiplications by which the errors are passed back, no weight gradient being formed: a scalar."""
    return sympy_object(_forward(N, K, D))


def backward_multiplications(N: Term = N, K: Term = K, D: Term = D) -> Any:
    """2NKD², the multiplications of a backward pass that forms each input's weight gradients: a scalar."""
    return sympy_object(_backward(N, K, D))


def norm_multiplications(N: Term = N, K: Term = K, D: Term = D) -> Any:
    """NKD², the multiplications that square the entries of all weight gradients: a scalar."""
    return sympy_object(_forward(N, K, D))


def norm_multiplications_by_factors(N: Term = N, K: Term = K, D: Term = D) -> Any:
    """NK(2D + 1), the multiplications of the squared norms by ‖x‖² ‖z̄‖²: a scalar."""
    return sympy_object(_norms_by_factors(N, K, D))


def _everywhere(once: Term) -> Term:
    """What takes so much in each layer, for each input."""
    return sum_over(i, sum_over(k, once))


_gradient = weight_gradient_of(bar_z, x)
_of_a_layer, _of_an_error = multiplications(W @ x).total, multiplications(W.T @ bar_z).total
_of_a_gradient, _of_its_squares = multiplications(_gradient).total, multiplications(hadamard_power(_gradient, 2)).scalings
_by_factors = multiplications(squared_norm_of(bar_z, x)).total
_forward_pass = _forward(N, K, D)
_stored_for_a_batch = sum_over(k, entries_of(W)) + _everywhere(entries_of(x, bar_z))
_stored_for_norms = _everywhere(entries_of(x, bar_z, squared_norm_of(bar_z, x)))

_pass_steps = (
    Step.of("forward pass", _everywhere(_of_a_layer), "=", _forward_pass, reason="a matrix times a vector, in each layer for each input"),
    Step.of("backward pass", _everywhere(_of_an_error + _of_a_gradient), "=", _backward(N, K, D),
            reason="a transposed matrix times an error, and an error times a transposed input"),
    Step.of("backward pass that forms no weight gradient", _backward(N, K, D) - _everywhere(_of_a_gradient), "=", _forward_pass,
            reason="the errors alone cost what the forward pass costs"),
    Step.of("products with the slopes", _everywhere(multiplications(hadamard(slopes, bar_z)).total), "=", N * K * D,
            reason="entry by entry, beside the products of matrices"),
)

_norm_steps = (
    Step.of("by the entries of each gradient", _everywhere(_of_its_squares), "=", _forward_pass, reason="each entry is squared"),
    Step.of("by the factors of each gradient", _everywhere(_by_factors), "=", _norms_by_factors(N, K, D),
            reason="the squared norms of the input and of the error, and their product"),
    Step.of("the factors are cheaper from three units on", D >= 3, "implies", _norms_by_factors(N, K, D) < _forward_pass,
            reason="D² − 2D − 1 is positive for D ≥ 3"),
    Step.of("for fewer units they are not", D <= 2, "implies", _norms_by_factors(N, K, D) > _forward_pass,
            reason="D² − 2D − 1 is negative for 1 ≤ D ≤ 2"),
    Step.of("what is saved of a backward pass with norms", _everywhere(_of_an_error + _of_a_gradient + _of_its_squares - _of_an_error - _by_factors),
            "=", N * K * (2 * D**2 - 2 * D - 1), reason="neither the gradients nor their squares are formed"),
)

_memory_steps = (
    Step.of("a pass of the whole batch", _stored_for_a_batch, "=", K * D**2 + 2 * N * K * D,
            reason="the weights, and each layer's inputs and errors"),
    Step.of("at least", K * D**2 + N * K * D, "<=", _stored_for_a_batch, reason="there is at least one of each"),
    Step.of("at most", _stored_for_a_batch, "<=", 2 * (K * D**2 + N * K * D), reason="so it is of the order of KD² + NKD"),
    Step.of("the norms by factors", _stored_for_norms, "=", N * K * (2 * D + 1), reason="both factors and the norm, in each layer for each input"),
    Step.of("their order", _norms_by_factors(N, K, D), "<=", 3 * N * K * D, reason="there is at least one unit"),
    Step.of("all gradients at once", _everywhere(entries_of(_gradient)), "=", N * K * D**2, reason="a matrix in each layer for each input"),
)

entries = (
    Derivation("Multiplications of a forward and a backward pass", _pass_steps, questions=("csc413-a1/2.2.3",)),
    Derivation("Multiplications of the norms of all weight gradients", _norm_steps, questions=("csc413-a1/2.2.3",)),
    Derivation("Numbers stored for passes and norms", _memory_steps, questions=("csc413-a1/2.2.3",)),
)
