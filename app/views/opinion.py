"""Opinions on inspections: the list, the letter to print, and the few steps from the draft to the receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.inspection import Opinion
from app.models.words import _
from app.panel import confirm
from app.panel.forms import say, say_all
from app.panel.security import asker
from app.panel.view import PanelView
from app.panel.views_by_entity import url_of
from app.services import clock, finding_marks, masks, opinion, records
from app.services.opinion import Letter


class Step(NamedTuple):
    """A button of an opinion: whose, in which states it is offered, what it asks, does and says then."""

    label: str
    role: str
    states: tuple[str, ...]
    text: str
    done: str
    work: Callable[..., Any]
    named: bool = False  # it asks for a name


STEPS: dict[str, Step] = {
    "agree": Step(_("答复无异议"), "school", ("draft",), _("答复后不能再申辩，县里可以发出督导意见书。"), _("已答复。"), opinion.agree),
    "issue": Step(_("发出意见书"), "county", ("draft", "agreed"), _("发出后编上文号，写上得分和等级，学校签收。申辩期没到的，要等学校答复无异议。"),
                  _("意见书已发出。"), opinion.issue),
    "sign": Step(_("签收"), "school", ("issued",), _("签收后县里看到签收人和时间。"), _("已签收。"), opinion.sign, named=True)}


class OpinionView(PanelView):
    model = Opinion
    exclude_route_methods: ClassVar[set[str]] = {"add", "edit", "delete", "bulk_action", "trash", "revert"}  # a submitted inspection makes them
    columns = ["school", "inspection", "state", "objection_due_on", "office", "year", "serial", "issued_on", "score", "grade", "signed_at", "signed_by"]
    list_columns = ["inspection", "school", "state", "year", "serial", "objection_due_on", "issued_on", "signed_at"]
    filters = ["state"]
    marks = {"issue": (_("可以发出"), finding_marks.to_issue), "sign": (_("待签收"), finding_marks.to_sign)}
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return False  # by its steps only

    def name_of(self, row: Any) -> str:
        return f"{self.title} · {row.school}"

    def state_of(self, row: Any) -> list[dict[str, str]]:
        return [{"text": gettext(codes.OPINION_STATE[row.state]), "pill": "ok" if row.state == "signed" else ""}]

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        return [{"label": gettext(step.label), "url": self.url("step", pk=row.id, what=what)} for what, step in STEPS.items()
                if self.may("write") and asker().role == step.role and row.state in step.states]

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        return [(gettext("督导意见书"), self.url("letter", pk=row.id)), (gettext("检查报告"), url_for("VisitReport.report", pk=row.inspection_id))]

    @expose("/letter/<int:pk>")
    @has_access
    @permission_name("read")
    def letter(self, pk: int) -> str:
        row = self.row(pk)
        page = _context(opinion.letter(db.session(), row))
        page.actions, page.back_url = self.actions_of(row), self.url("show", pk=pk)
        return render_template("findings/letter.html", page=page)

    @expose("/step/<int:pk>/<what>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def step(self, pk: int, what: str) -> str | Response:
        """A page that asks; its button does it."""
        row, step = self.row(pk), STEPS.get(what) or abort(404)
        if asker().role != step.role:
            raise records.Forbidden(f"{what} Opinion")
        if request.method == "GET":
            return self._asked(row, what, step)
        name = request.form.get("reason", "")
        try:
            step.work(db.session(), row, *([name] if step.named else []))
            db.session.commit()
            flash(gettext(step.done), "success")
        except records.Refused as refused:
            db.session.rollback()
            if "reason" in refused.errors:
                return self._asked(self.row(pk), what, step, name, say(refused.errors["reason"]))
            flash(say_all(refused.errors), "danger")
        except records.Conflict:
            db.session.rollback()
            flash(gettext("有人刚刚办了这一步，请核对后再试。"), "danger")
        return redirect(self.url("letter", pk=pk))

    def _asked(self, row: Any, what: str, step: Step, value: str = "", error: str = "") -> str:
        label = gettext(step.label)
        name = {"label": gettext("签收人姓名"), "hint": "", "value": value, "error": error} if step.named else None
        action, back_url = self.url("step", pk=row.id, what=what), self.url("letter", pk=row.id)
        return confirm.ask(f"{label} · {row.school}", gettext(step.text), label, action, back_url, reason=name)


def _context(told: Letter) -> SimpleNamespace:
    """What findings/letter.html shows."""
    row, inspection = told.opinion, told.inspection
    number = gettext("%(office)s教督〔%(year)s〕%(serial)s号", office=told.office, year=row.year, serial=row.serial) if row.serial else ""
    return SimpleNamespace(
        title=gettext("督导意见书"), told=told, row=row, inspection=inspection, school=told.school.name, number=number,
        draft=row.issued_on is None, state=gettext(codes.OPINION_STATE[row.state]), grade=gettext(codes.GRADE[told.grade]) if told.grade else "—",
        summary=masks.shown(asker(), inspection, "summary"), seen_on=clock.local(inspection.submitted_at).date() if inspection.submitted_at else "",
        findings=[{"code": one.item.code if one.item is not None else "", "what": one.what, "level": gettext(codes.FINDING_LEVEL[one.level]),
                   "red": one.level == "critical", "repeated": one.repeated, "due_on": one.due_on, "url": url_of("Finding", "show", pk=one.id)}
                  for one in told.findings],
        objections=[(one.finding.item.code if one.finding.item is not None else "", one.finding.what, one.asked.text,
                     gettext(codes.FINDING_STEP[one.decision.kind]) if one.decision else gettext("待裁决"), one.decision.text if one.decision else "")
                    for one in told.objections],
        changed=row.issued_on is not None and row.score != inspection.score,
        signed_at=clock.local(row.signed_at).strftime("%Y-%m-%d %H:%M") if row.signed_at else "", signed_by=masks.shown(asker(), row, "signed_by"))
