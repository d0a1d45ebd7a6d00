"""The rules of `TensorInterpreter` for functions, branches and derivatives; every derivative is torch.autograd's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from derivations.evaluation.batches import Batch
from derivations.evaluation.tensor_algebra import TRANSCENDENTAL, Change, Rule
from derivations.evaluation.tracking import Tracked, behind, magnified, near_jump, near_kink, relative_condition, scale, smallest, summary
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.operators import variable_base
from derivations.language.terms import Relation, Term
from derivations.language.traversal import symbols

if TYPE_CHECKING:
    from derivations.evaluation.tensors import TensorInterpreter

__all__ = ["COMPARISONS", "FUNCTIONS"]

# ----------------------------------------------------------------------------------------------------- scalar functions


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A built-in function: what torch computes, its roundings, what magnifies an error of its argument, where it breaks at 0."""

    function: Change
    roundings: int = TRANSCENDENTAL
    condition: Callable[[Tracked], Tensor] | None = None
    kink: bool = False
    jump: bool = False


ELEMENTWISE: dict[str, Elementwise] = {
    "tanh": Elementwise(torch.tanh),
    "sigmoid": Elementwise(torch.sigmoid),
    "exp": Elementwise(torch.exp, condition=scale),  # an absolute error of the exponent is a relative one of the power
    "log": Elementwise(torch.log, condition=relative_condition),
    "sqrt": Elementwise(torch.sqrt, condition=relative_condition),
    "reciprocal": Elementwise(torch.reciprocal, condition=relative_condition),
    "relu": Elementwise(torch.relu, 0, kink=True),
    "abs": Elementwise(torch.abs, 0, kink=True),
    "sign": Elementwise(torch.sign, 0, jump=True),
}


def _apply(run: TensorInterpreter, node: op.Apply) -> Tracked:
    argument = run.value(node.argument)
    if node.order == 0:
        return _applied(run, node.function, argument)
    varied = argument.tensor + torch.zeros_like(argument.tensor).requires_grad_()
    value = _applied(run, node.function, replace(argument, tensor=varied))
    slope = value.tensor
    for _ in range(node.order):
        slope = _elementwise_slope(slope, varied)
    tensor = slope if argument.tensor.requires_grad else slope.detach()
    return Tracked(tensor, 4**node.order * (value.roundings + 1), (argument, value))


def _elementwise_slope(value: Tensor, varied: Tensor) -> Tensor:
    if not value.requires_grad:
        return torch.zeros_like(varied)
    return torch.autograd.grad(value.sum(), varied, create_graph=True, materialize_grads=True)[0]


def _applied(run: TensorInterpreter, function: op.Function, argument: Tracked) -> Tracked:
    if function.parameter is not None and function.body is not None:
        return _body_at(run, function.parameter, function.body, argument)
    if function.name not in ELEMENTWISE:
        raise UnsupportedError(f"{type(run).__name__} has no rule for the function {function.name}")
    rule = ELEMENTWISE[function.name]
    conditions = magnified(argument, rule.condition) if rule.condition else ()
    clearances: tuple[Tensor, ...] = ()
    if rule.kink:
        clearances = near_kink(argument, smallest(argument.tensor))
    if rule.jump:
        clearances = near_jump(argument, smallest(argument.tensor))
    return Tracked(rule.function(argument.tensor), argument.roundings + rule.roundings, (argument,), (), conditions, clearances)


def _body_at(run: TensorInterpreter, parameter: tm.Symbol, body: Term, argument: Tracked) -> Tracked:
    """The body of an author's function at every entry: each entry is an instance of its own."""
    shape = argument.tensor.shape
    entries = argument.tensor.reshape(-1, 1, 1)
    batch = Batch(run.batch.sizes, {parameter: entries}, len(entries), run.batch.dtype, run.batch.device)
    value = type(run)(batch, recording=argument.tensor.requires_grad, roundings={parameter: argument.roundings}).value(body)
    found = summary(value)
    return Tracked(
        value.tensor.reshape(shape),
        value.roundings,
        (argument,),
        (found.magnitude.reshape(shape),),
        (found.condition.reshape(shape).flatten(1).amax(1),),
        (found.clearance.reshape(shape).flatten(1).amin(1),),
    )


def _softmax(run: TensorInterpreter, node: op.Softmax) -> Tracked:
    argument = run.value(node.argument)
    axis = node.axis + 1
    return Tracked(torch.softmax(argument.tensor, axis), argument.roundings + TRANSCENDENTAL + argument.tensor.shape[axis], (argument,))


# ------------------------------------------------------------------------------------------------ comparisons and branches


def _extremum(choose: Callable[[Tensor, Tensor], Tensor]) -> Rule:
    def rule(run: TensorInterpreter, node: Term) -> Tracked:
        left, right = (run.value(part) for part in node.values())
        difference = Tracked(left.tensor - right.tensor, 0, (left, right))
        clearances = near_kink(difference, smallest(difference.tensor))
        return Tracked(choose(left.tensor, right.tensor), left.roundings + right.roundings, (left, right), clearances=clearances)

    return rule


COMPARISONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "=": torch.eq,
    "!=": torch.ne,
    "<": torch.lt,
    "<=": torch.le,
    ">": torch.gt,
    ">=": torch.ge,
}


def _holds(run: TensorInterpreter, relation: Relation) -> Tracked:
    """1 where the relation holds, else 0, entrywise; it jumps where both sides are equal, unless nothing in it varies."""
    left, right = run.value(relation.left), run.value(relation.right)  # type: ignore[arg-type]
    tensor = COMPARISONS[relation.symbol](left.tensor, right.tensor).to(run.batch.dtype)
    if not symbols(relation):
        return Tracked(tensor, 0, (left, right))
    difference = Tracked(left.tensor - right.tensor, 0, (left, right))
    return Tracked(tensor, 0, (left, right), clearances=near_jump(difference, smallest(difference.tensor)))


def _cases(run: TensorInterpreter, node: op.Cases) -> Tracked:
    """Each branch is evaluated only where its condition holds: elsewhere it need not exist."""
    (relation, value), rest = node.branches[0], node.branches[1:]
    otherwise = op.Cases(rest, node.otherwise) if rest else node.otherwise
    holds = _holds(run, relation)
    mask = holds.tensor[:, 0, 0] > 0
    if bool(mask.all()):
        return _after(holds, run.value(value))
    if not bool(mask.any()):
        return _after(holds, run.value(otherwise))
    chosen, other = run.restricted(mask).value(value), run.restricted(~mask).value(otherwise)
    pieces = _spread(chosen, mask), _spread(other, ~mask)
    return Tracked(pieces[0].tensor + pieces[1].tensor, max(chosen.roundings, other.roundings), (holds, *pieces))


def _after(holds: Tracked, value: Tracked) -> Tracked:
    return Tracked(value.tensor, value.roundings, (holds, value))


def _spread(value: Tracked, mask: Tensor) -> Tracked:
    """A value at the instances where the mask is true, as a value at all of them, 0 at the others."""
    place = mask.nonzero()[:, 0]

    def put(tensor: Tensor, elsewhere: float = 0.0) -> Tensor:
        whole = torch.full((len(mask), *tensor.shape[1:]), elsewhere, dtype=tensor.dtype, device=tensor.device)
        return whole.index_copy(0, place, tensor)

    found = summary(value)
    return Tracked(put(value.tensor), value.roundings, (), (put(found.magnitude)[:, None],), (put(found.condition),), (put(found.clearance, inf),))


# ----------------------------------------------------------------------------------------------------------- derivatives


def _slope_roundings(value: Tracked) -> int:
    """A gradient costs at most four times its function (Griewank & Walther, Evaluating Derivatives, 2008, section 3.3)."""
    return 4 * (value.roundings + 1)


def _gradient(run: TensorInterpreter, node: op.Gradient) -> Tracked:
    base = variable_base(node.variable)
    if isinstance(node.variable, tm.Entry):
        return run.value(tm.Entry(op.Gradient(node.function, base), node.variable.row, node.variable.column))
    inner, perturbation = run.varying(base)
    value = inner.value(node.function)
    slope, adjoints = run.slope(value.tensor.sum(), perturbation, behind(value))
    return Tracked(slope, _slope_roundings(value), (value,), adjoints)


def _jacobian(run: TensorInterpreter, node: op.Jacobian) -> Tracked:
    """Row by row: the derivative of each entry of the function (batch, out, 1)."""
    inner, perturbation = run.varying(variable_base(node.variable))
    value = inner.value(node.function)
    history = behind(value)
    slopes, adjoints = zip(*(run.slope(value.tensor[:, row].sum(), perturbation, history) for row in range(value.tensor.shape[1])), strict=True)
    if isinstance(node.variable, tm.Entry):
        row, column = run.position(node.variable.row), run.position(node.variable.column)
        slopes = tuple(slope[:, row - 1 : row, column - 1 : column] for slope in slopes)
    return Tracked(torch.cat([slope.mT for slope in slopes], 1), _slope_roundings(value), (value,), sum(adjoints, ()))


def _hessian(run: TensorInterpreter, node: op.Hessian) -> Tracked:
    return run.value(op.Jacobian(op.Gradient(node.function, node.variable), node.variable))


FUNCTIONS: dict[type[Term], Callable[..., Tracked]] = {
    op.Apply: _apply,
    op.Maximum: _extremum(torch.maximum),
    op.Minimum: _extremum(torch.minimum),
    op.Softmax: _softmax,
    op.Sum: lambda run, node: run.over(node),
    op.Series: lambda run, node: run.series(node),
    op.Iterate: lambda run, node: run.iterated(node),
    op.Indicator: lambda run, node: _holds(run, node.relation),
    op.Cases: _cases,
    op.Named: lambda run, node: run.varied(run.quantity(node), run.value(node.body)),
    op.Gradient: _gradient,
    op.Jacobian: _jacobian,
    op.Hessian: _hessian,
}
