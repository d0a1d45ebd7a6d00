"""Which vectors and matrices are certainly not zero: those of which it is given, and their images under matrices that take only zero to
zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from derivations.language import terms as tm
from derivations.language.assumptions import Property
from derivations.language.errors import UnsupportedError
from derivations.language.shapes import sides
from derivations.language.terms import Norm, Number, Power, Relation, Statement, Term
from derivations.proof.coefficients import Coefficient
from derivations.proof.completion import Word, flipped, word_of
from derivations.proof.definiteness import INDEPENDENT_COLUMNS, INDEPENDENT_ROWS
from derivations.proof.domain import is_zero
from derivations.proof.networks import Network
from derivations.proof.normal_form import Normalizer
from derivations.proof.positivity import is_certainly_nonzero
from derivations.proof.tensors import Tensor

__all__ = ["NonzeroVectors", "nonzero_vector"]


class NonzeroVectors:
    """What is known of the vectors and matrices of one algebra, by facts: relations and properties that hold.

    Attributes:
        squared_norms: of those that are given not to be zero.
        vanishing: one of these that is zero, so that the facts contradict each other.
    """

    def __init__(self, normalizer: Normalizer, facts: Iterable[Statement]) -> None:
        self._algebra = normalizer.algebra
        facts = list(facts)
        vectors = [vector for fact in facts if (vector := nonzero_vector(fact)) is not None]
        matrices = [matrix for fact in facts for matrix in _injective(fact)]
        self._vectors = {network for vector in vectors for network in _network(normalizer, vector)}
        self.squared_norms = [square for vector in vectors for square in _squared_norm(normalizer, vector)]
        images = ((vector, matrix @ vector) for vector in vectors for matrix in matrices if _fits(matrix, vector))
        pairs = (*((vector, vector) for vector in vectors), *images)
        self.vanishing = next((vector for vector, image in pairs if not all(_squared_norm(normalizer, image))), None)
        words = {self._word(network) for matrix in matrices for network in _network(normalizer, matrix)}
        inverses = {((number, turned),) for number, atom in enumerate(self._algebra.atoms) if atom.kind == "inverse" for turned in (False, True)}
        # where a product takes only zero to zero, so do its last factors
        self._injective = {word[k:] for word in words for k in range(len(word))} | set(map(self._plain, inverses))

    def is_nonzero(self, network: Network) -> bool:
        """Whether the vector or matrix is certainly not zero."""
        word = self._word(network)
        return network in self._vectors or (bool(word) and any(self._is_nonzero(side) for side in (word, self._plain(flipped(word)))))

    def is_injective(self, number: int) -> bool:
        """Whether the matrix that is an atom takes only zero to zero."""
        return self._plain(((number, False),)) in self._injective

    def _is_nonzero(self, word: Word) -> bool:
        """Whether matrices that take only zero to zero stand before what is known not to be zero, or before its transpose."""
        known = {side for vector in map(self._word, self._vectors) for side in (vector, self._plain(flipped(vector)))}
        starts = (k for k in range(1, len(word)) if word[:k] in self._injective)
        return word in known or any(self._is_nonzero(word[k:]) for k in starts)

    def _word(self, network: Network) -> Word:
        return self._plain(word_of(network) or ())

    def _plain(self, word: Word) -> Word:
        return tuple((number, turned and not self._algebra.is_symmetric(number)) for number, turned in word)


def nonzero_vector(fact: Statement) -> Term | None:
    """The vector (or matrix) that is not zero by a fact: by one on its norm, or by one on each of its entries."""
    match fact:
        case Property("full column rank", term) if sides(term.shape)[1] == 1:
            return term
        case Relation(Term() as left, ">" | "!=", Term() as right) if is_zero(right):
            return _under_norm(left)
        case Relation(Term() as left, "<" | "!=", Term() as right) if is_zero(left):
            return _under_norm(right)
        case Relation(Term() as left, "<", Term() as right) if is_zero(right):
            return left if left.shape else None
    return None


def _under_norm(term: Term) -> Term | None:
    """The x of ‖x‖, ‖x‖^k or xᵀx; a vector itself."""
    match term:
        case Norm(operand):
            return operand
        case Power(Norm(operand), Number(exponent)) if exponent > 0:
            return operand
        case tm.MatMul(left, right) if not term.shape and left == tm.Transpose(right):
            return right
    return term if term.shape else None


def _injective(fact: Statement) -> Iterator[Term]:
    """The matrices that take only zero to zero by a fact."""
    if isinstance(fact, Property):
        if fact.kind in INDEPENDENT_COLUMNS:
            yield fact.term
        if fact.kind in INDEPENDENT_ROWS:
            yield fact.term.T


def _fits(matrix: Term, vector: Term) -> bool:
    return sides(matrix.shape)[1] == sides(vector.shape)[0]


def _squared_norm(normalizer: Normalizer, term: Term) -> list[Coefficient]:
    """The squared norm as it stands under the rules of now, entry by entry where the length is literal."""
    try:
        square = normalizer.difference(Norm(term, "F") ** 2, Number(Fraction(0)), completed=False)
    except UnsupportedError:
        return []  # what has no normal form helps no proof
    return [] if square.axes else [normalizer.algebra.as_scalar(square)]


def _network(normalizer: Normalizer, term: Term) -> Iterator[Network]:
    """The network of a term that is one, times a number that is certainly not zero."""
    try:
        tensor: Tensor = normalizer.tensor(term)
    except UnsupportedError:
        return  # what has no normal form helps no proof
    if len(tensor.terms) == 1:
        ((network, coefficient),) = tensor
        if is_certainly_nonzero(normalizer.algebra, coefficient):
            yield network
