"""Workbooks in: first what an upload would do (nothing is written), then all of it or nothing.

A row means the record of its 系统编号, else the one of its natural key (exchange/identity.py), else the
one that is alike (exchange/alike.py), else a new one. Of a record only what differs is written; a covered secret and an unchanged cell stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.audit import ImportBatch, Submission
from app.models.base import Entity, fields_of
from app.models.words import _
from app.services import progress, records, scope, transactions
from app.services.exchange import alike, by_form, staging
from app.services.exchange.cells import ROW_ID, filled, keys_of, sheet_columns
from app.services.exchange.compare import compare
from app.services.exchange.plan import Lines, Plan
from app.services.exchange.reader import Reader
from app.services.exchange.unique import again, refuse_doubles, refuse_taken
from app.services.exchange.writing import Stopped, Writer
from app.services.sheet.column import Column
from app.services.sheet.errors import SheetError
from app.services.sheet.grid import Grid
from app.services.sheet.header import Header, find_header, no_records
from app.services.values import column_of

__all__ = ["MOST_ROWS", "Stopped", "batch_of", "commit", "read_plan", "template_columns"]

MOST_ROWS = 50_000


def template_columns(session: Session, model: type[Entity], columns: Sequence[str]) -> list[Column]:
    """The columns that somebody fills in, in the order of the pages."""
    return [column_of(fields_of(model)[key]) for key in filled(model, keys_of(model, columns), scope.asker(session))]


def read_plan(session: Session, model: type[Entity], columns: Sequence[str], rows: Sequence[list[Any]],
              known: Mapping[str, str] | None = None) -> Plan:
    """What the rows of a sheet would do. ``known``: what the sender said of its columns (sheet/header.py).

    Forbidden without the verb; SheetError where the whole sheet is none of ours. Who listens (progress.py) hears of as many
    rows as are given, and may end it.
    """
    if not scope.asker(session).may("import", model):
        raise records.Forbidden(f"import {model.__name__}")
    keys = keys_of(model, columns)
    grid = Grid.of(rows)
    header = find_header(grid, sheet_columns(model, keys), known)
    lines, skipped = _lines(header, grid, scope.asker(session).school_id)
    reader = Reader(session, model, keys, header, lines, progress.Share(session, len(rows), 2 * len(keys)))
    reader.identify()
    alike.settle(reader)
    compare(reader)
    refuse_doubles(reader)
    refuse_taken(reader)
    reader.done.end()
    return Plan(header, {ROW_ID.key: ROW_ID, **reader.fields}, lines, lambda: again(reader), skipped)


def _lines(header: Header, grid: Grid, school_id: int | None) -> tuple[Lines, list[int]]:
    """The rows below the header that say anything in our columns, and the places of those that are no records."""
    if not header.at:
        raise SheetError(_("没有一列认得出来。请先选好每一列是什么。"))
    if header.doubled:
        raise SheetError(_("表头里“%(label)s”出现了两次，请删去一列。"), label=header.doubled[0])
    empty = [*range(header.row + 1, len(grid))]
    for place in header.at.values():
        column = grid.said(place)
        empty = [row for row in empty if column[row] is None]
    left = {*empty, *no_records(grid, header)}
    at = [row for row in range(header.row + 1, len(grid)) if row not in left]
    if not at:
        raise SheetError(_("表头下面没有数据。"))
    if len(at) > MOST_ROWS:
        raise SheetError(_("一次最多导入 %(most)s 行，这份有 %(rows)s 行，请分成几个文件上传。"), most=MOST_ROWS, rows=len(at))
    return Lines(at, grid, school_id), sorted(left.difference(empty))


def batch_of(session: Session, token: str) -> ImportBatch | None:
    """The batch that an upload became, if it was written already."""
    batch_id = session.scalar(select(Submission.row_id).where(Submission.token == token, Submission.entity == ImportBatch.__name__))
    return records.find(session, ImportBatch, batch_id) if batch_id else None


def commit(session: Session, model: type[Entity], plan: Plan, *, file_name: str, token: str) -> ImportBatch:
    """Write all rows of a plan at one moment; one token writes once. Commits what the session holds, and by itself.

    Stopped when a row is refused: nothing was written, and the plan says what is wrong. Who listens (progress.py) hears of
    as many rows as the plan has, and may end it: then too nothing was written.
    """
    staging.sweep(session)
    session.commit()
    with transactions.reading():
        if done := batch_of(session, token):
            return done
        if plan.wrong or not scope.asker(session).may("import", model):
            raise records.Forbidden(f"import {model.__name__}")
        if model not in by_form.MODELS:
            batch_id = Writer(session, model, plan, file_name, token).write()
            return session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id)).one()
    progress.settle(session)
    with transactions.writing(session):
        return by_form.write(session, model, plan, file_name, token)
