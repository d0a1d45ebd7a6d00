"""The bridge to SymPy, at the edges of the package: `to_sympy` for what people get, `from_sympy` for what they bring.

Both directions keep the meaning over the reals, and refuse what has no counterpart. Conventions:

- A dimension is ``Symbol(name, integer=True, positive=True)``, a counter ``Symbol(name, integer=True, nonnegative=True)``, a
  scalar ``Symbol(name, real=True)`` with the signs that the assumptions imply, a matrix a ``MatrixSymbol``.
- SymPy counts positions from 0, terms from 1: the index i of 1 … n becomes ``Symbol("i", integer=True, nonnegative=True)`` of
  0 … n - 1. In a ``Sum``, a variable that stands only where positions stand is an index, one that is computed with a counter.
- A product of shape (1, 1), such as ``w.T @ w``, is a scalar; in SymPy it is ``Trace(w.T*w)``.
- A family of n scalars is an ``IndexedBase`` of shape (n,), a family of n vectors (d, 1) the (n, d) ``MatrixSymbol`` with the
  samples as rows. The latter comes back as that matrix.
- A statement becomes a Boolean: comparisons, And, Or, Equivalent, Implies, and Q.symmetric, Q.invertible, Q.orthogonal,
  Q.positive_definite. Limits, minimisers and what holds for every index have none.
- Matrices stay as written (SymPy's own operators would cancel A⁻¹A and forget that A must be invertible); scalars are evaluated
  as SymPy always does (x/x is 1), so the domain of a claim has to be read from its terms.

To give values to sizes and matrices use ``xreplace``: SymPy's ``subs`` does not reach the sizes of matrices inside a ``Sum``.
"""

from __future__ import annotations

from derivations.evaluation.symbolic.reader import from_sympy, sign_assumptions
from derivations.evaluation.symbolic.writer import to_sympy

__all__ = ["from_sympy", "sign_assumptions", "to_sympy"]
