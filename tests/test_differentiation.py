"""The one differentiator against dual numbers and difference quotients, which share nothing with it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from flint import acb
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from mpmath import mpf
from oracle import STEP, Oracle, Undefined, close, many_digits, number, require_smooth
from strategies import GIVEN, A, L, Maker, S, X, alpha, b, c, cube, d, e, energy, hinge, i, k, n, nested, s, swish, terms, u, v, w, x, y, z

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.duals import primal
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import EvaluationError, Inexact
from derivations.language import operators as op
from derivations.language.assumptions import Assumption, invertible, nonzero, positive
from derivations.language.claims import claim
from derivations.language.constructors import (
    cases,
    define,
    delta,
    det,
    diag,
    entry,
    gradient,
    hadamard,
    hessian,
    identity,
    indicator,
    inverse,
    jacobian,
    literal,
    maximum,
    norm,
    ones,
    row,
    softmax,
    sum_over,
    trace,
    unit,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import exp, log, relu, sigmoid, sign, sqrt, tanh
from derivations.language.operators import at_positions, substitute
from derivations.language.shapes import sides
from derivations.language.terms import Family, Member, Symbol, Term, Trace
from derivations.language.traversal import depends_on
from derivations.language.verdicts import Status
from derivations.proof.differentiation import direction_for, directional, slope_body
from derivations.proof.equations import Setting, normalized
from derivations.proof.sampling import Sampler, precise
from derivations.proof.verification import judge

generous = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
VARIABLES: tuple[Term, ...] = (x, alpha, u, w, X, A, S, L, e, v[i], v[k], s[i], z, energy, b)


def instances(terms_: tuple[Term, ...], seed: int, count: int = 2) -> Iterator[Instance]:
    sampler = Sampler(claim(sum((Trace(t.T @ t) if t.shape else t for t in terms_), x), "=", x, GIVEN), seed)
    for _ in range(count):
        instance = sampler.draw({dim: sampler.random.choice((1, 2, 3)) for dim in sampler.dimensions}, 1)
        if instance is not None:
            yield instance


def by_duals(term: Term, instance: Instance) -> list[list[Any]] | None:
    """The evaluator's value, its derivatives by dual numbers."""
    with precise(200):
        try:
            array = ExactInterpreter(instance).value(term)
        except Inexact:
            try:
                array = BallInterpreter(instance).value(term)
            except EvaluationError:
                return None
        except EvaluationError:
            return None
        entries = [acb(primal(entry)).real.mid().str(50, radius=False) for entry in array.entries]
    return [[mpf(text) for text in entries[k * array.columns : (k + 1) * array.columns]] for k in range(array.rows)]


def by_differences(term: Term, instance: Instance) -> list[list[Any]] | None:
    try:
        return Oracle(instance).value(term)
    except Undefined:
        return None


def agree(left: list[list[Any]], right: list[list[Any]]) -> bool:
    return all(close(a, b) for row_a, row_b in zip(left, right, strict=True) for a, b in zip(row_a, row_b, strict=True))


def derivative(function: Term, variable: Term) -> Term:
    """The derivative that the language has for a function and a variable."""
    if not function.shape:
        return gradient(function, variable)
    return jacobian(function, variable)


def variable_of(term: Term, choice: int) -> Term:
    """One of the variables that the term depends on."""
    found = [variable for variable in VARIABLES if depends_on(term, variable)]
    assume(found)
    return found[choice % len(found)]


def differentiated(term: Term, variable: Term, direction: Symbol | Family) -> Term | None:
    """The derivative; a term with a node that has none is no example."""
    try:
        return directional(term, variable, direction)
    except UnsupportedError:
        reject()


