"""One coordinate of a claim about one matrix: in the bases of its singular value decomposition (of a symmetric matrix: its eigenvectors)
everything composed of the matrix acts on each coordinate by itself, so the matrix may be read as the singular value there, and each
vector as its coordinate (lemmas "singular value decomposition" and "spectral theorem").
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import ExtremeEigenvalue
from derivations.language.operators import substitute
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Number, Symbol, Term
from derivations.language.traversal import subterms, symbols
from derivations.proof.sequences import ZERO
from derivations.proof.symmetry import factors, is_symmetric

__all__ = ["Base", "Direction", "base_of", "is_matrix", "unused"]



@dataclass(frozen=True, slots=True)
class Base:
    """The one matrix of a claim.

    Attributes:
        symmetric: whether it is symmetric by assumption; then its eigenvalues are what is looked at, else its singular values.
    """

    matrix: Symbol
    symmetric: bool

    @property
    def spaces(self) -> tuple[Dim, ...]:
        """The sizes of the spaces that it maps between: of the vectors that it may stand before, and of their images."""
        rows, columns = sides(self.matrix.size)
        return (columns,) if self.symmetric else (columns, rows)


def base_of(claim: Claim) -> Base:
    """The one matrix that a claim is about.

    Raises:
        UnsupportedError: there are several matrices, or none, or a square one that is not symmetric.
    """
    matrices = sorted((s for s in symbols(claim.terms) if isinstance(s, Symbol) and is_matrix(s)), key=lambda s: s.name)
    if len(matrices) != 1:
        raise UnsupportedError(f"the spectra of {', '.join(s.name for s in matrices) or 'no matrix'}; expected one matrix")
    (matrix,) = matrices
    rows, columns = sides(matrix.size)
    symmetric = rows == columns and is_symmetric(matrix, claim)
    if rows == columns and not symmetric:
        raise UnsupportedError(f"the square matrix {matrix} has two singular bases for one space; expected a symmetric one, or unequal sizes")
    return Base(matrix, symmetric)


def is_matrix(symbol: Symbol) -> bool:
    """Whether a symbol is neither a scalar nor a vector."""
    return 1 not in sides(symbol.size)


def unused(name: str, taken: Collection[str]) -> str:
    """The name with as many primes as it takes to be none of those."""
    while name in taken:
        name += "'"
    return name


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction of the singular bases: what the matrix and the vectors are there.

    Attributes:
        value: the singular value (the eigenvalue) there: a scalar term, 0 where it is known to vanish.
        label: what tells the names of the coordinates here from those in other directions.
        largest, smallest: the extreme eigenvalues of XᵀX or XXᵀ by the size of the space, as scalar terms.
    """

    base: Base
    value: Term
    label: str
    largest: Term
    smallest: dict[Dim, Term]

    def of(self, term: Term) -> Term:
        """The coordinate of a vector, or what a matrix multiplies coordinates by; of a scalar, itself, with extreme eigenvalues put in.

        Raises:
            UnsupportedError: it does not act on each coordinate by itself.
        """
        rule = _RULES.get(type(term))
        if term.shape and rule is None:
            raise UnsupportedError(f"{type(term).__name__} in {term} acts on no single coordinate")
        return rule(self, term) if term.shape and rule is not None else self._scalar(term)

    def _scalar(self, term: Term) -> Term:
        def change(part: Term) -> Term | None:
            return self._extreme(part) if isinstance(part, ExtremeEigenvalue) else None

        changed = op.transform(term, change)
        if any(part.shape for part in subterms(changed)):
            raise UnsupportedError(f"{term} mixes the coordinates")
        return changed

    def _extreme(self, term: ExtremeEigenvalue) -> Term:
        matrices = self._factors(term.operand)
        if matrices is None or len(matrices) != (1 if self.base.symmetric else 2):
            raise UnsupportedError(f"{term}: expected that of {self.base.matrix}, or of its product with its transpose")
        return self.largest if term.kind == "max" else self.smallest[sides(term.operand.shape)[0]]

    def _factors(self, term: Term) -> list[Term] | None:
        """The factors of a product of nothing but the matrix and its transpose."""
        while isinstance(term, op.Named):
            term = term.body
        scalars, matrices = factors(term)
        matrix = self.base.matrix
        return matrices if not scalars and all(each in (matrix, matrix.T) for each in matrices) else None

    def _symbol(self, term: Symbol) -> Term:
        if term == self.base.matrix:
            return self.value
        if sides(term.size)[1] != 1:
            raise UnsupportedError(f"the matrix {term} beside {self.base.matrix}")
        return Symbol(f"{term.name}{self.label}")

    def _pseudo_inverse(self, term: tm.PseudoInverse) -> Term:
        if self._factors(term.operand) is None:
            raise UnsupportedError(f"{term}: expected the pseudo-inverse of a product of {self.base.matrix} and its transpose")
        return ZERO if self.value == ZERO else 1 / self.of(term.operand)

    def _transpose(self, term: tm.Transpose) -> Term:
        self.require_matrix(term)
        return self.of(term.operand)

    def _product(self, term: tm.MatMul) -> Term:
        """What the matrix takes to 0 stays 0, whatever stands behind it: in a kernel there is no inverse to ask for."""
        self.require_matrix(term.left)
        left = self.of(term.left)
        if left == ZERO:
            return ZERO
        right = self.of(term.right)
        return left**2 if left == right else left * right

    def require_matrix(self, term: Term) -> None:
        """Raises:
        UnsupportedError: the term is a vector or scalar, no matrix between the spaces.
        """
        if not term.shape or any(side not in self.base.spaces for side in sides(term.shape)):
            raise UnsupportedError(f"{term} mixes the coordinates")

    def _constant(self, term: tm.Filled) -> Term:
        if term.entry:
            raise UnsupportedError(f"the coordinates of {term}")
        return ZERO

    def _iterate(self, term: op.Iterate) -> Term:
        """The states are bound: they get names that nothing else in the step has."""
        if term.counter is not None:
            raise UnsupportedError(f"the coordinates of {term}, whose step changes with {term.counter}")
        taken = {owner.name for owner in symbols(term.step)}
        fresh = {state: Symbol(unused(state.name, taken), state.size) for state in term.states}
        states = tuple(Symbol(f"{new.name}{self.label}") for new in fresh.values())
        step = substitute(term.step, dict(fresh.items()))
        return op.Iterate(term.name, term.count, tuple(map(self.of, term.initials)), states, self.of(step))


_RULES: dict[type[Term], Callable[[Direction, Any], Term]] = {
    Symbol: Direction._symbol,
    tm.Identity: lambda here, term: Number(Fraction(1)),
    tm.Filled: Direction._constant,
    tm.Transpose: Direction._transpose,
    tm.Inverse: lambda here, term: 1 / here.of(term.operand),
    tm.PseudoInverse: Direction._pseudo_inverse,
    tm.Add: lambda here, term: here.of(term.left) + here.of(term.right),
    tm.Subtract: lambda here, term: here.of(term.left) - here.of(term.right),
    tm.Negate: lambda here, term: -here.of(term.operand),
    tm.Multiply: lambda here, term: here.of(term.left) * here.of(term.right),
    tm.Divide: lambda here, term: here.of(term.left) / here.of(term.right),
    tm.MatMul: Direction._product,
    tm.Power: lambda here, term: here.of(term.base) ** here.of(term.exponent),
    op.Series: lambda here, term: op.Series(term.counter, term.length, here.of(term.body)),
    op.Iterate: Direction._iterate,
    op.Named: lambda here, term: here.of(term.body),
}
