"""What normal forms know of terms that stand for numbers: which are equal, and which read better."""

from __future__ import annotations

from functools import lru_cache

from derivations.language.claims import Claim
from derivations.language.errors import UnsupportedError
from derivations.language.terms import Term
from derivations.language.traversal import subterms
from derivations.proof.domain import conditions_of
from derivations.proof.equations import normalized
from derivations.proof.normal_form import Normalizer
from derivations.proof.proofs import Setting
from derivations.proof.readback import term_of
from derivations.proof.sequences import ZERO
from derivations.proof.tensors import Tensor

__all__ = ["NUMBERS"]


class _ByNormalForm:
    """What normal forms know of scalar terms, inside their domain."""

    def equal(self, left: Term, right: Term) -> bool:
        """Whether the normal forms are the same."""
        return _equal(left, right)

    def spelled(self, term: Term) -> Term:
        """The normal form as a term; the term itself where it has none."""
        return _spelled(term)

    def simplified(self, term: Term) -> Term:
        """The normal form as a term, if it is shorter."""
        return min(term, self.spelled(term), key=_size)


NUMBERS = _ByNormalForm()


def _size(term: Term) -> int:
    return sum(1 for _ in subterms(term))


@lru_cache(maxsize=1 << 12)
def _equal(left: Term, right: Term) -> bool:
    try:
        return not _normal_form(left, right)[0]
    except UnsupportedError:
        return False  # what has no normal form is not known to be equal


@lru_cache(maxsize=1 << 12)
def _spelled(term: Term) -> Term:
    try:
        tensor, normalizer = _normal_form(term, ZERO)
        found = term_of(normalizer.algebra, tensor, ())
    except UnsupportedError:
        return term
    return found if found is not None and _equal(term, found) else term


def _normal_form(left: Term, right: Term) -> tuple[Tensor, Normalizer]:
    equation = Claim(left, "=", right)
    return normalized(Setting.of(equation, conditions_of(equation)), left, right, "tanh")
