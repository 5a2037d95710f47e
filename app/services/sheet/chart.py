"""Bars in a workbook: drawn by the program that opens it, from cells of its own sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.services.sheet.layout import FONT

COLOURS = ("#0B6B5D", "#9CCFC5")  # of what stands beside each other; only two are ever compared
WIDTH, HEIGHT = 900, 280  # points of the screen; the width of A4 across
ROWS = 15  # so many rows of the usual height a chart covers
FEW = 12  # places that half the width holds
SMALL = {"name": FONT, "size": 9}


class Series(NamedTuple):
    """Cells of one column, rows and columns from 0: the cell of its name, the first and the last of its values."""

    name: tuple[int, int]
    first: int
    last: int
    column: int


class Bars(NamedTuple):
    """A chart. ``names``: the column that names the bars; None where each series is one bar that bears its own name."""

    title: str
    names: int | None
    series: Sequence[Series]
    stacked: bool = False
    share: bool = False


def add(book: Workbook, sheet: Worksheet, row: int, charts: Sequence[Bars]) -> None:
    """The charts from ``row`` on: two of few places beside each other, so that they print on one page with their table."""
    halves = len(charts) == 2 and all(one.last - one.first < FEW for chart in charts for one in chart.series)
    for at, one in enumerate(charts):
        chart = _chart(book, sheet, one)
        chart.set_size({"width": WIDTH // 2 if halves else WIDTH, "height": HEIGHT})
        place = {"x_offset": at * WIDTH // 2} if halves else {}
        sheet.insert_chart(row if halves else row + at * ROWS, 0, chart, {"description": one.title, "object_position": 2, **place})


def _chart(book: Workbook, sheet: Worksheet, one: Bars) -> Any:
    chart: Any = book.add_chart({"type": "column", **({"subtype": "stacked"} if one.stacked else {})})
    labels = {"value": True, "series_name": one.names is None, "separator": "\n", "font": SMALL, **({"num_format": "0%"} if one.share else {})}
    for at, series in enumerate(one.series):
        named = {} if one.names is None else {"categories": [sheet.name, series.first, one.names, series.last, one.names]}
        chart.add_series({
            "name": [sheet.name, *series.name], "values": [sheet.name, series.first, series.column, series.last, series.column], **named,
            "fill": {"color": COLOURS[0 if one.names is None else at]}, "border": {"color": COLOURS[0]}, "gap": 60,
            **({"overlap": -30} if one.names is None else {}),
            **({} if one.stacked else {"data_labels": labels})})  # numbers of short parts would lie on each other
    chart.set_title({"name": one.title, "name_font": SMALL | {"size": 11}, "overlay": False})
    if one.names is None:
        chart.set_plotarea({"layout": {"x": .07, "y": .28, "width": .9, "height": .66}})  # two lines of words above each bar
    chart.set_legend({"none": True} if one.names is None or len(one.series) == 1 else {"position": "bottom", "font": SMALL})
    chart.set_x_axis({"visible": one.names is not None, "num_font": SMALL})
    chart.set_y_axis({"num_font": SMALL, "major_gridlines": {"visible": True, "line": {"color": "#E3E8EE"}}, "line": {"none": True}, "min": 0,
                      **({"max": 1, "num_format": "0%"} if one.share else {})})
    return chart
