"""Counterexamples as a few lines of torch: the values of the names, both sides, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from derivations.language.algebraic import AlgebraicNumber
from derivations.language.claims import Claim
from derivations.language.errors import DeclarationError, UnsupportedError
from derivations.language.operators import Function, Named
from derivations.language.terms import Dimension, Family, Index, Symbol, Term
from derivations.language.verdicts import Counterexample, Verdict, Witness
from derivations.language.writing import value_text
from derivations.reports.torch_terms import DTYPE, Owner, TorchWriter

__all__ = ["torch_code"]

_LONGEST_NOTE = 100


def torch_code(claim: Claim, verdict: Verdict) -> str:
    """The counterexample of a refuted claim as Python source for torch that prints both sides: ``print(torch_code(claim, verify(claim)))``.

    Every node is written by torch's own operator (a gradient by `torch.func.grad`), in 64 bits: what is exact in the verdict is rounded there.

    Raises:
        DeclarationError: the verdict has no counterexample.
        UnsupportedError: the claim is about statements, a limit or a minimiser, or something in it has no spelling in torch here.
    """
    found = verdict.counterexample
    if found is None:
        why = f": {verdict.reason}" if verdict.reason else ""
        raise DeclarationError(f"the verdict is {verdict.status.value} without a counterexample{why}; there is nothing to show in torch")
    return "\n".join(_lines(claim, found)) + "\n"


def _lines(claim: Claim, found: Counterexample) -> Iterator[str]:
    left, right = claim.left, claim.right
    if not isinstance(left, Term) or not isinstance(right, Term):
        raise UnsupportedError("a claim whose sides are statements is not shown in torch: at a border, rounding would decide them")
    if claim.relation in ("->", "in"):
        kind = "a limit" if claim.relation == "->" else "a member of a set"
        raise UnsupportedError(f"{kind} is not shown in torch: no finite calculation gives the value of its left side")
    writer = TorchWriter()
    sides = [f"{side} = {writer.tensor(term)}" for side, term in (("left", left), ("right", right))]
    functions = [f"\n{source}\n" for source in writer.functions.values()]
    definitions = _needed(writer.definitions, [*sides, *functions])
    yield from ("import torch", *writer.imports, "")
    yield from _values(writer, found.witness, [*definitions, *sides, *functions])
    yield from (*functions, *definitions, *sides)
    note = f"exactly: left {value_text(found.left)}, right {value_text(found.right)}"
    yield f"# the claim is left {claim.relation} right" + (f"; {note}" if len(note) <= _LONGEST_NOTE else "")
    yield from ('print("left ", left.tolist())', 'print("right", right.tolist())')


def _words(lines: Iterable[str]) -> set[str]:
    return set(re.findall(r"\w+", " ".join(lines)))


def _needed(definitions: Mapping[str, str], lines: list[str]) -> list[str]:
    """The definitions of named quantities that the lines need: where one is varied, it was written out instead."""
    needed: list[str] = []
    for name, source in reversed(list(definitions.items())):
        if name in _words([*lines, *needed]):
            needed.insert(0, f"{name} = {source}")
    return needed


def _values(writer: TorchWriter, witness: Witness, lines: list[str]) -> Iterator[str]:
    """What stands for each name in the lines, sizes and positions first.

    Raises:
        UnsupportedError: a name has no value of its own in the witness: one of a random name, say.
    """
    sizes, values = dict(witness.sizes), dict(witness.values)
    words = _words(lines)
    for owner, name in sorted(writer.used.items(), key=_order):
        known: dict[str, Any] = sizes if isinstance(owner, Dimension | Index) else values
        if isinstance(owner, Function | Named) or name not in words or (owner in writer.bound and owner.name not in known):
            continue
        if owner.name not in known:
            raise UnsupportedError(f"{owner} has no value in the counterexample: it is random, and known by its law only")
        yield f"{name} = {_value(owner, known[owner.name], sizes)}"


def _order(item: tuple[Owner, str]) -> tuple[bool, bool, str]:
    owner, name = item
    return not isinstance(owner, Dimension), not isinstance(owner, Index), name


def _value(owner: Owner, value: Any, sizes: Mapping[str, int]) -> str:
    match owner:
        case Index():
            return f"{value - 1}  # position {value}, counted from 0"
        case Symbol():
            return _tensor(_rows(value) if owner.size else _number(value[0][0]))
        case Family(_, axes, size):
            members = ", ".join(_rows(member) if size else _number(member[0][0]) for member in value)
            lengths = (str(dim if isinstance(dim, int) else sizes[dim.name]) for dim in (*axes, *size))
            shaped = f".reshape({', '.join(lengths)})" if len(axes) > 1 else ""
            return _tensor(f"[{members}]") + shaped
    return str(value)


def _tensor(entries: str) -> str:
    return f"torch.tensor({entries}, {DTYPE})"


def _rows(value: Any) -> str:
    rows = (f"[{', '.join(map(_number, row))}]" for row in value)
    return f"[{', '.join(rows)}]"


def _number(entry: Fraction | AlgebraicNumber | str) -> str:
    """An exact number; of an irrational one the nearest float.

    Raises:
        UnsupportedError: it is a law, or an interval.
    """
    if isinstance(entry, str):
        raise UnsupportedError(f"the value {entry} of a name in the counterexample is no single number")
    if isinstance(entry, AlgebraicNumber):
        return repr(float(entry))
    return str(entry.numerator) if entry.denominator == 1 else f"{entry.numerator} / {entry.denominator}"
