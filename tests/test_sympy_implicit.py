"""Pseudo-inverses and extreme eigenvalues as SymPy expressions: they take values, and come back as the terms that they were."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from derivations import from_sympy, to_sympy
from derivations.evaluation.symbolic.implicit import EigenvalueModuli, LargestEigenvalue, PseudoInverse, SpectralRadius
from derivations.language import constructors as make
from derivations.language.terms import Term

n, d = make.dimensions("n d")
X, y, a = make.matrix("X", n, d), make.vector("y", n), make.scalar("a")
A = make.matrix("A", n, n)
pinv = make.pseudo_inverse
N, D = sympy.symbols("n d", integer=True, positive=True)
XX: Any = sympy.MatrixSymbol("X", N, D)

TERMS = (
    pinv(X) @ y,
    (make.identity(d) - pinv(X) @ X) @ X.T @ y,
    pinv(a * X),
    2 / make.largest_eigenvalue(X.T @ X),
    a * make.smallest_eigenvalue(X @ X.T),
    2 * make.eigenvalue_moduli(A),
    a / make.spectral_radius(A),
)


@pytest.mark.parametrize("term", TERMS, ids=repr)
def test_they_come_back(term: Term) -> None:
    expression = to_sympy(term)
    assert to_sympy(from_sympy(expression)) == expression
    assert expression.is_Matrix == bool(term.shape)
    if term.shape:
        assert expression.shape == to_sympy(make.matrix("Z", *term.shape)).shape


def test_they_are_printed() -> None:
    assert str(to_sympy(pinv(X))) == "PseudoInverse(X)"
    assert sympy.latex(PseudoInverse(XX)) == r"\left(X\right)^{+}"
    assert sympy.latex(LargestEigenvalue(XX.T * XX)) == r"\lambda_{\max}\left(X^{T} X\right)"
    assert sympy.latex(SpectralRadius(XX.T * XX)) == r"\rho\left(X^{T} X\right)"
    assert sympy.latex(EigenvalueModuli(XX.T * XX)) == r"\operatorname{moduli}\left(X^{T} X\right)"
    assert PseudoInverse(XX).T == PseudoInverse(XX.T)


def test_they_are_not_differentiated() -> None:
    """SymPy's matrix calculus answers a silent zero for much that it does not know."""
    s: Any = sympy.Symbol("s", real=True)
    with pytest.raises(NotImplementedError, match="the derivative of a pseudo-inverse"):
        PseudoInverse(s * XX).diff(s)
    with pytest.raises(NotImplementedError, match="the derivative of eigenvalues"):
        EigenvalueModuli(s * XX.T * XX).diff(s)
    assert isinstance(LargestEigenvalue(s * XX.T * XX).diff(s), sympy.Derivative)


@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=1, max_size=4))
def test_their_values_are_those_of_torch(rows: list[tuple[int, ...]]) -> None:
    import torch

    entries = torch.tensor(rows, dtype=torch.float64)
    data = make.literal(*rows)
    torch.testing.assert_close(_tensor(to_sympy(pinv(data)).doit()), torch.linalg.pinv(entries))
    torch.testing.assert_close(_tensor(to_sympy(pinv(data) @ data).as_explicit()), torch.linalg.pinv(entries) @ entries)
    spectrum = torch.linalg.eigvalsh(entries.mT @ entries)
    for make_it, expected in ((make.smallest_eigenvalue, spectrum[0]), (make.largest_eigenvalue, spectrum[-1])):
        assert float(to_sympy(make_it(data.T @ data)).doit()) == pytest.approx(float(expected), abs=1e-9)


@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4))
@settings(max_examples=30)
@example([0, 0, 1, 1, 0, 0, 0, 1, 1])  # roots of a cubic, of which two are not real
@example([0, 0, 1, 1, 0, 0, 0, 1, 0])
def test_moduli_are_those_of_torch(entries: list[int]) -> None:
    """Also of eigenvalues that are not real."""
    import torch

    size = 2 if len(entries) == 4 else 3
    rows = [tuple(entries[size * k : size * (k + 1)]) for k in range(size)]
    expected = torch.linalg.eigvals(torch.tensor(rows, dtype=torch.float64)).abs().sort().values
    moduli, radius = (to_sympy(make_it(make.literal(*rows))).doit() for make_it in (make.eigenvalue_moduli, make.spectral_radius))
    found = torch.tensor([[float(sympy.re(value.evalf(20))) for value in row] for row in moduli.tolist()], dtype=torch.float64)
    torch.testing.assert_close(found[:, 0], expected, atol=1e-5, rtol=0)  # an n-fold eigenvalue moves by the n-th root of the rounding
    assert float(sympy.re(radius.evalf(20))) == pytest.approx(float(expected[-1]), abs=1e-5)


def test_moduli_of_symbols() -> None:
    s: Any = sympy.Symbol("s", positive=True)
    rotation = sympy.ImmutableMatrix([[0, s], [-s, 0]])
    assert EigenvalueModuli(rotation).doit() == sympy.Matrix([s, s])
    assert SpectralRadius(rotation).doit() == s


def _tensor(matrix: Any) -> Any:
    import torch

    return torch.tensor(matrix.tolist(), dtype=torch.float64)
