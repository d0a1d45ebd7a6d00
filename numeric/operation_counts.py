"""How many multiplications a computation makes, counted while it runs.

Every product of matrices is carried out as what it stands for: entrywise products, whose entries are counted one by one, and their sums. So a
count is one of numbers that were multiplied, and comes from no formula. Entrywise products count too, which torch's own flop counter leaves
out; so do squares, and what the derivatives of tanh, sigmoid and ReLU multiply. Additions, comparisons, functions and copies do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from numeric.devices import NumericError

__all__ = ["MultiplicationCounter", "multiplications"]

_ATEN = torch.ops.aten

FREE = frozenset({
    "abs", "add", "alias", "arange", "as_strided", "cat", "clone", "copy", "detach", "empty", "empty_like", "exp", "expand", "eye", "fill", "full",
    "full_like", "ge", "gt", "le", "lift_fresh", "log", "lt", "neg", "new_empty", "new_empty_strided", "new_zeros", "ones", "ones_like", "permute",
    "rand", "randn", "relu", "reshape", "rsub", "scalar_tensor", "select", "select_backward", "sigmoid", "sign", "slice", "slice_backward", "split",
    "sqrt", "squeeze", "stack", "sub", "sum", "t", "tanh", "transpose", "unbind", "unsqueeze", "view", "where", "zero", "zeros", "zeros_like",
    "_to_copy", "_unsafe_view",
})  # fmt: skip
"""What multiplies nothing, by the names of torch's operators, in place or not."""


class MultiplicationCounter(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types there
    """Within the block, every multiplication of tensors adds to `count`, those that autograd makes too.

    >>> with MultiplicationCounter() as counter:
    ...     _ = torch.ones(2, 3) @ torch.ones(3, 4)
    >>> counter.count
    24

    Raises:
        NumericError: an operator is met of which it is not known what it multiplies.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        name = func.overloadpacket.__name__
        if (rule := _RULES.get(name)) is not None and not kwargs:
            return rule(self, *args)
        plain = name.removesuffix("_")
        if plain not in FREE or (plain in _SCALED and (kwargs or len(args) > 2)):
            raise NumericError(f"{func} is met, and what it multiplies is not known; write it as products, or count it by itself")
        return func(*args, **(kwargs or {}))

    def product(self, left: Tensor, right: Tensor | float) -> Tensor:
        """The entrywise product, broadcast; each of its entries is one multiplication."""
        product: Tensor = _ATEN.mul(left, right)
        self.count += product.numel()
        return product

    def contraction(self, left: Tensor, right: Tensor) -> Tensor:
        """The matrix product of (…, a, b) and (…, b, c): the entrywise product (…, a, b, c), summed over b."""
        return self.product(left[..., :, :, None], right[..., None, :, :]).sum(-2)


_SCALED = {"add", "sub", "rsub"}
"""What takes a third argument, by which one of the others is multiplied."""


def _square(counter: MultiplicationCounter, base: Tensor, exponent: float) -> Tensor:
    if exponent != 2:
        raise NumericError(f"the power {exponent} is met, and how it multiplies is not known; expected 2")
    return counter.product(base, base)


def _norm(counter: MultiplicationCounter, vectors: Tensor, order: float = 2, dims: list[int] | None = None, keepdim: bool = False) -> Tensor:
    """The root of the sum of the squares, which are multiplications."""
    if order != 2:
        raise NumericError(f"a norm of order {order} is met, and how it multiplies is not known; expected 2")
    return counter.product(vectors, vectors).sum(list(range(vectors.dim())) if dims is None else dims, keepdim).sqrt()


def _tanh_backward(counter: MultiplicationCounter, error: Tensor, value: Tensor) -> Tensor:
    """The error times the slope 1 − tanh²."""
    return counter.product(error, 1 - counter.product(value, value))


def _sigmoid_backward(counter: MultiplicationCounter, error: Tensor, value: Tensor) -> Tensor:
    """The error times the slope σ(1 − σ)."""
    return counter.product(error, counter.product(value, 1 - value))


def _relu_backward(counter: MultiplicationCounter, error: Tensor, value: Tensor, threshold: float) -> Tensor:
    """The error where the value is above the threshold, else 0: a choice, no product."""
    return torch.where(value > threshold, error, torch.zeros_like(error))


_RULES: dict[str, Callable[..., Tensor]] = {
    "mul": MultiplicationCounter.product,
    "pow": _square,
    "mm": MultiplicationCounter.contraction,
    "bmm": MultiplicationCounter.contraction,
    "mv": lambda counter, matrix, vector: counter.contraction(matrix, vector[:, None])[:, 0],
    "dot": lambda counter, left, right: counter.product(left, right).sum(),
    "addmm": lambda counter, added, left, right: added + counter.contraction(left, right),
    "linalg_vector_norm": _norm,
    "tanh_backward": _tanh_backward,
    "sigmoid_backward": _sigmoid_backward,
    "threshold_backward": _relu_backward,
}
"""What multiplies, and how it is carried out."""


def multiplications(function: Callable[..., Any], *arguments: Any) -> int:
    """How many multiplications a function makes at its arguments.

    Raises:
        NumericError: see `MultiplicationCounter`.
    """
    with MultiplicationCounter() as counter:
        function(*arguments)
    found: int = counter.count
    return found
