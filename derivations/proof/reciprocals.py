"""1/Z in the normal form, with everything that can be divided out divided out."""

from __future__ import annotations

from derivations.language.errors import UnsupportedError
from derivations.proof.algebra import Algebra
from derivations.proof.atoms import atom_of, constant_of, has_sum, leading_sign, placed, varying_labels
from derivations.proof.coefficients import Coefficient
from derivations.proof.exponentials import exponential
from derivations.proof.tensors import Tensor

__all__ = ["reciprocal"]


def reciprocal(algebra: Algebra, z: Tensor) -> Tensor:
    """1/Z with everything that can be divided out divided out."""
    if not z:
        raise UnsupportedError("a divisor is identically zero")
    if not varying_labels(z, z.terms):
        return algebra.constant(Coefficient.number(1) / constant_of(z), z.axes)
    factor = algebra.constant(1, z.axes)
    for _ in range(len(algebra.atoms)):
        divisor = _inner_divisor(algebra, z)
        if divisor is None:
            break
        z, factor = algebra.multiply(z, divisor), algebra.multiply(factor, divisor)
    content = _exp_content(algebra, z)
    if content is not None:
        z, factor = algebra.multiply(z, content), algebra.multiply(factor, content)
        if not varying_labels(z, z.terms):
            return algebra.scale(factor, Coefficient.number(1) / constant_of(z))
    if len(z.terms) == 1:
        return algebra.multiply(factor, _reciprocal_of_monomial(algebra, z))
    return algebra.multiply(factor, _reciprocal_atom(algebra, z))


def _reciprocal_atom(algebra: Algebra, z: Tensor) -> Tensor:
    """The atom 1/Z with a rational factor taken out, such that its first term has the leading coefficient 1."""
    scale = 1 / leading_sign(z)
    return algebra.scale(atom_of(algebra, "reciprocal", algebra.scale(z, scale)), scale)


def _inner_divisor(algebra: Algebra, z: Tensor) -> Tensor | None:
    """The argument of a reciprocal that stands in a term of z on free slots only, placed there."""
    for factors, free in z.terms:
        for number, slots in factors:
            atom = algebra.atoms[number]
            if atom.kind == "reciprocal" and atom.argument is not None and set(slots) <= set(free):
                return placed(algebra, atom.argument, slots, z, free)
    return None


def _exp_content(algebra: Algebra, z: Tensor) -> Tensor | None:
    """The reciprocal of an exp on free slots, by which multiplying leads to the least form."""
    for factors, free in sorted(z.terms):
        for number, slots in factors:
            atom = algebra.atoms[number]
            if atom.kind == "exp" and atom.argument is not None and set(slots) <= set(free):
                if leading_sign(atom.argument) < 0 or len(z.terms) == 1:
                    inverse = exponential(algebra, algebra.negate(atom.argument))
                    return placed(algebra, inverse, slots, z, free)
    return None


def _reciprocal_of_monomial(algebra: Algebra, z: Tensor) -> Tensor:
    """1/(c·F₁·F₂…) = (1/c)·(1/F₁)·(1/F₂)… where no edge is summed."""
    ((factors, free), coefficient) = next(iter(z))
    if has_sum(factors, free):
        return algebra.scale(_reciprocal_atom(algebra, algebra.scale(z, Coefficient.number(1) / coefficient)), Coefficient.number(1) / coefficient)
    result = algebra.constant(Coefficient.number(1) / coefficient, z.axes)
    for number, slots in factors:
        alone = algebra.normal(z.axes, [(Coefficient.number(1), [(number, slots)], free, {})])
        atom = algebra.atoms[number]
        if atom.kind == "sign":  # a divisor is not 0, so the sign is ±1
            result = algebra.multiply(result, alone)
        elif atom.kind == "sqrt" and atom.argument is not None:  # 1/√Z = √Z/Z
            radicand = placed(algebra, atom.argument, slots, z, free)
            result = algebra.multiply(result, algebra.multiply(alone, reciprocal(algebra, radicand)))
        else:
            result = algebra.multiply(result, atom_of(algebra, "reciprocal", alone))
    return result
