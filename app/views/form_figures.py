"""A form of figures as a table on the screen: with what is not collected, and the children behind each cell."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from app.panel.rows import Cell
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, url_of
from app.services import statistics
from app.services.forms import census, figures
from app.services.forms.declaration import Declared
from app.services.forms.figures import PLACE
from app.services.forms.periods import Period
from app.services.forms.produce import Wish
from app.services.statistics import Line, Measure, Report
from app.services.suppression import Hidden
from app.views import charts
from app.views.charts import text_of


def page(wish: Wish, report: Report, hidden: Hidden | None) -> SimpleNamespace:
    """What forms/figures.html shows. Who gets counts only is told of broken rules, but not their numbers."""
    form, counts_only = wish.form, asker().role in statistics.COUNTS_ONLY
    broken, picture = figures.broken(form, report), figures.picture(form)
    shows = not (broken and counts_only)
    return SimpleNamespace(
        title=form.title, subtitle=" · ".join([wish.place.name, told(form, wish.period), *_counted(wish.period)]), back_url=url_for("Forms.index"),
        table=_table(wish, report, hidden) if shows else None,
        charts=charts.of_report([picture], report, hidden) if shows and picture is not None else [],
        broken=[] if counts_only else [_("%(line)s：%(rule)s，%(numbers)s，差 %(gap)s", line=_(one.line), rule=one.rule, numbers=one.numbers, gap=one.gap)
                                       for one in broken],
        stopped=bool(broken), hides=hidden is not None,
        export_url=None if broken else _address("Forms.workbook", wish, wish.place.code))


def told(form: Declared, period: Period) -> str:
    """The period in the reader's language; terms and school years have names."""
    if form.period == "day":
        return _("截至 %(day)s", day=format_date(period.first, "long"))
    return _("%(year)s年%(month)s月", year=period.first.year, month=period.first.month) if form.period == "month" else period.label


def _counted(period: Period) -> list[str]:
    """What a past period's page says of its children."""
    day = figures.counted_on(period)
    return [] if day is None else [_("儿童按 %(day)s 在册计", day=format_date(day, "long"))]


def _address(page: str, wish: Wish, code: str) -> str:
    """The same form of a place, on the screen or as a workbook."""
    asked: dict[str, Any] = {"key": wish.form.key, "p": code, "from": wish.period.first.isoformat()}
    return url_for(page, **asked)


def columns_of(form: Declared, counts_only: bool) -> list[Measure]:
    """The figures in the order of the form; behind each block what is not collected, for whom that is no count too small."""
    book = figures.BOOKS[form.which]
    shown = [one for column in form.columns if column.source != PLACE and (one := figures.measure(book, column.source)) is not None]
    if not book.footed or counts_only:
        return shown
    found: list[Measure] = []
    for at, one in enumerate(shown):
        found.append(one)
        rest = {later.key for later in shown[at + 1:]}
        found += [Measure(key, _("%(block)s 未采集", block=_(label))) for key, (label, parts) in census.BLOCKS.items()
                  if one.key in parts and not rest & set(parts)]
    return found


def _table(wish: Wish, report: Report, hidden: Hidden | None) -> SimpleNamespace:
    measures = columns_of(wish.form, hidden is not None)
    first = _("学校") if report.by_school else _("区域")
    headings = [{"label": label, "url": None, "direction": None, "numeric": bool(at)} for at, label in enumerate([first, *map(_label, measures)])]
    codes = figures.codes_of(report.lines)
    rows = [_row(wish, line, code, measures, hidden) for line, code in zip(report.lines, codes, strict=True)]
    rows.append(_row(wish, report.total, wish.place.code, measures, hidden))
    return SimpleNamespace(title="", headings=headings, rows=rows if report.lines else [], bulk=None)


def _label(one: Measure) -> str:
    number = one.key.removeprefix("c") if one.key in census.LABELS else ""
    return f"{number} {_(one.label)}".strip()


def _row(wish: Wish, line: Line, code: str, measures: Sequence[Measure], hidden: Hidden | None) -> dict[str, Any]:
    cells = [Cell(text_of(line, one, hidden), None, _behind(line, one, code, hidden), False, True) for one in measures]
    below = code and line.area_id is not None
    url = _address("Forms.figures", wish, code) if below and hidden is None else None
    return {"id": line.area_id or line.school_id or 0, "url": url, "cells": [Cell(_(line.name) if not code else line.name), *cells]}


def _behind(line: Line, one: Measure, code: str, hidden: Hidden | None) -> str | None:
    """The list of the children behind a cell, for who may read them."""
    if hidden is not None or not code or one.of or not line.sums[one.key] or one.key not in VIEWS["Child"].linked or not asker().may("read", "Child"):
        return None
    return url_of("Child", "list", m=one.key, p=code)
