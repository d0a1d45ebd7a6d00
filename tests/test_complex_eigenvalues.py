"""Eigenvalues that need not be real: their moduli, the spectral radius, whether all are real; evaluated against numpy, and proved in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import pytest
import torch
from flint import acb
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from derivations.evaluation.arrays import BallInterpreter, ExactInterpreter
from derivations.evaluation.batches import Batch
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.evaluation.instances import Instance
from derivations.evaluation.interpreter import Imprecise, Inexact
from derivations.evaluation.spectra import has_real_eigenvalues
from derivations.evaluation.statements import holds
from derivations.evaluation.tensor_statements import Judge, side_of
from derivations.evaluation.tensors import TensorInterpreter
from derivations.language.assumptions import Assumption, equal, every, nonnegative, nonzero, positive, real_eigenvalues, symmetric, tends_to
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    column_vector,
    counter,
    define,
    det,
    dimensions,
    eigenvalue_moduli,
    entry,
    gradient,
    identity,
    index,
    iterate,
    literal,
    matrix,
    maximum,
    ones,
    scalars,
    spectral_radius,
    trace,
    vector,
    zeros,
)
from derivations.language.errors import ShapeError, UnsupportedError
from derivations.language.functions import abs_, define_function, sqrt
from derivations.language.terms import Literal, Statement, Term, as_term
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.domain import conditions_of
from derivations.proof.lemmas import JURY, QUADRATIC_FORMULA
from derivations.proof.proofs import Setting
from derivations.proof.refutation import holds_at, trials
from derivations.proof.sampling import Sampler, precise
from derivations.proof.statements import prove
from derivations.proof.verification import judge
from numeric.devices import generator
from numeric.draws import triangular_in_some_basis

n, m = dimensions("n m")
k, i, j = counter("k"), index("i", n), index("j", 2)
M = matrix("M", n, n)
a, b, c, beta, eta, sigma = scalars("a b c beta eta sigma")

Rows: TypeAlias = Sequence[Sequence[int | str | Fraction]]
fractions = st.fractions(-3, 3, max_denominator=3)


def square(rows: Rows) -> Instance:
    return Instance({n: len(rows)}, {M: tuple(tuple(Fraction(entry) for entry in row) for row in rows)}, {})


def exact(term: Term, rows: Rows) -> list[Fraction]:
    return [Fraction(int(value.p), int(value.q)) for value in ExactInterpreter(square(rows)).value(term).entries]


@st.composite
def squares(draw: st.DrawFn, largest: int = 4) -> Rows:
    size = draw(st.integers(1, largest))
    return [[draw(fractions) for _ in range(size)] for _ in range(size)]


# ---------------------------------------------------------------------------------------------------------------- evaluated


@given(squares())
def test_moduli_are_those_of_numpy(rows: Rows) -> None:
    expected = np.sort(np.abs(np.linalg.eigvals(np.array(rows, dtype=float))))
    with precise():
        run = BallInterpreter(square(rows))
        found = [acb(value).real for value in run.value(eigenvalue_moduli(M)).entries]
        radius = acb(run.value(spectral_radius(M)).scalar).real
    assert np.allclose([float(value) for value in found], expected, atol=1e-3)  # numpy finds a fourfold eigenvalue so far off
    assert all(value.rad() < 1e-20 for value in found)
    assert radius.overlaps(found[-1])


@given(squares())
def test_their_product_is_the_determinant_up_to_its_sign(rows: Rows) -> None:
    with precise():
        run = BallInterpreter(square(rows))
        product = acb(1)
        for value in run.value(eigenvalue_moduli(M)).entries:
            product *= value
        assert (product**2 - run.value(det(M) ** 2).scalar).contains(0)


CYCLE: Rows = [[0, 0, 0, 0, 1], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]
SALEM: Rows = [[0, 0, 0, -1], [1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]]  # two conjugate roots on the unit circle, and two real ones off it
EXACT: dict[str, tuple[Rows, list[int | str], bool]] = {
    "one entry": ([["-3/7"]], ["3/7"], True),
    "a Jordan block": ([[1, 1], [0, 1]], [1, 1], True),
    "a longer one": ([[-2, 1, 0], [0, -2, 1], [0, 0, -2]], [2, 2, 2], True),
    "a quarter turn": ([[0, -1], [1, 0]], [1, 1], False),
    "a rational modulus of irrational numbers": ([[0, -4], [1, 1]], [2, 2], False),
    "fifth roots of 1": (CYCLE, [1, 1, 1, 1, 1], False),
    "opposite signs": ([["3/2", 2], ["-5/8", "-3/2"]], [1, 1], True),
    "one real, two not": ([[2, 0, 0], [0, 0, -9], [0, 1, 0]], [2, 3, 3], False),
    "nilpotent": ([[2, -1], [4, -2]], [0, 0], True),
}


@pytest.mark.parametrize("name", EXACT)
def test_rational_moduli_are_exact(name: str) -> None:
    rows, expected, real = EXACT[name]
    wanted = [Fraction(value) for value in expected]
    assert exact(eigenvalue_moduli(M), rows) == wanted
    assert exact(spectral_radius(M), rows) == [max(wanted)]
    for run in (ExactInterpreter, BallInterpreter):
        assert holds(run(square(rows)), real_eigenvalues(M)) is real


@pytest.mark.parametrize("rows", [[[0, 2], [1, 0]], [[1, -2], [2, 1]], [[3, -1], [1, 0]], SALEM], ids=str)
def test_irrational_moduli_are_enclosed(rows: Rows) -> None:
    for term in (eigenvalue_moduli(M), spectral_radius(M)):
        with pytest.raises(Inexact):
            ExactInterpreter(square(rows)).value(term)
    with precise():
        assert all(acb(value).rad() < 1e-20 for value in BallInterpreter(square(rows)).value(eigenvalue_moduli(M)).entries)


def test_only_the_roots_on_the_circle_have_its_radius() -> None:
    with precise():
        smallest, *on_circle, largest = BallInterpreter(square(SALEM)).value(eigenvalue_moduli(M)).entries
    assert on_circle == [1, 1]
    assert smallest.real < 1 < largest.real


@given(squares())
def test_symmetric_matrices_have_real_eigenvalues(rows: Rows) -> None:
    mirrored = [[rows[min(p, q)][max(p, q)] for q in range(len(rows))] for p in range(len(rows))]
    assert holds(ExactInterpreter(square(mirrored)), real_eigenvalues(M))


@given(fractions, fractions.filter(bool), fractions, fractions.filter(bool))
def test_real_is_what_the_discriminant_says(p: Fraction, q: Fraction, r: Fraction, s: Fraction) -> None:
    assert holds(ExactInterpreter(square([[p, q], [r, s]])), real_eigenvalues(M)) == ((p - s) ** 2 + 4 * q * r >= 0)


def test_balls_say_what_they_settle() -> None:
    root, one = acb(2).sqrt(), acb(1)
    assert has_real_eigenvalues([[root, one], [acb(3), one]])
    assert not has_real_eigenvalues([[root, one], [acb(-3), one]])
    with pytest.raises(Imprecise, match="whether the eigenvalues are real is open"):
        has_real_eigenvalues([[root, one], [acb(0), root]])


def test_what_depends_on_a_name_is_not_differentiated() -> None:
    for term in (spectral_radius(a * M), entry(eigenvalue_moduli(a * M), 1)):
        with pytest.raises(UnsupportedError, match="the derivative of"):
            conditions_of(claim(gradient(term, a), "=", 0))


def test_they_are_of_square_matrices() -> None:
    for make in (eigenvalue_moduli, spectral_radius, real_eigenvalues):
        with pytest.raises(ShapeError):
            make(matrix("A", n, m))


def test_they_are_written_as_one_types_them_and_in_the_usual_notation() -> None:
    assert repr(entry(eigenvalue_moduli(M), 1) - spectral_radius(M)) == "entry(eigenvalue_moduli(M), 1) - spectral_radius(M)"
    assert repr(real_eigenvalues(M)) == "M real eigenvalues"
    assert latex(spectral_radius(M + M.T)).startswith(r"\rho")
    assert latex(scalars("rho")[0] * (a + b)) == r"\rho \cdot (a + b)"
    own = define_function("rho", a, a**2)
    assert latex(own(b)) != latex(spectral_radius(as_term(b)))
    assert latex(real_eigenvalues(M)).endswith(r"\text{ has real eigenvalues}")


# -------------------------------------------------------------------------------------------------------------------- torch


def floats(*matrices: Rows) -> TensorInterpreter:
    values = torch.tensor([[list(map(float, row)) for row in rows] for rows in matrices], dtype=torch.float64)
    return TensorInterpreter(Batch({n: values.shape[1]}, {M: values}, len(matrices), torch.float64, torch.device("cpu")))


def test_a_matrix_near_a_multiple_eigenvalue_is_not_clear() -> None:
    near = Fraction(1, 10**17)
    run = floats([[1, 2], [-2, 1]], [[1, 1], [0, 1]], [[1, 1], [near, 1]], [[2, 0], [0, 2]])
    side = side_of(run.value(spectral_radius(M)))
    assert side.clear.tolist() == [True, False, False, True]  # of the last one the eigenvalue is double, but well conditioned
    assert side.defined.all()
    assert torch.allclose(side.value.tensor.flatten(), torch.tensor([5**0.5, 1, 1, 2], dtype=torch.float64), atol=1e-6)


@given(squares(3))
def test_moduli_of_floats_agree_with_balls_within_the_bound(rows: Rows) -> None:
    value = floats(rows).value(eigenvalue_moduli(M))
    with precise():
        expected = [float(acb(each).real) for each in BallInterpreter(square(rows)).value(eigenvalue_moduli(M)).entries]
    error = (value.tensor.flatten() - torch.tensor(expected, dtype=torch.float64)).abs().max()
    side = side_of(value)
    assert float(error) <= 2**-53 * value.roundings * float(side.scale)


@given(squares(3))
def test_floats_know_real_eigenvalues_where_they_say_so(rows: Rows) -> None:
    truth = Judge(floats(rows)).truth(real_eigenvalues(M))
    real = holds(ExactInterpreter(square(rows)), real_eigenvalues(M))
    event("known" if truth.known.item() else "unknown")
    assert not (truth.false if real else truth.true).item()


def test_floats_tell_real_eigenvalues_from_others() -> None:
    truth = Judge(floats([[1, 2], [2, 3]], [[1, 2], [-2, 1]], [[1, 1], [0, 1]])).truth(real_eigenvalues(M))
    assert truth.true.tolist() == [True, False, False]
    assert truth.false.tolist() == [False, True, False]


def test_matrices_with_real_eigenvalues_are_drawn() -> None:
    A = matrix("A", 2, 2)
    made, wrong = (claim(trace(A) ** 2, ">=", factor * det(A), (real_eigenvalues(A),)) for factor in (4, 5))
    evidence = gather(made, (wrong,), NumericSettings())
    assert evidence.agrees
    assert evidence.instances >= 40
    assert evidence.mutants_caught == 1
    drawn = triangular_in_some_basis((2, 8, 3, 3), generator(1))
    assert torch.linalg.eigvals(drawn).imag.abs().max() < 1e-6
    assert not torch.allclose(drawn, drawn.mT)


# ------------------------------------------------------------------------------------------------------------------- proved

turned, grown = literal([a, -b], [b, a]), literal([a, 1], [0, b])


def step_with(rate: Term) -> Term:
    return literal([1 - beta, 2 * beta * sigma**2], [-rate * (1 - beta), 1 - 2 * rate * beta * sigma**2])


R = define("R", step_with(eta))
other_sign = literal([1 - beta, 2 * beta * sigma**2], [eta * (1 - beta), 1 - 2 * eta * beta * sigma**2])
s = sqrt(1 - beta)
low, high = ((1 - s) ** 2 / (2 * beta * sigma**2), (1 + s) ** 2 / (2 * beta * sigma**2))
end = (2 - beta) / (beta * sigma**2)
momentum = ((beta > 0) & (beta <= 1), positive(sigma))
between = (eta >= low) & (eta <= high)
vanish, small = tends_to(R**k, zeros(2, 2)), spectral_radius(R) < 1
v, v_0 = vector("v", 2), vector("v_0", 2)
x_0, x_1, older, newer = scalars("x_0 x_1 x y")
spiral = iterate("v", k, v_0, v, turned @ v)
second = iterate("x", k, (x_0, x_1), (older, newer), a * newer + b * older + c)
inside = (abs_(a) < 1 - b) & (b > -1)

PROVED: dict[str, Claim] = {
    "the radius of a turn": claim(spectral_radius(turned), "=", sqrt(a**2 + b**2)),
    "its square": claim(spectral_radius(turned) ** 2, "=", det(turned)),
    "both moduli": claim(eigenvalue_moduli(turned), "=", sqrt(a**2 + b**2) * ones(2)),
    "both moduli on the right": claim(sqrt(a**2 + b**2) * ones(2), "=", eigenvalue_moduli(turned)),
    "both moduli, with a sign, as a row": claim(a * ones(1, 2) - eigenvalue_moduli(turned).T, "=", (a - sqrt(a**2 + b**2)) * ones(1, 2)),
    "the sum of the moduli on both sides": claim(eigenvalue_moduli(turned) + x_0 * ones(2), "=", x_0 * ones(2) + eigenvalue_moduli(turned.T)),
    "a radius is not negative": claim(spectral_radius(M), ">=", 0),
    "nor is a modulus": claim(entry(eigenvalue_moduli(M), i), ">=", 0),
    "of a triangle": claim(spectral_radius(grown), "=", maximum(abs_(a), abs_(b))),
    "the smaller one of a triangle": claim(entry(eigenvalue_moduli(grown), 1), "<=", abs_(a)),
    "ascending": claim(entry(eigenvalue_moduli(R), 1), "<=", entry(eigenvalue_moduli(R), 2)),
    "their product": claim(entry(eigenvalue_moduli(grown), 1) * entry(eigenvalue_moduli(grown), 2), "=", abs_(a * b)),
    "at an index": claim(every(j, entry(eigenvalue_moduli(R), j) < 1), "iff", small),
    "a real turn": claim(real_eigenvalues(turned), "iff", equal(b, 0)),
    "a triangle is real": claim(real_eigenvalues(grown), "and", real_eigenvalues(grown.T)),
    "a symmetric matrix is real": claim(real_eigenvalues(M), "and", real_eigenvalues(M), (symmetric(M),)),
    "a matrix that is not symmetric": claim(real_eigenvalues(literal([a, 1], [2, b])), "and", real_eigenvalues(literal([a, 1], [2, b]))),
    "powers of a turn": claim(tends_to(turned**k, zeros(2, 2)), "iff", a**2 + b**2 < 1),
    "later powers": claim(tends_to(turned ** (k + 1), zeros(2, 2)), "iff", a**2 + b**2 < 1),
    "powers of momentum": claim(vanish, "iff", (eta > 0) & (eta < end), momentum),
    "radius below 1": claim(small, "iff", (eta > 0) & (eta < end), momentum),
    "real": claim(real_eigenvalues(R), "iff", (eta <= low) | (eta >= high), momentum),
    "the radius between": claim(spectral_radius(R), "=", s, (*momentum, between)),
    "an assumption about a radius": claim(abs_(a), "<", 1, (spectral_radius(grown) < 1,)),
    "an assumption of real eigenvalues": claim(b, "=", 0, (real_eigenvalues(turned),)),
    "a sequence in the plane": claim(spiral, "->", zeros(2), (a**2 + b**2 < 1,)),
    "a sequence with a constant": claim(
        iterate("v", k, v_0, v, turned @ v + column_vector(1 - a, -b)) - column_vector(1, 0), "->", zeros(2), (a**2 + b**2 < 1,)
    ),
    "of second order": claim(second, "->", c / (1 - a - b), (inside,)),
    "of second order, less its limit": claim(second - c / (1 - a - b), "->", 0, (inside,)),
}


def proof_of(made: Claim) -> tuple[str, ...]:
    return prove(Setting.of(made, conditions_of(made))).lemmas


@pytest.mark.parametrize("name", PROVED)
def test_what_holds_of_matrices_in_the_plane_is_proved(name: str) -> None:
    verdict = judge(PROVED[name])
    assert verdict.status is Status.PROVED, verdict.reason
    assert not verdict.alarm


def test_the_lemmas_are_named() -> None:
    assert proof_of(PROVED["real"]) == (QUADRATIC_FORMULA.name,)
    assert proof_of(PROVED["powers of momentum"]) == proof_of(PROVED["of second order"]) == (JURY.name,)


REFUTED: dict[str, Claim] = {
    "the order turned": claim(small, "iff", (eta > 0) & (eta > end), momentum),
    "closed for open": claim(small, "iff", (eta > 0) & (eta <= end), momentum),
    "open for closed": claim(real_eigenvalues(R), "iff", (eta < low) | (eta >= high), momentum),
    "open for closed at the other end": claim(real_eigenvalues(R), "iff", (eta <= low) | (eta > high), momentum),
    "powers at the end": claim(vanish, "iff", (eta > 0) & (eta <= end), momentum),
    "half the range": claim(vanish, "iff", (eta > 0) & (eta < end / 2), momentum),
    "beyond the range": claim(vanish, "iff", (eta > 0) & (eta < 2 * end), momentum),
    "the wrong root": claim(spectral_radius(R), "=", 1 - beta, (*momentum, between)),
    "the wrong double root": claim(det(s * identity(2) - step_with(high)), "=", 0, momentum),
    "no absolute value": claim(spectral_radius(grown), "=", maximum(a, b)),
    "moduli on the right, the wrong way round": claim(column_vector(a, b), "=", eigenvalue_moduli(grown), (a > b, b > 0)),
    "an eigenvalue for its modulus": claim(entry(eigenvalue_moduli(grown), 2), "=", a, (a <= b,)),
    "the sign beside the diagonal": claim(spectral_radius(other_sign) < 1, "iff", (eta > 0) & (eta < end), momentum),
    "the trace for the radius": claim(spectral_radius(R), "=", abs_(trace(R)), momentum),
    "every matrix is real": claim(equal(a, a) & real_eigenvalues(turned), "and", equal(b, b)),
    "second order, half of the criterion": claim(second, "->", c / (1 - a - b), (abs_(a) < 1 - b,)),
    "second order, another limit": claim(second, "->", c / (1 - a + b), (inside,)),
    "in the plane, another limit": claim(spiral, "->", column_vector(1, 0), (a**2 + b**2 < 1,)),
    "symmetric for real": claim(real_eigenvalues(M), "iff", symmetric(M)),
}


@pytest.mark.parametrize("name", REFUTED)
def test_what_is_wrong_is_refuted(name: str) -> None:
    verdict = judge(REFUTED[name])
    assert verdict.status is Status.REFUTED, verdict.reason
    assert verdict.counterexample is not None


NOT_REDUCED: dict[str, Claim] = {
    "a larger matrix": claim(spectral_radius(literal([a, 0, 0], [0, b, 0], [0, 0, c])), "<=", 1, (abs_(a) < 1, abs_(b) < 1, abs_(c) < 1)),
    "a step that changes": claim(iterate("x", k, (x_0, x_1), (older, newer), newer / 2 + older / 4 + c * as_term(0) ** k), "->", 0),
    "a step that is not affine": claim(iterate("x", k, (x_0, x_1), (older, newer), newer * older / 4), "->", 0, (abs_(x_0) < 1, abs_(x_1) < 1)),
    "a limit as a premise": claim(tends_to(second, c / (1 - a - b)), "implies", abs_(a) < 1 - b),
    "a matrix that changes": claim(literal([a, 1 / (k + 1)], [0, b]) ** k, "->", zeros(2, 2), (abs_(a) < 1, abs_(b) < 1)),
}


@pytest.mark.parametrize("name", NOT_REDUCED)
def test_what_is_beyond_the_method_is_not_proved(name: str) -> None:
    with pytest.raises(UnsupportedError):
        proof_of(NOT_REDUCED[name])


def test_a_premise_about_several_limits_does_not_hold_for_a_start_that_stays() -> None:
    stays = {x_0: 0, x_1: 0, a: 3, b: 0, c: 0}
    instance = Instance({}, {name: ((Fraction(value),),) for name, value in stays.items()}, {})
    assert not holds(ExactInterpreter(instance), NOT_REDUCED["a limit as a premise"].statement)


numbers = st.fractions(-2, 2, max_denominator=4)


@settings(max_examples=40)
@given(numbers, numbers, numbers, numbers, st.booleans())
def test_sequences_of_second_order_converge_where_they_are_said_to(p: Fraction, q: Fraction, offset: Fraction, start: Fraction, stays: bool) -> None:
    """Whether they do is decided by their terms alone."""
    limit = offset / (1 - p - q) if stays and p + q != 1 else Fraction(1, 3)
    made = claim(iterate("x", k, (as_term(start), x_1), (older, newer), p * newer + q * older + offset), "->", limit)
    inside_the_disc = abs(p) < 1 - q and q > -1 and p * limit + q * limit + offset == limit
    try:
        proof_of(made)
    except UnsupportedError:
        assert not inside_the_disc
    else:
        assert inside_the_disc
        assert holds(ExactInterpreter(Instance({}, {x_1: ((Fraction(5),),)}, {})), made.statement)


@settings(max_examples=40)
@given(numbers, numbers, numbers, numbers)
def test_sequences_in_the_plane_converge_where_they_are_said_to(p: Fraction, q: Fraction, r: Fraction, t: Fraction) -> None:
    made = claim(iterate("v", k, column_vector(1, a), v, literal([p, q], [r, t]) @ v), "->", zeros(2))
    try:
        proof_of(made)
    except UnsupportedError:
        assert not (abs(p + t) < 1 + p * t - q * r and p * t - q * r < 1)
    else:
        assert holds(ExactInterpreter(Instance({}, {a: ((Fraction(-3),),)}, {})), made.statement)


# ----------------------------------------------------------------------------------------------------------------- soundness

entries_of = st.sampled_from([as_term(0), as_term(1), as_term(-1), a, b, -b, a + b, a - b, 2 * a, 1 - a, a * b])
facts = st.lists(st.sampled_from([a > 0, b > 0, a < 1, b <= 1, abs_(a) < 1, nonzero(b), nonnegative(a)]), unique_by=repr, max_size=2).map(tuple)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """A statement about a matrix, and one about its trace and determinant that may be what it comes to."""
    (p, q), (r, t) = rows = [[draw(entries_of) for _ in range(2)] for _ in range(2)]
    made = Literal(tuple(map(tuple, rows)))
    T, D = p + t, p * t - q * r
    bound = draw(st.sampled_from([as_term(1), abs_(T), sqrt(abs_(D)), a, abs_(a) + abs_(b)]))
    left: Statement = draw(
        st.sampled_from([
            tends_to(made**k, zeros(2, 2)), spectral_radius(made) < bound, spectral_radius(made) <= bound, real_eigenvalues(made),
            entry(eigenvalue_moduli(made), 1) < bound, equal(spectral_radius(made), bound),
        ])
    )  # fmt: skip
    right: Statement = draw(
        st.sampled_from([
            (abs_(T) < 1 + D) & (D < 1), (abs_(T) <= 1 + D) & (D < 1), (T < 1 + D) & (D < 1), D < 1, T**2 >= 4 * D, T**2 > 4 * D, abs_(T) < 2,
            nonnegative(D), abs_(D) < 1, abs_(D) <= bound**2, equal(D, bound**2), D < 0,
        ])
    )  # fmt: skip
    given_: tuple[Assumption, ...] = draw(facts)
    return claim(left, draw(st.sampled_from(["iff", "implies"])), right, given_)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(claims())
def test_what_is_proved_of_matrices_in_the_plane_holds_at_instances(made: Claim) -> None:
    try:
        proof_of(made)
    except UnsupportedError:
        event("not proved")
        return
    event("proved")
    for trial in trials(Sampler(made, seed=3), 12):
        assert holds_at(made, trial) is not False, f"{made} at {trial.instance}"
