"""A list as a workbook: title, subtitle, header, rows; in constant memory, whatever its length."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from types import FunctionType
from typing import Any, BinaryIO
from zipfile import ZipFile

from xlsxwriter import Workbook, workbook
from xlsxwriter.worksheet import Worksheet

from app.services.sheet.column import Column
from app.services.sheet.layout import (
    CHOICES_SHEET,
    MAX_ROWS,
    DropDowns,
    Formats,
    set_columns,
    set_print,
    write_banner,
)
from app.services.sheet.rows import RowFormat, compile_rows
from app.services.sheet.xml import fit

CREATOR = "守望"
HEADER_ROW = 2  # from 0: title, subtitle, header
_CHUNK = 500  # rows formatted at once: about 1 MB of text
_ONLY_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write_book(
    target: str | Path | BinaryIO,
    columns: Iterable[Column],
    rows: Iterable[tuple[Any, ...]],
    *,
    title: str,
    subtitle: str,
    sheet_name: str,
    creator: str = CREATOR,
    max_rows: int = MAX_ROWS,
) -> int:
    """Write the rows and say how many; those beyond `max_rows` of a sheet go on further sheets.

    A row holds one value a column, in the order of the columns; None leaves the cell empty.
    """
    columns = list(columns)
    with open_book(target, title, creator) as book:
        table = _Table(book, columns, title, subtitle)
        left, written, part = iter(rows), 0, 0
        more: list[tuple[Any, ...]] = []
        while more or not part:
            part += 1
            sheet = book.add_worksheet(part_name(sheet_name, part))
            room = max_rows - HEADER_ROW - 1
            written += table.write(sheet, islice(chain(more, left), room))
            more = list(islice(left, 1))
        table.drop_downs.finish()
    return written


@dataclass(frozen=True)
class Tab:
    """One of several tables of a workbook, on a sheet of its own."""

    name: str
    title: str
    subtitle: str
    columns: list[Column]
    rows: Iterable[tuple[Any, ...]]


def write_tabs(target: str | Path | BinaryIO, tabs: Iterable[Tab], *, title: str, creator: str = CREATOR) -> None:
    """Write several tables into one workbook; each must fit on one sheet."""
    with open_book(target, title, creator) as book:
        drop_downs = DropDowns(book)
        for tab in tabs:
            _Table(book, tab.columns, tab.title, tab.subtitle, drop_downs).write(book.add_worksheet(part_name(tab.name)), tab.rows)
        drop_downs.finish()


@contextmanager
def open_book(target: str | Path | BinaryIO, title: str, creator: str = CREATOR) -> Iterator[Workbook]:
    """A workbook in constant memory; complete at the end of the block, or not there at all."""
    with tempfile.TemporaryDirectory(prefix="sheet") as folder:
        book = _Book(target, _ONLY_TEXT | {"constant_memory": True, "tmpdir": folder})
        now = datetime.now(UTC).replace(tzinfo=None)
        book.set_properties({"title": fit(title), "author": creator, "created": now})
        try:
            yield book
        except BaseException:
            book.fileclosed = True  # else its destructor complains that it was never closed
            raise
        else:
            book.close()
        finally:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()


class _Book(Workbook):
    """A workbook packed at zlib's level 1: a quarter of the time of level 6, a quarter more bytes.

    xlsxwriter offers no such option; its own function runs here with another ZipFile.
    """

    _store_workbook = FunctionType(
        Workbook._store_workbook.__code__,
        vars(workbook) | {"ZipFile": partial(ZipFile, compresslevel=1)},
    )


def part_name(name: str, part: int = 1) -> str:
    """A name Excel takes for a sheet: at most 31 characters, some of them forbidden."""
    ending = f"（{part}）" if part > 1 else ""
    name = _NOT_IN_NAMES.sub(" ", name).strip("' ")[: 31 - len(ending)].rstrip("' ")
    return (name if name and name != CHOICES_SHEET and name.lower() != "history" else "表") + ending


class _Table:
    """What all sheets of a list share."""

    def __init__(self, book: Workbook, columns: list[Column], title: str, subtitle: str,
                 drop_downs: DropDowns | None = None) -> None:
        self.columns, self.title, self.subtitle = columns, fit(title), fit(subtitle)
        self.formats = Formats(book)
        self.drop_downs = drop_downs or DropDowns(book)
        self.body = [self.formats.body(column) for column in columns]
        self.format_rows = compile_rows(columns, [style._get_xf_index() for style in self.body])

    def write(self, sheet: Worksheet, rows: Iterable[tuple[Any, ...]]) -> int:
        """One sheet with its head and these rows; returns their number."""
        self._write_head(sheet)
        written = write_rows(sheet, self.format_rows, rows, HEADER_ROW + 1, len(self.columns))
        last = HEADER_ROW + written
        self.drop_downs.add(sheet, self.columns, HEADER_ROW + 1, last)
        sheet.autofilter(HEADER_ROW, 0, last, len(self.columns) - 1)
        return written

    def _write_head(self, sheet: Worksheet) -> None:
        set_columns(sheet, self.columns)
        set_print(sheet, HEADER_ROW)
        sheet.freeze_panes(HEADER_ROW + 1, 0)
        sheet.set_row(0, 28)
        sheet.set_row(HEADER_ROW, 24)
        write_banner(sheet, 0, len(self.columns), self.title, self.formats.title)
        write_banner(sheet, 1, len(self.columns), self.subtitle, self.formats.subtitle)
        for i, column in enumerate(self.columns):
            sheet.write_string(HEADER_ROW, i, fit(column.label), self.formats.header)


def write_rows(sheet: Worksheet, format_rows: RowFormat, rows: Iterable[tuple[Any, ...]],
               first: int, width: int) -> int:
    """Write the rows from row `first` (from 0) into the sheet's own row file; returns their number.

    These are private names of xlsxwriter 3.3.1: hence the exact pin, and tests that read back.
    """
    sheet._write_single_row(first)  # flush the head
    rows, written = iter(rows), 0
    while chunk := list(islice(rows, _CHUNK)):
        sheet.row_data_fh.write(format_rows(chunk, first + written))
        written += len(chunk)
    if written:
        sheet.dim_rowmax, sheet.dim_colmax = first + written - 1, width - 1
        sheet.previous_row = sheet.dim_rowmax + 1
    return written
