"""Who plans an inspection and for whom, what a finding tells to whom, and what a child's record says of being left behind."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.models import codes
from app.models.children import Child
from app.models.inspection import Answer, ChecklistTemplate, Finding, Inspection
from app.models.org import Member, School, Staff
from app.services import clock, left_behind, standings
from tests.support.visiting import tick

SECRET = "王小明在宿舍哭"


def id_of(look, model, *where):
    return look(lambda session: session.scalars(select(model.id).where(*where).order_by(model.id)).first())


def member(look, username):
    return id_of(look, Member, Member.username == username)


def school_of(look, username):
    return look(lambda session: session.scalar(select(Member.school_id).where(Member.username == username)))


def submitted(look):
    """Id of the submitted inspection of the school account's school."""
    return id_of(look, Inspection, Inspection.state == "submitted", Inspection.school_id == school_of(look, "school"))


@pytest.fixture
def planned(look):
    """What a form for a new inspection holds, without the inspector."""
    template = id_of(look, ChecklistTemplate, ChecklistTemplate.state == "published")
    return {"name": "补检", "school": school_of(look, "school"), "template": template, "planned_on": clock.today().isoformat()}


def test_a_form_makes_one_copy_of_the_checklist_and_publishing_asks_first(client_for, look):
    client, template = client_for("county"), id_of(look, ChecklistTemplate, ChecklistTemplate.state == "published")
    count = select(func.count(ChecklistTemplate.id))
    before, page = look(lambda session: session.scalar(count)), client.get(f"/checklist_template/step/{template}/copy").text
    token = re.search(r'name="_token" value="([^"]+)"', page)[1]
    made = [client.post(f"/checklist_template/step/{template}/copy", data={"_token": token}).location for _ in range(2)]
    assert made[0] == made[1] and look(lambda session: session.scalar(count)) == before + 1
    draft = int(made[0].rsplit("/", 1)[1])
    assert f'href="/checklist_template/step/{draft}/publish"' in client.get(made[0]).text
    assert "发布后不能再修改" in client.get(f"/checklist_template/step/{draft}/publish").text
    assert look(lambda session: session.get(ChecklistTemplate, draft).state) == "draft", "asking publishes nothing"
    client.post(f"/checklist_template/step/{draft}/publish")
    assert look(lambda session: session.get(ChecklistTemplate, draft).state) == "published"


def test_an_inspector_plans_for_oneself(client_for, look, planned):
    client = client_for("inspector")
    assert 'name="inspector' not in client.get("/inspection/add").text
    answer = client.post("/inspection/add", data=planned)
    pk = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert look(lambda session: session.get(Inspection, pk).inspector_id) == member(look, "inspector")
    assert client.post("/api/v1/inspection/", json=planned).status_code == 201
    assert client.post("/api/v1/inspection/", json={**planned, "inspector": member(look, "county")}).status_code == 422


@pytest.mark.parametrize("username", ["county", "school", "township"])
def test_the_county_names_inspectors_only(client_for, look, planned, username):
    client, pk = client_for("county"), member(look, username)
    form = client.get("/inspection/add").text
    assert "/lookup/Member?of=Inspection.inspector" in form and "/lookup/School" in form
    offered = {row["id"] for row in client.get("/lookup/Member?of=Inspection.inspector").json["results"]}
    assert member(look, "inspector") in offered and pk not in offered
    assert pk in {row["id"] for row in client.get("/lookup/Member").json["results"]}
    answer = client.post("/api/v1/inspection/", json={**planned, "inspector": pk})
    assert answer.status_code == 422 and answer.json["errors"] == {"inspector": "这里只能选督导员"}
    assert "这里只能选督导员" in client.post("/inspection/add", data={**planned, "inspector": pk}).text
    assert client.post("/api/v1/inspection/", json={**planned, "inspector": member(look, "inspector")}).status_code == 201


def test_a_name_typed_without_script_is_narrowed_too(client_for, look, planned):
    name = look(lambda session: session.scalar(select(Member.name).where(Member.username == "county")))
    assert "没有找到" in client_for("county").post("/inspection/add", data={**planned, "inspector__text": name}).text


@pytest.mark.parametrize("of", ["", "Inspection", "Inspection.school", "Inspection.no", "No.inspector", ".", "\x00"])
def test_an_odd_asking_field_narrows_nothing(client_for, of):
    assert client_for("county").get("/lookup/Member", query_string={"of": of}).json["results"]


