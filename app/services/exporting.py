"""A list as a workbook: the rows in scope, filtered, in order, in constant memory, with a line in the access log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.models.words import _
from app.services import clock, history, transactions
from app.services.exchange.cells import cells, keys_of, sheet_columns
from app.services.records import Forbidden
from app.services.scope import Asker
from app.services.sheet.book import write_book
from app.services.table import Table

CHUNK = 1000  # rows the database hands over at a time


def export(session: Session, asker: Asker, model: type[Entity], columns: Sequence[str], target: str | Path | BinaryIO, *,
           conditions: Sequence[Any] = (), order: str = "id", descending: bool = False, title: str = "", told: str = "") -> int:
    """Write the rows to ``target`` and return their number; ends the session's transaction.

    ``asker`` is who the session is bound to. ``columns`` are field keys, ``conditions`` SQL conditions,
    ``order`` a mapped column, ``told`` the filter in words. Forbidden without the verb.
    """
    if not asker.may("export", model):
        raise Forbidden(f"export {model.__name__}")
    keys = keys_of(model, columns)
    table = Table(model, keys)
    title = title or model.__label__
    rows = write_book(target, sheet_columns(model, keys), _rows(session, asker, table, conditions, order, descending),
                      title=title, subtitle=_subtitle(session, asker, model, conditions, told), sheet_name=title)
    labels = "、".join(fields_of(model)[key].label for key in keys)
    with transactions.writing(session):
        history.log_access(session, "export", model.__name__, rows=rows, columns=labels[:200])
    return rows


def _rows(session: Session, asker: Asker, table: Table, conditions: Sequence[Any], order: str, descending: bool) -> Iterator[tuple[Any, ...]]:
    read, by = cells(session, asker, table), [table.model.id]
    if order != "id":
        by.insert(0, getattr(table.model, order))
    statement = table.statement.where(*conditions).order_by(*(part.desc() if descending else part.asc() for part in by))
    for row in session.execute(statement, execution_options={"yield_per": CHUNK, "in_order": True}):
        yield read(row)


def _subtitle(session: Session, asker: Asker, model: type[Entity], conditions: Sequence[Any], told: str) -> str:
    """What was asked, who took it out, when, how many rows."""
    count = session.scalar(select(func.count(model.id)).where(*conditions)) or 0
    when = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
    return f"{told or _('全部')}　{_('导出人')}：{asker.name}　{_('时间')}：{when}　{count} {_('条')}"
