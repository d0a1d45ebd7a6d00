"""The topics: what every derivation of the catalogue must look like, and that each of its claims is proved and agrees with torch."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.catalogue import TOPICS, gradient_descent, least_squares
from derivations.catalogue.backpropagation import curve_network_in_numbers, two_layer_relu_in_numbers
from derivations.catalogue.least_squares import interpolation_in_numbers
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.language.claims import Derivation
from derivations.language.constructors import column_vector, literal
from derivations.language.errors import DeclarationError, DerivationError
from derivations.language.terms import Literal, Number, Term, as_term
from derivations.language.traversal import dimensions, named, symbols
from derivations.language.verdicts import Status
from derivations.proof.mutants import mutants
from derivations.proof.verification import judge, judge_mutants

QUESTIONS = {
    "comp691-a1/1a",
    "comp691-a1/1b",
    "comp691-a1/2a",
    "comp691-a1/2b",
    "comp691-a1/2d",
    "comp691-a1/3a",
    "comp691-a1/3b",
    "comp691-a1/4",
    "comp691-a1/5a",
    "comp691-a1/5b",
    "comp691-a1/5c",
    "comp691-a1/5d",
    "cs182-hw2/1a",
    "cs182-hw2/1b",
    "cs182-hw2/1c",
    "cs182-hw2/1d",
    "cs182-hw2/1e",
    "cs182-hw2/1f",
    "cs182-hw2/1g",
    "cs182-hw2/2a",
    "cs182-hw2/2b",
    "cs182-hw2/2c",
    "cs182-hw2/2d",
    "cs182-hw2/2e",
    "cs182-hw2/2f",
    "cs182-hw2/2g",
    "cs182-hw2/3a",
    "cs182-hw2/3b",
    "cs182-hw2/3c",
    "cs182-hw2/3d",
    "cs182-hw2/nb",
    "csc413-a1/1.2.1",
    "csc413-a1/1.2.2",
    "csc413-a1/1.3.1",
    "csc413-a1/1.3.2",
    "csc413-a1/2.1.2",
    "csc413-a1/2.2.1",
    "csc413-a1/2.2.2",
    "csc413-a1/2.2.3",
    "csc413-a1/3.1",
    "csc413-a1/3.2",
    "nyu-dl-hw1/1",
    "nyu-dl-hw1/2a",
    "nyu-dl-hw1/2b",
    "nyu-dl-hw1/2c",
    "nyu-dl-hw1/2d",
    "nyu-dl-hw1/3a",
    "nyu-dl-hw1/3b",
    "nyu-dl-hw1/3c",
    "nyu-dl-hw1/3d",
    "nyu-dl-hw1/4",
    "nyu-dl-hw1/5",
    "nyu-dl22-hw1/1.2",
    "nyu-dl22-hw1/1.3",
    "nyu-dl22-hw1/1.4",
    "nyu-dl22-hw1/NLL",
}


def topic(name: str) -> ModuleType:
    return importlib.import_module(f"derivations.catalogue.{name}")


def derivations_of(name: str) -> list[Derivation]:
    return [entry() if callable(entry) else entry for entry in topic(name).entries]


def sources() -> list[Path]:
    """The files of the topics: one each, or those of a package."""
    files = [Path(inspect.getfile(topic(name))) for name in TOPICS]
    return [part for path in files for part in (sorted(path.parent.glob("*.py")) if path.name == "__init__.py" else [path])]


def devices() -> list[str]:
    import torch

    return ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


EVERY = [pytest.param(derivation, id=f"{name}/{derivation.name}") for name in TOPICS for derivation in derivations_of(name)]
PUBLIC = [(name, function) for name in TOPICS for function in topic(name).__all__ if function != "entries"]


@pytest.mark.parametrize("derivation", EVERY)
def test_both_sides_of_a_claim_are_different_statements_or_terms_of_one_shape(derivation: Derivation) -> None:
    for step, claim in zip(derivation.steps, derivation.claims, strict=True):
        assert claim.left != claim.right, step.title
        if isinstance(claim.left, Term):
            assert isinstance(claim.right, Term), step.title
            assert claim.left.shape == claim.right.shape, step.title


@pytest.mark.parametrize("derivation", EVERY)
def test_a_derivation_says_each_claim_once_under_its_own_title_and_with_a_reason(derivation: Derivation) -> None:
    assert len({step.title for step in derivation.steps}) == len(derivation.steps)
    assert len(set(derivation.claims)) == len(derivation.claims)
    assert all(step.reason for step in derivation.steps)


@pytest.mark.parametrize("derivation", EVERY)
def test_a_name_stands_for_one_thing_throughout_a_derivation(derivation: Derivation) -> None:
    terms = [term for claim in derivation.claims for term in claim.terms]
    things = symbols(terms)
    names = [*(thing.name for thing in things), *(dim.name for dim in dimensions(terms)), *named(terms)]
    assert len(names) == len(set(names))


def test_the_names_of_the_derivations_of_a_topic_differ() -> None:
    for name in TOPICS:
        names = [derivation.name for derivation in derivations_of(name)]
        assert len(names) == len(set(names)), name


def test_the_questions_of_the_sheets_are_answered() -> None:
    assert {question for name in TOPICS for derivation in derivations_of(name) for question in derivation.questions} == QUESTIONS


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_module_with_entries_says_its_model_loss_convention_and_reference(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(tree) or ""
    assert docstring
    if any(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "entries" for node in tree.body):
        for heading in (r"^Models?[:,]", r"^(Loss|Models)\b", r"^Convention:", r"^Reference:"):
            assert re.search(heading, docstring, re.MULTILINE), heading


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_topic_holds_no_markup(path: Path) -> None:
    constants = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)]
    assert not [text for text in constants if isinstance(text, str) and ("\\" in text or "$" in text)]


def test_the_topics_load_no_engine() -> None:
    heavy = ("sympy", "torch", "z3", "flint", "matplotlib")
    program = f"import sys\nfrom derivations.catalogue import {', '.join(TOPICS)}\nprint([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize(("name", "function"), PUBLIC)
def test_a_public_function_is_documented_and_needs_no_argument(name: str, function: str) -> None:
    import sympy
    from sympy.matrices.expressions.matexpr import MatrixExpr

    found = getattr(topic(name), function)
    assert inspect.getdoc(found)
    result = found()
    if isinstance(result, Derivation):
        return
    for value in result.values() if isinstance(result, dict) else result if isinstance(result, tuple) else [result]:
        assert isinstance(value, sympy.Expr | MatrixExpr | bool), (name, function, type(value))


def right_side(derivation: Derivation, title: str) -> list[list[Any]]:
    """The rows of numbers that a step claims."""
    (term,) = (step.claim.right for step in derivation.steps if step.title == title)
    if isinstance(term, Number):
        return [[term.value]]
    assert isinstance(term, Literal)
    return [[entry.value for entry in row if isinstance(entry, Number)] for row in term.rows]


def test_the_numbers_of_the_course_are_the_defaults() -> None:
    two_layers = two_layer_relu_in_numbers()
    assert right_side(two_layers, "preactivations") == [[8], [1], [-6]]
    assert right_side(two_layers, "activations") == [[8], [1], [0]]
    assert right_side(two_layers, "error of the activations") == [[-4], [6], [4]]
    assert right_side(two_layers, "error of the preactivations") == [[-4], [6], [0]]
    assert right_side(two_layers, "hidden weights") == [[-4, -12, -4], [6, 18, 6], [0, 0, 0]]
    assert right_side(two_layers, "output weights") == [[8, 1, 0]] * 3
    assert right_side(two_layers, "squared norm, hidden weights") == [[572]]
    assert right_side(two_layers, "squared norm, output weights") == [[195]]
    curve = curve_network_in_numbers()
    assert right_side(curve, "preactivations") == [[-1], [3], [1], [-1]]
    assert right_side(curve, "output") == [[-3]]
    assert right_side(curve, "hidden weights") == [[0], [-2], [-2], [0]]
    assert right_side(curve, "hidden biases") == [[0], [-1], [-1], [0]]
    assert right_side(curve, "output weights") == [[0], [3], [1], [0]]
    assert right_side(curve, "output bias") == [[1]]
    interpolation = interpolation_in_numbers()
    assert right_side(interpolation, "the points of the line interpolate") == [[3]]
    assert right_side(interpolation, "the formula for the least norm") == [[Fraction(3, 2)], [Fraction(3, 2)]]
    assert right_side(interpolation, "its squared norm") == [[Fraction(9, 2)]]


def assert_proved(derivation: Derivation) -> None:
    for step, claim in zip(derivation.steps, derivation.claims, strict=True):
        verdict = judge(claim)
        assert verdict.status is Status.PROVED, (step.title, verdict.reason)
        assert not verdict.alarm, step.title
        assert verdict.witness is not None, step.title
        assert not [condition for condition in verdict.conditions if condition.startswith("only for")], step.title


@pytest.mark.parametrize("derivation", EVERY)
def test_every_claim_is_proved(derivation: Derivation) -> None:
    assert_proved(derivation)


@pytest.mark.parametrize("device", devices())
@pytest.mark.parametrize("derivation", EVERY)
def test_wrong_variants_are_refuted_and_torch_tells_them_from_the_claim(derivation: Derivation, device: str) -> None:
    for step, claim in zip(derivation.steps, derivation.claims, strict=True):
        count, places = judge_mutants(claim)
        refuted = [mutants(claim)[place] for place in places]
        assert not count.survivors, step.title
        assert refuted, step.title
        shown = tuple(mutant.claim for mutant in refuted if mutant.shows_in_floats)
        evidence = gather(claim, shown, NumericSettings(device=device))
        assert evidence.agrees, (step.title, evidence)
        assert evidence.mutants_caught == evidence.mutants == len(shown), (step.title, evidence)


small = st.integers(-5, 5)
sizes = st.integers(1, 3)


def vectors(size: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[small] * size)


@given(st.data(), sizes, sizes, sizes)
@settings(max_examples=25)
def test_two_layers_in_numbers_agree_with_autograd_and_are_proved(data: st.DataObject, d: int, H: int, K: int) -> None:
    import torch

    x, bar_y = data.draw(vectors(d)), data.draw(vectors(K))
    W_1, W_2 = data.draw(st.tuples(*[vectors(d)] * H)), data.draw(st.tuples(*[vectors(H)] * K))
    first, second = (torch.tensor(W, dtype=torch.float64, requires_grad=True) for W in (W_1, W_2))
    z = first @ torch.tensor(x, dtype=torch.float64)
    assume(bool((z != 0).all()))
    loss = second @ torch.relu(z) @ torch.tensor(bar_y, dtype=torch.float64)
    hidden, output = torch.autograd.grad(loss, (first, second))
    derivation = two_layer_relu_in_numbers(x, W_1, W_2, bar_y)
    assert right_side(derivation, "hidden weights") == hidden.tolist()
    assert right_side(derivation, "output weights") == output.tolist()
    assert right_side(derivation, "squared norm, hidden weights") == [[float((hidden**2).sum())]]
    assert right_side(derivation, "squared norm, output weights") == [[float((output**2).sum())]]
    assert_proved(derivation)


@given(st.data(), sizes)
@settings(max_examples=25)
def test_the_curve_network_in_numbers_agrees_with_autograd_and_is_proved(data: st.DataObject, H: int) -> None:
    import torch

    x, b_O = data.draw(small), data.draw(small)
    numbers = {name: data.draw(vectors(H)) for name in ("W_H", "b_H", "W_O")}
    W_H, b_H, W_O = (torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in numbers.values())
    bar_z = W_H * x + b_H
    assume(bool((bar_z != 0).all()))
    f = W_O @ torch.relu(bar_z) + b_O
    gradients = torch.autograd.grad(f, (W_H, b_H, W_O))
    derivation = curve_network_in_numbers(x, **numbers, b_O=b_O)
    assert right_side(derivation, "output") == [[f.item()]]
    for title, expected in zip(("hidden weights", "hidden biases", "output weights"), gradients, strict=True):
        assert right_side(derivation, title) == [[entry] for entry in expected.tolist()]
    assert_proved(derivation)


fractions = st.fractions(-5, 5, max_denominator=4)


@given(st.lists(fractions, min_size=2, max_size=4).filter(lambda x: x[-1] != 0), fractions)
@settings(max_examples=25)
def test_the_interpolation_of_one_sample_agrees_with_the_pseudo_inverse_and_is_proved(x: list[Fraction], t: Fraction) -> None:
    import torch

    derivation = interpolation_in_numbers(tuple(x), t)
    best = torch.linalg.pinv(torch.tensor([list(map(float, x))], dtype=torch.float64)) * float(t)
    stated = torch.tensor([[float(entry) for entry in row] for row in right_side(derivation, "the formula for the least norm")], dtype=torch.float64)
    torch.testing.assert_close(stated, best)
    assert_proved(derivation)


@given(st.lists(vectors(3), min_size=2, max_size=2))
@settings(max_examples=25)
def test_the_solutions_that_the_functions_give_are_those_of_torch(rows: list[tuple[int, ...]]) -> None:
    import torch

    wide = torch.tensor(rows, dtype=torch.float64)
    assume(bool(torch.linalg.matrix_rank(wide) == 2))
    X, y, t, penalty = literal(*rows), column_vector(1, -2, 3), column_vector(2, 5), as_term(4)
    tall, targets = wide.mT, torch.tensor([[1.0], [-2], [3]], dtype=torch.float64)
    few_targets = torch.tensor([[2.0], [5]], dtype=torch.float64)
    widened = torch.cat((wide, 2 * torch.eye(3))), torch.cat((few_targets, torch.zeros(3, 1)))  # rows √λ I with targets 0: the penalty
    for found, expected in (
        (least_squares.minimiser(X.T, y), torch.linalg.lstsq(tall, targets).solution),
        (least_squares.fitted_values(X.T, y), tall @ torch.linalg.lstsq(tall, targets).solution),
        (least_squares.hat_matrix(X.T), tall @ torch.linalg.pinv(tall)),
        (least_squares.least_norm_minimiser(X.T, y), torch.linalg.lstsq(tall, targets, driver="gelsd").solution),
        (least_squares.minimum_norm_solution(X, t), torch.linalg.pinv(wide) @ few_targets),
        (least_squares.row_space_projection(X), torch.linalg.pinv(wide) @ wide),
        (least_squares.ridge_minimiser(X, t, penalty), torch.linalg.lstsq(*widened).solution),
    ):
        torch.testing.assert_close(torch.tensor(found.doit().as_explicit().tolist(), dtype=torch.float64), expected)


@given(st.lists(vectors(2), min_size=3, max_size=3), vectors(2), st.fractions(-1, 1, max_denominator=8), st.integers(0, 4))
@settings(max_examples=25)
def test_the_iterates_that_the_functions_give_are_those_of_steps_along_the_gradient(
    rows: list[tuple[int, ...]], start: tuple[int, ...], size: Fraction, count: int
) -> None:
    import torch

    data, targets = torch.tensor(rows, dtype=torch.float64), torch.tensor([1.0, -2, 3], dtype=torch.float64)
    assume(bool(torch.linalg.matrix_rank(data) == 2))
    X, y, w_0, alpha, k = literal(*rows), column_vector(1, -2, 3), column_vector(*start), as_term(size), as_term(count)

    def steps(factors: torch.Tensor, targets: torch.Tensor, number: int) -> torch.Tensor:
        """The weights after gradient steps on half the squared error."""
        w = torch.tensor(start, dtype=torch.float64)
        for _ in range(number):
            w.requires_grad_()
            (slope,) = torch.autograd.grad(((factors @ w - targets) ** 2).sum() / 2, w)
            w = (w - float(size) * slope).detach()
        return w

    sigma_l, sigma_s, eta = as_term(3), as_term(2), alpha / 2  # without the half in the loss, half the step size
    diagonal, two_targets = torch.diag(torch.tensor([3.0, 2], dtype=torch.float64)), targets[:2]
    y_2 = column_vector(1, -2)
    for found, expected in (
        (gradient_descent.step(X, w_0, y, alpha), steps(data, targets, 1)),
        (gradient_descent.second_iterate(X, w_0, y, alpha), steps(data, targets, 2)),
        (gradient_descent.iterate_by_distance(X, w_0, y, alpha, k), steps(data, targets, count)),
        (gradient_descent.singular_step(X, w_0, y, eta), steps(data, targets, 1)),
        (gradient_descent.two_coordinate_iterate(w_0, y_2, sigma_l, sigma_s, eta, k), steps(diagonal, two_targets, count)),
    ):
        torch.testing.assert_close(torch.tensor(found.doit().as_explicit().tolist(), dtype=torch.float64).flatten(), expected)
    alone = float(gradient_descent.coordinate_iterate(as_term(start[0]), as_term(1), sigma_l, eta, k))
    assert alone == pytest.approx(float(steps(diagonal, two_targets, count)[0]))


@given(st.lists(vectors(2), min_size=1, max_size=3), vectors(2))
@settings(max_examples=25)
def test_the_limit_that_the_functions_give_is_where_many_steps_lead_whatever_the_rank(rows: list[tuple[int, ...]], start: tuple[int, ...]) -> None:
    import torch

    data, targets = torch.tensor(rows, dtype=torch.float64), torch.arange(1.0, len(rows) + 1, dtype=torch.float64)
    assume(bool((data != 0).any()))
    X, y, w_0 = literal(*rows), column_vector(*range(1, len(rows) + 1)), column_vector(*start)
    bound = float(gradient_descent.largest_step_size(X).doit())
    assert bound == pytest.approx(2 / float(torch.linalg.matrix_norm(data, 2)) ** 2)
    M, constant = torch.eye(2, dtype=torch.float64) - bound / 2 * data.mT @ data, bound / 2 * data.mT @ targets
    for _ in range(25):  # twice as many steps each time
        M, constant = M @ M, M @ constant + constant
    found = gradient_descent.limit_of_iterates(X, w_0, y).doit().as_explicit()
    expected = M @ torch.tensor(start, dtype=torch.float64) + constant
    torch.testing.assert_close(torch.tensor(found.tolist(), dtype=torch.float64).flatten(), expected, rtol=1e-6, atol=1e-6)


@given(st.fractions(Fraction(1, 4), 4, max_denominator=8), st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50), st.integers(1, 60))
@settings(max_examples=50)
def test_the_steps_to_an_accuracy_are_those_that_one_counts(sigma: Fraction, share: Fraction, accuracy: int) -> None:
    eta, epsilon = share / sigma**2, Fraction(accuracy, 61)
    assume(share != Fraction(1, 2))
    w, steps = 0.0, 0
    while abs(w - 1 / sigma) >= epsilon / sigma:
        w, steps = w - 2 * eta * sigma * (sigma * w - 1), steps + 1
    bound = float(gradient_descent.steps_to_reach(as_term(epsilon), as_term(sigma), as_term(eta)))
    assert steps - 1 <= bound + 1e-9
    assert bound < steps + 1e-9


@given(st.fractions(Fraction(1, 4), 4, max_denominator=8), st.fractions(Fraction(9, 8), 6, max_denominator=8))
@settings(max_examples=25)
def test_the_optimal_step_size_is_the_best_of_many(sigma_s: Fraction, kappa: Fraction) -> None:
    import torch

    sigmas = torch.tensor([float(kappa * sigma_s), float(sigma_s)], dtype=torch.float64)
    etas = torch.linspace(0, 1.1 / float(sigmas[0]) ** 2, 4001, dtype=torch.float64)
    rates = (1 - 2 * etas[:, None] * sigmas**2).abs().amax(1)
    large, small = as_term(kappa * sigma_s), as_term(sigma_s)
    assert float(gradient_descent.optimal_step_size(large, small)) == pytest.approx(float(etas[rates.argmin()]), abs=2 * float(etas[1]))
    assert float(gradient_descent.optimal_rate(large, small)) == pytest.approx(float(rates.min()), abs=2 * float(etas[1] * sigmas[0] ** 2))


def test_a_sample_that_leaves_no_weight_free_is_refused() -> None:
    for x in ((1,), (2, 0), ()):
        with pytest.raises(DeclarationError, match="at least two entries, the last not 0"):
            interpolation_in_numbers(x)


def test_numbers_at_a_kink_are_refused() -> None:
    with pytest.raises(DeclarationError, match="kink of ReLU"):
        two_layer_relu_in_numbers(x=(0, 0, 0))
    with pytest.raises(DeclarationError, match="kink of ReLU"):
        curve_network_in_numbers(x=1)


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DerivationError, match="cannot multiply"):
        two_layer_relu_in_numbers(x=(1, 2))
    with pytest.raises(DeclarationError, match="one length"):
        curve_network_in_numbers(W_O=(1, 2))
