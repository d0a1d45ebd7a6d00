"""Explanations: what each method used is told, nothing else is, and every claim of the catalogue can be explained."""

from __future__ import annotations

import importlib
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from derivations import catalogue, checking
from derivations.cli import main
from derivations.language.assumptions import equal, full_column_rank, invertible, orthogonal, positive_semidefinite, projection
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    dimensions,
    gradient,
    hadamard,
    hessian,
    identity,
    inverse,
    iterate,
    matrix,
    norm,
    ones,
    pseudo_inverse,
    scalars,
    series,
    vector,
)  # fmt: skip
from derivations.language.functions import exp, reciprocal, sigmoid, sign, sqrt, tanh
from derivations.language.terms import Symbol, Term
from derivations.language.traversal import symbols
from derivations.language.verdicts import Status
from derivations.proof import explanation
from derivations.proof.domain import conditions_of
from derivations.proof.equations import Setting, normalized
from derivations.proof.explanation import explain
from derivations.proof.verification import judge

n, d = dimensions("n d")
k, i = counter("k"), counter("i")
X, S, A, B, Q, P = matrix("X", n, d), matrix("S", n, n), matrix("A", n, n), matrix("B", n, n), matrix("Q", n, n), matrix("P", n, n)
w, v, y, t = vector("w", d), vector("v", d), vector("y", n), vector("t", n)
a, b, r, s, u_0, u = scalars("a b r s u_0 u")
hat_w = inverse(X.T @ X) @ X.T @ y
loss = norm(X @ w - y) ** 2


def same(left: Term, right: Term) -> bool:
    """Whether two terms have one normal form."""
    made = claim(left, "=", right)
    return not normalized(Setting.of(made, conditions_of(made)), left, right, "tanh")[0]


def test_a_gradient_is_explained_by_its_directional_derivative_and_the_common_form() -> None:
    told = explain(claim(gradient(loss, w), "=", 2 * X.T @ (X @ w - y)))
    assert told.of_kind("proved") == ("by normal form",)
    assert told.of_kind("derivative") == (gradient(loss, w),)
    (slope,), (form,) = told.of_kind("in direction V"), told.of_kind("normal form")
    assert isinstance(slope, Term)
    assert isinstance(form, Term)
    assert same(slope, 2 * (X @ w - y).T @ X @ Symbol("V", w.shape))
    assert same(form, 2 * X.T @ X @ w - 2 * X.T @ y)
    assert not told.of_kind("equation")
    assert not told.of_kind("function rule")
    assert told.of_kind("holds at")


def test_a_direction_has_a_name_of_its_own() -> None:
    V = vector("V", d)
    told = explain(claim(gradient(V.T @ V, V), "=", 2 * V))
    assert not told.of_kind("in direction V")
    (slope,) = told.of_kind("in direction U")
    assert isinstance(slope, Term)
    assert {symbol.name for symbol in symbols(slope)} == {"U", "V"}


def test_a_hessian_has_two_directions() -> None:
    told = explain(claim(hessian(loss, w), "=", 2 * X.T @ X))
    (curvature,) = told.of_kind("in direction U")
    assert isinstance(curvature, Term)
    assert same(curvature, 2 * (X @ Symbol("V", w.shape)).T @ (X @ Symbol("U", w.shape)))


@pytest.mark.parametrize(
    ("made", "fired"),
    [
        (claim(tanh.prime(a), "=", 1 - tanh(a) ** 2), ["tanh(z)**2 = 1 - tanh.prime(z)"]),
        (claim(hadamard(tanh(w), tanh(w)), "=", ones(d) - tanh.prime(w)), ["tanh(z)**2 = 1 - tanh.prime(z)"]),
        (claim(sign(a) ** 3, "=", sign(a)), ["sign(z)**2 = 1 where z != 0; z * sign(z)**2 = z"]),
        (claim(hadamard(sqrt(w), sqrt(w)), "=", w), ["sqrt(z)**2 = z"]),
        (claim(hadamard(exp(w), exp(v)), "=", exp(w + v)), ["exp(y) * exp(z) = exp(y + z)"]),
        (claim(hadamard(ones(d) + exp(w), reciprocal(ones(d) + exp(w))), "=", ones(d)), ["z * (1 / z) = 1"]),
        (claim(a + a, "=", 2 * a), []),
    ],
    ids=["tanh", "entrywise tanh", "sign", "sqrt", "exp", "reciprocal", "none"],
)
def test_the_rules_of_functions_that_fired(made: Claim, fired: list[str]) -> None:
    told = explain(made)
    assert told.verdict.status is Status.PROVED
    assert list(told.of_kind("function rule")) == fired


