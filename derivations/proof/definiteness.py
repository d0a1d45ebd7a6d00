"""A small calculus of definiteness: which matrices are certainly positive (semi)definite, so that the definite ones are invertible.

XᵀX is positive semidefinite, and definite where X has full column rank; sums (over an index, too), congruences, inverses and positive multiples
keep it; semidefinite plus definite is definite. Trace, determinant and diagonal entries have the sign of their matrix. (Horn & Johnson, Matrix
Analysis, section 7.1.)
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Property
from derivations.language.claims import Claim
from derivations.language.implicit import ExtremeEigenvalue
from derivations.language.laws import Expectation
from derivations.language.shapes import sides
from derivations.language.terms import Term
from derivations.language.traversal import is_real
from derivations.proof.ranges import Ranges
from derivations.proof.symmetry import factors, transposed

__all__ = ["INDEPENDENT_COLUMNS", "INDEPENDENT_ROWS", "Definiteness", "definiteness", "has_independent_columns"]

_INVERTIBLE = ("invertible", "positive definite", "orthogonal")
INDEPENDENT_COLUMNS = ("full column rank", "orthonormal columns", *_INVERTIBLE)
INDEPENDENT_ROWS = ("full row rank", *_INVERTIBLE)
"""The properties of a matrix with independent columns, or rows."""


class Definiteness(IntEnum):
    """What is known of a symmetric matrix; the greater, the more."""

    UNKNOWN = 0
    SEMIDEFINITE = 1
    DEFINITE = 2


def definiteness(term: Term, claim: Claim, ranges: Ranges) -> Definiteness:
    """What the assumptions of a claim say of a matrix; of a scalar, its sign, and of a diagonal matrix the signs of its entries."""
    known = [_GIVEN.get(a.kind, Definiteness.UNKNOWN) for a in claim.given if isinstance(a, Property) and a.term == term]
    if not term.shape or isinstance(term, tm.Diag):
        inside = ranges.of(term.operand if isinstance(term, tm.Diag) else term)
        known += [Definiteness.DEFINITE] * inside.positive + [Definiteness.SEMIDEFINITE] * inside.nonnegative
    given = max(known, default=Definiteness.UNKNOWN)
    rule = _RULES.get(type(term)) if is_real(term) else None  # of complex matrices nothing else is known
    return max(given, rule(term, lambda part: definiteness(part, claim, ranges), claim)) if rule is not None else given


_GIVEN = {
    "positive definite": Definiteness.DEFINITE,
    "positive semidefinite": Definiteness.SEMIDEFINITE,
    "projection": Definiteness.SEMIDEFINITE,
}

_Of = Callable[[Term], Definiteness]


def _sum(node: tm.Add, of: _Of, claim: Claim) -> Definiteness:
    left, right = of(node.left), of(node.right)
    return max(left, right) if min(left, right) > Definiteness.UNKNOWN else Definiteness.UNKNOWN


def _multiple(node: Any, of: _Of, claim: Claim) -> Definiteness:
    return min(of(node.left), of(node.right))


def _congruence(node: tm.MatMul, of: _Of, claim: Claim) -> Definiteness:
    """XᵀX, XᵀAX and XXᵀ, however the product is bracketed and wherever positive scalars stand in it."""
    scalars, matrices = factors(node)
    if any(of(scalar) is not Definiteness.DEFINITE for scalar in scalars):
        return Definiteness.UNKNOWN
    if not matrices:
        return Definiteness.DEFINITE
    half, middle = len(matrices) // 2, matrices[len(matrices) // 2]
    mirrored = all(transposed(matrices[-1 - k]) == matrices[k] for k in range(half))
    if not mirrored:
        return Definiteness.UNKNOWN
    inner = of(middle) if len(matrices) % 2 else Definiteness.DEFINITE
    outer = matrices[len(matrices) - half :]
    full = inner is Definiteness.DEFINITE and all(has_independent_columns(factor, claim) for factor in outer)
    return Definiteness.DEFINITE if full else min(inner, Definiteness.SEMIDEFINITE)


def _norm(node: tm.Norm, of: _Of, claim: Claim) -> Definiteness:
    return Definiteness.DEFINITE if has_independent_columns(node.operand, claim) else Definiteness.SEMIDEFINITE


def _power(node: tm.Power, of: _Of, claim: Claim) -> Definiteness:
    return Definiteness.DEFINITE if of(node.base) is Definiteness.DEFINITE else Definiteness.UNKNOWN


def _entry(node: tm.Entry, of: _Of, claim: Claim) -> Definiteness:
    on_diagonal = node.row == node.column and len(set(sides(node.operand.shape))) == 1
    return of(node.operand) if on_diagonal else Definiteness.UNKNOWN


def has_independent_columns(matrix: Term, claim: Claim) -> bool:
    """Whether the assumptions say that a matrix has independent columns, or its transpose independent rows."""
    kinds = {a.kind for a in claim.given if isinstance(a, Property) and a.term == matrix}
    flipped = {a.kind for a in claim.given if isinstance(a, Property) and a.term == transposed(matrix)}
    return bool(kinds & {*INDEPENDENT_COLUMNS} or flipped & {*INDEPENDENT_ROWS})


_RULES: dict[type[Term], Callable[[Any, _Of, Claim], Definiteness]] = {
    tm.Identity: lambda node, of, claim: Definiteness.DEFINITE,
    tm.Add: _sum,
    tm.Multiply: _multiple,
    tm.Divide: _multiple,
    tm.MatMul: _congruence,
    tm.Transpose: lambda node, of, claim: of(node.operand),
    tm.Inverse: lambda node, of, claim: of(node.operand),
    tm.PseudoInverse: lambda node, of, claim: of(node.operand),
    tm.Trace: lambda node, of, claim: of(node.operand),
    tm.Determinant: lambda node, of, claim: of(node.operand),
    tm.Entry: _entry,
    tm.Norm: _norm,
    tm.Power: _power,
    op.Named: lambda node, of, claim: of(node.body),
    op.Sum: lambda node, of, claim: of(node.body),
    ExtremeEigenvalue: lambda node, of, claim: of(node.operand),
    Expectation: lambda node, of, claim: of(node.body),
}
