"""A scalar ReLU network that fits a curve under the squared error.

Model: a scalar input x, z̄ = W_H x + b_H (H, 1), z = ReLU(z̄), f(x, θ) = W_Oᵀ z + b_O, a scalar; θ = (W_H, b_H, W_O, b_O).
Loss over samples i = 1 … n: L = Σ_i (y_i − f_i)² with f_i = f(x_i, θ).
Convention: a gradient has the shape of its variable; W_H and W_O are columns (H, 1).
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derivations.catalogue._symbolic import sympy_objects
from derivations.catalogue.backpropagation.numbers import Rational, Vector, column, entrywise, product, relu_slopes, relu_values, to_term
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import define, dimensions, family, gradient, hadamard, index, scalar, sum_over, vector
from derivations.language.errors import DeclarationError
from derivations.language.functions import relu
from derivations.language.operators import Named
from derivations.language.terms import Index, Symbol, Term, as_term

__all__ = ["CurveNetwork", "curve_network_gradients", "curve_network_in_numbers", "entries"]


@dataclass(frozen=True)
class CurveNetwork:
    """The network at one input: hidden weights and biases (H, 1), output weights (H, 1) and bias, a scalar input.

    The quantities of sample i carry the index i.
    """

    x: Term
    W_H: Term
    b_H: Term
    W_O: Term
    b_O: Term

    def _define(self, name: str, body: Term) -> Named:
        return define(name, body, *sorted(self.x.free, key=lambda carried: carried.name))

    @property
    def bar_z(self) -> Named:
        """The preactivations W_H x + b_H: (H, 1)."""
        return self._define("bar_z", self.x * self.W_H + self.b_H)

    @property
    def z(self) -> Named:
        """The activations ReLU(z̄): (H, 1)."""
        return self._define("z", relu(self.bar_z))

    @property
    def f(self) -> Named:
        """The output W_Oᵀ z + b_O, a scalar."""
        return self._define("f", self.W_O.T @ self.z + self.b_O)

    @property
    def gradients(self) -> dict[str, Term]:
        """The gradient of the output f with respect to each block of parameters."""
        error = hadamard(self.W_O, relu.prime(self.bar_z))
        return {"W_H": self.x * error, "b_H": error, "W_O": self.z, "b_O": as_term(1)}


n, H = dimensions("n H")
i, j = index("i", n), index("j", n)
inputs, targets = family("x", n), family("y", n)
W_H, b_H, W_O, b_O = vector("W_H", H), vector("b_H", H), vector("W_O", H), scalar("b_O")
parameters: dict[str, Symbol] = {symbol.name: symbol for symbol in (W_H, b_H, W_O, b_O)}
BLOCKS = {"W_H": "hidden weights", "b_H": "hidden biases", "W_O": "output weights", "b_O": "output bias"}


def _at_sample(position: Index) -> CurveNetwork:
    return CurveNetwork(inputs[position], W_H, b_H, W_O, b_O)


one = CurveNetwork(scalar("x"), W_H, b_H, W_O, b_O)
sample = _at_sample(i)
L = define("L", sum_over(i, (targets[i] - sample.f) ** 2))


def _chain_rule(gradient_of_f: Term) -> Term:
    """−2 Σ_i (y_i − f_i) ∇f_i, the gradient of the loss by that of the output at sample i."""
    return -2 * sum_over(i, (targets[i] - sample.f) * gradient_of_f)


def curve_network_gradients() -> dict[str, Any]:
    """The gradients of f(x, θ) = W_Oᵀ ReLU(W_H x + b_H) + b_O by parameter: three columns (H, 1), and 1 for b_O."""
    return sympy_objects(one.gradients)


def curve_network_in_numbers(
    x: Rational = 2,
    W_H: Vector = (-1, 1, 1, -1),
    b_H: Vector = (1, 1, -1, 1),
    W_O: Vector = (-1, -1, -1, 1),
    b_O: Rational = 1,
) -> Derivation:
    """The forward values and the gradient of f at given parameters and a given input: any integers or fractions that fit together.

    The numbers stand as the definitions of x and θ. So each claim is about the gradient itself, taken at these numbers.

    Raises:
        DeclarationError: the sizes do not fit, or a preactivation is 0, where ReLU has no derivative.
    """
    if not len(W_H) == len(b_H) == len(W_O):
        raise DeclarationError(f"W_H, b_H and W_O must have one length; found {len(W_H)}, {len(b_H)} and {len(W_O)}")
    at = CurveNetwork(
        x=define("x", as_term(x)),
        W_H=define("W_H", to_term(column(W_H))),
        b_H=define("b_H", to_term(column(b_H))),
        W_O=define("W_O", to_term(column(W_O))),
        b_O=define("b_O", as_term(b_O)),
    )
    bar_z = column(tuple(weight * x + bias for weight, bias in zip(W_H, b_H, strict=True)))
    z = relu_values(bar_z)
    ((f,),) = product((W_O,), z)
    error = entrywise(column(W_O), relu_slopes(bar_z))
    return Derivation(
        "Output and gradient of a scalar ReLU network in numbers",
        questions=("nyu-dl-hw1/3c", "nyu-dl-hw1/3d"),
        steps=(
            Step.of("preactivations", at.bar_z, "=", to_term(bar_z), reason="weights times input plus bias"),
            Step.of("activations", at.z, "=", to_term(z), reason="negative entries become 0"),
            Step.of("output", at.f, "=", f + b_O, reason="output weights times activations plus bias"),
            Step.of("error of the activations", gradient(at.f, at.z), "=", to_term(column(W_O)), reason="the output is linear in the activations"),
            Step.of("error of the preactivations", gradient(at.f, at.bar_z), "=", to_term(error), reason="only where the preactivation is positive"),
            Step.of("output bias", gradient(at.f, at.b_O), "=", 1, reason="it is added to the output"),
            Step.of("output weights", gradient(at.f, at.W_O), "=", to_term(z), reason="they multiply the activations"),
            Step.of("hidden biases", gradient(at.f, at.b_H), "=", to_term(error), reason="they are added to the preactivations"),
            Step.of("hidden weights", gradient(at.f, at.W_H), "=", to_term(product(error, ((x,),))), reason="they multiply the input"),
        ),
    )


_chain_rule_steps = (
    Step.of("outputs", gradient(L, _at_sample(j).f), "=", -2 * (targets[j] - _at_sample(j).f),
            reason="derivative of a square; only the term i = j depends on it"),
    *(
        Step.of(f"chain rule, {title}", gradient(L, parameters[name]), "=", _chain_rule(gradient(sample.f, parameters[name])),
                reason="sum over the samples")
        for name, title in BLOCKS.items()
    ),
    *(
        Step.of(title, gradient(L, parameters[name]), "=", _chain_rule(sample.gradients[name]), reason="the gradient of the output put in")
        for name, title in BLOCKS.items()
    ),
)

_output_steps = (
    Step.of("activations", gradient(one.f, one.z), "=", W_O, reason="the output is linear in the activations"),
    Step.of("preactivations", gradient(one.f, one.bar_z), "=", one.gradients["b_H"], reason="ReLU acts entry by entry"),
    *(
        Step.of(title, gradient(one.f, parameters[name]), "=", one.gradients[name], reason=reason)
        for (name, title), reason in zip(
            BLOCKS.items(),
            ("they multiply the input", "they are added to the preactivations", "they multiply the activations", "it is added to the output"),
            strict=True,
        )
    ),
)

entries = (
    Derivation("Gradient of the squared error by that of the network", _chain_rule_steps, questions=("nyu-dl-hw1/3b",)),
    Derivation("Gradient of a scalar ReLU network", _output_steps, questions=("nyu-dl-hw1/3d",)),
    curve_network_in_numbers,
)
