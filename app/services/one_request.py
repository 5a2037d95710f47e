"""What one request changed (a move, an import, a bulk action): its lines in the history, of the records that the asker may read and of no other.

A line stands in the history of a record: its own row's; a file's in that of the row that it hangs on, a tick's in its inspection's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, cast, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.models import entities
from app.models.audit import Attachment, Change
from app.models.base import Entity, fields_of
from app.models.inspection import Answer, Inspection
from app.services import attachments, scope, visits

LINE: Any = Change.__table__
OTHER: Any = Change.__table__.alias("other")
Readable = Mapping[str, datetime | None]  # entity whose histories may be read → since when its deleted rows may be read too; None: not at all


class Place(NamedTuple):
    """Where a line stands among those of its request."""

    entity: str  # of the record
    record: int
    line: int


class _Way(NamedTuple):
    """How lines of a kind come to records of an entity: conditions on the line, and what holds the record's id."""

    entity: str
    record: Any
    conditions: tuple[Any, ...]


def lines(session: Session, request_id: str, readable: Readable, most: int, after: Place | None = None) -> Sequence[Any]:
    """At most so many lines of a request, record by record in the order of ``readable``: the columns of Change, with ``rank`` and ``record``.

    ``after``: the last line that was told before. A line whose record is out of scope, or lies in the trash for too long, is none.
    """
    ranks = {entity: rank for rank, entity in enumerate(readable)}
    with scope.trash(session):
        parts = [_lines(way, request_id, ranks, after) for way in _ways(session, LINE, [request_id], readable)
                 if after is None or ranks[way.entity] >= ranks.get(after.entity, 0)]
        if not parts:
            return []
        found: Any = parts[0] if len(parts) == 1 else union_all(*parts)
        return session.execute(found.order_by("rank", "record", "id").limit(most)).all()


def _lines(way: _Way, request_id: str, ranks: Mapping[str, int], after: Place | None) -> Any:
    columns: list[Any] = [literal(ranks[way.entity]).label("rank"), way.record.label("record"),
                          *(LINE.c[name].label(name) for name in ("id", "at", "who", "action", "entity", "row_id", "lines"))]
    query = select(*columns).where(LINE.c.request_id == request_id, *way.conditions)
    begun = after is not None and after.entity == way.entity
    return query.where(tuple_(way.record, LINE.c.id) > tuple_(literal(after.record), literal(after.line))) if after is not None and begun else query


def wider(session: Session, changes: Collection[Change], entity: str, row_id: int, readable: Readable) -> set[int]:
    """Ids of those changes, told in the history of one record, whose request changed another record too that the asker may read."""
    requests = {change.request_id for change in changes}
    with scope.trash(session):
        ways = list(_ways(session, OTHER, requests, readable))
        if not ways:
            return set()
        told = select(LINE.c.id).where(LINE.c.id.in_([change.id for change in changes]))
        found = [told.where(select(way.record).where(OTHER.c.request_id == LINE.c.request_id, *way.conditions,
                                                     *([way.record != row_id] if way.entity == entity else [])).exists()) for way in ways]
        return set(session.scalars(found[0] if len(found) == 1 else union_all(*found)))


def _ways(session: Session, line: Any, requests: Collection[str], readable: Readable) -> Iterator[_Way]:
    """The ways from the lines of these requests to records that the asker may read."""
    who, models = scope.asker(session), entities()
    for kind in _kinds(session, requests):
        if kind in readable:
            model = models[kind]
            yield _Way(kind, model.id, (line.c.entity == kind, model.id == line.c.row_id, _told(model, readable)))
        elif kind == Answer.__name__ and who.may("read", Answer):
            yield from _of_tick(session, readable, (line.c.entity == kind, Answer.id == line.c.row_id))
        elif kind == Attachment.__name__ and who.may("read", Attachment):
            yield from _of_files(session, line, requests, readable)


