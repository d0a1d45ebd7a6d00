"""Statements and SymPy's Booleans mean the same, in both directions; what SymPy has no word for is refused with the reason."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from derivations import from_sympy, to_sympy
from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.instances import Instance
from derivations.evaluation.statements import holds
from derivations.language import constructors as make
from derivations.language import laws
from derivations.language.assumptions import (
    equal,
    every,
    full_column_rank,
    invertible,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    projection,
    symmetric,
    tends_to,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, relu
from derivations.language.terms import CONNECTIVES, Number, Relation, Statement, Term

n, d = make.dimensions("n d")
a, b = make.scalars("a b")
X, S, w, y = make.matrix("X", n, d), make.matrix("S", n, n), make.vector("w", d), make.vector("y", n)
t, i = make.counter("t"), make.index("i", n)
p, q = sympy.symbols("a b", real=True)
N, D = sympy.symbols("n d", integer=True, positive=True)
XX, SS = sympy.MatrixSymbol("X", N, D), sympy.MatrixSymbol("S", N, N)


@pytest.mark.parametrize(
    ("statement", "expression"),
    [
        (a > b, p > q),
        (a**2 <= 1, p**2 <= 1),
        (equal(a, b), sympy.Eq(p, q)),
        (nonzero(a), sympy.Ne(p, 0)),
        ((a > 0) & (b > 0) & (a < b), sympy.And(p > 0, q > 0, p < q)),
        ((a > 0) | (b >= 1), sympy.Or(p > 0, q >= 1)),
        (Relation(a > 0, "iff", b > a), sympy.Equivalent(p > 0, q > p)),
        (Relation((a > 0) & (b > 0), "implies", a * b > 0), sympy.Implies((p > 0) & (q > 0), p * q > 0)),
        (symmetric(S), sympy.Q.symmetric(SS)),
        (invertible(S) & orthogonal(S), sympy.And(sympy.Q.invertible(SS), sympy.Q.orthogonal(SS))),
        (positive_definite(S), sympy.Q.positive_definite(SS)),
    ],
    ids=repr,
)
def test_statements_have_counterparts(statement: Statement, expression: Any) -> None:
    assert to_sympy(statement) == expression
    assert to_sympy(from_sympy(expression)) == expression


@pytest.mark.parametrize(
    ("expression", "statement"),
    [
        (sympy.Not(sympy.And(p > 0, q > 0)), Relation(a <= 0, "or", b <= 0)),
        (sympy.Not(sympy.Or(p > 0, sympy.Eq(q, 0))), Relation(nonzero(b), "and", a <= 0)),
        (sympy.Not(sympy.Implies(p > 0, q > 1)), Relation(a > 0, "and", b <= 1)),
        (sympy.Not(sympy.Equivalent(p > 0, q > 1)), Relation(a > 0, "iff", b <= 1)),
    ],
    ids=str,
)
def test_a_negation_moves_inside(expression: Any, statement: Statement) -> None:
    assert to_sympy(from_sympy(expression)) == to_sympy(statement)


def test_an_equation_of_matrices_is_one() -> None:
    expression = to_sympy(equal(X @ w, y))
    assert isinstance(expression, sympy.Eq)
    assert from_sympy(expression) == equal(X @ w, y)


def test_what_is_known_of_signs_is_used() -> None:
    assert to_sympy(positive(a), given=(a > 0,)) is sympy.true
    assert to_sympy(positive(a * b), given=(a > 0,)).free_symbols == {sympy.Symbol("a", positive=True, real=True), q}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (tends_to(a**t, 0), "Limit is a value"),
        (every(i, make.entry(y, i) > 0), "no statement for every i"),
        (full_column_rank(X), "no predicate for this"),
        (projection(S), "no predicate for this"),
        (symmetric(a), "no predicate for this"),
        (positive(X), "compares matrices by = only"),
        (nonzero(X), "compares matrices by = only"),
        (Relation(laws.expectation(w, w), "=", w), "Expectation has no counterpart.*prove what the expectation is"),
        (Relation(w, "in", make.argmin(make.norm(w), w)), "ArgMin has no counterpart.*prove what the minimiser is"),
        ((make.rank(X) > 1) & (a > 0), "Rank has no counterpart.*entries only"),
        (positive(make.eigenvalues(S)), "Eigenvalues has no counterpart.*largest_eigenvalue"),
        (positive(make.iterate("w", t, a, b, 2 * b)), "Iterate has no counterpart.*closed form"),
    ],
    ids=repr,
)
def test_what_sympy_has_no_word_for_is_refused(statement: Statement, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        to_sympy(statement)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (sympy.true, "evaluated the statement away"),
        (sympy.Not(sympy.Q.symmetric(SS)), "Not .* the negation of this"),
        (sympy.Xor(p > 0, q > 1), "Xor .* a statement is built of And"),
        (sympy.Equivalent(p > 0, q > 0, p > q), "two by two"),
        (sympy.And(sympy.Symbol("c"), p > 0), "Symbol c .* a statement is built of And"),
        (sympy.Q.fullrank(SS), "accepted are Q.symmetric"),
        (sympy.Ne(XX, sympy.ZeroMatrix(*XX.shape)), "compared by Eq only"),
    ],
    ids=str,
)
def test_what_has_no_exact_meaning_is_refused(expression: Any, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        from_sympy(expression)


# ------------------------------------------------------------------------------------------------------------- the meaning

numbers = st.sampled_from([Number(Fraction(value)) for value in ("-1", "0", "1", "3/2")])
scalar_terms = st.recursive(
    st.sampled_from([a, b]) | numbers,
    lambda inner: st.one_of(
        st.builds(Term.__add__, inner, inner),
        st.builds(Term.__sub__, inner, inner),
        st.builds(Term.__mul__, inner, inner),
        st.builds(abs_, inner),
        st.builds(relu, inner),
    ),
    max_leaves=4,
)
comparisons = st.builds(Relation, scalar_terms, st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), scalar_terms)
statements = st.recursive(comparisons, lambda inner: st.builds(Relation, inner, st.sampled_from(CONNECTIVES), inner), max_leaves=4)
values = st.fractions(-2, 2, max_denominator=2)


@given(statements, values, values)
def test_a_statement_holds_where_its_boolean_does(statement: Statement, at_a: Fraction, at_b: Fraction) -> None:
    expression = to_sympy(statement)
    instance = Instance({}, {a: ((at_a,),), b: ((at_b,),)}, {})
    here = {p: sympy.Rational(at_a.numerator, at_a.denominator), q: sympy.Rational(at_b.numerator, at_b.denominator)}
    assert bool(expression.subs(here)) == holds(ExactInterpreter(instance), statement)
    if expression not in (sympy.true, sympy.false):
        back = from_sympy(expression)
        assert isinstance(back, Statement)
        assert holds(ExactInterpreter(instance), back) == holds(ExactInterpreter(instance), statement)
