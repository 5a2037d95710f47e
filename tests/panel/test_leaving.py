"""A colleague goes to another school, by page and by REST: the class stays, and the page says what is now without somebody."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import Change
from app.models.canteen import Canteen
from app.models.care import Pairing
from app.models.children import Child
from app.models.org import Member, School, SchoolClass, Staff
from app.services import clock
from tests.panel.test_editing import form_of, said_beside
from tests.support.statements import noted


@pytest.fixture
def staff(look):
    """Ids of a new colleague, of her class with a child, and of a school that has a class of that name."""

    def make(session):
        here, there = (session.scalar(select(Member.school_id).where(Member.username == name)) for name in ("school", "school2"))
        number = session.scalar(select(func.count(Staff.id)))
        found = Staff(school_id=here, name=f"要走的{number}", sex="f", post="teacher")
        session.add(found)
        session.flush()
        rooms = [SchoolClass(school_id=school, name=f"同名{number}班", grade=3, teacher_id=found.id if school == here else None) for school in (here, there)]
        session.add_all(rooms)
        session.flush()
        session.add(Canteen(school_id=here, name="已撤的食堂", manager_id=found.id, deleted_at=clock.now()))
        child = session.scalars(select(Child).where(Child.school_id == here)).first()
        child.school_class_id = rooms[0].id
        return {"staff": found.id, "room": rooms[0].id, "child": child.id, "here": here, "there": there, "school": session.get(School, there).name}

    return look(make)


def stand(look, ids):
    """School of colleague, class and child, and the class's teacher."""
    return look(lambda session: (*(session.get(model, ids[key]).school_id for model, key in ((Staff, "staff"), (SchoolClass, "room"), (Child, "child"))),
                                 session.get(SchoolClass, ids["room"]).teacher_id))


def test_by_the_page_which_says_what_is_vacant(client_for, look, staff):
    client = client_for("county")
    page, hidden = form_of(client, f"/staff/edit/{staff['staff']}")
    assert staff["school"] not in re.findall(r"<h1>.*?</h1>", page)
    saved = client.post(f"/staff/edit/{staff['staff']}", data={
        "name": "要走的", "sex": "f", "post": "teacher", "present": "1", "school": staff["there"], "school__text": staff["school"], **hidden})
    assert saved.status_code == 302, saved.text
    assert stand(look, staff) == (staff["there"], staff["here"], staff["here"], None)
    told = client.get(saved.location).get_data(as_text=True)
    assert re.search(r"已随之空出，请另行安排：班级“同名\d+班”的班主任。", told) and "已撤的食堂" not in told


def test_a_move_that_is_sent_again_says_again_what_it_left_vacant(client_for, look, staff):
    client, address = client_for("county"), f"/api/v1/staff/{staff['staff']}"
    pair = {"child_id": staff["child"], "school_id": staff["here"], "staff_id": staff["staff"], "kind": "teacher", "started_on": clock.today()}
    look(lambda session: session.add(Pairing(**pair)))
    body = {"school": staff["there"], "version": client.get(address).json["version"]}
    first, again = (client.patch(address, json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200) and first.json == again.json
    assert [bool(re.fullmatch(one, said)) for one, said in zip(
        (r"已随之空出，请另行安排：班级“同名\d+班”的班主任。", "与离开的教师结的 1 对帮扶已经结束。"), again.json["notices"], strict=True)] == [True, True]
    other = client_for("school2").patch(address, json={"name": first.json["name"], "version": body["version"]})
    assert (other.status_code, "notices" in other.json) == (200, False), "another's move is told to nobody else"
    fill = {"teacher": look(lambda session: session.scalars(select(Staff.id).where(Staff.school_id == staff["here"])).first())}
    room = client.get(f"/api/v1/school_class/{staff['room']}").json["version"]
    assert client.patch(f"/api/v1/school_class/{staff['room']}", json={**fill, "version": room}).status_code == 200
    assert client.patch(address, json=body).json["notices"] == again.json["notices"][1:], "what is filled by now is not vacant"
    renamed = client.patch(address, json={"name": "改过名", "version": first.json["version"]})
    assert renamed.status_code == 200 and "notices" not in client.patch(address, json={"name": "改过名", "version": body["version"]}).json


def test_a_move_that_is_sent_again_says_of_pairings_and_accounts_what_is_so_still(client_for, look, staff):
    client, address = client_for("county"), f"/api/v1/staff/{staff['staff']}"
    same, area = {"school_id": staff["here"], "staff_id": staff["staff"]}, select(Member.area_id).where(Member.school_id == staff["here"]).limit(1)

    def lean(session):
        made = [*(Pairing(**same, child_id=staff["child"], kind="teacher", started_on=day) for day in (clock.today(), clock.today() + timedelta(9))),
                Member(**same, username=f"leaver{staff['staff']}", name="要走的", role="teacher", area_id=session.scalar(area), active=True)]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]

    first, later, account = look(lean)
    body = {"school": staff["there"], "version": client.get(address).json["version"]}
    said = [client.patch(address, json=body).json["notices"][1:] for _nth in range(2)]
    assert said == [["与离开的教师结的 2 对帮扶已经结束。", "离开的教职工在原学校的 1 个账号已经停用：改好学校再启用。"]] * 2
    look(lambda session: setattr(session.get(Pairing, first), "ended_on", None))
    assert client.patch(address, json=body).json["notices"][1] == "与离开的教师结的 1 对帮扶已经结束。"
    look(lambda session: setattr(session.get(Pairing, later), "ended_on", clock.today() + timedelta(20)))
    assert client.patch(address, json=body).json["notices"][1:] == said[0][1:], "nobody's pairing has ended"
    on = {"school": staff["there"], "active": True, "version": look(lambda session: session.get(Member, account).version)}
    assert client.patch(f"/api/v1/member/{account}", json=on).json["active"] is True
    assert len(client.patch(address, json=body).json["notices"]) == 1, "the account has its new school and is in use"


