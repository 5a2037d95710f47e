"""What is kept how long: trash and access log go for good when their days are over.

A child in the trash takes its whole file along. Of other rows only those go that nothing refers to
any more. The history of a row that is gone still tells who did what and when, but not the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, exists, false, or_, select, update
from sqlalchemy.orm import Session

from app.models import entities
from app.models.audit import AccessLog, Attachment, Change, Submission
from app.models.base import Entity
from app.models.children import Child
from app.models.visit_op import VISIT_OP
from app.services import clock, pieces, touched

LOG: Any = AccessLog.__table__
SUBMISSION: Any = Submission.__table__
CHANGE, ATTACHMENT, CHILD = Change.__table__, Attachment.__table__, Child.__table__


@dataclass
class Purged:
    """``rows``: table → rows deleted for good; ``files``: attachments whose file on disk goes now."""

    rows: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def trash_since(days: int) -> datetime:
    """What was deleted before this moment is gone for good, or will be at the next ``purge``."""
    return clock.now() - timedelta(days=days)


def kept(row: Entity, days: int) -> bool:
    """Whether a row lives, or may still be taken back from the trash."""
    return row.deleted_at is None or row.deleted_at >= trash_since(days)


def purge(session: Session, *, trash_days: int, log_days: int) -> Purged:
    """Delete for good what lies in the trash and in the access log for longer; the caller commits."""
    done, cutoff = Purged(), trash_since(trash_days)
    for model in _from_the_leaves():
        table: Any = model.__table__
        ids = session.scalars(select(table.c.id).where(table.c.deleted_at < cutoff, ~_referred(table))).all()
        _erase(session, model, ids, done)
    _delete(session, SUBMISSION, done, SUBMISSION.c.created_at < cutoff)  # nobody posts so old a form again
    _delete(session, VISIT_OP, done, VISIT_OP.c.received_at < cutoff)  # a phone forgets after seven days what it did not send
    _delete(session, LOG, done, LOG.c.at < clock.now() - timedelta(days=log_days))
    return done


def _from_the_leaves() -> Iterator[type[Entity]]:
    """Entities in an order in which nothing refers to a row that goes before it."""
    by_table = {model.__tablename__: model for model in entities().values()}
    return (by_table[table.name] for table in reversed(Entity.metadata.sorted_tables) if table.name in by_table)


def _references(table: Table) -> list[Any]:
    """Columns of other tables, or of its own, that refer to the ids of ``table``."""
    return [key.parent for other in Entity.metadata.tables.values() for key in other.foreign_keys
            if key.column.table is table and key.column.name == "id"]


def _referred(table: Table) -> Any:
    """Whether something refers to a row; a child's file does not hold the child back."""
    if table is CHILD:
        return false()
    found = []
    for column in _references(table):
        source = column.table.alias()
        found.append(exists().where(source.c[column.name] == table.c.id))
    return or_(false(), *found)


def _erase(session: Session, model: type[Entity], ids: Sequence[int], done: Purged) -> None:
    for some in pieces.some(ids):
        if model is Child:
            _erase_files(session, some, done)
        _erase_rows(session, model, some, done)


def _erase_files(session: Session, children: list[int], done: Purged) -> None:
    """Everything that belongs to these children, in the trash or not."""
    owners = {column.table.name: column for column in _references(CHILD)}
    for model in _from_the_leaves():
        column = owners.get(model.__tablename__)
        if column is not None:
            ids = session.scalars(select(column.table.c.id).where(column.in_(children))).all()
            _erase(session, model, ids, done)


def _erase_rows(session: Session, model: type[Entity], ids: list[int], done: Purged) -> None:
    """The rows, their attachments, and the texts of their history."""
    table: Any = model.__table__
    hanging = (ATTACHMENT.c.entity == model.__name__, ATTACHMENT.c.row_id.in_(ids))
    stored = ATTACHMENT.c.id.in_(ids) if model is Attachment else hanging[0] & hanging[1]
    done.files += session.scalars(select(ATTACHMENT.c.stored_as).where(stored))
    _forget(session, Attachment, list(session.scalars(select(ATTACHMENT.c.id).where(*hanging))))
    _delete(session, ATTACHMENT, done, *hanging)
    if issubclass(model, touched.READ):
        touched.touch(session, set(session.scalars(select(table.c.school_id).where(table.c.id.in_(ids)))))
    _forget(session, model, ids)
    _delete(session, table, done, table.c.id.in_(ids))


def _forget(session: Session, model: type[Entity], ids: list[int]) -> None:
    """The texts of the rows' history."""
    session.execute(update(CHANGE).where(CHANGE.c.entity == model.__name__, CHANGE.c.row_id.in_(ids)).values(lines=[]))


def _delete(session: Session, table: Any, done: Purged, *conditions: Any) -> None:
    rows = session.connection().execute(delete(table).where(*conditions)).rowcount
    if rows:
        done.rows[table.name] = done.rows.get(table.name, 0) + rows
