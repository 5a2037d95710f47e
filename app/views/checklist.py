"""The checklist as data: its versions, their sections and items. Their order is views/checklist_outline.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.models.words import _
from app.panel.steps import Step, Stepped
from app.panel.view import PanelView
from app.panel.views_by_entity import url_of
from app.services import checklist, checklist_order, checklist_place, records
from app.views import checklist_compare, checklist_outline, checklist_preview, checklist_taking, checklist_words

RULES = ("excellent_from", "good_from", "fair_from", "cap", "critical_days", "general_days", "excellent_months", "good_months", "fair_months",
         "poor_months", "objection_days", "recheck_days", "extend_days", "escalate_days")


def changeable(template: ChecklistTemplate) -> bool:
    """Whether it is a draft of who asks."""
    return template.state == "draft" and checklist_place.changes(db.session(), template)


STEPS = {
    "copy": Step(_("复制为新版本"), (), _("照它做一份新的草稿，可以修改后发布。"), _("已复制为新的草稿。"), checklist.new_version,
                 only=lambda row: checklist_place.copies(db.session(), row), makes=True),
    "publish": Step(_("发布"), ("draft",), _("发布后不能再修改。"), _("已发布。"), checklist.publish, only=changeable)}


class ChecklistTemplateView(Stepped):
    model = ChecklistTemplate
    steps = STEPS
    columns = ["name", "code", "number", "area", "state", "published_on", *RULES]
    groups = [(_("评分与期限"), RULES)]
    list_columns = ["name", "code", "number", "area", "state", "published_on"]
    leaves = {"outline": _("分类和条目"), "compare": _("版本比较")}
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return changeable(row)

    def state_of(self, row: Any) -> list[dict[str, str]]:
        state = {"text": gettext(codes.TEMPLATE_STATE[row.state]), "pill": "ok" if row.state == "published" else "warn"}
        return [{"text": gettext("第 %(n)s 版", n=row.number)}, state]

    def warning_of(self, row: Any, what: str) -> str:
        return checklist_words.contradictions(checklist.items_of(db.session(), row.id)) if what == "publish" else ""

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        found = [(gettext("导出工作簿"), self.url("book", pk=row.id))] if self.may("export") else []
        return [*found, (gettext("导入工作簿"), self.url("take_in", pk=row.id))] if self.may("write") and self.may_change(row) else found

    @expose("/outline/<int:pk>")
    @has_access
    @permission_name("read")
    def outline(self, pk: int) -> str:
        """Sections and items in their order; those of a draft are moved, added and deleted from here."""
        return checklist_outline.page(self, self.row(pk))

    @expose("/move/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("write")
    def move(self, pk: int) -> Response:
        """A section or item of the draft changes places with the neighbour that the button names."""
        row = self._draft(pk)
        button = checklist_outline.pressed(db.session(), row) or abort(404)
        try:
            checklist_order.move(db.session(), button.row, button.version, button.neighbour)
            db.session.commit()
        except records.Conflict:
            db.session.rollback()
            flash(gettext("有人刚刚改了次序，没有移动。请核对后再移。"), "danger")
        return redirect(self.url("outline", pk=pk, _anchor=button.anchor))

    @expose("/compare/<int:pk>")
    @has_access
    @permission_name("read")
    def compare(self, pk: int) -> str:
        """What is otherwise than in another version of the same code."""
        return checklist_compare.page(self, self.row(pk), "compare_book" if self.may("export") else None)

    @expose("/compare/<int:pk>.xlsx")
    @has_access
    @permission_name("export")
    def compare_book(self, pk: int) -> Response:
        return checklist_compare.book(self.row(pk))

    @expose("/book/<int:pk>.xlsx")
    @has_access
    @permission_name("export")
    def book(self, pk: int) -> Response:
        """Sections, items and parameters of a version; read back by ``take_in``."""
        return checklist_taking.book(self.row(pk))

    @expose("/take_in/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def take_in(self, pk: int) -> str:
        """The page that asks for a workbook; what is sent is checked, and nothing is written."""
        row = self._draft(pk)
        return checklist_taking.ask(self, row) if request.method == "GET" else checklist_taking.check(self, row)

    @expose("/take_in/<int:pk>/write", methods=["POST"])
    @has_access
    @permission_name("write")
    def write_in(self, pk: int) -> str | Response:
        """The workbook that was checked, all of it or nothing."""
        return checklist_taking.write(self, self._draft(pk))

    @expose("/take_in/<int:pk>/wrong/<token>.xlsx")
    @has_access
    @permission_name("write")
    def wrong(self, pk: int, token: str) -> Response:
        """The workbook that was checked, with every wrong cell marked."""
        return checklist_taking.marked(self._draft(pk), token)

    def _draft(self, pk: int) -> Any:
        """A version that may be changed, else Forbidden."""
        row = self.row(pk)
        if not self.may_change(row):
            raise records.Forbidden("edit")
        return row


class InOrder(PanelView):
    """Rows that have a place among others: a new one comes last, and they are moved on the page of the whole checklist."""

    bulk = ()
    filled = ["position"]

    def shape(self, form: Any) -> None:
        """People say no number."""
        del form["position"]

    def written(self, values: Mapping[str, Any], row: Any = None) -> Mapping[str, Any]:
        return checklist_order.last(db.session(), self.model, values, row)

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        return [(gettext("分类和条目"), self.was_on(row))]

    def was_on(self, row: Any) -> str:
        template = row.template_id if isinstance(row, ChecklistSection) else row.section.template_id
        return url_of("ChecklistTemplate", "outline", pk=template, _anchor=checklist_outline.anchor_of(row))


class ChecklistSectionView(InOrder):
    model = ChecklistSection
    columns = ["template", "code", "name", "position"]
    list_columns = ["name", "code", "template"]
    order = ("id", False)
    tabs = ["ChecklistItem"]

    def may_change(self, row: Any) -> bool:
        return changeable(row.template)


class ChecklistItemView(InOrder):
    model = ChecklistItem
    columns = ["section", "code", "text", "position", "methods", "evidence_asked", "critical", "applies_when", "basis", "weight", "evidence", "parameters"]
    apart = ["parameters"]
    list_columns = ["code", "text", "section", "methods", "critical"]
    filters = ["critical"]
    searched = ["code", "text"]
    order = ("id", False)

    def may_change(self, row: Any) -> bool:
        return changeable(row.section.template)

    def more_of(self, row: Any) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """What the figure is measured with, beside the number that the text says."""
        told = checklist_words.told(row)
        return [(gettext("参数"), told)] if told else ()

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        tried = [(gettext("试算"), self.url("preview", pk=row.id))] if row.evidence and checklist_preview.may() else []
        return [*super().links_of(row), *tried]

    @expose("/preview/<int:pk>")
    @has_access
    @permission_name("read")
    def preview(self, pk: int) -> str:
        """The item's figure on a school of the own scope."""
        row = self.row(pk)
        if not checklist_preview.may():
            raise records.Forbidden("read Answer")
        return checklist_preview.page(row, self.url("show", pk=pk), self.url("preview", pk=pk))

    def saved(self, row: Any) -> Response:
        if warning := checklist_words.contradictions([row]):
            flash(warning, "warning")
        return super().saved(row)

    def shape(self, form: Any) -> None:
        """Only the parameters of the chosen function are asked."""
        super().shape(form)
        field, chosen = form["parameters"], form["evidence"]
        own = field.object_data if chosen.data == chosen.object_data else None
        field.take(checklist.takes(chosen.data, own))
        field.beside = checklist_words.beside(field.known, form["text"].data)
        field.empty = gettext("这个算法没有参数") if chosen.data else gettext("选好系统算法，点“保存”后再填参数")
