"""A person's own topic module, loaded from its path; whatever is wrong in it becomes one message with the file and the line."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path

from derivations.catalogue import Topic, topic_of
from derivations.language.errors import DerivationError

__all__ = ["ModuleError", "load"]


class ModuleError(DerivationError):
    """A module that cannot be loaded; the message begins with the file and the line."""


def load(path: str) -> Topic:
    """The topic that the Python file states in its `entries`.

    Raises:
        ModuleError: there is no such file, or something in it, or in its entries, is wrong.
    """
    if not Path(path).is_file():
        raise ModuleError(f"{path}: there is no such file")
    name = f"derivations.files.{Path(path).stem}"  # a name of its own: the file may be called json.py
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModuleError(f"{path}: not a Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        return topic_of(module)
    except SyntaxError as error:
        raise ModuleError(f"{error.filename or path}:{error.lineno}: SyntaxError: {error.msg}") from error
    except (Exception, SystemExit) as error:  # the file is a person's own: it may raise anything
        raise ModuleError(f"{path}{_line(error, path)}: {type(error).__name__}: {error}") from error


def _line(error: BaseException, path: str) -> str:
    """The last line of the file that took part in the error, as ``:12``."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).absolute() == Path(path).absolute()]
    return f":{lines[-1]}" if lines else ""
