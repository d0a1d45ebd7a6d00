"""Real 2 × 2 matrices by trace and determinant: their eigenvalues, and when their powers tend to 0.

With T = tr M, D = det M and Δ = T² − 4D the eigenvalues are (T ± √Δ)/2: real if Δ ≥ 0, else conjugate with modulus √D (lemma "quadratic
formula"). The powers of M tend to 0 exactly if both moduli are < 1, which is |T| < 1 + D and D < 1 (lemma "Jury's criterion"). The same holds
of a recurrence of second order, x_{k+2} = p x_{k+1} + q x_k + b: T = p and D = −q.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import equal
from derivations.language.constructors import cases, column_vector
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, sqrt
from derivations.language.implicit import EigenvalueModuli, SpectralRadius
from derivations.language.operators import substitute
from derivations.language.terms import Dimension, Entry, Number, Relation, Statement, Term
from derivations.language.traversal import depends_on, symbols
from derivations.proof.lemmas import JURY
from derivations.proof.limits import Convergence
from derivations.proof.powers import counted
from derivations.proof.sequences import ZERO, Numbers

__all__ = ["contracts", "discriminant", "limit_of_power", "limit_of_recurrence", "moduli_written_out", "unnamed"]

_ONE = Number(Fraction(1))


def unnamed(term: Term) -> Term:
    """What a name stands for."""
    while isinstance(term, op.Named):
        term = term.body
    return term


def _invariants(matrix: Term, numbers: Numbers) -> tuple[Term, Term]:
    """Trace and determinant.

    Raises:
        UnsupportedError: it is no 2 × 2 matrix whose entries are real scalars.
    """
    if matrix.shape != (2, 2) or any(owner.size or owner.field != "real" for owner in symbols(matrix)):
        raise UnsupportedError(f"the eigenvalues of {matrix}; expected a 2 × 2 matrix of real scalars, or a symmetric one")
    (a, b), (c, d) = ([numbers.spelled(Entry(matrix, row, column)) for column in (1, 2)] for row in (1, 2))
    return numbers.spelled(a + d), numbers.spelled(a * d - b * c)


# ------------------------------------------------------------------------------------------------------------- eigenvalues


def discriminant(matrix: Term, numbers: Numbers) -> Term:
    """T² − 4D, which is ≥ 0 exactly if the eigenvalues are real.

    Raises:
        UnsupportedError: it is no 2 × 2 matrix of real scalars.
    """
    trace, determinant = _invariants(matrix, numbers)
    return trace**2 - 4 * determinant


def contracts(matrix: Term, numbers: Numbers) -> Relation:
    """That both eigenvalues have a modulus < 1.

    Raises:
        UnsupportedError: it is no 2 × 2 matrix of real scalars.
    """
    return _inside_the_disc(*_invariants(matrix, numbers))


def moduli_written_out(term: Term, numbers: Numbers) -> Term:
    """The term with a formula for every spectral radius of a 2 × 2 matrix, and for every modulus of one of its eigenvalues.

    Raises:
        UnsupportedError: there are such of other matrices.
    """

    def change(part: Term) -> Term | None:
        match part:
            case SpectralRadius(matrix):
                return _modulus(matrix, True, numbers)
            case Entry(operand, int() as row, 1):
                moduli = unnamed(operand)
                return _modulus(moduli.operand, row == 2, numbers) if isinstance(moduli, EigenvalueModuli) else None
        return None

    return op.transform(term, change)


def _modulus(matrix: Term, largest: bool, numbers: Numbers) -> Term:
    """The larger or the smaller modulus of the two eigenvalues."""
    trace, determinant = _invariants(matrix, numbers)
    inside = trace**2 - 4 * determinant
    real = (abs_(trace) + sqrt(inside)) / 2 if largest else abs_(abs_(trace) - sqrt(inside)) / 2
    return cases((inside >= 0, real), otherwise=sqrt(determinant))


def _inside_the_disc(trace: Term, determinant: Term) -> Relation:
    return (abs_(trace) < 1 + determinant) & (determinant < 1)


# ------------------------------------------------------------------------------------------------------------------ limits


def limit_of_power(power: tm.Power, limit: Term, counter: Dimension, numbers: Numbers) -> Convergence:
    """What it comes to that M^(k + c) tends to the zero matrix.

    Raises:
        UnsupportedError: M is no 2 × 2 matrix of real scalars, or changes with k; or the limit is not zero.
    """
    _require_constant(power, counter, power.base, limit)
    counted(power.exponent)
    if not all(numbers.equal(Entry(limit, row, column), ZERO) for row in (1, 2) for column in (1, 2)):
        raise UnsupportedError(f"the limit {limit} of {power}; expected zero")
    return Convergence(contracts(power.base, numbers), True, (JURY,))


def limit_of_recurrence(sequence: op.Iterate, limit: Term, counter: Dimension, numbers: Numbers) -> Convergence:
    """What it comes to that an affine sequence tends to a limit: one of second order, or one in the plane.

    It does where the eigenvalues of its matrix lie inside the unit disc and the limit stays in place.

    Raises:
        UnsupportedError: it is no such sequence, or changes with k otherwise than by its number.
    """
    _require_constant(sequence, counter, *sequence.initials, sequence.step, limit)
    if sequence.counter is not None:
        raise UnsupportedError(f"the limit of {sequence}, whose step changes with {sequence.counter}")
    if any(owner.field != "real" for owner in symbols((sequence, limit))):
        raise UnsupportedError(f"the limit of {sequence}, which may be complex")
    counted(sequence.count)
    if len(sequence.states) == 2 and not sequence.shape:
        return _of_second_order(sequence, limit, numbers)
    if len(sequence.states) == 1 and sequence.shape == (2, 1):
        return _in_the_plane(sequence, limit, numbers)
    raise UnsupportedError(f"the limit of {sequence}: expected steps in the plane, or a scalar recurrence of second order")


def _require_constant(sequence: Term, counter: Dimension, *parts: Term) -> None:
    if any(depends_on(part, counter) for part in parts):
        raise UnsupportedError(f"the limit of {sequence}, whose parts change with {counter}")


def _in_the_plane(sequence: op.Iterate, limit: Term, numbers: Numbers) -> Convergence:
    """Of s₀, s_{k+1} = M s_k + b."""
    (state,) = sequence.states
    origin, first, second = (substitute(sequence.step, {state: column_vector(*point)}) for point in ((0, 0), (1, 0), (0, 1)))
    columns = [[numbers.spelled(Entry(point - origin, row, 1)) for row in (1, 2)] for point in (first, second)]
    matrix = tm.Literal(tuple(zip(*columns, strict=True)))
    for row in (1, 2):
        if not numbers.equal(Entry(sequence.step, row, 1), Entry(matrix @ state + origin, row, 1)):
            raise UnsupportedError(f"the limit of {sequence}: its step is not affine in {state}")
    fixed = [(Entry(substitute(sequence.step, {state: limit}), row, 1), Entry(limit, row, 1)) for row in (1, 2)]
    return _stays(fixed, contracts(matrix, numbers), numbers)


def _of_second_order(sequence: op.Iterate, limit: Term, numbers: Numbers) -> Convergence:
    """Of x₀, x₁, x_{k+2} = p x_{k+1} + q x_k + b."""
    older, newer = sequence.states

    def at(before: Term, last: Term) -> Term:
        return substitute(sequence.step, {older: before, newer: last})

    offset = numbers.spelled(at(ZERO, ZERO))
    p, q = (numbers.spelled(at(*point) - offset) for point in ((ZERO, _ONE), (_ONE, ZERO)))
    if not numbers.equal(sequence.step, p * newer + q * older + offset):
        raise UnsupportedError(f"the limit of {sequence}: its step is not affine in its states")
    return _stays([(at(limit, limit), limit)], _inside_the_disc(p, numbers.spelled(-q)), numbers)


def _stays(fixed: Sequence[tuple[Term, Term]], within: Relation, numbers: Numbers) -> Convergence:
    """That the matrix contracts, and each equation of the fixed point that is not certain."""
    statement: Statement = within
    for left, right in fixed:
        if not numbers.equal(left, right):
            statement = equal(left, right) & statement
    return Convergence(statement, False, (JURY,))
