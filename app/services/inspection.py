"""An inspection on the spot: the sheet, each tick saved at once, and the submission.

Every tick is held against the school's own records as they stand at that moment, and these are
frozen with it. Writing goes through records, so that rules, scope, roles and history apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.org import School
from app.models.rules import RuleError
from app.models.words import _
from app.services import checklist, clock, evidence, findings, opinion, records
from app.services.evidence import Evidence
from app.services.inspection_report import Report, report
from app.services.inspection_rules import hold_open, still_open
from app.services.inspection_sheet import Line, Sheet, open_sheet, ticked, with_evidence
from app.services.scoring import next_visit, rules_of

__all__ = ["AnswerTaken", "Sheet", "Unanswered", "against", "answer_to", "clear_answer", "current_evidence", "freeze", "open_sheet", "report",
           "save_answer", "speaks_against", "still_open", "submit", "with_evidence"]
# What the records suggest → the results that need a reason beside it: all that are kinder ("na" takes the item out of the score), and "fail"
# beside "pass". Half a step stricter needs none: who is on the spot sees more than the records.
AGAINST: Mapping[str, Sequence[str]] = {"pass": ("fail",), "partly": ("pass", "na"), "fail": ("pass", "partly", "na")}


def against(suggestion: str | None) -> Sequence[str]:
    """The results that speak against what the records suggest; none where they suggest nothing."""
    return AGAINST.get(suggestion or "", ())


def speaks_against(suggestion: str | None, result: str | None) -> bool:
    """Whether a tick needs a reason beside what the records suggest."""
    return result in against(suggestion)


class AnswerTaken(records.Conflict):
    """Another inspector ticked the item since it was read; ``answer`` is that tick."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.id)
        self.answer = answer


