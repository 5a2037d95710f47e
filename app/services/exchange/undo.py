"""Take a workbook back as a whole: its new rows go into the trash, its changes back to what they were."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.models import entities
from app.models.audit import Attachment, Change, ImportBatch
from app.models.base import Entity, fields_of, utc_now
from app.models.children import Child, ChildKey
from app.models.rules import RuleError
from app.models.words import _
from app.services import earlier, history, pieces, progress, records, scope, transactions
from app.services.exchange.staging import PAUSE
from app.services.exchange.undone import Refused, Undone
from app.services.exchange.whole import load
from app.services.scope import Asker

MOST_SHOWN = 100
CHUNK = 40  # rows in one short transaction
BATCH = ImportBatch.__table__


class CannotUndo(Exception):
    """The batch was undone already; the message says so."""


def batches(session: Session) -> Sequence[ImportBatch]:
    """The newest batches of the asker's place, of what the role may read; a teacher's own."""
    return session.scalars(_told(session).order_by(ImportBatch.id.desc()).limit(MOST_SHOWN)).all()


def of_request(session: Session, request_id: str) -> ImportBatch | None:
    """The batch that a request brought in, if the asker is told of it."""
    return session.scalars(_told(session).where(ImportBatch.request_id == request_id)).first()


def _told(session: Session) -> Select[Any]:
    """The batches that the asker is told of."""
    who = scope.asker(session)
    query = select(ImportBatch).where(ImportBatch.entity.in_([name for name in entities() if who.may("read", name)]))
    return query.where(ImportBatch.member_id == who.member_id) if who.by_class else query


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

    What was broken off is taken up again by the next call: rows that bear a line of this undoing are done. An earlier batch that was
    undone but for rows which this one had changed may be undone again.
    """
    hold_open(batch)
    work, share = _work(batch), progress.Share(session, batch.added + batch.changed, batch.added + batch.changed)
    session.commit()
    with transactions.reading():
        _ready, left = _progress(session, work)
        session.commit()
    for part in pieces.some(left, CHUNK):
        _undo_some(session, work, part)
        share.step(len(part))
        time.sleep(PAUSE)
    _undo_loosened(session, work)
    with transactions.reading():
        waiting = _waiting(session, work)
        session.commit()
    with transactions.writing(session):
        session.execute(update(BATCH).where(BATCH.c.id == work.batch_id, BATCH.c.undone_at.is_(None)).values(undone_at=utc_now()))
        for some in pieces.some(waiting):
            session.execute(update(BATCH).where(BATCH.c.request_id.in_(some), BATCH.c.id < work.batch_id).values(undone_at=None))
    session.expire_all()
    share.end()
    with transactions.reading():
        return outcome(session, batch)


def outcome(session: Session, batch: ImportBatch) -> Undone:
    """What came of a batch that was undone: how many rows went back, and which did not."""
    work = _work(batch)
    ready, left = _progress(session, work)
    done, seen = Undone(len(ready)), load(session, work.model, left)
    with scope.trash(session):
        trashed = load(session, work.model, [row_id for row_id in left if row_id not in seen])
    changes = _changes(session, work, left)
    since, alive = _touched_since(session, work, changes), _alive(session, work, left)
    for row_id in left:
        row = seen.get(row_id) or trashed.get(row_id)
        name = str(row) if row is not None else _called(work, changes[row_id])
        if row_id in seen and row_id not in since and (why := _refusal(session, work, row, changes[row_id])):
            done.refused.append(Refused(name, why))
        else:
            alike = (done.changed if row_id in since else done.needed) if row_id in seen else done.moved if row_id in alive else done.deleted
            alike.append(name)
    return done


def _refusal(session: Session, work: _Work, row: Any, change: Change) -> dict[str, RuleError]:
    """By which rule a row stays as it is, by field; nothing where others lean on it or the database refuses it."""
    if row.id not in work.added:
        return records.against(session, {row: earlier.values(session, row, change)})
    why = records.held(scope.asker(session), work.model, partial(records.current, row))
    return {key: RuleError(text) for key, text in why.items()}


def _alive(session: Session, work: _Work, ids: Sequence[int]) -> set[int]:
    """Which of the rows are anywhere but in the trash."""
    with scope.everything(session):
        return {row_id for some in pieces.some(ids) for row_id in session.scalars(select(work.model.id).where(work.model.id.in_(some)))}


def _called(work: _Work, change: Change) -> str:
    """A row out of sight by what the import itself called it, else by its number."""
    return next((str(line[4]) for line in change.lines if line[0] == work.model.__title__ and line[4]), f"#{change.row_id}")


class _Work(NamedTuple):
    """A batch on its way back: ``imported`` and ``undoing`` name the lines of history of the one and of the other."""

    batch_id: int
    model: type[Entity]
    imported: str
    undoing: str
    added: set[int]
    verb: str = "write"  # what the role must have on the rows


def _work(batch: ImportBatch) -> _Work:
    return _Work(batch.id, entities()[batch.entity], batch.request_id, _undoing(batch.request_id), _added(batch))


def _undoing(request_id: str) -> str:
    """The request of whoever takes back what this request has brought in."""
    return f"u{request_id[1:]}"


def _progress(session: Session, work: _Work) -> tuple[set[int], list[int]]:
    """Ids of the rows that are back, and of the others."""
    ready = set(_rows(session, work, work.undoing))
    return ready, [row_id for row_id in _rows(session, work, work.imported) if row_id not in ready]


