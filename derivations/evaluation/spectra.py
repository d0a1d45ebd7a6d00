"""Eigenvalues of symmetric matrices, and the absolute values of those of any: exact where they are rational, else certainly enclosed.

Both come from the roots of the characteristic polynomial, which over the rationals is split into irreducible factors: so multiple roots are
known to be multiple, and of each factor the roots are isolated and known to be real or not.
"""

from __future__ import annotations

from typing import Any

from flint import acb, acb_mat, arb, fmpq, fmpq_mat, fmpq_poly, fmpz

from derivations.evaluation.algebraic import RealRoot
from derivations.evaluation.algebraic_spectra import algebraic_eigenvalues, algebraic_moduli, are_rational, has_real_roots_only
from derivations.evaluation.duals import Dual
from derivations.evaluation.fields import Algebraic, Exact, Field, rational
from derivations.evaluation.interpreter import EvaluationError, Imprecise, Inexact, OutsideDomain
from derivations.evaluation.logarithms import Logarithm

__all__ = ["eigenvalue_moduli", "eigenvalues", "has_real_eigenvalues"]


def eigenvalues(field: Field, matrix: list[list[Any]]) -> list[Any]:
    """The eigenvalues, each as often as its multiplicity, in ascending order, as entries of a field; those of the matrix (n, n) may be
    exact where the field is balls.

    Raises:
        OutsideDomain: the matrix is not symmetric, or its entries are varied.
        Inexact: the field is exact, and an eigenvalue is irrational.
        Imprecise: balls in which the eigenvalues are not found.
    """
    _refuse_varied(matrix)
    if not all(_may_be_equal(matrix[i][j], matrix[j][i]) for i in range(len(matrix)) for j in range(i)):
        raise OutsideDomain("the eigenvalues of a matrix that is not symmetric")
    if isinstance(field, Algebraic):
        return algebraic_eigenvalues(matrix)
    if are_rational(matrix):
        rational_roots, others = _roots(matrix)
        if not others:
            return [field.number(rational(root)) for root in rational_roots]
        if isinstance(field, Exact):
            raise Inexact("an eigenvalue is irrational")
        return _ascending([*map(arb, rational_roots), *others])
    return _ascending(_enclosures(matrix))


def eigenvalue_moduli(field: Field, matrix: list[list[Any]]) -> list[Any]:
    """The absolute values of the eigenvalues of any real square matrix, as in `eigenvalues`.

    Raises:
        OutsideDomain: the entries are varied.
        Inexact: the field is exact, and a modulus is irrational.
        Imprecise: balls in which the eigenvalues are not found.
    """
    _refuse_varied(matrix)
    if isinstance(field, Algebraic) and (len(matrix) <= 2 or not are_rational(matrix)):
        return algebraic_moduli(matrix)
    if not are_rational(matrix):
        return _ascending([abs(value) for value in _complex_enclosures(matrix)])
    exact, others = [], []
    for factor, count in fmpq_mat(matrix).charpoly().factor()[1]:
        for square, enclosure in _moduli_of_roots(factor):
            modulus = None if square is None else _rational_root(square)
            if modulus is not None:
                exact += [modulus] * count
            else:
                others += [enclosure if square is None else arb(square).sqrt()] * count
    if not others:
        return [field.number(rational(modulus)) for modulus in sorted(exact)]
    if isinstance(field, Exact):
        raise Inexact("the modulus of an eigenvalue is irrational")
    return _ascending([*map(arb, exact), *others])


def _moduli_of_roots(factor: fmpq_poly) -> list[tuple[fmpq | None, arb]]:
    """The moduli of the roots of an irreducible polynomial p of degree n: of each the square, where it is known to be rational, and an enclosure.

    If |z|² = q is rational for a root z, then q/z is the conjugate of z and a root too; so z ↦ q/z maps the roots onto each other, and beyond
    degree 1 none onto itself unless p = x² − q. Then q^(n/2) is the absolute value of their product. The other way round, q/z is the conjugate
    of z if it is a root and none of the other ones.
    """
    if factor.degree() == 1:
        root = -factor[0] / factor[1]
        return [(root * root, arb(abs(root)))]
    found: Any = factor.complex_roots()
    roots: list[acb] = [root for root, _ in found]
    square = _kept_by_inversion(factor)
    return [(square if square is not None and _inverts_to_conjugate(root, square, roots) else None, abs(root)) for root in roots]


