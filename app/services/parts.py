"""What is part of a record, and what only leans on it.

A link that is declared ``owned`` says that its row is part of what it points at: a talk of the child's
file, an answer of the inspection. Those go to the trash with it. All others lean: a class on its teacher,
an inspection on its inspector. One look a table, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

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


class Lost(NamedTuple):
    """A link of a row by which it would lean on what is in the trash."""

    row: Any
    field: Field
    target: Any  # None where the asker may not see it

    @property
    def called(self) -> str:
        """The name of what is gone, in quotes; nothing of what the asker may not see."""
        return f"“{self.target}”" if self.target is not None else ""


def coming(session: Session, row: Any) -> list[Any]:
    """The row, and what was deleted with it: all that comes back from the trash together."""
    return [one for one in (row, *of(session, [row])) if one.deleted_at == row.deleted_at]


def take_back(session: Session, back: Sequence[Any]) -> list[Lost]:
    """Take these rows out of the trash, and empty the links to what stays there; the caller flushes.

    Gives those links. Where one of them may not be empty nothing is changed.
    """
    lost = [one for model in dict.fromkeys(map(type, back)) for one in _lost(session, [row for row in back if type(row) is model], _ids(back))]
    if not any(one.field.required for one in lost):
        for one in lost:
            setattr(one.row, one.field.column, None)
        for row in back:
            row.deleted_at = None
    return lost


def _lost(session: Session, rows: Sequence[Any], inside: dict[str, list[int]]) -> Iterator[Lost]:
    """The links of these rows of one entity to rows in the trash, other than those that come back too."""
    for one in fields_of(type(rows[0])).values():
        if one.target is None or one.owned:
            continue
        target: Any = entities()[one.target]
        ids = {value for row in rows if (value := getattr(row, one.column)) is not None}.difference(inside.get(one.target, ()))
        with scope.everything(session):
            dead = {row_id for some in pieces.some(sorted(ids)) for row_id in session.scalars(
                select(target.id).where(target.id.in_(some), target.deleted_at.is_not(None)))}
        seen = {row.id: row for some in pieces.some(sorted(dead)) for row in session.scalars(select(target).where(target.id.in_(some)))}
        yield from (Lost(row, one, seen.get(getattr(row, one.column))) for row in rows if getattr(row, one.column) in dead)


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
