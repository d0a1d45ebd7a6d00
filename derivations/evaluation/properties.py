"""Properties of matrices, tested at an instance: exactly over the rationals, certainly over balls."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from derivations.evaluation.arrays import Array, ArrayInterpreter, most_exact, table, times
from derivations.evaluation.interpreter import Imprecise
from derivations.evaluation.spectra import has_real_eigenvalues
from derivations.language.assumptions import Property

__all__ = ["has_property"]


def has_property(run: ArrayInterpreter, assumption: Property) -> bool:
    """Whether a matrix has a property at the instance.

    Raises:
        EvaluationError: it has no value there, or balls do not settle it.
    """
    if assumption.kind == "real eigenvalues":  # which balls cannot settle where an eigenvalue is a double one
        return has_real_eigenvalues(most_exact(run, assumption.term))
    return _TESTS[assumption.kind](run, run.value(assumption.term))


def _same(run: ArrayInterpreter, left: Array, right: Array) -> bool:
    """Whether all entries are equal.

    Raises:
        Imprecise: none certainly differ, but balls leave it open whether some do.
    """
    open_: Imprecise | None = None
    for a, b in zip(left.entries, right.entries, strict=True):
        try:
            if run.field.sign_or_complex(a - b) != 0:
                return False
        except Imprecise as error:
            open_ = error
    if open_ is not None:
        raise open_
    return True


def _is_symmetric(run: ArrayInterpreter, matrix: Array) -> bool:
    return _same(run, matrix, matrix.transposed)


def _is_definite(run: ArrayInterpreter, matrix: Array) -> bool:
    """Sylvester's criterion: the leading principal minors are positive."""
    return _is_symmetric(run, matrix) and all(run.field.sign(run.minor(matrix, k)) > 0 for k in range(1, matrix.rows + 1))


def _is_semidefinite(run: ArrayInterpreter, matrix: Array) -> bool:
    """All principal minors are nonnegative."""
    places = [chosen for size in range(1, matrix.rows + 1) for chosen in combinations(range(matrix.rows), size)]
    return _is_symmetric(run, matrix) and all(run.field.sign(run.minor(_principal(matrix, chosen), len(chosen))) >= 0 for chosen in places)


def _principal(matrix: Array, chosen: tuple[int, ...]) -> Array:
    """The submatrix of these rows and columns."""
    return table(len(chosen), len(chosen), lambda i, j: matrix.at(chosen[i], chosen[j]))


def _has_independent_columns(run: ArrayInterpreter, matrix: Array) -> bool:
    """The determinant of MᵀM is not 0."""
    gram = times(matrix.transposed, matrix)
    return run.field.sign_or_complex(run.minor(gram, gram.rows)) != 0


def _has_orthonormal_columns(run: ArrayInterpreter, matrix: Array) -> bool:
    """MᵀM is the identity."""
    identity = table(matrix.columns, matrix.columns, lambda i, j: run.field.number(int(i == j)))
    return _same(run, times(matrix.transposed, matrix), identity)


_TESTS: dict[str, Callable[[ArrayInterpreter, Array], bool]] = {
    "symmetric": _is_symmetric,
    "invertible": lambda run, matrix: run.field.sign_or_complex(run.minor(matrix, matrix.rows)) != 0,
    "positive definite": _is_definite,
    "positive semidefinite": _is_semidefinite,
    "orthogonal": _has_orthonormal_columns,
    "projection": lambda run, matrix: _is_symmetric(run, matrix) and _same(run, times(matrix, matrix), matrix),
    "full column rank": _has_independent_columns,
    "full row rank": lambda run, matrix: _has_independent_columns(run, matrix.transposed),
    "orthonormal columns": _has_orthonormal_columns,
}