class Unanswered(records.Refused):
    """Items that apply and have no tick yet; ``codes`` in the order of the checklist."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__({"": RuleError(_("还有 %(count)s 条没有填写：%(codes)s"), count=len(codes), codes=codes)})
        self.codes = codes


def save_answer(session: Session, inspection: Inspection, item_code: str, *, result: str, remark: str | None = None,
                reason: str | None = None, seen_version: int | None = None) -> Answer:
    """Save one tick; the caller commits. The same tick again is the same answer.

    ``seen_version``: version of the answer that the inspector looked at, None when there was none.
    Raises records.Refused (by field), records.Forbidden, AnswerTaken.
    """
    hold_open(session, inspection)
    school = session.get_one(School, inspection.school_id)
    item, known = _item_and_tick(session, inspection, item_code, school)
    values = _checked(result, remark, reason)
    if known is not None and _same(known, values):
        return known
    if known is not None and known.version != seen_version:
        raise AnswerTaken(known)
    made = current_evidence(session, school, item)
    if made is not None and speaks_against(made.suggestion, result) and not values["reason"]:
        raise records.Refused({"reason": RuleError(_("与学校记录不符，请写明理由"))})
    own = {"answered_at": clock.now(), "frozen": freeze(session, made)}
    if known is not None:
        answer = _update(session, known, values, own)
    else:
        answer = _insert(session, inspection, item, values, own)
    _begin(session, inspection)
    return answer


def current_evidence(session: Session, school: School, item: ChecklistItem) -> Evidence | None:
    """The figure beside an item as it stands now."""
    return evidence.assess(session, school, [item], clock.today()).get(item.code)


def freeze(session: Session, made: Evidence | None) -> dict[str, Any] | None:
    """An evidence as it is kept with a tick: JSON, the moment as ISO 8601 with its zone."""
    if made is None:
        return None
    plain = ("name", "label", "version", "value", "unit", "numerator", "denominator", "percent", "level", "suggestion")
    rows = made.rows
    return {**{key: getattr(made, key) for key in plain}, "text": made.sentence, "threshold": made.rule, "msgid": made.text,
            "params": dict(made.params), "at": made.asof.isoformat(), "entity": rows.entity if rows else None,
            "row_ids": evidence.ids_of(session, made), "rows": rows.total if rows else 0}


def clear_answer(session: Session, inspection: Inspection, item_code: str, seen_version: int | None = None) -> Answer | None:
    """Take a tick back; None when there was none."""
    hold_open(session, inspection)
    known = _item_and_tick(session, inspection, item_code, session.get_one(School, inspection.school_id))[1]
    if known is None or known.result is None:
        return known
    if known.version != seen_version:
        raise AnswerTaken(known)
    empty = {"result": None, "remark": None, "reason": None}
    return _update(session, known, empty, {"answered_at": clock.now(), "frozen": None})


def submit(session: Session, inspection: Inspection, summary: str | None = None) -> Report:
    """End an inspection: items that do not apply and have no tick become na, failures open findings, the score is kept, the school gets the draft opinion.

    Raises Unanswered, records.Refused when it was submitted already, records.Forbidden.
    """
    hold_open(session, inspection, alone=True)
    sheet = open_sheet(session, inspection, live=())
    if sheet.missing:
        raise Unanswered(sheet.missing)
    rules = rules_of(inspection.template)
    for line in (line for part in sheet.parts for line in part.lines):
        if not line.answered:
            _leave_out(session, inspection, line)
        elif line.result == "fail":
            findings.open_from(session, inspection, line.item, rules.days_to_fix)
    told = report(session, inspection)
    own = {"state": "submitted", "submitted_at": clock.now(), "score": told.score, "grade": told.grade,
           "next_due_on": next_visit(told.grade, clock.today(), rules)}
    records.edit(session, inspection, {"summary": summary} if summary else {}, own=own)
    opinion.draft(session, inspection)
    return report(session, inspection)


def _leave_out(session: Session, inspection: Inspection, line: Line) -> None:
    values, own = {"result": "na", "remark": None, "reason": None}, {"answered_at": clock.now(), "frozen": None}
    if line.answer is None:
        _add(session, inspection, line.item, values, own)
    else:
        records.edit(session, line.answer, values, own=own)


def _checked(result: str, remark: str | None, reason: str | None) -> dict[str, Any]:
    """The tick with the rules of its fields applied."""
    fields = records.editable(Answer)
    given = {"result": result, "remark": remark, "reason": reason}
    if not result:
        raise records.Refused({"result": RuleError(_("请选择结果"))})
    checked, errors = {}, {}
    for key, value in given.items():
        try:
            checked[key] = records.check_value(fields[key], value)
        except RuleError as wrong:
            errors[key] = wrong
    if errors:
        raise records.Refused(errors)
    return checked


def _same(answer: Answer, values: Mapping[str, Any]) -> bool:
    return all(getattr(answer, key) == value for key, value in values.items())


def _item_and_tick(session: Session, inspection: Inspection, code: str, school: School) -> tuple[ChecklistItem, Answer | None]:
    """The item by its code and its tick so far. What is ticked can be corrected, also where the school is asked it no more; else Refused."""
    known = answer_to(session, inspection, code)
    if known is not None and ticked(known):
        return session.get_one(ChecklistItem, known.item_id), known
    return checklist.item_for(session, inspection.template_id, code, school), known


def _answer(session: Session, inspection: Inspection, item: ChecklistItem) -> Answer | None:
    return session.scalars(select(Answer).where(Answer.inspection_id == inspection.id, Answer.item_id == item.id)).first()


def answer_to(session: Session, inspection: Inspection, code: str) -> Answer | None:
    """The tick of an item of the checklist, by its code; None where there is none yet."""
    query = select(Answer).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
    return session.scalars(query.where(Answer.inspection_id == inspection.id, ChecklistItem.code == code)).first()


def _insert(session: Session, inspection: Inspection, item: ChecklistItem, values: dict[str, Any], own: dict[str, Any]) -> Answer:
    """A first tick; when another was quicker, the database refuses the second and that one is told."""
    try:
        with session.begin_nested():
            return _add(session, inspection, item, values, own)
    except records.Refused as refused:
        other = _answer(session, inspection, item) if "" in refused.errors else None
        if other is None:
            raise
        if _same(other, values):
            return other
        raise AnswerTaken(other) from refused


def _update(session: Session, known: Answer, values: dict[str, Any], own: dict[str, Any]) -> Answer:
    """A tick changed; when another was quicker in this very moment, that one is told."""
    try:
        with session.begin_nested():
            return records.edit(session, known, values, known.version, own)
    except records.Conflict as late:
        session.refresh(known)
        raise AnswerTaken(known) from late


def _add(session: Session, inspection: Inspection, item: ChecklistItem, values: dict[str, Any], own: dict[str, Any]) -> Answer:
    place = {"school": inspection.school_id, "inspection": inspection.id, "item": item.id}
    return records.add(session, Answer, {**place, **values}, own=own)


def _begin(session: Session, inspection: Inspection) -> None:
    """The first tick begins the inspection; of two first ones it matters not whose."""
    if inspection.state != "planned":
        return
    try:
        with session.begin_nested():
            records.edit(session, inspection, {}, own={"state": "open"})
    except records.Conflict:
        session.refresh(inspection)
