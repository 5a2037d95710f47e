"""Quotes in pasted blocks and CSV files: none that is only typed takes rows away."""

import csv
import io

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.services.sheet.errors import SheetError
from app.services.sheet.quotes import Unsure, rows_of
from app.services.sheet.read import read_book

HEAD = ["儿童", "谈心日期", "谈心内容"]


def pasted(*rows: list[str], comma: str = "\t") -> bytes:
    """The cells as a spreadsheet puts them on the clipboard: quoted only where they hold line breaks or tabs."""
    return clipboard([HEAD, *rows], comma).encode()


def clipboard(rows, comma):
    return "".join(comma.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if comma in cell or "\n" in cell else cell for cell in row) + "\r\n" for row in rows)


def saved(rows, comma):
    """As a spreadsheet saves text: quoted where there is a comma, quote or line break."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=comma, lineterminator="\r\n").writerows(rows)
    return target.getvalue()


@pytest.mark.parametrize("comma", ["\t", ","])
@pytest.mark.parametrize("said", ['"小霸王"外号', '"', '"想家', '他说"想家"', '"想家"的话说了"很多"', '""想家', '"想"家"', '赵"六'])
def test_typed_quotes_stay_where_no_row_is_in_doubt(comma, said):
    rows = [["甲", "2026-03-01", said], ["乙", "2026-03-02", '"说"，又说'], ["丙", "2026-03-03", "聊了学习"]]
    assert read_book(pasted(*rows, comma=comma)).rows == [HEAD, *rows]


@pytest.mark.parametrize("comma", ["\t", ","])
def test_cells_with_line_breaks_come_back_whole(comma):
    rows = [["甲", "2026-03-01", '第一行\n"第二行"\n'], ["乙\n", "2026-03-02", f"有{comma}分隔"], ['"丙"说\n好', "2026-03-03", ""]]
    wanted = [HEAD, *([cell or None for cell in row] for row in rows)]
    wanted[-1].pop()
    for content in (pasted(*rows, comma=comma), saved([HEAD, *rows], comma).encode()):
        assert read_book(content).rows == wanted


@pytest.mark.parametrize(("rows", "row"), [
    ([["甲", "2026-03-01", '"我想妈妈了'], ["乙", "2026-03-02", "聊了学习"]], 2),
    ([["甲\n甲", "2026-03-01", "聊"], ["乙", '"2026-03-02', "聊了学习"], ["丙", "2026-03-03", '""']], 3),
    ([["甲", "2026-03-01", '"小霸王"外号'], ["乙", "2026-03-02", "聊"], ['"丙', "2026-03-03", "聊"]], 4)])
def test_a_quote_without_an_end_is_refused_by_its_row(rows, row):
    with pytest.raises(SheetError, match=f"第 {row} 行有一个引号没有配对.*请"):
        read_book(pasted(*rows))


def test_two_single_quotes_in_a_row_are_refused_and_move_no_cell():
    with pytest.raises(SheetError, match="第 3 行的引号括住了"):
        read_book(pasted(["甲", "2026-03-01", "聊"], ['"甲', '2026-03-01"', "聊"]))


@pytest.mark.parametrize(("comma", "said"), [(",", "说了\n好,坏"), (",", "说了\n乙,2026-03-02,好"), ("\t", "说了\n乙\t2026-03-02\t好")])
def test_breaks_in_cells_that_are_none_of_rows_make_no_doubt(comma, said):
    rows = [["甲", "2026-03-01", said], [said, "2026-03-01", "聊"]]
    assert read_book(saved([HEAD, *rows], comma).encode()).rows == [HEAD, *rows]


def test_two_single_quotes_around_a_comma_are_refused_below_the_head_of_their_table():
    text = "儿童,谈心日期,谈心内容\r\n甲,2026-03-01,聊\r\n"
    with pytest.raises(SheetError, match="第 3 行的引号括住了"):
        read_book(f'{text}"甲,2026",聊\r\n'.encode())
    assert read_book(f'{text}"甲,2026",聊,\r\n'.encode()).rows[2] == ["甲,2026", "聊"]  # as wide as its table, if this is one cell


def test_commas_within_quotes_make_no_doubt_of_titles_narrower_than_their_table():
    text = '"示例学校，花名册,2026"\r\n姓名,住址\r\n甲,"一村,二组\n三号"\r\n'
    assert read_book(text.encode()).rows == [["示例学校，花名册,2026"], ["姓名", "住址"], ["甲", "一村,二组\n三号"]]


@pytest.mark.parametrize("comma", ["\t", ","])
@pytest.mark.parametrize("short", [["乙", "2026-03-02"], ["合计"], ["合计", "", "", "12"]])
@pytest.mark.parametrize("count", [1, 10])
def test_a_row_of_another_width_between_two_single_quotes_hides_them_not(comma, short, count):
    rows = [["子", "2026-03-01", "聊"], ["丑", "2026-03-01", "聊"], ["甲", "2026-03-01", '"调皮'], *[short] * count, ["丙", "2026-03-03", '爱哭"']]
    text = "".join(comma.join(row) + "\r\n" for row in [HEAD, *rows])
    with pytest.raises(SheetError, match="行的引号括住了"):
        read_book(text.encode())


@pytest.mark.parametrize(("first", "last"), [(2, 2), (2, 0), (0, 2), (0, 0), (1, 2)])
@pytest.mark.parametrize("between", [0, 1, 2])
def test_two_single_quotes_rows_apart_are_refused_and_swallow_nothing(first, last, between):
    rows = [["孩子", "2026-03-01", "聊"] for _row in range(between + 3)]
    rows[1][first], rows[between + 2][last] = '"我想', '家"'
    with pytest.raises(SheetError, match="第 3 行的引号括住了后面的格或整行.*请"):
        read_book(pasted(*rows))


PLAIN = 8  # rows without anything in them, as most of a real sheet are


# Any table ------------------------------------------------------------------------------
def tables(letters: str, least: int = 2):
    """A head and plain rows, and rows below them that are as wide."""
    texts = st.text(letters, max_size=5)
    return st.integers(least, 4).flatmap(
        lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), max_size=6).map(lambda rows: [*[["列"] * width] * PLAIN, *rows]))


def read(text: str, comma: str = "\t"):
    return [*rows_of(text, comma)]


any_table = settings(max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@any_table
@given(tables('"\n\t\t,,甲 ', 1), st.sampled_from("\t,"))
def test_what_a_spreadsheet_saves_comes_back_the_same(rows, comma):
    assert read(saved(rows, comma), comma) == rows


@any_table
@given(tables('"\n\t\t甲', 1))
def test_tabs_and_line_breaks_in_cells_come_back_the_same_or_are_refused(rows):
    """Where a cell holds what could be whole rows, and rows end as its lines do, quotes do not tell which it is."""
    try:
        assert read(saved(rows, "\t").replace("\r\n", "\n")) == rows
    except Unsure as unsure:
        assert unsure.code == "quotes" and any("\n" in cell for cell in rows[unsure.row - 1])


@any_table
@given(tables('"\n甲'), st.data())
def test_one_single_quote_before_a_cell_loses_no_row_unsaid(rows, data):
    assume(len(rows) > PLAIN)
    rows = [[cell if "\n" in cell else cell.lstrip('"') or "空" for cell in row] for row in rows]
    row, column = data.draw(st.integers(PLAIN, len(rows) - 1)), data.draw(st.integers(0, len(rows[0]) - 1))
    assume("\n" not in rows[row][column] and not rows[row][column].endswith('"'))
    rows[row][column] = '"' + rows[row][column]
    try:
        assert read(clipboard(rows, "\t")) == rows
    except Unsure as unsure:
        assert 1 <= unsure.row <= clipboard(rows, "\t").count("\n")


@any_table
@given(tables('"""甲 '))
def test_quotes_anywhere_in_cells_of_one_line_lose_no_row_unsaid(rows):
    try:
        assert len(read(clipboard(rows, "\t"))) == len(rows)
    except Unsure as unsure:
        assert 1 <= unsure.row <= clipboard(rows, "\t").count("\n")
