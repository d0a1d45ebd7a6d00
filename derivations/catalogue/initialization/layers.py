"""One layer with random weights: what it makes of the mean square of a coordinate, forward and back, before ReLU and without.

Model: z = Wx with W (n_out, n_in) and an input x (n_in, 1), independent of W, with E x_j² = q for every entry; the entries of x may depend on each
other. The entries of W are independent, with mean 0 and variance v. Going back, x̄ = Wᵀz̄ for an error z̄ (n_out, 1) with E z̄_i² = q.
Loss: any; z̄ is its gradient with respect to z, taken to be independent of W, and x̄ that with respect to x.
Convention: expectations are over the weights and what the layer is applied to. Before ReLU the law of W is symmetric: W and −W have the same.
Reference: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010); K. He, X. Zhang, S. Ren and
J. Sun, Delving deep into rectifiers (2015).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.catalogue.initialization.scales import d, glorot_bound_of, n_in, n_out, variance_of
from derivations.language.assumptions import equal, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import counter, define, delta, entry, gradient, hadamard, index, iterate, matrix, norm, scalars, vector, zeros
from derivations.language.functions import relu
from derivations.language.laws import bernoulli, expectation, independent, mean_square, moments, symmetric_law, uniform, variance
from derivations.language.terms import Term

__all__ = ["backward_mean_square", "entries", "forward_mean_square", "relu_mean_square"]

half = Fraction(1, 2)
t = counter("t")
i, k, j, j_2 = index("i", n_out), index("k", n_out), index("j", n_in), index("j_2", n_in)
W, x, bar_z, mask = matrix("W", n_out, n_in), vector("x", n_in), vector("bar_z", n_out), vector("b", n_out)
v, q, q_0, q_t, a = scalars("v q q_0 q_t a")


def _layer_mean_square(fan: Term, v: Term, q: Term) -> Term:
    return fan * v * q


def forward_mean_square(n_in: Term = n_in, v: Term = v, q: Term = q) -> Any:
    """n_in v q, the mean square of each output of a linear layer whose weights have the variance v, and its inputs the mean square q: a scalar."""
    return sympy_object(_layer_mean_square(n_in, v, q))


def relu_mean_square(n_in: Term = n_in, v: Term = v, q: Term = q) -> Any:
    """½ n_in v q, the mean square of each output of such a layer with ReLU behind it, for weights of a symmetric law: a scalar."""
    return sympy_object(half * _layer_mean_square(n_in, v, q))


def backward_mean_square(n_out: Term = n_out, v: Term = v, q: Term = q) -> Any:
    """n_out v q, the mean square of each entry of the error before a linear layer, where behind it each has the mean square q: a scalar."""
    return sympy_object(_layer_mean_square(n_out, v, q))


z = define("z", W @ x)
bar_x = define("bar_x", W.T @ bar_z)
forward, backward = _layer_mean_square(n_in, v, q), _layer_mean_square(n_out, v, q)

_uniform_steps = (
    Step.of("mean", expectation(a, a), "=", 0, reason="the interval is symmetric about zero"),
    Step.of("mean square", expectation(a**2, a), "=", variance_of(d), reason="the integral of the square over the interval, over its length"),
    Step.of("variance", variance(a, a), "=", variance_of(d), reason="with mean zero it is the mean square"),
)

_forward_steps = (
    Step.of("mean of the outputs", expectation(z, W, x), "=", zeros(n_out), reason="the weights have mean zero and are independent of the inputs"),
    Step.of("products of two weights", expectation(entry(W, i, j) * entry(W, k, j_2), W), "=", v * delta(i, k) * delta(j, j_2),
            reason="different weights are independent with mean zero"),
    Step.of("mean square of an output", expectation(entry(z, i) ** 2, W, x), "=", forward, reason="of the products of two terms the squares remain"),
    Step.of("variance of an output", variance(entry(z, i), W, x), "=", forward, reason="with mean zero it is the mean square"),
    Step.of("two outputs", expectation(entry(z, i) * entry(z, k), W, x), "=", forward * delta(i, k),
            reason="their weights are independent: different outputs are uncorrelated"),
    Step.of("mean square of all outputs", expectation(norm(z) ** 2, W, x), "=", n_out * forward, reason="the sum over the outputs"),
    Step.of("where it is kept", equal(forward, q), "iff", equal(v, 1 / n_in), given=(positive(q),), reason="the factor is one"),
)  # fmt: skip

_relu_steps = (
    Step.of("a number by its two parts", relu(a) ** 2 + relu(-a) ** 2, "=", a**2, reason="one of the parts is zero"),
    Step.of("both parts weigh the same", expectation(relu(a) ** 2, a), "=", expectation(relu(-a) ** 2, a), reason="a and -a have one law"),
    Step.of("ReLU halves the mean square", expectation(relu(a) ** 2, a), "=", v / 2, reason="the two parts add up to the mean square"),
    Step.of("behind a layer", expectation(relu(entry(z, i)) ** 2, W, x), "=", variance(entry(z, i), W, x) / 2,
            reason="an output changes its sign with its weights, whatever the inputs"),
    Step.of("mean square behind ReLU", expectation(relu(entry(z, i)) ** 2, W, x), "=", half * forward, reason="the variance put in"),
    Step.of("He's variance keeps it", expectation(relu(entry(z, i)) ** 2, W, x), "=", q, given=(equal(v, 2 / n_in),), reason="the factor is one"),
    Step.of("no other variance does", equal(half * forward, q), "iff", equal(v, 2 / n_in), given=(positive(q),), reason="solved for the variance"),
)  # fmt: skip

_backward_steps = (
    Step.of("error before the layer", gradient(bar_z.T @ (W @ x), x), "=", bar_x, reason="chain rule: the transposed weights times the error behind"),
    Step.of("mean of the errors", expectation(bar_x, W, bar_z), "=", zeros(n_in), reason="the weights have mean zero"),
    Step.of("mean square of an error", expectation(entry(bar_x, j) ** 2, W, bar_z), "=", backward,
            reason="as going forward, with outputs for inputs"),
    Step.of("variance of an error", variance(entry(bar_x, j), W, bar_z), "=", backward, reason="with mean zero it is the mean square"),
    Step.of("where it is kept", equal(backward, q), "iff", equal(v, 1 / n_out), given=(positive(q),), reason="the factor is one"),
)  # fmt: skip

through_relu = W.T @ hadamard(mask, bar_z)

_relu_backward_steps = (
    Step.of("mean square of an error through ReLU", expectation(entry(through_relu, j) ** 2, W, mask, bar_z), "=", half * backward,
            reason="half of the errors pass, on average"),
    Step.of("kept by He's variance for the outputs", expectation(entry(through_relu, j) ** 2, W, mask, bar_z), "=", q, given=(equal(v, 2 / n_out),),
            reason="the factor is one"),
)  # fmt: skip

bound = define("d", glorot_bound_of(n_in, n_out))

_glorot_steps = (
    Step.of("variance of a weight", variance(entry(W, i, j), W), "=", 2 / (n_in + n_out), reason="a third of the squared bound"),
    Step.of("forward", expectation(entry(z, i) ** 2, W, x), "=", 2 * n_in / (n_in + n_out) * q, reason="the number of inputs times the variance"),
    Step.of("back", expectation(entry(bar_x, j) ** 2, W, bar_z), "=", 2 * n_out / (n_in + n_out) * q,
            reason="the number of outputs times the variance"),
    Step.of("their mean", (expectation(entry(z, i) ** 2, W, x) + expectation(entry(bar_x, j) ** 2, W, bar_z)) / 2, "=", q,
            reason="what one gains, the other loses"),
)  # fmt: skip

linear_layers = iterate("q", t, q_0, q_t, _layer_mean_square(n_in, v, q_t))
relu_layers = iterate("r", t, q_0, q_t, half * _layer_mean_square(n_in, v, q_t))

_depth_steps = (
    Step.of("linear layers", linear_layers, "=", (n_in * v) ** t * q_0, reason="induction: each layer multiplies by the same factor"),
    Step.of("layers with ReLU", relu_layers, "=", (n_in * v / 2) ** t * q_0, reason="induction, with half the factor"),
    Step.of("without gain nothing is left", relu_layers, "->", 0, given=(equal(v, 1 / n_in),), reason="every ReLU halves what comes in"),
    Step.of("with He's variance all layers are alike", relu_layers, "=", q_0, given=(equal(v, 2 / n_in),), reason="the factor is one"),
)  # fmt: skip

weights, inputs, errors = moments(W, 0, v), mean_square(x, q), mean_square(bar_z, q)

entries = (
    Derivation(
        "The variance of a uniform weight",
        _uniform_steps,
        questions=("comp691-a1/4",),
        given=(uniform(a, -d, d),),
    ),
    Derivation(
        "The variance of the outputs of a layer",
        _forward_steps,
        questions=("comp691-a1/4", "cs182-hw2/nb"),
        given=(weights, inputs, independent(W, x)),
    ),
    Derivation(
        "The mean square behind ReLU",
        _relu_steps,
        questions=("cs182-hw2/nb",),
        given=(symmetric_law(W, v), symmetric_law(a, v), inputs, independent(W, x)),
        notes="The inputs need not be centred: behind ReLU they are not.",
    ),
    Derivation(
        "The variance of the errors of a layer",
        _backward_steps,
        questions=("comp691-a1/4", "cs182-hw2/nb"),
        given=(weights, errors, independent(W, bar_z)),
    ),
    Derivation(
        "The variance of the errors through ReLU",
        _relu_backward_steps,
        questions=("cs182-hw2/nb",),
        given=(weights, errors, bernoulli(mask, half), independent(W, mask, bar_z)),
        notes="Each output is taken to be positive with probability one half, independently of weights and errors, as He and others do.",
    ),
    Derivation(
        "A layer with Glorot's bound",
        _glorot_steps,
        questions=("comp691-a1/4", "cs182-hw2/nb"),
        given=(uniform(W, -bound, bound), inputs, errors, independent(W, x, bar_z)),
    ),
    Derivation(
        "Mean squares through many layers",
        _depth_steps,
        questions=("cs182-hw2/nb",),
        notes="By the derivations before, the mean squares obey these recurrences where every layer has n_in inputs.",
    ),
)
