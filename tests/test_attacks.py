"""Attacks that were tried by hand and must stay without effect: odd numbers, reached-for rows, tokens, scripts, roles."""

import io
import re
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from app.models import codes
from app.models.audit import Change
from app.models.campaign import CampaignSchool
from app.models.care import Pairing, Talk
from app.models.children import Child
from app.models.inspection import Answer, ChecklistItem, Finding, FindingStep, Inspection, Opinion
from app.models.org import Member, School, SchoolClass, Staff
from app.services import scope
from app.services.masks import DOTS
from tests.support import settings
from tests.support.client import TOKEN, DeskClient, switched
from tests.support.visiting import planned, tick

HUGE = "9" * 30
SCRIPT = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


@pytest.fixture
def ask(app):
    """ask(statement): the first row that the database has, past all scope; in a context of its own."""

    def first(statement):
        with app.app_context(), scope.everything(db.session()):
            return db.session.execute(statement).first()

    return first


@pytest.fixture
def put(ask):
    """put(client, model, id, **values): a REST change from the row's present version."""

    def change(client, model, row_id, **values):
        version = ask(select(model.version).where(model.id == row_id))[0]
        return client.put(f"/api/v1/{model.__tablename__}/{row_id}", json={"version": version, **values})

    return change


@pytest.fixture
def school_id(ask):
    return ask(select(Member.school_id).where(Member.username == "school"))[0]


@pytest.fixture
def child_id(ask, school_id):
    return ask(select(Child.id).where(Child.school_id == school_id).order_by(Child.id))[0]


@pytest.fixture
def teaching(ask):
    """The teacher's staff id and one of the own classes."""
    staff_id = ask(select(Member.staff_id).where(Member.username == "teacher"))[0]
    return staff_id, ask(select(SchoolClass.id).where(SchoolClass.teacher_id == staff_id))[0]


