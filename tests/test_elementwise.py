"""sign, |·|, roots, logarithms and powers of products: each law where it holds, at 0 and for every sign, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import NormalForms, Oracle, Undefined, close, many_digits

from derivations.evaluation.instances import Instance
from derivations.language.assumptions import Assumption, nonnegative, nonzero, positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    diagonal,
    dimensions,
    entry,
    family,
    hadamard,
    hadamard_power,
    index,
    iterate,
    matrix,
    maximum,
    minimum,
    norm,
    ones,
    scalars,
    series,
    softmax,
    sum_over,
    vector,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, exp, log, reciprocal, relu, sign, sqrt, tanh
from derivations.language.operators import Iterate
from derivations.language.shapes import SCALAR, Shape, sides
from derivations.language.terms import Number, Term
from derivations.language.verdicts import Status
from derivations.proof import exponentials, rewriting, roots, scalar_powers, signs
from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient, Ring
from derivations.proof.domain import conditions_of
from derivations.proof.explanation import explain
from derivations.proof.normalization import normalized
from derivations.proof.proofs import Setting
from derivations.proof.sampling import Sampler, meets
from derivations.proof.tensors import Label
from derivations.proof.verification import judge

n, d = dimensions("n d")
a, b, c, rho = scalars("a b c rho")
t, j = counter("t"), counter("j")
u, v, w, z = vector("u", n), vector("v", n), vector("w", n), vector("z", d)
X = matrix("X", n, d)
i = index("i", n)
s = family("s", n)
two, minus = Number(Fraction(2)), Number(Fraction(-1))

Law: TypeAlias = tuple[Term, Term] | tuple[Term, Term, tuple[Assumption, ...]]

LAWS: dict[str, Law] = {
    # |·| and sign
    "|ab|": (abs_(a * b), abs_(a) * abs_(b)),
    "|u ∘ v|": (abs_(hadamard(u, v)), hadamard(abs_(u), abs_(v))),
    "|au|": (abs_(a * u), abs_(a) * abs_(u)),
    "|c(u + v)|": (abs_(c * (u + v)), abs_(c) * abs_(u + v)),
    "|u ∘ (v + w)|": (abs_(hadamard(u, v) + hadamard(w, u)), hadamard(abs_(u), abs_(v + w))),
    "|cXz|": (abs_(2 * c * (X @ z)), 2 * abs_(c) * abs_(X @ z)),
    "|(a - b)(a + b)|": (abs_(a**2 - b**2), abs_(a - b) * abs_(a + b)),
    "|-a|": (abs_(-a), abs_(a)),
    "|a|²": (abs_(a) ** 2, a**2),
    "|a + b|²": (abs_(a + b) ** 2, (a + b) ** 2),
    "|Xz - u|²": (hadamard_power(abs_(X @ z - u), 2), hadamard_power(X @ z - u, 2)),
    "|a/b|": (abs_(a / b), abs_(a) / abs_(b)),
    "1/|u|": (abs_(reciprocal(u)), reciprocal(abs_(u))),
    "||a||": (abs_(abs_(a - b)), abs_(a - b)),
    "|norm|": (abs_(norm(u)), norm(u)),
    "|members|": (sum_over(i, abs_(a * s[i])), abs_(a) * sum_over(i, abs_(s[i]))),
    "|diagonal|": (diagonal(abs_(u @ v.T)), hadamard(abs_(u), abs_(v))),
    "sign(ab)": (sign(a * b), sign(a) * sign(b)),
    "sign(u ∘ v)": (sign(hadamard(u, v)), hadamard(sign(u), sign(v))),
    "sign(a/b)": (sign(a / b), sign(a) * sign(b)),
    "sign(a²b)": (sign(a**2 * b), sign(a) ** 2 * sign(b)),
    "sign(sign)": (sign(sign(u)), sign(u)),
    "sign(tanh)": (sign(tanh(a * b)), sign(b) * sign(a)),
    "|a||b| where ab > 0": (abs_(a) * abs_(b), a * b, (positive(a * b),)),
    "|ab| where ab ≥ 0": (abs_(3 * a * b), 3 * a * b, (nonnegative(a * b),)),
    "|a| where a ≤ 0": (abs_(2 * a * b), -2 * a * b, (a <= 0, b > 0)),
    # max, min, relu
    "max": (maximum(a, b), (a + b) / 2 + abs_(a - b) / 2),
    "min": (minimum(u, v), (u + v) / 2 - abs_(u - v) / 2),
    "relu as max": (relu(u), maximum(u, zeros(n))),
    "relu by |·|": (relu(a), (a + abs_(a)) / 2),
    "relu of relu": (relu(relu(X @ z - u)), relu(X @ z - u)),
    "relu of a multiple": (relu(a * u), a * relu(u), (positive(a),)),
    # roots
    "√(a²)": (sqrt(a**2), abs_(a)),
    "√(u ∘ u)": (sqrt(hadamard(u, u)), abs_(u)),
    "√((a - b)² c)": (sqrt(a**2 * c - 2 * a * b * c + b**2 * c), abs_(a - b) * sqrt(c), (nonnegative(c),)),
    "√(ab)": (sqrt(a * b), sqrt(a) * sqrt(b), (nonnegative(a), nonnegative(b))),
    "√(1/a)": (sqrt(4 / a), 2 / sqrt(a), (positive(a),)),
    "‖au‖": (norm(a * u), abs_(a) * norm(u)),
    # logarithms
    "log ab": (log(a * b), log(a) + log(b), (positive(a), positive(b))),
    "log a/b": (log(2 * a / b), log(two) + log(a) - log(b), (positive(a), positive(b))),
    "log (1 - a)b": (log((1 - a) * b), log(1 - a) + log(b), (a < 1, b > 0)),
    "log u ∘ v": (log(a * hadamard(u, v)), log(a) * ones(n) + log(u) + log(v), (positive(a), positive(u), positive(v))),
    "log a^t": (log(a**t), t * log(a), (positive(a),)),
    "log (1 - a)^t b": (log((1 - a) ** t * b), t * log(1 - a) + log(b), (a < 1, b > 0)),
    # symbolic powers
    "|ρ^t|": (abs_(rho**t), abs_(rho) ** t),
    "|(1 - ab)^t c|": (abs_((1 - a * b) ** t * c), abs_(a * b - 1) ** t * abs_(c)),
    "|(-a)^t|": (abs_((-a) ** t), abs_(a) ** t),
    "|a^t|²": (abs_(a**t) ** 2, (a**2) ** t),
    "(ab)^t": ((a * b) ** t, a**t * b**t),
    "(a/b)^t": ((a / b) ** t, a**t / b**t),
    "(a - ab)^t": ((a - a * b) ** t, a**t * (1 - b) ** t),
    "(6a)^t": ((6 * a) ** t, two**t * (3 * a) ** t),
    "(a/2)^t": ((a / 2) ** t * two**t, a**t),
    "(-a)^(2t)": (((-a) ** t) ** 2, (a**2) ** t),
    "|(-1)^t|": (abs_(minus**t), 1 + 0 * a),
    "√(a^2t)": (sqrt((a**t) ** 2), abs_(a) ** t),
    "sign(a^t)": (sign(a**t), sign(a) ** t),
    "Σ (ab)^j": ((1 - a * b) * series(j, t, (a * b) ** j), 1 - a**t * b**t),
    "Σ |a|^j": ((1 - abs_(a)) * series(j, t, abs_(a) ** j), 1 - abs_(a**t)),
    "Σ (1/2)^j": (series(j, t, Number(Fraction(1, 2)) ** j), 2 - 2 / two**t),
    "a sequence": (iterate("x", t, c, b, abs_(rho) * b), abs_(rho**t) * c),
}


@pytest.mark.parametrize("name", LAWS)
def test_laws_are_proved(name: str) -> None:
    left, right, *given_ = LAWS[name]
    stated = claim(left, "=", right, *given_)
    verdict = judge(stated)
    assert verdict.status is Status.PROVED, verdict
    assert not verdict.alarm
    if verdict.method != "induction":  # regions may have been faster; the laws are the normal form's
        assert not normalized(Setting.of(stated, conditions_of(stated)), left, right, "tanh")[0]


WITHOUT: dict[str, Law] = {
    "|a + b|": (abs_(a + b), abs_(a) + abs_(b)),
    "|a|": (abs_(a), a),
    "|a| where b ≥ 0": (abs_(a), a, (nonnegative(b),)),
    "|a| where ab ≥ 0": (abs_(a), a, (nonnegative(a * b),)),
    "|a| where ab > 0": (abs_(a), a, (positive(a * b),)),
    "|a| where a²b ≥ 0": (abs_(b), b, (nonnegative(a**2 * b),)),
    "|a| where tanh(ab) > 0": (abs_(a), a, (positive(tanh(a * b)),)),
    "sign²": (sign(a) ** 2, 1 + 0 * a),
    "sign of a square": (sign(a**2), 1 + 0 * a),
    "log of a power that is positive": (log(b**t * a), log(a), (positive(a),)),
    "log of a multiple": (log(2 * a), log(a), (positive(a),)),
    "sign² of another": (sign(a) ** 2, 1 + 0 * a, (nonzero(b),)),
    "sign(a + b)": (sign(a + b), sign(a) + sign(b)),
    "√(a²)": (sqrt(a**2), a),
    "√(a² + b²)": (sqrt(a**2 + b**2), abs_(a) + abs_(b)),
    "√(a²b)": (sqrt(a**2 * b), a * sqrt(b)),
    "log of a sum": (log(a + b), log(a) + log(b), (positive(a), positive(b))),
    "log of a sum of exps": (log(ones(n).T @ exp(u)), ones(n).T @ u),
    "log of softmax": (log(entry(softmax(u), i)), 0 * s[i]),
    "|u + v|²": (hadamard_power(abs_(u + v), 2), hadamard(u, u) + hadamard(v, v)),
    "Σ (ab)^j": ((1 - a * b) * series(j, t, (a * b) ** j), a**t * b**t),
    "|ρ^t|": (abs_(rho**t), rho**t),
    "|ρ|^t": (abs_(rho) ** t, rho**t),
    "(a + b)^t": ((a + b) ** t, a**t + b**t),
    "(2a)^t": ((2 * a) ** t, 2 * a**t),
    "(-a)^t": ((-a) ** t, a**t),
    "(-1)^t": (minus**t, 1 + 0 * a),
    "0^t": ((a - a) ** t, 0 * a),
    "sign(a)^t": (sign(a) ** t, sign(a)),
    "max": (maximum(a, b), (a + b) / 2 - abs_(a - b) / 2),
    "relu of a multiple": (relu(a * u), a * relu(u)),
    "relu of a difference": (relu(u - v), relu(u) - relu(v)),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_what_is_not_so_is_refuted(name: str) -> None:
    left, right, *given_ = WITHOUT[name]
    assert judge(claim(left, "=", right, *given_)).status is Status.REFUTED


# -------------------------------------------------------------------------------------------------------------- planted faults


def complaints() -> Iterator[str]:
    """What the laws and their opposites find in the rules, without evaluations."""
    for laws, expected in ((LAWS, True), (WITHOUT, False)):
        for name, (left, right, *given_) in laws.items():
            stated = claim(left, "=", right, *given_)
            if isinstance(left, Iterate):
                continue  # takes induction
            if expected is bool(normalized(Setting.of(stated, conditions_of(stated)), left, right, "tanh")[0]):
                yield name


def test_the_laws_find_nothing_in_sound_rules() -> None:
    assert list(complaints()) == []


def without_even_powers(patch: pytest.MonkeyPatch) -> None:
    product_of = signs._product_of_signs

    def wrong(algebra: Any, number: Any, found: Any, like: Any) -> Any:
        return product_of(algebra, number, [(sign_, power) for sign_, power in found if power % 2], like)

    patch.setattr(signs, "_product_of_signs", wrong)


def with_entries_for_sums(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Algebra, "generator_atom", lambda self, coefficient: self.ring.owners[min(coefficient.generators(), default=0)][0][:1])


def with_every_sign_known(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signs, "_know_sign", lambda algebra, found, direction: [signs_know(algebra, [each], direction) for each in found])


signs_know = signs._know_sign


def without_the_rest(patch: pytest.MonkeyPatch) -> None:
    beside = rewriting._beside_its_argument

    def wrong(algebra: Any, factors: Any, twins: Any, free: Any) -> Any:
        found = beside(algebra, factors, twins, free)
        return found and replace(found, replacements=found.replacements[:1])

    patch.setattr(rewriting, "_beside_its_argument", wrong)


def without_one(patch: pytest.MonkeyPatch) -> None:
    rule = Ring.multiple_rule

    def wrong(self: Ring, number: int, exponent: int, multiple: Coefficient, value: Coefficient) -> None:
        rule(self, number, exponent, multiple, value + Coefficient.number(exponent == 1))

    patch.setattr(Ring, "multiple_rule", wrong)


def with_signs_for_their_powers(patch: pytest.MonkeyPatch) -> None:
    of_factor = scalar_powers._of_factor

    def wrong(algebra: Algebra, factor: Coefficient, k: Any) -> Coefficient:
        atoms = (atom for number in factor.generators() for atom, _ in algebra.ring.owners[number][0])
        return factor if any(algebra.atoms[atom].kind == "sign" for atom in atoms) else of_factor(algebra, factor, k)

    patch.setattr(scalar_powers, "_of_factor", wrong)


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "an even power has the sign 1": without_even_powers,
    "a sum over the entries is an entry": with_entries_for_sums,
    "of ab > 0 both are positive": with_every_sign_known,
    "nothing is negative": lambda patch: patch.setattr(signs, "_is_listed", lambda algebra, z: True),
    "z·sign(z)² is its first term": without_the_rest,
    "a sum of powers is telescoped wrongly": without_one,
    "(−1)^k = 1": lambda patch: patch.setattr(scalar_powers, "_primes", lambda number, primes=scalar_powers._primes: primes(abs(number))),
    "numbers have no powers": lambda patch: patch.setattr(scalar_powers, "_primes", lambda number: []),
    "a power of a sign is the sign": with_signs_for_their_powers,
    "√q² = q": lambda patch: patch.setattr(roots, "absolute", lambda algebra, z: z),
    "all logarithms are split": lambda patch: patch.setattr(signs, "_known_sign_of", lambda algebra, part: 1),
    "numbers have no logarithm": lambda patch: patch.setattr(exponentials, "_log_of_number", lambda algebra, number: Coefficient.number(0)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)
    try:
        found = next(complaints(), None)
    except UnsupportedError as refused:
        found = str(refused)
    assert found is not None


# -------------------------------------------------------------------------------------------------------- what else must hold


def test_a_root_is_split_only_where_both_factors_have_one() -> None:
    """√(ab) has a value where a and b are both negative; √a has none."""
    verdict = judge(claim(sqrt(a * b) ** 2, "=", a * b))
    assert verdict.status is Status.PROVED
    assert verdict.conditions == ("a * b >= 0",)
    assert judge(claim(sqrt(a * b), "=", sqrt(-a) * sqrt(-b), (a <= 0, b <= 0))).status is Status.PROVED


def test_laws_that_were_used_are_told() -> None:
    for stated, rule in (
        (claim(abs_(a * b), "=", abs_(a) * abs_(b)), "sign(y * z) = sign(y) * sign(z)"),
        (claim((a * b) ** t, "=", a**t * b**t), "(y * z)**k = y**k * z**k"),
        (claim(log(a**t), "=", t * log(a), positive(a)), "log(z**k) = k * log(z) where z > 0"),
    ):
        assert rule in explain(stated).of_kind("function rule")


# ------------------------------------------------------------------------------------------------------------- the values

GIVEN: tuple[Assumption, ...] = (positive(a), nonnegative(b), nonzero(c))
Choose: TypeAlias = Callable[[Sequence[Any]], Any]


def entrywise(choose: Choose, shape: Shape, depth: int) -> Term:
    """A term of products and of functions that take products to products, with zeros and both signs inside."""
    leaves: list[Term] = [a, b, c, rho, rho, Number(Fraction(choose((-2, -1, 0, 1, 2, 3)))), s[i]] if shape == SCALAR else [u, v, X @ z, ones(n)]
    if depth == 0 or choose(range(8)) == 0:
        return cast(Term, choose(leaves))

    def some(wanted: Shape = shape) -> Term:
        return entrywise(choose, wanted, depth - 1)

    ways: list[Callable[[], Term]] = [
        lambda: hadamard(some(), some()),
        lambda: some(SCALAR) * some(),
        lambda: some(SCALAR) * some(),
        lambda: some() + choose((1, -1, 2)) * some(),
        lambda: hadamard_power(some(), choose((2, 3))),
        lambda: abs_(some()),
        lambda: abs_(some()),
        lambda: sign(some()),
        lambda: relu(some()),
        lambda: maximum(some(), some()),
        lambda: sqrt(hadamard(some(), some())),
        lambda: sqrt(abs_(some())),
        lambda: log(hadamard(some(), some())),
        lambda: reciprocal(some()),
        lambda: tanh(some()),
    ]
    if shape == SCALAR:
        ways += [lambda: some() ** t, lambda: some() ** t, lambda: series(j, t, some() ** j), lambda: norm(some((n, 1))), lambda: some() / some()]
    return cast(Term, choose(ways)())


@st.composite
def entrywise_terms(draw: st.DrawFn) -> Term:
    def choose(choices: Sequence[Any]) -> Any:
        return draw(st.sampled_from(choices))

    return entrywise(choose, choose((SCALAR, SCALAR, (n, 1))), 4)


def instances(stated: Claim, seed: int) -> Iterator[Instance]:
    required = tuple(condition.requirement for condition in conditions_of(stated))
    sampler = Sampler(stated, seed)
    for _ in range(4):
        instance = sampler.draw({dim: sampler.random.choice((0, 1, 2, 3) if not dim.least else (1, 2)) for dim in sampler.dimensions}, 1)
        if instance is not None and meets(instance, required):
            yield instance


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
@given(entrywise_terms(), st.integers(0, 99))
def test_normal_forms_have_the_values_of_the_terms(term: Term, seed: int) -> None:
    """The laws are used in one normal form; it has the value of the term wherever the term has one, by an evaluator of another origin."""
    stated = claim(term, "=", zeros(*sides(term.shape)), GIVEN)
    try:
        tensor, normalizer = normalized(Setting.of(stated, conditions_of(stated)), term, zeros(*sides(term.shape)), "tanh")
    except UnsupportedError:
        return
    with many_digits():
        for instance in instances(stated, seed):
            try:
                expected = Oracle(instance).value(term)
            except Undefined:
                continue
            forms = NormalForms(normalizer.algebra, instance)
            for row, column in product(range(len(expected)), range(len(expected[0]))):
                at: dict[Label, int] = {"row": row + 1, "column": column + 1} | dict(instance.positions)
                assert close(forms.value(tensor, at), expected[row][column]), (instance, expected)
