"""Claims about parts of a whole, and proofs made of theirs."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.language.claims import Claim
from derivations.proof.domain import conditions_of, implied
from derivations.proof.proofs import NotProved, Proof, Setting

__all__ = ["composed", "within"]


def within(setting: Setting, part: Claim) -> Setting:
    """The setting of a claim about a part of the whole. It may rely on what holds of the whole, and on what its own text shows.

    Raises:
        NotProved: it needs more.
    """
    inner = Setting.of(part, conditions_of(part))
    for condition in inner.conditions:
        if condition not in setting.conditions and not implied(condition, part, inner.ranges):
            raise NotProved(f"a part needs {condition}, which is not given")
    return inner


def composed(method: str, setting: Setting, parts: Iterable[Proof], lemmas: tuple[str, ...] = ()) -> Proof:
    """The proof that those of parts make: it rests on all that any of them rests on, and on lemmas of its own."""
    proofs = tuple(parts)
    return Proof(method, setting, parts=proofs, lemmas=tuple(dict.fromkeys((*lemmas, *(lemma for proof in proofs for lemma in proof.lemmas)))))
