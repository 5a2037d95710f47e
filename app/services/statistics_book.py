"""The statistics as a workbook to send up: one sheet a section, totals as formulas with their value beside, bars below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from app.models.words import _
from app.services.pictures import PICTURES, Picture
from app.services.sheet import chart
from app.services.sheet.book import open_book, part_name
from app.services.sheet.layout import FONT, Formats, set_print, write_banner
from app.services.statistics import SECTIONS, Line, Measure, Report
from app.services.suppression import Hidden

HEAD, FIRST = 3, 4  # rows from 0: title, unit, period and date, header, lines
NAME_WIDTH, WIDTH = 26, 11
Say = Callable[[str], str]


def write_statistics(target: BinaryIO, report: Report, period: str, hidden: Hidden | None, say: Say, name_label: str) -> None:
    """Write the workbook; ``say`` translates a label, ``period`` tells the term."""
    title = say(_("留守儿童关爱与学校督导统计表"))
    with open_book(target, title) as book:
        styles = _Styles(book)
        for key, (label, measures) in SECTIONS.items():
            sheet = book.add_worksheet(part_name(say(label)))
            _head(sheet, styles, [name_label, *(say(one.label) for one in measures)],
                  [say(_("%(title)s（%(section)s）")) % {"title": title, "section": say(label)},
                   say(_("填报单位：%(place)s")) % {"place": report.place}, period])
            table = _Table(sheet, styles, report, measures, hidden)
            for at, line in enumerate(report.lines):
                table.line(FIRST + at, line)
            table.total(FIRST + len(report.lines), say(report.total.name))
            pictures = [one for one in PICTURES[key] if one.lines(report) and not one.hides(report, hidden)]
            chart.add(book, sheet, FIRST + len(report.lines) + 2, [table.bars(one, say(one.title)) for one in pictures])


class _Styles:
    """Cell formats by what a column holds; bold for the total."""

    def __init__(self, book: Workbook) -> None:
        self.common = Formats(book)
        frame = {"font_name": FONT, "valign": "vcenter", "border": 1, "border_color": "#BFBFBF"}
        formats = {"count": {"num_format": "#,##0"}, "of": {"num_format": "0.00%"}, "mean": {"num_format": "0.0"},
                   "text": {"num_format": "@"}, "hidden": {"num_format": "@", "align": "right"}}
        self.plain = {key: book.add_format(frame | one) for key, one in formats.items()}
        self.bold = {key: book.add_format(frame | one | {"bold": True, "bg_color": "#F2F7F5"}) for key, one in formats.items()}


def _head(sheet: Worksheet, styles: _Styles, labels: Sequence[str], banners: Sequence[str]) -> None:
    set_print(sheet, HEAD)
    sheet.freeze_panes(FIRST, 1)
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, len(labels) - 1, WIDTH)
    sheet.set_row(0, 28)
    for row, text in enumerate(banners):
        write_banner(sheet, row, len(labels), text, styles.common.subtitle if row else styles.common.title)
    sheet.set_row(HEAD, 32)
    for at, label in enumerate(labels):
        sheet.write_string(HEAD, at, label, styles.common.header)


class _Table:
    """The lines of one sheet, written from top to bottom."""

    def __init__(self, sheet: Worksheet, styles: _Styles, report: Report, measures: Sequence[Measure], hidden: Hidden | None) -> None:
        self.sheet, self.styles, self.report, self.hidden = sheet, styles, report, hidden
        self.columns = list(enumerate(measures, 1))
        self.place = {one.key: at for at, one in self.columns if one.counted}

    def line(self, row: int, line: Line) -> None:
        self.sheet.write_string(row, 0, line.name, self.styles.plain["text"])
        for at, one in self.columns:
            self._cell(row, at, line, one, self.styles.plain)

    def total(self, row: int, name: str) -> None:
        self.sheet.write_string(row, 0, name, self.styles.bold["text"])
        for at, one in self.columns:
            formula = self._formula(row, at, one)
            if formula is None:
                self._cell(row, at, self.report.total, one, self.styles.bold)
            else:
                self.sheet.write_formula(row, at, formula, self.styles.bold[_kind(one)], _stored(self.report.total, one))

    def bars(self, picture: Picture, title: str) -> chart.Bars:
        """A picture over the cells of the lines, or of the total."""
        total = FIRST + len(self.report.lines)
        span = (total, total) if picture.of_total else (FIRST, total - 1)
        series = [chart.Series((HEAD, at), *span, at) for one in picture.measures for at, other in self.columns if other == one]
        return chart.Bars(title, None if picture.of_total else 0, series, picture.stacked, picture.share)

    def _cell(self, row: int, at: int, line: Line, one: Measure, styles: dict[str, Format]) -> None:
        said, value = self._hidden(line, one), _stored(line, one)
        if said is not None:
            self.sheet.write_string(row, at, said, styles["hidden"])
        elif value == "":
            self.sheet.write_blank(row, at, None, styles[_kind(one)])
        else:
            self.sheet.write_number(row, at, value, styles[_kind(one)])

    def _hidden(self, line: Line, one: Measure) -> str | None:
        return self.hidden.text(line, one) if self.hidden is not None else None

    def _formula(self, row: int, at: int, one: Measure) -> str | None:
        """The total of a column, reckoned from the sheet; None where cells of it are hidden or there is no line."""
        if not self.report.lines or any(self._hidden(line, one) for line in (*self.report.lines, self.report.total)):
            return None
        if one.counted:
            return f"=SUM({_span(at, row)})"
        whole = xl_col_to_name(self.place[one.of or one.mean])
        if one.of:
            return f'=IF({whole}{row + 1}=0,"",{xl_col_to_name(self.place[one.key])}{row + 1}/{whole}{row + 1})'
        weights = _span(self.place[one.mean], row)
        return f'=IF({whole}{row + 1}=0,"",SUMPRODUCT({_span(at, row)},{weights})/SUM({weights}))'


def _span(at: int, row: int) -> str:
    """The lines above a total, in A1 notation."""
    column = xl_col_to_name(at)
    return f"{column}{FIRST + 1}:{column}{row}"


def _kind(one: Measure) -> str:
    return "of" if one.of else "mean" if one.mean else "count"


def _stored(line: Line, one: Measure) -> float | str:
    """The number of a cell, shares as the part of one that the formula gives; an empty text where there is nothing."""
    value = line.value(one)
    return "" if value is None else value / 100 if one.of else value
