"""The checklist as data, inspections and what they found. The visit itself is views/visit.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import Entity
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, ChecklistTemplate, Inspection
from app.models.words import _
from app.panel import forms
from app.panel.confirm import ask
from app.panel.forms import say_all
from app.panel.security import asker
from app.panel.view import PanelView
from app.services import checklist, opinion, records, visits, work
from app.views import checklist_words

RULES = ("excellent_from", "good_from", "fair_from", "cap", "critical_days", "general_days", "excellent_months", "good_months", "fair_months",
         "poor_months", "objection_days", "recheck_days", "extend_days", "escalate_days")


class ChecklistTemplateView(PanelView):
    model = ChecklistTemplate
    columns = ["name", "code", "number", "state", "published_on", *RULES]
    groups = [(_("评分与期限"), RULES)]
    list_columns = ["name", "code", "number", "state", "published_on"]
    tabs = ["ChecklistSection"]
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return row.state == "draft"

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        """A draft is published; of any version a new draft is made. Both ask first."""
        if not self.may("write"):
            return []
        copy = {"label": gettext("复制为新版本"), "url": self.url("copy", pk=row.id)}
        publish = {"label": gettext("发布"), "url": self.url("publish", pk=row.id)}
        return [copy, publish] if row.state == "draft" else [copy]

    @expose("/publish/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def publish(self, pk: int) -> str | Response:
        row = self.row(pk)
        if request.method == "GET":
            return self._ask(row, "publish", gettext("发布"), self._asked(row))
        return self._settle(row, checklist.publish, gettext("已发布。"))

    def _asked(self, row: Any) -> str:
        warning = checklist_words.contradictions(checklist.items_of(db.session(), row.id))
        return gettext("发布“%(name)s”？发布后不能再修改。", name=row) + warning

    @expose("/copy/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def copy(self, pk: int) -> str | Response:
        row = self.row(pk)
        if request.method == "GET":
            return self._ask(row, "copy", gettext("复制为新版本"), gettext("把“%(name)s”复制为新的草稿？", name=row))
        return self._settle(row, partial(checklist.new_version, token=forms.token_sent()), gettext("已复制为新的草稿。"))

    def _ask(self, row: Any, name: str, label: str, text: str) -> str:
        return ask(label, text, label, self.url(name, pk=row.id), self.url("show", pk=row.id), hidden=[("_token", forms.new_token())])

    def _settle(self, row: Any, work: Callable[..., Any], done: str) -> Response:
        pk = row.id
        try:
            made = work(db.session(), row)
            db.session.commit()
            flash(done, "success")
            return redirect(self.url("show", pk=made.id))
        except records.Refused as refused:
            db.session.rollback()
            flash(say_all(refused.errors), "danger")
            return redirect(self.url("show", pk=pk))


class ChecklistSectionView(PanelView):
    model = ChecklistSection
    columns = ["template", "code", "name", "position"]
    list_columns = ["name", "code", "template"]
    order = ("id", False)
    tabs = ["ChecklistItem"]
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return row.template.state == "draft"


class ChecklistItemView(PanelView):
    model = ChecklistItem
    columns = ["section", "code", "text", "position", "methods", "evidence_asked", "critical", "applies_when", "basis", "weight", "evidence", "parameters"]
    apart = ["parameters"]
    list_columns = ["code", "text", "section", "methods", "critical"]
    filters = ["critical"]
    searched = ["code", "text"]
    order = ("id", False)
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return row.section.template.state == "draft"

    def more_of(self, row: Any) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """What the figure is measured with, beside the number that the text says."""
        told = checklist_words.told(row)
        return [(gettext("参数"), told)] if told else ()

    def saved(self, row: Any) -> Response:
        if warning := checklist_words.contradictions([row]):
            flash(warning, "warning")
        return super().saved(row)

    def shape(self, form: Any) -> None:
        """Only the parameters of the chosen function are asked."""
        field, chosen = form["parameters"], form["evidence"]
        own = field.object_data if chosen.data == chosen.object_data else None
        field.take(checklist.takes(chosen.data, own))
        field.beside = checklist_words.beside(field.known, form["text"].data)
        field.empty = gettext("这个算法没有参数") if chosen.data else gettext("选好系统算法，点“保存”后再填参数")


class InspectionView(PanelView):
    model = Inspection
    columns = ["name", "school", "template", "planned_on", "inspector", "state", "submitted_at", "score", "grade", "next_due_on", "summary"]
    list_columns = ["name", "school", "planned_on", "inspector", "state", "score", "grade", "next_due_on"]
    filters = ["state", "grade"]
    marks = {"due": (_("到期未查"), work.visit_due)}
    searched = ["name"]
    orders = {"planned_on": "planned_on"}
    order = ("planned_on", True)
    tabs = ["Finding", "DrawnChild"]

    def form_keys(self) -> tuple[str, ...]:
        """Who inspects plans for oneself."""
        return tuple(key for key in super().form_keys() if key != "inspector" or asker().role != "inspector")

    def make(self, values: Mapping[str, Any], token: str | None) -> Any:
        own = {"inspector": asker().member_id} if "inspector" not in self.form_keys() else {}
        return super().make({**values, **own}, token)

    def may_change(self, row: Any) -> bool:
        return row.state != "submitted"

    def parts_of(self, row: Any) -> Mapping[Entity, str]:
        return visits.ticks_ever(db.session(), row)

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        if row.state == "submitted":
            letter = opinion.of_inspection(db.session(), row)
            found = [(gettext("督导意见书"), url_for("OpinionView.letter", pk=letter.id))] if letter is not None else []
            return [*found, (gettext("检查报告"), url_for("VisitReport.report", pk=row.id))]
        begun = gettext("继续检查") if row.state == "open" else gettext("开始检查")
        return [(begun, url_for("Visit.sheet", pk=row.id))] if asker().may("write", Answer) else []
