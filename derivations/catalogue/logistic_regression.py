"""Logistic regression: the negative log-likelihood, its derivatives, and why separable data leave it without a minimiser.

Model, for each sample i = 1 … n: an input x_i (d, 1) with a label y_i, which is −1 or 1; P(y_i | x_i) = σ(m_i) with the margin m_i = y_i wᵀx_i.
Loss: the negative log-likelihood L(w) = Σ_i log(1 + exp(−m_i)). Along a direction ŵ with margins m_i it is f(c) = L(cŵ) = Σ_i log(1 + exp(−c m_i)).
The same for a batch, a sample in each row: X (n, d), labels y (n, 1), margins m = y ∘ Xw. With labels t_i = (1 + y_i)/2, which are 0 or 1, it is the
cross entropy of σ(wᵀx_i).
Convention: data are strictly separable if some ŵ has positive margins only. A gradient has the shape of its variable.
Reference: T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning, 2nd ed. (2009), section 4.4.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.assumptions import equal, positive
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    counter,
    diag,
    dimensions,
    family,
    gradient,
    hadamard,
    hadamard_power,
    hessian,
    index,
    matrix,
    ones,
    scalars,
    sum_over,
    vector,
)
from derivations.language.functions import exp, log, sigmoid
from derivations.language.shapes import sides
from derivations.language.terms import Relation, Term

__all__ = ["entries", "loss_of_margin", "negative_log_likelihood", "nll_gradient", "nll_hessian", "slope_in_scale"]

n, d = dimensions("n d")
i = index("i", n)
k = counter("k")
c, c_0, c_1, c_2, m, z, y_i, t_i = scalars("c c_0 c_1 c_2 m z y_i t_i")
margins, inputs, labels = family("m", n), family("x", n, d), family("y", n)
w, hat_w, v = vector("w", d), vector("hat_w", d), vector("v", d)
X, y, t = matrix("X", n, d), vector("y", n), vector("t", n)


def _loss_of_margin(m: Term) -> Term:
    return log(1 + exp(-m))


def _slope_in_scale(m: Term, c: Term) -> Term:
    return -m / (1 + exp(c * m))


def _margins(X: Term, y: Term, w: Term) -> Term:
    return hadamard(y, X @ w)


def _negative_log_likelihood(X: Term, y: Term, w: Term) -> Term:
    one = ones(*sides(y.shape))
    return one.T @ log(one + exp(-_margins(X, y, w)))


def _nll_gradient(X: Term, y: Term, w: Term) -> Term:
    return -X.T @ hadamard(y, sigmoid(-_margins(X, y, w)))


def _nll_hessian(X: Term, y: Term, w: Term) -> Term:
    z = _margins(X, y, w)
    return X.T @ diag(hadamard(hadamard_power(y, 2), hadamard(sigmoid(z), sigmoid(-z)))) @ X


def loss_of_margin(m: Term = m) -> Any:
    """log(1 + exp(−m)), the negative log-likelihood of a sample with the margin m: a scalar."""
    return sympy_object(_loss_of_margin(m))


def slope_in_scale(m: Term = m, c: Term = c) -> Any:
    """−m/(1 + exp(cm)), the derivative of log(1 + exp(−cm)) with respect to c: a scalar."""
    return sympy_object(_slope_in_scale(m, c))


def negative_log_likelihood(X: Term = X, y: Term = y, w: Term = w) -> Any:
    """1ᵀ log(1 + exp(−y ∘ Xw)) for inputs in the rows of X (n, d) and labels y (n, 1) of −1 and 1: a scalar."""
    return sympy_object(_negative_log_likelihood(X, y, w))


def nll_gradient(X: Term = X, y: Term = y, w: Term = w) -> Any:
    """−Xᵀ (y ∘ σ(−y ∘ Xw)), the gradient of the negative log-likelihood with respect to w: shape (d, 1)."""
    return sympy_object(_nll_gradient(X, y, w))


def nll_hessian(X: Term = X, y: Term = y, w: Term = w) -> Any:
    """Xᵀ diag(y² ∘ σ(m) ∘ σ(−m)) X with m = y ∘ Xw, the second derivative of the negative log-likelihood: shape (d, d)."""
    return sympy_object(_nll_hessian(X, y, w))


# -------------------------------------------------------------------------------------------------- one sample, and its scale

_one = _loss_of_margin(c * m)

_one_sample_steps = (
    Step.of("the loss is the negative log-likelihood", -log(sigmoid(c * m)), "=", _one, reason="the sigmoid is 1 over 1 plus exp of the negative"),
    Step.of("derivative in the scale", gradient(_one, c), "=", _slope_in_scale(m, c),
            reason="chain rule, and the fraction multiplied by exp(cm) above and below"),
    Step.of("the same by the sigmoid", _slope_in_scale(m, c), "=", -m * sigmoid(-c * m), reason="definition of the sigmoid"),
    Step.of("second derivative in the scale", gradient(gradient(_one, c), c), "=", m**2 * sigmoid(c * m) * sigmoid(-c * m),
            reason="the derivative of the sigmoid is its value times 1 minus its value"),
    Step.of("convex in the scale", gradient(gradient(_one, c), c), ">=", 0, reason="a square times two positive factors"),
    Step.of("positive", _one, ">", 0, reason="the logarithm of more than 1"),
    Step.of("a positive margin: decreasing", Relation(c_1, "<", c_2), "implies", Relation(_loss_of_margin(c_1 * m), ">", _loss_of_margin(c_2 * m)),
            given=(m > 0,), reason="exp and log increase, and the exponent decreases"),
    Step.of("a negative margin: increasing", Relation(c_1, "<", c_2), "implies", Relation(_loss_of_margin(c_1 * m), "<", _loss_of_margin(c_2 * m)),
            given=(m < 0,), reason="exp and log increase, and so does the exponent"),
    Step.of("a positive margin: the limit", _loss_of_margin(k * m), "->", 0, given=(m > 0,), reason="the exponent tends to minus infinity"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------------- separable data


def _f(c: Term) -> Term:
    return sum_over(i, _loss_of_margin(c * margins[i]))


separable = positive(margins[i])

_separable_steps = (
    Step.of("derivative in the scale", gradient(_f(c), c), "=", sum_over(i, _slope_in_scale(margins[i], c)), reason="sum of those of the samples"),
    Step.of("it is negative", gradient(_f(c), c), "<", 0, given=(separable,), reason="every term is a positive number times -1"),
    Step.of("strictly decreasing", Relation(c_1, "<", c_2), "implies", Relation(_f(c_1), ">", _f(c_2)), given=(separable,),
            reason="every term decreases"),
    Step.of("positive everywhere", _f(c), ">", 0, reason="a sum of positive terms"),
    Step.of("it tends to zero", _f(k * c_0), "->", 0, given=(separable, c_0 > 0),
            reason="every term does: so the infimum is 0, and as the loss is positive, it is not attained"),
    Step.of("every scale is improved upon", _f(c + 1), "<", _f(c), given=(separable,), reason="the loss decreases: there is no minimiser"),
    Step.of("the mean tends to zero", _f(k * c_0) / n, "->", 0, given=(separable, c_0 > 0), reason="a multiple of the sum"),
    Step.of("the mean is improved upon everywhere", _f(c + 1) / n, "<", _f(c) / n, given=(separable,), reason="a multiple of the sum"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------- the weights of a model


def _margin_of(w: Term) -> Term:
    return labels[i] * (w.T @ inputs[i])


def _L(w: Term) -> Term:
    return sum_over(i, _loss_of_margin(_margin_of(w)))


separated = positive(_margin_of(hat_w))
_gradient_by_samples = -sum_over(i, labels[i] * sigmoid(-_margin_of(w)) * inputs[i])
_weight_by_samples = labels[i] ** 2 * sigmoid(_margin_of(w)) * sigmoid(-_margin_of(w))
_hessian_by_samples = sum_over(i, _weight_by_samples * (inputs[i] @ inputs[i].T))

_gradient_steps = (
    Step.of("gradient", gradient(_L(w), w), "=", _gradient_by_samples, reason="chain rule; the derivative of log(1 + exp(-m)) is -sigmoid(-m)"),
    Step.of("Hessian", hessian(_L(w), w), "=", _hessian_by_samples, reason="the derivative of sigmoid(-m) is -sigmoid(m) sigmoid(-m)"),
    Step.of("the Hessian is positive semidefinite", v.T @ _hessian_by_samples @ v, ">=", 0,
            reason="outer products times numbers that are not negative: the loss is convex"),
)  # fmt: skip

_nll = _negative_log_likelihood(X, y, w)

_batch_steps = (
    Step.of("gradient", gradient(_nll, w), "=", _nll_gradient(X, y, w), reason="chain rule, sample by sample"),
    Step.of("Hessian", hessian(_nll, w), "=", _nll_hessian(X, y, w), reason="the derivative of sigmoid(-m) is -sigmoid(m) sigmoid(-m)"),
    Step.of("the Hessian is positive semidefinite", v.T @ _nll_hessian(X, y, w) @ v, ">=", 0,
            reason="the matrix in the middle is diagonal, with entries that are not negative: the loss is convex"),
)  # fmt: skip

_slope_along = -sum_over(i, _margin_of(hat_w) * sigmoid(-_margin_of(w)))

_no_minimiser_steps = (
    Step.of("along the separating direction", hat_w.T @ gradient(_L(w), w), "=", _slope_along,
            reason="the inner product with the gradient, sample by sample"),
    Step.of("the loss decreases in that direction everywhere", _slope_along, "<", 0, given=(separated,),
            reason="every term is a positive number times -1: so the gradient vanishes nowhere"),
    Step.of("all weights are improved upon", _L(w + hat_w), "<", _L(w), given=(separated,), reason="every margin grows: there is no minimiser"),
    Step.of("positive everywhere", _L(w), ">", 0, reason="a sum of positive terms"),
    Step.of("the loss tends to zero in that direction", _L(k * hat_w), "->", 0, given=(separated,),
            reason="every margin tends to infinity: so the infimum is 0, and as the loss is positive, it is not attained"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------------ labels 0 and 1


def _cross_entropy(t: Term, z: Term) -> Term:
    return -t * log(sigmoid(z)) - (1 - t) * log(1 - sigmoid(z))


def _batch_cross_entropy(t: Term, z: Term) -> Term:
    return -t.T @ log(sigmoid(z)) - (ones(n) - t).T @ log(ones(n) - sigmoid(z))


_coding = (1 + y_i) / 2

_label_steps = (
    Step.of("the other class", 1 - sigmoid(z), "=", sigmoid(-z), reason="1 minus 1/(1 + exp(-z)), over a common denominator"),
    Step.of("a sample of the first class", _cross_entropy(_coding, z), "=", _loss_of_margin(y_i * z), given=(equal(y_i, 1),),
            reason="the label t is 1: only the first term is left"),
    Step.of("a sample of the second class", _cross_entropy(_coding, z), "=", _loss_of_margin(y_i * z), given=(equal(y_i, -1),),
            reason="the label t is 0: only the second term is left"),
    Step.of("derivative of the cross entropy", gradient(_cross_entropy(t_i, z), z), "=", sigmoid(z) - t_i,
            reason="the derivative of log sigmoid(z) is 1 - sigmoid(z)"),
    Step.of("gradient for a batch", gradient(_batch_cross_entropy(t, X @ w), w), "=", X.T @ (sigmoid(X @ w) - t),
            reason="chain rule: transposed data times the derivatives"),
)  # fmt: skip

entries = (
    Derivation("Loss of a sample whose margin is scaled", _one_sample_steps, questions=("nyu-dl22-hw1/NLL",)),
    Derivation(
        "Negative log-likelihood of separable data",
        _separable_steps,
        questions=("nyu-dl22-hw1/NLL",),
        notes="A minimiser would be a scale that none improves upon. One sample with the margin 0 or a negative one changes all this.",
    ),
    Derivation("Gradient and Hessian of logistic regression", _gradient_steps, questions=("nyu-dl22-hw1/NLL",)),
    Derivation("Gradient and Hessian of logistic regression for a batch", _batch_steps, questions=("nyu-dl22-hw1/NLL",)),
    Derivation("Weights of logistic regression on separable data", _no_minimiser_steps, questions=("nyu-dl22-hw1/NLL",)),
    Derivation(
        "Cross entropy by labels of 0 and 1",
        _label_steps,
        questions=("nyu-dl22-hw1/NLL",),
        notes="Where the labels are -1 and 1 and where they are 0 and 1, the loss is the same: t = (1 + y)/2.",
    ),
)
