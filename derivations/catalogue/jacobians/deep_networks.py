"""Deep networks with any number of layers: the Jacobian as a product over the layers, in either order, and the gradients layer by layer.

Model: f(x) = W_F h_n, h_0 = tanh(U x), h_(l+1) = tanh(W_(l+1) h_l), for x (D, 1), U (K, D), W_1 … W_n (K, K), W_F (P, K) and n ≥ 0 square layers;
so there are L = n + 1 layers with a tanh. Every W_l is a matrix of its own.
Loss: none for the Jacobian; for gradients ȳᵀ f with ȳ (P, 1), the gradient of any loss with respect to f, held fixed.
Convention: a Jacobian is (out, in); D_l = diag(1 − tanh² z_l), z_0 = U x, z_(l+1) = W_(l+1) h_l; a sequence is known by its first term and its step.
Reference: A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), chapter 3.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    counter,
    define,
    diag,
    dimensions,
    gradient,
    hadamard,
    hadamard_power,
    identity,
    iterate,
    jacobian,
    matrix,
    numbered_family,
    ones,
    vector,
)
from derivations.language.functions import tanh
from derivations.language.shapes import sides
from derivations.language.terms import Operand, Term, as_term

__all__ = ["entries", "layer_jacobian"]

D, K, P = dimensions("D K P")
n, k, m, i, j = (counter(name) for name in ("n", "k", "m", "i", "j"))
x, a, h, z, bar_y = vector("x", D), vector("a", K), vector("h", K), vector("z", K), vector("bar_y", P)
U, V, W, W_F = matrix("U", K, D), matrix("V", K, K), numbered_family("W", K, K), matrix("W_F", P, K)
J, R, T = matrix("J", K, D), matrix("R", P, K), matrix("T", K, K)


def _slopes(z: Term) -> Term:
    """D = diag(1 − tanh² z)."""
    return diag(ones(sides(z.shape)[0]) - hadamard_power(tanh(z), 2))


def _layer_jacobian(W: Term, h: Term) -> Term:
    return _slopes(W @ h) @ W


def layer_jacobian(V: Term = V, h: Term = h) -> Any:
    """diag(1 − tanh²(V h)) V, the Jacobian of a layer tanh(V h) with respect to its input: shape (K, K)."""
    return sympy_object(_layer_jacobian(V, h))


h_0 = define("h_0", tanh(U @ x))
A_0 = _layer_jacobian(U, x)


def _after(count: Operand, start: Term, first: Operand = 0, name: str = "h") -> Term:
    """The activations so many layers after the layer `first`, whose activations are the start."""
    return iterate(name, count, start, h, tanh(W[j + 1 if first == 0 else first + j + 1] @ h), over=j)


def _hidden(count: Operand) -> Term:
    return _after(count, h_0)


def _layer(number: Term) -> Term:
    """D W of the layer that follows on the one with this number."""
    return _layer_jacobian(W[number + 1], _hidden(number))


def _forward(count: Operand) -> Term:
    """J_l, the product of the layers up to l: from the right end, J_(l+1) = D_(l+1) W_(l+1) J_l."""
    return iterate("J", count, A_0, J, _layer(i) @ J, over=i)


def _between(count: Operand, first: Operand = 0, name: str = "T") -> Term:
    """The product of so many layers after the layer `first`, from the right end."""
    return iterate(name, count, identity(K), T, _layer(i if first == 0 else first + i) @ T, over=i)


def _reverse(count: Operand) -> Term:
    """R_l, the product of the last l of n layers: from the left end, R_(l+1) = R_l D_(n−l) W_(n−l)."""
    return iterate("R", count, W_F, R, R @ _layer_jacobian(W[n - i], _hidden(n - i - 1)), over=i)


def _network(count: Operand) -> Term:
    return W_F @ _hidden(count)


_jacobian_steps = (
    Step.of("slopes", jacobian(tanh(z), z), "=", _slopes(z), reason="tanh' = 1 - tanh**2, entry by entry"),
    Step.of("a layer", jacobian(tanh(V @ h), h), "=", _layer_jacobian(V, h), reason="chain rule"),
    Step.of("first layer", jacobian(tanh(U @ x), x), "=", A_0, reason="chain rule"),
    Step.of("one layer more", jacobian(_hidden(n + 1), x), "=", _layer(n) @ jacobian(_hidden(n), x), reason="chain rule: the last layer stands left"),
    Step.of("all hidden layers", jacobian(_hidden(n), x), "=", _forward(n),
            reason="induction over the layers: both begin with the first layer and go on by one layer more"),
    Step.of("the network", jacobian(_network(n), x), "=", W_F @ _forward(n), reason="the output is linear in the last hidden layer"),
    Step.of("a network of one layer", jacobian(_network(0), x), "=", W_F @ A_0, reason="no square layer: the product has its first factor only"),
    Step.of("a network of three layers", jacobian(_network(2), x), "=", W_F @ (_layer(as_term(1)) @ (_layer(as_term(0)) @ A_0)),
            reason="two square layers, written out"),
)

_mode_steps = (
    Step.of("forward mode", _forward(n + 1), "=", _layer(n) @ _forward(n), reason="the next layer is multiplied from the left"),
    Step.of("the hidden layers alone", _forward(n), "=", _between(n) @ A_0, reason="induction: the first layer stays at the right end"),
    Step.of("reverse mode", _reverse(n), "=", W_F @ _between(n),
            reason="induction, whatever W_F is: after its first step reverse mode goes on as with one layer less"),
    Step.of("both modes agree", _reverse(n) @ A_0, "=", W_F @ _forward(n), reason="the product is associative"),
    Step.of("reverse mode gives the Jacobian", _reverse(n) @ A_0, "=", jacobian(_network(n), x), reason="in every direction both modes agree"),
    Step.of("layers split anywhere", _between(k + m), "=", _between(m, k, "S") @ _between(k), reason="induction over the layers after the split"),
)

_b = define("b", tanh(W[k + 1] @ a))


def _tail_jacobian(count: Operand, start: Term, first: Operand, name: str = "T", of: str = "g") -> Term:
    """The product of the layers after the layer `first`, whose activations are the start."""
    return iterate(name, count, identity(K), T, _layer_jacobian(W[first + i + 1], _after(i, start, first, of)) @ T, over=i)


def _loss(count: Operand, start: Term, first: Operand, name: str = "g") -> Term:
    """ȳᵀ f of the layers after the layer `first`."""
    return bar_y.T @ W_F @ _after(count, start, first, name)


_delta = _tail_jacobian(m, tanh(V @ a), k, "S", "f").T @ (W_F.T @ bar_y)

_gradient_steps = (
    Step.of("error of the last hidden layer", gradient(bar_y.T @ W_F @ h, h), "=", W_F.T @ bar_y, reason="the output is linear in it"),
    Step.of("output weights", gradient(bar_y.T @ _network(n), W_F), "=", bar_y @ _hidden(n).T,
            reason="error of the output times the input of the layer"),
    Step.of("from the next layer on", _after(m + 1, a, k, "g"), "=", _after(m, _b, k + 1, "e"),
            reason="induction: m + 1 layers from here are m layers from the next one"),
    Step.of("error of any hidden layer", gradient(_loss(m, a, k), a), "=", _tail_jacobian(m, a, k).T @ (W_F.T @ bar_y),
            reason="the transposed product of the layers after it"),
    Step.of("one layer back", gradient(_loss(m + 1, a, k), a), "=", _layer_jacobian(W[k + 1], a).T @ gradient(_loss(m, _b, k + 1, "e"), _b),
            reason="chain rule: the error of a layer is that of the next one, through its slopes and its transposed weights"),
    Step.of("weights of any layer", gradient(_loss(m, tanh(V @ a), k, "f"), V), "=", hadamard(ones(K) - hadamard_power(tanh(V @ a), 2), _delta) @ a.T,
            reason="error of the layer's preactivations times the layer's input"),
)

entries = (
    Derivation(
        "The Jacobian of a deep network",
        _jacobian_steps,
        questions=("comp691-a1/2a",),
        notes="The course numbers the layers from 1: there U is W_1, and W_1 is W_2. Its W_F D_L W_L ... D_1 W_1 is this product, for any L.",
    ),
    Derivation("Forward mode and reverse mode", _mode_steps, questions=("comp691-a1/2b",)),
    Derivation("Gradients in a deep network", _gradient_steps, questions=("comp691-a1/2b",)),
)
