"""Which schools' counters no longer hold: marked at the flush, in the transaction of the change itself.

Only for rows that ``counting.py`` reads. A mark is one more line, never a change of a row, so that two who
write at the same school do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Select, event, insert, inspect, select
from sqlalchemy.orm import Session

from app.models.care import FamilyContact, HomeVisit, Talk
from app.models.children import Child, ParentSpell
from app.models.counts import TOUCHED
from app.models.inspection import Inspection, Opinion
from app.models.org import Area, School
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.term import Term

READ = (Child, ParentSpell, Talk, HomeVisit, FamilyContact, ResponsibilityLetter, Hazard, Inspection, Opinion)
PLACED_BY: dict[type, tuple[str, ...]] = {Area: ("definition", "path"), School: ("area_id",)}  # the county that a school is in, and its official definition
SCHOOL: Any = School.__table__
AREA: Any = Area.__table__


@event.listens_for(Session, "after_flush")
def _mark(session: Session, *_args: Any) -> None:
    rows = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    if any(isinstance(row, Term) for row in rows):
        return _mark_all(session)
    touch(session, {school_id for row in rows if isinstance(row, READ) for school_id in _schools_of(row)})
    for schools in redefined(session):
        session.execute(insert(TOUCHED).from_select(["school_id"], schools))
    return None


def redefined(session: Session) -> Iterator[Select[Any]]:
    """What finds the schools whose children another official definition may hold for after this flush: of a county, an area or a school that moved."""
    for row in session.dirty:
        if any(inspect(row).attrs[column].history.has_changes() for column in PLACED_BY.get(type(row), ())):
            below = AREA.c.path.startswith(row.path, autoescape=True) if isinstance(row, Area) else SCHOOL.c.id == row.id
            yield select(SCHOOL.c.id).join(AREA, AREA.c.id == SCHOOL.c.area_id).where(below)


def _schools_of(row: Any) -> set[int]:
    """The school of a row, and the one that it left in this flush."""
    past: Any = inspect(row).attrs.school_id.history
    return {school_id for school_id in (row.school_id, *(past.deleted or ())) if school_id is not None}


def _mark_all(session: Session) -> None:
    """A term says from which day visits count, everywhere."""
    session.execute(insert(TOUCHED).from_select(["school_id"], select(SCHOOL.c.id)))


def touch(session: Session, school_ids: Collection[int]) -> None:
    """Say that something was changed at these schools; whoever writes past the session's flush says it himself."""
    if school_ids:
        session.execute(insert(TOUCHED), [{"school_id": school_id} for school_id in sorted(school_ids)])
