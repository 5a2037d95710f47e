"""Which inspections an inspector has before them, and how far each one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.org import Member, School
from app.services import checklist, clock, records, scope
from app.services.conditions import applies, asked
from app.services.inspection_marks import to_do
from app.services.table import names_anywhere

MOST_DONE = 20  # submitted ones that the list still shows
MOST_OPEN = 200
NEAR_DAYS = 7  # before and after today
MOST_NEAR = 12  # schools that a phone takes along by itself


class Visit(NamedTuple):
    """An inspection with its school, and how many of the items on its sheet are ticked."""

    inspection: Inspection
    school: School
    inspector: str
    answered: int
    total: int


def may_read(session: Session, inspection: Inspection) -> bool:
    """Whether an inspection in scope may be read: once it is submitted; before, by those above the school who see ticks being made."""
    who = scope.asker(session)
    return inspection.state == "submitted" or (who.school_id is None and who.may("read", Answer))


def ticks_ever(session: Session, row: Inspection) -> dict[Answer, str]:
    """The ticks of an inspection in scope with the item that each is of, for those who may read them; those taken away with it too."""
    if not scope.asker(session).may("read", Answer) or not may_read(session, row):
        return {}
    query = select(Answer, ChecklistItem.code, ChecklistItem.text).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
    with scope.trash(session):
        return {answer: f"{code} {text}" for answer, code, text in session.execute(query.where(Answer.inspection_id == row.id))}


def readable(session: Session, inspection_id: int) -> Inspection | None:
    """The inspection within the scope, if it may be read already."""
    found = records.find(session, Inspection, inspection_id)
    return found if found is not None and may_read(session, found) else None


def listed(session: Session) -> tuple[list[Visit], list[Visit]]:
    """Inspections in scope that are to be made, the asker's own first, then by day; and the asker's last submitted ones."""
    own = Inspection.inspector_id == scope.asker(session).member_id
    query = select(Inspection).where(to_do()).order_by(own.desc(), Inspection.planned_on, Inspection.id)
    ahead = session.scalars(query.limit(MOST_OPEN)).all()
    query = select(Inspection).where(own, Inspection.state == "submitted").order_by(Inspection.submitted_at.desc(), Inspection.id)
    found = _with_progress(session, [*ahead, *session.scalars(query.limit(MOST_DONE))])
    return found[: len(ahead)], found[len(ahead) :]


def near(session: Session) -> list[Visit]:
    """The asker's own inspections to take along: begun ones, and planned ones of these days, the next first."""
    today, days = clock.today(), timedelta(days=NEAR_DAYS)
    begun = (Inspection.state == "open") | Inspection.planned_on.between(today - days, today + days)
    query = select(Inspection).where(Inspection.inspector_id == scope.asker(session).member_id, to_do(), begun)
    return _with_progress(session, session.scalars(query.order_by(Inspection.planned_on, Inspection.id).limit(MOST_NEAR)).all())


def inspector_of(session: Session, inspection: Inspection) -> str:
    """The inspector's name; a school sees it too, though the member is not its own."""
    return _names(session, [inspection]).get(inspection.inspector_id, "")


def _names(session: Session, found: Sequence[Inspection]) -> dict[int, str]:
    return names_anywhere(session, Member, {one.inspector_id for one in found})


def _with_progress(session: Session, found: Sequence[Inspection]) -> list[Visit]:
    schools = {school.id: school for school in session.scalars(select(School).where(School.id.in_({one.school_id for one in found})))}
    items = {template_id: checklist.items_of(session, template_id) for template_id in {one.template_id for one in found}}
    names, ticked = _names(session, found), _ticked(session, [one.id for one in found])
    visits = []
    for one in found:
        school, counts = schools[one.school_id], ticked.get(one.id, {})
        total = sum(applies(item, school) for item in items[one.template_id])
        if one.state != "submitted":  # what is ticked stays on the sheet; the submission ticks what was left out
            total += sum(count for condition, count in counts.items() if not asked(condition, school))
        visits.append(Visit(one, school, names.get(one.inspector_id, ""), min(sum(counts.values()), total), total))
    return visits


def _ticked(session: Session, ids: Sequence[int]) -> dict[int, dict[str | None, int]]:
    """Inspection id → how many items are ticked, by the condition on which schools are asked them."""
    query = select(Answer.inspection_id, ChecklistItem.applies_when, func.count(Answer.id)).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
    query = query.where(Answer.inspection_id.in_(ids), Answer.result.is_not(None)).group_by(Answer.inspection_id, ChecklistItem.applies_when)
    found: dict[int, dict[str | None, int]] = defaultdict(dict)
    for inspection_id, condition, count in session.execute(query):
        found[inspection_id][condition] = count
    return found
