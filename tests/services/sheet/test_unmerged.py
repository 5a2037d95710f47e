"""A workbook without its merged cells, for a reader that would parse each sheet twice to find them."""

import io
import struct
import zipfile

import openpyxl
import pytest
import python_calamine

from app.services.sheet.read import read_book
from app.services.sheet.unmerged import unmerged
from tests.services.sheet.samples import COLUMNS, HOSTILE, book_bytes


class Pipe:
    """Takes what is written and cannot go back."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def write(self, some: bytes) -> int:
        self.taken.append(bytes(some))
        return len(some)

    def flush(self) -> None: ...

    def getvalue(self) -> bytes:
        return b"".join(self.taken)


def two_sheets(way: int = zipfile.ZIP_DEFLATED, *, streamed: bool = False) -> bytes:
    """A workbook with merged cells in both sheets; ``streamed``: the sizes stand behind the data, as from a program that writes to a pipe."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    for sheet in (book.active, book.create_sheet("另一张")):
        sheet.append(["花名册"])
        sheet.append(["姓名", "班级"])
        sheet.append(["张三", sheet.title])
        sheet.merge_cells("A1:B1")
    book.save(target)
    again: Pipe | io.BytesIO = Pipe() if streamed else io.BytesIO()
    with zipfile.ZipFile(target) as made, zipfile.ZipFile(again, "w", way) as copied:  # type: ignore[type-var]
        for name in made.namelist():
            copied.writestr(name, made.read(name))
        copied.comment = "备注".encode()
    assert bool(copied.getinfo("xl/workbook.xml").flag_bits & 8) == streamed
    return again.getvalue()


def cells(content: bytes) -> list[object]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


@pytest.mark.no_database
@pytest.mark.parametrize("streamed", [False, True])
def test_the_reader_meets_the_end_of_merged_cells_before_the_first_cell(streamed):
    content = two_sheets(streamed=streamed)
    found = unmerged(content)
    book = python_calamine.load_workbook(io.BytesIO(found))
    assert [book.get_sheet_by_name(name).merged_cell_ranges for name in book.sheet_names] == [[], []]
    assert python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).merged_cell_ranges == [((0, 0), (0, 1))]
    assert cells(found) == cells(content) and cells(found)[1][2] == ["张三", "另一张"]


@pytest.mark.no_database
@pytest.mark.parametrize("streamed", [False, True])
def test_it_is_a_sound_package_whose_check_sums_hold(streamed):
    content = two_sheets(streamed=streamed)
    with zipfile.ZipFile(io.BytesIO(unmerged(content))) as package, zipfile.ZipFile(io.BytesIO(content)) as before:
        assert package.testzip() is None and package.namelist() == before.namelist() and package.comment == before.comment
        for name in package.namelist():
            assert package.read(name).removeprefix(b"<mergeCells></mergeCells>") == before.read(name)
            assert (package.read(name) != before.read(name)) == name.startswith("xl/worksheets/")


@pytest.mark.no_database
def test_every_text_is_read_as_before():
    content = book_bytes(COLUMNS[:2], [(text, "007") for text in HOSTILE])
    assert cells(unmerged(content)) == cells(content)
    assert [row[0] for row in read_book(content).rows[-3:]] == [row[0] for row in cells(content)[0][-3:]]


def patched(content: bytes, mark: bytes, place: int, value: bytes) -> bytes:
    at = content.rindex(mark) + place
    return content[:at] + value + content[at + len(value) :]


def overlapping() -> bytes:
    """Both sheets are the same part."""
    content = two_sheets()
    first, second = (content.rindex(name) - 4 for name in (b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml"))
    return content[:second] + content[first : first + 4] + content[second + 4 :]


@pytest.mark.no_database
@pytest.mark.parametrize("content", [
    b"", b"PK", b"PK\x05\x06" + bytes(18), two_sheets()[:-40], two_sheets()[:300], b"#!" + two_sheets(), two_sheets(zipfile.ZIP_STORED), overlapping(),
    patched(two_sheets(), b"PK\x05\x06", 16, struct.pack("<L", 0xFFFFFFFF)), patched(two_sheets(), b"PK\x01\x02", 42, struct.pack("<L", 0xFFFFFFF0)),
    patched(two_sheets(), b"PK\x05\x06", 10, struct.pack("<H", 60_000)), b"\xd0\xcf\x11\xe0" + two_sheets(),
], ids=["nothing", "two bytes", "empty", "cut", "no directory", "with a head", "not packed", "overlapping", "zip64", "offset beyond", "too many parts", "old"])
def test_what_is_unusual_stays_as_it_is(content):
    assert unmerged(content) == content
