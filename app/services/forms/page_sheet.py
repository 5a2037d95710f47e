"""A form with one row of the register a page (the registration form, 登记表): boxes of a name and what was said.

A column's heading is "section／name"; its width the squares of what was said, of the twelve that a line has (two more go
to the name). The last box of a line reaches to the edge. Where the official form ticks, all choices stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Any

from sqlalchemy import Boolean
from xlsxwriter import Workbook

from app.models.codes import AID, INCOME
from app.models.words import _
from app.services.forms import family, grid, sources
from app.services.forms.declaration import Declared
from app.services.sheet.book import Sheets
from app.services.sheet.layout import text_width
from app.services.sheet.sheet import Sheet
from app.services.sheet.xml import fit

SQUARES, NAME = 12, 2
SECTION_WIDTH, SQUARE_WIDTH, LINE, TALL = 5, 5.2, 20, 28  # so that a page fits one upright A4 in Excel and in LibreOffice
HELD = 6  # letters that a square holds, at the size of the text
PAGES = 500  # a sheet; Excel takes 1,023 page breaks
MOST_TICKS = 8  # more choices than this are not all written out
SEVERAL = {"income": INCOME, "aid": AID}


@dataclass(frozen=True)
class Box:
    """A name and its answer on a line: which value, where the name begins, how many squares the answer has."""

    at: int
    label: str
    left: int
    squares: int


Lines = list[tuple[str, list[list[Box]]]]


def write(book: Workbook, form: Declared, rows: Iterable[list[Any]], place: str, period: str, sheets: Sheets | None = None, most: int = PAGES) -> int:
    """Write a page a row and say how many."""
    styles, lines, sheets = grid.Styles(book), layout(form), sheets or Sheets(book, form.title)
    ticks = [_choices(form, column.source) for column in form.columns]
    left, written = iter(rows), 0
    more: list[list[Any]] = []
    while more or not sheets.added:
        written += _sheet(sheets.add(), styles, form, lines, ticks, islice(chain(more, left), most), place, period)
        more = list(islice(left, 1))
    return written


def layout(form: Declared) -> Lines:
    """The sections with their lines of boxes, filled from the left."""
    found: Lines = []
    for section, columns in groupby(enumerate(form.columns), key=lambda pair: pair[1].path[0]):
        lines: list[list[Box]] = [[]]
        used = 0
        for at, column in columns:
            squares = min(column.width, SQUARES - NAME)
            if used + NAME + squares > SQUARES:
                lines.append([])
                used = 0
            lines[-1].append(Box(at, column.path[-1], used, squares))
            used += NAME + squares
        found.append((section, [_stretched(line) for line in lines]))
    return found


def _stretched(line: list[Box]) -> list[Box]:
    last = line[-1]
    return [*line[:-1], Box(last.at, last.label, last.left, SQUARES - NAME - last.left)]


def _sheet(sheet: Sheet, styles: grid.Styles, form: Declared, lines: Lines, ticks: Sequence[Sequence[str]], rows: Iterator[list[Any]],
           place: str, period: str) -> int:
    grid.set_up(sheet, form)
    sheet.set_column(0, 0, SECTION_WIDTH)
    sheet.set_column(1, SQUARES, SQUARE_WIDTH)
    breaks: list[int] = []
    row = 0
    for values in rows:
        row = _page(sheet, styles, form, lines, ticks, values, row, (place, period))
        breaks.append(row)
    sheet.set_h_pagebreaks(breaks[:-1])
    return len(breaks)


def _page(sheet: Sheet, styles: grid.Styles, form: Declared, lines: Lines, ticks: Sequence[Sequence[str]], values: list[Any], row: int,
          told: tuple[str, str]) -> int:
    """One page from a row on; returns the row below."""
    grid.head(sheet, styles, form, SQUARES + 1, *told, row=row)
    row += grid.HEADING
    for section, boxes in lines:
        top = row
        for line in boxes:
            _line(sheet, styles, line, ticks, values, row, section if row == top else "")
            row += 1
        grid.merge(sheet, top, 0, row - 1, 0)
    return grid.foot(sheet, styles, form, row, SQUARES + 1)


def _line(sheet: Sheet, styles: grid.Styles, line: list[Box], ticks: Sequence[Sequence[str]], values: list[Any], row: int, section: str) -> None:
    said = [ticked(ticks[box.at], values[box.at]) if ticks[box.at] else values[box.at] for box in line]
    sheet.set_row(row, TALL if any(_breaks(box, answer) for box, answer in zip(line, said, strict=True)) else LINE)
    sheet.write_string(row, 0, section, styles.head)
    for box, told in zip(line, said, strict=True):
        name, answer = 1 + box.left, 1 + box.left + NAME
        sheet.blanks(row, name, answer - 1, styles.head)
        sheet.blanks(row, answer, answer + box.squares - 1, styles.text)
        sheet.write_string(row, name, fit(box.label), styles.head)
        grid.cell(sheet, styles, row, answer, told)
        grid.merge(sheet, row, name, row, answer - 1)
        grid.merge(sheet, row, answer, row, answer + box.squares - 1)


def _breaks(box: Box, answer: Any) -> bool:
    """Whether a name or its answer takes two lines; more than two would not leave room for the page."""
    return text_width(box.label) > NAME * HELD or isinstance(answer, str) and text_width(answer) > box.squares * HELD


def _choices(form: Declared, source: str) -> Sequence[str]:
    """The choices that are written out to be ticked; none where the answer stands alone."""
    if source in SEVERAL and form.subject == "Child":
        return SEVERAL[source]
    if source in family.FACTS:
        return () if source == "family.unable_parent" else (_("是"), _("否"))
    one = sources.field_behind(form.subject, source)
    if one is None:
        return ()
    if isinstance(one.type, Boolean):
        return _("是"), _("否")
    return tuple(one.choices.values()) if one.choices and len(one.choices) <= MOST_TICKS else ()


def ticked(choices: Sequence[str], value: Any) -> str:
    """All choices with √ behind those that hold: 健康（√） 残疾（　）."""
    said = {_("是") if value else _("否")} if isinstance(value, bool) else set(str(value or "").split("、"))
    return "　".join(f"{one}（{'√' if one in said else '　'}）" for one in choices) if value != family.GONE else family.GONE
