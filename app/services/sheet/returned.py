"""The sender's own file or rows, sent back with every wrong cell marked and its reason beside it."""

import marshal
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.services import apart
from app.services.sheet.book import CREATOR, open_book, part_name
from app.services.sheet.column import Column
from app.services.sheet.header import Header
from app.services.sheet.layout import DropDowns, Formats, column_width
from app.services.sheet.package import Limits
from app.services.sheet.tails import plain_number
from app.services.sheet.xml import fit

SHEET_NAME = "请改红色格"
MOST_CELLS = 300_000  # of a file that is marked itself: beyond, reading and writing it takes too long
MARKING = Limits(memory=512 << 20, cpu=20, wall=25)
_CHILD = Path(__file__).with_name("marking.py")
_COMMENT = {"x_scale": 1.6, "font_size": 9}


def return_marked(target: BinaryIO, content: bytes | None, sheet: str, rows: Sequence[list[Any]], columns: Iterable[Column], header: Header,
                  errors: Mapping[tuple[int, int], str], *, limits: Limits = MARKING) -> None:
    """The sender's .xlsx, only marked; where that cannot be (.xls, .csv, pasted, too big) a fresh workbook with the same cells."""
    if content is None or not content.startswith(b"PK") or sum(map(len, rows)) > MOST_CELLS or not _mark(target, content, sheet, errors, limits):
        write_errors(target, rows, columns, header, errors, sheet_name=sheet or SHEET_NAME)


def _mark(target: BinaryIO, content: bytes, sheet: str, errors: Mapping[tuple[int, int], str], limits: Limits) -> bool:
    """Whether a child process, held to the limits, has written the marked file."""
    said = marshal.dumps((sheet, {place: fit(reason) for place, reason in errors.items()}))
    try:
        with apart.made(_CHILD, given=said + content, limits=limits) as made:
            shutil.copyfileobj(made, target)
    except apart.Ended:
        return False
    return True


def write_errors(target: str | Path | BinaryIO, source_cells: Sequence[list[Any]], columns: Iterable[Column], header: Header,
                 errors: Mapping[tuple[int, int], str], *, sheet_name: str = SHEET_NAME, creator: str = CREATOR) -> None:
    """`source_cells` as they were read, `errors` by row and column in them (from 0).

    Row numbers stay the sender's, so that the file can be corrected and sent again.
    """
    columns = list(columns)
    at = {header.at[column.key]: column for column in columns if column.key in header.at}
    width = max([len(row) for row in source_cells] + [column + 1 for _, column in errors], default=1)
    with open_book(target, sheet_name, creator) as book:
        formats, drop_downs = Formats(book), DropDowns(book)
        spare = Column("", "", "text")
        shown = [at.get(i, spare) for i in range(width)]
        body = [formats.body(column) for column in shown]
        sheet = book.add_worksheet(part_name(sheet_name))
        for i, column in enumerate(shown):
            sheet.set_column(i, i, column_width(column), body[i])
        _write_cells(sheet, source_cells, body, errors, formats)
        drop_downs.add(sheet, shown, header.row + 1, len(source_cells) - 1)
        sheet.freeze_panes(header.row + 1, 0)
        drop_downs.finish()


def _write_cells(sheet: Worksheet, rows: Sequence[list[Any]], body: list[Format],
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
