"""Sequences by their closed forms: s, as + b, a(as + b) + b, … is x* + a^k (s − x*), with the fixed point x* = b/(1 − a), where 1 − a ≠ 0.

It is a proposal only: that the sequence is what it says is a claim, which is proved by induction. Parts that stand in the text already are
written as they are there, so that what is said of them elsewhere is said of the same.
"""

from __future__ import annotations

from derivations.language.assumptions import nonzero
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.operators import Iterate
from derivations.language.terms import Term
from derivations.language.traversal import subterms, symbols
from derivations.proof.proofs import Setting
from derivations.proof.regions import Region
from derivations.proof.scalar_terms import NUMBERS
from derivations.proof.sequences import affine_step

__all__ = ["closed_forms", "has_sequences"]


def has_sequences(claim: Claim) -> bool:
    """Whether scalar sequences stand in what a claim states."""
    return any(isinstance(term, Iterate) and not term.shape for term in subterms(claim.statement))


def closed_forms(setting: Setting) -> dict[Term, Term]:
    """A closed form for each scalar sequence in a claim; an empty table where there is none."""
    found: dict[Term, Term] = {}
    for term in subterms(setting.claim.statement):
        if isinstance(term, Iterate) and not term.shape:
            try:
                found[term] = _closed_form(term, setting)
            except UnsupportedError:
                continue  # it stays as it is
    return found


def _closed_form(sequence: Iterate, setting: Setting) -> Term:
    """Raises:
    UnsupportedError: the steps are not affine, or may have no fixed point.
    """
    slope, offset = affine_step(sequence, NUMBERS)
    gap = NUMBERS.spelled(1 - slope)
    if Region(setting.claim, setting.conditions, setting.ranges).without(nonzero(gap)) is not None:
        raise UnsupportedError(f"{sequence} may have no fixed point")
    fixed, factor = (_as_written(term, setting.claim) for term in (NUMBERS.spelled(offset / gap), NUMBERS.spelled(slope)))
    (start,) = sequence.initials
    return fixed + factor**sequence.count * (start - fixed)


def _as_written(term: Term, claim: Claim) -> Term:
    """An equal part of what a claim states, if there is one, else the term itself."""
    names = symbols(term)
    parts = (part for part in subterms(claim.statement) if not part.shape and not part.free and symbols(part) == names)
    return next((part for part in parts if not isinstance(part, Iterate) and NUMBERS.equal(part, term)), term)
