"""One-sided derivatives as terms without them: the chain rule, and at each kink the side to which the argument moves.

For functions that are Lipschitz and have one-sided derivatives, (g ∘ u)′(x; V) = g′(u; u′(x; V)); where g is differentiable this is its
derivative in the direction u′(x; V). (Shapiro, On concepts of directional differentiability, 1990; Nocedal & Wright, section A.2.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.claims import Claim
from derivations.language.constructors import indicator, ones, zeros
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, sign
from derivations.language.kinks import OneSidedDerivative, is_kinked
from derivations.language.laws import Expectation
from derivations.language.operators import substitute, transform
from derivations.language.shapes import sides
from derivations.language.terms import Norm, Relation, Term, map_parts
from derivations.language.traversal import depends_on, subterms
from derivations.proof.differentiation import chain_rule, dot, is_variable

__all__ = ["Along", "Kinked", "entries_summed", "moved_along", "speaks_of_one_sides", "times", "without_one_sided_derivatives"]

Along: TypeAlias = Callable[[Term], "Term | None"]
"""The derivative of a part, as the variable moves; None where it does not depend on it."""
Kinked: TypeAlias = Callable[[Term, Along], "Term | None"]
"""The derivative of a node with a kink, from the node and the derivatives of its parts."""

_UNKNOWN = (op.Gradient, op.Jacobian, op.Hessian, Expectation)


# --------------------------------------------------------------------------------------------------------------- unfolding


def without_one_sided_derivatives(value: Any) -> Any:
    """Terms and statements with each one-sided derivative in them written out.

    Raises:
        UnsupportedError: a node that has no rule.
    """
    return map_parts(value, lambda term: transform(term, _written_out))


def _written_out(term: Term) -> Term | None:
    if not isinstance(term, OneSidedDerivative):
        return None
    found = moved_along(term.function, term.variable, term.direction, _towards)
    return zeros(*term.shape) if found is None else found


def moved_along(function: Term, variable: Term, direction: Term, kinked: Kinked) -> Term | None:
    """The derivative of a term as its variable moves, by the chain rule, and at kinks by the rule given; None where it does not depend on it.

    Raises:
        UnsupportedError: a node that has no rule, or an index of the direction would be bound.
    """
    for part in subterms(function):
        if isinstance(part, op.Sum) and part.index in direction.free:
            raise UnsupportedError(f"{part.index} in the direction {direction} is bound in {part}; rename it")

    def along(term: Term) -> Term | None:
        if is_variable(term, variable):
            return direction
        if not depends_on(term, variable):
            return None
        if is_kinked(term):
            return kinked(term, along)
        if isinstance(term, op.Apply) and term.function.body is not None and any(map(is_kinked, subterms(term.function.body))):
            return along(_body_of(term))
        if isinstance(term, _UNKNOWN):
            raise UnsupportedError(f"the one-sided derivative of {term}")
        return chain_rule(term, along)

    return along(function)


def _body_of(term: op.Apply) -> Term:
    """What an author's function of a scalar stands for."""
    function = term.function
    if function.parameter is None or function.body is None or term.order or term.argument.shape:
        raise UnsupportedError(f"the one-sided derivative of {term}, whose kinks lie inside the function {function}; write it out")
    return substitute(function.body, {function.parameter: term.argument})


def _towards(term: Term, along: Along) -> Term | None:
    """The one-sided derivative of a node with a kink: on either side that of the side, at the kink itself by which side its argument moves to."""
    match term:
        case op.Apply(function, u, 0):
            inner = along(u)
            if inner is None:
                return None
            slope = sign(u) if function == abs_ else _where(u, ">")
            return times(slope, inner) + times(_where(u, "="), function(inner))
        case op.Maximum(left, right) | op.Minimum(left, right):
            first, second = (along(part) or zeros(*part.shape) for part in (left, right))
            wins, loses = (">", "<") if isinstance(term, op.Maximum) else ("<", ">")
            chosen = times(_where(left - right, wins), first) + times(_where(left - right, loses), second)
            return chosen + times(_where(left - right, "="), type(term)(first, second))
        case Norm(operand, "1"):
            inner = _towards(abs_(operand), along)
            return None if inner is None else entries_summed(inner)
        case Norm(operand, "2" | "F" as kind):
            inner = along(operand)
            if inner is None:
                return None
            return dot(operand, inner) * tm.PseudoInverse(term) + _where(term, "=") * Norm(inner, kind)  # 0⁺ = 0
    raise UnsupportedError(f"the one-sided derivative of {term}")


def _where(term: Term, symbol: str) -> Term:
    return indicator(Relation(term, symbol, zeros(*term.shape)))


def entries_summed(term: Term) -> Term:
    """The sum of all entries."""
    return tm.Trace(ones(*sides(term.shape)).T @ term) if term.shape else term


def times(left: Term, right: Term) -> Term:
    """The entrywise product; of scalars, the product."""
    return tm.Hadamard(left, right) if left.shape else left * right


def speaks_of_one_sides(claim: Claim) -> bool:
    """Whether a one-sided derivative stands in a claim."""
    return any(isinstance(term, OneSidedDerivative) for term in subterms(claim.statement))
