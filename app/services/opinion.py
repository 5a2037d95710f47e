"""The opinion on an inspection: a draft to the school, its days to object, the letter with its number, the receipt (督导条例 20, 21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.base import fields_of
from app.models.inspection import Finding, Inspection, Opinion
from app.models.org import Area, School
from app.models.rules import RuleError
from app.models.words import _
from app.services import clock, opinion_letter, records, scope, scoring, settled
from app.services.inspection_report import findings_of
from app.services.opinion_letter import Words


@dataclass(frozen=True)
class Letter:
    """What the letter says, as who asks may read it; words, score and grade are those of now while it is a draft.

    ``now``: the findings as they stand today, by id.
    """

    opinion: Opinion
    words: Words
    score: float | None
    grade: str | None
    now: Mapping[int, Finding]


def draft(session: Session, inspection: Inspection) -> Opinion:
    """The draft that a submitted inspection sends to its school; the caller commits."""
    due = clock.today() + timedelta(inspection.template.objection_days)
    return records.add(session, Opinion, {"school": inspection.school_id}, own={"inspection_id": inspection.id, "objection_due_on": due})


def of_inspection(session: Session, inspection: Inspection) -> Opinion | None:
    """The opinion on an inspection that was found in scope, for roles that read opinions."""
    if not scope.asker(session).may("read", Opinion):
        return None
    return session.scalars(select(Opinion).where(Opinion.inspection_id == inspection.id)).first()


def agree(session: Session, opinion: Opinion) -> None:
    """The school has nothing (more) to object to; the caller commits."""
    _only_in(session, opinion, "school", "draft", _("已经答复过，或意见书已经发出"))
    _hold_undecided(session, opinion)
    records.edit(session, opinion, {}, opinion.version, {"state": "agreed"})


def issue(session: Session, opinion: Opinion) -> None:
    """Send the letter out, with the next number of the county and year; the caller commits."""
    _only_in(session, opinion, "county", ("draft", "agreed"), _("意见书已经发出"))
    if opinion.state == "draft" and clock.today() <= opinion.objection_due_on:
        raise records.Refused({"": RuleError(_("申辩期到 %(day)s 为止，学校还没有答复，不能发出"), day=opinion.objection_due_on.isoformat())})
    _hold_undecided(session, opinion)
    inspection = session.get_one(Inspection, opinion.inspection_id)
    now = settled.of_one(session, inspection)
    _set_next_visit(session, inspection, now.grade)
    year, office = clock.today().year, _office(session, opinion.school_id)
    sent = opinion_letter.kept(opinion_letter.words(session, inspection, findings_of(session, inspection), office))
    own = {"state": "issued", "issued_on": clock.today(), "score": now.score, "grade": now.grade, "office_id": office, "year": year,
           "serial": _next_serial(session, office, year), "sent": sent}
    records.edit(session, opinion, {}, opinion.version, own)


def _set_next_visit(session: Session, inspection: Inspection, grade: str | None) -> None:
    """The letter's grade says when the school is due again; score and grade of the inspection stay what the inspector found."""
    if grade is not None and inspection.submitted_at is not None:
        day = scoring.next_visit(grade, clock.local(inspection.submitted_at).date(), scoring.rules_of(inspection.template))
        records.edit(session, inspection, {}, own={"next_due_on": day})


def sign(session: Session, opinion: Opinion, name: str) -> None:
    """The school's receipt, by the name of who takes the letter; the caller commits."""
    _only_in(session, opinion, "school", "issued", _("意见书还没有发出，或已经签收"))
    told = records.check_value(fields_of(Opinion)["signed_by"], name)
    if not told:
        raise records.Refused({"reason": RuleError(_("请填写签收人姓名"))})
    records.edit(session, opinion, {}, opinion.version, {"state": "signed", "signed_at": clock.now(), "signed_by": told})


def _only_in(session: Session, opinion: Opinion, role: str, states: str | tuple[str, ...], message: str) -> None:
    """The opinion is read again and kept so until the transaction ends: an objection in this moment waits for it, or it for that."""
    if scope.asker(session).role != role:
        raise records.Forbidden("write Opinion")
    session.refresh(opinion, with_for_update={"key_share": True})
    if opinion.state not in ((states,) if isinstance(states, str) else states):
        raise records.Refused({"": RuleError(message)})


def _hold_undecided(session: Session, opinion: Opinion) -> None:
    query = select(func.count(Finding.id)).where(Finding.inspection_id == opinion.inspection_id, Finding.state == "objected")
    if count := session.scalar(query):
        raise records.Refused({"": RuleError(_("还有 %(count)s 个问题的申辩没有裁决"), count=count)})


def _office(session: Session, school_id: int) -> int:
    """Id of the county above a school; of the topmost area below which it hangs where none is a county."""
    own = select(Area.path).join(School, School.area_id == Area.id).where(School.id == school_id)
    with scope.everything(session):
        path: Any = session.scalar(own)
        above = session.scalars(select(Area).where(Area.code.in_(path.strip("/").split("/"))).order_by(Area.path)).all()
    return next((one.id for one in above if one.level == "county"), above[0].id)


def _next_serial(session: Session, office: int, year: int) -> int:
    """The number after the county's last of the year. The county's row is locked, so that of two at once the second counts the first."""
    with scope.everything(session), scope.trash(session):
        session.execute(select(Area.id).where(Area.id == office).with_for_update(key_share=True))  # what only points at the county goes on
        return (session.scalar(select(func.max(Opinion.serial)).where(Opinion.office_id == office, Opinion.year == year)) or 0) + 1


def letter(session: Session, opinion: Opinion) -> Letter:
    """What the letter of an opinion that was found in scope says: once it is issued, what it said on that day."""
    inspection = session.get_one(Inspection, opinion.inspection_id)
    found = findings_of(session, inspection)
    if opinion.sent is not None:
        told = opinion_letter.sent(opinion.sent)
    else:
        told = opinion_letter.words(session, inspection, found, _office(session, opinion.school_id))
    return Letter(opinion, opinion_letter.shown(session, told), *settled.said(session, inspection, opinion), {one.id: one for one in found})
