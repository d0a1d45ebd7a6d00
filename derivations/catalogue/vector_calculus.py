"""Vector calculus: the gradient of a squared norm, and the centre of given points.

Model: a vector x (d, 1); points x_i (d, 1) with i = 1 … n, their mean m (d, 1), and any centre μ (d, 1). The points may also stand in the
rows of a matrix X (n, d).
Loss: ‖x‖² as a function of x; Σ_i ‖x_i − μ‖² = ‖X − 1μᵀ‖_F² as a function of μ.
Convention: a gradient has the shape of its variable.
Reference: J. R. Magnus and H. Neudecker, Matrix Differential Calculus, 3rd ed. (2019), chapter 9.
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue._symbolic import sympy_object
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    define,
    dimensions,
    entry,
    family,
    gradient,
    hessian,
    identity,
    index,
    matrix,
    norm,
    ones,
    row,
    sum_over,
    vector,
    zeros,
)
from derivations.language.shapes import sides
from derivations.language.terms import Term, as_term

__all__ = ["entries", "mean", "squared_distances", "squared_distances_gradient", "squared_norm_gradient"]

n, d = dimensions("n d")
i, j, k = index("i", n), index("j", d), index("k", d)
x, mu = vector("x", d), vector("mu", d)
points = family("x", n, d)
m = define("m", sum_over(i, points[i]) / n)
distances, distances_from_mean = (sum_over(i, norm(points[i] - centre) ** 2) for centre in (mu, m))
X = matrix("X", n, d)


def _squared_norm_gradient(x: Term) -> Term:
    return 2 * x


def _mean(X: Term) -> Term:
    count, _ = sides(X.shape)
    return X.T @ ones(count) / as_term(count)


def _squared_distances(X: Term, mu: Term) -> Term:
    return norm(X - ones(sides(X.shape)[0]) @ mu.T, "F") ** 2


def _squared_distances_gradient(X: Term, mu: Term) -> Term:
    return 2 * as_term(sides(X.shape)[0]) * (mu - _mean(X))


def squared_norm_gradient(x: Term = x) -> Any:
    """2x, the gradient of ‖x‖²: shape (d, 1)."""
    return sympy_object(_squared_norm_gradient(x))


def squared_distances(X: Term = X, mu: Term = mu) -> Any:
    """‖X − 1μᵀ‖_F², the sum of the squared distances of the rows of X (n, d) from μ (d, 1): a scalar."""
    return sympy_object(_squared_distances(X, mu))


def squared_distances_gradient(X: Term = X, mu: Term = mu) -> Any:
    """2n(μ − m), the gradient of the sum of the squared distances with respect to μ, with m the mean of the rows: shape (d, 1)."""
    return sympy_object(_squared_distances_gradient(X, mu))


def mean(X: Term = X) -> Any:
    """(1/n) Xᵀ1, the mean of the rows of X (n, d), from which the sum of the squared distances is least: shape (d, 1)."""
    return sympy_object(_mean(X))


_squared_norm_steps = (
    Step.of("the squared norm as a product", norm(x) ** 2, "=", x.T @ x, reason="definition of the Euclidean norm"),
    Step.of("the squared norm by entries", x.T @ x, "=", sum_over(k, entry(x, k) ** 2), reason="definition of the matrix product"),
    Step.of("one partial derivative", gradient(sum_over(k, entry(x, k) ** 2), entry(x, j)), "=", 2 * entry(x, j),
            reason="only the term with k = j depends on the entry j"),
    Step.of("gradient of the product", gradient(x.T @ x, x), "=", x + x, reason="product rule; both factors give the same"),
    Step.of("gradient of the squared norm", gradient(norm(x) ** 2, x), "=", _squared_norm_gradient(x), reason="the partial derivatives, stacked"),
)

_mean_steps = (
    Step.of("gradient of one distance", gradient(norm(points[i] - mu) ** 2, mu), "=", -2 * (points[i] - mu),
            reason="chain rule: the gradient of the squared norm; the inner derivative is minus the identity"),
    Step.of("gradient of the sum", gradient(distances, mu), "=", -2 * sum_over(i, points[i] - mu), reason="the gradient is linear"),
    Step.of("the gradient, sorted by the centre", -2 * sum_over(i, points[i] - mu), "=", 2 * n * mu - 2 * sum_over(i, points[i]),
            reason="the centre occurs in each of the n terms"),
    Step.of("the deviations from the mean cancel", sum_over(i, points[i] - m), "=", zeros(d), reason="n times the mean is the sum of the points"),
    Step.of("the gradient vanishes at the mean", gradient(distances_from_mean, m), "=", zeros(d), reason="the gradient of the sum, at the mean"),
    Step.of("Hessian", hessian(distances, mu), "=", 2 * n * identity(d), reason="derivative of the gradient"),
    Step.of("one distance, measured from the mean", norm(points[i] - mu) ** 2, "=",
            norm(points[i] - m) ** 2 + 2 * (points[i] - m).T @ (m - mu) + norm(m - mu) ** 2, reason="square of the sum of two vectors"),
    Step.of("completed square", distances, "=", distances_from_mean + n * norm(m - mu) ** 2,
            reason="in the sum over the points the mixed terms cancel"),
    Step.of("excess over the sum at the mean", distances - distances_from_mean, "=", n * norm(m - mu) ** 2, reason="completed square, rearranged"),
    Step.of("the excess is not negative", n * norm(m - mu) ** 2, ">=", 0, reason="a square times a positive number; it is 0 at the mean only"),
)

_matrix_steps = (
    Step.of("sum of the squared distances", sum_over(i, norm(row(X, i).T - mu) ** 2), "=", _squared_distances(X, mu),
            reason="the rows of the matrix are the points minus the centre"),
    Step.of("gradient", gradient(_squared_distances(X, mu), mu), "=", _squared_distances_gradient(X, mu),
            reason="minus twice the sum of the rows, with the sum of the points written as n times the mean"),
    Step.of("the sum of the points", sum_over(i, row(X, i).T), "=", n * _mean(X), reason="definition of the mean"),
)

entries = (
    Derivation("Gradient of the squared norm", _squared_norm_steps, questions=("nyu-dl-hw1/1",)),
    Derivation(
        "The sum of squared distances is least at the mean",
        _mean_steps,
        questions=("nyu-dl-hw1/1",),
        notes="So the sum is least at the mean, and there only: anywhere else the excess is positive.",
    ),
    Derivation("Squared distances of the rows of a matrix", _matrix_steps, questions=("nyu-dl-hw1/1",)),
)
