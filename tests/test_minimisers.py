"""Rivals at an instance: of a quadratic function they are found exactly where a point is no minimiser; of one with kinks where there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.instances import Entries, Instance, Quantity
from derivations.evaluation.minimisers import Minimality, minimality, rival
from derivations.language.assumptions import (
    equal,
)
from derivations.language.constructors import (
    argmin,
    cases,
    column_vector,
    dimensions,
    matrix,
    norm,
    scalars,
    vector,
)
from derivations.language.functions import abs_
from derivations.language.implicit import ArgMin
from derivations.language.terms import Relation, Term, as_term

n, d = dimensions("n d")
X, A = matrix("X", n, d), matrix("A", d, d)
w, u, q = vector("w", d), vector("u", d), vector("q", d)
a, s = scalars("a s")
quadratic = w.T @ A @ w / 2 - q.T @ w

ENTRY = st.integers(-2, 2)


def problem_at(form: Any, slope: Any, point: Any, rows: Any) -> tuple[Instance, Minimality]:
    """½wᵀAw − qᵀw with the constraint Xw = Xu, and the point u, at an instance."""
    size, height = form.shape[0], rows.shape[0]

    def entries(matrix: Any) -> tuple[tuple[Fraction, ...], ...]:
        return tuple(tuple(Fraction(int(entry.p), int(entry.q)) for entry in matrix.row(r)) for r in range(matrix.shape[0]))

    values: dict[Quantity, Entries] = {A: entries(form), q: entries(slope), u: entries(point), X: entries(rows)}
    stated = Minimality(ArgMin(quadratic, w, (equal(X @ w, X @ u),)), u, True)
    return Instance({d: size, n: height}, values, {}), stated


def entries_of(size: int) -> st.SearchStrategy[tuple[list[int], list[int]]]:
    """Of a form, and of three vectors."""
    return st.tuples(*(st.lists(ENTRY, min_size=count, max_size=count) for count in (size * size, 3 * size)))


@given(st.integers(1, 3).flatmap(entries_of), st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_quadratic_function_under_equations_has_a_rival_exactly_where_its_point_is_no_minimiser(
    drawn: tuple[list[int], list[int]], only: bool, stationary: bool
) -> None:
    """The point is the minimiser exactly if, on the directions that the constraint leaves free, the slope is 0 and the form is definite."""
    size = len(drawn[1]) // 3
    half = sympy.Matrix(size, size, drawn[0])
    form = half + half.T
    point, rows = sympy.Matrix(drawn[1][:size]), sympy.Matrix(1, size, drawn[1][size : 2 * size])
    slope = form * point if stationary else sympy.Matrix(drawn[1][2 * size :])
    free = rows.nullspace()
    basis = sympy.Matrix.hstack(*free) if free else sympy.zeros(size, 0)
    reduced = basis.T * form * basis
    flat = (basis.T * (form * point - slope)).is_zero_matrix
    right = flat and (not free or (reduced.is_positive_definite if only else reduced.is_positive_semidefinite))
    instance, stated = problem_at(form, slope, point, rows)
    found = rival(ExactInterpreter(instance), replace(stated, only=only))
    assert (found is None) == bool(right)
    if found is not None and found.place is not None:
        assert all(isinstance(entry, Fraction) for line in found.place for entry in line)


KINKED: dict[str, tuple[Term, Term, bool]] = {
    "absolute value": (abs_(s - a), a, True),
    "absolute value, elsewhere": (abs_(s - a), a + 1, False),
    "two kinks": (abs_(s) + abs_(s - 3), as_term(2), False),
    "branches": (cases((s > 0, s**2), otherwise=-s), as_term(0), True),
    "norm": (norm(column_vector(s, a)) ** 2, as_term(0), True),
}


@pytest.mark.parametrize("system", [ExactInterpreter, BallInterpreter])
@pytest.mark.parametrize("name", KINKED)
def test_rivals_of_functions_with_kinks(name: str, system: Callable[[Instance], Any]) -> None:
    function, point, alone = KINKED[name]
    stated = minimality(Relation(argmin(function, s), "=", point))
    assert stated is not None
    found = rival(system(Instance({}, {a: ((Fraction(1),),)}, {})), stated)
    assert (found is None) is alone
