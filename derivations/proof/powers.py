"""Symbolic powers and geometric sums: M^k and Σ_{i<k} M^i, for a counter k.

One atom suffices: S_k = Σ_{i<k} M^i. By definition S_{k+1} = I + M·S_k, and M^k = I + (M − I)·S_k, as the sum telescopes; both without
division. S_k commutes with whatever commutes with M. So steps of induction are plain equalities of normal forms. The same holds
for scalars, with 1 for I.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from derivations.language.errors import UnsupportedError
from derivations.language.terms import Add, Dimension, Index, Number, Term
from derivations.proof.algebra import Algebra, Monomial
from derivations.proof.atoms import atom_of, constant_of, is_constant
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Network, degrees
from derivations.proof.scalar_powers import SUM, scalar_power, scalar_sum
from derivations.proof.tensors import COLUMN, INNER, ROW, Atom, Label, Tensor

__all__ = [
    "ENTRYWISE_SUM", "SUM", "Link", "counted", "diagonal_matrix", "entrywise_sum", "geometric_sum", "is_diagonal", "let_commute", "power", "similar",
    "times", "turned",
]

_MOST_STEPS = 16
_Names: TypeAlias = tuple[Label, Label]
_ORIGIN = "M F = F N, so M**i F = F N**i for every i"
ENTRYWISE_SUM = "entrywise geometric sum"
"""The kind of the atoms S_k of every entry of a tensor, with the counter k for a name."""


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
    """M^(k + c) = M^c (I + (M − I) S_k); of a scalar by its factors."""
    counter, steps = counted(exponent)
    result = _one(algebra, base)
    if counter is not None and is_constant(base) and not {ROW, COLUMN} & set(base.labels):
        result = algebra.constant(scalar_power(algebra, constant_of(base), counter), base.axes)
    elif counter is not None:
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


def turned(algebra: Algebra, tensor: Tensor) -> Tensor:
    """The transpose."""
    return algebra.relabel(tensor, {ROW: COLUMN, COLUMN: ROW})


def _one(algebra: Algebra, like: Tensor) -> Tensor:
    axes = tuple((label, dim) for label, dim in like.axes if label in (ROW, COLUMN))
    return algebra.wire(axes, (0, 0)) if axes else algebra.constant(1)


def _sum_atom(algebra: Algebra, base: Tensor, counter: Dimension) -> Tensor:
    """S_k of a scalar, of a matrix, or of the entries of a diagonal one."""
    if is_diagonal(base):
        return diagonal_matrix(algebra, base, entrywise_sum(algebra, algebra.relabel(base, {COLUMN: ROW}), counter))
    if not {ROW, COLUMN} & set(base.labels):
        return entrywise_sum(algebra, base, counter)
    if any(isinstance(label, Index) for label in base.labels):
        raise UnsupportedError("a symbolic power of what varies with an index")
    flipped = turned(algebra, base)
    atom, other = (Atom(SUM, tuple(dim for _, dim in m.axes), counter, m, symmetric=flipped.key == base.key) for m in (base, flipped))
    if algebra.known(other) and not algebra.known(atom):
        return algebra.factor(algebra.atom(other), [COLUMN, ROW])  # the sum of the powers of Aᵀ is the transpose of that of A's
    if algebra.known(atom):
        return algebra.factor(algebra.atom(atom), [ROW, COLUMN])
    links = [link for link in similar(algebra, base) if is_diagonal(link.inner) or _knows_sum(algebra, link.inner, counter)]
    inner_sums = [_sum_atom(algebra, link.inner, counter) for link in links]
    number = algebra.atom(atom)
    let_commute(algebra, number, base)
    for link, inner in zip(links, inner_sums, strict=True):
        link.carry(algebra, number, inner, _ORIGIN)
    for function, matrix in [pair for pair in algebra.matrix_functions if _is_sum(algebra.atoms[pair[0]], counter) and pair[0] != number]:
        for link in similar(algebra, matrix):
            if base.key in (link.inner.key, turned(algebra, link.inner).key):
                link.carry(algebra, function, _sum_atom(algebra, link.inner, counter), _ORIGIN)
    return algebra.factor(number, [ROW, COLUMN])


def _is_sum(atom: Atom, counter: Dimension) -> bool:
    return atom.kind == SUM and atom.name == counter


def _knows_sum(algebra: Algebra, base: Tensor, counter: Dimension) -> bool:
    ways = (base, turned(algebra, base))
    return any(algebra.known(Atom(SUM, tuple(dim for _, dim in way.axes), counter, way)) for way in ways)


def entrywise_sum(algebra: Algebra, base: Tensor, counter: Dimension) -> Tensor:
    """S_k of every entry, on the axes of the base; S_k(1) = k."""
    if not is_constant(base):
        return atom_of(algebra, ENTRYWISE_SUM, base, counter)
    return algebra.constant(scalar_sum(algebra, constant_of(base), counter), base.axes)


def is_diagonal(matrix: Tensor) -> bool:
    """Whether the entries off the diagonal of a square matrix certainly vanish."""
    if not {ROW, COLUMN} <= set(matrix.labels):
        return False
    row, column = map(matrix.labels.index, (ROW, COLUMN))
    return all(free[row] == free[column] for _, free in matrix.terms)


def diagonal_matrix(algebra: Algebra, like: Tensor, entries: Tensor) -> Tensor:
    """The diagonal matrix with the entries, which stand on rows, on the axes of another matrix."""
    axes = tuple((label, dim) for label, dim in like.axes if label in (ROW, COLUMN))
    return algebra.multiply(entries, algebra.wire(axes, (0, 0)))


@dataclass(frozen=True, slots=True)
class Link:
    """M F = F N, for a matrix M or (`of_transpose`) for its transpose; F is an atom with these names for its slots."""

    of_transpose: bool
    number: int
    names: _Names
    inner: Tensor

    def carry(self, algebra: Algebra, function: int, inner: Tensor, origin: str) -> None:
        """From now on f(M) F = F f(N), as a rule, for the atom f(M) and the tensor f(N)."""
        outer = algebra.factor(self.number, self.names)
        left = algebra.factor(function, [COLUMN, ROW] if self.of_transpose else [ROW, COLUMN])
        with algebra.rules.apart() as fired:
            equation = algebra.subtract(times(algebra, left, outer), times(algebra, outer, inner))
        algebra.rules.add(algebra, equation, origin, fired)


def similar(algebra: Algebra, base: Tensor) -> list[Link]:
    """The matrices N with M F = F N, where M is the base and F the first factor of one of its networks; likewise for the transpose."""
    links: list[Link] = []
    for of_transpose in (False, True):
        matrix = turned(algebra, base) if of_transpose else base
        for number, names in dict.fromkeys(filter(None, (_first_factor(network) for network in matrix.terms))):
            inner = _divided(algebra, times(algebra, matrix, algebra.factor(number, names)), number, names)
            if inner is not None and inner.key != matrix.key:
                links.append(Link(of_transpose, number, names, inner))
    return links


def _first_factor(network: Network) -> tuple[int, _Names] | None:
    """The atom of the one matrix at the rows of a network, and which of its slots are its rows and columns."""
    factors, (row, _) = network
    at_rows = [factor for factor in factors if row in factor[1]]
    if len(at_rows) != 1 or degrees(factors, network[1])[row] != 2 or len(at_rows[0][1]) != 2:
        return None
    number, slots = at_rows[0]
    return number, ((ROW, COLUMN) if slots[0] == row else (COLUMN, ROW))


def _divided(algebra: Algebra, product: Tensor, number: int, names: _Names) -> Tensor | None:
    """N where the product is F N for the atom F; None where a network does not begin with F."""
    dims = dict(zip(names, algebra.atoms[number].dims, strict=True))
    axes = ((ROW, dims[COLUMN]), (COLUMN, dict(product.axes)[COLUMN]))
    raw: list[Monomial] = []
    for (factors, free), coefficient in product:
        if _first_factor((factors, free)) != (number, names):
            return None
        place = next(k for k, (_, slots) in enumerate(factors) if free[0] in slots)
        inner = next(slot for slot in factors[place][1] if slot != free[0])
        raw.append((coefficient, [factor for k, factor in enumerate(factors) if k != place], (inner, free[1]), {}))
    return algebra.normal(axes, raw)


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
