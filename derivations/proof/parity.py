"""Whether a network changes its sign with a random name: a name that has z and −z of one law gives it the expectation 0 then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.networks import Factor

__all__ = ["Parity"]

_ODD = ("sign", "tanh")
_SIGNLESS = ("tanh slope",)
_EVEN = (*_SIGNLESS, "sqrt")
"""Functions of which the expectations exist with every moment: odd ones, even ones, and those of what is even itself."""


class Parity:
    """By what networks are multiplied where one name is replaced by its negative: 1 or −1; None where that is not plain.

    Args:
        number: of the atom of the name.
        depends: whether the atom of a number depends on the name.
    """

    def __init__(self, algebra: Algebra, number: int, depends: Callable[[int], bool]) -> None:
        self._algebra, self._number, self._depends = algebra, number, depends

    def of(self, factors: Sequence[Factor]) -> int | None:
        """The parity of a product."""
        return _product([self._of_atom(number) for number, _ in factors])

    def _of_atom(self, number: int) -> int | None:
        atom = self._algebra.atoms[number]
        if number == self._number:
            return -1
        if not self._depends(number):
            return 1
        if atom.argument is None or atom.kind not in (*_ODD, *_EVEN):
            return None
        inner = _common({self._of_term(network[0], coefficient) for network, coefficient in atom.argument})
        return inner if inner in (None, 1) or atom.kind in _ODD else 1 if atom.kind in _SIGNLESS else None

    def _of_term(self, factors: Sequence[Factor], coefficient: Coefficient) -> int | None:
        return _product([self.of(factors), *(self._of_polynomial(Coefficient(side)) for side in (coefficient.numerator, coefficient.denominator))])

    def _of_polynomial(self, polynomial: Coefficient) -> int | None:
        owners = self._algebra.ring.owners
        return _common({self.of([f for place, power in powers.items() for f in owners[place][0] * power]) for _, powers in polynomial.monomials()})


def _product(parities: Sequence[int | None]) -> int | None:
    result = 1
    for parity in parities:
        if parity is None:
            return None
        result *= parity
    return result


def _common(parities: Collection[int | None]) -> int | None:
    """The one that all have."""
    return next(iter(parities)) if len(parities) == 1 else None
