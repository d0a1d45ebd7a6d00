"""Which claims about complex names are judged: equations between sums, products, quotients and integer powers.

What is proved of these holds in any field that contains the rationals, so the proof may take the names for real ones. It may not where an order,
an absolute value, a root, a norm, a rank or a pseudo-inverse stands over a complex name: x² ≥ 0, |x|² = x², and XᵀX = 0 only for X = 0, are true
of real numbers only. Instances are drawn with real values: they refute, and are witnesses, but say little.
"""

from __future__ import annotations

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Property
from derivations.language.claims import Claim
from derivations.language.terms import Number, Relation, Statement, Term, parts_in
from derivations.language.traversal import is_real, subterms
from derivations.proof.domain import is_natural
from derivations.proof.proofs import NotProved

__all__ = ["require_equation_where_complex"]

_OF_ANY_FIELD = (
    tm.Symbol, tm.Member, tm.Literal, tm.Add, tm.Subtract, tm.Negate, tm.Multiply, tm.Divide, tm.MatMul, tm.Transpose, tm.Inverse, tm.Hadamard,
    tm.HadamardPower, tm.Trace, tm.Determinant, tm.Diag, tm.Diagonal, tm.Entry, tm.Row, tm.Column, op.Sum, op.Series, op.Named,
)
_PROPERTIES = ("invertible", "symmetric")


def require_equation_where_complex(claim: Claim) -> None:
    """Raises:
    NotProved: a complex name stands in something else.
    """
    for term in subterms(claim.terms):
        if not is_real(term) and not _is_of_any_field(term):
            raise NotProved(f"{term} may be complex: {_EXPECTED}")
    for statement in (claim.statement, *claim.given):
        if not all(map(is_real, parts_in(statement))) and not _says_what_any_field_can(statement):
            raise NotProved(f"{statement} is about complex numbers: {_EXPECTED}")


_EXPECTED = "of complex names only equations between sums, products, quotients and integer powers are judged"


def _is_of_any_field(term: Term) -> bool:
    if isinstance(term, tm.Power):
        exponent = term.exponent
        return is_natural(exponent) or (isinstance(exponent, Number) and exponent.value.denominator == 1)
    return isinstance(term, _OF_ANY_FIELD)


def _says_what_any_field_can(statement: Statement) -> bool:
    match statement:
        case Relation(Term(), symbol, Term()):
            return symbol in ("=", "!=")
        case Property(kind, _):
            return kind in _PROPERTIES
    return False
