"""The determinant in the normal form: the product of those of square factors, else an atom. (Horn & Johnson, Matrix Analysis, 0.3, 0.8.)"""

from __future__ import annotations

from derivations.language.errors import UnsupportedError
from derivations.language.terms import Index
from derivations.proof.algebra import Algebra
from derivations.proof.completion import Word, spelled, word_of
from derivations.proof.networks import Network, components
from derivations.proof.tensors import COLUMN, ROW, Atom, Tensor

__all__ = ["determinant"]

_LARGEST_BY_MINORS = 4


def determinant(algebra: Algebra, operand: Tensor) -> Tensor:
    """The determinant of a tensor on rows and columns of one dimension.

    Raises:
        UnsupportedError: the operand varies with an index.
    """
    size = operand.axes[-1][1]
    if isinstance(size, int) and size <= _LARGEST_BY_MINORS:
        return _by_minors(algebra, operand, list(range(1, size + 1)), list(range(1, size + 1)))
    if any(isinstance(label, Index) for label in operand.labels):
        raise UnsupportedError("the determinant of a matrix that varies with an index")
    if not operand:
        return algebra.constant(0)
    factors = _square_factors(algebra, operand)
    if factors is not None:
        result = algebra.constant(1)
        for factor in factors:
            result = algebra.multiply(result, _of_factor(algebra, factor))
        return result
    return _one_more_than_rank_one(algebra, operand) or _atom(algebra, operand)


def _by_minors(algebra: Algebra, matrix: Tensor, rows: list[int], columns: list[int]) -> Tensor:
    if not rows:
        return algebra.constant(1)
    total = algebra.constant(0)
    for k, column in enumerate(columns):
        entry = algebra.fix(algebra.fix(matrix, ROW, rows[0]), COLUMN, column)
        minor = _by_minors(algebra, matrix, rows[1:], columns[:k] + columns[k + 1 :])
        total = algebra.add(total, algebra.scale(algebra.multiply(entry, minor), (-1) ** k))
    return total


def _square_factors(algebra: Algebra, operand: Tensor) -> list[Word] | None:
    """The shortest square factors of a product without a coefficient; none of the identity."""
    if len(operand.terms) != 1:
        return None
    ((network, coefficient),) = operand
    word = () if _is_identity(network) else word_of(network)
    if coefficient.constant != 1 or word is None:
        return None
    factors: list[Word] = []
    begun: Word = ()
    for letter in word:
        begun = (*begun, letter)
        number, transposed = letter
        if algebra.atoms[number].dims[0 if transposed else 1] == operand.axes[-1][1]:
            factors.append(begun)
            begun = ()
    return factors


def _of_factor(algebra: Algebra, factor: Word) -> Tensor:
    """det A⁻¹ = 1 / det A, which is not 0 where an inverse stands in the text."""
    atom = algebra.atoms[factor[0][0]]
    if len(factor) == 1 and atom.kind == "inverse" and atom.argument is not None:
        return algebra.apply("reciprocal", determinant(algebra, atom.argument))
    return _atom(algebra, spelled(algebra, factor))


def _one_more_than_rank_one(algebra: Algebra, operand: Tensor) -> Tensor | None:
    """det(I + u vᵀ) = 1 + vᵀ u."""
    others = [network for network in operand.terms if not _is_identity(network)]
    if len(operand.terms) != 2 or len(others) != 1 or any(c.constant != 1 for network, c in operand if _is_identity(network)):
        return None
    (network,) = others
    factors, (row, column) = network
    reached, _ = components(factors, (row,))
    if row == column or any(column in slots for _, slots in reached):
        return None
    outer = Tensor(operand.axes, {network: operand.terms[network]})
    return algebra.add(algebra.constant(1), algebra.contract(algebra.relabel(outer, {COLUMN: ROW}), ROW))


def _atom(algebra: Algebra, operand: Tensor) -> Tensor:
    """The atom of a matrix or of its transpose, whichever is known."""
    flipped = Atom("determinant", (), None, algebra.relabel(operand, {ROW: COLUMN, COLUMN: ROW}))
    return algebra.factor(algebra.atom(flipped if algebra.known(flipped) else Atom("determinant", (), None, operand)), [])


def _is_identity(network: Network) -> bool:
    factors, free = network
    return not factors and len(free) == 2 and free[0] == free[1] >= 0
