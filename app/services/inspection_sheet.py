"""The sheet of an inspection: sections with progress, items, ticks and the live evidence beside them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Inspection
from app.models.org import School
from app.services import checklist, clock, evidence
from app.services.conditions import applies
from app.services.evidence import Evidence


@dataclass(frozen=True)
class Line:
    """One item on the sheet. ``evidence`` is live; None where there is none or it was not asked for."""

    item: ChecklistItem
    applies: bool
    answer: Answer | None
    evidence: Evidence | None

    @property
    def answered(self) -> bool:
        return self.answer is not None and self.answer.result is not None


@dataclass(frozen=True)
class Part:
    """A section of the sheet with its progress."""

    section: ChecklistSection
    lines: list[Line]

    @property
    def total(self) -> int:
        return sum(line.applies for line in self.lines)

    @property
    def answered(self) -> int:
        return sum(line.applies and line.answered for line in self.lines)


@dataclass(frozen=True)
class Sheet:
    """All of an inspection as an inspector sees it."""

    inspection: Inspection
    school: School
    parts: list[Part]

    @property
    def total(self) -> int:
        return sum(part.total for part in self.parts)

    @property
    def answered(self) -> int:
        return sum(part.answered for part in self.parts)

    @property
    def missing(self) -> list[str]:
        """Codes of the items that apply and have no tick yet."""
        return [line.item.code for part in self.parts for line in part.lines if line.applies and not line.answered]


def open_sheet(session: Session, inspection: Inspection, live: Collection[str] | None = None) -> Sheet:
    """The sheet of an inspection that was found in scope.

    ``live``: codes of the sections whose evidence is computed (None: all). A submitted inspection has
    none: what counts is frozen with its ticks.
    """
    school = session.get_one(School, inspection.school_id)
    (sections, items), answers = checklist.outline(session, inspection.template_id), answers_of(session, inspection)
    lines = [Line(item, applies(item, school), answers.get(item.id), None) for item in items]
    parts = [Part(one, [line for line in lines if line.item.section_id == one.id]) for one in sections]
    shown = {part.section.id for part in parts if live is None or part.section.code in live}
    return with_evidence(session, Sheet(inspection, school, parts), [item.code for item in items if item.section_id in shown])


def with_evidence(session: Session, sheet: Sheet, codes: Collection[str]) -> Sheet:
    """The same sheet with live evidence beside the items of these codes; none once it is submitted."""
    wanted = [line.item for part in sheet.parts for line in part.lines if line.applies and line.item.code in codes]
    if not wanted or sheet.inspection.state == "submitted":
        return sheet
    figures = evidence.assess(session, sheet.school, wanted, clock.today())
    return replace(sheet, parts=[replace(part, lines=[replace(line, evidence=figures.get(line.item.code)) for line in part.lines])
                                 for part in sheet.parts])


def answers_of(session: Session, inspection: Inspection) -> dict[int, Answer]:
    """Item id → answer."""
    query = select(Answer).where(Answer.inspection_id == inspection.id)
    return {answer.item_id: answer for answer in session.scalars(query)}
