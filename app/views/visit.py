"""The visit: an inspector ticks the checklist on a phone, with the school's own records beside each tick."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.inspection import Answer, Inspection
from app.panel import pages, wire
from app.panel.address import whole
from app.panel.forms import say
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import clock, inspection, records, visits
from app.services.inspection import AnswerTaken, Sheet
from app.services.inspection_sheet import Line
from app.views import visit_along, visit_figures, visit_page

ROWS = 200  # rows behind a figure that a page shows


class Visit(BaseView):
    """Pages of one inspection; whoever may tick may open them."""

    route_base = "/visit"
    class_permission_name = "Answer"
    default_view = "schools"

    def found(self, pk: int) -> Inspection:
        return records.find(db.session(), Inspection, pk) or abort(404)

    @expose("/")
    @has_access
    @permission_name("write")
    def schools(self) -> str:
        return render_template("visit/index.html", page=visit_page.index_context())

    @expose("/<int:pk>")
    @has_access
    @permission_name("write")
    def sheet(self, pk: int) -> str | Response:
        row = self.found(pk)
        if row.state == "submitted":
            return redirect(url_for("VisitReport.report", pk=pk))
        search, session = request.args.get("q", "").strip()[:40], db.session()
        sheet = inspection.open_sheet(session, row, live=())
        shown = visit_page.sections_to_show(sheet, request.args.get("section", ""), search)
        sheet = inspection.with_evidence(session, sheet, [line.item.code for part in sheet.parts if part.section.code in shown for line in part.lines])
        return render_template("visit/sheet.html", page=visit_page.sheet_context(sheet, shown, search, request.args.get("only", "")))

    @expose("/<int:pk>/answer/<code>", methods=["POST"])
    @has_access
    @permission_name("write")
    def answer(self, pk: int, code: str) -> Response:
        """One tick. JSON from the script; a plain form goes back to the card."""
        row, said = self.found(pk), _said()
        try:
            made = _save(row, code, said)
            db.session.commit()
        except AnswerTaken as taken:
            theirs = visit_along.theirs(taken.answer)
            db.session.rollback()
            return _answered(pk, code, theirs, 409, _("另一位督导员刚刚填了这一条，请核对后再改。"))
        except records.Refused as refused:
            db.session.rollback()
            errors = {key: say(error) for key, error in refused.errors.items()}
            return _answered(pk, code, {"errors": errors, "message": _("；").join(errors.values())}, 422, _("；").join(errors.values()))
        return _answered(pk, code, _saved(row, code, made), 200, "")

    @expose("/<int:pk>/evidence/<code>")
    @has_access
    @permission_name("read")
    def evidence(self, pk: int, code: str) -> str:
        """The rows behind the figure of an item: live, or frozen with the tick once it is submitted."""
        row = visits.readable(db.session(), pk) or abort(404)
        sheet = inspection.with_evidence(db.session(), inspection.open_sheet(db.session(), row, live=()), [code])
        section, line = _line(sheet, code)
        live, kept = line.evidence, line.answer.frozen if line.answer is not None else None
        entity = live.rows.entity if live is not None and live.rows else (kept or {}).get("entity")
        if entity not in VIEWS or not asker().may("read", entity):
            abort(404)
        ids = live.rows.ids.order_by(None) if live is not None and live.rows else (kept or {}).get("row_ids", [])
        table = pages.short_list(entity, VIEWS[entity].model.id.in_(ids), hidden="school", size=ROWS)
        figure = visit_figures.proof(live, None) if live is not None else visit_figures.frozen(kept)
        submitted = row.state == "submitted"
        back = url_for("VisitReport.report", pk=pk, _anchor=code) if submitted else url_for("Visit.sheet", pk=pk, section=section, _anchor=code)
        page = SimpleNamespace(title=code + " " + _("学校的记录"), school=sheet.school.name, item=line.item, figure=figure, table=table,
                               back_url=back, back_label=_("返回检查报告") if submitted else _("返回检查清单"), cut=table.last >= ROWS)
        return render_template("visit/evidence.html", page=page)

    @expose("/<int:pk>/submit", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def submit(self, pk: int) -> str | Response:
        row, message = self.found(pk), ""
        if row.state == "submitted":
            return redirect(url_for("VisitReport.report", pk=pk))
        if request.method == "POST":
            try:
                inspection.submit(db.session(), row, request.form.get("summary", "").strip() or None)
                db.session.commit()
                flash(_("检查已提交，不合格的条目已下达整改。"), "success")
                return redirect(url_for("VisitReport.report", pk=pk))
            except records.Refused as refused:
                db.session.rollback()
                message = _("；").join(say(error) for error in refused.errors.values())
            except records.Conflict:
                db.session.rollback()
                message = _("另一位督导员刚刚改了这次检查，请核对后再提交。")
        sheet, told = inspection.open_sheet(db.session(), row, live=()), inspection.report(db.session(), row)
        page = visit_page.submit_context(sheet, told, request.form.get("summary", row.summary or ""), message)
        return render_template("visit/submit.html", page=page)


def _said() -> dict[str, Any]:
    """What was sent for a tick, as texts, with the version that was looked at."""
    try:
        sent: Mapping[str, Any] = wire.read_object(request.get_data()) if request.is_json else request.form
    except wire.BadJson:
        abort(400)
    said: dict[str, Any] = {key: str(sent.get(key) or "") for key in ("result", "remark", "reason")}
    return {**said, "seen_version": whole(str(sent.get("version") or ""))}


def _save(row: Inspection, code: str, said: dict[str, Any]) -> Answer | None:
    if said["result"] in ("", "clear"):
        return inspection.clear_answer(db.session(), row, code, said["seen_version"])
    return inspection.save_answer(db.session(), row, code, result=said["result"], remark=said["remark"] or None,
                                  reason=said["reason"] or None, seen_version=said["seen_version"])


def _saved(row: Inspection, code: str, made: Answer | None) -> dict[str, Any]:
    """The answer as the server has it, and the progress that follows from it."""
    sheet = inspection.open_sheet(db.session(), row, live=())
    section, line = _line(sheet, code)
    part = next(part for part in sheet.parts if part.section.code == section)
    told = visit_page.head(row, sheet)
    return {**visit_page.ticked(made), "at": clock.local(clock.now()).strftime("%H:%M"), "code": line.item.code,
            "section": {"code": section, "answered": part.answered, "total": part.total},
            "answered": told["answered"], "total": told["total"], "fails": told["fails"]}


def _line(sheet: Sheet, code: str) -> tuple[str, Line]:
    """Section code and line of an item; 404 for one that the checklist lacks."""
    found = ((part.section.code, line) for part in sheet.parts for line in part.lines if line.item.code == code)
    return next(found, None) or abort(404)


def _answered(pk: int, code: str, told: dict[str, Any], status: int, message: str) -> Response:
    if request.is_json:
        answer = jsonify(told)
        answer.status_code = status
        return answer
    if message:
        flash(message, "danger")
    return redirect(url_for("Visit.sheet", pk=pk, section=request.form.get("section"), _anchor=code))
