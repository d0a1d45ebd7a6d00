"""Ridge regression, with a slip: a person's own derivation, for ``derivations verify examples/ridge_regression.py``."""

from derivations import Derivation, Step, dimensions, gradient, hessian, identity, matrix, norm, positive, scalar, vector

n, d = dimensions("n d")
X, w, y, alpha = matrix("X", n, d), vector("w", d), vector("y", n), scalar("alpha")
loss = norm(X @ w - y) ** 2 / 2 + alpha / 2 * norm(w) ** 2

entries = (
    Derivation(
        "Ridge regression",
        given=(positive(alpha),),
        steps=(
            Step.of("gradient", gradient(loss, w), "=", X.T @ (X @ w - y) + alpha * w),
            Step.of("gradient, expanded", X.T @ (X @ w - y) + alpha * w, "=", (X.T @ X + alpha * identity(d)) @ w - X.T @ y),
            Step.of("Hessian", hessian(loss, w), "=", X.T @ X + alpha * identity(d) / 2),
        ),
    ),
)
