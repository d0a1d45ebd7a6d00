"""The cited lemmas on numbers, by exact iteration and by numpy, which share nothing with the proofs."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.proof.lemmas import LEMMAS

ratios = st.fractions(min_value=-2, max_value=2, max_denominator=6)
seeds = st.integers(0, 2**32 - 1)


def iterated(a: Fraction, b: Fraction, s: Fraction, steps: int) -> Fraction:
    """x_k of x₀ = s, x_{j+1} = a x_j + b."""
    for _ in range(steps):
        s = a * s + b
    return s


def seems_to_tend_to(a: Fraction, b: Fraction, s: Fraction, r: Fraction) -> bool:
    """|a| ≠ 1 − tiny here, so that 160 steps bring a convergent sequence within 1e-9 of its limit, and 161 too."""
    return all(abs(iterated(a, b, s, steps) - r) < Fraction(1, 10**9) for steps in (160, 161))


@given(ratios, ratios, ratios, ratios, st.booleans())
def test_an_affine_sequence_tends_to_its_fixed_point_exactly_if_it_contracts_or_starts_there(
    a: Fraction, b: Fraction, s: Fraction, r: Fraction, fixed: bool
) -> None:
    if fixed and a != 1:
        r = b / (1 - a)
    assert seems_to_tend_to(a, b, s, r) == (a * r + b == r and (abs(a) < 1 or s == r))


@pytest.mark.parametrize("a", [Fraction(1), Fraction(-1)])
def test_on_the_border_only_the_fixed_point_stays(a: Fraction) -> None:
    assert seems_to_tend_to(a, Fraction(0), Fraction(0), Fraction(0))
    assert not seems_to_tend_to(a, Fraction(0), Fraction(1), Fraction(0))
    assert not seems_to_tend_to(a, Fraction(1), Fraction(3), Fraction(3))


@given(st.fractions(min_value=Fraction(-5, 6), max_value=Fraction(5, 6), max_denominator=6))
def test_geometric_sequences(a: Fraction) -> None:
    assert abs(float(a) ** 400) < 1e-12
    assert sum(float(a) ** i for i in range(400)) == pytest.approx(1 / (1 - float(a)), rel=1e-12)


@given(st.lists(st.sampled_from(range(3)), min_size=1, max_size=6), seeds)
def test_isserlis_theorem(factors: list[int], seed: int) -> None:
    """Against Gauss–Hermite quadrature, exact for polynomials of this degree up to rounding, of x = A z with a standard z."""
    root = np.random.default_rng(seed).uniform(-1, 1, (3, 3))
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    grid = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij")).reshape(3, -1)
    chances = np.prod(np.stack(np.meshgrid(weights, weights, weights, indexing="ij")).reshape(3, -1), axis=0) / (2 * math.pi) ** 1.5
    moment = float((np.prod((root @ grid)[factors], axis=0) * chances).sum())

    def paired(left: list[int]) -> float:
        if not left:
            return 1.0
        first, *others = left
        return sum(float((root @ root.T)[first, other]) * paired(others[:k] + others[k + 1 :]) for k, other in enumerate(others))

    assert moment == pytest.approx(paired(factors), abs=1e-9)


@given(*[st.floats(-3, 3)] * 2, st.floats(0.5, 3))
def test_rules_for_limits(x: float, y: float, slope: float) -> None:
    """The sequences x + 1/k and y − 1/k, and slope · k, at a k that leaves little."""
    k = 1e9
    a, b, up = x + 1 / k, y - 1 / k, slope * k
    assert math.isclose(a + b, x + y, abs_tol=1e-8)
    assert math.isclose(a * b, x * y, abs_tol=1e-7)
    assert abs(y) < 0.01 or math.isclose(a / b, x / y, abs_tol=1e-3)
    assert all(math.isclose(f(a), f(x), abs_tol=1e-6) for f in (math.exp, math.tanh, math.atan))
    assert math.exp(-up) == 0
    assert math.log(up) > 19
    assert abs(x / up) < 1e-8


@given(*[st.floats(1e-3, 1e3)] * 2, st.floats(-3, 3))
def test_the_logarithm(u: float, v: float, a: float) -> None:
    assert (u < v) == (math.log(u) < math.log(v)) or math.isclose(u, v, rel_tol=1e-12)
    assert math.log(1) == 0
    assert math.isclose(math.log(u * v), math.log(u) + math.log(v), abs_tol=1e-12)
    assert math.isclose(math.log(u**a), a * math.log(u), rel_tol=1e-12, abs_tol=1e-12)
    assert math.isclose(math.log(math.exp(a)), a, rel_tol=1e-12, abs_tol=1e-12)


quarters = st.integers(-12, 12).map(lambda number: Fraction(number, 4))


@given(quarters, quarters)
def test_jurys_criterion(T: Fraction, D: Fraction) -> None:
    roots = np.roots([1, -float(T), float(D)])
    if abs(T) == 1 + D or (D == 1 and abs(T) < 2):  # a root lies on the circle
        assert np.isclose(np.abs(roots), 1, atol=1e-6).any()
        return
    assert bool((np.abs(roots) < 1).all()) == (abs(T) < 1 + D and D < 1)


@given(quarters, quarters, quarters, quarters)
def test_powers_vanish_and_sequences_converge_exactly_inside_the_disc(p: Fraction, q: Fraction, r: Fraction, s: Fraction) -> None:
    M = np.array([[p, q], [r, s]], dtype=object)
    T, D = p + s, p * s - q * r
    inside = abs(T) < 1 + D and D < 1
    power = np.linalg.matrix_power(M.astype(float), 200)
    radius = max(np.abs(np.linalg.eigvals(M.astype(float))))
    if inside and radius < 0.9:
        assert np.abs(power).max() < 1e-3
        state, constant = np.array([1.0, -2.0]), np.array([0.5, 0.25])
        for _ in range(400):
            state = M.astype(float) @ state + constant
        np.testing.assert_allclose(state, np.linalg.solve(np.eye(2) - M.astype(float), constant), atol=1e-6)
    if not inside:
        assert np.abs(power).max() > 1e-3


@given(quarters, quarters, quarters, quarters)
def test_the_quadratic_formula(p: Fraction, q: Fraction, r: Fraction, s: Fraction) -> None:
    T, D = float(p + s), float(p * s - q * r)
    found = np.sort_complex(np.linalg.eigvals(np.array([[p, q], [r, s]], dtype=float)))
    discriminant = T * T - 4 * D  # exact, since these are binary fractions
    root = np.sqrt(complex(discriminant))
    np.testing.assert_allclose(np.sort_complex(np.array([(T - root) / 2, (T + root) / 2])), found, atol=1e-6)
    if discriminant < 0:
        np.testing.assert_allclose(np.abs(found), math.sqrt(D), atol=1e-6)
        assert (found.imag != 0).all()
    elif discriminant > 0:
        assert (found.imag == 0).all()


def diagonal_in(left: np.ndarray, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The entries of the matrix (m, n) in orthonormal bases left (m, m), right (n, n), asserted to be diagonal: (min(m, n),)."""
    inside = left.T @ matrix @ right
    diagonal = np.diagonal(inside)
    expected = np.zeros_like(inside)
    np.fill_diagonal(expected, diagonal)
    np.testing.assert_allclose(inside, expected, atol=1e-9)
    return diagonal


