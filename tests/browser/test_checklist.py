"""A county officer makes a new version of the checklist: copied, an item moved, a parameter changed and tried, compared, published."""

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.inspection import ChecklistTemplate
from app.models.org import Member, School
from tests.support.pages import chosen, suits_a_phone
from tests.support.visiting import one


def codes(page: Page) -> list[str]:
    return page.locator(".order li p > a").all_inner_texts()


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_county_makes_a_new_version(app, page_for, look, device):
    page = page_for("county", device)
    school = one(app, select(School.name).join(Member, Member.school_id == School.id).where(Member.username == "school"))
    page.goto(f"/checklist_template/show/{one(app, select(ChecklistTemplate.id).where(ChecklistTemplate.state == 'published').order_by(ChecklistTemplate.id))}")
    page.get_by_role("link", name="复制为新版本").click()
    page.get_by_role("button", name="复制为新版本").click()
    expect(page.locator(".head .pill", has_text="草稿")).to_be_visible()
    page.get_by_role("navigation", name="本档案").get_by_role("link", name="分类和条目").click()
    page.get_by_role("button", name="下移 A1", exact=True).click()
    expect(page.locator(".order li p > a").first).to_have_text("A2")
    assert codes(page)[:3] == ["A2", "A1", "A3"]
    expect(page.locator("li:target")).to_contain_text("A1")
    look(page, f"checklist-outline-{device}")
    page.get_by_role("link", name="修改 I9", exact=True).click()
    page.get_by_label("每份留样至少").fill("130")
    look(page, f"checklist-item-form-{device}")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".say.warning")).to_contain_text("I9 的检查内容里还写着原来的数字")
    page.get_by_role("link", name="试算").click()
    chosen(page, "school", school)
    page.get_by_role("button", name="试算").click()
    expect(page.locator("section.card h2")).to_have_text(school)
    expect(page.locator("dl.facts")).to_contain_text("130 克")
    look(page, f"checklist-preview-{device}")
    page.locator("a.back").click()
    page.get_by_role("link", name="分类和条目").click()
    expect(page.locator("li:target")).to_contain_text("I9")
    page.get_by_role("navigation", name="本档案").get_by_role("link", name="版本比较").click()
    page.get_by_label("与哪一版比较").select_option(label="县级督导检查清单 第 2 版（已发布）")  # the other device published a third
    page.get_by_role("button", name="比较").click()
    table = page.get_by_role("table", name="条目")
    expect(table.locator("tr", has_text="每份留样至少")).to_contain_text(re.compile(r"125 克\s*130 克"))
    expect(table.locator("tr", has_text="移动")).to_have_count(1)
    look(page, f"checklist-compare-{device}")
    if device == "phone":
        suits_a_phone(page)
    page.get_by_role("link", name="发布").click()
    expect(page.locator("main form")).to_contain_text("I9 的检查内容里还写着原来的数字")
    page.get_by_role("button", name="发布").click()
    expect(page.locator(".head .pill", has_text="已发布")).to_be_visible()
    page.get_by_role("navigation", name="本档案").get_by_role("link", name="分类和条目").click()
    expect(page.locator(".order li")).not_to_have_count(0)
    expect(page.get_by_role("button", name="下移")).to_have_count(0)


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_workbook_is_asked_for(app, page_for, look, device):
    page = page_for("county", device)
    page.goto(f"/checklist_template/show/{one(app, select(ChecklistTemplate.id).where(ChecklistTemplate.state == 'published').order_by(ChecklistTemplate.id))}")
    page.get_by_role("link", name="复制为新版本").click()
    page.get_by_role("button", name="复制为新版本").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出工作簿").click()
    path = download.value.path()
    page.get_by_role("link", name="导入工作簿").click()
    look(page, f"checklist-take-in-{device}")
    sent(page, path.read_bytes())
    expect(page.get_by_role("status")).to_contain_text("和现有草稿完全一样")
    look(page, f"checklist-taken-{device}")
    sent(page, with_parameters(path, "I9", "每份留样至少 130 克"))
    page.get_by_role("button", name="确认写入").click()
    page.get_by_role("link", name="导入工作簿").click()
    sent(page, with_parameters(path, "I9", None))
    expect(page.locator("section", has=page.get_by_role("heading", name="没有写的，改用默认值")).locator("tbody tr")).to_contain_text("改用默认值 125 克")
    look(page, f"checklist-default-{device}")


def sent(page: Page, content: bytes) -> None:
    page.locator("#file").set_input_files({"name": "清单.xlsx", "mimeType": "application/octet-stream", "buffer": content})
    page.get_by_role("button", name="上传并检查").click()


def with_parameters(path: Path, code: str, said: str | None) -> bytes:
    """The workbook with another cell of parameters for this item."""
    book, written = load_workbook(io.BytesIO(path.read_bytes())), io.BytesIO()  # a download has no ending
    rows = list(book.worksheets[0].iter_rows())
    at = {str(cell.value).rstrip("*"): cell.column - 1 for cell in next(row for row in rows if str(row[0].value).startswith("分类编号")) if cell.value}
    next(row for row in rows if row[at["编号"]].value == code)[at["参数"]].value = said
    book.save(written)
    return written.getvalue()
