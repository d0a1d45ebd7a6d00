"""The entries of a vector of known length as scalar sequences, where the steps of each entry do not need the others."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.operators import substitute
from derivations.language.shapes import sides
from derivations.language.terms import Dimension, Entry, Number, Symbol, Term
from derivations.language.traversal import depends_on, symbols
from derivations.proof.sequences import Numbers
from derivations.proof.spectra import unused

__all__ = ["entries_of"]


def entries_of(vector: Term, counter: Dimension, numbers: Numbers) -> list[Term]:
    """The entries of a vector (n, 1), n a number, as scalar terms.

    Raises:
        UnsupportedError: the length is a symbol, it is no column vector, or its entries are coupled.
    """
    rows, columns = sides(vector.shape)
    if not isinstance(rows, int) or columns != 1:
        raise UnsupportedError(f"the limit of {vector}, entry by entry; expected a vector of known length")
    return [_entry(vector, place, counter, numbers) for place in range(1, rows + 1)]


def _entry(term: Term, place: int, counter: Dimension, numbers: Numbers) -> Term:
    if not depends_on(term, counter):
        return numbers.spelled(Entry(term, place, 1))
    rule = _RULES.get(type(term))
    if rule is None:
        raise UnsupportedError(f"the limit of {term}, entry by entry")
    return rule(term, place, numbers, lambda part: _entry(part, place, counter, numbers) if part.shape else part)


_Of = Callable[[Term], Term]


def _of_sequence(term: op.Iterate, place: int, numbers: Numbers, of: _Of) -> Term:
    if len(term.states) != 1 or term.counter is not None:
        raise UnsupportedError(f"the limit of {term}, entry by entry: a recurrence of higher order, or one whose step changes")
    (state,), (start,), rows = term.states, term.initials, sides(term.shape)[0]
    taken = {owner.name for owner in symbols(term.step)}
    names = [Symbol(unused(f"{state.name}_{row}", taken)) for row in range(1, rows + 1)] if isinstance(rows, int) else []
    step = numbers.spelled(Entry(substitute(term.step, {state: tm.Literal(tuple((name,) for name in names))}), place, 1))
    if any(depends_on(step, name) for row, name in enumerate(names, 1) if row != place):
        raise UnsupportedError(f"the limit of {term}: its entries are coupled")
    return op.Iterate(f"{term.name}_{place}", term.count, (numbers.spelled(Entry(start, place, 1)),), (names[place - 1],), step)


_RULES: dict[type[Term], Callable[[Any, int, Numbers, _Of], Term]] = {
    tm.Add: lambda term, place, numbers, of: of(term.left) + of(term.right),
    tm.Subtract: lambda term, place, numbers, of: of(term.left) - of(term.right),
    tm.Negate: lambda term, place, numbers, of: -of(term.operand),
    tm.Multiply: lambda term, place, numbers, of: of(term.left) * of(term.right),
    tm.Divide: lambda term, place, numbers, of: of(term.left) / of(term.right),
    tm.Literal: lambda term, place, numbers, of: term.rows[place - 1][0],
    tm.Filled: lambda term, place, numbers, of: Number(Fraction(term.entry)),
    op.Iterate: _of_sequence,
    op.Named: lambda term, place, numbers, of: of(term.body),
}
