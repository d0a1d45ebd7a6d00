"""Child processes that do counted work under a clock: each is killed when a job outlasts its deadline, since C code looks at no signal.

A child is a fresh interpreter, spoken to through its standard input and output. `multiprocessing` is not used because its children
import the caller's main module again: a plain script that calls `verify` would start itself over.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from derivations.language.errors import DerivationError

__all__ = ["Failure", "Workers", "serve"]

MEMORY_LIMIT = 4 * 2**30
"""Bytes of address space that a child may ask for: a runaway expansion ends the child, not the machine."""

START_LIMIT = 120.0
"""Seconds until a new child must have imported its job: far above the 0.2 s that it takes, for slow disks."""

_COMMAND = (sys.executable, "-P", "-c", "from derivations.proof.worker import serve; serve()")

Tag = TypeVar("Tag")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job has no answer.

    Attributes:
        reason: in words, for a verdict.
        fault: the job raised an error that it should not raise: a fault of this program, not a hard job.
        seconds: how long it had run, where it was killed at its deadline.
    """

    reason: str
    fault: bool = False
    seconds: float = 0.0


class Workers(Generic[Tag]):
    """Child processes that do one job at a time each.

    ::

        with Workers(count=2, time_limit=10.0) as workers:
            workers.submit("a", judge, claim)
            for tag, answer in workers:  # in the order of completion, until no job is left; the loop may submit more
                ...

    An answer is what the job returned, or a `Failure`. A job is a function that a child can import, with arguments that pickle.

    Args:
        count: how many children.
        time_limit: seconds until the child of a job is killed; the start of a child does not count. May be changed between jobs.
    """

    def __init__(self, count: int = 1, time_limit: float = 10.0) -> None:
        if count < 1 or not 0 < time_limit <= threading.TIMEOUT_MAX:
            raise ValueError(f"{count} workers with {time_limit:g} s for each job; expected at least one worker and seconds > 0")
        self.time_limit = time_limit
        self._threads = ThreadPoolExecutor(count, "worker", initializer=_leave_interrupts_to_the_main_thread)
        self._children = [_Child() for _ in range(count)]
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        self._done: queue.SimpleQueue[tuple[Tag, Future[Any]]] = queue.SimpleQueue()
        self._pending = 0

    def submit(self, tag: Tag, job: Callable[..., Any], *arguments: Any) -> None:
        """Queue a job; its answer will come with the tag."""
        self._pending += 1
        self._threads.submit(self._answer, job, arguments).add_done_callback(lambda future: self._done.put((tag, future)))

    def __iter__(self) -> Iterator[tuple[Tag, Any]]:
        while self._pending:
            tag, future = self._done.get()
            self._pending -= 1
            yield tag, future.result()

    def __enter__(self) -> Workers[Tag]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill every child and drop the jobs that are left."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.kill()
        self._threads.shutdown()
        for child in self._children:
            child.reap()

    def _answer(self, job: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """One job in an idle child. It runs in a thread, so that the caller may import and compute meanwhile."""
        request = _attempt(pickle.dumps, (job, arguments))
        if isinstance(request, Failure):
            return request
        child = self._idle.get()
        try:
            return child.answer(request, self.time_limit)
        finally:
            self._idle.put(child)


def _leave_interrupts_to_the_main_thread() -> None:
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited by the children that the thread starts


# ------------------------------------------------------------------------------------------------------ the parent's side


class _Child:
    """A child process: started when first needed, and again after it was killed or died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._starting = threading.Lock()  # `kill` must not come between the look at `_closed` and the start of a process

    def answer(self, request: bytes, time_limit: float) -> Any:
        """The answer to a pickled job, or a `Failure`; shortly after the deadline at the latest."""
        with self._starting:
            if self._closed:
                return Failure("the workers were closed")
            self._process = process = self._process or _started()
        with _Deadline(process, START_LIMIT) as start:
            begun = _send(process.stdin, request) and _receive(process.stdout)
        with _Deadline(process, time_limit) as work:
            reply = begun and _receive(process.stdout)
        if start.passed or work.passed or not reply:
            end = self.reap()
            if not reply:
                return Failure(f"killed at the deadline of {time_limit:g} s", seconds=time_limit) if work.passed else Failure(f"the worker {end}")
        return _attempt(pickle.loads, reply)

    def kill(self) -> None:
        """End the process for good; a thread that waits for its answer gets a `Failure`."""
        with self._starting:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def reap(self) -> str:
        """Kill the process if it still lives, and free what it holds; how it ended, in words."""
        process, self._process = self._process, None
        if process is None:
            return "was not started"
        process.kill()
        code = process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):  # what the child did not read is lost anyway
                _open(stream).close()
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"


class _Deadline:
    """Kills a process if the block inside takes longer than the limit; then `passed` is true after the block."""

    def __init__(self, process: subprocess.Popen[bytes], limit: float) -> None:
        self.passed = False
        self._process = process
        self._timer = threading.Timer(limit, self._kill)

    def _kill(self) -> None:
        self.passed = True
        self._process.kill()

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()  # now it has fired or never will


def _started() -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    return subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths})


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # both ends were asked to be pipes
    return stream


# ----------------------------------------------------------------------------------------------- messages, on both sides

_LENGTH = struct.Struct("!Q")


def _send(stream: IO[bytes] | None, message: bytes) -> bool:
    """Write a message with its length before it; False if nobody reads any more."""
    try:
        _open(stream).write(_LENGTH.pack(len(message)) + message)
        _open(stream).flush()
    except BrokenPipeError:
        return False
    return True


def _receive(stream: IO[bytes] | None) -> bytes:
    """Read a message; empty if the other side is gone."""
    head = _open(stream).read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return b""
    (length,) = _LENGTH.unpack(head)
    message = _open(stream).read(length)
    return message if len(message) == length else b""


def _attempt(job: Callable[..., Any], *arguments: Any) -> Any:
    """What the job returns, or the `Failure` that its error means."""
    try:
        return job(*arguments)
    except DerivationError as refusal:
        return Failure(str(refusal))
    except MemoryError:
        return Failure("out of memory")
    except RecursionError:
        return Failure("nested too deeply")
    except Exception as error:  # whatever else it raises is a fault, and is reported as one
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno}, in {place.name})", fault=True)


# ------------------------------------------------------------------------------------------------------- the child's side


def serve() -> None:
    """The life of a child: read a job, say that it begins, send its answer, until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    _limit_memory()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what a job prints must not get among the answers
    while request := _receive(requests):
        work = _attempt(pickle.loads, request)
        _send(answers, b"begun")
        answer = work if isinstance(work, Failure) else _attempt(work[0], *work[1])
        reply = _attempt(pickle.dumps, answer)
        _send(answers, pickle.dumps(reply) if isinstance(reply, Failure) else reply)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _end_with(parent: int) -> None:
    """End this process when its parent is gone: a killed parent closes nothing, and a long job reads nothing."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)
