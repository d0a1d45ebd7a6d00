"""Sums of squares: a scalar that is Σ cₖ ‖uₖ‖² (or Σ cₖ uₖᵀSuₖ with S positive semidefinite), with cₖ ≥ 0, is not negative.

Each closed network of the scalar is cut into two halves, at a summed edge or at a positive semidefinite matrix. So the scalar is a
quadratic form in the halves, and its Gram matrix is tested by elimination, with pivots that are known to be positive. (Completing
the square, for vectors; Horn & Johnson, Matrix Analysis, section 7.2.)
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Factor, Network, components, degrees
from derivations.proof.positivity import is_positive_coefficient

__all__ = ["is_sum_of_squares"]

Form: TypeAlias = Hashable
"""What stands between the halves: a summed edge, the number of a semidefinite atom, or the product of two scalars."""
Half: TypeAlias = Hashable
Cut: TypeAlias = tuple[Form, Half, Half]
Gram: TypeAlias = dict[tuple[Half, Half], Coefficient]

_EDGE, _SCALAR = "edge", "scalar"


def is_sum_of_squares(algebra: Algebra, scalar: Coefficient, semidefinite: frozenset[int], projections: frozenset[int] = frozenset()) -> bool:
    """Whether the scalar is certainly ≥ 0 as a sum of squares; `semidefinite` are the numbers of the atoms that may stand in the middle.

    Of these, some are projections P: since I = (I − P) + P, and both are semidefinite, Σ aᵢⱼ uᵢᵀuⱼ + Σ bᵢⱼ uᵢᵀPuⱼ is not negative if neither A
    nor A + B has a negative eigenvalue.
    """
    if not is_positive_coefficient(algebra, Coefficient(scalar.denominator)):
        return False
    terms = list(_terms(algebra, scalar, semidefinite))
    grams: dict[Form, Gram] = {}
    for cuts, factor in sorted(terms, key=lambda term: _square(term[0]) is None):
        cut = _square(cuts) or next((cut for cut in cuts if _known(cut, grams)), None)
        if cut is None:
            return False
        _enter(grams.setdefault(cut[0], {}), cut, factor)
    failing = [form for form, gram in grams.items() if not _is_semidefinite(algebra, gram)]
    if len(failing) == 1 and failing[0] in projections:
        return _is_semidefinite(algebra, _sum(grams.get(_EDGE, {}), grams[failing[0]]))
    return not failing


def _sum(left: Gram, right: Gram) -> Gram:
    zero = Coefficient.number(0)
    return {pair: left.get(pair, zero) + right.get(pair, zero) for pair in {*left, *right}}


def _square(cuts: list[Cut]) -> Cut | None:
    return next((cut for cut in cuts if cut[1] == cut[2]), None)


def _known(cut: Cut, grams: dict[Form, Gram]) -> bool:
    form, left, right = cut
    return {(left, left), (right, right)} <= grams.get(form, {}).keys()


def _enter(gram: Gram, cut: Cut, factor: Coefficient) -> None:
    _, left, right = cut
    share = factor if left == right else factor * Coefficient.number(Fraction(1, 2))
    for pair in {(left, right), (right, left)}:
        gram[pair] = gram[pair] + share if pair in gram else share


def _is_semidefinite(algebra: Algebra, gram: Gram) -> bool:
    """Elimination: a positive pivot is eliminated, a zero one must have a zero row."""
    gram = dict(gram)
    zero = Coefficient.number(0)
    halves = {half for pair in gram for half in pair}
    while halves:
        pivot = next((h for h in halves if not gram.get((h, h), zero) or is_positive_coefficient(algebra, gram[h, h])), None)
        if pivot is None:
            return False
        halves.discard(pivot)
        row = {h: gram[pivot, h] for h in halves if gram.get((pivot, h), zero)}
        if not gram.get((pivot, pivot), zero):
            if row:
                return False
            continue
        for a in row:
            for b in row:
                gram[a, b] = algebra.ring.reduced(gram.get((a, b), zero) - row[a] * row[b] / gram[pivot, pivot])
    return True


def _terms(algebra: Algebra, scalar: Coefficient, semidefinite: frozenset[int]) -> Iterator[tuple[list[Cut], Coefficient]]:
    """Each term of the numerator: the ways to cut it, and its factor of numbers and of scalars that are known to be positive."""
    for number, powers in scalar.monomials():
        factor = Coefficient.number(number)
        others: list[int] = []
        for generator, exponent in powers.items():
            if is_positive_coefficient(algebra, Coefficient.generator(generator)):
                for _ in range(exponent):
                    factor = factor * Coefficient.generator(generator)
            else:
                others += [generator] * exponent
        yield _cuts(algebra, others, semidefinite), factor


def _cuts(algebra: Algebra, generators: list[int], semidefinite: frozenset[int]) -> list[Cut]:
    """One network cut in two and the other scalars dealt out, or all scalars dealt out."""
    cuts: list[Cut] = []
    for place, number in enumerate(generators):
        rest = generators[:place] + generators[place + 1 :]
        for form, left, right in _network_cuts(algebra, algebra.ring.owners[number], semidefinite):
            cuts += [(form, (mine, left), (theirs, right)) for mine, theirs in _dealt(rest)]
    return cuts + [(_SCALAR, (mine, _NO_HALF), (theirs, _NO_HALF)) for mine, theirs in _dealt(generators)]


_NO_HALF = ((), ())
_MOST_DEALT = 6


def _dealt(generators: list[int]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The ways to give every scalar to one of two sides; an equal deal first."""
    if len(generators) > _MOST_DEALT:
        return
    places = range(len(generators))
    for size in sorted(range(len(generators) + 1), key=lambda size: abs(2 * size - len(generators))):
        for chosen in combinations(places, size):
            mine = tuple(sorted(generators[k] for k in chosen))
            yield mine, tuple(sorted(generators[k] for k in places if k not in chosen))


def _network_cuts(algebra: Algebra, network: Network, semidefinite: frozenset[int]) -> Iterator[Cut]:
    factors = list(network[0])
    for edge, count in degrees(factors).items():
        touching = [k for k, (_, slots) in enumerate(factors) if edge in slots]
        if count == 2 and len(touching) == 2:
            new = max(degrees(factors)) + 1
            number, slots = factors[touching[1]]
            apart = [*factors]
            apart[touching[1]] = (number, tuple(new if slot == edge else slot for slot in slots))
            yield from _halves(algebra, apart, edge, new, _EDGE)
    for place, (number, slots) in enumerate(factors):
        if number in semidefinite and len(set(slots)) == 2:
            yield from _halves(algebra, factors[:place] + factors[place + 1 :], slots[0], slots[1], number)


def _halves(algebra: Algebra, factors: list[Factor], left: int, right: int, form: Form) -> Iterator[Cut]:
    """The two components at the ends, where they are different and nothing else is left."""
    first, _ = components(factors, (left,))
    second, _ = components(factors, (right,))
    if len(first) + len(second) == len(factors) and first and second and not any(right in slots for _, slots in first):
        yield form, algebra.canonical(first, (left,)), algebra.canonical(second, (right,))
