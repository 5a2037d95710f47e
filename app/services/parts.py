"""What is part of a record, and what only leans on it.

A link that is declared ``owned`` says that its row is part of what it points at: a talk of the child's
file, an answer of the inspection. Those go to the trash with it. All others lean: a class on its teacher,
an inspection on its inspector. One look a table, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, Field, fields_of
from app.models.children import ChildKey
from app.services import pieces, scope


def of(session: Session, rows: Sequence[Entity]) -> list[Any]:
    """The rows that are part of these, and their parts, each once. Derived search keys do not count."""
    found: dict[tuple[str, int], Any] = {}
    level = _ids(rows)
    while level:
        below = [row for model, one in _links(owned=True) if model is not ChildKey
                 for ids in pieces.some(level.get(one.target or "", ())) for row in session.scalars(select(model).where(_column(model, one).in_(ids)))]
        new = [row for row in below if (type(row).__name__, row.id) not in found]
        found.update({(type(row).__name__, row.id): row for row in new})
        level = _ids(new)
    return list(found.values())


def leaning(session: Session, rows: Sequence[Entity]) -> tuple[int, str] | None:
    """How many living rows outside of ``rows`` lean on them, and what they are called; None if none do."""
    ids = _ids(rows)
    with scope.everything(session):
        for model, one in _links(owned=False):
            inside = set(ids.get(model.__name__, ()))
            leaners = {row_id for some in pieces.some(ids.get(one.target or "", ())) for row_id in session.scalars(
                select(model.id).where(_column(model, one).in_(some)))} - inside
            if leaners:
                return len(leaners), model.__label__
    return None


def gone(session: Session, row: Entity) -> str | None:
    """The label of what the row is part of, when that is in the trash."""
    for one in fields_of(type(row)).values():
        target, value = entities().get(one.target or ""), getattr(row, one.column, None)
        if one.owned and target is not None and value is not None and not session.scalar(select(func.count(target.id)).where(target.id == value)):
            return target.__label__
    return None


def _links(owned: bool) -> Iterator[tuple[type[Entity], Field]]:
    for model in entities().values():
        for one in fields_of(model).values():
            if one.target and one.owned is owned:
                yield model, one


def _column(model: type[Entity], one: Field) -> Any:
    return getattr(model, one.column)


def _ids(rows: Sequence[Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(type(row).__name__, []).append(row.id)
    return found
