"""From normal form back to a term that a person can read: the right answer of a gradient, or what is left over.

Each network is contracted to products, entrywise products and sums over samples, edge by edge. It is a convenience, not part of
a proof: what it answers is checked against the normal form before it is shown, and where it finds no spelling it answers None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import mul

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.constructors import ones, zeros
from derivations.language.errors import DerivationError
from derivations.language.implicit import Rank
from derivations.language.laws import Expectation, Law
from derivations.language.operators import Function
from derivations.language.shapes import Dim, Shape, sides
from derivations.language.terms import Family, Index, Number, Symbol, Term
from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.moments import MOMENT
from derivations.proof.networks import Factor, Slots, degrees
from derivations.proof.powers import ENTRYWISE_SUM, SUM
from derivations.proof.pseudo_inverses import PSEUDO_INVERSE, RANGE
from derivations.proof.ranks import RANK
from derivations.proof.recurrences import TermOfSequence
from derivations.proof.tensors import COLUMN, ROW, Atom, Label, Tensor

__all__ = ["shape_of", "term_of"]


class _NoSpelling(Exception):
    """This network has no spelling by the operators that are tried."""


def term_of(algebra: Algebra, tensor: Tensor, shape: Shape) -> Term | None:
    """A term of the given shape with this normal form; None if no spelling is found."""
    try:
        return _Reader(algebra, _letters_in_use(algebra, tensor)).term(tensor, shape)
    except (_NoSpelling, DerivationError):
        return None


def _letters_in_use(algebra: Algebra, tensor: Tensor) -> list[str]:
    """The names that the index of a sum must not have: a free one would be captured, any other would be misread."""
    names = [label.name for label in tensor.labels if isinstance(label, Index)]
    names += [atom.name.name for atom in algebra.atoms if isinstance(atom.name, Symbol | Family | tm.Dimension)]
    return names + [dim.name for atom in algebra.atoms for dim in atom.dims if not isinstance(dim, int)]


def shape_of(tensor: Tensor) -> Shape:
    """The shape of a term on the tensor's rows and columns."""
    dims = dict(tensor.axes)
    rows, columns = dims.get(ROW, 1), dims.get(COLUMN, 1)
    return () if rows == 1 and columns == 1 else (rows, columns)


@dataclass
class _Piece:
    """A scalar, vector (n, 1) or matrix term on zero, one or two edges; a symmetric one is not transposed."""

    term: Term
    edges: tuple[int, ...]
    symmetric: bool = False


