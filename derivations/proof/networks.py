"""Tensor networks: the monomials of the normal form, and their canonical form.

A factor is an atom on a tuple of slots. A slot is an edge (an integer ≥ 0), or a fixed position −k (k ≥ 1). Edges on several
slots are shared; edges among the free slots are the axes of the result, all others are summed over. So transposition, trace,
entrywise product, diagonal, broadcasting and entries are wiring, not rules: two spellings of one product are one network up to
the names of its edges, and `canonical` chooses the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

__all__ = ["Factor", "Network", "Slots", "canonical", "components", "degrees", "embeddings", "merged", "occurrences", "shifted"]

Slots: TypeAlias = tuple[int, ...]
Factor: TypeAlias = tuple[int, Slots]
"""(number of an atom, its slots)."""
Network: TypeAlias = tuple[tuple[Factor, ...], Slots]
"""(factors, free slots)."""


def degrees(factors: Iterable[Factor], free: Slots = ()) -> dict[int, int]:
    """How many slots each edge occupies."""
    count: dict[int, int] = {}
    for slots in (*(slots for _, slots in factors), free):
        for edge in slots:
            if edge >= 0:
                count[edge] = count.get(edge, 0) + 1
    return count


def shifted(network: Network, by: int) -> Network:
    """The network with other edge numbers, so that two networks can stand side by side."""
    factors, free = network
    move: Callable[[Slots], Slots] = lambda slots: tuple(edge + by if edge >= 0 else edge for edge in slots)  # noqa: E731
    return tuple((atom, move(slots)) for atom, slots in factors), move(free)


def merged(factors: Sequence[Factor], free: Slots, pairs: Iterable[tuple[int, int]]) -> Network | None:
    """The network with the slots of each pair made one; None (zero) where two different fixed positions meet."""
    parent: dict[int, int] = {}

    def root(slot: int) -> int:
        while slot in parent:
            slot = parent[slot]
        return slot

    for a, b in pairs:
        a, b = root(a), root(b)
        if a == b:
            continue
        if a < 0 and b < 0:
            return None
        low, high = (a, b) if a < b else (b, a)  # a fixed position, being negative, becomes the root
        parent[high] = low
    if not parent:
        return tuple(factors), free
    rename: Callable[[Slots], Slots] = lambda slots: tuple(map(root, slots))  # noqa: E731
    return tuple((atom, rename(slots)) for atom, slots in factors), rename(free)


def components(factors: Sequence[Factor], free: Slots) -> tuple[list[Factor], list[list[Factor]]]:
    """The factors that hang together with a free edge, and the closed components."""
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in factors:
        edges = {edge for edge in factor[1] if edge >= 0}
        together = [factor]
        rest = []
        for group in groups:
            if group[0] & edges:
                edges |= group[0]
                together += group[1]
            else:
                rest.append(group)
        groups = [*rest, (edges, together)]
    outer = set(free)
    open_factors = [factor for edges, group in groups if edges & outer for factor in group]
    return open_factors, [group for edges, group in groups if not edges & outer]


def canonical(factors: Sequence[Factor], free: Slots, is_symmetric: Callable[[int], bool]) -> Network:
    """The same network for every naming of its edges and every order of its factors.

    Colour refinement on edges and factors; where several edges keep one colour, each is tried in turn and the least result is
    taken, so the form does not depend on the input. A choice that leads to a form that was seen before is the image of an earlier one
    under a symmetry of the network (McKay & Piperno, Practical graph isomorphism II, 2014), and not gone into. Slots of symmetric
    atoms are unordered.
    """
    if len(factors) == 1 and len(set(factors[0][1])) == len(factors[0][1]) and not is_symmetric(factors[0][0]):
        return _single(factors[0], free)
    edges = sorted(degrees(factors, free))
    colours: dict[int, int] = _ranked({edge: (tuple(k for k, slot in enumerate(free) if slot == edge),) for edge in edges})

    def forms(colours: dict[int, int], first_only: bool) -> set[Network]:
        colours = _refined(factors, edges, colours, is_symmetric)
        tied = _first_tie(colours)
        if not tied:
            return {_written(factors, free, colours, is_symmetric)}
        found: set[Network] = set()
        for chosen in tied:
            apart = {edge: 2 * colour + (edge != chosen) for edge, colour in colours.items()}
            if first_only:
                return forms(apart, True)
            if not found or not forms(apart, True) <= found:  # else a symmetry of the network carries an earlier choice to this one
                found |= forms(apart, False)
        return found

    return min(forms(colours, False))


def _single(factor: Factor, free: Slots) -> Network:
    """One factor with distinct slots: number its edges as they stand."""
    atom, slots = factor
    names: dict[int, int] = {}
    for edge in (*(e for e in free if e >= 0), *(e for e in slots if e >= 0)):
        names.setdefault(edge, len(names))
    rename: Callable[[Slots], Slots] = lambda old: tuple(names[e] if e >= 0 else e for e in old)  # noqa: E731
    return ((atom, rename(slots)),), rename(free)


def _ranked(signatures: dict[int, Any]) -> dict[int, int]:
    order = {signature: rank for rank, signature in enumerate(sorted(set(signatures.values())))}
    return {key: order[signature] for key, signature in signatures.items()}


def _refined(factors: Sequence[Factor], edges: Sequence[int], colours: dict[int, int], is_symmetric: Callable[[int], bool]) -> dict[int, int]:
    kinds = 0
    while True:
        seen: dict[int, list[Any]] = {edge: [] for edge in edges}
        for atom, slots in factors:
            around = tuple(colours[slot] if slot >= 0 else slot for slot in slots)
            if is_symmetric(atom):
                around = tuple(sorted(around))
            for place, slot in enumerate(slots):
                if slot >= 0:
                    seen[slot].append((atom, around, 0 if is_symmetric(atom) else place))
        colours = _ranked({edge: (colours[edge], tuple(sorted(seen[edge]))) for edge in edges})
        now = len(set(colours.values()))
        if now == kinds:
            return colours
        kinds = now


def _first_tie(colours: dict[int, int]) -> list[int]:
    cells: dict[int, list[int]] = {}
    for edge, colour in colours.items():
        cells.setdefault(colour, []).append(edge)
    return next((cells[colour] for colour in sorted(cells) if len(cells[colour]) > 1), [])


def _written(factors: Sequence[Factor], free: Slots, colours: dict[int, int], is_symmetric: Callable[[int], bool]) -> Network:
    """With distinct colours: edges numbered by first use in the free slots, then by colour; factors sorted."""
    names: dict[int, int] = {}
    for edge in (*(e for e in free if e >= 0), *sorted(colours, key=colours.__getitem__)):
        names.setdefault(edge, len(names))
    written = []
    for atom, slots in factors:
        renamed = tuple(names[e] if e >= 0 else e for e in slots)
        written.append((atom, tuple(sorted(renamed)) if is_symmetric(atom) else renamed))
    return tuple(sorted(written)), tuple(names[e] if e >= 0 else e for e in free)


def embeddings(pattern: Network, glue: Slots, factors: Sequence[Factor], free: Slots, is_symmetric: Callable[[int], bool]) -> list[int] | None:
    """Positions of factors that form the pattern, its free slots lying on `glue`; None if there are none.

    A summed edge of the pattern must be summed in the network too and touch nothing else, else it is another sum.
    """
    bound: dict[int, int] = {}
    for end, slot in zip(pattern[1], glue, strict=True):
        if (end < 0 and end != slot) or bound.setdefault(end, slot) != slot:
            return None
    return next((used for used, _ in _search(pattern[0], frozenset(), bound, factors, free, is_symmetric)), None)


def occurrences(
    pattern: Network, factors: Sequence[Factor], free: Slots, is_symmetric: Callable[[int], bool]
) -> Iterator[tuple[list[int], Slots]]:
    """Positions of factors that form the pattern, and the slots on which its free slots come to lie, for each place where it stands.

    Every free slot of the pattern must be touched by one of its factors.
    """
    wanted, ends = pattern
    for used, known in _search(wanted, frozenset(ends), {}, factors, free, is_symmetric):
        yield used, tuple(known[end] for end in ends)


def _search(
    wanted: Sequence[Factor],
    ends: frozenset[int],
    start: dict[int, int],
    factors: Sequence[Factor],
    free: Slots,
    is_symmetric: Callable[[int], bool],
) -> Iterator[tuple[list[int], dict[int, int]]]:
    """Backtracking over the factors; `ends` are the edges of the pattern that may lie anywhere."""
    inner, outer = degrees(wanted), degrees(factors, free)

    def extended(known: dict[int, int], slots: Slots, target: Slots) -> dict[int, int] | None:
        known = dict(known)
        for mine, theirs in zip(slots, target, strict=True):
            if mine < 0:
                if mine != theirs:
                    return None
            elif mine in known:
                if known[mine] != theirs:
                    return None
            elif mine not in ends and (theirs < 0 or theirs in free or theirs in known.values() or outer[theirs] != inner[mine]):
                return None
            else:
                known[mine] = theirs
        return known

    def search(place: int, known: dict[int, int], used: list[int]) -> Iterator[tuple[list[int], dict[int, int]]]:
        if place == len(wanted):
            yield used, known
            return
        atom, slots = wanted[place]
        for number, (other, target) in enumerate(factors):
            if other != atom or number in used:
                continue
            for arranged in (target, target[::-1]) if is_symmetric(atom) else (target,):
                further = extended(known, slots, arranged)
                if further is not None:
                    yield from search(place + 1, further, [*used, number])

    return search(0, start, [])
