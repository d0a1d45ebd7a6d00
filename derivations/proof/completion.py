"""Bounded Knuth–Bendix completion: consequences of the rules, found where two of them overlap.

Works on chains, that is on words of matrices: where the end of one greatest word is the beginning of another, the longer word
reduces in two ways, and the difference is a new equation. Push-through and Woodbury come out of it. (Knuth & Bendix 1970; for
operator identities: Hofstadler, Raab & Regensburger, Certifying operator identities via noncommutative Gröbner bases, 2019.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from derivations.proof.algebra import Algebra
from derivations.proof.networks import Factor, Network, Slots
from derivations.proof.rules import Rule
from derivations.proof.tensors import COLUMN, INNER, ROW, Label, Tensor

__all__ = ["complete", "word_of"]

_LONGEST = 9
_ROUNDS = 6

Letter: TypeAlias = tuple[int, bool]
"""(number of an atom with two slots, or one; whether it is transposed)."""
Word: TypeAlias = tuple[Letter, ...]


def complete(algebra: Algebra, goal: Tensor) -> Tensor:
    """The goal, reduced by the rules and their consequences, until it is zero or the bounds are reached."""
    seen: set[tuple[Network, Network, int, bool]] = set()
    goal = algebra.renormalised(goal)
    for _ in range(_ROUNDS):
        found = False
        for equation in list(_consequences(algebra, seen)):
            found |= algebra.rules.add(algebra, equation)
        if found:
            goal = algebra.renormalised(goal)
        if not goal or not found or algebra.rules.full:
            break
    return goal


def _consequences(algebra: Algebra, seen: set[tuple[Network, Network, int, bool]]) -> Iterator[Tensor]:
    rules = [(rule, word) for rule in algebra.rules.rules if (word := word_of(rule.lead)) is not None]
    for first, a in rules:
        for second, b in rules:
            for flipped in (False, True):
                word = _flipped(b) if flipped else b
                for length in range(1, min(len(a), len(word))):
                    mark = (first.lead, second.lead, length, flipped)
                    if len(a) + len(word) - length > _LONGEST or mark in seen or not _same(algebra, a[-length:], word[:length]):
                        continue
                    seen.add(mark)
                    yield _difference(algebra, (first, a), (second, word, flipped), length)


def _same(algebra: Algebra, left: Word, right: Word) -> bool:
    return all(a[0] == b[0] and (a[1] == b[1] or algebra.is_symmetric(a[0])) for a, b in zip(left, right, strict=True))


def _difference(algebra: Algebra, left: tuple[Rule, Word], right: tuple[Rule, Word, bool], length: int) -> Tensor:
    """For a = u·o and b = o·v: (rest of a)·v − u·(rest of b)."""
    (first, a), (second, b, flipped) = left, right
    other = algebra.relabel(second.rest, {ROW: COLUMN, COLUMN: ROW}) if flipped else second.rest
    return algebra.subtract(_times(algebra, first.rest, _spelled(algebra, b[length:])), _times(algebra, _spelled(algebra, a[:-length]), other))


def _times(algebra: Algebra, left: Tensor, right: Tensor) -> Tensor:
    joined = algebra.relabel(left, {COLUMN: INNER}), algebra.relabel(right, {ROW: INNER})
    return algebra.multiply(*joined, INNER)


def _spelled(algebra: Algebra, word: Word) -> Tensor:
    """The product of the letters."""
    tensors = [_letter(algebra, *letter) for letter in word]
    product = tensors[0]
    for tensor in tensors[1:]:
        product = _times(algebra, product, tensor)
    return product


def _letter(algebra: Algebra, number: int, transposed: bool) -> Tensor:
    labels: list[Label | int] = [COLUMN, ROW] if transposed else [ROW, COLUMN]
    return algebra.factor(number, labels)


def _flipped(word: Word) -> Word:
    return tuple((number, not transposed) for number, transposed in reversed(word))


def word_of(network: Network) -> Word | None:
    """A chain of matrices from the first free slot to the second, as a word; None for anything else."""
    factors, free = network
    if len(free) != 2 or any(len(slots) != 2 for _, slots in factors):
        return None
    word: list[Letter] = []
    left: list[Factor] = list(factors)
    edge = free[0]
    while left:
        step = next((factor for factor in left if edge in factor[1]), None)
        if step is None or step[1][0] == step[1][1] or sum(edge in slots for _, slots in left) > 1:
            return None
        left.remove(step)
        word.append((step[0], step[1][1] == edge))
        edge = _other(step[1], edge)
    return tuple(word) if word and edge == free[1] else None


def _other(slots: Slots, edge: int) -> int:
    return slots[0] if slots[1] == edge else slots[1]

