"""Limits at an instance: exact, certain, or refused; against floating-point iteration and against closed forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import TypeAlias

import mpmath
import pytest
from flint import fmpq, fmpq_mat, fmpq_poly
from hypothesis import assume, given
from hypothesis import strategies as st

from derivations.evaluation.arrays import Array, BallInterpreter, ExactInterpreter
from derivations.evaluation.instances import Entries, Instance, Quantity
from derivations.evaluation.interpreter import EvaluationError, Inexact
from derivations.evaluation.limits import limit
from derivations.evaluation.measures import degree
from derivations.evaluation.recurrences import is_stable, limit_of, shortest_recurrence
from derivations.evaluation.statements import holds
from derivations.language.assumptions import every, tends_to
from derivations.language.constructors import (
    cases,
    counter,
    define,
    diag,
    diagonal,
    dimensions,
    entry,
    hadamard,
    hadamard_power,
    index,
    iterate,
    largest_eigenvalue,
    literal,
    matrix,
    maximum,
    norm,
    pseudo_inverse,
    scalar,
    series,
    sum_over,
    trace,
    vector,
    zeros,
)
from derivations.language.functions import abs_, define_function, exp, sqrt
from derivations.language.terms import Dimension, Relation, Statement, Symbol, Term

n, d = dimensions("n d")
k, j = counter("k"), counter("j")
i = index("i", d)
r, s, z, z_0, x, alpha = (scalar(name) for name in ("r", "s", "z", "z_0", "x", "alpha"))
M, X = matrix("M", d, d), matrix("X", n, d)
w, w_0, c, y, sigma = vector("w", d), vector("w_0", d), vector("c", d), vector("y", n), vector("sigma", d)

Value: TypeAlias = int | str | Fraction
Rows: TypeAlias = Sequence[Sequence[Value]]
RATIONALS = st.fractions(-3, 3, max_denominator=4)


def entries(value: Value | Rows) -> Entries:
    """A matrix from numbers, or from strings for fractions; a number is a scalar."""
    rows = [[value]] if isinstance(value, int | str | Fraction) else value
    return tuple(tuple(Fraction(entry) for entry in row) for row in rows)


def instance(**values: Value | Rows) -> Instance:
    known = {symbol.name: symbol for symbol in (r, s, z_0, x, alpha, M, X, w, w_0, c, y, sigma) if isinstance(symbol, Symbol)}
    quantities: dict[Quantity, Entries] = {known[name]: entries(value) for name, value in values.items()}
    sizes: dict[Dimension, int] = {}
    for symbol, value in quantities.items():
        if isinstance(symbol, Symbol):
            sizes |= {dim: size for dim, size in zip(symbol.size, (len(value), len(value[0])), strict=False) if isinstance(dim, Dimension)}
    return Instance(sizes, quantities, {})


def true_at(statement: Statement, **values: Value | Rows) -> bool:
    try:
        return holds(ExactInterpreter(instance(**values)), statement)
    except Inexact:
        return holds(BallInterpreter(instance(**values)), statement)


def limits(term: Term, **values: Value | Rows) -> list[Fraction | None]:
    """The limit of each entry; None where there is none."""
    return [None if found is None else Fraction(int(found.p), int(found.q)) for found in limit(ExactInterpreter(instance(**values)), term, k).entries]


# ---------------------------------------------------------------------------------------------------------- the recurrence


@given(st.lists(RATIONALS, min_size=1, max_size=5), st.lists(RATIONALS, min_size=5, max_size=5), st.integers(0, 3))
def test_the_shortest_recurrence_is_found(factors: list[Fraction], starts: list[Fraction], transient: int) -> None:
    """f(k + m) = Σ q_j f(k + j): one of this order, or of a lower one, goes through all terms; and it goes on to hold."""
    values = [fmpq(7, 1)] * transient + [fmpq(value.numerator, value.denominator) for value in starts[: len(factors)]]
    while len(values) < 30:
        values.append(sum((fmpq(q.numerator, q.denominator) * v for q, v in zip(factors, values[-len(factors) :], strict=True)), fmpq(0)))
    order = len(factors) + transient
    found = shortest_recurrence(values[: 2 * order])
    assert found.order <= order
    q = found.polynomial.coeffs()
    assert q[0] != 0
    assert all(sum((q[m] * values[at + m] for m in range(len(q))), fmpq(0)) == 0 for at in range(found.transient, 30 - len(q)))
    assert _rank_of_hankel(values) == found.order


def _rank_of_hankel(values: list[fmpq]) -> int:
    """The order of the shortest recurrence, by Kronecker's theorem."""
    half = len(values) // 2
    return int(fmpq_mat(half, half, [values[a + b] for a in range(half) for b in range(half)]).rank())


