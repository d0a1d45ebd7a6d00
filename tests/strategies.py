"""Random terms of every node of the language, ways to spell a term differently, and claims made of both.

A term is made by a `Choose`, so that Hypothesis can draw it (`terms`, `claims`) and a plain random number generator too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias, cast

from hypothesis import strategies as st

from derivations.language import constructors as make
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import PROPERTIES, Assumption, Every, Property, nonzero, positive, symmetric, tends_to
from derivations.language.claims import Claim
from derivations.language.errors import DerivationError
from derivations.language.functions import abs_, define_function, exp, log, reciprocal, relu, sigmoid, sign, sqrt, tanh
from derivations.language.kinks import OneSidedDerivative
from derivations.language.laws import Expectation, expectation, gaussian, independent, uniform
from derivations.language.shapes import SCALAR, Dim, Shape, normalized, sides
from derivations.language.terms import Family, Index, Number, Position, Relation, Statement, Symbol, Term, map_parts
from derivations.language.traversal import symbols

__all__ = ["GIVEN", "LAWS", "SHAPES", "Choose", "Maker", "claims", "respelled", "terms"]

Choose: TypeAlias = Callable[[Sequence[Any]], Any]
"""How one of several is chosen: by Hypothesis, or at random."""

# ------------------------------------------------------------------------------------------------- a world of declared names

n, d = make.dimensions("n d")
m, steps, layer = make.counter("m"), make.counter("steps"), make.counter("layer")
i, k, j, q = make.index("i", n), make.index("k", n), make.index("j", d), make.index("q", 2)
x, y, alpha, delta, state = make.scalars("x y alpha delta state")
state_u = make.vector("state_u", n)
u, w, c, e = make.vector("u", n), make.vector("w", d), make.vector("c", n), make.vector("e", 2)
X, A, S, L, r = make.matrix("X", n, d), make.matrix("A", n, n), make.matrix("S", n, n), make.matrix("L", 2, 2), make.matrix("r", 1, d)
s, v, f, g = make.family("s", n), make.family("v", n, d), Family("f", (n, d)), make.family("g", 2, d)
W, t = make.numbered_family("W", n, n), make.numbered_family("t")

z = make.define("z", X @ w)
b = make.define("b", v[i].T @ w + s[i], i)
energy = make.define("energy", make.norm(w) ** 2)

swish = define_function("swish", x, x * sigmoid(x))
cube = define_function("cube", y, y**3 - y)
hinge = define_function("hinge", x, make.cases((x > 0, x), otherwise=x / 2))
nested = define_function("nested", x, cube(x) * swish(x))

GIVEN: tuple[Assumption, ...] = (positive(alpha), nonzero(delta), positive(c), symmetric(S))
noise, draw_ = make.vector("noise", n), make.scalar("draw")
LAWS: tuple[Assumption, ...] = (gaussian(noise, 0, alpha), uniform(draw_, 0, 2), independent(noise, draw_))
"""What is given of the random names, which stand inside expectations only."""
NAMES: tuple[Symbol, ...] = (x, y, alpha, delta, u, w, c, e, X, A, S, L, r)
SMOOTH = (tanh, sigmoid, exp, swish, cube, nested)
KINKED = (relu, abs_, sign, hinge)
INDICES: dict[Dim, tuple[Index, ...]] = {n: (i, k), d: (j,), 2: (q,)}
NUMBERS = tuple(Number(Fraction(value)) for value in ("0", "1", "2", "3", "-1", "1/2"))
DIMS: tuple[Dim, ...] = (n, d, 2, 1)
SHAPES: tuple[Shape, ...] = tuple(
    normalized(rows, columns) for rows, columns in ((1, 1), (n, 1), (d, 1), (n, d), (n, n), (2, 1), (2, 2), (1, d), (d, n), (d, d))
)


@dataclass
class Maker:
    """Makes random well-typed terms.

    Attributes:
        choose: how one of several is chosen.
        free: the indices that may stand free; sums add theirs.
        derivatives: whether gradients, Jacobians and Hessians may occur.
        inverses: whether inverses and pseudo-inverses may occur.
        counters: whether symbolic powers, series and sequences may occur.
        kinks: whether functions with kinks, branches and comparisons may occur.
        implicit: whether ranks and eigenvalues may occur.
        one_sided: whether one-sided derivatives may occur.
        expectations: whether expectations may occur, of polynomials in the random names, of which `LAWS` are given.
    """

    choose: Choose
    free: tuple[Index, ...] = (i,)
    derivatives: bool = True
    kinks: bool = True
    inverses: bool = True
    counters: bool = True
    implicit: bool = False
    one_sided: bool = False
    expectations: bool = False
    _bound: list[Index] = field(default_factory=list)
    _sequences: list[str] = field(default_factory=list)

    def term(self, shape: Shape, depth: int) -> Term:
        """A term of the shape, of at most this depth."""
        if depth <= 0 or self.choose(range(6)) == 0:
            return cast(Term, self.choose(self.leaves(shape)))
        while True:
            try:
                return cast(Term, self.choose(self.ways(shape, depth))())
            except DerivationError:
                continue  # a derivative by what one cannot differentiate by, say

    def position(self, dim: Dim) -> Position:
        known = [index for index in (*self.free, *self._bound) if index.dim == dim]
        numbers = [1, 2] if dim == 2 else [1]
        return cast(Position, self.choose([*known, *known, *numbers]))

    def leaves(self, shape: Shape) -> list[Term]:
        rows, columns = sides(shape)
        at_n, at_d = self.position(n), self.position(d)
        own = [*NAMES, v[at_n], s[at_n], f[at_n, at_d], g[self.position(2)], z, op.at_positions(b, {i: at_n}), energy]
        found = [term for term in own if term.shape == shape] * 2
        if shape == SCALAR:
            found += [*NUMBERS, n, make.delta(at_n, self.position(n))]
        else:
            found += [make.ones(rows, columns), make.zeros(rows, columns)]
        if shape and rows == columns:
            found.append(make.identity(rows))
        if shape and columns == 1:
            found.append(make.unit(rows, self.position(rows)))
        if shape and rows == 1:
            found.append(make.unit(columns, self.position(columns)).T)
        return found

    def positive(self, shape: Shape, depth: int) -> Term:
        """A term that is certainly positive."""
        rows, columns = sides(shape)
        choices: list[Callable[[], Term]] = [
            lambda: exp(self.term(shape, depth - 1)),
            lambda: make.ones(rows, columns) + make.hadamard_power(self.term(shape, depth - 1), 2),
            lambda: alpha * make.ones(rows, columns),
        ]
        if shape == (n, 1):
            choices += [lambda: c, lambda: c + exp(self.term(shape, depth - 1))]
        if shape == SCALAR:
            choices += [lambda: alpha, lambda: make.norm(self.term((n, 1), depth - 1)) ** 2 + 1, lambda: n]
        return cast(Term, self.choose(choices)())

    def nonzero(self, depth: int) -> Term:
        return cast(Term, self.choose([lambda: delta, lambda: self.positive((), depth), lambda: self.term((), depth - 1)])())

    def summed(self, shape: Shape, depth: int) -> Term:
        index = self.choose([i, k, j, q])
        self._bound.append(index)
        try:
            return make.sum_over(index, self.term(shape, depth - 1))
        finally:
            self._bound.pop()

    def counted(self, shape: Shape, depth: int) -> Term:
        """A symbolic power, a series of powers, or a sequence with an affine step."""
        rows, columns = sides(shape)
        length = self.choose([steps, steps, steps + 1, 2])
        choices: list[Callable[[], Term]] = [lambda: make.series(m, length, self.term(shape, depth - 1))]
        if rows == columns:
            choices += [lambda: self.term(shape, depth - 1) ** length]
            choices += [lambda: make.series(m, length, self.term(shape, depth - 1) ** m)]
        name = f"sequence_{len(self._sequences)}"  # one name, one definition
        self._sequences.append(name)
        number = self.choose([layer, layer + 1, length - layer - 1])
        if shape == SCALAR:
            choices += [lambda: make.iterate(name, length, self.term((), 0), state, self.term((), depth - 1) * state + 1), lambda: steps]
            choices += [lambda: make.iterate(name, length, self.term((), 0), state, tanh(state) * t[number] + self.term((), depth - 1), layer)]
            choices += [lambda: t[self.choose([steps, steps - 2, -1])]]
        if shape == (n, 1):
            choices += [lambda: make.iterate(name, length, self.term(shape, 0), state_u, self.term((n, n), depth - 1) @ state_u + u)]
            step = tanh(W[number] @ state_u + layer * u)
            choices += [lambda: make.iterate(name, length, self.term(shape, 0), state_u, step, layer)]
            choices += [lambda: W[self.choose([0, steps, 2 - steps])] @ self.term(shape, depth - 1)]
        return cast(Term, self.choose(choices)())

    def moved(self, shape: Shape, depth: int) -> Term:
        """A one-sided derivative, mostly by a name on which the function depends."""
        function = self.term(shape, depth - 1) + op.Apply(self.choose(KINKED), self.variable(shape))
        names = [name for name in (x, alpha, u, w, X) if name in symbols(function)]
        moving = self.choose(names or (x, alpha, u, w, X, z))
        return make.one_sided_derivative(function, moving, self.term(moving.shape, depth - 1))

    def expected(self, shape: Shape, depth: int) -> Term:
        """The expectation of a polynomial in the random names, with other terms for its coefficients."""
        first, second = self.term(shape, depth - 1), self.term(shape, depth - 1)
        factors = [draw_, draw_**2, noise.T @ noise, u.T @ noise, (u.T @ noise) ** 2, draw_ * (noise.T @ c)]
        ways: list[Callable[[], Term]] = [lambda: self.choose(factors) * first + second]
        if shape == (n, 1):
            ways += [lambda: noise + first, lambda: self.term((n, n), depth - 1) @ noise, lambda: make.hadamard(noise, noise)]
        if shape == (n, n):
            ways += [lambda: noise @ noise.T + first, lambda: (noise + u) @ (noise - c).T]
        body = cast(Term, self.choose(ways)())
        return expectation(body, *(name for name in (noise, draw_) if name in symbols(body)))

    def symmetric(self, dim: Dim, depth: int) -> Term:
        """A term that is certainly a symmetric matrix."""
        whole, factor = self.term(normalized(dim, dim), depth - 1), self.term(normalized(self.choose(DIMS), dim), depth - 1)
        choices: list[Callable[[], Term]] = [
            lambda: whole + whole.T,
            lambda: factor.T @ factor,
            lambda: S if dim == n else make.identity(dim),
        ]
        return cast(Term, self.choose(choices)())

    def given_implicitly(self, shape: Shape, depth: int) -> Term:
        """A rank or an eigenvalue; a vector of eigenvalues."""
        if shape == SCALAR:
            chosen = self.choose((make.largest_eigenvalue, make.smallest_eigenvalue, make.rank))
            return cast(Term, chosen(self.symmetric(self.choose(DIMS), depth)))
        return make.eigenvalues(self.symmetric(sides(shape)[0], depth))

    def minimum(self, depth: int) -> Statement:
        """What is said of the minimiser of a sum of squares."""
        dim = self.choose((n, d, 2))
        least, point = make.vector("least", dim), self.term((dim, 1), depth)
        squares = make.norm(least - point) ** 2 + self.choose((0, alpha)) * make.norm(least) ** 2
        minimiser, claimed = make.argmin(squares, least), self.choose((point, point / (1 + alpha), self.term((dim, 1), depth)))
        return cast(Statement, self.choose((Relation(minimiser, "=", claimed), Relation(claimed, "in", minimiser))))

    def statement(self, depth: int) -> Statement:
        """A relation, a property, a limit, or what is made of them."""
        if depth > 0 and self.choose(range(3)):
            connected = lambda: Relation(self.statement(depth - 1), self.choose(tm.CONNECTIVES), self.statement(depth - 1))  # noqa: E731
            return cast(Statement, self.choose((connected, connected, lambda: Every(self.choose((k, j, q)), self.statement(depth - 1))))())
        shape = self.choose(SHAPES)
        ways: list[Callable[[], Statement]] = [
            lambda: self.relation(shape, 2),
            lambda: self.relation(SCALAR, 2),
            lambda: Property(self.choose(PROPERTIES), self.term(self.choose(((n, n), (d, d), (2, 2))), 1)),
            lambda: Property(self.choose(("full column rank", "full row rank")), self.term(shape, 1)),
            lambda: tends_to(self.choose((x, y, alpha, x * y)) ** steps, self.choose((0, 1, x))),
            lambda: tends_to(A**steps @ u, u),
            lambda: self.minimum(1),
        ]
        return cast(Statement, self.choose(ways)())

    def relation(self, shape: Shape, depth: int) -> Relation:
        return Relation(self.term(shape, depth - 1), self.choose(("<", "<=", ">", ">=", "=", "!=")), self.term(shape, depth - 1))

    def variable(self, shape: Shape) -> Term:
        at_n = self.position(n)
        own: list[Term] = [x, alpha, u, w, X, A, S, L, e, z, energy, v[at_n], s[at_n], op.at_positions(b, {i: at_n})]
        own += [make.entry(w, self.position(d)), make.entry(A, at_n, self.position(n))]
        found = [term for term in own if term.shape == shape]
        if not found:
            raise DerivationError(f"no variable of shape {shape}")
        return cast(Term, self.choose(found))

    def ways(self, shape: Shape, depth: int) -> list[Callable[[], Term]]:
        """The ways to make a term of the shape from smaller ones."""
        rows, columns = sides(shape)
        dim = self.choose(DIMS)
        square = normalized(dim, dim)

        def some(wanted: Shape = shape) -> Term:
            return self.term(wanted, depth - 1)

        ways: list[Callable[[], Term]] = [
            lambda: some() + some(),
            lambda: some() - some(),
            lambda: -some(),
            lambda: some(()) * some(),
            lambda: some() * some(()),
            lambda: some() / self.nonzero(depth),
            lambda: some(normalized(rows, dim)) @ some(normalized(dim, columns)),
            lambda: some(normalized(rows, dim)) @ some(normalized(dim, columns)),
            lambda: some(normalized(columns, rows)).T,
            lambda: make.hadamard(some(), some()),
            lambda: make.hadamard_power(some(), self.choose((0, 1, 2, 3))),
            lambda: make.hadamard_power(self.positive(shape, depth), self.choose((-1, -2))),
            lambda: op.Apply(self.choose(SMOOTH), some(), self.choose((0, 0, 1))),
            lambda: self.choose((log, sqrt, reciprocal))(self.positive(shape, depth)),
            lambda: make.softmax(some(), self.choose((0, 1))),
            lambda: self.summed(shape, depth),
        ]
        if self.kinks:
            ways += [
                lambda: op.Apply(self.choose(KINKED), some(), self.choose((0, 0, 1))),
                lambda: make.maximum(some(), some()),
                lambda: make.minimum(some(), some()),
                lambda: make.indicator(self.relation(shape, depth)),
                lambda: make.cases((self.relation((), depth), some()), otherwise=some()),
            ]
        if rows == columns:
            ways += [lambda: some() ** self.choose((0, 1, 2))]
        if rows == columns and shape and self.inverses:
            ways += [lambda: make.inverse(make.identity(rows) + some(normalized(rows, 1)) @ some(normalized(rows, 1)).T)]
        if self.inverses:
            ways += [lambda: make.pseudo_inverse(some(normalized(columns, rows)))]
        if self.counters:
            ways += [lambda: self.counted(shape, depth)]
        if self.implicit and columns == 1:
            ways += [lambda: self.given_implicitly(shape, depth)] * 2
        if shape and rows == columns:
            ways += [lambda: make.diag(some(normalized(rows, 1)))]
        if columns == 1 and shape:
            ways += [lambda: make.diagonal(some(normalized(rows, rows))), lambda: make.column(some(normalized(rows, dim)), self.position(dim))]
        if rows == 1 and shape:
            ways += [lambda: make.row(some(normalized(dim, columns)), self.position(dim))]
        if shape == (2, 1):
            ways += [lambda: make.column_vector(some(()), some(()))]
        if shape == (2, 2):
            ways += [lambda: make.literal([some(()), 1], [2, some(())])]
        if self.expectations:
            ways += [lambda: self.expected(shape, depth)] * 3
        if self.one_sided:
            ways += [lambda: self.moved(shape, depth)] * 2
        if self.derivatives:
            ways += [lambda: make.gradient(some(()), self.variable(shape))] * 2
            if dim == 1 or columns in (1, rows):
                ways += [lambda: make.jacobian(some(normalized(rows, 1)), self.variable(normalized(columns, 1)))]
            if rows == columns and shape in ((n, n), (d, d), (2, 2)):
                ways += [lambda: make.hessian(some(()), self.variable(normalized(rows, 1)))]
        if shape == SCALAR:
            ways += [
                lambda: make.trace(some(square)),
                lambda: make.norm(some(square), "F"),
                lambda: make.norm(some(normalized(dim, 1)), self.choose((2, 1) if self.kinks else (2,))),
                lambda: make.norm(some(normalized(dim, 1))) ** self.choose((2, 4)),
                lambda: make.entry(some(normalized(dim, 2)), self.position(dim), self.position(2)),
                lambda: make.entry(some(normalized(dim, 1)), self.position(dim)),
                lambda: self.positive((), depth) ** Fraction(self.choose((1, 3, -1)), 2),
                lambda: make.det(self.choose((L, A, S, make.identity(n)))),
            ]
        return ways


@st.composite
def terms(draw: st.DrawFn, /, shapes: Sequence[Shape] = SHAPES, depth: int = 3, **options: Any) -> Term:
    """A term of one of the shapes."""
    return Maker(lambda choices: draw(st.sampled_from(choices)), **options).term(draw(st.sampled_from(shapes)), depth)


# --------------------------------------------------------------------------------------------------------- other spellings

_Respelling: TypeAlias = Callable[[Any], Iterator[Term]]


def _of_add(t: tm.Add) -> Iterator[Term]:
    yield t.right + t.left
    yield t.left - (-t.right)
    yield -(-t.left - t.right)


def _of_subtract(t: tm.Subtract) -> Iterator[Term]:
    yield -t.right + t.left
    yield -(t.right - t.left)


def _of_multiply(t: tm.Multiply) -> Iterator[Term]:
    yield t.right * t.left
    scalar, other = (t.left, t.right) if not t.left.shape else (t.right, t.left)
    if isinstance(other, tm.Add):
        yield scalar * other.left + scalar * other.right


def _of_divide(t: tm.Divide) -> Iterator[Term]:
    yield t.left * reciprocal(t.right)
    yield (1 / t.right) * t.left
    yield t.left * t.right**-1


def _of_matmul(t: tm.MatMul) -> Iterator[Term]:
    yield (t.right.T @ t.left.T).T
    rows, inner = sides(t.left.shape)
    yield t.left @ (make.identity(inner) @ t.right)
    if isinstance(t.left, tm.MatMul):
        yield t.left.left @ (t.left.right @ t.right)
    if isinstance(t.right, tm.Add):
        yield t.left @ t.right.left + t.left @ t.right.right
    if isinstance(t.left, tm.Subtract):
        yield t.left.left @ t.right - t.left.right @ t.right
    if not t.shape and t.left.shape:
        yield make.trace(t.right @ t.left)
        yield make.trace(t.left.T @ t.right.T) if rows == inner else t.right.T @ t.left.T
    free = next((index for index in INDICES.get(inner, ()) if index not in t.free), None)
    if free is not None:
        yield make.sum_over(free, make.column(t.left, free) @ make.row(t.right, free))


def _of_hadamard(t: tm.Hadamard) -> Iterator[Term]:
    yield make.hadamard(t.right, t.left)
    if sides(t.shape)[1] == 1:
        yield make.diag(t.left) @ t.right
    if isinstance(t.left, tm.Add):
        yield make.hadamard(t.left.left, t.right) + make.hadamard(t.left.right, t.right)


def _of_trace(t: tm.Trace) -> Iterator[Term]:
    yield make.trace(t.operand.T)
    yield make.ones(sides(t.operand.shape)[0]).T @ make.diagonal(t.operand)
    if isinstance(t.operand, tm.MatMul):
        yield make.trace(t.operand.right @ t.operand.left)


def _of_sum(t: op.Sum) -> Iterator[Term]:
    other = next((index for index in (*INDICES[t.index.dim], Index("fresh", t.index.dim)) if index not in t.body.free), None)
    if other is not None:
        yield make.sum_over(other, op.at_positions(t.body, {t.index: other}))
    if isinstance(t.body, tm.Add):
        yield make.sum_over(t.index, t.body.left) + make.sum_over(t.index, t.body.right)


def _of_apply(t: op.Apply) -> Iterator[Term]:
    if t.order:
        return
    name, argument = t.function.name, t.argument
    ones = make.ones(*sides(t.shape))
    match name:
        case "sigmoid":
            yield ones - sigmoid(-argument)
            yield (ones + tanh(argument / 2)) / 2
        case "tanh":
            yield -tanh(-argument)
            yield 2 * sigmoid(2 * argument) - ones
        case "exp":
            yield reciprocal(exp(-argument))
            if isinstance(argument, tm.Add):
                yield make.hadamard(exp(argument.left), exp(argument.right))
        case "relu":
            yield make.maximum(argument, make.zeros(*sides(t.shape)))
            yield argument + relu(-argument)
            yield (argument + abs_(argument)) / 2
        case "abs":
            yield make.maximum(argument, -argument)
            yield relu(argument) + relu(-argument)
            yield make.hadamard(argument, sign(argument))
        case "sign":
            yield make.indicator(argument > make.zeros(*sides(t.shape))) - make.indicator(argument < make.zeros(*sides(t.shape)))
        case "sqrt":
            yield make.hadamard(t, make.hadamard(t, reciprocal(t)))
        case "swish":
            yield make.hadamard(argument, sigmoid(argument))
        case "cube":
            yield make.hadamard_power(argument, 3) - argument
        case "nested":
            yield make.hadamard(cube(argument), swish(argument))


def _of_norm(t: tm.Norm) -> Iterator[Term]:
    if t.kind in ("2", "F"):
        yield sqrt(make.trace(t.operand.T @ t.operand))
    if t.kind == "1" and sides(t.operand.shape)[1] == 1:
        yield make.ones(sides(t.operand.shape)[0]).T @ abs_(t.operand)


def _of_power(t: tm.Power) -> Iterator[Term]:
    match t:
        case tm.Power(base, Number(exponent)) if exponent == 2:
            yield base @ base if base.shape else base * base
            if isinstance(base, tm.Norm) and base.kind in ("2", "F"):
                yield make.trace(base.operand.T @ base.operand)
        case tm.Power(base, Number(exponent)) if exponent.denominator == 2 and not base.shape:
            yield sqrt(base) * base ** ((exponent.numerator - 1) // 2)


def _of_softmax(t: op.Softmax) -> Iterator[Term]:
    rows, columns = sides(t.shape)
    yield op.Softmax(t.argument + (x * y) * make.ones(rows, columns), t.axis)
    yield op.Softmax(t.argument.T, 1 - t.axis).T
    if columns == 1 and t.axis == 0:
        yield exp(t.argument) / (make.ones(rows).T @ exp(t.argument))


def _of_gradient(t: op.Gradient) -> Iterator[Term]:
    if isinstance(t.function, tm.Add):
        yield make.gradient(t.function.left, t.variable) + make.gradient(t.function.right, t.variable)
    if not t.shape or sides(t.shape)[1] == 1:
        yield make.jacobian(t.function, t.variable).T
    if isinstance(t.function, tm.Multiply):
        left, right = t.function.left, t.function.right
        yield left * make.gradient(right, t.variable) + right * make.gradient(left, t.variable)


def _of_hessian(t: op.Hessian) -> Iterator[Term]:
    yield t.T
    yield make.jacobian(make.gradient(t.function, t.variable), t.variable)


RESPELLINGS: dict[type[Term], _Respelling] = {
    tm.Add: _of_add,
    tm.Subtract: _of_subtract,
    tm.Multiply: _of_multiply,
    tm.Divide: _of_divide,
    tm.MatMul: _of_matmul,
    tm.Hadamard: _of_hadamard,
    tm.Trace: _of_trace,
    tm.Norm: _of_norm,
    tm.Power: _of_power,
    op.Sum: _of_sum,
    op.Apply: _of_apply,
    op.Softmax: _of_softmax,
    op.Gradient: _of_gradient,
    op.Hessian: _of_hessian,
    op.Named: lambda t: iter((t.body,)),
    tm.HadamardPower: lambda t: iter((make.hadamard(t.base, make.hadamard_power(t.base, t.exponent - 1)),) if t.exponent > 1 else ()),
    op.Maximum: lambda t: iter((make.maximum(t.right, t.left), -make.minimum(-t.left, -t.right))),
    op.Minimum: lambda t: iter((make.minimum(t.right, t.left), t.left + t.right - make.maximum(t.left, t.right))),
    tm.Diag: lambda t: iter((make.hadamard(make.identity(sides(t.shape)[0]), t.operand @ make.ones(sides(t.shape)[0]).T),)),
    tm.Diagonal: lambda t: iter((make.diagonal(t.operand.T),)),
    tm.Entry: lambda t: iter((make.entry(t.operand.T, t.column, t.row),)),
    tm.Row: lambda t: iter((make.column(t.operand.T, t.row).T,)),
    tm.Symbol: lambda t: iter((t.T.T, 1 * t, t + 0 * t)),
}
"""Other spellings of a term by its node: of the same value and domain wherever the claims' assumptions hold."""


