"""A school's own check before the visit: the same cards, ticked by the school's admin, sent once."""

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
from app.models.campaign import SelfAnswer
from app.panel import wire
from app.panel.address import whole
from app.panel.forms import say
from app.services import clock, history, inspection, records, self_check
from app.services.self_check import SelfCheck, Taken
from app.views import self_check_page


class SelfCheckPages(BaseView):
    """Pages of one school's place in a campaign; whoever may tick for the school may open them."""

    route_base = "/self_check"
    class_permission_name = "SelfAnswer"
    default_view = "sheet"

    def check(self, pk: int) -> SelfCheck:
        return self_check.opened(db.session(), *(self_check.find(db.session(), pk) or abort(404)))

    @expose("/<int:pk>")
    @has_access
    @permission_name("write")
    def sheet(self, pk: int) -> str:
        check = self.check(pk)
        if check.shut is not None:
            return render_template("self_check/done.html", page=self_check_page.done_context(check, say(check.shut)))
        search = request.args.get("q", "").strip()[:40]
        shown = self_check_page.sections_to_show(check, request.args.get("section", ""), search)
        codes = [line.item.code for part in check.sheet.parts if part.section.code in shown for line in part.lines]
        check = check._replace(sheet=inspection.with_evidence(db.session(), check.sheet, codes))
        return render_template("self_check/sheet.html", page=self_check_page.sheet_context(check, shown, search, request.args.get("only", "")))

    @expose("/<int:pk>/answer/<code>", methods=["POST"])
    @has_access
    @permission_name("write")
    def answer(self, pk: int, code: str) -> Response:
        """One tick. JSON from the script; a plain form goes back to the card."""
        place, row, _school = self_check.find(db.session(), pk) or abort(404)
        try:
            made = self_check.save(db.session(), place, row, code, **_said())
            db.session.commit()
        except Taken as taken:
            told = self_check_page.ticked(taken.answer)
            changes = history.of_row(db.session(), taken.answer, limit=1)
            theirs = {**told, "who": changes[0].who if changes else "", "label": self_check_page.label(taken.answer.result)}
            db.session.rollback()
            return _answered(pk, code, theirs, 409, _("同事刚刚填了这一条，请核对后再改。"))
        except records.Refused as refused:
            db.session.rollback()
            errors = {key: say(error) for key, error in refused.errors.items()}
            return _answered(pk, code, {"errors": errors, "message": _("；").join(errors.values())}, 422, _("；").join(errors.values()))
        return _answered(pk, code, self._saved(pk, code, made), 200, "")

    def _saved(self, pk: int, code: str, made: SelfAnswer | None) -> dict[str, Any]:
        """The tick as the server has it, and the progress that follows from it."""
        check = self.check(pk)
        part = next(part for part in check.sheet.parts if any(line.item.code == code for line in part.lines))
        told = self_check_page.head(check)
        return {**self_check_page.ticked(made), "at": clock.local(clock.now()).strftime("%H:%M"), "code": code,
                "section": {"code": part.section.code, "answered": self_check.answered(part.lines), "total": part.total},
                "answered": told["answered"], "total": told["total"], "fails": told["fails"]}

    @expose("/<int:pk>/submit", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def submit(self, pk: int) -> str | Response:
        check, message = self.check(pk), ""
        if check.shut is not None:
            return redirect(url_for("SelfCheckPages.sheet", pk=pk))
        if request.method == "POST":
            try:
                self_check.submit(db.session(), check)
                db.session.commit()
                flash(_("自查已提交。"), "success")
                return redirect(url_for("SelfCheckPages.sheet", pk=pk))
            except records.Refused as refused:
                db.session.rollback()
                message = _("；").join(say(error) for error in refused.errors.values())
                check = self.check(pk)
        page = SimpleNamespace(**self_check_page.head(check), message=message, missing=self_check_page.missing(check),
                               action=url_for("SelfCheckPages.submit", pk=pk))
        return render_template("self_check/submit.html", page=page)


def _said() -> dict[str, Any]:
    """What was sent for a tick, with the version that was looked at."""
    try:
        sent: Mapping[str, Any] = wire.read_object(request.get_data()) if request.is_json else request.form
    except wire.BadJson:
        abort(400)
    result = str(sent.get("result") or "")
    return {"result": None if result in ("", "clear") else result, "remark": str(sent.get("remark") or "").strip() or None,
            "seen_version": whole(str(sent.get("version") or ""))}


def _answered(pk: int, code: str, told: dict[str, Any], status: int, message: str) -> Response:
    if request.is_json:
        answer = jsonify(told)
        answer.status_code = status
        return answer
    if message:
        flash(message, "danger")
    return redirect(url_for("SelfCheckPages.sheet", pk=pk, section=request.form.get("section"), _anchor=code))
