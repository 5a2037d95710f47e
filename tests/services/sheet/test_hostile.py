"""Files that mean harm: the web process stays up, says what to do, and writes nothing; the child's own limits end what takes too long.

HOSTILE_WORKBOOKS=10000 tries so many generated workbooks; a few are tried always, the same ones each time.
"""

import io
import os
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.sheet.cells import cell_parser
from app.services.sheet.errors import CellError, SheetError
from app.services.sheet.header import find_header, heads_of, is_record, strength
from app.services.sheet.package import MB, Limits
from app.services.sheet.read import read_book
from tests.services.sheet import harm
from tests.services.sheet.samples import COLUMNS

TRIED = int(os.environ.get("HOSTILE_WORKBOOKS", "60"))


def test_the_limits_are_those_that_are_promised():
    assert Limits().memory == 300 * MB and Limits().cpu < 5 and len(harm.REFUSED) + len(harm.ODD) >= 60


@pytest.mark.parametrize("name", harm.REFUSED)
def test_a_harmful_file_is_refused_with_what_to_do(name):
    with pytest.raises(SheetError) as found:
        find_header(read_book(harm.REFUSED[name]()).rows, COLUMNS)
    assert "请" in str(found.value)


@pytest.mark.parametrize("name", harm.ODD)
def test_an_odd_file_is_read_or_refused(name):
    try:
        judge(read_book(harm.ODD[name]()).rows)
    except SheetError as refused:
        assert "请" in str(refused)


def judge(rows):
    """All that the web process itself does with rows."""
    assert strength(rows, COLUMNS) >= 0
    header = find_header(rows, COLUMNS)
    heads = heads_of(rows, header)
    for row in rows[header.row + 1 :]:
        assert is_record(row, heads) in (True, False)
        for column in COLUMNS:
            for cell in row[:8]:
                try:
                    cell_parser(column)(cell)
                except CellError as wrong:
                    assert str(wrong)


# Generated --------------------------------------------------------------------------------
def mostly(usual, odd, times):
    """The odd one once in so many times, so that what lies behind the first refusal is reached too."""
    return st.integers(1, times).flatmap(lambda number: odd if number == 1 else usual)


REFS = st.builds("{}{}".format, st.sampled_from(["A", "B", "C", "Z", "AA", "ABC", "XFD", "XFE", "a", ""]),
                 st.sampled_from(["1", "2", "3", "17", "70000", "1048576", "1048577", "0", "-1", "", "99999999999999999999"]))
USUAL_REFS = st.builds("{}{}".format, st.sampled_from("ABCDEFG"), st.integers(2, 17))
TEXTS = st.one_of(st.text(max_size=30), st.sampled_from([*harm.LABELS, "身份证号", "男", "√", "2015.3.2", "合计", "1e400", "NaN", "=1+1", "\u200b", "9" * 40]))
QUOTED = st.one_of(st.text('""\t,\n甲', max_size=6), st.sampled_from(['"我想', '家"', '"小霸王"外号', '"甲\r\n乙"', '"他说""好"""']))
TYPES = st.sampled_from(["", "s", "n", "b", "e", "d", "str", "inlineStr", "x"])
ODD_CELLS = st.tuples(REFS, TYPES, st.sampled_from(["", "0", "1", "-1", "65536"]), TEXTS, st.booleans())
CELLS = mostly(st.tuples(USUAL_REFS, st.just("inlineStr"), st.just("0"), TEXTS, st.just(True)), ODD_CELLS, 20)
NUMBERS = mostly(st.integers(2, 17).map(str), st.sampled_from(["", "0", "1", "2", "3", "1048577", "x"]), 10)
ROWS = st.lists(st.tuples(NUMBERS, st.lists(CELLS, max_size=6)), max_size=8)
HARMS = st.lists(st.tuples(st.sampled_from(["flip", "cut", "insert", "drop", "double"]), st.integers(0, 1 << 30), st.binary(max_size=8)), max_size=4)
SOME_HARMS = mostly(st.just([]), HARMS, 3)
PARTS = st.sampled_from([harm.SHEET, harm.BOOK, harm.STRINGS, harm.STYLES, "[Content_Types].xml", "xl/_rels/workbook.xml.rels"])


def escaped(text):
    return "".join(f"&#{ord(letter)};" if ord(letter) > 0x1F else letter for letter in text)


def xml_of(rows, with_titles, area):
    said = "".join(
        f'<row r="{number}">' + "".join(
            f'<c r="{ref}" t="{kind}" s="{style}">' + (f"<is><t>{escaped(text)}</t></is>" if within else f"<v>{escaped(text)}</v>") + "</c>"
            for ref, kind, style, text, within in cells) + "</row>" for number, cells in rows)
    return f'{harm.HEAD.replace("<sheetData>", "")}<dimension ref="{area}"/><sheetData>{harm.TITLES if with_titles else ""}{said}{harm.FOOT}'


def harmed(content, harms):
    """Bytes flipped, cut out, put in."""
    made = bytearray(content)
    for kind, at, data in harms:
        at %= len(made) + 1
        if kind == "flip" and at < len(made):
            made[at] ^= 0xFF
        elif kind == "cut":
            del made[at:]
        elif kind == "insert":
            made[at:at] = data
        elif kind == "drop":
            del made[at : at + 40]
        elif kind == "double":
            made[at:at] = made[at : at + 4_000]
    return bytes(made)


def repacked(content, part, harms):
    """The package with one part harmed before it was packed, so that its check sum holds."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, harmed(data, harms) if name == part else data)
    return target.getvalue()


@settings(max_examples=TRIED, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(ROWS, st.booleans(), st.sampled_from(["A1", "A1:XFD1048576", "B2:A1", "?"]), PARTS, SOME_HARMS, SOME_HARMS)
def test_generated_workbooks_bring_nothing_down(rows, with_titles, area, part, inner, outer):
    content = harm.sheet(xml_of(rows, with_titles, area).encode("utf-8", "surrogatepass"))
    try:
        judge(read_book(harmed(repacked(content, part, inner), outer)).rows)
    except SheetError as refused:
        assert "请" in str(refused)


@settings(max_examples=TRIED, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(TEXTS | QUOTED, max_size=6), max_size=6), st.sampled_from(",\t;"), st.sampled_from(["utf-8", "gb18030", "utf-16"]), SOME_HARMS)
def test_generated_texts_bring_nothing_down(rows, comma, encoding, harms):
    text = "\r\n".join(comma.join(row) for row in [harm.LABELS, *rows])
    try:
        judge(read_book(harmed(text.encode(encoding, "replace"), harms)).rows)
    except SheetError as refused:
        assert "请" in str(refused)
