"""Random statements about real numbers: what is proved holds by Python's own arithmetic and logic, at many exact instances."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.language.assumptions import Assumption, equal
from derivations.language.claims import Claim
from derivations.language.constructors import cases, counter, maximum, minimum, scalars
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, exp, log, reciprocal, relu, sigmoid, sign, sqrt, tanh
from derivations.language.terms import Relation, Statement, Term, as_term
from derivations.proof import regions
from derivations.proof.domain import conditions_of
from derivations.proof.proofs import Setting
from derivations.proof.ranges import Ranges
from derivations.proof.statements import prove

x, y, z = scalars("x y z")
t = counter("t")
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def is_proved(stated: Claim) -> bool:
    try:
        prove(Setting.of(stated, conditions_of(stated)))
    except UnsupportedError:
        return False
    return True


@dataclass(frozen=True)
class Number:
    """A random term with its value by Python's own arithmetic; None outside its domain."""

    term: Term
    at: Callable[[dict[str, Fraction]], Fraction | None]


@dataclass(frozen=True)
class Truth:
    """A random statement with its truth by Python's own logic; None where it has no value."""

    statement: Statement
    at: Callable[[dict[str, Fraction]], bool | None]


def lifted(operation: Callable[..., Any], *parts: Number) -> Callable[[dict[str, Fraction]], Any]:
    def at(values: dict[str, Fraction]) -> Any:
        numbers = [part.at(values) for part in parts]
        return None if None in numbers else operation(*numbers)

    return at


def quotient(p: Fraction, q: Fraction) -> Fraction | None:
    return p / q if q else None


