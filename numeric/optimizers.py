"""Steps of momentum, RMSProp and Adam as pure functions: new weights and new memories, nothing changed in place.

Every rule works entry by entry, so weights may have any shape, with any number of batch axes; gradients and memories have the same. A memory
starts as zeros. A gradient that is no number makes its entry of the weights and memories no number from then on, and no other entry.
The formulas are those of torch.optim without dampening, weight decay or AMSGrad; ε stands beside the root.
"""

from __future__ import annotations

from torch import Tensor

from numeric.checks import check_alike
from numeric.devices import NumericError

__all__ = ["adam_step", "momentum_step", "rmsprop_step"]


def momentum_step(
    weights: Tensor, gradient: Tensor, velocity: Tensor, *, learning_rate: float = 1e-2, momentum: float = 0.9
) -> tuple[Tensor, Tensor]:
    """v ← μv + g, w ← w − αv: weights, gradient and velocity (…) → weights and velocity (…), as torch.optim.SGD.

    Source: I. Sutskever, J. Martens, G. Dahl and G. Hinton, On the importance of initialization and momentum in deep learning, 2013, without
    their learning rate in the velocity.

    Raises:
        NumericError: the tensors differ in shape, dtype or device, are no floating-point numbers, or a rate is outside its range.
    """
    check_alike(weights=weights, gradient=gradient, velocity=velocity)
    _check_learning_rate(learning_rate)
    _check_decay("momentum", momentum)
    velocity = momentum * velocity + gradient
    return weights - learning_rate * velocity, velocity


def rmsprop_step(
    weights: Tensor, gradient: Tensor, cache: Tensor, *, learning_rate: float = 1e-2, decay: float = 0.99, epsilon: float = 1e-8
) -> tuple[Tensor, Tensor]:
    """c ← ρc + (1 − ρ)g², w ← w − αg/(√c + ε): weights, gradient and cache (…) → weights and cache (…), as torch.optim.RMSprop.

    Where a cache is negative, the weights are no number; where it is 0 and ε = 0 too, they are infinite, or no number.
    Source: T. Tieleman and G. Hinton, Lecture 6.5: RMSProp, 2012.

    Raises:
        NumericError: the tensors differ in shape, dtype or device, are no floating-point numbers, or a rate is outside its range.
    """
    check_alike(weights=weights, gradient=gradient, cache=cache)
    _check_learning_rate(learning_rate)
    _check_decay("decay", decay)
    _check_epsilon(epsilon)
    cache = decay * cache + (1 - decay) * gradient.square()
    return weights - learning_rate * gradient / (cache.sqrt() + epsilon), cache


def adam_step(
    weights: Tensor,
    gradient: Tensor,
    first: Tensor,
    second: Tensor,
    step: int,
    *,
    learning_rate: float = 1e-3,
    decays: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
) -> tuple[Tensor, Tensor, Tensor]:
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − α m̂/(√v̂ + ε) with m̂ = m/(1 − β₁^t) and v̂ = v/(1 − β₂^t), as torch.optim.Adam.

    Weights, gradient and both moments (…), and the number t of this step, counted from 1 → weights and both moments (…), without the correction.
    Where a second moment is negative, the weights are no number.
    Source: D. Kingma and J. Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1.

    Raises:
        NumericError: the tensors differ in shape, dtype or device, are no floating-point numbers, or a rate or the step is outside its range.
    """
    check_alike(weights=weights, gradient=gradient, first=first, second=second)
    _check_learning_rate(learning_rate)
    for name, decay in zip(("decays[0]", "decays[1]"), decays, strict=True):
        _check_decay(name, decay)
    _check_epsilon(epsilon)
    if step < 1:
        raise NumericError(f"step is {step}; steps are counted from 1, so expected how many were made before, and one more")
    first = decays[0] * first + (1 - decays[0]) * gradient
    second = decays[1] * second + (1 - decays[1]) * gradient.square()
    corrected_first, corrected_second = first / (1 - decays[0] ** step), second / (1 - decays[1] ** step)
    return weights - learning_rate * corrected_first / (corrected_second.sqrt() + epsilon), first, second


def _check_learning_rate(rate: float) -> None:
    if not 0 <= rate < float("inf"):
        raise NumericError(f"learning_rate is {rate}; expected a finite number of at least 0")


def _check_decay(name: str, decay: float) -> None:
    if not 0 <= decay < 1:
        raise NumericError(f"{name} is {decay}; expected at least 0 and less than 1")


def _check_epsilon(epsilon: float) -> None:
    if not 0 <= epsilon < float("inf"):
        raise NumericError(f"epsilon is {epsilon}; expected a finite number of at least 0")
