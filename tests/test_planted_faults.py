"""Every rule is load-bearing: with one of them broken on purpose, a fixed battery of claims shows it.

A broken rule must make a true claim refuted, alarming or no longer proved, a false one proved, or a condition vanish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from strategies import A, S, X, c, d, i, k, n, s, state, steps, u, w, x, y
from test_known_wrong_answers import GRADIENTS, UNDECIDED_THERE
from test_verification import PROVED, REFUTED

from derivations.evaluation import arrays, duals, fields
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import nonnegative, symmetric
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    entry,
    gradient,
    hadamard,
    identity,
    indicator,
    inverse,
    iterate,
    norm,
    ones,
    sum_over,
    trace,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, log, reciprocal, relu, sign, sqrt, tanh
from derivations.language.operators import Apply, Function
from derivations.language.terms import Number, Term
from derivations.language.verdicts import Status
from derivations.proof import (
    differentiation,
    domain,
    elementwise,
    exponentials,
    normal_form,
    normalization,
    ranges,
    rewriting,
    sampling,
    signs,
    statements,
    verification,
)
from derivations.proof.algebra import Algebra
from derivations.proof.domain import conditions_of
from derivations.proof.normal_form import Normalizer
from derivations.proof.proofs import Setting
from derivations.proof.ranges import Range
from derivations.proof.statements import prove
from derivations.proof.tensors import COLUMN, ROW

TRUE = [
    *PROVED,
    *(right for right, _ in GRADIENTS.values()),
    *(claim(left, "=", right, given) for left, right, given in UNDECIDED_THERE.values()),
    claim(1 - tanh(x), ">", 0),
    claim(hadamard(X @ w, reciprocal(X @ w)), "=", ones(n)),
    claim(sum_over(i, sum_over(k, s[i])), "=", n * sum_over(i, s[i])),
    claim(indicator(x >= y) + indicator(x < y), "=", 1),
    claim(cases((x > 0, 1), (x > -1, 2), otherwise=3) * indicator(x > 0), "=", indicator(x > 0)),
    claim(gradient(trace(A @ A @ S), A), "=", (A @ S + S @ A).T),
    claim(gradient(trace(inverse(A) @ S), A), "=", -(inverse(A) @ S @ inverse(A)).T),
    claim(gradient(ones(n).T @ reciprocal(u), u), "=", -hadamard(reciprocal(u), reciprocal(u))),
    claim((A @ S) @ u, "=", A @ (S @ u)),
]
FALSE = [
    *REFUTED,
    *(wrong for _, wrong in GRADIENTS.values()),
    claim(1 - tanh(x), ">", 1),
    claim(tanh(x), ">", 0),
    claim(log(1 + x), "=", log(1) + log(x)),
    claim(sqrt(x * y), "=", sqrt(-x) * sqrt(-y) * 2),
    claim(entry(u, i) / entry(u, i) * sum_over(k, sign(entry(u, k)) ** 2), "=", n),
    claim(hadamard(u, hadamard(sign(x * u), sign(x * u))), "=", u),
    claim(hadamard(X @ w, reciprocal(X @ w)), "=", d * ones(n)),
    claim(X @ ones(d), "=", X @ X.T @ u),
    claim(trace(A @ S), "=", trace(A.T @ S)),
    claim(abs_(u), "=", u, nonnegative(c)),
    claim(iterate("count", steps, 1, state, state + 1), "=", abs_(steps - 1), (steps > 1, steps > 0)),  # true at 0, and a step later
]
CONDITIONS: list[tuple[Claim, tuple[str, ...]]] = [
    (claim(x / y, "=", x * (1 / y)), ("y != 0",)),
    (claim(log(x) - log(x), "=", 0), ("x > 0",)),
    (claim(sqrt(x) ** 2, "=", x), ("x >= 0",)),
    (claim(relu.prime(x), "=", indicator(x > 0)), ("x != 0",)),
    (claim(gradient(2 * norm(u), u), "=", 2 * gradient(norm(u), u)), ("norm(u) != 0",)),
    (claim(A @ inverse(A), "=", identity(n)), ("A invertible",)),
    (claim(gradient(cases((x > 0, x), otherwise=0), x), "=", indicator(x > 0)), ("x != 0",)),
    (claim(x**-1, "=", 1 / x), ("x != 0",)),
    (claim(gradient(sum_over(i, abs_(s[i])), s[k]), "=", sign(s[k])), ("s[k] != 0",)),
    (claim(inverse(S) @ S, "=", identity(n), symmetric(S)), ("S invertible",)),
]


def complaints() -> Iterator[str]:
    """What the battery finds, one after the other."""
    for stated, expected in CONDITIONS:
        if verification.judge(stated).conditions != expected:
            yield f"conditions: {stated}"
    for stated in TRUE:
        if not proves(stated):
            yield f"no proof: {stated}"
    for stated in FALSE:
        if proves(stated):
            yield f"a proof of what is false: {stated}"
    for stated in TRUE:
        verdict = verification.judge(stated, BRIEF)
        if verdict.status is not Status.PROVED or verdict.alarm:
            yield f"not proved: {stated}"
    for stated in FALSE:
        if verification.judge(stated, BRIEF).status is not Status.REFUTED:
            yield f"not refuted: {stated}"


BRIEF = verification.Budget(explain=False)


def proves(stated: Claim) -> bool:
    """Whether the prover alone, without evaluations, proves a claim."""
    try:
        prove(Setting.of(stated, conditions_of(stated)))
    except UnsupportedError:
        return False
    return True


def test_the_battery_finds_nothing_in_sound_rules() -> None:
    assert list(complaints()) == []


# ---------------------------------------------------------------------------------------------------------------- the faults

_Patch = pytest.MonkeyPatch
_Z = differentiation._Z


def slope(name: str, wrong: Term) -> Callable[[_Patch], None]:
    return lambda patch: patch.setitem(differentiation._SLOPES, name, wrong)


def derivative(node: type[Term], wrong: Callable[..., Any]) -> Callable[[_Patch], None]:
    return lambda patch: patch.setitem(differentiation._RULES, node, wrong)


def form(node: type[Term], wrong: Callable[..., Any]) -> Callable[[_Patch], None]:
    return lambda patch: patch.setitem(normal_form.RULES, node, wrong)


def required(node: type[Term], wrong: Callable[..., Any]) -> Callable[[_Patch], None]:
    return lambda patch: patch.setitem(domain._RULES, node, wrong)


def without_lost_dimensions(patch: _Patch) -> None:
    normal = Algebra.normal
    patch.setattr(Algebra, "normal", lambda self, axes, raw: normal(self, axes, [(*monomial[:3], {}) for monomial in raw]))


def without_consumption(patch: _Patch) -> None:
    rule = rewriting.LAST_RULES["reciprocal"]

    def wrong(*arguments: Any) -> Any:
        found = rule(*arguments)
        return found and replace(found, consumed=frozenset())

    patch.setitem(rewriting.LAST_RULES, "reciprocal", wrong)


def with_swapped_slots(patch: _Patch) -> None:
    without = Normalizer.without
    patch.setattr(Normalizer, "without", lambda self, tensor, atom, base, labels: without(self, tensor, atom, base, labels[::-1]))


def with_a_wrong_matrix_product(patch: _Patch) -> None:
    times = arrays.times

    def wrong(left: arrays.Array, right: arrays.Array) -> arrays.Array:
        square = left.rows == left.columns == right.rows == right.columns
        return times(right, left) if square else times(left, right)

    patch.setattr(arrays, "times", wrong)


def with_wrong_dual_products(patch: _Patch) -> None:
    multiply = duals.Dual.__mul__

    def wrong(self: duals.Dual, other: Any) -> duals.Dual:
        product = multiply(self, other)
        return duals.Dual(product.level, product.value, multiply(self, 1 if isinstance(other, duals.Dual) else other).partials)

    patch.setattr(duals.Dual, "__mul__", wrong)


def with_signs_of_one(patch: _Patch) -> None:
    rule = rewriting.RULES["sign"]

    def wrong(algebra_: Algebra, factors: Any, place: int, free: Any) -> Any:
        algebra_.nonzero.add(factors[place][0])
        return rule(algebra_, factors, place, free)

    patch.setitem(rewriting.RULES, "sign", wrong)


def with_scalar_signs_of_one(patch: _Patch) -> None:
    declare = Algebra._declare_power_rule

    def wrong(self: Algebra, generator: Any, number: int) -> None:
        if self.atoms[number].kind == "sign":
            self.nonzero.add(number)
        declare(self, generator, number)

    patch.setattr(Algebra, "_declare_power_rule", wrong)


def with_even_signs(patch: _Patch) -> None:
    product = signs._product_of_signs
    patch.setattr(signs, "_product_of_signs", lambda algebra_, number, *others: product(algebra_, abs(number), *others))


def with_symmetric_atoms(patch: _Patch) -> None:
    patch.setattr(Algebra, "is_symmetric", lambda self, number: True)


def with_ranges(name: str, wrong: Range) -> Callable[[_Patch], None]:
    def plant(patch: _Patch) -> None:
        rule = ranges._RULES[Apply]
        patch.setitem(ranges._RULES, Apply, lambda known, node: wrong if node.function.name == name and not node.order else rule(known, node))

    return plant


def with_later_branches_unguarded(n_: Normalizer, node: op.Cases) -> Any:
    """Σ of (this condition holds)·value, whatever came before."""
    total = n_.algebra.scale(n_.tensor(node.otherwise), 0)
    for condition, value in node.branches:
        total = n_.algebra.add(total, n_.algebra.multiply(normal_form._holds(n_, condition), n_.tensor(value)))
    return total


FAULTS: dict[str, Callable[[_Patch], None]] = {
    "tanh′ without the square": slope("tanh", 1 - Apply(Function("tanh"), _Z)),
    "σ′ = σ": slope("sigmoid", Apply(Function("sigmoid"), _Z)),
    "exp′ = 1": slope("exp", Number(Fraction(1))),
    "log′ = log": slope("log", Apply(Function("log"), _Z)),
    "(1/z)′ with the wrong sign": slope("reciprocal", reciprocal(_Z) ** 2),
    "(√z)′ without the 2": slope("sqrt", reciprocal(sqrt(_Z))),
    "relu′ below": slope("relu", indicator(_Z < 0)),
    "half of the product rule": derivative(tm.MatMul, lambda node, d: differentiation._times(d(node.left), node.right, tm.MatMul)),
    "half of the Hadamard rule": derivative(tm.Hadamard, lambda node, d: differentiation._times(d(node.left), node.right, tm.Hadamard)),
    "quotient rule without the second part": derivative(tm.Divide, lambda node, d: None if d(node.left) is None else d(node.left) / node.right),
    "the derivative of a difference adds": derivative(tm.Subtract, lambda node, d: differentiation._sum(d(node.left), d(node.right))),
    "power rule without the factor": derivative(tm.Power, lambda node, d: node.base if d(node.base) is None else d(node.base)),
    "an inverse differentiates with a plus": derivative(tm.Inverse, lambda node, d: node @ d(node.operand) @ node),
    "softmax without its mean": derivative(op.Softmax, lambda node, d: None if d(node.argument) is None else hadamard(node, d(node.argument))),
    "det without the inverse": derivative(tm.Determinant, lambda node, d: None if d(node.operand) is None else node * trace(d(node.operand))),
    "a name is not cut": lambda patch: patch.setattr(
        differentiation, "is_variable", lambda term, variable: isinstance(variable, tm.Symbol) and term == variable
    ),
    "the transpose is ignored": form(tm.Transpose, lambda n_, node: n_.tensor(node.operand)),
    "the trace keeps an edge": form(tm.Trace, lambda n_, node: n_.algebra.contract(n_.algebra.contract(n_.tensor(node.operand), ROW), COLUMN)),
    "Σ of a constant counts once": form(op.Sum, lambda n_, node: n_.algebra.contract(n_.tensor(node.body), node.index)),
    "later branches are not guarded": form(op.Cases, with_later_branches_unguarded),
    "≥ read as >": lambda patch: patch.setitem(normal_form._SIGN_POLYNOMIALS, ">=", normal_form._SIGN_POLYNOMIALS[">"]),
    "softmax along the wrong axis": form(op.Softmax, lambda n_, node: normal_form._softmax(n_, replace_axis(node))),
    "a summed edge that is lost does not count": without_lost_dimensions,
    "an edge that is replaced counts": without_consumption,
    "rows for columns in a gradient": with_swapped_slots,
    "sign² = 1 in matrices": with_signs_of_one,
    "sign² = 1 in scalars": with_scalar_signs_of_one,
    "every matrix is symmetric": with_symmetric_atoms,
    "assumed symmetry is forgotten": lambda patch: patch.setattr(normalization, "_symmetric_names", lambda stated: frozenset()),
    "√x² = x": lambda patch: patch.setattr("derivations.proof.roots.absolute", lambda algebra_, z: z),
    "|z| = z": lambda patch: patch.setitem(elementwise.FUNCTIONS, "abs", lambda algebra_, z: z),
    "sign is even": with_even_signs,
    "log of twice the argument": lambda patch: patch.setitem(
        elementwise.FUNCTIONS, "log", lambda algebra_, z: exponentials.logarithm(algebra_, algebra_.scale(z, 2))
    ),
    "exp of a sum is a sum": lambda patch: patch.setitem(
        elementwise.FUNCTIONS, "exp", lambda algebra_, z: algebra_.add(algebra_.constant(1, z.axes), z)
    ),
    "a condition at one place holds at all": lambda patch: patch.setattr(normalization, "holds_at_all_positions", lambda condition, stated: True),
    "tanh > 0": with_ranges("tanh", Range(Fraction(0), Fraction(1))),
    "tanh < −1": with_ranges("tanh", Range(Fraction(-2), Fraction(-1))),
    "a divisor asks for nothing": required(tm.Divide, lambda node, varied: []),
    "an inverse asks for nothing": required(tm.Inverse, lambda node, varied: []),
    "a function asks for nothing": required(Apply, lambda node, varied: []),
    "a norm has no kink": required(tm.Norm, lambda node, varied: []),
    "the border of branches is no kink": lambda patch: patch.setattr(domain, "_of_cases", plain_cases),
    "induction from what holds later only": lambda patch: patch.setattr("derivations.proof.induction.assumption_terms", lambda given: []),
    "every matrix is invertible": lambda patch: patch.setattr(domain, "_invertible_by", lambda *arguments: "a fault"),
    "evaluation: a product the wrong way": with_a_wrong_matrix_product,
    "evaluation: dual numbers lose half of the product rule": with_wrong_dual_products,
    "evaluation: tanh′ without the square": lambda patch: patch.setitem(fields._SLOPES, "tanh", lambda entry_, value: 1 - value),
    "evaluation: relu is the identity": lambda patch: patch.setitem(fields._PIECEWISE, "relu", lambda entry_, sign_: entry_),
    "evaluation: Σ forgets its last term": lambda patch: patch.setitem(
        arrays.ArrayInterpreter.rules, op.Sum, lambda run, node: run.constant(0) if not node.shape else run.value(zeros(*node.shape))
    ),
    "instances need not meet their assumptions": lambda patch: patch.setattr(sampling, "meets", lambda instance, assumptions: True),
}


def replace_axis(node: op.Softmax) -> op.Softmax:
    return op.Softmax(node.argument, 1 - node.axis)


def plain_cases(term: op.Cases, varied: Any, guards: Any) -> Any:
    yield from ()


@pytest.fixture(autouse=True)
def _without_z3(monkeypatch: pytest.MonkeyPatch) -> None:
    """z3 proves claims about numbers whatever the rules here say; faults in what it is told are planted in `test_regions`."""
    monkeypatch.setattr(statements, "concerns", lambda stated: False)


@pytest.fixture(autouse=True)
def _fresh_slopes() -> Any:
    """The derivatives of functions and the domains of terms are remembered; a broken rule must neither be missed nor stay."""
    differentiation.slope_body.cache_clear()
    domain._walk.cache_clear()
    yield
    differentiation.slope_body.cache_clear()
    domain._walk.cache_clear()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)
    try:
        found = next(complaints(), None)
    except AssertionError as loud:
        found = str(loud)  # a counterexample that does not hold up ends the program
    assert found is not None
