"""Written terms and statements mean what they mean: the text reads back to an equal one, and LaTeX never writes two of them the same."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, reduce
from typing import Any, TypeAlias, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language import assumptions, laws
from derivations.language import constructors as make
from derivations.language import operators as op
from derivations.language import terms as node
from derivations.language.assumptions import PROPERTIES, SQUARE, Every, Property, tends_to
from derivations.language.errors import DerivationError
from derivations.language.functions import BUILT_IN, abs_, define_function, exp, log, reciprocal, relu, sigmoid, sign, sqrt, tanh
from derivations.language.shapes import SCALAR, Dim, Shape, normalized, sides
from derivations.language.terms import CONNECTIVES, RELATIONS, Family, Index, Number, Position, Relation, Statement, Symbol, Term
from derivations.language.writing import text
from derivations.latex.notation import FUNCTIONS, LIMIT
from derivations.latex.notation import PROPERTIES as WORDS
from derivations.latex.writer import latex

# ----------------------------------------------------------------------------------------- a world of declared names

n, d = make.dimensions("n d")
i, k, j, p = make.index("i", n), make.index("k", n), make.index("j", d), make.index("p", 3)
a, b, sigma, I_1 = make.scalar("a"), make.scalar("b_1"), make.scalar("sigma"), make.scalar("I_1")
w, u, e = make.vector("w", d), make.vector("y'", n), make.vector("e", 3)
X, S, W_1 = make.matrix("X", n, d), make.matrix("S", d, d), make.matrix("W_1", n, n)
m, q = make.counter("m"), make.vector("q", d)
x, c = make.family("x", n, d), Family("c", (n, d))
x_i = make.family("hat_x", n, n)
swish = define_function("swish", sigma, sigma * sigmoid(sigma))
loss = make.define("loss", make.norm(X @ w - u) ** 2)
z = make.define("z", W_1 @ x_i[i], i)

NAMES: tuple[Symbol, ...] = (a, b, sigma, I_1, w, u, e, X, S, W_1)
FUNCTIONS_USED = (tanh, sigmoid, exp, log, sqrt, reciprocal, relu, abs_, sign, swish)
DIMS: tuple[Dim, ...] = (n, d, 3)
INDICES: dict[Dim, tuple[Index, ...]] = {n: (i, k), d: (j,), 3: (p,)}
NUMBERS = tuple(Number(Fraction(value)) for value in ("0", "1", "2", "12", "-2", "1/2", "-1/2"))


Choose: TypeAlias = Callable[[Sequence[Any]], Any]
"""How one of several is chosen: by Hypothesis, or always the first."""


def position(choose: Choose, dim: Dim) -> Position:
    chosen: Position = choose((1, *INDICES.get(dim, ()), *((2,) if dim == 3 else ())))
    return chosen


def members(choose: Choose) -> tuple[Term, ...]:
    at_n = position(choose, n)
    return x[at_n], x_i[at_n], c[at_n, position(choose, d)], op.at_positions(z, {i: at_n}), loss


def leaves(choose: Choose, shape: Shape) -> list[Term]:
    rows, columns = sides(shape)
    sequence = make.iterate("seq", choose((m, m + 1, 2)), w, q, S @ q)
    found = [term for term in (*NAMES, *members(choose), sequence) if term.shape == shape]
    if shape == SCALAR:
        found += [*NUMBERS, n, make.delta(choose((i, k, 1, 12)), choose((i, k, 1, 12)))]
    else:
        found += [make.ones(rows, columns), make.zeros(rows, columns)]
    if shape and rows == columns:
        found.append(make.identity(rows))
    if shape and columns == 1:
        found.append(make.unit(rows, position(choose, rows)))
    return found


def operators(choose: Choose, shape: Shape, depth: int) -> list[Callable[[], Term]]:
    """The ways to make a term of the shape from smaller ones."""
    rows, columns = sides(shape)
    dim = choose(DIMS)
    square = normalized(dim, dim)

    def some(wanted: Shape = shape) -> Term:
        return any_of(choose, wanted, depth - 1)

    def related(wanted: Shape) -> Relation:
        return Relation(some(wanted), choose(("<", "<=", ">", ">=", "=", "!=")), some(wanted))

    def variable(wanted: Shape) -> Any:
        variables = (a, b, w, u, X, W_1, *members(choose), make.entry(w, j), make.entry(X, i, j))
        return choose([v for v in variables if v.shape == wanted])

    ways: list[Callable[[], Term]] = [
        lambda: some() + some(),
        lambda: some() - some(),
        lambda: -some(),
        lambda: some(()) * some(),
        lambda: some() * some(()),
        lambda: some() / some(()),
        lambda: some(normalized(rows, dim)) @ some(normalized(dim, columns)),
        lambda: some(normalized(columns, rows)).T,
        lambda: make.pseudo_inverse(some(normalized(columns, rows))),
        lambda: make.hadamard(some(), some()),
        lambda: make.hadamard_power(some(), choose((2, 3, -1))),
        lambda: op.Apply(choose(FUNCTIONS_USED), some(), choose((0, 0, 1, 2))),
        lambda: make.maximum(some(), some()),
        lambda: make.minimum(some(), some()),
        lambda: make.softmax(some(), choose((0, 1))),
        lambda: make.sum_over(choose((i, j, p)), some()),
        lambda: make.series(m, choose((2, n, m + 1)), choose(leaves(choose, shape))),
        lambda: make.indicator(related(shape)),
        lambda: make.cases((related(()), some()), otherwise=some()),
        lambda: laws.expectation(some(), *choose(((a,), (X, w), (x, sigma)))),
    ]
    ways += [lambda: make.one_sided_derivative(choose(leaves(choose, shape)), w, some((d, 1)))]
    if shape == (d, 1):
        ways += [lambda: make.subdifferential(choose(leaves(choose, ())), w)]
    if shape in ((), (n, 1), (d, 1), (n, d)):
        least = choose([v for v in NAMES if v.shape == shape])
        ways += [lambda: make.argmin(some(()), least, *(related(shape) for _ in range(choose((0, 1, 2)))))]
    if rows == columns:
        ways += [lambda: some() ** choose((*NUMBERS, a, a + 1)), lambda: make.inverse(some())]
    if shape and rows == columns:
        ways += [lambda: make.diag(some(normalized(rows, 1)))]
    if rows == columns == d:
        ways += [lambda: make.hessian(some(()), w)]
    if columns == 1:
        ways += [lambda: make.eigenvalues(some(normalized(rows, rows))), lambda: make.eigenvalue_moduli(some(normalized(rows, rows)))]
    if columns == 1 and shape:
        ways += [lambda: make.diagonal(some(normalized(rows, rows))), lambda: make.column(some(normalized(rows, dim)), position(choose, dim))]
    if rows == 1 and shape:
        ways += [lambda: make.row(some(normalized(dim, columns)), position(choose, dim))]
    if shape == (3, 1):
        ways += [lambda: make.column_vector(some(()), some(()), some(())), lambda: make.literal([some(()), 1], [2, some(())], [0, 0]) @ some((2, 1))]
    if shape in ((n, d), (n, 1), (d, 1), ()):
        ways += [lambda: make.gradient(some(()), variable(shape))]
    if rows in (1, n, d) and columns in (1, n, d):
        ways += [lambda: make.jacobian(some(normalized(rows, 1)), variable(normalized(columns, 1)))]
    if shape == SCALAR:
        ways += [
            lambda: make.trace(some(square)),
            lambda: make.det(some(square)),
            lambda: make.rank(some(normalized(dim, d))),
            lambda: choose((make.largest_eigenvalue, make.smallest_eigenvalue))(some(square)),
            lambda: make.spectral_radius(some(square)),
            lambda: make.entry(make.eigenvalues(some(square)), position(choose, dim)),
            lambda: make.norm(some(square), "F"),
            lambda: make.norm(some(normalized(dim, 1)), choose((2, 1, math.inf))),
            lambda: make.entry(some(normalized(dim, 3)), position(choose, dim), position(choose, 3)),
            lambda: make.entry(some(normalized(dim, 1)), position(choose, dim)),
        ]
    return ways


def any_of(choose: Choose, shape: Shape, depth: int) -> Term:
    if depth == 0 or choose(range(8)) == 7:
        return cast(Term, choose(leaves(choose, shape)))
    return cast(Term, choose(operators(choose, shape, depth))())


@st.composite
def terms(draw: st.DrawFn, shapes: Sequence[Shape], depth: int) -> Term:
    """A term of one of the shapes, from any node of the language."""

    def choose(choices: Sequence[Any]) -> Any:
        return draw(st.sampled_from(choices))

    return any_of(choose, choose(shapes), depth)


COMPARISON_SIGNS = ("<", "<=", ">", ">=", "=", "!=")


def statement_ways(choose: Choose, depth: int) -> list[Callable[[], Statement]]:
    """The ways to make a statement, from smaller ones where there is depth left."""
    rows, columns = sides(choose(SHAPES))
    square = normalized(*choose([(n, n), (d, d)]))

    def some() -> Statement:
        return any_statement_of(choose, depth - 1)

    def term(shape: Shape) -> Term:
        return any_of(choose, shape, 1)

    def closed(shape: Shape) -> Term:
        made = term(shape)
        return reduce(lambda body, index: make.sum_over(index, body), sorted(made.free, key=lambda index: index.name), made)

    shape = normalized(rows, columns)
    growing = {(): a**m, (n, 1): a**m * u, (d, 1): make.iterate("seq", m + 1, w, q, S @ q)}
    ways: list[Callable[[], Statement]] = [
        lambda: Relation(term(shape), choose(COMPARISON_SIGNS), term(shape)),
        lambda: Property(choose(PROPERTIES), term(square)),
        lambda: Property(choose([kind for kind in PROPERTIES if kind not in SQUARE]), term(shape)),
        lambda: tends_to(growing[limit := choose(list(growing))], choose([name for name in (a, u, w) if name.shape == limit])),
        lambda: Relation(choose([name for name in NAMES if name.shape == (d, 1)]), "in", make.argmin(term(()), w)),
        lambda: choose((laws.gaussian, laws.moments))(choose((X, W_1)), 0, closed(())),
        lambda: choose((laws.gaussian, laws.moments))(w, closed((d, 1)), closed(choose(((), (d, d))))),
        lambda: choose((laws.symmetric_law, laws.mean_square, laws.bernoulli))(choose((a, w, x)), closed(())),
        lambda: laws.uniform(choose((a, w)), closed(()), closed(())),
        lambda: laws.random_variable(choose((a, w, x))),
        lambda: laws.independent(*choose(((a, w), (X, x, sigma)))),
    ]
    if depth:
        ways += [lambda: Relation(some(), choose(CONNECTIVES), some())] * 3
        ways += [lambda: Every(choose((i, j, p)), some())]
    return ways


def any_statement_of(choose: Choose, depth: int) -> Statement:
    return cast(Statement, choose(statement_ways(choose, depth))())


@st.composite
def statements(draw: st.DrawFn, depth: int = 3) -> Statement:
    """A statement of any kind."""
    return any_statement_of(lambda choices: draw(st.sampled_from(choices)), depth)


SHAPES: tuple[Shape, ...] = ((), (n, 1), (d, 1), (n, d), (d, d), (1, d), (3, 1))
any_term = terms(SHAPES, depth=3)


def test_every_node_is_drawn() -> None:
    """A new node is added to what is drawn; then it is met by the properties."""

    def first(choices: Sequence[Any]) -> Any:
        return choices[0]

    drawn = {type(term).__name__ for shape in SHAPES for term in leaves(first, shape)}
    drawn |= {type(make_one()).__name__ for shape in SHAPES for make_one in operators(first, shape, depth=1)}

    def kinds(cls: type[Term]) -> set[str]:
        return {name for sub in cls.__subclasses__() if sub.__module__.startswith("derivations.") for name in (sub.__name__, *kinds(sub))}

    assert drawn == kinds(Term)


def test_every_property_has_words_in_latex() -> None:
    assert WORDS.keys() == set(PROPERTIES)
    assert len(set(WORDS.values())) == len(WORDS)


def test_every_statement_is_drawn() -> None:
    def first(choices: Sequence[Any]) -> Any:
        return choices[0]

    drawn = {type(make_one()).__name__ for make_one in statement_ways(first, depth=1)}
    assert drawn == {kind.__name__ for kind in Statement.__subclasses__()}
    assert {*COMPARISON_SIGNS, *CONNECTIVES, "->", "in"} == set(RELATIONS)


def test_every_built_in_function_is_drawn_and_has_a_macro() -> None:
    assert set(FUNCTIONS) == set(BUILT_IN) == {function.name for function in FUNCTIONS_USED} - {"swish"}


@cache
def layers() -> list[Term]:
    """Every term of two operators over a few leaves: each way in which two operators can meet."""
    leaves: list[Term] = [sigma, S, *(Number(Fraction(value)) for value in ("2", "22", "-2", "1/2"))]
    unary: list[Callable[[Term], Term]] = [
        operator.neg, node.Transpose, make.inverse, make.pseudo_inverse, sqrt, abs_, sigmoid, node.Diag, node.Diagonal,
        lambda t: make.hadamard_power(t, 2), lambda t: make.norm(t, "F"), lambda t: make.sum_over(p, t), lambda t: make.gradient(t, w),
        lambda t: make.jacobian(t, b), lambda t: make.entry(t, 1, 1), lambda t: make.cases((a > 0, t), otherwise=t),
    ]  # fmt: skip
    binary: list[Callable[[Term, Term], Term]] = [
        operator.add, operator.sub, operator.mul, operator.truediv, operator.matmul, operator.pow, node.Hadamard,
    ]  # fmt: skip

    def built(build: Callable[..., Term], *parts: Term) -> list[Term]:
        try:
            return [build(*parts)]
        except DerivationError:
            return []

    first = [t for f in unary for leaf in leaves for t in built(f, leaf)]
    first += [t for f in binary for left in leaves for right in leaves for t in built(f, left, right)]
    second = [t for f in unary for part in first for t in built(f, part)]
    second += [t for f in binary for part in first for leaf in leaves[:3] for pair in ((part, leaf), (leaf, part)) for t in built(f, *pair)]
    return [*leaves, *first, *second]


# ------------------------------------------------------------------------------------------- reading Python's spelling

JOINED = {ast.BitAnd: "and", ast.BitOr: "or"}
BINARY = {
    ast.Add: node.Add, ast.Sub: node.Subtract, ast.Mult: node.Multiply, ast.Div: node.Divide, ast.MatMult: node.MatMul, ast.Pow: node.Power,
}  # fmt: skip
COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
RAW = {"entry": (1, 2), "row": (1,), "column": (1,), "unit": (0, 1), "delta": (0, 1), "identity": (0,), "ones": (0, 1), "zeros": (0, 1),
       "hadamard_power": (1,), "norm": (1,), "Apply": (2,)}  # fmt: skip
"""The arguments that are sizes, positions and kinds, not terms."""

ENVIRONMENT: dict[str, Any] = {
    **{symbol.name.replace("'", "_prime"): symbol for symbol in NAMES},
    **{family.name: family for family in (x, x_i, c)},
    **{index.name: index for index in (i, k, j, p)},
    **{function.name: function for function in FUNCTIONS_USED},
    **{name: getattr(make, name) for name in make.__all__ if not name.startswith("_")},
    **{name: getattr(assumptions, name) for name in assumptions.__all__},
    **{name: getattr(laws, name) for name in laws.__all__},
    "abs_": abs_, "n": n, "d": d, "m": m, "q": q, "loss": loss, "z": z, "Relation": Relation, "Apply": op.Apply,
}  # fmt: skip


def read(tree: ast.expr, raw: bool = False) -> Any:
    """The value of an expression, by the nodes and constructors of the language; nothing is evaluated by Python."""
    match tree:
        case ast.Constant(value=int() as value):
            return value if raw else Number(Fraction(value))
        case ast.Constant(value=str() as value):
            return value
        case ast.Name(id=name):
            return ENVIRONMENT[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -read(operand, raw)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as sign, right=right):
            return Relation(read(left), JOINED[type(sign)], read(right))
        case ast.BinOp(left=left, op=sign, right=right):
            return BINARY[type(sign)](read(left), read(right))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return Relation(read(left), COMPARISONS[type(sign)], read(right))
        case ast.Attribute(value=value, attr="T"):
            return node.Transpose(read(value))
        case ast.Attribute(value=value, attr="prime"):
            return read(value).prime
        case ast.Subscript(value=value, slice=place):
            places = tuple(read(item, raw=True) for item in (place.elts if isinstance(place, ast.Tuple) else [place]))
            owner = read(value)
            return op.at_positions(owner, {i: places[0]}) if isinstance(owner, op.Named) else owner[places]
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(map(read, items))
        case ast.Call(func=function, args=arguments, keywords=keywords):
            raws = RAW.get(function.id, ()) if isinstance(function, ast.Name) else ()
            named = {word.arg: read(word.value, raw=word.arg == "axis") for word in keywords if word.arg}
            return read(function)(*(read(argument, place in raws) for place, argument in enumerate(arguments)), **named)
    raise AssertionError(f"not in the language of terms: {ast.dump(tree)}")


def read_text(written: str) -> Any:
    return read(ast.parse(written.replace("y'", "y_prime"), mode="eval").body)


def read_sentence(written: str) -> Statement:
    """The statement that a sentence says: connectives in words, properties after their matrix, else what one types."""
    for word in ("implies", "iff", "or", "and"):
        if len(parts := split(written, f" {word} ")) > 1:
            return reduce(lambda left, right: Relation(left, word, right), map(read_sentence, parts))
    if written.startswith("(") and closes(written) == len(written) - 1:
        return read_sentence(written[1:-1])
    for kind in PROPERTIES:
        if written.endswith(f" {kind}"):
            return Property(kind, read_text(written.removesuffix(f" {kind}")))
    for symbol in ("->", "in", *COMPARISON_SIGNS):
        if len(parts := split(written, f" {symbol} ")) > 1:
            left, right = map(read_text, parts)
            return Relation(left, symbol, right)
    return cast(Statement, read_text(written))


def split(written: str, word: str) -> list[str]:
    """The parts between the places where the word stands outside all brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(written):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and written.startswith(word, place):
            parts.append(written[start:place])
            start = place + len(word)
    return [*parts, written[start:]]


