"""A day before the child's birth comes back beside its field: from the form, the class teacher's page, REST."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.models.care import Talk
from app.models.children import Child
from app.models.org import Member, SchoolClass, Staff
from tests.panel.test_editing import form_of, said_beside

SAID = "不能早于孩子的出生日期"


@pytest.fixture
def known(look):
    """Id of a child of the account "school" in a class with a teacher, the day before its birth, id of a teacher, number of talks."""
    def pick(session):
        school = session.scalar(select(Member.school_id).where(Member.username == "school"))
        child = session.scalars(select(Child).join(SchoolClass, SchoolClass.id == Child.school_class_id).where(
            Child.school_id == school, SchoolClass.teacher_id.is_not(None)).order_by(Child.id).limit(1)).one()
        return child.id, (child.birth_date - timedelta(1)).isoformat(), session.scalar(select(Staff.id).where(Staff.school_id == school).limit(1))

    return look(pick)


def talks(look) -> int:
    return look(lambda session: session.scalar(select(func.count(Talk.id))))


def test_the_form_says_it_and_keeps_what_was_typed(client_for, look, known):
    child, early, teacher = known
    before, client = talks(look), client_for("school")
    answer = client.post("/talk/add", data={"child": child, "talked_on": early, "teacher": teacher, "kind": "regular", "content": "聊了作业"})
    assert answer.status_code in (200, 422) and SAID in answer.text and "聊了作业" in answer.text and f'value="{early}"' in answer.text
    assert talks(look) == before


def test_the_class_teachers_page_says_it_in_the_line(client_for, look, known):
    child, early, _teacher = known
    before, client = talks(look), client_for("school")
    line = {f"c{child}-talked_on": early, f"c{child}-kind": "regular", f"c{child}-content": "聊了作业"}
    answer = client.post("/quick/talk/", data={"child": child, **line})
    assert SAID in answer.text and "聊了作业" in answer.text
    assert talks(look) == before


def test_rest_says_it(client_for, look, known):
    child, early, teacher = known
    before, client = talks(look), client_for("school")
    values = {"child": child, "talked_on": early, "teacher": teacher, "kind": "regular", "content": "聊了作业"}
    answer = client.post("/api/v1/talk/", json=values)
    assert (answer.status_code, answer.json["errors"]) == (422, {"talked_on": SAID})
    assert talks(look) == before


def test_a_birth_after_a_talk_is_said_beside_the_birth_by_form_and_rest(client_for, look, known):
    _child, _early, teacher = known
    client = client_for("school")
    young = client.post("/api/v1/child/", json={"name": "改生日", "sex": "f", "birth_date": "2016-03-02", "stage": "primary"}).json
    talk = {"child": young["id"], "talked_on": "2016-03-02", "teacher": teacher, "kind": "regular", "content": "聊了作业"}
    assert client.post("/api/v1/talk/", json=talk).status_code == 201
    said = "已有 2016-03-02 的谈心记录，出生日期不能晚于这一天"
    version = client.get(f"/api/v1/child/{young['id']}").json["version"]
    answer = client.put(f"/api/v1/child/{young['id']}", json={"birth_date": "2016-03-03", "version": version})
    assert (answer.status_code, answer.json["errors"]) == (422, {"birth_date": said})
    _page, hidden = form_of(client, f"/child/edit/{young['id']}")
    typed = {"name": "改生日", "sex": "f", "birth_date": "2016-03-03", "stage": "primary", "file_state": "open", **hidden}
    page = client.post(f"/child/edit/{young['id']}", data=typed)
    assert said_beside(page.text, "出生日期") == said and 'value="2016-03-03"' in page.text
    assert client.get(f"/api/v1/child/{young['id']}").json["birth_date"] == "2016-03-02"