@dataclass
class _Reader:
    algebra: Algebra
    taken: list[str]

    def term(self, tensor: Tensor, shape: Shape) -> Term:
        """The sum of its monomials."""
        total: Term | None = None
        for (factors, free), coefficient in sorted(tensor.terms.items(), key=lambda item: item[0]):
            ends: dict[Label, int] = dict(zip(tensor.labels, free, strict=True))
            for negative, scale in self._signed(coefficient):
                monomial = self._scaled(scale, self._monomial(factors, ends, dict(tensor.axes), shape))
                total = monomial if total is None else total
                if total is monomial:
                    total = -monomial if negative else monomial
                else:
                    total = total - monomial if negative else total + monomial
        return zeros(*shape) if total is None else total

    def _signed(self, coefficient: Coefficient) -> Iterable[tuple[bool, Coefficient]]:
        negative = coefficient.leading < 0
        yield negative, -coefficient if negative else coefficient

    def _scaled(self, scale: Coefficient, term: Term) -> Term:
        if scale.constant == 1:
            return term
        factor = self.scalar(scale)
        return factor if isinstance(term, Number) and term.value == 1 else factor * term

    def scalar(self, coefficient: Coefficient) -> Term:
        """A coefficient as a scalar term."""
        over = self._polynomial(Coefficient(coefficient.numerator))
        return over if coefficient.is_polynomial else over / self._polynomial(Coefficient(coefficient.denominator))

    def _polynomial(self, polynomial: Coefficient) -> Term:
        total: Term | None = None
        for number, powers in polynomial.monomials():
            size = abs(number) if total is not None else number
            product: Term | None = None if size == 1 and powers else Number(size)
            for generator, exponent in sorted(powers.items()):
                base = self._monomial(self.algebra.ring.owners[generator][0], {}, {}, ())
                power = base if exponent == 1 else base**exponent
                product = power if product is None else product * power
            if product is not None:
                total = product if total is None else total - product if number < 0 else total + product
        return Number(Fraction(0)) if total is None else total

    # ------------------------------------------------------------------------------------------------------ one network

    def _monomial(self, factors: Iterable[Factor], ends: dict[Label, int], dims: dict[Label, Dim], shape: Shape) -> Term:
        entries, factors = self._fixed_entries(list(factors))
        if any(slot < 0 for slots in (*(slots for _, slots in factors), tuple(ends.values())) for slot in slots):
            raise _NoSpelling("fixed positions")
        edge_dims = {edge: dim for number, slots in factors for edge, dim in zip(slots, self.algebra.atoms[number].dims, strict=True)}
        edge_dims |= {edge: dims[label] for label, edge in ends.items()}
        indices = self._indices(factors, ends, edge_dims)
        summed = [index for edge, index in indices.items() if edge not in ends.values()]
        pieces = [self._piece(factor, indices) for factor in factors]
        pieces += self._deltas(ends, indices) + entries
        row, column = ends.get(ROW), ends.get(COLUMN)
        if {row, column} & indices.keys():
            raise _NoSpelling("an axis that is an index too")
        body = _Contraction(pieces, row, column, edge_dims, shape).term()
        for index in summed:
            body = op.Sum(index, body)
        return body

    def _fixed_entries(self, factors: list[Factor]) -> tuple[list[_Piece], list[Factor]]:
        """The single entries of symbols among the factors, and the other factors."""
        entries, others = [], []
        for number, slots in factors:
            name = _name_of(self.algebra.atoms[number])
            if slots and name is not None and all(slot < 0 for slot in slots):
                row, column = (*(-slot for slot in slots), 1)[:2]
                entries.append(_Piece(tm.Entry(name, row, column), ()))
            else:
                others.append((number, slots))
        return entries, others

    def _deltas(self, ends: dict[Label, int], indices: dict[int, Index]) -> list[_Piece]:
        """Free indices on one edge are equal."""
        labelled = [(label, edge) for label, edge in ends.items() if isinstance(label, Index)]
        return [_Piece(tm.Delta(label, indices[edge]), ()) for label, edge in labelled if indices[edge] != label]

    def _indices(self, factors: list[Factor], ends: dict[Label, int], dims: dict[int, Dim]) -> dict[int, Index]:
        """The edges that are sample axes, each with its index: free ones keep theirs, summed ones get a new letter."""
        found: dict[int, Index] = {}
        for label, edge in ends.items():
            if isinstance(label, Index):
                found.setdefault(edge, label)
        for number, slots in factors:
            for place in self._sample_axes(number):
                if slots[place] not in found:
                    found[slots[place]] = self._fresh(dims[slots[place]])
        return found

    def _sample_axes(self, number: int) -> list[int]:
        """The places of an atom's sample axes."""
        atom = self.algebra.atoms[number]
        if isinstance(atom.name, Family):
            return list(range(len(atom.name.axes)))
        if atom.argument is None:
            return []
        found = set()
        for factors, free in atom.argument.terms:
            for inner, slots in factors:
                found |= {free.index(slots[place]) for place in self._sample_axes(inner) if slots[place] in free}
        return sorted(found)

    def _fresh(self, dim: Dim) -> Index:
        names = [letter for letter in "ijklmpqrstuv" if letter not in self.taken]
        if not names:
            raise _NoSpelling("too many sums")
        self.taken.append(names[0])
        return Index(names[0], dim)

    def _piece(self, factor: Factor, indices: dict[int, Index]) -> _Piece:
        number, slots = factor
        atom = self.algebra.atoms[number]
        edges = tuple(slot for slot in slots if slot not in indices)
        if isinstance(atom.name, Family):
            count = len(atom.name.axes)
            return self._oriented(atom.name[tuple(indices[slot] for slot in slots[:count])], edges, slots[count:])
        if atom.kind == SUM and atom.argument is not None and isinstance(atom.name, tm.Dimension):
            return _Piece(self._series(atom.name, atom.argument), edges, atom.symmetric)
        if (name := _name_of(atom)) is not None:
            return self._oriented(name, edges, slots)
        if atom.kind == MOMENT:
            return self._moment(atom, edges)
        if atom.argument is None:
            raise _NoSpelling(atom.kind)
        if atom.kind in _WHOLE:
            return _Piece(_WHOLE[atom.kind](self.term(atom.argument, shape_of(atom.argument))), edges, atom.symmetric)
        labels: dict[Label, Label] = {}
        sides_left = iter((ROW, COLUMN))
        for label, slot in zip(atom.argument.labels, slots, strict=True):
            labels[label] = indices[slot] if slot in indices else next(sides_left, "")
        if "" in labels.values():
            raise _NoSpelling("more than two axes")
        argument = self.algebra.relabel(atom.argument, labels)
        if atom.kind == ENTRYWISE_SUM and isinstance(atom.name, tm.Dimension):
            return _Piece(self._series(atom.name, argument), edges)
        function, order = ("tanh", 1) if atom.kind == "tanh slope" else (atom.kind, 0)
        return _Piece(op.Apply(Function(function), self.term(argument, shape_of(argument)), order), edges)

    def _moment(self, atom: Atom, edges: tuple[int, ...]) -> _Piece:
        """The expectation of a name, of a product of scalars, or of an outer product of two vectors."""
        laws: tuple[tuple[Law, int], ...] = atom.name  # type: ignore[assignment]
        names = [law.name for law, count in laws for _ in range(count)]
        symbols = [name for name in names if isinstance(name, Symbol)]
        vectors = all(len(symbol.shape) == 2 and symbol.shape[1] == 1 for symbol in symbols)
        if len(symbols) < len(names) or not (len(names) == 1 or not edges or (len(names) == 2 and vectors)):
            raise _NoSpelling("a moment")
        body = symbols[0] if len(names) == 1 else reduce(mul, symbols) if not edges else symbols[0] @ symbols[1].T
        return self._oriented(Expectation(body, tuple(dict.fromkeys(symbols)), tuple(law for law, _ in laws)), edges, edges)

    def _series(self, length: tm.Dimension, base: Tensor) -> Term:
        """The sum of the powers of a scalar or a matrix; of a vector, that of each entry."""
        counter = tm.Dimension(self._fresh(length).name, 0)
        term = self.term(base, shape_of(base))
        if not term.shape or len(base.axes) == 2:
            return op.Series(counter, length, term**counter)
        return tm.Diagonal(op.Series(counter, length, tm.Diag(term) ** counter))

    @staticmethod
    def _oriented(term: Term, edges: tuple[int, ...], slots: Slots) -> _Piece:
        if edges != slots:
            raise _NoSpelling("an axis that is an index too")
        return _Piece(term.T if len(edges) == 1 and sides(term.shape)[1] != 1 else term, edges)