@settings(generous, max_examples=150)
@given(terms(shapes=((), (), (n, 1)), depth=2, derivatives=False), st.integers(0, 5), st.integers(0, 99))
def test_dual_numbers_agree_with_difference_quotients(function: Term, choice: int, seed: int) -> None:
    variable = variable_of(function, choice)
    if function.shape and sides(variable.shape)[1] != 1:
        function = ones(n).T @ function
    slope = derivative(function, variable)
    with many_digits():
        for instance in instances((slope,), seed):
            exact, expected = by_duals(slope, instance), by_differences(slope, instance)
            if exact is not None:
                assert expected is not None, "a derivative at a kink"
                assert agree(exact, expected), (slope, instance, exact, expected)


@settings(generous, max_examples=100)
@given(terms(depth=2, derivatives=False), st.integers(0, 5), st.integers(0, 99))
def test_the_directional_derivative_is_that_of_the_line(term: Term, choice: int, seed: int) -> None:
    """D f[V] against a difference quotient along V, for a V whose values are drawn like any other name's."""
    variable = variable_of(term, choice)
    direction = direction_for(variable, term)
    slope = differentiated(term, variable, direction)
    if slope is None:
        slope = zeros(*sides(term.shape))
    with many_digits():
        for instance in instances((term, slope), seed):
            expected = _along(term, variable, direction, instance)
            found = by_differences(slope, instance)
            if expected is not None and found is not None:
                assert agree(found, expected), (term, variable, instance)


def _along(term: Term, variable: Term, direction: Symbol | Family, instance: Instance) -> list[list[Any]] | None:
    """(f(x + hV) − f(x − hV)) / 2h, with every member of a family moving in its own direction."""
    def shifts(step: Any) -> dict[object, Any]:
        found: dict[object, Any] = {}
        for key in instance.values:
            entries = instance.rational(key)
            if isinstance(direction, Symbol) and key == direction:
                found[_key(variable, None)] = [[step * number(entry) for entry in line] for line in entries]
            elif isinstance(key, tuple) and key[0] == direction:
                found[_key(variable, key[1])] = [[step * number(entry) for entry in line] for line in entries]
        return found

    try:
        ahead, here, behind = (Oracle(instance, shifts(step)).value(term) for step in (STEP, 0 * STEP, -STEP))
        for lines in zip(ahead, here, behind, strict=True):
            for high, middle, low in zip(*lines, strict=True):
                require_smooth(high, middle, low)
    except Undefined:
        return None
    return [[(high - low) / (2 * STEP) for high, low in zip(*lines, strict=True)] for lines in zip(ahead, behind, strict=True)]


def _key(variable: Term, positions: tuple[int, ...] | None) -> object:
    if positions is None:
        return variable if isinstance(variable, Symbol) else (variable.name, ())  # type: ignore[attr-defined]
    return (variable.family if isinstance(variable, Member) else variable.name), positions  # type: ignore[attr-defined]


@settings(generous, max_examples=80)
@given(terms(depth=2, derivatives=False), st.integers(0, 5))
def test_the_derivative_is_linear_in_its_direction(term: Term, choice: int) -> None:
    variable = variable_of(term, choice)
    direction = direction_for(variable, term)
    slope = differentiated(term, variable, direction)
    if slope is None or isinstance(direction, Family):
        return
    one, two = Symbol("one direction", direction.size), Symbol("another direction", direction.size)
    at_sum = substitute(slope, {direction: 2 * one - x * two})
    apart = 2 * substitute(slope, {direction: one}) - x * substitute(slope, {direction: two})
    try:
        difference, _ = normalized(Setting.of(claim(at_sum, "=", apart, GIVEN), ()), at_sum, apart, "tanh")
    except UnsupportedError:
        return
    assert not difference


def test_a_term_without_the_variable_has_no_derivative() -> None:
    assert directional(norm(u) ** 2 + trace(A), w, direction_for(w, u)) is None
    assert directional(s[i], v[i], direction_for(v[i], s[i])) is None


def test_directions_of_nested_derivatives_are_different() -> None:
    first = direction_for(u, norm(u))
    assert direction_for(u, u.T @ first if isinstance(first, Symbol) else u) != first


