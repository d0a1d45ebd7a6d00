"""Counterexamples in numbers, lifted to the claim about sequences or a matrix that was reduced to claims about numbers.

The values in the directions that were looked at make a diagonal matrix, and the coordinates there make vectors. What z3 finds is a candidate
only: it is put to the assumptions and to the claim like any other instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derivations.evaluation.instances import Entries, Instance, Quantity, matrix_size
from derivations.language.algebraic import ExactNumber
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.random_names import unvalued
from derivations.language.terms import Number, Symbol, Term
from derivations.language.traversal import dimensions, symbols
from derivations.proof.domain import conditions_of
from derivations.proof.drawing_order import free_dimensions
from derivations.proof.models import instance_with, numbers_against
from derivations.proof.reduction import reduced, speaks_of_limits_or_spectra
from derivations.proof.spectra import Direction

__all__ = ["lifted"]


def lifted(claim: Claim) -> Iterator[Instance]:
    """Instances that may contradict a claim that is reduced to claims about numbers."""
    if not speaks_of_limits_or_spectra(claim):
        return
    try:
        found = reduced(claim, conditions_of(claim))
    except UnsupportedError:
        return  # it is reduced to none
    for part, directions in zip(found.claims, found.directions, strict=True):
        for numbers in numbers_against(part):
            instance = _diagonal(claim, directions, numbers) if directions else instance_with(claim, numbers)
            if instance is not None:
                yield instance


def _diagonal(claim: Claim, directions: tuple[Direction, ...], numbers: dict[Term, ExactNumber]) -> Instance | None:
    """The matrix with the value in each direction on its diagonal, and vectors with the coordinates there; None where the sizes do not allow it."""
    named = dimensions(claim.terms) | free_dimensions((claim.statement, *claim.given))
    sizes = {dim: len(directions) if dim.least else 1 for dim in named}
    values: dict[Quantity, Entries] = {}
    for name in symbols(claim.terms) - unvalued(claim.statement, claim.given):
        if not isinstance(name, Symbol):
            return None
        rows, columns = matrix_size(name.size, sizes)
        if {rows, columns} - {1, len(directions)}:
            return None
        entries = [_value(here.of(name), numbers) for here in directions] if name.size else [_value(name, numbers)]
        values[name] = tuple(tuple(entry if i == j or columns == 1 else Fraction(0) for j in range(columns)) for i, entry in enumerate(entries))
    return Instance(sizes, values, {index: 1 for index in claim.statement.free})


def _value(term: Term, numbers: dict[Term, ExactNumber]) -> ExactNumber:
    """A name's number; 1 where z3 was not asked of it."""
    return term.value if isinstance(term, Number) else numbers.get(term, Fraction(1))
