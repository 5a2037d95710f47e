"""An inspection on the spot: the sheet, each tick saved at once (ticks.py), and the submission."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models.inspection import Answer, Inspection
from app.models.rules import RuleError
from app.models.words import _
from app.services import clock, findings, opinion, records, ticks
from app.services.inspection_report import Report, report
from app.services.inspection_rules import hold_open, still_open
from app.services.inspection_sheet import Line, Sheet, open_sheet, with_evidence
from app.services.scoring import next_visit, rules_of
from app.services.team_rules import hold_unrelated
from app.services.ticks import AnswerTaken, Ticks, against, answer_to, speaks_against

__all__ = ["AnswerTaken", "Sheet", "Unanswered", "against", "answer_to", "clear_answer", "open_sheet", "report",
           "save_answer", "speaks_against", "still_open", "submit", "with_evidence"]


class Unanswered(records.Refused):
    """Items that apply and have no tick yet; ``codes`` in the order of the checklist."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__({"": RuleError(_("还有 %(count)s 条没有填写：%(codes)s"), count=len(codes), codes=codes)})
        self.codes = codes


def save_answer(session: Session, inspection: Inspection, item_code: str, *, result: str, remark: str | None = None,
                reason: str | None = None, seen_version: int | None = None) -> Answer:
    """Save one tick; the caller commits. See Ticks.save."""
    return Ticks(session, inspection, [item_code]).save(item_code, result=result, remark=remark, reason=reason, seen_version=seen_version)


def clear_answer(session: Session, inspection: Inspection, item_code: str, seen_version: int | None = None) -> Answer | None:
    """Take a tick back; None when there was none."""
    return Ticks(session, inspection, [item_code]).clear(item_code, seen_version)


def submit(session: Session, inspection: Inspection, summary: str | None = None) -> Report:
    """End an inspection: items that do not apply and have no tick become na, failures open findings, the score is kept, the school gets the draft opinion.

    Raises Unanswered, records.Refused when it was submitted already, records.Forbidden.
    """
    hold_open(session, inspection, alone=True)
    hold_unrelated(session, {inspection.school_id})
    sheet = open_sheet(session, inspection, live=())
    if sheet.missing:
        raise Unanswered(sheet.missing)
    if not any(line.applies or line.answered for part in sheet.parts for line in part.lines):
        raise records.Refused({"": RuleError(_("清单里没有一条适用于这所学校，不能提交；请换一份清单"))})
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
        ticks.add(session, inspection, line.item, values, own)
    else:
        records.edit(session, line.answer, values, own=own)
