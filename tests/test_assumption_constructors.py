"""The exact matrices that assumptions construct come in all their variety, and the tests of the assumptions tell them from near misses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import BallInterpreter
from derivations.evaluation.elimination import reduced_echelon
from derivations.evaluation.fields import EXACT
from derivations.evaluation.instances import Entries, Instance, Quantity
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.properties import has_property
from derivations.language.assumptions import (
    Assumption,
    Property,
    equal,
    full_column_rank,
    full_row_rank,
    invertible,
    orthogonal,
    orthonormal_columns,
    positive_definite,
    positive_semidefinite,
    projection,
    real_eigenvalues,
    singular_value_decomposition,
    symmetric,
)
from derivations.language.claims import claim
from derivations.language.constructors import dimensions, matrix, norm, trace, vector
from derivations.language.constructors import rank as rank_of
from derivations.language.functions import exp
from derivations.language.terms import Symbol, Term
from derivations.proof.sampling import Sampler, meets

n, d, r = dimensions("n d r")
A, X = Symbol("A", (n, n)), Symbol("X", (n, d))
SPREADS = (0, 1, 2)


def drawn(assumption: Assumption, rows: int, columns: int, spread: int, count: int = 80) -> Iterator[Instance]:
    """Instances with these sizes."""
    about_square = isinstance(assumption, Property) and assumption.term == A
    sampler = Sampler(claim(trace(A) if about_square else norm(X, "F"), "=", 0, assumption), seed=1)
    for _ in range(count):
        instance = sampler.draw({n: rows} if about_square else {n: rows, d: columns}, spread)
        if instance is not None:
            yield instance


def rank(rows: Entries) -> int:
    return len(reduced_echelon(EXACT, [[EXACT.number(entry) for entry in row] for row in rows])[0])


def determinant(rows: Entries) -> Fraction:
    if not rows:
        return Fraction(1)
    minors = (tuple(row[:j] + row[j + 1 :] for row in rows[1:]) for j in range(len(rows)))
    return sum(((-1) ** j * rows[0][j] * determinant(minor) for j, minor in enumerate(minors)), Fraction(0))


def flipped(rows: Entries) -> Entries:
    return tuple(zip(*rows, strict=True))


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("assumption", [positive_semidefinite(A), projection(A)], ids=str)
def test_every_rank_is_drawn(assumption: Assumption, size: int, spread: int) -> None:
    ranks = {rank(instance.values[A]) for instance in drawn(assumption, size, size, spread)}
    assert ranks == set(range(size + 1))


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_both_determinants_are_drawn(size: int, spread: int) -> None:
    found = [determinant(instance.values[A]) for instance in drawn(orthogonal(A), size, size, spread)]
    assert set(found) == {1, -1}
    assert 10 < found.count(Fraction(1)) < 70


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("assumption", [orthogonal(A), invertible(A), real_eigenvalues(A)], ids=str)
def test_they_are_not_all_symmetric(assumption: Assumption, spread: int) -> None:
    values = [instance.values[A] for instance in drawn(assumption, 3, 3, spread)]
    assert any(value != flipped(value) for value in values)
    assert len(set(values)) > 20


@pytest.mark.parametrize("assumption", [positive_semidefinite(A), positive_definite(A), projection(A), symmetric(A)], ids=str)
def test_symmetric_ones_are_not_all_diagonal(assumption: Assumption) -> None:
    values = [instance.values[A] for instance in drawn(assumption, 3, 3, 1)]
    assert all(value == flipped(value) for value in values)
    assert all(any(value[i][j] for value in values) for i in range(3) for j in range(3))


@given(rows=st.integers(1, 4), columns=st.integers(1, 4), spread=st.sampled_from(SPREADS))
def test_full_ranks_are_full_where_the_sizes_allow_it(rows: int, columns: int, spread: int) -> None:
    for assumption, possible in ((full_column_rank(X), rows >= columns), (full_row_rank(X), rows <= columns)):
        instances = list(drawn(assumption, rows, columns, spread, count=4))
        assert bool(instances) == possible
        assert all(rank(instance.values[X]) == min(rows, columns) for instance in instances)


@pytest.mark.parametrize("assumption", [full_column_rank(X), orthonormal_columns(X)], ids=str)
def test_every_row_varies(assumption: Assumption) -> None:
    values = [instance.values[X] for instance in drawn(assumption, 4, 2, 1)]
    assert all(len({value[row] for value in values}) > 5 for row in range(4))


@pytest.mark.parametrize("assumption", [full_column_rank(X), orthonormal_columns(X)], ids=str)
def test_every_row_may_vanish(assumption: Assumption) -> None:
    values = [instance.values[X] for instance in drawn(assumption, 3, 1, 0)]
    assert all(any(not any(value[row]) for value in values) for row in range(3))


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 1), (3, 1), (2, 2), (3, 2), (3, 3), (4, 2)])
def test_orthonormal_columns_come_in_all_their_variety(rows: int, columns: int, spread: int) -> None:
    values = [instance.rational(X) for instance in drawn(orthonormal_columns(X), rows, columns, spread)]
    assert len(values) == 80
    assert all(gram(value) == identity(columns) for value in values)
    assert len(set(values)) > (1 if rows == 1 else 3 if spread == 0 else 15)
    if rows == columns:
        assert {determinant(value) for value in values} == {1, -1}


@given(rows=st.integers(1, 3), columns=st.integers(1, 3), spread=st.sampled_from(SPREADS), seed=st.integers(0, 99))
def test_orthonormal_columns_need_as_many_rows(rows: int, columns: int, spread: int, seed: int) -> None:
    sampler = Sampler(claim(norm(X, "F"), "=", 0, orthonormal_columns(X)), seed)
    sizes = {n: rows, d: columns}
    assert sampler.fits(sizes) == (rows >= columns)
    instance = sampler.draw(sizes, spread)
    assert (instance is not None) == (rows >= columns)
    assert instance is None or gram(instance.rational(X)) == identity(columns)


def gram(rows: tuple[tuple[Fraction, ...], ...]) -> Entries:
    columns = tuple(zip(*rows, strict=True))
    return tuple(tuple(sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0)) for other in columns) for one in columns)


def identity(size: int) -> Entries:
    return tuple(tuple(Fraction(int(i == j)) for j in range(size)) for i in range(size))


@given(rows=st.integers(1, 4), columns=st.integers(1, 4), wanted=st.integers(0, 4), spread=st.sampled_from(SPREADS), seed=st.integers(0, 99))
def test_a_rank_that_is_assumed_is_drawn(rows: int, columns: int, wanted: int, spread: int, seed: int) -> None:
    named = Sampler(claim(norm(X, "F"), "=", 0, equal(rank_of(X), r)), seed).draw({n: rows, d: columns, r: wanted}, spread)
    numbered = Sampler(claim(norm(X, "F"), "=", 0, equal(rank_of(X), wanted)), seed).draw({n: rows, d: columns}, spread)
    for instance in (named, numbered):
        assert (instance is not None) == (wanted <= min(rows, columns))
        assert instance is None or rank(instance.values[X]) == wanted


@given(size=st.integers(1, 3), wanted=st.integers(0, 3), spread=st.sampled_from(SPREADS), seed=st.integers(0, 99))
@pytest.mark.parametrize("kept", [projection(A), positive_semidefinite(A), symmetric(A)], ids=str)
def test_a_property_is_kept_by_a_matrix_of_a_rank(kept: Property, size: int, wanted: int, spread: int, seed: int) -> None:
    instance = Sampler(claim(trace(A), "=", 0, (kept, equal(rank_of(A), r))), seed).draw({n: size, r: wanted}, spread)
    assert (instance is not None) == (wanted <= size)
    assert instance is None or (rank(instance.values[A]) == wanted and meets(instance, (kept,)))


def test_symmetric_matrices_of_a_rank_are_not_all_semidefinite() -> None:
    sampler = Sampler(claim(trace(A), "=", 0, (symmetric(A), equal(rank_of(A), r))), seed=1)
    values = [instance for _ in range(40) if (instance := sampler.draw({n: 3, r: 2}, 1)) is not None]
    semidefinite = [meets(instance, (positive_semidefinite(A),)) for instance in values]
    assert any(semidefinite)
    assert not all(semidefinite)


@given(rows=st.integers(1, 3), columns=st.integers(1, 3), wanted=st.integers(1, 3), spread=st.sampled_from(SPREADS), seed=st.integers(0, 99))
def test_a_singular_value_decomposition_is_drawn_at_once(rows: int, columns: int, wanted: int, spread: int, seed: int) -> None:
    given = singular_value_decomposition(X, matrix("U", n, r), vector("sigma", r), matrix("V", d, r))
    instance = Sampler(claim(norm(X, "F"), "=", 0, given), seed).draw({n: rows, d: columns, r: wanted}, spread)
    assert (instance is not None) == (wanted <= min(rows, columns))
    assert instance is None or rank(instance.values[X]) == wanted


SQUARE = [positive_semidefinite(A), orthogonal(A), projection(A), positive_definite(A), symmetric(A)]


@given(assumption=st.sampled_from(SQUARE), row=st.integers(0, 2), column=st.integers(0, 2), seed=st.integers(0, 99))
def test_a_spoiled_matrix_no_longer_has_its_property(assumption: Property, row: int, column: int, seed: int) -> None:
    instance = Sampler(claim(trace(A), "=", 0, assumption), seed).draw({n: 3}, 1)
    assert instance is not None
    values = instance.rational(A)
    change = Fraction(-100) if row == column else Fraction(1, 7)  # far below 0 on the diagonal, not symmetric off it
    spoiled = tuple(tuple(entry + change * ((i, j) == (row, column)) for j, entry in enumerate(line)) for i, line in enumerate(values))
    expected = assumption.kind == "symmetric" and row == column
    assert meets(instance, (assumption,))
    assert meets(replace(instance, values={**instance.values, A: spoiled}), (assumption,)) == expected


NEAR_MISSES: dict[str, tuple[Assumption, tuple[tuple[int, ...], ...]]] = {
    "leading minors alone": (positive_semidefinite(A), ((0, 0), (0, -1))),
    "a zero diagonal": (positive_semidefinite(A), ((0, 1), (1, 0))),
    "semidefinite is not definite": (positive_definite(A), ((1, 1), (1, 1))),
    "orthogonal columns that are longer": (orthogonal(A), ((2, 0), (0, 2))),
    "unit columns that are not orthogonal": (orthogonal(A), ((1, 1), (0, 0))),
    "longer columns": (orthonormal_columns(A), ((2, 0), (0, 2))),
    "orthonormal rows and columns but one": (orthonormal_columns(A), ((1, 0), (0, 0))),
    "an oblique projection": (projection(A), ((1, 1), (0, 0))),
    "a reflection": (projection(A), ((1, 0), (0, -1))),
    "singular": (invertible(A), ((1, 2), (2, 4))),
    "a turn": (real_eigenvalues(A), ((0, 1), (-1, 0))),
    "almost a double eigenvalue": (real_eigenvalues(A), ((1000, 1), (-1, 1001))),
}


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_near_misses_are_told(name: str) -> None:
    assumption, entries = NEAR_MISSES[name]
    values = tuple(tuple(map(Fraction, row)) for row in entries)
    assert not meets(Instance({n: 2}, {A: values}, {}), (assumption,))


@pytest.mark.parametrize(("entries", "columns", "rows"), [(((1, 2), (2, 4), (0, 0)), False, False), (((1, 0), (0, 1), (1, 1)), True, False)])
def test_dependent_columns_are_told(entries: tuple[tuple[int, ...], ...], columns: bool, rows: bool) -> None:
    values = tuple(tuple(map(Fraction, row)) for row in entries)
    instance = Instance({n: 3, d: 2}, {X: values}, {})
    assert meets(instance, (full_column_rank(X),)) == columns
    assert meets(instance, (full_row_rank(X),)) == rows
    assert meets(Instance({n: 2, d: 3}, {X: flipped(values)}, {}), (full_row_rank(X),)) == columns


def test_properties_of_terms_are_tested_too() -> None:
    Y = matrix("Y", n, d)
    sampler = Sampler(claim(norm(X + Y, "F"), "=", 0, (full_column_rank(X + Y), positive_definite(Y.T @ Y))))
    instance = sampler.draw({n: 3, d: 2}, 1)
    assert instance is not None
    assert rank(tuple(tuple(a + b for a, b in zip(*lines, strict=True)) for lines in zip(*map(instance.rational, (X, Y)), strict=True))) == 2


@pytest.mark.parametrize("make", [symmetric, orthogonal, projection])
def test_what_balls_leave_open_is_not_called_false(make: Callable[[Term], Property]) -> None:
    """e times a matrix is symmetric if the matrix is, though no two of its entries are known to be equal."""
    x = Symbol("x")
    values: dict[Quantity, Entries] = {A: ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))), x: ((Fraction(1),),)}
    with pytest.raises(EvaluationError):
        has_property(BallInterpreter(Instance({n: 2}, values, {})), make(exp(x) * exp(-x) * A))
    oblique: dict[Quantity, Entries] = values | {A: ((Fraction(1), Fraction(3)), (Fraction(0), Fraction(1)))}
    assert not has_property(BallInterpreter(Instance({n: 2}, oblique, {})), make(exp(x) * exp(-x) * A))
