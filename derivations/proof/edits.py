"""Small edits of a term: the slips that people make. They serve as mutants of true claims, and as repairs of false ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.errors import DerivationError
from derivations.language.implicit import ArgMin, EigenvalueModuli, ExtremeEigenvalue, SpectralRadius
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Expectation
from derivations.language.operators import squared_norm
from derivations.language.terms import Number, Relation, Term, map_parts, parts

__all__ = ["KINDS", "Edit", "edits", "edits_inside"]

KINDS = ("sign", "factor", "transpose", "order", "term", "exponent", "function", "number", "index", "relation", "expectation")


@dataclass(frozen=True, slots=True)
class Edit:
    """A term with one slip.

    Attributes:
        kind: one of `KINDS`.
        describe: says what was changed, in words.
        result: the edited term, of the same shape.
    """

    kind: str
    describe: Callable[[], str]
    result: Term

    @property
    def description(self) -> str:
        """What was changed, in words."""
        return f"{self.kind}: {self.describe()}"


_Local = Iterator[tuple[str, Callable[[], str], Term]]


def edits(term: Term) -> Iterator[Edit]:
    """Every edit at one place of the term, the outermost places first; of the term's shape, and different from it."""
    yield from _different(term, _anywhere(term))


def edits_inside(term: Term) -> Iterator[Edit]:
    """Those of `edits` that are not the term's negative or double, which a sequence may have without losing its limit."""
    yield from _different(term, _at_and_below(term))


def _different(term: Term, found: _Local) -> Iterator[Edit]:
    seen = {term}
    for kind, description, result in found:
        if result.shape == term.shape and result not in seen:
            seen.add(result)
            yield Edit(kind, description, result)


def _anywhere(term: Term) -> _Local:
    if not _is_zero(term):
        yield "sign", lambda: f"{-term} for {term}", -term
        yield "factor", lambda: f"{2 * term} for {term}", 2 * term
    yield from _at_and_below(term)


def _is_zero(term: Term) -> bool:
    return (isinstance(term, Number) and term.value == 0) or (isinstance(term, tm.Filled) and term.entry == 0)


def _at_and_below(term: Term) -> _Local:
    for kind, description, make in _LOCAL.get(type(term), _nothing)(term):
        try:
            yield kind, description, make()
        except DerivationError:
            continue  # an edit that does not fit the shapes is no edit
    if isinstance(term, op.Named):
        yield from _at_and_below(term.body)  # written out, since the name keeps its meaning elsewhere
        return
    if isinstance(term, Expectation):
        inner = ((kind, description, result) for kind, description, result in _at_and_below(term.body) if result.shape == term.shape)
        yield from ((kind, description, Expectation(result, term.over, term.laws)) for kind, description, result in inner)
        return
    if isinstance(term, op.Iterate | op.Gradient | op.Jacobian | op.Hessian | ArgMin | Subdifferential):
        return
    for part in dict.fromkeys(parts(term)):
        for kind, description, result in _at_and_below(part):
            if result.shape == part.shape and result.free == part.free:
                yield kind, description, _with_part(term, part, result)


def _with_part(term: Term, part: Term, result: Term) -> Term:
    values = [map_parts(value, lambda each: result if each == part else each) for value in term.values()]
    return type(term)(*values)


# ------------------------------------------------------------------------------------------------------------ local edits

_Makers = Iterator[tuple[str, Callable[[], str], Callable[[], Term]]]


def _nothing(term: Any) -> _Makers:
    yield from ()


def _of_sum(term: Any) -> _Makers:
    other = tm.Subtract if isinstance(term, tm.Add) else tm.Add
    yield "sign", lambda: f"the sign of {term.right}", lambda: other(term.left, term.right)
    yield "term", lambda: f"without the term {term.right}", lambda: term.left
    yield "term", lambda: f"without the term {term.left}", lambda: term.right if isinstance(term, tm.Add) else -term.right


def _of_product(term: Any) -> _Makers:
    yield "factor", lambda: f"without the factor {term.left}", lambda: term.right
    yield "factor", lambda: f"without the factor {term.right}", lambda: term.left


