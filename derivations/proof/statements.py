"""Proofs of any statement: split into parts, each under what may be assumed there, or asked about real numbers as a whole.

"A and B" is proved by both parts; "A implies B" by B, with A among the assumptions; "A iff B" by both directions. A relation between terms goes to
the methods for equations and comparisons. What these leave over and what cannot be split, such as "A or B", is asked about real numbers, if
it is about them.

The domain is settled once, for the whole: a condition inside a conclusion or a branch must follow from what is assumed there. So it holds
wherever it matters, and a part may rely on its own conditions; of those of the other parts, on the ones that bind no index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product

from derivations.evaluation.minimisers import minimality
from derivations.evaluation.subgradients import membership
from derivations.language.assumptions import Assumption, Every, Property, conjuncts
from derivations.language.claims import Claim, substituted
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, relu, sign
from derivations.language.operators import Apply, Cases, Indicator, Maximum, Minimum, Sum
from derivations.language.shapes import Shape, sides
from derivations.language.terms import CONNECTIVES, ORDERINGS, Entry, Index, Relation, Statement, Term
from derivations.language.traversal import subterms
from derivations.proof.closed_forms import closed_forms, has_sequences
from derivations.proof.comparisons import by_ranges
from derivations.proof.complex_names import require_equation_where_complex
from derivations.proof.definiteness import Definiteness, definiteness
from derivations.proof.domain import Condition, conditions_of, implied
from derivations.proof.entrywise import of_entries
from derivations.proof.equations import prove_relation
from derivations.proof.lemmas import FERMAT, LIMIT_RULES, SPECTRAL_THEOREM
from derivations.proof.limit_rules import equation_of_limits
from derivations.proof.minimisation import contrapositives, unfolded
from derivations.proof.one_sided import speaks_of_one_sides, without_one_sided_derivatives
from derivations.proof.parts import composed, within
from derivations.proof.proofs import Disproved, NotProved, Proof, Setting
from derivations.proof.ranges import Ranges
from derivations.proof.reals import is_about_reals
from derivations.proof.reduction import assumes_spectra, by_reduction, speaks_of_limits_or_spectra
from derivations.proof.regions import Region, by_linear_regions, by_regions, concerns
from derivations.proof.spectral_terms import by_spectral_terms
from derivations.proof.subgradients import by_subgradients, is_fermats_rule
from derivations.proof.sums import by_sums
from derivations.proof.symmetry import is_symmetric
from derivations.proof.termwise import compares_sums

__all__ = ["needed", "premised", "prove"]

_Method = Callable[[Setting], Proof]


def prove(setting: Setting) -> Proof:
    """The first method that proves the claim.

    Raises:
        NotProved: with the reason.
        UnsupportedError: the claim has a part that no method knows.
    """
    require_equation_where_complex(setting.claim)
    _check_guards(setting)
    return _proved(setting)


def _check_guards(setting: Setting) -> None:
    """Raises:
    NotProved: a condition of a branch or conclusion does not follow from what is assumed there.
    """
    for condition in setting.conditions:
        if condition.guards and not _holds_where_guarded(condition, setting):
            raise NotProved(f"a branch has a domain of its own: {condition}")


def premised(claim: Claim) -> Claim:
    """The conclusion of a claim, with its premises among the assumptions if they may stand there: only where they hold does it say anything."""
    while claim.relation == "implies" and isinstance(claim.left, Statement) and isinstance(claim.right, Statement):
        assumed = [_as_assumption(part) for part in conjuncts(claim.left)]
        usable = [part for part in assumed if part is not None]
        if len(usable) < len(assumed):
            break
        conclusion = claim.right if isinstance(claim.right, Relation) else Relation(claim.right, "and", claim.right)
        claim = Claim(conclusion.left, conclusion.symbol, conclusion.right, (*claim.given, *usable))
    return claim


def _holds_where_guarded(condition: Condition, setting: Setting) -> bool:
    """Whether a condition of a branch or conclusion follows from what is assumed there, so that the claim has a value."""
    claim = setting.claim
    if condition.requirement.free & _free_in_guards(condition) & _bound_twice(claim.statement):
        return False  # the guard speaks of one value of the index, and the condition, inside a sum, of all
    if implied(condition, claim, setting.ranges, setting.conditions):
        return True
    there = replace(claim, given=_with_guards(claim, condition))
    if implied(Condition(condition.requirement), there, Ranges(there.given), setting.conditions):
        return True
    return _follows(condition, claim, setting.conditions)


def _free_in_guards(condition: Condition) -> frozenset[Index]:
    return frozenset().union(*(guard.free for guard in condition.guards))


def _bound_twice(statement: Statement) -> frozenset[Index]:
    """Indices that a sum binds, though outside of it they are free or bound too."""
    return frozenset(term.index for term in subterms(statement) if isinstance(term, Sum)) & (statement.free | frozenset(_quantified(statement)))


def _quantified(statement: Statement) -> Iterator[Index]:
    if isinstance(statement, Every):
        yield statement.index
    for part in statement.values():
        if isinstance(part, Statement):
            yield from _quantified(part)


def _with_guards(claim: Claim, condition: Condition) -> tuple[Assumption, ...]:
    """The assumptions of a claim, and those guards of a condition that may stand among them."""
    parts = (_as_assumption(part) for guard in condition.guards for part in conjuncts(guard))
    return (*claim.given, *(part for part in parts if part is not None))


def _follows(condition: Condition, claim: Claim, known: Iterable[Condition]) -> bool:
    """Whether z3 shows that a condition follows from its guards, the assumptions and the known conditions."""
    requirement = condition.requirement
    if not isinstance(requirement, Relation) or not is_about_reals(requirement):
        return False
    asked = Claim(requirement.left, requirement.symbol, requirement.right, _with_guards(claim, condition))
    return Region(asked, known, Ranges(asked.given)).without(requirement, condition.guards) is None


def needed(setting: Setting) -> tuple[Condition, ...]:
    """What of its domain the assumptions of a proved claim do not imply, as far as ranges show and, of real scalars, z3.

    What a branch or conclusion needs has been shown to hold there.
    """
    open_ = [c for c in setting.conditions if not c.guards and not implied(c, setting.claim, setting.ranges, setting.conditions)]
    if not any(map(is_about_reals, setting.claim.given)):
        return tuple(open_)
    ambiguous = _bound_twice(setting.claim.statement)
    settled = [condition for condition in setting.conditions if condition not in open_]
    kept = []
    for condition in reversed(open_):  # what stands inside comes later in the text, and does not depend on what it stands in
        if condition.requirement.free & ambiguous or not _follows(condition, setting.claim, settled):
            kept.append(condition)
        settled.append(condition)
    return tuple(reversed(kept))


# --------------------------------------------------------------------------------------------------------------- the methods


def _proved(setting: Setting) -> Proof:
    """A proof of a claim whose domain is settled."""
    reasons = []
    for method in _methods(setting.claim):
        try:
            return method(setting)
        except Disproved:
            raise
        except UnsupportedError as reason:
            reasons.append(reason)
    raise _joined(reasons)


def _methods(claim: Claim) -> Iterator[_Method]:
    if concerns(claim) and claim.relation != "=" and has_sequences(claim):
        yield _by_closed_forms
    if _stated(claim) in claim.given:
        yield _given
    elif is_fermats_rule(claim):
        yield _fermat
        return
    elif membership(claim.statement) is not None:
        yield _subgradient
        return
    elif speaks_of_one_sides(claim):
        yield _one_sided
        return
    elif isinstance(_stated(claim), Property):
        yield _property
        yield _reduction
    elif minimality(claim.statement) is not None:
        yield _minimiser
        return
    elif speaks_of_limits_or_spectra(claim):
        yield _spectral_terms
        yield _reduction
        if claim.relation == "->":
            yield _limit_by_rules
        if claim.relation in _SPLITS:
            yield _SPLITS[claim.relation]
    elif assumes_spectra(claim):
        yield _reduction
    elif claim.relation in _SPLITS and not (claim.relation == "iff" and concerns(claim)):
        yield _SPLITS[claim.relation]
    elif isinstance(claim.left, Term):
        if concerns(claim) and _has_branches(claim):
            yield _by_ranges_or_regions
        if concerns(claim) and _equates_branches(claim):
            yield by_linear_regions
        methods = (prove_relation, _sums) if not _has_branches(claim) else (_sums, prove_relation)
        yield from methods if compares_sums(claim) else (prove_relation,)
        if claim.left.shape and claim.relation in ORDERINGS:
            yield _entry_by_entry
        yield from (_contraposition(part) for part in contrapositives(claim))
    if concerns(claim) and not _has_branches(claim):
        yield by_regions


def _has_branches(claim: Claim) -> bool:
    """Whether numbers are compared that branches make up, such as absolute values: seldom a sum of squares, and what z3 is good at."""
    branches = any(isinstance(term, _BRANCHES) or (isinstance(term, Apply) and term.function in _KINKED) for term in subterms(claim.terms))
    return claim.relation in ORDERINGS and branches


def _equates_branches(claim: Claim) -> bool:
    """Whether cases or maxima are equated, which a normal form expands into many products."""
    return claim.relation == "=" and any(isinstance(term, _BRANCHES) for term in subterms(claim.terms))


_BRANCHES = (Maximum, Minimum, Cases, Indicator)
_KINKED = (abs_, relu, sign)


def _by_ranges_or_regions(setting: Setting) -> Proof:
    return by_ranges(setting) or by_regions(setting)


def _joined(reasons: list[UnsupportedError]) -> UnsupportedError:
    """All reasons as one, with what is left over of an equation; no `NotProved` if no method knew the claim."""
    if len(reasons) == 1:
        return reasons[0]
    text = "; ".join(dict.fromkeys(map(str, reasons))) or "no method for such a statement"
    failed = [reason for reason in reasons if isinstance(reason, NotProved)]
    if reasons and not failed:
        return UnsupportedError(text)
    left_over = next((reason for reason in failed if reason.residual is not None), NotProved(text))
    return NotProved(text, left_over.residual, left_over.normalizer)


def _both(setting: Setting) -> Proof:
    return _split("each part", setting, [_part(setting, side) for side in setting.claim.sides if isinstance(side, Statement)])


def _both_directions(setting: Setting) -> Proof:
    left, right = setting.claim.sides
    if not isinstance(left, Statement) or not isinstance(right, Statement):
        raise NotProved(f"no statements on both sides of {setting.claim}")
    directions = (Relation(left, "implies", right), Relation(right, "implies", left))
    return _split("both directions", setting, [_part(setting, direction) for direction in directions])


def _under_premise(setting: Setting) -> Proof:
    premise, conclusion = setting.claim.sides
    if not isinstance(premise, Statement) or not isinstance(conclusion, Statement):
        raise NotProved(f"no statements on both sides of {setting.claim}")
    parts = [(part, _as_assumption(part)) for part in conjuncts(premise)]
    assumed = [found for _, found in parts if found is not None]
    if not assumed:
        raise NotProved(f"the premise {premise} cannot be made an assumption")
    for part in (part for part, found in reversed(parts) if found is None):
        conclusion = Relation(part, "implies", conclusion)
    return _split("conditional proof", setting, [_part(setting, conclusion, assumed)])


_SPLITS: dict[str, _Method] = {"and": _both, "implies": _under_premise, "iff": _both_directions}


def _split(method: str, setting: Setting, parts: Iterable[Setting], lemmas: tuple[str, ...] = ()) -> Proof:
    return composed(method, setting, map(_proved, parts), lemmas)


def _minimiser(setting: Setting) -> Proof:
    """A claim about a minimiser, by the claims that it means: their domain is that of the whole."""
    return _split("minimiser", setting, [Setting.of(part, conditions_of(part)) for part in unfolded(setting.claim)])


def _one_sided(setting: Setting) -> Proof:
    """A claim about one-sided derivatives, by what they are. What only the terms that they became divide by must not be zero on the domain."""
    left, right = without_one_sided_derivatives(setting.claim.sides)
    return _split("one-sided derivatives", setting, [_rewritten(setting, replace(setting.claim, left=left, right=right))])


def _rewritten(setting: Setting, written: Claim) -> Setting:
    """A claim that the one of the setting is reduced to, on its domain.

    Raises:
        NotProved: it needs a condition that this domain does not imply.
    """
    conditions = conditions_of(written)
    known = {condition.requirement for condition in setting.conditions if not condition.guards}
    for condition in conditions:
        if condition.guards or condition.requirement in known or implied(condition, written, setting.ranges, setting.conditions):
            continue
        if not _follows(condition, written, setting.conditions):
            raise NotProved(f"{written.statement} needs {condition}, which the domain of the claim does not imply")
    inner = Setting.of(written, tuple(dict.fromkeys((*setting.conditions, *conditions))))
    _check_guards(inner)
    return inner


def _subgradient(setting: Setting) -> Proof:
    return by_subgradients(setting, lambda part: _rewritten(setting, part), _proved)


def _fermat(setting: Setting) -> Proof:
    """f(z) ≥ f(x) + ⟨0, z − x⟩ for every z says that f is least at x."""
    return Proof("Fermat's rule", setting, lemmas=(FERMAT.name,))


_MOST_ENTRIES = 32


def _entries(shape: Shape) -> list[tuple[int, int]]:
    """The positions in a matrix of a few entries, as many as numbers say; none in a scalar, or in a matrix of symbolic size."""
    rows, columns = sides(shape)
    if not shape or not isinstance(rows, int) or not isinstance(columns, int) or rows * columns > _MOST_ENTRIES:
        return []
    return list(product(range(1, rows + 1), range(1, columns + 1)))


def _entry_by_entry(setting: Setting) -> Proof:
    """A comparison of matrices, which is one of each entry: of every one in a small matrix, else of one that stands for any."""
    left, right = setting.claim.sides
    if not isinstance(left, Term) or not isinstance(right, Term):
        raise NotProved(f"{setting.claim} is no relation between terms")
    relations = [Relation(Entry(left, *at), setting.claim.relation, Entry(right, *at)) for at in _entries(left.shape)]
    if relations:
        return _split("entry by entry", setting, [_part(setting, relation) for relation in relations])
    any_entry = of_entries(setting.claim.statement)
    return _split("entry by entry", setting, [within(setting, Claim(any_entry.left, any_entry.symbol, any_entry.right, setting.claim.given))])


def _by_closed_forms(setting: Setting) -> Proof:
    """The claim with closed forms for sequences, which is proved of them first; what the closed forms divide by must not be 0 anyway."""
    found = closed_forms(setting)
    if not found:
        raise UnsupportedError("no sequence has a closed form that is known")
    claims = [Claim(sequence, "=", form, setting.claim.given) for sequence, form in found.items()]
    parts = [Setting.of(part, conditions_of(part)) for part in (*claims, substituted(setting.claim, found))]
    for part in parts:
        _check_guards(part)
        if open_ := [condition for condition in needed(part) if condition not in setting.conditions]:
            raise NotProved(f"a closed form needs {open_[0]}, which does not follow")
    return _split("closed forms", setting, parts)


def _contraposition(part: Claim) -> _Method:
    """The proof that an assumption fails where the claim does. It has a value wherever it holds, so that what it divides by is not zero."""

    def by_contraposition(setting: Setting) -> Proof:
        inner = Setting.of(part, conditions_of(part))
        if any(condition.guards for condition in inner.conditions):
            raise NotProved(f"an assumption has branches with domains of their own: {part.statement}")
        return _split("contraposition", setting, [inner])

    return by_contraposition


def _sums(setting: Setting) -> Proof:
    return by_sums(setting, _proved, _by_ranges_or_regions)


def _limit_by_rules(setting: Setting) -> Proof:
    part = equation_of_limits(setting.claim, setting.ranges)
    return _split("limits of the parts", setting, [within(setting, part)], (LIMIT_RULES.name,))


def _spectral_terms(setting: Setting) -> Proof:
    return by_spectral_terms(setting, prove_relation)


def _reduction(setting: Setting) -> Proof:
    return by_reduction(setting, _of_numbers)


def _of_numbers(setting: Setting) -> Proof:
    """A proof of a claim that is about numbers only: connected statements are asked of real numbers as a whole, which is told in one piece."""
    if setting.claim.relation not in CONNECTIVES:
        return prove(setting)
    _check_guards(setting)
    try:
        return by_regions(setting)
    except UnsupportedError:
        return _proved(setting)


def _part(setting: Setting, statement: Statement, assumed: Iterable[Assumption] = ()) -> Setting:
    """A part of a claim, under further assumptions. What a part says for every value of an index it says of a free one."""
    while isinstance(statement, Every):
        statement = statement.statement
    if not isinstance(statement, Relation):
        statement = Relation(statement, "and", statement)
    claim = Claim(statement.left, statement.symbol, statement.right, (*setting.claim.given, *assumed))
    others = (condition for condition in setting.conditions if not condition.guards and not condition.term.free)
    return Setting.of(claim, tuple(dict.fromkeys((*conditions_of(claim), *others))))


def _as_assumption(premise: Statement) -> Assumption | None:
    """The premise as an assumption, which holds for each value of its free indices; None for a premise that has some and does not."""
    if isinstance(premise, Every) and premise.index not in premise.statement.free:
        return None  # an assumption has no index to range over but its free ones
    inner = premise.statement if isinstance(premise, Every) else premise
    return inner if isinstance(inner, Relation | Property) and not premise.free else None


def _stated(claim: Claim) -> Statement:
    """What a claim says; a property is claimed as "P and P", since a claim has two sides."""
    return claim.left if isinstance(claim.left, Property) and claim.relation == "and" and claim.left == claim.right else claim.statement


def _given(setting: Setting) -> Proof:
    return Proof("an assumption", setting)


def _property(setting: Setting) -> Proof:
    """A property that the form of the matrix shows."""
    claim, stated = setting.claim, setting.claim.left
    if isinstance(stated, Property):
        if stated.kind in ("symmetric", "invertible") and implied(Condition(stated), claim, setting.ranges, setting.conditions):
            return Proof("form", setting)
        if stated.kind == "real eigenvalues" and is_symmetric(stated.term, claim):
            return Proof("form", setting, lemmas=(SPECTRAL_THEOREM.name,))
        if stated.kind in _DEFINITE and definiteness(stated.term, claim, setting.ranges) >= _DEFINITE[stated.kind]:
            return Proof("definiteness", setting)
    raise NotProved(f"nothing shows {stated}")


_DEFINITE = {"positive definite": Definiteness.DEFINITE, "positive semidefinite": Definiteness.SEMIDEFINITE}
