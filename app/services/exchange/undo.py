"""Take a workbook back as a whole: its new rows go into the trash, its changes back to what they were."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import entities
from app.models.audit import Attachment, Change, ImportBatch
from app.models.base import Entity, fields_of, utc_now
from app.models.children import Child, ChildKey
from app.models.words import _
from app.services import history, pieces, progress, records, scope, transactions
from app.services.exchange.staging import PAUSE
from app.services.exchange.whole import load
from app.services.scope import Asker

MOST_SHOWN = 100
CHUNK = 40  # rows in one short transaction
BATCH = ImportBatch.__table__


class CannotUndo(Exception):
    """The batch was undone already; the message says so."""


@dataclass
class Undone:
    """How many rows went back, and the names of those that were kept because someone changed them since."""

    rows: int = 0
    kept: list[str] = field(default_factory=list)


def batches(session: Session) -> Sequence[ImportBatch]:
    """The newest batches of the asker's place, of what the role may read; a teacher's own."""
    who = scope.asker(session)
    readable = [name for name in entities() if who.may("read", name)]
    query = select(ImportBatch).where(ImportBatch.entity.in_(readable)).order_by(ImportBatch.id.desc()).limit(MOST_SHOWN)
    if who.by_class:
        query = query.where(ImportBatch.member_id == who.member_id)
    return session.scalars(query).all()


def find(session: Session, batch_id: int) -> ImportBatch | None:
    """A batch that the asker may undo; else None."""
    who, batch = scope.asker(session), records.find(session, ImportBatch, batch_id)
    if batch is None or (who.by_class and batch.member_id != who.member_id):
        return None
    return batch if may(who, batch.entity) else None


def may(who: Asker, entity: str) -> bool:
    """Who brings rows in may take them back; photos who brings in children and deletes files."""
    if entity == Attachment.__name__:
        return who.may("import", Child) and who.may("delete", Attachment)
    return who.may("import", entity)


def hold_open(batch: ImportBatch) -> None:
    """Refuse what was undone already."""
    if batch.undone_at is not None:
        raise CannotUndo(_("这批导入已经撤销过。"))


def undo(session: Session, batch: ImportBatch) -> Undone:
    """Undo all rows of the batch that nobody changed since, some at a time, each time in a transaction of its own. Commits.

    What was broken off is taken up again by the next call: rows that bear a line of this undoing are done.
    """
    hold_open(batch)
    work, share = _work(batch), progress.Share(session, batch.added + batch.changed, batch.added + batch.changed)
    session.commit()
    with transactions.reading():
        ready, left = _progress(session, work)
        session.commit()
    done = Undone(ready)
    for part in pieces.some(left, CHUNK):
        _undo_some(session, work, part, done)
        share.step(len(part))
        time.sleep(PAUSE)
    with transactions.writing(session):
        session.execute(update(BATCH).where(BATCH.c.id == work.batch_id, BATCH.c.undone_at.is_(None)).values(undone_at=utc_now()))
    session.expire_all()
    share.end()
    return done


def outcome(session: Session, batch: ImportBatch) -> Undone:
    """What came of a batch that was undone: how many rows went back, and which did not."""
    ready, left = _progress(session, _work(batch))
    return Undone(ready, [str(row) for row in load(session, entities()[batch.entity], left).values()])


class _Work(NamedTuple):
    """A batch on its way back: ``imported`` and ``undoing`` name the lines of history of the one and of the other."""

    batch_id: int
    model: type[Entity]
    imported: str
    undoing: str
    added: set[int]


def _work(batch: ImportBatch) -> _Work:
    return _Work(batch.id, entities()[batch.entity], batch.request_id, f"u{batch.request_id[1:]}", _added(batch))


def _progress(session: Session, work: _Work) -> tuple[int, list[int]]:
    """How many rows are back, and the ids of the others."""
    ready = set(_rows(session, work, work.undoing))
    return len(ready), [row_id for row_id in _rows(session, work, work.imported) if row_id not in ready]


def _rows(session: Session, work: _Work, request_id: str) -> Sequence[int]:
    with scope.everything(session):
        return session.scalars(select(Change.row_id).where(Change.request_id == request_id, Change.entity == work.model.__name__).order_by(Change.row_id)).all()


def _undo_some(session: Session, work: _Work, ids: list[int], done: Undone) -> None:
    """One step; where the database or a rule refuses it, row by row, and what is refused is kept."""
    try:
        with transactions.writing(session):
            rows, kept = _undo_part(session, work, ids)
    except (records.Refused, records.Conflict):
        session.rollback()
        if len(ids) > 1:
            for row_id in ids:
                _undo_some(session, work, [row_id], done)
            return
        with transactions.writing(session):
            rows, kept = 0, [str(row) for row in load(session, work.model, ids).values()]
    done.rows += rows
    done.kept += kept


def _undo_part(session: Session, work: _Work, ids: list[int]) -> tuple[int, list[str]]:
    """How many rows went back, and the names of the others; without those deleted since, or moved out of sight."""
    changes, moment = _changes(session, work, ids), utc_now()
    ready = _changes(session, work, ids, work.undoing)  # by another who undoes the same batch at this time
    rows = {row_id: row for row_id, row in load(session, work.model, ids).items() if row_id not in ready}
    keep = _touched_since(session, work, changes) | _leant_on(session, work.model, work.added & rows.keys(), work.added)
    keep |= {row_id for row_id in work.added & rows.keys()
             if records.held(scope.asker(session), work.model, partial(records.current, rows[row_id]))}
    going = {row_id: row for row_id, row in rows.items() if row_id not in keep}
    with history.told_as(session, "undo", work.undoing), records.together(session):
        for row_id, row in going.items():
            if row_id in work.added:
                row.deleted_at = moment
            else:
                records.revert(session, row, changes[row_id], action="undo")
    _drop_keys(session, work.model, sorted(work.added & going.keys()), moment)
    return len(going) + len(ready), [str(row) for row_id, row in rows.items() if row_id in keep]


def _changes(session: Session, work: _Work, ids: list[int], request_id: str = "") -> dict[int, Change]:
    """Row id → the batch's change of it, or that of another request."""
    with scope.everything(session):
        found = session.scalars(select(Change).where(Change.entity == work.model.__name__, Change.row_id.in_(ids),
                                                     Change.request_id == (request_id or work.imported)))
        return {change.row_id: change for change in found}


