"""The errors that the package raises on purpose; each message says what was found, what was expected, and what to do."""

from __future__ import annotations

__all__ = ["DeclarationError", "DerivationError", "ShapeError", "UnsupportedError"]


class DerivationError(Exception):
    """Base class of every error raised on purpose by this package."""


class ShapeError(DerivationError):
    """Two shapes that cannot meet; the message shows both."""


class DeclarationError(DerivationError):
    """A declaration or definition that cannot mean anything: a name used twice, an index that is not bound, …"""


class UnsupportedError(DerivationError):
    """Something meaningful that this version cannot treat; never passed through silently."""
