"""Claims about subgradients, proved."""

from __future__ import annotations

from derivations.evaluation.subgradients import Violation
from derivations.language.verdicts import Value
from derivations.language.writing import value_text

__all__ = ["violation_text"]


def violation_text(found: Violation, left: Value, right: Value) -> str:
    """What refutes a subgradient, in words, from its values: ``at x = 1 the function is 1, below f(x) + <g, z - x> = 2``."""
    variable = found.stated.of.variable

    def written(entries: Value) -> str:
        text = value_text(entries)
        return f"[{text}]" if variable.shape and not text.startswith("[") else text

    if found.place is None:
        direction = written(found.direction)
        return f"along V = {direction} the one-sided derivative of the function is {value_text(left)}, less than <g, V> = {value_text(right)}"
    place = written(found.place)
    line = f"its value at {variable} plus <g, z - {variable}>"
    return f"at z = {place} the function is {value_text(left)}, less than {line}, which is {value_text(right)}"
