"""The template, and the file that goes back to the sender."""

import io
from datetime import date

import openpyxl

from app.services.sheet.cells import parse_cell
from app.services.sheet.header import find_header
from app.services.sheet.read import read_book
from app.services.sheet.returned import write_errors
from app.services.sheet.template import PRESET_ROWS, write_template
from tests.services.sheet.samples import COLUMNS, HOSTILE, parts

NOTES = ["带 * 的列必填。", "=1+1"]


def template() -> bytes:
    target = io.BytesIO()
    write_template(target, COLUMNS, title="导入学生", notes=NOTES)
    return target.getvalue()


def test_a_template_is_read_as_no_rows_and_its_header_is_found():
    rows = read_book(template()).rows
    assert rows[:3] == [["导入学生"], *[[note] for note in NOTES]] and len(rows) == 4
    header = find_header(rows, COLUMNS)
    assert header.row == 3 and list(header.at) == [c.key for c in COLUMNS] and not header.missing + header.unknown


def test_a_template_helps_who_fills_it_in():
    sheet = openpyxl.load_workbook(io.BytesIO(template())).active
    assert [cell.value for cell in sheet[4]][:3] == ["姓名*", "身份证号*", "出生日期"]
    assert sheet["B4"].comment.text == "18 位" and sheet["A4"].comment is None
    last = 4 + PRESET_ROWS
    assert sheet.cell(last, 2).number_format == "@" and sheet.cell(last, 3).number_format == "yyyy-mm-dd"
    assert sheet.column_dimensions["B"].width >= 14 and sheet.freeze_panes == "A5"
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {f"E5:E{last}": '"男,女"', f"F5:F{last}": '"是,否"'}


def test_a_filled_template_comes_back():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    for at, value in (("A5", "张三"), ("B5", "99010119900307000X"), ("C5", date(2015, 3, 2)), ("E5", "女")):
        book.active[at] = value
    target = io.BytesIO()
    book.save(target)
    sheet = read_book(target.getvalue())
    header = find_header(sheet.rows, COLUMNS)
    row = sheet.rows[header.row + 1]
    found = {c.key: parse_cell(c, row[header.at[c.key]]) for c in COLUMNS[:5]}
    assert found == {"name": "张三", "id_number": "99010119900307000X", "born_on": date(2015, 3, 2),
                     "seen_at": None, "sex": "2"}


def test_wrong_cells_are_red_with_their_reason_and_all_else_is_as_sent():
    texts = [text for text in HOSTILE if text != "_x005F_x0041_"]  # xlsxwriter misses a pair that overlaps
    rows = [[text, "1", 5.0, text] for text in texts]
    sent = [["登记表"], ["姓名", "身份证号", "人数", "备注"], *rows, [None, "2"]]
    target = io.BytesIO()
    write_errors(target, sent, COLUMNS, {(2, 1): "身份证号要 18 位", (len(sent) - 1, 0): "必填", (3, 5): "缺"})
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue())).active
    assert sheet["B3"].comment.text == "身份证号要 18 位" and sheet["B3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet.cell(len(sent), 1).comment.text == "必填" and sheet["F4"].comment.text == "缺"
    assert sheet["B4"].comment is None and sheet["B4"].fill.fgColor.rgb != "FFFFC7CE"
    assert read_book(target.getvalue()).rows == sent
    xml = parts(target.getvalue())["xl/worksheets/sheet1.xml"]
    assert "<f>" not in xml and "<hyperlink" not in xml


def test_without_rows_of_data():
    target = io.BytesIO()
    write_errors(target, [["姓名"]], COLUMNS, {})
    assert read_book(target.getvalue()).rows == [["姓名"]]
