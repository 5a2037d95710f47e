"""A version out as a workbook and an edited one in: the same again changes nothing, each wrong cell is named, all of it or nothing."""

import html
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.models.audit import Change
from app.models.inspection import ChecklistTemplate
from app.models.parameters import told as parameters_told
from app.services import checklist, checklist_parameters, checklist_told
from app.services.evidence import REGISTRY
from tests.support.checklists import drafted


class Book:
    """The workbook of a version as the county gets it, edited and sent in."""

    def __init__(self, client, draft):
        self.client, self.draft = client, draft
        self.book = load_workbook(io.BytesIO(client.get(f"/checklist_template/book/{draft}.xlsx").data))
        self.sheet = self.book.worksheets[0]
        self.head = next(row[0].row for row in self.sheet.iter_rows() if row[0].value and str(row[0].value).startswith("分类编号"))
        self.at = {str(cell.value).rstrip("*"): cell.column for cell in self.sheet[self.head] if cell.value}

    def row(self, code):
        return next(row[0].row for row in self.sheet.iter_rows() if row[self.at["编号"] - 1].value == code)

    def put(self, code, **cells):
        for label, value in cells.items():
            self.sheet.cell(self.row(code), self.at[label]).value = value

    def add(self, **cells):
        at = self.sheet.max_row + 1
        for label, value in cells.items():
            self.sheet.cell(at, self.at[label]).value = value

    def send(self):
        written = io.BytesIO()
        self.book.save(written)
        return self.client.post(f"/checklist_template/take_in/{self.draft}", data={"file": (io.BytesIO(written.getvalue()), "清单.xlsx")}).text

    def write(self, page):
        return self.client.post(f"/checklist_template/take_in/{self.draft}/write", data={"token": re.search(r'name="token" value="([^"]+)"', page)[1]})


@pytest.fixture
def book(client_for, draft):
    return Book(client_for("county"), draft)


def told(look, draft):
    return look(lambda session: checklist_told.of(session, session.get(ChecklistTemplate, draft)))


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_what_goes_out_comes_in_unchanged(book, look, draft):
    before = told(look, draft)
    page = book.send()
    assert "和现有草稿完全一样" in page and 'name="token"' not in page
    assert checklist_told.apart(before, told(look, draft)).nothing


def test_an_edited_one_is_shown_and_then_written(book, look, draft):
    before = told(look, draft)
    book.put("I9", 参数="每份留样至少 130 克", 检查内容="每个品种留样不少于130克。", 红线="否", 适用条件=None)
    book.put("B1", 分类编号="A", 分类名称=before.sections["A"])
    book.sheet.delete_rows(book.row("A2"))
    first, second = book.row("C1"), book.row("C2")
    for column in range(1, book.sheet.max_column + 1):
        one, other = book.sheet.cell(first, column), book.sheet.cell(second, column)
        one.value, other.value = other.value, one.value
    book.add(分类编号="M", 分类名称="新类", 编号="M1", 检查内容="新条目。", 方式="查算", 系统算法="留样时间", 参数="", 分值=3)
    page = book.send()
    shown = words(page)
    for text in ("每份留样至少 125 克 130 克", "M1 新增 新条目。", "A2 删除", "B1 修改 分类", "C1 移动", "M 新增 新类"):
        assert text in shown or text.replace("C1", "C2") in shown, text
    assert checklist_told.apart(before, told(look, draft)).nothing, "shown only"
    assert book.write(page).location == f"/checklist_template/outline/{draft}"
    now = told(look, draft)
    assert now.items["I9"]["parameters"] == {"min_grams": 130} and now.items["I9"]["applies_when"] is None and not now.items["I9"]["critical"]
    assert (now.items["M1"]["evidence"], now.items["M1"]["parameters"], now.items["M1"]["weight"]) == ("sample_hours", {"min_hours": 48}, 3)
    assert "A2" not in now.items and now.items["B1"]["section"] == "A" and [*now.sections][-1] == "M"
    own = [code for code in now.items if code[0] == "C"]
    assert own[:2] == ["C2", "C1"] and [code for code, item in now.items.items() if item["section"] == "A"][-1] == "B1"
    again = Book(book.client, draft)
    assert "和现有草稿完全一样" in again.send(), "what came in goes out the same"


def test_a_parameter_that_is_left_out_is_told_with_the_value_that_it_gets(book, look, draft):
    book.put("I9", 参数="每份留样至少 130 克")
    assert "改用默认值" not in words(page := book.send())
    book.write(page)
    for typed in ("", None):
        again = Book(book.client, draft)
        again.put("I9", 参数=typed)
        shown = words(page := again.send())
        assert f"没有写的，改用默认值 行 列 填的内容 原因 {again.row('I9')} 参数 没有写“每份留样至少”，改用默认值 125 克" in shown
        assert told(look, draft).items["I9"]["parameters"] == {"min_grams": 130}, "shown only"
    again.write(page)
    assert told(look, draft).items["I9"]["parameters"] == {"min_grams": 125}


def test_it_is_told_as_one_change(book, look):
    book.put("A1", 检查内容="改了一条。")
    book.put("A2", 检查内容="又改一条。")
    book.write(book.send())
    told = look(lambda session: [one.request_id for one in session.scalars(
        select(Change).where(Change.entity == "ChecklistItem", Change.action == "edit").order_by(Change.id.desc()).limit(2))])
    assert told[0] == told[1]