def test_the_variable_of_a_family_moves_each_member() -> None:
    direction = direction_for(v[i], v[i])
    assert isinstance(direction, Family)
    assert directional(v[k], v[i], direction) == direction[k]
    with pytest.raises(UnsupportedError, match="fixed position"):
        direction_for(at_positions(b, {i: 1}), b)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_slopes_of_author_functions_are_derivatives_of_the_body(order: int) -> None:
    for function in (cube, swish, nested):
        parameter, body = slope_body(function, order)
        below = slope_body(function, order - 1)[1]
        stated = claim(body, "=", gradient(below, parameter))
        assert judge(stated).status is Status.PROVED, stated


# -------------------------------------------------------------------------------------------------------- claims, by hand

l_1 = define("l_1", norm(X @ w - u) ** 2)
l_2 = define("l_2", norm(z - u) ** 2)
h = define("h", tanh(z))
mean = define("mean", ones(n).T @ u / n)
lead = define("lead", sum_over(i, b**2))

TRUE: dict[str, tuple[Term, Term, tuple[Assumption, ...]]] = {
    "least squares": (gradient(norm(X @ w - u) ** 2, w), 2 * X.T @ (X @ w - u), ()),
    "quadratic form": (gradient(u.T @ A @ u, u), (A + A.T) @ u, ()),
    "by the matrix": (gradient(u.T @ A @ u, A), u @ u.T, ()),
    "by a symmetric matrix, unconstrained": (gradient(u.T @ S @ u, S), u @ u.T, GIVEN),
    "trace": (gradient(trace(A @ A), A), 2 * A.T, ()),
    "Frobenius": (gradient(norm(X, "F") ** 2, X), 2 * X, ()),
    "inverse": (gradient(trace(inverse(A)), A), -(inverse(A) @ inverse(A)).T, ()),
    "log det": (gradient(log(det(A)), A), inverse(A).T, ()),
    "det": (gradient(det(A), A), det(A) * inverse(A).T, (invertible(A),)),
    "norm": (gradient(norm(u), u), u / norm(u), ()),
    "norm to the fourth": (gradient(norm(u) ** 4, u), 4 * norm(u) ** 2 * u, ()),
    "1-norm": (gradient(norm(u, 1), u), sign(u), ()),
    "tanh": (gradient(c.T @ tanh(X @ w), w), X.T @ hadamard(c, tanh.prime(X @ w)), ()),
    "tanh by the matrix": (gradient(c.T @ tanh(X @ w), X), hadamard(c, tanh.prime(X @ w)) @ w.T, ()),
    "softmax": (jacobian(softmax(u), u), diag(softmax(u)) - softmax(u) @ softmax(u).T, ()),
    "log-sum-exp": (gradient(log(ones(n).T @ exp(u)), u), softmax(u), ()),
    "layout of a Jacobian": (jacobian(X @ w, w), X, ()),
    "chain": (jacobian(tanh(X @ w), w), diag(tanh.prime(X @ w)) @ X, ()),
    "quotient": (gradient(x / (x**2 + 1), x), (1 - x**2) / (x**2 + 1) ** 2, ()),
    "root": (gradient(sqrt(x), x), 1 / (2 * sqrt(x)), ()),
    "rational power": (gradient(x ** Fraction(3, 2), x), Fraction(3, 2) * sqrt(x), ()),
    "relu": (gradient(relu(x), x), indicator(x > 0), ()),
    "hinge": (gradient(ones(n).T @ hinge(u), u), hinge.prime(u), ()),
    "branches": (gradient(cases((x > y, x**2), otherwise=y), x), 2 * x * indicator(x > y), ()),
    "max": (gradient(maximum(x, y), x), indicator(x > y), ()),
    "an entry of a vector": (gradient(norm(u) ** 2, entry(u, i)), 2 * entry(u, i), ()),
    "a fixed entry": (gradient(norm(u) ** 2, entry(u, 1)), 2 * entry(u, 1), ()),
    "an entry of a matrix": (gradient(u.T @ A @ c, entry(A, i, k)), entry(u, i) * entry(c, k), ()),
    "of an entry by an entry": (gradient(entry(A, i, 1), entry(A, k, 1)), delta(i, k), ()),
    "row of a literal matrix": (gradient(row(L, 1) @ e, L), unit(2, 1) @ e.T, ()),
    "literal": (gradient(trace(literal([x, y], [y, x**2])), x), 1 + 2 * x, ()),
    "a member": (gradient(sum_over(i, norm(v[i]) ** 2), v[k]), 2 * v[k], ()),
    "a fixed member": (gradient(sum_over(i, norm(v[i]) ** 2), v[1]), 2 * v[1], ()),
    "the free member itself": (gradient(norm(v[i]) ** 2, v[i]), 2 * v[i], ()),
    "another member": (gradient(norm(v[i]) ** 2, v[k]), 2 * delta(i, k) * v[i], ()),
    "Σ over gradients": (sum_over(i, gradient(sum_over(k, s[k] ** 2), s[i])), 2 * sum_over(i, s[i]), ()),
    "a named quantity": (gradient(l_2, z), 2 * (z - u), ()),
    "through a named quantity": (gradient(l_2, w), X.T @ gradient(l_2, z), ()),
    "a named quantity is cut": (gradient(l_2 * norm(w) ** 2, z), 2 * norm(w) ** 2 * (z - u), ()),
    "a name in a name": (gradient(u.T @ h, z), hadamard(u, tanh.prime(z)), ()),
    "a name by its own parts": (jacobian(h, w), jacobian(h, z) @ jacobian(z, w), ()),
    "a named family": (gradient(lead, b), 2 * b, ()),
    "a named family by its parts": (gradient(lead, w), sum_over(i, 2 * b * v[i]), ()),
    "a named divisor": (gradient(x / mean, u), -x / (mean**2 * n) * ones(n), ()),
    "Hessian": (hessian(l_1, w), 2 * X.T @ X, ()),
    "Hessian of a name": (hessian(l_2, w), 2 * X.T @ X, ()),
    "Hessian by a name": (hessian(l_2, z), 2 * identity(n), ()),
    "Hessian of a quadratic form": (hessian(u.T @ A @ u, u), A + A.T, ()),
    "Hessian of a cubic": (hessian(ones(n).T @ hadamard(u, u, u), u), 6 * diag(u), ()),
    "gradient of a gradient": (gradient(gradient(x**3 * y, x), y), 3 * x**2, ()),
    "the same variable twice": (gradient(gradient(x**4, x), x), 12 * x**2, ()),
    "thrice": (gradient(gradient(gradient(x**4, x), x), x), 24 * x, ()),
    "Jacobian of a gradient": (jacobian(gradient(u.T @ A @ u, u), u), A + A.T, ()),
    "mixed": (jacobian(gradient(l_2, w), z), 2 * X.T, ()),
    "gradient of an entry of a gradient": (gradient(entry(gradient(u.T @ A @ u, u), i), u), (A + A.T) @ unit(n, i), ()),
    "Hessian of a member": (hessian(norm(v[i]) ** 2, v[i]), 2 * identity(d), ()),
    "third derivative of σ": (sigmoid.prime(x) * (1 - 2 * sigmoid(x)), gradient(gradient(sigmoid(x), x), x), ()),
    "derivative in a function's argument": (tanh(gradient(x**2, x)), tanh(2 * x), ()),
    "author's second derivative": (op.Apply(cube, x, 2), 6 * x, ()),
}

