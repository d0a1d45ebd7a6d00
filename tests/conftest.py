"""Hypothesis explores freely on a person's machine; on a CI machine each run draws the same examples, so that a result can be repeated."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("derivations", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("derivations")
