"""Terms as Python source for torch, each node by the library's own operator: gradients by `torch.func`, sequences by running them.

A scalar is a tensor without axes, a matrix one with two, a family one whose first axes are the sample axes. What depends on sizes, counters and
positions alone stays a Python number; positions count from 0, as Python does. A named quantity gets a line of its own; it is written out where it
depends on an index, or on what is varied or bound around it.
"""

from __future__ import annotations

import re
from functools import singledispatchmethod
from keyword import iskeyword
from typing import Final, NoReturn

from derivations.language.errors import UnsupportedError
from derivations.language.implicit import EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, Rank, SpectralRadius
from derivations.language.operators import (
    Apply,
    Cases,
    Function,
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
    squared_norm,
    variable_base,
)
from derivations.language.shapes import Dim, Shape
from derivations.language.spelling import Fixity, Notation, Piece, Writer
from derivations.language.terms import (
    Add,
    Column,
    Delta,
    Determinant,
    Diag,
    Diagonal,
    Dimension,
    Divide,
    Entry,
    Family,
    Filled,
    Hadamard,
    HadamardPower,
    Identity,
    Index,
    Inverse,
    Literal,
    MatMul,
    Member,
    Multiply,
    Negate,
    Norm,
    Number,
    Position,
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
    parts,
)
from derivations.language.writing import ATOM, MINUS, NUMERAL, POWER, PRODUCT, SUM
from derivations.reports.named_quantities import cut, written_out

__all__ = ["DTYPE", "TORCH_FUNCTIONS", "Owner", "TorchWriter"]

DTYPE: Final = "dtype=torch.float64"
_TAKEN: Final = frozenset({"torch", "reduce", "entrywise", "left", "right", "sum", "range", "float", "int", "print"})

Owner = Symbol | Family | Dimension | Index | Function | Named
"""What has a name of its own in the source."""

_TIMES: Final = Notation(" * ", Fixity.INFIX, PRODUCT, (MINUS, POWER), chains=True)
_OPERATORS: dict[type[Term], Notation] = {
    Add: Notation(" + ", Fixity.INFIX, SUM, (PRODUCT, PRODUCT), chains=True),
    Subtract: Notation(" - ", Fixity.INFIX, SUM, (PRODUCT, PRODUCT), chains=True),
    Multiply: _TIMES,
    Hadamard: _TIMES,
    Divide: Notation(" / ", Fixity.INFIX, PRODUCT, (MINUS, POWER), chains=True),
    MatMul: Notation(" @ ", Fixity.INFIX, PRODUCT, (MINUS, POWER), chains=True),
    Negate: Notation("-", Fixity.PREFIX, MINUS, (POWER,)),
    Power: Notation("**", Fixity.INFIX, POWER, (NUMERAL, NUMERAL)),
    Transpose: Notation(".T", Fixity.POSTFIX, ATOM, (ATOM,)),
}
_OF_A_MATRIX: dict[type[Term], str] = {
    Inverse: "torch.linalg.inv({})",
    PseudoInverse: "torch.linalg.pinv({})",
    Trace: "torch.trace({})",
    Determinant: "torch.linalg.det({})",
    Diag: "torch.diagflat({})",
    Diagonal: "torch.diagonal({})[:, None]",
    Eigenvalues: "torch.linalg.eigvalsh({})[:, None]",
    EigenvalueModuli: "torch.linalg.eigvals({}).abs().sort().values[:, None]",
    SpectralRadius: "torch.linalg.eigvals({}).abs().max()",
    Rank: "torch.linalg.matrix_rank({}).to(torch.float64)",
}
_OF_TWO: dict[type[Term], str] = {Maximum: "torch.maximum", Minimum: "torch.minimum"}
_NORMS = {"2": "torch.linalg.norm({})", "F": "torch.linalg.norm({})", "1": "torch.abs({}).sum()", "inf": "torch.abs({}).max()"}
_COMPARISONS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LONGEST: Final = 10_000
"""A longer text is no few lines: what is shared in a term is written out again and again where it has no name."""

