"""Somebody else saves a row between an asker's reading and writing it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, update
from sqlalchemy.orm import Session


@contextmanager
def overtaken(found: Callable[[Session], Any]) -> Iterator[None]:
    """Inside, whatever flush writes the row that ``found`` gives finds it at a later version than it was read at."""
    def overtake(session: Session, *_args: Any) -> None:
        row = found(session)
        if row is not None:
            table: Any = type(row).__table__
            session.connection().execute(update(table).where(table.c.id == row.id).values(version=row.version + 1))

    event.listen(Session, "before_flush", overtake)
    try:
        yield
    finally:
        event.remove(Session, "before_flush", overtake)