def test_writing_through_exp_is_told() -> None:
    told = explain(claim(sigmoid(a), "=", exp(a) / (1 + exp(a))))
    assert told.of_kind("proved") == ("by normal form over exp",)
    assert told.of_kind("through exp")


push_through = claim(
    inverse(identity(n) + A @ B) @ A,
    "=",
    A @ inverse(identity(n) + B @ A),
    (invertible(identity(n) + A @ B), invertible(identity(n) + B @ A)),
)
PENROSE = "definition of a pseudo-inverse (Penrose)"
WITH_EQUATIONS: dict[str, tuple[Claim, list[str]]] = {
    "inverse": (claim(inverse(A) @ A @ t, "=", t, invertible(A)), ["definition of inverse(A)"]),
    "hypothesis": (claim(S @ A @ B, "=", S @ Q, equal(A @ B, Q)), ["hypothesis A @ B = Q"]),
    "hypothesis that is not needed": (claim(S @ A, "=", S @ A + 0 * S, equal(A @ B, Q)), []),
    "scalar hypothesis": (claim(a * t, "=", b * t, equal(a, b)), ["hypothesis a = b"]),
    "projection": (claim(P @ P @ t, "=", P @ t, projection(P)), ["property P projection"]),
    "orthogonal": (claim(norm(Q @ t) ** 2, "=", norm(t) ** 2, orthogonal(Q)), ["property Q orthogonal"]),
    "rank": (claim(pseudo_inverse(X) @ X @ w, "=", w, full_column_rank(X)), [PENROSE, f"property X full column rank, reduced by {PENROSE}"]),
    "pseudo-inverse": (claim(X @ pseudo_inverse(X) @ X, "=", X), [PENROSE, PENROSE]),
    "consequence": (push_through, ["consequence of definition of inverse(identity(n) + A @ B); definition of inverse(identity(n) + B @ A)"]),
}


@pytest.mark.parametrize("name", WITH_EQUATIONS)
def test_the_equations_that_fired_are_true_and_told_with_where_they_come_from(name: str) -> None:
    made, origins = WITH_EQUATIONS[name]
    told = explain(made)
    assert told.verdict.status is Status.PROVED
    assert list(told.of_kind("from")) == origins
    equations = [content for content in told.of_kind("equation") if isinstance(content, Claim)]
    assert equations or not origins
    assert all(judge(replace(equation, given=made.given)).status is Status.PROVED for equation in equations)


def test_each_part_of_an_induction_is_explained_by_what_proved_it() -> None:
    made = claim(iterate("U", k, u_0, u, r * u + s), "=", r**k * u_0 + s * series(i, k, r**i))
    told = explain(made)
    (base,), (step,) = told.of_kind("base"), told.of_kind("step")
    assert told.of_kind("proved") == ("by induction", "by normal form", "by normal form")
    assert isinstance(base, Claim)
    assert isinstance(step, Claim)
    assert base.left == u_0
    assert judge(base).status is judge(step).status is Status.PROVED
    assert [line.kind for line in told.lines if line.level] == ["proved", "normal form"] * 2


def test_ranges_tell_the_range_and_a_constant_difference_its_value() -> None:
    told = explain(claim(exp(a) + 1, ">", 0 * a))
    assert told.of_kind("proved") == ("by ranges",)
    assert told.of_kind("its range") == ("(1, ∞)",)
    assert [str(difference) for difference in explain(claim(a + 1, ">", a)).of_kind("left - right")] == ["1"]


def test_a_sum_of_squares_tells_the_form_and_what_may_stand_in_the_middle() -> None:
    told = explain(claim(0 * a, "<=", t.T @ S @ t, positive_semidefinite(S)))
    (form,) = told.of_kind("form")
    assert isinstance(form, Term)
    assert same(form, t.T @ S.T @ t)
    assert told.of_kind("semidefinite") == (S,)
    assert not told.of_kind("shift")


