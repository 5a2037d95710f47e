"""Colour where it means something: makers of functions text → "ok", "warn", "bad", "mute" or None.

A maker is called once a page, its function once a row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask_babel import gettext

Level = Callable[[str], str | None]
Maker = Callable[[], Level]


def word(level: str, *texts: str) -> Maker:
    """This level for these words (as in the source, Chinese)."""

    def make() -> Level:
        known = {gettext(text) for text in texts}
        return lambda text: level if text in known else None

    return make


def filled(level: str) -> Maker:
    """This level wherever anything stands."""
    return lambda: lambda text: level if text else None


def since(level: str, day: Callable[[], date]) -> Maker:
    """This level for dates on or after a day."""

    def make() -> Level:
        border = day().isoformat()
        return lambda text: level if text >= border else None

    return make


def before(level: str, day: Callable[[], date]) -> Maker:
    """This level for dates before a day: what has run out."""

    def make() -> Level:
        border = day().isoformat()
        return lambda text: level if text and text < border else None

    return make
