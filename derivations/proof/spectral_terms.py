"""Equations with eigenvalues, led back to the eigenvalues of fewer matrices (lemma "spectral theorem"); these are then vectors and numbers like
any other, of which nothing else is known.

The eigenvalues of cS + sI are those of S, times c, plus s, in the same order if c > 0; those of S⁻¹ are the reciprocals, of a positive definite S in
the reverse order; those of Sᵖ the p-th powers, of a positive semidefinite S in the same order; their sum is the trace, that of their p-th powers
the trace of Sᵖ. (Horn and Johnson, Matrix Analysis, 2nd ed. (2013), observation 1.1.7, sections 1.2 and 4.1.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ArgMin, Eigenvalues, ExtremeEigenvalue
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Expectation
from derivations.language.shapes import sides
from derivations.language.terms import Number, Symbol, Term
from derivations.language.traversal import subterms
from derivations.proof.definiteness import Definiteness, definiteness
from derivations.proof.domain import conditions_of, implied
from derivations.proof.lemmas import SPECTRAL_THEOREM
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.ranges import Ranges
from derivations.proof.symmetry import factors

__all__ = ["by_spectral_terms"]

_OTHER = {"max": "min", "min": "max"}
_VARYING = (op.Gradient, op.Jacobian, op.Hessian, OneSidedDerivative, Subdifferential, Expectation, ArgMin, op.Iterate, op.Series)
"""What differentiates, or binds names that a matrix may depend on."""


def by_spectral_terms(setting: Setting, prove: Callable[[Setting], Proof]) -> Proof:
    """The proof of the equation in which the eigenvalues of the remaining matrices are free vectors and numbers.

    Raises:
        NotProved: the equation needs more of its domain than the claim has.
        UnsupportedError: it is no equation of terms, or has no eigenvalues, or some that depend on an index or may vary.
    """
    claim = setting.claim
    if claim.relation != "=" or not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        raise UnsupportedError(f"{claim} is no equation")
    if any(isinstance(term, _VARYING) for term in subterms((claim.left, claim.right))):
        raise UnsupportedError(f"{claim}: eigenvalues may vary inside, and a free name does not")
    led_back = _Reader(claim)
    left, right = led_back.of(claim.left), led_back.of(claim.right)
    spectral = [term for term in dict.fromkeys(subterms((left, right))) if isinstance(term, Eigenvalues | ExtremeEigenvalue)]
    if (not spectral and (left, right) == claim.sides) or any(term.free for term in spectral):
        raise UnsupportedError(f"{claim} has no eigenvalues that can be led back")
    names: dict[Term, Term] = {term: Symbol(f"spectrum {number}", term.shape) for number, term in enumerate(spectral)}  # no declared name has a space
    left, right = (op.transform(side, names.get) for side in (left, right))
    inner = Setting.of(made := replace(claim, left=left, right=right), conditions_of(made))
    meaning: dict[Term, Term] = {name: term for term, name in names.items()}
    for condition in inner.conditions:
        there = replace(condition, requirement=tm.map_parts(condition.requirement, lambda part: op.transform(part, meaning.get)))
        if there not in setting.conditions and not implied(there, claim, setting.ranges, setting.conditions):
            raise NotProved(f"with its eigenvalues led back the equation needs {there}, which is not given")
    part = prove(inner)
    return Proof("eigenvalues led back", setting, parts=(part,), lemmas=tuple(dict.fromkeys((SPECTRAL_THEOREM.name, *part.lemmas))))


class _Reader:
    """Leads eigenvalues back to those of fewer matrices."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._ranges = Ranges(claim.given)

    def of(self, term: Term) -> Term:
        """The term with what is known of its eigenvalues put in."""
        return op.transform(term, self._changed)

    def _changed(self, term: Term) -> Term | None:
        match term:
            case op.Sum(index, tm.Entry(Eigenvalues(matrix), row, 1)) if row == index and index not in matrix.free:
                return tm.Trace(matrix)
            case op.Sum(index, tm.Power(tm.Entry(Eigenvalues(matrix), row, 1), Number(power))) if row == index and index not in matrix.free:
                return tm.Trace(matrix ** Number(power)) if power.denominator == 1 and power >= 1 else None
            case Eigenvalues(matrix):
                found = self._vector(matrix)
                return None if found == term else found
            case ExtremeEigenvalue(matrix, kind):
                found = self._extreme(matrix, kind)
                return None if found == term else found
        return None

    def _vector(self, matrix: Term) -> Term:
        scale, core, shift = self._affine(matrix)
        powers = self._power_of_semidefinite(core)
        inner: Term = Eigenvalues(core) if powers is None else tm.HadamardPower(self._vector(powers[0]), powers[1])
        return scale * inner + shift * tm.Filled(sides(matrix.shape)[0], 1, 1)

    def _extreme(self, matrix: Term, kind: str) -> Term:
        scale, core, shift = self._affine(matrix)
        inner: Term = ExtremeEigenvalue(core, kind)
        if isinstance(core, tm.Inverse) and definiteness(core.operand, self._claim, self._ranges) is Definiteness.DEFINITE:
            inner = 1 / self._extreme(core.operand, _OTHER[kind])
        return scale * inner + shift

    def _affine(self, matrix: Term) -> tuple[Term, Term, Term]:
        """c > 0, S and s of cS + sI; S is the whole where nothing of the kind is seen."""
        one, zero = Number(Fraction(1)), Number(Fraction(0))
        match matrix:
            case tm.Add(left, right) if (s := self._multiple_of_identity(right)) is not None:
                c, core, more = self._affine(left)
                return c, core, more + s
            case tm.Add(left, right) if (s := self._multiple_of_identity(left)) is not None:
                c, core, more = self._affine(right)
                return c, core, more + s
            case tm.Subtract(left, right) if (s := self._multiple_of_identity(right)) is not None:
                c, core, more = self._affine(left)
                return c, core, more - s
            case tm.Multiply(scalar, core) if not scalar.shape and self._ranges.of(scalar).positive:
                c, inner, more = self._affine(core)
                return scalar * c, inner, scalar * more
        return one, matrix, zero

    def _multiple_of_identity(self, term: Term) -> Term | None:
        match term:
            case tm.Identity():
                return Number(Fraction(1))
            case tm.Multiply(scalar, tm.Identity()) if not scalar.shape:
                return scalar
        return None

    def _power_of_semidefinite(self, matrix: Term) -> tuple[Term, int] | None:
        """S and p of a product of p ≥ 2 factors S, of which each may be transposed, with a positive semidefinite S."""
        scalars, matrices = factors(matrix)
        plain = [each.operand if isinstance(each, tm.Transpose) else each for each in matrices]
        alike = len(plain) > 1 and not scalars and len(set(plain)) == 1
        known = alike and definiteness(plain[0], self._claim, self._ranges) >= Definiteness.SEMIDEFINITE
        return (plain[0], len(plain)) if known else None
