"""What of a campaign stands fast, and when; on the session, so that every way in obeys.

``working(session, campaign)`` is said by the services that draw, announce, close and reopen (services/campaign.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignMember, CampaignSchool, Recusal
from app.models.inspection import Inspection
from app.models.org import Area, Member, School
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope, teams
from app.services.changed import changed_or_moved

Errors = dict[str, RuleError]
RULED = Campaign | CampaignMember | CampaignSchool | Recusal | Inspection | Member
FIXED_BY_DRAW = ("unit", "kindergarten", "primary", "junior", "senior", "seed")
FIXED_BY_NOTICE = ("template", "files", "notice_no", "starts_on")
ON_THE_WAY = ("announced", "running")
TEAM_HANGS_ON: dict[type, set[str]] = {CampaignSchool: {"team", "inspector", "how", "deleted_at"}, Member: {"school", "staff"}}
# What is wrong with a team → the field beside which it is told, by the entity that was changed.
BESIDE = {
    CampaignMember: {"few": "", "leader": "leader", "related": "member", "team": "team", "inspector": "member"},
    CampaignSchool: {"few": "", "leader": "team", "related": "team", "team": "team", "inspector": "inspector"},
    Recusal: {"related": "member", "inspector": "member"}, Member: {"related": "school", "inspector": "school"}}


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
        inspectors = {row.inspector_id for row in rows if isinstance(row, Inspection) and row.inspector_id and "inspector" in changed_or_moved(row)}
        tied = teams.ties(session, inspectors) if inspectors else set()
        for row in rows:
            errors = _errors(session, row, tied)
            if errors:
                raise records.Refused(errors)


def _errors(session: Session, row: Any, tied: teams.Ties) -> Errors:
    if isinstance(row, Campaign):
        return _of_campaign(session, row)
    if isinstance(row, CampaignMember | CampaignSchool):
        return _of_part(session, row)
    return _of_inspection(session, row, tied) if isinstance(row, Inspection) else {}


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
    return {}


def _lies_in(session: Session, school_id: int, area_id: int) -> bool:
    path = session.scalar(select(Area.path).where(Area.id == area_id))
    own = session.scalar(select(Area.path).join(School, School.area_id == Area.id).where(School.id == school_id))
    return bool(path and own and own.startswith(path))


def _of_inspection(session: Session, row: Inspection, tied: teams.Ties) -> Errors:
    """Nobody inspects a school that they are related to; what is closed stays as it is; the first tick sets a campaign running."""
    changed = changed_or_moved(row)
    if "inspector" in changed and (row.inspector_id, row.school_id) in tied:
        return {"inspector": RuleError(_("这位督导员与这所学校有关联，要回避，请换人"))}
    if row.id is None or not {"state", "inspector", "planned_on", "deleted_at"} & set(changed):
        return {}
    campaign = of_inspection(session, row.id)
    if campaign is None or session.info.get("campaign") == campaign.id:
        return {}
    if campaign.state == "closed":
        return _closed()
    if "state" in changed and campaign.state == "announced":
        campaign.state = "running"
    return {}


def of_inspection(session: Session, inspection_id: int) -> Campaign | None:
    """The campaign that an inspection is of, whoever asks."""
    query = select(Campaign).join(CampaignSchool, CampaignSchool.campaign_id == Campaign.id).where(CampaignSchool.inspection_id == inspection_id)
    with scope.everything(session):
        return session.scalars(query).first()


def _closed() -> Errors:
    return {"": RuleError(_("这次督导行动已经结束，不能再改；需要时请先重新打开"))}


@event.listens_for(Session, "after_flush")
def _hold_teams(session: Session, *_args: Any) -> None:
    """Once the notice is out, teams stay as the rules want them, whatever was changed."""
    rows = [row for row in (*session.new, *session.dirty) if type(row) in BESIDE]
    if not rows or scope.asker(session).unbound:
        return
    for row in rows:
        for campaign in _touched(session, row):
            if campaign.state in ON_THE_WAY and session.info.get("campaign") != campaign.id:
                _refuse(row, teams.problems_of(session, campaign))


def _refuse(row: Any, found: list[teams.Problem]) -> None:
    beside = BESIDE[type(row)]
    errors = {beside[one.about]: one.error for one in found if one.about in beside}
    if errors:
        raise records.Refused(errors)


def _touched(session: Session, row: Any) -> list[Campaign]:
    """The campaigns whose teams a change may have broken."""
    query, changed = select(Campaign), set(changed_or_moved(row))
    if not changed & TEAM_HANGS_ON.get(type(row), changed):
        return []
    if isinstance(row, CampaignMember | CampaignSchool):
        if session.info.get("campaign") == row.campaign_id:
            return []
        query = query.where(Campaign.id == row.campaign_id)
    else:
        person = row.id if isinstance(row, Member) else row.member_id
        query = query.where(Campaign.id.in_(select(CampaignMember.campaign_id).where(CampaignMember.member_id == person)))
    with scope.everything(session):
        return list(session.scalars(query))
