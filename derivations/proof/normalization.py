"""What is given, told to a normalizer: the normal form of left − right under the assumptions and the domain of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce
from typing import TypeAlias

from derivations.language.assumptions import Property, invertible, positive
from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.implicit import Rank
from derivations.language.shapes import sides
from derivations.language.terms import (
    Determinant,
    Identity,
    Inverse,
    MatMul,
    Negate,
    PseudoInverse,
    Relation,
    Statement,
    Symbol,
    Term,
    Trace,
    Transpose,
    as_term,
    parts_in,
)
from derivations.language.traversal import subterms, symbols
from derivations.proof.algebra import Algebra
from derivations.proof.definiteness import INDEPENDENT_COLUMNS, INDEPENDENT_ROWS, Definiteness, definiteness, has_independent_columns
from derivations.proof.domain import Condition, holds_at_all_positions, implied, is_zero
from derivations.proof.elementwise import FUNCTIONS
from derivations.proof.exponentials import FinerExponents
from derivations.proof.normal_form import Normalizer
from derivations.proof.proofs import Setting
from derivations.proof.ranges import Ranges
from derivations.proof.signs import know_relation
from derivations.proof.symmetry import SYMMETRIC, factors, transposed
from derivations.proof.tensors import COLUMN, ROW, Tensor

__all__ = ["definitions_of", "facts_of", "normalized"]

_Equation: TypeAlias = tuple[Term, Term, str]
"""Both sides, and where it comes from."""


def normalized(
    setting: Setting, left: Term, right: Term, basis: str, completed: bool = True, unfolded: bool = True
) -> tuple[Tensor, Normalizer]:
    """The normal form of left − right in a basis, with what the domain says of signs; and the normalizer that made it. If it is to be
    completed, consequences of the equations are looked for until the difference is zero, or no further ones are found. Names that are given
    a value are unfolded: they are replaced by it.
    """
    denominator = 1
    while True:
        normalizer = Normalizer(Algebra(FUNCTIONS, basis, denominator), _symmetric_names(setting.claim))
        try:
            _learn(normalizer, setting, unfolded)
            return normalizer.difference(left, right, completed), normalizer
        except FinerExponents as finer:
            denominator = finer.denominator


def _symmetric_names(claim: Claim) -> frozenset[Term]:
    """The terms that are assumed symmetric, by this or a stronger property."""
    return frozenset(given.term for given in claim.given if isinstance(given, Property) and given.kind in SYMMETRIC)


def facts_of(setting: Setting) -> tuple[Statement, ...]:
    """The assumptions, and what the domain requires everywhere."""
    usable = (condition for condition in setting.conditions if not condition.guards and holds_at_all_positions(condition, setting.claim))
    return (*setting.claim.given, *(condition.requirement for condition in usable))


def _learn(normalizer: Normalizer, setting: Setting, unfolded: bool) -> None:
    """Tell a normalizer what the assumptions and the domain of a claim give. Signs come before hypotheses: a rule divides by its greatest
    coefficient, which must be known not to be 0.

    Raises:
        FinerExponents: an exponent has a larger denominator than the normalizer was made for.
    """
    claim = setting.claim
    if unfolded:
        normalizer.definitions.update(definitions_of(claim))
    for left, right, origin in _meanings(claim):
        with _if_supported():
            normalizer.assume_equal(left, right, origin)
    relations = (_at_its_strongest(each, setting.ranges) for each in (*_relations(facts_of(setting)), *_nonzero_vectors(claim)))
    for relation in sorted(relations, key=_simplest_first):
        with _if_supported():
            _learn_relation(normalizer, relation)
    normalizer.forget()
    for given in claim.given:
        if isinstance(given, Property):
            with _if_supported():
                _learn_rank(normalizer, given)
            if given.kind == "invertible":
                with _if_supported():
                    normalizer.tensor(Inverse(given.term))  # its definition is a rule, with which an invertible factor can be cancelled
    for left, right, origin in (*_hypotheses(claim, normalizer.definitions), *_one_sided_inverses(claim), *_known_ranks(setting)):
        with _if_supported():
            normalizer.assume_equal(left, right, origin)


@contextmanager
def _if_supported() -> Iterator[None]:
    """A fact that has no normal form helps no proof; to go without it is sound."""
    try:
        yield
    except FinerExponents:
        raise
    except UnsupportedError:
        return


# ------------------------------------------------------------------------------------------------------------- equations


def definitions_of(claim: Claim) -> Iterator[tuple[Symbol, tuple[Term, str]]]:
    """The hypotheses that give a name its value, which then stands for it everywhere; no value uses a name that gets its own later.

    A name that is assumed symmetric stays, since its value need not show it.
    """
    found: set[Symbol] = set()
    used: set[object] = set(_symmetric_names(claim))
    for given in claim.given:
        if not isinstance(given, Relation) or given.symbol != "=":
            continue
        if (skew := _skew_symmetric(given)) is not None and skew not in {*found, *used}:
            found.add(skew)
            whole = Symbol(f"whole of {skew.name}", skew.size)  # no declared name has a space
            yield skew, ((whole - whole.T) / 2, f"hypothesis {given}")
            continue
        for symbol, value in ((given.right, given.left), (given.left, given.right)):
            if not isinstance(symbol, Symbol) or not isinstance(value, Term) or symbol.shape != value.shape or value.free:
                continue
            if symbol not in {*found, *used, *symbols(value)}:
                found.add(symbol)
                used |= symbols(value)
                yield symbol, (value, f"hypothesis {given}")
                break


def _skew_symmetric(given: Relation) -> Symbol | None:
    """A of Aᵀ = −A, in any of its spellings: then A = (B − Bᵀ)/2 for some B (A itself, say), and whatever B is, that is skew-symmetric."""
    sides = [given.left, given.right]
    for turned, other in (sides, sides[::-1]):
        match turned, other:
            case (Transpose(Symbol() as a), Negate(b)) | (Negate(Transpose(Symbol() as a)), b) if a == b and a.field == "real":
                return a
    return None


def _meanings(claim: Claim) -> Iterator[_Equation]:
    """What properties mean, as equations."""
    has_determinant = any(isinstance(term, Determinant) for term in subterms(claim.terms))
    for given in claim.given:
        if not isinstance(given, Property):
            continue
        matrix, origin = given.term, f"property {given}"
        rows, columns = sides(matrix.shape)
        if given.kind == "projection":
            yield matrix @ matrix, matrix, origin
        if given.kind in ("orthogonal", "orthonormal columns"):
            yield matrix.T @ matrix, Identity(columns), origin
        if given.kind == "orthogonal":
            yield matrix @ matrix.T, Identity(rows), origin
            if has_determinant:
                yield Determinant(matrix) ** 2, as_term(1), origin


def _hypotheses(claim: Claim, definitions: Mapping[Symbol, tuple[Term, str]]) -> Iterator[_Equation]:
    """The equations among the assumptions that are not used as definitions."""
    known = [origin for _, origin in definitions.values()]
    for given in claim.given:
        origin = f"hypothesis {given}"
        if isinstance(given, Relation) and given.symbol == "=" and origin not in known:
            if isinstance(given.left, Term) and isinstance(given.right, Term):
                yield given.left, given.right, origin


def _one_sided_inverses(claim: Claim) -> Iterator[_Equation]:
    """The pseudo-inverse of a matrix of full rank is an inverse on one side."""
    if any(isinstance(term, PseudoInverse) for term in subterms(claim.terms)):
        for given in claim.given:
            if isinstance(given, Property) and given.kind in ("full column rank", "full row rank"):
                left, right = PseudoInverse(given.term) @ given.term, given.term @ PseudoInverse(given.term)
                plain = left if given.kind == "full column rank" else right
                yield plain, Identity(sides(plain.shape)[0]), f"property {given}"


def _known_ranks(setting: Setting) -> Iterator[_Equation]:
    """A matrix with independent columns, or rows, has as many for its rank; BᵀAB with a positive definite A has that of B, since xᵀBᵀABx is
    positive where Bx is not 0.
    """
    claim = setting.claim
    for ranked in (term for term in subterms(claim.terms) if isinstance(term, Rank) and not term.free):
        scalars, matrices = factors(ranked.operand)
        half, odd = divmod(len(matrices), 2)
        mirrored = all(transposed(matrices[-1 - k]) == matrices[k] for k in range(half))
        if odd and half and mirrored and not scalars and definiteness(matrices[half], claim, setting.ranges) is Definiteness.DEFINITE:
            yield ranked, Rank(reduce(MatMul, matrices[half + 1 :])), f"{matrices[half]} is positive definite"
    inside = [term.operand for term in subterms(claim.terms) if isinstance(term, Rank | PseudoInverse) and not term.free]
    for term in (matrix for matrix in dict.fromkeys(inside) if matrix.shape):
        for matrix, size in zip((term, transposed(term)), reversed(sides(term.shape)), strict=True):
            square = len(set(sides(term.shape))) == 1
            if has_independent_columns(matrix, claim) or (square and implied(Condition(invertible(matrix)), claim, setting.ranges)):
                yield Rank(term), Trace(Identity(size)), f"independent columns of {matrix}"


# ------------------------------------------------------------------------------------------------------ relations and ranks


def _relations(facts: Iterable[Statement]) -> Iterator[Relation]:
    return (fact for fact in facts if isinstance(fact, Relation) and fact.symbol in (">", "<", ">=", "<=", "!="))


def _simplest_first(relation: Relation) -> tuple[bool, int]:
    """Signs before bounds, and parts before what they are parts of: what is known of a part says how the whole is taken apart."""
    return relation.symbol in (">=", "<="), sum(1 for _ in subterms(parts_in(relation)))


def _at_its_strongest(relation: Relation, ranges: Ranges) -> Relation:
    """What is not 0 and has a range from 0 is positive."""
    if relation.symbol == "!=" and isinstance(relation.left, Term) and isinstance(relation.right, Term):
        if is_zero(relation.right) and ranges.of(relation.left).nonnegative:
            return replace(relation, symbol=">")
    return relation


def _nonzero_vectors(claim: Claim) -> Iterator[Relation]:
    """A vector of full column rank is not zero."""
    for given in claim.given:
        if isinstance(given, Property) and given.kind == "full column rank" and sides(given.term.shape)[1] == 1:
            yield positive(given.term.T @ given.term)


def _learn_relation(normalizer: Normalizer, relation: Relation) -> None:
    if not isinstance(relation.left, Term) or not isinstance(relation.right, Term):
        return
    algebra = normalizer.algebra
    difference = algebra.subtract(normalizer.tensor(relation.left), normalizer.tensor(relation.right))
    if not difference:
        return
    if relation.symbol in (">", "<"):
        algebra.know_positive(difference if relation.symbol == ">" else algebra.negate(difference))
    know_relation(algebra, difference, relation.symbol)


def _learn_rank(normalizer: Normalizer, given: Property) -> None:
    """From now on the atom that a matrix is has independent columns, or rows, in the order of its slots."""
    labels = [label for label, kinds in ((COLUMN, INDEPENDENT_COLUMNS), (ROW, INDEPENDENT_ROWS)) if given.kind in kinds]
    tensor = normalizer.tensor(given.term)
    if labels and tensor.labels == (ROW, COLUMN) and len(tensor.terms) == 1:
        ((factors, free),) = tensor.terms
        if len(factors) == 1 and len(set(free)) == 2 and set(factors[0][1]) == set(free):
            number, slots = factors[0]
            normalizer.algebra.full_rank |= {(number, slots.index(free[tensor.labels.index(label)])) for label in labels}
