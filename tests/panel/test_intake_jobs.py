"""Large workbooks and photos by the worker: the same pages at the end, cancelled or refused in time, written once whatever dies."""

import io
import re
import zipfile
from datetime import timedelta
from threading import Thread

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from app.extensions import db
from app.models.audit import Attachment, ImportBatch
from app.models.base import utc_now
from app.models.children import Child
from app.models.job import Job
from app.models.org import Member, SchoolClass
from app.panel import intake_jobs, taking
from app.services import importing, progress, scope
from app.services.exchange import uploads
from app.services.jobs import run, store
from app.services.sheet import read
from app.services.sheet.package import Limits
from app.services.sheet.read import read_book
from tests.panel.test_intake import HEAD, book_of, chosen, own_sheet, page, paste, plain, send, tallies, token_of
from tests.support.sheets import asked_by, workbook

JOB = Job.__table__


@pytest.fixture(autouse=True)
def large(monkeypatch, look):
    """Every file is large; jobs of other tests are away."""
    monkeypatch.setattr(intake_jobs, "LARGE", 0)
    look(lambda session: session.execute(JOB.delete()))


@pytest.fixture
def room(app):
    with asked_by(app, "teacher") as session:
        return session.scalars(select(SchoolClass.name).where(SchoolClass.id.in_(scope.asker(session).class_ids)).limit(1)).one()


@pytest.fixture
def unheard(app, monkeypatch):
    """Nobody wakes the worker; gives a function that does its work on the newest job."""
    monkeypatch.setattr(app.extensions["worker"], "send", lambda _job: None)

    def work():
        with app.app_context():
            job_id = db.session.scalar(select(func.max(JOB.c.id)))
            db.session.remove()
        app.extensions["worker"].do(job_id)

    return work


def newest(look):
    return look(lambda session: session.execute(select(JOB).order_by(JOB.c.id.desc())).first())


def count(look, name):
    return look(lambda session: session.scalar(select(func.count(Child.id)).where(Child.name == name)))


def batches(look, name):
    return look(lambda session: session.scalar(select(func.count(ImportBatch.id)).where(ImportBatch.file_name == name)))


def led(client, answer):
    """The page that an answer leads to, by way of the worker."""
    assert answer.status_code == 302 and "/job/" in answer.location, answer.get_data(as_text=True)[:300]
    return client.get(answer.location)


def commit(client, text):
    return client.post("/sheets/child/import/commit", data={"token": token_of(text)})


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


