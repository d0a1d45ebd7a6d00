"""Claims about subgradients: of one variable by the derivatives to both sides, else by multipliers at the kinks; and what refutes them, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from typing import TypeAlias

from derivations.evaluation.minimisers import minimality
from derivations.evaluation.subgradients import Membership, Violation, membership
from derivations.language import terms as tm
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.kinks import OneSidedDerivative
from derivations.language.operators import Sum, substitute
from derivations.language.shapes import sides
from derivations.language.terms import Number, Relation, Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Value
from derivations.language.writing import value_text
from derivations.proof.comparisons import by_ranges
from derivations.proof.convexity import require_convex
from derivations.proof.lemmas import SIDES, SUBGRADIENT_CALCULUS, SUPPORT_FUNCTION
from derivations.proof.multipliers import candidates, has_entrywise_multiplier, kinks_of, slope_claim
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.regions import by_regions

__all__ = ["by_subgradients", "is_fermats_rule", "violation_text"]

_MOST_CHOICES = 8
_Part: TypeAlias = Callable[[Claim], Setting]
"""A claim that the one in question is reduced to, on the domain of that one."""
_Prove: TypeAlias = Callable[[Setting], Proof]
_Selections = dict[tuple[Term, Term], "tuple[Proof, ...] | None"]

# ------------------------------------------------------------------------------------------------------------------ in words


def violation_text(found: Violation, left: Value, right: Value) -> str:
    """What refutes a subgradient, in words, from its values: ``at z = 1 the function is 1, less than its value at x plus <g, z - x>, …``."""
    variable = found.stated.of.variable

    def written(entries: Value) -> str:
        text = value_text(entries)
        return f"[{text}]" if variable.shape and not text.startswith("[") else text

    if found.place is None:
        direction = written(found.direction)
        return f"along V = {direction} the one-sided derivative of the function is {value_text(left)}, less than <g, V> = {value_text(right)}"
    place = written(found.place)
    line = f"its value at {variable} plus <g, z - {variable}>"
    return f"at z = {place} the function is {value_text(left)}, less than {line}, which is {value_text(right)}"


# ------------------------------------------------------------------------------------------------------------- one variable


def _between_sides(stated: Membership) -> Relation | None:
    """Of a function of one variable, that g lies between its derivatives to the left and to the right; None of several variables."""
    of, g = stated.of, stated.candidate
    if of.variable.shape:
        return None
    right, left = (OneSidedDerivative(of.function, of.variable, Number(Fraction(side))) for side in (1, -1))
    return Relation(Relation(right, ">=", g), "and", Relation(left, ">=", -g))


def is_fermats_rule(claim: Claim) -> bool:
    """Whether a claim says that 0 is a subgradient of f at x exactly if x is a minimiser of f; or one of both directions of that."""
    if claim.relation not in ("iff", "implies") or not isinstance(claim.left, Relation) or not isinstance(claim.right, Relation):
        return False
    for first, second in (claim.sides, claim.sides[::-1]):
        if isinstance(first, Term) or isinstance(second, Term):
            return False
        member, minimal = membership(first), minimality(second)
        if member is not None and minimal is not None:
            problem, variable = minimal.problem, member.of.variable
            same = substitute(problem.function, {problem.variable: variable}) == member.of.function
            return same and _is_zero(member.candidate) and minimal.point == variable and not minimal.only and not problem.constraints
    return False


def _is_zero(term: Term) -> bool:
    return term in (Number(Fraction(0)), tm.Filled(*sides(term.shape), 0))


# ----------------------------------------------------------------------------------------------------------------- the methods


def by_subgradients(setting: Setting, part: _Part, prove: _Prove) -> Proof:
    """A proof of a claim about a subgradient; `part` and `prove` see to the claims that it is reduced to.

    Raises:
        NotProved: with the reason.
        UnsupportedError: the function is not convex by its form.
    """
    stated = membership(setting.claim.statement)
    if stated is None:
        raise NotProved(f"{setting.claim.statement} is not about subgradients")
    require_convex(setting.claim)
    if any(isinstance(term, Sum) and term.index in setting.claim.statement.free for term in subterms(stated.of)):
        raise NotProved(f"an index is free in {setting.claim.statement} and bound in the function; rename one")
    scalar = not any(term.shape for term in subterms((stated.of.function, stated.candidate)))
    reasons = []
    for method in (_by_sides, _by_multipliers) if scalar else (_by_multipliers, _by_sides):
        try:
            return method(setting, stated, part, prove)
        except UnsupportedError as reason:
            reasons.append(str(reason))
    raise NotProved("; ".join(reasons))


def _by_sides(setting: Setting, stated: Membership, part: _Part, prove: _Prove) -> Proof:
    between = _between_sides(stated)
    if between is None:
        raise NotProved("derivatives to the left and to the right are those of one variable")
    proof = prove(part(Claim(between.left, between.symbol, between.right, setting.claim.given)))
    return _joint(setting, (proof,), (SIDES.name,))


def _by_multipliers(setting: Setting, stated: Membership, part: _Part, prove: _Prove) -> Proof:
    """Multipliers that are proved to be such, kink by kink; then the equation of the slopes."""

    def selections(node: Term, claims: Iterable[Claim]) -> tuple[Proof, ...] | None:
        """Proofs that a term is a multiplier; None where one is missing. Of entries z3 is asked, which is quick to deny them too."""
        try:
            inner = [part(claim) for claim in claims]
            return tuple(by_ranges(each) or by_regions(each) if has_entrywise_multiplier(node) else prove(each) for each in inner)
        except UnsupportedError:
            return None

    known: _Selections = {}

    def choices(nodes: tuple[Term, ...]) -> Iterator[tuple[dict[Term, Term], tuple[Proof, ...]]]:
        if not nodes:
            yield {}, ()
            return
        node, rest = nodes[0], nodes[1:]
        for s, claims in candidates(node, stated, setting.claim.given):
            if (node, s) not in known:
                known[node, s] = selections(node, claims)
            if (proofs := known[node, s]) is not None:
                yield from (({node: s, **others}, (*proofs, *more)) for others, more in choices(rest))

    reasons: list[UnsupportedError] = []
    for multipliers, proofs in islice(choices(kinks_of(stated)), _MOST_CHOICES):
        try:
            last = prove(part(slope_claim(stated, multipliers, setting.claim.given)))
        except UnsupportedError as reason:
            reasons.append(reason)
            continue
        return _joint(setting, (*proofs, last), (SUBGRADIENT_CALCULUS.name, *((SUPPORT_FUNCTION.name,) if multipliers else ())))
    raise reasons[0] if reasons else NotProved("no multipliers at the kinks were found in the claimed subgradient")


def _joint(setting: Setting, proofs: tuple[Proof, ...], lemmas: tuple[str, ...]) -> Proof:
    """The proof that those of the parts make, with all that any rests on."""
    used = (*lemmas, *(lemma for proof in proofs for lemma in proof.lemmas))
    return Proof("subgradients", setting, parts=proofs, lemmas=tuple(dict.fromkeys(used)))
