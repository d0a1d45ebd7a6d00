"""Proofs of comparisons of sums: term by term, as they stand or with multiples of what is given of other sums."""

from __future__ import annotations

from collections.abc import Callable

from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.proof.multiples import Case, by_cases, by_equations
from derivations.proof.parts import composed, within
from derivations.proof.proofs import Disproved, Proof, Setting
from derivations.proof.termwise import term_by_term

__all__ = ["by_sums"]

_Method = Callable[[Setting], Proof]


def by_sums(setting: Setting, prove: _Method, at_once: _Method) -> Proof:
    """A proof of a claim that compares sums (see `compares_sums`).

    Args:
        setting: the claim.
        prove: proves the comparison of the terms as they stand.
        at_once: the same with multiples added, of which there are many to be tried: a method that is quick to fail.

    Raises:
        NotProved: the terms are not seen to be in that order.
        UnsupportedError: no method knows them.
    """
    try:
        return _by_terms(setting, setting.claim, prove)
    except Disproved:
        raise
    except UnsupportedError:
        for stronger in by_equations(setting.claim):
            if (proof := _if_seen(setting, stronger, at_once)) is not None:
                return proof
        for cases in by_cases(setting.claim, setting.ranges):
            proofs = [_first(case, setting, at_once) for case in cases]
            if all(proofs):
                return composed("multiples of what is given", setting, filter(None, proofs))
        raise


def _first(case: Case, setting: Setting, at_once: _Method) -> Proof | None:
    """The first comparison of sums that shows a case, term by term."""
    inner = Setting.of(case.claim, setting.conditions)
    return next((proof for stronger in case.stronger if (proof := _if_seen(inner, stronger, at_once)) is not None), None)


def _if_seen(setting: Setting, stronger: Claim, at_once: _Method) -> Proof | None:
    """A proof of a stronger comparison, if there is one; that it fails says nothing of the weaker one."""
    try:
        return _by_terms(setting, stronger, at_once)
    except UnsupportedError:
        return None


def _by_terms(setting: Setting, claim: Claim, prove: _Method) -> Proof:
    return composed("term by term", Setting.of(claim, setting.conditions), [prove(within(setting, term_by_term(claim)))])
