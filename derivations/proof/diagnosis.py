"""What is wrong with a refuted claim: the right answer, and the one small edit that would make it true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from derivations.evaluation.minimisers import minimality
from derivations.language import operators as op
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.laws import Expectation
from derivations.language.terms import Term
from derivations.language.traversal import subterms
from derivations.proof.domain import conditions_of
from derivations.proof.edits import edits
from derivations.proof.equations import normalized
from derivations.proof.normal_form import Normalizer
from derivations.proof.proofs import NotProved, Setting
from derivations.proof.readback import shape_of, term_of
from derivations.proof.refutation import holds_at, trials
from derivations.proof.sampling import Sampler
from derivations.proof.statements import prove
from derivations.proof.tensors import Tensor

__all__ = ["Diagnosis", "diagnosed", "residual_text"]

_MOST_EDITS = 80
_INSTANCES = 5


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The right-hand side that would be right, and how the claim's own differs from it."""

    correction: Term | None = None
    hint: str = ""


def diagnosed(setting: Setting) -> Diagnosis:
    """The right answer and the slip, as far as the normal form shows them."""
    claim = setting.claim
    if (stated := minimality(claim.statement)) is not None:
        return Diagnosis(hint=_edited_minimiser(claim, stated.point))
    if claim.relation != "=" or not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        return Diagnosis()
    try:
        difference, normalizer = normalized(setting, claim.left, claim.right, "tanh")
        right, left = normalizer.tensor(claim.right), normalizer.tensor(claim.left)
        hint = _factor(left, right) or _edit(normalizer, left, claim) or _missing_term(normalizer, difference)
        return Diagnosis(_correction(normalizer, claim, left), hint)
    except UnsupportedError:
        return Diagnosis()


def _correction(normalizer: Normalizer, claim: Claim, left: Tensor) -> Term | None:
    """What the left side is, written without derivatives and expectations; only where it has one."""
    if not any(isinstance(term, op.Gradient | op.Jacobian | op.Hessian | Expectation) for term in subterms(claim.left)):
        return None
    answer = term_of(normalizer.algebra, left, shape_of(left))
    return answer if answer is not None and _is_proved(replace(claim, right=answer)) else None


def _is_proved(claim: Claim) -> bool:
    """Whether a claim is proved on a domain of its own: the one that it is a repair of may have had a smaller one."""
    try:
        prove(Setting.of(claim, conditions_of(claim)))
    except UnsupportedError:
        return False
    return True


def _factor(left: Tensor, right: Tensor) -> str:
    """Left = q · right with a rational q."""
    if not left or left.terms.keys() != right.terms.keys():
        return ""
    ratios = {(left.terms[network] / right.terms[network]).constant for network in left.terms}
    (ratio,) = ratios if len(ratios) == 1 else (None,)
    if ratio is None:
        return ""
    return "the sign is wrong" if ratio == -1 else f"off by the factor {_fraction(ratio)}: the left side is {_fraction(ratio)} times the right side"


def _fraction(value: Fraction) -> str:
    return str(value) if value >= 0 else f"({value})"


def _edit(normalizer: Normalizer, left: Tensor, claim: Claim) -> str:
    if not isinstance(claim.right, Term):
        return ""
    for edit in islice(edits(claim.right), _MOST_EDITS):
        try:
            edited = normalizer.algebra.subtract(left, normalizer.tensor(edit.result))
        except UnsupportedError:
            continue  # an edit whose result cannot be normalised is no repair
        if not edited and _is_proved(replace(claim, right=edit.result)):
            return f"{edit.kind}: it would be true with {edit.result} ({edit.describe()})"
    return ""


def _edited_minimiser(claim: Claim, point: Term) -> str:
    """The edit of the claimed minimiser with which the claim fails at none of a few instances, and is proved."""
    instances = list(trials(Sampler(claim), _INSTANCES))
    for edit in islice(edits(point), _MOST_EDITS):
        left, right = (edit.result if side == point else side for side in claim.sides)
        edited = replace(claim, left=left, right=right)
        try:
            survives = {holds_at(edited, trial) for trial in instances} - {None} == {True}
        except UnsupportedError:
            continue  # an edit that cannot be evaluated is no repair
        if survives and _is_proved(edited):
            return f"{edit.kind}: it would be true with {edit.result} ({edit.describe()})"
    return ""


def _missing_term(normalizer: Normalizer, difference: Tensor) -> str:
    if len(difference.terms) != 1:
        return ""
    missing = term_of(normalizer.algebra, difference, shape_of(difference))
    return f"a term is missing on the right: {missing}" if missing is not None else ""


def residual_text(reason: NotProved) -> str:
    """What is left over of left − right."""
    if reason.residual is None or reason.normalizer is None:
        return ""
    left_over = term_of(reason.normalizer.algebra, reason.residual, shape_of(reason.residual))
    return f"; left over: {left_over}" if left_over is not None else f"; left over: {len(reason.residual.terms)} terms"
