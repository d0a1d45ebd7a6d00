"""The way from the terms of a topic to the SymPy objects that its functions return.

Their scalars are real, and have no sign, whatever a topic assumes: to SymPy a positive sigma is another symbol than a real one, so that
results of two functions would not go together, and a person would have to know the sign to put in a value. Who wants SymPy to use what
is known passes the terms to ``to_sympy`` with ``given``.
"""

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
