"""Claims about minimisers, unfolded: what they say of every value of the variable.

That argmin f = t under constraints means: t meets them, and f(v) > f(t) for every other v that meets them; that t is in argmin f, the
same with ≥. In these claims the variable v, which is bound in the minimiser, is free.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.evaluation.minimisers import Minimality, Rival, minimality
from derivations.language import operators as op
from derivations.language.assumptions import positive
from derivations.language.claims import Claim, assumption_terms
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ArgMin
from derivations.language.operators import substitute, transform
from derivations.language.shapes import sides
from derivations.language.terms import Index, Norm, Relation, Symbol, Term, map_parts
from derivations.language.traversal import depends_on, subterms
from derivations.language.verdicts import Value
from derivations.language.writing import value_text

__all__ = ["contrapositives", "rival_text", "unfolded"]


def unfolded(claim: Claim) -> list[Claim]:
    """The claims that a claim about a minimiser means, first that it meets each constraint, then that it is least; none for any other claim.

    Raises:
        UnsupportedError: the point depends on what is bound in the function, or (of the only one) on an index.
    """
    stated = minimality(claim.statement)
    if stated is None:
        return []
    if stated.only and stated.point.free:
        raise UnsupportedError(f"{claim.statement}: whether the minimiser {stated.point}, which varies with an index, is the only one")
    return [*_feasible(claim, stated), _least(claim, stated)]


def _feasible(claim: Claim, stated: Minimality) -> Iterator[Claim]:
    for constraint in stated.problem.constraints:
        left, right = map_parts((constraint.left, constraint.right), lambda term: _at_point(term, stated))
        yield Claim(left, constraint.symbol, right, claim.given)


def _least(claim: Claim, stated: Minimality) -> Claim:
    """No other point is better, or as good. That the point is no better than itself goes without saying."""
    problem, point = stated.problem, stated.point
    here = map_parts(problem.constraints, lambda term: _spelled_out(term, problem))
    apart = () if point.free else (_apart(problem.variable, point),)
    function = _spelled_out(problem.function, problem)
    return Claim(function, ">" if stated.only else ">=", _at_point(problem.function, stated), (*claim.given, *here, *apart))


def _apart(variable: Symbol, point: Term) -> Relation:
    """The variable is not the point: of vectors, some entry differs, so the distance is positive."""
    if not variable.shape:
        return Relation(variable, "!=", point)
    return positive(Norm(variable - point, "2" if 1 in sides(variable.shape) else "F") ** 2)


def contrapositives(claim: Claim) -> Iterator[Claim]:
    """Of w = t under an assumption A ≤ B: that A > B for every other w. So the least norm determines what has it."""
    if claim.relation != "=" or not isinstance(claim.left, Symbol) or not isinstance(claim.right, Term) or claim.statement.free:
        return
    for given in claim.given:
        if isinstance(given, Relation) and given.symbol in _REVERSED and any(depends_on(term, claim.left) for term in assumption_terms(given)):
            others = tuple(other for other in claim.given if other != given)
            yield Claim(given.left, _REVERSED[given.symbol], given.right, (*others, _apart(claim.left, claim.right)))


_REVERSED = {"<=": ">", ">=": "<"}


def _at_point(term: Term, stated: Minimality) -> Term:
    plain = _spelled_out(term, stated.problem)
    for binder in _binders(plain):
        if depends_on(stated.point, binder):
            raise UnsupportedError(f"{stated.point} depends on {binder}, which is bound in {term}; rename it")
    return substitute(plain, {stated.problem.variable: stated.point})


def _spelled_out(term: Term, problem: ArgMin) -> Term:
    """The term with the definition in place of each named quantity that depends on the variable: it has two values here, and one name."""
    return transform(
        term, lambda part: _spelled_out(part.body, problem) if isinstance(part, op.Named) and depends_on(part.body, problem.variable) else None
    )


def _binders(term: Term) -> Iterator[Term | Index]:
    """What is bound inside a term."""
    for part in subterms(term):
        match part:
            case op.Sum(index, _):
                yield index
            case op.Series(counter, _, _):
                yield counter
            case op.Iterate():
                yield from part.bound
            case ArgMin():
                yield part.variable


def rival_text(found: Rival, left: Value, right: Value) -> str:
    """What a rival shows, in words, from its values: ``at w = [1] the function is 0, at the claimed minimiser 1``."""
    if found.place is None:
        return f"the claimed minimiser does not meet {found.broken}: the left side is {value_text(left)}, the right side {value_text(right)}"
    variable = found.problem.variable
    place = value_text(found.place)
    where = f"[{place}]" if variable.shape and not place.startswith("[") else place
    there = f"at {variable} = {where} the function is {value_text(left)}"
    return f"{there} too, so the claimed minimiser is not the only one" if left == right else f"{there}, at the claimed minimiser {value_text(right)}"
