"""The rank in the normal form: an atom whose argument is stripped of all that leaves the rank as it is. (Horn & Johnson, Matrix Analysis, 0.4.)"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivations.language.errors import UnsupportedError
from derivations.language.terms import Index
from derivations.proof.algebra import Algebra
from derivations.proof.atoms import leading_sign
from derivations.proof.coefficients import Coefficient
from derivations.proof.completion import spelled, word_of
from derivations.proof.networks import Factor, Slots, components, degrees
from derivations.proof.powers import times, turned
from derivations.proof.signs import is_known_nonzero
from derivations.proof.tensors import COLUMN, ROW, Atom, Axes, Tensor

__all__ = ["RANK", "RULES", "has_independent_columns", "rank"]

RANK = "rank"
"""The kind of the atom; its argument is the matrix."""
_MOST_TERMS = 3


def rank(algebra: Algebra, operand: Tensor) -> Coefficient:
    """The rank of a tensor on rows and columns; of a vector or a scalar 0 where it is zero, else 1.

    Raises:
        UnsupportedError: the operand varies with an index.
    """
    if any(isinstance(label, Index) for label in operand.labels):
        raise UnsupportedError("the rank of a matrix that varies with an index")
    if len(operand.axes) < 2 or not operand:
        return _nonzero(algebra, operand)
    if _is_idempotent(algebra, operand):
        return algebra.as_scalar(algebra.contract(algebra.relabel(operand, {COLUMN: ROW}), ROW))
    if len(operand.terms) > 1:
        return _atom(algebra, operand)
    ((network, coefficient),) = operand
    return _nonzero(algebra, algebra.constant(coefficient)) * _of_network(algebra, Tensor(operand.axes, {network: Coefficient.number(1)}))


def _nonzero(algebra: Algebra, z: Tensor) -> Coefficient:
    """1 where a scalar or a vector is not zero, else 0: the product of that for the factors of the scalar, or of the square of the length."""
    for label in z.labels:
        z = algebra.contract(algebra.multiply(z, z), label)
    if not z or is_known_nonzero(algebra, z):
        return Coefficient.number(int(bool(z)))
    result = Coefficient.number(1)
    for polynomial, _ in algebra.as_scalar(z).numerator.factor()[1]:
        result = algebra.ring.reduced(result * _nonzero_factor(algebra, Coefficient(polynomial)))
    return result


def _nonzero_factor(algebra: Algebra, scalar: Coefficient) -> Coefficient:
    """1 where an irreducible scalar is not zero, else 0; of a pseudo-inverse, that of its argument."""
    z = algebra.constant(scalar)
    if is_known_nonzero(algebra, z):
        return Coefficient.number(1)
    only = algebra.only_atom(z) if scalar.constant is None and len(list(scalar.monomials())) == 1 else None
    if only is not None and algebra.atoms[only].kind == RANK:
        return scalar
    if only is not None and algebra.atoms[only].kind == "pseudo-inverse" and (argument := algebra.atoms[only].argument) is not None:
        return _nonzero(algebra, argument)
    indicator = algebra.scalar_network([(algebra.atom(Atom(RANK, (), None, algebra.scale(z, 1 / leading_sign(z)))), ())])
    (number,) = indicator.generators()
    algebra.ring.power_rule(number, 2, indicator)
    return indicator


def _is_idempotent(algebra: Algebra, operand: Tensor) -> bool:
    """Whether A² = A; then the rank is the trace (Horn & Johnson, 1.1)."""
    (_, rows), (_, columns) = operand.axes
    return rows == columns and len(operand.terms) <= _MOST_TERMS and not algebra.subtract(times(algebra, operand, operand), operand)


def _of_network(algebra: Algebra, matrix: Tensor) -> Coefficient:
    for way in (matrix, turned(algebra, matrix)):
        for rule in RULES:
            if (reduced := rule(algebra, way)) is not None:
                return rank(algebra, reduced)
    ((factors, (row, column)),) = matrix.terms
    if not factors and row == column and row >= 0:
        return algebra.dimension(matrix.axes[0][1])
    left, _ = components(factors, (row,))
    if row == column >= 0 or any(column in slots for _, slots in left):
        return _atom(algebra, matrix)
    right = [factor for factor in factors if factor not in left]
    x, y = (_made(algebra, (axis,), part, (slot,)) for axis, part, slot in zip(matrix.axes, (left, right), (row, column), strict=True))
    return _nonzero(algebra, x) * _nonzero(algebra, y)


def _atom(algebra: Algebra, operand: Tensor) -> Coefficient:
    """The atom of a matrix or of its transpose, whichever is known; a rational factor is left out."""
    plain, other = (algebra.scale(matrix, 1 / leading_sign(matrix)) for matrix in (operand, turned(algebra, operand)))
    atom, of_transpose = (Atom(RANK, (), None, matrix) for matrix in (plain, other))
    known = of_transpose if algebra.known(of_transpose) and not algebra.known(atom) else atom
    return algebra.scalar_network([(algebra.atom(known), ())])


def _made(algebra: Algebra, axes: Axes, factors: Sequence[Factor], free: Slots) -> Tensor:
    return algebra.normal(axes, [(Coefficient.number(1), list(factors), free, {})])


# ------------------------------------------------------------------------------------------------- what leaves the rank as it is


def _without_scales(algebra: Algebra, matrix: Tensor) -> Tensor | None:
    """rank(diag(s) A) = rank(A) where no entry of s is 0."""
    ((factors, free),) = matrix.terms
    scales = [factor for factor in factors if factor[1] == free[:1] and is_known_nonzero(algebra, algebra.factor(factor[0], [ROW]))]
    return _made(algebra, matrix.axes, [factor for factor in factors if factor not in scales], free) if scales else None


def _without_injective(algebra: Algebra, matrix: Tensor) -> Tensor | None:
    """rank(F A) = rank(A) where F has independent columns."""
    ((factors, (row, column)),) = matrix.terms
    at_rows = [factor for factor in factors if row in factor[1]]
    if len(at_rows) != 1 or degrees(factors, (row, column)).get(row) != 2 or len(at_rows[0][1]) != 2:
        return None
    ((number, slots),) = at_rows
    place = 1 - slots.index(row)
    if slots[place] < 0 or not has_independent_columns(algebra, number, place):
        return None
    axes = ((ROW, algebra.atoms[number].dims[place]), matrix.axes[1])
    return _made(algebra, axes, [factor for factor in factors if factor is not at_rows[0]], (slots[place], column))


def _half(algebra: Algebra, matrix: Tensor) -> Tensor | None:
    """rank(A Aᵀ) = rank(A)."""
    (network,) = matrix.terms
    word = word_of(network) or ()
    middle, odd = divmod(len(word), 2)
    mirrored = all(a == b and (algebra.is_symmetric(a) or s != t) for (a, s), (b, t) in zip(word, reversed(word), strict=True))
    return spelled(algebra, word[:middle]) if word and mirrored and not odd else None


def _inside(algebra: Algebra, matrix: Tensor) -> Tensor | None:
    """rank(A⁺) = rank(A A⁺) = rank(A)."""
    ((factors, free),) = matrix.terms
    if len(factors) != 1 or set(factors[0][1]) != set(free):
        return None
    atom = algebra.atoms[factors[0][0]]
    return atom.argument if atom.kind in ("pseudo-inverse", "range") else None


RULES: tuple[Callable[[Algebra, Tensor], Tensor | None], ...] = (_without_scales, _without_injective, _half, _inside)
"""What leaves the rank of a network as it is, at its rows; for the columns each is applied to the transpose, since rank(Aᵀ) = rank(A)."""


def has_independent_columns(algebra: Algebra, number: int, place: int) -> bool:
    """Whether the atom takes only zero to zero, as a map from its slot at a place to the other one."""
    return (number, place) in algebra.full_rank or algebra.atoms[number].kind == "inverse"
