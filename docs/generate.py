"""Writes the pages that are made of the code: ``python docs/generate.py`` writes all, docs/topics/ and docs/coverage.md.

A page of a topic is made of its entries, and the tables of coverage are read off the tables of rules: so neither says what the code does not do. A
test fails where a page is not what this makes of the code.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from derivations.catalogue import TOPICS, Topic, topic
from derivations.checking import verify
from derivations.evaluation.arrays import AlgebraicInterpreter, BallInterpreter, ExactInterpreter
from derivations.evaluation.symbolic import matrix_reader, scalar_reader
from derivations.evaluation.symbolic import statements as sympy_statements
from derivations.evaluation.symbolic import writer as sympy_writer
from derivations.evaluation.tensors import TensorInterpreter
from derivations.language import constructors as make
from derivations.language.assumptions import PROPERTIES, every, positive_definite, tends_to
from derivations.language.claims import Claim, Derivation, claim
from derivations.language.functions import BUILT_IN, abs_
from derivations.language.laws import LAWS
from derivations.language.terms import Symbol, Term
from derivations.language.verdicts import Evidence, Verdict
from derivations.language.writing import TextWriter
from derivations.latex.terms import LatexWriter
from derivations.latex.writer import latex
from derivations.proof import convexity, differentiation, limit_rules, normal_form, ranges, reals
from derivations.reports import torch_terms
from derivations.reports.outline import declared

DOCS = Path(__file__).parent
WIDTH = 140


def pages() -> Iterator[tuple[Path, str]]:
    """Every page with its path."""
    topics = [topic(name) for name in TOPICS]
    for each in topics:
        yield DOCS / "topics" / f"{each.name}.md", "\n".join(_topic_lines(each)) + "\n"
    yield DOCS / "topics" / "README.md", "\n".join(_contents(topics)) + "\n"
    yield DOCS / "coverage.md", "\n".join(_coverage_lines()) + "\n"


# ------------------------------------------------------------------------------------------------------------------ topics


def _contents(topics: Iterable[Topic]) -> Iterator[str]:
    yield from ("# Topics", "", "Made of the catalogue by `python docs/generate.py`. Every claim here is proved by `derivations verify`.", "")
    yield from ("| topic | derivations | claims | |", "|---|---|---|---|")
    for each in topics:
        claims = sum(len(entry.steps) for entry in each.derivations)
        yield f"| [{each.name}]({each.name}.md) | {len(each.derivations)} | {claims} | {_cell(each.summary)} |"


def _topic_lines(shown: Topic) -> Iterator[str]:
    module = importlib.import_module(f"derivations.catalogue.{shown.name}")
    summary, _, rest = (module.__doc__ or "").strip().partition("\n")
    yield from (f"# {shown.name.replace('_', ' ').capitalize()}", "", summary, "", *rest.strip().splitlines(), "")
    yield f"`derivations verify {shown.name}` proves all of it; `derivations explain {shown.name}/NAME` tells how."
    if functions := list(_functions(module)):
        yield from ("", f"Its functions return SymPy objects: `from derivations import {shown.name}`.", "", "| function | returns |", "|---|---|")
        yield from functions
    for entry in shown.derivations:
        yield from ("", *_derivation_lines(shown, entry))


def _functions(module: ModuleType) -> Iterator[str]:
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if inspect.isfunction(value):
            signature = ", ".join(inspect.signature(value).parameters)
            yield f"| `{name}({signature})` | {_cell(inspect.getdoc(value) or '')} |"


def _derivation_lines(shown: Topic, entry: Derivation) -> Iterator[str]:
    among = [term for made in entry.claims for term in made.terms]
    yield from (f"## {entry.title}", "")
    questions = f"; answers {', '.join(entry.questions)}" if entry.questions else ""
    yield f"`{shown.name}/{entry.name}`{questions}"
    yield from ("", "```text", *declared(entry, WIDTH), "```")
    for number, step in enumerate(entry.steps, 1):
        given = ", ".join(f"`{each}`" for each in step.claim.given)
        reason = step.reason.strip()
        yield from ("", f"{number}. {step.title}{f', given {given}' if given else ''}{f': {reason}' if reason else ''}")
        yield from ("", "   ```math", f"   {latex(step.claim, among)}", "   ```")
    if entry.notes:
        yield from ("", entry.notes)


def _cell(text: str) -> str:
    """The first sentence of a text, in a cell of a table."""
    first = " ".join(text.partition("\n\n")[0].split())
    return first.replace("|", "\\|")


# ---------------------------------------------------------------------------------------------------------------- coverage


def _spelled(writer: type[Any], *tables: Iterable[type[Term]]) -> set[type[Term]]:
    """The nodes that a writer has words for."""
    registered = inspect.getattr_static(writer, "spell").dispatcher.registry
    return {node for node in registered if node is not Term and node is not object}.union(writer.table, *tables)


def _rules(module: ModuleType) -> set[type[Term]]:
    """The nodes in a module's table of rules."""
    return set(vars(module).get("RULES") or vars(module)["_RULES"])


