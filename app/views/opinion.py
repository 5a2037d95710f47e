"""Opinions on inspections: the list, the letter to print, and the few steps from the draft to the receipt."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

from flask import render_template, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext

from app.extensions import db
from app.models import codes
from app.models.inspection import Finding, Opinion
from app.models.words import _
from app.panel.security import asker
from app.panel.steps import Step, Stepped
from app.panel.views_by_entity import url_of
from app.services import clock, finding_marks, masks, opinion
from app.services.opinion import Letter
from app.services.opinion_letter import Line

STEPS = {
    "agree": Step(_("答复无异议"), ("draft",), _("答复后不能再申辩，县里可以发出督导意见书。"), _("已答复。"), opinion.agree, role="school"),
    "issue": Step(_("发出意见书"), ("draft", "agreed"), _("发出后编上文号，写上得分和等级，学校签收。申辩期没到的，要等学校答复无异议。"),
                  _("意见书已发出。"), opinion.issue, role="county"),
    "sign": Step(_("签收"), ("issued",), _("签收后县里看到签收人和时间。"), _("已签收。"), opinion.sign, role="school", asks=_("签收人姓名"))}


class OpinionView(Stepped):
    model = Opinion
    steps = STEPS
    exclude_route_methods: ClassVar[set[str]] = {"add", "edit", "delete", "bulk_action", "trash", "revert"}  # a submitted inspection makes them
    columns = ["school", "inspection", "state", "objection_due_on", "office", "year", "serial", "issued_on", "score", "grade", "signed_at", "signed_by"]
    list_columns = ["inspection", "school", "state", "year", "serial", "objection_due_on", "issued_on", "signed_at"]
    filters = ["state"]
    marks = {"issue": (_("可以发出"), finding_marks.to_issue), "sign": (_("待签收"), finding_marks.to_sign)}
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return False  # by its steps only

    called_by = ("school",)

    def name_of(self, row: Any) -> str:
        return f"{self.title} · {row.school}"

    def state_of(self, row: Any) -> list[dict[str, str]]:
        return [{"text": gettext(codes.OPINION_STATE[row.state]), "pill": "ok" if row.state == "signed" else ""}]

    def subject(self, row: Any) -> str:
        return str(row.school)

    def back_of(self, row: Any) -> str:
        return self.url("letter", pk=row.id)

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


def _context(told: Letter) -> SimpleNamespace:
    """What findings/letter.html shows."""
    row, words = told.opinion, told.words
    number = gettext("%(office)s教督〔%(year)s〕%(serial)s号", office=words.office, year=row.year, serial=row.serial) if row.serial else ""
    return SimpleNamespace(
        title=gettext("督导意见书"), told=told, row=row, words=words, number=number, draft=row.issued_on is None,
        state=gettext(codes.OPINION_STATE[row.state]), grade=gettext(codes.GRADE[told.grade]) if told.grade else "—",
        findings=[_line(told, one) for one in words.lines],
        objections=[(one.code, one.what, one.asked, gettext(codes.FINDING_STEP[one.decision]) if one.decision else gettext("待裁决"), one.why)
                    for one in words.objections],
        changed=row.issued_on is not None and row.score != words.first_score,
        signed_at=clock.local(row.signed_at).strftime("%Y-%m-%d %H:%M") if row.signed_at else "", signed_by=masks.shown(asker(), row, "signed_by"))


def _line(told: Letter, one: Line) -> dict[str, Any]:
    """A finding as the letter says it; beside an issued one ``since``: what has become of it."""
    now = told.now.get(one.finding_id)
    since = _since(one, now) if now is not None and told.opinion.issued_on is not None else ""
    return {"code": one.code, "what": one.what, "level": gettext(codes.FINDING_LEVEL[one.level]), "red": one.level == "critical", "due_on": one.due_on,
            "repeated": one.repeated, "since": since, "url": url_of("Finding", "show", pk=one.finding_id) if now is not None else None}


def _since(one: Line, now: Finding) -> str:
    if now.state in finding_marks.SETTLED:
        return gettext(codes.FINDING_STATE[now.state])
    return gettext("现在的期限 %(day)s", day=now.due_on) if now.due_on != one.due_on else ""