def _of_matmul(term: tm.MatMul) -> _Makers:
    yield "order", lambda: f"the order of {term.left} and {term.right}", lambda: tm.MatMul(term.right, term.left)
    yield from _of_product(term)
    if _is_transposable(term.left):
        yield "transpose", lambda: f"{term.left} transposed", lambda: term.left.T @ term.right
    if _is_transposable(term.right):
        yield "transpose", lambda: f"{term.right} transposed", lambda: term.left @ term.right.T


def _is_transposable(side: Term) -> bool:
    return bool(side.shape) and not isinstance(side, tm.Transpose | tm.Identity)


def _of_quotient(term: tm.Divide) -> _Makers:
    yield "factor", lambda: f"without the divisor {term.right}", lambda: term.left
    yield "factor", lambda: f"times {term.right} for divided by it", lambda: tm.Multiply(term.left, term.right)


def _of_transpose(term: tm.Transpose) -> _Makers:
    yield "transpose", lambda: f"{term.operand} not transposed", lambda: term.operand


def _of_symbol(term: tm.Symbol) -> _Makers:
    if term.shape and term.shape[0] == term.shape[1]:
        yield "transpose", lambda: f"{term} transposed", lambda: term.T


def _of_power(term: tm.Power) -> _Makers:
    exponent = term.exponent
    if isinstance(exponent, Number) and squared_norm(term) is None:
        yield "exponent", lambda: f"the exponent {exponent.value + 1} for {exponent.value}", lambda: term.base ** (exponent.value + 1)
        yield "exponent", lambda: f"the exponent {exponent.value - 1} for {exponent.value}", lambda: term.base ** (exponent.value - 1)
    elif not isinstance(exponent, Number):
        yield "exponent", lambda: f"the exponent {exponent + 1} for {exponent}", lambda: term.base ** (exponent + 1)
    elif squared_norm(term) is not None:
        yield "exponent", lambda: f"the norm {term.base} not squared", lambda: term.base


def _of_norm(term: tm.Norm) -> _Makers:
    if term.kind in ("2", "F"):
        yield "exponent", lambda: f"the norm {term} squared", lambda: term**2


def _of_hadamard_power(term: tm.HadamardPower) -> _Makers:
    exponent = term.exponent
    yield "exponent", lambda: f"the exponent {exponent + 1} for {exponent}", lambda: tm.HadamardPower(term.base, exponent + 1)
    yield "exponent", lambda: f"the exponent {exponent - 1} for {exponent}", lambda: tm.HadamardPower(term.base, exponent - 1)


def _of_apply(term: op.Apply) -> _Makers:
    if term.order:
        yield "function", lambda: f"{term.function} for its derivative", lambda: op.Apply(term.function, term.argument)
    else:
        yield "function", lambda: f"the derivative of {term.function} for {term.function}", lambda: op.Apply(term.function, term.argument, 1)
    yield "function", lambda: f"{term.argument} without {term.function}", lambda: term.argument


def _of_softmax(term: op.Softmax) -> _Makers:
    yield "function", lambda: f"exp for softmax of {term.argument}", lambda: op.Apply(op.Function("exp"), term.argument)


