"""What of an inspection and its findings stands fast, and for whom; on the session, so that every way in obeys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.models.inspection import Answer, Finding, Inspection
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope
from app.services.changed import before, changed

SAID_BY_SCHOOL = ("responsible", "state", "fixed_on", "fix")  # of a finding; the rest is the inspector's
STATES_OF_SCHOOL = ("open", "done")  # closing and extending is the inspector's
FIXED_ONCE_BEGUN = ("school", "template")  # the ticks hang on them


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_args: Any) -> None:
    """Refuse a change of what is not the asker's, or not to be changed any more; Refused says which field."""
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, Inspection | Finding)]
    if not rows or (who := scope.asker(session)).unbound:
        return
    with session.no_autoflush:
        for row in rows:
            errors = _of_inspection(session, who, row) if isinstance(row, Inspection) else _of_finding(who, row)
            if errors:
                raise records.Refused(errors)


def _of_inspection(session: Session, who: scope.Asker, row: Inspection) -> dict[str, RuleError]:
    keys, state = changed(row), before(row, "state")
    if state == "submitted" and keys:
        return {"": RuleError(_("检查已经提交，不能再改"))}
    fixed = [key for key in FIXED_ONCE_BEGUN if key in keys]
    if fixed and (state == "open" or _ticked(session, row)):
        return {key: RuleError(_("检查已经开始，这一栏不能再改")) for key in fixed}
    if "inspector" in keys and who.role == "inspector" and row.inspector_id != who.member_id:
        return {"inspector": RuleError(_("换督导员请联系县级管理员"))}
    return {}


def _ticked(session: Session, row: Inspection) -> bool:
    """Whether a planned inspection has answers all the same, taken back ones among them."""
    return row.id is not None and session.scalar(select(Answer.id).where(Answer.inspection_id == row.id).limit(1)) is not None


def _of_finding(who: scope.Asker, row: Finding) -> dict[str, RuleError]:
    """A school says what it did; what was found, how grave, until when and whether it is settled says who inspected."""
    if who.school_id is None:
        return {}
    keys = changed(row)
    errors = {key: RuleError(_("这一栏由检查方填写")) for key in keys if key not in SAID_BY_SCHOOL}
    if "state" in keys and (row.state not in STATES_OF_SCHOOL or before(row, "state") == "closed"):
        errors["state"] = RuleError(_("学校只能填待整改或已整改待复查"))
    return errors
