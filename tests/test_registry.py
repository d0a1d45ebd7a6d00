"""The registry of topics: every entry is reached by its address, and what makes no sense is refused when it is registered."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.catalogue import TOPICS, UnknownNameError, derivation, nearest, topic, topic_of, topics
from derivations.language.claims import Derivation, Step
from derivations.language.constructors import scalars
from derivations.language.errors import DeclarationError

a, b = scalars("a b")
SUM = Step.of("the sum commutes", a + b, "=", b + a)


def module(*entries: Any) -> ModuleType:
    made = ModuleType("own", "One line.\n\nMore.")
    made.entries = entries  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("found", list(topics()), ids=TOPICS)
def test_every_derivation_has_an_address(found: Any) -> None:
    assert found is topic(found.name)
    assert found.summary
    for entry in found.derivations:
        assert derivation(f"{found.name}/{entry.name}") is entry


def test_an_entry_may_be_a_function_of_numbers() -> None:
    def powers(exponent: int = 2) -> Derivation:
        return Derivation(f"Power {exponent}", (Step.of("power", a**exponent, "=", a * a),))

    found = topic_of(module(Derivation("Sum", (SUM,)), powers))
    assert (found.name, found.summary) == ("own", "One line.")
    assert [entry.name for entry in found.derivations] == ["sum", "power-2"]


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(DeclarationError, match="'The sum' and 'the: sum' have one name, the-sum"):
        topic_of(module(Derivation("The sum", (SUM,)), Derivation("the: sum", (SUM,))))


def test_a_claim_that_a_term_is_itself_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"own/nothing: both sides of 'same' are a \+ b"):
        topic_of(module(Derivation("Nothing", (SUM, Step.of("same", a + b, "=", a + b)))))


@pytest.mark.parametrize("entries", [None, (), 3])
def test_a_module_without_derivations_is_no_topic(entries: object) -> None:
    empty = ModuleType("own")
    empty.entries = entries  # type: ignore[attr-defined]
    with pytest.raises(DeclarationError, match="expected a tuple `entries`"):
        topic_of(empty)


@given(st.text(max_size=20))
def test_any_unknown_name_is_refused_with_a_suggestion(name: str) -> None:
    if name not in TOPICS:
        with pytest.raises(UnknownNameError, match=r"did you mean|expected one of"):
            topic(name)


def test_the_nearest_name_is_the_one_that_contains_it_or_looks_like_it() -> None:
    assert nearest("norm", TOPICS) == "; did you mean gradient_norms?"
    assert nearest("least_sqares", TOPICS) == "; did you mean least_squares?"
    assert nearest("", TOPICS).startswith("; expected one of vector_calculus, ")
