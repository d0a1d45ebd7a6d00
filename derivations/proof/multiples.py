"""Comparisons of sums by what is given of other sums: Σ a_i ≥ Σ b_i follows from Σ a_i ≥ Σ b_i + λ Σ g_i, where Σ g_i ≥ 0 is given and λ ≥ 0, or
Σ g_i = 0 and λ is any number. The stronger comparison may hold term by term where the weaker does not.

So subgradients and feasible points of the dual problem prove what is least. (S. Boyd and L. Vandenberghe, Convex Optimization, 2004, section 5.5.)
The multipliers that are tried are 1, names, and differences of two names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, islice

from derivations.language import terms as tm
from derivations.language.assumptions import equal
from derivations.language.claims import Claim
from derivations.language.terms import ORDERINGS, Relation, Symbol, Term
from derivations.language.traversal import symbols
from derivations.proof.domain import is_zero
from derivations.proof.ranges import Ranges
from derivations.proof.symmetry import transposed
from derivations.proof.termwise import compares_sums

__all__ = ["Case", "by_cases", "by_equations"]

_ONE = tm.Number(Fraction(1))
_MOST_EQUATIONS = 12


@dataclass(frozen=True, slots=True)
class Case:
    """One of several cases of which one always holds.

    Attributes:
        claim: the claim in this case, which stands among its assumptions.
        stronger: comparisons of sums, from each of which it follows.
    """

    claim: Claim
    stronger: tuple[Claim, ...]


def by_equations(claim: Claim) -> Iterator[Claim]:
    """Comparisons from each of which the claim follows by a multiple of an equation that is given."""
    found = (_with(claim, added) for vanishing in _vanishing(claim) for added in (vanishing, -vanishing))
    yield from islice(found, _MOST_EQUATIONS)


def by_cases(claim: Claim, ranges: Ranges) -> Iterator[tuple[Case, ...]]:
    """Multiples of comparisons that are given, by 1 and by names that are positive; then, for a pair of names, the cases that one is larger, and
    multiples by how much it is.
    """
    facts = list(_nonnegative(claim))
    if not facts:
        return
    positive = [_ONE, *(name for name in _names(claim, ()) if ranges.of(name).positive)]
    yield (Case(claim, tuple(_stronger(claim, fact, multiplier) for fact in facts for multiplier in positive)),)
    for first, second in combinations(_names(claim, ()), 2):
        apart = ((first > second, first - second), (second > first, second - first))
        cases = [(_where(claim, where), gap) for where, gap in apart]
        same = _where(claim, equal(first, second))
        yield (*(Case(case, (case, *(_stronger(case, fact, gap) for fact in facts))) for case, gap in cases), Case(same, (same,)))


def _where(claim: Claim, assumed: Relation) -> Claim:
    return replace(claim, given=tuple(dict.fromkeys((*claim.given, assumed))))


def _stronger(claim: Claim, fact: tuple[Term, bool], multiplier: Term) -> Claim:
    """The claim with a multiple added to its smaller side; what is added is positive where the fact is strict, and then no more is needed."""
    term, strict = fact
    added = _with(claim, term if multiplier == _ONE else multiplier * term)
    return replace(added, relation=claim.relation.rstrip("=") + "=") if strict else added


def _with(claim: Claim, added: Term) -> Claim:
    """The claim with a term added to its smaller side."""
    left, right = claim.left, claim.right
    if not isinstance(left, Term) or not isinstance(right, Term):
        raise TypeError(f"{claim} compares no terms")
    return replace(claim, right=right + added) if ">" in claim.relation else replace(claim, left=left + added)


def _nonnegative(claim: Claim) -> Iterator[tuple[Term, bool]]:
    """Differences of sums that are given to be ≥ 0, and whether they are given to be > 0."""
    for given in claim.given:
        match given:
            case Relation(Term() as left, symbol, Term() as right) if symbol in ORDERINGS and not left.shape and not given.free:
                if compares_sums(Claim(left, symbol, right)):
                    yield (left - right if ">" in symbol else right - left), "=" not in symbol


def _vanishing(claim: Claim) -> Iterator[Term]:
    """Sums that an equation makes 0: of A u = 0 the inner products of u with Aᵀv for a vector v."""
    for given in claim.given:
        match given:
            case Relation(tm.MatMul(matrix, vector), "=", Term() as right) if is_zero(right) and not given.free and right.shape:
                names = _names(claim, right.shape)
                directions = (*(first - second for first, second in combinations(names, 2)), *names)
                yield from ((transposed(matrix) @ direction).T @ vector for direction in directions)


def _names(claim: Claim, shape: tuple[object, ...]) -> list[Symbol]:
    names = (name for name in symbols(claim.statement) if isinstance(name, Symbol) and name.shape == shape)
    return sorted(names, key=lambda name: name.name)
