"""Whatever stands inside an expectation (kinks, comparisons, further expectations, names that may depend on each other), its normal form has
its exact value, or there is none. Moments that are not known are evaluated on the law that an instance chose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import NormalForms, close, many_digits, number

from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.fields import rational
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import EvaluationError
from derivations.language.constructors import entry, hadamard, index, indicator, matrix, maximum, norm, scalars, vector, zeros
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, relu, sign
from derivations.language.laws import (
    Expectation,
    Independent,
    Law,
    RandomName,
    bernoulli,
    expectation,
    gaussian,
    independent,
    mean_square,
    moments,
    random_variable,
    symmetric_law,
    uniform,
    with_laws,
)
from derivations.language.shapes import Shape, sides
from derivations.language.terms import Number, Symbol, Term
from derivations.language.traversal import depends_on
from derivations.proof import expectations
from derivations.proof import moments as moments_of
from derivations.proof.algebra import Algebra
from derivations.proof.elementwise import FUNCTIONS
from derivations.proof.moments import MOMENT, Moments
from derivations.proof.normal_form import Normalizer
from derivations.proof.tensors import Label

Choose = Callable[[Sequence[Any]], Any]
SIZE = 2
x, y, z, a, v, p = scalars("x y z a v p")
u, w, mu = vector("u", SIZE), vector("w", SIZE), vector("mu", SIZE)
A = matrix("A", SIZE, SIZE)
j = index("j", SIZE)
RANDOM: tuple[Symbol, ...] = (x, y, z, u, w)
SHAPES: tuple[Shape, ...] = ((), (SIZE, 1))

LAWS: dict[str, Callable[[RandomName], Law]] = {
    "gaussian": lambda name: gaussian(name, 0, v),
    "centred": lambda name: moments(name, 0, v),
    "moments": lambda name: moments(name, mu if name in (u, w) else a, v),
    "symmetric": lambda name: symmetric_law(name, v),
    "uniform": lambda name: uniform(name, -v, v),
    "bernoulli": lambda name: bernoulli(name, p),
    "mean square": lambda name: mean_square(name, v),
    "any": random_variable,
}
INDEPENDENCE: tuple[tuple[Independent, ...], ...] = ((independent(*RANDOM),), (independent(*RANDOM),), (), (independent(x, y), independent(u, w, z)))


def anything(choose: Choose, shape: Shape, depth: int) -> Term:
    """A term of any kind that an expectation may be of; scalars and vectors."""
    found: list[Term] = [term for term in (*RANDOM, a, mu) if term.shape == shape]
    found += [] if shape else [Number(Fraction(2)), Number(Fraction(-1))]
    if not depth or choose(range(4)) == 0:
        return cast(Term, choose(found))

    def some(wanted: Shape = shape) -> Term:
        return anything(choose, wanted, depth - 1)

    ways: list[Callable[[], Term]] = [
        lambda: some() + some(),
        lambda: some() - some(),
        lambda: some(()) * some(),
        lambda: hadamard(some(), some()),
        lambda: choose((relu, abs_, sign))(some()),
        lambda: maximum(some(), some()),
        lambda: indicator(some() > some()),
        lambda: indicator(some() >= some()),
        lambda: expectation(some(), *choose(((x,), (y,), (w,), (x, y)))),
    ]
    vector_ = (SIZE, 1)
    if shape:
        ways.append(lambda: A @ some())
    else:
        ways += [lambda: norm(some(vector_)), lambda: norm(some(vector_)) ** 2]
        ways += [lambda: some(vector_).T @ some(vector_), lambda: entry(some(vector_), j)]
    return cast(Term, choose(ways)())


class _Forms(NormalForms):
    """Normal forms whose moments are those of the laws that the instance chose."""

    def _evaluated(self, number_: int, at: tuple[int, ...]) -> Any:
        atom = self.algebra.atoms[number_]
        if atom.kind != MOMENT:
            return super()._evaluated(number_, at)
        places, product = iter(at), cast(Term, Number(Fraction(1)))
        laws = cast(tuple[tuple[Law, int], ...], atom.name)
        for law, count in laws:
            for _ in range(count):
                name = cast(Symbol, law.name)
                product = product * (entry(name, next(places)) if name.shape else name)
        moment = Expectation(product, tuple(law.name for law, _ in laws), tuple(law for law, _ in laws))
        return number(rational(ExactInterpreter(self.instance).value(moment).scalar))


def drawn(random: Random) -> Instance:
    def rows(shape: Shape) -> tuple[tuple[Fraction, ...], ...]:
        count, width = sides(shape)
        return tuple(tuple(Fraction(random.randint(-2, 3)) for _ in range(cast(int, width))) for _ in range(cast(int, count)))

    values: dict[Any, Any] = {name: rows(name.shape) for name in (a, mu, A)}
    values |= {v: ((Fraction(random.randint(0, 4), 2),),), p: ((Fraction(1, random.randint(1, 3)),),)}
    return Instance({}, values, {j: random.randint(1, SIZE)}, random.randrange(50))


def disagreement(term: Term, laws: tuple[Law | Independent, ...], seed: int) -> object:
    """Where the normal form of an expectation differs from its exact value; None where it does not, or one of both is not there."""
    normalizer, random = Normalizer(Algebra(FUNCTIONS)), Random(seed)
    told = with_laws(expectation(term, *(name for name in RANDOM if depends_on(term, name) or name == x)), laws)
    try:
        tensor = normalizer.tensor(told)
    except UnsupportedError:
        return None
    with many_digits():
        for instance in (drawn(random) for _ in range(2)):
            try:
                exact = ExactInterpreter(instance).value(told)
            except (EvaluationError, UnsupportedError):
                continue
            forms = _Forms(normalizer.algebra, instance)
            for row in range(exact.rows):
                at: dict[Label, int] = {"row": row + 1, "column": 1, j: instance.positions[j]}
                found, value = forms.value(tensor, at), number(rational(exact.at(row, 0)))
                if not close(found, value):
                    return instance, found, value
    return None


def attacked(choose: Choose, seed: int, kinds: Sequence[str] = tuple(LAWS)) -> object:
    """What is wrong with the expectation of some term under some laws of these kinds."""
    laws = tuple(LAWS[choose(kinds)](name) for name in RANDOM)
    return disagreement(anything(choose, choose(SHAPES), 3), (*laws, *choose(INDEPENDENCE)), seed)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), st.integers(0, 99))
def test_an_expectation_has_its_value_or_none(data: st.DataObject, seed: int) -> None:
    assert attacked(lambda choices: data.draw(st.sampled_from(choices)), seed, (*LAWS, "any", "any")) is None


def _as_if_independent(taken: Any, state: Any, name: RandomName, names: frozenset[RandomName]) -> bool:
    return bool(taken._moments.is_symmetric(name))


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "any function of a symmetric name is odd": lambda patch: patch.setattr(expectations._Expected, "_is_odd", _as_if_independent),
    "every law is symmetric": lambda patch: patch.setitem(moments_of._LAWS, "moments", Moments.symmetric),
    "every name is independent of the others": lambda patch: patch.setattr(expectations._Expected, "_are_independent", lambda taken, names: True),
    "every moment is Gaussian": lambda patch: patch.setitem(moments_of._LAWS, "moments", Moments.gaussian),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)
    random = Random(0)
    kinds = ("any",) if "independent" in fault else tuple(LAWS)  # of other laws there are no exact values without independence
    assert any(attacked(random.choice, seed, kinds) is not None for seed in range(1000))


def test_the_terms_are_of_all_kinds_and_mostly_have_values() -> None:
    random = Random(1)
    told = [with_laws(expectation(anything(random.choice, (), 2), *RANDOM), (*(symmetric_law(name, v) for name in RANDOM), independent(*RANDOM)))
            for _ in range(200)]  # fmt: skip
    known = 0
    for term in told:
        try:
            Normalizer(Algebra(FUNCTIONS)).tensor(term)
            known += 1
        except UnsupportedError:
            continue
    assert 100 < known < 200


def test_zero_variance_is_a_law_too() -> None:
    term = expectation(sign(x) * x + relu(w).T @ zeros(SIZE), *RANDOM)
    laws = tuple(symmetric_law(name, v) for name in RANDOM)
    told = with_laws(term, (*laws, independent(*RANDOM)))
    still = replace(drawn(Random(0)), values={**drawn(Random(0)).values, v: ((Fraction(0),),)})
    assert ExactInterpreter(still).value(told).scalar == 0
