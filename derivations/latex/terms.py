r"""Writes terms and relations as LaTeX.

What means different things is written differently. So a member or an entry whose spelling is also a declared name stands as
``(x)_{1}`` beside a symbol ``x_1``, and the identity and the unit vectors turn bold where I or e are names of something else.
Only spellings that agree in value whatever their parts are share a text: a quotient of numerals and that fraction;
``x**-1`` and the inverse; ``*`` and ``@`` with a scalar; a gradient and a Jacobian of a scalar with respect to a scalar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import singledispatchmethod

from derivations.language.assumptions import Every, Property
from derivations.language.claims import limit_counter
from derivations.language.implicit import ArgMin, Eigenvalues, ExtremeEigenvalue
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Expectation, Independent, Law
from derivations.language.operators import Apply, Cases, Gradient, Hessian, Indicator, Iterate, Jacobian, Named, Series, Softmax, Sum
from derivations.language.shapes import Dim, Shape, sides
from derivations.language.spelling import WHOLE, Notation, Piece, Writer
from derivations.language.terms import (
    Add,
    Column,
    Delta,
    Dimension,
    Entry,
    Filled,
    HadamardPower,
    Identity,
    Index,
    Literal,
    Member,
    Negate,
    Norm,
    Number,
    Position,
    Power,
    Relation,
    Row,
    Statement,
    Symbol,
    Term,
    Unit,
)
from derivations.latex.names import name, names_in
from derivations.latex.notation import (
    ATOM,
    BARE,
    CONSTRAINED,
    EIGENVALUE,
    ENTRYWISE,
    EVERY,
    EXPECTATION,
    FACTOR,
    FENCES,
    FUNCTIONS,
    INDEPENDENT,
    JOINTS,
    JUXTAPOSED,
    LAWS,
    LIMIT,
    NORMS,
    OPERATORS,
    PRODUCT,
    PROPERTIES,
    RELATIONS,
    SCRIPT,
    SPECTRAL_RADIUS,
    TALL,
)

__all__ = ["LatexWriter"]

_NUMERAL = re.compile(r"\d|\\frac\{\d+\}\{\d+\}")


class LatexWriter(Writer):
    """Terms as LaTeX, for one text.

    Args:
        among: all terms of the text, whose names must not be mistaken for anything else.
    """

    table = OPERATORS
    relations = RELATIONS

    def __init__(self, among: Iterable[Term | Statement]) -> None:
        super().__init__()
        self._names = names_in(among)

    def bracketed(self, text: str) -> str:
        """The text in round brackets, which grow if it is tall."""
        return self._fenced("(", ")", text)

    def property(self, stated: Property) -> Piece:
        r"""``X \text{ has full column rank}``."""
        return Piece(rf"{self.operand(stated.term, PRODUCT)} \text{{ {PROPERTIES[stated.kind]}}}", WHOLE)

    def every(self, stated: Every) -> Piece:
        r"""``\forall i \in \{1, \dots, n\} \colon x_{i} > 0``; it reaches over every connective that follows."""
        inner = self.clause(stated.statement)
        text = inner.text if inner.level >= WHOLE else self.bracketed(inner.text)
        return Piece(f"{EVERY[0]}{name(stated.index.name)}{EVERY[1]}{self.dim(stated.index.dim)}{EVERY[2]}{text}", WHOLE, 0)

    def law(self, stated: Law) -> Piece:
        r"""``N \sim \mathcal{N}(0, \sigma^{2}) \text{ with independent entries}``."""
        opening, *after = LAWS[stated.kind]
        parameters = "".join(self.write(parameter) + sign for parameter, sign in zip(stated.parameters, after, strict=True))
        scalar = isinstance(stated.name, Symbol) and not stated.name.size
        return Piece(f"{name(stated.name.name)}{opening}{parameters}{'' if scalar or stated.is_joint else ENTRYWISE}", WHOLE)

    def independence(self, stated: Independent) -> Piece:
        r"""``N, w \text{ are independent}``."""
        return Piece(f"{', '.join(name(each.name) for each in stated.names)}{INDEPENDENT}", WHOLE)

    def sign(self, relation: Relation) -> str:
        r"""The sign between the sides; that of a limit shows the counter that grows: ``\xrightarrow[k \to \infty]{}``."""
        if relation.symbol == "->":
            return f"{LIMIT[0]}{name(limit_counter(relation).name)}{LIMIT[1]}"
        return super().sign(relation)

    def _fenced(self, opening: str, closing: str, text: str) -> str:
        gap = " " if opening.startswith("\\") else ""
        if any(mark in text for mark in TALL):
            return rf"\left{opening} {text} \right{closing}"
        return f"{opening}{gap}{text}{gap}{closing}"

    def joined(self, notation: Notation, left: str, right: str) -> str:
        """Factors stand side by side, unless that would read as something else."""
        if notation.sign != JUXTAPOSED:
            return super().joined(notation, left, right)
        signs = (joint.sign for joint in JOINTS if re.search(joint.left, left) and re.match(joint.right, right))
        return f"{left}{next(signs, JUXTAPOSED)}{right}"

    def dim(self, dim: Dim) -> str:
        """A size."""
        return str(dim) if isinstance(dim, int) else name(dim.name)

    def shape(self, shape: Shape) -> str:
        r"""``n`` of a vector, ``n \times d`` of a matrix."""
        rows, columns = map(self.dim, sides(shape))
        return rows if columns == "1" else rf"{rows} \times {columns}"

    def _place(self, position: Position | Term | str) -> str:
        if isinstance(position, Term):
            return self.write(position)
        return name(position.name) if isinstance(position, Index) else str(position)

    def at(self, base: str, *positions: Position | Term | str) -> Piece:
        """A name with its positions as a subscript; bracketed if it has a subscript, or if the whole would read as another name."""
        subscript = f"_{{{','.join(map(self._place, positions))}}}"
        if "_" in base or base + subscript in self._names:
            return Piece(self.bracketed(base) + subscript, ATOM)
        return _named(base + subscript)

    # ------------------------------------------------------------------------------------------------------ leaves

    @singledispatchmethod
    def spell(self, term: Term) -> Piece:
        """A node that is no plain operator; the others as the table says."""
        return self.composed(term)

    @spell.register
    def _(self, term: Number) -> Piece:
        sign, size = ("-" if term.value < 0 else ""), abs(term.value)
        text = sign + (str(size) if size.denominator == 1 else rf"\frac{{{size.numerator}}}{{{size.denominator}}}")
        return Piece(text, PRODUCT if sign else ATOM if size.denominator == 1 else FACTOR)

    @spell.register
    def _(self, term: Symbol) -> Piece:
        return _named(name(term.name))

    @spell.register
    def _(self, term: Dimension) -> Piece:
        return _named(name(term.name))

    @spell.register
    def _(self, term: Member) -> Piece:
        return self.at(name(term.family.name), *term.positions)

    @spell.register
    def _(self, term: Named) -> Piece:
        return self.at(name(term.name), *term.positions) if term.positions else _named(name(term.name))

    @spell.register
    def _(self, term: Identity) -> Piece:
        return Piece(f"{self._constant('I')}_{{{self.dim(term.dim)}}}", ATOM)

    @spell.register
    def _(self, term: Unit) -> Piece:
        text = f"{self._constant('e')}_{{{self._place(term.position)}}}"
        return Piece(text, ATOM) if isinstance(term.position, Index) else Piece(f"{text}^{{({self.dim(term.dim)})}}", SCRIPT)

    def _constant(self, letter: str) -> str:
        return rf"\mathbf{{{letter}}}" if any(word.startswith(letter) for word in self._names) else letter

    @spell.register
    def _(self, term: Filled) -> Piece:
        shape = self.dim(term.rows) if term.columns == 1 else rf"{self.dim(term.rows)} \times {self.dim(term.columns)}"
        return Piece(rf"\mathbf{{{term.entry}}}_{{{shape}}}", ATOM)

    @spell.register
    def _(self, term: Delta) -> Piece:
        return Piece(rf"\delta_{{{self._place(term.left)}\,{self._place(term.right)}}}", ATOM)

    @spell.register
    def _(self, term: Literal) -> Piece:
        rows = r" \\ ".join(" & ".join(map(self.write, row)) for row in term.rows)
        return Piece(rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}", ATOM)

    # --------------------------------------------------------------------------------------------------- operators

    @spell.register
    def _(self, term: Negate) -> Piece:
        if _NUMERAL.match(self.piece(term.operand).text):
            return Piece(f"-{self.bracketed(self.write(term.operand))}", self.table[Negate].precedence)
        return self.composed(term)

    @spell.register
    def _(self, term: Power) -> Piece:
        return Piece(f"{self.operand(term.base, ATOM)}^{{{self.write(term.exponent)}}}", SCRIPT)

    @spell.register
    def _(self, term: HadamardPower) -> Piece:
        exponent = str(term.exponent) if term.exponent >= 0 else f"({term.exponent})"
        return Piece(rf"{self.operand(term.base, ATOM)}^{{\odot {exponent}}}", SCRIPT)

    @spell.register
    def _(self, term: Norm) -> Piece:
        return Piece(f"{self._fenced(*FENCES['norm'], self.write(term.operand))}_{{{NORMS[term.kind]}}}", ATOM)

    @spell.register
    def _(self, term: Entry) -> Piece:
        of_vector = term.operand.shape and sides(term.operand.shape)[1] == 1 == term.column
        if of_vector and isinstance(term.operand, Eigenvalues):
            return Piece(f"{EIGENVALUE}_{{{self._place(term.row)}}}{self.bracketed(self.write(term.operand.operand))}", ATOM)
        return self._entry(term.operand, term.row, *(() if of_vector else (term.column,)))

    @spell.register
    def _(self, term: Row) -> Piece:
        return self._entry(term.operand, term.row, ":")

    @spell.register
    def _(self, term: Column) -> Piece:
        return self._entry(term.operand, ":", term.column)

    def _entry(self, operand: Term, *positions: Position | str) -> Piece:
        if isinstance(operand, Symbol) or (isinstance(operand, Named) and not operand.positions):
            return self.at(name(operand.name), *positions)
        return Piece(f"{self.bracketed(self.write(operand))}_{{{','.join(map(self._place, positions))}}}", ATOM)

    @spell.register
    def _(self, term: Apply) -> Piece:
        function, argument = term.function.name, self.write(term.argument)
        if term.function.body is None and not term.order:
            if function == "sqrt":
                return Piece(rf"\sqrt{{{argument}}}", FACTOR)
            if function == "abs":
                return Piece(self._fenced(*FENCES["abs"], argument), ATOM)
        sign = FUNCTIONS[function] if term.function.body is None else name(function)
        if term.function.body is not None and (sign in FUNCTIONS.values() or sign.partition("_")[0] in (EIGENVALUE, SPECTRAL_RADIUS)):
            head, _, label = sign.partition("_")  # an author's sigma is not the sigmoid
            sign = rf"{head}_{{\mathrm{{own}}{f',{label[1:-1]}' if label else ''}}}"
        return Piece(sign + "'" * term.order + self.bracketed(argument), ATOM)

    @spell.register
    def _(self, term: Softmax) -> Piece:
        rows = r"_{\mathrm{rows}}" if term.axis else ""
        return Piece(rf"\operatorname{{softmax}}{rows}{self.bracketed(self.write(term.argument))}", ATOM)

    @spell.register
    def _(self, term: Sum) -> Piece:
        notation = self.table[Sum]
        return self.prefixed(notation, f"{notation.sign}_{{{name(term.index.name)}=1}}^{{{self.dim(term.index.dim)}}} ", term.body)

    @spell.register
    def _(self, term: Series) -> Piece:
        notation = self.table[Series]
        last = term.length.left if isinstance(term.length, Add) and term.length.right == Number(Fraction(1)) else term.length - 1
        return self.prefixed(notation, f"{notation.sign}_{{{name(term.counter.name)}=0}}^{{{self.write(last)}}} ", term.body)

    @spell.register
    def _(self, term: Iterate) -> Piece:
        base, subscript = name(term.name), f"_{{{self.write(term.count)}}}"
        if "_" in base or (base + subscript in self._names and self._first_term(term) != base + subscript):
            return Piece(self.bracketed(base) + subscript, ATOM)
        return _named(base + subscript)

    def _first_term(self, term: Iterate) -> str:
        """What a sequence is at an index where that is given."""
        if isinstance(term.count, Number) and term.count.value in range(len(term.initials)):
            return self.write(term.initials[int(term.count.value)])
        return ""

    @spell.register
    def _(self, term: ExtremeEigenvalue) -> Piece:
        return Piece(rf"{EIGENVALUE}_{{\{term.kind}}}{self.bracketed(self.write(term.operand))}", ATOM)

    @spell.register
    def _(self, term: ArgMin) -> Piece:
        notation = self.table[ArgMin]
        such_that = CONSTRAINED[0] + CONSTRAINED[1].join(map(self.write, term.constraints)) if term.constraints else ""
        return self.prefixed(notation, rf"{notation.sign}_{{{self.write(term.variable)}{such_that}}} \, ", term.function)

    @spell.register
    def _(self, term: Expectation) -> Piece:
        sign, opening, closing = EXPECTATION
        over = ", ".join(name(each.name) for each in term.over)
        return Piece(f"{sign}_{{{over}}} {opening} {self.write(term.body)} {closing}", ATOM)

    @spell.register
    def _(self, term: Indicator) -> Piece:
        return Piece(rf"\mathbf{{1}}_{{{self.write(term.relation)}}}", ATOM)

    @spell.register
    def _(self, term: Cases) -> Piece:
        branches = [rf"{self.write(value)} & \text{{if }} {self.write(condition)}" for condition, value in term.branches]
        rows = r" \\ ".join((*branches, rf"{self.write(term.otherwise)} & \text{{otherwise}}"))
        return Piece(rf"\begin{{cases}} {rows} \end{{cases}}", BARE)

    # ------------------------------------------------------------------------------------------------- derivatives

    @spell.register
    def _(self, term: Gradient) -> Piece:
        return self._nabla(term, term.function, term.variable) if term.variable.shape else self._partial(term.function, term.variable)

    @spell.register
    def _(self, term: Hessian) -> Piece:
        return self._nabla(term, term.function, term.variable)

    @spell.register
    def _(self, term: Jacobian) -> Piece:
        return self._partial(term.function, term.variable)

    @spell.register
    def _(self, term: OneSidedDerivative) -> Piece:
        moves = rf"{self.write(term.variable)}; \, {self.write(term.direction)}"
        notation = self.table[OneSidedDerivative]
        return self.prefixed(notation, rf"{notation.sign}_{{{moves}}} \, ", term.function)

    @spell.register
    def _(self, term: Subdifferential) -> Piece:
        notation = self.table[Subdifferential]
        return self.prefixed(notation, rf"{notation.sign}_{{{self.write(term.variable)}}} \, ", term.function)

    def _nabla(self, term: Term, function: Term, variable: Term) -> Piece:
        notation = self.table[type(term)]
        gap = r"\, " if self.write(function).startswith(r"\mathrm") else ""
        return self.prefixed(notation, f"{notation.sign}_{{{self.write(variable)}}} {gap}", function)

    def _partial(self, function: Term, variable: Term) -> Piece:
        notation = self.table[Jacobian]
        below = f"{notation.sign} {self.write(variable)}"
        if isinstance(function, Symbol | Member | Named):
            return Piece(rf"\frac{{{notation.sign} {self.write(function)}}}{{{below}}}", FACTOR)
        return self.prefixed(notation, rf"\frac{{{notation.sign}}}{{{below}}} ", function)


def _named(text: str) -> Piece:
    """A name; one with a prime holds a superscript already."""
    return Piece(text, SCRIPT if "'" in text else ATOM)
