"""Two versions of the checklist beside each other, on the page and as a workbook."""

import html
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.models.audit import AccessLog
from app.models.inspection import ChecklistTemplate
from app.services import checklist, records


@pytest.fixture
def versions(look):
    """Ids of the published version and of a draft that has an item changed, one removed, one added and another rule."""
    def make(session):
        old = session.scalars(select(ChecklistTemplate).where(ChecklistTemplate.state == "published")).first()
        draft = checklist.new_version(session, old)
        items = {item.code: item for item in checklist.items_of(session, draft.id)}
        records.edit(session, items["I9"], {"parameters": {"min_grams": 130}, "applies_when": None})
        records.edit(session, items["A2"], {"code": "A9"})
        records.edit(session, draft, {"critical_days": 10})
        return old.id, draft.id
    return look(make)


def rows_of(page):
    """The cells of all tables, in words."""
    cells = [[" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
             for row in re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", page)]
    return {tuple(row) for row in cells}


TOLD = {("修改", "红线问题整改天数", "15", "10"), ("I9 修改", "每份留样至少", "125 克", "130 克"), ("I9 修改", "适用条件", "有食堂的学校", "")}


def test_the_page_tells_field_by_field(client_for, versions):
    old, draft = versions
    found = rows_of(client_for("county").get(f"/checklist_template/compare/{draft}?with={old}").text)
    assert found >= TOLD and len(found) == 5
    text = "学校成立关爱工作领导小组，分工落实到人。"
    assert {("A9 新增", "", "", text), ("A2 删除", "", text, "")} <= found
    back = rows_of(client_for("inspector").get(f"/checklist_template/compare/{old}?with={draft}").text)
    assert ("I9 修改", "每份留样至少", "130 克", "125 克") in back and len(back) == 5


def test_the_workbook_says_the_same(client_for, look, versions):
    old, draft = versions
    count = select(func.count(AccessLog.id)).where(AccessLog.entity == "ChecklistTemplate")
    before = look(lambda session: session.scalar(count))
    answer = client_for("county").get(f"/checklist_template/compare/{draft}.xlsx?with={old}")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[:3] == ["评分与期限", "分类", "条目"]
    told = {tuple(cell or "" for cell in row) for sheet in book.worksheets[:3] for row in sheet.iter_rows(values_only=True)}
    assert {("", "修改", *row[1:]) if row[0] == "修改" else ("I9", "修改", *row[1:]) for row in TOLD} <= told
    assert look(lambda session: session.scalar(count)) == before + 1
    assert client_for("inspector").get(f"/checklist_template/compare/{draft}.xlsx").status_code == 403


def test_only_versions_of_the_same_code(client_for, look, versions):
    old, draft = versions
    other = look(lambda session: records.add(session, ChecklistTemplate, {"code": "other", "number": 1, "name": "另一份"}).id)
    client = client_for("county")
    for said in (other, draft, 999_999, "x"):
        assert client.get(f"/checklist_template/compare/{draft}?with={said}").status_code == 404
    assert "没有别的版本" in client.get(f"/checklist_template/compare/{other}").text
    assert client.get(f"/checklist_template/compare/{other}.xlsx").status_code == 404
    copy = look(lambda session: checklist.new_version(session, session.get(ChecklistTemplate, draft)).id)
    assert "没有不同" in client.get(f"/checklist_template/compare/{copy}?with={draft}").text
    assert "I9" in client.get(f"/checklist_template/compare/{copy}").text, "without a word the published one"
