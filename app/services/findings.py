"""The way of a finding from its opening to its closing: one table says which step leads where, and who takes it.

教育督导条例 20 (draft and objection), 21 (a time limit), 22 (check that it was put right). A step is written down once, with its reason;
the finding keeps where it stands. Clocks are those of the checklist's version, in days; "today" is the day in Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import codes
from app.models.base import fields_of
from app.models.inspection import Answer, ChecklistItem, ChecklistTemplate, Finding, FindingStep, Inspection, Opinion
from app.models.rules import RuleError
from app.models.words import _
from app.services import attachments, clock, records, scope, scoring
from app.services.checklist_family import code_behind
from app.services.finding_marks import PRESSING
from app.services.team_rules import steps_aside

LONGEST = 200  # characters that Finding.what holds
SCHOOL, COUNTY, VISITED = ("school",), ("county",), ("inspector", "county")


class Step(NamedTuple):
    """Who takes it, from which state to which, what it is told with (fields of FindingStep), which of these must be filled, and whether
    photos or papers go with it."""

    who: tuple[str, ...]
    to: Mapping[str, str]
    asks: tuple[str, ...] = ("text",)
    must: tuple[str, ...] = ("text",)
    proved: bool = False


STEPS: dict[str, Step] = {
    "object": Step(SCHOOL, {"open": "objected"}),
    "uphold": Step(COUNTY, {"objected": "open"}),
    "change": Step(COUNTY, {"objected": "open"}, ("level", "day", "text"), ("level", "day", "text")),
    "withdraw": Step(COUNTY, {"objected": "withdrawn"}),
    "fix": Step(SCHOOL, dict.fromkeys(PRESSING, "done"), ("day", "text"), ("day", "text"), proved=True),
    "ask": Step(SCHOOL, dict.fromkeys(("open", "extended"), "asked"), ("day", "text"), ("day", "text")),
    "grant": Step(COUNTY, {"asked": "extended"}, ("day", "text"), ("day",)),
    "deny": Step(COUNTY, {"asked": "open"}),
    "close": Step(VISITED, {"done": "closed"}, ("way", "text"), ("way",)),
    "back": Step(VISITED, {"done": "open"}, ("way", "day", "text"), ("way", "day", "text")),
    "escalate": Step(VISITED, {state: state for state in PRESSING}),
    "reopen": Step(COUNTY, {"closed": "open"}, ("day", "text"), ("day", "text")),
}
DECISIONS = ("uphold", "change", "withdraw")  # what the county says to an objection
RENEWING = ("change", "back", "reopen")  # the county or the inspector names a new day to put it right by
ANSWERS = (*DECISIONS, "grant", "deny")  # and to whatever a school asked for


def open_from(session: Session, inspection: Inspection, item: ChecklistItem, days: Mapping[str, int]) -> Finding:
    """What a failed item opens, to be put right within ``days`` of its level; said to be repeated where the school had it before."""
    level = "critical" if item.critical else "general"
    what = item.text.replace("\n", " ")
    due = clock.today() + timedelta(days[level])
    own = {"inspection_id": inspection.id, "item_id": item.id, "what": what if len(what) <= LONGEST else what[: LONGEST - 1] + "…", "level": level,
           "due_on": due, "escalates_on": due + timedelta(inspection.template.escalate_days), "repeated": _had_before(session, inspection, item.code)}
    return records.add(session, Finding, {"school": inspection.school_id}, own=own)


def _had_before(session: Session, inspection: Inspection, code: str) -> bool:
    query = select(Finding.id).join(ChecklistItem, ChecklistItem.id == Finding.item_id).where(
        Finding.school_id == inspection.school_id, Finding.inspection_id != inspection.id, ChecklistItem.code == code, Finding.state != "withdrawn",
        code_behind(Finding) == inspection.template.code)
    return session.scalar(query.limit(1)) is not None


class Around(NamedTuple):
    """What stands round a finding: its inspection, the opinion on that, the tick that opened it, the steps so far, the first first.

    Who shows the tick or the opinion asks first whether the role may read such rows; steps are there for roles that may.
    """

    inspection: Inspection
    opinion: Opinion | None
    answer: Answer | None
    steps: Sequence[FindingStep]


def around(session: Session, finding: Finding) -> Around:
    """All of it in two statements."""
    query = select(Inspection, Opinion, Answer).outerjoin(Opinion, Opinion.inspection_id == Inspection.id).outerjoin(
        Answer, and_(Answer.inspection_id == Inspection.id, Answer.item_id == finding.item_id)).where(Inspection.id == finding.inspection_id)
    inspection, opinion, answer = session.execute(query).one()
    steps: Sequence[FindingStep] = ()
    if scope.asker(session).may("read", FindingStep):
        steps = session.scalars(select(FindingStep).where(FindingStep.finding_id == finding.id).order_by(FindingStep.id)).all()
    return Around(inspection, opinion, answer, steps)


def offered(session: Session, finding: Finding, known: Around) -> list[str]:
    """The steps that the asker may take now; none for an inspector who is related to the school."""
    found = [kind for kind in STEPS if may_take(session, known, kind) and refusal(finding, kind, known) is None]
    return [] if found and steps_aside(session, finding.school_id) else found


def may_take(session: Session, known: Around, kind: str) -> bool:
    """Whether the step is the asker's at all: by role, an inspector's for the own inspections only."""
    who = scope.asker(session)
    if who.role not in STEPS[kind].who or not who.may("write", Finding):
        return False
    return who.role != "inspector" or known.inspection.inspector_id == who.member_id


def refusal(finding: Finding, kind: str, known: Around) -> RuleError | None:
    """Why the step cannot be taken as things stand; None where it can."""
    if finding.state not in STEPS[kind].to:
        return RuleError(_("这个问题现在是“%(state)s”，不能%(step)s"), state=codes.FINDING_STATE[finding.state], step=codes.FINDING_STEP[kind])
    return _too_late(known) if kind == "object" else None


def _too_late(known: Around) -> RuleError | None:
    """An objection is made once, to a draft, within its days: on the last of them still."""
    opinion = known.opinion
    if opinion is None or opinion.state != "draft":
        return RuleError(_("学校已经答复无异议，或意见书已经发出，不能再申辩"))
    if clock.today() > opinion.objection_due_on:
        return RuleError(_("申辩期到 %(day)s 为止，已经过了"), day=opinion.objection_due_on.isoformat())
    if any(one.kind == "object" for one in known.steps):
        return RuleError(_("这个问题已经申辩过，不能再申辩"))
    return None


def take(session: Session, finding: Finding, kind: str, values: Mapping[str, Any], version: int | None = None, token: str | None = None) -> FindingStep:
    """Take a step on a finding that was found in scope; the caller commits. A used token gives back the step it made.

    ``values``: fields of FindingStep. Raises records.Forbidden, records.Refused by field, records.Conflict.
    """
    known = around(session, finding)
    if not may_take(session, known, kind):
        raise records.Forbidden(f"{kind} Finding")
    if token and (made := records.made_by(session, FindingStep, token)):
        return made
    if kind == "object" and known.opinion is not None:  # a letter that goes out in this moment waits for the objection, or this for the letter
        session.refresh(known.opinion, with_for_update={"read": True})
    if problem := refusal(finding, kind, known):
        raise records.Refused({"": problem})
    said = _checked(session, finding, kind, values, known)
    own = {"state": STEPS[kind].to[finding.state], **_effect(finding, known.inspection.template, kind, said)}
    records.edit(session, finding, {}, version, own)
    told = {"finding_id": finding.id, "kind": kind, "member_id": scope.asker(session).member_id, "at": clock.now()}
    return records.add(session, FindingStep, {"school": finding.school_id, **said}, token, told)


def _checked(session: Session, finding: Finding, kind: str, values: Mapping[str, Any], known: Around) -> dict[str, Any]:
    """What is said with the step, by the rules of its fields and of its kind."""
    step, fields = STEPS[kind], fields_of(FindingStep)
    said, errors = {}, {}
    for key in step.asks:
        try:
            said[key] = records.check_value(fields[key], values.get(key))
            if said[key] is None and key in step.must:
                raise RuleError(_("请填写%(label)s"), label=label_of(kind, key))
        except RuleError as wrong:
            errors[key] = wrong
    if "day" in said and "day" not in errors and (wrong_day := _wrong_day(finding, kind, said["day"], known.inspection)):
        errors["day"] = wrong_day
    if step.proved and not errors and (unproved := _unproved(session, finding, known)):
        errors["files"] = unproved
    if errors:
        raise records.Refused(errors)
    return said


def _unproved(session: Session, finding: Finding, known: Around) -> RuleError | None:
    """A report rests on a file; one after a refusal on a file that is newer than that, for the older ones were found wanting."""
    files = attachments.of_row(session, finding)
    refused = max((one.at for one in known.steps if one.kind in ("back", "reopen")), default=None)
    if refused is not None and all(one.created_at <= refused for one in files):
        return RuleError(_("退回或重新整改之后，请附上新的照片或材料"))
    return None if files else RuleError(_("请附上整改后的照片或材料"))


def label_of(kind: str, key: str) -> str:
    """What a field of a step is called on its form."""
    return _LABELS.get((kind, key)) or fields_of(FindingStep)[key].label


_LABELS = {("object", "text"): _("申辩理由"), ("uphold", "text"): _("裁决理由"), ("change", "text"): _("裁决理由"), ("withdraw", "text"): _("裁决理由"),
           **{(kind, "day"): _("新的整改期限") for kind in RENEWING}, ("fix", "text"): _("整改措施"), ("fix", "day"): _("整改日期"),
           ("ask", "text"): _("延期原因"),
           ("ask", "day"): _("申请延到"), ("grant", "day"): _("批准延到"), ("deny", "text"): _("不批准的理由"), ("back", "text"): _("退回的理由"),
           ("close", "text"): _("复查情况"), ("escalate", "text"): _("督办的理由"), ("reopen", "text"): _("重新整改的理由")}


def latest(finding: Finding, inspection: Inspection) -> date:
    """The last day that an extension may go to: so many days after the day that counts now, or after today where that is past."""
    return max(finding.due_on, clock.today()) + timedelta(inspection.template.extend_days)


def _wrong_day(finding: Finding, kind: str, day: date, inspection: Inspection) -> RuleError | None:
    today, last = clock.today(), latest(finding, inspection)
    if kind == "fix":
        found = inspection.submitted_at
        if day > today or (found is not None and day < clock.local(found).date()):
            return RuleError(_("整改日期应在检查提交之后，不晚于今天"))
    elif kind in RENEWING:
        return RuleError(_("新的整改期限不能早于今天")) if day < today else None
    elif not finding.due_on < day <= last or day < today:
        return RuleError(_("应晚于现在的期限 %(due)s，不早于今天，最迟 %(last)s"), due=finding.due_on.isoformat(), last=last.isoformat())
    return None


def _effect(finding: Finding, clocks: ChecklistTemplate, kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the finding that a step sets beside the state."""
    if kind == "fix":
        return {"fixed_on": said["day"], "fix": said["text"], "recheck_by": clock.today() + timedelta(clocks.recheck_days)}
    if kind == "uphold":  # the days that the county took to decide are not the school's
        return _due(clocks, renewed(finding, clocks))
    if kind in ("change", "grant"):
        return {**({"level": said["level"]} if kind == "change" else {}), **_due(clocks, said["day"])}
    if kind in ("back", "reopen"):
        return {"recheck_by": None, "fixed_on": None, **_due(clocks, said["day"])}
    if kind == "close":
        return {"recheck_by": None}
    return {"escalates_on": clock.today()} if kind == "escalate" else {}


def renewed(finding: Finding, clocks: ChecklistTemplate) -> date:
    """The day to put it right by that who begins anew has: the days of its level from today, and never less than before."""
    return max(finding.due_on, clock.today() + timedelta(scoring.rules_of(clocks).days_to_fix[finding.level]))


def _due(clocks: ChecklistTemplate, day: date) -> dict[str, date]:
    return {"due_on": day, "escalates_on": day + timedelta(clocks.escalate_days)}
