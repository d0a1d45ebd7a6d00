"""Sorting networks: a comparator as a two-layer ReLU network, and networks of comparators that sort their input.

Model: numbers x (n, 1) on n lines, numbered from 1. A comparator (i, j) puts the smaller of the numbers on lines i and j on line i, the larger
one on line j. h_k is what is on the lines after the k-th layer: comparators stand in one layer if no line enters two of them.
Models as networks: W_2 ReLU(W_1 h), without biases, for each layer. A line that enters no comparator is carried as ReLU(h) - ReLU(-h).
Convention: sorted means that the numbers do not decrease from the first line to the last.
Reference: D. E. Knuth, The Art of Computer Programming, volume 3 (1998), section 5.3.4; its theorem Z is the 0-1 principle: a network of comparators
that sorts every input of zeros and ones sorts every input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, TypeAlias

from derivations.catalogue._symbolic import sympy_object, sympy_objects
from derivations.language.assumptions import equal
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import (
    column_vector,
    define,
    entry,
    index,
    indicator,
    literal,
    maximum,
    minimum,
    scalar,
    scalars,
    sum_over,
    vector,
)
from derivations.language.errors import DeclarationError
from derivations.language.functions import abs_, relu
from derivations.language.shapes import sides
from derivations.language.terms import Operand, Term

__all__ = [
    "comparator_layers",
    "comparator_layers_as_relu_networks",
    "comparator_network",
    "comparator_weights",
    "entries",
    "larger_and_smaller",
    "sorting_by_comparators",
    "sorts",
]

Comparators: TypeAlias = Sequence[tuple[int, int]]
Rows: TypeAlias = list[list[Operand]]

FOUR: Comparators = ((1, 2), (3, 4), (1, 3), (2, 4), (2, 3))
"""Sorts four numbers, with the fewest comparators."""
EIGHT: Comparators = (
    (1, 2), (3, 4), (5, 6), (7, 8), (1, 3), (2, 4), (5, 7), (6, 8), (2, 3), (6, 7),
    (1, 5), (2, 6), (3, 7), (4, 8), (3, 5), (4, 6), (2, 3), (4, 5), (6, 7),
)  # fmt: skip
"""Sorts eight numbers, with the fewest comparators: four and four are sorted, then merged (Batcher's odd-even merge)."""
HALF = Fraction(1, 2)

a, b, u = scalars("a b u")
theta = scalar("theta")

# ------------------------------------------------------------------------------------------------------------ networks


def _checked(comparators: Comparators, size: int) -> Comparators:
    for lines in comparators:
        if len(set(lines)) != 2 or not all(1 <= line <= size for line in lines):
            raise DeclarationError(f"the comparator {lines}; expected two different lines from 1 to {size}")
    return comparators


def _layers(comparators: Comparators) -> list[list[tuple[int, int]]]:
    """Each comparator in the first layer in which both of its lines are free, after those before it on the same lines."""
    depth: dict[int, int] = {}
    layers: list[list[tuple[int, int]]] = []
    for i, j in comparators:
        depth[i] = depth[j] = at = 1 + max(depth.get(i, 0), depth.get(j, 0))
        layers += [[]] * (at - len(layers))
        layers[at - 1] = [*layers[at - 1], (i, j)]
    return layers


def _after(layer: Iterable[tuple[int, int]], lines: Sequence[Term]) -> list[Term]:
    """What is on the lines after a layer."""
    moved = list(lines)
    for i, j in layer:
        moved[i - 1], moved[j - 1] = minimum(lines[i - 1], lines[j - 1]), maximum(lines[i - 1], lines[j - 1])
    return moved


def _on_lines(h: Term) -> list[Term]:
    rows, _ = sides(h.shape)
    return [entry(h, line) for line in range(1, rows + 1)] if isinstance(rows, int) else []


def _states(comparators: Comparators, x: Term) -> list[Term]:
    """What is on the lines before the first layer, and after each: x, h_1, h_2, …, each (n, 1)."""
    states = [x]
    for number, layer in enumerate(_layers(comparators), 1):
        states.append(define(f"h_{number}", column_vector(*_after(layer, _on_lines(states[-1])))))
    return states


def _weights(layer: Iterable[tuple[int, int]], size: int) -> tuple[Rows, Rows]:
    """W_1 and W_2 of a layer, by rows."""
    first: Rows = []
    second: list[list[tuple[int, Fraction]]] = [[] for _ in range(size)]

    def unit(sign: int, coefficients: dict[int, int], outputs: dict[int, Fraction]) -> None:
        for line, weight in outputs.items():
            second[line - 1].append((len(first), weight))
        first.append([Fraction(sign * coefficients.get(line, 0)) for line in range(1, size + 1)])

    busy = {line for lines in layer for line in lines}
    for i, j in layer:
        for sign in (1, -1):  # half the sum, as ReLU(u) - ReLU(-u)
            unit(sign, {i: 1, j: 1}, {i: sign * HALF, j: sign * HALF})
        for sign in (1, -1):  # half the distance, as ReLU(u) + ReLU(-u)
            unit(sign, {i: 1, j: -1}, {i: -HALF, j: HALF})
    for line in sorted(set(range(1, size + 1)) - busy):
        for sign in (1, -1):
            unit(sign, {line: 1}, {line: Fraction(sign)})
    return first, [[dict(row).get(k, Fraction(0)) for k in range(len(first))] for row in second]


def comparator_weights() -> dict[str, Any]:
    """W_1 (4, 2) and W_2 (2, 4) with which W_2 ReLU(W_1 x) is the smaller, then the larger of two numbers."""
    return sympy_objects(dict(zip(("W_1", "W_2"), (literal(*rows) for rows in _weights([(1, 2)], 2)), strict=True)))


def larger_and_smaller(a: Term = a, b: Term = b) -> dict[str, Any]:
    """Both numbers by half their sum and half their distance: scalars."""
    return sympy_objects({"larger": _larger(a, b), "smaller": _smaller(a, b)})


def comparator_network(comparators: Comparators = FOUR, size: int = 4) -> Any:
    """What the comparators make of x (size, 1), in nested minima and maxima: shape (size, 1).

    Every layer doubles the nested form; of many lines take `comparator_layers`.

    Raises:
        DeclarationError: a comparator does not join two of the lines.
    """
    return sympy_object(_states(_checked(comparators, size), vector("x", size))[-1])


def comparator_layers(comparators: Comparators = FOUR, size: int = 4) -> dict[str, Any]:
    """What each layer makes of what is before it, h_1 of x, h_2 of h_1, and so on: each of shape (size, 1).

    Raises:
        DeclarationError: a comparator does not join two of the lines.
    """
    layers = _layers(_checked(comparators, size))
    before = [vector("x", size), *(vector(f"h_{number}", size) for number in range(1, len(layers)))]
    made = (column_vector(*_after(layer, _on_lines(h))) for layer, h in zip(layers, before, strict=True))
    return sympy_objects({f"h_{number}": after for number, after in enumerate(made, 1)})


def sorts(comparators: Comparators = FOUR, size: int = 4) -> bool:
    """Whether the comparators sort every input, tried on all 2^size inputs of zeros and ones, which is enough by the 0-1 principle.

    Raises:
        DeclarationError: a comparator does not join two of the lines.
    """
    ones = [0] * size  # on each line a bit for every input
    for number, bits in enumerate(product((0, 1), repeat=size)):
        for line, bit in enumerate(bits):
            ones[line] |= bit << number
    for i, j in _checked(comparators, size):
        ones[i - 1], ones[j - 1] = ones[i - 1] & ones[j - 1], ones[i - 1] | ones[j - 1]
    return all(not low & ~high for low, high in pairwise(ones))


# ---------------------------------------------------------------------------------------------------------- one comparator


def _larger(a: Term, b: Term) -> Term:
    return (a + b) / 2 + abs_(a - b) / 2


def _smaller(a: Term, b: Term) -> Term:
    return (a + b) / 2 - abs_(a - b) / 2


x = vector("x", 2)
x_1, x_2 = _on_lines(x)
W_1, W_2 = (define(name, literal(*rows)) for name, rows in zip(("W_1", "W_2"), _weights([(1, 2)], 2), strict=True))

_comparator_steps = (
    Step.of("the larger number", maximum(a, b), "=", _larger(a, b), reason="half the sum and half the distance"),
    Step.of("the smaller number", minimum(a, b), "=", _smaller(a, b), reason="likewise, on the other side"),
    Step.of("an absolute value by two units", abs_(u), "=", relu(u) + relu(-u), reason="one of them is 0, the other is the absolute value"),
    Step.of("a number by two units", u, "=", relu(u) - relu(-u), reason="one of them is 0, the other is the number, up to its sign"),
    Step.of("hidden units", W_1 @ x, "=", column_vector(x_1 + x_2, -x_1 - x_2, x_1 - x_2, x_2 - x_1), reason="sum and difference, with both signs"),
    Step.of("a comparator as a network", W_2 @ relu(W_1 @ x), "=", column_vector(minimum(x_1, x_2), maximum(x_1, x_2)),
            reason="the two formulas, with both representations put in"),
    Step.of("it keeps its inputs or exchanges them", equal(minimum(a, b), a) & equal(maximum(a, b), b), "or",
            equal(minimum(a, b), b) & equal(maximum(a, b), a), reason="two numbers are in order or not"),
)  # fmt: skip

# -------------------------------------------------------------------------------------------------------- any comparators


def sorting_by_comparators(comparators: Comparators = FOUR, size: int = 4) -> Derivation:
    """That a list of comparators sorts: no output is larger than the next one, and the outputs are the inputs in some order.

    The claims are stated for any list; where it does not sort, `verify` refutes one of them. What `sorts` answers is no proof of them.

    Raises:
        DeclarationError: a comparator does not join two of the lines, or there is none.
    """
    if not _checked(comparators, size):
        raise DeclarationError("expected at least one comparator")
    x = vector("x", size)
    states = _states(comparators, x)
    line, outputs = index("i", size), _on_lines(states[-1])

    def up_to(h: Term) -> Term:
        """How many numbers are at most θ."""
        return sum_over(line, indicator(entry(h, line) <= theta))

    return Derivation(
        f"Sorting {size} numbers with {len(comparators)} comparators",
        questions=("csc413-a1/3.2",),
        notes="A list of numbers is known up to order by how many of them are at most θ, for every θ: so equal counts mean that the "
        "outputs are a permutation of the inputs.",
        steps=(
            Step.of("the outputs are the inputs in some order", up_to(states[-1]), "=", up_to(x),
                    reason="every comparator keeps or exchanges two numbers, so it leaves all counts as they are"),
            *(
                Step.of(f"outputs {k} and {k + 1} are in order", low, "<=", high, reason="by cases: which input is smaller at each comparator")
                for k, (low, high) in enumerate(pairwise(outputs), 1)
            ),
        ),
    )  # fmt: skip


def comparator_layers_as_relu_networks(comparators: Comparators = FOUR, size: int = 4) -> Derivation:
    """Every layer of comparators as a two-layer network W_2 ReLU(W_1 h): together a ReLU network with one hidden layer for each.

    Raises:
        DeclarationError: a comparator does not join two of the lines, or there is none.
    """
    if not _checked(comparators, size):
        raise DeclarationError("expected at least one comparator")
    layers = _layers(comparators)
    states = _states(comparators, vector("x", size))

    def step(number: int) -> Step:
        before, after = states[number - 1], states[number]
        inner, outer = (
            define(f"{name}_{number}", literal(*rows)) for name, rows in zip(("W", "V"), _weights(layers[number - 1], size), strict=True)
        )
        joined = ", ".join(f"({i}, {j})" for i, j in layers[number - 1])
        return Step.of(f"layer {number}: comparators {joined}", outer @ relu(inner @ before), "=", after,
                       reason="four units for each comparator, two for each line that none joins")  # fmt: skip

    return Derivation(
        f"A ReLU network of {len(comparators)} comparators on {size} lines",
        questions=("csc413-a1/3.2",),
        notes="The output weights of a layer and the hidden weights of the next one make one matrix, their product.",
        steps=tuple(step(number) for number in range(1, len(layers) + 1)),
    )


def _sorting_of_eight() -> Derivation:
    return sorting_by_comparators(EIGHT, 8)


entries = (
    Derivation("A comparator as a ReLU network", _comparator_steps, questions=("csc413-a1/3.1",)),
    comparator_layers_as_relu_networks,
    sorting_by_comparators,
    _sorting_of_eight,
)
