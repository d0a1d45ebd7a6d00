"""The way from the terms of a topic to the SymPy objects that its functions return."""

from __future__ import annotations

from typing import Any

from derivations.language.terms import Term

__all__ = ["sympy_object", "sympy_objects"]


def sympy_object(term: Term) -> Any:
    """The term as a SymPy object. SymPy is loaded at the first call, not with the topic."""
    from derivations.evaluation.symbolic import to_sympy

    return to_sympy(term)


def sympy_objects(terms: dict[str, Term]) -> dict[str, Any]:
    """A SymPy object for each named term, in the same order."""
    return {name: sympy_object(term) for name, term in terms.items()}
