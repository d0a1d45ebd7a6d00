"""How many parameters a multilayer perceptron has.

Model: h_l = f(W_l h_(l−1) + b_l) with W_l (n_l, n_(l−1)) and b_l (n_l, 1), for widths n_0, n_1, … of the input and of each layer.
Loss: none; the number of parameters does not depend on it.
Convention: every entry of a weight matrix and of a bias is one parameter; activation functions have none.
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from derivations.catalogue._multiplications import entries_of
from derivations.catalogue._symbolic import sympy_object
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import dimensions, matrix, vector
from derivations.language.errors import DeclarationError
from derivations.language.terms import Term, as_term

__all__ = ["DIGITS", "entries", "parameter_count", "parameters_in_numbers"]

DIGITS = (784, 256, 128, 64, 10)
"""Widths of a classifier of 28 × 28 pixels into 10 classes."""

n, m = dimensions("n m")


def _of_a_layer(inputs: Term, units: Term) -> Term:
    return (inputs + 1) * units


def _checked(widths: Sequence[int]) -> Sequence[int]:
    if len(widths) < 2 or not all(isinstance(width, int) and width >= 1 for width in widths):
        raise DeclarationError(f"widths {tuple(widths)}; expected the number of inputs and of units in each layer, integers ≥ 1")
    return widths


def parameter_count(widths: Sequence[int] = DIGITS) -> Any:
    """Σ (n_(l−1) + 1) n_l over the layers: an integer.

    Raises:
        DeclarationError: there is no layer, or a width is no positive integer.
    """
    of_layers = (_of_a_layer(as_term(inputs), as_term(units)) for inputs, units in pairwise(_checked(widths)))
    return sympy_object(sum(of_layers, as_term(0)))


def parameters_in_numbers(widths: Sequence[int] = DIGITS) -> Derivation:
    """The derivation of the number of parameters for given widths.

    Raises:
        DeclarationError: there is no layer, or a width is no positive integer.
    """
    layers = list(enumerate(pairwise(_checked(widths)), 1))
    kept = [(matrix(f"W_{place}", units, inputs), vector(f"b_{place}", units)) for place, (inputs, units) in layers]
    steps = tuple(
        Step.of(f"layer {place}", entries_of(*names), "=", (inputs + 1) * units, reason="a weight for each input of each unit, and its bias")
        for (place, (inputs, units)), names in zip(layers, kept, strict=True)
    )
    total = sum((inputs + 1) * units for _, (inputs, units) in layers)
    whole = Step.of("the network", entries_of(*(name for names in kept for name in names)), "=", total, reason="the sum over its layers")
    shown = "-".join(map(str, widths))
    return Derivation(f"Parameters of a network with the widths {shown}", (*steps, whole), questions=("nyu-dl-hw1/4",))


_layer_steps = (
    Step.of("a layer", entries_of(matrix("W", m, n), vector("b", m)), "=", _of_a_layer(n, m), reason="m rows of n weights and one bias each"),
)

entries = (Derivation("Parameters of an affine layer", _layer_steps, questions=("nyu-dl-hw1/4",)), parameters_in_numbers)
