"""Terms, relations, verdicts and reports as plain text.

Terms are spelled as one writes them in Python: ``2 * X.T @ (X @ w - y)``, ``sum_over(i, norm(x[i])**2)``. Python's own rules hold:
``* / @`` are one level and group from the left, a leading minus binds tighter than they and looser than ``**``. Two spellings
are for the eye: an exact fraction is written ``1/2`` (Python would make a float of it, which no term accepts; write
``Fraction(1, 2)``), and a named quantity by its name, with its positions like a member of a family: ``z[i]``. Names stand as
they were declared, those that Python could not use (``lambda``, ``y'``) too.

Statements are sentences: ``M**k -> 0 iff X full column rank and alpha > 0``. Inside a call they stand as one types them:
``every(i, (x[i] > 0) & (x[i] < 1))``, ``argmin(norm(w)**2, w, equal(X @ w, t))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import singledispatchmethod
from itertools import groupby
from typing import Any, Final

from derivations.language.assumptions import Every, Property
from derivations.language.constructors import zeros
from derivations.language.implicit import ArgMin, EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Expectation, Independent, Law
from derivations.language.operators import (
    Apply,
    Cases,
    Gradient,
    Hessian,
    Indicator,
    Iterate,
    Jacobian,
    Maximum,
    Minimum,
    Named,
    Series,
    Softmax,
    Sum,
)
from derivations.language.spelling import WHOLE, Fixity, Notation, Piece, Writer
from derivations.language.terms import (
    ORDERINGS,
    RELATIONS,
    Add,
    Column,
    Delta,
    Determinant,
    Diag,
    Diagonal,
    Dimension,
    Divide,
    Entry,
    Filled,
    Hadamard,
    HadamardPower,
    Identity,
    Inverse,
    Literal,
    MatMul,
    Member,
    Multiply,
    Negate,
    Norm,
    Number,
    Power,
    PseudoInverse,
    Relation,
    Row,
    Statement,
    Subtract,
    Symbol,
    Term,
    Trace,
    Transpose,
    Unit,
)
from derivations.language.verdicts import Counterexample, Evidence, Report, Status, Value, Verdict, Witness

__all__ = ["LONGEST", "BriefWriter", "TextWriter", "report_text", "text", "value_text", "verdict_text", "witness_text"]

# ----------------------------------------------------------------------------------------------------------------- terms

SUM, PRODUCT, MINUS, POWER, NUMERAL, ATOM = range(1, 7)

_CALLS: dict[type[Term], str] = {
    Inverse: "inverse",
    PseudoInverse: "pseudo_inverse",
    Hadamard: "hadamard",
    HadamardPower: "hadamard_power",
    Trace: "trace",
    Determinant: "det",
    Diag: "diag",
    Diagonal: "diagonal",
    Row: "row",
    Column: "column",
    Identity: "identity",
    Unit: "unit",
    Delta: "delta",
    Maximum: "maximum",
    Minimum: "minimum",
    Sum: "sum_over",
    Series: "series",
    Indicator: "indicator",
    Gradient: "gradient",
    Jacobian: "jacobian",
    Hessian: "hessian",
    OneSidedDerivative: "one_sided_derivative",
    Subdifferential: "subdifferential",
    Eigenvalues: "eigenvalues",
    EigenvalueModuli: "eigenvalue_moduli",
    SpectralRadius: "spectral_radius",
    Rank: "rank",
}
_OPERATORS: dict[type[Term], Notation] = {
    Add: Notation(" + ", Fixity.INFIX, SUM, (PRODUCT, PRODUCT), chains=True),
    Subtract: Notation(" - ", Fixity.INFIX, SUM, (PRODUCT, PRODUCT), chains=True),
    Multiply: Notation(" * ", Fixity.INFIX, PRODUCT, (MINUS, POWER), chains=True),
    Divide: Notation(" / ", Fixity.INFIX, PRODUCT, (MINUS, POWER), chains=True),
    MatMul: Notation(" @ ", Fixity.INFIX, PRODUCT, (MINUS, POWER), chains=True),
    Negate: Notation("-", Fixity.PREFIX, MINUS, (POWER,)),
    Power: Notation("**", Fixity.INFIX, POWER, (NUMERAL, NUMERAL)),  # a power of a power is bracketed either way, to be plain
    Transpose: Notation(".T", Fixity.POSTFIX, ATOM, (ATOM,)),
    **{node: Notation(name, Fixity.CALL, ATOM) for node, name in _CALLS.items()},
}
_RELATIONS = {symbol: symbol for symbol in RELATIONS}
_TYPED_RELATIONS = {"=": "equal", "->": "tends_to"}
_TYPED_CONNECTIVES = {"and": "&", "or": "|"}
_TYPED_COMPARISON = -1  # Python's & and | bind tighter than its comparisons
_EXTREMES = {"max": "largest_eigenvalue", "min": "smallest_eigenvalue"}
_PYTHON_NAMES = {"abs": "abs_"}  # the functions that Python's own names made rename


class TextWriter(Writer):
    """Terms as one writes them in Python."""

    table = _OPERATORS
    relations = _RELATIONS

    def bracketed(self, text: str) -> str:
        """The text in round brackets."""
        return f"({text})"

    def property(self, stated: Property) -> Piece:
        """``X full column rank``; a sum or product in brackets."""
        return Piece(f"{self.operand(stated.term, PRODUCT)} {stated.kind}", WHOLE)

    def every(self, stated: Every) -> Piece:
        """``every(i, x[i] > 0)``."""
        return self._stated_call("every", stated.index, stated.statement)

    def law(self, stated: Law) -> Piece:
        """``gaussian(N, zeros(m, d), sigma**2)``."""
        return self._stated_call(stated.kind, stated.name, *stated.parameters)

    def independence(self, stated: Independent) -> Piece:
        """``independent(N, w)``."""
        return self._stated_call("independent", *stated.names)

    def argument(self, value: object) -> str:
        """An argument of a call; a statement stands there as one types it."""
        return self.typed(value).text if isinstance(value, Statement) else super().argument(value)

    def typed(self, statement: Statement) -> Piece:
        """The statement as one types it: ``equal(a, b)``, ``(a > 0) & full_column_rank(X)``."""
        match statement:
            case Relation(Statement() as left, ("and" | "or") as symbol, Statement() as right):
                return self.connected(symbol, _TYPED_CONNECTIVES[symbol], self.typed(left), self.typed(right))[1]
            case Relation(_, symbol, _) if symbol in ORDERINGS:
                return replace(self.clause(statement), level=_TYPED_COMPARISON)
            case Relation(Term() as left, "!=", right) if right == zeros(*left.shape):
                return self._stated_call("nonzero", left)
            case Relation(left, symbol, right) if symbol in _TYPED_RELATIONS:
                return self._stated_call(_TYPED_RELATIONS[symbol], left, right)
            case Relation(left, symbol, right):
                return Piece(f'Relation({self.argument(left)}, "{symbol}", {self.argument(right)})', WHOLE)
            case Property(kind, term):
                return self._stated_call(kind.replace(" ", "_"), term)
        return self.clause(statement)

    def _stated_call(self, name: str, *arguments: object) -> Piece:
        return Piece(name + self.bracketed(self.arguments(arguments)), WHOLE)

    @singledispatchmethod
    def spell(self, term: Term) -> Piece:
        """A node that is no plain operator; the others as the table says."""
        return self.composed(term)

    def _call(self, name: str, *arguments: object) -> Piece:
        return Piece(name + self.bracketed(self.arguments(arguments)), ATOM)

    @spell.register
    def _(self, term: Number) -> Piece:
        if term.value.denominator > 1:
            return Piece(str(term.value), PRODUCT)
        return Piece(str(term.value), NUMERAL if term.value >= 0 else MINUS)

    @spell.register
    def _(self, term: Symbol) -> Piece:
        return Piece(term.name, ATOM)

    @spell.register
    def _(self, term: Dimension) -> Piece:
        return Piece(term.name, ATOM)

    @spell.register
    def _(self, term: Member) -> Piece:
        return Piece(f"{term.family}[{self.arguments(term.positions)}]", ATOM)

    @spell.register
    def _(self, term: Named) -> Piece:
        return Piece(f"{term.name}[{self.arguments(term.positions)}]" if term.positions else term.name, ATOM)

    @spell.register
    def _(self, term: Iterate) -> Piece:
        initials, states = (
            self.write(each[0]) if len(each) == 1 else self.bracketed(", ".join(map(self.write, each))) for each in (term.initials, term.states)
        )
        over = (f"over={self.write(term.counter)}",) if term.counter is not None else ()
        return self._call("iterate", f'"{term.name}"', term.count, initials, states, term.step, *over)

    @spell.register
    def _(self, term: ExtremeEigenvalue) -> Piece:
        return self._call(_EXTREMES[term.kind], term.operand)

    @spell.register
    def _(self, term: ArgMin) -> Piece:
        return self._call("argmin", term.function, term.variable, *term.constraints)

    @spell.register
    def _(self, term: Expectation) -> Piece:
        return self._call("expectation", term.body, *term.over)

    @spell.register
    def _(self, term: Filled) -> Piece:
        return self._call(("zeros", "ones")[term.entry], *((term.rows,) if term.columns == 1 else (term.rows, term.columns)))

    @spell.register
    def _(self, term: Literal) -> Piece:
        if len(term.rows) > 1 and len(term.rows[0]) == 1:
            return self._call("column_vector", *(entry for (entry,) in term.rows))
        return Piece(f"literal({', '.join(f'[{self.arguments(row)}]' for row in term.rows)})", ATOM)

    @spell.register
    def _(self, term: Norm) -> Piece:
        kinds: dict[str, tuple[str, ...]] = {"2": (), "1": ("1",)}
        return self._call("norm", term.operand, *kinds.get(term.kind, (f'"{term.kind}"',)))

    @spell.register
    def _(self, term: Entry) -> Piece:
        return self._call("entry", term.operand, term.row, *(() if term.column == 1 else (term.column,)))

    @spell.register
    def _(self, term: Softmax) -> Piece:
        return self._call("softmax", term.argument, *(("axis=1",) if term.axis else ()))

    @spell.register
    def _(self, term: Apply) -> Piece:
        name = _PYTHON_NAMES.get(term.function.name, term.function.name)
        if term.order > 1:
            return self._call("Apply", name, term.argument, term.order)
        return self._call(name + ".prime" * term.order, term.argument)

    @spell.register
    def _(self, term: Cases) -> Piece:
        branches = (f"({self.argument(condition)}, {self.write(value)})" for condition, value in term.branches)
        return self._call("cases", *branches, f"otherwise={self.write(term.otherwise)}")


class BriefWriter(TextWriter):
    """Sequences by their name, ``w[k]``: for a text that tells their first terms and their recurrence elsewhere."""

    def spell(self, term: Term) -> Piece:
        """A node, as in full text, but a sequence."""
        return Piece(f"{term.name}[{self.write(term.count)}]", ATOM) if isinstance(term, Iterate) else super().spell(term)


LONGEST: Final = 2000
"""Of a longer text the middle is left out, so that messages stay readable."""


def text(value: Term | Statement, longest: int | None = LONGEST) -> str:
    """The term in Python's spelling, the statement as a sentence. With None for `longest`, everything is written."""
    return TextWriter(longest).write(value)


