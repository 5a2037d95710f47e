"""My downloads, bulk exports, and the buttons of a long list and a long form; on both engines."""

import io
import re
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models.audit import AccessLog
from app.models.base import utc_now
from app.models.job import Job
from app.models.org import Member, School
from app.panel import listed
from app.services import clock, scope, statistics
from app.services.forms import produce
from app.services.jobs import run
from app.views import form_jobs

JOB = Job.__table__


@pytest.fixture
def look(app):
    """look(lambda session: …) on the database, seen whole."""

    def see(work):
        with app.app_context(), scope.everything(db.session()):
            found = work(db.session())
            db.session.commit()
            return found

    return see


@pytest.fixture(autouse=True)
def fresh(look):
    look(lambda session: session.execute(JOB.delete()))


@pytest.fixture
def unheard(app, monkeypatch):
    """Nobody wakes the worker."""
    monkeypatch.setattr(app.extensions["worker"], "send", lambda _job: None)


def newest(look):
    return look(lambda session: session.execute(select(JOB).order_by(JOB.c.id.desc())).first())


def said(answer):
    return answer.get_data(as_text=True)


def cells(data):
    return [[cell.value for cell in row] for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet]


BULK = {"what": "Child", "by": "school", "way": "zip"}


# A long list -----------------------------------------------------------------------------------
def test_a_short_list_comes_at_once(client_for, look):
    answer = client_for("county").post("/sheets/child/export.xlsx")
    assert answer.status_code == 200 and answer.get_data()[:2] == b"PK" and newest(look) is None


def test_a_long_list_asks_first_and_a_post_begins(client_for, look, monkeypatch):
    monkeypatch.setattr(listed, "MOST_AT_ONCE", 10)
    client = client_for("county")
    asked = client.get("/sheets/child/export.xlsx?f.boarder=1")
    assert asked.status_code == 200 and 'action="/sheets/child/export.xlsx?f.boarder=1"' in said(asked) and newest(look) is None
    begun = client.post("/sheets/child/export.xlsx?f.boarder=1")
    assert begun.status_code == 302 and begun.location == "/downloads/"
    job = newest(look)
    assert job.state == "done" and job.args == {"entity": "Child", "asked": {"f.boarder": "1"}} and "寄宿" in job.title
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/downloads/{job.id}").get_data()))
    boards = {row[next(at for at, cell in enumerate(book.active[3]) if cell.value == "寄宿")].value for row in book.active.iter_rows(min_row=4)}
    assert boards == {"是"} and book.active.max_row - 3 == job.done == job.total


def test_the_list_says_its_export_by_a_post_when_it_is_long(client_for, monkeypatch):
    monkeypatch.setattr(listed.pages.listing, "COUNT_LIMIT", 10)
    assert '<form method="post" action="/sheets/child/export.xlsx">' in said(client_for("county").get("/child/list/"))


def test_statistics_that_must_be_counted_anew_go_to_the_background(client_for, look, monkeypatch):
    at_once = client_for("county").get("/statistics/export.xlsx")
    assert at_once.get_data()[:2] == b"PK"
    monkeypatch.setattr(statistics, "takes_long", lambda _session, _area=None: True)
    assert "我的下载" in said(client_for("county").get("/statistics/export.xlsx"))
    assert client_for("county").post("/statistics/export.xlsx").location == "/downloads/"
    job = newest(look)
    later = openpyxl.load_workbook(io.BytesIO(client_for("county").get(f"/downloads/{job.id}").get_data()))
    first = openpyxl.load_workbook(io.BytesIO(at_once.get_data()))
    assert [[cell.value for cell in row] for row in later.worksheets[1]] == [[cell.value for cell in row] for row in first.worksheets[1]]


# Bulk --------------------------------------------------------------------------------------------
def test_a_county_gets_a_workbook_a_school(client_for, look):
    client = client_for("county")
    assert client.post("/bulk/", data=BULK).location == "/downloads/"
    answer = client.get(f"/downloads/{newest(look).id}")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as package:
        schools = look(lambda session: session.scalars(select(School.name)).all())
        assert {name.removeprefix("儿童档案-").removesuffix(".xlsx") for name in package.namelist()} <= set(schools)
        rows = [openpyxl.load_workbook(io.BytesIO(package.read(name))).active.max_row - 3 for name in package.namelist()]
    assert sum(rows) == newest(look).done == 300


def test_a_township_gets_a_sheet_a_school_with_contents(client_for, look):
    client = client_for("township")
    client.post("/bulk/", data={**BULK, "way": "sheets"})
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/downloads/{newest(look).id}").get_data()))
    assert book.sheetnames[0] == "目录" and len(book.sheetnames) > 2


