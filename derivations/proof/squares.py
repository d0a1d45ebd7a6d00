"""Sums of squares: a scalar that is Σ cₖ ‖uₖ‖² (or Σ cₖ uₖᵀSuₖ with S positive semidefinite), with cₖ ≥ 0, is not negative. The halves uₖ
are scalars, vectors or matrices.

Each closed network of the scalar is cut into two halves, at a summed edge or at a positive semidefinite matrix. So the scalar is a
quadratic form in the halves, and its Gram matrix is tested by elimination, with pivots that are known to be positive. (Completing
the square, for vectors; Horn & Johnson, Matrix Analysis, section 7.2.) It is positive where a half u is certainly not zero and a
positive multiple of ‖u‖² (or of uᵀSu with S definite) is left when all other halves are eliminated: the Schur complement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Factor, Network, Slots, components, degrees
from derivations.proof.positivity import is_positive_coefficient
from derivations.proof.signs import is_known_nonnegative, is_known_nonzero
from derivations.proof.tensors import COLUMN, ROW, Tensor

__all__ = ["Half", "Middles", "is_sum_of_squares", "positive_halves", "tensor_of"]

Form: TypeAlias = Hashable
"""What stands between the halves: a summed edge, the number of a semidefinite atom, or the product of two scalars."""
Half: TypeAlias = tuple[tuple[int, ...], Network]
"""The generators and the network of a half."""
Cut: TypeAlias = tuple[Form, Half, Half, Coefficient]
"""A term as the product of two halves in a form, and its factor."""
Gram: TypeAlias = dict[tuple[Half, Half], Coefficient]

_EDGE, _SCALAR = "edge", "scalar"


@dataclass(frozen=True, slots=True)
class Middles:
    """The numbers of the atoms that may stand in the middle of a square: symmetric matrices that are certainly positive semidefinite.

    Attributes:
        definite: of these, the ones that are certainly positive definite.
        projections: of these, the ones that are projections P: since I = (I − P) + P, and both are semidefinite, Σ aᵢⱼ uᵢᵀuⱼ + Σ bᵢⱼ uᵢᵀPuⱼ
            is not negative if neither A nor A + B has a negative eigenvalue.
    """

    semidefinite: frozenset[int] = frozenset()
    definite: frozenset[int] = frozenset()
    projections: frozenset[int] = frozenset()


def is_sum_of_squares(algebra: Algebra, scalar: Coefficient, middles: Middles = Middles()) -> bool:
    """Whether the scalar is certainly ≥ 0 as a sum of squares."""
    grams = _grams(algebra, _over_a_square(algebra, scalar), middles)
    return grams is not None and _are_semidefinite(algebra, grams, middles)


def positive_halves(
    algebra: Algebra, scalar: Coefficient, middles: Middles, is_nonzero: Callable[[Network], bool], positive: Iterable[Coefficient] = ()
) -> tuple[Half, ...]:
    """The halves by which the scalar is certainly > 0 as a sum of squares; none where it is not.

    It is where a half is not zero and, all others eliminated, a positive multiple of its square is left. And where it is a multiple of a
    scalar that is given to be `positive`, or that scalar consists of halves on which the form is definite: they are not all zero.
    """
    grams = _grams(algebra, _over_a_square(algebra, scalar), middles)
    if grams is None or any(_pivots(algebra, gram) is None for gram in grams.values()):
        return ()
    regular = {form: gram for form, gram in grams.items() if form in (_EDGE, _SCALAR) or form in middles.definite}
    for form, gram in regular.items():
        for half in _halves_of(gram):
            apart = all(_is_nonzero_generator(algebra, number) for number in half[0]) and (form == _SCALAR or is_nonzero(half[1]))
            if apart and _is_definite_on(algebra, gram, [half]):
                return (half,)
    for given in filter(None, positive):
        if is_positive_coefficient(algebra, algebra.ring.reduced(scalar / given)):
            return tuple(half for gram in grams.values() for half in _halves_of(gram))
        parts = _grams(algebra, _over_a_square(algebra, given), middles) or {}
        if parts and all(form in regular and _is_definite_on(algebra, regular[form], _halves_of(part)) for form, part in parts.items()):
            return tuple(half for part in parts.values() for half in _halves_of(part))
    return ()


def tensor_of(algebra: Algebra, half: Half) -> Tensor:
    """A half as a scalar, vector or matrix."""
    generators, (factors, free) = half
    dims = {slot: dim for number, slots in factors for slot, dim in zip(slots, algebra.atoms[number].dims, strict=True)}
    coefficient = Coefficient.number(1)
    for number in generators:
        coefficient = _times(coefficient, number)
    return Tensor(tuple(zip((ROW, COLUMN), (dims[slot] for slot in free), strict=False)), {(factors, free): coefficient})


def _over_a_square(algebra: Algebra, scalar: Coefficient) -> Coefficient:
    """A scalar of the same sign without its denominator, which is not zero: it is left out where it is positive, else multiplied by."""
    denominator, numerator = Coefficient(scalar.denominator), Coefficient(scalar.numerator)
    return numerator if is_positive_coefficient(algebra, denominator) else algebra.ring.reduced(numerator * denominator)


def _grams(algebra: Algebra, scalar: Coefficient, middles: Middles) -> dict[Form, Gram] | None:
    """The Gram matrix of each form; None where a term of the scalar cannot be cut into halves that are squared elsewhere."""
    grams: dict[Form, Gram] = {}
    for cuts in sorted(_terms(algebra, scalar, middles.semidefinite), key=lambda cuts: _square(cuts) is None):
        cut = _square(cuts) or next((cut for cut in cuts if _known(cut, grams)), None)
        if cut is None:
            return None
        _enter(grams.setdefault(cut[0], {}), cut)
    return grams


def _are_semidefinite(algebra: Algebra, grams: dict[Form, Gram], middles: Middles) -> bool:
    failing = [form for form, gram in grams.items() if _pivots(algebra, gram) is None]
    if len(failing) == 1 and failing[0] in middles.projections:
        return _pivots(algebra, _sum(grams.get(_EDGE, {}), grams[failing[0]])) is not None
    return not failing


def _is_nonzero_generator(algebra: Algebra, number: int) -> bool:
    return is_known_nonzero(algebra, algebra.constant(Coefficient.generator(number)))


def _sum(left: Gram, right: Gram) -> Gram:
    zero = Coefficient.number(0)
    return {pair: left.get(pair, zero) + right.get(pair, zero) for pair in {*left, *right}}


def _square(cuts: list[Cut]) -> Cut | None:
    return next((cut for cut in cuts if cut[1] == cut[2]), None)


def _known(cut: Cut, grams: dict[Form, Gram]) -> bool:
    form, left, right, _ = cut
    return {(left, left), (right, right)} <= grams.get(form, {}).keys()


def _enter(gram: Gram, cut: Cut) -> None:
    _, left, right, factor = cut
    share = factor if left == right else factor * Coefficient.number(Fraction(1, 2))
    for pair in {(left, right), (right, left)}:
        gram[pair] = gram[pair] + share if pair in gram else share


def _halves_of(gram: Gram) -> list[Half]:
    return list(dict.fromkeys(half for pair in gram for half in pair))


def _is_definite_on(algebra: Algebra, gram: Gram, halves: Collection[Half]) -> bool:
    """Whether the form is a sum of squares and a definite form of these halves."""
    pivots = _pivots(algebra, gram, halves) if {*halves} <= {*_halves_of(gram)} else None
    return pivots is not None and all(is_positive_coefficient(algebra, pivot) for pivot in pivots)


def _pivots(algebra: Algebra, gram: Gram, last: Collection[Half] = ()) -> list[Coefficient] | None:
    """Elimination; the pivots of those halves that are to come last. None where the Gram matrix is not certainly semidefinite."""
    gram = {pair: entry for pair, entry in gram.items() if entry}
    zero = Coefficient.number(0)
    pivots = []
    left = [half for half in _halves_of(gram) if half not in last], list(last)
    while waiting := left[0] or left[1]:
        rows = {h: {other: gram[h, other] for other in (*left[0], *left[1]) if other != h and (h, other) in gram} for h in waiting}
        chosen = next((h for h, row in rows.items() if _is_pivot(algebra, gram.get((h, h), zero), row.values())), None)
        if chosen is None:
            return None
        waiting.remove(chosen)
        pivot, row = gram.get((chosen, chosen), zero), rows[chosen]
        pivots += [pivot] if chosen in last else []
        for a in row:
            for b in row:
                gram[a, b] = algebra.ring.reduced(gram.get((a, b), zero) - row[a] * row[b] / pivot)
                if not gram[a, b]:
                    del gram[a, b]
    return pivots


def _is_pivot(algebra: Algebra, pivot: Coefficient, row: Collection[Coefficient]) -> bool:
    """Whether the row can be eliminated: the pivot is positive; or it is not negative, and where it is 0, so is the row."""
    if is_positive_coefficient(algebra, pivot):
        return True
    return all((entry / pivot).is_polynomial for entry in row) and _is_nonnegative(algebra, pivot) if pivot else not row


def _is_nonnegative(algebra: Algebra, coefficient: Coefficient) -> bool:
    """Whether a scalar is known not to be negative: so are all terms of its numerator, and its denominator is positive."""
    return is_positive_coefficient(algebra, Coefficient(coefficient.denominator)) and all(
        number > 0 and all(exponent % 2 == 0 or _is_nonnegative_generator(algebra, generator) for generator, exponent in powers.items())
        for number, powers in coefficient.monomials()
    )


def _is_nonnegative_generator(algebra: Algebra, number: int) -> bool:
    generator = Coefficient.generator(number)
    return is_positive_coefficient(algebra, generator) or is_known_nonnegative(algebra, algebra.constant(generator))


def _terms(algebra: Algebra, scalar: Coefficient, semidefinite: frozenset[int]) -> Iterator[list[Cut]]:
    """Of each term the ways to cut it. Its factor is its number with the scalars that are known to be positive, and in some ways with those
    of odd power that are known not to be negative.
    """
    for number, powers in scalar.monomials():
        factor, others = Coefficient.number(number), dict(powers)
        for generator in powers:
            if is_positive_coefficient(algebra, Coefficient.generator(generator)):
                factor = _times(factor, generator, others.pop(generator))
        cuts = _cuts(algebra, others, factor, semidefinite)
        signed = [generator for generator, exponent in others.items() if exponent % 2 and _is_nonnegative_generator(algebra, generator)]
        for generator in signed:
            factor = _times(factor, generator)
            others[generator] -= 1
        yield cuts + (_cuts(algebra, others, factor, semidefinite) if signed else [])


def _times(factor: Coefficient, generator: int, exponent: int = 1) -> Coefficient:
    for _ in range(exponent):
        factor = factor * Coefficient.generator(generator)
    return factor


def _cuts(algebra: Algebra, powers: dict[int, int], factor: Coefficient, semidefinite: frozenset[int]) -> list[Cut]:
    """One network cut in two and the other scalars dealt out, or all scalars dealt out."""
    generators = [generator for generator, exponent in powers.items() for _ in range(exponent)]
    cuts: list[Cut] = []
    for place, number in enumerate(generators):
        rest = generators[:place] + generators[place + 1 :]
        for form, left, right in _network_cuts(algebra, algebra.ring.owners[number], semidefinite):
            cuts += [(form, (mine, left), (theirs, right), factor) for mine, theirs in _dealt(rest)]
    return cuts + [(_SCALAR, (mine, _NO_HALF), (theirs, _NO_HALF), factor) for mine, theirs in _dealt(generators)]


_NO_HALF: Network = ((), ())
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


def _network_cuts(algebra: Algebra, network: Network, semidefinite: frozenset[int]) -> Iterator[tuple[Form, Network, Network]]:
    factors = list(network[0])
    for rest, edge, new in _openings(factors):
        yield from _halves(algebra, rest, (edge,), (new,), _EDGE)
    for place, (number, slots) in enumerate(factors):
        if number in semidefinite and len(set(slots)) == 2:
            yield from _halves(algebra, factors[:place] + factors[place + 1 :], slots[:1], slots[1:], number)


def _openings(factors: list[Factor]) -> Iterator[tuple[list[Factor], int, int]]:
    """Each edge between two factors, cut: the factors, and its two ends."""
    for edge, count in degrees(factors).items():
        touching = [k for k, (_, slots) in enumerate(factors) if edge in slots]
        if count == 2 and len(touching) == 2:
            new = max(degrees(factors)) + 1
            number, slots = factors[touching[1]]
            apart = [*factors]
            apart[touching[1]] = (number, tuple(new if slot == edge else slot for slot in slots))
            yield apart, edge, new


def _halves(algebra: Algebra, factors: list[Factor], left: Slots, right: Slots, form: Form) -> Iterator[tuple[Form, Network, Network]]:
    """The two components at the ends, where nothing else is left. What hangs together still is cut at a second edge: the halves are matrices."""
    first, second = components(factors, left)[0], components(factors, right)[0]
    ends = {slot for _, slots in first for slot in slots}
    if len(first) + len(second) == len(factors) and first and second and not ends & {*right}:
        if form != _EDGE or _in_order(algebra, first, left):
            yield form, algebra.canonical(first, left), algebra.canonical(second, right)
    elif len(left) == 1 and right[0] in ends:
        for apart, edge, new in _openings(factors):
            for mine, other in ((edge, new), (new, edge)):
                yield from _halves(algebra, apart, (*left, mine), (*right, other), form)


def _in_order(algebra: Algebra, half: list[Factor], free: Slots) -> bool:
    """Whether the dimensions of the free slots ascend: of a matrix and its transpose one is taken."""
    dims = {slot: str(dim) for number, slots in half for slot, dim in zip(slots, algebra.atoms[number].dims, strict=True)}
    return [dims[slot] for slot in free] == sorted(dims[slot] for slot in free)