# Numbers ----------------------------------------------------------------------------------
@pytest.mark.parametrize("number", ["²", "٣", HUGE, f"-{HUGE}", "9" * 5000, "1e9", "\x00"])
def test_no_number_of_an_address_or_form_breaks_a_page(client_for, child_id, number):
    school, county = client_for("school"), client_for("county")
    answers = [
        school.post("/child/bulk", data={"action": "delete", "row": number}),
        school.get("/talk/add", query_string={"child": number}),
        school.post("/talk/add", data={"child": number}),
        school.post("/quick/talk/", data={"child": number}),
        school.get(f"/child/history/{child_id}", query_string={"before": number}),
        school.post("/child/trash/", data={"row": number}),
        school.post(f"/child/edit/{child_id}", data={"_version": number}),
        county.get("/statistics/", query_string={"area": number}),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


def test_a_number_no_database_takes_is_no_change(client_for, child_id):
    assert client_for("school").post(f"/child/history/{child_id}/{HUGE}").status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_day_before_the_calendar_is_told_beside_its_field(client_for, day):
    answer = client_for("school").post("/meal_record/add", data={"sampled_at": day, "served_on": day})
    assert answer.status_code == 200 and "应填日期" in answer.text


@pytest.mark.parametrize("body", ["[" * 200_000, '{"a":' * 200_000, "[]", '{"result": "pass", "version": "²"}', '{"remark": "\\ud800"}', "{NaN}"])
def test_no_json_breaks_a_tick(client_for, ask, body):
    place = ask(select(CampaignSchool.id).join(Member, Member.school_id == CampaignSchool.school_id).where(Member.username == "school"))[0]
    for account, path in (("inspector", "/visit/sync"), ("school", f"/self_check/{place}/answer/A2")):
        assert client_for(account).post(path, data=body, content_type="application/json").status_code < 500, path


# A teacher's reach ------------------------------------------------------------------------
def test_a_teacher_takes_no_paired_child_into_the_own_class(client_for, ask, put, teaching):
    staff_id, class_id = teaching
    child = ask(select(Child.id, Child.school_class_id).join(Pairing, Pairing.child_id == Child.id).where(
        Pairing.staff_id == staff_id, Pairing.ended_on.is_(None), Child.school_class_id != class_id))
    answer = put(client_for("teacher"), Child, child.id, school_class=class_id)
    assert answer.status_code == 422 and "school_class" in answer.json["errors"]
    assert put(client_for("teacher"), Child, child.id, character="爱画画").status_code == 200
    assert ask(select(Child.school_class_id).where(Child.id == child.id))[0] == child.school_class_id


def test_a_teacher_neither_sends_a_child_away_nor_takes_another(client_for, ask, put, teaching, school_id):
    teacher, (_staff_id, class_id) = client_for("teacher"), teaching
    other = ask(select(SchoolClass.id).where(SchoolClass.school_id == school_id, SchoolClass.id != class_id))[0]
    own = ask(select(Child.id).where(Child.school_class_id == class_id))[0]
    assert put(teacher, Child, own, school_class=other).status_code == 422
    assert put(teacher, Child, own, school_class=None).status_code == 422


def test_a_teacher_sees_no_number_of_a_colleague(client_for, ask, school_id):
    row = ask(select(Staff).where(Staff.school_id == school_id))[0]
    number, phone = row.id_number, row.phone
    assert number and phone and client_for("school").get(f"/api/v1/staff/{row.id}").json["id_number"] == number
    teacher = client_for("teacher")
    shown = teacher.get(f"/api/v1/staff/{row.id}").json
    assert shown["id_number"] == shown["phone"] == DOTS
    for address in (f"/staff/show/{row.id}", f"/staff/history/{row.id}", "/staff/list/?size=100", "/api/v1/staff/?size=100"):
        page = teacher.get(address).get_data(as_text=True)
        assert number not in page and phone not in page


# Inspections and findings -----------------------------------------------------------------
@pytest.mark.parametrize("said", [{"state": "closed"}, {"state": "extended"}, {"due_on": "2029-01-01"}, {"level": "general"}, {"what": "没有问题"},
                                  {"fixed_on": "2026-01-01"}, {"escalates_on": "2029-01-01"}, {"repeated": False}])
def test_nobody_settles_past_the_steps_what_was_found(client_for, ask, put, school_id, said):
    pk = ask(select(Finding.id).where(Finding.school_id == school_id, Finding.state == "open"))[0]
    told = select(Finding.state, Finding.due_on, Finding.level, Finding.what, Finding.fixed_on, Finding.escalates_on).where(Finding.id == pk)
    before = ask(told)
    for account in ("school", "inspector", "county"):
        assert put(client_for(account), Finding, pk, **said).status_code == 422, account
        client_for(account).post(f"/finding/edit/{pk}", data={**said, "_version": 1})
    assert ask(told) == before


def test_another_schools_finding_takes_no_step_and_no_file(client_for, ask, school_id):
    pk = ask(select(Finding.id).where(Finding.school_id == school_id, Finding.state == "open"))[0]
    letter = ask(select(Opinion.id).where(Opinion.school_id == school_id))[0]
    for account, status in (("school2", 404), ("teacher", 403), ("superior", 403), ("township", 403)):
        for kind in ("object", "fix", "ask", "close", "grant"):
            assert client_for(account).post(f"/finding/step/{pk}/{kind}", data={"text": "没有问题"}).status_code == status, (account, kind)
        for path in (f"/opinion/step/{letter}/sign", f"/opinion/step/{letter}/issue"):
            assert client_for(account).post(path, data={"reason": "某某"}).status_code == status, (account, path)
        assert client_for(account).get(f"/opinion/letter/{letter}").status_code == {"township": 200}.get(account, status)
    assert client_for("school").post(f"/finding/step/{pk}/close", data={"way": "spot"}).status_code == 403
    assert ask(select(func.count(FindingStep.id)).where(FindingStep.finding_id == pk))[0] == 0


@pytest.fixture(scope="module")
def begun(app, client_for):
    """Id of an inspection with its first tick."""
    pk = planned(app)
    assert tick(client_for("inspector"), pk, "A2", "pass", reason="现场核实")["state"] == "taken"
    return pk


def test_a_begun_inspection_keeps_its_school(client_for, ask, put, begun):
    pk, school_id = ask(select(Inspection.id, Inspection.school_id).where(Inspection.id == begun, Inspection.state == "open"))
    county_path = ask(select(School.area_id).where(School.id == school_id))[0]
    other = ask(select(School.id).where(School.id != school_id, School.area_id == county_path))[0]
    answer = put(client_for("inspector"), Inspection, pk, school=other)
    assert answer.status_code == 422 and "school" in answer.json["errors"]
    assert ask(select(Inspection.school_id).where(Inspection.id == pk))[0] == school_id


def test_nobody_of_a_school_is_made_its_inspector(client_for, ask, put, begun):
    member_id = ask(select(Member.id).where(Member.username == "school"))[0]
    answer = put(client_for("county"), Inspection, begun, inspector=member_id)
    assert answer.status_code == 422 and "inspector" in answer.json["errors"]


def test_a_submitted_inspection_takes_nothing_more(client_for, ask, put):
    pk = ask(select(Inspection.id).where(Inspection.state == "submitted"))[0]
    answer_id, code = ask(select(Answer.id, ChecklistItem.code).join(ChecklistItem, ChecklistItem.id == Answer.item_id).where(Answer.inspection_id == pk))
    inspector = client_for("inspector")
    assert tick(inspector, pk, code, "na", remark="改了")["state"] == "refused"
    assert put(inspector, Inspection, pk, summary="改").status_code == 403
    assert inspector.post(f"/file/Answer/{answer_id}", data={"file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "a.pdf")}).status_code == 403


# Tokens and doors -------------------------------------------------------------------------
def _writing_addresses(app):
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<int:\w+>", "1", rule.rule).replace("<entity>", "Child").replace("<table>", "child").replace("<kind>", "talk")
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            yield method, re.sub(r"<[^>]+>", "x", address)


@pytest.mark.no_database
def test_nothing_is_written_without_the_token_of_the_session(app, client_for):
    school, seen = client_for("school"), 0
    for method, address in _writing_addresses(app):
        seen += 1
        assert FlaskClient.open(school, address, method=method).status_code == 400, (method, address)
        borrowed = FlaskClient.open(school, address, method=method, headers={"Authorization": "Bearer x"})
        assert borrowed.status_code in (400, 401), (method, address)
    assert seen > 100


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example/", "https:///evil.example", "\t//evil.example",
                                    "javascript:alert(1)", "http://localhost@evil.example", "////evil.example"])
def test_the_door_leads_inside_only(app, target):
    client = DeskClient(app)
    token = TOKEN.search(client.get("/login/").get_data(as_text=True))[1]
    fields = {"csrf_token": token, "username": "school", "password": settings.PASSWORD}
    answer = FlaskClient.open(client, "/login/", method="POST", query_string={"next": target}, data=fields)
    assert answer.status_code == 302 and re.match(r"/(?![/\\])", answer.headers["Location"])


def test_a_form_token_of_another_school_gives_no_row_away(client_for, ask, school_id):
    def form(account):
        place = ask(select(Member.school_id).where(Member.username == account))[0]
        child = ask(select(Child.id).where(Child.school_id == place))[0]
        staff = ask(select(Staff.id).where(Staff.school_id == place))[0]
        return {"child": child, "teacher": staff, "talked_on": "2026-10-12", "kind": next(iter(codes.TALK_KIND)), "content": "谈心", "_token": "T" * 32}

    first = client_for("school").post("/talk/add", data=form("school"))
    assert first.status_code == 302
    second = client_for("school2").post("/talk/add", data=form("school2"))
    assert second.status_code == 200 and "/talk/show/" not in second.headers.get("Location", "")
    made = int(first.headers["Location"].rsplit("/", 1)[1])
    assert client_for("school2").get(f"/talk/show/{made}").status_code == 404


# Rows of others ---------------------------------------------------------------------------
def test_a_change_of_another_row_reverts_nothing(client_for, ask, child_id):
    foreign = ask(select(Change.id).where(Change.entity != "Child"))[0]
    assert client_for("school").post(f"/child/history/{child_id}/{foreign}").status_code == 404


@pytest.mark.parametrize("key", ["name", "uid", "password", "id_number_enc", "pinyin"])
def test_only_a_secret_is_revealed(client_for, child_id, key):
    assert client_for("county").post(f"/child/reveal/{child_id}/{key}", data={"reason": "核实情况"}).status_code == 404


def test_the_trash_of_another_school_stays_shut(client_for, ask):
    place = ask(select(Member.school_id).where(Member.username == "school2"))[0]
    talk = ask(select(Talk.id).where(Talk.school_id == place))[0]
    assert client_for("school2").post(f"/talk/delete/{talk}").status_code == 302
    for account in ("school", "teacher", "school3"):
        assert client_for(account).post("/talk/trash/", data={"row": talk}).status_code == 404
    assert ask(select(Talk.id).where(Talk.id == talk)) is None


@pytest.mark.parametrize("key", ["left_behind", "school", "deleted_at", "uid", "id", "pinyin", "origin_school_id", "school_id"])
def test_a_column_that_is_not_offered_is_not_taken(client_for, put, child_id, key):
    answer = put(client_for("school"), Child, child_id, **{key: 2})
    assert answer.status_code == 422 and key in answer.json["errors"]


# Scripts ----------------------------------------------------------------------------------
def test_typed_scripts_stay_text_on_pages_and_in_workbooks(client_for, put, child_id):
    school = client_for("school")
    assert put(school, Child, child_id, name=SCRIPT[:40], illness=SCRIPT, character="=1+1", journey="javascript:alert(1)").status_code == 200
    sent = school.post(f"/file/Child/{child_id}", data={"file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), SCRIPT + "\r\nSet-Cookie: a=b.pdf")})
    assert sent.status_code == 302
    for address in [f"/child/{page}/{child_id}" for page in ("show", "edit", "history", "delete")] + ["/child/list/?q=" + SCRIPT, "/child/list/?size=100"]:
        page = school.get(address).get_data(as_text=True)
        assert "<img src=x" not in page and "<script>alert" not in page and 'href="javascript' not in page
    book = zipfile.ZipFile(io.BytesIO(school.get("/sheets/child/export.xlsx").data))
    text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels")))
    assert "=1+1" in text and "<f>" not in text and "<hyperlink" not in text


# Last, because it ends all sessions of the teacher ------------------------------------------
def test_a_switched_off_member_is_out_at_once(app, ask, client_for):
    teacher = DeskClient(app)
    assert teacher.log_in("teacher", settings.PASSWORD).status_code == 302
    assert teacher.get("/child/list/").status_code == 200
    pk = ask(select(Member.id).where(Member.username == "teacher"))[0]
    school = client_for("school")
    assert switched(school, pk).status_code == 302
    try:
        assert teacher.get("/child/list/").status_code == 302
        assert teacher.get("/api/v1/child/").status_code == 401
    finally:
        assert switched(school, pk).status_code == 302
    assert teacher.get("/child/list/").status_code == 302, "an old session lives again"
