"""Symbolic powers and geometric sums: M^k and Σ_{i<k} M^i, for a counter k.

One atom suffices: S_k = Σ_{i<k} M^i. By definition S_{k+1} = I + M·S_k, and M^k = I + (M − I)·S_k, as the sum telescopes; both without
division. S_k commutes with whatever commutes with M. So steps of induction are plain equalities of normal forms. The same holds
for scalars, with 1 for I.
"""

from __future__ import annotations

from derivations.language.errors import UnsupportedError
from derivations.language.terms import Add, Dimension, Index, Number, Term
from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.tensors import COLUMN, INNER, ROW, Atom, Tensor

__all__ = ["counted", "geometric_sum", "power"]

_MOST_STEPS = 16


def counted(exponent: Term) -> tuple[Dimension | None, int]:
    """(k, c) for the exponent k + c with a counter k and a number c ≥ 0; (None, c) for a number.

    Raises:
        UnsupportedError: the exponent is nothing of the kind.
    """
    match exponent:
        case Number(value) if value.denominator == 1 and 0 <= value <= _MOST_STEPS:
            return None, int(value)
        case Dimension(_, 0):
            return exponent, 0
        case Add(left, right):
            (first, a), (second, b) = counted(left), counted(right)
            if first is None or second is None:
                return first or second, a + b
    raise UnsupportedError(f"the exponent or length {exponent}; expected a counter, a small number, or their sum")


def power(algebra: Algebra, base: Tensor, exponent: Term) -> Tensor:
    """M^(k + c) = M^c (I + (M − I) S_k)."""
    counter, steps = counted(exponent)
    result = _one(algebra, base)
    if counter is not None:
        without_one = algebra.subtract(base, _one(algebra, base))
        result = algebra.add(result, times(algebra, without_one, _sum_atom(algebra, base, counter)))
    for _ in range(steps):
        result = times(algebra, base, result)
    return result


def geometric_sum(algebra: Algebra, base: Tensor, length: Term) -> Tensor:
    """S_(k + c), by S_{j+1} = I + M·S_j from S_k, or from S_0 = 0."""
    counter, steps = counted(length)
    total = Tensor(base.axes, {}) if counter is None else _sum_atom(algebra, base, counter)
    for _ in range(steps):
        total = algebra.add(_one(algebra, base), times(algebra, base, total))
    return total


def times(algebra: Algebra, left: Tensor, right: Tensor) -> Tensor:
    """The matrix product, of a scalar or an outer one too; an index is no row and no column."""
    if COLUMN not in left.labels or ROW not in right.labels:
        return algebra.multiply(left, right)
    return algebra.multiply(algebra.relabel(left, {COLUMN: INNER}), algebra.relabel(right, {ROW: INNER}), INNER)


def _one(algebra: Algebra, like: Tensor) -> Tensor:
    axes = tuple((label, dim) for label, dim in like.axes if label in (ROW, COLUMN))
    return algebra.wire(axes, (0, 0)) if axes else algebra.constant(1)


def _sum_atom(algebra: Algebra, base: Tensor, counter: Dimension) -> Tensor:
    if any(isinstance(label, Index) for label in base.labels):
        raise UnsupportedError("a symbolic power of what varies with an index")
    flipped = algebra.relabel(base, {ROW: COLUMN, COLUMN: ROW})
    atom = Atom("geometric sum", tuple(dim for _, dim in base.axes), counter, base, symmetric=bool(base.axes) and flipped.key == base.key)
    is_new = not algebra.known(atom)
    number = algebra.atom(atom)
    result = algebra.factor(number, [ROW, COLUMN] if base.axes else [])
    if is_new and base.axes:
        let_commute(algebra, number, base)
    return result


def let_commute(algebra: Algebra, number: int, base: Tensor) -> None:
    """A function of a matrix (a geometric sum, the inverse) commutes with each network of the matrix that does, and with the functions
    of any matrix that does: F G = G F, as rules.
    """
    function = algebra.factor(number, [ROW, COLUMN])
    parts = [(Tensor(base.axes, {network: Coefficient.number(1)}),) * 2 for network in base.terms if network[0]]
    others = [(algebra.factor(other, [ROW, COLUMN]), matrix) for other, matrix in algebra.matrix_functions if matrix.axes == base.axes]
    for other, matrix in (*parts, *others):
        if not algebra.subtract(times(algebra, matrix, base), times(algebra, base, matrix)):
            with algebra.rules.apart() as fired:
                equation = algebra.subtract(times(algebra, function, other), times(algebra, other, function))
            algebra.rules.add(algebra, equation, "functions of one matrix commute", fired)
    algebra.matrix_functions.append((number, base))
