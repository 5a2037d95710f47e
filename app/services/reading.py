"""Who read a child's file: lines in the access log for those above the school, by what is declared to tell of a child.

A record opened: a line a day, account and record. A file on it: a line each time. Rows that a machine took as a list: a line a
day, account and entity, with the rows of that day; so too, for every role, where numbers and addresses went out uncovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from app.models.audit import AccessLog, Attachment
from app.models.base import Entity, Field, fields_of
from app.models.children import Child
from app.models.words import _
from app.services import clock, history, masks, scope, transactions
from app.services.table import Table

LOG: Any = AccessLog.__table__
TOLD = ("township", "county", "inspector")  # roles; who works at the child's school opens files all day long


def links_to_child(model: type[Entity]) -> list[Field]:
    """The links by which a row of the entity tells of a child; the child itself needs none."""
    return [one for one in fields_of(model).values() if one.target == Child.__name__]


def tells_of_child(row: Entity) -> bool:
    """Whether a row is a child, or a link of it to one is set."""
    return isinstance(row, Child) or any(getattr(row, one.column) is not None for one in links_to_child(type(row)))


def tell(session: Session, *rows: Entity) -> None:
    """Leave the line of today of each record that is opened, in a short transaction of its own."""
    who, opened = scope.asker(session), [row for row in rows if tells_of_child(row)]
    if who.role not in TOLD or not opened:
        return
    told = _opened_today(session, who, opened)
    if new := [row for row in opened if (type(row).__name__, row.id) not in told]:
        with transactions.aside(session):
            history.log_opened(session, new)


def called(file: Attachment) -> str:
    """A file as the log names it: without its name, which may be a child's."""
    return f"{Attachment.__label__} #{file.id}"


def tell_file(session: Session, row: Entity, file: Attachment) -> None:
    """Leave the line of a file that is taken from a row."""
    if scope.asker(session).role in TOLD and tells_of_child(row):
        with transactions.aside(session):
            history.log_access(session, "download", type(row).__name__, row=row, columns=called(file))


def tell_listed(session: Session, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Leave, or add to, the line of today of rows given to a machine: all where a secret of theirs is whole, else those of children."""
    who = scope.asker(session)
    whole = _whole(who, table.model, table.fields)
    _add(session, who, table.model, whole, len(rows) if whole else _of_children(table, rows) if who.role in TOLD else 0)


def tell_whole(session: Session, model: type[Entity], fields: Sequence[Field]) -> None:
    """The same of one record given to a machine, where a secret of it is whole; that it was opened, ``tell`` says."""
    who = scope.asker(session)
    whole = _whole(who, model, fields)
    _add(session, who, model, whole, 1 if whole else 0)


def _whole(who: scope.Asker, model: type[Entity], fields: Sequence[Field]) -> list[str]:
    """Labels of the secrets that the asker gets uncovered."""
    return [one.label for one in fields if one.secret and not masks.masked(who, model, one)]


def _of_children(table: Table, rows: Sequence[Sequence[Any]]) -> int:
    """How many rows of a list tell of a child."""
    if table.model is Child:
        return len(rows)
    places = [table.link_ids()[one.key] for one in links_to_child(table.model)]
    return sum(any(row[at] is not None for at in places) for row in rows)


def _add(session: Session, who: scope.Asker, model: type[Entity], whole: Sequence[str], rows: int) -> None:
    """So many rows more on the line of today of what machines took; none leave none."""
    if not rows:
        return
    with transactions.aside(session):
        line = _told_today(session, who, "api", AccessLog.entity == model.__name__)
        if line is None:
            history.log_access(session, "api", model.__name__, columns=_("、").join(whole)[:200], rows=rows)
        else:
            session.execute(update(LOG).where(LOG.c.id == line).values(rows=LOG.c.rows + rows))


def _opened_today(session: Session, who: scope.Asker, rows: Sequence[Entity]) -> set[tuple[str, int]]:
    """(entity, id) of those of these records that have the account's line of today."""
    ids: dict[str, list[int]] = {}
    for row in rows:
        ids.setdefault(type(row).__name__, []).append(row.id)
    these = or_(*(and_(AccessLog.entity == entity, AccessLog.row_id.in_(some)) for entity, some in ids.items()))
    with scope.everything(session):
        found = session.execute(select(AccessLog.entity, AccessLog.row_id).where(*_today(who, "read"), these))
        return {(entity, row_id) for entity, row_id in found if row_id is not None}


def _told_today(session: Session, who: scope.Asker, action: str, *conditions: Any) -> int | None:
    """Id of the account's line of today, if there is one."""
    with scope.everything(session):
        return session.scalar(select(AccessLog.id).where(*_today(who, action), *conditions).limit(1))


def _today(who: scope.Asker, action: str) -> tuple[Any, ...]:
    """The account's lines of today, as conditions."""
    begins = datetime.combine(clock.today(), time(), clock.SHANGHAI).astimezone(UTC)
    return AccessLog.at >= begins, AccessLog.member_id == who.member_id, AccessLog.action == action
