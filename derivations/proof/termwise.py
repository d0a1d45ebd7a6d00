"""Comparisons of sums, term by term: Σ_i a_i < Σ_i b_i where a_i < b_i for every i. No sum is empty, since sizes are at least 1.

A sum over an index, a 1-norm, a squared norm and an inner product of vectors are such sums; what is added to them is dealt out evenly.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.claims import Claim
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.functions import abs_
from derivations.language.operators import at_positions, squared_norm
from derivations.language.shapes import Dim, sides
from derivations.language.terms import ORDERINGS, Entry, Filled, Index, Number, Term, as_term
from derivations.language.traversal import dimensions, subterms, symbols
from derivations.proof.domain import is_zero

__all__ = ["compares_sums", "term_by_term"]

_LETTERS = ("i", "j", "l", "m", "p", "q")


def compares_sums(claim: Claim) -> bool:
    """Whether a claim compares, or equates, linear combinations of sums that all run over as many terms."""
    return claim.relation in ("=", *ORDERINGS) and len(_all_lengths(claim)) == 1


def term_by_term(claim: Claim) -> Claim:
    """Of a claim that compares sums, the comparison of their terms, for an index that stands for any.

    Raises:
        UnsupportedError: it compares none, or the index would be bound inside a term.
    """
    if not compares_sums(claim):
        raise UnsupportedError(f"no sums over one index: {claim.statement}")
    (length,) = _all_lengths(claim)
    index = _index(claim, length)
    try:
        left, right = (_summand(side, index) for side in claim.sides if isinstance(side, Term))
    except DeclarationError as captured:
        raise UnsupportedError(f"the terms of the sums in {claim.statement}: {captured}") from captured
    return Claim(left, claim.relation, right, claim.given)


def _all_lengths(claim: Claim) -> set[Dim]:
    return {dim for side in claim.sides if isinstance(side, Term) and not side.shape for dim in _lengths(side)}


def _index(claim: Claim, length: Dim) -> Index:
    """That of a sum in the text if it is bound there only, since assumptions may speak of it; else a new one."""
    bound = [term.index for term in subterms(claim.statement) if isinstance(term, op.Sum)]
    free = claim.statement.free
    taken = {name.name for name in (*symbols(claim.terms), *dimensions(claim.terms), *bound, *free)}
    own = (index for index in bound if index.dim == length and index not in free)
    letters = (letter + "'" * primes for primes in range(len(taken) + 1) for letter in _LETTERS)
    return next(own, None) or Index(next(letter for letter in letters if letter not in taken), length)


def _lengths(term: Term) -> set[Dim]:
    """Over how many terms the sums run that a term is a linear combination of."""
    match term:
        case op.Sum(index, _):
            return {index.dim}
        case tm.Add(left, right) | tm.Subtract(left, right):
            return _lengths(left) | _lengths(right)
        case tm.Multiply(left, right) if not (_lengths(left) and _lengths(right)):
            return _lengths(left) | _lengths(right)
        case tm.Negate(operand) | tm.Divide(operand, _) | op.Named(_, _, operand):
            return _lengths(operand)
    vectors = _vectors(term)
    return {sides(vectors[0].shape)[0]} if vectors else set()


def _summand(term: Term, index: Index) -> Term:
    """The term at an index of a sum; of what is no sum, an equal share."""
    match term:
        case _ if not _lengths(term):
            return _share(term, index)
        case op.Sum(bound, body):
            return at_positions(body, {bound: index})
        case tm.Add(left, right) | tm.Subtract(left, right):
            return type(term)(_summand(left, index), _summand(right, index))
        case tm.Multiply(left, right):
            return _summand(left, index) * right if _lengths(left) else left * _summand(right, index)
        case tm.Negate(operand):
            return -_summand(operand, index)
        case tm.Divide(operand, divisor):
            return _summand(operand, index) / divisor
        case op.Named(_, _, body):
            return _summand(body, index)
        case tm.Norm(operand, "1"):
            return abs_(_entry(operand, index))
    return _product(_entry(vector, index) for vector in _vectors(term))


def _share(term: Term, index: Index) -> Term:
    size = as_term(index.dim)
    return term if is_zero(term) else Number(Fraction(1)) if term == size else term / size


def _vectors(term: Term) -> tuple[Term, ...]:
    """The column vectors whose entries are multiplied, or made absolute, and summed."""
    if (squared := squared_norm(term)) is not None and squared[1] == 1 and _is_column(squared[0]):
        return squared[0], squared[0]
    match term:
        case tm.Norm(operand, "1") if _is_column(operand):
            return (operand,)
        case tm.MatMul(left, right) if _is_column(right) and not term.shape:
            return left.operand if isinstance(left, tm.Transpose) else tm.Transpose(left), right
    return ()


def _is_column(vector: Term) -> bool:
    rows, columns = sides(vector.shape)
    return columns == 1 and rows != 1


def _entry(vector: Term, index: Index) -> Term:
    return Number(Fraction(vector.entry)) if isinstance(vector, Filled) else Entry(vector, index, 1)


def _product(factors: Iterable[Term]) -> Term:
    kept = [factor for factor in factors if factor != Number(Fraction(1))]
    return reduce(tm.Multiply, kept) if kept else Number(Fraction(1))
