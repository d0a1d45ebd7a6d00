"""Expectations proved: by normal form, with values of their own; and what is not so is refuted, or never proved."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from oracle import NormalForms, close, many_digits, number

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Instance
from derivations.language.assumptions import equal, full_column_rank, positive, positive_semidefinite
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    argmin,
    counter,
    define,
    delta,
    diag,
    diagonal,
    dimensions,
    entry,
    family,
    gradient,
    hadamard,
    hessian,
    identity,
    index,
    inverse,
    iterate,
    matrix,
    norm,
    scalars,
    sum_over,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, exp, relu, tanh
from derivations.language.laws import (
    Law,
    RandomName,
    bernoulli,
    covariance,
    expectation,
    gaussian,
    independent,
    mean_square,
    moments,
    random_variable,
    symmetric_law,
    uniform,
    variance,
    with_laws,
)
from derivations.language.shapes import Dim, Shape, sides
from derivations.language.terms import Term, as_term
from derivations.language.verdicts import Status
from derivations.language.writing import verdict_text
from derivations.proof import moments as moments_of
from derivations.proof.algebra import Algebra
from derivations.proof.domain import conditions_of
from derivations.proof.elementwise import FUNCTIONS
from derivations.proof.explanation import explain
from derivations.proof.normal_form import Normalizer
from derivations.proof.proofs import Setting
from derivations.proof.statements import prove
from derivations.proof.tensors import Label
from derivations.proof.verification import judge, judge_mutants

m, d, n = dimensions("m d n")
X, N, W, A, Sigma = matrix("X", m, d), matrix("N", m, d), matrix("W", m, d), matrix("A", d, d), matrix("Sigma", d, d)
w, y, x, g, e, mu = vector("w", d), vector("y", m), vector("x", d), vector("g", m), vector("epsilon", m), vector("mu", d)
z, a, b, c, v, q, p, lam, eta, sigma = scalars("z a b c v q p lambda eta sigma")
x_0, y_0, w_t, n_t = scalars("x_0 y_0 w_t n_t")
xs = family("xs", n, d)
i, k, j, s, k_th = index("i", m), index("k", m), index("j", d), index("s", n), index("k_th", n)
E = expectation

H = X @ inverse(X.T @ X) @ X.T
R = inverse(X.T @ X + lam * identity(d))
G = X.T @ X + m * v * identity(d)
ridge = R @ X.T @ (X @ w + e)
noise = (moments(e, 0, sigma**2), positive(lam))
layer = (moments(W, 0, v), mean_square(x, q), independent(W, x))
noisy = norm((X + N) @ w - y) ** 2
residual = norm(X @ w - y) ** 2
step = w_t - eta * ((x_0 + n_t) * w_t - y_0) * (x_0 + n_t)
fresh = (moments(n_t, 0, sigma**2), random_variable(w_t), independent(w_t, n_t))
wide = define("z", W @ x)

PROVED: dict[str, Claim] = {
    "noise on the data is a ridge penalty": claim(E(noisy, N), "=", residual + m * sigma**2 * norm(w) ** 2, gaussian(N, 0, sigma**2)),
    "which takes two moments": claim(E(noisy, N), "=", residual + m * sigma**2 * norm(w) ** 2, moments(N, 0, sigma**2)),
    "the gradient of the expected loss": claim(gradient(E(noisy, N), w), "=", 2 * (G @ w - X.T @ y), moments(N, 0, v)),
    "the expected gradient": claim(E(gradient(noisy, w), N), "=", 2 * (G @ w - X.T @ y), moments(N, 0, v)),
    "the expected Hessian": claim(E(hessian(noisy, w), N), "=", 2 * G, moments(N, 0, v)),
    "the least expected loss": claim(
        argmin(E(noisy, N), w), "=", inverse(G) @ X.T @ y, (moments(N, 0, v), positive(v))
    ),
    "the residual of least squares": claim(
        E(norm((H - identity(m)) @ e) ** 2 / m, e), "=", sigma**2 / m * trace(identity(m) - H), (moments(e, 0, sigma**2), full_column_rank(X))
    ),
    "in numbers": claim(
        E(norm((H - identity(m)) @ e) ** 2 / m, e), "=", sigma**2 * (m - d) / m, (moments(e, 0, sigma**2), full_column_rank(X))
    ),
    "a step of noisy descent": claim(E(step, w_t, n_t), "=", (1 - eta * (x_0**2 + sigma**2)) * E(w_t, w_t) + eta * x_0 * y_0, fresh),
    "the step given the weight": claim(E(E(step, n_t), w_t), "=", (1 - eta * (x_0**2 + sigma**2)) * E(w_t, w_t) + eta * x_0 * y_0, fresh),
    "a step of many weights": claim(
        E(w - eta * (X + N).T @ ((X + N) @ w - y), w, N),
        "=",
        (identity(d) - eta * G) @ E(w, w) + eta * X.T @ y,
        (moments(N, 0, v), random_variable(w), independent(w, N)),
    ),
    "the variance of a uniform number": claim(variance(z, z), "=", a**2 / 3, uniform(z, -a, a)),
    "any moment of a uniform number": claim(E(z**4, z), "=", (b**4 + b**3 * a + b**2 * a**2 + b * a**3 + a**4) / 5, uniform(z, a, b)),
    "a number that is 0 or 1": claim(variance(z, z), "=", p * (1 - p), bernoulli(z, p)),
    "its powers": claim(E(z**5, z), "=", p, bernoulli(z, p)),
    "the mean of ridge regression": claim(E(ridge, e) - w, "=", -lam * R @ w, noise),
    "its covariance": claim(covariance(ridge, ridge, e), "=", sigma**2 * R @ X.T @ X @ R, noise),
    "bias and variance": claim(E(norm(ridge - w) ** 2, e), "=", lam**2 * norm(R @ w) ** 2 + sigma**2 * trace(R @ X.T @ X @ R), noise),
    "a layer": claim(variance(entry(W @ x, i), W, x), "=", d * v * q, layer),
    "a layer by its inputs' square": claim(
        E(norm(W @ x) ** 2, W, x), "=", m * v * E(norm(x) ** 2, x), (moments(W, 0, v), random_variable(x), independent(W, x))
    ),
    "outputs are uncorrelated": claim(E(entry(W @ x, i) * entry(W @ x, k), W, x), "=", d * v * q * delta(i, k), layer),
    "half of the square passes a ReLU": claim(E(relu(z) ** 2, z), "=", v / 2, symmetric_law(z, v)),
    "also behind a layer": claim(
        E(relu(entry(wide, i)) ** 2, W, x), "=", variance(entry(wide, i), W, x) / 2, (symmetric_law(W, v), *layer[1:])
    ),
    "backward": claim(E(entry(W.T @ g, j) ** 2, W, g), "=", m * v * q, (moments(W, 0, v), mean_square(g, q), independent(W, g))),
    "an odd function": claim(E(tanh(z) * z**2, z), "=", 0, symmetric_law(z, v)),
    "fourth moment of a Gaussian": claim(E(z**4, z), "=", 3 * v**2, gaussian(z, 0, v)),
    "around a mean": claim(E(z**3, z), "=", a**3 + 3 * a * v, gaussian(z, a, v)),
    "second moment of a Wishart matrix": claim(E(N.T @ N @ N.T @ N, N), "=", v**2 * m * (m + d + 1) * identity(d), gaussian(N, 0, v)),
    "a quadratic form": claim(
        E(x.T @ A @ x, x), "=", trace(A @ Sigma) + mu.T @ A @ mu, (moments(x, mu, Sigma), positive_semidefinite(Sigma))
    ),
    "its square": claim(
        E((x.T @ A @ x) ** 2, x),
        "=",
        trace(A @ Sigma) ** 2 + trace(A @ Sigma @ A @ Sigma) + trace(A @ Sigma @ A.T @ Sigma),
        (gaussian(x, 0, Sigma), positive_semidefinite(Sigma)),
    ),
    "the mean of samples": claim(E(norm(sum_over(s, xs[s]) / n - mu) ** 2, xs), "=", d * v / n, moments(xs, mu, v)),
    "dropout": claim(
        E(norm(X @ hadamard(x, w)) ** 2, x), "=", p**2 * norm(X @ w) ** 2 + p * (1 - p) * w.T @ diag(diagonal(X.T @ X)) @ w, bernoulli(x, p)
    ),
    "what is linear needs no independence": claim(E(a + b, a, b), "=", E(a, a) + E(b, b), (random_variable(a), random_variable(b))),
    "the variance of a sum": claim(
        variance(a + b, a, b), "=", variance(a, a) + variance(b, b) + 2 * covariance(a, b, a, b), (random_variable(a), random_variable(b))
    ),
    "of independent ones": claim(
        variance(a + b, a, b), "=", variance(a, a) + variance(b, b), (random_variable(a), random_variable(b), independent(a, b))
    ),
    "the covariance of a linear map": claim(covariance(A @ x + w, A @ x + w, x), "=", A @ covariance(x, x, x) @ A.T, random_variable(x)),
    "a declared moment": claim(E((z + 1) ** 2, z), "=", q + 2 * E(z, z) + 1, mean_square(z, q)),
    "noise never helps": claim(E(noisy, N), ">=", residual, moments(N, 0, sigma**2)),
    "pointwise": claim(noisy, "=", residual + 2 * (X @ w - y).T @ N @ w + norm(N @ w) ** 2, gaussian(N, 0, v)),
}
"""What one meets in courses, and what the words of the language promise."""


@pytest.mark.parametrize("name", PROVED)
def test_it_is_proved_and_every_slip_is_refuted(name: str) -> None:
    verdict = judge(PROVED[name])
    assert verdict.status is Status.PROVED, verdict
    assert not verdict.alarm
    count, _ = judge_mutants(PROVED[name])
    assert not count.survivors
    assert count.refuted or name in ("an odd function", "noise never helps")


REFUTED: dict[str, Claim] = {
    "the dimension dropped": claim(E(e.T @ e, e), "=", sigma**2, gaussian(e, 0, sigma**2)),
    "the number of samples dropped": claim(E(noisy, N), "=", residual + sigma**2 * norm(w) ** 2, moments(N, 0, sigma**2)),
    "the variance dropped": claim(E(noisy, N), "=", residual + m * norm(w) ** 2, gaussian(N, 0, sigma**2)),
    "the penalty dropped": claim(E(noisy, N), "=", residual, gaussian(N, 0, sigma**2)),
    "the square outside": claim(E(z**2, z), "=", E(z, z) ** 2, gaussian(z, a, v)),
    "the squared norm outside": claim(E(norm(x) ** 2, x), "=", norm(E(x, x)) ** 2, random_variable(x)),
    "the sign of a cross term": claim(variance(a - b, a, b), "=", variance(a, a) + variance(b, b) + 2 * covariance(a, b, a, b),
                                      (random_variable(a), random_variable(b))),
    "taken apart without independence": claim(E(a * b, a, b), "=", E(a, a) * E(b, b), (random_variable(a), random_variable(b))),
    "taken apart though it is one name": claim(E(N.T @ N, N), "=", E(N.T, N) @ E(N, N), moments(N, X, v)),
    "a Gaussian moment of another law": claim(E(z**4, z), "=", 3 * v**2, moments(z, 0, v)),
    "a Gaussian moment of a symmetric law": claim(E(z**4, z), "=", 3 * v**2, symmetric_law(z, v)),
    "a third moment": claim(E(z**3, z), "=", 0, moments(z, 0, v)),
    "half of a square without symmetry": claim(E(relu(z) ** 2, z), "=", v / 2, moments(z, 0, v)),
    "the mean inside a function": claim(E(tanh(z), z), "=", tanh(E(z, z)), moments(z, a, v)),
    "a norm is not its square's root": claim(E(norm(x), x), "=", sigma * norm(E(x, x)), moments(x, mu, v)),
    "equally distributed, though nothing says so": claim(E(sum_over(s, entry(xs[s], 1) ** 3), xs), "=", n * E(entry(xs[k_th], 1) ** 3, xs),
                                                         moments(xs, 0 * mu, v)),
    "a mean square is no variance": claim(variance(z, z), "=", q, mean_square(z, q)),
    "of entries that need not be independent": claim(E((x.T @ w) ** 2, x), "=", q * norm(w) ** 2, mean_square(x, q)),
    "another value of the name": claim(noisy, "=", residual + norm(N @ w) ** 2, gaussian(N, 0, v)),
    "the wrong width": claim(variance(z, z), "=", a**2 / 12, uniform(z, -a, a)),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUTED)
def test_it_is_refuted(name: str) -> None:
    verdict = judge(REFUTED[name])
    assert verdict.status is Status.REFUTED, verdict
    assert not verdict.alarm
    assert verdict.counterexample is not None


OPEN: dict[str, tuple[Claim, str]] = {
    "inside tanh": (claim(E(tanh(z), z), "=", 0, gaussian(z, 0, v)), "tanh of random entries"),
    "inside a norm": (claim(E(norm(x), x), "=", sigma, gaussian(x, 0, sigma**2)), "sqrt of random entries"),
    "inside an inverse": (claim(E(inverse(A), A), "=", identity(d), gaussian(A)), "its domain depends on A"),
    "under a fraction": (claim(E(1 / z, z), "=", 1 / a, gaussian(z, a, v)), "its domain depends on z"),
    "in an exponent": (claim(E(exp(z), z), "=", exp(v / 2), gaussian(z, 0, v)), "exp of random entries"),
    "an absolute value": (claim(E(abs_(z), z), "=", sigma, gaussian(z, 0, sigma**2)), "abs of random entries"),
    "how they depend is not given": (claim(E(a * b, a, b), "=", 0, (gaussian(a), gaussian(b))), r"give independent\(a, b\)"),
    "by a parameter of the law": (claim(gradient(E(z**2, z), sigma), "=", 2 * sigma, gaussian(z, 0, sigma**2)), "what its law .* depends on"),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_is_not_known_is_said(name: str) -> None:
    stated, reason = OPEN[name]
    verdict = judge(stated)
    assert verdict.status in (Status.UNDECIDED, Status.SUPPORTED)
    assert re.search(reason, verdict.reason)


def test_a_statement_of_z_and_not_z_needs_both_of_one_law() -> None:
    """A uniform number between −a and b is symmetric where b = a alone."""
    half = E(relu(z) ** 2, z)
    assert judge(claim(half, "=", variance(z, z) / 2, uniform(z, -a, b))).status is not Status.PROVED
    assert judge(claim(half, "=", v / 2, (gaussian(z, a, v), positive(v)))).status is not Status.PROVED


def test_a_counterexample_tells_the_law_that_was_chosen() -> None:
    stated = claim(E(z**4, z), "=", 3 * v**2, moments(z, 0, v))
    assert verdict_text(judge(stated)).startswith("refuted  at v = 1, z = -1 (1/2) or 1 (1/2):  left 1, right 3")
    stated = claim(E((x.T @ w) ** 2, x), "=", q * norm(w) ** 2, mean_square(x, q))
    found = judge(stated).counterexample
    assert found is not None
    assert dict(found.witness.values)["x"] == (("1 (1)",), ("1 (1)",))


def test_pairing_rests_on_a_lemma_and_is_told() -> None:
    stated = PROVED["second moment of a Wishart matrix"]
    assert judge(stated).lemmas == ("Isserlis' theorem",)
    assert judge(PROVED["a layer"]).lemmas == ()
    told = str(explain(PROVED["a layer"]))
    assert "E[x * y] = E[x] * E[y] for independent x and y" in told
    assert "Isserlis" not in told


def test_what_is_never_negative_has_no_negative_mean() -> None:
    assert judge(claim(E(norm(x) ** 2, x), ">=", 0, random_variable(x))).status is Status.PROVED
    assert judge(claim(E(z, z), ">=", 0, random_variable(z))).status is Status.REFUTED
    with_ridge = E(N.T @ N, N) + lam * identity(d)
    given = (random_variable(N), positive(lam))
    assert judge(claim(inverse(with_ridge) @ with_ridge, "=", identity(d), given)).conditions == ()


def test_a_random_name_is_no_place_to_complete_a_square_at() -> None:
    given = (random_variable(x), moments(w, 0, v), independent(x, w))
    stated = claim(norm(mu - E(x, x)) ** 2 + E(norm(w) ** 2, x, w), ">=", 0, given)
    assert judge(stated).status is Status.PROVED
    open_ = claim(E(hadamard(mu, x), x), "<=", E(w, x, w), given)
    assert judge(open_).status is Status.REFUTED


def test_limits_of_what_has_an_expectation() -> None:
    r, k = scalars("r k_0")[0], counter("steps")
    stated = Claim(r**k * E(z, z), "->", as_term(0), (random_variable(z), r > 0, r < 1))
    assert judge(stated).status is not Status.REFUTED
    assert judge(Claim(r**k * E(z**2, z), "->", as_term(0), (gaussian(z), r > 1))).status is Status.REFUTED


def test_a_sequence_inside_an_expectation_is_no_number() -> None:
    """Induction must not take the state for one: it varies with the name over which the mean is taken."""
    k = counter("steps")
    walk = iterate("s", k, z, a, a / 2)
    stated = claim(E(z * walk, z), "=", E(z, z) * E(walk, z), random_variable(z))
    assert judge(stated).status is Status.REFUTED


def test_many_factors_are_refused_in_time() -> None:
    verdict = judge(claim(E(z**14, z), "=", 135135 * v**7, gaussian(z, 0, v)))
    assert verdict.status is Status.SUPPORTED
    assert "14 factors of z" in verdict.reason


def test_a_declared_equation_of_moments_is_a_rule() -> None:
    given = (random_variable(a), random_variable(b), independent(a, b), equal(E(a, a), 0))
    stated = claim(E(a * b, a, b), "=", 0, given)
    assert prove(Setting.of(stated, conditions_of(stated))).method == "normal form"


# --------------------------------------------------------------------------------------------- against moments, one by one

Choose = Callable[[Sequence[Any]], Any]
LAWS: dict[str, Callable[[RandomName], Law]] = {
    "gaussian": lambda name: gaussian(name, _MEANS[name], v),
    "centred": lambda name: gaussian(name, 0, v),
    "correlated": lambda name: gaussian(name, 0, Sigma) if name in (w, x) else gaussian(name, 0, sigma**2),
    "moments": lambda name: moments(name, _MEANS[name], v),
    "symmetric": lambda name: symmetric_law(name, v),
    "uniform": lambda name: uniform(name, -a, b),
    "bernoulli": lambda name: bernoulli(name, p),
}
_MEANS: dict[RandomName, Term] = {N: X, w: mu, e: zeros(m), z: a, xs: mu}
_RANDOM: tuple[RandomName, ...] = (N, w, e, z, xs)
_FIXED = (X, A, mu, y, a, c)
_DIMS: tuple[Dim, ...] = (m, d)
_SHAPES: tuple[Shape, ...] = ((), (d, 1), (m, d))


def polynomial(choose: Choose, shape: Shape, degree: int, depth: int) -> Term:
    """A polynomial of at most this degree in the random entries."""
    rows, columns = sides(shape)
    found: list[Term] = [term for term in (*_FIXED, *((N, w, e, z, xs[s]) if degree else ())) if term.shape == shape]
    if shape and rows == columns:
        found.append(identity(rows))
    if not depth or (found and choose(range(4)) == 0):
        return cast(Term, choose(found or [zeros(rows, columns)]))
    inner = choose(_DIMS)

    def some(wanted: Shape, most: int = degree) -> Term:
        return polynomial(choose, wanted, most, depth - 1)

    first = choose(range(degree + 1))
    ways: list[Callable[[], Term]] = [
        lambda: some(shape) + some(shape),
        lambda: some(shape) - some(shape),
        lambda: some((), first) * some(shape, degree - first),
        lambda: hadamard(some(shape, first), some(shape, degree - first)),
    ]
    if columns != 1:
        ways.append(lambda: some((columns, rows)).T)
        ways.append(lambda: some((rows, inner), first) @ some((inner, columns), degree - first))
    elif shape:
        ways.append(lambda: some((rows, inner), first) @ some((inner, 1), degree - first))
    else:
        ways += [
            lambda: some((inner, 1), first).T @ some((inner, 1), degree - first),
            lambda: trace(some((inner, d), first) @ some((d, inner), degree - first)),
            lambda: entry(some((d, 1)), j),
            lambda: norm(some((m, 1), degree // 2)) ** 2,
            lambda: sum_over(s, some(())),
        ]
    return cast(Term, choose(ways)())


@st.composite
def polynomials(draw: st.DrawFn, degree: int) -> Term:
    return polynomial(lambda choices: draw(st.sampled_from(choices)), draw(st.sampled_from(_SHAPES)), degree, 4)


def drawn(random: Random) -> Instance:
    """Small exact values, and sizes that tell the axes apart."""
    sizes = dict(zip((m, d, n), random.choice(((1, 2, 2), (2, 1, 2), (2, 2, 1), (2, 3, 1), (1, 1, 2))), strict=True))

    def rows(shape: Shape) -> tuple[tuple[Fraction, ...], ...]:
        count, width = (dim if isinstance(dim, int) else sizes[cast(Any, dim)] for dim in sides(shape))
        return tuple(tuple(Fraction(random.randint(-2, 3), random.choice((1, 1, 2))) for _ in range(width)) for _ in range(count))

    values: dict[Any, Any] = {name: rows(name.shape) for name in (X, A, mu, y, c)}
    values |= {number: ((Fraction(random.randint(1, 5), 3),),) for number in (a, b, v, sigma)} | {p: ((Fraction(1, random.randint(1, 3)),),)}
    root = rows((d, d))
    values[Sigma] = tuple(tuple(sum((r * t for r, t in zip(one, other, strict=True)), Fraction(0)) for other in root) for one in root)
    return Instance(sizes, values, {j: random.randint(1, sizes[d]), s: random.randint(1, sizes[n])}, random.randrange(50))


def disagreement(term: Term, laws: list[Law], seed: int) -> object:
    """Where the normal form of an expectation under independent laws and its exact value differ; None where they do not."""
    normalizer = Normalizer(Algebra(FUNCTIONS))
    told = with_laws(E(term, *_RANDOM), (*laws, independent(*_RANDOM)))
    tensor = normalizer.tensor(told)
    random = Random(seed)
    with many_digits():
        for instance in (drawn(random) for _ in range(2)):
            exact, forms = ExactInterpreter(instance).value(told), NormalForms(normalizer.algebra, instance)
            for row in range(exact.rows):
                for column in range(exact.columns):
                    at: dict[Label, int] = {"row": row + 1, "column": column + 1, j: instance.positions[j], s: instance.positions[s]}
                    found = forms.value(tensor, at)
                    value = exact.at(row, column)
                    if not close(found, number(rational(value))):
                        return instance, found, value
    return None


generous = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much], deadline=None)


@pytest.mark.parametrize("kind", ["gaussian", "centred", "correlated"])
@settings(generous, max_examples=60)
@given(polynomials(4), st.integers(0, 99))
def test_a_gaussian_polynomial_has_its_moments(kind: str, term: Term, seed: int) -> None:
    laws = [LAWS[kind](name) for name in _RANDOM]
    assert disagreement(term, laws, seed) is None


@settings(generous, max_examples=150)
@given(polynomials(3), st.lists(st.sampled_from(list(LAWS)), min_size=5, max_size=5), st.integers(0, 99))
def test_a_polynomial_has_its_moments_or_is_refused(term: Term, kinds: list[str], seed: int) -> None:
    laws = [LAWS[kind](name) for kind, name in zip(kinds, _RANDOM, strict=True)]
    try:
        assert disagreement(term, laws, seed) is None
    except UnsupportedError as refusal:
        assume("of which mean and variance are given" not in str(refusal))
        raise


# ---------------------------------------------------------------------------------------------------------- planted faults


def _without_pairs(taken: Any, law: Law, places: list[Any]) -> Any:
    """A Gaussian name whose factors are paired once, not in every way."""
    if len(places) < 2:
        yield from _GAUSSIAN(taken, law, places)
        return
    for pair in taken._covariance(law, places[0], places[1]):
        yield from (moments_of._both(pair, rest) for rest in _without_pairs(taken, law, places[2:]))


_GAUSSIAN = moments_of._LAWS["gaussian"]
FAULTS: dict[str, tuple[str, Any]] = {
    "a standard deviation for a variance": ("_variance", lambda self, law: self._scalar(law.parameter("variance")) * self._scalar(sigma)),
    "no mean": ("_mean", lambda self, law, slots: iter(())),
    "entries that are all one": ("_covariance", lambda self, law, first, second: iter([(self._variance(law), [], [])])),
}


@pytest.mark.parametrize("fault", [*FAULTS, "one pairing alone"])
def test_a_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if fault in FAULTS:
        monkeypatch.setattr(moments_of.Moments, *FAULTS[fault])
    else:
        monkeypatch.setitem(moments_of._LAWS, "gaussian", _without_pairs)
    laws = [gaussian(name, _MEANS[name], v) for name in _RANDOM]
    random = Random(0)
    terms = (polynomial(random.choice, random.choice(_SHAPES), 4, 4) for _ in range(200))
    assert any(disagreement(term, laws, seed) is not None for seed, term in enumerate(terms))
