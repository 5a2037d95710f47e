"""Who waits for many rows hears how many are done: said once of a session, told by whatever works in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

Ear = Callable[[int], None]  # so many more rows; may raise to end the work
KEY, LAST = "progress", "progress last"


@contextmanager
def heard(session: Session, ear: Ear, last: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Until the end of the block ``ear`` hears of the rows that this session reads or writes in chunks.

    ``last`` is asked before the step after which nothing can be taken back; it may raise to end the work.
    """
    session.info.update({KEY: ear, LAST: last})
    try:
        yield
    finally:
        session.info.pop(KEY, None)
        session.info.pop(LAST, None)


def tell(session: Session, rows: int) -> None:
    """So many more rows were read and worked off."""
    ear: Ear | None = session.info.get(KEY)
    if ear is not None:
        ear(rows)


def settle(session: Session) -> None:
    """What follows makes the work be there for good. To be said while no lock is held on SQLite: who listens may write."""
    last: Callable[[], None] | None = session.info.get(LAST)
    if last is not None:
        last()


class Share:
    """Tells of so many rows, bit by bit, as the parts of a work are done that goes by columns or tables and not by rows."""

    def __init__(self, session: Session, rows: int, parts: int) -> None:
        self._session, self._rows, self._parts = session, rows, max(1, parts)
        self._done = self._told = 0

    def step(self, parts: int = 1) -> None:
        """So many more parts are done."""
        self._done = min(self._parts, self._done + parts)
        more = self._rows * self._done // self._parts - self._told
        if more:
            self._told += more
            tell(self._session, more)

    def end(self) -> None:
        """All parts are done, and all rows told."""
        self.step(self._parts)
