"""Expectations at an instance, by moments of one random number at a time.

A term is evaluated with polynomials in random numbers for its names; then each power of a random number is replaced by its moment. So nothing
is paired (as a proof does), and entries need no law of their own. A term that is no polynomial in its random entries is summed over all
outcomes of the numbers that it is not one in, where these are finitely many.
"""

from __future__ import annotations

from functools import partial, reduce
from itertools import product
from math import prod
from operator import mul
from typing import Any

from derivations.evaluation.arrays import Array, ArrayInterpreter
from derivations.evaluation.interpreter import EvaluationError
from derivations.evaluation.polynomials import Generator, NotPolynomial, replaced
from derivations.evaluation.random_numbers import Draw, power
from derivations.language.errors import UnsupportedError
from derivations.language.laws import Expectation, Law, RandomName

__all__ = ["expectation", "groups"]

_MOST_OUTCOMES = 2000


def expectation(run: ArrayInterpreter, node: Expectation) -> Array:
    """The expectation, entry by entry.

    Raises:
        OutsideDomain: a law has no meaning at the instance: a negative variance, say.
        NotPolynomial: the term is no polynomial in its random entries, of which infinitely many values are possible.
        UnsupportedError: how the names depend on each other is not given.
    """
    draw = Draw(run)
    for group in groups(node):
        draw.take([_law(node, name) for name in group])
    fixed: list[Generator] = []
    while True:
        try:
            return _over_outcomes(draw, node, fixed)
        except NotPolynomial as reason:
            further = sorted(place for place in reason.generators if place in draw.numbers and place not in fixed)
            if not further or not all(draw.numbers[place].outcomes for place in further):
                text = f"{reason}, which take infinitely many values" if further else str(reason)
                raise NotPolynomial(text, reason.generators) from reason
            fixed += further


def _over_outcomes(draw: Draw, node: Expectation, fixed: list[Generator]) -> Array:
    """Σ probability · expectation given the outcome, over all outcomes of some random numbers.

    Raises:
        NotPolynomial: given these, the term is no polynomial in the others.
        EvaluationError: there are too many outcomes.
    """
    if prod(len(draw.numbers[place].outcomes) for place in fixed) > _MOST_OUTCOMES:
        raise EvaluationError(f"{node} has more than {_MOST_OUTCOMES} outcomes here")
    summands: list[Array] = []

    def moment(place: Generator, exponent: int) -> Any | None:
        return draw.numbers[place].moment(exponent) if place in draw.numbers else None

    for outcome in product(*(draw.numbers[place].outcomes for place in fixed)):
        values = dict(zip(fixed, (value for value, _ in outcome), strict=True))
        given = partial(replaced, value=lambda place, k: power(values[place], k) if place in values else None)  # noqa: B023 (asked at once)
        bindings = {key: array.map(given) for key, array in draw.bindings.items()} if fixed else draw.bindings
        value = draw.run.within(bindings).value(node.body)
        chance = reduce(mul, (chance for _, chance in outcome), draw.run.field.number(1))
        summands.append(value.map(lambda entry: chance * replaced(entry, moment)))  # noqa: B023
    return reduce(draw.run.plus, summands)


def groups(node: Expectation) -> list[list[RandomName]]:
    """The names, those together that may depend on each other.

    Raises:
        UnsupportedError: more is known of names that may depend on each other than that they are random.
    """
    groups: list[list[RandomName]] = []
    for name in node.over:
        joined = [group for group in groups if not all(node.are_independent((name, other)) for other in group)]
        groups = [*(group for group in groups if group not in joined), [*(other for group in joined for other in group), name]]
    for group in (group for group in groups if len(group) > 1):
        known = [name for name in group if (law := node.law_of(name)) is None or law.kind != "random_variable"]
        apart = any(node.are_independent((a, b)) for k, a in enumerate(group) for b in group[:k])
        if known or apart:
            names = ", ".join(name.name for name in group)
            raise UnsupportedError(f"{node}: how {names} depend on each other is not given; if they do not, give independent({names})")
    return groups


def _law(node: Expectation, name: RandomName) -> Law:
    law = node.law_of(name)
    if law is None:
        raise UnsupportedError(f"no law of {name} is given for {node}")
    return law
