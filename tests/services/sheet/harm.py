"""Sixty and more files that mean harm, or that somebody broke: name → (how to make it, whether it may be read)."""

import io
import os
import struct
import zipfile
from collections.abc import Callable
from functools import cache

import openpyxl

from app.services.sheet.package import MB
from tests.services.sheet.samples import changed
from tests.support.sheets import workbook

SHEET, BOOK, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD, FOOT = f'<worksheet xmlns="{NS}"><sheetData>', "</sheetData></worksheet>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LABELS = ["姓名", "性别", "出生日期", "班级", "就学状态"]
TITLES = '<row r="1">' + "".join(f'<c r="{chr(65 + at)}1" t="inlineStr"><is><t>{label}</t></is></c>' for at, label in enumerate(LABELS)) + "</row>"


@cache
def plain() -> bytes:
    return workbook([LABELS, ["张三", "男", "2016-03-02", "一（1）班", "小学"]])


def sheet(xml: str | bytes) -> bytes:
    return changed(plain(), **{SHEET: xml.encode() if isinstance(xml, str) else xml})


def cells(text: str) -> bytes:
    return sheet(HEAD + TITLES + text + FOOT)


def cell(ref: str, rest: str = "<v>1</v>", **attrs: str) -> bytes:
    said = "".join(f' {name}="{value}"' for name, value in attrs.items())
    return cells(f'<row r="2"><c r="{ref}"{said}>{rest}</c></row>')


def dimension(area: str) -> bytes:
    return sheet(HEAD.replace("<sheetData>", f'<dimension ref="{area}"/><sheetData>') + TITLES + FOOT)


def lying(size: int) -> bytes:
    """A part that says in the directory to be small."""
    content = bytearray(cells("".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in range(2, 300_000))))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        real = struct.pack("<L", package.getinfo(SHEET).file_size)
    while (at := content.find(real)) >= 0:
        content[at : at + 4] = struct.pack("<L", size)
    return bytes(content)


def flagged() -> bytes:
    content = bytearray(plain())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def bordered(rows: int) -> bytes:
    """Rows that hold nothing but a border, as somebody gets who formats whole columns."""
    return cells("".join(f'<row r="{at}"><c r="A{at}" s="1"/><c r="B{at}" s="1"/></row>' for at in range(2, rows)))


def zipped(files: dict[str, bytes], **more: object) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return target.getvalue()


def own(**parts: bytes) -> Callable[[], bytes]:
    return lambda: changed(plain(), **parts)


def doctype(text: str) -> bytes:
    return sheet(f'<?xml version="1.0"?><!DOCTYPE worksheet [{text}]>{HEAD}<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>{FOOT}')


def saved(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book, target = openpyxl.load_workbook(io.BytesIO(plain())), io.BytesIO()
    change(book)
    book.save(target)
    return target.getvalue()


def _many_sheets(book: openpyxl.Workbook) -> None:
    for number in range(300):
        book.create_sheet(f"张{number}")["A1"] = "x"


def _hidden(book: openpyxl.Workbook) -> None:
    book.create_sheet("空")
    book.worksheets[0].sheet_state = "veryHidden"


STRING_BOMB = b'<sst xmlns="' + NS.encode() + b'"><si><t>' + b"A" * (150 * MB) + b"</t></si></sst>"
LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10)) + '<!ENTITY a "&a9;">'

