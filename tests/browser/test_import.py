"""A school admin brings in the school's own roster: which column is what, what is wrong, the file back, corrected, written, undone."""

import re
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.models.children import Child
from app.models.org import SchoolClass
from tests.support.sheets import asked_by

HEAD = ["序号", "学生姓名", "男女", "出生年月", "班别", "学段", "身份证号码"]


@pytest.fixture
def room(app):
    with asked_by(app, "school") as session:
        return session.scalars(select(SchoolClass.name).limit(1)).one()


def roster(room: str) -> bytes:
    """As a school keeps it: a cover sheet, a merged title, own headings, a sum and a signature."""
    book, target = Workbook(), BytesIO()
    book.active.title = "封面"
    book.active["A1"] = "示例小学留守儿童花名册"
    sheet = book.create_sheet("花名册")
    for row in (["示例小学留守儿童花名册（2026年秋季）"], HEAD, [1, "上官　甲", "女生", "2016年3月2日", room, "小学在读", None],
                [2, "上官乙", "男", "2016.2.30", room, "小学", None], [3, "上官丙", "女", "20160302", "没有这个班", "小学", 990101201603020011],
                ["合计", "3人"], ["填表人：王某", None, None, "审核人：李某"]):
        sheet.append(row)
    sheet.merge_cells("A1:G1")
    book.save(target)
    return target.getvalue()


def choose_file(page: Page, content: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.get_by_label("表格文件").set_input_files({"name": "花名册.xlsx", "mimeType": kind, "buffer": content})
    page.get_by_role("button", name="上传并检查").click()


def count(app) -> int:
    with asked_by(app, "school") as session:
        return session.scalar(select(func.count(Child.id)).where(Child.name.in_(["上官甲", "上官乙", "上官丙", "上官丁"])))


def test_a_school_brings_in_its_own_roster(app, page_for, look, room):
    page = page_for("school")
    page.goto("/child/list/")
    page.get_by_role("link", name="导入", exact=True).click()
    look(page, "import-desk")
    choose_file(page, roster(room))
    expect(page.get_by_label("学生姓名")).to_have_value("name")
    expect(page.get_by_label("序号")).to_have_value("")
    look(page, "import-columns-desk")
    page.get_by_role("button", name="按这样检查").click()
    expect(page.locator(".tally.bad b")).to_have_text("2")
    expect(page.get_by_text("没有“2016.2.30”这一天")).to_be_visible()
    look(page, "import-check-desk")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标错的表格").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    sheet = book["花名册"]
    assert book.sheetnames == ["封面", "花名册"] and sheet["A1"].value.startswith("示例小学") and "A1:G1" in str(sheet.merged_cells)
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} == {"D4", "E5", "G5"}
    assert "文本格式" in sheet["G5"].comment.text and count(app) == 0

    sheet["D4"], sheet["E5"], sheet["G5"] = "2016.2.29", room, None
    corrected = BytesIO()
    book.save(corrected)
    page.goto("/sheets/child/import")
    choose_file(page, corrected.getvalue())  # the columns are not asked about again
    expect(page.locator(".tally.ok b")).to_have_text("3")
    page.get_by_role("button", name="确认写入").click()
    expect(page.locator(".say.success")).to_contain_text("新增 3 条")
    assert count(app) == 3
    page.get_by_role("link", name="撤销导入").first.click()
    page.get_by_role("button", name="撤销导入").click()
    expect(page.locator(".say.success")).to_contain_text("已撤销 3 条")
    assert count(app) == 0


def test_a_block_is_pasted_from_the_clipboard(page_for, look, room):
    page = page_for("school", "phone")
    page.goto("/sheets/child/import")
    look(page, "import-phone")
    html = f"<table><tr><th colspan=2>花名册</th></tr><tr><td>姓名</td><td>性别</td><td>出生日期</td><td>班级</td><td>就学状态</td></tr><tr><td>上官丁</td>" \
           f"<td>女</td><td>2016年3月2日</td><td>{room}</td><td>小学</td></tr></table>"
    page.evaluate("""([html]) => {
        const data = new DataTransfer();
        data.setData('text/html', html);
        data.setData('text/plain', '花名册');
        document.querySelector('#pasted').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }""", [html])
    expect(page.locator("#pasted-said")).to_have_text("已粘贴 3 行 5 列。")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".tally.ok b")).to_have_text("1")
    look(page, "import-check-phone")
    page.get_by_role("link", name="改列的对应").click()
    expect(page.get_by_label("出生日期")).to_have_value("birth_date")
    look(page, "import-columns-phone")
    page.goto("/photos/import")
    look(page, "photos-phone")
    assert re.search(r"压缩成 .zip", page.inner_text("main"))
