"""What the pages draw: figures of a report as bars, talks by month as a line. Each tells what the text beside it tells, no more."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from flask_babel import gettext as _

from app.extensions import db
from app.models.counts import MONTHS
from app.panel import charts
from app.panel.charts import Bar, Chart, Series
from app.panel.security import asker
from app.services import hiding, overview, statistics, suppression
from app.services.evidence.judge import percent_of
from app.services.pictures import Picture
from app.services.statistics import Line, Measure, Report
from app.services.suppression import Hidden

TONES = ("full", "light")
URGENT = "overdue"  # the one figure that needs somebody today: red, beside what is not yet done and no green


def text_of(line: Line, one: Measure, hidden: Hidden | None) -> str:
    """A figure as it is written: in a table, beside its bar; 100% only where nothing lacks."""
    value = line.value(one)
    said = hidden.text(line, one) if hidden is not None else None
    if said is not None or value is None:
        return said or "—"
    return f"{percent_of(line.sums[one.key], line.sums[one.of]):.1f}%" if one.of else f"{value:.1f}" if one.mean else f"{value:,}"


def of_report(pictures: Sequence[Picture], report: Report, hidden: Hidden | None) -> list[SimpleNamespace]:
    """The pictures of a report that have something to show."""
    made = [(one, _chart(one, lines, hidden)) for one in pictures if (lines := one.lines(report))]
    return [SimpleNamespace(title=chart.title, svg=charts.bars(chart), note="", points=(),
                            keys=[(each.tone, each.label) for each in chart.series] if len(chart.series) > 1 else [])
            for _one, chart in made if any(bar.value for each in chart.series for bar in each.bars)]


def _chart(one: Picture, lines: Sequence[Line], hidden: Hidden | None) -> Chart:
    if one.of_total:
        names = [_(each.label) for each in one.measures]
        series = [Series("", "full", tuple(_bar(lines[0], each, hidden) for each in one.measures))]
    else:
        names = [_(line.name) if line.area_id is None and line.school_id is None else line.name for line in lines]
        tones = ("light", "bad") if one.measures[-1].key == URGENT else TONES[:len(one.measures)]
        series = [Series(_(each.label), tone, tuple(_bar(line, each, hidden) for line in lines)) for each, tone in zip(one.measures, tones, strict=True)]
    top = 100 if one.share else None
    return Chart(_(one.title), tuple(names), tuple(_whole(series) if one.stacked else series), top, one.stacked)


def _bar(line: Line, one: Measure, hidden: Hidden | None) -> Bar:
    """A bar no longer than its text says: the share behind 33.3% stays as unknown as in the table."""
    value = line.value(one)
    shown = value is not None and (hidden is None or hidden.text(line, one) is None)
    return Bar(round(value, 1) if value is not None and shown else None, text_of(line, one, hidden))


def _whole(series: Sequence[Series]) -> list[Series]:
    """Parts put end to end: where one is hidden none is drawn, for half a bar would be taken for the whole."""
    gaps = [any(bar.value is None for bar in bars) for bars in zip(*(one.bars for one in series), strict=True)]
    return [one._replace(bars=tuple(Bar(None, bar.text if bar.value is None else "") if gap else bar for bar, gap in zip(one.bars, gaps, strict=True)))
            for one in series]


def talks(report: Report | None) -> list[SimpleNamespace]:
    """Talks by month, where talks are counted for this role and any were held.

    Who sees no small count gets the line of the whole place only: the lines of two places would give back a third's.
    """
    who = asker()
    if not (who.may("read", "Talk") or report is not None) or who.role == "inspector":
        return []
    if who.role in statistics.COUNTS_ONLY and report is not None and report.area_id != who.area_id:
        return []
    months = overview.talks_by_month(db.session(), report)
    if max(count for _first, count in months) < hiding.LEAST:
        return []
    points = [(_("%(month)s月", month=first.month), count, Hidden.MARKS[0] if count is None else f"{count:,}")
              for (first, _held), count in zip(months, suppression.over_time(who, months), strict=True)]
    title = _("每月谈心次数")
    return [SimpleNamespace(title=title, svg=charts.line(title, tuple(points)), points=points, keys=[],
                            note=_("近 %(count)s 个月，本月到今天为止", count=MONTHS))]
