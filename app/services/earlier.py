"""What a record was before one of its changes: what goes back to that, and what does not and has to be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.audit import Change
from app.models.base import Entity, Field, fields_of
from app.models.crypto import digest
from app.services import history, scope


def values(session: Session, row: Entity, change: Change) -> dict[str, Any]:
    """Field key → value, as its column holds it, of what goes back: what people fill, and the name that is kept of who left (``Field.keeps``)."""
    before, fields = history.words_before(session, row, change), fields_of(type(row))
    kept = {one.keeps[0] for one in fields.values() if one.keeps}  # goes back with the link that it answers for
    return {key: before[one.column] for key, one in fields.items() if one.column in before and (not one.read_only or key in kept)}


def put(row: Entity, back: Mapping[str, Any]) -> None:
    """Set such values on a row; a cipher that is set back needs its search hash set back too."""
    fields, table = fields_of(type(row)), row.__tablename__
    for key, value in back.items():
        setattr(row, fields[key].column, value)
        if fields[key].secret:
            plain = getattr(row, key)
            setattr(row, f"{key}_hash", digest(plain, f"{table}.{key}") if plain else None)


def staying(session: Session, row: Entity, change: Change) -> list[Field]:
    """Fields that were otherwise then and stay as they are: set by steps, or by the school that the row has left since."""
    before, back = history.state_before(session, row, change), values(session, row, change)
    return [one for key, one in fields_of(type(row)).items()
            if key not in back and one.column in before and before[one.column] != getattr(row, one.column)]


def made(model: type[Entity], change: Change) -> bool:
    """Whether there is nothing before a change, as before an import that added the row: what a row must have had no value."""
    must = {one.column for one in fields_of(model).values() if one.required}
    return any(line[0] in must and line[1] is None for line in change.lines)


def stays_vacant(session: Session, change: Change) -> bool:
    """Whether others let go of the row as this change took it to another school (services/leaving.py): that does not come back with it."""
    if not any(line[0] == "school_id" for line in change.lines):
        return False
    with scope.everything(session):
        others = select(Change.id).where(Change.request_id == change.request_id, Change.entity != change.entity)
        return session.scalar(others.limit(1)) is not None
