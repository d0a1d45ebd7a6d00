"""The command line: ``derivations list``, ``show``, ``explain`` and ``verify``. What is slow to import is imported by the command that needs it."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from derivations.language.errors import DerivationError

if TYPE_CHECKING:
    from derivations.caching import VerdictCache
    from derivations.catalogue import Topic
    from derivations.language.claims import Derivation

__all__ = ["main"]

EXIT_CODES = "exit code: 4 an alarm (a fault of this program), else 2 wrong usage, else 1 refuted, else 3 undecided or supported, else 0"
JOBS = "processes that prove; default: one for each processor, at most 8"
WRONG_USAGE, FAULT, INTERRUPTED, BROKEN_PIPE = 2, 4, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no ‖ shows ?
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.command(arguments)
        sys.stdout.flush()
    except DerivationError as error:
        print(f"derivations: {error}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        print("derivations: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough: `derivations list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception:  # a fault of this program must not look like the exit code of a verdict
        traceback.print_exc()
        return FAULT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("derivations", description="Prove, refute and check derivations of deep learning.", epilog=EXIT_CODES)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.set_defaults(command=partial(_help, parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    name = "a topic, topic/derivation, or the path of a Python file with `entries`"

    command = commands.add_parser("list", help="list topics, derivations and the questions they answer")
    command.add_argument("names", nargs="*", metavar="NAME", help=name)
    command.add_argument("--sheet", metavar="SHEET", help="only what answers a question of this course sheet, such as comp691-a1")
    command.set_defaults(command=_list)

    command = commands.add_parser("show", help="show the steps of a derivation")
    command.add_argument("names", nargs="+", metavar="NAME", help=name)
    command.add_argument("--format", choices=("text", "latex"), default="text", help="default: text")
    command.set_defaults(command=_show)

    command = commands.add_parser("explain", help="show how each claim is proved, or why it is not", epilog=EXIT_CODES)
    command.add_argument("names", nargs="+", metavar="NAME", help=name)
    _add_budget(command)
    command.set_defaults(command=_explain)

    command = commands.add_parser("verify", help="prove the claims, and check them on torch", epilog=EXIT_CODES)
    command.add_argument("names", nargs="*", metavar="NAME", help=f"{name}; default: the catalogue")
    command.add_argument("--device", help="where torch evaluates: cpu, cuda, cuda:1, …; default: cpu, where torch is installed")
    command.add_argument("--dtype", default="float64", help="floating-point type of torch; default: float64")
    command.add_argument("--samples", type=int, default=64, metavar="N", help="instances that torch evaluates for each claim; default: 64")
    _add_budget(command)
    command.add_argument("--no-numeric", dest="numeric", action="store_false", help="prove only: no evidence, and no wrong variants to try its power")
    command.add_argument("--no-cache", dest="cache", action="store_false", help="judge anew, and keep nothing for the next time")
    command.add_argument("--format", choices=("terminal", "json"), default="terminal", help="default: terminal")
    command.set_defaults(command=_verify)
    return parser


def _add_budget(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=0, metavar="N", help="seed of every random choice; default: 0")
    command.add_argument("-j", "--jobs", type=int, default=min(os.cpu_count() or 1, 8), metavar="N", help=JOBS)
    command.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS", help="for each claim; default: 10")


class _Version(argparse.Action):
    """Print the version; the metadata is slow to read, so it is read only for this."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(f"derivations {version('derivations')}")
        parser.exit()


def _help(parser: argparse.ArgumentParser, _: argparse.Namespace) -> int:
    parser.print_help(sys.stderr)
    return WRONG_USAGE


# ---------------------------------------------------------------------------------------------------------------- list, show


def _list(arguments: argparse.Namespace) -> int:
    from derivations.reports.outline import listed

    topics = _topics(arguments.names)
    if arguments.sheet:
        topics = _of_sheet(topics, arguments.sheet)
    width = shutil.get_terminal_size().columns
    print("\n\n".join(listed(topic, width) for topic in topics))
    return 0


