"""What a campaign comes to as things stand: schools ranked, sections, items failed most, self-checks against ticks. Numbers only.

Everything is read within the scope of who asks, in a handful of statements whatever the number of schools.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.models import codes
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Finding, Inspection, Opinion
from app.models.org import Area, School
from app.services import finding_marks, settled
from app.services.scoring import GRADE, VALUE, rules_of

MOST_ITEMS = 20
VOCATIONAL = "vocational"  # both the type of a school and the section of the bureau


@dataclass(frozen=True)
class SchoolResult:
    """One school: its place by score (None without one), score and grade as its letter says them, else as submitted; points by section code."""

    rank: int | None
    inspection_id: int
    name: str
    stratum: str | None
    score: float | None
    grade: str | None
    sections: Mapping[str, float | None]
    failed: int
    better: int  # items that the school had ticked better than the inspector
    findings: int
    left: int  # findings not put right
    overdue: int


class ItemResult(NamedTuple):
    """How often an item was not passed, of the schools where it counted."""

    code: str
    text: str
    critical: bool
    failed: int
    partly: int
    counted: int

    @property
    def percent(self) -> float:
        return round(100 * self.failed / self.counted, 1)


class Unmade(NamedTuple):
    """A school whose inspection is not submitted, by its row in the campaign; that tells the reason (CampaignSchool.unvisited)."""

    place_id: int
    name: str
    stratum: str | None


@dataclass(frozen=True)
class Results:
    """Of one campaign; ``planned`` schools, of which ``schools`` were submitted. ``before``: the same of the campaign before it, without its own.

    ``made_at``: when the campaign was closed with these figures, for the ``closing``-th time; None where they are those of now.
    """

    campaign: Campaign
    planned: int
    schools: Sequence[SchoolResult]
    sections: Mapping[str, str] = field(default_factory=dict)  # code → name, in the order of the checklist
    items: Sequence[ItemResult] = field(default_factory=list)
    before: Results | None = None
    grades: Mapping[str, int] = field(default_factory=dict)
    branches: Sequence[str] = ()  # keys of codes.BRANCH to which a school of the campaign belongs
    unmade: Sequence[Unmade] = field(default_factory=list)
    drawn: int = 0  # schools drawn at random, of those planned
    office: str = ""  # the name of the campaign's area
    made_at: datetime | None = None
    closing: int = 0

    @property
    def average(self) -> float | None:
        return mean(one.score for one in self.schools)

    @property
    def findings(self) -> int:
        return sum(one.findings for one in self.schools)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.schools)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.schools)

    def section(self, code: str) -> float | None:
        """The average of a section."""
        return mean(one.sections.get(code) for one in self.schools)


def mean(found: Iterable[float | None]) -> float | None:
    """Of what is known, to one decimal."""
    known = [one for one in found if one is not None]
    return round(sum(known) / len(known), 1) if known else None


def sum_up(session: Session, campaign: Campaign, branch: str = "", *, compared: bool = True) -> Results:
    """The results of a campaign that was found in scope, as far as its inspections are submitted; without the campaign before it.

    ``branch``: key of codes.BRANCH whose schools alone are told of; "" for all. ``compared`` False: of a campaign that another is held
    against, scores and sections alone.
    """
    rows = session.execute(
        select(Inspection.id, CampaignSchool.id.label("place"), School.name, School.type, CampaignSchool.stratum, CampaignSchool.how, Inspection.state,
               Inspection.score, Inspection.grade, Opinion.state.label("letter"), Opinion.score.label("sent_score"), Opinion.grade.label("sent_grade"))
        .select_from(CampaignSchool).join(School, School.id == CampaignSchool.school_id).join(Inspection, Inspection.id == CampaignSchool.inspection_id)
        .outerjoin(Opinion, Opinion.inspection_id == Inspection.id).where(CampaignSchool.campaign_id == campaign.id)).all()
    branches = {_branch(row.type) for row in rows}
    rows = [row for row in rows if branch in ("", _branch(row.type))]
    ids = select(Inspection.id).join(CampaignSchool, CampaignSchool.inspection_id == Inspection.id).where(
        CampaignSchool.campaign_id == campaign.id, Inspection.state == "submitted")
    if branch:
        ids = ids.join(School, School.id == Inspection.school_id).where((School.type == VOCATIONAL) == (branch == VOCATIONAL))
    sections = _sections(session, campaign)
    points, code_of = settled.of_each(session, ids, rules_of(campaign.template)), {one.id: one.code for one in sections}
    done = [_scored(row, points.get(row.id, settled.Settled())) for row in rows if row.state == "submitted"]
    done.sort(key=lambda one: (-(one.score if one.score is not None else -1), one.row.name))
    better, found = (_better(session, ids), _findings(session, ids)) if compared else ({}, {})
    schools = [SchoolResult(rank, one.row.id, one.row.name, one.row.stratum, one.score, one.grade,
                            {code_of[key]: part[0] for key, part in one.sections.items() if key in code_of},
                            sum(failed for _score, failed in one.sections.values()), better.get(one.row.id, 0), *found.get(one.row.id, (0, 0, 0)))
               for rank, one in zip(_ranks([one.score for one in done]), done, strict=True)]
    grades = Counter(one.grade for one in schools if one.grade)
    whole: dict[str, Any] = {}
    if compared:
        office = session.scalar(select(Area.name).where(Area.id == campaign.area_id)) or ""
        whole = {"sections": {one.code: one.name for one in sections}, "items": _items(session, ids), "office": office,
                 "unmade": sorted((Unmade(row.place, row.name, row.stratum) for row in rows if row.state != "submitted"), key=lambda one: one.name)}
    return Results(campaign, len(rows), schools, drawn=sum(row.how == "drawn" for row in rows), grades={grade: grades.get(grade, 0) for grade in GRADE},
                   branches=[key for key in codes.BRANCH if key in branches], **whole)


class _Scored(NamedTuple):
    """A school's row with what it came to."""

    row: Any
    score: float | None
    grade: str | None
    sections: Mapping[int, tuple[float | None, int]]


