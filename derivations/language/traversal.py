"""What a term consists of and depends on: one function for each question, and each looks into everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from derivations.language.implicit import ArgMin
from derivations.language.laws import Expectation
from derivations.language.operators import Apply, Iterate, Named, Series, Sum
from derivations.language.shapes import Dim
from derivations.language.terms import Dimension, Family, Index, Member, Statement, Symbol, Term, parts, parts_in

__all__ = ["depends_on", "dimensions", "families", "is_real", "named", "subterms", "symbols"]


def subterms(value: Term | Statement | Iterable[Term]) -> Iterator[Term]:
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


def symbols(value: Term | Statement | Iterable[Term]) -> frozenset[Symbol | Family]:
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
    if isinstance(term, Iterate):
        inner = [_names(part) for part in (term.count, *term.initials)]
        free, defined = _names(term.step)
        inner.append((free - set(term.states), defined))
    if isinstance(term, ArgMin):
        inner = [(free - {term.variable}, defined) for free, defined in inner]
    if isinstance(term, Expectation):
        inner = [(free - set(term.over), defined) for free, defined in inner]
    if isinstance(term, Symbol | Member):
        own = frozenset((term if isinstance(term, Symbol) else term.family,))
    name = frozenset((term.name,)) if isinstance(term, Named) else frozenset[str]()
    return own.union(*(free for free, _ in inner)), name.union(*(defined for _, defined in inner))


def is_real(value: Term | Statement) -> bool:
    """Whether no name that is declared complex occurs."""
    return all(name.field == "real" for name in symbols(value))


def _tops(value: Term | Statement | Iterable[Term]) -> Iterator[Term]:
    yield from parts_in(value if isinstance(value, Term | Statement) else tuple(value))


def families(value: Term | Statement | Iterable[Term]) -> set[Family]:
    """The families that occur."""
    return {symbol for symbol in symbols(value) if isinstance(symbol, Family)}


def named(value: Term | Statement | Iterable[Term]) -> dict[str, Named]:
    """The named intermediate quantities that occur, by name (one occurrence each)."""
    return {term.name: term for term in subterms(value) if isinstance(term, Named)}


def dimensions(value: Term | Statement | Iterable[Term]) -> set[Dimension]:
    """The symbolic dimensions in shapes, ranges and terms, and the counters that no series binds."""
    return set().union(*map(_dimensions, _tops(value)))


@lru_cache(maxsize=1 << 14)
def _dimensions(term: Term) -> frozenset[Dimension]:
    own: set[Dim | Dimension] = {*term.shape, *(index.dim for index in term.free)}
    if isinstance(term, Dimension):
        own.add(term)
    elif isinstance(term, Member):
        own.update(term.family.axes)
    elif isinstance(term, Sum):
        own.add(term.index.dim)
    if isinstance(term, Iterate):
        outside = frozenset[Dimension]().union(*map(_dimensions, (term.count, *term.initials)))
        return outside | (_dimensions(term.step) - {term.counter}) | {dim for dim in own if isinstance(dim, Dimension)}
    inner = frozenset[Dimension]().union(*map(_dimensions, parts(term)))
    if isinstance(term, Apply) and term.function.body is not None:
        inner |= _dimensions(term.function.body)
    bound = {term.counter} if isinstance(term, Series) else set[Dimension]()
    return (inner | {dim for dim in own if isinstance(dim, Dimension)}) - bound


def depends_on(term: Term, base: Term | Family | Index) -> bool:
    """Whether the value of the term can change with the base: a symbol, a member of a family (any member counts) or the whole family,
    a named quantity (by name), or an index.
    """
    if isinstance(base, Index):
        return base in term.free
    if isinstance(base, Dimension):
        return base in _dimensions(term)
    if isinstance(base, Member):
        return base.family in _names(term)[0]
    if isinstance(base, Named):
        return base.name in _names(term)[1]
    return base in _names(term)[0]