def test_too_low_an_order_is_noticed() -> None:
    squares = [fmpq(k * k) for k in range(12)]
    assert limit_of(squares, 3) is None
    with pytest.raises(AssertionError):
        limit_of(squares, 2)
    with pytest.raises(AssertionError):
        limit_of(squares[:5], 3)


@given(st.lists(st.tuples(RATIONALS, RATIONALS), min_size=1, max_size=4))
def test_stable_polynomials_have_their_roots_inside(roots: list[tuple[Fraction, Fraction]]) -> None:
    """Real roots, and pairs a ± ib of complex ones: whether |a + ib| < 1 is plain."""
    polynomial = fmpq_poly([1])
    for real, imaginary in roots:
        a, square = fmpq(real.numerator, real.denominator), real * real + imaginary * imaginary
        polynomial *= fmpq_poly([-a, 1]) if imaginary == 0 else fmpq_poly([fmpq(square.numerator, square.denominator), -2 * a, 1])
    assert is_stable(polynomial) == all(real * real + imaginary * imaginary < 1 for real, imaginary in roots)


# ----------------------------------------------------------------------------------------------------------- the boundaries

POWERS: dict[str, tuple[Rows, Rows | None]] = {
    "zero": ([[0]], [[0]]),
    "one": ([[1]], [[1]]),
    "minus one": ([[-1]], None),
    "just inside": ([["999/1000"]], [[0]]),
    "just outside": ([["-1001/1000"]], None),
    "a quarter turn": ([[0, -1], [1, 0]], None),
    "a rotation of infinite order": ([["3/5", "-4/5"], ["4/5", "3/5"]], None),
    "a damped rotation": ([["1/2", "-1/2"], ["1/2", "1/2"]], [[0, 0], [0, 0]]),
    "a block with eigenvalue 1": ([[1, 1], [0, 1]], None),
    "a block with an eigenvalue inside": ([["1/2", 100], [0, "1/2"]], [[0, 0], [0, 0]]),
    "two eigenvalues 1, no block": ([[1, 0], [0, 1]], [[1, 0], [0, 1]]),
    "nilpotent": ([[0, 5, 7], [0, 0, 3], [0, 0, 0]], [[0] * 3] * 3),
    "a stochastic matrix": ([["1/2", "1/2"], ["1/4", "3/4"]], [["1/3", "2/3"], ["1/3", "2/3"]]),
    "a permutation of three": ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], None),
    "one, and inside": ([[1, 0], [0, "-1/2"]], [[1, 0], [0, 0]]),
    "one, and minus one": ([[1, 0], [0, -1]], None),
    "an oblique projection": ([[1, 3], [0, 0]], [[1, 3], [0, 0]]),
}


@pytest.mark.parametrize("name", POWERS)
def test_powers_of_a_matrix(name: str) -> None:
    base, expected = POWERS[name]
    found = limits(M**k, M=base)
    if expected is None:
        assert None in found
    else:
        assert found == [Fraction(value) for row in expected for value in row]
    zero = expected is not None and not any(Fraction(value) for row in expected for value in row)
    assert true_at(tends_to(M**k, zeros(d, d)), M=base) == zero


