"""SymPy to terms, strictly: a SymPy class has an exact meaning here or is refused. The conventions are those of
`derivations.evaluation.symbolic`.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from sympy.logic.boolalg import Boolean

from derivations.evaluation.symbolic.matrices import Expression
from derivations.evaluation.symbolic.matrix_reader import MATRIX_READERS
from derivations.evaluation.symbolic.scalar_reader import SCALAR_READERS
from derivations.evaluation.symbolic.scope import Scope, refuse
from derivations.evaluation.symbolic.statements import STATEMENT_READERS, read_statement
from derivations.evaluation.symbolic.vocabulary import SIGNS, kind_of
from derivations.language import constructors as make
from derivations.language import terms as tm
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Relation, Statement, Term

__all__ = ["from_sympy", "sign_assumptions"]

_READERS = SCALAR_READERS | MATRIX_READERS

_REASONS = {
    sympy.Float: "a float is not exact; write a Rational",
    **dict.fromkeys(STATEMENT_READERS, "a statement is no term"),
}
"""Why some classes are refused, where a reader should know more than that they are."""


def from_sympy(expression: Expression) -> Term | Statement:
    """The term that means the same as a SymPy scalar expression or matrix expression; of a SymPy Boolean the statement.

    A symbol that is integer and positive becomes a dimension; one that is real or undeclared a real scalar; its sign stays behind
    (see `sign_assumptions`).

    Raises:
        UnsupportedError: a SymPy object without an exact meaning here; the message names its class.
        ShapeError: matrices that do not fit.
        DeclarationError: a name that cannot be used, or that stands for two things.
    """
    if not isinstance(expression, sympy.Basic | sympy.MatrixBase):
        raise UnsupportedError(f"{expression!r} ({type(expression).__name__}) is no SymPy object; strings are not parsed, build it with SymPy")
    scope = Scope.of(expression, _read)
    is_statement = isinstance(expression, Boolean) and not isinstance(expression, sympy.Symbol)
    return read_statement(expression, scope) if is_statement else scope.read(expression)


def sign_assumptions(expression: Expression) -> tuple[Relation, ...]:
    """The signs that the scalars of an expression were declared with, as assumptions: ``Symbol("x", positive=True)`` gives x > 0.

    SymPy has used them already (it made x of ``sqrt(x**2)``), so a claim about the term needs them.
    """
    kinds = {symbol: kind_of(symbol) for symbol in expression.atoms(sympy.Symbol) - expression.atoms(sympy.Dummy)}
    signs = sorted((symbol.name, SIGNS[kind.sign]) for symbol, kind in kinds.items() if kind is not None and kind.sign)
    return tuple(Relation(make.scalar(name), relation, tm.Number(Fraction(0))) for name, relation in signs)


def _read(expression: Expression, scope: Scope) -> Term:
    reader = _READERS.get(type(expression))
    if reader is None:
        refuse(expression, _REASONS.get(type(expression), f"accepted are {', '.join(sorted(cls.__name__ for cls in _READERS))}"))
    return reader(expression, scope)