def _tables() -> dict[str, set[type[Term]]]:
    """The columns, each with the nodes that it covers."""
    torch_tables = (torch_terms._OF_A_MATRIX, torch_terms._OF_TWO)
    return {
        "exact": set(ExactInterpreter.rules),
        "algebraic": set(AlgebraicInterpreter.rules),
        "balls": set(BallInterpreter.rules),
        "torch": set(TensorInterpreter.rules),
        "normal form": _rules(normal_form),
        "derivative": _rules(differentiation),
        "ranges": _rules(ranges),
        "z3": _rules(reals),
        "limits": _rules(limit_rules),
        "convexity": _rules(convexity),
        "text": _spelled(TextWriter),
        "LaTeX": _spelled(LatexWriter),
        "to SymPy": set(sympy_writer._WRITERS),
        "torch source": _spelled(torch_terms.TorchWriter, *torch_tables),
    }


def nodes() -> list[type[Term]]:
    """Every node of the language, by its module and its place there."""
    found, todo = set[type[Term]](), [Term]
    while todo:
        below = [cls for cls in todo.pop().__subclasses__() if cls.__module__.startswith("derivations.language")]
        found.update(below)
        todo += below
    original = (cls for cls in found if getattr(sys.modules[cls.__module__], cls.__name__) is cls)  # a class with slots replaces one without
    return sorted(original, key=lambda cls: (_PARTS.index(cls.__module__.rpartition(".")[2]), inspect.getsourcelines(cls)[1]))


_PARTS = ("terms", "operators", "implicit", "laws", "kinks")
"""The modules of nodes, as they build on each other."""


def _coverage_lines() -> Iterator[str]:
    yield from _INTRODUCTION.strip().splitlines()
    tables = _tables()
    yield from ("", "## Nodes", "", f"| node | {' | '.join(tables)} | is |", f"|---|{':-:|' * len(tables)}---|")
    for node in nodes():
        cells = " | ".join("●" if node in covered else "" for covered in tables.values())
        yield f"| `{node.__name__}` | {cells} | {_cell(inspect.getdoc(node) or '')} |"
    yield from ("", "SymPy has no word for some nodes, and is not trusted with others; the message of each refusal says what to do instead:", "")
    yield from (f"- `{node.__name__}`: {why}" for node, why in sympy_writer._REASONS.items())
    yield from ("", "## Elementwise functions", "")
    yield from ("| function | defined where the argument is | differentiable where it is | its values | torch source |", "|---|---|---|---|:-:|")
    for facts in BUILT_IN.values():
        known = "●" if facts.name in torch_terms.TORCH_FUNCTIONS else ""
        yield f"| `{facts.name}` | {facts.domain} | {facts.smooth} | {facts.values} | {known} |"
    yield from ("", "## Statements and laws", "")
    yield f"Properties of matrices: {_quoted(PROPERTIES)}."
    yield from ("", f"Laws of random names: {_quoted(LAWS)}.")
    read = [*scalar_reader.SCALAR_READERS, *matrix_reader.MATRIX_READERS, *sympy_statements.STATEMENT_READERS]
    yield from ("", "## From SymPy", "", f"`from_sympy` reads: {_quoted(sorted({cls.__name__ for cls in read}))}. Anything else is refused by name.")
    yield from ("", *_kind_lines())


