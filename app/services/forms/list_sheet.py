"""A form of rows: one line a row, a total as formulas with their values beside, further sheets past Excel's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.services.forms import grid, sources
from app.services.forms.declaration import Declared
from app.services.sheet.book import Sheets
from app.services.sheet.layout import MAX_ROWS, text_width

LINE, MOST_LINES = 13, 24  # points of a line; Excel takes rows of 409


def write(book: Workbook, form: Declared, rows: Iterable[list[Any]], place: str, period: str, sheets: Sheets | None = None, most: int = MAX_ROWS) -> int:
    """Write the rows and say how many. ``most``: rows of a sheet, its heading and foot included."""
    styles, sheets = grid.Styles(book), sheets or Sheets(book, form.title)
    left, written = iter(rows), 0
    more: list[list[Any]] = []
    room = most - grid.HEADING - form.depth - 3  # total, sign-off, note
    while more or not sheets.added:
        written += _sheet(sheets.add(), styles, form, islice(chain(more, left), room), place, period)
        more = list(islice(left, 1))
    return written


def _sheet(sheet: Worksheet, styles: grid.Styles, form: Declared, rows: Iterator[list[Any]], place: str, period: str) -> int:
    first, width = grid.HEADING + form.depth, len(form.columns)
    grid.set_up(sheet, form, grid.HEADING, first - 1)
    sheet.freeze_panes(first, 0)
    grid.head(sheet, styles, form, width, place, period)
    grid.heading(sheet, styles, form.columns, form.depth)
    numeric = [sources.numeric(form.subject, column.source) for column in form.columns]
    formats = [_format(styles, form.subject, column.source) for column in form.columns]
    sums: list[float] = [0] * width
    row = first
    for values in rows:
        if (lines := _lines(form, values)) > 1:
            sheet.set_row(row, LINE * lines + 2)
        for at, value in enumerate(values):
            grid.cell(sheet, styles, row, at, value, formats[at])
            if value is not None and value != "":
                sums[at] += value if numeric[at] else 1
        row += 1
    written = row - first
    if written and any(column.totalled for column in form.columns):
        _total(sheet, styles, form, first, row, sums, numeric)
        row += 1
    grid.foot(sheet, styles, form, row, width)
    return written


def _format(styles: grid.Styles, subject: str, source: str) -> Format:
    """How a number of a column stands in its cell."""
    return styles.place if source == sources.NUMBER else styles.decimal if sources.fractional(subject, source) else styles.number


def _lines(form: Declared, values: list[Any]) -> int:
    """Lines of the longest text in its column; not every program finds the height of a row itself."""
    return min(MOST_LINES, max((-(-text_width(value) // (column.width + 1)) for value, column in zip(values, form.columns, strict=True)
                                if isinstance(value, str) and 2 * len(value) > column.width + 1), default=1))


def _total(sheet: Worksheet, styles: grid.Styles, form: Declared, first: int, row: int, sums: list[float], numeric: list[bool]) -> None:
    """Sums of numbers, counts of anything else; a reader who clicks sees of what."""
    for at, column in enumerate(form.columns):
        if column.totalled:
            way = "SUM" if numeric[at] else "COUNTA"
            style = styles.bold["decimal" if sources.fractional(form.subject, column.source) else "number"]
            sheet.write_formula(row, at, f"={way}({grid.span(at, first, row - 1)})", style, sums[at])
        else:
            sheet.write_string(row, at, grid.TOTAL if at == 0 else "", styles.bold["text"])
