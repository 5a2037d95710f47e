"""An inspection as it is read afterwards: for the printed report and the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models.campaign import SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Finding, Inspection
from app.models.org import School
from app.services import checklist, scoring
from app.services.conditions import applies
from app.services.inspection_sheet import said_of
from app.services.scoring import Tick


@dataclass(frozen=True)
class ReportLine:
    """One item and what was ticked. ``own``: the school's own tick.

    ``result`` is na where nothing was ticked and the item does not apply, None where it applies and nothing was ticked.
    """

    item: ChecklistItem
    answer: Answer | None
    result: str | None
    own: SelfAnswer | None = None

    @property
    def frozen(self) -> dict[str, Any] | None:
        """The evidence as it stood at the tick, see ``ticks.freeze``."""
        return self.answer.frozen if self.answer is not None else None

    @property
    def tick(self) -> Tick:
        return Tick(self.result, self.item.weight, self.item.critical)


@dataclass(frozen=True)
class ReportPart:
    """A section: its score (0–100 or None), how often each result was given, its lines."""

    section: ChecklistSection
    score: float | None
    counts: dict[str, int]
    lines: list[ReportLine]


@dataclass(frozen=True)
class Report:
    """All of an inspection. ``grade`` is a key of ``scoring.GRADE``, ``counts`` are of all sections."""

    inspection: Inspection
    school: School
    parts: list[ReportPart]
    findings: Sequence[Finding]
    score: float | None
    grade: str | None
    counts: dict[str, int]
    red_lines: list[str]  # codes of failed red lines


def report(session: Session, inspection: Inspection) -> Report:
    """The report of an inspection that was found in scope, submitted or not."""
    school = session.get_one(School, inspection.school_id)
    said = said_of(session, inspection)
    sections, items = checklist.outline(session, inspection.template_id)
    lines = [_line(item, *said.get(item.id, (None, None)), inspection, school) for item in items]
    ticks = [line.tick for line in lines]
    parts = [_part(section, [line for line in lines if line.item.section_id == section.id]) for section in sections]
    points, rules = scoring.score(ticks), scoring.rules_of(inspection.template)
    return Report(inspection, school, parts, findings_of(session, inspection), points, scoring.grade(points, ticks, rules),
                  scoring.counts(ticks), [line.item.code for line in lines if line.item.critical and line.result == "fail"])


def findings_of(session: Session, inspection: Inspection) -> Sequence[Finding]:
    """Findings that the inspection opened, the most pressing first."""
    query = select(Finding).where(Finding.inspection_id == inspection.id).options(selectinload(Finding.responsible))
    return session.scalars(query.order_by(Finding.due_on, Finding.id)).all()


def _line(item: ChecklistItem, answer: Answer | None, own: SelfAnswer | None, inspection: Inspection, school: School) -> ReportLine:
    """What was ticked or left out stays so, whatever the school has got or lost since."""
    result = answer.result if answer is not None else None
    if inspection.state != "submitted" and result is None and not applies(item, school):
        result = "na"
    return ReportLine(item, answer, result, own)


def _part(section: ChecklistSection, lines: list[ReportLine]) -> ReportPart:
    ticks = [line.tick for line in lines]
    return ReportPart(section, scoring.score(ticks), scoring.counts(ticks), lines)
