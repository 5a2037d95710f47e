"""Ticks against the school's own records, by inspector and by school, of a term or a campaign; on a page and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import abort, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.inspection import Answer
from app.panel.books import send_tabs
from app.panel.security import asker
from app.roles import OWN_TICKS
from app.services import clock, tick_report
from app.services.evidence.period import Span, term_of
from app.services.sheet.book import Tab
from app.services.sheet.column import Column
from app.services.tick_report import Asked, Count, Report, Tick
from app.views import visit_figures

MOST = 200  # ticks listed on the page; the workbook has all


class TickReport(BaseView):
    """How often inspectors tick against the records, and why."""

    route_base = "/tick_report"
    default_view = "index"
    class_permission_name = "TickReport"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self) -> str:
        chosen, asked, label = _asked()
        told = tick_report.report(db.session(), asked)
        page = SimpleNamespace(
            title=_("与记录不符"), subtitle=label, own=asker().role in OWN_TICKS, choices=_choices(), chosen=chosen, action=url_for("TickReport.index"),
            total=told.total, percent=_percent(told.total), tables=_tables(told), most=MOST,
            ticks=[_shown(one) for one in tick_report.against(db.session(), asked, MOST)],
            book_url=url_for("TickReport.book", of=chosen) if asker().may("export", "TickReport") else None)
        return render_template("tick_report.html", page=page)

    @expose("/book.xlsx")
    @has_access
    @permission_name("export")
    def book(self) -> Response:
        _chosen, asked, label = _asked()
        told, ticks = tick_report.report(db.session(), asked), tick_report.against(db.session(), asked)
        title = _("与记录不符")
        tabs = [Tab(name, title, label, _columns(name), [_counts(one) for one in counts]) for name, counts in _tables(told)]
        tabs.append(Tab(_("逐条"), title, label, _tick_columns(), list(_rows(ticks))))
        return send_tabs(_("与记录不符%(day)s.xlsx", day=f"{clock.today():%Y%m%d}"), tabs, None, len(ticks), Answer.__name__)


# What is asked for ------------------------------------------------------------------------
def _choices() -> list[tuple[str, str]]:
    """Terms, the present one first, and campaigns: value and name."""
    session = db.session()
    terms = [(f"t{one.id}", one.name) for one in tick_report.terms(session, clock.today())]
    campaigns = [(f"c{one.id}", one.name) for one in tick_report.campaigns(session)]
    return [*(terms or [("", _("本学期"))]), *campaigns]


def _asked() -> tuple[str, Asked, str]:
    """What the address asks for, and what it is called; 404 for what the asker is not offered."""
    choices = dict(_choices())
    chosen = request.args.get("of") or next(iter(choices))
    if chosen not in choices:
        abort(404)
    if chosen.startswith("c"):
        return chosen, Asked(campaign_id=int(chosen[1:])), choices[chosen]
    return chosen, Asked(span=_span(chosen)), choices[chosen]


def _span(chosen: str) -> Span:
    """A term with the holidays after it, for then ticks are made too; without a table of terms the usual one."""
    terms = tick_report.terms(db.session(), clock.today())
    at = next((at for at, one in enumerate(terms) if chosen == f"t{one.id}"), None)
    if at is None:
        return term_of(db.session(), clock.today())
    return Span(terms[at].starts_on, clock.today() if at == 0 else terms[at - 1].starts_on - timedelta(days=1))


# What is told -----------------------------------------------------------------------------
def _tables(told: Report) -> list[tuple[str, Sequence[Count]]]:
    """By inspector, where there is another one than the reader, and by school."""
    people = [] if asker().role in OWN_TICKS else [(_("督导员"), told.inspectors)]
    return [*people, (_("学校"), told.schools)]


def _percent(one: Count) -> str:
    return "—" if one.percent is None else f"{one.percent}%"


def _counts(one: Count) -> tuple[Any, ...]:
    return one.name or "—", one.ticks, one.suggested, one.against, one.kinder, one.stricter, one.percent


def _columns(name: str) -> list[Column]:
    labels = [("ticks", _("打勾")), ("suggested", _("有记录建议")), ("against", _("与记录不符")), ("kinder", _("比记录宽")), ("stricter", _("比记录严"))]
    return [Column("name", name, "text", width=26), *(Column(key, label, "int") for key, label in labels), Column("percent", _("不符率（%）"), "decimal")]


def _said(frozen: Mapping[str, Any]) -> str:
    """What the records said at the tick."""
    then = visit_figures.frozen(frozen)
    return then.text if then is not None else str(frozen.get("text") or "")


def _shown(one: Tick) -> SimpleNamespace:
    suggestion = one.frozen.get("suggestion")
    to: dict[str, Any] = {"pk": one.inspection_id, "_anchor": one.code}
    return SimpleNamespace(
        at=clock.local(one.at).strftime("%Y-%m-%d") if one.at else "—", school=one.school, by=one.by, item=f"{one.code} {_(one.text)}", said=_said(one.frozen),
        advice=visit_figures.advice(suggestion, ""), tone={"pass": "ok", "partly": "warn", "fail": "bad"}.get(suggestion or "", ""),
        result=_(codes.RESULT[one.result]), reason=one.reason or "—",
        url=url_for("VisitReport.report", **to) if one.state == "submitted" else url_for("Visit.sheet", q=one.code, **to))


def _tick_columns() -> list[Column]:
    return [Column("at", _("时间"), "datetime"), Column("school", _("学校"), "text", width=26), Column("by", _("督导员"), "text", width=12),
            Column("item", _("检查内容"), "text", width=50, long=True), Column("advice", _("记录建议"), "text", width=14),
            Column("said", _("学校的记录"), "text", width=50, long=True), Column("result", _("结果"), "text", width=10),
            Column("reason", _("理由"), "text", width=50, long=True)]


def _rows(ticks: Sequence[Tick]) -> Iterator[tuple[Any, ...]]:
    for one in ticks:
        yield (clock.local(one.at) if one.at else None, one.school, one.by or None, f"{one.code} {_(one.text)}",
               visit_figures.advice(one.frozen.get("suggestion"), ""), _said(one.frozen), _(codes.RESULT[one.result]), one.reason)
