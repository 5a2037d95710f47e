"""A school's own look at the checklist before the visit (自评, 督导条例 18), and what it is held against afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models.campaign import CampaignSchool, SelfAnswer
from app.models.inspection import ChecklistItem, Inspection
from app.models.org import School
from app.models.rules import RuleError
from app.models.words import _
from app.services import checklist, clock, records, scope
from app.services.conditions import applies
from app.services.inspection_marks import any_over, going
from app.services.inspection_rules import hold
from app.services.inspection_sheet import Line, OwnLine, Part, Sheet
from app.services.merging import FIELDS, TURNS, merge, said, said_of


class Taken(records.Conflict):
    """A colleague changed the same ``fields`` of the item to something else since it was read; ``answer`` is the tick as it stands, if there is one."""

    def __init__(self, answer: SelfAnswer | None, fields: Sequence[str]) -> None:
        super().__init__(answer.id if answer is not None else 0)
        self.answer, self.fields = answer, fields


class SelfCheck(NamedTuple):
    """A school's own sheet. ``shut``: why nothing can be written, as a message; nothing while it is open."""

    place: CampaignSchool
    sheet: Sheet
    shut: RuleError | None


def late() -> ColumnElement[bool]:
    """Schools whose day is past and whose self-check is not there."""
    return waiting() & (CampaignSchool.self_due_on < clock.today())


def waiting() -> ColumnElement[bool]:
    """Schools that were told and have not sent their self-check, of campaigns that go on."""
    return CampaignSchool.inspection_id.is_not(None) & CampaignSchool.self_submitted_at.is_(None) & going()


def find(session: Session, place_id: int) -> tuple[CampaignSchool, Inspection, School] | None:
    """A school's place in a campaign with its inspection, when it lies in scope and the notice is out."""
    query = select(CampaignSchool, Inspection, School).join(Inspection, Inspection.id == CampaignSchool.inspection_id).join(
        School, School.id == CampaignSchool.school_id)
    found = session.execute(query.where(CampaignSchool.id == place_id)).first() if 0 < place_id < 2**31 else None
    return (found[0], found[1], found[2]) if found else None


def opened(session: Session, place: CampaignSchool, inspection: Inspection, school: School) -> SelfCheck:
    """The sheet of a place that was ``find``-ed."""
    ticks = select(SelfAnswer).where(SelfAnswer.inspection_id == inspection.id).execution_options(populate_existing=True)
    own = {one.item_id: one for one in session.scalars(ticks)}
    sections, items = checklist.outline(session, inspection.template_id)
    lines: list[Line] = [OwnLine(item, applies(item, school), own=own.get(item.id)) for item in items]
    parts = [Part(one, [line for line in lines if line.item.section_id == one.id]) for one in sections]
    return SelfCheck(place, Sheet(inspection, school, parts), shut(session, place, inspection))


def shut(session: Session, place: CampaignSchool, inspection: Inspection) -> RuleError | None:
    """Why a school can no longer write, None while it can."""
    if place.self_submitted_at is not None:
        return RuleError(_("自查已经提交，不能再改"))
    if inspection.state != "planned":
        return RuleError(_("督导组已经开始检查，自查不能再填"))
    if place.self_due_on is None or place.self_due_on < clock.today():
        return RuleError(_("自查已经截止；需要延期请联系县级管理员"))
    return RuleError(_("这次督导行动已经结束，自查不能再填")) if session.scalar(any_over([inspection.id])) else None


def save(session: Session, place: CampaignSchool, inspection: Inspection, code: str, values: Mapping[str, str | None],
         base: Mapping[str, str | None] | None = None) -> SelfAnswer | None:
    """Save one tick, or (no result) take it back; the caller commits. Raises records.Refused, records.Forbidden, Taken.

    ``base``: result and remark that ``values`` were made from (None: there was no tick). What a colleague changed since, and these did not, stays.
    """
    _hold_open(session, place, inspection)
    item = checklist.item_for(session, inspection.template_id, code, session.get_one(School, inspection.school_id))
    start, mine = said(base or {}), said(values) if values.get("result") else said({})
    for _turn in range(TURNS):
        known = _tick(session, inspection, item)
        merged, clashes = merge(start, mine, said_of(known))
        if clashes:
            raise Taken(known, clashes)
        if merged == said_of(known):
            return known
        if (made := _written(session, inspection, item, known, merged)) is not None:
            return made
    raise Taken(known, [key for key in FIELDS if mine[key] != said_of(known)[key]])


def _tick(session: Session, inspection: Inspection, item: ChecklistItem) -> SelfAnswer | None:
    """The tick of an item as the database has it now."""
    query = select(SelfAnswer).where(SelfAnswer.inspection_id == inspection.id, SelfAnswer.item_id == item.id)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _written(session: Session, inspection: Inspection, item: ChecklistItem, known: SelfAnswer | None, said: Mapping[str, str]) -> SelfAnswer | None:
    """The tick as it is written; None where a colleague was quicker in this very moment: the database refuses the second."""
    values = {"result": said["result"] or None, "remark": said["remark"] or None}
    place, own = {"school": inspection.school_id, "inspection": inspection.id, "item": item.id}, {"answered_at": clock.now()}
    try:
        with session.begin_nested():
            if known is not None:
                return records.edit(session, known, values, known.version, own)
            return records.add(session, SelfAnswer, {**place, **values}, own=own)
    except records.Conflict:
        return None
    except records.Refused as refused:
        if "" not in refused.errors or known is not None or _tick(session, inspection, item) is None:
            raise
        return None


def submit(session: Session, check: SelfCheck) -> None:
    """Send a school's self-check; the caller commits. Refused while items are open or the day is past."""
    place, inspection = check.place, check.sheet.inspection
    _hold_open(session, place, inspection, alone=True)
    if not scope.asker(session).may("write", SelfAnswer):
        raise records.Forbidden("submit a self-check")
    if codes := opened(session, place, inspection, check.sheet.school).sheet.missing:
        raise records.Refused({"": RuleError(_("还有 %(count)s 条没有填"), count=len(codes))})
    # The row is the county's; a school's admin sends the self-check and changes nothing else of it.
    records.edit(session, place, {}, own={"self_submitted_at": clock.now()}, verb="read")


def _hold_open(session: Session, place: CampaignSchool, inspection: Inspection, *, alone: bool = False) -> None:
    """The inspection stays unbegun, and the self-check unsent, until the transaction ends; raises records.Refused where it is not so any more.

    Ticks hold the inspection together, the sending ``alone``, as the inspector's ticks and submission do (inspection_rules.py).
    """
    hold(session, inspection, alone=alone)
    session.refresh(place)
    if why := shut(session, place, inspection):
        raise records.Refused({"": why})


def differs(own: SelfAnswer | None, result: str | None) -> bool:
    """Whether a school and its inspector said different things of an item."""
    return own is not None and bool(own.result) and bool(result) and own.result != result
