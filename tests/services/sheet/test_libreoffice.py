"""A spreadsheet program opens what we write, and shows the same."""

import csv
import io

import pytest

from app.services.sheet.book import write_book
from app.services.sheet.column import Column
from tests.services.sheet.samples import COLUMNS, HOSTILE
from tests.services.sheet.test_book import ROW

ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
SHOWN = [text for text in HOSTILE if text.isprintable() and "_x" not in text]


@pytest.fixture
def seen(convert, tmp_path):
    """``seen(columns, rows)``: the rows of each sheet as LibreOffice shows them, in the order of the sheets' names."""
    def open_in_it(columns, rows, **more):
        write_book(tmp_path / "book.xlsx", columns, rows, title="花名册", subtitle="全部", sheet_name="名册", **more)
        convert(ALL_SHEETS, [tmp_path / "book.xlsx"])
        return [list(csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))) for path in sorted(tmp_path.glob("book-*.csv"))]

    return open_in_it


def test_it_shows_every_kind_of_cell_on_every_sheet(seen):
    sheets = seen(COLUMNS, [ROW] * 3, max_rows=5)
    assert [rows[0][0] for rows in sheets] == ["花名册"] * 2 and sheets[0][2] == [column.label for column in COLUMNS]
    shown = ["张三", "99010119900307000X", "2015-03-02", "2026-09-01 08:29:59", "男", "是", "5", "1.5", "一\n二"]
    assert [rows[3:] for rows in sheets] == [[shown, shown], [shown]]


def test_hostile_strings_are_text_to_it(seen):
    columns = [Column("once", "甲", "text"), Column("often", "乙", "text")]
    rows = [(f"{text}", "=1+1" if at % 2 else "@SUM(1)") for at, text in enumerate(SHOWN)]
    (sheet,) = seen(columns, rows)
    assert len(SHOWN) > 100 and [tuple(row) for row in sheet[3:]] == rows
