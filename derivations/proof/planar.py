"""Real 2 × 2 matrices by trace and determinant: their eigenvalues, and when their powers tend to 0.

With T = tr M, D = det M and Δ = T² − 4D the eigenvalues are (T ± √Δ)/2: real if Δ ≥ 0, else conjugate with modulus √D. The powers of M tend to 0
exactly if both moduli are < 1, which is |T| < 1 + D and D < 1 (lemma "Jury's criterion"). The same holds of a recurrence of second order,
x_{k+2} = p x_{k+1} + q x_k + b: T = p and D = −q.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import equal
from derivations.language.constructors import cases, column_vector
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, sqrt
from derivations.language.operators import substitute
from derivations.language.terms import Entry, Number, Relation, Statement, Term
from derivations.proof.lemmas import JURY
from derivations.proof.limits import Convergence
from derivations.proof.sequences import ZERO, Numbers

__all__ = ["discriminant", "modulus", "of_second_order", "planar_iterate", "powers_vanish"]

_ONE = Number(Fraction(1))


def _invariants(matrix: Term, numbers: Numbers) -> tuple[Term, Term]:
    """Trace and determinant.

    Raises:
        UnsupportedError: it is no 2 × 2 matrix.
    """
    if matrix.shape != (2, 2):
        raise UnsupportedError(f"the eigenvalues of {matrix}; expected a 2 × 2 matrix, or a symmetric one")
    return numbers.spelled(tm.Trace(matrix)), numbers.spelled(tm.Determinant(matrix))


def discriminant(matrix: Term, numbers: Numbers) -> Term:
    """T² − 4D, which is ≥ 0 exactly if the eigenvalues are real."""
    trace, determinant = _invariants(matrix, numbers)
    return trace**2 - 4 * determinant


def modulus(matrix: Term, largest: bool, numbers: Numbers) -> Term:
    """The larger or the smaller modulus of the two eigenvalues."""
    trace, determinant = _invariants(matrix, numbers)
    inside = discriminant(matrix, numbers)
    real = (abs_(trace) + sqrt(inside)) / 2 if largest else abs_(abs_(trace) - sqrt(inside)) / 2
    return cases((inside >= 0, real), otherwise=sqrt(determinant))


def _inside_the_disc(trace: Term, determinant: Term) -> Relation:
    return (abs_(trace) < 1 + determinant) & (determinant < 1)


def powers_vanish(matrix: Term, numbers: Numbers) -> Convergence:
    """What it comes to that M^k tends to 0."""
    return Convergence(_inside_the_disc(*_invariants(matrix, numbers)), True, (JURY,))


def planar_iterate(sequence: op.Iterate, limit: Term, numbers: Numbers) -> Convergence:
    """That s₀, s_{k+1} = M s_k + b in the plane tends to a limit: it does where M^k tends to 0 and the limit stays.

    Raises:
        UnsupportedError: the step is not affine, or no step in the plane.
    """
    if len(sequence.states) != 1 or sequence.shape != (2, 1):
        raise UnsupportedError(f"the limit of {sequence}: expected steps in the plane")
    (state,) = sequence.states
    origin, first, second = (substitute(sequence.step, {state: column_vector(*point)}) for point in ((0, 0), (1, 0), (0, 1)))
    columns = [[numbers.spelled(Entry(point - origin, row, 1)) for row in (1, 2)] for point in (first, second)]
    matrix = tm.Literal(tuple(zip(*columns, strict=True)))
    for row in (1, 2):
        affine = Entry(matrix @ state + origin, row, 1)
        if not numbers.equal(Entry(sequence.step, row, 1), affine):
            raise UnsupportedError(f"the limit of {sequence}: its step is not affine in {state}")
    return _stays(
        [(Entry(substitute(sequence.step, {state: limit}), row, 1), Entry(limit, row, 1)) for row in (1, 2)],
        _inside_the_disc(*_invariants(matrix, numbers)),
        numbers,
    )


def of_second_order(sequence: op.Iterate, limit: Term, numbers: Numbers) -> Convergence:
    """That x_{k+2} = p x_{k+1} + q x_k + b tends to a limit: it does where the roots of λ² = pλ + q are inside the disc and the limit stays.

    Raises:
        UnsupportedError: the step is not affine.
    """
    older, newer = sequence.states

    def at(before: Term, last: Term) -> Term:
        return substitute(sequence.step, {older: before, newer: last})

    offset = numbers.spelled(at(ZERO, ZERO))
    p, q = (numbers.spelled(at(*point) - offset) for point in ((ZERO, _ONE), (_ONE, ZERO)))
    if not numbers.equal(sequence.step, p * newer + q * older + offset):
        raise UnsupportedError(f"the limit of {sequence}: its step is not affine in its states")
    return _stays([(at(limit, limit), limit)], _inside_the_disc(p, numbers.spelled(-q)), numbers)


def _stays(fixed: list[tuple[Term, Term]], contracts: Relation, numbers: Numbers) -> Convergence:
    statement: Statement = contracts
    for left, right in fixed:
        if not numbers.equal(left, right):
            statement = equal(left, right) & statement
    return Convergence(statement, False, (JURY,))
