"""What all forms share on paper: title, unit and period, heading of several rows, sign-off line, note, page set-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from app.models.words import _
from app.services.forms.declaration import Column, Declared
from app.services.sheet.layout import FONT, Formats, set_print, text_width, write_banner
from app.services.sheet.xml import fit

HEADING = 2  # row of the heading, from 0; above it title and unit
LINE_HEIGHT = 18
TOTAL = _("合计")
SIGN_GAP = "　　　　　　"


class Styles:
    """The cell formats of a form: black frames, as on paper."""

    def __init__(self, book: Workbook) -> None:
        self.book, self.common = book, Formats(book)
        self.frame = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "border": 1, "text_wrap": True}
        self.title = book.add_format({"font_name": FONT, "font_size": 16, "bold": True, "align": "center", "valign": "vcenter", "num_format": "@"})
        plain = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "num_format": "@"}
        self.line, self.line_right = book.add_format(plain), book.add_format(plain | {"align": "right"})
        self.note = book.add_format(plain | {"valign": "top", "text_wrap": True, "font_color": "#444444"})
        self.head = self.made(bold=True, align="center", num_format="@", bg_color="#EEF3F1")
        self.text, self.day = self.made(num_format="@"), self.made(num_format="yyyy-mm-dd", align="center")
        self.number, self.share = self.made(num_format="#,##0"), self.made(num_format="0.0%")
        self.decimal = self.made(num_format="#,##0.0")  # a score, as it is told everywhere
        self.place = self.made(num_format="0", align="center")  # the number of a row, no figure
        self.bold = {"text": self.made(num_format="@", bold=True), "number": self.made(num_format="#,##0", bold=True),
                     "decimal": self.made(num_format="#,##0.0", bold=True),
                     "share": self.made(num_format="0.0%", bold=True)}
        self.hidden = self.made(num_format="@", align="right")

    def made(self, **more: Any) -> Format:
        return self.book.add_format(self.frame | more)


def merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    """Join cells that were written already: in constant memory merge_range comes too late for the rows above.

    A private list of xlsxwriter, held by the exact pin and by tests that read back.
    """
    if (top, left) != (bottom, right):
        sheet.merge.append([top, left, bottom, right])


def set_up(sheet: Worksheet, form: Declared, first: int | None = None, last: int = 0) -> None:
    """A4, across unless the form stands upright, pages numbered; the rows of the heading on every page.

    Without such rows each page stands alone: fitting to the width would make Excel forget the page breaks.
    """
    set_print(sheet, first or 0)
    if first is None:
        sheet.set_print_scale(100)
        sheet.repeat_row_range = ""
    else:
        sheet.repeat_rows(first, last)
    if form.portrait:
        sheet.set_portrait()
    sheet.center_horizontally()


def head(sheet: Worksheet, styles: Styles, form: Declared, width: int, place: str, period: str, row: int = 0) -> None:
    """Title over all columns; below it who fills it in, and the period with the unit."""
    sheet.set_row(row, 30)
    write_banner(sheet, row, width, fit(form.title), styles.title)
    left = f"{_('填报单位')}：{place}（{_('盖章')}）"
    right = period + (f"　{_('单位')}：{form.unit}" if form.unit else "")
    middle, row = max(1, width // 2), row + 1
    sheet.write_string(row, 0, fit(left), styles.line)
    if width > 1:
        sheet.write_string(row, middle, fit(right), styles.line_right)
        merge(sheet, row, 0, row, middle - 1)
        merge(sheet, row, middle, row, width - 1)


def heading(sheet: Worksheet, styles: Styles, columns: Sequence[Column], depth: int, first: int = HEADING) -> None:
    """The heading's rows: equal parts beside each other are joined, a short one reaches down to the last row."""
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
    for level in range(depth):
        sheet.set_row(first + level, _height(columns, level))
        for at, column in enumerate(columns):
            sheet.write_string(first + level, at, column.path[level] if level < len(column.path) else "", styles.head)
    for top, left, bottom, right in joined(columns, depth):
        merge(sheet, first + top, left, first + bottom, right)


def joined(columns: Sequence[Column], depth: int) -> Iterator[tuple[int, int, int, int]]:
    """The joined cells of a heading: top, left, bottom, right; from 0."""
    for level in range(depth):
        at = 0
        while at < len(columns):
            path = columns[at].path
            if level >= len(path):
                at += 1
                continue
            end = at
            while level < len(path) - 1 and end + 1 < len(columns) and columns[end + 1].path[: level + 1] == path[: level + 1] \
                    and len(columns[end + 1].path) > level + 1:
                end += 1
            bottom = depth - 1 if level == len(path) - 1 else level
            yield level, at, bottom, end
            at = end + 1


def _height(columns: Sequence[Column], level: int) -> int:
    """Room for the longest heading of a row that breaks over its column's width."""
    lines = [-(-text_width(column.path[level]) // max(1, column.width - 1)) for column in columns if level == len(column.path) - 1]
    return LINE_HEIGHT * min(6, max([1, *lines]))


def foot(sheet: Worksheet, styles: Styles, form: Declared, row: int, width: int) -> int:
    """The sign-off line and the note; returns the row below."""
    sheet.set_row(row, 30)
    write_banner(sheet, row, width, fit(SIGN_GAP.join(f"{name}：" for name in form.signers)), styles.line)
    if form.note:
        lines = form.note.count("\n") + 1
        sheet.set_row(row + 1, LINE_HEIGHT * (lines + 1))
        write_banner(sheet, row + 1, width, fit(form.note), styles.note)
    return row + 2


def cell(sheet: Worksheet, styles: Styles, row: int, at: int, value: Any, number: Format | None = None) -> None:
    """A value by its type, a number in a format of its own where one is given; text is never anything but text."""
    if value is None or value == "":
        sheet.write_blank(row, at, None, styles.text)
    elif isinstance(value, bool):
        sheet.write_string(row, at, _("是") if value else _("否"), styles.text)
    elif isinstance(value, int | float):
        sheet.write_number(row, at, value, number or styles.number)
    elif isinstance(value, date):
        sheet.write_datetime(row, at, value, styles.day)
    else:
        sheet.write_string(row, at, fit(str(value)), styles.text)


def span(at: int, first: int, last: int) -> str:
    """Rows ``first`` to ``last`` (from 0) of a column, in A1 notation."""
    name = xl_col_to_name(at)
    return f"{name}{first + 1}:{name}{last + 1}"
