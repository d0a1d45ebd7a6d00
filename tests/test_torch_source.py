"""Counterexamples as torch source: it runs as it stands, and prints the numbers of the verdict."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from strategies import terms

from derivations.catalogue import TOPICS, topic
from derivations.evaluation.interpreter import EvaluationError
from derivations.language.assumptions import positive
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    cases,
    counter,
    define,
    dimensions,
    entry,
    family,
    gradient,
    hessian,
    index,
    iterate,
    jacobian,
    matrix,
    norm,
    scalar,
    series,
    sum_over,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.functions import define_function, relu, sigmoid, tanh
from derivations.language.laws import expectation, gaussian
from derivations.language.terms import Term
from derivations.language.verdicts import Counterexample, Status, Value, Verdict
from derivations.proof.mutants import mutants
from derivations.proof.refutation import Trial, trials, witness_of
from derivations.proof.sampling import Sampler
from derivations.proof.verification import Budget, judge
from derivations.reports.torch_source import torch_code

n, d = dimensions("n d")
X, A, w, y, b = matrix("X", n, d), matrix("A", d, d), vector("w", d), vector("y", n), scalar("b")
i, j, k, x = index("i", n), index("j", n), counter("k"), family("x", n, d)
z = scalar("z")
swish = define_function("swish", z, z * sigmoid(z))
residual = define("residual", X @ w - y)
member = define("h", relu(A @ x[i]), i)
GRADIENT = claim(gradient(norm(X @ w - y) ** 2, w), "=", X.T @ (X @ w - y))

TOLERANCE = 1e-9
"""Both sides are small numbers by a few hundred operations in 64 bits: far above their rounding, and far below any slip."""


def numbers(value: Value) -> list[float]:
    """The entries of a printed value; of an interval its middle."""
    return [float(entry.partition("±")[0].strip() or 0) if isinstance(entry, str) else float(entry) for row in value for entry in row]


def close(found: object, wanted: Value) -> bool:
    flat = torch.tensor(found, dtype=torch.float64).flatten()
    expected = torch.tensor(numbers(wanted), dtype=torch.float64)
    return flat.shape == expected.shape and bool(((flat - expected).abs() <= TOLERANCE * expected.abs().clamp(min=1)).all())


def printed_by(sources: Iterable[str], folder: Path) -> list[dict[str, object]]:
    """What each source prints, as left and right; all in one fresh process, each in a name space of its own."""
    paths = []
    for number, source in enumerate(sources):
        paths.append(folder / f"{number}.py")
        paths[-1].write_text(source, "utf-8")
    script = "import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path)"
    done = subprocess.run([sys.executable, "-c", script, *map(str, paths)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert [side for side, _ in lines] == ["left", "right"] * len(paths)
    return [{"left": json.loads(left), "right": json.loads(right)} for (_, left), (_, right) in zip(lines[::2], lines[1::2], strict=True)]


def refuted(topic_name: str, most: int) -> Iterable[tuple[Claim, Verdict]]:
    """Wrong variants of the claims of a topic, one of each, with their counterexamples."""
    claims = [made for entry in topic(topic_name).derivations for made in entry.claims]
    for made in claims[:: max(1, len(claims) // most)]:
        verdicts = ((mutant.claim, judge(mutant.claim, Budget(explain=False))) for mutant in mutants(made)[:3])
        yield from islice(((wrong, verdict) for wrong, verdict in verdicts if verdict.counterexample is not None), 1)


def source_or_none(wrong: Claim, verdict: Verdict) -> str | None:
    try:
        return torch_code(wrong, verdict)
    except UnsupportedError:
        return None


@pytest.mark.parametrize("name", TOPICS)
def test_the_counterexamples_of_the_catalogue_print_what_their_verdicts_say(name: str, tmp_path: Path) -> None:
    wrong = [(made, verdict, source_or_none(made, verdict)) for made, verdict in refuted(name, 8)]
    shown = [(made, verdict.counterexample, source) for made, verdict, source in wrong if verdict.counterexample and source]
    assert shown, f"none of {len(wrong)} counterexamples is shown in torch"
    for (made, found, source), printed in zip(shown, printed_by((source for *_, source in shown), tmp_path), strict=True):
        assert close(printed["left"], found.left), (made, source)
        assert close(printed["right"], found.right), (made, source)


def at_an_instance(term: Term, seed: int = 0) -> tuple[Claim, Counterexample] | None:
    """The claim that a term is itself, with the exact values of its sides at some instance of its domain."""
    made = Claim(term, "=", term)
    for trial in trials(Sampler(made, seed), 4):
        try:
            values = Trial(trial.instance).values(made)
        except EvaluationError:
            continue
        return made, Counterexample(witness_of(trial.instance, made), *values)
    return None


def runs_right(term: Term) -> bool:
    found = at_an_instance(term)
    assert found is not None
    made, values = found
    space: dict[str, torch.Tensor] = {}
    exec(torch_code(made, Verdict(Status.REFUTED, counterexample=values)), space)
    return close(space["left"].tolist(), values.left)


@pytest.mark.parametrize(
    "term",
    [
        gradient(norm(residual) ** 2, residual),
        gradient(norm(tanh(residual)) ** 2, residual),
        gradient(sum_over(j, norm(define("h", relu(A @ x[j]), j)) ** 2), member),
        gradient(gradient(b**3 * trace(A), b), b),
        gradient(sum_over(j, norm(x[j]) ** 2), x[i]),
        gradient(norm(A @ A, "F") ** 4, entry(A, 1, 1)),
        jacobian(tanh(X @ w), w),
        jacobian(A @ x[i], x[i]),
        hessian(norm(tanh(X @ w) - y) ** 2, w),
        hessian(cases((norm(w) ** 2 > 1, 2 * norm(w) ** 2), otherwise=norm(w) ** 2), w),
        swish(X @ w),
        swish.prime(X @ w),
        swish.prime(b, 2),
        tanh.prime(X @ w, 2),
        iterate("v", k, w, w, A @ w),
        iterate("f", k, (w, A @ w), (vector("p", d), vector("q", d)), vector("q", d) - vector("p", d)),
        series(counter("m"), k, A ** counter("m")),
        A @ series(counter("m"), k, A ** counter("m")),
        scalar("lambda") * n / (n + d) + zeros(1, 1),
        vector("y'", n) - y,
    ],
    ids=str,
)
def test_terms_of_every_kind_come_to_their_exact_values(term: Term) -> None:
    assert runs_right(term)


@settings(max_examples=150)
@given(terms(depth=2))
def test_any_term_that_has_a_spelling_comes_to_its_exact_value(term: Term) -> None:
    found = at_an_instance(term)
    assume(found is not None and source_or_none(found[0], Verdict(Status.REFUTED, counterexample=found[1])) is not None)
    assert runs_right(term)


def test_the_source_is_what_a_person_would_write() -> None:
    assert torch_code(GRADIENT, judge(GRADIENT)) == (
        "import torch\n\n"
        "X = torch.tensor([[1]], dtype=torch.float64)\n"
        "w = torch.tensor([[1]], dtype=torch.float64)\n"
        "y = torch.tensor([[0]], dtype=torch.float64)\n"
        "left = torch.func.grad(lambda w: ((X @ w - y)**2).sum())(w)\n"
        "right = X.T @ (X @ w - y)\n"
        "# the claim is left = right; exactly: left 2, right 1\n"
        'print("left ", left.tolist())\n'
        'print("right", right.tolist())\n'
    )


N = matrix("N", n, d)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (claim(b > 1, "iff", b > 2), "whose sides are statements"),
        (claim(expectation(norm(X + N, "F") ** 2, N), "=", norm(X, "F") ** 2, given=gaussian(N)), "Expectation"),
        (claim(2**k * b, "->", 0, given=positive(b)), "a limit"),
    ],
)
def test_what_has_no_spelling_is_refused_by_name(wrong: Claim, message: str) -> None:
    verdict = judge(wrong, Budget(explain=False))
    assert verdict.counterexample is not None
    with pytest.raises(UnsupportedError, match=message):
        torch_code(wrong, verdict)


def test_a_verdict_without_a_counterexample_is_refused() -> None:
    right = claim(gradient(norm(w) ** 2, w), "=", 2 * w)
    with pytest.raises(DeclarationError, match="proved without a counterexample"):
        torch_code(right, judge(right))
