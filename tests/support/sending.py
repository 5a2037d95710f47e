"""What schools send in, as tests do it through the pages: rosters of their own making, and what the pages say of them."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models.children import Child
from app.models.org import SchoolClass
from app.services import scope
from tests.support.sheets import asked_by

HEAD = ["序号", "学生名字", "男女", "出生年月", "所在班级", "就读学段", "家长签名"]


def send(client, content, name="花名册.xlsx", **more):
    return client.post("/sheets/child/import", data={"file": (io.BytesIO(content), name), **more}, content_type="multipart/form-data")


def paste(client, text):
    return client.post("/sheets/child/import", data={"pasted": text})


def page(answer):
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def token_of(text):
    return re.search(r'name="token" value="([^"]+)"', text)[1]


def tallies(text):
    """New, changed, unchanged, wrong, as the page shows them."""
    return [int(number) for number in re.findall(r"tally[^>]*><small>[^<]*</small><b>(\d+)</b>", text)]


def chosen(text):
    """Name of each select → what is selected; "" for what is not imported."""
    found = re.findall(r'<select id="(c\d+)".*?</select>', text, flags=re.S)
    return {name: (re.findall(rf'<select id="{name}"(?:(?!</select>).)*?value="(\w+)" selected', text, flags=re.S) or [""])[0] for name in found}


@pytest.fixture
def room(app):
    with asked_by(app, "teacher") as session:
        return session.scalars(select(SchoolClass.name).where(SchoolClass.id.in_(scope.asker(session).class_ids)).limit(1)).one()


def count(look, name):
    return look(lambda session: session.scalar(select(func.count(Child.id)).where(Child.name == name)))


def own_sheet(room, *names, head=HEAD):
    body = [[at, name, "女生", "2016年3月2日", room, "小学在读", None] for at, name in enumerate(names, 1)]
    order = [HEAD.index(label) for label in head]
    return [["示例小学花名册"], [None, None, "2026年9月"], list(head), *([row[at] for at in order] for row in body), ["合计", None, len(names)],
            ["填表人：王某", None, None, "审核人：李某"]]


def book_of(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def plain(room, *names):
    return [["姓名", "性别", "出生日期", "班级", "就学状态"], *([name, "女", "2016-03-02", room, "小学"] for name in names)]
