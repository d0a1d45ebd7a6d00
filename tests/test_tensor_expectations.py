"""Expectations by torch: against moments from the literature, against exact evaluation, and what the same points tell from wrong variants."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import pytest
import torch

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.batches import batch_of
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Entries, Instance, Quantity
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.measures import degree
from derivations.evaluation.tensors import TensorInterpreter
from derivations.language.assumptions import Assumption, positive, positive_semidefinite
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    argmin,
    define,
    dimensions,
    family,
    gradient,
    hadamard,
    hessian,
    identity,
    index,
    indicator,
    inverse,
    matrix,
    norm,
    scalars,
    sum_over,
    trace,
    vector,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, relu, tanh
from derivations.language.laws import (
    Law,
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
from derivations.language.terms import Operand, Term, as_term
from derivations.proof.mutants import mutants
from numeric.devices import NumericError, available_devices
from numeric.quadrature import hermite_rule, legendre_rule

m, n, d = dimensions("m n d")
X, N, Q, A, S = matrix("X", m, d), matrix("N", m, d), matrix("Q", m, d), matrix("A", n, n), matrix("Sigma", n, n)
w, u, y, e, mu = vector("w", d), vector("u", d), vector("y", m), vector("epsilon", n), vector("mu", n)
e_d, x_5 = vector("e_d", d), vector("x_5", 9)
s, v, p, a, b, z, r = scalars("sigma v p a b z r")
i, xs = index("i", n), family("x", n)
noise = (gaussian(N, 0, s**2),)
apart = independent(N, u, w)

TRUE: dict[str, Claim] = {
    "noise on the data": claim(expectation(norm((X + N) @ w - y) ** 2, N), "=", norm(X @ w - y) ** 2 + m * s**2 * norm(w) ** 2, noise),
    "its gradient": claim(gradient(expectation(norm((X + N) @ w - y) ** 2, N), w), "=", 2 * X.T @ (X @ w - y) + 2 * m * s**2 * w, noise),
    "a covariance, which may be singular": claim(expectation(e.T @ A @ e, e), "=", trace(A @ S), (gaussian(e, 0, S), positive_semidefinite(S))),
    "moments with a covariance": claim(covariance(e, e, e), "=", S, (moments(e, 0, S), positive_semidefinite(S))),
    "degree 4 in many entries": claim(expectation((e.T @ e) ** 2, e), "=", n * (n + 2) * v**2, (gaussian(e, 0, v), positive(v))),
    "ReLU of a symmetric law": claim(expectation(relu(z) ** 2, z), "=", v / 2, symmetric_law(z, v)),
    "variance of a uniform law": claim(variance(z, z), "=", (b - a) ** 2 / 12, uniform(z, a, b)),
    "variance of Bernoulli's law": claim(variance(z, z), "=", p * (1 - p), bernoulli(z, p)),
    "members of a family": claim(expectation(sum_over(i, xs[i]) ** 2, xs), "=", n * v, moments(xs, 0, v)),
    "a mean square": claim(expectation(norm(u) ** 2, u), "=", d * v, mean_square(u, v)),
    "independent names of any law": claim(
        expectation(a * z**2 * r, z, r),
        "=",
        a * expectation(z**2, z) * expectation(r, r),
        (random_variable(z), random_variable(r), independent(z, r)),
    ),
    "a gradient inside": claim(expectation(gradient(norm((X + N) @ w - y) ** 2, w), N), "=", 2 * X.T @ (X @ w - y) + 2 * m * s**2 * w, noise),
    "a Hessian inside": claim(expectation(hessian(norm((X + N) @ w - y) ** 2, w), N), "=", 2 * X.T @ X + 2 * m * s**2 * identity(d), noise),
    "a derivative by a name that is bound": claim(expectation(gradient(norm(A @ e) ** 2, e), e), "=", 2 * A.T @ A @ mu, gaussian(e, mu, v)),
    "the minimiser of an expectation": claim(
        argmin(expectation(norm((X + N) @ w - y) ** 2, N), w), "=", inverse(X.T @ X + m * v * identity(d)) @ X.T @ y, (moments(N, 0, v), positive(v))
    ),
    "independent matrices, of degree 2 in each": claim(
        expectation(norm(N @ hadamard(u, w)) ** 2, N, u, w), "=", m * d * v * a * p, (moments(N, 0, v), mean_square(u, a), mean_square(w, p), apart)
    ),
    "a polynomial in one name, not in another": claim(
        expectation(relu(z) ** 2 * norm(e) ** 4, z, e),
        "=",
        v / 2 * n * (n + 2) * b**2,
        (symmetric_law(z, v), gaussian(e, 0, b), positive(b), independent(z, e)),
    ),
    "ReLU behind a layer": claim(
        expectation(norm(relu(N @ u)) ** 2, N, u), "=", m * d * v * a / 2, (symmetric_law(N, v), mean_square(u, a), independent(N, u))
    ),
    "a sum of names that may depend on each other": claim(
        expectation(a * z + b * r, z, r), "=", a * expectation(z, z) + b * expectation(r, r), (random_variable(z), random_variable(r))
    ),
    "a sum of matrices that may depend on each other": claim(
        expectation(N + a * Q, N, Q), "=", expectation(N, N) + a * expectation(Q, Q), (random_variable(N), random_variable(Q))
    ),
    "a mean of its own for each entry": claim(expectation(norm(e) ** 2, e), "=", norm(mu) ** 2 + n * v, gaussian(e, mu, v)),
}

FALSE: dict[str, Claim] = {
    "a fourth moment that is not given": claim(expectation(z**4, z), "=", 3 * v**2, moments(z, 0, v)),
    "a third moment that is not given": claim(expectation(z**3, z), "=", 0, moments(z, 0, v)),
    "the root of an expectation": claim(expectation(z**2, z), "=", expectation(z, z) ** 2, gaussian(z, a, v)),
    "a gradient inside, with noise of mean 0 left out": claim(
        expectation(gradient(norm((X + N) @ w - y) ** 2, w), N), "=", 2 * X.T @ (X @ w - y), noise
    ),
    "all of the square behind ReLU": claim(
        expectation(norm(relu(N @ u)) ** 2, N, u), "=", m * d * v * a, (symmetric_law(N, v), mean_square(u, a), independent(N, u))
    ),
    "the variance of one entry for all": claim(expectation(e.T @ e, e), "=", v, gaussian(e, 0, v)),
    "the law of all entries for a joint one": claim(expectation(sum_over(i, xs[i]) ** 2, xs), "=", n**2 * v, moments(xs, 0, v)),
    "one mean for different names": claim(expectation(z, z), "=", expectation(r, r), (random_variable(z), random_variable(r))),
    "dependent factors apart": claim(
        expectation(z * r, z, r), "=", expectation(z, z) * expectation(r, r), (random_variable(z), random_variable(r))
    ),
}


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("stated", TRUE.values(), ids=TRUE)
def test_what_is_true_agrees_within_rounding(stated: Claim, device: str) -> None:
    seen = gather(stated, (), NumericSettings(device))
    assert seen.instances >= 60
    assert seen.agrees
    assert seen.bound < 1e-11


@pytest.mark.parametrize("stated", FALSE.values(), ids=FALSE)
def test_what_is_false_differs(stated: Claim) -> None:
    seen = gather(stated, (), NumericSettings())
    assert seen.instances
    assert not seen.agrees


def test_the_same_points_tell_wrong_variants() -> None:
    stated = TRUE["noise on the data"]
    wrong = [mutant.claim for mutant in mutants(stated) if mutant.shows_in_floats]
    assert len(wrong) > 8
    assert gather(stated, wrong, NumericSettings()).mutants_caught == len(wrong)


POLYNOMIALS: dict[str, tuple[Term, Assumption]] = {
    "of degree 5": (z**5 * v - 3 * z**4 + a * z, gaussian(z, a, v)),
    "of degree 6 under a uniform law": ((z - b) ** 6, uniform(z, a, a + b**2)),
    "of degree 4 in a vector": (norm(u) ** 2 * (w.T @ u) ** 2, gaussian(u, w, v)),
    "of degree 2 in a matrix": (N @ w @ (N @ u).T, moments(N, 0, v)),
    "inside of another": ((z - expectation(z**2, z)) ** 3, gaussian(z, a, v)),
    "a cube of a probability": ((z + a) ** 3, bernoulli(z, p)),
}


@pytest.mark.parametrize(("term", "law"), POLYNOMIALS.values(), ids=POLYNOMIALS)
def test_polynomials_agree_with_exact_evaluation(term: Term, law: Law) -> None:
    half: tuple[int | Fraction, ...] = (Fraction(1, 2),)
    values = {z: (1,), a: (2,), b: (3,), v: half, p: (Fraction(1, 4),), w: (1, -2, 3), u: (2, 1, -1)}
    entries: dict[Quantity, Entries] = {name: tuple((Fraction(x),) for x in value) for name, value in values.items()}
    instance = Instance({m: 2, d: 3}, entries, {})
    stated = with_laws(expectation(term, law.name), (law,))
    exact = [float(rational(entry)) for entry in ExactInterpreter(instance).value(stated).entries]
    found = TensorInterpreter(batch_of([instance], torch.float64, torch.device("cpu"))).value(stated).tensor
    assert found.flatten().tolist() == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize(
    ("term", "value", "law"),
    [
        (tanh(z), 0, gaussian(z, 0, v)),
        (relu(z) ** 2, v / 2, gaussian(z, 0, v)),
        (indicator(z > a), Fraction(1, 2), gaussian(z, a, v)),
        (abs_(z), b / 2, uniform(z, -b, b)),
        (relu(norm(u) ** 2), d * v, gaussian(u, 0, v)),
    ],
)
def test_what_is_no_polynomial_is_sampled_and_told_as_far_as_samples_tell(term: Term, value: Operand, law: Law) -> None:
    given = (law, positive(v), positive(b))
    seen = gather(claim(expectation(term, law.name), "=", value, given), (), NumericSettings())
    assert seen.instances >= 60
    assert seen.agrees
    assert 1e-4 < seen.bound < 0.1
    for wrong in (2 * as_term(value) + v / 8, as_term(value) - Fraction(1, 5) * v):
        off = gather(claim(expectation(term, law.name), "=", wrong, given), (), NumericSettings())
        assert not off.agrees


def test_a_derivative_is_not_sampled() -> None:
    with pytest.raises(UnsupportedError, match="which is sampled"):
        gather(claim(gradient(expectation(relu(a * z), z), a), "=", 0, gaussian(z, 0, 1)), (), NumericSettings())


def test_other_names_are_sampled_beside_those_that_must_be() -> None:
    given = (gaussian(z, 0, v), bernoulli(r, p), independent(z, r), positive(v))
    seen = gather(claim(expectation(r * relu(z) ** 2, z, r), "=", p * v / 2, given), (), NumericSettings())
    assert seen.agrees
    assert not gather(claim(expectation(r * relu(z) ** 2, z, r), "=", p * v, given), (), NumericSettings()).agrees


def test_too_many_points_are_refused() -> None:
    stated = with_laws(expectation(norm(u) ** 12, u), (gaussian(u, 0, v),))
    batch = batch_of([Instance({d: 7}, {v: ((Fraction(1),),)}, {})], torch.float64, torch.device("cpu"))
    with pytest.raises(EvaluationError, match="more than 8192 points"):
        TensorInterpreter(batch).value(stated)


@pytest.mark.parametrize("count", range(1, 8))
def test_rules_are_exact_up_to_their_degree_and_no_further(count: int) -> None:
    normal = [0.0 if k % 2 else float(prod(range(1, k, 2))) for k in range(2 * count + 1)]
    uniform_ = [0.0 if k % 2 else 1 / (k + 1) for k in range(2 * count + 1)]
    for (nodes, weights), expected in ((hermite_rule(count), normal), (legendre_rule(count), uniform_)):
        gaps = [abs(float((weights * nodes**k).sum()) - moment) for k, moment in enumerate(expected)]
        sizes = [float((weights * nodes.abs() ** k).sum()) for k in range(2 * count + 1)]
        assert all(gap <= 1e-13 * size for gap, size in zip(gaps[:-1], sizes, strict=False))
        assert gaps[-1] > 1e-6


def test_a_rule_needs_a_node() -> None:
    with pytest.raises(NumericError, match="at least one"):
        hermite_rule(0)


DEGREES: dict[str, tuple[Term, int]] = {
    "a derivative by what is fixed": (gradient(norm((X + N) @ w - y) ** 2, w), 2),
    "a derivative by what varies": (gradient(norm(N @ w) ** 2, N), 1),
    "of second order": (hessian(norm(X @ u) ** 4, u), 2),
    "an expectation over something else": (expectation(norm((X + N) @ (u + e_d)) ** 2, e_d), 4),
    "an expectation over all of it": (expectation(norm(N @ w) ** 2, N), 0),
}


@pytest.mark.parametrize("name", DEGREES)
def test_derivatives_and_expectations_have_a_degree(name: str) -> None:
    term, expected = DEGREES[name]
    assert degree(term, (N, u)) == expected


def test_what_makes_coefficients_vary_along_has_no_degree() -> None:
    moved = define("h", N @ w)
    assert degree(gradient(norm(N @ w + moved) ** 2, moved), (moved,)) == 1
    with pytest.raises(EvaluationError):  # by its name it is fixed, and yet it is made of what varies
        degree(gradient(norm(moved) ** 4, moved), (N,))
    with pytest.raises(EvaluationError):  # the mean is no polynomial in what varies
        degree(with_laws(expectation(norm(e) ** 2, e), (gaussian(e, tanh(mu), v),)), (mu,))


def test_sizes_that_take_too_many_points_are_left_out() -> None:
    """ReLU of a layer has 3 to the power of the number of weights outcomes: 4 × 5 weights are too many, 2 × 2 are not."""
    stated = TRUE["ReLU behind a layer"]
    seen = gather(stated, [mutant.claim for mutant in mutants(stated) if mutant.shows_in_floats], NumericSettings())
    assert seen.mutants_caught == seen.mutants > 4
    with pytest.raises(EvaluationError, match="more than 8192 points"):
        gather(claim(expectation(relu(x_5.T @ x_5), x_5), "=", 0, symmetric_law(x_5, v)), (), NumericSettings())
