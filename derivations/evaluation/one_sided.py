"""One-sided derivatives at an instance, by numbers a + b₀ε₀ + b₁ε₁ + … with infinitesimals 1 ≫ ε₀ ≫ ε₁ ≫ … > 0, in lexicographic order.

A point is moved by V along ε₀, and by further directions along the others. |·|, ReLU, max and min choose by the first coefficient that is not 0,
so that the coefficient of ε₀ is f′(x; V), and those of the unit directions form a derivative of f that agrees with it along V: of a convex
f, a subgradient. (Nesterov, Lexicographic differentiation of nonsmooth functions, 2005; Khan & Barton, A vector forward mode, 2015.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add, mul
from typing import Any, NamedTuple

from derivations.evaluation.arrays import Array, ArrayInterpreter
from derivations.evaluation.duals import Dual, partial
from derivations.evaluation.elimination import certainly_nonzero
from derivations.evaluation.fields import ALGEBRAIC, BALLS, EXACT, Algebraic, Balls, Exact, Field
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Term
from derivations.language.traversal import named, symbols

__all__ = ["Slope", "slope_along", "slope_and_subgradient"]

_LEVEL = 1
"""Of the infinitesimals; derivatives inside are of higher levels."""
_HOMOGENEOUS: dict[str, Callable[[Any, int], Any]] = {
    "abs": lambda entry, side: entry if side >= 0 else -entry,
    "relu": lambda entry, side: entry if side > 0 else entry - entry,
}


class _Directed(Field):
    """Entries with infinitesimals, over the numbers of another field."""

    def side(self, entry: Any) -> int:
        """The sign of an entry, by the first of its coefficients that is not 0.

        Raises:
            Imprecise: a ball does not settle it.
        """
        moved = isinstance(entry, Dual) and entry.level == _LEVEL
        return self.sign(entry) or (next((sign for key in sorted(entry.partials) if (sign := self.sign(entry.partials[key]))), 0) if moved else 0)

    def apply(self, name: str, entry: Any, order: int = 0) -> Any:
        """See `Field`; at a kink, the value on the side to which the entry moves."""
        if not order and name in _HOMOGENEOUS and isinstance(entry, Dual) and entry.level == _LEVEL:
            return _HOMOGENEOUS[name](entry, self.side(entry))
        return super().apply(name, entry, order)

    def maximum(self, left: Any, right: Any) -> Any:
        """See `Field`; at a tie, the entry that grows faster."""
        if any(isinstance(entry, Dual) and entry.level > _LEVEL for entry in (left, right)):
            return super().maximum(left, right)
        return left if self.side(left - right) >= 0 else right


class _DirectedExact(_Directed, Exact):
    """Rational numbers with infinitesimals."""


class _DirectedAlgebraic(_Directed, Algebraic):
    """Real algebraic numbers with infinitesimals."""


class _DirectedBalls(_Directed, Balls):
    """Complex balls with infinitesimals."""


class _Moving(ArrayInterpreter):
    """Evaluates while one quantity, the first of the seeds, moves in directions.

    Attributes:
        directions: of each entry of it, by which multiple of each infinitesimal it moves.
    """

    directions: Sequence[Mapping[int, Any]] = ()

    def nested(self, seeds: tuple[tuple[object, int], ...]) -> ArrayInterpreter:
        """See `ArrayInterpreter`."""
        inner = super().nested(seeds)
        inner.directions = self.directions  # type: ignore[attr-defined]
        return inner

    def moved(self, value: Array, level: int) -> Array:
        """See `ArrayInterpreter`."""
        if level != _LEVEL:
            return super().moved(value, level)
        zero = self.field.number(0)
        entries = (entry + Dual(_LEVEL, zero, directions) for entry, directions in zip(value.entries, self.directions, strict=True))
        return Array(value.rows, value.columns, tuple(entries))


def _norm(run: _Moving, node: tm.Norm) -> Array:
    """At the zero vector the first of its motions that is not zero, c_j, decides: ‖c_j‖ along ε_j, and ⟨c_j, c_k⟩/‖c_j‖ along the later ones."""
    entries = run.value(node.operand).entries
    keys = sorted({key for entry in entries if isinstance(entry, Dual) and entry.level == _LEVEL for key in entry.partials})
    if node.kind not in ("2", "F") or not keys or any(certainly_nonzero(run.field, entry) or _is_of_higher_level(entry) for entry in entries):
        plain: Array = ArrayInterpreter.rules[tm.Norm](run, node)
        return plain
    zero = run.field.number(0)
    for entry in entries:
        run.field.sign(entry)  # it is 0, or a ball raises Imprecise: it may be
    motions = {key: [partial(entry, _LEVEL, key, zero) for entry in entries] for key in keys}
    first = next((key for key in keys if any(run.field.sign(motion) for motion in motions[key])), None)
    if first is None:
        return Array(1, 1, (Dual(_LEVEL, zero, dict.fromkeys(keys, zero)),))
    size = run.field.special("sqrt", _dot(motions[first], motions[first]))
    slopes = {key: zero if key < first else _dot(motions[first], motions[key]) / size for key in keys}
    return Array(1, 1, (Dual(_LEVEL, zero, slopes),))


def _is_of_higher_level(entry: Any) -> bool:
    return isinstance(entry, Dual) and entry.level > _LEVEL


def _dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return reduce(add, map(mul, left, right))


_Moving.rules = {**ArrayInterpreter.rules, tm.Norm: _norm}


class _MovingExact(_Moving):
    field = _DirectedExact()


class _MovingAlgebraic(_Moving):
    field = _DirectedAlgebraic()


class _MovingBalls(_Moving):
    field = _DirectedBalls()


_MOVING: dict[Field, type[_Moving]] = {EXACT: _MovingExact, ALGEBRAIC: _MovingAlgebraic, BALLS: _MovingBalls}
"""By the field that an interpreter without infinitesimals has."""


def moved(run: ArrayInterpreter, function: Term, variable: Term, directions: Sequence[Sequence[Any]]) -> Array:
    """The value of a term while its variable moves: by the k-th of the directions, each a list of entries, along the k-th infinitesimal.

    Raises:
        OutsideDomain: there is no one-sided derivative.
        UnsupportedError: something is varied or bound there already.
    """
    bound = run.bound_in(function, variable)
    if bound or any(_depends_on_quantity(part, key) for part in (function, variable) for key, _ in run.seeds):
        raise UnsupportedError(f"the one-sided derivative of {function} inside of {f'what binds {bound[0]}' if bound else 'a derivative'}")
    inner = _MOVING[run.field](run.instance, ((run.quantity(variable), _LEVEL),))  # type: ignore[arg-type]
    inner.positions = run.positions
    inner.directions = [dict(enumerate(motions)) for motions in zip(*directions, strict=True)]
    return inner.value(function)


def _depends_on_quantity(term: Term, key: object) -> bool:
    """Whether a term depends on a symbol, on a member of a family, or on a named quantity, given by its key (see `Interpreter.quantity`)."""
    owner = key[0] if isinstance(key, tuple) else key
    return owner in symbols(term) or owner in named(term)


def slope_along(run: ArrayInterpreter, function: Term, variable: Term, direction: Array) -> Array:
    """f′(x; V), in the shape of the function.

    Raises:
        OutsideDomain: it does not exist.
    """
    value = moved(run, function, variable, [direction.entries])
    return value.map(lambda entry: partial(entry, _LEVEL, 0, run.field.number(0)))


class Slope(NamedTuple):
    """f′(x; V) of a convex scalar, and a subgradient p with ⟨p, V⟩ = f′(x; V), entry by entry."""

    along: Any
    subgradient: tuple[Any, ...]


def slope_and_subgradient(run: ArrayInterpreter, function: Term, variable: Term, direction: Sequence[Any]) -> Slope:
    """The one-sided derivative of a convex scalar in a direction, and a subgradient that agrees with it.

    Raises:
        OutsideDomain: there is no one-sided derivative.
    """
    zero, one, size = run.field.number(0), run.field.number(1), range(len(direction))
    units = [[one if j == k else zero for j in size] for k in size]
    value = moved(run, function, variable, [direction, *units]).scalar
    found = [partial(value, _LEVEL, k, zero) for k in range(len(direction) + 1)]
    return Slope(found[0], tuple(found[1:]))