def _touched_since(session: Session, work: _Work, changes: dict[int, Change]) -> set[int]:
    """Rows that bear a later change than the batch's."""
    with scope.everything(session):
        later = session.execute(select(Change.row_id, Change.id).where(Change.entity == work.model.__name__, Change.row_id.in_(changes),
                                                                       Change.request_id.not_in([work.imported, work.undoing])))
        return {row_id for row_id, change_id in later if change_id > changes[row_id].id}


def _added(batch: ImportBatch) -> set[int]:
    """Rows that the batch made."""
    return {row_id for first, last in batch.added_ids or () for row_id in range(first, last + 1)}


def _leant_on(session: Session, model: type[Entity], ids: set[int], added: set[int]) -> set[int]:
    """Rows that others hang on by now, in sight or not: a talk with a child that the batch made, a class with its teacher.

    Not those of the batch itself: an area below another one goes with it.
    """
    found: set[int] = set()
    links = [(other, getattr(other, one.column)) for other in entities().values() if other not in history.UNTOLD
             for one in fields_of(other).values() if one.target == model.__name__]
    with scope.everything(session):
        for other, column in links if ids else ():
            query = select(column).where(column.in_(ids)).distinct()
            found |= set(session.scalars(query.where(other.id.not_in(added)) if other is model else query))
    return found


def _drop_keys(session: Session, model: type[Entity], ids: list[int], moment: datetime) -> None:
    """The search keys of trashed children go along, and come back with them."""
    keys = ChildKey.__table__
    if model is Child:
        session.execute(update(keys).where(keys.c.child_id.in_(ids)).values(deleted_at=moment))
