"""ReLU networks and sorting networks: their functions against plain arithmetic and brute force, and any list of comparators as claims."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.catalogue import relu_networks, sorting_networks
from derivations.catalogue.relu_networks import interpolating_network, interpolating_weights, interpolation_by_relu_network
from derivations.catalogue.sorting_networks import EIGHT, FOUR, comparator_layers, comparator_network, sorting_by_comparators, sorts
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.language.claims import Derivation, claim
from derivations.language.constructors import column_vector, entry, index, indicator, minimum, scalar, sum_over, vector
from derivations.language.errors import DeclarationError
from derivations.language.terms import as_term
from derivations.language.verdicts import Status, Verdict
from derivations.proof.explanation import explain
from derivations.proof.verification import judge

Points = list[tuple[Fraction, Fraction]]
Comparators = tuple[tuple[int, int], ...]

numbers = st.fractions(-4, 4, max_denominator=6)


def relu(z: Fraction) -> Fraction:
    return max(z, Fraction(0))


# ------------------------------------------------------------------------------------------------------------ hat, threshold


@given(numbers)
def test_the_hat_and_its_networks_are_the_distance_from_the_outside(x: Fraction) -> None:
    expected = max(Fraction(0), 1 - abs(2 * x - 1))
    for function in (relu_networks.hat, relu_networks.hat_network, relu_networks.small_hat_network):
        assert Fraction(str(function(as_term(x)))) == expected, function


@given(numbers, numbers.map(abs))
def test_the_soft_threshold_moves_towards_zero(x: Fraction, s: Fraction) -> None:
    expected = x - min(max(x, -s), s)
    for function in (relu_networks.soft_threshold, relu_networks.soft_threshold_network):
        assert Fraction(str(function(as_term(x), as_term(s)))) == expected, function


def test_the_soft_threshold_needs_a_threshold_that_is_not_negative() -> None:
    (derivation,) = (each for each in relu_networks.entries if isinstance(each, Derivation) and each.name.startswith("the-soft-threshold"))
    (step,) = (step for step in derivation.steps if step.title == "the network is the soft threshold")
    verdict = judge(replace(step.claim, given=()))
    assert verdict.status is Status.REFUTED
    assert verdict.missing_assumptions == ("s >= 0",)


# ------------------------------------------------------------------------------------------------------------- interpolation


@st.composite
def points(draw: st.DrawFn, least: int = 2, most: int = 7) -> Points:
    """Points with small integer slopes, so that kinks are often missing and sums of jumps often balanced."""
    count = draw(st.integers(least, most))
    gaps = draw(st.lists(st.sampled_from(_GAPS), min_size=count - 1, max_size=count - 1))
    slopes = draw(st.lists(st.integers(-2, 2), min_size=count - 1, max_size=count - 1))
    found = [(draw(numbers), draw(numbers))]
    for gap, slope in zip(gaps, slopes, strict=True):
        found.append((found[-1][0] + gap, found[-1][1] + gap * slope))
    return found


_GAPS = (Fraction(1), Fraction(1, 2), Fraction(2, 3), Fraction(3))


def value_at(data: Points, x: Fraction) -> Fraction:
    """The linear interpolant."""
    (x_1, y_1), (x_2, y_2) = next(pair for pair in pairwise(data) if pair[0][0] <= x <= pair[1][0])
    return y_1 + (y_2 - y_1) * (x - x_1) / (x_2 - x_1)


def kinks_of(data: Points) -> list[Fraction]:
    slopes = [(y_2 - y_1) / (x_2 - x_1) for (x_1, y_1), (x_2, y_2) in pairwise(data)]
    return [x for (x, _), (before, after) in zip(data[1:], pairwise(slopes), strict=False) if before != after]


def exists(data: Points, units: int) -> bool:
    """Whether units of either direction at all kinks and, if one is left, at the first point make the interpolant: linear equations for the
    output weights and the bias, for every choice of directions. Units with their kinks elsewhere inside cannot help, nor two at one kink if
    another has none; outside, all are the same linear function up to a factor and the bias."""
    import sympy

    kinks = kinks_of(data)
    if len(kinks) > units:
        return False
    standing = [*kinks, *([data[0][0]] if len(kinks) < units else [])]
    checked = sorted({data[0][0], data[-1][0], *kinks})
    values = sympy.Matrix([sympy.Rational(str(value_at(data, x))) for x in checked])
    for directions in product((1, -1), repeat=len(standing)):
        rows = [[1, *(sympy.Rational(str(relu(a * (x - kink)))) for a, kink in zip(directions, standing, strict=True))] for x in checked]
        matrix = sympy.Matrix(rows)
        if matrix.rank() == matrix.row_join(values).rank():
            return True
    return False


def entries_of(matrix: Any) -> list[Fraction]:
    """Of a row or a column; of one unit it is a number."""
    import sympy

    return [Fraction(str(entry)) for entry in sympy.Matrix([matrix])]


def output(weights: dict[str, Any], x: Fraction) -> Fraction:
    inner, shifts, outer = (entries_of(weights[name]) for name in ("W_1", "b_1", "W_2"))
    assert len(inner) == len(shifts) == len(outer)
    total = sum((w * relu(a * x + c) for a, c, w in zip(inner, shifts, outer, strict=True)), Fraction(0))
    return total + Fraction(str(weights["b_2"]))


@given(points(), st.integers(1, 5))
@settings(max_examples=60)
def test_a_network_is_the_interpolant_or_none_is(data: Points, units: int) -> None:
    try:
        weights = interpolating_weights(data, units)
    except DeclarationError:
        assert not exists(data, units)
        return
    assert exists(data, units)
    assert len(entries_of(weights["W_1"])) == units
    for x in (*(x for x, _ in data), *((a + b) / 2 for (a, _), (b, _) in pairwise(data))):
        assert output(weights, x) == value_at(data, x)


@given(points(most=5), st.fractions(0, 1, max_denominator=12))
@settings(max_examples=15)
def test_the_network_written_out_is_the_interpolant(data: Points, part: Fraction) -> None:
    x = data[0][0] + part * (data[-1][0] - data[0][0])
    assert Fraction(str(interpolating_network(data, 4, as_term(x)))) == value_at(data, x)


@given(points(most=5))
@settings(max_examples=8)
def test_the_interpolation_of_any_points_is_proved(data: Points) -> None:
    assert_proved(interpolation_by_relu_network(data))


def test_three_kinks_are_always_possible_and_four_only_if_jumps_balance_the_first_slope() -> None:
    three = [(0, 0), (1, 1), (2, 0), (3, 4), (4, 1)]
    four = [*three, (5, 2)]
    assert interpolating_weights(three)["W_2"].shape == (1, 4)
    with pytest.raises(DeclarationError, match=r"must give the first slope 1, but no jumps sum to -1; one more unit would do"):
        interpolating_weights(four)
    assert interpolating_weights(four, 5)["W_2"].shape == (1, 5)
    with pytest.raises(DeclarationError, match=r"each kink needs a unit of its own, and there are 4"):
        interpolating_weights([*four, (6, 2)])


def test_with_other_kinks_a_network_may_still_pass_through_the_points() -> None:
    """What is refused is the interpolant: here two units, at 2/3 and 2, pass through all four points."""
    data = [(0, 0), (1, 1), (2, 0), (3, -3)]
    with pytest.raises(DeclarationError, match="linear between the points"):
        interpolating_weights(data, 2)
    assert all(4 - 3 * relu(x - Fraction(2, 3)) - 2 * relu(Fraction(2 - x)) == y for x, y in data)


@pytest.mark.parametrize(
    ("data", "units", "message"),
    [
        ([(0, 1)], 4, "at least two points"),
        ([(0, 1), (0, 2)], 4, "ascending x; 0 stands before 0"),
        ([(1, 1), (0, 2)], 4, "ascending x; 1 stands before 0"),
        ([(0, 1), (0.5, 2)], 4, "is a float"),
        ([(0, 1), (1, 2)], 0, "expected at least one"),
    ],
)
def test_points_that_do_not_fit_are_refused(data: Points, units: int, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        interpolation_by_relu_network(data, units)


# ------------------------------------------------------------------------------------------------------- sorting networks


def run(comparators: Comparators, x: list[Fraction] | list[int]) -> list[Fraction | int]:
    lines: list[Fraction | int] = list(x)
    for i, j in comparators:
        lines[i - 1], lines[j - 1] = min(lines[i - 1], lines[j - 1]), max(lines[i - 1], lines[j - 1])
    return lines


@st.composite
def networks(draw: st.DrawFn) -> tuple[Comparators, int]:
    size = draw(st.integers(2, 5))
    pairs = st.sampled_from([*combinations(range(1, size + 1), 2), (2, 1)])
    return tuple(draw(st.lists(pairs, min_size=1, max_size=9))), size


@given(networks())
def test_what_sorts_zeros_and_ones_sorts_all_orders(drawn: tuple[Comparators, int]) -> None:
    comparators, size = drawn
    assert sorts(comparators, size) == all(run(comparators, list(order)) == sorted(order) for order in permutations(range(size)))


@pytest.mark.parametrize(("comparators", "size"), [(FOUR, 4), (EIGHT, 8)])
def test_no_comparator_is_superfluous(comparators: Comparators, size: int) -> None:
    assert sorts(comparators, size)
    assert not any(sorts(comparators[:k] + comparators[k + 1 :], size) for k in range(len(comparators)))


@given(st.lists(numbers, min_size=4, max_size=4))
@settings(max_examples=5)
def test_the_nested_form_and_the_layers_are_what_the_comparators_do(x: list[Fraction]) -> None:
    import sympy

    at = sympy.Matrix([sympy.Rational(str(value)) for value in x])
    lines = at
    for number, (name, layer) in enumerate(comparator_layers().items()):
        before = sympy.MatrixSymbol(f"h_{number}" if number else "x", 4, 1)
        lines = sympy.Matrix(layer).subs(dict(zip(before.as_explicit(), lines, strict=True)))
        assert name == f"h_{number + 1}"
    nested = sympy.Matrix(comparator_network()).subs(dict(zip(sympy.MatrixSymbol("x", 4, 1).as_explicit(), at, strict=True)))
    assert [Fraction(str(value)) for value in lines] == [Fraction(str(value)) for value in nested] == sorted(x)


def batcher(size: int) -> Comparators:
    """Odd-even merge sort for a power of two (Knuth, algorithm 5.2.2M)."""
    found: list[tuple[int, int]] = []
    p = 1
    while p < size:
        k = p
        while k >= 1:
            starts = (j + i for j in range(k % p, size - k, 2 * k) for i in range(min(k, size - j - k)))
            found += [(start + 1, start + k + 1) for start in starts if start // (2 * p) == (start + k) // (2 * p)]
            k //= 2
        p *= 2
    return tuple(found)


def assert_proved(derivation: Derivation) -> None:
    for step, stated in zip(derivation.steps, derivation.claims, strict=True):
        verdict = judge(stated)
        assert (verdict.status, verdict.alarm) == (Status.PROVED, ""), (step.title, verdict.reason)


def test_sixteen_numbers_are_sorted() -> None:
    comparators = batcher(16)
    assert len(comparators) == 63
    assert sorts(comparators, 16)
    assert_proved(sorting_by_comparators(comparators, 16))


@given(networks())
@settings(max_examples=15)
def test_every_network_permutes_and_the_claims_hold_where_it_sorts(drawn: tuple[Comparators, int]) -> None:
    comparators, size = drawn
    permutes, *ordered = (judge(stated) for stated in sorting_by_comparators(comparators, size).claims)
    assert permutes.status is Status.PROVED
    assert all(verdict.status is Status.PROVED for verdict in ordered) == sorts(comparators, size)
    assert all(is_told_by_zeros_and_ones(verdict) for verdict in ordered if verdict.status is not Status.PROVED)


def is_told_by_zeros_and_ones(verdict: Verdict) -> bool:
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample is not None
    rows = dict(verdict.counterexample.witness.values)["x"]
    return {entry for row in rows for entry in row} <= {0, 1}


@pytest.mark.parametrize("place", range(len(EIGHT)))
@pytest.mark.parametrize("turned", [False, True])
def test_eight_numbers_are_not_sorted_without_a_comparator_nor_with_one_turned(place: int, turned: bool) -> None:
    changed = (EIGHT[place][::-1],) if turned else ()
    wrong = (*EIGHT[:place], *changed, *EIGHT[place + 1 :])
    verdicts = [judge(stated) for stated in sorting_by_comparators(wrong, 8).claims[1:]]
    refuted = [verdict for verdict in verdicts if verdict.status is not Status.PROVED]
    assert refuted
    assert all(map(is_told_by_zeros_and_ones, refuted))


def test_counts_tell_a_copy_from_a_permutation() -> None:
    """Two minima in place of minimum and maximum keep no counts."""
    x, theta, i = vector("x", 2), scalar("theta"), index("i", 2)
    smaller = minimum(entry(x, 1), entry(x, 2))
    copies = column_vector(smaller, smaller)
    verdict = judge(claim(sum_over(i, indicator(entry(copies, i) <= theta)), "=", sum_over(i, indicator(entry(x, i) <= theta))))
    assert verdict.status is Status.REFUTED


def test_an_explanation_names_what_was_told_of_extremes() -> None:
    counts, first, *_ = sorting_by_comparators().claims
    assert explain(counts).of_kind("fact") == ("the smaller and the larger of two numbers are these two in some order",)
    assert explain(first).of_kind("fact") == ()


@pytest.mark.parametrize("comparators", [((1, 1),), ((0, 2),), ((1, 5),)])
def test_a_comparator_joins_two_lines(comparators: Comparators) -> None:
    for made in (sorts, comparator_network, comparator_layers, sorting_by_comparators, sorting_networks.comparator_layers_as_relu_networks):
        with pytest.raises(DeclarationError, match=r"expected two different lines from 1 to 4"):
            made(comparators, 4)


def test_no_comparators_are_no_network() -> None:
    for made in (sorting_by_comparators, sorting_networks.comparator_layers_as_relu_networks):
        with pytest.raises(DeclarationError, match="at least one comparator"):
            made(())


def test_torch_sorts_too() -> None:
    for stated in sorting_by_comparators(batcher(16), 16).claims[:2]:
        assert gather(stated, (), NumericSettings()).agrees