# Refused: nothing of it may be shown as a check.
REFUSED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "spaces alone": lambda: b" \r\n\t ",
    "a pdf": lambda: b"%PDF-1.7\n\x00\x01",
    "a picture": lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00",
    "a program": lambda: b"MZ\x90\x00\x03\x00\x00\x00",
    "a page called .xls": lambda: b"<html><body><table><tr><td>x</td></tr></table></body></html>",
    "xml called .xls": lambda: b'<?xml version="1.0"?><Workbook><Worksheet/></Workbook>',
    "noise": lambda: b"\x00" + bytes(range(256)) * 40,
    "utf-16 cut in half": lambda: b"\xff\xfe\x00",
    "a document": lambda: zipped({"word/document.xml": b"<a/>"}),
    "an open document": lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
    "a zip of a workbook": lambda: zipped({"花名册.xlsx": plain()}),
    "an empty zip": lambda: b"PK\x05\x06" + bytes(18),
    "the beginning of a zip": lambda: b"PK\x03\x04",
    "cut short": lambda: plain()[:-200],
    "cut in half": lambda: plain()[: len(plain()) // 2],
    "a hole in it": lambda: plain()[:100] + bytes(300) + plain()[400:],
    "sheet cut short": lambda: sheet(f"{HEAD}<row r='1'><c r='A1'>"),
    "sheet is no xml": lambda: sheet(b"\x00\x01\x02 no xml"),
    "sheet is missing": lambda: zipped({BOOK: b"<workbook/>", "[Content_Types].xml": b"<Types/>"}),
    "workbook is no xml": own(**{BOOK: b"<<<<"}),
    "no sheet named": own(**{BOOK: f'<workbook xmlns="{NS}"><sheets/></workbook>'.encode()}),
    "all hidden but an empty one": lambda: saved(_hidden),
    "strings are missing a thousand": lambda: cell("A2", "<v>1000</v>", t="s"),
    "a cell at the end of the world": lambda: cell("XFD1048576"),
    "a cell far to the right": lambda: cell("XFD2"),
    "a cell beyond the columns": lambda: cell("ZZZZ2"),
    "a cell beyond the rows": lambda: cell("A99999999999"),
    "two far cells": lambda: cells('<row r="2"><c r="A2"><v>1</v></c></row><row r="900000"><c r="ZZ900000"><v>1</v></c></row>'),
    "a cell without a number": lambda: cell("A"),
    "a cell called nothing": lambda: cell(""),
    "a bomb of nulls": own(**{"xl/media/a.bin": bytes(80 * MB)}),
    "a bomb of one string": own(**{STRINGS: STRING_BOMB}),
    "a bomb of parts": lambda: zipped({BOOK: b"<workbook/>", **{f"xl/{at}.bin": b"" for at in range(5_100)}}),
    "a bomb in sum": own(**{f"xl/media/{at}.bin": (os.urandom(1 << 10) + bytes(90_000)) * 200 for at in range(12)}),
    "a bomb that says to be small": lambda: lying(5_000),
    "two gigabytes, says the directory": lambda: lying(2**31),
    "a billion laughs": lambda: doctype(LAUGHS),
    "a file of the server": lambda: doctype('<!ENTITY a SYSTEM "file:///etc/passwd">'),
    "a page of elsewhere": lambda: doctype('<!ENTITY a SYSTEM "http://x.invalid/">'),
    "a document type in utf-16": lambda: sheet(f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY a "b">]>{HEAD}{FOOT}'.encode("utf-16")),
    "a macro": own(**{"xl/vbaProject.bin": b"x"}),
    "a macro in capitals": own(**{"xl/VBAPROJECT.BIN": b"x"}),
    "a macro sheet": own(**{"xl/macrosheets/sheet1.xml": b"x"}),
    "a password in the zip": flagged,
    "a password on it": lambda: OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4096),
    "an old macro": lambda: OLE + bytes(504) + "_VBA_PROJECT".encode("utf-16-le") + bytes(4096),
    "an old workbook, empty": lambda: OLE + bytes(4096),
    "an old workbook, noise": lambda: OLE + bytes(range(256)) * 64,
    "too many columns": lambda: ",".join(f"列{at}" for at in range(600)).encode(),
    "too many rows": lambda: "姓名,性别\n".encode() + "张三,男\n".encode() * 120_000,
    "a cell of two million letters": lambda: b"a" * 2_000_000 + b",b\n",
    "too many bytes": lambda: b"a,b\n" * (6 * MB),
    "quotes that never end": lambda: '姓名,性别\n"张三,男\n李四,女\n'.encode(),
    "quotes that swallow a row": lambda: '姓名,性别\n王五,女\n"张三,男\n李四",女\n'.encode(),
    "a quote, and then pairs of them": lambda: b'a,b\n"a,b\n' + b'""a,""b\n' * 90_000,
}
# Odd, but readable: the check may show it, or refuse it with a word.
ODD: dict[str, Callable[[], bytes]] = {
    "dimension says all": lambda: dimension("A1:XFD1048576"),
    "dimension is nonsense": lambda: dimension("??"),
    "string of minus one": lambda: cell("A2", "<v>-1</v>", t="s"),
    "a million bordered rows": lambda: bordered(1_000_000),
    "a thousand bordered rows": lambda: bordered(1_000),
    "three hundred sheets": lambda: saved(_many_sheets),
    "formulas and links": lambda: cells('<row r="2"><c r="A2" t="str"><f>HYPERLINK("http://x.invalid","a")</f><v>=cmd|x</v></c></row>'),
    "an endless number": lambda: cell("A2", f"<v>{'9' * 400}</v>"),
    "not a number": lambda: cell("A2", "<v>NaN</v>"),
    "a date before time": lambda: cell("C2", "<v>-99999999</v>", s="1"),
    "a style that is not": lambda: cell("A2", s="99999"),
    "an error": lambda: cell("A2", "<v>#REF!</v>", t="e"),
    "the same cell a hundred times": lambda: cells('<row r="2">' + '<c r="A2"><v>1</v></c>' * 100 + "</row>"),
    "rows from below to above": lambda: cells('<row r="9"><c r="A9"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'),
    "a long run of spaces": lambda: ("姓名,性别\na" + " " * 30_000 + "b,男\n").encode(),
    "marks on one letter": lambda: ("姓名,性别\na" + "\u0301\u0316" * 3_000 + ",男\n").encode(),
    "a quote before every cell": lambda: b'a,b\n' + b'"a,"b\n' * 90_000,
    "a quote on every line": lambda: b'a\tb\n' + b'"\n' * 90_000,
    "rows in quotes but for the last one": lambda: b'a,b,c\n' + b'a,b,"\n"\n' * 30_000 + b'a,b,"x\n"y\n',
    "a header of brackets": lambda: ("(" * 5_000 + ",姓名\n张三,男\n").encode(),
    "four hundred like headings": lambda: (",".join(f"联系电话号码及住址{at}" for at in range(400)) + "\n" + "1," * 400).encode(),
}
