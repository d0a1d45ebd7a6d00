"""Scalar sequences in closed form: g + Σ_a p_a·a^k + Σ_a h_a·S_k(a), with S_k(a) = Σ_{i<k} a^i, for a counter k.

An affine recurrence x_{j+1} = a x_j + b from s is x_k = s + ((a − 1)s + b) S_k(a), as S_{j+1} = 1 + a S_j; without a division, so for a = 1 too,
where S_k(1) = k. The parts g, p_a, h_a and the bases a are terms without k, and nothing is simplified: whether two bases are equal is a
question for the prover.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.operators import substitute
from derivations.language.terms import Dimension, Number, Term
from derivations.language.traversal import depends_on
from derivations.proof.powers import counted

__all__ = ["ZERO", "Numbers", "Sequence", "affine_step", "sequence_of"]

ZERO, _ONE = Number(Fraction(0)), Number(Fraction(1))


class Numbers(Protocol):
    """What must be known of terms that stand for numbers."""

    def equal(self, left: Term, right: Term) -> bool:
        """Whether two terms are certainly equal."""

    def simplified(self, term: Term) -> Term:
        """An equal term that is shorter, if there is one."""

    def spelled(self, term: Term) -> Term:
        """An equal term without what cancels."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence in closed form: the constant, and what stands at a^k (`powers`) and at Σ_{i<k} a^i (`sums`) for each base a."""

    constant: Term = ZERO
    powers: dict[Term, Term] = field(default_factory=dict)
    sums: dict[Term, Term] = field(default_factory=dict)

    @property
    def is_constant(self) -> bool:
        """Whether no part changes with the counter."""
        return not self.powers and not self.sums

    def plus(self, other: Sequence) -> Sequence:
        """The sum, part by part."""
        return Sequence(_sum(self.constant, other.constant), _merged(self.powers, other.powers), _merged(self.sums, other.sums))

    def scaled(self, factor: Term) -> Sequence:
        """The multiple by a term without the counter."""
        return Sequence(
            _product(factor, self.constant),
            {base: _product(factor, part) for base, part in self.powers.items()},
            {base: _product(factor, part) for base, part in self.sums.items()},
        )

    def in_sums(self) -> Sequence:
        """The same sequence without powers: a^k = 1 + (a − 1) S_k(a)."""
        result = Sequence(self.constant, {}, self.sums)
        for base, part in self.powers.items():
            result = result.plus(Sequence(part, {}, {base: _product(part, base - 1)}))
        return result


def sequence_of(term: Term, counter: Dimension, numbers: Numbers) -> Sequence:
    """The closed form of a scalar term.

    Raises:
        UnsupportedError: it has none of this kind, or none that is found.
    """
    if not depends_on(term, counter):
        return Sequence(term)
    rule = _RULES.get(type(term))
    if rule is None:
        raise UnsupportedError(f"the limit of {term}: {type(term).__name__} of what changes with {counter}")
    return rule(term, counter, lambda part, over=counter: sequence_of(part, over, numbers), numbers)


_Of: TypeAlias = Callable[..., Sequence]


def _times(left: Sequence, right: Sequence, where: Term) -> Sequence:
    """The product, where one factor is constant, or both have powers only: a^k b^k = (ab)^k."""
    for constant, other in ((left, right), (right, left)):
        if constant.is_constant:
            return other.scaled(constant.constant)
    if left.sums or right.sums:
        raise UnsupportedError(f"the limit of {where}: a product with a geometric sum")
    result = right.scaled(left.constant).plus(Sequence(ZERO, left.scaled(right.constant).powers))
    for a, p in left.powers.items():
        for b, q in right.powers.items():
            result = result.plus(Sequence(ZERO, {a * b: _product(p, q)}))
    return result


def _reciprocal(term: tm.Divide, counter: Dimension) -> Term:
    if depends_on(term.right, counter):
        raise UnsupportedError(f"the limit of {term}: a divisor that changes with {counter}")
    return _ONE / term.right


