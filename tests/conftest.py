"""What all tests share: Hypothesis without a clock, and an engine that hangs.

Hypothesis explores freely on a person's machine; on a CI machine each run draws the same examples, so that a result can be repeated.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from derivations import checking
from derivations.proof import verification

settings.register_profile("derivations", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("derivations")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or leaves verdicts in the cache of the person who runs it."""
    monkeypatch.setenv("DERIVATIONS_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def hanging_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every claim takes ten minutes to judge, in a module that the child processes can import."""
    (tmp_path / "hanging.py").write_text("import time\n\ndef judge(claim, budget):\n    time.sleep(600)\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(verification, "judge", importlib.import_module("hanging").judge)
    checking.close_workers()  # those that are kept do not know the path
    yield
    checking.close_workers()
