"""Every change: who, when, old → new, in labels, grouped by request; and the way back.

Held on the session (``after_flush``), so that a page, the API, an import, a bulk action and the
command line leave the same trace. ``told_as(session, action)`` names what is going on.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import event, insert, inspect, or_, select
from sqlalchemy.orm import Session, object_session

from app.models import entities
from app.models.audit import AccessLog, Change, ImportBatch, Submission
from app.models.base import Entity, Field, OfSchool, fields_of, utc_now
from app.models.children import ChildKey
from app.models.job import Job
from app.models.sheets import SheetMapping
from app.models.words import _
from app.services import choosing, pieces, scope
from app.services.values import text_of

# Rows that are traces themselves, or derived from others.
UNTOLD = (Change, AccessLog, Submission, ChildKey, ImportBatch, Job, SheetMapping)
DERIVED = {"pinyin", "left_behind", "left_behind_civil", "last_talk_on", "last_visit_on", "last_contact_on", "last_login", "last_used_at"}


@contextmanager
def told_as(session: Session, action: str, request_id: str | None = None) -> Iterator[str]:
    """Name the action of all changes inside; they share one request id, which is yielded."""
    before = {key: session.info.get(key) for key in ("action", "request_id")}
    session.info["action"] = action
    session.info["request_id"] = request_id or before["request_id"] or uuid.uuid4().hex
    try:
        yield session.info["request_id"]
        if any(session.info[key] != before[key] for key in before):  # else the one around it flushes
            session.flush()
    finally:
        session.info.update(before)


# What some changes say beside the columns (a child's move, steps of a campaign): key in the lines → label.
NOTES = {"note.school": _("原学校"), "note.day": _("转学日期"), "note.reason": _("转学原因"),
         "note.undrawn": _("撤销抽签的理由"), "note.reopened": _("重新打开的理由"),
         "note.unvisited": _("未检查的原因")}


@contextmanager
def noted(session: Session, row: Entity, texts: Mapping[str, str]) -> Iterator[None]:
    """Let the line of this row tell more than its columns: key of NOTES → text."""
    session.info["notes"] = {row: texts}
    try:
        yield
    finally:
        del session.info["notes"]


@event.listens_for(Session, "after_flush")
def _tell(session: Session, *_args: Any) -> None:
    """Write a line of history for each row of the flush."""
    told = [line for line in _changes(session) if line]
    if told:
        session.execute(insert(Change.__table__), told)


def _changes(session: Session) -> Iterator[dict[str, Any] | None]:
    _kept = _linked(session, [row for row in (*session.new, *session.dirty, *session.deleted) if _told(row)])
    for row in session.new:
        yield _line(session, row, "add")
    for row in session.dirty:
        yield _line(session, row, "edit")
    for row in session.deleted:
        yield _line(session, row, "delete")


def _told(row: Any) -> bool:
    return isinstance(row, Entity) and not isinstance(row, UNTOLD)


def _linked(session: Session, rows: Iterable[Any]) -> list[Any]:
    """What changed links point at, that the session does not hold: read at once, where the words of each line would read it one by one.

    Held by whoever calls until the lines are written.
    """
    wanted: dict[type[Entity], set[int]] = {}
    for row in rows:
        state: Any = inspect(row)
        for column, one in told_columns(type(row)).items():
            if one is not None and one.target and (past := state.attrs[column].history).has_changes():
                wanted.setdefault(entities()[one.target], set()).update(value for value in (*(past.added or ()), *(past.deleted or ())) if value is not None)
    missing = {model: sorted(row_id for row_id in ids if session.identity_key(model, row_id) not in session.identity_map) for model, ids in wanted.items()}
    with scope.everything(session), scope.trash(session):
        return [row for model, ids in missing.items() for some in pieces.some(ids)
                for row in session.scalars(select(model).where(model.id.in_(some)))]


def _line(session: Session, row: Any, action: str) -> dict[str, Any] | None:
    if not _told(row):
        return None
    lines = _diff(row)
    if not lines and action == "edit":
        return None
    lines += [[key, None, None, "", text] for key, text in session.info.get("notes", {}).get(row, {}).items()]
    who, moment = scope.asker(session), utc_now()
    if action == "edit" and any(line[0] == "deleted_at" for line in lines):
        action = "delete" if row.deleted_at else "restore"
    return {"at": moment, "member_id": who.member_id, "who": who.name, "action": session.info.get("action") or action,
            "entity": type(row).__name__, "row_id": row.id, "school_id": school_of(row),
            "request_id": session.info.get("request_id") or uuid.uuid4().hex, "lines": lines,
            "uid": uuid.uuid4().hex, "version": 1, "created_at": moment, "updated_at": moment}


def school_of(row: Any) -> int | None:
    return row.id if type(row).__name__ == "School" else getattr(row, "school_id", None)


def _diff(row: Entity) -> list[list[Any]]:
    """[column, old raw, new raw, old text, new text] of each told column that changed."""
    state: Any = inspect(row)
    found = []
    for column, one in told_columns(type(row)).items():
        past = state.attrs[column].history
        if not past.has_changes():
            continue
        old = past.deleted[0] if past.deleted else None
        new = past.added[0] if past.added else None
        if old != new:
            found.append([column, raw(old), raw(new), _text(row, one, old), _text(row, one, new)])
    return found


def told_columns(model: type[Entity]) -> dict[str, Field | None]:
    """The columns whose changes the history tells; None for that of the trash."""
    return {**{one.column: one for one in fields_of(model).values() if one.key not in DERIVED}, "deleted_at": None}


def _text(row: Entity, one: Field | None, value: Any) -> str:
    if one is None or one.secret or value is None:
        return ""
    session = object_session(row)
    if not one.target:
        return text_of(one, value) if session is None else choosing.text(session, row, one, value)
    if session is None:
        return f"#{value}"
    with scope.everything(session), scope.trash(session):
        linked = session.get(entities()[one.target], value)
    return str(linked) if linked is not None else f"#{value}"


def raw(value: Any) -> Any:
    """A value as JSON keeps it; ``thaw`` is the way back."""
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def thaw(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "b" in value:
        return base64.b64decode(value["b"])
    return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])


def of_row(session: Session, row: Entity, limit: int = 50, before: int | None = None, parts: Iterable[Entity] = ()) -> Sequence[Change]:
    """The changes of a row that was found in scope, newest first; with those of its ``parts`` (files, ticks), where they are wanted."""
    ids: dict[str, list[int]] = {type(row).__name__: [row.id]}
    for part in parts:
        ids.setdefault(type(part).__name__, []).append(part.id)
    with scope.everything(session):
        query = select(Change).where(or_(*((Change.entity == entity) & Change.row_id.in_(some) for entity, some in ids.items())))
        if before:
            query = query.where(Change.id < before)
        return session.scalars(query.order_by(Change.id.desc()).limit(limit)).all()


def state_before(session: Session, row: Entity, change: Change) -> dict[str, Any]:
    """Column → value of the row as it stood before ``change``, from all changes since."""
    return {**_state_after(session, row, change), **_old(change)}


def _state_after(session: Session, row: Entity, change: Change) -> dict[str, Any]:
    """Column → value that the row had right after ``change``, of what was changed since."""
    values: dict[str, Any] = {}
    with scope.everything(session):
        for later in session.scalars(select(Change).where(
                Change.entity == change.entity, Change.row_id == row.id, Change.id > change.id).order_by(Change.id.desc())):
            values.update(_old(later))
    return values


def _old(change: Change) -> dict[str, Any]:
    return {line[0]: thaw(line[1]) for line in change.lines}


def words_before(session: Session, row: Entity, change: Change) -> dict[str, Any]:
    """The same without its place, where the row moved after ``change``: neither the school nor what hangs on that (a class) goes back with the words."""
    after = _state_after(session, row, change)
    values = {**after, **_old(change)}
    if not isinstance(row, OfSchool) or after.get("school_id", row.school_id) == row.school_id:
        return values
    placed = {"school_id", *(one.column for one in fields_of(type(row)).values() if one.same_school)}
    return {column: value for column, value in values.items() if column not in placed}


def log_access(session: Session, action: str, entity: str, *, row: Entity | None = None, columns: str = "",
               reason: str = "", rows: int | None = None) -> None:
    """Leave a line in the access log; the caller commits."""
    session.execute(insert(AccessLog.__table__), _access(session, action, entity, row) | {"columns": columns, "reason": reason, "rows": rows})


def log_opened(session: Session, rows: Iterable[Entity]) -> None:
    """Leave a line for each record that was opened; the caller commits."""
    session.execute(insert(AccessLog.__table__), [_access(session, "read", type(row).__name__, row) for row in rows])


def _access(session: Session, action: str, entity: str, row: Entity | None) -> dict[str, Any]:
    who, moment = scope.asker(session), utc_now()
    return {"at": moment, "member_id": who.member_id, "who": who.name, "action": action, "entity": entity,
            "row_id": row.id if row is not None else None, "school_id": school_of(row) if row is not None else who.school_id,
            "columns": "", "reason": "", "rows": None,
            "uid": uuid.uuid4().hex, "version": 1, "created_at": moment, "updated_at": moment}
