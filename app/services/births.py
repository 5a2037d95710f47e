"""Beside the values of a row of a child's file stands the day on which that child was born: nothing was done for it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.models.children import Child
from app.models.rules import BORN
from app.services import pieces

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
    link = fields_of(model).get("child")
    if link is None or link.target != Child.__name__:
        return {}
    query, ids = select(Child.id, Child.birth_date), sorted({one for one in children if one})
    return {row.id: row.birth_date for some in pieces.some(ids, CHUNK) for row in session.execute(query.where(Child.id.in_(some)))}


def beside(session: Session, model: type[Entity], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of one row of the entity, with the birth of its child."""
    return Beside(values, of(session, model, [values.get("child")]))
