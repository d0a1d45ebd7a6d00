"""Claims with limits, eigenvalues and ranks, reduced to claims about numbers.

A statement about every direction of a matrix's singular bases is shown for one direction that stands for any; where such a statement is a
premise, it is used in that direction and in those of the extreme values. So a premise is weakened and a conclusion strengthened, and the
claims about numbers imply the one that they are for. With a pseudo-inverse in the text, directions with singular value 0 are a case of
their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from derivations.language import terms as tm
from derivations.language.assumptions import Every, Property
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import EigenvalueModuli, Eigenvalues, ExtremeEigenvalue, SpectralRadius
from derivations.language.terms import Relation, Statement, Symbol, Term, parts_in
from derivations.language.traversal import subterms, symbols
from derivations.proof.directions import frame_of
from derivations.proof.domain import Condition, conditions_of, implied, is_zero
from derivations.proof.lemmas import SINGULAR_COORDINATES, SPECTRAL_THEOREM, Lemma
from derivations.proof.proofs import NotProved, Proof, Setting
from derivations.proof.ranges import Ranges
from derivations.proof.reading import Reader, key_of, quantified
from derivations.proof.sequences import ZERO
from derivations.proof.spectra import Direction, base_of, is_matrix

__all__ = ["Reduction", "assumes_spectra", "by_reduction", "reduced", "speaks_of_limits_or_spectra"]


def by_reduction(setting: Setting, prove: Callable[[Setting], Proof]) -> Proof:
    """The proofs of the claims about numbers that imply the claim.

    Raises:
        NotProved: one of them is not proved, or has a domain that the claim does not imply.
        UnsupportedError: the claim is reduced to none.
    """
    found = reduced(setting.claim, setting.conditions)
    spectra = assumes_spectra(setting.claim)
    if any(claim.statement == setting.claim.statement and assumes_spectra(claim) == spectra for claim in found.claims):
        raise UnsupportedError(f"{setting.claim} is reduced to itself")
    parts = tuple(_proof_of(claim, prove) for claim in found.claims)
    lemmas = dict.fromkeys((*(lemma.name for lemma in found.lemmas), *(name for part in parts for name in part.lemmas)))
    readings = tuple(_reading(directions, setting.claim, part) for directions, part in zip(found.directions, found.claims, strict=True))
    return Proof("reduction to numbers", setting, parts=parts, lemmas=tuple(lemmas), readings=readings)


def _reading(directions: tuple[Direction, ...], whole: Claim, part: Claim) -> str:
    """What the names of a claim about numbers stand for."""
    if not directions:
        return ""
    base, used = directions[0].base, {owner.name for owner in symbols(part.terms)}
    kind = "eigenvalue" if base.symmetric else "singular value"
    said = [f"{base.matrix} takes the direction to 0" if here.value == ZERO else "" for here in directions]
    roles = {"": f"any {kind} of {base.matrix}", "_max": "the largest", "_min": "the smallest"}
    named = [(here.value, roles.get(here.label.rstrip("'"), "")) for here in directions if isinstance(here.value, Symbol)]
    said += [f"{value} is {role}" for value, role in named if value.name in used]
    vectors = sorted(owner.name for owner in symbols(whole.terms) if isinstance(owner, Symbol) and owner.size and owner.name in used)
    said += [f"{' and '.join(vectors)} {'is the coordinate' if len(vectors) == 1 else 'are the coordinates'} there"] if vectors else []
    return ", ".join(filter(None, said))


def _proof_of(claim: Claim, prove: Callable[[Setting], Proof]) -> Proof:
    setting = Setting.of(claim, conditions_of(claim))
    for condition in setting.conditions:
        if not condition.guards and not implied(condition, claim, setting.ranges, setting.conditions):
            _require(condition, claim, prove)
    return prove(setting)


def _require(condition: Condition, claim: Claim, prove: Callable[[Setting], Proof]) -> None:
    """Raises:
    NotProved: the assumptions do not imply the condition.
    """
    requirement = condition.requirement
    if not isinstance(requirement, Relation):
        raise NotProved(f"the reduction to numbers needs {condition}, which is not given")
    needed = Claim(requirement.left, requirement.symbol, requirement.right, claim.given)
    inner = conditions_of(needed)
    if any(not implied(each, needed, Ranges(needed.given)) for each in inner):
        raise NotProved(f"the reduction to numbers needs {condition}, whose own domain is not given")
    prove(Setting.of(needed, inner))


@dataclass(frozen=True, slots=True)
class Reduction:
    """The claims about numbers that imply a claim, and the lemmas by which they do.

    Attributes:
        directions: for each claim, the directions that it speaks of; none where the claim was about numbers before.
    """

    claims: tuple[Claim, ...]
    lemmas: tuple[Lemma, ...]
    directions: tuple[tuple[Direction, ...], ...]


def speaks_of_limits_or_spectra(claim: Claim) -> bool:
    """Whether what a claim states, its assumptions aside, speaks of limits or spectra."""
    spectral = any(isinstance(term, _SPECTRAL) for term in subterms(parts_in(claim.statement)))
    return spectral or any(isinstance(leaf, Property) or leaf.symbol == "->" for leaf in _leaves(claim.statement))


def assumes_spectra(claim: Claim) -> bool:
    """Whether an assumption speaks of eigenvalues that need not be real."""
    return any(map(_is_of_any_spectrum, claim.given))


def _is_of_any_spectrum(fact: Statement) -> bool:
    real = any(isinstance(leaf, Property) and leaf.kind == "real eigenvalues" for leaf in _leaves(fact))
    return real or any(isinstance(term, EigenvalueModuli | SpectralRadius) for term in subterms(parts_in(fact)))


_SPECTRAL = Eigenvalues | ExtremeEigenvalue | EigenvalueModuli | SpectralRadius


def reduced(claim: Claim, conditions: Iterable[Condition]) -> Reduction:
    """What a claim is reduced to, in every case.

    Raises:
        UnsupportedError: a part of it acts on no single coordinate, or has no limit of a kind that is known.
    """
    statement: Statement = claim.statement
    for index in sorted(statement.free, key=lambda index: index.name):
        statement = Every(index, statement)
    facts = (*claim.given, *(condition.requirement for condition in conditions if not condition.guards))
    if not any(isinstance(owner, Symbol) and is_matrix(owner) for owner in symbols(claim.terms)):
        reader = Reader()
        scalar = reader.read(statement, conclusion=True)
        known = (*(fact for fact in facts if not _is_of_any_spectrum(fact)), *reader.usable(facts))
        return Reduction((_claim(scalar, known),), tuple(dict.fromkeys(reader.lemmas)), ((),))
    base = base_of(claim)
    keys = sorted({key for leaf in quantified(statement) for key in (key_of(leaf, base),) if key}, key=repr)
    lemma = SPECTRAL_THEOREM if base.symmetric else SINGULAR_COORDINATES
    claims, directions, lemmas = [], [], dict.fromkeys((lemma,))
    split = any(isinstance(term, tm.PseudoInverse | tm.Inverse) for term in subterms(claim.terms))
    for vanishing in product((False, True) if split else (None,), repeat=len(keys)):
        frame = frame_of(base, dict(zip(keys, vanishing, strict=True)), claim)
        reader = Reader(frame)
        given = (*frame.facts, *reader.usable(facts))
        if any(map(_is_false, given)):
            continue  # there is no such direction
        claims.append(_claim(reader.read(statement, conclusion=True), given))
        directions.append(tuple(here for _, here in frame.directions))
        lemmas.update(dict.fromkeys(reader.lemmas))
    return Reduction(tuple(claims), tuple(lemmas), tuple(directions))


def _is_false(fact: Statement) -> bool:
    """Whether a fact says of 0 that it is not 0."""
    if not isinstance(fact, Relation) or fact.symbol not in ("!=", ">") or not isinstance(fact.left, Term) or not isinstance(fact.right, Term):
        return False
    return is_zero(fact.right) and Ranges(()).of(fact.left) == Ranges(()).of(fact.right)


def _claim(statement: Statement, given: Iterable[Statement]) -> Claim:
    """A statement about numbers as a claim; relations that speak of more than numbers are no use to it."""
    assumptions = tuple(each for each in dict.fromkeys(given) if isinstance(each, Relation) and not any(term.shape for term in parts_in(each)))
    if not isinstance(statement, Relation):
        raise UnsupportedError(f"nothing to show of {statement}")
    return Claim(statement.left, statement.symbol, statement.right, assumptions)


def _leaves(statement: Statement) -> Iterator[Relation | Property]:
    """The relations between terms, and the properties, that a statement is made of."""
    if isinstance(statement, Property) or (isinstance(statement, Relation) and isinstance(statement.left, Term)):
        yield statement
    for part in statement.values():
        if isinstance(part, Statement):
            yield from _leaves(part)
