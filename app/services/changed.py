"""What of a row is another now than in the database: asked before the flush by the rules that hold it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.models.base import fields_of

TRASH = "deleted_at"


def changed(row: Any) -> list[str]:
    """Keys of the declared fields whose value is another now."""
    return [key for key, one in fields_of(type(row)).items() if differs(row, one.column)]


def changed_or_moved(row: Any) -> list[str]:
    """The same, and ``TRASH`` when the row goes to the trash or comes back."""
    return [*changed(row), *([TRASH] if differs(row, TRASH) else [])]


def rows_of(session: Session, keys: Mapping[type, Collection[str]]) -> list[Any]:
    """The rows about to be written, or just written, of which one of these fields (entity → keys, ``TRASH`` among them) is another now."""
    return [row for row in (*session.new, *session.dirty) if type(row) in keys and not set(keys[type(row)]).isdisjoint(changed_or_moved(row))]


def before(row: Any, column: str) -> Any:
    """A column's value as the database has it; None of a new row."""
    past = inspect(row).attrs[column].history
    return next(iter((*past.deleted, *past.unchanged)), None)


def differs(row: Any, column: str) -> bool:
    """Whether a column's value is another now."""
    past = inspect(row).attrs[column].history
    return bool(past.added) and list(past.added) != list(past.deleted)
