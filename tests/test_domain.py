"""The domain of a claim: computed from its text, it is where the evaluator finds values; what is not implied is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import GIVEN, A, S, X, alpha, b, cube, d, delta, hinge, i, k, n, s, terms, u, v, w, x, y, z

from derivations.evaluation.arrays import ArrayInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import EvaluationError, Inexact, OutsideDomain
from derivations.evaluation.statements import holds as statement_holds
from derivations.language import operators as op
from derivations.language.assumptions import Assumption, full_column_rank, invertible, negative, nonnegative, nonzero, positive, positive_definite
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    define,
    det,
    entry,
    family,
    gradient,
    hadamard,
    hadamard_power,
    hessian,
    identity,
    indicator,
    inverse,
    jacobian,
    largest_eigenvalue,
    maximum,
    norm,
    ones,
    row,
    softmax,
    sum_over,
    trace,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, define_function, exp, log, reciprocal, relu, sigmoid, sign, sqrt, tanh
from derivations.language.kinks import OneSidedDerivative
from derivations.language.operators import at_positions
from derivations.language.shapes import sides
from derivations.language.terms import Relation, Term, free_in
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.proof.domain import Condition, conditions_of, holds_at_all_positions, implied
from derivations.proof.ranges import Ranges
from derivations.proof.sampling import Sampler, precise
from derivations.proof.verification import judge

generous = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
log_of_square = define_function("log_of_square", x, log(x**2))
guarded = define_function("guarded", x, cases((x > 0, log(x)), otherwise=0))
a = family("a", n)
mean = define("mean", ones(n).T @ u / n)
pre = define("pre", X @ v[i] + u, i)
post = at_positions(pre, {i: k})


def domain_of(term: Term) -> list[str]:
    return [repr(condition) for condition in conditions_of(claim(term, "=", zeros(*sides(term.shape))))]


DOMAINS: dict[str, tuple[Term, list[str]]] = {
    "polynomials are defined everywhere": (norm(X @ w - u) ** 2 * tanh(x) * exp(y) * sigmoid(x), []),
    "softmax too": (softmax(u), []),
    "a divisor": (x / y, ["y != 0"]),
    "a constant divisor": (x / 2, []),
    "a divisor of zero": (x / 0, ["0 != 0"]),
    "a dimension divides": (x / n, ["n != 0"]),
    "a named divisor": (1 / mean, ["mean != 0", "n != 0"]),
    "logarithm": (log(u), ["u > zeros(n)"]),
    "root": (sqrt(x), ["x >= 0"]),
    "reciprocal": (reciprocal(u), ["u != zeros(n)"]),
    "negative power": (x**-2, ["x != 0"]),
    "negative Hadamard power": (hadamard_power(u, -1), ["u != zeros(n)"]),
    "matrix inverse": (inverse(A), ["A invertible"]),
    "negative matrix power": (A**-1, ["A invertible"]),
    "scalar inverse": (inverse(x), ["x != 0"]),
    "rational power": (x ** Fraction(1, 3), ["x >= 0"]),
    "negative rational power": (x ** Fraction(-1, 2), ["x > 0"]),
    "real power": (x**y, ["x > 0"]),
    "a dimension as a power": (x**n, []),
    "a norm": (norm(u), []),
    "a determinant": (det(A), []),
    "kinks without a derivative": (relu(x) + abs_(y) + sign(x) + maximum(x, y), []),
    "under a sum": (sum_over(i, 1 / s[i]), ["s[i] != 0"]),
    "inside others": (log(log(x)), ["log(x) > 0", "x > 0"]),
    "an entry": (1 / entry(u, i), ["entry(u, i) != 0"]),
    "relu′": (relu.prime(u), ["u != zeros(n)"]),
    "gradient of relu": (gradient(relu(x) + abs_(y), x), ["x != 0"]),
    "gradient of a norm": (gradient(norm(u), u), ["norm(u) != 0"]),
    "gradient of a squared norm": (gradient(norm(u) ** 2, u), []),
    "gradient of a 1-norm": (gradient(norm(u, 1), u), ["u != zeros(n)"]),
    "gradient of a root": (gradient(sqrt(x), x), ["x > 0"]),
    "gradient of another's root": (gradient(y * sqrt(x), y), ["x >= 0"]),
    "gradient of a maximum": (gradient(maximum(x, y), x), ["x - y != 0"]),
    "gradient of a maximum with 0": (gradient(maximum(x, 0), x), ["x != 0"]),
    "gradient of a comparison": (gradient(x * indicator(x > y), x), ["x - y != 0"]),
    "Jacobian of relu": (jacobian(relu(X @ w), w), ["X @ w != zeros(n)"]),
    "Hessian of relu": (hessian(norm(relu(w)) ** 2, w), ["w != zeros(d)"]),
    "Σ of kinks by one member": (gradient(sum_over(i, abs_(s[i])), s[k]), ["s[k] != 0"]),
    "Σ of kinks by a fixed member": (gradient(sum_over(i, abs_(s[i])), s[1]), ["s[1] != 0"]),
    "Σ of kinks by a named member": (gradient(sum_over(i, ones(n).T @ relu(pre)), post), ["pre[k] != zeros(n)"]),
    "Σ of kinks through a named member": (gradient(sum_over(i, ones(n).T @ relu(pre)), v[k]), ["pre[k] != zeros(n)"]),
    "Σ of kinks by a shared weight": (gradient(sum_over(i, ones(n).T @ relu(pre)), X), ["pre[i] != zeros(n)"]),
    "differences of members": (gradient(sum_over(i, abs_(s[i] - s[1])), s[k]), ["s[i] - s[1] != 0"]),
    "no capture": (gradient(sum_over(i, sum_over(k, abs_(s[i] * entry(u, k)))), s[k]), ["s[i] * entry(u, k) != 0"]),
    "branches": (cases((x > 0, log(x)), otherwise=1 / x), ["x > 0 where x > 0", "x != 0 where x <= 0"]),
    "later branches": (
        cases((x > 0, 1), (y > 0, 1 / y), otherwise=sqrt(-y)),
        ["y != 0 where x <= 0 and y > 0", "-y >= 0 where x <= 0 and y <= 0"],
    ),
    "nested branches": (
        cases((x > 0, cases((y > 0, log(x)), otherwise=0)), otherwise=0),
        ["x > 0 where x > 0 and y > 0"],
    ),
    "the borders of branches, varied": (gradient(cases((x > 0, x), otherwise=y), x), ["x != 0"]),
    "the borders of branches, not varied": (gradient(cases((x > 0, x), otherwise=y), y), []),
    "author's function": (log_of_square(u), ["entry(u, row)**2 > 0"]),
    "author's kink": (hinge(x), []),
    "author's kink, differentiated": (hinge.prime(x), ["x != 0"]),
    "author's kink, varied": (gradient(hinge(x), x), ["x != 0"]),
    "author's polynomial": (cube.prime(x), []),
}


@pytest.mark.parametrize("name", DOMAINS)
def test_the_domain_is_read_off_the_text(name: str) -> None:
    term, expected = DOMAINS[name]
    assert domain_of(term) == expected


def test_an_authors_function_with_branches_of_their_own_domains_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="domains of their own"):
        domain_of(guarded(x))


def test_both_sides_count_once() -> None:
    assert [repr(each) for each in conditions_of(claim(1 / x, "=", log(y) / x))] == ["x != 0", "y > 0"]


# ---------------------------------------------------------------------------------------------------------- what is implied

IMPLIED: dict[str, tuple[Term, tuple[Assumption, ...], list[str]]] = {
    "the same": (1 / x, (nonzero(x),), []),
    "by sign": (log(x) / y, (positive(x), negative(y)), []),
    "by interval": (sqrt(x - 1), (Relation(x, ">=", ones()),), []),
    "not by a weaker one": (log(x), (nonnegative(x),), ["x > 0"]),
    "a dimension": (x / n + x / (n * d), (), []),
    "exp and softmax": (log(exp(u)) + log(softmax(u)), (), []),
    "1 + square": (log(1 + x**2) / (1 + norm(u) ** 2), (), []),
    "σ": (log(sigmoid(x)) + log(1 - sigmoid(x)), (), []),
    "norm": (u / norm(u), (positive(u),), []),
    "every member": (sum_over(i, log(s[i])), (positive(s[i]),), []),
    "members under another letter": (sum_over(k, log(s[k])), (positive(s[i]),), []),
    "members of which nothing is known are printed": (sum_over(k, log(s[k])), (nonzero(s[i]),), ["s[k] > 0 for every k"]),
    "positive definite": (inverse(S), (positive_definite(S),), []),
    "transposed": (inverse(A.T), (invertible(A),), []),
    "log det": (inverse(A) * log(det(A)), (), ["det(A) > 0"]),
    "a Gram matrix and a ridge": (inverse(X.T @ X + alpha * identity(d)), (positive(alpha),), []),
    "a Gram matrix alone": (inverse(X.T @ X), (), ["X.T @ X invertible"]),
    "an eigenvalue of a definite matrix": (x / largest_eigenvalue(X.T @ X), (full_column_rank(X),), []),
    "an eigenvalue of a semidefinite one": (x / largest_eigenvalue(X.T @ X), (), ["largest_eigenvalue(X.T @ X) != 0"]),
}


@pytest.mark.parametrize("name", IMPLIED)
def test_conditions_are_printed_unless_implied(name: str) -> None:
    term, given_, expected = IMPLIED[name]
    verdict = judge(claim(term, "=", term + 0 * term, given_))
    assert [condition.removesuffix(" in every entry") for condition in verdict.conditions] == expected


def test_a_guard_implies_its_own_condition() -> None:
    (condition, other) = conditions_of(claim(cases((x > 0, log(x)), otherwise=1 / x), "=", 0))
    stated = claim(x, "=", x)
    assert implied(condition, stated, Ranges(()))
    assert not implied(other, stated, Ranges(()))


# -------------------------------------------------------------------------------------------------- domain and evaluation


def holds(condition: Condition, stated: Claim, instance: Instance) -> bool | None:
    """Whether a condition holds at an instance, for every value of the indices that the claim binds; None where that is open."""
    named = free_in(stated.sides)
    indices = condition.term.free.union(*(free_in(guard) for guard in condition.guards)) - named
    for positions in product(*(range(1, instance.size(index.dim) + 1) for index in indices)):
        here = replace(instance, positions={**instance.positions, **dict(zip(indices, positions, strict=True))})
        met = _met(condition, here)
        if not met:
            return met
    return True


def _met(condition: Condition, instance: Instance) -> bool | None:
    systems: tuple[type[ArrayInterpreter], ...] = (ExactInterpreter, BallInterpreter)
    for system in systems:
        run = system(instance)
        try:
            if not all(statement_holds(run, guard) for guard in condition.guards):
                return True
            return statement_holds(run, condition.requirement)
        except Inexact:
            continue
        except EvaluationError:
            return None
    return None


def is_defined(term: Term, instance: Instance) -> bool | None:
    systems: tuple[type[ArrayInterpreter], ...] = (ExactInterpreter, BallInterpreter)
    for system in systems:
        try:
            system(instance).value(term)
        except Inexact:
            continue
        except OutsideDomain:
            return False
        except EvaluationError:
            return None
        return True
    return None


def instances(stated: Claim, seed: int, count: int) -> Iterator[Instance]:
    sampler = Sampler(stated, seed)
    for _ in range(count):
        instance = sampler.draw({dim: sampler.random.choice((1, 2, 3)) for dim in sampler.dimensions}, sampler.random.choice((0, 1)))
        if instance is not None:
            yield instance


@settings(generous, max_examples=250)
@given(terms(depth=2) | terms(depth=2, implicit=True) | terms(depth=2, one_sided=True), st.integers(0, 99))
def test_a_term_has_a_value_exactly_where_its_conditions_hold(term: Term, seed: int) -> None:
    stated = claim(term, "=", zeros(*sides(term.shape)), GIVEN)
    try:
        conditions = conditions_of(stated)
    except UnsupportedError:
        return
    with precise(128):
        for instance in instances(stated, seed, 3):
            held = [holds(condition, stated, instance) for condition in conditions]
            defined = is_defined(term, instance)
            if defined is not None and None not in held:
                assert defined or not all(held), (instance, conditions)
                assert all(held) or not defined or has_nested_derivatives(term), (instance, list(zip(conditions, held, strict=True)))


def has_nested_derivatives(term: Term) -> bool:
    """A derivative in a derivative need not depend on all that it is written with, so a condition may be asked for in vain."""
    derivatives = [part for part in subterms(term) if isinstance(part, op.Gradient | op.Jacobian | op.Hessian | OneSidedDerivative)]
    return any(isinstance(part, op.Gradient | op.Jacobian | op.Hessian) for outer in derivatives for part in subterms(outer.function))


@settings(generous, max_examples=80)
@given(terms(depth=2) | terms(depth=2, implicit=True) | terms(depth=2, one_sided=True), st.integers(0, 99))
def test_implied_conditions_hold_at_every_instance(term: Term, seed: int) -> None:
    stated = claim(term, "=", zeros(*sides(term.shape)), GIVEN)
    try:
        conditions = conditions_of(stated)
    except UnsupportedError:
        return
    ranges = Ranges(stated.given)
    settled = [condition for condition in conditions if implied(condition, stated, ranges)]
    with precise(128):
        for instance in instances(stated, seed, 2):
            assert all(holds(condition, stated, instance) is not False for condition in settled), instance


# ------------------------------------------------------------------------------------------- conditions at a free position

HALF_TRUE: dict[str, tuple[Term, Term]] = {
    "one member is not all": (a[i] / a[i] * sum_over(k, sign(a[k]) ** 2), n + 0 * x),
    "the same letter, bound": (a[i] / a[i] * sum_over(i, sign(a[i]) ** 2), n + 0 * x),
    "one entry is not all": (entry(u, i) / entry(u, i) * sum_over(k, sign(entry(u, k)) ** 2), n + 0 * x),
    "one logarithm": (exp(log(a[i])) + sum_over(k, abs_(a[k])), exp(log(a[i])) + sum_over(k, a[k])),
    "a fixed member": (a[i] / a[i] * sign(a[1]) ** 2, 1 + 0 * x),
    "a row": (sum_over(k, 1 / entry(A, i, k)) * norm(sign(A), "F") ** 2, sum_over(k, 1 / entry(A, i, k)) * n**2),
    "a row of reciprocals": (reciprocal(row(A, 1)) @ abs_(sign(A)) @ ones(n), n**2 * reciprocal(row(A, 1)) @ ones(n) / n),
}


@pytest.mark.parametrize("name", HALF_TRUE)
def test_a_condition_at_one_position_is_not_used_at_others(name: str) -> None:
    left, right = HALF_TRUE[name]
    assert judge(claim(left, "=", right)).status is Status.REFUTED


def test_a_condition_at_the_only_position_is_used() -> None:
    for left, right in ((a[i] / a[i] * sign(a[i]) ** 2, 1 + 0 * x), (relu.prime(a[i]), (1 + sign(a[i])) / 2)):
        assert judge(claim(left, "=", right)).status is Status.PROVED


def test_copies_must_keep_the_assumptions() -> None:
    condition = conditions_of(claim(1 / a[i], "=", 0))[0]
    assert holds_at_all_positions(condition, claim(1 / a[i], "=", 1 / a[i]))
    assert holds_at_all_positions(condition, claim(1 / a[i], "=", 1 / a[i], positive(a[k])))
    assert not holds_at_all_positions(condition, claim(1 / a[i], "=", a[k]))
    assert not holds_at_all_positions(condition, claim(1 / a[i], "=", 0, Relation(a[1], "<", a[k])))
    assert not holds_at_all_positions(condition, claim(1 / a[i], "=", sum_over(i, a[i])))


# ---------------------------------------------------------------------------------------------------- never without a domain


@pytest.mark.parametrize(
    ("left", "right", "condition"),
    [
        (x / x, 1 + 0 * y, "x != 0"),
        (0 * (1 / x), 0 * y, "x != 0"),
        (sqrt(x) ** 2, x, "x >= 0"),
        (hadamard(reciprocal(u), u), ones(n), "u != zeros(n) in every entry"),
        (relu.prime(x), indicator(x > 0), "x != 0"),
        (A @ inverse(A), identity(n), "A invertible"),
        (trace(inverse(A)), trace(inverse(A).T), "A invertible"),
        (x**-1, 1 / x, "x != 0"),
        (gradient(norm(u), u), u / norm(u), "norm(u) != 0"),
        (sum_over(i, s[i] / s[i]), n + 0 * x, "s[i] != 0 for every i"),
        (s[i] / s[i], 1 + 0 * x, "s[i] != 0"),
        (log(x) - log(x), 0 * x, "x > 0"),
        ((z.T @ z) / (z.T @ z), 1 + 0 * x, "z.T @ z != 0"),
        (delta / (delta * alpha), 1 / alpha, "delta * alpha != 0"),
        (b / b, 1 + 0 * x, "b[i] != 0"),
    ],
)
def test_a_proof_lists_its_conditions(left: Term, right: Term, condition: str) -> None:
    verdict = judge(claim(left, "=", right))
    assert verdict.status is Status.PROVED
    assert condition in verdict.conditions


@pytest.mark.parametrize("term", [1 / (x - x), log(-(x**2)), sqrt(-1 - x**2), inverse(zeros(n, n)), relu.prime(x - x), entry(u, 1) / 0])
def test_nothing_is_proved_on_an_empty_domain(term: Term) -> None:
    verdict = judge(claim(term, "=", term + 0 * term))
    assert verdict.status is Status.UNDECIDED
    assert verdict.witness is None


def test_a_branch_with_a_domain_of_its_own_is_not_left() -> None:
    x_is_not_zero = Relation(x, "!=", zeros())
    assert judge(claim(cases((x_is_not_zero, 1 / x), otherwise=7), "=", 1 / x)).conditions == ("x != 0",)
    assert judge(claim(x * cases((x_is_not_zero, 1 / x), otherwise=7), "=", 1)).status is Status.REFUTED
    assert judge(claim(cases((y > 0, 1 / x), otherwise=0), "=", cases((y > 0, 1 / x), otherwise=0) + 0 * y)).status is not Status.REFUTED
