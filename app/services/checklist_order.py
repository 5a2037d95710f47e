"""The order of a draft's sections and of the items in each: a new one comes last, one changes places with its neighbour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.base import Entity
from app.models.inspection import ChecklistItem, ChecklistSection
from app.services import records

WITHIN: Mapping[type[Entity], str] = {ChecklistSection: "template", ChecklistItem: "section"}  # what the places are counted in


def move(session: Session, row: ChecklistSection | ChecklistItem, version: int, neighbour: int) -> None:
    """A row changes places with the neighbour (an id) that it was seen beside; the caller commits.

    Places are counted from 1 anew, where two had the same or one was free. Conflict where the row was changed since, or the two
    stand beside each other no more; Refused for a published version, Forbidden.
    """
    order = _siblings(session, row)
    at, to = order.index(row), next((place for place, one in enumerate(order) if one.id == neighbour), None)
    if row.version != version or to is None or abs(at - to) != 1:
        raise records.Conflict
    order[at], order[to] = order[to], order[at]
    for place, one in enumerate(order, start=1):
        if one.position != place:
            records.edit(session, one, {"position": place})


def _siblings(session: Session, row: ChecklistSection | ChecklistItem) -> list[Any]:
    model = type(row)
    column = f"{WITHIN[model]}_id"
    query: Any = select(model).where(getattr(model, column) == getattr(row, column)).order_by(model.position, model.id)
    return list(session.scalars(query))


def last(session: Session, model: type[Entity], values: Mapping[str, Any], row: Entity | None = None) -> dict[str, Any]:
    """The values of a row, with the place after the last one where they say none: of a new row, or of one that goes elsewhere."""
    column = f"{WITHIN[model]}_id"
    there = values.get(WITHIN[model])
    if values.get("position") is not None or there is None or row is not None and there == getattr(row, column):
        return dict(values)
    taken: Any = select(func.max(model.position)).where(getattr(model, column) == there)  # type: ignore[attr-defined]
    return {**values, "position": (session.scalar(taken) or 0) + 1}