def test_a_superior_takes_out_hazards_and_no_children(client_for, look):
    client = client_for("superior")
    assert 'value="Hazard"' in said(client.get("/bulk/")) and 'value="Child"' not in said(client.get("/bulk/"))
    assert "请选择" in said(client.post("/bulk/", data=BULK)) and newest(look) is None
    assert client.post("/bulk/", data={**BULK, "what": "Hazard", "by": "township"}).status_code == 302
    assert newest(look).state == "done"


FORM = {"what": "form-roster", "by": "school", "way": "zip", "period": ""}


def test_a_county_gets_a_form_a_school_for_the_period_it_chose(client_for, look):
    client = client_for("county")
    page = said(client.get("/bulk/"))
    month = re.findall(r'<option value="(month [0-9-]+)"', page)[1]
    assert client.post("/bulk/", data={**FORM, "what": "form-canteen", "period": month}).location == "/downloads/"
    job = newest(look)
    assert (job.kind, job.state, job.args) == ("forms", "done", {"key": "canteen", "by": "school", "way": "zip", "from": month.removeprefix("month ")})
    with zipfile.ZipFile(io.BytesIO(client.get(f"/downloads/{job.id}").get_data())) as package:
        sheet = openpyxl.load_workbook(io.BytesIO(package.read(package.namelist()[0]))).worksheets[0]
        text = " ".join(str(cell) for cell in sheet["A2":"Z2"][0] for cell in [cell.value] if cell)
        year, number, _day = month.removeprefix("month ").split("-")
        assert f"{year}年{int(number)}月" in text


@pytest.mark.parametrize(("asked", "told"), [
    ({"what": "form-nothing"}, "请选择内容和方式"), ({"period": "month 2026-09-01"}, "没有这一期"), ({"period": "day x"}, "没有这一期"),
    ({"what": "form-registration", "way": "sheets"}, "一人一页"), ({"by": "county"}, "请选择内容和方式")])
def test_what_does_not_go_together_is_said(client_for, look, asked, told):
    assert told in said(client_for("county").post("/bulk/", data={**FORM, **asked})) and newest(look) is None


