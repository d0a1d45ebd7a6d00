"""Multipliers: what stands in the place of the slope of a function at its kinks, so that the chain rule leads to a subgradient.

Of |u| it is an s with s ∘ u = |u| and −1 ≤ s ≤ 1, of ReLU and of a maximum a weight in [0, 1], of a norm an s of dual norm at most 1 that attains
it. So g is a subgradient if ⟨g, V⟩ is that slope in every direction V, for multipliers that are looked for in g itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain, islice

from derivations.evaluation.subgradients import Membership
from derivations.language import operators as op
from derivations.language import terms as tm
from derivations.language.assumptions import Assumption
from derivations.language.claims import Claim
from derivations.language.constructors import indicator, ones, zeros
from derivations.language.errors import UnsupportedError
from derivations.language.functions import abs_, sign
from derivations.language.kinks import kink_of
from derivations.language.shapes import sides
from derivations.language.terms import ORDERINGS, Entry, Index, Norm, Number, Position, Relation, Symbol, Term, parts_in
from derivations.language.traversal import subterms
from derivations.proof.convexity import Curvature, curvature
from derivations.proof.differentiation import dot
from derivations.proof.one_sided import Along, moved_along, times

__all__ = ["Multipliers", "candidates", "has_entrywise_multiplier", "kinks_of", "slope_claim"]

Multipliers = Mapping[Term, Term]
"""For each node with a kink, what stands in the place of its slope."""

_MOST_CANDIDATES = 16
_CHOICES = (Symbol, tm.Member, op.Named, op.Apply, op.Indicator)
_DUAL = {"2": "2", "F": "F", "1": "inf", "inf": "1"}
_DIRECTION = "any direction"  # no declared name has a space


def kinks_of(stated: Membership) -> tuple[Term, ...]:
    """The nodes with a kink that move with the variable, each once.

    Raises:
        UnsupportedError: one that has no multiplier, or a node without a derivative.
    """
    found: dict[Term, None] = {}

    def collected(node: Term, along: Along) -> Term | None:
        found[node] = None
        inner = [moved for part in tm.parts(node) if (moved := along(part)) is not None]
        return None if not inner else dot(inner[0], inner[0]) if isinstance(node, Norm) else inner[0]

    moved_along(stated.of.function, stated.of.variable, _direction(stated), collected)
    return tuple(found)


def _direction(stated: Membership) -> Symbol:
    return Symbol(_DIRECTION, stated.of.variable.shape)


def slope_claim(stated: Membership, multipliers: Multipliers, given: tuple[Assumption, ...]) -> Claim:
    """That ⟨g, V⟩ is for every direction V the slope of the function with these multipliers at its kinks."""
    direction = _direction(stated)

    def chosen(node: Term, along: Along) -> Term | None:
        s = multipliers[node]
        match node:
            case op.Maximum(left, right) | op.Minimum(left, right):
                first, second = along(left), along(right)
                slopes = [times(s, first)] if first is not None else []
                slopes += [times(_filled(s, 1) - s, second)] if second is not None else []
                return slopes[0] if len(slopes) == 1 else slopes[0] + slopes[1]
            case op.Apply(_, u):
                inner = along(u)
                return None if inner is None else times(s, inner)
            case Norm(u):
                inner = along(u)
                return None if inner is None else dot(s, inner)
        raise UnsupportedError(f"no multiplier of {node}")

    slope = moved_along(stated.of.function, stated.of.variable, direction, chosen)
    return Claim(dot(stated.candidate, direction), "=", Number(Fraction(0)) if slope is None else slope, given)


def _filled(like: Term, entry: int) -> Term:
    return (zeros, ones)[entry](*sides(like.shape)) if like.shape else Number(Fraction(entry))


def candidates(node: Term, stated: Membership, given: Iterable[Assumption]) -> Iterator[tuple[Term, list[Claim]]]:
    """Terms that may be the multiplier of a node, each with the claims that make it one: terms of g, then a natural choice, then constants."""
    u = kink_of(node)
    own = [term for term in subterms(stated.candidate) if term.shape == u.shape]
    natural: list[Term] = [sign(u) if _has_range_of_sign(node) else indicator(Relation(u, ">", _filled(u, 0)))]
    if isinstance(node, Norm) and node.kind in ("2", "F"):
        natural = [u / node]
    constant = [_filled(u, 1), _filled(u, 0), -_filled(u, 1)]
    if isinstance(node, op.Maximum | op.Minimum):  # its weight is that of the left side; text may hold the other one
        others = [_filled(u, 1) - term for term in own if isinstance(term, _CHOICES)]
    else:
        others = [-term for term in own if isinstance(term, _CHOICES)]
    found = dict.fromkeys(chain((term for term in own if isinstance(term, _CHOICES)), natural, others, constant, own))
    assumed = tuple(given)
    for s in islice(found, _MOST_CANDIDATES):
        if s.free <= node.free | stated.candidate.free:
            yield s, list(_selects(node, u, s, stated, assumed))


def has_entrywise_multiplier(node: Term) -> bool:
    """Whether what makes a multiplier of a node is said entry by entry: of every node but norms other than the 1-norm."""
    return not isinstance(node, Norm) or node.kind == "1"


def _has_range_of_sign(node: Term) -> bool:
    return isinstance(node, Norm) or (isinstance(node, op.Apply) and node.function == abs_)


def _selects(node: Term, u: Term, s: Term, stated: Membership, given: tuple[Assumption, ...]) -> Iterator[Claim]:
    """The claims that s is a subgradient of the node, as a function of u."""
    if isinstance(node, Norm) and not has_entrywise_multiplier(node):
        size = s.operand if isinstance(s, tm.Negate) else s
        yield Claim(Norm(size, _DUAL[node.kind]), "<=", Number(Fraction(1)), given)
        yield Claim(dot(s, u), "=", node, given)
        return
    value = abs_(u) if isinstance(node, Norm) else node
    reached = times(s, u) + node.right if isinstance(node, op.Maximum | op.Minimum) else times(s, u)
    least = _filled(s, 0)
    if _has_range_of_sign(node) and (isinstance(node, Norm) or curvature(u, stated.of.variable, Claim(u, "=", u, given)) is Curvature.AFFINE):
        least = -_filled(s, 1)
    relations = (Relation(s, ">=", least), Relation(s, "<=", _filled(s, 1)), Relation(reached, "=", value))
    yield from (_at_any_entry(relation, given) for relation in relations)


def _at_any_entry(relation: Relation, given: tuple[Assumption, ...]) -> Claim:
    """A relation that holds entry by entry, as a claim about any one of them; so are those assumptions that do."""
    left, right = relation.left, relation.right
    if not isinstance(left, Term) or not isinstance(right, Term) or not left.shape:
        return Claim(left, relation.symbol, right, given)
    row, column = (Index(name, dim) if dim != 1 else 1 for name, dim in zip(("any row", "any column"), sides(left.shape), strict=True))
    spread = [at for other in given if (at := _entrywise(other, left, row, column)) is not None]
    return Claim(Entry(left, row, column), relation.symbol, Entry(right, row, column), (*given, *spread))


def _entrywise(given: Assumption, like: Term, row: Position, column: Position) -> Relation | None:
    if not isinstance(given, Relation) or given.symbol not in ("=", "!=", *ORDERINGS):
        return None
    shapes = {part.shape for part in parts_in(given.values())}
    if shapes != {like.shape} or not isinstance(given.left, Term) or not isinstance(given.right, Term):
        return None
    return Relation(Entry(given.left, row, column), given.symbol, Entry(given.right, row, column))

