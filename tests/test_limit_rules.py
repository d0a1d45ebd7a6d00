"""Limits of functions of a counter: what the rules show is where the sequence goes, tails hold their sequences, and the rest is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import acb, ctx
from hypothesis import given
from hypothesis import strategies as st

from derivations.evaluation.arrays import BallInterpreter
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import EvaluationError, Imprecise
from derivations.evaluation.limits import converges, may_converge
from derivations.evaluation.statements import holds
from derivations.evaluation.tails import Tail, tail
from derivations.language.assumptions import Assumption, equal, negative, positive, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import counter, dimensions, family, index, matrix, norm, scalars, sum_over, vector
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, exp, log, relu, sigmoid, sqrt, tanh
from derivations.language.terms import Relation, Symbol, Term, as_term
from derivations.language.verdicts import Status
from derivations.proof.limit_rules import equation_of_limits
from derivations.proof.ranges import Ranges
from derivations.proof.verification import judge

n, d = dimensions("n d")
i = index("i", n)
k = counter("k")
a, b, c, m = scalars("a b c m")
margins = family("m", n)
X, w, v = matrix("X", n, d), vector("w", d), vector("v", d)

EXACT = st.fractions(-3, 3, max_denominator=4)


def instance(**values: Fraction | int) -> Instance:
    names = {name.name: name for name in (a, b, c, m) if isinstance(name, Symbol)}
    return Instance({}, {names[name]: ((Fraction(value),),) for name, value in values.items()}, {})


SHOWN: tuple[tuple[Term, Term | int, tuple[Assumption, ...]], ...] = (
    (exp(-k * a), 0, (positive(a),)),
    (exp(k * a), 0, (negative(a),)),
    (log(1 + exp(-k * a * b)), 0, (positive(a), positive(b))),
    (log(2 + exp(-k * a)), log(as_term(2)), (positive(a),)),
    (sigmoid(k * a + b), 1, (positive(a),)),
    (tanh(b - k * a), -1, (positive(a),)),
    (b / (1 + k), 0, ()),
    ((b + 1 / (1 + k)) ** 2, b**2, ()),
    (sqrt(1 + 1 / (k + 1)), 1, ()),
    (sqrt(exp(-as_term(k))), 0, ()),
    (abs_(exp(-as_term(k)) - 2), 2, ()),
    (relu(b - k * a), 0, (positive(a),)),
    (exp(-(k * a) ** 2), 0, (positive(a),)),
    (a**k * exp(-as_term(k)), 0, (positive(a), a < 1)),
    (exp(-(a**2 + 1) * k) * b, 0, ()),
    (1 / (1 + exp(k * a)), 0, (positive(a),)),
    (sum_over(i, margins[i] * exp(-k * margins[i])), 0, (positive(margins[i]),)),
    (norm(exp(-as_term(k)) * w, 1), 0, ()),
    (log(1 + exp(-((k * w).T @ v))), 0, (positive(w.T @ v),)),
)


@pytest.mark.parametrize("case", SHOWN, ids=str)
def test_limits_of_functions_are_proved_and_are_what_evaluation_finds(case: tuple[Term, Term | int, tuple[Assumption, ...]]) -> None:
    left, right, assumed = case
    verdict = judge(claim(left, "->", right, assumed))
    assert verdict.status is Status.PROVED, verdict
    assert verdict.witness is not None
    wrong = judge(claim(left, "->", as_term(right) + 1 if not as_term(right).shape else right, assumed))
    assert wrong.status is Status.REFUTED, wrong


@pytest.mark.parametrize(
    "left",
    [
        exp(k * a) * exp(-k * a),  # 0 · ∞
        k * a - k * a * b,
        (-1) ** as_term(k) * exp(as_term(0) * k + a),
        as_term(k) / (1 + k),
        log(exp(-as_term(k))),
        1 / (1 - 1 / (1 + k) - k / (k + 1)),
        a ** as_term(k) + exp(-as_term(k)),
        exp(-k * b),
        log(1 + exp(-k * (a - b))),
    ],
    ids=str,
)
def test_what_the_rules_do_not_show_is_refused(left: Term) -> None:
    stated = Claim(left, "->", as_term(0), (positive(a),))
    with pytest.raises(UnsupportedError):
        equation_of_limits(stated, Ranges(stated.given))


def test_an_assumption_about_the_counter_shows_nothing_of_its_growth() -> None:
    stated = Claim(exp(k * (as_term(k) - 3)), "->", as_term(0), (Relation(as_term(k), "<", as_term(2)),))
    with pytest.raises(UnsupportedError, match="counter"):
        equation_of_limits(stated, Ranges(stated.given))


@pytest.mark.parametrize(
    ("left", "right"),
    [(exp(k * a), 0), (log(1 + exp(-k * a)), 1), (exp(-k * b), 0), (log(1 + exp(k * a)), 0), (tanh(k * b), 1), (k * a + exp(-k * a), 5)],
)
def test_other_limits_are_refuted(left: Term, right: int) -> None:
    verdict = judge(claim(left, "->", right, positive(a)))
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample is not None


def test_a_condition_that_fails_for_some_counter_is_no_domain() -> None:
    verdict = judge(claim(log(k * a - 3), "->", 0, positive(a)))
    assert verdict.status is Status.UNDECIDED
    assert "depends on k" in verdict.reason


# ------------------------------------------------------------------------------------------------------------------- tails


@st.composite
def sequences(draw: st.DrawFn, depth: int = 3) -> Term:
    """Terms in a counter and two numbers, with functions of them."""
    if depth == 0:
        return draw(st.sampled_from((as_term(k), a, b, as_term(1), as_term(Fraction(-1, 2)), k * a, k * a + b, -k * b)))
    parts = sequences(depth=depth - 1)
    kind = draw(st.sampled_from(("leaf", "+", "-", "*", "/", "exp", "log", "tanh", "sigmoid", "abs", "relu", "sqrt", "square")))
    first = draw(sequences(depth=0) if kind == "leaf" else parts)
    if kind in ("+", "-", "*", "/"):
        second = draw(parts)
        return {"+": first + second, "-": first - second, "*": first * second, "/": first / second}[kind]
    functions = {"exp": exp, "log": log, "tanh": tanh, "sigmoid": sigmoid, "abs": abs_, "relu": relu, "sqrt": sqrt}
    return first**2 if kind == "square" else functions[kind](first) if kind in functions else first


@given(sequences(), EXACT, EXACT, st.integers(0, 3))
def test_a_tail_holds_every_later_term(term: Term, at_a: Fraction, at_b: Fraction, further: int) -> None:
    run = BallInterpreter(instance(a=at_a, b=at_b))
    before = ctx.prec
    try:
        ctx.prec = 400
        found = tail(run, term, k).scalar
        value = run.within({k: run.constant((1 << 64) + 7**further)}).value(term).scalar
    except EvaluationError:
        return
    finally:
        ctx.prec = before
    if isinstance(found, Tail) and acb(value).is_finite():
        assert not acb(value).real < found.low
        assert not acb(value).real > found.high


def test_what_is_affine_in_the_counter_is_told_by_its_slope() -> None:
    """3k − 2k goes up, though its parts go up and down."""
    found = tail(BallInterpreter(instance(a=3, b=2)), k * a - k * b, k).scalar
    assert found.low > 1000
    assert not found.high.is_finite()
    with pytest.raises(Imprecise):  # k² − k is not affine, and intervals do not say which part wins
        may_converge(BallInterpreter(instance(a=1)), tends_to(exp((k * a) ** 2 - k), 1))


def test_a_limit_of_functions_is_never_certain_at_an_instance_but_may_certainly_fail() -> None:
    run = BallInterpreter(instance(a=1))
    assert may_converge(run, tends_to(exp(-k * a), 0))
    with pytest.raises(Imprecise):
        converges(run, tends_to(exp(-k * a), 0))
    assert not converges(run, tends_to(exp(-k * a), Fraction(1, 10**9)))
    with pytest.raises(EvaluationError):  # as a premise it may not be taken for true
        holds(run, Relation(tends_to(exp(-k * a), 0), "implies", equal(a, 2)))


def test_a_premise_with_such_a_limit_refutes_nothing() -> None:
    """|a| < 1 follows from no limit of exp(−ka), yet the premise cannot be confirmed at an instance: undecided, not proved."""
    verdict = judge(claim(tends_to(exp(-k * a), 0), "implies", equal(a, 1)))
    assert verdict.status is Status.UNDECIDED or verdict.counterexample is not None
    assert verdict.status is not Status.PROVED
