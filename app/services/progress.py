"""Who waits for many rows hears how many were read: said once of a session, told by whatever reads in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

Ear = Callable[[int], None]  # so many more rows; may raise to end the reading
KEY = "progress"


@contextmanager
def heard(session: Session, ear: Ear) -> Iterator[None]:
    """Until the end of the block ``ear`` hears of the rows that this session reads in chunks."""
    session.info[KEY] = ear
    try:
        yield
    finally:
        session.info.pop(KEY, None)


def tell(session: Session, rows: int) -> None:
    """So many more rows were read and worked off."""
    ear: Ear | None = session.info.get(KEY)
    if ear is not None:
        ear(rows)
