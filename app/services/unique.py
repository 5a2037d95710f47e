"""What may be there once in all the database: ID numbers, plates, codes.

A row that was released (a child that moved out, a colleague who left) gives its numbers up to whoever registers them in another
county. In its own county it does not: there the row itself goes to the other school, with its file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, literal, select, true
from sqlalchemy.orm import Session, aliased

from app.models.base import Entity, Field, fields_of
from app.models.crypto import digest
from app.models.org import Area, School
from app.models.rules import RuleError
from app.models.words import _
from app.services import scope

TAKEN = _("这个%(label)s已经登记过")
RELEASED = _("本县有过这个%(label)s的记录，已转出或离岗：请恢复那条记录，或由上级把它转到这所学校")


class Holder(NamedTuple):
    """A row that has a unique value; ``bears``: nobody else may."""

    row_id: int
    school_id: int | None
    bears: bool


def bears(model: type[Entity], values: Mapping[str, Any]) -> bool:
    """Whether a row with these values keeps its unique ones for itself."""
    if model.__released__ is None:
        return True
    key, gone = model.__released__
    return bool(values.get(key) != gone)


def holding(model: type[Entity]) -> tuple[Any, Any]:
    """The columns of a ``Holder`` beside the id."""
    if model.__released__ is None:
        return literal(None), true()
    key, gone = model.__released__
    return model.school_id, getattr(model, key) != gone  # type: ignore[attr-defined]


def why_not(session: Session, one: Field, holders: Sequence[Holder], school_id: int | None, counties: Mapping[int, int] | None = None) -> RuleError | None:
    """What stands against giving a value to one more row of this school; nothing is told of the others. ``counties``: of these schools, if known."""
    if any(holder.bears for holder in holders):
        return RuleError(TAKEN, label=one.label)
    schools = {holder.school_id or 0 for holder in holders}
    known = counties_of(session, {*schools, school_id or 0}) if holders and counties is None else counties or {}
    if known.get(school_id or 0) in {known.get(school, 0) for school in schools}:
        return RuleError(RELEASED, label=one.label)
    return None


def counties_of(session: Session, school_ids: Collection[int]) -> dict[int, int]:
    """School → id of the county that it lies in."""
    county: Any = aliased(Area)
    above = and_(county.level == "county", Area.path.like(county.path + "%"))
    query = select(School.id, county.id).join(Area, School.area_id == Area.id).join(county, above).where(School.id.in_(school_ids))
    with scope.everything(session):
        return {row[0]: row[1] for row in session.execute(query)}


def taken(session: Session, model: type[Entity], clean: Mapping[str, Any], held: Mapping[str, Any], row: Entity | None) -> dict[str, RuleError]:
    """Unique values that another row has already. Looks over the border. ``held``: what the row says so far."""
    values, found = {**held, **clean}, {}
    if not bears(model, values):
        return {}
    back = bool(held) and not bears(model, held)  # it takes up again what it had given up
    for key, one in fields_of(model).items():
        value = (values if back else clean).get(key)
        if not one.unique or value is None:
            continue
        column = getattr(model, f"{key}_hash" if one.secret else key)
        wanted = digest(value, f"{model.__tablename__}.{key}") if one.secret else value
        with scope.everything(session):
            query = select(model.id, *holding(model)).where(column == wanted, model.id != (row.id if row is not None else 0))
            holders = [Holder(*said) for said in session.execute(query)]
        if held.get(key) == value:
            holders = [holder for holder in holders if holder.bears]  # it has the number since long
        if why := why_not(session, one, holders, values.get("school")):
            found[key] = why
    return found
