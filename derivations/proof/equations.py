"""Proofs by normal form: equations, and comparisons that ranges settle.

Each method answers a `Proof` or raises `NotProved` with the reason; only a `Proof` makes a claim proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from derivations.language import operators as op
from derivations.language.assumptions import Property, positive
from derivations.language.claims import Claim, substituted
from derivations.language.errors import UnsupportedError
from derivations.language.shapes import sides
from derivations.language.terms import Divide, Identity, Inverse, MatMul, PseudoInverse, Relation, Symbol, Term, Trace
from derivations.language.traversal import depends_on, dimensions, subterms
from derivations.proof.algebra import Algebra
from derivations.proof.coefficients import Coefficient
from derivations.proof.definiteness import definiteness
from derivations.proof.domain import Condition, conditions_of, holds_at_all_positions, implied, inverses_of_the_method, is_zero
from derivations.proof.elementwise import FUNCTIONS
from derivations.proof.exponentials import FinerExponents
from derivations.proof.induction import by_recurrence, step_by_step
from derivations.proof.normal_form import Normalizer
from derivations.proof.pseudo_inverses import RANGE
from derivations.proof.ranges import Range, Ranges
from derivations.proof.signs import know_relation
from derivations.proof.squares import is_sum_of_squares
from derivations.proof.tensors import Atom, Tensor

__all__ = ["NotProved", "Proof", "Setting", "compared", "normalized", "prove", "semidefinite_atoms"]

_EXP_FAMILY = {"exp", "log"}
_TANH_FAMILY = {"tanh", "sigmoid"}


@dataclass(frozen=True, slots=True)
class Proof:
    """How a claim was proved.

    Attributes:
        setting: the claim that the method proved, which may differ from the one it was asked for by a shift.
        normalizer: with which both sides were brought to normal form, where they were.
        shift: the variable w and the s of a shift w → w + s.
        parts: of an induction, the proofs of the bases and of the step.
    """

    method: str
    setting: Setting = field(repr=False)
    normalizer: Normalizer | None = field(default=None, repr=False)
    shift: tuple[Symbol, Term] | None = None
    parts: tuple[Proof, ...] = ()
    lemmas: tuple[str, ...] = ()


class NotProved(UnsupportedError):
    """The method ended without a proof.

    Attributes:
        residual: what is left over of left − right, where the method came that far.
    """

    def __init__(self, reason: str, residual: Tensor | None = None, normalizer: Normalizer | None = None) -> None:
        super().__init__(reason)
        self.residual, self.normalizer = residual, normalizer


@dataclass(frozen=True, slots=True)
class Setting:
    """A claim with its domain: what a method may rely on."""

    claim: Claim
    conditions: tuple[Condition, ...]
    ranges: Ranges

    @classmethod
    def of(cls, claim: Claim, conditions: tuple[Condition, ...]) -> Setting:
        """The setting of a claim."""
        return cls(claim, conditions, Ranges(claim.given))


def prove(setting: Setting) -> Proof:
    """The first method that proves the claim.

    Raises:
        NotProved: with the reason.
        UnsupportedError: the claim has a part that no method knows.
    """
    _check_guards(setting)
    claim = setting.claim
    if not isinstance(claim.left, Term) or not isinstance(claim.right, Term):
        raise NotProved(f"no method yet for {claim.relation} between statements")
    if claim.relation == "=":
        parts = by_recurrence(claim)
        return _by_induction(setting, parts) if parts else _equal_or_by_induction(setting, claim.left, claim.right)
    return _compared(setting, claim.left, claim.right)


def _check_guards(setting: Setting) -> None:
    """A condition of one branch must be implied there; the methods below divide everywhere."""
    for condition in setting.conditions:
        if condition.guards and not implied(condition, setting.claim, setting.ranges, setting.conditions):
            raise NotProved(f"a branch has a domain of its own: {condition}")
    for needed in inverses_of_the_method(setting.claim):
        if not implied(Condition(needed), setting.claim, setting.ranges, setting.conditions):
            raise NotProved(f"the derivative of a determinant is proved for invertible matrices only: {needed} is not given")


def _equal(setting: Setting, left: Term, right: Term) -> Proof:
    difference, normalizer = normalized(setting, left, right, "tanh")
    if not difference:
        return Proof("normal form", setting, normalizer)
    if _mixes_families(setting.claim):
        difference, normalizer = normalized(setting, left, right, "exp")
        if not difference:
            return Proof("normal form over exp", setting, normalizer)
    raise NotProved("the normal forms of both sides differ", difference, normalizer)


def _equal_or_by_induction(setting: Setting, left: Term, right: Term) -> Proof:
    try:
        return _equal(setting, left, right)
    except NotProved:
        for parts in step_by_step(setting.claim) if _lasting(setting) == set(setting.conditions) else ():
            try:
                return _by_induction(setting, parts)
            except NotProved:
                continue  # another counter may do; if none does, the equation itself says what is left over
        raise


def _by_induction(setting: Setting, parts: list[Claim]) -> Proof:
    """Each base and the step. What they need beyond the assumptions must stand in the claim's own domain, and be the same at every step:
    the domain at k + 1 says nothing of that at k.
    """
    lasting = _lasting(setting)
    proofs = []
    for part in parts:
        inner = Setting.of(part, conditions_of(part))
        for condition in inner.conditions:
            if condition not in lasting and not implied(condition, part, inner.ranges, inner.conditions):
                raise NotProved(f"the induction needs {condition}, which is not given")
        if isinstance(part.left, Term) and isinstance(part.right, Term):
            proofs.append(_equal(inner, part.left, part.right))
    return Proof("induction", setting, parts=tuple(proofs))


def _lasting(setting: Setting) -> set[Condition]:
    """The conditions that do not depend on a counter."""
    return {condition for condition in setting.conditions if all(dim.least for dim in dimensions(condition.term))}


def _mixes_families(claim: Claim) -> bool:
    """Whether tanh or sigmoid may have to be written through exp to meet something else."""
    functions = {term.function.name for term in subterms(claim.terms) if isinstance(term, op.Apply)}
    return bool(functions & _TANH_FAMILY) and (bool(functions & _EXP_FAMILY) or len(functions) > 1 or _divides(claim))


def _divides(claim: Claim) -> bool:
    return any(isinstance(term, op.Softmax | Divide) for term in subterms(claim.terms))


def _compared(setting: Setting, left: Term, right: Term) -> Proof:
    difference, normalizer = normalized(setting, left, right, "tanh")
    constant = _constant(difference)
    if constant is not None and _settles(Range(constant, constant, True, True), setting.claim.relation):
        return Proof("normal form", setting, normalizer)
    if _settles(setting.ranges.of(compared(left, right)), setting.claim.relation):
        return Proof("ranges", setting)
    if _is_square_sum(setting, difference, normalizer):
        return Proof("sum of squares", setting, normalizer)
    shifted = next(filter(None, (_shifted_square_sum(setting.claim, *shift) for shift in _shifts(setting.claim))), None)
    if shifted is not None:
        return shifted
    raise NotProved(f"neither ranges nor a sum of squares show this {setting.claim.relation}")


def compared(left: Term, right: Term) -> Term:
    """What ranges compare with zero."""
    return left if is_zero(right) else left - right


def _shifts(claim: Claim) -> Iterator[tuple[Symbol, Term]]:
    """A vector w and an expression s of its shape in the text: the claim about w + s for w is the same; the square is completed there.

    As w runs over all vectors (that meet the assumptions, which are shifted too), so does w + s.
    """
    terms = list(subterms(term for term in claim.sides if isinstance(term, Term)))
    if any(isinstance(term, op.Gradient | op.Jacobian | op.Hessian | op.Series | op.Iterate) for term in terms):
        return  # a shifted variable is none to differentiate by, and what a sequence or a series binds means nothing outside
    for variable in (term for term in terms if isinstance(term, Symbol) and term.shape):
        for centre in dict.fromkeys((*terms, *_tails(terms))):
            if centre.shape == variable.shape and not isinstance(centre, Symbol) and not depends_on(centre, variable) and not centre.free:
                yield variable, centre


def _tails(terms: list[Term]) -> Iterator[Term]:
    """A⁺ @ y of X @ A⁺ @ y, which is (X @ A⁺) @ y: what stands at the end of a product however it is bracketed."""
    for term in terms:
        if isinstance(term, MatMul):
            tail = term.right
            while isinstance(term.left, MatMul):
                term = term.left
                tail = term.right @ tail
                yield tail


def _shifted_square_sum(claim: Claim, variable: Symbol, centre: Term) -> Proof | None:
    shifted = substituted(claim, {variable: variable + centre})
    if not isinstance(shifted.left, Term) or not isinstance(shifted.right, Term):
        return None
    setting = Setting.of(shifted, conditions_of(shifted))
    difference, normalizer = normalized(setting, shifted.left, shifted.right, "tanh")
    return Proof("sum of squares", setting, normalizer, (variable, centre)) if _is_square_sum(setting, difference, normalizer) else None


def _is_square_sum(setting: Setting, difference: Tensor, normalizer: Normalizer) -> bool:
    if difference.axes or setting.claim.relation not in (">=", "<="):
        return False
    algebra = normalizer.algebra
    scalar = algebra.as_scalar(difference)
    atoms = frozenset(semidefinite_atoms(setting, normalizer))
    projections = frozenset(number for number in atoms if _is_projection(algebra.atoms[number], setting.claim))
    return is_sum_of_squares(algebra, scalar if setting.claim.relation == ">=" else -scalar, atoms, projections)


def _is_projection(atom: Atom, claim: Claim) -> bool:
    return atom.kind == RANGE or any(isinstance(a, Property) and a.kind == "projection" and a.term == atom.name for a in claim.given)


def semidefinite_atoms(setting: Setting, normalizer: Normalizer) -> Iterator[int]:
    """Matrices that are certainly positive semidefinite: symbols, inverses and pseudo-inverses in the claim, and projections A A⁺."""
    yield from (number for number, atom in enumerate(normalizer.algebra.atoms) if atom.kind == RANGE)
    for term in subterms(setting.claim.terms):
        if not term.shape or not isinstance(term, Symbol | Inverse | PseudoInverse):
            continue
        if definiteness(term, setting.claim, setting.ranges):
            tensor = normalizer.tensor(term)
            (((factors, _), coefficient),) = tensor if len(tensor.terms) == 1 else ((((), ()), Coefficient.number(0)),)
            if len(factors) == 1 and (coefficient.constant or 0) > 0:
                yield factors[0][0]


def _settles(inside: Range, relation: str) -> bool:
    settled = {
        ">": inside.positive,
        ">=": inside.nonnegative,
        "<": (-inside).positive,
        "<=": (-inside).nonnegative,
        "!=": inside.nonzero,
    }
    return settled.get(relation, False)


def _constant(difference: Tensor) -> Fraction | None:
    if not difference:
        return Fraction(0)
    if len(difference.terms) > 1:
        return None
    (((factors, free), coefficient),) = difference
    return coefficient.constant if not factors and len(set(free)) == len(free) and all(slot >= 0 for slot in free) else None


def normalized(setting: Setting, left: Term, right: Term, basis: str) -> tuple[Tensor, Normalizer]:
    """The normal form of left − right in a basis, with what the domain says of signs; and the normalizer that made it."""
    denominator = 1
    while True:
        normalizer = Normalizer(Algebra(FUNCTIONS, basis, denominator), _symmetric(setting.claim))
        try:
            _learn(normalizer, setting)
            return normalizer.difference(left, right), normalizer
        except FinerExponents as finer:
            denominator = finer.denominator


def _symmetric(claim: Claim) -> frozenset[Term]:
    return frozenset(given.term for given in claim.given if isinstance(given, Property) and given.kind in _SYMMETRIC)


_SYMMETRIC = ("symmetric", "positive definite", "positive semidefinite", "projection")


def _learn(normalizer: Normalizer, setting: Setting) -> None:
    """Signs that the assumptions and the domain give: of atoms that are positive, of arguments that are not 0."""
    usable = [condition for condition in setting.conditions if not condition.guards and holds_at_all_positions(condition, setting.claim)]
    requirements = [condition.requirement for condition in usable]
    for relation in (*_relations((*setting.claim.given, *requirements)), *_nonzero_vectors(setting.claim)):
        try:
            _learn_relation(normalizer, relation)
        except FinerExponents:
            raise
        except UnsupportedError:
            continue  # a fact that has no normal form helps no proof; to go without it is sound
    for given in setting.claim.given:
        if isinstance(given, Property) and given.kind == "invertible":
            normalizer.tensor(Inverse(given.term))  # its definition is a rule, with which an invertible factor can be cancelled
    for left, right, origin in _equations(setting.claim):
        try:
            normalizer.assume_equal(left, right, origin)
        except FinerExponents:
            raise
        except UnsupportedError:
            continue  # likewise


def _nonzero_vectors(claim: Claim) -> Iterator[Relation]:
    """A vector of full column rank is not zero."""
    for given in claim.given:
        if isinstance(given, Property) and given.kind == "full column rank" and sides(given.term.shape)[1] == 1:
            yield positive(given.term.T @ given.term)


def _equations(claim: Claim) -> Iterator[tuple[Term, Term, str]]:
    """The equations among the assumptions: hypotheses, and what properties mean; each with where it comes from."""
    for given in claim.given:
        if isinstance(given, Relation) and given.symbol == "=" and isinstance(given.left, Term) and isinstance(given.right, Term):
            yield given.left, given.right, f"hypothesis {given}"
        elif isinstance(given, Property) and given.kind == "projection":
            yield given.term @ given.term, given.term, f"property {given}"
        elif isinstance(given, Property) and given.kind == "orthogonal":
            identity = Identity(sides(given.term.shape)[0])
            yield given.term.T @ given.term, identity, f"property {given}"
            yield given.term @ given.term.T, identity, f"property {given}"
    if any(isinstance(term, PseudoInverse) for term in subterms(claim.terms)):
        yield from _one_sided_inverses(claim)


def _one_sided_inverses(claim: Claim) -> Iterator[tuple[Term, Term, str]]:
    """The pseudo-inverse of a matrix of full rank is an inverse on one side; the projection on the other side has its trace."""
    for given in claim.given:
        if isinstance(given, Property) and given.kind in ("full column rank", "full row rank"):
            left, right = PseudoInverse(given.term) @ given.term, given.term @ PseudoInverse(given.term)
            plain, other = (left, right) if given.kind == "full column rank" else (right, left)
            identity = Identity(sides(plain.shape)[0])
            yield plain, identity, f"property {given}"
            yield Trace(other), Trace(identity), f"property {given}"


def _relations(facts: Iterable[object]) -> Iterable[Relation]:
    return (fact for fact in facts if isinstance(fact, Relation) and fact.symbol in (">", "<", ">=", "<=", "!="))


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
