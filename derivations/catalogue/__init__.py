"""The registry of topics: one module of this package each, with its derivations in `entries`. A topic is imported when asked for."""

from __future__ import annotations

import difflib
import functools
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from derivations.language.claims import Derivation
from derivations.language.errors import DeclarationError, DerivationError

__all__ = ["TOPICS", "Topic", "UnknownNameError", "addressed", "derivation", "nearest", "topic", "topic_of", "topics"]

TOPICS = (
    "vector_calculus", "backpropagation", "jacobians", "least_squares", "gradient_descent", "noise_regularization", "momentum", "optimizers",
    "initialization", "gradient_norms", "relu_networks", "sorting_networks", "logistic_regression", "robust_regression",
)


class UnknownNameError(DerivationError):
    """A name that nothing carries; the message says which names come nearest."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Derivations that belong together: those of a module, or some of them.

    Attributes:
        name: the module's name.
        summary: the first line of its docstring.
        derivations: in the order of its entries.
    """

    name: str
    summary: str
    derivations: tuple[Derivation, ...]

    def only(self, name: str) -> Topic:
        """The topic with the one derivation of this name.

        Raises:
            UnknownNameError: there is none.
        """
        found = tuple(entry for entry in self.derivations if entry.name == name)
        if not found:
            raise UnknownNameError(f"the topic {self.name} has no derivation {name!r}{nearest(name, [entry.name for entry in self.derivations])}")
        return replace(self, derivations=found)


def topic_of(module: ModuleType) -> Topic:
    """The topic that a module states in its `entries`: derivations, and functions that return one when called without arguments.

    Raises:
        DeclarationError: there are no entries, or one is something else, two have one name, or a claim says that a term is itself.
    """
    name = module.__name__.rpartition(".")[2]
    entries: Any = vars(module).get("entries")
    if not isinstance(entries, tuple | list) or not entries:
        raise DeclarationError(f"{name}: expected a tuple `entries` of derivations; found {'none' if entries is None else repr(entries)}")
    made = tuple(entry() if callable(entry) else entry for entry in entries)
    for entry in made:
        if not isinstance(entry, Derivation):
            raise DeclarationError(f"{name}: an entry must be a Derivation or a function that returns one; found {entry!r} ({type(entry).__name__})")
    _check(name, made)
    return Topic(name, (module.__doc__ or "").strip().partition("\n")[0], made)


def _check(name: str, derivations: tuple[Derivation, ...]) -> None:
    titles: dict[str, str] = {}
    for entry in derivations:
        if entry.name in titles:
            raise DeclarationError(f"{name}: the derivations {titles[entry.name]!r} and {entry.title!r} have one name, {entry.name}")
        titles[entry.name] = entry.title
        for step in entry.steps:
            if step.claim.left == step.claim.right:
                raise DeclarationError(f"{name}/{entry.name}: both sides of {step.title!r} are {step.claim.left}; such a claim says nothing")


@functools.cache
def topic(name: str) -> Topic:
    """The topic of the catalogue with this name.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in TOPICS:
        raise UnknownNameError(f"there is no topic {name!r}{nearest(name, TOPICS)}")
    return topic_of(importlib.import_module(f"{__name__}.{name}"))


def topics() -> Iterator[Topic]:
    """Every topic of the catalogue, in its order."""
    return map(topic, TOPICS)


def addressed(address: str) -> Topic:
    """The topic with the name, or the part of it that is at ``topic/derivation``.

    Raises:
        UnknownNameError: there is none.
    """
    name, _, derivation_name = address.partition("/")
    return topic(name).only(derivation_name) if derivation_name else topic(name)


def derivation(address: str) -> Derivation:
    """The derivation at ``topic/derivation``.

    Raises:
        UnknownNameError: there is none.
    """
    name, _, derivation_name = address.partition("/")
    return topic(name).only(derivation_name).derivations[0]


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: those it may be meant for."""
    choices = list(known)
    close = [choice for choice in choices if name and name in choice] or difflib.get_close_matches(name, choices, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else f"; expected one of {', '.join(choices)}"
