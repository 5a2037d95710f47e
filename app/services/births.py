"""Beside the values of a row of a child's file stands the day on which that child was born: nothing was done for it before.

Nor is a birth put right to a day after something was done, nor does what was done come back once it was.
Which days count is asked of each entity's own rule (``problems``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, func, or_, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, fields_of
from app.models.children import Child
from app.models.rules import BORN, RuleError
from app.models.words import _
from app.services import pieces, scope

CHUNK = 5_000  # ids in one IN list
CHILD = Child.__table__


class Beside(Mapping[str, Any]):
    """The values of a row, and under ``BORN`` when its child was born."""

    def __init__(self, values: Mapping[str, Any], born: Mapping[int, date]) -> None:
        self._values, self._born = values, born

    def __getitem__(self, key: str) -> Any:
        return self._born.get(self._values.get("child") or 0) if key == BORN else self._values[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key == BORN else self._values.get(key, default)

    def __iter__(self) -> Iterator[str]:
        yield from self._values
        yield BORN

    def __len__(self) -> int:
        return len(self._values) + 1


def of(session: Session, model: type[Entity], children: Iterable[int | None], *, hold: bool = False) -> dict[int, date]:
    """Child → its birth, for rows of the entity that hang on these children; a child out of sight is left to the scope. Asks only where rows hang on one.

    ``hold``: who would put a birth right waits for the end of this transaction, and sees the row then.
    """
    if not _of_child(model):
        return {}
    query, ids = select(Child.id, Child.birth_date).order_by(Child.id), sorted({one for one in children if one})
    query = query.with_for_update(read=True, key_share=True) if hold else query
    return {row.id: row.birth_date for some in pieces.some(ids, CHUNK) for row in session.execute(query.where(Child.id.in_(some)))}


def lock(session: Session, children: Iterable[int | None], *, to_move: bool = False) -> None:
    """Keep these children until the end of this transaction, whose births are asked for next; in their order, so that no two who hold many wait for each other.

    Without ``to_move`` their births are kept as they are; with it, whoever is about to write something for them is waited for.
    SQLite has one writer: who writes there holds all of them.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    query = select(CHILD.c.id).order_by(CHILD.c.id).with_for_update(read=not to_move, key_share=not to_move)
    for some in pieces.some(sorted({one for one in children if one}), CHUNK):
        session.execute(query.where(CHILD.c.id.in_(some))).all()


def beside(session: Session, model: type[Entity], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of one row of the entity that is about to be written, with the birth of its child, which stays until then."""
    return Beside(values, of(session, model, [values.get("child")], hold=True))


def late(session: Session, model: type[Entity], births: Mapping[int, tuple[Any, Any]], *, hold: bool = False) -> dict[int, RuleError]:
    """Children that would be born after something was done for them: id → what, and when first. ``births``: id → the birth so far, and to be.

    A birth that is put right to an earlier day is not held against what is wrong already. Looks at all that is there, whoever asks.
    ``hold``: who is about to write something for such a child is waited for, and waits for the end of this transaction.
    """
    born = {row_id: to_be for row_id, (so_far, to_be) in births.items() if so_far and to_be and to_be > so_far} if model is Child else {}
    first = dict[int, tuple[date, str]]()
    if hold:
        lock(session, born, to_move=True)
    with scope.everything(session):
        for some in pieces.some(sorted(born), CHUNK):
            for other, keys in _held():
                link = getattr(other, "child_id")  # noqa: B009 - each of these has one
                query = select(link, *(func.min(getattr(other, key)) for key in keys)).where(link.in_(some)).group_by(link)
                for row_id, *days in session.execute(query):
                    first[row_id] = min([first.get(row_id, (date.max, "")), *((day, other.__label__) for day in days if day)])
    return {row_id: too_late(day, label) for row_id, (day, label) in first.items() if day < born[row_id]}


def too_late(day: date, label: str) -> RuleError:
    """What is said of a birth after a day on which something was done."""
    return RuleError(_("已有 %(day)s 的%(label)s，出生日期不能晚于这一天"), day=day.isoformat(), label=label)


def put_right(session: Session, changes: Mapping[Any, Mapping[str, Any]], *, hold: bool) -> dict[str, RuleError]:
    """A birth that one of the rows' changes (row → them) put right to a day after something was done, by its field; ``hold`` as in ``late``."""
    births = {row.id: (row.birth_date, to_be["birth_date"]) for row, to_be in changes.items() if isinstance(row, Child) and "birth_date" in to_be}
    found = late(session, Child, births, hold=hold)
    return {"birth_date": found[min(found)]} if found else {}


def early(session: Session, back: Mapping[Any, Mapping[str, Any] | None], *, hold: bool = False) -> dict[str, RuleError]:
    """Why rows do not come back, from the trash (row → None) or to what they were (row → changes): a day of theirs, by field, before the birth by now.

    A child that comes back with them was of that birth all the time; what does not change is not held against what is wrong already.
    Asks once for all rows, and for none that gets neither its child nor such a day back.
    """
    along, found = {row.id for row in back if isinstance(row, Child)}, dict[str, RuleError]()
    for model, keys in _held():
        to_be = {row: {"child": row.child_id, **{key: getattr(row, key) for key in keys}, **(changes or {})} for row, changes in back.items()
                 if type(row) is model and (changes is None or changes.keys() & {"child", *keys})}
        born = of(session, model, {one["child"] for one in to_be.values()} - along, hold=hold)
        for row, one in to_be.items():
            days = {key: one[key] for key in keys if (changes := back[row]) is None or changes.keys() & {"child", key}}
            found |= {key: _too_early(model, key, day) for key, day in days.items() if day and day < born.get(one["child"], day)}
    return found


def _too_early(model: type[Entity], key: str, day: date) -> RuleError:
    message = _("%(what)s的%(label)s %(day)s 早于孩子的出生日期，请先核对出生日期")
    return RuleError(message, what=model.__label__, label=fields_of(model)[key].label, day=day.isoformat())


def days_of(model: type[Entity]) -> list[str]:
    """The days of an entity that may not lie before the birth of the row's child."""
    return dict(_held()).get(model, [])


def done() -> list[type[Entity]]:
    """The entities that say what was done for a child, and when."""
    return [model for model, _keys in _held()]


def broken(model: type[Entity]) -> Select[Any]:
    """Finds the rows of such an entity that lie before the birth of their child, as both stand. The database compares: as a rule it hands over none.

    Of each ``row`` (its id), ``child`` (the same), ``birth_date`` and the days of the row by their keys.
    """
    link, days = getattr(model, "child_id"), [getattr(model, key) for key in days_of(model)]  # noqa: B009 - each of these has one
    query = select(model.id.label("row"), Child.id.label("child"), Child.birth_date, *days).join(Child, Child.id == link)
    return query.where(or_(*(day < Child.birth_date for day in days)))


@cache
def _held() -> list[tuple[type[Entity], list[str]]]:
    """The entities of children's files, each with its days that may not lie before the birth."""
    day = date(2000, 1, 2)
    held = [(model, [key for key, one in fields_of(model).items() if isinstance(one.type, Date) and key in model.problems(
        {BORN: day, key: day - timedelta(1)})]) for model in entities().values() if _of_child(model)]
    return [(model, keys) for model, keys in held if keys]


def _of_child(model: type[Entity]) -> bool:
    """Whether rows of the entity hang on a child."""
    link = fields_of(model).get("child")
    return link is not None and link.target == Child.__name__
