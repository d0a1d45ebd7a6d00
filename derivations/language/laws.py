"""Random variables: their laws and their independence as assumptions, and the expectation that binds them.

A law says how the entries of one name are distributed, each independent of the others, unless the law is a joint one (a covariance, a mean
square, any law). All moments that a claim writes down are taken to exist. Names are independent of each other only where
`Independent` says so, all of them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from derivations.language.errors import DeclarationError, ShapeError
from derivations.language.shapes import SCALAR, Shape, normalized, show_shape, sides
from derivations.language.terms import Family, Number, Operand, Statement, Symbol, Term, as_term, map_parts, node, parts

__all__ = [
    "LAWS",
    "Expectation",
    "Independent",
    "Law",
    "RandomName",
    "bernoulli",
    "covariance",
    "expectation",
    "gaussian",
    "independent",
    "laws_in",
    "mean_square",
    "moments",
    "random_variable",
    "symmetric_law",
    "uniform",
    "variance",
    "with_laws",
]

RandomName: TypeAlias = Symbol | Family
"""What may have a law: a symbol, or a family, whose members then all have it."""

LAWS: dict[str, tuple[str, ...]] = {
    "gaussian": ("mean", "variance"),
    "moments": ("mean", "variance"),
    "mean_square": ("mean square",),
    "symmetric_law": ("variance",),
    "uniform": ("low", "high"),
    "bernoulli": ("probability",),
    "random_variable": (),
}
"""The kinds of laws, each with its parameters. A mean has the shape of the name; a variance is a scalar, or a covariance matrix."""


@dataclass(frozen=True, slots=True, repr=False)
class Law(Statement):
    """How a name is distributed: one of the kinds of `LAWS`, with its parameters."""

    kind: str
    name: RandomName
    parameters: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in LAWS:
            raise DeclarationError(f"{self.kind!r} is no law; expected one of {', '.join(LAWS)}")
        if not isinstance(self.name, Symbol | Family) or self.name.field != "real":
            raise DeclarationError(f"{self.name} cannot have a law; expected a real symbol or a family")
        if isinstance(self.name, Family) and self.name.is_numbered:
            raise DeclarationError(f"{self.name} has a member for every integer and cannot have a law; give its members a range")
        if len(self.parameters) != len(LAWS[self.kind]):
            raise DeclarationError(f"the law {self.kind} has the parameters {', '.join(LAWS[self.kind])}; found {len(self.parameters)}")
        for role, parameter in zip(LAWS[self.kind], self.parameters, strict=True):
            self._check(role, parameter)

    def _check(self, role: str, parameter: Term) -> None:
        if parameter.free:
            raise DeclarationError(f"the {role} {parameter} of {self.name} depends on an index; the law of a name is one for all its entries")
        rows, columns = sides(self.name.size)
        expected = {"mean": (self.name.size,), "variance": (SCALAR, *([normalized(rows, rows)] if columns == 1 else []))}.get(role, (SCALAR,))
        if parameter.shape not in expected:
            shapes = " or ".join(dict.fromkeys(map(show_shape, expected)))
            raise ShapeError(f"the {role} {parameter} of {self.name} has shape {show_shape(parameter.shape)}; expected {shapes}")

    def parameter(self, role: str) -> Term:
        """The parameter of a role, one of those in `LAWS`."""
        return self.parameters[LAWS[self.kind].index(role)]

    @property
    def is_joint(self) -> bool:
        """Whether the entries may depend on each other."""
        spread = self.parameter("variance") if "variance" in LAWS[self.kind] else None
        return self.kind in ("mean_square", "random_variable") or bool(spread is not None and spread.shape)


@dataclass(frozen=True, slots=True, repr=False)
class Independent(Statement):
    """The names are independent of each other, all together."""

    names: tuple[RandomName, ...]

    def __post_init__(self) -> None:
        if len(set(self.names)) < max(2, len(self.names)) or not all(isinstance(name, Symbol | Family) for name in self.names):
            raise DeclarationError(f"independent({', '.join(map(str, self.names))}) needs two different names at least, each once")


@node
class Expectation(Term):
    """The expectation of a term over the laws of some names, which are bound inside; what else is in the term stays as it is given.

    Attributes:
        laws: how the names are distributed, and which of them are independent; a claim fills them in from what it is given.
    """

    body: Term
    over: tuple[RandomName, ...]
    laws: tuple[Law | Independent, ...] = ()

    def _shape(self) -> Shape:
        if not self.over or len(set(self.over)) < len(self.over):
            raise DeclarationError(f"the expectation of {self.body} needs the names over which it is taken, each once: expectation(term, N, w)")
        for name in self.over:
            if not isinstance(name, Symbol | Family):
                raise DeclarationError(f"an expectation over {name}; expected a symbol or a family with a law")
        return self.body.shape

    def law_of(self, name: RandomName) -> Law | None:
        """The law of a name, if there is one."""
        return next((law for law in self.laws if isinstance(law, Law) and law.name == name), None)

    def are_independent(self, names: Iterable[RandomName]) -> bool:
        """Whether names are independent, all together; one alone is."""
        wanted = set(names)
        return len(wanted) < 2 or any(isinstance(law, Independent) and wanted <= set(law.names) for law in self.laws)


def laws_in(given: Iterable[Statement]) -> dict[RandomName, Law]:
    """The laws among assumptions, by name.

    Raises:
        DeclarationError: a name has two laws.
    """
    found: dict[RandomName, Law] = {}
    for law in given:
        if isinstance(law, Law) and found.setdefault(law.name, law) != law:
            raise DeclarationError(f"{law.name} has two laws: {found[law.name]} and {law}")
    return found


def with_laws(term: Term, laws: tuple[Law | Independent, ...]) -> Term:
    """The term with what is given of random names filled in at its expectations."""
    if not laws or not _has_expectation(term):
        return term
    values = map_parts(term.values(), lambda part: with_laws(part, laws))
    if not isinstance(term, Expectation):
        return type(term)(*values)
    body, over, own = values
    names = set(over)
    given = [law for law in laws if isinstance(law, Law) and law.name in names]
    known = [law for law in own if isinstance(law, Law) and law.name not in {other.name for other in given}]
    apart = [Independent(tuple(kept)) for law in laws if isinstance(law, Independent) and len(kept := [n for n in law.names if n in names]) > 1]
    if not any(isinstance(law, Independent) for law in laws):
        apart = [law for law in own if isinstance(law, Independent)]
    return Expectation(body, over, (*given, *known, *dict.fromkeys(apart)))


@lru_cache(maxsize=1 << 14)
def _has_expectation(term: Term) -> bool:
    return isinstance(term, Expectation) or any(map(_has_expectation, parts(term)))


# ------------------------------------------------------------------------------------------------------------- assumptions


def gaussian(name: RandomName, mean: Operand = 0, variance: Operand = 1) -> Law:
    """Independent Gaussian entries of one variance, around the entries of the mean; or, with a covariance matrix (n, n) for the variance of
    a vector (n, 1), a jointly Gaussian vector.
    """
    return Law("gaussian", name, (_mean(name, mean), as_term(variance)))


def moments(name: RandomName, mean: Operand = 0, variance: Operand = 1) -> Law:
    """Independent entries with this mean and variance, of which nothing else is known, not even that their laws are the same. With a
    covariance matrix for the variance of a vector, entries that may depend on each other.
    """
    return Law("moments", name, (_mean(name, mean), as_term(variance)))


def mean_square(name: RandomName, value: Operand) -> Law:
    """E x² = value for every entry x, of which nothing else is known, not even that they are independent."""
    return Law("mean_square", name, (as_term(value),))


def symmetric_law(name: RandomName, variance: Operand) -> Law:
    """Independent entries z with this variance, z and −z of one law: so their mean is 0."""
    return Law("symmetric_law", name, (as_term(variance),))


def uniform(name: RandomName, low: Operand, high: Operand) -> Law:
    """Independent entries, uniform between low and high."""
    return Law("uniform", name, (as_term(low), as_term(high)))


def bernoulli(name: RandomName, probability: Operand) -> Law:
    """Independent entries that are 1 with this probability, else 0."""
    return Law("bernoulli", name, (as_term(probability),))


def random_variable(name: RandomName) -> Law:
    """A random name of which nothing is known: what a claim says holds for any law."""
    return Law("random_variable", name)


def independent(*names: RandomName) -> Independent:
    """The names are independent of each other, all together."""
    return Independent(names)


def _mean(name: RandomName, mean: Operand) -> Term:
    from derivations.language.constructors import ones, zeros

    term = as_term(mean)
    if term.shape or not name.size:
        return term
    rows, columns = sides(name.size)
    return zeros(rows, columns) if term == Number(Fraction(0)) else term * ones(rows, columns)


# ------------------------------------------------------------------------------------------------------------- operators


def expectation(body: Operand, *over: RandomName) -> Expectation:
    """The expectation of a term over the laws of some names: ``expectation(norm((X + N) @ w - y)**2, N)``. The laws are given with the claim."""
    return Expectation(as_term(body), over)


def variance(body: Operand, *over: RandomName) -> Term:
    """E (x − E x)² of a scalar x.

    Raises:
        ShapeError: it is no scalar; of a vector x, take an entry of it, or ``covariance(x, x, ...)``.
    """
    term = as_term(body)
    if term.shape:
        raise ShapeError(f"the variance of {term}, of shape {show_shape(term.shape)}; take an entry of it, or covariance(x, x, ...)")
    return expectation((term - expectation(term, *over)) ** 2, *over)


def covariance(left: Operand, right: Operand, *over: RandomName) -> Term:
    """E (a − E a)(b − E b)ᵀ of vectors a (n, 1) and b (m, 1): shape (n, m); of scalars the product.

    Raises:
        ShapeError: one is neither a vector nor a scalar.
    """
    a, b = as_term(left), as_term(right)
    for term in (a, b):
        if sides(term.shape)[1] != 1:
            raise ShapeError(f"the covariance of {term}, of shape {show_shape(term.shape)}; expected a vector or a scalar")
    first, second = a - expectation(a, *over), b - expectation(b, *over)
    return expectation(first @ second.T if a.shape and b.shape else first * second, *over)