_INTRODUCTION = """
# Coverage

Made of the code by `python docs/generate.py`; a test fails where it is out of date.

What has a dot has a rule. A node without a rule in `exact` cannot stand in a proved claim; one without a rule elsewhere is refused there, by its
name, and something else may still treat it: sequences are proved by induction and closed forms, minimisers by what they mean, spectra by reduction
to numbers, expectations by the laws. `exact`, `algebraic` and `balls` are the number systems that refute and confirm; `torch` is the independent
evidence; `normal form`, `derivative`, `ranges`, `z3`, `limits` and `convexity` are tables of the methods of proof.
"""


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _kinds() -> Iterator[tuple[str, Claim, Claim]]:
    """Every kind of claim: a right one, and a wrong one."""
    n, d, k = make.dimension("n"), make.dimension("d"), make.counter("k")
    X, A, w, v, y = make.matrix("X", n, d), make.matrix("A", d, d), make.vector("w", d), make.vector("v", d), make.vector("y", n)
    a, b, rho = make.scalars("a b rho")
    i = make.index("i", d)
    loss = make.norm(X @ w - y) ** 2
    stands = (a > 0) & (b > 0)
    minimiser = make.argmin((a - rho) ** 2, a)
    yield "=", claim(make.gradient(loss, w), "=", 2 * X.T @ (X @ w - y)), claim(make.gradient(loss, w), "=", X.T @ (X @ w - y))
    yield "<=", claim(2 * a * b, "<=", a**2 + b**2), claim(3 * a * b, "<=", a**2 + b**2)
    yield "<", claim(a * b, "<", a**2 + b**2, given=stands), claim(3 * a * b, "<", a**2 + b**2, given=stands)
    yield "!=", claim(a**2 + 1, "!=", 0), claim(a**2 - 1, "!=", 0)
    yield "and", claim(a**2 >= 0, "and", make.norm(w) >= 0), claim(a**2 > 0, "and", make.norm(w) >= 0)
    yield "or", claim(a > 0, "or", a < 1), claim(a > 0, "or", a < 0)
    yield "implies", claim(a > b, "implies", a**3 > b**3), claim(a > b, "implies", a**2 > b**2)
    yield "iff", claim((1 - a) ** 2 < 1, "iff", (a > 0) & (a < 2)), claim((1 - a) ** 2 < 1, "iff", (a > 0) & (a < 1))
    yield "->", claim(rho**k * a, "->", 0, given=(rho > 0) & (rho < 1)), claim(rho**k + a, "->", 0, given=(rho > 0) & (rho < 1))
    yield "a limit, iff", claim(tends_to(rho**k, 0), "iff", abs_(rho) < 1), claim(tends_to(rho**k, 0), "iff", rho < 1)
    yield "= of a minimiser", claim(minimiser, "=", rho), claim(minimiser, "=", 2 * rho)
    yield "in a set of minimisers", claim(w, "in", _least(v, w)), claim(2 * w, "in", _least(v, w))
    slopes = make.subdifferential(abs_(b), b)
    yield "in a subdifferential", claim(_slope(b, 0), "in", slopes), claim(_slope(b, 2), "in", slopes)
    squares = make.entry(w, i) ** 2
    yield "for every index", claim(a > 0, "implies", every(i, squares + a > 0)), claim(a > 0, "implies", every(i, squares - a > 0))
    ridge = positive_definite(A.T @ A + a * make.identity(d))
    yield "a property", claim(a > 0, "implies", ridge), claim(a >= 0, "implies", ridge)


def _least(v: Symbol, w: Term) -> Term:
    return make.argmin(make.norm(v - w) ** 2, v)


def _slope(b: Term, at_zero: int) -> Term:
    return make.cases((b > 0, 1), (b < 0, -1), otherwise=at_zero)


def _kind_lines() -> Iterator[str]:
    yield from ("## Kinds of claims", "", "A right claim of each kind, how it is proved and whether torch agrees; and a wrong one.", "")
    yield from ("| kind | right | proved by | wrong | is | torch |", "|---|---|---|---|---|---|")
    for kind, right, wrong in _kinds():
        proved, refuted = verify(right, jobs=1), verify(wrong, numeric=False, jobs=1)
        yield f"| {kind} | {_claim(right)} | {_method(proved)} | {_claim(wrong)} | {refuted.status.value} | {_torch(proved.evidence)} |"


def _claim(made: Claim) -> str:
    return "`" + repr(made).replace("|", "\\|") + "`"


def _method(verdict: Verdict) -> str:
    return ", ".join((verdict.method, *verdict.lemmas)) if verdict.method else verdict.status.value


def _torch(evidence: Evidence | None) -> str:
    return "agrees" if evidence is not None and evidence.agrees else "none"


def main() -> None:
    """Write every page, and remove pages of topics that are gone."""
    made = dict(pages())
    for path in (DOCS / "topics").glob("*.md"):
        if path not in made:
            path.unlink()
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(DOCS.parent)}: {len(text.splitlines())} lines", file=sys.stderr)


if __name__ == "__main__":
    main()
