"""The ReLU network of one hidden layer that is linear between given points: how many units it needs, and its weights.

Model: f(x) = W_2 ReLU(W_1 x + b_1) + b_2 with one input x, hidden weights W_1 and biases b_1 (H, 1), output weights W_2 (1, H) and output bias
b_2, a scalar. There is no connection that skips the hidden layer.
Loss: none; the network passes through the points.
Convention: points are pairs (x_i, y_i) with x_1 < x_2 < …, and their interpolant is linear between each two neighbours. A kink is a point at
which the slope changes, by its jump.
Reference: R. Arora, A. Basu, P. Mianjy and A. Mukherjee, Understanding deep neural networks with rectified linear units (2018), theorem 2.2.

How many hidden units the interpolant of points needs. A unit w ReLU(a x + c) with a ≠ 0 has one kink, at -c/a, where its slope jumps by w |a|, and
it has slope on one side only: w a to the right of the kink if a > 0, to the left if a < 0. Let the interpolant have the slope s on its first
piece, and m kinks inside the range of the points with jumps d_1 … d_m. Each kink needs a unit of its own.
- Units are left: one that opens to the right at x_1 gives the slope s, and one at each kink its jump. Always possible.
- No unit is left: all kinks are taken, and to the left of them the slope is that of the units that open to the left, which is minus the sum of
  their jumps. So the network exists exactly if some of the jumps sum to -s; these units open to the left, the others to the right.
- More kinks than units: impossible.
With other kinks than those of the interpolant a network may still pass through the points; it is another function between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, TypeAlias

from derivations.catalogue._symbolic import sympy_object, sympy_objects
from derivations.catalogue.relu_networks.pieces import one_hidden_layer, x
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import cases, column_vector, define, literal
from derivations.language.errors import DeclarationError
from derivations.language.functions import relu
from derivations.language.terms import Operand, Term, as_term

__all__ = ["entries", "interpolating_network", "interpolating_weights", "interpolation_by_relu_network"]

Rational: TypeAlias = int | Fraction
Points: TypeAlias = Sequence[tuple[Rational, Rational]]

HALF = Fraction(1, 2)


def _plus(value: Term, factor: Rational, term: Term) -> Term:
    """value + factor · term, as one writes it."""
    if factor == 0:
        return value
    size = factor if factor > 0 else -factor
    product = term if size == 1 else size * term
    if value == as_term(0) and factor > 0:
        return product
    return value + product if factor > 0 else value - product


def _affine(a: Rational, x: Term, c: Rational) -> Term:
    """a x + c, as one writes it; a ≠ 0."""
    product = x if a == 1 else a * x
    if c == 0:
        return product
    if a < 0 < c:
        return _plus(as_term(c), a, x)
    return product + c if c > 0 else product - (-c)


@dataclass(frozen=True, slots=True)
class _Weights:
    """A network f(x) = Σ_k w_k ReLU(a_k x + c_k) + bias in exact numbers.

    Attributes:
        units: a triple (a, c, w) for each.
    """

    units: tuple[tuple[Rational, Rational, Rational], ...]
    bias: Rational

    @property
    def terms(self) -> dict[str, Term]:
        """The weights and biases by name: W_1 and b_1 (H, 1), W_2 (1, H), b_2."""
        inner, shifts, outer = zip(*self.units, strict=True)
        return {"W_1": column_vector(*inner), "b_1": column_vector(*shifts), "W_2": literal(outer), "b_2": as_term(self.bias)}

    def written_out(self, x: Term) -> Term:
        """The sum of the units that are not zero, and the bias."""
        value = as_term(self.bias)
        for a, c, w in self.units:
            value = _plus(value, w, relu(_affine(a, x, c)))
        return value


@dataclass(frozen=True, slots=True)
class _Interpolant:
    """The function that is linear between neighbouring points.

    Attributes:
        points: in ascending order.
        slopes: between each two neighbours.
    """

    points: tuple[tuple[Fraction, Fraction], ...]
    slopes: tuple[Fraction, ...]

    @classmethod
    def of(cls, points: Points) -> _Interpolant:
        """The interpolant of points.

        Raises:
            DeclarationError: there are fewer than two, they do not ascend, or a number is not exact.
        """
        exact = tuple((_exact(x), _exact(y)) for x, y in points)
        if len(exact) < 2:
            raise DeclarationError(f"{_told(exact)}: expected at least two points")
        for (left, _), (right, _) in pairwise(exact):
            if left >= right:
                raise DeclarationError(f"{_told(exact)}: expected ascending x; {left} stands before {right}")
        return cls(exact, tuple((y_2 - y_1) / (x_2 - x_1) for (x_1, y_1), (x_2, y_2) in pairwise(exact)))

    @property
    def kinks(self) -> dict[Fraction, Fraction]:
        """Where the slope changes, with the jumps."""
        jumps = zip(self.points[1:], pairwise(self.slopes), strict=False)
        return {x: after - before for (x, _), (before, after) in jumps if after != before}

    def written_out(self, x: Term) -> Term:
        """The linear pieces by cases, between the first and the last point."""
        *pieces, last = [_plus(as_term(y), slope, _affine(1, x, -start)) for (start, y), slope in zip(self.points, self.slopes, strict=False)]
        return cases(*((x <= end, piece) for (end, _), piece in zip(self.points[1:], pieces, strict=False)), otherwise=last)

    def network(self, units: int) -> _Weights:
        """The weights of the network, see the head of this module.

        Raises:
            DeclarationError: there is no such network with so many units.
        """
        kinks = self.kinks
        if units < 1:
            raise DeclarationError(f"a network of {units} hidden units; expected at least one")
        if len(kinks) > units:
            raise DeclarationError(f"{self._shape()}: each kink needs a unit of its own, and there are {units}")
        (start, value), slope = self.points[0], self.slopes[0]
        if len(kinks) < units:
            rising = [(1, -kink, jump) for kink, jump in kinks.items()]
            unused = [(0, 0, 0)] * (units - len(kinks) - 1)
            return _Weights(((1, -start, slope), *rising, *unused), value)
        turned = next((some for count in range(units + 1) for some in combinations(kinks, count) if sum(kinks[k] for k in some) == -slope), None)
        if turned is None:
            raise DeclarationError(
                f"{self._shape()}: all {units} units stand at kinks, so those that open to the left must give the first slope {slope}, "
                f"but no jumps sum to {-slope}; one more unit would do"
            )
        opened = tuple((-1, kink, jump) if kink in turned else (1, -kink, jump) for kink, jump in kinks.items())
        return _Weights(opened, value - sum(jump * (kink - start) for kink, jump in kinks.items() if kink in turned))

    def _shape(self) -> str:
        jumps = ", ".join(f"{jump} at {kink}" for kink, jump in self.kinks.items())
        return f"no such network is linear between the points {_told(self.points)}: the slope jumps by {jumps}"


def _exact(value: Rational) -> Fraction:
    as_term(value)  # refuses a float
    return Fraction(value)


def _told(points: Points) -> str:
    return ", ".join(f"({x}, {y})" for x, y in points)


SOME_POINTS: Points = ((-1, 1), (-HALF, 2), (0, 1), (1, 1), (2, 3))
"""Three kinks, so that the fourth unit gives the first slope."""
BALANCED_POINTS: Points = ((-2, -1), (-1, 0), (-HALF, 0), (HALF, 2), (1, 1), (2, 1))
"""Four kinks, with jumps of which the first is minus the first slope."""
UNITS = 4


def interpolating_network(points: Points = SOME_POINTS, units: int = UNITS, x: Term = x) -> Any:
    """The network of so many hidden units that is linear between the points, written out: a scalar.

    Raises:
        DeclarationError: the points do not ascend, or there is no such network; the message says why.
    """
    return sympy_object(_Interpolant.of(points).network(units).written_out(x))


def interpolating_weights(points: Points = SOME_POINTS, units: int = UNITS) -> dict[str, Any]:
    """The weights of that network: W_1 and b_1 (units, 1), W_2 (1, units), scalars for one unit, and b_2. Units that are not needed are 0.

    Raises:
        DeclarationError: as for `interpolating_network`.
    """
    return sympy_objects(_Interpolant.of(points).network(units).terms)


def interpolation_by_relu_network(points: Points = SOME_POINTS, units: int = UNITS) -> Derivation:
    """The network through points (x_i, y_i), integers or fractions with ascending x, its value at each and its pieces between them.

    Raises:
        DeclarationError: as for `interpolating_network`.
    """
    interpolant = _Interpolant.of(points)
    weights = interpolant.network(units)
    named = {name: define(name, term) for name, term in weights.terms.items()}
    (first, _), (last, _) = interpolant.points[0], interpolant.points[-1]

    def f(at: Operand) -> Term:
        return one_hidden_layer(named["W_1"], named["b_1"], named["W_2"], at) + named["b_2"]

    turned = any(a < 0 for a, _, _ in weights.units)
    return Derivation(
        f"A network of {units} hidden units through {len(interpolant.points)} points, {len(interpolant.kinks)} of them kinks",
        questions=("nyu-dl-hw1/3a",),
        notes="All units stand at kinks, and the jumps of those that open to the left sum to minus the first slope." if turned else
        "The first unit gives the slope of the first piece; each of the others stands at a kink and gives its jump.",
        steps=(
            Step.of("the units written out", f(x), "=", weights.written_out(x), reason="row times column"),
            *(Step.of(f"at the point {k}", f(at), "=", value, reason="units whose kink lies beyond are 0")
              for k, (at, value) in enumerate(interpolant.points, 1)),
            Step.of("between the points", f(x), "=", interpolant.written_out(x), given=(x >= first, x <= last),
                    reason="at each kink one unit changes the slope by its jump"),
        ),
    )  # fmt: skip


def _through_balanced_points() -> Derivation:
    return interpolation_by_relu_network(BALANCED_POINTS)


entries = (interpolation_by_relu_network, _through_balanced_points)