WRONG = [
    ("A1", {"方式": "飞"}, "方式", "只能填"), ("A1", {"系统算法": "没有这个"}, "系统算法", "没有这个"),
    ("A1", {"适用条件": "月亮"}, "适用条件", "没有“月亮”这一项"), ("A1", {"检查内容": None}, "检查内容", "请填写检查内容"),
    ("A2", {"编号": "A1"}, "编号", "编号 A1 用了两次"), ("A1", {"分值": 101}, "分值", "应在 0—100 之间"),
    ("I9", {"参数": "每份留样至少 0 克"}, "参数", "“每份留样至少”：应在 1 到 5000 之间"), ("I9", {"参数": "每份留样至少 很多"}, "参数", "应填整数"),
    ("I9", {"参数": "留样至少 48 小时"}, "参数", "不是这个系统算法的参数"), ("A2", {"分类名称": "别的"}, "分类名称", "前面写的是"),
    ("A1", {"红线": "也许"}, "红线", "请改为 是 或 否"), ("A1", {"编号": "A1234567"}, "编号", "最多 6 个字"),
    ("A1", {"分类编号": None}, "分类编号", "请填写"),
]


@pytest.mark.parametrize(("code", "cells", "label", "why"), WRONG, ids=[f"{code} {next(iter(cells))}" for code, cells, _label, _why in WRONG])
def test_each_wrong_cell_is_named_and_nothing_written(book, look, draft, code, cells, label, why):
    before, row = told(look, draft), book.row(code)
    book.put("B1", 检查内容="这一格没有错。")
    book.put(code, **cells)
    page = book.send()
    assert re.search(rf"\b{row} {label} .{{0,80}}{re.escape(why)}", words(page)) and 'name="token"' not in page
    assert checklist_told.apart(before, told(look, draft)).nothing


def test_it_is_shown_again_where_the_draft_was_changed_since(book, look, draft):
    book.put("A1", 检查内容="我改的。")
    page = book.send()
    look(lambda session: setattr(next(item for item in checklist.items_of(session, draft) if item.code == "A1"), "text", "别人改的。"))
    again = book.write(page).text
    assert "检查之后数据有变化" in again and "别人改的。" in again
    assert told(look, draft).items["A1"]["text"] == "别人改的。"
    assert book.write(again).status_code == 302 and told(look, draft).items["A1"]["text"] == "我改的。"
    assert "已过期" in book.write(again).text, "once"


def test_an_upload_is_for_its_draft_and_office_alone(book, client_for, look, draft):
    book.put("A1", 检查内容="我改的。")
    token = re.search(r'name="token" value="([^"]+)"', book.send())[1]
    other = look(lambda session: drafted(session, draft))
    assert "已过期" in book.client.post(f"/checklist_template/take_in/{other}/write", data={"token": token}).text
    assert client_for("admin").post(f"/checklist_template/take_in/{draft}/write", data={"token": token}).status_code == 403


def test_a_published_version_is_not_overwritten(book, look, draft):
    book.put("A1", 检查内容="我改的。")
    page = book.send()
    look(lambda session: checklist.publish(session, session.get(ChecklistTemplate, draft)))
    before = told(look, draft)
    assert book.write(page).status_code == 403
    assert book.client.get(f"/checklist_template/take_in/{draft}").status_code == 403
    assert checklist_told.apart(before, told(look, draft)).nothing
    assert book.client.get(f"/checklist_template/book/{draft}.xlsx").status_code == 200


@pytest.mark.parametrize(("content", "why"), [(b"", "请先选择文件"), (b"not a workbook", "没有找到表头"), ("姓名,电话\n王,1\n".encode(), ""),
                                              ("分类编号,分类名称,编号\nA,一,A1\n".encode(), "缺少“检查内容”这一列"), (b"x" * (1 << 21), "文件太大")])
def test_what_is_no_checklist_is_refused_in_words(client_for, look, draft, content, why):
    answer = client_for("county").post(f"/checklist_template/take_in/{draft}", data={"file": (io.BytesIO(content), "a.csv")})
    assert answer.status_code == 200 and 'role="alert"' in answer.text and why in answer.text


def test_only_writers_take_in(client_for, draft):
    for account in ("inspector", "school", "township"):
        assert client_for(account).get(f"/checklist_template/take_in/{draft}").status_code == 403
        assert client_for(account).get(f"/checklist_template/book/{draft}.xlsx").status_code == 403


def test_a_lost_column_keeps_what_is_there(book, look, draft):
    before = told(look, draft)
    for label in ("参数", "依据"):
        for row in book.sheet.iter_rows(min_row=book.head):
            row[book.at[label] - 1].value = None
    assert "和现有草稿完全一样" in book.send()
    assert checklist_told.apart(before, told(look, draft)).nothing


def test_parameters_of_every_figure_are_read_back():
    for source in REGISTRY.values():
        assert checklist_parameters.read(parameters_told(source.defaults), source.defaults) == dict(source.defaults), source.name
    words = {"dish_words": "凉菜；热菜、裱花"}
    assert checklist_parameters.read(parameters_told(words), words) == words
