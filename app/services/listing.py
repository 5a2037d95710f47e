"""One page of a list: filtered, searched, in order, by key and never by offset.

The next page begins after the key of the last row, so that page 2,600 costs what page 1 costs.
Order columns are indexed together with the id; counts stop at ``COUNT_LIMIT``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.models import entities
from app.models.base import Entity
from app.services import scope
from app.services.remember import Memory
from app.services.table import Table

PAGE_SIZE = 50
MOST_ROWS = 200
COUNT_LIMIT = 10_000
REMEMBERED_SECONDS = 600


@dataclass
class Query:
    """What is asked of a list. ``conditions`` are SQL conditions that were checked already."""

    order: str = "id"
    descending: bool = False
    conditions: list[Any] = field(default_factory=list)
    after: int | None = None  # id of the last row of the page before
    before: int | None = None  # id of the first row of the page behind
    size: int = PAGE_SIZE
    few: bool = False  # few rows answer, as to a search: they are counted as they are read, the scope asked row by row


@dataclass
class Page:
    """The rows of one page as tuples, and whether others lie around it."""

    rows: Sequence[Any]  # columns of the table
    has_next: bool
    has_previous: bool
    count: int  # COUNT_LIMIT + 1 when there are more
    lost: bool = False  # the row that it was to begin at is gone: it is the first page instead


def fetch(session: Session, table: Table, query: Query) -> Page:
    """The page that ``query`` asks for; the first one where the row that it begins at is gone."""
    backwards, model = query.before is not None, table.model
    upwards = query.descending if backwards else not query.descending
    key = [getattr(model, query.order), model.id] if query.order != "id" else [model.id]
    counting = _Counting.of(session, model, query)
    statement = table.statement.add_columns(*counting.along).where(*query.conditions)
    statement = statement.order_by(*(part.asc() if upwards else part.desc() for part in key)).limit(query.size + 1)
    border = (query.before if backwards else query.after) or None
    rows = _read(session, statement.where(_beyond(model.__name__, query.order, upwards)) if border else statement, border)
    if border and not rows and session.scalar(select(model.id).where(model.id == border)) is None:
        return replace(fetch(session, table, replace(query, after=None, before=None)), lost=True)
    more, rows = len(rows) > query.size, rows[: query.size]
    # When all that there is stands on this page, its rows are the count.
    found = counting.told(session, rows) if border or more else len(rows)
    rows = counting.without(rows)
    if backwards:
        return Page(rows[::-1], True, more, found)
    return Page(rows, more, border is not None, found)


def _read(session: Session, statement: Select[Any], border: int | None = None) -> Sequence[Any]:
    return session.execute(statement, {"border": border} if border else None, execution_options={"in_order": True}).all()


@cache
def _beyond(entity: str, order: str, upwards: bool) -> ColumnElement[bool]:
    """What lies beyond the row ``:border`` in this order. The same statement looks up its value; beyond one that is gone lies nothing."""
    model, border = entities()[entity], bindparam("border", type_=Integer)
    there: Any = aliased(model)
    column, value = getattr(model, order), select(getattr(there, order)).where(there.id == border).scalar_subquery()
    left, right = (column, value) if order == "id" else (tuple_(column, model.id), tuple_(value, border))
    return left > right if upwards else left < right


def count(session: Session, model: type[Entity], conditions: Sequence[Any]) -> int:
    """How many rows answer, at most COUNT_LIMIT + 1; see _Counting."""
    return _Counting.of(session, model, Query(conditions=list(conditions))).asked(session)


@dataclass
class _Counting:
    """How many rows answer, at most COUNT_LIMIT + 1: told along with a page where that costs least, else asked.

    That there are more than COUNT_LIMIT is remembered for a while: counting so many costs as much as
    half a page, and a list seldom shrinks below. A number that is shown is always counted anew.
    """

    number: Select[Any]
    key: Any
    few: bool
    along: list[Any]  # the column that counts, if any: it stands behind those of the table

    @classmethod
    def of(cls, session: Session, model: type[Entity], query: Query) -> _Counting:
        some = select(model.id).where(*query.conditions).limit(COUNT_LIMIT + 1)
        counting = cls(select(func.count()).select_from(some.subquery()), _key(session, some), query.few, [])
        if counting.many:
            return counting
        if query.few and query.after is query.before is None:
            counting.along.append(func.count().over())  # all are read to be sorted
        elif scope.asker(session).narrow:
            counting.along.append(counting.number.scalar_subquery())
        return counting

    @property
    def many(self) -> bool:
        return self.key is not None and bool(_many.get(self.key))

    def told(self, session: Session, rows: Sequence[Any]) -> int:
        """The count that stands beside ``rows``, or else is asked for."""
        return self._noted(rows[0][-1]) if self.along and rows else self.asked(session)

    def without(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [row[:-1] for row in rows] if self.along else rows

    def asked(self, session: Session) -> int:
        if self.many:
            return COUNT_LIMIT + 1
        return self._noted(session.scalar(self.number, execution_options={"in_order": self.few}) or 0)

    def _noted(self, found: int) -> int:
        if self.key is not None and found > COUNT_LIMIT:
            _many.put(self.key, True)
        return min(found, COUNT_LIMIT + 1)


_many = Memory(REMEMBERED_SECONDS)  # (engine, who asks, trash or not, statement, its values) → that there are many


def _key(session: Session, statement: Select[Any]) -> Any:
    """What makes two counts the same; None for a statement or values that cannot be compared."""
    found = statement._generate_cache_key()
    if found is None:
        return None
    try:
        key = (session.get_bind(), scope.asker(session), bool(session.info.get("trash")), found.key,
               tuple(bind.effective_value for bind in found.bindparams))
        hash(key)
    except TypeError:
        return None
    return key
