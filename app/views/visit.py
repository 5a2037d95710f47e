"""The visit: an inspector ticks the checklist on a phone, with the school's own records beside each tick."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.inspection import Inspection
from app.panel import pages
from app.panel.forms import say, say_all
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import inspection, records, team_rules, visits
from app.services.inspection import AnswerTaken
from app.services.inspection_sheet import Sheet
from app.views import sent_tick, sheet_page, visit_figures, visit_page

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
        if row.state == "submitted" or _aside(row):
            return redirect(url_for("VisitReport.report", pk=pk))
        sheet = inspection.open_sheet(db.session(), row, live=())
        return _drawn(sheet, sheet_page.asked(sheet))

    @expose("/<int:pk>/answer/<code>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def answer(self, pk: int, code: str) -> str | Response:
        """One tick from a plain form; the script's own go another way (VisitPhone.sync). What was not taken comes back on its card."""
        row, said = self.found(pk), sent_tick.said(request.form)
        if request.method != "POST":
            return sent_tick.to_card("Visit.sheet", pk, code)
        try:
            _save(row, code, said)
            db.session.commit()
        except AnswerTaken:
            db.session.rollback()
            return _back(row, sent_tick.Back(code, said, _("另一位督导员刚刚填了这一条，请核对后再改。"), clash=True))
        except records.Refused as refused:
            db.session.rollback()
            return _back(row, sent_tick.Back(code, said, say_all(refused.errors)))
        return sent_tick.to_card("Visit.sheet", pk, code)

    @expose("/<int:pk>/evidence/<code>")
    @has_access
    @permission_name("read")
    def evidence(self, pk: int, code: str) -> str:
        """The rows behind the figure of an item: live, or frozen with the tick once it is submitted."""
        row = visits.readable(db.session(), pk) or abort(404)
        sheet = inspection.with_evidence(db.session(), inspection.open_sheet(db.session(), row, live=()), [code])
        part, line = sheet_page.line_of(sheet, code)
        live, kept = line.evidence, line.answer.frozen if line.answer is not None else None
        entity = live.rows.entity if live is not None and live.rows else (kept or {}).get("entity")
        if entity not in VIEWS or not asker().may("read", entity):
            abort(404)
        ids = live.rows.ids.order_by(None) if live is not None and live.rows else (kept or {}).get("row_ids", [])
        table = pages.short_list(entity, VIEWS[entity].model.id.in_(ids), hidden="school", size=ROWS)
        figure = visit_figures.proof(live, None) if live is not None else visit_figures.frozen(kept)
        submitted = row.state == "submitted"
        back = url_for("VisitReport.report", pk=pk, _anchor=code) if submitted else url_for("Visit.sheet", pk=pk, section=part.section.code, _anchor=code)
        page = SimpleNamespace(title=code + " " + _("学校的记录"), school=sheet.school.name, item=line.item, figure=figure, table=table,
                               back_url=back, back_label=_("返回检查报告") if submitted else _("返回检查清单"), cut=table.last >= ROWS,
                               left_out=_left_out(kept) if live is None or not live.rows else "")
        return render_template("visit/evidence.html", page=page)

    @expose("/<int:pk>/submit", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def submit(self, pk: int) -> str | Response:
        row, message = self.found(pk), ""
        if row.state == "submitted" or _aside(row):
            return redirect(url_for("VisitReport.report", pk=pk))
        if request.method == "POST":
            try:
                inspection.submit(db.session(), row, request.form.get("summary", "").strip() or None)
                db.session.commit()
                flash(_("检查已提交，不合格的条目已下达整改。"), "success")
                return redirect(url_for("VisitReport.report", pk=pk))
            except records.Refused as refused:
                db.session.rollback()
                message = say_all(refused.errors)
            except records.Conflict:
                db.session.rollback()
                message = _("另一位督导员刚刚改了这次检查，请核对后再提交。")
        sheet, told = inspection.open_sheet(db.session(), row, live=()), inspection.report(db.session(), row)
        page = visit_page.submit_context(sheet, told, request.form.get("summary", row.summary or ""), message)
        return render_template("visit/submit.html", page=page)


def _drawn(sheet: Sheet, shown: sheet_page.Shown, back: sent_tick.Back | None = None) -> str:
    return render_template("visit/sheet.html", page=visit_page.sheet_context(sheet_page.with_evidence(sheet, shown), shown, back))


def _back(row: Inspection, back: sent_tick.Back) -> str | Response:
    """The section of a tick that was not taken; where its card is shown no more, the message alone."""
    open_still = row.state != "submitted" and not team_rules.steps_aside(db.session(), row.school_id)
    sheet = inspection.open_sheet(db.session(), row, live=())
    shown = sheet_page.with_card(sheet, back.code) if open_still else None
    return _drawn(sheet, shown, back) if shown is not None else sent_tick.to_card("Visit.sheet", row.id, back.code, back.message)


def _aside(row: Inspection) -> bool:
    """Whether who asks is related to the school: its report can be read, and is told why there is nothing to do."""
    aside = team_rules.steps_aside(db.session(), row.school_id)
    if aside:
        flash(say(team_rules.ASIDE), "warning")
    return aside


def _left_out(kept: dict[str, Any] | None) -> str:
    """How many rows stood behind a figure at the tick, where not all were kept with it."""
    total, count = (kept or {}).get("rows", 0), len((kept or {}).get("row_ids", []))
    return _("打勾时共 %(total)s 条，留存了前 %(count)s 条", total=total, count=count) if total > count else ""


def _save(row: Inspection, code: str, said: dict[str, Any]) -> None:
    if said["result"] is None:
        inspection.clear_answer(db.session(), row, code, said["seen_version"])
    else:
        inspection.save_answer(db.session(), row, code, **said)
