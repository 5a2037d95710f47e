"""An empty workbook to fill in and send back."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from xlsxwriter.worksheet import Worksheet

from app.services.sheet.book import CREATOR, open_book, part_name
from app.services.sheet.column import Column
from app.services.sheet.layout import DropDowns, Formats, set_columns, set_print, text_width, write_banner
from app.services.sheet.xml import fit

PRESET_ROWS = 1_000
_COMMENT = {"x_scale": 1.6, "font_size": 9}


def write_template(target: str | Path | BinaryIO, columns: Iterable[Column], *, title: str,
                   notes: list[str], creator: str = CREATOR) -> None:
    """Title, notes, a header with hints; below it no example, which would be imported by mistake.

    Cells below are text where text is wanted, so that an ID number keeps its last digits.
    """
    columns = list(columns)
    with open_book(target, title, creator) as book:
        formats, drop_downs = Formats(book), DropDowns(book)
        sheet = book.add_worksheet(part_name(title))
        body = [formats.body(column) for column in columns]
        set_columns(sheet, columns, body)
        sheet.set_row(0, 28)
        write_banner(sheet, 0, len(columns), fit(title), formats.title)
        for row, note in enumerate(notes, 1):
            write_banner(sheet, row, len(columns), fit(note), formats.note)
        head = len(notes) + 1
        _write_header(sheet, head, columns, formats)
        sheet.preset(head + 1, head + PRESET_ROWS, body)
        drop_downs.add(sheet, columns, head + 1, head + PRESET_ROWS)
        set_print(sheet, head)
        sheet.freeze_panes(head + 1, 0)
        drop_downs.finish()


def _write_header(sheet: Worksheet, row: int, columns: list[Column], formats: Formats) -> None:
    """Labels, required ones with a star and in red; the hint as a comment."""
    sheet.set_row(row, 24)
    for i, column in enumerate(columns):
        sheet.write_string(row, i, column.heading, formats.required if column.required else formats.header)
        if column.hint:
            height = max(1.0, text_width(column.hint) / 60)
            sheet.write_comment(row, i, fit(column.hint), _COMMENT | {"y_scale": height})
