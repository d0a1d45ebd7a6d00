"""The rules of `TensorInterpreter` for leaves and algebra: each node by torch's own operation of that name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import copysign, inf, sqrt
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor

from derivations.evaluation.tracking import Tracked, magnified, near_kink, passed_on, relative_condition, scale, smallest
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.operators import squared_norm
from derivations.language.terms import Term
from derivations.language.traversal import symbols
from numeric.comparison import largest, rounding_bound
from numeric.devices import unit_roundoff

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["ALGEBRA", "LAPACK", "TRANSCENDENTAL", "Change", "Rule", "singular_values", "widened"]

Change: TypeAlias = Callable[[Tensor], Tensor]
Rule: TypeAlias = "Callable[[TensorInterpreter, Term], Tracked]"

TRANSCENDENTAL = 8
"""Roundings of one call of exp, tanh, …: within 4 units in the last place, which are at most 8u. That is the largest error of these
functions on any device (of powf, in the table of the CUDA C++ Programming Guide); the CPU's are smaller.
"""

LAPACK = 8
"""An SVD or a symmetric eigenvalue solver errs by a modest multiple of n·u |A|; this is the multiple that is allowed for (LAPACK Users'
Guide, 3rd ed., sections 4.7 and 4.9).
"""

UNLIKELY = 1e-5
"""A random matrix has a singular value below this part of its size about so often; in 16 bits rounding errors are larger."""


# ---------------------------------------------------------------------------------------------------------------- leaves


def _number(run: TensorInterpreter, node: tm.Number) -> Tracked:
    tensor = torch.tensor([[_nearest(node.value)]], dtype=torch.float64)
    exact = tensor.to(run.batch.dtype).item() == node.value
    return run.constant(tensor, 0 if exact else 1)


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return copysign(inf, value)


def _integer(run: TensorInterpreter, value: int) -> Tracked:
    return run.constant(torch.tensor([[float(value)]], dtype=torch.float64))


def _identity(run: TensorInterpreter, node: tm.Identity) -> Tracked:
    return run.constant(torch.eye(run.size(node.dim)))


def _filled(run: TensorInterpreter, node: tm.Filled) -> Tracked:
    return run.constant(torch.full((run.size(node.rows), run.size(node.columns)), float(node.entry)))


def _unit(run: TensorInterpreter, node: tm.Unit) -> Tracked:
    return run.constant(torch.eye(run.size(node.dim))[:, [run.position(node.position) - 1]])


def _literal(run: TensorInterpreter, node: tm.Literal) -> Tracked:
    entries = [run.value(entry) for row in node.rows for entry in row]
    tensor = torch.cat([entry.tensor for entry in entries], 2).reshape(-1, len(node.rows), len(node.rows[0]))
    return Tracked(tensor, max(entry.roundings for entry in entries), tuple(entries))


# ------------------------------------------------------------------------------------------------ one and two operands


def _unary(change: Change) -> Rule:
    """The rule of a node with one operand, its first field, that rounds nothing."""

    def rule(run: TensorInterpreter, node: Term) -> Tracked:
        operand = run.value(node.values()[0])
        return Tracked(change(operand.tensor), operand.roundings, (operand,))

    return rule


def _binary(combine: Callable[[Tensor, Tensor], Tensor]) -> Rule:
    """The rule of a sum or difference: two operands, its fields, and one rounding an entry."""

    def rule(run: TensorInterpreter, node: Term) -> Tracked:
        left, right = (run.value(part) for part in node.values())
        return Tracked(combine(left.tensor, right.tensor), left.roundings + right.roundings + 1, (left, right))

    return rule


def _entrywise_product(run: TensorInterpreter, node: tm.Multiply | tm.Hadamard) -> Tracked:
    left, right = run.value(node.left), run.value(node.right)
    terms = (*passed_on(left, right.tensor), *passed_on(right, left.tensor))
    return Tracked(left.tensor * right.tensor, left.roundings + right.roundings + 1, (left, right), terms)


def _quotient(run: TensorInterpreter, node: tm.Divide) -> Tracked:
    left, right = run.value(node.left), run.value(node.right)
    terms, conditions = passed_on(left, 1 / right.tensor), magnified(right, relative_condition)
    return Tracked(left.tensor / right.tensor, left.roundings + right.roundings + 1, (left, right), terms, conditions)


def _product(left: Tracked, right: Tracked) -> Tracked:
    """The matrix product; what it sums cannot exceed |a| |b|."""
    inner = left.tensor.shape[2]
    first, second = left.tensor.detach().abs(), right.tensor.detach().abs()
    summed = (first @ second,) if inner > 1 else ()
    terms = (*summed, *passed_on(left, second.sum(1)), *passed_on(right, first.sum(2)))
    return Tracked(left.tensor @ right.tensor, left.roundings + right.roundings + inner, (left, right), terms)


# ---------------------------------------------------------------------------------------------------------------- powers


def _sum_of_squares(operand: Tracked) -> Tracked:
    entries = operand.tensor.shape[1] * operand.tensor.shape[2]
    terms = passed_on(operand, operand.tensor.detach().abs().sum((1, 2), keepdim=True))
    return Tracked((operand.tensor * operand.tensor).sum((1, 2), keepdim=True), 2 * operand.roundings + entries, (operand,), terms)


def _power(run: TensorInterpreter, node: tm.Power) -> Tracked:
    if (squared := squared_norm(node)) is not None:
        return _integer_power(_sum_of_squares(run.value(squared[0])), squared[1])
    base, exponent = run.value(node.base), run.value(node.exponent)
    fixed = None if symbols(node.exponent) or exponent.varies else float(exponent.tensor[0, 0, 0])
    if fixed is not None and fixed.is_integer():
        return _matrix_power(run, base, int(fixed)) if node.base.shape else _integer_power(base, int(fixed))
    if node.base.shape:
        raise UnsupportedError(f"a matrix to the power {node.exponent}, which is no integer")
    tensor = torch.sqrt(base.tensor) if fixed == 0.5 else torch.pow(base.tensor, exponent.tensor)
    return Tracked(tensor, base.roundings + exponent.roundings + TRANSCENDENTAL, (base, exponent), conditions=(_power_condition(base, exponent),))


def _power_condition(base: Tracked, exponent: Tracked) -> Tensor:
    """Of x^y = exp(y log x): the relative error of x counts |y| times, the absolute error of y counts |log x| times."""
    logarithm = base.tensor.detach().abs().log().flatten(1)
    return relative_condition(base) * largest(list(exponent.met)) + scale(exponent) * largest([logarithm])


def _integer_power(base: Tracked, exponent: int) -> Tracked:
    conditions = magnified(base, relative_condition) if exponent < 0 else ()
    terms = passed_on(base, torch.pow(base.tensor, exponent - 1)) if exponent > 1 else ()
    return Tracked(torch.pow(base.tensor, exponent), abs(exponent) * (base.roundings + 1), (base,), terms, conditions)


def _matrix_power(run: TensorInterpreter, base: Tracked, exponent: int) -> Tracked:
    factor = base if exponent >= 0 else _inverse_of(base)
    result = run.constant(torch.eye(base.tensor.shape[1]))
    for _ in range(abs(exponent)):
        result = _product(result, factor)
    return result


# -------------------------------------------------------------------------------------------------- matrices as a whole


def widened(function: Change, tensor: Tensor) -> Tensor:
    """The function of a tensor, by way of float32 for the 16-bit types, for which torch has no factorisations."""
    return function(tensor) if tensor.dtype.itemsize > 2 else function(tensor.float()).to(tensor.dtype)


def _inverse_of(operand: Tracked) -> Tracked:
    """The inverse, by LU (Higham, section 14.3); where there is none the condition is infinite."""
    batch, n, _ = operand.tensor.shape
    singular = torch.zeros(batch, dtype=torch.bool, device=operand.tensor.device)

    def invert(matrices: Tensor) -> Tensor:
        inverse: Tensor
        inverse, info = torch.linalg.inv_ex(matrices)
        singular.logical_or_(info != 0)
        return inverse

    tensor = widened(invert, operand.tensor)
    factor = (n * largest([tensor.detach().flatten(1)]) * scale(operand)).masked_fill(singular, inf)
    return Tracked(tensor, operand.roundings + 3 * n * n, (operand,), conditions=(factor,))


def _pseudo_inverse(run: TensorInterpreter, node: tm.PseudoInverse) -> Tracked:
    """By SVD. An error E of A moves A⁺ by at most ½(1 + √5) |A⁺|² |E| as long as the rank stays, and the SVD adds a modest multiple of u |A|.

    Source: Wedin, Perturbation theory for pseudo-inverses, BIT 13 (1973); LAPACK Users' Guide, 3rd ed., section 4.9.
    """
    operand = run.value(node.operand)
    rows, columns = operand.tensor.shape[1:]
    finite = torch.nan_to_num(operand.tensor)  # the SVD of what is no number fails; the scale of the operand, which is none either, says so
    _, least, clearance = singular_values(operand)

    def invert(matrices: Tensor) -> Tensor:
        inverse: Tensor = torch.linalg.pinv(matrices, atol=least.to(matrices.dtype), rtol=torch.zeros_like(least, dtype=matrices.dtype))
        return inverse

    tensor = widened(invert, finite)
    condition = max(rows, columns) * largest([tensor.detach().flatten(1)]) * scale(operand)
    roundings = operand.roundings + LAPACK * rows * columns
    return Tracked(tensor, roundings, (operand,), conditions=(condition,), clearances=(clearance,))


def singular_values(operand: Tracked) -> tuple[Tensor, Tensor, Tensor]:
    """(batch, min(rows, columns)), descending, and twice (batch,), all in float64: the singular values; the value above which all of them
    count; and how far they are from a change of the rank.

    One within the rounding error of the operand counts as 0, if that is so small that no other one is likely to be there; nothing is
    told of one that is larger, yet small. Where the operand is varied and its rank is not full, the pseudo-inverse jumps.
    """
    values: Tensor = torch.linalg.svdvals(torch.nan_to_num(operand.tensor.detach()).double())
    size = scale(operand)[:, None].nan_to_num(nan=inf)
    noise = rounding_bound(operand.roundings + sum(operand.tensor.shape[1:]), operand.tensor.dtype)
    of_zero = 0.0 if operand.tensor.requires_grad else inf
    clearances = torch.where(values <= (noise if noise < UNLIKELY else 0.0) * size, of_zero, values / size)
    return values, sqrt(unit_roundoff(operand.tensor.dtype)) * size[:, 0], clearances.amin(1)


def _determinant(run: TensorInterpreter, node: tm.Determinant) -> Tracked:
    """By LU; what Leibniz' formula sums cannot exceed the product of the rows' 1-norms. Its derivative needs the inverse."""
    operand = run.value(node.operand)
    n = operand.tensor.shape[1]
    tensor = widened(torch.linalg.det, operand.tensor).reshape(-1, 1, 1)
    terms = operand.tensor.detach().abs().sum(2).prod(1, keepdim=True)
    conditions = _inverse_of(replace(operand, tensor=operand.tensor.detach())).conditions if operand.tensor.requires_grad else ()
    return Tracked(tensor, n * operand.roundings + 3 * n * n, (operand,), (terms,), conditions)


def _trace(run: TensorInterpreter, node: tm.Trace) -> Tracked:
    operand = run.value(node.operand)
    tensor = torch.diagonal(operand.tensor, dim1=1, dim2=2).sum(1).reshape(-1, 1, 1)
    return Tracked(tensor, operand.tensor.shape[1] * (operand.roundings + 1), (operand,))


def _norm(run: TensorInterpreter, node: tm.Norm) -> Tracked:
    operand = run.value(node.operand)
    if node.kind in ("2", "F"):
        squares = _sum_of_squares(operand)
        return Tracked(torch.sqrt(squares.tensor), squares.roundings + 1, (squares,), conditions=(relative_condition(squares),))
    sizes = operand.tensor.abs().reshape(operand.tensor.shape[0], -1)
    if node.kind == "1":
        tensor, distance = sizes.sum(1), smallest(sizes)
    else:
        tensor, distance = sizes.amax(1), _lead(sizes)
    return Tracked(tensor.reshape(-1, 1, 1), sizes.shape[1] * (operand.roundings + 1), (operand,), clearances=near_kink(operand, distance))


def _lead(sizes: Tensor) -> Tensor:
    """(batch,) in float64: by how much the largest of sizes (batch, k) leads, over the next one and over 0."""
    ordered = torch.cat([torch.zeros_like(sizes[:, :1]), sizes.detach().double()], 1).sort(1).values
    return ordered[:, -1] - ordered[:, -2]


# ----------------------------------------------------------------------------------------------------------------- parts


def _entry(run: TensorInterpreter, node: tm.Entry) -> Tracked:
    operand, row, column = run.value(node.operand), run.position(node.row), run.position(node.column)
    return Tracked(operand.tensor[:, row - 1 : row, column - 1 : column], operand.roundings, (operand,))


def _row(run: TensorInterpreter, node: tm.Row) -> Tracked:
    operand, row = run.value(node.operand), run.position(node.row)
    return Tracked(operand.tensor[:, row - 1 : row, :], operand.roundings, (operand,))


def _column(run: TensorInterpreter, node: tm.Column) -> Tracked:
    operand, column = run.value(node.operand), run.position(node.column)
    return Tracked(operand.tensor[:, :, column - 1 : column], operand.roundings, (operand,))


ALGEBRA: dict[type[Term], Callable[..., Tracked]] = {
    tm.Number: _number,
    tm.Dimension: lambda run, node: _integer(run, run.size(node)),
    tm.Symbol: lambda run, node: run.given(node),
    tm.Member: lambda run, node: run.given(node),
    tm.Identity: _identity,
    tm.Filled: _filled,
    tm.Unit: _unit,
    tm.Delta: lambda run, node: _integer(run, int(run.position(node.left) == run.position(node.right))),
    tm.Literal: _literal,
    tm.Add: _binary(torch.add),
    tm.Subtract: _binary(torch.sub),
    tm.Negate: _unary(torch.neg),
    tm.Multiply: _entrywise_product,
    tm.Divide: _quotient,
    tm.MatMul: lambda run, node: _product(run.value(node.left), run.value(node.right)),
    tm.Power: _power,
    tm.Transpose: _unary(lambda tensor: tensor.mT),
    tm.Inverse: lambda run, node: _inverse_of(run.value(node.operand)),
    tm.PseudoInverse: _pseudo_inverse,
    tm.Hadamard: _entrywise_product,
    tm.HadamardPower: lambda run, node: _integer_power(run.value(node.base), node.exponent),
    tm.Trace: _trace,
    tm.Determinant: _determinant,
    tm.Diag: _unary(lambda tensor: torch.diag_embed(tensor[:, :, 0])),
    tm.Diagonal: _unary(lambda tensor: torch.diagonal(tensor, dim1=1, dim2=2).unsqueeze(2)),
    tm.Norm: _norm,
    tm.Entry: _entry,
    tm.Row: _row,
    tm.Column: _column,
}
