"""Claims about regions of real numbers: proved by z3, refuted by instances that are checked by hand here, undecided with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from derivations.evaluation.arrays import AlgebraicInterpreter
from derivations.language.assumptions import Assumption, equal, nonnegative, nonzero, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    column,
    counter,
    define,
    dimensions,
    entry,
    family,
    hadamard_power,
    index,
    indicator,
    literal,
    matrix,
    maximum,
    norm,
    row,
    scalars,
    sum_over,
    trace,
    vector,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, define_function, exp, log, relu, sigmoid, sign, sqrt, tanh
from derivations.language.terms import Relation, Statement, Symbol, Term, as_term
from derivations.language.verdicts import Status, Verdict
from derivations.proof import models, regions, statements, unknowns, verification
from derivations.proof.domain import conditions_of
from derivations.proof.explanation import explain
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.ranges import Ranges
from derivations.proof.reals import Reals, is_about_reals
from derivations.proof.regions import by_regions
from derivations.proof.sampling import Sampler
from derivations.proof.statements import prove
from derivations.proof.verification import judge

eta, sigma, sigma_l, sigma_s, sigma_i, rho, epsilon, beta, gamma = scalars("eta sigma sigma_l sigma_s sigma_i rho epsilon beta gamma")
x, y, z, a, b = scalars("x y z a b")
t, k = counter("t"), counter("k")
n, d = dimensions("n d")
i, j = index("i", n), index("j", n)
v, A, B = vector("v", n), matrix("A", n, n), matrix("B", n, n)
s = family("s", n)
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def implies(premise: Statement, conclusion: Statement) -> Relation:
    return Relation(premise, "implies", conclusion)


def iff(left: Statement, right: Statement) -> Relation:
    return Relation(left, "iff", right)


def unequal(left: Term, right: Term | int | Fraction) -> Relation:
    return Relation(left, "!=", as_term(right))


def factor(value: Term, step: Term = eta) -> Term:
    """By which a step of gradient descent multiplies the distance in the coordinate with this singular value, in size."""
    return abs_(1 - 2 * step * value**2)


def slower(step: Term) -> Term:
    """The size of the slower of two factors."""
    return maximum(factor(sigma_l, step), factor(sigma_s, step))


ORDERED = (sigma_s > 0, sigma_s < sigma_l)
STABLE = (*ORDERED, eta > 0, eta < 1 / sigma_l**2)
best = 1 / (sigma_l**2 + sigma_s**2)
kappa = define("kappa", sigma_l / sigma_s)
inside = (eta > 0) & (eta < 1 / sigma**2)
named_rho = define("rho", 1 - 2 * eta * sigma**2)
SMALL = (epsilon > 0, epsilon < 1)
WRITTEN = (*SMALL, sigma > 0, eta > 0, eta < 1 / sigma**2, unequal(eta, 1 / (2 * sigma**2)))

root = sqrt(1 - beta)
discriminant = (2 - beta - 2 * eta * beta * sigma**2) ** 2 - 4 * (1 - beta)
low, high = ((2 - beta + turn * 2 * root) / (2 * beta * sigma**2) for turn in (-1, 1))
MOMENTUM = (beta > 0, beta < 1, eta > 0, sigma > 0)

hat = -relu(2 - relu(x)) - relu(relu(x) - 2) + 3
soft = maximum(abs_(x) - gamma, 0) * sign(x)

PROVED: dict[str, Claim] = {
    "step sizes": claim(factor(sigma) < 1, "iff", inside, positive(sigma)),
    "step sizes, any sign": claim(factor(sigma) < 1, "iff", inside, nonzero(sigma)),
    "step sizes, each way": claim(implies(factor(sigma) < 1, inside), "and", implies(inside, factor(sigma) < 1), positive(sigma)),
    "large faster": claim(factor(sigma_l) < factor(sigma_s), "iff", eta < best, STABLE),
    "small faster": claim(factor(sigma_s) < factor(sigma_l), "iff", eta > best, STABLE),
    "equally fast": claim(equal(factor(sigma_s), factor(sigma_l)), "iff", equal(eta, best), STABLE),
    "best step": claim(slower(eta), ">=", slower(best), ORDERED),
    "only best step": claim(slower(eta), ">", slower(best), (*ORDERED, unequal(eta, best))),
    "only best step, as a premise": claim(unequal(eta, best), "implies", slower(eta) > slower(best), ORDERED),
    "best rate": claim(slower(best), "=", (kappa**2 - 1) / (kappa**2 + 1), ORDERED),
    "in between": claim(factor(sigma_i), "<=", slower(eta), (sigma_s > 0, sigma_s <= sigma_i, sigma_i <= sigma_l)),
    "in between, as a premise": claim((sigma_s <= sigma_i) & (sigma_i <= sigma_l), "implies", factor(sigma_i) <= slower(eta), positive(sigma_s)),
    "steps": claim(abs_(rho**t) < epsilon, "iff", t > log(epsilon) / log(abs_(rho)), (*SMALL, abs_(rho) > 0, abs_(rho) < 1)),
    "steps, other words": claim(abs_(rho**t) < epsilon, "iff", t * log(abs_(rho)) < log(epsilon), (epsilon > 0, nonzero(rho))),
    "steps, written out": claim(
        abs_((1 - 2 * eta * sigma**2) ** t) < epsilon, "iff", t > log(epsilon) / log(abs_(1 - 2 * eta * sigma**2)), WRITTEN
    ),
    "steps, named": claim(abs_(named_rho**t) < epsilon, "iff", t > log(epsilon) / log(abs_(named_rho)), WRITTEN),
    "complex roots": claim(discriminant < 0, "iff", (low < eta) & (eta < high), MOMENTUM),
    "real roots": claim(discriminant > 0, "iff", (eta < low) | (eta > high), MOMENTUM),
    "repeated roots": claim(equal(discriminant, 0), "iff", equal(eta, low) | equal(eta, high), MOMENTUM),
    "soft threshold": claim(soft, "=", maximum(x - gamma, 0) - maximum(-x - gamma, 0), nonnegative(gamma)),
    "hat": claim(hat, "=", cases((x < 0, 1), (x < 2, 1 + x), otherwise=5 - x)),
    "max as half a sum": claim(equal(maximum(x, y), (x + y) / 2 + abs_(x - y) / 2) & (maximum(x, y) >= x), "and", maximum(x, y) >= y),
    "means": claim(sqrt(a * b), "<=", (a + b) / 2, (a >= 0, b >= 0)),
    "half powers": claim(a ** Fraction(3, 2), "=", a * a**HALF, a >= 0),
    "a third": claim(a**THIRD < b**THIRD, "iff", a < b, (a >= 0, b >= 0)),
    "softplus": claim(relu(x), "<=", log(1 + exp(x))),
    "slope of sigmoid": claim(sigmoid.prime(x), "<=", Fraction(1, 4)),
    "tanh": claim((tanh(x) < 1) & (tanh(x) > -1), "and", iff(tanh(x) > 0, x > 0)),
    "exp": claim(exp(x) * exp(y) > 1, "iff", x + y > 0),
    "log of a power": claim(log(x**4), "=", 4 * log(abs_(x)), nonzero(x)),
    "log of products": claim(log(abs_(x * y / z)), "=", log(abs_(x)) + log(abs_(y)) - log(abs_(z)), (nonzero(x), nonzero(y), nonzero(z))),
    "powers decay": claim(abs_(rho) < 1, "implies", abs_(rho ** (t + 1)) <= abs_(rho**t)),
    "even powers": claim(rho ** (2 * t), ">=", 0),
    "the first power": claim(rho**t, "=", 1, equal(t, 0)),
    "powers of positive numbers": claim(rho**t, ">", 0, positive(rho)),
    "powers compared": claim(a**t <= b**t, "iff", a <= b, (a > 0, b > 0, t > 0)),
    "real exponents": claim(a**x < a**y, "iff", x < y, a > 1),
    "entries": claim(abs_(entry(v, i)), "<=", 1, (entry(v, i) ** 2 <= 1,)),
    "entries elsewhere": claim(entry(v, i) * entry(v, j), ">", 1, entry(v, i) > 1),
    "entries of sums": claim(entry(v + 2 * v, i), "<=", 0, entry(v, i) < 0),
    "entries of powers": claim(entry(hadamard_power(A, 2), i, j), "=", entry(A, i, j) ** 2),
    "entries of rows": claim(entry(row(A, i), 1, j) * entry(column(A, j), i), ">=", 0),
    "a literal": claim(entry(literal([x**2, y], [y, x]).T, 1, 1), ">=", 0),
    "members": claim(s[i] ** 2 < 1, "iff", abs_(s[i]) < 1),
    "unknown terms": claim(abs_(trace(A @ B)) <= 1, "iff", (trace(A @ B) <= 1) & (trace(A @ B) >= -1)),
    "a norm": claim(norm(v) ** 2 <= 4, "iff", norm(v) <= 2),
    "an author's function": claim(define_function("pulse", x, x**2 / (1 + x**2))(y), "<", 1),
    "an indicator": claim(indicator(x > 0) * x, "=", relu(x)),
}


def proved(stated: Claim) -> Proof:
    return prove(Setting.of(stated, conditions_of(stated)))


def is_proved(stated: Claim) -> bool:
    try:
        proved(stated)
    except UnsupportedError:
        return False
    return True


@pytest.mark.parametrize("name", PROVED)
def test_regions_are_proved(name: str) -> None:
    verdict = judge(PROVED[name])
    assert verdict.status is Status.PROVED, verdict
    assert verdict.conditions == ()
    assert verdict.witness is not None
    setting = Setting.of(PROVED[name], conditions_of(PROVED[name]))
    assert by_regions(setting).question is not None


# --------------------------------------------------------------------------------------------------------- wrong variants


@dataclass(frozen=True)
class Wrong:
    """A false claim, and by hand what it says at given values: whether the assumptions hold, and the claim."""

    stated: Claim
    given: Callable[..., bool]
    holds: Callable[..., bool]


def by_hand(e: Fraction, q: Fraction) -> bool:
    return abs(1 - 2 * e * q**2) < 1


def slower_by_hand(e: Fraction, q: Fraction, r: Fraction) -> Fraction:
    return max(abs(1 - 2 * e * q**2), abs(1 - 2 * e * r**2))


REFUTED: dict[str, Wrong] = {
    "twice the region": Wrong(
        claim(factor(sigma) < 1, "iff", (eta > 0) & (eta < 2 / sigma**2), positive(sigma)),
        lambda sigma, eta: sigma > 0,
        lambda sigma, eta: by_hand(eta, sigma) == (0 < eta < 2 / sigma**2),
    ),
    "with the border": Wrong(
        claim(factor(sigma) < 1, "iff", (eta > 0) & (eta <= 1 / sigma**2), positive(sigma)),
        lambda sigma, eta: sigma > 0,
        lambda sigma, eta: by_hand(eta, sigma) == (0 < eta <= 1 / sigma**2),
    ),
    "one side missing": Wrong(
        claim(factor(sigma) < 1, "iff", eta < 1 / sigma**2, positive(sigma)),
        lambda sigma, eta: sigma > 0,
        lambda sigma, eta: by_hand(eta, sigma) == (eta < 1 / sigma**2),
    ),
    "absolute value missing": Wrong(
        claim(1 - 2 * eta * sigma**2 < 1, "iff", inside, positive(sigma)),
        lambda sigma, eta: sigma > 0,
        lambda sigma, eta: (1 - 2 * eta * sigma**2 < 1) == (0 < eta < 1 / sigma**2),
    ),
    "one direction only": Wrong(
        claim(factor(sigma) < 2, "implies", factor(sigma) < 1, positive(sigma)),
        lambda sigma, eta: sigma > 0,
        lambda sigma, eta: abs(1 - 2 * eta * sigma**2) >= 2 or by_hand(eta, sigma),
    ),
    "worse than best": Wrong(
        claim(slower(eta), ">=", slower(1 / (2 * sigma_l**2)), ORDERED),
        lambda sigma_l, sigma_s, eta: 0 < sigma_s < sigma_l,
        lambda sigma_l, sigma_s, eta: slower_by_hand(eta, sigma_l, sigma_s) >= slower_by_hand(1 / (2 * sigma_l**2), sigma_l, sigma_s),
    ),
    "best is not strict": Wrong(
        claim(slower(eta), ">", slower(best), ORDERED),
        lambda sigma_l, sigma_s, eta: 0 < sigma_s < sigma_l,
        lambda sigma_l, sigma_s, eta: slower_by_hand(eta, sigma_l, sigma_s) > slower_by_hand(1 / (sigma_l**2 + sigma_s**2), sigma_l, sigma_s),
    ),
    "condition number, not squared": Wrong(
        claim(slower(best), "=", (kappa - 1) / (kappa + 1), ORDERED),
        lambda sigma_l, sigma_s: 0 < sigma_s < sigma_l,
        lambda sigma_l, sigma_s: slower_by_hand(1 / (sigma_l**2 + sigma_s**2), sigma_l, sigma_s) == (sigma_l - sigma_s) / (sigma_l + sigma_s),
    ),
    "the wrong order": Wrong(
        claim(factor(sigma_l) < factor(sigma_s), "iff", eta > best, STABLE),
        lambda sigma_l, sigma_s, eta: 0 < sigma_s < sigma_l and 0 < eta < 1 / sigma_l**2,
        lambda sigma_l, sigma_s, eta: (abs(1 - 2 * eta * sigma_l**2) < abs(1 - 2 * eta * sigma_s**2)) == (eta > 1 / (sigma_l**2 + sigma_s**2)),
    ),
    "threshold without sign": Wrong(
        claim(maximum(abs_(x) - gamma, 0), "=", maximum(x - gamma, 0) - maximum(-x - gamma, 0), nonnegative(gamma)),
        lambda x, gamma: gamma >= 0,
        lambda x, gamma: max(abs(x) - gamma, 0) == max(x - gamma, 0) - max(-x - gamma, 0),
    ),
    "a tiny region": Wrong(
        claim((x - THIRD) ** 2 + (y - Fraction(2, 7)) ** 2, ">", Fraction(1, 10**6)),
        lambda x, y: True,
        lambda x, y: (x - THIRD) ** 2 + (y - Fraction(2, 7)) ** 2 > Fraction(1, 10**6),
    ),
    "an irrational border": Wrong(
        claim(x**2 > 2, "iff", x**3 > 2, x > 1),
        lambda x: x > 1,
        lambda x: (x**2 > 2) == (x**3 > 2),
    ),
    "late in a sequence": Wrong(claim((t - 20) ** 2, ">", 0), lambda t: t >= 0, lambda t: (t - 20) ** 2 > 0),
}


def values_of(verdict: Verdict) -> dict[str, Any]:
    """The scalars and sizes of a counterexample, by name."""
    assert verdict.counterexample is not None
    witness = verdict.counterexample.witness
    numbers: dict[str, Any] = {name: value[0][0] for name, value in witness.values}
    return {name: Fraction(number) for name, number in (numbers | dict(witness.sizes)).items()}


@pytest.mark.parametrize("name", REFUTED)
def test_wrong_regions_are_refuted(name: str) -> None:
    wrong = REFUTED[name]
    assert not is_proved(wrong.stated)
    verdict = judge(wrong.stated)
    assert verdict.status is Status.REFUTED
    assert not verdict.alarm
    values = values_of(verdict)
    assert wrong.given(**values)
    assert not wrong.holds(**values)


NEVER_PROVED: dict[str, Claim] = {
    "steps with equality": claim(abs_(rho**t) < epsilon, "iff", t >= log(epsilon) / log(abs_(rho)), (*SMALL, abs_(rho) > 0, abs_(rho) < 1)),
    "steps the other way": claim(abs_(rho**t) < epsilon, "iff", t < log(epsilon) / log(abs_(rho)), (*SMALL, abs_(rho) > 0, abs_(rho) < 1)),
    "steps without a sign": claim(abs_(rho**t) < epsilon, "iff", t > log(epsilon) / log(abs_(rho)), (epsilon > 0, abs_(rho) > 0)),
    "powers without absolute value": claim(rho**t, ">=", 0),
    "powers that grow": claim(abs_(rho) < 1, "implies", abs_(rho ** (t + 1)) < abs_(rho**t)),
    "logarithm of a sum": claim(log(x + y), "=", log(x) + log(y), (x > 0, y > 0)),
    "logarithm below": claim(log(x), "<=", 0, x > 0),
    "exp of a product": claim(exp(x * y), "=", exp(x) * exp(y)),
    "exp above 1": claim(exp(x), ">=", 1),
    "root of a square": claim(sqrt(x**2), "=", x),
    "an odd power": claim(x**3, ">=", 0),
    "no square root of two": claim(x**2, "!=", 2),
    "a half number of steps": claim(equal(2 * t, 3), "implies", t > 2),
    "entries of one vector": claim(entry(v, i), "<=", entry(v, j)),
    "unknown terms": claim(trace(A @ B), ">=", 0),
    "one index for another": claim(entry(v, i) > 0, "implies", entry(v, j) > 0),
    "one index for all": claim(entry(v, i) > 0, "implies", sum_over(j, entry(v, j)) > 0),
    "a condition of two": claim((x > 0) | (y > 0), "implies", x + y > 0),
}


@pytest.mark.parametrize("name", NEVER_PROVED)
def test_what_is_false_or_open_is_not_proved(name: str) -> None:
    assert not is_proved(NEVER_PROVED[name])
    verdict = judge(NEVER_PROVED[name])
    assert verdict.status in (Status.REFUTED, Status.UNDECIDED, Status.SUPPORTED)
    assert not verdict.alarm


# ---------------------------------------------------------------------------------------------------------------- domain


CONDITIONS: dict[str, tuple[Claim, tuple[str, ...]]] = {
    "x / x": (claim((x / x >= 1) & (x / x <= 1), "or", x > 0), ("x != 0",)),
    "a reciprocal": (claim(1 / x > 0, "iff", x > 0), ("x != 0",)),
    "a root": (claim(sqrt(x) ** 2 <= x, "and", x <= sqrt(x) ** 2), ("x >= 0",)),
    "a logarithm": (claim(log(x) < log(y), "iff", x < y), ("x > 0", "y > 0")),
    "in the premise": (claim(1 / x > 1, "implies", x < 1), ("x != 0",)),
    "premise guards conclusion": (claim(x > 0, "implies", x / x + 1 / x > 1), ()),
    "premises guard conclusion": (claim((x >= 0) & unequal(x, 0), "implies", 1 / x > 0), ()),
    "a premise of several": (claim((x > 1) & (y > x), "implies", log(y - 1) < log(y)), ()),
    "nested premises": (claim(x > 0, "implies", implies(y > x, sqrt(y - x) < sqrt(y))), ()),
    "each case": (claim(cases((x > 0, 1 / x), otherwise=-x), ">=", 0), ()),
    "the other case": (claim(cases((x > 0, x), otherwise=sqrt(-x)), ">=", 0), ()),
    "what the region implies": (claim(log(abs_(1 - 2 * x)) < 0, "and", abs_(1 - 2 * x) < 1, (x > 0, x < HALF)), ()),
    "printed once": (claim(1 / (x - y) > 0, "iff", x > y), ("x - y != 0",)),
    "an assumption's own domain": (claim(x, "!=", 0, 1 / x < 2), ()),
    "a condition inside a condition": (claim(1 / log(x) > 0, "iff", x > 1), ("log(x) != 0", "x > 0")),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_are_implied_or_printed(name: str) -> None:
    stated, conditions = CONDITIONS[name]
    verdict = judge(stated)
    assert verdict.status is Status.PROVED, verdict
    assert verdict.conditions == conditions


UNGUARDED: dict[str, Claim] = {
    "premise is too weak": claim(x >= 0, "implies", unequal(1 / x, 0)),
    "premise of another": claim(x > 0, "implies", 1 / y + x > 1 / y),
    "one of two premises": claim((x > 0) | (y > 0), "implies", sqrt(x) >= 0),
    "a case": claim(cases((x > 0, 1 / (x - 1)), otherwise=1) * 0, "=", 0),
    "a case that looks safe": claim(cases((x > 0, 1), otherwise=x / x), ">", 0),
    "a logarithm": claim(x < 1, "implies", log(x) < 0),
}


@pytest.mark.parametrize("name", UNGUARDED)
def test_a_branch_without_a_value_is_not_proved(name: str) -> None:
    with pytest.raises(NotProved, match="a branch has a domain of its own"):
        proved(UNGUARDED[name])
    assert judge(UNGUARDED[name]).status is not Status.PROVED


@pytest.mark.parametrize(
    "given_", [(x > y, y > x + 1), (x**2 + y**2 < 0,), (equal(x**2, -1),), (x / y > 0, equal(x, 0)), (log(x) < 0, x > 1)], ids=repr
)
def test_a_claim_under_assumptions_that_exclude_each_other_is_not_proved(given_: tuple[Assumption, ...]) -> None:
    verdict = judge(claim(x, "=", x + 1, given_))
    assert verdict.status is Status.UNDECIDED
    assert "satisf" in verdict.reason


def test_complex_symbols_are_refused() -> None:
    c = Symbol("c", (), "complex")
    assert not is_about_reals(claim(c * c >= 0, "or", x > 0).statement)
    with pytest.raises(UnsupportedError):
        proved(claim(c * c >= 0, "or", c * c < 0))
    with pytest.raises(UnsupportedError, match="complex"):
        Reals(Ranges(())).value(c * c)


# ---------------------------------------------------------------------------------------------------------------- models


def test_the_numbers_that_z3_finds_become_instances() -> None:
    e = vector("e", 3)
    distances = (entry(v, i) - 2, entry(v, 1) - 3, entry(e, 3) - 5, s[j] - 7, t - 4)
    stated = claim(sum((distance**2 for distance in distances[1:]), distances[0] ** 2), ">", 0)
    found = list(models.contradicting(stated))
    for instance in found:
        assert instance.positions[i] > 1
        assert instance.values[v][instance.positions[i] - 1][0] == 2
        assert instance.values[v][0][0] == 3
        assert [row[0] for row in instance.values[e]] == [1, 1, 5]
        assert instance.values[(s, (instance.positions[j],))][0][0] == 7
        assert instance.sizes[t] == 4
        assert len(instance.values[v]) == instance.sizes[n] >= max(instance.positions.values())
    assert found
    assert judge(stated).status is Status.REFUTED


def test_irrational_numbers_are_rounded_to_near_ones_the_simplest_first() -> None:
    instances = list(models.contradicting(claim(equal(x**2, 2), "implies", x < 0)))
    values = [instance.rational(x)[0][0] for instance in instances[:-1]]
    assert values[0] == 1
    assert all(abs(later**2 - 2) <= abs(earlier**2 - 2) for earlier, later in pairwise(values))
    assert abs(values[-1] ** 2 - 2) < Fraction(1, 10**15)
    assert not instances[-1].is_rational
    assert AlgebraicInterpreter(instances[-1]).value(x**2 - 2).scalar == 0


def test_an_instance_that_would_be_too_large_is_left_out() -> None:
    assert list(models.contradicting(claim((t - 10**6) ** 2, ">", 0))) == []


def test_only_claims_about_real_numbers_are_asked() -> None:
    for stated in (claim(v, "=", v + v), claim(A @ B, "=", B @ A)):
        assert list(models.contradicting(stated)) == list(models.meeting(stated)) == []


def test_what_z3_finds_is_checked_before_it_refutes(monkeypatch: pytest.MonkeyPatch) -> None:
    lie = regions.Model({x: (Fraction(3),)})
    monkeypatch.setattr(regions.Region, "without", lambda region, statement, guards=(): lie)
    verdict = judge(claim(abs_(x) <= 1, "iff", (x <= 1) & (x >= -1)))
    assert verdict.status is Status.UNDECIDED
    assert "real numbers may contradict it: x = 3" in verdict.reason


def test_where_sampling_finds_no_instance_z3_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sampler, "draw", lambda sampler, *_: None)
    verdict = judge(PROVED["large faster"])
    assert verdict.status is Status.PROVED
    assert verdict.witness is not None
    large, small, step = (dict(verdict.witness.values)[name][0][0] for name in ("sigma_l", "sigma_s", "eta"))
    assert 0 < small < large  # type: ignore[operator]
    assert 0 < step < 1 / large**2  # type: ignore[operator]
    assert judge(REFUTED["twice the region"].stated).status is Status.REFUTED


def test_work_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "_SOLVERS", (("qfnra-nlsat", 10), ("smt", 10)))
    verdict = judge(PROVED["complex roots"])
    assert verdict.status is Status.UNDECIDED
    assert "z3's smt gave up" in verdict.reason
    assert "within 10 units of work" in verdict.reason


def test_where_one_procedure_gives_up_the_next_is_asked() -> None:
    """The inequality of Cauchy and Schwarz for four coordinates."""
    ps, qs = scalars("p_1 p_2 p_3 p_4"), scalars("q_1 q_2 q_3 q_4")
    dot, left, right = (sum((p * q for p, q in zip(*pair, strict=True)), as_term(0)) for pair in ((ps, qs), (ps, ps), (qs, qs)))
    stated = claim(dot**2, "<=", left * right)
    assert by_regions(Setting.of(stated, ())).question is not None


def test_a_verdict_does_not_depend_on_what_was_asked_before() -> None:
    stated = REFUTED["an irrational border"].stated
    first = [list(models.contradicting(stated)), judge(stated).counterexample]
    for name in ("complex roots", "steps", "hat"):
        judge(PROVED[name])
    assert [list(models.contradicting(stated)), judge(stated).counterexample] == first


# ------------------------------------------------------------------------------------------------------ what is told of it


def test_lemmas_and_facts_are_named() -> None:
    assert judge(PROVED["steps"]).lemmas == ("logarithm",)
    assert judge(PROVED["complex roots"]).lemmas == ()
    assert explain(PROVED["steps"]).of_kind("fact") == (unknowns.LOGARITHM, unknowns.POWERS)
    assert explain(PROVED["complex roots"]).of_kind("fact") == (unknowns.ROOTS,)
    assert explain(PROVED["step sizes"]).of_kind("fact") == ()


def test_an_explanation_says_what_was_asked() -> None:
    told = explain(PROVED["unknown terms"])
    assert told.of_kind("proved") == ("by regions",)
    assert told.of_kind("any number for") == (trace(A @ B),)
    region = explain(PROVED["large faster"])
    assert region.of_kind("assumption") == tuple(map(repr, STABLE))
    assert region.of_kind("domain") == ("sigma_l**2 + sigma_s**2 != 0",)
    assert region.of_kind("implied") == ("sigma_l**2 + sigma_s**2 != 0, by its range",)
    written = explain(PROVED["steps, written out"])
    assert "log(abs_(1 - 2 * eta * sigma**2)) != 0, by regions" in written.of_kind("implied")


# -------------------------------------------------------------------------------------------------------- planted faults


class _Unguarded(Reals):
    """Tells z3 of quotients, roots and powers of 0 outside their domain too."""

    def quotient(self, x: Any, y: Any) -> Any:
        q = super().quotient(x, y)
        self.told.append(q * y == x)
        return q

    def root(self, x: Any, degree: int) -> Any:
        r = super().root(x, degree)
        self.told.append(r**degree == x)
        return r

    def magnitude_of_power(self, size: Any, exponent: Any) -> Any:
        m = super().magnitude_of_power(size, exponent)
        self.told.append(self.z3.Implies(size == 0, m == 0))
        return m


class _Blind(Reals):
    """Takes a symbolic power for that of the absolute value, and unknown numbers for positive ones."""

    def signed_power(self, x: Any, size: Any, exponent: Any) -> Any:
        return self.magnitude_of_power(size, exponent)

    def unknown(self, term: Term) -> Any:
        variable = super().unknown(term)
        self.told.append(variable >= 0)
        return variable


def any_premise(premise: Statement) -> Any:
    return premise


Fault = tuple[Callable[[pytest.MonkeyPatch], None], Claim]
FAULTS: dict[str, Fault] = {
    "a quotient by 0": (
        lambda patch: patch.setattr(regions, "Reals", _Unguarded),
        claim(cases((unequal(x, 0), 1 / x), otherwise=0) * x, ">", HALF),
    ),
    "a root of a negative number": (
        lambda patch: patch.setattr(regions, "Reals", _Unguarded),
        claim(cases((x >= 0, sqrt(x)), otherwise=-1), ">=", 0),
    ),
    "0 to the power 0": (lambda patch: patch.setattr(regions, "Reals", _Unguarded), claim(equal(x, 0), "implies", x**t < 1)),
    "the sign of a power": (lambda patch: patch.setattr(regions, "Reals", _Blind), claim(x**t + 1, ">", 0)),
    "unknown terms": (lambda patch: patch.setattr(regions, "Reals", _Blind), claim(trace(A @ B), ">=", 0)),
    "logarithms of any order": (
        lambda patch: patch.setattr(Reals, "_same_order", lambda run, u, log_u, v, log_v: log_u == log_v),
        claim(log(x), "=", log(y), (x > 0, y > 0)),
    ),
    "a conclusion without a value": (
        lambda patch: patch.setattr(statements, "_holds_where_guarded", lambda condition, setting: True),
        UNGUARDED["premise is too weak"],
    ),
    "a case without a value": (
        lambda patch: patch.setattr(statements, "_holds_where_guarded", lambda condition, setting: True),
        claim(cases((x > 0, x - x + 1), otherwise=x * (1 / x)), ">", 0),
    ),
    "a premise for one index": (lambda patch: patch.setattr(statements, "_as_assumption", any_premise), NEVER_PROVED["one index for another"]),
    "an implication for a conjunction": (
        lambda patch: patch.setitem(statements._SPLITS, "and", statements._under_premise),
        claim(x > 0, "and", x + 1 > 0),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_proves_what_is_not_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, wrong = FAULTS[name]
    assert not is_proved(wrong)
    plant(monkeypatch)
    assert is_proved(wrong)


def test_a_condition_that_is_forgotten_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "needed", lambda setting: ())
    assert [name for name, (stated, conditions) in CONDITIONS.items() if judge(stated).conditions != conditions]
