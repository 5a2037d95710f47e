"""What the letter on an inspection says: of a draft as things stand, of an issued one as they stood when it was sent.

A letter with a number is a document: what was sent stays what was sent. At issue its words are kept with the opinion (``Opinion.sent``, as JSON) but
for what the opinion says itself (number, day, score, grade, receipt). Objections and the summary name people at times, so that the kept words are shown
under the masks of the fields that they come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.models.inspection import Finding, FindingStep, Inspection
from app.models.org import Area, School
from app.services import clock, masks, scope
from app.services.findings import DECISIONS
from app.services.table import names_anywhere


@dataclass(frozen=True)
class Line:
    """A finding as the letter names it; ``code`` of its item, ``level`` a key of codes.FINDING_LEVEL."""

    finding_id: int
    code: str
    what: str
    level: str
    due_on: date
    repeated: bool


@dataclass(frozen=True)
class Objection:
    """What a school objected to, why, and what came of it; ``decision`` (a key of codes.FINDING_STEP) is None while the county has not decided."""

    code: str
    what: str
    asked: str
    decision: str | None
    why: str


@dataclass(frozen=True)
class Words:
    """What the letter says beside number, days, score and grade. ``name``: of the inspection; ``first_score``: what that was submitted with."""

    office: str
    school: str
    name: str
    seen_on: date | None
    first_score: float | None
    summary: str
    lines: Sequence[Line]  # without what was withdrawn
    objections: Sequence[Objection]


def words(session: Session, inspection: Inspection, found: Sequence[Finding], office: int) -> Words:
    """What the letter on an inspection would say now. ``found``: its findings; ``office``: id of the area that sends it."""
    seen = inspection.submitted_at
    return Words(names_anywhere(session, Area, {office}).get(office, ""), session.get_one(School, inspection.school_id).name, inspection.name,
                 clock.local(seen).date() if seen else None, inspection.score, inspection.summary or "",
                 [Line(one.id, _code(one), one.what, one.level, one.due_on, one.repeated) for one in found if one.state != "withdrawn"],
                 _objections(session, found))


def _code(finding: Finding) -> str:
    return finding.item.code if finding.item is not None else ""


def _objections(session: Session, found: Sequence[Finding]) -> list[Objection]:
    query = select(FindingStep).where(FindingStep.finding_id.in_([one.id for one in found]), FindingStep.kind.in_(("object", *DECISIONS)))
    steps: dict[int, dict[bool, FindingStep]] = {}
    for step in session.scalars(query.order_by(FindingStep.id)):
        steps.setdefault(step.finding_id, {})[step.kind == "object"] = step
    return [_objection(one, steps[one.id]) for one in found if True in steps.get(one.id, {})]


def _objection(finding: Finding, steps: Mapping[bool, FindingStep]) -> Objection:
    said = steps.get(False)
    return Objection(_code(finding), finding.what, steps[True].text or "", said.kind if said else None, (said.text or "") if said else "")


def kept(told: Words) -> dict[str, Any]:
    """The words as JSON keeps them, days as ISO 8601; ``sent`` is the way back."""
    plain = asdict(told)
    plain["seen_on"] = told.seen_on.isoformat() if told.seen_on else None
    for line in plain["lines"]:
        line["due_on"] = line["due_on"].isoformat()
    return plain


def sent(plain: Mapping[str, Any]) -> Words:
    """The words of a letter as they were kept when it was issued."""
    lines = [Line(**{**line, "due_on": date.fromisoformat(line["due_on"])}) for line in plain["lines"]]
    seen = date.fromisoformat(plain["seen_on"]) if plain["seen_on"] else None
    return Words(**{**plain, "seen_on": seen, "lines": lines, "objections": [Objection(**one) for one in plain["objections"]]})


def shown(session: Session, told: Words) -> Words:
    """The words as who asks may read them."""
    who = scope.asker(session)
    steps = told.objections if who.may("read", FindingStep) else ()
    text = _depth(who, FindingStep, "text")
    return replace(told, summary=masks.cover(told.summary, _depth(who, Inspection, "summary")), objections=[
        replace(one, asked=masks.cover(one.asked, text), why=masks.cover(one.why, text)) for one in steps])


def _depth(who: scope.Asker, model: type[Entity], key: str) -> str:
    return masks.level(who, model, fields_of(model)[key])