@given(st.integers(1, 3), st.integers(0, 10_000))
def test_powers_vanish_exactly_if_all_eigenvalues_lie_inside(size: int, seed: int) -> None:
    random = Random(seed)
    base = [[Fraction(random.randint(-3, 3), random.choice((1, 2, 3, 4))) for _ in range(size)] for _ in range(size)]
    radius = max(abs(value) for value in mpmath.eig(mpmath.matrix([[mpmath.mpf(v.numerator) / v.denominator for v in row] for row in base]))[0])
    assume(abs(radius - 1) > 1e-6)  # nearer, floats do not tell; the boundary itself has tests of its own
    assert true_at(tends_to(M**k, zeros(d, d)), M=base) == (radius < 1)


# ----------------------------------------------------------------------------------------------------- every kind of sequence

SEQUENCES: dict[str, tuple[Term, dict[str, Value | Rows], Sequence[Value | None]]] = {
    "a constant": (r + 0 * k, {"r": 3}, [3]),
    "the counter": (k + 0 * r, {"r": 1}, [None]),
    "a polynomial": ((k + 1) ** 2 - k**2 - 2 * k, {}, [1]),
    "geometric": (r**k, {"r": "-1/2"}, [0]),
    "geometric, shifted": (r ** (k + 2), {"r": "1/2"}, [0]),
    "a power of a power": (r ** (2 * k + 1), {"r": -1}, [-1]),
    "a negative power": (r ** (-k), {"r": 2}, [0]),
    "zero to the power": (r**k, {"r": 0}, [0]),
    "a factor that grows more slowly": (k**3 * r**k, {"r": "1/2"}, [0]),
    "products that cancel": (r**k * s**k, {"r": "4/3", "s": "3/4"}, [1]),
    "sums that cancel": (r**k - r ** (k + 1) / r, {"r": 5}, [0]),
    "alternating": ((-1 + 0 * r) ** k, {"r": 1}, [None]),
    "alternating, squared": (((-1 + 0 * r) ** k) ** 2, {"r": 1}, [1]),
    "a geometric series": (series(j, k, r**j), {"r": "1/3"}, ["3/2"]),
    "a shorter series": (series(j, k + 1, r**j) - series(j, k, r**j), {"r": 2}, [None]),
    "a series of a polynomial": (series(j, k, j) - k * (k - 1) / 2, {}, [0]),
    "a double series": (series(j, k, series(counter("m"), j, r ** counter("m")) - 2), {"r": "1/2"}, [-4]),
    "a series with a constant part": (series(j, k, r**j + s), {"r": "1/2", "s": 1}, [None]),
    "a series of matrices": (series(j, k, M**j) @ c, {"M": [["1/2", 0], [0, "-1/2"]], "c": [[1], [3]]}, [2, 2]),
    "a sequence": (iterate("z", k, z_0, z, z / 2 + 3), {"z_0": 100}, [6]),
    "a sequence with a fixed point it starts in": (iterate("z", k, z_0, z, 2 * z - 3), {"z_0": 3}, [3]),
    "a sequence that leaves it": (iterate("z", k, z_0, z, 2 * z - 3), {"z_0": "301/100"}, [None]),
    "a sequence that adds": (iterate("z", k, z_0, z, z + r), {"z_0": 0, "r": 1}, [None]),
    "a sequence of second order": (iterate("z", k, (z_0, z_0 + 1), (z, s), (z + s) / 2), {"z_0": 0}, ["2/3"]),
    "a sequence of second order that adds": (iterate("z", k, (z_0, z_0), (z, s), (z + s) / 4 + 1), {"z_0": 0}, [2]),
    "a sequence of vectors": (iterate("w", k, w_0, w, M @ w + c), {"M": [["1/2", 1], [0, "1/2"]], "c": [[0], [1]], "w_0": [[9], [9]]}, [4, 2]),
    "every second term": (iterate("z", 2 * k, z_0, z, -z), {"z_0": 7}, [7]),
    "an entry": (entry(M**k, 1, 1), {"M": [["1/2", 1], [0, 2]]}, [0]),
    "a trace": (trace(M**k), {"M": [["1/2", 1], [0, 1]]}, [1]),
    "a transpose": ((M**k).T, {"M": [[1, 1], [0, 0]]}, [1, 0, 1, 0]),
    "a diagonal": (diagonal(M**k), {"M": [[1, 1], [0, 0]]}, [1, 0]),
    "a diagonal matrix": (diag(M**k @ c), {"M": [["1/2", 0], [0, 1]], "c": [[1], [2]]}, [0, 0, 0, 2]),
    "entrywise": (hadamard(M**k, M**k) + hadamard_power(M**k, 3), {"M": [[-1, 0], [0, "1/2"]]}, [None, 0, 0, 0]),
    "a literal": (literal([r**k, 1], [k * r**k, s**k]), {"r": "1/2", "s": 1}, [0, 1, 0, 1]),
    "a sum over an index": (sum_over(i, entry(sigma, i) ** k), {"sigma": [["1/2"], [1], ["-1/3"]]}, [1]),
    "a sum of powers that cancel": (sum_over(i, entry(c, i) * entry(sigma, i) ** k), {"sigma": [[-1], [-1]], "c": [[1], [-1]]}, [0]),
    "a squared norm": (norm(M**k @ c) ** 2, {"M": [[0, -1], [1, 0]], "c": [[3], [4]]}, [25]),
    "a norm": (norm(M**k @ c), {"M": [[0, -1], [1, 0]], "c": [[3], [4]]}, [5]),
    "an absolute value": (abs_(r**k - 2), {"r": "1/3"}, [2]),
    "absolute values": (abs_(M**k), {"M": [[-1, 0], [0, "1/2"]]}, [1, 0, 0, 0]),
    "a definition": (define("p", r**k) + 1, {"r": "1/2"}, [1]),
    "a branch that does not change": (cases((r > 0, r**k), otherwise=k), {"r": "1/2"}, [0]),
    "a branch without a value that is not taken": (cases((r > 0, k * (1 / r)), otherwise=s**k), {"r": 0, "s": "1/2"}, [0]),
    "the other branch": (cases((r > 0, r**k), otherwise=k), {"r": 0}, [None]),
    "a divisor that does not change": (r**k / s, {"r": 1, "s": 4}, ["1/4"]),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_kinds_of_sequences(name: str) -> None:
    term, values, expected = SEQUENCES[name]
    assert limits(term, **values) == [None if value is None else Fraction(value) for value in expected]


@pytest.mark.parametrize("name", SEQUENCES)
def test_convergent_sequences_come_near_their_limit(name: str) -> None:
    """By the interpreter alone, far out: no recurrence, no order."""
    term, values, expected = SEQUENCES[name]
    at = instance(**values)
    far = [value.entries for value in _at_counters(term, at, (80, 81))]
    for near, next_, limit_ in zip(*far, expected, strict=True):
        if limit_ is not None:
            assert abs(near - fmpq(*Fraction(limit_).as_integer_ratio())) < fmpq(1, 10**6)
        else:
            assert abs(near) > 10 or near != next_


def _at_counters(term: Term, at: Instance, counts: tuple[int, ...]) -> list[Array]:
    runs = [ExactInterpreter(Instance({**at.sizes, k: count}, at.values, {})) for count in counts]
    return [run.value(term) for run in runs]


REFUSED: dict[str, Term] = {
    "an entrywise reciprocal": hadamard_power(r**k * c, -1),
    "a power of the counter": r ** (k**2),
    "the counter in the base": (1 + r * k) ** k,
    "a step that is not affine": iterate("z", k, z_0, z, z**2),
    "a step with a product of states": iterate("z", k, (z_0, z_0), (z, s), z * s),
    "a step with a norm": iterate("w", k, w_0, w, w / 2 + norm(w) * c),
    "a step that divides by the state": iterate("z", k, z_0, z, 1 / (1 + z)),
    "a step that changes": iterate("z", k, z_0, z, z * k),
    "a first term that changes": iterate("z", k, z_0 * k, z, z / 2),
    "a step with a branch on the state": iterate("z", k, z_0, z, cases((z > 0, z / 2), otherwise=z)),
    "a branch that changes": cases((k > 3, r), otherwise=0),
    "the larger of two": maximum(r**k, s**k),
    "a function that its author defined": define_function("half", z, z / 2)(r**k),
    "a norm in a sum": norm(r**k * c) + 1,
    "a series of what changes": series(j, k, r**j * k),
    "a series of square length": series(j, k**2, r**j),
    "the largest eigenvalue": largest_eigenvalue(diag(r**k * c)),
    "a pseudo-inverse": pseudo_inverse(r**k * c),
    "too many factors": trace((M**k) ** 20),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_bound_is_refused(name: str) -> None:
    at = instance(r="1/2", s=1, z_0=1, w_0=[[1], [2]], c=[[1], [0]], M=[[1, 0], [2, 1]])
    with pytest.raises(EvaluationError):
        limit(ExactInterpreter(at), REFUSED[name], k)


def test_the_degree_is_certain() -> None:
    assert degree(M @ w + c, (w,)) == 1
    assert degree(w - alpha * X.T @ (X @ w - y), (w,)) == 1
    assert degree(norm(w) ** 2 * w, (w,)) == 3
    assert degree(norm(c) * w, (w,)) == 1
    assert degree(series(j, 3, M**j) @ w, (w,)) == 1
    assert degree(z * s + z, (z,)) == 1
    assert degree(z * s + z, (z, s)) == 2
    assert degree(diag(w) @ M @ diag(w), (w,)) == 2
    for term in (norm(w), exp(z), 1 / z, z ** (-1 * s), abs_(z), sqrt(z), maximum(z, 0)):
        with pytest.raises(EvaluationError):
            degree(term, (w, z))


# --------------------------------------------------------------------------------------------------------- gradient descent

descended = iterate("w", k, w_0, w, w - alpha * X.T @ (X @ w - y))
solved = pseudo_inverse(X) @ y
GRADIENT_DESCENT: dict[str, tuple[dict[str, Value | Rows], bool]] = {
    "full rank": ({"X": [[1, 0], [0, 2], [0, 0]], "alpha": "1/3"}, True),
    "at the bound": ({"X": [[1, 0], [0, 2], [0, 0]], "alpha": "1/2"}, False),
    "beyond it": ({"X": [[1, 0], [0, 2], [0, 0]], "alpha": "2/3"}, False),
    "no step": ({"X": [[1, 0], [0, 2], [0, 0]], "alpha": 0}, False),
    "uphill": ({"X": [[1, 0], [0, 2], [0, 0]], "alpha": "-1/3"}, False),
    "irrational eigenvalues": ({"X": [[1, 1], [0, 1], [0, 0]], "alpha": "1/2"}, True),
    "not of full rank": ({"X": [[1, 1], [1, 1], [0, 0]], "alpha": "1/8"}, False),
    "not of full rank, from a start in the row space": ({"X": [[1, 1], [1, 1], [0, 0]], "alpha": "1/8", "w_0": [[3], [3]]}, True),
}


@pytest.mark.parametrize("name", GRADIENT_DESCENT)
def test_gradient_descent(name: str) -> None:
    values, expected = GRADIENT_DESCENT[name]
    start: dict[str, Value | Rows] = {"y": [[1], [2], [3]], "w_0": [[1], [0]]}
    at = start | values
    assert true_at(tends_to(descended, solved), **at) == expected
    assert true_at(tends_to(norm(descended - solved) ** 2, 0), **at) == expected
    assert true_at(tends_to(norm(descended - solved), 0), **at) == expected
    assert true_at(every(i, tends_to(entry(descended, i), entry(solved, i))), **at) == expected


def test_the_residual_tends_to_its_least_norm_for_any_rank() -> None:
    at: dict[str, Value | Rows] = {"X": [[1, 1], [1, 1], [0, 0]], "alpha": "1/8", "y": [[1], [2], [3]], "w_0": [[5], [-1]]}
    assert true_at(tends_to(X @ descended, X @ solved), **at)
    assert true_at(tends_to(norm(X @ descended - y) ** 2, norm(X @ solved - y) ** 2), **at)


# ----------------------------------------------------------------------------------------------------- statements with limits


def test_limits_in_statements() -> None:
    region = Relation(tends_to(r**k, 0), "iff", abs_(r) < 1)
    assert all(true_at(region, r=value) for value in (0, 1, -1, "1/2", "-1/2", 2, -2))
    wrong = Relation(tends_to(r**k, 0), "iff", abs_(r) <= 1)
    assert [true_at(wrong, r=value) for value in (0, 1, -1, "1/2", 2)] == [True, False, False, True, True]


def test_in_balls_what_is_rational_is_still_decided_exactly() -> None:
    run = BallInterpreter(instance(r="1/3", M=[[1, 1], [1, 0]], w_0=[[1], [0]]))
    assert holds(run, tends_to(r**k, 0) & (largest_eigenvalue(M) < 2))
    assert not holds(run, tends_to(r**k, 0) & (largest_eigenvalue(M) < 1))
    several = BallInterpreter(instance(sigma=[["1/2"], ["-1/3"], [1]]))
    assert not holds(several, every(i, tends_to(entry(sigma, i) ** k, 0)))
    assert holds(several, every(i, tends_to(entry(sigma, i) ** k * (entry(sigma, i) - 1), 0)))


def test_irrational_values_are_refused() -> None:
    for run in (ExactInterpreter(instance(r=2)), BallInterpreter(instance(r=2))):
        with pytest.raises(EvaluationError):
            holds(run, tends_to((sqrt(r) / 2) ** k, 0))
    with pytest.raises(Inexact):
        limit(ExactInterpreter(instance(c=[[1], [1]])), norm(c + 0 * k * c), k)


def test_a_growing_norm_without_rational_limit_diverges() -> None:
    assert not true_at(tends_to(norm(k * c), 0), c=[[1], [1]])


@given(RATIONALS, RATIONALS, RATIONALS)
def test_an_affine_sequence_converges_exactly_as_the_lemma_says(a: Fraction, b: Fraction, start: Fraction) -> None:
    """z ↦ az + b tends to v exactly if av + b = v, and |a| < 1 or v is the start."""
    found = limits(iterate("z", k, z_0, z, r * z + s), r=a, s=b, z_0=start)[0]
    if abs(a) < 1:
        assert found == b / (1 - a)
    else:
        assert found == (start if a * start + b == start else None)


@given(st.integers(0, 10_000), st.sampled_from([lambda t: t, lambda t: 2 * t + t, lambda t: t - 3, lambda t: t * t, lambda t: -t]))
def test_continuous_functions_of_convergent_sequences(seed: int, change: Callable[[Term], Term]) -> None:
    """The limit of a polynomial in a sequence is the polynomial in its limit."""
    random = Random(seed)
    values = {name: Fraction(random.randint(-3, 3), 4) for name in ("r", "s", "z_0")}
    inner = iterate("z", k, z_0, z, r * z + s)
    (found,) = limits(inner, **values)
    (outer,) = limits(change(inner), **values)
    assert found is not None
    at = ExactInterpreter(instance(x=found))
    assert outer == Fraction(str(at.value(change(x)).scalar))
