"""The sender's own rows, sent back with every wrong cell marked and its reason beside it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.services.sheet.book import CREATOR, open_book
from app.services.sheet.column import Column
from app.services.sheet.header import find_header
from app.services.sheet.layout import DropDowns, Formats, column_width
from app.services.sheet.tails import plain_number
from app.services.sheet.xml import fit

SHEET_NAME = "请改红色格"
_COMMENT = {"x_scale": 1.6, "font_size": 9}


def write_errors(target: str | Path | BinaryIO, source_cells: list[list[Any]], columns: Iterable[Column],
                 errors: Mapping[tuple[int, int], str], *, creator: str = CREATOR) -> None:
    """`source_cells` as they were read, `errors` by row and column in them (from 0).

    Row numbers stay the sender's, so that the file can be corrected and sent again.
    """
    columns = list(columns)
    header = find_header(source_cells, columns)
    at = {header.at[column.key]: column for column in columns if column.key in header.at}
    width = max([len(row) for row in source_cells] + [column + 1 for _, column in errors], default=1)
    with open_book(target, SHEET_NAME, creator) as book:
        formats, drop_downs = Formats(book), DropDowns(book)
        spare = Column("", "", "text")
        shown = [at.get(i, spare) for i in range(width)]
        body = [formats.body(column) for column in shown]
        sheet = book.add_worksheet(SHEET_NAME)
        for i, column in enumerate(shown):
            sheet.set_column(i, i, column_width(column), body[i])
        _write_cells(sheet, source_cells, body, errors, formats)
        drop_downs.add(sheet, shown, header.row + 1, len(source_cells) - 1)
        sheet.freeze_panes(header.row + 1, 0)
        drop_downs.finish()


def _write_cells(sheet: Worksheet, rows: list[list[Any]], body: list[Format],
                 errors: Mapping[tuple[int, int], str], formats: Formats) -> None:
    """Every cell with its column's format, the wrong ones red with a comment."""
    for r, row in enumerate(rows):
        for c, style in enumerate(body):
            reason = errors.get((r, c))
            value = row[c] if c < len(row) else None
            _write_cell(sheet, r, c, value, formats.wrong if reason else style)
            if reason:
                sheet.write_comment(r, c, fit(reason), _COMMENT)


def _write_cell(sheet: Worksheet, row: int, column: int, value: Any, style: Format) -> None:
    """The value as it came: a number as a number, a date legibly, all else as text."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, date | datetime):
        sheet.write_string(row, column, str(value)[:16], style)
    elif (text := plain_number(value)) is not None:
        sheet.write_number(row, column, float(text), style)
    else:
        sheet.write_string(row, column, fit(str(value)), style)
