"""What an inspection found, to print and as a workbook; the school reads it once it is submitted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, render_template, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.audit import Attachment
from app.models.campaign import SelfAnswer
from app.models.inspection import Answer, Finding, Inspection
from app.panel import files
from app.panel.books import send_tabs
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import attachments, clock, inspection, masks, opinion, settled, shots, team_rules, visit_signature, visits
from app.services.inspection_report import Report, ReportLine
from app.services.scoring import GRADE
from app.views import visit_figures, visit_page, visit_tabs


class VisitReport(BaseView):
    """Pages of one inspection for whoever may read inspections."""

    route_base = "/visit"
    class_permission_name = "Inspection"
    default_view = "report"

    def told(self, pk: int) -> Report:
        """The report; before the end only for those who may see the ticks being made."""
        return inspection.report(db.session(), visits.readable(db.session(), pk) or abort(404))

    @expose("/<int:pk>/report")
    @has_access
    @permission_name("read")
    def report(self, pk: int) -> str:
        return render_template("visit/report.html", page=_context(self.told(pk)))

    @expose("/<int:pk>/report.xlsx")
    @has_access
    @permission_name("export")
    def workbook(self, pk: int) -> Response:
        told = self.told(pk)
        row, name = told.inspection, f"{told.school.name}_{told.inspection.name}.xlsx"
        tabs = visit_tabs.tabs(told, visits.inspector_of(db.session(), row), answers=asker().may("read", Answer))
        return send_tabs(name, tabs, row, sum(len(part.lines) for part in told.parts))


def _context(told: Report) -> SimpleNamespace:
    row, session = told.inspection, db.session()
    submitted = row.state == "submitted"
    shows_answers = asker().may("read", Answer)
    signed = visit_signature.of(session, row)
    ids = [line.answer.id for part in told.parts for line in part.lines if line.answer is not None]
    photos = attachments.of_rows(session, Answer, ids) if shows_answers else {}
    return SimpleNamespace(
        title=_("校园督导检查报告"), school=told.school, inspection=row, inspector=visits.inspector_of(session, row), submitted=submitted,
        submitted_at=clock.local(row.submitted_at).strftime("%Y-%m-%d %H:%M") if row.submitted_at else "", template=row.template,
        score=told.score, grade=_(GRADE[told.grade]) if told.grade else "—", counts=told.counts, red_lines=told.red_lines, parts=told.parts,
        findings=[_finding(one) for one in told.findings] if asker().may("read", Finding) else None,
        own=any(line.own for part in told.parts for line in part.lines) and asker().may("read", SelfAnswer),
        answers=[(part.section, [_line(row, line, photos) for line in part.lines]) for part in told.parts] if shows_answers else [],
        summary=masks.shown(asker(), row, "summary"),
        letter=_letter(row),
        book_url=url_for("VisitReport.workbook", pk=row.id) if asker().may("export", Inspection) else None,
        back_url=_back_url(row, submitted), sign_url=files.shown(signed)["url"] if signed is not None else None)


def _letter(row: Inspection) -> dict[str, Any] | None:
    """Where the letter stands and what it says of the score: what was withdrawn on objection is a failure on this page alone."""
    session = db.session()
    if (letter := opinion.of_inspection(session, row)) is None:
        return None
    score, grade = settled.said(session, row, letter)
    return {"url": url_for("OpinionView.letter", pk=letter.id), "score": score, "grade": _(GRADE[grade]) if grade else "—"}


def _back_url(row: Inspection, submitted: bool) -> str:
    if asker().may("write", Answer):
        return url_for("Visit.schools") if submitted or team_rules.steps_aside(db.session(), row.school_id) else url_for("Visit.submit", pk=row.id)
    return url_of("Inspection", "show", pk=row.id)


def _finding(one: Finding) -> dict[str, Any]:
    return {"what": one.what, "code": one.item.code if one.item is not None else "", "level": _(codes.FINDING_LEVEL[one.level]), "due_on": one.due_on,
            "red": one.level == "critical", "repeated": one.repeated, "state": _(codes.FINDING_STATE[one.state]), "fix": masks.shown(asker(), one, "fix"),
            "responsible": masks.answering(asker(), one, "responsible"),
            "url": url_of("Finding", "show", pk=one.id)}


def _line(row: Inspection, line: ReportLine, photos: dict[int, Any]) -> dict[str, Any]:
    answer, entity = line.answer, (line.frozen or {}).get("entity")
    behind = (line.frozen or {}).get("rows") and entity and asker().may("read", entity)
    own = visit_page.said_by_school(line.own, line.result) if asker().may("read", SelfAnswer) else None
    return {"item": line.item, "own": own, "result": line.result, "label": _(codes.RESULT[line.result]) if line.result else _("未填"),
            "remark": answer.remark if answer is not None else "", "reason": answer.reason if answer is not None else "",
            "frozen": visit_figures.frozen(line.frozen), "rows_url": url_for("Visit.evidence", pk=row.id, code=line.item.code) if behind else None,
            "photos": [_photo(one) for one in photos.get(answer.id, [])] if answer is not None else []}


def _photo(one: Attachment) -> dict[str, Any]:
    """A photo, with when and where it was taken for who may know."""
    shot = shots.of(db.session(), one)
    at = clock.local(shot.at).strftime("%m-%d %H:%M") if shot is not None and shot.at is not None else ""
    place = f"{shot.latitude:.5f}, {shot.longitude:.5f}" if shot is not None and shot.latitude is not None else ""
    return {**files.shown(one), "at": at, "place": place, "within": shot.within if shot is not None and place else None}