def test_a_superior_gets_the_figures_of_each_county_and_no_form_that_names_anybody(client_for, look):
    client = client_for("superior")
    page = said(client.get("/bulk/"))
    assert re.findall(r'value="form-([a-z]+)"', page) == ["summary", "care"] and "每个县（区）" in page
    assert "不能这样分" in said(client.post("/bulk/", data={**FORM, "what": "form-care", "by": "township"})) and newest(look) is None
    assert client.post("/bulk/", data={**FORM, "what": "form-care", "by": "county", "way": "sheets"}).location == "/downloads/"
    job = newest(look)
    assert (job.kind, job.state) == ("figures", "done") and "个单位" in client.get("/downloads/state").get_json()["jobs"][0]["note"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/downloads/{job.id}").get_data()))
    assert book.sheetnames[0] == "目录" and len(book.sheetnames) == 1 + job.done > 1


def test_a_form_of_many_rows_asks_first_and_a_post_begins(client_for, look, monkeypatch):
    client = client_for("county")
    at_once = cells(client.get("/forms/roster.xlsx").get_data())
    monkeypatch.setattr(produce, "MOST_AT_ONCE", 10)
    assert 'action="/forms/roster.xlsx?from=' in said(client.get(f"/forms/roster.xlsx?from={clock.today()}")) and newest(look) is None
    assert client.post("/forms/roster.xlsx").location == "/downloads/"
    job = newest(look)
    assert (job.kind, job.state) == ("form", "done") and job.done == job.total > 10
    assert cells(client.get(f"/downloads/{job.id}").get_data()) == at_once


def test_figures_of_many_places_are_hidden_by_the_worker(client_for, look, monkeypatch):
    client = client_for("superior")
    at_once = cells(client.get("/forms/summary.xlsx").get_data())
    monkeypatch.setattr(produce, "MOST_PLACES", 1)
    assert client.get("/forms/summary/").location == "/forms/summary.xlsx" and newest(look) is None
    assert client.post("/forms/summary.xlsx").location == "/downloads/"
    job = newest(look)
    assert (job.kind, job.state, job.done, job.total) == ("table", "done", 1, 1)
    assert cells(client.get(f"/downloads/{job.id}").get_data()) == at_once
    assert client_for("county").get("/forms/summary/").status_code == 200


def test_a_form_whose_place_went_out_of_sight_says_so(client_for, look, app, unheard, monkeypatch):
    monkeypatch.setattr(produce, "MOST_AT_ONCE", 10)
    client_for("county").post("/forms/roster.xlsx")
    job = newest(look)
    look(lambda session: session.execute(update(JOB).values(args={**job.args, "place": "s999999"})))
    app.extensions["worker"].do(job.id)
    assert newest(look).error == form_jobs.GONE


@pytest.mark.parametrize("account", ["school", "teacher"])
def test_who_sees_one_school_needs_no_bulk(client_for, account):
    assert client_for(account).get("/bulk/").status_code == 403


# The page ----------------------------------------------------------------------------------------
def test_two_clicks_lead_to_one_job_with_its_progress(client_for, look, unheard):
    client = client_for("county")
    client.post("/bulk/", data=BULK)
    client.post("/bulk/", data=BULK)
    assert look(lambda session: len(session.execute(select(JOB)).all())) == 1
    job = newest(look)
    look(lambda session: session.execute(update(JOB).values(state="running", done=1200, total=26000)))
    assert 'max="26000" value="1200"' in said(client.get("/downloads/"))
    state = client.get("/downloads/state").get_json()["jobs"]
    assert state == [{"id": job.id, "state": "running", "open": True, "done": 1200, "total": 26000, "note": "1,200 / 26,000 行"}]
    assert client.get(f"/downloads/{job.id}").status_code == 404


def test_a_job_that_waits_for_long_says_whom_to_tell(client_for, look, unheard):
    client_for("county").post("/bulk/", data=BULK)
    look(lambda session: session.execute(update(JOB).values(created_at=utc_now() - timedelta(minutes=3))))
    assert "请联系系统管理员" in said(client_for("county").get("/downloads/"))


def test_cancel_ends_a_waiting_job(client_for, look, unheard):
    client_for("county").post("/bulk/", data=BULK)
    job = newest(look)
    assert client_for("township").post(f"/downloads/{job.id}/cancel").status_code == 404 and newest(look).state == "queued"
    client_for("county").post(f"/downloads/{job.id}/cancel")
    assert newest(look).state == "cancelled" and "progress" not in said(client_for("county").get("/downloads/"))


def test_a_failed_job_says_why(client_for, look, unheard):
    client_for("county").post("/bulk/", data=BULK)
    look(lambda session: session.execute(update(JOB).values(state="failed", error=run.NO_SPACE)))
    assert run.NO_SPACE in said(client_for("county").get("/downloads/"))


# The file -----------------------------------------------------------------------------------------
@pytest.fixture
def made(client_for, look):
    client_for("county").post("/bulk/", data=BULK)
    return newest(look)


def test_a_download_leaves_a_line_and_is_nobody_elses(client_for, look, made):
    answer = client_for("county").get(f"/downloads/{made.id}")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"] and "no-store" in answer.headers["Cache-Control"]
    line = look(lambda session: session.execute(select(AccessLog.entity, AccessLog.columns, AccessLog.rows).where(
        AccessLog.action == "download").order_by(AccessLog.id.desc())).first())
    assert tuple(line) == ("Job", made.file_name, 300)
    for account in ("admin", "township", "school", "superior"):
        assert client_for(account).get(f"/downloads/{made.id}").status_code == 404


def test_after_a_day_it_is_gone(client_for, look, made):
    look(lambda session: session.execute(update(JOB).values(expires_at=utc_now() - timedelta(seconds=1))))
    assert client_for("county").get(f"/downloads/{made.id}").status_code == 404
    assert made.title not in said(client_for("county").get("/downloads/"))


def test_a_file_made_with_another_sight_is_not_handed_out(client_for, look, made):
    where = Member.__table__.c.username == "county"
    area = look(lambda session: session.scalar(select(Member.area_id).where(where)))
    smaller = look(lambda session: session.scalar(select(Member.area_id).where(Member.username == "township")))
    look(lambda session: session.execute(update(Member.__table__).where(where).values(area_id=smaller)))
    try:
        assert client_for("county").get(f"/downloads/{made.id}").status_code == 404
        assert "请重新导出" in said(client_for("county").get("/downloads/"))
    finally:
        look(lambda session: session.execute(update(Member.__table__).where(where).values(area_id=area)))
    assert client_for("county").get(f"/downloads/{made.id}").status_code == 200


def test_a_file_that_is_missing_is_no_error(app, client_for, made):
    (app.extensions["worker"].folder / made.stored_as).unlink()
    assert client_for("county").get(f"/downloads/{made.id}").status_code == 404