NAMES = {symbol.name: symbol for symbol in (x, y, z)}
ONE: list[tuple[Callable[[Any], Any], Callable[[Any], Any]]] = [
    (abs_, abs),
    (relu, lambda p: max(p, Fraction(0))),
    (sign, lambda p: Fraction((p > 0) - (p < 0))),
    (operator.neg, operator.neg),
    (lambda term: term**2, lambda p: p**2),
    (lambda term: term**3, lambda p: p**3),
    (reciprocal, lambda p: quotient(Fraction(1), p)),
]
TWO: list[tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = [
    (operator.add, operator.add),
    (operator.sub, operator.sub),
    (operator.mul, operator.mul),
    (operator.truediv, quotient),
    (maximum, max),
    (minimum, min),
]
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def named(name: str) -> Number:
    return Number(NAMES[name], lambda values: values[name])


def constant(value: Fraction) -> Number:
    return Number(as_term(value), lambda values: value)


leaves = st.sampled_from([*map(named, NAMES), *map(constant, (Fraction(0), Fraction(1), Fraction(2), HALF, Fraction(-1)))])


def larger(parts: st.SearchStrategy[Number]) -> st.SearchStrategy[Number]:
    return st.one_of(
        st.builds(lambda make, part: Number(make[0](part.term), lifted(make[1], part)), st.sampled_from(ONE), parts),
        st.builds(lambda make, p, q: Number(make[0](p.term, q.term), lifted(make[1], p, q)), st.sampled_from(TWO), parts, parts),
        st.builds(branching, st.sampled_from(list(RELATIONS)), parts, parts, parts, parts),
    )


def branching(symbol: str, left: Number, right: Number, first: Number, second: Number) -> Number:
    def at(values: dict[str, Fraction]) -> Fraction | None:
        p, q = left.at(values), right.at(values)
        return None if p is None or q is None else (first if RELATIONS[symbol](p, q) else second).at(values)

    return Number(cases((Relation(left.term, symbol, right.term), first.term), otherwise=second.term), at)


numbers = st.recursive(leaves, larger, max_leaves=4)


def compared(symbol: str, left: Number, right: Number) -> Truth:
    return Truth(Relation(left.term, symbol, right.term), lifted(RELATIONS[symbol], left, right))


def joined(symbol: str, left: Truth, right: Truth) -> Truth:
    def at(values: dict[str, Fraction]) -> bool | None:
        first, second = left.at(values), right.at(values)
        if symbol == "implies" and first is False:
            return True
        if first is None or second is None:
            return None
        return {"and": first and second, "or": first or second, "iff": first == second, "implies": second}[symbol]

    return Truth(Relation(left.statement, symbol, right.statement), at)


comparisons = st.builds(compared, st.sampled_from(list(RELATIONS)), numbers, numbers)
connectives = st.sampled_from(["and", "or", "iff", "implies"])
sentences = st.recursive(comparisons, lambda parts: st.builds(joined, connectives, parts, parts), max_leaves=3)


def likely(first: Truth, second: Truth, p: Number, q: Number, which: int) -> Truth:
    """Statements that are often true: the random ones hardly ever are."""
    negated = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
    left = Number(abs_(p.term + q.term), lifted(lambda a, b: abs(a + b), p, q))
    right = Number(abs_(p.term) + abs_(q.term), lifted(lambda a, b: abs(a) + abs(b), p, q))
    if which == 0:
        return joined("implies", joined("and", first, second), first)
    if which == 1:
        return joined("implies", first, joined("or", second, first))
    if which == 2:
        return joined("iff", joined("and", first, second), joined("and", second, first))
    if which == 3:
        return compared("<=", left, right)
    if which == 4 and isinstance(first.statement, Relation) and first.statement.symbol in negated:
        other = Relation(first.statement.left, negated[first.statement.symbol], first.statement.right)
        return joined("or", first, Truth(other, lambda values: None if first.at(values) is None else not first.at(values)))
    return joined("iff", compared("<", p, q), compared(">", q, p))


instances = [
    {name: Fraction(random.choice((0, 1, -1, 2, -3, 5, random.randint(-40, 40))), random.choice((1, 1, 2, 3, 7))) for name in NAMES}
    for random in (Random(seed) for seed in range(150))
]


def sound(truth: Truth, premise: Truth | None = None) -> bool:
    """Whether a statement is proved; then it holds at every instance at which it has a value."""
    assumptions = (premise.statement,) if premise is not None else ()
    assert isinstance(truth.statement, Relation)
    stated = Claim(truth.statement.left, truth.statement.symbol, truth.statement.right, assumptions)  # type: ignore[arg-type]
    if not is_proved(stated):
        return False
    for values in instances:
        if premise is None or premise.at(values):
            assert truth.at(values) is not False, f"{stated} is false at {values}"
    return True


@settings(max_examples=120)
@given(sentences)
def test_what_is_proved_of_random_statements_holds(truth: Truth) -> None:
    sound(truth)


@settings(max_examples=80)
@given(comparisons, sentences)
def test_what_is_proved_under_random_assumptions_holds(premise: Truth, truth: Truth) -> None:
    sound(truth, premise)


@settings(max_examples=120)
@given(comparisons, comparisons, numbers, numbers, st.integers(0, 5))
def test_what_is_proved_of_likely_statements_holds(first: Truth, second: Truth, p: Number, q: Number, which: int) -> None:
    sound(likely(first, second, p, q, which))


@settings(max_examples=40)
@given(comparisons, comparisons, numbers, numbers, st.integers(0, 3))
def test_likely_statements_without_branches_or_divisions_are_proved(first: Truth, second: Truth, p: Number, q: Number, which: int) -> None:
    truth = likely(first, second, p, q, which)
    assert isinstance(truth.statement, Relation)
    stated = Claim(truth.statement.left, truth.statement.symbol, truth.statement.right)
    assume(not any(condition.guards for condition in conditions_of(stated)))
    assert is_proved(stated)


@settings(max_examples=150)
@given(numbers, st.sampled_from(instances))
def test_a_term_is_to_z3_what_it_is(number: Number, values: dict[str, Fraction]) -> None:
    """With the value of every name given, z3 knows the term's value, and no other."""
    value = number.at(values)
    assume(value is not None and abs(value) < 10**9)
    assert value is not None
    there = tuple(equal(NAMES[name], values[name]) for name in NAMES)
    assert is_settled(number.term, value, there)
    assert not is_settled(number.term, value + 1, there)


def is_settled(term: Term, value: Fraction, there: tuple[Assumption, ...]) -> bool:
    stated = Claim(term, "=", as_term(value), there)
    return regions.Region(stated, (), Ranges(there)).without(stated.statement) is None


MONOTONE: list[tuple[Callable[[Term], Term], str]] = [
    (sqrt, "<"),
    (lambda term: term**THIRD, "<"),
    (lambda term: term ** Fraction(-1, 2), ">"),
    (log, "<"),
    (exp, "<"),
    (tanh, "<"),
    (sigmoid, "<"),
]


@settings(max_examples=60)
@given(st.sampled_from(MONOTONE), st.sampled_from(instances))
def test_values_of_functions_compare_as_their_arguments_do(function: tuple[Callable[[Term], Term], str], values: dict[str, Fraction]) -> None:
    (f, symbol), (p, q) = function, sorted((abs(values["x"]), abs(values["y"])))
    assume(0 < p < q)
    there = (equal(x, p), equal(y, q))
    assert is_proved(Claim(f(x), symbol, f(y), there))
    assert not is_proved(Claim(f(x), "<" if symbol == ">" else ">", f(y), there))
    assert not is_proved(Claim(f(x), "=", f(y), there))


UNARY: list[Callable[[Term], Term]] = [
    *(abs_, sqrt, log, exp, tanh, sigmoid, reciprocal, operator.neg),
    *(lambda term: term**t, lambda term: term ** (t + 1), lambda term: term ** (2 * t), lambda term: term**THIRD, lambda term: term**-2),
]
BINARY: list[Callable[[Term, Term], Term]] = [operator.add, operator.mul, operator.truediv, operator.pow, maximum]
terms = st.recursive(
    st.sampled_from([x, y, z, as_term(0), as_term(1), as_term(-2)]),
    lambda parts: st.one_of(
        st.builds(lambda make, part: make(part), st.sampled_from(UNARY), parts),
        st.builds(lambda make, left, right: make(left, right), st.sampled_from(BINARY), parts, parts),
    ),
    max_leaves=4,
)


@settings(max_examples=200)
@given(st.lists(terms, min_size=1, max_size=2), st.sampled_from(instances), st.integers(0, 3))
def test_what_is_told_never_contradicts_itself_also_where_a_term_has_no_value(made: list[Term], values: dict[str, Fraction], count: int) -> None:
    """At any values of the names there are values of the unknowns. Were there none, an unreached branch would prove anything."""
    there = (*(equal(NAMES[name], values[name] / 8) for name in NAMES), equal(t, count))
    stated = Claim(made[0], "=", made[-1], there)
    region = regions.Region(stated, (), Ranges(()))
    region.reals.formula(stated.statement)  # from now on it is told of the terms
    assert region.numbers() is not None