def closes(written: str) -> int:
    """Where the bracket closes that the text begins with."""
    depth = 0
    for place, character in enumerate(written):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    raise AssertionError(f"a bracket is not closed: {written}")


FOLDS: dict[type[Term], Callable[[Fraction, Fraction], Fraction]] = {
    node.Add: operator.add, node.Subtract: operator.sub, node.Multiply: operator.mul, node.Divide: operator.truediv,
}  # fmt: skip


def folded(term: Term) -> Term:
    """The term with arithmetic on numbers done, as Python does it for what a person pastes; ones(1, 1) is 1."""
    if isinstance(term, op.Named):
        return term
    done = type(term)(*(node.map_parts(value, folded) for value in term.values()))
    match done:
        case node.Negate(Number(value)):
            return Number(-value)
        case node.Filled(1, 1, entry):
            return Number(Fraction(entry))
        case node.Divide(_, Number(value)) if value == 0:
            return done
        case node.Add() | node.Subtract() | node.Multiply() | node.Divide():
            if isinstance(done.left, Number) and isinstance(done.right, Number):
                return Number(FOLDS[type(done)](done.left.value, done.right.value))
    return done


@given(any_term)
@settings(max_examples=300)
def test_text_reads_back_to_an_equal_term(term: Term) -> None:
    written = text(term, longest=None)
    assert folded(read_text(written)) == folded(term)
    assert not re.search(r"[-+*/@] -", written), "a minus directly after an operator"


