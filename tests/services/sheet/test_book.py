"""What is written comes back, through two readers that are not ours."""

import io
import tracemalloc
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest
import python_calamine

from app.services.sheet.book import part_name, write_book
from app.services.sheet.column import Column
from app.services.sheet.read import read_book
from app.services.sheet.xml import MAX_CELL
from tests.services.sheet.samples import COLUMNS, HOSTILE, SEX, book_bytes, parts, unescaped

ROW = ("张三", "99010119900307000X", date(2015, 3, 2), datetime(2026, 9, 1, 8, 29, 59), "1", True, 5, Decimal("1.5"), "一\n二")
BACK = ["张三", "99010119900307000X", date(2015, 3, 2), datetime(2026, 9, 1, 8, 29, 59), "男", "是", 5, 1.5, "一\n二"]


def test_both_readers_see_the_row():
    content = book_bytes(COLUMNS, [ROW, (None,) * 9, ROW])
    assert read_book(content).rows[2:] == [[c.label for c in COLUMNS], BACK, [], BACK]
    cells = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content)).active[4]]
    assert cells[:2] + cells[4:] == BACK[:2] + BACK[4:]
    assert cells[2] == datetime(2015, 3, 2) and abs(cells[3] - BACK[3]) < timedelta(milliseconds=2)


def test_calamine_and_openpyxl_agree_on_the_extent():
    content = book_bytes(COLUMNS, [ROW] * 1203)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.dimensions == "A1:I1206"
    assert len(python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()) == 1206
    assert sheet["A1206"].value == "张三"


def test_hostile_strings_come_back_the_same():
    columns = [Column("a", "甲", "text"), Column("b", "乙", "text", long=True), Column("c", "丙", "choice", choices={})]
    content = book_bytes(columns, [(text, text, text) for text in HOSTILE])
    assert read_book(content).rows[3:] == [[text] * 3 for text in HOSTILE]
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=4))
    assert {cell.data_type for row in rows for cell in row} <= {"inlineStr", "s"}
    assert [[unescaped(cell.value) for cell in row] for row in rows] == [[text] * 3 for text in HOSTILE]


def test_hostile_strings_that_repeat_themselves_come_back_the_same():
    """A column of few values goes by shared strings, one of many by its cells."""
    rows = [(f"{at}{text}", text) for at, text in enumerate(HOSTILE * 8)]
    columns = [Column("a", "甲", "text"), Column("b", "乙", "text")]
    content = book_bytes(columns, rows)
    assert [tuple(row) for row in read_book(content).rows[3:]] == rows
    few = book_bytes(columns[1:], [(text,) for text in HOSTILE[:40] for _ in range(10)])
    assert [row[0] for row in read_book(few).rows[3:]] == [text for text in HOSTILE[:40] for _ in range(10)]
    assert parts(few)["xl/sharedStrings.xml"].count("<si>") > 30
    sheet = openpyxl.load_workbook(io.BytesIO(few)).active
    assert [unescaped(sheet.cell(4 + at, 1).value) for at in range(0, 400, 10)] == HOSTILE[:40]
    assert not any(cell.data_type == "f" or cell.hyperlink for row in sheet for cell in row)


def test_there_are_enough_hostile_strings():
    assert len(set(HOSTILE)) >= 200


def test_no_formula_and_no_link_stands_in_the_xml():
    columns = [Column("a", "=1", "text"), *(Column(t, t, t) for t in ("int", "decimal", "date", "datetime", "bool"))]
    columns.append(Column("c", "@c", "choice", choices={text: text for text in HOSTILE}))
    rows = [(text,) * len(columns) for text in HOSTILE]
    content = book_bytes(columns, rows, title="=1+1", subtitle="http://x.invalid", sheet_name="=1")
    for name, xml in parts(content).items():
        if name.startswith("xl/worksheets"):
            assert "<f>" not in xml and "<f " not in xml and "<hyperlink" not in xml and "rels" not in name
    assert read_book(content).rows[3][1:] == [HOSTILE[0]] * 6


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark():
    long = "长" * (MAX_CELL + 1)
    emoji = "😀" * MAX_CELL
    back = read_book(book_bytes(COLUMNS[:3], [("长" * MAX_CELL, long, None), (emoji, "<" * 40_000, long)])).rows[3:]
    assert back[0] == ["长" * MAX_CELL, "长" * (MAX_CELL - 1) + "…"]
    assert back[1][0] == "😀" * ((MAX_CELL - 1) // 2) + "…" and back[1][1] == "<" * (MAX_CELL - 1) + "…"
    assert len(back[1][2]) == MAX_CELL


@pytest.mark.parametrize("odd", ["\ud800", "\udfff", "\ufffe", "\uffff"], ids=ascii)
def test_what_is_no_character_does_not_break_the_file(odd):
    content = book_bytes(COLUMNS[:1], [(f"a{odd}b",)], title=odd, subtitle=odd)
    assert read_book(content).rows == [["\ufffd"], ["\ufffd"], ["姓名"], ["a\ufffdb"]]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), 10**15, 123456789012345678, "***", True])
