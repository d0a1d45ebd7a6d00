"""Gauss–Jordan elimination over a field: which columns are independent, and how the others are made of them."""

from __future__ import annotations

from typing import Any

from derivations.evaluation.fields import Field
from derivations.evaluation.interpreter import Imprecise

__all__ = ["certainly_nonzero", "reduced_echelon"]


def certainly_nonzero(field: Field, entry: Any) -> bool:
    """Whether an entry is not 0, beyond the doubt that a ball may leave."""
    try:
        return field.sign_or_complex(entry) != 0
    except Imprecise:
        return False  # a pivot that may be zero is not used; another may serve


def reduced_echelon(field: Field, matrix: list[list[Any]]) -> tuple[list[int], list[list[Any]]]:
    """Pivot columns p₁ … pᵣ, in the order of their rows, and the r rows F (each as long as the matrix is wide) with F[k][pₖ] = 1,
    and 0 in the other rows: the matrix is its columns p₁ … pᵣ times F, and r is its rank.

    Raises:
        Imprecise: balls leave the rank open.
    """
    rows = [row[:] for row in matrix]
    width = len(rows[0])
    pivots: list[int] = []
    for k in range(len(rows)):
        free = [j for j in range(width) if j not in pivots]
        place = next(((i, j) for j in free for i in range(k, len(rows)) if certainly_nonzero(field, rows[i][j])), None)
        if place is None:
            for row in rows[k:]:
                for j in free:
                    field.sign_or_complex(row[j])  # all are 0, or it raises Imprecise: some may be
            break
        chosen, column = place
        rows[k], rows[chosen] = rows[chosen], rows[k]
        pivot = rows[k][column]
        for i in range(len(rows)):
            if i != k:  # by products only, so that balls of few digits stay exact, and zeros are known to be zero
                factor = rows[i][column]
                rows[i] = [pivot * entry - factor * above for entry, above in zip(rows[i], rows[k], strict=True)]
        pivots.append(column)
    return pivots, [[field.divide(entry, row[pivot]) for entry in row] for pivot, row in zip(pivots, rows, strict=False)]
