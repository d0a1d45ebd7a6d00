"""LaTeX: names, brackets, conventions, and fragments that a person reads."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.language import constructors as make
from derivations.language import terms as node
from derivations.language.assumptions import equal, every, full_column_rank, invertible, nonzero, positive, symmetric, tends_to
from derivations.language.claims import Derivation, Step, claim
from derivations.language.errors import DeclarationError
from derivations.language.functions import abs_, define_function, log, relu, sigmoid, sign, sqrt, tanh
from derivations.language.operators import Apply, at_positions
from derivations.language.terms import Family, Relation, Symbol, Term
from derivations.latex.names import escaped, name
from derivations.latex.writer import declaration, latex

n, d = make.dimensions("n d")
i, k, j = make.index("i", n), make.index("k", n), make.index("j", d)
m = make.counter("m")
a, b, sigma = make.scalars("a b sigma")
w, v, y = make.vector("w", d), make.vector("v", d), make.vector("y", n)
X, S, W_1 = make.matrix("X", n, d), make.matrix("S", d, d), make.matrix("W_1", n, d)
x, c = make.family("x", n, d), Family("c", (n, d))
primed = make.vector("y'", n)
z = make.define("z", W_1 @ x[i], i)
loss = make.define("loss", make.norm(X @ w - y) ** 2)


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("w", "w"),
        ("W_1", "W_{1}"),
        ("w_t", "w_{t}"),
        ("n_in", r"n_{\mathrm{in}}"),
        ("W_1_2", "W_{1_{2}}"),
        ("hat_y", r"\hat{y}"),
        ("bar_z_1", r"\bar{z}_{1}"),
        ("tilde_x", r"\tilde{x}"),
        ("hat_lambda", r"\hat{\lambda}"),
        ("hat_1", r"\mathrm{hat}_{1}"),
        ("lambda", r"\lambda"),
        ("sigma_max", r"\sigma_{\mathrm{max}}"),
        ("Sigma", r"\Sigma"),
        ("ell", r"\ell"),
        ("loss", r"\mathrm{loss}"),
        ("y'", "y'"),
        ("W_1''", "W_{1}''"),
        ("_x", r"\mathrm{\_x}"),
        ("a__b", r"\mathrm{a\_\_b}"),
    ],
)
def test_names(declared: str, written: str) -> None:
    assert name(declared) == written


@given(st.lists(st.from_regex(r"(hat_|bar_)?[a-zA-Z]{1,3}(_[a-z0-9]{1,2}){0,2}'?", fullmatch=True), unique=True))
def test_different_names_are_written_differently(names: list[str]) -> None:
    assert len({name(each) for each in names}) == len(names)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2 * X.T @ (X @ w - y), r"2 X^{\top} (X w - y)"),
        (make.gradient(make.norm(X @ w - y) ** 2, w), r"\nabla_{w} \lVert X w - y \rVert_{2}^{2}"),
        (make.gradient(w.T @ w + v.T @ v, w), r"\nabla_{w} (w^{\top} w + v^{\top} v)"),
        (S @ make.gradient(w.T @ w, w), r"S \nabla_{w} w^{\top} w"),
        (make.gradient(w.T @ w, w).T @ v, r"(\nabla_{w} w^{\top} w)^{\top} v"),
        (make.gradient(loss, w) * a, r"(\nabla_{w} \, \mathrm{loss}) a"),
        (make.gradient(loss, make.entry(w, j)), r"\frac{\partial \mathrm{loss}}{\partial w_{j}}"),
        (make.gradient(a**2, a), r"\frac{\partial}{\partial a} a^{2}"),
        (make.jacobian(S @ w, w), r"\frac{\partial}{\partial w} S w"),
        (make.jacobian(z, x[i]), r"\frac{\partial z_{i}}{\partial x_{i}}"),
        (make.hessian(loss, w), r"\nabla^{2}_{w} \, \mathrm{loss}"),
        (make.sum_over(i, x[i] - v), r"\sum_{i=1}^{n} (x_{i} - v)"),
        (make.sum_over(i, x[i]) - v, r"\sum_{i=1}^{n} x_{i} - v"),
        (1 / n * make.sum_over(i, x[i]), r"\frac{1}{n} \sum_{i=1}^{n} x_{i}"),
        (make.sum_over(i, x[i]) @ v.T, r"\left( \sum_{i=1}^{n} x_{i} \right) v^{\top}"),
        (a * make.sum_over(i, x[i]) @ v.T, r"\left( a \sum_{i=1}^{n} x_{i} \right) v^{\top}"),
        (make.sum_over(i, make.sum_over(j, c[i, j])), r"\sum_{i=1}^{n} \sum_{j=1}^{d} c_{i,j}"),
        (make.sum_over(i, -x[i]), r"\sum_{i=1}^{n} (-x_{i})"),
        ((X.T @ X).T, r"(X^{\top} X)^{\top}"),
        (make.inverse(S).T, r"(S^{-1})^{\top}"),
        (make.inverse(X.T @ X) @ X.T @ y, r"(X^{\top} X)^{-1} X^{\top} y"),
        (make.pseudo_inverse(X).T @ make.pseudo_inverse(X + W_1), r"(X^{+})^{\top} (X + W_{1})^{+}"),
        (S @ (S @ w), "S (S w)"),
        ((a**2) ** b, "(a^{2})^{b}"),
        (a ** (b**2), "a^{b^{2}}"),
        ((a / b) ** 2, r"\left( \frac{a}{b} \right)^{2}"),
        (node.as_term(-2) ** a, "(-2)^{a}"),
        (primed.T, r"(y')^{\top}"),
        (make.entry(primed, k) ** 2, "(y'_{k})^{2}"),
        (make.entry(primed, k), "y'_{k}"),
        (a * -b, "a (-b)"),
        (-a * b, "(-a) b"),
        (-(a * b), "-a b"),
        (a - (b - 1), "a - (b - 1)"),
        (a + (-b), "a + (-b)"),
        (-2 * w, "-2 w"),
        (-(2 * w), "-(2 w)"),
        (Fraction(-1, 2) * a, r"-\frac{1}{2} a"),
        (a / (b / 2), r"\frac{a}{\frac{b}{2}}"),
        (node.as_term(2) * 3, r"2 \cdot 3"),
        (node.as_term(2) * Fraction(1, 3), r"2 \cdot \frac{1}{3}"),
        (2 * make.ones(n), r"2 \cdot \mathbf{1}_{n}"),
        (sigma * (a + b), r"\sigma \cdot (a + b)"),
        (sigmoid(a + b), r"\sigma(a + b)"),
        (define_function("sigma", a, a**2)(a + b), r"\sigma_{\mathrm{own}}(a + b)"),
        (sqrt(a) ** 2, r"(\sqrt{a})^{2}"),
        (loss * a, r"\mathrm{loss} \, a"),
        (make.hadamard(make.hadamard(w, v), w), r"w \odot v \odot w"),
        (make.hadamard(S @ w, v), r"(S w) \odot v"),
        (S @ make.hadamard(w, v), r"S (w \odot v)"),
        (make.hadamard_power(w, 2), r"w^{\odot 2}"),
        (make.hadamard_power(w, -1), r"w^{\odot (-1)}"),
        (tanh.prime(w), r"\tanh'(w)"),
        (Apply(relu, w, 2), r"\mathrm{ReLU}''(w)"),
        (a * relu(b), r"a \, \mathrm{ReLU}(b)"),
        (sqrt(a) + abs_(b) - sign(a), r"\sqrt{a} + \lvert b \rvert - \operatorname{sign}(a)"),
        (abs_.prime(a), r"\operatorname{abs}'(a)"),
        (log(a / b), r"\log\left( \frac{a}{b} \right)"),
        (make.trace(S) * make.det(S), r"\operatorname{tr}(S) \det(S)"),
        (make.diag(w) @ make.diagonal(S), r"\operatorname{diag}(w) \operatorname{diagonal}(S)"),
        (make.softmax(w), r"\operatorname{softmax}(w)"),
        (make.softmax(S, axis=1), r"\operatorname{softmax}_{\mathrm{rows}}(S)"),
        (make.maximum(a, 0), r"\max(a, 0)"),
        (make.norm(w, 1) + make.norm(w, "inf"), r"\lVert w \rVert_{1} + \lVert w \rVert_{\infty}"),
        (make.norm(X / n, "F"), r"\left\lVert \frac{X}{n} \right\rVert_{F}"),
        (make.indicator(w > make.zeros(d)), r"\mathbf{1}_{w > \mathbf{0}_{d}}"),
        (make.cases((a > 0, a), otherwise=0), r"\begin{cases} a & \text{if } a > 0 \\ 0 & \text{otherwise} \end{cases}"),
        (make.literal([1, a], [0, 2]), r"\begin{bmatrix} 1 & a \\ 0 & 2 \end{bmatrix}"),
        (make.entry(S, j, j) + make.entry(w, j), "S_{j,j} + w_{j}"),
        (make.entry(S @ S, j, j) + make.entry(W_1, i, j), "(S S)_{j,j} + (W_{1})_{i,j}"),
        (make.entry(x[i], j), "(x_{i})_{j}"),
        (make.row(X, i) @ make.column(S, j), "X_{i,:} S_{:,j}"),
        (make.ones(n, d), r"\mathbf{1}_{n \times d}"),
        (make.identity(d) @ make.unit(d, j), "I_{d} e_{j}"),
        (make.unit(d, 1), "e_{1}^{(d)}"),
        (make.delta(i, k), r"\delta_{i\,k}"),
        (a**2 > 0, "a^{2} > 0"),
        (Relation(a > 0, "iff", Relation(a, "!=", b)), r"a > 0 \iff a \neq b"),
        (Relation(Relation(a > 0, "iff", a >= 0), "implies", a <= 1), r"(a > 0 \iff a \ge 0) \implies a \le 1"),
        ((a > 0) & (a < 1) & (b > 0), r"a > 0 \;\land\; a < 1 \;\land\; b > 0"),
        ((a > 0) & (a < 1) | (b > 0), r"(a > 0 \;\land\; a < 1) \;\lor\; b > 0"),
        (Relation(full_column_rank(X) & (a > 0), "iff", a >= b), r"X \text{ has full column rank} \;\land\; a > 0 \iff a \ge b"),
        (tends_to(S**m, make.zeros(d, d)), r"S^{m} \xrightarrow[m \to \infty]{} \mathbf{0}_{d \times d}"),
        (Relation(tends_to(a**m, 0), "iff", abs_(a) < 1), r"a^{m} \xrightarrow[m \to \infty]{} 0 \iff \lvert a \rvert < 1"),
        (every(i, x[i] > w), r"\forall i \in \{1, \dots, n\} \colon x_{i} > w"),
        (Relation(a > 0, "iff", every(i, x[i] > w)), r"a > 0 \iff \forall i \in \{1, \dots, n\} \colon x_{i} > w"),
        (Relation(every(i, x[i] > w), "iff", a > 0), r"(\forall i \in \{1, \dots, n\} \colon x_{i} > w) \iff a > 0"),
        (
            Relation((a > 0) & every(i, x[i] > w), "implies", b > 0),
            r"(a > 0 \;\land\; \forall i \in \{1, \dots, n\} \colon x_{i} > w) \implies b > 0",
        ),
        (every(j, (a > 0) & (b > 0)), r"\forall j \in \{1, \dots, d\} \colon (a > 0 \;\land\; b > 0)"),
        (make.largest_eigenvalue(S) - make.smallest_eigenvalue(S), r"\lambda_{\max}(S) - \lambda_{\min}(S)"),
        (make.eigenvalues(S).T @ w, r"\lambda(S)^{\top} w"),
        (1 - a * make.entry(make.eigenvalues(S), j), r"1 - a \lambda_{j}(S)"),
        (make.scalar("lambda") * (a + b), r"\lambda \cdot (a + b)"),
        (make.scalar("lambda_1") * (a + b), r"\lambda_{1} \cdot (a + b)"),
        (define_function("lambda_1", a, a**2)(a + b), r"\lambda_{\mathrm{own},1}(a + b)"),
        (make.rank(X @ S), r"\operatorname{rank}(X S)"),
        (make.argmin(make.norm(w) ** 2, w), r"\operatorname*{arg\,min}_{w} \, \lVert w \rVert_{2}^{2}"),
        (
            make.argmin(a * w.T @ w + b, w, equal(X @ w, y), w > v),
            r"\operatorname*{arg\,min}_{w \colon X w = y, \; w > v} \, (a w^{\top} w + b)",
        ),
        (make.argmin(w.T @ w, w) + v, r"\operatorname*{arg\,min}_{w} \, w^{\top} w + v"),
        (make.iterate("u", m + 1, w, v, S @ v), "u_{m + 1}"),
        (make.iterate("u_t", m, w, v, S @ v), "(u_{t})_{m}"),
        (symmetric(S), r"S \text{ is symmetric}"),
        (invertible(S + S.T), r"(S + S^{\top}) \text{ is invertible}"),
        (claim(loss, "=", 0, given=positive(a)), r"\mathrm{loss} = 0"),
    ],
)
def test_latex(value: Any, written: str) -> None:
    assert latex(value) == written


def test_a_sum_on_the_left_of_a_branch_is_bracketed() -> None:
    branches = make.cases((a > 0, 1), otherwise=0)
    assert latex(a + branches).startswith(r"a + \left( \begin{cases}")


@pytest.mark.parametrize(
    ("term", "beside", "alone", "together"),
    [
        (make.entry(w, j), make.scalar("w_j"), "w_{j}", "(w)_{j}"),
        (x[1], make.scalar("x_1"), "x_{1}", "(x)_{1}"),
        (at_positions(z, {i: 1}), make.vector("z_1", n), "z_{1}", "(z)_{1}"),
        (make.identity(d), make.scalar("I_d"), "I_{d}", r"\mathbf{I}_{d}"),
        (make.unit(n, i), make.vector("e", n), "e_{i}", r"\mathbf{e}_{i}"),
        (make.iterate("u", 1, w, v, S @ v), make.scalar("u_1"), "u_{1}", "(u)_{1}"),
    ],
)
def test_nothing_reads_as_another_declared_name(term: Term, beside: Symbol, alone: str, together: str) -> None:
    assert latex(term) == alone
    assert latex(term, among=[beside]) == together
    assert latex(claim(term.T @ term, "=", term.T @ term, given=nonzero(beside))).startswith(f"{together}^{{\\top}}")


def test_the_first_term_of_a_sequence_is_the_symbol_that_it_starts_with() -> None:
    start = make.vector("u_0", d)
    assert latex(make.iterate("u", 0, start, v, S @ v), among=[start]) == "u_{0}" == latex(start)
    assert latex(make.iterate("u", 0, w, v, S @ v), among=[start]) == "(u)_{0}"


def test_a_limit_without_a_counter_is_refused() -> None:
    with pytest.raises(DeclarationError, match="one counter, which grows"):
        latex(Relation(a, "->", b))


def test_what_is_no_term_is_refused() -> None:
    with pytest.raises(TypeError, match="str has no LaTeX"):
        latex("x")


# ------------------------------------------------------------------------------------------------------------ fragments


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        (a, r"a \in \mathbb{R}"),
        (w, r"w \in \mathbb{R}^{d}"),
        (X, r"X \in \mathbb{R}^{n \times d}"),
        (make.matrix("r", 1, d), r"r \in \mathbb{R}^{1 \times d}"),
        (Symbol("A", (2, 2), "complex"), r"A \in \mathbb{C}^{2 \times 2}"),
        (x, r"x_{1}, \dots, x_{n} \in \mathbb{R}^{d}"),
        (c, r"c_{1,1}, \dots, c_{n,d} \in \mathbb{R}"),
    ],
)
def test_declarations(declared: Symbol | Family, written: str) -> None:
    assert declaration(declared) == written


def test_a_derivation_reads_from_top_to_bottom() -> None:
    swish = define_function("swish", b, b * sigmoid(b))
    derivation = Derivation(
        "Costs $5 & more",
        given=(positive(a),),
        notes="100% of it_",
        steps=(
            Step.of("first", make.gradient(loss, w), "=", 2 * X.T @ (X @ w - y), reason="chain rule", given=(invertible(S),)),
            Step.of("second", loss, "=", swish(a)),
        ),
    )
    assert latex(derivation).splitlines() == [
        r"\subsection*{Costs \$5 \& more}",
        r"Let $a \in \mathbb{R}$, $S \in \mathbb{R}^{d \times d}$, $w \in \mathbb{R}^{d}$, $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^{n}$.",
        "Given $a > 0$.",
        r"\begin{enumerate}",
        r"\item \textbf{first} (given $S \text{ is invertible}$): chain rule",
        r"\begin{align*}",
        r"\nabla_{w} \, \mathrm{loss} &= 2 X^{\top} (X w - y)",
        r"\end{align*}",
        r"where $\mathrm{loss} = \lVert X w - y \rVert_{2}^{2}$.",
        r"\item \textbf{second}",
        r"\begin{align*}",
        r"\mathrm{loss} &= \mathrm{swish}(a)",
        r"\end{align*}",
        r"where $\mathrm{swish}(b) = b \sigma(b)$.",
        r"\end{enumerate}",
        r"100\% of it\_",
    ]


def test_a_sequence_is_told_where_it_stands_first() -> None:
    u_0, f, g = make.vector("u_0", d), make.scalar("f"), make.scalar("g")
    u_m = make.iterate("u", m, u_0, v, S @ v + w)
    derivation = Derivation(
        "Sequences",
        steps=(
            Step.of("first", make.iterate("u", 1, u_0, v, S @ v + w), "=", S @ u_0 + w),
            Step.of("limit", u_m, "->", w, given=equal(S, S.T)),
            Step.of("order two", make.iterate("F", m, (0, a), (f, g), f + g), ">=", 0),
            Step.of("another of that name", make.iterate("F", m, 1, f, 2 * f), ">", 0),
        ),
    )
    lines = latex(derivation).splitlines()
    assert lines[1] == (
        r"Let $a \in \mathbb{R}$, $S \in \mathbb{R}^{d \times d}$, $u_{0} \in \mathbb{R}^{d}$, $w \in \mathbb{R}^{d}$, $m \in \{0, 1, 2, \dots\}$."
    )
    assert r"u_{m} &\xrightarrow[m \to \infty]{} w" in lines
    assert [line for line in lines if line.startswith("where")] == [
        "where $u_{m + 1} = S u_{m} + w$.",
        "where $F_{0} = 0$, $F_{1} = a$, $F_{m + 2} = F_{m} + F_{m + 1}$.",
        "where $F_{0} = 1$, $F_{m + 1} = 2 F_{m}$.",
    ]


def test_a_counter_of_a_recurrence_has_a_free_letter() -> None:
    shown = latex(Step.of("first", make.iterate("u", 2, w, v, S @ v), "=", make.scalar("k") * S @ S @ w))
    assert "where $u_{0} = w$, $u_{t + 1} = S u_{t}$." in shown


def test_a_long_display_has_two_lines() -> None:
    long = X @ w
    for _ in range(30):
        long = long + X @ w
    shown = latex(Step.of("long", long, "=", 31 * X @ w))
    assert re.search(r"& X w \+ .* \\\\ &\\quad = 31 X w", shown)


def test_plain_text_stands_for_itself() -> None:
    assert escaped(r"50% of $x_1$ \& {a} ~ #2 ^ <|>") == (
        r"50\% of \$x\_1\$ \textbackslash{}\& \{a\} \textasciitilde{} \#2 \textasciicircum{} \textless{}\textbar{}\textgreater{}"
    )
    assert escaped("σ² ≤ ∂L/∂h") == r"\ensuremath{\sigma}\ensuremath{^{2}} \ensuremath{\le} \ensuremath{\partial}L/\ensuremath{\partial}h"