def respelled(choose: Choose, term: Term, times: int) -> Term:
    """The term with some of its parts spelled differently."""
    for _ in range(times):
        places = [part for part in _outside_names(term) if type(part) in RESPELLINGS]
        if not places:
            break
        part = choose(places)
        spellings = [spelling for spelling in RESPELLINGS[type(part)](part) if spelling.shape == part.shape and spelling.free == part.free]
        if spellings:
            term = _replaced(term, part, choose(spellings))
    return term


_REWRITTEN: dict[type[Term], tuple[str, ...]] = {
    op.Gradient: ("function",),
    op.Jacobian: ("function",),
    op.Hessian: ("function",),
    OneSidedDerivative: ("function", "direction"),
    Expectation: ("body",),
}
"""The parts that may be rewritten of what binds or varies a name, which must stay a name."""


def _outside_names(term: Term) -> list[Term]:
    """The subterms that may be rewritten in place: not the definitions of names, not the variables of derivatives."""
    found = [term]
    if type(term) in _REWRITTEN:
        return [*found, *(part for name in _REWRITTEN[type(term)] for part in _outside_names(getattr(term, name)))]
    if not isinstance(term, op.Named | op.Iterate):
        for part in tm.parts(term):
            found += _outside_names(part)
    return found


def _replaced(term: Term, old: Term, new: Term) -> Term:
    if term == old:
        return new
    if isinstance(term, op.Named | op.Iterate):
        return term
    if type(term) in _REWRITTEN:
        changed = {name: _replaced(getattr(term, name), old, new) for name in _REWRITTEN[type(term)]}
        return term if isinstance(old, op.Named) else cast(Term, replace(cast(Any, term), **changed))
    return type(term)(*(map_parts(value, lambda part: _replaced(part, old, new)) for value in term.values()))


@st.composite
def claims(draw: st.DrawFn, /, shapes: Sequence[Shape] = SHAPES, depth: int = 3, **options: Any) -> Claim:
    """A true claim: a term and another spelling of it."""
    choose: Choose = lambda choices: draw(st.sampled_from(choices))  # noqa: E731
    left = Maker(choose, **options).term(draw(st.sampled_from(shapes)), depth)
    return Claim(left, "=", respelled(choose, left, 3), GIVEN)
