"""Whose a version of the checklist is: an area's, whose office alone changes its drafts; or everybody's, which is the system admin's.

A draft is seen along its line of areas alone (asking.py). What is published may be used and copied by everybody who reads it; the copy is
the copier's. Held on the session by checklist.py.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.models.inspection import ChecklistTemplate
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope

NOT_YOURS = _("这份清单是各地通用的或别处的，不能改；发布以后可以复制为自己的新版本")


def owner(who: scope.Asker) -> int | None:
    """The area whose what this asker makes is; None is everybody's."""
    return None if who.role == "admin" or who.unbound else who.area_id


def changes(session: Session, template: ChecklistTemplate) -> bool:
    """Whether the asker's office is the one that changes this version, as long as it is a draft."""
    who = scope.asker(session)
    return who.unbound or (who.school_id is None and template.area_id == owner(who))


def copies(session: Session, template: ChecklistTemplate) -> bool:
    """Whether the asker may make an own version of this one."""
    return template.state == "published" or changes(session, template)


def hold(session: Session, rows: list[Any], versions: set[int]) -> None:
    """Give new versions their place; refuse (Refused) what changes another's, or whose one is. ``versions``: ids of all that is touched."""
    who = scope.asker(session)
    if who.unbound:
        return
    for row in rows:
        if isinstance(row, ChecklistTemplate):
            _settle(row, owner(who))
    with scope.everything(session):  # a foreign draft cannot be seen, and must not be written either
        places = session.scalars(select(ChecklistTemplate.area_id).where(ChecklistTemplate.id.in_(versions)).distinct()).all()
    if who.school_id is not None or any(place != owner(who) for place in places):
        raise records.Refused({"": RuleError(NOT_YOURS)})


def _settle(row: ChecklistTemplate, place: int | None) -> None:
    attrs: Any = inspect(row).attrs
    said = {*attrs.area_id.history.added, *(one.id if one is not None else None for one in attrs.area.history.added)}
    if row.id is None and not said:
        row.area_id = place
    elif said - {place}:
        raise records.Refused({"area": RuleError(NOT_YOURS)})
