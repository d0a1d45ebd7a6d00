"""What a person writes: declarations of names, and the operators that have no sign of their own in Python."""

from __future__ import annotations

from derivations.language.errors import DeclarationError
from derivations.language.implicit import ArgMin, EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.operators import Cases, Gradient, Hessian, Indicator, Iterate, Jacobian, Maximum, Minimum, Named, Series, Softmax, Sum
from derivations.language.shapes import SCALAR, Dim, normalized
from derivations.language.terms import (
    INTEGERS,
    Column,
    Delta,
    Determinant,
    Diag,
    Diagonal,
    Dimension,
    Entry,
    Family,
    Filled,
    Hadamard,
    HadamardPower,
    Identity,
    Index,
    Inverse,
    Literal,
    Norm,
    Number,
    Operand,
    Position,
    PseudoInverse,
    Relation,
    Row,
    Symbol,
    Term,
    Trace,
    Unit,
    as_term,
)

# ---------------------------------------------------------------------------------------------------------- declarations


def dimension(name: str) -> Dimension:
    """A symbolic size, an integer ≥ 1."""
    return Dimension(_checked(name))


def dimensions(names: str) -> tuple[Dimension, ...]:
    """Several symbolic sizes: ``n, d = dimensions("n d")``."""
    return tuple(map(dimension, names.split()))


def counter(name: str) -> Dimension:
    """A symbol for an integer ≥ 0 that counts steps: the k of M^k and w_k."""
    return Dimension(_checked(name), 0)


def scalar(name: str) -> Symbol:
    """A real scalar."""
    return Symbol(_checked(name))


def scalars(names: str) -> tuple[Symbol, ...]:
    """Several real scalars: ``alpha, beta = scalars("alpha beta")``."""
    return tuple(map(scalar, names.split()))


def vector(name: str, size: Dim) -> Symbol:
    """A real column vector of shape (size, 1)."""
    return matrix(name, size, 1)


def matrix(name: str, rows: Dim, columns: Dim) -> Symbol:
    """A real matrix of shape (rows, columns)."""
    return Symbol(_checked(name), normalized(_checked_dim(rows), _checked_dim(columns)))


def family(name: str, count: Dim, rows: Dim = 1, columns: Dim = 1) -> Family:
    """An indexed family of `count` samples, each of shape (rows, columns): ``x = family("x", n, d); x[i]``."""
    return Family(_checked(name), (_checked_dim(count),), normalized(_checked_dim(rows), _checked_dim(columns)))


def numbered_family(name: str, rows: Dim = 1, columns: Dim = 1) -> Family:
    """A family with a member of shape (rows, columns) for every integer, as the weights of any number of layers: ``W[l + 1]``."""
    return Family(_checked(name), (INTEGERS,), normalized(_checked_dim(rows), _checked_dim(columns)))


def index(name: str, dim: Dim) -> Index:
    """An index that runs over 1 … dim."""
    return Index(_checked(name), _checked_dim(dim))


def define(name: str, body: Term, *positions: Position) -> Named:
    """A named intermediate quantity; `positions` are the indices that it carries (``z = define("z", W @ x[i] + b, i)``)."""
    return Named(_checked(name), positions, body)


def _checked(name: str) -> str:
    """Names look like z, W_1, y', hat_y, lambda: a letter, then letters, digits, underscores, and primes at the end."""
    core = name.rstrip("'")
    if not core.isidentifier():
        raise DeclarationError(f"{name!r} is no name; expected a letter, then letters, digits, underscores, and primes at the end")
    return name


def _checked_dim(dim: Dim) -> Dim:
    is_size = dim >= 1 if isinstance(dim, int) else isinstance(dim, Dimension) and dim.least >= 1
    if isinstance(dim, bool) or not is_size:
        raise DeclarationError(f"{dim!r} is no dimension; expected an integer ≥ 1 or a Dimension")
    return dim


# ------------------------------------------------------------------------------------------------------------- constants


