"""What the first page shows of a place above the school: figures by role, talks by month, accounts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.models.base import utc_now
from app.models.care import Talk
from app.models.codes import ROLE
from app.models.counts import MONTHS
from app.models.inspection import Finding, Inspection
from app.models.org import Member, School
from app.models.words import _
from app.services import clock, counting, finding_marks, work
from app.services.inspection_marks import to_do
from app.services.scope import Asker
from app.services.statistics import Report
from app.services.work import Figure

RECENT_DAYS = 7


def figures(session: Session, who: Asker, report: Report | None = None) -> list[Figure]:
    """The large numbers of a role; of a place above the school they are those of its report."""
    if who.role == "inspector":
        return _of_inspector(session, who)
    if who.role == "admin":
        return _of_admin(session)
    if report is None:
        return work.figures(session, who)
    return _of_children(report) if who.may("read", "Child") else _of_report(report)


def _of_inspector(session: Session, who: Asker) -> list[Figure]:
    mine, submitted, ahead = Inspection.inspector_id == who.member_id, Inspection.state == "submitted", to_do()
    found = select(func.count(Finding.id)).where(finding_marks.to_fix()).scalar_subquery()
    row = session.execute(select(func.sum(_one(ahead)), func.sum(_one(ahead & (Inspection.planned_on <= clock.today()))),
                                 func.sum(_one(submitted)), found).where(mine)).one()
    left, today, done, findings = (value or 0 for value in row)
    return [Figure(_("今天要查"), today, entity="Inspection"), Figure(_("还没提交"), left, entity="Inspection"),
            Figure(_("已提交"), done, entity="Inspection"), Figure(_("待整改问题"), findings, entity="Finding", mark="open")]


def _of_admin(session: Session) -> list[Figure]:
    now = utc_now()
    count = func.count(Member.id)
    row = session.execute(select(
        count, func.sum(_one(Member.active)), func.sum(_one(Member.locked_until > now)),
        func.sum(_one(Member.last_login >= now - timedelta(days=RECENT_DAYS))))).one()
    schools = session.scalar(select(func.count(School.id))) or 0
    return [Figure(_("启用的账号"), row[1] or 0, row[0], entity="Member"), Figure(_("已锁定"), row[2] or 0, entity="Member"),
            Figure(_("7 天内登录过"), row[3] or 0, entity="Member"), Figure(_("学校"), schools, entity="School")]


def _one(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _of_children(report: Report) -> list[Figure]:
    """For who may open the lists of children behind the numbers."""
    sums = report.total.sums
    return work.figures_of(sums["pupils"], sums["left_behind"], sums["filed"], sums["talked"], sums["visited"])


def _of_report(report: Report) -> list[Figure]:
    sums, whole = report.total.sums, report.total.sums["left_behind"]
    parts = ((_("已建档"), "filed"), (_("本月谈心"), "talked"), (_("本学期家访"), "visited"))
    first = Figure(_("留守儿童"), whole, entity="Statistics", mark="left_behind")
    return [first, *(Figure(label, sums[key], whole, entity="Statistics", mark=key) for label, key in parts)]


def accounts(session: Session) -> list[tuple[str, int, int, int]]:
    """Role label, accounts, those switched off, those locked now; in the order of the roles."""
    query = select(Member.role, func.count(Member.id), func.sum(_one(~Member.active)), func.sum(_one(Member.locked_until > utc_now())))
    found = {row[0]: row for row in session.execute(query.group_by(Member.role))}
    return [(label, found[role][1], found[role][2] or 0, found[role][3] or 0) for role, label in ROLE.items() if role in found]


def talks_by_month(session: Session, report: Report | None = None) -> list[tuple[date, int]]:
    """First day of each of the last months, and the talks held in it: from a report with "talks", else one statement."""
    spans = counting.months(clock.today())
    if report is not None:
        held = [report.total.sums[f"talks_{back}"] for back in range(MONTHS)]
    else:
        within = [and_(Talk.talked_on >= span.first, Talk.talked_on <= span.last) for span in spans]
        query = select(*(func.sum(_one(month)) for month in within)).where(Talk.talked_on >= spans[-1].first)
        held = [count or 0 for count in session.execute(query).one()]
    return [(span.first, count) for span, count in zip(spans, held, strict=True)][::-1]


def overdue_findings(session: Session, limit: int = 10) -> list[Any]:
    """Findings past their day, the longest first: id, what, school, level, state, day, and the day from which the county follows it itself."""
    query = select(Finding.id, Finding.what, School.name.label("school"), Finding.level, Finding.state,
                   Finding.due_on, Finding.escalates_on)
    query = query.join(School, School.id == Finding.school_id).where(finding_marks.overdue())
    return list(session.execute(query.order_by(Finding.due_on, Finding.id).limit(limit)))


def running_inspections(session: Session, limit: int = 10) -> list[Any]:
    """Inspections that are to be made, the next first: id, name, school, day, state."""
    query = select(Inspection.id, Inspection.name, School.name.label("school"), Inspection.planned_on, Inspection.state)
    query = query.join(School, School.id == Inspection.school_id).where(to_do())
    return list(session.execute(query.order_by(Inspection.planned_on, Inspection.id).limit(limit)))
