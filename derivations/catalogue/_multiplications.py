"""How many multiplications a term takes that is computed as it is written, read off the shapes of its factors.

A product of an (a, b) by a (b, c) matrix takes one multiplication for each of the a·b·c triples of a row, an inner index and a column; a factor
that is a diagonal matrix only scales rows or columns, one multiplication for each entry, and so does an entrywise product. Sums, transposes and
functions of the entries take none. A sequence takes what its first term and each of its steps take.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce, singledispatch

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.constructors import counter, series
from derivations.language.errors import UnsupportedError
from derivations.language.shapes import Dim, Shape, sides
from derivations.language.terms import Operand, Term, as_term

__all__ = ["Multiplications", "entries_of", "multiplications"]


@dataclass(frozen=True, slots=True)
class Multiplications:
    """The multiplications of matrix products, and those of scalings and entrywise products: summands, each a scalar term."""

    of_products: tuple[Term, ...] = ()
    of_scalings: tuple[Term, ...] = ()

    def __add__(self, other: Multiplications) -> Multiplications:
        return Multiplications(self.of_products + other.of_products, self.of_scalings + other.of_scalings)

    @property
    def products(self) -> Term:
        """Their number in products of matrices."""
        return _sum(self.of_products)

    @property
    def scalings(self) -> Term:
        """Their number in scalings and entrywise products."""
        return _sum(self.of_scalings)

    @property
    def total(self) -> Term:
        """All of them."""
        return _sum(self.of_products + self.of_scalings)


def multiplications(term: Term) -> Multiplications:
    """The multiplications of a term.

    Raises:
        UnsupportedError: it has a part whose cost is not known.
    """
    return sum(map(multiplications, _computed_once(term)), Multiplications()) + _own(term)


def entries_of(*terms: Term) -> Term:
    """The numbers that are stored to keep all of these."""
    return _sum(tuple(_size(term.shape) for term in terms))


def _sum(summands: tuple[Term, ...]) -> Term:
    return reduce(lambda total, summand: total + summand, summands) if summands else as_term(0)


def _product(*factors: Dim) -> Term:
    sizes: list[Operand] = [factor for factor in factors if factor != 1]  # type: ignore[misc]
    return reduce(lambda product, size: product * size, map(as_term, sizes)) if sizes else as_term(1)


def _size(shape: Shape) -> Term:
    return _product(*sides(shape))


def _computed_once(term: Term) -> tuple[Term, ...]:
    """The parts that are computed once where the term is: a sequence's step is computed again and again, and a squared norm takes no root."""
    if isinstance(term, op.Iterate):
        return term.initials
    squared = op.squared_norm(term)
    return (squared[0],) if squared is not None else tm.parts(term)


@singledispatch
def _own(term: Term) -> Multiplications:
    """The multiplications of a term, its parts being computed."""
    raise UnsupportedError(f"how many multiplications {type(term).__name__} takes in {term} is not known")


@_own.register(tm.Symbol | tm.Member | tm.Number | tm.Dimension | tm.Diag | tm.Transpose | tm.Add | tm.Subtract | op.Apply | op.Named)
def _free(term: Term) -> Multiplications:
    return Multiplications()


@_own.register
def _of_product(term: tm.MatMul) -> Multiplications:
    if isinstance(term.left, tm.Diag) or isinstance(term.right, tm.Diag):
        return Multiplications(of_scalings=(_size(term.shape),))
    (rows, inner), (_, columns) = sides(term.left.shape), sides(term.right.shape)
    return Multiplications(of_products=(_product(rows, inner, columns),))


@_own.register(tm.Hadamard | tm.HadamardPower | tm.Multiply)
def _entry_by_entry(term: Term) -> Multiplications:
    if isinstance(term, tm.HadamardPower) and term.exponent != 2:
        raise UnsupportedError(f"how many multiplications {term} takes depends on how the power is computed")
    return Multiplications(of_scalings=(_size(term.shape),))


@_own.register
def _of_power(term: tm.Power) -> Multiplications:
    squared = op.squared_norm(term)
    if squared is None or squared[1] != 1:
        raise UnsupportedError(f"how many multiplications {term} takes depends on how the power is computed")
    return Multiplications(of_scalings=(_size(squared[0].shape),))


@_own.register
def _of_sequence(term: op.Iterate) -> Multiplications:
    every, step = counter(f"{term.name}'"), multiplications(term.step)
    of_products, of_scalings = ((series(every, term.count, _sum(some)),) if some else () for some in (step.of_products, step.of_scalings))
    return Multiplications(of_products, of_scalings)
