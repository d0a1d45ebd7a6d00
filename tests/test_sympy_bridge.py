"""Terms to SymPy and back: what comes out, what is checked on the way, and what is refused by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy.stats import Normal

from derivations.evaluation.symbolic import from_sympy, sign_assumptions, to_sympy
from derivations.language import constructors as make
from derivations.language import functions as fn
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import negative, nonnegative, nonzero, positive
from derivations.language.errors import DeclarationError, ShapeError, UnsupportedError
from derivations.language.functions import define_function
from derivations.language.shapes import SCALAR, Shape
from derivations.language.terms import Family, Relation, Symbol, Term

n, d = make.dimensions("n d")
i = make.index("i", n)
k, m = make.counter("k"), make.counter("m")
a, b = make.scalars("a b")
w, v, y = make.vector("w", d), make.vector("v", d), make.vector("y", n)
X, A, B = make.matrix("X", n, d), make.matrix("A", d, d), make.matrix("B", d, d)
s, x = make.family("s", n), make.family("x", n, d)
swish = define_function("swish", a, a * fn.sigmoid(a))

N, D = sympy.symbols("n d", integer=True, positive=True)
p, q = sympy.symbols("a b", real=True)
W, V, Y = sympy.MatrixSymbol("w", D, 1), sympy.MatrixSymbol("v", D, 1), sympy.MatrixSymbol("y", N, 1)
XX, AA = sympy.MatrixSymbol("X", N, D), sympy.MatrixSymbol("A", D, D)
K, KK, MM = sympy.symbols("i k m", integer=True, nonnegative=True)

# ------------------------------------------------------------------------------------------------------- what people get


@pytest.mark.parametrize(
    ("term", "expression"),
    [
        (X.T @ (X @ w - y), XX.T * (XX * W - Y)),
        (2 * X / 3, sympy.Rational(2, 3) * XX),
        (make.inverse(A) @ v, AA.I * V),
        (w.T @ w, sympy.Trace(W.T * W)),
        (make.norm(w) ** 2, sympy.Trace(W.T * W)),
        (make.norm(X, "F"), sympy.sqrt(sympy.Trace(XX.T * XX))),
        (make.hadamard(X, X), sympy.HadamardProduct(XX, XX)),
        (make.diag(w), sympy.DiagMatrix(W)),
        (make.det(A), sympy.Determinant(AA)),
        (make.identity(n) - make.ones(n, n) / n, sympy.Identity(N) - sympy.OneMatrix(N, N) / N),
        (make.zeros(n, d), sympy.ZeroMatrix(N, D)),
        (make.literal([a, 1], [2, b]), sympy.ImmutableMatrix([[p, 1], [2, q]])),
        (make.entry(X, i, 1), XX[K, 0]),
        (make.row(X, i), XX[K, :]),
        (make.sum_over(i, s[i]), sympy.Sum(sympy.IndexedBase(p.func("s", real=True), shape=(N,))[K], (K, 0, N - 1))),
        (make.sum_over(i, make.row(X, i).T), (sympy.OneMatrix(1, N) * XX).T),
        (a**k + k, p**KK + KK),
        (A**k, AA**KK),
        (make.series(m, k, a**m), sympy.Sum(p**MM, (MM, 0, KK - 1))),
        (make.series(m, n, w), N * W),
        (fn.relu(a), sympy.Max(0, p)),
        (fn.sigmoid(a), 1 / (1 + sympy.exp(-p))),
        (make.gradient(a**2, a), sympy.Derivative(p**2, p)),
        (make.hessian(a**3, a), sympy.Derivative(p**3, (p, 2))),
    ],
    ids=repr,
)
def test_terms_become_the_sympy_that_one_would_write(term: Term, expression: Any) -> None:
    converted = to_sympy(term)
    assert converted == expression or converted.doit() == expression.doit()
    assert converted.has(sympy.Derivative) == expression.has(sympy.Derivative)
    if term.shape:
        assert converted.shape == expression.shape


def test_products_with_an_inverse_are_not_cancelled() -> None:
    hat = make.inverse(X.T @ X) @ X.T @ X
    assert to_sympy(hat) != sympy.Identity(D)
    assert to_sympy(hat).has(sympy.Inverse)


def test_a_zero_diagonal_matrix_keeps_its_shape() -> None:
    assert to_sympy(make.diag(a * make.zeros(n))).doit().shape == (N, N)  # DiagMatrix(ZeroMatrix(n, 1)).doit() has shape (n, 1)


def test_scalars_can_be_substituted_printed_and_compiled() -> None:
    expression = to_sympy(fn.relu(a) * fn.exp(-b) + make.cases((a > b, a), otherwise=b) / 2)
    assert expression.subs({p: 3, q: 0}) == sympy.Rational(9, 2)
    assert sympy.lambdify((p, q), expression, "math")(3, 0) == 4.5
    assert r"\begin{cases}" in sympy.latex(expression)
    total = to_sympy(make.sum_over(i, s[i] ** 2))
    base = next(iter(total.atoms(sympy.IndexedBase)))
    assert sympy.lambdify((base, N), total)([1, 2, 3], 3) == 14


def test_matrices_take_values() -> None:
    at = {N: 2, D: 2, XX: sympy.ImmutableMatrix([[1, 2], [3, 4]]), W: sympy.ImmutableMatrix([1, -1])}
    assert to_sympy(X @ w).xreplace(at).as_explicit() == sympy.Matrix([-1, -1])
    assert to_sympy(make.norm(X @ w) ** 2).xreplace(at).doit() == 2
    assert to_sympy(make.diagonal(X.T @ X)).xreplace(at).as_explicit() == sympy.Matrix([10, 20])
    assert to_sympy(fn.relu(X @ w)).xreplace(at).as_explicit() == sympy.zeros(2, 1)


def test_one_dimension_is_one_symbol() -> None:
    expression = to_sympy(make.trace(X @ A @ X.T) / n + make.sum_over(i, s[i]) + d)
    assert expression.atoms(sympy.Symbol) - {sympy.Symbol("s", real=True), K} == {N, D}


def test_equal_terms_become_equal_expressions() -> None:
    term = make.sum_over(i, s[i] * fn.tanh(A @ x[i])) + fn.sigmoid(w)
    assert to_sympy(term) == to_sympy(term)


@pytest.mark.parametrize(
    ("given_", "flags"),
    [
        ((a > 0,), {"positive": True}),
        ((positive(a),), {"positive": True}),
        ((a >= 1,), {"positive": True}),
        ((tm.as_term(0) < a,), {"positive": True}),
        ((negative(a),), {"negative": True}),
        ((a <= -1,), {"negative": True}),
        ((nonnegative(a),), {"nonnegative": True}),
        ((a <= 0,), {"nonpositive": True}),
        ((nonzero(a),), {"nonzero": True}),
        ((nonnegative(a), nonzero(a)), {"positive": True}),
        ((a > -1, a < 1, a > b, b > 0, make.trace(A) > 0), {}),
    ],
    ids=repr,
)
def test_assumptions_give_signs(given_: tuple[Relation, ...], flags: dict[str, bool]) -> None:
    assert to_sympy(a, given_) == sympy.Symbol("a", real=True, **flags)


def test_signs_are_used_and_can_be_read_back() -> None:
    root = to_sympy(fn.sqrt(a**2 * b), (a > 0, nonnegative(b)))
    assert root == sympy.Symbol("a", positive=True) * sympy.sqrt(sympy.Symbol("b", nonnegative=True))
    assert sign_assumptions(root) == (a > 0, b >= 0)
    assert sign_assumptions(p * q * N) == ()


def test_contradictory_signs_are_refused() -> None:
    with pytest.raises(DeclarationError, match="make a negative and positive at once"):
        to_sympy(a, (a > 0, a < 0))


def test_derivatives_have_no_delta_functions() -> None:
    for function in (fn.relu, fn.abs_, fn.sign):
        assert not to_sympy(function.prime(a)).has(sympy.Heaviside, sympy.DiracDelta)
    relu_slope = to_sympy(fn.relu.prime(a))
    assert (relu_slope.subs(p, -2), relu_slope.subs(p, 2)) == (0, 1)
    assert to_sympy(fn.sign.prime(X)).xreplace({N: 1, D: 2, XX: sympy.ImmutableMatrix([[1, -2]])}).as_explicit() == sympy.zeros(1, 2)
    assert to_sympy(swish.prime(a)).subs(p, 0) == sympy.Rational(1, 2)


@pytest.mark.parametrize("term", [make.gradient(make.norm(w) ** 2, w), make.jacobian(A @ w, w), make.hessian(make.norm(w) ** 2, w)], ids=repr)
def test_matrix_calculus_is_refused(term: Term) -> None:
    with pytest.raises(UnsupportedError, match=r"SymPy cannot be trusted .* with respect to w, \(d, 1\).*differentiate with derivations first"):
        to_sympy(term)


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        (make.gradient(a * s[i], s[i]), "cannot be trusted"),
        (make.gradient(make.entry(w, 1), make.entry(w, 1)), "cannot be trusted"),
        (A**a, "needs an integer exponent"),
        (make.norm(w, "inf"), "no maximum over the entries"),
        (make.cases((a > 0, w), otherwise=v), "no matrix that is chosen by cases"),
        (make.family("Z", n, d, d)[i], "only scalars, and vectors with one sample axis"),
        (Symbol("Z", (n, d), "complex"), "is complex"),
        (Family("z", (n,), SCALAR, "complex")[i], "is complex"),
        (fn.sqrt(a - a - 1), "nowhere real"),
        (a / (a - a), "infinite or has no value"),
        (op.Function("softplus")(a), "unknown; expected one of tanh"),
        (op.Cases(((Relation(a, "->", b), a),), b), "SymPy has no '->'"),
        (make.indicator(make.cases((a > 0, a), otherwise=b) > 1), "holds cases itself"),
        (define_function("f", a, make.trace(fn.tanh(make.literal([a, 1], [1, a]))))(X), "confuses the variables"),
    ],
    ids=repr,
)
def test_terms_without_a_counterpart_are_refused(term: Term, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        to_sympy(term)


def test_an_unknown_node_is_refused_by_its_class() -> None:
    @tm.node
    class Rank(Term):
        operand: Term

        def _shape(self) -> Shape:
            return SCALAR

    with pytest.raises(UnsupportedError, match="Rank has no counterpart in SymPy"):
        to_sympy(a + Rank(A))


@pytest.mark.parametrize(
    "term",
    [
        a + make.trace(make.matrix("a", n, n)),
        make.dimension("a") * a,
        make.entry(w, make.index("a", d)) * a,
        make.entry(w, make.index("i", d)) * s[i],
        make.sum_over(i, make.entry(w, make.index("i", d)) * s[i]),
        make.series(make.counter("i"), k, make.sum_over(i, s[i])),
        make.series(k, k, a**k),
    ],
    ids=repr,
)
def test_a_name_for_two_things_is_refused(term: Term) -> None:
    with pytest.raises(DeclarationError, match=r"two things|an index and|two indices|capture|in its length too"):
        to_sympy(term)


# ------------------------------------------------------------------------------------------------------ what people bring

I_ = sympy.Symbol("i", integer=True)
plain = sympy.IndexedBase("s")


@pytest.mark.parametrize(
    ("expression", "term"),
    [
        (sympy.Symbol("a"), a),
        (sympy.Symbol("a", complex=True), Symbol("a", SCALAR, "complex")),
        (N * p, a * n),
        (p / 2 - q / p, a / 2 - b / a),
        (p - 3, a - 3),
        (sympy.sqrt(p) + p ** sympy.Rational(3, 2), fn.sqrt(a) ** 3 + fn.sqrt(a)),
        (sympy.root(p, 4) * sympy.cbrt(q), fn.sqrt(fn.sqrt(a)) * tm.Power(b, tm.Number(Fraction(1, 3)))),
        (sympy.exp(1), fn.exp(1)),
        (sympy.exp(-p) / sympy.log(q), fn.exp(-a) / fn.log(b)),
        (sympy.Max(p, 0), fn.relu(a)),
        (sympy.Max(0, p).diff(p), make.cases((a > 0, 1), (a < 0, 0), otherwise=Fraction(1, 2))),
        (sympy.Piecewise((1, p > 0), (0, True)), make.indicator(a > 0)),
        (sympy.Piecewise((q, (p > 0) & (p < 1)), (2, True)), make.cases((a > 0, make.cases((a < 1, b), otherwise=2)), otherwise=2)),
        (sympy.Piecewise((q, (p > 1) | (p < 0)), (2, True), evaluate=False), make.cases((a > 1, b), (a < 0, b), otherwise=2)),
        (XX.T * (XX * W - Y), X.T @ (X @ w - y)),
        (sympy.Rational(1, 2) * XX - sympy.OneMatrix(N, D), X / 2 - make.ones(n, d)),
        (-p * XX / 3, -(a * X / 3)),
        ((XX * W - Y).T * (XX * W - Y), (w.T @ X.T - y.T) @ (X @ w - y)),
        (((XX * W - Y).T * (XX * W - Y)).diff(W), 2 * (X.T @ (X @ w - y))),
        (sympy.exp(W.T * W), fn.exp(w.T @ w)),
        (AA**2 * AA.I**2, make.identity(d)),
        (sympy.DiagonalOf(AA), make.diagonal(A)),
        (sympy.DiagonalMatrix(AA), make.diag(make.diagonal(A))),
        (sympy.DiagMatrix(W.T), make.diag(w.T.T)),
        (sympy.Matrix([[p, 1], [2, q]]), make.literal([a, 1], [2, b])),
        (XX.applyfunc(sympy.tanh), fn.tanh(X)),
        (XX.applyfunc(lambda entry: entry**3), make.hadamard_power(X, 3)),
        (AA[0, :], make.row(A, 1)),
        (XX[I_, 0], make.entry(X, i, 1)),
        (sympy.Sum(plain[I_], (I_, 1, N)), make.sum_over(i, make.family("s", n)[i])),
        (sympy.Sum(plain[I_ - 1] ** 2, (I_, 1, N)), make.sum_over(i, make.family("s", n)[i] ** 2)),
        (sympy.Sum(XX[I_ - 1, 0], (I_, 1, N)), make.sum_over(i, make.entry(X, i, 1))),
        ((W.T * W)[0, 0], make.sum_over(make.index("i_1", d), make.entry(w, make.index("i_1", d)) ** 2)),
        (sympy.Sum(sympy.KroneckerDelta(I_, 2), (I_, 1, N)), make.sum_over(i, make.delta(2, i))),
        (sympy.KroneckerDelta(K, 0, (0, N - 1)), make.delta(1, i)),
        (sympy.Sum(p**MM, (MM, 0, KK - 1)), make.series(m, k, a**m)),
        (sympy.Sum(p**I_, (I_, 1, N)), make.series(make.counter("i"), n, a ** (make.counter("i") + 1))),
        (sympy.Sum(p, (MM, 0, KK - 1)), make.series(m, k, a)),
        (sympy.Sum(p**MM * plain[K], (MM, 0, 3), (K, 0, N - 1)), make.sum_over(i, make.series(m, 4, a**m * s[i]))),
        (sympy.Sum(p**MM, (MM, 0, KK), (KK, 0, N)), make.series(k, n + 1, make.series(m, k + 1, a**m))),
        (sympy.Derivative(p**2, (p, 2)), make.gradient(make.gradient(a**2, a), a)),
    ],
    ids=repr,
)
def test_sympy_becomes_the_term_that_one_would_write(expression: Any, term: Term) -> None:
    assert from_sympy(expression) == term


def test_shapes_are_checked_where_sympy_does_not() -> None:
    wrong = XX.T * XX * W - Y.T * XX  # SymPy adds a (d, 1) to a (1, d)
    with pytest.raises(ShapeError, match=r"shape \(d, 1\), .* shape \(1, d\)"):
        from_sympy(wrong)
    with pytest.raises(ShapeError, match="cannot multiply"):
        from_sympy(XX * Y)
    with pytest.raises(ShapeError, match="scalar"):
        from_sympy(sympy.Add(AA, 1, evaluate=False))


@pytest.mark.parametrize(
    ("expression", "name", "reason"),
    [
        (sympy.Float("0.5") * p, "Float", "not exact; write a Rational"),
        (sympy.pi * p, "Pi", "accepted are Abs, Add"),
        (sympy.I, "ImaginaryUnit", "accepted"),
        (sympy.oo, "Infinity", "accepted"),
        (sympy.nan, "NaN", "accepted"),
        (sympy.sin(p), "sin", "accepted"),
        (sympy.Function("f")(p), "f", "accepted"),
        (sympy.Integral(p, p), "Integral", "accepted"),
        (sympy.Product(p, (I_, 1, N)), "Product", "accepted"),
        (sympy.Wild("a"), "Wild", "accepted"),
        (sympy.Dummy("a"), "Dummy", "no unbound dummy"),
        (sympy.Symbol("k", integer=True), "Symbol", "an index says where an entry stands"),
        (sympy.Symbol("k", imaginary=True), "Symbol", "must be real or complex"),
        (sympy.Symbol("k", prime=True), "Symbol", "must be real or complex"),
        (sympy.Symbol("k", commutative=False), "Symbol", "must be real or complex"),
        (sympy.MatrixSymbol("Q", sympy.Symbol("m"), 2), "Symbol", "a size must be"),
        (sympy.MatrixSymbol("Q", N + 1, 2), "Add", "a size must be"),
        (sympy.root(-8, 3), "Pow", "not real"),
        (sympy.re(sympy.Symbol("z", complex=True)), "re", "complex number"),
        (sympy.exp(AA), "exp", "applyfunc"),
        (sympy.Pow(AA, sympy.Rational(1, 2), evaluate=False), "Pow", "applyfunc"),
        (sympy.MatPow(AA, p), "MatPow", "must be an integer or a dimension"),
        (sympy.HadamardPower(XX, p), "HadamardPower", "must be an integer"),
        (sympy.BlockMatrix([[AA, AA]]), "BlockMatrix", "accepted"),
        (sympy.KroneckerProduct(AA, XX), "KroneckerProduct", "accepted"),
        (sympy.Adjoint(AA), "Adjoint", "accepted"),
        (AA[0:2, :], "MatrixSlice", "one row, one column, or the whole"),
        (XX[N - 1, 0], "Add", "a position must be"),
        (XX[I_ + 1, 0], "Add", "a position must be"),
        (sympy.Sum(XX[I_, 0], (I_, 1, N)), "Symbol", "a position must be"),
        (sympy.Sum(I_ * XX[I_, 0], (I_, 0, N - 1)), "Symbol", "a position must be"),
        (sympy.Sum(XX[I_, 0], (I_, 0, N**2 - 1)), "Pow", "a size must be"),
        (sympy.Sum(p, (I_, N, N + 3)), "Tuple", "must run from an integer"),
        (sympy.Sum(p**I_, (I_, 0, KK - 2)), "Tuple", "must be an integer ≥ 0"),
        (plain[I_], "Indexed", "give the base a shape"),
        (sympy.IndexedBase("s", positive=True)[I_], "Indexed", "a real symbol without a sign"),
        (sympy.KroneckerDelta(0, I_), "KroneckerDelta", "give it a range"),
        (sympy.Piecewise((1, p > 0)), "Piecewise", "the last branch must be"),
        (sympy.Piecewise((1, sympy.Contains(p, sympy.Interval(0, 1))), (0, True)), "Contains", "a condition is built of"),
        (XX.applyfunc(sympy.Lambda(p, p * q)), "ElementwiseApplyFunction", "may depend on its variable only"),
        (sympy.FunctionMatrix(2, 2, sympy.Lambda((I_, K), I_ + K)), "FunctionMatrix", "must be the sum"),
        (sympy.Derivative(plain[0], plain[0]), "Indexed", "give the base a shape"),
        (sympy.Derivative(N**2, N), "Derivative", "real scalar symbols"),
        (Normal("Z", 0, 1), "RandomSymbol", "accepted"),
    ],
    ids=repr,
)
def test_sympy_without_an_exact_meaning_is_refused_by_its_class(expression: Any, name: str, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=rf"SymPy's {name} .*{reason}"):
        from_sympy(expression)


@pytest.mark.parametrize("thing", ["x + 1", 3, 0.5, None])
def test_what_is_no_sympy_object_is_refused(thing: object) -> None:
    with pytest.raises(UnsupportedError, match="is no SymPy object"):
        from_sympy(thing)


@pytest.mark.parametrize(
    "expression",
    [
        sympy.Symbol("a") + sympy.Symbol("a", positive=True),
        p * sympy.Trace(sympy.MatrixSymbol("a", D, D)),
        sympy.Trace(sympy.MatrixSymbol("n", D, D)) * N,
        sympy.Trace(AA) + sympy.Trace(sympy.MatrixSymbol("A", N, N)),
        XX[K, 0] * W[K, 0],
        sympy.Sum(plain[I_], (I_, 1, N)) + sympy.Sum(plain[I_], (I_, 0, N - 1)),
        sympy.Sum(plain[I_], (I_, 1, N)) * sympy.Symbol("s"),
        sympy.Sum(p**KK, (KK, 0, N)) * KK,
        XX[K, 0] * K,
    ],
    ids=repr,
)
def test_a_name_for_two_sympy_objects_is_refused(expression: Any) -> None:
    with pytest.raises(DeclarationError, match="stands for two SymPy objects"):
        from_sympy(expression)


def test_a_name_that_terms_cannot_have_is_refused() -> None:
    with pytest.raises(DeclarationError, match="is no name"):
        from_sympy(sympy.Symbol("x_{1}"))


def test_bound_names_make_way() -> None:
    dummy = sympy.Dummy("a")
    term = from_sympy(p * sympy.Sum(W[dummy, 0], (dummy, 0, D - 1)))
    assert term == a * make.sum_over(make.index("a'", d), make.entry(w, make.index("a'", d)))


def test_one_function_has_one_name() -> None:
    cube, again = (from_sympy(XX.applyfunc(sympy.Lambda(t, t**3 + t))) for t in (sympy.Symbol("t"), sympy.Dummy("u")))
    other = from_sympy(XX.applyfunc(lambda entry: entry**3 - entry))
    assert cube == again
    assert isinstance(cube, op.Apply)
    assert isinstance(other, op.Apply)
    assert cube.function.name != other.function.name