def _told(model: Any, readable: Readable) -> Any:
    """Whether a row's history may be read, as far as the trash goes."""
    since = readable[model.__name__]
    return model.deleted_at.is_(None) if since is None else or_(model.deleted_at.is_(None), model.deleted_at >= since)


def _of_tick(session: Session, readable: Readable, conditions: tuple[Any, ...]) -> Iterator[_Way]:
    if Inspection.__name__ in readable:
        own = (Inspection.id == Answer.inspection_id, visits.may_be_read(session), _told(Inspection, readable))
        yield _Way(Inspection.__name__, Inspection.id, (*conditions, *own))


def _of_files(session: Session, line: Any, requests: Collection[str], readable: Readable) -> Iterator[_Way]:
    """Files by what they hang on, in the trash too: the history of the record tells that they were taken away."""
    models, kind = entities(), Attachment.__name__
    hung = select(Attachment.entity).join(LINE, and_(LINE.c.entity == kind, LINE.c.row_id == Attachment.id)).where(LINE.c.request_id.in_(requests))
    for entity in session.scalars(hung.distinct()).all():
        file = (line.c.entity == kind, Attachment.id == line.c.row_id, Attachment.entity == entity)
        if entity in readable and attachments.takes_files(models[entity]):
            model = models[entity]
            yield _Way(entity, model.id, (*file, model.id == Attachment.row_id, _told(model, readable)))
        elif entity == Answer.__name__ and scope.asker(session).may("read", Answer):
            yield from _of_tick(session, readable, (*file, Answer.id == Attachment.row_id))


def _kinds(session: Session, requests: Collection[str]) -> Sequence[str]:
    """The entities that these requests changed, each found by one step in the index: an import of 260,000 rows has one."""
    begin = union_all(*(select(cast(literal(one), Text).label("request_id"), cast(literal(""), Text).label("entity")) for one in sorted(requests))).subquery()
    kind = select(begin.c.request_id, begin.c.entity).cte("kind", recursive=True)
    above = select(cast(func.min(LINE.c.entity), Text)).where(LINE.c.request_id == kind.c.request_id, LINE.c.entity > kind.c.entity).scalar_subquery()
    kind = kind.union_all(select(kind.c.request_id, above).where(kind.c.entity.is_not(None)))
    return session.scalars(select(kind.c.entity).where(kind.c.entity != "").distinct().order_by(kind.c.entity)).all()


def rows_of(session: Session, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """(entity, id) → row, deleted ones too, of rows in scope; whatever their entities, in one statement."""
    if not places:
        return {}
    models = [entities()[name] for name in sorted({name for name, _row_id in places})]
    asked = union_all(*(select(cast(literal(name), Text).label("entity"), literal(row_id).label("row_id")) for name, row_id in sorted(places))).subquery()
    query = select(*models).select_from(asked)
    for model in models:
        query = query.outerjoin(model, and_(asked.c.entity == model.__name__, model.id == asked.c.row_id))
    with scope.trash(session):
        found = session.execute(query).all()
    return {(type(row).__name__, row.id): row for some in found for row in some if row is not None}


def with_links(session: Session, rows: Sequence[Any], keys: Callable[[type[Entity]], Collection[str]]) -> None:
    """Load links of rows of several entities (``keys`` says which), all in one statement."""
    links = [(row, one) for row in rows for key in keys(type(row)) if (one := fields_of(type(row)).get(key)) is not None and one.target]
    pairs = [(str(one.target), getattr(row, one.column)) for row, one in links]
    found = rows_of(session, {pair for pair in pairs if pair[1] is not None})
    for (row, one), pair in zip(links, pairs, strict=True):
        set_committed_value(row, one.key, found.get(pair))


@cache
def order() -> Sequence[str]:
    """Entities, what others hang on before these: a child before its talks."""
    tables = {model.__table__: name for name, model in entities().items()}
    return [tables[table] for table in Entity.metadata.sorted_tables if table in tables]