@given(statements())
@settings(max_examples=200)
def test_a_sentence_reads_back_to_an_equal_statement(statement: Statement) -> None:
    assert node.map_parts(read_sentence(text(statement, longest=None)), folded) == node.map_parts(statement, folded)


@given(statements())
@settings(max_examples=200)
def test_what_one_types_reads_back_to_an_equal_statement(statement: Statement) -> None:
    typed = text(Every(i, statement), longest=None)
    assert node.map_parts(read_text(typed), folded) == node.map_parts(Every(i, statement), folded)


def test_text_of_every_pair_of_operators_reads_back() -> None:
    for term in layers():
        assert folded(read_text(text(term))) == folded(term), text(term)


def brackets(written: str) -> list[tuple[int, int]]:
    """Where brackets open and close that group, rather than call."""
    found, opened = [], []
    for place, character in enumerate(written):
        if character == "(":
            opened.append(place)
        elif character == ")":
            start = opened.pop()
            if start == 0 or not re.match(r"\w", written[start - 1]):
                found.append((start, place))
    return found


@given(st.one_of(any_term, st.builds(Every, st.just(i), statements())))
@settings(max_examples=200)
def test_text_has_no_bracket_too_many(value: Term | Statement) -> None:
    written = text(value, longest=None)
    meant = read_text(written)
    for start, end in brackets(written):
        inner = written[start + 1 : end]
        cautious = inner.startswith("-") or written[end + 1 : end + 3] == "**" or written[:start].endswith("**")
        if cautious or inner.count(",") or inner.isdigit():  # a minus inside, a power of a power, a branch of cases, 2.T
            continue
        if "&" in inner and "|" in written:  # Python's & binds tighter than |, which not everybody knows
            continue
        without = f"{written[:start]}{inner}{written[end + 1 :]}"
        assert not reads_as(without, meant), f"{written} has brackets around {inner!r} that nothing needs"


