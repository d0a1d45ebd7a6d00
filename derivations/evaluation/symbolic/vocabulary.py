"""The words that both directions of the bridge to SymPy share: sizes, labels, signs, functions, relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sympy
from sympy.core.facts import InconsistentAssumptions

from derivations.evaluation.symbolic.matrices import Expression, applied
from derivations.language.assumptions import Assumption
from derivations.language.errors import DeclarationError
from derivations.language.shapes import Dim
from derivations.language.terms import Index, Number, Position, Relation, Symbol

__all__ = ["FUNCTIONS", "RELATIONALS", "SIGNS", "SymbolKind", "kind_of", "label", "natural", "signed_symbols", "size"]


def size(dim: Dim) -> Expression:
    """A dimension: an integer, or a symbol for an integer ≥ 1."""
    return sympy.Integer(dim) if isinstance(dim, int) else sympy.Symbol(dim.name, integer=True, positive=True)


def natural(name: str) -> Expression:
    """A symbol for an integer ≥ 0: a counter, or an index as SymPy counts."""
    return sympy.Symbol(name, integer=True, nonnegative=True)


def label(position: Position) -> Expression:
    """A position as SymPy counts, from 0."""
    return natural(position.name) if isinstance(position, Index) else sympy.Integer(position - 1)


FUNCTIONS: dict[str, Callable[[Expression], Expression]] = {
    "tanh": sympy.tanh,
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "reciprocal": lambda x: 1 / x,
    "relu": lambda x: applied(sympy.Max, sympy.Integer(0), x),
    "abs": lambda x: applied(sympy.Abs, x),
    "sign": sympy.sign,
}
"""What the built-in functions are in SymPy."""

RELATIONALS: dict[str, type] = {
    "=": sympy.Equality,
    "!=": sympy.Unequality,
    "<": sympy.StrictLessThan,
    "<=": sympy.LessThan,
    ">": sympy.StrictGreaterThan,
    ">=": sympy.GreaterThan,
}
"""What the relations between scalars are in SymPy."""

# ----------------------------------------------------------------------------------------------------------------- signs

SIGNS = {"positive": ">", "negative": "<", "nonnegative": ">=", "nonpositive": "<=", "nonzero": "!="}
"""The signs that a SymPy symbol may carry, and how each compares with 0."""

_IMPLIED_SIGN = {
    **{(relation, 0): sign for sign, relation in SIGNS.items()},
    (">", 1): "positive",
    (">=", 1): "positive",
    ("<", -1): "negative",
    ("<=", -1): "negative",
}
"""What ``x relation c`` says of the sign of x, by the relation and the sign of the number c."""

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}


def signed_symbols(given: Iterable[Assumption]) -> dict[Symbol, Expression]:
    """The real scalars whose sign the assumptions tell, as SymPy symbols.

    Raises:
        DeclarationError: the signs of one scalar contradict each other.
    """
    signs: dict[Symbol, set[str]] = {}
    for assumption in given:
        match assumption:
            case Relation(Symbol() as symbol, relation, Number(bound)):
                pass
            case Relation(Number(bound), mirrored, Symbol() as symbol) if mirrored in _MIRRORED:
                relation = _MIRRORED[mirrored]
            case _:
                continue
        sign = _IMPLIED_SIGN.get((relation, (bound > 0) - (bound < 0)))
        if sign is not None and not symbol.shape and symbol.field == "real":
            signs.setdefault(symbol, set()).add(sign)
    return {symbol: _signed(symbol, names) for symbol, names in signs.items()}


def _signed(symbol: Symbol, signs: set[str]) -> Expression:
    try:
        return sympy.Symbol(symbol.name, real=True, **dict.fromkeys(signs, True))
    except InconsistentAssumptions as error:
        raise DeclarationError(f"the assumptions make {symbol} {' and '.join(sorted(signs))} at once") from error


@dataclass(frozen=True, slots=True)
class SymbolKind:
    """What a SymPy symbol stands for: a "scalar", a "dimension", a "counter" or an "index"; a scalar with its field and sign.

    A counter may also be an index: it depends on where it stands.
    """

    role: str
    field: str = "real"
    sign: str = ""


def kind_of(symbol: Expression) -> SymbolKind | None:
    """What the symbol's assumptions make it; None if they have no counterpart here."""
    return _KINDS.get(frozenset(symbol.assumptions0.items()))


_DECLARATIONS: tuple[tuple[tuple[str, ...], SymbolKind], ...] = (
    ((), SymbolKind("scalar")),
    (("real",), SymbolKind("scalar")),
    (("complex",), SymbolKind("scalar", "complex")),
    *(((sign,), SymbolKind("scalar", sign=sign)) for sign in SIGNS),
    *((("real", sign), SymbolKind("scalar", sign=sign)) for sign in SIGNS),
    (("integer", "positive"), SymbolKind("dimension")),
    (("integer",), SymbolKind("index")),
    (("integer", "nonnegative"), SymbolKind("counter")),
)

_KINDS = {frozenset(sympy.Symbol("x", **dict.fromkeys(flags, True)).assumptions0.items()): kind for flags, kind in _DECLARATIONS}
