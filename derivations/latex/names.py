r"""How names are written in LaTeX: ``W_1`` as ``W_{1}``, ``hat_y`` as ``\hat{y}``, ``lambda`` as ``\lambda``, ``loss`` upright."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.language.terms import Statement, Term
from derivations.language.traversal import dimensions, named, symbols
from derivations.latex.notation import ACCENTS, LETTERS, TEXT

__all__ = ["escaped", "name", "names_in"]


def name(word: str) -> str:
    """A name as it was declared: accents stand first, a label after ``_``, primes at the end."""
    core = word.rstrip("'")
    if "" in core.split("_"):  # a stray underscore is part of the name
        text = rf"\mathrm{{{escaped(core)}}}"
    else:
        base, label = _base_and_label(core)
        text = f"{base}_{{{_label(label)}}}" if label else base
    return text + word[len(core) :]


def _base_and_label(core: str) -> tuple[str, str]:
    head, _, rest = core.partition("_")
    if head in ACCENTS and rest[:1].isalpha():
        base, label = _base_and_label(rest)
        return rf"\{head}{{{base}}}", label
    return _letters(head), rest


def _label(label: str) -> str:
    head, _, rest = label.partition("_")
    text = head if head.isdigit() else _letters(head)
    return f"{text}_{{{_label(rest)}}}" if rest else text


def _letters(word: str) -> str:
    if word in LETTERS:
        return rf"\{word}"
    return word if len(word) == 1 else rf"\mathrm{{{word}}}"


def names_in(values: Iterable[Term | Statement]) -> frozenset[str]:
    """The names that stand in the values, as they are written."""
    found: set[str] = set()
    for value in values:
        found.update(owner.name for owner in symbols(value))
        found.update(dim.name for dim in dimensions(value))
        found.update(named(value))
    return frozenset(map(name, found))


def escaped(plain: str) -> str:
    """Plain text for LaTeX: every character stands for itself, ``$`` too."""
    return "".join(TEXT.get(character, character) for character in plain)