def identity(dim: Dim) -> Term:
    """The identity matrix (dim, dim)."""
    return Identity(_checked_dim(dim))


def ones(rows: Dim = 1, columns: Dim = 1) -> Term:
    """The matrix of ones; a vector where `columns` is left out, the number 1 where both are."""
    return Filled(rows, columns, 1) if (rows, columns) != (1, 1) else as_term(1)


def zeros(rows: Dim = 1, columns: Dim = 1) -> Term:
    """The matrix of zeros; a vector where `columns` is left out, the number 0 where both are."""
    return Filled(rows, columns, 0) if (rows, columns) != (1, 1) else as_term(0)


def unit(dim: Dim, position: Position) -> Term:
    """The basis vector (dim, 1) with a 1 at the position: the one-hot vector of a class."""
    return Unit(dim, position)


def delta(left: Position, right: Position) -> Term:
    """Kronecker's delta."""
    return Delta(left, right)


def literal(*rows: tuple[Operand, ...] | list[Operand]) -> Term:
    """A matrix by its rows of scalars: ``literal([1, 2], [3, x])``."""
    return Literal(tuple(tuple(map(as_term, row)) for row in rows))


def column_vector(*entries: Operand) -> Term:
    """A column vector by its entries."""
    return Literal(tuple((as_term(entry),) for entry in entries))


# ------------------------------------------------------------------------------------------------------------- operators


def inverse(operand: Term) -> Term:
    """The inverse of a square matrix."""
    return Inverse(operand)


def pseudo_inverse(operand: Term) -> Term:
    """The Moore–Penrose pseudo-inverse of any matrix, of the transposed shape."""
    return PseudoInverse(operand)


def hadamard(left: Term, right: Term, *more: Term) -> Term:
    """The entrywise product."""
    product: Term = Hadamard(left, right)
    for factor in more:
        product = Hadamard(product, factor)
    return product


def hadamard_power(base: Term, exponent: int) -> Term:
    """Every entry to an integer power."""
    return HadamardPower(base, exponent)


def trace(operand: Term) -> Term:
    """The trace of a square matrix."""
    return Trace(operand)


def det(operand: Term) -> Term:
    """The determinant of a square matrix."""
    return Determinant(operand)


def diag(operand: Term) -> Term:
    """The diagonal matrix of a vector."""
    return Diag(operand)


def diagonal(operand: Term) -> Term:
    """The diagonal of a square matrix, as a vector."""
    return Diagonal(operand)


def norm(operand: Term, kind: str | int | float = 2) -> Term:
    """A norm: 2 (default), 1 or inf of a vector, "F" of a matrix."""
    return Norm(operand, str(kind))


def entry(operand: Term, row: Position, column: Position = 1) -> Term:
    """The entry at (row, column); of a column vector the column may be left out."""
    return Entry(operand, row, column)


def row(operand: Term, position: Position) -> Term:
    """A row, as a (1, columns) matrix."""
    return Row(operand, position)


def column(operand: Term, position: Position) -> Term:
    """A column, as a (rows, 1) vector."""
    return Column(operand, position)


def sum_over(over: Index, body: Term) -> Term:
    """The sum of the body over all values of the index."""
    return Sum(over, as_term(body))


def series(over: Dimension, length: Operand, body: Term) -> Term:
    """The sum of the body for `over` from 0 to length − 1: ``series(i, k, M**i @ c)``."""
    return Series(over, as_term(length), as_term(body))


def iterate(
    name: str, count: Operand, start: Operand | tuple[Operand, ...], state: Symbol | tuple[Symbol, ...], step: Term, over: Dimension | None = None
) -> Term:
    """The sequence s₀ = start, s_{j+1} = step with s_j for the state, at the index `count`:
    ``iterate("w", k, w_0, w, w - alpha * gradient)``. A tuple of first terms, with as many states, makes a recurrence of higher order.

    A step that changes from one to the next says so by a counter `over` which it runs, from 0:
    ``iterate("h", k, x, h, tanh(W[l] @ h), over=l)`` with ``W = numbered_family("W", d, d)``.
    """
    starts = start if isinstance(start, tuple) else (start,)
    states = state if isinstance(state, tuple) else (state,)
    return Iterate(_checked(name), as_term(count), tuple(map(as_term, starts)), states, as_term(step), over)


