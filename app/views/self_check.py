"""A school's own check before the visit: the same cards, ticked by the school's admin, sent once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.campaign import SelfAnswer
from app.panel import wire
from app.panel.forms import say, say_all
from app.services import clock, records, self_check
from app.services.self_check import SelfCheck, Taken
from app.views import self_check_page, sent_tick, sheet_page


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
        shown = sheet_page.asked(check.sheet)
        check = check._replace(sheet=sheet_page.with_evidence(check.sheet, shown))
        return render_template("self_check/sheet.html", page=self_check_page.sheet_context(check, shown))

    @expose("/<int:pk>/answer/<code>", methods=["POST"])
    @has_access
    @permission_name("write")
    def answer(self, pk: int, code: str) -> Response:
        """One tick. JSON from the script; a plain form goes back to the card."""
        place, row, _school = self_check.find(db.session(), pk) or abort(404)
        said = sent_tick.said(_sent())
        try:
            made = self_check.save(db.session(), place, row, code, result=said["result"], remark=said["remark"], seen_version=said["seen_version"])
            db.session.commit()
        except Taken as taken:
            theirs = sheet_page.theirs(taken.answer)
            db.session.rollback()
            return _answered(pk, code, theirs, 409, _("同事刚刚填了这一条，请核对后再改。"))
        except records.Refused as refused:
            db.session.rollback()
            message = say_all(refused.errors)
            return _answered(pk, code, {"errors": {key: say(error) for key, error in refused.errors.items()}, "message": message}, 422, message)
        return _answered(pk, code, self._saved(pk, code, made), 200, "")

    def _saved(self, pk: int, code: str, made: SelfAnswer | None) -> dict[str, Any]:
        """The tick as the server has it, and the progress that follows from it."""
        sheet = self.check(pk).sheet
        part, _line = sheet_page.line_of(sheet, code)
        return {**sheet_page.ticked(made), "at": clock.local(clock.now()).strftime("%H:%M"), "code": code,
                "sections": {part.section.code: [part.answered, part.total]},
                "answered": sheet.answered, "total": sheet.total, "fails": sheet.fails}

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
                message = say_all(refused.errors)
                check = self.check(pk)
        return render_template("self_check/submit.html", page=self_check_page.submit_context(check, message))


def _sent() -> Mapping[str, Any]:
    """JSON from the script, or a plain form."""
    try:
        return wire.read_object(request.get_data()) if request.is_json else request.form
    except wire.BadJson:
        abort(400)


def _answered(pk: int, code: str, told: dict[str, Any], status: int, message: str) -> Response:
    """``told`` to the script; a plain form goes back to its card with the ``message``."""
    if request.is_json:
        answer = jsonify(told)
        answer.status_code = status
        return answer
    return sent_tick.back_to_card("SelfCheckPages.sheet", pk, code, message)
