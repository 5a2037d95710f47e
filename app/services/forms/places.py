"""For which place a form is made: the asker's own, an area below it, or one school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app import roles
from app.models.org import Area, School
from app.services import scope
from app.services.scope import Asker

LEAVES = ("township", "village")


@dataclass(frozen=True)
class Place:
    """An area or a school in sight; ``code`` is a5 for an area, s7 for a school."""

    code: str
    name: str
    path: str = ""  # of an area
    school_id: int | None = None
    area_id: int | None = None

    def holds(self, school_id: Any) -> ColumnElement[bool]:
        """Whether a row of this school belongs to the place. The session's rule narrows what is in sight."""
        if self.school_id is not None:
            return school_id == self.school_id
        return school_id.in_(select(School.id).join(Area, Area.id == School.area_id).where(_below(self.path)))


def _below(path: str) -> ColumnElement[bool]:
    return and_(Area.path >= path, Area.path < path + "\uffff")


def find(session: Session, code: str) -> Place | None:
    """The place of a code, the asker's own for none; None when it is not in sight. Who gets counts only asks for no school."""
    who = scope.asker(session)
    code = code or own(who)
    number = int(code[1:]) if code[1:].isascii() and code[1:].isdigit() and len(code) < 11 else 0
    if who.school_id is not None and code != own(who):
        return None
    if code[:1] == "s":
        school = session.scalars(select(School).where(School.id == number)).one_or_none()
        return None if school is None or who.role in roles.COUNTS_ONLY else Place(code, school.name, school_id=school.id)
    area = session.scalars(select(Area).where(Area.id == number)).one_or_none() if code[:1] == "a" else None
    if area is None or who.role in roles.COUNTS_ONLY and area.level in LEAVES:
        return None
    return Place(code, area.name, area.path, area_id=area.id)


def leaves(session: Session) -> int:
    """How many townships lie within the scope of who asks."""
    return session.scalar(select(func.count(Area.id)).where(Area.level.in_(LEAVES))) or 0


def own(who: Asker) -> str:
    """The code of the asker's own place."""
    return f"s{who.school_id}" if who.school_id is not None else f"a{who.area_id}"


def below(session: Session, who: Asker) -> list[tuple[str, str]]:
    """(code, name) of the own place and what stands next below it: areas, or the schools of a township."""
    found = [(own(who), who.place)]
    if who.school_id is not None:
        return found
    here = session.scalars(select(Area).where(Area.id == who.area_id)).one_or_none()
    if here is not None and here.level in LEAVES:
        schools = session.execute(select(School.id, School.name).join(Area, Area.id == School.area_id).where(_below(here.path))
                                  .order_by(School.name, School.id))
        return found if who.role in roles.COUNTS_ONLY else [*found, *((f"s{school_id}", name) for school_id, name in schools)]
    areas = session.execute(select(Area.id, Area.name, Area.level).where(Area.parent_id == who.area_id).order_by(Area.code))
    return [*found, *((f"a{area_id}", name) for area_id, name, level in areas if who.role not in roles.COUNTS_ONLY or level not in LEAVES)]


def each(session: Session, by: str) -> list[Place]:
    """Every school in sight ("school"), or every area of a level and then the schools that hang on none of them.

    Who gets counts only gets neither schools nor townships.
    """
    counts_only = scope.asker(session).role in roles.COUNTS_ONLY
    query = select(School.id, School.name, Area.path).join(Area, Area.id == School.area_id).order_by(School.id)
    schools = [] if counts_only else [(Place(f"s{row.id}", row.name, school_id=row.id), row.path) for row in session.execute(query)]
    if by == "school":
        return [place for place, _path in schools]
    shown = select(Area).where(Area.level == by).order_by(Area.code)
    areas = [Place(f"a{one.id}", one.name, one.path, area_id=one.id) for one in ([] if counts_only and by in LEAVES else session.scalars(shown))]
    return [*areas, *(place for place, path in schools if not any(path.startswith(area.path) for area in areas))]
