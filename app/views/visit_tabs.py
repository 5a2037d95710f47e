"""An inspection as a workbook: summary, findings, answers with the evidence that was frozen with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.models import codes
from app.models.inspection import ChecklistSection
from app.panel.security import asker
from app.services import clock, masks
from app.services.inspection_report import Report, ReportLine
from app.services.scoring import GRADE
from app.services.sheet.book import Tab
from app.services.sheet.column import Column
from app.views.visit_figures import told as worded


def tabs(told: Report, inspector: str, *, answers: bool) -> list[Tab]:
    """The sheets; the answers only for a role that may read them."""
    title = _("%(school)s 校园督导检查", school=told.school.name)
    row = told.inspection
    subtitle = f"{_(row.name)} · {row.planned_on.isoformat()} · {inspector} · {_(codes.INSPECTION_STATE[row.state])}"
    found = [Tab(_("汇总"), title, subtitle, _summary_columns(), list(_summary(told))),
             Tab(_("问题"), title, subtitle, _finding_columns(), list(_findings(told)))]
    if answers:
        found.append(Tab(_("检查结果"), title, subtitle, _answer_columns(), list(_answers(told))))
    return found


def _text(key: str, label: str, width: int | None = None, *, long: bool = False) -> Column:
    return Column(key, label, "text", width=width, long=long)


def _summary_columns() -> list[Column]:
    counts = [Column(key, _(label), "int") for key, label in codes.RESULT.items()]
    return [_text("code", _("编号"), 8), _text("name", _("分类"), 28), *counts, Column("open", _("未填"), "int"), Column("score", _("得分"), "decimal"),
            _text("grade", _("等级"), 10)]


def _summary(told: Report) -> Iterator[tuple[Any, ...]]:
    for part in told.parts:
        yield (part.section.code, _(part.section.name), *(part.counts[key] for key in codes.RESULT), part.counts["open"], part.score, None)
    yield ("", _("合计"), *(told.counts[key] for key in codes.RESULT), told.counts["open"], told.score, _(GRADE[told.grade]) if told.grade else None)
    if told.inspection.next_due_on:
        yield ("", _("下次检查：%(day)s", day=told.inspection.next_due_on.isoformat()), *(None,) * (len(codes.RESULT) + 3))
    if summary := masks.shown(asker(), told.inspection, "summary"):
        yield ("", _("总体评价：%(text)s", text=summary), *(None,) * (len(codes.RESULT) + 3))


def _finding_columns() -> list[Column]:
    return [_text("code", _("编号"), 8), _text("what", _("问题"), 60, long=True), _text("level", _("等级"), 12), Column("due_on", _("整改期限"), "date"),
            _text("responsible", _("责任人"), 12), _text("state", _("状态"), 14),
            Column("fixed_on", _("整改日期"), "date"), _text("fix", _("整改措施"), 40, long=True)]


def _findings(told: Report) -> Iterator[tuple[Any, ...]]:
    for one in told.findings:
        yield (one.item.code if one.item is not None else None, one.what, _(codes.FINDING_LEVEL[one.level]), one.due_on,
               masks.answering(asker(), one, "responsible") or None, _(codes.FINDING_STATE[one.state]), one.fixed_on, masks.shown(asker(), one, "fix") or None)


def _answer_columns() -> list[Column]:
    return [_text("code", _("编号"), 8), _text("section", _("分类"), 18), _text("text", _("检查内容"), 60, long=True), _text("critical", _("红线"), 8),
            _text("own", _("自查"), 10),
            _text("result", _("结果"), 10), Column("value", _("记录数值"), "decimal"), _text("unit", _("单位"), 8), Column("numerator", _("分子"), "int"),
            Column("denominator", _("分母"), "int"), _text("said", _("当时的记录"), 40, long=True), Column("at", _("记录时间"), "datetime"),
            Column("rule", _("算法版本"), "int"),
            _text("reason", _("与记录不符的理由"), 30, long=True), _text("remark", _("备注"), 30, long=True)]


def _answers(told: Report) -> Iterator[tuple[Any, ...]]:
    for part in told.parts:
        for line in part.lines:
            yield _answer(part.section, line)


def _answer(section: ChecklistSection, line: ReportLine) -> tuple[Any, ...]:
    kept, answer, item = line.frozen or {}, line.answer, line.item
    unit = kept.get("unit")
    at = datetime.fromisoformat(kept["at"]) if "at" in kept else answer.answered_at if answer is not None else None
    return (item.code, _(section.name), _(item.text), _("红线") if item.critical else None,
            _(codes.RESULT[line.own.result]) if line.own is not None and line.own.result else None, _(codes.RESULT[line.result]) if line.result else _("未填"),
            kept.get("value"), _(unit) if unit else None, kept.get("numerator"), kept.get("denominator"),
            worded(kept["msgid"], kept["params"]) if "msgid" in kept else kept.get("text"), clock.local(at) if at else None, kept.get("version"),
            answer.reason if answer is not None else None, answer.remark if answer is not None else None)
