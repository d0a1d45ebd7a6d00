"""Elementwise functions in the normal form: each becomes an atom in the least form, or vanishes.

relu, |·|, max and min are written through sign; sigmoid through tanh. In the "exp" basis tanh and sigmoid are written through exp
and reciprocals instead, so that different spellings of one function meet. sign, √ and log of a product are those of its factors (see
`factors`); what holds only for positive factors (log of a product, √x² = x) is used only where it is known that they are.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivations.proof.algebra import Algebra
from derivations.proof.atoms import atom_of, leading_sign, odd
from derivations.proof.exponentials import exponential, logarithm
from derivations.proof.powers import ENTRYWISE_SUM, entrywise_sum
from derivations.proof.reciprocals import reciprocal
from derivations.proof.roots import square_root
from derivations.proof.signs import absolute, relu, sign_of
from derivations.proof.tensors import Tensor

__all__ = ["FUNCTIONS"]


_HALF = Fraction(1, 2)


def _sigmoid(algebra: Algebra, z: Tensor) -> Tensor:
    one = algebra.constant(1, z.axes)
    if algebra.basis == "exp":
        return algebra.subtract(one, algebra.apply("reciprocal", algebra.add(one, algebra.apply("exp", z))))
    return algebra.scale(algebra.add(one, algebra.apply("tanh", algebra.scale(z, _HALF))), _HALF)


def _tanh(algebra: Algebra, z: Tensor) -> Tensor:
    if algebra.basis == "exp":
        return algebra.subtract(algebra.scale(_sigmoid(algebra, algebra.scale(z, 2)), 2), algebra.constant(1, z.axes))
    if not z:
        return z
    return odd(algebra, "tanh", z)


def _tanh_slope(algebra: Algebra, z: Tensor) -> Tensor:
    if algebra.basis == "exp" or not z:
        t = _tanh(algebra, z)
        return algebra.subtract(algebra.constant(1, z.axes), algebra.multiply(t, t))
    return atom_of(algebra, "tanh slope", z if leading_sign(z) > 0 else algebra.negate(z))


FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "relu": relu,
    "abs": absolute,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "tanh slope": _tanh_slope,
    "sign": sign_of,
    "exp": exponential,
    "log": logarithm,
    "reciprocal": reciprocal,
    "sqrt": square_root,
    ENTRYWISE_SUM: entrywise_sum,
}
"""What the algebra applies to tensors, by name."""
