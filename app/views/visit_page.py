"""What the pages of a visit show: the sheet section by section, its cards, the summary before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.extensions import db
from app.models import codes
from app.models.campaign import SelfAnswer
from app.models.inspection import Answer, Inspection
from app.panel import files
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import attachments, clock, inspection, self_check, visit_signature, visits
from app.services.evidence import Evidence
from app.services.inspection_sheet import Line, Part, Sheet
from app.services.scoring import GRADE, rules_of
from app.views import visit_figures, visit_words


# The inspector's list --------------------------------------------------------------------
def index_context() -> SimpleNamespace:
    ahead, done = visits.listed(db.session())
    found = [_visit_card(one) for one in ahead]
    return SimpleNamespace(title=_("督导检查"), mine=[card for card in found if card.own], others=[card for card in found if not card.own],
                           done=[_visit_card(one) for one in done], root=url_for("Visit.schools"),
                           words=visit_words.words() | visit_words.along())


def _visit_card(one: visits.Visit) -> SimpleNamespace:
    row, days = one.inspection, (one.inspection.planned_on - clock.today()).days
    submitted, begun = row.state == "submitted", row.state == "open"
    when = _("逾期 %(days)s 天", days=-days) if days < 0 else _("今天") if days == 0 else _("%(days)s 天后", days=days)
    return SimpleNamespace(
        own=row.inspector_id == asker().member_id, name=one.school.name, title=row.name, inspector=one.inspector, day=row.planned_on.isoformat(),
        when="" if submitted else when, tone="bad" if days < 0 else "warn" if days <= 7 else "", state=_(codes.INSPECTION_STATE[row.state]),
        answered=one.answered, total=one.total, percent=round(100 * one.answered / one.total) if one.total else 0, score=row.score,
        submitted=submitted, button=_("看报告") if submitted else _("继续检查") if begun else _("开始检查"),
        url=url_for("VisitReport.report" if submitted else "Visit.sheet", pk=row.id))


# The sheet -------------------------------------------------------------------------------
def sections_to_show(sheet: Sheet, wanted: str, search: str) -> list[str]:
    """Codes of the sections whose cards are shown: where the search finds something, else the one that is asked for."""
    if search:
        return [part.section.code for part in sheet.parts if any(found(line, search) for line in part.lines)]
    codes_ = [part.section.code for part in sheet.parts]
    if wanted in codes_:
        return [wanted]
    return [next((part.section.code for part in sheet.parts if part.answered < part.total), codes_[0])] if codes_ else []


def found(line: Line, search: str) -> bool:
    text = search.casefold()
    return line.applies and (line.item.code.casefold() == text or text in line.item.text.casefold() or text in (line.item.evidence_asked or "").casefold())


def sheet_context(sheet: Sheet, shown: Sequence[str], search: str, only: str) -> SimpleNamespace:
    parts = [part for part in sheet.parts if part.section.code in shown]
    lines = [line for part in parts for line in part.lines]
    seen = [line for line in lines if line.applies and (not search or found(line, search)) and (only != "open" or not line.answered)]
    photos = attachments.of_rows(db.session(), Answer, [line.answer.id for line in seen if line.answer])
    return SimpleNamespace(
        **head(sheet.inspection, sheet), chips=[_chip(sheet, part, shown if not search else (), only) for part in sheet.parts],
        section=parts[0].section if len(parts) == 1 and not search else None, search=search, only=only,
        cards=[card(sheet.inspection, line, photos.get(line.answer.id, []) if line.answer else []) for line in seen],
        left_out=[line.item for line in lines if not line.applies and not search], ticks=visit_words.ticks(), words=visit_words.words(),
        root=url_for("Visit.schools"),
        open_url=url_for("Visit.sheet", pk=sheet.inspection.id, section=shown[0] if shown and not search else None, only=None if only == "open" else "open"),
        next_url=_next_url(sheet))


def head(row: Inspection, sheet: Sheet) -> dict[str, Any]:
    """What the top and the bottom bar of every page of the visit say."""
    fails = sum(line.answer is not None and line.answer.result == "fail" for part in sheet.parts for line in part.lines)
    return {"title": sheet.school.name, "pk": row.id, "name": row.name, "answered": sheet.answered, "total": sheet.total, "fails": fails,
            "percent": round(100 * sheet.answered / sheet.total) if sheet.total else 0}


def _chip(sheet: Sheet, part: Part, shown: Sequence[str], only: str) -> SimpleNamespace:
    code = part.section.code
    return SimpleNamespace(code=code, name=_(part.section.name), answered=part.answered, total=part.total, on=code in shown,
                           url=url_for("Visit.sheet", pk=sheet.inspection.id, section=code, only=only or None))


def _next_url(sheet: Sheet) -> str | None:
    for part in sheet.parts:
        for line in part.lines:
            if line.applies and not line.answered:
                return url_for("Visit.sheet", pk=sheet.inspection.id, section=part.section.code, _anchor=line.item.code)
    return None


def card(row: Inspection, line: Line, photos: Sequence[Any]) -> SimpleNamespace:
    """One item: what is asked, what the records say, what was ticked."""
    item, answer = line.item, line.answer
    live = visit_figures.proof(line.evidence, rows_url(row, item.code, line.evidence))
    kept = visit_figures.frozen(answer.frozen) if answer is not None and answer.result else None
    changed = kept if kept is not None and live is not None and (kept.big, kept.small) != (live.big, live.small) else None
    return SimpleNamespace(
        code=item.code, section=item.section.code, text=_(item.text), methods=" · ".join(_(method) for method in item.methods),
        critical=item.critical, asked=item.evidence_asked, basis=item.basis,
        proof=live, then=changed, own=said_by_school(line.own, answer.result if answer is not None else None),
        url=url_for("Visit.answer", pk=row.id, code=item.code), **ticked(answer),
        photos=[files.shown(one, removable=answer is not None and files.may_change(answer, "delete")) for one in photos])


def said_by_school(own: SelfAnswer | None, result: str | None) -> SimpleNamespace | None:
    """The school's own tick of an item, and whether the inspector's is another."""
    if own is None or not own.result:
        return None
    return SimpleNamespace(label=_(codes.RESULT[own.result]), remark=own.remark or "", differs=self_check.differs(own, result), result=own.result)


def ticked(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"result": "", "version": None, "remark": "", "reason": "", "at": "", "upload_url": ""}
    return {"result": answer.result or "", "version": answer.version, "remark": answer.remark or "", "reason": answer.reason or "",
            "at": clock.local(answer.answered_at).strftime("%H:%M") if answer.answered_at and answer.result else "",
            "upload_url": url_for("Files.take", entity="Answer", pk=answer.id)}


def rows_url(row: Inspection, code: str, made: Evidence | None) -> str | None:
    """Where the rows behind a figure are shown; None when the role may not read them or no view shows them."""
    entity = made.rows.entity if made is not None and made.rows is not None else ""
    return url_for("Visit.evidence", pk=row.id, code=code) if entity in VIEWS and asker().may("read", entity) else None


# Before it is sent -----------------------------------------------------------------------
def submit_context(sheet: Sheet, told: inspection.Report, summary: str, message: str) -> SimpleNamespace:
    row = sheet.inspection
    missing = [(part.section, [(line.item, url_for("Visit.sheet", pk=row.id, section=part.section.code, _anchor=line.item.code))
                               for line in part.lines if line.applies and not line.answered]) for part in sheet.parts if part.answered < part.total]
    fails = [(line, url_for("Visit.sheet", pk=row.id, section=part.section.code, _anchor=line.item.code))
             for part in told.parts for line in part.lines if line.result == "fail"]
    return SimpleNamespace(
        **head(row, sheet), missing=sheet.missing, missing_by_part=missing, failed=fails, days=rules_of(row.template).days_to_fix, score=told.score,
        grade=_(GRADE[told.grade]) if told.grade else "",
        counts=told.counts, parts=[(one, part.answered, part.total) for one, part in zip(told.parts, sheet.parts, strict=True) if part.total],
        red_lines=told.red_lines, summary=summary, message=message, action=url_for("Visit.submit", pk=row.id),
        sheet_url=url_for("Visit.sheet", pk=row.id), next_url=_next_url(sheet), root=url_for("Visit.schools"), sign=_sign(row))


def _sign(row: Inspection) -> SimpleNamespace | None:
    """Where the head of the school signs, and what was signed; None for who adds no files."""
    if not files.may_change(row):
        return None
    made = visit_signature.of(db.session(), row)
    shown = files.shown(made, removable=files.may_change(row, "delete")) if made is not None else {}
    return SimpleNamespace(upload_url=url_for("Files.take", entity="Inspection", pk=row.id), name=visit_signature.NAME,
                           url=shown.get("url"), old=shown.get("delete_url"))
