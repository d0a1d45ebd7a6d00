"""Squared norms of weight gradients by their two factors.

Model: a layer z = W x with W (H, d), x (d, 1) inside any network; z̄ (H, 1) is the gradient of the loss with respect to z.
Loss: what depends on W is z̄ᵀ W x with z̄ held fixed, so ∂L/∂W = z̄ xᵀ. For a batch of samples i = 1 … N: the sum of z̄_iᵀ W x_i.
Convention: a gradient has the shape of its variable; ‖·‖_F is the Frobenius norm. A norm costs H + d + 1 multiplications, not Hd.
Reference: I. Goodfellow, Efficient per-example gradient computations, arXiv:1510.01799 (2015).
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.backpropagation.two_layer_relu import network
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    dimensions,
    entry,
    family,
    gradient,
    hadamard,
    hadamard_power,
    index,
    matrix,
    norm,
    ones,
    row,
    sum_over,
    trace,
    vector,
)
from derivations.language.shapes import sides
from derivations.language.terms import Term

__all__ = ["bar_z", "entries", "squared_norm", "squared_norm_of", "squared_norms", "weight_gradient", "weight_gradient_of", "x"]

N, H, d = dimensions("N H d")
i, j = index("i", N), index("j", N)
p, q = index("p", H), index("q", d)
W, x, bar_z = matrix("W", H, d), vector("x", d), vector("bar_z", H)
inputs, errors = family("x", N, d), family("bar_z", N, H)
X, bar_Z = matrix("X", N, d), matrix("bar_Z", N, H)


def weight_gradient_of(bar_z: Term, x: Term) -> Term:
    """z̄ xᵀ, as a term: shape (H, d)."""
    return bar_z @ x.T


def squared_norm_of(bar_z: Term, x: Term) -> Term:
    """‖x‖² ‖z̄‖², as a term: a scalar."""
    return norm(x) ** 2 * norm(bar_z) ** 2


def _squared_norms(bar_Z: Term, X: Term) -> Term:
    (_, outputs), (_, width) = sides(bar_Z.shape), sides(X.shape)
    return hadamard(hadamard_power(X, 2) @ ones(width), hadamard_power(bar_Z, 2) @ ones(outputs))


def weight_gradient(bar_z: Term = bar_z, x: Term = x) -> Any:
    """z̄ xᵀ, the gradient of z̄ᵀ W x with respect to W: shape (H, d)."""
    return sympy_object(weight_gradient_of(bar_z, x))


def squared_norm(bar_z: Term = bar_z, x: Term = x) -> Any:
    """‖x‖² ‖z̄‖², the squared Frobenius norm of z̄ xᵀ: a scalar."""
    return sympy_object(squared_norm_of(bar_z, x))


def squared_norms(bar_Z: Term = bar_Z, X: Term = X) -> Any:
    """The squared norms of the N per-sample gradients, from errors (N, H) and inputs (N, d) in rows: shape (N, 1)."""
    return sympy_object(_squared_norms(bar_Z, X))


outer_product = weight_gradient_of(bar_z, x)
sample_gradient = gradient(errors[i].T @ W @ inputs[i], W)
batch_loss = sum_over(j, errors[j].T @ W @ inputs[j])

_one_sample_steps = (
    Step.of("weight gradient", gradient(bar_z.T @ W @ x, W), "=", outer_product,
            reason="the entry (p, q) of W multiplies the error p and the input q"),
    Step.of("its squared norm by entries", norm(outer_product, "F") ** 2, "=", sum_over(p, sum_over(q, (entry(bar_z, p) * entry(x, q)) ** 2)),
            reason="definition"),
    Step.of("its squared norm as a trace", norm(outer_product, "F") ** 2, "=", trace(outer_product.T @ outer_product),
            reason="sum of the squared entries"),
    Step.of("transpose of the product", trace(outer_product.T @ outer_product), "=", trace(x @ bar_z.T @ bar_z @ x.T),
            reason="factors in reverse order"),
    Step.of("the inner product is a scalar", trace(x @ bar_z.T @ bar_z @ x.T), "=", bar_z.T @ bar_z * trace(x @ x.T), reason="the trace is linear"),
    Step.of("trace of the outer product", trace(x @ x.T), "=", x.T @ x, reason="the trace does not change when factors are moved around in a circle"),
    Step.of("both inner products", bar_z.T @ bar_z * (x.T @ x), "=", squared_norm_of(bar_z, x), reason="definition of the Euclidean norm"),
    Step.of("squared norm of the weight gradient", norm(gradient(bar_z.T @ W @ x, W), "F") ** 2, "=", squared_norm_of(bar_z, x),
            reason="the steps together"),
)

_two_layer_steps = (
    Step.of("hidden weights", norm(gradient(network.loss, network.W_1), "F") ** 2, "=", squared_norm_of(network.bar_z, network.x),
            reason="the input of the layer is x, and its error that of the preactivations"),
    Step.of("output weights", norm(gradient(network.loss, network.W_2), "F") ** 2, "=", squared_norm_of(network.bar_y, network.h),
            reason="the input of the layer is h, and its error the upstream gradient"),
)

_batch_steps = (
    Step.of("gradient of one sample", sample_gradient, "=", weight_gradient_of(errors[i], inputs[i]), reason="the result for one sample"),
    Step.of("squared norm of one sample", norm(sample_gradient, "F") ** 2, "=", squared_norm_of(errors[i], inputs[i]),
            reason="the result for one sample"),
    Step.of("gradient of the batch", gradient(batch_loss, W), "=", sum_over(j, weight_gradient_of(errors[j], inputs[j])),
            reason="the gradient is linear"),
    Step.of("gradient of the batch by rows", sum_over(j, weight_gradient_of(row(bar_Z, j).T, row(X, j).T)), "=", bar_Z.T @ X,
            reason="product of matrices by columns and rows"),
    Step.of("all squared norms at once", norm(weight_gradient_of(row(bar_Z, i).T, row(X, i).T), "F") ** 2, "=", entry(_squared_norms(bar_Z, X), i),
            reason="the rows' squared norms, multiplied"),
)

entries = (
    Derivation("Norm of a weight gradient", _one_sample_steps, questions=("csc413-a1/2.2.2",)),
    Derivation("Norms of the weight gradients of a two-layer ReLU network", _two_layer_steps, questions=("csc413-a1/2.2.2",)),
    Derivation("Norms of the weight gradients of a batch", _batch_steps, questions=("csc413-a1/2.2.2",)),
)
