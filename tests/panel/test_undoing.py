"""An import is taken back by the worker, which says in a text what it left; the page says it too, where it did not take long."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import func, select

from app.models.audit import ImportBatch
from app.models.base import utc_now
from app.models.children import Child
from app.models.job import Job
from app.models.org import Member, SchoolClass, Staff
from app.panel import taking, undoing
from app.services import clock, scope
from app.services.exchange import undo
from app.services.jobs import pulse
from tests.panel.test_editing import form_of
from tests.panel.test_sheets import count, send, token_of
from tests.support.sheets import asked_by, workbook

BATCH, CHILD = ImportBatch.__table__, Child.__table__


@pytest.fixture
def nobody(app, monkeypatch):
    """No worker comes while somebody waits: the jobs that it was woken for."""
    sent = []
    monkeypatch.setattr(app.extensions["worker"], "send", sent.append)
    monkeypatch.setattr(taking, "PATIENCE", 0.0)
    return sent


@pytest.fixture
def batch(app, client_for, look):
    """Id of an import of two children of the teacher's class, 万俟一 and 万俟二; those of other tests are away."""
    look(lambda session: session.execute(CHILD.update().where(CHILD.c.name.like("万俟%")).values(deleted_at=utc_now())))
    with asked_by(app, "teacher") as session:
        room = session.scalars(select(SchoolClass.name).where(SchoolClass.id.in_(scope.asker(session).class_ids)).limit(1)).one()
    rows = [["姓名", "性别", "出生日期", "班级", "就学状态"], *([name, "女", "2016-03-02", room, "小学"] for name in ("万俟一", "万俟二"))]
    client = client_for("teacher")
    client.post("/sheets/child/import/commit", data={"token": token_of(send(client, "child", workbook(rows)))})
    return look(lambda session: session.scalar(select(func.max(ImportBatch.id))))


def newest(look) -> Job:
    return look(lambda session: session.execute(select(Job.__table__).order_by(Job.id.desc())).first())


def undone_at(look, batch):
    return look(lambda session: session.scalar(select(BATCH.c.undone_at).where(BATCH.c.id == batch)))


def test_it_goes_back_in_the_background_and_a_text_tells_what_was_kept(app, client_for, look, batch, nobody):
    client = client_for("teacher")
    child = re.search(r"/child/show/(\d+)", client.get("/child/list/?q=万俟一").text)[1]
    saved = client.put(f"/api/v1/child/{child}", json={"version": 1, "ethnic_group": "回族"})
    assert saved.status_code == 200, saved.text
    told = client.post(f"/sheets/batches/{batch}/undo")
    assert told.location.endswith("/downloads/") and newest(look).state == "queued" and count(look, "万俟二") == 1
    app.extensions["worker"].do(nobody[0])
    job = newest(look)
    assert (job.kind, job.state, job.done, job.total) == ("import_undo", "done", 2, 2)
    text = client.get(f"/downloads/{job.id}", buffered=True).data.decode("utf-8-sig")
    assert "已撤销 1 条" in text and "万俟一" in text and "万俟二" not in text
    assert count(look, "万俟一") == 1 and count(look, "万俟二") == 0
    assert client_for("school2").get(f"/downloads/{job.id}").status_code == 404


def test_a_worker_that_died_before_it_told_what_was_kept_tells_it_when_it_starts_over(app, client_for, look, batch):
    client = client_for("teacher")
    child = re.search(r"/child/show/(\d+)", client.get("/child/list/?q=万俟一").text)[1]
    assert client.put(f"/api/v1/child/{child}", json={"version": 1, "ethnic_group": "回族"}).status_code == 200
    client.post(f"/sheets/batches/{batch}/undo")
    job_id = newest(look).id
    look(lambda session: session.execute(Job.__table__.update().where(Job.__table__.c.id == job_id).values(state="queued", attempt=1)))
    app.extensions["worker"].do(job_id)
    text = client.get(f"/downloads/{job_id}", buffered=True).data.decode("utf-8-sig")
    assert newest(look).state == "done" and "已撤销 1 条" in text and "万俟一" in text and "万俟二" not in text


