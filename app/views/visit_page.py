"""What the pages of a visit show: the list, the sheet with its cards, the summary before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.extensions import db
from app.models import codes
from app.models.campaign import SelfAnswer
from app.models.inspection import Inspection
from app.panel import files
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import clock, inspection, self_check, visit_signature, visits
from app.services.evidence import Evidence
from app.services.inspection_sheet import Line, Sheet
from app.services.scoring import GRADE, rules_of
from app.views import sent_tick, sheet_page, visit_figures, visit_words


# The inspector's list --------------------------------------------------------------------
def index_context() -> SimpleNamespace:
    ahead, done = visits.listed(db.session())
    found = [_visit_card(one) for one in ahead]
    return SimpleNamespace(title=_("督导检查"), mine=[card for card in found if card.own],
                           team=[card for card in found if card.teamed and not card.own],
                           others=[card for card in found if not card.own and not card.teamed],
                           done=[_visit_card(one) for one in done], root=url_for("Visit.schools"),
                           words=visit_words.words() | visit_words.along())


def _visit_card(one: visits.Visit) -> SimpleNamespace:
    row, days = one.inspection, (one.inspection.planned_on - clock.today()).days
    submitted, begun = row.state == "submitted", row.state == "open"
    when = _("逾期 %(days)s 天", days=-days) if days < 0 else _("今天") if days == 0 else _("%(days)s 天后", days=days)
    return SimpleNamespace(
        own=row.inspector_id == asker().member_id, teamed=one.teamed, name=one.school.name, title=row.name, inspector=one.inspector,
        day=row.planned_on.isoformat(), when="" if submitted else when,
        tone="bad" if days < 0 else "warn" if days <= 7 else "", state=_(codes.INSPECTION_STATE[row.state]),
        answered=one.answered, total=one.total, percent=round(100 * one.answered / one.total) if one.total else 0, score=row.score,
        submitted=submitted, aside=one.aside and not submitted, button=_("看报告") if submitted else _("继续检查") if begun else _("开始检查"),
        url=url_for("VisitReport.report" if submitted else "Visit.sheet", pk=row.id))


# The sheet -------------------------------------------------------------------------------
def address(row: Inspection) -> sheet_page.Address:
    return partial(url_for, "Visit.sheet", pk=row.id)


def sheet_context(sheet: Sheet, shown: sheet_page.Shown, back: sent_tick.Back | None = None) -> SimpleNamespace:
    """A section, or what is searched; ``back``: a tick that was not taken. Beside it the script would take what was typed for what the server has."""
    row, seen = sheet.inspection, sheet_page.seen(sheet, shown)
    photos = sheet_page.photos_of(seen)
    cards = [card(row, line, photos.get(line.item.id, [])) for line in seen]
    sent_tick.give_back(cards, seen, back, _("另一位督导员"))
    return SimpleNamespace(**head(sheet), **sheet_page.around(sheet, shown, address(row)), words=visit_words.words(), root=url_for("Visit.schools"),
                           cards=cards, scripted=back is None)


def head(sheet: Sheet) -> dict[str, Any]:
    """What the top and the bottom bar of every page of the visit say."""
    return {"title": sheet.school.name, "pk": sheet.inspection.id, "name": sheet.inspection.name, **sheet_page.counts(sheet)}


def card(row: Inspection, line: Line, photos: Sequence[Any]) -> SimpleNamespace:
    """One item: what is asked, what the records say, what was ticked."""
    item, answer = line.item, line.answer
    live = visit_figures.proof(line.evidence, rows_url(row, item.code, line.evidence))
    kept = visit_figures.frozen(answer.frozen) if answer is not None and answer.result else None
    changed = kept if kept is not None and live is not None and (kept.big, kept.small) != (live.big, live.small) else None
    return SimpleNamespace(
        **sheet_page.asked_of(item), **sheet_page.ticked(answer), proof=live, then=changed,
        own=said_by_school(line.own, line.result), url=url_for("Visit.answer", pk=row.id, code=item.code, section=item.section.code),
        photos=[files.shown(one, removable=answer is not None and files.may_change(answer, "delete")) for one in photos])


def said_by_school(own: SelfAnswer | None, result: str | None) -> SimpleNamespace | None:
    """The school's own tick of an item, and whether the inspector's is another."""
    if own is None or not own.result:
        return None
    return SimpleNamespace(label=_(codes.RESULT[own.result]), remark=own.remark or "", differs=self_check.differs(own, result), result=own.result)


def rows_url(row: Inspection, code: str, made: Evidence | None) -> str | None:
    """Where the rows behind a figure are shown; None when the role may not read them or no view shows them."""
    entity = made.rows.entity if made is not None and made.rows is not None else ""
    return url_for("Visit.evidence", pk=row.id, code=code) if entity in VIEWS and asker().may("read", entity) else None


# Before it is sent -----------------------------------------------------------------------
def submit_context(sheet: Sheet, told: inspection.Report, summary: str, message: str) -> SimpleNamespace:
    row, to = sheet.inspection, address(sheet.inspection)
    fails = [(line, to(section=part.section.code, _anchor=line.item.code))
             for part in told.parts for line in part.lines if line.result == "fail"]
    return SimpleNamespace(
        **head(sheet), missing=sheet.missing, missing_by_part=sheet_page.missing(sheet, to), failed=fails, score=told.score,
        days=rules_of(row.template).days_to_fix, grade=_(GRADE[told.grade]) if told.grade else "",
        counts=told.counts, parts=[(one, part.answered, part.total) for one, part in zip(told.parts, sheet.parts, strict=True) if part.total],
        red_lines=told.red_lines, summary=summary, message=message, action=url_for("Visit.submit", pk=row.id),
        sheet_url=to(), next_url=sheet_page.next_url(sheet, to), root=url_for("Visit.schools"), sign=_sign(row))


def _sign(row: Inspection) -> SimpleNamespace | None:
    """Where the head of the school signs, and what was signed; None for who adds no files."""
    if not files.may_change(row):
        return None
    made = visit_signature.of(db.session(), row)
    shown = files.shown(made, removable=files.may_change(row, "delete")) if made is not None else {}
    return SimpleNamespace(upload_url=url_for("Files.take", entity="Inspection", pk=row.id), name=visit_signature.NAME,
                           url=shown.get("url"), old=shown.get("delete_url"))
