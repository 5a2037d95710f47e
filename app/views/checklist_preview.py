"""An item's figure on a real school, measured as the item stands: what an inspector would see beside it. Nothing is written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app.extensions import db
from app.models import codes
from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.org import School
from app.models.rules import RuleError
from app.models.words import _ as N_
from app.panel import forms, pages
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import clock, evidence, records
from app.services.conditions import applies
from app.services.evidence import Evidence
from app.views import checklist_words, visit_figures

ROWS = 50  # rows behind the figure that the page shows


def may() -> bool:
    """Who sees figures beside ticks sees them here."""
    return asker().may("read", Answer) and asker().may("read", School)


def page(item: ChecklistItem, back_url: str, action: str) -> str:
    """The school is chosen in the address: ``?school=12``, or by its whole name where no script runs."""
    form: Any = forms.form_class(Inspection, ("school",))(formdata=request.args)
    school = _chosen(form) if "school" in request.args else None
    made = evidence.assess(db.session(), school, [item], clock.today()).get(item.code) if school is not None else None
    shown = SimpleNamespace(
        title=_("%(code)s 试算", code=item.code), back_url=back_url, action=action, item=item, text=_(item.text), school=school,
        measured=checklist_words.told(item), figure=visit_figures.proof(made, None), facts=_facts(made) if made is not None else [],
        table=_rows(made), most=ROWS, left_out=_left_out(item, school))
    return render_template("checklist/preview.html", page=shown, form=form)


def _chosen(form: Any) -> School | None:
    """The school within the scope of who asks; else the field says what is wrong."""
    found = records.find(db.session(), School, form.school.data or 0) if form.validate() else None
    if found is None and not form.school.errors:
        form.complain({"school": RuleError(N_("找不到这一项，或不在您的管辖范围"))})
    return found


def _left_out(item: ChecklistItem, school: School | None) -> str:
    """Which schools are asked the item, where this one is not."""
    asked_of = codes.CONDITION.get(item.applies_when or "")
    return _(asked_of) if asked_of and school is not None and not applies(item, school) else ""


def _facts(made: Evidence) -> list[tuple[str, str]]:
    """The parts of a figure, one by one."""
    number = visit_figures.number
    value = f"{number(made.value)} {_(made.unit)}".strip() if made.value is not None else _("没有记录")
    rule = visit_figures.told(made.threshold, made.params)
    return [(_("系统算法"), _(made.label)), (_("数值"), value), (_("分子"), number(made.numerator)), (_("分母"), number(made.denominator)),
            (_("标准"), rule or "—"), (_("系统建议"), visit_figures.advice(made.suggestion, made.level))]


def _rows(made: Evidence | None) -> SimpleNamespace | None:
    """The rows behind a figure; None where the role may not read them."""
    entity = made.rows.entity if made is not None and made.rows is not None else ""
    if made is None or made.rows is None or entity not in VIEWS or not asker().may("read", entity):
        return None
    return pages.short_list(entity, VIEWS[entity].model.id.in_(made.rows.ids.order_by(None)), hidden="school", size=ROWS)