_ARITHMETIC = (Add, Subtract, Negate, Multiply, Divide, Power, Hadamard, HadamardPower, Transpose, MatMul, Entry, Sum, Series)

TORCH_FUNCTIONS = ("tanh", "sigmoid", "exp", "log", "sqrt", "reciprocal", "relu", "abs", "sign")
"""The built-in functions that torch calls by the same name."""


def is_number(term: Term) -> bool:
    """Whether a term is a Python number here: it depends on sizes, counters and positions alone."""
    if isinstance(term, Named):
        return is_number(term.body)
    if term.shape:
        return False
    if isinstance(term, _ARITHMETIC):
        return all(map(is_number, parts(term)))
    return isinstance(term, Number | Dimension | Delta)


def _is_whole(term: Term) -> bool:
    """Whether Python makes an `int` of it."""
    if isinstance(term, Named):
        return _is_whole(term.body)
    if isinstance(term, Number):
        return term.value.denominator == 1
    return isinstance(term, Dimension) or (isinstance(term, Add | Subtract | Multiply | Negate) and all(map(_is_whole, parts(term))))


class TorchWriter(Writer):
    """Terms as Python source.

    Attributes:
        used: the names that occur, with what stands for them in the source.
        bound: those of them that a sum, a sequence or a derivative binds.
        functions: the functions that an author defined, with their source.
        definitions: the named quantities, by what stands for them, with theirs; those that others are made of first.
        imports: what the source needs beside torch, line by line.
    """

    table = _OPERATORS
    relations = _COMPARISONS

    def __init__(self) -> None:
        super().__init__()
        self.used: dict[Owner, str] = {}
        self.bound: set[Owner] = set()
        self.functions: dict[Function, str] = {}
        self.definitions: dict[str, str] = {}
        self.imports: dict[str, None] = {}

    def bracketed(self, text: str) -> str:
        """The text in round brackets."""
        return f"({text})"

    def clause(self, statement: Statement) -> Piece:
        """Statements stand in conditions only."""
        _refuse(f"the statement {statement}")

    property = every = law = independence = clause  # type: ignore[assignment]

    # ------------------------------------------------------------------------------------------------------------- names

    def name(self, owner: Owner) -> str:
        """What stands for a name: itself, if Python could use it and nothing else has it."""
        if owner not in self.used:
            if isinstance(owner, Symbol | Family) and owner.field != "real":
                _refuse(f"the complex name {owner}")
            if isinstance(owner, Family) and owner.is_numbered:
                _refuse(f"the family {owner}, which has a member for every integer,")
            places = "".join(f"_{position}" for position in owner.positions) if isinstance(owner, Named) else ""
            wanted = re.sub(r"\W", "_", owner.name.replace("'", "_prime")) + places
            while iskeyword(wanted) or wanted in _TAKEN or wanted in self.used.values():
                wanted += "_"
            self.used[owner] = wanted
        return self.used[owner]

    def binding(self, owner: Owner) -> str:
        """What stands for a name that is bound."""
        self.bound.add(owner)
        return self.name(owner)

    def at(self, position: Position | Term) -> str:
        """A position, counted from 0.

        Raises:
            UnsupportedError: it is computed, as that of a layer W[l + 1].
        """
        if isinstance(position, Term):
            _refuse(f"the computed position {position}")
        return self.name(position) if isinstance(position, Index) else str(position - 1)

    def dim(self, dim: Dim) -> str:
        """A size."""
        if isinstance(dim, Dimension):
            return self.name(dim)
        return str(dim)

    # ------------------------------------------------------------------------------------------------------------- values

    def tensor(self, term: Term) -> str:
        """The term where torch asks for a tensor."""
        return f"torch.tensor({self.write(term)}, {DTYPE})" if is_number(term) else self.write(term)

    def method(self, term: Term) -> str:
        """The term before a dot or a square bracket."""
        return self.tensor(term) if is_number(term) else self.operand(term, ATOM)

    def matrix(self, term: Term) -> str:
        """The term where torch asks for a matrix; a square bracket may follow."""
        return self.method(term) if term.shape else f"{self.method(term)}.reshape(1, 1)"

    def shaped(self, text: str, shape: Shape) -> Piece:
        """A tensor that holds the entries of the shape, in that shape."""
        return Piece(f"{text}.reshape({', '.join(map(self.dim, shape)) or '()'})", ATOM)

    def whole(self, term: Term) -> str:
        """The term where Python asks for an `int`.

        Raises:
            UnsupportedError: it depends on drawn values.
        """
        if not is_number(term):
            _refuse(f"a number of repetitions, {term}, that depends on drawn values")
        return self.write(term) if _is_whole(term) else f"int({self.write(term)})"

    def _clipped(self, piece: Piece) -> Piece:
        """Source is refused where other texts are cut."""
        if len(piece.text) > _LONGEST:
            raise UnsupportedError(f"the source for torch would be too long: more than {_LONGEST} characters in one expression")
        return piece

    @singledispatchmethod
    def spell(self, term: Term) -> Piece:
        """A node; those of the tables as these say."""
        if type(term) in self.table:
            return self.composed(term)
        if type(term) in _OF_A_MATRIX:
            (operand,) = term.values()
            text = _OF_A_MATRIX[type(term)].format(self.matrix(operand))
            return Piece(text, ATOM) if operand.shape else self.shaped(text, ())
        if type(term) in _OF_TWO:
            return Piece(f"{_OF_TWO[type(term)]}({', '.join(map(self.tensor, term.values()))})", ATOM)
        _refuse(f"{type(term).__name__} in {term}")

    @spell.register
    def _(self, term: Number) -> Piece:
        if term.value.denominator > 1:
            return Piece(f"{term.value.numerator} / {term.value.denominator}", PRODUCT)
        return Piece(str(term.value), NUMERAL if term.value >= 0 else MINUS)

    @spell.register(Symbol)
    @spell.register(Dimension)
    def _(self, term: Symbol | Dimension) -> Piece:
        return Piece(self.name(term), ATOM)

    @spell.register
    def _(self, term: Member) -> Piece:
        return Piece(f"{self.name(term.family)}[{', '.join(map(self.at, term.positions))}]", ATOM)

    @spell.register
    def _(self, term: Named) -> Piece:
        if term.free:
            return self.piece(term.body)
        name = self.name(term)
        if name not in self.definitions:
            self.definitions[name] = self.write(term.body)
        return Piece(name, ATOM)

    @spell.register
    def _(self, term: Identity) -> Piece:
        return Piece(f"torch.eye({self.dim(term.dim)}, {DTYPE})", ATOM) if term.shape else Piece(f"torch.tensor(1, {DTYPE})", ATOM)

    @spell.register
    def _(self, term: Filled) -> Piece:
        size = ", ".join(map(self.dim, term.shape)) or "()"
        return Piece(f"torch.{('zeros', 'ones')[term.entry]}({size}, {DTYPE})", ATOM)

    @spell.register
    def _(self, term: Unit) -> Piece:
        return self.shaped(f"torch.eye({self.dim(term.dim)}, {DTYPE})[{self.at(term.position)}]", term.shape)

    @spell.register
    def _(self, term: Delta) -> Piece:
        return Piece(f"float({self.at(term.left)} == {self.at(term.right)})", ATOM)

    @spell.register
    def _(self, term: Literal) -> Piece:
        entries = [entry for row in term.rows for entry in row]
        if all(map(is_number, entries)):
            rows = (f"[{', '.join(map(self.write, row))}]" for row in term.rows)
            return Piece(f"torch.tensor([{', '.join(rows)}], {DTYPE})", ATOM)
        return self.shaped(f"torch.stack([{', '.join(map(self.tensor, entries))}])", term.shape)

    # ------------------------------------------------------------------------------------------------------------ algebra

    @spell.register
    def _(self, term: MatMul) -> Piece:
        if not term.left.shape or not term.right.shape:
            return self._infix(_TIMES, term.left, term.right)
        product = self.composed(term)
        return product if term.shape else self.shaped(self.bracketed(product.text), ())

    @spell.register
    def _(self, term: Transpose) -> Piece:
        return self.composed(term) if term.shape else self.piece(term.operand)

    @spell.register
    def _(self, term: Power) -> Piece:
        if (squared := squared_norm(term)) is not None:
            operand, half = squared
            square = f"({self.operand(operand, NUMERAL)}**2).sum()" if operand.shape else f"{self.operand(operand, NUMERAL)}**2"
            return Piece(square, ATOM if operand.shape else POWER) if half == 1 else Piece(f"({square})**{half}", POWER)
        if term.shape:
            return Piece(f"torch.linalg.matrix_power({self.write(term.base)}, {self.whole(term.exponent)})", ATOM)
        return self.composed(term)

    @spell.register
    def _(self, term: HadamardPower) -> Piece:
        return Piece(f"{self.operand(term.base, NUMERAL)}**{self.bracketed(str(term.exponent)) if term.exponent < 0 else term.exponent}", POWER)

    @spell.register
    def _(self, term: Norm) -> Piece:
        return Piece(_NORMS[term.kind].format(self.tensor(term.operand)), ATOM)

    @spell.register
    def _(self, term: Entry) -> Piece:
        if not term.operand.shape:
            return self.piece(term.operand)
        return Piece(f"{self.method(term.operand)}[{self.at(term.row)}, {self.at(term.column)}]", ATOM)

    @spell.register
    def _(self, term: Row) -> Piece:
        return self.shaped(f"{self.matrix(term.operand)}[{self.at(term.row)}]", term.shape)

    @spell.register
    def _(self, term: Column) -> Piece:
        return self.shaped(f"{self.matrix(term.operand)}[:, {self.at(term.column)}]", term.shape)

    @spell.register
    def _(self, term: ExtremeEigenvalue) -> Piece:
        return Piece(f"torch.linalg.eigvalsh({self.matrix(term.operand)}).{term.kind}()", ATOM)

    # ------------------------------------------------------------------------------------------------ functions and branches

    def function(self, called: Function, order: int = 0) -> str:
        """A function of one number, or its derivative of an order."""
        if order:
            return f"torch.func.grad({self.function(called, order - 1)})"
        if called.body is None or called.parameter is None:
            if called.name not in TORCH_FUNCTIONS:
                _refuse(f"the function {called.name}")
            return f"torch.{called.name}"
        if called not in self.functions:
            parameter, body = self.binding(called.parameter), self.tensor(written_out(called.body, called.parameter))
            self.functions[called] = f"def {self.name(called)}({parameter}):\n    return {body}"
        return self.name(called)

    @spell.register
    def _(self, term: Apply) -> Piece:
        function, argument = self.function(term.function, term.order), self.tensor(term.argument)
        if not term.argument.shape or (term.function.body is None and not term.order):
            return Piece(f"{function}({argument})", ATOM)
        self.imports[_ENTRYWISE] = None
        return Piece(f"entrywise({function}, {argument})", ATOM)

    @spell.register
    def _(self, term: Softmax) -> Piece:
        return Piece(f"torch.softmax({self.tensor(term.argument)}, dim={term.axis if term.shape else 0})", ATOM)

    def comparison(self, relation: Relation) -> str:
        """A condition."""
        if not isinstance(relation.left, Term) or not isinstance(relation.right, Term) or relation.symbol not in _COMPARISONS:
            _refuse(f"the condition {relation}")
        return f"{self.operand(relation.left, SUM)} {_COMPARISONS[relation.symbol]} {self.operand(relation.right, SUM)}"

    @spell.register
    def _(self, term: Indicator) -> Piece:
        left, right = term.relation.left, term.relation.right
        compared = self.comparison(term.relation)
        numbers = isinstance(left, Term) and isinstance(right, Term) and is_number(left) and is_number(right)
        return Piece(f"torch.tensor({compared}, {DTYPE})" if numbers else f"({compared}).to(torch.float64)", ATOM)

    @spell.register
    def _(self, term: Cases) -> Piece:
        branches = "".join(f"{self.tensor(value)} if {self.comparison(condition)} else " for condition, value in term.branches)
        return Piece(f"({branches}{self.tensor(term.otherwise)})", ATOM)

    # ------------------------------------------------------------------------------------------------- sums and sequences

    @spell.register
    def _(self, term: Sum) -> Piece:
        return Piece(f"sum({self.write(term.body)} for {self.binding(term.index)} in range({self.dim(term.index.dim)}))", ATOM)

    @spell.register
    def _(self, term: Series) -> Piece:
        body = written_out(term.body, term.counter)
        terms = f"{self.write(body)} for {self.binding(term.counter)} in range({self.whole(term.length)})"
        if is_number(body):
            return Piece(f"sum({terms})", ATOM)
        return Piece(f"sum(({terms}), start=torch.zeros({', '.join(map(self.dim, term.shape)) or '()'}, {DTYPE}))", ATOM)

    @spell.register
    def _(self, term: Iterate) -> Piece:
        self.imports["from functools import reduce"] = None
        step = self.tensor(written_out(term.step, *term.states))
        count, states = self.whole(term.count), ", ".join(map(self.binding, term.states))
        initials = ", ".join(map(self.tensor, term.initials))
        if len(term.states) == 1:
            return Piece(f"reduce(lambda {states}, _: {step}, range({count}), {initials})", ATOM)
        later = f"lambda terms, _: (*terms[1:], (lambda {states}: {step})(*terms))"
        return Piece(f"reduce({later}, range({count}), ({initials}))[0]", ATOM)

    # --------------------------------------------------------------------------------------------------------- derivatives

    def _varied(self, term: Gradient | Jacobian | Hessian) -> tuple[str, str, list[str]]:
        """The function of what is varied; the point; and where in it the variable stands."""
        base = variable_base(term.variable)
        positions = [self.at(position) for position in base.positions] if isinstance(base, Member) else []
        if isinstance(term.variable, Entry) and base.shape:
            positions += [self.at(term.variable.row), self.at(term.variable.column)]
        if isinstance(base, Named):
            variable = Symbol(base.name, base.shape)
            function, name, point = cut(term.function, base, variable), self.binding(variable), self.tensor(base)
        else:
            owner = base.family if isinstance(base, Member) else base
            assert isinstance(owner, Symbol | Family)  # what else there is was a named quantity
            function, name = written_out(term.function, owner), self.name(owner)
            point = name
        return f"lambda {name}: {self.tensor(function)}", point, positions

    @spell.register
    def _(self, term: Gradient) -> Piece:
        function, point, positions = self._varied(term)
        return Piece(f"torch.func.grad({function})({point}){_placed(positions)}", ATOM)

    @spell.register
    def _(self, term: Jacobian) -> Piece:
        function, point, positions = self._varied(term)
        outside = [":", ":"] if term.function.shape and positions else []
        return self.shaped(f"torch.func.jacrev({function})({point}){_placed([*outside, *positions])}", term.shape)

    @spell.register
    def _(self, term: Hessian) -> Piece:
        function, point, positions = self._varied(term)
        inside = [":"] * len(term.variable.shape) if positions else []
        return self.shaped(f"torch.func.jacrev(torch.func.jacrev({function}))({point}){_placed([*positions, *inside, *positions])}", term.shape)


_ENTRYWISE: Final = """
def entrywise(function, matrix):
    return torch.stack([function(entry) for entry in matrix.flatten()]).reshape(matrix.shape)
"""


def _placed(positions: list[str]) -> str:
    return f"[{', '.join(positions)}]" if positions else ""


def _refuse(what: str) -> NoReturn:
    """Raises:
    UnsupportedError: always.
    """
    raise UnsupportedError(f"{what} has no spelling in torch here")