@pytest.mark.parametrize("account", ["school", "township", "county", "superior"])
def test_whoever_reads_an_inspection_reads_its_inspector(client_for, look, account):
    client, pk = client_for(account), submitted(look)
    name = look(lambda session: session.get(Inspection, pk).inspector.name)
    assert name in client.get(f"/inspection/show/{pk}").text and name in client.get("/inspection/list/?size=100").text
    assert client.get(f"/api/v1/inspection/{pk}").json["inspector"]["text"] == name
    if account in ("school", "township"):
        assert client.get(f"/member/show/{member(look, 'inspector')}").status_code == 404


def test_the_inspector_stays_named_when_the_account_is_gone(client_for, look):
    pk, moment = submitted(look), clock.now()
    look(lambda session: setattr(session.get(Inspection, pk).inspector, "deleted_at", moment))
    try:
        assert client_for("school").get(f"/api/v1/inspection/{pk}").json["inspector"]["text"]
        assert "督导员</dt><dd><span" not in client_for("school").get(f"/inspection/show/{pk}").text
    finally:
        table = Member.__table__
        look(lambda session: session.execute(table.update().where(table.c.username == "inspector").values(deleted_at=None)))


@pytest.mark.parametrize("key", ["school", "template"])
def test_a_begun_inspection_says_so_beside_the_field(client_for, look, planned, key):
    client = client_for("county")
    pk = client.post("/api/v1/inspection/", json={**planned, "inspector": member(look, "inspector")}).json["id"]
    assert tick(client_for("inspector"), pk, "A1", "pass", reason="现场核实")["state"] == "taken"
    version = client.get(f"/api/v1/inspection/{pk}").json["version"]
    other = {"school": id_of(look, School, School.id != planned["school"], School.id.in_(county_schools(look, planned["school"]))),
             "template": look(lambda session: new_template(session))}[key]
    answer = client.put(f"/api/v1/inspection/{pk}", json={"version": version, key: other})
    assert answer.json["errors"] == {key: "检查已经开始，这一栏不能再改"}
    form = client.post(f"/inspection/edit/{pk}", data={**planned, "inspector": member(look, "inspector"), key: other, "_version": version}).text
    assert "检查已经开始，这一栏不能再改" in form.split(f'id="{key}"')[1][:600]


def county_schools(look, school_id):
    """Ids of the schools of the same area."""
    return look(lambda session: session.scalars(select(School.id).where(School.area_id == session.get(School, school_id).area_id)).all())


def new_template(session):
    row = ChecklistTemplate(code="other", number=1 + len(session.scalars(select(ChecklistTemplate.id)).all()), name="另一份清单")
    session.add(row)
    session.flush()
    return row.id


@pytest.mark.parametrize("account", ["inspector", "county", "school"])
def test_findings_are_opened_by_a_submission_only(client_for, look, account):
    client, pk = client_for(account), submitted(look)
    assert client.get("/finding/add").status_code == 404 and client.post("/finding/add", data={}).status_code == 404
    assert client.post("/api/v1/finding/", json={}).status_code == 405
    assert "/finding/add" not in client.get("/finding/list/").text + client.get(f"/inspection/show/{pk}?tab=Finding").text
    assert "POST" not in client.get("/api/v1/finding/_info").json["methods"]


def written(look):
    """Write a child's name beside a failed tick; returns inspection and finding."""

    def write(session):
        finding = session.scalars(select(Finding).where(Finding.inspection_id == inspection, Finding.state == "open")).first()
        answer = session.scalars(select(Answer).where(Answer.inspection_id == inspection, Answer.item_id == finding.item_id)).one()
        answer.remark = SECRET
        return finding.id

    inspection = submitted(look)
    return inspection, look(write)


@pytest.mark.parametrize(("account", "reads"), [("inspector", True), ("county", True), ("school", True), ("township", False), ("superior", False)])
def test_a_remark_is_shown_on_the_finding_to_those_who_read_ticks(client_for, look, account, reads):
    inspection, finding = written(look)
    client = client_for(account)
    assert (SECRET in client.get(f"/finding/show/{finding}").text) is reads
    assert (SECRET in client.get(f"/visit/{inspection}/report").text) is reads
    for address in ("/finding/list/?size=100", f"/finding/history/{finding}", f"/api/v1/finding/{finding}"):
        assert SECRET not in client.get(address).text, address


