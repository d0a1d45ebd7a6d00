"""The pieces of a multilayer classifier: affine layer, tanh, softmax cross-entropy.

Model: a batch of N samples, one in each row. Affine: Y = XW + 1bᵀ with X (N, d), W (d, K), b (K, 1). Activation: A = tanh Z (N, K).
Classes: scores Z (N, K), or z (K, 1) of one sample with class t; targets T (N, K), a row being the one-hot vector of its sample's class.
Loss: of the first two pieces Σ_ij G_ij Y_ij with the upstream gradient G, a constant; of the last −log softmax(z)_t for one sample and
−(1/N) Σ_ij T_ij log softmax(Z)_ij for a batch. As a row of T sums to 1, that is (1/N) Σ_i (log Σ_k exp Z_ik − Σ_k T_ik Z_ik).
Convention: a gradient has the shape of its variable; an intermediate quantity is cut loose from what precedes it.
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), sections 6.2 and 6.5.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object, sympy_objects
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    diag,
    dimensions,
    entry,
    gradient,
    hadamard,
    hadamard_power,
    index,
    matrix,
    ones,
    softmax,
    trace,
    unit,
    vector,
)
from derivations.language.functions import exp, log, tanh
from derivations.language.shapes import sides
from derivations.language.terms import Term, as_term

__all__ = ["affine_gradients", "cross_entropy_gradient", "entries", "tanh_gradient"]

N, d, K = dimensions("N d K")
G = matrix("G", N, K)

# ---------------------------------------------------------------------------------------------------------- affine layer

X, W, b = matrix("X", N, d), matrix("W", d, K), vector("b", K)
Y = define("Y", X @ W + ones(N) @ b.T)
affine_loss = trace(G.T @ Y)


def _affine_gradients(X: Term, W: Term, G: Term) -> dict[str, Term]:
    return {"X": G @ W.T, "W": X.T @ G, "b": G.T @ ones(sides(G.shape)[0])}


def affine_gradients(X: Term = X, W: Term = W, G: Term = G) -> dict[str, Any]:
    """The gradients of an affine layer from the upstream gradient G, by name: X (N, d), W (d, K), b (K, 1)."""
    return sympy_objects(_affine_gradients(X, W, G))


_affine = _affine_gradients(X, W, G)
_affine_steps = (
    Step.of("upstream gradient", gradient(affine_loss, Y), "=", G, reason="the loss is linear in the outputs"),
    Step.of("inputs", gradient(affine_loss, X), "=", _affine["X"], reason="each row of inputs meets the same weights"),
    Step.of("weights", gradient(affine_loss, W), "=", _affine["W"], reason="every sample adds its input times its row of G"),
    Step.of("bias", gradient(affine_loss, b), "=", _affine["b"], reason="the bias is added to every row: sum over the rows"),
)

# ------------------------------------------------------------------------------------------------------------------ tanh

Z = matrix("Z", N, K)
A = define("A", tanh(Z))
tanh_loss = trace(G.T @ A)


def _slope(A: Term) -> Term:
    """1 − A ⊙ A, the slope of tanh in terms of its value."""
    return ones(*A.shape) - hadamard_power(A, 2)


def tanh_gradient(Z: Term = Z, G: Term = G) -> Any:
    """G ⊙ (1 − A ⊙ A) with A = tanh Z, the gradient through tanh: (N, K)."""
    return sympy_object(hadamard(G, _slope(tanh(Z))))


_tanh_steps = (
    Step.of("slope of tanh", tanh.prime(Z), "=", _slope(A), reason="derivative of tanh in terms of its value"),
    Step.of("inputs", gradient(tanh_loss, Z), "=", hadamard(G, _slope(A)), reason="tanh acts entry by entry"),
)

# ------------------------------------------------------------------------------------------------- softmax cross-entropy

T = matrix("T", N, K)
scores = vector("z", K)
t = index("t", K)
sample_loss = -log(entry(softmax(scores), t))
log_sums = log(exp(Z) @ ones(K))
cross_entropy = (ones(N).T @ log_sums - trace(T.T @ Z)) / N
weighted_cross_entropy = -trace(T.T @ log(softmax(Z, axis=1))) / N


def _cross_entropy_gradient(Z: Term, T: Term) -> Term:
    return (softmax(Z, axis=1) - T) / as_term(sides(Z.shape)[0])


def cross_entropy_gradient(Z: Term = Z, T: Term = T) -> Any:
    """(softmax(Z) − T)/N, the gradient of the mean cross-entropy with respect to the scores: (N, K)."""
    return sympy_object(_cross_entropy_gradient(Z, T))


_sample_steps = (
    Step.of("loss", sample_loss, "=", log(ones(K).T @ exp(scores)) - entry(scores, t), reason="logarithm of a quotient"),
    Step.of("gradient of the logarithm of the sum", gradient(log(ones(K).T @ exp(scores)), scores), "=", softmax(scores),
            reason="derivative of the logarithm; the derivative of the sum of exponentials are the exponentials"),
    Step.of("gradient", gradient(sample_loss, scores), "=", softmax(scores) - unit(K, t), reason="the score of the class is linear"),
)

_cross_entropy_steps = (
    Step.of("loss", weighted_cross_entropy, "=", ((T @ ones(K)).T @ log_sums - trace(T.T @ Z)) / N, reason="logarithm of a quotient, in each entry"),
    Step.of("its gradient, whatever the targets sum to", gradient(weighted_cross_entropy, Z), "=", (diag(T @ ones(K)) @ softmax(Z, axis=1) - T) / N,
            reason="the result for one sample in each row, weighted by the sum of its targets"),
    Step.of("gradient of the logarithms of the sums", gradient(ones(N).T @ log_sums, Z), "=", softmax(Z, axis=1), reason="each row on its own"),
    Step.of("gradient of the target scores", gradient(trace(T.T @ Z), Z), "=", T, reason="they are linear"),
    Step.of("gradient", gradient(cross_entropy, Z), "=", _cross_entropy_gradient(Z, T),
            reason="as each row of targets sums to 1; difference of the two, divided by the number of samples"),
)

QUESTION = ("nyu-dl-hw1/5",)

entries = (
    Derivation("Gradients of an affine layer", _affine_steps, questions=QUESTION),
    Derivation("Gradient through tanh", _tanh_steps, questions=QUESTION),
    Derivation("Gradient of softmax cross-entropy", _sample_steps, questions=QUESTION),
    Derivation("Gradient of softmax cross-entropy for a batch", _cross_entropy_steps, questions=QUESTION),
)
