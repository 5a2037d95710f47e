"""Workbooks in: first what an upload would do (nothing is written), then all of it or nothing.

A row means the record of its 系统编号, else the one of its natural key (exchange/identity.py), else a
new one. Of a record only what differs is written; a covered secret and an unchanged cell stay as they are.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.audit import ImportBatch, Submission
from app.models.base import Entity, fields_of, utc_now
from app.models.rules import RuleError
from app.models.words import _
from app.services import history, records, scope
from app.services.exchange.cells import ROW_ID, filled, keys_of, sheet_columns
from app.services.exchange.compare import compare
from app.services.exchange.plan import Line, Lines, Plan
from app.services.exchange.reader import Reader
from app.services.exchange.whole import load
from app.services.exchange.undo import added_token
from app.services.exchange.unique import refuse_doubles, refuse_taken
from app.services.sheet.column import Column
from app.services.sheet.errors import SheetError
from app.services.sheet.header import Header, find_header, heads_of, is_record
from app.services.values import column_of

MOST_ROWS = 50_000
CHUNK = 200  # rows written in one flush


class Stopped(Exception):
    """A row was refused while writing, so nothing was written; the plan bears what was wrong."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def template_columns(session: Session, model: type[Entity], columns: Sequence[str]) -> list[Column]:
    """The columns that somebody fills in, in the order of the pages."""
    return [column_of(fields_of(model)[key]) for key in filled(model, keys_of(model, columns), scope.asker(session))]


def read_plan(session: Session, model: type[Entity], columns: Sequence[str], rows: Sequence[list[Any]],
              known: Mapping[str, str] | None = None) -> Plan:
    """What the rows of a sheet would do. ``known``: what the sender said of its columns (sheet/header.py).

    Forbidden without the verb; SheetError where the whole sheet is none of ours.
    """
    if not scope.asker(session).may("import", model):
        raise records.Forbidden(f"import {model.__name__}")
    keys = keys_of(model, columns)
    header = find_header(rows, sheet_columns(model, keys), known)
    lines, skipped = _lines(header, rows, scope.asker(session).school_id)
    reader = Reader(session, model, keys, header, lines)
    reader.identify()
    compare(reader)
    refuse_doubles(reader)
    refuse_taken(reader)
    return Plan(header, {ROW_ID.key: ROW_ID, **reader.fields}, lines, skipped)


def _lines(header: Header, rows: Sequence[list[Any]], school_id: int | None) -> tuple[Lines, list[int]]:
    """The rows below the header that say anything in our columns, and the places of those that are no records."""
    if not header.at:
        raise SheetError(_("没有一列认得出来。请先选好每一列是什么。"))
    if header.doubled:
        raise SheetError(_("表头里“%(label)s”出现了两次，请删去一列。"), label=header.doubled[0])
    places, heads, at, skipped = sorted(header.at.values()), heads_of(rows, header), list[int](), list[int]()
    for row in range(header.row + 1, len(rows)):
        if _says(rows[row], places):
            (at if is_record(rows[row], heads) else skipped).append(row)
    if not at:
        raise SheetError(_("表头下面没有数据。"))
    if len(at) > MOST_ROWS:
        raise SheetError(_("一次最多导入 %(most)s 行，这份有 %(rows)s 行，请分成几个文件上传。"), most=MOST_ROWS, rows=len(at))
    return Lines(at, [rows[row] for row in at], school_id), skipped


def _says(cells: list[Any], places: list[int]) -> bool:
    """Whether a row says anything in our columns."""
    for place in places:
        if place < len(cells) and cells[place] is not None and str(cells[place]).strip():
            return True
    return False


def batch_of(session: Session, token: str) -> ImportBatch | None:
    """The batch that an upload became, if it was written already."""
    batch_id = session.scalar(select(Submission.row_id).where(Submission.token == token, Submission.entity == ImportBatch.__name__))
    return records.find(session, ImportBatch, batch_id) if batch_id else None


def commit(session: Session, model: type[Entity], plan: Plan, *, file_name: str, token: str) -> ImportBatch:
    """Write all rows of a plan, through the same checks as any form; one token writes once. The caller commits.

    Stopped when a row is refused: the caller rolls back, and nothing was written.
    """
    if done := batch_of(session, token):
        return done
    if plan.wrong or not scope.asker(session).may("import", model):
        raise records.Forbidden(f"import {model.__name__}")
    with history.told_as(session, "import", uuid.uuid4().hex) as request_id:
        batch = _open_batch(session, model, plan, file_name, request_id, token)
        lines = [line for line in plan.lines if line.outcome in ('new', 'changed')]
        for start in range(0, len(lines), CHUNK):
            part = lines[start : start + CHUNK]
            rows = load(session, model, [line.row_id for line in part if line.row_id is not None])
            made = _write_part(session, model, plan, part, rows)
            _remember(session, model, request_id, [row.id for line, row in zip(part, made, strict=True) if line.row_id is None])
    return batch


def _open_batch(session: Session, model: type[Entity], plan: Plan, file_name: str, request_id: str, token: str) -> ImportBatch:
    who, counts = scope.asker(session), plan.counts()
    batch = ImportBatch(school_id=who.school_id, member_id=who.member_id, who=who.name, entity=model.__name__, file_name=file_name[:200],
                        request_id=request_id, added=counts["new"], changed=counts["changed"])
    session.add(batch)
    session.flush()
    session.add(Submission(token=token, entity=ImportBatch.__name__, row_id=batch.id))
    try:
        session.flush()
    except IntegrityError as twice:
        raise Stopped(plan) from twice  # the same upload is being written by another request
    return batch


def _write_part(session: Session, model: type[Entity], plan: Plan, part: list[Line], rows: dict[int, Any]) -> list[Any]:
    """Write some rows in one flush; where the database refuses it, one by one, to find which."""
    try:
        with session.begin_nested(), records.together(session):
            return [_write(session, model, plan, line, rows) for line in part]
    except (records.Refused, records.Conflict):
        return [_write(session, model, plan, line, rows) for line in part]


def _write(session: Session, model: type[Entity], plan: Plan, line: Line, rows: dict[int, Any]) -> Any:
    """Add or change one row; what is refused is noted on its line."""
    try:
        if line.row_id is None:
            return records.add(session, model, line.values)
        if line.row_id not in rows:
            raise records.Conflict
        return records.edit(session, rows[line.row_id], line.values, line.version)
    except records.Refused as refused:
        for key, error in refused.errors.items():
            plan.refuse(line.i, key, error)
    except records.Conflict:
        plan.refuse(line.i, "", RuleError(_("这一行刚刚被别人改过，请重新检查")))
    raise Stopped(plan)


def _remember(session: Session, model: type[Entity], request_id: str, ids: list[int]) -> None:
    """Which rows the batch made, for its undoing."""
    moment = utc_now()
    if ids:
        session.execute(insert(Submission.__table__), [
            {"token": added_token(request_id, row_id), "entity": model.__name__, "row_id": row_id, "uid": uuid.uuid4().hex,
             "version": 1, "created_at": moment, "updated_at": moment} for row_id in ids])
