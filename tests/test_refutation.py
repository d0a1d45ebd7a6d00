"""Counterexamples: valid by a second evaluator, inside assumptions and domain, small; and what is said of the slip."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from oracle import Oracle, Undefined, close, many_digits
from strategies import GIVEN, SHAPES, A, Maker, S, X, alpha, b, c, d, e, i, k, n, respelled, s, u, v, w, x, y, z

from derivations.evaluation.instances import Instance, Quantity, family_positions
from derivations.language.assumptions import (
    Assumption,
    full_column_rank,
    negative,
    nonnegative,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    symmetric,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    diag,
    dimensions,
    entry,
    gradient,
    hadamard,
    identity,
    inverse,
    jacobian,
    literal,
    matrix,
    maximum,
    norm,
    ones,
    softmax,
    sum_over,
    trace,
    zeros,
)
from derivations.language.functions import abs_, exp, log, relu, sigmoid, sign, sqrt, tanh
from derivations.language.terms import Relation, Symbol, Term, free_in
from derivations.language.traversal import dimensions as dimensions_of
from derivations.language.traversal import symbols
from derivations.language.verdicts import Counterexample, Status, Verdict, Witness
from derivations.proof.domain import conditions_of
from derivations.proof.edits import edits
from derivations.proof.equations import Setting, normalized
from derivations.proof.refutation import Trial, holds_at, search
from derivations.proof.sampling import Sampler, meets
from derivations.proof.verification import Budget, judge

m = dimensions("m")[0]
B, C = matrix("B", n, n), matrix("C", n, n)


def instance_of(stated: Claim, witness: Witness) -> Instance:
    """The instance that a plain record describes."""
    sizes_by_name, values_by_name = dict(witness.sizes), dict(witness.values)
    sizes = {dim: sizes_by_name[dim.name] for dim in dimensions_of(stated.terms)}
    values: dict[Quantity, Any] = {}
    for name in symbols(stated.terms):
        if isinstance(name, Symbol):
            values[name] = values_by_name[name.name]
        else:
            values |= {(name, place): value for place, value in zip(family_positions(name, sizes), values_by_name[name.name], strict=True)}
    return Instance(sizes, values, {index: sizes_by_name[index.name] for index in free_in(stated.sides)})


def check(stated: Claim, verdict: Verdict) -> Counterexample:
    """The counterexample, evaluated by the second evaluator and put to the assumptions once more."""
    found = verdict.counterexample
    assert verdict.status is Status.REFUTED
    assert found is not None
    assert not verdict.alarm
    instance = instance_of(stated, found.witness)
    assert meets(instance, stated.given)
    with many_digits():
        if stated.relation == "=":
            left, right = (Oracle(instance).value(side) for side in stated.sides)  # type: ignore[arg-type]
            assert not all(close(x, y) for a, b in zip(left, right, strict=True) for x, y in zip(a, b, strict=True)), (stated, instance)
        else:
            assert not Oracle(instance).holds(Relation(stated.left, stated.relation, stated.right))
    return found


FALSE: dict[str, tuple[Term, str, Term, tuple[Assumption, ...]]] = {
    "AB = BA": (A @ B, "=", B @ A, ()),
    "AB = BA, both symmetric": (A @ S, "=", S @ A, (symmetric(A), symmetric(S))),
    "a symmetric matrix by habit": (A, "=", A.T, ()),
    "least squares, sign": (gradient(norm(X @ w - u) ** 2, w), "=", -2 * X.T @ (X @ w - u), ()),
    "least squares, factor": (gradient(norm(X @ w - u) ** 2, w), "=", X.T @ (X @ w - u), ()),
    "trace of three": (trace(A @ B @ C), "=", trace(A @ C @ B), ()),
    "inverse of a sum": (inverse(A + B), "=", inverse(A) + inverse(B), ()),
    "hat matrix": (X @ inverse(X.T @ X) @ X.T, "=", identity(n), (full_column_rank(X),)),
    "orthogonal is identity": (A, "=", identity(n), (orthogonal(A),)),
    "exp of a sum": (exp(x + y), "=", exp(x) + exp(y), ()),
    "tanh at 0 only": (tanh(x), "=", x, ()),
    "softmax of a multiple": (softmax(2 * u), "=", softmax(u), ()),
    "√x² = x": (sqrt(x**2), "=", x, ()),
    "log of a square": (log(x**2), "=", 2 * x, ()),
    "Σ of products": (sum_over(i, s[i] * entry(u, i)), "=", sum_over(i, s[i]) * sum_over(i, entry(u, i)), ()),
    "two members": (s[i], "=", s[k], ()),
    "relu of a sum": (relu(u + c), "=", relu(u) + relu(c), ()),
    "kink": (gradient(abs_(x), x), "=", 1 + 0 * x, ()),
    "Cauchy–Schwarz turned": (norm(u) * norm(c), "<=", u.T @ c, ()),
    "a square is positive": (x**2, ">", 0 * y, ()),
    "max": (maximum(x, y), "=", x, ()),
    "never equal": (x, "!=", y, ()),
    "one entry": (hadamard(u, u), ">", zeros(n), ()),
    "a definite trace": (trace(S), "<=", 1 + 0 * x, (positive_definite(S),)),
    "irrational": (exp(x), "=", 1 + x, (positive(x),)),
    "in a narrow interval": (x, "=", y, (x > Fraction(1, 3), x < Fraction(1, 2), y > Fraction(1, 3), y < Fraction(1, 2))),
    "between names": (x, "=", y, (Relation(x, "<", y),)),
    "given values": (u, "=", X @ w, (Relation(u, "=", X @ w + ones(n)),)),
    "branches": (cases((x > 0, x), otherwise=-x), "=", x, ()),
    "a name": (z, "=", X @ w + u, ()),
    "a named family": (b, "=", s[i], ()),
    "a literal vector": (norm(e) ** 2, "=", entry(e, 1) ** 2, ()),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_refuted_by_valid_counterexamples(name: str) -> None:
    left, relation, right, given = FALSE[name]
    stated = claim(left, relation, right, given)
    check(stated, judge(stated))


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_are_refuted_by_valid_counterexamples(seed: int) -> None:
    refuted = 0
    for stated in edited_claims(seed, 40):
        verdict = judge(stated, Budget(explain=False))
        assert not verdict.alarm, stated
        if verdict.status is Status.REFUTED:
            check(stated, verdict)
            refuted += 1
    assert refuted > 10


@pytest.mark.parametrize("seed", range(4))
def test_what_is_proved_holds_at_larger_instances(seed: int) -> None:
    """True claims in another spelling and edited ones: whatever is proved is put to instances that the judge did not see."""
    compared = 0
    for stated in (*true_claims(seed, 40), *edited_claims(seed, 40)):
        verdict = judge(stated, Budget(explain=False))
        if verdict.status is not Status.PROVED:
            continue
        sampler = Sampler(stated, seed + 1000)
        with many_digits():
            for spread in (0, 0, 1, 1, 1):
                instance = sampler.draw({dim: sampler.random.choice((1, 2, 3, 4)) for dim in sampler.dimensions}, spread)
                if instance is None:
                    continue
                try:
                    left, right = (Oracle(instance).value(side) for side in stated.sides)  # type: ignore[arg-type]
                except Undefined:
                    continue
                compared += 1
                assert all(close(x, y) for a, b in zip(left, right, strict=True) for x, y in zip(a, b, strict=True)), (stated, instance)
    assert compared > 100


@pytest.mark.parametrize("seed", range(4))
def test_true_claims_are_never_refuted(seed: int) -> None:
    for stated in true_claims(seed + 50, 60):
        verdict = judge(stated, Budget(explain=False))
        assert verdict.status is not Status.REFUTED, stated
        assert not verdict.alarm, stated


def true_claims(seed: int, count: int) -> Iterator[Claim]:
    random = Random(seed)
    for _ in range(count):
        left = Maker(random.choice).term(random.choice(SHAPES), 2)
        yield Claim(left, "=", respelled(random.choice, left, 2), GIVEN)


def edited_claims(seed: int, count: int) -> Iterator[Claim]:
    random = Random(seed)
    for stated in true_claims(seed, count):
        assert isinstance(stated.right, Term)
        found = list(edits(stated.right))
        if found:
            yield Claim(stated.left, "=", random.choice(found).result, stated.given)


# -------------------------------------------------------------------------------------------------------------- shrinking


def largest(found: Counterexample) -> int:
    return max((size for _, size in found.witness.sizes), default=0)


def entries(found: Counterexample) -> set[Fraction]:
    numbers: set[Fraction] = set()

    def collect(value: object) -> None:
        if isinstance(value, tuple):
            for item in value:
                collect(item)
        elif isinstance(value, Fraction):
            numbers.add(value)

    collect(tuple(value for _, value in found.witness.values))
    return numbers


SMALL: dict[str, tuple[Claim, int]] = {
    "AB = BA": (claim(A @ B, "=", B @ A), 2),
    "least squares": (claim(gradient(norm(X @ w - u) ** 2, w), "=", -2 * X.T @ (X @ w - u)), 1),
    "A = Aᵀ": (claim(A, "=", A.T), 2),
    "tr A = 1": (claim(trace(A), "=", 1), 1),
    "trace of three": (claim(trace(A @ B @ C), "=", trace(A @ C @ B)), 2),
    "a quadratic form": (claim(gradient(u.T @ A @ u, u), "=", 2 * A @ u), 2),
    "hadamard": (claim(hadamard(A, B), "=", A @ B), 2),
    "diag": (claim(diag(u) @ A, "=", A @ diag(u)), 2),
    "members": (claim(sum_over(k, s[i] * s[k]), "=", s[i] ** 2), 2),
    "sums": (claim(sum_over(i, s[i] ** 2), "=", sum_over(i, s[i]) ** 2), 2),
}


@pytest.mark.parametrize("name", SMALL)
def test_counterexamples_are_small(name: str) -> None:
    stated, size = SMALL[name]
    found = check(stated, judge(stated))
    assert largest(found) == size
    assert entries(found) <= {Fraction(0), Fraction(1), Fraction(-1)}


def test_shrinking_keeps_symmetry() -> None:
    stated = claim(A @ S, "=", S @ A, (symmetric(A), symmetric(S)))
    found = check(stated, judge(stated))
    assert largest(found) == 2


def test_shrinking_keeps_given_values() -> None:
    stated = claim(u, "=", zeros(n), (Relation(u, "=", X @ w),))
    found = check(stated, judge(stated))
    assert largest(found) == 1


def test_a_search_reports_what_it_saw() -> None:
    stated = claim(X @ w + u, "=", u + X @ w)
    seen = search(stated, Sampler(stated), 10)
    assert seen.counterexample is None
    assert seen.instances == 10
    assert seen.all_equal is None
    assert seen.witness is not None
    assert len(set(seen.witness.sizes.values())) == 2


def test_outside_the_domain_nothing_is_said() -> None:
    trial = Trial(Instance({}, {x: ((Fraction(0),),)}, {}))
    assert holds_at(claim(1 / x, "=", 1 / x), trial) is None
    assert holds_at(claim(x, "=", 0), trial) is True
    assert holds_at(claim(x, "=", 1), trial) is False


def test_irrational_values_are_enclosed() -> None:
    trial = Trial(Instance({}, {x: ((Fraction(2),),)}, {}))
    assert holds_at(claim(sqrt(x) ** 2, "=", x), trial) is True  # equal is not certain, but unequal would be
    assert holds_at(claim(exp(x), "=", Fraction(7389056, 1000000)), trial) is False
    assert holds_at(claim(exp(x) * exp(-x), "=", 1), trial) is True
    left, right = trial.values(claim(exp(x), "=", x))
    assert str(left[0][0]).startswith("7.389")
    assert right == ((Fraction(2),),)


# --------------------------------------------------------------------------------------------------------------- the slip

HINTS: dict[str, tuple[Term, Term, str]] = {
    "factor": (gradient(norm(X @ w - u) ** 2, w), X.T @ (X @ w - u), "off by the factor 2"),
    "fraction": (gradient(norm(w) ** 2, w), 4 * w, "off by the factor 1/2"),
    "sign": (gradient(norm(X @ w - u) ** 2, w), 2 * X.T @ (u - X @ w), "the sign is wrong"),
    "transpose": (gradient(u.T @ A @ c, u), A.T @ c, "transpose"),
    "order": (trace(A @ B) * (A @ B), trace(A @ B) * (B @ A), "order"),
    "missing term": (gradient((1 + x) * norm(w) ** 2 + alpha * ones(d).T @ w, w), 2 * w + 2 * x * w, "missing on the right: alpha * ones(d)"),
    "one term too many": (gradient(norm(w) ** 2, w), 2 * w + ones(d), "without the term ones(d)"),
    "one sign": (x * u + y * c, x * u - y * c, "sign"),
    "squared": (norm(u) ** 2, norm(u), "squared"),
    "exponent": (gradient(x**3, x), 3 * x**3, "exponent"),
    "function": (jacobian(tanh(u), u), diag(tanh(u)), "function"),
    "number": (gradient(x**2 + y * x, x), 1 * x + y, "number"),
}


@pytest.mark.parametrize("name", HINTS)
def test_the_slip_is_named(name: str) -> None:
    left, right, words = HINTS[name]
    verdict = judge(claim(left, "=", right))
    assert verdict.status is Status.REFUTED
    assert words in verdict.hint


CORRECTED: tuple[Term, ...] = (
    gradient(norm(X @ w - u) ** 2, w),
    gradient(u.T @ A @ u, u),
    gradient(c.T @ tanh(X @ w), w),
    gradient(c.T @ tanh(X @ w), X),
    gradient(trace(A @ B), A),
    gradient(log(ones(n).T @ exp(u)), u),
    gradient(sum_over(i, norm(v[i] - w) ** 2), w),
    gradient(sum_over(i, b**2), w),
    gradient(sigmoid(w.T @ v[i]), w),
    jacobian(tanh(X @ w), w),
    jacobian(softmax(u), u),
    gradient(sum_over(k, s[k] ** 2) * s[i], s[i]),
    gradient(x * y**2 / (1 + x**2), x),
)


@pytest.mark.parametrize("left", CORRECTED, ids=repr)
def test_the_right_answer_is_derived(left: Term) -> None:
    verdict = judge(claim(left, "=", left + left + 1 * _something(left)))
    assert verdict.status is Status.REFUTED
    assert verdict.correction is not None
    stated = claim(left, "=", verdict.correction)
    assert judge(stated).status is Status.PROVED
    assert not normalized(Setting.of(stated, conditions_of(stated)), left, verdict.correction, "tanh")[0]


def _something(left: Term) -> Term:
    return ones(*left.shape) if left.shape else 1 + 0 * x


MISSING: dict[str, tuple[Claim, tuple[str, ...]]] = {
    "nonnegative": (claim(sqrt(x**2), "=", x), ("x >= 0",)),
    "nonzero": (claim(sign(x) ** 2, "=", 1), ("x != 0",)),
    "positive": (claim(sign(x), "=", 1), ("x > 0",)),
    "symmetric": (claim(gradient(u.T @ A @ u, u), "=", 2 * A @ u), ("A symmetric",)),
    "none helps": (claim(x, "=", y), ()),
    "not against what is given": (claim(sqrt(x**2), "=", x, negative(x)), ()),
    "already given": (claim(x, "=", 1, (nonnegative(x), nonzero(x), positive(x))), ()),
}


@pytest.mark.parametrize("name", MISSING)
def test_the_missing_assumption_is_named(name: str) -> None:
    stated, expected = MISSING[name]
    verdict = judge(stated)
    assert verdict.status is Status.REFUTED
    assert verdict.missing_assumptions == expected


@pytest.mark.parametrize("seed", range(2))
def test_a_repair_is_proved_on_its_own_domain(seed: int) -> None:
    """With 1 this would hold only where x ≠ 0, which 1 / x says and 1 does not."""
    stated = claim(sign(x) ** 2, "=", 1 / x)
    assert "would be true with 1 " not in judge(stated, Budget(seed=seed)).hint


def test_an_absolute_value_is_compared_where_its_sign_is_open() -> None:
    """The number is 0, which no ball shows; so it is small, whatever its sign."""
    zero = sqrt(2) * sqrt(3) - sqrt(6)
    verdict = judge(claim(literal([abs_(zero)], [relu(zero)]), "<=", literal([Fraction(1, 10**6)], [Fraction(1, 10**6)])))
    assert verdict.status is Status.PROVED
    assert verdict.witness is not None
    assert judge(claim(abs_(zero), ">", Fraction(1, 10**6))).status is Status.REFUTED
