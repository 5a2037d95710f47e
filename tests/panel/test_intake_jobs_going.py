"""Imports while the worker is at them: watched, cancelled or refused in time, written once whatever dies."""

from threading import Thread

from sqlalchemy import select, update

from app.models.children import Child
from app.models.org import Member
from app.services import progress
from app.services.exchange import uploads
from app.services.jobs import run
from tests.support.intake_jobs import JOB, batches, begun_anew, checked, commit, died, large, newest, unheard
from tests.support.sending import count, page, plain, room, send, tallies
from tests.support.sheets import workbook

assert large and room and unheard  # pytest finds them here by their names


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
