"""A child goes to another school (转学) and its file with it: letters, talks, files, search keys.

The office above both schools moves it; what the old school's staff began for it ends with the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Date, Text, and_
from sqlalchemy.orm import Session

from app.models import rules
from app.models.base import INTERNAL, PERSONAL, Field, fields_of
from app.models.care import Pairing
from app.models.children import Child
from app.models.rules import RuleError
from app.models.words import _
from app.services import belonging, history, leaving, records

# What is asked: the two links of the child, and what only the history keeps.
FIELDS = {
    "school": replace(fields_of(Child)["school"], label=_("转入学校"), hint=_("到外县读书的，把档案状态改为“已转出”，那边的学校就能用同一个身份证号建档")),
    "school_class": replace(fields_of(Child)["school_class"], label=_("转入班级"), hint=_("转入学校的班级；还没有定就不填，由学校自己分班")),
    "moved_on": Field("moved_on", _("转学日期"), INTERNAL, type=Date(), rule=rules.not_in_future, required=True),
    "reason": Field("reason", _("转学原因"), PERSONAL, type=Text(), rule=rules.max_length(200), hint=_("例如 随父母到县城居住"), required=True),
}


def move(session: Session, child: Child, values: Mapping[str, Any], version: int | None = None) -> int:
    """Move a child that was found in scope; the caller commits. Returns how many pairings with staff of the old school ended.

    ``values`` by the keys of FIELDS, links as ids; the class may be empty. Raises records.Forbidden,
    records.Conflict, records.Refused with what is wrong by field; then the caller rolls back.
    """
    clean = _checked(session, child, values)
    place = {"school_id": clean["school"], "school_class_id": clean["school_class"]}
    notes = {"note.school": str(child.school), "note.day": clean["moved_on"].isoformat(), "note.reason": clean["reason"]}
    with history.told_as(session, "move"), history.noted(session, child, notes):
        records.edit(session, child, {}, version, own=place, verb="move")
        session.expire_all()  # the database took the file along, past the rows in memory
        return leaving.end(leaving.running(session, and_(Pairing.child_id == child.id, Pairing.staff_id.is_not(None))), clean["moved_on"])


def _checked(session: Session, child: Child, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by their rules; Refused names each wrong field. What else the file says is not asked again."""
    errors: dict[str, RuleError] = {}
    clean: dict[str, Any] = {}
    for key, one in FIELDS.items():
        try:
            clean[key] = records.check_value(one, values.get(key))
        except RuleError as wrong:
            errors[key] = wrong
    if clean.get("school") == child.school_id:
        errors["school"] = RuleError(_("儿童已经在这所学校"))
    if clean.get("moved_on") and clean["moved_on"] < child.birth_date:
        errors["moved_on"] = RuleError(_("不能早于出生日期"))
    errors = errors or belonging.strangers(session, Child, clean)
    if errors:
        raise records.Refused(errors)
    return clean
