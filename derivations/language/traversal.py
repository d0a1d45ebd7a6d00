"""What a term consists of and depends on: one function for each question, and each looks into everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from derivations.language.operators import Apply, Named, Sum
from derivations.language.shapes import Dim
from derivations.language.terms import Dimension, Family, Identity, Index, Member, Relation, Symbol, Term, parts, parts_in

__all__ = ["depends_on", "dimensions", "families", "named", "subterms", "symbols"]


def subterms(value: Term | Relation | Iterable[Term]) -> Iterator[Term]:
    """Every distinct subterm, the term itself included, parents before parts; function bodies and named bodies too."""
    seen: set[Term] = set()
    stack = list(_tops(value))[::-1]
    while stack:
        term = stack.pop()
        if term in seen:
            continue
        seen.add(term)
        yield term
        stack.extend(parts(term)[::-1])
        if isinstance(term, Apply) and term.function.body is not None:
            stack.append(term.function.body)


def symbols(value: Term | Relation | Iterable[Term]) -> frozenset[Symbol | Family]:
    """The symbols and families that occur, parameters of author-defined functions excluded."""
    return frozenset[Symbol | Family]().union(*(_names(term)[0] for term in _tops(value)))


@lru_cache(maxsize=1 << 14)
def _names(term: Term) -> tuple[frozenset[Symbol | Family], frozenset[str]]:
    """The symbols and families, and the names of the named quantities, that a term depends on."""
    own: frozenset[Symbol | Family] = frozenset()
    inner = [_names(part) for part in parts(term)]
    if isinstance(term, Apply) and term.function.body is not None and term.function.parameter is not None:
        free, defined = _names(term.function.body)
        inner.append((free - {term.function.parameter}, defined))
    if isinstance(term, Symbol | Member):
        own = frozenset((term if isinstance(term, Symbol) else term.family,))
    name = frozenset((term.name,)) if isinstance(term, Named) else frozenset[str]()
    return own.union(*(free for free, _ in inner)), name.union(*(defined for _, defined in inner))


def _tops(value: Term | Relation | Iterable[Term]) -> Iterator[Term]:
    yield from parts_in(value if isinstance(value, Term | Relation) else tuple(value))


def families(value: Term | Relation | Iterable[Term]) -> set[Family]:
    """The families that occur."""
    return {symbol for symbol in symbols(value) if isinstance(symbol, Family)}


def named(value: Term | Relation | Iterable[Term]) -> dict[str, Named]:
    """The named intermediate quantities that occur, by name (one occurrence each)."""
    return {term.name: term for term in subterms(value) if isinstance(term, Named)}


def dimensions(value: Term | Relation | Iterable[Term]) -> set[Dimension]:
    """The symbolic dimensions in shapes, ranges and terms."""
    found: set[Dim] = set()
    for term in subterms(value):
        found.update(term.shape)
        found.update(index.dim for index in term.free)
        if isinstance(term, Dimension):
            found.add(term)
        elif isinstance(term, Member):
            found.update(term.family.axes)
        elif isinstance(term, Sum):
            found.add(term.index.dim)
        elif isinstance(term, Identity):
            found.add(term.dim)
    return {dim for dim in found if isinstance(dim, Dimension)}


def depends_on(term: Term, base: Term | Index) -> bool:
    """Whether the value of the term can change with the base: a symbol, a member of a family (any member counts), a named
    quantity (by name), or an index.
    """
    if isinstance(base, Index):
        return base in term.free
    if isinstance(base, Member):
        return base.family in _names(term)[0]
    if isinstance(base, Named):
        return base.name in _names(term)[1]
    return base in _names(term)[0]