# ---------------------------------------------------------------------------------------------------------------- values


def value_text(value: Value) -> str:
    """``1/2`` for a scalar, ``[1, 2]`` for a column vector, ``[[1, 2], [3, 4]]`` for any other matrix."""
    if len(value) == 1 and len(value[0]) == 1:
        return str(value[0][0])
    if all(len(row) == 1 for row in value):
        return _listed(row[0] for row in value)
    return _listed(_listed(row) for row in value)


def _listed(items: Any) -> str:
    return f"[{', '.join(map(str, items))}]"


def witness_text(witness: Witness) -> str:
    """``n = d = 1, X = [1], w = [0]``; the values of a family as ``x = ([1, 0], [0, 1])``."""
    sizes = [" = ".join([*(name for name, _ in group), str(size)]) for size, group in groupby(witness.sizes, key=lambda item: item[1])]
    values = [f"{name} = {_assigned(value, name in witness.scalars)}" for name, value in witness.values]
    return ", ".join((*sizes, *values))


def _assigned(value: Any, scalar: bool) -> str:
    if isinstance(value[0][0], tuple):  # a family: one value for each member
        return f"({', '.join(_assigned(member, scalar) for member in value)})"
    return value_text(value) if scalar or len(value) > 1 or len(value[0]) > 1 else _listed(value[0])