def test_an_undoing_that_has_begun_is_not_cancelled_and_ends_with_its_worker_to_go_on_later(app, client_for, look, batch, nobody, monkeypatch):
    client = client_for("teacher")
    client.post(f"/sheets/batches/{batch}/undo")
    ending = Event()

    def pause(_seconds):
        """After the first of its steps."""
        assert newest(look).state == "finishing"
        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(client.post, f"/downloads/{nobody[0]}/cancel").result().status_code == 302
        assert newest(look).state == "finishing"
        ending.set()
        assert stopped.wait(60)

    stopped, beat = Event(), pulse.Pulse._run

    def run(self):
        beat(self)
        stopped.set()

    monkeypatch.setattr(pulse.Pulse, "_run", run)
    monkeypatch.setattr(app.extensions["worker"], "ending", ending.is_set)
    with monkeypatch.context() as patched:
        patched.setattr(undo, "CHUNK", 1)
        patched.setattr(undo.time, "sleep", pause)
        app.extensions["worker"].do(nobody[0])
    assert (newest(look).state, newest(look).attempt, undone_at(look, batch)) == ("queued", 0, None)
    ending.clear()
    app.extensions["worker"].do(nobody[0])
    assert newest(look).state == "done" and undone_at(look, batch) and count(look, "万俟一") + count(look, "万俟二") == 0


def test_who_may_no_longer_undo_is_told_so(app, client_for, look, batch, nobody):
    client = client_for("teacher")
    client.post(f"/sheets/batches/{batch}/undo")
    look(lambda session: session.execute(BATCH.update().where(BATCH.c.id == batch).values(member_id=None)))
    app.extensions["worker"].do(nobody[0])
    assert newest(look).state == "failed" and newest(look).error == undoing.NOT_YOURS
    assert count(look, "万俟一") >= 1


def test_names_of_what_was_kept_stand_on_the_page_and_not_in_the_cookie(client_for, look, batch):
    client = client_for("teacher")
    child = re.search(r"/child/show/(\d+)", client.get("/child/list/?q=万俟一").text)[1]
    client.put(f"/api/v1/child/{child}", json={"version": 1, "ethnic_group": "回族"})
    told = client.post(f"/sheets/batches/{batch}/undo")
    assert told.status_code == 200 and "此后又改过的 1 条没有动：万俟一" in told.text
    assert "万俟" not in client.get("/sheets/batches").text
    assert "这批导入已经撤销过" in client.post(f"/sheets/batches/{batch}/undo", follow_redirects=True).text


def test_what_was_deleted_or_moved_since_is_named_on_the_page(client_for, look, batch):
    client = client_for("teacher")
    ids = look(lambda session: session.scalars(select(Child.id).where(Child.name.in_(["万俟一", "万俟二"])).order_by(Child.id)).all())
    assert client_for("school").post(f"/child/delete/{ids[0]}", data={"_sure": "1"}).status_code == 302
    there = look(lambda session: session.scalar(select(Member.school_id).where(Member.username == "school2")))
    page, hidden = form_of(client_for("county"), f"/child/move/{ids[1]}")
    moved = client_for("county").post(f"/child/move/{ids[1]}", data={
        "school": there, "school__text": "另一所", "school_class": "", "moved_on": clock.today().isoformat(), "reason": "随父母搬家", **hidden})
    assert moved.status_code == 302, page
    told = client.post(f"/sheets/batches/{batch}/undo").text
    assert "已撤销 0 条" in told and "已转到别处、不再归您管的 1 条没有动：万俟二" in told and "此后已经删除的 1 条没有动：万俟一" in told


def test_what_broke_while_somebody_waits_is_told_on_the_page(app, client_for, look, batch, monkeypatch):
    worker = app.extensions["worker"]

    def late(job_id):
        look(lambda session: session.execute(BATCH.update().where(BATCH.c.id == batch).values(member_id=None)))
        worker.do(job_id)

    monkeypatch.setattr(worker, "send", late)
    told = client_for("teacher").post(f"/sheets/batches/{batch}/undo")
    assert undoing.NOT_YOURS in told.text and count(look, "万俟一") == 1


def test_who_is_leant_on_by_a_choice_stays_too(client_for, look):
    client = client_for("school")
    rows = [["姓名", "性别", "岗位"], ["令狐一", "女", "任课教师"], ["令狐二", "女", "任课教师"]]
    sent = send(client, "staff", workbook(rows), "教职工.xlsx")
    client.post("/sheets/staff/import/commit", data={"token": token_of(sent)})
    batch = look(lambda session: session.scalar(select(func.max(ImportBatch.id))))
    staff = look(lambda session: session.scalar(select(Staff.id).where(Staff.name == "令狐一")))
    room = re.search(r"/school_class/show/(\d+)", client.get("/school_class/list/").text)[1]
    version = client.get(f"/api/v1/school_class/{room}").get_json()["version"]
    assert client.put(f"/api/v1/school_class/{room}", json={"version": version, "teacher": staff}).status_code == 200
    client.post(f"/sheets/batches/{batch}/undo")
    assert look(lambda session: sorted(session.scalars(select(Staff.name).where(Staff.name.startswith("令狐"))))) == ["令狐一"]
    assert "令狐一" in client.get(f"/school_class/show/{room}").text
