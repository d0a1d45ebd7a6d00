"""Sequences whose step changes with its number, and families with a member for every integer: what they mean, and what induction may not assume."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.catalogue.jacobians import deep_networks
from derivations.evaluation.arrays import ExactInterpreter
from derivations.evaluation.evidence import NumericSettings, gather
from derivations.evaluation.instances import Instance
from derivations.evaluation.symbolic import to_sympy
from derivations.language.assumptions import Assumption, equal, invertible, orthogonal
from derivations.language.claims import Claim, Derivation, Step, claim
from derivations.language.constructors import (
    counter,
    define,
    diag,
    dimensions,
    family,
    gradient,
    hadamard,
    hadamard_power,
    identity,
    index,
    inverse,
    iterate,
    jacobian,
    matrix,
    norm,
    numbered_family,
    ones,
    scalar,
    vector,
)
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.functions import abs_, relu, tanh
from derivations.language.laws import expectation, gaussian
from derivations.language.terms import Term, as_term, linear_form
from derivations.language.traversal import depends_on
from derivations.language.traversal import dimensions as dimensions_of
from derivations.language.verdicts import Status
from derivations.latex.writer import latex
from derivations.proof.normalization import normalized
from derivations.proof.proofs import Setting
from derivations.proof.recurrences import canonical_position
from derivations.proof.verification import judge

K, P = dimensions("K P")
k, m, n, i, j, l = (counter(name) for name in ("k", "m", "n", "i", "j", "l"))  # noqa: E741
W, t = numbered_family("W", K, K), numbered_family("t")
a, h, s, u, c = vector("a", K), vector("h", K), scalar("s"), scalar("u"), scalar("c")
X, Y, V, F = matrix("X", K, K), matrix("Y", P, K), matrix("V", K, K), matrix("F", P, K)


def status(left: Term, right: Term, *given: Assumption) -> Status:
    verdict = judge(Claim(left, "=", right, given))
    assert not verdict.alarm
    return verdict.status


def layers(count: Any, start: Term = a, first: Any = 0, name: str = "h") -> Term:
    return iterate(name, count, start, h, tanh(W[first + j + 1] @ h), over=j)


def product(count: Any, first: Any = 0, name: str = "T") -> Term:
    """W_{first+count} ⋯ W_{first+1}."""
    return iterate(name, count, identity(K), X, W[first + i + 1] @ X, over=i)


def slopes(z: Term) -> Term:
    return diag(ones(K) - hadamard_power(tanh(z), 2))


def layer(number: Any, start: Term = a) -> Term:
    return slopes(W[number + 1] @ layers(number, start)) @ W[number + 1]


def chain(count: Any) -> Term:
    return iterate("J", count, identity(K), X, layer(i) @ X, over=i)


# ----------------------------------------------------------------------------------------------------------- what they mean


@pytest.mark.parametrize(("count", "value"), [(0, 1), (1, 1), (2, 2), (5, 120)])
def test_the_counter_of_a_step_is_the_number_of_the_term_before_it(count: int, value: int) -> None:
    factorial = iterate("f", count, 1, s, (l + 1) * s, over=l)
    assert ExactInterpreter(Instance({}, {}, {})).value(factorial).scalar == value
    assert status(factorial, as_term(value)) is Status.PROVED


def test_of_a_recurrence_of_higher_order_it_is_the_number_of_the_first_of_the_terms_before_it() -> None:
    sequence = iterate("f", 4, (1, 1), (s, u), s + l * u, over=l)  # 1, 1, 1 + 0·1, 1 + 1·1, 1 + 2·2
    assert status(sequence, as_term(5)) is Status.PROVED
    assert status(sequence, as_term(4)) is Status.REFUTED


def test_a_sum_of_steps_that_change_has_its_closed_form_by_induction() -> None:
    triangular = iterate("f", k, 0, s, s + l + 1, over=l)
    assert judge(claim(triangular, "=", k * (k + 1) / 2)).method == "induction"
    assert status(triangular, k * (k - 1) / 2) is Status.REFUTED


def test_the_members_of_a_numbered_family_are_different_matrices() -> None:
    assert status(W[k + 1], W[1 + k]) is Status.PROVED
    assert status(W[2 * k - k + 1 - 1], W[k]) is Status.PROVED
    for other in (W[k + 1], W[k - 1], W[2 * k], W[0], W[m], W[k].T):
        assert status(W[k], other) is Status.REFUTED
    assert status(W[k] @ W[m], W[m] @ W[k]) is Status.REFUTED
    assert status(W[0] @ W[1], W[1] @ W[0]) is Status.REFUTED


def test_a_position_is_a_whole_number_of_counters_sizes_and_integers() -> None:
    assert linear_form(2 * (k - m) + 3 + m) == ({k: 2, m: -1}, 3)
    assert canonical_position(1 + m + k - 1) == k + m
    assert dimensions_of(W[k + K]) == {k, K}
    assert depends_on(W[k + 1], k)
    i_n = index("i", K)
    for position in (k * m, k / 2, s, as_term(Fraction(1, 2)), tanh(k), i_n):
        with pytest.raises(DeclarationError):
            W[position]
    with pytest.raises(DeclarationError, match="an index or an integer"):
        family("x", K)[k]


def test_a_step_is_counted_from_0_and_what_it_binds_has_no_meaning_outside() -> None:
    with pytest.raises(DeclarationError, match="counted from 0"):
        iterate("f", k, 1, s, s + K, over=K)
    sequence = iterate("f", k, 1, s, s * t[l], over=l)
    assert dimensions_of(sequence) == {k}
    assert not depends_on(sequence, l)
    assert dimensions_of(iterate("f", l, 1, s, s * t[l], over=l)) == {l}


def test_they_are_written_with_their_recurrence() -> None:
    reverse = iterate("R", n, F, Y, Y @ W[n - i], over=i)
    assert str(reverse) == 'iterate("R", n, F, Y, Y @ W[n - i], over=i)'
    assert latex(W[l + 1]) == "W_{l + 1}"
    steps = (Step.of("reverse", reverse, "=", F), Step.of("forward", iterate("T", k, identity(K), X, W[i + 1] @ X, over=i), "=", identity(K)))
    text = latex(Derivation("Products", steps))
    assert "R_{i + 1} = R_{i} W_{n - i}" in text  # n means something else in the step
    assert "T_{k + 1} = W_{k + 1} T_{k}" in text
    assert r"\dots, W_{0}, W_{1}, \dots \in" in text


def test_sympy_has_no_such_family_or_sequence() -> None:
    for term in (W[k], t[0], product(k)):
        with pytest.raises(UnsupportedError):
            to_sympy(term)


# ------------------------------------------------------------------------------------------------------- what is proved of them


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (layers(k + 1), tanh(W[k + 1] @ layers(k))),
        (layers(k + m), layers(m, layers(k), k, "g")),
        (layers(m + 1, a, k, "g"), layers(m, tanh(W[k + 1] @ a), k + 1, "e")),
        (product(k + 1), W[k + 1] @ product(k)),
        (product(m + 1, k), product(m, k + 1, "S") @ W[k + 1]),
        (product(k + m), product(m, k, "S") @ product(k)),
        (iterate("R", n, F, Y, Y @ W[n - i], over=i), F @ product(n)),
        (iterate("R", m, F, Y, Y @ W[m + k - i], over=i), F @ product(m, k)),
        (jacobian(layers(k), a), chain(k)),
        (jacobian(F @ layers(k), a), F @ chain(k)),
        (jacobian(layers(0), a), identity(K)),
        (jacobian(layers(1), a), layer(as_term(0))),
        (gradient(norm(layers(k)) ** 2, a), 2 * chain(k).T @ layers(k)),
        (iterate("w", k, a, h, 2 * (X @ h) - h / 3, over=l), (2 * X - identity(K) / 3) ** k @ a),
    ],
)  # fmt: skip
def test_what_holds_for_every_number_of_layers_is_proved(left: Term, right: Term) -> None:
    assert status(left, right) is Status.PROVED
    evidence = gather(claim(left, "=", right), (), NumericSettings())
    assert evidence.agrees
    assert evidence.instances


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (layers(k), layers(k, a, 1, "g")),
        (layers(k + m), layers(k, layers(m), k, "g")),
        (product(k), iterate("S", k, identity(K), X, X @ W[i + 1], over=i)),
        (product(k), iterate("S", k, identity(K), X, W[1] @ X)),
        (product(k), W[1] ** k),
        (product(k + m), product(k) @ product(m, k, "S")),
        (product(m + 1, k), product(m, k, "S") @ W[k + 1]),
        (iterate("R", n, F, Y, Y @ W[n - i - 1], over=i), F @ product(n)),
        (iterate("R", n, F, Y, Y @ W[i + 1], over=i), F @ product(n)),
        (jacobian(layers(k), a), chain(k).T),
        (jacobian(layers(k), a), product(k)),
        (jacobian(layers(k), a), iterate("J", k, identity(K), X, slopes(W[i + 1] @ a) @ W[i + 1] @ X, over=i)),
        (jacobian(layers(k), a), iterate("J", k, identity(K), X, W[i + 1] @ slopes(layers(i)) @ X, over=i)),
        (jacobian(layers(k), a), iterate("J", k, identity(K), X, slopes(W[k + 1] @ layers(k)) @ W[k + 1] @ X, over=i)),
    ],
)  # fmt: skip
def test_what_holds_for_few_layers_only_is_refuted(left: Term, right: Term) -> None:
    assert status(left, right) is Status.REFUTED


# ------------------------------------------------------------------------------------------------- what must not be assumed


@pytest.mark.parametrize("position", [k, k + 1, l, as_term(1)])
def test_what_is_assumed_of_one_layer_is_not_assumed_of_the_others(position: Term) -> None:
    assert status(product(k), identity(K), equal(W[position], identity(K))) is not Status.PROVED
    assert status(product(k), product(k, 1, "S"), equal(W[position], W[position + 1])) is not Status.PROVED
    assert status(W[position], identity(K), equal(W[position], identity(K))) is Status.PROVED


def test_what_is_assumed_of_the_counter_is_not_assumed_of_those_before_it() -> None:
    powers = iterate("f", k, 1, s, s * t[l], over=l)
    assert status(powers, t[0] ** k, equal(t[k], t[0])) is not Status.PROVED
    assert status(powers, as_term(1), equal(k, 0)) is not Status.REFUTED
    assert status(powers, as_term(1), equal(k, 1)) is Status.REFUTED


def test_steps_that_count_by_another_sequence_are_told_apart() -> None:
    def nested(position: Term, count: Term) -> Term:
        inner = iterate("b", count, s, u, u * t[position], over=j)
        return iterate("a", k, c, s, inner, over=i)

    plain = nested(j, i)
    assert status(plain, iterate("d", k, c, s, iterate("e", i, s, u, u * t[j], over=j), over=i)) is Status.PROVED
    for other in (nested(i, i), nested(j, k), nested(j + 1, i), nested(i + j, i), nested(k, i), nested(j, i + 1)):
        renamed = op_renamed(other)
        assert status(plain, renamed) is Status.REFUTED


def op_renamed(term: Term) -> Term:
    """The same sequence under other names."""
    from derivations.language.operators import Iterate, transform

    def renamed(part: Term) -> Term | None:
        if not isinstance(part, Iterate):
            return None
        step = transform(part.step, renamed)
        return Iterate(f"{part.name}_2", part.count, part.initials, part.states, step, part.counter)

    return transform(term, renamed)


def test_a_sequence_that_ends_within_another_one_may_end_at_its_first_term() -> None:
    """Its last term is u_0 = c, which no step gives; every other one is 1."""
    inner = iterate("q", n - i + 1, c, u, as_term(1) + 0 * u)
    total = iterate("o", n + 2, 0, s, s + inner, over=i)
    assert status(total, n + 2) is Status.REFUTED
    assert status(total, n + 1 + c) is not Status.REFUTED


def test_an_index_that_may_be_negative_is_refused() -> None:
    for count in (n - 1, n - m, m - 2 * n):
        verdict = judge(claim(iterate("q", count, c, u, 2 * u), "=", c))
        assert verdict.status is not Status.PROVED
        assert "may be negative" in verdict.reason
    inner = iterate("q", n - i, c, u, 2 * u)
    assert "may be negative" in judge(claim(iterate("o", n + 2, 0, s, s + inner, over=i), "=", 0)).reason


def test_how_far_one_sequence_goes_says_nothing_of_one_within_it() -> None:
    """For n = 4, i = 0 and j = 2 the innermost one would stand at the index −2."""
    innermost = iterate("q", i - j, c, u, 2 * u)
    inner = iterate("p", n - i - 1, 0, u, u + innermost, over=j)
    verdict = judge(claim(iterate("o", n, 0, s, s + inner, over=i), "=", iterate("r", n, 0, s, s + inner, over=i)))
    assert verdict.status is not Status.PROVED
    assert "may be negative" in verdict.reason


def test_one_name_is_not_bound_twice() -> None:
    shadowed = iterate("q", k, a, h, tanh(W[j + 1] @ iterate("b", j, h, vector("g", K), W[j] @ vector("g", K), over=j)), over=j)
    assert status(shadowed, layers(k)) is not Status.PROVED


# --------------------------------------------------------------------------------------------------------------- derivatives


def test_shared_weights_make_no_claim_proved() -> None:
    """The derivative by what every step uses is a sum over the steps, which has no normal form yet."""
    recurrent = iterate("r", k, a, h, tanh(V @ h))
    before = iterate("r", i, a, h, tanh(V @ h))
    assert status(jacobian(recurrent, a), iterate("J", k, identity(K), X, slopes(V @ before) @ V @ X, over=i)) is Status.PROVED
    verdict = judge(claim(gradient(norm(recurrent) ** 2, V), "=", 0 * V))
    assert verdict.status is Status.REFUTED
    hidden = iterate("r", 2, a, h, tanh(V @ h))
    assert status(gradient(a.T @ hidden, V), gradient(a.T @ tanh(V @ tanh(V @ a)), V)) is Status.PROVED


def test_kinks_of_hidden_layers_are_no_conditions_that_can_be_stated() -> None:
    network = iterate("r", k, a, h, relu(W[j + 1] @ h), over=j)
    verdict = judge(claim(jacobian(network, a), "=", jacobian(network, a) @ identity(K)))
    assert verdict.status is not Status.PROVED
    assert "its domain depends on" in verdict.reason


def test_a_member_for_every_integer_is_no_variable() -> None:
    with pytest.raises(UnsupportedError, match="give it a name of its own"):
        gradient(norm(W[1] @ a) ** 2, W[1])


def test_the_derivative_by_what_stands_in_the_first_term_and_in_the_steps_counts_both() -> None:
    network = iterate("r", k, V @ a, h, tanh(W[j + 1] @ h) + V @ a, over=j)
    direct = gradient(ones(K).T @ iterate("r", 1, V @ a, h, tanh(W[j + 1] @ h) + V @ a, over=j), V)
    z = define("z", V @ a)
    written = (hadamard(ones(K) - hadamard_power(tanh(W[1] @ z), 2), ones(K)).T @ W[1] + ones(K).T).T @ a.T
    assert status(direct, written) is Status.PROVED
    assert status(jacobian(network, a), 0 * V) is Status.REFUTED


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 3), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_the_jacobian_of_the_catalogue_is_that_of_autograd(D: int, width: int, outputs: int, depth: int, seed: int) -> None:
    """The product of the entry, at the same weights, by torch alone."""
    from derivations.evaluation.batches import Batch
    from derivations.evaluation.instances import family_positions
    from derivations.evaluation.tensors import TensorInterpreter

    draws = torch.Generator().manual_seed(seed)
    sizes = {deep_networks.D: D, deep_networks.K: width, deep_networks.P: outputs, deep_networks.n: depth}

    def drawn(rows: int, columns: int) -> torch.Tensor:
        return torch.randn(1, rows, columns, generator=draws, dtype=torch.float64)

    weights = {place: drawn(width, width) for place in family_positions(deep_networks.W, sizes)}
    U, F, x = drawn(width, D), drawn(outputs, width), drawn(D, 1)
    values: Any = {deep_networks.U: U, deep_networks.W_F: F, deep_networks.x: x} | {(deep_networks.W, place): W for place, W in weights.items()}
    run = TensorInterpreter(Batch(sizes, values, 1, torch.float64, torch.device("cpu")))

    def network(x: torch.Tensor) -> torch.Tensor:
        state = torch.tanh(U[0] @ x)
        for number in range(1, depth + 1):
            state = torch.tanh(weights[(number,)][0] @ state)
        return F[0] @ state

    (entry,) = (step.claim for derivation in deep_networks.entries for step in derivation.steps if step.title == "the network")
    expected: torch.Tensor = torch.func.jacrev(network)(x[0, :, 0])
    assert isinstance(entry.right, Term)
    torch.testing.assert_close(run.value(entry.right).tensor[0], expected)


# ------------------------------------------------------------------------------------------------------------------ expectations


def test_a_sequence_that_begins_with_a_random_name_is_random() -> None:
    x = scalar("x")
    walk = iterate("q", k, x, s, tanh(t[l] * s), over=l)
    driven = iterate("p", k, c, s, tanh(t[l] * s + x), over=l)
    law = gaussian(x, 1)
    for left, right in (
        (expectation(walk * walk, x), expectation(walk, x) ** 2),
        (expectation(t[0] * walk * x, x), t[0] * expectation(walk, x) * expectation(x, x)),
        (expectation(walk, x), iterate("r", k, expectation(x, x), s, tanh(t[l] * s), over=l)),
        (expectation(driven**2, x), expectation(driven, x) ** 2),
    ):
        false = Claim(left, "=", right, (law,))
        assert judge(false).status is not Status.PROVED
        assert isinstance(false.left, Term)
        assert isinstance(false.right, Term)
        with pytest.raises(UnsupportedError, match="random entries inside term of a sequence"):
            normalized(Setting.of(false, ()), false.left, false.right, "tanh")
    certain = iterate("q", k, c, s, tanh(t[l] * s), over=l)
    assert judge(Claim(expectation(certain**2 * x, x), "=", certain**2, (law,))).status is Status.PROVED


def test_members_for_every_integer_have_no_law() -> None:
    with pytest.raises(DeclarationError, match="cannot have a law"):
        gaussian(t)


@pytest.mark.parametrize("position", [k, k + 1, l, as_term(1)])
def test_the_sign_of_one_member_is_not_that_of_the_others(position: Term) -> None:
    other, product_of_all = t[position + 1], iterate("f", m, 1, s, s * t[i], over=i)
    for positive_one in (t[position] > 0, t[position] >= 0, t[position] > 2):
        assert judge(claim(t[position], ">=", 0, positive_one)).status is Status.PROVED
        for wrong in (other, product_of_all, t[position] + other, tanh(other), other**3):
            assert judge(claim(wrong, ">=", 0, positive_one)).status is Status.REFUTED
        assert status(abs_(other), other, positive_one) is Status.REFUTED
    assert status(W[position].T @ W[position], identity(K), orthogonal(W[position])) is Status.PROVED
    assert status(W[position + 1].T @ W[position + 1], identity(K), orthogonal(W[position])) is not Status.PROVED
    assert status(product(m).T @ product(m), identity(K), orthogonal(W[position])) is not Status.PROVED
    assert status(inverse(W[position + 1]) @ W[position + 1], W[position], invertible(W[position])) is not Status.PROVED