# -------------------------------------------------------------------------------------------------------------- verdicts


def verdict_text(verdict: Verdict) -> str:
    """The verdict in a few lines: status and counterexample or method first, then each thing that is known."""
    return "\n  ".join(_verdict_lines(verdict))


def _verdict_lines(verdict: Verdict) -> Iterator[str]:
    status = verdict.status.value
    if verdict.counterexample is not None:
        yield f"{status}  {_counterexample(verdict.counterexample)}"
    else:
        yield f"{status}  by {verdict.method}" if verdict.method else status
    facts = (
        ("ALARM", verdict.alarm),
        ("reason", verdict.reason),
        ("conditions", ", ".join(verdict.conditions)),
        ("missing assumptions", ", ".join(verdict.missing_assumptions)),
        ("right would be", text(verdict.correction) if verdict.correction is not None else ""),
        ("hint", verdict.hint),
        ("lemmas", ", ".join(verdict.lemmas)),
        ("witness", witness_text(verdict.witness) if verdict.witness is not None else ""),
        ("evidence", _evidence(verdict.evidence) if verdict.evidence is not None else ""),
    )
    yield from (f"{name}: {fact}" for name, fact in facts if fact)


def _counterexample(found: Counterexample) -> str:
    at = witness_text(found.witness)
    factor = _factor(found.left, found.right) if found.relation == "=" else None
    note = f"   (off by the factor {factor})" if factor is not None else ""
    left = f"left tends to {value_text(found.left)}" if found.relation == "->" else f"left {value_text(found.left)}"
    return f"{f'at {at}:  ' if at else ''}{left}, right {value_text(found.right)}{note}"


