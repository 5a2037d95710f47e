"""Files that people send, and files that mean harm."""

import io
import os
import signal
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from app.services.sheet import read
from app.services.sheet.errors import SheetError
from app.services.sheet.package import MB, Limits
from app.services.sheet.read import read_book
from tests.services.sheet.samples import COLUMNS, book_bytes, changed

PLAIN = book_bytes(COLUMNS[:2], [("张三", "007")])
SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FOOT = "</sheetData></worksheet>"


def with_cells(cells: str) -> bytes:
    return changed(PLAIN, **{SHEET: (HEAD + cells + FOOT).encode()})


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_values_of_a_workbook_made_elsewhere(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", 1, 1.5, True, date(2015, 3, 2), datetime(2015, 3, 2, 8, 30), None, "z", "=1+1"])
    (tmp_path / "a.xlsx").write_bytes(saved(book))
    sheet = read_book(tmp_path / "a.xlsx")
    assert sheet.rows == [["a", 1, 1.5, True, date(2015, 3, 2), datetime(2015, 3, 2, 8, 30), None, "z", "#无结果"]]
    assert [type(cell) for cell in sheet.rows[0][3:6]] == [bool, date, datetime]


def test_rows_and_columns_keep_their_place():
    book = openpyxl.Workbook()
    book.active["C4"] = "x"
    sheet = read_book(saved(book))
    assert (sheet.rows, sheet.first_row_number) == ([[], [], [], [None, None, "x"]], 1)


def test_hidden_sheets_are_not_read():
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    for name in ("看得见", "另一张"):
        book.create_sheet(name)["A1"] = name
    sheet = read_book(saved(book))
    assert (sheet.rows, sheet.name, sheet.others) == ([["看得见"]], "看得见", ["另一张"])


def test_an_empty_workbook_has_no_rows():
    assert read_book(saved(openpyxl.Workbook())).rows == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_that_people_send(encoding):
    content = '姓名,身份证号\r\n"张,三",007\r\n,\r\n李四,"a\nb"\r\n'.encode(encoding)
    assert read_book(content).rows == [["姓名", "身份证号"], ["张,三", "007"], [], ["李四", "a\nb"]]


def test_text_parted_by_tabs():
    assert read_book("姓名\t班级\n张三\t一,2\n".encode()).rows == [["姓名", "班级"], ["张三", "一,2"]]


@pytest.mark.parametrize("content", [
    b"", b"%PDF-1.4\x00\x01", b"<html><table></table>", b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04",
    b"PK\x05\x06" + bytes(18), PLAIN[:-200], PLAIN[:400], PLAIN[:100] + bytes(300) + PLAIN[400:],
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), changed(PLAIN, **{SHEET: b"<worksheet><sheetData><row>"})[:-30],
], ids=range(12))
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(SheetError) as found:
        read_book(content)
    assert "请" in str(found.value)


def test_a_package_that_is_no_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    with pytest.raises(SheetError, match="不是 .xlsx"):
        read_book(target.getvalue())


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/VBAproject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(name):
    with pytest.raises(SheetError, match="宏"):
        read_book(changed(PLAIN, **{name: b"x"}))


def test_passwords_are_refused():
    locked = bytearray(PLAIN)
    at = PLAIN.index(b"PK\x01\x02")
    locked[at + 8] |= 1  # the directory's flag: this part is encrypted
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    for content in (bytes(locked), ole):
        with pytest.raises(SheetError, match="密码"):
            read_book(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(encoding):
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + HEAD + FOOT
    with pytest.raises(SheetError, match="不该有"):
        read_book(changed(PLAIN, **{SHEET: bomb.encode(encoding)}))


def test_a_bomb_is_refused_by_its_directory(monkeypatch):
    monkeypatch.setattr(read.apart, "made", lambda *a, **k: pytest.fail("was opened"))
    with pytest.raises(SheetError, match="展开后太大"):
        read_book(changed(PLAIN, **{"xl/media/a.xml": bytes(20 * MB)}))
    many = {f"xl/media/{i}.bin": os.urandom(100_000) for i in range(3)}
    with pytest.raises(SheetError, match="展开后太大"):
        read_book(changed(PLAIN, **many), limits=Limits(unpacked=250_000))
    with pytest.raises(SheetError, match="展开后太大"):
        read_book(PLAIN, limits=Limits(parts=3))


def test_a_bomb_with_a_false_directory_is_held_by_the_child():
    cells = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 400_000))
    content = bytearray(with_cells(cells))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        size = package.getinfo(SHEET).file_size
    false = struct.pack("<L", 5_000)
    while (at := content.find(struct.pack("<L", size))) >= 0:
        content[at:at + 4] = false
    with pytest.raises(SheetError):
        read_book(bytes(content), limits=Limits(rows=1_000))


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD1", "A1048576", "ZZZZ1", "A99999999999"])
def test_a_cell_far_away_does_no_harm(cell):
    content = with_cells(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="{cell}"><v>1</v></c></row>')
    with pytest.raises(SheetError):
        read_book(content)


def test_a_child_that_takes_too_long_is_ended():
    with pytest.raises(SheetError, match="没能读完"):
        read_book(PLAIN, limits=Limits(wall=0))


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="Windows limits no process")
def test_a_child_that_takes_too_much_memory_is_ended():
    with pytest.raises(SheetError, match="没能读完"):
        read_book(PLAIN, limits=Limits(memory=8 * MB))


def test_too_large_too_long_too_wide():
    for limits, words in ((Limits(size=1_000), "MB"), (Limits(rows=3), "超过 3 行"), (Limits(columns=1), "超过 1 列")):
        with pytest.raises(SheetError, match=words):
            read_book(PLAIN, limits=limits)


def test_the_child_knows_nothing_of_the_application():
    text = Path(read.__file__).with_name("child.py").read_text(encoding="utf-8")
    assert "import app" not in text and "from app" not in text


def test_external_links_do_no_harm():
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    content = changed(PLAIN, **{"xl/externalLinks/externalLink1.xml": link})
    assert read_book(content).rows[3] == ["张三", "007"]


def test_another_sheet_is_read_by_its_name_and_told_by_its_beginning():
    book = openpyxl.Workbook()
    book.active.title = "说明"
    for number in range(60):
        book.active.append([number])
    book.create_sheet("花名册")["B2"] = "姓名"
    sheet = read_book(saved(book))
    assert (sheet.name, sheet.others, sheet.heads) == ("说明", ["花名册"], {"花名册": [[], [None, "姓名"]]})
    other = read_book(saved(book), "花名册")
    assert (other.name, other.others, other.rows, other.heads) == ("花名册", ["说明"], [[], [None, "姓名"]], {})
    assert len(read_book(saved(book), "没有这张").rows) == 60
