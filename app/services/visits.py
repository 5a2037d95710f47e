"""Which inspections an inspector has before them, and how far each one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from app.models.campaign import CampaignMember, CampaignSchool
from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.org import Member, School
from app.services import checklist, clock, records, scope, teams
from app.services.conditions import applies, asked
from app.services.inspection_marks import to_do
from app.services.table import names_anywhere

MOST_DONE = 20  # submitted ones that the list still shows
MOST_OPEN = 200
NEAR_DAYS = 7  # before and after today
MOST_NEAR = 12  # schools that a phone takes along by itself


class Visit(NamedTuple):
    """An inspection with its school, and how many of the items on its sheet are ticked. ``teamed``: the asker's team makes it; ``aside``: the asker
    is related to the school, and so has nothing to do there."""

    inspection: Inspection
    school: School
    inspector: str
    answered: int
    total: int
    teamed: bool
    aside: bool


def may_read(session: Session, inspection: Inspection) -> bool:
    """Whether an inspection in scope may be read: once it is submitted; before, by those above the school who see ticks being made."""
    who = scope.asker(session)
    return inspection.state == "submitted" or (who.school_id is None and who.may("read", Answer))


def may_be_read(session: Session) -> Any:
    """The same as a condition on inspections in scope, for who may read ticks."""
    return true() if scope.asker(session).school_id is None else Inspection.state == "submitted"


def ticks_ever(session: Session, row: Inspection) -> dict[Answer, str]:
    """The ticks of an inspection in scope with the item that each is of, for those who may read them; those taken away with it too."""
    if not scope.asker(session).may("read", Answer) or not may_read(session, row):
        return {}
    query = select(Answer, ChecklistItem).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
    with scope.trash(session):
        return {answer: name_of(item) for answer, item in session.execute(query.where(Answer.inspection_id == row.id))}


def name_of(item: ChecklistItem) -> str:
    """What a tick of an item is called."""
    return f"{item.code} {item.text}"


def readable(session: Session, inspection_id: int) -> Inspection | None:
    """The inspection within the scope, if it may be read already."""
    found = records.find(session, Inspection, inspection_id)
    return found if found is not None and may_read(session, found) else None


def listed(session: Session) -> tuple[list[Visit], list[Visit]]:
    """Inspections in scope that are to be made, the asker's own first, then the own team's, then by day; and the asker's last submitted ones."""
    own, teamed = _mine(session)
    query = select(Inspection, teamed).where(to_do()).order_by(own.desc(), teamed.desc(), Inspection.planned_on, Inspection.id)
    ahead = session.execute(query.limit(MOST_OPEN)).all()
    query = select(Inspection, teamed).where(own, Inspection.state == "submitted").order_by(Inspection.submitted_at.desc(), Inspection.id)
    rows = [*ahead, *session.execute(query.limit(MOST_DONE))]
    found = _with_progress(session, rows, teams.own_ties(session) if rows else ())
    return found[: len(ahead)], found[len(ahead) :]


def near(session: Session) -> list[Visit]:
    """The inspections to take along, the asker's own and those of the own team: begun ones, and planned ones of these days.

    Own ones come first, then the next ones. None of a school that the asker is related to: who steps aside has no business with its sheet.
    """
    today, days = clock.today(), timedelta(days=NEAR_DAYS)
    begun = (Inspection.state == "open") | Inspection.planned_on.between(today - days, today + days)
    (own, teamed), tied = _mine(session), teams.own_ties(session)
    query = select(Inspection, teamed).where(own | teamed, to_do(), begun, Inspection.school_id.not_in(tied))
    return _with_progress(session, session.execute(query.order_by(own.desc(), Inspection.planned_on, Inspection.id).limit(MOST_NEAR)).all(), tied)


def _mine(session: Session) -> tuple[Any, Any]:
    """As conditions: the asker's own inspections, and those of schools that a team visits which the asker is in."""
    who = scope.asker(session).member_id
    theirs = and_(CampaignMember.campaign_id == CampaignSchool.campaign_id, CampaignMember.team == CampaignSchool.team, CampaignMember.member_id == who)
    return Inspection.inspector_id == who, Inspection.id.in_(select(CampaignSchool.inspection_id).join(CampaignMember, theirs))


def inspector_of(session: Session, inspection: Inspection) -> str:
    """The inspector's name; a school sees it too, though the member is not its own."""
    return _names(session, [inspection]).get(inspection.inspector_id, "")


def _names(session: Session, found: Sequence[Inspection]) -> dict[int, str]:
    return names_anywhere(session, Member, {one.inspector_id for one in found})


def _with_progress(session: Session, rows: Sequence[Any], tied: Collection[int]) -> list[Visit]:
    """``rows``: inspections, and whether the asker's team makes them. ``tied``: the schools that the asker is related to."""
    found = [one for one, _teamed in rows]
    schools = {school.id: school for school in session.scalars(select(School).where(School.id.in_({one.school_id for one in found})))}
    items = {template_id: checklist.items_of(session, template_id) for template_id in {one.template_id for one in found}}
    names, ticked = _names(session, found), _ticked(session, [one.id for one in found])
    visits = []
    for one, teamed in rows:
        school, counts = schools[one.school_id], ticked.get(one.id, {})
        total = sum(applies(item, school) for item in items[one.template_id])
        if one.state != "submitted":  # what is ticked stays on the sheet; the submission ticks what was left out
            total += sum(count for condition, count in counts.items() if not asked(condition, school))
        visits.append(Visit(one, school, names.get(one.inspector_id, ""), min(sum(counts.values()), total), total, bool(teamed), one.school_id in tied))
    return visits


def _ticked(session: Session, ids: Sequence[int]) -> dict[int, dict[str | None, int]]:
    """Inspection id → how many items are ticked, by the condition on which schools are asked them."""
    query = select(Answer.inspection_id, ChecklistItem.applies_when, func.count(Answer.id)).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
    query = query.where(Answer.inspection_id.in_(ids), Answer.result.is_not(None)).group_by(Answer.inspection_id, ChecklistItem.applies_when)
    found: dict[int, dict[str | None, int]] = defaultdict(dict)
    for inspection_id, condition, count in session.execute(query):
        found[inspection_id][condition] = count
    return found
