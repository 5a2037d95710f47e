"""The pages round workbooks: who gets which, what a check shows, what a second click does."""

import io
import re
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select

from app.models.audit import AccessLog, ImportBatch
from app.models.care import Talk
from app.models.children import Child
from app.models.org import SchoolClass
from app.services import scope, work
from app.services.sheet.read import read_book
from tests.support.sheets import asked_by, records_of, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    assert answer.mimetype == XLSX and answer.content_length == len(answer.data)
    content = answer.data
    answer.close()
    return [*read_book(content).rows]


def send(client, table, content, name="花名册.xlsx"):
    return client.post(f"/sheets/{table}/import", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def token_of(answer):
    return re.search(r'name="token" value="([^"]+)"', answer.get_data(as_text=True))[1]


def tallies(answer):
    """New, changed, unchanged, wrong, as the page shows them."""
    return [int(number) for number in re.findall(r"tally[^>]*><small>[^<]*</small><b>(\d+)</b>", answer.get_data(as_text=True))]


def said(client):
    return client.get("/sheets/batches").get_data(as_text=True)


@pytest.fixture
def roster(app):
    """roster("甲", …): a workbook of new children of the teacher's class."""
    def make(*names, head=(), more=()):
        with asked_by(app, "teacher") as session:
            room = session.scalars(select(SchoolClass.name).where(SchoolClass.id.in_(scope.asker(session).class_ids)).limit(1)).one()
        rows = [["姓名", "性别", "出生日期", "班级", "就学状态", *head], *([name, "女", "2016-03-02", room, "小学", *more] for name in names)]
        return workbook(rows)
    return make


def count(look, name):
    return look(lambda session: session.scalar(select(func.count(Child.id)).where(Child.name == name)))


def test_the_button_gives_the_list_as_filtered_all_pages_in_order(app, client_for):
    client = client_for("school")
    rows = records_of(download(client, "/sheets/child/export.xlsx?f.boarder=1&o=birth_date&d=desc&size=5"))
    with asked_by(app, "school") as session:
        expected = list(session.scalars(select(Child.id).where(Child.boarder.is_(True)).order_by(Child.birth_date.desc(), Child.id.desc())))
        name = session.scalars(select(Child.name).limit(1)).one()
        missing = set(session.scalars(select(Child.id).where(work.no_talk())))
    assert [row["系统编号"] for row in rows] == expected and len(expected) > 5
    found = records_of(download(client, f"/sheets/child/export.xlsx?q={name}"))
    assert found and all(name in row["姓名"] for row in found)
    assert {row["系统编号"] for row in records_of(download(client, "/sheets/child/export.xlsx?m=no_talk"))} == missing


def test_the_workbook_bears_a_chinese_name_and_leaves_a_line_and_no_file(app, client_for, look):
    client = client_for("teacher")
    before = look(lambda session: session.scalar(select(func.max(AccessLog.id)))) or 0
    answer = client.get("/sheets/talk/export.xlsx")
    answer.close()
    assert "谈心记录-" in unquote(answer.headers["Content-Disposition"]) and answer.headers["Cache-Control"] == "no-store, private"
    lines = look(lambda session: session.execute(select(AccessLog.action, AccessLog.entity).where(AccessLog.id > before)).all())
    assert [tuple(line) for line in lines] == [("export", "Talk")]
    assert not list((app.config["VAR"] / "exports").iterdir())


@pytest.mark.parametrize(("account", "path", "status"), [
    ("inspector", "/sheets/child/export.xlsx", 403), ("superior", "/sheets/child/export.xlsx", 403),
    ("county", "/sheets/child/import", 403), ("county", "/sheets/child/template.xlsx", 403), ("superior", "/sheets/batches", 403),
    ("school", "/sheets/nothing/export.xlsx", 404), ("school", "/sheets/child/errors/" + "a" * 32 + ".xlsx", 404),
    ("school", "/sheets/batches/999999/undo", 404), ("teacher", "/sheets/child/import", 200), ("teacher", "/sheets/batches", 200)])
def test_each_page_asks_the_entitys_verb(client_for, account, path, status):
    assert client_for(account).get(path).status_code == status


def test_nobody_gets_a_workbook_without_logging_in(app):
    assert app.test_client().get("/sheets/child/export.xlsx").status_code == 302


def test_the_template_asks_for_what_people_fill_in(client_for):
    rows = download(client_for("teacher"), "/sheets/child/template.xlsx")
    head = next(row for row in rows if "姓名*" in row)
    assert "留守类型" not in head and "系统编号" not in head and "学校" not in head and "班级" in head


def test_a_check_writes_nothing_then_a_confirmed_one_writes_all_once(client_for, look, roster):
    client = client_for("teacher")
    page = send(client, "child", roster("钟离一", "钟离二"))
    assert tallies(page) == [2, 0, 0, 0] and count(look, "钟离一") == 0
    token = token_of(page)
    for _twice in range(2):
        answer = client.post("/sheets/child/import/commit", data={"token": token})
        assert answer.status_code == 302 and answer.location == "/sheets/batches"
    assert count(look, "钟离一") == count(look, "钟离二") == 1
    assert look(lambda session: session.scalar(select(func.count(ImportBatch.id)).where(ImportBatch.file_name == "花名册.xlsx"))) == 1
    batch = look(lambda session: session.scalar(select(func.max(ImportBatch.id))))
    assert "钟离" not in said(client) and "花名册.xlsx" in said(client)
    assert client.get(f"/sheets/batches/{batch}/undo").status_code == 200 and count(look, "钟离一") == 1
    assert client.post(f"/sheets/batches/{batch}/undo").status_code == 302
    assert count(look, "钟离一") == 0 and "已撤销 2 条" in said(client)


def test_wrong_cells_are_shown_and_marked_in_the_own_sheet(client_for, look, roster):
    client = client_for("school")
    page = send(client, "child", roster("夹谷一", "夹谷二", head=["身份证号"], more=["990101201603021234"]))
    text = page.get_data(as_text=True)
    assert tallies(page)[3] == 2 and "身份证号" in text and "990101201603021234" not in text
    token = re.search(r"/errors/([\w-]+)\.xlsx", text)[1]
    rows = download(client, f"/sheets/child/errors/{token}.xlsx")
    assert rows[1][0] == "夹谷一" and rows[1][5] == "990101201603021234"
    assert client.post("/sheets/child/import/commit", data={"token": token}).status_code == 200 and count(look, "夹谷一") == 0
    assert client_for("school2").get(f"/sheets/child/errors/{token}.xlsx").status_code == 404


def test_another_members_check_cannot_be_confirmed(client_for, look, roster):
    token = token_of(send(client_for("school"), "child", roster("公西一")))
    answer = client_for("teacher").post("/sheets/child/import/commit", data={"token": token})
    assert answer.status_code == 200 and "已过期" in answer.get_data(as_text=True) and count(look, "公西一") == 0


def test_what_changed_since_the_check_is_shown_again(client_for, look):
    client = client_for("school")
    rows = download(client, "/sheets/child/export.xlsx")
    at, row_id = rows[2].index("性格爱好"), rows[3][0]
    rows[3][at] = "爱下棋"
    page = send(client, "child", workbook([[str(cell) if cell is not None else None for cell in row] for row in rows[2:4]]))
    assert tallies(page) == [0, 1, 0, 0]

    def meddle(session):
        session.get(Child, row_id).character = "爱唱歌"
    look(meddle)
    token = token_of(page)
    again = client.post("/sheets/child/import/commit", data={"token": token})
    assert again.status_code == 200 and "再看一遍" in again.get_data(as_text=True)
    assert look(lambda session: session.get(Child, row_id).character) == "爱唱歌"
    assert client.post("/sheets/child/import/commit", data={"token": token}).status_code == 302
    assert look(lambda session: session.get(Child, row_id).character) == "爱下棋"


@pytest.mark.parametrize(("content", "name", "why"), [
    (b"", "a.xlsx", "文件是空的"), (b"%PDF-1.7\x00\x01", "a.pdf", "不是表格文件"), (b"PK\x03\x04 broken", "a.xlsx", "上传"),
    ("啊,哦\n1,2\n".encode(), "a.csv", "没有找到表头"), ("姓名,性别\n".encode(), "a.csv", "没有数据")])
def test_a_file_that_is_none_of_ours_is_refused_on_the_page(client_for, content, name, why):
    answer = send(client_for("school"), "child", content, name)
    assert answer.status_code == 200 and why in answer.get_data(as_text=True)
    assert 'type="file"' in answer.get_data(as_text=True)


def test_a_file_too_big_to_take_is_refused_and_the_page_lives_on(app, client_for):
    answer = send(client_for("school"), "child", b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1))
    assert answer.status_code == 413
    assert client_for("school").get("/sheets/child/import").status_code == 200


def test_a_missing_file_is_asked_for(client_for):
    answer = client_for("school").post("/sheets/child/import", data={})
    assert answer.status_code == 200 and "请先选择文件" in answer.get_data(as_text=True)


def test_the_command_writes_what_the_button_writes(app, client_for, tmp_path):
    target = tmp_path / "talk.xlsx"
    done = app.test_cli_runner().invoke(args=["export", "谈心记录", "--as", "teacher", "--to", str(target)])
    assert done.exit_code == 0, done.output
    assert read_book(target).rows[2:] == download(client_for("teacher"), "/sheets/talk/export.xlsx")[2:]
    with asked_by(app, "teacher") as session:
        assert f"{session.scalar(select(func.count(Talk.id)))} rows" in done.output


@pytest.mark.parametrize(("entity", "account"), [("child", "superior"), ("child", "nobody"), ("nothing", "school")])
def test_the_command_refuses_as_the_button_does(app, tmp_path, entity, account):
    target = tmp_path / "none.xlsx"
    done = app.test_cli_runner().invoke(args=["export", entity, "--as", account, "--to", str(target)])
    assert done.exit_code != 0 and "Error" in done.output and not target.exists()