def _factor(left: Value, right: Value) -> int | None:
    """The integer c with left = c · right or right = c · left, where both are exact and there is one: the commonest slip."""
    pairs = [(a, b) for row, other in zip(left, right, strict=False) for a, b in zip(row, other, strict=False)]
    exact = [(a, b) for a, b in pairs if isinstance(a, Fraction) and isinstance(b, Fraction)]
    nonzero = [(a, b) for a, b in exact if a and b]
    if not nonzero or len(exact) < len(pairs):
        return None
    ratio = nonzero[0][0] / nonzero[0][1]
    if any(a != ratio * b for a, b in exact):
        return None
    if 1 in (ratio.denominator, abs(ratio.numerator)):
        return int(ratio if ratio.denominator == 1 else 1 / ratio)
    return None


def _evidence(evidence: Evidence) -> str:
    if not evidence.instances:
        return evidence.note
    place = " ".join(filter(None, (evidence.device, evidence.dtype)))
    hard = f", {evidence.hard} of them ill-conditioned or of deficient rank" if evidence.hard else ""
    power = f", {evidence.mutants_caught} of {evidence.mutants} wrong variants told apart" if evidence.mutants else ""
    if evidence.false is not None:
        verb = f"FALSE on {evidence.false} of" if evidence.false else "true on"
        return f"{verb} {evidence.instances} instances ({place}){hard}{power}"
    verb = "agree" if evidence.agrees else "DIFFER"
    measured = f"error {evidence.worst_error:.1e}, bound {evidence.bound:.1e}"
    return f"both sides {verb} on {evidence.instances} instances ({place}; {measured}){hard}{power}"


# --------------------------------------------------------------------------------------------------------------- reports


def report_text(report: Report) -> str:
    """A plain table of the claims with status, method and time in 80 columns, and below it what is known of each that is not proved."""
    address = "/".join(filter(None, (report.topic, report.name)))
    questions = f"  ({', '.join(report.questions)})" if report.questions else ""
    lines = [address, f"{report.title}{questions}"]
    for result in report.results:
        verdict = result.verdict
        status = "ALARM" if verdict.alarm else verdict.status.value
        lines.append(f"  {_fitted(result.title, 36)}  {status:<10}  {_fitted(verdict.method, 16)}  {verdict.milliseconds:7.1f} ms".rstrip())
        if verdict.alarm or verdict.status is not Status.PROVED:
            claim = result.claim
            lines.append(f"    {claim.statement}")
            lines += [f"    {line}" for line in verdict_text(verdict).splitlines()]
    return "\n".join(lines)


def _fitted(words: str, width: int) -> str:
    return f"{words[: width - 1]}…" if len(words) > width else f"{words:<{width}}"