def _kept_by_inversion(polynomial: fmpq_poly) -> fmpq | None:
    """The rational q > 0 for which z ↦ q/z maps the roots onto each other, if there is one; of an irreducible polynomial beyond degree 1."""
    degree, leading = polynomial.degree(), polynomial.leading_coefficient()
    if degree % 2:
        return None
    product = abs(polynomial[0] / leading)
    numerator, denominator = (_integer_root(int(part), degree // 2) for part in (product.p, product.q))
    if numerator is None or denominator is None:
        return None
    q = fmpq(numerator, denominator)
    turned = fmpq_poly([polynomial[degree - k] * q ** (degree - k) for k in range(degree + 1)])  # x^n p(q/x)
    return q if turned * leading == polynomial * turned.leading_coefficient() else None


def _integer_root(value: int, order: int) -> int | None:
    """The integer whose power of the order is the value ≥ 0, if there is one."""
    root = int(fmpz(value).root(order))
    return root if root**order == value else None


def _inverts_to_conjugate(root: acb, square: fmpq, roots: list[acb]) -> bool:
    """Whether q/z, which is a root, can only be the conjugate of z: the enclosures of the roots are disjoint."""
    image, conjugate = acb(square) / root, root.conjugate()
    return [other for other in roots if image.overlaps(other)] == [other for other in roots if conjugate.overlaps(other)]


def _rational_root(square: fmpq) -> fmpq | None:
    numerator, denominator = _integer_root(int(square.p), 2), _integer_root(int(square.q), 2)
    return None if numerator is None or denominator is None else fmpq(numerator, denominator)


def has_real_eigenvalues(matrix: list[list[Any]]) -> bool:
    """Whether all eigenvalues of a square matrix are real.

    Raises:
        OutsideDomain: the entries are varied.
        Imprecise: balls do not settle it.
    """
    _refuse_varied(matrix)
    if are_rational(matrix):
        roots: Any = fmpq_mat(matrix).charpoly().complex_roots()
        return all(root.imag == 0 for root, _ in roots)  # it is exactly 0 where a root is real
    if any(isinstance(entry, RealRoot | Logarithm) for row in matrix for entry in row):
        return has_real_roots_only(matrix)
    values = _complex_enclosures(matrix)
    if any(not value.imag.contains(0) for value in values):
        return False
    if all(sum(value.conjugate().overlaps(other) for other in values) == 1 for value in values):
        return True  # each is its own conjugate
    raise Imprecise("whether the eigenvalues are real is open")


def _refuse_varied(matrix: list[list[Any]]) -> None:
    if any(isinstance(entry, Dual) for row in matrix for entry in row):
        raise OutsideDomain("the derivative of eigenvalues")


def _may_be_equal(a: Any, b: Any) -> bool:
    """Whether exact entries are equal, or balls overlap: that a matrix of balls is symmetric is known by its form, see `proof.domain`."""
    return bool((a - b).contains(0) if isinstance(a - b, acb | arb) else a == b)


def _roots(matrix: list[list[fmpq]]) -> tuple[list[fmpq], list[arb]]:
    """The roots of the characteristic polynomial: the rational ones in ascending order, and enclosures of the others, which are real."""
    polynomial = fmpq_mat(matrix).charpoly()
    found = [root for root, count in polynomial.roots() for _ in range(count)]
    for root in found:
        polynomial //= type(polynomial)([-root, 1])
    others: Any = polynomial.complex_roots() if polynomial.degree() else ()
    return sorted(found), [root.real for root, count in others for _ in range(count)]


def _enclosures(matrix: list[list[acb]]) -> list[arb]:
    return [value.real for value in _complex_enclosures(matrix)]


def _complex_enclosures(matrix: list[list[acb]]) -> list[acb]:
    try:
        return list(acb_mat(matrix).eig(multiple=True))
    except ValueError as error:
        raise Imprecise(f"the eigenvalues are not found: {error}") from error


def _ascending(enclosures: list[arb]) -> list[acb]:
    """Of numbers in [a₁, b₁] … [aₙ, bₙ], the k-th smallest lies between the k-th smallest a and the k-th smallest b."""
    if not all(enclosure.is_finite() for enclosure in enclosures):
        raise EvaluationError("an eigenvalue without finite bounds")
    lows, highs = (sorted(ends) for ends in ([e.lower() for e in enclosures], [e.upper() for e in enclosures]))
    return [acb(low if low == high else low.union(high)) for low, high in zip(lows, highs, strict=True)]
