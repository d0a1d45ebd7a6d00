"""The canonical form of networks: two networks have one form exactly where they mean the same tensor."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from random import Random

import pytest

from derivations.proof import networks
from derivations.proof.networks import Factor, Network, Slots, canonical, components, degrees, embeddings, merged, occurrences, shifted

ARITIES = {0: 1, 1: 2, 2: 2, 3: 3, 4: 0}
SYMMETRIC = {1, 5}
ARITIES[5] = 2


def is_symmetric(atom: int) -> bool:
    return atom in SYMMETRIC


def random_network(random: Random) -> Network:
    """Up to five factors on up to four edges, some slots fixed, up to two free slots."""
    edges = range(random.randint(1, 4))

    def slot() -> int:
        return -random.randint(1, 2) if random.random() < 0.1 else random.choice(edges)

    atoms = [random.choice(list(ARITIES)) for _ in range(random.randint(0, 5))]
    factors = tuple((atom, tuple(slot() for _ in range(ARITIES[atom]))) for atom in atoms)
    return factors, tuple(slot() for _ in range(random.randint(0, 2)))


def disguised(network: Network, random: Random) -> Network:
    """The same network with other edge numbers, its factors in another order and symmetric atoms turned."""
    factors, free = network
    edges = list(degrees(factors, free))
    names = dict(zip(edges, random.sample(range(100), len(edges)), strict=True))

    def renamed(slots: Slots) -> Slots:
        return tuple(names[slot] if slot >= 0 else slot for slot in slots)

    def turned(factor: Factor) -> Factor:
        atom, slots = factor
        return atom, slots[::-1] if is_symmetric(atom) and random.random() < 0.5 else slots

    moved = [turned((atom, renamed(slots))) for atom, slots in factors]
    return tuple(random.sample(moved, len(moved))), renamed(free)


def values(network: Network, dim: int = 3) -> list[int]:
    """Every entry of the tensor that the network means, its atoms being fixed generic tensors of integers."""
    factors, free = network
    edges = sorted(degrees(factors, free))

    def entry(atom: int, positions: tuple[int, ...]) -> int:
        return Random(f"{atom} {sorted(positions) if is_symmetric(atom) else positions}").randrange(1, 1 << 60)

    def at(slot: int, there: dict[int, int]) -> int:
        return there[slot] if slot >= 0 else -slot

    table = {}
    for corner in product(range(1, dim + 1), repeat=len(free)):
        total = 0
        for positions in product(range(1, dim + 1), repeat=len(edges)):
            there = dict(zip(edges, positions, strict=True))
            if all(at(slot, there) == place for slot, place in zip(free, corner, strict=True)):
                total += prod(entry(atom, tuple(at(slot, there) for slot in slots)) for atom, slots in factors)
        table[corner] = total
    return list(table.values())


@pytest.mark.parametrize("seed", range(4))
def test_the_form_does_not_depend_on_names_and_order(seed: int) -> None:
    random = Random(seed)
    for _ in range(2500):
        network = random_network(random)
        other = disguised(network, random)
        assert canonical(*network, is_symmetric) == canonical(*other, is_symmetric), (network, other)


@pytest.mark.parametrize("seed", range(2))
def test_two_networks_have_one_form_exactly_where_they_have_the_same_values(seed: int) -> None:
    random = Random(seed)
    met: dict[Network, list[int]] = {}
    for _ in range(1000):
        network = random_network(random)
        form = canonical(*network, is_symmetric)
        table = values(network, dim=2)
        assert met.setdefault(form, table) == table
        twins = [other for other, known in met.items() if known == table and len(other[1]) == len(form[1]) and other != form]
        assert all(values(other) != values(form) for other in twins), (form, twins)  # equal by chance in two dimensions only


def test_the_form_is_a_network_of_the_same_meaning() -> None:
    random = Random(0)
    for _ in range(60):
        network = random_network(random)
        assert values(canonical(*network, is_symmetric), dim=2) == values(network, dim=2)


@pytest.mark.parametrize("branches", [4, 8, 10])
def test_equal_branches_are_not_tried_in_every_order(branches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[None] = []
    write = networks._written

    def counted(factors: list[Factor], free: Slots, colours: dict[int, int], symmetric: Callable[[int], bool]) -> Network:
        written.append(None)
        return write(factors, free, colours, symmetric)

    monkeypatch.setattr(networks, "_written", counted)
    star = [factor for k in range(1, branches + 1) for factor in ((2, (0, k)), (0, (k,)))]  # (A x)ᵢ to a power
    canonical(star, (0,), is_symmetric)
    assert len(written) <= branches**2


def test_merging_meets_fixed_positions() -> None:
    factors = [(2, (0, 1)), (0, (1,))]
    assert merged(factors, (0,), []) == (tuple(factors), (0,))
    assert merged(factors, (0,), [(0, 1)]) == (((2, (0, 0)), (0, (0,))), (0,))
    assert merged(factors, (0,), [(0, -2)]) == (((2, (-2, 1)), (0, (1,))), (-2,))
    assert merged(factors, (0,), [(0, -2), (1, -2)]) == (((2, (-2, -2)), (0, (-2,))), (-2,))
    assert merged(factors, (0,), [(0, -1), (0, 1), (1, -2)]) is None


def test_components_tell_open_from_closed() -> None:
    factors = [(2, (0, 1)), (0, (1,)), (2, (2, 3)), (2, (3, 2)), (0, (-1,)), (4, ())]
    outer, closed = components(factors, (0,))
    assert sorted(outer) == sorted(factors[:2])
    assert sorted(map(sorted, closed)) == sorted([sorted(factors[2:4]), [factors[4]], [factors[5]]])


def test_shifting_keeps_fixed_positions() -> None:
    assert shifted((((2, (0, -1)),), (0, -1)), 10) == (((2, (10, -1)),), (10, -1))


def test_an_embedding_sums_over_what_the_pattern_sums_over() -> None:
    row_sum: Network = (((2, (0, 1)), (0, (1,))), (0,))  # (A x)ᵢ
    assert embeddings(row_sum, (7,), [(0, (4,)), (2, (7, 4)), (0, (7,))], (7,), is_symmetric) == [1, 0]
    assert embeddings(row_sum, (7,), [(0, (4,)), (2, (7, 4)), (0, (4,))], (7,), is_symmetric) is None  # its edge is shared by more
    assert embeddings(row_sum, (7,), [(0, (4,)), (2, (7, 4))], (7, 4), is_symmetric) is None  # its edge is not summed
    assert embeddings(row_sum, (7,), [(0, (-1,)), (2, (7, -1))], (7,), is_symmetric) is None  # its edge is a fixed position
    assert embeddings(row_sum, (7,), [(0, (4,)), (2, (4, 7))], (7,), is_symmetric) is None  # Aᵀx
    assert embeddings((((1, (0, 1)), (0, (1,))), (0,)), (7,), [(0, (4,)), (1, (4, 7))], (7,), is_symmetric) == [1, 0]  # A is symmetric


def test_a_disguised_pattern_is_found_in_a_larger_network() -> None:
    random = Random(1)
    for _ in range(200):
        word = [(2, (k, k + 1)) for k in range(random.randint(1, 3))]
        pattern: Network = (tuple(word), (0, len(word)))
        around = [(0, (0,)), (2, (len(word), 50)), (0, (50,))]
        factors, _ = disguised(((*word, *around), ()), random)
        found = list(occurrences(pattern, factors, (), is_symmetric))
        assert any({factors[place][0] for place in places} == {2} and len(places) == len(word) for places, _ in found)
        for places, ends in found:
            chosen = tuple(factors[place] for place in places)
            assert canonical(chosen, ends, is_symmetric) == canonical(*pattern, is_symmetric) or ends[0] == ends[1]
