"""The first page: what is to be done, then the figures of the place; and the search over everything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.panel.rows import Cell
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, url_of
from app.services import clock, finding_marks, overview, statistics, suppression, work
from app.services.evidence.judge import percent_of
from app.services.statistics import KNOWN, SECTIONS, Report
from app.services.suppression import Hidden
from app.views import charts
from app.views.statistics import table_of

WEEK = 7
QUICK = {"no_talk": "Talk", "no_visit": "HomeVisit"}  # mark of a task → what the one-page entry makes
SHOWN = (("left_behind", ""), ("filed", "left_behind"), ("talked", "left_behind"), ("visited", "left_behind"), ("overdue", ""))


class Home(BaseView):
    """Today's work of whoever is here."""

    route_base = ""
    default_view = "index"
    class_permission_name = "Home"

    @expose("/")
    def index(self) -> str | Response:
        if not current_user.is_authenticated:
            return redirect(url_for("LoginView.login"))
        session, who = db.session(), asker()
        report = statistics.report(session, _sections(), keep=True) if _above_school() else None
        hidden = suppression.hidden_in(session, report) if report is not None else None
        figures = overview.figures(session, who, report)
        busy = _has_tasks()
        page = SimpleNamespace(
            title=_("今天要做") if busy else _("概况"), subtitle=format_date(clock.today(), _("M月d日 EEEE")), has_tasks=busy,
            figures=[_figure(one, report, hidden) for one in figures], todo=[_task(one) for one in work.tasks(session, who)],
            charts=charts.talks(report), aside=None if busy else next(iter(_inspections()), None),
            tables=[table for table in (*_overview(report, hidden), *(_inspections() if busy else _findings()), *_accounts()) if table.rows])
        return render_template("home.html", page=page)

    @expose("/search")
    @has_access
    @permission_name("read")
    def search(self) -> Response:
        """The header's search: children where the role has them, else schools."""
        entity = "Child" if asker().may("read", "Child") else "School"
        return redirect(url_of(entity, "list", q=request.args.get("q", "")[:60]))


def _sections() -> tuple[str, ...]:
    """What figures, chart and table of the places show; where small counts are hidden, all that they could be reckoned from."""
    return (*(SECTIONS if asker().role in statistics.COUNTS_ONLY else ("care", "safety")), "talks")


def _above_school() -> bool:
    return asker().school_id is None and asker().may("read", "Statistics")


def _has_tasks() -> bool:
    """Who only reads, or only keeps the panel running, has no clocks."""
    return any(asker().may("write", entity) for entity in ("Talk", "Hazard", "Finding", "Inspection"))


def _figure(one: work.Figure, report: Report | None, hidden: Hidden | None) -> dict[str, Any]:
    said = hidden.text(report.total, KNOWN[one.mark, ""]) if hidden is not None and report is not None else None
    if said is not None:
        return {"label": _(one.label), "value": said, "of": None, "percent": None, "level": None, "note": "", "url": _list_of(one)}
    of = None if hidden is not None and report is not None and hidden.text(report.total, KNOWN["left_behind", ""]) is not None else one.of
    percent = int(percent_of(one.value, of)) if of and one.entity != "Member" else None
    level = None if percent is None else "ok" if percent >= 100 else "warn" if percent >= 85 else "bad"
    return {"label": _(one.label), "value": f"{one.value:,}", "of": f"{of:,}" if of else None, "percent": percent, "level": level,
            "note": _(one.note, **one.values) if one.note else "", "url": _list_of(one)}


def _list_of(one: work.Figure) -> str | None:
    """Where the rows behind a figure stand; none while nothing shows them."""
    if one.entity == "Statistics":
        return url_for("Statistics.index")
    return url_of(one.entity, "list", **({"m": one.mark} if one.mark else {})) if one.entity in VIEWS else None


