"""A form of figures: one line a place, parts and totals as formulas with their values beside, and a chart below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from app.models.words import _
from app.services.forms import figures, grid
from app.services.forms.crossfoot import RULES
from app.services.forms.declaration import Declared
from app.services.pictures import Picture
from app.services.sheet import chart
from app.services.sheet.book import Sheets
from app.services.statistics import Line, Measure, Report
from app.services.suppression import Hidden

# Columns that are the sum of others, as a reader checks them: the first rule of each.
PARTS: Mapping[str, tuple[str, ...]] = {left[0]: right for left, right in reversed(RULES) if len(left) == 1}


def write(book: Workbook, form: Declared, report: Report, hidden: Hidden | None, place: str, period: str, sheets: Sheets | None = None) -> int:
    """Write the lines and their total; returns the number of lines."""
    sheet, styles = (sheets or Sheets(book, form.title)).add(), grid.Styles(book)
    width, depth = len(form.columns), form.depth
    footed = figures.BOOKS[form.which].footed
    first = grid.HEADING + depth + footed
    grid.set_up(sheet, form, grid.HEADING, first - 1)
    sheet.freeze_panes(first, 1)
    grid.head(sheet, styles, form, width, place, period)
    grid.heading(sheet, styles, form.columns, depth)
    if footed:
        _numbers(sheet, styles, form, first - 1)
    table = _Table(sheet, styles, form, report, hidden, first)
    for at, line in enumerate(report.lines):
        table.line(first + at, line)
    row = first + len(report.lines)
    if report.lines:
        table.total(row)
        row += 1
    row = grid.foot(sheet, styles, form, row, width)
    picture = figures.picture(form)
    if picture is not None and picture.lines(report) and not picture.hides(report, hidden):
        chart.add(book, sheet, row + 1, [_bars(form, picture, first, first + len(report.lines) - 1)])
    return len(report.lines)


def _numbers(sheet: Worksheet, styles: grid.Styles, form: Declared, row: int) -> None:
    """The official numbers of the columns, which the rules in the note speak of."""
    for at, column in enumerate(form.columns):
        sheet.write_string(row, at, column.source.removeprefix("c") if column.source != figures.PLACE else _("列"), styles.head)


class _Table:
    """The lines of the sheet, written from top to bottom."""

    def __init__(self, sheet: Worksheet, styles: grid.Styles, form: Declared, report: Report, hidden: Hidden | None, first: int) -> None:
        self.sheet, self.styles, self.form, self.report, self.hidden, self.first = sheet, styles, form, report, hidden, first
        book = figures.BOOKS[form.which]
        self.measures = [figures.measure(book, column.source) for column in form.columns]
        self.place = {one.key: at for at, one in enumerate(self.measures) if one is not None and one.counted}
        self.parts = PARTS if book.footed else {}

    def line(self, row: int, line: Line) -> None:
        for at, one in enumerate(self.measures):
            if one is None:
                self.sheet.write_string(row, at, line.name, self.styles.text)
            else:
                self._cell(row, at, line, one, self._own(row, line, one), {"number": self.styles.number, "share": self.styles.share})

    def total(self, row: int) -> None:
        total = self.report.total
        for at, one in enumerate(self.measures):
            if one is None:
                self.sheet.write_string(row, at, grid.TOTAL if at == 0 else "", self.styles.bold["text"])
                continue
            whole = not any(self._said(line, one) for line in self.report.lines)
            formula = self._share(row, one) if one.of else f"=SUM({grid.span(at, self.first, row - 1)})" if whole else None
            self._cell(row, at, total, one, formula, self.styles.bold)

    def _cell(self, row: int, at: int, line: Line, one: Measure, formula: str | None, styles: Mapping[str, Format]) -> None:
        said, value = self._said(line, one), _value(line, one)
        style = styles["share" if one.of else "number"]
        if said is not None:
            self.sheet.write_string(row, at, said, self.styles.hidden)
        elif formula is not None:
            self.sheet.write_formula(row, at, formula, style, value)
        elif value == "":
            self.sheet.write_blank(row, at, None, style)
        else:
            self.sheet.write_number(row, at, value, style)

    def _own(self, row: int, line: Line, one: Measure) -> str | None:
        """A cell reckoned from others of its line, where all of them stand there."""
        if one.of:
            return self._share(row, one)
        parts = self.parts.get(one.key, ())
        shown = [key for key in parts if key in self.place and self._said(line, Measure(key, "")) is None]
        return "=" + "+".join(f"{xl_col_to_name(self.place[key])}{row + 1}" for key in parts) if parts and len(shown) == len(parts) else None

    def _share(self, row: int, one: Measure) -> str | None:
        if one.key not in self.place or one.of not in self.place:
            return None
        part, whole = (f"{xl_col_to_name(self.place[key])}{row + 1}" for key in (one.key, one.of))
        return f'=IF({whole}=0,"",{part}/{whole})'

    def _said(self, line: Line, one: Measure) -> str | None:
        return self.hidden.text(line, one) if self.hidden is not None else None


def _value(line: Line, one: Measure) -> Any:
    value = line.value(one)
    return "" if value is None else value / 100 if one.of else value


def _bars(form: Declared, picture: Picture, first: int, last: int) -> chart.Bars:
    """The first figure by place, in the cells of the lines."""
    sources = [column.source for column in form.columns]
    at = sources.index(picture.measures[0].key)
    name = (grid.HEADING + len(form.columns[at].path) - 1, at)
    return chart.Bars(picture.title, sources.index(figures.PLACE), [chart.Series(name, first, last, at)])
