"""One page of a list: filtered, searched, in order, by key and never by offset.

The next page begins after the key of the last row, so that page 2,600 costs what page 1 costs.
Order columns are indexed together with the id; counts stop at ``COUNT_LIMIT``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

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

    rows: Sequence[Any]  # columns of the table; behind them may stand how many there are
    has_next: bool
    has_previous: bool
    count: int  # COUNT_LIMIT + 1 when there are more


def fetch(session: Session, table: Table, query: Query) -> Page:
    """The page that ``query`` asks for."""
    backwards = query.before is not None
    column = getattr(table.model, query.order)
    key = [column, table.model.id] if query.order != "id" else [table.model.id]
    border = _border(session, table.model, key, query.before if backwards else query.after)
    upwards = query.descending if backwards else not query.descending
    statement = table.statement.where(*query.conditions)
    if border is not None:
        statement = statement.where(_beyond(key, border, upwards))
    statement = statement.order_by(*(part.asc() if upwards else part.desc() for part in key)).limit(query.size + 1)
    counted = query.few and border is None  # all are read to be sorted: the same statement counts them
    if counted:
        statement = statement.add_columns(func.count().over())
    rows = list(session.execute(statement, execution_options={"in_order": True}))
    more, rows = len(rows) > query.size, rows[: query.size]
    if border is None and not more:  # all that there is stands on this page: nothing to count
        found = len(rows)
    else:
        found = min(rows[0][-1], COUNT_LIMIT + 1) if counted else count(session, table.model, query.conditions, query.few)
    if backwards:
        return Page(rows[::-1], True, more, found)
    return Page(rows, more, border is not None, found)


def _border(session: Session, model: type[Entity], key: list[Any], row_id: int | None) -> Any:
    return session.execute(select(*key).where(model.id == row_id)).first() if row_id else None


def _beyond(key: list[Any], border: Any, upwards: bool) -> Any:
    left, right = (key[0], border[0]) if len(key) == 1 else (tuple_(*key), tuple_(*border))
    return left > right if upwards else left < right


def count(session: Session, model: type[Entity], conditions: Sequence[Any], few: bool = False) -> int:
    """How many rows answer, at most COUNT_LIMIT + 1.

    That there are more than COUNT_LIMIT is remembered for a while: counting so many costs as much as
    half a page, and a list seldom shrinks below. A number that is shown is always counted anew.
    """
    some = select(model.id).where(*conditions).limit(COUNT_LIMIT + 1)
    key = _key(session, some)
    if key is not None and _many.get(key):
        return COUNT_LIMIT + 1
    found = session.scalar(select(func.count()).select_from(some.subquery()), execution_options={"in_order": few}) or 0
    if key is not None and found > COUNT_LIMIT:
        _many.put(key, True)
    return found


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
