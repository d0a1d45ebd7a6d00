"""Square roots in the normal form: squares of what is known to be positive are taken out, others as |·|."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpz

from derivations.proof.algebra import Algebra
from derivations.proof.atoms import atom_of, constant_of, scalar_atom, varying_labels
from derivations.proof.coefficients import Coefficient
from derivations.proof.positivity import is_positive_coefficient
from derivations.proof.signs import absolute
from derivations.proof.tensors import Tensor

__all__ = ["square_root"]


def square_root(algebra: Algebra, z: Tensor) -> Tensor:
    """The square root of every entry."""
    if not z:
        return z
    if varying_labels(z, z.terms):
        return atom_of(algebra, "sqrt", z)
    return algebra.constant(_scalar_sqrt(algebra, constant_of(z)), z.axes)


def _scalar_sqrt(algebra: Algebra, radicand: Coefficient) -> Coefficient:
    """Squares of what is known to be positive are taken out; √(p²) = |p| otherwise."""
    root = Coefficient.number(1)
    inner = radicand
    over, under = Coefficient(radicand.numerator), Coefficient(radicand.denominator)
    if not radicand.is_polynomial and is_positive_coefficient(algebra, under):  # √(n/d) = √(n·d)/d
        root, inner = root / under, over * under
    if inner.is_polynomial:
        content = inner.leading
        if content > 0 and (whole := _polynomial_root(inner, content)) is not None:
            return root * _scalar_root_of_number(algebra, content) * algebra.as_scalar(absolute(algebra, algebra.constant(whole)))
        monomials = list(inner.monomials())
        if len(monomials) == 1 and content > 0:
            return root * _root_of_monomial(algebra, content, monomials[0][1])
    return root * scalar_atom(algebra, "sqrt", inner)


def _polynomial_root(inner: Coefficient, content: Fraction) -> Coefficient | None:
    monic = inner / Coefficient.number(content)
    if monic.constant is not None:
        return Coefficient.number(1)
    factors = monic.numerator.factor_squarefree()[1]
    if any(int(exponent) % 2 for _, exponent in factors):
        return None
    root = Coefficient.number(1)
    for polynomial, exponent in factors:
        for _ in range(int(exponent) // 2):
            root = root * Coefficient(polynomial)
    scale = (monic / (root * root)).constant
    return root if scale == 1 else None


def _scalar_root_of_number(algebra: Algebra, value: Fraction) -> Coefficient:
    """√(p/q) = √(pq)/q, with squares taken out, one generator for each prime."""
    integer = value.numerator * value.denominator
    root = Coefficient.number(Fraction(1, value.denominator))
    for prime, exponent in fmpz(integer).factor():
        root = root * Coefficient.number(int(prime) ** (int(exponent) // 2))
        if int(exponent) % 2:
            root = root * scalar_atom(algebra, "sqrt", Coefficient.number(int(prime)))
    return root


def _root_of_monomial(algebra: Algebra, content: Fraction, powers: dict[int, int]) -> Coefficient:
    root = _scalar_root_of_number(algebra, content)
    left = Coefficient.number(1)
    for number, exponent in powers.items():
        generator = Coefficient.generator(number)
        if is_positive_coefficient(algebra, generator):
            for _ in range(exponent // 2):
                root = root * generator
            if exponent % 2:
                root = root * scalar_atom(algebra, "sqrt", generator)
        else:
            outside = algebra.as_scalar(absolute(algebra, algebra.constant(generator)))
            for _ in range(exponent // 2):
                root = root * outside
            if exponent % 2:
                left = left * generator
    return root if left.constant == 1 else root * scalar_atom(algebra, "sqrt", left)
