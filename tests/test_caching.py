"""The cache of verdicts: it gives back what was judged, and is left out wherever it might be wrong."""

from __future__ import annotations

import os
import pickle
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import claims

from derivations import caching
from derivations.caching import VerdictCache, cache_directory, engine, fingerprint
from derivations.catalogue import Topic
from derivations.checking import Settings, check
from derivations.cli import main
from derivations.language.claims import Claim, Derivation, Step, claim
from derivations.language.constructors import dimensions, gradient, index, matrix, norm, scalar, sum_over, vector
from derivations.language.terms import Symbol
from derivations.language.verdicts import Status, Verdict
from derivations.proof import worker
from derivations.proof.verification import Budget

n, d = dimensions("n d")
X, w, y = matrix("X", n, d), vector("w", d), vector("y", n)
TRUE = claim(gradient(norm(X @ w - y) ** 2, w), "=", 2 * X.T @ (X @ w - y))
FALSE = claim(gradient(norm(X @ w - y) ** 2, w), "=", X.T @ (X @ w - y))
TOPIC = Topic("own", "", (Derivation("Own", (Step("right", TRUE), Step("wrong", FALSE))),))
PROVED = Verdict(Status.PROVED, "by hand"), None, (1, 2)
SETTINGS = Settings(numeric=False, mutants=False)


def kept(directory: Path, made: Claim = TRUE, *settings: object) -> VerdictCache:
    """A cache that was told one verdict."""
    cache = VerdictCache(directory)
    cache.keep(PROVED, made, *settings)
    cache.save()
    return cache


def file_in(directory: Path) -> Path:
    (path,) = directory.glob("*.sqlite")
    return path


# ------------------------------------------------------------------------------------------------------------ what it gives


def test_what_was_judged_comes_back_and_nothing_is_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold, warm = VerdictCache(tmp_path), VerdictCache(tmp_path)
    first = check([TOPIC], SETTINGS, cache=cold)
    cold.save()
    monkeypatch.setattr(worker.Workers, "submit", lambda *_: pytest.fail("judged again"))
    assert check([TOPIC], SETTINGS, cache=warm) == first
    assert (cold.hits, warm.hits) == (0, 2)


def test_the_wrong_variants_come_back_too(tmp_path: Path) -> None:
    cold, warm = VerdictCache(tmp_path), VerdictCache(tmp_path)
    first = check([TOPIC], Settings(numeric=False), cache=cold)
    cold.save()
    again = check([TOPIC], Settings(numeric=False), cache=warm)
    assert first[0].results[0].mutants is not None
    assert again == first


@pytest.mark.parametrize("other", [(FALSE, Budget()), (TRUE, Budget(seed=1)), (TRUE, Budget(), True)])
def test_another_claim_budget_or_setting_is_not_known(tmp_path: Path, other: tuple[Claim, object]) -> None:
    kept(tmp_path, TRUE, Budget())
    cache = VerdictCache(tmp_path)
    assert cache.recall(*other) is None
    assert cache.recall(TRUE, Budget()) == PROVED


def test_another_engine_knows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path)
    monkeypatch.setattr(caching, "version", lambda name: "another one")
    engine.cache_clear()
    try:
        other = VerdictCache(tmp_path)
        assert other.recall(TRUE) is None
        assert not other.problem
    finally:
        monkeypatch.undo()
        engine.cache_clear()
    assert VerdictCache(tmp_path).recall(TRUE) == PROVED


def test_every_file_of_the_engine_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = engine()
    read = Path.read_bytes
    for part in ("language/terms.py", "evaluation/arrays.py", "proof/rules.py"):
        monkeypatch.setattr(Path, "read_bytes", lambda self, part=part: read(self) + b"#" * self.as_posix().endswith(part))
        engine.cache_clear()
        assert engine() != before
    monkeypatch.undo()
    engine.cache_clear()
    assert engine() == before


def test_nothing_is_kept_if_the_engine_changed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = VerdictCache(tmp_path)
    cache.keep(PROVED, TRUE)
    monkeypatch.setattr(caching, "version", lambda name: "another one")
    cache.save()
    later = kept(tmp_path)  # in this process the modules of before are still at work
    monkeypatch.undo()
    assert not later.problem
    assert list(tmp_path.iterdir()) == []