def _power(term: tm.Power, counter: Dimension, of: _Of, numbers: Numbers) -> Sequence:
    if depends_on(term.base, counter):
        match term.exponent:
            case Number(value) if value.denominator == 1 and 1 <= value <= 8:
                result = of(term.base)
                for _ in range(int(value) - 1):
                    result = _times(result, of(term.base), term)
                return result
        raise UnsupportedError(f"the limit of {term}")
    _, steps = counted(term.exponent)
    return Sequence(ZERO, {term.base: term.base**steps if steps else _ONE})


def _series(term: op.Series, counter: Dimension, of: _Of, numbers: Numbers) -> Sequence:
    """Σ_{i<k+c} (g + p aⁱ) = g·S(1) + p·S(a), and then c steps further."""
    body, (_, steps) = of(term.body, term.counter), counted(term.length)
    if body.sums or depends_on(term.body, counter):
        raise UnsupportedError(f"the limit of {term}: a sum of sums, or of what changes with its length")
    result = Sequence()
    for base, part in _merged({_ONE: body.constant}, body.powers).items():
        start: Term = ZERO
        slope = part
        for _ in range(steps):  # S_{k+1} = 1 + a S_k
            start, slope = _sum(part, _product(base, start)), _product(base, slope)
        result = result.plus(Sequence(start, {}, {base: slope}))
    return result


def _iterate(term: op.Iterate, counter: Dimension, of: _Of, numbers: Numbers) -> Sequence:
    _, steps = counted(term.count)
    if len(term.states) != 1 or term.counter is not None or term.step.shape or any(depends_on(part, counter) for part in (*term.initials, term.step)):
        raise UnsupportedError(f"the limit of {term}: a recurrence of higher order, or one that changes with {counter}")
    (start,) = term.initials
    slope, offset = affine_step(term, numbers)
    first = _sum(_product(slope - 1, start), offset)
    result = Sequence(start, {}, {slope: first})
    for _ in range(steps):
        result = result.scaled(slope).plus(Sequence(offset))
    return result


def affine_step(term: op.Iterate, numbers: Numbers) -> tuple[Term, Term]:
    """a and b of a scalar sequence with the step x → ax + b.

    Raises:
        UnsupportedError: the step is another one, or goes back by more than one term.
    """
    if len(term.states) != 1 or term.counter is not None:
        raise UnsupportedError(f"{term} is a recurrence of higher order, or one whose step changes")
    (state,) = term.states
    offset = numbers.simplified(substitute(term.step, {state: ZERO}))
    slope = numbers.simplified(substitute(term.step, {state: _ONE}) - offset)
    if not numbers.equal(term.step, slope * state + offset):
        raise UnsupportedError(f"{term}: its step is not affine in {state}")
    return slope, offset


_RULES: dict[type[Term], Callable[[Any, Dimension, _Of, Numbers], Sequence]] = {
    tm.Add: lambda term, counter, of, numbers: of(term.left).plus(of(term.right)),
    tm.Subtract: lambda term, counter, of, numbers: of(term.left).plus(of(term.right).scaled(Number(Fraction(-1)))),
    tm.Negate: lambda term, counter, of, numbers: of(term.operand).scaled(Number(Fraction(-1))),
    tm.Multiply: lambda term, counter, of, numbers: _times(of(term.left), of(term.right), term),
    tm.Divide: lambda term, counter, of, numbers: of(term.left).scaled(_reciprocal(term, counter)),
    tm.Power: _power,
    op.Series: _series,
    op.Iterate: _iterate,
    op.Named: lambda term, counter, of, numbers: of(term.body),
}


def _sum(left: Term, right: Term) -> Term:
    return right if left == ZERO else left if right == ZERO else left + right


def _product(left: Term, right: Term) -> Term:
    if ZERO in (left, right):
        return ZERO
    return right if left == _ONE else left if right == _ONE else left * right


def _merged(left: dict[Term, Term], right: dict[Term, Term]) -> dict[Term, Term]:
    return left | {base: _sum(left.get(base, ZERO), part) for base, part in right.items()}
