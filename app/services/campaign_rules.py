"""What of a campaign stands fast, and when; on the session, so that every way in obeys. Who may be in its teams: team_rules.py.

``working(session, campaign)`` is said by the services that draw, announce, close and reopen (services/campaign.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignMember, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, Inspection
from app.models.org import Area, School
from app.models.rules import RuleError
from app.models.words import _
from app.services import campaign_plan, inspection_marks, pieces, records, scope
from app.services.campaign_plan import ON_THE_WAY
from app.services.changed import changed_or_moved

Errors = dict[str, RuleError]
TICKS = Answer | SelfAnswer
RULED = Campaign | CampaignMember | CampaignSchool | Inspection | TICKS
FIXED_BY_DRAW = ("unit", "kindergarten", "primary", "junior", "senior", "seed")
FIXED_BY_NOTICE = ("template", "files", "notice_no", "starts_on")
FIXED_BY_CAMPAIGN = ("template", "school")  # of its inspections
HELD_BY_CAMPAIGN = {"state", "inspector", "planned_on", "deleted_at", *FIXED_BY_CAMPAIGN}


@contextmanager
def working(session: Session, campaign: Campaign) -> Iterator[None]:
    """What is written inside is the campaign's own work; written out at the end."""
    session.info["campaign"] = campaign.id
    try:
        yield
        session.flush()
    finally:
        session.info.pop("campaign", None)


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_args: Any) -> None:
    """Refuse what may not be changed (any more); Refused says beside which field."""
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, RULED)]
    if not rows or scope.asker(session).unbound:
        return
    with session.no_autoflush:
        if _any_over(session, {row.inspection_id for row in rows if isinstance(row, TICKS) and changed_or_moved(row)}):
            raise records.Refused(_closed())
        for row in rows:
            errors = _errors(session, row)
            if errors:
                raise records.Refused(errors)


def _errors(session: Session, row: Any) -> Errors:
    if isinstance(row, Campaign):
        return _of_campaign(session, row)
    if isinstance(row, CampaignMember | CampaignSchool):
        return _of_part(session, row)
    return _of_inspection(session, row) if isinstance(row, Inspection) else {}


def _any_over(session: Session, inspection_ids: set[int]) -> bool:
    """Whether one of these inspections is of a campaign that is over."""
    return any(session.scalar(inspection_marks.any_over(some)) for some in pieces.some(sorted(inspection_ids)))


def _of_campaign(session: Session, row: Campaign) -> Errors:
    changed = changed_or_moved(row)
    if not changed or session.info.get("campaign") == row.id or row.id is None:
        return {}
    if row.state == "closed":
        return _closed()
    if "area" in changed:
        return {"area": RuleError(_("区域定了就不能再改，请另建一次行动"))}
    errors = {key: RuleError(_("已经抽签，这一栏不能再改；要改请先撤销抽签")) for key in changed if key in FIXED_BY_DRAW and row.drawn_at}
    if row.state in ON_THE_WAY:
        errors |= {key: RuleError(_("已经发出通知，这一栏不能再改")) for key in changed if key in FIXED_BY_NOTICE}
        if "deleted_at" in changed:
            errors[""] = RuleError(_("已经发出通知，不能删除"))
    if not errors and {"starts_on", "ends_on"} & set(changed) and (day := campaign_plan.day_outside(session, row)):
        key = "ends_on" if day > row.ends_on else "starts_on"
        errors[key] = RuleError(_("有学校定在 %(day)s 检查，请先改它的检查日期"), day=day.isoformat())
    return errors


def _of_part(session: Session, row: Any) -> Errors:
    """A member of a team, or a school."""
    changed = changed_or_moved(row)
    if not changed or session.info.get("campaign") == row.campaign_id:
        return {}
    with scope.everything(session):
        campaign = session.scalar(select(Campaign).where(Campaign.id == row.campaign_id))
    if campaign is None or "deleted_at" in changed_or_moved(campaign):
        return {}  # also where it goes to the trash, or comes back, with its campaign
    if campaign.state == "closed":
        return _closed()
    if row.id is not None and (moved := [key for key in ("campaign", "school") if key in changed]):
        return {moved[0]: RuleError(_("这一栏不能改，请删除后另加"))}
    if isinstance(row, CampaignMember):
        return {} if row.area_id == campaign.area_id else {"campaign": RuleError(_("请从列表中选择"))}
    return _of_school(session, row, campaign, changed)


def _of_school(session: Session, row: CampaignSchool, campaign: Campaign, changed: list[str]) -> Errors:
    if campaign.drawn_at and (row.id is None or {"how", "deleted_at"} & set(changed)):
        return {"" if "deleted_at" in changed else "how": RuleError(_("已经抽签，受检学校不能再增减；要改请先撤销抽签"))}
    if "how" in changed and row.how == "drawn":
        return {"how": RuleError(_("“抽中”只由抽签产生，这里选必查或不查"))}
    if row.id is None and not _lies_in(session, row.school_id, campaign.area_id):
        return {"school": RuleError(_("这所学校不在这次督导的区域"))}
    if "planned_on" in changed and (outside := _day_outside(campaign, row.planned_on)):
        return outside
    return _of_plan(session, row, changed) if campaign.state in ON_THE_WAY else {}


def _of_plan(session: Session, row: CampaignSchool, changed: list[str]) -> Errors:
    """Once the notice is out, the plan of a visit changes until the inspection is submitted."""
    moved = [key for key in campaign_plan.PLANNED if key in changed]
    if moved and (inspection := row.inspection) is not None and inspection.state == "submitted":
        return {key: RuleError(_("检查已经提交，不能再改")) for key in moved}
    return {}


def _day_outside(campaign: Campaign, day: date | None) -> Errors:
    if day is None or campaign.starts_on <= day <= campaign.ends_on:
        return {}
    first, last = campaign.starts_on.isoformat(), campaign.ends_on.isoformat()
    return {"planned_on": RuleError(_("检查日期要在行动的 %(first)s 到 %(last)s 之间"), first=first, last=last)}


def _lies_in(session: Session, school_id: int, area_id: int) -> bool:
    path = session.scalar(select(Area.path).where(Area.id == area_id))
    own = session.scalar(select(Area.path).join(School, School.area_id == Area.id).where(School.id == school_id))
    return bool(path and own and own.startswith(path))


def _of_inspection(session: Session, row: Inspection) -> Errors:
    """What is closed stays as it is, and a checklist as the notice said; the first tick sets a campaign running; day and inspector stand on the
    school's row too."""
    changed = changed_or_moved(row)
    found = campaign_plan.of_inspection(session, row.id) if row.id is not None and HELD_BY_CAMPAIGN & set(changed) else None
    if found is None or session.info.get("campaign") == found[0].id:
        return {}
    campaign, place = found
    if _any_over(session, {row.id}):  # asked anew: the campaign that the session holds may be older than its closing
        return _closed()
    if fixed := [key for key in FIXED_BY_CAMPAIGN if key in changed]:
        return {key: RuleError(_("这次检查是督导行动安排的，这一栏不能改")) for key in fixed}
    if "state" in changed and campaign.state == "announced":
        session.refresh(campaign, with_for_update={"key_share": True})  # the first tick at another school in this moment: one of the two sets it running
        if campaign.state == "announced":
            campaign.state = "running"
    if {"planned_on", "inspector"} & set(changed):
        campaign_plan.take_over(session, campaign, place, row)
    return _day_outside(campaign, row.planned_on) if "planned_on" in changed else {}


def _closed() -> Errors:
    return {"": RuleError(_("这次督导行动已经结束，不能再改；需要时请先重新打开"))}
