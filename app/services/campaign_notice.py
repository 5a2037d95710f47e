"""The notice of a campaign: it makes the inspections, draws the files and is seen by the schools from then on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import ChecklistSection, ChecklistTemplate, Inspection
from app.models.org import Area, School
from app.models.rules import RuleError
from app.models.words import _
from app.services import campaign_files, campaign_plan, clock, draw, records, scope, teams
from app.services.campaign_rules import working
from app.services.teams import Person


class Notice(NamedTuple):
    """What a notice says to one school, or (``place`` None) to all. ``schools``: what is told of each that is visited."""

    campaign: Campaign
    office: str
    template: ChecklistTemplate
    sections: Sequence[str]
    teams: Mapping[int, Sequence[Person]]
    place: CampaignSchool | None
    schools: Sequence[tuple[CampaignSchool, str]]


def announce(session: Session, campaign: Campaign) -> int:
    """Send out the notice of a campaign that was found in scope; the caller commits. Returns the number of schools.

    One inspection a school, by the inspector given or the leader of its team; the files drawn. Raises records.Refused.
    """
    if campaign.state != "draft":
        raise records.Refused({"": RuleError(_("通知已经发出"))})
    schools = teams.schools_of(session, campaign)
    if campaign.drawn_at is None and any(getattr(campaign, stratum) for stratum in draw.STRATA):
        raise records.Refused({"": RuleError(_("还没有抽签"))})
    if not schools:
        raise records.Refused({"": RuleError(_("还没有受检学校"))})
    _hold_days(campaign, schools)
    persons = teams.people(session, campaign.id)
    if not persons:
        raise records.Refused({"": RuleError(_("还没有督导组，请先添加成员"))})
    tied = teams.ties(session, {one.member_id for one in persons} | {row.inspector_id for row, _name in schools if row.inspector_id})
    found = campaign_files.candidates(session, [row for row, _name in schools])
    with working(session, campaign), records.together(session):  # each row is written once, all of them at the end
        _deal([row for row, _name in schools], persons, tied)
        if wrong := teams.problems(persons, schools, tied):
            raise records.Refused({str(at): one.error for at, one in enumerate(wrong[:10])})
        leaders, strata = {one.team: one.member_id for one in persons if one.leader}, _strata(session, campaign)
        for row, _name in schools:
            row.stratum = row.stratum or strata.get(row.school_id)
            _tell(session, campaign, row, leaders)
            campaign_files.keep(row, found[row.school_id])
        seed = campaign.seed or secrets.token_hex(8)  # of a campaign without a draw: its files are drawn all the same
        records.edit(session, campaign, {}, own={"state": "announced", "announced_on": clock.today(), "seed": seed})
    campaign_files.draw_for(session, campaign, [row for row, _name in schools], found)
    return len(schools)


def _hold_days(campaign: Campaign, schools: Sequence[tuple[CampaignSchool, str]]) -> None:
    """Refused where a school would be told of a day that is past."""
    if campaign.self_due_on < clock.today():
        raise records.Refused({"": RuleError(_("自查截止日期 %(day)s 已经过了，请先改日期，再发通知"), day=campaign.self_due_on.isoformat())})
    for row, name in schools:
        if past := [day for day in (row.self_due_on, row.planned_on) if day is not None and day < clock.today()]:
            raise records.Refused({"": RuleError(_("%(school)s的日期 %(day)s 已经过了，请先改日期，再发通知"), school=name, day=past[0].isoformat())})


def _deal(rows: Sequence[CampaignSchool], persons: Sequence[Person], tied: teams.Ties) -> None:
    dealt = teams.deal(rows, persons, tied)
    for row in rows:
        row.team = dealt.get(row.id, row.team)


def _strata(session: Session, campaign: Campaign) -> dict[int, str | None]:
    """School → its stratum by type: a must-visit was not drawn in one, and is told of among the others of its kind all the same."""
    query = select(School.id, School.type).join(CampaignSchool, CampaignSchool.school_id == School.id)
    return {school_id: draw.STRATUM_OF.get(kind) for school_id, kind in session.execute(query.where(CampaignSchool.campaign_id == campaign.id))}


def _tell(session: Session, campaign: Campaign, row: CampaignSchool, leaders: Mapping[int, int]) -> None:
    """A school's inspection."""
    plan = campaign_plan.of_row(campaign, row, leaders)
    row.inspection = records.add(session, Inspection, {"school": row.school_id, "template": campaign.template_id, "name": campaign.name,
                                                       "planned_on": plan["planned_on"], "inspector": plan["inspector_id"]})
    row.announced_on, row.self_due_on = clock.today(), row.self_due_on or campaign.self_due_on


def notice(session: Session, campaign_id: int, place: CampaignSchool | None = None) -> Notice:
    """What the notice of a campaign says: to one school whose row was found in scope, or to all where the campaign was."""
    with scope.everything(session):
        campaign = session.get_one(Campaign, campaign_id)
        office: Any = session.scalar(select(Area.name).where(Area.id == campaign.area_id))
        template = session.get_one(ChecklistTemplate, campaign.template_id)
        sections = session.scalars(select(ChecklistSection.name).where(ChecklistSection.template_id == template.id).order_by(ChecklistSection.position)).all()
        schools = [(place, session.get_one(School, place.school_id).name)] if place is not None else teams.schools_of(session, campaign)
    grouped: dict[int, list[Person]] = {}
    for one in teams.people(session, campaign_id):
        if place is None or one.team == place.team:
            grouped.setdefault(one.team, []).append(one)
    return Notice(campaign, office, template, sections, grouped, place, schools)
