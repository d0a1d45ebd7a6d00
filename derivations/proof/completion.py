"""Bounded Knuth–Bendix completion: consequences of the rules, found where two of them overlap.

Works on chains, that is on words of matrices: where the end of one greatest word is the beginning of another, the longer word
reduces in two ways, and the difference is a new equation. Push-through and Woodbury come out of it. (Knuth & Bendix 1970; for
operator identities: Hofstadler, Raab & Regensburger, Certifying operator identities via noncommutative Gröbner bases, 2019.)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias

from derivations.proof.algebra import Algebra, EndlessRewriting
from derivations.proof.networks import Factor, Network
from derivations.proof.rules import Rule
from derivations.proof.tensors import COLUMN, INNER, ROW, Label, Tensor

__all__ = ["Word", "complete", "flipped", "spelled", "word_of"]

_LONGEST = 9
_ROUNDS = 6
_MOST_CONSEQUENCES = 400
"""Proofs need some 130."""

Letter: TypeAlias = tuple[int, bool]
"""(number of an atom with two slots, or one; whether it is transposed)."""
Word: TypeAlias = tuple[Letter, ...]


def complete(algebra: Algebra, goal: Tensor, rounds: int = _ROUNDS) -> Tensor:
    """The goal, reduced by the rules and their consequences, until it is zero, the bounds are reached, or the rules go round in circles."""
    seen: set[Mark] = set()
    try:
        goal = algebra.renormalised(goal)
        for _ in range(rounds):
            found = False
            for equation, sources in list(islice(_consequences(algebra, seen), _MOST_CONSEQUENCES - len(seen))):
                found |= algebra.rules.add(algebra, equation, sources=sources)
            if found:
                goal = algebra.renormalised(goal)
            if not goal or not found or algebra.rules.full:
                break
    except EndlessRewriting:
        return goal  # as far as it came: still equal, only less reduced
    return goal


Mark: TypeAlias = tuple[Network, Network, int, bool, bool]
"""An overlap that was looked at: both greatest networks, its length, and which of them was transposed."""


def _consequences(algebra: Algebra, seen: set[Mark]) -> Iterator[tuple[Tensor, tuple[Rule, ...]]]:
    """New equations, each with the rules that it follows from."""
    rules = [(rule, word) for rule in algebra.rules.rules if (word := word_of(rule.lead)) is not None]
    for first, a in rules:
        for second, b in rules:
            for turns in ((False, False), (True, False), (False, True)):
                if (_ends_in_vector(first) and not turns[0]) or (_ends_in_vector(second) and turns[1]):
                    continue  # nothing follows a vector, and nothing precedes a transposed one
                left, right = (flipped(word) if turn else word for word, turn in zip((a, b), turns, strict=True))
                for length in range(1, min(len(left), len(right))):
                    mark = (first.lead, second.lead, length, *turns)
                    if len(left) + len(right) - length > _LONGEST or mark in seen or not _same(algebra, left[-length:], right[:length]):
                        continue
                    seen.add(mark)
                    with algebra.rules.apart() as fired:
                        rests = _turned(algebra, first.rest, turns[0]), _turned(algebra, second.rest, turns[1])
                        difference = _upright(algebra, _difference(algebra, (rests[0], left), (rests[1], right), length))
                    yield difference, (first, second, *fired)


def _ends_in_vector(rule: Rule) -> bool:
    return len(rule.lead[1]) == 1


def _turned(algebra: Algebra, rest: Tensor, turn: bool) -> Tensor:
    return algebra.relabel(rest, {ROW: COLUMN, COLUMN: ROW}) if turn else rest


def _upright(algebra: Algebra, equation: Tensor) -> Tensor:
    """An equation of rows as one of columns, as which every rule of vectors is read."""
    return algebra.relabel(equation, {COLUMN: ROW}) if equation.labels == (COLUMN,) else equation


def _same(algebra: Algebra, left: Word, right: Word) -> bool:
    return all(a[0] == b[0] and (a[1] == b[1] or algebra.is_symmetric(a[0])) for a, b in zip(left, right, strict=True))


def _difference(algebra: Algebra, first: tuple[Tensor, Word], second: tuple[Tensor, Word], length: int) -> Tensor:
    """For a = u·o and b = o·v: (rest of a)·v − u·(rest of b)."""
    (rest_of_a, a), (rest_of_b, b) = first, second
    return algebra.subtract(_times(algebra, rest_of_a, spelled(algebra, b[length:])), _times(algebra, spelled(algebra, a[:-length]), rest_of_b))


def _times(algebra: Algebra, left: Tensor, right: Tensor) -> Tensor:
    joined = algebra.relabel(left, {COLUMN: INNER}), algebra.relabel(right, {ROW: INNER})
    return algebra.multiply(*joined, INNER)


def spelled(algebra: Algebra, word: Word) -> Tensor:
    """The product of the letters."""
    tensors = [_letter(algebra, *letter) for letter in word]
    product = tensors[0]
    for tensor in tensors[1:]:
        product = _times(algebra, product, tensor)
    return product


def _letter(algebra: Algebra, number: int, transposed: bool) -> Tensor:
    labels: list[Label | int] = [COLUMN, ROW] if transposed else [ROW, COLUMN]
    return algebra.factor(number, labels[: len(algebra.atoms[number].dims)])


def flipped(word: Word) -> Word:
    """The word of the transposed product."""
    return tuple((number, not transposed) for number, transposed in reversed(word))


def word_of(network: Network) -> Word | None:
    """A chain of matrices from the first free slot to the second, or to a vector at its end, as a word; None for anything else."""
    factors, free = network
    if not free or len(free) > 2 or any(len(slots) > 2 for _, slots in factors):
        return None
    word: list[Letter] = []
    left: list[Factor] = list(factors)
    edge = free[0]
    while left:
        around = [factor for factor in left if edge in factor[1]]
        if len(around) != 1 or len(set(around[0][1])) != len(around[0][1]):
            return None
        ((number, slots),) = around
        left.remove(around[0])
        word.append((number, len(slots) == 2 and slots[1] == edge))
        if len(slots) == 1:
            return tuple(word) if not left and len(free) == 1 else None
        edge = slots[0] if slots[1] == edge else slots[1]
    return tuple(word) if word and len(free) == 2 and edge == free[1] else None
