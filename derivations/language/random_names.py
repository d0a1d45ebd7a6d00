"""What may be said of random names in a claim: their laws, their independence, and expectations over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from derivations.language.assumptions import Assumption, nonnegative, positive_semidefinite
from derivations.language.errors import DeclarationError
from derivations.language.laws import LAWS, Expectation, Independent, Law, RandomName, laws_in
from derivations.language.operators import bound_by
from derivations.language.terms import Index, Number, Power, Relation, Statement, Term, parts_in
from derivations.language.traversal import depends_on, subterms, symbols

__all__ = ["check_random_names", "unvalued", "with_parameters"]


def check_random_names(statement: Statement, given: tuple[Statement, ...]) -> None:
    """What is random has a law; nothing else restricts it; and no name stands for a random and for a fixed value.

    Raises:
        DeclarationError: it is not so; the message says what to do.
    """
    laws, outside = laws_in(given), symbols(statement)
    for assumption in given:
        if names := (symbols(tuple(parts_in(assumption))) & laws.keys()) - _subjects(assumption):
            raise DeclarationError(f"the assumption {assumption} restricts {_listed(names)}; of a random name its law says all that is known")
    for term in subterms((*parts_in(statement), *parts_in(given))):
        if isinstance(term, Expectation):
            _check_expectation(term, given, laws, outside)
        if bound := bound_by(term):
            _check_captured(term, bound)
            if not isinstance(term, Expectation) and (taken := laws.keys() & set(bound)):
                raise DeclarationError(f"{_listed(taken)}, which has a law, is bound in {term}; rename it there")


def _subjects(assumption: Statement) -> frozenset[RandomName]:
    """The names about whose distribution an assumption is."""
    match assumption:
        case Law():
            return frozenset((assumption.name,))
        case Independent():
            return frozenset(assumption.names)
    return frozenset()


def unvalued(statement: Statement, given: tuple[Statement, ...]) -> frozenset[RandomName]:
    """The random names of a claim that are bound wherever they occur: an instance gives them no value."""
    return frozenset(laws_in(given)) - symbols(statement)


def with_parameters(given: tuple[Assumption, ...]) -> tuple[Assumption, ...]:
    """The assumptions, and what the laws among them ask of their parameters, without which there is no such law."""
    asked = (each for law in given if isinstance(law, Law) for each in _asked(law))
    return (*given, *(each for each in dict.fromkeys(asked) if each not in given))


def _asked(law: Law) -> Iterator[Assumption]:
    """A variance is not negative, an interval not empty, a probability between 0 and 1; where that is not plain."""
    match law.kind, law.parameters:
        case "uniform", (low, high):
            yield Relation(low, "<=", high)
        case "bernoulli", (probability,) if not isinstance(probability, Number):
            yield from (probability >= 0, probability <= 1)
        case _, (*_, spread) if spread.shape:
            yield positive_semidefinite(spread)
        case _, (*_, spread) if not _is_plainly_nonnegative(spread):
            yield nonnegative(spread)


def _is_plainly_nonnegative(term: Term) -> bool:
    match term:
        case Number(value):
            return value >= 0
        case Power(_, Number(exponent)):
            return exponent % 2 == Fraction(0)
    return False


def _check_expectation(term: Expectation, given: tuple[Statement, ...], laws: Mapping[RandomName, Law], outside: frozenset[RandomName]) -> None:
    for name in term.over:
        if name not in laws or term.law_of(name) != laws[name]:
            raise DeclarationError(f"no law of {name} is given for {term}; give one of {', '.join(LAWS)}")
    if both := outside & set(term.over):
        raise DeclarationError(f"{_listed(both)} is bound in {term}, and stands outside of it too; rename it there")
    if fixed := symbols(term) & laws.keys():
        apart = {*fixed, *term.over}
        if not any(isinstance(each, Independent) and apart <= set(each.names) for each in given):
            remedy = f"give independent({_listed(apart)}), or take the expectation over {_listed(apart)}"
            raise DeclarationError(f"{_listed(fixed)} in {term} is random too: {remedy}")


def _check_captured(binder: Term, bound: tuple[Term | Index, ...]) -> None:
    """A law speaks of names as they stand outside of every term."""
    for inner in subterms(binder):
        if isinstance(inner, Expectation):
            parameters = [parameter for law in inner.laws if isinstance(law, Law) for parameter in law.parameters]
            if captured := [name for name in bound if any(depends_on(parameter, name) for parameter in parameters)]:
                raise DeclarationError(f"{captured[0]}, on which a law in {inner} depends, is bound in {binder}; rename it there")


def _listed(names: Iterable[RandomName]) -> str:
    return ", ".join(sorted(name.name for name in names))
