"""Other programs asked whether a claim is true: SymPy, and where they are installed tensorgrad and Math-Verify. Each answers yes, no or nothing.

A judge gets a claim and answers True, False or None (it cannot tell); it raises `CannotState` for what it has no words for. Derivatives
are written as each program takes them. SymPy gets the better of its two spellings of a scalar product, xᵀy as it stands and tr(xᵀy).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from importlib.util import find_spec
from itertools import count
from typing import Any

import sympy

from derivations.evaluation.symbolic import to_sympy
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Property
from derivations.language.claims import Claim
from derivations.language.errors import DerivationError
from derivations.language.shapes import Shape, sides
from derivations.language.terms import Dimension, Relation, Symbol, Term
from derivations.language.traversal import subterms
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.verification import Budget, judge

__all__ = ["JUDGES", "CannotState", "Judge", "missing"]

Judge = Callable[[Claim], "bool | None"]


class CannotState(Exception):
    """The program has no words for the claim."""


def ours(claim: Claim) -> bool | None:
    """This project, without the search for what would be right."""
    return {Status.PROVED: True, Status.REFUTED: False}.get(judge(claim, Budget(explain=False)).status)


# ------------------------------------------------------------------------------------------------------------------ SymPy


def by_sympy(decide: Callable[[Any, Any], bool | None], claim: Claim) -> bool | None:
    """The first spelling that is decided; one that SymPy cannot work with is passed over."""
    left, right = _sides(claim)
    answer: bool | None = None
    stated = False
    for spell in (_plain, _as_products):
        try:
            a, b = _in_sympy(left, spell, claim), _in_sympy(right, spell, claim)
            if getattr(b, "is_Matrix", False) != getattr(a, "is_Matrix", False) or (b == 0 and getattr(a, "is_Matrix", False)):
                continue  # a scalar on one side, a (1, 1) matrix on the other
            stated = True
            answer = decide(a, b)
        except (DerivationError, TypeError, ValueError, AttributeError, NotImplementedError, IndexError, KeyError, RecursionError):
            continue  # what SymPy itself raises where it has no rule
        if answer or (answer is False and not _is_untold(claim)):
            return answer
    if not stated:
        raise CannotState(str(claim))
    return None


def _is_untold(claim: Claim) -> bool:
    """Whether there are assumptions other than signs of scalars, so that what is false without them need not be false."""
    return any(not isinstance(given, Relation) or given.symbol == "=" for given in claim.given)


def _plain(expression: Any) -> Any:
    return expression


def _as_products(expression: Any) -> Any:
    """xᵀy, a (1, 1) matrix, in place of tr(xᵀy)."""
    return expression.replace(lambda part: isinstance(part, sympy.Trace) and part.arg.shape == (1, 1), lambda part: part.arg)


def _in_sympy(term: Term, spell: Callable[[Any], Any], claim: Claim) -> Any:
    """A term, its outermost derivative taken by `diff`."""
    if isinstance(term, op.Gradient | op.Jacobian | op.Hessian):
        inner = spell(to_sympy(term.function, claim.given))
        variable = to_sympy(term.variable, claim.given)
        derivative = inner.diff(variable)
        return derivative.diff(variable) if isinstance(term, op.Hessian) else derivative
    return spell(to_sympy(term, claim.given)) if term.shape == () else to_sympy(term, claim.given)


def _sides(claim: Claim) -> tuple[Term, Term]:
    if claim.relation != "=" or not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        raise CannotState(str(claim))
    return claim.left, claim.right


def _is_zero(expression: Any) -> bool:
    return bool(expression == 0) or isinstance(expression, sympy.ZeroMatrix)


def _simplified(a: Any, b: Any) -> bool | None:
    return True if _is_zero(sympy.simplify(a - b)) else None


def _equals(a: Any, b: Any) -> bool | None:
    answer = a.equals(b)
    return answer if isinstance(answer, bool) else None


def _done(a: Any, b: Any) -> bool | None:
    difference = (a - b).doit()
    return True if any(map(_is_zero, (difference, difference.expand(), difference.expand().doit()))) or a.doit() == b.doit() else None


# ------------------------------------------------------------------------------------------------------------- tensorgrad


def by_tensorgrad(claim: Claim) -> bool | None:
    """Both sides simplified to the same tensor; assumptions other than symmetry cannot be told to it."""
    import tensorgrad

    symmetric = set()
    for given in claim.given:
        if not isinstance(given, Property) or given.kind not in ("symmetric", "invertible") or not isinstance(given.term, Symbol):
            raise CannotState(str(given))
        symmetric |= {given.term} if given.kind == "symmetric" else set()
    writer = _Tensorgrad(tensorgrad, frozenset(symmetric))
    left, right = (writer.of(side) for side in _sides(claim))
    zero = tensorgrad.Zero(**left.shape)
    same = (left - right).full_simplify().is_isomorphic(zero, match_edges=True)  # == would take a matrix for its transpose
    return True if same or left.full_simplify().is_isomorphic(right.full_simplify(), match_edges=True) else None


class _Tensorgrad:
    """Terms as tensors with the edges r and c."""

    def __init__(self, library: Any, symmetric: frozenset[Symbol]) -> None:
        self._library = library
        self._symmetric = symmetric
        self._edges = (f"e{number}" for number in count())

    def of(self, term: Term) -> Any:
        """The tensor that means the term.

        Raises:
            CannotState: tensorgrad has no such node, or this table does not know it.
        """
        rule = self._RULES.get(type(term))
        if rule is None:
            raise CannotState(type(term).__name__)
        return rule(self, term)

    def _names(self, shape: Shape) -> list[tuple[str, Any]]:
        return [(edge, self._size(dim)) for edge, dim in zip("rc", sides(shape), strict=True) if dim != 1]

    def _size(self, dim: Any) -> Any:
        return sympy.Symbol(dim.name) if isinstance(dim, Dimension) else sympy.Symbol(f"size_{dim}")

    def _symbol(self, term: Symbol) -> Any:
        made = self._library.Variable(term.name, **dict(self._names(term.size)))
        return made.with_symmetries("r c") if term in self._symmetric else made

    def _number(self, term: tm.Number) -> Any:
        return self._library.Product([]) * (int(term.value) if term.value.denominator == 1 else Fraction(term.value))

    def _identity(self, term: tm.Identity) -> Any:
        return self._library.Delta(self._size(term.dim), "r", "c")

    def _filled(self, term: tm.Filled) -> Any:
        names = dict(self._names(term.shape))
        return self._library.Ones(**names) if term.entry else self._library.Zero(**names)

    def _turned(self, tensor: Any) -> Any:
        return tensor.rename(**{edge: "rc"["cr".index(edge)] for edge in tensor.edges})

    def _matmul(self, term: tm.MatMul) -> Any:
        left, right = self.of(term.left), self.of(term.right)
        inner = next(self._edges)
        if "c" in left.edges and "r" in right.edges:
            return left.rename(c=inner) @ right.rename(r=inner)
        return left @ right

    def _trace(self, term: tm.Trace) -> Any:
        return self._library.trace(self.of(term.operand))

    def _times(self, term: tm.Multiply | tm.Hadamard) -> Any:
        return self.of(term.left) * self.of(term.right)

    def _power(self, term: tm.Power) -> Any:
        if not isinstance(term.exponent, tm.Number) or term.exponent.value.denominator != 1 or not 0 < term.exponent.value < 10:
            raise CannotState(str(term))
        exponent = int(term.exponent.value)
        if term.base.shape:
            product: Term = term.base
            for _ in range(exponent - 1):
                product = product @ term.base
            return self.of(product)
        if (squared := op.squared_norm(term)) is not None:
            tensor = self._library.frobenius2(self.of(squared[0]))
            return tensor if squared[1] == 1 else tensor ** squared[1]
        return self.of(term.base) ** exponent

    def _inverse(self, term: tm.Inverse) -> Any:
        """It names the edges of A⁻¹ so that equal names cancel: those of A, turned."""
        return self._turned(self._library.functions.inverse(self.of(term.operand)))

    def _gradient(self, term: op.Gradient) -> Any:
        variable = self.of(term.variable)
        return self.of(term.function).grad(variable, {edge: edge for edge in variable.edges})

    _RULES: dict[type[Term], Callable[[Any, Any], Any]] = {  # noqa: RUF012 (a table)
        Symbol: _symbol,
        tm.Number: _number,
        tm.Identity: _identity,
        tm.Filled: _filled,
        tm.Add: lambda self, term: self.of(term.left) + self.of(term.right),
        tm.Subtract: lambda self, term: self.of(term.left) - self.of(term.right),
        tm.Negate: lambda self, term: -self.of(term.operand),
        tm.Multiply: _times,
        tm.Hadamard: _times,
        tm.Divide: lambda self, term: self.of(term.left) / self.of(term.right),
        tm.MatMul: _matmul,
        tm.Transpose: lambda self, term: self._turned(self.of(term.operand)),
        tm.Trace: _trace,
        tm.Power: _power,
        tm.Inverse: _inverse,
        tm.Determinant: lambda self, term: self._library.functions.det(self.of(term.operand)),
        op.Gradient: _gradient,
    }


# ------------------------------------------------------------------------------------------------------------ Math-Verify


def by_math_verify(claim: Claim) -> bool | None:
    """Both sides as LaTeX, the left as the gold answer; it has no derivatives, and no third answer."""
    import logging

    from math_verify import parse, verify

    logging.disable()  # it warns that its own time limits are off, since the contest has one
    left, right = _sides(claim)
    if any(isinstance(term, op.Gradient | op.Jacobian | op.Hessian) for term in subterms((left, right))):
        raise CannotState("a derivative by a matrix")
    read = [parse(f"${latex(side)}$", parsing_timeout=0) for side in (left, right)]
    if not all(read):
        raise CannotState(str(claim))
    return bool(verify(*read, timeout_seconds=0))


JUDGES: dict[str, Judge] = {
    "derivations": ours,
    "SymPy, simplify(a - b) == 0": partial(by_sympy, _simplified),
    "SymPy, a.equals(b)": partial(by_sympy, _equals),
    "SymPy, doit and expand": partial(by_sympy, _done),
    "tensorgrad": by_tensorgrad,
    "Math-Verify": by_math_verify,
}


def missing(name: str) -> str:
    """The package that a judge needs and that is not installed; empty if there is none."""
    package = {"tensorgrad": "tensorgrad", "Math-Verify": "math_verify"}.get(name, "")
    return package if package and find_spec(package) is None else ""