@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(0, 6), st.booleans())
def test_what_is_composed_of_one_matrix_acts_on_each_singular_coordinate(seed: int, n: int, d: int, k: int, deficient: bool) -> None:
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d))
    if deficient:
        X[-1] = X[0]
    U, values, Vt = np.linalg.svd(X)
    values[values < 1e-9] = 0
    in_domain, in_image = (np.concatenate([values, np.zeros(size - len(values))]) for size in (d, n))
    step = 1 - 0.1 * in_domain**2
    M = np.eye(d) - 0.1 * X.T @ X
    inverses = np.divide(1, values, out=np.zeros_like(values), where=values > 0)
    np.testing.assert_allclose(diagonal_in(Vt.T, np.linalg.matrix_power(M, k), Vt.T), step**k, atol=1e-9)
    np.testing.assert_allclose(diagonal_in(Vt.T, np.linalg.matrix_power(M, k) @ X.T, U), (step**k)[: len(values)] * values, atol=1e-9)
    np.testing.assert_allclose(diagonal_in(Vt.T, np.linalg.pinv(X, rcond=1e-9), U), inverses, atol=1e-6 * (1 + inverses.max()))
    np.testing.assert_allclose(diagonal_in(U, np.linalg.inv(X @ X.T + np.eye(n)), U), 1 / (in_image**2 + 1), atol=1e-9)
    np.testing.assert_allclose(np.linalg.eigvalsh(X.T @ X), np.sort(in_domain**2), atol=1e-9)


