"""The sheet of an inspection: sections with progress, items, ticks and the live evidence beside them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.models.campaign import SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Inspection
from app.models.org import School
from app.services import checklist, clock, evidence
from app.services.conditions import applies, asked
from app.services.evidence import Evidence


@dataclass(frozen=True)
class Line:
    """One item on the sheet. ``evidence`` is live; None where there is none or it was not asked for. ``own``: what the school said of itself.

    ``applies``: the school is asked it, or it is ticked already: what was seen on the spot stays, whatever the school says of itself since.
    """

    item: ChecklistItem
    applies: bool
    answer: Answer | None = None
    own: SelfAnswer | None = None
    evidence: Evidence | None = None

    @property
    def tick(self) -> Answer | SelfAnswer | None:
        """The tick that counts on this sheet."""
        return self.answer

    @property
    def result(self) -> str:
        """What was ticked, "" for nothing."""
        return (self.tick.result or "") if self.tick is not None else ""

    @property
    def answered(self) -> bool:
        return bool(self.result)


@dataclass(frozen=True)
class OwnLine(Line):
    """One item of a school's own check: what counts is what the school said."""

    @property
    def tick(self) -> SelfAnswer | None:
        return self.own


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
    """All of an inspection as an inspector sees it, or (of ``OwnLine``) of a school's own check."""

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
    def fails(self) -> int:
        return sum(line.result == "fail" for part in self.parts for line in part.lines)

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
    (sections, items), said = checklist.outline(session, inspection.template_id), said_of(session, inspection)
    lines = [_line(item, school, *said.get(item.id, (None, None))) for item in items]
    parts = [Part(one, [line for line in lines if line.item.section_id == one.id]) for one in sections]
    shown = {part.section.id for part in parts if live is None or part.section.code in live}
    return with_evidence(session, Sheet(inspection, school, parts), [item.code for item in items if item.section_id in shown])


def _line(item: ChecklistItem, school: School, answer: Answer | None, own: SelfAnswer | None) -> Line:
    return Line(item, applies(item, school) or ticked(answer), answer, own)


def ticked(answer: Answer | None) -> bool:
    """Whether a tick stands: there is one, and it was not taken back."""
    return answer is not None and answer.result is not None


def with_evidence(session: Session, sheet: Sheet, codes: Collection[str]) -> Sheet:
    """The same sheet with live evidence beside the items of these codes; none once it is submitted."""
    wanted = [line.item for part in sheet.parts for line in part.lines if line.applies and line.item.code in codes]
    if not wanted or sheet.inspection.state == "submitted":
        return sheet
    figures = evidence.assess(session, sheet.school, wanted, clock.today())
    return replace(sheet, parts=[replace(part, lines=[replace(line, evidence=figures.get(line.item.code)) for line in part.lines])
                                 for part in sheet.parts])


def said_of(session: Session, inspection: Inspection) -> dict[int, tuple[Answer | None, SelfAnswer | None]]:
    """Item id → the inspector's tick and the school's own, where there is one."""
    query = select(ChecklistItem.id, Answer, SelfAnswer).where(or_(Answer.id.is_not(None), SelfAnswer.id.is_not(None)))
    for model in (Answer, SelfAnswer):
        query = query.outerjoin(model, (model.item_id == ChecklistItem.id) & (model.inspection_id == inspection.id))
    return {item_id: (answer, own) for item_id, answer, own in session.execute(query)}


@dataclass(frozen=True)
class Progress:
    """How far an inspection is: section code → (ticked, asked), and how many items failed."""

    sections: dict[str, tuple[int, int]]
    fails: int

    @property
    def answered(self) -> int:
        return sum(answered for answered, _total in self.sections.values())

    @property
    def total(self) -> int:
        return sum(total for _answered, total in self.sections.values())


def progress(session: Session, inspection: Inspection) -> Progress:
    """The same as on the sheet, from one statement and no item."""
    school, sections, fails = session.get_one(School, inspection.school_id), dict[str, tuple[int, int]](), 0
    for code, condition, result, count in session.execute(_counted(), {"template": inspection.template_id, "inspection": inspection.id}):
        answered, total = sections.get(code, (0, 0))
        sections[code] = answered + (count if result else 0), total + (count if result or asked(condition, school) else 0)
        fails += count if result == "fail" else 0
    return Progress(sections, fails)


@cache
def _counted() -> Any:
    """How many items of a section are asked on a condition and have a result."""
    query = select(ChecklistSection.code, ChecklistItem.applies_when, Answer.result, func.count(ChecklistItem.id))
    query = query.outerjoin(ChecklistItem, ChecklistItem.section_id == ChecklistSection.id)
    query = query.outerjoin(Answer, (Answer.item_id == ChecklistItem.id) & (Answer.inspection_id == bindparam("inspection")))
    return query.where(ChecklistSection.template_id == bindparam("template")).group_by(ChecklistSection.code, ChecklistItem.applies_when, Answer.result)
