"""The columns of an entity's sheet, and its rows as cells: what is written, and what reading gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Integer
from sqlalchemy.orm import Session

from app.models.base import PUBLIC, Entity, Field, OfChild, UtcDateTime, fields_of
from app.models.parameters import Parameters, told
from app.models.words import _
from app.services import clock
from app.services.exchange.links import marker
from app.services.scope import Asker
from app.services.sheet.column import NO, YES, Column
from app.services.table import Table
from app.services.values import column_of

# Not 编号 alone: clerks number their own rows so, and 1, 2, 3 would then hit rows of the database.
ROW_ID = Field("id", _("系统编号"), PUBLIC, type=Integer(), read_only=True,
               hint=_("导出时自带，用来认出是哪一条；新增的行不填"))
Cells = Callable[[Any], tuple[Any, ...]]


def keys_of(model: type[Entity], keys: Sequence[str]) -> list[str]:
    """The declared keys of a sheet; rows of a child also name its school."""
    found = list(keys)
    if issubclass(model, OfChild) and "school" not in found:
        found.insert(found.index("child") + 1 if "child" in found else 0, "school")
    return found


def sheet_columns(model: type[Entity], keys: Sequence[str]) -> list[Column]:
    """The row's number, then one column a field."""
    return [column_of(ROW_ID), *(column_of(fields_of(model)[key]) for key in keys)]


def filled(model: type[Entity], keys: Sequence[str], who: Asker) -> list[str]:
    """Keys that an import writes: no derived ones, no school where the child or the asker's place says it."""
    said = {"school"} if issubclass(model, OfChild) or who.school_id is not None else set()
    return [key for key in keys if key not in said and not fields_of(model)[key].read_only]


def cells(session: Session, asker: Asker, table: Table) -> Cells:
    """tuple of ``table.statement`` → the row's cells as a workbook takes them, the row's number first.

    Secrets as this asker may see them, moments as the clock in Shanghai shows them without a zone.
    """
    values, fixes = table.values(asker), list(_fixes(session, asker, table))

    def read(row: Any) -> tuple[Any, ...]:
        found = values(row)
        for at, fix in fixes:
            found[at] = fix(row, found[at])
        return (row[0], *found)

    return read


def _fixes(session: Session, asker: Asker, table: Table) -> Iterator[tuple[int, Callable[[Any, Any], Any]]]:
    ids, told_apart = table.link_ids(), asker.may("import", table.model)
    for at, one in enumerate(table.fields):
        if one.target and told_apart:
            yield at, marker(session, one.target, ids[one.key])
        elif isinstance(one.type, UtcDateTime):
            yield at, lambda _row, value: value and clock.local(value).replace(tzinfo=None)
        elif isinstance(one.type, Parameters):
            yield at, lambda _row, value: told(value) if value is not None else None


def as_read(one: Field, value: Any) -> Any:
    """What a reader finds in the cell that was written for this value."""
    if value is None or value == "":
        return None
    if one.choices:
        return one.choices.get(value, value)
    if isinstance(one.type, Boolean):
        return YES if value else NO
    return value


def same(cell: Any, shown: Any) -> bool:
    """Whether a cell says what ``as_read`` said: 3 is 3.0, a day is its midnight, a second more precise than none."""
    if cell == shown or (cell in (None, "") and shown is None):
        return True
    if isinstance(cell, date) and isinstance(shown, date):
        return _moment(cell) == _moment(shown)
    return False


def _moment(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return datetime(value.year, value.month, value.day)