def reads_as(written: str, meant: Term | Statement) -> bool:
    try:
        return bool(read_text(written) == meant)
    except (SyntaxError, DerivationError, KeyError):
        return False


# -------------------------------------------------------------------------------------------------- LaTeX is unambiguous


def same_in_latex(term: Term) -> Term:
    """One term for all that LaTeX may write the same, since they agree in value: the list in `derivations.latex.terms`."""
    if isinstance(term, op.Named):
        return term
    done = type(term)(*(node.map_parts(value, same_in_latex) for value in term.values()))
    match done:
        case node.Divide(Number(l), Number(r)) if l.denominator == r.denominator == 1 and l >= 0 and r > 1 and math.gcd(int(l), int(r)) == 1:
            return Number(l / r)
        case node.Power(base, Number(value)) if value == -1:
            return make.inverse(base)
        case node.MatMul(left, right) if not left.shape or not right.shape:
            return node.Multiply(left, right)
        case op.Gradient(function, variable) if not variable.shape:
            return make.jacobian(function, variable)
    return done


def typeset(written: str) -> str:
    """What shows on paper: blanks and the size of brackets do not."""
    return re.sub(r"\\left\b|\\right\b|\s", "", written)


@given(st.lists(terms(SHAPES, depth=2), min_size=2, max_size=30))
@settings(max_examples=60)
def test_different_terms_differ_in_latex(drawn: list[Term]) -> None:
    written: dict[str, Term] = {}
    for term in drawn:
        mine = same_in_latex(term)
        assert same_in_latex(written.setdefault(typeset(latex(term, among=drawn)), term)) == mine


