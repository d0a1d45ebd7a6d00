"""Proofs of comparisons: by a difference that is constant, by ranges, and by sums of squares, completed at a shift of a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from derivations.language import operators as op
from derivations.language.assumptions import Property
from derivations.language.claims import Claim, substituted
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.shapes import sides
from derivations.language.terms import ORDERINGS, Inverse, MatMul, Number, PseudoInverse, Relation, Statement, Subtract, Symbol, Term
from derivations.language.traversal import depends_on, subterms, symbols
from derivations.proof.coefficients import Coefficient
from derivations.proof.definiteness import Definiteness, definiteness
from derivations.proof.domain import conditions_of, is_zero
from derivations.proof.nonzero import NonzeroVectors, nonzero_vector
from derivations.proof.normal_form import Normalizer
from derivations.proof.normalization import facts_of, normalized
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.pseudo_inverses import RANGE
from derivations.proof.ranges import Range
from derivations.proof.squares import Half, Middles, is_sum_of_squares, positive_halves
from derivations.proof.tensors import Atom, Tensor

__all__ = ["by_ranges", "compare", "compared", "nonzero_halves", "semidefinite_atoms"]

_STRICT = (">", "<")

Shift: TypeAlias = tuple[Symbol, Term]
"""The name w and the s of a shift w → w + s."""


def compare(setting: Setting, left: Term, right: Term) -> Proof:
    """The first method that proves a comparison. Consequences of the equations are looked for last, since there may be many.

    Raises:
        NotProved: no method does.
        UnsupportedError: a side has a part that the normal form does not know.
    """
    relation = setting.claim.relation
    if (shown := by_ranges(setting) or _by_definiteness(setting)) is not None:
        return shown
    shifts = _shifts(setting.claim) if relation in ORDERINGS and not left.shape and not right.shape else [None]
    for completed in (False, True):
        for shift in shifts:
            if (proof := _by_squares(setting, shift, completed)) is not None:
                return proof
    raise NotProved(f"neither ranges nor a sum of squares show this {relation}")


def by_ranges(setting: Setting) -> Proof | None:
    """A proof by the range of the difference of both sides."""
    left, right = setting.claim.sides
    if not isinstance(left, Term) or not isinstance(right, Term):
        return None
    return Proof("ranges", setting) if _settles(setting.ranges.of(compared(left, right)), setting.claim.relation) else None


def _by_definiteness(setting: Setting) -> Proof | None:
    """A proof that a quadratic form is not negative, or positive, by what its matrix is made of."""
    left, relation, right = setting.claim.left, setting.claim.relation, setting.claim.right
    form, other = (left, right) if ">" in relation else (right, left)
    if relation not in ORDERINGS or not isinstance(form, Term) or form.shape or not isinstance(other, Term) or not is_zero(other):
        return None
    least = Definiteness.SEMIDEFINITE if "=" in relation else Definiteness.DEFINITE
    return Proof("definiteness", setting) if definiteness(form, setting.claim, setting.ranges) >= least else None


def compared(left: Term, right: Term) -> Term:
    """What ranges compare with zero."""
    return left if is_zero(right) else left - right


def _by_squares(setting: Setting, shift: Shift | None, completed: bool) -> Proof | None:
    """A proof by a difference that is a constant or a sum of squares; or because the assumptions contradict each other."""
    inner = setting if shift is None else _shifted(setting, *shift)
    if inner is None or not isinstance(inner.claim.left, Term) or not isinstance(inner.claim.right, Term):
        return None
    difference, normalizer = normalized(inner, inner.claim.left, inner.claim.right, "tanh", completed)
    constant = _constant(difference)
    if constant is not None and _settles(Range(constant, constant, True, True), setting.claim.relation):
        return Proof("normal form", inner, normalizer, shift)
    if difference.axes or setting.claim.relation not in ORDERINGS:
        return None
    nonzero = NonzeroVectors(normalizer, facts_of(inner))
    if nonzero.vanishing is not None:
        return Proof("contradiction", inner, normalizer, shift)
    return Proof("sum of squares", inner, normalizer, shift) if _is_square_sum(inner, difference, normalizer, nonzero) else None


_FIXED = (op.Gradient, op.Jacobian, op.Hessian, OneSidedDerivative, Subdifferential, op.Series, op.Iterate)


def _shifts(claim: Claim) -> list[Shift | None]:
    """A name w and an expression s of its shape: the claim about w + s for w is the same; the square is completed there. None: as it stands.

    As w runs over all values (that meet the assumptions, which are shifted too), so does w + s. Where w is assumed to differ from an s, that
    is tried; else, of vectors, what stands in the text and is not bound there.
    """
    if any(isinstance(term, _FIXED) for term in subterms(claim.terms)):
        return [None]  # a shifted variable is none to differentiate by, and what a sequence or a series binds means nothing outside
    if apart := [shift for shift in map(_set_apart, claim.given) if shift is not None and _is_shift(*shift)]:
        return [*apart, None]
    terms = list(subterms(term for term in claim.sides if isinstance(term, Term)))
    free = symbols(claim.statement)
    names = [term for term in terms if isinstance(term, Symbol) and term.shape and term in free]
    centres = [term for term in dict.fromkeys((*terms, *_tails(terms))) if not isinstance(term, Symbol) and symbols(term) <= free]
    return [None, *((name, centre) for name in names for centre in centres if _is_shift(name, centre))]


def _is_shift(variable: Symbol, centre: Term) -> bool:
    return centre.shape == variable.shape and not depends_on(centre, variable) and not centre.free


def _set_apart(given: Statement) -> Shift | None:
    """The name w and the s that it differs from, by an assumption w ≠ s or ‖w − s‖² > 0."""
    match given:
        case Relation(Symbol() as variable, "!=", Term() as centre) if not variable.shape:
            return variable, centre
    match nonzero_vector(given):
        case Subtract(Symbol() as variable, centre):
            return variable, centre
    return None


def _tails(terms: list[Term]) -> Iterator[Term]:
    """A⁺ @ y of X @ A⁺ @ y, which is (X @ A⁺) @ y: what stands at the end of a product however it is bracketed."""
    for term in terms:
        if isinstance(term, MatMul):
            tail = term.right
            while isinstance(term.left, MatMul):
                term = term.left
                tail = term.right @ tail
                yield tail


def _shifted(setting: Setting, variable: Symbol, centre: Term) -> Setting | None:
    """The claim about w + s for w; None where s has no value wherever the claim has one: it may stand in one branch of the text only."""
    if not all(condition in setting.conditions for condition in conditions_of(Claim(centre, "=", centre))):
        return None
    claim = substituted(setting.claim, {variable: variable + centre})
    return Setting.of(claim, conditions_of(claim))


def _is_square_sum(setting: Setting, difference: Tensor, normalizer: Normalizer, nonzero: NonzeroVectors) -> bool:
    if setting.claim.relation in _STRICT:
        return bool(nonzero_halves(setting, difference, normalizer, nonzero))
    scalar = normalizer.algebra.as_scalar(difference)
    return is_sum_of_squares(normalizer.algebra, scalar if setting.claim.relation == ">=" else -scalar, _middles(setting, normalizer))


def nonzero_halves(setting: Setting, difference: Tensor, normalizer: Normalizer, nonzero: NonzeroVectors) -> tuple[Half, ...]:
    """What makes a sum of squares positive, as a strict comparison asks for: see `positive_halves`."""
    algebra = normalizer.algebra
    scalar = algebra.as_scalar(difference)
    middles = _middles(setting, normalizer)
    regular = frozenset(filter(nonzero.is_injective, middles.semidefinite))  # a semidefinite matrix that takes only zero to zero is definite
    middles = replace(middles, definite=middles.definite | regular)
    positive = (*nonzero.squared_norms, *_definite_forms(setting, normalizer))
    return positive_halves(algebra, scalar if setting.claim.relation == ">" else -scalar, middles, nonzero.is_nonzero, positive)


def _definite_forms(setting: Setting, normalizer: Normalizer) -> Iterator[Coefficient]:
    """uᵀMu for vectors u that are given not to be zero, and semidefinite matrices M that have an inverse in the text, so are definite."""
    facts = facts_of(setting)
    vectors = [vector for fact in facts if (vector := nonzero_vector(fact)) is not None]
    for fact in facts:
        if isinstance(fact, Property) and fact.kind == "invertible" and definiteness(fact.term, setting.claim, setting.ranges):
            for vector in (vector for vector in vectors if sides(vector.shape) == (sides(fact.term.shape)[0], 1)):
                form = normalizer.difference(vector.T @ fact.term @ vector, Number(Fraction(0)), completed=False)
                yield normalizer.algebra.as_scalar(form)


def _middles(setting: Setting, normalizer: Normalizer) -> Middles:
    found = semidefinite_atoms(setting, normalizer)
    projections = (number for number in found if _is_projection(normalizer.algebra.atoms[number], setting.claim))
    definite = (number for number, known in found.items() if known is Definiteness.DEFINITE)
    return Middles(frozenset(found), frozenset(definite), frozenset(projections))


def _is_projection(atom: Atom, claim: Claim) -> bool:
    return atom.kind == RANGE or any(isinstance(a, Property) and a.kind == "projection" and a.term == atom.name for a in claim.given)


def semidefinite_atoms(setting: Setting, normalizer: Normalizer) -> dict[int, Definiteness]:
    """Matrices that are certainly positive semidefinite: symbols, inverses and pseudo-inverses in the claim, and projections A A⁺."""
    found = {number: Definiteness.SEMIDEFINITE for number, atom in enumerate(normalizer.algebra.atoms) if atom.kind == RANGE}
    for term in subterms(setting.claim.terms):
        if not term.shape or not isinstance(term, Symbol | Inverse | PseudoInverse):
            continue
        if known := definiteness(term, setting.claim, setting.ranges):
            tensor = normalizer.tensor(term)
            (((factors, _), coefficient),) = tensor if len(tensor.terms) == 1 else ((((), ()), Coefficient.number(0)),)
            if len(factors) == 1 and (coefficient.constant or 0) > 0:
                found[factors[0][0]] = max(known, found.get(factors[0][0], known))
    return found


def _settles(inside: Range, relation: str) -> bool:
    settled = {
        ">": inside.positive,
        ">=": inside.nonnegative,
        "<": (-inside).positive,
        "<=": (-inside).nonnegative,
        "!=": inside.nonzero,
    }
    return settled.get(relation, False)


def _constant(difference: Tensor) -> Fraction | None:
    if not difference:
        return Fraction(0)
    if len(difference.terms) > 1:
        return None
    (((factors, free), coefficient),) = difference
    return coefficient.constant if not factors and len(set(free)) == len(free) and all(slot >= 0 for slot in free) else None
