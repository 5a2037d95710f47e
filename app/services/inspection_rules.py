"""What of an inspection stands fast, and for whom; on the session, so that every way in obeys. Findings have a table of steps (findings.py)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.models.inspection import Answer, Inspection
from app.models.org import School
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope
from app.services.changed import before, changed

SUBMITTED = RuleError(_("检查已经提交，不能再改"))
FIXED_ONCE_BEGUN = ("school", "template")  # the ticks hang on them
ASKED_BY = ("type", "has_canteen", "has_bus", "has_boarders")  # conditions.py
SET_BY_THE_LETTER = "next_due_on"  # in no form; the grade that the letter says sets it (opinion.py)


def still_open(inspection: Inspection) -> None:
    """Raises records.Refused once it is submitted."""
    if inspection.state == "submitted":
        raise records.Refused({"": SUBMITTED})


def hold_open(session: Session, inspection: Inspection, *, alone: bool = False) -> None:
    """Read an inspection again and keep it so until the transaction ends; raises records.Refused once it is submitted.

    Ticks hold it together, a submission ``alone``: it waits for ticks that are being written, and they for it. A transaction that
    begins the inspection holds it alone from the start, or two first ticks would wait for each other. What only points at it goes on.
    On SQLite there is one writer at a time.
    """
    hold(session, inspection, alone=alone or inspection.state == "planned")
    still_open(inspection)


def hold(session: Session, inspection: Inspection, *, alone: bool = False) -> None:
    """Read an inspection again and keep it so until the transaction ends: together with others who keep it, or ``alone``."""
    session.refresh(inspection, with_for_update={"key_share": True} if alone else {"read": True})


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_args: Any) -> None:
    """Refuse a change of what is not the asker's, or not to be changed any more; Refused says which field."""
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, Inspection | School)]
    if not rows or (who := scope.asker(session)).unbound:
        return
    with session.no_autoflush:
        for row in rows:
            if errors := _of_inspection(session, who, row) if isinstance(row, Inspection) else _of_school(session, who, row):
                raise records.Refused(errors)


def _of_inspection(session: Session, who: scope.Asker, row: Inspection) -> dict[str, RuleError]:
    keys, state = changed(row), before(row, "state")
    if state == "submitted" and set(keys) - {SET_BY_THE_LETTER}:
        return {"": SUBMITTED}
    fixed = [key for key in FIXED_ONCE_BEGUN if key in keys]
    if fixed and (state == "open" or _ticked(session, row)):
        return {key: RuleError(_("检查已经开始，这一栏不能再改")) for key in fixed}
    if "inspector" in keys and who.role == "inspector" and row.inspector_id != who.member_id:
        return {"inspector": RuleError(_("换督导员请联系县级管理员"))}
    return {}


def _of_school(session: Session, who: scope.Asker, row: School) -> dict[str, RuleError]:
    """A school does not change what decides which items it is asked while somebody stands in its yard and ticks them."""
    keys = [key for key in ASKED_BY if who.role == "school" and key in changed(row)]
    if not keys or row.id is None or session.scalar(select(Inspection.id).where(Inspection.school_id == row.id, Inspection.state == "open").limit(1)) is None:
        return {}
    return {key: RuleError(_("正在督导检查，这一栏等检查提交后再改；有误请告诉督导员")) for key in keys}


def _ticked(session: Session, row: Inspection) -> bool:
    """Whether a planned inspection has answers all the same, taken back ones among them."""
    return row.id is not None and session.scalar(select(Answer.id).where(Answer.inspection_id == row.id).limit(1)) is not None
