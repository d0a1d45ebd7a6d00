"""Evidence agrees with what is true, in every dtype, and has the power to tell it from what is wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evaluation.evidence import EvidenceError, NumericSettings, check_settings, gather
from derivations.language import functions as fn
from derivations.language.assumptions import (
    Assumption,
    equal,
    full_column_rank,
    full_row_rank,
    invertible,
    negative,
    nonnegative,
    nonzero,
    positive,
    positive_definite,
    symmetric,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    argmin,
    cases,
    define,
    delta,
    det,
    diag,
    diagonal,
    dimensions,
    entry,
    family,
    gradient,
    hadamard,
    hessian,
    identity,
    index,
    indicator,
    inverse,
    jacobian,
    literal,
    matrix,
    maximum,
    minimum,
    norm,
    ones,
    scalars,
    softmax,
    sum_over,
    trace,
    unit,
    vector,
    zeros,
)
from derivations.language.errors import UnsupportedError
from derivations.language.operators import Function
from derivations.language.shapes import SCALAR
from derivations.language.terms import Operand, Relation, Symbol, Term, as_term
from numeric.devices import DTYPES, available_devices, unit_roundoff

n, d, m = dimensions("n d m")
X, Y, B = matrix("X", n, d), matrix("Y", n, d), matrix("B", d, m)
S, P = matrix("S", d, d), matrix("P", d, d)
w, v, y = vector("w", d), vector("v", d), vector("y", n)
s, t, beta = scalars("s t beta")
x, c = family("x", n, d), family("c", n)
i, j, k = index("i", n), index("j", d), index("k", d)
g = define("g", fn.tanh(P @ w))
Z = scalars("z")[0]
slope = ones(d) - hadamard(g, g)
q, total = softmax(w), sum_over(i, x[i])
cube = fn.define_function("cube", Z, Z**3)

Given = tuple[Assumption, ...]
TABLE: list[tuple[Term, str, Operand, list[Operand], Given]] = [
    # left, relation, right, wrong right sides, assumptions
    (gradient(norm(X @ w - y) ** 2, w), "=", 2 * X.T @ (X @ w - y), [X.T @ (X @ w - y), 2 * X.T @ (X @ w + y), 2 * X.T @ (y - X @ w)], ()),
    (hessian(norm(X @ w - y) ** 2, w), "=", 2 * X.T @ X, [X.T @ X, 2 * X.T @ Y], ()),
    (inverse(X.T @ X) @ X.T @ X, "=", identity(d), [2 * identity(d), inverse(X.T @ X)], ()),
    (inverse(S @ P), "=", inverse(P) @ inverse(S), [inverse(S) @ inverse(P)], ()),
    (trace(X.T @ Y), "=", trace(Y @ X.T), [trace(X.T @ X), -trace(Y @ X.T)], ()),
    ((X @ B).T, "=", B.T @ X.T, [B.T @ Y.T], ()),
    (det(S @ P), "=", det(S) * det(P), [det(S) + det(P), det(S) * det(S)], ()),
    (gradient(fn.log(det(P)), P), "=", inverse(P).T, [inverse(P) / 2, P.T], (positive_definite(P),)),
    (gradient(w.T @ S @ w, w), "=", 2 * S @ w, [S @ w], (symmetric(S),)),
    (gradient(w.T @ S @ w, w), "=", (S + S.T) @ w, [2 * S @ w, 2 * S.T @ w], ()),
    (jacobian(q, w), "=", diag(q) - q @ q.T, [diag(q) + q @ q.T, diag(q)], ()),
    (gradient(fn.log(entry(softmax(w), k)), entry(w, j)), "=", delta(k, j) - entry(softmax(w), j), [delta(k, j) - entry(softmax(w), k)], ()),
    (gradient(norm(g) ** 2, g), "=", 2 * g, [g, 2 * P.T @ g], ()),
    (gradient(norm(g) ** 2, w), "=", 2 * P.T @ hadamard(g, slope), [2 * P @ hadamard(g, slope), 2 * P.T @ g], ()),
    (gradient(sum_over(i, norm(x[i] - w) ** 2), w), "=", 2 * (n * w - total), [2 * (w - total), n * w - total], ()),
    (gradient(sum_over(i, c[i] ** 3), c[i]), "=", 3 * c[i] ** 2, [3 * c[i], c[i] ** 2], ()),
    (gradient(norm(w), w), "=", w / norm(w), [w, w / norm(w) ** 2], ()),
    (gradient(ones(d).T @ fn.relu(w), w), "=", indicator(Relation(w, ">", 0 * w)), [indicator(Relation(w, "<", 0 * w)), ones(d)], ()),
    (gradient(norm(w, 1), w), "=", fn.sign(w), [fn.abs_(w), -fn.sign(w)], ()),
    (maximum(w, v) + minimum(w, v), "=", w + v, [w - v, maximum(w, v)], ()),
    (fn.sqrt(s**2), "=", s, [-s, s**2], (positive(s),)),
    (fn.abs_(s), "=", -s, [s], (negative(s),)),
    (fn.log(s * t), "=", fn.log(s) + fn.log(t), [fn.log(s) - fn.log(t), fn.log(s + t)], (positive(s), positive(t))),
    (maximum(s, t), "=", t, [s], (Relation(s, "<", t),)),
    (fn.abs_(1 - beta), "=", 1 - beta, [1 + beta, beta - 1], (beta > 0, beta <= 1)),
    (s**beta * s**t, "=", s ** (beta + t), [s ** (beta * t), s**beta], (s > 0,)),
    (s * beta, "=", t**2 * beta, [t * beta], (Relation(s, "=", t**2),)),
    (s / s, "=", 1, [0, s], (nonzero(s),)),
    (S @ inverse(S), "=", identity(d), [S], (invertible(S),)),
    (fn.sigmoid(s), "=", 1 / (1 + fn.exp(-s)), [1 / (1 + fn.exp(s)), fn.tanh(s)], ()),
    (cube.prime(w), "=", 3 * hadamard(w, w), [hadamard(w, w), 3 * w], ()),
    (cases((s > 0, s), otherwise=-s), "=", fn.abs_(s), [s, -s], ()),
    (cases((s > 0, fn.log(s)), otherwise=s), "=", cases((s <= 0, s), otherwise=fn.log(fn.abs_(s))), [fn.log(fn.abs_(s))], ()),
    (X @ unit(d, j), "=", X @ identity(d) @ unit(d, j), [Y @ unit(d, j)], ()),
    (diagonal(w @ v.T), "=", hadamard(w, v), [w + v], ()),
    (literal([s, 1], [0, t]) @ literal([1, -1], [0, 1]), "=", literal([s, 1 - s], [0, t]), [literal([s, 1 + s], [0, t])], ()),
    (trace(identity(n)), "=", n, [n + 1, n**2], ()),
    (norm(X @ w) ** 2, ">=", 0, [norm(X @ w)], ()),
    (s**2 + t**2, ">=", 2 * s * t, [3 * s * t, 2 * s**2], ()),
    (w.T @ P @ w, ">", 0, [w.T @ w * 9], (positive_definite(P),)),
    (s * t, "<=", (s**2 + t**2) / 2, [(s**2 - t**2) / 2], ()),
    (fn.tanh(s), "<", 1, [0], ()),
    (s + t, ">=", s, [s + 2 * t], (nonnegative(t),)),
    (X @ X.T @ inverse(X @ X.T), "=", identity(n), [2 * identity(n), X @ X.T], (full_row_rank(X),)),
    (w, "=", inverse(X.T @ X) @ X.T @ y, [-w, v], (full_column_rank(X), Relation(X.T @ X @ w, "=", X.T @ y))),
    (c[i] + s, "=", s + c[i], [s - c[i]], (Relation(c[i] + s, "=", s + c[i]),)),
    (beta**2 + t**2, ">=", 2, [3], (Relation(beta + t, "=", as_term(2)),)),
    (norm(w - ones(d)) ** 2, "=", norm(w) ** 2 - d, [norm(w) ** 2 + d, norm(w) ** 2], (Relation(ones(d).T @ w, "=", d),)),
    (X @ (w - v), "=", zeros(n), [X @ w, y], (Relation(X @ w, "=", y), Relation(X @ v, "=", y))),
]
PAIRS = [
    (claim(left, relation, right, given), [claim(left, relation, each, given) for each in wrong]) for left, relation, right, wrong, given in TABLE
]
ROWS = [pytest.param(true, wrong, id=str(true)) for true, wrong in PAIRS]


# ------------------------------------------------------------------------------------------------------ truth and power


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("true", "wrong"), ROWS)
def test_true_claims_agree_and_every_wrong_variant_is_caught(true: Claim, wrong: list[Claim], dtype: str, device: str) -> None:
    evidence = gather(true, wrong, NumericSettings(device, dtype))
    assert evidence.agrees
    assert evidence.instances >= 10 or true.left == trace(identity(n))
    assert evidence.bound < 2e4 * unit_roundoff(DTYPES[dtype])
    assert (evidence.mutants, evidence.mutants_caught) == (len(wrong), len(wrong))
    assert (evidence.device, evidence.dtype, evidence.note) == (device, dtype, "")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize(("true", "wrong"), ROWS)
def test_true_claims_do_not_fail_in_sixteen_bits(true: Claim, wrong: list[Claim], dtype: str) -> None:
    evidence = gather(true, wrong, NumericSettings(dtype=dtype))
    assert evidence.agrees or evidence.note


def test_the_list_of_wrong_claims_is_long_and_each_alone_disagrees() -> None:
    wrong = [each for _, variants in PAIRS for each in variants]
    assert len(wrong) >= 15
    agreeing = [each for each in wrong if gather(each, (), NumericSettings()).agrees]
    assert agreeing == []


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_sixteen_bits_have_power_too_where_little_is_computed(dtype: str) -> None:
    true = claim(s * (t + 1), "=", s * t + s)
    evidence = gather(true, [replace(true, right=s * t - s), replace(true, right=s * t)], NumericSettings(dtype=dtype))
    assert evidence.agrees
    assert evidence.mutants_caught == 2


# Identities that hold for any terms; the terms are drawn.
Identity = Callable[[Term, Term, Term], tuple[Term, Term]]
IDENTITIES: tuple[Identity, ...] = (
    lambda a, b, e: (a + b - e, a - (e - b)),
    lambda a, b, e: (hadamard(a, b - e), hadamard(a, b) - hadamard(e, a)),
    lambda a, b, e: (S @ (a + b), S @ a + S @ b),
    lambda a, b, e: ((a @ b.T) @ e, a * (b.T @ e)),
    lambda a, b, e: (norm(a - b) ** 2, norm(a) ** 2 - 2 * a.T @ b + norm(b) ** 2),
    lambda a, b, e: (gradient(a.T @ (b + e), w), gradient(a.T @ b, w) + gradient(e.T @ a, w)),
    lambda a, b, e: (gradient(a.T @ b, w), jacobian(a, w).T @ b + jacobian(b, w).T @ a),
    lambda a, b, e: (jacobian(hadamard(a, b), w), diag(a) @ jacobian(b, w) + diag(b) @ jacobian(a, w)),
    lambda a, b, e: (hessian(a.T @ b, w), hessian(b.T @ a, w).T),
    lambda a, b, e: (a / (2 + norm(b) ** 2), (a + b - b) / (1 + b.T @ b + 1)),
    lambda a, b, e: (softmax(a + (b.T @ e) * ones(d)), softmax(a)),
    lambda a, b, e: (fn.tanh(a), hadamard(fn.exp(a) - fn.exp(-a), fn.reciprocal(fn.exp(a) + fn.exp(-a)))),
    lambda a, b, e: (trace(a @ b.T @ S), b.T @ S @ a),
    lambda a, b, e: (maximum(a, b), (a + b + fn.abs_(a - b)) / 2),
)


def vectors(depth: int) -> st.SearchStrategy[Term]:
    """Random smooth terms of shape (d, 1)."""
    leaves = st.sampled_from((w, v, ones(d), Fraction(1, 3) * w, x[1]))
    if depth == 0:
        return leaves
    part = vectors(depth - 1)
    return st.one_of(
        st.builds(lambda a, b: a + b, part, part),
        st.builds(lambda a, b: a - b, part, part),
        st.builds(hadamard, part, part),
        st.builds(lambda a: P @ a, part),
        st.builds(lambda a, b: (a.T @ b) * a, part, part),
        st.builds(lambda a: X.T @ fn.tanh(X @ a), part),
        st.builds(fn.sigmoid, part),
        st.builds(softmax, part),
    )


@settings(max_examples=120)
@given(st.sampled_from(IDENTITIES), st.tuples(*[vectors(2)] * 3), st.integers(0, 1000))
def test_random_true_claims_stay_within_the_bound_in_every_dtype(identity_of: Identity, parts: tuple[Term, Term, Term], seed: int) -> None:
    left, right = identity_of(*parts)
    for dtype in DTYPES:
        evidence = gather(claim(left, "=", right), (), NumericSettings(dtype=dtype, samples=12, seed=seed))
        assert evidence.agrees or evidence.note
        assert evidence.agrees or dtype in ("bfloat16", "float16")


# ------------------------------------------------------------------------------------------------------------- instances


def test_one_seed_gives_one_evidence() -> None:
    first, again, other = (gather(claim(s, "=", t), (), NumericSettings(seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first.worst_error != other.worst_error


@pytest.mark.parametrize("samples", [1, 7, 64])
def test_about_as_many_instances_as_asked_for(samples: int) -> None:
    scalar_claim, matrix_claim = claim(s + t, "=", t + s), claim((X + Y).T, "=", X.T + Y.T)
    assert gather(scalar_claim, (), NumericSettings(samples=samples)).instances == samples
    assert samples <= gather(matrix_claim, (), NumericSettings(samples=samples)).instances <= samples + 2


def test_what_holds_no_symbol_counts_once_a_shape() -> None:
    assert gather(claim(literal([1, 2]) @ literal([3], [4]), "=", 11), (), NumericSettings()).instances == 1
    assert gather(claim(trace(identity(n)), "=", n), (), NumericSettings()).instances == 4


def test_a_claim_about_sizes_alone_is_tried_at_many_of_them_on_either_side_of_its_border() -> None:
    products = claim(n * d**2 < d * n**2, "iff", d < n)
    wrong = [claim(n * d**2 < d * n**2, "iff", d <= n), claim(n * d**2 < d * n**2, "iff", d + 1 < n)]
    evidence = gather(products, wrong, NumericSettings())
    assert (evidence.instances, evidence.false, evidence.mutants_caught) == (12, 0, 2)
    assert gather(products, wrong, NumericSettings(samples=5)).instances == 5


def test_unequal_sizes_tell_what_equal_ones_do_not() -> None:
    assert not gather(claim(trace(X @ X.T) + n, "=", trace(X.T @ X) + d), (), NumericSettings()).agrees


def test_a_claim_of_square_matrices_only_finds_equal_sizes() -> None:
    both = claim(X @ inverse(X.T @ X) @ X.T, "=", identity(n), (invertible(X.T @ X), invertible(X @ X.T)))
    evidence = gather(both, [claim(both.left, "=", 2 * identity(n), both.given)], NumericSettings())
    assert evidence.agrees
    assert evidence.mutants_caught == 1


def test_instances_outside_the_domain_do_not_count() -> None:
    evidence = gather(claim(fn.exp(fn.log(s)), "=", s), (), NumericSettings(samples=60))
    assert evidence.agrees
    assert 20 <= evidence.instances < 60


@pytest.mark.parametrize(
    "given_",
    [
        (Relation(s, ">", as_term(2)), Relation(s, "<", as_term(1))),
        (Relation(s**2, "=", as_term(2)), Relation(s, "!=", t)),
        (Relation(norm(w), "=", as_term(-1)),),
        (positive_definite(S), Relation(trace(S), "<", as_term(0))),
    ],
    ids=str,
)
def test_assumptions_that_no_draw_meets_are_said(given_: Given) -> None:
    evidence = gather(claim(s + trace(S) * norm(w), "=", s + trace(S) * norm(w) * 2, given_), (), NumericSettings())
    assert evidence.note == "none (no random instance meets the assumptions inside the domain)"
    assert not evidence.agrees
    assert evidence.instances == 0


def test_a_claim_without_a_value_anywhere_is_said() -> None:
    assert gather(claim(fn.log(-(s**2)), "=", s), (), NumericSettings()).note


def test_an_assumption_with_a_free_index_is_met_by_every_member() -> None:
    true = claim(fn.sqrt(c[i] ** 2), "=", c[i], positive(c[i]))
    evidence = gather(true, [replace(true, right=-c[i])], NumericSettings())
    assert evidence.agrees
    assert evidence.mutants_caught == 1


def test_a_variant_that_has_no_value_is_caught() -> None:
    true = claim(fn.log(s**2 + 1), "=", fn.log(1 + s**2))
    without_value = [replace(true, right=fn.log(-1 - s**2)), replace(true, right=1 / (s - s)), replace(true, right=entry(inverse(w @ w.T), 1, 1) * s)]
    assert gather(true, without_value, NumericSettings()).mutants_caught == 3


def test_a_variant_that_means_the_same_is_not_caught() -> None:
    true = claim((X @ w).T @ y, "=", w.T @ X.T @ y)
    evidence = gather(true, [replace(true, right=y.T @ X @ w), replace(true, right=-y.T @ X @ w)], NumericSettings())
    assert (evidence.mutants, evidence.mutants_caught) == (2, 1)


def test_a_turned_relation_is_caught() -> None:
    true = claim(s**2 + 1, ">=", 2 * s - 1)
    assert gather(true, [replace(true, relation="<="), replace(true, relation="=")], NumericSettings()).mutants_caught == 2


# --------------------------------------------------------------------------------------------------- refusals and settings


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (claim(Symbol("q", SCALAR, "complex") * 1, "=", 0), "q is complex"),
        (claim(Function("erf")(s), "=", s), "no rule for the function erf"),
        (claim(argmin(norm(w), w), "=", zeros(d)), "torch minimises quadratic functions"),
        (claim(s, "=", s + 0, equal(w, argmin(norm(v, 1), v))), "torch minimises quadratic functions"),
    ],
    ids=str,
)
def test_what_torch_cannot_evaluate_is_refused_loudly(refused: Claim, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        gather(refused, (), NumericSettings())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (NumericSettings(device="cuda:77"), "device 'cuda:77' is not available here; available: cpu"),
        (NumericSettings(dtype="float128"), "'float128' is no dtype to compute in; expected one of float64, float32, bfloat16, float16"),
        (NumericSettings(samples=0), "samples = 0, seed = 0; expected samples ≥ 1 and seed ≥ 0"),
        (NumericSettings(seed=-1), "expected samples ≥ 1 and seed ≥ 0"),
    ],
)
def test_settings_that_cannot_be_met_are_refused(wrong: NumericSettings, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        check_settings(wrong)
    with pytest.raises(EvidenceError, match=message):
        gather(claim(s, "=", s + 0), (), wrong)


def test_without_torch_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("numeric", "torch")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EvidenceError, match=r'torch is not installed; .* pip install "derivations\[torch\]"'):
        check_settings(NumericSettings())


def test_the_settings_are_importable_without_torch() -> None:
    program = "import sys; import derivations.evaluation.evidence; assert not {'torch', 'numpy', 'numeric'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_torch_is_left_as_it_was() -> None:
    before = torch.get_num_threads(), torch.get_float32_matmul_precision(), torch.is_grad_enabled(), torch.initial_seed()
    gather(claim(gradient(norm(w) ** 2, w), "=", 2 * w), (), NumericSettings())
    assert (torch.get_num_threads(), torch.get_float32_matmul_precision(), torch.is_grad_enabled(), torch.initial_seed()) == before
