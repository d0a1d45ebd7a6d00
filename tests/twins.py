"""Metamorphic twins of a claim: other spellings of the same statement, or statements that follow from it and imply it.

A verdict is about what a claim says, so a twin has the verdict of the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Every, Property
from derivations.language.claims import Claim
from derivations.language.constructors import define
from derivations.language.implicit import ArgMin
from derivations.language.kinks import OneSidedDerivative, Subdifferential
from derivations.language.laws import Independent, Law
from derivations.language.terms import Relation, Statement, Symbol, Term, map_parts
from derivations.language.traversal import subterms, symbols

__all__ = ["TWINS", "Twin", "twins"]

Twin: TypeAlias = Callable[[Claim], Claim | None]
"""A claim that means the same; None where the claim is not of the kind."""

TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<=", "and": "and", "or": "or", "iff": "iff"}
_SETS = (ArgMin, Subdifferential)
_BY_A_NAME = (op.Gradient, op.Jacobian, op.Hessian, OneSidedDerivative, Subdifferential)
_MOST, _MOST_SUMMANDS = 400, 24


def twins(claim: Claim, kinds: Iterable[str] = ()) -> Iterator[tuple[str, Claim]]:
    """The twins of a claim that differ from it, each with its kind; of all kinds where none are named."""
    for kind in kinds or TWINS:
        made = TWINS[kind](claim)
        if made is not None and made != claim and made.left != made.right:
            yield kind, made


def _sides(claim: Claim) -> tuple[Term, Term] | None:
    """Both sides of a relation between numbers, vectors or matrices; sets, of which there is no arithmetic, are none."""
    left, right = claim.sides
    if not isinstance(left, Term) or not isinstance(right, Term) or claim.relation == "in" or isinstance(left, _SETS) or isinstance(right, _SETS):
        return None
    return left, right


def _swapped(claim: Claim) -> Claim | None:
    return Claim(claim.right, TURNED[claim.relation], claim.left, claim.given) if claim.relation in TURNED else None


def _negated(claim: Claim) -> Claim | None:
    sides = _sides(claim)
    return sides and replace(claim, left=-sides[0], relation=TURNED.get(claim.relation, claim.relation), right=-sides[1])


def _transposed(claim: Claim) -> Claim | None:
    sides = _sides(claim)
    return replace(claim, left=sides[0].T, right=sides[1].T) if sides and sides[0].shape else None


def _added(claim: Claim) -> Claim | None:
    sides = _sides(claim)
    return sides and replace(claim, left=sides[0] + sides[1], right=sides[1] + sides[1])


def _doubled(claim: Claim) -> Claim | None:
    sides = _sides(claim)
    return sides and replace(claim, left=2 * sides[0], right=2 * sides[1])


def _brought_to_the_left(claim: Claim) -> Claim | None:
    sides = _sides(claim)
    return sides and replace(claim, left=sides[0] - sides[1], right=0 * sides[1])


def _mapped(claim: Claim, change: Callable[[Term], Term]) -> Claim:
    left, right, given = map_parts((claim.left, claim.right, claim.given), change)
    return Claim(left, claim.relation, right, given)


def _renamed(claim: Claim) -> Claim:
    """Every symbol under a new name, in an order of names that is the old one backwards."""
    found = sorted((owner for owner in symbols(claim.terms) if isinstance(owner, Symbol)), key=lambda owner: owner.name)
    new: dict[Term, Term] = {owner: replace(owner, name=f"{'z' * (len(found) - k)}_{owner.name}") for k, owner in enumerate(found)}
    return _mapped(claim, _everywhere(lambda term: new.get(term, term)))


def _everywhere(change: Callable[[Term], Term]) -> Callable[[Term], Term]:
    """Rewrites a term from its leaves upwards, shared parts once."""

    @cache
    def rewritten(term: Term) -> Term:
        return change(type(term)(*(map_parts(value, rewritten) for value in term.values())))

    return rewritten


def _other_order(term: Term) -> Term:
    match term:
        case tm.Add(left, right) | tm.Multiply(left, right) | tm.Hadamard(left, right) | op.Maximum(left, right) | op.Minimum(left, right):
            return type(term)(right, left)
        case tm.Subtract(left, right):
            return -right + left
    return term


def _reordered(claim: Claim) -> Claim:
    return _mapped(claim, _everywhere(_other_order))


def _product_of_sums(term: Term) -> Term:
    """One product multiplied out, as far as its factors are sums."""
    match term:
        case tm.MatMul(tm.Add(a, b) | tm.Subtract(a, b) as sum_, right) | tm.Multiply(tm.Add(a, b) | tm.Subtract(a, b) as sum_, right):
            return type(sum_)(_product_of_sums(type(term)(a, right)), _product_of_sums(type(term)(b, right)))
        case tm.MatMul(left, tm.Add(a, b) | tm.Subtract(a, b) as sum_) | tm.Multiply(left, tm.Add(a, b) | tm.Subtract(a, b) as sum_):
            return type(sum_)(_product_of_sums(type(term)(left, a)), _product_of_sums(type(term)(left, b)))
        case tm.Transpose(tm.MatMul(left, right)):
            return _product_of_sums(tm.MatMul(_product_of_sums(right.T), _product_of_sums(left.T)))
        case tm.Transpose(tm.Transpose(inner)):
            return inner
    return term


def _summands(term: Term) -> int:
    """How many products a term comes to when it is multiplied out, the most among its parts."""
    inner = [_summands(part) for part in tm.parts(term)]
    match term:
        case tm.Add() | tm.Subtract():
            return sum(inner)
        case tm.Multiply() | tm.MatMul():
            return inner[0] * inner[1]
    return max(inner, default=1)


def _multiplied_out(claim: Claim) -> Claim | None:
    """A short claim only: written out, products of sums grow beyond what anybody would write."""
    if not is_short(claim) or max(map(_summands, claim.terms)) > _MOST_SUMMANDS:
        return None
    return _mapped(claim, _everywhere(_product_of_sums))


def is_short(claim: Claim) -> bool:
    """Whether a claim is of a size that one would write; shared parts count as often as they stand there."""
    return _size(claim.terms, _MOST) < _MOST


def _size(terms: Iterable[Term], most: int) -> int:
    total = 0
    for term in terms:
        if total >= most:
            break
        total += 1 + _size(tm.parts(term), most - total - 1)
    return total


def _with_a_name(claim: Claim) -> Claim | None:
    """The left side under a name."""
    sides = _sides(claim)
    return sides and replace(claim, left=_under_a_name(sides[0], "named_side"))


def _with_named_parts(claim: Claim) -> Claim | None:
    """What the right side is a sum, product or quotient of, under names."""
    sides = _sides(claim)
    if not sides or not isinstance(sides[1], tm.Add | tm.Subtract | tm.Multiply | tm.MatMul | tm.Divide | tm.Hadamard):
        return None
    left, right = (_under_a_name(part, f"named_{k}") for k, part in enumerate(tm.parts(sides[1])))
    return replace(claim, right=type(sides[1])(left, right))


def _under_a_name(term: Term, name: str) -> Term:
    return term if isinstance(term, tm.Number | Symbol | op.Named) else define(name, term, *sorted(term.free, key=lambda index: index.name))


def _written_out(claim: Claim) -> Claim | None:
    """No names: each stands for its body, unless something is differentiated by it, or an assumption speaks of it."""
    if not is_short(claim) or any(isinstance(term, _BY_A_NAME) for term in subterms(claim.terms)):
        return None

    def body(term: Term) -> Term | None:
        return op.transform(term.body, body) if isinstance(term, op.Named) else None

    return _mapped(claim, lambda term: op.transform(term, body))


def _in_other_words(statement: Any) -> Any:
    """The relations inside turned around: a > b for b < a."""
    match statement:
        case Relation(left, symbol, right):
            left, right = _in_other_words(left), _in_other_words(right)
            return Relation(right, TURNED[symbol], left) if symbol in TURNED else Relation(left, symbol, right)
        case Every(index, inner):
            return Every(index, _in_other_words(inner))
    return statement


def _with_turned_parts(claim: Claim) -> Claim:
    given = tuple(each if isinstance(each, Law | Independent | Property) else _in_other_words(each) for each in claim.given)
    left, right = (_in_other_words(side) if isinstance(side, Statement) else side for side in claim.sides)
    return Claim(left, claim.relation, right, given)


def _with_assumptions_in_another_order(claim: Claim) -> Claim:
    return replace(claim, given=claim.given[::-1])


TWINS: dict[str, Twin] = {
    "sides swapped": _swapped,
    "both negated": _negated,
    "both transposed": _transposed,
    "something added to both": _added,
    "both doubled": _doubled,
    "brought to the left": _brought_to_the_left,
    "renamed": _renamed,
    "sums and products in another order": _reordered,
    "products multiplied out": _multiplied_out,
    "a side under a name": _with_a_name,
    "parts of a side under names": _with_named_parts,
    "names written out": _written_out,
    "comparisons turned around": _with_turned_parts,
    "assumptions in another order": _with_assumptions_in_another_order,
}
