"""Take a workbook back as a whole: its new rows go into the trash, its changes back to what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import entities
from app.models.audit import Attachment, Change, ImportBatch
from app.models.base import Entity, fields_of, utc_now
from app.models.children import Child, ChildKey
from app.models.words import _
from app.services import history, records, scope
from app.services.exchange.whole import load
from app.services.scope import Asker

MOST_SHOWN = 100
CHUNK = 500  # ids in one IN list


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


def undo(session: Session, batch: ImportBatch) -> Undone:
    """Undo all rows of the batch that nobody changed since; the caller commits."""
    if batch.undone_at is not None:
        raise CannotUndo(_("这批导入已经撤销过。"))
    model, done, moment = entities()[batch.entity], Undone(), utc_now()
    changes, added = _changes(session, batch), _added(batch)
    keep = _touched_since(session, batch, changes) | _leant_on(session, model, added)
    with history.told_as(session, "undo"):
        for part in _chunks(sorted(changes)):
            with records.together(session):
                _undo_part(session, model, {row_id: changes[row_id] for row_id in part}, added, keep, done, moment)
        batch.undone_at = moment
    _drop_keys(session, model, sorted(added - keep), moment)
    return done


def _undo_part(session: Session, model: type[Entity], changes: dict[int, Change], added: set[int], keep: set[int], done: Undone,
               moment: datetime) -> None:
    rows = load(session, model, list(changes))  # without those deleted since, or moved out of sight
    for row_id, row in rows.items():
        if row_id in keep:
            done.kept.append(str(row))
            continue
        done.rows += 1
        if row_id in added:
            row.deleted_at = moment
        else:
            records.revert(session, row, changes[row_id], action="undo")


def _changes(session: Session, batch: ImportBatch) -> dict[int, Change]:
    """Row id → the batch's change of it."""
    with scope.everything(session):
        found = session.scalars(select(Change).where(Change.request_id == batch.request_id, Change.entity == batch.entity))
        return {change.row_id: change for change in found}


def _touched_since(session: Session, batch: ImportBatch, changes: dict[int, Change]) -> set[int]:
    """Rows that bear a later change than the batch's."""
    if not changes:
        return set()
    first = min(change.id for change in changes.values())
    with scope.everything(session):
        later = session.execute(select(Change.row_id).where(
            Change.entity == batch.entity, Change.id > first, Change.request_id != batch.request_id).distinct())
        return {row.row_id for row in later} & changes.keys()


def _added(batch: ImportBatch) -> set[int]:
    """Rows that the batch made."""
    return {row_id for first, last in batch.added_ids or () for row_id in range(first, last + 1)}


def _leant_on(session: Session, model: type[Entity], ids: set[int]) -> set[int]:
    """Rows that others hang on by now: a talk with a child that the batch made."""
    found: set[int] = set()
    links = [getattr(other, one.column) for other in entities().values() if other not in history.UNTOLD
             for one in fields_of(other).values() if one.target == model.__name__ and one.required]
    for column, part in product(links, _chunks(sorted(ids))):
        found |= set(session.scalars(select(column).where(column.in_(part)).distinct()))
    return found


def _drop_keys(session: Session, model: type[Entity], ids: list[int], moment: datetime) -> None:
    """The search keys of trashed children go along, and come back with them."""
    keys = ChildKey.__table__
    for part in _chunks(ids) if model is Child else ():
        session.execute(update(keys).where(keys.c.child_id.in_(part)).values(deleted_at=moment))


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]

