"""Sequences and numbered families in the normal form: a term of a sequence at a counter is an atom.

Two sequences with equal first terms and equal steps are equal, by induction over the number of the term. So the atom of s_k is known by k and by
the normal forms of its first terms and of its step, in which the states and the counter of the step are names that nothing else has: no
assumption speaks of them, so what makes two steps equal holds at every step. A later term s_{k+c} is c steps from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.language import terms as tm
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.operators import Iterate, substitute, transform
from derivations.language.shapes import normalized, sides
from derivations.language.terms import Dimension, Identity, Index, Number, Symbol, Term, linear_form
from derivations.proof.affine_sequences import closed_form
from derivations.proof.moving_sequences import multiplied
from derivations.proof.powers import counted
from derivations.proof.tensors import COLUMN, ROW, Atom, Tensor

if TYPE_CHECKING:
    from derivations.proof.normal_form import Normalizer

__all__ = ["SEQUENCE", "TermOfSequence", "canonical_position", "from_the_first_step", "iterated", "member_atom", "without_first_steps"]

SEQUENCE = "term of a sequence"
"""The kind of the atoms of sequences."""
_MOST_STEPS = 16


@dataclass(frozen=True, slots=True)
class TermOfSequence:
    """The name of a sequence's atom: what makes two of them one, and how one of them is spelled, where it is made of names that mean something
    outside of the steps of others.
    """

    key: object
    spelled: Iterate | None = field(compare=False)


def iterated(n: Normalizer, node: Iterate) -> Tensor:
    """A term of a sequence: step by step from the first ones, or from those at a counter, which are atoms."""
    base, steps = _from_counter(node.count)
    if steps > _MOST_STEPS:
        raise UnsupportedError(f"{steps} steps of {node}")
    if base is not None and (equal := _closed_form(node) or _by_transition(node)) is not None:
        return n.tensor(equal)
    if base is None:
        values = [n.tensor(initial) for initial in node.initials]
    else:
        values = [_atom(n, node, _plus(base, place)) for place in range(len(node.states))]
    while len(values) <= steps:
        number = _plus(base, len(values) - len(node.states))
        values.append(_stepped(n, node, number, values[-len(node.states) :]))
    return values[steps]


def _closed_form(node: Iterate) -> Term | None:
    """A closed form with a power that is known to the normal form."""
    try:
        counted(node.count)
    except UnsupportedError:
        return None
    return closed_form(node)


def _by_transition(node: Iterate) -> Term | None:
    """Of a matrix sequence whose step is M_j s, the product with its first term of the one from I; likewise for s M_j. None for any other."""
    (rows, columns), one = sides(node.shape), Identity
    if len(node.states) != 1 or not node.shape or node.initials[0] in (one(rows), one(columns)):
        return None
    for from_left, size in ((True, rows), (False, columns)):
        matrix = Symbol(f"transition of {node.name}", normalized(size, size))
        step = multiplied(node.step, node.states[0], matrix, from_left) if size != 1 else None
        if step is not None and step.shape == matrix.shape:
            transition = Iterate(node.name, node.count, (one(size),), (matrix,), step, node.counter)
            return transition @ node.initials[0] if from_left else node.initials[0] @ transition
    return None


def from_the_first_step(term: Term) -> Term:
    """The term, where a sequence at c steps after a counter is what begins with its c-th term: s_{k+c} = t_k for t_j = s_{j+c}."""

    def changed(part: Term) -> Term | None:
        if not isinstance(part, Iterate) or len(part.states) != 1:
            return None
        try:
            base, steps = _from_counter(part.count)
        except UnsupportedError:
            return None
        return without_first_steps(part, base, steps) if base is not None and steps else None

    return transform(term, changed)


def without_first_steps(sequence: Iterate, count: Term, steps: int) -> Iterate:
    """The sequence that begins with a later term of one of first order, at an index."""
    first = sequence.initials[0]
    for number in range(steps):
        first = sequence.following(Number(Fraction(number)), (first,))
    step = sequence.step if sequence.counter is None else substitute(sequence.step, {sequence.counter: sequence.counter + steps})
    return Iterate(sequence.name, count, (first,), sequence.states, step, sequence.counter)


def canonical_position(position: Term) -> Term:
    """A whole number of counters, sizes and integers in its one spelling: the names in order, then the constant."""
    factors, constant = linear_form(position)
    found: Term | None = None
    for dim, factor in sorted(factors.items(), key=lambda item: (item[0].name, item[0].least)):
        part = dim if factor == 1 else Number(Fraction(factor)) * dim
        found = part if found is None else found + part
    return _plus(found, constant)


def _from_counter(count: Term) -> tuple[Term | None, int]:
    """The part of an index that changes, if there is one, and how many steps it is from there."""
    try:
        factors, constant = linear_form(count)
    except DeclarationError as other:
        raise UnsupportedError(f"the index {count} of a sequence; expected counters and integers") from other
    if not factors:
        return None, constant
    if constant < 0 or min(factors.values()) < 0:  # else what changes is certainly an index itself
        return canonical_position(count), 0
    return canonical_position(count - constant), constant


def _plus(base: Term | None, constant: int) -> Term:
    if base is None:
        return Number(Fraction(constant))
    return base + constant if constant else base


def _stepped(n: Normalizer, node: Iterate, number: Term, before: list[Tensor]) -> Tensor:
    return n.within(dict(zip(node.states, before, strict=True))).tensor(_step_at(node, number, node.states))


def _step_at(node: Iterate, number: Term, states: Sequence[Term]) -> Term:
    try:
        return node.following(number, states)
    except DeclarationError as captured:
        raise UnsupportedError(f"a step of {node}: {captured}") from captured


def _atom(n: Normalizer, node: Iterate, count: Term) -> Tensor:
    """The atom of a term at a counter."""
    states: list[Term] = [Symbol(f"state {place} at depth {n.depth}", state.size) for place, state in enumerate(node.states)]
    counted = Dimension(f"step at depth {n.depth}", 0)  # no declared name has a space
    inner = n.within({})
    inner.depth += 1
    step, initials = inner.tensor(_step_at(node, counted, states)), [n.tensor(initial) for initial in node.initials]
    if any(isinstance(label, Index) for tensor in (step, *initials) for label in tensor.labels):
        raise UnsupportedError(f"{node}, which varies with an index")
    key = n.tensor(count).key, tuple(initial.key for initial in initials), step.key
    axes = [(label, dim) for label, dim in zip((ROW, COLUMN), sides(node.shape), strict=True) if dim != 1]
    name = TermOfSequence(key, None if n.binds_any_of(node) else node.at(count))
    atom = Atom(SEQUENCE, tuple(dim for _, dim in axes), name)
    number = n.algebra.atom(atom)
    met = n.algebra.atoms[number].name
    if isinstance(met, TermOfSequence) and met.spelled != name.spelled:
        n.algebra.used.add(SEQUENCE)
    return n.algebra.factor(number, [label for label, _ in axes])


def member_atom(member: tm.Member) -> Atom:
    """The atom of one member of a family with a member for every integer."""
    at = tm.Member(member.family, tuple(canonical_position(p) if isinstance(p, Term) else p for p in member.positions))
    return Atom("symbol", tuple(dim for dim in sides(member.shape) if dim != 1), at)
