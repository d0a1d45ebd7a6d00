"""The closed form of a sequence whose step is affine in the state, with a scalar slope.

From s_{j+1} = a s_j + B, where neither the scalar a nor B contains the state, s_k = a^k s_0 + (Σ_{i<k} a^i) B: by induction, as
Σ_{i<k+1} a^i = 1 + a Σ_{i<k} a^i. There is no division, so it holds for a = 1 too, and for k = 0, since a^0 = 1. So a sequence may stand
anywhere in an equation, also under a root or in a divisor, where no induction reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.terms import Dimension, Number, Symbol, Term
from derivations.language.traversal import depends_on, dimensions

__all__ = ["closed_form"]

_ONE = Number(Fraction(1))


@dataclass(frozen=True, slots=True)
class _Affine:
    """slope · state + offset; None stands for zero."""

    slope: Term | None
    offset: Term | None


def closed_form(sequence: op.Iterate) -> Term | None:
    """An equal term without the sequence; None where its step is of another kind, or changes from step to step."""
    counters = [dim for dim in dimensions(sequence.count) if not dim.least]
    if len(sequence.states) != 1 or sequence.counter is not None:
        return None
    if any(depends_on(part, counter) for part in (*sequence.initials, sequence.step) for counter in counters):
        return None
    (state,), (start,) = sequence.states, sequence.initials
    step = _affine(sequence.step, state)
    if step is None:
        return None
    slope, i = step.slope or Number(Fraction(0)), _fresh_counter(sequence)
    started: Term = slope**sequence.count * start
    return started if step.offset is None else started + op.Series(i, sequence.count, slope**i) * step.offset


def _fresh_counter(sequence: op.Iterate) -> Dimension:
    name = "i"
    while any(dim.name == name for dim in dimensions(sequence)):
        name += "'"
    return Dimension(name, 0)


def _affine(term: Term, state: Symbol) -> _Affine | None:
    """The slope and the offset of a term; None where it is not seen to be affine in the state."""
    if term == state:
        return _Affine(_ONE, None)
    if not depends_on(term, state):
        return _Affine(None, term)
    match term:
        case tm.Add(left, right):
            return _sum(_affine(left, state), _affine(right, state))
        case tm.Subtract(left, right):
            return _sum(_affine(left, state), _scaled(_affine(right, state), Number(Fraction(-1))))
        case tm.Negate(operand):
            return _scaled(_affine(operand, state), Number(Fraction(-1)))
        case tm.Multiply(scalar, other) if not scalar.shape and not depends_on(scalar, state):
            return _scaled(_affine(other, state), scalar)
        case tm.Multiply(other, scalar) if not scalar.shape and not depends_on(scalar, state):
            return _scaled(_affine(other, state), scalar)
        case tm.Divide(left, right) if not depends_on(right, state):
            return _scaled(_affine(left, state), _ONE / right)
        case op.Named(_, _, body):
            return _affine(body, state)
    return None


def _sum(left: _Affine | None, right: _Affine | None) -> _Affine | None:
    if left is None or right is None:
        return None
    return _Affine(_added(left.slope, right.slope), _added(left.offset, right.offset))


def _added(left: Term | None, right: Term | None) -> Term | None:
    return left + right if left is not None and right is not None else left or right


def _scaled(affine: _Affine | None, factor: Term) -> _Affine | None:
    if affine is None:
        return None
    return replace(affine, slope=_multiplied(factor, affine.slope), offset=_multiplied(factor, affine.offset))


def _multiplied(factor: Term, part: Term | None) -> Term | None:
    return None if part is None else factor * part
