"""What must be there once: within a file, and against all rows, those over the border too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Entity, Field
from app.models.rules import RuleError
from app.models.words import _
from app.services import scope
from app.services.exchange.identity import CHUNK, column_of, identities, stored_as
from app.services.exchange.plan import Line

Complain = Callable[[Line, "Field | None", RuleError], None]


def refuse_doubles(model: type[Entity], lines: list[Line], complain: Complain) -> None:
    """Two rows of the file that mean the same one, or say the same."""
    seen: dict[Any, int] = {}
    for line in lines:
        for mark in _marks(model, line):
            if (first := seen.setdefault(mark, line.at)) != line.at:
                complain(line, None, RuleError(_("与第 %(row)s 行重复，请删去一行"), row=first + 1))
                break


def _marks(model: type[Entity], line: Line) -> list[Any]:
    """What no other row of the file may bear."""
    if line.row_id is not None:
        return [("id", line.row_id)]
    return [("key", one) for one in identities(model, line.values)] or [("all", repr(sorted(line.values.items())))]


def refuse_taken(session: Session, model: type[Entity], fields: list[Field], lines: list[Line], complain: Complain) -> None:
    """Unique values that another row has, in the file or anywhere in the database; tells nothing of that row."""
    for one in fields:
        if not one.unique:
            continue
        wanted: dict[Any, Line] = {}
        for line in lines:
            value = stored_as(model, one, line.values.get(one.key))
            if value is None:
                continue
            if value in wanted:
                complain(line, one, RuleError(_("与第 %(row)s 行重复，请删去一行"), row=wanted[value].at + 1))
            wanted.setdefault(value, line)
        for value, owner in _owners(session, model, one, list(wanted)):
            if owner != wanted[value].row_id:
                complain(wanted[value], one, RuleError(_("这个%(label)s已经登记过"), label=one.label))


def _owners(session: Session, model: type[Entity], one: Field, values: list[Any]) -> list[tuple[Any, int]]:
    column, found = column_of(model, one), []
    with scope.everything(session):
        for start in range(0, len(values), CHUNK):
            found += [(row[0], row[1]) for row in session.execute(select(column, model.id).where(column.in_(values[start : start + CHUNK])))]
    return found