def test_what_was_found_is_the_item_and_stays_it(client_for, look):
    _inspection, pk = written(look)
    client = client_for("inspector")
    version = client.get(f"/api/v1/finding/{pk}").json["version"]
    answer = client.put(f"/api/v1/finding/{pk}", json={"version": version, "what": SECRET})
    assert answer.status_code == 422 and "what" in answer.json["errors"]
    assert look(lambda session: session.get(Finding, pk).what == session.get(Finding, pk).item.text)


def test_no_report_names_a_child_to_a_superior(client_for, look):
    inspection, _finding = written(look)
    names, grown = (set(look(lambda session, model=model: session.scalars(select(model.name)).all())) for model in (Child, Staff))
    client = client_for("superior")
    pages = [client.get(f"/visit/{inspection}/report"), client.get("/finding/list/?size=100"), client.get(f"/inspection/show/{inspection}")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [name for name in names - grown if any(name in page.text for page in pages)] == []
    assert client.get(f"/visit/{inspection}/evidence/D4").status_code == 403


@pytest.mark.parametrize(("size", "state"), [(2000, "taken"), (2001, "refused")])
def test_a_remark_is_taken_whole_or_refused(client_for, look, planned, size, state):
    client = client_for("inspector")
    pk = client.post("/api/v1/inspection/", json=planned).json["id"]
    told = tick(client, pk, "A1", "pass", remark="长" * size, reason="现场核实")
    assert told["state"] == state
    kept = look(lambda session: [len(text) for text in session.scalars(select(Answer.remark).where(Answer.inspection_id == pk))])
    assert kept == ([2000] if state == "taken" else []) and ("最多 2000 个字" in str(told)) is (state == "refused")


def test_a_day_of_another_decade_is_told_beside_its_field(client_for, planned):
    for years in (-3, 3):
        day = clock.today() + timedelta(365 * years)
        answer = client_for("inspector").post("/api/v1/inspection/", json={**planned, "planned_on": day.isoformat()})
        assert answer.json["errors"] == {"planned_on": "日期应在今天前后 2 年以内"}


def test_the_child_s_record_shows_each_definition(client_for, look):
    def found(session):
        rows = session.scalars(select(Child).where(Child.school_id == school).order_by(Child.id)).all()
        told = [(row.id, standings.of_child(session, row)) for row in rows]
        return next((pk, statuses) for pk, statuses in told if len({one.code for one in statuses.values()}) > 1)

    school = school_of(look, "school")
    pk, statuses = look(found)
    page = client_for("school").get(f"/child/show/{pk}").text
    group = page.split("<h2>留守认定</h2>")[1].split("</section>")[0]
    for key, label in codes.DEFINITION.items():
        assert f"<dt>{label}</dt><dd>{codes.LEFT_BEHIND[str(statuses[key].code)]}" in group
    assert page.count("民政") == 1  # told once, beside the others


def test_the_official_status_is_one_of_those_shown(look):
    def check(session):
        rows = session.scalars(select(Child).where(Child.school_id == school)).all()
        return [row.id for row in rows if row.left_behind not in {str(one.code) for one in standings.of_child(session, row).values()}]

    school = school_of(look, "school")
    assert look(check) == [] and set(left_behind.DEFINITIONS) == set(codes.DEFINITION)


def test_a_school_year_is_written_one_way(client_for, look):
    client = client_for("school")
    letter = {"level": "school_guardian", "signer": "签订人", "signed_on": "2026-09-05", "expires_on": "2027-08-31"}
    signed = min(date(2026, 9, 5), clock.today()).isoformat()
    answer = client.post("/api/v1/responsibility_letter/", json={**letter, "signed_on": signed, "school_year": "2026-2027"})
    assert (answer.status_code, answer.json["school_year"]) == (201, "2026—2027学年")
    for wrong in ("2026", "2026—2028学年", "去年"):
        answer = client.post("/api/v1/responsibility_letter/", json={**letter, "signed_on": signed, "school_year": wrong})
        assert answer.status_code == 422 and "school_year" in answer.json["errors"]


def test_versions_to_choose_from_are_published_and_told_by_their_number(client_for, draft):
    """Two versions bear one name; a draft's items still change, so nobody inspects by it."""
    found = client_for("county").get("/lookup/ChecklistTemplate?of=Inspection.template").json["results"]
    assert found and all(row["note"].startswith("版本 ") for row in found)
    every = client_for("county").get("/lookup/ChecklistTemplate").json["results"]
    assert {row["id"] for row in found} < {row["id"] for row in every} and draft in {row["id"] for row in every} - {row["id"] for row in found}
