"""Who is in the teams of a campaign, and who is related to which school (督导条例 10, 16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignMember, CampaignSchool, Recusal
from app.models.org import Member, School, Staff
from app.models.rules import RuleError
from app.models.words import _
from app.services import scope

LEAST = 3
Ties = set[tuple[int, int]]  # (member, school)


class Person(NamedTuple):
    """Somebody of a team."""

    team: int
    member_id: int
    name: str
    role: str
    leader: bool


class Problem(NamedTuple):
    """What is wrong with a team: what it is about (few, leader, team, related, inspector), and the message."""

    about: str
    error: RuleError


def people(session: Session, campaign_id: int) -> list[Person]:
    """The teams' members, leaders first. Only for campaigns found in scope."""
    query = select(CampaignMember.team, Member.id, Member.name, Member.role, CampaignMember.leader).join(Member, Member.id == CampaignMember.member_id)
    query = query.where(CampaignMember.campaign_id == campaign_id).order_by(CampaignMember.team, CampaignMember.leader.desc(), CampaignMember.id)
    with scope.everything(session):
        return [Person(*row) for row in session.execute(query)]


def ties(session: Session, member_ids: Collection[int]) -> Ties:
    """Who of these is related to which school: said so, or belongs to it. One statement."""
    said = select(Recusal.member_id, Recusal.school_id).where(Recusal.member_id.in_(member_ids))
    belongs = select(Member.id, Member.school_id).where(Member.id.in_(member_ids), Member.school_id.is_not(None))
    works = select(Member.id, Staff.school_id).join(Staff, Staff.id == Member.staff_id).where(Member.id.in_(member_ids))
    with scope.everything(session):
        return {(member_id, school_id) for member_id, school_id in session.execute(union(said, belongs, works))}


def own_ties(session: Session) -> set[int]:
    """The schools that the asker is related to."""
    who = scope.asker(session).member_id
    return {school_id for _member, school_id in ties(session, {who})} if who is not None else set()


def leader_of(persons: Iterable[Person], team: int | None) -> Person | None:
    return next((one for one in persons if one.team == team and one.leader), None)


def deal(schools: Sequence[CampaignSchool], persons: Sequence[Person], tied: Ties) -> dict[int, int]:
    """Row id → team for the schools that have none: in turn, past teams of which somebody is related; else the team whose turn it is."""
    numbers = sorted({one.team for one in persons})
    free: dict[int, int] = {}
    for turn, row in enumerate(one for one in schools if one.team is None):
        order = [numbers[(turn + at) % len(numbers)] for at in range(len(numbers))]
        fitting = (team for team in order if not any((one.member_id, row.school_id) in tied for one in persons if one.team == team))
        free[row.id] = next(fitting, order[0])
    return free


def problems(persons: Sequence[Person], schools: Iterable[tuple[Any, str]], tied: Ties) -> list[Problem]:
    """What stands against these teams visiting these schools (row of the campaign, name of the school)."""
    found = [wrong for team in sorted({one.team for one in persons}) for wrong in _of_team(team, [one for one in persons if one.team == team])]
    for row, name in schools:
        found += _of_school(row, name, persons, tied)
    return found


def _of_team(team: int, members: Sequence[Person]) -> list[Problem]:
    found, leaders = [], [one for one in members if one.leader]
    if len(members) < LEAST:
        found.append(Problem("few", RuleError(_("第 %(team)s 组只有 %(count)s 人，每组至少三人"), team=team, count=len(members))))
    if len(leaders) != 1:
        found.append(Problem("leader", RuleError(_("第 %(team)s 组要有一名组长，现在是 %(count)s 名"), team=team, count=len(leaders))))
    elif leaders[0].role != "inspector":
        found.append(Problem("leader", RuleError(_("组长%(name)s要用督导员账号，检查由组长填写"), name=leaders[0].name)))
    return found


def _of_school(row: Any, name: str, persons: Sequence[Person], tied: Ties) -> list[Problem]:
    members = [one for one in persons if one.team == row.team]
    if not members:
        return [Problem("team", RuleError(_("%(school)s：没有第 %(team)s 组"), school=name, team=row.team or ""))]
    related = [one.name for one in members if (one.member_id, row.school_id) in tied]
    found = [Problem("related", RuleError(_("%(who)s与%(school)s有关联，要回避，请换人或换组"), who=related, school=name))] if related else []
    if row.inspector_id and (row.inspector_id, row.school_id) in tied:
        found.append(Problem("inspector", RuleError(_("这位督导员与%(school)s有关联，要回避"), school=name)))
    return found


def schools_of(session: Session, campaign: Campaign) -> list[tuple[CampaignSchool, str]]:
    """The schools to visit with their names, in the order of the draw; those that were put in come last."""
    query = select(CampaignSchool, School.name).join(School, School.id == CampaignSchool.school_id).where(
        CampaignSchool.campaign_id == campaign.id, CampaignSchool.how != "left")
    with scope.everything(session):
        return [(row, name) for row, name in session.execute(query.order_by(CampaignSchool.how, CampaignSchool.id))]


def problems_of(session: Session, campaign: Campaign) -> list[Problem]:
    """What stands against the teams of a campaign as they are now."""
    persons, schools = people(session, campaign.id), schools_of(session, campaign)
    inspectors = {row.inspector_id for row, _name in schools if row.inspector_id}
    return problems(persons, schools, ties(session, {one.member_id for one in persons} | inspectors))
