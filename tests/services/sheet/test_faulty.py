"""Error values and formulas without their value: never taken for empty cells."""

import io
import os
import re
import struct

import openpyxl
import pytest

from app.services.exchange.checked import ERRORS
from app.services.exchange.checked import UNKEPT as NAMED
from app.services.sheet.faulty import CODES, OTHER, UNKEPT, faults
from app.services.sheet.read import read_book
from tests.services.sheet.samples import COLUMNS, book_bytes, changed

ROW = '<row r="2"><c r="A2"><v>1</v></c>{}<c r="D2" t="inlineStr"><is><t>末 t="e" /f></t></is></c></row>'
SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def seen_in(*rows: str, wrap=str) -> list:
    """The rows of a sheet that holds these."""
    content = changed(book_bytes(COLUMNS[:2], []), **{"xl/worksheets/sheet1.xml": wrap(SHEET.format("".join(rows))).encode()})
    return [*read_book(content).rows]


CELLS = [
    ('<c r="B2" t="e"><v>#N/A</v></c>', "#N/A"), ('<c r="B2" s="1" t="e"><f>A1</f><v>#REF!</v></c>', "#REF!"),
    ('<c t="e" r="B2"><v>#DIV/0!</v></c>', "#DIV/0!"),
    ('<c r="B2"><f>1+1</f><v></v></c>', UNKEPT), ('<c r="B2"><f>1+1</f><v/></c>', UNKEPT), ('<c r="B2"><f>1+1</f></c>', UNKEPT),
    ('<c r="B2"><f t="shared" ref="B2:B3" si="0">A1</f></c>', UNKEPT), ('<c r="B2"><f>1+1</f><v>2</v></c>', 2.0),
    ('<c r="B2" t="str"><f>""</f><v></v></c>', None), ('<c r="B2" s="1"/>', None), ("", None)]


@pytest.mark.parametrize(("cell", "seen"), CELLS)
@pytest.mark.parametrize("quote", "\"'")
def test_what_stands_in_a_cell_is_seen(cell, seen, quote):
    row = seen_in(ROW.format(cell), wrap=lambda text: text.replace('"', quote))[1]
    assert row[:3] == [1.0, seen, None] and row[3].startswith("末")


@pytest.mark.parametrize(("cell", "seen"), CELLS)
def test_it_is_seen_where_elements_have_a_prefix(cell, seen):
    def prefixed(text):
        return re.sub(r"<(/?)(worksheet|sheetData|row|c|v|f|is|t)\b", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=")
    assert seen_in(ROW.format(cell), wrap=prefixed)[1][:3] == [1.0, seen, None]


@pytest.mark.parametrize(("cell", "seen"), CELLS[:8])
def test_it_is_seen_where_neither_rows_nor_cells_have_names(cell, seen):
    row = "<row><c><v>1</v></c>{}<c><v>2</v></c></row>"
    rows = seen_in(row.format("<c/>"), row.format(cell.replace('r="B2"', "")), wrap=str)
    assert rows == [[1.0, None, 2.0], [1.0, seen, 2.0]]


def test_as_many_rows_without_names_as_a_large_sheet_has_are_read_within_the_limits():
    rows = seen_in(*['<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row>'] * 20_000)
    assert rows == [[1.0, "#N/A"]] * 20_000


def test_the_sheet_that_is_asked_for_is_looked_at():
    book, target = openpyxl.Workbook(), io.BytesIO()
    second = book.create_sheet("乙 & 丙")
    for place, text in (("B3", "#NUM!"), ("F9", "#VALUE!")):
        second[place] = text
        second[place].data_type = "e"
    book.active.append(["好"])
    book.save(target)
    assert faults(target.getvalue(), 0) == {} and faults(target.getvalue(), 1) == {2: {1: "#NUM!"}, 8: {5: "#VALUE!"}}
    rows = read_book(target.getvalue(), "乙 & 丙").rows
    assert rows[2][1] == "#NUM!" and rows[8][5] == "#VALUE!"


def test_each_is_one_that_an_import_names():
    assert {*CODES.values(), OTHER} <= ERRORS and NAMED == UNKEPT


@pytest.fixture(scope="module")
def old_books(convert, tmp_path_factory):
    """.xls files as LibreOffice writes them: one short, which lies in small sectors, and one long."""
    folder = tmp_path_factory.mktemp("xls")
    for name, more in (("short", 0), ("long", 4000)):
        book = openpyxl.Workbook()
        book.active.append(["名", "=NA()", "=1/0", True])
        for at in range(more):
            book.active.append([f"第{at}个名字", at])
        book.active.append(["末", None, "=NA()"])
        book.save(folder / f"{name}.xlsx")
    convert("xls:MS Excel 97", folder.glob("*.xlsx"))
    return {name: (folder / f"{name}.xls").read_bytes() for name in ("short", "long")}


@pytest.mark.parametrize("name", ["short", "long"])
def test_an_old_workbook_shows_them_too(old_books, name):
    rows = read_book(old_books[name]).rows
    assert rows[0] == ["名", "#N/A", "#DIV/0!", True] and rows[-1][:3] == ["末", None, "#N/A"]


def test_a_pasted_value_of_an_old_workbook_is_seen(old_books):
    content = old_books["long"]
    at = next(at for at in range(len(content)) if content.startswith(struct.pack("<HH2H", 0x0006, 24, 0, 3), at))  # TRUE, which it writes as a formula
    record = struct.pack("<HH3H2B", 0x0205, 8, 0, 3, 15, 0x17, 1)
    filler = struct.pack("<HH", 0x0ECF, 28 - len(record) - 4) + bytes(28 - len(record) - 4)
    assert read_book(content[:at] + record + filler + content[at + 28 :]).rows[0][3] == "#REF!"


def test_a_damaged_old_workbook_ends_as_before():
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(2000)
    with pytest.raises(ValueError, match="损坏"):
        read_book(content)
