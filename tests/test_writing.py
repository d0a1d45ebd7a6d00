"""Text: brackets where they are needed, messages that stay short, verdicts and reports in a few lines."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivations.language import constructors as make
from derivations.language.assumptions import equal, every, full_column_rank, nonzero, symmetric, tends_to
from derivations.language.claims import claim
from derivations.language.functions import abs_, tanh
from derivations.language.operators import at_positions
from derivations.language.terms import Relation, Statement, Term
from derivations.language.verdicts import Counterexample, Evidence, Report, Result, Status, Value, Verdict, Witness
from derivations.language.writing import report_text, text, value_text, verdict_text, witness_text

n, d = make.dimensions("n d")
i, k, j = make.index("i", n), make.index("k", n), make.index("j", d)
a, sigma = make.scalars("a sigma")
w, y = make.vector("w", d), make.vector("y", n)
X, S = make.matrix("X", n, d), make.matrix("S", d, d)
x = make.family("x", n, d)
z = make.define("z", S @ x[i], i)

@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2 * X.T @ (X @ w - y), "2 * X.T @ (X @ w - y)"),
        (make.gradient(make.norm(X @ w - y) ** 2, w), "gradient(norm(X @ w - y)**2, w)"),
        (make.sum_over(i, make.norm(x[i], 1)) / n, "sum_over(i, norm(x[i], 1)) / n"),
        (Fraction(1, 2) * a, "1/2 * a"),
        (a * Fraction(1, 2), "a * (1/2)"),
        (-a * sigma, "-a * sigma"),
        (-(a * sigma), "-(a * sigma)"),
        (a * -sigma, "a * (-sigma)"),
        (a - (-2 * sigma), "a - (-2 * sigma)"),
        ((-a) ** 2, "(-a)**2"),
        (-(a**2), "-a**2"),
        ((a**2) ** 3, "(a**2)**3"),
        (a ** (sigma**2), "a**(sigma**2)"),
        (a ** Fraction(-1, 2), "a**(-1/2)"),
        ((X.T @ X).T, "(X.T @ X).T"),
        ((S**2).T, "(S**2).T"),
        (S.T**2, "S.T**2"),
        (a - (sigma - 1), "a - (sigma - 1)"),
        (a / (sigma / 2), "a / (sigma / 2)"),
        (a / sigma / 2, "a / sigma / 2"),
        (make.hadamard(w, tanh(w)), "hadamard(w, tanh(w))"),
        (tanh.prime(w), "tanh.prime(w)"),
        (abs_(a), "abs_(a)"),
        (make.cases((a > 0, a), otherwise=0), "cases((a > 0, a), otherwise=0)"),
        (make.indicator(Relation(a, "=", sigma)), "indicator(equal(a, sigma))"),
        (make.indicator(Relation(a, "!=", sigma)), 'indicator(Relation(a, "!=", sigma))'),
        (make.indicator(nonzero(w)), "indicator(nonzero(w))"),
        (make.argmin(make.norm(w), w, equal(X @ w, y), a > 0), "argmin(norm(w), w, equal(X @ w, y), a > 0)"),
        (make.largest_eigenvalue(S) - make.smallest_eigenvalue(S), "largest_eigenvalue(S) - smallest_eigenvalue(S)"),
        (make.entry(make.eigenvalues(S), j) * make.rank(X), "entry(eigenvalues(S), j) * rank(X)"),
        (make.norm(w, "inf") + make.norm(X, "F"), 'norm(w, "inf") + norm(X, "F")'),
        (make.ones(n) @ make.zeros(1, d), "ones(n) @ zeros(1, d)"),
        (make.column_vector(1, a), "column_vector(1, a)"),
        (at_positions(z, {i: k}), "z[k]"),
        (make.entry(X, i, j) - make.entry(w, j), "entry(X, i, j) - entry(w, j)"),
        (Relation(a > 0, "iff", Relation(a, "!=", make.scalar("b"))), "a > 0 iff a != b"),
        (Relation(Relation(a > 0, "iff", a >= 0), "implies", a > 1), "(a > 0 iff a >= 0) implies a > 1"),
        (Relation(a, "->", a), "a -> a"),
        (full_column_rank(X), "X full column rank"),
        (symmetric(S + S.T), "(S + S.T) symmetric"),
        ((a > 0) & (a < 1) & (sigma > 0), "a > 0 and a < 1 and sigma > 0"),
        ((a > 0) & ((a < 1) & (sigma > 0)), "a > 0 and (a < 1 and sigma > 0)"),
        ((a > 0) & (a < 1) | (sigma > 0), "(a > 0 and a < 1) or sigma > 0"),
        (Relation(full_column_rank(X) & (a > 0), "implies", equal(a, 1) | nonzero(a)), "X full column rank and a > 0 implies a = 1 or a != 0"),
        (Relation((a > 0) & (a < 1), "iff", every(i, x[i] > w)), "a > 0 and a < 1 iff every(i, x[i] > w)"),
        (every(i, (a > 0) & full_column_rank(X) | nonzero(a)), "every(i, ((a > 0) & full_column_rank(X)) | nonzero(a))"),
        (every(i, tends_to(a ** make.counter("k"), 0)), "every(i, tends_to(a**k, 0))"),
        (every(i, Relation(a > 0, "iff", Relation(w, "in", make.argmin(a, w)))), 'every(i, Relation(a > 0, "iff", Relation(w, "in", argmin(a, w))))'),
    ],
)
def test_text(value: Term | Statement, written: str) -> None:
    assert text(value) == written


def test_deep_and_shared_terms_stay_short_in_messages() -> None:
    deep: Term = a
    for _ in range(3000):
        deep = deep + sigma
    shared: Term = a
    for _ in range(3000):
        shared = shared * shared
    assert len(str(deep)) < 2100
    assert str(deep).startswith("a + sigma + sigma")
    assert len(str(shared)) < 2100
    assert len(text(deep, longest=None)) > 20_000


# ------------------------------------------------------------------------------------------------- values and verdicts

ONE = Fraction(1)


def scalar_value(value: int) -> Value:
    return ((Fraction(value),),)


def test_values() -> None:
    assert value_text(((Fraction(1, 2),),)) == "1/2"
    assert value_text(((ONE,), (Fraction(-2),))) == "[1, -2]"
    assert value_text(((ONE, Fraction(2)),)) == "[[1, 2]]"
    assert value_text((("1.3 ± 1e-20",),)) == "1.3 ± 1e-20"


REFUTED = Verdict(
    Status.REFUTED,
    counterexample=Counterexample(
        Witness((("n", 1), ("d", 1)), (("X", scalar_value(1)), ("w", scalar_value(0)), ("y", scalar_value(1)))),
        left=scalar_value(-2),
        right=scalar_value(-1),
    ),
)


def test_a_counterexample_is_told_in_one_line() -> None:
    told = "refuted  at n = d = 1, X = [1], w = [0], y = [1]:  left -2, right -1   (off by the factor 2)"
    assert verdict_text(REFUTED) == told
    assert repr(REFUTED) == told


def test_scalars_are_told_from_matrices() -> None:
    values = (("a", scalar_value(3)), ("u", scalar_value(1)), ("x", (((ONE,), (ONE,)),)), ("c", (scalar_value(2), scalar_value(1))))
    witness = Witness((("n", 1), ("d", 2)), values, frozenset(("a", "c")))
    assert witness_text(witness) == "n = 1, d = 2, a = 3, u = [1], x = ([1, 1]), c = (2, 1)"


@pytest.mark.parametrize(
    ("left", "right", "note"),
    [(4, 2, "factor 2"), (2, 4, "factor 2"), (-1, 1, "factor -1"), (7, 3, None), (0, 3, None), (3, 0, None)],
)
def test_the_factor_between_the_sides(left: int, right: int, note: str | None) -> None:
    told = verdict_text(Verdict(Status.REFUTED, counterexample=Counterexample(Witness(()), scalar_value(left), scalar_value(right))))
    assert told.startswith(f"refuted  left {left}, right {right}")
    assert (note in told) if note else ("factor" not in told)


def test_everything_known_of_a_verdict_is_told() -> None:
    verdict = Verdict(
        Status.PROVED,
        method="normal form",
        reason="r",
        conditions=("a != 0",),
        missing_assumptions=("a > 0",),
        lemmas=("SVD",),
        alarm="contradiction",
        witness=Witness((("n", 2),), (("a", scalar_value(1)),), frozenset("a")),
        evidence=Evidence(30, 1e-16, 1e-13, "cpu", "float64", mutants=8, mutants_caught=7),
        correction=a / 2,
        hint="halve",
    )
    assert verdict_text(verdict).splitlines() == [
        "proved  by normal form",
        "  ALARM: contradiction",
        "  reason: r",
        "  conditions: a != 0",
        "  missing assumptions: a > 0",
        "  right would be: a / 2",
        "  hint: halve",
        "  lemmas: SVD",
        "  witness: n = 2, a = 1",
        "  evidence: both sides agree on 30 instances (cpu float64; error 1.0e-16, bound 1.0e-13), 7 of 8 wrong variants told apart",
    ]
    assert verdict_text(Verdict(Status.UNDECIDED, evidence=Evidence(note="none (install derivations[torch])"))).splitlines() == [
        "undecided",
        "  evidence: none (install derivations[torch])",
    ]


def test_a_report_fits_a_terminal_and_shows_what_is_not_proved() -> None:
    shown = claim(a, "=", 2 * a)
    title = "a title that is longer than the column that it has"
    proved = Result(title, claim(a + a, "=", 2 * a), Verdict(Status.PROVED, method="normal form with rewriting", milliseconds=1.26))
    found = Counterexample(Witness((), (("a", scalar_value(1)),), frozenset("a")), scalar_value(1), scalar_value(2))
    refuted = Result("doubling", shown, Verdict(Status.REFUTED, counterexample=found))
    lines = report_text(Report("topic", "name", "Title", (proved, refuted), ("sheet/1",))).splitlines()
    assert lines == [
        "topic/name",
        "Title  (sheet/1)",
        "  a title that is longer than the col…  proved      normal form wit…      1.3 ms",
        "  doubling                              refuted                           0.0 ms",
        "    a = 2 * a",
        "    refuted  at a = 1:  left 1, right 2   (off by the factor 2)",
    ]
    assert max(map(len, lines)) <= 80
