"""Limits of scalar sequences as statements about numbers, without a limit.

With g + h·S_k(a), where S_k(a) = Σ_{i<k} a^i, as the closed form, the sequence is affine: f₀ = g, f_{k+1} = a f_k + (g + h − a g). So it tends to r
exactly if (r − g)(1 − a) = h, and |a| < 1 or r = g (lemma "affine sequence"). With several bases a it tends to r if every |a| < 1 and
r = g + Σ_a h_a/(1 − a) (lemma "geometric sequences"), which is no equivalence: two parts may cancel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add, and_, mul

from derivations.language.assumptions import equal
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_
from derivations.language.terms import Negate, Number, Statement, Term
from derivations.proof.lemmas import AFFINE_SEQUENCE, GEOMETRIC_SEQUENCES, Lemma
from derivations.proof.sequences import ZERO, Numbers, Sequence

__all__ = ["Convergence", "convergence"]


@dataclass(frozen=True, slots=True)
class Convergence:
    """What a limit comes to.

    Attributes:
        statement: a statement about numbers from which the limit follows.
        exact: whether it follows from the limit too.
    """

    statement: Statement
    exact: bool
    lemmas: tuple[Lemma, ...] = ()


def convergence(sequence: Sequence, limit: Term, numbers: Numbers) -> Convergence:
    """What it comes to that a sequence tends to a limit.

    Raises:
        UnsupportedError: it has too many parts.
    """
    sums = _gathered(sequence.in_sums().sums, numbers)
    start, limit = numbers.simplified(sequence.in_sums().constant), numbers.simplified(limit)
    if not sums:
        return Convergence(equal(start, limit), True)
    if len(sums) == 1:
        ((base, part),) = sums.items()
        fixed = (limit - start) * (1 - base), part
        converges = abs_(base) < 1 if _differ(limit, start, numbers) else (abs_(base) < 1) | equal(limit, start)
        return Convergence(converges if numbers.equal(*fixed) else equal(*fixed) & converges, True, (AFFINE_SEQUENCE,))
    if len(sums) > _MOST_BASES:
        raise UnsupportedError(f"a limit with {len(sums)} geometric parts")
    small = reduce(and_, (abs_(base) < 1 for base in sums))
    total = _over_common_divisor(limit - start, sums)
    return Convergence(small if numbers.equal(*total) else equal(*total) & small, False, (GEOMETRIC_SEQUENCES,))


_MOST_BASES = 4


def _over_common_divisor(whole: Term, sums: dict[Term, Term]) -> tuple[Term, Term]:
    """The sides of whole = Σ_a h_a/(1 − a), times every 1 − a."""
    divisors = [1 - base for base in sums]
    numerators: list[Term] = [reduce(mul, (part, *divisors[:k], *divisors[k + 1 :])) for k, part in enumerate(sums.values())]
    return reduce(mul, (whole, *divisors)), reduce(add, numerators)


def _differ(left: Term, right: Term, numbers: Numbers) -> bool:
    """Whether two terms differ by a number other than 0."""
    match numbers.simplified(left - right):
        case Number(value) | Negate(Number(value)):
            return value != 0
    return False


def _gathered(sums: dict[Term, Term], numbers: Numbers) -> dict[Term, Term]:
    """The parts at bases that are equal, in one; those that vanish, left out."""
    result: dict[Term, Term] = {}
    for each, part in sums.items():
        base = min(numbers.simplified(each), 1 - numbers.simplified(1 - each), key=lambda spelling: len(repr(spelling)))
        same = next((other for other in result if numbers.equal(base, other)), base)
        result[same] = result[same] + part if same in result else part
    simplified = {base: numbers.simplified(part) for base, part in result.items()}
    return {base: part for base, part in simplified.items() if not numbers.equal(part, ZERO)}