def test_what_is_no_exact_number_stands_as_text(value):
    assert read_book(book_bytes([Column("a", "甲", "decimal")], [(value,)])).rows[3] == [str(value)]


@pytest.mark.parametrize("value", [0, -7, 10**15 - 1, 0.1, 1e-7, Decimal("12.50"), Decimal("1E+5")])
def test_a_number_is_a_number(value):
    assert read_book(book_bytes([Column("a", "甲", "decimal")], [(value,)])).rows[3] == [float(value)]


@pytest.mark.parametrize(("value", "back"), [
    (date(1900, 3, 1), date(1900, 3, 1)),
    (date(1899, 1, 1), "1899-01-01"),
    (date(9999, 12, 31), date(9999, 12, 31)),
    (datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))), datetime(2026, 1, 1, 8)),
    ("****", "****"),
])
def test_a_date_is_a_date_where_excel_has_it(value, back):
    type_ = "datetime" if isinstance(value, datetime) else "date"
    assert read_book(book_bytes([Column("a", "甲", type_)], [(value,)])).rows[3] == [back]


def test_zero_and_empty_in_a_text_column():
    assert read_book(book_bytes(COLUMNS[:3], [(0, "", None), (None, "a", None)])).rows[3:] == [["0"], [None, "a"]]


def test_a_row_of_another_length_is_refused_and_leaves_no_file(tmp_path):
    target = tmp_path / "a.xlsx"
    with pytest.raises(ValueError, match="unpack"):
        write_book(target, COLUMNS, [("a",)], title="甲", subtitle="", sheet_name="甲")
    assert not target.exists()


def test_rows_beyond_a_sheet_go_on_further_sheets():
    content = book_bytes(COLUMNS[:2], [(str(i), "x") for i in range(25)], max_rows=13, sheet_name="名册")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["名册", "名册（2）", "名册（3）"]
    assert [sheet.max_row for sheet in book] == [13, 13, 8]
    assert [sheet["A4"].value for sheet in book] == ["0", "10", "20"]
    assert read_book(content).others == ["名册（2）", "名册（3）"]


def test_words_that_repeat_themselves_are_the_same_on_further_sheets():
    rows = [(f"甲{at}", "甲" if at % 3 else "乙", str(at % 2), bool(at % 2)) for at in range(60)]
    columns = [COLUMNS[0], Column("b", "乙", "text"), COLUMNS[4], COLUMNS[5]]
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(columns, rows, max_rows=23)))
    back = [row for sheet in book for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert len(book.sheetnames) == 3 and [sheet["A2"].value for sheet in book] == ["全部"] * 3
    assert back == [(name, word, SEX.get(sex, sex), "是" if yes else "否") for name, word, sex, yes in rows]


@pytest.mark.parametrize("rows", [0, 10])
def test_a_list_that_fits_has_one_sheet(rows):
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(COLUMNS[:1], [("a",)] * rows, max_rows=13)))
    assert len(book.sheetnames) == 1 and book.active.max_row == 3 + rows


def test_the_look():
    content = book_bytes(COLUMNS, [ROW, ROW])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.freeze_panes == "A4" and sheet.auto_filter.ref == "A3:I5"
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:I1", "A2:I2"}
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$3" and "&P" in sheet.oddFooter.center.text
    assert [cell.number_format for cell in sheet[4]][:4] == ["@", "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation} == {
        "E4:E5": '"男,女"', "F4:F5": '"是,否"'}
    assert openpyxl.load_workbook(io.BytesIO(content)).properties.creator == "守望"


def test_a_long_list_of_choices_stands_on_a_hidden_sheet():
    villages = {str(i): f"第{i}村民委员会" for i in range(60)}
    columns = [Column("v", "村", "choice", choices=villages), Column("w", "又", "choice", choices=villages),
               Column("c", "逗", "choice", choices={"1": "甲,乙", "2": "丙"})]
    content = book_bytes(columns, [("1", "59", "1")])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book["选项"].sheet_state == "hidden" and book["选项"]["A60"].value == "第59村民委员会"
    assert [v.formula1 for v in book.worksheets[0].data_validations.dataValidation] == [
        "选项!$A$1:$A$60", "选项!$A$1:$A$60", "选项!$B$1:$B$2"]
    assert read_book(content).rows[3] == ["第1村民委员会", "第59村民委员会", "甲,乙"] and not read_book(content).others


@pytest.mark.parametrize("name", ["", "'a'", "a/b", "[x]", "History", "选项", "很" * 40, "a:b*c?"])
def test_any_name_makes_a_sheet(name):
    for part in (1, 12):
        assert 0 < len(part_name(name, part)) <= 31
    assert openpyxl.load_workbook(io.BytesIO(book_bytes(COLUMNS[:1], [], sheet_name=name))).sheetnames


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(count: int) -> int:
        tracemalloc.start()
        rows = ((f"张{i}", str(i), date(2015, 3, 2)) for i in range(count))
        write_book(tmp_path / "a.xlsx", COLUMNS[:3], rows, title="甲", subtitle="", sheet_name="甲")
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(10)
    assert peak(20_000) < peak(2_000) * 1.3
