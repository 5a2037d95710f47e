"""When and by whom the schools of a campaign are visited: it stands on the school's row and on its inspection, and is the same on both.

The notice makes the inspections from the rows (campaign_notice.py). What is changed on either side later reaches the other one before it is
written, until the inspection is submitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignMember, CampaignSchool
from app.models.inspection import Inspection
from app.services import scope
from app.services.changed import before, changed_or_moved, rows_of

ON_THE_WAY = ("announced", "running")  # states of a campaign from its notice to its end
PLANNED = ("team", "inspector", "planned_on")  # fields of a school's row
HANGS_ON: Mapping[type, set[str]] = {Campaign: {"self_due_on"}, CampaignSchool: set(PLANNED), CampaignMember: {"member", "team", "leader", "deleted_at"}}


def of_row(campaign: Campaign, place: CampaignSchool, leaders: Mapping[int, int]) -> dict[str, Any]:
    """Columns of the inspection of a school's row: its own day and inspector, else the first day and the leader of its team (team → member)."""
    return {"planned_on": place.planned_on or campaign.starts_on, "inspector_id": place.inspector_id or leaders.get(place.team or 0)}


def of_inspection(session: Session, inspection_id: int) -> tuple[Campaign, CampaignSchool] | None:
    """The campaign that an inspection is of and the school's row in it, whoever asks."""
    query = select(Campaign, CampaignSchool).join(CampaignSchool, CampaignSchool.campaign_id == Campaign.id)
    with scope.everything(session):
        found = session.execute(query.where(CampaignSchool.inspection_id == inspection_id)).first()
    return (found[0], found[1]) if found else None


def take_over(session: Session, campaign: Campaign, place: CampaignSchool, inspection: Inspection) -> None:
    """What was changed on the inspection, onto the school's row."""
    told = of_row(campaign, place, _leaders(session, campaign))
    for column, value in told.items():
        if getattr(inspection, column) != value:
            setattr(place, column, getattr(inspection, column))


def day_outside(session: Session, campaign: Campaign) -> date | None:
    """A day on which a school is to be visited before the campaign begins or after it ends."""
    outside = or_(CampaignSchool.planned_on < campaign.starts_on, CampaignSchool.planned_on > campaign.ends_on)
    with scope.everything(session):
        return session.scalar(select(CampaignSchool.planned_on).where(CampaignSchool.campaign_id == campaign.id, outside).limit(1))


@event.listens_for(Session, "before_flush")
def _carry(session: Session, *_args: Any) -> None:
    """What was changed on the campaign, its teams or its schools' rows, onto the inspections."""
    rows = rows_of(session, HANGS_ON)
    if not rows or scope.asker(session).unbound:
        return
    with session.no_autoflush:
        for campaign in _on_the_way(session, rows):
            if "self_due_on" in changed_or_moved(campaign):
                _carry_due(session, campaign)
            _carry_plan(session, campaign)


def _on_the_way(session: Session, rows: Iterable[Any]) -> list[Campaign]:
    """The announced campaigns of these rows, but one that is being announced now."""
    ids = {row.id if isinstance(row, Campaign) else row.campaign_id for row in rows} - {session.info.get("campaign")}
    query = select(Campaign).where(Campaign.id.in_(ids), Campaign.state.in_(ON_THE_WAY))
    with scope.everything(session):
        return list(session.scalars(query)) if ids else []


def _carry_plan(session: Session, campaign: Campaign) -> None:
    query = select(CampaignSchool, Inspection).join(Inspection, Inspection.id == CampaignSchool.inspection_id)
    with scope.everything(session):
        rows = session.execute(query.where(CampaignSchool.campaign_id == campaign.id, Inspection.state != "submitted")).all()
    leaders = _leaders(session, campaign)
    for place, inspection in rows:
        for column, value in of_row(campaign, place, leaders).items():
            if value is not None and getattr(inspection, column) != value:
                setattr(inspection, column, value)


def _carry_due(session: Session, campaign: Campaign) -> None:
    """A new day for the self-checks, for the schools that had the old one and have not sent theirs."""
    query = select(CampaignSchool).where(CampaignSchool.campaign_id == campaign.id, CampaignSchool.inspection_id.is_not(None),
                                         CampaignSchool.self_due_on == before(campaign, "self_due_on"), CampaignSchool.self_submitted_at.is_(None))
    with scope.everything(session):
        for place in session.scalars(query):
            place.self_due_on = campaign.self_due_on


def _leaders(session: Session, campaign: Campaign) -> dict[int, int]:
    """Team → its leader, as they will be once everything is written."""
    with scope.everything(session):
        members = session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == campaign.id)).all()
    return {one.team: one.member_id for one in members if one.leader and one.deleted_at is None}
