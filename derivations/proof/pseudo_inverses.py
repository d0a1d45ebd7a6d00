"""The Moore–Penrose pseudo-inverse in the normal form: an atom, with the four Penrose equations as rules.

The equations say that E = A A⁺ and F = A⁺ A are symmetric. A network has no order of rows and columns, so as rules these two would go
round in circles; instead E and F are symmetric atoms of their own, the orthogonal projections onto the ranges of A and of Aᵀ.
(Penrose, A generalized inverse for matrices, Proc. Cambridge Phil. Soc. 51, 1955.)

They have one solution. So where the transpose, its scales turned into their reciprocals, meets them, it is the pseudo-inverse: of matrices with
orthonormal columns, of projections, of U diag(σ) Vᵀ.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.language.errors import UnsupportedError
from derivations.language.terms import Index
from derivations.proof.algebra import Algebra, EndlessRewriting
from derivations.proof.atoms import leading_sign, scalar_atom
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Factor, components, degrees, merged, shifted
from derivations.proof.powers import times, turned
from derivations.proof.ranks import rank
from derivations.proof.signs import is_known_nonzero
from derivations.proof.tensors import COLUMN, INNER, ROW, Atom, Tensor

__all__ = ["PSEUDO_INVERSE", "RANGE", "pseudo_inverse"]

PSEUDO_INVERSE, RANGE = "pseudo-inverse", "range"
"""The kinds of the atoms A⁺ and A A⁺, both with the argument A."""

_ORIGIN = "definition of a pseudo-inverse (Penrose)"
_RANK_ORIGIN = "the trace of a projection is its rank"


def pseudo_inverse(algebra: Algebra, operand: Tensor) -> Tensor:
    """A⁺ of a tensor A on rows and columns: (c A)⁺ = c⁺ A⁺, (Aᵀ)⁺ = (A⁺)ᵀ, and x⁺ = (xᵀx)⁺ xᵀ of a vector.

    Raises:
        UnsupportedError: the operand varies with an index.
    """
    if any(isinstance(label, Index) for label in operand.labels):
        raise UnsupportedError("the pseudo-inverse of a matrix that varies with an index")
    if not operand:
        return turned(algebra, operand)
    if not operand.axes:
        return _of_scalar(algebra, operand)
    if len(operand.axes) == 1:
        square = algebra.multiply(operand, operand, operand.labels[0])
        return algebra.multiply(_of_scalar(algebra, square), turned(algebra, operand))
    if len(operand.terms) == 1:
        ((network, coefficient),) = operand
        plain = Tensor(operand.axes, {network: Coefficient.number(1)})
        return algebra.multiply(_of_scalar(algebra, algebra.constant(coefficient)), _of_network(algebra, plain))
    return _of_matrix(algebra, operand)


def _of_scalar(algebra: Algebra, z: Tensor) -> Tensor:
    """1/z where z is known not to be 0, else an atom; a rational factor is taken out."""
    if is_known_nonzero(algebra, z):
        return algebra.apply("reciprocal", z)
    scale, plain = _monic(algebra, z)
    return algebra.scale(algebra.constant(scalar_atom(algebra, PSEUDO_INVERSE, algebra.as_scalar(plain))), scale)


def _of_network(algebra: Algebra, operand: Tensor) -> Tensor:
    """(x yᵀ)⁺ = (yᵀ)⁺ x⁺; I⁺ = I, (A⁺)⁺ = A, (A⁻¹)⁺ = A, and a projection is its own pseudo-inverse."""
    ((factors, free),) = operand.terms
    if not factors and len(set(free)) == 1:
        return operand
    left, _ = components(factors, free[:1])
    if not any(free[1] in slots for _, slots in left) and len(set(free)) == 2:
        return _of_outer(algebra, operand, left)
    if len(factors) == 1 and set(factors[0][1]) == set(free):
        atom = algebra.atoms[factors[0][0]]
        if atom.kind == RANGE:
            return operand
        if atom.kind in (PSEUDO_INVERSE, "inverse") and atom.argument is not None:
            return atom.argument if factors[0][1] == free else turned(algebra, atom.argument)
    return _of_matrix(algebra, operand)


def _of_outer(algebra: Algebra, operand: Tensor, left: list[Factor]) -> Tensor:
    """(x yᵀ)⁺ = (yᵀ)⁺ x⁺, where the factors of x are those on the left."""
    ((factors, free),) = operand.terms
    right = [factor for factor in factors if factor not in left]
    sides = zip(operand.axes, (left, right), free, strict=True)
    x, y = (algebra.normal((axis,), [(Coefficient.number(1), part, (slot,), {})]) for axis, part, slot in sides)
    return algebra.multiply(pseudo_inverse(algebra, y), pseudo_inverse(algebra, x))


def _of_matrix(algebra: Algebra, operand: Tensor) -> Tensor:
    """The solution of the Penrose equations that is written down at once, or the atom of the operand or of its transpose, whichever is known."""
    if (solution := _solution(algebra, operand)) is not None:
        return solution
    (scale, plain), (other_scale, other) = _monic(algebra, operand), _monic(algebra, turned(algebra, operand))
    symmetric = scale == other_scale and plain.key == other.key  # and not of opposite sign
    atom, turned_atom = _atom_of(plain, other, symmetric), _atom_of(other, plain, symmetric)
    if algebra.known(turned_atom) and not algebra.known(atom):
        return algebra.scale(algebra.factor(algebra.atom(turned_atom), [COLUMN, ROW]), other_scale)
    is_new = not algebra.known(atom)
    number = algebra.atom(atom)
    if is_new:
        _define(algebra, number, plain, other)
    return algebra.scale(algebra.factor(number, [ROW, COLUMN]), scale)


_MOST_TERMS = 3


def _solution(algebra: Algebra, operand: Tensor) -> Tensor | None:
    """The transpose with reciprocal scales, if it meets the Penrose equations."""
    if len(operand.terms) > _MOST_TERMS:
        return None
    try:
        with algebra.rules.apart() as fired:
            candidate = _with_reciprocal_scales(algebra, turned(algebra, operand))
            if candidate is None or not _is_pseudo_inverse(algebra, operand, candidate):
                return None
    except EndlessRewriting:
        return None
    algebra.rules.fired.update(fired)
    return candidate


def _with_reciprocal_scales(algebra: Algebra, operand: Tensor) -> Tensor | None:
    """A diag(1/s) B for the network A diag(s) B; of a sum, itself. None where a scale may be 0, or there is nothing that could help."""
    scales = [factor for factors, _ in operand.terms for factor in factors if len(factor[1]) == 1]
    if not scales or len(operand.terms) > 1:
        return operand if algebra.rules and not scales else None
    ((factors, free),) = operand.terms
    coefficient, pieces = Coefficient.number(1), [factor for factor in factors if factor not in scales]
    pairs: list[tuple[int, int]] = []
    fresh = 1 + max(degrees(factors, free), default=0)
    for number, slots in scales:
        scale = algebra.factor(number, [ROW])
        if not is_known_nonzero(algebra, scale):
            return None
        for network, factor in algebra.apply("reciprocal", scale):
            moved, (end,) = shifted(network, fresh)
            fresh = 1 + max(degrees(moved, (end,)))
            coefficient, pieces, pairs = coefficient * factor, [*pieces, *moved], [*pairs, (end, slots[0])]
    joined = merged(pieces, free, pairs)
    return algebra.normal(operand.axes, [(coefficient, list(joined[0]), joined[1], {})]) if joined is not None else None


def _is_pseudo_inverse(algebra: Algebra, a: Tensor, b: Tensor) -> bool:
    """A B A = A and B A B = B, with A B and B A symmetric (Penrose)."""
    ab, ba = times(algebra, a, b), times(algebra, b, a)
    return all(
        not algebra.subtract(left, right)
        for left, right in ((ab, turned(algebra, ab)), (ba, turned(algebra, ba)), (times(algebra, ab, a), a), (times(algebra, ba, b), b))
    )


def _atom_of(operand: Tensor, turned: Tensor, symmetric: bool) -> Atom:
    return Atom(PSEUDO_INVERSE, tuple(dim for _, dim in turned.axes), None, operand, symmetric)


def _define(algebra: Algebra, number: int, a: Tensor, turned: Tensor) -> None:
    """P A = F, A P = E; E A = A, A F = A, P E = P, F P = P, E² = E, F² = F and tr E = tr F = rank A, as rules; E and F are symmetric atoms."""
    p = algebra.factor(number, [ROW, COLUMN])
    e, f = _projection(algebra, a), _projection(algebra, turned)
    for left, right, product in ((a, p, e), (p, a, f), (e, a, a), (a, f, a), (p, e, p), (f, p, p), (e, e, e), (f, f, f)):
        joined = algebra.relabel(left, {COLUMN: INNER}), algebra.relabel(right, {ROW: INNER})
        with algebra.rules.apart() as fired:
            equation = algebra.subtract(algebra.multiply(*joined, INNER), product)
        algebra.rules.add(algebra, equation, _ORIGIN, fired)
    size = rank(algebra, a)
    for projection in (e, f):
        algebra.ring.assume_zero(algebra.as_scalar(_trace(algebra, projection)) - size, _RANK_ORIGIN)


def _trace(algebra: Algebra, square: Tensor) -> Tensor:
    return algebra.contract(algebra.relabel(square, {COLUMN: ROW}), ROW)


def _projection(algebra: Algebra, onto: Tensor) -> Tensor:
    rows = onto.axes[0][1]
    return algebra.factor(algebra.atom(Atom(RANGE, (rows, rows), None, onto, symmetric=True)), [ROW, COLUMN])


def _monic(algebra: Algebra, tensor: Tensor) -> tuple[Fraction, Tensor]:
    """The rational scale that makes the first coefficient 1, and the tensor times it."""
    scale = 1 / leading_sign(tensor)
    return scale, algebra.scale(tensor, scale)
