"""Induction over a counter k ≥ 0.

A closed form of a sequence, s_k = f(k), follows from its first terms and its recurrence alone: with s₀ … s_{m−1} given and
s_{j+m} = step(s_j, …, s_{j+m−1}), the bases say s_j = f(j) for j < m, the step says step(f(k), …, f(k + m − 1)) = f(k + m). These are
equations without the sequence. Any other equation in k follows from its case k = 0 and its case k + 1, the case k being given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derivations.language import terms as tm
from derivations.language.claims import Claim, assumption_terms
from derivations.language.operators import Iterate, substitute
from derivations.language.terms import Dimension, Number, Relation, Term
from derivations.language.traversal import depends_on, dimensions, subterms

__all__ = ["by_recurrence", "step_by_step"]


def by_recurrence(claim: Claim) -> list[Claim]:
    """The bases and the step that prove a closed form; none where the claim is not a sequence at a counter equal to one."""
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        return []
    for side, form in ((claim.left, claim.right), (claim.right, claim.left)):
        sequence, closed = _alone(side, form)
        if isinstance(sequence, Iterate) and _fits(sequence, closed):
            return list(_obligations(claim, sequence, closed))
    return []


def step_by_step(claim: Claim) -> Iterator[list[Claim]]:
    """For each counter: the claim at 0, and at k + 1 where it is given at k."""
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term) or any(isinstance(t, Iterate) for t in subterms(claim.terms)):
        return
    sides = claim.left, claim.right
    for counter in sorted((dim for dim in dimensions(sides) if not dim.least), key=lambda dim: dim.name):
        if any(depends_on(term, counter) for term in claim.terms[2:]):
            continue  # an assumption about the counter need not hold for the one before
        base, after = ([substitute(side, {counter: count}) for side in sides] for count in (Number(Fraction(0)), counter + 1))
        hypothesis = Relation(claim.left, "=", claim.right)
        yield [Claim(base[0], "=", base[1], claim.given), Claim(after[0], "=", after[1], (*claim.given, hypothesis))]


def _alone(side: Term, form: Term) -> tuple[Term, Term]:
    """The equation side = form, with what is added to a sequence brought to the other side."""
    while not isinstance(side, Iterate):
        match side:
            case tm.Subtract(left, right) if _has_sequence(left):
                side, form = left, form + right
            case tm.Add(left, right) if _has_sequence(left) and not _has_sequence(right):
                side, form = left, form - right
            case tm.Add(left, right) if _has_sequence(right):
                side, form = right, form - left
            case _:
                break
    return side, form


def _has_sequence(term: Term) -> bool:
    return any(isinstance(part, Iterate) for part in subterms(term))


def _fits(sequence: Iterate, form: Term) -> bool:
    counter = sequence.count
    constant = isinstance(counter, Dimension) and not any(depends_on(part, counter) for part in (*sequence.initials, sequence.step))
    return constant and not _has_sequence(form)


def _obligations(claim: Claim, sequence: Iterate, form: Term) -> Iterator[Claim]:
    """The bases and the step, for every value of the counter: what is assumed of it need not hold for the ones before."""
    lasting = tuple(given for given in claim.given if not any(depends_on(term, sequence.count) for term in assumption_terms(given)))
    claim = replace(claim, given=lasting)
    order = len(sequence.initials)
    for number, initial in enumerate(sequence.initials):
        yield replace(claim, left=initial, right=_at(sequence, form, Number(Fraction(number))))
    earlier = [form, *(_at(sequence, form, sequence.count + number) for number in range(1, order))]
    following = substitute(sequence.step, dict(zip(sequence.states, earlier, strict=True)))
    yield replace(claim, left=following, right=_at(sequence, form, sequence.count + order))


def _at(sequence: Iterate, form: Term, count: Term) -> Term:
    return substitute(form, {sequence.count: count})
