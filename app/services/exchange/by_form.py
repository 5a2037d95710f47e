"""A plan written like so many forms, in one transaction: for the few rows on which places and days of others hang."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.audit import ImportBatch, Submission
from app.models.base import Entity
from app.models.org import Area, School
from app.models.rules import RuleError
from app.models.term import Term
from app.models.words import _
from app.services import history, progress, records, scope
from app.services.exchange.plan import Line, Plan
from app.services.exchange.whole import load
from app.services.exchange.writing import Stopped, ranges

MODELS = (Area, School, Term)


def write(session: Session, model: type[Entity], plan: Plan, file_name: str, token: str) -> ImportBatch:
    """The batch; Stopped where a row is refused: the caller rolls back."""
    with history.told_as(session, "import", uuid.uuid4().hex) as request_id:
        counts = plan.counts()
        try:
            batch = open_batch(session, model.__name__, file_name, request_id, token, counts["new"], counts["changed"])
        except IntegrityError as twice:
            raise Stopped(plan) from twice  # the same upload is being written by another request
        lines = [line for line in plan.lines if line.outcome in ("new", "changed")]
        rows = load(session, model, [line.row_id for line in lines if line.row_id is not None])
        made = _write_all(session, model, plan, lines, rows)
        batch.added_ids = ranges(sorted(row.id for line, row in zip(lines, made, strict=True) if line.row_id is None))
    progress.tell(session, len(plan.lines))
    return batch


def open_batch(session: Session, entity: str, file_name: str, request_id: str, token: str, added: int, changed: int = 0) -> ImportBatch:
    """The batch of one file taken in; IntegrityError where another request is writing the same."""
    who = scope.asker(session)
    batch = ImportBatch(school_id=who.school_id, member_id=who.member_id, who=who.name, entity=entity, file_name=file_name[:200],
                        request_id=request_id, added=added, changed=changed)
    session.add(batch)
    session.flush()
    session.add(Submission(token=token, entity=ImportBatch.__name__, row_id=batch.id))
    session.flush()
    return batch


def _write_all(session: Session, model: type[Entity], plan: Plan, lines: list[Line], rows: dict[int, Any]) -> list[Any]:
    """Write all rows in one flush; where the database refuses it, one by one, to find which."""
    try:
        with session.begin_nested(), records.together(session):
            return [_write(session, model, plan, line, rows) for line in lines]
    except (records.Refused, records.Conflict):
        return [_write(session, model, plan, line, rows) for line in lines]


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
