"""The pseudo-inverse: exact values meet Penrose's equations; what must be proved, refuted and left open; every table knows the node."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import flint
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.evaluation.arrays import Array, ArrayInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.elimination import reduced_echelon
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.evaluation.fields import EXACT, rational
from derivations.evaluation.instances import Entries, Instance
from derivations.evaluation.interpreter import Imprecise, OutsideDomain
from derivations.language.assumptions import (
    Assumption,
    full_column_rank,
    full_row_rank,
    invertible,
    nonnegative,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
    projection,
    symmetric,
)
from derivations.language.claims import claim
from derivations.language.constructors import (
    column_vector,
    diag,
    dimensions,
    gradient,
    identity,
    index,
    inverse,
    literal,
    matrix,
    norm,
    ones,
    pseudo_inverse,
    row,
    scalar,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import exp
from derivations.language.shapes import Shape, sides
from derivations.language.terms import PseudoInverse, Relation, Term
from derivations.language.verdicts import Status
from derivations.proof.domain import conditions_of
from derivations.proof.edits import edits
from derivations.proof.proofs import NotProved, Setting
from derivations.proof.ranges import Ranges
from derivations.proof.statements import prove
from derivations.proof.verification import judge

n, d, k = dimensions("n d k")
X, Z, R = matrix("X", n, d), matrix("Z", n, d), matrix("R", d, k)
S, Q, D, B = matrix("S", n, n), matrix("Q", n, n), matrix("D", d, d), matrix("B", d, n)
w, v, y = vector("w", d), vector("v", d), vector("y", n)
c = scalar("c")
pinv, I = pseudo_inverse, identity  # noqa: E741 (the identity's own letter)

Rows = list[list[Fraction]]


def equal(left: Term, right: Term) -> Relation:
    return Relation(left, "=", right)


# ---------------------------------------------------------------------------------------------------------------- values

ENTRIES = st.fractions(-3, 3, max_denominator=3)


@st.composite
def low_rank(draw: st.DrawFn, rows: int | None = None, columns: int | None = None) -> Rows:
    """Matrices of every size up to 4 × 4 and every rank, the rank 0 too."""
    height, width = rows or draw(st.integers(1, 4)), columns or draw(st.integers(1, 4))
    rank = draw(st.integers(0, min(height, width)))
    left, right = ([[draw(ENTRIES) for _ in range(b)] for _ in range(a)] for a, b in ((height, rank), (rank, width)))
    return product(left, right) if rank else [[Fraction(0)] * width for _ in range(height)]


def product(left: Rows, right: Rows) -> Rows:
    return [[sum((a * b for a, b in zip(line, column, strict=True)), Fraction(0)) for column in zip(*right, strict=True)] for line in left]


def flipped(matrix: Rows) -> Rows:
    return [list(column) for column in zip(*matrix, strict=True)]


def listed(array: Array) -> Rows:
    return [[rational(array.at(i, j)) for j in range(array.columns)] for i in range(array.rows)]


def at(values: dict[Term, Rows], system: type[ArrayInterpreter] = ExactInterpreter) -> ArrayInterpreter:
    """The interpreter of an instance with these values; the sizes are read off X or S."""
    sizes = {}
    for symbol, rows in values.items():
        for dim, size in zip(symbol.shape, (len(rows), len(rows[0])), strict=False):
            sizes[dim] = size
    entries: dict[Term, Entries] = {symbol: tuple(map(tuple, rows)) for symbol, rows in values.items()}
    return system(Instance(sizes, entries, {}))  # type: ignore[arg-type]


@given(low_rank())
def test_exact_values_meet_the_four_equations(a: Rows) -> None:
    plus = listed(at({X: a}).value(pinv(X)))
    image, other = product(a, plus), product(plus, a)
    assert product(image, a) == a
    assert product(other, plus) == plus
    assert image == flipped(image)
    assert other == flipped(other)


@given(low_rank())
def test_elimination_gives_a_full_rank_factorisation(a: Rows) -> None:
    pivots, rows = reduced_echelon(EXACT, [[EXACT.number(entry) for entry in line] for line in a])
    factor = [[rational(entry) for entry in line] for line in rows]
    assert [[line[pivot] for pivot in pivots] for line in factor] == [[Fraction(int(i == j)) for j in range(len(pivots))] for i in range(len(pivots))]
    assert product([[line[pivot] for pivot in pivots] for line in a], factor) == a if pivots else not any(map(any, a))


@pytest.mark.parametrize(("value", "plus"), [(0, 0), (2, Fraction(1, 2)), (Fraction(-1, 3), -3)])
def test_of_a_scalar(value: Fraction, plus: Fraction) -> None:
    assert listed(at({c: [[Fraction(value)]]}).value(pinv(c))) == [[plus]]


@given(low_rank())
@settings(max_examples=60)
def test_balls_enclose_the_exact_value_or_leave_the_rank_open(a: Rows) -> None:
    exact = at({X: a}).value(pinv(X))
    with flint.ctx.workprec(128):
        try:
            balls = at({X: a}, BallInterpreter).value(pinv(X))
        except Imprecise:
            assume(False)
    with flint.ctx.workprec(1000):  # a fraction is compared as a ball of its own
        assert all(ball.real.contains(entry) for ball, entry in zip(balls.entries, exact.entries, strict=True))


def test_balls_leave_the_rank_of_irrational_entries_open() -> None:
    with flint.ctx.workprec(128):
        root = exp(c) * exp(c) - exp(2 * c)  # zero, but only an algebraist knows
        run = at({c: [[Fraction(1)]]}, BallInterpreter)
        with pytest.raises(Imprecise):
            run.value(pinv(literal([1, 0], [0, root])))
        assert run.value(pinv(literal([1, 0], [0, exp(c)]))).rows == 2


def test_balls_know_a_rank_that_is_not_full_where_products_show_it() -> None:
    with flint.ctx.workprec(128):
        balls = at({X: [[Fraction(3), Fraction(5)], [Fraction(6), Fraction(10)]]}, BallInterpreter).value(X @ pinv(X) @ X)
        assert all(ball.contains(value) for ball, value in zip(balls.entries, (3, 5, 6, 10), strict=True))


def test_it_has_no_derivative_where_the_rank_is_not_full() -> None:
    of_entry = gradient(trace(pinv(X) @ Z), X)
    flat, one = [[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]], [[Fraction(1)] * 2] * 2
    with pytest.raises(OutsideDomain, match="no derivative where the rank is not full"):
        at({X: flat, Z: one}).value(of_entry)
    assert at({X: flat, Z: one, y: [[Fraction(1)], [Fraction(0)]]}).value(gradient(norm(pinv(X) @ y) ** 2, y)).rows == 2


@given(low_rank(3, 2), low_rank(3, 2))
def test_its_derivative_is_that_of_the_left_inverse(a: Rows, b: Rows) -> None:
    run = at({X: a, Z: b})
    assume(at({X: a}).value(literal([trace(pinv(X) @ X)])).scalar == 2)
    assert run.value(gradient(trace(pinv(X) @ Z), X)).entries == run.value(gradient(trace(inverse(X.T @ X) @ X.T @ Z), X)).entries


# ---------------------------------------------------------------------------------------------------------------- proofs

Case = tuple[Term, str, Term, tuple[Assumption, ...]]

PROVED: dict[str, Case] = {
    "A A⁺ A = A": (X @ pinv(X) @ X, "=", X, ()),
    "A⁺ A A⁺ = A⁺": (pinv(X) @ X @ pinv(X), "=", pinv(X), ()),
    "A A⁺ is symmetric": ((X @ pinv(X)).T, "=", X @ pinv(X), ()),
    "A⁺ A is symmetric": ((pinv(X) @ X).T, "=", pinv(X) @ X, ()),
    "A A⁺ is idempotent": (X @ pinv(X) @ X @ pinv(X), "=", X @ pinv(X), ()),
    "A⁺ A is idempotent": (pinv(X) @ X @ pinv(X) @ X, "=", pinv(X) @ X, ()),
    "the complement too": ((I(n) - X @ pinv(X)) @ (I(n) - X @ pinv(X)), "=", I(n) - X @ pinv(X), ()),
    "of a pseudo-inverse": (pinv(pinv(X)), "=", X, ()),
    "of a transpose": (pinv(X.T), "=", pinv(X).T, ()),
    "of a multiple": (pinv(-2 * X), "=", -pinv(X) / 2, ()),
    "of a multiple by a scalar": (pinv(c * X), "=", pinv(X) / c, (nonzero(c),)),
    "of a sum, transposed": (pinv(S.T + 2 * S), "=", pinv(2 * S.T + S).T, ()),
    "of the identity": (pinv(I(n)), "=", I(n), ()),
    "of zero": (pinv(zeros(n, d)), "=", zeros(d, n), ()),
    "of ones": (pinv(ones(n, d)), "=", ones(d, n) / n / d, ()),
    "of an outer product": (pinv(w @ y.T), "=", y @ w.T / (w.T @ w) / (y.T @ y), ()),
    "of a projection A A⁺": (pinv(X @ pinv(X)), "=", X @ pinv(X), ()),
    "of a vector": (pinv(w), "=", w.T / (w.T @ w), ()),
    "of a vector, zero or not": (w @ pinv(w) @ w, "=", w, ()),
    "of a sum of vectors, zero or not": ((w + v) @ pinv(w + v) @ (w + v), "=", w + v, ()),
    "of a scalar, zero or not": (pinv(c) * c * c, "=", c, ()),
    "of two vectors, zero or not": (w @ pinv(w) @ w @ y.T @ y @ pinv(y), "=", w @ y.T, ()),
    "of a sum of vectors": (pinv(w + v) * norm(w + v) ** 2, "=", (w + v).T, (full_column_rank(w + v),)),
    "of a nonzero vector": (pinv(w) @ w, "=", I(1), (full_column_rank(w),)),
    "by the Gram matrix": (pinv(X), "=", pinv(X.T @ X) @ X.T, ()),
    "by the other Gram matrix": (pinv(X), "=", X.T @ pinv(X @ X.T), ()),
    "of the Gram matrix": (pinv(X.T @ X), "=", pinv(X) @ pinv(X).T, ()),
    "full column rank": (pinv(X), "=", inverse(X.T @ X) @ X.T, (full_column_rank(X),)),
    "full row rank": (pinv(X), "=", X.T @ inverse(X @ X.T), (full_row_rank(X),)),
    "a left inverse": (pinv(X) @ X, "=", I(d), (full_column_rank(X),)),
    "a right inverse": (X @ pinv(X), "=", I(n), (full_row_rank(X),)),
    "a right inverse, transposed": (pinv(X.T) @ X.T, "=", I(n), (full_row_rank(X),)),
    "of an invertible matrix": (pinv(S), "=", inverse(S), (invertible(S),)),
    "of a definite matrix": (pinv(S), "=", inverse(S), (positive_definite(S),)),
    "of an orthogonal matrix": (pinv(Q), "=", Q.T, (orthogonal(Q),)),
    "of a rotated matrix": (pinv(Q @ X), "=", pinv(X) @ Q.T, (orthogonal(Q),)),
    "of a projection": (pinv(S), "=", S, (projection(S),)),
    "of a symmetric matrix": (pinv(S).T, "=", pinv(S), (symmetric(S),)),
    "commutes with a symmetric matrix": (S @ pinv(S), "=", pinv(S) @ S, (symmetric(S),)),
    "of a product of full ranks": (pinv(X @ R), "=", pinv(R) @ pinv(X), (full_column_rank(X), full_row_rank(R))),
    "normal equations": (X.T @ X @ pinv(X) @ y, "=", X.T @ y, ()),
    "every solution of the normal equations": (w, "=", pinv(X) @ y + (I(d) - pinv(X) @ X) @ w, (equal(X.T @ X @ w, X.T @ y),)),
    "the residual is orthogonal": (X.T @ (y - X @ pinv(X) @ y), "=", zeros(d), ()),
    "the gradient is zero at A⁺y": (gradient(norm(X @ w - y) ** 2, w), "=", 2 * X.T @ X @ (w - pinv(X) @ y), ()),
    "a gradient by what is multiplied": (gradient(norm(pinv(X) @ y) ** 2, y), "=", 2 * pinv(X).T @ pinv(X) @ y, ()),
    "Pythagoras": (norm(X @ pinv(X) @ y - y) ** 2, "=", norm(y) ** 2 - norm(X @ pinv(X) @ y) ** 2, ()),
    "A⁺y minimises": (norm(X @ w - y) ** 2, ">=", norm(X @ pinv(X) @ y - y) ** 2, ()),
    "A⁺y minimises, bracketed": (norm(X @ w - y) ** 2, ">=", norm(X @ (pinv(X) @ y) - y) ** 2, ()),
    "A⁺y minimises, full column rank": (norm(X @ w - y) ** 2, ">=", norm(X @ pinv(X) @ y - y) ** 2, (full_column_rank(X),)),
    "A⁺y is shortest": (norm(w) ** 2, ">=", norm(pinv(X) @ y) ** 2, (equal(y, X @ w),)),
    "A⁺y solves": (pinv(X) @ y, "=", w, (equal(y, X @ w), full_column_rank(X))),
    "a projection shortens": (norm(X @ pinv(X) @ y) ** 2, "<=", norm(y) ** 2, ()),
    "the other one too": (norm(w) ** 2, ">=", norm(pinv(X) @ X @ w) ** 2, ()),
    "the residual is no longer than the target": (norm(y - X @ pinv(X) @ y) ** 2, "<=", norm(y) ** 2, ()),
    "a given projection shortens": (norm(S @ y) ** 2, "<=", norm(y) ** 2, (projection(S),)),
    "a projection is semidefinite": (y.T @ X @ pinv(X) @ y, ">=", 0 * c, ()),
    "of a semidefinite matrix": (y.T @ pinv(S) @ y, ">=", 0 * c, (positive_semidefinite(S),)),
    "by its equations": (pinv(X), "=", B, (equal(X @ B @ X, X), equal(B @ X @ B, B), equal((X @ B).T, X @ B), equal((B @ X).T, B @ X))),
    "rank by either trace": (trace(pinv(X) @ X), "=", trace(X @ pinv(X)), ()),
    "rank of a full one": (trace(X @ pinv(X)), "=", d, (full_column_rank(X),)),
}


@pytest.mark.parametrize("name", PROVED)
def test_what_is_true_is_proved(name: str) -> None:
    left, relation, right, assumptions = PROVED[name]
    verdict = judge(claim(left, relation, right, assumptions))
    assert verdict.status is Status.PROVED, verdict.reason
    assert not verdict.alarm


CONDITIONS: dict[str, tuple[str, ...]] = {"of an outer product": ("y.T @ y != 0", "w.T @ w != 0"), "of a vector": ("w.T @ w != 0",)}


@pytest.mark.parametrize("name", PROVED)
def test_it_adds_no_condition(name: str) -> None:
    left, relation, right, assumptions = PROVED[name]
    found = judge(claim(left, relation, right, assumptions)).conditions
    assert sorted(found) == sorted(CONDITIONS.get(name, ()))


REFUTED: dict[str, Case] = {
    "the transpose": (pinv(X), "=", X.T, ()),
    "a left inverse of any matrix": (pinv(X) @ X, "=", I(d), ()),
    "a left inverse of full row rank": (pinv(X) @ X, "=", I(d), (full_row_rank(X),)),
    "of any product": (pinv(X @ R), "=", pinv(R) @ pinv(X), ()),
    "of a sum": (pinv(X + Z), "=", pinv(X) + pinv(Z), ()),
    "commutes": (S @ pinv(S), "=", pinv(S) @ S, ()),
    "of a skew matrix": (S - S.T, "=", pinv(S.T - S).T, ()),
    "of a skew matrix is symmetric": (pinv(S - S.T), "=", pinv(S - S.T).T, ()),
    "of a scalar is a reciprocal with a slip": (pinv(c) * c, "=", I(1), ()),
    "solves any system": (X @ pinv(X) @ y, "=", y, ()),
    "minimises with a slip": (norm(X @ w - y) ** 2, ">=", norm(X @ pinv(X) @ y + y) ** 2, ()),
    "the gradient without its factor": (gradient(norm(pinv(X) @ y) ** 2, y), "=", pinv(X).T @ pinv(X) @ y, ()),
    "a projection shortens by half": (2 * norm(X @ pinv(X) @ y) ** 2, "<=", norm(y) ** 2, ()),
    "a projection lengthens": (norm(X @ pinv(X) @ y) ** 2, ">=", norm(y) ** 2, ()),
    "two projections together shorten": (norm(X @ pinv(X) @ y) ** 2 + norm(Z @ pinv(Z) @ y) ** 2, "<=", norm(y) ** 2, ()),
    "two projections apart": (norm(X @ pinv(X) @ y) ** 2, "<=", norm(Z @ pinv(Z) @ y) ** 2, ()),
    "of another vector": (norm(X @ pinv(X) @ y) ** 2, "<=", norm(Z @ w) ** 2 + y.T @ Z @ w, ()),
    "is positive": (y.T @ pinv(S) @ y, ">", 0 * c, (positive_semidefinite(S),)),
}


@pytest.mark.parametrize("name", REFUTED)
def test_what_is_false_is_refuted(name: str) -> None:
    left, relation, right, assumptions = REFUTED[name]
    verdict = judge(claim(left, relation, right, assumptions))
    assert verdict.status is Status.REFUTED, verdict.reason
    assert verdict.counterexample is not None
    assert not verdict.alarm


def test_the_missing_rank_is_named() -> None:
    assert judge(claim(pinv(X) @ X, "=", I(d))).missing_assumptions == ("X full column rank",)


def test_a_derivative_with_respect_to_it_is_refused_loudly() -> None:
    wrong = claim(gradient(trace(pinv(X) @ X), X), "=", zeros(n, d))
    with pytest.raises(UnsupportedError, match="no rule for the derivative of PseudoInverse"):
        prove(Setting.of(wrong, conditions_of(wrong)))


def test_a_matrix_that_varies_with_an_index_is_refused() -> None:
    i = index("i", n)
    varying = claim(pinv(row(X, i).T @ row(X, i)), "=", zeros(d, d))
    with pytest.raises(UnsupportedError, match="varies with an index"):
        prove(Setting.of(varying, conditions_of(varying)))


# ------------------------------------------------------------------------------------- random products are never wrong

SYMBOLS: dict[Shape, list[Term]] = {}
for _symbol in (X, Z, S, D, y):
    SYMBOLS.setdefault(_symbol.shape, []).append(_symbol)
    SYMBOLS.setdefault(_symbol.T.shape, []).append(_symbol.T)
Pick = Callable[[list[Term]], Term]


def expression(random: Random, shape: Shape, depth: int) -> Term:
    """A random product, sum or pseudo-inverse of a shape."""
    rows, columns = sides(shape)
    leaves = [*SYMBOLS.get(shape, []), *([I(rows)] if rows == columns else [])]
    choice = random.random()
    if leaves and (depth == 0 or choice < 0.2):
        return random.choice(leaves)
    if choice < 0.5:
        return pinv(expression(random, (columns, rows), depth - 1))
    if choice < 0.85 or depth <= 0:
        inner = random.choice([n, d])
        return expression(random, (rows, inner), depth - 1) @ expression(random, (inner, columns), depth - 1)
    left, right = expression(random, shape, depth - 1), expression(random, shape, depth - 1)
    return random.choice([left + right, left - right, 2 * left])


TRUE: list[Callable[[Term], tuple[Term, Term]]] = [
    lambda a: (a @ pinv(a) @ a, a),
    lambda a: (pinv(pinv(a)), a),
    lambda a: (pinv(a.T), pinv(a).T),
    lambda a: (pinv(a), pinv(a.T @ a) @ a.T),
    lambda a: (pinv(a), a.T @ pinv(a @ a.T)),
    lambda a: (a @ pinv(a), pinv(a).T @ a.T),
]
FALSE: list[Callable[[Term], tuple[Term, Term]]] = [
    lambda a: (a, pinv(a.T)),
    lambda a: (pinv(a) @ a, I(sides(a.shape)[1])),
    lambda a: (a @ a.T, pinv(a @ a.T)),
    lambda a: (pinv(a) @ a, a.T @ a),
]


@given(st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=60)
def test_nothing_is_proved_that_an_instance_of_low_rank_contradicts(random: Random, likely: bool) -> None:
    shape = random.choice([(n, n), (d, d), (n, d), (d, n)])
    drawn = expression(random, shape, 2)
    if likely:
        left, right = random.choice([*TRUE, *FALSE])(drawn)
    else:
        left, right = drawn, expression(random, shape, 2)
    assumptions = random.choice([(), (symmetric(S),), (projection(D),)])
    candidate = claim(left, "=", right, assumptions)
    try:
        prove(Setting.of(candidate, conditions_of(candidate)))
    except UnsupportedError:
        assume(False)
    for _ in range(6):
        run = at(instance(random, assumptions))
        assert run.value(left).entries == run.value(right).entries, candidate


def instance(random: Random, assumptions: tuple[Assumption, ...]) -> dict[Term, Rows]:
    """Small matrices of every rank."""
    rows, columns = random.randint(1, 3), random.randint(1, 3)

    def drawn(height: int, width: int) -> Rows:
        rank = random.randint(0, min(height, width))
        left, right = ([[Fraction(random.randint(-2, 3)) for _ in range(b)] for _ in range(a)] for a, b in ((height, rank), (rank, width)))
        return product(left, right) if rank else [[Fraction(0)] * width for _ in range(height)]

    square = drawn(rows, rows)
    direction = [[Fraction(random.randint(-2, 2))] for _ in range(columns)]
    size = sum((x * x for (x,) in direction), Fraction(0)) or Fraction(1)
    onto = [[entry / size for entry in line] for line in product(direction, flipped(direction))]
    return {
        X: drawn(rows, columns),
        Z: drawn(rows, columns),
        S: [[a + b for a, b in zip(line, other, strict=True)] for line, other in zip(square, flipped(square), strict=True)]
        if symmetric(S) in assumptions
        else square,
        D: onto if projection(D) in assumptions else drawn(columns, columns),
        y: drawn(rows, 1),
    }


@pytest.mark.parametrize("make", TRUE)
@pytest.mark.parametrize("a", [X, X.T, X + Z, X @ D, S.T, X - 2 * Z, pinv(X) @ Z], ids=str)
def test_the_identities_are_proved_of_any_matrix(make: Callable[[Term], tuple[Term, Term]], a: Term) -> None:
    made = claim(*_related(make(a)))
    assert prove(Setting.of(made, conditions_of(made))).method == "normal form"


@pytest.mark.parametrize("make", FALSE)
@pytest.mark.parametrize("a", [X, S, X + Z, S - S.T, S + S.T], ids=str)
def test_the_slips_are_proved_of_no_matrix(make: Callable[[Term], tuple[Term, Term]], a: Term) -> None:
    made = claim(*_related(make(a)))
    with pytest.raises(NotProved):
        prove(Setting.of(made, conditions_of(made)))


def _related(sides: tuple[Term, Term]) -> tuple[Term, str, Term]:
    return sides[0], "=", sides[1]


# ---------------------------------------------------------------------------------------------------------------- tables


def test_ranges_of_a_scalar() -> None:
    ranges = Ranges((positive(c),))
    assert ranges.of(pinv(c)).positive
    assert Ranges((nonnegative(c),)).of(pinv(c)).nonnegative
    assert not Ranges((nonnegative(c),)).of(pinv(c)).positive
    assert Ranges((Relation(c, "<=", 0 * c), Relation(c, "<=", zeros()))).of(-pinv(c)).nonnegative
    assert not Ranges(()).of(pinv(X)).nonnegative


def test_slips_are_drawn() -> None:
    results = {edit.result for edit in edits(pinv(X) @ y)}
    assert X.T @ y in results
    assert any(inverse(S.T @ S) == edit.result for edit in edits(pinv(S)))
    assert all(edit.result.shape == (d, 1) for edit in edits(pinv(X) @ y))


def test_slips_of_a_true_claim_are_refuted() -> None:
    for edit in edits(X @ pinv(X) @ X):
        verdict = judge(claim(edit.result, "=", X))
        assert verdict.status in (Status.REFUTED, Status.PROVED)
        assert not verdict.alarm


def test_what_is_left_over_is_spelled() -> None:
    reason = judge(claim(pinv(diag(w)) @ pinv(diag(w)), "=", pinv(diag(w) @ diag(w)))).reason
    assert "pseudo_inverse" in reason
    assert "X @ pseudo_inverse(X)" in judge(claim(gradient(trace(X @ pinv(X) @ S), S), "=", zeros(n, n))).correction.__repr__()


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
@pytest.mark.parametrize("name", PROVED)
def test_torch_agrees(name: str, dtype: str) -> None:
    left, relation, right, assumptions = PROVED[name]
    evidence = gather(claim(left, relation, right, assumptions), (), NumericSettings(dtype=dtype))
    assert evidence.agrees or (evidence.note and (dtype.endswith("16") or name == "by its equations")), evidence



@pytest.mark.parametrize("name", ["full column rank", "by the Gram matrix", "of a projection", "normal equations", "of a product of full ranks"])
def test_torch_tells_the_slips_apart(name: str) -> None:
    left, relation, right, assumptions = PROVED[name]
    true = claim(left, relation, right, assumptions)
    slips = [claim(left, relation, edit.result, assumptions) for edit in edits(right)]
    variants = [slip for slip in slips if judge(slip).status is Status.REFUTED]
    assert len(variants) >= 2
    assert gather(true, variants, NumericSettings()).mutants_caught == len(variants)


def test_the_node() -> None:
    assert pinv(X).shape == (d, n)
    assert pinv(column_vector(1, 2)).shape == (1, 2)
    assert pinv(c).shape == ()
    assert repr(pinv(X.T @ X) @ X.T) == "pseudo_inverse(X.T @ X) @ X.T"
    assert pinv(X) == PseudoInverse(X)
