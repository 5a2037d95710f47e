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
        return _drawn(check, sheet_page.asked(check.sheet))

    @expose("/<int:pk>/answer/<code>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def answer(self, pk: int, code: str) -> str | Response:
        """One tick. JSON from the script; a plain form goes back to the card, with what was typed where it was not taken."""
        place, row, _school = self_check.find(db.session(), pk) or abort(404)
        if request.method != "POST":
            return sent_tick.to_card("SelfCheckPages.sheet", pk, code)
        sent = _sent()
        said = sent_tick.said(sent)
        try:
            made = self_check.save(db.session(), place, row, code, {key: said[key] for key in ("result", "remark")}, sent_tick.base(sent))
            db.session.commit()
        except Taken as taken:
            told = {**sheet_page.theirs(taken.answer), "fields": taken.fields}
            db.session.rollback()
            return _told(told, 409) if request.is_json else self._back(pk, sent_tick.Back(code, said, _("同事刚刚填了这一条，请核对后再改。"), clash=True))
        except records.Refused as refused:
            db.session.rollback()
            errors = {key: say(error) for key, error in refused.errors.items()}
            told = {"errors": errors, "message": say_all(refused.errors)}
            return _told(told, 422) if request.is_json else self._back(pk, sent_tick.Back(code, said, told["message"]))
        return _told(self._saved(pk, code, made), 200) if request.is_json else sent_tick.to_card("SelfCheckPages.sheet", pk, code)

    def _back(self, pk: int, back: sent_tick.Back) -> str | Response:
        """The section of a tick that was not taken; where its card is shown no more, the message alone."""
        check = self.check(pk)
        shown = sheet_page.with_card(check.sheet, back.code) if check.shut is None else None
        return _drawn(check, shown, back) if shown is not None else sent_tick.to_card("SelfCheckPages.sheet", pk, back.code, back.message)

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


def _told(told: dict[str, Any], status: int) -> Response:
    answer = jsonify(told)
    answer.status_code = status
    return answer


def _drawn(check: SelfCheck, shown: sheet_page.Shown, back: sent_tick.Back | None = None) -> str:
    check = check._replace(sheet=sheet_page.with_evidence(check.sheet, shown))
    return render_template("self_check/sheet.html", page=self_check_page.sheet_context(check, shown, back))