@given(st.lists(statements(depth=2), min_size=2, max_size=20))
@settings(max_examples=60)
def test_different_statements_differ_in_latex(drawn: list[Statement]) -> None:
    written: dict[str, Statement] = {}
    for statement in drawn:
        found = written.setdefault(typeset(latex(statement, among=drawn)), statement)
        assert node.map_parts(found, same_in_latex) == node.map_parts(statement, same_in_latex)


def test_every_pair_of_operators_differs_in_latex() -> None:
    written: dict[str, Term] = {}
    for term in layers():
        found = written.setdefault(typeset(latex(term)), term)
        assert same_in_latex(found) == same_in_latex(term), f"{found} and {term} are both {latex(term)}"


@given(st.one_of(any_term, statements()))
@settings(max_examples=200)
def test_latex_is_well_formed(value: Term | Statement) -> None:
    check_well_formed(latex(value))


def test_latex_of_every_pair_of_operators_is_well_formed() -> None:
    for term in layers():
        check_well_formed(latex(term))


def check_well_formed(written: str) -> None:
    assert balanced(written)
    assert "{}" not in written.replace(LIMIT[1], "")
    assert not re.search(r"([-+]|\\odot) -\S", written), "a minus directly after an operator"
    assert len(re.findall(r"\\left\b", written)) == len(re.findall(r"\\right\b", written))
    assert sorted(re.findall(r"\\begin\{(\w+)\}", written)) == sorted(re.findall(r"\\end\{(\w+)\}", written))
    group = r"\{(?:[^{}]|\{[^{}]*\})*\}"
    assert not re.search(rf"(?:\^{group}|')\^|\^{group}_{group}\^|'_{group}\^|_{group}_", written), "a script on a script"


def balanced(written: str) -> bool:
    """Braces and brackets nest."""
    partner = {"}": "{", ")": "("}
    opened: list[str] = []
    for character in re.sub(r"\\[{}]", "", written):
        if character in "{(":
            opened.append(character)
        elif character in partner and (not opened or opened.pop() != partner[character]):
            return False
    return not opened