def zipped(data, *names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in names or ("a.txt",):
            package.writestr(name, data)
    return target.getvalue()


# While it goes on ------------------------------------------------------------------------------
def test_its_sender_watches_how_far_it_is_and_nobody_else(client_for, look, unheard, room):
    client = client_for("school")
    sent = send(client, workbook(plain(room, "等甲")), "等.xlsx")
    look(lambda session: session.execute(update(JOB).values(state="running", done=1200, total=26000)))
    text = page(client.get(sent.location))
    assert 'max="26000" value="1200"' in text and "1,200 / 26,000 行" in text and "等.xlsx" in text
    assert send(client, workbook(plain(room, "等甲")), "等.xlsx").location != sent.location  # another upload
    for account in ("teacher", "school2", "county"):
        assert client_for(account).get(sent.location).status_code in (403, 404)
    assert client.get(sent.location.replace("/child/", "/talk/")).status_code == 404


def test_a_waiting_check_is_cancelled(client_for, look, unheard, room):
    client = client_for("school")
    sent = send(client, workbook(plain(room, "等乙")))
    cancelled = client.post(f"/downloads/{newest(look).id}/cancel")
    assert cancelled.location == sent.location and "已取消，一条也没有写" in page(client.get(sent.location))
    unheard()
    assert newest(look).state == "cancelled"


def checked(client, work, content, name="等.xlsx"):
    """The dry run of a file, and the answer to its being committed."""
    sent = send(client, content, name)
    work()
    text = page(client.get(sent.location))
    return text, commit(client, text)


def cancel(client, look):
    """From another thread, as the server does it: this one's is the worker's."""
    job_id = newest(look).id
    asking = Thread(target=lambda: client.post(f"/downloads/{job_id}/cancel"))
    asking.start()
    asking.join()


def test_cancelled_before_the_last_step_nothing_is_written(client_for, look, unheard, room, monkeypatch):
    client = client_for("school")
    text, told = checked(client, unheard, workbook(plain(room, "等丙")), "取消.xlsx")
    settle = progress.settle

    def cancelled_before(session):
        cancel(client, look)
        settle(session)

    monkeypatch.setattr(progress, "settle", cancelled_before)
    unheard()
    assert newest(look).state == "cancelled" and count(look, "等丙") == 0 and batches(look, "取消.xlsx") == 0
    again = page(client.get(told.location))
    assert "已取消，一条也没有写" in again and tallies(again) == [1, 0, 0, 0]
    monkeypatch.setattr(progress, "settle", settle)
    told = commit(client, again)
    unheard()
    assert client.get(told.location).location == "/sheets/batches" and count(look, "等丙") == 1 and text


def test_cancelled_in_the_last_step_it_is_too_late(client_for, look, unheard, room, monkeypatch):
    client = client_for("school")
    _text, told = checked(client, unheard, workbook(plain(room, "等丁")))
    settle = progress.settle

    def cancelled_after(session):
        settle(session)
        cancel(client, look)

    monkeypatch.setattr(progress, "settle", cancelled_after)
    unheard()
    assert newest(look).state == "done" and count(look, "等丁") == 1
    assert client.get(told.location).location == "/sheets/batches" and "不能取消" in page(client.get("/sheets/batches"))


def test_the_worker_asks_for_the_verb_again(client_for, look, unheard, room):
    client = client_for("school")
    _text, told = checked(client, unheard, workbook(plain(room, "等戊")))
    who = Member.__table__.c.username == "school"
    before = look(lambda session: session.execute(select(Member.__table__.c["role", "school_id"]).where(who)).one())
    look(lambda session: session.execute(update(Member.__table__).where(who).values(role="inspector", school_id=None)))
    unheard()
    look(lambda session: session.execute(update(Member.__table__).where(who).values(role=before.role, school_id=before.school_id)))
    assert newest(look).error == run.FORBIDDEN and count(look, "等戊") == 0
    assert run.FORBIDDEN in page(client.get(told.location))


def test_rows_that_changed_since_the_check_are_shown_again(client_for, look, unheard, room):
    client = client_for("school")
    row_id, old = look(lambda session: session.execute(select(Child.id, Child.ethnic_group).where(
        Child.school_id == select(Member.school_id).where(Member.username == "school").scalar_subquery()).order_by(Child.id)).first())
    _text, told = checked(client, unheard, workbook([["系统编号", "民族"], [row_id, "畲族"]]))
    look(lambda session: setattr(session.get(Child, row_id), "ethnic_group", "苗族"))
    unheard()
    text = page(client.get(told.location))
    assert "检查之后数据有变化" in text and "苗族" in text
    look(lambda session: setattr(session.get(Child, row_id), "ethnic_group", old))


def died(app, look):
    """The job as a worker leaves it that was killed long ago, taken up again."""
    job_id = newest(look).id
    with app.app_context(), db.engine.begin() as connection:
        assert store.claim(connection, job_id)
        connection.execute(update(JOB).values(heartbeat=utc_now() - timedelta(minutes=2), state="finishing"))
    with app.app_context(), db.engine.begin() as connection:
        store.recover(connection, timedelta(minutes=1))


def begun_anew(look):
    """The job as if its worker had died after everything was written."""
    job_id = newest(look).id
    look(lambda session: session.execute(update(JOB).where(JOB.c.id == job_id).values(state="queued", attempt=0)))


def test_a_worker_that_died_starts_over_and_writes_once(app, client_for, look, unheard, room):
    client = client_for("school")
    _text, told = checked(client, unheard, workbook(plain(room, "等己")), "死.xlsx")
    died(app, look)
    unheard()
    assert newest(look).state == "done" and batches(look, "死.xlsx") == count(look, "等己") == 1
    begun_anew(look)
    unheard()
    assert newest(look).state == "done" and batches(look, "死.xlsx") == count(look, "等己") == 1
    assert client.get(told.location).location == "/sheets/batches"


def test_an_upload_that_is_gone_is_told(app, client_for, look, unheard, room):
    client = client_for("school")
    sent = send(client, workbook(plain(room, "等庚")))
    uploads.drop(app.config["VAR"] / "imports", newest(look).args["token"])
    unheard()
    assert "已过期" in page(client.get(sent.location))


# Photos ------------------------------------------------------------------------------------------
def own_photo(look):
    """A zip with a photo of a child of the school, and that child's id."""
    row_id, number = look(lambda session: [(one.id, one.id_number) for one in session.scalars(select(Child).where(
        Child.school_id == select(Member.school_id).where(Member.username == "school").scalar_subquery(), Child.id_number_hash.is_not(None)).limit(1))][0])
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    return zipped(picture.getvalue(), f"{number}.png"), row_id


def test_photos_are_cancelled_and_then_written_once_whatever_dies(app, client_for, look, unheard):
    client = client_for("school")
    content, row_id = own_photo(look)
    sent = client.post("/photos/import", data={"file": (io.BytesIO(content), "照.zip")}, content_type="multipart/form-data")
    assert "progress" in page(client.get(sent.location))
    unheard()
    text = page(client.get(sent.location))
    assert tallies(text) == [1, 1, 0, 0]

    def files(session):
        return session.scalar(select(func.count(Attachment.id)).where(Attachment.entity == "Child", Attachment.row_id == row_id))
    told = client.post("/photos/import/commit", data={"token": token_of(text)})
    client.post(f"/downloads/{newest(look).id}/cancel")
    unheard()
    assert "一张也没有写" in page(client.get(told.location)) and look(files) == 0
    told = client.post("/photos/import/commit", data={"token": token_of(text)})
    died(app, look)
    unheard()
    begun_anew(look)
    unheard()
    assert look(files) == 1 and client.get(told.location).location == "/sheets/batches"
    assert client_for("teacher").get(told.location).status_code == 404


# What takes long though it is small ----------------------------------------------------------------
@pytest.fixture
def slow(monkeypatch, tmp_path):
    """Small files go at once; the reader is one that sleeps for so many seconds before it reads."""
    monkeypatch.setattr(intake_jobs, "LARGE", 1 << 20)
    monkeypatch.setattr(taking, "PATIENCE", 0.3)

    def sleeping(seconds):
        child = tmp_path / "child.py"
        child.write_text(f"import runpy, time\ntime.sleep({seconds})\nrunpy.run_path({str(read._CHILD)!r}, run_name='__main__')\n")
        monkeypatch.setattr(read, "_CHILD", child)

    return sleeping


@pytest.fixture
def late(monkeypatch):
    """Small files go at once, but their check comes when the time is over."""
    monkeypatch.setattr(intake_jobs, "LARGE", 1 << 20)
    now, read_plan = [0.0], importing.read_plan

    def read_late(*given):
        now[0] += 5
        return read_plan(*given)

    monkeypatch.setattr(taking, "monotonic", lambda: now[0])
    monkeypatch.setattr(importing, "read_plan", read_late)


def test_a_file_that_nobody_can_read_in_time_is_left_to_the_worker_who_tells_it(client_for, look, unheard, room, slow, monkeypatch):
    slow(60)
    monkeypatch.setattr(taking, "LIMITS", Limits(wall=0.5))
    client = client_for("school")
    sent = send(client, workbook(plain(room, "慢甲")), "慢.xlsx")
    waits = page(client.get(sent.location))
    assert newest(look).state == "queued" and "慢.xlsx" in waits and "progress" in waits
    unheard()
    assert newest(look).state == "failed" and "没能读完" in page(client.get(sent.location))


def test_a_file_that_only_takes_longer_is_read_by_the_worker(client_for, look, room, slow):
    slow(0.6)
    text = page(led(client_for("school"), send(client_for("school"), workbook(plain(room, "慢乙")))))
    assert tallies(text) == [1, 0, 0, 0]


def test_a_long_check_is_left_to_the_worker_at_each_step(client_for, look, room, late):
    client = client_for("school")
    rows = plain(room, "慢丙", "慢丁")
    rows[2][1] = "某"
    text = page(led(client, send(client, workbook(rows))))
    assert tallies(text) == [1, 0, 0, 1]
    url = f"/sheets/child/errors/{token_of(text)}.xlsx"
    assert client.post(url).location == "/downloads/" and newest(look).kind == "import_errors"
    columns = page(send(client, book_of(一年级=plain(room, "慢戊"), 二年级=plain(room, "慢己"))))
    text = page(led(client, client.post("/sheets/child/import/columns", data={"token": token_of(columns), **chosen(columns)})))
    assert led(client, commit(client, text)).location == "/sheets/batches" and count(look, "慢戊") == 1


def test_a_check_that_is_long_only_when_it_is_to_be_written_is_left_to_the_worker_then(client_for, look, room, late, monkeypatch):
    client = client_for("school")
    monkeypatch.setattr(taking, "PATIENCE", 1e9)
    text = page(send(client, workbook(plain(room, "慢庚"))))
    monkeypatch.setattr(taking, "PATIENCE", 3)
    assert newest(look) is None and led(client, commit(client, text)).location == "/sheets/batches"
    assert newest(look).kind == "import_commit" and count(look, "慢庚") == 1
