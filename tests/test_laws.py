"""Random names: what may be said of them, how it is written, and what is refused with a remedy."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, cast

import pytest

from derivations.language.assumptions import positive, positive_semidefinite
from derivations.language.claims import Claim, Derivation, Step, claim
from derivations.language.constructors import define, dimensions, family, index, iterate, matrix, scalars, sum_over, vector, zeros
from derivations.language.errors import DeclarationError, DerivationError, ShapeError
from derivations.language.laws import (
    Expectation,
    Independent,
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
)
from derivations.language.operators import substitute
from derivations.language.terms import Term
from derivations.language.traversal import depends_on, symbols
from derivations.latex.writer import latex

m, d = dimensions("m d")
X, N, Sigma = matrix("X", m, d), matrix("N", m, d), matrix("Sigma", d, d)
w, b = vector("w", d), vector("b", d)
x, y, sigma, v = scalars("x y sigma v")
xs = family("xs", m, d)
i = index("i", m)


def test_a_claim_tells_its_expectations_the_laws_that_are_given() -> None:
    made = claim(expectation(N @ w, N), "=", zeros(m), given=gaussian(N, 0, sigma**2))
    assert isinstance(made.left, Expectation)
    assert made.left.laws == (gaussian(N, 0, sigma**2),)
    assert pickle.loads(pickle.dumps(made)) == made


def test_independence_is_told_as_far_as_it_concerns_the_names() -> None:
    made = claim(expectation(x * y, x, y), "=", 0, given=(moments(x), moments(y), random_variable(w), independent(x, w, y)))
    assert isinstance(made.left, Expectation)
    assert made.left.laws == (moments(x), moments(y), independent(x, y))
    assert made.left.are_independent((x, y))


def test_a_derivation_gives_its_laws_to_every_step() -> None:
    step = Step.of("mean", expectation(x, x), "=", 0)
    (made,) = Derivation("Noise", (step,), given=(gaussian(x),)).claims
    assert isinstance(made.left, Expectation)
    assert made.left.laws == (gaussian(x),)


def test_a_random_name_is_bound() -> None:
    term = expectation(norm_of := N @ w, N)
    assert symbols(term) == {w}
    assert not depends_on(term, N)
    assert depends_on(norm_of, N)
    assert not depends_on(expectation(xs[i], xs), xs)


def test_an_expectation_depends_on_what_its_law_depends_on() -> None:
    made = claim(expectation(x**2, x), "=", sigma**2, given=gaussian(x, 0, sigma**2))
    assert isinstance(made.left, Term)
    assert depends_on(made.left, sigma)


def test_what_is_bound_is_not_replaced() -> None:
    with pytest.raises(DeclarationError, match="x is bound"):
        substitute(expectation(x + y, x), {x: y})
    with pytest.raises(DeclarationError, match="would be bound"):
        substitute(expectation(x + y, x), {y: x})


WRITTEN: dict[str, tuple[Law | Independent | Term, str, str]] = {
    "gaussian": (
        gaussian(N, 0, sigma**2), "gaussian(N, zeros(m, d), sigma**2)",
        r"N \sim \mathcal{N}(\mathbf{0}_{m \times d}, \sigma^{2}) \text{ with independent entries}",
    ),
    "covariance": (gaussian(w, b, Sigma), "gaussian(w, b, Sigma)", r"w \sim \mathcal{N}(b, \Sigma)"),
    "moments": (moments(x, 0, v), "moments(x, 0, v)", r"x \text{ has mean } 0 \text{ and variance } v"),
    "uniform": (uniform(x, -v, v), "uniform(x, -v, v)", r"x \sim \mathcal{U}(-v, v)"),
    "any law": (random_variable(w), "random_variable(w)", r"w \text{ is random}"),
    "independence": (independent(N, w), "independent(N, w)", r"N, w \text{ are independent}"),
    "expectation": (expectation(x * y, x, y), "expectation(x * y, x, y)", r"\mathbb{E}_{x, y} \left[ x y \right]"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_it_is_written_as_one_types_it_and_as_one_writes_it(name: str) -> None:
    value, typed, mathematics = WRITTEN[name]
    assert repr(value) == typed
    assert latex(value) == mathematics


SHAPES: dict[str, Callable[[], object]] = {
    "a mean of another shape": lambda: gaussian(N, w),
    "a variance for every entry": lambda: gaussian(N, 0, N),
    "a covariance of another size": lambda: moments(w, 0, N),
    "a matrix for a probability": lambda: bernoulli(x, N),
    "the variance of a vector": lambda: variance(w, w),
    "the covariance of matrices": lambda: covariance(N, X, N),
}


@pytest.mark.parametrize("name", SHAPES)
def test_parameters_must_fit(name: str) -> None:
    with pytest.raises(ShapeError, match="shape"):
        SHAPES[name]()


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no law": (lambda: claim(expectation(x, x), "=", 0), "no law of x is given.*gaussian"),
    "no names": (lambda: expectation(x), "needs the names over which it is taken"),
    "two laws": (lambda: claim(expectation(x, x), "=", 0, given=(gaussian(x), moments(x))), "x has two laws"),
    "inside and outside": (lambda: claim(expectation(x, x), "=", x, given=gaussian(x)), "stands outside of it too; rename"),
    "restricted": (lambda: claim(expectation(x, x), "=", 0, given=(gaussian(x), positive(x))), "x > 0 restricts x"),
    "a random parameter": (lambda: claim(expectation(x, x), "=", y, given=(gaussian(x, y), gaussian(y))), "restricts y"),
    "fixed, yet random": (lambda: claim(expectation(x * y, x), "=", 0, given=(gaussian(x), gaussian(y))), r"y in .* is random too: give independent"),
    "over a product": (lambda: expectation(N @ w, cast(Any, N @ w)), "expected a symbol or a family"),
    "independent of itself": (lambda: independent(x, x), "two different names"),
    "a law of an index": (lambda: gaussian(x, 0, sum_over(i, xs[i].T @ w) + xs[i].T @ w), "depends on an index"),
    "an unknown law": (lambda: Law("cauchy", x), "'cauchy' is no law"),
    "a law captured": (
        lambda: claim(iterate("s", 3, y, v, v + expectation(x, x)), "=", 0, given=gaussian(x, 0, v)), "v, on which a law .* is bound"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_mean_anything_is_refused_with_a_remedy(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(DerivationError, match=message):
        make()


def test_a_fixed_random_name_that_is_independent_is_conditioned_on() -> None:
    given = (gaussian(N), random_variable(w), independent(N, w))
    inner = expectation((w.T @ N.T @ N @ w), N)
    assert isinstance(claim(expectation(inner, w), "=", 0, given=given), Claim)


def test_names_of_quantities_and_several_kinds_of_laws() -> None:
    z = define("z", X @ w)
    given = (moments(X, 0, v), mean_square(w, 1), independent(X, w), positive_semidefinite(Sigma), symmetric_law(x, v))
    made = claim(expectation(z, X, w), "=", zeros(m), given=given)
    assert isinstance(made.left, Expectation)
    assert {law.name for law in made.left.laws if isinstance(law, Law)} == {X, w}


def test_shared_parts_are_rewritten_once() -> None:
    """The term has 2⁶⁰ paths to its name, and 61 distinct parts."""
    term: Term = x
    for _ in range(60):
        term = term + term
    assert symbols(substitute(term, {x: y})) == {y}
