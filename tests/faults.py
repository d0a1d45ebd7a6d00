"""Faults planted in modules: one passage of the source text is edited, and the functions that it changes run the edited code."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

__all__ = ["plant"]


def plant(patch: pytest.MonkeyPatch, module_name: str, old: str, new: str) -> None:
    """Every function of a module of `derivations.proof` as if `new` stood in its source for `old`.

    Functions keep their identity, since other modules, and tables, hold them; so the edit must lie inside of one.

    Raises:
        AssertionError: the passage stands there not once, or the edit changes no function.
    """
    module = importlib.import_module(f"derivations.proof.{module_name}")
    source = inspect.getsource(module)
    assert source.count(old) == 1, f"{module_name}: the passage stands there {source.count(old)} times: {old}"
    edited = dict(_codes(compile(source.replace(old, new), module.__file__ or "", "exec")))
    changed = [function for function in _functions(module) if _key(function.__code__) in edited and _differ(function, edited)]
    assert changed, f"{module_name}: no function is changed by the edit of: {old}"
    for function in changed:
        patch.setattr(function, "__code__", edited[_key(function.__code__)])


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _differ(function: FunctionType, edited: dict[tuple[str, int], CodeType]) -> bool:
    code = edited[_key(function.__code__)]
    return code != function.__code__ and code.co_freevars == function.__code__.co_freevars


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield _key(constant), constant
            yield from _codes(constant)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """The functions of a module, the methods of its classes, and what stands in its tables."""
    waiting: list[Any] = list(vars(module).values())
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        found = inspect.unwrap(found) if callable(found) and not isinstance(found, type) else found
        found = getattr(found, "fget", None) or getattr(found, "__func__", found)
        if id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, FunctionType) and found.__module__ == module.__name__:
            yield found
        elif isinstance(found, type) and found.__module__ == module.__name__:
            waiting += vars(found).values()
        elif isinstance(found, dict):
            waiting += found.values()