def test_a_move_that_is_sent_again_asks_as_much_whatever_else_went_along(app, client_for, look, staff):
    client, address = client_for("county"), f"/api/v1/staff/{staff['staff']}"
    body = {"school": staff["there"], "version": client.get(address).json["version"]}
    first = client.patch(address, json=body)

    def more(session):
        """The move as one of many in the same import."""
        last = session.scalars(select(Change).where(Change.entity == "Staff", Change.row_id == staff["staff"]).order_by(Change.id.desc())).first()
        same = {"at": last.at, "member_id": last.member_id, "who": last.who, "action": "import", "request_id": last.request_id}
        rooms = session.scalars(select(SchoolClass.id).where(SchoolClass.id != staff["room"])).all()
        others = session.scalars(select(Staff.id).where(Staff.id != staff["staff"])).all()
        assert len(rooms) > 10 and len(others) > 10
        session.add_all(Change(**same, entity=entity, row_id=row_id, lines=[[column, before, None, "", ""]])
                        for entity, column, ids in (("SchoolClass", "teacher_id", rooms), ("Staff", "school_id", others))
                        for row_id, before in zip(ids, others, strict=False))

    def again():
        with app.app_context():
            engine = db.engine
        with noted(engine) as seen:
            answer = client.patch(address, json=body)
        assert answer.json["notices"] == first.json["notices"]
        return len(seen)

    few = again()
    look(more)
    assert again() == few


def test_a_form_that_is_sent_again_says_again_what_it_left_vacant(client_for, staff):
    client = client_for("county")
    _page, hidden = form_of(client, f"/staff/edit/{staff['staff']}")
    typed = {"name": "要走的", "sex": "f", "post": "teacher", "present": "1", "school": staff["there"], "school__text": staff["school"], **hidden}
    for _nth in range(2):
        page = client.get(client.post(f"/staff/edit/{staff['staff']}", data=typed).location).get_data(as_text=True)
        assert re.search(r"已随之空出，请另行安排：班级“同名\d+班”的班主任。", page)


def test_by_rest(client_for, look, staff):
    client = client_for("county")
    version = client.get(f"/api/v1/staff/{staff['staff']}").json["version"]
    answer = client.put(f"/api/v1/staff/{staff['staff']}", json={"school": staff["there"], "version": version})
    assert answer.status_code == 200
    assert stand(look, staff) == (staff["there"], staff["here"], staff["here"], None)
    (told,) = answer.json["notices"]
    assert re.fullmatch(r"已随之空出，请另行安排：班级“同名\d+班”的班主任。", told)
    answer = client.put(f"/api/v1/staff/{staff['staff']}", json={"post": "safety", "version": answer.json["version"]})
    assert (answer.status_code, "notices" in answer.json) == (200, False), "told once"
    said = client.get("/api/v1/openapi.json").json["paths"]["/api/v1/staff/{pk}"]["put"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert [*said["allOf"][1]["properties"]] == ["notices"]


def test_a_class_does_not_go_and_the_reason_stands_beside_the_school(client_for, look, staff):
    client, said = client_for("county"), "班级不能换学校，请在新学校另建班级"
    _page, hidden = form_of(client, f"/school_class/edit/{staff['room']}")
    asked = {"name": "改名班", "grade": "3", "school": staff["there"], "school__text": staff["school"], "teacher": "", "teacher__text": "", **hidden}
    page = client.post(f"/school_class/edit/{staff['room']}", data=asked).get_data(as_text=True)
    assert said_beside(page, "学校") == said
    version = client.get(f"/api/v1/school_class/{staff['room']}").json["version"]
    answer = client.put(f"/api/v1/school_class/{staff['room']}", json={"school": staff["there"], "teacher": None, "version": version})
    assert (answer.status_code, answer.json["errors"]) == (422, {"school": said})
    assert stand(look, staff) == (staff["here"], staff["here"], staff["here"], staff["staff"])


def test_an_account_that_is_logged_in_goes_on_no_more(client_for, look):
    there = look(lambda session: session.scalar(select(Member.school_id).where(Member.username == "school2")))
    teacher, county = client_for("teacher"), client_for("county")
    assert teacher.get("/child/list/").status_code == 200
    pk = look(lambda session: session.scalar(select(Member.staff_id).where(Member.username == "teacher")))
    version = county.get(f"/api/v1/staff/{pk}").json["version"]
    answer = county.put(f"/api/v1/staff/{pk}", json={"school": there, "version": version})
    assert answer.status_code == 200 and answer.json["notices"][-1] == "离开的教职工在原学校的 1 个账号已经停用：改好学校再启用。"
    gone = teacher.get("/child/list/")
    assert gone.status_code == 302 and "/login" in gone.location
