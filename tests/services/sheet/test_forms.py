"""The template, and the file that goes back to the sender."""

import io
from datetime import date

import openpyxl

from app.services.sheet.cells import parse_cell
from app.services.sheet.header import find_header
from app.services.sheet.package import Limits
from app.services.sheet.read import read_book
from app.services.sheet.returned import return_marked, write_errors
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
    rows = [[text, "1", 5.0, text] for text in HOSTILE]
    sent = [["登记表"], ["姓名", "身份证号", "人数", "备注"], *rows, [None, "2"]]
    target = io.BytesIO()
    write_errors(target, sent, COLUMNS, find_header(sent, COLUMNS), {(2, 1): "身份证号要 18 位", (len(sent) - 1, 0): "必填", (3, 5): "缺"})
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue())).active
    assert sheet["B3"].comment.text == "身份证号要 18 位" and sheet["B3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet.cell(len(sent), 1).comment.text == "必填" and sheet["F4"].comment.text == "缺"
    assert sheet["B4"].comment is None and sheet["B4"].fill.fgColor.rgb != "FFFFC7CE"
    assert read_book(target.getvalue()).rows == sent
    xml = parts(target.getvalue())["xl/worksheets/sheet1.xml"]
    assert "<f>" not in xml and "<hyperlink" not in xml


def test_without_rows_of_data():
    target = io.BytesIO()
    write_errors(target, [["姓名"]], COLUMNS, find_header([["姓名"]], COLUMNS), {})
    assert read_book(target.getvalue()).rows == [["姓名"]]


def own_file() -> bytes:
    """A sender's workbook: two sheets, a merged title, own colours, a comment, a formula."""
    book = openpyxl.Workbook()
    book.active.title = "说明"
    sheet = book.create_sheet("一年级")
    for row in (["示例小学花名册"], ["序号", "姓名", "身份证号", "人数"], [1, "张三", "99010119900307000X", "=1+1"], [2, None, "12", 3]):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet["A1"].font = openpyxl.styles.Font(size=20, bold=True)
    sheet["C4"].comment = openpyxl.comments.Comment("原来的批注", "王")
    sheet.column_dimensions["C"].width = 33
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def returned(content: bytes, **more) -> openpyxl.Workbook:
    sheet = read_book(content, "一年级")
    target = io.BytesIO()
    marks = {(3, 1): "姓名：必填，不能为空", (3, 2): "身份证号：应为 18 位", (0, 2): "标题"}
    return_marked(target, content, sheet.name, sheet.rows, COLUMNS, find_header(sheet.rows, COLUMNS), marks, **more)
    return openpyxl.load_workbook(io.BytesIO(target.getvalue()))


def test_the_senders_own_workbook_comes_back_only_marked():
    book = returned(own_file())
    sheet = book["一年级"]
    assert book.sheetnames == ["说明", "一年级"] and book.active is sheet
    assert sheet["B4"].fill.fgColor.rgb == sheet["C4"].fill.fgColor.rgb == "FFFFC7CE" and sheet["B3"].fill.fgColor.rgb != "FFFFC7CE"
    assert sheet["B4"].comment.text == "姓名：必填，不能为空" and sheet["C4"].comment.text == "原来的批注\n身份证号：应为 18 位"
    assert sheet["A1"].comment.text == "标题" and sheet["A1"].font.size == 20 and sheet["D3"].value == "=1+1"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:D1"] and sheet.column_dimensions["C"].width == 33


def test_what_cannot_be_marked_itself_comes_back_with_the_same_cells():
    for content, more in ((own_file(), {"limits": Limits(wall=0)}), (own_file(), {"limits": Limits(memory=8 << 20)})):
        book = returned(content, **more)
        assert book.sheetnames == ["一年级"] and book.active["A1"].value == "示例小学花名册" and book.active["B4"].comment.text == "姓名：必填，不能为空"
        assert book.active["B2"].value == "姓名" and not book.active.merged_cells.ranges
