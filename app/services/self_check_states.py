"""How far the self-checks of a campaign's schools are, before anybody visits them: late ones first. A handful of statements whatever their number."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import ChecklistItem, ChecklistSection, Inspection
from app.models.org import School
from app.services import clock
from app.services.conditions import asked

LATE, NONE, BEGUN, SENT = "late", "none", "begun", "sent"
ORDER = (LATE, NONE, BEGUN, SENT)


class State(NamedTuple):
    """One school's: ``answered`` of ``total`` items that it is asked; ``days`` past its day where it is late, else 0."""

    place_id: int
    name: str
    state: str
    answered: int
    total: int
    due_on: date | None
    sent_at: datetime | None
    planned_on: date
    days: int


def states(session: Session, campaign: Campaign) -> list[State]:
    """The schools of a campaign that was found in scope and announced, within the scope of who asks."""
    place = (CampaignSchool.id, CampaignSchool.self_due_on, CampaignSchool.self_submitted_at, CampaignSchool.inspection_id, Inspection.planned_on)
    school = (School.name, School.type, School.has_canteen, School.has_bus, School.has_boarders)
    rows = session.execute(select(*place, *school).join(School, School.id == CampaignSchool.school_id).join(
        Inspection, Inspection.id == CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == campaign.id))
    items, ticked = _items(session, campaign), _ticked(session, campaign)
    found = [_state(row, items, ticked.get(row.inspection_id, {})) for row in rows]
    return sorted(found, key=lambda one: (ORDER.index(one.state), -one.days, one.due_on or date.max, one.name))


def _state(row: Any, items: dict[str | None, int], ticked: dict[str | None, int]) -> State:
    total = sum(count for condition, count in items.items() if asked(condition, row))
    answered = sum(count for condition, count in ticked.items() if asked(condition, row))
    days = (clock.today() - row.self_due_on).days if row.self_due_on and row.self_submitted_at is None else 0
    state = SENT if row.self_submitted_at is not None else LATE if days > 0 else BEGUN if answered else NONE
    return State(row.id, row.name, state, answered, total, row.self_due_on, row.self_submitted_at, row.planned_on, max(0, days))


def _items(session: Session, campaign: Campaign) -> dict[str | None, int]:
    """Condition → how many items of the campaign's checklist are asked on it."""
    query = select(ChecklistItem.applies_when, func.count(ChecklistItem.id)).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id)
    found: Any = session.execute(query.where(ChecklistSection.template_id == campaign.template_id).group_by(ChecklistItem.applies_when)).all()
    return dict(found)


def _ticked(session: Session, campaign: Campaign) -> dict[int, dict[str | None, int]]:
    """Inspection → condition → how many such items its school has ticked."""
    query = select(SelfAnswer.inspection_id, ChecklistItem.applies_when, func.count(SelfAnswer.id)).join(ChecklistItem, ChecklistItem.id == SelfAnswer.item_id)
    query = query.join(CampaignSchool, CampaignSchool.inspection_id == SelfAnswer.inspection_id)
    query = query.where(CampaignSchool.campaign_id == campaign.id, SelfAnswer.result.is_not(None))
    found: dict[int, dict[str | None, int]] = defaultdict(dict)
    for inspection_id, condition, count in session.execute(query.group_by(SelfAnswer.inspection_id, ChecklistItem.applies_when)):
        found[inspection_id][condition] = count
    return found
