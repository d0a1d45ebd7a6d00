"""Rule 8: a job that hangs, crashes or fails costs its own answer, never the others'. The jobs come from the standard library."""

from __future__ import annotations

import ctypes
import operator
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language.constructors import dimensions, matrix
from derivations.language.terms import Term
from derivations.proof.worker import Failure, Workers

HANG = 600.0  # seconds: far beyond any deadline here


def answers(*jobs: tuple[Callable[..., Any], *tuple[Any, ...]], count: int = 1, time_limit: float = 60.0) -> list[Any]:
    """The answers in the order of the jobs."""
    with Workers[int](count, time_limit) as workers:
        for place, (job, *arguments) in enumerate(jobs):
            workers.submit(place, job, *arguments)
        found = dict(workers)
    return [found[place] for place in range(len(jobs))]


@settings(max_examples=3)
@given(st.lists(st.integers(), min_size=1, max_size=20), st.integers(1, 3))
def test_every_job_is_answered_once(numbers: list[int], count: int) -> None:
    assert answers(*((operator.neg, number) for number in numbers), count=count) == [-number for number in numbers]


def test_terms_travel_to_a_child_and_back() -> None:
    n, d = dimensions("n d")
    X = matrix("X", n, d)
    assert answers((operator.matmul, X.T, X)) == [X.T @ X]


def test_a_job_that_outlasts_its_deadline_is_killed_and_the_next_one_is_answered() -> None:
    killed, answer = answers((time.sleep, HANG), (operator.add, 1, 2), time_limit=0.2)
    assert killed == Failure("killed at the deadline of 0.2 s", seconds=0.2)
    assert answer == 3


def test_c_code_that_looks_at_no_signal_is_killed() -> None:
    import flint

    factorize = operator.methodcaller("factor")
    (killed,) = answers((factorize, flint.fmpz((2**521 - 1) * (2**607 - 1))), time_limit=0.5)
    assert killed.reason == "killed at the deadline of 0.5 s"


@pytest.mark.parametrize(
    ("job", "arguments", "reason"),
    [
        (ctypes.string_at, (0,), "the worker was ended by SIGSEGV"),
        (os.abort, (), "the worker was ended by SIGABRT"),
        (os._exit, (7,), "the worker ended with exit status 7"),
        (operator.mul, (b"x", 2**45), "out of memory"),
        (matrix, ("X", 0, 1), "0 is no dimension; expected an integer ≥ 1 or a Dimension"),
    ],
)
def test_the_end_of_a_child_and_a_refusal_are_reasons_not_faults(job: Callable[..., Any], arguments: tuple[Any, ...], reason: str) -> None:
    assert answers((job, *arguments), (operator.add, 1, 2)) == [Failure(reason), 3]


@pytest.mark.parametrize(
    ("job", "arguments", "reason"),
    [
        (operator.truediv, (1, 0), "ZeroDivisionError: division by zero ("),
        (iter, (1,), "TypeError: 'int' object is not iterable ("),
        (threading.Lock, (), "TypeError: cannot pickle"),
        (lambda: 0, (), "PicklingError: Can't pickle"),
    ],
    ids=["wrong value", "wrong type", "an answer that cannot be sent", "a job that cannot be sent"],
)
def test_an_error_that_a_job_should_not_raise_is_a_fault(job: Callable[..., Any], arguments: tuple[Any, ...], reason: str) -> None:
    failure, answer = answers((job, *arguments), (operator.add, 1, 2))
    assert failure.fault
    assert failure.reason.startswith(reason)
    assert answer == 3


def test_a_fault_names_the_line_that_raised() -> None:
    (failure,) = answers((subprocess.check_output, ["/there/is/no/such/program"]))
    assert failure.reason.startswith("FileNotFoundError: ")
    assert "(subprocess.py:" in failure.reason


def test_terms_too_deep_for_a_pickle_are_a_reason() -> None:
    term: Term = matrix("x", 1, 1)
    for _ in range(5000):
        term = term + 1
    assert answers((str, term)) == [Failure("nested too deeply")]


def test_what_a_job_prints_does_not_get_among_the_answers(capfd: pytest.CaptureFixture[str]) -> None:
    assert answers((print, "noise"), (os.write, 1, b"more noise\n")) == [None, 11]
    assert capfd.readouterr().out == ""


def test_jobs_may_be_submitted_while_answers_are_read() -> None:
    seen = []
    with Workers[int](2) as workers:
        workers.submit(0, operator.add, 0, 1)
        for depth, answer in workers:
            seen.append(answer)
            if depth < 5:
                workers.submit(depth + 1, operator.add, answer, 1)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_closing_kills_what_still_runs() -> None:
    threads = threading.active_count()
    with Workers[int](2) as workers:
        for place in range(5):
            workers.submit(place, time.sleep, HANG)
    assert threading.active_count() == threads  # it waited for nothing and left nothing behind


@pytest.mark.parametrize(("count", "time_limit"), [(0, 1.0), (1, 0.0), (1, float("nan")), (1, float("inf"))])
def test_impossible_settings_are_refused(count: int, time_limit: float) -> None:
    with pytest.raises(ValueError, match="expected at least one worker"):
        Workers[int](count, time_limit)


SCRIPT = """
import time
from derivations.proof.worker import Workers
with Workers(2, 600.0) as workers:
    workers.submit(0, time.sleep, 600.0)
    workers.submit(1, abs, -1)
    for tag, answer in workers:
        print(answer, flush=True)
"""


def test_an_interrupt_ends_everything_without_a_word_from_the_children() -> None:
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert errors.count("Traceback") == 1
    assert errors.rstrip().endswith("KeyboardInterrupt")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # nobody of the session is left