def _of_indicator(term: op.Indicator) -> _Makers:
    turned = {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(term.relation.symbol)
    if turned is not None:
        yield "relation", lambda: f"{term.relation} turned", lambda: op.Indicator(Relation(term.relation.left, turned, term.relation.right))


def _of_number(term: Number) -> _Makers:
    yield "number", lambda: f"{term.value + 1} for {term.value}", lambda: Number(term.value + 1)


def _of_filled(term: tm.Filled) -> _Makers:
    yield "number", lambda: f"{1 - term.entry} for {term.entry}", lambda: tm.Filled(term.rows, term.columns, 1 - term.entry)


def _of_literal(term: tm.Literal) -> _Makers:
    yield "transpose", lambda: "the literal matrix transposed", lambda: tm.Literal(tuple(zip(*term.rows, strict=True)))
    yield "sign", lambda: "the signs of the literal matrix", lambda: tm.Literal(tuple(tuple(-entry for entry in row) for row in term.rows))


def _of_outer(term: Any) -> _Makers:
    yield "term", lambda: f"{term.operand} for {term}", lambda: term.operand


def _of_pseudo_inverse(term: tm.PseudoInverse) -> _Makers:
    yield "transpose", lambda: f"{term.operand} transposed for {term}", lambda: term.operand.T
    yield "factor", lambda: f"the inverse of the Gram matrix for {term}", lambda: tm.Inverse(term.operand.T @ term.operand)
    yield "factor", lambda: f"the inverse of the other Gram matrix for {term}", lambda: tm.Inverse(term.operand @ term.operand.T)


def _of_series(term: op.Series) -> _Makers:
    yield "index", lambda: f"one more term than {term.length}", lambda: op.Series(term.counter, term.length + 1, term.body)


def _of_expectation(term: Expectation) -> _Makers:
    over, laws = term.over, term.laws
    match term.body:
        case tm.Power(tm.Norm(operand, kind), exponent):
            yield "expectation", lambda: f"the expectation of {operand} alone", lambda: tm.Norm(Expectation(operand, over, laws), kind) ** exponent
        case tm.Power(base, exponent):
            yield "expectation", lambda: f"the expectation of {base} alone", lambda: Expectation(base, over, laws) ** exponent
        case tm.Multiply(left, right) | tm.MatMul(left, right) | tm.Hadamard(left, right):
            apart = (Expectation(part, over, laws) for part in (left, right))
            yield "expectation", lambda: f"the expectations of {left} and {right}", lambda: type(term.body)(*apart)


def _of_entry(term: tm.Entry) -> _Makers:
    if isinstance(term.row, int):
        row = _beside(term.row)
        yield "index", lambda: f"the row {row} for {term.row}", lambda: tm.Entry(term.operand, row, term.column)
    if isinstance(term.column, int):
        column = _beside(term.column)
        yield "index", lambda: f"the column {column} for {term.column}", lambda: tm.Entry(term.operand, term.row, column)


def _beside(position: int) -> int:
    return position - 1 if position > 1 else 2


def _of_extreme(term: Any) -> _Makers:
    other = op.Minimum if isinstance(term, op.Maximum) else op.Maximum
    yield "function", lambda: f"{other(term.left, term.right)} for {term}", lambda: other(term.left, term.right)
    yield "term", lambda: f"{term.left} for {term}", lambda: term.left
    yield "term", lambda: f"{term.right} for {term}", lambda: term.right


def _of_eigenvalue(term: ExtremeEigenvalue) -> _Makers:
    other = ExtremeEigenvalue(term.operand, "min" if term.kind == "max" else "max")
    yield "function", lambda: f"{other} for {term}", lambda: other


def _of_spectral_radius(term: SpectralRadius) -> _Makers:
    yield "function", lambda: f"the smallest modulus for {term}", lambda: tm.Entry(EigenvalueModuli(term.operand), 1, 1)


def _of_one_sided(term: OneSidedDerivative) -> _Makers:
    yield "sign", lambda: "the other side", lambda: OneSidedDerivative(term.function, term.variable, -term.direction)


def _of_sum_over(term: op.Sum) -> _Makers:
    if not isinstance(term.index.dim, int):
        yield "factor", lambda: f"the mean over {term.index} for the sum", lambda: term / _as_term(term.index.dim)


def _as_term(dim: Any) -> Term:
    return Number(Fraction(dim)) if isinstance(dim, int) else dim


_LOCAL: dict[type[Term], Callable[[Any], _Makers]] = {
    tm.Add: _of_sum,
    tm.Subtract: _of_sum,
    tm.Multiply: _of_product,
    tm.Hadamard: _of_product,
    tm.MatMul: _of_matmul,
    tm.Divide: _of_quotient,
    tm.Transpose: _of_transpose,
    tm.Symbol: _of_symbol,
    tm.Power: _of_power,
    tm.Norm: _of_norm,
    tm.HadamardPower: _of_hadamard_power,
    tm.Number: _of_number,
    tm.Filled: _of_filled,
    tm.Literal: _of_literal,
    tm.Negate: _of_outer,
    tm.Inverse: _of_outer,
    tm.PseudoInverse: _of_pseudo_inverse,
    op.Apply: _of_apply,
    op.Softmax: _of_softmax,
    op.Indicator: _of_indicator,
    op.Sum: _of_sum_over,
    OneSidedDerivative: _of_one_sided,
    op.Series: _of_series,
    op.Maximum: _of_extreme,
    op.Minimum: _of_extreme,
    ExtremeEigenvalue: _of_eigenvalue,
    SpectralRadius: _of_spectral_radius,
    tm.Entry: _of_entry,
    Expectation: _of_expectation,
}
