"""The derivative of a sequence: of each term that of the step, at the terms before it, which have moved too.

With s_{j+1} = f_j(s_j), D s_{j+1} = D f_j(s_j)[D s_j] + what f_j moves by itself. Where f_j does not, and s_j is a vector or a scalar, the terms
move by a matrix times what the first one does: D s_k = Φ_k D s₀ with Φ₀ = I, Φ_{j+1} = A_j Φ_j, A_j the Jacobian of f_j at s_j (the chain rule;
Griewank & Walther, Evaluating Derivatives, 2nd ed., 2008, section 3.1).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import count
from typing import TypeAlias

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.operators import substitute
from derivations.language.shapes import normalized, sides
from derivations.language.terms import Dimension, Number, Symbol, Term
from derivations.language.traversal import depends_on, subterms

__all__ = ["derivative_of_sequence", "multiplied"]

_Part: TypeAlias = Callable[[Term], "Term | None"]
_Along: TypeAlias = Callable[[Term, Term, Symbol], "Term | None"]
"""The derivative of a term by a symbol in a direction."""


def derivative_of_sequence(node: op.Iterate, d: _Part, along: _Along) -> Term | None:
    """D node, from the derivatives `d` of its first terms and of its step, the states being fixed there; None where nothing moves."""
    first, by_itself = [d(initial) for initial in node.initials], d(node.step)
    if by_itself is None and all(part is None for part in first):
        return None
    directions = tuple(Symbol(f"direction of {state.name}", state.size) for state in node.states)  # no declared name has a space
    by_states = [along(node.step, state, direction) for state, direction in zip(node.states, directions, strict=True)]
    if by_itself is None and len(first) == 1 and by_states[0] is not None and first[0] is not None:
        transition = _transition(node, by_states[0], directions[0])
        if transition is not None:
            return transition @ first[0]
    number, zero = _unused_counter(node), _zero(node)
    moved = [part for part in (by_itself, *by_states) if part is not None] or [zero]
    total = moved[0]
    for part in moved[1:]:
        total = total + part
    initials = tuple(zero if part is None else part for part in first)
    return op.Iterate(f"{node.name}'s slope", node.count, initials, directions, _at_its_terms(total, node, number), number)


def _transition(node: op.Iterate, slope: Term, direction: Symbol) -> Term | None:
    """The sequence Φ of the matrices, from the derivative of the step in a direction of the state; None where that shows no matrix."""
    rows, columns = sides(node.shape)
    matrix = Symbol(f"Jacobian of {node.name}", normalized(rows, rows))
    product = multiplied(slope, direction, matrix) if columns == 1 else None
    if product is None:
        return None
    start: Term = tm.Identity(rows) if node.shape else Number(Fraction(1))
    number = _unused_counter(node)
    return op.Iterate(f"{node.name}'s Jacobian", node.count, (start,), (matrix,), _at_its_terms(product, node, number), number)


def multiplied(term: Term, name: Symbol, matrix: Symbol, from_left: bool = True) -> Term | None:
    """M·matrix where the term is M·name, for a square matrix; or matrix·M where it is name·M. None where its form does not show such an M."""

    def inside(part: Term) -> Term | None:
        return multiplied(part, name, matrix, from_left)

    if term == name:
        return matrix
    match term:
        case tm.MatMul(left, right) if from_left and not depends_on(left, name):
            inner = inside(right)
            return None if inner is None else left @ inner
        case tm.MatMul(left, right) if not from_left and not depends_on(right, name):
            inner = inside(left)
            return None if inner is None else inner @ right
        case tm.Hadamard(left, right) if from_left and sides(term.shape)[1] == 1 and depends_on(left, name) != depends_on(right, name):
            fixed, moving = (right, left) if depends_on(left, name) else (left, right)
            inner = inside(moving)
            return None if inner is None else tm.Diag(fixed) @ inner if fixed.shape else fixed * inner
        case tm.Multiply(left, right) if depends_on(left, name) != depends_on(right, name):
            fixed, moving = (right, left) if depends_on(left, name) else (left, right)
            inner = inside(moving)
            return None if inner is None or fixed.shape else fixed * inner
        case tm.Divide(left, right) if not depends_on(right, name):
            inner = inside(left)
            return None if inner is None else inner / right
        case tm.Negate(operand):
            inner = inside(operand)
            return None if inner is None else -inner
        case tm.Add(left, right) | tm.Subtract(left, right):
            first, second = inside(left), inside(right)
            return None if first is None or second is None else type(term)(first, second)
    return None


def _at_its_terms(term: Term, node: op.Iterate, number: Dimension) -> Term:
    """A term in the states and the counter of a step, at the terms of the sequence from a number on."""
    replacements: dict[Term, Term] = {state: node.at(number + place if place else number) for place, state in enumerate(node.states)}
    return substitute(term, replacements if node.counter is None else {**replacements, node.counter: number})


def _unused_counter(node: op.Iterate) -> Dimension:
    taken = {term.name for term in subterms(node) if isinstance(term, Dimension)}
    return next(Dimension(name, 0) for name in (f"step {number}" for number in count(1)) if name not in taken)


def _zero(node: op.Iterate) -> Term:
    return tm.Filled(*sides(node.shape), 0) if node.shape else Number(Fraction(0))
