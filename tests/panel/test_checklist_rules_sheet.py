"""The rules of a version on the second sheet of its workbook, and the sender's own file back with every wrong cell marked."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.models.audit import Change
from app.services import checklist_told
from tests.panel.test_checklist_taking import Book, told, words


class Rules(Book):
    """The same workbook by its second sheet."""

    def __init__(self, client, draft):
        super().__init__(client, draft)
        self.rules = self.book["评分与期限"]

    def rule(self, label):
        return next(row[0].row for row in self.rules.iter_rows() if row[0].value == label)

    def say(self, label, value):
        self.rules.cell(self.rule(label), 2).value = value


@pytest.fixture
def book(client_for, draft):
    return Rules(client_for("county"), draft)


def test_rules_go_out_in_words_and_come_in_changed(book, look, draft):
    assert [book.rules.cell(book.rule(label), 2).value for label in ("优，得分从", "红线不合格时最高", "不合格，几个月后再查")] == ["90", "合格", "2"]
    book.say("优，得分从", 92)
    book.say("红线不合格时最高", "不合格")
    book.say("不合格，几个月后再查", "1")
    book.put("A1", 检查内容="也改一条。")
    page = book.send()
    assert "优，得分从 90 92" in words(page) and told(look, draft).rules["excellent_from"] == 90, "shown only"
    assert book.write(page).status_code == 302
    now = told(look, draft)
    assert (now.rules["excellent_from"], now.rules["cap"], now.rules["poor_months"]) == (92, "poor", 1) and now.items["A1"]["text"] == "也改一条。"
    line = look(lambda session: session.scalars(select(Change.lines).where(Change.entity == "ChecklistTemplate", Change.row_id == draft,
                                                                          Change.action == "edit").order_by(Change.id.desc())).first())
    assert {one[0] for one in line} == {"excellent_from", "cap", "poor_months"}
    assert "和现有草稿完全一样" in Rules(book.client, draft).send()


@pytest.mark.parametrize("how", ["row", "sheet"])
def test_what_is_left_out_stays(book, look, draft, how):
    before = told(look, draft)
    if how == "row":
        book.rules.delete_rows(book.rule("优，得分从"))
    else:
        del book.book["评分与期限"]
    assert "和现有草稿完全一样" in book.send()
    assert checklist_told.apart(before, told(look, draft)).nothing


def test_the_sheets_may_stand_in_another_order(book):
    book.say("优，得分从", 95)
    book.book.move_sheet("评分与期限", -1)
    assert "优，得分从 90 95" in words(book.send())


WRONG = [("优，得分从", 101, "优，得分从", ""), ("优，得分从", "很多", "优，得分从", ""), ("优，得分从", 75, "良，得分从", "良的分数应比优低"),
         ("红线不合格时最高", "极好", "红线不合格时最高", ""), ("良，得分从", 0, "良，得分从", ""),
         *((label, None, label, "请填写；要保持不变，请删去这一行") for label in ("优，得分从", "红线不合格时最高", "学校申辩天数"))]


@pytest.mark.parametrize(("label", "value", "named", "why"), WRONG)
def test_a_wrong_rule_is_named_and_nothing_written(book, look, draft, label, value, named, why):
    before = told(look, draft)
    book.put("B1", 检查内容="这一格没有错。")
    book.say(label, value)
    page = book.send()
    assert re.search(rf"\b{book.rule(named)} 评分与期限：{named} .*{re.escape(why)}", words(page)) and 'name="token"' not in page
    assert checklist_told.apart(before, told(look, draft)).nothing


def test_a_rule_that_nobody_knows_or_said_twice_is_named(book):
    book.rules.cell(book.rule("优，得分从"), 1).value = "特优，得分从"
    book.rules.cell(book.rule("良，得分从"), 1).value = "合格，得分从"
    page = words(book.send())
    assert "没有这个项目" in page and "这一项写了两次" in page


def marked(book, page):
    answer = book.client.get(re.search(r'href="([^"]+/wrong/[^"]+)"', page)[1])
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.data))


def test_the_own_file_comes_back_with_every_wrong_cell_marked(book):
    book.put("A1", 方式="飞", 检查内容=None)
    book.say("优，得分从", 101)
    back = marked(book, book.send())
    items, rules = back.worksheets[0], back["评分与期限"]
    row = book.row("A1")
    for label, why in (("方式", "只能填"), ("检查内容", "请填写检查内容")):
        assert why in items.cell(row, book.at[label]).comment.text
    assert rules.cell(book.rule("优，得分从"), 2).comment.text.startswith("优，得分从：")
    assert sum(cell.comment is not None for sheet in back.worksheets for line in sheet.iter_rows() for cell in line) >= 3
    assert items.cell(book.row("A2"), book.at["检查内容"]).value == book.sheet.cell(book.row("A2"), book.at["检查内容"]).value
    assert items.cell(row, book.at["方式"]).fill.fgColor.rgb == "FFFFC7CE"


def test_a_text_comes_back_as_a_marked_workbook(book):
    text = "分类编号,分类名称,编号,检查内容,方式\nA,一,A1,,看\n".encode()
    page = book.client.post(f"/checklist_template/take_in/{book.draft}", data={"file": (io.BytesIO(text), "清单.csv")}).text
    sheet = marked(book, page).worksheets[0]
    assert "请填写检查内容" in sheet.cell(2, 4).comment.text


def test_a_marked_file_is_for_its_sender_alone(book, client_for):
    book.put("A1", 方式="飞")
    address = re.search(r'href="([^"]+/wrong/[^"]+)"', book.send())[1]
    assert client_for("admin").get(address).status_code in (403, 404)
    assert book.client.get(re.sub(r"wrong/[^.]+", f"wrong/{'0' * 32}", address)).status_code == 404
