"""What floating-point numbers tell of a statement: at some instances that it is true, at others that it is false, at the rest nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

__all__ = ["CONNECTIVES", "Truth"]


class Truth(NamedTuple):
    """Masks (batch,). Where a statement is neither certainly true nor certainly false, rounding may decide.

    Attributes:
        true: it certainly holds.
        false: it certainly fails.
        outside: the instance lies outside its domain.
    """

    true: Tensor
    false: Tensor
    outside: Tensor

    @classmethod
    def inside(cls, true: Tensor, false: Tensor, defined: Tensor, clear: Tensor) -> Truth:
        """What is known where the statement is defined and rounding does not decide; elsewhere nothing."""
        return cls(true & defined & clear, false & defined & clear, ~defined)

    @property
    def known(self) -> Tensor:
        """Where the statement has a value that rounding does not change."""
        return (self.true | self.false) & ~self.outside

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.true & other.true, self.false | other.false, self.outside | other.outside)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.true | other.true, self.false & other.false, self.outside | other.outside)

    def implies(self, other: Truth) -> Truth:
        """Where it fails, the other statement needs no value."""
        return Truth(self.false | other.true, self.true & other.false, self.outside | (~self.false & other.outside))

    def iff(self, other: Truth) -> Truth:
        """Both are true, or both are false."""
        same, differs = self.true & other.true | self.false & other.false, self.true & other.false | self.false & other.true
        return Truth(same, differs, self.outside | other.outside)


CONNECTIVES: dict[str, Callable[[Truth, Truth], Truth]] = {
    "and": lambda left, right: left & right,
    "or": lambda left, right: left | right,
    "implies": Truth.implies,
    "iff": Truth.iff,
}
