"""Beside the values of a row of a child's file stands the day on which that child was born: nothing was done for it before.

Nor is a birth put right to a day after something was done. Which days count is asked of each entity's own rule (``problems``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Date, func, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, fields_of
from app.models.children import Child
from app.models.rules import BORN, RuleError
from app.models.words import _
from app.services import pieces, scope

CHUNK = 5_000  # ids in one IN list


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


def of(session: Session, model: type[Entity], children: Iterable[int | None]) -> dict[int, date]:
    """Child → its birth, for rows of the entity that hang on these children; a child out of sight is left to the scope. Asks only where rows hang on one."""
    if not _of_child(model):
        return {}
    query, ids = select(Child.id, Child.birth_date), sorted({one for one in children if one})
    return {row.id: row.birth_date for some in pieces.some(ids, CHUNK) for row in session.execute(query.where(Child.id.in_(some)))}


def beside(session: Session, model: type[Entity], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of one row of the entity, with the birth of its child."""
    return Beside(values, of(session, model, [values.get("child")]))


def late(session: Session, model: type[Entity], births: Mapping[int, tuple[Any, Any]]) -> dict[int, RuleError]:
    """Children that would be born after something was done for them: id → what, and when first. ``births``: id → the birth so far, and to be.

    A birth that is put right to an earlier day is not held against what is wrong already. Looks at all that is there, whoever asks.
    """
    born = {row_id: to_be for row_id, (so_far, to_be) in births.items() if so_far and to_be and to_be > so_far} if model is Child else {}
    first = dict[int, tuple[date, str]]()
    with scope.everything(session):
        for some in pieces.some(sorted(born), CHUNK):
            for other, keys in _held():
                link = getattr(other, "child_id")  # noqa: B009 - each of these has one
                query = select(link, *(func.min(getattr(other, key)) for key in keys)).where(link.in_(some)).group_by(link)
                for row_id, *days in session.execute(query):
                    first[row_id] = min([first.get(row_id, (date.max, "")), *((day, other.__label__) for day in days if day)])
    message = _("已有 %(day)s 的%(label)s，出生日期不能晚于这一天")
    return {row_id: RuleError(message, day=day.isoformat(), label=label) for row_id, (day, label) in first.items() if day < born[row_id]}


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
