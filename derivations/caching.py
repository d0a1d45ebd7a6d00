"""Verdicts kept between runs. A stale verdict would be a wrong one, so a key is all that a verdict depends on: the claim, the budget, the text of the
engine's own source files, the versions of the libraries that compute for it, and that of Python.

Verdicts are kept as pickles in SQLite, which several processes may use at once: one file for each engine, in the user's cache directory. Pickles can
run code when they are read. So the directory must be the user's own, with nobody else allowed to write into it; nothing but plain records of the
language is made of what is read; and each entry carries a checksum over its key and content, so that damage is no verdict.
"""

from __future__ import annotations

import io
import os
import pickle
import platform
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeAlias

from derivations.language.claims import Claim
from derivations.language.errors import DerivationError
from derivations.language.terms import Term, parts
from derivations.language.verdicts import MutantCount, Verdict

__all__ = ["Judged", "VerdictCache", "cache_directory", "engine", "fingerprint"]

Judged: TypeAlias = tuple[Verdict, MutantCount | None, tuple[int, ...]]
"""A verdict, what became of the claim's wrong variants, and the places of the refuted ones."""

_ENGINE = ("language", "evaluation", "proof")
"""The parts of this package that a verdict can depend on: what `proof` may import."""

_LIBRARIES = ("python-flint", "z3-solver", "sympy")
_ENGINES_KEPT = 3
_SECONDS_TO_WAIT = 5.0
_TABLE = "CREATE TABLE IF NOT EXISTS verdicts (key BLOB PRIMARY KEY, checksum BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID"


class CacheError(DerivationError):
    """A cache that cannot be used; everything is judged without it."""


class VerdictCache:
    """The verdicts of one engine, in a directory. What goes wrong with the cache costs its use only.

    Attributes:
        problem: why the cache is not used any more, in words; empty while it is.
        hits: how many verdicts it gave.
    """

    def __init__(self, directory: Path) -> None:
        self.problem = ""
        self.hits = 0
        self._directory = directory
        self._new: dict[bytes, bytes] = {}
        with self._guarded():
            self._engine = engine()
            _check_owner(directory)

    @property
    def _path(self) -> Path:
        return self._directory / f"verdicts-{self._engine[:16]}.sqlite"

    def recall(self, claim: Claim, *settings: object) -> Judged | None:
        """What is known of a claim under the settings; None for nothing."""
        if self.problem or not self._path.exists():
            return None
        key = self._key(claim, settings)
        with self._guarded(), self._open() as connection:
            row = connection.execute("SELECT checksum, content FROM verdicts WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            if row[0] != _checksum(key, row[1]):
                raise CacheError("an entry is damaged")
            found: Judged = _Reader(io.BytesIO(row[1])).load()
            self.hits += 1
            return found
        return None

    def keep(self, judged: Judged, claim: Claim, *settings: object) -> None:
        """Remember a verdict, once `save` is called."""
        if not self.problem:
            self._new[self._key(claim, settings)] = pickle.dumps(judged)

    def save(self) -> None:
        """Write what is to be kept, unless the engine was changed since this cache was opened: then nobody knows whose verdicts these are."""
        new, self._new = self._new, {}
        if self.problem or not new:
            return
        with self._guarded():
            if _engine_now() != self._engine:
                return
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_owner(self._directory)
            with self._open() as connection:
                connection.execute(_TABLE)
                rows = ((key, _checksum(key, content), content) for key, content in new.items())
                connection.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", rows)
            self._forget_old_engines()

    def _key(self, claim: Claim, settings: tuple[object, ...]) -> bytes:
        return fingerprint((self._engine, claim, settings))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_SECONDS_TO_WAIT)) as connection, connection:
            yield connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever is wrong with the cache ends its use, with a line that says so."""
        try:
            yield
        except (sqlite3.Error, OSError, CacheError) as error:
            self.problem = f"the cache in {self._directory} is not used: {error}; delete it, or set DERIVATIONS_CACHE to another directory"

    def _forget_old_engines(self) -> None:
        files = sorted(self._directory.glob("verdicts-*.sqlite"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[_ENGINES_KEPT:]:
            path.unlink(missing_ok=True)


class _Reader(pickle.Unpickler):
    """Makes records of the language, and fractions; nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of a record.

        Raises:
            CacheError: it is none.
        """
        if (module, name) == ("fractions", "Fraction"):
            return Fraction
        found = super().find_class(module, name) if module.startswith("derivations.language.") else None
        if not isinstance(found, type):
            raise CacheError(f"an entry asks for {module}.{name}, which is no part of a verdict")
        return found


def _checksum(key: bytes, content: bytes) -> bytes:
    return sha256(key + content).digest()


def _check_owner(directory: Path) -> None:
    """Raises:
    CacheError: somebody else may write into the directory.
    """
    if sys.platform != "win32" and directory.exists():
        found = directory.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise CacheError("others may write into it, and what is read from it could run their code")


def cache_directory() -> Path:
    """Where the user's caches are, by the convention of the platform; DERIVATIONS_CACHE overrides it."""
    if chosen := os.environ.get("DERIVATIONS_CACHE"):
        return Path(chosen).absolute()
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "derivations" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "derivations"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else home / ".cache") / "derivations"


# ---------------------------------------------------------------------------------------------------------- fingerprints


@cache
def engine() -> str:
    """A fingerprint of all that judges: the source of the engine, what it computes with, and the machine's kind. It is that of the process, which
    does not change when the source does.

    Raises:
        CacheError: the version of a library is not known.
    """
    return _engine_now()


def _engine_now() -> str:
    try:
        libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    except PackageNotFoundError as error:
        raise CacheError(f"the version of {error.name} is not known") from error
    digest = sha256(repr((sys.version, platform.machine(), libraries)).encode())
    root = Path(__file__).parent
    for path in sorted(path for part in _ENGINE for path in (root / part).rglob("*.py")):
        source = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(source)}\n".encode())
        digest.update(source)
    return digest.hexdigest()


def fingerprint(value: object) -> bytes:
    """The same for equal values, in every process, and different for others: of terms, records, tuples, numbers and texts."""
    return _Fingerprints().of(value)


class _Fingerprints:
    """Of terms from their parts upwards, each distinct one once: deep terms and shared parts cost no more than others."""

    def __init__(self) -> None:
        self._terms: dict[Term, bytes] = {}

    def of(self, value: object) -> bytes:
        if isinstance(value, Term):
            return self._of_term(value)
        if isinstance(value, tuple):
            return _digest("tuple", *map(self.of, value))
        if is_dataclass(value) and not isinstance(value, type):
            return _digest(type(value).__qualname__, *(self.of(getattr(value, field.name)) for field in fields(value)))
        if isinstance(value, str | int | float | Fraction | None):
            return _digest(type(value).__qualname__, repr(value).encode())
        raise TypeError(f"{value!r} ({type(value).__name__}) has no fingerprint")

    def _of_term(self, term: Term) -> bytes:
        stack = [term]
        while stack:
            missing = [part for part in parts(stack[-1]) if part not in self._terms]
            if missing:
                stack += missing
            elif (top := stack.pop()) not in self._terms:
                self._terms[top] = _digest(type(top).__qualname__, *map(self.of, top.values()))
        return self._terms[term]


def _digest(kind: str, *contents: bytes) -> bytes:
    digest = sha256(f"{kind} {len(contents)}\n".encode())
    for content in contents:
        digest.update(f"{len(content)} ".encode())
        digest.update(content)
    return digest.digest()