def _rows(session: Session, work: _Work, request_id: str) -> Sequence[int]:
    with scope.everything(session):
        return session.scalars(select(Change.row_id).where(Change.request_id == request_id, Change.entity == work.model.__name__).order_by(Change.row_id)).all()


def _undo_some(session: Session, work: _Work, ids: list[int]) -> None:
    """One step; where the database or a rule refuses it, row by row, and what is refused is kept: ``outcome`` asks why."""
    try:
        with transactions.writing(session):
            _undo_part(session, work, ids)
    except (records.Refused, records.Conflict):
        session.rollback()
        for row_id in ids if len(ids) > 1 else ():
            _undo_some(session, work, [row_id])


def _undo_part(session: Session, work: _Work, ids: list[int]) -> None:
    """Give rows back, but for those that somebody changed or leans on, that were deleted since or moved out of sight."""
    changes, moment = _changes(session, work, ids), utc_now()
    ready = _changes(session, work, ids, work.undoing)  # by another who undoes the same batch at this time
    rows = {row_id: row for row_id, row in load(session, work.model, ids).items() if row_id not in ready}
    keep = _touched_since(session, work, changes) | _leant_on(session, work.model, work.added & rows.keys(), work.added)
    keep |= {row_id for row_id in work.added & rows.keys() if _refusal(session, work, rows[row_id], changes[row_id])}
    going = {row_id: row for row_id, row in rows.items() if row_id not in keep}
    with history.told_as(session, "undo", work.undoing), records.together(session):
        for row_id in work.added & going.keys():
            going[row_id].deleted_at = moment
        records.revert_all(session, {row: changes[row_id] for row_id, row in going.items() if row_id not in work.added}, "undo", work.verb)
    _drop_keys(session, work.model, sorted(work.added & going.keys()), moment)


def _undo_loosened(session: Session, work: _Work) -> None:
    """Give rows of other entities back what they had lost as the batch took theirs to another school: a class its teacher."""
    with transactions.reading():
        with scope.everything(session):
            others = session.scalars(select(Change.entity).where(Change.request_id == work.imported, Change.entity != work.model.__name__).distinct()).all()
        session.commit()
    for other in sorted(others):
        loosened = work._replace(model=entities()[other], added=set(), verb="read")
        with transactions.reading():
            ids = _back(session, work, loosened)
            session.commit()
        for part in pieces.some(ids, CHUNK):
            _undo_some(session, loosened, part)
            time.sleep(PAUSE)


def _back(session: Session, work: _Work, loosened: _Work) -> list[int]:
    """Which of the rows that lost something stand at the school again of what they had lost."""
    changes = _changes(session, loosened, _progress(session, loosened)[1])
    columns = [one.column for one in fields_of(loosened.model).values() if one.target == work.model.__name__]
    rows = load(session, loosened.model, sorted(changes))
    wanted = {row_id: _led_to(row, changes[row_id], columns) for row_id, row in rows.items()}
    schools = {row.id: row.school_id for row in load(session, work.model, sorted(set().union(*wanted.values()))).values()}
    return [row_id for row_id, ids in wanted.items() if all(schools.get(one) == rows[row_id].school_id for one in ids)]


def _led_to(row: Any, change: Change, columns: Sequence[str]) -> set[int]:
    """Whom these links of a row meant before a change."""
    before = {column: getattr(row, column) for column in columns} | {line[0]: line[1] for line in change.lines}
    return {before[column] for column in columns} - {None}


def _changes(session: Session, work: _Work, ids: Sequence[int], request_id: str = "") -> dict[int, Change]:
    """Row id → the batch's change of it, or that of another request."""
    with scope.everything(session):
        return {change.row_id: change for some in pieces.some(ids) for change in session.scalars(select(Change).where(
            Change.entity == work.model.__name__, Change.row_id.in_(some), Change.request_id == (request_id or work.imported)))}


def _touched_since(session: Session, work: _Work, changes: dict[int, Change]) -> set[int]:
    """Rows that bear a later change than the batch's; one that was taken back since, as this one is now, is as if it had not been."""
    later = defaultdict(set)
    for row_id, change_id, request_id in _requests(session, work, changes):
        if change_id > changes[row_id].id and request_id not in (work.imported, work.undoing):
            later[row_id].add(request_id)
    return {row_id for row_id, requests in later.items() if requests - _taken_back(requests)}


def _requests(session: Session, work: _Work, ids: Collection[int]) -> list[Any]:
    """(row id, change id, request id) of all changes of rows."""
    query = select(Change.row_id, Change.id, Change.request_id).where(Change.entity == work.model.__name__)
    with scope.everything(session):
        return [found for some in pieces.some(sorted(ids)) for found in session.execute(query.where(Change.row_id.in_(some)))]


def _taken_back(requests: set[str]) -> set[str]:
    """Requests whose changes of a row were taken back, with those that did it."""
    back = {request_id for request_id in requests if _undoing(request_id) in requests and not request_id.startswith("u")}
    return back | {_undoing(request_id) for request_id in back}


def _waiting(session: Session, work: _Work) -> list[str]:
    """Requests that changed the rows which this batch has given back, and were not taken back there themselves: earlier batches may be undone again."""
    requests = defaultdict(set)
    for row_id, _change_id, request_id in _requests(session, work, _progress(session, work)[0]):
        requests[row_id].add(request_id)
    return sorted({one for some in requests.values() for one in some - _taken_back(some)})


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
