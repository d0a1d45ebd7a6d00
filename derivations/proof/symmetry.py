"""Which matrices are certainly symmetric, read off their form: sums, powers and inverses of symmetric ones, and products that read the
same from the right when every factor is transposed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Property
from derivations.language.claims import Claim
from derivations.language.terms import Term

__all__ = ["SYMMETRIC", "factors", "is_symmetric", "transposed"]

SYMMETRIC = ("symmetric", "positive definite", "positive semidefinite", "projection")


def is_symmetric(term: Term, claim: Claim) -> bool:
    """Whether a matrix equals its transpose, by its form and the assumptions of a claim."""
    if any(isinstance(given, Property) and given.kind in SYMMETRIC and given.term == term for given in claim.given):
        return True
    rule = _RULES.get(type(term))
    return not term.shape or term.shape == (1, 1) or (rule is not None and rule(term, lambda part: is_symmetric(part, claim)))


def factors(term: Term) -> tuple[list[Term], list[Term]]:
    """The scalars and the matrices of a product, in order, however it is bracketed."""
    if isinstance(term, tm.MatMul | tm.Multiply):
        left, right = factors(term.left), factors(term.right)
        return left[0] + right[0], left[1] + right[1]
    return ([], [term]) if term.shape else ([term], [])


def transposed(term: Term) -> Term:
    """The transpose, without a second one on a first."""
    return term.operand if isinstance(term, tm.Transpose) else tm.Transpose(term)


_Of = Callable[[Term], bool]


def _product(node: Any, of: _Of) -> bool:
    matrices = factors(node)[1]
    middle, odd = divmod(len(matrices), 2)
    mirrored = all(transposed(matrices[-1 - k]) == matrices[k] or (matrices[-1 - k] == matrices[k] and of(matrices[k])) for k in range(middle))
    return mirrored and (not odd or of(matrices[middle]))


_RULES: dict[type[Term], Callable[[Any, _Of], bool]] = {
    tm.Identity: lambda node, of: True,
    tm.Diag: lambda node, of: True,
    tm.Add: lambda node, of: of(node.left) and of(node.right),
    tm.Subtract: lambda node, of: of(node.left) and of(node.right),
    tm.Negate: lambda node, of: of(node.operand),
    tm.Multiply: _product,
    tm.MatMul: _product,
    tm.Divide: lambda node, of: of(node.left),
    tm.Power: lambda node, of: of(node.base),
    tm.Transpose: lambda node, of: of(node.operand),
    tm.Inverse: lambda node, of: of(node.operand),
    tm.PseudoInverse: lambda node, of: of(node.operand),
    tm.Literal: lambda node, of: node.rows == tuple(zip(*node.rows, strict=True)),
    op.Named: lambda node, of: of(node.body),
}