def _task(one: work.Task) -> dict[str, Any]:
    days = one.days
    pill = "bad" if days < 0 else "warn" if days <= WEEK else ""
    words = _("逾期 %(days)s 天", days=-days) if days < 0 else _("今天") if days == 0 else _("%(days)s 天内", days=days)
    return {"pill": pill, "pill_text": words, "text": _(one.text, **one.values), "note": "", "url": _where(one), "button": _("去办")}


def _where(one: work.Task) -> str:
    if one.entity == "Inspection":
        return url_for("Visit.sheet", pk=one.row_id)
    if one.entity == "CampaignSchool":
        return url_for("CampaignSchoolView.notice" if one.mark == "notice" else "SelfCheckPages.sheet", pk=one.row_id)
    if one.entity == "Opinion":
        return url_for("OpinionView.letter", pk=one.row_id)
    if one.row_id is None:
        return url_for("Quick.rows", kind=VIEWS[QUICK[one.mark]].model.__tablename__)
    return url_of(one.entity, "show" if one.entity == "Finding" else "edit", pk=one.row_id)


def _overview(report: Report | None, hidden: Hidden | None) -> list[SimpleNamespace]:
    """The places below, with the figures that tell where to look."""
    if report is None:
        return []
    table = table_of(report, tuple(KNOWN[key] for key in SHOWN), hidden, "care")
    table.title, table.more_url, table.sums = (_("各校情况") if report.by_school else _("各地情况")), url_for("Statistics.index"), True
    table.more_label = _("全部统计")
    return [table]


def _findings() -> list[SimpleNamespace]:
    """What is overdue, for an office above the schools that follows it without a step of its own: who has steps has tasks."""
    if asker().school_id is not None or not asker().may("read", "FindingStep"):
        return []
    rows = [{"id": one.id, "url": url_of("Finding", "show", pk=one.id), "cells": [
        _cell(one.what), _cell(one.school), _cell(_(codes.FINDING_LEVEL[one.level])), _cell(one.due_on.isoformat()),
        _cell(_("升级督办") if finding_marks.is_escalated(one) else _("逾期"))]} for one in overview.overdue_findings(db.session())]
    table = _table(_("逾期的督导问题"), [_("问题"), _("学校"), _("等级"), _("整改期限"), _("状态")], rows)
    table.more_url, table.more_label = url_of("Finding", "list", m="overdue"), _("全部")
    return [table]


def _inspections() -> list[SimpleNamespace]:
    if asker().school_id is not None or asker().role == "inspector" or not asker().may("read", "Inspection"):
        return []
    rows = [{"id": one.id, "url": url_of("Inspection", "show", pk=one.id), "cells": [
        _cell(one.name), _cell(one.school), _cell(one.planned_on.isoformat()), _cell(_(codes.INSPECTION_STATE[one.state]))]}
        for one in overview.running_inspections(db.session())]
    return [_table(_("没有完成的督导"), [_("检查"), _("学校"), _("计划日期"), _("状态")], rows)]


def _accounts() -> list[SimpleNamespace]:
    if asker().role != "admin":
        return []
    rows = [{"id": at, "url": None, "cells": [_cell(_(label)), *(_cell(str(count), numeric=True) for count in counts)]}
            for at, (label, *counts) in enumerate(overview.accounts(db.session()))]
    return [_table(_("账号"), [_("角色"), _("账号数"), _("停用"), _("锁定中")], rows, numeric=3)]


def _cell(text: str, numeric: bool = False) -> Cell:
    return Cell(text, None, None, False, numeric)


def _table(title: str, labels: list[str], rows: list[dict[str, Any]], numeric: int = 0) -> SimpleNamespace:
    """A small table; its last ``numeric`` columns hold numbers."""
    headings = [{"label": label, "url": None, "direction": None, "numeric": at >= len(labels) - numeric} for at, label in enumerate(labels)]
    return SimpleNamespace(title=title, headings=headings, rows=rows, bulk=None, more_url=None, sums=False)
