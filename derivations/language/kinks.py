"""What stands in the place of a derivative where a function has a kink: one-sided derivatives, and sets of subgradients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from derivations.language.assumptions import equal
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.operators import Apply, Maximum, Minimum, Named
from derivations.language.shapes import Shape, require_scalar, same_shape, sides
from derivations.language.terms import Filled, Norm, Number, Symbol, Term, node, parts
from derivations.language.traversal import depends_on, subterms

__all__ = ["OneSidedDerivative", "Subdifferential", "has_one_sided_derivatives", "is_kinked", "kink_of", "on_kinks"]


@node
class OneSidedDerivative(Term):
    """f′(x; V) = lim (f(x + tV) − f(x))/t as t > 0 tends to 0: the one-sided derivative of a term of any shape in a direction of its variable's.

    The direction is held fixed, whatever it depends on. (Rockafellar, Convex Analysis, 1970, section 23.)
    """

    function: Term
    variable: Term
    direction: Term

    def _shape(self) -> Shape:
        _check_variable(self.variable)
        if has_one_sided_derivatives(self.function):
            raise UnsupportedError(f"a one-sided derivative of {self.function}, which holds another one; it may jump")
        same_shape("move a variable in a direction", self.variable.shape, self.direction.shape, (self.variable, self.direction))
        return self.function.shape


@node
class Subdifferential(Term):
    """∂f(x): all g of x's shape with f(z) ≥ f(x) + ⟨g, z − x⟩ for every z at which f has a value; ``in`` claims that g is one of them.

    The function must be convex by its form. (Rockafellar, Convex Analysis, 1970, section 23.)
    """

    function: Term
    variable: Term

    def _shape(self) -> Shape:
        require_scalar("what has subgradients", self.function.shape, self.function)
        _check_variable(self.variable)
        if has_one_sided_derivatives(self.function):
            raise UnsupportedError(f"subgradients of {self.function}, which holds a one-sided derivative")
        return self.variable.shape


def has_one_sided_derivatives(term: Term) -> bool:
    """Whether a one-sided derivative or a subdifferential stands in a term."""
    return isinstance(term, OneSidedDerivative | Subdifferential) or any(map(has_one_sided_derivatives, parts(term)))


def _check_variable(variable: Term) -> None:
    """Raises:
    UnsupportedError: it is neither a symbol nor a named quantity without positions.
    """
    if not isinstance(variable, Symbol) and not (isinstance(variable, Named) and not variable.positions):
        raise UnsupportedError(f"cannot move {variable} in a direction; expected a symbol, or a named quantity without an index")


# ------------------------------------------------------------------------------------------------------------ where kinks lie

_KINKED = ("abs", "relu")
_MOST_KINKS = 2


def is_kinked(term: Term) -> bool:
    """Whether a node is continuous, with a kink."""
    return isinstance(term, Maximum | Minimum | Norm) or (isinstance(term, Apply) and term.function.name in _KINKED and not term.order)


def kink_of(term: Term) -> Term:
    """What is 0 at the kink of a node that has one.

    Raises:
        UnsupportedError: it has none.
    """
    match term:
        case Maximum(left, right) | Minimum(left, right):
            return left - right
        case Apply(_, argument) | Norm(argument):
            return argument
    raise UnsupportedError(f"{type(term).__name__} has no kink")


def on_kinks(claim: Claim) -> Iterator[Claim]:
    """The claim at some kinks of the functions whose one-sided derivatives or subgradients it speaks of: instances that are seldom drawn."""
    functions = [(term.function, term.variable) for term in subterms(claim.statement) if isinstance(term, OneSidedDerivative | Subdifferential)]
    found = dict.fromkeys(kink_of(part) for f, variable in functions for part in subterms(f) if is_kinked(part) and depends_on(part, variable))
    for kink in islice(found, _MOST_KINKS):
        zero = Filled(*sides(kink.shape), 0) if kink.shape else Number(Fraction(0))
        yield replace(claim, given=(*claim.given, equal(kink, zero)))
