"""Who is related to a school has nothing to do with its inspection, and teams stay as the rules want them; on the session, so that every way
in obeys (督导条例 10, 16)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from app.models.audit import Attachment
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, Recusal
from app.models.inspection import Answer, FindingStep, Inspection
from app.models.org import Member
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope, teams
from app.services.campaign_plan import ON_THE_WAY
from app.services.changed import changed, rows_of
from app.services.inspection_marks import to_do
from app.services.teams import Problem

HANGS_ON: Mapping[type, set[str]] = {
    CampaignMember: {"member", "team", "leader", "deleted_at"}, CampaignSchool: {"team", "inspector", "how", "deleted_at"},
    Recusal: {"member", "school", "deleted_at"}, Member: {"school", "staff"}, Inspection: {"inspector", "school", "deleted_at"}}
# What is wrong with a team → the field beside which it is told, by the entity that was changed.
BESIDE: Mapping[type, Mapping[str, str]] = {
    CampaignMember: {"few": "", "leader": "leader", "related": "member", "team": "team", "inspector": "member"},
    CampaignSchool: {"few": "", "leader": "team", "related": "team", "team": "team", "inspector": "inspector"},
    Recusal: {"related": "member", "inspector": "member"}, Member: {"related": "school", "inspector": "school"},
    Inspection: {"related": "", "inspector": "inspector"}}


TIES = "own_ties"
ASIDE = RuleError(_("您与这所学校有关联，要回避，这次检查请由别人来做"))


def hold_unrelated(session: Session, school_ids: Collection[int]) -> None:
    """Raises records.Refused where the asker is related to one of these schools, and so has nothing to do with its inspection."""
    if not teams.own_ties(session).isdisjoint(school_ids):
        raise records.Refused({"": ASIDE})


def steps_aside(session: Session, school_id: int) -> bool:
    """Whether the asker is one who inspects, and not this school.

    Asked once a transaction, to show what is offered: what is written is held by ``hold_unrelated``.
    """
    who, now = scope.asker(session), session.get_transaction()
    if not _inspects(who):
        return False
    begun, asked, found = session.info.get(TIES, (None, None, set[int]()))
    if begun is None or begun is not now or asked is not who:
        found = teams.own_ties(session)
        session.info[TIES] = (session.get_transaction(), who, found)
    return school_id in found


@event.listens_for(Session, "before_flush")
def _hold_asker(session: Session, *_args: Any) -> None:
    """Nobody ticks, photographs, begins, submits or looks again where they are to step aside."""
    rows = [row for row in (*session.new, *session.dirty) if _visits(row)]
    if rows and _inspects(scope.asker(session)):
        with session.no_autoflush:
            hold_unrelated(session, {row.school_id for row in rows})


def _inspects(who: scope.Asker) -> bool:
    return who.may("write", Answer) and not who.unbound


def _visits(row: Any) -> bool:
    """Whether a row is written by who inspects a school."""
    if isinstance(row, Attachment):
        return row.entity in (Answer.__name__, Inspection.__name__)
    return isinstance(row, Answer | FindingStep) or (isinstance(row, Inspection) and "state" in changed(row))


@event.listens_for(Session, "after_flush")
def _hold_teams(session: Session, *_args: Any) -> None:
    """No inspection is left to somebody related; once the notice is out, teams stay as the rules want them. Whatever was changed."""
    rows = rows_of(session, HANGS_ON)
    if not rows or scope.asker(session).unbound:
        return
    with scope.everything(session):
        for row in rows:
            for campaign in _touched(session, row):
                _refuse(row, teams.problems_of(session, campaign))
        _hold_inspectors(session, rows)


def _refuse(row: Any, found: list[Problem]) -> None:
    beside = BESIDE[type(row)]
    errors = {beside[one.about]: one.error for one in found if one.about in beside}
    if errors:
        raise records.Refused(errors)


def _touched(session: Session, row: Any) -> list[Campaign]:
    """The campaigns on the way whose teams a change may have broken."""
    if isinstance(row, CampaignMember | CampaignSchool):
        if session.info.get("campaign") == row.campaign_id:
            return []
        theirs = Campaign.id == row.campaign_id
    elif (person := _person(row)) is not None:
        theirs = Campaign.id.in_(select(CampaignMember.campaign_id).where(CampaignMember.member_id == person))
    else:
        return []
    query = select(Campaign).where(theirs, Campaign.state.in_(ON_THE_WAY))
    return list(session.scalars(query))


def _person(row: Any) -> int | None:
    """The member whom a change may have made related to a school."""
    if isinstance(row, Recusal):
        return row.member_id
    return row.id if isinstance(row, Member) else None


def _hold_inspectors(session: Session, rows: Sequence[Any]) -> None:
    """Refuse what makes the inspector of an inspection that is still to be made related to its school."""
    planned = {row.id: row for row in rows if isinstance(row, Inspection)}
    persons = {person: row for row in rows if (person := _person(row)) is not None}
    if not planned and not persons:
        return
    touched = or_(Inspection.id.in_([*planned]), Inspection.inspector_id.in_([*persons]))
    found = session.execute(select(Inspection.id, Inspection.name, Inspection.inspector_id, Inspection.school_id).where(to_do(), touched)).all()
    tied = teams.ties(session, {one.inspector_id for one in found}) if found else set()
    for one in found:
        if (one.inspector_id, one.school_id) not in tied:
            continue
        if one.id in planned:
            _refuse(planned[one.id], [Problem("inspector", RuleError(_("这位督导员与这所学校有关联，要回避，请换人")))])
        _refuse(persons[one.inspector_id], [Problem("inspector", RuleError(_("这位督导员在这所学校的检查“%(name)s”还没有提交，请先换人"), name=one.name))])
