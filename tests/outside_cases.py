"""What other people state: equations of the Matrix Cookbook and expected results of SymPy's own tests, restated by hand, each beside a slip.

MC is K. B. Petersen and M. S. Pedersen, The Matrix Cookbook, version of November 15, 2012, by the number of the equation or section.
SymPy is version 1.14, by the test that expects the result. Only facts are taken. Vectors and matrices are of symbolic shapes; what is
square there only because the source says so nowhere is rectangular here.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.assumptions import Assumption
from derivations.language.claims import Claim, claim
from derivations.language.terms import Operand, Statement

__all__ = ["Case", "Correction", "corrected", "equation", "statement"]


@dataclass(frozen=True)
class Case:
    """A result of a source, and the same with one slip.

    Attributes:
        source: where it stands.
        right: the result.
        wrong: a sign, factor, transpose, order or index away from it.
    """

    source: str
    right: Claim
    wrong: Claim


@dataclass(frozen=True)
class Correction:
    """What a source states, and what is true instead.

    Attributes:
        stated: as the source has it; false.
        mended: with what it leaves out, or without its slip; true.
        missing: the assumption that is left out, as a verdict names it; empty where the statement itself is wrong.
    """

    source: str
    stated: Claim
    mended: Claim
    missing: str = ""


def equation(source: str, left: Operand, right: Operand, wrong: Operand, *given: Assumption) -> Case:
    """An equation with its right side, and with a wrong one."""
    return Case(source, claim(left, "=", right, given), claim(left, "=", wrong, given))


def statement(source: str, right: Statement, wrong: Statement, *given: Assumption) -> Case:
    """Any other statement, and a wrong one."""
    return Case(source, _stated(right, given), _stated(wrong, given))


def corrected(source: str, left: Operand, stated: Operand, mended: Operand, *given: Assumption) -> Correction:
    """An equation whose right side is wrong in the source."""
    return Correction(source, claim(left, "=", stated, given), claim(left, "=", mended, given))


def _stated(relation: Statement, given: tuple[Assumption, ...]) -> Claim:
    left, symbol, right = relation.values()
    return claim(left, symbol, right, given)