def _of_sheet(topics: list[Topic], sheet: str) -> list[Topic]:
    """What answers a question of the sheet.

    Raises:
        UnknownNameError: nothing does.
    """
    from derivations.catalogue import UnknownNameError, nearest

    sheets = {question.partition("/")[0] for topic in topics for derivation in topic.derivations for question in derivation.questions}
    if sheet not in sheets:
        raise UnknownNameError(f"nothing here answers a question of the sheet {sheet!r}{nearest(sheet, sorted(sheets))}")

    def answers(derivation: Derivation) -> bool:
        return any(question.startswith(f"{sheet}/") for question in derivation.questions)

    found = (replace(topic, derivations=tuple(filter(answers, topic.derivations))) for topic in topics)
    return [topic for topic in found if topic.derivations]


def _show(arguments: argparse.Namespace) -> int:
    width = shutil.get_terminal_size().columns
    pairs = [(topic, derivation) for topic in _topics(arguments.names) for derivation in topic.derivations]
    if arguments.format == "latex":
        from derivations.latex.writer import latex

        print("\n\n".join(latex(derivation) for _, derivation in pairs))
    else:
        from derivations.reports.outline import shown

        print("\n\n".join(shown(topic, derivation, width) for topic, derivation in pairs))
    return 0


def _topics(names: Sequence[str]) -> list[Topic]:
    """What the names stand for; without names, the whole catalogue."""
    from derivations.catalogue import TOPICS, addressed
    from derivations.loading import load

    return [load(name) if name.endswith(".py") else addressed(name) for name in names or TOPICS]


# ----------------------------------------------------------------------------------------------------------- explain, verify


def _explain(arguments: argparse.Namespace) -> int:
    from derivations.checking import Settings, explained
    from derivations.language.verdicts import exit_code
    from derivations.reports import outline

    settings = Settings(seed=arguments.seed, jobs=arguments.jobs, time_limit=arguments.time_limit)
    topics = _topics(arguments.names)
    with _progress(_size(topics)) as advance:
        explanations = explained(topics, settings, advance)
    width, left = shutil.get_terminal_size().columns, iter(explanations)
    pairs = [(topic, derivation) for topic in topics for derivation in topic.derivations]
    print("\n\n".join(outline.explained(*pair, list(islice(left, len(pair[1].steps))), width) for pair in pairs))
    return exit_code([explanation.verdict for explanation in explanations])


def _size(topics: Sequence[Topic]) -> int:
    return sum(len(derivation.steps) for topic in topics for derivation in topic.derivations)


def _verify(arguments: argparse.Namespace) -> int:
    from derivations.checking import Settings, check
    from derivations.language.verdicts import exit_code

    names = ("numeric", "device", "dtype", "samples", "seed", "jobs", "time_limit")
    settings = Settings(**{name: getattr(arguments, name) for name in names}, mutants=arguments.numeric)
    start = time.perf_counter()
    topics = _topics(arguments.names)
    with _progress(_size(topics)) as advance, _cache(arguments.cache) as cache:
        reports = check(topics, settings, advance, cache)
    seconds = time.perf_counter() - start
    if arguments.format == "json":
        from derivations.reports.json_report import as_json

        print(as_json(reports, seconds))
    else:
        from derivations.reports.terminal import as_text

        print(as_text(reports, seconds), end="")
    return exit_code(reports.verdicts)


@contextmanager
def _cache(wanted: bool) -> Iterator[VerdictCache | None]:
    """The user's cache, saved at the end, also of a run that is interrupted; what it gave, or why it is not used, on the standard error."""
    if not wanted:
        yield None
        return
    from derivations.caching import VerdictCache, cache_directory

    cache = VerdictCache(cache_directory())
    try:
        yield cache
    finally:
        cache.save()
        if cache.problem:
            print(f"derivations: {cache.problem}", file=sys.stderr)
        elif cache.hits:
            verdicts = "verdict" if cache.hits == 1 else "verdicts"
            print(f"derivations: {cache.hits} {verdicts} from the cache; --no-cache judges anew", file=sys.stderr)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on the standard error, where that is a terminal; what advances it by one claim."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging claims", total=total)
        yield lambda: bar.advance(task)
