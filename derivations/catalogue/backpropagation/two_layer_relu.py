"""A two-layer ReLU network: the gradients of its weights from a given upstream gradient, in general and in numbers.

Model: x (d, 1), z = W_1 x (H, 1), h = ReLU(z), y = W_2 h (K, 1).
Loss: ȳ = ∂L/∂y is given, a constant; so every gradient is that of L = ȳᵀ y.
Convention: v̄ stands for ∂L/∂v, in the shape of v; v is then cut loose from what precedes it.
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derivations.catalogue._symbolic import sympy_objects
from derivations.catalogue.backpropagation.numbers import (
    Rows,
    Vector,
    column,
    entrywise,
    product,
    relu_slopes,
    relu_values,
    squared_norm,
    to_term,
    transposed,
)
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import define, dimensions, gradient, hadamard, matrix, norm, trace, vector
from derivations.language.functions import relu
from derivations.language.operators import Named
from derivations.language.terms import Term

__all__ = ["TwoLayerReLU", "entries", "network", "two_layer_relu_gradients", "two_layer_relu_in_numbers"]


@dataclass(frozen=True)
class TwoLayerReLU:
    """The network with its input x (d, 1), weights W_1 (H, d) and W_2 (K, H), and the upstream gradient ȳ (K, 1)."""

    x: Term
    W_1: Term
    W_2: Term
    bar_y: Term

    @property
    def z(self) -> Named:
        """The preactivations W_1 x: (H, 1)."""
        return define("z", self.W_1 @ self.x)

    @property
    def h(self) -> Named:
        """The activations ReLU(z): (H, 1)."""
        return define("h", relu(self.z))

    @property
    def y(self) -> Named:
        """The outputs W_2 h: (K, 1)."""
        return define("y", self.W_2 @ self.h)

    @property
    def loss(self) -> Named:
        """L = ȳᵀ y, a scalar."""
        return define("L", self.bar_y.T @ self.y)

    @property
    def bar_h(self) -> Named:
        """∂L/∂h = W_2ᵀ ȳ: (H, 1)."""
        return define("bar_h", self.W_2.T @ self.bar_y)

    @property
    def bar_z(self) -> Named:
        """∂L/∂z = h̄ ⊙ ReLU'(z): (H, 1)."""
        return define("bar_z", hadamard(self.bar_h, relu.prime(self.z)))

    @property
    def bar_W_1(self) -> Term:
        """∂L/∂W_1 = z̄ xᵀ: (H, d)."""
        return self.bar_z @ self.x.T

    @property
    def bar_W_2(self) -> Term:
        """∂L/∂W_2 = ȳ hᵀ: (K, H)."""
        return self.bar_y @ self.h.T


d, H, K = dimensions("d H K")
network = TwoLayerReLU(vector("x", d), matrix("W_1", H, d), matrix("W_2", K, H), vector("bar_y", K))


def two_layer_relu_gradients(x: Term = network.x, W_1: Term = network.W_1, W_2: Term = network.W_2, bar_y: Term = network.bar_y) -> dict[str, Any]:
    """The gradients of L = ȳᵀ W_2 ReLU(W_1 x) with respect to W_1 (H, d) and W_2 (K, H)."""
    chosen = TwoLayerReLU(x, W_1, W_2, bar_y)
    return sympy_objects({"W_1": chosen.bar_W_1, "W_2": chosen.bar_W_2})


def _norm_steps(title: str, weight_gradient: Term, value: Rows, product_of_norms: Term) -> tuple[Step, ...]:
    """The squared Frobenius norm of a weight gradient with this value: by its entries, by a trace, and by the norms of its two factors."""
    result = squared_norm(value)
    return (
        Step.of(f"squared norm, {title}", norm(weight_gradient, "F") ** 2, "=", result, reason="sum of the squared entries"),
        Step.of(f"as a trace, {title}", trace(to_term(transposed(value)) @ to_term(value)), "=", result, reason="sum of the diagonal"),
        Step.of(f"by its factors, {title}", product_of_norms, "=", result, reason="squared norm of the input of the layer times that of its error"),
    )


def two_layer_relu_in_numbers(
    x: Vector = (1, 3, 1),
    W_1: Rows = ((1, 2, 1), (-2, 1, 0), (1, -2, -1)),
    W_2: Rows = ((-2, 4, 1), (1, -2, -3), (-3, 4, 6)),
    bar_y: Vector = (1, 1, 1),
) -> Derivation:
    """The gradients in numbers, for any integers or fractions that fit together.

    The numbers stand as the definitions of x, W_1, W_2 and ȳ. So each claim is about the gradient itself, taken at these numbers.

    Raises:
        DeclarationError: the sizes do not fit, or a preactivation is 0, where ReLU has no derivative.
    """
    at = TwoLayerReLU(
        x=define("x", to_term(column(x))),
        W_1=define("W_1", to_term(W_1)),
        W_2=define("W_2", to_term(W_2)),
        bar_y=define("bar_y", to_term(column(bar_y))),
    )
    z = product(W_1, column(x))
    h = relu_values(z)
    bar_h = product(transposed(W_2), column(bar_y))
    bar_z = entrywise(bar_h, relu_slopes(z))
    bar_W_1, bar_W_2 = product(bar_z, (x,)), product(column(bar_y), transposed(h))
    first, second = gradient(at.loss, at.W_1), gradient(at.loss, at.W_2)
    return Derivation(
        "Gradients of a two-layer ReLU network in numbers",
        questions=("csc413-a1/2.2.1",),
        steps=(
            Step.of("preactivations", at.z, "=", to_term(z), reason="matrix times vector"),
            Step.of("activations", at.h, "=", to_term(h), reason="negative entries become 0"),
            Step.of("error of the activations", gradient(at.loss, at.h), "=", to_term(bar_h),
                    reason="transposed output weights times the upstream gradient"),
            Step.of("error of the preactivations", gradient(at.loss, at.z), "=", to_term(bar_z), reason="only where the preactivation is positive"),
            Step.of("hidden weights", first, "=", to_term(bar_W_1), reason="error of the preactivations times the transposed input"),
            Step.of("output weights", second, "=", to_term(bar_W_2), reason="upstream gradient times the transposed activations"),
            *_norm_steps("hidden weights", first, bar_W_1, norm(at.x) ** 2 * norm(gradient(at.loss, at.z)) ** 2),
            *_norm_steps("output weights", second, bar_W_2, norm(at.bar_y) ** 2 * norm(at.h) ** 2),
        ),
    )


entries = (
    Derivation(
        "Gradients of a two-layer ReLU network",
        questions=("csc413-a1/2.2.1",),
        steps=(
            Step.of("outputs", gradient(network.loss, network.y), "=", network.bar_y, reason="the loss is linear in the outputs"),
            Step.of("activations", gradient(network.loss, network.h), "=", network.bar_h.body, reason="the outputs are linear in the activations"),
            Step.of("preactivations", gradient(network.loss, network.z), "=", network.bar_z.body, reason="ReLU acts entry by entry"),
            Step.of("hidden weights", gradient(network.loss, network.W_1), "=", network.bar_W_1,
                    reason="error of the preactivations times the transposed input"),
            Step.of("output weights", gradient(network.loss, network.W_2), "=", network.bar_W_2,
                    reason="upstream gradient times the transposed activations"),
        ),
    ),
    two_layer_relu_in_numbers,
)
