"""A file that moved with its child tells its names at the new school, and can be saved there unchanged."""

import re

import pytest
from sqlalchemy import select

from app.models.care import HomeVisit, Pairing, Talk
from app.models.children import Child
from app.models.org import Member, School, SchoolClass, Staff
from app.services import clock


@pytest.fixture
def moved(client_for, look):
    """Ids of a child with talk, visit and pairing that moved to the other school, and the names it left behind."""

    def ids(session):
        here, there = (session.scalar(select(Member.school_id).where(Member.username == name)) for name in ("school", "school2"))
        child = session.scalars(select(Child).where(Child.school_id == here, Child.id.in_(select(Talk.child_id)), Child.id.in_(
            select(HomeVisit.child_id)), Child.id.in_(select(Pairing.child_id).where(Pairing.staff_id.is_not(None)))).order_by(Child.id)).first()
        first = {model: session.scalars(select(model).where(model.child_id == child.id).order_by(model.id)).first() for model in (Talk, HomeVisit)}
        pairing = session.scalars(select(Pairing).where(Pairing.child_id == child.id, Pairing.staff_id.is_not(None))).first()
        into = session.scalar(select(SchoolClass.id).where(SchoolClass.school_id == there))
        rows = {"talk": (first[Talk].id, "teacher", first[Talk].teacher_id), "home_visit": (first[HomeVisit].id, "visitor", first[HomeVisit].visitor_id),
                "pairing": (pairing.id, "staff", pairing.staff_id)}
        names = {key: session.get(Staff, staff).name for key, (_id, _key, staff) in rows.items()}
        return {"child": child.id, "version": child.version, "there": there, "into": into, "rows": rows, "names": names,
                "school": session.get(School, here).name, "room": session.get(SchoolClass, child.school_class_id).name}

    told = look(ids)
    answer = client_for("county").post(f"/child/move/{told['child']}", data={
        "school": told["there"], "school_class": told["into"], "moved_on": clock.today().isoformat(), "reason": "随父母居住", "_version": told["version"]})
    assert answer.status_code == 302
    return told


def test_names_read_on_over_the_border(client_for, look, moved):
    client = client_for("school2")
    for table, (row_id, key, staff) in moved["rows"].items():
        name = moved["names"][table]
        assert name in client.get(f"/{table}/show/{row_id}").get_data(as_text=True)
        assert f'value="{name}"' in client.get(f"/{table}/edit/{row_id}").get_data(as_text=True)
        known = client.get(f"/api/v1/{table}/{row_id}").get_json()
        assert known[key] == {"id": staff, "text": name}
        kept = {one: known[one] for one in known if one in ("version", key)}
        answer = client.put(f"/api/v1/{table}/{row_id}", json=kept)
        assert answer.status_code == 200, answer.get_json()
        page = client.get(f"/staff/show/{staff}")
        assert page.status_code == 404, "the name alone is told"
    history = client.get(f"/child/history/{moved['child']}").get_data(as_text=True)
    assert moved["school"] in history and moved["room"] in history and not re.search(r"#\d+<", history)
