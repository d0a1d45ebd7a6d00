"""Whether a term tends to a limit as its counter grows, decided exactly at an instance with rational values.

Every entry of a term made of sums, products, powers M^k, series and affine sequences obeys a linear recurrence with constant coefficients,
and a bound on its order is read off the form of the term. So the recurrence is known from finitely many terms of the sequence, and with it
whether the sequence converges, and to what. (M. Kauers and P. Paule, The Concrete Tetrahedron, 2011, section 4.2: closure properties.)
No eigenvalue is computed: nothing is shared with the proofs of limits.

Where functions of the counter stand in a term, only intervals around its limit are known, see `tails`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import accumulate
from math import comb
from typing import Any

from flint import acb, arb

from derivations.evaluation.arrays import Array, ArrayInterpreter, exactly, times
from derivations.evaluation.fields import rational
from derivations.evaluation.interpreter import EvaluationError, Imprecise
from derivations.evaluation.measures import RULES, Measure, degree
from derivations.evaluation.recurrences import limit_of
from derivations.evaluation.tails import Tail, needs_tail, tail
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.claims import limit_counter
from derivations.language.implicit import ArgMin
from derivations.language.laws import Expectation
from derivations.language.shapes import sides
from derivations.language.terms import Dimension, Number, Relation, Term, parts
from derivations.language.traversal import depends_on

__all__ = ["converges", "limit", "may_converge"]

_MARGIN = 4  # terms beyond those that determine the recurrence: they check the bound on its order
_LARGEST_ORDER = 100
_LONGEST = 2000


def converges(run: ArrayInterpreter, relation: Relation) -> bool:
    """Whether ``left -> right`` holds at the instance.

    Raises:
        Imprecise: only an interval around the limit is known, and the right side lies in it.
        EvaluationError: no bound on the order of a recurrence is known, or a value is irrational.
    """
    possible = may_converge(run, relation)
    if possible and isinstance(relation.left, Term) and needs_tail(relation.left, limit_counter(relation)):
        raise Imprecise(f"whether {relation} is open")
    return possible


def may_converge(run: ArrayInterpreter, relation: Relation) -> bool:
    """Whether ``left -> right`` is possible at the instance, as far as is known; where no intervals are needed, whether it holds.

    Raises:
        Imprecise: an interval is too wide to say anything.
        EvaluationError: as `converges`.
    """
    if not isinstance(relation.left, Term) or not isinstance(relation.right, Term):
        raise EvaluationError(f"{relation} relates no terms")
    counter = limit_counter(relation)
    right = run.value(relation.right).entries
    if needs_tail(relation.left, counter):
        return all(map(_is_close, tail(run, relation.left, counter).entries, right))
    found = limit(run, relation.left, counter).entries
    return None not in found and all(run.field.sign_or_complex(a - b) == 0 for a, b in zip(found, right, strict=True))


def _is_close(found: Tail, right: Any) -> bool:
    """Whether a number lies in a narrow interval; False where it certainly lies outside of any.

    Raises:
        Imprecise: it lies in a wide one.
    """
    value = acb(right)
    if value.imag != 0 or value.real < found.low or value.real > found.high:
        return False
    width = found.high - found.low
    if not width < _NARROW * (1 + abs(value.real)):
        raise Imprecise(f"whether a sequence with terms {found} tends to {value.str(8)} is open")
    return True


_NARROW = arb(2) ** -32


def limit(run: ArrayInterpreter, term: Term, counter: Dimension) -> Array:
    """The limit of each entry as the counter grows; None where there is none. Of functions of the counter, what encloses it: a ball, or a
    `Tail` where no bounds are known.

    Raises:
        EvaluationError: no bound on the order of a recurrence is known, or a value is irrational.
    """
    if needs_tail(term, counter):
        return tail(run, term, counter).map(lambda found: found.ball)
    match term:
        case op.Named(_, _, body):
            return limit(run, body, counter)
        case tm.Norm(_, "2" | "F"):  # what is ≥ 0 converges exactly if its square does
            return _root(run, limit(run, term**2, counter))
        case op.Apply(op.Function("abs", None, None), argument, 0):
            return _root(run, limit(run, tm.HadamardPower(argument, 2), counter))
    exact = exactly(run)
    if exact is None:
        raise EvaluationError(f"the limit of {term}, in which values are irrational")
    order = _Order(exact, counter).of(term) + 1
    if order > _LARGEST_ORDER:
        raise EvaluationError(f"the limit of {term}, which may obey no recurrence of an order below {order}")
    values = _values(exact, term, counter, 2 * order + _MARGIN)
    limits = (limit_of(sequence, order) for sequence in zip(*(value.entries for value in values), strict=True))
    return Array(values[0].rows, values[0].columns, tuple(None if found is None else run.field.number(rational(found)) for found in limits))


def _root(run: ArrayInterpreter, squares: Array) -> Array:
    return squares.map(lambda entry: None if entry is None else run.field.apply("sqrt", entry))


# ------------------------------------------------------------------------------------------------- the order of a recurrence


class _Order(Measure):
    """The dimension of a space of sequences, beside the constants, that holds every entry of a term and is closed under k → k + 1.

    Each of its sequences obeys one recurrence, whose order is that dimension and 1 for the constants. With such spaces of the dimensions
    s + 1 and t + 1, products lie in one of dimension (s + 1)(t + 1), sums in one of dimension s + t + 1.
    """

    what = "a sequence with a linear recurrence in"

    def __init__(self, run: ArrayInterpreter, counter: Dimension) -> None:
        super().__init__((counter,))
        self.run, self.counter = run, counter

    def sum(self, terms: Iterable[int]) -> int:
        """See `Measure`."""
        return sum(terms)

    def product(self, left: int, right: int) -> int:
        """See `Measure`."""
        return (left + 1) * (right + 1) - 1

    def power(self, base: int, exponent: int) -> int:
        """Products of so many sequences from one space: as many as there are multisets of its basis."""
        return comb(base + exponent, exponent) - 1

    def moves_on(self, count: Term) -> bool:
        """Whether a count is c + mk: terms of a sequence at such places obey a recurrence of the same order."""
        return degree(count, self.varied) <= 1


def _of_power(measure: _Order, node: tm.Power) -> int:
    """The powers of M (n, n) obey its characteristic polynomial (Cayley and Hamilton)."""
    if not measure.varies(node.exponent):
        return RULES[tm.Power](measure, node)
    if measure.varies(node.base) or not measure.moves_on(node.exponent):
        raise measure.refusal(node)
    return measure.run.matrix_size(node.shape)[0]


def _of_sum(measure: _Order, node: op.Sum) -> int:
    return measure.run.size(node.index.dim) * measure.of(node.body)


def _of_series(measure: _Order, node: op.Series) -> int:
    """The differences of the sums Σ_{i<k} f(i) are f."""
    if measure.varies(node.body) or not measure.moves_on(node.length):
        raise measure.refusal(node)
    return _Order(measure.run, node.counter).of(node.body) + 1


def _of_iterate(measure: _Order, node: op.Iterate) -> int:
    """The states of an affine step z → Mz + c obey the characteristic polynomial of M, times x − 1 for the constant part."""
    if node.counter is not None or measure.varies(*node.initials, node.step) or not measure.moves_on(node.count):
        raise measure.refusal(node)
    if degree(node.step, node.states) > 1:
        raise measure.refusal(node)
    rows, columns = measure.run.matrix_size(node.shape)
    return rows * columns * len(node.states)


_Order.rules = {**RULES, tm.Power: _of_power, op.Sum: _of_sum, op.Series: _of_series, op.Iterate: _of_iterate}


# --------------------------------------------------------------------------------------------------- the terms of a sequence


def _values(run: ArrayInterpreter, term: Term, counter: Dimension, count: int) -> list[Array]:
    """The values of a term for the counter from 0 to count − 1: what does not change is evaluated once, a sequence term by term."""
    shared = _constants(run, term, (counter,))
    runs = [run.within({**shared, counter: run.constant(k)}) for k in range(count)]
    for part in _outermost(term, lambda part: any(depends_on(length, counter) for length in _lengths(part))):
        places = [each.natural(*_lengths(part)) for each in runs]
        if max(places) > _LONGEST:
            raise EvaluationError(f"{max(places)} terms of {part} for a limit")
        found = _FIRST_TERMS[type(part)](run, part, max(places))
        for each, place in zip(runs, places, strict=True):
            each.bind(part, found[place])
    return [each.value(term) for each in runs]


def _constants(run: ArrayInterpreter, term: Term, names: Iterable[Term]) -> dict[object, Array]:
    """The values of what does not depend on names."""
    varied = tuple(names)
    found = _outermost(term, lambda part: bool(parts(part)) and not any(depends_on(part, name) for name in varied))
    return {part: run.value(part) for part in found}


def _outermost(term: Term, wanted: Callable[[Term], bool]) -> Iterator[Term]:
    """The outermost subterms that are wanted and mean the same wherever they stand; none in a branch, which may not be taken."""
    if not term.free and wanted(term):
        yield term
    elif not isinstance(term, op.Series | op.Iterate | op.Cases | ArgMin | Expectation):
        for part in parts(term):
            yield from _outermost(part, wanted)


def _lengths(term: Term) -> tuple[Term, ...]:
    """What counts the terms of a sequence; nothing where the term is none. (A scalar may have any power; there is little to save.)"""
    match term:
        case tm.Power(_, exponent) if term.shape:
            return (exponent,)
        case op.Series(_, length, _):
            return (length,)
        case op.Iterate(_, count):
            return (count,)
    return ()


def _powers(run: ArrayInterpreter, node: tm.Power, most: int) -> list[Array]:
    base = run.value(node.base)
    return list(accumulate([base] * most, times, initial=run.value(tm.Power(node.base, Number(Fraction(0))))))


def _sums(run: ArrayInterpreter, node: op.Series, most: int) -> list[Array]:
    zero = run.value(tm.Filled(*sides(node.shape), 0))
    return list(accumulate(_values(run, node.body, node.counter, most), run.plus, initial=zero))


def _states(run: ArrayInterpreter, node: op.Iterate, most: int) -> list[Array]:
    shared = _constants(run, node.step, node.bound)
    values, order = [run.value(initial) for initial in node.initials], len(node.states)
    while len(values) <= most:
        shared |= zip(node.states, values[-order:], strict=True)
        if node.counter is not None:
            shared[node.counter] = run.constant(len(values) - order)
        values.append(run.within(shared).value(node.step))
    return values


_FIRST_TERMS: dict[type[Term], Callable[[ArrayInterpreter, Any, int], list[Array]]] = {tm.Power: _powers, op.Series: _sums, op.Iterate: _states}
"""The terms of a sequence up to one with a number, from 0."""