def test_only_the_latest_engines_are_kept(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    for age in range(5):
        path = tmp_path / f"verdicts-{age}.sqlite"
        path.touch()
        os.utime(path, (age, age))
    kept(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    assert VerdictCache(tmp_path).recall(TRUE) == PROVED


def test_what_a_deadline_ended_is_not_kept(tmp_path: Path, hanging_engine: None) -> None:
    cache = VerdictCache(tmp_path / "cache")
    (report,) = check([TOPIC], Settings(numeric=False, time_limit=0.2), cache=cache)
    cache.save()
    assert {result.verdict.status for result in report.results} == {Status.UNDECIDED}
    assert not (tmp_path / "cache").exists()


# ------------------------------------------------------------------------------------------------------------- fingerprints


@given(claims(depth=2), claims(depth=2))
def test_fingerprints_differ_exactly_where_claims_do(first: Claim, second: Claim) -> None:
    copied = pickle.loads(pickle.dumps(first))
    assert fingerprint(first) == fingerprint(copied)
    assert (fingerprint(first) == fingerprint(second)) == (first == second)


@given(st.lists(st.one_of(st.integers(), st.text(), st.booleans(), st.none(), st.tuples(st.text(), st.text())), max_size=4), st.integers(0, 4))
def test_where_a_tuple_ends_counts(items: list[object], cut: int) -> None:
    parts = (tuple(items[:cut]), tuple(items[cut:]))
    joined = (tuple(items), ())
    assert (fingerprint(parts) == fingerprint(joined)) == (parts == joined)


def test_names_alone_do_not_make_terms_one() -> None:
    i = index("i", n)
    sums = [sum_over(i, scalar("a")), sum_over(index("i", d), scalar("a"))]
    different = [scalar("a"), vector("a", n), Symbol("a", (), "complex"), matrix("a", n, d), *sums]
    assert len({fingerprint(term) for term in different}) == len(different)


def test_deep_terms_have_one() -> None:
    deep = scalar("a")
    for _ in range(5000):
        deep = deep + 1  # type: ignore[assignment]
    assert len(fingerprint(deep)) == 32


def test_it_is_the_same_in_another_process() -> None:
    script = "from derivations import *; from derivations.caching import fingerprint\nprint(fingerprint(matrix('X', *dimensions('n d'))).hex())"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() == fingerprint(X).hex()


# ------------------------------------------------------------------------------------------------------- what may be wrong


def flip(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        ((content,),) = connection.execute("SELECT content FROM verdicts").fetchall()
        connection.execute("UPDATE verdicts SET content = ?", (content.replace(b"by hand", b"by feet"),))
    connection.close()


class Foreign:
    """Something whose pickle runs code."""

    def __reduce__(self) -> tuple[Callable[..., int], tuple[str]]:
        return os.system, ("touch ran",)


def plant(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        ((key,),) = connection.execute("SELECT key FROM verdicts").fetchall()
        content = pickle.dumps(Foreign())
        connection.execute("UPDATE verdicts SET content = ?, checksum = ?", (content, caching._checksum(key, content)))
    connection.close()


def drop(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE verdicts")
    connection.close()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.write_bytes(b"no database" * 100), "not a database"),
        (lambda path: path.write_bytes(path.read_bytes()[:4096]), "malformed"),
        (flip, "damaged"),
        (plant, "os.* no part of a verdict|posix.* no part of a verdict"),
        (drop, "no such table"),
        (lambda path: path.parent.chmod(0o777), "others may write into it"),
    ],
    ids=["no database", "cut off", "another content", "code in a pickle", "no table", "writable for all"],
)
def test_a_cache_that_may_be_wrong_is_ignored_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], object], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    directory = tmp_path / "cache"
    kept(directory, TRUE, Budget(), False)
    damage(file_in(directory))
    cache = VerdictCache(directory)
    (report,) = check([TOPIC], SETTINGS, cache=cache)
    cache.save()
    assert [result.verdict.method for result in report.results] == ["normal form", "counterexample"]
    assert len(cache.problem.splitlines()) == 1
    assert re.search(told, cache.problem), cache.problem
    assert not (tmp_path / "ran").exists()


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = kept(tmp_path / "file" / "cache")
    assert "is not used" in cache.problem


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom derivations import *\nfrom derivations.caching import VerdictCache\n"
        "for k in range(20):\n    cache = VerdictCache(Path(sys.argv[1]))\n"
        "    cache.keep((Verdict(Status.PROVED, sys.argv[2]), None, ()), claim(scalar('a'), '=', 20 * int(sys.argv[2]) + k))\n    cache.save()\n"
        "    assert not cache.problem, cache.problem"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(number)]) for number in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    cache = VerdictCache(tmp_path)
    found = [cache.recall(claim(scalar("a"), "=", value)) for value in range(60)]
    assert [each[0].method for each in found if each is not None] == [str(value // 20) for value in range(60)]


# ---------------------------------------------------------------------------------------------------------- where it is kept


def test_the_directory_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path / "a" / "b")
    if sys.platform != "win32":
        assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("DERIVATIONS_CACHE", str(tmp_path / "chosen"))
    assert cache_directory() == tmp_path / "chosen"
    monkeypatch.delenv("DERIVATIONS_CACHE")
    assert cache_directory().name in ("derivations", "Cache")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the convention of other platforms")
def test_it_is_where_the_platform_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DERIVATIONS_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_directory() == tmp_path / ".cache" / "derivations"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory() == tmp_path / "xdg" / "derivations"


# ---------------------------------------------------------------------------------------------------------- the command line


def test_verify_uses_it_unless_told_not_to(capsys: pytest.CaptureFixture[str]) -> None:
    def said(*options: str) -> str:
        assert main(["verify", "gradient_norms/norm-of-a-weight-gradient", "--no-numeric", *options]) == 0
        return capsys.readouterr().err

    assert said("--no-cache") == said() == ""
    assert "from the cache; --no-cache judges anew" in said()
    assert said("--no-cache") == ""


def test_a_cache_that_is_not_used_costs_one_line_of_the_standard_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DERIVATIONS_CACHE", __file__)
    assert main(["verify", "gradient_norms/norm-of-a-weight-gradient", "--no-numeric"]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith(f"derivations: the cache in {__file__} is not used: ")
    assert len(shown.err.splitlines()) == 1
    assert "1 derivation" in shown.out