def _name_of(atom: Atom) -> Term | None:
    """The term that an atom stands for, where it is no function of a tensor."""
    if atom.argument is not None:
        return None
    if isinstance(atom.name, TermOfSequence):
        return atom.name.spelled
    return atom.name if isinstance(atom.name, Symbol | tm.Dimension | tm.Member) else None


_WHOLE: dict[str, Callable[[Term], Term]] = {
    "inverse": tm.Inverse,
    "determinant": tm.Determinant,
    PSEUDO_INVERSE: tm.PseudoInverse,
    RANGE: lambda operand: operand @ tm.PseudoInverse(operand),
    RANK: Rank,
}
"""The atoms that are functions of a matrix as a whole."""


@dataclass
class _Contraction:
    """Pieces on edges, contracted until only the row and column edges are left."""

    pieces: list[_Piece]
    row: int | None
    column: int | None
    dims: dict[int, Dim]
    shape: Shape

    def term(self) -> Term:
        """The product as a term of the wanted shape."""
        inner = [edge for edge in degrees([(0, piece.edges) for piece in self.pieces]) if edge not in (self.row, self.column)]
        for edge in sorted(inner, key=self._load):
            self._sum_over(edge)
        scalars = [piece.term for piece in self.pieces if not piece.edges]
        rest = [piece for piece in self.pieces if piece.edges]
        body = self._outer(rest)
        for scalar in reversed(scalars):
            body = scalar if isinstance(body, Number) and body.value == 1 else scalar * body
        return body

    def _load(self, edge: int) -> int:
        return sum(edge in piece.edges for piece in self.pieces)

    def _take(self, choose: Callable[[_Piece], bool]) -> list[_Piece]:
        taken = [piece for piece in self.pieces if choose(piece)]
        self.pieces = [piece for piece in self.pieces if not choose(piece)]
        return taken

    def _sum_over(self, edge: int) -> None:
        around = self._take(lambda piece: edge in piece.edges)
        vectors = [_as_vector(piece) for piece in around if len(set(piece.edges)) == 1]
        matrices = [piece for piece in around if len(set(piece.edges)) == 2]
        if len(matrices) > 2:
            raise _NoSpelling("three matrices on one edge")
        if not matrices and len(vectors) > 1:
            self.pieces.append(_Piece(_entrywise(vectors[:-1]).T @ vectors[-1], ()))
            return
        vector = _entrywise(vectors) if vectors else None
        if not matrices:
            self.pieces.append(_Piece(ones(self.dims[edge]).T @ vector, ()) if vector is not None else _Piece(Number(Fraction(1)), ()))
            return
        ends = [next(e for e in piece.edges if e != edge) for piece in matrices]
        first = _turned(matrices[0], ends[0])
        if len(matrices) == 1:
            self.pieces.append(_Piece(first @ (vector if vector is not None else ones(self.dims[edge])), (ends[0],)))
            return
        middle = first if vector is None else first @ tm.Diag(vector)
        self.pieces.append(_Piece(middle @ _turned(matrices[1], edge), (ends[0], ends[1])))

    def _outer(self, rest: list[_Piece]) -> Term:
        at = {edge: [_as_vector(piece) for piece in rest if set(piece.edges) == {edge}] for edge in (self.row, self.column) if edge is not None}
        if self.row is None and self.column is None:
            return Number(Fraction(1))
        if self.row is None or self.column is None or self.row == self.column:
            (vectors,) = at.values()
            edge = next(iter(at))
            if self.row == self.column:
                return tm.Diag(_entrywise(vectors)) if vectors else tm.Identity(self.dims[edge])
            vector = _entrywise(vectors) if vectors else ones(self.dims[edge])
            return vector if self.row is not None else vector.T
        left, right = (_entrywise(at[edge]) if at[edge] else None for edge in (self.row, self.column))
        matrices = [_turned(piece, self.row) for piece in rest if len(set(piece.edges)) == 2]
        if not matrices:
            return (ones(self.dims[self.row]) if left is None else left) @ (ones(self.dims[self.column]) if right is None else right).T
        matrix = _entrywise(matrices)
        matrix = matrix if left is None else tm.Diag(left) @ matrix
        return matrix if right is None else matrix @ tm.Diag(right)


def _as_vector(piece: _Piece) -> Term:
    return tm.Diagonal(piece.term) if len(piece.edges) == 2 else piece.term


def _turned(piece: _Piece, first: int) -> Term:
    """The matrix with the given edge as its rows."""
    return piece.term if piece.symmetric or piece.edges[0] == first else piece.term.T


def _entrywise(terms: list[Term]) -> Term:
    product = terms[0]
    for term in terms[1:]:
        product = tm.Hadamard(product, term)
    return product
