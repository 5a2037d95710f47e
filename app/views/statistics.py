"""The statistics of a place, on a page and as a workbook."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any, BinaryIO

from flask import abort, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.words import N_
from app.panel import downloads
from app.panel.address import whole
from app.panel.books import XLSX
from app.panel.rows import Cell
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import clock, history, statistics, suppression, transactions
from app.services.jobs.kinds import SCHOOLS, Unable, Work, kind
from app.services.pictures import PICTURES
from app.services.statistics import SECTIONS, Line, Measure, Report
from app.services.statistics_book import write_statistics
from app.services.suppression import Hidden
from app.views import charts
from app.views.charts import URGENT, text_of

OUT_OF_SIGHT = N_("这个区域现在不在您的管辖范围，没有生成。")


class Statistics(BaseView):
    """Figures by township, or by school below one."""

    route_base = "/statistics"
    default_view = "index"
    class_permission_name = "Statistics"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self) -> str:
        section = request.args.get("section", "")
        section = section if section in SECTIONS else "overview"
        report = _report(section)
        hidden = suppression.hidden_in(db.session(), report)
        area: dict[str, Any] = {"area": report.area_id} if report.area_id != asker().area_id else {}
        table = table_of(report, SECTIONS[section][1], hidden, section)
        page = SimpleNamespace(
            title=_("统计"), subtitle=f"{report.place} · {period(report)}", table=table, charts=_charts(section, report, hidden),
            tabs=[{"label": _(label), "url": url_for("Statistics.index", section=key, **area), "on": key == section}
                  for key, (label, _measures) in SECTIONS.items()],
            back_url=url_for("Statistics.index", section=section, **_above(report)) if area else None,
            hides=any(cell.text in Hidden.MARKS for row in table.rows for cell in row["cells"]),
            export_url=url_for("Statistics.export", **area) if asker().may("export", "Statistics") else None)
        return render_template("statistics.html", page=page)

    @expose("/export.xlsx", methods=["GET", "POST"])
    @has_access
    @permission_name("export")
    def export(self) -> str | Response:
        """At once where the figures stand ready, in the background where many schools are still to be counted."""
        area, title = _area(), _("统计")
        if statistics.takes_long(db.session(), area):
            return downloads.ask_or_begin(
                "statistics", {"area": area}, title=title, file_name=f"{title}{clock.today():%Y%m%d}.xlsx", back_url=url_for("Statistics.index", area=area),
                text=_("许多学校的数字要重新统计，在后台进行，好了到“我的下载”里取。"))
        report, target = _report(), BytesIO()
        _write(report, target)
        target.seek(0)
        return send_file(target, XLSX, as_attachment=True, download_name=f"{report.place}{title}{report.on:%Y%m%d}.xlsx")


@kind("statistics", SCHOOLS)
def write_later(work: Work) -> None:
    work.total(statistics.to_count(work.session, work.args["area"]))
    report = statistics.report(work.session, tuple(SECTIONS), work.args["area"], keep=True)
    if report is None:
        raise Unable(OUT_OF_SIGHT)
    _write(report, work.file)


def _write(report: Report, target: BinaryIO) -> None:
    session = db.session()
    write_statistics(target, report, period(report), suppression.hidden_in(session, report), _, name_label(report))
    with transactions.writing(session):
        history.log_access(session, "export", "Statistics", rows=len(report.lines))


def _area() -> int | None:
    """The area that the address names."""
    area = whole(request.args.get("area"))
    if area is None and request.args.get("area"):
        abort(404)
    return area


def _report(section: str = "") -> Report:
    """The report that the address asks for; all sections where small counts must be hidden."""
    sections = (section,) if section and asker().role not in statistics.COUNTS_ONLY else tuple(SECTIONS)
    return statistics.report(db.session(), (*sections, "talks") if section == "care" else sections, _area(), keep=True) or abort(404)


def _charts(section: str, report: Report, hidden: Hidden | None) -> list[SimpleNamespace]:
    """Those of the whole place first, the bars of many places last."""
    drawn = charts.of_report(PICTURES[section], report, hidden)
    return [*drawn[:1], *(charts.talks(report) if section == "care" else ()), *drawn[1:]]


def _above(report: Report) -> dict[str, Any]:
    return {"area": report.parent_id} if report.parent_id != asker().area_id else {}


def period(report: Report) -> str:
    """The term and the day of the figures."""
    term = statistics.term_name(db.session(), report.on)
    return " · ".join(part for part in (term, _("截至 %(day)s", day=format_date(report.on, "long"))) if part)


def name_label(report: Report) -> str:
    return _("学校") if report.by_school else _("区域")


def table_of(report: Report, measures: tuple[Measure, ...], hidden: Hidden | None, section: str = "overview") -> SimpleNamespace:
    """The table as the row template takes it; the total stands last."""
    labels = [name_label(report), *(_(one.label) for one in measures)]
    headings = [{"label": label, "url": None, "direction": None, "numeric": bool(at)} for at, label in enumerate(labels)]
    below = url_for("Statistics.index", section=section) + "&area="  # made once: a county has hundreds of lines
    lines = [_row(line, line.name, measures, hidden, _where(line, below)) for line in report.lines]
    lines.append(_row(report.total, _(report.total.name), measures, hidden, None))
    return SimpleNamespace(title="", headings=headings, rows=lines if report.lines else [], bulk=None)


def _row(line: Line, name: str, measures: tuple[Measure, ...], hidden: Hidden | None, url: str | None) -> dict[str, Any]:
    cells = [Cell(text_of(line, one, hidden), _pill(line, one), None, False, True) for one in measures]
    return {"id": line.area_id or line.school_id or 0, "url": url, "cells": [Cell(name, None, None, False, False), *cells]}


def _pill(line: Line, one: Measure) -> str | None:
    """Overdue hazards are red."""
    return "bad" if one.key == URGENT and line.sums[URGENT] else None


def _where(line: Line, below: str) -> str | None:
    if line.school_id is not None:
        return url_of("School", "show", pk=line.school_id) if asker().may("read", "School") else None
    return f"{below}{line.area_id}" if line.area_id is not None and _opens(line) else None


def _opens(line: Line) -> bool:
    """Whether the table behind the line is for the asker: who sees counts only stops at the townships."""
    return asker().role not in statistics.COUNTS_ONLY or not line.leaf