@given(seeds, st.integers(1, 4), st.integers(0, 6))
def test_what_is_composed_of_a_symmetric_matrix_acts_on_each_coordinate_of_its_eigenvectors(seed: int, n: int, k: int) -> None:
    random = np.random.default_rng(seed)
    A = random.standard_normal((n, n))
    A = A + A.T
    values, Q = np.linalg.eigh(A)
    np.testing.assert_allclose(diagonal_in(Q, np.linalg.matrix_power(np.eye(n) - A / 4, k), Q), (1 - values / 4) ** k, atol=1e-6)
    np.testing.assert_allclose(diagonal_in(Q, np.linalg.inv(A @ A + np.eye(n)), Q), 1 / (values**2 + 1), atol=1e-9)


def largest_over_box(u: np.ndarray) -> float:
    """The largest ⟨s, u⟩ over −1 ≤ s ≤ 1, by all corners."""
    return max(float(np.dot(corner, u)) for corner in np.array(np.meshgrid(*[[-1, 1]] * len(u))).reshape(len(u), -1).T)


@given(seeds, st.integers(1, 3))
def test_the_subgradients_of_a_support_function_attain_it(seed: int, size: int) -> None:
    random = np.random.default_rng(seed)
    u = random.integers(-1, 2, size).astype(float)
    s = random.integers(-3, 4, size) / 2
    attains = bool((np.abs(s) <= 1).all()) and float(s @ u) == largest_over_box(u)
    places = [*(u + step * direction for direction in [*np.eye(size), *-np.eye(size)] for step in (0.5, 4)), *random.integers(-4, 5, (60, size))]
    holds = all(largest_over_box(z) >= largest_over_box(u) + s @ (z - u) - 1e-12 for z in places)
    assert attains == holds


@given(seeds)
def test_slopes_with_subgradients_of_the_pieces_make_a_subgradient(seed: int) -> None:
    """Of f(w) = Σ relu(⟨a, w⟩ + b)² + 2 Σ |⟨c, w⟩ + e| + exp |⟨p, w⟩| with integers, so that kinks are met."""
    random = np.random.default_rng(seed)
    A, b, C, e, p = (random.integers(-2, 3, shape) for shape in ((3, 2), 3, (3, 2), 3, 2))
    w = random.integers(-2, 3, 2)

    def f(z: np.ndarray) -> float:
        return float((np.maximum(A @ z + b, 0) ** 2).sum() + 2 * np.abs(C @ z + e).sum() + np.exp(abs(p @ z)))

    s = np.where(C @ w + e == 0, random.uniform(-1, 1, 3), np.sign(C @ w + e))
    t = random.uniform(-1, 1) if p @ w == 0 else np.sign(p @ w)
    g = 2 * A.T @ np.maximum(A @ w + b, 0) + 2 * C.T @ s + np.exp(abs(p @ w)) * t * p
    for z in random.uniform(-4, 4, (40, 2)):
        assert f(z) >= f(w) + g @ (z - w) - 1e-9 * (1 + abs(f(w)) + abs(f(z)))


@given(quarters, st.fractions(-4, 4, max_denominator=4))
def test_subgradients_of_one_variable_lie_between_both_derivatives(x: Fraction, g: Fraction) -> None:
    def f(z: Fraction) -> Fraction:
        return abs(z) + max(z - 1, -z)

    step = Fraction(1, 1024)
    right, left = (f(x + step) - f(x)) / step, (f(x) - f(x - step)) / step
    assert (left <= g <= right) == all(f(Fraction(k, 8)) >= f(x) + g * (Fraction(k, 8) - x) for k in range(-80, 81))


@given(quarters)
def test_zero_is_a_subgradient_exactly_where_a_function_is_least(x: Fraction) -> None:
    values = {Fraction(k, 4): abs(Fraction(k, 4)) + max(Fraction(k, 4) - 1, -Fraction(k, 4)) for k in range(-40, 41)}
    assert all(value >= values[x] + 0 * (z - x) for z, value in values.items()) == (values[x] == min(values.values()))


def test_every_lemma_says_what_it_is_and_where_it_is_proved() -> None:
    for name, lemma in LEMMAS.items():
        assert name == lemma.name
        assert lemma.statement.endswith(".")
        assert any(character.isdigit() for character in lemma.reference)
