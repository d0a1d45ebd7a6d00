"""Proofs by normal form: equations, and comparisons that ranges settle.

Each method answers a `Proof` or raises `NotProved` with the reason; only a `Proof` makes a claim proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from derivations.language import operators as op
from derivations.language.assumptions import Property, equal, invertible, nonzero, positive
from derivations.language.claims import Claim
from derivations.language.constructors import norm, zeros
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.operators import bound_by
from derivations.language.shapes import sides
from derivations.language.terms import Divide, Identity, Index, Inverse, PseudoInverse, Term
from derivations.language.traversal import depends_on, dimensions, subterms
from derivations.proof.comparisons import compare
from derivations.proof.domain import Condition, conditions_of, implied, inverses_of_the_method
from derivations.proof.induction import along_directions, by_invariant, by_recurrence, step_by_step
from derivations.proof.normalization import definitions_of, normalized
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.recurrences import SEQUENCE, from_the_first_step
from derivations.proof.symmetry import transposed

__all__ = ["NotProved", "Proof", "Setting", "normalized", "prove_relation"]

_EXP_FAMILY = {"exp", "log"}
_TANH_FAMILY = {"tanh", "sigmoid"}


def prove_relation(setting: Setting) -> Proof:
    """The first method that proves an equation or comparison of terms; whoever asks has seen to the domain of its branches.

    Raises:
        NotProved: with the reason.
        UnsupportedError: the claim has a part that no method knows.
    """
    claim = setting.claim
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        raise NotProved(f"{claim} is no relation between terms")
    for needed in inverses_of_the_method(claim):
        if not _inverted_by_the_text(needed, setting) and not implied(Condition(needed), claim, setting.ranges, setting.conditions):
            raise NotProved(f"the derivative of a determinant is proved for invertible matrices only: {needed} is not given")
    if claim.relation != "=":
        return compare(setting, claim.left, claim.right)
    try:
        parts = by_recurrence(claim) or by_invariant(claim)
        return _by_sequences(setting, parts) if parts else _equal_or_by_induction(setting, claim.left, claim.right)
    except DeclarationError as captured:
        raise NotProved(f"the induction puts a name where it is bound: {captured}") from captured


def _by_sequences(setting: Setting, parts: list[Claim]) -> Proof:
    """By induction over what is known of the sequences; else by what they are: their closed forms, or their first terms and their steps."""
    try:
        return _by_induction(setting, parts)
    except UnsupportedError:
        with suppress(UnsupportedError):  # if this fails too, what the induction could not do says more
            return _equation_of(setting)
        raise


def _equation_of(setting: Setting) -> Proof:
    if not isinstance(setting.claim.left, Term) or not isinstance(setting.claim.right, Term):
        raise NotProved(f"{setting.claim} is no relation between terms")
    return _equal_or_by_induction(setting, setting.claim.left, setting.claim.right)


def _inverted_by_the_text(needed: Property, setting: Setting) -> bool:
    """Whether the domain of the claim has the inverse too, of a matrix in which nothing is bound, and so for the same values."""
    bound = {name for term in subterms(setting.claim.terms) for name in bound_by(term)}
    is_whole = not needed.term.free and not any(depends_on(needed.term, name) for name in bound if not isinstance(name, Index))
    return is_whole and any(Condition(invertible(term)) in setting.conditions for term in (needed.term, transposed(needed.term)))


def _equal(setting: Setting, left: Term, right: Term) -> Proof:
    try:
        return _equal_unfolded(setting, left, right)
    except UnsupportedError:
        proof = _equal_by_names(setting, left, right)
        if proof is None:
            raise
        return proof


def _equal_by_names(setting: Setting, left: Term, right: Term) -> Proof | None:
    """Where names are given values: a proof that keeps the names, since what one stands for may hide what is known of it."""
    if not list(definitions_of(setting.claim)):
        return None
    try:
        difference, normalizer = normalized(setting, left, right, "tanh", unfolded=False)
    except UnsupportedError:
        return None
    return None if difference else Proof("normal form", setting, normalizer)


def _equal_unfolded(setting: Setting, left: Term, right: Term) -> Proof:
    difference, normalizer = normalized(setting, left, right, "tanh")
    if not difference:
        return Proof("induction" if SEQUENCE in normalizer.algebra.used else "normal form", setting, normalizer)
    if _mixes_families(setting.claim):
        difference, normalizer = normalized(setting, left, right, "exp")
        if not difference:
            return Proof("normal form over exp", setting, normalizer)
    raise NotProved("the normal forms of both sides differ", difference, normalizer)


def _equal_or_by_induction(setting: Setting, left: Term, right: Term) -> Proof:
    try:
        return _equal(setting, left, right)
    except NotProved:
        for parts in step_by_step(setting.claim) if _lasting(setting) == set(setting.conditions) else ():
            try:
                return _by_induction(setting, parts)
            except NotProved:
                continue  # another counter may do; if none does, the equation itself says what is left over
        turned = tuple(from_the_first_step(side) for side in (left, right))
        if turned != (left, right):
            with suppress(UnsupportedError):  # what is left over is said of the claim as it is written
                return _equal(setting, *turned)
        for along in along_directions(setting.claim):
            with suppress(UnsupportedError):  # likewise
                return Proof("in every direction", setting, parts=(_within(setting, along),))
        for product in _without_the_inverse(setting.claim, left, right):
            with suppress(UnsupportedError):  # likewise
                return Proof("product with the inverted matrix", setting, parts=(_equation(product),))
        for cases in _where_zero_or_not(setting.claim):
            try:
                return Proof("zero or not", setting, parts=tuple(map(_equation, cases)))
            except UnsupportedError:
                continue  # likewise
        raise


def _within(setting: Setting, claim: Claim) -> Proof:
    """A proof of another equation, in the domain of the first one."""
    inner = Setting.of(claim, conditions_of(claim))
    for condition in inner.conditions:
        if condition not in setting.conditions and not implied(condition, claim, inner.ranges, inner.conditions):
            raise NotProved(f"{claim} needs {condition}, which is not given")
    return _equation_of(inner)


def _without_the_inverse(claim: Claim, left: Term, right: Term) -> Iterator[Claim]:
    """M B = I in place of M⁻¹ = B, which says no more where M is invertible; and there the claim is made."""
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Inverse) and side.shape:
            yield replace(claim, left=side.operand @ other, right=Identity(sides(side.shape)[0]))


def _where_zero_or_not(claim: Claim) -> Iterator[tuple[Claim, Claim]]:
    """For each vector or scalar under a pseudo-inverse, the claim where it is zero, and where it is not."""
    for term in subterms(claim.terms):
        if isinstance(term, PseudoInverse) and 1 in sides(term.operand.shape) and not term.free:
            vector = term.operand
            zero, apart = equal(vector, zeros(*vector.shape)), positive(norm(vector) ** 2) if vector.shape else nonzero(vector)
            if zero not in claim.given and apart not in claim.given:
                yield replace(claim, given=(*claim.given, zero)), replace(claim, given=(*claim.given, apart))


def _equation(claim: Claim) -> Proof:
    return _equation_of(Setting.of(claim, conditions_of(claim)))


def _by_induction(setting: Setting, parts: list[Claim]) -> Proof:
    """Each base and the step. What they need beyond the assumptions must stand in the claim's own domain, and be the same at every step:
    the domain at k + 1 says nothing of that at k.
    """
    lasting = _lasting(setting)
    proofs = []
    for part in parts:
        inner = Setting.of(part, conditions_of(part))
        for condition in inner.conditions:
            if condition not in lasting and not implied(condition, part, inner.ranges, inner.conditions):
                raise NotProved(f"the induction needs {condition}, which is not given")
        if isinstance(part.left, Term) and isinstance(part.right, Term):
            proofs.append(_equal(inner, part.left, part.right))
    return Proof("induction", setting, parts=tuple(proofs))


def _lasting(setting: Setting) -> set[Condition]:
    """The conditions that do not depend on a counter."""
    return {condition for condition in setting.conditions if all(dim.least for dim in dimensions(condition.term))}


def _mixes_families(claim: Claim) -> bool:
    """Whether tanh or sigmoid may have to be written through exp to meet something else."""
    functions = {term.function.name for term in subterms(claim.terms) if isinstance(term, op.Apply)}
    return bool(functions & _TANH_FAMILY) and (bool(functions & _EXP_FAMILY) or len(functions) > 1 or _divides(claim))


def _divides(claim: Claim) -> bool:
    return any(isinstance(term, op.Softmax | Divide) for term in subterms(claim.terms))