def test_a_completed_square_tells_its_shift() -> None:
    told = explain(claim(loss, ">=", norm(X @ hat_w - y) ** 2, full_column_rank(X)))
    assert told.of_kind("shift") == (f"w -> {w + hat_w}",)
    (form,) = told.of_kind("form")
    assert isinstance(form, Term)
    assert same(form, norm(X @ w) ** 2)
    assert told.of_kind("from") == ("definition of inverse(X.T @ X)",)


@pytest.mark.parametrize(
    ("made", "needs", "implied"),
    [
        (claim(1 / a * a, "=", 1 + 0 * a), ("a != 0",), ()),
        (claim(1 / a * a, "=", 1 + 0 * a, a > 0), (), ("a != 0, by its range",)),
        (claim(inverse(A) @ A, "=", identity(n), invertible(A)), (), ("A invertible, by an assumption",)),
        (claim(inverse(X.T @ X) @ X.T @ X, "=", identity(d), full_column_rank(X)), (), ("X.T @ X invertible, by definiteness",)),
    ],
)
def test_conditions_are_needed_or_implied_by_something(made: Claim, needs: tuple[str, ...], implied: tuple[str, ...]) -> None:
    told = explain(made)
    assert (told.of_kind("needs"), told.of_kind("implied")) == (needs, implied)


def test_a_refuted_claim_is_explained_by_its_counterexample() -> None:
    told = explain(claim(gradient(loss, w), "=", X.T @ (X @ w - y)))
    assert told.verdict.status is Status.REFUTED
    assert told.of_kind("at") == ("d = n = 1, X = [1], w = [1], y = [0]",)
    assert told.of_kind("left side") == ("2",)
    assert "factor 2" in str(told.of_kind("hint"))
    assert not told.of_kind("normal form")


def test_an_undecided_claim_is_explained_by_what_is_left_over() -> None:
    told = explain(claim(a * b * t, "=", 2 * t, equal(a * b, 2)))
    assert told.verdict.status is Status.UNDECIDED
    assert "left over: (a * b - 2) * t" in str(told.of_kind("reason"))


def test_every_claim_of_the_catalogue_can_be_explained() -> None:
    claims = [made for topic in catalogue.topics() for entry in topic.derivations for made in entry.claims]
    for made in claims:
        told = explain(made)
        assert told.verdict.status is Status.PROVED
        shown = {"normal form", "left - right", "form", "its range", "step", "part", "is least", "no real numbers"}
        assert {line.kind for line in told.lines} & shown
        assert pickle.loads(pickle.dumps(told)) == told
        assert repr(told)


# ---------------------------------------------------------------------------------------------------------- the command line


def test_the_command_explains_within_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["explain", "least_squares/the-least-squares-minimiser"]) == 0
    shown = capsys.readouterr().out
    assert "  in direction V  1/2 * (2 * trace((X @ w - y).T @ (X @ V)))\n" in shown
    assert "shift           w -> w + hat_w\n" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_the_command_explains_a_file_and_its_slips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.py"
    path.write_text(
        "from derivations import Derivation, Step, scalar\n"
        "x = scalar('x')\n"
        "entries = (Derivation('Own', (Step.of('right', x + x, '=', 2 * x), Step.of('wrong', x * x, '=', 2 * x))),)\n",
        "utf-8",
    )
    assert main(["explain", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "normal form     2 * x\n" in shown
    assert "refuted         by counterexample\n" in shown


def test_a_killed_explanation_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sleeping.py").write_text("import time\n\ndef explain(claim, seed):\n    time.sleep(600)\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(explanation, "explain", importlib.import_module("sleeping").explain)
    checking.close_workers()  # those that are kept do not know the path
    topic = catalogue.addressed("least_squares/gradient-of-the-least-squares-loss")
    told = checking.explained([topic], checking.Settings(time_limit=0.2))
    checking.close_workers()
    assert {each.verdict.status for each in told} == {Status.UNDECIDED}
    assert "killed at the deadline of 0.2 s" in str(told[0].of_kind("reason"))


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "least_square"]) == 2
    assert "did you mean least_squares?" in capsys.readouterr().err
