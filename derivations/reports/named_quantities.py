"""Named quantities for notations that have no cut: written out, or replaced by a variable where one differentiates by them."""

from __future__ import annotations

from math import prod

from derivations.language.errors import UnsupportedError
from derivations.language.operators import Cases, Named, bound_by, transform
from derivations.language.terms import Delta, Family, Symbol, Term
from derivations.language.traversal import depends_on, subterms

__all__ = ["cut", "written_out"]


def written_out(term: Term, *names: Term | Family) -> Term:
    """The term with the named quantities that depend on one of the names written out."""

    def change(part: Term) -> Term | None:
        if isinstance(part, Named) and any(depends_on(part.body, name) for name in names):
            return transform(part.body, change)
        return None

    return transform(term, change)


def cut(function: Term, base: Named, variable: Symbol) -> Term:
    """The function with a variable in the place of a named quantity; of other members of its family, only where they are the same one.

    Raises:
        UnsupportedError: the variable or an index of the quantity means something else inside.
    """
    if variable in subterms(function):
        raise UnsupportedError(f"the derivative by {base}, whose name {variable} has too, is not written here")
    bound = {name for part in subterms(function) for name in bound_by(part)}
    if bound.intersection(base.positions):
        raise UnsupportedError(f"the derivative by {base} of a sum over its own index is not written here")

    def change(part: Term) -> Term | None:
        if not isinstance(part, Named) or not depends_on(part, base):
            return None
        pairs = [(a, b) for a, b in zip(part.positions, base.positions, strict=True) if a != b] if part.name == base.name else None
        if pairs == []:
            return variable
        body = transform(part.body, change)  # written out here: what was put in may depend on indices that the name does not carry
        if pairs is None or all(isinstance(a, int) and isinstance(b, int) for a, b in pairs):
            return body
        same = prod((Delta(*pair) for pair in pairs[1:]), start=Delta(*pairs[0]))
        return Cases(((same > 0, variable),), body)

    return transform(function, change)
