"""Eigenvalues and ranks at an instance: against numpy and SymPy, exact where they are rational, certain where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TypeAlias

import numpy as np
import pytest
import sympy
from flint import acb, arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import ArrayInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.instances import Entries, Instance
from derivations.evaluation.interpreter import Imprecise, Inexact, OutsideDomain
from derivations.evaluation.statements import holds
from derivations.language.assumptions import every
from derivations.language.constructors import (
    counter,
    det,
    dimensions,
    eigenvalues,
    entry,
    gradient,
    index,
    largest_eigenvalue,
    matrix,
    norm,
    rank,
    scalar,
    series,
    smallest_eigenvalue,
    sum_over,
    trace,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import exp, sqrt
from derivations.language.terms import Relation, Term
from derivations.proof.sampling import precise

n, d = dimensions("n d")
i, j = index("i", n), counter("j")
S, X, alpha = matrix("S", n, n), matrix("X", n, d), scalar("alpha")


Value: TypeAlias = int | str | Fraction
Rows: TypeAlias = Sequence[Sequence[Value]]


def entries(rows: Rows) -> Entries:
    return tuple(tuple(Fraction(value) for value in row) for row in rows)


def square(rows: Rows) -> Instance:
    return Instance({n: len(rows)}, {S: entries(rows), alpha: ((Fraction(2),),)}, {})


def exact(term: Term, at: Instance) -> list[Fraction]:
    return [Fraction(int(value.p), int(value.q)) for value in ExactInterpreter(at).value(term).entries]


def balls(term: Term, at: Instance) -> list[arb]:
    with precise():
        return [acb(value).real for value in BallInterpreter(at).value(term).entries]


def random_symmetric(random: Random, size: int) -> Rows:
    rows: Rows = [[Fraction(random.randint(-4, 4), random.choice((1, 1, 2, 3))) for _ in range(size)] for _ in range(size)]
    return [[rows[min(a, b)][max(a, b)] for b in range(size)] for a in range(size)]


@given(st.integers(1, 4), st.integers(0, 10_000))
def test_eigenvalues_are_those_of_numpy(size: int, seed: int) -> None:
    rows = random_symmetric(Random(seed), size)
    at = square(rows)
    expected = np.linalg.eigvalsh(np.array(rows, dtype=float))  # ascending
    found = balls(eigenvalues(S), at)
    assert np.allclose([float(value) for value in found], expected, atol=1e-9)
    assert all(value.rad() < arb(2) ** -80 for value in found)
    assert np.isclose(float(balls(largest_eigenvalue(S), at)[0]), expected[-1], atol=1e-9)
    assert np.isclose(float(balls(smallest_eigenvalue(S), at)[0]), expected[0], atol=1e-9)


@given(st.integers(1, 4), st.integers(0, 10_000))
def test_they_sum_to_the_trace_and_multiply_to_the_determinant(size: int, seed: int) -> None:
    run = BallInterpreter(square(random_symmetric(Random(seed), size)))
    difference = run.value(sum_over(i, entry(eigenvalues(S), i)) - trace(S)).scalar
    product = acb(1)
    for value in run.value(eigenvalues(S)).entries:
        product *= value
    assert difference.contains(0)
    assert (product - run.value(det(S)).scalar).contains(0)


EXACT: dict[str, tuple[Rows, list[Value]]] = {
    "one entry": ([["-3/7"]], ["-3/7"]),
    "diagonal": ([[3, 0, 0], [0, "-1/2", 0], [0, 0, 1]], ["-1/2", 1, 3]),
    "rational though not diagonal": ([[2, 1], [1, 2]], [1, 3]),
    "multiple": ([[2, 0, 0], [0, 2, 0], [0, 0, -1]], [-1, 2, 2]),
    "multiple and not diagonal": ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], [0, 0, 3]),
    "zero": ([[0, 0], [0, 0]], [0, 0]),
    "fractions": ([["1/2", "1/3"], ["1/3", "1/2"]], ["1/6", "5/6"]),
}


@pytest.mark.parametrize("name", EXACT)
def test_rational_eigenvalues_are_exact(name: str) -> None:
    rows, expected = EXACT[name]
    at = square(rows)
    wanted = [Fraction(value) for value in expected]
    assert exact(eigenvalues(S), at) == wanted
    assert exact(largest_eigenvalue(S), at) == [max(wanted)]
    assert exact(smallest_eigenvalue(S), at) == [min(wanted)]
    assert exact(largest_eigenvalue(-S), at) == [-min(wanted)]
    with precise():
        assert all(value.overlaps(arb(fmpq(*w.as_integer_ratio()))) for value, w in zip(balls(eigenvalues(S), at), wanted, strict=True))


IRRATIONAL: Rows = [[2, 1, 0], [1, 2, 1], [0, 1, 2]]  # 2 − √2, 2, 2 + √2


def test_irrational_ones_are_enclosed() -> None:
    at = square(IRRATIONAL)
    for term in (eigenvalues(S), largest_eigenvalue(S), smallest_eigenvalue(S)):
        with pytest.raises(Inexact):
            ExactInterpreter(at).value(term)
    low, middle, high = balls(eigenvalues(S), at)
    with precise():
        assert (low - (2 - arb(2).sqrt())).contains(0)
        assert (high - (2 + arb(2).sqrt())).contains(0)
    assert middle == 2


def test_multiple_irrational_ones_are_enclosed() -> None:
    rows: Rows = [[2, 1, 0, 0], [1, -2, 0, 0], [0, 0, 2, 1], [0, 0, 1, -2]]  # ±√5, twice each
    found = [float(value) for value in balls(eigenvalues(S), square(rows))]
    assert found == pytest.approx([-(5**0.5), -(5**0.5), 5**0.5, 5**0.5], abs=1e-12)


def test_of_irrational_matrices_too() -> None:
    run = BallInterpreter(square([[2, 1], [1, 2]]))  # times √2
    with precise():
        low, high = (acb(value).real for value in run.value(eigenvalues(sqrt(alpha) * S)).entries)
        assert (low - arb(2).sqrt()).contains(0)
        assert (high - 3 * arb(2).sqrt()).contains(0)
        twice = BallInterpreter(square([[1, 0], [0, 1]])).value(eigenvalues(exp(alpha) * S)).entries
        assert all((acb(value).real - arb(2).exp()).contains(0) for value in twice)


def test_where_names_are_bound() -> None:
    """1 + 2 + 3 times 2 + √2, in balls: the counter is one there."""
    (found,) = balls(series(j, 3, largest_eigenvalue((j + 1) * S)), square(IRRATIONAL))
    with precise():
        assert (found - 6 * (2 + arb(2).sqrt())).contains(0)


@pytest.mark.parametrize("system", [ExactInterpreter, BallInterpreter])
def test_what_is_not_symmetric_lies_outside_the_domain(system: type[ArrayInterpreter]) -> None:
    at = square([[1, 2], ["2000001/1000000", 1]])
    for term in (eigenvalues(S), largest_eigenvalue(S), smallest_eigenvalue(S)):
        with pytest.raises(OutsideDomain):
            system(at).value(term)
    with pytest.raises(OutsideDomain):
        BallInterpreter(at).value(eigenvalues(sqrt(alpha) * S))


def test_a_derivative_is_refused() -> None:
    at = square([[2, 1], [1, 2]])
    for system in (ExactInterpreter, BallInterpreter):
        for term in (largest_eigenvalue(S), largest_eigenvalue(alpha * S), rank(S)):
            with pytest.raises((OutsideDomain, UnsupportedError)):
                system(at).value(gradient(term, S))


def test_for_every_eigenvalue() -> None:
    run = ExactInterpreter(square([[2, 1], [1, 2]]))
    assert holds(run, every(i, entry(eigenvalues(S), i) > 0))
    assert holds(run, every(i, entry(eigenvalues(S), i) <= largest_eigenvalue(S)))
    assert not holds(run, every(i, entry(eigenvalues(S), i) < largest_eigenvalue(S)))
    assert holds(run, Relation(entry(eigenvalues(S), 1), "=", smallest_eigenvalue(S)))


# ------------------------------------------------------------------------------------------------------------------- rank


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.integers(0, 10_000))
def test_the_rank_is_that_of_sympy(rows: int, columns: int, inner: int, seed: int) -> None:
    """Of products with few inner columns, so that every rank occurs."""
    random = Random(seed)
    left = sympy.Matrix(rows, inner, lambda a, b: sympy.Rational(random.randint(-3, 3), random.choice((1, 2))))
    right = sympy.Matrix(inner, columns, lambda a, b: random.randint(-3, 3))
    product = left * right if inner else sympy.zeros(rows, columns)
    at = Instance({n: rows, d: columns}, {X: entries(product.tolist())}, {})
    assert exact(rank(X), at) == [product.rank()]
    assert exact(rank(X.T @ X), at) == [product.rank()]
    assert balls(rank(X), at) == [product.rank()]


def test_an_open_rank_is_not_guessed() -> None:
    at = square([[1, 2], [2, 4]])
    assert balls(rank(S / 3), at) == [1]  # rational: decided exactly
    with pytest.raises(Imprecise):
        BallInterpreter(at).value(rank(exp(alpha) * S))
    regular = square([[1, 2], [2, 5]])
    assert balls(rank(exp(alpha) * S), regular) == [2]
    assert balls(rank(norm(S, "F") * S), regular) == [2]
