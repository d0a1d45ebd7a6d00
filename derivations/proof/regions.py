"""Claims about real scalars, decided by z3: regions of step sizes, absolute values and maxima, thresholds with logarithms.

A claim is proved if no real numbers meet its assumptions and its domain and yet make it false. What z3 calls such numbers need not be any:
of an unknown it knows only what it was told. They are candidates for a counterexample, to be evaluated (`derivations.proof.models`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Any

from derivations.evaluation.algebraic import real_root
from derivations.language import operators as op
from derivations.language.algebraic import ExactNumber
from derivations.language.claims import Claim
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.shapes import Dim, sides
from derivations.language.terms import Entry, Index, Member, Position, Relation, Statement, Symbol, Term, map_parts
from derivations.language.traversal import subterms
from derivations.proof.domain import Condition, conditions_of
from derivations.proof.entrywise import of_entries
from derivations.proof.lemmas import LOGARITHM
from derivations.proof.proofs import Disproved, NotProved, Proof, Question, Setting
from derivations.proof.ranges import Ranges
from derivations.proof.reals import COMPARISONS, Reals, is_about_reals

__all__ = ["Model", "Region", "by_linear_regions", "by_regions", "concerns", "places"]

_SOLVERS = (("qfnra-nlsat", 1_000_000), ("smt", 1_000_000))
"""The procedures that are asked, one after the other, each with its budget in units of work that z3 counts: the cylindrical decomposition
for polynomials, then the one for many linear pieces. (z3's own choice between them goes by the clock.)"""
_LINEAR_SOLVERS = (("smt", 10_000_000),)
"""Where all pieces are linear, the second procedure alone decides."""
_MOST_PLACES = 16
_MOST_TOLD = 8


def concerns(claim: Claim) -> bool:
    """Whether a claim is about real scalars only."""
    return is_about_reals(claim.statement)


def by_regions(setting: Setting) -> Proof:
    """A proof that no real numbers contradict the claim.

    Raises:
        NotProved: z3 found numbers that do, or gave up.
        UnsupportedError: numbers that may, in place of terms that z3 does not know; or the claim is about something else.
    """
    return _proved_in(Region(setting.claim, setting.conditions, setting.ranges), setting)


def by_linear_regions(setting: Setting) -> Proof:
    """The same for linear pieces only, about which z3 is quick to decide.

    Raises:
        NotProved: some piece is not linear, or as `by_regions`.
    """
    region = Region(setting.claim, setting.conditions, setting.ranges)
    if not region.is_linear(setting.claim.statement):
        raise NotProved("not all pieces are linear")
    return _proved_in(region, setting)


def _proved_in(region: Region, setting: Setting) -> Proof:
    found = region.without(setting.claim.statement)
    if found is None:
        lemmas = (LOGARITHM.name,) if region.reals.has_logarithms else ()
        return Proof("regions", setting, question=region.question(), lemmas=lemmas)
    if found.reason:
        raise NotProved(f"whether real numbers contradict it is open: {found.reason}")
    raise (Disproved if region.is_exact else UnsupportedError)(f"real numbers may contradict it: {found}")


@dataclass(frozen=True, slots=True)
class Model:
    """Numbers that z3 found, or why it found none.

    Attributes:
        values: of names and unknowns, each rounded to several precisions, the roughest first, and then as it is; empty if z3 gave up.
    """

    values: dict[Term, tuple[ExactNumber, ...]]
    reason: str = ""

    def __str__(self) -> str:
        told = [f"{term} = {_brief(values[-1])}" for term, values in islice(self.values.items(), _MOST_TOLD)]
        return ", ".join(told) + (", …" if len(self.values) > _MOST_TOLD else "")


def _brief(number: ExactNumber) -> str:
    return str(number.limit_denominator(1000) if isinstance(number, Fraction) else number)


class Region:
    """The real numbers that meet the assumptions and lie in the domain of a claim.

    Attributes:
        reals: what they are to z3.
    """

    def __init__(self, claim: Claim, conditions: Iterable[Condition], ranges: Ranges) -> None:
        self.reals = Reals(ranges)
        self._used: list[Statement] = []
        self._domain: list[Condition] = []
        self._formulas: list[Any] = []
        for given in claim.given:
            for instance in _everywhere(given, claim.statement):
                self._assume(instance)
        for condition in conditions:
            if not condition.guards and (formula := self._usable(condition.requirement)) is not None:
                self._domain.append(condition)
                self._formulas.append(formula)
        self._all_told = not claim.statement.free and tuple(self._used) == claim.given and tuple(self._domain) == tuple(conditions)

    def _assume(self, given: Statement) -> None:
        """An assumption, which has a value where it holds: so its domain is known too."""
        formula = self._usable(given)
        if formula is None or not isinstance(given, Relation):
            return
        self._used.append(given)
        self._formulas.append(formula)
        for condition in _domain_of(given):
            facts = [self._usable(part) for part in (condition.requirement, *condition.guards)]
            if None not in facts:
                self._formulas.append(self.reals.z3.Implies(self.reals.all_of(*facts[1:]), facts[0]))

    def _usable(self, statement: Statement) -> Any | None:
        """The statement as a formula; None where it is about something else: to go without a fact is sound."""
        try:
            return self.reals.formula(statement)
        except UnsupportedError:
            return None

    def question(self) -> Question:
        """What is told of the region, in words."""
        return Question(tuple(self._used), tuple(self._domain), tuple(self.reals.unknowns), tuple(self.reals.facts))

    @property
    def is_exact(self) -> bool:
        """Whether its numbers are those of instances: z3 was told everything, and took no other term for an unknown number."""
        return self._all_told and not self.reals.unknowns and all(isinstance(name, Symbol | Entry) for name in self.reals.names)

    def is_linear(self, statement: Statement) -> bool:
        """Whether all pieces of a statement, and what is told of the region, are linear.

        Raises:
            UnsupportedError: the statement is not about real scalars.
        """
        return self.reals.are_linear((*self._formulas, self.reals.formula(statement), *self.reals.all_told()))

    def without(self, statement: Statement, guards: Iterable[Statement] = ()) -> Model | None:
        """Numbers of the region that meet the guards and not the statement; None if there certainly are none.

        Raises:
            UnsupportedError: the statement is not about real scalars.
        """
        failing = self.reals.z3.Not(self.reals.formula(statement))
        return self._numbers(failing, *(formula for guard in guards if (formula := self._usable(guard)) is not None))

    def numbers(self) -> Model | None:
        """Any numbers of the region; None if there certainly are none."""
        return self._numbers()

    def _numbers(self, *formulas: Any) -> Model | None:
        reason = ""
        asked = (*self._formulas, *formulas, *self.reals.all_told())
        for name, budget in _LINEAR_SOLVERS if self.reals.are_linear(asked) else _SOLVERS:
            solver = self.reals.z3.Tactic(name, ctx=self.reals.context).solver()
            solver.set("rlimit", budget)
            solver.add(*asked)
            answer = solver.check()
            if answer == self.reals.z3.unsat:
                return None
            if answer == self.reals.z3.sat:
                return self._model(solver.model())
            reason = f"z3's {name} gave up ({solver.reason_unknown()}) within {budget} units of work"
        return Model({}, reason)

    def _model(self, model: Any) -> Model:
        every = {**self.reals.names, **self.reals.unknowns}
        return Model({term: tuple(_approximations(model.eval(variable, model_completion=True))) for term, variable in every.items()})


def _approximations(value: Any, digits: int = 20) -> Iterator[ExactNumber]:
    """Simple numbers near to a number that z3 found, then that number."""
    import z3

    irrational = z3.is_algebraic_value(value)
    found = (value.approx(digits) if irrational else value).as_fraction()
    nearest = Fraction(found.numerator, found.denominator)
    yield from (nearest.limit_denominator(most) for most in _DENOMINATORS)
    yield nearest
    yield real_root([int(factor.as_long()) for factor in value.poly()], value.index() - 1) if irrational else nearest


_DENOMINATORS = (1, 4, 60, 10_000)


def _everywhere(given: Statement, statement: Statement) -> Iterator[Statement]:
    """An assumption at the positions that a statement speaks of: its free indices stand for any, and of matrices it is told of each entry."""
    given = of_entries(given) if isinstance(given, Relation) and given.symbol in COMPARISONS else given
    indices = sorted(given.free, key=lambda index: index.name)
    spoken_of = places(statement)
    choices = product(*([position for position, dim in spoken_of if dim == index.dim] for index in indices))
    for positions in islice(choices, _MOST_PLACES):
        there: dict[Index, Position] = dict(zip(indices, positions, strict=True))
        try:
            yield _at(given, there)
        except DeclarationError:
            continue  # an index would be bound inside; to go without a fact is sound


def _domain_of(given: Relation) -> tuple[Condition, ...]:
    try:
        return conditions_of(Claim(given.left, given.symbol, given.right))
    except UnsupportedError:
        return ()  # likewise


def _at(given: Statement, there: dict[Index, Position]) -> Statement:
    moved: Statement = map_parts(given, lambda part: op.at_positions(part, there))
    return moved


def places(statement: Statement) -> dict[tuple[Position, Dim], None]:
    """The positions at which entries and members stand in a statement: its free indices, and numbers."""
    found: dict[tuple[Position, Dim], None] = {(index, index.dim): None for index in sorted(statement.free, key=lambda index: index.name)}
    for term in subterms(statement):
        if isinstance(term, Entry):
            pairs = zip((term.row, term.column), sides(term.operand.shape), strict=True)
        elif isinstance(term, Member) and not term.family.is_numbered:
            pairs = zip(term.places, term.family.axes, strict=True)
        else:
            continue
        found.update(((position, dim), None) for position, dim in pairs if isinstance(position, int))
    return found
