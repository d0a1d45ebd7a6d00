"""Why a claim would say nothing: assumptions that contradict each other, a premise that never holds, a conclusion that its domain presupposes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from derivations.language.assumptions import Assumption, conjuncts
from derivations.language.claims import Claim, assumption_terms
from derivations.language.errors import UnsupportedError
from derivations.language.terms import CONNECTIVES, ORDERINGS, Relation, Statement, Term
from derivations.language.traversal import symbols
from derivations.proof.domain import Condition, conditions_of
from derivations.proof.ranges import Ranges
from derivations.proof.reals import is_about_reals
from derivations.proof.regions import Region
from derivations.proof.statements import premised

__all__ = ["contradiction", "implications", "presupposed"]


def contradiction(claim: Claim) -> str:
    """Which assumptions and premises of a claim, and which conditions of its domain, no real numbers meet, as few as suffice; empty if z3
    does not show that there are such.
    """
    assumed = premised(claim)
    facts: list[Assumption | Condition] = [*assumed.given, *(c for c in conditions_of(assumed) if not c.guards)]
    if not _exclude_each_other(assumed, facts):
        return ""
    for fact in tuple(facts):
        fewer = [other for other in facts if other is not fact]
        facts = fewer if _exclude_each_other(assumed, fewer) else facts
    given, conditions = _sorted(facts)
    names = symbols([part for fact in (*given, *(condition.requirement for condition in conditions)) for part in assumption_terms(fact)])
    alone = len(names) == 1
    said = [f"satisf{'ies' if alone else 'y'} {' and '.join(map(_shown, given))}"] if given else []
    said += [f"lie{'s' if alone else ''} in the domain, where {' and '.join(map(repr, conditions))}"] if conditions else []
    return f"{_subject(given, claim)}no {next(iter(names)).name if alone else 'real numbers'} {' and '.join(said)}"


def _sorted(facts: Sequence[Assumption | Condition]) -> tuple[tuple[Assumption, ...], tuple[Condition, ...]]:
    return tuple(fact for fact in facts if not isinstance(fact, Condition)), tuple(fact for fact in facts if isinstance(fact, Condition))


def _exclude_each_other(claim: Claim, facts: Sequence[Assumption | Condition]) -> bool:
    given, conditions = _sorted(facts)
    return Region(Claim(claim.left, claim.relation, claim.right, given), conditions, Ranges(given)).numbers() is None


def _subject(given: Sequence[Assumption], claim: Claim) -> str:
    if any(assumption not in claim.given for assumption in given):
        return "the premise never holds: "
    return "the assumptions contradict each other: " if len(given) > 1 else ""


def _shown(fact: Assumption) -> str:
    return f"({fact})" if isinstance(fact, Relation) and fact.symbol in CONNECTIVES and fact.symbol != "and" else repr(fact)


def implications(claim: Claim) -> Iterator[Claim]:
    """The implications among what a claim joins by "and", each as a claim of its own."""
    for part in conjuncts(claim.statement):
        if part != claim.statement and isinstance(part, Relation) and part.symbol == "implies":
            yield Claim(part.left, "implies", part.right, claim.given)


def presupposed(claim: Claim, conditions: Collection[Condition]) -> Iterator[Relation]:
    """Comparisons in a proved claim that are true because of its domain alone: under its printed conditions they hold, else they may fail."""
    if not conditions or claim.relation in ORDERINGS or isinstance(claim.left, Term):
        return
    for part in dict.fromkeys(_comparisons(claim.statement)):
        alone = Claim(part.left, part.symbol, part.right, claim.given)
        own = conditions_of(alone)
        if all(condition in own for condition in conditions) or not is_about_reals(part) or any(condition.guards for condition in own):
            continue
        try:
            by_domain = Region(alone, conditions, Ranges(claim.given)).without(part) is None
            if by_domain and Region(alone, own, Ranges(claim.given)).without(part) is not None:
                yield part
        except UnsupportedError:
            continue  # z3 has no words for it, and to remark nothing is no verdict


def _comparisons(statement: Statement) -> Iterator[Relation]:
    match statement:
        case Relation(Statement() as left, _, Statement() as right):
            yield from _comparisons(left)
            yield from _comparisons(right)
        case Relation(Term(), _, Term()):
            yield statement