def maximum(left: Operand, right: Operand) -> Term:
    """The entrywise maximum."""
    return Maximum(as_term(left), as_term(right))


def minimum(left: Operand, right: Operand) -> Term:
    """The entrywise minimum."""
    return Minimum(as_term(left), as_term(right))


def softmax(argument: Term, axis: int = 0) -> Term:
    """exp normalised to sum 1 within each column (axis 0; a vector's case) or within each row (axis 1)."""
    return Softmax(argument, axis)


def indicator(relation: Relation) -> Term:
    """1 where the relation holds, else 0, entrywise."""
    return Indicator(relation)


def cases(*branches: tuple[Relation, Operand], otherwise: Operand) -> Term:
    """The value of the first branch whose condition holds: ``cases((x > 0, x), otherwise=0)``."""
    return Cases(tuple((condition, as_term(value)) for condition, value in branches), as_term(otherwise))


def eigenvalues(operand: Term) -> Term:
    """The eigenvalues of a symmetric matrix (n, n), in ascending order: shape (n, 1)."""
    return Eigenvalues(operand)


def largest_eigenvalue(operand: Term) -> Term:
    """The largest eigenvalue of a symmetric matrix: a scalar."""
    return ExtremeEigenvalue(operand, "max")


def smallest_eigenvalue(operand: Term) -> Term:
    """The smallest eigenvalue of a symmetric matrix: a scalar."""
    return ExtremeEigenvalue(operand, "min")


def eigenvalue_moduli(operand: Term) -> Term:
    """The absolute values of the eigenvalues, real or complex, of a real square matrix (n, n), in ascending order: shape (n, 1)."""
    return EigenvalueModuli(operand)


def spectral_radius(operand: Term) -> Term:
    """The largest absolute value of an eigenvalue, real or complex, of a real square matrix: a scalar."""
    return SpectralRadius(operand)


def rank(operand: Term) -> Term:
    """The rank of a matrix: a scalar."""
    return Rank(operand)


def argmin(function: Term, variable: Symbol, *constraints: Relation) -> Term:
    """Where a scalar is least over its variable: ``claim(argmin(norm(w)**2, w, equal(X @ w, t)), "=", X.T @ inverse(X @ X.T) @ t)``."""
    return ArgMin(function, variable, constraints)


def gradient(function: Term, variable: Term) -> Term:
    """The gradient of a scalar, in the shape of its variable."""
    return Gradient(function, variable)


def jacobian(function: Term, variable: Term) -> Term:
    """The Jacobian (out, in) of a vector with respect to a vector."""
    return Jacobian(function, variable)


def hessian(function: Term, variable: Term) -> Term:
    """The matrix of second derivatives of a scalar with respect to a vector."""
    return Hessian(function, variable)


def one_sided_derivative(function: Term, variable: Term, direction: Operand) -> Term:
    """f′(x; V), the derivative of a term in a direction V, for steps forward only; it exists at a kink too. Of a scalar x the right derivative
    is ``one_sided_derivative(f, x, 1)``, the left one ``-one_sided_derivative(f, x, -1)``.

    Raises:
        ShapeError: the direction has another shape than the variable.
    """
    return OneSidedDerivative(function, variable, as_term(direction))


def subdifferential(function: Term, variable: Term) -> Term:
    """∂f(x), the set of subgradients of a convex scalar, each in the shape of x: ``claim(s, "in", subdifferential(abs_(x), x))``."""
    return Subdifferential(function, variable)


__all__ = [name for name, value in list(globals().items()) if getattr(value, "__module__", None) == __name__ and not name.startswith("_")]
__all__ += ["SCALAR", "Number"]