FALSE: dict[str, tuple[Term, Term]] = {
    "without the factor": (gradient(norm(X @ w - u) ** 2, w), X.T @ (X @ w - u)),
    "wrong sign": (gradient(norm(X @ w - u) ** 2, w), 2 * X.T @ (u - X @ w)),
    "quadratic form": (gradient(u.T @ A @ u, u), 2 * A @ u),
    "trace": (gradient(trace(A @ A), A), 2 * A),
    "layout": (jacobian(A @ u, u), A.T),
    "softmax": (jacobian(softmax(u), u), diag(softmax(u)) - ones(n) @ softmax(u).T),
    "tanh without the square": (gradient(tanh(x), x), 1 - tanh(x)),
    "quotient": (gradient(x / y, y), x / y**2),
    "chain without the inner slope": (gradient(tanh(2 * x), x), tanh.prime(2 * x)),
    "another member": (gradient(norm(v[i]) ** 2, v[k]), 2 * v[k]),
    "not cut": (gradient(l_2 * norm(z) ** 2, z), 2 * (z - u)),
    "Hessian": (hessian(l_1, w), X.T @ X),
    "mixed": (gradient(gradient(x**3 * y**2, x), y), 3 * x**2 * y),
    "relu below": (gradient(relu(x), x), indicator(x < 0)),
    "log det": (gradient(log(det(A)), A), inverse(A)),
    "symmetric by habit": (gradient(u.T @ A @ u, A), u @ u.T + u @ u.T - diag(u) @ diag(u)),
    "power": (gradient(x**3, x), 3 * x**3),
    "of a constant": (gradient(norm(u) ** 2, w), w),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_derivatives_are_proved(name: str) -> None:
    left, right, given_ = TRUE[name]
    verdict = judge(claim(left, "=", right, given_))
    assert verdict.status is Status.PROVED, verdict
    assert not verdict.alarm


@pytest.mark.parametrize("name", FALSE)
def test_false_derivatives_are_refuted(name: str) -> None:
    left, right = FALSE[name]
    verdict = judge(claim(left, "=", right))
    assert verdict.status is Status.REFUTED, verdict
    assert not verdict.alarm


def test_a_power_of_a_varied_exponent() -> None:
    """x^p by p: the exponent moves, even where it happens to be 1/2 or an integer."""
    power = Symbol("p")
    verdict = judge(claim(gradient(x**power, power), "=", x**power * log(x), (positive(x),)))
    assert verdict.status in (Status.PROVED, Status.SUPPORTED), verdict


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_random_functions_are_never_refuted_by_themselves(seed: int) -> None:
    """∇f written out by the chain rule of sums: ∇(f + xg) = ∇f + x∇g."""
    random = Random(seed)
    maker = Maker(random.choice, derivatives=False)
    for _ in range(20):
        f, g = maker.term((), 2), maker.term((), 2)
        variable = random.choice([u, w, A, v[i], z])
        stated = claim(gradient(f + y**2 * g, variable), "=", gradient(f, variable) + y**2 * gradient(g, variable), (*GIVEN, nonzero(y)))
        verdict = judge(stated)
        assert verdict.status is not Status.REFUTED, stated
        assert not verdict.alarm


def test_what_has_no_derivative_is_refused() -> None:
    for term in (A ** x, norm(u, "inf")):
        with pytest.raises(UnsupportedError):
            directional(term, A if term.shape else u, direction_for(A if term.shape else u, term))


def test_steep_functions_are_told_from_jumps() -> None:
    """exp of a large number is steep, but smooth; sign jumps; abs has a kink."""
    with many_digits():
        for value in (Fraction(60), Fraction(1, 2)):
            instance = Instance({}, {x: ((value,),)}, {})
            assert close(Oracle(instance).scalar(gradient(exp(x), x)), Oracle(instance).scalar(exp(x)))
        for function in (sign(x), exp(10 * x) * sign(x), relu(x)):
            with pytest.raises(Undefined):
                Oracle(Instance({}, {x: ((Fraction(0),),)}, {})).value(gradient(function, x))
