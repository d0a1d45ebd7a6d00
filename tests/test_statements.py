"""Statements: split into parts, each under what may be assumed there; never proved where one of them is false or has no value."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from strategies import GIVEN, SHAPES, Maker

from derivations.language.assumptions import (
    Property,
    equal,
    every,
    invertible,
    nonzero,
    orthogonal,
    positive,
    positive_definite,
    positive_semidefinite,
    symmetric,
)
from derivations.language.claims import Claim, claim
from derivations.language.constructors import (
    counter,
    dimensions,
    family,
    gradient,
    identity,
    index,
    inverse,
    iterate,
    literal,
    matrix,
    norm,
    scalars,
    sum_over,
    trace,
    vector,
    zeros,
)
from derivations.language.constructors import entry as at
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, log, sqrt
from derivations.language.terms import Relation, Statement
from derivations.language.verdicts import Status
from derivations.proof.domain import conditions_of
from derivations.proof.explanation import explain
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.statements import needed, premised, prove
from derivations.proof.verification import judge

n, d = dimensions("n d")
t = counter("t")
i, j = index("i", n), index("j", n)
x, y, z, rho = scalars("x y z rho")
X, A, B, w = matrix("X", n, d), matrix("A", n, n), matrix("B", n, n), vector("w", d)
u, v = vector("u", n), vector("v", n)
s = family("s", n)


def implies(premise: Statement, conclusion: Statement) -> Relation:
    return Relation(premise, "implies", conclusion)


def proved(stated: Claim) -> Proof:
    return prove(Setting.of(stated, conditions_of(stated)))


def outline(proof: Proof) -> Any:
    """The methods of a proof: a name, or a name with those of its parts."""
    return (proof.method, *map(outline, proof.parts)) if proof.parts else proof.method


PROVED: dict[str, tuple[Claim, Any]] = {
    "and": (
        claim(equal(trace(A @ B), trace(B @ A)) & equal((A @ B).T, B.T @ A.T), "and", x**2 >= 0),
        ("each part", ("each part", "normal form", "normal form"), "ranges"),
    ),
    "a hypothesis as a premise": (
        claim(equal(X @ w, u), "implies", equal(X.T @ X @ w, X.T @ u)),
        ("conditional proof", "normal form"),
    ),
    "a property as a premise": (
        claim(symmetric(A), "implies", equal(gradient(u.T @ A @ u, u), 2 * A @ u)),
        ("conditional proof", "normal form"),
    ),
    "premises one after the other": (
        claim(symmetric(A), "implies", implies(x > 0, equal(A.T, A) & (x + 1 > 0))),
        ("conditional proof", ("conditional proof", ("each part", "normal form", "ranges"))),
    ),
    "a premise for every index": (claim(every(i, at(v, i) > 0), "implies", at(v, j) > 0), ("conditional proof", "regions")),
    "every index": (
        claim(every(i, at(v, i) > 1), "implies", every(j, at(v, j) ** 2 > 1)),
        ("conditional proof", "regions"),
    ),
    "both directions": (
        claim(equal(A @ v, v), "iff", equal(v, A @ v)),
        ("both directions", ("conditional proof", "normal form"), ("conditional proof", "normal form")),
    ),
    "what is given": (
        claim(positive(u) | invertible(A), "and", x > 0, (positive(u) | invertible(A), x > 0)),
        ("each part", "an assumption", "an assumption"),
    ),
    "induction in a part": (
        claim(equal(iterate("c", t, 0, z, z + 1), t), "and", x >= x),
        ("each part", ("induction", "normal form", "normal form"), "normal form"),
    ),
    "a premise with an index": (claim(s[i] > 1, "implies", s[i] ** 2 > 1), "regions"),
    "a premise of numbers beside one of matrices": (
        claim((s[i] > 1) & symmetric(A), "implies", s[i] ** 2 > 1),
        ("conditional proof", "regions"),
    ),
    "entry by entry": (
        claim(literal([2 * x * y], [sqrt(2)]), "<=", literal([x**2 + y**2], [Fraction(3, 2)])),
        ("entry by entry", "sum of squares", "regions"),
    ),
    "or": (claim(x > y, "or", y >= x), "regions"),
    "numbers as a whole": (claim((x > 0) & (y > 0), "iff", (y > 0) & (x > 0)), "regions"),
}


@pytest.mark.parametrize("name", PROVED)
def test_a_statement_is_proved_by_its_parts(name: str) -> None:
    stated, expected = PROVED[name]
    assert outline(proved(stated)) == expected
    verdict = judge(stated)
    assert verdict.status is Status.PROVED, verdict
    assert verdict.conditions == ()


PROPERTIES: dict[str, tuple[Claim, str]] = {
    "given": (claim(orthogonal(A), "implies", orthogonal(A)), "an assumption"),
    "symmetric by its form": (claim(symmetric(A), "implies", symmetric(A @ B.T @ B @ A)), "form"),
    "definite": (claim(positive_definite(A), "implies", positive_definite(inverse(A) + B.T @ B)), "definiteness"),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_is_shown_by_the_form_of_its_matrix(name: str) -> None:
    stated, method = PROPERTIES[name]
    assert outline(proved(stated))[1] == method


FALSE: dict[str, Claim] = {
    "one entry of two": claim(literal([2 * x * y], [sqrt(2)]), "<=", literal([x**2 + y**2], [Fraction(7, 5)])),
    "one part of two": claim(equal(trace(A @ B), trace(B @ A)), "and", equal(A @ B, B @ A)),
    "the other direction": claim(equal(X @ w, u), "iff", equal(X.T @ X @ w, X.T @ u)),
    "a weaker property": claim(positive_semidefinite(A), "implies", positive_definite(A)),
    "one index for all": claim(equal(s[i], 0), "implies", equal(sum_over(j, s[j] ** 2), 0)),
    "one index for every": claim(at(v, i) > 0, "implies", every(j, at(v, j) > 0)),
    "a premise of an or": claim((x > 0) | equal(A, A.T), "implies", equal(A, A.T)),
    "either of two": claim(equal(A @ B, B @ A), "or", equal(A, A.T)),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_statement_is_refuted(name: str) -> None:
    with pytest.raises(UnsupportedError):
        proved(FALSE[name])
    verdict = judge(FALSE[name])
    assert verdict.status is Status.REFUTED
    assert not verdict.alarm


# ---------------------------------------------------------------------------------------------------------------- domain


DOMAIN: dict[str, tuple[Claim, tuple[str, ...]]] = {
    "a premise that makes it invertible": (claim(invertible(A), "implies", equal(A @ inverse(A), identity(n))), ()),
    "premises that do": (claim(symmetric(B) & invertible(A), "implies", equal(inverse(A) @ A @ B, B.T)), ()),
    "printed": (claim(equal(A @ inverse(A), identity(n)), "and", equal(x / x, 1)), ("A invertible", "x != 0")),
    "of one part, used in the other": (claim(equal(inverse(A) @ A, identity(n)), "and", equal(A @ inverse(A), identity(n))), ("A invertible",)),
    "of an equivalence": (claim(equal(inverse(A) @ u, v), "iff", equal(u, A @ v)), ("A invertible",)),
    "every member": (claim(every(j, s[j] > 0), "implies", equal(sum_over(i, s[i] / s[i]), n)), ()),
    "every member, by one letter": (claim(every(i, s[i] > 0), "implies", equal(sum_over(i, s[i] / s[i]), n)), ()),
    "a positive premise": (claim(x > 0, "implies", equal(sqrt(x) * sqrt(x), x) & equal(log(x * x), 2 * log(x))), ()),
}


@pytest.mark.parametrize("name", DOMAIN)
def test_the_domain_of_a_part_is_implied_or_printed(name: str) -> None:
    stated, conditions = DOMAIN[name]
    verdict = judge(stated)
    assert verdict.status is Status.PROVED, verdict
    assert verdict.conditions == conditions


NOWHERE: dict[str, Claim] = {
    "nothing makes it invertible": claim(symmetric(A), "implies", equal(A @ inverse(A), identity(n))),
    "another is invertible": claim(invertible(B), "implies", equal(A @ inverse(A), identity(n))),
    "one of two": claim(invertible(A) | (x > 0), "implies", equal(A @ inverse(A), identity(n))),
    "the wrong sign": claim(x < 0, "implies", equal(sqrt(x) * sqrt(x), x)),
    "one member for all": claim(s[j] > 0, "implies", equal(sum_over(j, s[j] / s[j]), n)),
    "one member, not 0, for all": claim(nonzero(s[j]), "implies", equal(sum_over(j, s[j] / s[j]), n)),
    "deep inside": claim(x > 0, "implies", implies(y > 0, equal(z / z, 1))),
}


@pytest.mark.parametrize("name", NOWHERE)
def test_a_conclusion_without_a_value_is_not_proved(name: str) -> None:
    with pytest.raises(NotProved, match="a branch has a domain of its own"):
        proved(NOWHERE[name])
    assert judge(NOWHERE[name]).status is not Status.PROVED


def test_a_condition_on_one_member_says_nothing_of_the_others() -> None:
    """The left part needs sᵢ ≠ 0 for one i; the right one divides by every member."""
    stated = claim(equal(s[i] / s[i], 1), "and", equal(sum_over(j, s[j] / s[j]), n))
    setting = Setting.of(stated, conditions_of(stated))
    assert prove(setting).method == "each part"
    assert [repr(condition) for condition in needed(setting)] == ["s[i] != 0", "s[j] != 0"]


# --------------------------------------------------------------------------------------------------------------- vacuity


VACUOUS: dict[str, Claim] = {
    "plainly": claim((x > 1) & (x < 0), "implies", x > 5),
    "by two names": claim((x > y) & (y > x), "implies", x > 5),
    "one after the other": claim(x > y, "implies", implies(y > x, x > 5)),
    "with an assumption": claim(y > x, "implies", x > 5, x > y),
}


@pytest.mark.parametrize("name", VACUOUS)
def test_a_premise_that_never_holds_proves_nothing(name: str) -> None:
    verdict = judge(VACUOUS[name])
    assert verdict.status is Status.UNDECIDED
    assert "the premise never holds: no " in verdict.reason


def test_a_witness_meets_the_premises() -> None:
    verdict = judge(claim((x > 3) & positive(y), "implies", implies(z > x, z + y > 3)))
    assert verdict.witness is not None
    values = {name: value[0][0] for name, value in verdict.witness.values}
    assert values["z"] > values["x"] > 3  # type: ignore[operator]
    assert values["y"] > 0  # type: ignore[operator]


def test_a_premise_with_an_index_is_no_assumption() -> None:
    stated = claim(s[i] > 0, "implies", s[j] > 0)
    assert premised(stated) == stated
    assert premised(claim(every(i, s[i] > 0), "implies", s[j] > 0)) == claim(s[j], ">", 0, s[i] > 0)


# ----------------------------------------------------------------------------------------------------------- explanation


def test_an_explanation_tells_the_parts() -> None:
    told = explain(PROVED["premises one after the other"][0])
    assert told.of_kind("proved") == ("by conditional proof", "by conditional proof", "by each part", "by normal form", "by ranges")
    assert told.of_kind("part") == (claim(A.T, "=", A, symmetric(A) & (x > 0)), claim(x + 1, ">", 0, symmetric(A) & (x > 0)))
    (first, second) = told.of_kind("under its premise")
    assert isinstance(first, Claim)
    assert isinstance(second, Claim)
    assert (len(first.given), len(second.given)) == (1, 2)
    directions = explain(PROVED["both directions"][0]).of_kind("direction")
    assert directions == tuple(
        Claim(left, "implies", right) for left, right in ((equal(A @ v, v), equal(v, A @ v)), (equal(v, A @ v), equal(A @ v, v)))
    )


def test_lemmas_of_the_parts_are_those_of_the_whole() -> None:
    assert judge(claim(equal(A.T.T, A), "and", (abs_(rho) < 1) & (rho**t < 2), abs_(rho) < 1)).lemmas == ("logarithm",)


# ------------------------------------------------------------------------------------------------------ random statements


def random_relation(maker: Maker, random: Random) -> Statement:
    shape = random.choice(SHAPES)
    if shape and shape[0] == shape[1] and random.random() < 0.2:
        return Property(random.choice(("symmetric", "invertible", "positive semidefinite")), maker.term(shape, 1))
    left = maker.term(shape, 1)
    if random.random() < 0.3:
        return Relation(left, random.choice(("=", "<=", ">=")), left)
    return Relation(left, random.choice(("=", "!=", "<", "<=", ">=")), zeros(*shape) if random.random() < 0.5 else maker.term(shape, 1))


def random_statements(seed: int, count: int) -> list[Claim]:
    """Relations and properties of matrices, joined at random and in ways that are often true."""
    random = Random(seed)
    found = []
    for _ in range(count):
        maker = Maker(random.choice, counters=False)
        first, second, third = (random_relation(maker, random) for _ in range(3))
        shapes = (
            Relation(first & second, "implies", first),
            Relation(first, "implies", Relation(second, "implies", first & second)),
            Relation(first & second, "iff", second & first),
            Relation(first | second, "implies", first),
            Relation(first, random.choice(("and", "or", "iff", "implies")), Relation(second, random.choice(("and", "implies")), third)),
        )
        chosen = random.choice(shapes)
        found.append(Claim(chosen.left, chosen.symbol, chosen.right, (nonzero(x), *GIVEN)[: random.randint(0, 3)]))
    return found


def test_no_random_statement_raises_or_alarms() -> None:
    statuses = []
    for stated in random_statements(seed=1, count=40):
        verdict = judge(stated)
        assert not verdict.alarm, (stated, verdict)
        statuses.append(verdict.status)
    assert {Status.PROVED, Status.REFUTED} <= set(statuses)


def test_a_literal_part_is_asked_entry_by_entry() -> None:
    M = literal([1 - x, 0], [0, 1 - y])
    stated = claim(abs_(at(M, 1, 1)) < 1, "iff", (x > 0) & (x < 2))
    assert judge(stated).status is Status.PROVED
    assert judge(claim(norm(u) >= 0, "and", abs_(at(M, 2, 2)) >= 0)).status is Status.PROVED