def _scored(row: Any, now: settled.Settled) -> _Scored:
    return _Scored(row, *settled.which(row.letter, (row.sent_score, row.sent_grade), now, (row.score, row.grade)), now.sections)


def _branch(school_type: str) -> str:
    return VOCATIONAL if school_type == VOCATIONAL else "basic"


def _ranks(scores: Sequence[float | None]) -> list[int | None]:
    """Places of falling scores; the same score has the same place."""
    first: dict[float | None, int] = {}
    for place, score in enumerate(scores, start=1):
        first.setdefault(score, place)
    return [first[score] if score is not None else None for score in scores]


def _better(session: Session, ids: Any) -> dict[int, int]:
    """Inspection → items that the school ticked better than the inspector did."""
    worth = [case(*((column == key, value) for key, value in VALUE.items())) for column in (SelfAnswer.result, Answer.result)]
    query = select(Answer.inspection_id, func.count(Answer.id)).join(
        SelfAnswer, and_(SelfAnswer.inspection_id == Answer.inspection_id, SelfAnswer.item_id == Answer.item_id))
    best = max(VALUE, key=lambda key: VALUE[key])  # nothing is better than that: most ticks need not be held against anything
    query = query.where(settled.counted(ids), Answer.id.not_in(settled.withdrawn(ids)), Answer.result != best)
    query = query.where(SelfAnswer.result.in_(tuple(VALUE)), worth[0] > worth[1])
    found: Any = session.execute(query.group_by(Answer.inspection_id)).all()
    return dict(found)


def _findings(session: Session, ids: Any) -> dict[int, tuple[int, int, int]]:
    """Inspection → findings that stand, those not put right, those past their day."""
    sums = [func.sum(case((condition, 1), else_=0)) for condition in (finding_marks.to_fix(), finding_marks.overdue())]
    query = select(Finding.inspection_id, func.count(Finding.id), *sums).where(Finding.inspection_id.in_(ids), Finding.state != "withdrawn")
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query.group_by(Finding.inspection_id))}


def _items(session: Session, ids: Any) -> list[ItemResult]:
    """The items failed most often, the worst first. Counted by their numbers alone: words are read of the few that are told."""
    gone = settled.withdrawn(ids)
    failed, partly = (func.sum(case((and_(Answer.result == key, Answer.id.not_in(gone)), 1), else_=0)) for key in ("fail", "partly"))
    counts = select(Answer.item_id, failed.label("failed"), partly.label("partly"), func.count(Answer.id).label("counted")).where(
        settled.counted(ids)).group_by(Answer.item_id).having(failed > 0).subquery()
    query = select(ChecklistItem.code, ChecklistItem.text, ChecklistItem.critical, counts.c.failed, counts.c.partly, counts.c.counted)
    query = query.join(counts, counts.c.item_id == ChecklistItem.id).order_by(counts.c.failed.desc(), ChecklistItem.code).limit(MOST_ITEMS)
    return [ItemResult(*row) for row in session.execute(query)]


def _sections(session: Session, campaign: Campaign) -> Sequence[Any]:
    """Id, code and name of each, in the order of the checklist."""
    query = select(ChecklistSection.id, ChecklistSection.code, ChecklistSection.name).where(ChecklistSection.template_id == campaign.template_id)
    return session.execute(query.order_by(ChecklistSection.position, ChecklistSection.id)).all()
