"""From normal form back to terms: what is spelled has the same normal form, in the operators that people write."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import GIVEN, A, L, S, X, alpha, b, c, d, e, i, k, n, r, s, terms, u, v, w, x, y, z

from derivations.language.claims import claim
from derivations.language.constructors import (
    delta,
    det,
    diag,
    diagonal,
    entry,
    gradient,
    hadamard,
    hessian,
    identity,
    inverse,
    jacobian,
    norm,
    ones,
    softmax,
    sum_over,
    trace,
    unit,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import exp, log, reciprocal, sigmoid, sign, sqrt, tanh
from derivations.language.shapes import sides
from derivations.language.terms import Term
from derivations.proof.domain import conditions_of
from derivations.proof.equations import Setting, normalized
from derivations.proof.normal_form import Normalizer
from derivations.proof.readback import term_of
from derivations.proof.tensors import Tensor

generous = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])


def form(term: Term) -> tuple[Tensor, Normalizer]:
    """The normal form of a term, as a proof makes it."""
    nothing = zeros(*sides(term.shape))
    stated = claim(term, "=", nothing, GIVEN)
    return normalized(Setting.of(stated, conditions_of(stated)), term, nothing, "tanh")


def spelled(term: Term) -> Term | None:
    tensor, normalizer = form(term)
    found = term_of(normalizer.algebra, tensor, term.shape)
    if found is not None:
        assert found.shape == term.shape
        assert found.free <= term.free
        assert not normalizer.difference(term, found), found
    return found


@settings(generous, max_examples=200)
@given(terms(depth=2))
def test_what_is_spelled_has_the_same_normal_form(term: Term) -> None:
    try:
        spelled(term)
    except UnsupportedError:
        return


READABLE: dict[str, Term] = {
    "a product": A @ S @ X @ w,
    "a transpose": X.T @ A,
    "a sum": 2 * u - X @ w + x * c,
    "a trace": trace(A @ S) * u,
    "an inner product": (u.T @ X @ w) * c,
    "an outer product": u @ w.T,
    "a Hadamard product": hadamard(u, X @ w),
    "a diagonal matrix": diag(u) @ X,
    "a diagonal": diagonal(A @ S),
    "the identity": x * identity(n),
    "ones": y * ones(n, d),
    "row sums": X @ ones(d),
    "all entries": ones(n).T @ X @ ones(d),
    "a sandwich": X.T @ diag(c) @ X,
    "a norm": u / norm(u),
    "a fraction": (x + y) / (1 + x**2) * w,
    "a dimension": norm(u) ** 2 / n,
    "an elementwise function": X.T @ tanh(X @ w + u),
    "a derivative": hadamard(c, tanh.prime(X @ w)),
    "a softmax": softmax(X @ w),
    "a gradient": gradient(norm(X @ w - u) ** 2, w),
    "a gradient by a matrix": gradient(c.T @ tanh(X @ w), X),
    "a Hessian": hessian(norm(X @ w) ** 2, w),
    "a Jacobian": jacobian(tanh(X @ w), w),
    "Σ over samples": sum_over(i, (v[i].T @ w - s[i]) * v[i]),
    "a free sample": s[i] * v[i],
    "a free sample beside a sum": s[i] * sum_over(k, s[k] * v[k]),
    "Σ of outer products": sum_over(i, v[i] @ v[i].T) @ w,
    "a named family": b * v[i],
    "an inverse": inverse(A) @ u,
    "a determinant": det(A) * u,
    "a row": r.T @ r @ w,
    "exp and log": exp(u) + log(c) * sigmoid(x) + sqrt(alpha) * sign(u) + reciprocal(c),
}


@pytest.mark.parametrize("name", READABLE)
def test_what_people_write_is_spelled(name: str) -> None:
    assert spelled(READABLE[name]) is not None


def test_the_bound_letter_is_none_of_the_free_ones() -> None:
    """Σ over a letter that stands free outside would capture it."""
    for term in (s[i] * sum_over(k, s[k] ** 2), s[k] * sum_over(i, s[i] ** 2), delta(i, k) * sum_over(k, s[k])):
        found = spelled(term)
        assert found is None or not form(found - term)[0]


@pytest.mark.parametrize("term", [unit(n, i), entry(u, i) * entry(c, k), entry(L, 1, 2) * e, hadamard(X @ X.T, A, S) @ hadamard(u, c)], ids=repr)
def test_what_has_no_spelling_is_left(term: Term) -> None:
    """Positions that are fixed or free on a vector's axis, and three matrices on one edge."""
    found = spelled(term)
    assert found is None or not form(found - term)[0]


def test_zero_is_spelled() -> None:
    assert spelled(X - X) == zeros(n, d)
    assert spelled(z - X @ w) == zeros(n)
