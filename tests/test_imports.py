"""The house: who imports whom, what loads with what, and that the public names are what they say."""

from __future__ import annotations

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import derivations
import numeric

SOURCES = {"derivations": Path(derivations.__path__[0]), "numeric": Path(numeric.__path__[0])}


@dataclass(frozen=True)
class Part:
    """What a part of `derivations` may import, at any depth of its code."""

    parts: set[str]
    distributions: set[str]


def house() -> dict[str, Part]:
    """The table of parts in docs/architecture.md."""
    text = (Path(__file__).parent.parent / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+` ?)+)\| ([\w ]*)\|", text, re.MULTILINE)
    return {name: Part(set(re.findall(r"\w+", parts)), set(outside.split())) for name, parts, outside in rows}


HOUSE = house()
LATE = {"torch", "numeric", "sympy", "matplotlib", "z3"}
"""What only `evaluation` may load at once; the others load it when they use it."""


def parsed() -> dict[str, ast.Module]:
    """Every module of the distribution by its dotted name, parsed."""
    found = {}
    for package, root in SOURCES.items():
        for path in sorted(root.rglob("*.py")):
            name = ".".join((package, *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text("utf-8"))
    return found


MODULES = parsed()
INSIDE = [name for name in MODULES if name.startswith("derivations.")]


def imported(statement: ast.AST) -> Iterator[str]:
    """The modules that a statement imports, by their absolute names."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        assert statement.module is not None, "imports are absolute here"
        for alias in statement.names:
            submodule = f"{statement.module}.{alias.name}"
            yield submodule if submodule in MODULES else statement.module


def anywhere(name: str) -> set[str]:
    """The modules that a module imports anywhere in its code."""
    return {other for statement in ast.walk(MODULES[name]) for other in imported(statement)}


def at_once(name: str) -> set[str]:
    """The modules that a module imports when it is loaded."""
    return {other for statement in MODULES[name].body for other in imported(statement)}


def root(name: str) -> str:
    return name.partition(".")[0]


def test_the_house_is_the_one_in_the_architecture() -> None:
    assert {name.split(".")[1] for name in INSIDE} == HOUSE.keys()


@pytest.mark.parametrize("name", INSIDE)
def test_imports_point_down(name: str) -> None:
    part = HOUSE[name.split(".")[1]]
    inside = {other.split(".")[1] for other in anywhere(name) if root(other) == "derivations"}
    outside = {root(other) for other in anywhere(name)} - set(sys.stdlib_module_names) - {"derivations"}
    assert inside <= part.parts
    assert outside <= part.distributions


@pytest.mark.parametrize("name", [name for name in MODULES if root(name) == "numeric"])
def test_numeric_knows_torch_only(name: str) -> None:
    assert {root(other) for other in anywhere(name)} - set(sys.stdlib_module_names) <= {"numeric", "torch"}


@pytest.mark.parametrize("name", [name for name in INSIDE if not name.startswith("derivations.evaluation")])
def test_what_is_slow_is_imported_late(name: str) -> None:
    reached, todo = set(), {name}
    while todo:
        module = todo.pop()
        reached.add(module)
        todo |= (at_once(module) if module in MODULES else set()) - reached
    assert {root(module) for module in reached} & LATE == set()


def test_no_import_cycle() -> None:
    graph = {name: at_once(name) & MODULES.keys() for name in MODULES}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError
    assert order.index("derivations.language.terms") < order.index("derivations.checking")


# ------------------------------------------------------------------------------------------------------- what loads with what

HEAVY = {"sympy", "torch", "z3", "matplotlib", "rich", "flint", "numpy"}


def loaded_by(code: str) -> set[str]:
    """The top-level modules in a fresh interpreter after the code."""
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import derivations", set()),
        ("from derivations import *", {"sympy", "flint"}),
        ("from derivations import claim, scalar\nrepr(claim(scalar('x'), '=', 1))", set()),
        ("from derivations.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass", set()),
        ("from derivations.cli import main\nmain(['list'])", set()),
        ("import derivations.proof.verification", {"flint"}),
        ("from derivations.cli import main\nmain(['verify', 'gradient_norms', '--no-numeric'])", {"flint", "rich"}),
    ],
    ids=["import", "every name", "a claim", "help", "list", "a worker", "verify without torch"],
)
def test_what_is_slow_loads_only_where_it_is_used(code: str, allowed: set[str]) -> None:
    assert loaded_by(code) & HEAVY <= allowed


# --------------------------------------------------------------------------------------------------------------- public names


def public_names() -> dict[str, str]:
    """The names that `derivations/__init__.py` promises to type checkers, with the modules they come from."""
    (block,) = (statement for statement in MODULES["derivations"].body if isinstance(statement, ast.If))
    promises = [statement for statement in block.body if isinstance(statement, ast.ImportFrom)]
    return {alias.asname or alias.name: str(promise.module) for promise in promises for alias in promise.names}


def test_the_public_names_are_those_promised() -> None:
    assert sorted(derivations.__all__) == sorted(public_names()) == dir(derivations)


@pytest.mark.parametrize(("name", "home"), public_names().items(), ids=public_names())
def test_each_public_name_is_there_and_documented(name: str, home: str) -> None:
    value = getattr(derivations, name)
    original = getattr(importlib.import_module(home), "latex" if name == "to_latex" else name, None) or importlib.import_module(f"{home}.{name}")
    assert value is original
    assert value.__doc__


def test_other_names_are_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'gradent'"):
        derivations.gradent  # noqa: B018
