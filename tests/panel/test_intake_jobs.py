"""Large workbooks checked and written by the worker: the same pages at the end."""

import re

from app.panel import intake_jobs
from app.services.sheet.read import read_book
from tests.support.intake_jobs import batches, commit, large, led, newest, zipped
from tests.support.sending import HEAD, book_of, chosen, count, own_sheet, page, paste, plain, room, send, tallies, token_of
from tests.support.sheets import workbook

assert large and room  # pytest finds them here by their names


def test_a_large_sheet_is_checked_and_written_by_the_worker(client_for, look, room):
    client = client_for("school")
    text = page(led(client, send(client, workbook(plain(room, "大甲", "大乙")), "大.xlsx")))
    assert tallies(text) == [2, 0, 0, 0] and "大.xlsx" in text and count(look, "大甲") == 0
    assert newest(look).kind == "import_check" and newest(look).done == newest(look).total == 3
    told = commit(client, text)
    assert led(client, told).location == "/sheets/batches" and count(look, "大甲") == 1
    assert "已写入：新增 2 条" in page(client.get("/sheets/batches")) and newest(look).done == newest(look).total > 0
    assert f'href="{told.location}"' in page(client.get("/downloads/"))
    assert commit(client, text).location == "/sheets/batches" and batches(look, "大.xlsx") == 1


def test_its_columns_are_said_once_and_remembered(client_for, look, room):
    client = client_for("school2")
    asked = led(client, send(client, workbook(own_sheet(room, "大丙")), "花.xlsx"))
    assert "/import/columns?token=" in asked.location
    columns = page(client.get(asked.location))
    assert chosen(columns)["c1"] == "name" and "2016年3月2日" in columns
    none = page(client.post("/sheets/child/import/columns", data={"token": token_of(columns)}))
    assert "至少选一列" in none
    text = page(led(client, client.post("/sheets/child/import/columns", data={"token": token_of(columns), **chosen(columns)})))
    assert "序号、家长签名" in text and "第 5、6 行" not in text and "第 5 行" not in text or "合计" in text
    again = led(client, send(client, workbook(own_sheet(room, "大丁", head=[*reversed(HEAD)])), "花.xlsx"))
    assert again.status_code == 200 and "序号、家长签名" in page(again).replace("家长签名、序号", "序号、家长签名")


def test_another_of_its_sheets_is_read(client_for, room):
    client = client_for("school")
    asked = led(client, send(client, book_of(一年级=plain(room, "大戊"), 二年级=plain(room, "大己", "大庚"))))
    columns = page(client.get(asked.location))
    other = led(client, client.post("/sheets/child/import/columns", data={"token": token_of(columns), "sheet": "二年级"}))
    columns = page(client.get(other.location))
    assert re.search(r"<option selected>([^<]+)<", columns)[1] == "二年级"
    text = page(led(client, client.post("/sheets/child/import/columns", data={"token": token_of(columns), **chosen(columns)})))
    assert tallies(text) == [2, 0, 0, 0]


def test_what_is_wrong_comes_back_marked_by_the_worker_too(client_for, look, room):
    client = client_for("school")
    rows = plain(room, "大辛", "大壬")
    rows[1][2] = "2016-02-30"
    text = page(led(client, send(client, workbook(rows))))
    assert tallies(text) == [1, 0, 0, 1] and "没有“2016-02-30”这一天" in text
    url = f"/sheets/child/errors/{token_of(text)}.xlsx"
    assert "我的下载" in page(client.get(url)) and newest(look).kind == "import_check"
    assert client.post(url).location == "/downloads/"
    assert read_book(client.get(f"/downloads/{newest(look).id}").data).rows[1][0] == "大辛"
    assert "还没有写入" in page(led(client, commit(client, text))) and count(look, "大壬") == 0


def test_a_pasted_block_goes_the_same_way(client_for, room):
    client = client_for("school")
    text = page(led(client, paste(client, "姓名\t性别\t出生日期\t班级\t就学状态\r\n大癸\t女\t2016.3.2\t" + room + "\t小学\r\n")))
    assert tallies(text) == [1, 0, 0, 0]


def test_a_small_file_of_many_rows_is_checked_at_once_and_written_by_the_worker(client_for, look, room, monkeypatch):
    monkeypatch.setattr(intake_jobs, "LARGE", 1 << 20)
    monkeypatch.setattr(intake_jobs, "MOST_AT_ONCE", 1)
    client = client_for("school")
    one, two = page(send(client, workbook(plain(room, "多甲")))), page(send(client, workbook(plain(room, "多乙", "多丙"))))
    assert commit(client, one).location == "/sheets/batches" and newest(look) is None
    assert led(client, commit(client, two)).location == "/sheets/batches" and newest(look).kind == "import_commit" and count(look, "多丙") == 1


def test_what_cannot_be_read_is_told(client_for, look, room):
    client = client_for("school")
    assert "不是 .xlsx" in page(send(client, zipped(b"x"))) and newest(look) is None  # seen before anybody waits
    assert "表头下面没有数据" in page(led(client, send(client, workbook(plain(room)))))
