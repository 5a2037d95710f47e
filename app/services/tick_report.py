"""How often ticks speak against the school's own records, by who ticked and by school, and which ticks these are.

A tick belongs to whoever wrote on it last; one that nobody is known to have written, to the inspection's inspector. It is held against
what was frozen with it, never against the records of now. Everything is read within the scope of who asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app import roles
from app.models.audit import Change
from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.org import Member, School
from app.models.term import Term
from app.services import scope
from app.services.evidence.period import Span, end_of, start_of
from app.services.ticks import AGAINST, speaks_against

STRICTER = ("pass", "fail")  # suggested, ticked: the one tick against the records that is not kinder than they are


@dataclass(frozen=True)
class Asked:
    """Ticks of a campaign's inspections, or those of a span of days in China."""

    campaign_id: int | None = None
    span: Span | None = None


@dataclass
class Count:
    """Ticks of an inspector or a school: all, those beside which the records suggested something, and of these the kinder and the stricter ones."""

    id: int
    name: str = ""
    ticks: int = 0
    suggested: int = 0
    kinder: int = 0
    stricter: int = 0

    @property
    def against(self) -> int:
        return self.kinder + self.stricter

    @property
    def percent(self) -> float | None:
        """Part of the suggestions that were ticked against, to one decimal; None without any."""
        return round(100 * self.against / self.suggested, 1) if self.suggested else None

    def take(self, suggestion: str | None, result: str, count: int) -> None:
        self.ticks += count
        self.suggested += count if suggestion else 0
        if speaks_against(suggestion, result):
            stricter = (suggestion, result) == STRICTER
            self.stricter += count if stricter else 0
            self.kinder += 0 if stricter else count


@dataclass(frozen=True)
class Report:
    """The counts of a whole, by who ticked and by school, most against first."""

    total: Count
    inspectors: Sequence[Count] = field(default_factory=list)
    schools: Sequence[Count] = field(default_factory=list)


class Tick(NamedTuple):
    """One tick against the records: what it was, and what stood beside it."""

    inspection_id: int
    state: str
    school: str
    by: str
    at: datetime | None
    code: str
    text: str
    result: str
    reason: str | None
    frozen: Mapping[str, Any]


def terms(session: Session, on: date) -> Sequence[Term]:
    """The terms that have begun, the last first."""
    return session.scalars(select(Term).where(Term.starts_on <= on).order_by(Term.starts_on.desc(), Term.id.desc()).limit(12)).all()


def campaigns(session: Session) -> Sequence[Campaign]:
    """The campaigns of who asks, the last first."""
    return session.scalars(select(Campaign).order_by(Campaign.starts_on.desc(), Campaign.id.desc()).limit(50)).all()


def report(session: Session, asked: Asked) -> Report:
    """Three statements, whatever the number of ticks."""
    ticked = _ticked(session, asked).subquery()
    key = (ticked.c.by, ticked.c.school_id, ticked.c.suggestion, ticked.c.result)
    rows = session.execute(select(*key, func.count(ticked.c.id).label("many")).group_by(*key)).all()
    total, people, schools = Count(0), dict[int, Count](), dict[int, Count]()
    for row in rows:
        for one in (total, people.setdefault(row.by, Count(row.by)), schools.setdefault(row.school_id, Count(row.school_id))):
            one.take(row.suggestion, row.result, row.many)
    return Report(total, _named(people, _names(session, Member, people)), _named(schools, _names(session, School, schools)))


def against(session: Session, asked: Asked, most: int | None = None) -> list[Tick]:
    """The ticks that speak against what was frozen with them, the last first."""
    ticked = _ticked(session, asked).subquery()
    contrary = or_(*(and_(ticked.c.suggestion == suggestion, ticked.c.result.in_(results)) for suggestion, results in AGAINST.items()))
    query = select(Answer, ticked.c.by, Inspection.state, School.name, ChecklistItem.code, ChecklistItem.text).join(ticked, ticked.c.id == Answer.id)
    query = query.join(Inspection, Inspection.id == Answer.inspection_id).join(School, School.id == Answer.school_id)
    query = query.join(ChecklistItem, ChecklistItem.id == Answer.item_id).where(contrary)
    rows = session.execute(query.order_by(Answer.answered_at.desc(), Answer.id.desc()).limit(most)).all()
    names = _names(session, Member, {row.by for row in rows})
    return [Tick(one.inspection_id, state, school, names.get(by, ""), one.answered_at, code, text, one.result or "", one.reason, one.frozen or {})
            for one, by, state, school, code, text in rows]


def _ticked(session: Session, asked: Asked) -> Any:
    """The ticks asked for that the asker may be told of: an inspector only the own ones."""
    writer = select(Change.member_id).where(Change.entity == Answer.__name__, Change.row_id == Answer.id, Change.member_id.is_not(None)).order_by(
        Change.id.desc()).limit(1).correlate(Answer).scalar_subquery()
    by = func.coalesce(writer, Inspection.inspector_id)
    query = select(Answer.id, Answer.school_id, Answer.result, Answer.frozen["suggestion"].as_string().label("suggestion"), by.label("by"))
    query = query.join(Inspection, Inspection.id == Answer.inspection_id).where(Answer.result.is_not(None))
    if asked.campaign_id is not None:
        query = query.where(Inspection.id.in_(select(CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == asked.campaign_id)))
    if asked.span is not None:
        query = query.where(Answer.answered_at >= start_of(asked.span.first), Answer.answered_at < end_of(asked.span.last))
    who = scope.asker(session)
    return query.where(by == who.member_id) if who.role in roles.OWN_TICKS else query


def _names(session: Session, model: Any, ids: Iterable[int]) -> dict[int, str]:
    """Names of accounts and schools in the scope of who asks."""
    return {row.id: row.name for row in session.execute(select(model.id, model.name).where(model.id.in_(sorted(ids))))}


def _named(counts: Mapping[int, Count], names: Mapping[int, str]) -> list[Count]:
    for one in counts.values():
        one.name = names.get(one.id, "")
    return sorted(counts.values(), key=lambda one: (-one.against, one.name, one.id))
