"""The kinds of work, by name: whoever can make a file in the background says so here.

    @kind("list")
    def make_list(work: Work) -> None:
        work.total(rows)
        write(work.session, work.args, work.file)

It runs with the scope and the masks of who asked, as they are when it runs. What it reads by
``exchange/raw.py`` tells its progress by itself; whatever else takes long calls ``work.progress``.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.models.words import _
from app.services.scope import Asker


class Stopped(Exception):
    """The work is wanted no longer: cancelled, taken away, or the worker is to end."""


class Unable(Exception):
    """The work cannot be done; the sentence is for the asker: what happened, what to do."""


class Work:
    """What a kind gets: session and asker, its arguments, the file to write to, and where to tell how far it is."""

    def __init__(self, session: Session, asker: Asker, args: dict[str, Any], file: BinaryIO, settled: Callable[[], None] = lambda: None) -> None:
        self.session, self.asker, self.args, self.file = session, asker, args, file
        self.done_rows = self.total_rows = 0
        self.stop = Event()
        self._settled, self._for_good = settled, False

    def total(self, rows: int) -> None:
        """How many rows there will be."""
        self.total_rows = rows

    def progress(self, rows: int) -> None:
        """So many more rows are done; Stopped when nobody wants the rest."""
        self.done_rows += rows
        if self.stop.is_set() and not self._for_good:
            raise Stopped

    def settle(self, *, resumes: bool = False) -> None:
        """What follows is there for good; Stopped when it was cancelled before. ``resumes``: it may still end with its worker, and goes on later."""
        self._settled()
        self._for_good = not resumes


Maker = Callable[[Work], None]
KINDS: dict[str, Maker] = {}
ROWS, PLACES, SCHOOLS, PHOTOS = _("行"), _("个单位"), _("所学校"), _("张")
UNITS: dict[str, str] = {}  # kind → what its progress counts


def kind(name: str, unit: str = ROWS) -> Callable[[Maker], Maker]:
    """Register a kind; its arguments are what JSON holds. ``unit``: what its progress counts."""

    def register(maker: Maker) -> Maker:
        KINDS[name], UNITS[name] = maker, unit
        return maker

    return register
